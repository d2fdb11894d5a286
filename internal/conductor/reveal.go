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

// Reveal opens the bodies of a person's events, in place, each with the key of the record it came for. Those of an erased person stay
// empty.
func (c *Conductor) Reveal(n person.Number, es []event.Event) error {
	sealers := map[person.Number]*keys.Sealer{}
	for i := range es {
		of := es[i].Person
		if of == 0 {
			of = n
		}
		sealer, ok := sealers[of]
		if !ok {
			var err error
			if sealer, err = c.Sealer(of); err != nil && !errors.Is(err, keys.ErrErased) {
				return fmt.Errorf("open the key of person %d: %w", of, err)
			}
			sealers[of] = sealer
		}
		if sealer == nil {
			es[i].Body = nil
			continue
		}
		var err error
		if es[i].Body, err = sealer.Open("event", es[i].Body); err != nil {
			return fmt.Errorf("open event %d: %w", es[i].Seq, err)
		}
	}
	return nil
}
