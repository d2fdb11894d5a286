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
