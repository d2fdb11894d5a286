package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"peiban/internal/sheet"
)

// source gives one row after the other, each with its line; io.EOF after the last. The fields hold until the next row.
type source interface {
	read() (fields []string, line int, err error)
}

// bookRows are the rows of a sheet below its header.
type bookRows struct{ rows []sheet.Row }

func (b *bookRows) read() ([]string, int, error) {
	if len(b.rows) == 0 {
		return nil, 0, io.EOF
	}
	r := b.rows[0]
	b.rows = b.rows[1:]
	return r.Cells, r.Line, nil
}

// book finds the first sheet of a workbook that has a header.
func (c calcFile) book(tb *table, in io.Reader, fields []field) (*table, error) {
	b, err := sheet.Open(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tb.name, err)
	}
	defer b.Close()
	first := "" // line of the first sheet that holds anything
	for i := range b.Sheets {
		var rows []sheet.Row
		if err := b.Each(i, func(r sheet.Row) error { rows = append(rows, r); return nil }); err != nil {
			return nil, fmt.Errorf("%s: %w", tb.name, err)
		}
		for k, r := range rows[:min(len(rows), headerLines)] {
			if first == "" {
				first = strings.Join(r.Cells, ",")
			}
			at, err := columns(fmt.Sprintf("%s:%d: ", tb.name, r.Line), r.Cells, fields, c.Column)
			if err != nil {
				return nil, err
			}
			if at == nil {
				continue
			}
			rows = rows[k+1:]
			dated(rows, at, b.From1904)
			tb.skipped, tb.at, tb.header, tb.rowsOf = r.Line, at, r.Cells, &bookRows{rows}
			return tb, nil
		}
	}
	return nil, noHeader(tb.name, fields, first)
}

// dated writes the serial numbers of days and clocks as they read.
func dated(rows []sheet.Row, at map[string]int, from1904 bool) {
	for _, key := range [...]string{"time", "date"} {
		col, ok := at[key]
		if !ok {
			continue
		}
		for _, r := range rows {
			if col >= len(r.Cells) {
				continue
			}
			when, ok := sheet.Time(r.Cells[col], from1904)
			if !ok {
				continue
			}
			layout := time.DateTime
			switch v, _ := strconv.ParseFloat(r.Cells[col], 64); { // it is a number: Time said so
			case v < 1:
				layout = time.TimeOnly // a clock without a day
			case v == math.Trunc(v):
				layout = time.DateOnly
			}
			r.Cells[col] = when.Format(layout)
		}
	}
}
