package rule

import (
	"fmt"
	"testing"
	"time"
)

// Devices and JSON know a number below 0 that equals it.
func TestMinusZeroIsZero(t *testing.T) {
	env := testEnv(t)
	lines := []string{"2026-03-08 07:00 pain -0", "2026-03-08 08:00 pain 3", "2026-03-08 09:00 plan 7 pointsPerDay=-0", "2026-03-08 10:00 plan 7 pointsPerDay=4"}
	for _, field := range []string{`events("pain").where(e, e.value %s).count()`, `events("plan").where(e, e.pointsPerDay %s).count()`} {
		for _, x := range []struct{ op, want string }{{"< 0", "0"}, {">= 0", "2"}, {"== 0", "1"}, {"!= 0", "1"}, {"> 0", "1"}, {"<= 0", "1"}, {"> -0.0", "1"}} {
			r := row{src: fmt.Sprintf(field, x.op), events: lines, want: x.want}
			t.Run(r.src, func(t *testing.T) { r.run(t, env, KindNumber, &Ctx{Trigger: -1}) })
		}
	}
}

// What waits to be used again holds on to nobody's timeline.
func TestAClearedContextHoldsNobody(t *testing.T) {
	env := testEnv(t)
	c := &Ctx{TL: told(t, time.UTC, []string{"2026-03-08 07:00 glucose 7", "2026-03-08 08:00 pain 3"}), Trigger: -1}
	c.Now = micro(t, "2026-03-08 12:00", time.UTC)
	r := compile(t, env, `events("glucose").followed_by(events("pain"), "3h").count() == 1 && days_since(events("pain").last(2)) < 3`, KindBool)
	if got := r.Eval(c); got.Truth != True {
		t.Fatal(got)
	}
	c.Clear()
	if c.TL.Timeline != nil || c.scene.tl != nil || c.scene.loc != nil || len(c.walks) == 0 {
		t.Errorf("%v %v, %d walks", c.TL, c.scene.tl, len(c.walks))
	}
	for i, w := range c.walks {
		if w.tl != nil {
			t.Errorf("walk %d", i)
		}
	}
}
