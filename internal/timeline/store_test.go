package timeline

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
	"peiban/internal/person"
)

// TestTheStoreEqualsPlainTimelines does anything to a store, in any order, and compares it with a timeline for each
// person that was only ever added to.
func TestTheStoreEqualsPlainTimelines(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "t.snapshot")
		s := NewStore()
		s.warmest = rapid.IntRange(0, 30).Draw(t, "warmest")                   // people cool soon
		const people = 70                                                      // two blocks
		few := rapid.SampledFrom([]person.Number{0, 1, 2, 64, 65, people - 2}) // who meet again and again
		plain := map[person.Number]*Timeline{}
		q := event.Seq(0)
		check := func(where string, s *Store) {
			for n := range person.Number(people) {
				want := plain[n]
				if want == nil {
					want = empty
				}
				if d := same(t, want, s.Of(n)); d != "" {
					t.Fatalf("%s: person %d: %s is otherwise", where, n, d)
				}
			}
			var last [2]person.Number
			seen := map[person.Number]*Timeline{}
			var mu sync.Mutex
			err := s.Each(context.Background(), Scan{Workers: 2, Visit: func(w int, n person.Number, got *Timeline) {
				mu.Lock()
				defer mu.Unlock()
				if n < last[w] {
					t.Errorf("%s: worker %d went back from %d to %d", where, w, last[w], n)
				}
				for _, other := range seen {
					if other == got {
						t.Errorf("%s: two people have a timeline at one address", where)
					}
				}
				last[w], seen[n] = n, got
				if d := same(t, plain[n], got); d != "" {
					t.Errorf("%s: scan: person %d: %s is otherwise", where, n, d)
				}
			}})
			if err != nil || len(seen) != len(plain) {
				t.Fatalf("%s: scan: %d people, want %d, %v", where, len(seen), len(plain), err)
			}
		}
		saved := false // and nobody's history moved since: the event log alone does not bring that back
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch k := rapid.IntRange(0, 29).Draw(t, "step"); {
			case k == 0:
				if err := s.Save(path, "ws"); err != nil {
					t.Fatal(err)
				}
				saved = true
				check("after a save", s)
				if got := s.Changed(); got != 0 {
					t.Fatalf("%d changed after a save", got)
				}
			case k == 1 && saved:
				again, err := Open(path, "ws")
				if err != nil {
					t.Fatal(err)
				}
				for n := range person.Number(people) { // the caller adds what came after the file's head
					tl := again.Of(n)
					if plain[n] == nil || !plain[n].after(again.Head()) {
						continue
					}
					for i := range plain[n].At {
						if plain[n].Seq[i] > again.Head() {
							e := plain[n].Event(i)
							tl = tl.With(&e)
						}
					}
					for _, f := range plain[n].Fixes {
						if f.By > again.Head() {
							c := *tl.clone()
							c.fix(f)
							tl = &c
						}
					}
					again.Put(n, tl)
				}
				again.SetHead(q, int(q-again.Head()))
				again.warmest = s.warmest
				s = again
				check("opened again", s)
			case k == 2 && len(plain) > 1: // one person's history becomes another's, as merging people does
				from := few.Draw(t, "from")
				to := from + 1
				if plain[from] != nil && plain[to] != nil {
					all := &Timeline{}
					for _, one := range []*Timeline{plain[to], plain[from]} {
						for i := range one.At {
							e := one.Event(i)
							e.Flags &^= event.Hidden
							all.Add(&e)
						}
					}
					for _, f := range append(slices.Clone(plain[to].Fixes), plain[from].Fixes...) {
						all.fix(f)
					}
					plain[to] = all
					delete(plain, from)
					s.Put(to, all.clone())
					s.Put(from, &Timeline{})
					saved = false
				}
			case k == 3: // one person's history, as it was read, becomes all of another's
				from := few.Draw(t, "from")
				if to := from + 1; plain[from] != nil {
					plain[to] = plain[from]
					delete(plain, from)
					s.Put(to, s.Of(from))
					s.Put(from, &Timeline{})
					saved = false
				}
			case k == 4: // an event of long ago is added to another person, too
				from := few.Draw(t, "from")
				to := from + 1
				if plain[from] == nil || plain[from].Len() == 0 || plain[to] == nil {
					continue
				}
				e := plain[from].Event(0)
				e.Flags &^= event.Hidden
				if plain[to].Find(e.Seq) >= 0 || slices.ContainsFunc(plain[to].Fixes, func(f Fix) bool { return f.Of == e.Seq }) {
					continue
				}
				plain[to] = plain[to].clone()
				plain[to].Add(&e)
				s.Put(to, s.Of(to).With(&e))
				saved = false
			case k == 5: // many come at once, as at a start
				var l Loader
				for range rapid.IntRange(1, 30).Draw(t, "many") {
					n := few.Draw(t, "n")
					q++
					e := someEvent(t, q)
					e.Received = int64(q)
					if plain[n] == nil {
						plain[n] = &Timeline{}
					}
					plain[n] = plain[n].clone()
					plain[n].Add(e)
					l.Add(n, e)
				}
				to := rapid.SampledFrom([]string{"", path}).Draw(t, "to")
				if err := s.Load(&l, q, to, "ws"); err != nil {
					t.Fatal(err)
				}
				if to != "" {
					if saved = true; s.Changed() != 0 {
						t.Fatalf("%d changed after a load into the file", s.Changed())
					}
				}
				if l.Len() != 0 || s.Head() != q {
					t.Fatalf("%d events left, head %d, want %d", l.Len(), s.Head(), q)
				}
				check("after a load", s)
			default:
				n := few.Draw(t, "n")
				q++
				e := someEvent(t, q)
				e.Received = int64(q)
				if plain[n] == nil {
					plain[n] = &Timeline{}
				}
				plain[n] = plain[n].clone()
				plain[n].Add(e)
				s.Put(n, s.Of(n).With(e))
				s.SetHead(q, 1)
			}
		}
		check("at the end", s)
	})
}

