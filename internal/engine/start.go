package engine

import (
	"math"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/timeline"
)

// Refusal is why a journey does not take somebody in; empty: it does.
type Refusal string

// Why a journey does not take somebody in.
const (
	NotThere   Refusal = "no_journey"   // the programme has no such journey
	NotJoined  Refusal = "not_joined"   // they are not in the programme
	OutOfDates Refusal = "out_of_dates" // before the journey's first moment, or after its last
	NotByHand  Refusal = "not_by_hand"  // it is entered on something that happens, and on nothing else
	NotFitting Refusal = "does_not_fit" // they have not the tag or the stage, or its condition does not hold
	Leaving    Refusal = "would_leave"  // a condition for leaving holds
	Inside     Refusal = "inside"       // they are in it
	Resting    Refusal = "pause"        // the pause after their last entry is not over
	Once       Refusal = "once"         // they were in it, and it takes everybody in once
)

// Refusals are all of them, those first that say most about the journey itself.
var Refusals = []Refusal{NotThere, NotByHand, OutOfDates, NotJoined, NotFitting, Leaving, Inside, Resting, Once}

// How somebody is put into a journey.
const (
	ByHand   = "hand"     // into one that is entered by hand
	Backfill = "backfill" // into one entered on a tag or a stage, as somebody who has it already
)

var backfilled = event.Intern(Backfill)

// fitsAlready says why e does not put somebody into a journey that is entered on what they are.
func (x *stepper) fitsAlready(p *Programme, on *journey.Enter, e *event.Event) Refusal {
	pr := x.s.Progress(p.Key)
	switch {
	case on.On != journey.OnTag && on.On != journey.OnStage || e.B != backfilled:
		return NotByHand
	case on.On == journey.OnTag && pr.Has(on.Tag), on.On == journey.OnStage && pr.Stage == on.Stage:
		return ""
	}
	return NotFitting
}

// StartOf is the event that puts somebody into a journey; ok is false when nobody is put into it by hand.
func (p *Programme) StartOf(key string) (e event.Event, no Refusal) {
	j := p.Journey(key)
	if j == nil {
		return e, NotThere
	}
	how := ByHand
	switch j.Def.Enter.On {
	case journey.OnHand:
	case journey.OnTag, journey.OnStage:
		how = Backfill
	default:
		return e, NotByHand
	}
	return event.Event{
		Type: event.JourneyStart, Schema: 1, Num: math.NaN(), A: event.Intern(key), B: event.Intern(how), C: event.Intern(p.Key),
	}, ""
}

// Admits says whether somebody who is put into a journey of p now would come in, by the same rules as Step. Nothing is changed.
// m may be nil; it costs less when it is what the last step left.
func Admits(ps []*Programme, p *Programme, key string, who Who, tl timeline.View, s *State, m *Memo, now int64) Refusal {
	e, no := p.StartOf(key)
	switch {
	case no != "":
		return no
	case s.Progress(p.Key) == nil:
		return NotJoined
	}
	var memo Memo
	if m != nil {
		memo = m.Clone()
	}
	x := steppers.Get().(*stepper)
	defer x.rest()
	x.ps, x.who, x.tl, x.s, x.memo, x.now = ps, who, tl, s.Clone(), &memo, now
	x.out = Out{Wake: Never}
	x.ctx.Look(tl, now)
	x.ctx.Trigger = -1
	if !memo.valid || len(memo.truth) != len(ps) {
		memo.reset(ps)
		x.full = true
		for i, o := range ps {
			if pr := x.s.Progress(o.Key); pr != nil {
				x.programme(i, o, pr)
			}
		}
	}
	e.Occurred, e.Received = now, now
	x.in.Event, x.ctx.Failures = &e, x
	_, _, no = x.admits(p, p.Journey(key))
	return no
}
