package mapping

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
	"peiban/internal/medicine"
	"peiban/internal/product"
	"peiban/internal/sheet"
)

// cells are one row, by the names of its columns.
type cells struct {
	r   *reader
	row sheet.Row
}

func (c *cells) get(column string) string {
	if column == "" {
		return ""
	}
	i, ok := c.r.bound[column]
	if !ok || i >= len(c.row.Cells) {
		return ""
	}
	return strings.TrimSpace(c.row.Cells[i])
}

// read gives whose the row is, what it says, and why all of it is refused, or a part.
func (c *cells) read() (who []conductor.Identifier, events []rows.Event, why *fault.Fault) {
	for _, cell := range c.row.Cells {
		if len(cell) > longestCell {
			return nil, nil, ErrLong
		}
	}
	for _, w := range c.r.m.Leave {
		if c.holds(w) {
			return nil, nil, ErrLeftOut.At("%s", w.Column)
		}
	}
	who, whoWhy := c.who()
	asked, facts, happened := 0, 0, 0 // events the row holds; of them what happened, and of that what can be taken
	for i := range c.r.m.Events {
		e := &c.r.m.Events[i]
		if !c.all(e.When) || c.blank(e) {
			continue
		}
		asked++
		if e.Type != "profile" {
			facts++
		}
		one, f := c.event(e, who)
		if f != nil {
			why = f
			continue
		}
		if e.Type == "profile" && c.r.told(one.ID) {
			continue
		}
		events = append(events, one)
		if e.Type != "profile" {
			happened++
		}
	}
	switch {
	case asked == 0:
		return nil, nil, ErrNothing
	case len(who) == 0 && (whoWhy != nil || len(c.r.m.Who) > 0):
		if whoWhy == nil {
			whoWhy = ErrNobody
		}
		return nil, nil, whoWhy
	case len(events) == 0 && why == nil: // all of it was said in a row above
		return who, nil, nil
	case len(events) == 0, facts > 0 && happened == 0: // a name beside a value that is wrong makes the row no better
		return nil, nil, why
	}
	slices.SortStableFunc(events, func(a, b rows.Event) int { return int(min(1, max(-1, a.Occurred-b.Occurred))) })
	return who, events, why
}

func (c *cells) who() (out []conductor.Identifier, why *fault.Fault) {
	for _, w := range c.r.m.Who {
		id, f := identifier(w, c.get(w.Column))
		if f != nil {
			why = f.At("%s", w.Column)
		}
		if id != nil {
			out = append(out, *id)
		}
	}
	return out, why
}

func (c *cells) all(conditions []When) bool {
	for _, w := range conditions {
		if !c.holds(w) {
			return false
		}
	}
	return true
}

func (c *cells) holds(w When) bool {
	s := folded(c.get(w.Column))
	if w.Filled && (s == "" || strings.Trim(s, "0.-¥ ") == "" || s == "无" || s == "无退款") {
		return false
	}
	if len(w.In) > 0 && !slices.Contains(w.In, s) {
		return false
	}
	return !slices.Contains(w.NotIn, s)
}

// blank reports whether nothing stands in the columns that say what happened; then the row does not say it.
func (c *cells) blank(e *Event) bool {
	spec := event.Lookup(e.Type)
	columns := 0
	for name, f := range e.Fields {
		if f.Column == "" {
			continue
		}
		if required := spec.Field(name).Required; required && empty(c.get(f.Column)) {
			return true
		}
		columns++
		if !empty(c.get(f.Column)) {
			return false
		}
	}
	return columns > 0
}

// empty are the ways to say that nothing was measured.
func empty(s string) bool {
	switch strings.ToLower(folded(s)) {
	case "", "-", "--", "—", "——", "/", "\\", "n/a", "na", "nan", "null", "none", "无", "未测", "未查", "#n/a", "#value!":
		return true
	}
	return false
}

