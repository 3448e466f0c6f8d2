package translate

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/gateway/config"
)

// rootPath is what a route without a path answers for.
const rootPath = "/"

// The words of the API; the empty one is the default.
var (
	pathTypes = map[v1alpha1.PathMatchType]config.PathMatch_Type{
		"":                  config.PathMatch_PREFIX,
		v1alpha1.PathPrefix: config.PathMatch_PREFIX,
		v1alpha1.PathExact:  config.PathMatch_EXACT,
	}
	framings = map[v1alpha1.Framing]config.Framing{
		"":                             config.Framing_STREAM,
		v1alpha1.FramingStream:         config.Framing_STREAM,
		v1alpha1.FramingLines:          config.Framing_LINES,
		v1alpha1.FramingLengthPrefixed: config.Framing_LENGTH_PREFIXED,
		v1alpha1.FramingTyped:          config.Framing_TYPED,
	}
	messageTypes = map[v1alpha1.MessageType]config.MessageType{
		"":                     config.MessageType_BINARY,
		v1alpha1.MessageBinary: config.MessageType_BINARY,
		v1alpha1.MessageText:   config.MessageType_TEXT,
	}
)

const (
	maxPort   = 65535
	maxWeight = 1_000_000
)

// routeChecks are for the values of a route; all have their say. An API server
// refuses the same beforehand.
var routeChecks = []func(*v1alpha1.WebSocketRouteSpec) *problem{
	hostnamesAreWellFormed,
	pathIsWellFormed,
	somethingIsServed,
	subprotocolsAreTokens,
	subprotocolsDiffer,
	framingsAreKnown,
	messageTypesAreKnown,
	targetsHaveBackends,
	backendsHavePorts,
	weightsAreInRange,
}

func unsupported(field string, value any, rule string) *problem {
	return &problem{string(gatewayv1.RouteReasonUnsupportedValue), fmt.Sprintf("spec.%s %v: %s", field, value, rule)}
}

func hostnamesAreWellFormed(spec *v1alpha1.WebSocketRouteSpec) *problem {
	for i, h := range spec.Hostnames {
		if err := config.CheckHostname(string(h)); err != nil {
			return unsupported(fmt.Sprintf("hostnames[%d]", i), fmt.Sprintf("%q", h), err.Error())
		}
	}
	return nil
}

func pathIsWellFormed(spec *v1alpha1.WebSocketRouteSpec) *problem {
	if spec.Path == nil {
		return nil
	}
	if _, ok := pathTypes[spec.Path.Type]; !ok {
		return unsupported("path.type", fmt.Sprintf("%q", spec.Path.Type), "want PathPrefix or Exact")
	}
	if err := config.CheckPath(spec.Path.Value); spec.Path.Value != "" && err != nil {
		return unsupported("path.value", fmt.Sprintf("%q", spec.Path.Value), err.Error())
	}
	return nil
}

func somethingIsServed(spec *v1alpha1.WebSocketRouteSpec) *problem {
	if len(spec.Subprotocols) > 0 || spec.Fallback != nil {
		return nil
	}
	return unsupported("subprotocols", "[]", "want at least one, or a fallback")
}

func subprotocolsAreTokens(spec *v1alpha1.WebSocketRouteSpec) *problem {
	for i, s := range spec.Subprotocols {
		if err := config.CheckToken(s.Name); err != nil {
			return unsupported(fmt.Sprintf("subprotocols[%d].name", i), fmt.Sprintf("%q", s.Name), err.Error())
		}
	}
	return nil
}

func subprotocolsDiffer(spec *v1alpha1.WebSocketRouteSpec) *problem {
	for i, s := range spec.Subprotocols {
		if slices.IndexFunc(spec.Subprotocols, func(o v1alpha1.Subprotocol) bool { return o.Name == s.Name }) < i {
			return unsupported(fmt.Sprintf("subprotocols[%d].name", i), fmt.Sprintf("%q", s.Name), "the route has it already")
		}
	}
	return nil
}

func framingsAreKnown(spec *v1alpha1.WebSocketRouteSpec) *problem {
	return eachTarget(spec, func(of part, t *v1alpha1.Target) *problem {
		if _, ok := framings[t.Framing]; ok {
			return nil
		}
		return unsupported(of.String()+".framing", fmt.Sprintf("%q", t.Framing), "want Stream, Lines, LengthPrefixed or Typed")
	})
}

func messageTypesAreKnown(spec *v1alpha1.WebSocketRouteSpec) *problem {
	return eachTarget(spec, func(of part, t *v1alpha1.Target) *problem {
		if _, ok := messageTypes[t.MessageType]; ok {
			return nil
		}
		return unsupported(of.String()+".messageType", fmt.Sprintf("%q", t.MessageType), "want Binary or Text")
	})
}

func targetsHaveBackends(spec *v1alpha1.WebSocketRouteSpec) *problem {
	return eachTarget(spec, func(of part, t *v1alpha1.Target) *problem {
		if len(t.BackendRefs) > 0 {
			return nil
		}
		return unsupported(of.String()+".backendRefs", "[]", "want at least one")
	})
}

func backendsHavePorts(spec *v1alpha1.WebSocketRouteSpec) *problem {
	return eachBackend(spec, func(of part, i int, b *gatewayv1.BackendRef) *problem {
		switch {
		case b.Port == nil:
			return unsupported(of.backend(i)+".port", "(none)", "want the Service's port")
		case *b.Port < 1 || *b.Port > maxPort:
			return unsupported(of.backend(i)+".port", *b.Port, fmt.Sprintf("want 1 to %d", maxPort))
		}
		return nil
	})
}

func weightsAreInRange(spec *v1alpha1.WebSocketRouteSpec) *problem {
	return eachBackend(spec, func(of part, i int, b *gatewayv1.BackendRef) *problem {
		if b.Weight == nil || *b.Weight >= 0 && *b.Weight <= maxWeight {
			return nil
		}
		return unsupported(of.backend(i)+".weight", *b.Weight, fmt.Sprintf("want 0 to %d", maxWeight))
	})
}

// part is a target of a route: of a subprotocol, or the fallback. It becomes
// words only where something is wrong with it.
type part struct {
	subprotocol string
	fallback    bool
}

func (p part) String() string {
	if p.fallback {
		return "fallback"
	}
	return fmt.Sprintf("subprotocols[%s]", p.subprotocol)
}

// backend is the field of one of its backends.
func (p part) backend(i int) string { return fmt.Sprintf("%s.backendRefs[%d]", p, i) }

// eachTarget is the first problem that check finds.
func eachTarget(spec *v1alpha1.WebSocketRouteSpec, check func(of part, t *v1alpha1.Target) *problem) *problem {
	for i := range spec.Subprotocols {
		s := &spec.Subprotocols[i]
		if found := check(part{subprotocol: s.Name}, &s.Target); found != nil {
			return found
		}
	}
	if spec.Fallback != nil {
		return check(part{fallback: true}, spec.Fallback)
	}
	return nil
}

func eachBackend(spec *v1alpha1.WebSocketRouteSpec, check func(of part, i int, b *gatewayv1.BackendRef) *problem) *problem {
	return eachTarget(spec, func(of part, t *v1alpha1.Target) *problem {
		for i := range t.BackendRefs {
			if found := check(of, i, &t.BackendRefs[i]); found != nil {
				return found
			}
		}
		return nil
	})
}
