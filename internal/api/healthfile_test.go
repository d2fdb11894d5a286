package api_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/attachment"
)

type props = map[string]any

// fileOf is the health file as b gets it.
func (b *browser) fileOf(path string) (f api.HealthFile) {
	b.h.t.Helper()
	if status := b.do("GET", path+"/file", nil, &f); status != 200 {
		b.h.t.Fatalf("the file: %d", status)
	}
	return f
}

// says states something for the file.
func (b *browser) says(path, typ, at string, p props, said ...string) (out api.Stated) {
	b.h.t.Helper()
	body := props{"type": typ, "at": at, "properties": p}
	if len(said) > 0 {
		body["said"] = props{"by": said[0], "name": said[1]}
	}
	if status := b.do("POST", path+"/file", body, &out); status != 200 {
		b.h.t.Fatalf("%s: %d", typ, status)
	}
	return out
}

func (b *browser) cannotSay(path, typ string, p props) problem {
	b.h.t.Helper()
	return b.refused("POST", path+"/file", props{"type": typ, "properties": p})
}

func TestAMedicineIsKnownByItsName(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	got := liu.says(path, "medication", "2026-03-01", props{"name": "盐酸二甲双胍缓释片", "action": "start", "dose": 500, "doseUnit": "mg", "timesPerDay": 2}, "doctor", "王医生")
	e := got.Entry
	if e.Properties["generic"] != "metformin" || e.Properties["class"] != "metformin" || e.Properties["dose"] != 0.5 || e.Signed || e.Provenance != "hearsay" || e.Said == nil || e.Said.Name != "王医生" {
		t.Errorf("%+v", e)
	}
	f := liu.fileOf(path)
	if len(f.Medicines) != 1 || f.Medicines[0].Key != "metformin" || !f.Medicines[0].Current || *f.Medicines[0].Dose != 0.5 || f.Medicines[0].Unit != "g" {
		t.Errorf("%+v", f.Medicines)
	}
	for _, tt := range []struct {
		name string
		p    props
		code string
		at   string
	}{
		{"tablets in units", props{"name": "二甲双胍", "action": "start", "dose": 10, "doseUnit": "U"}, "wrong_dose_unit", "body.properties.doseUnit"},
		{"grams for milligrams", props{"name": "二甲双胍", "action": "start", "dose": 500, "doseUnit": "g"}, "dose_out_of_range", "body.properties.dose"},
		{"a key of nothing", props{"generic": "nothing", "action": "start"}, "unknown_medicine", "body.properties.generic"},
		{"no name", props{"action": "start"}, "field_missing", "body.properties.name"},
		{"an action of nothing", props{"name": "二甲双胍", "action": "swallow"}, "unknown_code", "body.properties.action"},
	} {
		if p := liu.cannotSay(path, "medication", tt.p); p.Status != 422 || p.Code != tt.code || p.Field != tt.at || p.Hint == "" {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}

// Whoever writes a medicine down is told of an allergy to it and of another of its class; so is whoever writes the allergy down.
func TestSavingAMedicineSaysWhatItClashesWith(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "wang")
	liu, path := h.as("admin"), "/api/people/"+string(x.ID)
	codes := func(s api.Stated) (out []string) {
		for _, n := range s.Notes {
			out = append(out, n.Code)
		}
		return out
	}
	liu.says(path, "allergy", "2025-01-01", props{"kind": "drug", "substance": "塞来昔布", "active": true})
	for _, r := range []struct {
		typ  string
		p    props
		want []string
	}{
		{"medication", props{"name": "二甲双胍", "action": "start"}, nil},
		{"medication", props{"name": "塞来昔布", "action": "start"}, []string{"allergy"}},
		{"medication", props{"name": "捷诺达", "action": "start"}, []string{"same_class"}},
		{"medication", props{"name": "捷诺达", "action": "stop"}, nil},
		{"allergy", props{"kind": "drug", "substance": "二甲双胍", "active": true}, []string{"allergy"}},
		{"allergy", props{"kind": "drug", "substance": "二甲双胍", "active": false}, nil},
		{"allergy", props{"kind": "drug", "substance": "氨氯地平", "active": true}, nil},
		{"medication", props{"name": "倍博特", "action": "start"}, []string{"allergy"}},
	} {
		out := liu.says(path, r.typ, "2026-03-01", r.p)
		if got := codes(out); !slices.Equal(got, r.want) {
			t.Errorf("%v: %v, want %v", r.p, got, r.want)
		}
	}
}

// A fill is entered, seen, put right and taken back; supply is counted from it by its class.
func TestFillsAreOfTheFile(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "wang")
	liu, path := h.as("admin"), "/api/people/"+string(x.ID)
	got := liu.says(path, "fill", "2026-03-01", props{"name": "格华止", "days": 30, "place": "社区药房"})
	if p := got.Entry.Properties; p["class"] != "metformin" || p["generic"] != "metformin" || got.Entry.Section != "fills" {
		t.Errorf("%+v", got.Entry)
	}
	liu.says(path, "fill", "2026-01-01", props{"name": "二甲双胍"})
	liu.says(path, "fill", "2026-01-02", props{"name": "二甲双胍", "quantity": 60, "counted": "piece", "doseText": "每次1片，每日2次"})
	if f := liu.fileOf(path).Fills; len(f) != 3 || f[1].Days == nil || *f[1].Days != 30 || f[1].Until != "2026-01-31" || f[1].From.Zh != "按数量和用法推算：60 片、粒、支，一天 2" ||
		f[2].Days != nil || f[2].Until != "" || f[2].From.Zh != "没写天数，也没写数量" {
		t.Errorf("%+v", f)
	}
	for _, one := range liu.fileOf(path).Fills[1:] {
		if status := liu.do("POST", path+"/file/"+one.Entry.ID+"/retract", props{"reason": "试"}, nil); status != 200 && status != 204 {
			t.Fatal(status)
		}
	}
	liu.says(path, "fill", "2026-02-01", props{"generic": "gliclazide", "days": 14})
	f := liu.fileOf(path)
	if len(f.Medicines) != 0 || len(f.Fills) != 4 || f.Fills[0].Name.Zh != "二甲双胍" || *f.Fills[0].Days != 30 || f.Fills[0].Until != "2026-03-30" || f.Fills[0].Place != "社区药房" {
		t.Fatalf("%+v", f.Fills)
	}
	for _, tt := range []struct {
		p        props
		code, at string
	}{
		{props{"days": 30}, "field_missing", "body.properties.name"},
		{props{"name": "二甲双胍", "days": 500}, "out_of_range", "body.properties.days"},
		{props{"generic": "nothing", "days": 30}, "unknown_medicine", "body.properties.generic"},
	} {
		if p := liu.cannotSay(path, "fill", tt.p); p.Status != 422 || p.Code != tt.code || p.Field != tt.at {
			t.Errorf("%v: %+v", tt.p, p)
		}
	}
	var out api.Stated
	if status := liu.do("POST", path+"/file/"+got.Entry.ID+"/correct", props{"type": "fill", "properties": props{"name": "格华止", "days": 60}, "reason": "看错了"}, &out); status != 200 || len(out.Entry.Replaced) != 1 {
		t.Fatalf("%d %+v", status, out.Entry)
	}
	if status := liu.do("POST", path+"/file/"+out.Entry.ID+"/retract", props{"reason": "记重了"}, nil); status/100 != 2 {
		t.Fatal(status)
	}
	if f := liu.fileOf(path); f.Fills[0].Entry.State != "retracted" || *f.Fills[0].Days != 60 {
		t.Errorf("%+v", f.Fills)
	}
	if p := liu.cannotSay(path, "medication", props{}); p.Status != 422 {
		t.Errorf("%+v", p)
	}
}

