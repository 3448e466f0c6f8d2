//go:build linux

package loop

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// doorless is the part of a system for a shard that accepts nobody.
type doorless struct{}

func (doorless) accept(int) (int, netip.AddrPort, syscall.Errno) {
	return -1, netip.AddrPort{}, unix.EAGAIN
}
func (doorless) watchListener(int, token) error              { return unix.EINVAL }
func (doorless) connect(netip.AddrPort) (int, syscall.Errno) { return -1, unix.ECONNREFUSED }
func (doorless) failure(int) error                           { return unix.ECONNREFUSED }
func (doorless) keepAlive(int)                               {}
func (doorless) forget(int)                                  {}

// pipeless is the part of a system that has no pipe.
type pipeless struct{}

func (pipeless) sendMore(int, []byte) (int, syscall.Errno)  { return 0, unix.EINVAL }
func (pipeless) openPipe() pipe                             { return pipe{} }
func (pipeless) closePipe(pipe)                             {}
func (pipeless) load(pipe, int, int) (int, syscall.Errno)   { return 0, unix.EINVAL }
func (pipeless) unload(pipe, int, int) (int, syscall.Errno) { return 0, unix.EINVAL }
