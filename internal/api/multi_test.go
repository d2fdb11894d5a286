package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/programmes"
)

// withMany is a house with the diabetes programme, which everybody joins by themselves, and others.
func withMany(t *testing.T, keys ...string) *house {
	t.Helper()
	var ps []*programme.Compiled
	for _, key := range append([]string{"diabetes"}, keys...) {
		p, problems := programme.Open(programmes.FS, key)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		ps = append(ps, p)
	}
	return newHouseOfAll(t, ps)
}

func (h *house) joins(card conductor.Card, programme string) {
	h.t.Helper()
	h.tell(0, card.Number, "programme_joined", `{"programme":"`+programme+`","active":true}`, h.now())
}

// crisis has somebody in both programmes, with a low glucose that only diabetes sees and a pressure that only hypertension sees.
func crisis(h *house) conductor.Card {
	h.t.Helper()
	card := h.lowReading(0, "张桂芳", "liu").person
	h.joins(card, "hypertension")
	h.tell(0, card.Number, "blood_pressure", `{"systolic":186,"diastolic":112}`, h.now())
	return card
}

// Somebody in two programmes is shown by both: tags, stages, targets, and why of each.
func TestAPersonInTwoProgrammesIsShownByBoth(t *testing.T) {
	h := withMany(t, "hypertension")
	card := crisis(h)
	b := h.as("liu")
	at := "/api/people/" + string(card.ID)
	var p api.Person
	if status := b.do("GET", at, nil, &p); status != 200 || len(p.Programmes) != 2 {
		t.Fatalf("%d %+v", status, p.Programmes)
	}
	state := func(tags []api.TagState, programme, key string) string {
		i := slices.IndexFunc(tags, func(x api.TagState) bool { return x.Programme == programme && x.Key == key })
		if i < 0 {
			return "missing"
		}
		return tags[i].State
	}
	for _, want := range [][3]string{{"diabetes", "gl_hypo2_28d", "has"}, {"hypertension", "bp_crit", "has"}, {"diabetes", "bp_crit", "missing"}, {"hypertension", "gl_hypo2_28d", "missing"}} {
		if got := state(p.Tags, want[0], want[1]); got != want[2] {
			t.Errorf("%v: %s", want, got)
		}
	}
	d, o := p.Programmes[0], p.Programmes[1]
	if d.Key != "diabetes" || d.Stage.Key != "risk" || d.Stage.Since == "" || d.Stage != p.Stage || d.Targets == nil || d.Targets.Profile != p.Targets.Profile {
		t.Errorf("%+v, the person's own stage %+v", d, p.Stage)
	}
	systolic := func(x *api.Targets) bool {
		return x != nil && slices.ContainsFunc(x.Ranges, func(r api.TargetRange) bool { return r.Context == "systolic" && r.Unit == "mmHg" && r.High > 0 })
	}
	if o.Key != "hypertension" || o.Stage.Key != "risk" || o.Stage.Since == "" || !systolic(o.Targets) {
		t.Errorf("%+v", o)
	}
	var why api.Why
	if status := b.do("GET", at+"/tags/bp_crit", nil, &why); status != 200 || why.State != "has" || why.Programme == nil || why.Programme.Key != "hypertension" || why.Since == "" || len(why.Evidence) != 1 || why.Evidence[0].Type != "blood_pressure" {
		t.Errorf("%d %+v", status, why)
	}
	if r := b.refused("GET", at+"/tags/bp_crit?programme=diabetes", nil); r.Status != 404 {
		t.Errorf("a tag of another programme: %+v", r)
	}
	if r := b.refused("GET", at+"/tags/bp_crit?programme=osteonecrosis", nil); r.Status != 404 {
		t.Errorf("a programme they are not in: %+v", r)
	}
	for _, key := range []string{"diabetes", "hypertension"} {
		if b.do("GET", at+"/stage?programme="+key, nil, &why); why.Programme == nil || why.Programme.Key != key || why.State != "has" || !strings.HasPrefix(why.Version, key+" ") {
			t.Errorf("why the stage of %s: %+v", key, why)
		}
	}
	var moves struct{ Items []api.TagChange }
	if b.do("GET", at+"/tags/bp_crit/history", nil, &moves); len(moves.Items) != 1 || !moves.Items[0].Gained || moves.Items[0].Cause != "blood_pressure" {
		t.Errorf("%+v", moves)
	}
	var line struct{ Items []api.TimelineItem }
	b.do("GET", at+"/timeline?kind=tag&limit=200", nil, &line)
	i := slices.IndexFunc(line.Items, func(x api.TimelineItem) bool { return x.Key == "bp_crit" })
	if i < 0 || line.Items[i].Of != "hypertension" || !line.Items[i].Why || strings.Contains(line.Items[i].Text.Zh, "撤下") {
		t.Errorf("%+v", line.Items)
	}
	// The day before, neither held: the past is asked of both.
	yesterday := h.now().Add(-24 * time.Hour).Format(time.RFC3339)
	var past api.Person
	b.do("GET", at+"?at="+strings.ReplaceAll(yesterday, "+", "%2B"), nil, &past)
	if len(past.Programmes) != 2 || past.Programmes[1].Stage.Key == "risk" || state(past.Tags, "hypertension", "bp_crit") == "has" {
		t.Errorf("yesterday: %+v", past.Programmes)
	}
}

