package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/sheet"
)

// field is one thing a table may hold, and the names its column goes by, the surest first, in the form of sheet.Name.
type field struct {
	key      string
	required bool
	names    []string
}

// table reads rows of a file whose header was found.
type table struct {
	name    string
	skipped int // lines before the header, that the reader does not count
	rowsOf  source
	comma   bool // a decimal comma is possible: fields are not separated by commas
	at      map[string]int
	header  []string
	read    *int64
	total   int64
	bar     *progress
	rows    int
}

// headerLines is how many lines a device may write before its header.
const headerLines = 40

// table opens the file, finds out how it is written and where its columns are.
func (c calcFile) table(t terminal, in io.Reader, size int64, fields []field) (*table, error) {
	tb := &table{name: c.name(), total: size, read: new(int64), bar: t.progress("计算", "calc")}
	tb.bar.next = time.Now().Add(2 * time.Second) // a short run says nothing
	begin := bufio.NewReader(&meter{in, tb.read})
	if head, _ := begin.Peek(8); sheet.Is(head) { // what cannot be read is said below
		return c.book(tb, begin, fields)
	}
	r, err := sheet.Decoded(begin, c.Encoding)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", tb.name, err)
	}
	head, err := r.Peek(r.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", tb.name, err)
	}
	lines := strings.SplitAfterN(string(head), "\n", headerLines+1)
	for i, line := range lines[:min(len(lines), headerLines)] {
		for _, comma := range [...]rune{',', ';', '\t', '|'} {
			header := split(line, comma)
			at, err := columns(fmt.Sprintf("%s:%d: ", tb.name, i+1), header, fields, c.Column)
			if err != nil {
				return nil, err
			}
			if at == nil {
				continue
			}
			for range i + 1 {
				if _, err := r.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
					return nil, fmt.Errorf("read %s: %w", tb.name, err)
				}
			}
			tb.skipped, tb.at, tb.header, tb.comma = i+1, at, header, comma != ','
			rows := csv.NewReader(r)
			rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = comma, -1, true, true
			tb.rowsOf = csvRows{rows, tb.skipped}
			return tb, nil
		}
	}
	return nil, noHeader(tb.name, fields, lines[0])
}

func noHeader(name string, fields []field, first string) error {
	var zh, en []string
	for _, f := range fields {
		if f.required {
			zh = append(zh, fmt.Sprintf("%s（可以叫 %s）", f.key, strings.Join(f.names[:min(6, len(f.names))], "、")))
			en = append(en, fmt.Sprintf("%s (may be called %s)", f.key, strings.Join(f.names[:min(6, len(f.names))], ", ")))
		}
	}
	columns := len(strings.FieldsFunc(first, func(r rune) bool { return strings.ContainsRune(",;\t|", r) }))
	return fault.New(fault.Invalid, "no_header",
		fmt.Sprintf("%s:1: 前 %d 行里没有找到表头；第一行有 %d 栏", name, headerLines, columns),
		fmt.Sprintf("%s:1: no header among the first %d lines; the first has %d columns", name, headerLines, columns)).
		Because("需要的栏："+strings.Join(zh, "；")+"；名字不同就用 --column "+fields[0].key+"=名字 指出",
			"needed are "+strings.Join(en, "; ")+"; name others with --column "+fields[0].key+"=NAME")
}

// meter counts the bytes read from a file, for the bar.
type meter struct {
	io.Reader
	n *int64
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	*m.n += int64(n)
	return n, err
}

func split(line string, comma rune) []string {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	fields, err := r.Read()
	if err != nil {
		return nil
	}
	return fields
}

// columns finds each field in the header: where the user says, else by the surest name that is there. It gives nil when a required
// field is missing, and a fault when a name the user gave, or two columns, cannot be decided.
func columns(where string, header []string, fields []field, named map[string]string) (map[string]int, error) {
	at := map[string]int{}
	for _, f := range fields {
		names := f.names
		if own, ok := named[f.key]; ok {
			names = []string{sheet.Name(own)}
		}
		for _, want := range names {
			found := -1
			for i, h := range header {
				if sheet.Name(h) != want {
					continue
				}
				if found >= 0 {
					return nil, fault.New(fault.Invalid, "two_columns",
						fmt.Sprintf("%s表头里有两栏都叫 %q", where, h), fmt.Sprintf("%stwo columns of the header are called %q", where, h)).
						Because("改掉其中一个名字", "rename one of them")
				}
				found = i
			}
			if found >= 0 {
				at[f.key] = found
				break
			}
		}
		if _, ok := at[f.key]; !ok && f.required {
			return nil, nil
		}
	}
	return at, nil
}

// next gives the next row; its strings are the caller's only until the row after it.
func (tb *table) next() (row, error) {
	fields, line, err := tb.rowsOf.read()
	if errors.Is(err, io.EOF) {
		tb.bar.end()
		return row{}, io.EOF
	}
	if err != nil {
		return row{}, fmt.Errorf("read %s: %w", tb.name, err)
	}
	tb.rows++
	if tb.rows%4096 == 0 && *tb.read < tb.total {
		tb.bar.show(*tb.read, tb.total, "")
	}
	return row{tb, line, fields}, nil
}

// csvRows are the rows of a text below its header.
type csvRows struct {
	*csv.Reader
	skipped int // lines up to the header
}

func (r csvRows) read() ([]string, int, error) {
	fields, err := r.Read()
	if err != nil {
		return nil, 0, err
	}
	line, _ := r.FieldPos(0)
	return fields, line + r.skipped, nil
}

type row struct {
	table  *table
	line   int
	fields []string
}

// get is the text of a field, without blanks around it; empty when the row is too short or the table has no such column.
func (r row) get(key string) string {
	i, ok := r.table.at[key]
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

func (r row) reject(key, zh, en string) reject {
	column := key
	if i, ok := r.table.at[key]; ok {
		column = strings.TrimSpace(r.table.header[i])
	}
	return reject{r.line, column, zh, en}
}

// keep copies a row so that it outlives the next one.
func (r row) keep() row {
	r.fields = append([]string(nil), r.fields...)
	return r
}

// each gives every row to f; an empty line is none.
func (tb *table) each(f func(row) error) error {
	for {
		r, err := tb.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(r.fields) == 1 && r.fields[0] == "" {
			tb.rows--
			continue
		}
		if err := f(r); err != nil {
			return err
		}
	}
}
