package engine

import (
	"encoding/json"

	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Exit rules are asked of a run with every step. What it said may go later than its last step: held for the morning, for the cap, for the
// channel. So the run is kept with it, as it was when it ended, and its exit rules are asked once more at the moment it would go.

// Over is a run as it was last: the one that goes on, or one that is over and was kept with what it said.
type Over struct {
	Run  journey.Run `json:"run"`
	Left bool        `json:"left,omitempty"` // it was left: nothing it said goes any more
}

// Note keeps with a message that has not gone that its run is over. It reports false for a message of another run, and where there is
// nothing to ask.
func (e *Ended) Note(m *message.Message) bool {
	if m.Run != e.Run.ID || !e.Asks && e.Status != journey.Departed {
		return false
	}
	o := e.Over()
	why := map[string]json.RawMessage{} // whoever holds the message wrote more than the cause
	_ = json.Unmarshal(m.Why, &why)     // ours; an unreadable cause is begun anew
	why["over"], _ = json.Marshal(o)
	m.Why, _ = json.Marshal(why)
	return true
}

// Over is what is kept of a run that ended: what its exit rules may look at.
func (e *Ended) Over() *Over {
	r := e.Run
	return &Over{Left: e.Status == journey.Departed, Run: journey.Run{
		ID: r.ID, Journey: r.Journey, Version: r.Version, Of: r.Of, Entered: r.Entered, Trigger: r.Trigger, Since: r.Since,
		Outcome: r.Outcome, Late: r.Late, By: r.By,
	}}
}

// Saying is the run that asked for m, as it is or was last; nil where nobody knows.
func (s *State) Saying(m *message.Message) *Over {
	if m.Run == "" {
		return nil
	}
	if r := s.Run(m.Run); r != nil {
		return &Over{Run: *r}
	}
	var why Cause
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause tells of no run
	return why.Over.of(m)
}

// of is o with whose it was, should they be one with somebody else by now.
func (o *Over) of(m *message.Message) *Over {
	if o == nil {
		return nil
	}
	out := *o
	out.Run.From = uint32(m.Person)
	return &out
}

// SayingIn is Saying of somebody whose runs were found again: over are those that have ended, by their ids.
func (s *State) SayingIn(over map[string]*Over, m *message.Message) *Over {
	if r := s.Run(m.Run); r != nil {
		return &Over{Run: *r}
	}
	return over[m.Run].of(m)
}

// Exits reports whether an exit rule of o holds at now, by the version the run ran: then nothing it said may go any more. tl and s are the
// person's, up to now. Nothing of them is changed. memo may be nil; it costs less when it is what the last step left.
func (o *Over) Exits(ps []*Programme, who Who, tl timeline.View, s *State, memo *Memo, now int64) bool {
	if o.Left {
		return true
	}
	x := steppers.Get().(*stepper)
	defer x.rest()
	x.ps = ps
	p, of, j := x.ran(&o.Run)
	if j == nil {
		return false
	}
	if from := person.Number(o.Run.From); from != 0 && from != who.Number && j.KeepsOut(string(who.ID)) {
		return true // as of a run that goes on: who is kept out is not reached by what the other brought along
	}
	if len(j.Def.Leave) == 0 {
		return false
	}
	if memo == nil || !memo.valid || len(memo.truth) != len(ps) {
		memo, s = new(Memo), s.Clone()
		Step(ps, who, tl, s, memo, Input{}, now) // on a copy, for its tags
	}
	x.who, x.tl, x.s, x.memo, x.now, x.out = who, tl, s, memo, now, Out{Wake: Never}
	x.ctx.Look(tl, now)
	x.ctx.Trigger, x.ctx.Failures = -1, x
	x.bindAs(p, of)
	for i := range j.Def.Leave {
		if x.ask(&j.Def.Leave[i], &o.Run) {
			return true
		}
	}
	return false
}

// ran finds the version of a journey that a run was in last, and the programme it is of; where that version is gone, what find gives.
func (x *stepper) ran(r *journey.Run) (p, of *Programme, j *journey.Program) {
	for _, p := range x.ps {
		of := p
		if p.of != r.Of && p.older != nil {
			of = p.older(r.Of)
		}
		if of != nil && of.of == r.Of {
			if j := of.Journey(r.Journey); j != nil {
				return p, of, j
			}
		}
	}
	return x.find(r)
}