// A target of any programme they are in may be chosen for a person; one of a programme they are not in would hold nowhere.
func TestATargetOfTheOtherProgramme(t *testing.T) {
	h := withMany(t, "osteonecrosis")
	card := h.add(0, "张桂芳", "liu")
	b := h.as("liu")
	at := "/api/people/" + string(card.ID)
	var p api.Person
	b.do("GET", at, nil, &p)
	body := map[string]any{"target": "after_surgery", "targetBy": "王医生"}
	if r := b.refused("PATCH", at, body, "If-Match", quote(p.Version)); r.Status != 422 || r.Field != "body.target" {
		t.Errorf("before they joined: %+v", r)
	}
	h.joins(card, "osteonecrosis")
	own := p.Targets.Profile
	b.do("GET", at, nil, &p)
	if status := b.do("PATCH", at, body, &p, "If-Match", quote(p.Version)); status != 200 || p.Programmes[1].Targets.Profile != "after_surgery" || p.Programmes[1].Targets.By != "王医生" {
		t.Fatalf("%d %+v", status, p.Programmes)
	}
	if p.Targets.Profile != own || p.Programmes[0].Targets.Profile != own {
		t.Errorf("the first programme's target moved: %+v", p.Targets)
	}
}

// A tag that several programmes have counts its own people in each, and the number opens exactly those.
func TestACountIsOfOneProgramme(t *testing.T) {
	h := withMany(t, "hypertension")
	both := crisis(h)
	h.add(0, "李秀英", "liu") // diabetes alone
	alone := h.add(0, "王建国", "liu")
	h.joins(alone, "hypertension")
	h.tell(0, alone.Number, "programme_joined", `{"programme":"diabetes","active":false}`, h.now())
	b := h.as("zhou")
	shared := ""
	var d, o api.TagCatalogue
	b.do("GET", "/api/tags?programme=diabetes", nil, &d)
	b.do("GET", "/api/tags?programme=hypertension", nil, &o)
	count := func(c api.TagCatalogue, key string) int {
		i := slices.IndexFunc(c.Items, func(x api.TagLine) bool { return x.Key == key })
		if i < 0 {
			return -1
		}
		return c.Items[i].Has
	}
	for _, x := range d.Items {
		if count(o, x.Key) < 0 {
			continue
		}
		for _, c := range []api.TagCatalogue{d, o} {
			q := "programme=" + c.Programme + "&tag=" + x.Key
			if got := listed(b, q); len(got) != count(c, x.Key) {
				t.Errorf("%s: %d counted, %q listed", q, count(c, x.Key), got)
			}
			var one api.TagDetail
			var trend api.TagTrend
			b.do("GET", "/api/tags/"+x.Key+"?programme="+c.Programme, nil, &one)
			b.do("GET", "/api/tags/"+x.Key+"/trend?days=2&programme="+c.Programme, nil, &trend)
			if one.Has != count(c, x.Key) || trend.Days[1].People != one.Has || trend.Days[0].People != 0 {
				t.Errorf("%s: %d on the page, %d in the catalogue, course %+v", q, one.Has, count(c, x.Key), trend.Days)
			}
		}
		if x.Key == "lc_new" {
			shared = x.Key
		}
	}
	if shared == "" || d.People != 2 || o.People != 2 {
		t.Fatalf("%d and %d people, shared %q", d.People, o.People, shared)
	}
	if got := listed(b, "programme=hypertension"); !slices.Equal(got, []string{"王建国", "张桂芳"}) {
		t.Errorf("%q", got)
	}
	if got := listed(b, "programme=hypertension&stage=risk"); !slices.Equal(got, []string{"张桂芳"}) {
		t.Errorf("%q", got)
	}
	// Who leaves a programme leaves its counts, and stays in the other's. The course by day knows it.
	h.tell(0, both.Number, "programme_joined", `{"programme":"hypertension","active":false}`, h.now())
	if got := listed(b, "programme=hypertension"); !slices.Equal(got, []string{"王建国"}) {
		t.Errorf("after one left: %q", got)
	}
	if got := listed(b, "programme=diabetes&tag=gl_hypo2_28d"); !slices.Equal(got, []string{"张桂芳"}) {
		t.Errorf("after one left: %q", got)
	}
	if got := listed(b, "programme=hypertension&tag=bp_crit"); got != nil {
		t.Errorf("after one left: %q", got)
	}
	var trend api.TagTrend
	if b.do("GET", "/api/tags/bp_crit/trend?days=2&programme=hypertension", nil, &trend); trend.Days[1].People != 0 || trend.Days[1].Gained != 1 || trend.Days[1].Lost != 1 || trend.Days[0].People != 0 {
		t.Errorf("after one left: %+v", trend.Days)
	}
}

