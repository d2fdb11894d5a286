package fhir

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/programmes"
)

// diabetes is read once.
var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

func understand(t *testing.T, in string) (Understood, []event.Event) {
	t.Helper()
	es, err := readAll(t, in)
	if err != nil || len(es) == 0 {
		t.Fatal(err)
	}
	e := &es[len(es)-1]
	if len(e.Wrong) > 0 {
		t.Fatalf("%s: %v", in, e.Wrong)
	}
	x := NewIndex("")
	for i := range es {
		x.Add(&es[i])
	}
	feet, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	u := Understand(e, &Reading{Index: x, Zone: shanghai(t), Form: func(q string) *programme.Form { return feet.Forms[strings.TrimPrefix(q, "urn:form:")] }})
	var out []event.Event
	for _, f := range u.Facts {
		raw, err := json.Marshal(f.Props)
		if err != nil {
			t.Fatal(err)
		}
		ev, wrong := event.Decode(f.Key, raw)
		if wrong != nil {
			t.Fatalf("%s: %v %s", f.Key, wrong, raw)
		}
		ev.Occurred = f.At.At.UnixMicro()
		out = append(out, ev)
	}
	return u, out
}

func observed(code, rest string) string {
	return `{"resourceType":"Observation","status":"final","effectiveDateTime":"2026-03-01T08:00:00+08:00","code":{"coding":[{"system":"http://loinc.org","code":"` + code + `"}]}` + rest + `}`
}

func quantity(v, unit, code string) string {
	return fmt.Sprintf(`,"valueQuantity":{"value":%s,"unit":%q,"system":"http://unitsofmeasure.org","code":%q}`, v, unit, code)
}

func TestAnObservationBecomesWhatItMeasured(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want event.Type
		num  float64
		left string
	}{
		"meter, mmol/L":              {observed("14743-9", quantity("7.8", "mmol/l", "mmol/L")), event.Glucose, 7.8, ""},
		"meter, mg/dL, at the limit": {observed("41653-7", quantity("70", "mg/dL", "mg/dL")), event.Glucose, 3.9, ""},
		"fasting by its code":        {observed("41604-0", quantity("99", "mg/dL", "mg/dL")), event.Glucose, measure.FromMgdL(99), ""},
		"sensor":                     {observed("99504-3", quantity("180", "mg/dL", "mg/dL")), event.Glucose, 10, ""},
		"a unit in words":            {observed("14743-9", `,"valueQuantity":{"value":7.8,"unit":"mmol/L"}`), event.Glucose, 7.8, ""},
		"no unit at all":             {observed("14743-9", `,"valueQuantity":{"value":7.8}`), 0, 0, LeftUnit},
		"a unit nobody knows":        {observed("14743-9", quantity("7.8", "drops", "[drp]")), 0, 0, LeftUnit},
		"a unit of another system":   {observed("14743-9", `,"valueQuantity":{"value":7.8,"unit":"mmol/L","system":"urn:x","code":"mmol/L"}`), 0, 0, LeftUnit},
		"not exact":                  {observed("14743-9", `,"valueQuantity":{"value":33.3,"comparator":">","unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}`), 0, 0, LeftInexact},
		"HbA1c in mmol/mol":          {observed("59261-8", quantity("53", "mmol/mol", "mmol/mol")), event.HbA1c, measure.HbA1cFromIFCC(53), ""},
		"weight in pounds":           {observed("29463-7", quantity("150", "lb", "[lb_av]")), event.Weight, 68.0388555, ""},
		"height in inches":           {observed("8302-2", quantity("70", "in", "[in_i]")), event.Height, 177.8, ""},
		"creatinine, mg/dL":          {observed("2160-0", quantity("1", "mg/dL", "mg/dL")), event.Lab, 88.42, ""},
		"white cells":                {observed("6690-2", quantity("6.1", "10*3/uL", "10*3/uL")), event.Lab, 6.1, ""},
		"a lab in a foreign unit":    {observed("6690-2", quantity("6.1", "kg", "kg")), 0, 0, LeftUnit},
		"a lab in another's unit":    {observed("2160-0", quantity("1", "U/L", "U/L")), 0, 0, LeftUnit},
		"a code nobody knows":        {observed("9843-4", quantity("50", "cm", "cm")), 0, 0, LeftCode},
		"no value":                   {observed("29463-7", ``), 0, 0, LeftValue},
		"a scale":                    {observed("70274-6", quantity("7", "{score}", "{score}")), event.Score, 7, ""},
		"a month is no moment":       {strings.Replace(observed("29463-7", quantity("70", "kg", "kg")), "2026-03-01T08:00:00+08:00", "2026-03", 1), 0, 0, LeftTime},
		"cancelled":                  {strings.Replace(observed("29463-7", quantity("70", "kg", "kg")), `"final"`, `"cancelled"`, 1), 0, 0, LeftStatus},
		"taken back":                 {strings.Replace(observed("29463-7", quantity("70", "kg", "kg")), `"final"`, `"entered-in-error"`, 1), 0, 0, LeftError},
	} {
		u, es := understand(t, c.in)
		if u.Left != c.left || len(es) != min(1, len(u.Facts)) || c.left == "" && (len(es) != 1 || es[0].Type != c.want || math.Abs(es[0].Num-c.num) > 1e-9) {
			t.Errorf("%s: left %q, %+v", name, u.Left, es)
		}
		if c.left == "" && !strings.Contains(string(es[0].Body), `"original":{`) {
			t.Errorf("%s: what was written is not kept: %s", name, es[0].Body)
		}
	}
	_, es := understand(t, observed("41653-7", quantity("70.50", "mg/dL", "mg/dL")))
	if v, u := es[0].Entered(); v != 70.5 || u != measure.MgdL || !strings.Contains(string(es[0].Body), `70.50`) {
		t.Errorf("entered %v %v, %s", v, u, es[0].Body)
	}
	if es[0].Flags&event.Sensor != 0 {
		t.Error("a finger's reading is no sensor's")
	}
}

