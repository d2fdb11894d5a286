package rule

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/rule/ruletest"
	"peiban/internal/timeline"
)

func testEnv(t testing.TB) *Env {
	t.Helper()
	e, err := NewEnv(Options{
		Tags:    []string{"lost", "gl_fast_high", "gl_hypo2_28d", "eg_level", "eg_level.high", "eg_level.mid", "gl_a1c_high"},
		Coded:   map[string][]string{"eg_level": {"high", "mid"}},
		Values:  map[string]string{"gl_a1c_high": `events("hba1c").within("100d").latest().value`, "gl_fast_high": weekly.Text, "gl_hypo2_28d": weekly.Text},
		Stages:  []string{"lost", "risk", "new", "lead"},
		Targets: []string{"fasting", "after_meal_2h", "hba1c"}, Settings: map[string]float64{"refill_days": 45}, Journey: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// refTarget are the targets of the people of the reference: a slot without a lower limit, one without any.
func refTarget(key string) (low, high float64, ok bool) {
	switch key {
	case "fasting":
		return 4.4, 7, true
	case "after_meal_2h":
		return unknownNum, 10, true
	case "random":
		return 3.9, 10, true
	}
	return 0, 0, false
}

// refTags are the tags they have: by place those of testEnv.
var (
	refTags = []Truth{True, False, Unknown, True, False, True}
	weekly  = ruletest.Weekly(event.Glucose)
)

// question is one rule, one timeline and one moment; look draws more moments.
type question struct {
	g        *ruletest.Gen
	w        ruletest.World
	arrivals []ruletest.Arrival
}

func ask(seed uint64) *question {
	q := &question{g: ruletest.New(seed)}
	mayRead(q.g)
	loc, near := q.g.Place()
	q.arrivals = q.g.History(loc, near-int64(q.g.IntN(20))*microDay, 16, 1)
	last := q.arrivals[len(q.arrivals)-1].At
	q.w = ruletest.World{Loc: loc, Target: refTarget, Stage: "risk", Tag: func(key string) ruletest.Truth {
		return ruletest.Truth(refTags[slices.Index(q.g.Tags, key)])
	}}
	q.w.Now = last + int64(q.g.IntN(60)-30)*microHour + int64(q.g.IntN(3)-1)
	q.w.Entry = q.w.Now - int64(q.g.IntN(100))*microHour
	return q
}

// mayRead names what rules of the reference may read of a person.
func mayRead(g *ruletest.Gen) {
	g.Journey, g.Tags = true, []string{"lost", "gl_fast_high", "gl_hypo2_28d", "eg_level", "eg_level.high", "eg_level.mid"}
	g.Values = []ruletest.Valued{{Tag: "gl_fast_high", Num: weekly}, {Tag: "gl_hypo2_28d", Num: weekly}}
	g.Coded = []ruletest.Coded{{Tag: "eg_level", Codes: []string{"high", "mid"}}}
	g.Stages = []string{"risk", "new"}
}

// know gives the reference and the rule what arrived.
func (q *question) know(as []ruletest.Arrival) *Ctx {
	tl := &timeline.Timeline{}
	for i := range as {
		tl.Add(&as[i].Event)
	}
	q.w.Events = ruletest.Known(as)
	return &Ctx{
		TL: timeline.View{Timeline: tl, Loc: q.w.Loc}, Now: q.w.Now, Entry: q.w.Entry, Trigger: -1, Target: refTarget, Stage: q.w.Stage,
		Tag: func(id int) Truth { return refTags[id] },
	}
}

func (q *question) show(at int64) string {
	return time.UnixMicro(at).In(q.w.Loc).Format("2006-01-02 15:04:05.000000 -0700")
}

// smallest leaves arrivals out as long as the question still fails, and says how.
func smallest(as []ruletest.Arrival, fails func(as []ruletest.Arrival) string) (string, []ruletest.Arrival) {
	said := fails(as)
	for i := 0; said != "" && i < len(as); {
		less := slices.Delete(slices.Clone(as), i, i+1)
		if s := fails(less); s != "" {
			said, as = s, less
			continue
		}
		i++
	}
	return said, as
}

// rounds is how many questions a property is asked of.
func rounds(n int) uint64 {
	if testing.Short() {
		n /= 20
	}
	return uint64(n)
}

// An answer is what the reference says, and stays so until Next.
func TestAnswersHoldUntilNext(t *testing.T) {
	env := testEnv(t)
	said := map[Truth]int{}
	for seed := range rounds(3000) {
		q := ask(seed)
		b := q.g.Bool(2)
		r, err := env.Compile(b.Text, KindBool)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, b.Text, err)
		}
		now := q.w.Now
		fails := func(as []ruletest.Arrival) string {
			q.w.Now = now
			c := q.know(as)
			return q.holds(r, b, c)
		}
		if s, as := smallest(q.arrivals, fails); s != "" {
			q.w.Now = now
			q.know(as)
			t.Fatalf("seed %d: %s\n%v%s", seed, b.Text, &q.w, s)
		}
		q.w.Now = now
		said[Truth(b.Of(&q.w))]++
	}
	for _, v := range []Truth{Unknown, False, True} {
		if said[v] == 0 {
			t.Errorf("no rule was %v: nothing was compared", v)
		}
	}
	t.Logf("unknown, false, true: %d, %d, %d", said[Unknown], said[False], said[True])
}

// holds says what is wrong with the answers of r, compared with b, from the moment of c on.
func (q *question) holds(r *Rule, b ruletest.Bool, c *Ctx) string {
	now := q.w.Now
	got, want := r.Eval(c), Truth(b.Of(&q.w))
	if got.Truth != want {
		return fmt.Sprintf("is %v, want %v", got.Truth, want)
	}
	c.Explain = true
	if again := r.Eval(c); again.Truth != got.Truth || again.Next > got.Next { // it looks at more, so it may be early
		return fmt.Sprintf("explained is %v until %d, else %v until %d", again.Truth, again.Next, got.Truth, got.Next)
	}
	c.Explain = false
	if got.Next <= now {
		return fmt.Sprintf("next %d is not after now", got.Next)
	}
	until := min(got.Next, now+40*microDay)
	for _, at := range append(q.g.Moments(q.w.Loc, q.w.Events, now, until, 12), until-1) {
		q.w.Now = at
		if v := Truth(b.Of(&q.w)); v != want {
			return fmt.Sprintf("is %v until %s, but %v at %s", want, q.show(got.Next), v, q.show(at))
		}
	}
	for _, at := range []int64{until - 1, until, until + 1} {
		q.w.Now, c.Now = at, at
		if v, want := r.Eval(c).Truth, Truth(b.Of(&q.w)); v != want {
			return fmt.Sprintf("at %s is %v, want %v", q.show(at), v, want)
		}
	}
	return ""
}

// near is whether two ways to compute a number agree.
func near(a, b float64) bool {
	return a != a && b != b || math.Abs(a-b) <= 1e-9*(1+math.Abs(a)+math.Abs(b))
}

// A number asked for itself holds until Next as well.
func TestNumbersHoldUntilNext(t *testing.T) {
	env := testEnv(t)
	known := 0
	for seed := range rounds(3000) {
		q := ask(seed + 1<<32)
		n := q.g.Num()
		r, err := env.Compile(n.Text, KindNumber)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, n.Text, err)
		}
		now := q.w.Now
		fails := func(as []ruletest.Arrival) string {
			q.w.Now = now
			c := q.know(as)
			got := r.Eval(c)
			if want := n.Of(&q.w); !near(got.Num, want) || (got.Truth == True) == math.IsNaN(got.Num) {
				return fmt.Sprintf("is %v (%v), want %v", got.Num, got.Truth, want)
			}
			until := min(got.Next, now+40*microDay)
			for _, at := range append(q.g.Moments(q.w.Loc, q.w.Events, now, until, 12), until-1) {
				q.w.Now = at
				if v := n.Of(&q.w); !near(v, got.Num) {
					return fmt.Sprintf("is %v until %s, but %v at %s", got.Num, q.show(got.Next), v, q.show(at))
				}
			}
			return ""
		}
		if s, as := smallest(q.arrivals, fails); s != "" {
			q.w.Now = now
			q.know(as)
			t.Fatalf("seed %d: %s\n%v%s", seed, n.Text, &q.w, s)
		}
		q.w.Now = now
		if v := n.Of(&q.w); v == v && v != 0 {
			known++
		}
	}
	t.Logf("%d numbers were known and not 0", known)
}

