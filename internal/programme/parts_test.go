package programme_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

// sharing is the sound programme with a part beside it.
func sharing(t testing.TB) fstest.MapFS {
	files := sound(t)
	put(files, "sound/programme.yaml", strings.Replace(text(files, "sound/programme.yaml"), "groups:", "include: [basic]\ngroups:", 1))
	put(files, "common/basic/part.yaml", `name: {zh: 基本, en: Basics}
groups:
  contact: {zh: 联系, en: Contact}
settings:
  quiet_days:
    name: {zh: 安静几天, en: Quiet days}
    value: 14 d
    source: here
words:
  spoke: e.from == "person"
`)
	put(files, "common/basic/tags.yaml", `quiet:
  name: {zh: 安静, en: Quiet}
  group: contact
  plain: {zh: 两周没说话, en: Nothing said for two weeks}
  when: days_since(events("chat").where(e, spoke)) >= setting("quiet_days")
  because: {zh: "{when}", en: "{when}"}
  source: here
`)
	put(files, "common/basic/tags/more.yaml", `called:
  name: {zh: 要联系, en: To call}
  group: contact
  plain: {zh: 安静的人, en: Who is quiet}
  when: tag("quiet")
  because: {zh: "安静", en: "quiet"}
  source: here
`)
	put(files, "common/basic/tests/quiet.yaml", `- name: quiet after two weeks
  given: [2026-03-01 09:00 chat person]
  at 2026-03-14 09:00: [-quiet, -called]
  at 2026-03-15 09:00: [quiet, called]
`)
	return files
}

func put(files fstest.MapFS, name, body string) { files[name] = &fstest.MapFile{Data: []byte(body)} }

func text(files fstest.MapFS, name string) string { return string(files[name].Data) }

