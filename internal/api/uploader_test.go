package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/ingest"
	"peiban/internal/ingest/device"
	"peiban/internal/ingest/rows"
	"peiban/internal/person"
)

// uploader is a client of Nightscout on somebody's behalf.
type uploader struct {
	*house
	secret string
	card   conductor.Card
}

func sha1of(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// ask sends as clients do: the SHA-1 of the secret as a header.
func (u *uploader) ask(method, path string, body any, out any, headers ...string) int {
	u.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case []byte:
		in = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		must(u.t, err)
		in = bytes.NewReader(j)
	}
	r, err := http.NewRequestWithContext(u.t.Context(), method, u.http.URL+path, in)
	must(u.t, err)
	if u.secret != "" {
		r.Header.Set("api-secret", sha1of(u.secret))
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	must(u.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(u.t, err)
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			u.t.Fatalf("%s %s answered %d %s", method, path, res.StatusCode, b)
		}
	}
	return res.StatusCode
}

// uploads is a house with somebody whose uploader staff connected.
func uploads(t *testing.T) (*house, *uploader, *ingest.Segment) {
	t.Helper()
	var intake *ingest.Segment
	h := newHouse(t, withIntake(&intake))
	card := h.add(0, "张桂芳", "liu")
	var made api.Uploader
	if status := h.as("liu").do("POST", "/api/people/"+string(card.ID)+"/uploaders", nil, &made); status != 200 || len(made.Secret) < 12 {
		t.Fatalf("%d %+v", status, made)
	}
	if at, err := url.Parse(made.XDrip); err != nil || at.User.Username() != made.Secret || at.Path != "/api/v1/" {
		t.Errorf("for xDrip: %q %v", made.XDrip, err)
	}
	return h, &uploader{h, made.Secret, card}, intake
}

// stand counts what of a type stands of somebody.
func (h *house) stand(n person.Number, kind string) (count int) {
	_, v, _, _ := h.spaces[0].Glance(n)
	for i := range v.Type {
		if v.Type[i].String() == kind && v.Flags[i]&event.Hidden == 0 {
			count++
		}
	}
	return count
}

// sgv is an entry as xDrip+ writes it.
func sgv(at time.Time, value int) map[string]any {
	s := at.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05.000-0700")
	return map[string]any{"device": "xDrip-DexcomG5", "date": at.UnixMilli(), "dateString": s, "sgv": value, "delta": -1.5, "direction": "Flat", "type": "sgv",
		"filtered": 120000, "unfiltered": 121000, "rssi": 100, "noise": 1, "sysTime": s}
}

