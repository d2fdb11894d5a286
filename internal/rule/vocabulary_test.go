package rule

import (
	"slices"
	"testing"
)

func TestEveryWordSaysWhatItTakesAndGives(t *testing.T) {
	words := map[string]Word{}
	for _, w := range Vocabulary() {
		words[w.Name] = w
		if w.Gives == "" || w.Gives == givesAny && w.Name != "?:" {
			t.Errorf("%s gives %q", w.Name, w.Gives)
		}
		for _, form := range w.Takes {
			if slices.Contains(form, givesAny) {
				t.Errorf("%s takes %q", w.Name, form)
			}
		}
	}
	for name, want := range map[string]struct {
		takes [][]string
		gives string
	}{
		"within":      {[][]string{{"text"}}, "events"},
		"count":       {[][]string{{}}, "number"},
		"absent":      {[][]string{{"events", "text"}, {"events", "text", "events"}}, "bool"},
		"change":      {[][]string{{"text"}, {"text", "number"}}, "number"},
		"followed_by": {[][]string{{"events", "text"}}, "events"},
		"where":       {[][]string{{"name", "condition"}}, "events"},
		"latest":      {[][]string{{}}, "event"},
		"target":      {[][]string{{"text"}}, "target"},
		"tag":         {[][]string{{"text"}}, "bool"},
	} {
		w := words[name]
		if w.Gives != want.gives || !slices.EqualFunc(w.Takes, want.takes, func(a, b []string) bool { return slices.Equal(a, b) }) {
			t.Errorf("%s takes %q and gives %s", name, w.Takes, w.Gives)
		}
	}
}
