package conductor

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/person"
)

// What can be wrong with parting identifiers from a record, and with undoing it.
var (
	ErrNoSuchIdentifier = fault.New(fault.Missing, "identifier_not_found", "这条记录没有这个标识", "this record has no such identifier").
				Because("刷新后再选要拆出去的标识", "reload and choose the identifiers to part again")
	ErrNothingLeft = fault.New(fault.Clash, "nothing_left", "至少要留下一个标识，全部拆走就没有人可分了", "one identifier has to stay: with none left there is nobody to part from").
			Because("留下一个；整条记录并错了就用撤销合并", "leave one; undo the merge if the whole record is another's")
	ErrNotParted = fault.New(fault.Clash, "not_parted", "这一位不是从这里拆出去的，或者已经合并回来", "this person was not parted from this one, or is back already").
			Because("刷新后再看", "reload and look again")
)

// Split gives identifiers of a record to a person of their own, with what came by them alone: those events are told anew of that person, as
// history, and taken back here, so nothing is sent for it and both have the facts, tags and balances that are theirs. What came by an
// identifier that stays, too, stays. What comes under the identifiers from now on is that person's. Unsplit undoes it. Of a record that was
// merged, parting all of its identifiers undoes the merge.
func (c *Conductor) Split(ctx context.Context, of person.Number, hashes [][16]byte, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		root := w.rootOf(of)
		ids, err := w.c.cfg.Store.IdentitiesOf(ctx, w.c.ws, of)
		if err != nil {
			return fmt.Errorf("find the identifiers of a person: %w", err)
		}
		var going []Identity
		for _, i := range ids {
			if slices.Contains(hashes, i.Hash) {
				going = append(going, i)
			}
		}
		switch {
		case len(going) == 0:
			return ErrNoSuchIdentifier
		case len(going) < len(ids):
			other, moved, err := w.part(ctx, of, going, proof.Actor)
			if err != nil {
				return err
			}
			w.proofOf(proof, root, other, map[string]any{"identifiers": len(going), "events": moved})
			return nil
		case root == of:
			return ErrNothingLeft
		}
		if err := w.unlink(of, proof.Actor); err != nil {
			return err
		}
		w.proofOf(proof, root, of, map[string]any{"identifiers": len(going)})
		return nil
	})
}

// part makes a person of identifiers of a record, in the programme that the one they are taken from is in, and of what came by them.
func (w *work) part(ctx context.Context, of person.Number, going []Identity, actor string) (person.Number, int, error) {
	d, err := w.draft(w.rootOf(of))
	if err != nil {
		return 0, 0, err
	}
	came, err := w.cameBy(ctx, d, of, going)
	if err != nil {
		return 0, 0, err
	}
	programme := ""
	if len(d.state.Programmes) > 0 {
		programme = d.state.Programmes[0].Key
	}
	n, err := w.create(Profile{}, programme)
	if err != nil {
		return 0, 0, err
	}
	for _, i := range going {
		i.Person, i.Bucket = n.h.number, n.h.bucket
		w.ch.Reassigned = append(w.ch.Reassigned, i)
	}
	if err := w.partReach(d, n, of, going); err != nil {
		return 0, 0, err
	}
	anew := map[event.Seq]event.Seq{}
	refs := map[float64]float64{} // what points are for
	consents := false
	for _, e := range came {
		if e.Type == event.Points && len(e.X) > 0 && refs[e.X[0]] != 0 {
			e.X = append([]float64{refs[e.X[0]]}, e.X[1:]...)
		}
		again := e
		again.Seq, again.Person, again.Supersedes, again.Retracts = 0, 0, anew[e.Supersedes], anew[e.Retracts]
		again.Flags = e.Flags&^(event.Hidden|event.Echo|event.Together) | event.Imported
		told, err := w.add(n, again, w.now)
		if err != nil {
			return 0, 0, fmt.Errorf("tell anew what came by an identifier: %w", err)
		}
		anew[e.Seq] = told.Seq
		refs[event.Ref(e.ID())] = event.Ref(told.ID())
		consents = consents || e.Type == event.Consent
	}
	for _, e := range came {
		if e.Type == event.Correction {
			continue // what it took back is taken back
		}
		_, err := w.add(d, event.Event{
			Type: event.Correction, Schema: 1, Num: math.NaN(), A: engine.Parted, Retracts: e.Seq, Flags: event.Imported, Actor: actor, Provenance: "merge",
		}, w.now)
		if err != nil {
			return 0, 0, fmt.Errorf("take back what came by an identifier: %w", err)
		}
	}
	if err := w.partKept(ctx, d, n, of, going); err != nil {
		return 0, 0, err
	}
	said := event.Event{A: split, X: []float64{float64(len(came))}}
	if consents {
		said.B = event.Intern("consents")
	}
	if err := w.saying(d, said, n.h.number, actor, ""); err != nil {
		return 0, 0, err
	}
	said.B = 0
	return n.h.number, len(came), w.saying(n, said, of, actor, "")
}

var split = event.Intern("split")

// vias are the bits of the identifiers that go, and of all others of the person they are taken from.
func (w *work) vias(ctx context.Context, d *draft, going []Identity) (gone, stay []event.Via, err error) {
	for _, r := range append(w.below(d.h.number), d.h.number) {
		ids, err := w.c.cfg.Store.IdentitiesOf(ctx, w.c.ws, r)
		if err != nil {
			return nil, nil, fmt.Errorf("find the identifiers of a person: %w", err)
		}
		for _, i := range ids {
			if v := event.ViaOf(i.Hash); slices.ContainsFunc(going, func(g Identity) bool { return g.Hash == i.Hash && g.Type == i.Type && g.Scope == i.Scope }) {
				gone = append(gone, v)
			} else {
				stay = append(stay, v)
			}
		}
	}
	return gone, stay, nil
}

