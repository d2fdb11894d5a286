package bundles_test

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fhir"
	"peiban/internal/ingest/bundles"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clinic is a workspace that takes files in.
type clinic struct {
	t     testing.TB
	s     *store.Store
	c     *conductor.Conductor
	ring  *keys.Ring
	w     workspace.Number
	im    bundles.Import
	wrong []bundles.Reject
}

func newClinic(t testing.TB) *clinic {
	t.Helper()
	now := time.Date(2026, 3, 8, 11, 27, 0, 0, time.FixedZone("", 8*3600))
	k := &clinic{t: t}
	file := strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")
	m, err := keys.Create(file + ".key")
	must(t, err)
	k.s, err = store.Open(t.Context(), "sqlite:"+file, store.Options{Keys: m, Relaxed: true})
	must(t, err)
	t.Cleanup(func() { _ = k.s.Close() })
	ws, err := k.s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "s"})
	must(t, err)
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	k.ring, err = k.s.Ring(t.Context(), ws.Number)
	must(t, err)
	k.c, err = conductor.Open(context.Background(), conductor.Config{Store: k.s, Ring: k.ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: func() time.Time { return now }})
	must(t, err)
	t.Cleanup(func() { k.c.Close() })
	k.w = ws.Number
	k.im = bundles.Import{
		Taker: k.c, Keeper: k.s, Hash: k.ring.Hash, Workspace: ws.Number, Source: 5, Basis: "paper", Actor: "command", Now: now, Zone: now.Location(),
		Refuse: func(r bundles.Reject) { k.wrong = append(k.wrong, r) },
	}
	return k
}

