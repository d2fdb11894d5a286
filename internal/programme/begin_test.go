package programme_test

import (
	"slices"
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

var begun = programme.Beginning{Key: "copd", Name: fault.Text{Zh: "慢阻肺管理", En: "COPD"}, Zone: "Asia/Shanghai", Prefix: "lung"}

func TestASkeletonIsSound(t *testing.T) {
	f, err := programme.Skeleton(begun)
	if err != nil {
		t.Fatal(err)
	}
	if c := open(t, f); c.Key != "copd" || c.Version != 1 || !c.Sample || f.Key() != "copd" {
		t.Errorf("%s %d", c.Key, c.Version)
	}
}

func TestABeginningIsNamed(t *testing.T) {
	for _, b := range []programme.Beginning{{Key: "Bad", Name: begun.Name}, {Key: "common", Name: begun.Name}, {Key: "a", Name: fault.Text{Zh: "甲"}}, {Key: "a", Name: begun.Name, Prefix: "X"}} {
		if _, err := programme.Skeleton(b); fault.Of(err) == nil {
			t.Errorf("%+v: %v", b, err)
		}
	}
}

// Every shipped programme may be the template of another in the same workspace: it is sound, its own tests pass, it goes beside the
// others whatever is then changed in it.
func TestEveryShippedProgrammeIsATemplate(t *testing.T) {
	var others []*programme.Compiled
	for _, key := range shipped {
		others = append(others, open(t, filesOf(t, key)))
	}
	for i, key := range shipped {
		f, err := filesOf(t, key).As(begun)
		if err != nil {
			t.Fatal(key, err)
		}
		c := open(t, f)
		if c.Key != "copd" || c.Name != begun.Name || c.Version != 1 || !c.Approval.Sample || len(c.Cases()) != len(others[i].Cases()) {
			t.Errorf("%s: %s %+v, %d cases", key, c.Key, c.Name, len(c.Cases()))
		}
		for _, r := range proof.Run(c, c.Cases()) {
			if !r.Passed {
				t.Errorf("%s: %s", key, r)
			}
		}
		for name := range f {
			if strings.HasPrefix(name, "journeys/") || strings.HasPrefix(name, "content/") {
				f[name] += "\n"
			}
		}
		if problems := programme.Beside(open(t, f), others...); len(problems) > 0 {
			t.Errorf("%s: %v", key, problems)
		}
	}
}

// What a programme cannot have beside another is said of its own file.
func TestBesideAnotherProgramme(t *testing.T) {
	f := filesOf(t, "hypertension")
	f["programme.yaml"] = strings.Replace(f["programme.yaml"], "key: hypertension", "key: other", 1)
	name := ""
	for n := range f {
		if strings.HasPrefix(n, "journeys/") {
			name = n
		}
	}
	f[name] += "# changed\n"
	other := open(t, f)
	problems := programme.Beside(other, open(t, filesOf(t, "hypertension")))
	if len(problems) != 1 || problems[0].File != name || !strings.Contains(problems[0].Hint.En, "other-") {
		t.Errorf("%v", problems)
	}
	if again := programme.Beside(other, other); len(again) != 0 {
		t.Errorf("beside itself: %v", again)
	}
}

func item(t *testing.T, all []programme.Item, key string) programme.Item {
	t.Helper()
	i := slices.IndexFunc(all, func(x programme.Item) bool { return x.Key == key })
	if i < 0 {
		t.Fatalf("no item %s", key)
	}
	return all[i]
}

func TestTheChecklistKnowsWhatIsTrue(t *testing.T) {
	empty, err := programme.Skeleton(begun)
	if err != nil {
		t.Fatal(err)
	}
	new := programme.Checklist(empty, open(t, empty), programme.Known{})
	full := filesOf(t, "diabetes")
	c := open(t, full)
	k := programme.Known{Tested: true, Cases: len(c.Cases()), Published: 3, Stated: map[string]bool{"aloud": true}}
	grown := programme.Checklist(full, c, k)
	for key, want := range map[string][2]string{
		"head": {"done", "done"}, "sources": {"done", "done"}, "sound": {"done", "done"}, "tags": {"done", "done"}, "safety": {"open", "done"}, "languages": {"open", "done"},
		"green": {"unknown", "done"}, "published": {"open", "done"}, "aloud": {"open", "done"}, "rehearsed": {"open", "open"}, "signed": {"open", "open"}, "cases": {"open", "done"},
	} {
		if a, b := item(t, new, key), item(t, grown, key); a.State != want[0] || b.State != want[1] {
			t.Errorf("%s: %s and %s, %s", key, a.State, b.State, b.Note.En)
		}
	}
	if x := item(t, new, "sources"); !strings.Contains(x.Note.En, "1 numbers are not sure") {
		t.Errorf("%+v", x)
	}
	if x := item(t, grown, "cases"); strings.Contains(x.Note.En, "gl_fast_high") {
		t.Errorf("a tag with all its cases is named: %+v", x)
	}
	if x := item(t, new, "cases"); !strings.Contains(x.Note.En, "lc_new") {
		t.Errorf("%+v", x)
	}
	broken := programme.Checklist(full, nil, programme.Known{Problems: 2})
	if item(t, broken, "sound").State != "open" || item(t, broken, "cases").State != "unknown" || item(t, broken, "safety").State != "unknown" {
		t.Errorf("%+v", broken)
	}
	k.Failed = 1
	if item(t, programme.Checklist(full, c, k), "green").State != "open" {
		t.Error("failed tests count as done")
	}
	last := 0
	for _, i := range grown {
		if i.Step < last || i.Step < 1 || i.Step > 7 || i.Text.Zh == "" || i.Text.En == "" {
			t.Errorf("%+v", i)
		}
		last = i.Step
	}
}

// A tag has enough cases when it is seen four times, had and not had, and unknown where it needs data.
func TestFewCasesAreNamed(t *testing.T) {
	f, err := programme.Skeleton(begun)
	if err != nil {
		t.Fatal(err)
	}
	joined := "    - 2026-03-01 09:00 programme_joined copd\n"
	at := func(tag string, days ...string) string {
		s := "- name: x\n  given:\n" + joined
		for _, d := range days {
			s += "  at 2026-03-" + d + " 10:00: [" + tag + "]\n"
		}
		return s
	}
	f["tests/a.yaml"] = at("lc_new", "01", "02", "03")
	if x := item(t, programme.Checklist(f, open(t, f), programme.Known{}), "cases"); x.State != "open" {
		t.Errorf("three, all had: %+v", x)
	}
	f["tests/b.yaml"] = at("-lc_new", "20")
	if x := item(t, programme.Checklist(f, open(t, f), programme.Known{}), "cases"); x.State != "done" {
		t.Errorf("four, had and not had: %+v", x)
	}
	f["tests/b.yaml"] = at("lc_new", "04")
	if x := item(t, programme.Checklist(f, open(t, f), programme.Known{}), "cases"); x.State != "open" {
		t.Errorf("four, never not had: %+v", x)
	}
}
