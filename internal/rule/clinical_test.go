package rule

import (
	"math"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

func TestCalendarWeeksAndMonths(t *testing.T) {
	// 2026-03-08 is a Sunday.
	march := []string{"2026-02-28 23:59 glucose 4", "2026-03-01 00:00 glucose 5", "2026-03-02 00:00 glucose 6", "2026-03-07 23:59 glucose 7"}
	runRows(t, KindNumber, []row{
		{why: "the week begins on Monday", src: `events("glucose").this_week().count()`, events: march, want: "2", next: "2026-03-09 00:00"},
		{why: "last week ends with Sunday", src: `events("glucose").last_week().count()`, events: march, want: "2", next: "2026-03-09 00:00"},
		{why: "two weeks", src: `events("glucose").local_weeks(2).count()`, events: march, want: "4", next: "2026-03-09 00:00"},
		{why: "the month", src: `events("glucose").this_month().count()`, events: march, want: "3", next: "2026-04-01 00:00"},
		{why: "last month", src: `events("glucose").last_month().sum()`, events: march, want: "4", next: "2026-04-01 00:00"},
		{why: "yesterday", src: `events("glucose").yesterday().count()`, events: march, want: "1", next: "2026-03-09 00:00"},
		{why: "a window of months over a short February", src: `events("glucose").local_months(2).count()`, events: march, want: "4", next: "2026-04-01 00:00"},
	})
}

func TestBetweenEvents(t *testing.T) {
	lines := []string{
		"2026-03-01 08:00 glucose 5", "2026-03-02 08:00 camp_enrolled", "2026-03-02 08:00 glucose 6", "2026-03-03 08:00 glucose 7",
		"2026-03-04 08:00 camp_ended", "2026-03-04 08:00 glucose 8", "2026-03-05 08:00 glucose 9",
	}
	runRows(t, KindNumber, []row{
		{why: "since an event leaves out that moment", src: `events("glucose").since(events("camp_enrolled")).count()`, events: lines, want: "3", next: "never"},
		{why: "since nothing is nothing", src: `events("glucose").since(events("visit")).count()`, events: lines, want: "0", next: "never"},
		{why: "from is in, until is out", src: `events("glucose").from_until(events("camp_enrolled"), events("camp_ended")).count()`, events: lines, want: "2", next: "never"},
		{why: "without an end it goes on", src: `events("glucose").from_until(events("camp_enrolled"), events("visit")).count()`, events: lines, want: "4"},
		{why: "an end before the beginning is none", src: `events("glucose").from_until(events("camp_ended"), events("camp_enrolled")).count()`, events: lines, want: "2"},
	})
}

func TestSequences(t *testing.T) {
	lows := []string{"2026-03-08 08:00 glucose 3.5", "2026-03-08 08:15 glucose 4.2", "2026-03-08 11:30 glucose 3.2"}
	low := `events("glucose").where(e, e.value < 3.9)`
	runRows(t, KindNumber, []row{
		{why: "followed in time", src: low + `.followed_by(events("glucose").where(e, e.value >= 3.9), "16m").count()`, events: lows, want: "1"},
		{why: "exactly after the time is too late", src: low + `.followed_by(events("glucose").where(e, e.value >= 3.9), "15m").count()`, events: lows, want: "0"},
		{why: "not followed, and the time is not over", src: low + `.not_followed_by(events("glucose"), "45m").count()`, events: lows, want: "0", next: "2026-03-08 12:15"},
		{why: "not followed", src: low + `.not_followed_by(events("glucose"), "30m").count()`, events: lows, want: "1", next: "never"},
	})
	runRows(t, KindBool, []row{
		{why: "absent for exactly so long", src: `absent(events("glucose"), "30m")`, events: lows, want: "true", next: "never", seen: []int32{2}},
		{why: "absent not yet", src: `absent(events("glucose"), "31m")`, events: lows, want: "false", next: "2026-03-08 12:01"},
		{why: "never is unknown", src: `absent(events("visit"), "1d")`, events: lows, want: "unknown"},
		{why: "never counts from the other", src: `absent(events("visit"), "31m", events("glucose"))`, events: lows, want: "false", next: "2026-03-08 12:01"},
	})
}

func TestFiguresAgainstTheTimeBefore(t *testing.T) {
	pain := []string{"2026-02-20 08:00 pain 6", "2026-02-24 08:00 pain 4", "2026-03-03 08:00 pain 2", "2026-03-07 08:00 pain 3", "2026-03-08 08:00 pain 8"}
	runRows(t, KindNumber, []row{
		{why: "change against the fortnight before", src: `events("pain").change("14d", 2)`, events: pain[:4], want: "unknown"},
		{why: "of one before", src: `events("pain").change("14d", 1)`, events: pain[:4], want: "-3"},
		{why: "jump over those before", src: `events("pain").jump("14d", 3)`, events: pain, want: "5", seen: []int32{4, 3, 2, 1}},
		{why: "what is exactly so old is outside", src: `events("pain").jump("24h", 1)`, events: pain[3:], want: "unknown"},
		{why: "a minute younger is inside", src: `events("pain").jump("1441m", 1)`, events: pain[3:], want: "5"},
		{why: "not with too few", src: `events("pain").jump("7d", 3)`, events: pain, want: "unknown"},
		{why: "quantiles between neighbours", src: `events("pain").quantile(0.9)`, events: pain, want: "7.2"},
		{why: "the mean of days", src: `events("pain").day_mean(2)`, events: []string{"2026-03-07 08:00 pain 2", "2026-03-07 09:00 pain 4", "2026-03-08 08:00 pain 9"}, want: "6"},
		{why: "another number", src: `events("blood_pressure").values("diastolic").mean()`, events: []string{"2026-03-08 08:00 blood_pressure 140 diastolic=91"}, want: "91"},
		{why: "in the target of the slot", src: `events("glucose").in_target()`, events: []string{"2026-03-08 07:00 glucose 7 fasting", "2026-03-08 08:00 glucose 7.1 fasting", "2026-03-08 09:00 glucose 5 bedtime"}, want: "0.5"},
	})
	runRows(t, KindBool, []row{
		{why: "turns when enough has left, not with each", src: `events("pain").within("14d").mean() > 5`, events: pain[1:], want: "false", next: "2026-03-17 08:00"},
	})
}

// domain vector: window day 1 to 90, fills of 30 days on day 1, 25 and 70: 81 days covered, MPR 1, a gap of 9.
func TestMedicine(t *testing.T) {
	fills := []string{"2026-01-01 09:00 fill metformin days=30", "2026-01-25 09:00 fill metformin days=30", "2026-03-11 09:00 fill metformin days=30"}
	end := "2026-03-31 12:00"
	runRows(t, KindNumber, []row{
		{why: "days covered", src: `events("fill").pdc("90d")`, events: fills, now: end, want: "0.9"},
		{why: "possession is capped", src: `events("fill").mpr("90d")`, events: fills, now: end, want: "1"},
		{why: "the gap", src: `events("fill").longest_gap("90d")`, events: fills, now: end, want: "9"},
		{why: "days of therapy", src: `events("fill").therapy_days("90d")`, events: fills, now: end, want: "81", next: "2026-04-10 00:00"},
		{why: "persistent over it", src: `events("fill").persistence("30d")`, events: fills, now: end, want: "90"},
		{why: "not with a gap of 8 at most", src: `events("fill").persistence("8d")`, events: fills, now: end, want: "60"},
		{why: "supply left, today included", src: `events("fill").supply_left()`, events: fills, now: end, want: "10"},
		{why: "without a gap now", src: `events("fill").gap_days()`, events: fills, now: end, want: "0", next: "2026-04-10 00:00"},
		{why: "one fill is too little", src: `events("fill").pdc("90d")`, events: fills[:1], now: end, want: "unknown"},
		{why: "a switch is not shifted", src: `events("fill").therapy_days("90d")`, events: []string{fills[0], "2026-01-25 09:00 fill su days=30"}, now: end, want: "54"},
		{why: "a fill of unknown length: the supply left is unknown, not what the others leave", src: `events("fill").supply_left()`, events: append(fills[:len(fills):len(fills)], "2026-03-20 09:00 fill metformin"), now: end, want: "unknown"},
		{why: "and so is the proportion", src: `events("fill").pdc("90d")`, events: append(fills[:len(fills):len(fills)], "2026-02-25 09:00 fill metformin"), now: end, want: "unknown"},
		{why: "whatever it is, there is more than enough", src: `events("fill").gap_days()`, events: append(fills[:len(fills):len(fills)], "2026-03-20 09:00 fill metformin"), now: end, want: "0"},
		{why: "alone it covers its own day at least", src: `events("fill").gap_days()`, events: []string{"2026-03-31 09:00 fill metformin"}, now: end, want: "0"},
		{why: "alone, and who knows for how long", src: `events("fill").gap_days()`, events: []string{"2026-03-30 09:00 fill metformin"}, now: end, want: "unknown"},
		{why: "so long ago that it is over however long it was", src: `events("fill").therapy_days("30d")`, events: []string{"2024-12-01 09:00 fill metformin", "2026-03-30 09:00 fill 5 class=metformin"}, now: end, want: "2"},
		{why: "an order without days is no supply", src: `events("order").supply_left()`, events: []string{"2026-03-30 09:00 order 1 product=meter", "2026-03-30 09:00 order 1 product=strips-50 days=7"}, now: end, want: "6"},
		{why: "orders have days too", src: `events("order").supply_left()`, events: []string{"2026-03-30 09:00 order 1 product=strips-50 days=7"}, now: end, want: "6"},
		{why: "half of it went back", src: `events("order").supply_left()`, events: []string{"2026-03-30 09:00 order 2 product=strips-50 days=14 ref=7", "2026-03-31 09:00 refund 1 ref=7"}, now: end, want: "6"},
		{why: "all of it went back", src: `events("order").supply_left()`, events: []string{"2026-03-30 09:00 order 2 product=strips-50 days=14 ref=7", "2026-03-31 09:00 refund ref=7"}, now: end, want: "unknown"},
		{why: "it goes back tomorrow", src: `events("order").supply_left()`, events: []string{"2026-03-30 09:00 order 2 product=strips-50 days=14 ref=7", "2026-03-31 18:00 refund 1 ref=7"}, now: end, want: "13", next: "2026-03-31 18:00"},
		{why: "what went back was not bought", src: `events("order").count()`, events: []string{"2026-03-29 09:00 order 1 ref=6", "2026-03-30 09:00 order 2 ref=7", "2026-03-31 09:00 refund ref=7"}, now: end, want: "1"},
		{why: "nor paid", src: `events("order").values("amount").sum()`, events: []string{"2026-03-29 09:00 order 1 amount=90 ref=6", "2026-03-30 09:00 order 2 amount=200 ref=7", "2026-03-31 09:00 refund 1 amount=80 ref=7"}, now: end, want: "210"},
		{why: "the boxes that were kept", src: `events("order").sum()`, events: []string{"2026-03-29 09:00 order 1 ref=6", "2026-03-30 09:00 order 2 ref=7", "2026-03-31 09:00 refund 1 ref=7"}, now: end, want: "2"},
		{why: "prednisolone in any 90 days", src: `events("glucocorticoid").prednisolone("90d")`, events: []string{"2026-01-01 08:00 glucocorticoid methylprednisolone dose=16 days=30", "2026-03-30 08:00 glucocorticoid prednisone dose=10 days=30"}, now: end, want: "620"},
	})
	runRows(t, KindBool, []row{
		{why: "a repurchase that went back is none", src: `exists(events("order").within("30d").where(e, e.quantity >= 2))`, events: []string{"2026-03-30 09:00 order 2 ref=7", "2026-03-31 09:00 refund 1 ref=7"}, now: end, want: "false"},
		{why: "asked again at the midnight that matters", src: `events("fill").supply_left() <= 7`, events: fills, now: end, want: "false", next: "2026-04-03 00:00"},
	})
}

func TestPlansAndStages(t *testing.T) {
	plan := []string{"2026-03-01 08:00 plan perWeek=7", "2026-03-05 09:00 glucose 6", "2026-03-06 09:00 glucose 6", "2026-03-06 19:00 glucose 6", "2026-03-08 09:00 glucose 6"}
	arco := func(code, side string) string {
		return "clinical_stage system=arco2019 stage=" + code + " side=" + side + " verified=1"
	}
	hips := []string{"2026-01-01 08:00 " + arco("II", "left"), "2026-02-01 08:00 " + arco("I", "right"), "2026-03-01 08:00 " + arco("IIIA", "left")}
	runRows(t, KindNumber, []row{
		{why: "today is not counted yet", src: `events("glucose").plan_share("6d")`, events: plan, want: "0.5", next: "2026-03-09 00:00"},
		{why: "days before the plan neither", src: `events("glucose").plan_share("30d")`, events: plan, want: "0.429"},
		{why: "what a doctor signed holds against what was told later", src: `events("glucose").plan_share("6d")`, events: append([]string{"2026-02-01 08:00 plan perWeek=14 signed=1"}, plan...), want: "0.25"},
		{why: "until its weeks are over", src: `events("glucose").plan_share("6d")`, events: append([]string{"2026-02-01 08:00 plan perWeek=14 weeks=4 signed=1"}, plan...), want: "0.5"},
		{why: "days after the plan neither", src: `events("glucose").plan_share("30d")`, events: append([]string{"2026-02-24 08:00 plan perWeek=7 weeks=1"}, plan[1:]...), want: "0", next: "2026-03-09 00:00"},
		{why: "to the last whole day of its weeks", src: `events("glucose").plan_share("30d")`, events: append([]string{"2026-02-27 00:00 plan perWeek=7 weeks=1"}, plan[1:]...), want: "0.143"},
		{why: "no plan, no share", src: `events("exercise").plan_share("6d")`, events: plan, want: "unknown", next: "never"},
		{why: "the worse side", src: `clinical_stage("arco2019")`, events: hips, want: "3"},
		{why: "of another system nothing is known", src: `clinical_stage("ckd")`, events: hips, want: "unknown"},
	})
	runRows(t, KindBool, []row{
		{why: "at least II", src: `clinical_stage("arco2019") >= stage_rank("arco2019", "II")`, events: hips, want: "true"},
		{why: "one side went on", src: `stage_progressed("arco2019")`, events: hips, want: "true"},
		{why: "back to what it was is no progress, whatever came before", src: `stage_progressed("arco2019")`, events: append([]string{"2025-12-01 08:00 " + arco("I", "left")}, append(hips[:3:3], "2026-03-02 08:00 "+arco("II", "left"))...), want: "false"},
		{why: "what was only told does not undo it", src: `stage_progressed("arco2019")`, events: append(hips[:3:3], "2026-03-02 08:00 clinical_stage system=arco2019 stage=I side=left"), want: "true"},
		{why: "nor make it", src: `stage_progressed("arco2019")`, events: append(hips[:2:2], "2026-03-02 08:00 clinical_stage system=arco2019 stage=IV side=left"), want: "unknown"},
		{why: "with one stage a side nothing can be said", src: `stage_progressed("arco2019")`, events: hips[:2], want: "unknown"},
	})
}

// A sensor of a reading every 15 minutes over 14 days, in waves between 4 and 12 mmol/L.
func wave(t testing.TB) (timeline.View, int64) {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	tl := &timeline.Timeline{}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, loc).UnixMicro()
	at := start
	for k := range 14 * 96 {
		at = start + int64(k)*15*microMinute
		v := 8 + 4*math.Sin(2*math.Pi*float64(k)/32)
		tl.Add(&event.Event{Seq: event.Seq(k + 1), Type: event.Glucose, Occurred: at, Received: at, Num: v})
	}
	return timeline.View{Timeline: tl, Loc: loc}, at
}

