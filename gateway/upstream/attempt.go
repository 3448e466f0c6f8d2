package upstream

import (
	"context"
	"net/netip"
	"time"
)

// maxTries is how many endpoints one Attempt may try.
const maxTries = 2

// Attempt is a Dial as its steps, for who connects by other means:
//
//	Begin, Direct, Started, then Connected or Failed
//
// After Failed, Dial goes on with what is left. It is not safe for concurrent
// use.
type Attempt struct {
	pool     *Pool
	target   *Target
	endpoint *endpoint
	timeout  time.Duration
	// began is when the Attempt was, started when the present try.
	began, started moment
	// bound is for how long the present try may go on.
	bound  time.Duration
	failed dialError
}

// Begin picks what to try first. See Dial for timeout and errors.
func (p *Pool) Begin(t *Target, timeout time.Duration) (*Attempt, error) {
	e, err := p.first(t)
	if err != nil {
		return nil, err
	}
	a := &Attempt{pool: p, target: t, endpoint: e, timeout: timeout, began: p.now(), bound: timeout}
	if p.another(t, e) {
		a.bound /= maxTries
	}
	return a, nil
}

// Direct is where to connect to, and for how long to try. ok is false where more
// is needed than to connect to an address: there, only Dial can do it.
func (a *Attempt) Direct() (address netip.AddrPort, bound time.Duration, ok bool) {
	ok = a.endpoint.direct.IsValid() && a.endpoint.tls.Load() == nil
	return a.endpoint.direct, a.bound, ok
}

// Started says that the try begins. Connected or Failed must follow.
func (a *Attempt) Started() {
	a.started = a.pool.now()
	a.endpoint.probe(a.started)
	a.endpoint.live.Add(1)
}

// Connected says that the endpoint is reached.
func (a *Attempt) Connected() Lease {
	a.endpoint.succeeded()
	return Lease{a.endpoint}
}

// Abandoned says that the try is over for a reason that says nothing of the
// endpoint.
func (a *Attempt) Abandoned() { a.endpoint.live.Add(-1) }

// Failed says that the endpoint was not reached, and why. It gives an error, as
// Dial does, where there is nothing else to try.
func (a *Attempt) Failed(err error) error {
	a.endpoint.live.Add(-1)
	p := a.pool
	if !ownFault(err) {
		a.endpoint.failed(a.started, p.now(), p.float())
	}
	a.failed.tries = append(a.failed.tries, try{key: a.endpoint.key, err: err})
	a.bound = a.timeout - (p.now() - a.began)
	if len(a.failed.tries) == maxTries || a.bound <= 0 {
		return &a.failed
	}
	if a.endpoint = p.second(a.target, a.endpoint); a.endpoint == nil {
		return &a.failed
	}
	return nil
}

// Dial goes on by itself. See Pool.Dial.
func (a *Attempt) Dial(ctx context.Context) (*Conn, error) {
	for {
		a.Started()
		conn, err := a.connect(ctx)
		if err == nil {
			return &Conn{Stream: conn, Lease: a.Connected()}, nil
		}
		if ctx.Err() != nil {
			a.Abandoned() // a client that left says nothing of the endpoint
			return nil, ctx.Err()
		}
		if err := a.Failed(err); err != nil {
			return nil, err
		}
	}
}

func (a *Attempt) connect(ctx context.Context) (Stream, error) {
	bounded, cancel := context.WithTimeout(ctx, a.bound)
	defer cancel()
	return a.pool.connect(bounded, a.endpoint)
}
