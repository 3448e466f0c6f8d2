package client

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"switchyard.dev/hack/load/internal/backend"
	"switchyard.dev/hack/load/internal/link"
)

// serviceSlice is how soon a test's service sees that the test is over.
const serviceSlice = 5 * time.Millisecond

// service runs a backend until the test ends.
func service(t *testing.T, kind string) string {
	t.Helper()
	loop, err := link.NewLoop(netip.AddrPort{})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := backend.Serve(loop, kind, netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer loop.Close()
		for ctx.Err() == nil {
			if err := loop.Run(time.Now().Add(serviceSlice), nil); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return bound.String()
}

// overTLS terminates TLS in front of a service.
func overTLS(t *testing.T, service string) string {
	t.Helper()
	certificates := httptest.NewUnstartedServer(nil)
	certificates.StartTLS()
	t.Cleanup(certificates.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certificates.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go bridge(client, service)
		}
	}()
	return l.Addr().String()
}

func bridge(client net.Conn, service string) {
	defer client.Close()
	server, err := net.Dial("tcp", service)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	_, _ = io.Copy(server, client)
}

func TestRun(t *testing.T) {
	tests := map[string]struct {
		kind   string
		change func(*Config)
		// silent: nothing is to be counted.
		silent bool
	}{
		"echo":                            {kind: "ws-echo", change: func(c *Config) { c.Mode = Echo }},
		"echo of large messages":          {kind: "ws-echo", change: func(c *Config) { c.Mode, c.Size = Echo, 200_000 }},
		"echo with a subprotocol":         {kind: "ws-echo", change: func(c *Config) { c.Mode, c.Subprotocol = Echo, "mqtt" }},
		"echo of a quarter of them":       {kind: "ws-echo", change: func(c *Config) { c.Mode, c.Active = Echo, 0.25 }},
		"sessions that open at a rate":    {kind: "ws-echo", change: func(c *Config) { c.Mode, c.ConnectRate = Echo, 500 }},
		"upload":                          {kind: "ws-sink", change: func(c *Config) { c.Mode, c.Size = Upload, 1000 }},
		"upload of what exceeds a block":  {kind: "ws-sink", change: func(c *Config) { c.Mode, c.Size = Upload, 3*blockSize }},
		"download":                        {kind: "ws-source", change: func(c *Config) { c.Mode = Download }},
		"idle sessions are counted, only": {kind: "ws-echo", change: func(c *Config) { c.Mode = Idle }, silent: true},
		"churn":                           {kind: "ws-echo", change: func(c *Config) { c.Mode = Churn }},
	}
	for name, tc := range tests {
		for _, scheme := range []string{"ws", "wss"} {
			t.Run(name+" over "+scheme, func(t *testing.T) {
				address := service(t, tc.kind)
				if scheme == "wss" {
					address = overTLS(t, address)
				}
				c := Config{
					URL: scheme + "://" + address + "/", Sessions: 8, Size: 64, Active: 1, Insecure: true, Verify: true,
					Warmup: 20 * time.Millisecond, Duration: 100 * time.Millisecond, OpenTimeout: time.Minute,
					PIDs: []int{os.Getpid()},
				}
				tc.change(&c)
				r := runUntilHeard(t, c, !tc.silent)
				if c.Mode != Churn && r.Sessions.Open != 8 {
					t.Errorf("%d open at the end, want 8", r.Sessions.Open)
				}
				if tc.silent && r.Messages > 0 {
					t.Errorf("%d messages, want none", r.Messages)
				}
				if r.Process == nil || r.Process.RSSAfter <= 0 {
					t.Errorf("process %+v, want its memory", r.Process)
				}
			})
		}
	}
}

// runUntilHeard runs c until messages came, if any are to: how many a short
// window sees on a busy machine is no matter of right or wrong. Nor is that a
// session was not heard in it; everything else that is counted as an error is.
func runUntilHeard(t *testing.T, c Config, messages bool) *Result {
	t.Helper()
	for {
		r, err := Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		delete(r.Errors, "silent")
		if len(r.Errors) != 0 || r.Sessions.Failed != 0 {
			t.Fatalf("errors %v, %d failed", r.Errors, r.Sessions.Failed)
		}
		if r.Messages > 0 || !messages {
			return r
		}
	}
}

func TestTLSIsResumedWhereItIsToBe(t *testing.T) {
	address := overTLS(t, service(t, "ws-echo"))
	for _, resume := range []bool{false, true} {
		c := Config{
			URL: "wss://" + address + "/", Mode: Churn, Sessions: 2, Size: 64, Active: 1, Insecure: true, Resume: resume,
			Warmup: 100 * time.Millisecond, Duration: 100 * time.Millisecond, OpenTimeout: time.Minute,
		}
		r := runUntilHeard(t, c, true)
		if resumed := r.Resumed > 0; resumed != resume {
			t.Errorf("%d of %d handshakes resumed, asked for: %v", r.Resumed, r.Handshakes, resume)
		}
	}
}

func TestRunCountsSessionsThatFail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, scheme := range []string{"ws", "wss"} {
		c := config(Echo)
		c.URL, c.Sessions = scheme+"://"+address+"/", 5
		r, err := Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if r.Sessions.Failed != 5 || r.Errors["connection_refused"] != 5 {
			t.Errorf("%s: %d failed, errors %v; want 5 connection_refused", scheme, r.Sessions.Failed, r.Errors)
		}
	}
}

