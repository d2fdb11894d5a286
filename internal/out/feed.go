package out

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace"
)

// Log is the committed log.
type Log interface {
	EventsAfter(ctx context.Context, w workspace.Number, after, upTo event.Seq, bodies bool, f func(*event.Event) error) error
	TransitionsAfter(ctx context.Context, w workspace.Number, after, upTo event.Seq, f func(*conductor.Transition) error) error
}

// Space is the workspace the feed is of.
type Space interface {
	Workspace() workspace.Workspace
	Head() event.Seq
	Glance(person.Number) (conductor.Card, timeline.View, *engine.State, bool)
	RecordID(person.Number) person.ID
	Reveal(person.Number, []event.Event) error
	Programme(key string) *engine.Programme
}

// Want is what of the feed somebody may have and asks for.
type Want struct {
	Types      []string // empty: all
	Programmes []string // people in one of these; empty: all
	Receiver   Receiver
	Names      bool
	History    bool // what was imported as history too

	// Only chooses among events before they are opened, of who they are about and as that person stands now; nothing else is given then.
	// nil: everything is.
	Only func(n person.Number, e *event.Event, v timeline.View) bool
}

// Page is a part of the feed.
type Page struct {
	Items  []Item
	Next   Place // to go on from
	More   bool  // there is more of the log behind Next already
	People []person.Number
}

// Feed reads the log for others.
type Feed struct {
	Log    Log
	Space  Space
	Source func(ctx context.Context, number int32) string // name of a source
}

const (
	span     = 2000   // sequences read at a time
	scanMost = 40_000 // sequences looked through for one page: rare types end a page without items, and the reader goes on from there
)

// line is one line of the log.
type line struct {
	place Place
	event *event.Event
	moved *conductor.Transition
}

// Page reads on behind a place, at most so many items, and not behind until unless that is the zero Place. The log is read up to the last
// commit this process has followed. Sequences are given under the workspace's lock and become visible in their order, so nothing can be
// committed later before a place that was read.
func (f *Feed) Page(ctx context.Context, from, until Place, w *Want, most int) (Page, error) {
	p := Page{Next: from}
	head := f.Space.Head()
	end := endOf(head)
	if until != (Place{}) && until.Compare(end) < 0 {
		end = until
	}
	for scanned := event.Seq(0); p.Next.Compare(end) < 0 && len(p.Items) < most && scanned < scanMost; {
		first := p.Next.Seq
		to := min(end.Seq, first+span)
		lines, err := f.lines(ctx, p.Next, Place{to, end.kAt(to)})
		if err != nil {
			return Page{}, err
		}
		for i := range lines {
			if len(p.Items) == most {
				break
			}
			item, ok, err := f.item(ctx, &lines[i], w)
			if err != nil {
				return Page{}, err
			}
			p.Next = lines[i].place
			if ok {
				p.Items = append(p.Items, item)
			}
		}
		if len(p.Items) < most || len(lines) == 0 || p.Next == lines[len(lines)-1].place {
			p.Next = Place{to, end.kAt(to)}
		}
		scanned += to - first + 1
	}
	p.More = p.Next.Compare(end) < 0
	for i := range p.Items {
		p.People = append(p.People, p.Items[i].Number)
	}
	slices.Sort(p.People)
	p.People = slices.Compact(p.People)
	return p, nil
}

// kAt is the last place at a sequence on the way to an end.
func (p Place) kAt(s event.Seq) uint32 {
	if s == p.Seq {
		return p.K
	}
	return endOf(s).K
}

