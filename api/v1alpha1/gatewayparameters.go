package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// GatewayParameters say how the data plane of Gateways is run: how many pods,
// behind what kind of Service, and how they stop. A GatewayClass names them in
// spec.parametersRef, with a namespace, or a Gateway in
// spec.infrastructure.parametersRef, in its own. Field by field, the Gateway's
// value wins over its class's.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:categories=gateway-api;switchyard,shortName=gwparams
// +kubebuilder:printcolumn:name="Replicas",type=integer,JSONPath=`.spec.replicas`
// +kubebuilder:printcolumn:name="Service",type=string,JSONPath=`.spec.service.type`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type GatewayParameters struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is how the pods of a Gateway are run.
	// +required
	Spec GatewayParametersSpec `json:"spec"`
}

// GatewayParametersList is a list of GatewayParameters.
//
// +kubebuilder:object:root=true
type GatewayParametersList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []GatewayParameters `json:"items"`
}

// GatewayParametersSpec says how the pods of a Gateway are run.
//
// +kubebuilder:validation:XValidation:message="replicas and autoscaling exclude each other: leave one out",rule="!(has(self.replicas) && has(self.autoscaling))"
type GatewayParametersSpec struct {
	// Replicas is the number of pods. It excludes autoscaling. Default 2.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Replicas *int32 `json:"replicas,omitempty"`

	// Autoscaling lets a HorizontalPodAutoscaler choose the number of pods.
	//
	// +optional
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`

	// Service is what clients reach the pods through.
	//
	// +optional
	Service *ServiceParameters `json:"service,omitempty"`

	// Resources are those of the gateway's container. Default: requests of
	// 100m CPU and 64Mi of memory, no limits.
	//
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// PodTemplate is a strategic merge patch of the pods' template (metadata
	// and spec, as in a Deployment), applied last: for tolerations, affinity,
	// more containers and whatever else has no field here. The gateway's
	// container is named "gateway".
	//
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	PodTemplate *runtime.RawExtension `json:"podTemplate,omitempty"`

	// Drain is how a pod that stops ends its sessions.
	//
	// +optional
	Drain *Drain `json:"drain,omitempty"`
}

// Autoscaling is between how many pods a HorizontalPodAutoscaler chooses.
//
// +kubebuilder:validation:XValidation:message="want minReplicas to be at most maxReplicas",rule="!has(self.minReplicas) || self.minReplicas <= self.maxReplicas"
type Autoscaling struct {
	// MinReplicas is the least number of pods. Default 2, or maxReplicas where
	// that is less.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MinReplicas *int32 `json:"minReplicas,omitempty"`

	// MaxReplicas is the greatest number of pods.
	//
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MaxReplicas int32 `json:"maxReplicas"`

	// TargetCPUUtilizationPercentage is the share of the requested CPU that the
	// pods should use on average. Default 70.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	TargetCPUUtilizationPercentage *int32 `json:"targetCPUUtilizationPercentage,omitempty"`
}

// ServiceParameters are those of the Service in front of a Gateway's pods. Its
// ports are those of the Gateway's listeners.
//
// +kubebuilder:validation:XValidation:message="loadBalancerClass and loadBalancerSourceRanges are for type LoadBalancer: leave them out",rule="!has(self.type) || self.type == 'LoadBalancer' || !has(self.loadBalancerClass) && !has(self.loadBalancerSourceRanges)"
// +kubebuilder:validation:XValidation:message="externalTrafficPolicy is for types LoadBalancer and NodePort: leave it out",rule="!has(self.type) || self.type != 'ClusterIP' || !has(self.externalTrafficPolicy)"
type ServiceParameters struct {
	// Type is how the Service is reached: through a load balancer that the cloud
	// makes, a port of every node, or an address inside the cluster. Default
	// LoadBalancer.
	//
	// +optional
	// +kubebuilder:validation:Enum=LoadBalancer;NodePort;ClusterIP
	Type *corev1.ServiceType `json:"type,omitempty"`

	// Annotations are put on the Service, as load balancers of clouds want
	// them. Where the Gateway's spec.infrastructure.annotations have one of the
	// same name, it is theirs that holds.
	//
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:message="want names of annotations, such as \"example.com/name\"",rule="self.all(k, size(k.split('/')[0]) <= 253 && k.matches(r'^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))"
	Annotations map[string]string `json:"annotations,omitempty"`

	// LoadBalancerClass chooses who makes the load balancer.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	LoadBalancerClass *string `json:"loadBalancerClass,omitempty"`

	// LoadBalancerSourceRanges are the networks, as CIDRs, that may reach the
	// load balancer.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:message="want a network such as \"192.0.2.0/24\" or \"2001:db8::/32\"",rule="isCIDR(self)"
	LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges,omitempty"`

	// ExternalTrafficPolicy is where a node sends what reaches it. Cluster: to
	// any pod. Local: to its own pods, which then see the clients' addresses.
	// Default Cluster.
	//
	// +optional
	// +kubebuilder:validation:Enum=Cluster;Local
	ExternalTrafficPolicy *corev1.ServiceExternalTrafficPolicy `json:"externalTrafficPolicy,omitempty"`
}

// Drain is how a pod that stops ends its sessions: it takes no new ones, spreads
// the Close frames of the others over a window, and cuts what is left.
type Drain struct {
	// Window is the time over which Close frames are spread, so that clients do
	// not all come back at once. Default 10s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	Window *gatewayv1.Duration `json:"window,omitempty"`

	// Timeout is how long after the window what is left is cut. Default 15s.
	//
	// +optional
	// +kubebuilder:validation:XValidation:message="want a duration such as \"1h\", \"90s\" or \"1m30s\"",rule="self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')"
	Timeout *gatewayv1.Duration `json:"timeout,omitempty"`
}