func TestBloodPressureIsOneReading(t *testing.T) {
	part := func(code, v, unit string) string {
		return `{"code":{"coding":[{"system":"http://loinc.org","code":"` + code + `"}]}` + quantity(v, unit, unit) + `}`
	}
	_, es := understand(t, observed("85354-9", `,"component":[`+part("8462-4", "80", "mm[Hg]")+`,`+part("8480-6", "128", "mm[Hg]")+`]`))
	if len(es) != 1 || es[0].Num != 128 || es[0].X[0] != 80 {
		t.Errorf("%+v", es)
	}
	u, _ := understand(t, observed("85354-9", `,"component":[`+part("8480-6", "128", "mm[Hg]")+`]`))
	if u.Left != LeftValue {
		t.Errorf("half a pressure: %+v", u)
	}
}

func TestWhatOtherResourcesBecome(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want string // type and what says most of each event
		left string
	}{
		"diagnosis by ICD":        {`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetDateTime":"2015","verificationStatus":{"coding":[{"code":"confirmed"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"E11.9"}]}}`, "diagnosis t2 confirmed", ""},
		"diagnosis by words":      {`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetDateTime":"2015-02-03","abatementDateTime":"2015-03","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"text":"支气管炎"}}`, "diagnosis other confirmed, diagnosis other resolved", ""},
		"a doubt":                 {`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"recordedDate":"2015-02-03","verificationStatus":{"coding":[{"code":"provisional"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006"}]}}`, "diagnosis t2 suspected", ""},
		"work is no diagnosis":    {`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetDateTime":"2015","code":{"coding":[{"system":"http://snomed.info/sct","code":"160903007","display":"Full-time employment (finding)"}]}}`, "", LeftFinding},
		"taken back":              {`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetDateTime":"2015","verificationStatus":{"coding":[{"code":"entered-in-error"}]},"code":{"text":"x"}}`, "", LeftError},
		"prescription":            {`{"resourceType":"MedicationRequest","status":"active","intent":"order","authoredOn":"2026-01-02",` + metformin + `}`, "medication metformin start", ""},
		"prescription that ended": {`{"resourceType":"MedicationRequest","status":"stopped","intent":"order","authoredOn":"2026-01-02",` + metformin + `}`, "medication metformin start, medication metformin stop", ""},
		"a plan":                  {`{"resourceType":"MedicationRequest","status":"active","intent":"plan","authoredOn":"2026-01-02",` + metformin + `}`, "", LeftStatus},
		"dispensing":              {`{"resourceType":"MedicationDispense","status":"completed","whenHandedOver":"2026-01-02","daysSupply":{"value":30,"unit":"days","system":"http://unitsofmeasure.org","code":"d"},` + metformin + `}`, "fill metformin ", ""},
		"dispensing, no days":     {`{"resourceType":"MedicationDispense","status":"completed","whenHandedOver":"2026-01-02",` + metformin + `}`, "fill metformin ", ""},
		"dispensing, about days":  {`{"resourceType":"MedicationDispense","status":"completed","whenHandedOver":"2026-01-02","daysSupply":{"value":30,"comparator":"<","code":"d","system":"http://unitsofmeasure.org"},` + metformin + `}`, "fill metformin ", ""},
		"visit":                   {`{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"start":"2026-01-02T08:00:00Z"}}`, "visit  offline", ""},
		"stay":                    {`{"resourceType":"Encounter","status":"finished","class":{"code":"IMP"},"period":{"start":"2026-01-02","end":"2026-01-09"}}`, "admission admitted , admission discharged ", ""},
		"form":                    {`{"resourceType":"QuestionnaireResponse","questionnaire":"urn:form:feet","status":"completed","authored":"2026-01-02","item":[{"linkId":"foot","answer":[{"valueCoding":{"code":"fine"}}]},{"linkId":"shoes","answer":[{"valueCoding":{"code":"fit"}}]}]}`, "form_answer feet foot, form_answer feet shoes", ""},
		"an answer that is none":  {`{"resourceType":"QuestionnaireResponse","questionnaire":"urn:form:feet","status":"completed","authored":"2026-01-02","item":[{"linkId":"foot","answer":[{"valueCoding":{"code":"green"}}]}]}`, "", LeftForm},
		"another's form":          {`{"resourceType":"QuestionnaireResponse","questionnaire":"urn:form:other","status":"completed","authored":"2026-01-02"}`, "", LeftForm},
		"report with its values":  {`{"resourceType":"DiagnosticReport","status":"final","effectiveDateTime":"2026-01-02","code":{"text":"生化"},"category":[{"coding":[{"code":"LAB"}]}],"contained":[` + strings.Replace(observed("718-7", quantity("13", "g/dL", "g/dL")), `{"resource`, `{"id":"hb","resource`, 1) + `]}`, "report lab uploaded, lab haemoglobin g/dL", ""},
		"family":                  {`{"resourceType":"RelatedPerson","patient":{"reference":"Patient/1"},"relationship":[{"coding":[{"code":"DAU"}]}],"name":[{"family":"王","given":["芳"]}]}`, "relation daughter ", ""},
		"person":                  {`{"resourceType":"Patient","name":[{"use":"old","text":"x"},{"family":"张","given":["桂","芳"]}],"gender":"female","birthDate":"1958-03"}`, "profile female ", ""},
		"others":                  {`{"resourceType":"Organization","name":"x"}`, "", LeftType},
	} {
		u, es := understand(t, c.in)
		var got []string
		for _, e := range es {
			second := e.B.String()
			if e.Type == event.Medication {
				got = append(got, "medication "+e.C.String()+" "+second)
				continue
			}
			if e.Type == event.Fill {
				got = append(got, "fill "+e.B.String()+" ")
				continue
			}
			got = append(got, e.Type.String()+" "+e.A.String()+" "+second)
		}
		if g := strings.Join(got, ", "); g != c.want || u.Left != c.left {
			t.Errorf("%s: %q left %q, want %q left %q", name, g, u.Left, c.want, c.left)
		}
	}
	u, _ := understand(t, `{"resourceType":"Patient","name":[{"use":"old","text":"x"},{"family":"张","given":["桂","芳"]}]}`)
	if u.Facts[0].Props["name"] != "张桂芳" {
		t.Errorf("%v", u.Facts[0].Props)
	}
}

