package rule

import (
	"fmt"
	"math"
	"strings"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
)

// block is some events of a track, the newest first: what a condition is asked of at once.
type block struct {
	t    *track
	b    int // which of the track
	rows []int32
}

// blocks answers a condition for a block: one bit for each event, set in yes where it is true and in no where it is false.
// Bits beyond the events of the block mean nothing.
type blocks func(c *Ctx, k block) (yes, no uint64)

// test is a condition of a where, filter or share.
type test struct {
	one  pred // of one event
	many blocks
}

// asked is a test that only p can answer.
func asked(p pred) test { return test{one: p, many: oneByOne(p)} }

func constant(t Truth) test {
	var yes, no uint64
	switch t {
	case True:
		yes = ^uint64(0)
	case False:
		no = ^uint64(0)
	}
	return test{one: func(*Ctx, int) Truth { return t }, many: func(*Ctx, block) (uint64, uint64) { return yes, no }}
}

// hoisted reads a slot.
func hoisted(n int) test {
	return test{
		one: func(c *Ctx, _ int) Truth { return c.slots[n].truth },
		many: func(c *Ctx, _ block) (yes, no uint64) {
			return -bit(c.slots[n].truth == True), -bit(c.slots[n].truth == False)
		},
	}
}

// oneByOne asks p of each event.
func oneByOne(p pred) blocks {
	return func(c *Ctx, k block) (yes, no uint64) {
		for j, i := range k.rows {
			t := p(c, int(i))
			yes |= bit(t == True) << (j & 63)
			no |= bit(t == False) << (j & 63)
		}
		return yes, no
	}
}

func bothTests(a, b test) test {
	return test{
		one: func(c *Ctx, i int) Truth {
			va := a.one(c, i)
			if va == False {
				return False
			}
			if vb := b.one(c, i); vb != True || va == True {
				return vb
			}
			return Unknown
		},
		many: func(c *Ctx, k block) (uint64, uint64) {
			ya, na := a.many(c, k)
			yb, nb := b.many(c, k)
			return ya & yb, na | nb
		},
	}
}

func eitherTest(a, b test) test {
	return test{
		one: func(c *Ctx, i int) Truth {
			va := a.one(c, i)
			if va == True {
				return True
			}
			if vb := b.one(c, i); vb != False || va == False {
				return vb
			}
			return Unknown
		},
		many: func(c *Ctx, k block) (uint64, uint64) {
			ya, na := a.many(c, k)
			yb, nb := b.many(c, k)
			return ya | yb, na & nb
		},
	}
}

func notTest(a test) test {
	return test{
		one: func(c *Ctx, i int) Truth { return a.one(c, i).Not() },
		many: func(c *Ctx, k block) (uint64, uint64) {
			yes, no := a.many(c, k)
			return no, yes
		},
	}
}

func chosenTest(cond, a, b test) test {
	return test{
		one: func(c *Ctx, i int) Truth {
			switch cond.one(c, i) {
			case True:
				return a.one(c, i)
			case False:
				return b.one(c, i)
			}
			return Unknown
		},
		many: func(c *Ctx, k block) (uint64, uint64) {
			yes, no := cond.many(c, k)
			ya, na := a.many(c, k)
			yb, nb := b.many(c, k)
			return yes&ya | no&yb, yes&na | no&nb
		},
	}
}

// sameTest is a == b, or a != b.
func sameTest(a, b test, equal bool) test {
	return test{
		one: func(c *Ctx, i int) Truth {
			va, vb := a.one(c, i), b.one(c, i)
			if va == Unknown || vb == Unknown {
				return Unknown
			}
			return Of((va == vb) == equal)
		},
		many: func(c *Ctx, k block) (uint64, uint64) {
			ya, na := a.many(c, k)
			yb, nb := b.many(c, k)
			same, other := ya&yb|na&nb, ya&nb|na&yb
			if equal {
				return same, other
			}
			return other, same
		},
	}
}

// numbers puts the numbers of the events of a block into v, which has room for them; NaN for none.
type numbers func(c *Ctx, k block, v []float64)

// symbols puts the codes of the events of a block into y; noSymbol for none.
type symbols func(c *Ctx, k block, y []event.Symbol)