// TestPeopleCool looks at where timelines are: whole while they are recent, then only what the base has not.
func TestPeopleCool(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.snapshot")
	s, q := town(200)
	if err := s.Save(path, "ws"); err != nil {
		t.Fatal(err)
	}
	whole := func() (n int) {
		g := s.gen.Load()
		for i := range g.since {
			if d := g.since[i].Load(); d != nil && d.whole != nil {
				n++
			}
		}
		return n
	}
	if n := whole(); n != 0 {
		t.Errorf("%d people are on the heap right after a merge", n)
	}
	s.warmest = 100
	for n := range person.Number(200) {
		q++
		s.Put(n, s.Of(n).With(reading(q, int64(q), 5)))
		s.SetHead(q, 1)
	}
	if n := whole(); n < 3 || n > 30 { // eight events each, more or less
		t.Errorf("%d people are whole, with room for 100 events", n)
	}
	g, bytes := s.gen.Load(), 0
	for i := range g.since {
		if d := g.since[i].Load(); d != nil {
			bytes += len(d.rows)
			if d.stays {
				t.Errorf("person %d stays whole, though the base has what it had", i)
			}
		}
	}
	if per := bytes / 180; per < 20 || per > 80 {
		t.Errorf("%d bytes for one event that the base has not", per)
	}
	for range 1000 { // one person, over and over, takes the place of nobody
		q++
		s.Put(7, s.Of(7).With(reading(q, int64(q), 5)))
		s.SetHead(q, 1)
	}
	if n := len(s.gen.Load().recent.queue); n > 300 {
		t.Errorf("%d places for one person", n)
	}
}

