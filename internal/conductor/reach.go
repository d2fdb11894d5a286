package conductor

import (
	"math"
	"slices"

	"peiban/internal/address"
	"peiban/internal/event"
	"peiban/internal/person"
)

// Where a person can be reached is sealed in their profile, with the record its identifier came for: a merge unites what both records
// have, undoing it parts them again, and erasing a key erases it.

// theirs is an identifier of an item that is the person's, and the record it belongs to.
type theirs struct {
	ident  int
	record person.Number
}

// Addresses are where a person can be reached outside the app, and where not any more. A telephone number that staff or the person
// entered is one of them.
func (c *Conductor) Addresses(n person.Number) []address.Address {
	card, ok := c.dir.ByNumber(n)
	if !ok || card.Erased {
		return nil
	}
	return card.reachable()
}

// reachable prefers the number staff or the person entered to any other that was learnt, however lately: theirs is the corrected one.
func (c *Card) reachable() []address.Address {
	all := slices.Clone(c.Addresses.All())
	if c.Phone == "" {
		return all
	}
	own, latest := -1, int64(0)
	for i := range all {
		if all[i].Kind != address.Phone {
			continue
		}
		if latest = max(latest, all[i].Since); PhoneDigits(all[i].Value) == PhoneDigits(c.Phone) {
			own = i
		}
	}
	if own < 0 {
		return append(all, address.Address{Kind: address.Phone, Value: c.Phone, Since: latest + 1})
	}
	all[own].Since = latest + 1
	return all
}

// reach notes what an item tells of where its person can be reached; changed: something of it is new.
func (w *work) reach(d *draft, it *Item) (changed bool, err error) {
	if it.Person != 0 && len(it.Ident) == 0 {
		return false, nil
	}
	for _, t := range w.theirs {
		id := it.Ident[t.ident]
		kind, ok := address.Of(id.Type)
		if !ok {
			continue
		}
		a := address.Address{Kind: kind, Scope: id.Scope, Value: id.Value, Since: it.Event.Occurred}
		if a.Since == 0 {
			a.Since = w.now
		}
		if kind == address.Customer {
			if a.Through = it.Through; it.Desk != "" {
				a.Kind, a.Through = address.Desk, it.Desk
			}
		}
		own, ok := w.ownOf(d, t.record)
		if !ok || told(own.Addresses, a, &it.Event) == own.Addresses {
			continue
		}
		if err := w.rewrite(d, t.record, func(c *Card) { c.Addresses = told(c.Addresses, a, &it.Event) }); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

var fromPerson = event.Intern("person")

// told is a book after an event that came from an address.
func told(b *address.Book, a address.Address, e *event.Event) *address.Book {
	switch {
	case e.Type == event.ContactRemoved:
		return b.Leave(a, a.Since)
	case e.Type == event.Chat && e.A == fromPerson && e.Flags&event.Imported == 0:
		return b.Hear(a, a.Since)
	}
	return b.Learn(a)
}

// ownOf is the card of one record of d as this transaction leaves it.
func (w *work) ownOf(d *draft, record person.Number) (Card, bool) {
	if record == d.h.number {
		shown, ok := w.card(d)
		if !ok {
			return shown, false
		}
		return w.own(d, shown), true
	}
	if card, ok := w.cards[record]; ok {
		return card, true
	}
	return w.c.dir.Own(record)
}

// rewrite changes the card of one record of d.
func (w *work) rewrite(d *draft, record person.Number, set func(*Card)) error {
	if record == d.h.number {
		return w.change(d, set)
	}
	return w.changeMember(d, record, set)
}

// tellReach has other processes read the card of d again when nothing else in the log does. It says nothing else and asks nobody.
func (w *work) tellReach(d *draft) error {
	_, err := w.add(d, event.Event{
		Type: event.Profile, Schema: 1, Num: math.NaN(), Flags: event.Imported | event.Reaches, Actor: "engine", Provenance: "engine",
	}, w.now)
	return err
}

// partReach gives n the addresses of a record whose identifiers become theirs.
func (w *work) partReach(d, n *draft, of person.Number, going []Identity) error {
	own, ok := w.ownOf(d, of)
	if !ok {
		return nil
	}
	goes := func(a address.Address) bool {
		hash := w.c.cfg.Ring.Hash(a.Identifier(), a.Scope+"\x00"+a.Value)
		return slices.ContainsFunc(going, func(i Identity) bool { return i.Hash == hash })
	}
	_, gone := own.Addresses.Part(goes)
	if gone == nil {
		return nil
	}
	if err := w.rewrite(d, of, func(c *Card) { c.Addresses, _ = c.Addresses.Part(goes) }); err != nil {
		return err
	}
	if of != d.h.number {
		if err := w.tellReach(d); err != nil {
			return err
		}
	}
	return w.change(n, func(c *Card) { c.Addresses = gone })
}
