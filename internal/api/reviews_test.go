package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/page"
	"peiban/internal/programme"
	"peiban/internal/review"
	"peiban/programmes"
)

// alike are two people with a pair that waits.
func (h *house) alike(left, right conductor.Card, weight float64) string {
	h.t.Helper()
	f := review.Found{Pair: review.PairOf(left.Number, right.Number), Origin: review.Matched, Weight: weight, Probability: .9, At: h.now().UnixMicro(), Evidence: []review.Evidence{
		{Field: "given", Level: "exact", Bits: 2.3, Text: fault.Text{Zh: "姓名·名：相同 +2.3", En: "name · given name: the same +2.3"}},
		{Field: "phone", Level: "exact", Bits: 4.1, Text: fault.Text{Zh: "手机号：相同 +4.1", En: "telephone: the same +4.1"}},
	}}
	_, err := h.store.AddProposals(h.t.Context(), 1, []review.Found{f})
	must(h.t, err)
	a, b := left, right
	if a.Number > b.Number {
		a, b = b, a
	}
	return string(a.ID) + "-" + string(b.ID)
}

func TestAPairIsShownFieldByFieldAndDecided(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.add(0, "王秀兰", "liu"), h.add(0, "王秀蘭", "chen"), h.add(0, "王大勇", "liu")
	strong, weak := h.alike(a, b, 9.4), h.alike(a, c, 3)
	h.tell(0, b.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	zhou := h.as("zhou")
	var list api.Reviews
	zhou.do("GET", "/api/reviews", nil, &list)
	if list.Total != 2 || list.Items[0].ID != strong || list.Items[1].ID != weak || list.States["open"] != 2 || list.Items[0].Left.Last4 != "0412" {
		t.Fatalf("%+v", list)
	}
	var v api.Review
	zhou.do("GET", "/api/reviews/"+strong, nil, &v)
	if v.Place != 1 || v.Waiting != 2 || v.Next != weak || v.Root != string(a.ID) || v.Against != nil {
		t.Fatalf("%+v", v)
	}
	var fields []string
	for _, f := range v.Fields {
		fields = append(fields, f.Name.En+":"+f.Left.Zh+"/"+f.Right.Zh+"/"+f.After.Zh)
	}
	said := strings.Join(fields, " ")
	for _, want := range []string{"Name:王秀兰/王秀蘭/王秀兰", "Telephone:138****0412/138****0412/138****0412", "Owner:刘敏/陈晓/刘敏", "Year of birth:1958/1958/1958"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is missing: %s", want, said)
		}
	}
	changes := fmt.Sprint(v.Changes)
	for _, want := range []string{"按不同意", "时间线合在一起", "合并后归 刘敏"} {
		if !strings.Contains(changes, want) {
			t.Errorf("%s is not among the changes: %s", want, changes)
		}
	}

	at := "/api/reviews/" + strong
	if p := zhou.refused("POST", at+"/decision", map[string]any{"decision": "different", "why": "两个人"}); p.Code != "precondition_required" {
		t.Errorf("without a version: %+v", p)
	}
	based := []string{"If-Match", fmt.Sprint(v.Version)}
	if p := zhou.refused("POST", at+"/decision", map[string]any{"decision": "different"}, based...); p.Code != "review_reason" {
		t.Errorf("without a reason: %+v", p)
	}
	if status := zhou.do("POST", at+"/decision", map[string]any{"decision": "different", "why": "生日差三十年"}, &v, based...); status != 200 || v.State != "different" || v.Why != "生日差三十年" || v.By.Zh != "周宁" {
		t.Fatalf("%d %+v", status, v)
	}
	if p := zhou.refused("POST", at+"/undo", nil, based...); p.Code != "changed_meanwhile" {
		t.Errorf("with an old version: %+v", p)
	}
	h.alike(a, b, 20)
	if zhou.do("GET", "/api/reviews", nil, &list); list.Total != 1 || list.Items[0].ID != weak {
		t.Errorf("a no was asked again: %+v", list.Items)
	}
	rows := zhou.rowsOf("/api/reviews.csv?state=different")
	if len(rows) != 2 || rows[1][0] != strong || rows[1][9] != "different" {
		t.Errorf("the file: %v", rows)
	}
	var back api.Review
	if status := zhou.do("POST", at+"/undo", nil, &back, "If-Match", fmt.Sprint(v.Version)); status != 200 || back.State != "open" || back.Why != "" || back.By != nil {
		t.Errorf("taken back: %d %+v", status, back)
	}
	found, err := h.store.Audit(t.Context(), 1, audit.Filter{}, page.Part{Limit: 1000})
	must(t, err)
	text := fmt.Sprint(found.Items)
	for _, action := range []string{"review.list", "review.read", "review.different", "review.open"} {
		if !strings.Contains(text, action) {
			t.Errorf("%s is not in the audit", action)
		}
	}
	if strings.Contains(text, "生日差三十年") {
		t.Error("the reason stands in the audit as it is")
	}
}

