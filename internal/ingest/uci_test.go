package ingest

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"peiban/internal/event"
	"peiban/internal/fault"
)

func shanghai(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestParseUCIGood(t *testing.T) {
	tests := []struct {
		name  string
		line  string
		kind  event.Type
		a     string
		num   float64 // as entered for glucose
		flags event.Flags
	}{
		{"reading before breakfast", "03-08-2019\t7:05\t58\t110", event.Glucose, "fasting", 110, 0},
		{"padded number is a number", "03-08-2019\t07:05\t60\t009", event.Glucose, "before_lunch", 9, event.Implausible},
		{"unspecified reading", "03-08-2019\t22:00\t48\t180", event.Glucose, "random", 180, 0},
		{"before a snack", "03-08-2019\t15:00\t64\t180", event.Glucose, "random", 180, 0},
		{"after dinner", "03-08-2019\t20:00\t63\t180", event.Glucose, "after_dinner_2h", 180, 0},
		{"meter said HI", "03-08-2019\t20:00\t62\t0Hi", event.Glucose, "before_dinner", math.NaN(), event.HI},
		{"meter said LO", "03-08-2019\t20:00\t62\tLO", event.Glucose, "before_dinner", math.NaN(), event.LO},
		{"half a unit of insulin", "03-08-2019\t7:05\t33\t1.5", event.Insulin, "regular", 1.5, 0},
		{"NPH", "03-08-2019\t7:05\t34\t013", event.Insulin, "nph", 13, 0},
		{"ultralente", "03-08-2019\t7:05\t35\t0", event.Insulin, "ultralente", 0, 0},
		{"symptom: its value means nothing", "03-08-2019\t3:00\t65\t000", event.Symptom, "hypoglycaemia", math.NaN(), 0},
		{"larger meal", "03-08-2019\t12:00\t67\t0", event.Meal, "more", math.NaN(), 0},
		{"less exercise", "03-08-2019\t12:00\t71\t0", event.Exercise, "less", math.NaN(), 0},
		{"special event", "03-08-2019\t12:00\t72\t0", event.SpecialEvent, "", math.NaN(), 0},
		{"one-digit minute", "03-08-2019\t11:0\t60\t194", event.Glucose, "before_lunch", 194, 0},
		{"carriage return", "03-08-2019\t12:00\t58\t100\r", event.Glucose, "fasting", 100, 0},
	}
	zone := shanghai(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, why := ParseUCI(tt.line, zone)
			if why != nil {
				t.Fatal(why)
			}
			e := l.Event
			num := e.Num
			if e.Type == event.Glucose {
				num, _ = e.Entered()
			}
			same := num == tt.num || math.IsNaN(num) && math.IsNaN(tt.num)
			if e.Type != tt.kind || e.A.String() != tt.a || !same || e.Flags != tt.flags|event.Imported {
				t.Errorf("type %v a %q number %v flags %b", e.Type, e.A, num, e.Flags)
			}
			if e.Provenance != UCIProvenance || e.Offset != 480 {
				t.Errorf("provenance %q offset %d", e.Provenance, e.Offset)
			}
		})
	}
}

func TestParseUCIBad(t *testing.T) {
	tests := []struct {
		name, line string
		want       *fault.Fault
	}{
		{"code not in Data-Codes", "03-08-2019\t7:05\t56\t110", ErrUCICode},
		{"code zero without value", "03-08-2019\t7:00\t0\t", ErrUCICode},
		{"code not a number", "03-08-2019\t7:00\tx\t1", ErrUCICode},
		{"no date", "\t018\t33\t22", ErrUCITime},
		{"minute 60", "03-08-2019\t11:60\t60\t194", ErrUCITime},
		{"hour 24", "03-08-2019\t24:00\t60\t194", ErrUCITime},
		{"30 February", "02-30-2019\t11:00\t60\t194", ErrUCITime},
		{"day first", "31-12-2019\t11:00\t60\t194", ErrUCITime},
		{"bad time and bad value: one reason", "\t138\t33\t3A", ErrUCITime},
		{"quotes", "03-08-2019\t11:00\t57\t0''", ErrUCIValue},
		{"empty value", "03-08-2019\t11:00\t57\t", ErrUCIValue},
		{"HI is no dose", "03-08-2019\t11:00\t33\tHI", ErrUCIValue},
		{"negative", "03-08-2019\t11:00\t57\t-5", ErrUCIValue},
		{"impossible dose", "03-08-2019\t11:00\t33\t4000", event.ErrRange},
		{"three fields", "03-08-2019\t11:00\t57", ErrUCIFields},
		{"empty line", "", ErrUCIFields},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, why := ParseUCI(tt.line, shanghai(t)); why == nil || !tt.want.Is(why) {
				t.Errorf("got %v, want %v", why, tt.want)
			}
		})
	}
}

func TestUCIMessageID(t *testing.T) {
	id := func(file, text string, zone *time.Location) (ids []string) {
		err := ReadUCI(file, strings.NewReader(text), zone, func(l UCILine) error {
			ids = append(ids, l.MessageID)
			return nil
		}, func(r Reject) { t.Errorf("line %d: %v", r.Line, r.Why) })
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	got := id("a", "07-30-2019\t5:28\t33\t3\n07-30-2019\t05:28\t33\t003\n07-30-2019\t05:28\t33\t4\n", shanghai(t))
	if len(got) != 3 || got[0] != got[1] || got[1] == got[2] {
		t.Errorf("padding must not matter and the value must: %q", got)
	}
	if other := id("b", "07-30-2019\t5:28\t33\t3\n", shanghai(t)); other[0] == got[0] {
		t.Error("two people's equal lines are two events")
	}
	if utc := id("a", "07-30-2019\t5:28\t33\t3\n", time.UTC); utc[0] != got[0] {
		t.Error("another zone must not make it another event")
	}
}

// TestUCIFigures reads the real data set in PEIBAN_DATA, the folder of the data sets, which is not part of the repository;
// .ci/run sets it and fails without it.
func TestUCIFigures(t *testing.T) {
	data := os.Getenv("PEIBAN_DATA")
	dir := filepath.Join(data, "uci_diabetes_aim94", "raw")
	if data == "" {
		t.Skip("PEIBAN_DATA does not name the folder of the data sets")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data-*"))
	if err != nil || len(files) != 70 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var taken, words, implausible, repeats int
	why := map[string]int{}
	seen := map[string]bool{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		err = ReadUCI(filepath.Base(name), f, shanghai(t), func(l UCILine) error {
			taken++
			if l.Event.Flags&(event.HI|event.LO) != 0 {
				words++
			}
			if l.Event.Flags&event.Implausible != 0 {
				implausible++
			}
			if seen[l.MessageID] {
				repeats++
			}
			seen[l.MessageID] = true
			return nil
		}, func(r Reject) { why[r.Why.Code]++ })
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	if taken != 29142 || words != 7 || repeats != 7 || why["unknown_code"] != 154 || why["bad_time"] != 33 || why["bad_value"] != 1 || len(why) != 3 {
		t.Errorf("taken %d, HI or LO %d, repeats %d, refused %v", taken, words, repeats, why)
	}
	t.Logf("implausible %d", implausible)
}
