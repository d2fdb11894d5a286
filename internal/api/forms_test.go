package api_test

import (
	"slices"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/programme"
	"peiban/programmes"
)

type filledIn struct {
	api.Filling
	problem
}

func withOsteonecrosis(t *testing.T) *house {
	t.Helper()
	p, problems := programme.Open(programmes.FS, "osteonecrosis")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return newHouseOf(t, p)
}

// fills answers a form: item, then a code, a list of codes or a number.
func (b *browser) fills(path string, version string, answers ...any) (out filledIn) {
	b.h.t.Helper()
	return b.fillsWith(path, props{"version": version}, nil, answers...)
}

func (b *browser) fillsWith(path string, body props, headers []string, answers ...any) (out filledIn) {
	b.h.t.Helper()
	list := []props{}
	for i := 0; i < len(answers); i += 2 {
		one := props{"item": answers[i]}
		switch x := answers[i+1].(type) {
		case string:
			one["codes"] = []string{x}
		case []string:
			one["codes"] = x
		case float64:
			one["value"] = x
		}
		list = append(list, one)
	}
	body["answers"] = list
	out.problem.Status = b.do("POST", path, body, &out, headers...)
	return out
}

func (b *browser) formsAt(path string) (out []api.FormView) {
	b.h.t.Helper()
	var list struct{ Items []api.FormView }
	if status := b.do("GET", path+"/forms", nil, &list); status != 200 {
		b.h.t.Fatalf("forms: %d", status)
	}
	return list.Items
}

func (b *browser) hasTag(path, key string) bool {
	b.h.t.Helper()
	var tags struct{ Items []struct{ Key, State string } }
	b.do("GET", path+"/tags", nil, &tags)
	return slices.ContainsFunc(tags.Items, func(x struct{ Key, State string }) bool { return x.Key == key && x.State == "has" })
}

// An answered form is the events rules read: the tag comes, and goes when the answer is put right.
func TestAFormIsReadByRules(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	me := h.phone(liu, x.ID)
	f := me.formsAt("/api/me")
	if len(f) != 1 || f[0].Key != "feet" || !f[0].Due || !f[0].Draft || f[0].Last != nil || len(f[0].Items) != 5 || f[0].Items[0].Options[2].Key != "wound" || *f[0].Items[3].Max != 600 {
		t.Fatalf("%+v", f)
	}
	got := me.fills("/api/me/forms/feet/answers", f[0].Version, "foot", "wound", "shoes", "fit", "care", []string{"look", "nails"}, "checked", 14.0)
	if got.problem.Status != 200 || got.Provenance != "person" || len(got.Answers) != 4 || got.Answers[2].Answer.En != "Look at my feet daily, Cut nails straight" || *got.Answers[3].Value != 14 || !got.MayChange {
		t.Fatalf("%+v", got)
	}
	if f = me.formsAt("/api/me"); f[0].Due || f[0].Filled != 1 || f[0].Last.ID != got.Filling.ID || f[0].DueFrom[:10] != "2026-04-07" {
		t.Errorf("%+v", f[0])
	}
	if !liu.hasTag(path, "rk_foot") {
		t.Error("a wound makes no tag")
	}
	h.clock.Add(time.Hour.Microseconds())
	right := me.fills("/api/me/forms/feet/answers/"+got.Filling.ID+"/correct", "", "foot", "fine", "shoes", "fit")
	if right.problem.Status != 200 || len(right.Answers) != 2 || len(right.Replaced) != 1 || len(right.Replaced[0].Answers) != 4 || right.At != got.At || right.Replaced[0].State != "replaced" {
		t.Fatalf("%+v", right)
	}
	if liu.hasTag(path, "rk_foot") {
		t.Error("an answer put right still makes a tag")
	}
	if p := me.fills("/api/me/forms/feet/answers/"+got.Filling.ID+"/correct", "", "foot", "fine", "shoes", "fit"); p.problem.Status != 412 {
		t.Errorf("an old version: %+v", p.problem)
	}
	var list struct {
		Items []api.Filling
		Total int
	}
	if liu.do("GET", path+"/forms/feet/answers", nil, &list); list.Total != 1 || list.Items[0].ID != right.Filling.ID || !list.Items[0].MayChange {
		t.Errorf("%+v", list)
	}
	if status := me.do("POST", "/api/me/forms/feet/answers/"+right.Filling.ID+"/retract", props{"reason": "不是我"}, nil); status != 204 {
		t.Fatal(status)
	}
	if liu.do("GET", path+"/forms/feet/answers", nil, &list); list.Items[0].State != "retracted" || list.Items[0].Reason != "不是我" {
		t.Errorf("%+v", list.Items[0])
	}
	if f = me.formsAt("/api/me"); !f[0].Due || f[0].Filled != 0 {
		t.Errorf("taken back, and not due again: %+v", f[0])
	}
}

