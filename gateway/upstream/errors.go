package upstream

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// What a Dial that failed means for the client. Match with errors.Is.
var (
	// ErrNoEndpoint: there was nothing to dial. 503.
	ErrNoEndpoint = errors.New("no ready endpoint")
	// ErrRefused: the endpoints could not be reached or turned the connection
	// down, or their name does not resolve. 502.
	ErrRefused = errors.New("connection refused")
	// ErrTimeout: the endpoints did not answer in time. 504.
	ErrTimeout = errors.New("no answer in time")
)

// try is one dial that failed.
type try struct {
	key
	err error
}

// dialError is the failure of all tries of a Dial. It is the kind of the last.
type dialError struct{ tries []try }

func (e *dialError) Error() string {
	var b strings.Builder
	for i, t := range e.tries {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "service %q: endpoint %s: %v", t.service, t.address, bare(t.err))
	}
	return b.String()
}

func (e *dialError) Unwrap() []error {
	last := e.tries[len(e.tries)-1].err
	if kind := kindOf(last); kind != nil {
		return []error{kind, last}
	}
	return []error{last}
}

// kindOf is nil for what no endpoint is to blame for.
func kindOf(err error) error {
	if ownFault(err) {
		return nil
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return ErrTimeout
	}
	return ErrRefused
}

// ownFault is true where the gateway has run out of something.
func ownFault(err error) bool {
	for _, own := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, own) {
			return true
		}
	}
	return false
}

// bare is err without "dial tcp ADDRESS", which the message has already.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err
	}
	return err
}
