package pump

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// receive reads c and gives what comes to take, behind a headroom, until take
// reports false or c ends. It returns nil for both, else why reading failed.
func receive(c net.Conn, take func([]byte) bool) error {
	b := takeBuffer()
	defer b.release()
	for {
		n, err := c.Read(b.free())
		if n > 0 && !take(b.filled(n)) {
			return nil
		}
		if err != nil {
			return ended(err)
		}
	}
}

// ended turns the end of a stream into no error.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// reason says in few words why a connection failed, without its addresses.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
