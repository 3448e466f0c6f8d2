package pump

import (
	"errors"
	"syscall"
)

// reason says in few words why a connection failed, without its addresses.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
