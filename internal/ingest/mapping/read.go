package mapping

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// Why a file or a row is refused.
var (
	ErrEmptyTable = fault.New(fault.Invalid, "table_empty", "表里什么都没有", "there is nothing in the table").
			Because("看看文件是不是导出完整", "look whether the file was exported whole")
	ErrNoHeader = fault.New(fault.Invalid, "no_header", "没有找到表头", "no header was found in the table")
	ErrNoSheet  = fault.New(fault.Invalid, "no_sheet", "工作簿里没有对照表说的那一页", "the workbook has no sheet of the map's name")
	ErrTwice    = fault.New(fault.Invalid, "two_columns", "表头里有两栏同名", "two columns of the header have the same name")
	ErrOpen     = fault.New(fault.Invalid, "map_open", "对照表里还有没回答的问题（?）", "the map has open questions (?)")
	ErrLeftOut  = fault.New(fault.Invalid, "left_out", "对照表说这样的行不收", "the map leaves such rows out")
	ErrNothing  = fault.New(fault.Invalid, "nothing_here", "这一行没有对照表要的内容", "the row holds nothing that the map asks for")
	ErrTime     = fault.New(fault.Invalid, "bad_time", "时间读不出来", "the time cannot be read").
			Because("例如 2026-03-08 07:05", "as in 2026-03-08 07:05")
	ErrOrder = fault.New(fault.Invalid, "day_or_month", "分不清哪个是月、哪个是日", "which is the day and which the month is not known").
			Because("在对照表里写 dates: month_first 或 day_first", "write dates: month_first, or day_first, in the map")
	ErrFuture = fault.New(fault.Invalid, "in_the_future", "时间在将来", "the time is in the future")
	ErrPast   = fault.New(fault.Invalid, "too_long_ago", "时间太早（1970 年以前）", "the time is too long ago (before 1970)")
	errCode   = event.ErrCode
)

// slack is how far a table's clock may be ahead of ours.
const slack = 5 * time.Minute

// headerRows is how far down a header is looked for.
const headerRows = 40

// Format reads the rows of tables with m. Wall clocks are of zone where the map names none.
func (m *Map) Format(now time.Time, zone *time.Location) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		if problems := m.Check(); len(problems) > 0 {
			p := problems[0]
			return fault.New(fault.Invalid, "bad_map", p.Text.Zh, p.Text.En).At("%s", p.Path).Because(p.Hint.Zh, p.Hint.En)
		}
		if open := m.Unanswered(); len(open) > 0 {
			return ErrOpen.At("%s", open[0])
		}
		book, err := sheet.Read(in, sheet.Options{})
		if err != nil {
			return err
		}
		defer func() { _ = book.Close() }()
		r := reader{m: m, now: now, zone: zone, from1904: book.From1904}
		if m.Zone != "" {
			if r.zone, err = time.LoadLocation(m.Zone); err != nil {
				return fmt.Errorf("load the zone of a map: %w", err)
			}
		}
		return r.book(book, take)
	}
}

// book reads the sheet the map names, or the first that has its header.
func (r *reader) book(b *sheet.Book, take func(rows.Row) error) error {
	var first error
	for i, name := range b.Sheets {
		if r.m.Sheet != "" && r.m.Sheet != name && len(b.Sheets) > 1 {
			continue
		}
		r.bound, r.head, r.last = nil, nil, nil
		r.sheet = name
		err := b.Each(i, func(row sheet.Row) error { return r.row(row, take) })
		if err == nil && r.bound == nil {
			err = r.bind(true)
			if err == nil {
				err = r.below(take)
			}
		}
		switch {
		case err == nil:
			return nil
		case r.bound != nil || !errors.Is(err, ErrNoHeader) && !errors.Is(err, ErrEmptyTable):
			return err
		case first == nil || errors.Is(first, ErrEmptyTable):
			first = err
		}
	}
	if first == nil {
		return ErrNoSheet.Because("有："+strings.Join(b.Sheets, "、"), "there are: "+strings.Join(b.Sheets, ", "))
	}
	return first
}

// reader reads one file.
type reader struct {
	m        *Map
	now      time.Time
	zone     *time.Location
	from1904 bool
	sheet    string
	head     []sheet.Row // rows before the header was found
	bound    map[string]int
	last     map[int]string // what fill_down carries
	said     map[string]bool
}

// row takes a row of the sheet: of its head, until the header is found, or of its body.
func (r *reader) row(row sheet.Row, take func(rows.Row) error) error {
	if r.bound != nil {
		return r.body(row, take)
	}
	r.head = append(r.head, row)
	if len(r.head) < headerRows {
		return nil
	}
	if err := r.bind(false); err != nil {
		return err
	}
	return r.below(take)
}

// below gives the rows of the head that stand below the header.
func (r *reader) below(take func(rows.Row) error) error {
	rest := r.head
	r.head = nil
	for _, row := range rest {
		if err := r.body(row, take); err != nil {
			return err
		}
	}
	return nil
}