func TestAnUploaderSendsAsToNightscout(t *testing.T) {
	h, up, _ := uploads(t)
	at := h.now().Add(-time.Hour).Truncate(time.Second)
	var out []map[string]any
	sent := []any{sgv(at, 101), sgv(at.Add(5*time.Minute), 103), map[string]any{"device": "x", "type": "cal", "date": at.UnixMilli(), "slope": 800}}
	if status := up.ask("POST", "/api/v1/entries", sent, &out); status != 200 || len(out) != 3 {
		t.Fatalf("%d %v", status, out)
	}
	for i, o := range out {
		if id, _ := o["_id"].(string); len(id) != 24 {
			t.Errorf("record %d has the _id %v", i, o["_id"])
		}
	}
	if out[0]["sgv"] != 101.0 || out[0]["direction"] != "Flat" {
		t.Errorf("answered %v", out[0])
	}
	if n := h.stand(up.card.Number, "glucose"); n != 2 {
		t.Errorf("%d readings", n)
	}
	// Sent again, alone, packed, with two strokes: nothing new, and the same names.
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	must(t, json.NewEncoder(z).Encode(sgv(at, 101)))
	must(t, z.Close())
	var again []map[string]any
	if status := up.ask("POST", "//api/v1/entries.json", packed.Bytes(), &again, "Content-Encoding", "gzip"); status != 200 || len(again) != 1 || again[0]["_id"] != out[0]["_id"] {
		t.Errorf("%d %v", status, again)
	}
	if n := h.stand(up.card.Number, "glucose"); n != 2 {
		t.Errorf("%d readings after a repeat", n)
	}
	for path, want := range map[string][]float64{
		"/api/v1/entries.json?count=1": {103}, "/api/v1/entries/sgv.json?count=5": {103, 101}, "/api/v1/entries/current.json": {103}, "/api/v1/entries/mbg.json": {},
		"/api/v1/entries.json?find[dateString][$gte]=" + url.QueryEscape(at.Add(time.Minute).UTC().Format(time.RFC3339)):                     {103},
		fmt.Sprintf("/api/v1/entries.json?find[date][$lte]=%d&find[type]=sgv", at.UnixMilli()):                                               {101},
		"/api/v1/entries.json?find[dateString][$gt]=" + at.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05-07:00") + "&count=100": {103},
		"/api/v1/entries/" + fmt.Sprint(out[0]["_id"]) + ".json":                                                                             {101},
		"/api/v1/entries.json?find[rawbg]=7": {},
	} {
		var got []map[string]any
		if status := up.ask("GET", path, nil, &got); status != 200 || len(got) != len(want) {
			t.Errorf("%s: %d %v", path, status, got)
			continue
		}
		for i, v := range want {
			if got[i]["sgv"] != v || got[i]["type"] != "sgv" || len(got[i]["_id"].(string)) != 24 || got[i]["device"] != "xDrip-DexcomG5" {
				t.Errorf("%s: %v, want %v", path, got[i], v)
			}
		}
	}
	if status := up.ask("GET", "/api/v1/entries.json?count=x", nil, nil); status != 400 {
		t.Errorf("a count that is none: %d", status)
	}
	if status := up.ask("GET", "/api/v1/entries.json?find[date][$gte]=soon", nil, nil); status != 400 {
		t.Errorf("a time that is none: %d", status)
	}
	if status := up.ask("POST", "/api/v1/devicestatus.json", map[string]any{"device": "xDrip", "uploader": map[string]any{"battery": 70}}, &out); status != 200 || len(out) != 1 || out[0]["_id"] == nil {
		t.Errorf("devicestatus: %d %v", status, out)
	}
	if n := h.stand(up.card.Number, "glucose"); n != 2 {
		t.Errorf("%d readings in the end", n)
	}
}

func TestAReadingByFileAndByUploaderIsOne(t *testing.T) {
	h, up, _ := uploads(t)
	at := h.now().Add(-time.Hour).Truncate(time.Second)
	up.ask("POST", "/api/v1/entries.json", []any{sgv(at, 101), sgv(at.Add(5*time.Minute), 99)}, nil)
	sources, err := h.store.Sources(t.Context(), 1)
	must(t, err)
	if len(sources) != 1 || sources[0].Name != ingest.NightscoutSource {
		t.Fatalf("%+v", sources)
	}
	// As the server of somebody exports it: with names of its own, and the clock in UTC.
	file := fmt.Sprintf(`[{"_id":"62f1c0ffee00000000000001","device":"xDrip-DexcomG5","date":%d,"dateString":%q,"sgv":101,"type":"sgv","utcOffset":480},
		{"_id":"62f1c0ffee00000000000002","device":"xDrip-DexcomG5","date":%d,"sgv":98,"type":"sgv"}]`, at.UnixMilli(), at.UTC().Format(time.RFC3339), at.Add(10*time.Minute).UnixMilli())
	im := rows.Import{
		Taker: known{h.spaces[0], up.card.Number}, Source: sources[0].Number, Action: "import.nightscout", Provenance: "import:nightscout", Actor: "command", Now: h.now(),
		Who: []conductor.Identifier{{Type: "person", Value: string(up.card.ID)}},
	}
	r, err := im.Run(t.Context(), device.Nightscout(device.Options{Whose: string(up.card.ID), Zone: time.UTC, Now: h.now()}), strings.NewReader(file))
	if err != nil || r.Rows != 2 || r.Repeated != 1 || r.Taken != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if n := h.stand(up.card.Number, "glucose"); n != 3 {
		t.Errorf("%d readings stand", n)
	}
}

