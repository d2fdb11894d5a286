package api_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/parquet-go/parquet-go"

	"peiban/internal/sheet"
)

// The list of people is the same in every format.
func TestAListIsAFileInThreeFormats(t *testing.T) {
	h := newHouse(t)
	h.add(0, "张桂芳", "liu")
	h.add(0, "=cmd|'/c calc'!A1", "liu")
	zhou := h.as("zhou")
	res, body := zhou.raw("GET", "/api/people.csv?sort=name", nil)
	rows, err := csv.NewReader(bytes.NewReader(body[3:])).ReadAll()
	if err != nil || len(rows) != 3 || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatal(len(rows), err, res.Header)
	}
	res, body = zhou.raw("GET", "/api/people.xlsx?sort=name", nil)
	book, err := sheet.Read(bytes.NewReader(body), sheet.Options{})
	must(t, err)
	var lines []sheet.Row
	must(t, book.Each(0, func(r sheet.Row) error { lines = append(lines, r); return nil }))
	if len(lines) != 3 || lines[1].Cells[0] != rows[1][0] || lines[2].Cells[0] != rows[2][0] || res.Header.Get("Content-Disposition") != `attachment; filename="people.xlsx"` {
		t.Errorf("%+v", lines)
	}
	_, body = zhou.raw("GET", "/api/people.parquet?sort=name", nil)
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	if f.NumRows() != 2 || len(f.Schema().Fields()) != len(rows[0]) {
		t.Errorf("%d rows, %d columns", f.NumRows(), len(f.Schema().Fields()))
	}
	if res, _ := zhou.raw("GET", "/api/people.parquet?sort=luck", nil); res.StatusCode != 422 {
		t.Error(res.StatusCode)
	}
	if res, _ := h.as("viewer").raw("GET", "/api/people.xlsx", nil); res.StatusCode != 403 {
		t.Error("somebody who may not export:", res.StatusCode)
	}
}
