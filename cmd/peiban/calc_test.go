package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"peiban/internal/sheet"
)

// calc runs a calculator over text and gives its rows by the first two columns.
func calc(t *testing.T, text string, args ...string) (map[string]map[string]string, result) {
	t.Helper()
	r := peiban(t, text, append([]string{"calc", args[0], "-"}, args[1:]...)...)
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for i, row := range rows {
		if i == 0 {
			continue
		}
		m := map[string]string{}
		for k, name := range rows[0] {
			m[name] = row[k]
		}
		key := m["id"]
		if m["class"] != "" {
			key += "/" + m["class"]
		}
		out[key] = m
	}
	return out, r
}

func wants(t *testing.T, row map[string]string, figures map[string]string) {
	t.Helper()
	for name, want := range figures {
		got := row[name]
		a, err := strconv.ParseFloat(got, 64)
		b, err2 := strconv.ParseFloat(want, 64)
		if same := err == nil && err2 == nil && math.Abs(a-b) < 1e-4; !same && got != want {
			t.Errorf("%s is %q, wants %q", name, got, want)
		}
	}
}

const vectorMmol = "id,time,gl\na,2024-05-01 07:00:00,3.5\na,2024-05-02 07:00:00,5.0\na,2024-05-01 12:00,6.2\na,2024-05-02 12:00,8.0\n" +
	"a,2024-05-01 18:00,12.0\na,2024-05-02 18:00,15.5\n"

func TestCalcGlucoseVector(t *testing.T) {
	rows, r := calc(t, vectorMmol, "glucose", "--unit", "mmol/L")
	if r.code != done {
		t.Fatal(r.err)
	}
	wants(t, rows["a"], map[string]string{
		"n": "6", "mean": "8.366667", "cv": "54.492905", "lbgi": "2.206026", "hbgi": "7.708353", "adrr": "28.673252", "tir": "50", "tbr": "16.666667", "tar": "33.333333",
		"very_low": "0", "low": "16.666667", "in_range": "50", "high": "16.666667", "very_high": "16.666667", "sufficient": "false",
		"mage": "", "modd": "", "conga": "", "hypo_episodes": "",
	})
	mg := strings.NewReplacer("3.5", fmt.Sprint(3.5*18.0156), "5.0", fmt.Sprint(5*18.0156), "6.2", fmt.Sprint(6.2*18.0156), "8.0", fmt.Sprint(8*18.0156),
		"12.0", fmt.Sprint(12*18.0156), "15.5", fmt.Sprint(15.5*18.0156)).Replace(vectorMmol)
	rows, _ = calc(t, mg, "glucose", "--unit", "mg/dL")
	wants(t, rows["a"], map[string]string{"lbgi": "2.206026", "hbgi": "7.708353", "adrr": "28.673252", "tir": "50", "mean": fmt.Sprint(8.366666667 * 18.0156)})
	rows, _ = calc(t, vectorMmol, "glucose", "--unit", "mmol/L", "--range", "5.0-12.0", "--adrr-readings", "4")
	wants(t, rows["a"], map[string]string{"tir": "66.666667", "tbr": "16.666667", "in_range": "50", "adrr": ""})
}

func TestCalcGlucoseCountsWhatItLeavesOut(t *testing.T) {
	text := "time;血糖;患者编号\n2024/5/1 7:05;5,5;一\n2024/5/1 7:05;5,5;一\n2024年5月1日 08:05;HI;一\n2024-05-01T09:05:00+08:00;lo;一\n2024-05-01 10:05;40;一\n" +
		"2024-05-01 11:05;NA;一\n2024-05-01 25:05;6;一\n2024-05-01 12:05;six;一\n\n2024-05-01 12:30;6.5;二\n"
	rejects := filepath.Join(t.TempDir(), "r.csv")
	rows, r := calc(t, text, "glucose", "--unit", "mmol/L", "--rejects", rejects)
	if r.code != done || len(rows) != 2 {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	wants(t, rows["一"], map[string]string{"n": "1", "mean": "5.5", "hi": "1", "lo": "1", "implausible": "1", "missing": "1", "repeats": "1", "sd": ""})
	for _, want := range []string{"stdin:8: time: ", "stdin:9: 血糖: ", "2 rows refused"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("stderr lacks %q:\n%s", want, r.err)
		}
	}
	if b, err := os.ReadFile(rejects); err != nil || strings.Count(string(b), "\n") != 3 || !strings.Contains(string(b), "stdin,9,血糖") || strings.Contains(string(b), "six") {
		t.Errorf("%s %v", b, err)
	}
}

