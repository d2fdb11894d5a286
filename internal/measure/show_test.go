package measure

import (
	"strconv"
	"testing"
)

func TestShow(t *testing.T) {
	fasting := Range{Low: 4.4, High: 7.0}
	after := Range{High: 10.0, Open: true}
	tests := []struct {
		name     string
		v        float64
		r        Range
		mmol, mg string
	}{
		{"plain", 7.0, fasting, "7.0", "126"},
		{"whole numbers keep their decimal", 8, fasting, "8.0", "144"},
		{"rounding would hide a low", 3.86, fasting, "3.86", "69"},
		{"two decimals would hide it too", 3.8996, fasting, "3.89", "69"},
		{"rounding would hide a level 2 low", 2.97, fasting, "2.97", "53"},
		{"just above the own limit", 7.04, fasting, "7.04", "127"},
		{"an open limit is not in target", 10.0, after, "10.0", "180"},
		{"just below an open limit", 9.97, after, "9.97", "179"},
		{"70 mg/dL is not low", FromMgdL(70), fasting, "3.9", "70"},
		{"69 mg/dL is low", FromMgdL(69), fasting, "3.8", "69"},
		{"54 mg/dL is level 1", FromMgdL(54), fasting, "3.0", "54"},
		{"250 mg/dL is not very high", FromMgdL(250), fasting, "13.9", "250"},
		{"251 mg/dL is", FromMgdL(251), fasting, "13.93", "251"},
		{"no range of one's own", 10.04, Range{}, "10.04", "181"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Show(tt.v, tt.r); got != tt.mmol {
				t.Errorf("Show = %s, want %s", got, tt.mmol)
			}
			if got := ShowMgdL(tt.v, tt.r); got != tt.mg {
				t.Errorf("ShowMgdL = %s, want %s", got, tt.mg)
			}
		})
	}
}

// What is shown is always of the class of what was measured, in steps of a hundredth over the whole range.
func TestShowNeverHidesTheClass(t *testing.T) {
	for _, r := range []Range{{}, {Low: 4.4, High: 7.0}, {High: 10.0, Open: true}, {Low: 7.0, High: 8.3}} {
		for i := 110; i <= 3330; i++ {
			v := float64(i)/100 + 0.0037
			if got := Classify(number(t, Show(v, r)), r); got != Classify(v, r) {
				t.Fatalf("%v with %+v is %s, shown %s is %s", v, r, Classify(v, r), Show(v, r), got)
			}
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPairsAreTheLimitsInBothUnits(t *testing.T) {
	want := map[float64]float64{Level2Low: 54, Level1Low: 70, High: 180, VeryHigh: 250, Critical: 300, GlucoseMin: 20, GlucoseMax: 600}
	for i, p := range Pairs() {
		if i > 0 && p[0] <= Pairs()[i-1][0] {
			t.Errorf("%v comes after %v", p, Pairs()[i-1])
		}
		if mg, ok := want[p[0]]; ok && mg != p[1] {
			t.Errorf("%v mmol/L is %v mg/dL, want %v", p[0], p[1], mg)
		}
		delete(want, p[0])
	}
	if len(want) > 0 {
		t.Errorf("limits without a pair: %v", want)
	}
}
