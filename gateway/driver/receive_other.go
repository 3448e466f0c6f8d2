//go:build !linux

package driver

import "net"

type receiver struct{}

func receivePolled(net.Conn, func([]byte) bool) (err error, ok bool) { return nil, false }
