package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// kind is a kind of object that the translator reads.
type kind struct {
	object client.Object
	// judged kinds have a status that Switchyard writes: when only that changes,
	// nothing has to be looked at again.
	judged bool
	read   func(context.Context, client.Reader, *translate.Objects) error
}

var kinds = []kind{
	{&gatewayv1.GatewayClass{}, true, list(
		func(l *gatewayv1.GatewayClassList) []gatewayv1.GatewayClass { return l.Items },
		func(o *translate.Objects) *[]gatewayv1.GatewayClass { return &o.GatewayClasses })},
	{&gatewayv1.Gateway{}, true, list(
		func(l *gatewayv1.GatewayList) []gatewayv1.Gateway { return l.Items },
		func(o *translate.Objects) *[]gatewayv1.Gateway { return &o.Gateways })},
	{&v1alpha1.WebSocketRoute{}, true, list(
		func(l *v1alpha1.WebSocketRouteList) []v1alpha1.WebSocketRoute { return l.Items },
		func(o *translate.Objects) *[]v1alpha1.WebSocketRoute { return &o.WebSocketRoutes })},
	{&v1alpha1.WebSocketPolicy{}, true, list(
		func(l *v1alpha1.WebSocketPolicyList) []v1alpha1.WebSocketPolicy { return l.Items },
		func(o *translate.Objects) *[]v1alpha1.WebSocketPolicy { return &o.WebSocketPolicies })},
	{&gatewayv1.BackendTLSPolicy{}, true, list(
		func(l *gatewayv1.BackendTLSPolicyList) []gatewayv1.BackendTLSPolicy { return l.Items },
		func(o *translate.Objects) *[]gatewayv1.BackendTLSPolicy { return &o.BackendTLSPolicies })},
	{&v1alpha1.GatewayParameters{}, false, list(
		func(l *v1alpha1.GatewayParametersList) []v1alpha1.GatewayParameters { return l.Items },
		func(o *translate.Objects) *[]v1alpha1.GatewayParameters { return &o.GatewayParameters })},
	{&gatewayv1.ReferenceGrant{}, false, list(
		func(l *gatewayv1.ReferenceGrantList) []gatewayv1.ReferenceGrant { return l.Items },
		func(o *translate.Objects) *[]gatewayv1.ReferenceGrant { return &o.ReferenceGrants })},
	{&corev1.Service{}, false, list(
		func(l *corev1.ServiceList) []corev1.Service { return l.Items },
		func(o *translate.Objects) *[]corev1.Service { return &o.Services })},
	{&discoveryv1.EndpointSlice{}, false, list(
		func(l *discoveryv1.EndpointSliceList) []discoveryv1.EndpointSlice { return l.Items },
		func(o *translate.Objects) *[]discoveryv1.EndpointSlice { return &o.EndpointSlices })},
	{&corev1.Secret{}, false, list(
		func(l *corev1.SecretList) []corev1.Secret { return l.Items },
		func(o *translate.Objects) *[]corev1.Secret { return &o.Secrets })},
	{&corev1.ConfigMap{}, false, list(
		func(l *corev1.ConfigMapList) []corev1.ConfigMap { return l.Items },
		func(o *translate.Objects) *[]corev1.ConfigMap { return &o.ConfigMaps })},
	{&corev1.Namespace{}, false, list(
		func(l *corev1.NamespaceList) []corev1.Namespace { return l.Items },
		func(o *translate.Objects) *[]corev1.Namespace { return &o.Namespaces })},
}

// list reads all objects of a kind. They are not copied: at 10,000 routes and
// 50,000 endpoints that would cost more than to translate them.
func list[T, L any, P interface {
	*L
	client.ObjectList
}](items func(*L) []T, into func(*translate.Objects) *[]T) func(context.Context, client.Reader, *translate.Objects) error {
	return func(ctx context.Context, reader client.Reader, o *translate.Objects) error {
		var l L
		if err := reader.List(ctx, P(&l), client.UnsafeDisableDeepCopy); err != nil {
			return err
		}
		*into(o) = items(&l)
		return nil
	}
}

// Read is everything in the cluster that the translator may know, without the
// time. It is the cache's own memory: it must only be read.
func Read(ctx context.Context, reader client.Reader) (translate.Objects, error) {
	return read(ctx, reader, func(kind) bool { return true })
}

// ReadJudged is like Read, for the kinds whose status Switchyard writes alone:
// to write one it must be known as it stands, not as it was translated.
func ReadJudged(ctx context.Context, reader client.Reader) (translate.Objects, error) {
	return read(ctx, reader, func(k kind) bool { return k.judged })
}

// ReadEndpoints is like Read, for EndpointSlices alone.
func ReadEndpoints(ctx context.Context, reader client.Reader) ([]discoveryv1.EndpointSlice, error) {
	o, err := read(ctx, reader, func(k kind) bool { return isEndpoints(k.object) })
	return o.EndpointSlices, err
}

func isEndpoints(o any) bool {
	_, ok := o.(*discoveryv1.EndpointSlice)
	return ok
}

func read(ctx context.Context, reader client.Reader, wanted func(kind) bool) (translate.Objects, error) {
	var o translate.Objects
	for _, k := range kinds {
		if !wanted(k) {
			continue
		}
		if err := k.read(ctx, reader, &o); err != nil {
			return translate.Objects{}, err
		}
	}
	return o, nil
}