func TestCurves(t *testing.T) {
	env := testEnv(t)
	view, now := wave(t)
	for src, want := range map[string]float64{
		`events("glucose").local_days("14d").active_percent()`:  100,
		`events("glucose").local_days("14d").modd()`:            0, // three waves a day: the same each day
		`events("glucose").local_days("14d").conga(8)`:          0,
		`events("glucose").local_days("14d").episodes("hypo")`:  0,
		`events("glucose").local_days("14d").episodes("hyper")`: 42,
		`events("glucose").local_days("14d").tbr()`:             0,
		`events("glucose").local_days("14d").tir()`:             100 * 21.0 / 32, // beyond 10 from 1/12 to 5/12 of a wave: steps 3 to 13
		`events("glucose").local_days("14d").gmi()`:             3.31 + 0.02392*8*18.0156,
	} {
		r, err := env.Compile(src, KindNumber)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Eval(&Ctx{TL: view, Now: now})
		if math.Abs(got.Num-want) > 1e-6 {
			t.Errorf("%s is %v, want %v", src, got.Num, want)
		}
		if next := time.UnixMicro(got.Next).In(view.Loc).Format(stamp); next != "2026-03-15 00:00:00" {
			t.Errorf("%s next changes %s, want the midnight after", src, next)
		}
	}
	// Crest and trough are 8 apart; the curve begins and ends in the middle, so that its first and last swings are shorter.
	mage, err := env.Compile(`events("glucose").local_days("14d").mage()`, KindNumber)
	if err != nil {
		t.Fatal(err)
	}
	if got := mage.Eval(&Ctx{TL: view, Now: now}); got.Num < 7.8 || got.Num > 8 {
		t.Errorf("MAGE is %v, want just below 8", got.Num)
	}
	short, err := env.Compile(`events("glucose").local_days("13d").tir()`, KindNumber)
	if err != nil {
		t.Fatal(err)
	}
	if got := short.Eval(&Ctx{TL: view, Now: now}); got.Truth != Unknown {
		t.Errorf("13 days are enough for a time in range: %v", got.Num)
	}
}

