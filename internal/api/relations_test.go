package api_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/relation"
)

// kinOf adds a relative with a proof and gives her phone.
func (h *house) kinOf(liu *browser, card conductor.Card, phone, kind string, scopes ...string) (*browser, string) {
	h.t.Helper()
	body := relative("王小丽", phone, kind, scopes...)
	body["basis"], body["proof"] = "paper", "同意书 2026-0313"
	var out api.Relatives
	if status := liu.do("POST", "/api/people/"+string(card.ID)+"/family", body, &out); status != 200 {
		h.t.Fatalf("%d %+v", status, out)
	}
	i := slices.IndexFunc(out.Items, func(r api.Relative) bool { return r.Kind == kind })
	if i < 0 {
		h.t.Fatalf("no %s: %+v", kind, out)
	}
	return h.phone(liu, person.ID(out.Items[i].ID)), out.Items[i].ID
}

func TestADoctorDecidesWhoHearsWhatIsSerious(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(card.ID)
	doctor := h.doctored(path, "qian")
	hers, _ := h.kinOf(liu, card, "13900000001", "daughter", "reports", "readings")
	mine := h.phone(liu, card.ID)
	doctor.says(path, "clinical_stage", "2026-02-20", props{"system": "arco2019", "stage": "IIIB", "side": "left"})
	doctor.says(path, "lab", "2026-02-21", props{"test": "ldl", "value": 2.4, "unit": "mmol/L"})

	shared := func() string {
		var v api.SharedView
		if status := hers.do("GET", "/api/me/shared/"+string(card.ID), nil, &v); status != 200 || v.Reports == nil {
			t.Fatalf("%d %+v", status, v)
		}
		b, _ := json.Marshal(v)
		return string(b)
	}
	// Nobody decided: the person reads it, the daughter does not; the light value she does.
	if f := mine.fileOf("/api/me"); len(f.Stages) != 1 {
		t.Errorf("%+v", f.Stages)
	}
	if s := shared(); strings.Contains(s, "IIIB") || !strings.Contains(s, "LDL") {
		t.Errorf("the daughter: %s", s)
	}
	var k api.Knows
	if status := liu.do("GET", path+"/knows", nil, &k); status != 200 || k.MayDecide || k.Disclosure.Mode != "" || len(k.Viewers) != 2 || len(k.Grave) != 1 {
		t.Fatalf("%d %+v", status, k)
	}
	if g := k.Grave[0]; g.Gravity != 2 || len(g.From) != 1 || g.From[0].Name != "王小丽" || g.From[0].Reason.Zh == "" {
		t.Errorf("%+v", g)
	}
	// It is a doctor's to decide, on what stands.
	body := props{"mode": "family_first", "reason": "家属要求，本人焦虑"}
	if p := liu.refused("POST", path+"/disclosure", body); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	if status := doctor.do("POST", path+"/disclosure", body, &k); status != 200 || k.Disclosure.Mode != "family_first" || k.Disclosure.By == "" || !k.MayDecide || k.Disclosure.ReviewBy == "" {
		t.Fatalf("%d %+v", status, k.Disclosure)
	}
	if n := tasksNamed(liu, path, "请医生复核"); n != 1 {
		t.Errorf("%d tasks to look at it again", n)
	}
	if p := doctor.refused("POST", path+"/disclosure", body); p.Code != "disclosure_changed" {
		t.Errorf("an old page: %+v", p)
	}
	h.clock.Add(time.Minute.Microseconds())
	if f := mine.fileOf("/api/me"); len(f.Stages) != 0 || len(f.Labs) != 1 || slices.ContainsFunc(f.Visits, func(e api.FileEntry) bool { return e.Type == "disclosure" }) {
		t.Errorf("the person: %+v %+v", f.Stages, f.Visits)
	}
	if f := liu.fileOf(path); len(f.Stages) != 1 {
		t.Error("staff have to know what not to say")
	}
	if s := shared(); !strings.Contains(s, "IIIB") {
		t.Errorf("family first: %s", s)
	}
	if liu.do("GET", path+"/knows", nil, &k); len(k.Grave) != 1 || len(k.Grave[0].From) != 1 || k.Grave[0].From[0].ID != string(card.ID) {
		t.Errorf("%+v", k.Grave)
	}
	if len(k.Seen) != 2 || k.Seen[0].Name != "王小丽" || !slices.Equal(k.Seen[0].Items, []string{"readings", "reports"}) {
		t.Errorf("who looked: %+v", k.Seen)
	}
	// Nurses' words and the person's own are not hidden: the doctor's decision is not known to the person, asking is.
	var said api.Said
	if status := mine.do("POST", "/api/me/ask-doctor", props{"note": "想知道片子怎么样"}, &said); status != 200 || !strings.Contains(said.Text.Zh, "主治医生") {
		t.Errorf("%d %+v", status, said)
	}
	h.clock.Add(time.Minute.Microseconds())
	if p := doctor.do("POST", path+"/disclosure", props{"mode": "both", "reason": "本人要求知道", "based": k.Disclosure.Entry}, &k); p != 200 || tasksNamed(liu, path, "请医生复核") != 1 {
		t.Fatal(p)
	}
	if f := mine.fileOf("/api/me"); len(f.Stages) != 1 {
		t.Errorf("both: %+v", f.Stages)
	}
	if s := shared(); !strings.Contains(s, "IIIB") {
		t.Errorf("both: %s", s)
	}
}

