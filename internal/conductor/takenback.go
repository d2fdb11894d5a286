package conductor

import (
	"context"
	"fmt"
	"slices"

	"peiban/internal/address"
	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// DropKept removes what of a person waits for consent and fits, and gives its hashes. It was never taken in, so nothing follows from it.
func (c *Conductor) DropKept(ctx context.Context, n person.Number, entry audit.Entry, fits func(*event.Event) bool) ([][16]byte, error) {
	var out [][16]byte
	err := c.write(ctx, Bulk, 1, func(ctx context.Context, w *work) error {
		out = out[:0]
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		rows, err := c.cfg.Store.QuarantineOf(ctx, c.ws, n, "consent")
		if err != nil {
			return fmt.Errorf("read what waits for consent: %w", err)
		}
		sealer, err := c.cfg.Ring.Person(n, d.h.key)
		if err != nil {
			return fmt.Errorf("open the key of person %s: %w", d.h.id, err)
		}
		for _, q := range rows {
			b, err := sealer.Open("quarantine", q.Payload)
			if err != nil {
				return fmt.Errorf("open a quarantined event: %w", err)
			}
			e, err := unpackEvent(b)
			if err != nil {
				return err
			}
			if !fits(&e) || slices.Contains(w.ch.Released, q.ID) {
				continue
			}
			w.ch.Released = append(w.ch.Released, q.ID)
			out = append(out, q.Hash)
			if d.held > 0 {
				d.held--
			}
		}
		if len(out) > 0 {
			d.dirty = true
			entry.Person = n
			w.audit(entry)
		}
		return nil
	})
	return out, err
}

// unsay puts the card right when an event is taken back that said something of it: what is on the card by that event alone is as the
// events say that still stand.
func (w *work) unsay(ctx context.Context, d *draft, back event.Seq) error {
	i := d.tl.Find(back)
	if i < 0 || d.tl.Type[i] != event.Assigned && d.tl.Type[i] != event.Profile {
		return nil
	}
	kind := d.tl.Type[i]
	seqs := []event.Seq{back}
	for k := range d.tl.Len() {
		if d.tl.Type[k] == kind && d.tl.Flags[k]&event.Hidden == 0 && d.tl.Seq[k] != back {
			seqs = append(seqs, d.tl.Seq[k])
		}
	}
	es, err := w.read(ctx, d, seqs)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(es, func(e event.Event) bool { return e.Seq == back })
	if at < 0 {
		return nil
	}
	gone := es[at]
	es = slices.Delete(es, at, at+1)
	if kind == event.Assigned {
		return w.unassign(d, &gone, es)
	}
	return w.change(d, func(c *Card) { c.unlearn(&gone, es) })
}

// read reads events of a person with their words, in the order they came, those of this transaction too.
func (w *work) read(ctx context.Context, d *draft, seqs []event.Seq) ([]event.Event, error) {
	var out []event.Event
	var old []event.Seq
	for _, seq := range seqs {
		if k := slices.IndexFunc(w.events, func(e event.Event) bool { return e.Seq == seq }); k >= 0 {
			out = append(out, w.events[k])
		} else {
			old = append(old, seq)
		}
	}
	if len(old) > 0 {
		es, err := w.c.cfg.Store.EventsBySeq(ctx, w.c.ws, d.h.number, old)
		if f := fault.Of(err); f != nil && f.Kind == fault.Missing { // of somebody who was merged: the card stays as it is
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what the card says: %w", err)
		}
		out = append(out, es...)
	}
	for k := range out {
		if len(out[k].Body) == 0 {
			continue
		}
		h := d.h
		if m := w.human(out[k].Person); m != nil {
			h = m
		}
		sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
		if err != nil {
			return nil, fmt.Errorf("open the key of person %s: %w", h.id, err)
		}
		if out[k].Body, err = sealer.Open("event", out[k].Body); err != nil {
			return nil, fmt.Errorf("open event %d: %w", out[k].Seq, err)
		}
	}
	slices.SortFunc(out, func(a, b event.Event) int { return int(max(-1, min(1, int64(a.Seq)-int64(b.Seq)))) })
	return out, nil
}

// unassign gives somebody back to whom they were assigned before.
func (w *work) unassign(d *draft, gone *event.Event, stand []event.Event) error {
	owns := func(e *event.Event) bool { r := e.B.String(); return r == "" || r == "manager" }
	if !owns(gone) {
		return nil
	}
	before := ""
	for i := range stand {
		if owns(&stand[i]) {
			before = stand[i].A.String()
		}
	}
	return w.change(d, func(c *Card) {
		if c.Owner == gone.A.String() {
			c.Owner = before
		}
	})
}

// unlearn forgets what of the card only gone said; stand are the events about the profile that still stand. Of somebody who was added by
// hand the card as it was then is in no event: what nothing else says stays.
func (c *Card) unlearn(gone *event.Event, stand []event.Event) {
	var left Card
	byHand := false
	for i := range stand {
		byHand = byHand || stand[i].Provenance == "console" && len(stand[i].Body) == 0
		left.learn(&stand[i])
	}
	var said Card
	said.learn(gone)
	text := func(on *string, said, before string) {
		if said != "" && *on == said && (before != "" || !byHand) {
			*on = before
		}
	}
	text(&c.Name, said.Name, left.Name)
	text(&c.Phone, said.Phone, left.Phone)
	text(&c.Language, said.Language, left.Language)
	text(&c.Profile.Zone, said.Profile.Zone, left.Profile.Zone)
	text(&c.Unit, said.Unit, left.Unit)
	text(&c.Gender, said.Gender, left.Gender)
	if said.BirthYear != 0 && c.BirthYear == said.BirthYear && (left.BirthYear != 0 || !byHand) {
		c.BirthYear = left.BirthYear
	}
	if said.Addresses != nil {
		c.Addresses, _ = c.Addresses.Part(func(a address.Address) bool { return said.Addresses.Has(a) && !left.Addresses.Has(a) })
	}
	// Whether somebody wants large letters stays: it is theirs to set.
}
