package api

import (
	"fmt"
	"strings"
	"testing"

	"switchyard.dev/api/v1alpha1"
)

const (
	soundRoute = `subprotocols: [{name: mqtt, backendRefs: [{name: mosquitto, port: 1883}]}]`

	wantHostname = `want a lower-case DNS name, with at most one "*." in front, and no IP address`
	wantPath     = `want a path that begins with "/", without query, fragment, spaces or control characters`
	wantToken    = "want an RFC 7230 token: letters, digits and !#$%&'*+-.^_`|~"
	wantDNS      = `in body should match '^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'`
)

func TestRouteIsTakenOrRefused(t *testing.T) {
	verdicts{
		"the least that serves": {},
		"everything said": {spec: `
parentRefs: [{name: edge, namespace: infra, sectionName: wss, port: 443}]
hostnames: [ws.example.com, "*.example.com"]
path: {type: Exact, value: /mqtt}
subprotocols:
- {name: mqtt, backendRefs: [{name: a, namespace: iot, port: 1883, weight: 0}, {name: b, port: 1883, weight: 1000000}], framing: Lines, messageType: Text}
fallback: {backendRefs: [{group: "", kind: Service, name: a, port: 1}], framing: Typed, messageType: Binary}
`},
		"a fallback alone": {spec: "subprotocols: []\nfallback: {backendRefs: [{name: echo, port: 7}]}"},
		"nothing to serve": {
			spec: `subprotocols: []`,
			want: `spec: Invalid value: want at least one of subprotocols, or a fallback`,
		},
	}.check(t, v1alpha1.KindWebSocketRoute, soundRoute)
}

func TestParentsOfARoute(t *testing.T) {
	const (
		each   = `spec.parentRefs: Invalid value: two references to one Gateway must each have a sectionName, or each a port`
		differ = `spec.parentRefs: Invalid value: two references to one Gateway must differ in sectionName or port`
	)
	verdicts{
		"two listeners of a Gateway":          {spec: `parentRefs: [{name: edge, sectionName: ws}, {name: edge, sectionName: wss}]`},
		"two ports of a Gateway":              {spec: `parentRefs: [{name: edge, port: 80}, {name: edge, port: 443}]`},
		"two Gateways of one name":            {spec: `parentRefs: [{name: edge}, {name: edge, namespace: infra}]`},
		"a Gateway, and a listener of it":     {spec: `parentRefs: [{name: edge}, {name: edge, sectionName: ws}]`, want: each},
		"a listener by name, another by port": {spec: `parentRefs: [{name: edge, port: 443}, {name: edge, sectionName: ws}]`, want: each},
		"a Gateway twice":                     {spec: `parentRefs: [{name: edge}, {name: edge}]`, want: differ},
		"a listener twice":                    {spec: `parentRefs: [{name: edge, sectionName: ws}, {name: edge, sectionName: ws}]`, want: differ},
		"a listener twice, by name and port":  {spec: `parentRefs: [{name: edge, sectionName: ws, port: 1}, {name: edge, sectionName: ws, port: 1}]`, want: differ},
		"a Gateway twice, in a namespace":     {spec: `parentRefs: [{name: edge, namespace: a}, {name: edge, namespace: a}]`, want: differ},
		"a Service": {
			spec: `parentRefs: [{group: "", kind: Service, name: edge}]`,
			want: `spec.parentRefs[0]: Invalid value: a route's parent is a Gateway: leave group and kind out`,
		},
		"too many": {
			spec: "parentRefs:" + times(33, "\n- {name: edge-%d}"),
			want: `spec.parentRefs: Too many: 33: must have at most 32 items`,
		},
	}.check(t, v1alpha1.KindWebSocketRoute, soundRoute)
}

func TestHostnamesAndPathOfARoute(t *testing.T) {
	verdicts{
		"a label of 63 characters": {spec: fmt.Sprintf(`hostnames: ["%s.example"]`, strings.Repeat("a", 63))},
		"a label of 64 characters": {
			spec: fmt.Sprintf(`hostnames: ["%s.a"]`, strings.Repeat("a", 64)),
			want: fmt.Sprintf(`spec.hostnames[0]: Invalid value: "%s.a": %s`, strings.Repeat("a", 64), wantHostname),
		},
		"an IPv4 address": {
			spec: `hostnames: [ok.example, 192.0.2.1]`,
			want: `spec.hostnames[1]: Invalid value: "192.0.2.1": ` + wantHostname,
		},
		"upper case": {
			spec: `hostnames: [WS.example.com]`,
			want: `spec.hostnames[0]: Invalid value: "WS.example.com": spec.hostnames[0] ` + wantDNS + `
spec.hostnames[0]: Invalid value: "WS.example.com": ` + wantHostname,
		},
		"a star inside": {
			spec: `hostnames: [ws.*.com]`,
			want: `spec.hostnames[0]: Invalid value: "ws.*.com": spec.hostnames[0] ` + wantDNS + `
spec.hostnames[0]: Invalid value: "ws.*.com": ` + wantHostname,
		},
		"too many hostnames": {
			spec: `hostnames:` + times(17, "\n- h%d.example"),
			want: `spec.hostnames: Too many: 17: must have at most 16 items`,
		},
		"a path with escapes and letters of others": {spec: `path: {value: "/a%20b/ä"}`},
		"a path without a slash":                    {spec: `path: {value: mqtt}`, want: `spec.path.value: Invalid value: "mqtt": ` + wantPath},
		"an empty path":                             {spec: `path: {value: ""}`, want: `spec.path.value: Invalid value: "": ` + wantPath},
		"a path with a query":                       {spec: `path: {value: "/a?b"}`, want: `spec.path.value: Invalid value: "/a?b": ` + wantPath},
		"a path with a fragment":                    {spec: `path: {value: "/a#b"}`, want: `spec.path.value: Invalid value: "/a#b": ` + wantPath},
		"a path with a space":                       {spec: `path: {value: "/a b"}`, want: `spec.path.value: Invalid value: "/a b": ` + wantPath},
		"a path with a line's end":                  {spec: `path: {value: "/a\n"}`, want: `spec.path.value: Invalid value: "/a\n": ` + wantPath},
		"a path with DEL":                           {spec: `path: {value: "/\x7f"}`, want: "spec.path.value: Invalid value: \"/\\x7f\": " + wantPath},
		"an unknown type of path": {
			spec: `path: {type: RegularExpression}`,
			want: `spec.path.type: Unsupported value: "RegularExpression": supported values: "PathPrefix", "Exact"`,
		},
	}.check(t, v1alpha1.KindWebSocketRoute, soundRoute)
}