func TestCalcReadsManyKindsOfFile(t *testing.T) {
	chinese := "患者编号,测量时间,血糖值(mmol/L)\n甲,2024-05-01 07:00,5.5\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ text, id string }{
		"UTF-8 with a mark":           {"\ufeff" + chinese, "甲"},
		"GB18030":                     {gb, "甲"},
		"UTF-16":                      {utf16, "甲"},
		"tabs, no id":                 {"Timestamp\tGlucose Value (mmol/L)\n2024-05-01T07:00:00\t5.5\n", ""},
		"a device's lines first":      {"Report of,\"Somebody\",today\n\nID,Date,Time,Glucose\n7,2024-05-01,07:00:10 AM,5.5\n", "7"},
		"CRLF, capitals, other order": {"GL,ID,TIME\r\n5.5,7,2024-05-01 07:00\r\n", "7"},
		"month first, shown later":    {"id,time,value\n7,5/1/2024 7:00,5.5\n7,5/13/2024 7:00,5.5\n", "7"},
		"digits only":                 {"id,time,value\n7,20240501 0700,5\n7,20240501 07:00,5.5\n", "7"},
	} {
		rows, r := calc(t, tt.text, "glucose", "--unit", "mmol/L")
		if r.code != done || rows[tt.id]["mean"] != "5.5" {
			t.Errorf("%s: exit %d\n%s%s", name, r.code, r.out, r.err)
		}
	}
	rows, _ := calc(t, "id,time,value\n7,5/1/2024 7:00,4\n7,13/2/2024 7:00,4\n7,5/13/2024 7:00,9\n", "glucose", "--unit", "mmol/L")
	wants(t, rows["7"], map[string]string{"n": "2", "mean": "4"}) // day first, and so there is no month 13
	rows, _ = calc(t, "who,time,x\n7,2024-05-01 7:00,5.5\n", "glucose", "--unit", "mmol/L", "--column", "value=x", "--column", "id=who")
	wants(t, rows["7"], map[string]string{"mean": "5.5"})
}

func TestCalcZones(t *testing.T) {
	// Late evening in Shanghai and early next morning are two days there and one in UTC.
	text := "id,time,gl\na,2024-05-01T15:00:00Z,4\na,2024-05-01T15:30:00Z,12\na,2024-05-01T16:30:00Z,4\na,2024-05-01T17:00:00Z,12\n"
	one, _ := calc(t, text, "glucose", "--unit", "mmol/L", "--adrr-readings", "4")
	two, _ := calc(t, text, "glucose", "--unit", "mmol/L", "--adrr-readings", "4", "--zone", "Asia/Shanghai")
	if one["a"]["adrr"] == "" || two["a"]["adrr"] != "" {
		t.Errorf("days of UTC: %q, of Shanghai: %q", one["a"]["adrr"], two["a"]["adrr"])
	}
	local := strings.ReplaceAll(text, "T", " ")
	written, _ := calc(t, strings.ReplaceAll(local, "Z", "+08:00"), "glucose", "--unit", "mmol/L", "--adrr-readings", "4")
	wants(t, written["a"], map[string]string{"adrr": one["a"]["adrr"]})
}

const vectorFills = "id,date,days\np,2024-03-10,30\np,2024-01-01,30\np,2024-01-25,30\n" // days 70, 1 and 25

