package gateway

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"

	"switchyard.dev/gateway/driver"
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

// newPlain starts to serve by mux; what net/http has to say goes to log.
func newPlain(mux *http.ServeMux, log logr.Logger) *plain {
	if mux == nil {
		return nil
	}
	p := &plain{
		mux: mux,
		server: &http.Server{
			Handler: mux, ReadTimeout: plainTimeout, WriteTimeout: plainTimeout,
			ErrorLog: slog.NewLogLogger(logr.ToSlogHandler(log), slog.LevelInfo),
		},
		conns: &handover{conns: make(chan net.Conn), closed: make(chan struct{})},
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
func (p *plain) take(conn driver.Conn, header, rest []byte) {
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

// readConn is a connection with some bytes put back before it. net/http looks
// for its CloseWrite, so that a reset does not overtake the answer to a request
// whose body nobody read.
type readConn struct {
	driver.Conn
	read io.Reader
}

func (c *readConn) Read(p []byte) (int, error) { return c.read.Read(p) }
