package api

import (
	"context"
	"sync"
	"time"
	"unicode/utf8"

	"peiban/internal/conductor"
	"peiban/internal/staff"
)

// names keeps who the staff and the sources of a workspace are for a short while: every row of every list asks.
type names struct {
	mu      sync.Mutex
	at      time.Time
	staff   map[string]staff.Member
	order   []staff.Member
	sources map[int32]string
}

const namesLast = 5 * time.Second

// load reads the names again when they are old. When the database does not answer, the old ones serve.
func (sp *space) load(ctx context.Context, s Store) {
	n := &sp.names
	now := sp.real()
	if n.staff != nil && now.Sub(n.at) < namesLast && now.After(n.at) {
		return
	}
	ms, err := s.Members(ctx, sp.number())
	if err != nil {
		return
	}
	ss, err := s.Sources(ctx, sp.number())
	if err != nil {
		return
	}
	n.at, n.order = now, ms
	n.staff, n.sources = make(map[string]staff.Member, len(ms)), make(map[int32]string, len(ss))
	for _, m := range ms {
		n.staff[m.ID] = m
	}
	for _, x := range ss {
		n.sources[x.Number] = x.Name
	}
}

// forgetNames has the names read again the next time.
func (sp *space) forgetNames() {
	sp.names.mu.Lock()
	sp.names.at = time.Time{}
	sp.names.staff = nil
	sp.names.mu.Unlock()
}

// member is a member of staff by id; nil for nobody.
func (sp *space) ref(ctx context.Context, s Store, id string) *Ref {
	if id == "" {
		return nil
	}
	sp.names.mu.Lock()
	defer sp.names.mu.Unlock()
	sp.load(ctx, s)
	if m, ok := sp.names.staff[id]; ok {
		return &Ref{ID: id, Name: m.Name}
	}
	return &Ref{ID: id, Name: id}
}

func (sp *space) team(ctx context.Context, s Store) []staff.Member {
	sp.names.mu.Lock()
	defer sp.names.mu.Unlock()
	sp.load(ctx, s)
	return sp.names.order
}

func (sp *space) sourceName(ctx context.Context, s Store, n int32) string {
	if n == 0 {
		return "peiban"
	}
	sp.names.mu.Lock()
	defer sp.names.mu.Unlock()
	sp.load(ctx, s)
	return sp.names.sources[n]
}

// nameOf is a person's name as the caller may read it.
func (c *caller) nameOf(card conductor.Card) string {
	if c.masked() {
		if c.key != nil || c.sending != nil { // other systems know people by their ids
			return ""
		}
		return mask(card.Name)
	}
	return card.Name
}

// mask hides all of a name but its first and last character: 张*芳, 王*, 李**明.
func mask(name string) string {
	rs := []rune(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return ""
	case n <= 2:
		return string(rs[0]) + "*"
	default:
		for i := 1; i < n-1; i++ {
			rs[i] = '*'
		}
		return string(rs)
	}
}

// age in whole years by the calendar of the moment; nil when the year of birth is not known.
func age(birthYear int, at int64, loc *time.Location) *int {
	if birthYear == 0 {
		return nil
	}
	a := time.UnixMicro(at).In(loc).Year() - birthYear
	if a < 0 || a > 130 {
		return nil
	}
	return &a
}
