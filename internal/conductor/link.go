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

// Link attaches the identifiers of it to one person: to the one it names or that any of them belongs to, or else
// to a new one.
func (c *Conductor) Link(ctx context.Context, lane Lane, proof audit.Entry, it Item) error {
	return c.write(ctx, lane, 1, func(ctx context.Context, w *work) error {
		found := w.c.rootOf(it.Person)
		var unknown []Identity
		it.keys = nil // whose takes them as they are here
		for _, id := range it.Ident {
			hash := w.c.cfg.Ring.Hash(id.Type, id.Scope+"\x00"+id.Value)
			it.keys = append(it.keys, hash)
			n, err := w.identity(ctx, id, hash)
			if err != nil {
				return err
			}
			switch n = w.c.rootOf(n); {
			case n == 0:
				unknown = append(unknown, Identity{Type: id.Type, Scope: id.Scope, Hash: hash})
			case found != 0 && n != found:
				return ErrTwoPeople
			default:
				found = n
			}
		}
		if found == 0 {
			d, err := w.whose(ctx, &it)
			if err != nil {
				return err
			}
			found, unknown = d.h.number, nil
		}
		d, err := w.draft(found)
		if err != nil {
			return err
		}
		for _, u := range unknown {
			u.Person, u.Bucket = d.h.number, d.h.bucket
			w.ch.Identities = append(w.ch.Identities, u)
		}
		proof.Person = d.h.number
		w.audit(proof)
		return nil
	})
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
