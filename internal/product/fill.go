package product

import (
	"crypto/sha256"
	"encoding/json"
	"math"
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

// Fill writes into an order, a refund or a fill of a medicine what follows from what it says: the reference both share, and what the catalogue knows of its
// product. It tells whether the line names something nobody knows. What the sender stated stays.
func (c *Catalogue) Fill(e *event.Event) (unknown bool) {
	if e.Type == event.Fill {
		return c.dispensed(e)
	}
	l, ok := Of(e)
	if !ok {
		return false
	}
	ref, days, strips := orderRef, orderDays, orderStrips
	if e.Type == event.Refund {
		ref, days, strips = refundRef, refundDays, refundStrips
	}
	if n := strings.TrimSpace(soldIn(e).Number); n != "" {
		fillIn(e, ref, Ref(l.Shop, n))
	}
	p, found := c.Resolve(l)
	if !found {
		return l.Named() && e.C == 0 && math.IsNaN(at(e, days)) && math.IsNaN(at(e, strips))
	}
	if l.Product != "" && l.Product != p.ID && l.SKU == "" && l.Title != l.Product {
		keep(e, "named", l.Product)
	}
	e.B = event.Intern(p.ID)
	if e.C == 0 {
		e.C = event.Intern(p.Kind)
	}
	boxes := e.Num
	if math.IsNaN(boxes) && e.Type == event.Order {
		boxes = 1 // a line that does not say how many is of one
	}
	pieces, last := c.Supply(p, boxes)
	if p.Kind == Strips {
		fillIn(e, strips, pieces)
	}
	fillIn(e, days, last)
	return false
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
func fillIn(e *event.Event, k int, v float64) {
	if math.IsNaN(v) || !math.IsNaN(at(e, k)) {
		return
	}
	x := make([]float64, max(len(e.X), k+1))
	for i := range x {
		x[i] = at(e, i)
	}
	x[k] = v
	e.X = x
}

// keep writes a text into the body.
func keep(e *event.Event, key, value string) {
	body := map[string]json.RawMessage{}
	if len(e.Body) > 0 && json.Unmarshal(e.Body, &body) != nil {
		return
	}
	if _, there := body[key]; there {
		return
	}
	body[key], _ = json.Marshal(value)
	e.Body, _ = json.Marshal(body) // its parts were parsed
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

// looksTitle tells a title from a code: it has Chinese or several words.
func looksTitle(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > 0x2e80 }) || len(strings.Fields(s)) > 1
}
