package steps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"peiban/internal/journey"
)

// TestLedgerIsWhatWasSaidLast replaces the facts of random records many times; the figures are those of what was said of each last.
func TestLedgerIsWhatWasSaidLast(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	whats := []What{
		{Run: true, Step: "2", State: "running"}, {Run: true, State: "done", Reason: journey.AtEnd}, {Step: "1", Kind: "message", State: "sent"}, {Step: "1", Kind: "message", State: "suppressed", Reason: "cap"},
		{Step: "3.then.1", Kind: "task", State: "open"}, {Step: "4", Kind: "message", State: "held"},
	}
	root := func(n uint32) uint32 {
		if n%10 == 9 {
			return 0 // erased
		}
		return n - n%2 // merged in pairs
	}
	l, last := NewLedger(), map[uint32][]Fact{}
	random := func(n uint32) (out []Fact) {
		for range rnd.IntN(4) {
			out = append(out, Fact{Person: n, What: uint32(rnd.IntN(len(whats))), Entered: uint32(100 + rnd.IntN(3))})
		}
		return out
	}
	var first []Fact
	for n := range uint32(3000) {
		last[n] = random(n)
		first = append(first, last[n]...)
	}
	l.Add(first[:len(first)/2], whats)
	l.Add(first[len(first)/2:], whats)
	settled := 0
	for round := range 60 {
		var people []uint32
		var facts []Fact
		for range rnd.IntN(120) {
			n := uint32(rnd.IntN(3100))
			if _, twice := last[n]; twice && round%7 == 3 {
				last[n] = nil
			} else {
				last[n] = random(n)
			}
			people = append(people, n)
		}
		told := map[uint32]bool{}
		for _, n := range people {
			if !told[n] {
				facts, told[n] = append(facts, last[n]...), true
			}
		}
		before := l.gone.GetCardinality()
		l.Replace(people, facts, whats)
		if l.gone.GetCardinality() < before {
			settled++
		}
		for _, span := range [][2]int64{{0, math.MaxInt64}, {101e6, 102e6}} {
			kept, said := New(drawn()), New(drawn())
			l.Fill(kept, span[0], span[1], root)
			for _, fs := range last {
				for _, x := range fs {
					if n, at := root(x.Person), int64(x.Entered)*1e6; n != 0 && at >= span[0] && at < span[1] {
						said.take(whats[x.What], n)
					}
				}
			}
			for _, f := range []*Fold{kept, said} {
				for of, set := range f.sets {
					if set.IsEmpty() {
						t.Fatalf("%+v counts nobody", of)
					}
				}
			}
			if a, b := fmt.Sprint(kept.sets), fmt.Sprint(said.sets); a != b {
				t.Fatalf("round %d: kept %s, said %s", round, a, b)
			}
		}
	}
	if settled == 0 {
		t.Error("it was never put together: too little was tried")
	}
}
