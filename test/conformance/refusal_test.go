package conformance

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"switchyard.dev/gateway/config"
	. "switchyard.dev/test/gatewaytest"
)

// wantRefused sends request, with a second one right behind it, and reads one
// refusal and the end: "bytes sent ahead are never parsed as another request".
func wantRefused(t *testing.T, c *Client, request *Request, status int, header map[string]string) *Answer {
	t.Helper()
	c.Raw([]byte(request.String() + Upgrade(echoPath).String()))
	a := c.Answer(request.Method)
	wantRefusal(t, a, request.Method, status, header)
	c.WantEnd()
	return a
}

func wantRefusal(t *testing.T, a *Answer, method string, status int, header map[string]string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("answered %s (%s), want %d", a.Status, strings.TrimSpace(a.Text), status)
	}
	for name, want := range header {
		if got := a.Header.Get(name); got != want && want != "" || got == "" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// "Connection: close" is not in the Header that net/http returns.
	if !a.Close {
		t.Error("the answer does not say Connection: close")
	}
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("Content-Type is %q", got)
	}
	if got := a.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
	if _, sent := a.Header["Sec-Websocket-Accept"]; sent {
		t.Error("a refusal has a Sec-WebSocket-Accept")
	}
	if method == http.MethodHead {
		return
	}
	if a.ContentLength != int64(len(a.Text)) {
		t.Errorf("Content-Length is %d, the body has %d bytes", a.ContentLength, len(a.Text))
	}
	if line, rest, _ := strings.Cut(a.Text, "\n"); line == "" || rest != "" {
		t.Errorf("the body is %q, want one line", a.Text)
	}
}

func wantContains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q does not say %q", strings.TrimSpace(text), word)
		}
	}
}

var upgradeWanted = map[string]string{"Upgrade": "websocket"}

