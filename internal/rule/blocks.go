package rule

import (
	"fmt"
	"slices"
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

// mainNumber compares the main number of every event with one limit; plain where the flags need not be minded.
func mainNumber(o cmp, plain bool, limit func(c *Ctx) float64) blocks {
	return func(c *Ctx, k block) (yes, no uint64) {
		yes, no = o.all(c.TL.Num, k.rows, limit(c))
		if plain {
			return yes, no
		}
		known := c.plainOf(k.t, k.b)
		return yes & known, no & known
	}
}

// all compares the numbers at some places with x, a bit for each.
func (o cmp) all(num []float64, rows []int32, x float64) (yes, no uint64) {
	switch o {
	case cmpLess, cmpGreaterEqual:
		for j, i := range rows {
			v := num[i]
			yes |= bit(v < x) << (j & 63)
			no |= bit(v >= x) << (j & 63)
		}
	case cmpGreater, cmpLessEqual:
		for j, i := range rows {
			v := num[i]
			yes |= bit(v > x) << (j & 63)
			no |= bit(v <= x) << (j & 63)
		}
	default:
		if x != x {
			return 0, 0
		}
		for j, i := range rows {
			v := num[i]
			yes |= bit(v == x) << (j & 63)
			no |= bit(v != x && v == v) << (j & 63)
		}
	}
	switch o {
	case cmpGreaterEqual, cmpLessEqual, cmpNotEqual:
		return no, yes
	}
	return yes, no
}

// someSymbols asks whether a code of the event is one of some.
func someSymbols(s event.Slot, of []event.Symbol) blocks {
	return func(c *Ctx, k block) (yes, no uint64) {
		switch s {
		case event.SlotB:
			yes = among(c.TL.B, k.rows, of)
		case event.SlotC:
			yes = among(c.TL.C, k.rows, of)
		default:
			yes = among(c.TL.A, k.rows, of)
		}
		return yes, ^yes
	}
}

func among(col []event.Symbol, rows []int32, of []event.Symbol) (yes uint64) {
	if len(of) == 1 {
		y := of[0]
		for j, i := range rows {
			yes |= bit(col[i] == y) << (j & 63)
		}
		return yes
	}
	for j, i := range rows {
		yes |= bit(slices.Contains(of, col[i])) << (j & 63)
	}
	return yes
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
func (p *predicate) asLimit(o cmp, limit predNum) blocks {
	kind, plain := p.of.id, !p.flagged
	many := mainNumber(o, plain, func(c *Ctx) float64 { return limit(c, 0) })
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