// Every word that gives a number, a condition or a selection is among those that are compared.
func TestEveryWordIsCompared(t *testing.T) {
	met := map[string]bool{}
	for seed := range uint64(30000) {
		g := ruletest.New(seed)
		mayRead(g)
		for _, w := range words(g.Bool(2).Text) {
			met[w] = true
		}
	}
	// These read no events, are compared in tests of their own (of targets in package engine), or are other names of what is compared.
	apart := []string{
		"filter", "size", "target", "timed_out", "outcome", "event", "mmol", "mgdl", "setting", "stage_rank", "own", "target_profile", "planned",
	}
	for _, g := range language {
		for _, w := range g.words {
			if isWord(w.name) && !met[w.name] && !slices.Contains(apart, w.name) {
				t.Errorf("%s is never compared with the reference", w.name)
			}
		}
	}
}

// words are the names in a rule.
func words(text string) []string {
	var out []string
	from := -1
	for i, r := range text + " " {
		name := r == '_' || r >= 'a' && r <= 'z' || from >= 0 && r >= '0' && r <= '9'
		switch {
		case name && from < 0:
			from = i
		case !name && from >= 0:
			out = append(out, text[from:i])
			from = -1
		}
	}
	return out
}

// A rule reads no column but those it says it needs.
func TestRulesNeedTheColumnsTheyRead(t *testing.T) {
	env := testEnv(t)
	left := 0
	for seed := range rounds(4000) {
		q := ask(seed + 3<<32)
		b := q.g.Bool(1)
		r, err := env.Compile(b.Text, KindBool)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, b.Text, err)
		}
		c := q.know(q.arrivals)
		want := r.Eval(c)
		tl := *c.TL.Timeline
		tl.Recv, tl.Seq = nil, nil
		for _, col := range []struct {
			need  timeline.Columns
			clear func()
		}{
			{timeline.Number, func() { tl.Num = nil }}, {timeline.CodeA, func() { tl.A = nil }}, {timeline.CodeB, func() { tl.B = nil }},
			{timeline.CodeC, func() { tl.C = nil }}, {timeline.Extras, func() { tl.Ext, tl.Extra = nil, nil }},
		} {
			if r.Needs()&col.need == 0 {
				left++
				col.clear()
			}
		}
		c.Look(timeline.View{Timeline: &tl, Loc: c.TL.Loc}, c.Now)
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Fatalf("seed %d: %s needs %b: %v", seed, b.Text, r.Needs(), p)
				}
			}()
			if got := r.Eval(c); got.Truth != want.Truth || got.Next != want.Next {
				t.Fatalf("seed %d: %s needs %b: %v without the others, want %v", seed, b.Text, r.Needs(), got, want)
			}
		}()
	}
	if left == 0 {
		t.Error("every rule needs everything: nothing was compared")
	}
}

