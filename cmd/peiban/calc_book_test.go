package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook is one of a sheet that explains and a sheet of rows.
func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"说明", "下一页是读数"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("读数"); err != nil {
		t.Fatal(err)
	}
	for i, cells := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("读数", at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The same readings as vectorMmol in a workbook give the same figures, whether Excel took a cell for a date or for text.
func TestCalcReadsWorkbooks(t *testing.T) {
	want, _ := calc(t, vectorMmol, "glucose", "--unit", "mmol/L")
	rows := [][]any{{"导出于 2024-06-01"}, {}, {"id", "time", "gl (mmol/L)"}}
	for i, line := range strings.Split(strings.TrimSpace(vectorMmol), "\n")[1:] {
		c := strings.Split(line, ",")
		var at any = c[1]
		if when, err := time.Parse(time.DateTime, c[1]); err == nil && i%2 == 0 {
			at = when
		}
		rows = append(rows, []any{c[0], at, c[2]})
	}
	got, r := calc(t, workbook(t, rows...), "glucose", "--unit", "mmol/L")
	if r.code != 0 {
		t.Fatal(r.err)
	}
	for id, figures := range want {
		for name, v := range figures {
			if got[id][name] != v {
				t.Errorf("%s %s: %q, want %q", id, name, got[id][name], v)
			}
		}
	}
	// A day in one column and a clock in another.
	got, r = calc(t, workbook(t, []any{"date", "time", "value"}, []any{time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), 0.75, 5.5}, []any{"2024-05-02", "0.5", 6.5}), "glucose", "--unit", "mmol/L")
	if r.code != 0 || got[""]["n"] != "2" {
		t.Errorf("%v %s", got, r.err)
	}
}

func TestCalcRefusesWorkbooksInWords(t *testing.T) {
	sound := workbook(t, []any{"id", "time", "gl"}, []any{"a", "2024-05-01 07:00", 5})
	for name, tt := range map[string]struct{ text, want string }{
		"half of one":     {sound[:len(sound)/2], "the workbook cannot be read"},
		"no such columns": {workbook(t, []any{"name", "city"}, []any{"a", "b"}), "no header among the first 40 lines"},
	} {
		if r := peiban(t, tt.text, "calc", "glucose", "-", "--unit", "mmol/L"); r.code == 0 || !strings.Contains(r.err, tt.want) {
			t.Errorf("%s: exit %d %s", name, r.code, r.err)
		}
	}
	r := peiban(t, workbook(t, []any{"time", "gl"}, []any{"yesterday", 5}, []any{"2024-05-01 07:00", "x"}, []any{"2024-05-01 07:00", 5}), "calc", "glucose", "-", "--unit", "mmol/L")
	if r.code != 0 || !strings.Contains(r.err, "stdin:2: ") || !strings.Contains(r.err, "stdin:3: ") {
		t.Errorf("rows that are refused are named by Excel's own lines: %s", r.err)
	}
}

// TestCalcOfOthersWorkbooks computes figures of the sample workbooks of the Shanghai T2DM set, four new and one old.
func TestCalcOfOthersWorkbooks(t *testing.T) {
	data := os.Getenv("PEIBAN_DATA")
	if data == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	files, err := filepath.Glob(filepath.Join(data, "shanghai_t2dm", "raw_sample", "*.xls*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workbook: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, r := calc(t, string(b), "glucose", "--unit", "mg/dL", "--column", "value=CGM (mg / dl)")
		if r.code != 0 || len(rows) != 1 || rows[""]["n"] == "" || rows[""]["mean"] == "" {
			t.Errorf("%s: %v\n%s", filepath.Base(name), rows, r.err)
		}
		if strings.HasSuffix(name, "2020_0_20210423.xls") && rows[""]["n"] != "539" {
			t.Errorf("%s: %s readings", filepath.Base(name), rows[""]["n"])
		}
	}
}
