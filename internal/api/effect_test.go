package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"testing"
	"time"

	"peiban/internal/api"
)

// opened opens a number of a journey's effect and lists who is behind it.
func (b *browser) opened(journey string, body map[string]string) (out []string) {
	b.h.t.Helper()
	var f api.Found
	if status := b.do("POST", "/api/journeys/"+journey+"/effect/people", body, &f); status != 200 {
		b.h.t.Fatalf("%v: %d", body, status)
	}
	var people struct {
		Total int
		Items []api.PersonRow
	}
	b.do("GET", "/api/people?limit=200&found="+f.Found+"&of="+f.Sets[0].Of, nil, &people)
	if people.Total != f.Sets[0].People {
		b.h.t.Errorf("%v: a list of %d behind a number of %d", body, people.Total, f.Sets[0].People)
	}
	for _, p := range people.Items {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

func TestWhatAJourneyDid(t *testing.T) {
	h := newHouse(t)
	zhang := h.lowReading(0, "张桂芳", "liu").person
	h.lowReading(0, "李秀英", "liu")
	h.lowReading(0, "赵一", "chen")
	liu := h.as("liu")
	// One of the calls is made in time, and the next value is good within the hour.
	h.clock.Add((4 * time.Minute).Microseconds())
	ts, err := h.store.TasksOf(t.Context(), h.spaces[0].Workspace().Number, zhang.Number)
	must(t, err)
	for _, x := range ts {
		if x.Kind == "task" {
			if status := liu.do("POST", "/api/tasks/"+string(x.ID)+"/complete", map[string]any{"outcome": "reached"}, nil, version(x.Version)...); status != 200 {
				t.Fatal(status)
			}
		}
	}
	h.clock.Add((10 * time.Minute).Microseconds())
	h.tell(0, zhang.Number, "glucose", `{"value":5.6,"unit":"mmol/L"}`, h.now())
	h.clock.Add((90 * time.Minute).Microseconds())

	var v api.JourneyEffect
	if status := liu.do("GET", "/api/journeys/low-glucose/effect", nil, &v); status != 200 {
		t.Fatal(status)
	}
	if v.People != 2 || v.Class != "safety" || v.Goal == nil || v.Window.Zh != "1 小时" || v.Why == nil || len(v.Comparisons) != 0 {
		t.Errorf("%+v", v)
	}
	step := func(kind string) (out []api.EffectStep) {
		for _, x := range v.Steps {
			if x.Kind == kind {
				out = append(out, x)
			}
		}
		return out
	}
	calls := step("task")
	if len(calls) == 0 {
		t.Fatalf("%+v", v.Steps)
	}
	if r := calls[0].Rates; r.Due != 2 || r.Executed != 1 || r.Completed != 1 || r.OnTime != 1 || r.ResultDue != 2 || r.Result != 1 {
		t.Errorf("calls: %+v", r)
	}
	if alerts := step("alert"); len(alerts) != 1 || alerts[0].Rates.Due != 2 || alerts[0].Rates.Executed != 1 {
		t.Errorf("alerts: %+v", alerts)
	}
	sum := api.WorkRates{}
	for _, x := range v.Steps {
		sum.Due, sum.Executed, sum.Result = sum.Due+x.Rates.Due, sum.Executed+x.Rates.Executed, sum.Result+x.Rates.Result
	}
	if sum.Due != v.Rates.Due || sum.Executed != v.Rates.Executed || sum.Result != v.Rates.Result {
		t.Errorf("the steps come to %+v, the whole is %+v", sum, v.Rates)
	}
	for part, want := range map[string][]string{"executed": {"张桂芳"}, "not_executed": {"李秀英"}, "reached": {"张桂芳"}, "not_reached": {"李秀英"}, "due": {"张桂芳", "李秀英"}} {
		if got := liu.opened("low-glucose", map[string]string{"part": part, "step": calls[0].ID}); !slices.Equal(got, want) {
			t.Errorf("%s: %v", part, got)
		}
	}
	if len(v.Groups) == 0 || !v.Groups[0].Hidden || v.Groups[0].People != 0 || v.Groups[0].Rates != (api.WorkRates{}) {
		t.Errorf("two people are no group to be shown: %+v", v.Groups)
	}
	if p := liu.refused("POST", "/api/journeys/low-glucose/effect/people", map[string]string{"part": "due", "by": "stage", "group": v.Groups[0].Key}); p.Status != 403 || p.Code != "group_too_small" {
		t.Errorf("%+v", p)
	}
	zhou := h.as("zhou")
	var all api.JourneysEffect
	zhou.do("GET", "/api/journeys/effect", nil, &all)
	if all.Items[0].Key != "low-glucose" || all.Items[0].People != 3 || all.Items[0].Rates.Due <= v.Rates.Due || all.From >= all.To {
		t.Errorf("a manager sees everybody: %+v", all.Items[0])
	}
	yesterday := h.now().AddDate(0, 0, -1).Format(time.DateOnly)
	v = api.JourneyEffect{}
	if status := zhou.do("GET", "/api/journeys/low-glucose/effect?by=staff&to="+yesterday, nil, &v); status != 200 {
		t.Error(zhou.refused("GET", "/api/journeys/low-glucose/effect?by=staff&to="+yesterday, nil))
	}
	if v.People != 0 || v.Rates.Due != 0 || len(v.Steps) != 0 || v.By != "staff" {
		t.Errorf("yesterday there was nothing: %+v", v)
	}
	for path, want := range map[string]int{
		"/api/journeys/nothing/effect": 404, "/api/journeys/low-glucose/effect?programme=other": 404, "/api/journeys/low-glucose/effect?from=yesterday": 422,
		"/api/journeys/low-glucose/effect?from=2026-03-09&to=2026-03-08": 422, "/api/journeys/low-glucose/effect?by=name": 422,
	} {
		if p := liu.refused("GET", path, nil); p.Status != want {
			t.Errorf("%s: %+v", path, p)
		}
	}
	res, body := zhou.raw("GET", "/api/journey-effect.csv?journey=low-glucose&by=staff", nil)
	rows, err := csv.NewReader(bytes.NewReader(body[3:])).ReadAll()
	if err != nil || res.StatusCode != 200 || len(rows) < 4 || rows[1][0] != "low-glucose" || rows[1][7] != "3" || slices.ContainsFunc(rows, func(r []string) bool { return r[2] == "分组 staff" }) {
		t.Errorf("%d %v %v", res.StatusCode, err, rows)
	}
}

func TestGroupsOfTenAreShown(t *testing.T) {
	h := newHouse(t)
	for i := range 12 {
		h.lowReading(0, fmt.Sprintf("张%d", i), "liu")
	}
	h.clock.Add((time.Hour).Microseconds())
	liu := h.as("liu")
	var v api.JourneyEffect
	liu.do("GET", "/api/journeys/low-glucose/effect?by=staff", nil, &v)
	if len(v.Groups) != 1 || v.Groups[0].Hidden || v.Groups[0].People != 12 || v.Groups[0].Name.Zh == "" || v.Groups[0].Rates.Due == 0 {
		t.Errorf("%+v", v.Groups)
	}
	if got := liu.opened("low-glucose", map[string]string{"part": "not_executed", "by": "staff", "group": v.Groups[0].Key}); len(got) != 12 {
		t.Errorf("%v", got)
	}
	liu.do("GET", "/api/journeys/low-glucose/effect?by=tag", nil, &v)
	if i := slices.IndexFunc(v.Groups, func(g api.EffectGroup) bool { return g.Key == "gl_hypo2_28d" }); i < 0 || v.Groups[i].People != 12 {
		t.Errorf("%+v", v.Groups)
	}
}

// A manager says how small a group may be; the page, its people and its file follow at once, and the log of proof has it.
func TestTheSmallestGroupIsChosen(t *testing.T) {
	h := newHouse(t)
	for i := range 6 {
		h.lowReading(0, fmt.Sprintf("张%d", i), "liu")
	}
	h.clock.Add((time.Hour).Microseconds())
	liu, zhou := h.as("liu"), h.as("zhou")
	shown := func() bool {
		var v api.JourneyEffect
		if status := liu.do("GET", "/api/journeys/low-glucose/effect?by=staff", nil, &v); status != 200 || len(v.Groups) != 1 {
			t.Fatalf("%d %+v", status, v.Groups)
		}
		_, body := zhou.raw("GET", "/api/journey-effect.csv?journey=low-glucose&by=staff", nil)
		if inFile := bytes.Contains(body, []byte("分组 staff")); inFile == v.Groups[0].Hidden {
			t.Errorf("the file has the group: %v, the page hides it: %v", inFile, v.Groups[0].Hidden)
		}
		p := liu.do("POST", "/api/journeys/low-glucose/effect/people", map[string]string{"part": "due", "by": "staff", "group": v.Groups[0].Key}, nil)
		if (p == 200) == v.Groups[0].Hidden {
			t.Errorf("the people of a group: %d, hidden: %v", p, v.Groups[0].Hidden)
		}
		return !v.Groups[0].Hidden
	}
	if shown() {
		t.Error("six people are shown where nothing was said")
	}
	var set api.EffectSettings
	if status := liu.do("GET", "/api/effect-settings", nil, &set); status != 200 || set != (api.EffectSettings{Smallest: 10, Usual: 10, Least: 5, Most: 1000}) {
		t.Errorf("%d %+v", status, set)
	}
	if p := liu.refused("PUT", "/api/effect-settings", props{"smallest": 5}, version(0)...); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	for _, n := range []int{-1, 0, 4, 1001} {
		if p := zhou.refused("PUT", "/api/effect-settings", props{"smallest": n}, version(0)...); p.Code != "smallest_group" || p.Field != "body.smallest" {
			t.Errorf("%d: %+v", n, p)
		}
	}
	if status := zhou.do("PUT", "/api/effect-settings", props{"smallest": 6}, &set, version(0)...); status != 200 || set.Smallest != 6 || set.Version != 1 || !set.May {
		t.Errorf("%d %+v", status, set)
	}
	if !shown() {
		t.Error("six people are hidden where six are enough")
	}
	if p := zhou.refused("PUT", "/api/effect-settings", props{"smallest": 9}, version(0)...); p.Status != 412 {
		t.Errorf("%+v", p)
	}
	zhou.do("PUT", "/api/effect-settings", props{"smallest": 7}, nil, version(1)...)
	if shown() {
		t.Error("six people are shown where seven are asked for")
	}
}
