package bench

import (
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
		for _, p := range peers() {
			config := c.config(cell, p, netip.MustParseAddrPort("127.0.0.1:1"), os.Getpid())
			if err := config.Validate(); err != nil {
				t.Errorf("%s, %s: %v", cell.name, p.name, err)
			}
			if p.sessions > 0 && config.Sessions > p.sessions {
				t.Errorf("%s, %s: %d sessions, want at most %d", cell.name, p.name, config.Sessions, p.sessions)
			}
		}
		for _, f := range cell.figures {
			if f.value(&client.Result{}) != 0 {
				t.Errorf("%s, %s: a figure out of an empty result", cell.name, f.title)
			}
		}
	}
}

func TestEveryPeersConfigurationExpands(t *testing.T) {
	backend := netip.MustParseAddrPort("127.0.0.1:7777")
	for _, p := range peers() {
		t.Run(p.name, func(t *testing.T) {
			s, err := newSetting(t.TempDir(), backend, 2)
			if err != nil {
				t.Fatal(err)
			}
			if s.Sessions < 1 || s.Listen == s.Admin {
				t.Errorf("setting %+v", s)
			}
			cmd, err := p.command("program", s)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(cmd.Args, " ")
			if p.config != "" {
				b, err := os.ReadFile(s.Dir + "/" + p.config)
				if err != nil {
					t.Fatal(err)
				}
				text += string(b)
			}
			if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
				t.Errorf("not all filled in:\n%s", text)
			}
			if !strings.Contains(text, "7777") {
				t.Errorf("does not name its backend:\n%s", text)
			}
		})
	}
}

func TestPeersAreChosenByName(t *testing.T) {
	tests := map[string]struct {
		names, want []string
		err         string
	}{
		"none means all":              {nil, Names(), ""},
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

func TestRatiosHaveTheirPeers(t *testing.T) {
	for _, name := range []string{gateway, reference, bridge} {
		if !slices.Contains(Names(), name) {
			t.Errorf("ratios refer to %q, which is no peer", name)
		}
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
