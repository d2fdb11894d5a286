package mapping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
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
