//go:build linux

package loop

import (
	"encoding/binary"
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is the real system: an epoll instance, and an eventfd to wake it.
//
// What never waits is a raw system call, of which Go's scheduler is not told:
// telling it costs more than some of the calls do.
type kernel struct {
	epoll, bell int
	peer        peer
	// aio is nil where the kernel, or a seccomp profile, has none.
	aio *aio
}

// bellToken is no session's.
var bellToken = token{slot: -1}

var began = time.Now()

func newKernel() (*kernel, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	k := &kernel{epoll: epoll}
	k.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(epoll)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	if err := k.watch(k.bell, bellToken); err != nil {
		k.end()
		return nil, err
	}
	k.aio = newAIO()
	return k, nil
}

func (k *kernel) now() time.Duration { return time.Since(began) }

func (k *kernel) cpu() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // which is always there
	return time.Duration(t.Nano())
}

// attentive is how long a shard waits without telling the scheduler. While there
// is work, the next event comes sooner; and it is less than the 10 ms after which
// the scheduler would come to look.
//
// Where the scheduler is told of every wait, an echo costs a fifth more, with or
// without a thread of the shard's own: sysmon takes the place of who waits. Where
// the epoll instance waits in Go's poller, 8 to 12 % more.
const attentive = 4 * time.Millisecond

func (k *kernel) wait(events []unix.EpollEvent, d time.Duration) int {
	if n := k.poll(syscall.RawSyscall6, events, min(d, attentive)); n > 0 || d <= attentive {
		return n
	}
	return k.poll(syscall.Syscall6, events, d-attentive)
}

// poll waits for events. A signal, as the garbage collector sends, ends it early.
func (k *kernel) poll(call func(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno), events []unix.EpollEvent, d time.Duration) int {
	// Rounded up: to wake too early is to wait twice.
	milliseconds := max(d+time.Millisecond-1, 0) / time.Millisecond
	n, _, errno := call(unix.SYS_EPOLL_PWAIT, uintptr(k.epoll),
		uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(milliseconds), 0, 0)
	if errno != 0 {
		return 0 // EINTR: nothing else can be wrong
	}
	return int(n)
}

func (k *kernel) wake() {
	one := binary.NativeEndian.AppendUint64(nil, 1)
	unix.Write(k.bell, one) // every write is an event; nobody needs to read
}

func (k *kernel) watch(fd int, token token) error {
	return k.control(unix.EPOLL_CTL_ADD, fd, token, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP|unix.EPOLLET)
}

func (k *kernel) watchListener(fd int, token token) error {
	return k.control(unix.EPOLL_CTL_ADD, fd, token, unix.EPOLLIN|unix.EPOLLEXCLUSIVE)
}

func (k *kernel) forget(fd int) {
	_ = k.control(unix.EPOLL_CTL_DEL, fd, token{}, 0) // it fails where there is nothing to forget
}

func (k *kernel) control(operation, fd int, token token, events uint32) error {
	e := token.event()
	e.Events = events
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(k.epoll), uintptr(operation),
		uintptr(fd), uintptr(unsafe.Pointer(&e)), 0, 0)
	if errno != 0 {
		return fmt.Errorf("epoll_ctl: %w", errno)
	}
	return nil
}

func (k *kernel) recv(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd),
			uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
		if errno != unix.EINTR {
			return max(int(n), 0), errno
		}
	}
}

func (k *kernel) send(fd int, p []byte) (int, syscall.Errno) { return sendTo(fd, p, 0) }

func (k *kernel) sendMore(fd int, p []byte) (int, syscall.Errno) {
	return sendTo(fd, p, unix.MSG_MORE)
}

func sendTo(fd int, p []byte, flags uintptr) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd),
			uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL|flags, 0, 0)
		if errno != unix.EINTR {
			return max(int(n), 0), errno
		}
	}
}

func (k *kernel) shut(fd int) {
	unix.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0)
}

func (k *kernel) close(fd int) {
	unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
}

// wasReset: the kernel tells of a reset once, and all who come later that the
// stream has ended. TCP_INQ counts a FIN, and no reset.
func (k *kernel) wasReset(fd int) bool {
	if unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_INQ, 1) != nil {
		return false
	}
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), control, unix.MSG_DONTWAIT)
	if err != nil {
		return false
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	for _, m := range messages {
		if m.Header.Level == unix.IPPROTO_TCP && m.Header.Type == unix.TCP_CM_INQ &&
			binary.NativeEndian.Uint32(m.Data) == 0 && err == nil {
			return true
		}
	}
	return false
}

func (k *kernel) end() {
	if k.aio != nil {
		k.aio.end()
	}
	unix.Close(k.bell)
	unix.Close(k.epoll)
}
