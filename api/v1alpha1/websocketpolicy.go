package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// WebSocketPolicy says what sessions may do: which web pages may open them, how
// long they may be silent, how big their messages may be. It attaches to
// Gateways, to listeners of Gateways and to WebSocketRoutes. Field by field, a
// route's value wins over a listener's, and that over the Gateway's.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=gateway-api,shortName=wsp
// +kubebuilder:printcolumn:name="Targets",type=string,JSONPath=`.spec.targetRefs[*].name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:metadata:labels="gateway.networking.k8s.io/policy=Inherited"
type WebSocketPolicy struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	// +required
	Spec WebSocketPolicySpec `json:"spec"`

	// Status is what came of it, one entry a target.
	// +optional
	Status gatewayv1.PolicyStatus `json:"status,omitempty,omitzero"`
}

// WebSocketPolicyList is a list of WebSocketPolicies.
//
// +kubebuilder:object:root=true
type WebSocketPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []WebSocketPolicy `json:"items"`
}

// WebSocketPolicySpec says what holds, and for what. A field that is omitted is
// inherited, at last from the gateway's own defaults.
type WebSocketPolicySpec struct {
	// TargetRefs are Gateways, or one listener of a Gateway by sectionName, or
	// WebSocketRoutes, in the policy's own namespace. Of two policies with one
	// target the older wins, then the lesser name; the other says Conflicted.
	//
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	TargetRefs []gatewayv1.LocalPolicyTargetReferenceWithSectionName `json:"targetRefs"`

	// Origins are the web origins whose pages may open a session, beside the
	// request's own origin: "https://app.example.com", or "*" for any page on
	// the web. Requests without Origin, which browsers do not send, are always
	// let in. An empty list closes what a policy further out has opened.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Origins []Origin `json:"origins,omitzero"`

	// Timeouts bound how long things may take.
	//
	// +optional
	Timeouts *Timeouts `json:"timeouts,omitempty"`

	// Keepalive finds clients that are gone without a word.
	//
	// +optional
	Keepalive *Keepalive `json:"keepalive,omitempty"`

	// Limits bound what one client may make the gateway hold.
	//
	// +optional
	Limits *Limits `json:"limits,omitempty"`
}

// Origin is a web origin (RFC 6454), scheme://host[:port] in lower case, or "*".
//
// +kubebuilder:validation:MaxLength=300
// +kubebuilder:validation:Pattern=`^(\*|[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?)$`
type Origin string

// Timeouts bound how long things may take. "0s" is never, except where a field
// says that it must be more.
type Timeouts struct {
	// Handshake is from the first moment of a connection to the end of its
	// request's header. More than 0s. Default 10s. It is known before a route
	// is, so it is for Gateways and listeners alone.
	//
	// +optional
	Handshake *gatewayv1.Duration `json:"handshake,omitempty"`

	// Dial is for reaching an endpoint of the Service, the second try included.
	// More than 0s. Default 5s.
	//
	// +optional
	Dial *gatewayv1.Duration `json:"dial,omitempty"`

	// Idle ends a session that carries no data either way for so long; pings do
	// not count as data. Default 1h.
	//
	// +optional
	Idle *gatewayv1.Duration `json:"idle,omitempty"`

	// Write ends a session one of whose ends takes no byte of what waits for it
	// for so long. Default 60s.
	//
	// +optional
	Write *gatewayv1.Duration `json:"write,omitempty"`

	// Close is from one end's last word to the other's. More than 0s. Default 10s.
	//
	// +optional
	Close *gatewayv1.Duration `json:"close,omitempty"`
}

// Keepalive is when the gateway pings a client, and how long it waits.
type Keepalive struct {
	// Interval is the client's silence before a ping. "0s" is no pings. Default 25s.
	//
	// +optional
	Interval *gatewayv1.Duration `json:"interval,omitempty"`

	// Timeout is from a ping to the next byte from the client. More than 0s.
	// Default 20s.
	//
	// +optional
	Timeout *gatewayv1.Duration `json:"timeout,omitempty"`
}

// Limits bound what one client may make the gateway hold.
type Limits struct {
	// MaxMessageBytes is the biggest payload of one message from the client.
	// Zero: no limit where the framing is Stream, 1 MiB where a message must be
	// held whole. Default 0.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	MaxMessageBytes *int64 `json:"maxMessageBytes,omitempty"`

	// MaxHeaderBytes is for the request line and header together. 1024 to
	// 1048576, default 16384. It is needed before a route is known, so it is
	// for Gateways and listeners alone.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=1048576
	MaxHeaderBytes *int32 `json:"maxHeaderBytes,omitempty"`
}
