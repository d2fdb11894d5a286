package api_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/job/deliver"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/staff"
)

// delivered is a house that may put lists under a folder, and what puts them there.
func delivered(t *testing.T) (h *house, root string, send func()) {
	t.Helper()
	places := &deliver.Places{Root: t.TempDir()}
	h = newHouse(t, func(c *api.Config) { c.Places = places })
	zone, err := time.LoadLocation("Asia/Shanghai")
	must(t, err)
	r := &deliver.Runner{Store: h.store, Space: h.spaces[0], Lists: h.server, Places: places, Real: h.now, Log: slog.New(slog.DiscardHandler), Zone: zone}
	return h, places.Root, func() { t.Helper(); must(t, r.Once(t.Context())) }
}

func morning(more map[string]any) map[string]any {
	body := map[string]any{
		"name": "医院名单", "list": "people", "format": "csv", "schedule": map[string]any{"every": "day", "at": "06:30"}, "where": map[string]any{"kind": "folder", "folder": "hospital"}, "receiver": sponsor,
	}
	maps.Copy(body, more)
	return body
}

// put are the files in a folder, each as rows.
func put(t *testing.T, root, folder string) (all [][][]string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, folder, "*"))
	must(t, err)
	slices.Sort(found)
	for _, f := range found {
		b, err := os.ReadFile(f)
		must(t, err)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
		must(t, err)
		all = append(all, rows)
	}
	return all
}

func TestADeliveryFromItsMakingToItsFile(t *testing.T) {
	h, root, send := delivered(t)
	yes, no, other := h.add(0, "张桂芳", "liu"), h.add(0, "李建国", "liu"), h.add(0, "周敏", "chen")
	h.tell(0, yes.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	h.tell(0, other.Number, "consent", `{"purpose":"sponsor_share_identified","granted":true,"textVersion":"1"}`, h.now())
	liu, admin := h.as("liu"), h.as("admin")
	var made api.ListDelivery
	if status := liu.do("POST", "/api/out/deliveries", morning(nil), &made); status != 200 || made.Next != "2026-03-09T06:30:00+08:00" || made.When.Zh != "每天 06:30" || made.Maker.Name != "刘敏" || made.Place != "hospital" {
		t.Fatalf("%d %+v", status, made)
	}
	at := "/api/out/deliveries/" + made.ID
	send()
	if got := put(t, root, "hospital"); len(got) != 0 {
		t.Fatalf("before its time: %v", got)
	}
	h.clock.Store(time.Date(2026, 3, 8, 22, 30, 0, 0, time.UTC).UnixMicro()) // 06:30 there, the day after
	send()
	got := put(t, root, "hospital")
	if len(got) != 1 || len(got[0]) != 2 || got[0][1][0] != string(yes.ID) {
		t.Fatalf("hers who share: %v", got)
	}
	if strings.Contains(fmt.Sprint(got), "张") || strings.Contains(fmt.Sprint(got), string(no.ID)) {
		t.Errorf("a name, or somebody who shares nothing: %v", got)
	}
	var list api.ListDeliveries
	liu = h.as("liu") // a night has passed
	if liu.do("GET", "/api/out/deliveries", nil, &list); len(list.Items) != 1 || list.Items[0].Last == nil || list.Items[0].Last.State != "done" || list.Items[0].Last.Rows != 1 || list.Items[0].Next != "2026-03-10T06:30:00+08:00" {
		t.Fatalf("%+v", list.Items)
	}
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: "delivery.run"}, page.Part{})
	must(t, err)
	if len(rows.Items) != 1 || rows.Items[0].Actor != "staff:"+h.staff["liu"] || !strings.Contains(rows.Items[0].Detail, `"rows":1`) {
		t.Errorf("%+v", rows.Items)
	}
	read, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: "people.export"}, page.Part{})
	must(t, err)
	if len(read.Items) != 1 || read.Items[0].Person != yes.Number || read.Items[0].Actor != "delivery:"+made.ID {
		t.Errorf("%+v", read.Items)
	}

	// Who withdraws is left out of the next; a manager who takes it up sends the whole team's, with names when these are asked for.
	h.tell(0, yes.Number, "consent", `{"purpose":"sponsor_share_identified","granted":false,"textVersion":"1"}`, h.now())
	admin = h.as("admin")
	if status := admin.do("PATCH", at, map[string]any{"names": true, "where": map[string]any{"kind": "folder", "folder": "named"}}, &made); status != 200 || made.Maker.Name != "沈静" {
		t.Fatalf("%d %+v", status, made)
	}
	if status := admin.do("POST", at+"/run", nil, &made); status != 200 || made.Last.State != "waiting" || made.Last.Asked != "沈静" {
		t.Fatalf("%d %+v", status, made)
	}
	var p problem
	if status := admin.do("POST", at+"/run", nil, &p); status != 409 || p.Code != "delivery_running" {
		t.Errorf("%d %+v", status, p)
	}
	send()
	if got = put(t, root, "named"); len(got) != 1 || len(got[0]) != 2 || got[0][1][0] != string(other.ID) || got[0][1][1] != "周敏" {
		t.Errorf("%v", got)
	}
	var runs api.Listing[api.DeliveryRun]
	if admin.do("GET", at+"/runs", nil, &runs); runs.Total != 2 || runs.Items[0].State != "done" || runs.Items[0].Asked == "" || runs.Items[1].Asked != "" || !strings.HasPrefix(runs.Items[1].File, "people-20260309-063000-") {
		t.Errorf("%+v", runs)
	}
	if file := admin.rowsOf("/api/sendings.csv"); len(file) != 3 || file[1][0] != "医院名单" || file[1][6] != "已送到" {
		t.Errorf("%v", file)
	}
	if status := admin.do("DELETE", at, nil, nil); status != 204 {
		t.Errorf("%d", status)
	}
}

