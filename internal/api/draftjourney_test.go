package api_test

import (
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/message"
	"peiban/internal/programme"
	"peiban/internal/store"
)

// draws is a change of a journey that must go well; it gives the journey as it is then.
func (b *browser) draws(key string, e api.JourneyEdit, v *api.DrawnJourney) {
	b.h.t.Helper()
	rev := v.Revision
	*v = api.DrawnJourney{}
	if status := b.do("POST", draftAt+"/journeys/"+key, e, v, "If-Match", quote(rev)); status != 200 {
		b.h.t.Fatalf("%+v: %d", e, status)
	}
}

func TestAJourneyIsDrawnAndEdited(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	var kinds api.JourneyKinds
	if b.do("GET", draftAt+"/journey-kinds", nil, &kinds); len(kinds.Kinds) < 20 || len(kinds.Lists["messages"]) == 0 || len(kinds.Settings) == 0 {
		t.Fatalf("%+v", kinds)
	}
	var force, v api.DrawnJourney
	if status := b.do("GET", draftAt+"/journeys/low-glucose?inForce=true", nil, &force); status != 200 {
		t.Fatalf("%d %+v", status, b.refused("GET", draftAt+"/journeys/low-glucose?inForce=true", nil))
	}
	if force.Draft || !force.InForce || force.Changed || len(force.Steps) == 0 || force.Steps[0].Text.Zh == "" || !force.Steps[0].Stood || force.Enter.Zh == "" {
		t.Fatalf("%+v", force)
	}
	b.do("GET", draftAt+"/journeys/low-glucose", nil, &v)
	n := len(v.Steps)
	b.draws("low-glucose", api.JourneyEdit{Do: "add", At: "2", Kind: "task"}, &v)
	added := v.Steps[1]
	if len(v.Steps) != n+1 || added.Change != "added" || added.Kind != "task" || v.Steps[2].ID != "2" || v.Steps[2].Change != "moved" || !v.Changed || v.Sound || len(v.Lines) == 0 {
		t.Errorf("%+v", v)
	}
	on := false
	for _, p := range v.Problems {
		on = on || p.At == "2" && p.N == 2
	}
	if !on {
		t.Errorf("what the new step lacks is not on it: %+v", v.Problems)
	}
	fields := added.Fields
	fields["script"] = kinds.Lists["scripts"][0].Key
	b.draws("low-glucose", api.JourneyEdit{Do: "set", At: "2", Fields: fields}, &v)
	if !v.Sound || len(v.Problems) != 0 {
		t.Errorf("%+v", v.Problems)
	}
	if p := b.refused("POST", draftAt+"/journeys/low-glucose", api.JourneyEdit{Do: "remove", At: "2"}, "If-Match", quote(v.Revision-1)); p.Status != 412 {
		t.Errorf("a second editor: %+v", p)
	}
	if p := h.as("liu").refused("POST", draftAt+"/journeys/low-glucose", api.JourneyEdit{Do: "remove", At: "2"}, "If-Match", quote(v.Revision)); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
	b.draws("low-glucose", api.JourneyEdit{Do: "remove", At: "3", To: "1"}, &v)
	if len(v.Gone) == 0 || v.Gone[0].ID != "2" || v.Gone[0].To != "1" || v.Gone[0].Text.Zh == "" {
		t.Errorf("%+v", v.Gone)
	}
	b.draws("low-glucose", api.JourneyEdit{Do: "source", Source: force.Source}, &v)
	if v.Changed || len(v.Gone) != 0 || v.Source != force.Source {
		t.Errorf("put back: %+v", v)
	}
	b.draws("drawn", api.JourneyEdit{Do: "new", Fields: map[string]any{"name": map[string]any{"zh": "画的", "en": "Drawn"}}}, &v)
	if v.InForce || v.Name.En != "Drawn" || len(v.Steps) != 1 || !strings.HasPrefix(v.File, "journeys/") {
		t.Errorf("%+v", v)
	}
	if p := b.refused("GET", draftAt+"/journeys/nowhere", nil); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

// Every number on a step is who opens behind it.
func TestFiguresOfAJourneyOpenTheirPeople(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	h.lowReading(0, "王建国", "liu")
	const at = "/api/programmes/diabetes/journeys/low-glucose/figures"
	var v api.JourneyFigures
	if status := b.do("GET", at, nil, &v); status != 200 || v.Entered == 0 || len(v.Steps) == 0 || v.AsOf == "" {
		t.Fatalf("%d %+v", status, v)
	}
	parts := 0
	for _, st := range v.Steps {
		for part, n := range map[string]int{"waiting": st.Waiting, "passed": st.Passed, "sent": st.Sent, "held": st.Held, "failed": st.Failed, "open": st.Open, "done": st.Done} {
			var f api.Found
			if n == 0 {
				continue
			}
			parts++
			if b.do("POST", at+"/people", map[string]string{"part": part, "step": st.Step}, &f); len(f.Sets) != 1 || f.Sets[0].People != n || f.Sets[0].Text.Zh == "" {
				t.Errorf("%s %s: %d, behind it %+v", st.Step, part, n, f.Sets)
			}
		}
	}
	if parts == 0 {
		t.Errorf("nothing happened: %+v", v)
	}
	var none api.JourneyFigures
	if b.do("GET", at+"?from=2001-01-01&to=2001-02-01", nil, &none); none.Entered != 0 || len(none.Steps) != 0 {
		t.Errorf("before there was anybody: %+v", none)
	}
	if p := b.refused("GET", at+"?from=yesterday", nil); p.Code != "bad_day" {
		t.Errorf("%+v", p)
	}
	if p := b.refused("GET", "/api/programmes/diabetes/journeys/nowhere/figures", nil); p.Status != 404 {
		t.Errorf("%+v", p)
	}
}

// A test on one person tells what would happen, keeps nothing, and is authorised and proven for who it reads.
func TestADraftIsTriedOnOnePerson(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	x := h.lowReading(0, "王建国", "liu")
	const at = draftAt + "/journeys/low-glucose/walk"
	var v api.WalkAnswer
	if status := b.do("POST", at, api.WalkAsk{Entered: false, Deeds: []api.WalkDeed{}}, &v); status != 200 || v.State != "outside" {
		t.Fatalf("%d %+v", status, v)
	}
	from := v.From
	b.do("POST", at, api.WalkAsk{From: from, Deeds: []api.WalkDeed{{At: from, Do: "event", Say: "glucose 2.8 before_lunch"}}}, &v)
	if v.State != "waiting" || len(v.Lines) < 3 || v.Next == "" || len(v.Tasks)+len(v.Cards) == 0 {
		t.Errorf("%+v", v)
	}
	for _, l := range v.Lines {
		if l.Text.Zh == "" || l.Text.En == "" {
			t.Errorf("no words: %+v", l)
		}
	}
	before := h.amounts()
	b.do("POST", at, api.WalkAsk{Person: string(x.person.ID), Entered: true, Deeds: []api.WalkDeed{}}, &v)
	if v.State != "waiting" || len(v.Lines) == 0 {
		t.Errorf("%+v", v)
	}
	if after := h.amounts(); len(after) != len(before) {
		t.Error("something was kept")
	}
	if p := b.refused("POST", at, api.WalkAsk{Person: "01NOBODY000000000000000000", Deeds: []api.WalkDeed{}}); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := h.as("liu").refused("POST", at, api.WalkAsk{Deeds: []api.WalkDeed{}}); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	if p := b.refused("POST", at, api.WalkAsk{Deeds: []api.WalkDeed{{At: from, Do: "event", Say: "glucose"}}}); p.Code != "bad_happening" {
		t.Errorf("%+v", p)
	}
	if p := b.refused("POST", at, api.WalkAsk{From: from, Until: "2199-01-01", Deeds: []api.WalkDeed{}}); p.Code != "too_far" {
		t.Errorf("%+v", p)
	}
}

// A test on one person speaks as often as the workspace does, and to the family the person has, as the server would.
func TestATestOnOnePersonKeepsTheCapsAndReachesTheFamily(t *testing.T) {
	var strict *conductor.Conductor
	h := newHouse(t, func(c *api.Config) {
		s, _ := c.Store.(*store.Store)
		ring, err := s.Ring(t.Context(), c.Conductors[0].Workspace().Number)
		must(t, err)
		policy := message.DefaultPolicy()
		policy.PerDay = 0
		strict, err = conductor.Open(t.Context(), conductor.Config{Store: s, Ring: ring, Workspace: c.Conductors[0].Workspace(), Programmes: []*programme.Compiled{c.Conductors[0].Programme("diabetes").Compiled}, Real: c.Real, Policy: policy})
		must(t, err)
		c.Conductors = []*conductor.Conductor{strict, c.Conductors[1]}
	})
	h.spaces[0] = strict
	liu, zhou := h.as("liu"), h.as("zhou")
	card := h.add(0, "张桂芳", "liu")
	h.kinOf(liu, card, "13900000001", "daughter", "alerts")
	tried := func(journey string, ask api.WalkAsk) api.WalkAnswer {
		var v api.WalkAnswer
		if status := zhou.do("POST", draftAt+"/journeys/"+journey+"/walk", ask, &v); status != 200 {
			t.Fatal(status, journey)
		}
		return v
	}
	lines := func(v api.WalkAnswer, what, why string) (n int) {
		for _, l := range v.Lines {
			if l.What == what && l.Why != nil && strings.HasPrefix(l.Why.Zh, why) {
				n++
			}
		}
		return n
	}
	capped := tried("new-patient", api.WalkAsk{Entered: true, Until: h.now().AddDate(0, 0, 3).Format(time.DateOnly), Deeds: []api.WalkDeed{}})
	if lines(capped, "sent", "") != 0 || lines(capped, "held", "今天") == 0 {
		t.Errorf("a workspace that says nothing by itself: %+v", capped.Lines)
	}
	h.clock.Add(time.Minute.Microseconds())
	now := h.now().Format(time.RFC3339)
	low := tried("low-glucose", api.WalkAsk{Person: string(card.ID), From: now, Until: h.now().Add(15 * time.Minute).Format(time.RFC3339), Deeds: []api.WalkDeed{{At: now, Do: "event", Say: "glucose 2.8 before_lunch"}}})
	if lines(low, "sent", "发给家属王小丽") != 1 {
		t.Errorf("the daughter is not told: %+v", low.Lines)
	}
	alone := tried("low-glucose", api.WalkAsk{From: now, Until: h.now().Add(15 * time.Minute).Format(time.RFC3339), Deeds: []api.WalkDeed{{At: now, Do: "event", Say: "glucose 2.8 before_lunch"}}})
	if lines(alone, "sent", "发给家属") != 0 {
		t.Errorf("somebody made up has no family: %+v", alone.Lines)
	}
}

// A rule a journey asks is read as a journey reads it: its event is known there, and nowhere else.
func TestARuleOfAJourneyIsCheckedAsOne(t *testing.T) {
	b := newHouse(t).as("zhou")
	check := func(more props) (v api.RuleChecked) {
		body := props{"programme": "diabetes", "rule": "event.value < mmol(3.9)"}
		for k, x := range more {
			body[k] = x
		}
		if status := b.do("POST", "/api/rules/check", body, &v); status != 200 {
			t.Fatal(status)
		}
		return v
	}
	if v := check(props{"journey": true, "on": "glucose"}); !v.OK || v.Reading == nil || v.Reading.Zh == "" {
		t.Errorf("%+v", v)
	}
	if v := check(props{"journey": true}); !v.OK {
		t.Errorf("of an event nobody named yet: %+v", v)
	}
	if v := check(props{"journey": true, "on": "consent", "rule": "event.nothing == 3"}); v.OK {
		t.Errorf("%+v", v)
	}
	if v := check(nil); v.OK || len(v.Problems) == 0 {
		t.Errorf("a tag has no event: %+v", v)
	}
}
