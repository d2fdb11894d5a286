package programme_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/programmes"
)

func diabetes(t *testing.T) programme.Files {
	t.Helper()
	f, err := programme.ReadFiles(programmes.FS, "diabetes")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func open(t *testing.T, f programme.Files) *programme.Compiled {
	t.Helper()
	c, problems := f.Open()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func TestFilesAreTheProgrammeTheyWereReadFrom(t *testing.T) {
	p, problems := programme.Open(programmes.FS, "diabetes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if again := open(t, p.Files); again.Hash != p.Hash || len(again.Cases()) != len(p.Cases()) {
		t.Errorf("hash %s and %s, %d and %d cases", again.Hash, p.Hash, len(again.Cases()), len(p.Cases()))
	}
}

// Every tag, written anew from its form, decides and says what it did: a form loses nothing.
func TestEveryShippedTagGoesThroughItsForm(t *testing.T) {
	f := diabetes(t)
	was := open(t, f)
	for i := range was.Tags {
		if was.Tags[i].Of != "" {
			continue
		}
		form, ok := f.Form(was.Tags[i].Key)
		if !ok {
			t.Fatalf("no form of %s", was.Tags[i].Key)
		}
		var err error
		if f, err = f.SetTag(form); err != nil {
			t.Fatal(err)
		}
	}
	now := open(t, f)
	if d := programme.Compare(was, now); !d.Empty() {
		t.Errorf("%+v", d)
	}
	for name, text := range diabetes(t) {
		if strings.Count(f[name], "\n#") != strings.Count(text, "\n#") {
			t.Errorf("%s: a comment between tags was lost", name)
		}
	}
}

func TestATagWithHardWords(t *testing.T) {
	hard := programme.TagForm{
		Key: "hard", Name: fault.Text{Zh: "是: “否” #1", En: `a "quoted" \ name`}, Group: "control", Private: "no",
		Plain: fault.Text{Zh: "- 列表", En: "yes"}, Because: fault.Text{Zh: "{count} 次", En: "{count} of 100%"},
		When: "events(\"glucose\").count() >= 1\n&& (tag(\"lc_new\") ? true : false)", Source: "2024",
	}
	f, err := diabetes(t).SetTag(hard)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := f.Form("hard")
	if !ok || !reflect.DeepEqual(got, hard) {
		t.Errorf("%v\n%+v\n%+v", ok, got, hard)
	}
	c := open(t, f)
	if c.TagIndex("hard") < 0 {
		t.Error("it is not in the programme")
	}
	without, err := f.DropTag("hard")
	if err != nil || !maps.Equal(without, diabetes(t)) {
		t.Errorf("taken out again, the file is another: %v", err)
	}
}

func TestTheVersionIsWritten(t *testing.T) {
	f, err := diabetes(t).WithVersion(17)
	if err != nil || open(t, f).Version != 17 || !strings.Contains(f["programme.yaml"], "\nversion: 17\n") {
		t.Errorf("%v", err)
	}
}

func TestWhatAChangeTouches(t *testing.T) {
	base := diabetes(t)
	edit := func(file, old, new string) programme.Files {
		f := maps.Clone(base)
		if !strings.Contains(f[file], old) {
			t.Fatalf("%s does not say %q", file, old)
		}
		f[file] = strings.Replace(f[file], old, new, 1)
		return f
	}
	find := func(cs []programme.Change, key string) string {
		for _, c := range cs {
			if c.Key == key {
				return c.What
			}
		}
		return ""
	}
	was := open(t, base)
	for _, tt := range []struct {
		name    string
		files   programme.Files
		tags    map[string]string
		journey string
		stage   bool
	}{
		{"a word that rules and journeys say", edit("programme.yaml", "is_low: e.value < mmol(3.9)", "is_low: e.value < mmol(3.8)"), map[string]string{"gl_night_low": "changed", "lc_new": ""}, "", true},
		{"a target", edit("programme.yaml", "fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}", "fasting: {low: 4.4 mmol/L, high: 6.8 mmol/L}"), map[string]string{"gl_fast_high": "changed", "gl_hypo2_28d": ""}, "", false},
		{"a setting", edit("programme.yaml", "value: 4 /week", "value: 5 /week"), map[string]string{"gl_freq_low": "changed", "gl_fast_high": ""}, "", false},
		{"a name", edit("common/lifecycle/tags/lifecycle.yaml", "{zh: 新入, en: New}", "{zh: 新人, en: Newcomer}"), map[string]string{"lc_new": "reworded"}, "", false},
		{"a journey", edit("journeys/fasting-high.yaml", "priority: 40", "priority: 41"), map[string]string{"gl_fast_high": ""}, "fasting-high", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := open(t, tt.files)
			d := programme.Compare(was, now)
			for key, want := range tt.tags {
				if got := find(d.Tags, key); got != want {
					t.Errorf("%s: %q, want %q", key, got, want)
				}
			}
			if tt.journey != "" && find(d.Journeys, tt.journey) != "changed" {
				t.Errorf("journeys %+v", d.Journeys)
			}
			if _, stage := programme.Affected(was, now); stage != tt.stage {
				t.Errorf("the stage may be another: %v", stage)
			}
		})
	}
}

func TestATagThatReadsAChangedOneIsAffected(t *testing.T) {
	f := diabetes(t)
	was := open(t, f)
	form, _ := f.Form("lc_camp_active")
	form.When = "exists(events(\"camp_enrolled\"))"
	f, err := f.SetTag(form)
	if err != nil {
		t.Fatal(err)
	}
	now := open(t, f)
	tags, stage := programme.Affected(was, now)
	var keys []string
	for _, i := range tags {
		keys = append(keys, now.Tags[i].Key)
	}
	if all := strings.Join(keys, " "); !stage || !strings.HasPrefix(all, "lc_camp_active lc_camp_drop lc_stage.") || !strings.HasSuffix(all, " lc_stage") {
		t.Errorf("%v, stage %v", keys, stage)
	}
}

func TestUses(t *testing.T) {
	c := open(t, diabetes(t))
	kinds := map[string]int{}
	for _, u := range c.Uses("sg_lives_alone") {
		kinds[u.Kind]++
	}
	if kinds["stage"] != 1 || kinds["journey"] == 0 {
		t.Errorf("%v", kinds)
	}
	if u := c.Uses("gl_fast_high"); len(u) != 3 || u[2].Kind != "journey" || u[2].Rule != "" {
		t.Errorf("a tag that a journey waits for: %+v", u)
	}
}

func TestSegmentsAndGroupsAreChecked(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, at, says string }{
		{"a key that a tag has", "segments.yaml", "pilot:", "lc_new:", "segments.yaml", "there is a tag or segment"},
		{"a wrong rule", "segments.yaml", `tag("at_red") ||`, `tag("at_rde") ||`, "segments.yaml", "there is no tag"},
		{"a word nobody knows", "segments.yaml", "private: no", "privat: no", "segments.yaml", ""},
		{"a circle through an exclusive group", "tags/attention.yaml", `when: tag("gl_hypo2_28d") || tag("gl_hypo_recur")`, `when: tag("at_amber") || tag("gl_hypo_recur")`, "tags/attention.yaml", "circle"},
		{"exclusive is yes or no", "programme.yaml", "exclusive: true", "exclusive: maybe", "programme.yaml", ""},
		{"a unit without a value", "tags/attention.yaml", `  value: events("glucose").within("28d").mean()` + "\n", "", "tags/attention.yaml", "a unit without a value"},
		{"a stay that is no condition", "stages.yaml", `  when: tag("lc_silent14")`, "  when: tag(\"lc_silent14\")\n  stay: events(\"glucose\").count()", "stages.yaml", "a condition"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := diabetes(t)
			if !strings.Contains(f[tt.file], tt.old) {
				t.Fatalf("%s does not say %q", tt.file, tt.old)
			}
			f[tt.file] = strings.Replace(f[tt.file], tt.old, tt.new, 1)
			_, problems := f.Open()
			for _, p := range problems {
				if p.File == tt.at && p.Line > 0 && strings.Contains(p.Text.En, tt.says) {
					return
				}
			}
			t.Errorf("%v", problems)
		})
	}
}
