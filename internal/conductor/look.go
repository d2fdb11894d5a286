package conductor

import (
	"context"
	"fmt"
	"slices"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

// Look is one person at one moment: what happened until then, and what follows from it by one programme: the first they are in,
// or the workspace's own for somebody who is in none. In and Each look at the others.
type Look struct {
	Card      Card
	View      timeline.View
	At        int64 // microseconds
	Past      bool  // asked about another moment than now
	Programme *engine.Programme
	Tags      []engine.TagAnswer
	Stage     engine.StageAnswer
	State     *engine.State // as it stands now, not to be changed
	Changed   event.Seq     // the commit of the newest transitions as they stand now
	Target    programme.TargetProfile

	inForce *running
	others  []*Look // by the other programmes, in the order of the person's; nil until somebody asks
}

// Look evaluates a person at a moment. at is what happened until then, known what we knew by then; zero is now.
// The answer is exact at that moment even when the wake queue is behind.
func (c *Conductor) Look(n person.Number, at, known int64) (*Look, error) {
	n = c.rootOfPublished(n)
	card, ok := c.dir.ByNumber(n)
	if !ok {
		return nil, person.ErrMissing
	}
	now := c.now()
	c.mu.RLock()
	h := c.human(n)
	if h == nil {
		c.mu.RUnlock()
		return nil, person.ErrMissing
	}
	state, changed, loc, tl := h.state, h.changed, h.loc, c.tls.Of(n)
	inForce := c.run.Load() // with the state it made
	c.mu.RUnlock()
	l := &Look{Card: card, At: now, State: state, Changed: changed, inForce: inForce}
	if at != 0 || known != 0 {
		l.Past = true
		if at == 0 {
			at = now
		}
		if known == 0 {
			known = never
		}
		l.At = at
		tl = tl.AsOf(at, known)
	}
	l.View = timeline.View{Timeline: tl, Loc: loc}
	key := ""
	if len(state.Programmes) > 0 {
		key = state.Programmes[0].Key
	}
	l.by(inForce.programme(key, c.cfg.Default))
	return l, nil
}

// by evaluates the person by a programme; nil: by none.
func (l *Look) by(p *engine.Programme) {
	if l.Programme = p; p != nil {
		l.Tags, l.Stage = p.EvaluateIn(l.View, l.At, l.Standing())
		l.Target = engine.TargetOf(p.Compiled, l.View, l.At)
	}
}

// Each is the look by the person's first programme, and then one by every other they are in. None without a programme. The others
// are evaluated when somebody first asks: most questions are about one.
func (l *Look) Each() []*Look {
	if l.Programme == nil {
		return nil
	}
	if l.others == nil {
		l.others = []*Look{}
		for _, p := range l.Programmes()[1:] {
			other := &Look{Card: l.Card, View: l.View, At: l.At, Past: l.Past, State: l.State, Changed: l.Changed, inForce: l.inForce}
			other.by(p)
			l.others = append(l.others, other)
		}
	}
	return append([]*Look{l}, l.others...)
}

// Programmes are the person's, in the order of Each.
func (l *Look) Programmes() []*engine.Programme {
	if l.Programme == nil {
		return nil
	}
	out := []*engine.Programme{l.Programme}
	for i := range l.State.Programmes {
		key := l.State.Programmes[i].Key
		if p := l.inForce.programme(key, key); p != nil && p != l.Programme {
			out = append(out, p)
		}
	}
	return out
}

// In is the look by the programme of a key, the first one without; nil when the person is not in it.
func (l *Look) In(programme string) *Look {
	if programme == "" {
		return l
	}
	for _, x := range l.Each() {
		if x.Programme.Key == programme {
			return x
		}
	}
	return nil
}

// With is the look by the first of the person's programmes that has a tag of this key; nil when none has.
func (l *Look) With(tag string) *Look {
	for _, x := range l.Each() {
		if x.Programme.TagIndex(tag) >= 0 {
			return x
		}
	}
	return nil
}

// Standing is where the person stands now; of another moment it is not known here.
func (l *Look) Standing() engine.Standing {
	if l.Past {
		return engine.Standing{}
	}
	return l.State.Progress(l.Programme.Key).Standing()
}

// Glance is a person as lists show them: card, timeline and state, nothing evaluated.
func (c *Conductor) Glance(n person.Number) (Card, timeline.View, *engine.State, bool) {
	card, ok := c.dir.ByNumber(n)
	if !ok {
		return Card{}, timeline.View{}, nil, false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	h := c.human(n)
	if h == nil {
		return Card{}, timeline.View{}, nil, false
	}
	return card, timeline.View{Timeline: c.tls.Of(n), Loc: h.loc}, h.state, true
}

func (c *Conductor) rootOfPublished(n person.Number) person.Number {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rootOf(n)
}

// Since is when the person gained a tag they have now; 0 when they have not.
func (l *Look) Since(tag string) int64 {
	if l.Programme == nil || l.Past {
		return 0
	}
	if p := l.State.Progress(l.Programme.Key); p != nil {
		for _, t := range p.Tags {
			if t.Key == tag {
				return t.Since
			}
		}
	}
	return 0
}

// WhyTag explains a tag at the moment of l.
func (l *Look) WhyTag(key string) (engine.Why, bool) {
	if l.Programme == nil {
		return engine.Why{}, false
	}
	return l.Programme.WhyTagIn(key, l.View, l.At, l.Standing())
}

// WhyStage explains the stage at the moment of l.
func (l *Look) WhyStage() (engine.Why, bool) {
	if l.Programme == nil {
		return engine.Why{}, false
	}
	return l.Programme.WhyStageIn(l.View, l.At, l.Standing())
}

// Difference is a person whose stored state is not what replaying their events gives.
type Difference struct {
	Person person.ID
	Stored []byte
	Again  []byte
}

// Replay runs the event log again from nothing and compares every person's state, byte for byte, with the one
// stored. Erased fields count as empty, so an erased person compares equal.
func (c *Conductor) Replay(ctx context.Context, progress func(done, total int)) (people int, diff []Difference, err error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	marks, err := c.marks(ctx)
	if err != nil {
		return 0, nil, err
	}
	byPerson := map[person.Number][]event.Event{}
	err = c.cfg.Store.Facts(ctx, c.ws, 0, c.head, func(e *event.Event) error {
		n := c.rootOf(e.Person)
		byPerson[n] = append(byPerson[n], *e)
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("read the event log: %w", err)
	}
	for n, h := range c.humans {
		if h == nil || h.root != 0 {
			continue
		}
		if ctx.Err() != nil {
			return people, diff, ctx.Err()
		}
		again, err := c.again(h, byPerson[person.Number(n)], marks)
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
	return people, diff, nil
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

// again steps one person through all their events, everything that fell due between them, and every version that came
// into force among them.
func (c *Conductor) again(h *human, es []event.Event, marks []mark) ([]byte, error) {
	s := &engine.State{V: 1}
	var memo engine.Memo
	who := engine.Who{Workspace: c.wsID, ID: h.id, Number: h.number}
	tl := &timeline.Timeline{}
	wake, last := never, int64(0)
	ps, marks := marks[0].ps, marks[1:]
	until := func(now int64) {
		for wake <= now {
			at := max(wake, last)
			out := engine.Step(ps, who, timeline.View{Timeline: tl, Loc: h.loc}, s, &memo, engine.Input{}, at)
			wake, last = out.Wake, at
		}
		last = max(last, now)
	}
	swap := func(before event.Seq) {
		for len(marks) > 0 && marks[0].seq < before {
			m := marks[0]
			until(m.at)
			ps, marks = m.ps, marks[1:]
			out := engine.Step(ps, who, timeline.View{Timeline: tl, Loc: h.loc}, s, &memo, engine.Input{Definition: true}, m.at)
			wake, last = out.Wake, max(last, m.at)
		}
	}
	behind := 0 // since which event no step has looked
	for i := range es {
		e := &es[i]
		swap(e.Seq)
		if e.Type == event.Erased {
			marks = nil // nothing is done for them after it
		}
		until(e.Received)
		e.Flags &^= event.Hidden
		tl.Add(e)
		tl.Mark(e)
		if last = max(last, e.Received); i+1 < len(es) && es[i+1].Flags&event.Together != 0 {
			continue
		}
		out := engine.Step(ps, who, timeline.View{Timeline: tl, Loc: h.loc}, s, &memo, together(es[behind:i+1]), e.Received)
		wake, behind = out.Wake, i+1
	}
	swap(c.head + 1)
	// What is stored holds until the moment it could change by itself; it may stand for any moment before that.
	if h.wake < never {
		until(max(h.last, h.wake-1))
	} else {
		until(max(h.last, c.started))
	}
	return s.Encode()
}
