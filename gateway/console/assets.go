package console

import (
	"bytes"
	"embed"
	"net/http"
	"path"
	"time"
)

//go:embed page
var files embed.FS

// contentTypes is a closed list: the host's own table of types might say
// something else.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// assets are the embedded files by the path they are served at.
func assets() map[string]http.HandlerFunc {
	entries, err := files.ReadDir("page")
	if err != nil {
		panic("console: the page is not embedded: " + err.Error())
	}
	all := make(map[string]http.HandlerFunc, len(entries))
	for _, entry := range entries {
		name := entry.Name()
		content, err := files.ReadFile(path.Join("page", name))
		if err != nil {
			panic("console: " + name + " is not embedded: " + err.Error())
		}
		at := "/console/" + name
		if name == "index.html" {
			at = "/"
		}
		all[at] = asset(name, content)
	}
	return all
}

func asset(name string, content []byte) http.HandlerFunc {
	kind := contentTypes[path.Ext(name)]
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		// The next build's page may come from the same address.
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	}
}