// event makes one event of the row.
func (c *cells) event(m *Event, who []conductor.Identifier) (out rows.Event, why *fault.Fault) {
	spec := event.Lookup(m.Type)
	properties := map[string]any{}
	for i := range spec.Fields { // in the catalogue's order: a unit in a column of its own goes before the value's
		name := spec.Fields[i].Name
		f, ok := m.Fields[name]
		if !ok {
			continue
		}
		v, why := c.field(spec, &spec.Fields[i], f, properties)
		if why != nil {
			at := f.Column
			if at == "" {
				at = name
			}
			return out, why.At("%s", at)
		}
		if v != nil {
			properties[name] = v
		}
	}
	if spec.Type == event.Lab && properties["unit"] == nil {
		if lab, ok := measure.LabOf(fmt.Sprint(properties["test"])); ok && len(lab.Units()) == 1 {
			properties["unit"] = lab.Unit // no other is in use
		}
	}
	raw, err := json.Marshal(properties)
	if err != nil {
		return out, ErrNumber
	}
	e, why := spec.Decode(raw)
	if why != nil {
		if name, ok := strings.CutPrefix(why.Field, "properties."); ok && m.Fields[name].Column != "" {
			why = why.At("%s", m.Fields[name].Column)
		}
		return out, why
	}
	stated, why := c.when(m, &e)
	if why != nil {
		return out, why
	}
	id, named, why := c.id(m, spec, &e, who, stated)
	if why != nil {
		return out, why
	}
	return rows.Event{Event: e, ID: id, Named: named}, nil
}

// when sets the moment of an event, and reports whether the table says it.
func (c *cells) when(m *Event, e *event.Event) (stated bool, why *fault.Fault) {
	t := c.r.m.Time
	switch {
	case m.Time.Column != "":
		t = m.Time
	case e.Type == event.Profile:
		t = Time{} // who somebody is does not happen with each reading: it is said once
	case m.Time.At != "":
		t.At = m.Time.At
	}
	date := folded(c.get(t.Column))
	if t.Column == "" {
		e.Occurred = c.r.now.UnixMicro()
		return false, nil
	}
	order := map[string]sheet.DateOrder{"month_first": sheet.MonthFirst, "day_first": sheet.DayFirst}[c.r.m.Dates]
	at, whole, why := c.moment(date, order)
	if why != nil {
		return false, why.At("%s", t.Column)
	}
	if whole { // no time of day
		clock, why := c.clock(t)
		if why != nil {
			return false, why
		}
		at.Wall = at.Wall.Add(clock)
	}
	w := at.Wall
	moment := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), c.r.zone)
	if at.Zoned {
		moment = w.Add(-time.Duration(at.Offset) * time.Second)
	}
	_, east := moment.In(c.r.zone).Zone()
	if at.Zoned && at.Offset != 0 {
		east = at.Offset
	}
	switch ahead := moment.Sub(c.r.now); {
	case ahead > slack && whole && sameDay(moment, c.r.now.In(c.r.zone)):
		moment = c.r.now // today, and nobody said at what time
	case ahead > slack:
		return false, ErrFuture.At("%s", t.Column)
	case moment.Unix() < 0:
		return false, ErrPast.At("%s", t.Column)
	}
	e.Occurred, e.Original, e.Offset = moment.UnixMicro(), moment.UnixMicro(), int16(east/60)
	return true, nil
}

func sameDay(a, b time.Time) bool {
	return a.In(b.Location()).Format(time.DateOnly) == b.Format(time.DateOnly)
}

// Serial numbers of Excel that are taken for dates: from 1954 to 2119, so that no other number is.
const serialFrom, serialTo = 20000, 80000

