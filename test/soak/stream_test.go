package soak

import "fmt"

// stream is an endless sequence of bytes that no shift, loss or repetition of
// itself equals: a byte's value follows from its place.
type stream struct {
	key uint64
	// ascii keeps to seven bits, for text messages.
	ascii bool
	pos   int64
}

// word is SplitMix64's output function.
func word(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

func (s *stream) at(pos int64) byte {
	b := byte(word(s.key+uint64(pos>>3)) >> (8 * uint(pos&7)))
	if s.ascii {
		b &= 0x7f
	}
	return b
}

// fill makes p the next bytes.
func (s *stream) fill(p []byte) {
	for i := range p {
		p[i] = s.at(s.pos + int64(i))
	}
	s.pos += int64(len(p))
}

// check fails where p is not the next bytes.
func (s *stream) check(p []byte) error {
	for i, got := range p {
		if want := s.at(s.pos + int64(i)); got != want {
			return fmt.Errorf("byte %d is %#x, want %#x: lost, duplicated or reordered", s.pos+int64(i), got, want)
		}
	}
	s.pos += int64(len(p))
	return nil
}
