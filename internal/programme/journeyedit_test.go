package programme_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/programme"
)

func journeyFiles(t *testing.T, key string) programme.Files {
	t.Helper()
	f, err := programme.ReadFiles(os.DirFS("../../programmes"), key)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func everyProgramme(t *testing.T) (keys []string) {
	t.Helper()
	all, err := filepath.Glob("../../programmes/*/programme.yaml")
	if err != nil || len(all) == 0 {
		t.Fatal("no programmes", err)
	}
	for _, p := range all {
		keys = append(keys, filepath.Base(filepath.Dir(p)))
	}
	return keys
}

// Every journey of every programme, opened as forms and saved as it is, stays as it was to the byte; and each of its steps can be moved
// away and back, or doubled and taken out again, with everything else untouched.
func TestJourneysComeBackAsTheyWere(t *testing.T) {
	for _, key := range everyProgramme(t) {
		f := journeyFiles(t, key)
		for _, j := range f.JourneyNames() {
			v, ok := f.JourneyForm(j.Key)
			if !ok {
				t.Errorf("%s: %s cannot be read", key, j.Key)
				continue
			}
			same := func(what string, e programme.JourneyEdit, at programme.Files) programme.Files {
				t.Helper()
				out, err := at.EditJourney(j.Key, nil, e)
				if err != nil {
					t.Errorf("%s: %s %s: %v", j.Key, what, e.At, err)
					return at
				}
				return out
			}
			check := func(what string, out programme.Files) {
				t.Helper()
				if got := out.Shown("journeys", j.Key, ".yaml"); got != v.Text {
					t.Errorf("%s: %s changed it:\n%s", j.Key, what, diffLines(v.Text, got))
				}
			}
			check("settings", same("settings", programme.JourneyEdit{Do: "settings", Fields: v.Fields}, f))
			steps := 0
			v.Walk(func(s *programme.StepForm) {
				steps++
				check("the form of "+s.At, same("set", programme.JourneyEdit{Do: "set", At: s.At, Fields: s.Fields}, f))
				for _, w := range s.Ways {
					if len(w.Fields) > 0 {
						check("the way "+w.At, same("way", programme.JourneyEdit{Do: "way", At: w.At, Fields: w.Fields}, f))
					}
				}
				next := placeBeside(s.At, 1)
				if stepAt(v, next) != nil {
					moved := same("down", programme.JourneyEdit{Do: "down", At: s.At}, f)
					if moved.Shown("journeys", j.Key, ".yaml") == v.Text {
						t.Errorf("%s: %s did not move", j.Key, s.At)
					}
					check("moving "+s.At+" down and up", same("up", programme.JourneyEdit{Do: "up", At: next}, moved))
				}
				twice := same("copy", programme.JourneyEdit{Do: "copy", At: s.At}, f)
				form, _ := twice.JourneyForm(j.Key)
				if a, b := stepAt(form, s.At), stepAt(form, next); a == nil || b == nil || !reflect.DeepEqual(bare(a.Fields), bare(b.Fields)) {
					t.Errorf("%s: the copy of %s is another: %+v, %+v", j.Key, s.At, a, b)
				}
			})
			if d := journeyCompiled(t, f, j.Key); steps != countSteps(d.Steps) {
				t.Errorf("%s: %d steps as forms, %d as the engine has them", j.Key, steps, countSteps(d.Steps))
			} else {
				var ids []string
				journey.Walk(d.Steps, func(s *journey.Step) { ids = append(ids, s.ID+" "+s.Kind()) })
				v.Walk(func(s *programme.StepForm) {
					if s.ID+" "+s.Kind != ids[s.N-1] {
						t.Errorf("%s: step %d is %s %s, of the engine %s", j.Key, s.N, s.ID, s.Kind, ids[s.N-1])
					}
				})
			}
		}
	}
}

func bare(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		if k != "id" {
			out[k] = v
		}
	}
	return out
}

var soundOnes = map[string]*programme.Compiled{}

func journeyCompiled(t *testing.T, f programme.Files, key string) *journey.Definition {
	t.Helper()
	c := soundOnes[f.Key()]
	if c == nil {
		var problems programme.Problems
		if c, problems = f.Open(); c == nil {
			t.Fatal(problems)
		}
		soundOnes[f.Key()] = c
	}
	return c.Journey(key)
}

func countSteps(steps []journey.Step) (n int) {
	journey.Walk(steps, func(*journey.Step) { n++ })
	return n
}

