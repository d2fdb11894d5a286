package conductor

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
)

// A commit takes in what came of many people, and what the engine finds out about one is no matter of the others. So a reading
// is stored, and its step waits for those of the other people of the commit; then all of them are taken at once, on every
// processor there is, and what they ask for is done one after the other, in the order the readings came. Whoever opens somebody
// whose step still waits has it taken first, so the steps of one person keep their order.

// abreast is a step that is taken with those of others.
type abreast struct {
	d     *draft
	e     event.Event
	out   engine.Out
	taken bool         // out says what the step asks for
	then  func() error // what follows when that is done
}

// worthHelp is from how many steps on another processor is asked to help with them.
const worthHelp = 16

// mayStepAbreast reports whether the step for an event may wait for those of others: one that says what stands beside the timeline
// may not, nor history, which has a way of its own.
func (w *work) mayStepAbreast(e *event.Event) bool {
	switch e.Type {
	case event.Consent, event.ProgrammeJoined, event.Profile, event.Assigned, event.Correction, event.Merged, event.Erased, event.Chat:
		return false
	}
	return !w.moving && e.Supersedes == 0 && e.Retracts == 0 && e.Flags&event.Imported == 0
}

// addAbreast stores an event; o gets it as it is stored.
func (w *work) addAbreast(d *draft, e event.Event, o *Outcome, then func() error) error {
	e, _, err := w.append(d, e, w.now)
	if err != nil {
		return err
	}
	o.Event = e
	d.abreast = &abreast{d: d, e: e, then: then}
	w.abreast = append(w.abreast, d.abreast)
	return nil
}

// stepAll takes every step that waits and does what they ask for.
func (w *work) stepAll() error {
	for len(w.abreast) > 0 {
		group := w.abreast
		w.abreast = nil
		if err := w.stepAbreast(group); err != nil {
			return err
		}
		for _, a := range group {
			if err := w.stepFirst(a.d); err != nil {
				return err
			}
		}
	}
	return nil
}

// stepFirst takes the step of one person that waits, if one does, and does what it asks for.
func (w *work) stepFirst(d *draft) error {
	a := d.abreast
	switch {
	case a == nil:
		return nil
	case !a.taken:
		return w.stepAll()
	}
	d.abreast = nil
	if err := w.takeOver(d, engine.Input{Event: &a.e}, a.out, w.now, a.e.Type.String()); err != nil {
		return err
	}
	if err := w.afterStep(d, &a.e, w.now); err != nil {
		return err
	}
	return a.then()
}

// stepAbreast asks the engine about each person of a group, each of whom is in it once.
func (w *work) stepAbreast(group []*abreast) error {
	var next atomic.Int64
	work := func() error {
		for i := next.Add(1) - 1; i < int64(len(group)); i = next.Add(1) - 1 {
			a := group[i]
			a.d.grow(&a.e)
			a.out = w.ask(a.d, engine.Input{Event: &a.e}, w.now)
			a.taken = true
		}
		return nil
	}
	var g errgroup.Group
	for range min(runtime.GOMAXPROCS(0), len(group)/worthHelp+1) {
		g.Go(func() error { return fault.Guard(work) })
	}
	return g.Wait()
}
