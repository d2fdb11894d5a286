package fhir

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/fault"
)

// readAll gives the entries of a text.
func readAll(t testing.TB, in string) ([]Entry, error) {
	t.Helper()
	var out []Entry
	err := Read(context.Background(), strings.NewReader(in), func(e Entry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

func readFile(t testing.TB, name string) []Entry {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := readAll(t, string(b))
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(name), err)
	}
	return out
}

// The files SOURCE.md names as wrong, with the first element at fault.
var wrongExamples = map[string]string{
	"explanationofbenefit-example":              "ExplanationOfBenefit.",
	"medicationrequest-example":                 "MedicationRequest.subject",
	"observation-example-2":                     "Observation.code",
	"observation-quantity-year-ucum":            "Observation.code",
	"parameters-example-types":                  "Parameters.parameter[2].valueUuid",
	"patient-example-2":                         "Patient._address",
	"patient-name-extensions":                   "Patient.name[0].given[0]",
	"quantity-example":                          "QuestionnaireResponse.item[0].answer",
	"questionnaire-part-example":                "resourceType",
	"weight-examples_questionnaire-response-R4": "QuestionnaireResponse.status",
}

func TestExamplesAreRightOrNamedWhereTheyAreWrong(t *testing.T) {
	files, err := filepath.Glob(data(t, "fhir_r4_examples", "*.json"))
	if err != nil || len(files) < 30 {
		t.Fatal(err, len(files))
	}
	refused := 0
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		want, wrong := wrongExamples[name]
		for _, e := range readFile(t, f) {
			if !wrong && len(e.Wrong) > 0 {
				t.Errorf("%s is valid: %v", name, e.Wrong)
			}
			if !wrong {
				continue
			}
			refused++
			found := false
			for _, w := range e.Wrong {
				found = found || strings.HasPrefix(w.Field, want)
				if w.Hint.Zh == "" || w.Hint.En == "" {
					t.Errorf("%s: %v does not say how to mend it", name, w)
				}
			}
			if !found {
				t.Errorf("%s: %v, want %s", name, e.Wrong, want)
			}
		}
	}
	if refused != len(wrongExamples) {
		t.Errorf("%d refused, want %d", refused, len(wrongExamples))
	}
}