// bind finds the header among the first rows, and leaves in head what stands below it.
func (r *reader) bind(all bool) error {
	if len(r.head) == 0 && all {
		return ErrEmptyTable
	}
	wanted := r.m.columns()
	if r.m.Header == "none" {
		r.bound = map[string]int{}
		for _, w := range wanted {
			i := letter(w)
			if i < 0 {
				return ErrNoHeader.Because("没有表头的表，栏写成 A、B、C；不是 "+w, "in a table without header columns are A, B, C; not "+w)
			}
			r.bound[w] = i
		}
		return nil
	}
	deep := 1
	if r.m.Header == "2" {
		deep = 2
	}
	best, missing := -1, wanted
	for i := range r.head {
		if i+deep > len(r.head) {
			break
		}
		names := Names(r.head[i : i+deep])
		at, lost, err := find(names, wanted)
		if err != nil {
			return err
		}
		if len(lost) == 0 {
			r.bound, r.head = at, slices.Clone(r.head[i+deep:])
			return nil
		}
		if len(lost) < len(missing) || best < 0 {
			best, missing = i, lost
		}
	}
	found := []string{}
	if best >= 0 {
		for _, n := range Names(r.head[best : best+deep]) {
			if n != "" && len(found) < 30 {
				found = append(found, short(n, 30))
			}
		}
	}
	return ErrNoHeader.Because("缺少的栏："+strings.Join(missing, "、")+"；像表头的一行有："+strings.Join(found, "、"),
		"missing columns: "+strings.Join(missing, ", ")+"; the row most like a header has: "+strings.Join(found, ", "))
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// Names are the names of columns under a header of one or two rows. A name over several columns stands before each of theirs; of
// columns with one name the second is called name#2.
func Names(header []sheet.Row) []string {
	n := 0
	for _, h := range header {
		n = max(n, len(h.Cells))
	}
	names := make([]string, n)
	for k, h := range header {
		over := ""
		for i := range n {
			cell := ""
			if i < len(h.Cells) {
				cell = strings.Join(strings.Fields(folded(h.Cells[i])), " ")
			}
			if cell == "" && k < len(header)-1 {
				cell = over
			}
			over = cell
			switch {
			case names[i] == "" || cell == "":
				names[i] += cell
			case names[i] != cell:
				names[i] += " " + cell
			}
		}
	}
	times := map[string]int{}
	for i, name := range names {
		if name == "" {
			continue
		}
		if times[name]++; times[name] > 1 {
			names[i] = fmt.Sprintf("%s#%d", name, times[name])
		}
	}
	return names
}

// find puts columns to names: as they are written, else as sheet.Name compares them.
func find(names, wanted []string) (at map[string]int, missing []string, err error) {
	at = map[string]int{}
	for _, w := range wanted {
		i := slices.Index(names, w)
		if i >= 0 {
			if slices.Contains(names, w+"#2") {
				return nil, nil, ErrTwice.Because(fmt.Sprintf("写成 %s#1 或 %s#2", w, w), fmt.Sprintf("write %s#1 or %s#2", w, w))
			}
		} else if first, ok := strings.CutSuffix(w, "#1"); ok {
			i = slices.Index(names, first)
		}
		for k := 0; i < 0 && k < len(names); k++ {
			if names[k] != "" && sheet.Name(names[k]) == sheet.Name(w) {
				i = k
			}
		}
		if i < 0 {
			missing = append(missing, w)
			continue
		}
		at[w] = i
	}
	return at, missing, nil
}

// letter is the place of a column called as Excel calls it, -1 for what is no such name.
func letter(name string) int {
	if name == "" || len(name) > 3 {
		return -1
	}
	n := 0
	for _, c := range strings.ToUpper(name) {
		if c < 'A' || c > 'Z' {
			return -1
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// columns are all columns a map names.
func (m *Map) columns() []string {
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && n != Open && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	for _, w := range m.Who {
		add(w.Column)
	}
	add(m.Time.Column, m.Time.Clock)
	for _, w := range m.Leave {
		add(w.Column)
	}
	for i := range m.Events {
		e := &m.Events[i]
		add(e.Time.Column, e.Time.Clock)
		add(e.ID...)
		for _, w := range e.When {
			add(w.Column)
		}
		for _, f := range e.Fields {
			add(f.Column, f.UnitIn)
		}
	}
	if len(m.FillDown) != 1 || m.FillDown[0] != "no" {
		add(m.FillDown...)
	}
	slices.Sort(out)
	return out
}

// body makes a row of the body what it says.
func (r *reader) body(row sheet.Row, take func(rows.Row) error) error {
	out := rows.Row{Sheet: r.sheet, Line: row.Line, Why: row.Bad}
	if row.Bad == nil {
		c := cells{r: r, row: row}
		r.fillDown(&c)
		out.Who, out.Events, out.Why = c.read()
	}
	return take(out)
}

// fillDown carries what stands once for several rows.
func (r *reader) fillDown(c *cells) {
	if len(r.m.FillDown) == 0 {
		return
	}
	if r.last == nil {
		r.last = map[int]string{}
	}
	c.row.Cells = slices.Clone(c.row.Cells)
	fresh := false // the first of the columns begins a new group: nothing of the old one holds
	for k, name := range r.m.FillDown {
		i, ok := r.bound[name]
		if !ok {
			continue
		}
		for len(c.row.Cells) <= i {
			c.row.Cells = append(c.row.Cells, "")
		}
		blank := strings.TrimSpace(c.row.Cells[i]) == ""
		if k == 0 {
			fresh = !blank
		}
		if blank && !fresh {
			c.row.Cells[i] = r.last[i]
		} else {
			r.last[i] = c.row.Cells[i]
		}
	}
}

// told reports whether the file said this of somebody before: a name stands beside every reading.
func (r *reader) told(id string) bool {
	if r.said == nil {
		r.said = map[string]bool{}
	}
	if r.said[id] {
		return true
	}
	r.said[id] = len(r.said) < mostSaid
	return false
}

// mostSaid is of how many people a file's profiles are remembered; beyond, they come as repeats.
const mostSaid = 200_000

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
