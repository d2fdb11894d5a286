package rule

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// compiler turns one checked expression into closures. What the types cannot say (a tag nobody defined, a
// period that is none, a code the catalogue does not list) it reports as problems, and goes on.
type compiler struct {
	env      *Env
	src      *source
	tree     *ast.AST
	problems Problems
	slots    int
	deps     dependencies
	live     map[*selection]bool // selections nothing was chained from
	traits   bool                // it reads the profile
	runs     bool                // it reads the run of a journey: its event, a wait's end
	walks    int                 // how often it selects events
	reads    typeSet             // the types of events looked at by what is being compiled
	frail    typeSet             // see Rule
	touched  []event.Type
	needs    timeline.Columns
	inside   string   // the name of the event, while the condition of a where is compiled
	numbers  []string // of tags that are being compiled, the outermost first
}

// value compiles e. After a problem it is something of a fitting shape that nobody will use.
func (k *compiler) value(e ast.Expr) *value {
	outer := k.reads
	k.reads = typeSet{}
	v := k.compile(e)
	v.reads = k.reads
	k.reads.join(outer)
	if v.joined {
		return v
	}
	return k.swayed(v)
}

func (k *compiler) compile(e ast.Expr) *value {
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.Bool:
			return fixedBool(Of(bool(v)))
		case types.Double:
			return fixedNum(float64(v))
		case types.String:
			return fixedSym(string(v))
		}
	case ast.IdentKind:
		return k.ident(e)
	case ast.SelectKind:
		return k.field(e)
	case ast.ComprehensionKind:
		return k.comprehension(e)
	case ast.CallKind:
		c := e.AsCall()
		if v := k.operator(e, c); v != nil {
			return v
		}
		if c.IsMemberFunction() {
			return k.method(e, c)
		}
		return k.function(e, c)
	}
	k.refuse(e, unusable)
	return fixedNum(0)
}

func (k *compiler) ident(e ast.Expr) *value {
	switch e.AsIdent() {
	case "timed_out":
		k.runs = true
		return &value{shape: isBool, truth: func(c *Ctx) (Truth, int64) { return Of(c.TimedOut), Never }}
	case "event":
		k.runs = true
		spec := k.env.opt.Trigger
		return &value{shape: isEvent, spec: spec, evt: func(c *Ctx) (int, int64) {
			i := c.Trigger
			if c.TL.Timeline == nil || i < 0 || i >= c.TL.Len() || (spec != nil && c.TL.Type[i] != spec.Type) {
				return -1, Never
			}
			c.note(i)
			return i, Never
		}}
	}
	k.refuse(e, nested) // the event of a condition, where only its fields make sense
	return fixedNum(0)
}

// field compiles <event>.<name>, target(...).<limit> and target(...).own.
func (k *compiler) field(e ast.Expr) *value {
	s := e.AsSelect()
	of := k.value(s.Operand())
	switch of.shape {
	case isTarget:
		if key := of.key; s.FieldName() == "own" {
			return &value{shape: isBool, sway: steady, truth: func(c *Ctx) (Truth, int64) { return Of(c.Own != nil && c.Own(key)), Never }}
		}
		return k.target(of.key, s.FieldName() == "high")
	case isEvent:
		r, ok := k.read(of.spec, s.FieldName(), true)
		if ok {
			return fieldOf(of.evt, r)
		}
	}
	k.refuse(e, unusable)
	return fixedNum(0)
}

func fieldOf(evt evtFn, r reader) *value {
	switch {
	case r.sym != nil:
		return &value{shape: isSym, codes: r.codes, sym: func(c *Ctx) (event.Symbol, int64) {
			i, next := evt(c)
			if i < 0 {
				return noSymbol, next
			}
			return r.sym(c, i), next
		}}
	case r.truth != nil:
		return &value{shape: isBool, truth: func(c *Ctx) (Truth, int64) {
			i, next := evt(c)
			if i < 0 {
				return Unknown, next
			}
			return r.truth(c, i), next
		}}
	}
	return &value{shape: isNum, num: func(c *Ctx, _ bound) (float64, int64) {
		i, next := evt(c)
		if i < 0 {
			return unknownNum, next
		}
		return r.num(c, i), next
	}}
}

