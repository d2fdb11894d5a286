package measure

import "testing"

func TestPrednisolone(t *testing.T) {
	for drug, mg := range map[string]float64{"prednisone": 5, "methylprednisolone": 4, "dexamethasone": 0.75, "hydrocortisone": 20} {
		if got, ok := Prednisolone(drug, mg); !ok || got != 5 {
			t.Errorf("%v mg of %s are %v mg of prednisolone, want 5", mg, drug, got)
		}
	}
	if _, ok := Prednisolone("aspirin", 100); ok {
		t.Error("aspirin has an equivalent")
	}
}

func TestMostWithin(t *testing.T) {
	courses := []Course{{0, 60, 20}, {70, 40, 40}}
	for _, r := range []struct {
		why        string
		days, last int64
		want       float64
	}{
		{"the whole of the second and the end of the first", 90, 200, 40*40 + 40*20},
		{"one day", 1, 200, 40},
		{"days to come are not counted", 90, 71, 60*20 + 40*2},
		{"before anything", 90, -1, 0},
	} {
		if got := MostWithin(courses, r.days, r.last); got != r.want {
			t.Errorf("%s: %v, want %v", r.why, got, r.want)
		}
	}
}

func TestStagesAreOrdered(t *testing.T) {
	if StageRank("arco2019", "II") >= StageRank("arco2019", "IIIA") || StageRank("arco2019", "V") != 0 || StageRank("none", "I") != 0 {
		t.Error("ARCO stages are out of order")
	}
	for _, s := range StageSystems() {
		if len(Stages(s)) < 3 {
			t.Errorf("%s has %d stages", s, len(Stages(s)))
		}
	}
}
