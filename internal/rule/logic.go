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
		outer := c.firmness
		va, na := a(c)
		first := c.firmness
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
			c.firmness = first
			return s, na
		}
		c.firmness = outer
		vb, nb := b(c)
		if vb == s {
			return s, nb
		}
		c.firmness = c.firmness.and(first)
		switch {
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
func (k *compiler) compareNums(o cmp, a, b *value) *value {
	v := &value{shape: isBool, sway: cmpSway(o, a.sway, b.sway), joined: true}
	if a.fixed || a.sway == steady && b.sway != steady {
		a, b, o = b, a, flipped[o]
	}
	bearing, s := a.bearing && b.sway == steady, v.sway
	both := a.reads
	both.join(b.reads)
	bits, other := k.touchOf(both), touch(0)
	if a.bearing && s == either { // what moves the limit has it asked, then a may bear what else comes
		bearing, other = true, k.touchOf(b.reads)
	}
	if b.sway == steady {
		other = 0
	}
	if a.bearing {
		other |= k.touchOf(a.moves)
	}
	x, y := a.num, b.num
	if b.fixed {
		fixed := bound{op: o, k: b.k}
		fixed.stepAt, fixed.bounded = fixed.step()
		fixed.known = true
		v.truth = func(c *Ctx) (Truth, int64) {
			k, id := fixed, token(-1)
			if bearing {
				id = c.compared(&k)
			}
			n, next := x(c, k)
			t := o.of(n, k.k)
			c.hold(id, s, t, bits)
			c.touchy |= other
			return t, next
		}
		return v
	}
	v.truth = func(c *Ctx) (Truth, int64) {
		vy, ny := y(c, bound{})
		if vy != vy {
			if b.sway != steady {
				c.hold(-1, s, Unknown, bits)
			}
			return Unknown, ny
		}
		k, id := bound{}, token(-1)
		if ny == Never {
			if k = (bound{op: o, k: vy}); bearing {
				id = c.compared(&k)
			}
		}
		vx, nx := x(c, k)
		t, next := o.of(vx, vy), nx
		if vx == vx {
			next = min(nx, ny)
		}
		c.hold(id, s, t, bits)
		c.touchy |= other
		return t, next
	}
	return v
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
	v := &value{shape: a.shape, codes: a.codes, joined: true, bearing: (a.bearing || a.fixed) && (b.bearing || b.fixed), moves: a.moves.with(b.moves)}
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
