// Package client is the load: many WebSocket sessions against one server, and
// what it costs the server.
package client

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// Mode is what the sessions do.
type Mode string

const (
	// Echo: one message out, wait for it to come back, repeat.
	Echo Mode = "echo"
	// Upload: messages out as fast as they are taken.
	Upload Mode = "upload"
	// Download: one message out, then read whatever comes.
	Download Mode = "download"
	// Idle: nothing.
	Idle Mode = "idle"
	// Churn: handshake, close handshake, again.
	Churn Mode = "churn"
)

// Modes are all modes.
func Modes() []Mode { return []Mode{Echo, Upload, Download, Idle, Churn} }

const (
	// MaxSize bounds a message: a frame is built whole, in echo mode one for
	// every session.
	MaxSize = 16 << 20
	// MaxSessions is what one source address has ports for.
	MaxSessions = 28_000
)

// Config says what to do.
type Config struct {
	// URL is ws:// or wss://.
	URL string
	// Subprotocol is offered and must be chosen; empty offers none.
	Subprotocol string
	// Sessions at once; in churn mode, so many workers. 1 to MaxSessions.
	Sessions int
	Mode     Mode
	// Size of a message's payload in bytes, 1 to MaxSize.
	Size int
	// Active is the share of the sessions that talk in echo mode, above 0 to 1.
	Active float64
	// Warmup passes before Duration is measured.
	Warmup, Duration time.Duration
	// OpenTimeout bounds the opening of all sessions.
	OpenTimeout time.Duration
	// ConnectRate is sessions opened a second; 0: as fast as they are taken.
	ConnectRate float64
	// PIDs are processes whose CPU time and memory are measured, with their
	// children.
	PIDs []int
	// Insecure: the server's certificate is not verified.
	Insecure bool
	// Resume: TLS sessions are resumed, with tickets of those before; else
	// every handshake is done in full.
	Resume bool
	// Verify compares every byte that comes back; otherwise both ends of
	// every piece that arrives.
	Verify bool
}

// Validate says what is wrong with c.
func (c *Config) Validate() error {
	switch {
	case !slices.Contains(Modes(), c.Mode):
		return fmt.Errorf("mode is %q, want one of %v", c.Mode, Modes())
	case c.Sessions < 1 || c.Sessions > MaxSessions:
		return fmt.Errorf("sessions is %d, want 1 to %d", c.Sessions, MaxSessions)
	case c.Size < 1 || c.Size > MaxSize:
		return fmt.Errorf("size is %d, want 1 to %d", c.Size, MaxSize)
	case !(c.Active > 0 && c.Active <= 1):
		return fmt.Errorf("active is %v, want above 0 to 1", c.Active)
	case c.Duration <= 0:
		return fmt.Errorf("duration is %v, want above 0", c.Duration)
	case c.Warmup < 0:
		return fmt.Errorf("warmup is %v, want 0 or more", c.Warmup)
	case c.OpenTimeout <= 0:
		return fmt.Errorf("open-timeout is %v, want above 0", c.OpenTimeout)
	case c.ConnectRate < 0:
		return fmt.Errorf("connect-rate is %v, want 0 or more", c.ConnectRate)
	}
	return nil
}

// target is where a URL leads.
type target struct {
	tls     bool
	host    string // as in the URL, for the Host header
	name    string // without the port, for SNI
	path    string
	address netip.AddrPort
}

// parseTarget reads a ws or wss URL and looks its host up.
func parseTarget(raw string) (target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, fmt.Errorf("url: %w", err)
	}
	t := target{host: u.Host, name: u.Hostname(), path: u.RequestURI()}
	port := u.Port()
	switch u.Scheme {
	case "ws":
		if port == "" {
			port = "80"
		}
	case "wss":
		t.tls = true
		if port == "" {
			port = "443"
		}
	default:
		return target{}, fmt.Errorf("url: scheme is %q, want ws or wss", u.Scheme)
	}
	if t.name == "" {
		return target{}, fmt.Errorf("url: %q names no host", raw)
	}
	found, err := net.ResolveTCPAddr("tcp", net.JoinHostPort(t.name, port))
	if err != nil {
		return target{}, fmt.Errorf("url: %w", err)
	}
	a := found.AddrPort()
	t.address = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	return t, nil
}
