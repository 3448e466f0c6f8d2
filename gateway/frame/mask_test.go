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

func TestMaskExampleOfTheRFC(t *testing.T) {
	b := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	Mask(b, [4]byte{0x37, 0xfa, 0x21, 0x3d}, 0)
	if string(b) != "Hello" {
		t.Errorf("the masked frame of 5.7 says %q, want Hello", b)
	}
}

func TestMaskEveryLengthAndAlignment(t *testing.T) {
	const longest, alignments = 200, 16
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	memory := pattern(alignments + longest + 1)
	got, want := make([]byte, len(memory)), make([]byte, len(memory))
	for length := range longest + 1 {
		for at := range alignments {
			for pos := range uint64(9) {
				copy(got, memory)
				copy(want, memory)
				Mask(got[at:at+length], key, pos)
				maskBytewise(want[at:at+length], key, pos)
				if !bytes.Equal(got, want) {
					t.Fatalf("%d bytes at %d, from position %d: the memory is %x, want %x", length, at, pos, got, want)
				}
			}
		}
	}
}

func TestMaskLongPayloads(t *testing.T) {
	key := [4]byte{0x80, 0x01, 0xff, 0x55}
	for length := 201; length < 20_000; length += 97 {
		for at := range 8 {
			got, want := pattern(at+length+8), pattern(at+length+8)
			Mask(got[at:at+length], key, uint64(length+at))
			maskBytewise(want[at:at+length], key, uint64(length+at))
			if !bytes.Equal(got, want) {
				t.Fatalf("%d bytes at %d are not masked as bytewise", length, at)
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

		got, cut := bytes.Clone(payload), min(int(split), len(payload))
		Mask(got[:cut], key, pos)
		Mask(got[cut:], key, pos+uint64(cut))
		if !bytes.Equal(got, want) {
			t.Fatalf("masked %x, want %x", got, want)
		}
		Mask(got, key, pos)
		if !bytes.Equal(got, payload) {
			t.Fatalf("masked twice %x, want %x", got, payload)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	for _, size := range []int{16, 64, 125, 1 << 10, 16 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			payload := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				Mask(payload, [4]byte{0x37, 0xfa, 0x21, 0x3d}, 0)
			}
		})
	}
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}
