package gateway

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"switchyard.dev/gateway/handshake"
)

// plain serves requests that ask for no WebSocket, by net/http: one request a
// connection, so that a later one cannot pass by the handshake's rules. A nil
// plain serves nothing.
type plain struct {
	mux    *http.ServeMux
	server *http.Server
	conns  *handover
}

// plainTimeout bounds a plain request and its answer.
const plainTimeout = 30 * time.Second

func newPlain(mux *http.ServeMux) *plain {
	if mux == nil {
		return nil
	}
	p := &plain{
		mux:    mux,
		server: &http.Server{Handler: mux, ReadTimeout: plainTimeout, WriteTimeout: plainTimeout},
		conns:  &handover{conns: make(chan net.Conn), closed: make(chan struct{})},
	}
	p.server.SetKeepAlivesEnabled(false)
	go func() { _ = p.server.Serve(p.conns) }() // ends with close
	return p
}

// wants tells whether a request that was refused for result is one of its own.
func (p *plain) wants(result handshake.Result, header []byte) bool {
	if p == nil || result != handshake.NotWebSocket && result != handshake.Method {
		return false
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(header)))
	if err != nil {
		return false
	}
	_, pattern := p.mux.Handler(r)
	return pattern != ""
}

// take gives conn, whose header and some more was read, to the server. It keeps
// neither.
func (p *plain) take(conn net.Conn, header, rest []byte) {
	read := io.MultiReader(bytes.NewReader(slices.Concat(header, rest)), conn)
	select {
	case p.conns.conns <- &readConn{Conn: conn, read: read}:
	case <-p.conns.closed:
		conn.Close()
	}
}

func (p *plain) close() {
	if p != nil {
		p.server.Close()
	}
}

// handover is a net.Listener for connections that were accepted elsewhere.
type handover struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handover) Addr() net.Addr { return &net.TCPAddr{} }

// readConn is a connection with some bytes put back before it.
type readConn struct {
	net.Conn
	read io.Reader
}

func (c *readConn) Read(p []byte) (int, error) { return c.read.Read(p) }