// What was typed of a glucocorticoid is what is shown; an older entry of a whole day says that it is one.
func TestAGlucocorticoidIsShownAsItWasTyped(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "wang")
	liu, path := h.as("admin"), "/api/people/"+string(x.ID)
	out := liu.says(path, "medication", "2026-03-01", props{"name": "泼尼松", "action": "start", "dose": 20, "doseUnit": "mg", "timesPerDay": 3, "days": 400, "doseText": "随餐"})
	if e := out.Entry; e.Type != "medication" || e.Properties["dose"] != 20.0 || e.Properties["timesPerDay"] != 3.0 || e.Properties["days"] != 400.0 {
		t.Errorf("%+v", e)
	}
	liu.says(path, "glucocorticoid", "2026-03-02", props{"drug": "methylprednisolone", "dose": 60, "days": 400})
	ms := liu.fileOf(path).Medicines
	if len(ms) != 2 || ms[0].How.Zh != "每次 20 mg，一天 3 次" || ms[0].DoseText != "随餐" || ms[1].How.Zh != "一天共 60 mg" || !ms[1].Courses[0].Daily {
		t.Errorf("%+v", ms)
	}
}

// A medicine nobody knows is kept; once a pharmacist says what it is, the tags are as if it had been known.
func TestAnUnknownMedicineIsMapped(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "wang")
	liu, path := h.as("admin"), "/api/people/"+string(x.ID)
	first := liu.says(path, "medication", "2026-03-01", props{"name": "降糖一号", "action": "start", "dose": 30, "doseUnit": "mg"})
	liu.says(path, "medication", "2026-03-03", props{"name": "降糖一号", "action": "taken"})
	if len(first.Notes) != 1 || first.Notes[0].Code != "unknown_medicine" || liu.fileOf(path).Unmapped != 1 {
		t.Fatalf("%+v", first)
	}
	if p := h.as("chen").refused("POST", path+"/file/"+first.Entry.ID+"/map", props{"generic": "gliclazide"}); p.Status != 404 {
		t.Errorf("another's person: %+v", p)
	}
	var out api.Stated
	if status := h.as("wang").do("POST", path+"/file/"+first.Entry.ID+"/map", props{"generic": "gliclazide"}, &out); status != 200 {
		t.Fatal(status)
	}
	if out.Entry.Properties["class"] != "su" || out.Entry.Properties["dose"] != 30.0 || len(out.Entry.Replaced) != 1 {
		t.Errorf("%+v", out.Entry)
	}
	f := liu.fileOf(path)
	if f.Unmapped != 0 || len(f.Medicines) != 1 || f.Medicines[0].Key != "gliclazide" || f.Medicines[0].Taken28 != 1 || len(f.Medicines[0].Entries) != 2 {
		t.Errorf("%+v", f.Medicines)
	}
	var tags struct {
		Items []struct{ Key, State string }
	}
	liu.do("GET", path+"/tags", nil, &tags)
	has := false
	for _, tag := range tags.Items {
		has = has || tag.Key == "dm_tx_su" && tag.State == "has"
	}
	if !has {
		t.Errorf("no tag of a sulfonylurea: %+v", tags.Items)
	}
	if p := h.as("wang").refused("POST", path+"/file/"+out.Entry.ID+"/map", props{"generic": "metformin"}); p.Status != 409 {
		t.Errorf("mapped twice: %+v", p)
	}
}

