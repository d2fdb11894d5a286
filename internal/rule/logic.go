package rule

import "peiban/internal/event"

// Three-valued logic as Kleene has it: false settles an and, true settles an or, whatever the other side is.

func and(a, b boolFn) boolFn { return settled(a, b, False) }
func or(a, b boolFn) boolFn  { return settled(a, b, True) }

// settled joins a and b, either of which settles the answer by being s.
//
// While one side is s the answer cannot change before that side does; while both are, not before both have. So
// the second side is asked even when the first settles the answer, except when the first stays for ever.
func settled(a, b boolFn, s Truth) boolFn {
	return func(c *Ctx) (Truth, int64) {
		va, na := a(c)
		if va == s {
			if na == Never {
				return s, Never
			}
			mute := c.mute
			c.mute = true // a is the reason
			vb, nb := b(c)
			c.mute = mute
			if vb == s {
				return s, max(na, nb)
			}
			return s, na
		}
		vb, nb := b(c)
		switch {
		case vb == s:
			return s, nb
		case va == Unknown || vb == Unknown:
			return Unknown, min(na, nb)
		}
		return s.Not(), min(na, nb)
	}
}

func not(a boolFn) boolFn {
	return func(c *Ctx) (Truth, int64) {
		v, next := a(c)
		return v.Not(), next
	}
}

// compareNums asks the side that does not change first and tells the other what it is compared with.
func compareNums(o cmp, a, b *value) boolFn {
	if a.fixed {
		a, b, o = b, a, flipped[o]
	}
	x, y := a.num, b.num
	if b.fixed {
		k := bound{op: o, k: b.k}
		return func(c *Ctx) (Truth, int64) {
			v, next := x(c, k)
			return o.of(v, k.k), next
		}
	}
	return func(c *Ctx) (Truth, int64) {
		vy, ny := y(c, bound{})
		if vy != vy {
			return Unknown, ny
		}
		k := bound{}
		if ny == Never {
			k = bound{op: o, k: vy}
		}
		vx, nx := x(c, k)
		if vx != vx {
			return Unknown, nx
		}
		return o.of(vx, vy), min(nx, ny)
	}
}

// compareSyms is a == b for strings.
func compareSyms(a, b *value) boolFn {
	x, y := a.sym, b.sym
	return func(c *Ctx) (Truth, int64) {
		vx, nx := x(c)
		vy, ny := y(c)
		if vx == noSymbol || vy == noSymbol {
			return Unknown, min(nx, ny)
		}
		return Of(vx == vy), min(nx, ny)
	}
}

// compareBools is a == b for answers.
func compareBools(a, b *value) boolFn {
	x, y := a.truth, b.truth
	return func(c *Ctx) (Truth, int64) {
		vx, nx := x(c)
		vy, ny := y(c)
		if vx == Unknown || vy == Unknown {
			return Unknown, min(nx, ny)
		}
		return Of(vx == vy), min(nx, ny)
	}
}

// arith is one of + - * /. A division by zero is unknown.
func arith(op byte, a, b float64) float64 {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	}
	if b == 0 {
		return unknownNum
	}
	return a / b
}

// arithNums hands the bound of the result on to the side that changes, when the other does not.
func arithNums(op byte, a, b *value) numFn {
	x, y := a.num, b.num
	if a.fixed {
		s := shift{k: a.k, op: op, left: true}
		return func(c *Ctx, k bound) (float64, int64) {
			v, next := y(c, k.before(s))
			return s.of(v), next
		}
	}
	return func(c *Ctx, k bound) (float64, int64) {
		vy, ny := y(c, bound{})
		if vy != vy {
			return unknownNum, ny
		}
		of := bound{}
		if ny == Never {
			of = k.before(shift{k: vy, op: op})
		}
		vx, nx := x(c, of)
		if vx != vx {
			return unknownNum, nx
		}
		return arith(op, vx, vy), min(nx, ny)
	}
}

// choose makes the closures of cond ? a : b; an unknown condition makes the whole unknown.
func choose(cond boolFn, a, b *value) *value {
	v := &value{shape: a.shape, codes: a.codes}
	if b.codes == nil {
		v.codes = nil
	} else if a.codes != nil {
		v.codes = append(append([]string(nil), a.codes...), b.codes...)
	}
	switch a.shape {
	case isBool:
		v.truth = func(c *Ctx) (Truth, int64) {
			t, next := cond(c)
			if t == Unknown {
				return Unknown, next
			}
			branch := a
			if t == False {
				branch = b
			}
			r, n := branch.truth(c)
			return r, min(next, n)
		}
	case isNum:
		v.num = func(c *Ctx, k bound) (float64, int64) {
			t, next := cond(c)
			if t == Unknown {
				return unknownNum, next
			}
			branch := a
			if t == False {
				branch = b
			}
			r, n := branch.num(c, k)
			return r, min(next, n)
		}
	default:
		v.sym = func(c *Ctx) (event.Symbol, int64) {
			t, next := cond(c)
			if t == Unknown {
				return noSymbol, next
			}
			branch := a
			if t == False {
				branch = b
			}
			r, n := branch.sym(c)
			return r, min(next, n)
		}
	}
	return v
}
