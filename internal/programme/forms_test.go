package programme_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
)

const form = `{
  "resourceType": "Questionnaire", "name": "feet", "version": "1", "status": "active", "copyright": "free to use",
  "title": "足部", "_title": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
    {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Feet"}]}]},
  "item": [{
    "linkId": "wound", "type": "choice", "required": true, "text": "有伤口吗？",
    "_text": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
      {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Any wound?"}]}]},
    "answerOption": [
      {"valueCoding": {"code": "no-wound", "display": "没有", "_display": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
        {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "No"}]}]},
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 4}]}},
      {"valueCoding": {"code": "small", "display": "小伤口", "_display": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
        {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Small"}]}]}}}
    ]
  }]
}`

func withForm(t *testing.T) fstest.MapFS {
	files := sound(t)
	files["sound/forms/feet.json"] = &fstest.MapFile{Data: []byte(form)}
	tests := files["sound/tests/all.yaml"]
	tests.Data = append(tests.Data, "\n- name: a form\n  given:\n    - 2026-03-01 07:00  form_answer feet wound small\n  at 2026-03-02 08:00: [-low]\n"...)
	return files
}

func TestForms(t *testing.T) {
	c, problems := programme.Open(withForm(t), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	f := c.Forms["feet"]
	if f == nil || f.Name.En != "Feet" || f.Version != "1" || f.Most() != 4 {
		t.Fatalf("the form: %+v", f)
	}
	it := f.Item("wound")
	if it == nil || !it.Required || it.Text.En != "Any wound?" || len(it.Options) != 2 || it.Options[1].HasScore || it.Options[1].Text.Zh != "小伤口" {
		t.Errorf("the item: %+v", it)
	}
	if !programme.PathOK("forms/feet.json") || programme.PathOK("forms/feet.yaml") {
		t.Error("a form is forms/KEY.json")
	}
	if _, ok := c.Files["forms/feet.json"]; !ok {
		t.Error("a form is among the files a version keeps")
	}
}

func TestMistakesOfForms(t *testing.T) {
	tests := []struct{ name, file, old, new, want string }{
		{"no JSON", "forms/feet.json", `"title": `, `title: `, "this file is not JSON"},
		{"something else", "forms/feet.json", `"Questionnaire"`, `"Patient"`, "forms/feet.json:2:19: the resourceType of a form is Questionnaire"},
		{"another name", "forms/feet.json", `"name": "feet"`, `"name": "foot"`, "the name is that of the file: feet"},
		{"by what right", "forms/feet.json", `"copyright"`, `"purpose"`, `lacks "copyright"`},
		{"one language", "forms/feet.json", `"_text"`, `"_texts"`, `"text" lacks its English`},
		{"one answer", "forms/feet.json", `"code": "small"`, `"code": "no-wound"`, "has the answer no-wound already"},
		{"no such type", "forms/feet.json", `"choice"`, `"chioce"`, "did you mean choice?"},
		{"points that are no number", "forms/feet.json", `"valueDecimal": 4`, `"valueDecimal": "many"`, "points are a number"},
		{"a test of no form", "tests/all.yaml", "form_answer feet", "form_answer fet", `no form "fet" (did you mean feet?)`},
		{"a test of no item", "tests/all.yaml", "feet wound", "feet wounds", `form feet has no item "wounds" (did you mean wound?)`},
		{"a test of no answer", "tests/all.yaml", "wound small", "wound smal", `item wound has no answer "smal" (did you mean small?)`},
		{"pressure in another unit", "programme.yaml", "    hba1c:", "    systolic: {below: 130 mmol/L}\n    hba1c:", `systolic has no unit "mmol/L"`},
		{"pressure nobody has", "programme.yaml", "    hba1c:", "    systolic: {below: 13 mmHg}\n    hba1c:", "a limit is between 60 and 260 mmHg"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := withForm(t)
			f := files["sound/"+tt.file]
			if !strings.Contains(string(f.Data), tt.old) {
				t.Fatalf("%s does not hold %q", tt.file, tt.old)
			}
			f.Data = []byte(strings.Replace(string(f.Data), tt.old, tt.new, 1))
			c, problems := programme.Open(files, "sound")
			if c != nil || !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("want %s\ngot\n%s", tt.want, problems.Error())
			}
		})
	}
}

func TestLimitsOfPressure(t *testing.T) {
	files := sound(t)
	f := files["sound/programme.yaml"]
	f.Data = []byte(strings.Replace(string(f.Data), "    hba1c:", "    systolic: {below: 130 mmHg}\n    pain: {high: 3 /10}\n    hba1c:", 1))
	c, problems := programme.Open(files, "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	adult := c.Targets["adult"]
	if _, high, ok := adult.Limits("systolic"); !ok || high >= 130 || high < 129.99 {
		t.Errorf("below 130: %v", high)
	}
	if _, high, _ := adult.Limits("pain"); high != 3 {
		t.Errorf("3 of 10: %v", high)
	}
	if programme.TargetUnit("systolic") != "mmHg" || programme.TargetUnit("fasting") != "mmol/L" || programme.TargetUnit("hba1c") != "%" {
		t.Error("units")
	}
}

// A programme for doctors measures nothing: it has no targets, and a rule that asks for one is told so.
func TestNoTargets(t *testing.T) {
	files := fstest.MapFS{
		"p/programme.yaml": {Data: []byte("key: p\nname: {zh: 甲, en: A}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {g: {zh: 组, en: Group}}\n")},
		"p/tags.yaml":      {Data: []byte("seen:\n  name: {zh: 来过, en: Seen}\n  group: g\n  plain: {zh: 来过, en: Seen}\n  when: exists(events(\"chat\"))\n  because: {zh: 来过, en: Seen}\n  source: none\n")},
		"p/stages.yaml":    {Data: []byte("all:\n  name: {zh: 全, en: All}\n  plain: {zh: 全, en: All}\n  when: true\n  source: none\n")},
	}
	if _, problems := programme.Open(files, "p"); problems != nil {
		t.Fatal(problems)
	}
	tags := files["p/tags.yaml"]
	tags.Data = []byte(strings.Replace(string(tags.Data), `exists(events("chat"))`, `events("glucose").latest().value > target("fasting").high`, 1))
	if _, problems := programme.Open(files, "p"); !strings.Contains(problems.Error(), `no target "fasting"`) {
		t.Errorf("got %v", problems)
	}
}