func TestADeliveryIsPausedAndGoesOnFromItsNextTime(t *testing.T) {
	h, root, send := delivered(t)
	admin := h.as("admin")
	var d api.ListDelivery
	admin.do("POST", "/api/out/deliveries", morning(map[string]any{"list": "sources", "schedule": map[string]any{"every": "week", "weekday": 1, "at": "06:30"}}), &d)
	at := "/api/out/deliveries/" + d.ID
	if d.Next != "2026-03-09T06:30:00+08:00" || d.When.En != "Mondays, 06:30" {
		t.Fatalf("%+v", d)
	}
	d = api.ListDelivery{}
	if status := admin.do("PATCH", at, map[string]any{"state": "paused"}, &d); status != 200 || d.State != "paused" || d.Next != "" {
		t.Fatalf("%d %+v", status, d)
	}
	h.clock.Add((24 * time.Hour).Microseconds())
	send()
	admin = h.as("admin")
	if status := admin.do("PATCH", at, map[string]any{"state": "on"}, &d); status != 200 || d.Next != "2026-03-16T06:30:00+08:00" {
		t.Fatalf("%d %+v", status, d)
	}
	send()
	if got := put(t, root, "hospital"); len(got) != 0 {
		t.Errorf("what was due while it was paused: %v", got)
	}
	if status := admin.do("PATCH", at, map[string]any{"schedule": map[string]any{"every": "day", "at": "06:30"}}, &d); status != 200 || d.Next != "2026-03-10T06:30:00+08:00" {
		t.Errorf("another time: %d %+v", status, d)
	}
	send()
	if got := put(t, root, "hospital"); len(got) != 0 {
		t.Errorf("a time that was over when it was chosen: %v", got)
	}
	var p problem
	if status := admin.do("POST", at+"/stop", nil, &p); status != 409 || p.Code != "run_over" {
		t.Errorf("%d %+v", status, p)
	}
}

