package frame

import "golang.org/x/sys/cpu"

// hasAVX2 says that the kernel keeps the registers, too.
var hasAVX2 = cpu.X86.HasAVX2

// maskLong masks b, of 32 bytes or more, with k, whose lowest byte meets b[0].
// It is assembly because simd/archsimd is there in experimental builds only.
//
//go:noescape
func maskLong(b []byte, k uint32)

// maskAVX2 is maskLong where AVX2 is.
//
//go:noescape
func maskAVX2(b []byte, k uint32)

// maskSSE2 is maskLong on every amd64, for 16 bytes or more.
//
//go:noescape
func maskSSE2(b []byte, k uint32)
