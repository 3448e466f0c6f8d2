package translate

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"switchyard.dev/gateway/config"
)

const (
	kindGatewayClass = "GatewayClass"
	kindGateway      = "Gateway"
	kindService      = "Service"
	kindSecret       = "Secret"
	kindConfigMap    = "ConfigMap"
)

// Translate says what o asks a gateway to serve, and what each object deserves
// to be told. The same objects in any order give the same result. With
// Options.OneProcess the Snapshot is valid; else what each Gateway has of it is.
func Translate(o Objects, options Options) Result {
	t := &translation{
		inventory: take(o),
		options:   options,
		held:      policies{},
		snapshot:  &config.Snapshot{},
		referred:  map[string]*config.Service{},
		served:    map[string]*config.Service{},
	}
	t.judgeClasses()
	t.openGateways()
	t.attachPolicies()
	t.attachRoutes()
	t.closeGateways()
	return t.result()
}

// translation is the work of one Translate.
type translation struct {
	*inventory
	options  Options
	gateways []*gateway
	held     policies
	// referred are the services that any route refers to.
	referred map[string]*config.Service
	// served are the services that routes in the snapshot refer to.
	served   map[string]*config.Service
	snapshot *config.Snapshot
	verdicts []Verdict
}

func (t *translation) result() Result {
	for _, s := range t.served {
		t.snapshot.Services = append(t.snapshot.Services, s)
	}
	slices.SortFunc(t.snapshot.Services, func(a, b *config.Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.snapshot.Listeners, func(a, b *config.Listener) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.snapshot.Routes, func(a, b *config.Route) int { return cmp.Compare(a.Name, b.Name) })
	sortVerdicts(t.verdicts)
	return Result{Snapshot: t.snapshot, Verdicts: t.verdicts}
}

func verdictOf(kind string, o metav1.Object) Verdict {
	return Verdict{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), Generation: o.GetGeneration()}
}
