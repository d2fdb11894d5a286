package timeline

import (
	"slices"
	"sync"
	"sync/atomic"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Store holds the timelines of a workspace's people. One goroutine writes; any number read meanwhile.
//
// A person's timeline is either in the base, columns mapped from a snapshot file, or on the heap once an event
// has been added since: the delta. Save writes both into a new base.
type Store struct {
	mu   sync.RWMutex // guards the slice itself, not what the pointers point to
	all  []atomic.Pointer[Timeline]
	base *mapping
	head atomic.Uint64
	// changed counts events added since the snapshot, so that a background merge knows when it pays.
	changed atomic.Int64
}

// NewStore makes an empty store.
func NewStore() *Store { return &Store{} }

var empty = &Timeline{}

// Of returns the timeline of n. The caller must not change it; it does not change any more either.
func (s *Store) Of(n person.Number) *Timeline {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if int(n) >= len(s.all) {
		return empty
	}
	if t := s.all[n].Load(); t != nil {
		return t
	}
	return empty
}

// Put publishes t as the timeline of n.
func (s *Store) Put(n person.Number, t *Timeline) {
	s.mu.RLock()
	if int(n) < len(s.all) {
		s.all[n].Store(t)
		s.mu.RUnlock()
		return
	}
	s.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if need := int(n) + 1; need > len(s.all) {
		grown := make([]atomic.Pointer[Timeline], max(need, len(s.all)*5/4+64))
		for i := range s.all {
			grown[i].Store(s.all[i].Load())
		}
		s.all = grown
	}
	s.all[n].Store(t)
}

// Len is one more than the highest person number there is room for.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.all)
}

// Head is the last commit whose events are all here.
func (s *Store) Head() event.Seq { return event.Seq(s.head.Load()) }

// SetHead records that all events up to q are here, n of them new.
func (s *Store) SetHead(q event.Seq, n int) {
	s.head.Store(uint64(q))
	s.changed.Add(int64(n))
}

// Changed is how many events came since the snapshot was written.
func (s *Store) Changed() int64 { return s.changed.Load() }

// With returns a timeline that is t and e. It shares t's columns where that is safe: readers of t see what they
// saw. Only the newest timeline of a person may be extended.
func (t *Timeline) With(e *event.Event) *Timeline {
	n := len(t.At)
	appendOnly := e.Supersedes == 0 && e.Retracts == 0 && (n == 0 || t.At[n-1] <= e.Occurred)
	c := *t
	if !appendOnly {
		c = *t.clone()
	}
	c.Add(e)
	return &c
}

func (t *Timeline) clone() *Timeline {
	return &Timeline{
		At: slices.Clone(t.At), Recv: slices.Clone(t.Recv), Seq: slices.Clone(t.Seq), Type: slices.Clone(t.Type),
		Flags: slices.Clone(t.Flags), Num: slices.Clone(t.Num), A: slices.Clone(t.A), B: slices.Clone(t.B),
		C: slices.Clone(t.C), Ext: slices.Clone(t.Ext), Extra: slices.Clone(t.Extra), Fixes: slices.Clone(t.Fixes),
	}
}

// AsOf returns the part of t that had happened by at and was known by known (microseconds). Events hidden by a
// correction stay hidden when known is at or after the correction; an earlier known shows what was believed then.
func (t *Timeline) AsOf(at, known int64) *Timeline {
	whole := true
	for i := range t.At {
		if t.At[i] > at || t.Recv[i] > known {
			whole = false
			break
		}
	}
	if whole {
		return t
	}
	return t.only(func(i int) bool { return t.At[i] <= at && t.Recv[i] <= known }, known)
}

// only is the part of t that keep says, as it was believed at known: what was corrected later is seen again.
func (t *Timeline) only(keep func(i int) bool, known int64) *Timeline {
	c := &Timeline{}
	for i := range t.At {
		if keep(i) {
			e := t.Event(i)
			e.Flags &^= event.Hidden
			c.Add(&e)
		}
	}
	for _, f := range t.Fixes {
		if by := t.Find(f.By); by >= 0 && t.Recv[by] <= known {
			c.Fixes = append(c.Fixes, f)
			if i := c.Find(f.Of); i >= 0 {
				c.Flags[i] |= event.Hidden
			}
		}
	}
	return c
}

// Event gives event i with the slots a timeline holds; text and provenance are in the log only.
func (t *Timeline) Event(i int) event.Event {
	end := len(t.Extra)
	if i+1 < len(t.Ext) {
		end = int(t.Ext[i+1])
	}
	return event.Event{
		Seq: t.Seq[i], Type: t.Type[i], Flags: t.Flags[i], Occurred: t.At[i], Received: t.Recv[i],
		Num: t.Num[i], A: t.A[i], B: t.B[i], C: t.C[i], X: t.Extra[t.Ext[i]:end:end],
	}
}
