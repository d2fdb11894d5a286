// Package purchase says what people kept of what they bought: orders less what went back. It is a pure function of a timeline, and the
// only place where refunds are taken off: rules, pages and figures ask here.
package purchase

import (
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Places of the extra numbers, as the catalogue of events has them.
const (
	amountAt = 0

	orderDays, orderStrips, orderRef, orderLine = 1, 2, 3, 5

	refundDays, refundRef, refundLine = 1, 2, 4
)

// Line is what is left of one order's line. A number that was never stated stays NaN; none is below zero.
type Line struct {
	Quantity float64 // boxes
	Amount   float64 // CNY
	Days     float64 // d of supply, whole
	Strips   float64 // pieces, whole
	Share    float64 // of the goods, 0 to 1
}

// Gone tells whether all of it went back.
func (l Line) Gone() bool { return l.Share <= tiny }

const tiny = 1e-9

// Table holds the orders that refunds touch.
type Table struct {
	Loose []int // places of refunds whose order is not there, oldest first
	Next  int64 // the first refund that has not happened yet; math.MaxInt64: none
	lines map[int]*kept
}

type kept struct {
	at                      int
	quantity, amount        float64
	days, strips            float64
	share, money            float64 // left
	number                  float64 // of the line in its order; NaN: not said
	product                 event.Symbol
	unpriced, ofOneUnstated bool
}

// At is what is left of the order at place i of the timeline.
func (t *Table) At(tl *timeline.Timeline, i int) Line {
	if k := t.lines[i]; k != nil {
		return k.line()
	}
	return Line{Quantity: tl.Num[i], Amount: tl.XAt(i, amountAt), Days: tl.XAt(i, orderDays), Strips: tl.XAt(i, orderStrips), Share: 1}
}

// Touched tells whether a refund touches the order at place i.
func (t *Table) Touched(i int) bool { return t.lines[i] != nil }

func (k *kept) line() Line {
	whole := func(v float64) float64 { return math.Floor(v*k.share + tiny) }
	l := Line{Quantity: k.quantity * k.share, Amount: k.money, Days: whole(k.days), Strips: whole(k.strips), Share: k.share}
	if k.ofOneUnstated {
		l.Quantity = math.NaN()
	}
	if k.unpriced {
		l.Amount = math.NaN()
	}
	return l
}

// back is one refund.
type back struct {
	at       int
	when     int64
	product  event.Symbol
	quantity float64
	days     float64
	amount   float64
	line     float64 // of the order; NaN: not said
	source   uint16
}

// Of reads a timeline as it was at now (microseconds): refunds after it have not happened. A refund finds its order by the reference
// both have, whichever came first. One without a reference is of the only line of that shop and product bought before it that it can be of;
// where there are several, or the shop or the product are not said, it stays loose. The same refund told by two sources counts once.
func Of(tl *timeline.Timeline, now int64) *Table {
	t := &Table{Next: math.MaxInt64}
	if tl == nil {
		return t
	}
	backs := map[float64][]back{}
	var refs []float64
	var unnamed []back
	for i, kind := range tl.Type {
		if kind != event.Refund || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		if tl.At[i] > now {
			t.Next = min(t.Next, tl.At[i])
			continue
		}
		b := back{i, tl.At[i], tl.B[i], tl.Num[i], tl.XAt(i, refundDays), tl.XAt(i, amountAt), tl.XAt(i, refundLine), tl.Source[i]}
		ref := tl.XAt(i, refundRef)
		if math.IsNaN(ref) {
			unnamed = append(unnamed, b)
			continue
		}
		if backs[ref] == nil {
			refs = append(refs, ref)
		}
		backs[ref] = append(backs[ref], b)
	}
	alone := map[int][]back{} // refunds of orders that have no reference either
	for _, b := range unnamed {
		i, ok := b.only(tl)
		if !ok {
			t.Loose = append(t.Loose, b.at)
			continue
		}
		switch ref := tl.XAt(i, orderRef); {
		case math.IsNaN(ref):
			alone[i] = append(alone[i], b)
		default:
			if backs[ref] == nil {
				refs = append(refs, ref)
			}
			backs[ref] = append(backs[ref], b)
			slices.SortStableFunc(backs[ref], func(a, b back) int { return a.at - b.at })
		}
	}
	if len(refs)+len(alone) == 0 {
		return t
	}
	t.lines = map[int]*kept{}
	orders := map[float64][]*kept{}
	for i, kind := range tl.Type {
		if kind != event.Order || tl.Flags[i]&event.Hidden != 0 || tl.At[i] > now {
			continue
		}
		switch ref := tl.XAt(i, orderRef); {
		case backs[ref] != nil:
			k := newKept(tl, i)
			orders[ref] = append(orders[ref], k)
			t.lines[i] = k
		case alone[i] != nil:
			k := newKept(tl, i)
			t.lines[i] = k
			for _, b := range once(alone[i]) {
				b.take([]*kept{k})
			}
		}
	}
	for _, ref := range refs {
		if len(orders[ref]) == 0 {
			for _, b := range backs[ref] {
				t.Loose = append(t.Loose, b.at)
			}
			continue
		}
		for _, b := range once(backs[ref]) {
			b.take(orders[ref])
		}
	}
	slices.Sort(t.Loose)
	return t
}

// only finds the one order's line that a refund without a reference can be of: of its shop and product, bought before it, and no smaller
// than what went back. Not ok where there is none or more than one.
func (b *back) only(tl *timeline.Timeline) (at int, ok bool) {
	shop := tl.A[b.at]
	if shop == 0 || b.product == 0 {
		return 0, false
	}
	for i, kind := range tl.Type {
		if kind != event.Order || tl.Flags[i]&event.Hidden != 0 || tl.At[i] > b.when || tl.A[i] != shop || tl.B[i] != b.product {
			continue
		}
		if n := newKept(tl, i); b.quantity > n.quantity || !n.unpriced && b.amount > n.amount+tiny || b.days > n.days {
			continue
		}
		if ok {
			return 0, false
		}
		at, ok = i, true
	}
	return at, ok
}

func newKept(tl *timeline.Timeline, i int) *kept {
	k := &kept{
		at: i, quantity: tl.Num[i], amount: tl.XAt(i, amountAt), days: tl.XAt(i, orderDays), strips: tl.XAt(i, orderStrips), share: 1, product: tl.B[i],
		number: tl.XAt(i, orderLine),
	}
	if k.ofOneUnstated = !(k.quantity > 0); k.ofOneUnstated {
		k.quantity = 1
	}
	if k.unpriced = !(k.amount > 0); k.unpriced {
		k.amount = 0
	}
	k.money = k.amount
	return k
}

// once leaves out what a second source says of the same refund. A source that says the same thing twice means two: its own repeats were
// known by their ids.
func once(bs []back) []back {
	type said struct {
		when                         int64
		product                      event.Symbol
		quantity, days, amount, line uint64
	}
	nth := map[said]map[uint16]int{}
	most := map[said]int{}
	var out []back
	for _, b := range bs {
		k := said{b.when, b.product, math.Float64bits(b.quantity), math.Float64bits(b.days), math.Float64bits(b.amount), math.Float64bits(b.line)}
		if nth[k] == nil {
			nth[k] = map[uint16]int{}
		}
		if nth[k][b.source]++; nth[k][b.source] > most[k] {
			most[k] = nth[k][b.source]
			out = append(out, b)
		}
	}
	return out
}

// about are the lines of an order that a refund is of: the one it numbers, else those of its product, else all. Two lines of one product
// are told apart by their numbers, and a line nobody knows the product of has nothing else.
func (b *back) about(all []*kept) []*kept {
	for _, same := range []func(*kept) bool{
		func(k *kept) bool { return k.number == b.line }, // never, where either is not said
		func(k *kept) bool { return b.product != 0 && k.product == b.product },
	} {
		var lines []*kept
		for _, k := range all {
			if same(k) {
				lines = append(lines, k)
			}
		}
		if len(lines) > 0 {
			return lines
		}
	}
	return all
}

// take takes a refund off the lines it is about. By quantity where it says one, else by days of supply, else by its part of the price,
// else everything.
func (b *back) take(all []*kept) {
	lines := b.about(all)
	quantity, days, amount := b.quantity, b.days, b.amount
	for _, k := range lines {
		before := k.share
		switch {
		case !math.IsNaN(b.quantity):
			n := min(quantity, k.share*k.quantity)
			quantity -= n
			k.share -= n / k.quantity
		case !math.IsNaN(b.days) && k.days > 0:
			n := min(days, k.share*k.days)
			days -= n
			k.share -= n / k.days
		case !math.IsNaN(b.amount) && k.amount > 0:
			k.share -= min(amount, k.money) / k.amount
		default:
			k.share = 0
		}
		if k.share = max(0, k.share); k.share < tiny {
			k.share = 0
		}
		if math.IsNaN(b.amount) {
			k.money -= (before - k.share) * k.amount
		} else {
			n := min(amount, k.money)
			amount -= n
			k.money -= n
		}
		k.money = max(0, k.money)
	}
}
