package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/programme"
)

const draftAt = "/api/programmes/diabetes/draft"

func TestAProgrammeIsReadAsADocument(t *testing.T) {
	h := newHouse(t)
	one, _ := lowReadings(h)
	b := h.as("viewer")
	var d api.ProgrammeDocument
	if status := b.do("GET", "/api/programmes/diabetes/document", nil, &d); status != 200 || d.Of != "force" || !d.Counted || d.People != 2 || d.Tests == 0 || !d.Sample {
		t.Fatalf("%d %s %+v", status, d.Of, d.Approval)
	}
	inStages := 0
	for _, s := range d.Stages {
		inStages += s.People
		if s.Reading.Zh == "" || s.Name.En == "" {
			t.Errorf("stage %+v", s)
		}
	}
	if inStages != d.People {
		t.Errorf("%d people in stages, %d in the programme", inStages, d.People)
	}
	has := map[string]int{}
	for _, g := range d.Groups {
		for _, x := range g.Tags {
			has[x.Key] = x.Has
		}
	}
	if has["gl_hypo2_28d"] != 1 || len(d.Segments) != 2 {
		t.Errorf("%d with a level 2 low, segments %+v", has["gl_hypo2_28d"], d.Segments)
	}
	steps := 0
	for _, j := range d.Journeys {
		if j.Enter.Text.Zh == "" || len(j.Steps) == 0 {
			t.Errorf("journey %+v", j)
		}
		if j.Key == "low-glucose" {
			steps = len(j.Steps)
			if j.Running != 2 || j.Class != "safety" || j.Steps[0].Kind != "card" || j.Steps[0].Text.Zh == "" || j.Goal == nil {
				t.Errorf("%+v", j)
			}
		}
	}
	if steps == 0 {
		t.Error("no journey after a low")
	}
	unsure, used := 0, 0
	for _, s := range d.Settings {
		if s.Unsure {
			unsure++
		}
		used += s.UsedBy
		if s.Unit == "" || s.Source == "" {
			t.Errorf("%+v", s)
		}
	}
	if unsure == 0 || unsure == len(d.Settings) || used == 0 {
		t.Errorf("%d of %d settings are unsure, %d uses", unsure, len(d.Settings), used)
	}
	for _, x := range d.Texts {
		if x.Key == "low-now" && (x.Kind != "card" || len(x.UsedBy) == 0 || len(x.Answers) == 0) {
			t.Errorf("%+v", x)
		}
	}
	// A number opens its people.
	var found api.Found
	if status := b.do("POST", "/api/programmes/diabetes/people", map[string]string{"part": "tag", "of": "gl_hypo2_28d"}, &found); status != 200 || len(found.Sets) != 1 || found.Sets[0].People != 1 {
		t.Fatalf("%d %+v", status, found)
	}
	var people struct{ Items []struct{ ID string } }
	if b.do("GET", "/api/people?found="+found.Found+"&of=people", nil, &people); len(people.Items) != 1 || people.Items[0].ID != one {
		t.Errorf("%+v", people)
	}
	if b.do("POST", "/api/programmes/diabetes/people", map[string]string{"part": "run", "of": "low-glucose"}, &found); found.Sets[0].People != 2 {
		t.Errorf("%+v", found.Sets)
	}
	if p := b.refused("POST", "/api/programmes/diabetes/people", map[string]string{"part": "stage", "of": "nowhere"}); p.Code != "unknown_code" {
		t.Errorf("%+v", p)
	}
}

// edit is a PUT that must go well; it gives the draft.
func (b *browser) edit(method, path string, body any, d *api.Draft) {
	b.h.t.Helper()
	rev := d.Revision
	*d = api.Draft{}
	if status := b.do(method, path, body, d, "If-Match", quote(rev)); status != 200 {
		b.h.t.Fatalf("%s %s: %d", method, path, status)
	}
}

