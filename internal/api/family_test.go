package api_test

import (
	"slices"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/person"
)

func relative(name, phone, kind string, scopes ...string) props {
	return props{"name": name, "phone": phone, "kind": kind, "scopes": append([]string{}, scopes...)}
}

func TestARelativeIsAddedByThePersonWithTheirConsentAndHearsOfALow(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(liu, card.ID)
	var mine api.Relatives
	if status := phone.do("GET", "/api/me/family", nil, &mine); status != 200 || mine.Shared || mine.Text == nil || len(mine.Scopes) != 9 || len(mine.Items) != 0 {
		t.Fatalf("%d %+v", status, mine)
	}
	body := relative("王小丽", "139 0000 0001", "daughter", "alerts")
	if p := phone.refused("POST", "/api/me/family", body); p.Code != "family_consent_needed" {
		t.Errorf("nothing was agreed to: %+v", p)
	}
	body["agree"] = "0"
	if p := phone.refused("POST", "/api/me/family", body); p.Code != "consent_text_changed" {
		t.Errorf("a text nobody showed: %+v", p)
	}
	body["agree"] = mine.Text.Version
	if status := phone.do("POST", "/api/me/family", body, &mine); status != 200 || !mine.Shared || len(mine.Items) != 1 {
		t.Fatalf("%d %+v", status, mine)
	}
	one := mine.Items[0]
	if one.Name != "王小丽" || one.KindName.Zh != "女儿" || !slices.Equal(one.Scopes, []string{"alerts"}) {
		t.Errorf("%+v", one)
	}
	// She is a person of her own, tagged as family, and staff can sign her phone in.
	her := liu.personAt(one.ID)
	if !slices.ContainsFunc(her.Tags, func(x api.TagState) bool { return x.Key == "id_is_family" && x.State == "has" }) {
		t.Errorf("tags %+v", her.Tags)
	}
	if p := liu.personAt(string(card.ID)); len(p.Family) != 1 || p.Family[0].ID != one.ID || !p.Family[0].Active {
		t.Errorf("family %+v", p.Family)
	}
	h.clock.Add(time.Minute.Microseconds())
	h.tell(0, card.Number, "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, h.now())
	// What she may know can be changed and ended; ended, she is family of nobody.
	if status := phone.do("PUT", "/api/me/family/"+one.ID, props{"kind": "daughter", "scopes": []string{"alerts", "readings"}}, &mine); status != 200 || len(mine.Items[0].Scopes) != 2 || mine.Items[0].Name != "王小丽" {
		t.Errorf("%d %+v", status, mine)
	}
	hers := h.phone(liu, person.ID(her.ID))
	var me api.Me
	if hers.do("GET", "/api/me", nil, &me); len(me.Family) != 1 || me.Family[0].Name != "张桂芳" {
		t.Errorf("whose data she may see: %+v", me.Family)
	}
	h.clock.Add(time.Minute.Microseconds())
	if status := phone.do("DELETE", "/api/me/family/"+one.ID, nil, &mine); status != 200 || len(mine.Items) != 0 {
		t.Errorf("%d %+v", status, mine)
	}
	me.Family = nil
	if hers.do("GET", "/api/me", nil, &me); len(me.Family) != 0 {
		t.Errorf("after the end: %+v", me.Family)
	}
	if her = liu.personAt(one.ID); slices.ContainsFunc(her.Tags, func(x api.TagState) bool { return x.Key == "id_is_family" && x.State == "has" }) {
		t.Error("still tagged as family")
	}
	if p := phone.refused("DELETE", "/api/me/family/"+one.ID, nil); p.Code != "relative_not_found" {
		t.Errorf("ended twice: %+v", p)
	}
}

func TestStaffAddARelativeWithTheProofOfTheConsent(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	at := "/api/people/" + string(card.ID) + "/family"
	body := relative("王强", "13900000002", "son", "alerts", "readings")
	if p := liu.refused("POST", at, body); p.Code != "family_consent_needed" || p.Hint == "" {
		t.Errorf("%+v", p)
	}
	body["basis"] = "paper"
	if p := liu.refused("POST", at, body); p.Code != "family_consent_needed" {
		t.Errorf("paper that is nowhere: %+v", p)
	}
	body["proof"] = "同意书 2026-0313"
	var out api.Relatives
	if status := liu.do("POST", at, body, &out); status != 200 || !out.Shared || len(out.Items) != 1 {
		t.Fatalf("%d %+v", status, out)
	}
	// The same number again is the same relative, not a second; nothing to share needs no consent.
	people := h.spaces[0].Directory().Len()
	if status := liu.do("POST", at, relative("王强", "+86 13900000002", "son"), &out); status != 200 || len(out.Items) != 1 || len(out.Items[0].Scopes) != 0 {
		t.Errorf("%d %+v", status, out)
	}
	if n := h.spaces[0].Directory().Len(); n != people {
		t.Errorf("%d people, then %d", people, n)
	}
	for _, x := range []struct {
		name, field, code string
		body              props
	}{
		{"the person's own number", "body.phone", "own_number", relative("张桂芳", "13800000412", "other")},
		{"a kind there is not", "body.kind", "unknown_code", relative("王强", "13900000003", "neighbour")},
		{"a scope there is not", "body.scopes", "unknown_code", relative("王强", "13900000003", "son", "everything")},
	} {
		if p := liu.refused("POST", at, x.body); p.Field != x.field && p.Code != x.code {
			t.Errorf("%s: %+v", x.name, p)
		}
	}
	chens := h.add(0, "李秀英", "chen")
	if status := h.as("chen").do("PATCH", "/api/people/"+string(chens.ID), props{"phone": "13900000009"}, nil, "If-Match", "*"); status != 200 {
		t.Fatal(status)
	}
	if p := liu.refused("POST", at, relative("王强", "13900000009", "son")); p.Code != "phone_taken" {
		t.Errorf("somebody liu may not see: %+v", p)
	}
	if p := h.as("viewer").refused("POST", at, relative("王强", "13900000003", "son")); p.Status != 403 {
		t.Errorf("a viewer: %+v", p)
	}
	// Withdrawn, nothing is shared any more, and more of it needs a new consent.
	h.tell(0, card.Number, "consent", `{"purpose":"family_share","granted":false,"textVersion":"1"}`, h.now())
	if p := liu.refused("PUT", at+"/"+out.Items[0].ID, props{"kind": "son", "scopes": []string{"alerts"}}); p.Code != "family_consent_needed" {
		t.Errorf("%+v", p)
	}
}