func TestADeliveryStopsWithTheRightsOfItsMaker(t *testing.T) {
	h, root, send := delivered(t)
	liu := h.as("liu")
	var d api.ListDelivery
	liu.do("POST", "/api/out/deliveries", morning(nil), &d)
	at := "/api/out/deliveries/" + d.ID
	m, err := h.store.Member(t.Context(), h.spaces[0].Workspace().Number, h.staff["liu"])
	must(t, err)
	m.Role = staff.Viewer
	must(t, h.store.UpdateMember(t.Context(), h.spaces[0].Workspace().Number, m))
	h.clock.Add((24 * time.Hour).Microseconds())
	send()
	admin := h.as("admin")
	var list api.ListDeliveries
	if admin.do("GET", "/api/out/deliveries", nil, &list); len(put(t, root, "hospital")) != 0 || list.Items[0].State != "off" || list.Items[0].Why == nil || !strings.Contains(list.Items[0].Why.Zh, "不再有权") || list.Items[0].Last.Problem.Code != "maker_rights" {
		t.Fatalf("%+v", list.Items[0])
	}
	var stopped api.OutStopped
	if admin.do("GET", "/api/out/stopped", nil, &stopped); stopped != (api.OutStopped{Deliveries: 1}) {
		t.Errorf("what stopped: %+v", stopped)
	}
	if h.as("chen").do("GET", "/api/out/stopped", nil, &stopped); stopped != (api.OutStopped{}) {
		t.Errorf("another's: %+v", stopped)
	}
	var p problem
	if status := admin.do("POST", at+"/run", nil, &p); status != 409 || p.Code != "delivery_off" {
		t.Errorf("%d %+v", status, p)
	}
	if status := admin.do("PATCH", at, map[string]any{"name": "接手"}, &d); status != 200 || d.State != "on" || d.Maker.Name != "沈静" || d.Next == "" {
		t.Errorf("somebody takes it up: %d %+v", status, d)
	}
	h.clock.Add((24 * time.Hour).Microseconds())
	send()
	if len(put(t, root, "hospital")) != 1 {
		t.Error("it does not go on")
	}
	m, err = h.store.Member(t.Context(), h.spaces[0].Workspace().Number, h.staff["admin"])
	must(t, err)
	m.Disabled = true
	must(t, h.store.UpdateMember(t.Context(), h.spaces[0].Workspace().Number, m))
	h.clock.Add((24 * time.Hour).Microseconds())
	send()
	zhou := h.as("zhou")
	if zhou.do("GET", "/api/out/deliveries", nil, &list); list.Items[0].State != "off" || !strings.Contains(list.Items[0].Why.Zh, "已停用") {
		t.Errorf("%+v", list.Items[0])
	}
}

