package rule

import "peiban/internal/event"

// watched is a selection of a rule as far as one event alone tells whether it can be in it: its type, the flags that hide it, and
// the conditions before any last or at_least.
type watched struct {
	spec *event.Spec
	only event.Type
	set  []bool
	hide event.Flags
	test []pred // they need nothing but the event
	open []pred // they need more, and are asked as if nothing else were known
}

// watch keeps what the selections of a rule look for. Every selection of the expression is in k.live, but not
// those another was chained from.
func (k *compiler) watch() []watched {
	var out []watched
	for s := range k.live {
		w := watched{spec: s.spec, only: s.only, set: s.set, hide: s.hide}
	ops:
		for i := range s.ops {
			switch o := &s.ops[i]; o.kind {
			case opLast, opAtLeast:
				break ops
			case opWhere:
				if o.alone {
					w.test = append(w.test, o.test.one)
				} else {
					w.open = append(w.open, o.test.one)
				}
			}
		}
		out = append(out, w)
	}
	return out
}

// grow notes that n was chained from s, or begun when s is nil.
func (k *compiler) grow(s, n *selection) *selection {
	if k.live == nil {
		k.live = map[*selection]bool{}
	}
	delete(k.live, s)
	k.live[n] = true
	if s == nil {
		k.walks++
	}
	return n
}

// Sees reports whether adding the event at place i of c.TL can change r's answer. It may say yes for nothing, never
// no for something: an event that every selection of the rule leaves out changes no answer and no Next. What the
// event does to tags, stage and targets the rule reads is for the caller to follow.
func (r *Rule) Sees(c *Ctx, i int) bool {
	t := c.TL.Type[i]
	if t == event.Profile && r.traits {
		return true
	}
next:
	for k := range r.watched {
		w := &r.watched[k]
		switch {
		case w.spec != nil && t != w.only, w.set != nil && !w.set[t], c.TL.Flags[i]&w.hide != 0:
			continue
		}
		for _, test := range w.test {
			if test(c, i) == False {
				continue next
			}
		}
		if len(w.open) > 0 {
			r.unknown(c)
		}
		for _, test := range w.open {
			if test(c, i) == False {
				continue next
			}
		}
		return true
	}
	return false
}

// unknown makes everything that r's conditions take from beyond the event unknown.
func (r *Rule) unknown(c *Ctx) {
	if len(c.slots) < r.slots {
		c.slots = make([]slot, r.slots)
	}
	for k := range r.slots {
		c.slots[k] = slot{num: unknownNum, sym: noSymbol}
	}
}
