package gatewaytest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Client is one connection to a gateway, driven byte by byte. Every method
// fails the test where it does not see what it must; methods that read may run
// beside methods that write.
type Client struct {
	net.Conn
	// TCP is the connection below TLS, or Conn itself.
	TCP *net.TCPConn

	tb testing.TB
	// raw is what Conn sends, frames are its frames.
	raw    *bufio.Reader
	frames *Reader
}

// Connect opens a connection and says nothing yet. It is closed at the end of
// the test at the latest.
func (g *Gateway) Connect(tb testing.TB, via Transport) *Client {
	tb.Helper()
	c, err := g.connect(via)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.TCP.Close() })
	c.tb = tb
	return c
}

func (g *Gateway) connect(via Transport) (*Client, error) {
	if via == Secure {
		return Dial(g.tb, g.addrs[via], g.ClientTLS())
	}
	return Dial(g.tb, g.addrs[via], nil)
}

// Dial is Connect for a gateway at an address, and over TLS unless secure is
// nil. The caller closes the client.
func Dial(tb testing.TB, address string, secure *tls.Config) (*Client, error) {
	conn, err := (&net.Dialer{Timeout: Patience}).Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &Client{Conn: conn, TCP: conn.(*net.TCPConn), tb: tb}
	c.patience()
	if secure != nil {
		over := tls.Client(conn, secure)
		if err := over.Handshake(); err != nil {
			_ = conn.Close()
			return nil, err
		}
		c.Conn = over
	}
	c.raw = bufio.NewReader(c.Conn)
	c.frames = NewReader(c.raw)
	return c, nil
}

// TryOpen is Open for goroutines other than the test's own, where only Try
// methods and those of net.Conn may be called. The caller closes the client. A
// refusal is a nil Client and its HTTP status.
func (g *Gateway) TryOpen(via Transport, path string, subprotocols ...string) (c *Client, status int, err error) {
	c, err = g.connect(via)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if status != http.StatusSwitchingProtocols {
			_ = c.TCP.Close()
			c = nil
		}
	}()
	if _, err := c.Write([]byte(Upgrade(path, subprotocols...).String())); err != nil {
		return c, 0, err
	}
	answer, err := http.ReadResponse(c.raw, nil)
	if err != nil {
		return c, 0, err
	}
	return c, answer.StatusCode, nil
}

// Open connects and shakes hands; the gateway must choose the first
// subprotocol, or none where none is offered.
func (g *Gateway) Open(tb testing.TB, via Transport, path string, subprotocols ...string) *Client {
	tb.Helper()
	c := g.Connect(tb, via)
	chosen := ""
	if len(subprotocols) > 0 {
		chosen = subprotocols[0]
	}
	c.Raw([]byte(Upgrade(path, subprotocols...).String()))
	c.WantUpgrade(chosen)
	return c
}

// WantUpgrade reads a 101 that is right to the letter and names subprotocol.
func (c *Client) WantUpgrade(subprotocol string) *Answer {
	c.tb.Helper()
	a := c.Answer(http.MethodGet)
	if a.StatusCode != http.StatusSwitchingProtocols {
		c.tb.Fatalf("the handshake was refused: %s: %s", a.Status, a.Text)
	}
	for name, want := range map[string]string{
		"Upgrade":                "websocket",
		"Connection":             "Upgrade",
		"Sec-Websocket-Accept":   Accept(Key),
		"Sec-Websocket-Protocol": subprotocol,
	} {
		got := a.Header[name]
		if want == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0] != want {
			c.tb.Errorf("the 101 has %s %q, want %q", name, got, want)
		}
	}
	if extensions, sent := a.Header["Sec-Websocket-Extensions"]; sent {
		c.tb.Errorf("the 101 accepts extensions %q that this client cannot speak", extensions)
	}
	return a
}

// Ask sends a handshake and returns the answer.
func (c *Client) Ask(r *Request) *Answer {
	c.tb.Helper()
	c.Raw([]byte(r.String()))
	return c.Answer(r.Method)
}

// Answer reads the answer to a request with this method.
func (c *Client) Answer(method string) *Answer {
	c.tb.Helper()
	c.patience()
	return readAnswer(c.tb, c.raw, method)
}