func placeBeside(place string, by int) string {
	i := strings.LastIndexByte(place, '.')
	n := 0
	for _, c := range place[i+1:] {
		n = n*10 + int(c-'0')
	}
	return place[:i+1] + itoa(n+by)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func stepAt(v *programme.JourneyForm, place string) (found *programme.StepForm) {
	v.Walk(func(s *programme.StepForm) {
		if s.At == place {
			found = s
		}
	})
	return found
}

func diffLines(was, is string) string {
	var b strings.Builder
	for _, l := range programme.Lines(was, is) {
		b.WriteString(l.Op + " " + l.Text + "\n")
	}
	return b.String()
}

const drawn = `# who came in by the pharmacy
name: {zh: 新人, en: New}
class: programme
enter:
  tag: lc_added   # gained
leave:
  # they are gone
  - tag("lc_lost_deleted")
steps:
  # first a greeting
  - message: welcome-new

  - wait: {day: 3, at: "09:00"}   # not at once
  - if: events("glucose").count() == 0 &&
      !tag("lc_lost_deleted")
    then:
      - task: {who: owner, due: 24h, script: call-first, result: [reached, no_answer]}   # by hand
    # they measured
    else:
      - exit: true
`

func drawnFiles() programme.Files {
	return programme.Files{"journeys/new.yaml": drawn, "programme.yaml": "key: x\n"}
}

func edited(t *testing.T, f programme.Files, force map[string]bool, e programme.JourneyEdit) programme.Files {
	t.Helper()
	out, err := f.EditJourney("new", force, e)
	if err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
	return out
}

// What is not touched keeps its words, its comments and its place.
func TestAnEditTouchesOnlyItsLines(t *testing.T) {
	f := drawnFiles()
	for _, x := range []struct {
		name string
		e    programme.JourneyEdit
		want map[string]string // line to line; "" takes it out; what begins with + comes after
	}{
		{"another text", programme.JourneyEdit{Do: "set", At: "1", Fields: map[string]any{"content": "hello"}}, map[string]string{"  - message: welcome-new": "  - message: hello"}},
		{"a wait of another hour", programme.JourneyEdit{Do: "set", At: "2", Fields: map[string]any{"mode": "clock", "day": "3", "at": "10:00"}},
			map[string]string{`  - wait: {day: 3, at: "09:00"}   # not at once`: `  - wait: {day: 3, at: "10:00"}   # not at once`}},
		{"a name", programme.JourneyEdit{Do: "set", At: "2", Fields: map[string]any{"mode": "clock", "day": "3", "at": "09:00", "name": map[string]any{"zh": "等三天", "en": "Three days"}}},
			map[string]string{`  - wait: {day: 3, at: "09:00"}   # not at once`: "  - name: {zh: 等三天, en: Three days}\n" + `    wait: {day: 3, at: "09:00"}   # not at once`}},
		{"the rule of a branch", programme.JourneyEdit{Do: "set", At: "3", Fields: map[string]any{"is": "tag(\"eg_a\")"}},
			map[string]string{"  - if: events(\"glucose\").count() == 0 &&": "  - if: tag(\"eg_a\")", "      !tag(\"lc_lost_deleted\")": ""}},
		{"a step in a branch", programme.JourneyEdit{Do: "add", At: "3.then.2", Kind: "wait"},
			map[string]string{"      - task: {who: owner, due: 24h, script: call-first, result: [reached, no_answer]}   # by hand": "+      - wait: 1d"}},
		{"the rule by which they leave", programme.JourneyEdit{Do: "settings", Fields: map[string]any{
			"name": map[string]any{"zh": "新人", "en": "New"}, "class": "programme", "enter.mode": "tag", "enter.tag": "lc_other", "leave": []any{"tag(\"lc_lost_deleted\")"},
		}}, map[string]string{"  tag: lc_added   # gained": "  tag: lc_other   # gained"}},
		{"without a branch", programme.JourneyEdit{Do: "remove", At: "3.else.1"}, map[string]string{"    # they measured": "", "    else:": "", "      - exit: true": ""}},
	} {
		var want []string
		for _, l := range strings.Split(strings.TrimSuffix(drawn, "\n"), "\n") {
			to, changed := x.want[l]
			switch {
			case !changed:
				want = append(want, l)
			case strings.HasPrefix(to, "+"):
				want = append(want, l, to[1:])
			case to != "":
				want = append(want, to)
			}
		}
		if got := edited(t, f, nil, x.e)["journeys/new.yaml"]; got != strings.Join(want, "\n")+"\n" {
			t.Errorf("%s:\n%s", x.name, diffLines(strings.Join(want, "\n")+"\n", got))
		}
	}
}

// People wait in steps of the version in force, and figures are kept by them: a step keeps its id when others come before it, and no new
// step takes the id of one that people wait in.
func TestStepsKeepTheirIDs(t *testing.T) {
	force := map[string]bool{"1": true, "2": true, "3": true, "3.then.1": true, "3.else.1": true}
	ids := func(f programme.Files) (out []string) {
		v, _ := f.JourneyForm("new")
		v.Walk(func(s *programme.StepForm) { out = append(out, s.Kind+" "+s.ID) })
		return out
	}
	f := edited(t, drawnFiles(), force, programme.JourneyEdit{Do: "add", At: "2", Kind: "alert"})
	if got, want := ids(f), []string{"message 1", "alert alert-1", "wait 2", "if 3", "task 3.then.1", "exit 3.else.1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("added: %v", got)
	}
	f = edited(t, drawnFiles(), force, programme.JourneyEdit{Do: "remove", At: "2", To: "3.then.1"})
	if got, want := ids(f), []string{"message 1", "if 3", "task 3.then.1", "exit 3.else.1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("removed: %v", got)
	}
	if v, _ := f.JourneyForm("new"); !reflect.DeepEqual(v.Instead, map[string]string{"2": "3.then.1"}) {
		t.Errorf("nobody takes who waits: %v", v.Instead)
	}
	f = edited(t, f, force, programme.JourneyEdit{Do: "instead", Fields: map[string]any{"2": ""}})
	if v, _ := f.JourneyForm("new"); v.Instead != nil {
		t.Errorf("still %v", v.Instead)
	}
	f = edited(t, drawnFiles(), nil, programme.JourneyEdit{Do: "remove", At: "1"})
	if got, want := ids(f), []string{"wait 1", "if 2", "task 2.then.1", "exit 2.else.1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("of a new journey: %v", got)
	}
	f = edited(t, drawnFiles(), force, programme.JourneyEdit{Do: "add_way", At: "3"})
	if got, want := ids(f), []string{"message 1", "wait 2", "choose 3", "task 3.then.1", "exit 3.else.1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("a third way: %v\n%s", got, f["journeys/new.yaml"])
	}
}

// A step of every kind made by its form, in the real programme, is a step the programme language reads.
func TestEveryKindIsMadeByItsForm(t *testing.T) {
	f := journeyFiles(t, "diabetes")
	lists := f.JourneyLists()
	first := func(list string) string { return lists[list][0].Key }
	f, err := f.NewJourney("drawn", fault.Text{Zh: "画的", En: "Drawn"})
	if err != nil {
		t.Fatal(err)
	}
	edit := func(e programme.JourneyEdit) {
		t.Helper()
		out, err := f.EditJourney("drawn", nil, e)
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		f = out
	}
	words := map[string]any{"zh": "看一下", "en": "Have a look"}
	work := map[string]any{"who": "owner", "else": "on_duty", "due": "2h", "script": first("scripts"), "priority": "low", "result": []any{"reached", "no_answer"}}
	with := func(m map[string]any, more ...any) map[string]any {
		out := map[string]any{}
		for k, v := range m {
			out[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			out[more[i].(string)] = more[i+1]
		}
		return out
	}
	family := ""
	for _, m := range lists["messages"] {
		if x, _ := f.TextForm(m.Key); x.Audience == "family" && family == "" {
			family = m.Key
		}
	}
	edit(programme.JourneyEdit{Do: "settings", Fields: map[string]any{
		"name": words, "class": "asked", "priority": "5", "owner": "张护士长", "enter.mode": "date", "enter.date.of": "visit", "enter.date.days": "-3", "enter.date.at": "09:00",
		"enter.key": "episode", "enter.again": "7d", "leave": []any{`tag("lc_lost_deleted")`}, "goal.when": `exists(events("glucose").since_entry())`, "goal.within": "14d",
		"valid.from": "2026-01-01", "valid.to": "2027-01-01", "inside": "follow",
	}})
	many := []any{"wecom", "sms"}
	steps := []struct {
		kind   string
		fields map[string]any
	}{
		{"message", map[string]any{"content": "welcome", "expire": "2h", "channels": many, "held": "hold", "variants": []any{map[string]any{"if": `tag("lc_lost_deleted")`, "content": "welcome"}}}},
		{"message", map[string]any{"content": family, "to": "family", "scope": "alerts"}},
		{"card", map[string]any{"content": first("cards")}},
		{"wait", map[string]any{"mode": "event", "for": "answer", "at_most": "2d"}},
		{"wait", map[string]any{"mode": "span", "span": "2h"}},
		{"wait", map[string]any{"mode": "clock", "day": "7", "at": "09:00"}},
		{"wait", map[string]any{"mode": "clock", "weekday": "mon", "at": "best"}},
		{"wait", map[string]any{"mode": "date", "date.of": "visit", "date.days": "2", "date.at": "10:00"}},
		{"wait", map[string]any{"mode": "event", "for": "glucose", "if": "event.value > mmol(3.9) &&\nevent.context == \"fasting\"", "at_most": "3d"}},
		{"form", map[string]any{"form": first("forms"), "content": "welcome"}},
		{"invite", map[string]any{"activity": "lesson-1", "kind": first("activities"), "content": first("cards")}},
		{"task", work},
		{"hand_over", with(work, "pause", "24h")},
		{"alert", map[string]any{"level": "1", "text": words, "due": "2h", "name": words, "id": "look"}},
		{"refer", map[string]any{"is": first("referrals")}},
		{"set", map[string]any{"mode": "segment", "segment": first("segments"), "state": "in", "for": "30d"}},
		{"set", map[string]any{"mode": "trait", "trait": "treatment", "value": "oral"}},
		{"set_stage", map[string]any{"is": first("stages")}},
		{"points", map[string]any{"amount": "10", "rule": "drawn"}},
		{"camp", map[string]any{"mode": "join", "key": "light"}},
		{"group", map[string]any{"mode": "leave", "key": "light"}},
		{"webhook", map[string]any{"is": "tell"}},
		{"goal", nil},
		{"holdout", map[string]any{"is": "10 %"}},
		{"go", map[string]any{"to": "4", "times": "2"}},
		{"if", map[string]any{"is": `tag("lc_lost_deleted")`}},
		{"choose", nil},
		{"split", nil},
		{"journey", map[string]any{"key": "drawn-other", "wait": "7d"}},
	}
	made := map[string]bool{"exit": true}
	for i, s := range steps {
		place := itoa(i + 1)
		made[s.kind] = true
		edit(programme.JourneyEdit{Do: "add", At: place, Kind: s.kind})
		if s.fields != nil {
			edit(programme.JourneyEdit{Do: "set", At: place, Fields: s.fields})
			v, _ := f.JourneyForm("drawn")
			got := stepAt(v, place).Fields
			if !reflect.DeepEqual(got, s.fields) {
				t.Errorf("%s reads back as %v, written as %v", s.kind, got, s.fields)
			}
		}
		switch s.kind {
		case "if":
			edit(programme.JourneyEdit{Do: "add", At: place + ".then.1", Kind: "points", Fields: map[string]any{"amount": "1", "rule": "a"}})
			edit(programme.JourneyEdit{Do: "add", At: place + ".else.1", Kind: "points", Fields: map[string]any{"amount": "1", "rule": "b"}})
		case "choose":
			edit(programme.JourneyEdit{Do: "add_way", At: place})
			for _, w := range []string{".1", ".2", ".3"} {
				edit(programme.JourneyEdit{Do: "way", At: place + w, Fields: map[string]any{"if": `tag("lc_lost_deleted")`}})
				edit(programme.JourneyEdit{Do: "add", At: place + w + ".1", Kind: "goal"})
			}
			edit(programme.JourneyEdit{Do: "add", At: place + ".else.1", Kind: "goal"})
			edit(programme.JourneyEdit{Do: "remove_way", At: place + ".2"})
		case "split":
			edit(programme.JourneyEdit{Do: "add_way", At: place})
			edit(programme.JourneyEdit{Do: "way", At: place + ".a", Fields: map[string]any{"key": "short", "name": words, "share": "40 %"}})
			edit(programme.JourneyEdit{Do: "add", At: place + ".short.1", Kind: "goal"})
		}
	}
	for _, k := range journey.Kinds {
		if !made[k] {
			t.Errorf("no %s was made", k)
		}
	}
	if f, err = f.NewJourney("drawn-other", fault.Text{Zh: "另一个", En: "Another"}); err != nil {
		t.Fatal(err)
	}
	c, problems := f.Open()
	if c == nil {
		t.Fatalf("%v\n%s", problems, f["journeys/drawn.yaml"])
	}
	if d := c.Journey("drawn"); d.Inside != journey.Follow || d.Owner != "张护士长" || d.Enter.Key != "episode" || d.Goal == nil || d.Class != journey.Asked {
		t.Errorf("%+v", d)
	}
}

// The forms ask for what the language has: a field that a kind reads and no form asks is one nobody could fill in.
func TestFormsAskForEveryKind(t *testing.T) {
	kinds := programme.StepKinds()
	if len(kinds) != len(journey.Kinds) {
		t.Fatalf("%d kinds are described, the language has %d", len(kinds), len(journey.Kinds))
	}
	lists := journeyFiles(t, "diabetes").JourneyLists()
	for i, k := range kinds {
		if k.Key != journey.Kinds[i] || k.Name.Zh == "" || k.Name.En == "" || k.Text.Zh == "" || k.Text.En == "" {
			t.Errorf("%+v", k)
		}
		for _, f := range append(k.Fields, k.Way...) {
			if f.Name.Zh == "" || f.Name.En == "" || f.Of != "" && f.Of != "steps" && len(lists[f.Of]) == 0 || (f.Type == "one" || f.Type == "many") != (f.Of != "" && f.Type != "variants") {
				t.Errorf("%s: %+v", k.Key, f)
			}
		}
	}
}

func TestBadEditsAreRefused(t *testing.T) {
	f := drawnFiles()
	for _, e := range []programme.JourneyEdit{
		{Do: "set", At: "9"}, {Do: "set", At: "0"}, {Do: "set", At: ""}, {Do: "set", At: "3.other.1"}, {Do: "up", At: "1"}, {Do: "down", At: "3"}, {Do: "add", At: "9", Kind: "goal"},
		{Do: "add", At: "1", Kind: "nothing"}, {Do: "nothing", At: "1"}, {Do: "remove", At: "3", To: "3.then.1"}, {Do: "remove_way", At: "3.then"}, {Do: "add_way", At: "1"},
		{Do: "set", At: "1", Fields: map[string]any{"content": map[string]any{"a": "b"}}}, {Do: "set", At: "1", Fields: map[string]any{"content": 3.0}}, {Do: "way", At: "3"},
		{Do: "instead", Fields: map[string]any{"A b": "1"}},
	} {
		if out, err := f.EditJourney("new", map[string]bool{"3": true}, e); err == nil {
			t.Errorf("%+v: taken\n%s", e, out["journeys/new.yaml"])
		}
	}
	if _, err := (programme.Files{"journeys/new.yaml": "a: [", "programme.yaml": ""}).EditJourney("new", nil, programme.JourneyEdit{Do: "set", At: "1"}); err == nil {
		t.Error("a file that is not readable was edited")
	}
}

// Steps that were just added say in words what is not chosen yet, and none of them is sound so.
func TestAStepJustAddedSaysWhatIsNotChosenYet(t *testing.T) {
	f, err := journeyFiles(t, "diabetes"), error(nil)
	want := map[string]string{
		"message": "还没选内容", "card": "还没选内容", "task": "还没选内容", "hand_over": "还没选内容", "form": "还没选问卷", "set": "还没选人群", "set_stage": "还没选阶段", "refer": "还没选转诊标准",
		"journey": "还没选旅程", "go": "还没选去哪一步", "webhook": "这里还没填", "points": "这里还没填", "invite": "还没选活动种类",
	}
	for kind := range want {
		if f, err = f.EditJourney("low-glucose", nil, programme.JourneyEdit{Do: "add", At: "1", Kind: kind}); err != nil {
			t.Fatal(kind, err)
		}
	}
	form, _ := f.JourneyForm("low-glucose")
	_, problems := f.Open()
	said := map[string]string{}
	for _, p := range problems {
		if strings.Contains(p.File, "low-glucose") {
			if strings.Contains(p.Text.Zh+p.Hint.Zh, "“”") || strings.Contains(p.Text.En+p.Hint.En, `""`) {
				t.Errorf("%+v", p)
			}
			at := form.Of(p.Line)
			form.Walk(func(st *programme.StepForm) {
				if st.At == at {
					said[st.Kind] += p.Text.Zh + "\n"
				}
			})
		}
	}
	for kind, what := range want {
		if !strings.Contains(said[kind], what) {
			t.Errorf("%s: %q, want %s", kind, said[kind], what)
		}
	}
}
