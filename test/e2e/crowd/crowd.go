package crowd

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// retryPause is before a handshake that failed is tried again.
	retryPause = 250 * time.Millisecond
	// lookEvery is how often Report looks whether all have proved themselves.
	lookEvery = 20 * time.Millisecond
)

// Crowd is a number of clients, each with a session.
type Crowd struct {
	entrances []Entrance
	pace      Pace
	leave     context.CancelFunc
	running   sync.WaitGroup

	mu sync.Mutex
	// here are the clients' sessions; nil while a client has none.
	here []*session
	// held are the sessions that were there at the last Report, by client.
	held []*session
	// endings and failures are since the last Report.
	endings  []Ending
	failures []error
}

// Gather lets size clients in, by turns through each entrance. Report says when
// they are all there.
func Gather(size int, pace Pace, entrances ...Entrance) *Crowd {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Crowd{
		entrances: entrances,
		pace:      pace.withDefaults(),
		leave:     cancel,
		here:      make([]*session, size),
		held:      make([]*session, size),
	}
	for client := range size {
		c.running.Go(func() { c.live(ctx, client) })
	}
	return c
}

// live opens one session after the other.
func (c *Crowd) live(ctx context.Context, client int) {
	entrance := c.entrances[client%len(c.entrances)]
	for number := 0; ctx.Err() == nil; number++ {
		name := fmt.Sprintf("%d-%d", client, number)
		socket, err := entrance.open(ctx, name, c.pace.Stall)
		if err != nil {
			c.failed(ctx, name, err)
			continue
		}
		s := newSession(name, socket, c.pace)
		c.enter(client, s)
		end := s.run(ctx)
		c.end(client, end)
	}
}

// failed counts a handshake that failed, unless everybody is leaving.
func (c *Crowd) failed(ctx context.Context, name string, err error) {
	if ctx.Err() != nil {
		return
	}
	c.mu.Lock()
	c.failures = append(c.failures, fmt.Errorf("%s: %w", name, err))
	c.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(retryPause):
	}
}

func (c *Crowd) enter(client int, s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.here[client] = s
}

func (c *Crowd) end(client int, end Ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.here[client] = nil
	c.endings = append(c.endings, end)
}

// Report is what became of a crowd since the report before.
type Report struct {
	// Held are the names of sessions that were there before and still are.
	Held []string
	// Fresh are the names of those that are there and were not.
	Fresh []string
	// Endings are of sessions of before, and of those that came and went since.
	Endings []Ending
	// Failures are handshakes that failed.
	Failures []error
}

// Then is r and the report after it as one: held are those who were there before
// both and after both.
func (r Report) Then(next Report) Report {
	all := Report{
		Endings:  slices.Concat(r.Endings, next.Endings),
		Failures: slices.Concat(r.Failures, next.Failures),
	}
	for _, name := range slices.Concat(next.Held, next.Fresh) {
		if slices.Contains(r.Held, name) {
			all.Held = append(all.Held, name)
		} else {
			all.Fresh = append(all.Fresh, name)
		}
	}
	return all
}

// Report waits until every client has a session, and each has had a message
// echoed that was sent after the call. It fails where that does not come to be
// before ctx ends; the report is what is known then.
func (c *Crowd) Report(ctx context.Context) (Report, error) {
	seen := c.look()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		missing := c.missing(seen)
		if missing == 0 {
			return c.report(), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return c.report(), fmt.Errorf("%d of %d clients have no session that works: %w", missing, len(c.here), ctx.Err())
		}
	}
}

// look is how many messages each session has had echoed.
func (c *Crowd) look() map[*session]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := map[*session]int{}
	for _, s := range c.here {
		if s != nil {
			seen[s] = s.done()
		}
	}
	return seen
}

// missing is how many clients have not yet proved that their session works. Of
// the messages since the look the first may have been on its way then already.
func (c *Crowd) missing(seen map[*session]int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, s := range c.here {
		if s == nil {
			n++
			continue
		}
		want := 1
		if before, known := seen[s]; known {
			want = before + 2
		}
		if s.done() < want {
			n++
		}
	}
	return n
}

func (c *Crowd) report() Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Report{Endings: c.endings, Failures: c.failures}
	for client, s := range c.here {
		switch {
		case s == nil:
		case s == c.held[client]:
			r.Held = append(r.Held, s.name)
		default:
			r.Fresh = append(r.Fresh, s.name)
		}
	}
	c.held = slices.Clone(c.here)
	c.endings, c.failures = nil, nil
	return r
}

// Disperse lets every client close its session, waits until all have, and says
// how each ended since the last report.
func (c *Crowd) Disperse() []Ending {
	c.leave()
	c.running.Wait()
	return c.report().Endings
}