func (k *compiler) target(key string, high bool) *value {
	id := slices.Index(k.env.opt.Targets, key)
	return &value{shape: isNum, sway: steady, num: func(c *Ctx, _ bound) (float64, int64) {
		lo, hi, ok := c.target(id, key)
		switch {
		case !ok:
			return unknownNum, Never
		case high:
			lo = hi
		}
		if lo == 0 { // this side of the target is not set
			return unknownNum, Never
		}
		return lo, Never
	}}
}

// operator compiles the infix operators; nil if c is none of them.
func (k *compiler) operator(e ast.Expr, c ast.CallExpr) *value {
	op, args := c.FunctionName(), c.Args()
	switch op {
	case operators.LogicalAnd, operators.LogicalOr:
		a, b := k.value(args[0]), k.value(args[1])
		if op == operators.LogicalAnd {
			return &value{shape: isBool, truth: and(a.truth, b.truth), sway: a.sway.with(b.sway), joined: true}
		}
		return &value{shape: isBool, truth: or(a.truth, b.truth), sway: a.sway.with(b.sway), joined: true}
	case operators.LogicalNot:
		v := k.value(args[0])
		return &value{shape: isBool, truth: not(v.truth), sway: v.sway.flip(), joined: true}
	case operators.Negate:
		return arithValue('-', fixedNum(0), k.value(args[0]))
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
		return arithValue(op[1], k.value(args[0]), k.value(args[1])) // "_+_" and so on
	case operators.Conditional:
		cond, a, b := k.value(args[0]), k.value(args[1]), k.value(args[2])
		if a.shape != b.shape || a.shape > isSym {
			k.refuse(args[1], onlyPlain)
			return fixedNum(0)
		}
		return choose(cond.truth, a, b)
	case operators.In:
		return k.oneOf(k.value(args[0]), args[1])
	}
	if o := cmpOf(op); o != cmpNone {
		return k.compare(o, k.value(args[0]), k.value(args[1]), args)
	}
	return nil
}

func cmpOf(op string) cmp {
	switch op {
	case operators.Less:
		return cmpLess
	case operators.LessEquals:
		return cmpLessEqual
	case operators.Greater:
		return cmpGreater
	case operators.GreaterEquals:
		return cmpGreaterEqual
	case operators.Equals:
		return cmpEqual
	case operators.NotEquals:
		return cmpNotEqual
	}
	return cmpNone
}

func arithValue(op byte, a, b *value) *value {
	if a.fixed && b.fixed {
		return fixedNum(arith(op, a.k, b.k))
	}
	return &value{shape: isNum, num: arithNums(op, a, b), sway: arithSway(op, a, b), bearing: a.bearing && b.sway == steady || a.fixed && b.bearing, moves: a.moves.with(b.moves)}
}

func (k *compiler) compare(o cmp, a, b *value, args []ast.Expr) *value {
	var t boolFn
	switch a.shape {
	case isNum:
		return k.compareNums(o, a, b)
	case isSym:
		k.checkCode(a, b, args[1])
		k.checkCode(b, a, args[0])
		t = compareSyms(a, b)
	default:
		t = compareBools(a, b)
	}
	if o == cmpNotEqual {
		t = not(t)
	}
	return &value{shape: isBool, truth: t, sway: a.sway.with(b.sway).only(), joined: a.shape == isBool}
}

// checkCode reports a literal that a can never be, such as a misspelt meal context.
func (k *compiler) checkCode(a, lit *value, at ast.Expr) {
	if a.codes == nil || !lit.fixed {
		return
	}
	s := lit.y.String()
	for _, c := range a.codes {
		if c == s {
			return
		}
	}
	k.refuse(at, notOneOf(s, a.codes))
}