func TestEveryPartIsEditedByItsForm(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	var n api.DraftNumbers
	if status := b.do("GET", draftAt+"/numbers", nil, &n); status != 200 || len(n.Settings) == 0 || len(n.Targets) == 0 || len(n.Limits) == 0 || n.Limits[0].Units[0].Max == 0 {
		t.Fatalf("%d %+v", status, n)
	}
	set := n.Settings[0]
	set.Value++
	if p := b.refused("PUT", draftAt+"/settings/"+set.Key, set.DraftSetting); p.Status != 428 {
		t.Errorf("without If-Match: %+v", p)
	}
	if p := h.as("liu").refused("PUT", draftAt+"/settings/"+set.Key, set.DraftSetting, "If-Match", "0"); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
	b.edit("PUT", draftAt+"/settings/"+set.Key, set.DraftSetting, &d)
	if d.Diff == nil || len(d.Diff.Settings) != 1 || d.Diff.Settings[0].Key != set.Key || d.Diff.Settings[0].Was == d.Diff.Settings[0].Is {
		t.Errorf("%+v", d.Diff)
	}
	n = api.DraftNumbers{}
	b.do("GET", draftAt+"/numbers", nil, &n)
	if n.Settings[0].Was == "" || n.Revision != d.Revision {
		t.Errorf("%+v", n.Settings[0])
	}
	target := n.Targets[0]
	target.Limits[0].Low, target.Limits[0].High, target.Limits[0].Below = nil, &api.DraftQuantity{Value: 6.5, Unit: "mmol/L"}, nil
	b.edit("PUT", draftAt+"/targets/"+target.Key, target.DraftTarget, &d)
	if len(d.Diff.Targets) != 1 || !strings.Contains(d.Diff.Targets[0].Is, "≤ 6.5 mmol/L") {
		t.Errorf("%+v", d.Diff.Targets)
	}
	var stages api.DraftStages
	b.do("GET", draftAt+"/stages", nil, &stages)
	first := stages.Stages[0]
	stages.Stages[0], stages.Stages[1] = stages.Stages[1], first
	b.edit("PUT", draftAt+"/stages", map[string]any{"stages": stages.Stages}, &d)
	if len(d.Diff.Stages) == 0 || !d.Sound {
		t.Errorf("%+v %+v", d.Diff.Stages, d.Problems)
	}
	var x api.DraftTextView
	if b.do("GET", draftAt+"/texts/welcome", nil, &x); x.Body.Zh == "" || x.Longest != programme.LongestSentence {
		t.Fatalf("%+v", x)
	}
	x.Body.Zh += "\n\n" + strings.Repeat("我们", 11) + "。"
	b.edit("PUT", draftAt+"/texts/welcome", x.DraftTextForm, &d)
	if len(d.Diff.Content) != 1 || len(d.Diff.Content[0].Lines) == 0 {
		t.Errorf("%+v", d.Diff.Content)
	}
	b.do("GET", draftAt+"/texts/welcome", nil, &x)
	if len(x.Long) != 1 || x.Was == nil {
		t.Errorf("%+v", x)
	}
	var list struct{ Items []api.DraftTextLine }
	b.do("GET", draftAt+"/texts", nil, &list)
	changed := 0
	for _, l := range list.Items {
		if l.State == "changed" {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d texts changed", changed)
	}
	b.edit("PUT", draftAt+"/head", api.DraftHead{Name: api.Text{Zh: "糖", En: "Sugar"}, Approval: api.DraftApproval{By: "王医生", At: "2026-03-01", Document: "M-1"}}, &d)
	b.do("GET", draftAt+"/numbers", nil, &n)
	if n.Name.En != "Sugar" || n.Approval.By != "王医生" {
		t.Errorf("%+v", n)
	}
	var c api.FileChecked
	if b.do("POST", draftAt+"/check", map[string]string{"path": "journeys/low-glucose.yaml", "text": "name: {zh: 低, en: Low}\nstep: x\n"}, &c); len(c.Problems) == 0 || c.Problems[0].Line == 0 {
		t.Errorf("%+v", c)
	}
	before := d.Revision
	if b.do("GET", draftAt, nil, &d); d.Revision != before || !d.Sound {
		t.Errorf("a check kept something: %+v", d.Problems)
	}
	if status := b.do("PUT", draftAt+"/file", map[string]string{"path": "tags/long.yaml", "text": "# " + strings.Repeat("空", 60<<10) + "\n"}, &d, "If-Match", quote(d.Revision)); status != 200 {
		t.Errorf("a file of 180 kB: %d", status)
	}
}

func TestTheTestsOfADraftRunWithProgress(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	var run api.Trial
	if b.do("GET", draftAt+"/trial", nil, &run); run.State != "none" {
		t.Errorf("%+v", run.State)
	}
	b.do("POST", draftAt+"/trial", nil, &run)
	if run.State != "running" && run.State != "done" || run.Of == 0 {
		t.Fatalf("%s %d", run.State, run.Of)
	}
	for run.State == "running" { // go test ends what never ends
		time.Sleep(20 * time.Millisecond)
		run = api.Trial{}
		b.do("GET", draftAt+"/trial", nil, &run)
	}
	if run.State != "done" || run.Done != run.Of || run.Failed != 0 || run.Passed != run.Of || len(run.Results) != run.Of {
		t.Fatalf("%s %d of %d, %d failed", run.State, run.Done, run.Of, run.Failed)
	}
	state := func() (out string) {
		var l api.Checklist
		b.do("GET", "/api/programmes/diabetes/checklist", nil, &l)
		for _, s := range l.Steps {
			for _, i := range s.Items {
				if i.Key == "green" {
					out = i.State
				}
			}
		}
		return out
	}
	if s := state(); s != "done" {
		t.Errorf("the checklist says %s of tests that passed", s)
	}
	var d api.Draft
	b.edit("PUT", draftAt+"/file", map[string]string{"path": "README.md", "text": "x"}, &d)
	if s := state(); s != "unknown" {
		t.Errorf("the checklist says %s of tests that ran on other files", s)
	}
	b.do("POST", draftAt+"/trial", nil, &run)
	if status := b.do("DELETE", draftAt+"/trial", nil, nil); status != 204 {
		t.Errorf("give up: %d", status)
	}
}

func TestAnOldVersionIsRestoredAsADraft(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	one, two := lowReadings(h)
	b := h.as("zhou")
	var d api.Draft
	var form api.TagForm
	b.do("GET", draftAt+"/tags/gl_hypo2_28d", nil, &form)
	old := form.When
	form.When = `events("glucose").within("28d").where(e, e.value < mmol(3.5) && e.value > mmol(3.0)).count() >= 1`
	b.edit("PUT", draftAt+"/tags/gl_hypo2_28d", form, &d)
	for _, path := range []string{"tests/glucose-tags.yaml", "tests/low-glucose.yaml", "tests/safety-tags.yaml", "tests/layers.yaml", "tests/control-tags.yaml", "tests/needs-tags.yaml"} {
		b.edit("PUT", draftAt+"/file", map[string]any{"path": path, "remove": true}, &d)
	}
	if status := b.do("POST", draftAt+"/publish", map[string]any{"note": "试"}, nil, "If-Match", quote(d.Revision)); status != 200 {
		t.Fatalf("publish: %d", status)
	}
	var found api.Found
	if status := b.do("POST", "/api/programmes/diabetes/versions/2/moved", nil, &found); status != 200 {
		t.Fatalf("moved: %d", status)
	}
	sets := map[string]int{}
	for _, s := range found.Sets {
		sets[s.Of] = s.People
	}
	if sets["all"] != 2 || sets["tag:gl_hypo2_28d:gain"] != 1 || sets["tag:gl_hypo2_28d:lose"] != 1 {
		t.Errorf("%+v", sets)
	}
	var people struct{ Items []struct{ ID string } }
	if b.do("GET", "/api/people?found="+found.Found+"&of=tag:gl_hypo2_28d:gain", nil, &people); len(people.Items) != 1 || people.Items[0].ID != two {
		t.Errorf("%+v, and %s", people, one)
	}
	var doc api.ProgrammeDocument
	if b.do("GET", "/api/programmes/diabetes/document?version=1", nil, &doc); doc.Of != "version" || doc.Version != 1 || doc.Counted {
		t.Errorf("%s %d", doc.Of, doc.Version)
	}
	d = api.Draft{}
	b.edit("POST", "/api/programmes/diabetes/versions/1/restore", nil, &d)
	if !d.Exists || d.Base != 2 || d.Stale || len(d.Diff.Tags) != 1 || d.Diff.Tags[0].Is != old || len(d.Diff.Other) != 6 {
		t.Errorf("%+v", d.Diff)
	}
	if p := b.refused("POST", "/api/programmes/diabetes/versions/1/restore", nil, "If-Match", "0"); p.Status != 412 {
		t.Errorf("over a draft it has not read: %+v", p)
	}
	if p := b.refused("POST", "/api/programmes/diabetes/versions/9/restore", nil, "If-Match", quote(d.Revision)); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

func TestAProgrammeTravelsAsAZip(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	res, body := b.raw("GET", "/api/programmes/diabetes/export", nil)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/zip" || !strings.Contains(res.Header.Get("Content-Disposition"), "diabetes-1.zip") {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	files, err := programme.ReadArchive(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	zipped := func(change func(programme.Files)) string {
		f := programme.Files{}
		for k, v := range files {
			f[k] = v
		}
		change(f)
		var out bytes.Buffer
		must(t, f.Archive(&out, "any", time.Unix(0, 0)))
		return out.String()
	}
	same := zipped(func(programme.Files) {})
	var d api.Draft
	if status := b.do("POST", draftAt+"/import", same, &d, "If-Match", "0", "Content-Type", "application/zip"); status != 200 || !d.Exists || !d.Sound || len(d.Diff.Tags)+len(d.Diff.Other) != 0 {
		t.Fatalf("%d %+v", status, d.Diff)
	}
	if p := b.refused("POST", draftAt+"/import", same, "If-Match", "0"); p.Status != 412 {
		t.Errorf("over a draft it has not read: %+v", p)
	}
	if p := h.as("liu").refused("POST", draftAt+"/import", same, "If-Match", "0"); p.Status != 403 {
		t.Errorf("who may not: %+v", p)
	}
	lacking := zipped(func(f programme.Files) { delete(f, "stages.yaml") })
	d2 := api.Draft{}
	if b.do("POST", draftAt+"/import", lacking, &d2, "If-Match", quote(d.Revision)); d2.Sound || len(d2.Problems) != 1 || d2.Problems[0].File != "stages.yaml" || !strings.Contains(d2.Problems[0].Text.Zh, "缺少") {
		t.Errorf("a missing file: %+v", d2.Problems)
	}
	text := zipped(func(f programme.Files) { delete(f, "content/low-now.md") })
	d3 := api.Draft{}
	b.do("POST", draftAt+"/import", text, &d3, "If-Match", quote(d2.Revision))
	named := false
	for _, p := range d3.Problems {
		named = named || strings.Contains(p.Text.Zh, "low-now")
	}
	if d3.Sound || !named {
		t.Errorf("a missing text is not named: %+v", d3.Problems)
	}
	other := zipped(func(f programme.Files) {
		f["programme.yaml"] = strings.Replace(f["programme.yaml"], "key: diabetes", "key: other", 1)
	})
	if p := b.refused("POST", draftAt+"/import", other, "If-Match", quote(d3.Revision)); p.Code != "other_programme" {
		t.Errorf("another programme: %+v", p)
	}
	var evil bytes.Buffer
	z := zip.NewWriter(&evil)
	for _, n := range []string{"programme.yaml", "../x.yaml"} {
		w, err := z.Create(n)
		must(t, err)
		fmt.Fprint(w, "x")
	}
	must(t, z.Close())
	for body, code := range map[string]string{"no zip": "bad_archive", evil.String(): "bad_archive_path", strings.Repeat("x", programme.MaxArchive+1): "body_too_large"} {
		if p := b.refused("POST", draftAt+"/import", body, "If-Match", quote(d3.Revision)); p.Code != code {
			t.Errorf("%s: %+v", code, p)
		}
	}
	if p := h.browser().refused("POST", draftAt+"/import", same); p.Status != 401 {
		t.Errorf("nobody: %+v", p)
	}
	if p := h.browser().refused("GET", "/api/programmes/diabetes/export", nil); p.Status != 401 {
		t.Errorf("nobody: %+v", p)
	}
	if h.spaces[0].Programme("diabetes").Version != 1 {
		t.Error("an import went live")
	}
}

func TestANewProgrammeBeginsFromATemplateAndGoesLive(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	name := map[string]string{"zh": "慢阻肺管理", "en": "COPD"}
	begin := map[string]any{"key": "copd", "name": name, "template": "diabetes"}
	if p := h.as("liu").refused("POST", "/api/programmes", begin); p.Status != 403 {
		t.Errorf("who may not: %+v", p)
	}
	for code, body := range map[string]map[string]any{
		"programme_exists": {"key": "diabetes", "name": name}, "no_template": {"key": "copd", "name": name, "template": "nothing"},
		"bad_key": {"key": "COPD", "name": name}, "no_name": {"key": "copd", "name": map[string]string{"zh": "甲", "en": ""}},
	} {
		if p := b.refused("POST", "/api/programmes", body); p.Code != code {
			t.Errorf("%s: %+v", code, p)
		}
	}
	var d api.Draft
	if status := b.do("POST", "/api/programmes", begin, &d); status != 200 || !d.New || !d.Sound || d.Base != 0 || len(d.Diff.Tags) == 0 {
		t.Fatalf("%d %+v", status, d.Problems)
	}
	if p := b.refused("POST", "/api/programmes", begin); p.Code != "programme_exists" {
		t.Errorf("begun twice: %+v", p)
	}
	const at = "/api/programmes/copd"
	var desk struct{ Items []api.ProgrammeLine }
	b.do("GET", "/api/programme-desk", nil, &desk)
	if len(desk.Items) != 2 || !desk.Items[1].New || desk.Items[1].Name.En != "COPD" || !desk.Items[1].Draft || desk.Items[1].DraftBy.Name != "周宁" || desk.Items[1].Tags == 0 {
		t.Errorf("%+v", desk.Items)
	}
	var doc api.ProgrammeDocument
	if b.do("GET", at+"/document", nil, &doc); doc.Of != "draft" || doc.Name.En != "COPD" || doc.Counted {
		t.Errorf("%s %+v", doc.Of, doc.Name)
	}
	var checked api.RuleChecked
	if status := b.do("POST", "/api/rules/check", map[string]any{"programme": "copd", "draft": true, "rule": lowRule}, &checked); status != 200 || !checked.OK {
		t.Errorf("a rule of the new programme: %d %+v", status, checked)
	}
	if p := b.refused("POST", at+"/draft/preview", nil); p.Code != "nobody_yet" {
		t.Errorf("%+v", p)
	}
	var l api.Checklist
	b.do("GET", at+"/checklist", nil, &l)
	states := func() map[string]api.ChecklistItem {
		m := map[string]api.ChecklistItem{}
		for _, s := range l.Steps {
			for _, i := range s.Items {
				m[i.Key] = i
			}
		}
		return m
	}
	if m := states(); len(l.Steps) != 7 || m["sound"].State != "done" || m["published"].State != "open" || m["aloud"].State != "open" || !m["aloud"].Human || m["aloud"].Said != nil {
		t.Errorf("%+v", m)
	}
	if p := b.refused("PUT", at+"/checklist/sound", map[string]any{"done": true}); p.Code != "not_stated" {
		t.Errorf("stating what is known: %+v", p)
	}
	if p := h.as("viewer").refused("PUT", at+"/checklist/aloud", map[string]any{"done": true}); p.Status != 403 {
		t.Errorf("a viewer states: %+v", p)
	}
	b.do("PUT", at+"/checklist/aloud", map[string]any{"done": true, "note": "王医生"}, &l)
	if x := states()["aloud"]; x.State != "done" || x.Said == nil || x.Said.By.Name != "周宁" || x.Said.Note != "王医生" || x.Said.Changed || x.Said.At == "" {
		t.Errorf("%+v", x)
	}
	b.edit("PUT", at+"/draft/file", map[string]string{"path": "README.md", "text": "x"}, &d)
	b.do("GET", at+"/checklist", nil, &l)
	if x := states()["aloud"]; !x.Said.Changed {
		t.Error("a statement about other files does not say so")
	}
	// Its journeys and texts have keys of their own: what a draft changes in them is no other programme's.
	if status := b.do("POST", at+"/draft/publish", map[string]any{"note": "开始"}, nil, "If-Match", quote(d.Revision)); status != 200 {
		t.Fatalf("publish: %d", status)
	}
	b.do("GET", "/api/programme-desk", nil, &desk)
	if desk.Items[1].New || desk.Items[1].Version != 1 || desk.Items[1].Draft || desk.Items[1].At == "" {
		t.Errorf("%+v", desk.Items[1])
	}
	var versions struct{ Items []api.ProgrammeVersion }
	if b.do("GET", at+"/versions", nil, &versions); len(versions.Items) != 1 || versions.Items[0].Note != "开始" || versions.Items[0].First {
		t.Errorf("%+v", versions.Items)
	}
	var p api.Person
	if status := b.do("POST", "/api/people", map[string]any{"name": "孙建华", "programme": "copd"}, &p); status != 200 && status != 201 {
		t.Fatalf("join: %d", status)
	}
	if b.do("GET", at+"/document", nil, &doc); doc.Of != "force" || doc.People != 1 {
		t.Errorf("%s, %d people", doc.Of, doc.People)
	}
	var rows struct {
		Items []struct{ Action string }
	}
	h.as("admin").do("GET", "/api/audit?limit=200", nil, &rows)
	all, _ := json.Marshal(rows)
	for _, action := range []string{"programme.begin", "programme.state", "draft.file", "programme.publish"} {
		if !strings.Contains(string(all), action) {
			t.Errorf("no audit row of %s", action)
		}
	}
}

// Two programmes of one workspace cannot have a journey of one key that says something else: the draft says so, and is not published.
func TestADraftIsCheckedBesideTheOthers(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	b.do("POST", "/api/programmes", map[string]any{"key": "copd", "name": map[string]string{"zh": "慢阻肺", "en": "COPD"}}, &d)
	text := h.spaces[0].Programme("diabetes").Files["journeys/low-glucose.yaml"] + "# another\n"
	for name, body := range h.spaces[0].Programme("diabetes").Files {
		if strings.HasPrefix(name, "content/") {
			b.edit("PUT", "/api/programmes/copd/draft/file", map[string]string{"path": name, "text": body}, &d)
		}
	}
	text = strings.NewReplacer(`tag("lc_lost_deleted")`, `tag("lc_new")`, "event_level_2_low", "event.value < mmol(3.0)", "event_raised", "event.value < mmol(3.9)").Replace(text)
	b.edit("PUT", "/api/programmes/copd/draft/file", map[string]string{"path": "journeys/low-glucose.yaml", "text": text}, &d)
	found := false
	for _, p := range d.Problems {
		found = found || p.File == "journeys/low-glucose.yaml" && strings.Contains(p.Text.Zh, "diabetes")
	}
	if d.Sound || !found {
		t.Fatalf("%v %+v", d.Sound, d.Problems)
	}
	p := b.refused("POST", "/api/programmes/copd/draft/publish", map[string]any{"note": "x"}, "If-Match", quote(d.Revision))
	if p.Code != conductor.ErrUnsound.Code {
		t.Errorf("%+v", p)
	}
}
