package programme_test

import (
	"strings"
	"testing"

	"peiban/internal/programme"
)

func TestAWordIsChangedInItsPlace(t *testing.T) {
	f := filesOf(t, "diabetes")
	for _, x := range f.Words() { // each written anew says what it said
		if x.Part != "" {
			continue
		}
		got, err := f.SetWord(x)
		if err != nil {
			t.Fatal(x.Key, err)
		}
		if d := programme.Compare(open(t, f), open(t, got)); len(d.Tags)+len(d.Stages)+len(d.Journeys) > 0 {
			t.Fatalf("%s: %+v", x.Key, d)
		}
		f = got
	}
	got, err := f.SetWord(programme.WordForm{Key: "is_low", Rule: "e.value < mmol(4.0)"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got["programme.yaml"], "  is_low: e.value < mmol(4.0)             # IHSG 2017; LO: below what the meter can measure\n") {
		t.Errorf("the comment behind the word is gone")
	}
	if was, is := strings.Count(f["programme.yaml"], "\n"), strings.Count(got["programme.yaml"], "\n"); was != is {
		t.Errorf("%d lines became %d", was, is)
	}
	if _, err := f.SetWord(programme.WordForm{Key: "Is-low", Rule: "true"}); err == nil {
		t.Error("a word with capitals")
	}
	gone, err := f.DropWord("is_low")
	if err != nil || strings.Contains(gone["programme.yaml"], "is_low:") {
		t.Errorf("%v", err)
	}
}

func TestGroupsMoveWithTheirComments(t *testing.T) {
	f := programme.Files{"programme.yaml": "key: x\ngroups:   # headings\n  # what somebody is\n  one: {zh: 一, en: One}   # the first\n  two: {name: {zh: 二, en: Two}, exclusive: true}  # at most one\n\n# numbers\nsettings:\n  a: {}\n"}
	all := f.Groups()
	if len(all) != 2 || !all[1].Exclusive || all[0].Exclusive || all[0].Name.En != "One" {
		t.Fatalf("%+v", all)
	}
	got, err := f.SetGroups([]programme.GroupForm{all[1], all[0]})
	want := "key: x\ngroups:   # headings\n  two: {name: {zh: 二, en: Two}, exclusive: true}  # at most one\n  # what somebody is\n  one: {zh: 一, en: One}   # the first\n\n# numbers\nsettings:\n  a: {}\n"
	if err != nil || got["programme.yaml"] != want {
		t.Errorf("%v\n%s", err, got["programme.yaml"])
	}
	all[0].Name.En, all[1].Exclusive = "First", false
	got, err = f.SetGroups(append(all, programme.GroupForm{Key: "three", Exclusive: true}))
	want = "key: x\ngroups:   # headings\n  # what somebody is\n  one: {zh: 一, en: First}   # the first\n  two: {zh: 二, en: Two}  # at most one\n  three: {name: {zh: \"\", en: \"\"}, exclusive: true}\n\n# numbers\nsettings:\n  a: {}\n"
	if err != nil || got["programme.yaml"] != want {
		t.Errorf("%v\n%s", err, got["programme.yaml"])
	}
	if _, err := f.SetGroups([]programme.GroupForm{all[0], all[0]}); err == nil {
		t.Error("two of one key")
	}
}

func TestEveryShippedLayerAndGroupGoesThroughItsForm(t *testing.T) {
	for _, key := range shipped {
		f := filesOf(t, key)
		was := open(t, f)
		var own []programme.GroupForm
		for _, g := range f.Groups() {
			if g.Part == "" {
				own = append(own, g)
			}
		}
		got, err := f.SetGroups(own)
		if err != nil || got["programme.yaml"] != f["programme.yaml"] {
			t.Fatalf("%s: %v: groups that are as they were write another file", key, err)
		}
		for _, x := range f.LayerForms() {
			if got, err = got.SetLayer(x); err != nil {
				t.Fatal(key, x.Tag, err)
			}
		}
		is := open(t, got)
		if len(is.Layers) != len(was.Layers) {
			t.Fatalf("%s: %d layers", key, len(is.Layers))
		}
		for i := range is.Layers {
			if a, b := is.Layers[i], was.Layers[i]; a.Gets != b.Gets || a.Every != b.Every || a.Setting != b.Setting || a.By != b.By || a.Source != b.Source ||
				strings.Join(a.Channels, " ") != strings.Join(b.Channels, " ") || strings.Join(a.Journeys, " ") != strings.Join(b.Journeys, " ") {
				t.Errorf("%s: %+v was %+v", key, a, b)
			}
		}
	}
}

func TestALayerIsChangedAndTheRestStays(t *testing.T) {
	f := filesOf(t, "diabetes")
	x := f.LayerForms()[1]
	x.Every, x.By = "5d", "doctor"
	got, err := f.SetLayer(x)
	if err != nil {
		t.Fatal(err)
	}
	if l := open(t, got).Layers[1]; l.Every.Hours() != 120 || l.By != "doctor" || l.Setting != "" {
		t.Errorf("%+v", l)
	}
	for _, l := range []string{"# What each layer gets,", "# headings the tags are shown under"} {
		if !strings.Contains(got["programme.yaml"], l) {
			t.Errorf("the comment %q is gone", l)
		}
	}
	less, err := f.DropLayer(x.Tag)
	if err != nil || len(less.LayerForms()) != 2 {
		t.Errorf("%v", err)
	}
	if _, problems := less.Open(); len(problems) == 0 {
		t.Error("a tag of the group with no layer is no mistake")
	}
}
