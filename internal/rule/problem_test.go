package rule

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestProblems(t *testing.T) {
	env := testEnv(t)
	for _, r := range []struct {
		src       string
		line, col int
		msg, hint string // parts of the English texts
	}{
		{`events("glucos").count() > 1`, 1, 8, `no event type "glucos"`, `did you mean "glucose"?`},
		{`tag("lost") && events("glucos").count() > 1`, 1, 23, `no event type "glucos"`, `"glucose"`},
		{`events("glucose").where(e, e.contxt == "fasting").count() > 1`, 1, 30, `"glucose" have no field "contxt"`, `did you mean context?`},
		{`events("glucose").where(e, e.context == "fastng").count() > 1`, 1, 41, `never be "fastng"`, `did you mean "fasting"?`},
		{`events("glucose").where(e, e.context in ["fasting", "dinner"]).count() > 1`, 1, 53, `never be "dinner"`, `"bedtime"`},
		{`events("glucose").latest().note == "x"`, 1, 28, `cannot see the field "note"`, `context`},
		{`events("glucose").cuont() > 1`, 1, 19, `cuont is not known`, `did you mean count?`},
		{`events("glucose").avg() > 3`, 1, 19, `avg is not known`, `did you mean mean?`},
		{`evens("glucose").count() > 1`, 1, 1, `evens is not known`, `did you mean events?`},
		{`glucose.count() > 1`, 1, 1, `glucose is not known`, `write events("glucose")`},
		{`count(events("glucose")) > 1`, 1, 1, `count cannot be used like this`, `write .count()`},
		{`events("glucose").count()`, 1, 19, `gives a number`, `>= 3`},
		{`events("glucose")`, 1, 1, `gives a selection`, `.count() >= 1`},
		{`events("glucose").latest()`, 1, 19, `gives a whole event`, ``},
		{`events("glucose") > 3`, 1, 19, `> does not go with a selection of events and a number`, `.count()`},
		{`events("glucose").value > 3`, 1, 19, `a selection of events has no fields`, `.latest().value`},
		{`events("glucose").where(e, e.value).count() > 1`, 1, 30, `and this is a number`, `where(e, e.value > 10)`},
		{`events("glucose").where(e.value > 3).count() > 1`, 1, 19, `where cannot be used like this`, `.where(e, e.value > 10)`},
		{`events("glucose").where(3, true).count() > 1`, 1, 25, `first comes a name`, `where(e,`},
		{`age().where(e, e.value > 1).count() > 1`, 1, 1, `follow a selection`, `events("glucose")`},
		{`events("glucose").where(e, events("meal").where(m, m.carbs > e.value).count() > 0).count() > 0`, 1, 71, `can use the fields of its event`, ``},
		{`tag("lots")`, 1, 5, `no tag "lots"`, `did you mean "lost"?`},
		{`tag_value("gl_a1c_hihg") > 3`, 1, 11, `no tag "gl_a1c_hihg"`, `did you mean "gl_a1c_high"?`},
		{`tag_value("lost") > 3`, 1, 11, `has no number`, `"gl_fast_high"`},
		{`tag_value("gl_a1c_high") == "9"`, 1, 26, `a number and a text`, ``},
		{`tag_code("eg_lvel") == "high"`, 1, 10, `no tag "eg_lvel"`, `did you mean "eg_level"?`},
		{`tag_code("lost") == "high"`, 1, 10, `had or not`, `"eg_level"`},
		{`tag_code("eg_level") == "hihg"`, 1, 25, `never be "hihg"`, `did you mean "high"?`},
		{`tag("eg_level.hihg")`, 1, 5, `no tag "eg_level.hihg"`, `did you mean "eg_level.high"?`},
		{`setting("refil_days") > 3`, 1, 9, `no setting "refil_days"`, `"refill_days"`},
		{`target("fastin").high > 3`, 1, 8, `no target "fastin"`, `"fasting"`},
		{`target("fasting").hi > 3`, 1, 19, `no field "hi"`, `high, low`},
		{`target("fasting") > 3`, 1, 19, `a target and a number`, `.high`},
		{`trait("diabetestype") == "t1"`, 1, 7, `no field "diabetestype"`, `"diabetesType"`},
		{`trait("diabetesType") == "type1"`, 1, 26, `never be "type1"`, `"t1"`},
		{`trait("birthYear") == "x"`, 1, 7, `not read with trait`, `trait_num("birthYear")`},
		{`trait("name") == "x"`, 1, 7, `cannot see the profile field "name"`, ``},
		{`stage() == "rsik"`, 1, 12, `never be "rsik"`, `did you mean "risk"?`},
		{`events("glucose").within("7 days").count() > 1`, 1, 26, `"7 days" is not a length of time`, `"7d"`},
		{`events("glucose").within("0d").count() > 1`, 1, 26, `not a length of time`, ``},
		{`events("glucose").within("999999w").count() > 1`, 1, 26, `not a length of time`, `a hundred years`},
		{`events("glucose").within(7).count() > 1`, 1, 19, `within does not take a number`, `.within("7d")`},
		{`events("glucose").between("7d", "14d").count() > 1`, 1, 27, `earlier end first`, ``},
		{`events("glucose").last(1.5).count() > 1`, 1, 24, `whole number`, ``},
		{`events("glucose").last(age()).count() > 1`, 1, 24, `whole number`, ``},
		{`events("glucose").local_days("36h").count() > 1`, 1, 30, `whole days`, `.within("36h")`},
		{`events("glucose").within("7d").with_flags().count() > 1`, 1, 32, `straight after events`, ``},
		{`events("chat").mean() > 1`, 1, 16, `no value to compute with`, `.count()`},
		{`events("weight").lbgi() > 1`, 1, 18, `glucose only`, ``},
		{`events("glucose", "weight").mean() > 1`, 1, 29, `several types`, ``},
		{`events("glucose").count() = 3`, 1, 27, `near =`, `==`},
		{`events("glucose").count() > 3 and tag("lost")`, 1, 31, `near and`, `&&`},
		{`events(“glucose”).count() > 3`, 1, 8, `cannot be read`, `full-width “ at 1:8`},
		{`events("glucose").count() ≥ 3`, 1, 27, `near ≥`, `>=`},
		{`(events("glucose").count() > 3`, 1, 31, `stops too early`, `closing parenthesis`},
		{`events("glucose").count() > 3)`, 1, 30, `near )`, `too many`},
		{`events("glucose.count() > 3`, 1, 8, `cannot be read`, `quotation mark`},
		{``, 1, 1, `empty`, `events`},
		{"1 > 0\x00", 1, 6, `invisible`, ``},
		{"\xff", 1, 1, `UTF-8`, ``},
		{`1 + "x" > 2`, 1, 3, `+ does not go with a number and a text`, ``},
		{`tag("lost") && 3`, 1, 16, `cannot be a number`, ``},
		{`tag("lost") ? 1 : "a"`, 1, 13, `? : does not go`, ``},
		{`age() in [1, "x"]`, 1, 14, `list written out`, ``},
		{`age() in [age()]`, 1, 11, `list written out`, ``},
		{`null == null`, 1, 1, `cannot be written`, ``},
		{`events("glucose")[0].value > 1`, 1, 18, `cannot be written`, ``},
		{`5 % 3 > 1`, 1, 3, `cannot be written`, ``},
		{`timedout`, 1, 1, `not known`, `timed_out`},
		{`event.valu > 3`, 1, 7, `no field "valu"`, `value`},
		{"tag(\"lost\") &&\n  events(\"glucose\").where(e,\n e.valu > 3).count() > 1", 3, 4, `no field "valu"`, `value`},
		{"\"中文中文\" == stage() &&\n tag(\"中文\")", 1, 1, `never be "中文中文"`, `"risk"`},
		{strings.Repeat("1 + ", 2000) + "1 > 0", 1, 4001, `longer than 4000`, `tag(`},
		{strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500) + " > 0", 1, 61, `too deeply`, ``},
	} {
		_, err := env.Compile(r.src, KindBool)
		ps := ProblemsOf(err)
		if len(ps) == 0 {
			t.Errorf("%s: %v, want a problem", clip(r.src), err)
			continue
		}
		p := ps[0]
		if p.Line != r.line || p.Col != r.col || !strings.Contains(p.Msg.En, r.msg) || !strings.Contains(p.Hint.En, r.hint) {
			t.Errorf("%s\n  %v, want %d:%d %s (%s)", clip(r.src), p, r.line, r.col, r.msg, r.hint)
		}
		for _, p := range ps {
			if p.Msg.Zh == "" || p.Msg.Zh == p.Msg.En || (p.Hint.En == "") != (p.Hint.Zh == "") {
				t.Errorf("%s: %+v lacks a language", clip(r.src), p)
			}
		}
	}
}

