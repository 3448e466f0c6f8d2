package frame

import (
	"strconv"
	"strings"
	"testing"
)

// draw reads a frame as the RFC draws it: bits, grouped by blanks as one likes.
func draw(t *testing.T, drawing string) []byte {
	t.Helper()
	bits := strings.Join(strings.Fields(drawing), "")
	if len(bits)%8 != 0 {
		t.Fatalf("drawing %q has %d bits, which are no whole bytes", drawing, len(bits))
	}
	var b []byte
	for ; bits != ""; bits = bits[8:] {
		v, err := strconv.ParseUint(bits[:8], 2, 8)
		if err != nil {
			t.Fatalf("drawing %q: %v", drawing, err)
		}
		b = append(b, byte(v))
	}
	return b
}

func zeros(n int) string { return strings.Repeat("0", n) }
func ones(n int) string  { return strings.Repeat("1", n) }
