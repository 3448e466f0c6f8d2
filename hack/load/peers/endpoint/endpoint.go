// Package endpoint is the two ends of a bridge, as its command line names them:
//
//	BRIDGE LISTEN BACKEND [CERTIFICATE KEY]
//
// It is all that the bridges of Go share: what is to be compared is what each
// library does between a listener and a backend.
package endpoint

import (
	"crypto/tls"
	"fmt"
	"net"
)

// Subprotocol is what every bridge chooses.
const Subprotocol = "bench"

// Listen opens what args, a command line without the program's name, want to
// be reached at, and says where the backend is. With a certificate and its key
// that is TLS, set up by default but for HTTP/1.1, which alone carries a
// WebSocket's handshake here.
func Listen(args []string) (l net.Listener, backend string, err error) {
	if len(args) != 2 && len(args) != 4 {
		return nil, "", fmt.Errorf("%d arguments, want LISTEN BACKEND [CERTIFICATE KEY]", len(args))
	}
	var config *tls.Config
	if len(args) == 4 {
		certificate, err := tls.LoadX509KeyPair(args[2], args[3])
		if err != nil {
			return nil, "", err
		}
		config = &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	}
	l, err = net.Listen("tcp", args[0])
	if err == nil && config != nil {
		l = tls.NewListener(l, config)
	}
	return l, args[1], err
}
