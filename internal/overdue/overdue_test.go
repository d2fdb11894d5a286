package overdue

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

var zone = time.FixedZone("CST", 8*3600)

func at(d int) int64 { return time.Date(2026, 1, 1+d, 9, 0, 0, 0, zone).UnixMicro() }

type told struct {
	tl  timeline.Timeline
	seq event.Seq
}

func (l *told) add(d int, e event.Event) *told {
	l.seq++
	e.Seq, e.Occurred, e.Received = l.seq, at(d), at(d)
	l.tl.Add(&e)
	l.tl.Mark(&e)
	return l
}

func (l *told) fill(d int, days float64) *told {
	return l.add(d, event.Event{Type: event.Fill, A: event.Intern("metformin"), Num: days})
}

func (l *told) reading(d int) *told { return l.add(d, event.Event{Type: event.Glucose, Num: 6}) }

func (l *told) view() timeline.View { return timeline.View{Timeline: &l.tl, Loc: zone} }

func days(es []Episode) string {
	var out []string
	for _, e := range es {
		s := fmt.Sprintf("%s day %d", e.Kind, (e.Began-at(0)+9*day/24)/day)
		switch {
		case e.Back:
			s += fmt.Sprintf(" back after %d", (e.Ended-e.Began)/day)
		case e.Ended != 0:
			s += " ended"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestEpisodes(t *testing.T) {
	for _, tt := range []struct {
		name string
		l    *told
		now  int
		want string
	}{
		{"nobody expected anything", new(told), 90, ""},
		{"a refill in time is never overdue", new(told).fill(0, 30).fill(29, 30), 50, ""},
		{"a refill late, then fetched", new(told).fill(0, 30).fill(38, 30), 60, "refill day 31 back after 7"},
		{"a refill never fetched", new(told).fill(0, 30), 60, "refill day 31"},
		{"the medicine was stopped: it ended, and nobody came back", new(told).fill(0, 30).add(40, event.Event{Type: event.Medication, A: event.Intern("metformin"), B: event.Intern("stop"), Num: math.NaN()}), 60, "refill day 31 ended"},
		{"silent for fourteen days, then a value", new(told).reading(0).reading(20), 25, "readings day 14 back after 6"},
		{"thirteen days are nothing", new(told).reading(0).reading(13), 20, ""},
		{"silent to this day", new(told).reading(0), 30, "readings day 14"},
		{"two together, by when they began", new(told).reading(0).fill(0, 30), 40, "readings day 14; refill day 31"},
	} {
		if got := days(Episodes(tt.l.view(), 0, at(tt.now))); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := days(Episodes(new(told).fill(0, 30).fill(38, 30).view(), at(40), at(60))); got != "" {
		t.Errorf("before the span: %s", got)
	}
}

// TestReturnedToCare: the fifteenth day is inside; whose days are not over is neither, and who died or moved is left out.
func TestReturnedToCare(t *testing.T) {
	e := func(back int) *Episode {
		x := &Episode{Began: at(0)}
		if back >= 0 {
			x.Ended, x.Back = at(back), true
		}
		return x
	}
	for _, tt := range []struct {
		name string
		e    *Episode
		gone bool
		now  int
		want Tally
	}{
		{"the fifteenth day", e(15), false, 40, Tally{Became: 1, Back: 1}},
		{"the sixteenth", e(16), false, 40, Tally{Became: 1}},
		{"not come, days over", e(-1), false, 16, Tally{Became: 1}},
		{"not come, days not over", e(-1), false, 15, Tally{Pending: 1}},
		{"died", e(-1), true, 40, Tally{Left: 1}},
		{"came, then moved", e(3), true, 40, Tally{Became: 1, Back: 1}},
		{"it ended another way: they did not come", &Episode{Began: at(0), Ended: at(3)}, false, 5, Tally{Became: 1}},
	} {
		var got Tally
		if got.Add(tt.e, tt.gone, at(tt.now)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestTries(t *testing.T) {
	l := new(told).fill(0, 30)
	late := func(d int) *Late {
		t.Helper()
		all := Now(l.view(), at(d))
		if len(all) != 1 {
			t.Fatalf("day %d: %+v", d, all)
		}
		return &all[0]
	}
	if all := Now(l.view(), at(30)); len(all) != 0 {
		t.Errorf("on its day nobody is overdue: %+v", all)
	}
	first := late(33)
	if first.State(at(33)) != "due" || first.Days(at(33)) != 2 || first.Tries != 0 {
		t.Errorf("%+v", first)
	}
	try := func(d int, result, reason string, next int64) {
		e := event.Event{Type: event.OverdueTry, A: event.Intern("refill"), B: event.Intern(result), C: event.Intern(reason), Num: float64(first.Due), Actor: "staff:liu"}
		if next != 0 {
			e.X = []float64{float64(next)}
		}
		l.add(d, e)
	}
	try(33, "no_answer", "", at(36))
	if x := late(34); x.State(at(34)) != "later" || x.Tries != 1 || x.Last.Result != "no_answer" {
		t.Errorf("%+v", x)
	}
	if x := late(36); x.State(at(36)) != "due" {
		t.Errorf("the day of the next try: %s", x.State(at(36)))
	}
	try(36, "reached", "elsewhere", 0)
	if x := late(40); x.State(at(40)) != "closed" || x.Tries != 2 || Gone(l.view(), at(40)) {
		t.Errorf("%+v", x)
	}
	try(41, "reached", "moved", 0)
	if !Gone(l.view(), at(41)) || Gone(l.view(), at(40)) {
		t.Error("who moved away is gone from then on")
	}
}

// What was read once may be told again until the moment it names, to the microsecond, and not after.
func TestKnownUntil(t *testing.T) {
	plan := func(l *told, d int, kind string, x float64) *told {
		return l.add(d, event.Event{Type: event.CarePlan, A: event.Intern(kind), Num: x})
	}
	skimmed := map[string]bool{}
	for name, l := range map[string]*told{
		"nobody": new(told), "one who came unasked": new(told).add(3, event.Event{Type: event.Visit, Num: 1}).reading(5).reading(40).add(41, event.Event{Type: event.HbA1c, Num: 7}), "values": new(told).reading(0).reading(20).reading(60), "refills": new(told).fill(0, 30).fill(38, 30), "refill and values": new(told).fill(0, 30).reading(3).fill(35, 20).reading(50),
		"stopped": new(told).fill(0, 30).add(40, event.Event{Type: event.Medication, A: event.Intern("metformin"), B: event.Intern("stop"), Num: math.NaN()}),
		"a plan":  plan(new(told).reading(0), 2, "visit", 10),
		"tried":   new(told).fill(0, 30).add(33, event.Event{Type: event.OverdueTry, A: event.Intern("refill"), B: event.Intern("reached"), C: event.Intern("moved"), Num: 1}),
	} {
		v := l.view()
		said := func(now int64) string {
			return fmt.Sprint(Now(v, now), Gone(v, now), Episodes(v, math.MinInt64, now))
		}
		var moments []int64
		for d := 0; d < 200; d += 3 {
			moments = append(moments, at(d)+int64(d)*day/37)
		}
		for _, now := range moments {
			k := Read(v, now)
			if !Expects(v.Type) { // what is skimmed tells as much as everything
				skim := timeline.View{Timeline: &timeline.Timeline{At: v.At, Type: v.Type, Flags: v.Flags}, Loc: v.Loc}
				if whole := everything(v, now); !reflect.DeepEqual(k, whole) || !reflect.DeepEqual(Read(skim, now), whole) {
					t.Fatalf("%s at %d: skimmed %+v, of everything %+v", name, now, Read(skim, now), whole)
				}
				skimmed[name] = true
			}
			want := fmt.Sprint(k.Late, k.Gone, k.Episodes)
			if got := said(now); got != want {
				t.Fatalf("%s: at once it says %s, then %s", name, want, got)
			}
			for _, later := range append(slices.Clone(moments), k.Until-1) {
				if later >= now && later < k.Until && later < at(300) && said(later) != want {
					t.Errorf("%s: %d may be told until %d, but at %d it is %s, not %s", name, now, k.Until, later, said(later), want)
				}
			}
		}
	}
	if len(skimmed) != 3 {
		t.Errorf("only readings are expected of %v", skimmed)
	}
}
