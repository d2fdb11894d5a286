package suspicion

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// town is many people, some of whom copy others.
func town(seed uint64, people int) []*life {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]*life, people)
	for n := range all {
		l := &life{}
		all[n] = l
		if n > 4 && r.IntN(6) == 0 { // a copy, of all or of some, with own ones in between
			from := all[r.IntN(n)]
			part := 5 + r.IntN(10)
			for i := range from.t.At {
				if from.t.Type[i] == event.Glucose && i < part {
					l.add(event.Event{Type: event.Glucose, Occurred: from.t.At[i], Received: from.t.Recv[i] + int64(r.IntN(3)-1)*minute, Num: from.t.Num[i]})
				}
			}
		}
		for range 3 + r.IntN(12) {
			day, slot := r.IntN(7), []int64{420, 540, 1080}[r.IntN(3)]
			l.glucose(at("2026-03-01 00:00")+int64(day)*24*60*minute+slot*minute, 5+float64(r.IntN(30))/10, fmt.Sprint("m", r.IntN(people*4)))
		}
	}
	return all
}

func build(t *testing.T, all []*life, now int64) *Index {
	t.Helper()
	x, err := Build(usual, now, func(visit func(int, person.Number, timeline.View)) error {
		for n, l := range all {
			visit(0, person.Number(n), l.view())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Every pair that is found by comparing everybody with everybody is one the index names.
func TestTheIndexMissesNobody(t *testing.T) {
	now := at("2026-03-08 12:00")
	found := 0
	for seed := range uint64(40) {
		all := town(seed, 40)
		x := build(t, all, now)
		late := build(t, all[:20], now) // the others come after it was built
		for n, l := range all[20:] {
			late.Put(person.Number(20+n), l.view(), now)
		}
		for i, a := range all {
			one := Side{person.Number(i), fmt.Sprint("P", i), a.view()}
			for k, b := range all {
				if i == k {
					continue
				}
				two := Side{person.Number(k), fmt.Sprint("P", k), b.view()}
				_, ok := CopiedFrom(one, two, usual, now, x.Crowded)
				if !ok {
					continue
				}
				found++
				for name, y := range map[string]*Index{"built": x, "grown": late} {
					if !slices.Contains(y.Alike(person.Number(i), a.view(), now), person.Number(k)) {
						t.Fatalf("seed %d: the %s index does not name %d beside %d", seed, name, k, i)
					}
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d pairs: the test proves little", found)
	}
}

func TestAValueOfACrowdSaysNothing(t *testing.T) {
	now := at("2026-03-08 12:00")
	var all []*life
	for range 30 { // everybody measures at seven and has the same
		l := &life{}
		for i := range 10 {
			l.glucose(at("2026-03-01 07:00")+int64(i)*600*minute, 6+float64(i)/10, "")
		}
		all = append(all, l)
	}
	x := build(t, all, now)
	if got := x.Alike(0, all[0].view(), now); got != nil {
		t.Errorf("worth comparing: %v", got)
	}
	a, b := Side{0, "A", all[0].view()}, Side{1, "B", all[1].view()}
	if f, ok := CopiedFrom(a, b, usual, now, x.Crowded); ok {
		t.Errorf("found %+v", f)
	}
	few := build(t, all[:2], now)
	if got := few.Alike(0, all[0].view(), now); !slices.Equal(got, []person.Number{1}) {
		t.Errorf("two alone: %v", got)
	}
}

func TestMetersOfTwoAndOfACrowd(t *testing.T) {
	now := at("2026-03-08 12:00")
	var all []*life
	for n := range 8 {
		l := &life{}
		l.glucose(at("2026-03-01 07:00"), 6, "model-x")
		if n < 2 {
			l.glucose(at("2026-03-02 07:00"), 6.2, "SN77")
		}
		all = append(all, l)
	}
	x := build(t, all, now)
	got := x.Meters(all[0].view(), 0, now)
	if len(got) != 1 || !slices.Equal(got[event.Intern("SN77")], []person.Number{1}) {
		t.Errorf("%v", got)
	}
}

// A hundred thousand people with their last fortnight.
func BenchmarkBuild(b *testing.B) {
	now := at("2026-03-08 12:00")
	all := town(1, 2000)
	for b.Loop() {
		if _, err := Build(usual, now, func(visit func(int, person.Number, timeline.View)) error {
			for n := range 100_000 {
				visit(0, person.Number(n), all[n%len(all)].view())
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