func TestAPairOfOneFamilyBecomesARelation(t *testing.T) {
	h := newHouse(t)
	mother, son := h.add(0, "王秀兰", "liu"), h.add(0, "王大勇", "liu")
	id := h.alike(mother, son, 3)
	zhou := h.as("zhou")
	at := "/api/reviews/" + id
	if p := zhou.refused("POST", at+"/decision", map[string]any{"decision": "family", "kind": "neighbour"}, "If-Match", "*"); p.Field != "body.kind" {
		t.Errorf("%+v", p)
	}
	var v api.Review
	if status := zhou.do("POST", at+"/decision", map[string]any{"decision": "family", "kind": "son"}, &v, "If-Match", "*"); status != 200 || v.State != "family" {
		t.Fatalf("%d %+v", status, v)
	}
	var kin api.Relatives
	zhou.do("GET", "/api/people/"+string(mother.ID)+"/family", nil, &kin)
	if len(kin.Items) != 1 || kin.Items[0].ID != string(son.ID) || kin.Items[0].Kind != "son" || len(kin.Items[0].Scopes) != 0 {
		t.Errorf("%+v", kin.Items)
	}
	zhou.do("POST", at+"/undo", nil, &v, "If-Match", "*")
	if zhou.do("GET", "/api/people/"+string(mother.ID)+"/family", nil, &kin); v.State != "open" || len(kin.Items) != 0 {
		t.Errorf("%+v %+v", v.State, kin.Items)
	}
}

func TestWhoMayNotMergeSeesNoPairs(t *testing.T) {
	h := newHouse(t)
	id := h.alike(h.add(0, "王秀兰", "liu"), h.add(0, "王秀蘭", "liu"), 9)
	liu, viewer, elsewhere := h.as("liu"), h.as("viewer"), h.as("admin2")
	for _, path := range []string{"/api/reviews", "/api/reviews/" + id, "/api/match-runs", "/api/identity-policy", "/api/reviews.csv"} {
		for who, b := range map[string]*browser{"liu": liu, "viewer": viewer} {
			if p := b.refused("GET", path, nil); p.Status != 403 {
				t.Errorf("%s reads %s: %+v", who, path, p)
			}
		}
	}
	if p := elsewhere.refused("GET", "/api/reviews/"+id, nil); p.Status != 404 {
		t.Errorf("another workspace: %+v", p)
	}
	if p := h.as("admin").refused("GET", "/api/reviews/x", nil); p.Status != 404 {
		t.Errorf("no pair: %+v", p)
	}
}

