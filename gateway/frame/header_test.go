package frame

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func TestHeaderOnTheWire(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	for name, tc := range map[string]struct {
		in   string
		want Header
	}{
		//                                      F RSV OP   M LEN     ...
		"an unmasked text frame": {in: "1 000 0001 0 0000101",
			want: Header{Fin: true, Opcode: Text, Length: 5}},
		"a masked text frame": {in: "1 000 0001 1 0000101 00110111 11111010 00100001 00111101",
			want: Header{Fin: true, Opcode: Text, Masked: true, Key: key, Length: 5}},
		"the first fragment of a text": {in: "0 000 0001 0 0000011",
			want: Header{Opcode: Text, Length: 3}},
		"the last fragment": {in: "1 000 0000 0 0000010",
			want: Header{Fin: true, Opcode: Continuation, Length: 2}},
		"an empty ping": {in: "1 000 1001 0 0000000",
			want: Header{Fin: true, Opcode: Ping}},
		"a masked pong with the key 0": {in: "1 000 1010 1 0000000" + zeros(32),
			want: Header{Fin: true, Opcode: Pong, Masked: true}},
		"a close frame": {in: "1 000 1000 0 0000010",
			want: Header{Fin: true, Opcode: Close, Length: 2}},
		"RSV1": {in: "1 100 0010 0 0000001",
			want: Header{Fin: true, RSV: 4, Opcode: Binary, Length: 1}},
		"RSV2": {in: "1 010 0010 0 0000001",
			want: Header{Fin: true, RSV: 2, Opcode: Binary, Length: 1}},
		"RSV3": {in: "1 001 0010 0 0000001",
			want: Header{Fin: true, RSV: 1, Opcode: Binary, Length: 1}},
		"a reserved opcode": {in: "1 000 1111 0 0000001",
			want: Header{Fin: true, Opcode: 15, Length: 1}},
		"the longest 7-bit length": {in: "1 000 0010 0 1111101",
			want: Header{Fin: true, Opcode: Binary, Length: 125}},
		"the shortest 16-bit length": {in: "1 000 0010 0 1111110 00000000 01111110",
			want: Header{Fin: true, Opcode: Binary, Length: 126}},
		"a masked 16-bit length": {in: "1 000 0010 1 1111110 00000001 00000000 00110111 11111010 00100001 00111101",
			want: Header{Fin: true, Opcode: Binary, Masked: true, Key: key, Length: 256}},
		"the longest 16-bit length": {in: "1 000 0010 0 1111110" + ones(16),
			want: Header{Fin: true, Opcode: Binary, Length: 65535}},
		"the shortest 64-bit length": {in: "1 000 0010 0 1111111" + zeros(47) + "1" + zeros(16),
			want: Header{Fin: true, Opcode: Binary, Length: 65536}},
		"the longest 64-bit length": {in: "1 000 0010 0 1111111 0" + ones(63),
			want: Header{Fin: true, Opcode: Binary, Length: math.MaxInt64}},
		"a header of the greatest size": {in: "1 000 0010 1 1111111 0" + ones(63) + "00110111 11111010 00100001 00111101",
			want: Header{Fin: true, Opcode: Binary, Masked: true, Key: key, Length: math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			wire := draw(t, tc.in)
			got, n, err := Parse(append(wire[:len(wire):len(wire)], "payload"...))
			if err != nil || n != len(wire) || got != tc.want {
				t.Errorf("Parse = %+v, %d, %v; want %+v, %d, nil", got, n, err, tc.want, len(wire))
			}
			if b := tc.want.Append([]byte("before")); !bytes.Equal(b, append([]byte("before"), wire...)) {
				t.Errorf("Append gives %x, want %x behind what was there", b, wire)
			}
			checkRoundTrip(t, wire)
		})
	}
}