func TestSubprotocolsOfARoute(t *testing.T) {
	subprotocol := func(fields string) string {
		return fmt.Sprintf(`subprotocols: [{%s, backendRefs: [{name: a, port: 1}]}]`, fields)
	}
	backend := func(fields string) string {
		return fmt.Sprintf(`subprotocols: [{name: mqtt, backendRefs: [{name: a, %s}]}]`, fields)
	}
	verdicts{
		"every character of a token":     {spec: subprotocol("name: \"!#$%&'*+-.^_`|~09azAZ\"")},
		"upper and lower case":           {spec: `subprotocols: [{name: MQTT, backendRefs: [{name: a, port: 1}]}, {name: mqtt, backendRefs: [{name: a, port: 1}]}]`},
		"a name with a space":            {spec: subprotocol(`name: "a b"`), want: `spec.subprotocols[0].name: Invalid value: "a b": ` + wantToken},
		"a name with a comma":            {spec: subprotocol(`name: "a,b"`), want: `spec.subprotocols[0].name: Invalid value: "a,b": ` + wantToken},
		"a name with a letter of others": {spec: subprotocol(`name: "ä"`), want: `spec.subprotocols[0].name: Invalid value: "ä": ` + wantToken},
		"an empty name": {
			spec: subprotocol(`name: ""`),
			want: `spec.subprotocols[0].name: Invalid value: "": ` + wantToken,
		},
		"no name": {
			spec: subprotocol(`framing: Stream`),
			want: `spec.subprotocols[0].name: Required value`,
		},
		"a name twice": {
			spec: `subprotocols: [{name: a, backendRefs: [{name: a, port: 1}]}, {name: a, backendRefs: [{name: b, port: 1}]}]`,
			want: `spec.subprotocols[1]: Duplicate value: {"name":"a"}`,
		},
		"an unknown framing": {
			spec: subprotocol(`name: a, framing: Chunks`),
			want: `spec.subprotocols[0].framing: Unsupported value: "Chunks": supported values: "Stream", "Lines", "LengthPrefixed", "Typed"`,
		},
		"an unknown type of message": {
			spec: subprotocol(`name: a, messageType: JSON`),
			want: `spec.subprotocols[0].messageType: Unsupported value: "JSON": supported values: "Binary", "Text"`,
		},
		"no backend": {
			spec: `subprotocols: [{name: a, backendRefs: []}]`,
			want: `spec.subprotocols[0].backendRefs: Invalid value: 0: spec.subprotocols[0].backendRefs in body should have at least 1 items`,
		},
		"no list of backends": {
			spec: `fallback: {framing: Stream}`,
			want: `spec.fallback.backendRefs: Required value`,
		},
		"a backend without a port": {
			spec: backend(`weight: 1`),
			want: `spec.subprotocols[0].backendRefs[0]: Invalid value: Must have port for Service reference`,
		},
		"port 0": {
			spec: backend(`port: 0`),
			want: `spec.subprotocols[0].backendRefs[0].port: Invalid value: 0: spec.subprotocols[0].backendRefs[0].port in body should be greater than or equal to 1`,
		},
		"port 65536": {
			spec: backend(`port: 65536`),
			want: `spec.subprotocols[0].backendRefs[0].port: Invalid value: 65536: spec.subprotocols[0].backendRefs[0].port in body should be less than or equal to 65535`,
		},
		"weight -1": {
			spec: backend(`port: 1, weight: -1`),
			want: `spec.subprotocols[0].backendRefs[0].weight: Invalid value: -1: spec.subprotocols[0].backendRefs[0].weight in body should be greater than or equal to 0`,
		},
		"weight 1000001": {
			spec: backend(`port: 1, weight: 1000001`),
			want: `spec.subprotocols[0].backendRefs[0].weight: Invalid value: 1000001: spec.subprotocols[0].backendRefs[0].weight in body should be less than or equal to 1000000`,
		},
		"a backend of another kind": {
			spec: `fallback: {backendRefs: [{group: example.com, kind: Broker, name: a, port: 1}]}`,
			want: `spec.fallback.backendRefs[0]: Invalid value: a backend is a Service: leave group and kind out`,
		},
		"too many subprotocols": {
			spec: `subprotocols:` + times(65, "\n- {name: s%d, backendRefs: [{name: a, port: 1}]}"),
			want: `spec.subprotocols: Too many: 65: must have at most 64 items`,
		},
		"too many backends": {
			spec: `fallback: {backendRefs: [` + times(17, "{name: b%d, port: 1},") + `]}`,
			want: `spec.fallback.backendRefs: Too many: 17: must have at most 16 items`,
		},
	}.check(t, v1alpha1.KindWebSocketRoute, soundRoute)
}

// times is format with 0, then with 1, n in all.
func times(n int, format string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}
