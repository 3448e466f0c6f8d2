package translate

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/gateway/config"
)

const (
	kindGatewayClass     = "GatewayClass"
	kindGateway          = "Gateway"
	kindBackendTLSPolicy = "BackendTLSPolicy"
	kindService          = "Service"
	kindSecret           = "Secret"
	kindConfigMap        = "ConfigMap"
)

// Translate says what o asks a gateway to serve, and what each object deserves
// to be told. The same objects in any order give the same result. With
// Options.OneProcess the Snapshot is valid; else what each Gateway has of it is.
func Translate(o Objects, options Options) Result {
	t := &translation{
		inventory: take(o),
		options:   options,
		classes:   map[string]*class{},
		foreign:   map[string]string{},
		gateways:  map[types.NamespacedName]*gateway{},
		held:      policies{},
		targeted:  map[types.NamespacedName][]*backendTarget{},
		tlsHeld:   map[section]*backendPolicy{},
		keyPairs:  map[types.NamespacedName]*keyPair{},
		bundles:   map[types.NamespacedName]*bundle{},
		referred:  map[servicePort]*service{},
		spots:     make(map[spot]*taken, len(o.WebSocketRoutes)),
		verdicts:  make([]Verdict, 0, len(o.WebSocketRoutes)),
		snapshot:  &config.Snapshot{},
	}
	t.judgeClasses()
	t.openGateways()
	t.attachPolicies()
	t.attachBackendPolicies()
	t.attachRoutes()
	gateways, left := t.closeGateways()
	t.judgeBackendPolicies()
	t.closeSnapshot()
	sortVerdicts(t.verdicts)
	return Result{
		Snapshot: t.snapshot, Gateways: gateways, Left: left, Verdicts: t.verdicts,
		followed: t.followed, anyAddress: options.AllowAnyAddress,
	}
}

// translation is the work of one Translate.
type translation struct {
	*inventory
	options Options
	// classes are Switchyard's; foreign says whose the others are.
	classes map[string]*class
	foreign map[string]string
	// gateways are all there are, order by precedence.
	gateways map[types.NamespacedName]*gateway
	order    []*gateway
	// defaultParent is that of routes that name none, noDefault why there is none.
	defaultParent []gatewayv1.ParentReference
	noDefault     *problem
	held          policies
	// backendTLS is every BackendTLSPolicy, targeted what they name of a Service,
	// tlsHeld who was first.
	backendTLS []*backendPolicy
	targeted   map[types.NamespacedName][]*backendTarget
	tlsHeld    map[section]*backendPolicy
	// What is read once, however often it is referred to.
	keyPairs map[types.NamespacedName]*keyPair
	bundles  map[types.NamespacedName]*bundle
	referred map[servicePort]*service
	// followed are those of referred that have endpoints to follow.
	followed []followed
	// spots are what routes have claimed.
	spots    map[spot]*taken
	snapshot *config.Snapshot
	verdicts []Verdict
}

func verdictOf(kind string, o metav1.Object) Verdict {
	return Verdict{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID(), Generation: o.GetGeneration()}
}
