package translate

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// filled says all that parameters can say, but for autoscaling.
func filled(words string, number int32) v1alpha1.GatewayParametersSpec {
	window := gatewayv1.Duration(words)
	kind, traffic := corev1.ServiceType(words), corev1.ServiceExternalTrafficPolicy(words)
	return v1alpha1.GatewayParametersSpec{
		Replicas: &number,
		Service: &v1alpha1.ServiceParameters{
			Type: &kind, Annotations: map[string]string{words: words}, LoadBalancerClass: &words,
			LoadBalancerSourceRanges: []string{words}, ExternalTrafficPolicy: &traffic,
		},
		Resources:   &corev1.ResourceRequirements{},
		PodTemplate: &runtime.RawExtension{Raw: []byte(words)},
		Drain:       &v1alpha1.Drain{Window: &window, Timeout: &window},
	}
}

func TestParametersOver(t *testing.T) {
	type spec = v1alpha1.GatewayParametersSpec
	inner, outer := filled("inner", 1), filled("outer", 2)
	scaled := spec{Autoscaling: &v1alpha1.Autoscaling{MaxReplicas: 3}}
	oneSaid := spec{Service: &v1alpha1.ServiceParameters{Type: inner.Service.Type}, Drain: &v1alpha1.Drain{Window: inner.Drain.Window}}
	mixed := filled("outer", 2)
	mixed.Service.Type, mixed.Drain.Window = inner.Service.Type, inner.Drain.Window
	outerScaled := filled("outer", 2)
	outerScaled.Replicas, outerScaled.Autoscaling = nil, scaled.Autoscaling
	tests := map[string]struct{ inner, outer, want spec }{
		"nothing said leaves the class's":                {spec{}, outer, outer},
		"nothing said inside a field leaves the class's": {spec{Service: &v1alpha1.ServiceParameters{}, Drain: &v1alpha1.Drain{}}, outer, outer},
		"all said leaves nothing of the class's":         {inner, outer, inner},
		"a class that says nothing":                      {inner, spec{}, inner},
		"one field of a part":                            {oneSaid, outer, mixed},
		"replicas end the class's autoscaling":           {spec{Replicas: inner.Replicas}, scaled, spec{Replicas: inner.Replicas}},
		"autoscaling ends the class's replicas":          {scaled, outer, outerScaled},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parametersOver(tc.inner, tc.outer); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestFilledParametersKnowEveryField(t *testing.T) {
	all := filled("a", 1)
	for _, part := range []any{all, *all.Service, *all.Drain} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "Autoscaling" {
				t.Errorf("%T.%s is not tested", part, name)
			}
		}
	}
}

func TestPodTemplates(t *testing.T) {
	tests := map[string]struct {
		patch string
		sound bool
	}{
		"an object":                {`{"metadata": {"labels": {"a": "b"}}, "spec": {"nodeSelector": {"a": "b"}}}`, true},
		"nothing in it":            {`{}`, true},
		"directives of a patch":    {`{"$patch": "merge", "spec": {"containers": [{"name": "gateway", "$patch": "delete"}]}}`, true},
		"a list":                   {`[]`, false},
		"a string":                 {`"a"`, false},
		"null":                     {`null`, false},
		"nothing at all":           {``, false},
		"a field that is not one":  {`{"template": {}}`, false},
		"a field of another type":  {`{"spec": {"containers": {}}}`, false},
		"a quantity that is not":   {`{"spec": {"containers": [{"resources": {"limits": {"cpu": "many"}}}]}}`, false},
		"bytes that are not JSON":  {`{`, false},
		"a spec that is no object": {`{"spec": 1}`, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			found := parametersProblems(&v1alpha1.GatewayParametersSpec{PodTemplate: &runtime.RawExtension{Raw: []byte(tc.patch)}})
			if tc.sound != (len(found) == 0) {
				t.Errorf("problems %v", found)
			}
		})
	}
}
