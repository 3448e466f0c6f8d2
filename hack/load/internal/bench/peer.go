package bench

import (
	"debug/buildinfo"
	"embed"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// peer is one server to be measured.
type peer struct {
	name string
	// binary is a command of PATH, or one that the build put into Options.Bin.
	binary string
	built  bool
	// ws, wss: what it serves.
	ws, wss bool
	// webSocket: it passes WebSocket through, so its backend must speak it.
	webSocket   bool
	subprotocol string
	// sessions is how many it can have at once; 0: as many as any.
	sessions int
	// cells are the only ones that it takes part in; nil: all.
	cells []string
	// config is the file of peers/ that it is given; empty: none.
	config string
	// args are its arguments, templates like its configuration; one that comes
	// out empty is left out.
	args []string
	// version asks it who it is; nil: the module named by library does, or its
	// Debian package.
	version []string
	library string
	// settings say how it is run, for the report.
	settings string
	// outdone: the gateway is to be better in every figure.
	outdone bool
	// asked: it takes part only where it is asked for by name.
	asked bool
}

//go:embed peers
var configs embed.FS

// Names of the peers that targets and ratios refer to.
const (
	gateway     = "switchyard"
	before      = "switchyard-before"
	haproxyTCP  = "haproxy-tcp"
	haproxy64k  = "haproxy-tcp-64k"
	haproxyHTTP = "haproxy-http"
	haproxyTLS  = "haproxy-tls"
	nginx       = "nginx"
)

// peers are all servers, in the order of a round.
func peers() []peer {
	return slices.Concat([]peer{switchyard(gateway), earlier()}, proxies(), bridges())
}

// switchyard is the gateway, as built into a file of that name.
func switchyard(name string) peer {
	return peer{
		name: name, binary: name, built: true, ws: true, wss: true, subprotocol: "bench",
		config: "switchyard.yaml", args: []string{"run", "-f", "{{.Config}}", "--admin", "{{.Admin}}", "--access-log", "none"},
		version: []string{"version"}, settings: "`run -f`, defaults, no access log; decodes; plain TCP backend",
	}
}

// earlier is another build of the gateway, to compare with.
func earlier() peer {
	p := switchyard(before)
	p.asked = true
	return p
}

// proxies pass on what the client sends; their backend speaks WebSocket.
func proxies() []peer {
	haproxy := peer{binary: "haproxy", webSocket: true, args: []string{"-db", "-f", "{{.Config}}"}, version: []string{"-v"}}
	tcp, tcp64k, http, overTLS := haproxy, haproxy, haproxy, haproxy

	tcp.name, tcp.ws, tcp.config = haproxyTCP, true, "haproxy-tcp.cfg"
	tcp.settings = "`mode tcp`, a thread a core; decodes nothing; WebSocket backend"

	tcp64k.name, tcp64k.ws, tcp64k.config = haproxy64k, true, "haproxy-tcp-64k.cfg"
	tcp64k.cells = []string{"echo-16k", "upload", "download", "idle"}
	tcp64k.settings = "the same with `tune.bufsize 65536`, where that makes a difference"

	http.name, http.ws, http.config = haproxyHTTP, true, "haproxy-http.cfg"
	http.settings = "`mode http`, `timeout tunnel`, a thread a core; parses the handshake, then passes bytes; WebSocket backend"

	overTLS.name, overTLS.wss, overTLS.config = haproxyTLS, true, "haproxy-tls.cfg"
	overTLS.settings = "`mode tcp`, `bind ssl crt`, AES-128-GCM preferred, a thread a core; ends TLS, decodes nothing; WebSocket backend"

	return []peer{tcp, tcp64k, http, overTLS,
		{
			name: nginx, binary: "nginx", ws: true, webSocket: true,
			config: "nginx.conf", args: []string{"-p", "{{.Dir}}", "-c", "{{.Config}}"},
			version: []string{"-v"}, settings: "`proxy_pass` with Upgrade, a worker a core, no access log; parses the handshake, then passes bytes; WebSocket backend",
		},
		{
			name: "caddy", binary: "bench-caddy", built: true, ws: true, wss: true, webSocket: true, outdone: true,
			config: "Caddyfile", args: []string{"run", "--config", "{{.Config}}", "--adapter", "caddyfile"},
			library: "github.com/caddyserver/caddy/v2", settings: "`reverse_proxy`, defaults; parses the handshake, then passes bytes; WebSocket backend",
		},
	}
}

// bridges decode, as the gateway does.
func bridges() []peer {
	return []peer{
		{
			// It forks a Python process for every connection.
			name: "websockify", binary: "websockify", ws: true, wss: true, sessions: 64, outdone: true,
			args:     []string{"{{if .TLS}}--cert={{.TLS.Bundle}}{{end}}", "{{if .TLS}}--ssl-only{{end}}", "{{.Listen}}", "{{.Backend}}"},
			settings: "defaults; a process a connection, so at most 64 sessions; decodes; plain TCP backend",
		},
		bridge("gorilla", "github.com/gorilla/websocket", "NextReader, WriteMessage and io.Copy"),
		bridge("coder", "github.com/coder/websocket", "NetConn and io.Copy"),
		bridge("gobwas", "github.com/gobwas/ws", "ws.Upgrader, wsutil's Reader and Writer, a read buffer of 4 KiB"),
	}
}

// bridge is a page of Go around a library.
func bridge(name, library, how string) peer {
	return peer{
		name: name, binary: "bench-" + name, built: true, ws: true, wss: true, subprotocol: "bench", outdone: true,
		args:    []string{"{{.Listen}}", "{{.Backend}}", "{{with .TLS}}{{.Certificate}}{{end}}", "{{with .TLS}}{{.Key}}{{end}}"},
		library: library, settings: "hack/load/peers/" + name + ", " + how + "; decodes; plain TCP backend",
	}
}

// Names are the names of all peers.
func Names() []string {
	var names []string
	for _, p := range peers() {
		names = append(names, p.name)
	}
	return names
}

// choose picks peers by name, in the order of a round; no names: all that need
// not be asked for.
func choose(names []string) ([]peer, error) {
	wanted, err := selectNames("peer", names, Names())
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(peers(), func(p peer) bool {
		return !wanted.has(p.name) || p.asked && len(names) == 0
	}), nil
}

// path is where p's program is.
func (p peer) path(bin string) (string, error) {
	if p.built {
		path, err := filepath.Abs(filepath.Join(bin, p.binary))
		if err != nil {
			return "", err
		}
		return exec.LookPath(path)
	}
	return exec.LookPath(p.binary)
}

// versionOf is what p says of itself, in one line.
func (p peer) versionOf(path string) string {
	if p.library != "" {
		return libraryVersion(path, p.library)
	}
	if p.version == nil {
		return packageVersion(p.binary)
	}
	out, err := exec.Command(path, p.version...).CombinedOutput()
	if err != nil {
		return "unknown version"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

// libraryVersion is that of a module in a Go program, its own or another.
func libraryVersion(path, module string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "unknown version"
	}
	for _, dep := range append(info.Deps, &info.Main) {
		if dep.Path == module {
			return module + " " + dep.Version + ", " + info.GoVersion
		}
	}
	return "unknown version"
}

// packageVersion is that of a Debian package, for a program that does not tell
// its own.
func packageVersion(name string) string {
	out, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", name).Output()
	if err != nil {
		return "unknown version"
	}
	return name + " " + string(out)
}
