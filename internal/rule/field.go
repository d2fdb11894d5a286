package rule

import (
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// notANumber are the flags whose event has no number, whatever its column says. A hidden event is never seen.
const notANumber = event.Implausible | event.HI | event.LO

// timeFields are what every event has beside the fields of its type.
var timeFields = []struct {
	name string
	of   func(local int64) float64
}{
	{"hour", func(l int64) float64 { return float64(floorMod(l, microDay) / microHour) }},
	{"minute_of_day", func(l int64) float64 { return float64(floorMod(l, microDay) / microMinute) }},
	// 1 January 1970 was a Thursday, the fourth day of the week.
	{"weekday", func(l int64) float64 { return float64(floorMod(floorDiv(l, microDay)+3, 7) + 1) }},
}

// flagCodes are what e.flag can be.
var flagCodes = []string{"HI", "LO", "implausible", ""}

// reader reads one field of the event at a place of the timeline. One of the three is set.
type reader struct {
	num   func(c *Ctx, i int) float64
	sym   func(c *Ctx, i int) event.Symbol
	truth func(c *Ctx, i int) Truth
	codes []string
	slot  event.Slot // of the main number; else 0
	name  string
	needs timeline.Columns // what it reads beside moments, types and flags
	nums  numbers          // of a block of events, with num
	syms  symbols          // with sym
}

// readable tells whether rules can see f: texts are encrypted and never in a timeline.
func readable(f *event.Field) bool { return f.Kind != event.Text && f.Slot != event.InBody }

// readField makes the reader of a field of spec (nil: any type), false if there is none of that name. flagged
// says that events without a number may be met.
func readField(spec *event.Spec, name string, flagged bool) (reader, bool) {
	r, ok := fieldReader(spec, name, flagged)
	r.name = name
	if num := r.num; num != nil && r.nums == nil {
		r.nums = func(c *Ctx, k block, v []float64) {
			for j, i := range k.rows {
				v[j] = num(c, int(i))
			}
		}
	}
	if sym := r.sym; sym != nil && r.syms == nil {
		r.syms = func(c *Ctx, k block, y []event.Symbol) {
			for j, i := range k.rows {
				y[j] = sym(c, int(i))
			}
		}
	}
	return r, ok
}

func fieldReader(spec *event.Spec, name string, flagged bool) (reader, bool) {
	for _, f := range timeFields {
		if f.name == name {
			return reader{
				num: func(c *Ctx, i int) float64 { return f.of(c.local(c.TL.At[i])) },
				nums: func(c *Ctx, k block, v []float64) {
					for j, i := range k.rows {
						v[j] = f.of(c.local(c.TL.At[i]))
					}
				},
			}, true
		}
	}
	switch name {
	case "flag":
		return reader{sym: flagOf, codes: flagCodes, syms: func(c *Ctx, k block, y []event.Symbol) {
			for j, i := range k.rows {
				y[j] = flagOf(c, int(i))
			}
		}}, true
	case "type":
		return reader{sym: typeAt, codes: typeKeys(), syms: func(c *Ctx, k block, y []event.Symbol) {
			for j, i := range k.rows {
				y[j] = typeAt(c, int(i))
			}
		}}, true
	}
	if spec == nil {
		return readAny(name)
	}
	f := spec.Field(name)
	if f == nil || !readable(f) {
		return reader{}, false
	}
	switch f.Kind {
	case event.Code:
		codes := f.Enum
		if codes != nil {
			codes = append(append([]string(nil), codes...), "")
		}
		return reader{sym: symbolAt(f.Slot), codes: codes, syms: symbolsAt(f.Slot), needs: columnOf(f.Slot)}, true
	case event.Bool:
		num := numberAt(f.Slot, true)
		return reader{needs: columnOf(f.Slot), truth: func(c *Ctx, i int) Truth {
			v := num(c, i)
			if v != v {
				return Unknown
			}
			return Of(v != 0)
		}}, true
	}
	r := reader{num: numberAt(f.Slot, flagged), needs: columnOf(f.Slot)}
	if spec.Type == event.Order {
		if num := keptNumber(f.Name, r.num); num != nil {
			r.num, r.needs = num, columnOf(f.Slot)|refundColumns
			return r, true
		}
	}
	if f.Slot == event.SlotNum {
		r.slot = event.SlotNum
	}
	return r, true
}

// readAny reads a field of that name of whatever type the event turns out to be; unknown if its type has none.
func readAny(name string) (reader, bool) {
	var kind event.FieldKind
	found := false
	specs := event.Catalogue()
	readers := make([]reader, len(specs)+1)
	needs := timeline.Columns(0)
	for k := range specs {
		f := specs[k].Field(name)
		if f == nil || !readable(f) || (found && f.Kind != kind) {
			continue
		}
		found, kind = true, f.Kind
		if t := int(specs[k].Type); t < len(readers) {
			readers[t], _ = readField(&specs[k], name, true)
			needs |= readers[t].needs
		}
	}
	if !found {
		return reader{}, false
	}
	of := func(c *Ctx, i int) *reader {
		if t := int(c.TL.Type[i]); t < len(readers) {
			return &readers[t]
		}
		return &readers[0]
	}
	switch kind {
	case event.Code:
		slots := make([]event.Slot, len(readers))
		for k := range specs {
			if f := specs[k].Field(name); f != nil && int(specs[k].Type) < len(slots) {
				slots[specs[k].Type] = f.Slot
			}
		}
		one := func(c *Ctx, i int) event.Symbol {
			if t := int(c.TL.Type[i]); t < len(slots) {
				switch slots[t] {
				case event.SlotA:
					return c.TL.A[i]
				case event.SlotB:
					return c.TL.B[i]
				case event.SlotC:
					return c.TL.C[i]
				}
			}
			return noSymbol
		}
		return reader{sym: one, needs: needs, syms: func(c *Ctx, k block, y []event.Symbol) {
			for j, i := range k.rows {
				y[j] = one(c, int(i))
			}
		}}, true
	case event.Bool:
		return reader{needs: needs, truth: func(c *Ctx, i int) Truth {
			if r := of(c, i); r.truth != nil {
				return r.truth(c, i)
			}
			return Unknown
		}}, true
	}
	return reader{needs: needs, num: func(c *Ctx, i int) float64 {
		if r := of(c, i); r.num != nil {
			return r.num(c, i)
		}
		return unknownNum
	}}, true
}

// columnOf is the column of a slot.
func columnOf(s event.Slot) timeline.Columns {
	switch s {
	case event.SlotNum:
		return timeline.Number
	case event.SlotA:
		return timeline.CodeA
	case event.SlotB:
		return timeline.CodeB
	case event.SlotC:
		return timeline.CodeC
	}
	return timeline.Extras
}

// symbolAt reads a code; an event that has none reads as the empty string, which is known.
func symbolAt(s event.Slot) func(c *Ctx, i int) event.Symbol {
	switch s {
	case event.SlotA:
		return func(c *Ctx, i int) event.Symbol { return c.TL.A[i] }
	case event.SlotB:
		return func(c *Ctx, i int) event.Symbol { return c.TL.B[i] }
	}
	return func(c *Ctx, i int) event.Symbol { return c.TL.C[i] }
}

// symbolsAt is symbolAt for a block.
func symbolsAt(s event.Slot) symbols {
	return func(c *Ctx, k block, y []event.Symbol) {
		col := c.TL.C
		switch s {
		case event.SlotA:
			col = c.TL.A
		case event.SlotB:
			col = c.TL.B
		}
		for j, i := range k.rows {
			y[j] = col[i]
		}
	}
}

// numberAt reads a number, NaN for none; with flagged also NaN for events whose flags say there is no number.
func numberAt(s event.Slot, flagged bool) func(c *Ctx, i int) float64 {
	var plain func(c *Ctx, i int) float64
	if s == event.SlotNum {
		plain = func(c *Ctx, i int) float64 { return c.TL.Num[i] }
	} else {
		k := int(s - event.X0)
		plain = func(c *Ctx, i int) float64 { return c.TL.XAt(i, k) }
	}
	if !flagged {
		return plain
	}
	return func(c *Ctx, i int) float64 {
		if c.TL.Flags[i]&notANumber != 0 {
			return math.NaN()
		}
		return plain(c, i)
	}
}

var (
	symHI          = event.Intern("HI")
	symLO          = event.Intern("LO")
	symImplausible = event.Intern("implausible")
)

func flagOf(c *Ctx, i int) event.Symbol {
	switch f := c.TL.Flags[i]; {
	case f&event.HI != 0:
		return symHI
	case f&event.LO != 0:
		return symLO
	case f&event.Implausible != 0:
		return symImplausible
	}
	return 0
}

// typeSymbols are the keys of the catalogue's types, by type.
var typeSymbols = func() []event.Symbol {
	all := make([]event.Symbol, len(event.Catalogue())+1)
	for _, s := range event.Catalogue() {
		all[s.Type] = event.Intern(s.Key)
	}
	return all
}()

func typeAt(c *Ctx, i int) event.Symbol {
	if t := int(c.TL.Type[i]); t < len(typeSymbols) {
		return typeSymbols[t]
	}
	return noSymbol
}

func typeKeys() []string {
	specs := event.Catalogue()
	keys := make([]string, len(specs))
	for i := range specs {
		keys[i] = specs[i].Key
	}
	return keys
}

// fieldNames lists what e.<name> may be for events of spec (nil: any type), for suggestions.
func fieldNames(spec *event.Spec) []string {
	var names []string
	specs := event.Catalogue()
	if spec != nil {
		specs = []event.Spec{*spec}
	}
	for i := range specs {
		for j := range specs[i].Fields {
			if f := &specs[i].Fields[j]; readable(f) && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	for _, f := range timeFields {
		names = append(names, f.name)
	}
	return append(names, "flag", "type")
}
