package conductor

import (
	"cmp"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/person"
)

// Failing is a rule that could not be asked for some people: their answers are unknown. What it says of them is how many they are.
type Failing struct {
	engine.Failed
	People int
	Times  int
	First  int64 // microseconds, workspace clock
	Last   int64
}

// failing are the rules that failed since the start. The same rules fail again after the next, so nothing of it is stored.
type failing struct {
	mu  sync.Mutex
	all map[failedRule]*failures
}

type failedRule struct {
	programme string
	version   int
	kind, key string
	rule      string
}

type failures struct {
	Failing
	people roaring.Bitmap
}

// note takes in what failed for one person, and reports what had never failed before.
func (f *failing) note(n person.Number, now int64, failed []engine.Failed) (fresh []engine.Failed) {
	if len(failed) == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[failedRule]*failures{}
	}
	for _, x := range failed {
		k := failedRule{x.Programme, x.Version, x.Kind, x.Key, x.Rule}
		r := f.all[k]
		if r == nil {
			r = &failures{Failing: Failing{Failed: x, First: now}}
			f.all[k] = r
			fresh = append(fresh, x)
		}
		r.people.Add(uint32(n))
		r.Times, r.First, r.Last = r.Times+1, min(r.First, now), max(r.Last, now)
	}
	return fresh
}

// forget drops what failed under other versions of a programme than the one in force.
func (f *failing) forget(programme string, version int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k := range f.all {
		if k.programme == programme && k.version != version {
			delete(f.all, k)
		}
	}
}

// failedRules notes the rules that failed for somebody. The log hears of each once, with where it came from.
func (c *Conductor) failedRules(n person.Number, now int64, failed []engine.Failed) {
	for _, x := range c.failing.note(n, now, failed) {
		c.cfg.Log.Error("a rule failed; its answer is unknown", "workspace", c.wsID, "programme", x.Programme, "version", x.Version,
			"kind", x.Kind, "key", x.Key, "reason", x.Reason, "stack", x.Stack)
	}
}

// Failing lists the rules that could not be asked, those that failed for most people first.
func (c *Conductor) Failing() []Failing {
	c.failing.mu.Lock()
	defer c.failing.mu.Unlock()
	out := []Failing{}
	for _, r := range c.failing.all {
		x := r.Failing
		x.People = int(r.people.GetCardinality())
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Failing) int {
		return cmp.Or(b.People-a.People, cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Rule, b.Rule), a.Version-b.Version)
	})
	return out
}
