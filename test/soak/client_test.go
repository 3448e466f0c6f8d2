package soak

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	. "switchyard.dev/test/gatewaytest"
)

// client is the client's end of one session.
type client struct {
	*plan
	run  *run
	conn *Client
	// gone is closed once the gateway's Close frame is there or the connection
	// is over: nothing is sent after that.
	gone chan struct{}
}

// session opens one session and sees it through. It returns an error where
// something is not as planned and nothing excuses it.
func (r *run) session(id uint64) error {
	c := &client{plan: planOf(r.seed, id), run: r, gone: make(chan struct{})}
	conn, status, err := r.gateway.TryOpen(c.via, streamPath)
	switch {
	case status == http.StatusSwitchingProtocols:
	case r.stopping():
		return nil
	default:
		return fmt.Errorf("session %d: the handshake: status %d, %w", id, status, err)
	}
	defer conn.TCP.Close()
	c.conn = conn
	written := make(chan error, 1)
	go func() { written <- c.write() }()
	err = c.read()
	close(c.gone)
	if sent := <-written; err == nil {
		err = sent
	}
	if err != nil {
		return fmt.Errorf("session %d (%+v): %w", id, c.ending, err)
	}
	return nil
}

// write sends what the plan says and ends as it says.
func (c *client) write() error {
	header := fmt.Appendf(nil, "%0*x", headerSize, c.id)
	if !c.send(Text(string(header))) {
		return nil
	}
	buf := make([]byte, largeWrite)
	for c.up.pos < c.up.total {
		if !c.sleep(c.up.pause()) || !c.sendMessage(c.up.next(buf)) {
			return nil
		}
	}
	switch c.ending {
	case clientVanishes:
		c.conn.Vanish()
	case clientCloses:
		c.send(Close(1000, ""))
	}
	return nil
}

// sendMessage sends p as one message in one to maxFragments fragments.
func (c *client) sendMessage(p []byte) bool {
	op := OpBinary
	if c.up.ascii {
		op = OpText
	}
	n := 1 + c.up.pace.IntN(maxFragments)
	frames := make([]Frame, n)
	for i := range frames {
		frames[i] = Binary(p[i*len(p)/n : (i+1)*len(p)/n])
		frames[i].Op, frames[i].Fin = OpContinuation, i == n-1
		binary.NativeEndian.PutUint32(frames[i].Key[:], c.up.pace.Uint32())
	}
	frames[0].Op = op
	return c.send(frames...)
}

// send reports whether there is a point in going on. Why there is none, read
// finds out.
func (c *client) send(frames ...Frame) bool {
	_, err := c.conn.Write(Encode(frames...))
	return err == nil
}

func (c *client) sleep(d time.Duration) bool {
	select {
	case <-c.gone:
		return false
	case <-time.After(d):
		return true
	}
}

// read takes what the service sends up to the Close frame, and judges the end.
func (c *client) read() error {
	for {
		f, err := c.conn.TryNext()
		switch {
		case err != nil:
			return c.judgeCut(err)
		case f.Op == OpClose:
			return c.judgeClose(f)
		case f.Op == OpPing:
			c.send(Pong(f.Payload))
		case f.Op == OpBinary || f.Op == OpContinuation:
			if err := c.down.check(f.Payload); err != nil {
				return fmt.Errorf("from the service: %w", err)
			}
		default:
			return fmt.Errorf("unexpected %v", f)
		}
	}
}

// judgeCut: a connection may end without a Close frame only if the client cut
// it itself.
func (c *client) judgeCut(err error) error {
	if c.ending == clientVanishes {
		return nil
	}
	return fmt.Errorf("after %d of %d bytes from the service: %w", c.down.pos, c.down.total, err)
}

func (c *client) judgeClose(f Frame) error {
	defer func() { c.run.count(f) }()
	code, reason := binary.BigEndian.Uint16(f.Payload), string(f.Payload[2:])
	complete := c.down.pos == c.down.total || c.run.killed(c.id)
	switch {
	case c.ending == clientCloses && code == 1000 && reason == "" && complete:
		return c.wantEnd()
	case c.ending == serviceCloses && code == 1000 && reason == "backend_eof" && complete:
	case code == 1014 && reason == "backend_reset" && (c.ending == serviceResets || c.run.killed(c.id)):
	case code == 1001 && reason == "drain" && c.run.stopping():
	default:
		return fmt.Errorf("%v after %d of %d bytes from the service", f, c.down.pos, c.down.total)
	}
	if c.ending == clientCloses {
		return nil // its own Close is on its way
	}
	c.send(Close(code, ""))
	return c.wantEnd()
}

// wantEnd: behind the Close frames comes the end and nothing else. It may be a
// reset where something of the client's was still on its way.
func (c *client) wantEnd() error {
	var f Frame
	f, err := c.conn.TryNext()
	if err == nil {
		return fmt.Errorf("%v after the Close frame", f)
	}
	if c.ending == clientCloses && !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the Close frame: %w", err)
	}
	return nil
}
