package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

const longestKey = 200

// repeated answers a write that comes again with the same Idempotency-Key as it was answered the first time,
// without doing it again. Two at the same moment wait for each other. A failure on our side is not remembered.
func (s *Server) repeated(next http.Handler) http.Handler {
	var locks keyed
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		c := callerOf(r.Context())
		if key == "" || c == nil || !unsafe(r.Method) || isUpload(r) || isArchive(r) {
			next.ServeHTTP(w, r)
			return
		}
		if len(key) > longestKey {
			writeProblem(w, r, errBadBody.At("header.Idempotency-Key").Because("最多 200 个字符", "at most 200 characters"))
			return
		}
		body, err := io.ReadAll(r.Body) // in memory already: readable
		if err != nil {
			writeProblem(w, r, errBadBody.Wrap(err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		digest := digestOf(r.Method, r.URL.RequestURI(), string(body))
		defer locks.lock(string(c.space.Workspace.ID) + c.actor() + key)()

		first, ok, err := s.store.Answered(r.Context(), c.space.number(), c.actor(), key, digest)
		if err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		if ok {
			replay(w, first)
			return
		}
		rec := &copying{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if rec.status >= 500 || rec.status == http.StatusTooManyRequests {
			return
		}
		if c.session.Kind == staff.KindPerson && requestOf(r.Context()).about == 0 {
			requestOf(r.Context()).about = c.me.Number
		}
		answer := s.remembered(requestOf(r.Context()), rec)
		answer.Request = digest
		// The write is done and answered. If this fails, a repeat is done once more, which the store's own keys absorb.
		if err := s.store.KeepAnswer(r.Context(), c.space.number(), c.actor(), key, answer); err != nil {
			_ = s.fails(requestOf(r.Context()), err) // only for the log
		}
	})
}

// remembered is what is kept of an answer. One that tells of several people could be sealed by nobody's key and would
// outlive the erasing of each; kept is only that the request was done.
func (s *Server) remembered(info *request, rec *copying) audit.Answer {
	a := audit.Answer{Person: info.about, Status: rec.status, Body: rec.body.Bytes(), At: s.real().UnixMicro()}
	if info.many && rec.status < 300 {
		p := problemOf(errDone)
		body, _ := json.Marshal(p) // words and a status: cannot fail
		a.Person, a.Status, a.Body = 0, p.Status, body
	}
	return a
}

var errDone = fault.New(fault.Clash, "already_done", "这个请求已经办好了；答复涉及多人，没有保存", "this request was done already; its answer told of several people and was not kept").
	Because("请重新读取", "read again what you need")

func replay(w http.ResponseWriter, a audit.Answer) {
	kind := "application/json"
	if a.Status >= 400 {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Idempotent-Replay", "true")
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the client is gone: nobody to tell
}

func digestOf(parts ...string) []byte {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return h[:]
}

// copying keeps what it passes on.
type copying struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copying) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(b []byte) (int, error) {
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach Flush and deadlines.
func (c *copying) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// keyed is a lock per key; a key nobody holds takes no room.
type keyed struct {
	mu   sync.Mutex
	held map[string]*held
}

type held struct {
	sync.Mutex
	users int
}

func (k *keyed) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = map[string]*held{}
	}
	h := k.held[key]
	if h == nil {
		h = &held{}
		k.held[key] = h
	}
	h.users++
	k.mu.Unlock()
	h.Lock()
	return func() {
		h.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(k.held, key)
		}
	}
}
