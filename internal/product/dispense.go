package product

import (
	"encoding/json"
	"math"

	"peiban/internal/event"
)

// Places of the extra numbers of a fill, as the catalogue of events has them.
const fillQuantity, fillPerDay, fillReckoned = 0, 1, 2

// mostFilled is the longest a fill can last, d.
var mostFilled = event.Fill.Spec().Field("days").Max

// dispensed works out how long a fill lasts where nobody stated it: the quantity, by the pieces a day that its own instruction says, else by
// what the catalogue knows of the product. What is not known stays unknown: a quantity that does not say whether it counts boxes
// or pieces is neither. It tells whether the answer to a question about its product could make it known.
func (c *Catalogue) dispensed(e *event.Event) (by Filled, unknown bool) {
	if !math.IsNaN(e.Num) {
		return by, false
	}
	var said struct{ DoseText string }
	if len(e.Body) > 0 {
		_ = json.Unmarshal(e.Body, &said) // only what is there and is text
	}
	if n, sure := Daily(said.DoseText); sure {
		fillIn(e, fillPerDay, n)
	}
	l, _ := Of(e)
	p, found := c.ofFill(e, l)
	if found {
		by.Product = p.ID
		if keep(e, "product", p.ID) {
			by.What |= FilledProduct
		}
	}
	quantity := at(e, fillQuantity)
	if !(quantity > 0) || e.C == 0 {
		return by, false
	}
	boxes := e.C.String() == "box"
	pieces, days := quantity, math.NaN()
	if boxes {
		pieces = math.NaN()
		if found && p.Units > 0 {
			pieces = quantity * p.Units
		}
	}
	switch perDay := at(e, fillPerDay); {
	case perDay > 0 && pieces > 0:
		days = math.Floor(pieces/perDay + 1e-9)
	case perDay > 0 || !found: // a dose of their own is not the usual one: without the pieces of a box nothing follows
	case boxes:
		_, days = c.Supply(p, quantity)
	case p.PerDay > 0 || c.Setting.PerDay[p.Kind] > 0:
		_, days = c.Supply(&Product{Kind: p.Kind, Units: 1, PerDay: p.PerDay}, pieces)
	case p.Days > 0 && p.Units > 0:
		_, days = c.Supply(p, pieces/p.Units)
	}
	if days >= 1 && days <= mostFilled {
		e.Num = days
		fillIn(e, fillReckoned, 1)
		by.What |= FilledDays
		return by, false
	}
	return by, l.Named()
}

// ofFill finds the product of a fill: a medicine, and no other one than the fill says it is.
func (c *Catalogue) ofFill(e *event.Event, l Line) (*Product, bool) {
	p, ok := c.Resolve(l)
	if !ok || p.Kind != Medicine || e.B != 0 && p.Generic != "" && p.Generic != e.B.String() {
		return nil, false
	}
	return p, true
}