// metformin is what a resource is about.
const metformin = `"medicationCodeableConcept":{"text":"Metformin hydrochloride 500 MG Oral Tablet"},"subject":{"reference":"Patient/1"}`

// What can be said of how long a dispensing lasts is handed on; nothing is guessed.
func TestADispensingHandsOnHowMuchItWas(t *testing.T) {
	const begin = `{"resourceType":"MedicationDispense","status":"completed","whenHandedOver":"2026-01-02",` + metformin
	for name, c := range map[string]struct{ in, want string }{
		"stated":                  {`,"daysSupply":{"value":30,"code":"d","system":"http://unitsofmeasure.org"},"quantity":{"value":60,"unit":"片"}`, `days:30`},
		"tablets and words":       {`,"quantity":{"value":60,"unit":"TAB"},"dosageInstruction":[{"text":"每次1片，每日2次"}]`, `counted:piece doseText:每次1片，每日2次 quantity:60`},
		"boxes":                   {`,"quantity":{"value":2,"unit":"盒"}`, `counted:box quantity:2`},
		"by a code":               {`,"quantity":{"value":30,"unit":"tablet(s)","code":"{tbl}","system":"http://unitsofmeasure.org"}`, `counted:piece quantity:30`},
		"of nobody knows what":    {`,"quantity":{"value":60}`, `quantity:60`},
		"millilitres":             {`,"quantity":{"value":60,"unit":"mL","code":"mL","system":"http://unitsofmeasure.org"}`, `quantity:60`},
		"in numbers":              {`,"quantity":{"value":60,"unit":"片"},"dosageInstruction":[{"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":1,"unit":"片"}}]}]`, `counted:piece perDay:3 quantity:60`},
		"in numbers, when needed": {`,"quantity":{"value":60,"unit":"片"},"dosageInstruction":[{"asNeededBoolean":true,"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":1,"unit":"片"}}]}]`, `counted:piece quantity:60`},
		"in milligrams":           {`,"quantity":{"value":60,"unit":"片"},"dosageInstruction":[{"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":500,"unit":"mg"}}]}]`, `counted:piece quantity:60`},
		"nothing":                 {``, ``},
	} {
		u, _ := understand(t, begin+c.in+"}")
		if len(u.Facts) != 1 {
			t.Fatalf("%s: left %q", name, u.Left)
		}
		p := u.Facts[0].Props
		for _, k := range []string{"class", "generic", "name"} {
			delete(p, k)
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(p), "map["), "]"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestADispensingOfUnknownLengthIsWrittenWithoutDays(t *testing.T) {
	e, fl := event.Decode("fill", []byte(`{"class":"metformin","generic":"metformin","quantity":2,"counted":"box"}`))
	if fl != nil {
		t.Fatal(fl)
	}
	r := Dispense(Told{ID: "1", Patient: "2", Event: &e, Zone: time.UTC, Body: map[string]any{"doseText": "每次1片"}})
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r["daysSupply"]; ok || !strings.Contains(string(b), `"quantity":{"code":"{box}"`) || !strings.Contains(string(b), "每次1片") {
		t.Errorf("%s", b)
	}
}

// What the six synthetic bundles say, counted by hand with another program.
func TestSyntheticBundlesAreUnderstood(t *testing.T) {
	files, err := filepath.Glob(data(t, "fhir_synthea", "*.json"))
	if err != nil || len(files) != 6 {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, f := range files {
		es := readFile(t, f)
		x := NewIndex("")
		for i := range es {
			x.Add(&es[i])
		}
		for i := range es {
			u := Understand(&es[i], &Reading{Index: x})
			for _, f := range u.Facts {
				raw, _ := json.Marshal(f.Props)
				if _, wrong := event.Decode(f.Key, raw); wrong != nil {
					t.Errorf("%s: %v", f.Key, wrong)
				}
				n[f.Key]++
			}
			if u.About != nil && !x.Follow(u.About, &es[i]).Known {
				t.Errorf("%s: nobody found", es[i].Type())
			}
		}
	}
	want := map[string]int{"profile": 6, "weight": 57, "height": 56, "blood_pressure": 57, "pain": 56, "score": 12, "visit": 96, "report": 52}
	for k, v := range want {
		if n[k] != v {
			t.Errorf("%s: %d, want %d", k, n[k], v)
		}
	}
	if n["lab"] != 30 { // haemoglobin, leucocytes and platelets of ten blood counts
		t.Errorf("lab: %d", n["lab"])
	}
}

func TestEveryLabCodeIsOfAKnownTest(t *testing.T) {
	for test := range labCodes {
		if _, ok := measure.LabOf(test); !ok {
			t.Errorf("%s is no test", test)
		}
	}
	if n := func() (n int) {
		for _, c := range labCodes {
			n += len(c)
		}
		return n
	}(); n != len(labOf) {
		t.Errorf("%d codes, %d of them different", n, len(labOf))
	}
	for code := range labOf {
		if _, twice := observations[code]; twice {
			t.Errorf("%s means two things", code)
		}
	}
}
