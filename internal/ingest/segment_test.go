package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/ingest"
	"peiban/internal/insight"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// diabetes is read once: a test that changes a programme changes its own copy of the files.
var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

// desk is a workspace on a real database with one source whose write key is "wk".
type desk struct {
	t   *testing.T
	c   *conductor.Conductor
	h   *ingest.Segment
	s   *store.Store
	w   workspace.Number
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 8, 11, 27, 0, 0, time.FixedZone("", 8*3600))}
	file := strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")
	m, err := keys.Create(file + ".key")
	must(t, err)
	s, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Keys: m, Relaxed: true})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	ws, err := s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "s"})
	must(t, err)
	_, err = s.EnsureSource(t.Context(), ws.Number, event.Source{Name: "app", KeyHash: keys.TokenHash("wk"), Created: 1})
	must(t, err)
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ring, err := s.Ring(t.Context(), ws.Number)
	must(t, err)
	d.c, err = conductor.Open(context.Background(), conductor.Config{Store: s, Ring: ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: func() time.Time { return d.now }})
	must(t, err)
	d.s, d.w = s, ws.Number
	d.h = ingest.New(ingest.Config{Conductors: []*conductor.Conductor{d.c}, Store: s, Real: func() time.Time { return d.now }})
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// said is an answer, of a whole request or of each event.
type said struct {
	Success                                         bool
	Code, Field, Message                            string
	Stored, Repeated, Quarantined, Ignored, Refused int
	Results                                         []struct {
		Index                                           int
		Status, EventID, RejectID, Code, Field, Message string
		Text, HintText                                  struct{ Zh, En string }
	}
}

func (d *desk) post(path string, body io.Reader, headers ...string) (int, said) {
	d.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/"+path, body)
	r.SetBasicAuth("wk", "")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	var s said
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
		d.t.Fatalf("%s answered %d %q", path, w.Code, w.Body)
	}
	return w.Code, s
}

func track(who, key, props string) string {
	return fmt.Sprintf(`{"type":"track","userId":%q,"event":%q,"properties":%s,"timestamp":"2026-03-08T11:20:00+08:00"}`, who, key, props)
}

const agrees = `{"purpose":"health_data","granted":true,"textVersion":"1"}`

func batch(events ...string) string { return `{"batch":[` + strings.Join(events, ",") + `]}` }

func TestOneBadEventNeverSpoilsTheOthers(t *testing.T) {
	d := newDesk(t)
	status, s := d.post("batch", strings.NewReader(batch(
		track("zhang", "consent", agrees),
		track("zhang", "glucos", `{"value":7}`),
		track("zhang", "glucose", `{"value":7.0,"unit":"mmol/L","context":"fasting"}`),
		track("zhang", "glucose", `{"value":7.0,"unit":"mmol"}`),
		track("zhang", "glucose", `{"value":"seven","unit":"mmol/L"}`),
		strings.Replace(track("zhang", "glucose", `{"value":7.1,"unit":"mmol/L"}`), "2026-03", "2027-03", 1),
		strings.Replace(track("zhang", "glucose", `{"value":7.1,"unit":"mmol/L"}`), "2026-03", "1900-03", 1),
		`"not an object"`,
		`{"type":"track","event":"glucose","properties":{"value":7,"unit":"mmol/L"}}`,
		track("null", "glucose", `{"value":7.2,"unit":"mmol/L"}`),
		track("zhang", "programme_joined", `{"programme":"nope"}`),
		track("zhang", "task_done", `{"task":"x"}`),
		`{"type":"page","userId":"nobody","name":"home"}`,
		`{"type":"sneeze","userId":"zhang"}`,
		`{"type":"track","userId":7,"event":"glucose"}`,
		"{\"type\":\"track\",\"userId\":\"zhang\",\"event\":\"\xff\"}",
		track("li", "glucose", `{"value":7.0,"unit":"mmol/L"}`),
		track("wang'; DROP TABLE event;--", "profile", `{"name":"<script>alert(1)</script>"}`),
	)))
	if status != http.StatusOK {
		t.Fatalf("status %d %+v", status, s)
	}
	want := []struct{ status, code, field string }{
		{"stored", "", ""},
		{"refused", "unknown_event_type", "batch[1].event"},
		{"stored", "", ""},
		{"refused", "unknown_unit", "batch[3].properties.unit"},
		{"refused", "not_a_number", "batch[4].properties.value"},
		{"refused", "in_the_future", "batch[5].timestamp"},
		{"refused", "too_long_ago", "batch[6].timestamp"},
		{"refused", "not_an_event", "batch[7]"},
		{"refused", "no_identifier", "batch[8]"},
		{"refused", "bad_identifier", "batch[9].userId"},
		{"refused", "unknown_programme", "batch[10].properties.programme"},
		{"refused", "system_event_type", "batch[11].event"},
		{"ignored", "visitor_not_known", "batch[12]"},
		{"refused", "unknown_kind", "batch[13].type"},
		{"refused", "wrong_type", "batch[14].userId"},
		{"refused", "invalid_utf8", "batch[15]"},
		{"quarantined", "consent_needed", "batch[16]"},
		{"stored", "", ""},
	}
	if len(s.Results) != len(want) {
		t.Fatalf("%d results for %d events", len(s.Results), len(want))
	}
	for i, w := range want {
		if g := s.Results[i]; g.Status != w.status || g.Code != w.code || g.Field != w.field {
			t.Errorf("event %d: %s %s at %q, want %s %s at %q", i, g.Status, g.Code, g.Field, w.status, w.code, w.field)
		}
		if g := s.Results[i]; w.code != "" && (g.Text.Zh == "" || g.Text.En == "") {
			t.Errorf("event %d: no words", i)
		}
		if g := s.Results[i]; g.Status == "refused" && g.Code != "unknown_kind" && g.Code != "system_event_type" && (g.HintText.Zh == "" || g.HintText.En == "") {
			t.Errorf("event %d: %s does not say what would be right", i, g.Code)
		}
	}
	if !strings.Contains(s.Results[1].Message, "did you mean glucose") {
		t.Errorf("no suggestion in %q", s.Results[1].Message)
	}
	if s.Stored != 3 || s.Refused != 13 || s.Quarantined != 1 || s.Ignored != 1 || s.Success {
		t.Errorf("counts: %+v", s)
	}
}

