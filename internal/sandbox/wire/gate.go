package wire

import (
	"sync"
	"time"
)

// Fault is what the next calls of an API meet. With neither Code nor Status nor Silent it only waits.
type Fault struct {
	Path   string        `json:"path"`
	Calls  int           `json:"calls"`            // how many calls
	Code   int           `json:"errcode"`          // answered, nothing is done
	Status int           `json:"status"`           // HTTP status of a gateway, nothing is done
	Silent bool          `json:"silent"`           // done, but the connection ends without an answer
	Wait   time.Duration `json:"wait_nanoseconds"` // before anything
}

// Limits are how often and how many at once. Zero: as many as one likes.
type Limits struct {
	Minute int `json:"minute"` // calls of one API in a minute; more: 45009 until the minute is over
	Hour   int `json:"hour"`
	AtOnce int `json:"at_once"` // more calls of one API under way: 45033
}

// The codes of too often and too many at once.
const (
	tooOften = 45009
	atOnce   = 45033
)

type gates struct {
	mu     sync.Mutex
	limit  map[string]Limits // by path; "": of each API without its own
	faults map[string][]*Fault
	inside map[string]int
	began  map[string][]time.Time
	shut   map[string]time.Time
}

// Limit sets the limits of an API, of each when "".
func (b *Board) Limit(path string, l Limits) {
	g := &b.gates
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limit == nil {
		g.limit = map[string]Limits{}
	}
	g.limit[path] = l
	g.began, g.shut = nil, nil
}

// Break has the next calls of an API meet a fault.
func (b *Board) Break(f Fault) {
	g := &b.gates
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.faults == nil {
		g.faults = map[string][]*Fault{}
	}
	g.faults[f.Path] = append(g.faults[f.Path], &f)
}

// Mend takes every fault back.
func (b *Board) Mend() {
	b.gates.mu.Lock()
	defer b.gates.mu.Unlock()
	b.gates.faults = nil
}

// Faults are those still ahead.
func (b *Board) Faults() (all []Fault) {
	b.gates.mu.Lock()
	defer b.gates.mu.Unlock()
	for _, fs := range b.gates.faults {
		for _, f := range fs {
			all = append(all, *f)
		}
	}
	return all
}

func (g *gates) fault(path string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.faults[path]) > 0 {
		f := g.faults[path][0]
		if f.Calls--; f.Calls <= 0 {
			g.faults[path] = g.faults[path][1:]
		}
		return f
	}
	return nil
}

// enter counts a call. Over a limit the API is shut for as long as the limit's span, as the documents say of the real one.
func (g *gates) enter(path string, now time.Time) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside == nil {
		g.inside = map[string]int{}
	}
	if g.began == nil {
		g.began, g.shut = map[string][]time.Time{}, map[string]time.Time{}
	}
	l, ok := g.limit[path]
	if !ok {
		l = g.limit[""]
	}
	if now.Before(g.shut[path]) {
		return nil, Refuse(tooOften, "api freq out of limit")
	}
	within := func(span time.Duration) (n int) {
		for _, t := range g.began[path] {
			if now.Sub(t) < span {
				n++
			}
		}
		return n
	}
	switch {
	case l.AtOnce > 0 && g.inside[path] >= l.AtOnce:
		return nil, Refuse(atOnce, "api concurrent out of limit")
	case l.Minute > 0 && within(time.Minute) >= l.Minute:
		g.shut[path] = now.Add(time.Minute)
		return nil, Refuse(tooOften, "api freq out of limit")
	case l.Hour > 0 && within(time.Hour) >= l.Hour:
		g.shut[path] = now.Add(time.Hour)
		return nil, Refuse(tooOften, "api freq out of limit")
	}
	if l.Minute > 0 || l.Hour > 0 {
		g.began[path] = append(g.began[path], now)
	}
	g.inside[path]++
	return func() {
		g.mu.Lock()
		g.inside[path]--
		g.mu.Unlock()
	}, nil
}
