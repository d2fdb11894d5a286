package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fhir"
)

// schemaOf holds resources to HL7's own schema, where it is there.
var schemaOf = sync.OnceValues(func() (func(kind string) (*jsonschema.Schema, error), error) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		return nil, nil
	}
	f, err := os.Open(filepath.Join(dir, "fhir_r4_schema", "fhir.schema.r4.json"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, err
	}
	root, _ := doc.(map[string]any)
	delete(root, "oneOf") // a definition is chosen by its name
	delete(root, "id")
	c := jsonschema.NewCompiler()
	if err := c.AddResource("fhir.json", root); err != nil {
		return nil, err
	}
	return func(kind string) (*jsonschema.Schema, error) { return c.Compile("fhir.json#/definitions/" + kind) }, nil
})

// sound fails where a resource is not valid: by our own check always, by the schema where it is there.
func sound(t *testing.T, r map[string]any) {
	t.Helper()
	b, err := json.Marshal(r)
	must(t, err)
	v, err := fhir.Decode(b)
	must(t, err)
	o, _ := v.(map[string]any)
	if wrong := fhir.Check(o); len(wrong) > 0 {
		t.Errorf("%s: %v", b, wrong)
	}
	compile, err := schemaOf()
	must(t, err)
	if compile == nil {
		return
	}
	kind, _ := r["resourceType"].(string)
	s, err := compile(kind)
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	must(t, err)
	if err := s.Validate(doc); err != nil {
		t.Errorf("%s: %v", b, err)
	}
}

type searchset struct {
	ResourceType string
	Total        *int
	Link         []struct{ Relation, URL string }
	Entry        []struct {
		FullURL  string
		Resource map[string]any
	}
}

func (b *browser) search(path string) searchset {
	b.h.t.Helper()
	res, body := b.raw("GET", path, nil)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/fhir+json; charset=utf-8" || res.Header.Get("Cache-Control") != "no-store" {
		b.h.t.Fatalf("%s: %d %v %s", path, res.StatusCode, res.Header, body)
	}
	var s searchset
	must(b.h.t, json.Unmarshal(body, &s))
	return s
}

func (s searchset) next() string {
	for _, l := range s.Link {
		if l.Relation == "next" {
			u, _ := url.Parse(l.URL)
			return u.RequestURI()
		}
	}
	return ""
}

// charted has somebody of whom there is something of each kind.
func charted(h *house) world {
	x := h.filed(h.lowReading(0, "张桂芳", "liu"))
	n := x.person.Number
	for _, f := range [][2]string{
		{"glucose", `{"value":140,"unit":"mg/dL","context":"fasting","device":"M1","note":"饭前"}`}, {"glucose", `{"value":"HI","unit":"mmol/L"}`},
		{"glucose", `{"value":9.1,"unit":"mmol/L","sensor":true}`}, {"glucose", `{"value":99,"unit":"mmol/L"}`},
		{"hba1c", `{"value":53,"unit":"mmol/mol"}`}, {"blood_pressure", `{"systolic":150,"diastolic":90,"pulse":70}`}, {"weight", `{"value":70}`},
		{"height", `{"value":160}`}, {"steps", `{"value":5000}`}, {"sleep", `{"hours":7}`}, {"pain", `{"value":3}`}, {"score", `{"value":80,"scale":"harris"}`},
		{"lab", `{"test":"creatinine","value":1.1,"unit":"mg/dL","judged":"high","refLow":0.5,"refHigh":1.0}`}, {"lab", `{"test":"ketone_urine","value":2,"unit":"+"}`},
		{"lab", `{"test":"bmd_hip_t","value":-2.5,"unit":"T"}`}, {"fill", `{"class":"metformin","generic":"metformin","days":30,"place":"药店"}`}, {"fill", `{"class":"unmapped","name":"新药","quantity":2,"counted":"box","doseText":"每晚"}`},
		{"plan", `{"perWeek":4,"weeks":2}`}, {"plan", `{"perWeek":7}`}, {"care_plan", `{"kind":"imaging","detail":"hip","everyDays":90,"active":true}`},
		{"meal_plan", `{"portions":10}`}, {"exercise_plan", `{"minutes":150}`},
	} {
		h.tell(0, n, f[0], f[1], h.now())
		h.clock.Add(time.Minute.Microseconds())
	}
	for i, raw := range []string{
		`{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:x"},"onsetDateTime":"2015","code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006"}]}}`,
		`{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"urn:uuid:x"},"effectiveDateTime":"2026-03-01","code":{"coding":[{"system":"http://loinc.org","code":"9843-4"}]}}`,
	} {
		v, err := fhir.Decode([]byte(raw))
		must(h.t, err)
		r, _ := v.(map[string]any)
		kind, _ := r["resourceType"].(string)
		must(h.t, h.store.KeepResources(h.t.Context(), h.spaces[0].Workspace().Number, []fhir.Kept{{Person: n, Hash: [16]byte{byte(i + 1)}, Version: 1, Type: kind, Body: []byte(raw)}}, nil))
	}
	return x
}

