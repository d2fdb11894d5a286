package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"peiban/internal/sheet"
)

var columns = []Column{{"name", "姓名 name", Text}, {"value", "血糖 mmol/L", Number}, {"at", "时间 at", Moment}}

var list = [][]string{
	{"张桂芳", "7.8", "2026-03-08T07:12:00+08:00"},
	{"=HYPERLINK(\"http://x\")", "-3", ""},
	{"换\n行,逗号\"引号", "", "never"},
	{"", "much", "2026-03-08T07:12:00+08:00"},
}

func written(t *testing.T, f Format) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range list {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Rows() != len(list) {
		t.Fatal(w.Rows(), err)
	}
	return b.Bytes()
}

func TestCSVKeepsEverythingAndRunsNothing(t *testing.T) {
	b := written(t, CSV)
	if !bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		t.Error("without a mark spreadsheets read Chinese wrongly")
	}
	rows, err := csv.NewReader(bytes.NewReader(b[3:])).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatal(rows, err)
	}
	if rows[2][0] != "'=HYPERLINK(\"http://x\")" || rows[2][1] != "-3" || rows[3][0] != list[2][0] || rows[4][1] != "much" {
		t.Errorf("%q", rows)
	}
}

func TestExcelHasNumbersAndDates(t *testing.T) {
	book, err := sheet.Read(bytes.NewReader(written(t, Excel)), sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var rows []sheet.Row
	if err := book.Each(0, func(r sheet.Row) error { rows = append(rows, r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 5 || rows[0].Cells[1] != "血糖 mmol/L" || rows[1].Cells[1] != "7.8" || rows[2].Cells[0] != list[1][0] || rows[2].Cells[1] != "-3" {
		t.Fatalf("%+v", rows)
	}
	at, ok := sheet.Time(rows[1].Cells[2], false)
	if !ok || at.Format(time.DateTime) != "2026-03-08 07:12:00" {
		t.Errorf("%v %v", at, ok)
	}
	if rows[3].Cells[2] != "never" || rows[4].Cells[1] != "much" {
		t.Errorf("what is no date or number stays as it is: %+v", rows)
	}
}

func TestParquetHasTypes(t *testing.T) {
	b := written(t, Parquet)
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Name  *string    `parquet:"name,optional"`
		Value *float64   `parquet:"value,optional"`
		At    *time.Time `parquet:"at,optional,timestamp(microsecond)"`
	}
	rows := make([]row, 4)
	r := parquet.NewGenericReader[row](f)
	if n, err := r.Read(rows); n != 4 {
		t.Fatal(n, err)
	}
	if *rows[0].Name != "张桂芳" || *rows[0].Value != 7.8 || !rows[0].At.Equal(time.Date(2026, 3, 7, 23, 12, 0, 0, time.UTC)) {
		t.Errorf("%+v", rows[0])
	}
	if *rows[1].Name != list[1][0] || *rows[1].Value != -3 || rows[1].At != nil || rows[2].At != nil || rows[3].Name != nil || rows[3].Value != nil {
		t.Errorf("%+v", rows[1:])
	}
}

func TestMoreRowsThanASheetHoldsAreRefused(t *testing.T) {
	w, err := NewWriter(io.Discard, Excel, columns)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Drop()
	if err := w.Expect(MaxExcelRows + 1); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	w.rows = MaxExcelRows // as if they were written
	if err := w.Row(list[0]); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
}

// A file of a million rows is never in memory: what lives while it is written stays the same however long it gets.
func TestLongFilesAreNotHeld(t *testing.T) {
	const bound = 48 << 20 // bytes: a group of rows of Parquet, the 16 MB the library of Excel keeps before it writes to disk
	for _, f := range Formats {
		n := 1_000_000
		if testing.Short() {
			n /= 10
		}
		t.Run(string(f), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			w, err := NewWriter(io.Discard, f, columns)
			if err != nil {
				t.Fatal(err)
			}
			before, most := living(), uint64(0)
			cells := make([]string, 3)
			for i := range n {
				cells[0], cells[1], cells[2] = "01M186A880P53BXKJSHEFR"+strconv.Itoa(i), strconv.Itoa(i), "2026-03-08T07:12:00+08:00"
				if err := w.Row(cells); err != nil {
					t.Fatal(err)
				}
				if i%(n/20) == 0 {
					most = max(most, living())
				}
			}
			if err := w.Close(); err != nil || w.Rows() != n {
				t.Fatal(w.Rows(), err)
			}
			t.Logf("%d rows, %d bytes live at most", n, most-min(most, before))
			if most > before+bound {
				t.Errorf("%d rows: %d bytes live at most, %d before", n, most, before)
			}
		})
	}
}

// living is what is in use, bytes.
func living() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
