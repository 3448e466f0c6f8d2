package gateway

import (
	"strings"

	"switchyard.dev/gateway/handshake"
)

// said is what only one session's client is known by: its address, then host,
// path and origin of its request. It is one piece of memory, held as long as the
// session lives, and keeps nothing else of the request alive.
type said string

// separator is in no host and no path (see handshake.Request), and origin is
// last.
const separator = "\x00"

func saidBy(client string, r *handshake.Request) said {
	return said(strings.Join([]string{client, r.Host, r.Path, r.Origin}, separator))
}

func (s said) parts() (client, host, path, origin string) {
	client, rest, _ := strings.Cut(string(s), separator)
	host, rest, _ = strings.Cut(rest, separator)
	path, origin, _ = strings.Cut(rest, separator)
	return client, host, path, origin
}
