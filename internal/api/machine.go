package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/export"
	"peiban/internal/out"
	"peiban/internal/staff"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// apiKeys keeps the keys of other systems.
type apiKeys interface {
	APIKey(ctx context.Context, w workspace.Number, id string) (out.Key, error)
	APIKeyByHash(ctx context.Context, hash []byte, now int64) (workspace.Number, out.Key, error)
	TouchAPIKey(ctx context.Context, w workspace.Number, id string, at int64) error
}

const feedAddress = "/api/stream/events"

// bearer is the key a request comes with; false: it comes with none. A token of another kind is somebody else's, such as a proxy's that lets
// staff through, and says nothing to us.
func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && strings.HasPrefix(token, out.KeyPrefix)
}

// scopeOf is what a key must be allowed for an address; empty: no key opens it. Keys only read.
func (s *Server) scopeOf(r *http.Request) out.Scope {
	p := r.URL.Path
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return ""
	case p == feedAddress:
		return out.ReadEvents
	case p == fhirAddress || strings.HasPrefix(p, fhirAddress+"/"):
		return out.ReadFHIR
	}
	name, format, ok := strings.Cut(strings.TrimPrefix(p, "/api/"), ".")
	if ok && slices.Contains(export.Formats, export.Format(format)) && slices.ContainsFunc(s.listings(), func(l listing) bool { return l.name == name && l.forKeys }) {
		return out.ReadLists
	}
	return ""
}

// machine finds out which other system asks. What its key does not open is refused before anything is looked at.
func (s *Server) machine(r *http.Request, token string) (*caller, error) {
	now := s.real().UnixMicro()
	w, k, err := s.store.APIKeyByHash(r.Context(), keys.TokenHash(token), now)
	if err != nil {
		return nil, err
	}
	sp := s.space(w)
	if sp == nil {
		return nil, out.ErrKey
	}
	need := s.scopeOf(r)
	if need == "" || !k.May(need) {
		err := out.ErrScope
		if need != "" {
			err = err.Because("需要 "+string(need), string(need)+" is needed")
		}
		return nil, err
	}
	if now-k.Used >= time.Minute.Microseconds() {
		if err := s.store.TouchAPIKey(r.Context(), w, k.ID, now); err != nil {
			return nil, err
		}
	}
	return &caller{space: sp, key: &k, session: staff.Session{Kind: staff.KindStaff}, member: keyMember(&k)}, nil
}

// keyMember is whom a key stands for.
func keyMember(k *out.Key) staff.Member {
	role := staff.Machine
	if k.May(out.ReadNames) {
		role = staff.NamedMachine
	}
	return staff.Member{ID: "key:" + k.ID, Name: k.Name, Role: role}
}

// shares reports whether a person's lists and records may go to the caller's key, or to whoever gets the file that is sent: they agreed to
// that, and to health data, which is in all of them.
func (c *caller) shares(card conductor.Card) bool {
	var to out.Receiver
	var programmes []string
	switch {
	case c.key != nil:
		to, programmes = c.key.Receiver, c.key.Programmes
	case c.sending != nil:
		to = c.sending.Told.Receiver
	default:
		return true
	}
	_, _, st, ok := c.space.Conductor.Glance(card.Number)
	return ok && !card.Erased && to.CoversHealth(st) && (len(programmes) == 0 ||
		slices.ContainsFunc(st.Programmes, func(p engine.Progress) bool { return slices.Contains(programmes, p.Key) }))
}

// turns lets each key have a few requests at a time, so that one that waits and waits takes no place from people.
type turns struct {
	mu sync.Mutex
	of map[string]int
}

const turnsEach = 4

var errTurns = func() error {
	return waits(errTooMany, time.Second)
}

// take gives a turn, or false when the key has as many as it may.
func (t *turns) take(id string) (release func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string]int{}
	}
	if t.of[id] >= turnsEach {
		return nil, false
	}
	t.of[id]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.of[id]--; t.of[id] == 0 {
			delete(t.of, id)
		}
	}, true
}