func (h *house) targetsOf(b *browser, path string) api.Targets {
	h.t.Helper()
	var p api.Person
	if status := b.do("GET", path, nil, &p); status != 200 {
		h.t.Fatal(status)
	}
	return p.Targets
}

// Nobody signs for a doctor; what a doctor signed stands against what others say, and only that doctor changes it.
func TestOnlyADoctorSigns(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(x.ID)
	liu, admin := h.as("liu"), h.as("admin")
	if p := h.as("qian").refused("GET", path+"/file", nil); p.Status != 404 {
		t.Errorf("a doctor sees somebody not theirs: %+v", p)
	}
	for _, login := range []string{"qian", "zhao"} {
		if status := admin.do("PATCH", path, props{"doctor": h.staff[login]}, nil, "If-Match", "*"); status != 200 {
			t.Fatalf("assign %s: %d", login, status)
		}
		if login == "zhao" {
			break
		}
		qian := h.as("qian")
		var list struct{ Total int }
		if qian.do("GET", "/api/people", nil, &list); list.Total != 1 {
			t.Errorf("%d people in the doctor's list", list.Total)
		}
		got := qian.says(path, "diagnosis", "2015-03", props{"condition": "t2", "status": "confirmed"})
		if !got.Entry.Signed || got.Entry.Provenance != "signed" {
			t.Errorf("a doctor's statement: %+v", got.Entry)
		}
		qian.says(path, "target", "", props{"profile": "older", "hba1cHigh": 7.5})
		h.clock.Add(time.Minute.Microseconds())
	}
	if p := h.as("qian").refused("GET", path+"/file", nil); p.Status != 404 {
		t.Errorf("the doctor before: %+v", p)
	}
	var list struct{ Total int }
	if h.as("qian").do("GET", "/api/people", nil, &list); list.Total != 0 {
		t.Errorf("%d people in the list of the doctor before", list.Total)
	}
	if by := h.targetsOf(liu, path); by.By != "钱立" || !by.Signed || by.Profile != "older" {
		t.Errorf("the head says of the targets %+v", by)
	}
	if p := liu.cannotSay(path, "diagnosis", props{"condition": "t1", "status": "confirmed", "signed": true}); p.Code != "signed_by_account_only" {
		t.Errorf("signed by another: %+v", p)
	}
	if p := liu.cannotSay(path, "disclosure", props{"mode": "family_first"}); p.Status != 403 || p.Code != "doctor_only" {
		t.Errorf("disclosure by staff: %+v", p)
	}
	h.clock.Add(time.Minute.Microseconds())
	liu.says(path, "diagnosis", "2020", props{"condition": "t2", "status": "excluded"}, "doctor", "李医生")
	liu.says(path, "target", "", props{"profile": "adult"}, "doctor", "李医生")
	f := liu.fileOf(path)
	d := f.Diagnoses[0]
	if d.Status != "confirmed" || !d.Signed || d.Since != "2015-03" || len(d.Entries) != 2 {
		t.Errorf("hearsay outdid a signature: %+v", d)
	}
	if f.Targets.Profile != "older" || f.Targets.HbA1c != 7.5 || len(f.Targets.Entries) != 2 || f.Targets.InForce == nil || !f.Targets.InForce.Signed {
		t.Errorf("targets: %+v", f.Targets)
	}
	signed := d.Entries[1].ID
	for _, b := range []*browser{liu, h.as("zhao"), admin} {
		if p := b.refused("POST", path+"/file/"+signed+"/retract", props{"reason": "x"}); p.Status != 403 || p.Code != "signed_by_another" {
			t.Errorf("a signature taken back by another: %+v", p)
		}
	}
}

