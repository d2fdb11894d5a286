package api_test

import (
	"fmt"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/event"
	"peiban/internal/person"
)

type ordered struct {
	Items []struct {
		ID, Priority string
		Version      int64
		Owner        *api.Ref
		Place        *api.TaskPlace
	}
	Counts api.TaskCounts
	Day    *api.WorkDay
}

func TestOneOrderedListWithItsReasons(t *testing.T) {
	h := newHouse(t)
	liu, zhou := h.as("liu"), h.as("zhou")
	h.lowReading(0, "张桂芳", "liu")
	for i, name := range []string{"李秀英", "王建国", "周敏"} {
		h.askFor(h.add(0, name, "liu").Number, fmt.Sprint(i))
	}
	var l ordered
	liu.do("GET", "/api/tasks?owner=me", nil, &l)
	if len(l.Items) != 4 || l.Items[0].Priority != "safety" || l.Day == nil || l.Day.Minutes != 420 || l.Counts.Over != 0 {
		t.Fatalf("%+v", l)
	}
	for _, x := range l.Items {
		sum := 0
		for _, p := range x.Place.Parts {
			sum += p.Points
		}
		if x.Place == nil || sum != x.Place.Points || x.Place.Over {
			t.Errorf("%s: parts add up to %d: %+v", x.ID, sum, x.Place)
		}
	}
	// A day of 20 minutes: the alert and one promise.
	if p := liu.refused("PUT", "/api/work-settings", map[string]any{}, "If-Match", "0"); p.Status != 403 {
		t.Errorf("a health manager set the day: %+v", p)
	}
	var set api.WorkSettings
	zhou.do("PUT", "/api/work-settings", map[string]any{"staff": map[string]int{h.staff["liu"]: 20}}, &set, "If-Match", "0")
	if set.Version != 1 {
		t.Fatalf("%+v", set)
	}
	if p := zhou.refused("PUT", "/api/work-settings", map[string]any{"programmes": map[string]any{"nothing": map[string]int{"due": 1, "promise": 1, "value": 1, "wait": 1}}}, "If-Match", "1"); p.Status != 422 {
		t.Errorf("weights of a programme that is not there: %+v", p)
	}
	liu.do("GET", "/api/tasks?owner=me&group=over", nil, &l)
	if len(l.Items) != 2 || l.Counts.Over != 2 || l.Day.Over != 20 || !l.Items[0].Place.Over {
		t.Errorf("what does not fit: %+v", l)
	}
	var load api.WorkLoad
	zhou.do("GET", "/api/workload", nil, &load)
	if !load.All || load.Items[0].ID != h.staff["liu"] || load.Items[0].OverTasks != 2 || load.Items[0].Safety != 1 {
		t.Errorf("%+v", load)
	}
	liu.do("GET", "/api/workload", nil, &load)
	if load.All || len(load.Items) != 1 {
		t.Errorf("her own line: %+v", load)
	}
}

