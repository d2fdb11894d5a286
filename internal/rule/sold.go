package rule

import (
	"math"

	"peiban/internal/event"
	"peiban/internal/purchase"
	"peiban/internal/timeline"
)

// Orders are read less what went back: one that went back whole is not there, of the others numbers say what is left. How much that is
// purchase says, and nobody else.

// refundColumns are what purchase reads beside moments, types and flags.
const refundColumns = timeline.Number | timeline.CodeA | timeline.CodeB | timeline.Extras | timeline.Origin

// bought is what refunds leave of the orders of c's person at c's moment.
func (c *Ctx) bought() *purchase.Table {
	s := &c.scene
	if s.bought == nil || s.boughtOf != s.epoch || s.boughtIn != c.TL.Timeline || s.boughtAt != c.Now {
		s.bought, s.boughtOf, s.boughtIn, s.boughtAt = purchase.Of(c.TL.Timeline, c.Now), s.epoch, c.TL.Timeline, c.Now
	}
	return s.bought
}

// anyRefund tells whether refunds matter at all: most people have none.
func (c *Ctx) anyRefund() bool {
	for i := c.newestOf(event.Refund); i >= 0; i = c.olderOf(event.Refund, i) {
		if c.TL.Type[i] == event.Refund {
			return true
		}
	}
	return false
}

// returned tells whether the event at place i is an order that went back whole.
func (c *Ctx) returned(i int) bool {
	return c.TL.Type[i] == event.Order && c.TL.At[i] <= c.Now && c.anyRefund() && c.bought().At(c.TL.Timeline, i).Gone()
}

// keptNumber reads what is left of a number of an order, nil when refunds do not touch that number.
func keptNumber(name string, plain predNum) predNum {
	var of func(purchase.Line) float64
	switch name {
	case "quantity":
		of = func(l purchase.Line) float64 { return l.Quantity }
	case "amount":
		of = func(l purchase.Line) float64 { return l.Amount }
	case "days":
		of = func(l purchase.Line) float64 { return l.Days }
	case "strips":
		of = func(l purchase.Line) float64 { return l.Strips }
	default:
		return nil
	}
	return func(c *Ctx, i int) float64 {
		v := plain(c, i)
		if math.IsNaN(v) || !c.anyRefund() || !c.bought().Touched(i) {
			return v
		}
		return of(c.bought().At(c.TL.Timeline, i))
	}
}

// refunds makes a selection that holds orders depend on refunds: one that comes may take an order out, or lower its numbers.
func (k *compiler) refunds(s *selection) {
	k.deps.onType(event.Refund)
	k.reads.add(event.Refund)
	s.sold, s.monotone = true, false
	s.moves.add(event.Refund)
	k.needs |= refundColumns
	if k.live == nil {
		k.live = map[*selection]bool{}
	}
	spec := event.Refund.Spec()
	k.live[&selection{spec: spec, only: event.Refund, hide: event.Hidden}] = true // it is watched for, and not walked
}
