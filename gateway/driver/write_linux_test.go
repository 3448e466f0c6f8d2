package driver

import (
	"bytes"
	"io"
	"testing"
)

// A write that waits, but moves, is no stalled one: the engine must be told.
func TestAWriteThatMovesSaysSo(t *testing.T) {
	near, far := tcpPair(t)
	moved := make(chan struct{}, 1)
	w, err := newWriter(near, func() {
		select {
		case moved <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := pattern(32 << 20) // more than any socket buffer takes
	written := make(chan error, 1)
	go func() {
		_, err := w.Write(sent)
		written <- err
	}()
	<-moved // nobody reads yet: a part was taken, the rest waits
	got, err := io.ReadAll(io.LimitReader(far, int64(len(sent))))
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
}

func TestAWriteToAClosedConnectionFails(t *testing.T) {
	near, _ := tcpPair(t)
	w, err := newWriter(near, func() {})
	if err != nil {
		t.Fatal(err)
	}
	near.CloseWrite()
	if n, err := w.Write([]byte("x")); err == nil {
		t.Fatalf("wrote %d bytes", n)
	}
}
