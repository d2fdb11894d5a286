package product

import (
	"crypto/sha256"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"peiban/internal/event"
)

// Places of the extra numbers of an order and a refund, as the catalogue of events has them.
const (
	orderDays, orderStrips, orderRef    = 1, 2, 3
	refundDays, refundRef, refundStrips = 1, 2, 3
)

// sold is the part of an order's body that names what was sold.
type sold struct {
	SKU, Barcode, Title, Number string
	Name, Place                 string // of a fill: the medicine, and the pharmacy
}

// Of is what an order, a refund or a fill says it is about; ok is false for other events.
func Of(e *event.Event) (Line, bool) {
	if e.Type == event.Fill {
		s := soldIn(e)
		return Line{Shop: s.Place, SKU: s.SKU, Barcode: s.Barcode, Title: s.Name}, true
	}
	if e.Type != event.Order && e.Type != event.Refund {
		return Line{}, false
	}
	s := soldIn(e)
	return Line{Shop: e.A.String(), Product: e.B.String(), SKU: s.SKU, Barcode: s.Barcode, Title: s.Title}, true
}

func soldIn(e *event.Event) sold {
	var s sold
	if len(e.Body) > 0 {
		_ = json.Unmarshal(e.Body, &s) // only what is there and is text
	}
	return s
}

// Filled is what an event got from the catalogue.
type Filled struct {
	Product string // empty: its product is not known
	What    Filling
}

// Filling tells which numbers of an event follow from its product, so that they can be taken out again. What somebody stated is none.
type Filling uint8

// The parts of an event that are filled. Their numbers are stored.
const (
	FilledDays Filling = 1 << iota
	FilledPieces
	FilledKind
	FilledProduct
)

// Fill writes into an order, a refund or a fill of a medicine what follows from what it says: the reference both share, and what the
// catalogue knows of its product. It tells what it wrote, and whether the line names something nobody knows. What the sender stated stays.
func (c *Catalogue) Fill(e *event.Event) (by Filled, unknown bool) {
	if e.Type == event.Fill {
		return c.dispensed(e)
	}
	l, ok := Of(e)
	if !ok {
		return by, false
	}
	ref, days, strips := places(e)
	if n := strings.TrimSpace(soldIn(e).Number); n != "" {
		fillIn(e, ref, Ref(l.Shop, n))
	}
	p, found := c.Resolve(l)
	if !found {
		return by, l.Named() && e.C == 0 && math.IsNaN(at(e, days)) && math.IsNaN(at(e, strips))
	}
	by.Product = p.ID
	if l.Product != "" && l.Product != p.ID && l.SKU == "" && l.Title != l.Product {
		keep(e, "named", l.Product)
	}
	if id := event.Intern(p.ID); e.B != id {
		e.B = id
		by.What |= FilledProduct
	}
	if e.C == 0 {
		e.C = event.Intern(p.Kind)
		by.What |= FilledKind
	}
	boxes := e.Num
	if math.IsNaN(boxes) && e.Type == event.Order {
		boxes = 1 // a line that does not say how many is of one
	}
	pieces, last := c.Supply(p, boxes)
	if p.Kind == Strips && fillIn(e, strips, pieces) {
		by.What |= FilledPieces
	}
	if fillIn(e, days, last) {
		by.What |= FilledDays
	}
	return by, false
}

// Empty takes out of an event what it got from its product, so that it says what l, the line as it was asked about, and its sender said.
func Empty(e *event.Event, l Line, what Filling) {
	if e.Type == event.Fill {
		if what&FilledDays != 0 {
			e.Num = math.NaN()
			clear1(e, fillReckoned)
		}
		if what&FilledProduct != 0 {
			drop(e, "product")
		}
		return
	}
	_, days, strips := places(e)
	if what&FilledDays != 0 {
		clear1(e, days)
	}
	if what&FilledPieces != 0 {
		clear1(e, strips)
	}
	if what&FilledKind != 0 {
		e.C = 0
	}
	if what&FilledProduct != 0 {
		e.B = event.Intern(l.Product)
		drop(e, "named")
	}
}

// places are where the numbers of an order or a refund lie.
func places(e *event.Event) (ref, days, strips int) {
	if e.Type == event.Refund {
		return refundRef, refundDays, refundStrips
	}
	return orderRef, orderDays, orderStrips
}

