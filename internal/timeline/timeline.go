// Package timeline is about one person's events as packed columns, and about all timelines of a workspace.
//
// A timeline holds numbers and symbols only: no text, no name. It is rebuilt from the event log at any time.
package timeline

import (
	"math"
	"sort"
	"time"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Timeline is one person's events ordered by (At, Seq), column by column. All columns but X have the same
// length; X[i] starts at Ext[i] in Extra and ends at Ext[i+1] of the next event that has any (see XAt).
//
// A Timeline that a View was taken of is not changed any more: With returns a new one that may share columns.
type Timeline struct {
	At    []int64 // microseconds, when it happened
	Recv  []int64 // microseconds, when we learned of it
	Seq   []event.Seq
	Type  []event.Type
	Flags []event.Flags
	// Source is who told of it, by number; a number beyond 65535 is held as that one: such sources count as one.
	Source []uint16
	Num    []float64
	A      []event.Symbol
	B      []event.Symbol
	C      []event.Symbol
	Ext    []uint32 // start of this event's extra numbers in Extra
	Extra  []float64
	Fixes  []Fix // corrections and retractions, in the order they came

	// Shifted is the newest event by whose coming another measurement was hidden as an echo or came to light.
	Shifted event.Seq

	from origin
}

// origin is what a timeline was read from, so that what came since is known without reading it again. Adding to a
// timeline keeps it.
type origin struct {
	base        uint64 // serial; 0: none
	person      person.Number
	rows, fixes int // there
}

// Fix says that event By took event Of back, or replaced it.
type Fix struct{ By, Of event.Seq }

// Len is the number of events, hidden ones included.
func (t *Timeline) Len() int { return len(t.At) }

// XAt returns extra number k (0-based) of event i, NaN if it has none.
func (t *Timeline) XAt(i, k int) float64 {
	end := len(t.Extra)
	if i+1 < len(t.Ext) {
		end = int(t.Ext[i+1])
	}
	if j := int(t.Ext[i]) + k; j < end {
		return t.Extra[j]
	}
	return math.NaN()
}

// View is a timeline as rules see it: whose it is and where days begin.
type View struct {
	*Timeline
	Loc *time.Location // the person's zone
}

// Add puts e in its place. Most events are the newest and are appended; a late one is inserted.
// A correction or retraction hides the event it names; a measurement that another source told already is an echo, whatever
// e's own flags say. It reports whether e came before the newest.
func (t *Timeline) Add(e *event.Event) (late bool) {
	for _, s := range [2]event.Seq{e.Supersedes, e.Retracts} {
		if s != 0 {
			t.fix(Fix{e.Seq, s})
		}
	}
	i, late := t.place(e)
	if t.settle(i) {
		t.Shifted = e.Seq
	}
	return late
}

// ours are the flags that Add works out by itself.
const ours = event.Echo | event.Disputed

// place puts e into its row, and changes nothing else.
func (t *Timeline) place(e *event.Event) (i int, late bool) {
	flags := e.Flags &^ ours
	if e.Flags&event.Echo != 0 {
		flags &^= event.Hidden
	}
	n := len(t.At)
	i = n
	if n > 0 && (t.At[n-1] > e.Occurred) {
		i = sort.Search(n, func(i int) bool { return t.At[i] > e.Occurred })
	}
	start := uint32(len(t.Extra))
	if i < n {
		start = t.Ext[i]
	}
	t.At = insert(t.At, i, e.Occurred)
	t.Recv = insert(t.Recv, i, e.Received)
	t.Seq = insert(t.Seq, i, e.Seq)
	t.Type = insert(t.Type, i, e.Type)
	t.Flags = insert(t.Flags, i, flags)
	t.Source = insert(t.Source, i, uint16(min(uint32(e.Source), math.MaxUint16)))
	t.Num = insert(t.Num, i, e.Num)
	t.A = insert(t.A, i, e.A)
	t.B = insert(t.B, i, e.B)
	t.C = insert(t.C, i, e.C)
	t.Ext = insert(t.Ext, i, start)
	if len(e.X) > 0 {
		t.Extra = append(t.Extra, e.X...)
		if i < n {
			copy(t.Extra[int(start)+len(e.X):], t.Extra[start:len(t.Extra)-len(e.X)])
			copy(t.Extra[start:], e.X)
			for j := i + 1; j < len(t.Ext); j++ {
				t.Ext[j] += uint32(len(e.X))
			}
		}
	}
	return i, i < n
}

func insert[T any](s []T, i int, v T) []T {
	s = append(s, v)
	if i < len(s)-1 {
		copy(s[i+1:], s[i:])
		s[i] = v
	}
	return s
}

// Find returns the place of the event with sequence s, -1 if it is not here.
func (t *Timeline) Find(s event.Seq) int {
	for i := len(t.Seq) - 1; i >= 0; i-- {
		if t.Seq[i] == s {
			return i
		}
	}
	return -1
}
