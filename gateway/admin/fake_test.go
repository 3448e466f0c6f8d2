package admin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

// privateKey must appear nowhere, in no encoding.
const privateKey = "-----BEGIN PRIVATE KEY-----\nvery secret\n-----END PRIVATE KEY-----\n"

type fake struct {
	registry.Entry
	info registry.Info
}

func (f *fake) Info() registry.Info { return f.info }
func (f *fake) Close(session.Cause) {}
func (f *fake) Cut(session.Cause)   {}
func (f *fake) Stats() session.Stats {
	return session.Stats{BytesIn: 1, MessagesIn: 2, BytesOut: 3, MessagesOut: 4}
}

func add(r *registry.Registry, id, route, subprotocol string, age time.Duration) {
	r.Add(&fake{info: registry.Info{
		ID: id, Route: route, Subprotocol: subprotocol, Path: "/<b>", Started: time.Now().Add(-age),
	}})
}

func sampleSnapshot() *config.Snapshot {
	return &config.Snapshot{Listeners: []*config.Listener{{
		Name: "infra/edge/wss",
		Tls: &config.TLS{Certificates: []*config.Certificate{
			{Name: "infra/cert", Chain: []byte("public chain"), Key: []byte(privateKey)},
		}},
	}}}
}

var errDraining = errors.New("the gateway drains")

// sources are complete, each of them as it is while all is well.
func sources() Sources {
	reg := prometheus.NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "switchyard_test_total", Help: "Test."})
	reg.MustRegister(c)
	return Sources{
		Ready:    func() error { return nil },
		Config:   sampleSnapshot,
		Routes:   func() any { return map[string]string{"host": "ws.example.com"} },
		Sessions: registry.New(),
		Gatherer: reg,
	}
}

// answer is what h has to say.
type answer struct {
	*http.Response
	body string
}

// A request that does not say which address it came in over came over loopback.
func ask(t *testing.T, h http.Handler, r *http.Request) answer {
	t.Helper()
	if r.Context().Value(http.LocalAddrContextKey) == nil {
		r = over(r, "127.0.0.1")
		r.Host = "localhost"
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{w.Result(), string(body)}
}

// over is r as it comes in over a local address.
func over(r *http.Request, local string) *http.Request {
	addr := net.Addr(&net.TCPAddr{IP: net.ParseIP(local)})
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
}

func get(t *testing.T, h http.Handler, target string) answer {
	t.Helper()
	return ask(t, h, httptest.NewRequest(http.MethodGet, target, nil))
}