func TestSeveralProblemsAtOnce(t *testing.T) {
	_, err := testEnv(t).Compile("tag(\"lots\") &&\n tag(\"gl_hypo\") && events(\"glucose\").within(\"x\").count() > 1", KindBool)
	if ps := ProblemsOf(err); len(ps) != 3 || ps[0].Line != 1 || ps[1].Col != 6 || ps[2].Col != 45 {
		t.Errorf("got %v", err)
	}
}

func TestWordsOfJourneysOnlyInJourneys(t *testing.T) {
	env, err := NewEnv(Options{Tags: []string{"lost"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{`event.value > 3`, `timed_out`, `events("glucose").since_entry().count() > 1`, `outcome() == "x"`} {
		if _, err := env.Compile(src, KindBool); err == nil || !strings.Contains(err.Error(), "journeys only") {
			t.Errorf("%s: %v", src, err)
		}
	}
	if _, err := NewEnv(Options{Tags: []string{"lost", "lost"}}); err == nil {
		t.Error("a tag listed twice is let through")
	}
}

// pieces are what hostile rules are put together from.
var pieces = []string{
	"events", "(", ")", `"glucose"`, `"glucos"`, ".where(", "e", ",", "e.value", ".count()", ".last(", "3", "-", "!", "&&", "||",
	"?", ":", "[", "]", "{", "}", ".", " in ", "==", ">", "1e999", "0x7fffffffffffffff", "99999999999999999999", "'", `"`, "\\", "\n", "//", "b\"x\"",
	"null", "true", "1u", "has(", "@in", "__result__", "@result", "e.e.e", "target(", "tag(", ".share(", "days_since(", "event", "`a`", "中", "\u202e", "\U0001F600", ".?x", "x{a:1}", "%",
}

// Whatever is written, Compile answers with a rule or with problems inside the text, and a rule can be
// asked.
func TestHostileRules(t *testing.T) {
	env := testEnv(t)
	try := func(t interface {
		Helper()
		Fatalf(string, ...any)
	}, src string,
	) {
		t.Helper()
		r, err := env.Compile(src, KindBool)
		if err == nil {
			r.Eval(&Ctx{})
			return
		}
		ps := ProblemsOf(err)
		if len(ps) == 0 {
			t.Fatalf("%q: %v is not made of problems", src, err)
		}
		for _, p := range ps {
			if p.Line < 1 || p.Col < 1 || p.Line > strings.Count(src, "\n")+1 || p.Msg.En == "" || p.Msg.Zh == "" {
				t.Fatalf("%q: %+v", src, p)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		try(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 30).Draw(t, "pieces"), ""))
	})
	rapid.Check(t, func(t *rapid.T) { try(t, rapid.String().Draw(t, "text")) })
	r := rand.New(rand.NewPCG(3, 4))
	for _, src := range diabetesRules { // one or two slips in a good rule
		for range 20 {
			b := []rune(src)
			for range 1 + r.IntN(2) {
				switch i := r.IntN(len(b)); r.IntN(3) {
				case 0:
					b = append(b[:i], b[i+1:]...)
				case 1:
					b[i] = rune(pieces[r.IntN(len(pieces))][0])
				default:
					b[i], b[(i+1)%len(b)] = b[(i+1)%len(b)], b[i]
				}
			}
			try(t, string(b))
		}
	}
	for _, deep := range []string{
		strings.Repeat("!", 3990) + "true", strings.Repeat("-", 3990) + "1 > 0", strings.Repeat("(", 59) + "true" + strings.Repeat(")", 59),
		strings.Repeat("true && ", 490) + "true", strings.Repeat("1+", 1900) + "1>0", strings.Repeat("true?", 600) + "1" + strings.Repeat(":1", 600),
		"event" + strings.Repeat(".a", 1900), strings.Repeat("[", 1999) + strings.Repeat("]", 1999), `events("glucose")` + strings.Repeat(`.last(1)`, 400) + ".count() > 0",
		`events("glucose")` + strings.Repeat(`.where(e, e.value > 3)`, 150) + ".count() > 0", strings.Repeat(`events("glucose").where(e, `, 100), strings.Repeat("(", 3999),
		strings.Repeat(`"`, 3999), strings.Repeat("a.", 1999), strings.Repeat("tag(", 900), strings.Repeat("\n", 3999), strings.Repeat("1<", 1500) + "1", strings.Repeat("中", 3999),
		`age() in [` + strings.Repeat("1,", 1400) + "1]", `mmol(` + strings.Repeat("mmol(", 50) + "1" + strings.Repeat(")", 51) + " > 0", strings.Repeat("a ", 1900), strings.Repeat(`"\x`, 1000),
	} {
		try(t, deep)
	}
}

func TestTooManyWindowsAreRefused(t *testing.T) {
	env := testEnv(t)
	chain := func(n int) string {
		return `events("glucose")` + strings.Repeat(`.where(e, e.value > 3)`, n) + ".count() > 0"
	}
	if _, err := env.Compile(chain(maxOps), KindBool); err != nil {
		t.Error(err)
	}
	if _, err := env.Compile(chain(maxOps+1), KindBool); err == nil || !strings.Contains(err.Error(), "at most 8") {
		t.Errorf("got %v", err)
	}
}

// One environment serves several goroutines, and one rule several people.
func TestCompileTogether(t *testing.T) {
	env := testEnv(t)
	done := make(chan error)
	for n := range 8 {
		go func() {
			r, err := env.Compile(diabetesRules[n], KindBool)
			if err == nil {
				r.Eval(&Ctx{})
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
