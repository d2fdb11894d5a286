package out_test

import (
	"context"
	"io"
	"runtime"
	"strconv"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace"
)

// longLog is a log of so many readings that makes them as they are read.
type longLog struct{ head event.Seq }

func (l *longLog) EventsAfter(_ context.Context, _ workspace.Number, after, upTo event.Seq, _ bool, f func(*event.Event) error) error {
	var e event.Event
	for seq := after + 1; seq <= min(upTo, l.head); seq++ {
		e = event.Event{Type: event.Glucose, Schema: 1, Seq: seq, Person: person.Number(seq%1000 + 1), Num: 7.8, Occurred: int64(seq) * 1e6, Received: int64(seq) * 1e6, Source: 1}
		if err := f(&e); err != nil {
			return err
		}
	}
	return nil
}

func (l *longLog) TransitionsAfter(context.Context, workspace.Number, event.Seq, event.Seq, func(*conductor.Transition) error) error {
	return nil
}

func (l *longLog) Workspace() workspace.Workspace            { return workspace.Workspace{ID: "01W", Number: 1} }
func (l *longLog) Head() event.Seq                           { return l.head }
func (l *longLog) RecordID(n person.Number) person.ID        { return person.ID("P" + strconv.Itoa(int(n))) }
func (l *longLog) Reveal(person.Number, []event.Event) error { return nil }
func (l *longLog) Programme(string) *engine.Programme        { return nil }
func (l *longLog) Glance(n person.Number) (conductor.Card, timeline.View, *engine.State, bool) {
	var card conductor.Card
	card.ID, card.Number = l.RecordID(n), n
	return card, timeline.View{Timeline: &timeline.Timeline{}}, &engine.State{Consents: []engine.Grant{{Purpose: "health_data", Given: true}}}, true
}

// A million events are read and written as a file while a few thousand of them are in memory.
func TestAMillionEventsAreNotHeld(t *testing.T) {
	const bound = 32 << 20 // bytes
	log := &longLog{head: 1_000_000}
	if testing.Short() {
		log.head = 100_000
	}
	feed := &out.Feed{Log: log, Space: log, Source: func(context.Context, int32) string { return "meter" }}
	want := &out.Want{Receiver: out.Receiver{Basis: out.Entrusted}, Only: func(_ person.Number, e *event.Event, _ timeline.View) bool { return e.Type == event.Glucose }}
	w, err := export.NewWriter(io.Discard, export.CSV, []export.Column{{Key: "id"}, {Key: "person"}, {Key: "value", Kind: export.Number}})
	if err != nil {
		t.Fatal(err)
	}
	living := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most := living(), uint64(0)
	pages := 0
	for at := (out.Place{}); ; pages++ {
		p, err := feed.Page(t.Context(), at, out.Place{}, want, 2000)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Items {
			if err := w.Row([]string{p.Items[i].ID, p.Items[i].Person, "7.8"}); err != nil {
				t.Fatal(err)
			}
		}
		if pages%50 == 0 {
			most = max(most, living())
		}
		if at = p.Next; !p.More {
			break
		}
	}
	if err := w.Close(); err != nil || w.Rows() != int(log.head) {
		t.Fatal(w.Rows(), err)
	}
	t.Logf("%d events, %d bytes live at most", log.head, most-min(most, before))
	if most > before+bound {
		t.Errorf("%d bytes live at most, %d before", most, before)
	}
}
