package wire

import (
	"bytes"
	"math/rand/v2"
)

// PatternSize is the period of the pattern: a misplaced, lost or repeated byte
// shows unless it moves the stream by a multiple of this.
const PatternSize = 64 << 10

// probe is how many bytes at either end of a piece the quick check compares.
const probe = 8

// Pattern is an endless stream of bytes, the same for everyone who makes one.
// It is read-only and safe for concurrent use.
type Pattern struct {
	twice []byte // two periods, so that any window of one is contiguous
}

// NewPattern makes the pattern.
func NewPattern() *Pattern {
	random := rand.New(rand.NewPCG(6455, 13))
	twice := make([]byte, 2*PatternSize)
	for i := range PatternSize {
		twice[i] = byte(random.Uint32())
	}
	copy(twice[PatternSize:], twice)
	return &Pattern{twice: twice}
}

// Append appends n bytes of the pattern from pos on.
func (p *Pattern) Append(b []byte, pos uint64, n int) []byte {
	for n > 0 {
		start := pos % PatternSize
		piece := p.twice[start : start+uint64(min(n, PatternSize))]
		b = append(b, piece...)
		pos, n = pos+uint64(len(piece)), n-len(piece)
	}
	return b
}

// Quick reports whether the ends of b are those of the pattern at pos. It
// costs the same for a piece of any length.
func (p *Pattern) Quick(b []byte, pos uint64) bool {
	if len(b) <= 2*probe {
		return p.Whole(b, pos)
	}
	tail := len(b) - probe
	return p.Whole(b[:probe], pos) && p.Whole(b[tail:], pos+uint64(tail))
}

// Whole reports whether b is the pattern at pos.
func (p *Pattern) Whole(b []byte, pos uint64) bool {
	for len(b) > 0 {
		start := pos % PatternSize
		n := min(len(b), PatternSize)
		if !bytes.Equal(b[:n], p.twice[start:start+uint64(n)]) {
			return false
		}
		b, pos = b[n:], pos+uint64(n)
	}
	return true
}
