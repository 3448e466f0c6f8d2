package upstream

import (
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
)

// listen is a listener on loopback that echoes until the client half-closes.
func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return l
}

func portOf(l *net.TCPListener) uint32 { return uint32(l.Addr().(*net.TCPAddr).Port) }

func at(host string, ports ...uint32) *config.Service {
	s := &config.Service{Name: "s"}
	for _, port := range ports {
		s.Endpoints = append(s.Endpoints, &config.Endpoint{Address: host, Port: port, Ready: true})
	}
	return s
}

func TestDialLoopback(t *testing.T) {
	gone := listen(t)
	gone.Close()
	live := listen(t)
	for name, tc := range map[string]struct {
		service *config.Service
		err     error
	}{
		"an address":                          {at("127.0.0.1", portOf(live)), nil},
		"a name":                              {at("localhost", portOf(live)), nil},
		"a port where nobody listens":         {at("127.0.0.1", portOf(gone)), ErrRefused},
		"nobody listens, but somebody beside": {at("127.0.0.1", portOf(gone), portOf(live)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := New(nil)
			p.Update([]*config.Service{tc.service})
			for range 4 {
				c, err := p.Dial(t.Context(), to("s", 1), time.Minute)
				if !errors.Is(err, tc.err) {
					t.Fatalf("got %v, want %v", err, tc.err)
				}
				if err == nil {
					echo(t, c)
					c.Release()
				}
			}
		})
	}
}

// echo proves that c reaches an echo service, and that it can be half-closed.
func echo(t *testing.T, c *Conn) {
	t.Helper()
	defer c.Close()
	if want := strconv.Itoa(c.RemoteAddr().(*net.TCPAddr).Port); !strings.HasSuffix(c.Endpoint(), ":"+want) {
		t.Errorf("Endpoint is %s, the connection goes to %s", c.Endpoint(), c.RemoteAddr())
	}
	if _, err := c.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || string(got) != "ping" {
		t.Errorf("got %q, %v", got, err)
	}
}
