package driver

import (
	"bytes"
	"io"
	"testing"
)

// pulse is a watch that keeps whether a write waited.
type pulse struct{ waited, wentOn chan struct{} }

func (p pulse) waits()  { signal(p.waited) }
func (p pulse) goesOn() { signal(p.wentOn) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func TestAWriteThatWaitsSaysSo(t *testing.T) {
	near, far := tcpPair(t)
	on := pulse{make(chan struct{}, 1), make(chan struct{}, 1)}
	w := newWriter(near, on)
	sent := pattern(32 << 20) // more than any socket buffer takes
	written := make(chan error, 1)
	go func() { written <- w.write(sent) }()
	<-on.waited // nobody reads yet
	got, err := io.ReadAll(io.LimitReader(far, int64(len(sent))))
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	<-on.wentOn
}

func TestAWriteThatIsDoneAtOnceSaysNothing(t *testing.T) {
	near, _ := tcpPair(t)
	if err := newWriter(near, nil).write([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

func TestAWriteUnderTLSSaysOnlyThatItWaits(t *testing.T) {
	near, far := tlsPair(t)
	on := pulse{make(chan struct{}, 1), make(chan struct{}, 1)}
	var x side
	x.init(near, on)
	if err := x.out.write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-on.waited:
		t.Error("a write that was done at once was told of")
	default:
	}
	sent := pattern(32 << 20)
	written := make(chan error, 1)
	go func() { written <- x.out.write(sent) }()
	<-on.waited // nobody reads yet
	got, err := io.ReadAll(io.LimitReader(far, int64(1+len(sent))))
	if err != nil || !bytes.Equal(got[1:], sent) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	<-on.wentOn
}

func TestAWriteToAClosedConnectionFails(t *testing.T) {
	near, _ := tcpPair(t)
	w := newWriter(near, nil)
	near.CloseWrite()
	if err := w.write([]byte("x")); err == nil {
		t.Fatal("it was written")
	}
}
