package conductor

import (
	"context"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/product"
)

// sold fills an order, a refund or a fill of a medicine from the catalogue before it is stored, whatever way it came. What names nobody's product is
// noted in the same commit: it is a question to staff. Its hash was made of what the sender said, so a repeat stays one after the
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
	if c.Fill(e) {
		w.ch.Lines = append(w.ch.Lines, SoldLine{Seq: e.Seq, Person: e.Person, At: e.Received, Line: said})
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

// CompleteSold says again, with its product, each order and refund whose product the catalogue knows by now. The new event supersedes
// the old and is of the same source, so what takes the source or the import back takes it too. Rules see it, nothing is sent for it.
// Called again it does nothing. It answers how many it completed.
func (c *Conductor) CompleteSold(ctx context.Context, proof audit.Entry) (int, error) {
	known, err := c.cfg.Store.Products(ctx, c.ws)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, state := range []string{product.Open, product.Ignored} {
		questions, err := c.cfg.Store.ProductQuestions(ctx, c.ws, state)
		if err != nil {
			return n, fmt.Errorf("read what nobody knows: %w", err)
		}
		for i := range questions {
			if _, ok := known.Resolve(questions[i].Line); !ok {
				continue
			}
			more, err := c.completeLines(ctx, questions[i].Hash, proof)
			if n += more; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (c *Conductor) completeLines(ctx context.Context, hash [16]byte, proof audit.Entry) (n int, err error) {
	for after := event.Seq(0); ; {
		lines, err := c.cfg.Store.ProductLines(ctx, c.ws, hash, after, completeAtOnce)
		if err != nil || len(lines) == 0 {
			return n, err
		}
		after = lines[len(lines)-1].Seq // what cannot be completed is passed by
		done := 0
		err = c.write(ctx, Bulk, len(lines), func(ctx context.Context, w *work) error {
			done = 0 // again from nothing when the work is done a second time
			for _, l := range lines {
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

// complete says one order again; false when there is nothing to say of it any more, or its product is not known after all.
func (w *work) complete(ctx context.Context, l SoldLine, actor string) (bool, error) {
	gone := func() (bool, error) { w.ch.LinesDone = append(w.ch.LinesDone, l); return false, nil }
	root := w.c.rootOf(l.Person)
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
	e := es[0]
	if len(e.Body) > 0 {
		sealer, err := w.c.cfg.Ring.Person(l.Person, w.c.human(l.Person).key)
		if err != nil {
			return false, fmt.Errorf("open the key of a person: %w", err)
		}
		if e.Body, err = sealer.Open("event", e.Body); err != nil {
			return false, fmt.Errorf("open an order: %w", err)
		}
	}
	c, err := w.products()
	if err != nil {
		return false, err
	}
	again := e
	if c.Fill(&again) {
		return false, nil
	}
	again.Supersedes, again.Retracts, again.Actor, again.Hash = l.Seq, 0, actor, [16]byte{}
	again.Flags = again.Flags&^event.Hidden | event.Imported
	if _, err := w.add(d, again, w.now); err != nil {
		return false, err
	}
	w.ch.LinesDone = append(w.ch.LinesDone, l)
	return true, nil
}
