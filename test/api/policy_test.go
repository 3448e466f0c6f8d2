package api

import (
	"fmt"
	"strings"
	"testing"

	"switchyard.dev/api/v1alpha1"
)

const (
	soundPolicy = `targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]`
	forRoute    = "targetRefs: [{group: switchyard.dev, kind: WebSocketRoute, name: devices}]\n"
)

func TestTargetsOfAPolicy(t *testing.T) {
	const (
		kinds  = `a target is a Gateway (group gateway.networking.k8s.io) or a WebSocketRoute (group switchyard.dev)`
		differ = `spec.targetRefs: Invalid value: targets must differ: of equal ones leave all but one out`
		early  = `spec: Invalid value: timeouts.handshake and limits.maxHeaderBytes hold before a route is known: set them in a policy for the Gateway`

		listener = `{group: gateway.networking.k8s.io, kind: Gateway, name: edge, sectionName: wss}`
		route    = `{group: switchyard.dev, kind: WebSocketRoute, name: devices}`
	)
	verdicts{
		"a Gateway":              {},
		"a listener":             {spec: `targetRefs: [` + listener + `]`},
		"a route":                {spec: forRoute},
		"a listener and a route": {spec: `targetRefs: [` + listener + `, ` + route + `]`},
		"none":                   {spec: `targetRefs: []`, want: `spec.targetRefs: Invalid value: 0: spec.targetRefs in body should have at least 1 items`},
		"a Service":              {spec: `targetRefs: [{group: "", kind: Service, name: edge}]`, want: `spec.targetRefs[0]: Invalid value: ` + kinds},
		"a Gateway of our group": {spec: `targetRefs: [{group: switchyard.dev, kind: Gateway, name: edge}]`, want: `spec.targetRefs[0]: Invalid value: ` + kinds},
		"a section of a route": {
			spec: `targetRefs: [{group: switchyard.dev, kind: WebSocketRoute, name: devices, sectionName: mqtt}]`,
			want: `spec.targetRefs[0]: Invalid value: a WebSocketRoute has no sections: leave sectionName out`,
		},
		"a listener twice": {spec: `targetRefs: [` + listener + `, ` + listener + `]`, want: differ},
		"a route twice":    {spec: `targetRefs: [` + route + `, ` + route + `]`, want: differ},
		"too many": {
			spec: `targetRefs:` + times(17, "\n- {group: switchyard.dev, kind: WebSocketRoute, name: r%d}"),
			want: `spec.targetRefs: Too many: 17: must have at most 16 items`,
		},
		"a handshake's time for a listener":          {spec: `{targetRefs: [` + listener + `], timeouts: {handshake: 5s}, limits: {maxHeaderBytes: 2048}}`},
		"a handshake's time for a route":             {spec: forRoute + `timeouts: {handshake: 5s}`, want: early},
		"a header's size for a route":                {spec: forRoute + `limits: {maxHeaderBytes: 2048}`, want: early},
		"a header's size for a listener and a route": {spec: `{targetRefs: [` + listener + `, ` + route + `], limits: {maxHeaderBytes: 2048}}`, want: early},
		"other times and sizes for a route":          {spec: forRoute + "timeouts: {dial: 5s}\nlimits: {maxMessageBytes: 1}"},
	}.check(t, v1alpha1.KindWebSocketPolicy, soundPolicy)
}

