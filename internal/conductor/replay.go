package conductor

import (
	"context"
	"fmt"
	"slices"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Difference is a person whose stored state is not what replaying their events gives.
type Difference struct {
	Person person.ID
	Stored []byte
	Again  []byte
}

// Replay runs the event log again from nothing and compares every person's state, byte for byte, with the one
// stored. Erased fields count as empty, so an erased person compares equal. Who was merged or parted is stepped with all who ever
// were one with them.
func (c *Conductor) Replay(ctx context.Context, progress func(done, total int)) (people int, diff []Difference, err error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	marks, err := c.marks(ctx)
	if err != nil {
		return 0, nil, err
	}
	byGroup := map[person.Number][]event.Event{}
	var groups circles
	err = c.cfg.Store.Facts(ctx, c.ws, 0, c.head, func(e *event.Event) error {
		byGroup[e.Person] = append(byGroup[e.Person], *e)
		if e.Type == event.Merged {
			groups.join(e.Person, person.Number(e.Num))
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("read the event log: %w", err)
	}
	for n, h := range c.humans {
		if h == nil || groups.of(person.Number(n)) != person.Number(n) {
			continue
		}
		if ctx.Err() != nil {
			return people, diff, ctx.Err()
		}
		circle := append([]person.Number{h.number}, groups.others[h.number]...)
		r := &replay{c: c, marks: marks, walks: map[person.Number]*walk{}, root: map[person.Number]person.Number{}}
		var es []event.Event
		for _, m := range circle {
			es = append(es, byGroup[m]...)
		}
		if len(circle) > 1 {
			slices.SortFunc(es, func(a, b event.Event) int { return int(int64(a.Seq) - int64(b.Seq)) })
		}
		r.run(es)
		for _, m := range circle {
			h := c.humans[m]
			if h == nil || h.root != 0 {
				continue
			}
			again, err := r.end(h)
			if err != nil {
				return people, diff, err
			}
			stored, err := h.state.Encode()
			if err != nil {
				return people, diff, err
			}
			if string(stored) != string(again) {
				diff = append(diff, Difference{h.id, stored, again})
			}
			if people++; progress != nil && people%100 == 0 {
				progress(people, len(c.humans))
			}
		}
	}
	return people, diff, nil
}

// circles are people who were ever linked, by the one with the smallest number; who never was is not in it.
type circles struct {
	first  map[person.Number]person.Number // of everybody else in a circle
	others map[person.Number][]person.Number
}

func (g *circles) of(n person.Number) person.Number {
	if first, ok := g.first[n]; ok {
		return first
	}
	return n
}

func (g *circles) join(a, b person.Number) {
	a, b = g.of(a), g.of(b)
	if a == b {
		return
	}
	if b < a {
		a, b = b, a
	}
	if g.first == nil {
		g.first, g.others = map[person.Number]person.Number{}, map[person.Number][]person.Number{}
	}
	come := append(g.others[b], b)
	for _, n := range come {
		g.first[n] = a
	}
	g.others[a] = append(g.others[a], come...)
	delete(g.others, b)
}

// mark is a place in the commit sequence from which on other programmes are in force.
type mark struct {
	seq event.Seq
	at  int64
	ps  []*engine.Programme
}

// marks are the programmes in force from the beginning, and then after each publication.
func (c *Conductor) marks(ctx context.Context) ([]mark, error) {
	r := c.run.Load()
	first := r.clone()
	var later []Version
	for key, l := range r.lines {
		for _, v := range l.all() {
			p, err := l.open(ctx, v)
			if err != nil {
				return nil, fmt.Errorf("replay programme %s: %w", key, err)
			}
			if v.Seq == 0 {
				first.put(p)
			} else {
				later = append(later, v)
			}
		}
	}
	slices.SortFunc(later, func(a, b Version) int { return int(a.Seq) - int(b.Seq) })
	out := []mark{{ps: first.ps}}
	for _, v := range later {
		p, err := r.lines[v.Programme].open(ctx, v)
		if err != nil {
			return nil, fmt.Errorf("replay programme %s: %w", v.Programme, err)
		}
		first = first.clone()
		first.put(p)
		out = append(out, mark{v.Seq, v.At, first.ps})
	}
	return out, nil
}

// replay steps some people, who were one at some time, through all their events, everything that fell due between them, and every
// version that came into force among them.
type replay struct {
	c     *Conductor
	marks []mark
	walks map[person.Number]*walk
	root  map[person.Number]person.Number
	whose map[event.Seq]person.Number // of events that came; nil: nobody is parted
	asks  func(engine.Out)            // see walk
}

// walk is one person on the way.
type walk struct {
	c          *Conductor
	h          *human
	s          *engine.State
	memo       engine.Memo
	tl         *timeline.Timeline
	wake, last int64
	ps         []*engine.Programme
	marks      []mark
	behind     []event.Event    // what no step has looked at yet
	asks       func(engine.Out) // hears what each step asks for; nil: nobody wants to know
}

func (r *replay) walk(n person.Number) *walk {
	if r.walks[n] == nil {
		r.walks[n] = &walk{
			c: r.c, h: r.c.humans[n], s: &engine.State{V: 1}, tl: &timeline.Timeline{}, wake: never, ps: r.marks[0].ps, marks: r.marks[1:], asks: r.asks,
		}
	}
	return r.walks[n]
}

func (r *replay) rootOf(n person.Number) person.Number {
	for r.root[n] != 0 {
		n = r.root[n]
	}
	return n
}

func (r *replay) run(es []event.Event) {
	var now int64
	if len(es) > 0 && slices.ContainsFunc(es, func(e event.Event) bool { return e.Type == event.Merged }) {
		r.whose = make(map[event.Seq]person.Number, len(es))
		for i := range es {
			r.whose[es[i].Seq] = es[i].Person
		}
	}
	for i := range es {
		e := &es[i]
		w := r.walk(r.rootOf(e.Person))
		w.swap(e.Seq)
		if e.Type == event.Erased {
			w.marks = nil // nothing is done for them after it
		}
		w.until(e.Received)
		if now = e.Received; e.Type == event.Merged {
			r.merged(e)
			w = r.walk(r.rootOf(e.Person))
		}
		w.add(e)
		if r.together(es[i+1:], w.h.number) {
			continue
		}
		w.step(now)
	}
}

// together reports whether the next event of a person was looked at in one step with the one before.
func (r *replay) together(es []event.Event, n person.Number) bool {
	for i := range es {
		if es[i].Type == event.Merged && es[i].A != split && r.rootOf(person.Number(es[i].Num)) == n {
			return false // from here on they are another's
		}
		if r.rootOf(es[i].Person) == n {
			return es[i].Flags&event.Together != 0
		}
	}
	return false
}

// merged links or parts, as the conductor did before it wrote e. Of a parting both are told; the first does it.
func (r *replay) merged(e *event.Event) {
	a, b := e.Person, person.Number(e.Num)
	if e.A == split { // identifiers went; events and states stay
		return
	}
	if e.A == linked {
		w, m := r.walk(a), r.walk(b)
		m.swap(e.Seq)
		m.until(e.Received)
		w.s.Join(m.s, b)
		w.tl, m.tl = timeline.Union(w.tl, m.tl), &timeline.Timeline{}
		w.memo.Forget()
		m.wake = never
		r.root[b] = a
		return
	}
	if r.root[b] == 0 {
		return
	}
	w := r.walk(r.rootOf(b))
	delete(r.root, b)
	m := r.walk(b)
	mine := func(n person.Number) bool { return r.rootOf(n) == b }
	arrived := map[event.Seq]bool{}
	for _, q := range w.tl.Seq {
		arrived[q] = mine(r.whose[q])
	}
	whole := w.tl
	w.tl = whole.Part(func(q event.Seq) bool { return !arrived[q] })
	m.tl = whole.Part(func(q event.Seq) bool { return arrived[q] })
	m.skip(e.Seq)
	m.last = e.Received
	w.s.Part(m.s, b, mine, w.tl, m.tl)
	w.memo.Forget()
	m.memo.Forget()
}

var linked = event.Intern("link")

func (w *walk) who() engine.Who {
	return engine.Who{Workspace: w.c.wsID, ID: w.h.id, Number: w.h.number}
}

func (w *walk) view() timeline.View { return timeline.View{Timeline: w.tl, Loc: w.h.loc} }

// until takes everything that falls due by now, each at its own moment.
func (w *walk) until(now int64) {
	for w.wake <= now {
		at := max(w.wake, w.last)
		out := engine.Step(w.ps, w.who(), w.view(), w.s, &w.memo, engine.Input{}, at)
		w.wake, w.last = out.Wake, at
		w.heard(out)
	}
	w.last = max(w.last, now)
}

// swap lets the versions come into force that did before a commit.
func (w *walk) swap(before event.Seq) {
	for len(w.marks) > 0 && w.marks[0].seq < before {
		m := w.marks[0]
		w.until(m.at)
		w.ps, w.marks = m.ps, w.marks[1:]
		out := engine.Step(w.ps, w.who(), w.view(), w.s, &w.memo, engine.Input{Definition: true}, m.at)
		w.wake, w.last = out.Wake, max(w.last, m.at)
		w.heard(out)
	}
}

// skip is swap for who rested meanwhile.
func (w *walk) skip(before event.Seq) {
	for len(w.marks) > 0 && w.marks[0].seq < before {
		w.ps, w.marks = w.marks[0].ps, w.marks[1:]
	}
}

func (w *walk) add(e *event.Event) {
	e.Flags &^= event.Hidden
	w.tl.Add(e)
	w.tl.Mark(e)
	w.last = max(w.last, e.Received)
	w.behind = append(w.behind, *e)
}

func (w *walk) step(now int64) {
	out := engine.Step(w.ps, w.who(), w.view(), w.s, &w.memo, together(w.behind), now)
	w.wake, w.behind = out.Wake, nil
	w.heard(out)
}

func (w *walk) heard(out engine.Out) {
	if w.asks != nil {
		w.asks(out)
	}
}

// end brings a walk to where the stored state stands and gives its state.
func (r *replay) end(h *human) ([]byte, error) {
	w := r.walk(h.number)
	w.swap(r.c.head + 1)
	// What is stored holds until the moment it could change by itself; it may stand for any moment before that.
	if h.wake < never {
		w.until(max(h.last, h.wake-1))
	} else {
		w.until(max(h.last, r.c.started))
	}
	return w.s.Encode()
}
