package crowd

import (
	"math/rand/v2"
	"time"
)

// Pace is how busy clients are and how patient. Zero fields are the defaults.
type Pace struct {
	// MaxMessage bounds the random bytes of a message. Zero means 4096.
	MaxMessage int
	// Pause is the mean time between an echo and the next message. Zero means
	// 400 ms.
	Pause time.Duration
	// Stall is how long a client waits for the next byte, or to get rid of one,
	// or for a handshake, before it counts that as a failure. Zero means 15 s.
	Stall time.Duration
	// CloseWait is from the Close frame to the end of the connection. Zero means
	// 5 s.
	CloseWait time.Duration
}

func (p Pace) withDefaults() Pace {
	if p.MaxMessage == 0 {
		p.MaxMessage = 4096
	}
	if p.Pause == 0 {
		p.Pause = 400 * time.Millisecond
	}
	if p.Stall == 0 {
		p.Stall = 15 * time.Second
	}
	if p.CloseWait == 0 {
		p.CloseWait = 5 * time.Second
	}
	return p
}

// pause is random, so that the clients do not speak in chorus.
func (p Pace) pause(random *rand.Rand) time.Duration {
	return time.Duration(random.Int64N(2 * int64(p.Pause)))
}
