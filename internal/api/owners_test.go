package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/programme"
)

// arrive makes somebody known by an event, as a source does.
func (h *house) arrive(user, key, props string) conductor.Card {
	h.t.Helper()
	e, f := event.Decode(key, json.RawMessage(props))
	if f != nil {
		h.t.Fatal(f)
	}
	e.Occurred, e.Actor, e.Provenance = h.now().UnixMicro(), "source", "shop"
	out, err := h.spaces[0].Submit(h.t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"},
		[]conductor.Item{{Ident: []conductor.Identifier{{Type: "userId", Value: user}}, Event: e}})
	must(h.t, err)
	return h.card(out[0].Person)
}

func (h *house) card(n person.Number) conductor.Card {
	card, _ := h.spaces[0].Directory().ByNumber(n)
	return card
}

// handAll works on every hand-over that waits.
func (h *house) handAll() {
	h.t.Helper()
	r := &job.Runner{Store: h.store, Taker: h.spaces[0], Real: h.now, Log: slog.New(slog.DiscardHandler), Zone: time.UTC, Lane: job.Hands}
	for {
		more, err := r.Once(h.t.Context())
		must(h.t, err)
		if !more {
			return
		}
	}
}

func TestRulesGiveOwners(t *testing.T) {
	h := newHouse(t)
	zhou, liu, chen := h.as("zhou"), h.staff["liu"], h.staff["chen"]
	var rules api.OwnerRules
	zhou.do("GET", "/api/owner-rules", nil, &rules)
	body := map[string]any{"on": true, "list": []map[string]any{
		{"name": "上海", "regions": []string{"上海"}, "staff": []string{liu}, "last": true},
		{"name": "药店来的", "channels": []string{"pharmacy"}, "staff": []string{chen}},
	}}
	if r := zhou.do("PUT", "/api/owner-rules", body, nil); r != 428 {
		t.Fatalf("without If-Match %d", r)
	}
	zhou.do("PUT", "/api/owner-rules", body, &rules, "If-Match", "0")
	if rules.Version != 1 || len(rules.List) != 2 {
		t.Fatalf("%+v", rules)
	}
	if r := zhou.do("PUT", "/api/owner-rules", body, nil, "If-Match", "0"); r != 412 {
		t.Errorf("an old version gave %d", r)
	}
	if got := h.arrive("u1", "residence", `{"province":"上海市"}`); got.Owner != liu {
		t.Errorf("from Shanghai: owner %q", got.Owner)
	}
	if got := h.arrive("u2", "contact_added", `{"kind":"pharmacy","code":"YD-1"}`); got.Owner != chen {
		t.Errorf("from a pharmacy: owner %q", got.Owner)
	}
	nobody := h.arrive("u3", "residence", `{"province":"云南省"}`)
	if nobody.Owner != "" {
		t.Fatalf("no rule fits, and yet %q", nobody.Owner)
	}
	h.arrive("u4", "residence", `{"province":"云南省"}`)
	var queue api.Listing[api.Unowned]
	zhou.do("GET", "/api/owners/unassigned", nil, &queue)
	if queue.Total != 2 || queue.Items[0].Key != owner.NoRule || queue.Items[0].Person.ID != string(nobody.ID) || queue.Items[0].Since == "" {
		t.Fatalf("queue %+v", queue)
	}
	var tasks api.TaskList
	zhou.do("GET", "/api/tasks?owner=me", nil, &tasks)
	if tasks.Total != 1 || !strings.Contains(tasks.Items[0].Title.Zh, "没有分到负责人") {
		t.Fatalf("the managers have %d tasks: one a day tells of the queue", tasks.Total)
	}
	if got := h.arrive("u3", "contact_added", `{"kind":"pharmacy"}`); got.Owner != chen {
		t.Errorf("what was learned later fits a rule: owner %q", got.Owner)
	}
	zhou.do("GET", "/api/owners/unassigned", nil, &queue)
	if queue.Total != 1 {
		t.Errorf("%d still wait", queue.Total)
	}
	// liu is full: the rule looks no further.
	var line api.OwnerLine
	zhou.do("PATCH", "/api/owners/"+liu, map[string]any{"capacity": 1}, &line, "If-Match", "0")
	if line.Capacity != 1 || line.People != 1 {
		t.Errorf("%+v", line)
	}
	h.arrive("u5", "residence", `{"province":"上海"}`)
	zhou.do("GET", "/api/owners/unassigned?why=full", nil, &queue)
	if queue.Total != 1 || queue.Items[0].Rule != "上海" {
		t.Errorf("full: %+v", queue)
	}
	var tried api.RulesTried
	zhou.do("POST", "/api/owner-rules/try", map[string]any{"on": true, "list": []map[string]any{{"name": "都给陈晓", "staff": []string{chen}}}}, &tried)
	if tried.People != 2 || len(tried.Shares) != 1 || tried.Shares[0].Gets != 2 || tried.Shares[0].After != 4 {
		t.Errorf("tried %+v", tried)
	}
	if r := h.as("liu").do("GET", "/api/owner-rules", nil, nil); r != 403 {
		t.Errorf("a health manager reads rules: %d", r)
	}
	// The managers' work about the queue is done when nobody is left in it, and not before.
	waits := map[string]bool{}
	zhou.do("GET", "/api/owners/unassigned", nil, &queue)
	if len(queue.Items) != 2 {
		t.Fatalf("%+v", queue)
	}
	for _, u := range queue.Items {
		waits[u.Person.ID] = true
	}
	open := 1
	for id := range waits {
		if zhou.do("GET", "/api/tasks?owner=me", nil, &tasks); tasks.Total != open {
			t.Errorf("%d tasks while somebody waits", tasks.Total)
		}
		if r := zhou.do("PATCH", "/api/people/"+id, map[string]any{"owner": chen}, nil, "If-Match", "*"); r >= 300 {
			t.Fatalf("assigned: %d", r)
		}
	}
	if zhou.do("GET", "/api/tasks?owner=me", nil, &tasks); tasks.Total != 0 {
		t.Errorf("the queue is empty and its work is open: %+v", tasks.Items)
	}
}

