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
	var found api.Found
	if status := liu.do("POST", "/api/consents/people", props{"purpose": "marketing_push", "state": "given"}, &found); status != http.StatusOK || len(found.Sets) != 1 || found.Sets[0].People != given+1 {
		t.Errorf("%d %+v", status, found)
	}
	if p := liu.refused("POST", "/api/consents/people", props{"purpose": "no_such", "state": "given"}); p.Field != "body.purpose" {
		t.Errorf("%+v", p)
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
	var p api.MyPreferences
	if status := me.do("PUT", "/api/me/preferences", props{"hours": props{"from": 300, "to": 1260}, "perWeek": 2, "inAppOnly": true, "notPersonal": true}, &p); status != http.StatusOK || p.Hours == nil || p.Hours.From != 300 || p.PerWeek != 2 || !p.InAppOnly || !p.NotPersonal {
		t.Errorf("%d %+v", status, p)
	}
	if p.Usual.PerWeek == 0 || p.Usual.Quiet.From == p.Usual.Quiet.To {
		t.Errorf("what is usual is not told: %+v", p.Usual)
	}
	var again api.MyPreferences
	if status := me.do("PUT", "/api/me/preferences", props{"notPersonal": false}, &again); status != http.StatusOK || again.NotPersonal || again.PerWeek != 0 || again.InAppOnly || again.Hours != nil {
		t.Errorf("%d %+v", status, again)
	}
}

// A manager adds words of opting out; who may not is told so, and a word that is wrong is named.
func TestWordsOfOptingOutAreAdded(t *testing.T) {
	h := newHouse(t)
	admin, liu := h.as("admin"), h.as("liu")
	var held api.StopWords
	if status := admin.do("GET", "/api/stop-words", nil, &held); status != http.StatusOK || len(held.Shipped.Marketing) < 10 || len(held.Own.All) != 0 || !held.May {
		t.Fatalf("%d %+v", status, held)
	}
	own := props{"all": []string{" 走远点 "}, "marketing": []string{"不感兴趣"}}
	if p := liu.refused("PUT", "/api/stop-words", own, "If-Match", `"0"`); p.Status != http.StatusForbidden {
		t.Errorf("%+v", p)
	}
	for field, bad := range map[string]props{"body.all": {"all": []string{"…"}}, "body.marketing": {"all": []string{"走开"}, "marketing": []string{"走 开"}}} {
		if p := admin.refused("PUT", "/api/stop-words", bad, "If-Match", `"0"`); p.Code != "stop_word" || p.Field != field {
			t.Errorf("%+v", p)
		}
	}
	if status := admin.do("PUT", "/api/stop-words", own, &held, "If-Match", `"0"`); status != http.StatusOK || held.Version != 1 || len(held.Own.All) != 1 || held.Own.All[0] != "走远点" {
		t.Fatalf("%d %+v", status, held)
	}
	if p := admin.refused("PUT", "/api/stop-words", own, "If-Match", `"0"`); p.Status != http.StatusPreconditionFailed {
		t.Errorf("%+v", p)
	}
	for text, want := range map[string]string{"走远点！": "all", "不感兴趣": "marketing", "退订": "marketing", "走远点，我在忙": "nothing", "怎么退订？": "nothing"} {
		var got api.StopTry
		if status := liu.do("POST", "/api/stop-words/try", props{"text": text, "own": held.Own}, &got); status != http.StatusOK || got.Stops != want {
			t.Errorf("%s: %d %s, want %s", text, status, got.Stops, want)
		}
	}
}

// A person is asked first only what they begin with; the other purposes stand under Me, each with its text in both languages.
func TestEveryPurposeHasItsText(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	me := h.phone(h.as("liu"), x.ID)
	_, of := me.consents()
	for _, purpose := range []string{"basic_service", "health_data", "device_data", "family_share", "marketing_push", "research_rwe", "session_archive", "hcp_share", "sponsor_share_identified", "ai_processing", "cross_border"} {
		one, ok := of[purpose]
		if !ok || one.Text.Zh == "" || one.Text.En == "" || one.Summary.Zh == "" || one.Summary.En == "" || one.Name.Zh == "" {
			t.Errorf("%s: %+v", purpose, one)
		}
		if one.Ask && purpose != "basic_service" && purpose != "health_data" && purpose != "family_share" && purpose != "marketing_push" {
			t.Errorf("%s is asked before anything else", purpose)
		}
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
