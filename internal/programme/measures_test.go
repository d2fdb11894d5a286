package programme

import (
	"slices"
	"testing"

	"peiban/internal/measure"
)

func TestWithoutMeasuresAProgrammeMeasuresWhatItsTargetsLimit(t *testing.T) {
	for _, x := range []struct {
		name   string
		limits []string
		want   []string
	}{
		{"glucose", []string{"after_meal_2h"}, []string{"glucose"}},
		{"pressure", []string{"diastolic"}, []string{"blood_pressure"}},
		{"a hip: a score is given by a doctor", []string{"pain", "harris"}, []string{"pain"}},
		{"both, in the order of the catalogue", []string{"systolic", "fasting"}, []string{"glucose", "blood_pressure"}},
		{"nothing", nil, []string{}},
	} {
		p := TargetProfile{Ranges: map[string]measure.Range{}}
		for _, k := range x.limits {
			p.Ranges[k] = measure.Range{High: 1}
		}
		if got := measuredBy(map[string]TargetProfile{"a": {}, "b": p}); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}
