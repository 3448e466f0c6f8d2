package reports

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"switchyard.dev/controllers/xds"
)

// replica is one more end of the exchange, whose clock is ahead of the rig's.
func (r *rig) replica(name string, ahead time.Duration) *Exchange {
	return &Exchange{Client: r.client, Namespace: "home", Replica: name, Now: func() time.Time { return r.now.Add(ahead) }}
}

// putBy is put of another than the follower.
func (r *rig) putBy(e *Exchange, own ...xds.Report) {
	r.Helper()
	if _, err := e.Put(r.Context(), own); err != nil {
		r.Fatal(err)
	}
}

// all is what the leader hears, where nothing may go wrong: "gateway/pod=digest".
func (r *rig) all(own ...xds.Report) string {
	r.Helper()
	all, _, err := r.leader.All(r.Context(), own)
	if err != nil {
		r.Error(err)
	}
	var lines []string
	for _, report := range all {
		lines = append(lines, report.Gateway.Name+"/"+report.Pod+"="+report.Digest)
	}
	return strings.Join(lines, " ")
}

func (r *rig) want(got, want string) {
	r.Helper()
	if got != want {
		r.Errorf("got %q, want %q", got, want)
	}
}

func of(gateway, pod, digest string, since time.Time) xds.Report {
	return xds.Report{Gateway: types.NamespacedName{Namespace: "shop", Name: gateway}, Pod: pod, Digest: digest, Since: since}
}

func TestTheLeaderHearsOfAllReplicasGateways(t *testing.T) {
	r := newRig(t)
	third := r.replica("c", 0)
	r.put(of("edge", "edge-1", "new", r.now), of("inner", "inner-0", "x", r.now))
	r.putBy(third, of("edge", "edge-2", "old", r.now))
	r.want(r.all(of("edge", "edge-0", "new", r.now)), "edge/edge-0=new edge/edge-1=new edge/edge-2=old inner/inner-0=x")

	// What is put last holds, and who has nothing to say says nothing.
	r.put()
	r.putBy(third, of("edge", "edge-2", "new", r.now))
	r.want(r.all(), "edge/edge-2=new")
}

func TestAReportKeepsWhatTheServerKnows(t *testing.T) {
	r := newRig(t)
	want := of("edge", "edge-0", "old", r.now.UTC())
	want.Refused, want.Refusal = "new", `port 80: "taken"`
	r.put(want)
	got, _, err := r.leader.All(t.Context(), nil)
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestOfTwoReportsOfOnePodTheNewerHolds(t *testing.T) {
	for name, tc := range map[string]struct {
		own, theirs time.Duration
		want        string
	}{
		"it came from elsewhere": {own: time.Second, want: "edge/edge-0=own"},
		"it went elsewhere":      {theirs: time.Second, want: "edge/edge-0=theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.put(of("edge", "edge-0", "theirs", r.now.Add(tc.theirs)))
			r.want(r.all(of("edge", "edge-0", "own", r.now.Add(tc.own))), tc.want)
		})
	}
}

func TestWhatIsStaleIsSoByTheLeadersClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"theirs is ahead": 24 * time.Hour, "theirs is behind": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			other := r.replica("c", ahead)
			own := of("edge", "edge-0", "new", r.now)
			for range 5 {
				r.putBy(other, own)
				r.want(r.all(), "edge/edge-0=new")
				r.now = r.now.Add(Renew)
			}
			r.now = r.now.Add(Stale - Renew - 1)
			r.want(r.all(), "edge/edge-0=new")
			r.now = r.now.Add(1)
			r.want(r.all(), "")

			// Whoever was thought gone and is not is heard again.
			r.putBy(other, own)
			r.want(r.all(), "edge/edge-0=new")
		})
	}
}

func TestANewLeaderGivesEverybodyTheirTime(t *testing.T) {
	r := newRig(t)
	r.put(of("edge", "edge-0", "new", r.now))
	r.now = r.now.Add(10 * Stale)
	r.want(r.all(), "edge/edge-0=new")
	r.now = r.now.Add(Stale)
	r.want(r.all(), "")
}