// A treatment nobody named is known by its moment and kind, as Nightscout knows it: by an uploader, by a file, in either order.
func TestATreatmentWithoutANameIsOneByFileAndByUploader(t *testing.T) {
	for _, fileFirst := range []bool{false, true} {
		h, up, _ := uploads(t)
		at := h.now().Add(-time.Hour).Truncate(time.Second)
		up.ask("POST", "/api/v1/entries.json", []any{sgv(at, 101)}, nil) // makes the source
		sources, err := h.store.Sources(t.Context(), 1)
		must(t, err)
		meal := func(carbs float64) map[string]any {
			return map[string]any{"eventType": "Meal Bolus", "created_at": at.UTC().Format("2006-01-02T15:04:05.000Z"), "enteredBy": "openaps", "carbs": carbs, "insulin": 4.5, "notes": "noodles"}
		}
		read := func(why string, records ...map[string]any) rows.Report {
			t.Helper()
			file, err := json.Marshal(records)
			must(t, err)
			im := rows.Import{
				Taker: known{h.spaces[0], up.card.Number}, Source: sources[0].Number, Action: "import.nightscout", Provenance: "import:nightscout", Actor: "command", Now: h.now(),
				Who: []conductor.Identifier{{Type: "person", Value: string(up.card.ID)}},
			}
			r, err := im.Run(t.Context(), device.Nightscout(device.Options{Whose: string(up.card.ID), Zone: time.UTC, Now: h.now()}), bytes.NewReader(file))
			must(t, err)
			if r.Rows != len(records) || r.Taken+r.Repeated+r.Refused != r.Rows {
				t.Errorf("%s: %+v", why, r)
			}
			return r
		}
		exported := func(carbs float64, id string) map[string]any {
			o := meal(carbs)
			o["_id"], o["utcOffset"], o["mills"] = id, 0, at.UnixMilli()
			return o
		}
		var out []map[string]any
		send := func(method string, o map[string]any) {
			t.Helper()
			if status := up.ask(method, "/api/v1/treatments.json", []any{o}, &out); status != 200 || len(out) != 1 || out[0]["refused"] != nil {
				t.Fatalf("%d %v", status, out)
			}
		}
		one := func(why string, carbs float64) {
			t.Helper()
			var got []map[string]any
			up.ask("GET", "/api/v1/treatments.json?find[eventType]=Carb+Correction", nil, &got)
			if m, i := h.stand(up.card.Number, "meal"), h.stand(up.card.Number, "insulin"); m != 1 || i != 1 || len(got) != 1 || got[0]["carbs"] != carbs {
				t.Errorf("file first %v, %s: %d meals, %d insulin, %v", fileFirst, why, m, i, got)
			}
		}
		if fileFirst {
			read("before", exported(30, "62f1c0ffee00000000000001"))
		}
		send("POST", meal(30))
		id := out[0]["_id"]
		one("sent", 30)
		if r := read("the same, as a server calls it", exported(30, "62f1c0ffee00000000000001")); r.Repeated != 1 {
			t.Errorf("%+v", r)
		}
		read("another server's", exported(30, "62f1c0ffee00000000000099"))
		one("twice", 30)
		read("put right there", exported(45, "62f1c0ffee00000000000001"))
		one("put right in a later file", 45)
		ours := meal(50)
		ours["_id"] = id
		send("PUT", ours)
		one("put right by the _id we gave", 50)
		later := meal(20)
		later["created_at"] = at.Add(time.Minute).UTC().Format(time.RFC3339)
		send("POST", later)
		if m := h.stand(up.card.Number, "meal"); m != 2 {
			t.Errorf("another moment: %d meals", m)
		}
	}
}

// known takes rows in for one person, as the command does.
type known struct {
	*conductor.Conductor
	n person.Number
}

