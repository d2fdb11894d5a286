package conductor_test

import (
	"testing"
	"time"
)

// What a late critical value hopes for is credited while somebody can still measure again, and by nothing that does not show it.
func TestALateValueIsCreditedWithTheNextGoodOne(t *testing.T) {
	for _, x := range []struct {
		journey, event, late, good, bad string
	}{
		{"late-low", "glucose", `{"value":2.8,"unit":"mmol/L"}`, `{"value":5.6,"unit":"mmol/L"}`, `{"value":3.8,"unit":"mmol/L"}`},
		{"late-high", "glucose", `{"value":18.2,"unit":"mmol/L"}`, `{"value":13.8,"unit":"mmol/L"}`, `{"value":13.9,"unit":"mmol/L"}`},
		{"late-crisis", "blood_pressure", `{"systolic":190,"diastolic":100}`, `{"systolic":150,"diastolic":90}`, `{"systolic":181,"diastolic":90}`},
	} {
		for want, after := range map[bool]string{true: x.good, false: x.bad} {
			b := withAll(t)
			n := b.joins("zhang", "hypertension")
			b.submit(b.item("zhang", x.event, x.late, b.now.Add(-3*time.Hour)))
			b.now = b.now.Add(5 * time.Hour)
			b.submit(b.item("zhang", x.event, after, b.now))
			look, err := b.c.Look(n, 0, 0)
			ok(t, err)
			found := false
			for _, r := range look.State.Runs {
				if r.Journey == x.journey {
					if found = true; (r.Goal != 0) != want {
						t.Errorf("%s after %s: goal %d", x.journey, after, r.Goal)
					}
				}
			}
			if !found {
				t.Errorf("%s after %s is not under way any more", x.journey, after)
			}
		}
	}
}