func TestASearchIsStartedAndStopped(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	var runs api.MatchRuns
	if status := zhou.do("POST", "/api/match-runs", nil, &runs); status != 200 || !runs.Running || runs.Items[0].State != "waiting" || runs.Items[0].By.Zh != "周宁" {
		t.Fatalf("%d %+v", status, runs)
	}
	if p := zhou.refused("POST", "/api/match-runs", nil); p.Code != "match_run_busy" {
		t.Errorf("a second one: %+v", p)
	}
	zhou.do("POST", fmt.Sprintf("/api/match-runs/%d/stop", runs.Items[0].Number), nil, &runs)
	if !runs.Items[0].Asked {
		t.Errorf("%+v", runs)
	}
	if p := zhou.refused("POST", "/api/match-runs/99/stop", nil); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

func TestTheIdentityPolicyIsCheckedAndSaved(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	var v api.IdentityPolicy
	zhou.do("GET", "/api/identity-policy", nil, &v)
	if v.Revision != 0 || v.Text != string(identity.Shipped()) || len(v.Types) < 9 {
		t.Fatalf("%+v", v)
	}
	wrong := strings.Replace(v.Text, "limit: 20", "limit: 0", 1)
	var checked api.PolicyChecked
	zhou.do("POST", "/api/identity-policy/check", map[string]any{"text": wrong}, &checked)
	if len(checked.Problems) != 1 || checked.Problems[0].Line < 10 || checked.Problems[0].Col != 12 {
		t.Errorf("%+v", checked)
	}
	if p := zhou.refused("PUT", "/api/identity-policy", map[string]any{"text": wrong}, "If-Match", "0"); p.Code != "identity_policy" || !strings.Contains(p.Hint, "identity.yaml:") {
		t.Errorf("%+v", p)
	}
	right := strings.Replace(v.Text, "limit: 20", "limit: 7", 1)
	if status := zhou.do("PUT", "/api/identity-policy", map[string]any{"text": right}, &v, "If-Match", "0"); status != 200 || v.Revision != 1 || v.By.Zh != "周宁" {
		t.Errorf("%d %+v", status, v)
	}
	if p := zhou.refused("PUT", "/api/identity-policy", map[string]any{"text": right}, "If-Match", "0"); p.Code != "changed_meanwhile" {
		t.Errorf("%+v", p)
	}
}

func TestRecordsOfAPersonShowHowTheyAreKnown(t *testing.T) {
	h := newHouse(t)
	a, b := h.add(0, "王秀兰", "liu"), h.add(0, "王秀蘭", "chen")
	id := h.alike(a, b, 9)
	must(t, h.spaces[0].Link(t.Context(), conductor.Live, audit.Entry{}, conductor.Item{Person: a.Number, Ident: []conductor.Identifier{
		{Type: "phone", Value: "13800000412"}, {Type: "record", Scope: "市一院", Value: "A17"},
	}}))
	liu, zhou := h.as("liu"), h.as("zhou")
	var m api.Members
	liu.do("GET", "/api/people/"+string(a.ID)+"/members", nil, &m)
	if len(m.Items) != 1 || !m.Items[0].Root || len(m.Items[0].Identifiers) != 2 || m.MayMerge || len(m.Waiting) != 0 {
		t.Fatalf("%+v", m)
	}
	phone, record := m.Items[0].Identifiers[0], m.Items[0].Identifiers[1]
	if phone.Value != "138****0412" || record.Scope != "市一院" || record.TypeText.Zh != "病历号" || record.Value != "" {
		t.Errorf("%+v %+v", phone, record)
	}
	zhou.do("GET", "/api/people/"+string(a.ID)+"/members", nil, &m)
	if !m.MayMerge || len(m.Waiting) != 1 || m.Waiting[0].ID != id {
		t.Errorf("%+v", m)
	}
	if p := liu.refused("GET", "/api/people/"+string(b.ID)+"/members", nil); p.Status != 404 {
		t.Errorf("somebody else's: %+v", p)
	}
	if p := liu.refused("POST", "/api/people/"+string(a.ID)+"/merge", map[string]any{"other": a.ID, "why": "x"}); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("POST", "/api/people/"+string(a.ID)+"/merge", map[string]any{"other": a.ID, "why": "x"}); p.Code != "merge_oneself" {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("POST", "/api/people/"+string(a.ID)+"/split", map[string]any{"member": a.ID, "identifiers": []string{"ff"}}); p.Code != "identifier_not_found" {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("POST", "/api/people/"+string(a.ID)+"/unmerge", map[string]any{"member": b.ID}); p.Code != "member_not_found" {
		t.Errorf("%+v", p)
	}
}

func TestTwoRecordsBecomeOnePersonAndTwoAgain(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.add(0, "王秀兰", "liu"), h.add(0, "王秀蘭", "chen"), h.add(0, "王秀兰", "liu")
	ab, ac, bc := h.alike(a, b, 9), h.alike(a, c, 8), h.alike(b, c, 7)
	h.tell(0, b.Number, "points", `{"rule":"x","amount":20}`, h.now())
	zhou := h.as("zhou")
	var v api.Review
	if status := zhou.do("POST", "/api/reviews/"+ab+"/decision", map[string]any{"decision": "same", "why": "电话核对过"}, &v, "If-Match", "*"); status != 200 || v.State != "same" {
		t.Fatalf("%d %+v", status, v)
	}
	var m api.Members
	zhou.do("GET", "/api/people/"+string(b.ID)+"/members", nil, &m) // an old id still finds who it is
	if m.Root != string(a.ID) || len(m.Items) != 2 || m.Items[1].Name != "王秀蘭" || len(m.Waiting) != 1 {
		t.Fatalf("%+v", m)
	}
	var list api.Reviews
	if zhou.do("GET", "/api/reviews", nil, &list); list.Total != 1 || list.Items[0].ID != ac {
		t.Errorf("the third is asked about %d times: %+v", list.Total, list.Items)
	}
	if status := zhou.do("POST", "/api/reviews/"+bc+"/decision", map[string]any{"decision": "same", "why": "电话核对过"}, &v, "If-Match", "*"); status != 200 {
		t.Fatalf("%d %+v", status, v)
	}
	if zhou.do("GET", "/api/people/"+string(a.ID)+"/members", nil, &m); len(m.Items) != 3 {
		t.Fatalf("%+v", m)
	}
	if p := zhou.refused("POST", "/api/people/"+string(a.ID)+"/merge", map[string]any{"other": c.ID, "why": "x"}); p.Code != "merge_oneself" {
		t.Errorf("%+v", p)
	}

	var back api.Review
	if status := zhou.do("POST", "/api/reviews/"+ab+"/undo", nil, &back, "If-Match", "*"); status != 200 || back.State != "open" {
		t.Fatalf("%d %+v", status, back)
	}
	zhou.do("GET", "/api/people/"+string(b.ID)+"/members", nil, &m)
	if m.Root != string(b.ID) || len(m.Items) != 1 {
		t.Errorf("%+v", m)
	}
	if status := zhou.do("POST", "/api/people/"+string(a.ID)+"/unmerge", map[string]any{"member": c.ID}, &m); status != 200 || len(m.Items) != 1 {
		t.Fatalf("%d %+v", status, m)
	}
	if zhou.do("GET", "/api/reviews", nil, &list); list.Total != 3 {
		t.Errorf("%d pairs wait once all is undone", list.Total)
	}
	if status := zhou.do("POST", "/api/people/"+string(a.ID)+"/merge", map[string]any{"other": b.ID, "why": "本人来店核对"}, &m); status != 200 || len(m.Items) != 2 {
		t.Errorf("by hand: %d %+v", status, m)
	}
	if zhou.do("GET", "/api/reviews?state=same", nil, &list); list.Total != 1 || list.Items[0].ID != ab {
		t.Errorf("the question was not closed: %+v", list.Items)
	}
}

// The work of a merged record is its person's: counted with them, listed with them, done by who may see them.
func TestTheWorkOfAMergedRecordIsItsPersons(t *testing.T) {
	h := newHouse(t)
	a := h.add(0, "王秀兰", "liu")
	x := h.lowReading(0, "王秀蘭", "chen")
	zhou, liu := h.as("zhou"), h.as("liu")
	var m api.Members
	if status := zhou.do("POST", "/api/people/"+string(a.ID)+"/merge", map[string]any{"other": string(x.person.ID), "why": "本人来店核对"}, &m); status != 200 || m.Root != string(a.ID) {
		t.Fatalf("%d %+v", status, m)
	}
	var list struct {
		Items []struct {
			ID        string `json:"id"`
			OpenTasks int    `json:"openTasks"`
		} `json:"items"`
	}
	if liu.do("GET", "/api/people", nil, &list); len(list.Items) != 1 || list.Items[0].ID != string(a.ID) {
		t.Errorf("the list: %+v", list)
	}
	var tasks struct {
		Items []struct{ ID string } `json:"items"`
	}
	if status := liu.do("GET", "/api/people/"+string(x.person.ID)+"/tasks", nil, &tasks); status != 200 || len(tasks.Items) == 0 {
		t.Errorf("the work by the old id: %d %+v", status, tasks)
	}
	if p := h.as("chen").refused("GET", "/api/people/"+string(x.person.ID), nil); p.Status != http.StatusNotFound {
		t.Errorf("who looked after the merged record still sees the person: %d", p.Status)
	}
	if status := liu.do("POST", "/api/tasks/"+x.task+"/claim", nil, nil, "If-Match", "*"); status != 200 {
		t.Errorf("the owner does not get the work: %d", status)
	}
}

// Staff cannot make one person of a patient and a doctor, neither in the queue nor on the page of one; they are told why, and what to do.
func TestAPatientAndADoctorAreNotMergedByStaff(t *testing.T) {
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	hcp, problems := programme.Open(programmes.FS, "hcp-academic")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	h := newHouseOfAll(t, []*programme.Compiled{p, hcp})
	patient := h.add(0, "钱立", "liu")
	doctor, err := h.spaces[0].Enrol(t.Context(), conductor.Profile{Name: "钱立"}, h.staff["liu"], "hcp-academic", audit.Entry{Actor: "command", Action: "person.add"})
	must(t, err)
	zhou := h.as("zhou")
	at := "/api/reviews/" + h.alike(patient, doctor, 20)
	var v api.Review
	if zhou.do("GET", at, nil, &v); v.Against == nil || !strings.Contains(v.Against.Zh, "一位是患者，一位是医生") {
		t.Fatalf("%+v", v.Against)
	}
	for where, body := range map[string]map[string]any{
		at + "/decision": {"decision": "same", "why": "同名"},
		"/api/people/" + string(patient.ID) + "/merge": {"other": doctor.ID, "why": "同名"},
	} {
		q := zhou.refused("POST", where, body, "If-Match", "*")
		if q.Status != 409 || q.Code != "merge_excluded" || !strings.Contains(q.Text.Zh, "一位是患者，一位是医生") || q.HintText.Zh == "" {
			t.Errorf("%s: %+v", where, q)
		}
	}
	var kin api.Review
	if status := zhou.do("POST", at+"/decision", map[string]any{"decision": "different", "why": "同名同姓"}, &kin, "If-Match", "*"); status != 200 || kin.State != "different" {
		t.Errorf("%d %+v", status, kin)
	}
}

// A split on the page gives what came by the identifier to a person of their own, says who that is, and can be undone there.
func TestASplitIsShownAndUndone(t *testing.T) {
	h := newHouse(t)
	a := h.add(0, "张桂芳", "liu")
	must(t, h.spaces[0].Link(t.Context(), conductor.Live, audit.Entry{}, conductor.Item{Person: a.Number, Ident: []conductor.Identifier{
		{Type: "account", Scope: "shop", Value: "zhang"}, {Type: "device", Value: "SN88A1"},
	}}))
	e, _ := event.Decode("glucose", json.RawMessage(`{"value":2.8,"unit":"mmol/L","context":"fasting"}`))
	e.Occurred, e.Actor, e.Provenance = h.now().UnixMicro(), "source", "device"
	_, err := h.spaces[0].Submit(t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{Ident: []conductor.Identifier{{Type: "device", Value: "SN88A1"}}, Event: e}})
	must(t, err)
	zhou := h.as("zhou")
	at := "/api/people/" + string(a.ID)
	var m api.Members
	zhou.do("GET", at+"/members", nil, &m)
	var meter string
	for _, id := range m.Items[0].Identifiers {
		if id.Type == "device" {
			meter = id.Key
		}
	}
	if status := zhou.do("POST", at+"/split", map[string]any{"member": a.ID, "identifiers": []string{meter}}, &m); status != 200 || len(m.Parted) != 1 || m.Parted[0].Moved != 1 {
		t.Fatalf("%d %+v", status, m)
	}
	other := m.Parted[0].ID
	stand := func(id string) (n int) {
		var readings api.Readings
		zhou.do("GET", "/api/people/"+id+"/readings", nil, &readings)
		for _, r := range readings.Items {
			if !r.Retracted {
				n++
			}
		}
		return n
	}
	if stand(string(a.ID)) != 0 || stand(other) != 1 {
		t.Errorf("%d readings stand here and %d with the other", stand(string(a.ID)), stand(other))
	}
	if p := h.as("liu").refused("POST", at+"/unsplit", map[string]any{"other": other}); p.Status == 200 {
		t.Errorf("a health manager undid it: %+v", p)
	}
	if p := zhou.refused("POST", at+"/unsplit", map[string]any{"other": string(h.add(0, "王秀兰", "liu").ID)}); p.Code != "not_parted" {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("POST", "/api/people/"+other+"/unsplit", map[string]any{"other": a.ID}, &m); status != 200 || m.Root != string(a.ID) || len(m.Items) != 2 || len(m.Parted) != 0 {
		t.Fatalf("%d %+v", status, m)
	}
	if stand(string(a.ID)) != 1 {
		t.Errorf("%d readings stand once it is undone", stand(string(a.ID)))
	}
}
