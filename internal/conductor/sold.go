package conductor

import (
	"context"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/product"
)

// sold fills an order, a refund or a fill of a medicine from the catalogue before it is stored, whatever way it came. What names nobody's product is
// noted in the same commit: it is a question to staff. So is what staff were asked about before: the answer may have been wrong. Its hash was made of what the sender said, so a repeat stays one after the
// catalogue changed.
func (w *work) sold(e *event.Event) error {
	said, ok := product.Of(e)
	if !ok {
		return nil
	}
	c, err := w.products()
	if err != nil {
		return err
	}
	by, unknown := c.Fill(e)
	if unknown {
		by = product.Filled{}
	}
	if unknown || by.Product != "" && len(c.Asked) > 0 && c.Asked[said.Hash()] {
		w.ch.Lines = append(w.ch.Lines, SoldLine{Seq: e.Seq, Person: e.Person, At: e.Received, Line: said, By: by})
	}
	return nil
}

// products is the catalogue as it stands in this commit, looked at once.
func (w *work) products() (*product.Catalogue, error) {
	if w.catalogue != nil {
		return w.catalogue, nil
	}
	c, err := w.tx.Catalogue(context.Background(), w.c.products.Load())
	if err != nil {
		return nil, err
	}
	w.catalogue = c
	w.c.products.Store(c) // right whether or not the commit succeeds: it was read, not written
	return c, nil
}

// completeAtOnce is how many orders one commit completes: as few as a live one behind it can wait for.
const completeAtOnce = 200

// CompleteSold says again, with its product, each order, refund and fill whose product the catalogue knows by now, and each that got its
// product by an answer which the catalogue no longer gives: with the right one, or as its sender said it. The new event supersedes
// the old and is of the same source, so what takes the source or the import back takes it too. Rules see it, nothing is sent for it.
// Called again it does nothing. It answers how many it said again.
func (c *Conductor) CompleteSold(ctx context.Context, proof audit.Entry) (int, error) {
	known, err := c.cfg.Store.Products(ctx, c.ws)
	if err != nil {
		return 0, err
	}
	groups, err := c.cfg.Store.ProductGroups(ctx, c.ws)
	if err != nil {
		return 0, fmt.Errorf("read what staff were asked about: %w", err)
	}
	n := 0
	done := map[[16]byte]bool{}
	for _, g := range groups {
		want := ""
		if p, ok := known.Resolve(g.Line); ok {
			want = p.ID
		}
		if g.Product == want || done[g.Hash] {
			continue
		}
		done[g.Hash] = true
		more, err := c.completeLines(ctx, g, want, proof)
		if n += more; err != nil {
			return n, err
		}
	}
	return n, nil
}

// completeLines says again what did not get the product want.
func (c *Conductor) completeLines(ctx context.Context, g SoldGroup, want string, proof audit.Entry) (n int, err error) {
	for after := event.Seq(0); ; {
		lines, err := c.cfg.Store.ProductLines(ctx, c.ws, g.Hash, want, after, completeAtOnce)
		if err != nil || len(lines) == 0 {
			return n, err
		}
		after = lines[len(lines)-1].Seq // what cannot be completed is passed by
		done := 0
		err = c.write(ctx, Bulk, len(lines), func(ctx context.Context, w *work) error {
			done = 0 // again from nothing when the work is done a second time
			for _, l := range lines {
				l.Line = g.Line
				ok, err := w.complete(ctx, l, proof.Actor)
				if err != nil {
					return err
				}
				if ok {
					done++
				}
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("complete %d orders: %w", len(lines), err)
		}
		n += done
	}
}

// complete says one order again; false when there is nothing to say of it any more, or nothing else than it says.
func (w *work) complete(ctx context.Context, l SoldLine, actor string) (bool, error) {
	gone := func() (bool, error) { w.ch.LinesDone = append(w.ch.LinesDone, l); return false, nil }
	root := w.rootOf(l.Person)
	if h := w.c.human(root); h == nil || h.erased() {
		return gone()
	}
	d, err := w.draft(root)
	if err != nil {
		return false, err
	}
	i := d.tl.Find(l.Seq)
	if i < 0 || d.tl.Flags[i]&event.Hidden != 0 {
		return gone() // corrected or taken back: what replaced it stands for itself
	}
	es, err := w.c.cfg.Store.EventsBySeq(ctx, w.c.ws, l.Person, []event.Seq{l.Seq})
	if err != nil {
		return false, fmt.Errorf("read an order: %w", err)
	}
	if len(es) == 0 {
		return gone()
	}
	again := es[0]
	if len(again.Body) > 0 {
		sealer, err := w.c.cfg.Ring.Person(l.Person, w.c.human(l.Person).key)
		if err != nil {
			return false, fmt.Errorf("open the key of a person: %w", err)
		}
		if again.Body, err = sealer.Open("event", again.Body); err != nil {
			return false, fmt.Errorf("open an order: %w", err)
		}
	}
	c, err := w.products()
	if err != nil {
		return false, err
	}
	product.Empty(&again, l.Line, l.By.What)
	probe := again
	by, unknown := c.Fill(&probe)
	if unknown {
		by.Product = ""
	}
	if unknown && l.By.Product == "" || l.By.Product != "" && by.Product == l.By.Product {
		return false, nil
	}
	again.Supersedes, again.Retracts, again.Actor, again.Hash = l.Seq, 0, actor, [16]byte{}
	again.Flags = again.Flags&^event.Hidden | event.Imported
	if _, err := w.add(d, again, w.now); err != nil { // fills it and notes what it got
		return false, err
	}
	w.ch.LinesDone = append(w.ch.LinesDone, l)
	return true, nil
}
