//go:build linux

package loop

import (
	"net/netip"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/session"
)

// Gate decides about the clients that arrive at a listening socket. The shards
// call it, so its methods must not wait.
type Gate interface {
	// Greets says whether clients are to be read here. Where they are not, each
	// is given to Detour as soon as it says something.
	Greets() bool
	// Patience is how long a client may take to say its first word, and what a
	// Detour needs of it.
	Patience() time.Duration
	// Greet is given the first bytes of a client, which it must not keep. It
	// gives nil where they ask for more than a connection with a service.
	Greet(from netip.AddrPort, first []byte) Caller
	// Detour is given a client that only a goroutine can serve, and what was
	// read of it, which it must not keep. The client's deadline is when patience
	// ends. Resume brings it back.
	Detour(conn driver.Conn, first []byte)
	// Lost is told why clients could not be accepted, and how long until the
	// next try.
	Lost(err error, retry time.Duration)
	// Fault is called for a panic in the handling of a client from there.
	Fault(value any, stack []byte, from netip.AddrPort)
}

// Caller is a client that was greeted. Connected, Failed or Gone is the last
// that it hears, unless Connected fails. Its methods must not wait either.
type Caller interface {
	// Service is where to connect to, and how long that may take.
	Service() (netip.AddrPort, time.Duration)
	// Connected makes the session, of which s is the driver. room may be used for
	// the answer.
	Connected(s driver.Session, room []byte) (Beginning, error)
	// Failed is given the client whose service could not be reached, or for whom
	// Connected gave err: as it was given to Resume, if it was.
	Failed(conn driver.Conn, err error)
	// Gone says that there is no such client any more.
	Gone()
}

// Beginning is how a session begins. See driver.Options and Session.Start.
type Beginning struct {
	Config        *session.Config
	Owner         driver.Owner
	Answer, Early []byte
}

// visit is a client that has no session yet.
type visit struct {
	gate Gate
	from netip.AddrPort
	// until is when patience with a client that is not greeted ends.
	until time.Duration
	// caller is nil before the client was greeted.
	caller Caller
	// custody is nil for a client that no goroutine had; conn is what of it was
	// given to Resume.
	custody *custody
	conn    driver.Conn
}
