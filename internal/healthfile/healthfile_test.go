package healthfile

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/medicine"
	"peiban/internal/plan"
	"peiban/internal/timeline"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func day(n float64) int64 { return start.UnixMicro() + int64(n*Day) }

// story is events with a day each; its own numbers are their sequence, from 1 on.
type story []event.Event

func (s *story) add(t *testing.T, at float64, typ, props string) event.Seq {
	t.Helper()
	e, f := event.Decode(typ, json.RawMessage(props))
	if f != nil {
		t.Fatal(f)
	}
	e.Seq, e.Occurred, e.Received = event.Seq(len(*s)+1), day(at), day(at)
	*s = append(*s, e)
	return e.Seq
}

// fold marks what later events hide, as a timeline does, and folds at a day.
func (s story) fold(at float64) (*File, timeline.View) {
	tl := &timeline.Timeline{}
	for i := range s {
		tl.Add(&s[i])
	}
	es := slices.Clone(s)
	for i := range es {
		es[i].Flags |= tl.Flags[tl.Find(es[i].Seq)]
	}
	return Fold(es, day(at)), timeline.View{Timeline: tl, Loc: time.UTC}
}

func TestCourses(t *testing.T) {
	type said struct {
		at    float64
		props string
	}
	type course struct {
		from, to float64 // to -1: running; from -1: nobody said
		end      string
		dose     float64
	}
	start := func(dose string) string {
		return `{"class":"su","generic":"gliclazide","action":"start","dose":` + dose + `}`
	}
	stop := `{"class":"su","generic":"gliclazide","action":"stop"}`
	change := `{"class":"su","generic":"gliclazide","action":"change","dose":60}`
	for _, tt := range []struct {
		name     string
		said     []said
		want     []course
		problems []Problem
	}{
		{"one that runs", []said{{0, start("30")}}, []course{{0, -1, "", 30}}, nil},
		{"one that ended", []said{{0, start("30")}, {5, stop}}, []course{{0, 5, "stop", 30}}, nil},
		{"a restart", []said{{0, start("30")}, {5, stop}, {8, start("60")}}, []course{{0, 5, "stop", 30}, {8, -1, "", 60}}, nil},
		{"a dose that changed", []said{{0, start("30")}, {5, change}}, []course{{0, 5, "change", 30}, {5, -1, "", 60}}, nil},
		{"two stops", []said{{0, start("30")}, {5, stop}, {6, stop}}, []course{{0, 5, "stop", 30}}, []Problem{StoppedTwice}},
		{"a stop alone", []said{{5, stop}}, []course{{-1, 5, "stop", math.NaN()}}, []Problem{StopWithoutStart}},
		{"the same start twice", []said{{0, start("30")}, {5, start("30")}}, []course{{0, -1, "", 30}}, []Problem{StartedTwice}},
		{"another start without a stop", []said{{0, start("30")}, {5, start("60")}}, []course{{0, 5, "change", 30}, {5, -1, "", 60}}, []Problem{StartedTwice}},
		{"days that are over", []said{{0, `{"class":"su","generic":"gliclazide","action":"start","dose":30,"days":7}`}, {9, stop}}, []course{{0, 7, "days", 30}}, []Problem{StoppedTwice}},
		{"days that are over on the very day", []said{{13, `{"class":"su","generic":"gliclazide","action":"start","dose":30,"days":7}`}}, []course{{13, 20, "days", 30}}, nil},
		{"days that are not over yet", []said{{13.5, `{"class":"su","generic":"gliclazide","action":"start","dose":30,"days":7}`}}, []course{{13.5, -1, "", 30}}, nil},
		{"told in another order", []said{{5, stop}, {0, start("30")}}, []course{{0, 5, "stop", 30}}, nil},
	} {
		var s story
		for _, x := range tt.said {
			s.add(t, x.at, "medication", x.props)
		}
		f, _ := s.fold(20)
		got := f.Takings()
		if len(got) != 1 || len(got[0].Courses) != len(tt.want) || !slices.Equal(got[0].Problems, tt.problems) {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		for i, w := range tt.want {
			c := got[0].Courses[i]
			from, to := day(w.from), day(w.to)
			if w.from < 0 {
				from = 0
			}
			if w.to < 0 {
				to = 0
			}
			if c.From != from || c.To != to || c.End != w.end || !(c.Dose == w.dose || math.IsNaN(c.Dose) && math.IsNaN(w.dose)) {
				t.Errorf("%s, course %d: %+v, want %+v", tt.name, i, c, w)
			}
		}
	}
}

// A fixed combination is of every class in it.
func TestCombinationsAreOfAllTheirClasses(t *testing.T) {
	for _, r := range []struct {
		a, b string
		same bool
	}{
		{"sitagliptin_metformin", "metformin", true}, {"sitagliptin_metformin", "linagliptin", true}, {"insulin_degludec_liraglutide", "semaglutide", true},
		{"valsartan_amlodipine", "amlodipine", true}, {"sacubitril_valsartan", "losartan", true}, {"insulin_degludec_liraglutide", "metformin", false},
		{"tcm_xiaoke", "gliclazide", true}, {"tcm_xiaoke", "tcm_jinlida", false},
	} {
		var s story
		for i, key := range []string{r.a, r.b} {
			m, _ := medicine.Of(key)
			s.add(t, float64(i), "medication", `{"class":"`+m.Class+`","generic":"`+key+`","action":"start"}`)
		}
		f, _ := s.fold(10)
		for _, m := range f.Takings() {
			if got := slices.Contains(m.Problems, SameClass); got != r.same {
				t.Errorf("%s beside %s: %s says the same class: %v", r.a, r.b, m.Key, got)
			}
		}
	}
}

func TestMedicinesBesideOneAnother(t *testing.T) {
	var s story
	s.add(t, 0, "medication", `{"class":"su","generic":"gliclazide","action":"start"}`)
	s.add(t, 1, "medication", `{"class":"su","generic":"glimepiride","action":"start"}`)
	s.add(t, 2, "medication", `{"class":"statin","generic":"atorvastatin","action":"start"}`)
	s.add(t, 2, "medication", `{"class":"unmapped","name":"降糖一号","action":"start"}`)
	s.add(t, 3, "allergy", `{"kind":"drug","generic":"atorvastatin","active":true}`)
	f, _ := s.fold(10)
	want := map[string][]Problem{"gliclazide": {SameClass}, "glimepiride": {SameClass}, "atorvastatin": {AllergyTo}, "name:降糖一号": {UnknownMedicine}}
	for _, m := range f.Takings() {
		if !slices.Equal(m.Problems, want[m.Key]) {
			t.Errorf("%s: %v, want %v", m.Key, m.Problems, want[m.Key])
		}
	}
	s.add(t, 4, "medication", `{"class":"su","generic":"glimepiride","action":"stop"}`)
	s.add(t, 5, "allergy", `{"kind":"drug","generic":"atorvastatin","active":false}`)
	f, _ = s.fold(10)
	for _, m := range f.Takings() {
		if len(m.Problems) > 0 && m.Key != "name:降糖一号" {
			t.Errorf("%s: %v", m.Key, m.Problems)
		}
	}
	if last := f.Takings()[3]; last.Key != "glimepiride" {
		t.Errorf("%s comes last, what was stopped does", last.Key)
	}
}

func TestWhoseWordHolds(t *testing.T) {
	var s story
	held := func(at float64) string {
		f, _ := s.fold(at)
		e := Holding(f.Diagnoses()[0].Entries)
		if e == nil {
			return "none"
		}
		return e.Code("status")
	}
	s.add(t, 0, "diagnosis", `{"condition":"onfh","status":"suspected"}`)
	verified := s.add(t, 2, "diagnosis", `{"condition":"onfh","status":"confirmed","verified":true}`)
	s.add(t, 3, "diagnosis", `{"condition":"onfh","status":"suspected"}`)
	s.add(t, 5, "diagnosis", `{"condition":"onfh","status":"resolved","signed":true}`)
	s.add(t, 6, "diagnosis", `{"condition":"onfh","status":"confirmed","verified":true}`)
	signed := s.add(t, 7, "diagnosis", `{"condition":"onfh","status":"excluded","signed":true}`)
	for at, want := range map[float64]string{0: "suspected", 1: "suspected", 2: "confirmed", 4: "confirmed", 5: "resolved", 6: "resolved", 7: "excluded", 8: "excluded"} {
		if got := held(at); got != want {
			t.Errorf("day %v: %s, want %s", at, got, want)
		}
	}
	gone := event.Event{Type: event.Correction, Seq: 7, Occurred: day(8), Received: day(8), Retracts: signed, Num: math.NaN()}
	s = append(s, gone)
	if got := held(9); got != "resolved" {
		t.Errorf("taken back: %s", got)
	}
	e, _ := event.Decode("diagnosis", json.RawMessage(`{"condition":"onfh","status":"excluded","verified":true}`))
	e.Seq, e.Occurred, e.Supersedes = 8, day(2), verified
	s = append(s, e)
	f, _ := s.fold(9)
	if x := f.Find(8); x == nil || len(x.Replaced) != 1 || x.Replaced[0].Event.Seq != verified || f.Find(verified) != nil {
		t.Errorf("a correction lost what it replaced: %+v", x)
	}
}

// What changes with the disease: the newest that is signed or checked, whichever; a signature of years ago does not outdo a report.
func TestTheNewestCheckedWordHolds(t *testing.T) {
	var s story
	s.add(t, 0, "clinical_stage", `{"system":"arco2019","stage":"I","side":"left"}`)
	s.add(t, 1, "clinical_stage", `{"system":"arco2019","stage":"II","side":"left","signed":true}`)
	s.add(t, 900, "clinical_stage", `{"system":"arco2019","stage":"IIIA","side":"left","verified":true}`)
	s.add(t, 950, "clinical_stage", `{"system":"arco2019","stage":"IV","side":"left"}`)
	s.add(t, 990, "clinical_stage", `{"system":"arco2019","stage":"IIIB","side":"left","signed":true}`)
	for at, want := range map[float64]string{0: "I", 1: "II", 899: "II", 900: "IIIA", 950: "IIIA", 990: "IIIB"} {
		f, _ := s.fold(at)
		if got := Checked(f.Stages()[0].Entries).Code("stage"); got != want {
			t.Errorf("day %v: %s, want %s", at, got, want)
		}
	}
	if Checked(nil) != nil {
		t.Error("something of nothing")
	}
}

// A plan that is over stands back for one that runs; of those that run, one a doctor signed holds.
func TestAPlanThatIsOverHoldsNoMore(t *testing.T) {
	var s story
	s.add(t, 0, "plan", `{"perWeek":14,"weeks":2,"signed":true}`)
	s.add(t, 1, "plan", `{"perWeek":4,"kind":"glucose"}`)
	s.add(t, 1, "plan", `{"perWeek":7,"kind":"blood_pressure","signed":true}`)
	holding := func(at float64) (float64, bool, float64) {
		f, v := s.fold(at)
		d, _ := f.Compare(f.PlanGroups()[0], v)
		i := plan.Of(v.Timeline, event.Glucose, f.At)
		return d.Entry.Number("perWeek"), d.Over, v.Num[i]
	}
	for at, want := range map[float64]float64{0: 14, 2: 14, 13.99: 14, 14: 4, 100: 4} {
		if got, over, rules := holding(at); got != want || over || rules != want {
			t.Errorf("day %v: %v (over %v), by rules %v, want %v", at, got, over, rules, want)
		}
	}
	var alone story
	alone.add(t, 0, "plan", `{"perWeek":14,"weeks":2,"signed":true}`)
	f, v := alone.fold(20)
	if d, ok := f.Compare(f.PlanGroups()[0], v); !ok || !d.Over || plan.Of(v.Timeline, event.Glucose, f.At) != -1 {
		t.Errorf("the only plan, over: %+v", d)
	}
}

// Images fulfil the plan of their own site; the hip is meant where nothing is said.
func TestImagesOfTheSiteThatIsPlanned(t *testing.T) {
	var s story
	s.add(t, 0, "care_plan", `{"kind":"imaging","everyDays":90,"active":true}`)
	s.add(t, 0, "care_plan", `{"kind":"imaging","detail":"eye","everyDays":365}`)
	s.add(t, 1, "care_plan", `{"kind":"imaging","detail":"hip","active":true}`)
	s.add(t, 10, "imaging", `{"modality":"fundus","site":"eye"}`)
	s.add(t, 11, "imaging", `{"modality":"ultrasound","site":"carotid"}`)
	s.add(t, 20, "imaging", `{"modality":"mri"}`)
	s.add(t, 21, "imaging", `{"modality":"mri","site":"knee"}`)
	f, v := s.fold(60)
	due := map[string]int64{}
	for _, g := range f.PlanGroups() {
		d, _ := f.Compare(g, v)
		due[g.Key] = d.NextDue
	}
	if len(due) != 2 || due["imaging"] != day(110) || due["imaging.eye"] != day(375) {
		t.Errorf("%v, want day 110 (%d) and 375 (%d)", due, day(110), day(375))
	}
	s.add(t, 30, "care_plan", `{"kind":"imaging","active":false}`)
	f, v = s.fold(60)
	if d, _ := f.Compare(f.PlanGroups()[0], v); !d.Over || d.NextDue != 0 {
		t.Errorf("ended: %+v", d)
	}
}

// The next visit is one day: due on it, late after it, done with the visit and never due again.
func TestAVisitIsDueOnce(t *testing.T) {
	var s story
	s.add(t, 0.5, "care_plan", `{"kind":"visit","inDays":10,"active":true}`)
	s.add(t, 0.6, "visit", `{}`) // the very visit it was said at
	at := func(days float64) Done {
		f, v := s.fold(days)
		d, _ := f.Compare(f.PlanGroups()[0], v)
		return d
	}
	if d := at(5); d.NextDue != day(10) || d.Overdue || d.Over {
		t.Errorf("%+v", d)
	}
	if d := at(10.9); d.Overdue {
		t.Errorf("late on the day: %+v", d)
	}
	if d := at(11); !d.Overdue {
		t.Errorf("not late after it: %+v", d)
	}
	s.add(t, 12, "visit", `{}`)
	for _, days := range []float64{12, 13, 400} {
		if d := at(days); !d.Over || d.Overdue || d.NextDue != 0 || d.Done != 1 {
			t.Errorf("day %v: due again after the visit: %+v", days, d)
		}
	}
}

// A next visit that was kept as recurring is the day it names; a visit every so often stays one.
func TestANextVisitKeptAsRecurringIsOneDay(t *testing.T) {
	for _, tt := range []struct {
		props, provenance string
		due               float64 // before the visit of day 20
		again             bool    // after it
	}{
		{`{"kind":"visit","everyDays":9,"active":true,"text":"2026-01-11"}`, "hearsay", 10, false},
		{`{"kind":"visit","everyDays":9,"active":true}`, "visit_link", 9, false},
		{`{"kind":"visit","everyDays":9,"active":true,"text":"每 9 天"}`, "hearsay", 9.5, true},
		{`{"kind":"lab","everyDays":9,"active":true,"text":"2026-01-11"}`, "visit_link", 9.5, true},
	} {
		var s story
		s.add(t, 0.5, "care_plan", tt.props)
		s[0].Provenance = tt.provenance
		f, v := s.fold(5)
		if d, _ := f.Compare(f.PlanGroups()[0], v); d.NextDue != day(tt.due) {
			t.Errorf("%s: due on %v", tt.props, float64(d.NextDue)/float64(Day))
		}
		s.add(t, 20, "visit", `{}`)
		s.add(t, 20, "lab", `{"test":"ldl","value":2,"unit":"mmol/L"}`)
		f, v = s.fold(25)
		if d, _ := f.Compare(f.PlanGroups()[0], v); (d.NextDue != 0) != tt.again || d.Over == tt.again {
			t.Errorf("%s: after the visit %+v", tt.props, d)
		}
	}
}

// A stage of the old ARCO classification stays one of the old.
func TestStagesOfTwoSystemsStayApart(t *testing.T) {
	var s story
	s.add(t, 0, "clinical_stage", `{"system":"arco1994","stage":"III","side":"left"}`)
	s.add(t, 1, "clinical_stage", `{"system":"arco2019","stage":"IIIA","side":"left"}`)
	s.add(t, 1, "clinical_stage", `{"system":"arco2019","stage":"II","side":"right"}`)
	f, _ := s.fold(2)
	var keys []string
	for _, g := range f.Stages() {
		keys = append(keys, g.Key+" "+Holding(g.Entries).Code("stage"))
	}
	if want := []string{"arco1994 left III", "arco2019 left IIIA", "arco2019 right II"}; !slices.Equal(keys, want) {
		t.Errorf("%v, want %v", keys, want)
	}
}

func TestTests(t *testing.T) {
	var s story
	s.add(t, 3, "lab", `{"test":"ldl","value":2.604,"unit":"mmol/L","refLow":0,"refHigh":2.6}`)
	s.add(t, 0, "lab", `{"test":"ldl","value":2.6,"unit":"mmol/L","refLow":2.6,"refHigh":3}`)
	s.add(t, 1, "hba1c", `{"value":8}`)
	s.add(t, 2, "lab", `{"test":"ldl","value":1.9,"unit":"mmol/L","judged":"low"}`)
	f, _ := s.fold(2)
	ts := f.Tests()
	if len(ts) != 2 || ts[0].Key != A1c {
		t.Fatalf("%+v", ts)
	}
	if by, way, ok := ts[1].Change(); !ok || by != -0.7 || way != "down" {
		t.Errorf("%v %s %v", by, way, ok)
	}
	if _, _, ok := ts[0].Change(); ok {
		t.Error("a change of one value")
	}
	f, _ = s.fold(3)
	var judged []string
	for _, e := range f.Tests()[1].Points {
		judged = append(judged, Judged(e))
	}
	if want := []string{"normal", "low", "high"}; !slices.Equal(judged, want) {
		t.Errorf("%v, want %v", judged, want)
	}
	s.add(t, 4, "lab", `{"test":"ldl","value":2.601,"unit":"mmol/L"}`)
	f, _ = s.fold(4)
	if by, way, _ := f.Tests()[1].Change(); by != 0 || way != "steady" {
		t.Errorf("two values that print the same: %v %s", by, way)
	}
}

func TestPlansAgainstWhatWasDone(t *testing.T) {
	var s story
	s.add(t, 0, "plan", `{"perWeek":7,"source":"programme"}`)
	s.add(t, 0, "care_plan", `{"kind":"imaging","everyDays":90,"active":true}`)
	s.add(t, 0, "exercise_plan", `{"minutes":150}`)
	s.add(t, 0, "meal_plan", `{"portions":12}`)
	s.add(t, 0, "care_plan", `{"kind":"weight_bearing","detail":"partial","days":90,"active":true}`)
	for d := range 10 {
		s.add(t, float64(d)+0.5, "glucose", `{"value":7,"unit":"mmol/L"}`)
	}
	s.add(t, 1, "exercise", `{"minutes":100}`)
	s.add(t, 1, "meal", `{"carbs":45}`)
	s.add(t, 30, "imaging", `{"modality":"xray","site":"hip"}`)
	compare := func(at float64) map[string]Done {
		f, v := s.fold(at)
		out := map[string]Done{}
		for _, g := range f.PlanGroups() {
			out[g.Key], _ = f.Compare(g, v)
		}
		return out
	}
	d := compare(14)
	if g := d["glucose"]; g.Planned != 14 || g.Done != 10 {
		t.Errorf("glucose: %+v", g)
	}
	if g := d["exercise_plan"]; g.Planned != 300 || g.Done != 100 || g.Unit != "min" {
		t.Errorf("exercise: %+v", g)
	}
	if g := d["meal_plan"]; g.Planned != 12*15*14 || g.Done != 45 {
		t.Errorf("meals: %+v", g)
	}
	if g := d["imaging"]; g.NextDue != day(90) || g.Overdue {
		t.Errorf("imaging: %+v", g)
	}
	if g := compare(38)["glucose"]; g.Planned != 28 || g.Done != 0 {
		t.Errorf("glucose of the last four weeks: %+v", g)
	}
	if g := compare(120)["imaging"]; g.NextDue != day(120) || g.Overdue {
		t.Errorf("imaging on the day: %+v", g)
	}
	if g := compare(121)["imaging"]; !g.Overdue {
		t.Errorf("imaging after it: %+v", g)
	}
	if compare(89)["weight_bearing"].Over || !compare(90)["weight_bearing"].Over {
		t.Error("a plan of 90 days ends after 90")
	}
}

func TestDeviceChecks(t *testing.T) {
	var s story
	s.add(t, 0, "device", `{"kind":"meter","status":"in_use","device":"SN1","checkDays":365}`)
	s.add(t, 100, "device", `{"kind":"meter","status":"error","device":"SN1"}`)
	due := func(at float64) int64 {
		f, _ := s.fold(at)
		return CheckDue(f.DeviceGroups()[0])
	}
	if got := due(150); got != day(365) {
		t.Errorf("%v", got)
	}
	s.add(t, 200, "device", `{"kind":"meter","status":"checked","device":"SN1","checkDays":180}`)
	if got := due(250); got != day(380) {
		t.Errorf("after a check: %v", got)
	}
	s.add(t, 300, "device", `{"kind":"meter","status":"returned","device":"SN1"}`)
	if got := due(310); got != 0 {
		t.Errorf("returned: %v", got)
	}
}

func TestNothingIsOfTheFile(t *testing.T) {
	f := Fold(nil, day(0))
	if len(f.Takings()) != 0 || len(f.Tests()) != 0 || f.Find(1) != nil || Holding(nil) != nil || Latest(nil) != nil {
		t.Error("a file of nobody holds something")
	}
}

// Doses planned are the courses' times a day for as long as each ran within the four weeks; without how often, nothing is planned.
func TestDosesPlannedAndTaken(t *testing.T) {
	med := func(action, more string) string {
		return `{"class":"su","generic":"gliclazide","action":"` + action + `"` + more + `}`
	}
	for _, tt := range []struct {
		name          string
		story         func(s *story)
		planned       float64
		taken, missed int
		known         bool
	}{
		{"before the span, twice a day", func(s *story) { s.add(t, 0, "medication", med("start", `,"timesPerDay":2`)) }, 56, 0, 0, false},
		{"ten days of it", func(s *story) { s.add(t, 50, "medication", med("start", `,"timesPerDay":2`)) }, 20, 0, 0, false},
		{"once, then twice a day", func(s *story) {
			s.add(t, 0, "medication", med("start", `,"timesPerDay":1`))
			s.add(t, 50, "medication", med("change", `,"timesPerDay":2`))
		}, 38, 0, 0, false},
		{"stopped at half", func(s *story) {
			s.add(t, 0, "medication", med("start", `,"timesPerDay":1`))
			s.add(t, 46, "medication", med("stop", ""))
			s.add(t, 40, "medication", med("taken", ""))
			s.add(t, 41, "medication", med("missed", ""))
			s.add(t, 31, "medication", med("taken", "")) // before the span
		}, 14, 1, 1, true},
		{"nobody said how often", func(s *story) { s.add(t, 0, "medication", med("start", "")) }, math.NaN(), 0, 0, false},
	} {
		var s story
		tt.story(&s)
		f, _ := s.fold(60)
		taking := f.Takings()[0]
		d := taking.Doses(day(60))
		if !(d.Planned == tt.planned || math.IsNaN(d.Planned) && math.IsNaN(tt.planned)) || d.Taken != tt.taken || d.Missed != tt.missed || d.Known() != tt.known {
			t.Errorf("%s: %+v", tt.name, d)
		}
	}
}
