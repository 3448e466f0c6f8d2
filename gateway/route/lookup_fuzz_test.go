package route

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
)

// naive is Lookup as a person would say it: look at every rule, keep the best.
func naive(s *config.Snapshot, host, path string) string {
	host = strings.TrimSuffix(host, ".")
	var listener *config.Listener
	for _, l := range s.GetListeners() {
		if naiveHost(l.GetHostname(), host) && (listener == nil || naiveRank(l.GetHostname()) > naiveRank(listener.GetHostname())) {
			listener = l
		}
	}
	if listener == nil {
		return ""
	}
	best, bestRank := "", -1
	for _, r := range s.GetRoutes() {
		rank, ok := naivePath(r.GetPath(), path)
		if !ok {
			continue
		}
		for _, a := range r.GetAttachments() {
			for _, h := range a.GetHostnames() {
				if a.GetListener() != listener.GetName() || !naiveHost(h, host) {
					continue
				}
				if n := naiveRank(h)*1e6 + rank; n > bestRank {
					best, bestRank = r.GetName(), n
				}
			}
		}
	}
	return best
}

func naiveHost(pattern, host string) bool {
	domain, wildcard := strings.CutPrefix(pattern, "*.")
	if !wildcard {
		return pattern == "" || pattern == host
	}
	labels, below := strings.Split(host, "."), strings.Split(domain, ".")
	if len(labels) <= len(below) || strings.Join(labels[len(labels)-len(below):], ".") != domain {
		return false
	}
	return host != "."+domain
}

func naiveRank(pattern string) int {
	switch {
	case pattern == "":
		return 0
	case strings.HasPrefix(pattern, "*"):
		return len(pattern)
	}
	return 1000
}

func naivePath(m *config.PathMatch, path string) (rank int, ok bool) {
	if m.GetType() == config.PathMatch_EXACT {
		return 1000, path == m.GetValue()
	}
	want := strings.Split(strings.TrimSuffix(m.GetValue(), "/"), "/")
	got := strings.Split(path, "/")
	if len(got) < len(want) || !strings.HasPrefix(path, "/") {
		return 0, false
	}
	for i := range want {
		if got[i] != want[i] {
			return 0, false
		}
	}
	return len(strings.Join(want, "/")), true
}

// randomSnapshot has few words, so that its rules overlap; every route serves
// "p", so that the oldest of those that claim the same is the first of naive.
func randomSnapshot(r *rand.Rand) *config.Snapshot {
	labels := []string{"a", "b", "c"}
	word := func(sep string, most int) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteString(sep + labels[r.IntN(len(labels))])
		}
		return b.String()
	}
	hostname := func() string {
		switch r.IntN(4) {
		case 0:
			return ""
		case 1:
			return "*" + word(".", 3)
		}
		return word(".", 3)[1:]
	}
	s := &config.Snapshot{}
	taken := map[string]bool{}
	for i := range 1 + r.IntN(3) {
		h := hostname()
		if !taken[h] {
			taken[h] = true
			s.Listeners = append(s.Listeners, &config.Listener{Name: fmt.Sprint("l", i), Hostname: h})
		}
	}
	for i := range r.IntN(20) {
		path := "/"
		if r.IntN(4) > 0 {
			path = word("/", 4)
		}
		if r.IntN(4) == 0 {
			path += "/"
		}
		s.Routes = append(s.Routes, &config.Route{
			Name:         fmt.Sprintf("r%03d", i),
			Path:         &config.PathMatch{Type: config.PathMatch_Type(r.IntN(2)), Value: path},
			Attachments:  []*config.Attachment{{Listener: s.Listeners[r.IntN(len(s.Listeners))].Name, Hostnames: []string{hostname()}}},
			Subprotocols: []*config.Subprotocol{{Name: "p"}},
		})
	}
	return s
}

func listenerNames(s *config.Snapshot) []string {
	var names []string
	for _, l := range s.GetListeners() {
		names = append(names, l.GetName())
	}
	return names
}

// FuzzLookup: Lookup finds what one would find by looking at every rule.
func FuzzLookup(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed, "a.b.c", "/a/b/c")
		f.Add(seed, "b.c.", "/a/")
		f.Add(seed, "c", "/")
	}
	f.Add(uint64(7), ".a.b", "//a//")
	f.Add(uint64(7), "a..b", "")
	f.Add(uint64(7), strings.Repeat("a.", 500), strings.Repeat("/a", 500))
	f.Fuzz(func(t *testing.T, seed uint64, host, path string) {
		s := randomSnapshot(rand.New(rand.NewPCG(seed, 0)))
		table, err := Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if place, ok := table.Lookup(listenerNames(s), host, path); ok {
			c, ok := place.Choose([]string{"p"})
			if !ok {
				t.Fatal("a place that serves nothing")
			}
			got = c.Route
		}
		if want := naive(s, host, path); got != want {
			t.Fatalf("Lookup(%q, %q) = %q, want %q in\n%v", host, path, got, want, s)
		}
	})
}
