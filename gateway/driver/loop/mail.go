//go:build linux

package loop

import (
	"sync"
	"sync/atomic"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/session"
)

// letter is what others want of a shard.
type letter struct {
	what          errand
	session       *Session
	cause         session.Cause
	answer, early []byte
	door          *door
	// conn and caller are of a client that comes back.
	conn   driver.Conn
	caller Caller
}

type errand uint8

const (
	start errand = iota
	closeFor
	cut
	// takeIn is for a client that another shard has accepted.
	takeIn
	// resume is for a client that comes back from a goroutine, dropVisit for one
	// that does not.
	resume
	dropVisit
	openDoor
	closeDoor
	// arrive is for a session that another shard had, heed for a change of those
	// in service.
	arrive
	heed
	// end lets the shard end, with all its sessions.
	end
)

// mailbox holds letters until the shard takes them.
type mailbox struct {
	mu      sync.Mutex
	letters []letter
	full    atomic.Bool
	// closed: the shard has ended, or is about to.
	closed atomic.Bool
	// asleep: the shard waits, or is about to, and has to be woken.
	asleep atomic.Bool
}

// post leaves a letter, from any goroutine.
func (l *shard) post(m letter) {
	if l.mail.put(m, nil) {
		l.rouse()
	}
}

// rouse lets the shard look at its mail.
func (l *shard) rouse() {
	if l.mail.asleep.Swap(false) {
		l.sys.wake()
	}
}

// put puts m in, unless the box is closed. What first does is done before anybody
// else can put one in.
func (b *mailbox) put(m letter, first func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return false
	}
	if first != nil {
		first()
	}
	b.letters = append(b.letters, m)
	b.full.Store(true)
	return true
}

// take takes all letters out. Their room goes with them: a drain has one for
// each session.
func (b *mailbox) take() []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	letters := b.letters
	b.letters = nil
	b.full.Store(false)
	return letters
}

// close is the last take.
func (b *mailbox) close() []letter {
	b.mu.Lock()
	b.closed.Store(true)
	b.mu.Unlock()
	return b.take()
}
