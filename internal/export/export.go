// Package export writes lists as files: CSV, Excel or Parquet, the same columns in each. Rows are taken one by one and never held all at
// once: CSV leaves as it comes, Parquet in groups of rows, and a sheet of Excel is kept in a temporary file until its last row is known.
package export

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"peiban/internal/fault"
)

// Kind is what a column holds.
type Kind int

const (
	Text Kind = iota
	Number
	Moment // RFC 3339; in Excel a date and time of day, in Parquet a timestamp
)

// Column is one column. Key is its name where machines read (Parquet); Name what people read at its head.
type Column struct {
	Key  string
	Name string
	Kind Kind
}

// Format is how a file is written.
type Format string

const (
	CSV     Format = "csv"
	Excel   Format = "xlsx"
	Parquet Format = "parquet"
)

// Formats are all there are.
var Formats = []Format{CSV, Excel, Parquet}

// Type is the media type of the format.
func (f Format) Type() string {
	switch f {
	case Excel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case Parquet:
		return "application/vnd.apache.parquet"
	}
	return "text/csv; charset=utf-8"
}

// MaxExcelRows is how many rows a sheet of Excel holds below its head. Source: Excel specifications and limits (1,048,576 rows).
const MaxExcelRows = 1<<20 - 1

// ErrTooLong means that a list has more rows than the format holds.
var ErrTooLong = fault.New(fault.TooLarge, "too_many_rows", "Excel 放不下这么多行", "Excel holds no so many rows").
	Because("最多 1048575 行；导出 CSV 或 Parquet，或先筛选", "at most 1,048,575; export CSV or Parquet, or filter first")

// body is what a format does with rows.
type body interface {
	row(n int, cells []string) error // n counts from 0
	end() error
}

// Writer writes a list row by row. It is for one goroutine.
type Writer struct {
	format Format
	to     body
	rows   int
}

// NewWriter begins a file with its columns. What it writes to w is buffered until there is enough of it.
func NewWriter(w io.Writer, f Format, columns []Column) (*Writer, error) {
	var to body
	var err error
	switch f {
	case Excel:
		to, err = newExcel(w, columns)
	case Parquet:
		to = newParquet(w, columns)
	default:
		to, err = newCSV(w, columns)
	}
	if err != nil {
		return nil, err
	}
	return &Writer{f, to, 0}, nil
}

// Expect tells before the first row how many come, as far as that is known: ErrTooLong when the format does not hold them.
func (w *Writer) Expect(rows int) error {
	if w.format == Excel && rows > MaxExcelRows {
		return ErrTooLong
	}
	return nil
}

// Row writes a row; its cells are text in the order of the columns, and an empty cell is none. A number or moment that does not read as
// one is written as it stands where the format has room for it, else left out. The cells are not kept.
func (w *Writer) Row(cells []string) error {
	if err := w.Expect(w.rows + 1); err != nil {
		return err
	}
	if err := w.to.row(w.rows, cells); err != nil {
		return fmt.Errorf("write row %d of the file: %w", w.rows+1, err)
	}
	w.rows++
	return nil
}

// Rows is how many were written.
func (w *Writer) Rows() int { return w.rows }

// Close ends the file. Without it nothing of a workbook is there, and a file of Parquet cannot be read. The writer below is not closed.
func (w *Writer) Close() error {
	if err := w.to.end(); err != nil {
		return fmt.Errorf("end the file: %w", err)
	}
	return nil
}

// Drop gives up a file that is not to be ended.
func (w *Writer) Drop() {
	if b, ok := w.to.(*workbook); ok {
		_ = b.book.Close() // it takes its temporary file away
	}
}

func heads(columns []Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// table is a file of CSV.
type table struct {
	columns []Column
	out     *csv.Writer
	safe    []string
}

func newCSV(w io.Writer, columns []Column) (body, error) {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil { // so that spreadsheets read Chinese
		return nil, fmt.Errorf("begin the file: %w", err)
	}
	t := &table{columns, csv.NewWriter(w), make([]string, len(columns))}
	return t, t.out.Write(heads(columns))
}

func (t *table) row(_ int, cells []string) error {
	for i, cell := range cells {
		t.safe[i] = plain(cell, t.columns[i].Kind)
	}
	return t.out.Write(t.safe)
}

func (t *table) end() error {
	t.out.Flush()
	return t.out.Error()
}

// plain marks what a spreadsheet would run when it opens a CSV: a text that begins like a formula. Numbers stay numbers.
func plain(cell string, kind Kind) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if kind == Number {
		if _, err := strconv.ParseFloat(cell, 64); err == nil {
			return cell
		}
	}
	return "'" + cell
}

