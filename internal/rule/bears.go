package rule

import (
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/glucose"
	"peiban/internal/measure"
)

// An answer bears a number of further events when none of them can move it before its Next, whatever they say, as long as their
// numbers are usual ones. So most events that a rule looks at need not have it asked again: with 117 readings in a window one more
// does not bring their mean from 9 to 5. Parts of a rule that cannot say so are touchy: any event they look at has it asked.

// Endless is what an answer bears that no event can move, neither an unusual nor a late one.
const Endless = math.MaxInt32

// typeSet is a set of types of events; types beyond it are always in.
type typeSet [maxPlaces / 64]uint64

var allTypes = func() (s typeSet) {
	for i := range s {
		s[i] = ^uint64(0)
	}
	return s
}()

func (s *typeSet) add(t event.Type) {
	if t < maxPlaces {
		s[t/64] |= 1 << (t % 64)
	}
}

func (s *typeSet) join(o typeSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s typeSet) with(o typeSet) typeSet {
	s.join(o)
	return s
}

func (s *typeSet) has(t event.Type) bool { return t >= maxPlaces || s[t/64]&(1<<(t%64)) != 0 }

// touch is some of the types of events a rule looks at, a bit for each of the first few and one for all others.
type touch uint8

const touchBits = 8

// Touches tells whether an event of type t may move r's answer whatever it bears; touchy is what the answer came with.
func (r *Rule) Touches(touchy uint8, t event.Type) bool {
	if r.frail.has(t) {
		return true
	}
	for i, of := range r.touched {
		if of == t {
			return touchy>>i&1 == 1
		}
	}
	return touchy>>(touchBits-1)&1 == 1
}

// touchOf is the bits of some types.
func (k *compiler) touchOf(s typeSet) (bits touch) {
	for t := range event.Type(maxPlaces) {
		if !s.has(t) {
			continue
		}
		i := slices.Index(k.touched, t)
		if i < 0 {
			if i = touchBits - 1; len(k.touched) < i {
				i = len(k.touched)
				k.touched = append(k.touched, t)
			}
		}
		bits |= 1 << i
	}
	return bits
}

// frailOn says that an event of any of the types may move the answer, whatever its parts say.
func (k *compiler) frailOn(s typeSet) { k.frail.join(s) }

// keeps tells whether a further event leaves an answer t of that sway as it is.
func (s sway) keeps(t Truth) bool {
	switch s {
	case steady:
		return true
	case rising:
		return t == True
	case falling:
		return t == False
	}
	return false
}

// swayed is a yes or no that is not made of others: whether an event may move it follows from its sway alone.
func (k *compiler) swayed(v *value) *value {
	if v.shape != isBool || v.fixed || v.sway == steady {
		return v
	}
	truth, s, bits := v.truth, v.sway, k.touchOf(v.reads)
	v.truth = func(c *Ctx) (Truth, int64) {
		outer := c.firmness
		t, next := truth(c)
		if c.firmness = outer; !s.keeps(t) {
			c.touchy |= bits
		}
		return t, next
	}
	return v
}

// firmness is how firm an answer is, so far.
type firmness struct {
	bears  int   // see Result.Bears
	touchy touch // see Result.Touchy
}

// and is the firmness of what rests on both.
func (f firmness) and(o firmness) firmness {
	return firmness{min(f.bears, o.bears), f.touchy | o.touchy}
}

// token marks the comparison a figure says for what it bears.
type token int32

// compared begins a comparison whose figure is to say what it bears.
func (c *Ctx) compared(b *bound) token {
	c.tokens++
	b.token = c.tokens
	return c.tokens
}

// bear says for the comparison with b that the number may be of n further events and still compare as it does.
func (c *Ctx) bear(b bound, n int) {
	if b.token != 0 {
		c.borne, c.bornFor = n, b.token
	}
}

// hold takes how firm a comparison is, whose answer is t, into the rule's firmness; bits are the types it looks at.
func (c *Ctx) hold(k token, s sway, t Truth, bits touch) {
	switch {
	case s.keeps(t):
	case c.bornFor == k && c.borne > 0:
		c.bears = min(c.bears, c.borne)
	default:
		c.touchy |= bits
	}
}