func TestOriginsOfAPolicy(t *testing.T) {
	const (
		want  = `want scheme://host or scheme://host:port in lower case, without the scheme's own port, or "*"`
		short = `want an IPv6 address, as short as it can be written`
	)
	cases := verdicts{
		"none": {spec: `origins: []`},
		"all that there is": {spec: `
origins: ["*", "https://app.example.com", "http://localhost:3000", "https://a_b.example:65535", "http://192.0.2.1", "http://[2001:db8::1]:8080",
  "chrome-extension://abcdefgh", "http://example.com:443", "app+x.y-1://host"]
`},
		"too many": {spec: `origins:` + times(65, "\n- https://h%d.example"), want: `spec.origins: Too many: 65: must have at most 64 items`},
		"too long": {
			spec: `origins: [` + "https://" + times(100, "a%d.") + `com]`,
			want: `spec.origins[0]: Too long: may not be more than 300 bytes`,
		},
		"a long IPv6 address": {spec: `origins: ["http://[2001:db8:0::1]"]`, want: `spec.origins[0]: Invalid value: "http://[2001:db8:0::1]": ` + short},
		"no IPv6 address":     {spec: `origins: ["http://[1:2]"]`, want: `spec.origins[0]: Invalid value: "http://[1:2]": ` + short},
	}
	for _, origin := range []string{
		"", "app.example.com", "https://", "https://App.example.com", "HTTPS://a", "https://a/", "https://a/b", "https://*.example.com",
		"https://a:443", "wss://a:443", "http://a:80", "ws://[::1]:80", "https://a:0", "https://a:08080", "https://a:65536", "https://a:",
		"https://-a", "https://a..b", "https://user@a", "http://[192.0.2.1]", "1http://a", "null",
	} {
		cases["origin "+origin] = struct{ spec, want string }{
			fmt.Sprintf("origins: [%q]", origin),
			fmt.Sprintf("spec.origins[0]: Invalid value: %q: %s", origin, want),
		}
	}
	cases.check(t, v1alpha1.KindWebSocketPolicy, soundPolicy)
}

func TestTimesOfAPolicy(t *testing.T) {
	cases := verdicts{
		"all of them":                     {spec: `{timeouts: {handshake: 1s, dial: 500ms, idle: 1h, write: 1m30s, close: 99999h59m59s999ms}, keepalive: {interval: 25s, timeout: 20s}}`},
		"never, where that has a meaning": {spec: `{timeouts: {idle: 0s, write: 0s}, keepalive: {interval: 0s}}`},
	}
	for _, field := range []string{"timeouts.handshake", "timeouts.dial", "timeouts.idle", "timeouts.write", "timeouts.close", "keepalive.interval", "keepalive.timeout"} {
		for _, value := range []string{"soon", "1d", "-1s", "1.5s", "1000000s"} {
			cases[field+" "+value] = struct{ spec, want string }{
				within(field, value),
				fmt.Sprintf(`spec.%[1]s: Invalid value: %[2]q: spec.%[1]s in body should match '^([0-9]{1,5}(h|m|s|ms)){1,4}$'
spec.%[1]s: Invalid value: %[2]q: want a duration such as "1h", "90s" or "1m30s"`, field, value),
			}
		}
	}
	for _, field := range []string{"timeouts.handshake", "timeouts.dial", "timeouts.close", "keepalive.timeout"} {
		for _, value := range []string{"0s", "00h0ms"} {
			cases[field+" "+value] = struct{ spec, want string }{
				within(field, value),
				fmt.Sprintf("spec.%s: Invalid value: %q: want more than 0s", field, value),
			}
		}
	}
	cases.check(t, v1alpha1.KindWebSocketPolicy, soundPolicy)
}

func TestLimitsOfAPolicy(t *testing.T) {
	verdicts{
		"the least": {spec: `limits: {maxMessageBytes: 0, maxHeaderBytes: 1024}`},
		"the most":  {spec: `limits: {maxMessageBytes: 1099511627776, maxHeaderBytes: 1048576}`},
		"maxMessageBytes -1": {
			spec: `limits: {maxMessageBytes: -1}`,
			want: `spec.limits.maxMessageBytes: Invalid value: -1: spec.limits.maxMessageBytes in body should be greater than or equal to 0`,
		},
		"maxHeaderBytes 1023": {
			spec: `limits: {maxHeaderBytes: 1023}`,
			want: `spec.limits.maxHeaderBytes: Invalid value: 1023: spec.limits.maxHeaderBytes in body should be greater than or equal to 1024`,
		},
		"maxHeaderBytes 1048577": {
			spec: `limits: {maxHeaderBytes: 1048577}`,
			want: `spec.limits.maxHeaderBytes: Invalid value: 1048577: spec.limits.maxHeaderBytes in body should be less than or equal to 1048576`,
		},
	}.check(t, v1alpha1.KindWebSocketPolicy, soundPolicy)
}

// within is a spec with one field, "a.b", that has a value.
func within(field, value string) string {
	outer, inner, _ := strings.Cut(field, ".")
	return fmt.Sprintf("%s: {%s: %q}", outer, inner, value)
}
