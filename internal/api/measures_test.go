package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/task"
	"peiban/programmes"
)

// houseOf runs the programmes of some keys; new people join the first.
func houseOf(t *testing.T, keys ...string) *house {
	t.Helper()
	var ps []*programme.Compiled
	for _, key := range keys {
		p, problems := programme.Open(programmes.FS, key)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		ps = append(ps, p)
	}
	return newHouseOfAll(t, ps)
}

func (b *browser) today() (out api.Today) {
	b.h.t.Helper()
	if status := b.do("GET", "/api/me/today", nil, &out); status != http.StatusOK {
		b.h.t.Fatalf("today: %d", status)
	}
	return out
}

func pressure(upper, lower float64) props {
	return props{"type": "blood_pressure", "properties": props{"systolic": upper, "diastolic": lower}}
}

func TestThePhoneAsksForWhatThePersonsProgrammeMeasures(t *testing.T) {
	t.Parallel() // one of the longest
	for _, x := range []struct{ programme, measure, title string }{
		{"diabetes", "glucose", "血糖"}, {"hypertension", "blood_pressure", "量一次血压"}, {"osteonecrosis", "pain", "记一次疼痛"}, {"hcp-academic", "", "填一份问卷"},
	} {
		h := houseOf(t, x.programme)
		card := h.add(0, "张桂芳", "liu")
		got := h.phone(h.as("liu"), card.ID).today()
		if got.Main.Measure != x.measure || !strings.Contains(got.Main.Title.Zh, x.title) {
			t.Errorf("%s asks for %q: %q", x.programme, got.Main.Measure, got.Main.Title.Zh)
		}
		if words := got.Main.Title.Zh; x.measure != "glucose" && strings.Contains(words, "血糖") {
			t.Errorf("%s: %q", x.programme, words)
		}
	}
}

// A plan of the pressure is counted by pressures: neither a plan of glucose nor a glucose value belongs to it.
func TestTheWeekIsThatOfTheMainMeasure(t *testing.T) {
	h := houseOf(t, "hypertension")
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(h.as("liu"), card.ID)
	h.tell(0, card.Number, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now())
	h.tell(0, card.Number, "plan", `{"perWeek":20,"source":"doctor"}`, h.now())
	got := phone.today()
	if got.Week.Count != 0 || got.Week.Plan == nil || *got.Week.Plan != 4 || got.Last != nil || got.LastOther != nil {
		t.Errorf("week %+v, last %+v", got.Week, got.Last)
	}
	h.tell(0, card.Number, "plan", `{"perWeek":14,"source":"doctor","kind":"blood_pressure","signed":true}`, h.now())
	h.tell(0, card.Number, "blood_pressure", `{"systolic":128,"diastolic":78}`, h.now())
	got = phone.today()
	if got.Week.Count != 1 || *got.Week.Plan != 14 || got.LastOther == nil || got.LastOther.Text.Zh != "血压 128/78 mmHg" {
		t.Errorf("week %+v, last %+v", got.Week, got.LastOther)
	}
	if want := "因为医生请您这周测 14 次，已测 1 次"; got.Main.Kind != "record" || got.Main.Because.Zh != want { // twice a day
		t.Errorf("%+v", got.Main)
	}
	h.tell(0, card.Number, "blood_pressure", `{"systolic":126,"diastolic":78}`, h.now().Add(-time.Hour))
	if got = phone.today(); got.Main.Kind != "done" || got.Main.Measure != "blood_pressure" {
		t.Errorf("after the second of two a day: %+v", got.Main)
	}
}

// A person of two programmes is asked for what the first measures, and offered what both do.
func TestTwoProgrammesOfferBothMeasures(t *testing.T) {
	h := houseOf(t, "osteonecrosis", "hypertension")
	card := h.add(0, "张桂芳", "liu")
	h.clock.Add(time.Minute.Microseconds())
	h.tell(0, card.Number, "programme_joined", `{"programme":"hypertension","active":true}`, h.now())
	var m api.Measures
	h.phone(h.as("liu"), card.ID).do("GET", "/api/me/measures", nil, &m)
	if want := []string{"pain", "symptom", "blood_pressure", "glucose", "weight"}; !slices.Equal(m.Kinds, want) {
		t.Errorf("offered %v, want %v", m.Kinds, want)
	}
}

