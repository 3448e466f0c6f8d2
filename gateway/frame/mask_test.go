package frame

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// maskBytewise is RFC 6455 5.3 as it is written:
// "transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)".
func maskBytewise(b []byte, key [4]byte, pos uint64) {
	for i := range b {
		b[i] ^= key[(pos+uint64(i))%4]
	}
}

// masks are Mask, and Mask as it is with each maskLong that can run here.
var masks = map[string]func(b []byte, key [4]byte, pos uint64){
	"Mask":  Mask,
	"words": long(maskWords),
}

func long(mask func(b []byte, k uint32)) func(b []byte, key [4]byte, pos uint64) {
	return func(b []byte, key [4]byte, pos uint64) {
		if len(b) <= longestShort {
			Mask(b, key, pos)
			return
		}
		mask(b, keyAt(key, pos))
	}
}

func TestMaskExampleOfTheRFC(t *testing.T) {
	b := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	Mask(b, [4]byte{0x37, 0xfa, 0x21, 0x3d}, 0)
	if string(b) != "Hello" {
		t.Errorf("the masked frame of 5.7 says %q, want Hello", b)
	}
}

func TestMaskEveryLengthAndAlignment(t *testing.T) {
	const longest, alignments = 300, 32
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	memory := pattern(alignments + longest + 1)
	got, want := make([]byte, len(memory)), make([]byte, len(memory))
	for length := range longest + 1 {
		for at := range alignments {
			for pos := range uint64(5) {
				copy(want, memory)
				maskBytewise(want[at:at+length], key, pos)
				for name, mask := range masks {
					copy(got, memory)
					mask(got[at:at+length], key, pos)
					if !bytes.Equal(got, want) {
						t.Fatalf("%s: %d bytes at %d, from position %d: the memory is %x, want %x", name, length, at, pos, got, want)
					}
				}
			}
		}
	}
}

func TestMaskLongPayloads(t *testing.T) {
	key := [4]byte{0x80, 0x01, 0xff, 0x55}
	for length := 301; length < 20_000; length += 97 {
		for at := range 8 {
			want := pattern(at + length + 8)
			maskBytewise(want[at:at+length], key, uint64(length+at))
			for name, mask := range masks {
				got := pattern(at + length + 8)
				mask(got[at:at+length], key, uint64(length+at))
				if !bytes.Equal(got, want) {
					t.Fatalf("%s: %d bytes at %d are not masked as bytewise", name, length, at)
				}
			}
		}
	}
}

func TestMaskAtTheGreatestPosition(t *testing.T) {
	got, want := pattern(100), pattern(100)
	Mask(got, [4]byte{1, 2, 3, 4}, math.MaxUint64-2)
	maskBytewise(want, [4]byte{1, 2, 3, 4}, math.MaxUint64-2)
	if !bytes.Equal(got, want) {
		t.Errorf("masked %x, want %x", got, want)
	}
}

func TestMaskAllocatesNothing(t *testing.T) {
	b := make([]byte, 64<<10)
	if n := testing.AllocsPerRun(10, func() { Mask(b, [4]byte{1, 2, 3, 4}, 1) }); n != 0 {
		t.Errorf("Mask costs %v allocations, want none", n)
	}
}

// FuzzMask: masking in two pieces is masking bytewise, and masking again
// restores what was there.
func FuzzMask(f *testing.F) {
	f.Add([]byte("Hello"), uint32(0x3d21fa37), uint64(0), uint16(2))
	f.Add(bytes.Repeat([]byte{0xa5}, 300), uint32(1), uint64(3), uint16(65))
	f.Add(make([]byte, 2000), uint32(math.MaxUint32), uint64(math.MaxUint64), uint16(1001))
	f.Fuzz(func(t *testing.T, payload []byte, k uint32, pos uint64, split uint16) {
		key := [4]byte{byte(k), byte(k >> 8), byte(k >> 16), byte(k >> 24)}
		want := bytes.Clone(payload)
		maskBytewise(want, key, pos)

		for name, mask := range masks {
			got, cut := bytes.Clone(payload), min(int(split), len(payload))
			mask(got[:cut], key, pos)
			mask(got[cut:], key, pos+uint64(cut))
			if !bytes.Equal(got, want) {
				t.Fatalf("%s: masked %x, want %x", name, got, want)
			}
			mask(got, key, pos)
			if !bytes.Equal(got, payload) {
				t.Fatalf("%s: masked twice %x, want %x", name, got, payload)
			}
		}
	})
}

// BenchmarkMask takes payloads in turn, as no gateway masks one right after it
// has masked it.
func BenchmarkMask(b *testing.B) {
	for name, mask := range masks {
		for _, size := range []int{0, 4, 8, 16, 32, 64, 125, 256, 1 << 10, 4 << 10, 16 << 10, 32 << 10} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				const payloads, header = 8, 8
				distance := size + header
				memory := pattern(payloads*distance + header)
				b.SetBytes(int64(size))
				for i := 0; b.Loop(); i++ {
					payload := memory[i%payloads*distance+header:][:size]
					mask(payload, [4]byte{0x37, 0xfa, 0x21, 0x3d}, 0)
				}
			})
		}
	}
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}
