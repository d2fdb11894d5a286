package timeline

import (
	"fmt"
	"io"
	"math"
	"runtime"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Save writes every timeline to path, atomically, readable by its owner only, and goes on with that file as the base.
// Events committed after the head at which it began stay in the delta; of those that are not in the file the caller's
// event log knows. Reads and writes go on meanwhile; a failure leaves file and store as they were.
func (s *Store) Save(path, workspace string) error {
	s.saving.Lock()
	defer s.saving.Unlock()

	// From here on Put notes whom it writes to. Whatever it wrote before is seen below.
	s.writing.Lock()
	changed := s.changed.Load()
	head := s.Head()
	s.touched = []person.Number{}
	g := s.gen.Load()
	s.writing.Unlock()

	id := workspaceOf(workspace)
	var later []person.Number
	err := replace(path, s.create, func(out io.Writer) (err error) {
		later, err = g.write(out, id, head)
		return err
	})
	var b *base
	if err == nil {
		b, err = openBase(path, id)
	}
	if err != nil {
		s.writing.Lock()
		s.touched = nil
		s.writing.Unlock()
		return fmt.Errorf("write snapshot: %w", err)
	}
	s.rebase(b, later)
	s.changed.Add(-changed)
	return nil
}

// write writes the people of g as they were at head, and tells who has events after it.
func (g *generation) write(out io.Writer, id workspaceID, head event.Seq) (later []person.Number, err error) {
	defer runtime.KeepAlive(g.base)
	w := newWriter(out, id, g.base)
	var room Timeline
	for first := 0; first < len(g.since); first += blockPeople {
		i := first / blockPeople
		if g.base != nil && i < len(g.base.table) && g.untouched(first) {
			w.whole(g.base, i)
			continue
		}
		for place := range blockPeople {
			n := person.Number(first + place)
			d := g.delta(n)
			if d == nil && g.base != nil && i < len(g.base.table) {
				record, size := g.base.record(i, place)
				if err := w.copy(record[:size], eventsOf(record[:size])); err != nil {
					return nil, err
				}
				continue
			}
			t := empty
			if d != nil {
				t = g.read(n, AllColumns, &room)
			}
			if t.after(head) {
				later = append(later, n)
				t = t.upTo(head)
			}
			if err := w.add(t); err != nil {
				return nil, err
			}
		}
		runtime.Gosched() // nobody waits for a merge; others may
	}
	return later, w.finish(head)
}

// untouched tells whether nobody of a block has a delta.
func (g *generation) untouched(first int) bool {
	for n := first; n < min(first+blockPeople, len(g.since)); n++ {
		if g.since[n].Load() != nil {
			return false
		}
	}
	return true
}

// eventsOf is how many events a record holds.
func eventsOf(record []byte) int {
	if len(record) == 0 {
		return 0
	}
	r := unpacker{b: record}
	return r.count(math.MaxInt)
}

// fewTouched is how many people are moved to the new generation while writers wait: well under a millisecond.
const fewTouched = 1024

// rebase goes on with b as the base. later are those who have events after b's head; they and who was written to
// since the merge began keep their deltas.
func (s *Store) rebase(b *base, later []person.Number) {
	s.writing.Lock()
	people := max(len(s.gen.Load().since), int(b.tail.people))
	s.writing.Unlock()
	next := newGeneration(b, people)
	var room Timeline
	var p packer
	move := func(old *generation, ns []person.Number) {
		for _, n := range ns {
			if int(n) >= len(next.since) {
				next = next.grown(int(n) + 1)
			}
			next.put(n, old.kept(n, b.head(), &room, &p))
		}
	}
	move(s.gen.Load(), later)
	for {
		s.writing.Lock()
		if ns := s.touched; len(ns) > fewTouched {
			s.touched = []person.Number{}
			old := s.gen.Load()
			s.writing.Unlock()
			move(old, ns)
			continue
		}
		move(s.gen.Load(), s.touched)
		if len(s.gen.Load().since) > len(next.since) {
			next = next.grown(len(s.gen.Load().since))
		}
		s.touched = nil
		s.gen.Store(next)
		s.writing.Unlock()
		return
	}
}

// kept is what remains of a delta beside a base up to head: nil when the base has it all.
func (g *generation) kept(n person.Number, head event.Seq, room *Timeline, p *packer) *delta {
	d := g.delta(n)
	if d == nil {
		return nil
	}
	if d.whole != nil {
		if d.whole.after(head) {
			return d
		}
		return nil
	}
	if err := room.unpack(d.rows, len(d.rows)-pad, nil, 0); err != nil {
		panic("timeline: a record on the heap is damaged")
	}
	rest, _, _ := room.beyond(head)
	if rest.Len() == 0 && len(rest.Fixes) == 0 {
		return nil
	}
	return p.delta(rest)
}

// after reports whether t has anything committed after head.
func (t *Timeline) after(head event.Seq) bool {
	for _, q := range t.Seq {
		if q > head {
			return true
		}
	}
	return false // a correction is an event, too
}
