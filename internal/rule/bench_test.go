package rule

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/rule/ruletest"
	"peiban/internal/timeline"
)

// diabetesRules are the lifecycle, profile and control tags of a diabetes programme as it would write them.
var diabetesRules = []string{
	`events("glucose").within("28d").where(e, e.value < mmol(3.9) && e.value >= mmol(3.0)).count() >= 1`,
	`events("glucose").within("28d").where(e, e.value < mmol(3.0)).count() >= 1`,
	`events("glucose").where(e, e.context == "fasting").last(7).at_least(3).filter(e, e.value > target("fasting").high).size() >= 3`,
	`events("glucose").where(e, e.context in ["after_breakfast_2h", "after_lunch_2h", "after_dinner_2h"]).last(7).filter(e, e.value >= mmol(10.0)).size() >= 3`,
	`events("glucose").within("14d").count() >= events("plan").latest().perWeek * 2 * 0.8`,
	`events("glucose").within("14d").count() < events("plan").latest().perWeek * 2 * 0.5`,
	`events("glucose").within("14d").at_least(7).mean() - events("glucose").between("28d", "14d").at_least(7).mean() >= 1.5`,
	`events("glucose").between("28d", "14d").at_least(7).mean() - events("glucose").within("14d").at_least(7).mean() >= 1.0`,
	`days_since(events("hba1c")) >= 90`,
	`events("hba1c").within("100d").latest().value <= target("hba1c").high`,
	`events("hba1c").within("100d").latest().value >= target("hba1c").high + 1`,
	`events("glucose").within("7d").where(e, e.value >= mmol(16.7)).count() >= 1`,
	`events("glucose").within("28d").where(e, e.hour < 6 && e.value < mmol(3.9)).count() >= 1`,
	`events("glucose").within("14d").where(e, e.value < mmol(3.9)).count() >= 3 && events("glucose").within("14d").where(e, e.value < mmol(3.9)).days() >= 2`,
	`events("glucose").within("14d").at_least(7).where(e, e.context in ["after_breakfast_2h", "after_lunch_2h", "after_dinner_2h"]).count() == 0`,
	`events("glucose").within("14d").at_least(7).where(e, e.context == "fasting").count() == 0`,
	`events("glucose").within("14d").at_least(10).share(e, e.context == "random" || e.context == "") > 0.3`,
	`events("glucose").within("28d").where(e, e.context == "fasting").at_least(6).share(e, e.value >= 4.4 && e.value <= 7.0) >= 0.7`,
	`events("glucose").within("28d").at_least(14).share(e, e.value >= 3.9 && e.value < 10.0) < 0.5`,
	`events("glucose").within("14d").at_least(30).cv() > 36`,
	`events("glucose").within("28d").at_least(30).lbgi() > 5.0`,
	`trait("diabetesType") == "t1"`,
	`trait("diabetesType") == "t2"`,
	`trait_num("diagnosedYear") >= 2025`,
	`trait("treatment") in ["basal", "premix", "mdi"]`,
	`events("glucose").within("30d").where(e, e.device != "").count() >= 1`,
	`days_since(events("contact_added")) <= 7`,
	`days_since(events("glucose", "check_in", "answer", "content_read")) >= 14`,
	`days_since(events("glucose", "check_in", "answer", "content_read")) >= 30`,
	`events("chat").within("14d").where(e, e.from == "person").count() >= 2`,
}

// busyPerson has n events over half a year, three readings in four.
func busyPerson(n int, now int64) timeline.View {
	r := rand.New(rand.NewPCG(1, 2))
	tl := &timeline.Timeline{}
	add := func(at int64, e event.Event) {
		e.Seq, e.Occurred, e.Received = event.Seq(tl.Len()+1), at, at
		tl.Add(&e)
	}
	step := 180 * microDay / int64(n)
	start := now - int64(n)*step
	add(start, event.Event{Type: event.ContactAdded, Num: unknownNum, A: event.Intern("event")})
	add(start, event.Event{Type: event.Profile, Num: 1960, B: event.Intern("t2"), C: event.Intern("oral"), X: []float64{2019, 0.8, 0, 0}})
	add(start, event.Event{Type: event.PlanSet, Num: 14})
	for i := 3; i < n; i++ {
		at := start + int64(i)*step
		switch r.IntN(40) {
		case 0:
			add(at, event.Event{Type: event.Chat, Num: unknownNum, A: event.Intern("person")})
		case 1:
			add(at, event.Event{Type: event.HbA1c, Num: 6.5 + r.Float64()})
		case 2, 3, 4, 5, 6, 7, 8, 9:
			add(at, event.Event{Type: event.CheckIn, Num: unknownNum, A: event.Intern("meal")})
		default:
			add(at, event.Event{
				Type: event.Glucose, Num: 5 + 8*r.Float64(), A: event.Intern(event.Contexts[r.IntN(len(event.Contexts))]),
				C: event.Intern("meter"),
			})
		}
	}
	loc, _ := time.LoadLocation("Asia/Shanghai")
	return timeline.View{Timeline: tl, Loc: loc}
}

