package wire

import (
	"sync"
	"time"
)

// Tokens gives each owner of a secret one token at a time, the same one while it is good.
type Tokens struct {
	ids *IDs

	mu    sync.Mutex
	ttl   time.Duration
	grant map[string]*grant // by token
	held  map[string]string // token by owner
}

type grant struct {
	owner string
	until time.Time
}

// NewTokens makes tokens that are good for ttl.
func NewTokens(ids *IDs, ttl time.Duration) *Tokens {
	return &Tokens{ids: ids, ttl: ttl, grant: map[string]*grant{}, held: map[string]string{}}
}

// Last sets how long tokens from now on are good.
func (t *Tokens) Last(ttl time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ttl = ttl
}

// Issue answers the owner's token and how many seconds it has left. fresh makes a new one in any case; the old one then ends.
func (t *Tokens) Issue(owner string, now time.Time, fresh bool) (token string, left int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.grant[t.held[owner]]; g != nil && now.Before(g.until) {
		if !fresh {
			return t.held[owner], int(g.until.Sub(now).Seconds())
		}
		g.until = now
	}
	token = t.ids.New("", 214)
	t.grant[token], t.held[owner] = &grant{owner, now.Add(t.ttl)}, token
	return token, int(t.ttl.Seconds())
}

// State of a token.
type State int

// The states of a token.
const (
	Good State = iota
	Unknown
	Expired
)

// Owner answers whose token it is.
func (t *Tokens) Owner(token string, now time.Time) (string, State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.grant[token]
	switch {
	case g == nil:
		return "", Unknown
	case !now.Before(g.until):
		return "", Expired
	}
	return g.owner, Good
}

// Expire ends the tokens of an owner, of all when "": they are known as expired.
func (t *Tokens) Expire(owner string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.grant {
		if (owner == "" || g.owner == owner) && now.Before(g.until) {
			g.until = now
		}
	}
}

// Revoke forgets the tokens of an owner, of all when "": they were never given.
func (t *Tokens) Revoke(owner string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for token, g := range t.grant {
		if owner == "" || g.owner == owner {
			delete(t.grant, token)
		}
	}
}
