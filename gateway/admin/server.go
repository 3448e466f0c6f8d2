package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-logr/logr"
)

// Limits on those who ask. Profiles may take as long as they were asked to, on
// top of the time to write.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	writeTimeout   = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 16 << 10
)

// Server is the admin listener.
type Server struct {
	listener net.Listener
	http     *http.Server
}

// Listen opens addr, a host:port; requests wait until Serve. What net/http has to
// say goes to log.
func Listen(addr string, handler http.Handler, log logr.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("admin listener: %w", err)
	}
	return newServer(listener, handler, log), nil
}

func newServer(listener net.Listener, handler http.Handler, log logr.Logger) *Server {
	return &Server{
		listener: listener,
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          slog.NewLogLogger(logr.ToSlogHandler(log), slog.LevelInfo),
		},
	}
}

// Addr is the address that it listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers requests until Shutdown, and is then nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("admin listener: %w", err)
	}
	return nil
}

// Shutdown stops listening and lets requests finish until ctx ends, then cuts
// them. It may be called without Serve.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	// Without Serve, http.Server does not know the listener.
	s.listener.Close()
	if err != nil {
		return errors.Join(fmt.Errorf("admin listener: %w", err), s.http.Close())
	}
	return nil
}
