// Package export writes lists as files: CSV, Excel or Parquet, the same columns in each.
package export

import (
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

// MaxExcelRows is how many rows a sheet of Excel holds below its head.
const MaxExcelRows = 1<<20 - 1

// ErrTooLong means that a list has more rows than the format holds.
var ErrTooLong = fault.New(fault.TooLarge, "too_many_rows", "Excel 放不下这么多行", "Excel holds no so many rows").
	Because("最多 1048575 行；导出 CSV 或 Parquet，或先筛选", "at most 1,048,575; export CSV or Parquet, or filter first")

// Write writes rows to w; each row gives its cells as text in the order of the columns, and an empty cell is none. A number or moment
// that does not read as one is written as it stands where the format has room for it, else left out.
func Write(w io.Writer, f Format, columns []Column, rows [][]string) error {
	switch f {
	case Excel:
		return writeExcel(w, columns, rows)
	case Parquet:
		return writeParquet(w, columns, rows)
	}
	return writeCSV(w, columns, rows)
}

func heads(columns []Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

func writeCSV(w io.Writer, columns []Column, rows [][]string) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil { // so that spreadsheets read Chinese
		return fmt.Errorf("write the file: %w", err)
	}
	out := csv.NewWriter(w)
	_ = out.Write(heads(columns))
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = plain(cell, columns[i].Kind)
		}
		_ = out.Write(safe)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
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

func writeExcel(w io.Writer, columns []Column, rows [][]string) error {
	if len(rows) > MaxExcelRows {
		return ErrTooLong
	}
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	format := "yyyy-mm-dd hh:mm:ss"
	dated, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = excelize.Cell{StyleID: bold, Value: c.Name}
	}
	for n := -1; n < len(rows); n++ {
		if n >= 0 {
			for i, cell := range rows[n] {
				cells[i] = excelValue(cell, columns[i].Kind, dated)
			}
		}
		if err := sheet.SetRow("A"+strconv.Itoa(n+2), cells); err != nil {
			return fmt.Errorf("write row %d of the workbook: %w", n+2, err)
		}
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
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

// rowGroup is how many rows of Parquet lie together.
const rowGroup = 50_000

func writeParquet(w io.Writer, columns []Column, rows [][]string) error {
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
	place := map[string]int{} // of a column in the schema, which orders them by name
	for i, path := range schema.Columns() {
		place[path[0]] = i
	}
	out := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Snappy))
	for n, cells := range rows {
		row := make(parquet.Row, len(columns))
		for i, c := range columns {
			at := place[c.Key]
			v, ok := parquetValue(cells[i], c.Kind)
			if !ok {
				row[at] = parquet.NullValue().Level(0, 0, at)
				continue
			}
			row[at] = v.Level(0, 1, at)
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return fmt.Errorf("write row %d: %w", n+1, err)
		}
		if n%rowGroup == rowGroup-1 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write the file: %w", err)
			}
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

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
