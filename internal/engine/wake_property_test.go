package engine

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/rule"
)

// quietWakes counts how often a day a person who measures n times a day is woken by the rules of p and nothing comes of it.
func quietWakes(p *Programme, n int) float64 {
	loc, _ := time.LoadLocation("Asia/Shanghai")
	l := newLife(p, loc)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, loc)
	day := 24 * time.Hour.Microseconds()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	now := start.UnixMicro()
	l.add(event.Event{Type: event.Consent, Num: 1, A: event.Intern("health_data"), Occurred: now}, now)
	l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern(p.Key), Occurred: now}, now)
	l.add(event.Event{Type: event.PlanSet, Num: 14, Occurred: now}, now)
	contexts := []string{"fasting", "after_breakfast_2h", "after_lunch_2h", "after_dinner_2h", "bedtime"}
	quiet, days := 0, 60
	if n > 4 {
		days = 33
	}
	for d := range days {
		for k := range n {
			at := start.UnixMicro() + int64(d)*day + int64(float64(k)+0.8*r.Float64())*day/int64(n)
			for l.wake <= at {
				if before := len(l.log); d >= 30 {
					l.step(Input{}, max(l.wake, l.last))
					if len(l.log) == before {
						quiet++
					}
					continue
				}
				l.step(Input{}, max(l.wake, l.last))
			}
			l.add(event.Event{
				Type: event.Glucose, Num: math.Round(10*(8+2*r.NormFloat64())) / 10, A: event.Intern(contexts[k%len(contexts)]), Occurred: at,
			}, at)
		}
	}
	return float64(quiet) / float64(days-30)
}

// Time wakes a person about twice a day at most for nothing, however many figures of windows are compared with a number and however
// often the person measures: the windows are gone through ahead, and where that does not reach far enough everybody looks again at
// the same hour.
func TestWakesAreRarelyForNothing(t *testing.T) {
	env, err := rule.NewEnv(rule.Options{Targets: programme.TargetKeys})
	if err != nil {
		t.Fatal(err)
	}
	c := &programme.Compiled{Key: "p", Version: 1, Targets: randomTargets, DefaultTarget: "adult"}
	for i, src := range []string{
		`events("glucose").within("14d").mean() > 8.5`, `events("glucose").within("14d").cv() > 36`, `events("glucose").within("28d").sd() < 1.2`,
		`events("glucose").within("28d").lbgi() > 5`, `events("glucose").within("7d").quantile(0.9) > 12`, `events("glucose").within("14d").median() > 9`,
		`events("glucose").within("28d").share(e, e.value > 10) > 0.3`, `events("glucose").within("28d").in_target() < 0.5`,
		`events("glucose").change("14d", 7) >= 1.5`, `events("glucose").within("7d").day_mean(3) > 9`, `events("glucose").within("14d").days() >= 10`,
		`events("glucose").within("14d").count() < 20`, `events("glucose").local_days("14d").tir() < 70`, `events("glucose").plan_share("14d") < 0.5`,
		`events("glucose").within("24h").max() >= 16.7`, `events("glucose").within("14d").most_per_day() > 300`,
	} {
		r, err := env.Compile(src, rule.KindBool)
		if err != nil {
			t.Fatal(err)
		}
		c.Tags = append(c.Tags, programme.Tag{Key: string(rune('a' + i)), When: r})
	}
	for _, n := range []int{1, 4, 48} {
		per := quietWakes(Prepare(c), n)
		t.Logf("%d readings a day: %.2f wakes a day for nothing", n, per)
		if per > 3 {
			t.Errorf("%d readings a day: %.2f wakes a day for nothing, want about 2", n, per)
		}
	}
	shipped := diabetes(t)
	for _, n := range []int{1, 4} {
		if per := quietWakes(shipped, n); per > 3 {
			t.Errorf("the diabetes programme, %d readings a day: %.2f wakes a day for nothing, want about 2", n, per)
		}
	}
}