func (k known) Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error) {
	for i := range items {
		items[i].Person, items[i].Ident = k.n, nil
	}
	return k.Conductor.Submit(ctx, lane, entry, items)
}

func TestATreatmentIsPutRightAndTakenBack(t *testing.T) {
	h, up, _ := uploads(t)
	at := h.now().Add(-time.Hour).Truncate(time.Second)
	const uuid = "0c1a2b3c-0000-4000-8000-00000000abcd"
	treatment := func(carbs, insulin float64) map[string]any { // as xDrip+ puts it
		return map[string]any{"timestamp": at.UnixMilli(), "eventType": "<none>", "enteredBy": "xdrip", "notes": "", "uuid": uuid, "_id": "0c1a2b3c00004000800000ab",
			"carbs": carbs, "insulin": insulin, "created_at": at.UTC().Format(time.RFC3339), "sysTime": at.Format(time.RFC3339)}
	}
	var out []map[string]any
	for _, b := range []map[string]any{treatment(30, 4), treatment(30, 4), treatment(45, 4)} {
		if status := up.ask("PUT", "/api/v1/treatments", b, &out); status != 200 || len(out) != 1 || out[0]["_id"] != "0c1a2b3c00004000800000ab" {
			t.Fatalf("%d %v", status, out)
		}
	}
	if m, i := h.stand(up.card.Number, "meal"), h.stand(up.card.Number, "insulin"); m != 1 || i != 1 {
		t.Errorf("%d meals, %d insulin", m, i)
	}
	var got []map[string]any
	if status := up.ask("GET", "/api/v1/treatments.json?find[eventType]=Carb+Correction", nil, &got); status != 200 || len(got) != 1 || got[0]["carbs"] != 45.0 {
		t.Errorf("%d %v", status, got)
	}
	up.ask("PUT", "/api/v1/treatments", treatment(30, 4), &out) // an older version sent late does not come back
	if up.ask("GET", "/api/v1/treatments.json?find[eventType]=Carb+Correction", nil, &got); got[0]["carbs"] != 45.0 {
		t.Errorf("an older version came back: %v", got)
	}
	if up.ask("GET", "/api/v1/treatments.json?find[enteredBy]=/openaps/", nil, &got); len(got) != 0 {
		t.Errorf("what is not kept was found: %v", got)
	}
	var removed struct{ N int }
	if status := up.ask("GET", "/api/v1/treatments.json?find[uuid]="+uuid, nil, &got); status != 200 || len(got) == 0 {
		t.Fatalf("by its name: %d %v", status, got)
	}
	if status := up.ask("DELETE", "/api/v1/treatments/"+fmt.Sprint(got[0]["_id"]), nil, &removed); status != 200 || removed.N != 2 {
		t.Errorf("%d %+v", status, removed)
	}
	if m, i := h.stand(up.card.Number, "meal"), h.stand(up.card.Number, "insulin"); m+i != 0 {
		t.Errorf("%d meals, %d insulin after the removal", m, i)
	}
	// Without a time it happened now.
	if status := up.ask("POST", "/api/v1/treatments.json", []any{map[string]any{"eventType": "Note", "notes": "felt ill"}}, &out); status != 200 || h.stand(up.card.Number, "special_event") != 1 {
		t.Errorf("%d %v", status, out)
	}
}

