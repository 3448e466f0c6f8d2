package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"math"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"switchyard.dev/hack/load/internal/client"
)

func TestEveryCellIsAValidLoadForEveryPeer(t *testing.T) {
	c := &comparison{options: Options{Time: time.Second}}
	seen := make(map[string]bool)
	for _, cell := range cells() {
		if seen[cell.name] || len(cell.figures) == 0 {
			t.Errorf("cell %q: twice there, or without a figure", cell.name)
		}
		seen[cell.name] = true
		takers := 0
		for _, p := range peers() {
			if !cell.takes(p) {
				continue
			}
			takers++
			config := c.config(cell, p, netip.MustParseAddrPort("127.0.0.1:1"), os.Getpid())
			if err := config.Validate(); err != nil {
				t.Errorf("%s, %s: %v", cell.name, p.name, err)
			}
			if p.sessions > 0 && config.Sessions > p.sessions {
				t.Errorf("%s, %s: %d sessions, want at most %d", cell.name, p.name, config.Sessions, p.sessions)
			}
			if talk := config.Active * float64(config.Sessions); cell.talkers > 0 && math.Abs(talk-float64(cell.talkers)) > 0.01 {
				t.Errorf("%s, %s: %v sessions talk, want %d", cell.name, p.name, talk, cell.talkers)
			}
			if wss := strings.HasPrefix(config.URL, "wss://"); wss != cell.tls {
				t.Errorf("%s, %s: over %s", cell.name, p.name, config.URL)
			}
		}
		if takers < 2 {
			t.Errorf("%s: %d peers take part", cell.name, takers)
		}
		for _, f := range cell.figures {
			if f.value(&client.Result{}) != 0 {
				t.Errorf("%s, %s: a figure out of an empty result", cell.name, f.title)
			}
		}
	}
}

func TestWhoTakesPartInWhat(t *testing.T) {
	tests := map[string]struct {
		cell      string
		with, not []string
	}{
		"plain cells have those who serve ws":      {"echo-64", []string{gateway, haproxyTCP, nginx, "websockify"}, []string{haproxyTLS}},
		"wss cells have those who end TLS":         {"wss-churn", []string{gateway, haproxyTLS, "caddy", "coder"}, []string{haproxyTCP, nginx}},
		"who has few sessions sits out":            {"echo-1000", []string{"gorilla"}, []string{"websockify"}},
		"unless few are enough":                    {"wss-idle", []string{"websockify"}, nil},
		"large buffers matter in bulk":             {"upload", []string{haproxy64k}, nil},
		"and nowhere else":                         {"echo-64", nil, []string{haproxy64k}},
		"the gateway alone is compared to itself":  {"active-9500", []string{gateway, before}, []string{haproxyTCP, "gorilla"}},
		"who ends TLS only has no plain handshake": {"churn", []string{haproxyHTTP}, []string{haproxyTLS}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, p := range peers() {
				for _, c := range cells() {
					if c.name != tc.cell {
						continue
					}
					takes := c.takes(p)
					if slices.Contains(tc.with, p.name) && !takes || slices.Contains(tc.not, p.name) && takes {
						t.Errorf("%s takes part in %s: %v", p.name, c.name, takes)
					}
				}
			}
		})
	}
}

func TestWhoTakesPartAgain(t *testing.T) {
	tests := map[string]struct {
		cell, peer string
		want       bool
	}{
		"time is measured in every round":         {"echo-64", "gorilla", true},
		"memory that has a target too":            {"idle", haproxyTCP, true},
		"the gateway's memory too":                {"idle", gateway, true},
		"memory that is to be outdone once":       {"wss-idle", "gorilla", false},
		"who starts processes for sessions, once": {"echo-64", "websockify", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := cells()[slices.IndexFunc(cells(), func(c cell) bool { return c.name == tc.cell })]
			p := peers()[slices.IndexFunc(peers(), func(p peer) bool { return p.name == tc.peer })]
			if got := c.again(p); got != tc.want {
				t.Errorf("%s goes through %s again: %v, want %v", tc.peer, tc.cell, got, tc.want)
			}
		})
	}
}

func TestEveryPeersConfigurationExpands(t *testing.T) {
	backend := netip.MustParseAddrPort("127.0.0.1:7777")
	id, err := newIdentity(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range peers() {
		for scheme, serves := range map[string]bool{"ws": p.ws, "wss": p.wss} {
			if !serves {
				continue
			}
			t.Run(p.name+" over "+scheme, func(t *testing.T) {
				s, err := newSetting(t.TempDir(), backend, 2)
				if err != nil {
					t.Fatal(err)
				}
				if scheme == "wss" {
					s.TLS = id
				}
				text := commandLine(t, p, s)
				if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
					t.Errorf("not all filled in:\n%s", text)
				}
				if !strings.Contains(text, "7777") {
					t.Errorf("does not name its backend:\n%s", text)
				}
				file := strings.TrimSuffix(id.Certificate, ".crt")
				shows := strings.Contains(text, file) || strings.Contains(text, "BEGIN CERTIFICATE")
				if shows != (scheme == "wss") {
					t.Errorf("has a certificate: %v:\n%s", shows, text)
				}
			})
		}
	}
}

