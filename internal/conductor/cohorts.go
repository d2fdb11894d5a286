package conductor

import (
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/person"
)

// Cohorts holds who has which tag, stage and owner: one bitmap each, kept by following the commits.
type Cohorts struct {
	mu   sync.RWMutex
	sets map[cohort]*roaring.Bitmap
}

type cohort struct{ kind, key string }

func newCohorts() *Cohorts { return &Cohorts{sets: map[cohort]*roaring.Bitmap{}} }

// Members is a copy of the people who have a tag, stand in a stage or belong to an owner now.
func (c *Conductor) Members(kind, key string) *roaring.Bitmap {
	c.cohort.mu.RLock()
	defer c.cohort.mu.RUnlock()
	if b := c.cohort.sets[cohort{kind, key}]; b != nil {
		return b.Clone()
	}
	return roaring.New()
}

// Count is how many people that are.
func (c *Conductor) Count(kind, key string) int {
	c.cohort.mu.RLock()
	defer c.cohort.mu.RUnlock()
	if b := c.cohort.sets[cohort{kind, key}]; b != nil {
		return int(b.GetCardinality())
	}
	return 0
}

// put must be called with mu held.
func (c *Cohorts) put(kind, key string, n person.Number, in bool) {
	if key == "" {
		return
	}
	k := cohort{kind, key}
	b := c.sets[k]
	if b == nil {
		b = roaring.New()
		c.sets[k] = b
	}
	if in {
		b.Add(uint32(n))
	} else {
		b.Remove(uint32(n))
	}
}

// replace moves n from what old says to what now says; either may be nil.
func (c *Cohorts) replace(n person.Number, old, now *engine.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	each := func(s *engine.State, in bool) {
		if s == nil {
			return
		}
		if len(s.Programmes) > 1 {
			c.put("programmes", "several", n, in)
		}
		for i := range s.Programmes {
			p := &s.Programmes[i]
			c.put("programme", p.Key, n, in)
			c.put("stage", p.Stage, n, in)
			if p.Stage != "" { // programmes may have a stage of the same key
				c.put("stage", p.Key+"/"+p.Stage, n, in)
			}
			for _, t := range p.Tags {
				c.put("tag", t.Key, n, in)
				if len(s.Programmes) > 1 { // of all others the programme they are in tells whose tag it is
					c.put("tag", p.Key+"/"+t.Key, n, in)
				}
			}
		}
	}
	each(old, false)
	each(now, true)
}

func (c *Cohorts) owner(n person.Number, old, now string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put("owner", old, n, false)
	c.put("owner", now, n, true)
}