// comparedTo compares a number of each event with one that is the same for all.
func comparedTo(o cmp, of operand, limit func(c *Ctx) float64) blocks {
	if of.main {
		plain := of.plain
		return func(c *Ctx, k block) (yes, no uint64) {
			v, known := c.mainOf(k.t, k.b)
			if !plain {
				known &= c.plainOf(k.t, k.b)
			}
			x := limit(c) + 0
			if x != x {
				return 0, 0
			}
			yes = o.all(v, x) & known
			return yes, known &^ yes
		}
	}
	read := of.many
	return func(c *Ctx, k block) (yes, no uint64) {
		v := c.scene.numbers[:len(k.rows)]
		read(c, k, v)
		for j := range v {
			v[j] += 0 // 0 for -0, as below asks
		}
		x := limit(c) + 0
		if x != x {
			return 0, 0
		}
		all := known(v)
		yes = o.all(v, x) & all
		return yes, all &^ yes
	}
}

// known is which of v are numbers.
func known(v []float64) (yes uint64) {
	for j, x := range v {
		yes |= bit(x == x) << (j & 63)
	}
	return yes
}

// top is the sign of a number. Words are filled from the top, one event after the other, because comparing and setting a bit at a
// place of its own takes twice as long.
const top = 1 << 63

// all compares each of v with x, a bit for each. Where a number of v is NaN the bit means nothing.
func (o cmp) all(v []float64, x float64) uint64 {
	switch o {
	case cmpLess:
		return below(v, x)
	case cmpGreaterEqual:
		return ^below(v, x)
	case cmpGreater:
		return above(v, x)
	case cmpLessEqual:
		return ^above(v, x)
	case cmpEqual:
		return ^(below(v, x) | above(v, x))
	}
	return below(v, x) | above(v, x)
}

// below is which of v are less than x: their difference is never rounded to zero. Neither may be -0, whose difference from 0 has a
// sign though they are equal.
func below(v []float64, x float64) (w uint64) {
	k := 0
	for ; k+4 <= len(v); k += 4 {
		q := v[k : k+4 : k+4]
		w = w>>4 | math.Float64bits(q[0]-x)&top>>3 | math.Float64bits(q[1]-x)&top>>2 | math.Float64bits(q[2]-x)&top>>1 | math.Float64bits(q[3]-x)&top
	}
	for _, y := range v[k:] {
		w = w>>1 | math.Float64bits(y-x)&top
	}
	return w >> (blockSize - len(v))
}

// above is which of v are greater than x.
func above(v []float64, x float64) (w uint64) {
	k := 0
	for ; k+4 <= len(v); k += 4 {
		q := v[k : k+4 : k+4]
		w = w>>4 | math.Float64bits(x-q[0])&top>>3 | math.Float64bits(x-q[1])&top>>2 | math.Float64bits(x-q[2])&top>>1 | math.Float64bits(x-q[3])&top
	}
	for _, y := range v[k:] {
		w = w>>1 | math.Float64bits(x-y)&top
	}
	return w >> (blockSize - len(v))
}

// equal is which of y are x.
func equal(y []event.Symbol, x event.Symbol) (w uint64) {
	k := 0
	for ; k+4 <= len(y); k += 4 {
		q := y[k : k+4 : k+4]
		w = w>>4 | (uint64(q[0]^x)-1)&top>>3 | (uint64(q[1]^x)-1)&top>>2 | (uint64(q[2]^x)-1)&top>>1 | (uint64(q[3]^x)-1)&top
	}
	for _, s := range y[k:] {
		w = w>>1 | (uint64(s^x)-1)&top
	}
	return w >> (blockSize - len(y))
}

// someSymbols asks whether a code of each event is one of some.
func someSymbols(read symbols, of []event.Symbol) blocks {
	return func(c *Ctx, k block) (yes, no uint64) {
		y := c.scene.symbols[:len(k.rows)]
		read(c, k, y)
		return among(y, of)
	}
}

func among(y, of []event.Symbol) (yes, no uint64) {
	for _, x := range of {
		yes |= equal(y, x)
	}
	unknown := equal(y, noSymbol)
	return yes &^ unknown, ^(yes | unknown)
}

// leafWords are the answers of a condition for the blocks of a track, as far as asked for.
type leafWords struct {
	epoch   uint32
	yes, no []uint64
}

