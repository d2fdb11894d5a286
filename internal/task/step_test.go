package task

import (
	"slices"
	"strings"
	"testing"
)

func ids(ts []Task) string {
	var out []string
	for _, t := range ts {
		out = append(out, string(t.ID))
	}
	return strings.Join(out, " ")
}

func TestAnAlertStandsForItsCalls(t *testing.T) {
	alert := Task{ID: "a", Kind: KindAlert, Run: "r", Priority: Safety, Opened: 10, Due: 610, State: Open}
	call := Task{ID: "c", Kind: "task", Run: "r", Priority: Safety, Opened: 10, Due: 500, State: Open}
	with := func(t Task, change func(*Task)) Task { change(&t); return t }
	tests := []struct {
		name string
		ts   []Task
		want string
		due  int64 // of the first row
	}{
		{"one row, due when the first of them is", []Task{alert, call}, "a", 500},
		{"whichever comes first in the list", []Task{call, alert}, "a", 500},
		{"a call that is over sets no time", []Task{alert, with(call, func(t *Task) { t.State = Done })}, "a", 610},
		{"a call alone stays", []Task{call}, "c", 500},
		{"another run's call stays", []Task{alert, with(call, func(t *Task) { t.Run = "s" })}, "a c", 610},
		{"another person's call stays", []Task{alert, with(call, func(t *Task) { t.Person = 2 })}, "a c", 610},
		{"a follow-up of the run stays", []Task{alert, with(call, func(t *Task) { t.Priority = Normal })}, "a c", 610},
		{"a call from before the alert stays", []Task{alert, with(call, func(t *Task) { t.Opened = 9 })}, "a c", 610},
		{"what has no run stays", []Task{with(alert, func(t *Task) { t.Run = "" }), with(call, func(t *Task) { t.Run = "" })}, "a c", 610},
		{"of two alerts the later one stands for the call", []Task{with(alert, func(t *Task) { t.ID, t.Opened = "b", 5 }), alert, call}, "b a", 610},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.ts)
			got := Rows(tt.ts)
			if ids(got) != tt.want || got[0].Due != tt.due {
				t.Errorf("%q due %d, want %q due %d", ids(got), got[0].Due, tt.want, tt.due)
			}
			for i := range before {
				if before[i].ID != tt.ts[i].ID || before[i].Due != tt.ts[i].Due {
					t.Error("the list given was changed")
				}
			}
		})
	}
	later := with(call, func(t *Task) { t.ID, t.Opened, t.State = "d", 20, Done })
	last := with(call, func(t *Task) { t.ID, t.Opened = "e", 15 })
	if got := ids(alert.Calls([]Task{later, call, alert, last})); got != "e c d" {
		t.Errorf("calls %q, want the open ones first, the last opened before the others", got)
	}
}

func TestTheOrderOfADayIsTotal(t *testing.T) {
	ts := []Task{
		{ID: "f", Priority: Low, Due: 1}, {ID: "c", Priority: Normal, Due: 9, Opened: 2}, {ID: "e", Priority: Normal, Due: 9, Opened: 1},
		{ID: "d", Priority: Normal, Due: 9, Opened: 1}, {ID: "b", Priority: Normal, Due: 8, Opened: 7}, {ID: "a", Priority: Safety, Due: 99},
	}
	for range 3 {
		slices.Reverse(ts)
		got := slices.Clone(ts)
		slices.SortFunc(got, Before)
		if ids(got) != "a b d e c f" {
			t.Errorf("%q", ids(got))
		}
	}
}

func TestATaskAsItStood(t *testing.T) {
	opened := Task{ID: "t", State: Open, Opened: 100, Due: 200, Claimed: "liu", Note: "n", Version: 3}
	done := opened
	done.State, done.Closed, done.By, done.Outcome = Done, 150, "liu", "reached"
	tests := []struct {
		name    string
		t       Task
		deeds   []Deed
		at      int64
		want    State // empty: not there yet
		due     int64
		outcome string
	}{
		{"before it was opened", opened, nil, 99, "", 0, ""},
		{"at the moment it was opened", opened, nil, 100, Open, 200, ""},
		{"before it was done", done, []Deed{{At: 150, State: Done, By: "liu", Outcome: "reached"}}, 149, Open, 200, ""},
		{"at the moment it was done", done, []Deed{{At: 150, State: Done, By: "liu", Outcome: "reached"}}, 150, Done, 200, "reached"},
		{"done and taken back since: then it was done", opened, []Deed{{At: 120, State: Done, Outcome: "no_answer"}, {At: 130, State: Open}}, 125, Done, 200, "no_answer"},
		{"done and taken back before: then it was open", opened, []Deed{{At: 120, State: Done, Outcome: "no_answer"}, {At: 130, State: Open}}, 130, Open, 200, ""},
		{"before it was put off", opened, []Deed{{At: 120, State: Open, Until: 200, Before: 160}}, 119, Open, 160, ""},
		{"put off twice, between", opened, []Deed{{At: 120, State: Open, Until: 180, Before: 160}, {At: 140, State: Open, Until: 200, Before: 180}}, 130, Open, 180, ""},
		{"put off later from a moment nobody kept", opened, []Deed{{At: 120, State: Open, Until: 200}}, 119, Open, 0, ""},
		{"an erasure is not in the timeline", Task{ID: "t", State: Void, Opened: 100, Due: 200, Closed: 150}, nil, 150, Void, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.t.As(tt.at, tt.deeds)
			if !ok && tt.want == "" {
				return
			}
			if got.State != tt.want || got.Due != tt.due || got.Outcome != tt.outcome || got.Claimed != "" || (got.State == Open) != (got.Closed == 0) {
				t.Errorf("%+v", got)
			}
		})
	}
}
