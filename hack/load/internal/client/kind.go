package client

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"switchyard.dev/hack/load/internal/wire"
)

var (
	errOpenTimeout = errors.New("the session did not open in time")
	errStalled     = errors.New("the session did not end in time")
)

// kinds are the words for errors that need no number.
var kinds = []struct {
	err  error
	word string
}{
	{io.EOF, "eof"},
	{io.ErrUnexpectedEOF, "eof"},
	{unix.ECONNREFUSED, "connection_refused"},
	{unix.ECONNRESET, "connection_reset"},
	{unix.EPIPE, "connection_reset"},
	{unix.ETIMEDOUT, "connection_timeout"},
	{unix.EADDRNOTAVAIL, "no_free_port"},
	{unix.EMFILE, "too_many_files"},
	{errOpenTimeout, "open_timeout"},
	{context.DeadlineExceeded, "open_timeout"},
	{os.ErrDeadlineExceeded, "open_timeout"},
	{errStalled, "stalled"},
	{errPayload, "payload"},
	{errSurplus, "payload"},
}

// kind is the word under which err is counted.
func kind(err error) string {
	var refused *wire.RefusedError
	var closed *closedError
	switch {
	case errors.As(err, &refused):
		return "status_" + strconv.Itoa(refused.Status)
	case errors.As(err, &closed):
		return "close_" + strconv.Itoa(int(closed.code))
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k.word
		}
	}
	return "protocol"
}

// closedAsAsked reports whether err is how a connection ends after a close
// handshake. A reset is not nice, but what Close was for has happened.
func closedAsAsked(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET)
}