func TestWhoUploadsIsKnownByTheSecretAlone(t *testing.T) {
	h, up, _ := uploads(t)
	entry := sgv(h.now().Add(-time.Hour), 101)
	for name, u := range map[string]struct{ path, header string }{
		"nobody": {"/api/v1/entries.json", ""}, "a wrong secret": {"/api/v1/entries.json", sha1of("wrong secret, long enough")}, "the secret as it is": {"/api/v1/entries.json", up.secret},
		"a wrong token": {"/api/v1/entries.json?token=wrong", ""}, "no SHA-1": {"/api/v1/experiments/test?secret=zz", ""},
	} {
		var e struct {
			Status               int
			Message, Description string
		}
		nobody := &uploader{house: h}
		headers := []string{}
		if u.header != "" {
			headers = []string{"api-secret", u.header}
		}
		if status := nobody.ask("GET", u.path, nil, &e, headers...); status != 401 || e.Status != 401 || e.Message != "Unauthorized" {
			t.Errorf("%s: %d %+v", name, status, e)
		}
		if status := nobody.ask("POST", u.path, entry, nil, headers...); status == 200 {
			t.Errorf("%s uploads", name)
		}
	}
	nobody := &uploader{house: h}
	for _, path := range []string{"/api/v1/entries.json?token=" + up.secret, "/api/v1/entries.json?secret=" + sha1of(up.secret), "/api/v1/experiments/test?secret=" + strings.ToUpper(sha1of(up.secret))} {
		if status := nobody.ask("GET", path, nil, nil); status != 200 {
			t.Errorf("%s: %d", path, status)
		}
	}
	var v struct {
		Message struct {
			CanRead, CanWrite bool
			Message           string
		}
	}
	if status := up.ask("GET", "/api/v1/verifyauth", nil, &v); status != 200 || !v.Message.CanWrite || v.Message.Message != "OK" {
		t.Errorf("%d %+v", status, v)
	}
	if status := nobody.ask("GET", "/api/v1/verifyauth", nil, &v); status != 200 || v.Message.CanRead || v.Message.Message != "UNAUTHORIZED" {
		t.Errorf("%d %+v", status, v)
	}
	var s map[string]any
	if status := nobody.ask("GET", "/api/v1/status.json", nil, &s); status != 200 || s["status"] != "ok" || s["apiEnabled"] != true || s["careportalEnabled"] != true {
		t.Errorf("%d %v", status, s)
	}
	// Another's uploader neither reads nor removes this one's.
	up.ask("POST", "/api/v1/entries.json", entry, nil)
	liu := h.as("liu")
	other := h.add(0, "李秀英", "liu")
	var made api.Uploader
	liu.do("POST", "/api/people/"+string(other.ID)+"/uploaders", nil, &made)
	theirs := &uploader{h, made.Secret, other}
	var got []map[string]any
	if status := theirs.ask("GET", "/api/v1/entries.json", nil, &got); status != 200 || len(got) != 0 {
		t.Errorf("another's: %d %v", status, got)
	}
	// What others told of the person is not read by an uploader.
	h.tell(0, up.card.Number, "glucose", `{"value":7.7,"unit":"mmol/L"}`, h.now().Add(-time.Minute))
	if up.ask("GET", "/api/v1/entries.json", nil, &got); len(got) != 1 || got[0]["sgv"] != 101.0 {
		t.Errorf("read %v", got)
	}
	// Revoked, by the person on the phone, it ends; what it sent stays.
	phone := h.phone(liu, up.card.ID)
	var mine api.Uploaders
	if phone.do("GET", "/api/me/uploaders", nil, &mine); len(mine.Items) != 1 || mine.Items[0].Secret != "" || mine.Items[0].Used == "" || mine.Items[0].By == nil {
		t.Fatalf("%+v", mine)
	}
	if status := phone.do("POST", "/api/me/uploaders/"+mine.Items[0].ID+"/revoke", nil, nil); status != 204 {
		t.Error(status)
	}
	h.clock.Add(time.Minute.Microseconds())
	if status := up.ask("POST", "/api/v1/entries.json", entry, nil); status != 401 {
		t.Errorf("revoked: %d", status)
	}
	if n := h.stand(up.card.Number, "glucose"); n != 2 {
		t.Errorf("%d readings stand", n)
	}
}

