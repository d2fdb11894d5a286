package api

import (
	"encoding/json"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/relation"
	"peiban/internal/staff"
)

// veilOf is what is kept from the caller of what is known of a person; nil when nothing is. It stands where events are read, so
// that a list, a page, a file and a report all keep the same back.
func veilOf(c *caller, l *conductor.Look) func(*event.Event) bool {
	mode := relation.Decided(l.View.Timeline, l.At).Mode
	switch {
	case c.link != "" && mode == relation.FamilyFirst: // whoever holds the link may be the person
		return keptFromSelf(mode)
	case c.session.Kind != staff.KindPerson:
		return nil
	case c.me.Number == l.Card.Number:
		return keptFromSelf(mode)
	}
	v, _ := viewerOf(l, c.me) // no relation is one that is not active
	return func(e *event.Event) bool {
		item := relation.ItemOf(e.Type)
		return e.Type != event.Correction && (item == "" || !relation.Allowed(v, item, gravityOf(e), mode).OK)
	}
}

// keptFromSelf hides from people what they are not to read on a screen. What they said themselves they know.
func keptFromSelf(mode relation.Mode) func(*event.Event) bool {
	return func(e *event.Event) bool {
		return e.Actor != "self" && !relation.Allowed(relation.Viewer{Side: relation.Self}, relation.ItemOf(e.Type), gravityOf(e), mode).OK
	}
}

// gravityOf is how grave an event is to hear. Its body is open.
func gravityOf(e *event.Event) relation.Gravity {
	stage := ""
	if e.Type == event.Imaging { // the stage a report names is a text of its body
		var b struct{ System, Stage string }
		if json.Unmarshal(e.Body, &b) == nil && b.Stage != "" {
			stage = b.System + " " + b.Stage
		}
	}
	return relation.GravityOf(e.Type, e.A.String(), e.B.String(), stage)
}

// viewerOf is somebody as one who looks at the person: by their newest relation that is not a household.
func viewerOf(l *conductor.Look, other conductor.Card) (relation.Viewer, bool) {
	for _, r := range conductor.Relations(l.View.Timeline) {
		if r.Person == string(other.ID) && !r.Household() {
			return l.Viewer(r), r.Active
		}
	}
	return relation.Viewer{Side: relation.Relative}, false
}