func TestACriticalPressureOnThePhoneShowsTheSafetyCardAtOnce(t *testing.T) {
	h := houseOf(t, "hypertension")
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(h.as("liu"), card.ID)
	var m api.Measured
	if status := phone.do("POST", "/api/me/measures", pressure(179, 109), &m); status != 200 || m.Card != nil {
		t.Fatalf("below both limits: %d %+v", status, m.Card)
	}
	if m.Reply.Zh != "记下了： 血压 179/109 mmHg" || m.Next == nil || m.Next.Zh != "您的目标：几天的平均低于 130/80 mmHg" {
		t.Errorf("%+v %+v", m.Reply, m.Next)
	}
	if status := phone.do("POST", "/api/me/measures", pressure(180, 90), &m); status != 200 || m.Card == nil {
		t.Fatalf("at the limit: %d, no card", status)
	}
	if m.Card.Class != "safety" || m.Card.Content != "bp-repeat" || m.Card.Measured == nil || m.Card.Measured.ID != m.Entry.ID || m.Card.Reading != nil {
		t.Errorf("%+v", m.Card)
	}
	if m.Entry.Provenance != "person" || !m.Entry.MayChange {
		t.Errorf("%+v", m.Entry)
	}
	if got := phone.today(); got.Main.Kind != "card" {
		t.Errorf("today: %+v", got.Main)
	}
	// Put right, the card means nothing any more, and the record says what was there before.
	h.clock.Add(time.Minute.Microseconds())
	var fixed api.Measured
	if status := phone.do("POST", "/api/me/measures/"+m.Entry.ID+"/correct", pressure(130, 80), &fixed); status != 200 || fixed.Card != nil || len(fixed.Entry.Replaced) != 1 {
		t.Fatalf("%d %+v", status, fixed)
	}
	if got := phone.today(); got.Main.Kind == "card" {
		t.Errorf("a card about a value that was put right: %+v", got.Main)
	}
	if p := phone.refused("POST", "/api/me/measures/"+m.Entry.ID+"/correct", pressure(131, 80)); p.Code != "entry_replaced" {
		t.Errorf("an old one corrected: %+v", p)
	}
	if status := phone.do("POST", "/api/me/file/"+fixed.Entry.ID+"/retract", props{"reason": "x"}, nil); status != 204 {
		t.Errorf("taken back: %d", status)
	}
	var list api.Measures
	phone.do("GET", "/api/me/measures", nil, &list)
	if len(list.Items) != 2 || list.Items[0].State != "retracted" && list.Items[1].State != "retracted" {
		t.Errorf("%+v", list.Items)
	}
}

func TestAnImpossibleMeasureIsRefusedWithHowToMendIt(t *testing.T) {
	h := houseOf(t, "hypertension")
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	phone := h.phone(liu, card.ID)
	for _, x := range []struct {
		name              string
		body              props
		field, hint, code string
	}{
		{"a pressure nobody lives with", pressure(301, 90), "body.properties.systolic", "应在 40 到 300 mmHg 之间", "out_of_range"},
		{"changed places", pressure(80, 130), "body.properties.diastolic", "低压要比高压小，看看是不是填反了", "out_of_range"},
		{"the same twice", pressure(120, 120), "body.properties.diastolic", "低压要比高压小，看看是不是填反了", "out_of_range"},
		{"one number", props{"type": "blood_pressure", "properties": props{"systolic": 120}}, "body.properties.diastolic", "", "field_missing"},
		{"pain of eleven", props{"type": "pain", "properties": props{"value": 11, "site": "left_hip"}}, "body.properties.value", "应在 0 到 10 之间", "out_of_range"},
		{"pain nowhere", props{"type": "pain", "properties": props{"value": 4}}, "body.properties.site", "选左髋、右髋或别处", "site_missing"},
		{"a weight", props{"type": "weight", "properties": props{"value": 401}}, "body.properties.value", "应在 1 到 400 kg 之间", "out_of_range"},
		{"a symptom nobody knows", props{"type": "symptom", "properties": props{"kind": "sore_knee"}}, "body.properties.kind", "从目录里选；没有的选 other，写在 note 里", "unknown_symptom"},
		{"glucose, which has its own entry", props{"type": "glucose", "properties": props{"value": 6.1, "unit": "mmol/L"}}, "body.type", "", "not_a_measure"},
		{"of tomorrow", props{"type": "weight", "at": "2026-03-09T12:00:00+08:00", "properties": props{"value": 70}}, "body.at", "", "in_the_future"},
	} {
		for path, b := range map[string]*browser{"/api/me/measures": phone, "/api/people/" + string(card.ID) + "/measures": liu} {
			p := b.refused("POST", path, x.body)
			if p.Status != 422 || p.Code != x.code || p.Field != x.field || x.hint != "" && !strings.Contains(p.HintText.Zh, x.hint) {
				t.Errorf("%s: %s answered %+v", x.name, path, p)
			}
		}
	}
	if out := h.measuresOf(liu, card); len(out) != 0 {
		t.Errorf("kept %+v", out)
	}
}

func (h *house) measuresOf(b *browser, card conductor.Card) []api.FileEntry {
	h.t.Helper()
	var list api.Measures
	if status := b.do("GET", "/api/people/"+string(card.ID)+"/measures?days=30", nil, &list); status != 200 {
		h.t.Fatalf("measures: %d", status)
	}
	return list.Items
}