func TestWhatAFormRefuses(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	me := h.phone(liu, x.ID)
	for _, tt := range []struct {
		name    string
		answers []any
		code    string
		field   string
	}{
		{"nothing", nil, "field_missing", "body.answers.foot"},
		{"not all", []any{"foot", "fine"}, "field_missing", "body.answers.shoes"},
		{"no such item", []any{"foot", "fine", "shoes", "fit", "hands", "x"}, "unknown_item", "body.answers"},
		{"no such answer", []any{"foot", "woond", "shoes", "fit"}, "unknown_code", "body.answers.foot"},
		{"two of one", []any{"foot", []string{"fine", "wound"}, "shoes", "fit"}, "one_answer_only", "body.answers.foot"},
		{"one twice", []any{"foot", "fine", "shoes", "fit", "care", []string{"look", "look"}}, "answered_twice", "body.answers.care"},
		{"a number for a choice", []any{"foot", 3.0, "shoes", "fit"}, "wrong_kind_of_answer", "body.answers.foot"},
		{"a code for a number", []any{"foot", "fine", "shoes", "fit", "checked", "fine"}, "wrong_kind_of_answer", "body.answers.checked"},
		{"half a month", []any{"foot", "fine", "shoes", "fit", "checked", 1.5}, "not_whole", "body.answers.checked"},
		{"too many months", []any{"foot", "fine", "shoes", "fit", "checked", 601.0}, "out_of_range", "body.answers.checked"},
	} {
		if p := me.fills("/api/me/forms/feet/answers", "", tt.answers...); p.problem.Status != 422 || p.Code != tt.code || p.Field != tt.field || p.Hint == "" {
			t.Errorf("%s: %+v", tt.name, p.problem)
		}
	}
	if p := me.fills("/api/me/forms/feet/answers", "0", "foot", "fine", "shoes", "fit"); p.problem.Status != 409 || p.Code != "form_changed" {
		t.Errorf("another version: %+v", p.problem)
	}
	if p := me.fills("/api/me/forms/harris/answers", "", "pain", "none"); p.problem.Status != 404 {
		t.Errorf("a form of a programme they are not in: %+v", p.problem)
	}
	if p := me.fillsWith("/api/me/forms/feet/answers", props{"said": props{"by": "doctor"}}, nil, "foot", "fine", "shoes", "fit"); p.Code != "said_by_staff_only" {
		t.Errorf("said by: %+v", p.problem)
	}
	h.tell(0, x.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	if p := me.fills("/api/me/forms/feet/answers", "", "foot", "fine", "shoes", "fit"); p.problem.Status != 403 || p.Code != "consent_needed" {
		t.Errorf("without consent: %+v", p.problem)
	}
	if me.formsAt("/api/me")[0].Due {
		t.Error("due without consent")
	}
	_ = path
}

// A repeat stores nothing twice, with the answer that was kept and without it; staff fill in with who said so.
func TestAFormIsStoredOnce(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	key := []string{"Idempotency-Key", "k1"}
	said := func() props { return props{"said": props{"by": "person", "how": "call"}} }
	one := liu.fillsWith(path+"/forms/feet/answers", said(), key, "foot", "numbness", "shoes", "tight")
	two := liu.fillsWith(path+"/forms/feet/answers", said(), key, "foot", "numbness", "shoes", "tight")
	if one.problem.Status != 200 || one.Provenance != "hearsay" || one.Said == nil || one.Said.How != "call" || one.Filling.ID != two.Filling.ID {
		t.Fatalf("%+v %+v", one, two)
	}
	if f := liu.formsAt(path); f[0].Filled != 1 {
		t.Errorf("stored %d times", f[0].Filled)
	}
	if p := h.as("viewer").refused("POST", path+"/forms/feet/answers", answers); p.Status != 403 {
		t.Errorf("a viewer fills in: %+v", p)
	}
	me := h.phone(liu, x.ID)
	if p := me.refused("POST", "/api/me/forms/feet/answers/"+one.Filling.ID+"/retract", props{"reason": "x"}); p.Status != 403 || p.Code != "not_yours" {
		t.Errorf("the nurse's answers: %+v", p)
	}
	for _, action := range []string{"forms.read", "form.write"} {
		var rows struct{ Items []struct{ Action string } }
		if h.as("admin").do("GET", "/api/audit?person="+string(x.ID)+"&action="+action, nil, &rows); len(rows.Items) != 1 {
			t.Errorf("%s: %d rows", action, len(rows.Items))
		}
	}
}

// The points of a form make the scale its programme names, which is changed where the answers are.
func TestAFormMakesItsScale(t *testing.T) {
	h := withOsteonecrosis(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	best := []any{"pain", "none", "limp", "none", "support", "none", "distance", "unlimited", "stairs", "normal", "shoes", "easy", "sitting", "ordinary", "transport", "able"}
	got := liu.fills(path+"/forms/harris/answers", "", best...)
	if got.problem.Status != 200 || got.Score == nil || got.Score.Scale != "harris_patient" || got.Score.Value != 91 || got.Score.Most != 91 {
		t.Fatalf("%+v %+v", got.problem, got.Score)
	}
	worse := slices.Clone(best)
	worse[1], worse[3] = "marked", "severe"
	got = liu.fillsWith(path+"/forms/harris/answers/"+got.Filling.ID+"/correct", props{"reason": "问错了"}, nil, worse...)
	if got.Score.Value != 46 {
		t.Errorf("%+v", got.Score)
	}
	file := liu.fileOf(path)
	if len(file.Scores) != 1 || file.Scores[0].Properties["value"] != 46.0 || file.Scores[0].MayChange || len(file.Scores[0].Replaced) != 1 {
		t.Errorf("%+v", file.Scores)
	}
	if p := liu.refused("POST", path+"/file/"+file.Scores[0].ID+"/retract", props{"reason": "x"}); p.Status != 409 || p.Code != "of_a_form" {
		t.Errorf("%+v", p)
	}
	if status := liu.do("POST", path+"/forms/harris/answers/"+got.Filling.ID+"/retract", props{"reason": "x"}, nil); status != 204 {
		t.Fatal(status)
	}
	if file = liu.fileOf(path); file.Scores[0].State != "retracted" {
		t.Errorf("%+v", file.Scores)
	}
}
