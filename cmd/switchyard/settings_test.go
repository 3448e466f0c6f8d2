package main

import (
	"net/http"
	"strings"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

const overPlain = "protocol: HTTP"

// held is a service that neither reads nor writes nor ends.
func held(y *Yard) string { return y.Script().Addr }

// Every setting, as short or small as it can be, makes itself felt.
func TestSettingsOfAPolicyAreInForce(t *testing.T) {
	tests := map[string]struct {
		fields  string
		service func(*Yard) string
		meet    func(*testing.T, *laptop)
	}{
		"timeouts.handshake": {"timeouts: {handshake: 50ms}", held, func(t *testing.T, l *laptop) {
			c := l.connect(t, nil)
			c.Raw([]byte("GET / HTTP/1.1\r\n"))
			wantStatus(t, c.Answer(http.MethodGet), http.StatusRequestTimeout)
		}},
		"timeouts.dial": {"timeouts: {dial: 50ms}", (*Yard).Silent, func(t *testing.T, l *laptop) {
			wantStatus(t, l.connect(t, nil).Ask(Upgrade("/")), http.StatusGatewayTimeout)
		}},
		"timeouts.idle": {"timeouts: {idle: 50ms, close: 50ms}", held, func(t *testing.T, l *laptop) {
			l.open(t, nil).WantClose(1001, "idle")
			l.access.WantCause(t, 0, "idle")
		}},
		"timeouts.write, of the client": {"timeouts: {write: 50ms, close: 50ms}", (*Yard).Flood, func(t *testing.T, l *laptop) {
			l.open(t, nil)
			l.access.WantCause(t, 0, "client_stalled")
		}},
		"timeouts.write, of the service": {"timeouts: {write: 50ms, close: 50ms}", held, func(t *testing.T, l *laptop) {
			c := l.open(t, nil)
			go func() {
				for block := Encode(Binary(make([]byte, 1<<20))); ; {
					if _, err := c.Write(block); err != nil {
						return
					}
				}
			}()
			l.access.WantCause(t, 0, "backend_stalled")
		}},
		"timeouts.close": {"timeouts: {close: 50ms}", held, func(t *testing.T, l *laptop) {
			l.open(t, nil).Bye()
		}},
		"keepalive.interval": {"keepalive: {interval: 50ms}", (*Yard).Echo, func(t *testing.T, l *laptop) {
			if f := l.open(t, nil).Next(); f.Op != OpPing {
				t.Errorf("read %v, want a ping", f)
			}
		}},
		"keepalive.timeout": {"keepalive: {interval: 50ms, timeout: 50ms}\n  timeouts: {close: 50ms}", held, func(t *testing.T, l *laptop) {
			l.open(t, nil)
			l.access.WantCause(t, 0, "ping_timeout")
		}},
		"limits.maxMessageBytes": {"limits: {maxMessageBytes: 4}", (*Yard).Echo, func(t *testing.T, l *laptop) {
			c := l.open(t, nil)
			wantEcho(t, c, "four")
			c.Send(Text("fives"))
			c.WantClose(1009, "message_too_big")
		}},
		"limits.maxHeaderBytes": {"limits: {maxHeaderBytes: 1024}", (*Yard).Echo, func(t *testing.T, l *laptop) {
			big := Upgrade("/").Add("X", strings.Repeat("x", 1024))
			wantStatus(t, l.connect(t, nil).Ask(big), http.StatusRequestHeaderFieldsTooLarge)
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLaptop(t, tc.service)
			l.gateway(t, overPlain, "")
			l.policy(t, tc.fields)
			l.start(t)
			tc.meet(t, l)
		})
	}
}

func TestOriginsFollowThePolicy(t *testing.T) {
	const page = "https://app.example.com"
	l := newLaptop(t, (*Yard).Echo)
	l.gateway(t, overPlain, "")
	l.start(t)
	ask := func(origin string) int {
		return l.connect(t, nil).Ask(Upgrade("/").Set("Origin", origin)).StatusCode
	}
	wantOf := func(origin string, want int) {
		t.Helper()
		if got := ask(origin); got != want {
			t.Errorf("origin %s: status %d, want %d", origin, got, want)
		}
	}
	wantOf(page, http.StatusForbidden)
	wantOf("http://"+ServerName, http.StatusSwitchingProtocols)
	session := l.open(t, nil)

	l.policy(t, "origins: ["+page+"]")
	Eventually(t, "the listed origin is let in", func() bool { return ask(page) == http.StatusSwitchingProtocols })
	wantOf("http://app.example.com", http.StatusForbidden)
	wantOf(page+":8443", http.StatusForbidden)

	l.policy(t, `origins: ["*"]`)
	Eventually(t, "any origin is let in", func() bool {
		return ask("https://evil.example.net") == http.StatusSwitchingProtocols
	})
	wantEcho(t, session, "all edits survived")
	session.Bye()
}

func TestARouteThatIsEditedAwayIsServedNoMore(t *testing.T) {
	l := newLaptop(t, (*Yard).Echo)
	l.gateway(t, overPlain, "")
	l.start(t)
	session := l.open(t, nil)
	l.write(t, "service.yaml", "")
	Eventually(t, "the route is gone", func() bool {
		return l.connect(t, nil).Ask(Upgrade("/")).StatusCode == http.StatusNotFound
	})
	wantEcho(t, session, "opened before")
	session.Bye()
}

func wantStatus(t *testing.T, got *Answer, want int) {
	t.Helper()
	if got.StatusCode != want {
		t.Errorf("status %d, want %d: %s", got.StatusCode, want, got.Text)
	}
}
