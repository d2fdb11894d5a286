package api_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/person"
)

const lowRule = `events("glucose").within("28d").where(e, e.value < mmol(3.0)).count() >= 1`

func quote(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// lowReadings gives the person a reading of 2.8 and another person one of 3.4.
func lowReadings(h *house) (a, b string) {
	one, two := h.add(0, "张桂芳", "liu"), h.add(0, "李秀英", "liu")
	for n, props := range map[person.Number]string{one.Number: `{"value":2.8,"unit":"mmol/L"}`, two.Number: `{"value":3.4,"unit":"mmol/L"}`} {
		h.tell(0, n, "glucose", props, h.now())
	}
	return string(one.ID), string(two.ID)
}

func TestARuleIsChecked(t *testing.T) {
	b := newHouse(t).as("viewer")
	var v api.RuleChecked
	if status := b.do("POST", "/api/rules/check", map[string]any{"rule": lowRule}, &v); status != 200 || !v.OK || !strings.Contains(v.Reading.Zh, "低于 3 mmol/L") || len(v.Reads) != 1 {
		t.Errorf("%d %+v", status, v)
	}
	v = api.RuleChecked{}
	b.do("POST", "/api/rules/check", map[string]any{"rule": "tag(\"lc_new\") &&\n  events(\"glucos\").count() > 1"}, &v)
	if v.OK || len(v.Problems) != 1 || v.Problems[0].Line != 2 || v.Problems[0].Col != 10 && v.Problems[0].Col != 3 || v.Problems[0].Hint == nil || !strings.Contains(v.Problems[0].Hint.En, "glucose") {
		t.Errorf("%+v", v)
	}
	v = api.RuleChecked{}
	if b.do("POST", "/api/rules/check", map[string]any{"rule": `events("glucose").count()`, "kind": "number"}, &v); !v.OK {
		t.Errorf("a number: %+v", v)
	}
	var words api.Vocabulary
	if b.do("GET", "/api/rules/vocabulary", nil, &words); len(words.Functions) < 40 || len(words.Tags) < 20 || len(words.Words) == 0 || len(words.Events) < 30 {
		t.Errorf("%d functions, %d tags, %d words", len(words.Functions), len(words.Tags), len(words.Words))
	}
}

func TestARuleIsTriedAndCounted(t *testing.T) {
	h := newHouse(t)
	one, two := lowReadings(h)
	b := h.as("liu")
	var tried api.RuleTried
	if status := b.do("POST", "/api/rules/try", map[string]any{"rule": lowRule, "person": one, "value": `events("glucose").latest().value`, "unit": "mmol/L"}, &tried); status != 200 || tried.State != "has" ||
		tried.EvidenceTotal != 1 || tried.Evidence[0].Reading == nil || tried.Value == nil || *tried.Value != 2.8 || !strings.HasPrefix(tried.NextChange, "2026-04-05") {
		t.Errorf("%d %+v", status, tried)
	}
	if b.do("POST", "/api/rules/try", map[string]any{"rule": lowRule, "person": two}, &tried); tried.State != "no" {
		t.Errorf("%+v", tried)
	}
	if p := b.refused("POST", "/api/rules/try", map[string]any{"rule": "nope(", "person": two}); p.Status != 422 || p.Code != "rule_wrong" || p.Field != "body.rule" {
		t.Errorf("%+v", p)
	}
	m := h.as("zhou")
	var n api.RuleCounted
	status := m.do("POST", "/api/rules/count", map[string]any{"rule": `events("glucose").where(e, e.value < mmol(3.9)).count() >= 2 || events("glucose").latest().value < mmol(3.0)`, "compare": "gl_hypo2_28d"}, &n)
	if status != 200 || n.People != 2 || n.Has != 1 || n.No != 1 || *n.Gain != 0 || *n.Lose != 0 || n.Near == nil || n.Near.CouldGain != 1 || n.Near.CouldLose != 0 || len(n.Near.GainSample) != 1 || n.Near.GainSample[0].ID != two {
		t.Errorf("%d %+v %+v", status, n, n.Near)
	}
	var masked api.RuleCounted
	h.as("viewer").do("POST", "/api/rules/count", map[string]any{"rule": lowRule}, &masked)
	if len(masked.Sample.Has) != 1 || masked.Sample.Has[0].Name != "张*芳" {
		t.Errorf("a viewer reads %+v", masked.Sample)
	}
}

func TestADraftIsEditedPreviewedAndPublished(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	one, two := lowReadings(h)
	b := h.as("zhou")
	const at = "/api/programmes/diabetes/draft"
	var d api.Draft
	if status := b.do("GET", at, nil, &d); status != 200 || d.Exists || d.Revision != 0 || !d.Sound || d.Base != 1 {
		t.Fatalf("%d %+v", status, d)
	}
	var form api.TagForm
	b.do("GET", at+"/tags/gl_hypo2_28d", nil, &form)
	if form.When == "" || form.Name.En != "Level 2 low" {
		t.Fatalf("%+v", form)
	}
	form.When = `events("glucose").within("28d").where(e, e.value < mmol(3.5) && e.value > mmol(3.0)).count() >= 1`
	if p := b.refused("PUT", at+"/tags/gl_hypo2_28d", form); p.Status != 428 {
		t.Errorf("without If-Match: %+v", p)
	}
	for role, status := range map[string]int{"liu": 403, "viewer": 403} {
		if p := h.as(role).refused("PUT", at+"/tags/gl_hypo2_28d", form, "If-Match", "0"); p.Status != status {
			t.Errorf("%s: %d", role, p.Status)
		}
	}
	if status := b.do("PUT", at+"/tags/gl_hypo2_28d", form, &d, "If-Match", `"0"`); status != 200 || !d.Exists || !d.Sound || len(d.Diff.Tags) != 1 || d.Diff.Tags[0].Change != "changed" {
		t.Fatalf("%d %+v", status, d)
	}
	if p := b.refused("PUT", at+"/tags/gl_hypo2_28d", form, "If-Match", `"0"`); p.Status != 412 {
		t.Errorf("from an older revision: %+v", p)
	}
	before := d.Revision
	if b.do("PUT", at+"/file", map[string]any{"path": "tags.yaml", "text": "lc_new:\n  when: ["}, &d, "If-Match", quote(d.Revision)); d.Sound || len(d.Problems) == 0 || d.Problems[0].File != "tags.yaml" || d.Problems[0].Line == 0 {
		t.Errorf("a broken file: %+v", d.Problems)
	}
	if p := b.refused("POST", at+"/publish", map[string]any{"note": "x"}, "If-Match", quote(d.Revision)); p.Code != "draft_unsound" {
		t.Errorf("publishing a broken draft: %+v", p)
	}
	if p := b.refused("PUT", at+"/file", map[string]any{"path": "../x", "text": "x"}, "If-Match", quote(d.Revision)); p.Code != "bad_file_path" {
		t.Errorf("a path outside: %+v", p)
	}
	if status := b.do("DELETE", at, nil, nil, "If-Match", quote(d.Revision)); status != 204 {
		t.Errorf("give up: %d", status)
	}
	h.clock.Add(int64(time.Second / time.Microsecond))
	b.do("PUT", at+"/tags/gl_hypo2_28d", form, &d, "If-Match", "0")
	if d.Revision <= before {
		t.Errorf("revision %d after %d", d.Revision, before)
	}
	for path := range map[string]bool{"tests/glucose-tags.yaml": true, "tests/low-glucose.yaml": true, "tests/safety-tags.yaml": true, "tests/layers.yaml": true, "tests/control-tags.yaml": true, "tests/needs-tags.yaml": true} {
		b.do("PUT", at+"/file", map[string]any{"path": path, "remove": true}, &d, "If-Match", quote(d.Revision))
	}
	var run api.TestRun
	if status := b.do("POST", at+"/test", nil, &run); status != 200 || run.Failed != 0 || run.Passed == 0 {
		t.Fatalf("%d %d passed, %d failed", status, run.Passed, run.Failed)
	}
	var p api.Preview
	b.do("POST", at+"/preview", nil, &p)
	for p.State == "running" { // go test ends what never ends
		time.Sleep(10 * time.Millisecond)
		b.do("GET", at+"/preview", nil, &p)
	}
	if p.State != "done" || p.People != 2 || p.Changed != 2 || len(p.Tags) == 0 {
		t.Fatalf("%+v", p)
	}
	for _, x := range p.Tags {
		if x.Key == "gl_hypo2_28d" && (x.Gain != 1 || x.Lose != 1 || x.GainSample[0].ID != two || x.LoseSample[0].ID != one) {
			t.Errorf("%+v", x)
		}
	}
	var out api.PublishedVersion
	if status := b.do("POST", at+"/publish", map[string]any{"note": "试一试"}, &out, "If-Match", quote(d.Revision)); status != 200 || out.Version != 2 || out.Changed != 2 {
		t.Fatalf("%d %+v", status, out)
	}
	var line api.TagDetail
	if b.do("GET", "/api/tags/gl_hypo2_28d", nil, &line); line.Rule != form.When || line.Has != 1 || line.Gained7d != 2 || line.Lost7d != 1 || !strings.Contains(line.Reading.En, "3.5") {
		t.Errorf("%+v", line)
	}
	var history struct{ Items []api.TagChange }
	if b.do("GET", "/api/people/"+one+"/tags/gl_hypo2_28d/history", nil, &history); len(history.Items) != 2 || history.Items[0].Gained || history.Items[0].Cause != "definition" || history.Items[0].Version != 2 || history.Items[1].Version != 1 || history.Items[1].EventID == "" {
		t.Errorf("%+v", history.Items)
	}
	var trend api.TagTrend
	if b.do("GET", "/api/tags/gl_hypo2_28d/trend?days=3", nil, &trend); len(trend.Days) != 3 || trend.Days[2] != (api.TagDay{Day: "2026-03-08", People: 1, Gained: 2, Lost: 1}) || trend.Days[1].People != 0 || len(trend.Versions) != 1 {
		t.Errorf("%+v", trend)
	}
	var all api.TagCatalogue
	if b.do("GET", "/api/tags?group=safety&q=gl_hypo2_28D", nil, &all); all.Version != 2 || all.Total != 1 || all.Items[0].Has != 1 || all.Items[0].Gained7d != 2 || all.Items[0].Lost7d != 1 || *all.Items[0].No+*all.Items[0].Unknown != 1 {
		t.Errorf("%+v", all)
	}
	var uses struct{ Items []api.TagUse }
	if b.do("GET", "/api/tags/sg_lives_alone/uses", nil, &uses); len(uses.Items) < 2 {
		t.Errorf("%+v", uses)
	}
	var versions struct{ Items []api.ProgrammeVersion }
	if b.do("GET", "/api/programmes/diabetes/versions", nil, &versions); len(versions.Items) != 2 || versions.Items[0].Version != 2 || versions.Items[0].Note != "试一试" || !versions.Items[1].First {
		t.Errorf("%+v", versions.Items)
	}
	var diff api.VersionDiff
	if b.do("GET", "/api/programmes/diabetes/versions/1/diff", nil, &diff); len(diff.Tags) != 1 || diff.Tags[0].Key != "gl_hypo2_28d" || len(diff.Other) != 6 {
		t.Errorf("%+v", diff)
	}
	if b.do("GET", at, nil, &d); d.Exists || d.Base != 2 {
		t.Errorf("the draft after it was published: %+v", d)
	}
	var rows struct {
		Items []struct{ Action string }
	}
	h.as("admin").do("GET", "/api/audit?limit=200", nil, &rows)
	b2, _ := json.Marshal(rows)
	for _, action := range []string{"draft.tag", "draft.file", "draft.drop", "draft.preview", "programme.publish"} {
		if !strings.Contains(string(b2), action) {
			t.Errorf("no audit row of %s", action)
		}
	}
}

func TestSegmentsByHand(t *testing.T) {
	h := newHouse(t)
	one, _ := lowReadings(h)
	b := h.as("liu")
	var v struct{ Items []api.SegmentState }
	find := func(key string) (s api.SegmentState) {
		for _, x := range v.Items {
			if x.Key == key {
				s = x
			}
		}
		return s
	}
	if status := b.do("GET", "/api/people/"+one+"/segments", nil, &v); status != 200 || !find("watch").In || find("pilot").In || find("watch").ByHand != nil {
		t.Fatalf("%d %+v", status, v)
	}
	const why = "住院中"
	if status := b.do("POST", "/api/people/"+one+"/segments/watch", map[string]string{"state": "out", "reason": why, "until": "2026-03-10"}, &v); status != 200 {
		t.Fatalf("%d", status)
	}
	if w := find("watch"); w.In || w.Rule != "has" || w.ByHand == nil || w.ByHand.In || w.ByHand.Reason != why || w.ByHand.By.Zh != "刘敏" || !strings.HasPrefix(w.ByHand.Until, "2026-03-10T23:59") {
		t.Errorf("%+v %+v", w, w.ByHand)
	}
	viewer := h.as("viewer")
	v.Items = nil
	if viewer.do("GET", "/api/people/"+one+"/segments", nil, &v); find("watch").ByHand == nil || find("watch").ByHand.Reason != "" {
		t.Errorf("a viewer reads %+v", find("watch").ByHand)
	}
	if p := viewer.refused("POST", "/api/people/"+one+"/segments/watch", map[string]string{"state": "in", "reason": "x"}); p.Status != 403 {
		t.Errorf("a viewer decides: %d", p.Status)
	}
	for name, tt := range map[string]struct {
		body map[string]string
		key  string
		code string
	}{
		"no reason":      {map[string]string{"state": "in"}, "pilot", "reason_missing"},
		"a tag":          {map[string]string{"state": "in", "reason": "x"}, "gl_hypo2_28d", "not_by_hand"},
		"until the past": {map[string]string{"state": "in", "reason": "x", "until": "2026-03-01"}, "pilot", "until_past"},
	} {
		if p := b.refused("POST", "/api/people/"+one+"/segments/"+tt.key, tt.body); p.Code != tt.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	var all api.TagCatalogue
	if b.do("GET", "/api/segments", nil, &all); all.Total != 2 || all.Items[0].Kind != "segment" || !all.Items[0].ByHand {
		t.Errorf("%+v", all.Items)
	}
	exclusive := 0
	for _, g := range all.Groups {
		if g.Exclusive {
			exclusive++
		}
	}
	if exclusive != 1 {
		t.Errorf("groups %+v", all.Groups)
	}
}