// oneOf compiles x in [..]; the list holds literals only.
func (k *compiler) oneOf(x *value, list ast.Expr) *value {
	if list.Kind() != ast.ListKind {
		k.refuse(list, onlyList)
		return fixedBool(False)
	}
	var syms []event.Symbol
	var nums []float64
	for _, e := range list.AsList().Elements() {
		v := k.value(e)
		switch {
		case !v.fixed || v.shape != x.shape:
			k.refuse(e, onlyList)
		case v.shape == isNum:
			nums = append(nums, v.k)
		default:
			k.checkCode(x, v, e)
			syms = append(syms, v.y)
		}
	}
	if x.shape == isNum {
		return &value{shape: isBool, sway: x.sway.only(), truth: func(c *Ctx) (Truth, int64) {
			v, next := x.num(c, bound{})
			if v != v {
				return Unknown, next
			}
			return Of(slices.Contains(nums, v)), next
		}}
	}
	return &value{shape: isBool, sway: x.sway.only(), truth: func(c *Ctx) (Truth, int64) {
		y, next := x.sym(c)
		if y == noSymbol {
			return Unknown, next
		}
		return Of(slices.Contains(syms, y)), next
	}}
}

// function compiles what is not said about a selection: name(...).
func (k *compiler) function(e ast.Expr, c ast.CallExpr) *value {
	name, args := c.FunctionName(), c.Args()
	if key, ok := strings.CutPrefix(name, fnEvents); ok {
		return k.events(key)
	}
	switch name {
	case fnSome:
		return k.someEvents(args[0].AsList().Elements())
	case "exists":
		s := k.value(args[0]).sel
		return &value{shape: isBool, truth: func(c *Ctx) (Truth, int64) { return s.exists(c) }, sway: s.most()}
	case "days_since":
		k.deps.Time = true
		return sinceValue(k.value(args[0]).sel, microDay)
	case "hours_since":
		k.deps.Time = true
		return sinceValue(k.value(args[0]).sel, microHour)
	case "absent":
		return k.absent(args)
	case "clinical_stage", "stage_rank", "stage_progressed":
		return k.staged(name, args)
	case "taking", "took", "prednisolone_within":
		return k.taking(name, args)
	case "medicine_problem":
		return k.clash(args[0])
	case "diagnosed", "diagnosis", "days_diagnosed":
		return k.diagnoses(name, args)
	case "mmol", "mgdl":
		return k.unit(name, k.value(args[0]))
	case "stage":
		k.deps.Stage = true
		return &value{shape: isSym, codes: k.env.opt.Stages, sym: func(c *Ctx) (event.Symbol, int64) {
			return event.Intern(c.Stage), Never
		}}
	case "planned":
		return k.planned(args)
	case "target_profile":
		k.deps.Target = true
		return &value{shape: isSym, sway: steady, codes: k.env.opt.Profiles, sym: func(c *Ctx) (event.Symbol, int64) {
			return event.Intern(c.Profile), Never
		}}
	case "outcome":
		k.runs = true
		return &value{shape: isSym, sym: func(c *Ctx) (event.Symbol, int64) { return event.Intern(c.Outcome), Never }}
	case "local_year":
		k.deps.Time = true
		return &value{shape: isNum, num: localYear, sway: steady}
	case "local_hour":
		k.deps.Time = true
		return &value{shape: isNum, num: localHour, sway: steady}
	case "age":
		k.deps.Time = true
		k.readsProfile()
		r, _ := k.read(event.Profile.Spec(), "birthYear", false)
		return &value{shape: isNum, sway: steady, num: age(traitNum(r))}
	}
	return k.named(e, name, args[0])
}

// sinceValue is the time since the newest of s, which a further event only shortens.
func sinceValue(s *selection, unit int64) *value {
	return &value{shape: isNum, num: s.since(unit), sway: s.more().flip()}
}

// unit compiles mmol(x) and mgdl(x).
func (k *compiler) unit(name string, v *value) *value {
	switch {
	case name == "mmol":
		return v
	case v.fixed:
		return fixedNum(measure.FromMgdL(v.k))
	}
	return &value{shape: isNum, sway: v.sway, num: func(c *Ctx, _ bound) (float64, int64) {
		x, next := v.num(c, bound{})
		return measure.FromMgdL(x), next
	}}
}

