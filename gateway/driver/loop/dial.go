//go:build linux

package loop

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Connections with services have Go's own settings for keepalive, in seconds:
// it finds services whose node has gone while the session is idle.
const (
	keepAliveIdle     = 15
	keepAliveInterval = 15
)

// peer is room for an address of the kernel's, where it does not move.
type peer struct {
	address unix.RawSockaddrInet6
	size    uint32
}

// addrPort is the address that the kernel gave. IPv4 is never mapped to IPv6.
func (p *peer) addrPort() netip.AddrPort {
	if p.address.Family == unix.AF_INET {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&p.address))
		return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), port(&v4.Port))
	}
	addr := netip.AddrFrom16(p.address.Addr).Unmap()
	if p.address.Scope_id != 0 {
		addr = addr.WithZone(strconv.Itoa(int(p.address.Scope_id)))
	}
	return netip.AddrPortFrom(addr, port(&p.address.Port))
}

// set is the other way round, for an address without a zone.
func (p *peer) set(to netip.AddrPort) (family int) {
	if addr := to.Addr().Unmap(); addr.Is4() {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&p.address))
		*v4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: addr.As4()}
		setPort(&v4.Port, to.Port())
		p.size = unix.SizeofSockaddrInet4
		return unix.AF_INET
	}
	p.address = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: to.Addr().As16()}
	setPort(&p.address.Port, to.Port())
	p.size = unix.SizeofSockaddrInet6
	return unix.AF_INET6
}

// Ports are in the network's order wherever they are.
func port(at *uint16) uint16 {
	return binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(at))[:])
}

func setPort(at *uint16, port uint16) {
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(at))[:], port)
}

func (k *kernel) accept(listener int) (fd int, from netip.AddrPort, errno syscall.Errno) {
	k.peer.size = unix.SizeofSockaddrInet6
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listener), uintptr(unsafe.Pointer(&k.peer.address)),
		uintptr(unsafe.Pointer(&k.peer.size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, netip.AddrPort{}, errno
	}
	return int(n), k.peer.addrPort(), 0
}

func (k *kernel) connect(to netip.AddrPort) (fd int, errno syscall.Errno) {
	family := k.peer.set(to)
	n, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(family),
		unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if errno != 0 {
		return -1, errno
	}
	setOption(int(n), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	_, _, errno = unix.RawSyscall(unix.SYS_CONNECT, n, uintptr(unsafe.Pointer(&k.peer.address)), uintptr(k.peer.size))
	if errno != 0 && errno != unix.EINPROGRESS {
		k.close(int(n))
		return -1, errno
	}
	return int(n), 0
}

func (k *kernel) keepAlive(fd int) {
	setOption(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	setOption(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, keepAliveIdle)
	setOption(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, keepAliveInterval)
}

// setOption sets what can be set of every TCP socket.
func setOption(fd int, level, name int, value int32) {
	unix.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(unsafe.Pointer(&value)), 4, 0)
}

func (k *kernel) failure(fd int) error {
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	switch {
	case err != nil:
		return os.NewSyscallError("getsockopt", err)
	case errno != 0:
		return syscall.Errno(errno)
	}
	return nil
}
