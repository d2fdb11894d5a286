package programme_test

import (
	"reflect"
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/programme"
)

func TestEveryShippedQuestionnaireGoesThroughItsForm(t *testing.T) {
	n := 0
	for _, key := range shipped {
		f := filesOf(t, key)
		for _, k := range f.QuestionnaireKeys() {
			x, ok := f.Questionnaire(k)
			if !ok || len(x.Items) == 0 {
				t.Fatal(key, k)
			}
			got, err := f.SetQuestionnaire(x)
			if err != nil {
				t.Fatal(key, k, err)
			}
			if a, b := strings.TrimSpace(f[x.File]), strings.TrimSpace(got[x.File]); a != b {
				t.Errorf("%s: %s is written another way:\n%s", key, k, b)
			}
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d questionnaires", n)
	}
}

func TestAQuestionIsChangedAndTheRestStays(t *testing.T) {
	f := filesOf(t, "osteonecrosis")
	name := "forms/onfh-intake.json"
	f[name] = strings.Replace(f[name], `"subjectType": [`, `"publisher": "Ours <us>", "subjectType": [`, 1)
	x, _ := f.Questionnaire("onfh-intake")
	ten, two := 10.0, 2.0
	x.Items[1].Max, x.Items[1].Text.En = &ten, "Weeks of pain?"
	x.Items[0], x.Items[1] = x.Items[1], x.Items[0]
	x.Every, x.Name.Zh = 14, "髋的情况"
	x.Items[1].Options = append(x.Items[1].Options, programme.OptionForm{Code: "later", Text: fault.Text{Zh: "以后", En: "Later"}, Score: &two})
	x.Items = append(x.Items, programme.QuestionForm{Key: "note", Type: "text", Text: fault.Text{Zh: "还想说", En: "Anything else"}})
	got, err := f.SetQuestionnaire(x)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got[name], `"publisher": "Ours <us>"`) {
		t.Error("what the form does not show is gone")
	}
	again, _ := got.Questionnaire("onfh-intake")
	if again.File, again.Part = x.File, x.Part; !reflect.DeepEqual(again, x) {
		t.Errorf("%+v\n%+v", again, x)
	}
	form := open(t, got).Forms["onfh-intake"]
	if form.Items[0].Key != "pain-weeks" || form.Items[0].Max != 10 || form.Items[0].Text.En != "Weeks of pain?" || form.Every != 14 || form.Item("note") == nil || form.Item("stage-told").Option("later").Score != 2 {
		t.Errorf("%+v", form)
	}
	x.Every, x.Items[0].Max = 0, nil
	got, _ = got.SetQuestionnaire(x)
	if form := open(t, got).Forms["onfh-intake"]; form.Every != 0 || form.Items[0].Max == 10 {
		t.Errorf("%+v", form.Items[0])
	}
}

func TestANewQuestionnaireIsSound(t *testing.T) {
	f := filesOf(t, "hypertension")
	yes, no := 1.0, 0.0
	x := programme.QuestionnaireForm{
		Key: "bp-check", Name: fault.Text{Zh: "一问", En: "A question"}, Version: "1", Status: "draft", Copyright: "ours", Every: 30,
		Items: []programme.QuestionForm{
			{Key: "head", Type: "display", Text: fault.Text{Zh: "先看", En: "First"}},
			{Key: "salt", Type: "choice", Text: fault.Text{Zh: "咸吗", En: "Salty?"}, Required: true, Options: []programme.OptionForm{
				{Code: "yes", Text: fault.Text{Zh: "是", En: "Yes"}, Score: &yes}, {Code: "no", Text: fault.Text{Zh: "不", En: "No"}, Score: &no}}},
		},
	}
	got, err := f.SetQuestionnaire(x)
	if err != nil {
		t.Fatal(err)
	}
	form := open(t, got).Forms["bp-check"]
	if form == nil || form.Name.En != "A question" || len(form.Items) != 2 || form.Most() != 1 || form.Every != 30 {
		t.Errorf("%+v", form)
	}
	if back := got.DropQuestionnaire("bp-check"); len(back.QuestionnaireKeys()) != len(f.QuestionnaireKeys()) {
		t.Error("it is not taken out")
	}
	x.Items[1].Key = "Bad key"
	if _, err := f.SetQuestionnaire(x); fault.Of(err) == nil || fault.Of(err).Code != "bad_key" {
		t.Errorf("%v", err)
	}
}

func TestQuestionsWithinQuestionsAreLeftToTheText(t *testing.T) {
	f := programme.Files{"forms/a.json": `{"item": [{"linkId": "g", "type": "group", "item": [{"linkId": "q"}]}]}`, "forms/b.json": `{"item": [`}
	for _, k := range []string{"a", "b"} {
		if _, ok := f.Questionnaire(k); ok {
			t.Error(k, "is shown as a form")
		}
		if _, err := f.SetQuestionnaire(programme.QuestionnaireForm{Key: k}); fault.Of(err) == nil || fault.Of(err).Code != "edit_as_text" {
			t.Errorf("%s: %v", k, err)
		}
	}
}
