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
}

func fixedNum(k float64) *value {
	return &value{shape: isNum, fixed: true, k: k, num: func(*Ctx, bound) (float64, int64) { return k, Never }}
}

func fixedBool(t Truth) *value {
	return &value{shape: isBool, fixed: true, t: t, truth: func(*Ctx) (Truth, int64) { return t, Never }}
}

func fixedSym(s string) *value {
	y := event.Intern(s)
	return &value{shape: isSym, fixed: true, y: y, sym: func(*Ctx) (event.Symbol, int64) { return y, Never }}
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
// when the number itself changes. With a bound, a number may also be any other that compares the same.
type bound struct {
	op cmp // cmpNone: the number itself is wanted
	k  float64
}

// step is the smallest whole number at which an order comparison has turned: v >= step is what op asks of a
// whole v, or its opposite. It is never more than a thousand million; false for no bound or an equality.
func (b bound) step() (int64, bool) {
	var s float64
	switch b.op {
	case cmpGreaterEqual, cmpLess:
		s = math.Ceil(b.k)
	case cmpGreater, cmpLessEqual:
		s = math.Floor(b.k) + 1
	default:
		return 0, false
	}
	return int64(min(max(s, 0), 1e9)), true
}