func TestAWordThatIsDamagedIsStaleLikeAnother(t *testing.T) {
	zipped := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.Bytes()
	}
	for name, data := range map[string][]byte{
		"no JSON": zipped("{"), "another shape": zipped(`{"Pod": 1}`), "nothing": nil, "not compressed": []byte("[]"), "half of it": zipped("[]")[:8],
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.put(of("edge", "edge-0", "new", r.now))
			var m corev1.ConfigMap
			if err := r.client.Get(t.Context(), client.ObjectKey{Namespace: "home", Name: "switchyard-reports-b"}, &m); err != nil {
				t.Fatal(err)
			}
			m.BinaryData[reportsKey] = data
			if err := r.client.Update(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			_, again, err := r.leader.All(t.Context(), nil)
			if want := "ConfigMap home/switchyard-reports-b: reports.json.gz: "; err == nil || !strings.HasPrefix(err.Error(), want) || again != Stale {
				t.Errorf("got %v, again after %v, want %s...", err, again, want)
			}
			r.now = r.now.Add(Stale)
			r.want(r.all(), "")
		})
	}
}

// deleting has every deletion counted, and end so until it is nil.
func (r *rig) deleting(count *int, broken *error) {
	r.client = interceptor.NewClient(r.client.(client.WithWatch), interceptor.Funcs{
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			*count++
			if *broken != nil {
				return *broken
			}
			return c.Delete(ctx, o, opts...)
		},
	})
	r.leader.Client = r.client
}

func TestWhatCannotBeDeletedIsLeftOutAllTheSame(t *testing.T) {
	r := newRig(t)
	deletions, broken := 0, errors.New("no right to")
	r.deleting(&deletions, &broken)
	other := r.replica("c", 0)
	r.put(of("edge", "edge-0", "new", r.now))
	r.putBy(other, of("edge", "edge-1", "new", r.now))
	r.want(r.all(), "edge/edge-0=new edge/edge-1=new")
	r.now = r.now.Add(Stale)
	r.putBy(other, of("edge", "edge-1", "new", r.now))
	all, _, err := r.leader.All(t.Context(), nil)
	if !errors.Is(err, broken) || len(all) != 1 || all[0].Pod != "edge-1" {
		t.Errorf("got %v, %v", all, err)
	}
	broken = nil
	r.want(r.all(), "edge/edge-1=new")
}

func TestALeaderWithdrawsWhatItHadPutOnce(t *testing.T) {
	r := newRig(t)
	var broken error
	deletions, e := 0, r.leader
	r.deleting(&deletions, &broken)
	withdraw := func(want error, wantDeletions int) {
		t.Helper()
		deletions = 0
		if err := e.Withdraw(t.Context()); !errors.Is(err, want) || deletions != wantDeletions {
			t.Errorf("%d deletions, %v; want %d, %v", deletions, err, wantDeletions, want)
		}
	}
	withdraw(nil, 1) // an earlier life of this name may have put something
	withdraw(nil, 0)
	r.putBy(e, of("edge", "edge-0", "new", r.now))
	// Its own word is no other's.
	r.want(r.all(), "")
	broken = errors.New("no right to")
	withdraw(broken, 1)
	broken = nil
	withdraw(nil, 1)
	withdraw(nil, 0)
	var left corev1.ConfigMapList
	if err := r.client.List(t.Context(), &left); err != nil || len(left.Items) > 0 {
		t.Errorf("left: %v, %v", left.Items, err)
	}
}

// A replica that leads, loses the lead and follows again puts its word anew.
func TestWhatWasWithdrawnIsPutAgain(t *testing.T) {
	r := newRig(t)
	own := of("edge", "edge-0", "new", r.now)
	r.put(own)
	if err := r.follower.Withdraw(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.want(r.all(), "")
	r.put(own)
	r.want(r.all(), "edge/edge-0=new")
}

func TestWhatOthersHaveInTheNamespaceIsNoReport(t *testing.T) {
	r := newRig(t)
	m := &corev1.ConfigMap{Data: map[string]string{reportsKey: "theirs"}}
	m.Namespace, m.Name = "home", "switchyard-reports-x"
	if err := r.client.Create(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	r.want(r.all(), "")
}
