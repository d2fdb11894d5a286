package rule

import (
	"math"
	"slices"

	"peiban/internal/timeline"
)

// Never is the moment of a result that time alone does not change.
const Never = math.MaxInt64

// Kind is the type of a rule's answer.
type Kind int

const (
	KindBool Kind = iota
	KindNumber
	KindString
	KindEvents // a selection: its answer is its evidence, Num their number
)

// Truth is three-valued: too little data makes an answer unknown, which is not false.
type Truth int8

const (
	Unknown Truth = iota
	False
	True
)

// Of makes a Truth of a bool.
func Of(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Not is the opposite of t; the opposite of unknown is unknown.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// Result is the answer of a rule at one moment.
type Result struct {
	Truth Truth
	Num   float64 // NaN: unknown
	Str   string  // with KindString; Truth is True when it is known
	Next  int64   // the first moment after Ctx.Now at which the answer could change by itself; Never
	// Bears is, with KindBool, how many further events leave Truth as it is until Next, whatever they say; Endless. They must be
	// such as Ctx.Usual tells, and of types that Rule.Touches does not name for Touchy.
	Bears  int
	Touchy uint8
}

// MaxEvidence is how many events Ctx.Evidence holds at most.
const MaxEvidence = 100

// Ctx is everything a rule may read. It may be used for one rule after the other, and by one goroutine at a time.
type Ctx struct {
	TL     timeline.View // Loc inside; nil: UTC
	Now    int64         // microseconds; events with At > Now are not seen yet, but count for Next
	Tag    func(id int) Truth
	Stage  string
	Target func(key string) (low, high float64, ok bool) // canonical units; asked once for a person and moment, see Look

	Own     func(key string) bool // whether a doctor set a target for this very person; nil: none
	Profile string                // of targets, the one that holds

	// Of journeys only.
	Trigger  int   // place in TL of the event that caused the run or ended its wait; -1: none
	Entry    int64 // when the run was entered, microseconds
	TimedOut bool
	Outcome  string

	// Explain asks for the evidence of the next Eval, which overwrites Evidence and Total.
	Explain  bool
	Evidence []int32 // places in TL of the events that made the answer, newest first, at most MaxEvidence
	Total    int     // how many there were

	// Failures hears of rules that panic; nil: the panic goes on, and Afresh must be called before c is used again.
	Failures Failures

	room
}

// room is to work in, kept from one rule to the next so that none allocates.
type room struct {
	scene  scene
	zone   offsets
	slots  []slot
	values []float64
	times  []int64
	seen   []int32 // evidence so far, unordered, with repeats
	mute   bool    // what is looked at now is not the reason
	walks  []*walk // lent until the next Eval
	lent   int
	parts  []float64
	rows   []int32
	splits []split

	firmness
	tokens  token
	borne   int // what the number of the comparison bornFor bears
	bornFor token
	run     running
	size    float64 // of all values of a change together, whatever their signs
	fills   fills
	longest fills // where days of supply are unknown: as long as they can be
	list    list
	plans   []int

	conditions conditions
}

// Clear forgets whom and what c was about, and keeps its room.
func (c *Ctx) Clear() {
	r := c.room
	r.scene.forget()
	for _, w := range r.walks {
		w.tl = nil
	}
	*c = Ctx{room: r}
}

// borrow lends a walk until the answer is found.
func (c *Ctx) borrow() *walk {
	if c.lent == len(c.walks) {
		c.walks = append(c.walks, new(walk))
	}
	w := c.walks[c.lent]
	c.lent++
	return w
}

// walk begins a walk over s.
func (c *Ctx) walk(s *selection) *walk {
	w := c.borrow()
	w.start(c, s)
	return w
}

// note keeps event i as evidence.
func (c *Ctx) note(i int) {
	if c.Explain && !c.mute {
		c.seen = append(c.seen, int32(i))
	}
}

// explain puts what was seen in order.
func (c *Ctx) explain() {
	slices.SortFunc(c.seen, func(a, b int32) int { return int(b) - int(a) })
	c.seen = slices.Compact(c.seen)
	c.Total = len(c.seen)
	c.Evidence = append(c.Evidence[:0], c.seen[:min(len(c.seen), MaxEvidence)]...)
}