// refusals is DESIGN's table up to the route: what the request itself says.
func refusals() map[string]refusal {
	const (
		bad      = http.StatusBadRequest
		upgrade  = http.StatusUpgradeRequired
		notFound = http.StatusNotFound
		method   = http.StatusMethodNotAllowed
	)
	return map[string]refusal{
		"4.1 POST":                              {withMethod("POST"), method, map[string]string{"Allow": "GET"}},
		"4.1 PUT":                               {withMethod("PUT"), method, map[string]string{"Allow": "GET"}},
		"4.1 a method nobody knows":             {withMethod("BREW"), method, map[string]string{"Allow": "GET"}},
		"4.2.1 no Upgrade":                      {Upgrade(echoPath).Drop("Upgrade"), upgrade, upgradeWanted},
		"4.2.1 another Upgrade":                 {Upgrade(echoPath).Set("Upgrade", "h2c"), upgrade, upgradeWanted},
		"4.2.1 an Upgrade that contains it":     {Upgrade(echoPath).Set("Upgrade", "websockets"), upgrade, upgradeWanted},
		"4.2.1 no Connection":                   {Upgrade(echoPath).Drop("Connection"), upgrade, upgradeWanted},
		"4.2.1 a Connection without Upgrade":    {Upgrade(echoPath).Set("Connection", "keep-alive"), upgrade, upgradeWanted},
		"4.2.1 a plain request":                 {Upgrade(echoPath).Drop("Upgrade").Drop("Connection"), upgrade, upgradeWanted},
		"4.1 HTTP/1.0":                          {withProto("HTTP/1.0"), upgrade, upgradeWanted},
		"4.4 no version":                        {Upgrade(echoPath).Drop("Sec-WebSocket-Version"), upgrade, map[string]string{"Sec-WebSocket-Version": "13"}},
		"4.4 version 8":                         {Upgrade(echoPath).Set("Sec-WebSocket-Version", "8"), upgrade, map[string]string{"Sec-WebSocket-Version": "13"}},
		"4.4 version 14":                        {Upgrade(echoPath).Set("Sec-WebSocket-Version", "14"), upgrade, map[string]string{"Sec-WebSocket-Version": "13"}},
		"4.4 version 013":                       {Upgrade(echoPath).Set("Sec-WebSocket-Version", "013"), upgrade, map[string]string{"Sec-WebSocket-Version": "13"}},
		"4.2.1 no key":                          {Upgrade(echoPath).Drop("Sec-WebSocket-Key"), bad, nil},
		"4.2.1 an empty key":                    {Upgrade(echoPath).Set("Sec-WebSocket-Key", ""), bad, nil},
		"4.2.1 a key that is no base64":         {Upgrade(echoPath).Set("Sec-WebSocket-Key", "!GhlIHNhbXBsZSBub25jZQ=="), bad, nil},
		"4.2.1 a key of 15 bytes":               {Upgrade(echoPath).Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"), bad, nil},
		"4.2.1 a key of 17 bytes":               {Upgrade(echoPath).Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZTE="), bad, nil},
		"4.2.1 a key without its padding":       {Upgrade(echoPath).Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"), bad, nil},
		"11.3.1 two keys":                       {Upgrade(echoPath).Add("Sec-WebSocket-Key", Key), bad, nil},
		"11.3.5 two versions":                   {Upgrade(echoPath).Add("Sec-WebSocket-Version", "13"), bad, nil},
		"4.2.1 no Host":                         {Upgrade(echoPath).Drop("Host"), bad, nil},
		"7230 5.4 two Hosts":                    {Upgrade(echoPath).Add("Host", "other.example.com"), bad, nil},
		"7230 5.4 a Host that is none":          {Upgrade(echoPath).Set("Host", "a b"), bad, nil},
		"6454 7.3 two Origins":                  {Upgrade(echoPath).Add("Origin", "http://"+ServerName).Add("Origin", "http://"+ServerName), bad, nil},
		"7230 3.2.4 a folded line":              {Upgrade(echoPath).Add("X-Folded", "a\r\n b"), bad, nil},
		"7230 3.2.4 a space before the colon":   {Upgrade(echoPath).Add("X-Spaced ", "a"), bad, nil},
		"7230 3.2 a line without a colon":       {Upgrade(echoPath).Add("X-Line", "a\r\nno colon"), bad, nil},
		"7230 3.2 a control character":          {Upgrade(echoPath).Add("X-Control", "a\x01b"), bad, nil},
		"7230 3.3 a body":                       {Upgrade(echoPath).Add("Content-Length", "5"), bad, nil},
		"7230 3.3 a chunked body":               {Upgrade(echoPath).Add("Transfer-Encoding", "chunked"), bad, nil},
		"7230 5.3 a target that is no path":     {Upgrade("echo"), bad, nil},
		"7230 2.6 a version nobody knows":       {withProto("HTTP/x"), bad, nil},
		"3 a fragment in the target":            {Upgrade(echoPath + "#a"), bad, nil},
		"4.2.2 no route":                        {Upgrade("/nowhere"), notFound, nil},
		"4.2.2 a prefix matches whole elements": {Upgrade(echoPath + "es"), notFound, nil},
		"4.2.2 a host that no route has":        {Upgrade("/hosted").Set("Host", "other.example.com"), notFound, nil},
		"4.2.2 an exact path matches itself":    {Upgrade("/exact/more"), notFound, nil},
	}
}

type refusal struct {
	request *Request
	status  int
	header  map[string]string
}

func withMethod(method string) *Request {
	r := Upgrade(echoPath)
	r.Method = method
	return r
}

func withProto(proto string) *Request {
	r := Upgrade(echoPath)
	r.Proto = proto
	return r
}

func TestRefusedRequests(t *testing.T) {
	y := New(t)
	script := y.Script()
	backends := []string{script.Addr}
	g := y.Gateway(Options{Routes: []Route{
		{Path: echoPath, Backends: backends},
		{Path: "/hosted", Hosts: []string{"hosted.example.com"}, Backends: backends},
		{Path: "/exact", Exact: true, Backends: backends},
	}})
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range refusals() {
			t.Run(name+" is refused", func(t *testing.T) {
				wantRefused(t, g.Connect(t, via), tc.request, tc.status, tc.header)
			})
		}
		t.Run("4.1 HEAD is refused", func(t *testing.T) {
			c := g.Connect(t, via)
			c.Raw([]byte(withMethod("HEAD").String()))
			if a := c.Answer("HEAD"); a.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("answered %s", a.Status)
			}
		})
		t.Run("what is no HTTP is refused", func(t *testing.T) {
			c := g.Connect(t, via)
			c.Raw([]byte("\x16\x03\x01 nothing\r\n\r\n"))
			wantRefusal(t, c.Answer("GET"), "GET", http.StatusBadRequest, nil)
			c.WantEnd()
		})
	})
	script.WantNone(t)
}

