//go:build !portable && !race

package gateway_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway"
	"switchyard.dev/test/gatewaytest"
)

// What all of the gateway gives the garbage collector to do. Clients and services
// are bare system calls, which allocate nothing; the race detector would.

func TestMessagesAreNoGarbage(t *testing.T) {
	const messages = 1000
	f := newFrugal(t)
	session := f.open()
	message := gatewaytest.Encode(gatewaytest.Binary(bytes.Repeat([]byte{'m'}, 64)))
	echo := func() {
		f.write(session, message)
		f.read(session, 2+64)
	}
	allocations, garbage := f.each(messages, echo)
	f.close(session)
	t.Logf("a message there and back: %.3f allocations, %.1f bytes", allocations, garbage)
	if allocations > 0.05 { // what else there is to do meanwhile
		t.Errorf("a message there and back takes %.3f allocations of %.1f bytes", allocations, garbage)
	}
}

func TestGarbageOfAHandshakeAndAClose(t *testing.T) {
	const handshakes, mostAllocations, mostBytes = 400, 25, 2600
	f := newFrugal(t)
	allocations, garbage := f.each(handshakes, func() { f.close(f.open()) })
	t.Logf("a handshake and its close: %.1f allocations, %.0f bytes", allocations, garbage)
	if allocations > mostAllocations {
		t.Errorf("a handshake and its close take %.1f allocations, more than %d", allocations, mostAllocations)
	}
	if garbage > mostBytes {
		t.Errorf("a handshake and its close allocate %.0f bytes, more than %d", garbage, mostBytes)
	}
}

// frugal is a gateway whose clients and whose service do not allocate.
type frugal struct {
	t       *testing.T
	address syscall.SockaddrInet4
	request []byte
	bye     []byte
	// answer is how long the answer is, once one is known.
	answer int
	room   [4096]byte
	// patience bounds what a client waits for.
	patience syscall.Timeval
}

func newFrugal(t *testing.T) *frugal {
	yard := gatewaytest.New(t)
	f := &frugal{t: t, patience: syscall.NsecToTimeval(int64(gatewaytest.Patience)), request: []byte(gatewaytest.Upgrade("/echo").String()), bye: gatewaytest.Encode(gatewaytest.Close(1000, ""))}
	route := gatewaytest.Route{Path: "/echo", Backends: []string{f.serve()}}
	// This one only finds ports: it would keep its log.
	plan := yard.Gateway(gatewaytest.Options{Unconfigured: true})
	g, err := gateway.New(gateway.Options{Log: logr.Discard(), AccessLog: io.Discard, Admin: gateway.NoAdmin})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Apply(plan.Snapshot(route)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	at := netip.MustParseAddrPort(plan.Addr(gatewaytest.Plain))
	f.address = syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	return f
}

// serve is a service that sends back what it reads, to one client after another.
func (f *frugal) serve() (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	own, err := l.(*net.TCPListener).File() // which waits, as Go's own does not
	if err != nil {
		f.t.Fatal(err)
	}
	listener := int(own.Fd())
	var running sync.WaitGroup
	running.Go(func() {
		var room [4096]byte
		for {
			fd, _, errno := syscall.Syscall6(syscall.SYS_ACCEPT4, uintptr(listener), 0, 0, syscall.SOCK_CLOEXEC, 0, 0)
			if errno == syscall.EINTR {
				continue
			}
			if errno != 0 {
				return
			}
			for n, _ := syscall.Read(int(fd), room[:]); n > 0; n, _ = syscall.Read(int(fd), room[:]) {
				_, _ = syscall.Write(int(fd), room[:n])
			}
			syscall.Close(int(fd))
		}
	})
	f.t.Cleanup(func() {
		_ = syscall.Shutdown(listener, syscall.SHUT_RDWR)
		running.Wait()
		own.Close()
		l.Close()
	})
	return l.Addr().String()
}

// open is a client's socket after the handshake.
func (f *frugal) open() (fd int) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		f.t.Fatal(err)
	}
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &f.patience)
	if err := syscall.Connect(fd, &f.address); err != nil {
		f.t.Fatal(err)
	}
	f.write(fd, f.request)
	if f.answer > 0 {
		f.read(fd, f.answer)
		return fd
	}
	for !bytes.HasSuffix(f.room[:f.answer], []byte("\r\n\r\n")) {
		f.answer += f.some(fd, f.room[f.answer:])
	}
	if !bytes.HasPrefix(f.room[:], []byte("HTTP/1.1 101 ")) {
		f.t.Fatalf("the answer is %q", f.room[:f.answer])
	}
	return fd
}

// close ends the session as it should.
func (f *frugal) close(fd int) {
	f.write(fd, f.bye)
	f.read(fd, 4) // a Close frame with a code
	if n := f.some(fd, f.room[:]); n > 0 {
		f.t.Fatalf("%q follows the Close frame", f.room[:n])
	}
	syscall.Close(fd)
}

func (f *frugal) write(fd int, p []byte) {
	if n, err := syscall.Write(fd, p); n < len(p) {
		f.t.Fatalf("%d bytes are written: %v", n, err)
	}
}

func (f *frugal) read(fd, n int) {
	for n > 0 {
		some := f.some(fd, f.room[:n])
		if some == 0 {
			f.t.Fatalf("the end comes %d bytes too soon", n)
		}
		n -= some
	}
}

func (f *frugal) some(fd int, p []byte) int {
	for {
		n, err := syscall.Read(fd, p)
		if err == nil {
			return n
		}
		if err != syscall.EINTR {
			f.t.Fatal(err)
		}
	}
}

// each is what one of n times do allocates, after some to get warm.
func (f *frugal) each(n int, do func()) (allocations, garbage float64) {
	for range n / 10 {
		do()
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		do()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n), float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
}
