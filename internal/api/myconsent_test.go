package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"peiban/internal/api"
)

func (b *browser) consents() (me api.Me, of map[string]api.MyConsent) {
	b.h.t.Helper()
	if status := b.do("GET", "/api/me", nil, &me); status != http.StatusOK {
		b.h.t.Fatal(status)
	}
	of = map[string]api.MyConsent{}
	for _, x := range me.Consents {
		if _, twice := of[x.Purpose]; twice {
			b.h.t.Errorf("%s is asked twice", x.Purpose)
		}
		of[x.Purpose] = x
	}
	return me, of
}

func (b *browser) agrees(of map[string]api.MyConsent) {
	b.h.t.Helper()
	for purpose, x := range of {
		if status := b.do("POST", "/api/me/consents", props{"purpose": purpose, "granted": true, "version": x.Version}, nil); status != http.StatusOK {
			b.h.t.Fatalf("%s %q: %d", purpose, x.Version, status)
		}
	}
}

// Each programme's own text is there to read, words that programmes share once; who joins another is asked for its text, who leaves is not.
func TestConsentsAreThoseOfEveryProgramme(t *testing.T) {
	t.Parallel() // one of the longest
	h := withMany(t, "osteonecrosis", "hcp-academic")
	x := h.add(0, "张桂芳", "liu")
	me := h.phone(h.as("liu"), x.ID)
	one, of := me.consents()
	if one.Consents[0].Purpose != "basic_service" || !strings.HasPrefix(of["health_data"].Version, "1#") || strings.Contains(of["health_data"].Text.Zh, "影像") {
		t.Fatalf("%+v", of["health_data"])
	}
	me.agrees(of)
	if again, _ := me.consents(); again.NeedsConsent {
		t.Fatal("asked again though nothing is new")
	}
	h.joins(x, "osteonecrosis")
	two, of := me.consents()
	health := of["health_data"]
	if !two.NeedsConsent || health.Version == of["basic_service"].Version || !strings.Contains(health.Version, "osteonecrosis:1#") || strings.Count(health.Text.Zh, "血糖") != 1 || strings.Count(health.Text.Zh, "影像") != 1 || !strings.Contains(health.Text.Zh, "**股骨头坏死") {
		t.Errorf("the text of the second programme: %+v", health)
	}
	if basic := of["basic_service"]; strings.Count(basic.Text.Zh, "只有负责您的人员能看到") != 1 || !strings.HasPrefix(basic.Version, "1#") {
		t.Errorf("the same words twice: %+v", basic)
	}
	if impact := "一旦泄露"; strings.Count(health.Summary.Zh, impact) != 1 {
		t.Errorf("the same sentence twice: %q", health.Summary.Zh)
	}
	if p := me.refused("POST", "/api/me/consents", props{"purpose": "health_data", "granted": true, "version": "1"}); p.Code != "consent_text_changed" {
		t.Errorf("agreed to a text that was not shown: %+v", p)
	}
	me.agrees(of)
	if again, _ := me.consents(); again.NeedsConsent {
		t.Error("asked again after agreeing to both")
	}
	h.tell(0, x.Number, "programme_joined", `{"programme":"osteonecrosis","active":false}`, h.now())
	if left, of := me.consents(); left.NeedsConsent || !strings.HasPrefix(of["health_data"].Version, "1#") {
		t.Errorf("asked again for leaving: %+v", of["health_data"])
	}
	h.joins(x, "hcp-academic")
	if hcp, _ := me.consents(); !slices.ContainsFunc(hcp.Consents, func(c api.MyConsent) bool { return c.Purpose == "hcp_profile" && !c.Required }) {
		t.Error("a purpose only one programme has is not asked for")
	}
}

// The words count, not the number above them: who moves to a programme whose text differs is asked again though both are version 1, and
// who agreed before digests were kept is not.
func TestAnotherTextOfTheSameVersionIsAskedAgain(t *testing.T) {
	h := withMany(t, "osteonecrosis")
	x := h.add(0, "张桂芳", "liu")
	me := h.phone(h.as("liu"), x.ID)
	if before, _ := me.consents(); before.NeedsConsent {
		t.Error("an agreement from before digests were kept went out of date")
	}
	_, of := me.consents()
	me.agrees(of)
	h.joins(x, "osteonecrosis")
	h.tell(0, x.Number, "programme_joined", `{"programme":"diabetes","active":false}`, h.now())
	moved, now := me.consents()
	if !moved.NeedsConsent || !strings.HasPrefix(now["health_data"].Version, "1#") || now["health_data"].Version == of["health_data"].Version {
		t.Errorf("another text under the same number: %v %q after %q", moved.NeedsConsent, now["health_data"].Version, of["health_data"].Version)
	}
	if now["basic_service"].Version != of["basic_service"].Version {
		t.Errorf("the same words have another digest: %q, %q", now["basic_service"].Version, of["basic_service"].Version)
	}
	if p := me.refused("POST", "/api/me/consents", props{"purpose": "health_data", "granted": true, "version": of["health_data"].Version}); p.Code != "consent_text_changed" {
		t.Errorf("agreed to the words of the programme left behind: %+v", p)
	}
	me.agrees(now)
	if again, _ := me.consents(); again.NeedsConsent {
		t.Error("asked again after reading it")
	}
}
