package rule

import (
	"slices"
	"testing"

	"peiban/internal/event"
)

// having answers every tag with one truth, but those named.
func having(e *Env, others Truth, named map[string]Truth) func(int) Truth {
	return func(id int) Truth {
		if t, ok := named[e.opt.Tags[id]]; ok {
			return t
		}
		return others
	}
}

func TestTagValueIsTheExpressionWhereItIsRead(t *testing.T) {
	env := testEnv(t)
	hba1c := []string{"2026-01-20 08:00 hba1c 9.4"}
	for _, r := range []struct {
		row
		tag Truth
	}{
		{row{why: "had", src: `tag_value("gl_a1c_high") >= 9`, events: hba1c, want: "true", next: "2026-04-30 08:00", seen: []int32{0}}, True},
		{row{why: "not had, the number is there all the same", src: `tag_value("gl_a1c_high") >= 9`, events: hba1c, want: "true", next: "2026-04-30 08:00"}, False},
		{row{why: "unknown while the tag is", src: `tag_value("gl_a1c_high") >= 9`, events: hba1c, want: "unknown", next: "never"}, Unknown},
		{row{why: "unknown without data", src: `tag_value("gl_a1c_high") >= 9`, want: "unknown"}, True},
		{row{why: "in arithmetic", src: `tag_value("gl_a1c_high") - 1 < 8.4`, events: hba1c, want: "false"}, True},
		{row{why: "inside a condition", src: `events("hba1c").where(e, e.value >= tag_value("gl_a1c_high")).count() == 1`, events: hba1c, want: "true"}, True},
	} {
		t.Run(r.why, func(t *testing.T) {
			r.run(t, env, KindBool, &Ctx{Trigger: -1, Tag: having(env, r.tag, nil)})
		})
	}
}

func TestTagCodeIsTheCodeHad(t *testing.T) {
	env := testEnv(t)
	for _, x := range []struct {
		why              string
		whole, high, mid Truth
		want             string
	}{
		{"the first", True, True, False, "high"},
		{"the second", True, False, True, "mid"},
		{"none", False, False, False, ""},
		{"too little data", Unknown, Unknown, False, "unknown"},
		{"one is unknown and another holds", True, Unknown, True, "mid"},
	} {
		t.Run(x.why, func(t *testing.T) {
			c := &Ctx{Trigger: -1, Tag: having(env, False, map[string]Truth{"eg_level": x.whole, "eg_level.high": x.high, "eg_level.mid": x.mid})}
			row{src: `tag_code("eg_level")`, want: x.want, next: "never"}.run(t, env, KindString, c)
		})
	}
}

// Who reads a number is woken by what the number looks at; who reads a code by the tags of the codes.
func TestReadingATagDependsOnWhatItIsMadeOf(t *testing.T) {
	env := testEnv(t)
	r, err := env.Compile(`tag_value("gl_a1c_high") >= 9`, KindBool)
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Deps(); !slices.Equal(d.Events, []event.Type{event.HbA1c}) || !slices.Equal(d.Tags, []int{6}) || !d.Time {
		t.Errorf("tag_value depends on %+v", d)
	}
	r, err = env.Compile(`tag_code("eg_level") == "mid"`, KindBool)
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Deps(); len(d.Events) != 0 || !slices.Equal(d.Tags, []int{3, 4, 5}) {
		t.Errorf("tag_code depends on %+v", d)
	}
}

// Numbers that read each other do not compile for ever.
func TestNumbersInACircleEnd(t *testing.T) {
	env, err := NewEnv(Options{Tags: []string{"a", "b"}, Values: map[string]string{
		"a": `tag_value("b") + tag_value("b")`, "b": `tag_value("a") + tag_value("a")`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := env.Compile(`tag_value("a")`, KindNumber)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Deps().Tags, []int{0, 1}) {
		t.Errorf("the circle is not seen: %v", r.Deps().Tags)
	}
}

// Numbers made of numbers made of numbers grow by doubling; the rule is refused before they do.
func TestNumbersOfNumbersAreBounded(t *testing.T) {
	o := Options{Values: map[string]string{}}
	const keys = "abcdefghijklmnopqrstuvwxyz"
	for i := range keys {
		o.Tags = append(o.Tags, keys[i:i+1])
		o.Values[keys[i:i+1]] = `events("glucose").count()`
		if i > 0 {
			o.Values[keys[i:i+1]] = `tag_value("` + keys[i-1:i] + `") + tag_value("` + keys[i-1:i] + `")`
		}
	}
	env, err := NewEnv(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := env.Compile(`tag_value("z") > 3`, KindBool); err == nil {
		t.Error("a rule that selects events 2^25 times is let through")
	}
}