// named compiles the functions whose argument is the name of something the programme or the catalogue defines.
func (k *compiler) named(e ast.Expr, name string, arg ast.Expr) *value {
	key, ok := literalText(arg)
	if !ok {
		k.refuse(arg, onlyLiteral)
		return k.shapeOf(e)
	}
	switch name {
	case "tag":
		id, ok := k.env.tags[key]
		if !ok {
			k.refuse(arg, unknownName("tag", key, k.env.opt.Tags))
		}
		k.deps.onTag(id)
		// A tag that changes has those who read it asked again.
		return &value{shape: isBool, sway: steady, truth: func(c *Ctx) (Truth, int64) {
			if c.Tag == nil {
				return Unknown, Never
			}
			return c.Tag(id), Never
		}}
	case "tag_value":
		return k.tagValue(key, arg)
	case "tag_code":
		return k.tagCode(key, arg)
	case "target":
		if !contains(k.env.opt.Targets, key) {
			k.refuse(arg, unknownName("target", key, k.env.opt.Targets))
		}
		k.deps.Target = true
		return &value{shape: isTarget, key: key}
	case "setting":
		v, ok := k.env.opt.Settings[key]
		if !ok {
			k.refuse(arg, unknownName("setting", key, keysOf(k.env.opt.Settings)))
		}
		return fixedNum(v)
	}
	return k.trait(name, key, arg)
}

func (k *compiler) trait(name, key string, arg ast.Expr) *value {
	k.readsProfile()
	spec := event.Profile.Spec()
	kind := map[string]event.FieldKind{"trait": event.Code, "trait_num": event.Number, "trait_bool": event.Bool}[name]
	f := spec.Field(key)
	if f == nil || f.Kind != kind || !readable(f) {
		k.refuse(arg, noTrait(name, key, f, kind))
		return map[string]*value{"trait": fixedSym(""), "trait_num": fixedNum(0), "trait_bool": fixedBool(False)}[name]
	}
	r, _ := k.read(spec, key, false)
	switch kind {
	case event.Code:
		return &value{shape: isSym, sway: steady, codes: f.Enum, sym: traitSym(r)} // a profile has everything asked that reads it
	case event.Bool:
		return &value{shape: isBool, sway: steady, truth: traitBool(r)}
	}
	return &value{shape: isNum, sway: steady, num: traitNum(r)}
}

// shapeOf stands in for e after a problem, so that what contains it can still be looked at.
func (k *compiler) shapeOf(e ast.Expr) *value {
	switch t := k.tree.GetType(e.ID()); t.Kind() {
	case types.BoolKind:
		return fixedBool(False)
	case types.StringKind:
		return fixedSym("")
	case types.StructKind:
		return &value{shape: isTarget}
	}
	return fixedNum(0)
}

func (k *compiler) refuse(e ast.Expr, r refusal) {
	k.problems = append(k.problems, k.src.problem(e, r))
}

// read makes the reader of a field, whose column the rule then needs.
func (k *compiler) read(spec *event.Spec, name string, flagged bool) (reader, bool) {
	r, ok := readField(spec, name, flagged)
	k.needs |= r.needs
	if known, closed := k.env.named(spec, name); closed {
		r.codes = append(known, "")
	}
	return r, ok
}

// named are the codes of a field that the catalogue leaves open and a rule does not: a symptom with words of its own, a form of the
// programme, an item of one. A misspelt one would never hold, and nobody would hear of it.
func (e *Env) named(spec *event.Spec, name string) (codes []string, closed bool) {
	switch {
	case spec == nil:
		return nil, false
	case spec.Type == event.Symptom && name == "kind":
		return slices.Sorted(maps.Keys(event.Words(spec.Key, name))), true
	case spec.Type == event.FormAnswer && name == "form":
		return slices.Sorted(maps.Keys(e.opt.Forms)), e.opt.Forms != nil
	case spec.Type == event.FormAnswer && name == "item":
		return slices.Concat(slices.Collect(maps.Values(e.opt.Forms))...), e.opt.Forms != nil
	}
	return nil, false
}

func (k *compiler) readsProfile() {
	k.traits = true
	k.deps.onType(event.Profile)
}
