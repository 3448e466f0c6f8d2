package main

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"switchyard.dev/gateway/config"
)

// printPlaces prints what a snapshot serves, a line for each place and
// subprotocol: where clients arrive, and which services answer.
func printPlaces(out io.Writer, s *config.Snapshot) error {
	listeners := make(map[string]*config.Listener, len(s.GetListeners()))
	for _, l := range s.GetListeners() {
		listeners[l.GetName()] = l
	}
	endpoints := make(map[string]int, len(s.GetServices()))
	for _, service := range s.GetServices() {
		endpoints[service.GetName()] = len(service.GetEndpoints())
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nLISTENER\tHOST\tPATH\tSUBPROTOCOL\tSERVICE")
	for _, r := range s.GetRoutes() {
		for _, a := range r.GetAttachments() {
			where := address(listeners[a.GetListener()])
			for _, host := range hosts(a) {
				place := fmt.Sprintf("%s\t%s\t%s", where, host, path(r.GetPath()))
				for _, sub := range r.GetSubprotocols() {
					fmt.Fprintf(w, "%s\t%s\t%s\n", place, sub.GetName(), backends(sub.GetTarget(), endpoints))
				}
				if r.GetFallback() != nil {
					fmt.Fprintf(w, "%s\t%s\t%s\n", place, "(none)", backends(r.GetFallback(), endpoints))
				}
			}
		}
	}
	return w.Flush()
}

func address(l *config.Listener) string {
	scheme := "ws"
	if l.GetTls() != nil {
		scheme = "wss"
	}
	return scheme + "://" + net.JoinHostPort(cmp.Or(l.GetAddress(), "*"), strconv.FormatUint(uint64(l.GetPort()), 10))
}

func hosts(a *config.Attachment) []string {
	if len(a.GetHostnames()) == 0 {
		return []string{"*"}
	}
	return slices.Clone(a.GetHostnames())
}

// path shows a prefix as what it covers.
func path(p *config.PathMatch) string {
	if p.GetType() == config.PathMatch_EXACT {
		return p.GetValue()
	}
	return strings.TrimSuffix(p.GetValue(), "/") + "/*"
}

func backends(t *config.Target, endpoints map[string]int) string {
	words := make([]string, len(t.GetBackends()))
	for i, b := range t.GetBackends() {
		word := cmp.Or(b.GetService(), "(unresolved)")
		if len(words) > 1 {
			word += fmt.Sprintf(" weight %d", b.GetWeight())
		}
		if b.GetService() != "" && endpoints[b.GetService()] == 0 {
			word += " (no endpoints)"
		}
		words[i] = word
	}
	return strings.Join(words, ", ")
}