func TestCalcAdherenceVector(t *testing.T) {
	rows, r := calc(t, vectorFills, "adherence", "--from", "2024-01-01", "--to", "2024-03-30")
	if r.code != done {
		t.Fatal(r.err)
	}
	wants(t, rows["p"], map[string]string{
		"pdc": "0.9", "pdc_no_carry": "0.833333", "mpr": "1", "cma1": "0.869565", "cma7": "0.9", "gaps": "9", "gap_days": "9", "days": "90", "days_covered": "81",
		"persistent": "true", "persistence_end": "", "persistence_days": "90",
	})
	rows, _ = calc(t, vectorFills, "adherence", "--from", "2024-01-01", "--to", "2024-03-30", "--gap", "8")
	wants(t, rows["p"], map[string]string{"persistent": "false", "persistence_end": "2024-02-29", "persistence_days": "60"})
	rows, _ = calc(t, vectorFills, "adherence", "--from", "first", "--to", "+90")
	wants(t, rows["p"], map[string]string{"pdc": "0.9", "days": "90"})
	rows, _ = calc(t, vectorFills, "adherence", "--from", "2024-01-01", "--to", "2024-03-30", "--start", "30")
	wants(t, rows["p"], map[string]string{"days": "60", "pdc": "0.85", "cma6": "1", "cma8": fmt.Sprint(21.0 / 30), "cma9": fmt.Sprint((39*36.0/45 + 21) / 60)})
	rows, _ = calc(t, vectorFills, "adherence", "--from", "2025-01-01", "--to", "2025-12-31")
	wants(t, rows["p"], map[string]string{"fills": "0", "pdc": "", "cma9": "", "gaps": "", "persistent": ""})
}

func TestCalcAdherenceByClass(t *testing.T) {
	text := "ptid,rxdate,supplies,class\n1,1/1/2024,10,A\n1,1/13/2024,8,A\n1,1/6/2024,10,B\n"
	rows, r := calc(t, text, "adherence", "--from", "2024-01-01", "--to", "+20", "--together")
	if r.code != done || len(rows) != 4 {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	for key, pdc := range map[string]string{"1/A": "0.9", "1/B": "0.5", "1/(any)": "1", "1/(all)": "0.4"} {
		wants(t, rows[key], map[string]string{"pdc": pdc})
	}
}

func TestCalcJSON(t *testing.T) {
	r := peiban(t, vectorFills, "calc", "adherence", "-", "--from", "2024-01-01", "--to", "2024-03-30", "--json")
	var rows []map[string]any
	if err := json.Unmarshal([]byte(r.out), &rows); err != nil || len(rows) != 1 {
		t.Fatalf("%v\n%s", err, r.out)
	}
	if rows[0]["pdc"] != 0.9 || rows[0]["persistent"] != true || rows[0]["persistence_end"] != nil || fmt.Sprint(rows[0]["gaps"]) != "[9]" {
		t.Errorf("%v", rows[0])
	}
	r = peiban(t, "id,time,gl\na,x,5\n", "calc", "glucose", "-", "--unit", "mmol/L", "--json")
	if err := json.Unmarshal([]byte(r.out), &rows); err != nil || len(rows) != 0 || r.code != failed {
		t.Errorf("exit %d, %v\n%s", r.code, err, r.out)
	}
}

func TestCalcMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		args     []string
		code     int
		says     string
	}{
		{"no unit", "", []string{"glucose", "-"}, misuse, "--unit"},
		{"another unit", "", []string{"glucose", "-", "--unit", "g/L"}, misuse, "mg/dL or mmol/L"},
		{"the header's unit", "id,time,glucose (mg/dL)\n", []string{"glucose", "-", "--unit", "mmol/L"}, misuse, "another unit"},
		{"no such file", "", []string{"glucose", "none.csv", "--unit", "mmol/L"}, misuse, "none.csv"},
		{"a folder", "", []string{"glucose", ".", "--unit", "mmol/L"}, misuse, "folder"},
		{"no header", "1,2024-05-01,5\n", []string{"glucose", "-", "--unit", "mmol/L"}, failed, "stdin:1: no header"},
		{"nothing at all", "", []string{"glucose", "-", "--unit", "mmol/L"}, failed, "no header"},
		{"a header and nothing else", "id,time,gl\n", []string{"glucose", "-", "--unit", "mmol/L"}, failed, "not a single row"},
		{"two columns of a name", "id,time,gl,GL\n", []string{"glucose", "-", "--unit", "mmol/L"}, failed, "stdin:1: two columns"},
		{"unknown zone", "", []string{"glucose", "-", "--unit", "mmol/L", "--zone", "Mars/Base"}, misuse, "Mars/Base"},
		{"a range upside down", "", []string{"glucose", "-", "--unit", "mmol/L", "--range", "10-4"}, misuse, "LOW-HIGH"},
		{"CONGA over nothing", "", []string{"glucose", "-", "--unit", "mmol/L", "--conga", "0"}, misuse, "336"},
		{"dates that read both ways", "id,time,gl\na,3/4/2024 7:00,5\n", []string{"glucose", "-", "--unit", "mmol/L"}, misuse, "stdin:2: such dates"},
		{"a window that ends first", vectorFills, []string{"adherence", "-", "--from", "2024-05-01", "--to", "2024-04-01"}, misuse, "no later"},
		{"a start behind the end", vectorFills, []string{"adherence", "-", "--from", "2024-01-01", "--to", "2024-01-31", "--start", "31"}, misuse, "no later"},
		{"a word for a date", vectorFills, []string{"adherence", "-", "--from", "soon", "--to", "2024-04-01"}, misuse, "--from should be a date"},
		{"half a day", "id,date,days\na,2024-05-01,1.5\n", []string{"adherence", "-", "--from", "2024-01-01", "--to", "2024-04-01"}, failed, "stdin:2: days: days should be a whole number"},
		{"help says how days are counted", "", []string{"adherence", "--help"}, done, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := peiban(t, tt.in, append([]string{"calc"}, tt.args...)...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
				t.Errorf("exit %d, wants %d and %q\n%s%s", r.code, tt.code, tt.says, r.out, r.err)
			}
		})
	}
	if r := peiban(t, "", "calc", "adherence", "--help"); !strings.Contains(strings.Join(strings.Fields(r.out), " "), "2007-01-01 to 2007-12-31 are 365 days") {
		t.Errorf("the help does not say how days are counted:\n%s", r.out)
	}
}

