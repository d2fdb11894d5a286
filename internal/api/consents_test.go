package api_test

import (
	"net/http"
	"testing"

	"peiban/internal/api"
)

type consentRecords struct{ Items []api.ConsentRecord }

// Staff read what was said, when, in which version and by which way; a withdrawal stands beside the yes it took back.
func TestThePagesOfConsent(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	me := h.phone(liu, x.ID)
	_, of := me.consents()
	say := func(granted bool) {
		if status := me.do("POST", "/api/me/consents", props{"purpose": "marketing_push", "granted": granted, "version": of["marketing_push"].Version}, nil); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	count := func(state string) int {
		var list struct{ Items []api.ConsentCoverage }
		if status := liu.do("GET", "/api/consents", nil, &list); status != http.StatusOK {
			t.Fatal(status)
		}
		for _, c := range list.Items {
			if c.Purpose == "marketing_push" {
				return map[string]int{"given": c.Given, "withdrawn": c.Withdrawn, "never": c.Never}[state]
			}
		}
		return -1
	}
	given := count("given")
	say(true)
	if got := count("given"); got != given+1 {
		t.Errorf("%d agreed, before %d", got, given)
	}
	var people struct {
		Items []api.Ref
		Total int
	}
	if status := liu.do("GET", "/api/consents/people?purpose=marketing_push&state=given", nil, &people); status != http.StatusOK || people.Total != given+1 || len(people.Items) != people.Total {
		t.Errorf("%d %+v", status, people)
	}
	say(false)
	if got := count("given"); got != given {
		t.Errorf("%d agreed after the withdrawal", got)
	}
	var list consentRecords
	if status := liu.do("GET", "/api/people/"+string(x.ID)+"/consents", nil, &list); status != http.StatusOK || len(list.Items) < 11 {
		t.Fatalf("%d, %d purposes", status, len(list.Items))
	}
	for _, r := range list.Items {
		if r.Purpose != "marketing_push" {
			continue
		}
		if r.State != "withdrawn" || len(r.Said) < 2 || r.Said[0].Granted || !r.Said[1].Granted || r.Said[1].WithdrawnAt != r.Said[0].At || r.Said[1].Channel == "" || r.Said[1].TextVersion == "" || r.Said[1].Proof == "" {
			t.Errorf("%+v", r)
		}
	}
	var p api.Preferences
	if status := me.do("PUT", "/api/me/preferences", props{"hours": props{"from": 300, "to": 1260}, "notPersonal": true}, &p); status != http.StatusOK || p.Hours == nil || p.Hours.From != 300 || !p.NotPersonal {
		t.Errorf("%d %+v", status, p)
	}
	if status := me.do("PUT", "/api/me/preferences", props{"notPersonal": false}, &p); status != http.StatusOK || p.NotPersonal {
		t.Errorf("%d %+v", status, p)
	}
}

// A child does not agree; who is registered as the guardian does, and it stands who did.
func TestAGuardianAgreesForAChild(t *testing.T) {
	h := newHouse(t)
	child, parent, stranger := h.add(0, "小明", "liu"), h.add(0, "张桂芳", "liu"), h.add(0, "李强", "liu")
	h.tell(0, child.Number, "profile", `{"birthYear":`+h.now().AddDate(-9, 0, 0).Format("2006")+`}`, h.now())
	h.tell(0, child.Number, "relation", `{"kind":"guardian","scope":"alerts","active":true,"person":"`+string(parent.ID)+`"}`, h.now())
	liu := h.as("liu")
	little, mother, other := h.phone(liu, child.ID), h.phone(liu, parent.ID), h.phone(liu, stranger.ID)
	_, of := little.consents()
	body := func(purpose string) props {
		return props{"purpose": purpose, "granted": true, "version": of[purpose].Version}
	}
	if p := little.refused("POST", "/api/me/consents", body("health_data")); p.Code != "guardian_only" {
		t.Errorf("%+v", p)
	}
	path := "/api/me/family/" + string(child.ID) + "/consents"
	if p := other.refused("POST", path, body("health_data")); p.Status != http.StatusNotFound {
		t.Errorf("a stranger: %+v", p)
	}
	if status := mother.do("POST", path, body("health_data"), nil); status != http.StatusOK {
		t.Fatal(status)
	}
	if p := mother.refused("POST", path, body("marketing_push")); p.Code != "no_offers_to_children" {
		t.Errorf("%+v", p)
	}
	var list consentRecords
	liu.do("GET", "/api/people/"+string(child.ID)+"/consents", nil, &list)
	for _, r := range list.Items {
		if r.Purpose == "health_data" && (r.State != "given" || r.Said[0].Guardian == nil || r.Said[0].Guardian.ID != string(parent.ID)) {
			t.Errorf("%+v", r)
		}
	}
}
