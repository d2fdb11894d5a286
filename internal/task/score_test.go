package task

import (
	"slices"
	"testing"
)

func TestScore(t *testing.T) {
	const day = 24 * hour
	now := 100 * day
	w := DefaultWeights()
	tests := []struct {
		name string
		t    Task
		c    Contact
		want int
	}{
		{"due at this moment has three quarters", Task{Priority: Normal, Due: now, Opened: now}, Contact{}, 300},
		{"three days late has all", Task{Priority: Normal, Due: now - 3*day, Opened: now}, Contact{}, 400},
		{"later than that no more", Task{Priority: Normal, Due: now - 30*day, Opened: now}, Contact{}, 400},
		{"a week ahead has none", Task{Priority: Normal, Due: now + 7*day, Opened: now}, Contact{}, 0},
		{"half a week ahead", Task{Priority: Normal, Due: now + 7*day/2, Opened: now}, Contact{}, 150},
		{"without a time there is none", Task{Priority: Normal, Opened: now}, Contact{}, 0},
		{"a promise", Task{Priority: Promise, Due: now, Opened: now}, Contact{}, 500},
		{"what can wait", Task{Priority: Low, Due: now, Opened: now}, Contact{}, 200},
		{"waiting ends at fourteen days", Task{Priority: Normal, Opened: now - 20*day}, Contact{}, 50},
		{"waiting for a week", Task{Priority: Normal, Opened: now - 7*day}, Contact{}, 25},
		{"never heard from, never reached", Task{Priority: Normal, Opened: now}, Contact{Silent: -1, Apart: -1}, 50},
		{"all a contact can be worth", Task{Priority: Normal, Opened: now}, Contact{Far: true, Outside: true, Silent: 14, Apart: 28, Fresh: true}, 100},
		{"three days of silence mean nothing yet", Task{Priority: Normal, Opened: now}, Contact{Silent: 3}, 0},
		{"safety is not weighed by the worth of a talk", Task{Priority: Safety, Level: 2, Opened: now}, Contact{Far: true}, 1200},
	}
	for _, tt := range tests {
		got := tt.t.Score(w, tt.c, now)
		sum := 0
		for _, p := range got.Parts {
			sum += p.Points
			if p.Text.Zh == "" || p.Text.En == "" {
				t.Errorf("%s: part %s has no words", tt.name, p.Key)
			}
		}
		if got.Points != tt.want || sum != got.Points {
			t.Errorf("%s: %d points, parts add up to %d, want %d", tt.name, got.Points, sum, tt.want)
		}
	}
}

func TestSafetyIsFirstWhateverTheWeights(t *testing.T) {
	now := 100 * 24 * hour
	w := Weights{Due: 1000, Promise: 1000, Value: 1000, Wait: 1000}
	promise := Task{ID: "p", Priority: Promise, Due: 1, Opened: 1}
	alert := Task{ID: "s", Priority: Safety, Due: now + week, Opened: now}
	ts := []Task{promise, alert}
	slices.SortFunc(ts, func(a, b Task) int {
		return Order(a, b, a.Score(w, Contact{Far: true, Silent: -1, Apart: -1}, now), b.Score(w, Contact{}, now))
	})
	if ids(ts) != "s p" {
		t.Errorf("%q", ids(ts))
	}
}

func TestTheOrderByScoreIsTotal(t *testing.T) {
	now := 100 * 24 * hour
	var ts []Task
	for _, id := range []ID{"c", "a", "b"} {
		ts = append(ts, Task{ID: id, Priority: Normal, Due: now, Opened: now})
	}
	for range 3 {
		slices.Reverse(ts)
		got := slices.Clone(ts)
		slices.SortFunc(got, func(a, b Task) int {
			return Order(a, b, a.Score(DefaultWeights(), Contact{}, now), b.Score(DefaultWeights(), Contact{}, now))
		})
		if ids(got) != "a b c" {
			t.Errorf("%q", ids(got))
		}
	}
}

func TestFit(t *testing.T) {
	n, s, l := Task{Priority: Normal}, Task{Priority: Safety}, Task{Priority: Low}
	tests := []struct {
		name string
		work []Task
		left int
		want []bool
		over int
	}{
		{"nothing to do", nil, 0, []bool{}, 0},
		{"just so", []Task{n, n}, 18, []bool{true, true}, 0},
		{"one minute short", []Task{n, n}, 17, []bool{true, false}, 9},
		{"nobody skips ahead to what is short", []Task{n, n, l}, 15, []bool{true, false, false}, 14},
		{"safety is done all the same", []Task{s, n}, 0, []bool{true, false}, 19},
		{"also after what does not fit", []Task{n, s}, 0, []bool{false, true}, 19},
	}
	for _, tt := range tests {
		fits, over := Fit(tt.work, tt.left)
		if !slices.Equal(fits, tt.want) || over != tt.over {
			t.Errorf("%s: %v over %d, want %v over %d", tt.name, fits, over, tt.want, tt.over)
		}
	}
}