func (k *clinic) take(texts ...string) bundles.Report {
	k.t.Helper()
	var files []bundles.File
	for _, in := range texts {
		files = append(files, bundles.File{Name: "f.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(in)), nil }})
	}
	k.wrong = nil
	r, err := k.im.Run(k.t.Context(), files)
	must(k.t, err)
	if r.Rows != r.Taken+r.Repeated+r.Refused {
		k.t.Errorf("rows do not add up: %+v", r.Report)
	}
	n := 0
	for _, f := range r.Types {
		n += f.Rows
	}
	if n != r.Rows {
		k.t.Errorf("%d rows by type, %d in all", n, r.Rows)
	}
	return r
}

// person finds somebody by the id of the server.
func (k *clinic) person(id string) person.Number {
	k.t.Helper()
	found, err := k.c.Whose(k.t.Context(), []conductor.Identifier{{Type: "fhir", Value: "Patient/" + id}})
	must(k.t, err)
	if len(found) != 1 {
		k.t.Fatalf("%s: %v", id, found)
	}
	return found[0]
}

// standing are the values of a type that stand.
func (k *clinic) standing(n person.Number, t event.Type) (out []float64) {
	_, v, _, _ := k.c.Glance(n)
	for i := range v.Len() {
		if v.Type[i] == t && v.Flags[i]&event.Hidden == 0 {
			out = append(out, v.Num[i])
		}
	}
	return out
}

const patient = `{"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:mrn","value":"A17"}],"name":[{"text":"张桂芳"}],"gender":"female"}`

func weight(kg, more string) string {
	return `{"resourceType":"Observation","id":"w1","status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-01T08:00:00+08:00","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"valueQuantity":{"value":` + kg + `,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}` + more + `}`
}

func TestSixBundlesTwice(t *testing.T) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	names, err := filepath.Glob(filepath.Join(dir, "fhir_synthea", "*.json"))
	must(t, err)
	k := newClinic(t)
	var files []bundles.File
	for _, n := range names {
		files = append(files, bundles.File{Name: filepath.Base(n), Open: func() (io.ReadCloser, error) { return os.Open(n) }})
	}
	first, err := k.im.Run(t.Context(), files)
	must(t, err)
	if first.Rows != 1437 || first.Taken != 1437 || first.People != 6 || first.Files != 6 || first.Changed != 0 {
		t.Errorf("%+v", first)
	}
	for name, want := range map[string]int{"Observation": 687, "Patient": 6, "Organization": 15} {
		if first.Types[name].Taken != want {
			t.Errorf("%s: %+v, want %d", name, first.Types[name], want)
		}
	}
	if first.Types["Observation"].Events != 57+56+57+56+12+30 || first.Nobodys != 30 {
		t.Errorf("events %+v, about nobody %d", first.Types["Observation"], first.Nobodys)
	}
	head, err := k.s.Head(t.Context(), k.w)
	must(t, err)
	again, err := k.im.Run(t.Context(), files)
	must(t, err)
	after, err := k.s.Head(t.Context(), k.w)
	must(t, err)
	if again.Repeated != 1437 || again.Taken != 0 || again.Events != 0 || again.People != 0 || after != head {
		t.Errorf("again: %+v, head %d then %d", again.Report, head, after)
	}
}

func TestAChangedResourceStandsInThePlaceOfTheOld(t *testing.T) {
	k := newClinic(t)
	k.take(patient, weight("70", ""))
	n := k.person("p1")
	r := k.take(weight("71.5", ""))
	if got := k.standing(n, event.Weight); r.Changed != 1 || r.Taken != 1 || len(got) != 1 || got[0] != 71.5 {
		t.Errorf("%v %+v", got, r)
	}
	if r := k.take(weight("70", "")); r.Repeated != 1 { // an old file imported late
		t.Errorf("the old version again: %+v", r.Report)
	}
	r = k.take(strings.Replace(weight("71.5", ""), `"final"`, `"entered-in-error"`, 1))
	if got := k.standing(n, event.Weight); r.Changed != 1 || len(got) != 0 || r.Left[fhir.LeftError] != 1 {
		t.Errorf("taken back: %v %+v", got, r)
	}
	kept, err := k.s.ResourcesOf(t.Context(), k.w, n, "Observation")
	must(t, err)
	if len(kept) != 1 || kept[0].Version != 3 || !strings.Contains(string(kept[0].Body), "entered-in-error") {
		t.Errorf("kept: %+v", kept)
	}
	r = k.take(weight("60", `,"note":[{"text":"a"}]`) + "\n" + weight("61", "") + "\n")
	if got := k.standing(n, event.Weight); r.Taken != 2 || len(got) != 1 || got[0] != 61 {
		t.Errorf("two versions in one file: %v %+v", got, r)
	}
}

func TestWhatTurnsOutToBeAnothers(t *testing.T) {
	k := newClinic(t)
	k.take(patient, `{"resourceType":"Patient","id":"p2"}`, weight("70", ""))
	one, two := k.person("p1"), k.person("p2")
	k.take(strings.Replace(weight("70", ""), "Patient/p1", "Patient/p2", 1))
	if a, b := k.standing(one, event.Weight), k.standing(two, event.Weight); len(a) != 0 || len(b) != 1 {
		t.Errorf("%v %v", a, b)
	}
	kept, err := k.s.ResourcesOf(t.Context(), k.w, one, "Observation")
	must(t, err)
	if len(kept) != 0 {
		t.Error("what is about another is kept with the first")
	}
}

func TestPeopleAreKnownByTheirIdentifiers(t *testing.T) {
	k := newClinic(t)
	r := k.take(weight("70", ""), strings.Replace(patient, `"urn:mrn","value":"A17"`, `"urn:mrn","value":"000"`, 1)) // the order of files does not matter
	if r.People != 1 || r.Taken != 2 {
		t.Errorf("%+v", r)
	}
	r = k.take(patient, `{"resourceType":"Patient","id":"of another server","identifier":[{"system":"urn:mrn","value":"A17"}]}`)
	if r.People != 0 || r.Refused != 1 || r.Reasons["fhir_wrong_kind"] != 1 { // an id with spaces
		t.Errorf("%+v", r)
	}
	r = k.take(`{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"https://b.example/Patient/9","resource":{"resourceType":"Patient","id":"9","identifier":[{"system":"urn:mrn","value":"A17"}]}}]}`)
	found, err := k.c.Whose(t.Context(), []conductor.Identifier{{Type: "fhir", Scope: "https://b.example", Value: "Patient/9"}})
	must(t, err)
	if r.People != 0 || len(found) != 1 || found[0] != k.person("p1") {
		t.Errorf("%+v %v", r, found)
	}
	k.take(`{"resourceType":"Patient","id":"p7","identifier":[{"system":"urn:mrn","value":"B1"}]}`)
	r = k.take(`{"resourceType":"Patient","id":"p8","identifier":[{"system":"urn:mrn","value":"B1"},{"system":"urn:mrn","value":"A17"}]}`)
	if r.Refused != 1 || r.Reasons["two_people"] != 1 {
		t.Errorf("two people: %+v", r.Report)
	}
}

func TestNothingIsKeptWithoutConsent(t *testing.T) {
	k := newClinic(t)
	k.take(patient)
	n := k.person("p1")
	e := event.Event{Type: event.Consent, Num: 0, A: event.Intern("health_data"), B: event.Intern("1"), Actor: "self", Occurred: k.im.Now.UnixMicro()}
	_, err := k.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: n, Event: e}})
	must(t, err)
	raw := `{"resourceType":"Procedure","id":"x","status":"completed","subject":{"reference":"Patient/p1"}}`
	r := k.take(weight("70", ""), raw, patient)
	if r.Kept != 1 || r.Reasons["no_consent"] != 1 || len(k.standing(n, event.Weight)) != 0 {
		t.Errorf("%+v", r)
	}
	kept, err := k.s.ResourcesOf(t.Context(), k.w, n, "")
	must(t, err)
	if len(kept) != 1 || kept[0].Type != "Patient" {
		t.Errorf("kept: %d", len(kept))
	}
	e.Num = 1
	_, err = k.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: n, Event: e}})
	must(t, err)
	r = k.take(weight("70", ""), raw)
	if got := k.standing(n, event.Weight); r.Taken != 2 || len(got) != 1 {
		t.Errorf("after consent: %+v %v", r, got)
	}
	k.take(weight("72", "")) // what was released from waiting is known to be the resource's
	if got := k.standing(n, event.Weight); len(got) != 1 || got[0] != 72 {
		t.Errorf("%v", got)
	}
}

