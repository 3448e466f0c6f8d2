package frame

import (
	"encoding/binary"
	"math/bits"
)

// longestShort is where maskLong begins to win over words written out.
const longestShort = 64

// Mask masks or unmasks b in place; the two are the same (RFC 6455 5.3). pos is
// the offset of b's first byte in the frame's payload, so that a payload may be
// handled in pieces, cut anywhere.
func Mask(b []byte, key [4]byte, pos uint64) {
	k := keyAt(key, pos)
	n := len(b)
	if n > longestShort {
		maskLong(b, k)
		return
	}

	// One guess of the branch predictor, not one for each word and one for the
	// rest: head and tail overlap where n is not twice their size. So the tail is
	// read before the head is written.
	k2 := uint64(k)<<32 | uint64(k)
	kt := bits.RotateLeft64(k2, -8*n) // as it meets a tail, whatever its size
	switch {
	case n >= 32:
		tail := (*[32]byte)(b[n-32:])
		t0 := binary.LittleEndian.Uint64(tail[0:]) ^ kt
		t1 := binary.LittleEndian.Uint64(tail[8:]) ^ kt
		t2 := binary.LittleEndian.Uint64(tail[16:]) ^ kt
		t3 := binary.LittleEndian.Uint64(tail[24:]) ^ kt
		head := (*[32]byte)(b)
		xor8(head[0:], k2)
		xor8(head[8:], k2)
		xor8(head[16:], k2)
		xor8(head[24:], k2)
		binary.LittleEndian.PutUint64(tail[0:], t0)
		binary.LittleEndian.PutUint64(tail[8:], t1)
		binary.LittleEndian.PutUint64(tail[16:], t2)
		binary.LittleEndian.PutUint64(tail[24:], t3)
	case n >= 16:
		tail := (*[16]byte)(b[n-16:])
		t0 := binary.LittleEndian.Uint64(tail[0:]) ^ kt
		t1 := binary.LittleEndian.Uint64(tail[8:]) ^ kt
		head := (*[16]byte)(b)
		xor8(head[0:], k2)
		xor8(head[8:], k2)
		binary.LittleEndian.PutUint64(tail[0:], t0)
		binary.LittleEndian.PutUint64(tail[8:], t1)
	case n >= 8:
		t := binary.LittleEndian.Uint64(b[n-8:]) ^ kt
		xor8(b, k2)
		binary.LittleEndian.PutUint64(b[n-8:], t)
	case n >= 4:
		t := binary.LittleEndian.Uint32(b[n-4:]) ^ uint32(kt)
		binary.LittleEndian.PutUint32(b, binary.LittleEndian.Uint32(b)^k)
		binary.LittleEndian.PutUint32(b[n-4:], t)
	default:
		for i := range b {
			b[i] ^= byte(k)
			k >>= 8
		}
	}
}

// keyAt is the key as it meets the byte at pos, whose octet is the lowest
// whatever the machine.
func keyAt(key [4]byte, pos uint64) uint32 {
	return bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(pos%4))
}

func xor8(b []byte, k uint64) {
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^k)
}