// lines reads the log behind from up to to, in order, with the bodies of events opened.
func (f *Feed) lines(ctx context.Context, from, to Place) ([]line, error) {
	w := f.Space.Workspace().Number
	after := from.Seq
	if after > 0 {
		after-- // the sequence itself may have more
	}
	var out []line
	within := func(p Place) bool { return p.Compare(from) > 0 && p.Compare(to) <= 0 }
	err := f.Log.EventsAfter(ctx, w, after, to.Seq, true, func(e *event.Event) error {
		if p := (Place{e.Seq, 0}); within(p) {
			own := *e
			out = append(out, line{place: p, event: &own})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the events of the feed: %w", err)
	}
	err = f.Log.TransitionsAfter(ctx, w, after, to.Seq, func(t *conductor.Transition) error {
		if p := (Place{t.Seq, uint32(t.N) + 1}); within(p) {
			own := *t
			out = append(out, line{place: p, moved: &own})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the changes of the feed: %w", err)
	}
	slices.SortFunc(out, func(a, b line) int { return a.place.Compare(b.place) })
	return out, nil
}

// item shapes a line for who wants it; false: it is not for them.
func (f *Feed) item(ctx context.Context, l *line, w *Want) (Item, bool, error) {
	var n person.Number
	if l.event != nil {
		n = l.event.Person
	} else {
		n = l.moved.Person
	}
	card, v, st, ok := f.Space.Glance(n)
	if !ok {
		return Item{}, false, nil
	}
	if w.Only != nil && (l.event == nil || !w.Only(card.Number, l.event, v)) {
		return Item{}, false, nil
	}
	own := f.Space.RecordID(n)
	if len(w.Programmes) > 0 && !slices.ContainsFunc(st.Programmes, func(p engine.Progress) bool { return slices.Contains(w.Programmes, p.Key) }) {
		return Item{}, false, nil
	}
	item := Item{Person: string(card.ID), Number: card.Number, Place: l.place, Cursor: l.place.Cursor(f.Space.Workspace().ID), Action: Happened}
	if own != card.ID {
		item.Arrived = string(own)
	}
	if l.moved != nil {
		ok = f.change(&item, l.moved, &card, v, st, w)
	} else if ok, item.Action = told(l.event, &card, v, st, w); ok {
		if err := f.event(ctx, &item, l.event, v, w); err != nil {
			return Item{}, false, err
		}
	}
	if ok && w.Names && item.Action != Erased && item.Action != SharingEnded {
		item.Who = &Who{card.Name, card.Phone}
	}
	return item, ok, nil
}

// told decides whether an event goes out, and as what. The end of a person, of their consent, and of what was told before goes to
// whoever may have heard of it, whatever types they chose.
func told(e *event.Event, card *conductor.Card, v timeline.View, st *engine.State, w *Want) (bool, string) {
	spec := e.Type.Spec()
	switch {
	case spec == nil:
		return false, ""
	case e.Type == event.Erased:
		return w.Receiver.knew(st), Erased
	case card.Erased:
		return false, ""
	case e.Type == event.Consent && e.Num != 1 && w.Receiver.ends(e.A.String()):
		return w.Receiver.knew(st), SharingEnded
	case e.Flags&event.Imported != 0 && !w.History:
		return false, ""
	}
	key, health, action := spec.Key, spec.Health, Happened
	if e.Type == event.Correction && e.Retracts != 0 {
		action = TakenBack
		if i := v.Find(e.Retracts); i >= 0 && v.Type[i].Spec() != nil {
			key, health = v.Type[i].String(), v.Type[i].Spec().Health
		}
	} else if e.Supersedes != 0 {
		action = Corrected
	}
	if !wants(w.Types, key) {
		return false, ""
	}
	if health {
		return w.Receiver.CoversHealth(st), action
	}
	return w.Receiver.Covers(st), action
}

func (f *Feed) event(ctx context.Context, item *Item, e *event.Event, v timeline.View, w *Want) error {
	item.ID, item.Type = e.ID(), e.Type.String()
	item.Occurred, item.Received = at(e.Occurred, e.Offset), at(e.Received, e.Offset)
	item.Imported, item.Flags = e.Flags&event.Imported != 0, flagsOf(e)
	if e.Source != 0 {
		item.Source = f.Source(ctx, e.Source)
	}
	id := func(s event.Seq) string {
		if i := v.Find(s); i >= 0 {
			return event.IDOf(v.Recv[i], s)
		}
		return ""
	}
	if e.Supersedes != 0 {
		item.Corrects = id(e.Supersedes)
	}
	if e.Retracts != 0 {
		item.Retracts = id(e.Retracts)
		if i := v.Find(e.Retracts); i >= 0 {
			item.Of = v.Type[i].String()
		}
	}
	if item.Action == Erased || item.Action == SharingEnded || item.Action == TakenBack {
		if item.Action == SharingEnded {
			item.Properties = map[string]any{"purpose": e.A.String(), "granted": false}
		}
		return nil
	}
	some := []event.Event{*e}
	if err := f.Space.Reveal(e.Person, some); err != nil {
		return fmt.Errorf("open event %d for the feed: %w", e.Seq, err)
	}
	item.Properties = Properties(&some[0], w.Names)
	return nil
}

// change shapes a tag gained or lost, or a stage entered. What rules made of somebody's health is about health.
func (f *Feed) change(item *Item, t *conductor.Transition, card *conductor.Card, v timeline.View, st *engine.State, w *Want) bool {
	item.Type = StageChanged
	if t.Kind == "tag" {
		item.Type = TagLeft
		if t.Gained {
			item.Type = TagEntered
		}
	} else if !t.Gained { // the stage left: who entered another is told
		return false
	}
	item.Programme, item.Key = splitKey(t.Key)
	if card.Erased || !wants(w.Types, item.Type) || !w.Receiver.CoversHealth(st) ||
		len(w.Programmes) > 0 && !slices.Contains(w.Programmes, item.Programme) {
		return false
	}
	if p := f.Space.Programme(item.Programme); p != nil && p.Key == item.Programme {
		if name := nameOf(p, t.Kind, item.Key); name != (Text{}) {
			item.Name = &name
		}
	}
	item.ID = event.IDOf(t.At, t.Seq) + "-" + fmt.Sprint(t.N)
	minutes := int16(0)
	if v.Loc != nil {
		minutes = offsetAt(t.At, v.Loc)
	}
	item.Occurred = at(t.At, minutes)
	item.Received = item.Occurred
	return true
}

func nameOf(p *engine.Programme, kind, key string) Text {
	if kind == "stage" {
		if sg := p.Stage(key); sg != nil {
			return sg.Name
		}
	} else if i := p.TagIndex(key); i >= 0 {
		return p.Tags[i].Name
	}
	return Text{}
}

var errFound = errors.New("found")

// Since is the place before the first event committed at or after a moment, microseconds of the workspace's clock; the end of the log when
// there is none. Commits never go back in time, so it is found by halving.
func (f *Feed) Since(ctx context.Context, moment int64) (Place, error) {
	w := f.Space.Workspace().Number
	low, high := event.Seq(0), f.Space.Head() // everything up to low is before the moment
	for low < high {
		middle := low + (high-low)/2
		var first *event.Event
		err := f.Log.EventsAfter(ctx, w, middle, high, false, func(e *event.Event) error {
			own := *e
			first = &own
			return errFound
		})
		switch {
		case err != nil && !errors.Is(err, errFound):
			return Place{}, fmt.Errorf("find a moment in the log: %w", err)
		case first == nil, first.Received >= moment: // nothing in the upper half is before it
			high = middle
		default:
			low = first.Seq
		}
	}
	return endOf(low), nil
}
