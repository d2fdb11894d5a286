package api_test

import (
	"testing"

	"peiban/internal/api"
)

func TestHeadingsLayersAndWordsAreEditedByTheirForms(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	var v api.DraftShape
	if status := b.do("GET", draftAt+"/shape", nil, &v); status != 200 || len(v.Groups) == 0 || len(v.Layers) != 3 || len(v.Words) == 0 || len(v.Journeys) == 0 || len(v.Settings) == 0 {
		t.Fatalf("%d %+v", status, v)
	}
	own, parts := []api.DraftGroup{}, 0
	for _, g := range v.Groups {
		if g.Part != "" {
			parts++
			continue
		}
		own = append(own, g.DraftGroup)
	}
	if parts == 0 {
		t.Error("headings of parts are not told apart")
	}
	own[0].Name.En = "Who somebody is"
	if p := h.as("liu").refused("PUT", draftAt+"/groups", map[string]any{"groups": own}, "If-Match", "0"); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
	b.edit("PUT", draftAt+"/groups", map[string]any{"groups": own}, &d)
	if !d.Sound {
		t.Errorf("%+v", d.Problems)
	}
	y := v.Layers[0]
	when := y.When
	y.Name.En, y.When, y.Every, y.By = "Red now", "("+when+")", "2d", "doctor"
	b.edit("PUT", draftAt+"/layers/"+y.Tag, y.DraftLayer, &d)
	v = api.DraftShape{}
	b.do("GET", draftAt+"/shape", nil, &v)
	if got := v.Layers[0]; got.Name.En != "Red now" || got.When != "("+when+")" || got.Every != "2d" || got.By != "doctor" || !d.Sound || len(d.Diff.Tags) != 1 {
		t.Errorf("%+v %+v", got, d.Diff.Tags)
	}
	if v.Groups[0].Name.En != "Who somebody is" || v.Groups[0].Tags == 0 {
		t.Errorf("%+v", v.Groups[0])
	}
	y.Channels = []string{"pigeon"}
	if p := b.refused("PUT", draftAt+"/layers/"+y.Tag, y.DraftLayer, "If-Match", quote(d.Revision)); p.Code != "unknown_code" {
		t.Errorf("%+v", p)
	}
	if p := b.refused("PUT", draftAt+"/layers/nothing", v.Layers[0].DraftLayer, "If-Match", quote(d.Revision)); p.Status != 404 {
		t.Errorf("a layer of no tag: %+v", p)
	}
	b.edit("PUT", draftAt+"/words/is_low", api.DraftWord{Rule: "e.value < mmol(4.0)"}, &d)
	b.do("GET", draftAt+"/shape", nil, &v)
	for _, w := range v.Words {
		if w.Key == "is_low" && (w.Rule != "e.value < mmol(4.0)" || w.Was == "") {
			t.Errorf("%+v", w)
		}
	}
	if p := b.refused("DELETE", draftAt+"/words/nothing_here", nil, "If-Match", quote(d.Revision)); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

func TestAChangeThatIsOnlyTriedKeepsNothing(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	b.edit("PUT", draftAt+"/words/is_low", api.DraftWord{Rule: "e.value < mmol(3.9)"}, &d)
	var tried api.Draft
	if status := b.do("PUT", draftAt+"/words/is_low?try=true", api.DraftWord{Rule: "e.valu <"}, &tried, "If-Match", quote(d.Revision)); status != 200 || len(tried.Problems) == 0 || tried.Revision != d.Revision {
		t.Fatalf("%d %+v", status, tried)
	}
	var now api.Draft
	if b.do("GET", draftAt, nil, &now); now.Revision != d.Revision || !now.Sound {
		t.Errorf("%+v", now.Problems)
	}
	if p := h.as("liu").refused("PUT", draftAt+"/words/is_low?try=true", api.DraftWord{Rule: "true"}, "If-Match", quote(d.Revision)); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
}

func TestAQuestionnaireIsEditedByItsForm(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	var list struct {
		Items  []api.DraftFormLine
		Scales []api.Choice
	}
	if status := b.do("GET", draftAt+"/forms", nil, &list); status != 200 || len(list.Items) != 1 || list.Items[0].Items != 5 || len(list.Scales) == 0 || list.Scales[0].Text.En == "" {
		t.Fatalf("%d %+v", status, list)
	}
	var x api.DraftFormView
	b.do("GET", draftAt+"/forms/feet", nil, &x)
	x.Items[0].Text.En, x.Every = "Your feet today?", 7
	b.edit("PUT", draftAt+"/forms/feet", x.DraftForm, &d)
	if !d.Sound {
		t.Errorf("%+v", d.Problems)
	}
	var again api.DraftFormView
	b.do("GET", draftAt+"/forms/feet", nil, &again)
	if again.Items[0].Text.En != "Your feet today?" || again.Every != 7 || len(again.Items) != 5 {
		t.Errorf("%+v", again)
	}
	x.Items[0].Options = x.Items[0].Options[:1]
	var tried api.Draft
	if b.do("PUT", draftAt+"/forms/feet?try=true", x.DraftForm, &tried, "If-Match", quote(d.Revision)); len(tried.Problems) == 0 {
		t.Error("a choice of one answer is no mistake")
	}
	if p := b.refused("GET", draftAt+"/forms/none", nil); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := h.as("liu").refused("PUT", draftAt+"/forms/feet", x.DraftForm, "If-Match", quote(d.Revision)); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
}

func TestANewSegmentStandsAmongTheSegments(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	var d api.Draft
	x := api.TagForm{
		Name: api.Text{Zh: "名单", En: "List"}, Group: "segment", Private: "no", Plain: api.Text{Zh: "由工作人员放进", En: "Put in by staff"},
		Because: api.Text{Zh: "由工作人员放进", En: "Put in by staff"}, Source: "运营 (operations)", Segment: true,
	}
	b.edit("PUT", draftAt+"/tags/sg_list", x, &d)
	if !d.Sound {
		t.Fatalf("%+v", d.Problems)
	}
	for _, f := range d.Files {
		if f.Path == "segments.yaml" && f.State != "changed" || f.Path == "tags.yaml" && f.State != "same" {
			t.Errorf("%+v", f)
		}
	}
	var watch api.TagForm
	if b.do("GET", draftAt+"/tags/watch", nil, &watch); !watch.Segment || watch.When == "" {
		t.Errorf("%+v", watch)
	}
	watch.When = "" // by hand only from now on
	b.edit("PUT", draftAt+"/tags/watch", watch, &d)
	watch = api.TagForm{}
	if b.do("GET", draftAt+"/tags/watch", nil, &watch); watch.When != "" || !d.Sound {
		t.Errorf("%+v %+v", watch, d.Problems)
	}
}
