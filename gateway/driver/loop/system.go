//go:build linux

package loop

import (
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// system is what a shard needs of the kernel. Its methods are called by the
// shard's own goroutine, but for wake, and for recv, send and shut of a socket in
// custody; and do not wait, but for wait.
type system interface {
	// now is the time since some moment before the first session.
	now() time.Duration
	// cpu is the CPU time that the calling thread has used.
	cpu() time.Duration
	// wait fills events with what has happened, and waits for it up to d. It may
	// return none sooner.
	wait(events []unix.EpollEvent, d time.Duration) int
	// wake ends a wait that is going on, or the next one.
	wake()
	// watch asks for the events of fd, named by token: each change once.
	watch(fd int, token token) error
	// recv and send count no bytes where they fail.
	recv(fd int, p []byte) (n int, errno syscall.Errno)
	send(fd int, p []byte) (n int, errno syscall.Errno)
	// recvEach and sendEach are recv and send for each of calls in turn, which are at most
	// mostTogether; no socket of theirs is in custody.
	recvEach(calls []call)
	sendEach(calls []call)
	// sendMore is send for what belongs before something else.
	sendMore(fd int, p []byte) (n int, errno syscall.Errno)
	// openPipe makes a pipe, or none. closePipe forgets whatever it holds.
	openPipe() pipe
	closePipe(p pipe)
	// load takes up to most bytes that fd has received into a pipe, which is
	// empty: none, and no error, at the end of the stream. unload sends n of those
	// it holds, or what of them fd takes.
	load(p pipe, fd, most int) (n int, errno syscall.Errno)
	unload(p pipe, fd, n int) (moved int, errno syscall.Errno)
	// shut ends what is sent, behind what was given to send.
	shut(fd int)
	// close ends the connection, and its events.
	close(fd int)
	// wasReset tells whether what looks like the end of fd's stream is a reset
	// that a failed send was told of.
	wasReset(fd int) bool

	// accept takes a client that waits at a listening socket.
	accept(listener int) (fd int, from netip.AddrPort, errno syscall.Errno)
	// watchListener asks for the events of a listening socket, again and again
	// while somebody waits there, for one of all that ask.
	watchListener(fd int, token token) error
	// connect begins to connect; the event that it may be sent to says that it
	// is done, and failure, why it cannot be: nil where it is done, and the
	// service has ended already.
	connect(to netip.AddrPort) (fd int, errno syscall.Errno)
	failure(fd int) error
	// keepAlive finds out, from now on, whether fd's other end is still there.
	keepAlive(fd int)
	// forget asks for fd's events no more.
	forget(fd int)

	// end gives back what the system itself holds.
	end()
}

// token names a side of a session in events.
type token struct{ slot, generation int32 }

func (t token) event() unix.EpollEvent {
	return unix.EpollEvent{Fd: t.slot, Pad: t.generation}
}

func tokenOf(e *unix.EpollEvent) token { return token{slot: e.Fd, generation: e.Pad} }
