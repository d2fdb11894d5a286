package conductor

import (
	"context"
	"fmt"
	"math"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/workspace/keys"
)

// Erase destroys a person's key and those of everyone merged into them, and with the keys every text about them.
// What was still to be said or done is dropped; numbers and codes stay, without an owner. It cannot be undone.
//
// The rows go first, the event that tells other processes after them: who reads the row again because of the event
// finds it erased.
func (c *Conductor) Erase(ctx context.Context, n person.Number, proof audit.Entry) error {
	c.mu.RLock()
	n = c.rootOf(n)
	root := c.human(n)
	gone := root != nil && root.erased()
	c.mu.RUnlock()
	if root == nil {
		return person.ErrMissing
	}
	if gone {
		return keys.ErrErased
	}
	family := c.merged(n)
	numbers := make([]person.Number, len(family))
	for i, h := range family {
		numbers[i] = h.number
	}
	defer c.steps.changed(numbers)
	for _, h := range family {
		proof.Person = h.number
		if err := c.cfg.Store.Erase(ctx, c.ws, h.number, c.now(), proof); err != nil {
			return err
		}
	}
	c.work.forget()
	c.mu.Lock()
	root.pending = nil // withdrawn in the database already; nothing may go out with the step below
	c.mu.Unlock()
	err := c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		d.dirty = true
		_, err = w.add(d, event.Event{Type: event.Erased, Schema: 1, Num: math.NaN(), Actor: proof.Actor, Provenance: "console"}, w.now)
		return err
	})
	if err != nil {
		return fmt.Errorf("person %s is erased, but servers that run have to be started again: %w", root.id, err)
	}
	c.turn.Lock()
	defer c.turn.Unlock()
	return c.readErased(ctx, n)
}

// merged are a person and everyone merged into them.
func (c *Conductor) merged(root person.Number) (all []*human) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, h := range c.humans {
		if h != nil && (h.number == root || h.root == root) {
			all = append(all, h)
		}
	}
	return all
}

// readErased drops what memory holds of somebody whose key is gone. The caller holds turn.
func (c *Conductor) readErased(ctx context.Context, n person.Number) error {
	for _, h := range c.merged(n) {
		row, err := c.cfg.Store.PersonByNumber(ctx, c.ws, h.number)
		if err != nil {
			return fmt.Errorf("read person %d again: %w", h.number, err)
		}
		if len(row.Key) > 0 {
			continue
		}
		c.cfg.Ring.Forget(h.number)
		c.idents.clear()
		c.mu.Lock()
		h.key, h.pending, h.held = nil, nil, 0
		c.mu.Unlock()
		c.introduce(row)
	}
	return nil
}
