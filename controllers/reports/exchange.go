package reports

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/controllers/xds"
)

// +kubebuilder:rbac:groups="",namespace=switchyard-system,resources=configmaps,verbs=create;update;delete

const (
	// Renew is how often a replica says that its reports still hold.
	Renew = 10 * time.Second
	// Stale is how long they hold unrenewed, by the leader's clock alone.
	Stale = 3 * Renew

	componentLabel = "app.kubernetes.io/component"
	component      = "reports"
	reportsKey     = "reports.json.gz"
	renewedKey     = "renewed"
)

// Exchange is one replica's end. It is for use by one goroutine at a time.
type Exchange struct {
	// Client reads from the informers' cache and writes to the API server.
	Client client.Client
	// Namespace is the controller's own; Replica is this replica's name there,
	// that of its pod.
	Namespace, Replica string
	// Now is the clock.
	Now func() time.Time

	seen map[string]renewal
	// put is what this replica has put last, empty where that may not be there.
	put   []byte
	putAt time.Time
	// withdrawn: nothing of this replica's is there.
	withdrawn bool
}

// renewal is when the leader saw a replica's word change. Clocks of two hosts
// are not compared.
type renewal struct {
	word string
	at   time.Time
}

func (e *Exchange) name() string { return "switchyard-reports-" + e.Replica }

// Put says what this replica's gateways report, unless it has said the same a
// moment ago: what it writes is seen by all replicas and must not make them write.
// again is when that is to be renewed.
func (e *Exchange) Put(ctx context.Context, own []xds.Report) (again time.Duration, err error) {
	data, err := encode(own)
	if err != nil {
		return 0, err
	}
	now := e.Now()
	if due := e.putAt.Add(Renew).Sub(now); bytes.Equal(e.put, data) && due > 0 {
		return due, nil
	}
	m := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: e.Namespace, Name: e.name(),
			Labels: map[string]string{provision.ManagedByLabel: provision.ManagedBy, componentLabel: component},
		},
		Data:       map[string]string{renewedKey: now.UTC().Format(time.RFC3339Nano)},
		BinaryData: map[string][]byte{reportsKey: data},
	}
	e.put, e.withdrawn = nil, false
	err = e.Client.Update(ctx, m)
	if apierrors.IsNotFound(err) {
		err = e.Client.Create(ctx, m)
	}
	if err == nil {
		e.put, e.putAt = data, now
	}
	return Renew, err
}

// Withdraw takes back what this replica has put: it leads, or it stops.
func (e *Exchange) Withdraw(ctx context.Context) error {
	if e.withdrawn {
		return nil
	}
	m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: e.Namespace, Name: e.name()}}
	err := client.IgnoreNotFound(e.Client.Delete(ctx, m))
	e.put, e.withdrawn = nil, err == nil
	return err
}

// All is what the gateways of all replicas report: own and what the others have
// put. Of two reports of one pod, which has moved from one replica to another,
// the newer holds, by the replicas' clocks: where these disagree, until the
// older is stale. What has not been renewed is left out, and deleted. again is
// when the next of them will be stale, which no event tells; zero is never.
//
// A replica whose word cannot be read is left out as well, and the error says so.
func (e *Exchange) All(ctx context.Context, own []xds.Report) (all []xds.Report, again time.Duration, _ error) {
	var maps corev1.ConfigMapList
	err := e.Client.List(ctx, &maps, client.InNamespace(e.Namespace),
		client.MatchingLabels{provision.ManagedByLabel: provision.ManagedBy, componentLabel: component})
	if err != nil {
		return nil, 0, err
	}
	all = slices.Clone(own)
	seen := make(map[string]renewal, len(maps.Items))
	var errs []error
	for i := range maps.Items {
		m := &maps.Items[i]
		if m.Name == e.name() {
			continue
		}
		r, known := e.seen[m.Name]
		if !known || r.word != m.Data[renewedKey] {
			r = renewal{m.Data[renewedKey], e.Now()}
		}
		seen[m.Name] = r
		left := r.at.Add(Stale).Sub(e.Now())
		if left <= 0 {
			errs = append(errs, client.IgnoreNotFound(e.Client.Delete(ctx, m, client.Preconditions{UID: &m.UID, ResourceVersion: &m.ResourceVersion})))
			continue
		}
		if again == 0 || left < again {
			again = left
		}
		theirs, err := decode(m.BinaryData[reportsKey])
		if err != nil {
			errs = append(errs, fmt.Errorf("ConfigMap %s/%s: %s: %w", m.Namespace, m.Name, reportsKey, err))
			continue
		}
		all = append(all, theirs...)
	}
	e.seen = seen
	return newest(all), again, errors.Join(errs...)
}

// newest keeps one report a pod, sorted.
func newest(all []xds.Report) []xds.Report {
	slices.SortFunc(all, func(a, b xds.Report) int {
		return cmp.Or(compareNames(a.Gateway, b.Gateway), cmp.Compare(a.Pod, b.Pod), b.Since.Compare(a.Since))
	})
	return slices.CompactFunc(all, func(a, b xds.Report) bool { return a.Gateway == b.Gateway && a.Pod == b.Pod })
}

func compareNames(a, b types.NamespacedName) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
