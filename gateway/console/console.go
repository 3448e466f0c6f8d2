package console

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"time"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/registry"
)

// Sources are what the console shows. Its functions are called from any
// goroutine, and what they return is only read.
type Sources struct {
	// Config is what the gateway serves; nil before it serves anything.
	Config func() *config.Snapshot
	// Sessions are the live sessions, in any order.
	Sessions iter.Seq[registry.Live]
	// Allow says who may read routes and sessions; others get 403. Nil is
	// FromLoopback. The page itself tells nothing and is for everyone.
	Allow func(*http.Request) bool
}

// Handler serves the console: the page at / and what belongs to it under
// /console/. All other paths are left to the WebSockets: it has no pattern for
// them.
func Handler(s Sources) *http.ServeMux {
	if s.Allow == nil {
		s.Allow = FromLoopback
	}
	pages := assets()
	pages["/console/api/routes"] = s.guard(func() any { return routesOf(s.Config()) })
	pages["/console/api/sessions"] = s.guard(func() any { return sessionsOf(s.Sessions, time.Now()) })

	mux := http.NewServeMux()
	for path, page := range pages {
		if path == "/" {
			path = "/{$}"
		}
		mux.HandleFunc(path, show(page))
	}
	return mux
}

// show answers GET and HEAD with page.
func show(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, "The console only shows: GET or HEAD.\n")
			return
		}
		page(w, r)
	}
}

// guard answers with what look returns, as JSON, to those who are allowed.
func (s Sources) guard(look func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.Allow(r) {
			refuse(w, http.StatusForbidden,
				"Routes and sessions are shown only on the gateway's own host, at localhost or an IP address.\n")
			return
		}
		body, err := json.Marshal(look())
		if err != nil {
			refuse(w, http.StatusInternalServerError, err.Error()+"\n")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(body) // nobody is left to tell when the client is gone
	}
}

// contentPolicy lets the page load what the gateway serves and nothing else. It
// may open WebSockets to anywhere, since the address is the visitor's to edit.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func secure(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, message) // as above
}
