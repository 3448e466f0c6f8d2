package driver

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"
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

// crypto/tls bounds a close_notify by five seconds of its own.
func TestOnlyTheSessionBoundsWhatIsWrittenUnderTLS(t *testing.T) {
	near, far := tlsPair(t)
	var x side
	x.init(near, nil)
	near.SetWriteDeadline(time.Unix(2, 0))
	if err := x.out.write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := far.Read(make([]byte, 2)); n != 1 {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

// crypto/tls would send a close_notify all the same.
func TestNothingIsWrittenBehindAPieceOfARecord(t *testing.T) {
	near, _ := tlsPair(t)
	on := pulse{make(chan struct{}, 1), make(chan struct{}, 1)}
	var x side
	x.init(near, on)
	written := make(chan error, 1)
	go func() { written <- x.out.write(pattern(32 << 20)) }()
	<-on.waited // nobody reads
	near.SetDeadline(past)
	if err := <-written; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a write that was cut: %v", err)
	}
	near.SetDeadline(time.Time{})
	if err := near.CloseWrite(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a close_notify: %v", err)
	}
}

func TestAWriteToAClosedConnectionFails(t *testing.T) {
	near, _ := tcpPair(t)
	w := newWriter(near, nil)
	near.CloseWrite()
	if err := w.write([]byte("x")); err == nil {
		t.Fatal("it was written")
	}
}