func TestEverythingGivenBackIsValid(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	x := charted(h)
	admin := h.as("admin")
	id := string(x.person.ID)
	for kind, least := range map[string]int{
		"Patient": 1, "Observation": 17, "MedicationDispense": 2, "QuestionnaireResponse": 1, "Consent": 2, "Communication": 1, "Task": 1, "CarePlan": 5, "Provenance": 20, "AuditEvent": 1,
		"Condition": 1, "Encounter": 0,
	} {
		s := admin.search("/fhir/" + kind + "?patient=" + id + "&_count=500")
		if len(s.Entry) < least || s.Total == nil || *s.Total != len(s.Entry) {
			t.Errorf("%s: %d entries, want %d", kind, len(s.Entry), least)
		}
		seen := map[string]bool{}
		for _, e := range s.Entry {
			sound(t, e.Resource)
			own, _ := e.Resource["id"].(string)
			if seen[own] || e.Resource["resourceType"] != kind || !strings.HasSuffix(e.FullURL, "/fhir/"+kind+"/"+own) {
				t.Errorf("%s %s: %s", kind, own, e.FullURL)
			}
			seen[own] = true
			var one map[string]any
			if status := admin.do("GET", "/fhir/"+kind+"/"+own, nil, &one); status != 200 {
				t.Fatalf("%s/%s: %d", kind, own, status)
			}
			a, _ := json.Marshal(one)
			b, _ := json.Marshal(e.Resource)
			if string(a) != string(b) {
				t.Errorf("read %s, found %s", a, b)
			}
		}
		_, raw := admin.raw("GET", "/fhir/"+kind+"?patient="+id, nil)
		var bundle map[string]any
		must(t, json.Unmarshal(raw, &bundle))
		sound(t, bundle)
	}
	var meta map[string]any
	if status := h.browser().do("GET", "/fhir/metadata", nil, &meta); status != 200 {
		t.Errorf("metadata: %d", status)
	}
	sound(t, meta)
}

func TestAReadingIsWrittenAsItWasEntered(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	b := h.as("liu")
	for code, want := range map[string]string{
		"41653-7":  `"valueQuantity":{"code":"mg/dL","system":"http://unitsofmeasure.org","unit":"mg/dL","value":140}`,
		"105272-9": `"value":9.1`,
		"8480-6":   `"value":150`,
		"14682-9":  `"code":"umol/L","system":"http://unitsofmeasure.org","unit":"umol/L","value":97.26`,
		"29463-7":  `"value":70`,
	} {
		s := b.search("/fhir/Observation?patient=" + string(x.person.ID) + "&code=http://loinc.org|" + code)
		if len(s.Entry) != 1 {
			t.Errorf("%s: %d", code, len(s.Entry))
			continue
		}
		raw, _ := json.Marshal(s.Entry[0].Resource)
		if !strings.Contains(string(raw), want) || !strings.Contains(string(raw), "+08:00") {
			t.Errorf("%s: %s", code, raw)
		}
	}
	s := b.search("/fhir/Observation?patient=" + string(x.person.ID) + "&code=14743-9,41653-7")
	if len(s.Entry) != 4 { // 2.8, 140 mg/dL, HI, 99
		t.Errorf("%d readings", len(s.Entry))
	}
}

