package api_test

import (
	"slices"
	"strings"
	"testing"

	"peiban/internal/api"
)

// doctored gives somebody a doctor who sees them, and the doctor's browser.
func (h *house) doctored(path, login string) *browser {
	h.t.Helper()
	if status := h.as("admin").do("PATCH", path, props{"doctor": h.staff[login]}, nil, "If-Match", "*"); status != 200 {
		h.t.Fatalf("assign %s: %d", login, status)
	}
	return h.as(login)
}

// A pharmacist who maps what a doctor signed signs nothing: the words stay the doctor's, and so does the right to change them.
func TestMappingForgesNoSignature(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "wang").ID)
	wang, qian := h.as("wang"), h.doctored(path, "qian")
	signed := qian.says(path, "medication", "2026-03-01", props{"name": "降糖一号", "action": "start", "dose": 30, "doseUnit": "mg"}).Entry
	if !signed.Signed {
		t.Fatalf("%+v", signed)
	}
	var out api.Stated
	if status := wang.do("POST", path+"/file/"+signed.ID+"/map", props{"generic": "gliclazide"}, &out); status != 200 {
		t.Fatal(status)
	}
	e := out.Entry
	if e.Signed || e.Provenance != "mapped" || e.Said == nil || e.Said.By != "doctor" || e.Said.Name != "钱立" || e.Properties["class"] != "su" {
		t.Errorf("mapped by a pharmacist: %+v", e)
	}
	if len(e.Replaced) != 1 || !e.Replaced[0].Signed || e.Replaced[0].RecordedBy.Zh != "钱立" || e.MayChange {
		t.Errorf("what the doctor signed: %+v, changeable %v", e.Replaced, e.MayChange)
	}
	if p := wang.refused("POST", path+"/file/"+e.ID+"/correct", props{"type": "medication", "properties": props{"name": "格列齐特", "action": "start", "dose": 60, "doseUnit": "mg"}}); p.Status != 403 || p.Code != "signed_by_another" {
		t.Errorf("the doctor's dose changed by another: %+v", p)
	}
	if status := qian.do("POST", path+"/file/"+e.ID+"/correct", props{"type": "medication", "properties": props{"name": "格列齐特", "action": "start", "dose": 60, "doseUnit": "mg"}}, &out); status != 200 || !out.Entry.Signed {
		t.Errorf("the doctor corrects: %d %+v", status, out.Entry)
	}
}

// The doctor who signed an unknown name may say what it is, and it stays signed.
func TestADoctorMapsTheirOwn(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	qian := h.doctored(path, "qian")
	signed := qian.says(path, "medication", "2026-03-01", props{"name": "降糖一号", "action": "start"}).Entry
	var out api.Stated
	if status := qian.do("POST", path+"/file/"+signed.ID+"/map", props{"generic": "gliclazide"}, &out); status != 200 || !out.Entry.Signed || out.Entry.Provenance != "signed" || out.Entry.Said != nil {
		t.Errorf("%d %+v", status, out.Entry)
	}
}

// A doctor signs their own words, nobody else's: those of another doctor are kept as told, with that doctor's name.
func TestADoctorSignsNoOthersWords(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	qian := h.doctored(path, "qian")
	got := qian.says(path, "diagnosis", "2015-03", props{"condition": "t2", "status": "confirmed"}, "doctor", "李医生")
	if e := got.Entry; e.Signed || e.Provenance != "hearsay" || e.Said == nil || e.Said.Name != "李医生" || len(got.Notes) != 1 || got.Notes[0].Code != "not_signed" {
		t.Errorf("another doctor's words: %+v %+v", e, got.Notes)
	}
	for _, name := range []string{"钱立", " 钱立 ", ""} {
		if got := qian.says(path, "diagnosis", "2016", props{"condition": "ckd", "status": "suspected"}, "doctor", name); !got.Entry.Signed || got.Entry.Said != nil || len(got.Notes) != 0 {
			t.Errorf("the doctor's own words, said by %q: %+v", name, got.Entry)
		}
	}
	body := props{"type": "disclosure", "properties": props{"mode": "family_first"}, "said": props{"by": "doctor", "name": "李医生"}}
	if p := qian.refused("POST", path+"/file", body); p.Status != 403 || p.Code != "doctor_only" {
		t.Errorf("another doctor's way to inform: %+v", p)
	}
}

