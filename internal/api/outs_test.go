package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/job/push"
	"peiban/internal/out"
	"peiban/internal/page"
)

// machine reads with a key of another system.
func (h *house) machine(key, path string) (int, []byte, http.Header) {
	h.t.Helper()
	return h.machineDo("GET", key, path)
}

func (h *house) machineDo(method, key, path string) (int, []byte, http.Header) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.http.URL+path, nil)
	must(h.t, err)
	r.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(h.t, err)
	return res.StatusCode, b, res.Header
}

func (h *house) feed(key, query string) (p api.FeedPage) {
	h.t.Helper()
	status, b, _ := h.machine(key, "/api/stream/events"+query)
	if status != 200 {
		h.t.Fatalf("%s: %d %s", query, status, b)
	}
	must(h.t, json.Unmarshal(b, &p))
	return p
}

func codeOf(b []byte) string {
	var p problem
	_ = json.Unmarshal(b, &p)
	return p.Code
}

var sponsor = map[string]any{"basis": "sponsor_share_identified"}

func (h *house) key(scopes []string, more map[string]any) api.NewAPIKey {
	h.t.Helper()
	body := map[string]any{"name": "数据仓库", "scopes": scopes, "receiver": sponsor}
	for k, v := range more {
		body[k] = v
	}
	var made api.NewAPIKey
	if status := h.as("admin").do("POST", "/api/out/keys", body, &made); status != 200 || !strings.HasPrefix(made.Token, "pbk_") {
		h.t.Fatalf("%d %+v", status, made)
	}
	return made
}

func TestAKeyReadsTheStreamFromItsCursor(t *testing.T) {
	h := newHouse(t)
	a, b := h.add(0, "张桂芳", "liu"), h.add(0, "李建国", "liu")
	h.tell(0, a.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	h.tell(0, a.Number, "glucose", `{"value":7.8,"unit":"mmol/L","context":"fasting"}`, h.now())
	h.tell(0, b.Number, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now())
	k := h.key([]string{"events.read"}, nil)

	p := h.feed(k.Token, "?type=glucose")
	if len(p.Items) != 1 || p.Items[0].Person != string(a.ID) || p.Items[0].Properties["value"] != 7.8 || p.Items[0].Who != nil || p.More {
		t.Fatalf("%+v", p)
	}
	if again := h.feed(k.Token, "?type=glucose&after="+p.Next); len(again.Items) != 0 || again.Next != p.Next {
		t.Errorf("%+v", again)
	}
	h.tell(0, a.Number, "glucose", `{"value":9.9,"unit":"mmol/L"}`, h.now())
	if next := h.feed(k.Token, "?type=glucose&after="+p.Next); len(next.Items) != 1 || next.Items[0].Properties["value"] != 9.9 {
		t.Errorf("%+v", next)
	}
	if item := h.feed(k.Token, "?type=glucose&after="+p.Items[0].Cursor); len(item.Items) != 1 {
		t.Errorf("the cursor of an item: %+v", item)
	}
	status, body, head := h.machine(k.Token, "/api/stream/events?type=glucose&format=ndjson&limit=1")
	if status != 200 || strings.Count(string(body), "\n") != 1 || head.Get("Content-Type") != "application/x-ndjson" || head.Get("Peiban-Next") == "" || strings.Contains(string(body), "张") {
		t.Errorf("%d %s", status, body)
	}
	list, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: "stream.read"}, page.Part{Limit: 10})
	must(t, err)
	if len(list.Items) != 4 || list.Items[0].Actor != "key:"+k.Key.ID || !strings.Contains(list.Items[0].Detail, `"people":1`) {
		t.Errorf("one line for each page with something in it: %+v", list.Items)
	}
	var outs api.Outs
	if h.as("admin").do("GET", "/api/out", nil, &outs); outs.Keys[0].Used == "" {
		t.Error("a use is not seen")
	}
	for query, want := range map[string]string{
		"?after=x": "bad_cursor", "?type=glucos": "unknown_event_type", "?limit=0": "bad_number", "?wait=61": "bad_number", "?nope=1": "unknown_parameter",
		"?after=" + p.Next + "&since=2026-03-01": "after_and_since", "?format=xml": "unknown_code", "?since=yesterday": "bad_moment",
	} {
		if status, b, _ := h.machine(k.Token, "/api/stream/events"+query); status < 400 || codeOf(b) != want {
			t.Errorf("%s: %d %s, want %s", query, status, codeOf(b), want)
		}
	}
	ahead := out.Place{Seq: 1 << 30}.Cursor(h.spaces[0].Workspace().ID)
	if status, b, _ := h.machine(k.Token, "/api/stream/events?after="+ahead); status != 409 || codeOf(b) != "cursor_ahead" {
		t.Errorf("a cursor of later than the data: %d %s", status, b)
	}
	if p := h.feed(k.Token, "?type=glucose&since=2026-03-09"); len(p.Items) != 0 {
		t.Errorf("since tomorrow: %+v", p)
	}
	if p := h.feed(k.Token, "?type=glucose&since=2026-03-08"); len(p.Items) != 2 {
		t.Errorf("since today: %+v", p)
	}
}

