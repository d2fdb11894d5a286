package rule

import "peiban/internal/event"

// maxOps bounds how many windows and conditions one selection may chain.
const maxOps = 8

type opKind uint8

const (
	opWhere    opKind = iota
	opWithin          // (now-from, now-to]
	opCalendar        // n days, weeks or months of the calendar, this one the last, or skip of them earlier
	opSinceEntry
	opAfter    // [first of anchor, from later)
	opSince    // (newest of anchor, now]
	opSpan     // [newest of anchor, the first of until after it)
	opFollowed // an event of anchor comes after it in less than from; with never: none does, though from has passed
	opLast
	opAtLeast
)

// op is one link of a chain such as .within("7d").where(...).last(3).
type op struct {
	kind     opKind
	from, to int64
	n        int
	unit     unit
	skip     int
	test     test
	alone    bool // test reads the event and nothing else
	never    bool
	anchor   *selection
	moves    typeSet // events of these types may move its window
	until    *selection
}

// selection is a chain of ops over events of given types. It is walked from the newest event to the oldest, so
// that a window ends the walk at its old edge.
type selection struct {
	kind     kind
	spec     *event.Spec // nil: several types
	only     event.Type  // with spec
	set      []bool      // by type, without spec; nil: all types
	hide     event.Flags // events with any of these are not seen
	ops      []op
	hoists   []hoist // parts of conditions that do not depend on the event, answered once per walk
	atLeast  bool    // some op is opAtLeast
	monotone bool    // a further event never drops one that was selected
	calendar bool    // some op is opCalendar
	rolls    int64   // the shortest opWithin; Never
	lead     int     // how many ops come before the first last or at_least
	filters  bool    // some op is opWhere
	moves    typeSet // events of these types may move its windows, and with them what was selected before
	walked   bool    // one event after the other, not a block at a time: windows hang on other events
	sold     bool    // it holds orders: those that went back whole are not seen
	read     predNum // the value figures take; nil: the main one
}

// hoist answers a part of a condition into its slot before a walk starts.
type hoist func(c *Ctx) (next int64)

// chain returns a copy of s with o at its end; selections are shared between expressions, so s stays as it is.
func (s *selection) chain(o op) *selection {
	n := *s
	n.ops = append(append([]op(nil), s.ops...), o)
	n.monotone, n.atLeast, n.calendar, n.rolls = !s.sold, false, false, Never
	n.lead, n.walked, n.filters = len(n.ops), false, false
	last, later := false, 0
	for i, o := range n.ops {
		switch o.kind {
		case opWithin:
			n.rolls = min(n.rolls, o.from)
		case opCalendar:
			n.calendar = true
		case opAfter, opSince, opSpan, opFollowed:
			n.walked = true
		case opLast, opAtLeast:
			n.lead = min(n.lead, i)
		case opWhere:
			n.filters = true
		}
		if i < n.lead && (o.kind == opWithin && o.to > 0 || o.kind == opCalendar && o.skip > 0) {
			later++
		}
		switch o.kind {
		case opLast:
			last = true
		case opAtLeast:
			n.atLeast = true
		default:
			if last {
				n.monotone = false
			}
		}
	}
	for i := range n.ops {
		n.moves.join(n.ops[i].moves)
	}
	n.walked = n.walked || later > 1
	return &n
}

func (s *selection) flagged() bool { return s.hide == event.Hidden }

// leaves is when an event of the time at falls out of the first of the windows among the first upto ops.
func (s *selection) leaves(c *Ctx, upto int, at int64) int64 {
	t := int64(Never)
	for k := range s.ops[:upto] {
		switch o := &s.ops[k]; o.kind {
		case opWithin:
			t = min(t, at+o.from)
		case opCalendar:
			t = min(t, o.leaves(c, at))
		}
	}
	return t
}
