package translate

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func (t *translation) judgeClasses() {
	for _, c := range t.classOrder {
		v := verdictOf(kindGatewayClass, c)
		if v.Ignored = foreign(c); v.Ignored == "" {
			v.Conditions = []metav1.Condition{problems(nil).condition(
				string(gatewayv1.GatewayClassConditionStatusAccepted), string(gatewayv1.GatewayClassReasonAccepted), c.Generation)}
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
	c, ok := t.classes[string(g.Spec.GatewayClassName)]
	switch {
	case ok:
		return foreign(c)
	case t.options.AnyClass:
		return ""
	default:
		return fmt.Sprintf("there is no GatewayClass %s", g.Spec.GatewayClassName)
	}
}