func TestOnlyWhatIsExactBecomesAnEvent(t *testing.T) {
	k := newClinic(t)
	r := k.take(patient,
		strings.ReplaceAll(weight("70", ""), `"kg"`, `"stone"`),
		strings.Replace(weight("7000", ""), `"w1"`, `"w2"`, 1),
		strings.Replace(strings.Replace(weight("70", ""), `"w1"`, `"w3"`, 1), "2026-03-01", "2036-03-01", 1),
		strings.Replace(strings.Replace(weight("70", ""), `"w1"`, `"w4"`, 1), `"subject":{"reference":"Patient/p1"},`, "", 1),
		`{"resourceType":"Practitioner","id":"d"}`)
	if r.Taken != 6 || r.Left[fhir.LeftUnit] != 1 || r.Left["out_of_range"] != 1 || r.Left["time_in_future"] != 1 || r.Left["about_nobody"] != 1 || r.Nobodys != 2 {
		t.Errorf("%+v", r)
	}
	if got := k.standing(k.person("p1"), event.Weight); len(got) != 0 {
		t.Errorf("%v", got)
	}
	k.im.Person = k.person("p1")
	k.take(strings.Replace(strings.Replace(weight("64", ""), `"w1"`, `"w6"`, 1), `"subject":{"reference":"Patient/p1"},`, "", 1))
	k.im.Person, k.im.Who = 0, []conductor.Identifier{{Type: "fhir", Value: "Patient/p1"}}
	k.take(strings.Replace(strings.Replace(weight("65", ""), `"w1"`, `"w5"`, 1), `"subject":{"reference":"Patient/p1"},`, "", 1))
	if got := k.standing(k.person("p1"), event.Weight); len(got) != 2 || got[0]+got[1] != 64+65 {
		t.Errorf("for one person: %v", got)
	}
}

func TestFilesThatAreWrong(t *testing.T) {
	k := newClinic(t)
	circle := `{"resourceType":"Bundle","type":"collection","entry":[
		{"fullUrl":"urn:uuid:11111111-1111-1111-1111-111111111111","resource":{"resourceType":"Patient","id":"p1","link":[{"type":"replaced-by","other":{"reference":"urn:uuid:22222222-2222-2222-2222-222222222222"}}]}},
		{"fullUrl":"urn:uuid:22222222-2222-2222-2222-222222222222","resource":{"resourceType":"Patient","id":"p2","link":[{"type":"replaced-by","other":{"reference":"urn:uuid:11111111-1111-1111-1111-111111111111"}}]}},
		{"resource":{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},"subject":{"reference":"urn:uuid:11111111-1111-1111-1111-111111111111"},"period":{"start":"2026-01-02"},"partOf":{"reference":"Encounter/e2"}}},
		{"resource":{"resourceType":"Encounter","id":"e2","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"},"period":{"start":"2026-01-02"},"partOf":{"reference":"Encounter/e1"}}}]}`
	if r := k.take(circle); r.Taken != 4 || r.People != 2 || r.Events != 2 {
		t.Errorf("a circle: %+v", r)
	}
	half := `{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + weight("70", "") + `},{"resource":{"resou`
	r := k.take(half, patient)
	if len(r.Broken) != 1 || r.Broken[0].Code != "fhir_bad_json" || r.Taken != 2 {
		t.Errorf("half a file: %+v", r)
	}
	r = k.take(strings.Replace(weight("70", ""), `"status":"final",`, "", 1))
	if r.Refused != 1 || len(k.wrong) != 1 || k.wrong[0].Why[0].Field != "Observation.status" || k.wrong[0].Place != 1 {
		t.Errorf("%+v", k.wrong)
	}
	hostile := strings.Replace(patient, "张桂芳", `<script>\u0000'; DROP TABLE event;--\u202e`, 1)
	if r := k.take(hostile); r.Rows != 1 {
		t.Errorf("hostile: %+v", r)
	}
}

// A run that was broken off between its events and the resources is healed by the next.
func TestABrokenRunIsHealed(t *testing.T) {
	k := newClinic(t)
	k.take(patient)
	k.im.Keeper = failing{k.s}
	_, err := k.im.Run(t.Context(), []bundles.File{{Name: "f", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(weight("70", ""))), nil }}})
	if err == nil {
		t.Fatal("keeping did not fail")
	}
	k.im.Keeper = k.s
	k.take(weight("70", ""))
	k.take(weight("71", ""))
	if got := k.standing(k.person("p1"), event.Weight); len(got) != 1 || math.Abs(got[0]-71) > 0 {
		t.Errorf("%v", got)
	}
}

type failing struct{ *store.Store }

func (failing) KeepResources(context.Context, workspace.Number, []fhir.Kept, []fhir.Kept, ...audit.Entry) error {
	return io.ErrUnexpectedEOF
}
