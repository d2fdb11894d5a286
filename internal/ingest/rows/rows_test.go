package rows_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

// shelf takes events as the conductor does: an id once. It refuses those called bad.
type shelf struct {
	here  map[string]bool
	items []conductor.Item
	calls int
}

func (s *shelf) Submit(_ context.Context, lane conductor.Lane, _ audit.Entry, items []conductor.Item) ([]conductor.Outcome, error) {
	if lane != conductor.Bulk {
		return nil, errors.New("an import goes after live work")
	}
	s.calls++
	out := make([]conductor.Outcome, len(items))
	for i, it := range items {
		switch {
		case strings.HasPrefix(it.MessageID, "bad"):
			out[i] = conductor.Outcome{Status: conductor.Refused, Fault: fault.New(fault.Invalid, "erased", "已删除", "erased")}
		case s.here[it.MessageID]:
			out[i].Status = conductor.Repeated
		default:
			s.here[it.MessageID] = true
			s.items = append(s.items, it)
			out[i].Event = it.Event
		}
	}
	return out, nil
}

var whom = []conductor.Identifier{{Type: "record", Scope: "clinic", Value: "1"}}

// listed is a format whose rows are given.
func listed(list ...rows.Row) rows.Format {
	return func(_ context.Context, _ io.Reader, take func(rows.Row) error) error {
		for _, r := range list {
			if err := take(r); err != nil {
				return err
			}
		}
		return nil
	}
}

func told(line int, ids ...string) rows.Row {
	r := rows.Row{Line: line}
	for _, id := range ids {
		r.Events = append(r.Events, rows.Event{Event: event.Event{Type: event.Glucose, Num: 7}, ID: id})
	}
	return r
}

func TestEveryRowIsTakenRepeatedOrRefused(t *testing.T) {
	file := listed(told(2, "a"), told(3), told(4, "a"), told(5, "b", "bad"), told(6, "bad2"),
		rows.Row{Line: 7, Why: fault.New(fault.Invalid, "bad_time", "时间", "time")}, rows.Row{Line: 8, Who: nil, Events: told(8, "c").Events})
	s := &shelf{here: map[string]bool{}}
	var refused []rows.Reject
	im := rows.Import{Taker: s, Source: 3, Who: whom, Basis: "paper", Now: time.UnixMicro(1), Refuse: func(r rows.Reject) { refused = append(refused, r) }}
	got, err := im.Run(context.Background(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != 7 || got.Taken != 4 || got.Repeated != 1 || got.Refused != 2 || got.Partly != 1 || got.Events != 3 {
		t.Errorf("%+v", got)
	}
	if len(refused) != 3 || refused[2].Line != 7 {
		t.Errorf("refused: %+v", refused)
	}
	if n := len(s.items); n != 2+3 || s.items[0].Event.Type != event.Consent || s.items[2].Event.Flags&event.Imported == 0 || s.items[2].Event.Source != 3 {
		t.Errorf("%d stored, the first %v", n, s.items[0].Event.Type)
	}
	again, err := im.Run(context.Background(), file, nil)
	if err != nil || again.Rows != 7 || again.Taken != 1 || again.Repeated != 4 || again.Refused != 2 || again.Partly != 1 || again.Events != 0 {
		t.Errorf("again: %+v %v", again, err)
	}
}

func TestARowIsTakenInPart(t *testing.T) {
	part := told(2, "a")
	part.Why = fault.New(fault.Invalid, "bad_value", "数值", "value")
	s := &shelf{here: map[string]bool{}}
	im := rows.Import{Taker: s, Who: whom}
	for i, want := range []string{"taken", "repeated"} {
		got, err := im.Run(context.Background(), listed(part), nil)
		if err != nil || got.Rows != 1 || got.Refused != 0 || got.Partly != 1 || got.Taken != 1-i || got.Repeated != i || got.Reasons["bad_value"] != 1 {
			t.Errorf("%s: %+v %v", want, got, err)
		}
	}
	im.Who = nil
	if got, err := im.Run(context.Background(), listed(part), nil); err != nil || got.Refused != 1 || got.Reasons["no_identifier"] != 1 {
		t.Errorf("about nobody: %+v %v", got, err)
	}
}

func TestNobodyIsMadeForARowAboutNobody(t *testing.T) {
	s := &shelf{here: map[string]bool{}}
	got, err := (&rows.Import{Taker: s}).Run(context.Background(), listed(told(2, "a")), nil)
	if err != nil || got.Refused != 1 || got.Reasons["no_identifier"] != 1 || s.calls != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestAnImportGoesOnWhereItWasStopped(t *testing.T) {
	var list []rows.Row
	for i := range 2500 {
		list = append(list, told(i+2, "r"+strings.Repeat("x", i)))
	}
	s := &shelf{here: map[string]bool{}}
	stop := errors.New("stopped")
	im := rows.Import{Taker: s, Who: whom, Done: func(r rows.Report) error { return stop }}
	first, err := im.Run(context.Background(), listed(list...), nil)
	if !errors.Is(err, stop) || first.Rows != 1000 {
		t.Fatalf("%+v %v", first, err)
	}
	im.From, im.Done = first.Rows, nil
	rest, err := im.Run(context.Background(), listed(list...), nil)
	if err != nil {
		t.Fatal(err)
	}
	first.Add(rest)
	if first.Rows != 2500 || first.Taken != 2500 || first.Repeated != 0 || len(s.items) != 2500 {
		t.Errorf("%+v, %d stored", first, len(s.items))
	}
}

func TestWhatWasReadBeforeAFileBreaksOffIsKept(t *testing.T) {
	s := &shelf{here: map[string]bool{}}
	broken := errors.New("half a file")
	got, err := (&rows.Import{Taker: s, Who: whom}).Run(context.Background(), func(_ context.Context, _ io.Reader, take func(rows.Row) error) error {
		if err := take(told(2, "a")); err != nil {
			return err
		}
		return broken
	}, nil)
	if !errors.Is(err, broken) || got.Taken != 1 || len(s.items) != 1 {
		t.Errorf("%+v %v", got, err)
	}
}
