package api_test

import (
	"net/http"
	"testing"
	"time"

	"peiban/internal/api"
)

// waited follows a count until it is over.
func waited(b *browser, id string) (v api.Counting) {
	b.h.t.Helper()
	for range 400 {
		if status := b.do("GET", "/api/rules/counts/"+id, nil, &v); status != http.StatusOK {
			b.h.t.Fatalf("count %s: %d", id, status)
		}
		if v.State != "running" {
			return v
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.h.t.Fatalf("count %s goes on: %+v", id, v)
	return v
}

func TestACountGoesOnWithoutWhoBeganIt(t *testing.T) {
	h := newHouse(t)
	lowReadings(h)
	h.add(0, "王建国", "chen")
	m := h.as("zhou")
	const rule = `events("glucose").where(e, e.value < mmol(3.9)).count() >= 1`
	var begun api.Counting
	if status := m.do("POST", "/api/rules/counts", map[string]any{"rule": rule, "compare": "gl_hypo2_28d"}, &begun); status != 200 || begun.ID == "" || begun.Of != 3 {
		t.Fatalf("%d %+v", status, begun)
	}
	done := waited(h.as("zhou"), begun.ID) // another tab of hers
	if done.State != "done" || done.Done != 3 || done.Asked.Rule != rule || done.Result == nil || done.Result.Has != 2 || *done.Result.Gain != 1 || len(done.Result.Sample.Has) != 2 {
		t.Fatalf("%+v", done)
	}
	if got := listed(m, "found="+done.Result.Found+"&of=gain"); len(got) != 1 || got[0] != "李秀英" {
		t.Errorf("%q", got)
	}
	// What somebody else counts, and what a restarted service has forgotten, is said to be gone and how to mend it.
	for _, b := range []*browser{h.as("liu"), m} {
		id := begun.ID
		if b == m {
			id = "01J00000000000000000000000"
		}
		if p := b.refused("GET", "/api/rules/counts/"+id, nil); p.Status != 404 || p.Code != "count_gone" || p.Field != "path.count" || p.Hint == "" {
			t.Errorf("%+v", p)
		}
	}
	if p := m.refused("POST", "/api/rules/counts", map[string]any{"rule": "nope("}); p.Code != "rule_wrong" || p.Field != "body.rule" {
		t.Errorf("%+v", p)
	}
	if status := m.do("DELETE", "/api/rules/counts/"+begun.ID, nil, nil); status != 204 {
		t.Errorf("giving up what is over: %d", status)
	}
	if again := waited(m, begun.ID); again.State != "done" {
		t.Errorf("%+v", again)
	}
}

func TestAPreviewThatWasNotKeptIsToldFromNone(t *testing.T) {
	h := newHouse(t)
	m := h.as("zhou")
	const at = "/api/programmes/diabetes/draft/preview"
	var v api.Preview
	if m.do("GET", at, nil, &v); v.State != "none" || v.ID != "" {
		t.Errorf("%+v", v)
	}
	if p := m.refused("GET", at+"?id=01J00000000000000000000000", nil); p.Status != 404 || p.Code != "preview_gone" || p.Hint == "" {
		t.Errorf("%+v", p)
	}
}

func TestCodesBeingWrittenAreTriedAndCounted(t *testing.T) {
	h := newHouse(t)
	one, two := lowReadings(h) // 2.8 and 3.4
	m := h.as("zhou")
	latest := func(below string) string { return `events("glucose").latest().value < mmol(` + below + `)` }
	codes := []map[string]any{
		{"key": "very", "name": map[string]string{"zh": "很低", "en": "Very low"}, "when": latest("3.0")},
		{"key": "low", "name": map[string]string{"zh": "低", "en": "Low"}, "when": latest("3.9")}, // both are below; one has a code already
	}
	body := map[string]any{"rule": "", "codes": codes, "compare": "gl_hypo2_28d"}
	var begun api.Counting
	m.do("POST", "/api/rules/counts", body, &begun)
	v := waited(m, begun.ID).Result
	if v == nil || v.Has != 2 || v.Unknown != 0 || len(v.Codes) != 2 || v.Codes[0].Has != 1 || v.Codes[1].Has != 1 || *v.Codes[1].Gain != 1 || *v.Codes[1].Lose != 0 {
		t.Fatalf("%+v", v)
	}
	for _, of := range []string{v.Codes[1].OfHas, v.Codes[1].OfGain} {
		if got := listed(m, "found="+v.Found+"&of="+of); len(got) != 1 || got[0] != "李秀英" {
			t.Errorf("%s: %q", of, got)
		}
	}
	for person, want := range map[string]string{one: "very", two: "low"} {
		var tried api.RuleTried
		m.do("POST", "/api/rules/try", map[string]any{"rule": "", "codes": codes, "person": person}, &tried)
		if tried.State != "has" || tried.Code != want || tried.CodeName == nil || tried.EvidenceTotal == 0 {
			t.Errorf("%s: %+v", want, tried)
		}
	}
	codes[1]["when"] = "nope("
	if p := m.refused("POST", "/api/rules/try", map[string]any{"rule": "", "codes": codes, "person": one}); p.Code != "rule_wrong" || p.Field != "body.codes[1].when" {
		t.Errorf("%+v", p)
	}
	var given api.RuleTried
	named := []map[string]any{{"key": "t1", "name": map[string]string{"zh": "一型", "en": "Type 1"}}, {"key": "t2", "name": map[string]string{"zh": "二型", "en": "Type 2"}}}
	m.do("POST", "/api/rules/try", map[string]any{"rule": "", "code": latest("3.9") + ` ? "t2" : "t1"`, "codes": named, "person": one}, &given)
	if given.Code != "t2" {
		t.Errorf("%+v", given)
	}
}