// What only doctors and staff state is not taken from the person, and nobody but a doctor says that a doctor set a plan.
func TestWhatOnlyDoctorsAndStaffState(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	me := h.phone(liu, x.ID)
	for typ, p := range map[string]props{
		"target": {"profile": "older", "hba1cHigh": 9}, "plan": {"perWeek": 2, "source": "doctor"}, "care_plan": {"kind": "visit", "everyDays": 30},
		"doctor_talk": {"topic": "surgery"}, "clinical_stage": {"system": "arco2019", "stage": "II"}, "disclosure": {"mode": "patient"},
		"score": {"scale": "phq9", "value": 0},
	} {
		if r := me.cannotSay("/api/me", typ, p); r.Status != 403 || r.Code != "stated_by_staff" || r.Field != "body.type" || r.Hint == "" {
			t.Errorf("%s by the person: %+v", typ, r)
		}
	}
	if r := me.cannotSay("/api/me", "meal_plan", props{"portions": 10, "source": "doctor"}); r.Status != 422 || r.Code != "source_is_not_a_doctor" || r.Field != "body.properties.source" {
		t.Errorf("a doctor's meal plan by the person: %+v", r)
	}
	if e := me.says("/api/me", "meal_plan", "", props{"portions": 10, "source": "person"}).Entry; e.Properties["source"] != "person" {
		t.Errorf("the person's own meal plan: %+v", e)
	}
	if e := liu.says(path, "plan", "", props{"perWeek": 5, "source": "doctor"}, "doctor", "王医生").Entry; e.Properties["source"] != nil || e.Said.Name != "王医生" || e.Signed {
		t.Errorf("a plan told by staff: %+v", e)
	}
	qian := h.doctored(path, "qian")
	h.clock.Add(1)
	for login, signs := range map[string]bool{"liu": false, "qian": true} {
		b := map[string]*browser{"liu": liu, "qian": qian}[login]
		if status := b.do("PATCH", path, props{"perWeek": 9, "target": "older"}, nil, "If-Match", "*"); status != 200 {
			t.Fatalf("%s: %d", login, status)
		}
		f := liu.fileOf(path)
		plan := slices.IndexFunc(f.Plans, func(p api.PlanRow) bool { return p.Kind == "glucose" })
		for _, e := range []api.FileEntry{f.Plans[plan].Entries[0], f.Targets.Entries[0]} {
			if e.Signed != signs || (e.Properties["source"] == "doctor") != (signs && e.Type == "plan") {
				t.Errorf("changed by %s: %+v", login, e)
			}
		}
		h.clock.Add(1)
	}
}

// Limits nobody signed do not hold, and the file says so; the person's doctor is asked, and what the doctor signs holds.
func TestTargetsHoldWhenADoctorSigns(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu, qian := h.as("liu"), h.doctored(path, "qian")
	limit := func(f api.HealthFile, key string) (high float64, own bool) {
		for _, l := range f.Targets.Limits {
			if l.Context == key {
				return l.High, l.Own
			}
		}
		return 0, false
	}
	h.clock.Add(1)
	told := liu.says(path, "target", "2026-02-01", props{"fastingHigh": 6.1, "ldlHigh": 1.8}, "doctor", "钱立").Entry
	f := liu.fileOf(path)
	if x := f.Targets; x.InForce != nil || x.Unsigned == nil || x.Unsigned.ID != told.ID || x.MaySign {
		t.Fatalf("told by staff: %+v", x)
	}
	if high, own := limit(f, "fasting"); high != 7 || own {
		t.Errorf("the limit that holds: %v %v", high, own)
	}
	if !qian.fileOf(path).Targets.MaySign {
		t.Error("the doctor is not asked")
	}
	var tasks api.Listing[api.Task]
	if qian.do("GET", "/api/tasks", nil, &tasks); len(tasks.Items) != 1 || !strings.Contains(tasks.Items[0].Title.Zh, "签署") {
		t.Errorf("the doctor's work: %+v", tasks.Items)
	}
	if p := liu.refused("POST", path+"/file/"+told.ID+"/sign", nil); p.Status != 403 {
		t.Errorf("signed by a health manager: %+v", p)
	}
	var out api.Stated
	if status := qian.do("POST", path+"/file/"+told.ID+"/sign", nil, &out); status != 200 {
		t.Fatal(status)
	}
	var after api.Listing[api.Task]
	if qian.do("GET", "/api/tasks", nil, &after); len(after.Items) != 0 {
		t.Errorf("what was signed is still asked for: %+v", after.Items)
	}
	if e := out.Entry; !e.Signed || e.Provenance != "signed" || e.Said != nil || len(e.Replaced) != 1 || e.Replaced[0].Said.Name != "钱立" || e.Properties["fastingHigh"] != 6.1 || e.At != e.RecordedAt || e.Properties["date"] != nil {
		t.Errorf("signed: %+v", e)
	}
	f = liu.fileOf(path)
	if high, own := limit(f, "fasting"); high != 6.1 || !own || f.Targets.InForce == nil || f.Targets.Unsigned != nil {
		t.Errorf("after signing: %v %v %+v", high, own, f.Targets)
	}
	if high, own := limit(f, "ldl"); high != 1.8 || !own {
		t.Errorf("LDL-C: %v %v", high, own)
	}
	if p := qian.refused("POST", path+"/file/"+out.Entry.ID+"/sign", nil); p.Status != 409 || p.Code != "already_signed" {
		t.Errorf("signed twice: %+v", p)
	}
	lab := liu.says(path, "lab", "2026-02-01", props{"test": "ldl", "value": 2, "unit": "mmol/L"}).Entry
	if p := qian.refused("POST", path+"/file/"+lab.ID+"/sign", nil); p.Status != 422 || p.Code != "nothing_to_sign" {
		t.Errorf("a value of a laboratory signed: %+v", p)
	}
	h.clock.Add(60_000_000)
	qian.says(path, "target", "", props{"systolicHigh": 130})
	h.clock.Add(1)
	f = liu.fileOf(path)
	if high, _ := limit(f, "fasting"); high != 6.1 {
		t.Errorf("a limit of pressure undid that of fasting: %v", high)
	}
	if high, own := limit(f, "systolic"); high != 130 || !own {
		t.Errorf("pressure: %v %v", high, own)
	}
	held := []string{}
	for _, p := range f.Targets.Profiles {
		if p.Holds {
			held = append(held, p.Of.Key+" "+p.Key)
		}
		if len(p.Limits) == 0 {
			t.Errorf("%s has no limits", p.Key)
		}
	}
	if len(f.Targets.Profiles) < 3 || !slices.Equal(held, []string{"diabetes adult"}) {
		t.Errorf("profiles to choose from: %v", held)
	}
}

