package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestFramesLookLikeTheRFCsDrawing(t *testing.T) {
	hello := []byte("Hello")
	maskedHello := bytes.Clone(hello)
	Mask(maskedHello, key, 0)
	tests := map[string]struct {
		got, want []byte
	}{
		// RFC 6455 5.7: a single-frame unmasked text message.
		"a server's text": {AppendServerFrame(nil, Text, hello), append([]byte{0x81, 0x05}, hello...)},
		"a client's text": {
			AppendClientFrame(nil, Text, hello),
			append([]byte{0x81, 0x85, key[0], key[1], key[2], key[3]}, maskedHello...),
		},
		"an empty close":                  {AppendClientFrame(nil, Close, nil), []byte{0x88, 0x80, key[0], key[1], key[2], key[3]}},
		"125 bytes need no extra length":  {AppendServerHeader(nil, true, Binary, 125), []byte{0x82, 125}},
		"126 bytes take two more":         {AppendServerHeader(nil, true, Binary, 126), []byte{0x82, 126, 0, 126}},
		"65535 bytes still do":            {AppendServerHeader(nil, true, Binary, 0xFFFF), []byte{0x82, 126, 0xFF, 0xFF}},
		"65536 bytes take eight":          {AppendServerHeader(nil, true, Binary, 0x10000), []byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
		"a fragment is not final":         {AppendServerHeader(nil, false, Continuation, 0), []byte{0x00, 0x00}},
		"a frame goes behind other bytes": {AppendServerFrame([]byte("x"), Ping, nil), []byte{'x', 0x89, 0x00}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if !bytes.Equal(tc.got, tc.want) {
				t.Errorf("got % x, want % x", tc.got, tc.want)
			}
		})
	}
}

func TestTheKeyMasksEveryByte(t *testing.T) {
	for _, k := range key {
		if k == 0 {
			t.Errorf("key % x holds a zero: part of the payload is sent bare", key)
		}
	}
}

func TestMaskInPiecesIsMaskAtOnce(t *testing.T) {
	whole := NewPattern().Append(nil, 0, 100)
	want := bytes.Clone(whole)
	for i := range want {
		want[i] ^= key[i%4]
	}
	for cut := range whole {
		got := bytes.Clone(whole)
		Mask(got[:cut], key, 0)
		Mask(got[cut:], key, uint64(cut))
		if !bytes.Equal(got, want) {
			t.Fatalf("cut at %d: differs", cut)
		}
	}
}

// scanned is what a scanner made of a stream: payloads of whole frames.
type scanned struct {
	opcodes  []byte
	payloads [][]byte
}

// scan feeds stream to a scanner in pieces of at most size bytes.
func scan(stream []byte, size int) (scanned, error) {
	var s Scanner
	var got scanned
	for len(stream) > 0 {
		piece := stream[:min(size, len(stream))]
		stream = stream[len(piece):]
		for {
			span, rest, ok, err := s.Next(piece)
			if err != nil {
				return got, err
			}
			if !ok {
				break
			}
			if span.First() {
				got.opcodes = append(got.opcodes, span.Opcode)
				got.payloads = append(got.payloads, nil)
			}
			last := len(got.payloads) - 1
			payload := bytes.Clone(span.Payload)
			if span.Masked {
				Mask(payload, span.Key, span.Offset)
			}
			got.payloads[last] = append(got.payloads[last], payload...)
			piece = rest
		}
	}
	return got, nil
}

func TestScannerFindsFramesWhereverTheStreamIsCut(t *testing.T) {
	pattern := NewPattern()
	var stream []byte
	var want [][]byte
	for i, n := range []int{0, 1, 125, 126, 70_000, 3} {
		payload := pattern.Append(nil, uint64(n), n)
		want = append(want, payload)
		if i%2 == 0 {
			stream = AppendClientFrame(stream, Binary, payload)
		} else {
			stream = AppendServerFrame(stream, Binary, payload)
		}
	}
	for _, size := range []int{1, 2, 3, 7, 13, 64, 4096, len(stream)} {
		got, err := scan(stream, size)
		if err != nil {
			t.Fatalf("pieces of %d: %v", size, err)
		}
		if len(got.payloads) != len(want) {
			t.Fatalf("pieces of %d: %d frames, want %d", size, len(got.payloads), len(want))
		}
		for i := range want {
			if !bytes.Equal(got.payloads[i], want[i]) {
				t.Errorf("pieces of %d: payload %d differs", size, i)
			}
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	tests := map[string]struct {
		stream []byte
		want   error
	}{
		"a reserved bit":             {[]byte{0xC2, 0x00}, errReserved},
		"a long ping":                {[]byte{0x89, 126, 0, 126}, errControl},
		"a length of 2^63 and above": {[]byte{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}, errLength},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := scan(tc.stream, 1); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

func FuzzScanner(f *testing.F) {
	f.Add(AppendClientFrame(nil, Text, []byte("hello")), 1)
	f.Add([]byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}, 3)
	f.Add([]byte{0x80}, 5)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, len(stream)))
		once, err1 := scan(stream, max(1, len(stream)))
		cut, err2 := scan(stream, size)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("at once %v, in pieces %v", err1, err2)
		}
		// A header that ended a piece opens no frame before its payload
		// comes, so the whole may know as many frames as the pieces.
		if !bytes.Equal(once.opcodes, cut.opcodes) {
			t.Fatalf("at once frames % x, in pieces % x", once.opcodes, cut.opcodes)
		}
	})
}

