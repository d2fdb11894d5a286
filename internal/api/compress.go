package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// smallest is the size below which compressing is not worth its header.
const smallest = 1024

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a valid constant
	return z
}}

// compressed answers in gzip where the client takes it and the content gains from it. A stream of events is
// passed through: its lines must leave at once.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !accepts(r.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		z := &gzipped{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil { // what is held back must not pass for an answer
				z.held = nil
				panic(p)
			}
			z.close()
		}()
		next.ServeHTTP(z, r)
	})
}

// gzipped holds the first bytes back until it knows whether compressing is worth it.
type gzipped struct {
	http.ResponseWriter
	status  int
	held    []byte
	decided bool
	z       *gzip.Writer // nil: passed through
}

func (g *gzipped) WriteHeader(status int) {
	if g.status != 0 {
		return
	}
	g.status = status
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		g.decide(false)
	} else if !compressible(g.Header()) {
		g.decide(false)
	}
}

func compressible(h http.Header) bool {
	if h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" {
		return false
	}
	t := h.Get("Content-Type")
	return strings.Contains(t, "json") || strings.HasPrefix(t, "text/") && !strings.HasPrefix(t, "text/event-stream") ||
		strings.Contains(t, "javascript") || strings.Contains(t, "svg")
}

func (g *gzipped) Write(b []byte) (int, error) {
	if g.status == 0 {
		g.WriteHeader(http.StatusOK)
	}
	if g.decided {
		return g.out().Write(b)
	}
	g.held = append(g.held, b...)
	if len(g.held) < smallest {
		return len(b), nil
	}
	return len(b), g.release(true)
}

func (g *gzipped) out() io.Writer {
	if g.z != nil {
		return g.z
	}
	return g.ResponseWriter
}

func (g *gzipped) decide(compress bool) {
	g.decided = true
	if compress {
		h := g.Header()
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		h.Del("Content-Length")
		g.z = gzips.Get().(*gzip.Writer)
		g.z.Reset(g.ResponseWriter)
	}
	g.ResponseWriter.WriteHeader(g.status)
}

func (g *gzipped) release(compress bool) error {
	g.decide(compress)
	_, err := g.out().Write(g.held)
	g.held = nil
	return err
}

// Flush is called by a handler that wants what it wrote to leave now.
func (g *gzipped) Flush() {
	if g.status == 0 {
		g.WriteHeader(http.StatusOK)
	}
	if !g.decided {
		_ = g.release(false)
	}
	if g.z != nil {
		_ = g.z.Flush()
	}
	_ = http.NewResponseController(g.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach deadlines.
func (g *gzipped) Unwrap() http.ResponseWriter { return g.ResponseWriter }

func (g *gzipped) close() {
	if g.status != 0 && !g.decided {
		_ = g.release(false) // the client is gone: nobody to tell
	}
	if g.z != nil {
		_ = g.z.Close()
		gzips.Put(g.z)
		g.z = nil
	}
}
