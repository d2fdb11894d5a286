package rule

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

const stamp = "2006-01-02 15:04:05"

// micro reads a local time; seconds may be left out.
func micro(t testing.TB, s string, loc *time.Location) int64 {
	t.Helper()
	if len(s) == len("2006-01-02 15:04") {
		s += ":00"
	}
	at, err := time.ParseInLocation(stamp, s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

// told makes a timeline of lines like "2026-03-08 07:00 glucose 5.6 fasting hidden". After the type come a number
// for the main value, a code, field=value for any other field, and flags.
func told(t testing.TB, loc *time.Location, lines []string) timeline.View {
	t.Helper()
	tl := &timeline.Timeline{}
	flags := map[string]event.Flags{"HI": event.HI, "LO": event.LO, "implausible": event.Implausible, "hidden": event.Hidden, "imported": event.Imported, "disputed": event.Disputed}
	for n, line := range lines {
		w := strings.Fields(line)
		e := event.Event{Seq: event.Seq(n + 1), Occurred: micro(t, w[0]+" "+w[1], loc), Num: unknownNum}
		spec := event.Lookup(w[2])
		if spec == nil {
			t.Fatalf("no type %q", w[2])
		}
		e.Type, e.Received = spec.Type, e.Occurred
		for _, p := range w[3:] {
			name, text, named := strings.Cut(p, "=")
			v, err := strconv.ParseFloat(p, 64)
			switch {
			case flags[p] != 0:
				e.Flags |= flags[p]
			case err == nil:
				e.Num = v
			case !named:
				e.A = event.Intern(p)
			default:
				set(t, &e, spec, name, text)
			}
		}
		tl.Add(&e)
	}
	return timeline.View{Timeline: tl, Loc: loc}
}

func set(t testing.TB, e *event.Event, spec *event.Spec, name, text string) {
	f := spec.Field(name)
	if f == nil {
		t.Fatalf("%s has no field %q", spec.Key, name)
	}
	v, _ := strconv.ParseFloat(text, 64)
	switch f.Slot {
	case event.SlotNum:
		e.Num = v
	case event.SlotA:
		e.A = event.Intern(text)
	case event.SlotB:
		e.B = event.Intern(text)
	case event.SlotC:
		e.C = event.Intern(text)
	default:
		for len(e.X) <= int(f.Slot-event.X0) {
			e.X = append(e.X, unknownNum)
		}
		e.X[f.Slot-event.X0] = v
	}
}

// row is one rule, one timeline and one moment.
type row struct {
	why    string
	src    string
	events []string
	now    string // "2026-03-08 12:00" when empty
	zone   string // Asia/Shanghai when empty
	want   string // true, false, unknown, a number or a text
	next   string // local time, never, or empty: not looked at
	seen   []int32
}

func (r row) run(t *testing.T, env *Env, kind Kind, c *Ctx) {
	t.Helper()
	zone := r.zone
	if zone == "" {
		zone = "Asia/Shanghai"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	now := r.now
	if now == "" {
		now = "2026-03-08 12:00"
	}
	compiled, err := env.Compile(r.src, kind)
	if err != nil {
		t.Fatalf("%s: %v", r.src, err)
	}
	c.TL, c.Now, c.Explain = told(t, loc, r.events), micro(t, now, loc), true
	got := compiled.Eval(c)
	quiet := *c
	quiet.Explain = false
	if again := compiled.Eval(&quiet); again.Truth != got.Truth || again.Str != got.Str || kind == KindNumber && again.Truth == True && again.Num != got.Num {
		t.Errorf("%s is %v explained and %v not", r.src, got, again)
	}
	answer := map[Truth]string{True: "true", False: "false", Unknown: "unknown"}[got.Truth]
	switch {
	case kind == KindNumber && got.Truth == True:
		answer = strconv.FormatFloat(math.Round(got.Num*1000)/1000, 'f', -1, 64)
	case kind == KindString && got.Truth == True:
		answer = got.Str
	}
	if answer != r.want {
		t.Errorf("%s is %s, want %s", r.src, answer, r.want)
	}
	next := "never"
	if got.Next != Never {
		next = strings.TrimSuffix(time.UnixMicro(got.Next).In(loc).Format(stamp), ":00")
	}
	if r.next != "" && next != r.next {
		t.Errorf("%s next changes %s, want %s", r.src, next, r.next)
	}
	if r.seen != nil && (!slices.Equal(c.Evidence, r.seen) || c.Total != len(r.seen)) {
		t.Errorf("%s rests on %v (%d), want %v", r.src, c.Evidence, c.Total, r.seen)
	}
}

func runRows(t *testing.T, kind Kind, rows []row) {
	env := testEnv(t)
	for _, r := range rows {
		t.Run(r.why, func(t *testing.T) {
			r.run(t, env, kind, &Ctx{Trigger: -1, Target: func(key string) (float64, float64, bool) {
				return map[string]float64{"fasting": 4.4}[key], map[string]float64{"fasting": 7, "hba1c": 7}[key], key != "after_meal_2h"
			}})
		})
	}
}

var threeLows = []string{"2026-03-01 12:00 glucose 3.2 random", "2026-03-05 08:00 glucose 3.5 fasting", "2026-03-07 08:00 glucose 3.8 fasting"}

func TestWindows(t *testing.T) {
	runRows(t, KindBool, []row{
		{why: "the k-th newest leaving ends it, not the oldest", src: `events("glucose").within("28d").count() >= 2`, events: threeLows, want: "true", next: "2026-04-02 08:00", seen: []int32{2, 1, 0}},
		{why: "arithmetic with what does not change passes the limit on", src: `events("glucose").within("28d").count() / 2 >= 0.5 * 2`, events: threeLows, want: "true", next: "2026-04-02 08:00"},
		{why: "and waits for nothing when nothing can raise it", src: `10 - events("glucose").within("28d").count() < 5`, events: threeLows, want: "false", next: "never"},
		{why: "exactly 7 days old is outside", src: `events("glucose").within("7d").count() >= 3`, events: threeLows, want: "false", next: "never", seen: []int32{2, 1}},
		{why: "a second younger than 7 days is inside", src: `events("glucose").within("7d").count() >= 3`, events: threeLows, now: "2026-03-08 11:59:59", want: "true", next: "2026-03-08 12:00"},
		{why: "an event of this very moment is inside", src: `events("glucose").within("1h").count() == 1`, events: threeLows, now: "2026-03-07 08:00", want: "true", next: "2026-03-07 09:00"},
		{why: "between lets in what is exactly 1 day old, and out what is exactly 7", src: `events("glucose").between("7d", "1d").count() == 1`, events: threeLows, now: "2026-03-08 08:00", want: "false", next: "2026-03-12 08:00"},
		{why: "between waits for the one that will reach it", src: `events("glucose").between("7d", "1d").count() >= 3`, events: threeLows, now: "2026-03-08 07:00", want: "false", next: "2026-03-08 08:00"},
		{why: "what a condition refuses has no say in when", src: `events("glucose").within("7d").where(e, e.value < 3.6).count() >= 1`, events: threeLows, want: "true", next: "2026-03-12 08:00", seen: []int32{1}},
		{why: "at_least not met is unknown, and a negation of it too", src: `!(events("glucose").within("28d").at_least(4).mean() < 3)`, events: threeLows, want: "unknown", next: "never"},
		{why: "at_least counts before the condition after it", src: `events("glucose").within("28d").at_least(3).where(e, e.value > 9).count() == 0`, events: threeLows, want: "true", next: "2026-03-29 12:00"},
		{why: "last after where takes the newest that fit", src: `events("glucose").where(e, e.context == "fasting").last(1).min() > 3.6`, events: threeLows, want: "true", next: "never", seen: []int32{2}},
		{why: "where after last looks among the newest only", src: `events("glucose").last(2).where(e, e.context == "random").count() == 0`, events: threeLows, want: "true"},
		{why: "an event still to come pushes one out of last", src: `events("glucose").last(1).filter(e, e.value < 3.9).count() >= 1`, events: append([]string{"2026-03-09 08:00 glucose 8"}, threeLows...), want: "true", next: "2026-03-09 08:00"},
		{why: "an event still to come is not seen yet", src: `events("glucose").count() >= 4`, events: append([]string{"2026-03-09 08:00 glucose 8"}, threeLows...), want: "false", next: "2026-03-09 08:00", seen: []int32{2, 1, 0}},
		{why: "two of one moment both count", src: `events("glucose").within("7d").count() == 2`, events: []string{"2026-03-08 08:00 glucose 5", "2026-03-08 08:00 glucose 6 disputed"}, want: "true", next: "2026-03-15 08:00"},
		{why: "of two of one moment the later committed is the latest", src: `events("glucose").latest().value == 6`, events: []string{"2026-03-08 08:00 glucose 5", "2026-03-08 08:00 glucose 6"}, want: "true", seen: []int32{1}},
		{why: "several types together", src: `events("glucose", "check_in").within("7d").where(e, e.type == "check_in").count() >= 1`, events: []string{"2026-03-08 08:00 check_in meal", "2026-03-08 09:00 weight 70"}, want: "true", next: "2026-03-15 08:00"},
		{why: "all types", src: `events().count() == 2`, events: []string{"2026-03-08 08:00 check_in meal", "2026-03-08 09:00 weight 70"}, want: "true"},
	})
}

func TestCalendarDays(t *testing.T) {
	runRows(t, KindBool, []row{
		{why: "today ends at local midnight", src: `events("glucose").today().count() >= 1`, events: []string{"2026-03-08 00:00 glucose 5"}, want: "true", next: "2026-03-09 00:00"},
		{why: "yesterday late is not today", src: `events("glucose").today().count() == 0`, events: []string{"2026-03-07 23:59:59 glucose 5"}, want: "true", next: "never"},
		{why: "two calendar days though 20 minutes apart", src: `events("glucose").local_days("2d").days() == 2`, events: []string{"2026-03-07 23:50 glucose 5", "2026-03-08 00:10 glucose 5"}, want: "true", next: "2026-03-09 00:00"},
		{why: "a streak may end yesterday", src: `events("check_in").streak() >= 2`, events: []string{"2026-03-06 20:00 check_in meal", "2026-03-07 20:00 check_in meal"}, want: "true", next: "2026-03-09 00:00"},
		{why: "a streak that ended the day before yesterday is over", src: `events("check_in").streak() == 0`, events: []string{"2026-03-06 20:00 check_in meal"}, want: "true", next: "never"},
		{why: "the hour lost in March: the window of a day is 23 hours", src: `events("glucose").local_days("1d").count() >= 1`, zone: "America/New_York", events: []string{"2026-03-08 00:30 glucose 5"}, want: "true", next: "2026-03-09 00:00"},
		{why: "24 hours over the hour lost end an hour later on the clock", src: `events("glucose").within("24h").count() >= 1`, zone: "America/New_York", events: []string{"2026-03-08 00:30 glucose 5"}, want: "true", next: "2026-03-09 01:30"},
		{why: "a day without a midnight begins at one", src: `events("glucose").today().count() >= 1`, zone: "Asia/Beirut", now: "2026-03-28 12:00", events: []string{"2026-03-28 08:00 glucose 5"}, want: "true", next: "2026-03-29 01:00"},
		{why: "the hour of an event is local", src: `events("glucose").where(e, e.hour < 6 && e.minute_of_day == 150 && e.weekday == 7).count() == 1`, events: []string{"2026-03-08 02:30 glucose 3"}, want: "true"},
		{why: "hours that compare the same are passed over", src: `local_hour() >= 9 && local_hour() < 21`, want: "true", next: "2026-03-08 21:00"},
		{why: "before the hour, wait for it", src: `local_hour() >= 9`, now: "2026-03-08 03:15", want: "false", next: "2026-03-08 09:00"},
	})
}

func TestSince(t *testing.T) {
	order := []string{"2026-02-20 10:00 order 2"}
	runRows(t, KindBool, []row{
		{why: "more than 15 days is the 16th period", src: `days_since(events("order")) > 15`, events: order, want: "true", next: "never"},
		{why: "turns when 17 periods have passed", src: `days_since(events("order")) > 16`, events: order, want: "false", next: "2026-03-09 10:00"},
		{why: "within 17 ends at the same moment", src: `days_since(events("order")) <= 16`, events: order, want: "true", next: "2026-03-09 10:00"},
		{why: "never is not long ago", src: `days_since(events("order")) > 16`, want: "unknown", next: "never"},
		{why: "exactly 3 hours are 3", src: `hours_since(events("glucose")) == 3`, events: []string{"2026-03-08 09:00 glucose 5"}, want: "true", next: "2026-03-08 13:00"},
		{why: "a reading still to come will be the latest", src: `hours_since(events("glucose")) >= 3`, events: []string{"2026-03-08 09:00 glucose 5", "2026-03-08 18:00 glucose 5"}, want: "true", next: "2026-03-08 18:00"},
		{why: "from a setting", src: `days_since(events("order")) > setting("refill_days")`, events: order, want: "false", next: "2026-04-07 10:00"},
	})
}

func TestThreeValues(t *testing.T) {
	const unknown = `events("hba1c").latest().value > 7`
	no, yes := `events("glucose").count() > 9`, `events("glucose").count() >= 0`
	rows := []row{
		{src: unknown + " && " + no, want: "false"},
		{src: no + " && " + unknown, want: "false"},
		{src: unknown + " && " + yes, want: "unknown"},
		{src: unknown + " || " + yes, want: "true"},
		{src: yes + " || " + unknown, want: "true"},
		{src: unknown + " || " + no, want: "unknown"},
		{src: "!(" + unknown + ")", want: "unknown"},
		{src: "(" + unknown + ") == true", want: "unknown"},
		{src: "(" + unknown + ") ? true : true", want: "unknown"},
		{src: `events("hba1c").latest().value + 1 > 0`, want: "unknown"},
		{src: `1 / events("glucose").count() > 0`, want: "unknown"},
		{src: `tag("lost")`, want: "unknown"},
		{src: `event.value > 3`, want: "unknown"},
		{src: `target("after_meal_2h").high > 3`, want: "unknown"},
		{src: `target("hba1c").low > 3`, want: "unknown"},
		{src: `trait("gender") in ["male"]`, want: "unknown"},
	}
	for i := range rows {
		rows[i].why = rows[i].src
	}
	runRows(t, KindBool, rows)
}

func TestDataThatIsNoNumber(t *testing.T) {
	mixed := []string{
		"2026-03-07 07:00 glucose 4.0 fasting", "2026-03-07 08:00 glucose 33.4 HI", "2026-03-07 09:00 glucose LO",
		"2026-03-07 10:00 glucose 0.2 implausible", "2026-03-07 11:00 glucose 9.9 hidden", "2026-03-07 12:00 glucose 6.0 imported",
	}
	runRows(t, KindNumber, []row{
		{why: "HI, LO, implausible and hidden are in no mean", src: `events("glucose").mean()`, events: mixed, want: "5", seen: []int32{5, 0}},
		{why: "nor counted", src: `events("glucose").count()`, events: mixed, want: "2"},
		{why: "asked for, they count, but hidden never", src: `events("glucose").with_flags().count()`, events: mixed, want: "5"},
		{why: "even then they have no value", src: `events("glucose").with_flags().max()`, events: mixed, want: "6"},
		{why: "and no condition on it holds", src: `events("glucose").with_flags().where(e, e.value > 0 || e.value <= 0).count()`, events: mixed, want: "2"},
		{why: "the flag has a name", src: `events("glucose").with_flags().where(e, e.flag in ["HI", "implausible"]).count()`, events: mixed, want: "2"},
		{why: "a context not given reads as nothing", src: `events("glucose").where(e, e.context == "").count()`, events: mixed, want: "1"},
		{why: "and is not fasting", src: `events("glucose").where(e, e.context != "fasting").count()`, events: mixed, want: "1"},
		{why: "a mean of nothing is unknown", src: `events("glucose").mean()`, want: "unknown"},
		{why: "a sum of nothing too", src: `events("exercise").sum()`, want: "unknown"},
		{why: "a mean of events without a number too", src: `events("meal").mean()`, events: []string{"2026-03-07 07:00 meal usual"}, want: "unknown"},
		{why: "a share of nothing too", src: `events("glucose").share(e, e.value > 5)`, want: "unknown"},
		{why: "a share leaves out what cannot be told", src: `events("glucose").with_flags().share(e, e.value > 5)`, events: mixed, want: "0.5"},
		{why: "a deviation needs two", src: `events("glucose").within("1d").sd()`, events: mixed[:1], want: "unknown"},
		{why: "a slope needs two moments", src: `events("weight").slope()`, events: []string{"2026-03-07 07:00 weight 70", "2026-03-07 07:00 weight 71"}, want: "unknown"},
		{why: "counting is total", src: `events("order").count() + events("order").days() + events("order").streak()`, want: "0"},
	})
}

// docs/guide/sources.md gives these numbers.
func TestClinicalVectors(t *testing.T) {
	var lines []string
	for i, v := range []float64{3.5, 5.0, 6.2, 8.0, 12.0, 15.5} {
		lines = append(lines, fmt.Sprintf("2026-03-0%d 08:00 glucose %v", i+1, v))
	}
	runRows(t, KindNumber, []row{
		{why: "LBGI", src: `events("glucose").lbgi()`, events: lines, want: "2.206"},
		{why: "HBGI", src: `events("glucose").hbgi()`, events: lines, want: "7.708"},
		{why: "CV in percent", src: `events("glucose").cv()`, events: lines, want: "54.493"},
		{why: "sample deviation", src: `events("glucose").sd()`, events: lines, want: "4.559"},
		{why: "mean", src: `events("glucose").mean()`, events: lines, want: "8.367"},
		{why: "median of an even number", src: `events("glucose").median()`, events: lines, want: "7.1"},
		{why: "slope per day", src: `events("glucose").slope()`, events: lines, want: "2.366"},
		{why: "smallest", src: `events("glucose").min()`, events: lines, want: "3.5"},
		{why: "LBGI of highs is zero", src: `events("glucose").last(2).lbgi()`, events: lines, want: "0"},
		{why: "70 mg/dL is the limit 3.9, not 3.886", src: `mgdl(70)`, want: "3.9"},
		{why: "54 mg/dL is the limit 3.0", src: `mgdl(54)`, want: "3"},
		{why: "mmol is the number itself", src: `mmol(3.9)`, want: "3.9"},
	})
}

func TestPerson(t *testing.T) {
	profile := []string{
		"2026-01-01 08:00 profile diabetesType=t2 birthYear=1966 livesAlone=1 complete=0.4", "2026-02-01 08:00 profile treatment=oral complete=0.8",
		"2026-03-01 08:00 profile diabetesType=t1 hidden", "2026-04-01 08:00 profile diabetesType=other",
	}
	runRows(t, KindBool, []row{
		{why: "the newest known, though a later profile is silent", src: `trait("diabetesType") == "t2"`, events: profile, want: "true", next: "2026-04-01 08:00", seen: []int32{0}},
		{why: "a number is the newest too", src: `trait_num("complete") >= 0.6`, events: profile, want: "true", seen: []int32{1}},
		{why: "yes or no", src: `trait_bool("livesAlone")`, events: profile, want: "true", next: "never"},
		{why: "who turns 60 this year is 60", src: `age() == 60`, events: profile, want: "true", next: "2027-01-01 00:00"},
		{why: "age passes over the years that compare the same", src: `age() >= 65`, events: profile, want: "false", next: "2031-01-01 00:00"},
		{why: "an age reached stays", src: `age() >= 60`, events: profile, want: "true", next: "never"},
		{why: "own target, by its condition", src: `events("glucose").where(e, e.value > target("fasting").high).count() == 1`, events: []string{"2026-03-01 08:00 glucose 7.0", "2026-03-02 08:00 glucose 7.1"}, want: "true"},
		{why: "a mean in a condition is taken once", src: `events("glucose").where(e, e.value > events("glucose").within("7d").mean() + 1).count() == 1`, events: []string{"2026-03-06 08:00 glucose 5", "2026-03-07 08:00 glucose 9"}, want: "true", next: "2026-03-13 08:00"},
	})
	runRows(t, KindString, []row{
		{why: "a text as the answer", src: `trait("treatment")`, events: profile, want: "oral"},
		{why: "a choice of texts", src: `age() >= 60 ? "older" : "adult"`, events: profile, want: "older", next: "never"},
	})
}

func TestJourneyWords(t *testing.T) {
	env := testEnv(t)
	lines := []string{"2026-03-08 10:00 glucose 2.8 random", "2026-03-08 11:00 glucose 4.2", "2026-03-08 11:30 glucose 33.3 HI"}
	entry := time.Date(2026, 3, 8, 2, 0, 0, 0, time.UTC).UnixMicro()
	for _, r := range []row{
		{why: "the event that started it", src: `event.value < mmol(3.0) && event.context == "random"`, want: "true", seen: []int32{0}},
		{why: "a field its type does not have", src: `event.systolic > 100`, want: "unknown"},
		{why: "the stage", src: `stage() == "risk"`, want: "true"},
		{why: "another stage", src: `stage() in ["new", "lead"]`, want: "false"},
		{why: "the outcome", src: `outcome() == "no_answer" && timed_out`, want: "true"},
		{why: "what started it is not since then", src: `events("glucose").since_entry().count() == 1`, want: "true", next: "never", seen: []int32{1}},
		{why: "back up since", src: `events("glucose").since_entry().latest().value >= mmol(3.9)`, want: "true"},
		{why: "tags", src: `tag("gl_hypo2_28d") && !tag("lost")`, want: "true"},
	} {
		t.Run(r.why, func(t *testing.T) {
			r.events = lines
			r.run(t, env, KindBool, &Ctx{
				Trigger: 0, Entry: entry, Stage: "risk", Outcome: "no_answer", TimedOut: true,
				Tag: func(id int) Truth { return Of(id == 2) },
			})
		})
	}
	typed, err := NewEnv(Options{Journey: true, Trigger: event.Lookup("glucose")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := typed.Compile(`event.systolic > 100`, KindBool); err == nil {
		t.Error("a field the trigger cannot have is let through")
	}
	row{src: `event.value > 30`, events: lines, want: "unknown", why: "HI has no value"}.run(t, typed, KindBool, &Ctx{Trigger: 2})
}

func TestDeps(t *testing.T) {
	env := testEnv(t)
	for src, want := range map[string]Deps{
		`events("glucose").count() > 3`:                                                    {Events: []event.Type{event.Glucose}},
		`events("order").within("7d").count() > events("glucose").count()`:                 {Events: []event.Type{event.Glucose, event.Order, event.Refund}, Time: true},
		`tag("gl_hypo2_28d") || tag("lost")`:                                               {Tags: []int{0, 2}},
		`stage() == "risk" && local_hour() > 8`:                                            {Stage: true, Time: true},
		`events("glucose").where(e, e.value > target("fasting").high).count() > 0`:         {Events: []event.Type{event.Glucose}, Target: true},
		`age() > 60 && events().count() > 0`:                                               {Events: []event.Type{event.Profile}, AllEvents: true, Time: true},
		`events("weight").where(e, e.value > events("hba1c").latest().value).count() == 0`: {Events: []event.Type{event.HbA1c, event.Weight}},
	} {
		r, err := env.Compile(src, KindBool)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Deps(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s reads %v, want %v", src, got, want)
		}
	}
}

func TestEvidenceIsCapped(t *testing.T) {
	env := testEnv(t)
	r, err := env.Compile(`events("glucose").count() >= 1 && events("glucose").within("60d").days() > 3`, KindBool)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC).UnixMicro()
	c := &Ctx{TL: busyPerson(1000, now), Now: now, Explain: true}
	if r.Eval(c); len(c.Evidence) != MaxEvidence || c.Total < 500 || !slices.IsSortedFunc(c.Evidence, func(a, b int32) int { return int(b - a) }) {
		t.Errorf("%d of %d events, want the newest %d", len(c.Evidence), c.Total, MaxEvidence)
	}
}

func TestSelectionAsAnswer(t *testing.T) {
	env := testEnv(t)
	r, err := env.Compile(`events("glucose").where(e, e.value < 3.6)`, KindEvents)
	if err != nil {
		t.Fatal(err)
	}
	c := &Ctx{TL: told(t, time.UTC, threeLows), Now: math.MaxInt64 / 2, Explain: true}
	if got := r.Eval(c); got.Num != 2 || got.Truth != True || !slices.Equal(c.Evidence, []int32{1, 0}) {
		t.Errorf("got %v with %v", got, c.Evidence)
	}
	if got := r.Eval(&Ctx{}); got.Num != 0 || got.Truth != False {
		t.Errorf("without a timeline: %v", got)
	}
}
