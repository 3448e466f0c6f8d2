package registry

import "fmt"

// Entry is a session's place in a registry. Every session embeds one, which is
// the registry's from Add on: so it needs no map to find a session by.
type Entry struct {
	// id does not change once Add has returned.
	id uint64
	// at is where the session is in the registry's list. The registry's lock
	// guards it.
	at uint32
}

// ID is unique among the sessions that its registry ever took in: 16 hexadecimal
// digits. It is no secret, and of several gateways it is as good as random.
func (e *Entry) ID() string { return fmt.Sprintf("%016x", e.id) }

func (e *Entry) entry() *Entry { return e }
