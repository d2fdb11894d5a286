package api_test

import (
	"testing"

	"peiban/internal/api"
)

// staged are the stages of the file by side, with the images each was read from.
func staged(f api.HealthFile) map[string]api.StagingRow {
	out := map[string]api.StagingRow{}
	for _, r := range f.Stages {
		for _, e := range r.Entries {
			if e.State == "stands" {
				out[r.Side] = r
			}
		}
	}
	return out
}

// An image and the stages read from it are one statement: one file, one moment, linked both ways, put right and taken back together.
func TestImagesCarryTheirStages(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu := h.as("liu")
	up := h.upload(liu, path)
	image := props{"modality": "mri", "site": "hip", "side": "both", "file": up, "verified": true}
	var out api.Stated
	body := props{"type": "imaging", "at": "2026-02", "properties": image, "stages": []props{{"system": "arco2019", "stage": "II", "side": "left", "extent": 30}, {"system": "arco2019", "stage": "IIIA", "side": "right"}}}
	if status := liu.do("POST", path+"/file", body, &out); status != 200 {
		t.Fatal(status)
	}
	e := out.Entry
	if len(e.Stages) != 2 || e.Stages[0].File == nil || e.Stages[0].File.ID != up || !e.Stages[1].Verified || e.Stages[0].At != e.At || e.Stages[0].Properties["date"] != "2026-02" || e.Stages[0].Imaging != e.ID {
		t.Fatalf("%+v", e.Stages)
	}
	if by := staged(liu.fileOf(path)); by["left"].Stage != "II" || by["right"].Stage != "IIIA" || by["left"].Entries[0].Properties["extent"] != 30.0 {
		t.Errorf("%+v", by)
	}
	put := func(id string, at string, stages any, want int) api.FileEntry {
		t.Helper()
		b := props{"type": "imaging", "at": at, "properties": image, "reason": "看错了"}
		if stages != nil {
			b["stages"] = stages
		}
		var out api.Stated
		if status := liu.do("POST", path+"/file/"+id+"/correct", b, &out); status != want {
			t.Fatalf("corrected: %d", status)
		}
		return out.Entry
	}
	right := e.Stages[0]
	if right.Properties["side"] != "right" {
		right = e.Stages[1]
	}
	e = put(e.ID, "2026-01-15", []props{{"system": "arco2019", "stage": "IIIB", "side": "left"}, {"system": "arco2019", "stage": "IIIA", "side": "right"}}, 200)
	by := staged(liu.fileOf(path))
	if l := by["left"].Entries[0]; len(by) != 2 || by["left"].Stage != "IIIB" || l.Properties["extent"] != nil || len(l.Replaced) != 1 || l.Properties["date"] != "2026-01-15" || l.Imaging != e.ID {
		t.Errorf("corrected: %+v", l)
	}
	if r := by["right"].Entries[0]; r.ID == right.ID || r.At != e.At {
		t.Errorf("the day of the images is that of their stages: %+v", r)
	}
	same := by["right"].Entries[0].ID
	e = put(e.ID, "", nil, 200)
	if len(e.Stages) != 2 {
		t.Errorf("a correction that says nothing of stages: %+v", e.Stages)
	}
	e = put(e.ID, "", []props{{"system": "arco2019", "stage": "IIIA", "side": "right"}}, 200)
	if by = staged(liu.fileOf(path)); len(e.Stages) != 1 || len(by) != 1 || by["right"].Entries[0].ID != same {
		t.Errorf("one side taken back, the other as it was: %+v", by)
	}
	if status := liu.do("POST", path+"/file/"+e.ID+"/retract", props{"reason": "不是此人的片子", "stages": true}, nil); status/100 != 2 {
		t.Fatal(status)
	}
	if f := liu.fileOf(path); len(staged(f)) != 0 || f.Imaging[0].State != "retracted" {
		t.Errorf("%+v", f.Imaging)
	}
}

// Taken back alone, images leave the stage, which somebody may have read elsewhere too.
func TestImagesLeaveTheirStages(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu := h.as("liu")
	var out api.Stated
	body := props{"type": "imaging", "properties": props{"modality": "xray", "site": "hip", "side": "left"}, "stages": []props{{"system": "arco1994", "stage": "III", "side": "left"}}}
	if status := liu.do("POST", path+"/file", body, &out); status != 200 {
		t.Fatal(status)
	}
	if status := liu.do("POST", path+"/file/"+out.Entry.ID+"/retract", props{"reason": "x"}, nil); status/100 != 2 {
		t.Fatal(status)
	}
	if by := staged(liu.fileOf(path)); by["left"].Stage != "III" || by["left"].Entries[0].Imaging != "" {
		t.Errorf("%+v", by)
	}
}

