package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/person"
)

// request is what every layer may know of the request in hand.
type request struct {
	id    string        // number a person can read out: eight characters
	route string        // pattern, never an address with ids in it
	actor string        // "staff:<id>", "person:<id>"; empty: nobody signed in
	host  string        // as the client named the server, for links back to it
	peer  string        // address it comes from; kept in memory, never logged
	about person.Number // whom it concerns; 0: nobody yet
	many  bool          // it concerns several people
}

// concerns notes that the answer may tell of somebody; what is kept of it is sealed with that person's key.
func (r *request) concerns(n person.Number) {
	if n == 0 {
		return
	}
	r.many = r.many || r.about != 0 && r.about != n
	r.about = n
}

type requestKey struct{}

// requestOf gives the request in hand; outside of one, an empty record.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

func newNumber() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails: the runtime ends the program instead
	return strings.ToUpper(hex.EncodeToString(b))
}

// watched gives each request its number, its line in the log and its place in the figures, and turns a panic
// into a 500 that names the number. The log holds the route's pattern, no address, no header, no body.
func (s *Server) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.real()
		info := &request{id: newNumber(), host: r.Host, peer: peerOf(r)}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, info))
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", info.id)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // a sentinel of net/http, thrown as it is
					panic(p)
				}
				caught := fault.Caught(p)
				s.log.Error("panic", slog.String("number", info.id), slog.String("route", info.route),
					slog.String("reason", caught.Reason), slog.String("stack", caught.Stack))
				if rec.status == 0 {
					writeProblem(rec, r, errInternal)
				}
			}
			s.account(info, r.Method, rec, s.real().Sub(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

// behind does work that goes on when its request is over. A panic in it is its error, and is logged as one of a request is.
func (s *Server) behind(what string, do func() error) error {
	err := fault.Guard(do)
	if p := (*fault.Panic)(nil); errors.As(err, &p) {
		s.log.Error("panic", slog.String("work", what), slog.String("reason", p.Reason), slog.String("stack", p.Stack))
	}
	return err
}

func (s *Server) account(info *request, method string, rec *recorder, took time.Duration) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	if s.observe != nil {
		s.observe(info.route, method, rec.status, took)
	}
	level := slog.LevelDebug // files, health and intake: too many to keep
	if strings.HasPrefix(info.route, "/api/") {
		level = slog.LevelInfo
	}
	if rec.status >= 500 {
		level = slog.LevelError
	}
	s.log.Log(context.Background(), level, "request", slog.String("number", info.id), slog.String("method", method),
		slog.String("route", info.route), slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes),
		slog.Duration("took", took), slog.String("actor", info.actor))
}

// recorder remembers how a request was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach Flush and deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// csp lets our own pages load our own files and nothing else. Ant Design writes its styles into the page. The
// start page frames the phone, so framing by ourselves is allowed.
const csp = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"

func (s *Server) secured(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { writeProblem(w, r, errCSRF) }))
	guarded := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=(), payment=()")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		guarded.ServeHTTP(w, r)
	})
}
