//go:build linux

package loop

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"switchyard.dev/gateway/driver"
)

// attached is an accepted socket that Go's poller has: a driver.Socket. What
// package net would make of it takes three times the system calls.
type attached struct {
	*os.File
	from netip.AddrPort
}

func (k *kernel) attach(fd int, from netip.AddrPort) driver.Socket {
	return attached{os.NewFile(uintptr(fd), "socket"), from}
}

// CloseWrite is for driver.Conn.
func (a attached) CloseWrite() error {
	raw, err := a.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.Shutdown(int(fd), unix.SHUT_WR) }); err != nil {
		return err
	}
	return os.NewSyscallError("shutdown", failed)
}

// RemoteAddr is for net.Conn.
func (a attached) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(a.from) }

// LocalAddr is for net.Conn. Nobody has asked the kernel for it.
func (a attached) LocalAddr() net.Addr { return &net.TCPAddr{} }
