package reports

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/xds"
)

var edge = types.NamespacedName{Namespace: "shop", Name: "edge"}

func report(pod string) xds.Report { return xds.Report{Gateway: edge, Pod: pod, Digest: "d"} }

// rig is two replicas and one clock.
type rig struct {
	*testing.T
	client           client.Client
	follower, leader *Exchange
	now              time.Time
	writes           int
}

func newRig(t *testing.T) *rig {
	r := &rig{T: t, now: time.Unix(1e9, 0)}
	r.client = interceptor.NewClient(fake.NewClientBuilder().Build(), interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			r.writes++
			return c.Create(ctx, o, opts...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			err := c.Update(ctx, o, opts...)
			if err == nil {
				r.writes++
			}
			return err
		},
	})
	clock := func() time.Time { return r.now }
	r.follower = &Exchange{Client: r.client, Namespace: "home", Replica: "b", Now: clock}
	r.leader = &Exchange{Client: r.client, Namespace: "home", Replica: "a", Now: clock}
	return r
}

func (r *rig) put(own ...xds.Report) time.Duration {
	r.Helper()
	again, err := r.follower.Put(r.Context(), own)
	if err != nil {
		r.Fatal(err)
	}
	return again
}

func (r *rig) wantPods(want string, wantAgain time.Duration) {
	r.Helper()
	all, again, err := r.leader.All(r.Context(), nil)
	if err != nil {
		r.Fatal(err)
	}
	var pods []string
	for _, report := range all {
		pods = append(pods, report.Pod)
	}
	if got := strings.Join(pods, " "); got != want || again != wantAgain {
		r.Errorf("got %q and %v, want %q and %v", got, again, want, wantAgain)
	}
}

func TestWhatIsSaidAlreadyIsNotWritten(t *testing.T) {
	r := newRig(t)
	r.put(report("edge-0"))
	r.now = r.now.Add(Renew / 4)
	if again := r.put(report("edge-0")); again != Renew-Renew/4 || r.writes != 1 {
		t.Errorf("%d writes, again after %v", r.writes, again)
	}
	r.put(report("edge-1"))
	if r.writes != 2 {
		t.Errorf("news made %d writes", r.writes)
	}
	r.now = r.now.Add(Renew)
	r.put(report("edge-1"))
	if r.writes != 3 {
		t.Errorf("a renewal made %d writes", r.writes)
	}
}

func TestWhatIsNotRenewedGoesWithoutAnEvent(t *testing.T) {
	r := newRig(t)
	r.put(report("edge-0"))
	r.wantPods("edge-0", Stale)
	r.now = r.now.Add(Stale / 2)
	r.wantPods("edge-0", Stale/2)
	r.now = r.now.Add(Stale / 2)
	r.wantPods("", 0)
	var left corev1.ConfigMapList
	if err := r.client.List(t.Context(), &left); err != nil || len(left.Items) > 0 {
		t.Errorf("left: %v, %v", left.Items, err)
	}
}

func TestOneReplicaThatCannotBeReadHidesNoOther(t *testing.T) {
	r := newRig(t)
	r.put(report("edge-0"))
	err := r.client.Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "home", Name: "switchyard-reports-0",
			Labels: map[string]string{provision.ManagedByLabel: provision.ManagedBy, componentLabel: component},
		},
		BinaryData: map[string][]byte{reportsKey: []byte("?")},
	})
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := r.leader.All(t.Context(), []xds.Report{report("edge-1")})
	if want := []xds.Report{report("edge-0"), report("edge-1")}; !cmp.Equal(all, want) {
		t.Errorf("got %v, want %v", all, want)
	}
	if err == nil || !strings.Contains(err.Error(), "ConfigMap home/switchyard-reports-0: ") {
		t.Errorf("got error %v", err)
	}
}
