package rule

import (
	"math"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
)

// events begins a selection of the type with the given key; of all types when it is empty.
func (k *compiler) events(key string) *value {
	s := &selection{hide: event.Hidden | notANumber, monotone: true}
	if key == "" {
		k.deps.AllEvents = true
		k.reads = allTypes
	} else {
		s.spec = event.Lookup(key)
		s.only = s.spec.Type
		k.deps.onType(s.only)
		k.reads.add(s.only)
		if s.only == event.Order {
			k.refunds(s)
			s.read = keptNumber("quantity", numberAt(event.SlotNum, true))
		}
	}
	s.kind = k.env.kind(s)
	return &value{shape: isSelection, sel: k.grow(nil, s)}
}

// someEvents begins a selection of several types; the macro has seen that they exist.
func (k *compiler) someEvents(keys []ast.Expr) *value {
	s := &selection{hide: event.Hidden | notANumber, monotone: true, set: make([]bool, len(event.Catalogue())+1)}
	for _, e := range keys {
		key, _ := literalText(e)
		t := event.Lookup(key).Type
		s.set[t] = true
		k.deps.onType(t)
		k.reads.add(t)
	}
	if s.set[event.Order] {
		k.refunds(s)
	}
	s.kind = k.env.kind(s)
	return &value{shape: isSelection, sel: k.grow(nil, s)}
}

// method compiles what is said about a selection: sel.name(...).
func (k *compiler) method(e ast.Expr, c ast.CallExpr) *value {
	v := k.value(c.Target())
	if v.shape != isSelection {
		k.refuse(e, unusable)
		return k.shapeOf(e)
	}
	s, name := v.sel, c.FunctionName()
	switch name {
	case "count", "size":
		return &value{shape: isNum, num: s.count, sway: s.most(), bearing: s.countable(), moves: s.moves}
	case "days":
		return &value{shape: isNum, num: s.days, sway: s.more(), bearing: s.plainly()}
	case "streak":
		k.deps.Time = true
		return &value{shape: isNum, num: s.streak, sway: s.more()}
	case "most_per_day":
		return &value{shape: isNum, num: s.mostPerDay, sway: s.more()}
	case "resumed":
		gap, ok1 := k.period(c.Args()[0], 1)
		during, ok2 := k.period(c.Args()[1], 1)
		if !ok1 || !ok2 {
			return fixedBool(False)
		}
		k.deps.Time = true
		v := &value{shape: isBool, joined: true}
		bits := k.touchOf(k.reads)
		v.truth = func(c *Ctx) (Truth, int64) { return s.resumed(c, gap, during, bits) }
		return v
	case "latest":
		return &value{shape: isEvent, spec: s.spec, evt: s.latest}
	case "first":
		return &value{shape: isEvent, spec: s.spec, evt: s.first}
	case "with_flags":
		n := *s
		n.hide = event.Hidden
		if len(s.ops) > 0 {
			k.refuse(e, flagsFirst)
		}
		return &value{shape: isSelection, sel: k.grow(s, &n)}
	}
	if f, ok := figures[name]; ok {
		s = k.valued(e, s, name, f.glucose)
		f.reach, f.bears = reachOf(name, s)
		return &value{shape: isNum, num: s.figure(f), sway: s.figureSway(name), bearing: f.bears}
	}
	if f, ok := curves[name]; ok {
		k.curved(e, s, name)
		return &value{shape: isNum, num: s.curve(f)}
	}
	if v := k.over(e, s, name, c.Args()); v != nil {
		return v
	}
	if len(s.ops) >= maxOps {
		k.refuse(e, tooManyOps)
		return v
	}
	o, ok := k.op(name, c.Args())
	if !ok {
		return v
	}
	return &value{shape: isSelection, sel: k.grow(s, s.chain(o))}
}

