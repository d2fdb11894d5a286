package rule

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"peiban/internal/event"
)

// Conditions are asked of every event of a window, so they are closures of their own: no moments, only values.
type (
	pred    func(c *Ctx, i int) Truth
	predNum func(c *Ctx, i int) float64
	predSym func(c *Ctx, i int) event.Symbol
)

// predicate compiles the condition of a where, filter or share. A part that does not name the event is hoisted:
// answered once before the walk, with the moment it could change, and read from a slot during it.
type predicate struct {
	k       *compiler
	name    string // what the rule calls the event
	spec    *event.Spec
	of      kind // the events it is asked of
	flagged bool
	hoists  []hoist
}

// slot holds a hoisted answer.
type slot struct {
	truth Truth
	num   float64
	sym   event.Symbol
}

// uses tells whether e names the event of the condition.
func (p *predicate) uses(e ast.Expr) bool {
	found := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		found = found || (e.Kind() == ast.IdentKind && e.AsIdent() == p.name)
	}))
	return found
}

// outer compiles a part that does not name the event, and hoists it unless it is a literal.
func (p *predicate) outer(e ast.Expr) (*value, int) {
	inside := p.k.inside
	p.k.inside = ""
	v := p.k.value(e)
	p.k.inside = inside
	n := p.k.slots
	if v.fixed {
		return v, n
	}
	if v.shape != isBool && v.sway != steady {
		p.k.frailOn(v.reads)
	}
	switch v.shape {
	case isBool:
		p.hoists = append(p.hoists, func(c *Ctx) (next int64) { c.slots[n].truth, next = v.truth(c); return next })
	case isNum:
		p.hoists = append(p.hoists, func(c *Ctx) (next int64) { c.slots[n].num, next = v.num(c, bound{}); return next })
	case isSym:
		p.hoists = append(p.hoists, func(c *Ctx) (next int64) { c.slots[n].sym, next = v.sym(c); return next })
	default:
		p.k.refuse(e, unusable)
	}
	p.k.slots++
	return v, n
}

// truth compiles a condition or a part of one.
func (p *predicate) truth(e ast.Expr) test {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return constant(v.t)
		}
		return hoisted(n)
	}
	if e.Kind() == ast.SelectKind {
		if r, ok := p.field(e); ok && r.truth != nil {
			return p.single(e, r.truth)
		}
	}
	if e.Kind() != ast.CallKind {
		return p.refuse(e)
	}
	c := e.AsCall()
	op, args := c.FunctionName(), c.Args()
	switch op {
	case operators.LogicalAnd:
		return bothTests(p.truth(args[0]), p.truth(args[1]))
	case operators.LogicalOr:
		return eitherTest(p.truth(args[0]), p.truth(args[1]))
	case operators.LogicalNot:
		return notTest(p.truth(args[0]))
	case operators.Conditional:
		return chosenTest(p.truth(args[0]), p.truth(args[1]), p.truth(args[2]))
	case operators.In:
		return p.oneOf(e, args[0], args[1])
	}
	if o := cmpOf(op); o != cmpNone {
		return p.compare(e, o, args)
	}
	return p.refuse(e)
}

func (p *predicate) refuse(e ast.Expr) test {
	p.k.refuse(e, nested)
	return constant(Unknown)
}

func (p *predicate) compare(e ast.Expr, o cmp, args []ast.Expr) test {
	switch p.k.tree.GetType(args[0].ID()).Kind() {
	case types.DoubleKind:
		return p.compareNums(e, o, args[0], args[1])
	case types.StringKind:
		a, ra, va := p.sym(args[0])
		b, rb, vb := p.sym(args[1])
		p.k.checkCode(va, vb, args[1])
		p.k.checkCode(vb, va, args[0])
		if va.fixed {
			a, ra, va, b, vb = b, rb, vb, a, va
		}
		t := p.single(e, func(c *Ctx, i int) Truth { return sameSym(a(c, i), b(c, i)) })
		if y := vb.y; vb.fixed {
			t.one = func(c *Ctx, i int) Truth { return sameSym(a(c, i), y) }
			if ra.syms != nil {
				t.many = p.shared("code "+ra.name+fmt.Sprint(y), someSymbols(ra.syms, []event.Symbol{y}))
			}
		}
		if o == cmpNotEqual {
			return notTest(t)
		}
		return t
	}
	return sameTest(p.truth(args[0]), p.truth(args[1]), o == cmpEqual)
}

func sameSym(a, b event.Symbol) Truth {
	if a == noSymbol || b == noSymbol {
		return Unknown
	}
	return Of(a == b)
}

