package programme_test

import (
	"maps"
	"strings"
	"testing"

	"peiban/internal/programme"
)

// planned is the sample with some journeys more.
func planned(t *testing.T, journeys map[string]string) programme.Files {
	t.Helper()
	f, err := programme.Skeleton(begun)
	if err != nil {
		t.Fatal(err)
	}
	f = maps.Clone(f)
	for _, key := range []string{"one", "two", "three"} {
		f["content/"+key+".md"] = "---\nkind: message\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n---\n# 中文\n\n正文\n\n# English\n\nText\n"
	}
	for key, j := range journeys {
		f["journeys/"+key+".yaml"] = "name: {zh: 旅程, en: Journey}\n" + j
	}
	return f
}

func TestWhoCouldGetMoreThanTheCapIsSaid(t *testing.T) {
	for _, tt := range []struct {
		name     string
		journeys map[string]string
		want     []string // in order: file:line and numbers
	}{
		{"one message a day", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - message: one\n  - wait: 1d\n  - message: two\n"}, nil},
		{"two at once", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - message: one\n  - message: two\n"}, []string{`a.yaml:5:1: the journey "a" may ask for 2 messages in a day; a person gets 1`}},
		{"two with an hour between, after a wait", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - wait: 3d\n  - message: one\n  - wait: 1h\n  - message: two\n"}, []string{`a.yaml:7:1: the journey "a" may ask for 2`}},
		{"hours that come to a day", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - message: one\n  - wait: 20h\n  - wait: 20h\n  - message: two\n"}, nil},
		{"on two ways that part", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - if: event.carbs > 50\n    then: [{message: one}]\n    else: [{message: two}]\n"}, nil},
		{"on one way of two", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - if: event.carbs > 50\n    then: [{message: one}]\n  - message: two\n"}, []string{"a.yaml:6:1"}},
		{"round and round", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - {id: again, message: one}\n  - wait: 2h\n  - {go: {to: again, times: 4}}\n"}, []string{"may ask for 5 messages"}},
		{"what waits its turn", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - message: {content: one, held: hold}\n  - message: two\n"}, nil},
		{"safety has no cap", map[string]string{"a": "class: safety\nenter: {on: meal, key: event}\nsteps:\n  - message: one\n  - message: two\n"}, nil},
		{"one that is called", map[string]string{"a": "enter: {on: meal, key: event}\nsteps:\n  - message: one\n  - journey: b\n", "b": "enter: {journey: true}\nsteps: [{message: two}]\n"}, []string{"a.yaml:5:1"}},
		{"two journeys that the same thing enters", map[string]string{
			"a": "enter: {on: meal, key: event}\nsteps: [{message: one}]\n", "b": "enter: {on: meal, key: once}\nsteps: [{message: two}]\n",
			"c": "enter: {on: sleep, key: event}\nsteps: [{message: three}]\n",
		}, []string{`a.yaml:3:1: "a" and b are entered by the same thing and ask for 2 messages that day; a person gets 1`}},
		{"two journeys whose conditions part them", map[string]string{
			"a": "enter: {on: meal, if: event.carbs > 50, key: event}\nsteps: [{message: one}]\n", "b": "enter: {on: meal, if: event.carbs <= 50, key: event}\nsteps: [{message: two}]\n",
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := open(t, planned(t, tt.journeys)).Crowded(1)
			if len(got) != len(tt.want) {
				t.Fatalf("%v", got)
			}
			for i, w := range tt.want {
				if !strings.Contains(got[i].String(), w) || got[i].Text.Zh == "" {
					t.Errorf("%s, want %s", got[i], w)
				}
			}
		})
	}
}

// Nobody of the programmes that ship is asked to hear more than one message a day, but where it is known and accepted.
func TestTheShippedProgrammesAreNotCrowded(t *testing.T) {
	for _, key := range shipped {
		for _, p := range open(t, filesOf(t, key)).Crowded(1) {
			t.Errorf("%s/%s", key, p)
		}
	}
}
