package api_test

import (
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/message"
	"peiban/internal/store"
)

// How many messages people get is set by managers, checked, kept with who set it, and held by the guard, by tests on one person and by proofs.
func TestCapsOfAWorkspace(t *testing.T) {
	h := newHouse(t)
	liu, zhou := h.as("liu"), h.as("zhou")
	const at = "/api/message-caps"
	var v api.MessageCaps
	if status := liu.do("GET", at, nil, &v); status != 200 || v.Version != 0 || v.Caps != message.UsualCaps() || v.May || len(v.History) != 0 || v.Quiet.From != 21*60+30 {
		t.Errorf("%d %+v", status, v)
	}
	if p := liu.refused("PUT", at, v.Caps, version(0)...); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	caps := message.Caps{PerDay: 2, PerWeek: 14, FirstDays: 0, FirstPerDay: 1, AskedPerDay: 3}
	if p := zhou.refused("PUT", at, caps); p.Code != "precondition_required" {
		t.Errorf("%+v", p)
	}
	wrong := caps
	wrong.PerWeek = 15
	if p := zhou.refused("PUT", at, wrong, version(0)...); p.Code != "cap_week_never" || p.Field != "body.perWeek" {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("PUT", at, map[string]any{"perDay": "many"}, version(0)...); p.Status != 422 {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("PUT", at, caps, &v, version(0)...); status != 200 || v.Version != 1 || v.Caps != caps || !v.May || len(v.History) != 1 || v.History[0].By == nil || v.History[0].By.Zh != "周宁" {
		t.Errorf("%d %+v", status, v)
	}
	if p := zhou.refused("PUT", at, message.UsualCaps(), version(0)...); p.Status != 412 {
		t.Errorf("%+v", p)
	}
	if other, err := h.store.Caps(t.Context(), h.spaces[1].Workspace().Number, 1); err != nil || len(other) != 0 {
		t.Errorf("another workspace: %+v %v", other, err)
	}

	// The guard goes by it from the next message on, and a proof by what held then.
	one := message.Caps{PerDay: 1, PerWeek: 1, FirstDays: 7, FirstPerDay: 1, AskedPerDay: 3}
	zhou.do("PUT", at, one, &v, version(1)...)
	card := h.add(0, "张桂芳", "liu")
	h.tell(0, card.Number, "contact_added", `{}`, h.now())
	live := func(days int) (sent []message.Message, capped int) {
		for range days * 4 {
			h.clock.Add(6 * time.Hour.Microseconds())
			_, err := h.spaces[0].Tick(t.Context())
			must(t, err)
		}
		l, err := h.store.MessagesOf(t.Context(), h.spaces[0].Workspace().Number, card.Number, store.Page{Limit: 100})
		must(t, err)
		for _, m := range l.Items {
			switch {
			case m.State == message.Sent && m.Class == "programme":
				sent = append(sent, m)
			case m.Reason == message.CapWeek:
				capped++
			}
		}
		return sent, capped
	}
	first, capped := live(5)
	if len(first) != 1 || capped == 0 {
		t.Fatalf("one a week: %d sent, %d kept back", len(first), capped)
	}
	zhou = h.as("zhou") // days have passed
	zhou.do("PUT", at, message.UsualCaps(), &v, version(2)...)
	if v.Version != 3 || len(v.History) != 3 || v.History[1].Caps != one || v.History[2].Caps != caps {
		t.Errorf("%+v", v.History)
	}
	if more, _ := live(2); len(more) < 2 {
		t.Errorf("under the usual caps %d were sent in the same week", len(more))
	}
	zhou = h.as("zhou")
	var proof api.MessageProof
	if status := zhou.do("GET", "/api/messages/"+string(first[0].ID)+"/proof", nil, &proof); status != 200 || !proof.Same {
		t.Errorf("%d: the proof of a send under other caps: %+v", status, proof.Page.Differs)
	}
	if !strings.Contains(string(first[0].Why), `"PerWeek":1`) {
		t.Errorf("the decision does not say under which caps: %s", first[0].Why)
	}
}