// An event that Sees leaves out changes neither the answer nor Next, and those an answer bears do not change it before Next.
func TestSeesAndBearsMissNothing(t *testing.T) {
	env := testEnv(t)
	left, borne := 0, 0
	for seed := range rounds(6000) {
		q := ask(seed + 2<<32)
		b := q.g.Bool(1)
		r, err := env.Compile(b.Text, KindBool)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, b.Text, err)
		}
		n := len(q.arrivals) - 1 - q.g.IntN(min(3, len(q.arrivals)))
		before := r.Eval(q.know(q.arrivals[:n]))
		c := q.know(q.arrivals)
		after := r.Eval(c)
		seen, firm := 0, true // after corrections everything is asked again
		for _, a := range q.arrivals[n:] {
			e, at := &a.Event, c.TL.Find(a.Event.Seq)
			firm = firm && e.Supersedes == 0 && e.Retracts == 0 && e.Flags&event.Hidden == 0 && c.Usual(at)
			if r.Sees(c, at) {
				seen++
				firm = firm && !r.Touches(before.Touchy, e.Type)
			}
		}
		if seen == 0 && firm {
			left++
			if after.Truth != before.Truth || after.Next < before.Next {
				t.Fatalf("seed %d: %s\n%vthe last %d are not seen, but what was %v until %d is %v until %d", seed, b.Text, &q.w, len(q.arrivals)-n,
					before.Truth, before.Next, after.Truth, after.Next)
			}
		}
		if firm && seen <= before.Bears {
			borne++
			if after.Truth != before.Truth {
				t.Fatalf("seed %d: %s\n%v%v bears %d, but with the last %d is %v", seed, b.Text, &q.w, before.Truth, before.Bears, len(q.arrivals)-n, after.Truth)
			}
			until := min(before.Next, q.w.Now+40*microDay)
			for _, at := range append(q.g.Moments(q.w.Loc, q.w.Events, q.w.Now, until, 6), until-1) {
				if c.Now = at; r.Eval(c).Truth != before.Truth {
					t.Fatalf("seed %d: %s\n%v%v bears %d until %s, but with the last %d not at %s", seed, b.Text, &q.w, before.Truth, before.Bears,
						q.show(before.Next), len(q.arrivals)-n, q.show(at))
				}
			}
		}
	}
	if left == 0 || borne == 0 {
		t.Errorf("%d events were left out and %d answers kept: nothing was compared", left, borne)
	}
}

// A local day begins at the first moment that is on it.
func TestDaysBeginAtTheirFirstMoment(t *testing.T) {
	for _, z := range []struct{ name, near string }{
		{"Asia/Shanghai", "2026-03-08T12:00:00Z"}, {"America/New_York", "2026-03-08T07:00:00Z"}, {"Asia/Beirut", "2026-03-28T22:00:00Z"},
		{"America/Havana", "2026-11-01T05:00:00Z"}, {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Pacific/Apia", "2011-12-30T10:00:00Z"},
		{"Asia/Kathmandu", "1986-01-01T00:00:00Z"}, {"America/Toronto", "1919-03-31T04:30:00Z"},
	} {
		loc, err := time.LoadLocation(z.name)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339, z.near)
		c := &Ctx{}
		c.TL.Loc = loc
		date := func(at int64) int64 {
			y, m, d := time.UnixMicro(at).In(loc).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
		}
		first := date(at.UnixMicro()) - 400
		for day := first; day < first+800; day++ {
			at := c.dayStart(day)
			if date(at) < day || date(at-1) >= day {
				t.Errorf("%s: day %d begins at %s", z.name, day, time.UnixMicro(at).In(loc))
			}
			if got := c.localDay(at); got != date(at) {
				t.Errorf("%s: %s is on day %d, want %d", z.name, time.UnixMicro(at).In(loc), got, date(at))
			}
		}
	}
}
