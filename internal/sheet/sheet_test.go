package sheet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// made is a new workbook of one sheet.
func made(t *testing.T, rows map[string][]any, options ...excelize.Options) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for at, cells := range rows {
		if err := f.SetSheetRow("Sheet1", at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b, options...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCellsOfANewWorkbook(t *testing.T) {
	b, err := Open(bytes.NewReader(made(t, map[string][]any{
		"A1": {"时间", "血糖"}, "A3": {time.Date(2021, 4, 23, 18, 25, 55, 0, time.UTC), 5.5}, "B4": {120.60000000000001, true},
	})))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var rows []Row
	if err := b.Each(0, func(r Row) error { rows = append(rows, r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1].Line != 3 || rows[1].Cells[1] != "5.5" || rows[2].Cells[0] != "" || rows[2].Cells[1] != "120.60000000000001" {
		t.Fatalf("%v", rows)
	}
	if at, ok := Time(rows[1].Cells[0], b.From1904); !ok || at.Format(time.DateTime) != "2021-04-23 18:25:55" {
		t.Errorf("%q is %v", rows[1].Cells[0], at)
	}
	stop := errors.New("stop")
	if err := b.Each(0, func(Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestNewWorkbooksThatAreRefused(t *testing.T) {
	locked := made(t, map[string][]any{"A1": {1}}, excelize.Options{Password: "x"})
	bomb := bytes.NewReader(made(t, map[string][]any{"A1": {1}}))
	if b, err := Open(bomb); err != nil || b.Close() != nil {
		t.Fatal(err)
	}
	if _, err := Open(bytes.NewReader(locked)); !errors.Is(err, ErrLocked) {
		t.Errorf("a password: %v", err)
	}
	if _, err := Open(io.LimitReader(zeros{}, MaxSize+2)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	whole := made(t, map[string][]any{"A1": {1}})
	if _, err := Open(bytes.NewReader(whole[:len(whole)/2])); !errors.Is(err, ErrBroken) {
		t.Errorf("half of one: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestSerialNumbers(t *testing.T) {
	for _, tt := range []struct {
		serial string
		mac    bool
		want   string
	}{
		{"1", false, "1900-01-01 00:00:00"},
		{"59", false, "1900-02-28 00:00:00"},
		{"60.5", false, ""}, // 29 February 1900 was not
		{"61", false, "1900-03-01 00:00:00"},
		{"44309.768", false, "2021-04-23 18:25:55"},
		{"44195.57916", false, "2020-12-30 13:53:59"},
		{"44195.999999", false, "2020-12-31 00:00:00"}, // rounded into the next day
		{"42847.768", true, "2021-04-23 18:25:55"},
		{"2958465", false, "9999-12-31 00:00:00"},
		{"2958466", false, ""}, {"0", false, ""}, {"-3", false, ""}, {"NaN", false, ""}, {"2021-04-23", false, ""},
	} {
		at, ok := Time(tt.serial, tt.mac)
		got := ""
		if ok {
			got = at.Format(time.DateTime)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.serial, got, tt.want)
		}
	}
}

// TestWorkbooksOfOthers reads the five sample workbooks of the Shanghai T2DM set: four new, one old.
func TestWorkbooksOfOthers(t *testing.T) {
	data := os.Getenv("PEIBAN_DATA")
	if data == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	files, err := filepath.Glob(filepath.Join(data, "shanghai_t2dm", "raw_sample", "*.xls*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workbook: %v", err)
	}
	var header []string
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Open(f)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(name), err)
		}
		cells, readings := 0, 0
		var last time.Time
		err = b.Each(0, func(r Row) error {
			for _, c := range r.Cells {
				if c != "" {
					cells++
				}
			}
			if r.Line == 1 {
				if header == nil {
					header = r.Cells
				}
				if !reflect.DeepEqual(plainAll(r.Cells), plainAll(header)) {
					t.Errorf("%s: %q", filepath.Base(name), r.Cells)
				}
				return nil
			}
			if r.Cells[0] == "" { // below merged cells
				return nil
			}
			at, ok := Time(r.Cells[0], b.From1904)
			if !ok || at.Before(last) {
				t.Errorf("%s:%d: %q after %v", filepath.Base(name), r.Line, r.Cells[0], last)
			}
			if last = at; len(r.Cells) > 1 && r.Cells[1] != "" {
				readings++
			}
			return nil
		})
		if err != nil || b.Close() != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		if strings.HasSuffix(name, "2020_0_20210423.xls") && (cells != 1153 || readings != 539) { // counted by two other readers
			t.Errorf("%s: %d cells, %d readings", filepath.Base(name), cells, readings)
		}
		t.Logf("%s: %d cells, %d readings", filepath.Base(name), cells, readings)
	}
}

func plainAll(cells []string) (out []string) {
	for _, c := range cells {
		out = append(out, strings.Join(strings.Fields(c), ""))
	}
	return out
}
