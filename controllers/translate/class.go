package translate

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
)

// class is a GatewayClass of Switchyard's.
type class struct {
	*gatewayv1.GatewayClass
	// accepted is why it is not.
	accepted   problems
	parameters v1alpha1.GatewayParametersSpec
}

func (t *translation) judgeClasses() {
	for i := range t.inventory.classes {
		object := &t.inventory.classes[i]
		v := verdictOf(kindGatewayClass, object)
		if v.Ignored = foreign(object); v.Ignored == "" {
			c := &class{GatewayClass: object}
			c.parameters, c.accepted = t.classParameters(object)
			v.Conditions = []metav1.Condition{c.accepted.condition(
				string(gatewayv1.GatewayClassConditionStatusAccepted), string(gatewayv1.GatewayClassReasonAccepted), c.Generation)}
			t.classes[c.Name] = c
		} else {
			t.foreign[object.Name] = v.Ignored
		}
		t.verdicts = append(t.verdicts, v)
	}
}

// foreign says whose a class is, if it is not Switchyard's.
func foreign(c *gatewayv1.GatewayClass) string {
	if c.Spec.ControllerName == ControllerName {
		return ""
	}
	return fmt.Sprintf("GatewayClass %s is of controller %s; Switchyard's is %s", c.Name, c.Spec.ControllerName, ControllerName)
}

// whyIgnored says why a Gateway is another's, or nobody's.
func (t *translation) whyIgnored(g *gatewayv1.Gateway) string {
	name := string(g.Spec.GatewayClassName)
	switch {
	case t.foreign[name] != "":
		return t.foreign[name]
	case t.classes[name] != nil || t.options.AnyClass:
		return ""
	default:
		return fmt.Sprintf("there is no GatewayClass %s", name)
	}
}
