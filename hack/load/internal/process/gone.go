package process

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// gone reports that a process ended between being listed and being read.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH)
}
