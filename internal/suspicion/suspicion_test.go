package suspicion

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func at(s string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

const minute = int64(60_000_000)

// life is a timeline being written, each event received when it happened unless a test says otherwise.
type life struct {
	t   timeline.Timeline
	seq event.Seq
}

func (l *life) add(e event.Event) event.Seq {
	l.seq++
	e.Seq = l.seq
	if e.Received == 0 {
		e.Received = e.Occurred
	}
	l.t.Add(&e)
	return e.Seq
}

func (l *life) glucose(when int64, mmol float64, device string) event.Seq {
	return l.add(event.Event{Type: event.Glucose, Occurred: when, Num: mmol, C: event.Intern(device)})
}

func (l *life) device(when int64, status, serial, kind string) {
	l.add(event.Event{Type: event.Device, Occurred: when, Num: math.NaN(), A: event.Intern(kind), B: event.Intern(status), C: event.Intern(serial)})
}

// tell stores a finding as the conductor does, and clear takes it away as staff do.
func (l *life) tell(f Finding, when int64) event.Seq {
	return l.add(event.Event{Type: event.DataSuspect, Occurred: when, Num: float64(f.Count), A: event.Intern(f.Reason), B: f.Device, C: event.Intern("found"), X: f.Extra()})
}

func (l *life) clear(found event.Seq, reason string, when int64) {
	l.add(event.Event{Type: event.DataSuspect, Occurred: when, Num: math.NaN(), A: event.Intern(reason), C: event.Intern("cleared"), Supersedes: found})
}

func (l *life) view() timeline.View { return timeline.View{Timeline: &l.t, Loc: shanghai} }

func (l *life) own(now int64) []string { return keys(Own(l.view(), usual, now)) }

var usual = LimitsOf(func(string) (float64, bool) { return 0, false })

func keys(all []Finding) (out []string) {
	for _, f := range all {
		out = append(out, fmt.Sprintf("%s %s x%d", f.Reason, f.Key, f.Count))
	}
	return out
}

func TestWhatDoesNotFitWithinOnePerson(t *testing.T) {
	now := at("2026-03-08 12:00")
	days := func(n int, value func(i int) float64) func(*life) {
		return func(l *life) {
			for i := range n {
				l.glucose(at("2026-03-01 07:00")+int64(i)*24*60*minute, value(i), "m1")
			}
		}
	}
	crowd := func(n int, device string, gap func(i int) int64) func(*life) {
		return func(l *life) {
			when := at("2026-03-05 00:00")
			for i := range n {
				l.glucose(when, 6+float64(i%7)/10, device)
				when += gap(i)
			}
		}
	}
	same := func(int) float64 { return 6.5 }
	tests := []struct {
		name string
		life func(*life)
		want []string
	}{
		{"four equal values are chance", days(4, same), nil},
		{"five are not", days(5, same), []string{"repeated glucose@1 x5"}},
		{"six are one run", days(6, same), []string{"repeated glucose@1 x6"}},
		{"another value in between breaks the run", days(7, func(i int) float64 { return 6.5 + float64(i/4) }), nil},
		{"a value told twice by two uploads is one", func(l *life) {
			for i := range 4 {
				when := at("2026-03-01 07:00") + int64(i)*24*60*minute
				l.glucose(when, 6.5, "m1")
				l.add(event.Event{Type: event.Glucose, Occurred: when, Received: when + 60*minute, Num: 6.5})
			}
		}, nil},
		{"taken back, it is not there", func(l *life) {
			days(5, same)(l)
			l.add(event.Event{Type: event.Correction, Occurred: at("2026-03-06 07:00"), Num: math.NaN(), Retracts: 3})
		}, nil},
		{"brought along as history", func(l *life) {
			for i := range 6 {
				l.add(event.Event{Type: event.Glucose, Occurred: at("2026-03-01 07:00") + int64(i)*minute*600, Num: 6.5, Flags: event.Imported})
			}
		}, nil},
		{"a weight is the same for weeks", func(l *life) {
			for i := range 7 {
				l.add(event.Event{Type: event.Weight, Occurred: at("2026-03-01 07:00") + int64(i)*24*60*minute, Num: 71.5})
			}
		}, nil},
		{"equal pressures", func(l *life) {
			for i := range 5 {
				l.add(event.Event{Type: event.BloodPressure, Occurred: at("2026-03-01 07:00") + int64(i)*24*60*minute, Num: 120, X: []float64{80}})
			}
		}, []string{"repeated blood_pressure@1 x5"}},
		{"only one of the two numbers of a pressure is equal", func(l *life) {
			for i := range 5 {
				l.add(event.Event{Type: event.BloodPressure, Occurred: at("2026-03-01 07:00") + int64(i)*24*60*minute, Num: 120, X: []float64{80 + float64(i)}})
			}
		}, nil},
		{"twelve a day are diligence", crowd(12, "m1", func(i int) int64 { return (40 + int64(i*i%17)) * minute }), nil},
		{"thirteen are not", crowd(13, "m1", func(i int) int64 { return (40 + int64(i*i%17)) * minute }), []string{"too_many glucose 2026-03-05 x13"}},
		{"a sensor measures by clockwork", crowd(60, "c1", func(int) int64 { return 15 * minute }), nil},
		{"clockwork of a device registered as a meter is a person's", func(l *life) {
			l.device(at("2026-03-01 00:00"), "in_use", "c1", "meter")
			crowd(30, "c1", func(int) int64 { return 15 * minute })(l)
		}, []string{"too_many glucose 2026-03-05 x30"}},
		{"a registered sensor may rest and go on", func(l *life) {
			l.device(at("2026-03-01 00:00"), "in_use", "c1", "cgm")
			crowd(30, "c1", func(i int) int64 { return (20 + int64(i*i%23)) * minute })(l)
		}, nil},
		{"dated after it came in", func(l *life) {
			l.add(event.Event{Type: event.Glucose, Occurred: at("2026-03-05 07:11"), Received: at("2026-03-05 07:00"), Num: 6})
		}, []string{"time_travel " + event.IDOf(at("2026-03-05 07:00"), 1) + " x1"}},
		{"a clock ten minutes fast", func(l *life) {
			l.add(event.Event{Type: event.Glucose, Occurred: at("2026-03-05 07:10"), Received: at("2026-03-05 07:00"), Num: 6})
		}, nil},
		{"before the person was born", func(l *life) {
			l.add(event.Event{Type: event.Profile, Occurred: at("2026-03-01 07:00"), Num: 2024})
			l.add(event.Event{Type: event.Glucose, Occurred: at("2023-12-31 23:59"), Received: at("2026-03-05 07:00"), Num: 6})
			l.add(event.Event{Type: event.Glucose, Occurred: at("2024-01-01 00:00"), Received: at("2026-03-05 07:00"), Num: 6})
		}, []string{"time_travel " + event.IDOf(at("2026-03-05 07:00"), 2) + " x1"}},
		{"a meter whose clock went back", func(l *life) {
			l.glucose(at("2026-03-07 07:00"), 6.1, "m1")
			for i := range 3 {
				when := at("2026-03-01 07:00") + int64(i)*600*minute
				l.add(event.Event{Type: event.Glucose, Occurred: when, Received: at("2026-03-08 08:00"), Num: 7 + float64(i), C: event.Intern("m1")})
			}
		}, []string{"time_travel back m1 x3"}},
		{"two readings held up on their way", func(l *life) {
			l.glucose(at("2026-03-07 07:00"), 6.1, "m1")
			for i := range 2 {
				when := at("2026-03-01 07:00") + int64(i)*600*minute
				l.add(event.Event{Type: event.Glucose, Occurred: when, Received: at("2026-03-08 08:00"), Num: 7 + float64(i), C: event.Intern("m1")})
			}
		}, nil},
		{"a first upload of all a meter remembers", func(l *life) {
			for i := range 20 {
				when := at("2026-02-01 07:00") + int64(i)*600*minute
				l.add(event.Event{Type: event.Glucose, Occurred: when, Received: at("2026-03-08 08:00"), Num: 5 + float64(i)/10, C: event.Intern("m1")})
			}
		}, nil},
		{"received too long ago", func(l *life) {
			for i := range 6 {
				l.glucose(at("2026-02-01 07:00")+int64(i)*24*60*minute, 6.5, "m1")
			}
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l life
			tt.life(&l)
			if got := l.own(now); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatWasToldIsNotToldAgain(t *testing.T) {
	var l life
	for i := range 5 {
		l.glucose(at("2026-03-01 07:00")+int64(i)*24*60*minute, 6.5, "m1")
	}
	now := at("2026-03-05 08:00")
	f := Own(l.view(), usual, now)[0]
	found := l.tell(f, now)
	if got := l.own(now); got != nil {
		t.Fatalf("told again: %q", got)
	}
	l.glucose(at("2026-03-06 07:00"), 6.5, "m1")
	if got := l.own(at("2026-03-06 08:00")); got != nil {
		t.Errorf("the run goes on and is told again: %q", got)
	}
	l.clear(found, Repeated, at("2026-03-06 09:00"))
	if got := l.own(at("2026-03-06 10:00")); got != nil {
		t.Errorf("cleared, and told again for the same readings: %q", got)
	}
	for i := range 4 {
		l.glucose(at("2026-03-07 07:00")+int64(i)*60*minute, 6.5, "m1")
	}
	if got := l.own(at("2026-03-07 12:00")); got != nil {
		t.Errorf("four after the clearing: %q", got)
	}
	fifth := l.glucose(at("2026-03-07 11:00"), 6.5, "m1")
	want := []string{fmt.Sprintf("repeated glucose@%d#1 x5", fifth-4)}
	if got := l.own(at("2026-03-07 12:00")); !slices.Equal(got, want) {
		t.Errorf("five after the clearing: %q, want %q", got, want)
	}
}

func TestACrowdedDayClearedNeedsThirteenMore(t *testing.T) {
	var l life
	when := at("2026-03-05 00:10")
	some := func(n int) {
		for i := range n {
			l.glucose(when, 6+float64(i%7)/10, "m1")
			when += (20 + int64(i*i%17)) * minute
		}
	}
	some(13)
	f := Own(l.view(), usual, when)[0]
	l.clear(l.tell(f, when), TooMany, when+1)
	when += 2
	some(12)
	if got := l.own(when); got != nil {
		t.Errorf("twelve more: %q", got)
	}
	some(1)
	if got := l.own(when); !slices.Equal(got, []string{"too_many glucose 2026-03-05#1 x13"}) {
		t.Errorf("thirteen more: %q", got)
	}
}

func TestHistoryReadsWhatWasTold(t *testing.T) {
	var l life
	q := l.glucose(at("2026-03-01 07:00"), 6.5, "m1")
	f := Finding{Reason: SharedDevice, Subject: "m1 X", Device: event.Intern("m1"), Count: 3, Since: at("2026-03-01 07:00"), Until: at("2026-03-02 07:00"), Evidence: []event.Seq{q}}
	found := l.tell(f, at("2026-03-03 07:00"))
	l.clear(found, SharedDevice, at("2026-03-04 07:00"))
	got := History(&l.t)
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	p := got[0]
	if p.Seq != found || p.Reason != SharedDevice || p.Device.String() != "m1" || p.Count != 3 || p.Since != f.Since || p.Until != f.Until ||
		!slices.Equal(p.Evidence, f.Evidence) || p.Ref != event.Ref("m1 X") || p.Cleared != at("2026-03-04 07:00") {
		t.Errorf("%+v", p)
	}
	if len(Open(got)) != 0 {
		t.Error("it is open still")
	}
}

// pair are two people who use a meter.
type pair struct{ a, b life }

func (p *pair) sides() (Side, Side) {
	return Side{Person: 1, ID: "01A", View: p.a.view()}, Side{Person: 2, ID: "01B", View: p.b.view()}
}

func (p *pair) shared(now int64) (string, string) {
	a, b := p.sides()
	say := func(f Finding, ok bool) string {
		if !ok {
			return ""
		}
		return fmt.Sprintf("%s x%d", f.Subject, f.Count)
	}
	return say(Shared(a, b, event.Intern("m1"), usual, now)), say(Shared(b, a, event.Intern("m1"), usual, now))
}

func TestOneDeviceOnTwoPeople(t *testing.T) {
	now := at("2026-03-08 12:00")
	mixed := func(p *pair) {
		for i := range 3 {
			when := at("2026-03-01 07:00") + int64(i)*24*60*minute
			p.a.glucose(when, 6+float64(i), "m1")
			p.b.glucose(when+60*minute, 8+float64(i), "m1")
		}
	}
	first := func(p *pair) {
		for i := range 3 {
			p.a.glucose(at("2026-03-01 07:00")+int64(i)*60*minute, 6+float64(i), "m1")
			p.b.glucose(at("2026-03-05 07:00")+int64(i)*60*minute, 8+float64(i), "m1")
		}
	}
	tests := []struct {
		name string
		do   func(*pair)
		a, b string
	}{
		{"both in turn", mixed, "m1 01B x3", "m1 01A x3"},
		{"one reading is a slip", func(p *pair) { mixed(p); p.b = life{}; p.b.glucose(at("2026-03-02 07:00"), 8, "m1") }, "", ""},
		{"both have it registered", func(p *pair) {
			mixed(p)
			p.a.device(at("2026-03-01 06:00"), "in_use", "m1", "meter")
			p.b.device(at("2026-03-01 06:00"), "in_use", "m1", "meter")
		}, "", ""},
		{"one has, and they are family", func(p *pair) {
			mixed(p)
			p.a.device(at("2026-03-01 06:00"), "in_use", "m1", "meter")
			p.b.add(event.Event{Type: event.Relation, Occurred: at("2026-03-01 06:00"), Num: 1, A: event.Intern("spouse"), C: event.Intern("01A")})
		}, "", ""},
		{"family, and nobody registered it", func(p *pair) {
			mixed(p)
			p.b.add(event.Event{Type: event.Relation, Occurred: at("2026-03-01 06:00"), Num: 1, C: event.Intern("01A")})
		}, "m1 01B x3", "m1 01A x3"},
		{"the relation was ended", func(p *pair) {
			mixed(p)
			p.a.device(at("2026-03-01 06:00"), "in_use", "m1", "meter")
			p.b.add(event.Event{Type: event.Relation, Occurred: at("2026-03-01 06:00"), Num: 1, C: event.Intern("01A")})
			p.b.add(event.Event{Type: event.Relation, Occurred: at("2026-03-02 06:00"), Num: 0, C: event.Intern("01A")})
		}, "m1 01B x3", "m1 01A x3"},
		{"one after the other, and nothing was said", first, "m1 01B x3", "m1 01A x3"},
		{"handed on: the first gave it back", func(p *pair) { first(p); p.a.device(at("2026-03-02 06:00"), "returned", "m1", "meter") }, "", ""},
		{"handed on: the second has it registered", func(p *pair) { first(p); p.b.device(at("2026-03-04 06:00"), "in_use", "m1", "meter") }, "", ""},
		{"given back, and used on", func(p *pair) {
			mixed(p)
			p.a.device(at("2026-03-02 06:00"), "returned", "m1", "meter")
		}, "m1 01B x3", "m1 01A x3"},
		{"cleared once, the pair is well for good", func(p *pair) {
			mixed(p)
			a, b := p.sides()
			f, _ := Shared(a, b, event.Intern("m1"), usual, now)
			p.a.clear(p.a.tell(f, now-10), SharedDevice, now-5)
		}, "", "m1 01A x3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p pair
			tt.do(&p)
			if a, b := p.shared(now); a != tt.a || b != tt.b {
				t.Errorf("got %q and %q, want %q and %q", a, b, tt.a, tt.b)
			}
		})
	}
}

func TestNamesThatAreNoSerial(t *testing.T) {
	for name, want := range map[string]bool{"": true, "null": true, "-1": true, "0000": true, "11111": true, "test-7": true, "Sandbox": true, "SN10442": false, "m1": false} {
		if got := noSerial(event.Intern(name)); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestACopyOfAnothersSeries(t *testing.T) {
	now := at("2026-03-08 12:00")
	series := func(l *life, n int, late int64) {
		for i := range n {
			when := at("2026-03-01 07:00") + int64(i)*600*minute
			l.add(event.Event{Type: event.Glucose, Occurred: when, Received: when + late, Num: 6 + float64(i)/10})
		}
	}
	copied := func(p *pair) (a, b bool) {
		x, y := p.sides()
		never := func(Moment) bool { return false }
		_, a = CopiedFrom(x, y, usual, now, never)
		_, b = CopiedFrom(y, x, usual, now, never)
		return a, b
	}
	tests := []struct {
		name string
		do   func(*pair)
		a, b bool
	}{
		{"eight, and the second came later", func(p *pair) { series(&p.a, 8, 0); series(&p.b, 8, 60*minute) }, false, true},
		{"seven are chance", func(p *pair) { series(&p.a, 7, 0); series(&p.b, 7, 60*minute) }, false, false},
		{"both at once: each is the other's copy", func(p *pair) { series(&p.a, 8, 0); series(&p.b, 8, 0) }, true, true},
		{"own readings in between hide nothing", func(p *pair) {
			series(&p.a, 8, 0)
			series(&p.b, 8, 60*minute)
			for i := range 8 {
				p.b.glucose(at("2026-03-01 08:00")+int64(i)*600*minute, 9+float64(i)/10, "m2")
			}
		}, false, true},
		{"all on one day", func(p *pair) {
			for i := range 10 {
				when := at("2026-03-01 07:00") + int64(i)*30*minute
				p.a.glucose(when, 6+float64(i)/10, "")
				p.b.add(event.Event{Type: event.Glucose, Occurred: when, Received: when + minute, Num: 6 + float64(i)/10})
			}
		}, false, false},
		{"the same values a minute later", func(p *pair) {
			series(&p.a, 9, 0)
			for i := range 9 {
				p.b.glucose(at("2026-03-01 07:01")+int64(i)*600*minute, 6+float64(i)/10, "")
			}
		}, false, false},
		{"of one meter both have registered", func(p *pair) {
			for _, l := range []*life{&p.a, &p.b} {
				l.device(at("2026-03-01 06:00"), "in_use", "m1", "meter")
				for i := range 9 {
					l.glucose(at("2026-03-01 07:00")+int64(i)*600*minute, 6+float64(i)/10, "m1")
				}
			}
		}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p pair
			tt.do(&p)
			if a, b := copied(&p); a != tt.a || b != tt.b {
				t.Errorf("got %v and %v, want %v and %v", a, b, tt.a, tt.b)
			}
		})
	}
}

func TestASettingIsHeardAndNonsenseIsNot(t *testing.T) {
	l := LimitsOf(func(k string) (float64, bool) {
		v, ok := map[string]float64{"suspect_repeated": 4, "suspect_per_day": -3, "suspect_copied": math.NaN()}[k]
		return v, ok
	})
	if l.Repeated != 4 || l.PerDay != 12 || l.Copied != 8 {
		t.Errorf("%+v", l)
	}
	for _, k := range Settings() {
		if !strings.HasPrefix(k, "suspect_") {
			t.Error(k)
		}
	}
}

func TestCovers(t *testing.T) {
	var l life
	for i := range 5 {
		l.glucose(at("2026-03-01 07:00")+int64(i)*24*60*minute, 6.5, "m1")
	}
	now := at("2026-03-05 08:00")
	l.tell(Own(l.view(), usual, now)[0], now)
	l.glucose(at("2026-03-06 07:00"), 6.5, "m1") // the run goes on
	l.glucose(at("2026-03-07 07:00"), 6.6, "m1") // and ends
	l.glucose(at("2026-03-08 07:00"), 6.5, "m1")
	p := Open(History(&l.t))[0]
	var got []event.Seq
	for i := range l.t.At {
		if Covers(l.view(), &p, i) {
			got = append(got, l.t.Seq[i])
		}
	}
	if want := []event.Seq{1, 2, 3, 4, 5, 7}; !slices.Equal(got, want) {
		t.Errorf("in doubt are %v, want %v", got, want)
	}
}