func shared(t testing.TB, files fstest.MapFS) *programme.Compiled {
	t.Helper()
	c, problems := programme.Open(files, "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	return c
}

// failures runs the tests of the parts and lists those that fail.
func failures(c *programme.Compiled) (out []string) {
	for _, r := range proof.Run(c, c.Cases()) {
		if !r.Passed && strings.Contains(r.File, "common/") {
			out = append(out, r.Name)
		}
	}
	return out
}

func TestAPartBringsItsTagsAndTests(t *testing.T) {
	c := shared(t, sharing(t))
	if c.TagIndex("quiet") < 0 || c.TagIndex("called") < 0 || c.Settings["quiet_days"].Value != 14 || c.Groups[len(c.Groups)-1].Key != "contact" {
		t.Errorf("tags, settings and groups: %v, %v", c.Settings, c.Groups)
	}
	if f := failures(c); len(f) > 0 || len(c.Cases()) < 2 || c.Cases()[0].File != "../common/basic/tests/quiet.yaml" {
		t.Errorf("failed %v, first %s", f, c.Cases()[0].File)
	}
}

func TestAVersionHoldsItsParts(t *testing.T) {
	files := sharing(t)
	c := shared(t, files)
	again, problems := c.Files.Open()
	if problems != nil || again.Hash != c.Hash || again.TagIndex("called") < 0 || len(again.Cases()) != len(c.Cases()) {
		t.Fatalf("the files of a version are whole by themselves: %v", problems)
	}
	if err := c.Files.Check(); err != nil {
		t.Error(err)
	}
	put(files, "common/basic/tags.yaml", strings.Replace(text(files, "common/basic/tags.yaml"), ">=", ">", 1))
	now := shared(t, files)
	if d := programme.Compare(c, now); len(d.Tags) != 1 || d.Tags[0].Key != "quiet" || d.Tags[0].What != programme.Changed || len(d.Other) != 0 {
		t.Errorf("%+v", d)
	}
	if touched, _ := programme.Affected(c, now); len(touched) != 2 {
		t.Errorf("what reads a changed tag is affected: %v", touched)
	}
	if now.Hash == c.Hash {
		t.Error("the hash covers the parts")
	}
	form, ok := c.Files.Form("called")
	form.When = `!tag("quiet")`
	edited, err := c.Files.SetTag(form)
	if err != nil || !ok || !strings.Contains(edited["common/basic/tags/more.yaml"], `!tag("quiet")`) || strings.Contains(edited["tags.yaml"], "called") {
		t.Errorf("a shared tag is edited where it stands: %v", err)
	}
	edited["common/basic/tags.yaml"] = strings.Replace(edited["common/basic/tags.yaml"], "days_since", "days_sinc", 1)
	if _, problems := edited.Open(); len(problems) == 0 || problems[0].File != "common/basic/tags.yaml" || problems[0].Line != 5 {
		t.Errorf("%v", problems)
	}
}

func TestAProgrammeHasItsOwnInPlaceOfAParts(t *testing.T) {
	files := sharing(t)
	whole := text(files, "sound/programme.yaml")
	if !strings.Contains(whole, "\nsettings:\n") {
		t.Fatal("no settings to add to")
	}
	own := strings.Replace(whole, "\nsettings:\n", "\nsettings:\n  quiet_days: {name: {zh: 安静几天, en: Quiet days}, value: 20 d, source: here}\n", 1)
	put(files, "sound/programme.yaml", own)
	c := shared(t, files)
	if c.Settings["quiet_days"].Value != 20 || len(failures(c)) > 0 {
		t.Errorf("%v: what reads another number is not looked at in the part's tests", failures(c))
	}
	put(files, "sound/programme.yaml", strings.Replace(whole, "include: [basic]", "include: [{part: basic, without: [quiet]}]", 1))
	put(files, "sound/tags.yaml", text(files, "sound/tags.yaml")+strings.Replace(text(files, "common/basic/tags.yaml"), `>= setting("quiet_days")`, ">= 1", 1))
	c = shared(t, files)
	if tag := c.Tags[c.TagIndex("quiet")]; tag.File != "tags.yaml" || len(failures(c)) > 0 {
		t.Errorf("%s, failed %v", tag.File, failures(c))
	}
	form, _ := c.Files.Form("quiet")
	if !strings.HasSuffix(form.When, ">= 1") {
		t.Errorf("the form is of the tag that counts: %s", form.When)
	}
}

func TestMistakesInParts(t *testing.T) {
	second := func(files fstest.MapFS) {
		put(files, "sound/programme.yaml", strings.Replace(text(files, "sound/programme.yaml"), "[basic]", "[basic, other]", 1))
		for _, name := range []string{"part.yaml", "tags.yaml"} {
			put(files, "common/other/"+name, text(files, "common/basic/"+name))
		}
	}
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { put(files, name, strings.Replace(text(files, name), old, new, 1)) }
	}
	for _, tt := range []struct {
		name string
		edit func(fstest.MapFS)
		want []string
	}{
		{"no such part", replace("sound/programme.yaml", "[basic]", "[basik]"), []string{`programme.yaml:`, `no shared part "basik" (did you mean basic?)`}},
		{"no list", replace("sound/programme.yaml", "[basic]", "basic"), []string{"include is a list"}},
		{"twice", replace("sound/programme.yaml", "[basic]", "[basic, basic]"), []string{`"basic" is written twice`}},
		{"a rule", replace("common/basic/tags/more.yaml", `"quiet"`, `"quite"`), []string{`../common/basic/tags/more.yaml:5:`, `quiet`}},
		{"a file that cannot be read", replace("common/basic/tags/more.yaml", "called:", "called: ["), []string{"../common/basic/tags/more.yaml:"}},
		{"a word", replace("common/basic/part.yaml", "e.from", "e.fron"), []string{`../common/basic/part.yaml:10:`, "from"}},
		{"a test", replace("common/basic/tests/quiet.yaml", "-called", "-caled"), []string{`../common/basic/tests/quiet.yaml:3:`, "did you mean called?"}},
		{"no part.yaml", func(files fstest.MapFS) { delete(files, "common/basic/part.yaml") }, []string{"../common/basic/part.yaml: this file is missing"}},
		{"the tag is there already", func(files fstest.MapFS) {
			put(files, "sound/tags.yaml", text(files, "sound/tags.yaml")+text(files, "common/basic/tags.yaml"))
		}, []string{"tags.yaml:", `there is a tag or segment "quiet" already`, "by without: in include"}},
		{"left out and never there", replace("sound/programme.yaml", "[basic]", "[{part: basic, without: [quite]}]"), []string{`"basic" has no tag "quite" (did you mean quiet?)`}},
		{"two parts with one word", second, []string{`../common/basic/part.yaml has "spoke" already`}},
		{"another unit", replace("sound/programme.yaml", "\nsettings:\n", "\nsettings:\n  quiet_days: {name: {zh: 安, en: Q}, value: 20 h, source: here}\n"), []string{`"quiet_days" is in "h" in programme.yaml and in "d" here`}},
		{"inside and not included", func(files fstest.MapFS) {
			put(files, "sound/common/spare/part.yaml", "name: {zh: 备, en: Spare}\n")
		}, []string{"common/spare: the programme does not include this part"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := sharing(t)
			tt.edit(files)
			all := programme.Check(files, "sound").Error()
			for _, w := range tt.want {
				if !strings.Contains(all, w) {
					t.Errorf("lacks %q:\n%s", w, all)
				}
			}
		})
	}
}

func TestPathsOfParts(t *testing.T) {
	for name, want := range map[string]bool{
		"tags/a.yaml": true, "common/basic/part.yaml": true, "common/basic/tags.yaml": true, "common/basic/tags/a.yaml": true, "common/basic/tests/a.yaml": true,
		"common/basic/programme.yaml": false, "common/basic/stages.yaml": false, "common/tags.yaml": false, "common/../tags.yaml": false,
		"common/basic/common/x/part.yaml": false, "tags/a/b.yaml": false, "part.yaml": false, "common/Basic/part.yaml": false,
	} {
		if programme.PathOK(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}
