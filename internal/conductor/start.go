package conductor

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/person"
)

var (
	// ErrNoJourney means that a programme has no such journey.
	ErrNoJourney = fault.New(fault.Missing, "journey_not_found", "没有这个旅程", "there is no such journey")
	// ErrNotByHandEntered means that a journey is entered on something that happens, and nobody can be put into it.
	ErrNotByHandEntered = fault.New(fault.Clash, "journey_not_by_hand", "这个旅程由事件或日期进入，不能手工开始", "this journey is entered on an event or a date; nobody is put into it by hand").
				Because("在旅程的 enter 里写 manual: true，或用标签、阶段进入", "let its enter say manual: true, or a tag or a stage")
)

// Start is an order to put people into a journey.
type Start struct {
	Programme, Journey string
	Reason             string // for who comes later; sealed with the person's key
	Key                string // of the order: the same order twice puts everybody in once
	Try                bool   // only say what would be
}

// Gone is why somebody cannot be put into anything: they were erased, or are nobody.
const Gone engine.Refusal = "gone"

// Started is what became of one person of an order.
type Started struct {
	Person  person.Number
	Refused engine.Refusal // empty: they came in, or would
	Again   bool           // they had come in by this very order
	Silent  bool           // they did not agree to the service: nothing is sent until they do
}

// StartJourney puts people into a journey in one transaction: the event, the run with its first step, the audit of each. Who may not come
// in by the journey's own rules does not. One line for each person, in the order of their numbers; whoever is named twice has one.
func (c *Conductor) StartJourney(ctx context.Context, lane Lane, people []person.Number, o Start, proof audit.Entry) ([]Started, error) {
	var out []Started
	err := c.write(ctx, lane, len(people), func(ctx context.Context, w *work) error {
		out = nil // again from nothing when the work is done a second time
		p, err := w.startable(o.Programme, o.Journey)
		if err != nil {
			return err
		}
		out, err = w.start(ctx, p, people, o, proof)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// startable finds the programme of a journey somebody may be put into.
func (w *work) startable(programme, journey string) (*engine.Programme, error) {
	for _, p := range w.programmes() {
		if p.Key != programme {
			continue
		}
		switch _, no := p.StartOf(journey); no {
		case engine.NotThere:
			return nil, ErrNoJourney
		case engine.NotByHand:
			return nil, ErrNotByHandEntered
		}
		return p, nil
	}
	return nil, ErrNoJourney
}

func (w *work) start(ctx context.Context, p *engine.Programme, people []person.Number, o Start, proof audit.Entry) ([]Started, error) {
	set := roaring.New()
	for _, n := range people {
		set.Add(uint32(w.rootOf(n)))
	}
	out := make([]Started, 0, set.GetCardinality())
	order := event.Ref(o.Key)
	for it := set.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		s := Started{Person: n, Refused: Gone}
		if h := w.human(n); h != nil && !h.erased() {
			d, err := w.draft(n)
			if err != nil {
				return nil, err
			}
			s.Silent = !d.state.Consented("basic_service")
			if s.Again = !o.Try && d.putIn(&o, order); s.Again {
				s.Refused = ""
			} else {
				who := engine.Who{Workspace: w.c.wsID, ID: d.h.id, Number: n}
				s.Refused = engine.Admits(w.programmes(), p, o.Journey, who, d.view(), d.state, &d.memo, w.now)
			}
			if s.Refused == "" && !s.Again && !o.Try {
				if err := w.putIn(p, d, o, order, proof); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// putIn reports whether somebody was put into the journey by this very order before.
func (d *draft) putIn(o *Start, order float64) bool {
	journey := event.Intern(o.Journey)
	for i, t := range d.tl.Type {
		if t == event.JourneyStart && d.tl.A[i] == journey && d.tl.Num[i] == order {
			return true
		}
	}
	return false
}

// putIn puts one person in.
func (w *work) putIn(p *engine.Programme, d *draft, o Start, order float64, proof audit.Entry) error {
	e, _ := p.StartOf(o.Journey)
	e.Num, e.Actor, e.Provenance = order, proof.Actor, "console"
	if o.Reason != "" {
		e.Body, _ = json.Marshal(map[string]string{"reason": o.Reason}) // of strings: cannot fail
	}
	if _, err := w.add(d, e, w.now); err != nil {
		return err
	}
	detail, _ := json.Marshal(map[string]any{"programme": o.Programme, "journey": o.Journey, "how": e.B.String(), "order": o.Key})
	proof.Person, proof.Detail = d.h.number, string(detail)
	w.audit(proof)
	return nil
}

// Fitting is everybody who could be put into a journey by what is known of them already: who has its tag or is in its stage, or, of one
// that is entered by hand, everybody in the programme. Its conditions are asked when they are put in.
func (c *Conductor) Fitting(programme, key string) (*roaring.Bitmap, error) {
	p := c.Programme(programme)
	if p == nil {
		return nil, ErrNoJourney
	}
	switch _, no := p.StartOf(key); no {
	case engine.NotThere:
		return nil, ErrNoJourney
	case engine.NotByHand:
		return nil, ErrNotByHandEntered
	}
	switch on := p.Journey(key).Def.Enter; on.On {
	case journey.OnTag:
		return c.Of(programme, "tag", on.Tag), nil
	case journey.OnStage:
		return c.Of(programme, "stage", on.Stage), nil
	}
	return c.Members("programme", programme), nil
}

// MayStart says of each journey of a person's programmes whether they would come in now, by programme and journey.
func (c *Conductor) MayStart(n person.Number) (map[string]map[string]engine.Refusal, error) {
	l, err := c.Look(n, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("look whom journeys take in: %w", err)
	}
	out := map[string]map[string]engine.Refusal{}
	ps := c.Programmes()
	for _, p := range ps {
		if l.State.Progress(p.Key) == nil {
			continue
		}
		out[p.Key] = map[string]engine.Refusal{}
		for _, d := range p.Journeys {
			who := engine.Who{Workspace: c.wsID, ID: l.Card.ID, Number: l.Card.Number}
			out[p.Key][d.Key] = engine.Admits(ps, p, d.Key, who, l.View, l.State, nil, l.At)
		}
	}
	return out, nil
}