func TestHeaderThatIsTooLarge(t *testing.T) {
	y := New(t)
	const limit = 1024
	g := y.Gateway(Options{Routes: []Route{{Path: echoPath, Backends: []string{y.Echo()}}}, MaxHeaderBytes: limit})
	over(t, func(t *testing.T, via Transport) {
		for name, request := range map[string]*Request{
			"one long field":   Upgrade(echoPath).Add("X-Long", strings.Repeat("a", limit)),
			"many fields":      manyFields(limit / 8),
			"a long target":    Upgrade(echoPath + "?" + strings.Repeat("a", limit)),
			"far more than it": Upgrade(echoPath).Add("X-Long", strings.Repeat("a", 100*limit)),
		} {
			t.Run(name, func(t *testing.T) {
				c := g.Connect(t, via)
				c.Raw([]byte(request.String()))
				wantRefusal(t, c.Answer("GET"), "GET", http.StatusRequestHeaderFieldsTooLarge, nil)
				c.WantEnd()
			})
		}
		t.Run("a header within the limit is served", func(t *testing.T) {
			c := g.Connect(t, via)
			c.Raw([]byte(Upgrade(echoPath).Add("X-Long", strings.Repeat("a", limit/2)).String()))
			c.WantUpgrade("")
			c.Bye()
		})
	})
}

func manyFields(n int) *Request {
	r := Upgrade(echoPath)
	for range n {
		r.Add("X-Many", "1234")
	}
	return r
}

func TestHandshakeThatIsTooSlow(t *testing.T) {
	y := New(t)
	g := y.Gateway(Options{Routes: []Route{{Path: echoPath, Backends: []string{y.Echo()}}}, HandshakeTimeout: brief})
	over(t, func(t *testing.T, via Transport) {
		t.Run("half a header is answered with 408", func(t *testing.T) {
			c := g.Connect(t, via)
			whole := Upgrade(echoPath).String()
			c.Raw([]byte(whole[:len(whole)/2]))
			wantRefusal(t, c.Answer("GET"), "GET", http.StatusRequestTimeout, nil)
			c.WantEnd()
		})
		t.Run("a connection without a word is closed", func(t *testing.T) {
			g.Connect(t, via).WantCut()
		})
	})
	t.Run("a TLS handshake that does not begin is cut", func(t *testing.T) {
		conn, err := net.Dial("tcp", g.Addr(Secure))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(Patience))
		if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the connection is still open")
		}
	})
}

func TestServicesThatCannotBeReached(t *testing.T) {
	y := New(t)
	echo, refused, silent := y.Echo(), y.Refused(), y.Silent()
	impatient := &config.Policy{DialTimeout: after(brief)}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/empty"},
		{Path: "/refused", Backends: []string{refused}, Policy: impatient},
		{Path: "/silent", Backends: []string{silent}, Policy: impatient},
		{Path: "/second", Backends: []string{refused, echo}},
	}})
	over(t, func(t *testing.T, via Transport) {
		t.Run("no endpoint is 503 and Retry-After", func(t *testing.T) {
			wantRefused(t, g.Connect(t, via), Upgrade("/empty"), http.StatusServiceUnavailable, map[string]string{"Retry-After": ""})
		})
		t.Run("a service that refuses is 502", func(t *testing.T) {
			wantRefused(t, g.Connect(t, via), Upgrade("/refused"), http.StatusBadGateway, nil)
		})
		t.Run("a service that does not answer is 504", func(t *testing.T) {
			wantRefused(t, g.Connect(t, via), Upgrade("/silent"), http.StatusGatewayTimeout, nil)
		})
		t.Run("the second endpoint is tried when the first refuses", func(t *testing.T) {
			for range 20 {
				g.Open(t, via, "/second").Bye()
			}
		})
	})
}

