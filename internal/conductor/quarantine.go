package conductor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/person"
)

// quarantine keeps an event of health aside until its person consents.
func (w *work) quarantine(d *draft, e *event.Event, at person.Number) error {
	h := w.human(at)
	sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
	if err != nil {
		return fmt.Errorf("open the key of person %s: %w", h.id, err)
	}
	b, err := packEvent(e)
	if err != nil {
		return err
	}
	w.ch.Quarantine = append(w.ch.Quarantine, Quarantined{
		Person: h.number, Bucket: h.bucket, Source: e.Source, Hash: e.Hash, Reason: "consent",
		Detail: `{"purpose":"health_data"}`, Payload: sealer.Seal("quarantine", b), At: w.now,
	})
	d.held++
	d.dirty = true
	return nil
}

// release takes in what waited for consent, as history: it was measured before the person agreed, so it causes
// tags and stages and no message.
func (w *work) release(d *draft) error {
	var rows []Quarantined
	records := append(w.below(d.h.number), d.h.number)
	for _, n := range records {
		some, err := w.c.cfg.Store.QuarantineOf(context.Background(), w.c.ws, n, "consent")
		if err != nil {
			return fmt.Errorf("read what waited for consent: %w", err)
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b Quarantined) int { return cmp.Compare(a.ID, b.ID) })
	kept := w.ch.Quarantine[:0:0]
	for _, q := range w.ch.Quarantine { // put aside earlier in this same transaction
		if slices.Contains(records, q.Person) && q.Reason == "consent" {
			rows = append(rows, q)
		} else {
			kept = append(kept, q)
		}
	}
	w.ch.Quarantine = kept
	d.held = 0
	for _, q := range rows {
		if q.ID != 0 && slices.Contains(w.ch.Released, q.ID) {
			continue // consent was given, withdrawn and given again within one commit
		}
		h := w.human(q.Person)
		sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
		if err != nil {
			return fmt.Errorf("open the key of person %s: %w", h.id, err)
		}
		b, err := sealer.Open("quarantine", q.Payload)
		if err != nil {
			return fmt.Errorf("open a quarantined event: %w", err)
		}
		e, err := unpackEvent(b)
		if err != nil {
			return err
		}
		e.Hash = q.Hash
		if e.Person = q.Person; q.Person == d.h.number {
			e.Person = 0
		}
		e.Flags |= event.Imported
		if _, err := w.add(d, e, w.now); err != nil {
			return err
		}
		if q.ID != 0 {
			w.ch.Released = append(w.ch.Released, q.ID)
		}
	}
	return nil
}

// packed is an event as quarantine keeps it: symbols as text, because they differ between processes.
type packed struct {
	E       event.Event
	A, B, C string
	Num     *float64
	X       []*float64
}

func packEvent(e *event.Event) ([]byte, error) {
	p := packed{E: *e, A: e.A.String(), B: e.B.String(), C: e.C.String()}
	p.E.Num, p.E.X = 0, nil
	if !math.IsNaN(e.Num) {
		p.Num = &e.Num
	}
	for i := range e.X {
		if math.IsNaN(e.X[i]) {
			p.X = append(p.X, nil)
		} else {
			p.X = append(p.X, &e.X[i])
		}
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("pack an event: %w", err)
	}
	return b, nil
}

func unpackEvent(b []byte) (event.Event, error) {
	var p packed
	if err := json.Unmarshal(b, &p); err != nil {
		return event.Event{}, fmt.Errorf("unpack an event: %w", err)
	}
	e := p.E
	e.A, e.B, e.C = event.Intern(p.A), event.Intern(p.B), event.Intern(p.C)
	e.Num = math.NaN()
	if p.Num != nil {
		e.Num = *p.Num
	}
	for _, x := range p.X {
		v := math.NaN()
		if x != nil {
			v = *x
		}
		e.X = append(e.X, v)
	}
	return e, nil
}