// A page of somebody with hypertension tells blood pressure, and nothing of glucose that nobody measures; a page of a hip tells pain by
// side, stage, image and what it may bear. What is asked for and missing is said.
func TestThePageIsAboutWhatThePersonHas(t *testing.T) {
	h := withMany(t, "hypertension", "osteonecrosis")
	b := h.as("liu")
	only := func(name, programme string) (conductor.Card, string) {
		card := h.add(0, name, "liu")
		h.joins(card, programme)
		h.tell(0, card.Number, "programme_joined", `{"programme":"diabetes","active":false}`, h.now())
		return card, "/api/people/" + string(card.ID)
	}
	pressed, at := only("王建国", "hypertension")
	var page api.VisitPage
	b.do("GET", at+"/visit-page", nil, &page)
	if page.Glucose || len(page.Measures) != 1 || page.Measures[0].Key != "blood_pressure" || page.Measures[0].N != 0 || page.Measures[0].Sentence.Zh != "这段时间没有血压记录" || len(page.Facts) != 0 {
		t.Fatalf("nothing recorded: glucose %v, %+v, %+v", page.Glucose, page.Measures, page.Facts)
	}
	day := func(n, hour int) time.Time { return time.Date(2026, 3, n, hour, 0, 0, 0, h.now().Location()) }
	for i, x := range []string{"150,90", "140,90", "128,76", "126,78", "124,79", "130,70"} {
		s, d, _ := strings.Cut(x, ",")
		at := time.Date(2026, 3, 4+i/2, 7+13*(i%2), 0, 0, 0, time.FixedZone("", 8*3600))
		h.tell(0, pressed.Number, "blood_pressure", `{"systolic":`+s+`,"diastolic":`+d+`}`, at)
	}
	b.do("GET", at+"/visit-page", nil, &page)
	m := page.Measures[0]
	rows := map[string]string{}
	for _, r := range m.Rows {
		rows[r.Key] = r.Text.Zh
	}
	if m.Sentence.Zh != "3 天里记了 6 次，平均 133/80，3 次在目标内（<130/80）" || m.Sentence.En != "6 readings on 3 days, mean 133/80, 3 in target (<130/80)" || m.Unit != "mmHg" {
		t.Errorf("%+v", m.Sentence)
	}
	if rows["mean"] != "133/80" || rows["morning"] != "134/82" || rows["evening"] != "132/79" || rows["latest"] != "130/70（3月6日）" || rows["before"] != "" {
		t.Errorf("%+v", rows)
	}
	if len(m.Points) != 3 || m.Points[0].Show != "145/90" || *m.Points[2].Second != 74.5 || !slices.Equal(m.Limits, []float64{130, 80}) {
		t.Errorf("%+v %v", m.Points, m.Limits)
	}
	var keys []string
	for _, x := range page.Answers {
		keys = append(keys, x.Key+" "+x.Unit)
	}
	if !slices.Equal(keys, []string{"systolicHigh mmHg", "diastolicHigh mmHg"}) {
		t.Errorf("%q", keys)
	}
	var strip api.Strip
	if b.do("GET", at+"/changes", nil, &strip); strip.Glucose || len(strip.Measures) != 1 || strip.Measures[0].N != 6 {
		t.Errorf("the strip: %+v", strip.Measures)
	}
	// Three days before and three after a medicine.
	e := h.tell(0, pressed.Number, "medication", `{"class":"acei_arb","action":"start","generic":"losartan"}`, day(5, 5))
	var c api.Comparison
	if status := b.do("GET", at+"/changes/"+e.ID()+"?days=3", nil, &c); status != 200 || len(c.Measures) != 1 || c.Measures[0].Before.N != 2 || c.Measures[0].After.N != 2 || c.Measures[0].Enough {
		t.Errorf("%d %+v", status, c.Measures)
	}

	hip, at := only("李秀英", "osteonecrosis")
	b.do("GET", at+"/visit-page", nil, &page)
	if page.Glucose || len(page.Measures) != 1 || page.Measures[0].Key != "pain" || len(page.Facts) != 3 || page.Facts[0].Known || page.Facts[2].Text.En != "nothing on file" || len(page.Answers) != 0 {
		t.Errorf("a hip with nothing on file: %+v %+v", page.Measures, page.Facts)
	}
	for i, x := range []string{"6", "5", "4"} {
		h.tell(0, hip.Number, "pain", `{"value":`+x+`,"site":"left_hip"}`, day(4+i, 1))
	}
	h.tell(0, hip.Number, "pain", `{"value":2,"site":"right_hip"}`, day(5, 1))
	h.tell(0, hip.Number, "weight", `{"value":68.5}`, day(5, 1))
	h.tell(0, hip.Number, "clinical_stage", `{"system":"arco2019","stage":"IIIA","side":"left","verified":true}`, day(1, 1))
	h.tell(0, hip.Number, "imaging", `{"modality":"mri","site":"hip","side":"both","finding":"左侧塌陷"}`, day(1, 1))
	h.tell(0, hip.Number, "care_plan", `{"kind":"weight_bearing","detail":"two_crutches","days":90,"active":true,"signed":true}`, day(2, 1))
	b.do("GET", at+"/visit-page", nil, &page)
	var told []string
	for _, m := range page.Measures {
		told = append(told, m.Key+": "+m.Sentence.Zh)
	}
	if !slices.Equal(told, []string{"pain:left_hip: 3 天里记了 3 次，平均 5.0，0 次在目标内（≤3）", "pain:right_hip: 只有 1 次，数据不足，请逐个看", "weight: 只有 1 次，数据不足，请逐个看"}) {
		t.Errorf("%q", told)
	}
	for i, want := range []string{"IIIA 期，已核对报告", "左侧塌陷", "双拐"} {
		if f := page.Facts[i]; !f.Known || f.At == "" || !strings.Contains(f.Text.Zh, want) {
			t.Errorf("%+v, want %s", f, want)
		}
	}
	// Both diseases: the diabetes page stays, and the pressure stands beside it.
	both := crisis(h)
	b.do("GET", "/api/people/"+string(both.ID)+"/visit-page", nil, &page)
	if !page.Glucose || page.Pattern.N != 1 || len(page.Measures) != 1 || page.Measures[0].N != 1 || len(page.Answers) != 6 {
		t.Errorf("%+v", page.Measures)
	}
}
