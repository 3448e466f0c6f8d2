package listener

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"switchyard.dev/gateway/config"
)

const (
	// defaultHandshakeTimeout is that of config.Listener.
	defaultHandshakeTimeout = 10 * time.Second
	// defaultMaxHeaderBytes is that of config.Listener.
	defaultMaxHeaderBytes = 16 << 10
)

// place is where a socket is bound; listeners with the same one share it.
type place struct {
	address string
	port    uint32
}

func (p place) String() string {
	return net.JoinHostPort(p.address, strconv.FormatUint(uint64(p.port), 10))
}

// Port is what is known of a port when a connection is accepted there. It does
// not change; an Update makes new ones.
type Port struct {
	place            place
	names            []string
	terminators      *terminators // nil: plain TCP
	handshakeTimeout time.Duration
	maxHeaderBytes   int
}

// Listeners are the names of those that share the port, in the configuration's
// order. The caller only reads them.
func (p *Port) Listeners() []string { return p.names }

// Admits are those of Listeners that are open to a client which sent serverName
// in its TLS handshake (empty: none). A listener that validates clients'
// certificates in another way than the one that serverName chose is not among
// them: the client has not shown what that one asks for, whatever Host it names
// later. The caller only reads them.
func (p *Port) Admits(serverName string) []string {
	if p.terminators == nil {
		return p.names
	}
	return p.terminators.choose(serverName).admits
}

// TLS is the configuration for a server's side of TLS; nil where the port is
// plain TCP. The caller does not change it.
func (p *Port) TLS() *tls.Config {
	if p.terminators == nil {
		return nil
	}
	return p.terminators.config
}

// HandshakeTimeout bounds the time from accepting a connection to the end of
// its request's header: the longest that a listener of the port allows, since it
// is not known yet which one the client is for.
func (p *Port) HandshakeTimeout() time.Duration { return p.handshakeTimeout }

// MaxHeaderBytes bounds request line and header: the most that a listener of
// the port allows.
func (p *Port) MaxHeaderBytes() int { return p.maxHeaderBytes }

// compiled is a configuration that was found sound.
type compiled struct {
	ports        []*Port
	certificates certificates
}

// compile makes the ports of ls. Certificates that are in known are not parsed
// again.
func compile(ls []*config.Listener, known certificates, tickets *tickets) (*compiled, error) {
	var places []place
	groups := make(map[place][]*config.Listener)
	for _, l := range ls {
		at := place{address: l.GetAddress(), port: l.GetPort()}
		if groups[at] == nil {
			places = append(places, at)
		}
		groups[at] = append(groups[at], l)
	}
	c := &compiled{certificates: make(certificates)}
	parser := &parser{known: known, used: c.certificates}
	for _, at := range places {
		port, err := newPort(at, groups[at], parser, tickets)
		if err != nil {
			return nil, err
		}
		c.ports = append(c.ports, port)
	}
	return c, nil
}

func newPort(at place, ls []*config.Listener, parser *parser, tickets *tickets) (*Port, error) {
	if _, err := netip.ParseAddr(at.address); err != nil && at.address != "" {
		return nil, fmt.Errorf("listener %q: address %q is not an IP address", ls[0].GetName(), at.address)
	}
	p := &Port{place: at}
	for _, l := range ls {
		if (l.GetTls() == nil) != (ls[0].GetTls() == nil) {
			return nil, fmt.Errorf("listeners %q and %q share port %s, but only one of them has tls", ls[0].GetName(), l.GetName(), at)
		}
		p.names = append(p.names, l.GetName())
		p.handshakeTimeout = max(p.handshakeTimeout, handshakeTimeout(l))
		p.maxHeaderBytes = max(p.maxHeaderBytes, maxHeaderBytes(l))
	}
	p.names = slices.Clip(p.names)
	if ls[0].GetTls() == nil {
		return p, nil
	}
	var err error
	p.terminators, err = newTerminators(ls, parser, tickets)
	return p, err
}

func handshakeTimeout(l *config.Listener) time.Duration {
	if d := l.GetHandshakeTimeout().AsDuration(); d > 0 {
		return d
	}
	return defaultHandshakeTimeout
}

func maxHeaderBytes(l *config.Listener) int {
	if n := l.GetMaxHeaderBytes(); n > 0 {
		return int(n)
	}
	return defaultMaxHeaderBytes
}
