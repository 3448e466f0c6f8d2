package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// GroupName is the API group of Switchyard's kinds.
	GroupName = "switchyard.dev"
	// Version is the version of the API in this package.
	Version = "v1alpha1"
	// KindWebSocketRoute is the kind of WebSocketRoute.
	KindWebSocketRoute = "WebSocketRoute"
	// KindWebSocketPolicy is the kind of WebSocketPolicy.
	KindWebSocketPolicy = "WebSocketPolicy"
	// KindGatewayParameters is the kind of GatewayParameters.
	KindGatewayParameters = "GatewayParameters"
)

// GroupVersion is the group and version of the kinds in this package.
var GroupVersion = schema.GroupVersion{Group: GroupName, Version: Version}

// AddToScheme registers the kinds in this package with s.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&WebSocketRoute{}, &WebSocketRouteList{},
		&WebSocketPolicy{}, &WebSocketPolicyList{},
		&GatewayParameters{}, &GatewayParametersList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