func TestASearchIsNarrowedAndPaged(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	b := h.as("liu")
	at := "/fhir/Observation?patient=Patient/" + string(x.person.ID)
	all := b.search(at + "&_count=500")
	var paged []string
	for p := at + "&_count=4"; p != ""; {
		s := b.search(p)
		if len(s.Entry) > 4 {
			t.Errorf("%d on a page of 4", len(s.Entry))
		}
		for _, e := range s.Entry {
			paged = append(paged, e.FullURL)
		}
		p = s.next()
	}
	if len(paged) != len(all.Entry) || len(slices.Compact(slices.Sorted(slices.Values(paged)))) != len(paged) {
		t.Errorf("%d in pages, %d in all", len(paged), len(all.Entry))
	}
	today, kept := len(all.Entry)-1, 1 // the kept one is of another day
	for q, want := range map[string]int{
		"&date=2026-03-08": today, "&date=ge2026-03-08": today, "&date=lt2026-03-08": kept, "&date=2026-03": today + kept, "&date=ne2026-03-01": today, "&date=2025": 0,
		"&date=ge2026-03-01&date=le2026-03-07": kept, "&date=gt2026-03-09": 0, "&date=eb2026-03-02": kept, "&date=sa2026-03-01": today, "&date=ap2026-03-02": kept,
		"&date=lt2026-03-08T11:27:30%2B08:00": kept + 2, // the low reading and the first after it
		"&code=http://loinc.org|":             today + kept - 2, "&code=nothing": 0,
	} {
		if s := b.search(at + "&_count=500" + q); len(s.Entry) != want {
			t.Errorf("%s: %d, want %d", q, len(s.Entry), want)
		}
	}
	own, _ := all.Entry[3].Resource["id"].(string)
	if s := b.search("/fhir/Observation?_id=" + own); len(s.Entry) != 1 || s.Entry[0].Resource["id"] != own {
		t.Errorf("by id: %+v", s)
	}
	for q, status := range map[string]int{"&colour=red": 400, "&date=soon": 400, "&_count=0": 400, "&_cursor=x": 400} {
		res, body := b.raw("GET", at+q, nil)
		var o map[string]any
		must(t, json.Unmarshal(body, &o))
		if res.StatusCode != status || o["resourceType"] != "OperationOutcome" {
			t.Errorf("%s: %d %s", q, res.StatusCode, body)
		}
		sound(t, o)
	}
}