func TestTwoProcessesGiveOneOwner(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	zhou.do("PUT", "/api/owner-rules", map[string]any{"on": true, "list": []map[string]any{{"name": "x"}}}, nil, "If-Match", "0")
	ring, err := h.store.Ring(t.Context(), h.spaces[0].Workspace().Number)
	must(t, err)
	p, _ := diabetes()
	other, err := conductor.Open(context.Background(), conductor.Config{Store: h.store, Ring: ring, Workspace: h.spaces[0].Workspace(), Programmes: []*programme.Compiled{p}, Real: h.now})
	must(t, err)
	for i := range 20 {
		for _, c := range []*conductor.Conductor{h.spaces[0], other} {
			e, _ := event.Decode("residence", json.RawMessage(`{"province":"上海"}`))
			e.Occurred = h.now().UnixMicro()
			_, err := c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Ident: []conductor.Identifier{{Type: "userId", Value: fmt.Sprint("x", i)}}, Event: e}})
			must(t, err)
		}
	}
	_, err = h.spaces[0].Tick(t.Context())
	must(t, err)
	liu, chen := h.spaces[0].Count("owner", h.staff["liu"]), h.spaces[0].Count("owner", h.staff["chen"])
	if liu != 10 || chen != 10 {
		t.Errorf("liu %d, chen %d: 20 people fall evenly to two", liu, chen)
	}
}

