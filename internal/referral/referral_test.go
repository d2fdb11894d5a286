package referral

import (
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

const day = int64(24 * 3600 * 1e6)

var (
	gc = Rule{
		Programme: "osteonecrosis", Key: "gc", Matter: "onfh", From: "nephrology", To: "orthopaedics", All: []string{"high"}, None: []string{"known"}, Strength: 2,
		Again: 180 * 24 * time.Hour, Clock: map[State]time.Duration{Proposed: 72 * time.Hour, Seen: 7 * 24 * time.Hour},
	}
	north = Group{
		Key: "north", Specialty: "orthopaedics", Regions: []string{"11", "12"}, From: 14, To: 75,
		Doctors: []Doctor{{"qian", 4, 2}, {"zhao", 2, 4}, {"sun", 1, 99}},
	}
)

func rule(id string) *Rule {
	if id == gc.ID() {
		return &gc
	}
	return nil
}

func matter(id string) string {
	if r := rule(id); r != nil {
		return r.Matter
	}
	return ""
}

// life is a timeline of steps: state, detail and day.
func life(steps ...[3]string) *timeline.Timeline {
	tl := &timeline.Timeline{}
	for i, s := range steps {
		tl.Add(&event.Event{
			Seq: event.Seq(i + 1), Type: event.ReferralStep, Occurred: int64(i) * day, A: event.Intern(s[0]), B: event.Intern(s[1]), C: event.Intern(s[2]),
		})
	}
	return tl
}

func TestWhoFits(t *testing.T) {
	ok := Need{Region: "110000", Age: 40}
	free := func(string) int { return 0 }
	for _, x := range []struct {
		name   string
		groups []Group
		n      Need
		load   func(string) int
		doctor string
		why    string
	}{
		{"all free: equal room, the stronger", []Group{north}, ok, free, "qian", ""},
		{"the one with more room in proportion", []Group{north}, ok, func(l string) int { return map[string]int{"qian": 1, "zhao": 1}[l] }, "zhao", ""},
		{"one full", []Group{north}, ok, func(l string) int { return map[string]int{"qian": 2, "zhao": 3}[l] }, "zhao", ""},
		{"all full; the junior one does not count", []Group{north}, ok, func(l string) int { return map[string]int{"qian": 2, "zhao": 4}[l] }, "", "all_full"},
		{"another region", []Group{north}, Need{Region: "440000", Age: 40}, free, "", "no_region"},
		{"an unknown region", []Group{north}, Need{Age: 40}, free, "", "no_region"},
		{"too old by a year", []Group{north}, Need{Region: "110000", Age: 76}, free, "", "no_age"},
		{"as old as may be", []Group{north}, Need{Region: "110000", Age: 75}, free, "qian", ""},
		{"an unknown age", []Group{north}, Need{Region: "110000"}, free, "", "no_age"},
		{"no group of the specialty", nil, ok, free, "", "no_specialty"},
		{"no doctor strong enough", []Group{{Key: "x", Specialty: "orthopaedics", Doctors: []Doctor{{"sun", 1, 9}}}}, ok, free, "", "no_strength"},
		{"another stage", []Group{{Key: "x", Specialty: "orthopaedics", Stages: []string{"early"}, Doctors: []Doctor{{"sun", 3, 9}}}}, ok, free, "", "no_stage"},
	} {
		_, doctor, why := Choose(x.groups, &gc, x.n, x.load)
		if doctor != x.doctor || why != x.why {
			t.Errorf("%s: %q %q", x.name, doctor, why)
		}
	}
}

func TestACircleIsRefused(t *testing.T) {
	specialty := func(g string) string {
		return map[string]string{"north": "orthopaedics", "kidney": "nephrology", "blood": "haematology"}[g]
	}
	id := gc.ID()
	there := Fold(life([3]string{id + "/1", "proposed", "nephrology>north/qian"}, [3]string{id + "/1", "consented", ""}))
	for _, x := range []struct {
		name     string
		past     []Referral
		matter   string
		from, to string
		want     bool
	}{
		{"the first", nil, "onfh", "nephrology", "orthopaedics", false},
		{"to itself", nil, "onfh", "nephrology", "nephrology", true},
		{"straight back", there, "onfh", "orthopaedics", "nephrology", true},
		{"another matter", there, "eyes", "orthopaedics", "nephrology", false},
		{"onwards", there, "onfh", "orthopaedics", "haematology", false},
		{"back by way of a third", append(there[:1:1], Referral{Rule: id, From: "orthopaedics", Group: "blood", State: Closed}), "onfh", "haematology", "nephrology", true},
		{"one refused leads nowhere", Fold(life([3]string{id + "/1", "refused", "nephrology>circle"})), "onfh", "orthopaedics", "nephrology", false},
	} {
		if got := Circle(x.past, x.matter, matter, specialty, x.from, x.to); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

func TestWhenARuleOpens(t *testing.T) {
	has := func(tags ...string) func(string) bool {
		return func(t string) bool {
			for _, x := range tags {
				if x == t {
					return true
				}
			}
			return false
		}
	}
	if !gc.Holds(has("high")) || gc.Holds(has("high", "known")) || gc.Holds(has()) {
		t.Error("the criterion")
	}
	id := gc.ID() + "/1"
	under := Fold(life([3]string{id, "proposed", "nephrology>north/qian"}))
	over := Fold(life([3]string{id, "proposed", "nephrology>north/qian"}, [3]string{id, "declined", "person"}))
	if !Opens(&gc, nil, matter, 0) || Opens(&gc, under, matter, 400*day) {
		t.Error("under way")
	}
	if Opens(&gc, over, matter, 181*day-1) || !Opens(&gc, over, matter, 181*day) {
		t.Error("the pause after the end; its last moment is inside")
	}
}

func TestFoldingAndCounting(t *testing.T) {
	id := gc.ID() + "/1"
	all := Fold(life(
		[3]string{id, "queued", "nephrology>no_region"}, [3]string{id, "proposed", "nephrology>north/qian"}, [3]string{id, "consented", ""},
		[3]string{id, "accepted", ""}, [3]string{id, "seen", ""}, [3]string{id, "feedback", ""}, [3]string{gc.ID() + "/2", "proposed", "nephrology>north/zhao"},
		[3]string{gc.ID() + "/3", "refused", "nephrology>circle"},
	))
	if len(all) != 3 || all[0].State != Feedback || all[0].Doctor != "qian" || all[0].Rule != gc.ID() || !all[0].Visible() || all[1].Visible() || all[2].Reason != "circle" {
		t.Fatalf("%+v", all)
	}
	if all[1].Due(&gc) != 6*day+3*day || all[0].Due(&gc) != 0 {
		t.Errorf("due %d", all[1].Due(&gc))
	}
	f := Count(all, rule)
	if f.Opened != 2 || f.Consented != 1 || f.Accepted != 1 || f.Seen != 1 || f.Feedback != 1 || f.InTime != 1 || f.Days[Consented] != 1 || f.Days[Seen] != 1 {
		t.Errorf("%+v", f)
	}
	for _, s := range States {
		for _, to := range States {
			if s.May(to) && s.Over() {
				t.Errorf("%s is over and goes on to %s", s, to)
			}
		}
	}
}
