package rule

import (
	"strings"
	"testing"
)

func su(at, generic, action string, more ...string) string {
	return at + " medication class=su generic=" + generic + " action=" + action + " " + strings.Join(more, " ")
}

func TestTaking(t *testing.T) {
	taken := `taking("su")`
	twice := []string{
		su("2026-03-01 08:00", "gliclazide", "start"), su("2026-03-02 08:00", "gliclazide", "stop"),
		su("2026-03-03 08:00", "gliclazide", "stop"), su("2026-03-04 08:00", "gliclazide", "start"),
	}
	two := []string{
		su("2026-03-01 08:00", "gliclazide", "start"), su("2026-03-02 08:00", "glimepiride", "start"), su("2026-03-03 08:00", "gliclazide", "stop"),
	}
	pen := []string{"2026-03-01 08:00 medication class=basal_insulin generic=insulin_degludec_liraglutide action=start"}
	days := []string{su("2026-03-01 08:00", "gliclazide", "start", "days=14")}
	gc := []string{"2026-03-01 08:00 glucocorticoid prednisone dose=20 days=30", "2026-03-05 08:00 medication class=glucocorticoid generic=prednisone action=stop"}
	runRows(t, KindBool, []row{
		{why: "stopped twice, started again", src: taken, events: twice, want: "true", next: "never", seen: []int32{3}},
		{why: "started twice, stopped once", src: taken, events: []string{twice[0], su("2026-03-02 08:00", "gliclazide", "start", "dose=60"), twice[2]}, want: "false", seen: []int32{2}},
		{why: "the same start again began it then", src: taken, events: []string{twice[0], su("2026-03-02 08:00", "gliclazide", "start")}, want: "true", seen: []int32{0}},
		{why: "a change goes on with what began before", src: taken, events: []string{twice[0], su("2026-03-02 08:00", "gliclazide", "change", "dose=60")}, want: "true", seen: []int32{0}},
		{why: "a first change begins it", src: taken, events: []string{su("2026-03-01 08:00", "gliclazide", "change", "dose=60")}, want: "true", seen: []int32{0}},
		{why: "days that are not over", src: taken, events: days, want: "true", next: "2026-03-15 08:00"},
		{why: "days over to the minute", src: taken, events: days, now: "2026-03-15 08:00", want: "false", next: "never"},
		{why: "one of two stopped", src: taken, events: two, want: "true", seen: []int32{1}},
		{why: "the one that was stopped", src: `taking("gliclazide")`, events: two, want: "false", seen: []int32{2}},
		{why: "one of a list", src: `taking(["metformin", "su"])`, events: two, want: "true"},
		{why: "both classes of a pen", src: `taking("glp1") && taking("basal_insulin")`, events: pen, want: "true"},
		{why: "a pen of both is neither of the two by name", src: `taking("liraglutide")`, events: pen, want: "false"},
		{why: "nothing of any medicine", src: taken, want: "unknown", next: "never"},
		{why: "a dose taken is no list", src: taken, events: []string{su("2026-03-01 08:00", "gliclazide", "taken")}, want: "unknown"},
		{why: "another medicine", src: taken, events: pen, want: "false", next: "never", seen: []int32{}},
		{why: "a start still to come", src: taken, events: []string{su("2026-03-01 08:00", "gliclazide", "stop"), su("2026-03-09 08:00", "gliclazide", "start")}, want: "false", next: "2026-03-09 08:00"},
		{why: "of known class only", src: taken, events: []string{"2026-03-01 08:00 medication class=su action=start"}, want: "true"},
		{why: "a stop ends what was told as the dose of the day", src: `taking("glucocorticoid")`, events: gc, want: "false"},
		{why: "before the stop", src: `taking("prednisone")`, events: gc[:1], want: "true", next: "2026-03-31 08:00"},
		{why: "taken lately", src: `took("7d", "su")`, events: append(two[:3:3], su("2026-03-04 08:00", "glimepiride", "stop")), want: "true", next: "2026-03-10 08:00"},
		{why: "long ago, to the minute", src: `took("4d", "su")`, now: "2026-03-07 08:00", events: two[2:], want: "false", next: "never"},
		{why: "a minute less is lately", src: `took("4d", "su")`, now: "2026-03-07 07:59", events: two[2:], want: "true", next: "2026-03-07 08:00"},
	})
}

func TestGlucocorticoidOfTheList(t *testing.T) {
	pred := func(at, action string, more string) string {
		return at + " medication class=glucocorticoid generic=prednisone action=" + action + " " + more
	}
	src := `prednisolone_within("90d", "730d")`
	runRows(t, KindNumber, []row{
		{why: "until further notice, today included", src: src, events: []string{pred("2026-03-01 08:00", "start", "dose=10 timesPerDay=2")}, want: "160", next: "2026-03-09 00:00"},
		{why: "how often was not said", src: src, events: []string{pred("2026-03-01 08:00", "start", "dose=10")}, want: "80"},
		{why: "changed on the sixth day", src: src, events: []string{pred("2026-03-01 08:00", "start", "dose=10 days=700"), pred("2026-03-06 08:00", "change", "dose=20")}, want: "110"},
		{why: "stopped on the sixth day", src: src, events: []string{pred("2026-03-01 08:00", "start", "dose=10"), pred("2026-03-06 08:00", "stop", "")}, want: "50", next: "2026-04-09 00:00"},
		{why: "a stop cuts what was told as the dose of the day", src: src, events: []string{"2026-03-01 08:00 glucocorticoid prednisone dose=10 days=30", pred("2026-03-06 08:00", "stop", "")}, want: "50"},
		{why: "told in both ways, taken once", src: src, events: []string{pred("2026-03-01 08:00", "start", "dose=5 timesPerDay=2 days=5"), "2026-03-01 09:00 glucocorticoid prednisone dose=10 days=5"}, want: "50"},
		{why: "two drugs add up", src: src, events: []string{pred("2026-03-07 08:00", "start", "dose=10"), "2026-03-01 08:00 glucocorticoid methylprednisolone dose=8 days=5"}, want: "70"},
		{why: "what lies before the window is left out", src: `prednisolone_within("90d", "7d")`, events: []string{pred("2026-02-01 08:00", "start", "dose=10")}, want: "70"},
		{why: "no dose", src: src, events: []string{pred("2026-03-01 08:00", "start", "")}, want: "unknown"},
		{why: "no name", src: src, events: []string{"2026-03-01 08:00 medication class=glucocorticoid action=start dose=10"}, want: "unknown"},
		{why: "no glucocorticoid", src: src, events: []string{"2026-03-01 08:00 medication class=su action=start"}, want: "0"},
		{why: "no list", src: src, want: "unknown", next: "never"},
	})
}

func TestUnknownMedicinesAreRefused(t *testing.T) {
	env := testEnv(t)
	for _, r := range []struct{ src, msg, hint string }{
		{`taking("sulfonylurea")`, `no medicine or class "sulfonylurea"`, ""},
		{`taking(["su", "metfromin"])`, `no medicine or class "metfromin"`, "metformin"},
		{`took("7", "su")`, "7", ""},
	} {
		_, err := env.Compile(r.src, KindBool)
		if ps := ProblemsOf(err); len(ps) == 0 || !strings.Contains(ps[0].Msg.En, r.msg) || !strings.Contains(ps[0].Hint.En, r.hint) {
			t.Errorf("%s: %v, want %s (%s)", r.src, err, r.msg, r.hint)
		}
	}
}
