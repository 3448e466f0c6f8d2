package crowd

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"switchyard.dev/test/gatewaytest"
)

// Entrance is where clients connect, and what they ask for.
type Entrance struct {
	// Address is the host:port that is dialled.
	Address string
	// Host is the Host header, and the name that the certificate must be for.
	Host string
	// Path is asked for with the session's name behind it, so that who sees
	// the gateway's list of sessions can tell them apart.
	Path        string
	Subprotocol string
	// TLS, unless it is nil, makes it wss.
	TLS *tls.Config
}

// open connects and shakes hands, within limit.
func (e Entrance) open(ctx context.Context, name string, limit time.Duration) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	buffered := bufio.NewReader(conn)
	if err := e.shake(conn, buffered, name); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &socket{conn: conn, frames: gatewaytest.NewReader(buffered)}, nil
}

func (e Entrance) dial(ctx context.Context) (net.Conn, error) {
	if e.TLS == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", e.Address)
	}
	config := e.TLS.Clone()
	config.ServerName = e.Host
	return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", e.Address)
}

// maxBody bounds what is kept of a refusal.
const maxBody = 512

func (e Entrance) shake(conn net.Conn, in *bufio.Reader, name string) error {
	request := gatewaytest.Upgrade(e.Path+"/"+name, e.Subprotocol).Set("Host", e.Host)
	if _, err := conn.Write([]byte(request.String())); err != nil {
		return fmt.Errorf("sending the handshake: %w", err)
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return fmt.Errorf("reading the answer to the handshake: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(answer.Body, maxBody))
		return fmt.Errorf("the handshake was answered %s: %s", answer.Status, body)
	}
	if answer.Header.Get("Sec-WebSocket-Accept") != gatewaytest.Accept(gatewaytest.Key) || answer.Header.Get("Sec-WebSocket-Protocol") != e.Subprotocol {
		return errors.New("the 101 is not for this handshake")
	}
	return nil
}
