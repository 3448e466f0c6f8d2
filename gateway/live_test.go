package gateway

import (
	"fmt"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/route"
	"switchyard.dev/gateway/upstream"
)

// begins has sessions as an arrival makes them, but for driver and connections.
type begins struct {
	g      *Gateway
	choice *route.Choice
	lease  upstream.Lease
}

func newBegins(t *testing.T) begins {
	t.Helper()
	g, err := New(Options{Admin: NoAdmin, Log: logr.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.drivers.close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g.pool.Update([]*config.Service{{Name: "iot/mosquitto:1883", Endpoints: []*config.Endpoint{
		{Address: "127.0.0.1", Port: uint32(l.Addr().(*net.TCPAddr).Port), Ready: true},
	}}})
	target := upstream.NewTarget(&config.Target{Backends: []*config.Backend{{Service: "iot/mosquitto:1883", Weight: 1}}})
	conn, err := g.pool.Dial(t.Context(), target, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	return begins{g, &route.Choice{Listener: "infra/edge/wss", Route: "iot/devices", Subprotocol: "mqtt"}, conn.Lease}
}

const opening = "GET /devices?q HTTP/1.1\r\nHost: ws.example.com\r\nOrigin: https://example.com\r\n" +
	"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"

func (b begins) begin(t *testing.T, client string) *live {
	t.Helper()
	request, refusal := handshake.Parse([]byte(opening))
	if refusal != nil {
		t.Fatal(refusal.Message)
	}
	a := &arrival{g: b.g, from: client, choice: b.choice, request: request}
	s := a.live(b.lease)
	if !b.g.sessions.Add(s) {
		t.Fatal("the session is not taken in")
	}
	s.count()
	return s
}

func TestWhatIsKnownOfASession(t *testing.T) {
	b := newBegins(t)
	s := b.begin(t, "192.0.2.1:40000")
	got := s.Info()
	if age := time.Since(got.Started); age < 0 || age > time.Minute {
		t.Errorf("it started %v ago", age)
	}
	want := registry.Info{
		ID: s.ID(), Listener: "infra/edge/wss", Route: "iot/devices", Service: "iot/mosquitto:1883",
		Endpoint: b.lease.Endpoint(), Subprotocol: "mqtt", Client: "192.0.2.1:40000",
		Host: "ws.example.com", Path: "/devices", Origin: "https://example.com", Started: got.Started,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unlike expected (-want +got):\n%s", diff)
	}
}

func TestTheStartOfASessionDoesNotMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &live{g: &Gateway{began: time.Now()}, began: time.Hour}
		want := s.g.began.Add(time.Hour)
		for _, pause := range []time.Duration{0, time.Millisecond, 1000 * time.Hour} {
			time.Sleep(pause)
			if got := s.started(); !got.Equal(want) {
				t.Errorf("after %v it is %v, want %v", pause, got, want)
			}
		}
	})
}

func TestWhatAClientDidNotSayIsEmpty(t *testing.T) {
	r := &handshake.Request{Host: "h", Path: "/"}
	client, host, path, origin := saidBy("1.2.3.4:5", r).parts()
	if client != "1.2.3.4:5" || host != "h" || path != "/" || origin != "" {
		t.Errorf("got %q, %q, %q, %q", client, host, path, origin)
	}
}

// An idle session is this, its driver and two connections.
func TestWhatIsKnownOfASessionIsSmall(t *testing.T) {
	const sessions, most = 10_000, 200
	if n := unsafe.Sizeof(live{}); n > 96 {
		t.Errorf("a live has %d bytes, more than 96", n)
	}
	b := newBegins(t)
	before := heap()
	for i := range sessions {
		b.begin(t, fmt.Sprintf("198.51.100.%d:%d", i%256, 30000+i))
	}
	each := (heap() - before) / sessions
	t.Logf("%d bytes", each)
	if each > most {
		t.Errorf("a session adds %d bytes to the heap, more than %d", each, most)
	}
	runtime.KeepAlive(b)
}

func heap() int64 {
	// What a sync.Pool holds goes with the second collection.
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
