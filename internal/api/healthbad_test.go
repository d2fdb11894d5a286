package api_test

import (
	"strings"
	"testing"
	"time"
)

// What people really type into a health file. Each is told what is wrong, or kept with a note; none is guessed at.
func TestBadInputOfTheHealthFile(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)

	t.Run("a medicine nobody knows is kept as it was said and asked about", func(t *testing.T) {
		got := liu.says(path, "medication", "2026-01", props{"name": "  祖传 降糖散 ", "action": "start", "dose": 2, "doseUnit": "包"})
		if len(got.Notes) != 1 || got.Notes[0].Code != "unknown_medicine" || got.Entry.Properties["class"] != "unmapped" || got.Entry.Properties["dose"] != 2.0 || got.Entry.Properties["doseUnit"] != "包" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a dose in milligrams of a medicine dosed in grams is converted and told as typed", func(t *testing.T) {
		got := liu.says(path, "medication", "2026-01", props{"name": "格华止", "action": "start", "dose": 850, "doseUnit": "mg"})
		if got.Entry.Properties["dose"] != 0.85 || got.Entry.Properties["doseText"] != "850 mg" {
			t.Errorf("%+v", got.Entry.Properties)
		}
	})
	t.Run("a dose in a unit of another kind is refused with those there are", func(t *testing.T) {
		p := liu.cannotSay(path, "medication", props{"name": "甘精胰岛素", "action": "start", "dose": 14, "doseUnit": "mg"})
		if p.Status != 422 || p.Code != "wrong_dose_unit" || !strings.Contains(p.Hint, "U") {
			t.Errorf("%+v", p)
		}
	})
	t.Run("two stops of one medicine, and a stop of one nobody began, are told apart", func(t *testing.T) {
		for _, at := range []string{"2025-05-01", "2025-09-01"} {
			if at == "2025-05-01" {
				liu.says(path, "medication", "2025-01-01", props{"name": "格列美脲", "action": "start", "dose": 2, "doseUnit": "mg"})
			}
			liu.says(path, "medication", at, props{"name": "格列美脲", "action": "stop"})
		}
		liu.says(path, "medication", "2025-06-01", props{"name": "达格列净", "action": "stop"})
		found := map[string]string{}
		for _, m := range liu.fileOf(path).Medicines {
			for _, p := range m.Problems {
				found[m.Key] += p.Code
			}
			if m.Key == "glimepiride" && (len(m.Courses) != 1 || !strings.HasPrefix(m.Courses[0].To, "2025-05-01")) {
				t.Errorf("the second stop moved the first: %+v", m.Courses)
			}
		}
		if found["glimepiride"] != "stopped_twice" || found["dapagliflozin"] != "stop_without_start" {
			t.Errorf("%v", found)
		}
	})
	t.Run("of two target profiles the later holds, and both are in view", func(t *testing.T) {
		liu.says(path, "target", "2026-02-01", props{"profile": "older"}, "doctor", "王医生")
		liu.says(path, "target", "2026-02-02", props{"profile": "adult"}, "doctor", "李医生")
		f := liu.fileOf(path)
		if f.Targets.Profile != "adult" || f.Targets.InForce == nil || f.Targets.InForce.Said.Name != "李医生" || len(f.Targets.Entries) != 2 {
			t.Errorf("%+v", f.Targets)
		}
		if p := liu.cannotSay(path, "target", props{"profile": "strict"}); p.Status != 422 || p.Field != "body.properties.profile" || !strings.Contains(p.Hint, "adult") {
			t.Errorf("a profile of nobody: %+v", p)
		}
	})
	t.Run("an HbA1c of IFCC is one of NGSP, and in the wrong unit it is refused", func(t *testing.T) {
		liu.says(path, "hba1c", "2026-02-01", props{"value": 53, "unit": "mmol/mol"})
		lab := liu.fileOf(path).Labs[0]
		if lab.Latest.Value < 6.95 || lab.Latest.Value > 7.05 || *lab.Latest.IFCC != 53 || lab.Entries[0].Properties["value"] != 53.0 {
			t.Errorf("%+v", lab.Latest)
		}
		if p := liu.cannotSay(path, "hba1c", props{"value": 53, "unit": "%"}); p.Status != 422 || p.Field != "body.properties.value" || p.Hint == "" {
			t.Errorf("53 %%: %+v", p)
		}
	})
	t.Run("a stage of ARCO 1994 stays one, beside that of 2019", func(t *testing.T) {
		liu.says(path, "clinical_stage", "2016", props{"system": "arco1994", "stage": "III", "side": "left"})
		liu.says(path, "clinical_stage", "2024", props{"system": "arco2019", "stage": "IIIA", "side": "left"})
		f := liu.fileOf(path)
		if len(f.Stages) != 2 || f.Stages[0].System != "arco1994" || f.Stages[0].Stage != "III" || f.Stages[1].Stage != "IIIA" {
			t.Errorf("%+v", f.Stages)
		}
		if p := liu.cannotSay(path, "clinical_stage", props{"system": "arco2019", "stage": "0"}); p.Status != 422 || p.Field != "body.properties.stage" || p.Hint == "" {
			t.Errorf("a stage of the other system: %+v", p)
		}
	})
	t.Run("a report that says it has 80 MB is refused before it is read", func(t *testing.T) {
		began := time.Now()
		p := liu.refused("POST", path+"/reports?kind=lab", "%PDF-1.7"+strings.Repeat("x", 80<<20))
		if p.Status != 413 || p.Code != "report_too_large" || p.Hint == "" {
			t.Errorf("%+v after %v", p, time.Since(began))
		}
	})
}
