package engine

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/rule"
)

// busyPerson has n events over half a year, three readings in four, and has joined the programme.
func busyPerson(b testing.TB, n int) *life {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		b.Fatal(err)
	}
	l := newLife(diabetes(b), loc)
	r := rand.New(rand.NewPCG(1, 2))
	step := (180 * 24 * time.Hour).Microseconds() / int64(n)
	start := time.Date(2026, 3, 8, 3, 27, 0, 0, time.UTC).UnixMicro() - int64(n)*step
	for i := range n {
		e := event.Event{Seq: event.Seq(i + 1), Num: math.NaN(), Flags: event.Imported}
		switch k := r.IntN(40); {
		case i == 0:
			e.Type = event.ContactAdded
		case i == 1:
			e.Type, e.Num, e.B, e.C, e.X = event.Profile, 1960, event.Intern("t2"), event.Intern("oral"), []float64{2019, 0.8, 0, 0}
		case i == 2:
			e.Type, e.Num = event.PlanSet, 14
		case k == 0:
			e.Type, e.A = event.Chat, event.Intern("person")
		case k == 1:
			e.Type, e.Num = event.HbA1c, 6.5+r.Float64()
		case k < 10:
			e.Type, e.A = event.CheckIn, event.Intern("meal")
		default:
			e.Type, e.Num, e.C = event.Glucose, math.Round(50+80*r.Float64())/10, event.Intern("meter")
			e.A = event.Intern(event.Contexts[r.IntN(len(event.Contexts))])
		}
		e.Occurred = start + int64(i)*step
		e.Received = e.Occurred
		l.tl.Add(&e)
	}
	l.seq, l.last = event.Seq(n), start+int64(n)*step
	l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes"), Occurred: l.last}, l.last)
	return l
}

// BenchmarkTags answers every tag and the stage and takes no step. The bar is 50 µs for 30 tags.
func BenchmarkTags(b *testing.B) {
	l := busyPerson(b, 1000)
	truth := make([]rule.Truth, len(l.p.Tags))
	c := l.p.context(l.view(), l.last, truth)
	b.ReportAllocs()
	for b.Loop() {
		c.Look(l.view(), l.last)
		for i := range l.p.Tags {
			truth[i] = ask(&l.p.Tags[i], c).truth
		}
	}
	b.ReportMetric(float64(len(l.p.Tags)), "tags")
}

// BenchmarkFull takes a step that answers every tag and the stage of a person of 1,000 events from nothing.
func BenchmarkFull(b *testing.B) {
	l := busyPerson(b, 1000)
	b.ReportAllocs()
	ps := []*Programme{l.p}
	for b.Loop() {
		l.m.Forget()
		Step(ps, testWho, l.view(), l.s, &l.m, Input{}, l.last)
	}
}

// BenchmarkReading takes the step of one reading more.
func BenchmarkReading(b *testing.B) {
	l := busyPerson(b, 1000)
	e := event.Event{Type: event.Glucose, Num: 6.4, A: event.Intern("fasting"), Seq: l.seq + 1, Occurred: l.last + 1, Received: l.last + 1}
	l.tl.Add(&e)
	b.ReportAllocs()
	ps := []*Programme{l.p}
	for b.Loop() {
		Step(ps, testWho, l.view(), l.s, &l.m, Input{Event: &e}, l.last+1)
	}
}

// BenchmarkLook takes a step at a moment at which nothing is due.
func BenchmarkLook(b *testing.B) {
	l := busyPerson(b, 1000)
	b.ReportAllocs()
	ps := []*Programme{l.p}
	for b.Loop() {
		Step(ps, testWho, l.view(), l.s, &l.m, Input{}, l.last)
	}
}
