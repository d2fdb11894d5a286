package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// apps are the pages and the addresses below which each answers; it finds its own way from there.
var apps = []struct{ prefix, page string }{
	{"/console/", "console/index.html"}, {"/m/", "mobile/index.html"}, {"/visit/", "visit/index.html"},
}

// files serves the built web apps out of memory: each file is compressed once, by Brotli where the build did that
// (a file of the same name and .br), pages are asked for again each time (by their digest), files whose name carries a
// digest are kept by the browser for ever.
type files struct {
	fsys fs.FS
	demo bool
	mu   sync.Mutex
	held map[string]*file
}

type file struct {
	plain, gzip, brotli []byte
	kind, tag           string
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	info := requestOf(r.Context())
	info.route = "static"
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, r, errMethod)
		return
	}
	p := path.Clean("/" + r.URL.Path)
	switch {
	case p == "/" && !f.demo:
		http.Redirect(w, r, "/console/", http.StatusFound)
	case p == "/":
		f.page(w, r, "start/index.html")
	case r.URL.Path == "/console" || r.URL.Path == "/m" || r.URL.Path == "/visit":
		http.Redirect(w, r, p+"/", http.StatusMovedPermanently)
	case strings.HasPrefix(p, "/api/") || strings.HasPrefix(p, "/v1/"):
		writeProblem(w, r, errNoAddress)
	default:
		if f.file(w, r, strings.TrimPrefix(p, "/")) {
			return
		}
		for _, a := range apps {
			// An address with a file's ending is a file that is missing, not a page of the app.
			if strings.HasPrefix(p+"/", a.prefix) && path.Ext(p) == "" {
				f.page(w, r, a.page)
				return
			}
		}
		writeProblem(w, r, errNoAddress)
	}
}

// page answers an app's page, or the one that says how to build it.
func (f *files) page(w http.ResponseWriter, r *http.Request, name string) {
	if f.file(w, r, name) {
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, notBuilt)
}

const notBuilt = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>peiban</title><body style="font:16px/1.6 sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">
<h1>网页还没有构建</h1><p>这个程序里没有网页应用。请在项目目录运行 <code>make build</code>，再启动。接口可用，见 <a href="/docs">/docs</a>。</p>
<h1 lang="en">The web apps are not built</h1><p lang="en">This binary was built without its web apps. Run <code>make build</code> in the project and start it
again. The API works; see <a href="/docs">/docs</a>.</p></body></html>`

// file answers the file of that name and reports whether there is one.
func (f *files) file(w http.ResponseWriter, r *http.Request, name string) bool {
	x := f.load(name)
	if x == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", x.kind)
	h.Set("ETag", x.tag)
	h.Add("Vary", "Accept-Encoding")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if r.Header.Get("If-None-Match") == x.tag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body := x.plain
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case x.brotli != nil && accepts(accepted, "br"):
		h.Set("Content-Encoding", "br")
		body = x.brotli
	case x.gzip != nil && accepts(accepted, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = x.gzip
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return true
}

// accepts reports whether a request takes that coding of content (RFC 9110, 12.5.3: a weight of 0 refuses it).
func accepts(header, coding string) bool {
	for one := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, weighed := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !weighed || err == nil && q > 0
	}
	return false
}

// load reads a file once. Names starting with a dot, such as the build's manifest, are not served.
func (f *files) load(name string) *file {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if x, ok := f.held[name]; ok {
		return x
	}
	b, err := fs.ReadFile(f.fsys, name)
	if err != nil { // a folder, or nothing: not remembered, so that guessing names fills no memory
		return nil
	}
	sum := sha256.Sum256(b)
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	x := &file{plain: b, kind: kind, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	if len(b) > smallest && compressible(http.Header{"Content-Type": {kind}}) {
		var z bytes.Buffer
		g, _ := gzip.NewWriterLevel(&z, gzip.BestCompression) // the level is a valid constant
		_, _ = g.Write(b)
		_ = g.Close()
		x.gzip = z.Bytes()
		x.brotli, _ = fs.ReadFile(f.fsys, name+".br") // none: gzip does
	}
	if f.held == nil {
		f.held = map[string]*file{}
	}
	f.held[name] = x
	return x
}
