package translate

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// invalidParameters is the reason of GatewayClasses and Gateways alike.
const invalidParameters = string(gatewayv1.GatewayReasonInvalidParameters)

// classParameters are those that a GatewayClass names.
func (t *translation) classParameters(c *gatewayv1.GatewayClass) (v1alpha1.GatewayParametersSpec, problems) {
	ref := c.Spec.ParametersRef
	if ref == nil {
		return v1alpha1.GatewayParametersSpec{}, nil
	}
	const field = "spec.parametersRef"
	if found := isParameters(field, ref.Group, ref.Kind); found != nil {
		return v1alpha1.GatewayParametersSpec{}, problems{*found}
	}
	if deref(ref.Namespace, "") == "" {
		return v1alpha1.GatewayParametersSpec{}, problems{{invalidParameters,
			field + ".namespace is missing: say in which namespace the GatewayParameters are"}}
	}
	return t.parametersNamed(field, types.NamespacedName{Namespace: string(*ref.Namespace), Name: ref.Name})
}

// gatewayParameters are those that a Gateway names over those of its class; none
// where there is something wrong with either.
func (t *translation) gatewayParameters(g *gatewayv1.Gateway) (v1alpha1.GatewayParametersSpec, problems) {
	var outer v1alpha1.GatewayParametersSpec
	var found problems
	if c := t.classes[string(g.Spec.GatewayClassName)]; c != nil {
		outer = c.parameters
		if len(c.accepted) > 0 {
			found.add(&problem{invalidParameters, fmt.Sprintf("GatewayClass %s: %s", c.Name, c.accepted.message())})
		}
	}
	if g.Spec.Infrastructure == nil || g.Spec.Infrastructure.ParametersRef == nil {
		return outer, found
	}
	ref := g.Spec.Infrastructure.ParametersRef
	const field = "spec.infrastructure.parametersRef"
	found.add(isParameters(field, ref.Group, ref.Kind))
	if len(found) > 0 {
		return v1alpha1.GatewayParametersSpec{}, found
	}
	inner, found := t.parametersNamed(field, types.NamespacedName{Namespace: g.Namespace, Name: ref.Name})
	if len(found) > 0 {
		return v1alpha1.GatewayParametersSpec{}, found
	}
	return parametersOver(inner, outer), nil
}

func isParameters(field string, group gatewayv1.Group, kind gatewayv1.Kind) *problem {
	if group == v1alpha1.GroupName && kind == v1alpha1.KindGatewayParameters {
		return nil
	}
	return &problem{invalidParameters, fmt.Sprintf("%s is %s of group %q: want %s of group %s",
		field, kind, group, v1alpha1.KindGatewayParameters, v1alpha1.GroupName)}
}

// parametersNamed finds and judges GatewayParameters. They have no status: what
// is wrong with them is said by who names them.
func (t *translation) parametersNamed(field string, name types.NamespacedName) (spec v1alpha1.GatewayParametersSpec, _ problems) {
	object, ok := t.parameters[name]
	if !ok {
		return spec, problems{{invalidParameters, fmt.Sprintf("%s: there is no %s %s: create it or name another", field, v1alpha1.KindGatewayParameters, name)}}
	}
	if wrong := parametersProblems(&object.Spec); len(wrong) > 0 {
		return spec, problems{{invalidParameters, fmt.Sprintf("%s: %s %s: %s", field, v1alpha1.KindGatewayParameters, name, wrong.message())}}
	}
	return object.Spec, nil
}

// parametersProblems is what is wrong with values that no schema can check, and
// what would make two of them contradict each other.
func parametersProblems(spec *v1alpha1.GatewayParametersSpec) problems {
	r := reading{}
	if spec.Replicas != nil && spec.Autoscaling != nil {
		r.wrong("replicas", *spec.Replicas, "it and autoscaling exclude each other: leave one out")
	}
	if s := spec.Service; s != nil {
		for i, cidr := range s.LoadBalancerSourceRanges {
			if _, err := netip.ParsePrefix(cidr); err != nil {
				r.wrong(fmt.Sprintf("service.loadBalancerSourceRanges[%d]", i), fmt.Sprintf("%q", cidr), `want a network such as "192.0.2.0/24"`)
			}
		}
	}
	r.podTemplate(spec.PodTemplate)
	if d := spec.Drain; d != nil {
		r.duration("drain.window", d.Window)
		r.duration("drain.timeout", d.Timeout)
	}
	return r.problems
}

// podTemplate checks that a patch is shaped like what it is for.
func (r *reading) podTemplate(patch *runtime.RawExtension) {
	if patch == nil {
		return
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(patch.Raw, &top); err != nil || top == nil {
		r.wrong("podTemplate", "(not an object)", "want metadata and spec, as in a Deployment's template")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		// "$patch" and its like direct a strategic merge.
		if key != "metadata" && key != "spec" && !strings.HasPrefix(key, "$") {
			r.wrong("podTemplate."+key, "(unknown)", "want metadata and spec, as in a Deployment's template")
		}
	}
	err := json.Unmarshal(patch.Raw, new(corev1.PodTemplateSpec))
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		r.wrong("podTemplate."+kind.Field, fmt.Sprintf("(%s)", kind.Value), "a pod's template has something else here")
	case err != nil:
		r.wrong("podTemplate", "(unreadable)", err.Error())
	}
}

// parametersOver is inner where it says something, else outer, field by field.
func parametersOver(inner, outer v1alpha1.GatewayParametersSpec) v1alpha1.GatewayParametersSpec {
	if inner.Replicas == nil && inner.Autoscaling == nil {
		// They exclude each other: who says one has said both.
		inner.Replicas, inner.Autoscaling = outer.Replicas, outer.Autoscaling
	}
	inner.Service = serviceOver(inner.Service, outer.Service)
	inner.Resources = cmp.Or(inner.Resources, outer.Resources)
	inner.PodTemplate = cmp.Or(inner.PodTemplate, outer.PodTemplate)
	inner.Drain = drainOver(inner.Drain, outer.Drain)
	return inner
}

func serviceOver(inner, outer *v1alpha1.ServiceParameters) *v1alpha1.ServiceParameters {
	if inner == nil || outer == nil {
		return cmp.Or(inner, outer)
	}
	s := *inner
	s.Type = cmp.Or(s.Type, outer.Type)
	if s.Annotations == nil {
		s.Annotations = outer.Annotations
	}
	s.LoadBalancerClass = cmp.Or(s.LoadBalancerClass, outer.LoadBalancerClass)
	if s.LoadBalancerSourceRanges == nil {
		s.LoadBalancerSourceRanges = outer.LoadBalancerSourceRanges
	}
	s.ExternalTrafficPolicy = cmp.Or(s.ExternalTrafficPolicy, outer.ExternalTrafficPolicy)
	return &s
}

func drainOver(inner, outer *v1alpha1.Drain) *v1alpha1.Drain {
	if inner == nil || outer == nil {
		return cmp.Or(inner, outer)
	}
	return &v1alpha1.Drain{Window: cmp.Or(inner.Window, outer.Window), Timeout: cmp.Or(inner.Timeout, outer.Timeout)}
}
