package translate_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/translate"
)

// change does something to the endpoints of a cluster, as its controllers do.
func change(random *rand.Rand, o *translate.Objects, version int) {
	i := random.IntN(len(o.EndpointSlices))
	s := o.EndpointSlices[i].DeepCopy()
	s.ResourceVersion = fmt.Sprint(version)
	switch random.IntN(6) {
	case 0:
		s.Endpoints = nil
	case 1:
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{Addresses: []string{fmt.Sprintf("10.9.9.%d", random.IntN(255))}})
	case 2:
		ready := random.IntN(2) == 0
		for j := range s.Endpoints {
			s.Endpoints[j].Conditions.Ready = &ready
		}
	case 3:
		// No address that may be dialled: routes must be told.
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{Addresses: []string{"169.254.169.254"}})
	case 4:
		o.EndpointSlices = append(o.EndpointSlices[:i:i], o.EndpointSlices[i+1:]...)
		return
	default:
		s.Annotations = map[string]string{"endpoints.kubernetes.io/last-change-trigger-time": fmt.Sprint(version)}
	}
	o.EndpointSlices[i] = *s
}

func TestToFollowEndpointsComesToTheSameAsToTranslateAnew(t *testing.T) {
	sameMessages := []cmp.Option{protocmp.Transform(), cmpopts.IgnoreUnexported(translate.Result{})}
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 1))
		o := big(20, 10, 3)
		for i := range o.EndpointSlices {
			o.EndpointSlices[i].UID, o.EndpointSlices[i].ResourceVersion = types.UID(fmt.Sprint(i)), "1"
		}
		versions := seed%2 == 0
		followed, told := translate.Translate(o, translate.Options{}), 0
		for step := range 40 {
			o.EndpointSlices = append([]discoveryv1.EndpointSlice{}, o.EndpointSlices...)
			change(random, &o, step+2)
			if !versions {
				for i := range o.EndpointSlices {
					o.EndpointSlices[i].ResourceVersion = ""
				}
			}
			anew := translate.Translate(o, translate.Options{})
			next, ok := followed.WithEndpoints(o.EndpointSlices)
			if !ok {
				told++
				next = anew
			}
			if !same(anew, next) {
				t.Fatalf("seed %d, step %d: %s", seed, step, cmp.Diff(anew, next, sameMessages...))
			}
			followed = next
			if len(o.EndpointSlices) == 1 {
				break
			}
		}
		if told == 0 {
			t.Errorf("seed %d: no step changed what a route is told, want some that do", seed)
		}
	}
}

// same is true for two results of the same meaning.
func same(a, b translate.Result) bool {
	return proto.Equal(a.Snapshot, b.Snapshot) && reflect.DeepEqual(a.Verdicts, b.Verdicts) &&
		slices.EqualFunc(a.Gateways, b.Gateways, func(a, b translate.Gateway) bool {
			return proto.Equal(a.Snapshot, b.Snapshot) && a.Gateway == b.Gateway && a.Accepted == b.Accepted
		})
}

func TestWhatHasNotMovedIsShared(t *testing.T) {
	o := big(20, 10, 3)
	before := translate.Translate(o, translate.Options{})
	o.EndpointSlices[3].Endpoints = o.EndpointSlices[3].Endpoints[:1:1]
	after, ok := before.WithEndpoints(o.EndpointSlices)
	if !ok {
		t.Fatal("it must be translated anew")
	}
	moved := 0
	for i, s := range after.Snapshot.Services {
		if s != before.Snapshot.Services[i] {
			moved++
		}
	}
	if moved != 1 || &after.Snapshot.Routes[0] != &before.Snapshot.Routes[0] {
		t.Errorf("%d services are new messages, want 1, and the same routes", moved)
	}
	if again, _ := after.WithEndpoints(o.EndpointSlices); again.Snapshot != after.Snapshot || again.Gateways[0].Snapshot != after.Gateways[0].Snapshot {
		t.Error("nothing has moved, and the snapshots are others")
	}
}

func BenchmarkWithEndpoints(b *testing.B) {
	o := big(10_000, 5_000, 10)
	for i := range o.EndpointSlices {
		o.EndpointSlices[i].UID, o.EndpointSlices[i].ResourceVersion = "uid", "1"
	}
	result := translate.Translate(o, translate.Options{})
	for i := 0; b.Loop(); i++ {
		s := &o.EndpointSlices[i%len(o.EndpointSlices)]
		s.ResourceVersion = fmt.Sprint(i + 2)
		s.Endpoints[0].Addresses = []string{fmt.Sprintf("10.200.%d.%d", i/250%250, i%250)}
		var ok bool
		if result, ok = result.WithEndpoints(o.EndpointSlices); !ok {
			b.Fatal("it must be translated anew")
		}
	}
}
