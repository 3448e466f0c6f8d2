package translate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/route"
)

// What verdicts say of routes that claim the same is what the gateway's table
// does.
func TestVerdictsAgreeWithTheTable(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 100 {
		objects, claims := contested(random)
		result := translate.Translate(objects, translate.Options{})
		table, err := route.Compile(result.Gateways[0].Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		served := map[string]int{}
		for _, e := range table.Entries() {
			served[e.Route] += len(e.Subprotocols)
			if e.Fallback {
				served[e.Route]++
			}
		}
		for _, v := range result.Verdicts {
			if v.Kind != v1alpha1.KindWebSocketRoute {
				continue
			}
			name := v.Namespace + "/" + v.Name
			conditions := v.Parents[0].Conditions
			accepted := meta.IsStatusConditionTrue(conditions, string(gatewayv1.RouteConditionAccepted))
			partly := meta.IsStatusConditionTrue(conditions, string(gatewayv1.RouteConditionPartiallyInvalid))
			if accepted != (served[name] > 0) || partly != (served[name] > 0 && served[name] < claims[name]) {
				t.Fatalf("round %d: %s has %d of its %d claims, and is told %v", round, name, served[name], claims[name], conditions)
			}
		}
	}
}

// contested are routes on one listener that claim much the same, and how many
// claims each has.
func contested(random *rand.Rand) (o translate.Objects, claims map[string]int) {
	o, claims = big(0, 0, 0), map[string]int{}
	hosts := []gatewayv1.Hostname{"a.example", "*.example", "b.a.example"}
	paths := []v1alpha1.PathMatch{{}, {Value: "/a"}, {Value: "/a/"}, {Type: v1alpha1.PathExact, Value: "/a"}, {Type: v1alpha1.PathExact, Value: "/a/"}}
	infra, port := gatewayv1.Namespace("infra"), gatewayv1.PortNumber(7)
	target := v1alpha1.Target{BackendRefs: []gatewayv1.BackendRef{{BackendObjectReference: gatewayv1.BackendObjectReference{Name: "none", Port: &port}}}}
	for i := range 10 {
		r := v1alpha1.WebSocketRoute{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(i), Namespace: []string{"a", "a-b", "a-"}[random.IntN(3)]}}
		if age := random.IntN(3); age > 0 {
			r.CreationTimestamp = metav1.Unix(int64(age-1), 0)
		}
		r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "a", Namespace: &infra}}
		r.Spec.Hostnames = hosts[:random.IntN(len(hosts)+1)]
		r.Spec.Path = &paths[random.IntN(len(paths))]
		offers := 0
		for _, name := range []string{"mqtt", "amqp", "MQTT"} {
			if random.IntN(2) == 0 {
				r.Spec.Subprotocols = append(r.Spec.Subprotocols, v1alpha1.Subprotocol{Name: name, Target: target})
				offers++
			}
		}
		if random.IntN(2) == 0 || offers == 0 {
			r.Spec.Fallback = &target
			offers++
		}
		claims[r.Namespace+"/"+r.Name] = max(1, len(r.Spec.Hostnames)) * offers
		o.WebSocketRoutes = append(o.WebSocketRoutes, r)
	}
	return o, claims
}
