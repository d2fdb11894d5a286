// Package healthfile is about what is known of a person's health, from before the diagnosis on: medicines, diagnoses, laboratory
// values, plans and the rest, each folded from the events that say so.
//
// Every fold is pure: events and a moment give the file at that moment. Nothing is dropped: what was replaced or taken back stays
// beside what stands. A statement a doctor signed is never outdone by one that nobody signed.
package healthfile

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"peiban/internal/event"
)

// Entry is one statement of the file as it stands, with those it replaced.
type Entry struct {
	Event     event.Event // its body opened
	Replaced  []*Entry    // what this one replaced, newest first
	Retracted bool
	Reason    string // why it was taken back, where that was said
	body      map[string]json.RawMessage
}

// Said is who said what an entry says, where it was not the one who wrote it down.
type Said struct {
	By   string `json:"by"`
	Name string `json:"name,omitempty"`
	How  string `json:"how,omitempty"`
}

// Text is a text of the entry's body, or "".
func (e *Entry) Text(key string) string {
	var s string
	_ = json.Unmarshal(e.body[key], &s) // not there, or no text
	return s
}

// Said tells who said so; empty: the one who wrote it.
func (e *Entry) Said() Said {
	var s Said
	_ = json.Unmarshal(e.body["said"], &s)
	return s
}

// Body is a property without a slot, as JSON; nil when there is none.
func (e *Entry) Body() map[string]json.RawMessage { return e.body }

// Number is a numeric property of the entry, NaN when it says none.
func (e *Entry) Number(name string) float64 { return number(&e.Event, name) }

// Code is a coded property of the entry, or "".
func (e *Entry) Code(name string) string { return code(&e.Event, name) }

// Flag is a yes-or-no property; not known is no.
func (e *Entry) Flag(name string) bool { return e.Number(name) == 1 }

// Signed tells whether a doctor's own account said so.
func (e *Entry) Signed() bool { return e.Flag("signed") }

// Stands tells whether nobody replaced it or took it back. What another source told before stands in the file, with its paper and who
// signed it; only figures count one of the two.
func (e *Entry) Stands() bool { return !e.Retracted && (e.Event.Flags&event.Hidden == 0 || e.Echo()) }

// Echo tells whether another source told the same measurement before.
func (e *Entry) Echo() bool { return e.Event.Flags&event.Echo != 0 }

func number(e *event.Event, name string) float64 {
	s := e.Type.Spec()
	if s == nil {
		return math.NaN()
	}
	f := s.Field(name)
	switch {
	case f == nil:
	case f.Slot == event.SlotNum:
		return e.Num
	case f.Slot >= event.X0 && int(f.Slot-event.X0) < len(e.X):
		return e.X[f.Slot-event.X0]
	}
	return math.NaN()
}

func code(e *event.Event, name string) string {
	s := e.Type.Spec()
	if s == nil {
		return ""
	}
	if f := s.Field(name); f != nil {
		switch f.Slot {
		case event.SlotA:
			return e.A.String()
		case event.SlotB:
			return e.B.String()
		case event.SlotC:
			return e.C.String()
		}
	}
	return ""
}

// weight is how much an entry counts against others about the same: signed by a doctor, read from a paper that staff saw, said.
func (e *Entry) weight() int {
	return event.Standing(e.Signed(), e.Flag("verified"))
}

// Holding is the entry that holds among those about one thing: of those that stand, the weightiest; of these the latest. Nil when
// none stands.
func Holding(es []*Entry) *Entry {
	var best *Entry
	for _, e := range es {
		if !e.Stands() {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(e.weight(), best.weight()), compare(e, best)) > 0 {
			best = e
		}
	}
	return best
}

// Checked is the entry that holds of what changes with a disease, such as a stage: the latest that a doctor signed or staff saw on paper;
// without one the latest. What a doctor signed years ago does not outdo a report of this year.
func Checked(es []*Entry) *Entry {
	var sure []*Entry
	for _, e := range es {
		if e.weight() > 0 {
			sure = append(sure, e)
		}
	}
	if e := Latest(sure); e != nil {
		return e
	}
	return Latest(es)
}

// Latest is the newest entry that stands, whoever said it; nil when none does.
func Latest(es []*Entry) *Entry {
	for _, e := range slices.Backward(es) {
		if e.Stands() {
			return e
		}
	}
	return nil
}

func compare(a, b *Entry) int {
	return cmp.Or(cmp.Compare(a.Event.Occurred, b.Event.Occurred), cmp.Compare(a.Event.Seq, b.Event.Seq))
}

// entries are the statements among es by the moment they are about, oldest first: each correction holds what it replaced, each
// retraction marks what it took back. Events after now are left out.
func entries(es []event.Event, now int64) []*Entry {
	of := make(map[event.Seq]*Entry, len(es))
	for i := range es {
		e := &es[i]
		if e.Occurred > now || e.Type == event.Correction {
			continue
		}
		of[e.Seq] = opened(e)
	}
	replaced := map[event.Seq]bool{}
	for seq, why := range reasonsOf(es) {
		if x := of[seq]; x != nil {
			x.Retracted, x.Reason = true, why
		}
	}
	for _, seq := range slices.Sorted(keysOf(of)) { // a correction comes after what it corrects
		x := of[seq]
		if old := of[x.Event.Supersedes]; old != nil && x.Event.Supersedes != 0 {
			x.Replaced = append([]*Entry{old}, old.Replaced...)
			replaced[old.Event.Seq] = true
		}
	}
	var out []*Entry
	for seq, x := range of {
		if !replaced[seq] {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

func opened(e *event.Event) *Entry {
	x := &Entry{Event: *e}
	_ = json.Unmarshal(e.Body, &x.body) // no body, or one of an erased person
	return x
}

// reasonsOf says of what was taken back why.
func reasonsOf(es []event.Event) map[event.Seq]string {
	out := map[event.Seq]string{}
	for i := range es {
		if e := &es[i]; e.Retracts != 0 {
			out[e.Retracts] = reasonOf(e)
		}
	}
	return out
}

func keysOf[V any](m map[event.Seq]V) func(func(event.Seq) bool) {
	return func(yield func(event.Seq) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func reasonOf(e *event.Event) string {
	var b struct {
		Note string `json:"note"`
	}
	_ = json.Unmarshal(e.Body, &b)
	return cmp.Or(b.Note, e.A.String())
}
