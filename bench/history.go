package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// historian makes up people's histories, each from its number alone: half a year of somebody who measures, checks in, is written
// to and answers. Half of what comes from a phone has whole seconds, what the server writes has microseconds; all is learned
// of some time after it happened, and late by hours now and then. No two people have the same.
type historian struct {
	people, events int
	end            int64 // microseconds: nothing happens after it
}

const halfYear = int64(180*86400) * 1e6

var historySymbols = struct{ meter, unit, meal, t2, oral, journey, self, programme, service, v1, safety, care event.Symbol }{
	event.Intern("meter"), event.Intern("mmol/L"), event.Intern("meal"), event.Intern("t2"), event.Intern("oral"), event.Intern("welcome"),
	event.Intern("person"), event.Intern("diabetes"), event.Intern("basic_service"), event.Intern("1"), event.Intern("safety"), event.Intern("care"),
}

// head is above every sequence of every person.
func (h historian) head() event.Seq { return event.Seq(3 * h.people * (h.events + 2)) }

// of is the history of n.
func (h historian) of(n person.Number) *timeline.Timeline {
	r := rand.New(rand.NewPCG(11, uint64(n)))
	begin := h.end - halfYear + r.Int64N(halfYear/6)
	moments := make([]int64, h.events)
	for i := range moments {
		moments[i] = begin + r.Int64N(h.end-begin)
	}
	slices.Sort(moments)
	t := &timeline.Timeline{}
	slot := int64(0)
	for i, at := range moments {
		slot += 1 + r.Int64N(3) // commits of others come between
		e := h.event(r, i, at)
		e.Seq = event.Seq(slot*int64(h.people) + int64(n) + 1)
		t.Add(&e)
	}
	return t
}

// event is the i-th event of somebody, learned of at the moment at.
func (h historian) event(r *rand.Rand, i int, at int64) event.Event {
	y := historySymbols
	e := event.Event{Occurred: at, Received: at, Num: math.NaN()}
	phone := func() { // seen by the person a while before, to the second or to the millisecond
		e.Occurred -= int64(math.Exp(3+1.5*r.NormFloat64())) * 1e6
		if r.IntN(50) == 0 {
			e.Occurred -= r.Int64N(20 * 3600 * 1e6)
		}
		e.Occurred -= e.Occurred % [2]int64{1e6, 1e3}[r.IntN(2)]
	}
	switch {
	case i == 0:
		e.Type, e.A = event.ContactAdded, y.journey
	case i == 1:
		e.Type, e.Num, e.A = event.ProgrammeJoined, 1, y.programme
	case i == 2:
		e.Type, e.Num, e.B, e.C, e.X = event.Profile, float64(1940+r.IntN(50)), y.t2, y.oral, []float64{2005 + float64(r.IntN(20)), 0.8, 0, 0}
	case i == 3:
		e.Type, e.Num = event.PlanSet, float64(4+r.IntN(11))
	case i == 4:
		e.Type, e.Num, e.A, e.B = event.Consent, 1, y.service, y.v1
	default:
		switch k := r.IntN(100); {
		case k < 62:
			phone()
			e.Type, e.Num, e.A, e.B, e.C = event.Glucose, value10(r), event.Intern(event.Contexts[r.IntN(len(event.Contexts))]), y.unit, y.meter
		case k < 74:
			phone()
			e.Type, e.A = event.CheckIn, y.meal
		case k < 80:
			e.Type, e.Num, e.A, e.C = event.MessageSent, float64(r.Uint64N(1<<48)), y.journey, [2]event.Symbol{y.safety, y.care}[r.IntN(2)]
		case k < 84:
			e.Type, e.Num = event.MessageRead, float64(r.Uint64N(1<<48))
		case k < 88:
			e.Type, e.A = event.ContentRead, y.care
		case k < 91:
			e.Type, e.A = event.Chat, y.self
		case k < 94:
			phone()
			e.Type, e.Num = event.Exercise, float64(5*(1+r.IntN(20)))
		case k < 96:
			e.Type, e.Num = event.Order, float64(50+r.IntN(400))
		case k < 97:
			phone()
			e.Type, e.Num, e.X = event.BloodPressure, float64(105+r.IntN(60)), []float64{float64(60 + r.IntN(40)), float64(55 + r.IntN(50))}
		case k < 98:
			phone()
			e.Type, e.Num = event.Weight, float64(450+r.IntN(500))/10
		case k < 99:
			e.Type, e.Num = event.HbA1c, float64(55+r.IntN(50))/10
		default:
			phone()
			e.Type, e.A = event.Symptom, y.care
		}
	}
	return e
}

// value10 is a reading as a meter shows it: with one decimal.
func value10(r *rand.Rand) float64 { return math.Round(value(r)*10) / 10 }