func TestCorrectionsStayBesideWhatTheyReplace(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	first := liu.says(path, "lab", "2026-02-01", props{"test": "ldl", "value": 3.4, "unit": "mmol/L", "refHigh": 3.4})
	var second api.Stated
	body := props{"type": "lab", "properties": props{"test": "ldl", "value": 100, "unit": "mg/dL", "refHigh": 130}, "reason": "单位看错"}
	if status := liu.do("POST", path+"/file/"+first.Entry.ID+"/correct", body, &second, "Idempotency-Key", "k1"); status != 200 {
		t.Fatal(status)
	}
	var again api.Stated
	if liu.do("POST", path+"/file/"+first.Entry.ID+"/correct", body, &again, "Idempotency-Key", "k1"); again.Entry.ID != second.Entry.ID {
		t.Error("the same request was done twice")
	}
	if e := second.Entry; e.At != first.Entry.At || e.Properties["value"] != 100.0 || e.Properties["unit"] != "mg/dL" || e.Properties["refHigh"] != 130.0 || len(e.Replaced) != 1 || e.Replaced[0].State != "replaced" {
		t.Errorf("%+v", e)
	}
	if p := liu.refused("POST", path+"/file/"+first.Entry.ID+"/correct", body); p.Status != 412 || p.Code != "entry_replaced" {
		t.Errorf("an old version: %+v", p)
	}
	body["type"] = "hba1c"
	if p := liu.refused("POST", path+"/file/"+second.Entry.ID+"/correct", body); p.Status != 422 || p.Field != "body.type" {
		t.Errorf("another type: %+v", p)
	}
	liu.says(path, "lab", "2026-03-01", props{"test": "ldl", "value": 2.0, "unit": "mmol/L"})
	r := liu.fileOf(path).Labs[0]
	if len(r.Points) != 2 || r.Points[0].Value < 2.58 || r.Points[0].Value > 2.59 || r.Direction != "down" || *r.Change != -0.59 || r.Points[0].Flag != "normal" {
		t.Errorf("%+v", r)
	}
	if status := liu.do("POST", path+"/file/"+second.Entry.ID+"/retract", props{"reason": "不是本人的"}, nil); status != 204 {
		t.Fatal(status)
	}
	r = liu.fileOf(path).Labs[0]
	if len(r.Points) != 1 || r.Change != nil || r.Entries[1].State != "retracted" || r.Entries[1].Reason != "不是本人的" {
		t.Errorf("%+v", r)
	}
}

