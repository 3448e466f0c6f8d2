package provision

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"switchyard.dev/controllers/translate"
)

const (
	// user is "nonroot" of distroless images.
	user = 65532

	certificatesVolume = "certificates"
	certificatesPath   = "/etc/switchyard/certificates"
	keepVolume         = "keep"
	keepPath           = "/var/lib/switchyard"
)

// podSpec is within the Pod Security Standard "restricted".
func podSpec(g translate.Gateway, o Options, d drain) corev1.PodSpec {
	return corev1.PodSpec{
		ServiceAccountName:           Name(g.Gateway),
		AutomountServiceAccountToken: new(false),
		// Every Service of the namespace would become variables of the process.
		EnableServiceLinks:            new(false),
		TerminationGracePeriodSeconds: new(d.grace()),
		SecurityContext:               podSecurity(),
		TopologySpreadConstraints: []corev1.TopologySpreadConstraint{
			spread(g, corev1.LabelHostname),
			spread(g, corev1.LabelTopologyZone),
		},
		Containers: []corev1.Container{container(g, o, d)},
		Volumes:    volumes(g),
	}
}

func podSecurity() *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsNonRoot:   new(true),
		RunAsUser:      new(int64(user)),
		RunAsGroup:     new(int64(user)),
		FSGroup:        new(int64(user)),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		// Listeners may have any port. The sysctl is a safe one: it is the pod's own.
		Sysctls: []corev1.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "0"}},
	}
}

// spread puts pods apart where that can be. Those of one revision are compared,
// or the old ones, which are about to go, would push the new ones together.
func spread(g translate.Gateway, key string) corev1.TopologySpreadConstraint {
	return corev1.TopologySpreadConstraint{
		MaxSkew:           1,
		TopologyKey:       key,
		WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector:     &metav1.LabelSelector{MatchLabels: selectorOf(g.Gateway)},
		MatchLabelKeys:    []string{"pod-template-hash"},
	}
}

// volumes are the Secret with the pod's identity, and memory in which it keeps
// its last configuration, private keys and all: that never meets a disk.
func volumes(g translate.Gateway) []corev1.Volume {
	return []corev1.Volume{
		{Name: certificatesVolume, VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: SecretName(g.Gateway), DefaultMode: new(int32(0o440))},
		}},
		{Name: keepVolume, VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: new(keepLimit.DeepCopy())},
		}},
	}
}