// The wire forms of the items: what an answer to somebody around a person may hold only when that item is theirs.
var sharedParts = map[relation.Item]string{
	"alerts": "alerts", "readings": "readings", "targets": "targets", "medicines": "medicines", "reports": "reports", "plan": "plan", "chats": "chats",
	"progress": "progress",
}

func TestNoAnswerToARelativeHoldsWhatIsNotTheirs(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(card.ID)
	doctor := h.doctored(path, "qian")
	liu.says(path, "medication", "2026-02-01", props{"action": "start", "name": "甲-药标记"})
	doctor.says(path, "clinical_stage", "2026-02-20", props{"system": "arco2019", "stage": "IV", "side": "left"})
	liu.says(path, "diagnosis", "2026-02-02", props{"condition": "onfh", "status": "confirmed"})
	liu.says(path, "visit", "2026-02-03", props{"department": "骨科标记", "kind": "offline"})
	h.tell(0, card.Number, "glucose", `{"value":7.7,"unit":"mmol/L","context":"fasting"}`, h.now().Add(-time.Hour))
	marks := map[relation.Item]string{relation.Medicines: "甲-药标记", relation.Reports: "股骨头坏死", relation.Plan: "骨科标记", relation.Readings: `"7.7"`}
	_, id := h.kinOf(liu, card, "13900000001", "daughter", "readings")
	hers := h.phone(liu, person.ID(id))
	kinds := []string{"daughter", "carer", "koc", "assistant", "spouse"}
	modes := []string{"patient", "family_first", "both"}
	r := rand.New(rand.NewPCG(1, 2))
	entry, shown := "", map[relation.Item]int{}
	for round := range 40 {
		h.clock.Add(time.Minute.Microseconds())
		kind, mode := kinds[r.IntN(len(kinds))], modes[r.IntN(len(modes))]
		rule := relation.RuleOf(kind)
		scopes := []string{}
		for _, x := range rule.Items {
			if r.IntN(2) == 0 {
				scopes = append(scopes, string(x))
			}
		}
		if status := liu.do("PUT", path+"/family/"+id, props{"kind": kind, "scopes": scopes}, nil); status != 200 {
			t.Fatalf("round %d: %d", round, status)
		}
		var k api.Knows
		if status := doctor.do("POST", path+"/disclosure", props{"mode": mode, "reason": "复核", "based": entry}, &k); status != 200 {
			t.Fatalf("round %d: %d", round, status)
		}
		entry = k.Disclosure.Entry
		_, body := hers.raw("GET", "/api/me/shared/"+string(card.ID), nil)
		var parts map[string]json.RawMessage
		if err := json.Unmarshal(body, &parts); err != nil {
			t.Fatal(err)
		}
		for item, field := range sharedParts {
			_, there := parts[field]
			if want := slices.Contains(scopes, string(item)); there != want {
				t.Errorf("%s with %v, %s: %s there: %v", kind, scopes, mode, field, there)
			} else if there {
				shown[item]++
			}
		}
		for item, mark := range marks {
			if strings.Contains(string(body), mark) && !slices.Contains(scopes, string(item)) {
				t.Errorf("%s with %v, %s: %s", kind, scopes, mode, mark)
			}
		}
		grave := slices.Contains(scopes, "reports") && rule.Gravest >= relation.Serious && mode != "patient"
		if strings.Contains(string(body), "“IV”") != grave {
			t.Errorf("%s with %v, %s: the stage is there: %v: %s", kind, scopes, mode, !grave, parts["reports"])
		}
		for _, other := range []string{path, path + "/file", path + "/timeline", path + "/knows", path + "/family"} {
			if status := hers.do("GET", "/api"+strings.TrimPrefix(other, "/api"), nil, nil); status != 401 {
				t.Errorf("a relative asked for %s: %d", other, status)
			}
		}
	}
	for item := range sharedParts {
		if shown[item] == 0 {
			t.Errorf("%s was never shown: nothing was proved of it", item)
		}
	}
	if status := liu.do("DELETE", path+"/family/"+id, nil, nil); status != 200 {
		t.Fatal(status)
	}
	if status := hers.do("GET", "/api/me/shared/"+string(card.ID), nil, nil); status != 404 {
		t.Errorf("ended: %d", status)
	}
	if status := h.phone(liu, h.add(0, "李秀英", "liu").ID).do("GET", "/api/me/shared/"+string(card.ID), nil, nil); status != 404 {
		t.Errorf("a stranger: %d", status)
	}
}

