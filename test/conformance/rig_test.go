package conformance

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// Paths of a rig.
const (
	echoPath   = "/echo"
	sinkPath   = "/sink"
	scriptPath = "/script"
)

// rig is a gateway before an echo, a sink and a service that the test holds.
type rig struct {
	*Yard
	*Gateway
	script *Script
	routes []Route
}

func setUp(t *testing.T) *rig {
	t.Helper()
	return setUpWith(t, Options{}, nil)
}

// setUpWith is setUp with one policy for all routes.
func setUpWith(t *testing.T, o Options, policy *config.Policy) *rig {
	t.Helper()
	y := New(t)
	r := &rig{Yard: y, script: y.Script()}
	r.routes = []Route{
		{Path: echoPath, Subprotocols: []string{"echo", ""}, Backends: []string{y.Echo()}, Policy: policy},
		{Path: sinkPath, Backends: []string{y.Sink()}, Policy: policy},
		{Path: scriptPath, Backends: []string{r.script.Addr}, Policy: policy},
	}
	o.Routes = r.routes
	r.Gateway = y.Gateway(o)
	return r
}

// setUpSecured is setUp with services that speak TLS.
func setUpSecured(t *testing.T) *rig {
	t.Helper()
	y, i := New(t), NewIdentity(t)
	r := &rig{Yard: y, script: y.ScriptTLS(i)}
	echo := y.ServeTLS(i, func(c net.Conn) { _, _ = io.Copy(c, c) })
	r.routes = []Route{
		{Path: echoPath, Subprotocols: []string{"echo", ""}, Backends: []string{echo}, TLS: i.Trust},
		{Path: scriptPath, Backends: []string{r.script.Addr}, TLS: i.Trust},
	}
	r.Gateway = y.Gateway(Options{Routes: r.routes})
	return r
}

// add applies one more route, before the service that the test holds.
func (r *rig) add(route Route) {
	route.Backends = []string{r.script.Addr}
	r.routes = append(r.routes, route)
	r.Apply(r.routes...)
}

// pair opens one session with the service that the test holds.
func (r *rig) pair(t *testing.T, via Transport) (*Client, *Service) {
	t.Helper()
	c := r.Open(t, via, scriptPath)
	return c, r.script.Accept(t)
}

// pairAt is pair at another path before the same service.
func (r *rig) pairAt(t *testing.T, via Transport, path string) (*Client, *Service) {
	t.Helper()
	c := r.Open(t, via, path)
	return c, r.script.Accept(t)
}

// over runs a test plain and over TLS.
func over(t *testing.T, test func(t *testing.T, via Transport)) {
	t.Helper()
	for _, via := range Transports() {
		t.Run(string(via), func(t *testing.T) { test(t, via) })
	}
}

// brief is a policy duration that a test waits for.
const brief = 300 * time.Millisecond

func after(d time.Duration) *durationpb.Duration { return durationpb.New(d) }

// never switches a duration of a policy off.
func never() *durationpb.Duration { return durationpb.New(0) }

// wantFailed reads the Close frame of a session that the client broke, and the
// end. Where frames can still be told apart the gateway may give the client time
// for its own end; where they cannot it must not: "An endpoint MUST NOT continue
// to attempt to process data (including a responding Close frame) from the
// remote endpoint" (7.1.7).
func wantFailed(t *testing.T, c *Client, code uint16, reason string) {
	t.Helper()
	c.WantClose(code, reason)
	if code != 1002 {
		c.Finish()
	}
	c.WantEnd()
	_ = c.TCP.Close()
}

// pattern is n bytes that no shift of themselves equals.
func pattern(n int) []byte {
	p := make([]byte, 0, n+3)
	for x := uint32(2463534242); len(p) < n; {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p = binary.LittleEndian.AppendUint32(p, x)
	}
	return p[:n]
}