// moment reads a date; whole says that it has no time of day.
func (c *cells) moment(s string, order sheet.DateOrder) (m sheet.Moment, whole bool, why *fault.Fault) {
	if v, err := strconv.ParseFloat(s, 64); err == nil && v >= serialFrom && v < serialTo {
		wall, ok := sheet.Time(s, c.r.from1904)
		if !ok {
			return m, false, ErrTime
		}
		return sheet.Moment{Wall: wall}, v == math.Trunc(v), nil
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil && (len(s) == 10 || len(s) == 13) { // seconds or milliseconds since 1970
		if len(s) == 10 {
			v *= 1000
		}
		return sheet.Moment{Wall: time.UnixMilli(v).UTC(), Zoned: true}, false, nil
	}
	m, ok := sheet.ReadMoment(s, order)
	switch {
	case !ok:
		return m, false, ErrTime
	case m.Either:
		return m, false, ErrOrder
	}
	return m, !strings.Contains(s, ":"), nil
}

// clock is the time of day that stands apart from the date.
func (c *cells) clock(t Time) (time.Duration, *fault.Fault) {
	at := t.At
	if at == "" {
		at = "12:00"
	}
	if t.Clock != "" {
		if s := folded(c.get(t.Clock)); !empty(s) {
			if v, err := strconv.ParseFloat(s, 64); err == nil && v >= 0 && v < 1 { // a part of a day, as Excel keeps it
				return time.Duration(math.Round(v*24*3600)) * time.Second, nil
			}
			at = s
		}
	}
	m, ok := sheet.ReadMoment("2000-01-01 "+at, sheet.MonthFirst)
	if !ok {
		return 0, ErrTime.At("%s", t.Clock)
	}
	return m.Wall.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), nil
}

// field reads a property; nil: it is not given. Units found are put into set.
func (c *cells) field(spec *event.Spec, f *event.Field, x Field, set map[string]any) (any, *fault.Fault) {
	s := x.Value
	if x.Column != "" {
		s = c.get(x.Column)
		if empty(s) {
			return nil, nil
		}
	} else if s == NotSaid {
		return nil, nil
	}
	if code, ok := x.code(s); ok {
		if code == NotSaid {
			return nil, nil
		}
		s = code
	} else if x.Column != "" && len(x.Codes) > 0 && f.Kind != event.Text && f.Kind != event.Number {
		return nil, errCode.Because("在对照表的 codes 里写它是什么", "say in the map, under codes, what it is")
	}
	switch f.Kind {
	case event.Number:
		return c.number(spec, f, x, s, set)
	case event.Bool:
		return yes(s)
	case event.Code:
		return c.word(spec, f, x, s)
	}
	return folded(s), nil
}

// code translates what stands in a cell.
func (x Field) code(s string) (string, bool) {
	if len(x.Codes) == 0 {
		return "", false
	}
	if code, ok := x.Codes[s]; ok {
		return code, true
	}
	code, ok := x.Codes[folded(s)]
	return code, ok
}

func (c *cells) word(spec *event.Spec, f *event.Field, x Field, s string) (any, *fault.Fault) {
	s = folded(s)
	if f.Name == "unit" {
		return spelled(s), nil
	}
	if spec.Type == event.Fill && f.Name == "counted" && x.Column != "" && len(x.Codes) == 0 {
		if kind := product.CountedBy(s); kind != "" {
			return kind, nil
		}
		return nil, nil // millilitres, or a word nobody knows: the quantity stays beside it
	}
	if (spec.Type == event.Fill || spec.Type == event.Medication) && len(x.Codes) == 0 && x.Column != "" && (f.Name == "class" || f.Name == "generic") {
		known, ok := medicine.Named(s)
		switch {
		case ok && f.Name == "class":
			return known.Class, nil
		case ok:
			return known.Key, nil
		case f.Name == "class":
			return medicine.Unmapped, nil
		}
		return nil, nil
	}
	if len(f.Enum) > 0 && x.Column != "" {
		if code := wordOf(spec, f, s); code != "" {
			return code, nil
		}
	}
	if f.Name == "device" || f.Name == "product" {
		return readID(s)
	}
	return s, nil
}

