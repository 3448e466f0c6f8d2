package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// WebSocketRoute gives a WebSocket's subprotocols to Services: a client that
// opens a WebSocket at one of the route's hosts and paths, and names one of its
// subprotocols, gets a TCP connection to the Service behind it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=gateway-api,shortName=wsr
// +kubebuilder:printcolumn:name="Hostnames",type=string,JSONPath=`.spec.hostnames`
// +kubebuilder:printcolumn:name="Path",type=string,JSONPath=`.spec.path.value`
// +kubebuilder:printcolumn:name="Subprotocols",type=string,JSONPath=`.spec.subprotocols[*].name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type WebSocketRoute struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	// +required
	Spec WebSocketRouteSpec `json:"spec"`

	// Status is what came of it, one entry a parent.
	// +optional
	Status WebSocketRouteStatus `json:"status,omitempty,omitzero"`
}

// WebSocketRouteList is a list of WebSocketRoutes.
//
// +kubebuilder:object:root=true
type WebSocketRouteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []WebSocketRoute `json:"items"`
}

// WebSocketRouteSpec says where clients arrive and which Services answer.
//
// +kubebuilder:validation:XValidation:message="a route serves at least one subprotocol or has a fallback",rule="(has(self.subprotocols) && size(self.subprotocols) > 0) || has(self.fallback)"
type WebSocketRouteSpec struct {
	// ParentRefs are the Gateways that the route attaches to, or some of their
	// listeners by sectionName or port. Omitted: the installation's default
	// Gateway.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	ParentRefs []gatewayv1.ParentReference `json:"parentRefs,omitempty"`

	// Hostnames are the hosts that the route answers for, "ws.example.com" or
	// "*.example.com". Each is intersected with the listener's own hostname.
	// Omitted: whatever the listener answers for.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Hostnames []gatewayv1.Hostname `json:"hostnames,omitempty"`

	// Path is the part of the URL's path that the route answers for.
	//
	// +optional
	// +kubebuilder:default={type: "PathPrefix", value: "/"}
	Path *PathMatch `json:"path,omitempty"`

	// Subprotocols are the values of Sec-WebSocket-Protocol that the route
	// serves. Of those that a client offers, the first that is here is chosen.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	Subprotocols []Subprotocol `json:"subprotocols,omitempty"`

	// Fallback serves clients that offer no subprotocol at all. Omitted: they
	// are refused. A client that offers only unknown ones is always refused.
	//
	// +optional
	Fallback *Target `json:"fallback,omitempty"`
}

// PathMatchType is how a path is compared.
//
// +kubebuilder:validation:Enum=PathPrefix;Exact
type PathMatchType string

const (
	// PathPrefix matches whole elements: "/a" matches "/a" and "/a/b", never "/ab".
	PathPrefix PathMatchType = "PathPrefix"
	// PathExact matches the path and nothing else.
	PathExact PathMatchType = "Exact"
)

// PathMatch is a path and how to compare it.
type PathMatch struct {
	// Type is PathPrefix (default) or Exact.
	//
	// +optional
	// +kubebuilder:default=PathPrefix
	Type PathMatchType `json:"type,omitempty"`

	// Value begins with "/". Default "/".
	//
	// +optional
	// +kubebuilder:default="/"
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^/[^?#]*$`
	Value string `json:"value,omitempty"`
}

// Subprotocol is one value of Sec-WebSocket-Protocol and what serves it.
type Subprotocol struct {
	// Name is an RFC 7230 token, compared case-sensitively.
	//
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[!#$%&'*+.^_\x60|~0-9A-Za-z-]+$`
	Name string `json:"name"`

	Target `json:",inline"`
}

// Target is where the bytes of a session go, and how messages map to them.
type Target struct {
	// BackendRefs are Services. New sessions are shared among them by weight.
	//
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	BackendRefs []gatewayv1.BackendRef `json:"backendRefs"`

	// Framing is how messages map to the Service's byte stream. Default Stream.
	//
	// +optional
	// +kubebuilder:default=Stream
	Framing Framing `json:"framing,omitempty"`

	// MessageType is the type of the messages that the client receives. Default
	// Binary. With framing Typed the Service chooses, message by message.
	//
	// +optional
	// +kubebuilder:default=Binary
	MessageType MessageType `json:"messageType,omitempty"`
}

// Framing is how messages map to a byte stream.
//
// +kubebuilder:validation:Enum=Stream;Lines;LengthPrefixed;Typed
type Framing string

const (
	// FramingStream passes bytes; message boundaries mean nothing.
	FramingStream Framing = "Stream"
	// FramingLines maps one message to one line ended by \n.
	FramingLines Framing = "Lines"
	// FramingLengthPrefixed maps one message to a 4-byte big-endian length and
	// as many bytes.
	FramingLengthPrefixed Framing = "LengthPrefixed"
	// FramingTyped is LengthPrefixed with one byte before it: 1 text, 2 binary.
	FramingTyped Framing = "Typed"
)

// MessageType is the type of a WebSocket message.
//
// +kubebuilder:validation:Enum=Binary;Text
type MessageType string

const (
	// MessageBinary messages carry any bytes.
	MessageBinary MessageType = "Binary"
	// MessageText messages carry UTF-8.
	MessageText MessageType = "Text"
)

// WebSocketRouteStatus has one entry for every parent that the route names.
type WebSocketRouteStatus struct {
	gatewayv1.RouteStatus `json:",inline"`
}