func TestHandover(t *testing.T) {
	h := newHouse(t)
	zhou, liu, chen, admin := h.as("zhou"), h.as("liu"), h.as("chen"), h.as("admin")
	var people []conductor.Card
	for i := range 7 {
		people = append(people, h.add(0, fmt.Sprintf("甲%d", i), "liu"))
	}
	first := people[0]
	h.tell(0, first.Number, "glucose", `{"value":2.8,"unit":"mmol/L"}`, h.now())
	var mine api.TaskList
	liu.do("GET", "/api/tasks?owner=me", nil, &mine)
	if mine.Total == 0 {
		t.Fatal("liu has no work to hand over")
	}
	if r := admin.do("POST", "/api/owners/"+h.staff["liu"]+"/close", nil, nil); r != 409 {
		t.Fatalf("an account with people was closed: %d", r)
	}
	ask := map[string]any{"from": h.staff["liu"], "to": []string{h.staff["chen"], h.staff["zhou"]}, "why": "left"}
	var preview api.HandoverPreview
	zhou.do("POST", "/api/handovers/preview", ask, &preview)
	if preview.People != 7 || preview.Tasks != mine.Total || preview.Safety == 0 || len(preview.Shares) != 2 || preview.Shares[0].Gets+preview.Shares[1].Gets != 7 {
		t.Fatalf("%+v", preview)
	}
	if r := liu.do("POST", "/api/handovers", ask, nil); r != 403 {
		t.Errorf("a health manager hands over: %d", r)
	}
	var ho api.Handover
	zhou.do("POST", "/api/handovers", ask, &ho)
	if ho.State != "waiting" || ho.Tally.Waiting != 7 {
		t.Fatalf("%+v", ho)
	}
	if r := zhou.do("POST", "/api/handovers", ask, nil); r != 409 {
		t.Errorf("twice at once: %d", r)
	}
	at := fmt.Sprintf("/api/handovers/%d", ho.Number)
	zhou.do("POST", at+"/stop", nil, &ho)
	h.handAll()
	if h.card(first.Number).Owner != h.staff["liu"] {
		t.Fatal("a stopped hand-over went on")
	}
	zhou.do("POST", at+"/continue", nil, &ho)
	// one is somebody else's by now
	zhou.do("POST", "/api/owners/assign", map[string]any{"people": []string{string(people[6].ID)}, "to": []string{h.staff["wang"]}, "why": "asked"}, nil)
	h.handAll()
	zhou.do("GET", at, nil, &ho)
	if ho.State != "done" || ho.Tally.Done != 6 || ho.Tally.Refused != 1 || ho.Tally.Waiting != 0 || ho.Tally.Tasks == 0 {
		t.Fatalf("%+v", ho)
	}
	var lines api.Listing[api.HandedLine]
	zhou.do("GET", fmt.Sprintf("/api/handover-lines?number=%d&state=refused", ho.Number), nil, &lines)
	if lines.Total != 1 || lines.Items[0].Person.ID != string(people[6].ID) || lines.Items[0].Why == nil || !strings.Contains(lines.Items[0].Why.Zh, "别人") {
		t.Errorf("refused %+v", lines)
	}
	if r := liu.do("GET", "/api/people/"+string(first.ID), nil, nil); r != 404 {
		t.Errorf("the old owner still sees: %d", r)
	}
	var theirs api.TaskList
	who := chen
	if h.card(first.Number).Owner == h.staff["zhou"] {
		who = zhou
	}
	who.do("GET", "/api/tasks?owner=me", nil, &theirs)
	if theirs.Total != mine.Total {
		t.Errorf("%d tasks of %d went along", theirs.Total, mine.Total)
	}
	if r := admin.do("POST", "/api/owners/"+h.staff["liu"]+"/close", nil, nil); r != 200 {
		t.Fatalf("handed over and not closed: %d", r)
	}
	if r := liu.do("GET", "/api/people", nil, nil); r != 401 {
		t.Errorf("a closed account still asks: %d", r)
	}
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Person: first.Number, Action: "person.assign"}, pageOf(10))
	must(t, err)
	if len(rows.Items) != 1 || !strings.Contains(rows.Items[0].Detail, `"why":"left"`) {
		t.Errorf("audit %+v", rows.Items)
	}
}