func diabetes(t testing.TB) ([]*Rule, *Ctx) {
	env := testEnv(t)
	rules := make([]*Rule, len(diabetesRules))
	for i, src := range diabetesRules {
		r, err := env.Compile(src, KindBool)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		rules[i] = r
	}
	now := time.Date(2026, 3, 8, 3, 27, 0, 0, time.UTC).UnixMicro()
	return rules, &Ctx{TL: busyPerson(1000, now), Now: now, Trigger: -1, Target: func(key string) (float64, float64, bool) {
		if key == "hba1c" {
			return 0, 7, true
		}
		return 4.4, 7, true
	}}
}

// BenchmarkDiabetes answers the 30 rules for a person of 1,000 events; one op is all 30.
func BenchmarkDiabetes(b *testing.B) {
	rules, c := diabetes(b)
	b.ReportAllocs()
	for b.Loop() {
		c.Look(c.TL, c.Now) // as for somebody else
		for _, r := range rules {
			r.Eval(c)
		}
	}
}

// hundredRules are random rules about glucose, compiled and for the reference, which takes every event for every question.
func hundredRules(b *testing.B) ([]*Rule, []ruletest.Bool) {
	env := testEnv(b)
	var rules []*Rule
	var naive []ruletest.Bool
	for seed := uint64(1); len(rules) < 100; seed++ {
		g := ruletest.New(seed)
		g.Theme = event.Glucose
		q := g.Bool(1)
		if r, err := env.Compile(q.Text, KindBool); err == nil && slices.Contains(r.Deps().Events, event.Glucose) {
			rules, naive = append(rules, r), append(naive, q)
		}
	}
	return rules, naive
}

// BenchmarkHundred answers 100 random rules for a person of 1,000 events, BenchmarkHundredNaive the same by the reference.
func BenchmarkHundred(b *testing.B) {
	rules, _ := hundredRules(b)
	_, c := diabetes(b)
	for b.Loop() {
		c.Look(c.TL, c.Now)
		for _, r := range rules {
			r.Eval(c)
		}
	}
}

func BenchmarkHundredNaive(b *testing.B) {
	_, naive := hundredRules(b)
	_, c := diabetes(b)
	var arrived []ruletest.Arrival
	for i, at := range c.TL.At {
		e := event.Event{Seq: c.TL.Seq[i], Occurred: at, Received: at, Type: c.TL.Type[i], Num: c.TL.Num[i], A: c.TL.A[i], B: c.TL.B[i], C: c.TL.C[i]}
		for k := 0; c.TL.XAt(i, k) == c.TL.XAt(i, k); k++ {
			e.X = append(e.X, c.TL.XAt(i, k))
		}
		arrived = append(arrived, ruletest.Arrival{Event: e})
	}
	w := ruletest.World{Events: ruletest.Known(arrived), Now: c.Now, Loc: c.TL.Loc, Target: refTarget, Stage: "risk", Tag: func(string) ruletest.Truth { return ruletest.Unknown }}
	for b.Loop() {
		for _, q := range naive {
			q.Of(&w)
		}
	}
}

// BenchmarkCompile checks and compiles one rule of usual length.
func BenchmarkCompile(b *testing.B) {
	env := testEnv(b)
	for b.Loop() {
		if _, err := env.Compile(diabetesRules[2], KindBool); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRulesDoNotAllocate(t *testing.T) {
	rules, c := diabetes(t)
	for i, r := range rules {
		r.Eval(c)
		if n := testing.AllocsPerRun(20, func() { r.Eval(c) }); n > 0 {
			t.Errorf("%s allocates %v times", diabetesRules[i], n)
		}
	}
}
