//go:build linux

package loop

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// acceptBatch is how many clients one turn takes from one socket.
	acceptBatch = 64
	// After an error, as when there are no more descriptors, a shard accepts
	// nothing for this long, and twice as long each time.
	minRetry = 5 * time.Millisecond
	maxRetry = time.Second
)

// door is a listening socket. All shards in service accept from it.
type door struct {
	fd   int
	gate Gate
	left sync.WaitGroup
}

// doorway is a door as one shard has it.
type doorway struct {
	*door
	token token
	// retry is the pause after the next error; opens, when the present one ends.
	retry, opens time.Duration
}

// Accept takes l over, whose clients are gate's from now on. keepAlive is what
// they get. stop closes the socket, and returns when gate greets nobody any more.
func (g *Group) Accept(l *net.TCPListener, keepAlive net.KeepAliveConfig, gate Gate) (stop func(), err error) {
	fd, err := detach(l)
	if err != nil {
		return nil, fmt.Errorf("take a listener over: %w", err)
	}
	if err := inherit(fd, keepAlive); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("set up a listener: %w", err)
	}
	l.Close() // its socket lives on
	d := &door{fd: fd, gate: gate}
	for _, shard := range g.shards {
		d.left.Add(1)
		shard.post(letter{what: openDoor, door: d})
	}
	return func() {
		for _, shard := range g.shards {
			shard.post(letter{what: closeDoor, door: d})
		}
		d.left.Wait()
		unix.Close(fd)
	}, nil
}

// inherit sets what accepted sockets have from the one that listens.
func inherit(fd int, k net.KeepAliveConfig) error {
	return errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(k.Idle/time.Second)),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, int(k.Interval/time.Second)),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, k.Count),
	)
}

// addDoor begins to accept from d.
func (l *shard) addDoor(d *door) {
	i := slices.Index(l.doors, nil)
	if i < 0 {
		i = len(l.doors)
		l.doors = append(l.doors, nil)
	}
	l.doors[i] = &doorway{door: d, token: doorToken(i)}
	l.watchDoor(l.doors[i])
}

// doorToken names the doorway at index i: sessions have tokens from zero on, and
// the bell has -1.
func doorToken(i int) token { return token{slot: int32(-2 - i)} }

// watchDoor asks for w's events, unless l rests, or does so later where that fails.
func (l *shard) watchDoor(w *doorway) {
	if l.rests {
		return
	}
	if err := l.sys.watchListener(w.fd, w.token); err != nil {
		l.pause(w, err)
	}
}

// removeDoor ends accepting from d.
func (l *shard) removeDoor(d *door) {
	for i, w := range l.doors {
		if w != nil && w.door == d {
			if w.opens > 0 {
				l.paused--
			}
			l.sys.forget(d.fd)
			l.doors[i] = nil
			d.left.Done()
		}
	}
}

// accept takes those who wait at a door.
func (l *shard) accept(w *doorway) {
	for range acceptBatch {
		fd, from, errno := l.sys.accept(w.fd)
		switch {
		case errno == unix.EAGAIN:
			return
		case isShortage(errno):
			l.sys.forget(w.fd)
			l.pause(w, errno)
			return
		case errno != 0:
			continue // that client has left already
		}
		w.retry = 0
		l.receive(w.gate, int32(fd), from)
	}
}

// isShortage tells what will not be better with the next client.
func isShortage(errno syscall.Errno) bool {
	switch errno {
	case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
		return true
	}
	return false
}

// pause lets w rest.
func (l *shard) pause(w *doorway, err error) {
	w.retry = min(max(2*w.retry, minRetry), maxRetry)
	w.opens = l.now + w.retry
	w.gate.Lost(err, w.retry)
	l.paused++
}

// reopen ends the pauses that are over.
func (l *shard) reopen() {
	for _, w := range l.doors {
		if w != nil && w.opens > 0 && w.opens <= l.now {
			w.opens = 0
			l.paused--
			l.watchDoor(w)
		}
	}
}

// untilReopen is how long the shortest pause lasts.
func (l *shard) untilReopen() time.Duration {
	d := maxWait
	for _, w := range l.doors {
		if w != nil && w.opens > 0 {
			d = min(d, w.opens-l.now)
		}
	}
	return max(d, 0)
}
