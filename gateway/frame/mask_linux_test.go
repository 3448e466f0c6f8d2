package frame

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// Payloads lie against pages that can be neither read nor written: who leaves
// them is killed.
func TestMaskStaysWithinThePayload(t *testing.T) {
	page := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(memory)
	within := memory[page : 2*page]
	if err := syscall.Mprotect(within, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		t.Fatal(err)
	}

	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	for name, mask := range masks {
		for length := range min(600, page) {
			want := pattern(length)
			maskBytewise(want, key, 1)
			for end, b := range map[string][]byte{"first": within[:length], "last": within[page-length:]} {
				copy(b, pattern(length))
				mask(b, key, 1)
				if !bytes.Equal(b, want) {
					t.Fatalf("%s: the %s %d bytes of a page are not masked as bytewise", name, end, length)
				}
			}
		}
	}
}