func TestCostlyRulesAreRefused(t *testing.T) {
	env := testEnv(t)
	for _, r := range []struct {
		src, msg, hint string
		col            int
	}{
		{`events("glucose").within("520w").mean() > 3`, "731 days at most", "last(1000)", 34},
		{`events("glucose").local_months(120).share(e, e.value > 3) > 3`, "731 days at most", "", 37},
		{`events("glucose").change("520w") > 3`, "731 days at most", "", 26},
		{`events("glucose").within("14d").tir() > 3`, "whole local days", "local_days", 33},
		{`events("glucose").local_days("93d").local_weeks(40).mage() > 3`, "", "", 0},
		{`events("glucose").local_days("120d").mage() > 3`, "92 of them", "", 38},
		{`events("weight").local_days("14d").tir() > 3`, "glucose only", "", 36},
		{`events("glucose").local_days("14d").conga(25) > 3`, "1 to 24 hours", "", 43},
		{`events("glucose").local_days("14d").episodes("hipo") > 3`, `no kind of episode "hipo"`, `"hypo"`, 46},
		{`events("glucose").quantile(1.5) > 3`, "from 0 to 1", "0.9", 28},
		{`events("glucose").pdc("90d") > 3`, "days of supply", `events("fill")`, 19},
		{`events("fill").pdc("36h") > 0.5`, "whole days", "", 20},
		{`events("blood_pressure").values("dyastolic").mean() > 3`, `no number "dyastolic"`, "diastolic", 33},
		{`events("chat").plan_share("7d") > 3`, `no plans for "chat"`, "", 16},
		{`clinical_stage("arco") > 3`, `no system of stages "arco"`, "", 16},
		{`clinical_stage("arco2019") > stage_rank("arco2019", "V")`, `never be "V"`, `"I"`, 53},
		{`events("glucose").since(events("order").at_least(2)).count() > 3`, "cannot be asked", "after", 41},
		{`events("weight").prednisolone("90d") > 3`, "glucocorticoids only", "", 18},
		{strings.TrimSuffix(strings.Repeat(`events().count()>0&&`, 101), "&&"), "at most 100 times", "tag(", 0},
	} {
		_, err := env.Compile(r.src, KindBool)
		ps := ProblemsOf(err)
		if r.msg == "" {
			if err != nil {
				t.Errorf("%s: %v", r.src, err)
			}
			continue
		}
		if len(ps) == 0 {
			t.Errorf("%s is let through: %v", clip(r.src), err)
			continue
		}
		if p := ps[0]; !strings.Contains(p.Msg.En, r.msg) || !strings.Contains(p.Hint.En, r.hint) || p.Msg.Zh == "" || r.col != 0 && p.Col != r.col {
			t.Errorf("%s\n  %v, want %d: %s (%s)", clip(r.src), p, r.col, r.msg, r.hint)
		}
	}
	// Without a window a figure of glucose takes the newest hundred thousand, and no more.
	r, err := env.Compile(`events("glucose").sum()`, KindNumber)
	if err != nil {
		t.Fatal(err)
	}
	tl := &timeline.Timeline{}
	for k := range mostValues + 50 {
		at := int64(k) * microMinute
		tl.Add(&event.Event{Seq: event.Seq(k + 1), Type: event.Glucose, Occurred: at, Received: at, Num: 1})
	}
	if got := r.Eval(&Ctx{TL: timeline.View{Timeline: tl}, Now: math.MaxInt64 / 2}); got.Num != mostValues {
		t.Errorf("the sum is of %v values, want %d", got.Num, mostValues)
	}
}
