package main

import "peiban/internal/sheet"

// orderer finds out from the rows themselves how dates with the year last read, and holds rows back until it knows.
type orderer struct {
	order sheet.DateOrder
	held  []row
}

func newOrderer(flag string) *orderer {
	switch flag {
	case "mdy":
		return &orderer{order: sheet.MonthFirst}
	case "dmy":
		return &orderer{order: sheet.DayFirst}
	}
	return &orderer{}
}

// wait reports whether r, whose cell read as m, must wait; when m decides the order, what waited is ready.
func (o *orderer) wait(r row, m sheet.Moment) (held []row, wait bool) {
	if o.order != sheet.Unsure {
		return nil, false
	}
	if m.Proves != sheet.Unsure {
		o.order = m.Proves
		held, o.held = o.held, nil
		return held, false
	}
	if m.Either {
		o.held = append(o.held, r.keep())
		return nil, true
	}
	return nil, false
}
