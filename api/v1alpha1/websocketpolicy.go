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
// +kubebuilder:resource:categories=gateway-api;switchyard,shortName=wsp;wspolicy
// +kubebuilder:printcolumn:name="Targets",type=string,JSONPath=`.spec.targetRefs[*].name`,description="The first target: a column has room for no more."
// +kubebuilder:printcolumn:name="Accepted",type=string,JSONPath=`.status.ancestors[*].conditions[?(@.type=="Accepted")].status`,description="Whether the policy holds at its first target."
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:metadata:labels="gateway.networking.k8s.io/policy=Inherited"
type WebSocketPolicy struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what holds, and for what.
	// +required
	Spec WebSocketPolicySpec `json:"spec"`

	// Status is what came of it: for each target, whether the policy holds there.
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
//
// +kubebuilder:validation:XValidation:message="timeouts.handshake and limits.maxHeaderBytes hold before a route is known: set them in a policy for the Gateway",rule="self.targetRefs.all(t, t.kind != 'WebSocketRoute') || !(has(self.timeouts) && has(self.timeouts.handshake)) && !(has(self.limits) && has(self.limits.maxHeaderBytes))"
type WebSocketPolicySpec struct {
	// TargetRefs are what the policy is for: Gateways, single listeners of a
	// Gateway by sectionName, or WebSocketRoutes, all in the policy's own
	// namespace. Of two policies with one target the older wins, then the lesser
	// name; the other says Conflicted.
	//
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:XValidation:message="a target is a Gateway (group gateway.networking.k8s.io) or a WebSocketRoute (group switchyard.dev)",rule="self.group == 'gateway.networking.k8s.io' && self.kind == 'Gateway' || self.group == 'switchyard.dev' && self.kind == 'WebSocketRoute'"
	// +kubebuilder:validation:items:XValidation:message="a WebSocketRoute has no sections: leave sectionName out",rule="self.kind != 'WebSocketRoute' || !has(self.sectionName)"
	// +kubebuilder:validation:XValidation:message="targets must differ: of equal ones leave all but one out",rule="self.all(a, self.exists_one(b, a.group == b.group && a.kind == b.kind && a.name == b.name && (has(a.sectionName) ? a.sectionName : '') == (has(b.sectionName) ? b.sectionName : '')))"
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

	// Timeouts bound how long things may take. "0s" is never, except where a
	// field says that it must be more.
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
// +kubebuilder:validation:XValidation:message="want scheme://host or scheme://host:port in lower case, without the scheme's own port, or \"*\"",rule="self == '*' || self.matches(r'^[a-z][a-z0-9+.-]*://(\\[[0-9a-f]*:[0-9a-f:.]*\\]|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*)(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$') && !self.matches(r'^(http|ws)://.*:80$|^(https|wss)://.*:443$')"
// +kubebuilder:validation:XValidation:message="want an IPv6 address, as short as it can be written",rule="!self.contains('://[') || self.indexOf(']') < 0 || isIP(self.substring(self.indexOf('[') + 1, self.indexOf(']'))) && ip.isCanonical(self.substring(self.indexOf('[') + 1, self.indexOf(']')))"
type Origin string

// Timeouts bound how long things may take. "0s" is never, except where a field
// says that it must be more.
type Timeouts struct {
	// Handshake is from the first moment of a connection to the end of its
	// request's header. It holds before a route is known, so it is for Gateways
	// and listeners alone. More than 0s. Default 10s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	// +kubebuilder:validation:XValidation:message="want more than 0s",rule="!self.matches('^[0hms]*$')"
	Handshake *gatewayv1.Duration `json:"handshake,omitempty"`

	// Dial is for reaching an endpoint of the Service, the second try included.
	// More than 0s. Default 5s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	// +kubebuilder:validation:XValidation:message="want more than 0s",rule="!self.matches('^[0hms]*$')"
	Dial *gatewayv1.Duration `json:"dial,omitempty"`

	// Idle ends a session that carries no data either way for so long; pings do
	// not count as data. Default 1h.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	Idle *gatewayv1.Duration `json:"idle,omitempty"`

	// Write ends a session one of whose ends takes no byte of what waits for it
	// for so long. Default 60s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	Write *gatewayv1.Duration `json:"write,omitempty"`

	// Close is from one end's last word to the other's. More than 0s. Default 10s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	// +kubebuilder:validation:XValidation:message="want more than 0s",rule="!self.matches('^[0hms]*$')"
	Close *gatewayv1.Duration `json:"close,omitempty"`
}

// Keepalive is when the gateway pings a client, and how long it waits.
type Keepalive struct {
	// Interval is the client's silence before a ping. "0s": no pings. Default 25s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	Interval *gatewayv1.Duration `json:"interval,omitempty"`

	// Timeout is from a ping to the next byte from the client. More than 0s.
	// Default 20s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	// +kubebuilder:validation:XValidation:message="want more than 0s",rule="!self.matches('^[0hms]*$')"
	Timeout *gatewayv1.Duration `json:"timeout,omitempty"`
}

// Limits bound what one client may make the gateway hold.
type Limits struct {
	// MaxMessageBytes is the biggest payload of one message from the client. 0:
	// no limit where the framing is Stream, 1 MiB where a message must be held
	// whole. Default 0.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	MaxMessageBytes *int64 `json:"maxMessageBytes,omitempty"`

	// MaxHeaderBytes is for the request line and header together. It holds
	// before a route is known, so it is for Gateways and listeners alone.
	// Default 16384.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=1048576
	MaxHeaderBytes *int32 `json:"maxHeaderBytes,omitempty"`
}
