// Package link moves the bytes of many connections between sockets and
// machines that do no I/O themselves.
//
// A Loop is one thread over epoll, cheap enough to share two cores with the
// server it measures. Secure is the same with TLS.
package link

import "time"

// Machine is one end of one connection: bytes in, bytes out. Its driver
// serialises all calls on all its machines.
type Machine interface {
	// Opened is called once the connection stands.
	Opened()
	// Input takes bytes that are valid during the call, and may change them.
	// An error ends the connection.
	Input(b []byte) error
	// Output is what to write next; empty: nothing now. The bytes are only
	// read, and only until the next call of any kind.
	Output() []byte
	// Wrote says how much of the last Output is written; it comes right after.
	Wrote(n int)
	// Done reports that the connection ends once Output is empty.
	Done() bool
	// Ended is the last call: nil after Done, io.EOF, or what went wrong.
	Ended(err error)
}

// Conn is a connection as seen by whoever opened it.
type Conn interface {
	// Kick writes what its machine has to write, now that it may have some.
	Kick()
	// End closes the connection and hands err to its machine.
	End(err error)
}

// Driver opens connections and runs their machines.
type Driver interface {
	// Run lets the machines work until the deadline, or until the condition
	// holds; nil: until the deadline. It is asked while no machine is at work.
	Run(deadline time.Time, until func() bool) error
	// Dial begins to connect m. Dial, Kick and End belong into a condition of
	// Run, or between two calls of it.
	Dial(m Machine) Conn
	// Close closes every connection; the machines are not called again.
	Close()
}
