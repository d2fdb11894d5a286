package rule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// A week that ends leaves a number at once far below what it is compared with, and what the new week brings takes it there again.
func TestAnEqualityIsLookedAtAgainWhenTheNumberHasFallenPastIt(t *testing.T) {
	env := testEnv(t)
	days := []string{"2026-03-04 07:00 glucose 7", "2026-03-05 07:00 glucose 7", "2026-03-06 07:00 glucose 7", "2026-03-08 07:00 glucose 7"}
	for _, r := range []row{
		{why: "days", src: `events("glucose").this_week().days() != 2`, events: days, want: "true", next: "2026-03-09 00:00"},
		{why: "days, which are not any", src: `events("glucose").this_week().days() == 2`, events: days, want: "false", next: "2026-03-09 00:00"},
		{why: "the last few", src: `events("glucose").this_week().last(9).count() != 2`, events: days, want: "true", next: "2026-03-09 00:00"},
		{why: "fewer stay fewer", src: `events("glucose").this_week().days() != 7`, events: days, want: "true", next: "never"},
		{why: "half of them, which bears nothing", src: `events("glucose").this_week().days() / 2 != 1`, events: days, want: "true", next: "never"},
	} {
		t.Run(r.why, func(t *testing.T) { r.run(t, env, KindBool, &Ctx{Trigger: -1}) })
	}
}

// Whatever further readings say, as many as an answer bears do not move it before its Next: neither extremes nor late ones.
func TestAnswersBearFurtherReadings(t *testing.T) {
	env := testEnv(t)
	r := rand.New(rand.NewPCG(7, 8))
	borne := map[string]int{}
	for round := range rounds(4000) {
		tl := &timeline.Timeline{}
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		level := 4 + 8*r.Float64()
		pause := 1 + r.Int64N(20)*microHour
		seq := event.Seq(0)
		add := func(at int64, v float64) {
			seq++
			tl.Add(&event.Event{Seq: seq, Type: event.Glucose, Occurred: at, Received: at, Num: math.Round(10*min(max(v, usualLow), usualHigh)) / 10})
		}
		for range 5 + r.IntN(150) {
			at += 1 + r.Int64N(2*pause)
			add(at, level+2*r.NormFloat64())
		}
		figure := [...]string{
			`within("14d").count()`, `within("14d").where(e, e.value > 9).count()`, `last(7).filter(e, e.value > 9).size()`, `within("14d").days()`,
			`within("14d").mean()`, `within("14d").lbgi()`, `within("14d").hbgi()`, `within("14d").share(e, e.value > 9)`, `change("7d", 3)`,
			`within("14d").where(e, e.value > 6).mean()`, `within("14d").max()`, `where(e, e.value > 6).last(9).size()`, `change("5d", 9)`,
			`within_after(events("glucose").where(e, e.value > 9), "3d").count()`, `followed_by(events("glucose").where(e, e.value < 6), "9h").count()`,
			`this_week().days()`, `this_week().last(5).count()`,
		}[r.IntN(17)]
		number := compile(t, env, `events("glucose").`+figure, KindNumber)
		c := &Ctx{TL: timeline.View{Timeline: tl, Loc: time.UTC}, Now: at + r.Int64N(2*microDay)}
		v := number.Eval(c).Num
		if v != v {
			v = 1
		}
		k := v * (1 + r.NormFloat64()/3)
		if r.IntN(2) == 0 {
			k = math.Round(k)
		}
		form := [...]string{`events("glucose").%s %s %v`, `!(events("glucose").%s / 2 %s 0.5 * %v)`, `events("glucose").count() >= 3 && events("glucose").%s %s %v`}[r.IntN(3)]
		b := compile(t, env, fmt.Sprintf(form, figure, [...]string{"<", ">", ">=", "<=", "==", "!="}[r.IntN(6)], k), KindBool)
		start := c.Now
		got := b.Eval(c)
		if got.Bears == Endless || b.Touches(got.Touchy, event.Glucose) {
			continue
		}
		borne[figure]++
		until := min(got.Next, start+20*microDay)
		now := start
		for range got.Bears {
			if r.IntN(2) == 0 && until > now {
				now += r.Int64N(until - now)
			}
			add(now, [...]float64{usualLow, usualHigh, level, 5 + 9*r.Float64()}[r.IntN(4)])
			for _, m := range []int64{now, now + r.Int64N(max(1, until-now)), until - 1} {
				if m < now || m >= until {
					continue
				}
				if c.Look(c.TL, m); b.Eval(c).Truth != got.Truth {
					t.Fatalf("round %d: %s is %v, bears %d until %s, but is not so at %s after %d", round, b.Source(), got.Truth, got.Bears,
						time.UnixMicro(got.Next).UTC(), time.UnixMicro(m).UTC(), tl.Len())
				}
			}
		}
	}
	if len(borne) < 9 {
		t.Errorf("only these figures bore anything: %v", borne)
	}
}
