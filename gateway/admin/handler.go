package admin

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/protobuf/encoding/protojson"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/registry"
)

// maxScrapes bounds how many ask for metrics at the same time; more are told 503.
const maxScrapes = 4

// Sources are where the pages come from. All are needed, and all are called from
// many goroutines.
type Sources struct {
	// Ready is nil while new sessions are welcome, else why they are not.
	Ready func() error
	// Config is the configuration in force; nil before the first.
	Config func() *config.Snapshot
	// Routes is what the route table looks like, as encoding/json takes it.
	Routes   func() any
	Sessions *registry.Registry
	Gatherer prometheus.Gatherer
}

// page is one entry of the index.
type page struct {
	path, about string
	handler     http.Handler
	// open pages tell nothing of who uses the gateway, nor of what it serves
	// them: probes and scrapers may ask from anywhere.
	open bool
}

// pages are all there are, in the order of the index.
func pages(s Sources) []page {
	metrics := promhttp.HandlerFor(s.Gatherer, promhttp.HandlerOpts{
		// One broken metric must not hide the others.
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
	})
	return []page{
		{"/healthz", "200 while the process lives", http.HandlerFunc(healthz), true},
		{"/readyz", "200 while new sessions are welcome, else 503 and why not", readyz(s.Ready), true},
		{"/metrics", "for Prometheus", metrics, true},
		{"/sessions", "live sessions, newest first; ?route= &subprotocol= &limit=", sessions(s.Sessions), false},
		{"/routes", "what is served where", routes(s.Routes), false},
		{"/config", "the configuration in force, without private keys", configuration(s.Config), false},
		{"/debug/pprof/", "profiles", http.HandlerFunc(pprof.Index), false},
		{"/debug/pprof/cmdline", "how the process was started", http.HandlerFunc(pprof.Cmdline), false},
		{"/debug/pprof/profile", "CPU profile; ?seconds=", http.HandlerFunc(pprof.Profile), false},
		{"/debug/pprof/symbol", "names of program counters", http.HandlerFunc(pprof.Symbol), false},
		{"/debug/pprof/trace", "execution trace; ?seconds=", http.HandlerFunc(pprof.Trace), false},
	}
}

// Handler serves all pages, to GET and HEAD alone.
func Handler(s Sources) http.Handler {
	mux := http.NewServeMux()
	all := pages(s)
	for _, p := range all {
		if p.open {
			mux.Handle("GET "+p.path, p.handler)
		} else {
			mux.Handle("GET "+p.path, inside(p.handler))
		}
	}
	mux.Handle("GET /{$}", inside(index(all)))
	return guard(mux)
}

func index(all []page) http.Handler {
	var out strings.Builder
	out.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Switchyard gateway</title>\n" +
		"<h1>Switchyard gateway</h1>\n<dl>\n")
	for _, p := range all {
		fmt.Fprintf(&out, "<dt><a href=%q>%s</a><dd>%s\n", p.path, p.path, html.EscapeString(p.about))
	}
	out.WriteString("</dl></html>\n")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, out.String())
	})
}

func healthz(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "ok") }

func readyz(ready func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			text(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		text(w, http.StatusOK, "ok")
	}
}

func routes(table func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { asJSON(w, table()) }
}

func configuration(snapshot func() *config.Snapshot) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s := snapshot()
		if s == nil {
			text(w, http.StatusServiceUnavailable, "no configuration yet")
			return
		}
		out, err := protojson.MarshalOptions{Multiline: true}.Marshal(s.Redacted())
		answerJSON(w, out, err)
	}
}

// asJSON answers with v.
func asJSON(w http.ResponseWriter, v any) {
	out, err := json.MarshalIndent(v, "", "  ")
	answerJSON(w, out, err)
}

// answerJSON answers with what an encoder returned.
func answerJSON(w http.ResponseWriter, out []byte, err error) {
	if err != nil {
		text(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(out, '\n'))
}

// text answers with one line.
func text(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, line)
}