// Work to sign targets ends when there is nothing left to sign: they were told anew, which asks anew, or taken back.
func TestNobodyIsAskedToSignWhatIsGone(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu, qian := h.as("liu"), h.doctored(path, "qian")
	asked := func(want int) {
		t.Helper()
		var tasks api.Listing[api.Task]
		if qian.do("GET", "/api/tasks", nil, &tasks); len(tasks.Items) != want {
			t.Fatalf("%d tasks, want %d: %+v", len(tasks.Items), want, tasks.Items)
		}
	}
	told := liu.says(path, "target", "", props{"fastingHigh": 6.1}).Entry
	liu.says(path, "plan", "", props{"perWeek": 7})
	asked(1)
	var out api.Stated
	if status := liu.do("POST", path+"/file/"+told.ID+"/correct", props{"type": "target", "properties": props{"fastingHigh": 6.5}, "reason": "听错了"}, &out); status != 200 {
		t.Fatal(status)
	}
	asked(1)
	if status := liu.do("POST", path+"/file/"+out.Entry.ID+"/retract", props{"reason": "没有说过"}, nil); status/100 != 2 {
		t.Fatal(status)
	}
	asked(0)
}

// A plan for a week is points times days; what disagrees is refused, what follows is filled in.
func TestAMonitoringPlanAddsUp(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "liu").ID)
	liu := h.as("liu")
	e := liu.says(path, "plan", "", props{"points": "fasting+bedtime", "daysPerWeek": 3}).Entry
	if e.Properties["perWeek"] != 6.0 || e.Properties["pointsPerDay"] != 2.0 {
		t.Errorf("%+v", e.Properties)
	}
	for field, p := range map[string]props{
		"perWeek":      {"pointsPerDay": 2, "daysPerWeek": 3, "perWeek": 7},
		"points":       {"points": "空腹", "perWeek": 7},
		"pointsPerDay": {"points": "fasting+bedtime", "pointsPerDay": 3, "perWeek": 7},
	} {
		if r := liu.cannotSay(path, "plan", p); r.Status != 422 || r.Field != "body.properties."+field || r.Hint == "" {
			t.Errorf("%v: %+v", p, r)
		}
	}
	if e := liu.says(path, "plan", "", props{"perWeek": 5}).Entry; e.Properties["perWeek"] != 5.0 || e.Properties["pointsPerDay"] != nil {
		t.Errorf("%+v", e.Properties)
	}
}
