package registry

import (
	"time"

	"switchyard.dev/gateway/session"
)

// Info is what is known of a session from its start, for people to read. It does
// not change, and is made when it is asked for: to hold it, an idle session would
// need several times the memory.
type Info struct {
	// ID is that of the session's Entry.
	ID string `json:"id"`
	// Listener, Route and Service are names of the configuration,
	// "namespace/gateway/section", "namespace/name" and "namespace/name:port".
	Listener string `json:"listener"`
	Route    string `json:"route"`
	Service  string `json:"service"`
	// Endpoint is the address that the service's connection goes to.
	Endpoint string `json:"endpoint"`
	// Subprotocol as the route spells it; empty is the fallback.
	Subprotocol string `json:"subprotocol"`
	// Client is the client's address and port.
	Client string `json:"client"`
	// Host, Path and Origin are what the client sent, for people to read.
	Host    string    `json:"host"`
	Path    string    `json:"path"`
	Origin  string    `json:"origin,omitempty"`
	Started time.Time `json:"started"`
}

// Live is a session while it lives. Its methods may be called from any
// goroutine, also after the session has ended; then they do nothing.
type Live interface {
	// entry is the session's Entry, which it embeds.
	entry() *Entry
	Info() Info
	// Stats are the figures up to now.
	Stats() session.Stats
	// Close begins the end: a Close frame to the client with c's code, then the
	// close handshake, bounded by the session's close timeout.
	Close(c session.Cause)
	// Cut ends both connections at once.
	Cut(c session.Cause)
}