func TestOrigins(t *testing.T) {
	y := New(t)
	echo := []string{y.Echo()}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/closed", Backends: echo},
		{Path: "/listed", Backends: echo, Policy: &config.Policy{AllowedOrigins: []string{"https://page.example.com", "http://page.example.com:8080"}}},
		{Path: "/open", Backends: echo, Policy: &config.Policy{AllowedOrigins: []string{"*"}}},
	}})
	own := map[Transport]string{Plain: "http://", Secure: "https://"}
	other := map[Transport]string{Plain: "https://", Secure: "http://"}
	over(t, func(t *testing.T, via Transport) {
		for name, tc := range map[string]struct {
			path, origin string
			refused      bool
		}{
			"no origin is let in":                      {path: "/closed"},
			"the request's own origin is let in":       {path: "/closed", origin: own[via] + ServerName},
			"the own host with another scheme is not":  {path: "/closed", origin: other[via] + ServerName, refused: true},
			"the own host with another port is not":    {path: "/closed", origin: own[via] + ServerName + ":9", refused: true},
			"another host is not":                      {path: "/closed", origin: own[via] + "evil.example.com", refused: true},
			"a host that ends as the own one is not":   {path: "/closed", origin: own[via] + "x" + ServerName, refused: true},
			"null is not":                              {path: "/closed", origin: "null", refused: true},
			"a listed one is let in":                   {path: "/listed", origin: "https://page.example.com"},
			"a listed one with its port is let in":     {path: "/listed", origin: "http://page.example.com:8080"},
			"a listed one with another port is not":    {path: "/listed", origin: "https://page.example.com:8080", refused: true},
			"a listed one with another scheme is not":  {path: "/listed", origin: "http://page.example.com", refused: true},
			"the own one is let in beside listed ones": {path: "/listed", origin: own[via] + ServerName},
			"any is let in where * is written":         {path: "/open", origin: "https://anybody.example.org"},
		} {
			t.Run("10.2 "+name, func(t *testing.T) {
				request := Upgrade(tc.path)
				if tc.origin != "" {
					request.Add("Origin", tc.origin)
				}
				c := g.Connect(t, via)
				if tc.refused {
					wantRefused(t, c, request, http.StatusForbidden, nil)
					return
				}
				c.Raw([]byte(request.String()))
				c.WantUpgrade("")
				c.Bye()
			})
		}
	})
}

// A route that is gone takes no new session; those it has live on.
func TestRoutesChangeUnderLiveSessions(t *testing.T) {
	y := New(t)
	echo := []string{y.Echo()}
	kept := Route{Path: "/kept", Backends: echo}
	g := y.Gateway(Options{Routes: []Route{kept, {Path: "/gone", Backends: echo}}})
	over(t, func(t *testing.T, via Transport) {
		g.Apply(kept, Route{Path: "/gone", Backends: echo})
		sessions := []*Client{g.Open(t, via, "/kept"), g.Open(t, via, "/gone")}
		g.Apply(kept)
		wantRefused(t, g.Connect(t, via), Upgrade("/gone"), http.StatusNotFound, nil)
		for _, c := range sessions {
			c.Send(Text("still here"))
			c.WantData(OpBinary, []byte("still here"))
			c.Bye()
		}
	})
	Eventually(t, "no session is left", func() bool { return g.Sessions().Len() == 0 })
}
