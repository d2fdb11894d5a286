package programme_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
)

const levels = `
level:
  name: {zh: 活跃度, en: Engagement}
  group: control
  plain: {zh: 一周测几次, en: Readings a week}
  value: events("glucose").within("7d").count()
  codes:
    high: {name: {zh: 高, en: High}, when: events("glucose").within("7d").count() >= 7}
    mid: {name: {zh: 中, en: Middle}, when: events("glucose").within("7d").count() >= 3}
    low: {name: {zh: 低, en: Low}, when: events("glucose").count() >= 1}
  because: {zh: "一周 {value} 次，算{code}", en: "{value} a week, which is {code}"}
  source: test
`

const treated = `
treated:
  name: {zh: 治疗, en: Treatment}
  group: control
  plain: {zh: 资料里的治疗, en: As in the profile}
  code: trait("treatment")
  codes:
    oral: {zh: 口服药, en: Oral}
    basal: {zh: 基础胰岛素, en: Basal insulin}
  because: {zh: "资料：{code}", en: "Profile: {code}"}
  source: test
`

const reader = `
reader:
  name: {zh: 读者, en: Reader}
  group: control
  plain: {zh: 读, en: Reads}
  when: tag_code("level") == "high" && tag_value("level") >= 9
  because: {zh: 是, en: "yes"}
  source: test
`

// withTags is the sound programme with more tags.
func withTags(t testing.TB, more ...string) fstest.MapFS {
	files := sound(t)
	files["sound/tags.yaml"] = &fstest.MapFile{Data: append(append([]byte(nil), files["sound/tags.yaml"].Data...), []byte(strings.Join(more, ""))...)}
	return files
}

func TestATagWithCodesIsATagForEachCode(t *testing.T) {
	c, problems := programme.Open(withTags(t, reader, levels, treated), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	level := c.Tags[c.TagIndex("level")]
	if len(level.Codes) != 3 || level.Codes[1].Key != "mid" || level.Codes[1].Name.En != "Middle" || level.Codes[0].Tag != c.TagIndex("level.high") {
		t.Errorf("codes: %+v", level.Codes)
	}
	mid := c.Tags[c.TagIndex("level.mid")]
	if mid.Of != "level" || mid.Code != "mid" || mid.Name.Zh != "活跃度：中" || len(mid.Yields) != 1 || c.Tags[mid.Yields[0]].Key != "level.high" {
		t.Errorf("mid: %+v", mid)
	}
	if mid.Because.En != "{value} a week, which is Middle" {
		t.Errorf("the code is put into the sentence: %s", mid.Because.En)
	}
	if c.TagIndex("reader") < c.TagIndex("level") || c.TagIndex("level") < c.TagIndex("level.low") {
		t.Error("the codes come before their tag, and it before who reads it")
	}
	if basal := c.Tags[c.TagIndex("treated.basal")]; basal.When.Source() != `(trait("treatment")) == "basal"` || c.Tags[c.TagIndex("treated")].Src != "oral: trait(\"treatment\") == \"oral\"\nbasal: trait(\"treatment\") == \"basal\"" {
		t.Errorf("%s\n%s", basal.When.Source(), c.Tags[c.TagIndex("treated")].Src)
	}
	if n := len(c.Tags) - c.Listed(); n != 5 {
		t.Errorf("%d codes", n)
	}
	if uses := c.Uses("level"); len(uses) != 1 || uses[0].Key != "reader" {
		t.Errorf("%+v", uses)
	}
}

func TestWhatIsWrongWithCodes(t *testing.T) {
	for _, tt := range []struct{ name, tags, line, want, hint string }{
		{"no codes", strings.ReplaceAll(treated, "  codes:\n    oral: {zh: 口服药, en: Oral}\n    basal: {zh: 基础胰岛素, en: Basal insulin}\n", ""), `code: trait`, "lacks codes", "for example"},
		{"when beside codes", strings.ReplaceAll(levels, "  codes:", "  when: age() > 3\n  codes:"), "when: age", "has no when", "each code"},
		{"a code without condition", strings.ReplaceAll(levels, ", when: events(\"glucose\").within(\"7d\").count() >= 7", ""), "high:", `lacks "when"`, ""},
		{"a code the expression can never give", strings.ReplaceAll(treated, "oral:", "orall:"), "orall:", `can never be "orall"`, `"oral"`},
		{"an expression that gives a number", strings.ReplaceAll(treated, `trait("treatment")`, "age()"), "code: age()", "a text is wanted", ""},
		{"the same code twice", strings.ReplaceAll(levels, "    mid:", "    high:"), "high: {name: {zh: 中", "written twice", "keep one"},
		{"a code nobody has", levels + strings.ReplaceAll(reader, `"high"`, `"hihg"`), `tag_code("level")`, `can never be "hihg"`, `"high"`},
		{"the code of a tag without", levels + strings.ReplaceAll(reader, `tag_code("level")`, `tag_code("low")`), `tag_code("low")`, "no codes", `"level"`},
		{"the number of a tag without", levels + strings.ReplaceAll(reader, `tag_value("level")`, `tag_value("low")`), `tag_value("low")`, "no number", `"level"`},
		{"a code in a circle", strings.ReplaceAll(levels, `when: events("glucose").count() >= 1`, `when: tag("reader")`) + reader, "", "level.low → reader → level → level.low", "take away"},
		{"a placeholder of codes without them", strings.ReplaceAll(reader, "{zh: 是,", "{zh: \"{code}\","), "because:", "nothing fills {code}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := withTags(t, tt.tags)
			problems := programme.Check(files, "sound")
			lines := strings.Split(string(files["sound/tags.yaml"].Data), "\n")
			for _, p := range problems {
				if strings.Contains(p.Text.En, tt.want) && strings.Contains(p.Hint.En, tt.hint) && p.File == "tags.yaml" && p.Text.Zh != "" &&
					(tt.line == "" || p.Line > 0 && strings.Contains(lines[p.Line-1], tt.line)) {
					return
				}
			}
			t.Errorf("not found among\n%v", problems)
		})
	}
}

