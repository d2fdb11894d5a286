package rule

import (
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
func (p *predicate) truth(e ast.Expr) pred {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return func(*Ctx, int) Truth { return v.t }
		}
		return func(c *Ctx, _ int) Truth { return c.slots[n].truth }
	}
	if e.Kind() == ast.SelectKind {
		if r, ok := p.field(e); ok && r.truth != nil {
			return r.truth
		}
	}
	if e.Kind() != ast.CallKind {
		return p.refuse(e)
	}
	c := e.AsCall()
	op, args := c.FunctionName(), c.Args()
	switch op {
	case operators.LogicalAnd:
		a, b := p.truth(args[0]), p.truth(args[1])
		return func(c *Ctx, i int) Truth {
			va := a(c, i)
			if va == False {
				return False
			}
			if vb := b(c, i); vb != True || va == True {
				return vb
			}
			return Unknown
		}
	case operators.LogicalOr:
		a, b := p.truth(args[0]), p.truth(args[1])
		return func(c *Ctx, i int) Truth {
			va := a(c, i)
			if va == True {
				return True
			}
			if vb := b(c, i); vb != False || va == False {
				return vb
			}
			return Unknown
		}
	case operators.LogicalNot:
		a := p.truth(args[0])
		return func(c *Ctx, i int) Truth { return a(c, i).Not() }
	case operators.Conditional:
		cond, a, b := p.truth(args[0]), p.truth(args[1]), p.truth(args[2])
		return func(c *Ctx, i int) Truth {
			switch cond(c, i) {
			case True:
				return a(c, i)
			case False:
				return b(c, i)
			}
			return Unknown
		}
	case operators.In:
		return p.oneOf(args[0], args[1])
	}
	if o := cmpOf(op); o != cmpNone {
		return p.compare(o, args)
	}
	return p.refuse(e)
}

func (p *predicate) refuse(e ast.Expr) pred {
	p.k.refuse(e, nested)
	return func(*Ctx, int) Truth { return Unknown }
}

func (p *predicate) compare(o cmp, args []ast.Expr) pred {
	switch p.k.tree.GetType(args[0].ID()).Kind() {
	case types.DoubleKind:
		return p.compareNums(o, args[0], args[1])
	case types.StringKind:
		a, va := p.sym(args[0])
		b, vb := p.sym(args[1])
		p.k.checkCode(va, vb, args[1])
		p.k.checkCode(vb, va, args[0])
		if o == cmpNotEqual {
			return func(c *Ctx, i int) Truth { return sameSym(a(c, i), b(c, i)).Not() }
		}
		if vb.fixed {
			y := vb.y
			return func(c *Ctx, i int) Truth { return sameSym(a(c, i), y) }
		}
		return func(c *Ctx, i int) Truth { return sameSym(a(c, i), b(c, i)) }
	}
	a, b := p.truth(args[0]), p.truth(args[1])
	return func(c *Ctx, i int) Truth {
		va, vb := a(c, i), b(c, i)
		if va == Unknown || vb == Unknown {
			return Unknown
		}
		return Of((va == vb) == (o == cmpEqual))
	}
}

func sameSym(a, b event.Symbol) Truth {
	if a == noSymbol || b == noSymbol {
		return Unknown
	}
	return Of(a == b)
}

// compareNums has its own closures for the commonest condition, the main value against a number known when
// compiled: it is what walks over long windows spend their time in.
func (p *predicate) compareNums(o cmp, x, y ast.Expr) pred {
	a, ra, va := p.num(x)
	b, rb, vb := p.num(y)
	if va.fixed {
		a, ra, b, vb, o = b, rb, a, va, flipped[o]
	}
	if !vb.fixed {
		return func(c *Ctx, i int) Truth { return o.of(a(c, i), b(c, i)) }
	}
	limit := vb.k
	if ra.slot != event.SlotNum {
		return func(c *Ctx, i int) Truth { return o.of(a(c, i), limit) }
	}
	switch o {
	case cmpLess:
		return func(c *Ctx, i int) Truth { return ordered(c.TL.Num[i], c.TL.Num[i] < limit) }
	case cmpLessEqual:
		return func(c *Ctx, i int) Truth { return ordered(c.TL.Num[i], c.TL.Num[i] <= limit) }
	case cmpGreater:
		return func(c *Ctx, i int) Truth { return ordered(c.TL.Num[i], c.TL.Num[i] > limit) }
	case cmpGreaterEqual:
		return func(c *Ctx, i int) Truth { return ordered(c.TL.Num[i], c.TL.Num[i] >= limit) }
	}
	return func(c *Ctx, i int) Truth { return o.of(c.TL.Num[i], limit) }
}

