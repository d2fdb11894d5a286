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

// Over a thousand readings the steps ahead are estimates: they may be early, never late. Nothing turns between now and Next, at any of
// the moments at which a reading leaves.
func TestStepsAheadAreNeverLate(t *testing.T) {
	env := testEnv(t)
	r := rand.New(rand.NewPCG(5, 6))
	turned, far := 0, 0
	for range 80 { // also of a short test: fewer have none that turns, and they take half a second
		tl := &timeline.Timeline{}
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		at, level, trend := start, 8.0, r.NormFloat64()/40
		for k := range 200 + r.IntN(1000) {
			at += 15 * microMinute
			level += (8-level)/400 + trend + r.NormFloat64()/6
			tl.Add(&event.Event{Seq: event.Seq(k + 1), Type: event.Glucose, Occurred: at, Received: at, Num: math.Round(10*max(2, level)) / 10})
		}
		figure := [...]string{
			`within("5d").quantile(0.9)`, `within("5d").median()`, `within("5d").mean()`, `within("5d").sd()`, `within("5d").cv()`, `within("5d").lbgi()`,
			`within("5d").share(e, e.value > 8)`, `change("3d", 3)`, `within("5d").j_index()`, `within("5d").day_mean(1)`, `within("5d").most_per_day()`,
			`within("5d").max()`, `within("5d").quantile(0)`,
		}[r.IntN(13)]
		if r.IntN(3) == 0 {
			figure = fmt.Sprintf(`within("5d").quantile(%v)`, math.Round(100*r.Float64())/100)
		}
		number := compile(t, env, `events("glucose").`+figure, KindNumber)
		c := &Ctx{TL: timeline.View{Timeline: tl, Loc: time.UTC}, Now: at + r.Int64N(microDay)}
		now := c.Now
		v := number.Eval(c).Num
		if v != v {
			continue
		}
		op := [...]string{"<", ">", ">=", "<=", "=="}[r.IntN(5)]
		k := v + math.Abs(v)*r.NormFloat64()/30
		if r.IntN(6) == 0 {
			k = v
		}
		b := compile(t, env, fmt.Sprintf(`events("glucose").%s %s %v`, figure, op, k), KindBool)
		got := b.Eval(c)
		if got.Next <= now || got.Next-now > halfDay {
			far++
		}
		for _, left := range tl.At {
			for _, window := range []int64{3 * microDay, 5 * microDay, 6 * microDay} {
				if m := left + window; m > now && m < got.Next {
					if c.Now = m; b.Eval(c).Truth != got.Truth {
						t.Fatalf("%s is %v until %s, but %v at %s", b.Source(), got.Truth, time.UnixMicro(got.Next).UTC(), b.Eval(c).Truth, time.UnixMicro(m).UTC())
					}
				}
			}
		}
		if c.Now = got.Next; got.Next != Never && b.Eval(c).Truth != got.Truth {
			turned++
		}
	}
	if turned == 0 || far == 0 {
		t.Errorf("%d answers turned at their next moment, %d looked half a day ahead: nothing was compared", turned, far)
	}
	t.Logf("%d turned at their next moment, %d looked more than half a day ahead", turned, far)
}

func compile(t testing.TB, env *Env, src string, kind Kind) *Rule {
	t.Helper()
	r, err := env.Compile(src, kind)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return r
}
