package device

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/sheet"
)

// headerRows is how many rows a device may write before its header.
const headerRows = 40

// layout is how a format knows its columns.
type layout struct {
	name   string                   // of the format
	field  func(name string) string // what a column of this name means; see key. Empty: nobody knows
	needs  []string                 // without these it is not the header
	others []string                 // of these one at least
	many   []string                 // may stand in several columns
	told   fault.Text               // what a header has to have, for whoever brings a file without
}

// column is one of a table's.
type column struct {
	field string
	name  string // as written
	unit  string // of glucose, as its name says
	at    int
}

// header is where a table begins.
type header struct {
	sheet   int
	first   int // its lines
	last    int
	columns []column
	upper   []string // the cells that name columns, to know the header again
}

// of finds the column of a field; at is -1 when there is none.
func (h *header) of(field string) column {
	for _, c := range h.columns {
		if c.field == field {
			return c
		}
	}
	return column{at: -1}
}

// table is a file of rows that can be read several times.
type table struct {
	layout
	o     *Options
	data  []byte
	named []string      // its sheets
	old   bool          // dates count from 1904
	comma rune          // 0: a workbook
	cut   bool          // the last line is not whole
	held  [][]sheet.Row // of a workbook
	header
}

// openTable reads a file and finds its header.
func openTable(in io.Reader, o *Options, l layout) (*table, error) {
	all, err := readAll(in)
	if err != nil {
		return nil, err
	}
	t := &table{layout: l, o: o, data: all}
	found := false
	err = t.each(func(int, sheet.Row) error { return nil })
	if err != nil {
		return nil, err
	}
	for i := range t.named {
		if t.header, found, err = t.find(i); err != nil {
			return t, err
		} else if found {
			break
		}
	}
	if !found {
		return t, t.noHeader()
	}
	t.cut = t.comma != 0 && cutOff(t.data, byte(t.comma))
	return t, nil
}

func (t *table) noHeader() error {
	f := fault.New(fault.Invalid, "no_header", fmt.Sprintf("不像 %s 的文件：前 %d 行里没有找到表头", t.name, headerRows),
		fmt.Sprintf("this does not look like a file of %s: no header among the first %d rows", t.name, headerRows))
	if kind := Detect(t.data); kind != "" && kind != t.name {
		return f.Because("它像 "+kind+" 的文件：用 peiban import "+kind, "it looks like one of "+kind+": use peiban import "+kind)
	}
	return f.Because(t.told.Zh, t.told.En)
}

// each gives every row of every sheet.
func (t *table) each(f func(at int, r sheet.Row) error) error {
	if t.held == nil {
		b, err := sheet.Read(bytes.NewReader(t.data), sheet.Options{})
		if err != nil {
			return err
		}
		defer b.Close()
		t.named, t.old, t.comma = b.Sheets, b.From1904, b.Comma
		if t.comma != 0 {
			return b.Each(0, func(r sheet.Row) error { return f(0, r) })
		}
		if t.held, err = hold(b); err != nil {
			return err
		}
	}
	for i, of := range t.held {
		for _, r := range of {
			if err := f(i, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// hold reads a workbook once: to open it again for every look would cost more than its rows. Its library may not survive a broken one.
func hold(b *sheet.Book) (held [][]sheet.Row, err error) {
	held = make([][]sheet.Row, len(b.Sheets))
	panicked := fault.Guard(func() error {
		for i := range b.Sheets {
			if err = b.Each(i, func(r sheet.Row) error { held[i] = append(held[i], r); return nil }); err != nil {
				return nil
			}
		}
		return nil
	})
	if panicked != nil {
		return nil, sheet.ErrBroken.Wrap(panicked)
	}
	return held, err
}

// stop ends reading early.
var stop = fault.New(fault.Internal, "stop", "", "")

// find looks for the header of a sheet: one row, or two where cells above are merged over those below.
func (t *table) find(at int) (h header, found bool, err error) {
	var before sheet.Row
	seen := 0
	err = t.each(func(i int, r sheet.Row) error {
		switch {
		case i < at:
			return nil
		case i > at || seen >= headerRows:
			return stop
		}
		seen++
		if found { // whether the row below it says more of the same columns
			if both, ok, err := t.meanings(joined(before.Cells, r.Cells)); err == nil && ok && names(r.Cells) && says(both) > says(h.columns) {
				h.columns, h.last = both, r.Line
			}
			return stop
		}
		for _, cells := range [...][]string{r.Cells, joined(before.Cells, r.Cells)} {
			if h.columns, found, err = t.meanings(cells); err != nil {
				return err
			}
			if found {
				h.sheet, h.first, h.last, h.upper = at, r.Line, r.Line, slices.Clone(r.Cells)
				break
			}
			if before.Cells == nil || !names(before.Cells) {
				break
			}
		}
		before = sheet.Row{Line: r.Line, Cells: slices.Clone(r.Cells)}
		return nil
	})
	if err == error(stop) {
		err = nil
	}
	return h, found && err == nil, err
}

// names reports whether the cells could name columns: none is a number or a time.
func names(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool {
		_, number := readNumber(c)
		return number || complete(c)
	})
}

// says counts what is known of columns.
func says(columns []column) (n int) {
	for _, c := range columns {
		if c.field != "" {
			n++
		}
		if c.unit != "" {
			n++
		}
	}
	return n
}

// joined puts a header of two rows together: what is merged stands in the first of its cells.
func joined(upper, lower []string) []string {
	out := make([]string, max(len(upper), len(lower)))
	over := ""
	for i := range out {
		above, below := "", ""
		if i < len(upper) {
			above = strings.TrimSpace(upper[i])
		}
		if i < len(lower) {
			below = strings.TrimSpace(lower[i])
		}
		if above != "" {
			over = above
		}
		switch {
		case below == "":
			out[i] = above
		case above == "" || above == below:
			out[i] = strings.TrimSpace(over + " " + below)
		default:
			out[i] = above + " " + below
		}
	}
	return out
}

// meanings says what the cells of a row mean as a header; found is false when what is needed is not there.
func (t *table) meanings(cells []string) (out []column, found bool, err error) {
	has := map[string]string{}
	var twice *fault.Fault
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		field := t.field(key(c))
		if first, ok := has[field]; ok && field != "" && (!slices.Contains(t.many, field) || field == "value" && sameUnit(out, c)) {
			twice = fault.New(fault.Invalid, "column_twice", fmt.Sprintf("有两栏是同一个意思：%s、%s", clip(first), clip(c)),
				fmt.Sprintf("two columns mean the same: %s, %s", clip(first), clip(c))).
				Because("在表里删掉或改名其中一栏；或用 peiban import table 指明各栏", "take one out or name it otherwise; or say what columns mean with peiban import table")
		}
		if field != "" {
			has[field] = c
		}
		out = append(out, column{field, c, unitOf(c), i})
	}
	for _, f := range t.needs {
		if has[f] == "" {
			return nil, false, nil
		}
	}
	if len(t.others) > 0 && !slices.ContainsFunc(t.others, func(f string) bool { return has[f] != "" }) {
		return nil, false, nil
	}
	if twice != nil {
		return nil, false, twice
	}
	return out, true, nil
}

// sameUnit reports whether a second column of values is none of another unit: one reading may stand in both units, not twice in one.
func sameUnit(before []column, name string) bool {
	unit := unitOf(name)
	return unit == "" || slices.ContainsFunc(before, func(c column) bool { return c.field == "value" && (c.unit == unit || c.unit == "") })
}

// clip shortens the name of a column for an error.
func clip(s string) string {
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(len(r), 40)])
}

