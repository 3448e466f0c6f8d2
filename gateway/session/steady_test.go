package session

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"

	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/framing"
)

// steady gives the same bytes to a session over and over.
type steady struct {
	s     *Session
	input []byte
	buf   []byte
}

func newSteady(input []byte, changes ...func(*Config)) *steady {
	cfg := testConfig
	for _, change := range changes {
		change(&cfg)
	}
	return &steady{s: begun(&cfg, 1), input: input, buf: make([]byte, Headroom+len(input))}
}

func (st *steady) fromClient() {
	copy(st.buf[Headroom:], st.input)
	for r := Headroom; r < len(st.buf); {
		_, r, _ = st.s.FromClient(1, st.buf, r)
	}
	if st.s.ctl.due() {
		var room [MaxControl]byte
		st.s.TakeControl(room[:0])
		st.s.ControlWritten(1)
	}
}

func (st *steady) fromService() {
	copy(st.buf[Headroom:], st.input)
	for r := Headroom; r < len(st.buf); {
		_, r, _ = st.s.FromService(1, st.buf, r)
	}
}

func TestMessagesAllocateNothing(t *testing.T) {
	frames := bytes.Join([][]byte{bin("one"), txt("añb"), more(frame.Text, "a"), ping("ping"), last("b"), pong("x")}, nil)
	single := bytes.Join([][]byte{bin("one"), txt("añb"), ping("ping")}, nil)
	cut := newSteady(frames)
	for name, tc := range map[string]func(){
		"from the client, Stream":         newSteady(frames).fromClient,
		"from the client, Lines":          newSteady(frames, kind(framing.Lines)).fromClient,
		"from the client, LengthPrefixed": newSteady(single, kind(framing.LengthPrefixed)).fromClient,
		"from the client, byte by byte": func() {
			for i, b := range frames {
				cut.buf[Headroom] = b
				cut.s.FromClient(1, cut.buf[:Headroom+1], Headroom)
				if i == len(frames)-1 {
					cut.s.TakeControl(cut.buf[:0])
				}
			}
		},
		"from the service, Stream":         newSteady([]byte("bytes")).fromService,
		"from the service, Stream as text": newSteady([]byte("añb\xc3"), asText).textOverBuffers,
		"from the service, Lines":          newSteady([]byte("one\n\ntwo\n"), kind(framing.Lines), asText).fromService,
		"from the service, Typed":          newSteady([]byte("\x01\x00\x00\x00\x02ab\x02\x00\x00\x00\x00"), kind(framing.Typed)).fromService,
	} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, tc); n > 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// textOverBuffers ends what the end of its input begins.
func (st *steady) textOverBuffers() {
	st.fromService()
	st.buf[Headroom] = 0xb1
	st.s.FromService(1, st.buf[:Headroom+1], Headroom)
}

// An idle session is this and two connections.
func TestSessionIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Session{}); n > 320 {
		t.Errorf("a Session has %d bytes, more than 320", n)
	}
}

func BenchmarkSession(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"64B", 64}, {"16KiB", 16 << 10}} {
		payload := strings.Repeat("x", size.n)
		for name, play := range map[string]func(){
			"client/Stream":  newSteady(bin(payload)).fromClient,
			"client/Text":    newSteady(txt(payload)).fromClient,
			"client/Lines":   newSteady(txt(payload), kind(framing.Lines)).fromClient,
			"service/Stream": newSteady([]byte(payload)).fromService,
			"service/Text":   newSteady([]byte(payload), asText).fromService,
			"service/Lines":  newSteady([]byte(payload[1:]+"\n"), kind(framing.Lines)).fromService,
		} {
			b.Run(name+"/"+size.name, func(b *testing.B) {
				b.SetBytes(int64(size.n))
				b.ReportAllocs()
				for b.Loop() {
					play()
				}
			})
		}
	}
}