// ordered is t, unknown when x is not a number.
func ordered(x float64, t bool) Truth {
	if x != x {
		return Unknown
	}
	return Of(t)
}

// num compiles a number; the reader is that of a field, the value fixed for what is known when compiled.
func (p *predicate) num(e ast.Expr) (predNum, reader, *value) {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return func(*Ctx, int) float64 { return v.k }, reader{}, v
		}
		return func(c *Ctx, _ int) float64 { return c.slots[n].num }, reader{}, v
	}
	none := &value{shape: isNum}
	switch e.Kind() {
	case ast.SelectKind:
		if r, ok := p.field(e); ok && r.num != nil {
			return r.num, r, none
		}
	case ast.CallKind:
		c := e.AsCall()
		op, args := c.FunctionName(), c.Args()
		switch op {
		case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
			a, _, _ := p.num(args[0])
			b, _, _ := p.num(args[1])
			sign := op[1]
			return func(c *Ctx, i int) float64 { return arith(sign, a(c, i), b(c, i)) }, reader{}, none
		case operators.Negate:
			a, _, _ := p.num(args[0])
			return func(c *Ctx, i int) float64 { return -a(c, i) }, reader{}, none
		case operators.Conditional:
			cond := p.truth(args[0])
			a, _, _ := p.num(args[1])
			b, _, _ := p.num(args[2])
			return func(c *Ctx, i int) float64 {
				switch cond(c, i) {
				case True:
					return a(c, i)
				case False:
					return b(c, i)
				}
				return unknownNum
			}, reader{}, none
		}
	}
	p.k.refuse(e, nested)
	return func(*Ctx, int) float64 { return unknownNum }, reader{}, none
}

// sym compiles a string.
func (p *predicate) sym(e ast.Expr) (predSym, *value) {
	if !p.uses(e) {
		v, n := p.outer(e)
		if v.fixed {
			return func(*Ctx, int) event.Symbol { return v.y }, v
		}
		return func(c *Ctx, _ int) event.Symbol { return c.slots[n].sym }, v
	}
	if e.Kind() == ast.SelectKind {
		if r, ok := p.field(e); ok && r.sym != nil {
			return r.sym, &value{shape: isSym, codes: r.codes}
		}
	}
	p.k.refuse(e, nested)
	return func(*Ctx, int) event.Symbol { return noSymbol }, &value{shape: isSym}
}

// field reads <event of the condition>.<name>.
func (p *predicate) field(e ast.Expr) (reader, bool) {
	s := e.AsSelect()
	if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != p.name {
		return reader{}, false
	}
	return readField(p.spec, s.FieldName(), p.flagged)
}

// oneOf compiles x in [..] with literals.
func (p *predicate) oneOf(x, list ast.Expr) pred {
	never := func(*Ctx, int) Truth { return Unknown }
	if list.Kind() != ast.ListKind {
		p.k.refuse(list, onlyList)
		return never
	}
	kind := p.k.tree.GetType(x.ID()).Kind()
	var syms []event.Symbol
	var nums []float64
	var read predSym
	codes := &value{shape: isSym}
	if kind == types.StringKind {
		read, codes = p.sym(x)
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
		return func(c *Ctx, i int) Truth {
			y := read(c, i)
			if y == noSymbol {
				return Unknown
			}
			return Of(slices.Contains(syms, y))
		}
	}
	num, _, _ := p.num(x)
	return func(c *Ctx, i int) Truth {
		v := num(c, i)
		if v != v {
			return Unknown
		}
		return Of(slices.Contains(nums, v))
	}
}
