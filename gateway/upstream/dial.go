package upstream

import (
	"context"
	"fmt"
	"net"
	"time"
)

// Stream is a *net.TCPConn or, where the service has TLS, a *tls.Conn.
type Stream interface {
	net.Conn
	CloseWrite() error
}

// Conn is a connection to a service, and the count of it. Hand Stream, not Conn,
// to what looks for a *net.TCPConn, as io.Copy does.
type Conn struct {
	Stream
	Lease
}

// Dial connects to an endpoint of t, and takes the TLS handshake where its
// service has TLS. Should that fail, it tries another once: one of the same
// service or, where there is none, of another backend. timeout is positive and
// bounds both tries together; while there is another endpoint to try, the first
// gets half of it.
//
// The share of a backend that has no endpoint is refused, not given to the
// others: they may not be able to carry it (Gateway API, HTTPRouteRule
// backendRefs).
//
// An error is ErrNoEndpoint, ErrRefused, ErrHandshake or ErrTimeout, and names
// the service and the endpoints that were tried; or ctx's own, once ctx is done;
// or another where the gateway itself has run out of something.
func (p *Pool) Dial(ctx context.Context, t *Target, timeout time.Duration) (*Conn, error) {
	a, err := p.Begin(t, timeout)
	if err != nil {
		return nil, err
	}
	return a.Dial(ctx)
}

// first picks a backend by its share, then an endpoint of it.
func (p *Pool) first(t *Target) (*endpoint, error) {
	if t.total == 0 {
		return nil, fmt.Errorf("no backend takes new sessions: %w", ErrNoEndpoint)
	}
	b := t.at(p.random(t.total))
	if b.service == "" {
		return nil, fmt.Errorf("a backend that could not be resolved: %w", ErrNoEndpoint)
	}
	if s := (*p.services.Load())[b.service]; s != nil {
		if e := s.pick(p.now(), nil, p.random); e != nil {
			return e, nil
		}
	}
	return nil, fmt.Errorf("service %q: %w", b.service, ErrNoEndpoint)
}

// another is true where there is something to try beside e.
func (p *Pool) another(t *Target, e *endpoint) bool {
	services := *p.services.Load()
	if s := services[e.service]; s != nil && s.size() > 1 {
		return true
	}
	return t.others(services, e.service).total > 0
}

// second picks what to try after failed, or nil where there is nothing else.
func (p *Pool) second(t *Target, failed *endpoint) *endpoint {
	services, now := *p.services.Load(), p.now()
	if s := services[failed.service]; s != nil {
		if e := s.pick(now, failed, p.random); e != nil {
			return e
		}
	}
	others := t.others(services, failed.service)
	if others.total == 0 {
		return nil
	}
	b := others.at(p.random(others.total))
	return services[b.service].pick(now, nil, p.random)
}

// connect dials e and takes the TLS handshake, where there is one.
func (p *Pool) connect(ctx context.Context, e *endpoint) (Stream, error) {
	conn, err := p.dial(ctx, e.address)
	if err != nil {
		return nil, err
	}
	if client := e.tls.Load(); client != nil {
		return client.handshake(ctx, p.below(conn))
	}
	return conn, nil
}

func dialTCP(ctx context.Context, address string) (*net.TCPConn, error) {
	// A zero Dialer resolves names, tries the addresses of both families, and
	// leaves TCP_NODELAY and keepalive as Go sets them: on.
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}
