// Package steps is about what happened at each step of a journey: who waits there, who has passed it, what was sent, held, not sent and why,
// which work is open or done. It is the one definition of these figures; each is a number of people, and is who they are.
//
// It reads no clock and no store, and says nothing in words.
package steps

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/insight/fulfil"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/task"
)

// What a figure counts.
const (
	Entered    = "entered" // of the journey: came in
	Running    = "running" // of the journey: are inside
	Waiting    = "waiting" // stand there now
	Passed     = "passed"  // have taken it and gone on, or come to their end there
	Sent       = "sent"
	Held       = "held"       // not sent yet: it waits for its hour, or is tried again
	Failed     = "failed"     // given up after every try
	Suppressed = "suppressed" // not sent, for a reason
	Open       = "open"       // work that is open
	Done       = "done"
)

// Parts are all of them.
var Parts = []string{Entered, Running, Waiting, Passed, Sent, Held, Failed, Suppressed, Open, Done}

// Of names one figure; Step is empty of those of the journey, Reason of all but what was not sent.
type Of struct{ Step, Part, Reason string }

// Fold gathers the figures of one journey.
type Fold struct {
	before map[string][]string // by step: those that were taken by whoever comes to it
	end    []string            // those that were taken by whoever comes to the end
	holds  map[string]bool     // messages a run waits for
	sets   map[Of]*roaring.Bitmap
}

// New is a fold over a journey as it is in force. What older versions had besides is counted where it has the same id.
func New(d *journey.Definition) *Fold {
	f := &Fold{before: map[string][]string{}, holds: map[string]bool{}, sets: map[Of]*roaring.Bitmap{}}
	f.end = f.walk(d.Steps, nil)
	return f
}

func (f *Fold) walk(list []journey.Step, taken []string) []string {
	for i := range list {
		s := &list[i]
		f.before[s.ID] = taken
		if m := s.Says(); m != nil && m.Waits() {
			f.holds[s.ID] = true
		}
		next := append(slices.Clip(taken), s.ID)
		for _, b := range s.Bodies() {
			f.walk(b.Steps, next)
		}
		taken = next
	}
	return taken
}

func (f *Fold) set(of Of) *roaring.Bitmap {
	set := f.sets[of]
	if set == nil {
		set = roaring.New()
		f.sets[of] = set
	}
	return set
}

// take counts somebody wherever what is said of them counts.
func (f *Fold) take(w What, person uint32) {
	for _, of := range f.counts(w) {
		f.set(of).Add(person)
	}
}

// Run takes in a run: where it stands, or how it ended.
func (f *Fold) Run(person uint32, status, reason, step string) {
	f.take(What{Run: true, Step: step, State: status, Reason: reason}, person)
}

// Work takes in a message or a task a run asked for.
func (f *Fold) Work(w *fulfil.Work) {
	f.take(What{Step: w.Step, Kind: w.Kind, State: w.State, Reason: w.Reason}, w.Person)
}

// counts are the figures in which whoever a thing is said of counts.
func (f *Fold) counts(w What) (out []Of) {
	for _, s := range f.before[w.Step] {
		out = append(out, Of{Step: s, Part: Passed})
	}
	_, known := f.before[w.Step]
	if !w.Run {
		of := outcome(w)
		if of.Part != "" {
			out = append(out, of)
		}
		if known && !(f.holds[w.Step] && of.Part == Held) {
			out = append(out, Of{Step: w.Step, Part: Passed})
		}
		return out
	}
	out = append(out, Of{Part: Entered})
	switch {
	case w.State == "running":
		out = append(out, Of{Part: Running})
		if w.Step != "" {
			out = append(out, Of{Step: w.Step, Part: Waiting})
		}
	case w.Reason == journey.AtEnd:
		for _, s := range f.end {
			out = append(out, Of{Step: s, Part: Passed})
		}
	case w.Reason == journey.ByExit, w.Reason == journey.HeldOut:
		if known {
			out = append(out, Of{Step: w.Step, Part: Passed})
		}
	}
	return out
}

// outcome is what became of work; no part: it counts nowhere.
func outcome(w What) Of {
	of := Of{Step: w.Step}
	if (&fulfil.Work{Kind: w.Kind}).Outbound() {
		switch message.State(w.State) {
		case message.Sent:
			of.Part = Sent
		case message.Suppressed:
			of.Part, of.Reason = Suppressed, w.Reason
		case message.Dead:
			of.Part = Failed
		default:
			of.Part = Held
		}
		return of
	}
	switch task.State(w.State) {
	case task.Done:
		of.Part = Done
	case task.Skipped, task.Void:
	default:
		of.Part = Open
	}
	return of
}

// People are those a figure counts, among seen; nil of seen is everybody.
func (f *Fold) People(of Of, seen *roaring.Bitmap) *roaring.Bitmap {
	set := f.sets[of]
	switch {
	case set == nil:
		return roaring.New()
	case seen == nil:
		return set.Clone()
	}
	return roaring.And(set, seen)
}

// Count is how many of seen a figure counts.
func (f *Fold) Count(of Of, seen *roaring.Bitmap) int {
	set := f.sets[of]
	switch {
	case set == nil:
		return 0
	case seen == nil:
		return int(set.GetCardinality())
	}
	return int(set.AndCardinality(seen))
}

// Reasons are why messages of a step were not sent, in the order of their names.
func (f *Fold) Reasons(step string) (out []string) {
	for of := range f.sets {
		if of.Step == step && of.Part == Suppressed {
			out = append(out, of.Reason)
		}
	}
	slices.Sort(out)
	return out
}

// Steps are those anything is told of, in the order of their ids.
func (f *Fold) Steps() (out []string) {
	for of := range f.sets {
		if of.Step != "" {
			out = append(out, of.Step)
		}
	}
	slices.SortFunc(out, cmp.Compare[string])
	return slices.Compact(out)
}
