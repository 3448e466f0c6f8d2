package conformance

import (
	"net/http"
	"testing"

	. "switchyard.dev/test/gatewaytest"
)

// RFC 6455 4.2.2: what the server must send when it accepts.
func TestAcceptedHandshake(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		for name, request := range map[string]*Request{
			"1.3 the key of the RFC is answered with the accept of the RFC": Upgrade(echoPath),
			"4.1 header names are case-insensitive": Upgrade(echoPath).
				Drop("Upgrade").Add("uPGRADE", "websocket").Drop("Sec-WebSocket-Key").Add("sec-websocket-key", Key),
			"4.2.1 the value of Upgrade is case-insensitive":         Upgrade(echoPath).Set("Upgrade", "WebSocket"),
			"4.2.1 Connection may hold other tokens, in any case":    Upgrade(echoPath).Set("Connection", "keep-alive, uPgRaDe"),
			"4.2.1 Connection may come in several lines":             Upgrade(echoPath).Set("Connection", "keep-alive").Add("Connection", "Upgrade"),
			"4.2.1 unknown header fields are ignored":                Upgrade(echoPath).Add("X-Unknown", "1").Add("Cookie", "a=b"),
			"4.2.1 optional whitespace around a value is no part of": Upgrade(echoPath).Set("Sec-WebSocket-Version", "  13\t "),
			"4.2.1 a query belongs to no path":                       Upgrade(echoPath + "?token=1&x=/"),
			"4.2.1 the target may be an absolute URI":                Upgrade("http://" + ServerName + echoPath),
			"4.2.2 a port in Host does not matter":                   Upgrade(echoPath).Set("Host", ServerName+":1234"),
			"9.1 offered extensions that are not served are declined": Upgrade(echoPath).
				Add("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
		} {
			t.Run(name, func(t *testing.T) {
				c := r.Connect(t, via)
				c.Raw([]byte(request.String()))
				c.WantUpgrade("")
				c.Send(Text("hello"))
				c.WantData(OpBinary, []byte("hello"))
				c.Bye()
			})
		}
	})
}

func TestSubprotocolChoice(t *testing.T) {
	y := New(t)
	echo := []string{y.Echo()}
	g := y.Gateway(Options{Routes: []Route{
		{Path: "/chat", Subprotocols: []string{"alpha", "beta", "gamma", ""}, Backends: echo},
		{Path: "/named", Subprotocols: []string{"alpha"}, Backends: echo},
		{Path: "/bare", Backends: echo},
	}})
	for name, tc := range map[string]struct {
		path  string
		lines []string
		want  string
	}{
		"4.2.2 one that is served is chosen":                      {path: "/chat", lines: []string{"beta"}, want: "beta"},
		"4.1 the client's order decides, not the route's":         {path: "/chat", lines: []string{"gamma, alpha"}, want: "gamma"},
		"4.2.2 those that are not served are passed over":         {path: "/chat", lines: []string{"x, y, beta, alpha"}, want: "beta"},
		"4.1 several header lines are one list":                   {path: "/chat", lines: []string{"x", "gamma", "alpha"}, want: "gamma"},
		"4.1 lines and lists mix":                                 {path: "/chat", lines: []string{"x,y", "z", "beta,alpha"}, want: "beta"},
		"4.2.2 without an offer the answer names none":            {path: "/chat", want: ""},
		"4.2.2 a route with only a fallback answers with none":    {path: "/bare", want: ""},
		"7230 7 empty list elements are no elements":              {path: "/chat", lines: []string{" , alpha,, "}, want: "alpha"},
		"4.2.2 a path below the prefix belongs to the same route": {path: "/chat/room", lines: []string{"alpha"}, want: "alpha"},
	} {
		t.Run(name, func(t *testing.T) {
			request := Upgrade(tc.path)
			for _, line := range tc.lines {
				request.Add("Sec-WebSocket-Protocol", line)
			}
			c := g.Connect(t, Plain)
			c.Raw([]byte(request.String()))
			c.WantUpgrade(tc.want)
			c.Bye()
		})
	}
	for name, request := range map[string]*Request{
		"4.2.2 only unknown ones are refused":                  Upgrade("/chat", "x", "y"),
		"4.2.2 unknown ones are refused where a fallback is":   Upgrade("/bare", "x"),
		"11.3.4 names are compared case-sensitively":           Upgrade("/named", "ALPHA"),
		"4.2.2 no offer is refused where there is no fallback": Upgrade("/named"),
		"4.1 a name that is no token is refused":               Upgrade("/chat", "alpha", "no token"),
		"4.1 a name with a separator is refused":               Upgrade("/chat", "alpha", "a/b"),
		"4.1 a name offered twice is refused":                  Upgrade("/chat", "alpha", "alpha"),
		"4.1 a name offered twice over two lines is refused":   Upgrade("/chat", "alpha").Add("Sec-WebSocket-Protocol", "alpha"),
		"4.3 a list with no element is refused":                Upgrade("/chat").Add("Sec-WebSocket-Protocol", ""),
		"4.1 more names than anybody has are refused":          Upgrade("/chat", many(200)...),
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, g.Connect(t, Plain), request, http.StatusBadRequest, nil)
		})
	}
	t.Run("the body says what was offered", func(t *testing.T) {
		a := wantRefused(t, g.Connect(t, Plain), Upgrade("/named", "soap", "wamp"), http.StatusBadRequest, nil)
		wantContains(t, a.Text, "soap", "wamp")
	})
}

func many(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = string(rune('a'+i/26)) + string(rune('a'+i%26))
	}
	return names
}

// Frames behind the request, in the same packet, are the session's.
func TestFramesRightBehindTheRequest(t *testing.T) {
	r := setUp(t)
	over(t, func(t *testing.T, via Transport) {
		c := r.Connect(t, via)
		c.Raw(append([]byte(Upgrade(echoPath).String()), Encode(Text("early"), Close(1000, ""))...))
		c.WantUpgrade("")
		c.WantData(OpBinary, []byte("early"))
		c.WantClose(1000, "")
		c.WantEnd()
	})
}
