package rule

import (
	"math"

	"peiban/internal/event"
)

// Closures answer together with the moment up to which the answer holds by itself (see Result.Next).
type (
	boolFn func(c *Ctx) (Truth, int64)
	numFn  func(c *Ctx, b bound) (float64, int64) // NaN: unknown
	symFn  func(c *Ctx) (event.Symbol, int64)     // noSymbol: unknown
	evtFn  func(c *Ctx) (int, int64)              // place in the timeline, -1: unknown
)

// noSymbol is the string nobody knows; the empty string is known to be empty.
const noSymbol = ^event.Symbol(0)

// unknownNum is the number nobody knows.
var unknownNum = math.NaN()

// shape is what kind of thing an expression stands for.
type shape uint8

const (
	isBool shape = iota
	isNum
	isSym
	isEvent
	isSelection
	isTarget
)

// value is a compiled expression; the fields that count depend on its shape.
type value struct {
	shape shape
	truth boolFn
	num   numFn
	sym   symFn
	evt   evtFn
	spec  *event.Spec // of an event; nil: any
	sel   *selection
	key   string // of a target

	fixed bool // known when compiled: t, k or y
	t     Truth
	k     float64
	y     event.Symbol

	codes []string // of a string: the only ones it can be; nil: any
	sway  sway     // how one more event can move it

	reads   typeSet // the types of events it looks at
	bearing bool    // of a number: it says how many further events it bears, when compared
	moves   typeSet // of a number that bears: events of these types it does not
	joined  bool    // of a yes or no: what it bears follows from the comparisons in it
}

func fixedNum(k float64) *value {
	return &value{shape: isNum, fixed: true, sway: steady, k: k, num: func(*Ctx, bound) (float64, int64) { return k, Never }}
}

func fixedBool(t Truth) *value {
	return &value{shape: isBool, fixed: true, sway: steady, t: t, truth: func(*Ctx) (Truth, int64) { return t, Never }}
}

func fixedSym(s string) *value {
	y := event.Intern(s)
	return &value{shape: isSym, fixed: true, sway: steady, y: y, sym: func(*Ctx) (event.Symbol, int64) { return y, Never }}
}

// cmp is a comparison of numbers.
type cmp uint8

const (
	cmpNone cmp = iota
	cmpLess
	cmpLessEqual
	cmpGreater
	cmpGreaterEqual
	cmpEqual
	cmpNotEqual
)

var flipped = [...]cmp{
	cmpLess: cmpGreater, cmpLessEqual: cmpGreaterEqual, cmpGreater: cmpLess, cmpGreaterEqual: cmpLessEqual,
	cmpEqual: cmpEqual, cmpNotEqual: cmpNotEqual,
}

func (o cmp) of(a, b float64) Truth {
	if a != a || b != b {
		return Unknown
	}
	switch o {
	case cmpLess:
		return Of(a < b)
	case cmpLessEqual:
		return Of(a <= b)
	case cmpGreater:
		return Of(a > b)
	case cmpGreaterEqual:
		return Of(a >= b)
	case cmpEqual:
		return Of(a == b)
	}
	return Of(a != b)
}

// bound tells a number what it will be compared with, so that it can say when the comparison turns rather than
// when the number itself changes: count() / 2 >= 3.5 turns with the seventh event only. With a bound, a number may
// also be any other that compares the same.
type bound struct {
	op  cmp // cmpNone: the number itself is wanted
	k   float64
	via [2]shift // what is done to the number before it is compared, the last first
	n   int8     // how many shifts there are

	known   bool // stepAt and bounded are what step says: the bound is known when compiled
	bounded bool
	stepAt  int64

	token token // of the comparison that asks what the number bears; 0: none does
}

// shift is one arithmetic step with a number that does not change.
type shift struct {
	k    float64
	op   byte // + - * /
	left bool // k stands on the left
}

func (s shift) of(v float64) float64 {
	if s.left {
		return arith(s.op, s.k, v)
	}
	return arith(s.op, v, s.k)
}

// before is the bound of x, when b is the bound of x after the step s; no bound when that cannot be said.
func (b bound) before(s shift) bound {
	if b.op == cmpNone || int(b.n) == len(b.via) || math.IsInf(s.k, 0) || (s.left && s.op == '/') {
		return bound{}
	}
	b.via[b.n], b.known = s, false
	b.n++
	return b
}

// holds tells how v compares.
func (b bound) holds(v float64) Truth {
	for i := b.n - 1; i >= 0; i-- {
		v = b.via[i].of(v)
	}
	return b.op.of(v, b.k)
}

// back is about which number becomes k by the steps of b.
func (b bound) back() float64 {
	v := b.k
	for _, s := range b.via[:b.n] {
		switch {
		case s.op == '+':
			v -= s.k
		case s.op == '-' && s.left:
			v = s.k - v
		case s.op == '-':
			v += s.k
		case s.op == '*':
			v /= s.k
		default:
			v *= s.k
		}
	}
	return v
}

// farStep is a whole number no count, day or hour reaches.
const farStep = 1e9

// step is the smallest whole number above 0 that compares otherwise than 0 does; every larger one compares like it.
// It is farStep when there is none; false for no bound or an equality, which may turn twice.
func (b bound) step() (int64, bool) {
	if b.known {
		return b.stepAt, b.bounded
	}
	switch b.op {
	case cmpNone, cmpEqual, cmpNotEqual:
		return 0, false
	}
	if b.n == 0 {
		s := math.Floor(b.k) + 1
		if b.op == cmpGreaterEqual || b.op == cmpLess {
			s = math.Ceil(b.k)
		}
		if s <= 0 {
			return farStep, true
		}
		return int64(min(s, farStep)), true
	}
	// Steps of arithmetic only ever rise or only ever fall, rounding included, so there is one turn at most. It is near where the
	// number would be the limit itself.
	zero, low, high := b.holds(0), int64(0), int64(farStep)
	if at := b.back(); at > 2 && at < farStep-3 {
		for m := int64(at) - 1; m <= int64(at)+2; m++ {
			if b.holds(float64(m-1)) == zero && b.holds(float64(m)) != zero {
				return m, true
			}
		}
	}
	for high-low > 1 {
		if mid := (low + high) / 2; b.holds(float64(mid)) == zero {
			low = mid
		} else {
			high = mid
		}
	}
	return high, true
}
