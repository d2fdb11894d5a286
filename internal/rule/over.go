package rule

import (
	"math"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// Figures must end, however much a device sends. Glucose may come every minute, half a million readings a year.
const (
	denseDays  = 731    // how far back a figure of glucose may look when a window says how far
	mostValues = 100000 // how many of the newest readings it takes when none does
)

// over compiles what is said of a selection with arguments of its own, nil when name is no such thing.
func (k *compiler) over(e ast.Expr, s *selection, name string, args []ast.Expr) *value {
	number := func(f numFn) *value { return &value{shape: isNum, num: f} }
	switch name {
	case "values":
		return k.values(e, s, args[0])
	case "quantile", "median":
		p := 0.5
		if name == "quantile" {
			v := k.value(args[0])
			if p = v.k; v.shape != isNum || !v.fixed || !(p >= 0 && p <= 1) {
				k.refuse(args[0], onlyShare)
				return fixedNum(0)
			}
		}
		return number(k.valued(e, s, name, false).quantiles(p))
	case "change", "jump":
		d, ok := k.period(args[0], 1)
		need := 1
		if len(args) > 1 {
			n, whole := k.whole(args[1])
			need, ok = n, ok && whole
		}
		s = k.numbered(e, s, name, false)
		switch {
		case !ok:
			return fixedNum(0)
		case name == "jump":
			return number(k.affordable(e, s).jump(d, need))
		case d > denseDays*microDay/2 && s.only == event.Glucose:
			k.refuse(args[0], tooCostly)
		}
		k.deps.Time = true
		f := figure{}
		f.reach, f.bears = reachOf("mean", s)
		return &value{shape: isNum, num: s.change(d, need, f), bearing: f.bears}
	case "day_mean":
		need, ok := k.whole(args[0])
		s = k.valued(e, s, name, false)
		if !ok {
			return fixedNum(0)
		}
		return number(s.dayMean(need))
	case "in_target":
		s = k.valued(e, s, name, true)
		k.deps.Target = true
		k.needs |= timeline.CodeA
		return number(s.share(asked(inTarget()), nil))
	case "conga":
		n, ok := k.whole(args[0])
		if ok && n > 24 {
			k.refuse(args[0], fewHours)
		}
		k.curved(e, s, name)
		return number(s.curve(conga(n)))
	case "episodes":
		kind, ok := literalText(args[0])
		which, known := episodeKinds[kind]
		if !ok || !known {
			k.refuse(args[0], unknownName("kind of episode", kind, []string{"hypo", "hypo2", "extended_hypo", "hyper", "hyper2"}))
		}
		k.curved(e, s, name)
		return number(s.curve(episodes(which)))
	case "plan_share":
		return k.planShare(e, s, args[0])
	case "prednisolone":
		return k.prednisolone(e, s, args[0])
	}
	return k.medicine(e, s, name, args)
}

// medicine compiles the figures of fills.
func (k *compiler) medicine(e ast.Expr, s *selection, name string, args []ast.Expr) *value {
	var of daily
	switch name {
	case "pdc", "mpr", "therapy_days", "longest_gap":
		days, ok := k.days(args[0])
		if !ok {
			return fixedNum(0)
		}
		of = map[string]func(int) daily{"pdc": pdc, "mpr": mpr, "therapy_days": therapyDays, "longest_gap": longestGap}[name](days)
	case "persistence":
		days, ok := k.days(args[0])
		if !ok {
			return fixedNum(0)
		}
		of = persistence(days)
	case "gap_days":
		of = gapDays
	case "supply_left":
		of = supplyLeft
	default:
		return nil
	}
	k.deps.Time = true
	if !s.sells() {
		k.refuse(e, noSupply)
		return fixedNum(0)
	}
	k.needs |= timeline.CodeA | timeline.CodeB
	r, _ := k.read(s.spec, "days", s.flagged())
	return &value{shape: isNum, num: s.dispensed(r.num, of)}
}

// sells tells whether all events of s are fills or orders.
func (s *selection) sells() bool {
	sold := func(t event.Type) bool { return t == event.Fill || t == event.Order }
	if s.set == nil {
		return sold(s.only)
	}
	for t, in := range s.set {
		if in && !sold(event.Type(t)) {
			return false
		}
	}
	return true
}

func (k *compiler) prednisolone(e ast.Expr, s *selection, arg ast.Expr) *value {
	days, ok := k.days(arg)
	k.deps.Time = true
	if s.only != event.Glucocorticoid {
		k.refuse(e, onlyCourses)
		ok = false
	}
	if !ok {
		return fixedNum(0)
	}
	k.needs |= timeline.CodeA | timeline.Number
	r, _ := k.read(s.spec, "days", s.flagged())
	return &value{shape: isNum, num: s.prednisolone(days, r.num)}
}

// values compiles .values("diastolic"): which number of the events figures take.
func (k *compiler) values(e ast.Expr, s *selection, arg ast.Expr) *value {
	name, ok := literalText(arg)
	v := &value{shape: isSelection, sel: s}
	if !ok || s.spec == nil || s.read != nil && !s.sold {
		k.refuse(e, valuesOnce)
		return v
	}
	f := s.spec.Field(name)
	if f == nil || f.Kind != event.Number || !readable(f) {
		k.refuse(arg, noNumberField(s.spec, name))
		return v
	}
	r, _ := k.read(s.spec, name, true)
	n := *s
	n.read = r.num
	v.sel = k.grow(s, &n)
	return v
}

// valued is s for a figure over its values: it has some, and not without end. A problem is reported when it has none, or of
// the wrong kind.
func (k *compiler) valued(e ast.Expr, s *selection, name string, ofGlucose bool) *selection {
	return k.affordable(e, k.numbered(e, s, name, ofGlucose))
}

// numbered is s; a problem is reported when its events have no value, or one of the wrong kind.
func (k *compiler) numbered(e ast.Expr, s *selection, name string, ofGlucose bool) *selection {
	k.needs |= timeline.Number
	if s.spec == nil {
		k.refuse(e, mixedFigure)
		return s
	}
	var main *event.Field
	for i := range s.spec.Fields {
		if f := &s.spec.Fields[i]; f.Slot == event.SlotNum && f.Kind == event.Number {
			main = f
		}
	}
	switch {
	case main == nil && s.read == nil:
		k.refuse(e, noNumber(s.spec.Key))
	case ofGlucose && (s.only != event.Glucose || s.read != nil):
		k.refuse(e, glucoseOnly(name))
	}
	return s
}

// affordable is s, bounded when its events may be dense and no window says how far to look back.
func (k *compiler) affordable(e ast.Expr, s *selection) *selection {
	if s.spec == nil || s.only != event.Glucose {
		return s
	}
	days, last := s.reach()
	switch {
	case last > 0:
		return s
	case days > denseDays:
		k.refuse(e, tooCostly)
		return s
	case days > 0 || len(s.ops) >= maxOps:
		return s
	}
	return k.grow(s, s.chain(op{kind: opLast, n: mostValues}))
}

// reach is how many days the windows of s let it look back, 0 for no end, and its smallest last, 0 for none.
func (s *selection) reach() (days int64, last int) {
	least := int64(math.MaxInt64)
	for i := range s.ops {
		switch o := &s.ops[i]; o.kind {
		case opWithin:
			least = min(least, (o.from+microDay-1)/microDay)
		case opCalendar:
			least = min(least, daysAtMost[o.unit]*int64(o.n+o.skip))
		case opAfter:
			least = min(least, (o.from+microDay-1)/microDay)
		case opLast:
			if last == 0 || o.n < last {
				last = o.n
			}
		}
	}
	if least == math.MaxInt64 {
		return 0, last
	}
	return least, last
}

// curved reports a curve that is not one of glucose over whole local days, or over too many.
func (k *compiler) curved(e ast.Expr, s *selection, name string) {
	whole := false
	for i := range s.ops {
		o := &s.ops[i]
		whole = whole || o.kind == opCalendar && daysAtMost[o.unit]*int64(o.n) <= curveDays+1
	}
	k.deps.Time = true
	k.needs |= timeline.Number
	switch {
	case s.spec == nil:
		k.refuse(e, mixedFigure)
	case s.only != event.Glucose || s.read != nil:
		k.refuse(e, glucoseOnly(name))
	case !whole:
		k.refuse(e, calendarOnly(name))
	}
}

// planShare compiles .plan_share("14d"): the plans are those for the type of the selection.
func (k *compiler) planShare(e ast.Expr, s *selection, arg ast.Expr) *value {
	days, ok := k.days(arg)
	k.deps.Time = true
	switch {
	case s.spec == nil:
		k.refuse(e, mixedFigure)
		return fixedNum(0)
	case !contains(event.PlanKinds, s.spec.Key):
		k.refuse(e, noPlan(s.spec.Key, event.PlanKinds))
		return fixedNum(0)
	case !ok:
		return fixedNum(0)
	case days > denseDays:
		k.refuse(arg, tooCostly)
		return fixedNum(0)
	}
	k.needs |= timeline.Extras
	return &value{shape: isNum, num: s.planShare(days, k.plansFor(s.only))}
}

// absent compiles absent(events(...), "14d") and the form with a beginning.
func (k *compiler) absent(args []ast.Expr) *value {
	s, _, ok := k.anchor(args[0])
	d, ok1 := k.period(args[1], 1)
	var since *selection
	if len(args) > 2 {
		from, _, ok2 := k.anchor(args[2])
		since, ok = from, ok && ok2
	}
	k.deps.Time = true
	if !ok || !ok1 {
		return fixedBool(False)
	}
	v := &value{shape: isBool, truth: s.absent(d, since), sway: s.more().flip()}
	if since != nil {
		v.sway = v.sway.with(since.more().flip())
	}
	return v
}

// staged compiles clinical_stage("arco2019"), stage_rank("arco2019", "II") and stage_progressed("arco2019").
func (k *compiler) staged(name string, args []ast.Expr) *value {
	system, ok := literalText(args[0])
	if !ok || measure.Stages(system) == nil {
		k.refuse(args[0], unknownName("system of stages", system, measure.StageSystems()))
		if name == "stage_progressed" {
			return fixedBool(False)
		}
		return fixedNum(0)
	}
	if name == "stage_rank" {
		code, _ := literalText(args[1])
		n := measure.StageRank(system, code)
		if n == 0 {
			k.refuse(args[1], notOneOf(code, measure.Stages(system)))
		}
		return fixedNum(float64(n))
	}
	k.needs |= timeline.CodeA | timeline.CodeB | timeline.CodeC
	all := k.events(event.ClinicalStage.String()).sel
	y := event.Intern(system)
	of := func(c *Ctx, i int) bool { return c.TL.A[i] == y }
	if name == "stage_progressed" { // what nobody looked at neither makes progress nor undoes it
		k.needs |= timeline.Extras
		of = func(c *Ctx, i int) bool {
			return c.TL.A[i] == y && event.Standing(c.TL.XAt(i, 0) == 1, c.TL.XAt(i, 1) == 1) > 0
		}
	}
	s := k.grow(all, all.chain(op{kind: opWhere, alone: true, test: asked(func(c *Ctx, i int) Truth { return Of(of(c, i)) })}))
	if name == "stage_progressed" {
		return &value{shape: isBool, truth: progressed(s, system)}
	}
	return &value{shape: isNum, num: worstStage(s, system)}
}