// commandLine is p's command line and configuration.
func commandLine(t *testing.T, p peer, s setting) string {
	t.Helper()
	cmd, err := p.command("program", s)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(cmd.Args, "") {
		t.Errorf("an empty argument in %q", cmd.Args)
	}
	text := strings.Join(cmd.Args, " ")
	if p.config != "" {
		b, err := os.ReadFile(s.Dir + "/" + p.config)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text
}

func TestTheGatewayPingsWhenItIsTo(t *testing.T) {
	s, err := newSetting(t.TempDir(), netip.MustParseAddrPort("127.0.0.1:7777"), 2)
	if err != nil {
		t.Fatal(err)
	}
	if text := commandLine(t, switchyard(gateway), s); strings.Contains(text, "keepalive") {
		t.Errorf("its own interval is overruled:\n%s", text)
	}
	s.Ping = pingAfter
	if text := commandLine(t, switchyard(gateway), s); !strings.Contains(text, "interval: 2s") {
		t.Errorf("want an interval of 2s:\n%s", text)
	}
}

func TestTheIdentityIsAsBothSidesNeedIt(t *testing.T) {
	id, err := newIdentity(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range [][2]string{{id.Certificate, id.Key}, {id.Bundle, id.Bundle}} {
		pair, err := tls.LoadX509KeyPair(files[0], files[1])
		if err != nil {
			t.Fatal(err)
		}
		if err := pair.Leaf.VerifyHostname("127.0.0.1"); err != nil {
			t.Error(err)
		}
		if key, ok := pair.PrivateKey.(*ecdsa.PrivateKey); !ok || key.Curve != elliptic.P256() {
			t.Errorf("the key is a %T, want one on P-256", pair.PrivateKey)
		}
	}
}

func TestPeersAreChosenByName(t *testing.T) {
	tests := map[string]struct {
		names, want []string
		err         string
	}{
		"none means all that need not be asked for": {
			nil, slices.DeleteFunc(Names(), func(name string) bool { return name == before }), "",
		},
		"who must be asked for":       {[]string{before, gateway}, []string{gateway, before}, ""},
		"in the order of a round":     {[]string{"nginx", "switchyard"}, []string{"switchyard", "nginx"}, ""},
		"a name that is not a peer's": {[]string{"nginx", "apache"}, nil, `no peer "apache"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			chosen, err := choose(tc.names)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("error %v, want %q", err, tc.err)
				}
				return
			}
			var got []string
			for _, p := range chosen {
				got = append(got, p.name)
			}
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("chose %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func TestCellsAreChosenByName(t *testing.T) {
	all, err := selectNames("cell", nil, CellNames())
	if err != nil || !all.has("idle") || !all.has(sideBySide) {
		t.Errorf("%v, %v; want all", all, err)
	}
	one, err := selectNames("cell", []string{"idle"}, CellNames())
	if err != nil || !one.has("idle") || one.has(sideBySide) {
		t.Errorf("%v, %v; want one", one, err)
	}
	if _, err := selectNames("cell", []string{"tea"}, CellNames()); err == nil || !strings.Contains(err.Error(), `no cell "tea"`) {
		t.Errorf("error %v, want one about tea", err)
	}
}

func TestTargetsReferToWhatIsMeasured(t *testing.T) {
	byName := make(map[string]cell)
	for _, c := range cells() {
		byName[c.name] = c
	}
	for _, c := range cells() {
		for _, f := range c.figures {
			for _, target := range f.targets {
				where := c
				if target.cell != "" {
					where = byName[target.cell]
				}
				if target.peer == "" {
					continue
				}
				i := slices.IndexFunc(peers(), func(p peer) bool { return p.name == target.peer })
				if i < 0 || !where.takes(peers()[i]) || len(where.figures) == 0 {
					t.Errorf("%s: %q is not measured in %q", f.title, target.peer, where.name)
				}
			}
		}
	}
}

func TestManySessionsNeedManyFiles(t *testing.T) {
	tests := map[string]struct {
		files, sessions int
		want            string
	}{
		"they fit":     {20_000, many, ""},
		"they do not":  {1024, many, "1024 files"},
		"only just so": {2*many + spareFiles - 2, many, "9500 sessions"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := setting{Files: tc.files, Sessions: (tc.files - spareFiles) / 2}
			err := s.fits(tc.sessions)
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

func TestAServerThatEndsAtOnceSaysWhy(t *testing.T) {
	address, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	s, err := launch("sh", exec.Command("sh", "-c", "echo bad configuration >&2; exit 1"))
	if err != nil {
		t.Skipf("no shell: %v", err)
	}
	defer s.stop()
	if err := s.listening(t.Context(), address); err == nil || !strings.Contains(err.Error(), "bad configuration") {
		t.Errorf("error %v, want what the server said", err)
	}
}

func TestStopTakesWhatAServerForkedWithIt(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	cmd := exec.Command("sh", "-c", "sleep 600 & echo up; wait")
	cmd.Stdout = writer
	s, err := launch("sh", cmd)
	_ = writer.Close()
	if err != nil {
		t.Skipf("no shell: %v", err)
	}
	if _, err := reader.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	s.stop()
	// The sleep holds the pipe: it reaches its end only when all are gone.
	if n, err := reader.Read(make([]byte, 8)); n != 0 || err == nil {
		t.Errorf("read %d bytes, error %v; want the end", n, err)
	}
}

func TestFreePortIsFree(t *testing.T) {
	address, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestTailKeepsTheEnd(t *testing.T) {
	var said tail
	for range 10 {
		_, _ = said.Write([]byte(strings.Repeat("x", tailSize/2)))
	}
	_, _ = said.Write([]byte("the end\n"))
	if got := said.String(); len(got) > tailSize || !strings.HasSuffix(got, "the end") {
		t.Errorf("%d bytes kept, ending in %.20q", len(got), got[len(got)-20:])
	}
}

func TestTheMachineIsDescribed(t *testing.T) {
	if got := describeMachine(); !strings.Contains(got, "cores") || !strings.Contains(got, "Linux") {
		t.Errorf("%q", got)
	}
}