// TestAnOlderEventOfAnotherStays adds to a person in the base what was committed before it: it is in no log after the head,
// so a record of what came since must not be all that is kept.
func TestAnOlderEventOfAnotherStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.snapshot")
	s, _ := town(100)
	if err := s.Save(path, "ws"); err != nil {
		t.Fatal(err)
	}
	s.warmest = 0
	e := s.Of(5).Event(0) // committed before, said to have happened after all the others
	e.Occurred = 1_860_000_000_000_000
	want := s.Of(3).With(&e)
	s.Put(3, want)
	s.Put(4, s.Of(4)) // and person 3 cools
	if d := same(nil, want, s.Of(3)); d != "" {
		t.Errorf("%s was lost in cooling", d)
	}
	if err := s.Save(path, "ws"); err != nil {
		t.Fatal(err)
	}
	if d := same(nil, want, s.Of(3)); d != "" {
		t.Errorf("%s was lost in a merge", d)
	}
}

// TestReadersSeeAPrefix has readers beside a writer and beside merges: what a reader sees of a person is always
// the first so many of their events, and never fewer than it saw before.
func TestReadersSeeAPrefix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.snapshot")
	const people, rounds = 150, 60
	s := NewStore()
	s.warmest = 2000
	var over atomic.Bool
	var wg sync.WaitGroup
	// Person n's k-th event has sequence k*people+n+1. Every third comes late, every fifth corrects the one before.
	prefix := func(n person.Number, t2 *Timeline) (k int, ok bool) {
		seqs := slices.Clone(t2.Seq)
		slices.Sort(seqs)
		for k, q := range seqs {
			if q != event.Seq(k*people+int(n)+1) {
				return k, false
			}
		}
		hidden := 0
		for i := range t2.At {
			if t2.Flags[i]&event.Hidden != 0 {
				hidden++
			}
		}
		return len(seqs), slices.IsSorted(t2.At) && hidden == len(seqs)/5 && len(t2.Fixes) == len(seqs)/5
	}
	for range 3 {
		wg.Go(func() {
			var seen [people]int
			for !over.Load() {
				for n := range person.Number(people) {
					k, ok := prefix(n, s.Of(n))
					if !ok || k < seen[n] {
						t.Errorf("person %d: %d events, not a prefix or fewer than %d before", n, k, seen[n])
						return
					}
					seen[n] = k
				}
			}
		})
	}
	wg.Go(func() {
		var seen [people]atomic.Int64
		for !over.Load() {
			err := s.Each(t.Context(), Scan{Workers: 2, Visit: func(_ int, n person.Number, tl *Timeline) {
				k, ok := prefix(n, tl)
				if !ok || int64(k) < seen[n].Load() {
					t.Errorf("scan: person %d: %d events, not a prefix or fewer than before", n, k)
				}
				seen[n].Store(int64(k))
			}})
			if err != nil {
				t.Error(err)
			}
		}
	})
	merges := 0
	wg.Go(func() {
		for !over.Load() {
			if err := s.Save(path, "ws"); err != nil {
				t.Error(err)
				return
			}
			merges++
			file, err := Open(path, "ws")
			if err != nil {
				t.Error(err)
				return
			}
			for n := range person.Number(people) { // a file is one moment: all up to its head, nothing after it
				k, ok := prefix(n, file.Of(n))
				if want := (int(file.Head()) + people - 1 - int(n)) / people; !ok || k != want {
					t.Errorf("file at %d: person %d has %d events, want %d", file.Head(), n, k, want)
					return
				}
			}
		}
	})
	for k := range rounds {
		for n := range person.Number(people) {
			q := event.Seq(k*people + int(n) + 1)
			at := int64(k) * 1000
			if k%3 == 2 {
				at -= 1500
			}
			e := reading(q, at, float64(k), float64(n))
			if k%5 == 4 {
				e.Supersedes = q - people
			}
			s.Put(n, s.Of(n).With(e))
			s.SetHead(q, 1)
		}
	}
	over.Store(true)
	wg.Wait()
	if merges < 2 {
		t.Errorf("%d merges: nothing was tested", merges)
	}
	for n := range person.Number(people) {
		if k, ok := prefix(n, s.Of(n)); !ok || k != rounds {
			t.Errorf("person %d ends with %d events", n, k)
		}
	}
}