func TestWhatIsSaidTwiceIsNotGuessed(t *testing.T) {
	d := newDesk(t)
	reading := track("zhang", "glucose", `{"value":7.0,"unit":"mmol/L"}`)
	_, s := d.post("batch", strings.NewReader(batch(
		track("zhang", "consent", agrees),
		strings.Replace(reading, `"userId"`, `"userId":"li","userId"`, 1),
		strings.Replace(reading, `"value"`, `"value":2.8,"value"`, 1),
		strings.Replace(reading, `"properties"`, `"properties":{},"properties"`, 1),
		strings.Replace(reading, `"userId"`, `"sentAt":"9999-01-01T00:00:00Z","userId"`, 1),
		reading,
	)))
	want := []string{" ", "said_twice batch[1].userId", "said_twice batch[2].properties.value", "said_twice batch[3].properties", "bad_sent_at batch[4].sentAt", " "}
	for i, w := range want {
		if g := s.Results[i]; g.Code+" "+g.Field != w {
			t.Errorf("event %d: %s at %q, want %s", i, g.Code, g.Field, w)
		}
	}
	if status, s := d.post("batch", strings.NewReader(`{"batch":[],"batch":[1]}`)); status != http.StatusBadRequest || s.Code != "said_twice" {
		t.Errorf("two lists: %d %+v", status, s)
	}
	if status, s := d.post("batch", strings.NewReader("\xef\xbb\xbf"+batch(reading))); status != http.StatusOK || s.Repeated != 1 {
		t.Errorf("a body with a byte order mark: %d %+v", status, s)
	}
}

func TestARepeatIsStoredOnce(t *testing.T) {
	d := newDesk(t)
	one := strings.Replace(track("zhang", "consent", agrees), `{"type"`, `{"messageId":"m1","type"`, 1)
	for i, want := range []string{"stored", "repeated"} {
		if _, s := d.post("batch", strings.NewReader(batch(one))); s.Results[0].Status != want || !s.Success {
			t.Errorf("time %d: %+v", i+1, s)
		}
	}
	if d.c.Directory().Len() != 1 {
		t.Errorf("%d people", d.c.Directory().Len())
	}
}

func packed(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, s)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

// endless is a body of n bytes that is never held in memory.
type endless struct{ left int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), e.left)
	for i := range b[:n] {
		b[i] = ' '
	}
	e.left -= n
	return int(n), nil
}