func TestStagesThatImagesCannotShow(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu := h.as("liu")
	left := props{"system": "arco2019", "stage": "II", "side": "left"}
	for name, tt := range map[string]struct {
		typ    string
		p      props
		stages []props
		code   string
		field  string
	}{
		"beside a diagnosis": {"diagnosis", props{"condition": "onfh", "status": "confirmed"}, []props{left}, "stages_beside_imaging", "body.stages"},
		"a side twice":       {"imaging", props{"modality": "mri"}, []props{left, left}, "side_twice", "body.stages[1].side"},
		"the other side":     {"imaging", props{"modality": "mri", "side": "right"}, []props{left}, "side_not_imaged", "body.stages[0].side"},
		"an old stage":       {"imaging", props{"modality": "mri"}, []props{{"system": "arco1994", "stage": "IIIB", "side": "left"}}, "unknown_code", "body.stages[0].stage"},
	} {
		if r := liu.refused("POST", path+"/file", props{"type": tt.typ, "properties": tt.p, "stages": tt.stages}); r.Status != 422 || r.Code != tt.code || r.Field != tt.field {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if f := liu.fileOf(path); len(f.Imaging)+len(f.Stages)+len(f.Diagnoses) != 0 {
		t.Errorf("something was written: %+v %+v", f.Imaging, f.Stages)
	}
}

// upload keeps a report of a person and gives the id of its file.
func (h *house) upload(b *browser, path string) string {
	h.t.Helper()
	var out api.Stated
	if status := b.do("POST", path+"/reports?kind=imaging", "%PDF-1.7 images", &out, "Content-Type", "application/octet-stream"); status != 200 || out.Entry.File == nil {
		h.t.Fatalf("a report: %d", status)
	}
	return out.Entry.File.ID
}

// A report somebody enters on the phone carries the stages it states: told, by nobody signed, linked to the images; with no images beside it
// a stage is staff's to state.
func TestAPersonTellsTheStagesOfAReport(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	me := h.phone(liu, x.ID)
	body := props{
		"type": "imaging", "at": "2026-02", "clientId": "phone-1", "said": props{"by": "report"}, "properties": props{"modality": "mri", "site": "hip", "side": "both"},
		"stages": []props{{"system": "arco2019", "stage": "II", "side": "left"}, {"system": "arco2019", "stage": "IIIA", "side": "right"}},
	}
	var out api.Stated
	if status := me.do("POST", "/api/me/file", body, &out); status != 200 {
		t.Fatal(status)
	}
	e := out.Entry
	if len(e.Stages) != 2 {
		t.Fatalf("%+v", e)
	}
	for _, s := range e.Stages {
		if s.Signed || s.Verified || s.Said == nil || s.Said.By != "report" || s.Provenance != "person" || s.Imaging != e.ID || s.At != e.At || !s.MayChange {
			t.Errorf("told: %+v", s)
		}
	}
	status := me.do("POST", "/api/me/file", body, &out)
	if rows := me.fileOf("/api/me").Stages; status != 200 || len(rows) != 2 || len(rows[0].Entries) != 1 {
		t.Errorf("sent again: %d, %d rows", status, len(rows))
	}
	body["properties"] = props{"modality": "ct", "site": "hip", "side": "both"}
	if r := me.refused("POST", "/api/me/file", body); r.Status != 409 || r.Code != "client_id_used" {
		t.Errorf("another statement under the same id: %+v", r)
	}
	if by := staged(liu.fileOf("/api/people/" + string(x.ID))); by["right"].Stage != "IIIA" || by["right"].Signed || by["right"].Verified {
		t.Errorf("what the doctor sees: %+v", by["right"])
	}
	for what, p := range map[string]props{"signed": {"signed": true}, "checked": {"verified": true}} {
		p["modality"], p["side"] = "mri", "left"
		if r := me.refused("POST", "/api/me/file", props{"type": "imaging", "properties": p, "stages": []props{{"system": "arco2019", "stage": "II", "side": "left"}}}); r.Status/100 != 4 {
			t.Errorf("%s by the person: %+v", what, r)
		}
	}
	if r := me.cannotSay("/api/me", "clinical_stage", props{"system": "arco2019", "stage": "II", "side": "left"}); r.Status != 403 || r.Code != "stated_by_staff" {
		t.Errorf("a stage of nothing: %+v", r)
	}
	if status := me.do("POST", "/api/me/file/"+e.ID+"/correct", props{"type": "imaging", "properties": props{"modality": "mri", "site": "hip", "side": "left"}, "reason": "看错了", "stages": []props{{"system": "arco2019", "stage": "II", "side": "left"}}}, &out); status != 200 || len(out.Entry.Stages) != 1 {
		t.Errorf("put right by the person: %d %+v", status, out.Entry.Stages)
	}
	if status := me.do("POST", "/api/me/file/"+out.Entry.ID+"/retract", props{"reason": "不是我的", "stages": true}, nil); status/100 != 2 || len(staged(me.fileOf("/api/me"))) != 0 {
		t.Errorf("taken back with its stages: %d", status)
	}
}
