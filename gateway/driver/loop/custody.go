//go:build linux

package loop

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// custody is a client's socket that a goroutine has: a driver.Conn. Its shard
// goes on to watch it and tells of its events, so that Go's poller never gets it;
// and closes it.
type custody struct {
	s    *Session
	from netip.AddrPort

	mu sync.Mutex
	// using is how many calls of the system are under way.
	using  int
	closed bool
	// revoked: the shard has closed it, for which nobody need ask.
	revoked bool
	// ended is as in side.
	ended   bool
	in, out way
}

// way is one direction of a custody.
type way struct {
	// ready: a call may get somewhere, or has not been tried since the last event.
	ready bool
	news  sync.Cond
	until time.Time
	// timer wakes those who wait, whose number is waiting, when it is late.
	timer   *time.Timer
	waiting int
}

// detain gives a goroutine s's client, which may have something to say.
func (l *shard) detain(s *Session) *custody {
	k := &custody{s: s, from: s.visit.from, ended: s.client.ended, in: way{ready: true}, out: way{ready: true}}
	k.in.news.L, k.out.news.L = &k.mu, &k.mu
	s.visit.custody = k
	l.wheel.Stop(s.slot) // the goroutine has deadlines of its own
	return k
}

// allow gives the goroutine so much time. Its deadlines are a net.Conn's, by the
// clock on the wall.
func (k *custody) allow(d time.Duration) { _ = k.SetDeadline(time.Now().Add(d)) }

// notice takes note of an event. The shard calls it.
func (k *custody) notice(events uint32) {
	k.mu.Lock()
	defer k.mu.Unlock()
	const ends = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	if events&ends != 0 {
		k.ended = true
	}
	if events&(unix.EPOLLIN|ends) != 0 {
		k.in.tell()
	}
	if events&(unix.EPOLLOUT|ends) != 0 {
		k.out.tell()
	}
}

func (w *way) tell() {
	w.ready = true
	w.news.Broadcast()
}

// enter waits until a call may get somewhere. Whoever enters must leave.
func (k *custody) enter(w *way) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		switch {
		case k.closed:
			return net.ErrClosed
		case w.late():
			return os.ErrDeadlineExceeded
		case w.ready:
			w.ready = false // an event may come during the call
			k.using++
			return nil
		}
		w.wait()
	}
}

// leave ends a call for so many bytes that has moved n of them.
func (k *custody) leave(w *way, asked, n int, errno syscall.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := n == asked || w == &k.in && k.ended // else a short read has emptied the socket
	if errno != unix.EAGAIN && (errno != 0 || all) {
		w.ready = true
	}
	if k.using--; k.closed {
		k.part()
	}
}

// part lets the shard close what nobody uses any more.
func (k *custody) part() {
	switch {
	case k.using > 0:
	case k.revoked:
		k.wake()
	default:
		k.s.shard.Load().post(letter{what: dropVisit, session: k.s})
	}
}

func (w *way) late() bool { return !w.until.IsZero() && !time.Now().Before(w.until) }

// wait waits for an event, the deadline, or that either may have changed.
func (w *way) wait() {
	if w.until.IsZero() {
		w.news.Wait()
		return
	}
	d := time.Until(w.until)
	if w.timer == nil {
		w.timer = time.AfterFunc(d, func() {
			w.news.L.Lock()
			defer w.news.L.Unlock()
			w.news.Broadcast()
		})
	} else {
		w.timer.Reset(d)
	}
	w.waiting++
	w.news.Wait()
	if w.waiting--; w.waiting == 0 {
		w.timer.Stop()
	}
}

// Read is for net.Conn, as is what follows.
func (k *custody) Read(p []byte) (int, error) {
	for len(p) > 0 {
		if err := k.enter(&k.in); err != nil {
			return 0, err
		}
		n, errno := k.s.shard.Load().sys.recv(int(k.s.client.fd), p)
		k.leave(&k.in, len(p), n, errno)
		switch {
		case errno == unix.EAGAIN:
		case errno != 0:
			return 0, os.NewSyscallError("recv", errno)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
	return 0, nil
}

// Write is what most answers need one send for.
func (k *custody) Write(p []byte) (written int, err error) {
	for written < len(p) {
		if err := k.enter(&k.out); err != nil {
			return written, err
		}
		rest := p[written:]
		n, errno := k.s.shard.Load().sys.send(int(k.s.client.fd), rest)
		k.leave(&k.out, len(rest), n, errno)
		written += n
		if errno != 0 && errno != unix.EAGAIN {
			return written, os.NewSyscallError("send", errno)
		}
	}
	return written, nil
}

// CloseWrite is for driver.Conn.
func (k *custody) CloseWrite() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return net.ErrClosed
	}
	k.s.shard.Load().sys.shut(int(k.s.client.fd))
	return nil
}

// Close ends what waits, and lets the shard close the socket.
func (k *custody) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return net.ErrClosed
	}
	k.closed = true
	k.wake()
	k.part()
	return nil
}

// revoke takes the socket away from whoever has it. The shard calls it, for its
// own use or before it closes the socket.
func (k *custody) revoke() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed, k.revoked = true, true
	k.wake()
	for k.using > 0 { // which is a call that does not wait
		k.in.news.Wait()
	}
}

func (k *custody) wake() {
	k.in.news.Broadcast()
	k.out.news.Broadcast()
}

// SetDeadline is for net.Conn, as are the two below.
func (k *custody) SetDeadline(at time.Time) error {
	k.bound(&k.in, at)
	return k.bound(&k.out, at)
}

// SetReadDeadline bounds reads, also one that waits.
func (k *custody) SetReadDeadline(at time.Time) error { return k.bound(&k.in, at) }

// SetWriteDeadline bounds writes, also one that waits.
func (k *custody) SetWriteDeadline(at time.Time) error { return k.bound(&k.out, at) }

func (k *custody) bound(w *way, at time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return net.ErrClosed
	}
	w.until = at
	w.news.Broadcast()
	return nil
}

// RemoteAddr is for net.Conn.
func (k *custody) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(k.from) }

// LocalAddr is for net.Conn. Nobody has asked the kernel for it.
func (k *custody) LocalAddr() net.Addr { return &net.TCPAddr{} }