// number reads a number and brings it to the unit of the catalogue.
func (c *cells) number(spec *event.Spec, f *event.Field, x Field, s string, set map[string]any) (any, *fault.Fault) {
	if x.Part > 0 {
		parts := strings.FieldsFunc(folded(s), func(r rune) bool { return r == '/' || r == '|' || r == '~' })
		if len(parts) < 2 {
			return nil, ErrTwoParts
		}
		s = parts[x.Part-1]
	}
	if f.Name == "birthYear" || f.Name == "diagnosedYear" {
		if at, _, why := c.moment(folded(s), sheet.MonthFirst); why == nil && len(s) > 4 {
			return at.Wall.Year(), nil
		}
		if wall, ok := sheet.Time(s, c.r.from1904); ok && wall.Year() >= 1905 && len(s) > 4 { // a day, as Excel keeps it
			return wall.Year(), nil
		}
		s = strings.TrimSuffix(folded(s), "年")
	}
	n, why := readNumber(s, c.r.m.Decimal)
	if why != nil {
		return nil, why
	}
	if n.word != "" {
		if spec.Type != event.Glucose || f.Name != "value" {
			return nil, ErrNumber
		}
		set["unit"] = string(measure.MmolL)
		return n.word, nil
	}
	unit, beside := n.unit, n.unit != ""
	if unit == "" && x.UnitIn != "" {
		unit = folded(c.get(x.UnitIn))
		beside = unit != ""
	}
	if unit == "" {
		unit = x.Unit
	}
	takesUnit := f.Name == "value" && spec.Field("unit") != nil
	if !takesUnit {
		by, ok := factor(f.Unit, unit)
		if f.Unit == "" && unit != "" {
			return n.value, nil // 3 盒: what it counts
		}
		if !ok {
			return nil, ErrUnit.Because("可用："+f.Unit, "one of: "+f.Unit)
		}
		if by == 1 {
			return n.value, nil
		}
		return math.Round(n.value*by*1e4) / 1e4, nil
	}
	if unit != BySize {
		unit = spelled(unit)
	}
	if spec.Type == event.Glucose && !beside {
		if unit, why = glucoseUnit(n.value, unit); why != nil {
			return nil, why
		}
	}
	if unit != "" {
		set["unit"] = unit
	}
	return n.value, nil
}

func yes(s string) (any, *fault.Fault) {
	switch strings.ToLower(folded(s)) {
	case "true", "1", "yes", "y", "是", "有", "√", "对":
		return true, nil
	case "false", "0", "no", "n", "否", "没有", "×", "不是":
		return false, nil
	}
	return nil, event.ErrNotBool.Because("写是或否", "yes or no")
}

// id is how a repeat is known: what names the event, or all it says, of whom and when.
func (c *cells) id(m *Event, spec *event.Spec, e *event.Event, who []conductor.Identifier, stated bool) (id string, named bool, why *fault.Fault) {
	h := sha256.New()
	word := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	var b [8]byte
	num := func(v uint64) { binary.BigEndian.PutUint64(b[:], v); h.Write(b[:]) }
	word(spec.Key)
	for _, column := range m.ID {
		id, why := readID(c.get(column))
		if why != nil {
			return "", false, why.At("%s", column)
		}
		word(id)
		named = named || id != ""
	}
	if !named {
		if len(who) > 0 {
			word(who[0].Type)
			word(who[0].Scope)
			word(who[0].Value)
		}
		if stated {
			num(uint64(e.Occurred))
		}
		num(math.Float64bits(e.Num))
		num(uint64(e.Flags & (event.HI | event.LO)))
		for _, y := range [3]event.Symbol{e.A, e.B, e.C} {
			word(y.String())
		}
		for _, x := range e.X {
			num(math.Float64bits(x))
		}
		if spec.Type == event.Profile || spec.Type == event.Fill {
			word(string(e.Body))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), named, nil
}