func TestBadRequests(t *testing.T) {
	d := newDesk(t)
	good := batch(track("zhang", "consent", agrees))
	zipped := packed(t, good)
	var many []string
	for i := range ingest.MaxEvents + 1 {
		many = append(many, fmt.Sprintf(`{"type":"page","userId":"u%d"}`, i))
	}
	tests := []struct {
		name, path string
		body       io.Reader
		status     int
		code       string
	}{
		{"300 MB", "batch", &endless{300 << 20}, 413, "body_too_large"},
		{"a small gzip of 300 MB", "batch", bytes.NewReader(packed(t, strings.Repeat(" ", 3<<20))), 413, "body_too_large"},
		{"1,001 events", "batch", strings.NewReader(batch(many...)), 413, "too_many_events"},
		{"an event of 40 KB", "track", strings.NewReader(track("zhang", "symptom", `{"kind":"`+strings.Repeat("x", 40<<10)+`"}`)), 413, "event_too_large"},
		{"gzip cut off", "batch", bytes.NewReader(zipped[:len(zipped)-9]), 400, "bad_gzip"},
		{"gzip damaged", "batch", bytes.NewReader(append([]byte{0x1f, 0x8b, 9}, zipped[3:]...)), 400, "bad_gzip"},
		{"nothing", "batch", strings.NewReader(""), 400, "body_empty"},
		{"not JSON", "batch", strings.NewReader("hello"), 400, "bad_json"},
		{"JSON cut off", "batch", strings.NewReader(good[:len(good)-3]), 400, "bad_json"},
		{"no batch", "batch", strings.NewReader(`{"events":[]}`), 400, "batch_missing"},
		{"batch is no list", "batch", strings.NewReader(`{"batch":{}}`), 400, "batch_missing"},
		{"two values", "batch", strings.NewReader(good + good), 400, "bad_json"},
		{"one bad event alone", "track", strings.NewReader(track("zhang", "glucos", `{}`)), 400, "unknown_event_type"},
		{"a list where one event belongs", "track", strings.NewReader(`[]`), 400, "not_an_event"},
		{"no such address", "trac", strings.NewReader(`{}`), 404, "no_such_address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, s := d.post(tt.path, tt.body)
			if status != tt.status || s.Code != tt.code || s.Message == "" || s.Success {
				t.Errorf("%d %s %q, want %d %s", status, s.Code, s.Message, tt.status, tt.code)
			}
		})
	}
	if d.c.Directory().Len() != 0 {
		t.Error("something was stored")
	}
}

func TestBodiesAreReadByWhatTheyAre(t *testing.T) {
	body := func(i int) string {
		return batch(track(fmt.Sprintf("u%d-%s", i, "x"), "consent", agrees))
	}
	tests := []struct {
		name    string
		headers []string
		zip     bool
	}{
		{"plain JSON", []string{"Content-Type", "application/json"}, false},
		{"JSON labelled as a form", []string{"Content-Type", "application/x-www-form-urlencoded"}, false},
		{"gzip said to be gzip", []string{"Content-Encoding", "gzip"}, true},
		{"gzip labelled as a form", []string{"Content-Type", "application/x-www-form-urlencoded"}, true},
		{"plain JSON said to be gzip", []string{"Content-Encoding", "gzip"}, false},
	}
	d := newDesk(t)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r io.Reader = strings.NewReader(body(i))
			if tt.zip {
				r = bytes.NewReader(packed(t, body(i)))
			}
			if status, s := d.post("batch", r, tt.headers...); status != 200 || s.Stored != 1 {
				t.Errorf("%d %+v", status, s)
			}
		})
	}
}