// maxLeaves is how many different conditions of one programme are remembered; those beyond it are answered each time.
const maxLeaves = 4096

// shared is many, answered once for all rules of the programme that say the same of events of the same kind. Only for
// conditions that look at nothing but the event.
func (p *predicate) shared(what string, many blocks) blocks {
	id, ok := p.k.env.leaf(fmt.Sprintf("%d %t %s", p.of.id, p.flagged, what))
	if !ok {
		return many
	}
	return func(c *Ctx, k block) (uint64, uint64) {
		all := c.scene.leaves
		if id >= len(all) {
			all = append(all, make([]leafWords, id+1-len(all))...)
			c.scene.leaves = all
		}
		return all[id].of(c, k, many)
	}
}

// of is the answer of many for a block.
func (l *leafWords) of(c *Ctx, k block, many blocks) (yes, no uint64) {
	if l.epoch != c.scene.epoch {
		l.epoch, l.yes, l.no = c.scene.epoch, l.yes[:0], l.no[:0]
	}
	for n := len(l.yes); n <= k.b; n++ { // blocks newer than a window may have been passed over
		yes, no = many(c, block{k.t, n, k.t.rows[n*blockSize : min((n+1)*blockSize, len(k.t.rows))]})
		l.yes, l.no = append(l.yes, yes), append(l.no, no)
	}
	return l.yes[k.b], l.no[k.b]
}

// limitWords are the answers of the comparison of the main number with a limit that is known when it is asked, such as a target.
type limitWords struct {
	kind  int
	op    cmp
	plain bool
	limit float64
	leafWords
}

// maxLimits is how many of them are remembered.
const maxLimits = 64

// asLimit is many for a limit, answered once for all rules that compare with the same.
func (p *predicate) asLimit(o cmp, of operand, limit predNum) blocks {
	kind, plain := p.of.id, of.plain
	many := comparedTo(o, of, func(c *Ctx) float64 { return limit(c, 0) })
	return func(c *Ctx, k block) (yes, no uint64) {
		x, s := limit(c, 0), &c.scene
		if x != x {
			return 0, 0
		}
		if s.limitsOf != s.epoch {
			s.limitsOf, s.limits = s.epoch, s.limits[:0]
		}
		for n := range s.limits {
			if l := &s.limits[n]; l.limit == x && l.op == o && l.kind == kind && l.plain == plain {
				return l.of(c, k, many)
			}
		}
		n := len(s.limits)
		switch {
		case n == maxLimits:
			return many(c, k)
		case n < cap(s.limits): // with the room of whoever was before
			s.limits = s.limits[:n+1]
		default:
			s.limits = append(s.limits, limitWords{})
		}
		l := &s.limits[n]
		l.kind, l.op, l.plain, l.limit, l.epoch = kind, o, plain, x, 0
		return l.of(c, k, many)
	}
}

// single makes a test of a condition on nothing but the event.
func (p *predicate) single(e ast.Expr, one pred) test {
	many := oneByOne(one)
	if what, ok := p.text(e); ok {
		many = p.shared(what, many)
	}
	return test{one: one, many: many}
}

// text writes a condition so that the same condition reads the same whatever it calls the event; not ok when it has parts that
// are not of the event.
func (p *predicate) text(e ast.Expr) (string, bool) {
	var b strings.Builder
	ok := true
	var write func(e ast.Expr)
	write = func(e ast.Expr) {
		switch e.Kind() {
		case ast.LiteralKind:
			fmt.Fprintf(&b, "%#v", e.AsLiteral().Value())
		case ast.SelectKind:
			s := e.AsSelect()
			if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != p.name {
				ok = false
				return
			}
			b.WriteString("." + s.FieldName())
		case ast.ListKind:
			b.WriteByte('[')
			for _, x := range e.AsList().Elements() {
				write(x)
				b.WriteByte(',')
			}
			b.WriteByte(']')
		case ast.CallKind:
			if !p.uses(e) {
				ok = false
				return
			}
			b.WriteString(e.AsCall().FunctionName() + "(")
			for _, x := range e.AsCall().Args() {
				write(x)
				b.WriteByte(',')
			}
			b.WriteByte(')')
		default:
			ok = false
		}
	}
	write(e)
	return b.String(), ok
}