func TestRunGivesUpSessionsThatDoNotOpen(t *testing.T) {
	c := config(Echo)
	c.URL, c.Sessions, c.OpenTimeout = "ws://"+service(t, "sink")+"/", 3, 50*time.Millisecond
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Sessions.Failed != 3 || r.Errors["open_timeout"] != 3 {
		t.Errorf("%d failed, errors %v; want 3 open_timeout", r.Sessions.Failed, r.Errors)
	}
}

func TestRunTellsOfSessionsThatAreNeverAnswered(t *testing.T) {
	c := config(Echo)
	c.URL, c.Sessions = "ws://"+service(t, "ws-sink")+"/", 3
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Errors["silent"] != 3 {
		t.Errorf("errors %v, want 3 silent", r.Errors)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := config(Idle)
	c.URL, c.Duration = "ws://"+service(t, "ws-echo")+"/", time.Hour
	if _, err := Run(ctx, c); err == nil {
		t.Error("a cancelled run: no error")
	}
}

func TestConfigIsChecked(t *testing.T) {
	tests := map[string]struct {
		change func(*Config)
		want   string
	}{
		"an unknown mode":        {func(c *Config) { c.Mode = "x" }, "mode"},
		"no session":             {func(c *Config) { c.Sessions = 0 }, "sessions"},
		"more than there are":    {func(c *Config) { c.Sessions = MaxSessions + 1 }, "sessions"},
		"an empty message":       {func(c *Config) { c.Size = 0 }, "size"},
		"nobody active":          {func(c *Config) { c.Active = 0 }, "active"},
		"no duration":            {func(c *Config) { c.Duration = 0 }, "duration"},
		"a negative warm-up":     {func(c *Config) { c.Warmup = -1 }, "warmup"},
		"no time to open":        {func(c *Config) { c.OpenTimeout = 0 }, "open-timeout"},
		"a negative rate":        {func(c *Config) { c.ConnectRate = -1 }, "connect-rate"},
		"another scheme":         {func(c *Config) { c.URL = "http://127.0.0.1/" }, "scheme"},
		"no host":                {func(c *Config) { c.URL = "ws:///x" }, "names no host"},
		"a URL that is none":     {func(c *Config) { c.URL = "ws://[::1/" }, "url"},
		"a process that is gone": {func(c *Config) { c.PIDs = []int{1 << 30} }, "not running"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := config(Echo)
			tc.change(&c)
			if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one about %q", err, tc.want)
			}
		})
	}
}