func TestHeaderLengthForms(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want error
	}{
		"0 in 16 bits":                         {in: "1 000 0010 0 1111110" + zeros(16), want: errLengthForm},
		"125 in 16 bits":                       {in: "1 000 0010 0 1111110 00000000 01111101", want: errLengthForm},
		"0 in 64 bits":                         {in: "1 000 0010 0 1111111" + zeros(64), want: errLengthForm},
		"125 in 64 bits":                       {in: "1 000 0010 0 1111111" + zeros(57) + "1111101", want: errLengthForm},
		"65535 in 64 bits":                     {in: "1 000 0010 0 1111111" + zeros(48) + ones(16), want: errLengthForm},
		"2^63":                                 {in: "1 000 0010 0 1111111 1" + zeros(63), want: errLengthSign},
		"2^64-1":                               {in: "1 000 0010 0 1111111" + ones(64), want: errLengthSign},
		"a masked one, before the key is here": {in: "1 000 0010 1 1111110" + zeros(16), want: errLengthForm},
	} {
		t.Run(name, func(t *testing.T) {
			h, n, err := Parse(draw(t, tc.in))
			if err != tc.want || n != 0 || h != (Header{}) {
				t.Fatalf("Parse = %+v, %d, %v; want a zero header, 0, %v", h, n, err, tc.want)
			}
			var v *Violation
			if !errors.As(err, &v) || v.Code != ProtocolError || v.Section != "5.2" {
				t.Errorf("the error is %#v, want a violation of 5.2 with code 1002", err)
			}
		})
	}
}

func TestAppendDropsBitsWithoutAPlace(t *testing.T) {
	got := Header{RSV: 0xff, Opcode: 0xf2, Length: 1}.Append(nil)
	if want := draw(t, "0 111 0010 0 0000001"); !bytes.Equal(got, want) {
		t.Errorf("Append gives %x, want %x", got, want)
	}
}

func TestHeaderAllocatesNothing(t *testing.T) {
	var (
		wire = Header{Fin: true, Opcode: Binary, Masked: true, Length: 1 << 20}.Append(nil)
		bad  = draw(t, "1 000 0010 0 1111111"+ones(64))
		buf  = make([]byte, 0, MaxHeader)
	)
	if n := testing.AllocsPerRun(100, func() {
		h, _, _ := Parse(wire)
		buf = h.Append(buf[:0])
		_, _, _ = Parse(bad)
		_ = Rules{FromClient: false}.Check(h)
	}); n != 0 {
		t.Errorf("a header costs %v allocations, want none", n)
	}
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []Header{
		{},
		{Fin: true, Opcode: Text, Length: 125},
		{Fin: true, Opcode: Close, Masked: true, Key: [4]byte{1, 2, 3, 4}, Length: 2},
		{RSV: 7, Opcode: 15, Length: 126},
		{Opcode: Binary, Masked: true, Key: [4]byte{0, 0xff}, Length: math.MaxUint16},
		{Opcode: Continuation, Length: math.MaxUint16 + 1},
		{Fin: true, Opcode: Binary, Masked: true, Length: math.MaxInt64},
		{Fin: true, Opcode: Binary, Length: math.MaxUint64},
	} {
		f.Add(seed.Append(nil))
	}
	f.Add([]byte{0x82, 0x7e, 0x00, 0x7d})
	f.Add([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff})
	f.Fuzz(checkRoundTrip)
}

// checkRoundTrip holds for any bytes: what parses encodes back to the same
// bytes, and every shorter beginning asks for more.
func checkRoundTrip(t *testing.T, b []byte) {
	h, n, err := Parse(b)
	if err != nil {
		var v *Violation
		if n != 0 || h != (Header{}) || !errors.As(err, &v) {
			t.Fatalf("Parse(%x) = %+v, %d, %v; want a violation alone", b, h, n, err)
		}
		return
	}
	if n == 0 {
		if len(b) >= MaxHeader {
			t.Fatalf("Parse asks for more than the %d bytes %x", len(b), b)
		}
		return
	}
	if back := h.Append(nil); !bytes.Equal(back, b[:n]) {
		t.Fatalf("%x parses as %+v, which encodes as %x", b[:n], h, back)
	}
	if h.Size() != n {
		t.Fatalf("Size() = %d for %x of %d bytes", h.Size(), b[:n], n)
	}
	for short := range n {
		if h, m, err := Parse(b[:short]); m != 0 || err != nil {
			t.Fatalf("Parse(%x), a part of %x, = %+v, %d, %v; want to be asked for more", b[:short], b[:n], h, m, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	wire := Header{Fin: true, Opcode: Binary, Masked: true, Key: [4]byte{1, 2, 3, 4}, Length: 1000}.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, n, err := Parse(wire); n != len(wire) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	h := Header{Fin: true, Opcode: Binary, Length: 1000}
	buf := make([]byte, 0, MaxHeader)
	b.ReportAllocs()
	for b.Loop() {
		buf = h.Append(buf[:0])
	}
}
