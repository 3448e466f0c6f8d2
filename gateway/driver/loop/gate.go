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
	// is given to Detour as it comes.
	Greets() bool
	// Patience is how long a client may take to say its first word.
	Patience() time.Duration
	// Greet is given the first bytes of a client, which it must not keep. It
	// gives nil where they ask for more than a connection with a service.
	Greet(from netip.AddrPort, first []byte) Caller
	// Detour is given a client that only a goroutine can serve, and what was
	// read of it, which it must not keep.
	Detour(conn driver.Socket, first []byte)
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
	// Connected gave err.
	Failed(conn driver.Socket, err error)
	// Gone says that there is no such client any more.
	Gone()
}

// Beginning is how a session begins. See driver.Options and Session.Start.
type Beginning struct {
	Config        *session.Config
	Owner         driver.Owner
	Answer, Early []byte
}

// visit is a client that has no session yet, or a Link that has none.
type visit struct {
	gate Gate
	// from is the client's address; of a Link, the service's.
	from netip.AddrPort
	// caller is nil before the client was greeted.
	caller Caller
	// link is nil for a client. linked: it was told that it is connected.
	link   *Link
	linked bool
}
