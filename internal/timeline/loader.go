package timeline

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Loader holds events in the order they were committed, until a store takes all of them at once, person by person. Adding
// them one by one to the timelines of people in random order takes several times as long.
type Loader struct {
	rows  []loaded
	extra []float64
	fixes []fixed
	most  person.Number
}

// loaded is an event without pointers, 72 bytes: there are millions of them.
type loaded struct {
	seq      event.Seq
	at, recv int64
	num      float64
	extra    uint64 // where its extra numbers begin
	person   person.Number
	a, b, c  event.Symbol
	kind     event.Type
	flags    event.Flags
	source   uint16
	extras   uint16
	fixes    bool
}

// fixed is what the event in a row takes back. There are few.
type fixed struct {
	row                  int
	supersedes, retracts event.Seq
}

// Add takes an event of n. Events come in the order of their commits.
func (l *Loader) Add(n person.Number, e *event.Event) {
	r := loaded{
		seq: e.Seq, at: e.Occurred, recv: e.Received, num: e.Num, extra: uint64(len(l.extra)), person: n, a: e.A, b: e.B, c: e.C,
		kind: e.Type, flags: e.Flags, source: uint16(min(uint32(e.Source), math.MaxUint16)), extras: uint16(len(e.X)), fixes: e.Supersedes != 0 || e.Retracts != 0,
	}
	if r.fixes {
		l.fixes = append(l.fixes, fixed{len(l.rows), e.Supersedes, e.Retracts})
	}
	l.extra = append(l.extra, e.X...)
	l.rows = append(l.rows, r)
	l.most = max(l.most, n)
}

// Grow makes room for n more events.
func (l *Loader) Grow(n int) { l.rows = slices.Grow(l.rows, n) }

// Len is how many events l holds.
func (l *Loader) Len() int { return len(l.rows) }

// event is the event in a row.
func (l *Loader) event(row uint32) event.Event {
	r := &l.rows[row]
	e := event.Event{
		Seq: r.seq, Person: r.person, Type: r.kind, Flags: r.flags, Source: int32(r.source), Occurred: r.at, Received: r.recv, Num: r.num, A: r.a, B: r.b, C: r.c,
		X: l.extra[r.extra : r.extra+uint64(r.extras)],
	}
	if r.fixes {
		i, _ := slices.BinarySearchFunc(l.fixes, int(row), func(f fixed, row int) int { return cmp.Compare(f.row, row) })
		e.Supersedes, e.Retracts = l.fixes[i].supersedes, l.fixes[i].retracts
	}
	return e
}

// order gives the rows person by person, each person's as they came: those of n are rows[ends[n]:ends[n+1]].
func (l *Loader) order() (rows, ends []uint32) {
	ends = make([]uint32, int(l.most)+3)
	for i := range l.rows {
		ends[l.rows[i].person+2]++
	}
	for n := 2; n < len(ends); n++ {
		ends[n] += ends[n-1]
	}
	rows = make([]uint32, len(l.rows))
	for i := range l.rows {
		to := &ends[l.rows[i].person+1]
		rows[*to] = uint32(i)
		*to++
	}
	return rows, ends[:len(ends)-1]
}

// Load adds what l holds, all that was committed up to head since the store's own, and empties l. With a path it becomes
// a snapshot there at once, and the base: nothing of it is on the heap then. Nobody else may use the store meanwhile.
func (s *Store) Load(l *Loader, head event.Seq, path, workspace string) error {
	rows, ends := l.order()
	if path == "" {
		for n := range int(l.most) + 1 {
			if of := rows[ends[n]:ends[n+1]]; len(of) > 0 {
				t := s.Of(person.Number(n)).clone()
				for _, row := range of {
					e := l.event(row)
					t.Add(&e)
				}
				s.Put(person.Number(n), t)
			}
		}
		s.SetHead(head, l.Len())
	} else if err := s.loadInto(l, rows, ends, head, path, workspace); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	*l = Loader{rows: l.rows[:0], extra: l.extra[:0], fixes: l.fixes[:0]}
	return nil
}

// loadInto writes a snapshot of the store and l, and makes it the base.
func (s *Store) loadInto(l *Loader, rows, ends []uint32, head event.Seq, path, workspace string) error {
	g := s.gen.Load()
	id := workspaceOf(workspace)
	people := max(len(g.since), int(l.most)+1)
	err := replace(path, s.create, func(out io.Writer) error {
		defer runtime.KeepAlive(g.base)
		w := newWriter(out, id, g.base)
		for _, r := range l.rows { // every symbol has its number before several goroutines ask for it
			w.code(r.a)
			w.code(r.b)
			w.code(r.c)
		}
		g.codes(w)
		return w.blocks(people, func(room *Timeline, n person.Number) *Timeline {
			t := g.read(n, AllColumns, room)
			if int(n)+1 >= len(ends) || ends[n] == ends[n+1] {
				return t
			}
			if g.delta(n) != nil {
				t = t.clone() // it may share what others read
			}
			for _, row := range rows[ends[n]:ends[n+1]] {
				e := l.event(row)
				t.Add(&e)
			}
			*room = *t // its columns may have grown
			return t
		}, head)
	})
	if err != nil {
		return err
	}
	b, err := openBase(path, id)
	if err != nil {
		return err
	}
	s.gen.Store(newGeneration(b, people))
	s.head.Store(uint64(head))
	s.changed.Store(0)
	return nil
}

// codes gives every symbol in the deltas of g its number in a file.
func (g *generation) codes(w *writer) {
	var room Timeline
	for n := range g.since {
		if g.since[n].Load() == nil {
			continue
		}
		t := g.read(person.Number(n), AllColumns, &room)
		for i := range t.A {
			w.code(t.A[i])
			w.code(t.B[i])
			w.code(t.C[i])
		}
	}
}
