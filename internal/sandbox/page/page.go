// Package page is the sandbox's page with phones: plain HTML, styles and a script, nothing from elsewhere.
package page

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed index.html page.css page.js
var files embed.FS

// Has tells whether a path below /sandbox/ is one of the page's files.
func Has(path string) bool {
	name := strings.TrimPrefix(path, "/sandbox/")
	if name == "" {
		return true
	}
	_, err := fs.Stat(files, name)
	return err == nil
}

// ServeHTTP serves the page at /sandbox/.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/sandbox" {
		http.Redirect(w, r, "/sandbox/", http.StatusFound)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-cache")
	http.StripPrefix("/sandbox/", http.FileServerFS(files)).ServeHTTP(w, r)
}