// A red flag told to the nurse on the telephone starts the journey, and is there to read on both sides.
func TestStaffEnterASymptomAndItsJourneyBegins(t *testing.T) {
	h := houseOf(t, "osteonecrosis")
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	phone := h.phone(liu, card.ID)
	at := "/api/people/" + string(card.ID)
	var m api.Measured
	if status := liu.do("POST", at+"/measures", props{"type": "symptom", "properties": props{"kind": "cannot_bear_weight", "note": "早上起来"}}, &m); status != 200 {
		t.Fatal(status)
	}
	if m.Entry.Text.Zh != "症状 站不住、不能踩地" || m.Entry.Provenance != "console" || m.Entry.Properties["note"] != "早上起来" {
		t.Errorf("%+v", m.Entry)
	}
	ts, err := h.store.TasksOf(t.Context(), h.spaces[0].Workspace().Number, card.Number)
	must(t, err)
	if !slices.ContainsFunc(ts, func(x task.Task) bool { return x.Script == "hip-red-flag" }) {
		t.Errorf("tasks %+v", ts)
	}
	for _, value := range []float64{3, 7} {
		if status := phone.do("POST", "/api/me/measures", props{"type": "pain", "properties": props{"value": value, "site": "right_hip"}}, nil); status != 200 {
			t.Fatal(status)
		}
	}
	items := h.measuresOf(liu, card)
	if len(items) != 3 || items[0].Text.Zh != "疼痛 右髋 7 分" || items[0].Text.En != "Pain right hip 7/10" {
		t.Errorf("%+v", items)
	}
	// What staff wrote the person reads and does not change; staff may correct either.
	if p := phone.refused("POST", "/api/me/measures/"+m.Entry.ID+"/correct", props{"type": "symptom", "properties": props{"kind": "tired"}}); p.Code != "not_yours" {
		t.Errorf("%+v", p)
	}
	if status := liu.do("POST", at+"/measures/"+items[0].ID+"/correct", props{"type": "pain", "properties": props{"value": 6, "site": "right_hip"}}, nil); status != 200 {
		t.Errorf("%d", status)
	}
	var line struct{ Items []struct{ Type string } }
	liu.do("GET", at+"/timeline?kind=event", nil, &line)
	kinds := map[string]int{}
	for _, one := range line.Items {
		kinds[one.Type]++
	}
	if kinds["pain"] == 0 || kinds["symptom"] == 0 {
		t.Errorf("the course shows %v", kinds)
	}
}

// An old value is history: it is kept, and no card asks what to do about it now.
func TestAnOldMeasureRaisesNoCard(t *testing.T) {
	h := houseOf(t, "hypertension")
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(h.as("liu"), card.ID)
	body := pressure(190, 100)
	body["at"] = h.now().Add(-3 * time.Hour).Format(time.RFC3339)
	var m api.Measured
	if status := phone.do("POST", "/api/me/measures", body, &m); status != 200 || m.Card != nil || m.Next != nil {
		t.Errorf("%d %+v", status, m)
	}
}

func TestNothingIsMeasuredWithoutConsent(t *testing.T) {
	h := houseOf(t, "hypertension")
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	phone := h.phone(liu, card.ID)
	h.tell(0, card.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	if p := phone.refused("POST", "/api/me/measures", pressure(120, 80)); p.Code != "consent_needed" {
		t.Errorf("%+v", p)
	}
	if got := phone.today(); got.Main.Kind != "consent" || strings.Contains(got.Main.Because.Zh, "血糖") {
		t.Errorf("%+v", got.Main)
	}
	if i := len(h.measuresOf(liu, card)); i != 0 {
		t.Errorf("%d kept", i)
	}
}

// A measure that waited on the phone arrives once, however often it is sent and under whatever key; the moment is that of measuring.
func TestAWaitingMeasureIsStoredOnce(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	me := h.phone(liu, x.ID)
	at := h.now().In(time.FixedZone("", 8*3600)).Add(-26 * time.Hour).Format(time.RFC3339)
	body := pressure(150, 90)
	body["clientId"] = "one"
	var now, first, again api.Measured
	if status := me.do("POST", "/api/me/measures", body, &now); status != http.StatusOK {
		t.Fatal(status)
	}
	body["at"] = at // the answer was lost: it waits, now with its moment
	if status := me.do("POST", "/api/me/measures", body, &first); status != http.StatusOK || first.Entry.ID != now.Entry.ID {
		t.Fatalf("%d %+v", status, first.Entry)
	}
	body["clientId"] = "two"
	if status := me.do("POST", "/api/me/measures", body, &first); status != http.StatusOK || first.Entry.ID == now.Entry.ID || !strings.HasPrefix(first.Entry.At, at[:16]) {
		t.Fatalf("%d %+v", status, first.Entry)
	}
	var fixed api.Measured
	if status := me.do("POST", "/api/me/measures/"+first.Entry.ID+"/correct", pressure(140, 90), &fixed); status != http.StatusOK {
		t.Fatal(status)
	}
	if status := me.do("POST", "/api/me/measures", body, &again); status != http.StatusOK || again.Entry.ID != fixed.Entry.ID {
		t.Fatalf("put right meanwhile: %d %+v", status, again.Entry)
	}
	var list api.Measures
	if me.do("GET", "/api/me/measures", nil, &list); len(list.Items) != 2 {
		t.Errorf("%d are stored", len(list.Items))
	}
}
