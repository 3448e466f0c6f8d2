package conformance

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	. "switchyard.dev/test/gatewaytest"
)

// drainWindow is long against what twenty sessions take to close.
const drainWindow = time.Second

// A gateway that stops tells its sessions one after the other, refuses new
// ones, and ends.
func TestDrain(t *testing.T) {
	const sessions = 20
	r := setUpWith(t, Options{DrainWindow: drainWindow, DrainTimeout: Patience}, nil)
	var told [sessions]time.Time
	var clients sync.WaitGroup
	for i := range sessions {
		c, s := r.pair(t, Transports()[i%2])
		clients.Go(func() {
			f, err := c.TryNext()
			if err != nil || !f.Equal(Close(1001, "drain")) {
				t.Errorf("session %d read %v and %v, want the close of a drain", i, f, err)
			}
			told[i] = time.Now()
			_, _ = c.Write(Encode(Close(1001, "")))
			if rest, err := io.ReadAll(s); err != nil || len(rest) > 0 {
				t.Errorf("the service of session %d read %q and %v, want the end", i, rest, err)
			}
			_ = s.Close()
			if f, err := c.TryNext(); !errors.Is(err, io.EOF) {
				t.Errorf("session %d read %v and %v, want the end", i, f, err)
			}
		})
	}
	holdout, service := r.pair(t, Plain)
	r.BeginStop()
	clients.Wait()
	holdout.WantClose(1001, "drain")
	for _, via := range Transports() {
		wantRefused(t, r.Connect(t, via), Upgrade(echoPath), http.StatusServiceUnavailable, map[string]string{"Retry-After": ""})
	}
	select {
	case <-r.Stopped():
		t.Error("the gateway stopped before its last session")
	default:
	}
	holdout.Send(Close(1001, ""))
	holdout.WantEnd()
	service.WantEOF()
	_ = service.Close()
	r.Stop(t)

	first, last := told[0], told[0]
	for _, at := range told {
		if at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if spread := last.Sub(first); spread < drainWindow/2 {
		t.Errorf("%d sessions were told within %v, want them spread over %v", sessions, spread, drainWindow)
	}
}

// A session that does not end by itself is cut when the drain's time is up.
func TestDrainIsBounded(t *testing.T) {
	r := setUpWith(t, Options{DrainWindow: brief, DrainTimeout: 2 * brief}, nil)
	over(t, func(t *testing.T, via Transport) { r.pair(t, via) })
	c, s := r.pair(t, Plain)
	r.Stop(t)
	c.WantClose(1001, "drain")
	c.WantCut()
	s.WantCut()
}

// A gateway without sessions stops at once, and again.
func TestStopWithoutSessions(t *testing.T) {
	r := setUpWith(t, Options{DrainWindow: Patience, DrainTimeout: Patience}, nil)
	r.Open(t, Plain, echoPath).Bye()
	Eventually(t, "no session is left", func() bool { return r.Sessions().Len() == 0 })
	r.Stop(t)
}