func TestCheckAnswer(t *testing.T) {
	const good = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n" +
		"sec-websocket-accept: " + handshakeAccept + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
	tests := map[string]struct {
		head, subprotocol, err string
	}{
		"a proper answer, names in any case": {head: good, subprotocol: "mqtt"},
		"nothing asked for":                  {head: good},
		"another subprotocol":                {head: good, subprotocol: "amqp", err: `chose subprotocol "mqtt", want "amqp"`},
		"a refusal":                          {head: "HTTP/1.1 503 Service Unavailable\r\n\r\n", err: "answered 503"},
		"a wrong accept value":               {head: strings.Replace(good, "s3p", "S3P", 1), err: "Sec-WebSocket-Accept"},
		"no accept value":                    {head: "HTTP/1.1 101 x\r\n\r\n", err: "Sec-WebSocket-Accept"},
		"not HTTP":                           {head: "SSH-2.0-x\r\n\r\n", err: "no HTTP/1.1 status line"},
		"a status that is no number":         {head: "HTTP/1.1 abc x\r\n\r\n", err: "no HTTP/1.1 status line"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := CheckAnswer([]byte(tc.head), tc.subprotocol)
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("error %v, want %q", err, tc.err)
			}
		})
	}
}

func TestClientAndServerAgree(t *testing.T) {
	for _, subprotocol := range []string{"", "mqtt"} {
		request := Request("127.0.0.1:80", "/echo", subprotocol)
		end, err := HeadEnd(request)
		if err != nil || end != len(request) {
			t.Fatalf("HeadEnd = %d, %v; want %d", end, err, len(request))
		}
		answer, err := Answer(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckAnswer(answer, subprotocol); err != nil {
			t.Errorf("subprotocol %q: %v", subprotocol, err)
		}
	}
	if _, err := Answer([]byte("POST / HTTP/1.1\r\n\r\n")); err == nil {
		t.Error("a POST was answered with 101")
	}
}

func TestHeadEndIsBounded(t *testing.T) {
	if end, err := HeadEnd([]byte("GET / HT")); end != -1 || err != nil {
		t.Errorf("half a header: %d, %v; want -1 and no error", end, err)
	}
	if _, err := HeadEnd(make([]byte, MaxHead)); err == nil {
		t.Error("a header without end: no error")
	}
}

func TestPatternTellsWhereBytesBelong(t *testing.T) {
	p := NewPattern()
	stream := p.Append(nil, 5, 3*PatternSize)
	tests := map[string]struct {
		change func([]byte)
		pos    uint64
		quick  bool
		whole  bool
	}{
		"as it was made":             {pos: 5, quick: true, whole: true},
		"one period later":           {pos: 5 + PatternSize, quick: true, whole: true},
		"one byte off":               {pos: 6},
		"a wrong first byte":         {change: func(b []byte) { b[0]++ }, pos: 5},
		"a wrong last byte":          {change: func(b []byte) { b[len(b)-1]++ }, pos: 5},
		"a wrong byte in the middle": {change: func(b []byte) { b[len(b)/2]++ }, pos: 5, quick: true},
		"a wrong byte one period in": {change: func(b []byte) { b[PatternSize]++ }, pos: 5, quick: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b := bytes.Clone(stream)
			if tc.change != nil {
				tc.change(b)
			}
			if p.Quick(b, tc.pos) != tc.quick || p.Whole(b, tc.pos) != tc.whole {
				t.Errorf("quick %v whole %v, want %v %v", p.Quick(b, tc.pos), p.Whole(b, tc.pos), tc.quick, tc.whole)
			}
		})
	}
}