// Ref is what an order and its refunds share: the shop and the number.
func Ref(shop, number string) float64 {
	return event.Ref(Fold(shop) + "\x00" + strings.TrimSpace(number))
}

func at(e *event.Event, k int) float64 {
	if k < len(e.X) {
		return e.X[k]
	}
	return math.NaN()
}

// fillIn sets a number that nobody stated. The numbers may be shared with whoever sent the event: they are copied.
func fillIn(e *event.Event, k int, v float64) bool {
	if math.IsNaN(v) || !math.IsNaN(at(e, k)) {
		return false
	}
	e.X = with(e, k, v)
	return true
}

// clear1 takes one number out.
func clear1(e *event.Event, k int) {
	if k < len(e.X) {
		e.X = with(e, k, math.NaN())
	}
}

func with(e *event.Event, k int, v float64) []float64 {
	x := make([]float64, max(len(e.X), k+1))
	for i := range x {
		x[i] = at(e, i)
	}
	x[k] = v
	return x
}

// keep writes a text into the body, where none is there.
func keep(e *event.Event, key, value string) bool {
	body := map[string]json.RawMessage{}
	if len(e.Body) > 0 && json.Unmarshal(e.Body, &body) != nil {
		return false
	}
	if _, there := body[key]; there {
		return false
	}
	body[key], _ = json.Marshal(value)
	e.Body, _ = json.Marshal(body) // its parts were parsed
	return true
}

// drop takes a text out of the body.
func drop(e *event.Event, key string) {
	body := map[string]json.RawMessage{}
	if len(e.Body) == 0 || json.Unmarshal(e.Body, &body) != nil {
		return
	}
	delete(body, key)
	if e.Body = nil; len(body) > 0 {
		e.Body, _ = json.Marshal(body) // as above
	}
}

// Hash names the question a line asks: lines that say the same ask the same.
func (l *Line) Hash() (out [16]byte) {
	h := sha256.New()
	for _, s := range [...]string{l.Shop, l.Product, l.SKU, l.Barcode, l.Title} {
		h.Write([]byte(Fold(s)))
		h.Write([]byte{0})
	}
	copy(out[:], h.Sum(nil))
	return out
}

// Learn adds what a line calls a product to its names: the surest it has.
func (p *Product) Learn(l Line) {
	switch {
	case l.SKU != "":
		p.SKUs = append(p.SKUs, SKU{Shop: l.Shop, Code: l.SKU})
	case l.Barcode != "":
		p.Barcodes = append(p.Barcodes, l.Barcode)
	case l.Title != "" && l.Product == "":
		p.Titles = append(p.Titles, l.Title)
	case l.Product != "" && l.Title == "" && looksTitle(l.Product):
		p.Titles = append(p.Titles, l.Product)
	case l.Product != "":
		p.SKUs = append(p.SKUs, SKU{Shop: l.Shop, Code: l.Product})
	}
}

// Forget takes out of a product's names what a line calls it; false where none of them is exactly that. Words that other titles have too
// stay: what is more exact goes before them.
func (p *Product) Forget(l Line) bool {
	n := len(p.SKUs) + len(p.Barcodes) + len(p.Titles)
	p.SKUs = slices.DeleteFunc(slices.Clone(p.SKUs), func(k SKU) bool {
		for _, code := range []string{l.SKU, l.Product} {
			if code != "" && (skuKey(k.Shop, k.Code) == skuKey(l.Shop, code) || skuKey(k.Shop, k.Code) == skuKey("", code)) {
				return true
			}
		}
		return false
	})
	is := func(names ...string) func(string) bool {
		return func(s string) bool {
			return slices.ContainsFunc(names, func(x string) bool { return x != "" && Fold(x) == Fold(s) })
		}
	}
	p.Barcodes = slices.DeleteFunc(slices.Clone(p.Barcodes), is(l.Barcode, l.SKU, l.Product))
	p.Titles = slices.DeleteFunc(slices.Clone(p.Titles), is(l.Title, l.Product))
	return len(p.SKUs)+len(p.Barcodes)+len(p.Titles) < n
}

// looksTitle tells a title from a code: it has Chinese or several words.
func looksTitle(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > 0x2e80 }) || len(strings.Fields(s)) > 1
}
