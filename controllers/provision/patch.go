package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	kjson "sigs.k8s.io/json"

	"switchyard.dev/controllers/translate"
)

// patched is template with spec.podTemplate of g's parameters over it.
func patched(g translate.Gateway, template corev1.PodTemplateSpec) (corev1.PodTemplateSpec, error) {
	var out corev1.PodTemplateSpec
	if err := patch(template, g.Parameters.PodTemplate.Raw, &out); err != nil {
		return out, fmt.Errorf("GatewayParameters spec.podTemplate: %w", err)
	}
	if err := survives(g, template.Spec, out); err != nil {
		return out, fmt.Errorf("GatewayParameters spec.podTemplate: %w", err)
	}
	return out, nil
}

// patch is strict: what nobody knows would be dropped in silence.
func patch(template corev1.PodTemplateSpec, raw []byte, out *corev1.PodTemplateSpec) error {
	original, err := json.Marshal(template)
	if err != nil {
		return err
	}
	merged, err := strategicpatch.StrategicMergePatch(original, raw, corev1.PodTemplateSpec{})
	if err != nil {
		return fmt.Errorf("it is no strategic merge patch of a pod template: %w", err)
	}
	unknown, err := kjson.UnmarshalStrict(merged, out)
	if err != nil {
		return fmt.Errorf("what it makes is no pod template: %w", err)
	}
	return errors.Join(unknown...)
}

// survives says what a patch must not take away: by what the pods are found,
// and who they are.
func survives(g translate.Gateway, before corev1.PodSpec, after corev1.PodTemplateSpec) error {
	for key, value := range selectorOf(g.Gateway) {
		if after.Labels[key] != value {
			return fmt.Errorf("label %s becomes %q: it must stay %q, by which the pods are found", key, after.Labels[key], value)
		}
	}
	i := slices.IndexFunc(after.Spec.Containers, func(c corev1.Container) bool { return c.Name == containerName })
	if i < 0 {
		return fmt.Errorf("it takes away container %q, which is the gateway", containerName)
	}
	if !kept(before.Volumes, after.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == certificatesVolume }) {
		return fmt.Errorf("volume %q must stay as it is: the pods prove with it who they are", certificatesVolume)
	}
	if !kept(before.Containers[0].VolumeMounts, after.Spec.Containers[i].VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == certificatesVolume }) {
		return fmt.Errorf("the mount of volume %q at %s must stay as it is: the pods prove with it who they are", certificatesVolume, certificatesPath)
	}
	return nil
}

// kept tells whether what is looked for is the same before and after.
func kept[T any](before, after []T, is func(T) bool) bool {
	i, j := slices.IndexFunc(before, is), slices.IndexFunc(after, is)
	return i >= 0 && j >= 0 && equality.Semantic.DeepEqual(before[i], after[j])
}
