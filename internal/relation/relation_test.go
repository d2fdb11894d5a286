package relation

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
)

var modes = []Mode{Unset, Patient, FamilyFirst, Both}

func all(kind string) Viewer {
	return Viewer{Side: Relative, Kind: kind, Active: true, Shared: true, Scopes: Keys()}
}

// TestWhoMayKnowWhat is the whole table for somebody who was let know everything: kind by item by mode by gravity. A row tells how
// grave it may be at most, in the order unset, patient, family first, both; -1 is nothing.
func TestWhoMayKnowWhat(t *testing.T) {
	nothing, kin := [4]int{-1, -1, -1, -1}, [4]int{1, 1, 2, 2}
	flat := func(g int) [4]int { return [4]int{g, g, g, g} }
	table := map[string]map[Item][4]int{
		"daughter": {}, "spouse": {}, "neither": {}, "guardian": {}, "household": {},
		"carer":     {Alerts: flat(1), Readings: flat(1), Targets: flat(1), Reminders: flat(1), Medicines: flat(1), Plan: flat(1)},
		"doctor":    {Readings: flat(3), Targets: flat(3), Medicines: flat(3), Reports: flat(3), Plan: flat(3), Progress: flat(3)},
		"referrer":  {Progress: flat(1)},
		"koc":       {Reminders: flat(0)},
		"assistant": {Reminders: flat(1), Plan: flat(1)},
	}
	for _, item := range Items {
		for _, kind := range []string{"daughter", "spouse", "neither", "guardian"} {
			table[kind][item] = kin
		}
	}
	for kind, row := range table {
		for _, item := range Items {
			want, ok := row[item]
			if !ok {
				want = nothing
			}
			for i, mode := range modes {
				for g := Light; g <= InPerson; g++ {
					got := Allowed(all(kind), item, g, mode)
					if got.OK != (int(g) <= want[i]) {
						t.Errorf("%s, %s, %q, gravity %d: %+v, at most %d", kind, item, mode, g, got, want[i])
					}
					if got.OK == (got.Reason != "") || !got.OK && (got.Reason.Name().Zh == "" || got.Reason.Name().En == "") {
						t.Errorf("%s, %s, %q, %d: without a reason in words: %+v", kind, item, mode, g, got)
					}
				}
			}
		}
	}
}

func TestThePersonAndTheStaff(t *testing.T) {
	for _, item := range Items {
		for g := Light; g <= InPerson; g++ {
			for _, mode := range modes {
				if !Allowed(Viewer{Side: Staff}, item, g, mode).OK {
					t.Errorf("staff: %s %d %q", item, g, mode)
				}
				want := g <= Course || g == Serious && mode != FamilyFirst
				if got := Allowed(Viewer{Side: Self}, item, g, mode); got.OK != want {
					t.Errorf("the person: %s %d %q: %+v", item, g, mode, got)
				}
			}
		}
	}
}

func TestWhatAGuardianNeeds(t *testing.T) {
	v := Viewer{Side: Relative, Kind: "guardian", Active: true, Minor: true}
	if got := Allowed(v, Reports, Serious, Unset); !got.OK {
		t.Errorf("of a child the guardian knows: %+v", got)
	}
	v.Minor = false
	if got := Allowed(v, Readings, Light, Both); got.Reason != NoConsent {
		t.Errorf("grown up, the child decides: %+v", got)
	}
	v.Minor, v.Active = true, false
	if got := Allowed(v, Readings, Light, Both); got.Reason != Ended {
		t.Errorf("no guardian any more: %+v", got)
	}
}

// Whatever else holds: an ended relation, a missing consent or an item nobody chose lets nothing through, a household knows nothing,
// and what a doctor has to say in person comes by no screen but a doctor's.
func TestNothingOpensWhatIsClosed(t *testing.T) {
	kinds := []string{"daughter", "guardian", "carer", "doctor", "referrer", "koc", "assistant", "household", "what else"}
	rapid.Check(t, func(t *rapid.T) {
		v := Viewer{
			Side: Relative, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Active: rapid.Bool().Draw(t, "active"),
			Shared: rapid.Bool().Draw(t, "shared"), Minor: rapid.Bool().Draw(t, "minor"),
			Scopes: rapid.SliceOfDistinct(rapid.SampledFrom(Keys()), rapid.ID[string]).Draw(t, "scopes"),
		}
		item, g := rapid.SampledFrom(Items).Draw(t, "item"), Gravity(rapid.IntRange(0, 3).Draw(t, "gravity"))
		mode := rapid.SampledFrom(modes).Draw(t, "mode")
		got := Allowed(v, item, g, mode)
		guards := v.Kind == "guardian" && v.Minor
		if got.OK && (!v.Active || !guards && (!v.Shared || !slices.Contains(v.Scopes, string(item))) || v.Kind == "household" ||
			g == InPerson && v.Kind != "doctor" || g == Serious && mode != FamilyFirst && mode != Both && v.Kind != "doctor" && !guards) {
			t.Fatalf("%+v may know %s of gravity %d while %q", v, item, g, mode)
		}
		if g > Light && got.OK && !Allowed(v, item, g-1, mode).OK { // who may know the graver may know the lighter
			t.Fatalf("%+v: %s %d but not %d", v, item, g, g-1)
		}
	})
}

func TestHowGraveAnEventIs(t *testing.T) {
	for _, x := range []struct {
		name        string
		t           event.Type
		a, b, stage string
		want        Gravity
	}{
		{"a reading", event.Glucose, "fasting", "", "", Light},
		{"a laboratory value", event.Lab, "ldl", "", "", Course},
		{"ARCO II", event.ClinicalStage, "arco2019", "II", "", Course},
		{"ARCO IIIA, one step below", event.ClinicalStage, "arco2019", "IIIA", "", Course},
		{"ARCO IIIB, at the limit", event.ClinicalStage, "arco2019", "IIIB", "", Serious},
		{"ARCO IV", event.ClinicalStage, "arco2019", "IV", "", Serious},
		{"a system without a limit", event.ClinicalStage, "hypertension", "3", "", Course},
		{"an image that names no stage", event.Imaging, "mri", "hip", "", Course},
		{"an image that names ARCO IV", event.Imaging, "mri", "hip", "arco2019 IV", Serious},
		{"cancer", event.Diagnosis, "cancer", "suspected", "", Serious},
		{"cancer, excluded", event.Diagnosis, "cancer", "excluded", "", Course},
		{"a hip to be replaced", event.Surgery, "hip_replacement", "planned", "", Serious},
		{"a hip that was replaced is known", event.Surgery, "hip_replacement", "done", "", Course},
		{"what a doctor said of the prognosis", event.DoctorTalk, "prognosis", "", "", InPerson},
		{"who hears first", event.Disclosure, "family_first", "", "", InPerson},
		{"pathology", event.Report, "pathology", "uploaded", "", Serious},
	} {
		if got := GravityOf(x.t, x.a, x.b, x.stage); got != x.want {
			t.Errorf("%s: %d", x.name, got)
		}
	}
	for system := range seriousFrom {
		if staged(system, seriousFrom[system]) != Serious {
			t.Errorf("%s has no stage %s", system, seriousFrom[system])
		}
	}
}
