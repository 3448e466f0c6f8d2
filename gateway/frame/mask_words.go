package frame

import (
	"encoding/binary"
	"math/bits"
)

// maskWords is maskLong in Go alone, for 8 bytes or more. As in Mask, the last
// word overlaps those before it.
func maskWords(b []byte, k uint32) {
	k2 := uint64(k)<<32 | uint64(k)
	end := b[len(b)-8:]
	last := binary.LittleEndian.Uint64(end) ^ bits.RotateLeft64(k2, -8*len(b))

	// An array has its bounds checked once for eight words.
	for len(b) >= 64 {
		w := (*[64]byte)(b)
		xor8(w[0:8], k2)
		xor8(w[8:16], k2)
		xor8(w[16:24], k2)
		xor8(w[24:32], k2)
		xor8(w[32:40], k2)
		xor8(w[40:48], k2)
		xor8(w[48:56], k2)
		xor8(w[56:64], k2)
		b = b[64:]
	}
	for len(b) >= 8 {
		xor8(b, k2)
		b = b[8:]
	}
	binary.LittleEndian.PutUint64(end, last)
}
