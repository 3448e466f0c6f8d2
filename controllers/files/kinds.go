package files

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	kjson "sigs.k8s.io/json"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// kind is a kind of object that can be read.
type kind struct {
	name string
	// apiVersions are those whose fields are the same.
	apiVersions []string
	decode      decoder
}

// decoder reads an object and adds it to Objects if isNew says so. A strict
// error keeps nothing out: more may be wrong with what refers to it.
type decoder func(data []byte, into *translate.Objects, isNew func(metav1.Object) bool) (o metav1.Object, strict []error, err error)

var (
	coreV1      = []string{"v1"}
	discoveryV1 = []string{discoveryv1.SchemeGroupVersion.String()}
	gatewayAPI  = []string{gatewayv1.GroupVersion.String(), gatewayv1.GroupName + "/v1beta1"}
	backendTLS  = []string{gatewayv1.GroupVersion.String()}
	own         = []string{v1alpha1.GroupVersion.String()}
)

// kinds are all that can be read.
var kinds = []kind{
	{"GatewayClass", gatewayAPI, to(func(o *translate.Objects) *[]gatewayv1.GatewayClass { return &o.GatewayClasses })},
	{"Gateway", gatewayAPI, to(func(o *translate.Objects) *[]gatewayv1.Gateway { return &o.Gateways })},
	{"ReferenceGrant", gatewayAPI, to(func(o *translate.Objects) *[]gatewayv1.ReferenceGrant { return &o.ReferenceGrants })},
	{"WebSocketRoute", own, to(func(o *translate.Objects) *[]v1alpha1.WebSocketRoute { return &o.WebSocketRoutes })},
	{"WebSocketPolicy", own, to(func(o *translate.Objects) *[]v1alpha1.WebSocketPolicy { return &o.WebSocketPolicies })},
	{"GatewayParameters", own, to(func(o *translate.Objects) *[]v1alpha1.GatewayParameters { return &o.GatewayParameters })},
	{"BackendTLSPolicy", backendTLS, to(func(o *translate.Objects) *[]gatewayv1.BackendTLSPolicy { return &o.BackendTLSPolicies })},
	{"Service", coreV1, to(func(o *translate.Objects) *[]corev1.Service { return &o.Services })},
	{"EndpointSlice", discoveryV1, to(func(o *translate.Objects) *[]discoveryv1.EndpointSlice { return &o.EndpointSlices })},
	{"Secret", coreV1, withStringData(to(func(o *translate.Objects) *[]corev1.Secret { return &o.Secrets }))},
	{"ConfigMap", coreV1, to(func(o *translate.Objects) *[]corev1.ConfigMap { return &o.ConfigMaps })},
	{"Namespace", coreV1, to(func(o *translate.Objects) *[]corev1.Namespace { return &o.Namespaces })},
}

// to is the decoder of the kind that a list of Objects holds.
func to[T any, P interface {
	*T
	metav1.Object
}](list func(*translate.Objects) *[]T) decoder {
	return func(data []byte, into *translate.Objects, isNew func(metav1.Object) bool) (metav1.Object, []error, error) {
		object := P(new(T))
		strict, err := kjson.UnmarshalStrict(data, object)
		if err != nil {
			return nil, nil, err
		}
		if isNew(object) {
			all := list(into)
			*all = append(*all, *object)
		}
		return object, strict, nil
	}
}

// withStringData does for a Secret what an API server does: stringData is
// written over data.
func withStringData(decode decoder) decoder {
	return func(data []byte, into *translate.Objects, isNew func(metav1.Object) bool) (metav1.Object, []error, error) {
		before := len(into.Secrets)
		o, strict, err := decode(data, into, isNew)
		for i := before; i < len(into.Secrets); i++ {
			s := &into.Secrets[i]
			if s.Data == nil && len(s.StringData) > 0 {
				s.Data = make(map[string][]byte, len(s.StringData))
			}
			for key, value := range s.StringData {
				s.Data[key] = []byte(value)
			}
			s.StringData = nil
		}
		return o, strict, err
	}
}

func kindOf(meta metav1.TypeMeta) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool {
		return k.name == meta.Kind && slices.Contains(k.apiVersions, meta.APIVersion)
	})
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// foreign says whether an object may stand beside ours without being our
// business: it is of an API group that we read nothing of, or a kind that
// Kubernetes has, such as Deployment or Pod. What is left is a mistake.
func foreign(meta metav1.TypeMeta) bool {
	if meta.Kind == "" || meta.APIVersion == "" {
		return false
	}
	its := schema.FromAPIVersionAndKind(meta.APIVersion, meta.Kind)
	if scheme.Scheme.Recognizes(its) {
		return true
	}
	return !slices.ContainsFunc(kinds, func(k kind) bool {
		return schema.FromAPIVersionAndKind(k.apiVersions[0], k.name).Group == its.Group
	})
}

// unknown names what meta says.
func unknown(meta metav1.TypeMeta) string {
	if meta.Kind == "" || meta.APIVersion == "" {
		return "apiVersion or kind is missing"
	}
	return fmt.Sprintf("kind %s of %s is not known", meta.Kind, meta.APIVersion)
}

// known lists the kinds that can be read.
func known() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = fmt.Sprintf("%s (%s)", k.name, k.apiVersions[0])
	}
	return strings.Join(names, ", ")
}
