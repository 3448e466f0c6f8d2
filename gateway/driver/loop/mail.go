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
	// end lets the shard end, with all its sessions.
	end
)

// mailbox holds letters until the shard takes them.
type mailbox struct {
	mu      sync.Mutex
	letters []letter
	full    atomic.Bool
	// asleep: the shard waits, or is about to, and has to be woken.
	asleep atomic.Bool
}

// post leaves a letter, from any goroutine.
func (l *shard) post(m letter) {
	l.mail.put(m)
	if l.mail.asleep.Swap(false) {
		l.sys.wake()
	}
}

func (b *mailbox) put(m letter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, m)
	b.full.Store(true)
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
