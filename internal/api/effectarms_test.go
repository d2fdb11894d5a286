package api_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/api"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/programmes"
)

const halved = `name: {zh: 试一试, en: A trial}
enter: {on: contact_added, key: once}
goal: {when: exists(events("glucose").since_entry()), within: 7d}

steps:
  - holdout: 50 %
  - message: welcome
  - split:
      early: {share: 50 %, name: {zh: 早上, en: Early}}
      late: {share: 50 %, name: {zh: 晚上, en: Late}}
`

// withHalf is a house whose first journey of newcomers keeps half of them out and divides the others.
func withHalf(t *testing.T) *house {
	t.Helper()
	files := fstest.MapFS{}
	must(t, fs.WalkDir(programmes.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "/tests/") {
			return err
		}
		b, err := fs.ReadFile(programmes.FS, path)
		files[path] = &fstest.MapFile{Data: b}
		return err
	}))
	files["diabetes/journeys/trial.yaml"] = &fstest.MapFile{Data: []byte(halved)}
	p, problems := programme.Open(files, "diabetes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return newHouseOf(t, p)
}

func TestWhatAJourneyChanged(t *testing.T) {
	t.Parallel() // one of the longest
	h := withHalf(t)
	const people = 220
	byName := map[string]int{}
	cards := make([]person.Number, people)
	for i := range people {
		card := h.add(0, fmt.Sprintf("人%03d", i), "liu")
		byName[card.Name], cards[i] = i, card.Number
		h.tell(0, card.Number, "contact_added", `{"channel":"x"}`, h.now())
	}
	liu := h.as("liu")
	read := func() (v api.JourneyEffect) {
		t.Helper()
		if status := liu.do("GET", "/api/journeys/trial/effect", nil, &v); status != 200 {
			t.Fatal(status)
		}
		return v
	}
	v := read()
	if len(v.Comparisons) != 2 || v.Comparisons[0].Kind != "holdout" || v.Comparisons[1].Kind != "split" {
		t.Fatalf("%+v %v", v.Comparisons, v.Why)
	}
	x := v.Comparisons[0]
	if x.Treated.Exposed+x.Held.Exposed != people || x.Treated.Waiting != x.Treated.Exposed || x.Held.Counted != 0 || x.Verdict != "too_few" || x.Missing == nil || x.Always != nil || x.Held.Reached != nil {
		t.Fatalf("nobody's week is over: %+v", x)
	}
	arm := map[string][]string{}
	for _, key := range []string{"treated", "held_out"} {
		arm[key] = liu.opened("trial", map[string]string{"part": "exposed", "step": x.Step, "arm": key})
	}
	if len(arm["treated"]) != x.Treated.Exposed || len(arm["held_out"]) != x.Held.Exposed {
		t.Fatalf("%d and %d are listed", len(arm["treated"]), len(arm["held_out"]))
	}
	// Seven of ten who are in it measure, three of ten who are kept out; one of these a day too late.
	h.clock.Add((24 * time.Hour).Microseconds())
	reached := map[string]int{}
	for key, of := range map[string]int{"treated": 7, "held_out": 3} {
		for i, name := range arm[key] {
			if i%10 < of {
				h.tell(0, cards[byName[name]], "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now())
				reached[key]++
			}
		}
	}
	h.clock.Add((7 * 24 * time.Hour).Microseconds())
	late := arm["held_out"][9]
	h.tell(0, cards[byName[late]], "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now())
	liu = h.as("liu")
	x = read().Comparisons[0]
	if x.Treated.Counted != len(arm["treated"]) || x.Held.Counted != len(arm["held_out"]) || x.Treated.Waiting != 0 || *x.Treated.Reached != reached["treated"] || *x.Held.Reached != reached["held_out"] {
		t.Errorf("%+v %+v, reached %v", x.Treated, x.Held, reached)
	}
	if x.Verdict != "more" || x.Always == nil || x.Once == nil || x.Always.Low <= 0 || x.Always.Low >= x.Once.Low || x.Always.High <= x.Once.High || x.Missing != nil || x.Since == "" {
		t.Errorf("%+v", x)
	}
	if x.Means.Treated == nil || *x.Means.Treated < 0.6 || *x.Means.Treated > 0.8 || x.Means.Verdict != "more" {
		t.Errorf("days with a record: %+v", x.Means)
	}
	if last := x.Days[len(x.Days)-1]; last.Verdict != "more" || last.Treated != x.Treated.Counted || *last.Always != *x.Always {
		t.Errorf("%+v", last)
	}
	if got := liu.opened("trial", map[string]string{"part": "goal", "step": x.Step, "arm": "held_out"}); len(got) != reached["held_out"] || slices.Contains(got, late) {
		t.Errorf("%d reached it", len(got))
	}
	// Who was kept out was sent nothing.
	sent := liu.opened("trial", map[string]string{"part": "due"})
	for _, name := range arm["held_out"] {
		if slices.Contains(sent, name) {
			t.Errorf("%s was kept out and is among those the journey did something for", name)
		}
	}
	for field, body := range map[string]map[string]string{"body.step": {"part": "goal", "step": "9", "arm": "treated"}, "body.arm": {"part": "goal", "step": x.Step, "arm": "early"}} {
		if p := liu.refused("POST", "/api/journeys/trial/effect/people", body); p.Status != 422 || p.Field != field {
			t.Errorf("%v: %+v", body, p)
		}
	}
}