// key is how names are compared: small letters and digits of any script, nothing else.
func key(s string) string {
	return strings.Map(func(r rune) rune {
		if r = narrow(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// any reports whether one of the parts stands in s.
func anyOf(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// line is a row below the header.
type line struct {
	*table
	sheet.Row
}

// cell is what a row has of a field; empty when there is no such column.
func (l line) cell(field string) string { return l.in(l.of(field)) }

func (l line) in(c column) string {
	if c.at < 0 || c.at >= len(l.Cells) {
		return ""
	}
	return strings.TrimSpace(l.Cells[c.at])
}

// below gives the rows below the header.
func (t *table) below(f func(line) error) error {
	return t.each(func(i int, r sheet.Row) error {
		if i != t.sheet || r.Line <= t.last {
			return nil
		}
		return f(line{t, r})
	})
}

// rows gives every row below the header to take, and those of sheets without one as refused. What a repeated header says is said.
func (t *table) rows(ctx context.Context, take func(rows.Row) error, f func(line) rows.Row) error {
	var held *rows.Row // until it is known whether it is the last
	give := func(r rows.Row) error {
		before := held
		held = &r
		if before == nil {
			return nil
		}
		return take(*before)
	}
	err := t.each(func(i int, r sheet.Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := rows.Row{Sheet: t.named[i], Line: r.Line}
		switch {
		case i != t.sheet:
			row.Why = ErrSheet
		case r.Line < t.first:
			return nil
		case r.Line <= t.last:
			return nil
		case r.Bad != nil:
			row.Why = r.Bad
		case t.again(r.Cells):
		default:
			row = f(line{t, r})
			row.Sheet, row.Line = t.named[i], r.Line
		}
		return give(row)
	})
	if held == nil {
		return err
	}
	if err == nil && t.cut {
		held.Events, held.Why = nil, ErrCut
	}
	if terr := take(*held); terr != nil {
		return terr
	}
	return err
}

// again reports whether a row is the header once more: two exports were put one after the other.
func (t *table) again(cells []string) bool {
	same, of := 0, 0
	for i, c := range t.upper {
		if c = key(c); c == "" {
			continue
		}
		of++
		if i < len(cells) && key(cells[i]) == c {
			same++
		}
	}
	return of > 1 && same == of
}

// cutOff reports whether a text ends within a row: its last line has no end and fewer cells than the one before it.
func cutOff(data []byte, comma byte) bool {
	if bytes.IndexByte(data[:min(len(data), 1<<12)], 0) >= 0 || len(data) == 0 {
		return false // UTF-16
	}
	end := bytes.LastIndexByte(data, '\n')
	if end < 0 || end == len(data)-1 {
		return false
	}
	last := bytes.Count(data[end+1:], []byte{comma})
	before := data[:end]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	return last < bytes.Count(before, []byte{comma})
}