// op compiles the windows, last and at_least; false after a problem.
func (k *compiler) op(name string, args []ast.Expr) (op, bool) {
	switch name {
	case "within":
		d, ok := k.period(args[0], 1)
		k.deps.Time = true
		return op{kind: opWithin, from: d}, ok
	case "between":
		from, ok1 := k.period(args[0], 1)
		to, ok2 := k.period(args[1], 0)
		if ok1 && ok2 && from <= to {
			k.refuse(args[0], farFirst)
			return op{}, false
		}
		k.deps.Time = true
		return op{kind: opWithin, from: from, to: to}, ok1 && ok2
	case "local_days":
		n, ok := k.days(args[0])
		k.deps.Time = true
		return op{kind: opCalendar, n: n}, ok
	case "local_weeks", "local_months":
		n, ok := k.whole(args[0])
		k.deps.Time = true
		u := map[string]unit{"local_weeks": aWeek, "local_months": aMonth}[name]
		if ok && int64(n)*daysAtMost[u] > maxPeriod/microDay {
			k.refuse(args[0], longCalendar)
			return op{}, false
		}
		return op{kind: opCalendar, unit: u, n: n}, ok
	case "today", "yesterday", "this_week", "last_week", "this_month", "last_month":
		k.deps.Time = true
		o := namedUnits[name]
		return o, true
	case "since_entry":
		return op{kind: opSinceEntry}, true
	case "within_after":
		of := k.value(args[0])
		d, ok := k.period(args[1], 1)
		if of.shape != isSelection {
			k.refuse(args[0], unusable)
			return op{}, false
		}
		return op{kind: opAfter, from: d, anchor: of.sel, moves: of.reads}, ok
	case "since":
		of, moves, ok := k.anchor(args[0])
		return op{kind: opSince, anchor: of, moves: moves}, ok
	case "from_until":
		from, moves, ok1 := k.anchor(args[0])
		until, more, ok2 := k.anchor(args[1])
		moves.join(more)
		return op{kind: opSpan, anchor: from, until: until, moves: moves}, ok1 && ok2
	case "followed_by", "not_followed_by":
		of, moves, ok1 := k.anchor(args[0])
		d, ok2 := k.period(args[1], 1)
		k.deps.Time = k.deps.Time || name == "not_followed_by"
		return op{kind: opFollowed, anchor: of, moves: moves, from: d, never: name == "not_followed_by"}, ok1 && ok2
	case "last":
		n, ok := k.whole(args[0])
		return op{kind: opLast, n: n}, ok
	}
	n, ok := k.whole(args[0])
	return op{kind: opAtLeast, n: n}, ok
}

// namedUnits are the windows of the calendar that have a name.
var namedUnits = map[string]op{
	"today": {kind: opCalendar, n: 1}, "yesterday": {kind: opCalendar, n: 1, skip: 1},
	"this_week": {kind: opCalendar, unit: aWeek, n: 1}, "last_week": {kind: opCalendar, unit: aWeek, n: 1, skip: 1},
	"this_month": {kind: opCalendar, unit: aMonth, n: 1}, "last_month": {kind: opCalendar, unit: aMonth, n: 1, skip: 1},
}

// anchor compiles the events another selection hangs on. That there are enough of them is not asked there: it would make an empty
// window out of too little data.
func (k *compiler) anchor(e ast.Expr) (s *selection, reads typeSet, ok bool) {
	v := k.value(e)
	switch {
	case v.shape != isSelection:
		k.refuse(e, unusable)
		return nil, v.reads, false
	case v.sel.atLeast:
		k.refuse(e, leastInside)
		return nil, v.reads, false
	}
	return v.sel, v.reads, true
}

// days reads a literal length of whole days.
func (k *compiler) days(e ast.Expr) (int, bool) {
	d, ok := k.period(e, microDay)
	if ok && d%microDay != 0 {
		k.refuse(e, wholeDays)
		return 0, false
	}
	return int(d / microDay), ok
}

// period reads a literal length of time of at least least.
func (k *compiler) period(e ast.Expr, least int64) (int64, bool) {
	s, ok := literalText(e)
	if !ok {
		k.refuse(e, onlyLiteral)
		return 0, false
	}
	d, ok := parsePeriod(s)
	if !ok || d < least {
		k.refuse(e, badPeriod(s))
		return 0, false
	}
	return d, true
}

// whole reads a literal whole number from 1 to 100,000.
func (k *compiler) whole(e ast.Expr) (int, bool) {
	v := k.value(e)
	if v.shape != isNum || !v.fixed || v.k < 1 || v.k > 1e5 || v.k != math.Trunc(v.k) {
		k.refuse(e, onlyWhole)
		return 0, false
	}
	return int(v.k), true
}

// comprehension compiles where, filter and share, which the macros made into one.
func (k *compiler) comprehension(e ast.Expr) *value {
	c := e.AsComprehension()
	v := k.value(c.IterRange())
	step := c.LoopStep().AsCall()
	if v.shape != isSelection || len(step.Args()) != 3 {
		k.refuse(e, unusable)
		return v
	}
	share := c.Result().Kind() == ast.CallKind
	if k.inside != "" {
		k.refuse(e, nested)
		return v
	}
	s := v.sel
	k.inside = c.IterVar()
	p := &predicate{k: k, name: c.IterVar(), spec: s.spec, of: s.kind, flagged: s.flagged()}
	test := p.truth(step.Args()[2])
	k.inside = ""
	if share {
		s = k.affordable(e, s)
		return &value{shape: isNum, num: s.share(test, p.hoists), bearing: s.plainly()}
	}
	if len(s.ops) >= maxOps {
		k.refuse(e, tooManyOps)
		return v
	}
	n := k.grow(s, s.chain(op{kind: opWhere, test: test, alone: len(p.hoists) == 0}))
	n.hoists = append(append([]hoist(nil), s.hoists...), p.hoists...)
	return &value{shape: isSelection, sel: n}
}

// kind is the type of answer v gives.
func (v *value) kind() Kind {
	switch v.shape {
	case isBool:
		return KindBool
	case isNum:
		return KindNumber
	case isSym:
		return KindString
	case isSelection:
		return KindEvents
	}
	return kindNone
}

// kindNone is what no rule can be asked to answer with: a whole event, a target without low or high.
const kindNone Kind = -1
