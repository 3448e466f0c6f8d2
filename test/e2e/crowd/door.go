package crowd

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"switchyard.dev/test/gatewaytest"
)

// Door is where visitors come in at an even pace, for one echo each.
type Door struct {
	entrances []Entrance
	pace      Pace
	stop      func()
	running   sync.WaitGroup

	mu     sync.Mutex
	visits Visits
}

// Visits is how visitors fared.
type Visits struct {
	// Served had their echo and were closed in good order.
	Served int
	// Failures are what befell the others.
	Failures []error
	// Slowest is the longest time that one who was served took.
	Slowest time.Duration
}

// OpenDoor lets a visitor in every so often, by turns through each entrance.
func OpenDoor(every time.Duration, pace Pace, entrances ...Entrance) *Door {
	ctx, stop := context.WithCancel(context.Background())
	d := &Door{entrances: entrances, pace: pace.withDefaults(), stop: stop}
	d.running.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				d.running.Go(func() { d.visit(n) })
			}
		}
	})
	return d
}

// Close lets nobody in any more, waits until all are out, and says how they
// fared. It may be called again.
func (d *Door) Close() Visits {
	d.stop()
	d.running.Wait()
	return d.visits
}

func (d *Door) visit(n int) {
	begun := time.Now()
	name := fmt.Sprintf("visitor-%d", n)
	err := Visit(context.Background(), d.entrances[n%len(d.entrances)], name, d.pace)
	took := time.Since(begun)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.visits.Failures = append(d.visits.Failures, fmt.Errorf("%s after %v: %w", name, took.Round(time.Millisecond), err))
		return
	}
	d.visits.Served++
	d.visits.Slowest = max(d.visits.Slowest, took)
}

// Visit is one visitor: a handshake, an echo, a proper end.
func Visit(ctx context.Context, e Entrance, name string, pace Pace) error {
	pace = pace.withDefaults()
	s, err := e.open(ctx, name, pace.Stall)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	message := []byte(fmt.Sprintf("%s says %x", name, rand.Uint64()))
	if err := s.send(pace.Stall, gatewaytest.Binary(message)); err != nil {
		return fmt.Errorf("sending a message: %w", err)
	}
	for rest := message; len(rest) > 0; {
		f, err := s.next(pace.Stall)
		if err != nil {
			return fmt.Errorf("waiting for the echo: %w", err)
		}
		p, err := data(f)
		if err != nil {
			return fmt.Errorf("waiting for the echo: %w", err)
		}
		var ok bool
		if rest, ok = bytes.CutPrefix(rest, p); !ok {
			return fmt.Errorf("the echo has %q where %q was sent", p, rest)
		}
	}
	return s.bye(pace)
}

// bye closes with 1000 and wants the same.
func (s *socket) bye(pace Pace) error {
	if err := s.send(pace.Stall, gatewaytest.Close(1000, "")); err != nil {
		return fmt.Errorf("sending Close: %w", err)
	}
	f, err := s.next(pace.CloseWait)
	if err != nil {
		return fmt.Errorf("waiting for the other Close: %w", err)
	}
	if code, _ := closeOf(f); f.Op != gatewaytest.OpClose || code != 1000 {
		return fmt.Errorf("Close 1000 was answered by %v", f)
	}
	return s.wantEnd(pace.CloseWait)
}