func TestDiffNamesTheCodeThatDecidesOtherwise(t *testing.T) {
	was, problems := programme.Open(withTags(t, levels), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	now, problems := programme.Open(withTags(t, strings.ReplaceAll(levels, ">= 7", ">= 8")), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	d := programme.Compare(was, now)
	if len(d.Tags) != 2 || d.Tags[0].Key != "level.high" || d.Tags[0].What != programme.Changed || d.Tags[1].Key != "level" || d.Tags[1].What != programme.Reworded {
		t.Errorf("%+v", d.Tags)
	}
	tags, _ := programme.Affected(was, now)
	if len(tags) != 4 {
		t.Errorf("whoever leaves high is mid or low: %v", tags)
	}
}

// The form of a tag with codes, written back, is the same tag; twice, the same file.
func TestFormsOfTagsWithCodesRoundTrip(t *testing.T) {
	files, err := programme.ReadFiles(withTags(t, reader, levels, treated), "sound")
	if err != nil {
		t.Fatal(err)
	}
	was, problems := files.Open()
	if problems != nil {
		t.Fatal(problems)
	}
	for _, key := range []string{"level", "treated"} {
		form, ok := files.Form(key)
		if !ok || len(form.Codes) < 2 {
			t.Fatalf("%+v", form)
		}
		once, err := files.SetTag(form)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := once.Form(key); !reflect.DeepEqual(form, again) {
			t.Errorf("%+v\nwas %+v", again, form)
		}
		twice, _ := once.SetTag(form)
		if !reflect.DeepEqual(once, twice) {
			t.Errorf("%s is written otherwise the second time", key)
		}
		is, problems := once.Open()
		if problems != nil {
			t.Fatal(problems)
		}
		if d := programme.Compare(was, is); len(d.Tags) != 0 {
			t.Errorf("%s: %+v", key, d.Tags)
		}
	}
}
