package conductor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/rule"
)

// Poll is a rule to be asked of everyone in a programme, without being part of it.
type Poll struct {
	Ask           engine.Question
	Lower, Higher *engine.Question // one step easier and harder, whichever is which; nil: nobody wants to know
	Compare       string           // a tag of the programme whose holders gain and lose; empty: none
	Seen          *roaring.Bitmap  // who may be named; nil: everyone
	Codes         []Choice         // of a tag with codes, in order: asked in place of Ask
	Asked         *atomic.Int64    // grows by each person asked; nil: nobody watches
}

// Choice is one code of a tag with codes: who has it is the first whose rule is true.
type Choice struct {
	Key string // of the code's own tag, with which its holders are compared
	Ask engine.Question
}

// SetOf is the name of a code's set: its holders, or those who would gain or lose it.
func (c Choice) SetOf(side string) string { return "code:" + c.Key + ":" + side }

// Polled is what everyone answered.
type Polled struct {
	At                       int64
	People, Has, No, Unknown int
	Gain, Lose               int // beside the tag compared with
	CouldGain, CouldLose     int // whose answer one step changes
	HasSome, UnknownSome     []person.Number
	GainSome, LoseSome       []person.Number
	NearGain, NearLose       []person.Number
	Sets                     map[string]*roaring.Bitmap // everyone behind each number, by the names below

	seen *roaring.Bitmap
}

// Names of the sets of a poll, as its answer has them on the wire.
const (
	SetHas, SetNo, SetUnknown = "has", "no", "unknown"
	SetGain, SetLose          = "gain", "lose"
	SetCouldGain              = "couldGain"
	SetCouldLose              = "couldLose"
)

// Poll asks everybody in p, which may be a draft of the programme in force. It ends early when ctx ends.
func (c *Conductor) Poll(ctx context.Context, p *engine.Programme, q Poll) (*Polled, error) {
	at := c.now()
	zones, states := c.everyone()
	qs := []engine.Question{q.Ask}
	if len(q.Codes) > 0 {
		qs = qs[:0]
	}
	for _, c := range q.Codes {
		qs = append(qs, c.Ask)
	}
	for _, near := range []*engine.Question{q.Lower, q.Higher} {
		if near != nil {
			qs = append(qs, *near)
		}
	}
	out := &Polled{At: at, seen: q.Seen, Sets: map[string]*roaring.Bitmap{}}
	for _, name := range []string{SetHas, SetNo, SetUnknown, SetGain, SetLose, SetCouldGain, SetCouldLose} {
		out.Sets[name] = roaring.New()
	}
	for _, c := range q.Codes {
		for _, side := range []string{SetHas, SetGain, SetLose} {
			out.Sets[c.SetOf(side)] = roaring.New()
		}
	}
	var mu sync.Mutex
	err := p.AskAll(ctx, c.tls, qs, engine.Everyone{Now: at, Zone: func(n person.Number) *time.Location {
		if int(n) < len(zones) && zones[n] != nil {
			return zones[n]
		}
		return p.Zone
	}, In: func(n person.Number) (in engine.Standing) {
		if int(n) < len(states) && states[n] != nil {
			in = states[n].Progress(p.Key).Standing()
		}
		return in
	}}, func(_ int, n person.Number, answers []rule.Truth) {
		if int(n) >= len(states) || states[n] == nil {
			return
		}
		pr := states[n].Progress(p.Key)
		if pr == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if q.Asked != nil {
			q.Asked.Add(1)
		}
		if len(q.Codes) > 0 {
			var is int
			answers, is = firstOf(answers)
			out.code(n, &q, is, pr)
		}
		out.count(n, answers, q.Compare != "", pr.Has(q.Compare))
	})
	if err != nil {
		return nil, fmt.Errorf("ask everybody in %s: %w", p.Key, err)
	}
	return out, nil
}

// firstOf is the answer of a tag with codes, and the place of the code that holds, -1 without: the first that is true.
// It is unknown when none is true and one is unknown.
func firstOf(codes []rule.Truth) ([]rule.Truth, int) {
	if is := slices.Index(codes, rule.True); is >= 0 {
		return []rule.Truth{rule.True}, is
	}
	if slices.Contains(codes, rule.Unknown) {
		return []rule.Truth{rule.Unknown}, -1
	}
	return []rule.Truth{rule.False}, -1
}

// code notes which code n has, and which they gain and lose beside the tag compared with.
func (o *Polled) code(n person.Number, q *Poll, is int, pr *engine.Progress) {
	for i, c := range q.Codes {
		if i == is {
			o.Sets[c.SetOf(SetHas)].Add(uint32(n))
		}
		if had := pr.Has(c.Key); q.Compare == "" || had == (i == is) {
			continue
		} else if had {
			o.Sets[c.SetOf(SetLose)].Add(uint32(n))
		} else {
			o.Sets[c.SetOf(SetGain)].Add(uint32(n))
		}
	}
}

// sample is sample of those who may be named.
func (o *Polled) sample(some []person.Number, n person.Number) []person.Number {
	if o.seen != nil && !o.seen.Contains(uint32(n)) {
		return some
	}
	return sample(some, n)
}

func (o *Polled) count(n person.Number, answers []rule.Truth, compare, had bool) {
	o.People++
	is := answers[0] == rule.True
	switch answers[0] {
	case rule.True:
		o.Has++
		o.Sets[SetHas].Add(uint32(n))
		o.HasSome = o.sample(o.HasSome, n)
	case rule.False:
		o.No++
		o.Sets[SetNo].Add(uint32(n))
	default:
		o.Unknown++
		o.Sets[SetUnknown].Add(uint32(n))
		o.UnknownSome = o.sample(o.UnknownSome, n)
	}
	if compare && is && !had {
		o.Gain++
		o.Sets[SetGain].Add(uint32(n))
		o.GainSome = o.sample(o.GainSome, n)
	}
	if compare && had && !is {
		o.Lose++
		o.Sets[SetLose].Add(uint32(n))
		o.LoseSome = o.sample(o.LoseSome, n)
	}
	could := func(t rule.Truth) bool {
		for _, a := range answers[1:] {
			if a == t {
				return true
			}
		}
		return false
	}
	switch {
	case answers[0] == rule.False && could(rule.True):
		o.CouldGain++
		o.Sets[SetCouldGain].Add(uint32(n))
		o.NearGain = o.sample(o.NearGain, n)
	case is && could(rule.False):
		o.CouldLose++
		o.Sets[SetCouldLose].Add(uint32(n))
		o.NearLose = o.sample(o.NearLose, n)
	}
}
