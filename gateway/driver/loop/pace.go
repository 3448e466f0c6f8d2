//go:build linux

package loop

import "switchyard.dev/gateway/session"

// Bulk costs least in large pieces, as long as they stay in a core's cache. But
// what a side does not take has to be kept: so pieces grow only while all of them
// is taken, and shrink where it is not.
const (
	// leastRead is how much is read at once at first, in bytes.
	leastRead = 16 << 10
	// fastest is how often that may double.
	fastest = 5
	// mostRead is what that comes to.
	mostRead = leastRead << fastest
)

// reads is how much may be read at once of what goes to x.
func (x *side) reads() int { return leastRead << x.pace }

// roomFor is where to read what goes to x.
func (l *shard) roomFor(x *side) []byte {
	return l.buf[session.Headroom : session.Headroom+x.reads()]
}

// took takes note that a piece of n bytes was read and given to x.
func (x *side) took(n int) {
	if n >= x.reads() && !x.blocked() {
		x.pace = min(x.pace+1, fastest)
	}
}

// slowDown takes note that x did not take all of a piece.
func (x *side) slowDown() {
	if x.pace > 0 {
		x.pace--
	}
}
