package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/page"
	"peiban/internal/task"
)

func pageOf(n int) page.Part { return page.Part{Limit: n} }

// red has somebody measure a level 2 low, amber three high fasting values, green a dozen quiet ones; each goes back in time.
func (h *house) red(name, owner string) conductor.Card { return h.lowReading(0, name, owner).person }

func (h *house) series(card conductor.Card, n int, value float64, context string) conductor.Card {
	h.t.Helper()
	for i := range n {
		h.tell(0, card.Number, "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":%q}`, value+float64(i%5)/10, context), h.now().Add(-time.Duration(n-i)*24*time.Hour))
	}
	return card
}

func lineOf(t *testing.T, v api.Layers, key string) api.LayerLine {
	t.Helper()
	i := slices.IndexFunc(v.Items, func(l api.LayerLine) bool { return l.Key == key })
	if i < 0 {
		t.Fatalf("no layer %s in %+v", key, v.Items)
	}
	return v.Items[i]
}

// names opens a number and lists who is behind it.
func (b *browser) behind(body map[string]string) (out []string) {
	b.h.t.Helper()
	var f api.Found
	if status := b.do("POST", "/api/layers/people", body, &f); status != 200 {
		b.h.t.Fatalf("%v: %d", body, status)
	}
	var people struct {
		Total int
		Items []api.PersonRow
	}
	b.do("GET", "/api/people?found="+f.Found+"&of="+f.Sets[0].Of, nil, &people)
	if people.Total != f.Sets[0].People {
		b.h.t.Errorf("%v: a list of %d behind a number of %d", body, people.Total, f.Sets[0].People)
	}
	for _, p := range people.Items {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

func TestLayersTellWhoWhyAndWhatWasGiven(t *testing.T) {
	h := newHouse(t)
	h.red("张桂芳", "liu")
	h.red("赵一", "chen")
	h.series(h.add(0, "李秀英", "liu"), 7, 8.5, "fasting")
	h.series(h.add(0, "王二", "liu"), 14, 6.1, "random")
	h.add(0, "孙三", "liu")
	liu := h.as("liu")
	var v api.Layers
	if status := liu.do("GET", "/api/layers", nil, &v); status != 200 {
		t.Fatal(status)
	}
	if v.People != 4 || v.None != 1 || v.Group == nil || v.Group.Key != "layer" || len(v.Items) != 3 {
		t.Fatalf("%+v", v)
	}
	red := lineOf(t, v, "at_red")
	if red.People != 1 || red.Reasons[0].Key != "gl_hypo2_28d" || red.Reasons[0].People != 1 || red.Reasons[1].People != 0 {
		t.Errorf("red: %+v", red)
	}
	if red.Gets.Days != 3 || red.Gets.By.Key != "owner" || red.Gets.Setting != "layer_red_days" || red.Gets.Named == nil || red.Gets.Named.Zh == "" || len(red.Gets.Journeys) != 5 || red.Gets.Source == "" {
		t.Errorf("red gets %+v", red.Gets)
	}
	if g := lineOf(t, v, "at_green"); g.People != 1 || len(g.Reasons) != 1 || g.Reasons[0].Key != "rule" || g.Reasons[0].People != 1 {
		t.Errorf("green: %+v", g)
	}
	if got := liu.behind(map[string]string{"of": "in", "layer": "at_amber"}); !slices.Equal(got, []string{"李秀英"}) {
		t.Errorf("amber: %v", got)
	}
	if got := liu.behind(map[string]string{"of": "reason", "layer": "at_red", "reason": "gl_hypo2_28d"}); !slices.Equal(got, []string{"张桂芳"}) {
		t.Errorf("by the low: %v", got)
	}
	if got := liu.behind(map[string]string{"of": "none"}); !slices.Equal(got, []string{"孙三"}) {
		t.Errorf("in none: %v", got)
	}
	v = api.Layers{}
	h.as("zhou").do("GET", "/api/layers", nil, &v)
	if v.People != 5 || lineOf(t, v, "at_red").People != 2 {
		t.Errorf("a manager sees %+v", v)
	}
	for field, body := range map[string]map[string]string{
		"body.layer": {"of": "in", "layer": "gl_hypo2_28d"}, "body.reason": {"of": "reason", "layer": "at_red", "reason": "x"},
		"body.week": {"of": "end", "layer": "none", "week": "2026-03-03"}, "body.to": {"of": "moved", "week": "2026-03-02", "from": "none", "to": "x"},
	} {
		if p := liu.refused("POST", "/api/layers/people", body); p.Status != 422 || p.Field != field {
			t.Errorf("%v: %+v", body, p)
		}
	}
}

func TestContactsAreComparedWithThePlan(t *testing.T) {
	h := newHouse(t)
	zhang := h.red("张桂芳", "liu")
	h.red("李秀英", "liu")
	liu := h.as("liu")
	var v api.Layers
	liu.do("GET", "/api/layers", nil, &v)
	if g := lineOf(t, v, "at_red").Given; g != (api.LayerGiven{}) {
		t.Errorf("they came this moment: %+v", g)
	}
	h.clock.Add((6*24*time.Hour + time.Hour).Microseconds()) // two contacts are planned for each
	liu = h.as("liu")
	ts, err := h.store.TasksOf(t.Context(), h.spaces[0].Workspace().Number, zhang.Number)
	must(t, err)
	i := slices.IndexFunc(ts, func(k task.Task) bool { return k.Kind == "task" && k.State == task.Open })
	if status := liu.do("POST", "/api/tasks/"+string(ts[i].ID)+"/complete", map[string]string{"outcome": "reached"}, nil, "If-Match", "*"); status != 200 {
		t.Fatalf("complete: %d", status)
	}
	v = api.Layers{}
	liu.do("GET", "/api/layers", nil, &v)
	if g := lineOf(t, v, "at_red").Given; g != (api.LayerGiven{Planned: 4, Kept: 1, Done: 1, Behind: 2}) {
		t.Errorf("%+v", g)
	}
	if got := liu.behind(map[string]string{"of": "behind", "layer": "at_red"}); !slices.Equal(got, []string{"张桂芳", "李秀英"}) {
		t.Errorf("behind: %v", got)
	}
}

func TestMovementIsWhatWasLogged(t *testing.T) {
	h := newHouse(t)
	zhang := h.red("张桂芳", "liu")
	h.clock.Add((29 * 24 * time.Hour).Microseconds()) // the low is out of the 28 days
	h.series(zhang, 14, 6.1, "random")
	liu := h.as("liu")
	_, err := h.spaces[0].Tick(t.Context())
	must(t, err)
	var v api.Layers
	liu.do("GET", "/api/layers?weeks=6", nil, &v)
	if len(v.Weeks) != 6 {
		t.Fatalf("%d weeks", len(v.Weeks))
	}
	// The person joined on Sunday 8 March and went straight to red; on Sunday 5 April the low is 28 days old; on Monday, with
	// readings told of then, they are green.
	type row struct{ week, from, to string }
	var got []row
	for _, w := range v.Weeks {
		for _, m := range w.Moves {
			if m.People != 1 {
				t.Errorf("%+v", m)
			}
			got = append(got, row{w.From, m.From, m.To})
		}
	}
	want := []row{{"2026-03-02", "joined", "at_red"}, {"2026-03-30", "at_red", "none"}, {"2026-04-06", "none", "at_green"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if who := liu.behind(map[string]string{"of": "moved", "week": "2026-04-06", "from": "none", "to": "at_green"}); !slices.Equal(who, []string{"张桂芳"}) {
		t.Errorf("who moved: %v", who)
	}
	if who := liu.behind(map[string]string{"of": "end", "week": "2026-03-16", "layer": "at_red"}); !slices.Equal(who, []string{"张桂芳"}) {
		t.Errorf("red at the end of a week: %v", who)
	}
	if who := h.as("chen").behind(map[string]string{"of": "end", "week": "2026-03-16", "layer": "at_red"}); who != nil {
		t.Errorf("somebody else's: %v", who)
	}
}