func TestWorkThatStays(t *testing.T) {
	h := newHouse(t)
	zhou, liu := h.as("zhou"), h.as("liu")
	p := h.add(0, "乙", "liu")
	h.tell(0, p.Number, "glucose", `{"value":2.8,"unit":"mmol/L"}`, h.now())
	var done api.Handed
	zhou.do("POST", "/api/owners/assign", map[string]any{"people": []string{string(p.ID)}, "to": []string{h.staff["chen"]}, "why": "asked", "tasksStay": true}, &done)
	if done.Done != 1 {
		t.Fatalf("%+v", done)
	}
	if r := liu.do("GET", "/api/people/"+string(p.ID), nil, nil); r != 200 {
		t.Fatalf("work was left with liu, who does not see whom it is about: %d", r)
	}
	var mine api.TaskList
	liu.do("GET", "/api/tasks?owner=me", nil, &mine)
	for _, x := range mine.Items {
		if x.Kind == "alert" {
			liu.do("POST", "/api/tasks/"+x.ID+"/complete", map[string]any{"outcome": "handled"}, nil, "If-Match", fmt.Sprint(x.Version))
		} else {
			liu.do("POST", "/api/tasks/"+x.ID+"/skip", map[string]any{"reason": "other", "note": "x"}, nil, "If-Match", fmt.Sprint(x.Version))
		}
	}
	if r := liu.do("GET", "/api/people/"+string(p.ID), nil, nil); r != 404 {
		t.Errorf("the work is done, and liu still sees: %d", r)
	}
}

func TestCover(t *testing.T) {
	h := newHouse(t)
	zhou, liu, chen := h.as("zhou"), h.as("liu"), h.as("chen")
	p := h.add(0, "丙", "liu")
	h.tell(0, p.Number, "glucose", `{"value":2.8,"unit":"mmol/L"}`, h.now())
	to := h.now().Add(2 * time.Hour).Format(time.RFC3339)
	if r := chen.do("POST", "/api/absences", map[string]any{"staff": h.staff["liu"], "from": h.now().Format(time.RFC3339), "cover": h.staff["chen"]}, nil); r != 403 {
		t.Fatalf("chen makes liu absent: %d", r)
	}
	var a api.Absence
	liu.do("POST", "/api/absences", map[string]any{"from": h.now().Format(time.RFC3339), "to": to, "cover": h.staff["chen"], "note": "看病"}, &a)
	if a.State != "now" || a.Acts == nil || a.Acts.ID != h.staff["chen"] {
		t.Fatalf("%+v", a)
	}
	if r := chen.do("GET", "/api/people/"+string(p.ID), nil, nil); r != 200 {
		t.Fatalf("the cover does not see: %d", r)
	}
	var work api.TaskList
	chen.do("GET", "/api/tasks?owner=me", nil, &work)
	if work.Total == 0 || work.Items[0].Cover == nil || work.Items[0].Cover.ID != h.staff["liu"] {
		t.Fatalf("the cover's work: %+v", work.Items)
	}
	managers := func() int {
		var l api.TaskList
		zhou.do("GET", "/api/tasks?owner=me", nil, &l)
		return l.Total
	}
	if n := managers(); n != 0 {
		t.Errorf("in time, and the managers have %d", n)
	}
	h.clock.Add((100 * time.Minute).Microseconds())
	if n := managers(); n == 0 {
		t.Error("a late safety task of an absent owner is not the managers' too")
	}
	var board api.Balance
	zhou.do("GET", "/api/owners", nil, &board)
	if board.Escalated == 0 {
		t.Error("the board tells of no escalation")
	}
	h.clock.Add((20 * time.Minute).Microseconds()) // the moment the absence ends
	if r := chen.do("GET", "/api/people/"+string(p.ID), nil, nil); r != 404 {
		t.Errorf("after it the cover still sees: %d", r)
	}
	if n := managers(); n != 0 {
		t.Errorf("liu is back, and the managers have %d", n)
	}
	var mine api.TaskList
	liu.do("GET", "/api/tasks?owner=me", nil, &mine)
	if mine.Total != work.Total {
		t.Errorf("liu has %d of %d back", mine.Total, work.Total)
	}
	chen.do("GET", "/api/owners", nil, &board)
	if len(board.Items) != 1 || board.Items[0].ID != h.staff["chen"] || board.All {
		t.Errorf("chen sees %d lines", len(board.Items))
	}
	if r := chen.do("POST", "/api/owners/people", map[string]any{"owner": h.staff["liu"], "of": "people"}, nil); r != 403 {
		t.Errorf("chen opens liu's people: %d", r)
	}
	var found api.Found
	zhou.do("POST", "/api/owners/people", map[string]any{"owner": h.staff["liu"], "of": "open"}, &found)
	if len(found.Sets) != 1 || found.Sets[0].People != 1 {
		t.Errorf("%+v", found)
	}
}