func TestSyntheticBundlesAreValid(t *testing.T) {
	files, err := filepath.Glob(data(t, "fhir_synthea", "*.json"))
	if err != nil || len(files) != 6 {
		t.Fatal(err, len(files))
	}
	n := 0
	for _, f := range files {
		for _, e := range readFile(t, f) {
			if n++; len(e.Wrong) > 0 {
				t.Errorf("%s entry %d: %v", filepath.Base(f), e.Place, e.Wrong)
			}
		}
	}
	if n != 1437 {
		t.Errorf("%d resources, want 1437", n)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	const ok = `"resourceType":"Observation","status":"final","code":{"text":"x"}`
	for name, c := range map[string]struct {
		in, code, field string
	}{
		"right":                {`{` + ok + `}`, "", ""},
		"no type":              {`{"status":"final"}`, "fhir_no_type", "resourceType"},
		"unknown type":         {`{"resourceType":"Observations"}`, "fhir_unknown_type", "resourceType"},
		"backbone is no type":  {`{"resourceType":"Bundle_Entry"}`, "fhir_unknown_type", "resourceType"},
		"no status":            {`{"resourceType":"Observation","code":{"text":"x"}}`, "fhir_required", "Observation.status"},
		"no medicine":          {`{"resourceType":"MedicationDispense","status":"completed"}`, "fhir_required", "MedicationDispense.medication[x]"},
		"status by extension":  {`{"resourceType":"Observation","_status":{"extension":[{"url":"x:y"}]},"code":{"text":"x"}}`, "", ""},
		"two values":           {`{` + ok + `,"valueString":"a","valueInteger":1}`, "fhir_two_choices", "Observation.value[x]"},
		"unknown element":      {`{` + ok + `,"colour":"red"}`, "fhir_unknown_element", "Observation.colour"},
		"deep element":         {`{` + ok + `,"component":[{"code":{"coding":[{"code":7}]}}]}`, "fhir_wrong_kind", "Observation.component[0].code.coding[0].code"},
		"list where one":       {`{` + ok + `,"subject":[{}]}`, "fhir_wrong_kind", "Observation.subject"},
		"one where list":       {`{` + ok + `,"category":{}}`, "fhir_wrong_kind", "Observation.category"},
		"number as text":       {`{` + ok + `,"valueQuantity":{"value":"7.8"}}`, "fhir_wrong_kind", "Observation.valueQuantity.value"},
		"half a number":        {`{` + ok + `,"valueInteger":1.5}`, "fhir_wrong_kind", "Observation.valueInteger"},
		"impossible day":       {`{` + ok + `,"effectiveDateTime":"2026-13-01"}`, "fhir_wrong_kind", "Observation.effectiveDateTime"},
		"time without zone":    {`{` + ok + `,"effectiveDateTime":"2026-03-01T08:00:00"}`, "fhir_wrong_kind", "Observation.effectiveDateTime"},
		"contained is checked": {`{` + ok + `,"contained":[{"resourceType":"Patient","gender":"m"}]}`, "fhir_unknown_code", "Observation.contained[0].gender"},
		"empty text":           {`{` + ok + `,"valueString":""}`, "fhir_wrong_kind", "Observation.valueString"},
		"control signs":        {`{` + ok + `,"a\u0000\u001bb":1}`, "fhir_unknown_element", "Observation.a??b"},
	} {
		es, err := readAll(t, c.in)
		if err != nil || len(es) != 1 {
			t.Errorf("%s: %v, %d entries", name, err, len(es))
			continue
		}
		got := es[0].Wrong
		switch {
		case c.code == "" && len(got) > 0:
			t.Errorf("%s: %v", name, got)
		case c.code != "" && (len(got) == 0 || got[0].Code != c.code || got[0].Field != c.field):
			t.Errorf("%s: %v, want %s at %s", name, got, c.code, c.field)
		}
	}
}

func TestAnOutcomeNamesTheElement(t *testing.T) {
	es, _ := readAll(t, `{"resourceType":"Observation","status":"done"}`)
	out := Outcome(es[0].Wrong...)
	issues, _ := out["issue"].([]any)
	if len(issues) != 2 {
		t.Fatalf("%v", out)
	}
	second, _ := issues[1].(map[string]any)
	if second["code"] != "code-invalid" || !strings.Contains(text(second, "diagnostics"), "preliminary") {
		t.Errorf("%v", second)
	}
	where, _ := second["expression"].([]any)
	if len(where) != 1 || where[0] != "Observation.status" {
		t.Errorf("%v", where)
	}
	back, err := Decode(Canonical(out))
	r, _ := back.(map[string]any)
	if wrong := Check(r); err != nil || len(wrong) > 0 {
		t.Errorf("the outcome itself: %v %v", err, wrong)
	}
}

func TestFilesThatBreakOff(t *testing.T) {
	const one = `{"resource":{"resourceType":"Patient","id":"a"},"fullUrl":"urn:x:1"}`
	deep := strings.Repeat(`{"item":[`, 300) + `{}` + strings.Repeat(`]}`, 300)
	for name, c := range map[string]struct {
		in      string
		entries int
		wrong   []string // codes, entry by entry; "": right
		err     *fault.Fault
	}{
		"nothing":                 {"", 0, nil, ErrEmpty},
		"no JSON":                 {"PK\x03\x04", 0, nil, ErrJSON},
		"a number":                {"7", 0, nil, ErrObject},
		"half a file":             {`{"resourceType":"Bundle","type":"collection","entry":[` + one + `,{"resource":{"resour`, 1, []string{""}, ErrJSON},
		"an entry twice":          {`{"resourceType":"Bundle","type":"collection","entry":[` + one + `,` + one + `]}`, 2, []string{"", "fhir_same_full_url"}, nil},
		"an entry of nothing":     {`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Patient/1"}}]}`, 1, []string{"fhir_required"}, nil},
		"entries before the type": {`{"entry":[` + one + `],"type":"collection","resourceType":"Bundle"}`, 1, []string{""}, nil},
		"no bundle type":          {`{"resourceType":"Bundle","entry":[` + one + `]}`, 2, []string{"", "fhir_required"}, nil},
		"lines, one broken":       {"{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\n\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n", 3, []string{"", "fhir_bad_json", ""}, nil},
		"two values":              {"{\n\"resourceType\":\"Patient\"}\n{\n\"resourceType\":\"Patient\"}", 1, []string{""}, ErrAfter},
		"deep nesting":            {`{"resourceType":"QuestionnaireResponse","status":"completed","item":[` + deep + `]}`, 1, []string{"fhir_required"}, nil},
		"endless nesting":         {`{"resourceType":"Bundle","entry":` + strings.Repeat("[", 100_000), 0, nil, ErrJSON},
		"bundles in bundles":      {strings.Repeat(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":`, 200) + `1` + strings.Repeat(`}]}`, 200), 1, []string{"fhir_too_deep"}, nil},
	} {
		es, err := readAll(t, c.in)
		if c.err == nil && err != nil || c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
		if len(es) != c.entries {
			t.Errorf("%s: %d entries, want %d", name, len(es), c.entries)
			continue
		}
		for i, e := range es {
			code := ""
			if len(e.Wrong) > 0 {
				code = e.Wrong[0].Code
			}
			if code != c.wrong[i] {
				t.Errorf("%s: entry %d: %q, want %q (%v)", name, i, code, c.wrong[i], e.Wrong)
			}
		}
	}
}

func TestADateIsAsExactAsItWasWritten(t *testing.T) {
	zone := shanghai(t)
	for in, want := range map[string]struct {
		at, date string
		hours    float64
	}{
		"2015":                          {"2015-01-01T00:00:00+08:00", "2015", 365 * 24},
		"2016-02":                       {"2016-02-01T00:00:00+08:00", "2016-02", 29 * 24},
		"2015-03-08":                    {"2015-03-08T00:00:00+08:00", "2015-03-08", 24},
		"2015-03-08T23:30:00-05:00":     {"2015-03-08T23:30:00-05:00", "2015-03-08", 0},
		"2016-12-31T23:59:60Z":          {"2016-12-31T23:59:59Z", "2016-12-31", 0},
		"2015-03-08T08:30:00.123+08:00": {"2015-03-08T08:30:00.123+08:00", "2015-03-08", 0},
	} {
		m, ok := ParseMoment(in, zone)
		if !ok || m.At.Format("2006-01-02T15:04:05.999Z07:00") != want.at || m.Date() != want.date || m.Period.Hours() != want.hours {
			t.Errorf("%s: %v %v %q %v", in, ok, m.At, m.Date(), m.Period)
		}
	}
	for _, in := range []string{"", "15", "2015-13", "2015-02-30", "next week"} {
		if _, ok := ParseMoment(in, zone); ok {
			t.Errorf("%q is a date", in)
		}
	}
}

func TestReferencesAreFollowedOneStep(t *testing.T) {
	es, err := readAll(t, `{"resourceType":"Bundle","type":"collection","entry":[
		{"fullUrl":"urn:uuid:11111111-1111-1111-1111-111111111111","resource":{"resourceType":"Patient","id":"p1","link":[{"type":"seealso","other":{"reference":"urn:uuid:22222222-2222-2222-2222-222222222222"}}]}},
		{"fullUrl":"urn:uuid:22222222-2222-2222-2222-222222222222","resource":{"resourceType":"Patient","id":"p2","link":[{"type":"seealso","other":{"reference":"urn:uuid:11111111-1111-1111-1111-111111111111"}}]}},
		{"fullUrl":"https://a.example/fhir/Observation/o","resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"contained":[{"resourceType":"Patient","id":"inside"}],"hasMember":[{"reference":"Observation/o"}]}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex("clinic")
	for i := range es {
		x.Add(&es[i])
	}
	o := &es[2]
	for ref, want := range map[string]Key{
		"urn:uuid:22222222-2222-2222-2222-222222222222": {"clinic", "Patient", "p2"},
		"Patient/p9": {"https://a.example/fhir", "Patient", "p9"},
		"https://b.example/r4/Patient/7/_history/2": {"https://b.example/r4", "Patient", "7"},
	} {
		if got := x.Follow(map[string]any{"reference": ref}, o); !got.Known || got.Key != want {
			t.Errorf("%s: %+v", ref, got)
		}
	}
	for _, ref := range []string{"urn:uuid:33333333-3333-3333-3333-333333333333", "#nobody", "#", "", "Nothing/1", "Patient/"} {
		if got := x.Follow(map[string]any{"reference": ref}, o); got.Known || got.Resource != nil {
			t.Errorf("%q: %+v", ref, got)
		}
	}
	if got := x.Follow(map[string]any{"reference": "#inside"}, o); got.Known || text(got.Resource, "id") != "inside" {
		t.Errorf("contained: %+v", got)
	}
	if got := x.Follow(map[string]any{"reference": "Patient?identifier=urn:mrn|77"}, o); len(got.Named) != 1 || got.Named[0] != [2]string{"urn:mrn", "77"} {
		t.Errorf("conditional: %+v", got)
	}
}

func TestIdentifiersThatNameNobodyAreLeftOut(t *testing.T) {
	es, _ := readAll(t, `{"resourceType":"Patient","identifier":[{"system":"a","value":"000000"},{"system":"a","value":"null"},{"system":"a","value":"-1"},
		{"value":"7"},{"system":"a","value":"7"},{"use":"old","system":"a","value":"8"},{"system":"a","value":" 99 "},{"system":"a","value":"12"}]}`)
	got := Identifiers(es[0].Resource)
	if len(got) != 2 || got[0][1] != "7" || got[1][1] != "12" {
		t.Errorf("%v", got)
	}
}

// FuzzRead: whatever a file holds, reading it ends without a panic, and what is found wrong can be told.
func FuzzRead(f *testing.F) {
	for _, in := range []string{
		"", "{", "[]", "{}", `{"resourceType":7}`, `{"resourceType":"Bundle","entry":{}}`, `{"resourceType":"Bundle","entry":[null,1,{"resource":null}]}`,
		`{"resourceType":"Observation","code":null,"valueQuantity":{"value":1e999},"contained":[[]],"_status":[null]}`,
		`{"resourceType":"Patient","identifier":[{"system":"a","value":""}],"name":[null],"birthDate":"0000"}`, "\xef\xbb\xbf{}\n{}\n",
		`{"resourceType":"MedicationRequest","medicationReference":{"reference":"#"},"contained":[{"resourceType":"Medication","id":""}]}`,
	} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		es, _ := readAll(t, in)
		x := NewIndex("")
		for i := range es {
			x.Add(&es[i])
		}
		for i := range es {
			_ = Outcome(es[i].Wrong...)
			KeyOf(&es[i], "")
			x.Follow(object(es[i].Resource, "subject"), &es[i])
			Identifiers(es[i].Resource)
			if len(es[i].Wrong) == 0 {
				Understand(&es[i], &Reading{Index: x})
			}

		}
	})
}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