func TestADeedToManyTasks(t *testing.T) {
	h := newHouse(t)
	liu, chen := h.as("liu"), h.as("chen")
	h.lowReading(0, "张桂芳", "liu")
	var people []person.Number
	for i, name := range []string{"李秀英", "王建国", "周敏"} {
		people = append(people, h.add(0, name, "liu").Number)
		h.askFor(people[i], fmt.Sprint(i))
	}
	mine := func(b *browser) ordered {
		var l ordered
		b.do("GET", "/api/tasks?owner=me", nil, &l)
		return l
	}
	var all []string
	for _, x := range mine(liu).Items {
		all = append(all, x.ID)
	}
	until := h.now().Add(26 * time.Hour).Format(time.RFC3339)
	deed := func(kind string, more map[string]any) map[string]any {
		d := map[string]any{"tasks": all, "kind": kind}
		for k, v := range more {
			d[k] = v
		}
		return d
	}
	var r api.BulkResult
	liu.do("POST", "/api/task-batches/preview", deed("postpone", map[string]any{"until": until}), &r)
	if r.Done != 3 || r.Safety != 1 || r.Failed != 0 || r.Rows[0].Code != "safety_alone" || r.Rows[0].Why == nil {
		t.Fatalf("%+v", r)
	}
	if n := mine(liu).Counts.Promise; n != 3 {
		t.Fatalf("a preview changed something: %d", n)
	}
	if p := liu.refused("POST", "/api/task-batches/preview", deed("skip", nil)); p.Status != 422 || p.Field != "body.reason" {
		t.Errorf("without a reason: %+v", p)
	}
	body := deed("skip", map[string]any{"reason": "other", "batch": "batch-0001"})
	for range 2 { // the second time does nothing
		liu.do("POST", "/api/task-batches", body, &r)
		if r.Done != 3 || r.Safety != 1 || r.Batch != "batch-0001" || r.Undo == "" {
			t.Fatalf("%+v", r)
		}
	}
	if l := mine(liu); len(l.Items) != 1 {
		t.Errorf("left %+v", l.Items)
	}
	if p := chen.refused("POST", "/api/task-batches/batch-0001/undo", nil); p.Status != 403 {
		t.Errorf("another's batch: %+v", p)
	}
	liu.do("POST", "/api/task-batches/batch-0001/undo", nil, &r)
	if r.Done != 3 || len(mine(liu).Items) != 4 {
		t.Errorf("taken back: %+v", r)
	}
	if p := liu.refused("POST", "/api/task-batches/batch-0001/undo", nil); p.Code != "batch_undone" {
		t.Errorf("taken back twice: %+v", p)
	}
	// Handed on: the receiver sees them, and one that was changed since stays with her.
	liu.do("POST", "/api/task-batches", deed("hand", map[string]any{"to": h.staff["chen"], "batch": "batch-0002"}), &r)
	got := mine(chen)
	if r.Done != 3 || len(got.Items) != 3 || len(mine(liu).Items) != 1 {
		t.Fatalf("handed %+v, has %d", r, len(got.Items))
	}
	if status := chen.do("POST", "/api/tasks/"+got.Items[0].ID+"/claim", nil, nil, version(got.Items[0].Version)...); status != 200 {
		t.Fatalf("claim: %d", status)
	}
	liu.do("POST", "/api/task-batches/batch-0002/undo", nil, &r)
	if r.Done != 2 || r.Failed != 1 || len(mine(liu).Items) != 3 || len(mine(chen).Items) != 1 {
		t.Errorf("taken back in part: %+v", r)
	}
	liu.do("POST", "/api/task-batches", deed("postpone", map[string]any{"until": until, "batch": "batch-0003"}), &r)
	h.clock.Store(h.clock.Load() + (11 * time.Minute).Microseconds())
	if p := liu.refused("POST", "/api/task-batches/batch-0003/undo", nil); p.Code != "batch_too_late" {
		t.Errorf("after eleven minutes: %+v", p)
	}
	// Every task has its own line in the timeline of its person.
	handed := 0
	for _, n := range people {
		_, v, _, _ := h.spaces[0].Glance(n)
		for i := range v.Len() {
			if v.Type[i] == event.TaskHanded {
				handed++
			}
		}
	}
	if handed != 5 { // three there, two back
		t.Errorf("%d events of handing on", handed)
	}
}

func TestTheRestAreFineAndHowWeKnow(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	h.lowReading(0, "张桂芳", "liu")
	read := func(name string, value float64) {
		card := h.add(0, name, "liu")
		if status := liu.do("POST", "/api/people/"+string(card.ID)+"/readings", map[string]any{"value": value, "unit": "mmol/L", "context": "fasting"}, nil); status >= 300 {
			t.Fatalf("%s: %d", name, status)
		}
	}
	read("李秀英", 6.1)
	read("王建国", 9.4)
	h.add(0, "周敏", "liu")
	var b api.Brief
	liu.do("GET", "/api/brief", nil, &b)
	fails := map[string]int{}
	for _, c := range b.Checks {
		fails[c.Key] = c.People
	}
	if b.People != 4 || b.Need != 1 || b.Fine != 1 || b.Unknown != 2 || fails["outside"] != 1 || fails["never"] != 1 {
		t.Fatalf("%+v", b)
	}
	if len(b.Changes) == 0 || b.Changes[0].Key != "far" || b.Changes[0].Items[0].Person.Name != "张桂芳" {
		t.Errorf("what changed: %+v", b.Changes)
	}
	var people struct {
		Items []struct{ Name string }
		Total int
	}
	liu.do("GET", "/api/people?found="+b.Found+"&of=fine", nil, &people)
	if people.Total != 1 || people.Items[0].Name != "李秀英" {
		t.Errorf("who is fine: %+v", people)
	}
	// A week later nobody has been heard from, and nobody is called fine any more.
	h.clock.Store(h.clock.Load() + (8 * 24 * time.Hour).Microseconds())
	liu = h.as("liu")
	liu.do("GET", "/api/brief", nil, &b)
	if b.Fine != 0 {
		t.Errorf("a week without a word, and %d are fine", b.Fine)
	}
}
