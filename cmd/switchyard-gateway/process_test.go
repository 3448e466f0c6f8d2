package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"switchyard.dev/test/controllertest"
	"switchyard.dev/test/gatewaytest"
)

// site is where a gateway runs: its controller, a service, and its addresses.
type site struct {
	// Gateway is never configured: it lends its addresses.
	*gatewaytest.Gateway
	controller  *controllertest.Controller
	route       gatewaytest.Route
	admin, keep string
}

func newSite(t *testing.T) *site {
	t.Helper()
	yard := gatewaytest.New(t)
	return &site{
		Gateway:    yard.Gateway(gatewaytest.Options{Unconfigured: true, DrainWindow: -1}),
		controller: controllertest.New(t),
		route:      gatewaytest.Route{Path: "/echo", Backends: []string{yard.Echo()}},
		admin:      gatewaytest.FreeAddress(t),
		keep:       t.TempDir(),
	}
}

// process is switchyard-gateway while it runs.
type process struct {
	// stop is the signal; end is stop, and waits.
	stop, end func()
	access    *gatewaytest.AccessLog
	log       *journal
}

// start runs the program until the end of the test.
func (s *site) start(t *testing.T, flags ...string) *process {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := &process{stop: stop, access: new(gatewaytest.AccessLog), log: new(journal)}
	code, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		code = run(ctx, append([]string{
			"--controller", s.controller.Address, "--certificates", s.controller.Certificates.Folder,
			"--admin", s.admin, "--drain-window", "0s", "--drain-timeout", "1s",
		}, flags...), p.access, p.log)
	}()
	p.end = func() {
		stop()
		<-done
	}
	t.Cleanup(func() {
		p.end()
		if code != 0 || t.Failed() {
			t.Errorf("exit %d\n%s", code, p.log)
		}
	})
	return p
}

// ask is the status and the body of the admin listener's answer, or 0.
func (s *site) ask(t *testing.T, path string) (status int, body string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + s.admin + path)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

func (s *site) wantReady(t *testing.T, want int) {
	t.Helper()
	gatewaytest.Eventually(t, http.StatusText(want)+" at /readyz", func() bool {
		status, _ := s.ask(t, "/readyz")
		return status == want
	})
}

func (s *site) wantTaken(t *testing.T) controllertest.Exchange {
	t.Helper()
	e := s.controller.Next(t)
	if e.Refused != "" {
		t.Errorf("refused: %s", e.Refused)
	}
	return e
}

func (s *site) wantEcho(t *testing.T, path string) {
	t.Helper()
	c := s.Open(t, gatewaytest.Plain, path)
	c.Send(gatewaytest.Text("hello"))
	c.WantData(gatewaytest.OpBinary, []byte("hello"))
	c.Bye()
}

// journal is a log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) wait(t *testing.T, want string) {
	t.Helper()
	gatewaytest.Eventually(t, "the log says "+want, func() bool { return strings.Contains(j.String(), want) })
}

// ended is a context that is over.
func ended(t *testing.T) context.Context {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return ctx
}
