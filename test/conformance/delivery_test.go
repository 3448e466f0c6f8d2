package conformance

import (
	"bytes"
	"slices"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

// conversation is one of everything, what the service must read of it, and
// what the client must.
func conversation() (frames []Frame, data []byte, pongs [][]byte) {
	long := pattern(300)
	frames = []Frame{
		Text("grü"), Text("Gleis\xc3").Part(), Ping([]byte("one")), Continuation([]byte("\xb6 ")).Part(), Pong(nil),
		Continuation(nil), Binary(nil), Binary(long[:126]), Ping(nil), Binary(long[126:]).WithKey([4]byte{}), Close(4321, "done"),
	}
	return frames, append([]byte("grüGleisö "), long...), [][]byte{[]byte("one"), {}}
}

// TestAnySplitting: how the bytes are cut into packets changes nothing.
func TestAnySplitting(t *testing.T) { anySplitting(t, setUp(t)) }

func TestAnySplittingOverTLSWithTheService(t *testing.T) { anySplitting(t, setUpSecured(t)) }

func anySplitting(t *testing.T, r *rig) {
	frames, data, pongs := conversation()
	wire := Encode(frames...)
	over(t, func(t *testing.T, via Transport) {
		for name, size := range map[string]int{
			"back to back in one packet": len(wire), "byte by byte": 1, "two bytes at a time": 2,
			"three bytes at a time": 3, "seven bytes at a time": 7, "a hundred bytes at a time": 100,
		} {
			t.Run(name, func(t *testing.T) {
				c := r.Connect(t, via)
				writeInPieces(c, []byte(Upgrade(echoPath, "echo").String()), size)
				c.WantUpgrade("echo")
				writeInPieces(c, wire, size)
				wantConversation(t, c, data, pongs)
			})
		}
	})
}

func writeInPieces(c *Client, b []byte, size int) {
	for len(b) > 0 {
		n := min(size, len(b))
		c.Raw(b[:n])
		b = b[n:]
	}
}

// wantConversation reads echoes and pongs, which may overtake each other, to
// the end.
func wantConversation(t *testing.T, c *Client, data []byte, pongs [][]byte) {
	t.Helper()
	var echoed []byte
	for {
		switch f := c.Next(); f.Op {
		case OpPong:
			// "MAY elect to send a Pong frame for only the most recently processed
			// Ping frame" (5.5.3), but never two for one, nor an older one.
			at := slices.IndexFunc(pongs, func(p []byte) bool { return bytes.Equal(f.Payload, p) })
			if at < 0 {
				t.Fatalf("read %v, want pongs %q", f, pongs)
			}
			pongs = pongs[at+1:]
		case OpClose:
			if !f.Equal(Close(4321, "")) || len(pongs) > 0 || !bytes.Equal(echoed, data) {
				t.Fatalf("read %v after %q, want %q; pongs to come: %q", f, echoed, data, pongs)
			}
			c.WantEnd()
			return
		default:
			echoed = append(echoed, f.Payload...)
		}
	}
}

func TestLargeMessages(t *testing.T) { largeMessages(t, setUp(t)) }

func TestLargeMessagesOverTLSWithTheService(t *testing.T) { largeMessages(t, setUpSecured(t)) }

func largeMessages(t *testing.T, r *rig) {
	const (
		size      = 16 << 20
		fragments = 10_000
	)
	p := pattern(size)
	over(t, func(t *testing.T, via Transport) {
		for name, frames := range map[string][]Frame{
			"5.2 16 MiB in one frame":         {Binary(p)},
			"5.4 16 MiB in 10,000 fragments":  cutUp(p, fragments),
			"5.2 16 MiB in 10,000 messages":   messages(p, fragments),
			"5.4 a message of 10,000 nothing": append(cutUp(nil, fragments), Binary(p[:1])),
		} {
			t.Run(name, func(t *testing.T) {
				c := r.Open(t, via, echoPath)
				wire, data := Encode(frames...), slices.Concat(payloads(frames)...)
				sent := make(chan error, 1)
				go func() {
					_, err := c.Write(wire)
					sent <- err
				}()
				c.WantData(OpBinary, data)
				if err := <-sent; err != nil {
					t.Fatal(err)
				}
				c.Bye()
			})
		}
	})
}

// cutUp is p as one message of n fragments.
func cutUp(p []byte, n int) []Frame {
	frames := messages(p, n)
	for i := range frames {
		if i > 0 {
			frames[i].Op = OpContinuation
		}
		frames[i].Fin = i == len(frames)-1
	}
	return frames
}

// messages is p as n messages.
func messages(p []byte, n int) []Frame {
	frames := make([]Frame, n)
	for i := range frames {
		frames[i] = Binary(p[i*len(p)/n : (i+1)*len(p)/n])
	}
	return frames
}

func payloads(frames []Frame) [][]byte {
	all := make([][]byte, len(frames))
	for i, f := range frames {
		all[i] = f.Payload
	}
	return all
}
