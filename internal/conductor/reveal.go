package conductor

import (
	"errors"
	"fmt"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/workspace/keys"
)

// Sealer seals and opens what is known about a person; ErrErased when their key is gone.
func (c *Conductor) Sealer(n person.Number) (*keys.Sealer, error) {
	c.mu.RLock()
	h := c.human(n)
	if h == nil {
		c.mu.RUnlock()
		return nil, person.ErrMissing
	}
	key := h.key
	c.mu.RUnlock()
	return c.cfg.Ring.Person(n, key)
}

// Reveal opens the bodies of a person's events, in place. Those of an erased person stay empty.
func (c *Conductor) Reveal(n person.Number, es []event.Event) error {
	c.mu.RLock()
	h := c.human(n)
	if h == nil {
		c.mu.RUnlock()
		return person.ErrMissing
	}
	key := h.key
	c.mu.RUnlock()
	sealer, err := c.cfg.Ring.Person(n, key)
	if errors.Is(err, keys.ErrErased) {
		for i := range es {
			es[i].Body = nil
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the key of person %d: %w", n, err)
	}
	for i := range es {
		if es[i].Body, err = sealer.Open("event", es[i].Body); err != nil {
			return fmt.Errorf("open event %d: %w", es[i].Seq, err)
		}
	}
	return nil
}
