package translate

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func TestPermitted(t *testing.T) {
	name, empty := gatewayv1.ObjectName("cert"), gatewayv1.ObjectName("")
	from := gatewayv1.ReferenceGrantFrom{Group: "g", Kind: "Gateway", Namespace: "web"}
	grant := func(to *gatewayv1.ObjectName) []*gatewayv1.ReferenceGrant {
		return []*gatewayv1.ReferenceGrant{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "certs"},
			Spec:       gatewayv1.ReferenceGrantSpec{From: []gatewayv1.ReferenceGrantFrom{from}, To: []gatewayv1.ReferenceGrantTo{{Kind: kindSecret, Name: to}}},
		}}
	}
	asked := reference{fromGroup: "g", fromKind: "Gateway", fromNamespace: "web", toKind: kindSecret, toNamespace: "certs", toName: "cert"}
	but := func(change func(*reference)) reference {
		r := asked
		change(&r)
		return r
	}
	tests := map[string]struct {
		grants []*gatewayv1.ReferenceGrant
		asked  reference
		want   bool
	}{
		"no grant":                           {nil, asked, false},
		"no grant and one namespace":         {nil, but(func(r *reference) { r.toNamespace = "web" }), true},
		"every name":                         {grant(nil), asked, true},
		"the name":                           {grant(&name), asked, true},
		"another name":                       {grant(&name), but(func(r *reference) { r.toName = "key" }), false},
		"an empty name is nobody's":          {grant(&empty), asked, false},
		"from another group":                 {grant(nil), but(func(r *reference) { r.fromGroup = "h" }), false},
		"from another kind":                  {grant(nil), but(func(r *reference) { r.fromKind = "WebSocketRoute" }), false},
		"from another namespace":             {grant(nil), but(func(r *reference) { r.fromNamespace = "iot" }), false},
		"to another group":                   {grant(nil), but(func(r *reference) { r.toGroup = "h" }), false},
		"to another kind":                    {grant(nil), but(func(r *reference) { r.toKind = kindConfigMap }), false},
		"to a namespace that grants nothing": {grant(nil), but(func(r *reference) { r.toNamespace = "iot" }), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			inv := &inventory{grants: grantsOf(tc.grants)}
			if got := inv.permitted(tc.asked) == nil; got != tc.want {
				t.Errorf("permitted: %v, want %v", got, tc.want)
			}
		})
	}
}