// Raw writes b as it is, in one write.
func (c *Client) Raw(b []byte) {
	c.tb.Helper()
	c.patience()
	if _, err := c.Write(b); err != nil {
		c.tb.Fatalf("writing %d bytes: %v", len(b), err)
	}
}

// Send writes frames, all in one write.
func (c *Client) Send(frames ...Frame) {
	c.tb.Helper()
	c.Raw(Encode(frames...))
}

// Encode is the frames' wire form, back to back.
func Encode(frames ...Frame) []byte {
	size := 0
	for _, f := range frames {
		size += maxHeader + len(f.Payload)
	}
	b := make([]byte, 0, size)
	for _, f := range frames {
		b = f.Append(b)
	}
	return b
}

// Next reads one frame.
func (c *Client) Next() Frame {
	c.tb.Helper()
	c.patience()
	f, err := c.frames.Next()
	if err != nil {
		c.tb.Fatalf("reading a frame: %v", err)
	}
	return f
}

// TryNext is Next for goroutines other than the test's own.
func (c *Client) TryNext() (Frame, error) {
	c.patience()
	return c.frames.Next()
}

// Want reads one frame, which must say the same as want.
func (c *Client) Want(want Frame) {
	c.tb.Helper()
	if got := c.Next(); !got.Equal(want) {
		c.tb.Fatalf("read %v, want %v", got, want)
	}
}

// WantClose reads a Close frame with this code and reason. Code 0 is an empty
// payload.
func (c *Client) WantClose(code uint16, reason string) {
	c.tb.Helper()
	if code == 0 {
		c.Want(CloseRaw(nil))
		return
	}
	c.Want(Close(code, reason))
}

// WantData reads data frames until their payloads make up want. They must be
// of messages with this opcode; where messages end does not matter.
func (c *Client) WantData(op byte, want []byte) {
	c.tb.Helper()
	for read := 0; read < len(want); {
		f := c.Next()
		if f.Op != op && f.Op != OpContinuation {
			c.tb.Fatalf("read %v after %d of %d bytes of data", f, read, len(want))
		}
		rest := want[read:]
		if len(f.Payload) > len(rest) || !bytes.Equal(f.Payload, rest[:len(f.Payload)]) {
			c.tb.Fatalf("after %d bytes read %v, want the start of %v", read, f, Binary(rest))
		}
		read += len(f.Payload)
	}
}

// WantMessage reads one whole message, in however many fragments.
func (c *Client) WantMessage(op byte, want []byte) {
	c.tb.Helper()
	first := c.Next()
	got := first
	for last := first; !last.Fin; {
		last = c.Next()
		got.Payload = append(got.Payload, last.Payload...)
	}
	got.Fin = true
	if wanted := frame(op, want); !got.Equal(wanted) {
		c.tb.Fatalf("read message %v, want %v", got, wanted)
	}
}

// WantEnd reads the orderly end of the connection: with TLS that is a
// close_notify, and a reset is not orderly.
func (c *Client) WantEnd() {
	c.tb.Helper()
	c.patience()
	rest, err := io.ReadAll(c.raw)
	if err != nil || len(rest) > 0 {
		c.tb.Fatalf("want the end of the connection, read %q and %v", rest[:min(len(rest), maxPrinted)], err)
	}
}

// WantCut waits until the connection is over, orderly or not, whatever comes
// before that.
func (c *Client) WantCut() {
	c.tb.Helper()
	c.patience()
	_, err := io.Copy(io.Discard, c.raw)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.tb.Fatalf("the connection is still open after %v", Patience)
	}
}

// Bye closes the WebSocket properly: Close, its echo, the end.
func (c *Client) Bye() {
	c.tb.Helper()
	c.Send(Close(1000, ""))
	c.WantClose(1000, "")
	c.WantEnd()
}

// Finish ends what the client sends, with TLS by a close_notify; it may still
// read.
func (c *Client) Finish() {
	c.tb.Helper()
	if err := c.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		c.tb.Fatal(err)
	}
}

// Vanish ends the TCP connection with a reset and no word.
func (c *Client) Vanish() {
	_ = c.TCP.SetLinger(0)
	_ = c.TCP.Close()
}

func (c *Client) patience() { _ = c.TCP.SetDeadline(time.Now().Add(Patience)) }