// compareNums has its own ways for the commonest condition, the main value against a number that is the same for all events: it is
// what walks over long windows spend their time in.
func (p *predicate) compareNums(e ast.Expr, o cmp, x, y ast.Expr) test {
	a, b := p.num(x), p.num(y)
	if !a.ofEvent {
		a, b, o = b, a, flipped[o]
	}
	num, limit := a.of, b.of
	t := test{one: func(c *Ctx, i int) Truth { return o.of(num(c, i), limit(c, i)) }}
	if k := b.value.k; b.value.fixed {
		t.one = func(c *Ctx, i int) Truth { return o.of(num(c, i), k) }
	}
	switch {
	case a.many != nil && b.value.fixed:
		k := b.value.k
		t.many = p.shared(fmt.Sprint("num ", a.name, o, k), comparedTo(o, a, func(*Ctx) float64 { return k }))
	case a.main && !b.ofEvent:
		t.many = p.asLimit(o, a, limit)
	default:
		t.many = p.single(e, t.one).many
	}
	return t
}

// operand is a number in a condition.
type operand struct {
	of      predNum
	ofEvent bool   // else it is the same for all events
	main    bool   // it is the main number of the event
	plain   bool   // whose flags need not be minded
	name    string // of the field
	many    numbers
	value   *value // fixed for what is known when compiled
}

// num compiles a number.
func (p *predicate) num(e ast.Expr) operand {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return operand{of: func(*Ctx, int) float64 { return v.k }, value: v}
		}
		return operand{of: func(c *Ctx, _ int) float64 { return c.slots[n].num }, value: v}
	}
	x := operand{ofEvent: true, value: &value{shape: isNum}}
	switch e.Kind() {
	case ast.SelectKind:
		if r, ok := p.field(e); ok && r.num != nil {
			x.of, x.main, x.plain, x.name, x.many = r.num, r.slot == event.SlotNum, !p.flagged, r.name, r.nums
			return x
		}
	case ast.CallKind:
		c := e.AsCall()
		op, args := c.FunctionName(), c.Args()
		switch op {
		case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
			a, b, sign := p.num(args[0]).of, p.num(args[1]).of, op[1]
			x.of = func(c *Ctx, i int) float64 { return arith(sign, a(c, i), b(c, i)) }
			return x
		case operators.Negate:
			a := p.num(args[0]).of
			x.of = func(c *Ctx, i int) float64 { return -a(c, i) }
			return x
		case operators.Conditional:
			cond, a, b := p.truth(args[0]).one, p.num(args[1]).of, p.num(args[2]).of
			x.of = func(c *Ctx, i int) float64 {
				switch cond(c, i) {
				case True:
					return a(c, i)
				case False:
					return b(c, i)
				}
				return unknownNum
			}
			return x
		}
	}
	p.k.refuse(e, nested)
	x.of = func(*Ctx, int) float64 { return unknownNum }
	return x
}

// sym compiles a string.
func (p *predicate) sym(e ast.Expr) (predSym, reader, *value) {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return func(*Ctx, int) event.Symbol { return v.y }, reader{}, v
		}
		return func(c *Ctx, _ int) event.Symbol { return c.slots[n].sym }, reader{}, v
	}
	if e.Kind() == ast.SelectKind {
		if r, ok := p.field(e); ok && r.sym != nil {
			return r.sym, r, &value{shape: isSym, codes: r.codes}
		}
	}
	p.k.refuse(e, nested)
	return func(*Ctx, int) event.Symbol { return noSymbol }, reader{}, &value{shape: isSym}
}

// field reads <event of the condition>.<name>.
func (p *predicate) field(e ast.Expr) (reader, bool) {
	s := e.AsSelect()
	if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != p.name {
		return reader{}, false
	}
	return p.k.read(p.spec, s.FieldName(), p.flagged)
}

// oneOf compiles x in [..] with literals.
func (p *predicate) oneOf(e, x, list ast.Expr) test {
	if list.Kind() != ast.ListKind {
		p.k.refuse(list, onlyList)
		return constant(Unknown)
	}
	kind := p.k.tree.GetType(x.ID()).Kind()
	var syms []event.Symbol
	var nums []float64
	var read predSym
	var from reader
	codes := &value{shape: isSym}
	if kind == types.StringKind {
		read, from, codes = p.sym(x)
	}
	for _, e := range list.AsList().Elements() {
		v := fixedNum(0)
		if e.Kind() == ast.LiteralKind {
			v = p.k.value(e)
		}
		switch {
		case e.Kind() != ast.LiteralKind || p.k.tree.GetType(e.ID()).Kind() != kind:
			p.k.refuse(e, onlyList)
		case kind == types.DoubleKind:
			nums = append(nums, v.k)
		default:
			p.k.checkCode(codes, v, e)
			syms = append(syms, v.y)
		}
	}
	if kind == types.StringKind {
		t := p.single(e, func(c *Ctx, i int) Truth {
			y := read(c, i)
			if y == noSymbol {
				return Unknown
			}
			return Of(slices.Contains(syms, y))
		})
		if from.syms != nil {
			t.many = p.shared("code "+from.name+fmt.Sprint(syms), someSymbols(from.syms, syms))
		}
		return t
	}
	num := p.num(x).of
	return p.single(e, func(c *Ctx, i int) Truth {
		v := num(c, i)
		if v != v {
			return Unknown
		}
		return Of(slices.Contains(nums, v))
	})
}