// plainly tells whether one further event adds at most itself to s.
func (s *selection) plainly() bool { return !s.walked && s.lead == len(s.ops) }

// countable tells whether one further event changes the number of s by one at most: it may push another out.
func (s *selection) countable() bool {
	lasts := 0
	for i := range s.ops {
		if s.ops[i].kind == opLast {
			lasts++
		}
	}
	return !s.atLeast && lasts <= 1
}

// Between what the numbers of further glucose readings are taken to lie, mmol/L. A reading outside has every rule asked that sees
// it; the narrower the range, the more readings inside it are borne.
const (
	usualLow  = 2.0
	usualHigh = 20.0
)

// usual is between what the main number of further events of spec is taken to lie; not ok where nothing is known.
func usual(spec *event.Spec) (low, high float64, ok bool) {
	if spec == nil {
		return 0, 0, false
	}
	if spec.Type == event.Glucose {
		return usualLow, usualHigh, true
	}
	for i := range spec.Fields {
		if f := &spec.Fields[i]; f.Slot == event.SlotNum && f.Kind == event.Number {
			return f.Min, f.Max, f.Min < f.Max
		}
	}
	return 0, 0, false
}

// Usual tells whether the event at a place of c.TL is one that a rule's Bears counts: it has happened, after all others, and its
// number is a usual one.
func (c *Ctx) Usual(i int) bool {
	if c.TL.At[i] > c.Now || i < c.TL.Len()-1 {
		return false
	}
	low, high, ok := usual(c.TL.Type[i].Spec())
	v := c.TL.Num[i]
	return !ok || v != v || v >= low && v <= high
}

// reach is between what one further event can add to the sum of a figure.
type reach struct{ low, high float64 }

// reachOf is that of the figures that are a sum divided by a number; not ok for others.
func reachOf(name string, s *selection) (reach, bool) {
	low, high, ok := usual(s.spec)
	if !ok || s.read != nil || !s.plainly() || s.flagged() {
		return reach{}, false
	}
	switch name {
	case "mean":
		return reach{low, high}, true
	case "lbgi":
		return reach{0, glucose.LowRisk(low, measure.MmolL)}, true
	case "hbgi":
		return reach{0, glucose.HighRisk(high, measure.MmolL)}, true
	}
	return reach{}, false
}

// with is between what a mean v of n values lies after up to k more, each of which adds what is in r.
func (r reach) with(v float64, n, k int) (low, high float64) {
	sum, all := v*float64(n), float64(n+k)
	low, high = min(v, (sum+float64(k)*r.low)/all), max(v, (sum+float64(k)*r.high)/all)
	e := 1e-9 * (math.Abs(low) + math.Abs(high))
	return low - e, high + e
}

// Of a number that bears fewer than fewBorne, it is not said: it would make the rule look again sooner.
const (
	fewBorne  = 2
	mostBorne = 64
)

// most is how many further events are borne when with says between what the number lies after some: half of what it could be
// now, so that there is room for what leaves.
func (b bound) most(t Truth, with func(k int) (low, high float64)) int {
	n := 0
	for k := 2 * fewBorne; k <= mostBorne; k *= 2 {
		low, high := with(k)
		if b.holds(low) != t || b.holds(high) != t || b.op == cmpEqual || b.op == cmpNotEqual {
			break
		}
		n = k / 2
	}
	return n
}

// ofCount is how many further events are borne by a number of n that changes by one at most with each; only upwards when it grows.
func (b bound) ofCount(n int64, grows bool) int {
	turn := int64(math.Ceil(b.k)) // of an equality, which may turn at that number only
	switch step, ok := b.step(); {
	case ok && n < step:
		return int(min(step-n-1, mostBorne))
	case ok && grows:
		return mostBorne
	case ok:
		return int(min(n-step, mostBorne))
	case b.n > 0 || b.k < 0 || b.k > farStep:
		return 0
	case n < turn:
		return int(min(turn-n-1, mostBorne))
	case n > turn && grows:
		return mostBorne
	}
	return int(max(0, min(n-turn-1, mostBorne)))
}