func TestWhatThePersonMaySay(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	me := h.phone(liu, x.ID)
	mine := me.says("/api/me", "hba1c", "2026-03-01", props{"value": 53, "unit": "mmol/mol"})
	if mine.Entry.Provenance != "person" || mine.Entry.Properties["value"] != 53.0 {
		t.Errorf("%+v", mine.Entry)
	}
	if p := *me.fileOf("/api/me").Labs[0].Latest; p.Value < 7.0 || p.Value > 7.001 || *p.IFCC != 53 {
		t.Errorf("%+v", p)
	}
	me.says("/api/me", "family_history", "1998", props{"relative": "mother", "condition": "t2", "age": 61})
	me.says("/api/me", "family_history", "", props{"relative": "mother", "condition": "hypertension"})
	life := liu.fileOf(path).Life
	if len(life) != 2 || life[0].Key == life[1].Key || !strings.Contains(life[0].Now.Text.Zh+life[1].Now.Text.Zh, "母亲") {
		t.Errorf("two illnesses of a mother are two lines: %+v", life)
	}
	got := me.says("/api/me", "fill", "2026-03-01", props{"name": "格华止", "days": 30})
	if got.Entry.Section != "fills" || got.Entry.Provenance != "person" {
		t.Errorf("what I got from the pharmacy: %+v", got.Entry)
	}
	theirs := liu.says(path, "circumstance", "", props{"kind": "smoking", "answer": "yes"})
	if p := me.refused("POST", "/api/me/file/"+theirs.Entry.ID+"/retract", props{"reason": "x"}); p.Status != 403 || p.Code != "not_yours" {
		t.Errorf("another's entry: %+v", p)
	}
	if p := me.cannotSay("/api/me", "diagnosis", props{"condition": "t2", "status": "confirmed", "verified": true}); p.Status != 403 {
		t.Errorf("verified by the person: %+v", p)
	}
	if p := me.cannotSay("/api/me", "glucose", props{"value": 5, "unit": "mmol/L"}); p.Code != "not_of_the_file" {
		t.Errorf("a reading: %+v", p)
	}
	h.tell(0, x.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	if p := me.cannotSay("/api/me", "circumstance", props{"kind": "smoking", "answer": "no"}); p.Code != "consent_needed" {
		t.Errorf("without consent: %+v", p)
	}
}

// The stage in a report is the report's, told: it is said with its system and moves no staging of the file.
func TestAReportMayStateAStage(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	me := h.phone(liu, x.ID)
	out := me.says("/api/me", "imaging", "2026-02", props{"modality": "mri", "site": "hip", "side": "left", "system": "arco2019", "stage": "II"}, "report", "")
	if e := out.Entry; !strings.Contains(e.Text.Zh, "报告写 股骨头坏死 ARCO 2019 II") || e.Signed || e.Verified || e.Said == nil || e.Said.By != "report" {
		t.Errorf("%+v", e)
	}
	if f := me.fileOf("/api/me"); len(f.Stages) != 0 || len(f.Imaging) != 1 {
		t.Errorf("a told stage is no staging: %+v", f.Stages)
	}
	for at, p := range map[string]props{
		"body.properties.system": {"modality": "mri", "stage": "II"},
		"body.properties.stage":  {"modality": "mri", "system": "arco2019", "stage": "9"},
	} {
		if got := me.cannotSay("/api/me", "imaging", p); got.Status != 422 || got.Field != at || got.Hint == "" {
			t.Errorf("%v: %+v", p, got)
		}
	}
}

func TestARowForEveryLook(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	e := liu.says(path, "circumstance", "", props{"kind": "alcohol", "answer": "yes", "value": 4})
	liu.do("POST", path+"/file/"+e.Entry.ID+"/retract", props{"reason": "x"}, nil)
	liu.fileOf(path)
	for _, action := range []string{"file.read", "file.write", "file.retract"} {
		var rows struct{ Items []struct{ Action string } }
		h.as("admin").do("GET", "/api/audit?person="+string(x.ID)+"&action="+action, nil, &rows)
		if len(rows.Items) != 1 {
			t.Errorf("%s: %d rows", action, len(rows.Items))
		}
	}
	if strings.Contains(e.Entry.Text.Zh, "alcohol") {
		t.Errorf("a code is read: %s", e.Entry.Text.Zh)
	}
	liu.says(path, "allergy", "", props{"kind": "drug", "substance": "青霉素 张桂芳", "active": true})
	res, body := h.as("viewer").raw("GET", path+"/file", nil)
	if res.StatusCode != 200 || bytes.Contains(body, []byte("桂芳")) {
		t.Errorf("a viewer reads free text: %d", res.StatusCode)
	}
}

func TestReports(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	upload := func(b *browser, query, body string, headers ...string) (api.Stated, problem) {
		t.Helper()
		var out struct {
			api.Stated
			problem
		}
		out.Status = b.do("POST", path+"/reports"+query, body, &out, append(headers, "Content-Type", "application/octet-stream")...)
		return out.Stated, out.problem
	}
	pdf := "%PDF-1.7\n" + strings.Repeat("报告内容", 50_000)
	got, p := upload(liu, "?kind=imaging&at=2026-02&name="+`..%2F..%2Fetc%2Fpasswd%00%E2%80%AEfdp.exe`, pdf)
	if p.Code != "nul_character" {
		t.Errorf("a NUL in a name: %+v", p)
	}
	got, p = upload(liu, "?kind=imaging&at=2026-02&name="+`..%2F..%2Fetc%2F%22%3Cb%3E%E2%80%AEfdp.exe`, pdf, "Idempotency-Key", "one")
	if p.Status != 200 || got.Entry.File == nil || got.Entry.File.Name != "bfdp.pdf" || got.Entry.File.Media != "application/pdf" || got.Entry.File.Size != int64(len(pdf)) {
		t.Fatalf("%+v %+v", got.Entry, p)
	}
	if again, _ := upload(liu, "?kind=imaging", pdf, "Idempotency-Key", "one"); again.Entry.ID != got.Entry.ID {
		t.Error("a repeated upload was kept twice")
	}
	res, body := liu.raw("GET", got.Entry.File.URL, nil)
	if string(body) != pdf || res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), `attachment; filename="report.pdf"`) {
		t.Errorf("%d bytes, %s", len(body), res.Header.Get("Content-Disposition"))
	}
	for _, b := range []*browser{h.as("chen"), h.as("admin2")} {
		if p := b.refused("GET", got.Entry.File.URL, nil); p.Status != 404 {
			t.Errorf("another's report: %+v", p)
		}
	}
	var files []string
	must(t, filepath.WalkDir(h.reports, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	}))
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	raw, err := os.ReadFile(files[0])
	must(t, err)
	if bytes.Contains(raw, []byte("报告内容")) || bytes.Contains(raw, []byte("%PDF-1.")) {
		t.Error("the file lies open on disk")
	}
	for _, tt := range []struct{ name, query, body, code string }{
		{"empty", "?kind=lab", "", "report_empty"},
		{"a page with a script", "?kind=lab&name=a.pdf", "<html><script>", "report_type"},
		{"no kind", "", pdf, "unknown_code"},
		{"too large", "?kind=lab", "%PDF-" + strings.Repeat("x", attachment.Largest), "report_too_large"},
	} {
		if _, p := upload(liu, tt.query, tt.body); p.Code != tt.code {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
	if p := liu.cannotSay(path, "imaging", props{"modality": "mri", "file": "01JTESTNOFILE0000000000000"}); p.Code != "report_not_found" {
		t.Errorf("a file that is not there: %+v", p)
	}
	if e := liu.says(path, "imaging", "2026-02", props{"modality": "mri", "site": "hip", "file": got.Entry.File.ID}); e.Entry.File == nil || e.Entry.File.ID != got.Entry.File.ID {
		t.Errorf("%+v", e.Entry)
	}
	must(t, os.Truncate(files[0], int64(len(raw)-10)))
	req, _ := http.NewRequestWithContext(t.Context(), "GET", h.http.URL+got.Entry.File.URL, nil)
	if res, err := liu.http.Do(req); err == nil {
		if _, err = new(bytes.Buffer).ReadFrom(res.Body); err == nil {
			t.Error("a cut-off file was sent as a whole one")
		}
		res.Body.Close()
	}
}

// A report of 80 MB without a stated length is refused while it comes, and leaves nothing behind.
func TestAnEndlessReport(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	sent := &endless{left: 80 << 20}
	req, err := http.NewRequestWithContext(t.Context(), "POST", h.http.URL+"/api/people/"+string(x.ID)+"/reports?kind=lab", sent)
	must(t, err)
	req.Header.Set("X-CSRF-Token", liu.csrf)
	if res, err := liu.http.Do(req); err == nil { // or the connection was closed on us
		if res.Body.Close(); res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if sent.left < 40<<20 {
		t.Errorf("%d MB were read", (80<<20-sent.left)>>20)
	}
	_ = filepath.WalkDir(h.reports, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", d.Name())
		}
		return nil
	})
}

type endless struct{ left int }

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, "%PDF-1.7")
	if n = max(n, min(len(b), e.left)); e.left <= 0 {
		return 0, os.ErrClosed
	}
	e.left -= n
	return n, nil
}
