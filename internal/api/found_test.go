package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
)

// listed are the names of a list of people.
func listed(b *browser, query string) (names []string) {
	b.h.t.Helper()
	var v struct {
		Total int
		Items []api.PersonRow
	}
	if status := b.do("GET", "/api/people?sort=name&"+query, nil, &v); status != http.StatusOK || v.Total != len(v.Items) {
		b.h.t.Errorf("%s: %d, %d of %d", query, status, len(v.Items), v.Total)
	}
	for _, p := range v.Items {
		names = append(names, p.Name)
	}
	return names
}

func TestACountOpensItsPeople(t *testing.T) {
	h := newHouse(t)
	lowReadings(h) // 张桂芳 2.8, 李秀英 3.4, both liu's
	h.tell(0, h.add(0, "王建国", "chen").Number, "glucose", `{"value":4.0,"unit":"mmol/L"}`, h.now())
	m := h.as("zhou")
	var n api.RuleCounted
	m.do("POST", "/api/rules/count", map[string]any{"rule": `events("glucose").min() < mmol(3.5)`, "compare": "gl_hypo2_28d"}, &n)
	if n.Has != 2 || n.No != 1 || *n.Gain != 1 || n.Found == "" {
		t.Fatalf("%+v", n)
	}
	for of, want := range map[string][]string{
		"has": {"李秀英", "张桂芳"}, "no": {"王建国"}, "gain": {"李秀英"}, "lose": nil, "unknown": nil, "couldGain": nil, "couldLose": {"李秀英"},
	} {
		if got := listed(m, "found="+n.Found+"&of="+of); !slices.Equal(got, want) {
			t.Errorf("%s: %q", of, got)
		}
	}
	if got := listed(m, "found="+n.Found+"&of=has&q="+url.QueryEscape("桂芳")); !slices.Equal(got, []string{"张桂芳"}) {
		t.Errorf("searched: %q", got)
	}
	res, body := m.raw("GET", "/api/people.csv?found="+n.Found+"&of=gain", nil)
	if res.StatusCode != 200 || strings.Count(string(body), "\n") != 2 || !strings.Contains(string(body), "李秀英") {
		t.Errorf("the file: %d %q", res.StatusCode, body)
	}
	var f api.Found
	if m.do("GET", "/api/found/"+n.Found, nil, &f); len(f.Sets) != 7 || f.Sets[3].Of != "gain" || f.Sets[3].People != 1 || !strings.Contains(f.Sets[3].Text.Zh, "二级低血糖") {
		t.Errorf("%+v", f)
	}
	// What happens later does not change whom a count found; who may not see a person does not see them here.
	liu := h.as("liu")
	var own api.RuleCounted
	liu.do("POST", "/api/rules/count", map[string]any{"rule": `events("glucose").count() >= 0`}, &own)
	if own.Has != 3 || len(own.Sample.Has) != 2 {
		t.Errorf("%+v", own)
	}
	if got := listed(liu, "found="+own.Found+"&of=has"); !slices.Equal(got, []string{"李秀英", "张桂芳"}) {
		t.Errorf("another's people are shown: %q", got)
	}
	for name, tt := range map[string]struct{ path, field string }{
		"another's count":      {"/api/people?of=has&found=" + n.Found, "query.found"},
		"another's, itself":    {"/api/found/" + n.Found, "query.found"},
		"a count that was not": {"/api/people?of=has&found=01JX", "query.found"},
	} {
		if p := liu.refused("GET", tt.path, nil); p.Status != 404 || p.Code != "found_gone" || p.Field != tt.field {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := m.refused("GET", "/api/people?of=nope&found="+n.Found, nil); p.Status != 422 || p.Field != "query.of" || p.Hint == "" {
		t.Errorf("an unknown number: %+v", p)
	}
	viewer := h.as("viewer")
	var masked api.RuleCounted
	viewer.do("POST", "/api/rules/count", map[string]any{"rule": `events("glucose").min() < mmol(3.5)`}, &masked)
	if got := listed(viewer, "found="+masked.Found+"&of=has"); !slices.Equal(got, []string{"李*英", "张*芳"}) {
		t.Errorf("a viewer reads %q", got)
	}
	if p := viewer.refused("GET", "/api/people.csv?of=has&found="+masked.Found, nil); p.Status != 403 {
		t.Errorf("a viewer takes the file: %d", p.Status)
	}
}

func TestAPreviewOpensItsPeople(t *testing.T) {
	h := newHouse(t)
	lowReadings(h)
	b := h.as("zhou")
	const at = "/api/programmes/diabetes/draft"
	var form map[string]any
	b.do("GET", at+"/tags/gl_hypo2_28d", nil, &form)
	form["when"] = strings.Replace(lowRule, "e.value < mmol(3.0)", "e.value > mmol(3.0) && e.value < mmol(3.9)", 1)
	if status := b.do("PUT", at+"/tags/gl_hypo2_28d", form, nil, "If-Match", `"0"`); status != 200 {
		t.Fatal(status)
	}
	var p api.Preview
	b.do("POST", at+"/preview", map[string]any{}, &p)
	for range 200 {
		if b.do("GET", at+"/preview", nil, &p); p.State != "running" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if p.State != "done" || p.Found == "" {
		t.Fatalf("%+v", p)
	}
	for of, want := range map[string][]string{"tag:gl_hypo2_28d:gain": {"李秀英"}, "tag:gl_hypo2_28d:lose": {"张桂芳"}} {
		if got := listed(b, "found="+p.Found+"&of="+of); !slices.Equal(got, want) {
			t.Errorf("%s: %q", of, got)
		}
	}
	if got := listed(h.as("admin"), "found="+p.Found+"&of=tag:gl_hypo2_28d:gain"); len(got) != 1 {
		t.Errorf("another editor reads %q", got)
	}
	if p := h.as("liu").refused("GET", "/api/people?of=tag:gl_hypo2_28d:gain&found="+p.Found, nil); p.Status != 404 {
		t.Errorf("who may not edit: %+v", p)
	}
}

func TestADayOfATrendOpensItsPeople(t *testing.T) {
	h := newHouse(t)
	lowReadings(h)
	b := h.as("zhou")
	var f api.Found
	if status := b.do("POST", "/api/tags/gl_hypo2_28d/moved", map[string]string{"from": "2026-03-02"}, &f); status != 200 || f.Sets[0].People != 1 || f.Sets[1].People != 0 {
		t.Fatalf("%d %+v", status, f)
	}
	if got := listed(b, "found="+f.Found+"&of=gained"); !slices.Equal(got, []string{"张桂芳"}) {
		t.Errorf("%q", got)
	}
	if b.do("POST", "/api/tags/gl_hypo2_28d/moved", map[string]string{"from": "2026-03-02", "to": "2026-03-07"}, &f); f.Sets[0].People != 0 {
		t.Errorf("the day before: %+v", f)
	}
}

func TestSegmentsOfSeveralPeople(t *testing.T) {
	h := newHouse(t)
	one, two := lowReadings(h)
	other := string(h.add(0, "王建国", "chen").ID)
	liu := h.as("liu")
	body := map[string]any{"people": []string{one, two, other, one}, "state": "in", "reason": "签了同意书", "until": "2026-03-10"}
	var done api.Decided
	if status := liu.do("POST", "/api/segments/pilot/people", body, &done); status != 200 || done.Done != 2 || len(done.Refused) != 1 || done.Refused[0].ID != other {
		t.Fatalf("%d %+v", status, done)
	}
	var hands struct {
		Total int
		Items []api.SegmentDecision
	}
	zhou := h.as("zhou")
	if zhou.do("GET", "/api/segments/pilot/hands", nil, &hands); hands.Total != 2 || !hands.Items[0].In || hands.Items[0].Reason != "签了同意书" || hands.Items[0].By.Zh != "刘敏" || !strings.HasPrefix(hands.Items[0].Until, "2026-03-10") {
		t.Errorf("%+v", hands)
	}
	if h.as("chen").do("GET", "/api/segments/pilot/hands", nil, &hands); hands.Total != 0 {
		t.Errorf("another's people: %+v", hands)
	}
	if h.as("viewer").do("GET", "/api/segments/pilot/hands", nil, &hands); hands.Total != 2 || hands.Items[0].Reason != "" || !strings.Contains(hands.Items[0].Person.Name, "*") {
		t.Errorf("a viewer reads %+v", hands)
	}
	// One is ended early, the other ends by itself.
	liu.do("POST", "/api/people/"+one+"/segments/pilot", map[string]string{"state": "rule"}, nil)
	if zhou.do("GET", "/api/segments/pilot/hands?state=ended", nil, &hands); hands.Total != 1 || hands.Items[0].Person.ID != one || !strings.Contains(hands.Items[0].Ended.Zh, "改回") {
		t.Errorf("ended: %+v", hands)
	}
	h.clock.Add(int64(80 * time.Hour / time.Microsecond))
	if zhou = h.as("zhou"); zhou.do("GET", "/api/segments/pilot/hands?state=ended", nil, &hands) != 200 || hands.Total != 2 || !strings.Contains(hands.Items[1].Ended.Zh, "到期") {
		t.Errorf("after its end: %+v", hands)
	}
	liu = h.as("liu")
	for name, tt := range map[string]struct {
		key, code string
		set       map[string]any
		as        *browser
	}{
		"no reason":     {"pilot", "reason_missing", map[string]any{"reason": ""}, liu},
		"a past end":    {"pilot", "until_past", map[string]any{"until": "2026-03-01"}, liu},
		"a viewer":      {"pilot", "not_allowed", nil, h.as("viewer")},
		"nobody at all": {"pilot", "", map[string]any{"people": []string{}}, liu},
	} {
		b := map[string]any{"people": []string{one}, "state": "out", "reason": "x"}
		for k, v := range tt.set {
			b[k] = v
		}
		if p := tt.as.refused("POST", "/api/segments/"+tt.key+"/people", b); p.Status < 400 || tt.code != "" && p.Code != tt.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if liu.do("POST", "/api/segments/gl_hypo2_28d/people", map[string]any{"people": []string{one}, "state": "in", "reason": "x"}, &done); done.Done != 0 || done.Refused[0].Code != "not_by_hand" {
		t.Errorf("a tag: %+v", done)
	}
}
