package conductor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// ErrTwoPeople means that identifiers said to be one person's belong to two already. Folding people is a review's
// decision, never a sender's.
var ErrTwoPeople = fault.New(fault.Clash, "two_people", "这两个标识已经属于两个人，合并要由人核对", "these identifiers belong to two people already; merging them needs a review")

// Link attaches the identifiers of it to one person: to the one it names or that any of them belongs to, or else to a new one. People
// whom the workspace's identity.yaml lets its identifiers merge are merged.
func (c *Conductor) Link(ctx context.Context, lane Lane, proof audit.Entry, it Item) error {
	return c.write(ctx, lane, 1, func(ctx context.Context, w *work) error {
		it := it
		it.keys = nil // as they are taken here
		d, at, err := w.whoseAlias(ctx, &it)
		if err != nil {
			return err
		}
		reached, err := w.reach(d, &it)
		if err != nil {
			return err
		}
		if reached {
			if err := w.tellReach(d); err != nil {
				return err
			}
		}
		if err := w.catchUp(d); err != nil {
			return err
		}
		proof.Person = at
		w.audit(proof)
		return nil
	})
}

// whoseAlias is whose, of identifiers that are said to be one person's: two people that stay two are a clash.
func (w *work) whoseAlias(ctx context.Context, it *Item) (d *draft, at person.Number, err error) {
	w.theirs = w.theirs[:0]
	if it.Person == 0 {
		d, at, err = w.whose(ctx, it)
	} else if d, err = w.open(it.Person); err == nil {
		at, err = it.Person, w.claim(ctx, it)
	}
	if err != nil {
		return nil, 0, err
	}
	to := w.human(at)
	for i, r := range w.records {
		switch {
		case r != 0 && w.rootOf(r) != d.h.number:
			return nil, 0, ErrTwoPeople
		case r == 0: // said outright to be theirs, so no limit speaks against it
			w.identify(to, w.claims[i])
			if !slices.ContainsFunc(w.theirs, func(t theirs) bool { return t.ident == i }) {
				w.theirs = append(w.theirs, theirs{i, at})
			}
		}
	}
	return d, at, nil
}

// Whose are the people identifiers belong to, each once; nobody is made.
func (c *Conductor) Whose(ctx context.Context, ids []Identifier) ([]person.Number, error) {
	var out []person.Number
	for _, id := range ids {
		n, err := c.cfg.Store.Identity(ctx, c.ws, id.Type, id.Scope, c.cfg.Ring.Hash(id.Type, id.Scope+"\x00"+id.Value))
		if errors.Is(err, person.ErrMissing) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("find an identity: %w", err)
		}
		if n = c.rootOfPublished(n); n != 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}

// MessageHash is what the event of a source with this message id is known by; see Item.MessageID.
func MessageHash(source int32, id string) [16]byte {
	it := Item{MessageID: id}
	it.Event.Source = source
	return it.hash()
}
