package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// WebSocketRoute gives the subprotocols of WebSockets to Services: a client that
// opens a WebSocket at one of the route's hosts and paths, and names one of its
// subprotocols, gets a TCP connection to the Service behind it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=gateway-api;switchyard,shortName=wsroute;wsr
// +kubebuilder:printcolumn:name="Hostnames",type=string,JSONPath=`.spec.hostnames`
// +kubebuilder:printcolumn:name="Path",type=string,JSONPath=`.spec.path.value`,priority=1
// +kubebuilder:printcolumn:name="Subprotocols",type=string,JSONPath=`.spec.subprotocols[*].name`,description="The first subprotocol: a column has room for no more."
// +kubebuilder:printcolumn:name="Accepted",type=string,JSONPath=`.status.parents[*].conditions[?(@.type=="Accepted")].status`,description="Whether the first parent has accepted the route."
// +kubebuilder:printcolumn:name="Programmed",type=string,JSONPath=`.status.parents[*].conditions[?(@.type=="Programmed")].status`,description="Whether the gateways of the first parent serve the route."
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type WebSocketRoute struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is which clients the route is for, and which Services answer them.
	// +required
	Spec WebSocketRouteSpec `json:"spec"`

	// Status is what came of it: for each parent, whether it has accepted the
	// route, whether the references lead somewhere, whether it is served.
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
// +kubebuilder:validation:XValidation:message="want at least one of subprotocols, or a fallback",rule="has(self.subprotocols) && size(self.subprotocols) > 0 || has(self.fallback)"
type WebSocketRouteSpec struct {
	// ParentRefs are the Gateways that the route attaches to, or some of their
	// listeners by sectionName or port. Omitted: the installation's default
	// Gateway, or the only one there is.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:XValidation:message="a route's parent is a Gateway: leave group and kind out",rule="self.group == 'gateway.networking.k8s.io' && self.kind == 'Gateway'"
	// +kubebuilder:validation:XValidation:message="two references to one Gateway must each have a sectionName, or each a port",rule="self.all(a, self.all(b, a.group == b.group && a.kind == b.kind && a.name == b.name && (has(a.__namespace__) ? a.__namespace__ : '') == (has(b.__namespace__) ? b.__namespace__ : '') ? has(a.sectionName) == has(b.sectionName) && has(a.port) == has(b.port) : true))"
	// +kubebuilder:validation:XValidation:message="two references to one Gateway must differ in sectionName or port",rule="self.all(a, self.exists_one(b, a.group == b.group && a.kind == b.kind && a.name == b.name && (has(a.__namespace__) ? a.__namespace__ : '') == (has(b.__namespace__) ? b.__namespace__ : '') && (has(a.sectionName) ? a.sectionName : '') == (has(b.sectionName) ? b.sectionName : '') && (has(a.port) ? a.port : 0) == (has(b.port) ? b.port : 0)))"
	ParentRefs []gatewayv1.ParentReference `json:"parentRefs,omitempty"`

	// Hostnames are the hosts that the route answers for, "ws.example.com" or
	// "*.example.com". Each is intersected with the listener's own hostname.
	// Omitted: whatever the listener answers for.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:XValidation:message="want a lower-case DNS name, with at most one \"*.\" in front, and no IP address",rule="!isIP(self) && self.matches(r'^(\\*\\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$')"
	Hostnames []gatewayv1.Hostname `json:"hostnames,omitempty"`

	// Path is the path of the URLs that the route answers for. Omitted: every
	// path.
	//
	// +optional
	// +kubebuilder:default={type: "PathPrefix", value: "/"}
	Path *PathMatch `json:"path,omitempty"`

	// Subprotocols are the values of Sec-WebSocket-Protocol that the route
	// serves. Of those that a client offers, in its order, the first that is
	// here is chosen and named in the answer.
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
	// Type is how the value is compared. PathPrefix matches whole elements: "/a"
	// matches "/a" and "/a/b", never "/ab". Exact matches the path and nothing
	// else. Default PathPrefix.
	//
	// +optional
	// +kubebuilder:default=PathPrefix
	Type PathMatchType `json:"type,omitempty"`

	// Value is the path, as the request has it. It begins with "/". Default "/".
	//
	// +optional
	// +kubebuilder:default="/"
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:message="want a path that begins with \"/\", without query, fragment, spaces or control characters",rule="self.matches(r'^/[^?#\\x00-\\x20\\x7f]*$')"
	Value string `json:"value,omitempty"`
}

// Subprotocol is one value of Sec-WebSocket-Protocol and what serves it.
type Subprotocol struct {
	// Name is the value of Sec-WebSocket-Protocol. It is an RFC 7230 token;
	// upper and lower case are told apart.
	//
	// +required
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:message="want an RFC 7230 token: letters, digits and !#$%&'*+-.^_`|~",rule="self.matches(r\"\"\"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$\"\"\")"
	Name string `json:"name"`

	Target `json:",inline"`
}

// Target is where the bytes of a session go, and how messages map to them.
type Target struct {
	// BackendRefs are Services, by name and port. New sessions are shared among
	// them by weight. One in another namespace needs a ReferenceGrant there.
	//
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:XValidation:message="a backend is a Service: leave group and kind out",rule="self.group == '' && self.kind == 'Service'"
	BackendRefs []gatewayv1.BackendRef `json:"backendRefs"`

	// Framing is how messages map to the Service's byte stream. Stream: bytes;
	// message boundaries mean nothing. Lines: a message is a line that ends in
	// "\n". LengthPrefixed: a message is a 4-byte big-endian length and as many
	// bytes. Typed: the same with a byte before it, 1 for text, 2 for binary.
	// Default Stream.
	//
	// +optional
	// +kubebuilder:default=Stream
	Framing Framing `json:"framing,omitempty"`

	// MessageType is the type of the messages that the client receives. With
	// framing Typed the Service chooses, message by message. Default Binary.
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
