package xds

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

func TestAServerThatStopsSendsItsGatewaysElsewhere(t *testing.T) {
	r := start(t)
	s := sample(1, 1)
	r.publishEdge(s)
	c, idle := r.join(edge, "edge-1"), r.connect(edge, "edge-2")
	begin := time.Now()
	if err := r.stop(); err != nil {
		t.Errorf("serve: %v", err)
	}
	if took := time.Since(begin); took > patience/2 {
		t.Errorf("it took %v", took)
	}
	c.wantEnd(codes.Unavailable, "the controller is stopping: connect to another")
	if _, err := idle.receive(); status.Code(err) != codes.Unavailable {
		t.Errorf("a stream that said nothing ended with %v", err)
	}
	if left := r.Reports(); len(left) > 0 {
		t.Errorf("reports of %v are left", left)
	}
}

func TestServeSaysWhyItCannotGoOn(t *testing.T) {
	r := start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if err := r.Serve(context.Background(), listener, nil); err == nil {
		t.Error("it served on a closed listener")
	}
}

// A client that asks and does not read, while everything changes all the time.
func TestAStreamThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	r := start(t)
	const routes = 5000
	s := sample(routes, 1)
	r.publishEdge(s)
	c := r.stream(r.dial(edge, grpc.WithInitialWindowSize(64<<10), grpc.WithInitialConnWindowSize(64<<10)), "edge-1")
	c.subscribe()
	total := float64(routes + 2)
	for deadline := time.Now().Add(patience); testutil.ToFloat64(r.Server.metrics.resources) != total; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the first response was not made")
		}
	}
	for i := range 20 {
		s = clone(s)
		for _, route := range s.Routes {
			route.Path.Value = "/" + strings.Repeat("x", i+1)
		}
		r.publishEdge(s)
	}
	if made := testutil.ToFloat64(r.Server.metrics.resources); made != total {
		t.Errorf("%v resources were made for it, want those of the first response, %v", made, total)
	}
	t.Run("and gets the newest when it reads", func(t *testing.T) {
		c.take()
		c.ack()
		c.take()
		c.wantHeld(s)
	})
	t.Run("and ends with its Gateway", func(t *testing.T) {
		stuck := r.stream(r.dial(edge, grpc.WithInitialWindowSize(64<<10), grpc.WithInitialConnWindowSize(64<<10)), "edge-2")
		stuck.subscribe()
		r.until(func(got []Report) bool { return len(got) == 2 })
		r.publish(nil)
		r.wantReports()
	})
}

func TestARequestIsBounded(t *testing.T) {
	r := start(t)
	r.publishEdge(sample(1, 1))
	c := r.connect(edge, "edge-1")
	c.versions["route/"+strings.Repeat("x", maxRequest)] = "1"
	c.subscribe()
	if _, err := c.receive(); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("got %v", err)
	}
}

func TestTheVersionsOfTwentyThousandResourcesFit(t *testing.T) {
	p, err := prepare(sample(15_000, 5_000), nil)
	if err != nil {
		t.Fatal(err)
	}
	size := proto.Size(&discovery.DeltaDiscoveryRequest{TypeUrl: config.ResourceType, InitialResourceVersions: p.versions})
	t.Logf("%d bytes", size)
	if size > maxRequest*2/3 {
		t.Errorf("%d bytes leave no place for longer names", size)
	}
}

func TestAGatewayThatVanishedLeavesTheReports(t *testing.T) {
	if dead := pings.Time + pings.Timeout; dead > 40*time.Second {
		t.Errorf("one that vanished is noticed after %v", dead)
	}
	r := start(t, func(s *Server) {
		s.keepalive = keepalive.ServerParameters{Time: time.Second, Timeout: time.Second}
	})
	r.publishEdge(sample(1, 1))
	hole := newHole(t, r.address)
	r.address = hole.address
	r.join(edge, "edge-1")
	hole.swallow()
	r.wantReports()
}

// hole forwards connections until it swallows what arrives: nobody is told.
type hole struct {
	address string
	once    sync.Once
	silent  chan struct{}
}

func newHole(t *testing.T, to string) *hole {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hole{address: listener.Addr().String(), silent: make(chan struct{})}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			one, err := listener.Accept()
			if err != nil {
				return
			}
			other, err := net.Dial("tcp", to)
			if err != nil {
				_ = one.Close()
				return
			}
			t.Cleanup(func() { _, _ = one.Close(), other.Close() })
			go func() { _, _ = io.Copy(&mouth{h, other}, one) }()
			go func() { _, _ = io.Copy(&mouth{h, one}, other) }()
		}
	}()
	return h
}

func (h *hole) swallow() { h.once.Do(func() { close(h.silent) }) }

// mouth lets through what is written to it until the hole swallows.
type mouth struct {
	hole *hole
	to   io.Writer
}

func (m *mouth) Write(b []byte) (int, error) {
	select {
	case <-m.hole.silent:
		return len(b), nil
	default:
		return m.to.Write(b)
	}
}
