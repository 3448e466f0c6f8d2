package link

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// bufferSize is what one read takes at most, of all connections together
	// one buffer.
	bufferSize = 128 << 10
	// eventBatch is how many ready sockets one wait reports.
	eventBatch = 256
	// writeBudget is how many writes one connection gets before the others
	// have their turn.
	writeBudget = 4
	// longestWait bounds a wait without events, so that a condition is looked
	// at again.
	longestWait = 20 * time.Millisecond
)

// Loop is a level-triggered epoll loop. It is driven by the goroutine that
// calls Run, which best is locked to its thread.
type Loop struct {
	epoll  int
	target netip.AddrPort
	// ready is what each descriptor stands for.
	ready  map[int32]source
	events [eventBatch]unix.EpollEvent
	buffer []byte
}

// source is a descriptor in the loop. It may end itself in handle, never
// another: a descriptor freed by one event of a batch must not be taken for
// its successor's by a later one.
type source interface {
	handle(events uint32)
	close()
}

// NewLoop makes a loop whose Dial connects to target; a zero target is for
// loops that only listen.
func NewLoop(target netip.AddrPort) (*Loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &Loop{epoll: epoll, target: target, ready: make(map[int32]source), buffer: make([]byte, bufferSize)}, nil
}

// Run implements Driver.
func (l *Loop) Run(deadline time.Time, until func() bool) error {
	for until == nil || !until() {
		left := time.Until(deadline)
		if left <= 0 {
			return nil
		}
		if err := l.poll(min(left, longestWait)); err != nil {
			return err
		}
	}
	return nil
}

// poll waits for events and handles one batch of them.
func (l *Loop) poll(wait time.Duration) error {
	// Rounded up: a wait of less than a millisecond must not become a spin.
	n, err := unix.EpollWait(l.epoll, l.events[:], int((wait+time.Millisecond-1)/time.Millisecond))
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for _, event := range l.events[:n] {
		if s := l.ready[event.Fd]; s != nil {
			s.handle(event.Events)
		}
	}
	return nil
}

// add watches fd for s.
func (l *Loop) add(fd int, events uint32, s source) error {
	l.ready[int32(fd)] = s
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// Close implements Driver.
func (l *Loop) Close() {
	for _, s := range l.ready {
		s.close()
	}
	_ = unix.Close(l.epoll)
}

// Dial implements Driver. A failure to begin reaches the machine as its end,
// before Dial returns.
func (l *Loop) Dial(m Machine) Conn {
	c := &conn{loop: l, fd: -1, machine: m, connecting: true}
	if err := c.connect(l.target); err != nil {
		c.End(err)
	}
	return c
}

// Listen accepts connections on address, each for a machine of its own, while
// the loop runs. It returns the address that was bound.
func (l *Loop) Listen(address netip.AddrPort, machine func() Machine) (netip.AddrPort, error) {
	fd, err := socket(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	bound, err := bind(fd, address)
	if err == nil {
		err = l.add(fd, unix.EPOLLIN, &acceptor{loop: l, fd: fd, machine: machine})
	}
	if err != nil {
		delete(l.ready, int32(fd))
		_ = unix.Close(fd)
		return netip.AddrPort{}, fmt.Errorf("listen on %v: %w", address, err)
	}
	return bound, nil
}
