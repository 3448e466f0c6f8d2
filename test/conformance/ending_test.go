package conformance

import (
	"io"
	"testing"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// How a session ends, in both directions: the closing table.
func TestEndings(t *testing.T) { endings(t, setUp(t)) }

func TestEndingsOverTLSWithTheService(t *testing.T) { endings(t, setUpSecured(t)) }

func endings(t *testing.T, r *rig) {
	records := 0
	cause := func(t *testing.T, word string) {
		t.Helper()
		records = r.Access.WantCause(t, records, word)
	}
	over(t, func(t *testing.T, via Transport) {
		t.Run("client closes: the service reads to the end and has the last word", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Binary([]byte("question")), Close(1000, "bye"))
			s.Want([]byte("question"))
			s.WantEOF()
			s.Send([]byte("last "))
			c.WantData(OpBinary, []byte("last "))
			s.Send([]byte("words"))
			_ = s.Close()
			c.WantData(OpBinary, []byte("words"))
			c.WantClose(1000, "")
			c.WantEnd()
			cause(t, "client_close")
		})
		t.Run("service closes: 1000 behind its last bytes", func(t *testing.T) {
			c, s := r.pair(t, via)
			s.Send([]byte("farewell"))
			_ = s.Close()
			c.WantData(OpBinary, []byte("farewell"))
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
			cause(t, "backend_eof")
		})
		t.Run("service half-closes: 1000, and the end for it too", func(t *testing.T) {
			c, s := r.pair(t, via)
			s.Finish()
			c.WantClose(1000, "backend_eof")
			c.Send(Close(1000, ""))
			c.WantEnd()
			s.WantCut()
			cause(t, "backend_eof")
		})
		t.Run("service resets: 1014", func(t *testing.T) {
			c, s := r.pair(t, via)
			s.Reset()
			c.WantClose(1014, "backend_reset")
			c.Send(Close(1014, ""))
			c.WantEnd()
			cause(t, "backend_reset")
		})
		t.Run("client ends TCP without a word: the service reads all and the end", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Binary([]byte("all of it")))
			_ = c.Conn.Close()
			s.Want([]byte("all of it"))
			s.WantCut()
			_ = s.Close()
			cause(t, "client_gone")
		})
		t.Run("client resets TCP: the service sees an end", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Vanish()
			s.WantCut()
			_ = s.Close()
			cause(t, "client_gone")
		})
		t.Run("client goes in the middle of a frame: the service sees an end", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Binary([]byte("half")).Claiming(8))
			_ = c.Conn.Close()
			s.WantCut()
			_ = s.Close()
			cause(t, "client_gone")
		})
		t.Run("bad frame: 1002, the service sees an end", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Text("x").Unmasked())
			wantFailed(t, c, 1002, "protocol_error")
			s.WantCut()
			cause(t, "protocol_error")
		})
		t.Run("bad text: 1007, the service sees an end", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Text("\xff"))
			wantFailed(t, c, 1007, "invalid_utf8")
			s.WantCut()
			cause(t, "invalid_utf8")
		})
	})
}

// Nobody answers for ever: both halves of the close handshake are bounded.
func TestEndingsAreBounded(t *testing.T) {
	r := setUpWith(t, Options{}, &config.Policy{CloseTimeout: after(brief)})
	over(t, func(t *testing.T, via Transport) {
		t.Run("a service that does not finish is cut after the grace time", func(t *testing.T) {
			c, s := r.pair(t, via)
			c.Send(Close(1000, ""))
			s.WantEOF()
			c.WantClose(1000, "")
			c.WantEnd()
		})
		t.Run("a client that does not answer the close is cut", func(t *testing.T) {
			c, s := r.pair(t, via)
			_ = s.Close()
			c.WantClose(1000, "backend_eof")
			c.WantCut()
		})
	})
	Eventually(t, "no session is left", func() bool { return r.Sessions().Len() == 0 })
}

// rightBehind is how often an end right behind data is tried: a poller that
// waits after a short read loses one in two or three.
const rightBehind = 60

func size(i int) int { return []int{1, 100, 4096, 16384, 40000, 100000}[i%6] }

func TestEndRightBehindData(t *testing.T) { endRightBehindData(t, setUp(t), rightBehind) }

func TestEndRightBehindDataOverTLSWithTheService(t *testing.T) {
	endRightBehindData(t, setUpSecured(t), rightBehind/2)
}

func endRightBehindData(t *testing.T, r *rig, rounds int) {
	over(t, func(t *testing.T, via Transport) {
		t.Run("service writes and closes", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				p := pattern(size(i))
				go func() {
					_, _ = s.Write(p)
					_ = s.Close()
				}()
				c.WantData(OpBinary, p)
				c.WantClose(1000, "backend_eof")
				c.Send(Close(1000, ""))
				c.WantEnd()
			}
		})
		t.Run("client writes and sends Close", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				p := pattern(size(i))
				go func() { _, _ = c.Write(Encode(Binary(p), Close(1000, ""))) }()
				s.Want(p)
				s.WantEOF()
				_ = s.Close()
				c.WantClose(1000, "")
				c.WantEnd()
			}
		})
		t.Run("client writes, sends Close and ends TCP", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				p := pattern(size(i))
				go func() {
					_, _ = c.Write(Encode(Binary(p), Close(1000, "")))
					_ = c.Conn.(interface{ CloseWrite() error }).CloseWrite()
				}()
				s.Want(p)
				s.WantEOF()
				s.Send([]byte("still heard"))
				_ = s.Close()
				c.WantData(OpBinary, []byte("still heard"))
				c.WantClose(1000, "")
				c.WantEnd()
			}
		})
		t.Run("client writes and ends TCP without a word", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				p := pattern(size(i))
				go func() {
					_, _ = c.Write(Encode(Binary(p)))
					_ = c.Conn.Close()
				}()
				s.Want(p)
				s.WantCut()
			}
		})
		t.Run("service writes and resets", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				_, _ = s.Write(pattern(size(i)))
				s.Reset()
				// The kernel may throw away what was not read before the reset.
				f := c.Next()
				for ; f.Op == OpBinary; f = c.Next() {
				}
				if !f.Equal(Close(1014, "backend_reset")) {
					t.Fatalf("read %v, want the close of a reset service", f)
				}
				_ = c.TCP.Close()
			}
		})
		t.Run("client writes and resets", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				_, _ = c.Write(Encode(Binary(pattern(size(i)))))
				c.Vanish()
				s.WantCut()
				_ = s.Close()
			}
		})
		t.Run("both at once", func(t *testing.T) {
			for i := range rounds {
				c, s := r.pair(t, via)
				p := pattern(size(i))
				go func() { _, _ = c.Write(Encode(Binary(p), Close(1000, ""))) }()
				served := make(chan error, 1)
				go func() {
					_, err := s.Write(p)
					if err == nil {
						_, err = io.Copy(io.Discard, s)
					}
					_ = s.Close()
					served <- err
				}()
				c.WantData(OpBinary, p)
				c.WantClose(1000, "")
				c.WantEnd()
				if err := <-served; err != nil {
					t.Fatal(err)
				}
			}
		})
	})
	Eventually(t, "no session is left", func() bool { return r.Sessions().Len() == 0 })
}
