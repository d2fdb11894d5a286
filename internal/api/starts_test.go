package api_test

import (
	"fmt"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/job"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/programmes"
)

// planned is a house whose programme has a journey entered by hand.
func planned(t *testing.T) *house {
	t.Helper()
	p, problems := programme.Open(programmes.FS, "diabetes")
	must(t, problems.Err())
	f, err := p.Files.WithVersion(1)
	must(t, err)
	f["journeys/talks.yaml"] = "name: {zh: 谈一次, en: Talk}\nenter: {manual: true, key: once}\nsteps:\n  - task: {who: owner, due: 2d, script: recall-call, result: [reached, no_answer]}\n  - wait: 30d\n  - points: {amount: 1, rule: talked}\n"
	p, problems = f.Open()
	must(t, problems.Err())
	return newHouseOf(t, p)
}

func TestPeopleArePutIntoAJourneyByHand(t *testing.T) {
	h := planned(t)
	zhou, liu, viewer := h.as("zhou"), h.as("liu"), h.as("viewer")
	mine, others := h.add(0, "甲", "liu"), h.add(0, "乙", "chen")
	const at = "/api/journeys/diabetes/talks/start"
	var may struct{ Items []api.PersonStart }
	liu.do("GET", "/api/people/"+string(mine.ID)+"/journey-starts", nil, &may)
	if len(may.Items) < 3 || !may.Items[0].May || may.Items[0].Journey != "talks" || may.Items[1].May || may.Items[1].WhyText == nil {
		t.Fatalf("%+v", may.Items)
	}
	var out api.StartOutcome
	liu.do("POST", at, map[string]any{"people": []string{string(mine.ID)}, "dryRun": true}, &out)
	if !out.DryRun || out.Enter != 1 || out.Found == "" {
		t.Fatalf("%+v", out)
	}
	var list api.Listing[api.PersonRow]
	liu.do("GET", "/api/people?of=enter&found="+out.Found, nil, &list)
	if list.Total != 1 || list.Items[0].ID != string(mine.ID) {
		t.Errorf("the number opens %+v", list)
	}
	body := map[string]any{"people": []string{string(mine.ID)}, "reason": "她自己要"}
	for range 2 { // the second is the first one's answer
		out = api.StartOutcome{}
		liu.do("POST", at, body, &out, "Idempotency-Key", "k1")
		if out.Enter != 1 || out.Inside != 0 {
			t.Errorf("%+v", out)
		}
	}
	liu.do("POST", at, body, &out, "Idempotency-Key", "k2")
	if out.Enter != 0 || out.Inside != 1 {
		t.Errorf("another order: %+v", out)
	}
	var runs api.Listing[api.Run]
	liu.do("GET", "/api/people/"+string(mine.ID)+"/runs", nil, &runs)
	if n := strings.Count(fmt.Sprintf("%+v", runs.Items), "talks"); n == 0 {
		t.Errorf("%+v", runs.Items)
	}
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Person: mine.Number, Action: "journey.start"}, pageOf(10))
	must(t, err)
	if len(rows.Items) != 1 || rows.Items[0].Actor != "staff:"+h.staff["liu"] || !strings.Contains(rows.Items[0].Detail, `"how":"hand"`) {
		t.Errorf("audit %+v", rows.Items)
	}
	for _, tt := range []struct {
		name string
		who  *browser
		at   string
		body any
		code string
	}{
		{"somebody else's person is not there", liu, at, map[string]any{"people": []string{string(others.ID)}}, "person_not_found"},
		{"a viewer starts nothing", viewer, at, map[string]any{"people": []string{string(mine.ID)}}, "not_allowed"},
		{"everybody is for who answers for the programme", liu, at, map[string]any{"everyone": true}, "not_allowed"},
		{"nobody is named", zhou, at, map[string]any{"dryRun": true}, "start_whom"},
		{"two ways at once", zhou, at, map[string]any{"everyone": true, "segment": "lc_new"}, "start_whom"},
		{"no such segment", zhou, at, map[string]any{"segment": "nobody"}, "unknown_segment"},
		{"no such journey", zhou, "/api/journeys/diabetes/none/start", map[string]any{"everyone": true}, "journey_not_found"},
		{"of an event", zhou, "/api/journeys/diabetes/low-glucose/start", map[string]any{"everyone": true}, "journey_not_by_hand"},
	} {
		if p := tt.who.refused("POST", tt.at, tt.body); p.Code != tt.code {
			t.Errorf("%s: %s", tt.name, p.Code)
		}
	}
}

func TestManyArePutInInTheBackground(t *testing.T) {
	h := planned(t)
	zhou, liu := h.as("zhou"), h.as("liu")
	const many = 501
	for i := range many {
		h.add(0, fmt.Sprintf("甲%d", i), "liu")
	}
	const at = "/api/journeys/diabetes/talks/start"
	var try, out api.StartOutcome
	zhou.do("POST", at, map[string]any{"everyone": true, "dryRun": true}, &try)
	zhou.do("POST", at, map[string]any{"everyone": true}, &out)
	if try.Enter != many || out.Job == nil || out.Job.Of != many || out.Job.State != "waiting" {
		t.Fatalf("%+v, %+v", try, out)
	}
	if p := zhou.refused("POST", at, map[string]any{"everyone": true}); p.Code != "start_under_way" {
		t.Errorf("twice at once: %s", p.Code)
	}
	one := fmt.Sprintf("/api/journey-starts/%d", out.Job.Number)
	var j api.StartJob
	if p := liu.refused("POST", one+"/stop", nil); p.Code != "not_allowed" {
		t.Errorf("%s", p.Code)
	}
	zhou.do("POST", one+"/stop", nil, &j)
	h.handAll()
	zhou.do("GET", one, nil, &j)
	if j.State != "stopped" || j.Done != 0 {
		t.Fatalf("%+v", j)
	}
	zhou.do("POST", one+"/continue", nil, &j)
	h.handAll()
	zhou.do("GET", one, nil, &j)
	if j.State != "done" || j.Done != many || j.Enter != many || len(j.Not) != 0 {
		t.Fatalf("%+v", j)
	}
	// done once more, as after a crash before the job was saved: the same people, and nobody twice
	again, err := h.store.Job(t.Context(), h.spaces[0].Workspace().Number, job.Number(j.Number))
	must(t, err)
	people := make([]byte, 0, 4*many)
	for _, part := range job.PeopleParts(numbers(h, many)) {
		people = append(people, part...)
	}
	must(t, h.store.AddJobPart(t.Context(), h.spaces[0].Workspace().Number, again.Number, job.PeoplePart, 0, people))
	again.State, again.Report.Start = job.Waiting, &job.StartTally{Of: many}
	must(t, h.store.SaveJob(t.Context(), h.spaces[0].Workspace().Number, &again))
	head := h.spaces[0].Head()
	h.handAll()
	zhou.do("GET", one, nil, &j)
	if j.Enter != many || h.spaces[0].Head() != head {
		t.Errorf("done twice it is not done once: %+v", j)
	}
	var all struct{ Items []api.StartJob }
	liu.do("GET", "/api/journey-starts?programme=diabetes", nil, &all)
	if len(all.Items) != 1 {
		t.Errorf("%+v", all)
	}
}

// numbers are those of the first people of the house.
func numbers(h *house, n int) (out []person.Number) {
	for it := h.spaces[0].Directory().All().Iterator(); it.HasNext() && len(out) < n; {
		out = append(out, person.Number(it.Next()))
	}
	return out
}
