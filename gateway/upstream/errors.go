package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
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
	// ErrHandshake: an endpoint speaks no TLS, or is not who it should be. 502.
	ErrHandshake = errors.New("TLS handshake failed")
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
	if _, ok := errors.AsType[*handshakeError](err); ok {
		return ErrHandshake
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

// handshakeError is a TLS handshake that failed, over a connection that stood.
type handshakeError struct{ error }

// maxReason bounds what a service can have written into a log, in bytes.
const maxReason = 256

func (e *handshakeError) Error() string {
	reason := e.reason()
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "..."
	}
	return "TLS handshake: " + reason
}

func (e *handshakeError) Unwrap() error { return e.error }

func (e *handshakeError) reason() string {
	switch {
	case errors.Is(e.error, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(e.error, io.EOF):
		return "the endpoint closed the connection"
	}
	// crypto/x509 would list all the names that the certificate is for.
	if name, ok := errors.AsType[x509.HostnameError](e.error); ok {
		return "the certificate is not for " + name.Host
	}
	if invalid, ok := errors.AsType[*tls.CertificateVerificationError](e.error); ok {
		return invalid.Err.Error()
	}
	return bare(e.error).Error()
}

// bare is err without "dial tcp ADDRESS", which the message has already. What
// lies under a TLS handshake that failed is not to be shown without that.
func bare(err error) error {
	if _, ok := err.(*handshakeError); ok {
		return err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err
	}
	return err
}