func TestWhatIsCommittedDuringAMergeStaysInTheDelta(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.snapshot")
	s, q := town(100)
	head := q
	s.create = func(dir, pattern string) (file, error) { // the merge has begun: its head is taken
		for n := range person.Number(2000) { // more people than there were, and than are moved in one go
			q++
			s.Put(n, s.Of(n).With(reading(q, int64(q), 5)))
		}
		s.SetHead(q, 2000)
		return createTemp(dir, pattern)
	}
	want := s.Of(3).Len() + 1
	if err := s.Save(path, "ws"); err != nil {
		t.Fatal(err)
	}
	if s.Changed() != 2000 {
		t.Errorf("%d events are not in the file, want 2000", s.Changed())
	}
	if got := s.Of(3).Len(); got != want {
		t.Errorf("%d events, want %d", got, want)
	}
	if got := s.Of(1999).Len(); got != 1 {
		t.Errorf("who joined during the merge has %d events, want 1", got)
	}
	file, err := Open(path, "ws")
	if err != nil {
		t.Fatal(err)
	}
	if file.Head() != head || file.Of(3).Len() != want-1 || file.Of(1999).Len() != 0 {
		t.Errorf("the file is at %d, person 3 with %d events and person 1999 with %d", file.Head(), file.Of(3).Len(), file.Of(1999).Len())
	}
}

// TestAMergeBetweenPutAndSetHead begins when a commit is half published: its events are put, its head is not set.
func TestAMergeBetweenPutAndSetHead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.snapshot")
	s, head := town(100)
	for _, warmest := range []int{recentEvents, 0} { // the timeline whole, and as a record
		want := s.Of(3).Len() + 1
		s.Put(3, s.Of(3).With(reading(head+1, 1_860_000_000_000_000, 5)))
		s.warmest = warmest
		s.Put(4, s.Of(4))
		if err := s.Save(path, "ws"); err != nil {
			t.Fatal(err)
		}
		if got := s.Of(3).Len(); got != want {
			t.Errorf("%d events after the merge, want %d", got, want)
		}
		file, err := Open(path, "ws")
		if err != nil {
			t.Fatal(err)
		}
		if got := file.Of(3).Len(); got != want-1 {
			t.Errorf("%d events in a file up to %d, want %d", got, file.Head(), want-1)
		}
		head++
		s.SetHead(head, 1)
	}
}

func TestAScanEndsWhenAsked(t *testing.T) {
	s, _ := town(3000)
	ctx, cancel := context.WithCancel(t.Context())
	visited, told := 0, 0
	err := s.Each(ctx, Scan{Workers: 1, Visit: func(int, person.Number, *Timeline) { visited++ }, Progress: func(done, of int) {
		told++
		if done != told*blockPeople || of != s.Len() {
			t.Errorf("%d of %d done", done, of)
		}
		if told == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || told != 3 || visited > 3*blockPeople {
		t.Errorf("told %d times, %d people visited, %v", told, visited, err)
	}
}

func TestWhenAMergePays(t *testing.T) {
	path, s := saved(t, 100)
	if s.Due() {
		t.Error("due with nothing new")
	}
	base := s.gen.Load().base.events()
	s.SetHead(s.Head()+1, int(base/64)-1)
	if s.Due() {
		t.Error("due with less than one event new for 64 old")
	}
	s.SetHead(s.Head()+1, 1)
	if !s.Due() {
		t.Error("not due with one event new for 64 old")
	}
	if err := s.Save(path, "ws"); err != nil || s.Due() {
		t.Errorf("due again at once, %v", err)
	}
}
