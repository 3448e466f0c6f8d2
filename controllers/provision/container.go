package provision

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

const (
	containerName = "gateway"
	// adminPort is where pods are asked for health and metrics. No listener can
	// have it, so it is one that nobody would choose.
	adminPort     = 19090
	adminPortName = "admin"
)

var (
	// keepLimit is for the last configuration and the next.
	keepLimit = resource.MustParse("64Mi")

	defaultRequests = corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("100m"),
		corev1.ResourceMemory: resource.MustParse("64Mi"),
	}
)

func container(g translate.Gateway, o Options, d drain) corev1.Container {
	resources := resources(g.Parameters)
	return corev1.Container{
		Name:    containerName,
		Image:   o.Image,
		Command: []string{"switchyard-gateway"},
		Args: []string{
			"--controller=" + o.Controller,
			"--certificates=" + certificatesPath,
			"--keep=" + keepPath,
			// Without a host: nodes may know pods by IPv4 or IPv6 alone.
			"--admin=:" + strconv.Itoa(adminPort),
			"--drain-window=" + d.window.String(),
			"--drain-timeout=" + d.timeout.String(),
			// As the access log is: collectors read one stream.
			"--log-format=json",
		},
		Env:       environment(resources),
		Resources: resources,
		Ports:     []corev1.ContainerPort{{Name: adminPortName, ContainerPort: adminPort, Protocol: corev1.ProtocolTCP}},
		// To kill a pod ends all its sessions: it has a minute to come round.
		LivenessProbe:  probe("/healthz", 10, 6),
		ReadinessProbe: probe("/readyz", 2, 3),
		// The image has no shell to sleep with.
		Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds(routePause)}}},
		VolumeMounts: []corev1.VolumeMount{
			{Name: certificatesVolume, MountPath: certificatesPath, ReadOnly: true},
			{Name: keepVolume, MountPath: keepPath},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false),
			ReadOnlyRootFilesystem:   new(true),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
}

func resources(p v1alpha1.GatewayParametersSpec) corev1.ResourceRequirements {
	if p.Resources != nil {
		return *p.Resources.DeepCopy()
	}
	return corev1.ResourceRequirements{Requests: defaultRequests.DeepCopy()}
}

// environment has the memory that Go should keep to, which is less than the
// limit: buffers of the kernel and the kept configuration count as well. The
// limit of CPU the gateway reads for itself, when it starts.
func environment(r corev1.ResourceRequirements) []corev1.EnvVar {
	all := []corev1.EnvVar{{Name: "POD_NAME", ValueFrom: &corev1.EnvVarSource{
		FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.name"},
	}}}
	if limit := r.Limits.Memory(); !limit.IsZero() {
		all = append(all, corev1.EnvVar{Name: "GOMEMLIMIT", Value: strconv.FormatInt(limit.Value()/10*9, 10)})
	}
	return all
}

func probe(path string, period, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString(adminPortName), Scheme: corev1.URISchemeHTTP}},
		PeriodSeconds:    period,
		TimeoutSeconds:   2,
		FailureThreshold: failures,
	}
}