func TestWriteKeys(t *testing.T) {
	d := newDesk(t)
	for name, set := range map[string]func(*http.Request){
		"none":            func(*http.Request) {},
		"a wrong one":     func(r *http.Request) { r.SetBasicAuth("other", "") },
		"as the password": func(r *http.Request) { r.SetBasicAuth("", "wk") },
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/batch", strings.NewReader(batch()))
		set(r)
		w := httptest.NewRecorder()
		d.h.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/v1/batch", nil)
	w := httptest.NewRecorder()
	if d.h.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// A sender's clock that is an hour slow: what counts is how long before sending it happened.
func TestTheSendersClockDoesNotMatter(t *testing.T) {
	d := newDesk(t)
	_, s := d.post("batch", strings.NewReader(`{"sentAt":"2026-03-08T10:27:00+08:00","batch":[
		{"type":"track","userId":"zhang","event":"contact_added","originalTimestamp":"2026-03-08T10:17:00+08:00"}]}`))
	if s.Stored != 1 {
		t.Fatalf("%+v", s)
	}
	_, v, _, _ := d.c.Glance(1)
	i := insight.Latest(v, event.ContactAdded, d.now.UnixMicro())
	if got, want := v.At[i], d.now.Add(-10*time.Minute).UnixMicro(); got != want {
		t.Errorf("happened at %v, want %v", time.UnixMicro(got), time.UnixMicro(want))
	}
}

func TestIdentifyAndAlias(t *testing.T) {
	d := newDesk(t)
	_, _ = d.post("track", strings.NewReader(`{"anonymousId":"a-1","event":"contact_added"}`))
	status, s := d.post("identify", strings.NewReader(`{"anonymousId":"a-1","userId":"zhang","traits":{"name":"张桂芳","birthday":"1958-03-01","gender":"female"}}`))
	if status != 200 || s.Stored != 1 {
		t.Fatalf("%d %+v", status, s)
	}
	card, _ := d.c.Directory().ByNumber(1)
	if d.c.Directory().Len() != 1 || card.Name != "张桂芳" || card.BirthYear != 1958 || card.Gender != "female" {
		t.Errorf("%d people, %+v", d.c.Directory().Len(), card.Profile)
	}
	if status, s := d.post("alias", strings.NewReader(`{"previousId":"old-7","userId":"zhang"}`)); status != 200 {
		t.Errorf("alias: %d %+v", status, s)
	}
	_, _ = d.post("track", strings.NewReader(`{"userId":"old-7","event":"contact_added","messageId":"x"}`))
	if d.c.Directory().Len() != 1 {
		t.Error("the alias did not name the same person")
	}
	_, _ = d.post("track", strings.NewReader(`{"userId":"li","event":"contact_added"}`))
	if status, s := d.post("alias", strings.NewReader(`{"previousId":"li","userId":"zhang"}`)); status != 400 && status != 409 || s.Code != "two_people" {
		t.Errorf("an alias that would fold two people: %d %+v", status, s)
	}
	if status, s := d.post("identify", strings.NewReader(`{"userId":"zhang","traits":{"birthYear":1850}}`)); status != 400 || s.Field != "traits.birthYear" {
		t.Errorf("a trait out of range: %d %+v", status, s)
	}
	if status, s := d.post("group", strings.NewReader(`{"userId":"zhang","groupId":"g","traits":{"name":"海淀店"}}`)); status != 200 || s.Stored != 1 {
		t.Errorf("group: %d %+v", status, s)
	}
}

func TestBrokenEvents(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct{ name, body, code string }{
		{"no comma", `{"type":"track" "userId":"a"}`, "bad_json"},
		{"no colon", `{"type" "track"}`, "bad_json"},
		{"a comma too many", `{"type":"track",}`, "bad_json"},
		{"a key without quotes", `{type:"track"}`, "bad_json"},
		{"a broken escape", `{"type":"track","userId":"\x"}`, "bad_json"},
		{"a line break in a text", "{\"type\":\"track\",\"userId\":\"a\nb\"}", "bad_json"},
		{"properties cut off inside", `{"type":"track","userId":"a","event":"glucose","properties":{"value":}}`, "bad_json"},
		{"null for an id", `{"type":"track","userId":null,"event":"contact_added"}`, "no_identifier"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, s := d.post("batch", strings.NewReader(batch(tt.body, track("zhang", "contact_added", `{}`))))
			if len(s.Results) != 2 || s.Results[0].Code != tt.code || s.Results[1].Status == "refused" {
				t.Errorf("%+v", s)
			}
		})
	}
	_, s := d.post("batch", strings.NewReader(batch(`{"type":"track","userId":"\u5f20\"1","event":"contact_added","context":{"library":{"name":"x"}},"integrations":{}}`)))
	if s.Stored != 1 {
		t.Errorf("escapes and fields of others: %+v", s)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{`{"batch":[{"a":1},"x",3]}`, `{"batch":[],"sentAt":"x"}`, `{"batch":[{"a":"\""}]}`, `{`, `{"batch":[`, `[]`, "\"", `{"a":}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { ingest.ReadAnything([]byte(s)) })
}