func TestWhoMayReadFHIR(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	other := h.add(0, "李秀英", "chen")
	id := string(x.person.ID)
	reading := "/fhir/Observation/" + id + "-" + fmt.Sprint(x.reading.Seq)
	for _, p := range []string{"/fhir/Patient", "/fhir/Patient/" + id, reading, "/fhir/Nothing/1", "/fhir", "/fhir/$export"} {
		if res, _ := h.browser().raw("GET", p, nil); res.StatusCode != 401 {
			t.Errorf("nobody, %s: %d", p, res.StatusCode)
		}
	}
	chen := h.as("chen")
	for _, kind := range []string{"Patient", "Observation", "MedicationDispense", "QuestionnaireResponse", "Consent", "Communication", "Task", "CarePlan", "Provenance", "Condition"} {
		res, gone := chen.raw("GET", "/fhir/"+kind+"?patient="+id, nil)
		_, never := chen.raw("GET", "/fhir/"+kind+"?patient=01ARZ3NDEKTSV4RRFFQ69G5FAV", nil)
		if res.StatusCode != 404 || string(gone) != string(never) {
			t.Errorf("another's %s: %d %s", kind, res.StatusCode, gone)
		}
	}
	if s := chen.search("/fhir/Patient"); len(s.Entry) != 1 || s.Entry[0].Resource["id"] != string(other.ID) {
		t.Errorf("chen sees %d people", len(s.Entry))
	}
	if s := chen.search("/fhir/Observation"); len(s.Entry) != 0 {
		t.Errorf("chen sees %d measurements", len(s.Entry))
	}
	if res, _ := h.as("admin2").raw("GET", "/fhir/Patient/"+id, nil); res.StatusCode != 404 {
		t.Errorf("another workspace: %d", res.StatusCode)
	}
	if res, _ := h.as("liu").raw("GET", "/fhir/AuditEvent?patient="+id, nil); res.StatusCode != 403 {
		t.Errorf("the audit: %d", res.StatusCode)
	}
	viewer := h.as("viewer")
	for _, kind := range []string{"Patient", "Observation", "MedicationDispense", "Communication", "Task", "Condition", "CarePlan", "Provenance"} {
		_, body := viewer.raw("GET", "/fhir/"+kind+"?patient="+id+"&_count=500", nil)
		for _, secret := range []string{"张桂芳", "饭前", "药店", "44054006", "9843-4"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("a viewer reads %s in %s", secret, kind)
			}
		}
	}
	if res, _ := viewer.raw("GET", "/fhir/Patient?identifier=urn:mrn|A17", nil); res.StatusCode != 403 {
		t.Errorf("a viewer looks somebody up: %d", res.StatusCode)
	}
	must(t, h.spaces[0].Link(t.Context(), conductor.Live, audit.Entry{}, conductor.Item{Person: x.person.Number, Ident: []conductor.Identifier{{Type: "record", Scope: "urn:mrn", Value: "A17"}}}))
	for login, want := range map[string]int{"liu": 1, "chen": 0} {
		if s := h.as(login).search("/fhir/Patient?identifier=urn:mrn|A17"); len(s.Entry) != want {
			t.Errorf("%s finds %d", login, len(s.Entry))
		}
	}
	for _, m := range []string{"POST", "PUT", "DELETE"} {
		if res, _ := h.as("admin").raw(m, "/fhir/Patient/"+id, map[string]any{"resourceType": "Patient"}); res.StatusCode != 405 {
			t.Errorf("%s: %d", m, res.StatusCode)
		}
	}
}

func TestReadingFHIRIsOnRecord(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	b := h.as("admin")
	b.search("/fhir/Observation?patient=" + string(x.person.ID))
	b.raw("GET", "/fhir/Patient/"+string(x.person.ID), nil)
	var rows struct{ Items []struct{ Action string } }
	if status := b.do("GET", "/api/audit?person="+string(x.person.ID), nil, &rows); status != http.StatusOK {
		t.Fatal(status)
	}
	n := map[string]int{}
	for _, r := range rows.Items {
		n[r.Action]++
	}
	if n["fhir.search"] != 1 || n["fhir.read"] != 1 {
		t.Errorf("%v", n)
	}
}

// What was corrected is given as it stands, once.
func TestOnlyWhatStandsIsGiven(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	old := h.tell(0, card.Number, "weight", `{"value":70}`, h.now())
	e, f := event.Decode("weight", json.RawMessage(`{"value":71}`))
	if f != nil {
		t.Fatal(f)
	}
	e.Occurred, e.Supersedes, e.Actor = h.now().UnixMicro(), old.Seq, "self"
	_, err := h.spaces[0].Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: card.Number, Event: e}})
	must(t, err)
	s := h.as("liu").search("/fhir/Observation?patient=" + string(card.ID))
	if len(s.Entry) != 1 {
		t.Fatalf("%d", len(s.Entry))
	}
	raw, _ := json.Marshal(s.Entry[0].Resource)
	if !strings.Contains(string(raw), `"value":71`) || !strings.Contains(string(raw), `"performer":[{"reference":"Patient/`) {
		t.Errorf("%s", raw)
	}
}
