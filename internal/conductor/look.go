package conductor

import (
	"time"

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

// RecordID is the outside id of one record, whoever it is merged into; empty for a number nobody has.
func (c *Conductor) RecordID(n person.Number) person.ID {
	card, _ := c.dir.Record(n)
	return card.ID
}

// Glance is a person as lists show them: card, timeline and state, nothing evaluated.
func (c *Conductor) Glance(n person.Number) (Card, timeline.View, *engine.State, bool) {
	card, ok := c.dir.ByNumber(n)
	if !ok {
		return Card{}, timeline.View{}, nil, false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	n = c.rootOf(n)
	h := c.human(n)
	if h == nil {
		return Card{}, timeline.View{}, nil, false
	}
	return card, timeline.View{Timeline: c.tls.Of(n), Loc: h.loc}, h.state, true
}

// Skim is the timeline of Glance for a moment, for who goes over everybody: some columns, into room, which the next one overwrites.
func (c *Conductor) Skim(n person.Number, need timeline.Columns, room *timeline.Timeline) timeline.View {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n = c.rootOf(n)
	if h := c.human(n); h != nil {
		return timeline.View{Timeline: c.tls.Skim(n, need, room), Loc: h.loc}
	}
	return timeline.View{Timeline: &timeline.Timeline{}, Loc: time.UTC}
}

// Stamp tells versions of the timeline apart that Glance shows of somebody, read in their own zone: while it is the same, so is the timeline.
type Stamp struct {
	root person.Number
	mark timeline.Mark
	loc  *time.Location
}

// Stamp is that of n, much cheaper than the timeline; false: nobody is known by it.
func (c *Conductor) Stamp(n person.Number) (Stamp, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n = c.rootOf(n)
	h := c.human(n)
	if h == nil {
		return Stamp{}, false
	}
	return Stamp{n, c.tls.Mark(n), h.loc}, true
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
