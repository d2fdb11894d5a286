package api_test

import (
	"strings"
	"testing"

	"peiban/internal/api"
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
