package frame

import (
	"encoding/binary"
	"math/bits"
)

// Mask masks or unmasks b in place; the two are the same (RFC 6455 5.3). pos is
// the offset of b's first byte in the frame's payload, so that a payload may be
// handled in pieces, cut anywhere.
func Mask(b []byte, key [4]byte, pos uint64) {
	// k is the key as it meets b[0], and lowest byte first whatever the machine.
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(pos%4))
	k2 := uint64(k)<<32 | uint64(k)

	// Every step is a multiple of four bytes, so k still fits what is left. An
	// array has its bounds checked once for eight words. This runs as fast as
	// crypto/subtle.XORBytes against a prepared pattern, and faster up to 8 KiB.
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
	if len(b) >= 4 {
		binary.LittleEndian.PutUint32(b, binary.LittleEndian.Uint32(b)^k)
		b = b[4:]
	}
	for i := range b {
		b[i] ^= byte(k)
		k >>= 8
	}
}

func xor8(b []byte, k uint64) {
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^k)
}