func TestWhatADeliveryMayNotBe(t *testing.T) {
	h, root, _ := delivered(t)
	must(t, os.Symlink(t.TempDir(), filepath.Join(root, "link")))
	admin, liu := h.as("admin"), h.as("liu")
	store := map[string]any{"kind": "s3", "endpoint": "https://s3.example.com", "bucket": "lists", "accessKey": "OURKEY", "secretKey": "s3cret"}
	with := func(key string, v any) map[string]any {
		n := maps.Clone(store)
		n[key] = v
		return map[string]any{"where": n}
	}
	folder := func(name string) map[string]any {
		return map[string]any{"where": map[string]any{"kind": "folder", "folder": name}}
	}
	for code, all := range map[string][]map[string]any{
		"bad_name": {{"name": " "}}, "unknown_list": {{"list": "passwords"}}, "bad_format": {{"format": "pdf"}}, "unknown_basis": {{"receiver": map[string]any{"basis": "x"}}},
		"bad_schedule": {{"schedule": map[string]any{"every": "month", "at": "06:30"}}}, "bad_time_of_day": {{"schedule": map[string]any{"every": "day", "at": "6:30"}}},
		"filter_now": {{"query": "found=1&of=x"}, {"query": "q=张"}}, "unknown_parameter": {{"query": "nope=1"}, {"query": "limit=3"}}, "bad_where": {{"where": map[string]any{"kind": "ftp"}}},
		"bad_folder":      {folder(""), folder("../x"), folder("/etc"), folder("a/../../b"), folder(`a\b`)},
		"bad_endpoint":    {with("endpoint", "http://s3.example.com"), with("endpoint", "ftp://x"), with("endpoint", "https://a:b@s3.example.com"), with("endpoint", "")},
		"private_address": {with("endpoint", "https://169.254.169.254"), with("endpoint", "https://10.0.0.1"), with("endpoint", "https://localhost")},
		"bad_bucket":      {with("bucket", "A")}, "bad_prefix": {with("prefix", "../x")}, "no_store_key": {with("secretKey", "")},
	} {
		for _, more := range all {
			if p := admin.refused("POST", "/api/out/deliveries", morning(more)); p.Code != code || p.Status != 422 {
				t.Errorf("%v: %d %s, want %s", more, p.Status, p.Code, code)
			}
		}
	}
	if p := liu.refused("POST", "/api/out/deliveries", morning(map[string]any{"list": "audit"})); p.Status != 403 || p.Code != "list_right" {
		t.Errorf("a list she may not take: %+v", p)
	}
	for _, login := range []string{"wang", "viewer", "qian"} {
		if p := h.as(login).refused("POST", "/api/out/deliveries", morning(nil)); p.Status != 403 {
			t.Errorf("%s may not export: %+v", login, p)
		}
	}
	var test api.DeliveryTest
	if status := admin.do("POST", "/api/out/deliveries/test", folder("link"), &test); status != 200 || test.Good || test.Problem.Code != "bad_folder" {
		t.Errorf("a link out of the root: %d %+v", status, test)
	}
	if status := admin.do("POST", "/api/out/deliveries/test", folder("a/b"), &test); status != 200 || !test.Good {
		t.Errorf("%d %+v", status, test)
	}

	var d api.ListDelivery
	res, body := admin.raw("POST", "/api/out/deliveries", morning(map[string]any{"where": store}))
	must(t, json.Unmarshal(body, &d))
	_, listed := admin.raw("GET", "/api/out/deliveries", nil)
	if res.StatusCode != 200 || d.Place != "https://s3.example.com/lists" {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{}, page.Part{Limit: 1000})
	must(t, err)
	for what, text := range map[string]string{"its making": string(body), "the list": string(listed), "the audit": fmt.Sprint(rows.Items)} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, "OURKEY") {
			t.Errorf("%s tells a key", what)
		}
	}
	at := "/api/out/deliveries/" + d.ID
	kept := maps.Clone(store)
	delete(kept, "accessKey")
	delete(kept, "secretKey")
	kept["bucket"] = "other"
	if status := admin.do("PATCH", at, map[string]any{"where": kept}, &d); status != 200 || d.Where.Bucket != "other" {
		t.Errorf("another bucket of the same store: %d", status)
	}
	stored, err := h.store.Delivery(t.Context(), h.spaces[0].Workspace().Number, d.ID)
	must(t, err)
	if stored.Told.Where.SecretKey != "s3cret" || stored.Told.Where.Kind != out.Bucket {
		t.Error("the key is gone")
	}
	kept["endpoint"] = "https://elsewhere.example.com"
	if p := admin.refused("PATCH", at, map[string]any{"where": kept}); p.Code != "no_store_key" {
		t.Errorf("another store with the same key: %+v", p)
	}
	for _, path := range []string{"", "/run", "/stop"} { // liu's colleague made it, and she does not look after what goes out
		method := map[bool]string{true: "PATCH", false: "POST"}[path == ""]
		if p := liu.refused(method, at+path, map[string]any{}); p.Status != 404 {
			t.Errorf("%s: %+v", path, p)
		}
		if p := h.as("admin2").refused(method, at+path, map[string]any{}); p.Status != 404 {
			t.Errorf("another workspace, %s: %+v", path, p)
		}
	}
	var mine api.ListDeliveries
	if liu.do("GET", "/api/out/deliveries", nil, &mine); len(mine.Items) != 0 || slices.ContainsFunc(mine.Lists, func(l api.DeliveryList) bool { return l.Key == "audit" }) {
		t.Errorf("%+v", mine)
	}
}