// workbook is a file of Excel. Its rows lie in a temporary file of the library until the end: the head of a zip comes last.
type workbook struct {
	columns []Column
	w       io.Writer
	book    *excelize.File
	sheet   *excelize.StreamWriter
	dated   int // style of moments
	cells   []any
}

func newExcel(w io.Writer, columns []Column) (body, error) {
	b := &workbook{columns: columns, w: w, book: excelize.NewFile(), cells: make([]any, len(columns))}
	if err := b.begin(); err != nil {
		_ = b.book.Close()
		return nil, fmt.Errorf("begin the workbook: %w", err)
	}
	return b, nil
}

func (b *workbook) begin() (err error) {
	if b.sheet, err = b.book.NewStreamWriter("Sheet1"); err != nil {
		return err
	}
	bold, err := b.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	if b.dated, err = b.book.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return err
	}
	if err := b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, c := range b.columns {
		b.cells[i] = excelize.Cell{StyleID: bold, Value: c.Name}
	}
	return b.sheet.SetRow("A1", b.cells)
}

func (b *workbook) row(n int, cells []string) error {
	for i, cell := range cells {
		b.cells[i] = excelValue(cell, b.columns[i].Kind, b.dated)
	}
	return b.sheet.SetRow("A"+strconv.Itoa(n+2), b.cells)
}

func (b *workbook) end() error {
	defer b.book.Close()
	if err := b.sheet.Flush(); err != nil {
		return err
	}
	b.book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(b.w) }) // the library would pack it all in memory first
	return b.book.Write(io.Discard)
}

// excelValue is a cell as Excel keeps it. A text is a text whatever it begins with: nothing of it is run. A moment is the clock on the
// wall where it was, because Excel knows no zones.
func excelValue(cell string, kind Kind, dated int) any {
	switch kind {
	case Number:
		if v, err := strconv.ParseFloat(cell, 64); err == nil {
			return v
		}
	case Moment:
		if t, err := time.Parse(time.RFC3339, cell); err == nil {
			_, east := t.Zone()
			return excelize.Cell{StyleID: dated, Value: t.UTC().Add(time.Duration(east) * time.Second)}
		}
	}
	if cell == "" {
		return nil
	}
	return cell
}

// rowGroup is how many rows of Parquet lie together: so many are held at a time.
const rowGroup = 20_000

// columnar is a file of Parquet.
type columnar struct {
	columns []Column
	place   []int // of each column in the schema, which orders them by name
	out     *parquet.Writer
	one     []parquet.Row
}

func newParquet(w io.Writer, columns []Column) body {
	group := parquet.Group{}
	for _, c := range columns {
		switch c.Kind {
		case Number:
			group[c.Key] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
		case Moment:
			group[c.Key] = parquet.Optional(parquet.Timestamp(parquet.Microsecond))
		default:
			group[c.Key] = parquet.Optional(parquet.String())
		}
	}
	schema := parquet.NewSchema("list", group)
	f := &columnar{columns: columns, place: make([]int, len(columns)), out: parquet.NewWriter(w, schema, parquet.Compression(&parquet.Snappy))}
	for at, path := range schema.Columns() {
		for i, c := range columns {
			if c.Key == path[0] {
				f.place[i] = at
			}
		}
	}
	f.one = []parquet.Row{make(parquet.Row, len(columns))}
	return f
}

func (f *columnar) row(n int, cells []string) error {
	row := f.one[0]
	for i, c := range f.columns {
		at := f.place[i]
		v, ok := parquetValue(cells[i], c.Kind)
		if !ok {
			row[at] = parquet.NullValue().Level(0, 0, at)
			continue
		}
		row[at] = v.Level(0, 1, at)
	}
	if _, err := f.out.WriteRows(f.one); err != nil {
		return err
	}
	if n%rowGroup == rowGroup-1 {
		return f.out.Flush()
	}
	return nil
}

func (f *columnar) end() error { return f.out.Close() }

func parquetValue(cell string, kind Kind) (parquet.Value, bool) {
	switch {
	case cell == "":
		return parquet.Value{}, false
	case kind == Number:
		v, err := strconv.ParseFloat(cell, 64)
		return parquet.DoubleValue(v), err == nil
	case kind == Moment:
		t, err := time.Parse(time.RFC3339, cell)
		return parquet.Int64Value(t.UnixMicro()), err == nil
	}
	return parquet.ByteArrayValue([]byte(cell)), true
}