func TestTheStreamWaitsForWhatComes(t *testing.T) {
	h := newHouse(t)
	a := h.add(0, "张桂芳", "liu")
	h.tell(0, a.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	k := h.key([]string{"events.read"}, nil)
	at := h.feed(k.Token, "").Next
	got := make(chan api.FeedPage, 1)
	go func() { got <- h.feed(k.Token, "?wait=30&type=weight&after="+at) }()
	time.Sleep(150 * time.Millisecond)
	select {
	case p := <-got:
		t.Fatalf("it did not wait: %+v", p)
	default:
	}
	h.tell(0, a.Number, "weight", `{"value":61}`, h.now())
	select {
	case p := <-got:
		if len(p.Items) != 1 || p.Items[0].Properties["value"] != 61.0 {
			t.Errorf("%+v", p)
		}
	case <-time.After(5 * time.Second):
		t.Error("what came did not end the wait")
	}
}

func TestKeysOpenWhatTheirScopesSayAndNothingElse(t *testing.T) {
	h := newHouse(t)
	a, b := h.add(0, "张桂芳", "liu"), h.add(0, "李建国", "liu")
	h.tell(0, a.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	h.tell(0, a.Number, "glucose", `{"value":7.8,"unit":"mmol/L"}`, h.now())
	events, lists, fhir := h.key([]string{"events.read"}, nil), h.key([]string{"export"}, nil), h.key([]string{"fhir.read"}, nil)
	for _, tt := range []struct {
		name, key, path string
		want            int
	}{
		{"events, the stream", events.Token, "/api/stream/events", 200},
		{"events, a list", events.Token, "/api/people.csv", 403},
		{"events, FHIR", events.Token, "/fhir/Patient", 403},
		{"lists, a list", lists.Token, "/api/people.csv", 200},
		{"lists, Excel", lists.Token, "/api/people.xlsx", 200},
		{"lists, the stream", lists.Token, "/api/stream/events", 403},
		{"lists, no list", lists.Token, "/api/people", 403},
		{"FHIR, a search", fhir.Token, "/fhir/Observation?patient=" + string(a.ID), 200},
		{"FHIR, somebody who shares nothing", fhir.Token, "/fhir/Observation?patient=" + string(b.ID), 404},
		{"FHIR, the audit", fhir.Token, "/fhir/AuditEvent", 403},
		{"the console", events.Token, "/api/session", 403},
		{"a person", events.Token, "/api/people/" + string(a.ID), 403},
		{"an unknown key", "pbk_nothing", "/api/stream/events", 401},
		{"no key", "", "/api/stream/events", 401},
	} {
		if status, body, _ := h.machine(tt.key, tt.path); status != tt.want {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
	}
	if status, _, _ := h.machineDo("POST", events.Token, "/api/stream/events"); status != 403 {
		t.Errorf("a write: %d", status)
	}
	_, csv, _ := h.machine(lists.Token, "/api/people.csv")
	if strings.Contains(string(csv), "张") || strings.Contains(string(csv), "李") || strings.Contains(string(csv), "0412") || !strings.Contains(string(csv), string(a.ID)) || strings.Contains(string(csv), string(b.ID)) {
		t.Errorf("a list has ids of who shares, and no names:\n%s", csv)
	}
	_, bundle, _ := h.machine(fhir.Token, "/fhir/Patient")
	if strings.Contains(string(bundle), "张") || strings.Contains(string(bundle), "13800000412") || !strings.Contains(string(bundle), string(a.ID)) || strings.Contains(string(bundle), string(b.ID)) {
		t.Errorf("FHIR: %s", bundle)
	}
	named := h.key([]string{"export", "names.read"}, nil)
	if _, csv, _ := h.machine(named.Token, "/api/people.csv"); !strings.Contains(string(csv), "张桂芳") {
		t.Errorf("with names: %s", csv)
	}
	other := h.key([]string{"export"}, map[string]any{"programmes": []string{"diabetes"}})
	if _, csv, _ := h.machine(other.Token, "/api/people.csv"); !strings.Contains(string(csv), string(a.ID)) {
		t.Errorf("of a programme: %s", csv)
	}
	if status, _ := h.browser().raw("GET", "/api/stream/events", nil); status.StatusCode != 401 {
		t.Errorf("nobody reads the stream: %d", status.StatusCode)
	}
	if res, _ := h.as("admin").raw("GET", "/api/session", nil, "Authorization", "Bearer of.a.proxy"); res.StatusCode != 200 {
		t.Errorf("a proxy's token shuts staff out: %d", res.StatusCode)
	}
	if res, _ := h.as("admin").raw("GET", "/api/stream/events", nil); res.StatusCode != 401 {
		t.Errorf("a cookie is no key: %d", res.StatusCode)
	}
}

func TestKeysAreRotatedExpireAndAreRevoked(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	k := h.key([]string{"events.read"}, map[string]any{"expires": "2026-03-20", "types": []string{"glucose"}})
	reads := func(token string) int { status, _, _ := h.machine(token, "/api/stream/events"); return status }
	if status, b, _ := h.machine(k.Token, "/api/stream/events?type=weight"); status != 403 || codeOf(b) != "missing_scope" {
		t.Errorf("a type the key may not have: %d %s", status, b)
	}
	var next api.NewAPIKey
	if status := admin.do("POST", "/api/out/keys/"+k.Key.ID+"/rotate", map[string]int{"hours": 2}, &next); status != 200 || next.Token == k.Token || next.Key.OldUntil == "" {
		t.Fatalf("%d %+v", status, next)
	}
	if reads(k.Token) != 200 || reads(next.Token) != 200 {
		t.Error("both are good for two hours")
	}
	h.clock.Add(2 * time.Hour.Microseconds())
	if reads(k.Token) != 401 || reads(next.Token) != 200 {
		t.Error("after that the new one only")
	}
	h.clock.Add((20 * 24 * time.Hour).Microseconds())
	if reads(next.Token) != 401 {
		t.Error("a key is read with after it expired")
	}
	admin = h.as("admin")
	if status := admin.do("PATCH", "/api/out/keys/"+k.Key.ID, map[string]string{"expires": ""}, &next.Key); status != 200 || reads(next.Token) != 200 {
		t.Errorf("longer: %d", status)
	}
	if status := admin.do("POST", "/api/out/keys/"+k.Key.ID+"/revoke", nil, &next.Key); status != 200 || next.Key.State != "revoked" || reads(next.Token) != 401 {
		t.Errorf("revoked: %d %+v", status, next.Key)
	}
	var p problem
	if status := admin.do("PATCH", "/api/out/keys/"+k.Key.ID, map[string]string{"name": "x"}, &p); status != 409 || p.Code != "api_key_revoked" {
		t.Errorf("%d %+v", status, p)
	}
	for body, code := range map[string]string{
		`{"scopes":["events.read"],"receiver":{"basis":"hcp_share"}}`:                                   "bad_name",
		`{"name":"x","scopes":["names.read"],"receiver":{"basis":"hcp_share"}}`:                         "unknown_scope",
		`{"name":"x","scopes":["events.read"]}`:                                                         "unknown_basis",
		`{"name":"x","scopes":["events.read"],"receiver":{"basis":"entrusted"}}`:                        "no_contract",
		`{"name":"x","scopes":["events.read"],"receiver":{"basis":"hcp_share","abroad":true}}`:          "no_approval",
		`{"name":"x","scopes":["events.read"],"receiver":{"basis":"hcp_share"},"expires":"2020-01-01"}`: "expires_past",
		`{"name":"x","scopes":["events.read"],"receiver":{"basis":"hcp_share"},"programmes":["nope"]}`:  "unknown_programme",
		`{"name":"x","scopes":["events.read"],"receiver":{"basis":"hcp_share"},"types":["glucos"]}`:     "unknown_event_type",
	} {
		if status := admin.do("POST", "/api/out/keys", json.RawMessage(body), &p); status < 400 || p.Code != code {
			t.Errorf("%s: %d %s", body, status, p.Code)
		}
	}
	for login, want := range map[string]int{"zhou": 200, "liu": 403, "qian": 403, "viewer": 403} {
		if status := h.as(login).do("GET", "/api/out", nil, &api.Outs{}); status != want {
			t.Errorf("%s: %d", login, status)
		}
	}
	if status := h.as("admin2").do("POST", "/api/out/keys/"+k.Key.ID+"/revoke", nil, &p); status != 404 {
		t.Errorf("another workspace's key: %d", status)
	}
}

func TestAWebhookFromItsSecretToItsReplay(t *testing.T) {
	var bodies []string
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
	}))
	defer far.Close()
	guard := out.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	var h *house
	h = newHouse(t, func(c *api.Config) {
		c.Guard, c.Tester = guard, push.NewSender(guard, c.Real)
	})
	admin := h.as("admin")
	var made api.WebhookSecret
	body := map[string]any{"name": "数据中台", "url": far.URL + "/in?token=abc", "types": []string{"glucose"}, "receiver": sponsor}
	if status := admin.do("POST", "/api/out/webhooks", body, &made); status != 200 || !strings.HasPrefix(made.Secret, "whsec_") || made.Webhook.Place != far.URL {
		t.Fatalf("%d %+v", status, made)
	}
	at := "/api/out/webhooks/" + made.Webhook.ID
	off := func(state out.State) {
		_, err := h.store.ChangeHook(t.Context(), h.spaces[0].Workspace().Number, made.Webhook.ID, func(k *out.Hook) error { k.State = state; return nil })
		must(t, err)
	}
	var stopped api.OutStopped
	off(out.Off)
	if admin.do("GET", "/api/out/stopped", nil, &stopped); stopped.Webhooks != 1 {
		t.Errorf("a webhook that was switched off: %+v", stopped)
	}
	if h.as("liu").do("GET", "/api/out/stopped", nil, &stopped); stopped.Webhooks != 0 {
		t.Errorf("of no concern to a health manager: %+v", stopped)
	}
	off(out.On)
	if admin.do("GET", "/api/out/stopped", nil, &stopped); stopped.Webhooks != 0 {
		t.Errorf("a webhook that is on: %+v", stopped)
	}
	var tried api.HookAttempt
	if status := admin.do("POST", at+"/test", nil, &tried); status != 200 || tried.Outcome != "taken" || len(bodies) != 1 || !strings.Contains(bodies[0], `"type":"test"`) {
		t.Fatalf("%d %+v %v", status, tried, bodies)
	}
	a := h.add(0, "张桂芳", "liu")
	h.tell(0, a.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	h.tell(0, a.Number, "glucose", `{"value":7.8,"unit":"mmol/L"}`, h.now())
	runner := &push.Runner{Store: h.store, Feed: &out.Feed{Log: h.store, Space: h.spaces[0]}, Sender: push.NewSender(guard, h.now), Real: h.now}
	must(t, runner.Once(t.Context()))
	if len(bodies) != 2 || !strings.Contains(bodies[1], `"value":7.8`) {
		t.Fatal(bodies)
	}
	var list api.Listing[api.HookAttempt]
	if status := admin.do("GET", at+"/attempts", nil, &list); status != 200 || list.Total != 2 || list.Items[0].Name.Zh != "血糖" || list.Items[1].Name.Zh != "测试" {
		t.Fatalf("%d %+v", status, list)
	}
	var hook api.Webhook
	var p problem
	if status := admin.do("POST", at+"/replay", map[string]any{"attempt": list.Items[0].N}, &hook); status != 200 || !hook.Replaying {
		t.Fatalf("%d %+v", status, hook)
	}
	if status := admin.do("POST", at+"/replay", map[string]any{"from": "2026-03-01"}, &p); status != 409 || p.Code != "replay_running" {
		t.Errorf("%d %+v", status, p)
	}
	must(t, runner.Once(t.Context()))
	if len(bodies) != 3 || bodies[2] != bodies[1] {
		t.Errorf("%v", bodies)
	}
	if status := admin.do("POST", at+"/replay", map[string]any{"from": "2026-03-01"}, &hook); status != 200 {
		t.Errorf("%d", status)
	}
	must(t, runner.Once(t.Context()))
	if len(bodies) != 4 {
		t.Errorf("%d requests", len(bodies))
	}
	for body, code := range map[string]string{`{}`: "replay_what", `{"attempt":1}`: "replay_test", `{"attempt":999}`: "attempt_not_found", `{"from":"2026-03-09"}`: "replay_nothing"} {
		if status := admin.do("POST", at+"/replay", json.RawMessage(body), &p); status < 400 || p.Code != code {
			t.Errorf("%s: %d %s", body, status, p.Code)
		}
	}
	if status := admin.do("PATCH", at, map[string]string{"state": "paused"}, &hook); status != 200 || hook.Health != "paused" {
		t.Errorf("%d %+v", status, hook)
	}
	h.tell(0, a.Number, "glucose", `{"value":6.6,"unit":"mmol/L"}`, h.now())
	must(t, runner.Once(t.Context()))
	if len(bodies) != 4 {
		t.Error("sent while it is paused")
	}
	if status := admin.do("PATCH", at, map[string]string{"state": "on"}, &hook); status != 200 {
		t.Errorf("%d", status)
	}
	must(t, runner.Once(t.Context()))
	if len(bodies) != 5 || !strings.Contains(bodies[4], `"value":6.6`) {
		t.Error("it goes on where it was")
	}
	var again api.WebhookSecret
	if status := admin.do("POST", at+"/rotate", map[string]int{"hours": 24}, &again); status != 200 || again.Secret == made.Secret || again.Webhook.OldUntil == "" {
		t.Errorf("%d %+v", status, again)
	}
	for _, u := range []string{"https://10.0.0.1/", "https://169.254.169.254/latest", "http://example.com/"} {
		body["url"] = u
		if status := admin.do("POST", "/api/out/webhooks", body, &p); status != 422 || p.Code != "private_address" && p.Code != "bad_url" {
			t.Errorf("%s: %d %s", u, status, p.Code)
		}
	}
	if status := h.as("admin2").do("GET", at+"/attempts", nil, &p); status != 404 {
		t.Errorf("another workspace's webhook: %d", status)
	}
	if status := h.as("liu").do("POST", at+"/test", nil, &p); status != 403 {
		t.Errorf("somebody who may not: %d", status)
	}
	if status := admin.do("DELETE", at, nil, nil); status != 204 {
		t.Errorf("%d", status)
	}
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: "webhook.create"}, page.Part{})
	must(t, err)
	if len(rows.Items) != 1 || strings.Contains(fmt.Sprint(rows.Items), "abc") {
		t.Errorf("%+v", rows.Items)
	}
}
