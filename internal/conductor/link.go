package conductor

import (
	"context"

	"peiban/internal/audit"
	"peiban/internal/fault"
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
		for _, id := range it.Ident {
			hash := w.c.cfg.Ring.Hash(id.Type, id.Scope+"\x00"+id.Value)
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
