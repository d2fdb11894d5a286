package api

import (
	"math"
	"testing"
)

func TestHowAMedicineIsTaken(t *testing.T) {
	no := math.NaN()
	for _, r := range []struct {
		dose   float64
		unit   string
		perDay float64
		daily  bool
		zh, en string
	}{
		{0.5, "g", 2, false, "每次 0.5 g，一天 2 次", "0.5 g, 2 times a day"},
		{30, "mg", 1, false, "每次 30 mg，一天 1 次", "30 mg, once a day"},
		{1, "tablet", 1.5, false, "每次 1 片（粒），一天 1.5 次", "1 tablet, 1.5 times a day"},
		{0.5, "mg", 2.0 / 7, false, "每次 0.5 mg，一周 2 次", "0.5 mg, 2 times a week"},
		{0.5, "mg", 0.29, false, "每次 0.5 mg，一周 2 次", "0.5 mg, 2 times a week"},
		{70, "mg", 0.142857, false, "每次 70 mg，一周 1 次", "70 mg, once a week"},
		{10, "mg", 0.5, false, "每次 10 mg，每 2 天 1 次", "10 mg, once every 2 days"},
		{60, "mg", 1.0 / 182, false, "每次 60 mg，每 182 天 1 次", "60 mg, once every 182 days"},
		{1, "mg", 0.22, false, "每次 1 mg，一周 1.5 次", "1 mg, 1.5 times a week"},
		{1, "mg", 0.12, false, "每次 1 mg，一月 3.6 次", "1 mg, 3.6 times a month"},
		{60, "mg", 1, true, "一天共 60 mg", "60 mg a day in all"},
		{no, "mg", 3, false, "一天 3 次", "3 times a day"},
		{20, "mg", no, false, "每次 20 mg", "20 mg"},
		{20, "mg", 0, false, "每次 20 mg", "20 mg"},
		{no, "mg", no, false, "", ""},
	} {
		if got := doseWords(r.dose, r.unit, r.perDay, r.daily); got.Zh != r.zh || got.En != r.en {
			t.Errorf("%v %s %v: %q %q, want %q %q", r.dose, r.unit, r.perDay, got.Zh, got.En, r.zh, r.en)
		}
	}
}
