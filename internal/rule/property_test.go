package rule

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testEnv(t testing.TB) *Env {
	t.Helper()
	e, err := NewEnv(Options{
		Tags: []string{"lost", "gl_fast_high", "gl_hypo2_28d"}, Stages: []string{"lost", "risk", "new", "lead"},
		Targets: []string{"fasting", "after_meal_2h", "hba1c"}, Settings: map[string]float64{"refill_days": 45}, Journey: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// candidates are the moments in (from, to) at which a rule over w could turn: what happens, what falls out of a
// window or reaches it, whole days and hours after an event, and the full hours of the clocks.
func (w world) candidates(from, to int64) []int64 {
	var all []int64
	add := func(at int64) {
		for _, d := range []int64{-1, 0, 1} {
			if at+d > from && at+d < to {
				all = append(all, at+d)
			}
		}
	}
	for _, e := range w.events {
		add(e.at)
		for _, p := range refPeriods {
			add(e.at + p.len)
		}
		for n := int64(1); n <= 26; n++ {
			add(e.at + n*microHour)
			add(e.at + n*microDay)
		}
	}
	hour := time.UnixMicro(from).Truncate(time.Hour)
	for n := range 24 * 8 {
		add(hour.Add(time.Duration(n) * 30 * time.Minute).UnixMicro())
	}
	return all
}

// An answer is what the reference says, and stays so until Next.
func TestAnswersHoldUntilNext(t *testing.T) {
	env := testEnv(t)
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		b := genBool(t, 2)
		r, err := env.Compile(b.text, KindBool)
		if err != nil {
			t.Fatalf("%s: %v", b.text, err)
		}
		c := &Ctx{TL: w.view(), Now: w.now, Entry: w.entry, Trigger: -1}
		got := r.Eval(c)
		want := b.of(w)
		if got.Truth != want {
			t.Fatalf("%s\n%v is %v, want %v", b.text, w, got.Truth, want)
		}
		c.Explain = true
		if again := r.Eval(c); again.Truth != got.Truth || again.Next != got.Next {
			t.Fatalf("%s\n%v explained is %v until %d, else %v until %d", b.text, w, again.Truth, again.Next, got.Truth, got.Next)
		}
		c.Explain = false
		if got.Next <= w.now {
			t.Fatalf("%s\n%v next %d is not after now", b.text, w, got.Next)
		}
		until := min(got.Next, w.now+40*microDay)
		later := w
		for _, at := range append(w.candidates(w.now, until), until-1) {
			later.now, c.Now = at, at
			if v := b.of(later); v != want {
				t.Fatalf("%s\n%v is %v until %s, but %v at %s", b.text, w, want, time.UnixMicro(got.Next).In(w.loc), v, time.UnixMicro(at).In(w.loc))
			}
		}
		for _, at := range []int64{until - 1, until, until + 1} {
			later.now, c.Now = at, at
			if v := r.Eval(c).Truth; v != b.of(later) {
				t.Fatalf("%s\n%v at %s is %v, want %v", b.text, w, time.UnixMicro(at).In(w.loc), v, b.of(later))
			}
		}
	})
}

// A number asked for itself holds until Next as well.
func TestNumbersHoldUntilNext(t *testing.T) {
	env := testEnv(t)
	same := func(a, b float64) bool { return a == b || (math.IsNaN(a) && math.IsNaN(b)) }
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		n := genNum(t)
		r, err := env.Compile(n.text, KindNumber)
		if err != nil {
			t.Fatalf("%s: %v", n.text, err)
		}
		c := &Ctx{TL: w.view(), Now: w.now, Entry: w.entry, Trigger: -1}
		got := r.Eval(c)
		if want := n.of(w); !same(got.Num, want) || (got.Truth == True) == math.IsNaN(got.Num) {
			t.Fatalf("%s\n%v is %v (%v), want %v", n.text, w, got.Num, got.Truth, want)
		}
		until := min(got.Next, w.now+40*microDay)
		later := w
		for _, at := range append(w.candidates(w.now, until), until-1) {
			later.now = at
			if v := n.of(later); !same(v, got.Num) {
				t.Fatalf("%s\n%v is %v until %s, but %v at %s", n.text, w, got.Num, time.UnixMicro(got.Next).In(w.loc), v, time.UnixMicro(at).In(w.loc))
			}
		}
	})
}

// A local day begins at the first moment that is on it.
func TestDaysBeginAtTheirFirstMoment(t *testing.T) {
	for _, z := range append(refZones, []struct{ name, near string }{{"Asia/Kathmandu", "1986-01-01T00:00:00Z"}, {"America/Toronto", "1919-03-31T04:30:00Z"}}...) {
		loc, err := time.LoadLocation(z.name)
		if err != nil {
			t.Fatal(err)
		}
		near, _ := time.Parse(time.RFC3339, z.near)
		c := &Ctx{}
		c.TL.Loc = loc
		w := world{loc: loc}
		first := int64(w.date(near.UnixMicro())) - 400
		for day := first; day < first+800; day++ {
			at := c.dayStart(day)
			if w.date(at) < int(day) || w.date(at-1) >= int(day) {
				t.Errorf("%s: day %d begins at %s", z.name, day, time.UnixMicro(at).In(loc))
			}
			if got := c.localDay(at); got != int64(w.date(at)) {
				t.Errorf("%s: %s is on day %d, want %d", z.name, time.UnixMicro(at).In(loc), got, w.date(at))
			}
		}
	}
}
