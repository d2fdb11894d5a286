package conductor

import (
	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/person"
)

// Of are the people of one programme: everyone in it, those in one of its stages, with one of its tags, or under way in one of its
// journeys. Programmes may have tags of the same key, so of whoever is in several each is kept apart.
func (c *Conductor) Of(programme, kind, key string) *roaring.Bitmap {
	all := c.Members("programme", programme)
	switch kind {
	case "stage":
		return c.Members("stage", programme+"/"+key)
	case "tag":
		all.And(c.Members("tag", key))
		all.AndNot(c.Members("programmes", "several"))
		all.Or(c.Members("tag", programme+"/"+key))
	case "run":
		under := roaring.New()
		c.each(all, func(n person.Number, s *engine.State) {
			for i := range s.Runs {
				if s.Runs[i].Journey == key {
					under.Add(uint32(n))
				}
			}
		})
		return under
	}
	return all
}

// each looks at the state of everyone in a set.
func (c *Conductor) each(set *roaring.Bitmap, look func(person.Number, *engine.State)) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for it := set.Iterator(); it.HasNext(); {
		if h := c.human(person.Number(it.Next())); h != nil && h.state != nil {
			look(h.number, h.state)
		}
	}
}