func TestFilesOfTheOtherLists(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu").person
	h.lowReading(0, "李建国", "chen")
	admin, liu := h.as("admin"), h.as("liu")
	var tags api.TagCatalogue
	admin.do("GET", "/api/tags?kind=tag", nil, &tags)
	rows := admin.rowsOf("/api/tags.csv?kind=tag")
	if tags.Total == 0 || len(rows) != tags.Total+1 {
		t.Fatalf("%d tags, the screen has %d", len(rows)-1, tags.Total)
	}
	for i, l := range tags.Items {
		if r := rows[i+1]; r[1] != l.Key || r[4] != l.Name.Zh || r[6] != l.Plain.Zh || r[8] != l.Rule || r[9] == "" || r[13] != fmt.Sprint(l.Has) || l.Unknown != nil && r[15] != fmt.Sprint(*l.Unknown) {
			t.Errorf("%v, the screen says %+v", r, l)
		}
	}
	var v api.Layers
	admin.do("GET", "/api/layers", nil, &v)
	all := admin.rowsOf("/api/layers.csv")
	if len(all) != v.People+1 || v.People != 2 {
		t.Fatalf("%d people, the screen has %d", len(all)-1, v.People)
	}
	for _, r := range all[1:] {
		i := slices.IndexFunc(v.Items, func(l api.LayerLine) bool { return l.Key == r[4] })
		if i < 0 || r[3] != v.Items[i].Name.Zh || !slices.ContainsFunc(v.Items[i].Reasons, func(c api.LayerReason) bool { return c.People > 0 && strings.Contains(r[5], c.Name.Zh) }) {
			t.Errorf("%v: no reason of %+v", r, v.Items)
		}
	}
	if mine := liu.rowsOf("/api/layers.csv"); len(mine) != 2 || mine[1][0] != string(x.ID) || mine[1][1] != "张桂芳" {
		t.Errorf("her own people: %v", mine)
	}
	h.table(admin, "no,time,glucose\nA1,2026-03-01 07:00,6.1\n")
	var imports api.Listing[api.Import]
	admin.do("GET", "/api/imports", nil, &imports)
	if got := admin.rowsOf("/api/imports.csv"); imports.Total == 0 || len(got) != imports.Total+1 || got[1][1] != imports.Items[0].Name || got[1][9] != fmt.Sprint(imports.Items[0].Report.Rows) {
		t.Errorf("imports: %v, the screen has %+v", got, imports.Items)
	}
	if got := admin.rowsOf("/api/quarantine.csv"); len(got) != 1 {
		t.Errorf("waiting: %v", got)
	}
	for _, path := range []string{"/api/tags.csv?programme=nope", "/api/layers.csv?programme=nope"} {
		if p := admin.refused("GET", path, nil); p.Status != 404 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	for _, path := range []string{"/api/imports.csv", "/api/quarantine.csv"} {
		if p := liu.refused("GET", path, nil); p.Status != 403 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	for _, path := range []string{"/api/tags.csv", "/api/layers.csv", "/api/sendings.csv"} {
		if p := h.as("viewer").refused("GET", path, nil); p.Status != 403 {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

// Every list is sent, with what somebody who shares nothing has in it left out.
func TestEveryListCanBeSent(t *testing.T) {
	h, root, send := delivered(t)
	yes, no := h.lowReading(0, "张桂芳", "liu").person, h.lowReading(0, "李建国", "liu").person
	h.tell(0, yes.Number, "consent", `{"purpose":"hcp_share","granted":true,"textVersion":"1"}`, h.now())
	admin := h.as("admin")
	h.table(admin, "no,time,glucose\nA1,2026-03-01 07:00,6.1\n")
	var all api.ListDeliveries
	admin.do("GET", "/api/out/deliveries", nil, &all)
	if len(all.Lists) != 27 {
		t.Errorf("%d lists", len(all.Lists))
	}
	for _, l := range all.Lists {
		var d api.ListDelivery
		if status := admin.do("POST", "/api/out/deliveries", morning(map[string]any{"list": l.Key, "where": map[string]any{"kind": "folder", "folder": l.Key}, "receiver": map[string]any{"basis": "hcp_share"}}), &d); status != 200 {
			t.Fatalf("%s: %d", l.Key, status)
		}
		if status := admin.do("POST", "/api/out/deliveries/"+d.ID+"/run", nil, &d); status != 200 {
			t.Fatalf("%s: %d", l.Key, status)
		}
	}
	send()
	for _, l := range all.Lists {
		got := put(t, root, l.Key)
		if len(got) != 1 || len(got[0]) == 0 {
			t.Errorf("%s: %v", l.Key, got)
			continue
		}
		text := fmt.Sprint(got)
		if strings.Contains(text, string(no.ID)) || strings.Contains(text, "李建国") || strings.Contains(text, "张桂芳") {
			t.Errorf("%s tells of somebody who shares nothing, or a name: %s", l.Key, text)
		}
		if about := slices.Contains([]string{"people", "tasks", "layers", "audit", "event-records", "calendar"}, l.Key); about != strings.Contains(text, string(yes.ID)) {
			t.Errorf("%s tells of who shares: %v, want %v", l.Key, !about, about)
		}
	}
}
