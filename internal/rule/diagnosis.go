package rule

import (
	"slices"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// What is said of a condition holds until something is said of the same condition that weighs as much or more, as in the health file:
// a stroke that was ruled out says nothing of the heart, and what somebody said does not outdo what a doctor signed.

// stated is one statement about one thing.
type stated struct {
	of     event.Symbol
	status event.Symbol
	weight int
	at     int64
	place  int
}

// outdoes tells whether a holds against b.
func (a stated) outdoes(b stated) bool {
	switch {
	case a.weight != b.weight:
		return a.weight > b.weight
	case a.at != b.at:
		return a.at > b.at
	}
	return a.place > b.place
}

// conditions is room to work in.
type conditions struct {
	all     []stated // newest first
	holding []stated // one for each thing
}

// hold finds what holds of each thing.
func (d *conditions) hold() {
	d.holding = d.holding[:0]
	for _, x := range d.all {
		i := slices.IndexFunc(d.holding, func(h stated) bool { return h.of == x.of })
		switch {
		case i < 0:
			d.holding = append(d.holding, x)
		case x.outdoes(d.holding[i]):
			d.holding[i] = x
		}
	}
}

// said reads the statements of a selection about diagnoses.
func (d *conditions) said(w *walk) {
	d.all = d.all[:0]
	for i := w.next(); i >= 0; i = w.next() {
		weight := event.Standing(w.tl.XAt(i, 0) == 1, w.tl.XAt(i, 1) == 1)
		d.all = append(d.all, stated{of: w.tl.A[i], status: w.tl.B[i], weight: weight, at: w.tl.At[i], place: i})
	}
	d.hold()
}

var (
	confirmed = event.Intern("confirmed")
	excluded  = event.Intern("excluded")
)

// diagnosed tells whether one of the conditions of s holds in one of the statuses; unknown when nobody said anything of any.
func diagnosed(s *selection, statuses []event.Symbol) boolFn {
	return func(c *Ctx) (Truth, int64) {
		w, d := c.walk(s), &c.conditions
		d.said(w)
		if len(d.holding) == 0 {
			return Unknown, w.outside()
		}
		t := False
		for _, h := range d.holding {
			if slices.Contains(statuses, h.status) {
				t = True
				c.note(h.place)
			}
		}
		if t == False {
			for _, h := range d.holding {
				c.note(h.place)
			}
		}
		return t, w.outside()
	}
}

// diagnosis is which of the conditions of s is confirmed; of several the weightiest, then the latest. It is "" when of none that was
// said is, and unknown when nobody said anything.
func diagnosis(s *selection) symFn {
	return func(c *Ctx) (event.Symbol, int64) {
		w, d := c.walk(s), &c.conditions
		d.said(w)
		if len(d.holding) == 0 {
			return noSymbol, w.outside()
		}
		best := stated{weight: -1}
		for _, h := range d.holding {
			if h.status == confirmed && h.outdoes(best) {
				best = h
			}
		}
		if best.weight < 0 {
			return event.Intern(""), w.outside()
		}
		c.note(best.place)
		return best.of, w.outside()
	}
}

// daysDiagnosed is how many whole periods of 24 hours have passed since the first of the conditions of s that are confirmed was: its
// oldest statement after it was last excluded by one that weighs as much as what holds.
func daysDiagnosed(s *selection) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w, d := c.walk(s), &c.conditions
		d.said(w)
		first := stated{at: Never}
		for _, h := range d.holding {
			if h.status != confirmed {
				continue
			}
			for _, x := range d.all { // newest first
				if x.of != h.of {
					continue
				}
				if x.status == excluded && x.weight >= h.weight {
					break
				}
				if x.status == confirmed && x.at < first.at {
					first = x
				}
			}
		}
		if first.at == Never {
			return unknownNum, w.outside()
		}
		c.note(first.place)
		v, turn := passed(c.Now, first.at, microDay, b)
		return float64(v), min(w.outside(), turn)
	}
}

// diagnoses compiles diagnosed([...]), diagnosis([...]) and days_diagnosed([...]).
func (k *compiler) diagnoses(name string, args []ast.Expr) *value {
	names, ok := k.codes(args[0], event.Diagnosis.Spec(), "condition", "other")
	statuses := []event.Symbol{confirmed}
	if len(args) > 1 {
		var known bool
		statuses, known = k.codes(args[1], event.Diagnosis.Spec(), "status")
		ok = ok && known
	}
	all := k.events(event.Diagnosis.String()).sel
	n := *all
	n.hide = event.Hidden
	s := k.grow(all, &n)
	s = k.grow(s, s.chain(op{kind: opWhere, alone: true, test: asked(func(c *Ctx, i int) Truth { return Of(slices.Contains(names, c.TL.A[i])) })}))
	k.needs |= timeline.CodeA | timeline.CodeB | timeline.Extras
	switch {
	case !ok && name == "diagnosis":
		return fixedSym("")
	case name == "diagnosis":
		words := make([]string, len(names))
		for i, y := range names {
			words[i] = y.String()
		}
		return &value{shape: isSym, sym: diagnosis(s), codes: append(words, "")}
	case name == "days_diagnosed":
		k.deps.Time = true
		return &value{shape: isNum, num: daysDiagnosed(s)}
	}
	return &value{shape: isBool, truth: diagnosed(s, statuses)}
}

// codes are the codes of a field that an argument lists, all of the catalogue but those that stand for nothing by themselves.
func (k *compiler) codes(arg ast.Expr, spec *event.Spec, field string, but ...string) (out []event.Symbol, ok bool) {
	known := slices.DeleteFunc(slices.Clone(spec.Field(field).Enum), func(c string) bool { return slices.Contains(but, c) })
	ok = true
	for _, l := range k.literals(arg) {
		if !slices.Contains(known, l.text) {
			k.refuse(l.at, notOneOf(l.text, known))
			ok = false
		}
		out = append(out, event.Intern(l.text))
	}
	return out, ok
}