// goes reports whether what came by v came by one of the identifiers that go and by none of those that stay.
func goes(v event.Via, going, staying []event.Via) bool {
	return slices.ContainsFunc(going, v.By) && !slices.ContainsFunc(staying, v.By)
}

// cameBy reads what came to a record by some of its identifiers alone, with what corrects it and the points that were given for it, in the
// order it came.
func (w *work) cameBy(ctx context.Context, d *draft, of person.Number, going []Identity) ([]event.Event, error) {
	gone, stay, err := w.vias(ctx, d, going)
	if err != nil {
		return nil, err
	}
	var old []event.Seq
	var all []event.Event
	for i, t := range d.tl.Type {
		if !partable(t) {
			continue
		}
		if k := slices.IndexFunc(w.events, func(e event.Event) bool { return e.Seq == d.tl.Seq[i] }); k >= 0 {
			all = append(all, w.events[k])
		} else {
			old = append(old, d.tl.Seq[i])
		}
	}
	logged, err := w.c.cfg.Store.EventsBySeq(ctx, w.c.ws, d.h.number, old)
	if err != nil {
		return nil, fmt.Errorf("read what came by an identifier: %w", err)
	}
	all = append(all, logged...)
	slices.SortFunc(all, func(a, b event.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	moved := map[event.Seq]bool{}
	refs := map[float64]bool{}
	var out []event.Event
	for _, e := range all {
		switch {
		case e.Supersedes != 0 && moved[e.Supersedes], e.Retracts != 0 && moved[e.Retracts]:
		case e.Type == event.Points && len(e.X) > 0 && refs[e.X[0]]:
		case e.Type == event.Correction, e.Person != of, !goes(e.Via, gone, stay):
			continue
		}
		if len(e.Body) > 0 {
			h := w.human(e.Person)
			sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
			if err != nil {
				return nil, fmt.Errorf("open the key of person %s: %w", h.id, err)
			}
			if e.Body, err = sealer.Open("event", e.Body); err != nil {
				return nil, fmt.Errorf("open event %d: %w", e.Seq, err)
			}
		}
		moved[e.Seq], refs[event.Ref(e.ID())] = true, true
		out = append(out, e)
	}
	return out, nil
}

// partable tells whether events of a type go with the identifier they came by: all that came in, what corrects it, what was agreed to, and
// points, which are the engine's and for something that came in.
func partable(t event.Type) bool {
	return withdrawable(t) || t == event.Consent || t == event.Correction || t == event.Points
}

// partKept hands on what waits for consent and came by the identifiers that go.
func (w *work) partKept(ctx context.Context, d, n *draft, of person.Number, going []Identity) error {
	gone, stay, err := w.vias(ctx, d, going)
	if err != nil {
		return err
	}
	rows, err := w.c.cfg.Store.QuarantineOf(ctx, w.c.ws, of, "consent")
	if err != nil {
		return fmt.Errorf("read what waits for consent: %w", err)
	}
	h := w.human(of)
	sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
	if err != nil {
		return fmt.Errorf("open the key of person %s: %w", h.id, err)
	}
	for _, q := range rows {
		if q.Person != of || slices.Contains(w.ch.Released, q.ID) {
			continue
		}
		b, err := sealer.Open("quarantine", q.Payload)
		if err != nil {
			return fmt.Errorf("open a quarantined event: %w", err)
		}
		e, err := unpackEvent(b)
		if err != nil {
			return err
		}
		if !goes(e.Via, gone, stay) {
			continue
		}
		w.ch.Released = append(w.ch.Released, q.ID)
		if d.held > 0 {
			d.held--
		}
		e.Hash, e.Person = q.Hash, 0
		if err := w.quarantine(n, &e, n.h.number); err != nil {
			return err
		}
	}
	return nil
}

// Unsplit undoes a parting: of whom identifiers were taken and who was made of them are one again. Nothing is asked of limits and of what
// excludes what: they were one before. It tells who stays.
func (c *Conductor) Unsplit(ctx context.Context, a, b person.Number, proof audit.Entry) (root person.Number, err error) {
	err = c.write(ctx, Live, groupLimit, func(ctx context.Context, w *work) error {
		both := [2]person.Number{w.rootOf(a), w.rootOf(b)}
		d, err := w.draft(both[1])
		if err != nil {
			return err
		}
		parted := false
		for i, t := range d.tl.Type {
			parted = parted || t == event.Merged && d.tl.A[i] == split && w.rootOf(person.Number(d.tl.Num[i])) == both[0]
		}
		if !parted || both[0] == both[1] {
			return ErrNotParted
		}
		var fs [2]identity.Facts
		for i, n := range both {
			if fs[i], err = w.factsOf(ctx, n); err != nil {
				return err
			}
		}
		policy := w.c.Identity()
		if why := policy.Against(fs[0], fs[1]); why != nil && why.Cause == identity.OtherRole {
			return ErrOtherRole
		}
		root = policy.Root(fs[0], fs[1])
		member := both[0] + both[1] - root
		if err := w.link(root, member, proof.Actor, ""); err != nil {
			return err
		}
		w.proofOf(proof, root, member, nil)
		return nil
	})
	return root, err
}
