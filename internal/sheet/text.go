package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"peiban/internal/fault"
)

// Limits of one row of a text.
const (
	maxRowLines = 100
	maxRow      = 256 << 10 // bytes
	guessLines  = 60        // from so many lines the separator is guessed
)

// Why a row of a text cannot be read.
var (
	ErrQuote = fault.New(fault.Invalid, "quote_not_closed", "引号没有配对，这一行读不出来", "a quotation mark is not closed: this row cannot be read").
			Because("在原表里补上或删掉这个引号", "close it or take it out in the table")
	ErrLongRow = fault.New(fault.Invalid, "row_too_long", "这一行太长（超过 256 KB）", "the row is too long (more than 256 KB)").
			Because("看看是不是少了换行", "look whether a line break is missing")
)

// Options say what is known of a file before it is read.
type Options struct {
	Encoding string // utf8, gb18030; auto or empty: found out
	Comma    rune   // what separates cells of a text; 0: found out
}

// Read opens a table whatever its file is: a workbook, or text, which is a book with one sheet without a name.
//
// A text is read as it comes and never held whole; so its sheet can be read once. A quotation mark that is not closed costs its own
// line and not the rest of the file.
func Read(in io.Reader, o Options) (*Book, error) {
	begin := bufio.NewReader(in)
	if head, _ := begin.Peek(8); Is(head) { // what cannot be read is said by whoever reads on
		return Open(begin)
	}
	if o.Encoding == "" {
		o.Encoding = "auto"
	}
	r, err := Decoded(begin, o.Encoding)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	t := &lines{in: r, comma: o.Comma}
	if t.comma == 0 {
		head, err := r.Peek(min(r.Size(), 1<<16))
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("read the table: %w", err)
		}
		t.comma = Separator(string(head))
	}
	return &Book{Sheets: []string{""}, Comma: t.comma, rows: func(_ int, each func(Row) error) error { return t.each(each) }, close: func() error { return nil }}, nil
}

// Separator guesses what separates the cells of a text from how it begins: that which cuts the most lines into equally many cells.
func Separator(head string) rune {
	begin := strings.Split(head, "\n")
	if len(begin) > 1 {
		begin = begin[:min(len(begin)-1, guessLines)] // the last may be half a line
	}
	best, most := ',', 0
	for _, comma := range [...]rune{',', '\t', ';', '|'} {
		widths := map[int]int{}
		for _, l := range begin {
			if n := len(split(strings.TrimSuffix(l, "\r"), comma)); n > 1 {
				widths[n]++
			}
		}
		score := 0
		for n, times := range widths {
			score = max(score, times*min(n, 12))
		}
		if score > most {
			best, most = comma, score
		}
	}
	return best
}

func split(line string, comma rune) []string {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	return cells
}

// lines are the rows of a text.
type lines struct {
	in    *bufio.Reader
	comma rune
	n     int      // lines read
	back  []string // lines read ahead and given back
	end   bool
}

// line gives the next line without its end; ok is false after the last. One that is too long is cut, and said to be.
func (t *lines) line() (s string, cut, ok bool, err error) {
	if len(t.back) > 0 {
		s, t.back = t.back[0], t.back[1:]
		t.n++
		return s, false, true, nil
	}
	if t.end {
		return "", false, false, nil
	}
	var b []byte
	for {
		part, err := t.in.ReadSlice('\n')
		if len(b) <= maxRow {
			b = append(b, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			t.end = true
			if len(b) == 0 {
				return "", false, false, nil
			}
		} else if err != nil {
			return "", false, false, fmt.Errorf("read line %d: %w", t.n+1, err)
		}
		break
	}
	t.n++
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), len(b) > maxRow, true, nil
}

// each gives every row that holds anything.
func (t *lines) each(each func(Row) error) error {
	for {
		s, cut, ok, err := t.line()
		if err != nil || !ok {
			return err
		}
		at := t.n
		if cut {
			if err := each(Row{Line: at, Bad: ErrLongRow}); err != nil {
				return err
			}
			continue
		}
		row := Row{Line: at}
		if s, row.Bad, err = t.whole(s); err != nil {
			return err
		}
		if row.Cells = split(s, t.comma); row.Bad == nil {
			for i, c := range row.Cells {
				row.Cells[i] = cell(c)
			}
		}
		for len(row.Cells) > 0 && strings.TrimSpace(row.Cells[len(row.Cells)-1]) == "" {
			row.Cells = row.Cells[:len(row.Cells)-1]
		}
		if len(row.Cells) == 0 && row.Bad == nil {
			continue
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// whole joins the lines of a row that has line breaks within quotes. Where the quote is not closed within a row's limits, the first
// line is a bad row alone, and the others are read anew.
func (t *lines) whole(first string) (string, *fault.Fault, error) {
	if !strings.Contains(first, `"`) || !quoted(first, t.comma) {
		return first, nil, nil
	}
	s, more := first, []string(nil)
	for len(more) < maxRowLines && len(s) < maxRow {
		l, cut, ok, err := t.line()
		if err != nil {
			return "", nil, err
		}
		if !ok {
			break
		}
		more = append(more, l)
		if cut {
			break
		}
		s += "\n" + l
		if strings.Contains(l, `"`) && !quoted(s, t.comma) {
			return s, nil, nil
		}
	}
	t.n -= len(more)
	t.back = append(more, t.back...)
	return first, ErrQuote, nil
}

// quoted reports whether s ends within a quoted cell.
func quoted(s string, comma rune) bool {
	for {
		if strings.HasPrefix(s, `"`) {
			s = s[1:]
			for {
				i := strings.IndexByte(s, '"')
				if i < 0 {
					return true
				}
				s = s[i+1:]
				if s == "" || rune(s[0]) == comma {
					break
				}
				if s[0] == '"' {
					s = s[1:]
				} // else a quote inside the cell, taken as it is
			}
		}
		i := strings.IndexRune(s, comma)
		if i < 0 {
			return false
		}
		s = s[i+1:]
	}
}

// cell undoes how shops keep Excel from rounding their long numbers: ="123456789012345678", '123 and a tab behind.
func cell(s string) string {
	s = strings.Trim(s, " \t\u00a0")
	if strings.HasPrefix(s, `="`) && strings.HasSuffix(s, `"`) && len(s) > 2 {
		return s[2 : len(s)-1]
	}
	if len(s) > 1 && s[0] == '\'' && s[1] >= '0' && s[1] <= '9' {
		return s[1:]
	}
	return s
}