func TestReadWallClock(t *testing.T) {
	for text, want := range map[string]string{
		"2024-05-01 07:05:30":       "2024-05-01T07:05:30Z",
		"2024-5-1 7:05":             "2024-05-01T07:05:00Z",
		"2024-05-01T07:05:30.25":    "2024-05-01T07:05:30.25Z",
		"2024.05.01":                "2024-05-01T00:00:00Z",
		"2024年5月1日 07:05":           "2024-05-01T07:05:00Z",
		"20240501":                  "2024-05-01T00:00:00Z",
		"5/13/2024 12:05 AM":        "2024-05-13T00:05:00Z",
		"5/13/24 1:05:09 pm":        "2024-05-13T13:05:09Z",
		"13/5/2024 1:05":            "", // with the month first
		"2024-05-01T07:05:30+08:00": "2024-05-01T07:05:30Z",
		"2024-05-01T07:05:30-0330":  "2024-05-01T07:05:30Z",
		"2024-02-30 07:05":          "", "2024-05-01 24:00": "", "2024-05-01 7": "", "2024-05-01 07:61": "", "7:05": "", "": "", "today": "", "2024-05-01 07:05 +99:00": "",
		"1800-01-01": "", "12024-05-01": "", "2024-05": "", "13:05 PM": "",
	} {
		m, ok := sheet.ReadMoment(text, sheet.MonthFirst)
		got := ""
		if ok {
			got = m.Wall.Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		if got != want {
			t.Errorf("%q reads %q, wants %q", text, got, want)
		}
	}
	if m, _ := sheet.ReadMoment("2024-05-01T07:05:30-0330", sheet.Unsure); !m.Zoned || m.Offset != -12600 {
		t.Errorf("%+v", m)
	}
}
