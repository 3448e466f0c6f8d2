package driver

import (
	"net"
	"syscall"

	"switchyard.dev/gateway/session"
)

// Conn is a byte stream whose two directions end apart: a Socket, *tls.Conn over
// a Transport, or an HTTP/2 stream.
type Conn interface {
	net.Conn
	CloseWrite() error
}

// Socket is a Conn of the kernel's, as *net.TCPConn is.
type Socket interface {
	Conn
	syscall.Conn
}

// Options are what a session is made of.
type Options struct {
	Client, Service Conn
	Config          *session.Config
	Owner           Owner
}

// Owner is told of what happens to a session. Its methods must not wait: other
// sessions may have to.
type Owner interface {
	// Ended is called once, when both connections are closed or about to be.
	Ended(session.End)
	// Fault is called for a panic in the session's own handling.
	Fault(value any, stack []byte)
}

// Session is one session and what drives it. Its methods may be called from any
// goroutine, and do not wait. Until Start, Close and Cut only take note.
type Session interface {
	// Adopt makes both connections the session's own. Where it fails they are
	// the caller's still, as they were.
	Adopt() error
	// Start sets the session going, once it has adopted its connections. answer
	// goes to the client before anything else. early is what the client sent
	// behind its handshake. Both may be used again when Start returns.
	Start(answer, early []byte)
	// Close begins the end of the session for cause c.
	Close(c session.Cause)
	// Cut ends the session for cause c at once.
	Cut(c session.Cause)
	// Stats are the figures up to now.
	Stats() session.Stats
}
