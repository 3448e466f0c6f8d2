package provision

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"switchyard.dev/controllers/translate"
)

// applied is what came of applying an object.
type applied struct {
	uid     types.UID
	want    digest
	version string
	content digest
}

// settled tells whether w was applied and there is still what came of it. A
// cache may be behind; and most changes of an object are of its status.
func (a *Applier) settled(w want, there client.Object) bool {
	last, ok := a.applied[w.id]
	if !ok || last.want != w.digest || last.uid != there.GetUID() {
		return false
	}
	if order, err := resourceversion.CompareResourceVersion(there.GetResourceVersion(), last.version); err == nil && order <= 0 {
		return true
	}
	content, err := contentOf(there)
	if err != nil || content != last.content {
		return false
	}
	last.version = there.GetResourceVersion()
	a.applied[w.id] = last
	return true
}

func (a *Applier) remember(w want, now client.Object) error {
	content, err := contentOf(now)
	if err != nil {
		return err
	}
	a.applied[w.id] = applied{now.GetUID(), w.digest, now.GetResourceVersion(), content}
	return nil
}

const (
	firstRetry = 250 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// failure is why a Gateway's objects could not be written. The loop runs often,
// for reasons of its own: what failed is not tried again at once.
type failure struct {
	want  digest
	err   error
	pause time.Duration
	until time.Time
}

func (f failure) wait(now time.Time) time.Duration { return max(f.until.Sub(now), 0) }

// note keeps err, if there is one. Each time, the pause is twice as long.
func (a *Applier) note(gateway types.UID, all digest, err error) {
	if err == nil {
		delete(a.failures, gateway)
		return
	}
	pause := firstRetry
	if last, ok := a.failures[gateway]; ok && last.want == all {
		pause = min(2*last.pause, lastRetry)
	}
	a.failures[gateway] = failure{all, err, pause, a.now().Add(pause)}
}

// forget drops what is known of Gateways that are gone.
func (a *Applier) forget(gateways []translate.Gateway) {
	live := make(map[types.UID]bool, len(gateways))
	names := make(map[types.NamespacedName]bool, len(gateways))
	for _, g := range gateways {
		live[g.UID] = true
		names[types.NamespacedName{Namespace: g.Namespace, Name: Name(g.Gateway)}] = true
	}
	for uid := range a.failures {
		if !live[uid] {
			delete(a.failures, uid)
		}
	}
	for name := range a.applied {
		if !names[name.NamespacedName] {
			delete(a.applied, name)
		}
	}
}
