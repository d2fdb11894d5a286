package programme_test

import (
	"maps"
	"strings"
	"testing"

	"peiban/internal/programme"
)

func TestTogether(t *testing.T) {
	one, problems := programme.Open(sound(t), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	other := func(edit func(programme.Files)) *programme.Compiled {
		files := maps.Clone(one.Files)
		files["programme.yaml"] = strings.Replace(files["programme.yaml"], "key: "+one.Key, "key: another", 1)
		edit(files)
		c, problems := files.Open()
		if problems != nil {
			t.Fatal(problems)
		}
		return c
	}
	same := other(func(programme.Files) {})
	if found := programme.Together([]*programme.Compiled{one, same}); found != nil {
		t.Errorf("the same texts and journeys go together: %v", found)
	}
	changed := other(func(f programme.Files) {
		f["journeys/after-low.yaml"] = strings.Replace(f["journeys/after-low.yaml"], "again: after 15m", "again: after 20m", 1)
		f["content/hello.md"] += "!"
	})
	got := programme.Together([]*programme.Compiled{one, changed}).Error()
	for _, want := range []string{"another/journeys/after-low.yaml", "another/content/hello.md", "give it a name of its own"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in %s", want, got)
		}
	}
	if strings.Contains(got, "sugar") {
		t.Errorf("what is the same is no problem: %s", got)
	}
}
