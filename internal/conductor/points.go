package conductor

import (
	"math"
	"slices"

	"peiban/internal/event"
	"peiban/internal/suspicion"
	"peiban/internal/timeline"
)

// withheldRule marks the rows of the ledger that take points for doubtful readings back, and give them back.
const withheldRule = "data_suspect"

// ledger has no points counted for readings that are in doubt. Points are rows of a ledger and a row is never changed: a second one
// of the opposite amount, for the same moment, takes it back, in the commit that stores the doubt or the points; clearing the doubt
// gives it back by a third. Alarms know nothing of this.
func (w *work) ledger(d *draft, e *event.Event) error {
	if !moves(e) {
		return nil
	}
	for _, row := range owed(timeline.View{Timeline: d.tl, Loc: d.loc}) {
		if _, err := w.add(d, row, w.now); err != nil {
			return err
		}
	}
	return nil
}

// moves reports whether e may change what the ledger owes.
func moves(e *event.Event) bool {
	return e.Type == event.DataSuspect || e.Type == event.Points && e.A.String() != withheldRule
}

// owed are the rows that are missing for the ledger to count no reading in doubt, and every other.
func owed(v timeline.View) (rows []event.Event) {
	all := suspicion.History(v.Timeline)
	if len(all) == 0 {
		return nil
	}
	open := suspicion.Open(all)
	rule := event.Intern(withheldRule)
	balance := map[float64]float64{} // by Ref of the points' event: what is taken back of it now
	places := map[float64]int{}      // by Ref of a reading: where it is
	for i, t := range v.Type {
		switch {
		case t == event.Points && v.A[i] == rule:
			balance[v.XAt(i, 0)] -= v.Num[i]
		case suspicion.Concerns(t) && t != event.DataSuspect:
			places[event.Ref(event.IDOf(v.Recv[i], v.Seq[i]))] = i
		}
	}
	for i, t := range v.Type {
		if t != event.Points || v.A[i] == rule || v.Flags[i]&event.Hidden != 0 || !(v.Num[i] > 0) {
			continue
		}
		reading, known := places[v.XAt(i, 0)]
		doubted := known && slices.ContainsFunc(open, func(p suspicion.Past) bool { return suspicion.Covers(v, &p, reading) })
		ref := event.Ref(event.IDOf(v.Recv[i], v.Seq[i]))
		amount := balance[ref]
		if doubted {
			amount -= v.Num[i]
		}
		if amount == 0 || math.IsNaN(amount) {
			continue
		}
		rows = append(rows, event.Event{
			Type: event.Points, Schema: 1, Num: amount, A: rule, X: []float64{ref}, Occurred: v.At[i], Actor: "engine", Provenance: "engine",
		})
	}
	return rows
}