func TestEachKindHasItsOwnMost(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	at := "/api/people/" + string(card.ID) + "/family"
	with := func(kind string, scopes ...string) props {
		b := relative("王强", "13900000002", kind, scopes...)
		b["basis"], b["proof"] = "paper", "知情同意 12 号"
		return b
	}
	if p := liu.refused("POST", at, with("koc", "readings")); p.Code != "scope_not_for_kind" {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", at, with("household")); p.Code != "unknown_code" {
		t.Errorf("a household is no relation of trust: %+v", p)
	}
	if p := liu.refused("POST", at, with("guardian")); p.Code != "not_a_minor" {
		t.Errorf("%+v", p)
	}
	var out api.Relatives
	if status := liu.do("POST", at, with("doctor", "readings"), &out); status != 200 || len(out.Items) != 1 || out.Items[0].Group != "doctor" || !out.Items[0].Shared || out.Shared {
		t.Fatalf("%d %+v", status, out)
	}
	i := slices.IndexFunc(out.Kinds, func(k api.KindOfRelation) bool { return k.Key == "referrer" })
	if i < 0 || !slices.Equal(out.Kinds[i].Items, []string{"progress"}) || out.Kinds[i].Consent != "hcp_share" || !out.Kinds[i].Shared {
		t.Errorf("%+v", out.Kinds)
	}
	// A child has a guardian, whom staff register with a proof, and who needs nobody's consent.
	child := h.add(0, "陈小宝", "liu")
	if status := liu.do("PATCH", "/api/people/"+string(child.ID), props{"birthYear": h.now().Year() - 9, "phone": "13900000055"}, nil, "If-Match", "*"); status != 200 {
		t.Fatal(status)
	}
	at = "/api/people/" + string(child.ID) + "/family"
	bare := relative("陈建国", "13900000056", "guardian")
	if p := liu.refused("POST", at, bare); p.Code != "guardian_proof_needed" {
		t.Errorf("%+v", p)
	}
	bare["proof"] = "户口本复印件"
	if status := liu.do("POST", at, bare, &out); status != 200 || out.Shared {
		t.Fatalf("%d %+v", status, out)
	}
	var v api.SharedView
	if status := h.phone(liu, person.ID(out.Items[0].ID)).do("GET", "/api/me/shared/"+string(child.ID), nil, &v); status != 200 || v.Readings == nil || v.Medicines == nil {
		t.Errorf("%d %+v", status, v)
	}
}

func TestAHouseholdJoinsNobody(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	a, b, c := h.add(0, "张桂芳", "liu"), h.add(0, "王建国", "liu"), h.add(0, "王秀英", "chen")
	at := func(x conductor.Card) string { return "/api/people/" + string(x.ID) + "/household" }
	var out api.Household
	if status := liu.do("POST", at(a), props{"other": string(b.ID), "proof": "同一个手机号"}, &out); status != 200 || len(out.Members) != 1 || !out.Members[0].Direct {
		t.Fatalf("%d %+v", status, out)
	}
	events := h.count(a.Number)
	if status := liu.do("POST", at(b), props{"other": string(a.ID)}, &out); status != 200 || h.count(a.Number) != events {
		t.Errorf("said twice, it is said once: %d", status)
	}
	if p := liu.refused("POST", at(a), props{"other": string(a.ID)}); p.Code != "same_person" {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", at(a), props{"other": string(c.ID)}); p.Status != 404 {
		t.Errorf("somebody liu may not see: %+v", p)
	}
	if status := h.as("zhou").do("POST", at(b), props{"other": string(c.ID)}, nil); status != 200 {
		t.Fatal(status)
	}
	if liu.do("GET", at(a), nil, &out); len(out.Members) != 1 || out.Others != 1 {
		t.Errorf("by way of b: %+v", out)
	}
	// They stay two people, and neither sees the other.
	var me api.Me
	if h.phone(liu, b.ID).do("GET", "/api/me", nil, &me); len(me.Family) != 0 {
		t.Errorf("%+v", me.Family)
	}
	if status := h.phone(liu, b.ID).do("GET", "/api/me/shared/"+string(a.ID), nil, nil); status != 404 {
		t.Error(status)
	}
	out = api.Household{}
	if status := liu.do("DELETE", at(a)+"/"+string(b.ID), nil, &out); status != 200 || len(out.Members) != 0 {
		t.Errorf("%d %+v", status, out)
	}
	if p := liu.refused("DELETE", at(a)+"/"+string(b.ID), nil); p.Code != "household_not_found" {
		t.Errorf("%+v", p)
	}
}

func (h *house) count(n person.Number) int {
	_, v, _, _ := h.spaces[0].Glance(n)
	return v.Len()
}
