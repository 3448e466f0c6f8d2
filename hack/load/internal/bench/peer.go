package bench

import (
	"debug/buildinfo"
	"embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// peer is one server to be measured.
type peer struct {
	name string
	// binary is a command of PATH, or one that the build put into Options.Bin.
	binary string
	built  bool
	// webSocket: it passes WebSocket through, so its backend must speak it.
	webSocket   bool
	subprotocol string
	// sessions is how many it can have at once; 0: as many as any.
	sessions int
	// config is the file of peers/ that it is given; empty: none.
	config string
	// args are its arguments, templates like its configuration.
	args []string
	// version asks it who it is; nil: the module named by library does.
	version []string
	library string
	// settings say how it is run, for the report.
	settings string
}

//go:embed peers
var configs embed.FS

// Names of the peers that ratios refer to.
const (
	gateway   = "switchyard"
	reference = "haproxy-tcp"
	bridge    = "gorilla"
)

// peers are all servers, in the order of a round.
func peers() []peer {
	return []peer{
		{
			name: gateway, binary: "switchyard", built: true, subprotocol: "bench",
			config: "switchyard.yaml", args: []string{"run", "-f", "{{.Config}}", "--admin", "{{.Admin}}", "--access-log", "none"},
			version: []string{"version"}, settings: "`run -f`, defaults, no access log; decodes; plain TCP backend",
		},
		{
			name: reference, binary: "haproxy", webSocket: true,
			config: "haproxy-tcp.cfg", args: []string{"-db", "-f", "{{.Config}}"},
			version: []string{"-v"}, settings: "`mode tcp`, a thread a core; decodes nothing; WebSocket backend",
		},
		{
			name: "haproxy-http", binary: "haproxy", webSocket: true,
			config: "haproxy-http.cfg", args: []string{"-db", "-f", "{{.Config}}"},
			version: []string{"-v"}, settings: "`mode http`, `timeout tunnel`, a thread a core; parses the handshake, then passes bytes; WebSocket backend",
		},
		{
			name: "nginx", binary: "nginx", webSocket: true,
			config: "nginx.conf", args: []string{"-p", "{{.Dir}}", "-c", "{{.Config}}"},
			version: []string{"-v"}, settings: "`proxy_pass` with Upgrade, a worker a core, no access log; parses the handshake, then passes bytes; WebSocket backend",
		},
		{
			// It forks a Python process for every connection.
			name: "websockify", binary: "websockify", sessions: 64,
			args:     []string{"{{.Listen}}", "{{.Backend}}"},
			settings: "defaults; a process a connection, so at most 64 sessions; decodes; plain TCP backend",
		},
		{
			name: bridge, binary: "bench-gorilla", built: true, subprotocol: "bench",
			args:    []string{"{{.Listen}}", "{{.Backend}}"},
			library: "github.com/gorilla/websocket", settings: "hack/load/peers/gorilla, io.Copy both ways; decodes; plain TCP backend",
		},
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

// choose picks peers by name, in the order of a round; no names: all.
func choose(names []string) ([]peer, error) {
	all := peers()
	if len(names) == 0 {
		return all, nil
	}
	wanted := make(map[string]bool)
	for _, name := range names {
		wanted[name] = true
	}
	var chosen []peer
	for _, p := range all {
		if wanted[p.name] {
			chosen = append(chosen, p)
			delete(wanted, p.name)
		}
	}
	for name := range wanted {
		return nil, fmt.Errorf("bench: no peer %q, want some of %v", name, Names())
	}
	return chosen, nil
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

// libraryVersion is that of a module in a Go program.
func libraryVersion(path, module string) string {
	info, err := buildinfo.ReadFile(path)
	if err == nil {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return module + " " + dep.Version + ", " + info.GoVersion
			}
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