func TestABadRecordOfAnUploaderIsKeptAndSpoilsNothing(t *testing.T) {
	h, up, intake := uploads(t)
	at := h.now().Add(-time.Hour).Truncate(time.Second)
	bad := sgv(at.Add(time.Minute), 0)
	bad["sgv"] = "broken"
	late := sgv(h.now().Add(time.Hour), 100) // a clock an hour ahead
	old := sgv(h.now().AddDate(-10, 0, 0), 100)
	var out []map[string]any
	if status := up.ask("POST", "/api/v1/entries.json", []any{sgv(at, 101), bad, 7, late, old}, &out); status != 200 || len(out) != 5 {
		t.Fatalf("%d %v", status, out)
	}
	for i, want := range []string{"", "bad_value", "not_an_object", "in_the_future", ""} {
		why, _ := out[i]["refused"].(map[string]any)
		if got, _ := why["code"].(string); got != want || (out[i]["_id"] == nil) != (want != "") {
			t.Errorf("record %d: %v", i, out[i])
		}
	}
	if n := h.stand(up.card.Number, "glucose"); n != 2 {
		t.Errorf("%d readings", n)
	}
	for body, code := range map[string]string{`{"sgv"`: "bad_json", `"x"`: "not_records", ``: "body_empty", `[` + strings.Repeat(`7,`, 5000) + `7]`: "too_many_events"} {
		var e struct{ Code string }
		if status := up.ask("POST", "/api/v1/entries.json", body, &e); status < 400 || status >= 500 || e.Code != code {
			t.Errorf("%.10q: %d %+v", body, status, e)
		}
	}
	if status := up.ask("POST", "/api/v1/entries.json", strings.Repeat(" ", ingest.MaxUpload+1), nil); status != 413 {
		t.Errorf("3 MB: %d", status)
	}
	admin := h.as("admin")
	var list api.Listing[api.Reject]
	if admin.do("GET", "/api/rejects?reason=bad_value", nil, &list); len(list.Items) != 1 {
		t.Fatalf("%+v", list)
	}
	at1 := "/api/rejects/" + list.Items[0].ID
	var text api.RejectText
	if admin.do("GET", at1, nil, &text); !strings.Contains(text.Raw, "broken") {
		t.Errorf("%+v", text)
	}
	for range 2 {
		admin.do("POST", at1+"/replay", map[string]string{"raw": strings.Replace(text.Raw, `"broken"`, "104", 1)}, nil)
	}
	if n := h.stand(up.card.Number, "glucose"); n != 3 {
		t.Errorf("%d readings after the replay", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	intake.Run(ctx)
	var all api.Sources
	if admin.do("GET", "/api/sources", nil, &all); len(all.Items) != 1 || all.Items[0].Kind != "nightscout" || all.Items[0].Day.Stored != 2 || all.Items[0].Day.Refused != 3 {
		t.Errorf("%+v", all.Items)
	}
}

func TestUploadsWaitForConsentAndForTheirTurn(t *testing.T) {
	h, up, _ := uploads(t)
	h.clock.Add(time.Minute.Microseconds())
	h.tell(0, up.card.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	at := h.now().Add(-time.Hour).Truncate(time.Second)
	up.ask("POST", "/api/v1/entries.json", sgv(at, 101), nil)
	if n := h.stand(up.card.Number, "glucose"); n != 0 {
		t.Fatalf("%d readings without consent", n)
	}
	h.clock.Add(time.Minute.Microseconds())
	h.tell(0, up.card.Number, "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, h.now())
	if n := h.stand(up.card.Number, "glucose"); n != 1 {
		t.Errorf("%d readings after the consent", n)
	}
	var many []any
	for range 5000 {
		many = append(many, map[string]any{"uploaderBattery": 50})
	}
	status := 200
	for i := 0; i < 3 && status == 200; i++ {
		status = up.ask("POST", "/api/v1/devicestatus.json", many, nil)
	}
	if status != 429 {
		t.Errorf("an uploader gone wild is answered %d", status)
	}
	liu := h.as("liu")
	other := h.add(0, "李秀英", "liu")
	var made api.Uploader
	liu.do("POST", "/api/people/"+string(other.ID)+"/uploaders", nil, &made)
	if status := (&uploader{h, made.Secret, other}).ask("POST", "/api/v1/entries.json", sgv(at, 90), nil); status != 200 {
		t.Errorf("and another's waits: %d", status)
	}
}
