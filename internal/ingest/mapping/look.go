package mapping

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"peiban/internal/sheet"
)

// SampleRows is how many rows a guess reads.
const SampleRows = 3000

// Sample is how a table begins.
type Sample struct {
	Sheets   []string
	Sheet    string // the one the rows are of; empty: a text
	Rows     []sheet.Row
	From1904 bool
	More     bool // the table has further rows
}

var errEnough = errors.New("enough rows")

// Look reads the beginning of a table: of a workbook the sheet named, else the one in whose header most names are known.
func Look(in io.Reader, name string) (Sample, error) {
	book, err := sheet.Read(in, sheet.Options{})
	if err != nil {
		return Sample{}, err
	}
	defer func() { _ = book.Close() }()
	var best Sample
	most := -1
	for i, s := range book.Sheets {
		if name != "" && name != s {
			continue
		}
		one := Sample{Sheets: book.Sheets, Sheet: s, From1904: book.From1904}
		err := book.Each(i, func(row sheet.Row) error {
			if len(one.Rows) == SampleRows {
				one.More = true
				return errEnough
			}
			one.Rows = append(one.Rows, row)
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return Sample{}, err
		}
		if _, known := one.header(); known > most && len(one.Rows) > 0 {
			best, most = one, known
		}
	}
	if len(best.Rows) == 0 {
		if name != "" && len(book.Sheets) > 0 && most < 0 {
			return Sample{}, ErrNoSheet.Because("有："+strings.Join(book.Sheets, "、"), "there are: "+strings.Join(book.Sheets, ", "))
		}
		return Sample{}, ErrEmptyTable
	}
	return best, nil
}

// header finds the row whose cells are most likely names, and how many of them are known. -1: there is none.
func (s *Sample) header() (at, known int) {
	at = -1
	for i, row := range s.Rows[:min(len(s.Rows), headerRows)] {
		n, words := 0, 0
		for _, cell := range row.Cells {
			if what, _ := role(cell); what != "" {
				n++
			}
			if c := folded(cell); c != "" && !numeric(c) {
				words++
			}
		}
		if n > known || n == known && at < 0 && words >= 2 && words*2 > len(row.Cells) {
			at, known = i, n
		}
	}
	return at, known
}

// numeric reports whether a cell is a number or a date: no name of a column.
func numeric(s string) bool {
	if _, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64); err == nil {
		return true
	}
	_, ok := sheet.ReadMoment(s, sheet.Unsure)
	return ok
}
