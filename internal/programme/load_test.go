package programme_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/rule"
)

// sound reads testdata/sound, a small programme that uses every part of the format.
func sound(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	disk := os.DirFS("testdata")
	err := fs.WalkDir(disk, "sound", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(disk, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSound(t *testing.T) {
	files := sound(t)
	c, problems := programme.Open(files, "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	if c.Tags[0].Key != "low" || c.TagIndex("high") != 1 || c.TagIndex("other") != -1 {
		t.Errorf("a tag must come after those it reads: %s, %s", c.Tags[0].Key, c.Tags[1].Key)
	}
	if got := c.Tags[1].Depends; len(got) != 1 || got[0] != 0 {
		t.Errorf("high reads low: %v", got)
	}
	if c.Tags[0].Private != "" || c.Tags[1].Private != "health" {
		t.Errorf("private: %q and %q; what says nothing is health", c.Tags[0].Private, c.Tags[1].Private)
	}
	adult := c.Targets["adult"]
	if r := adult.ForContext("before_lunch"); r.Low != 4.4 || r.High != 7.0 {
		t.Errorf("80 and 126 mg/dL are 4.4 and 7.0 mmol/L by convention: %v", r)
	}
	if _, high, ok := adult.Limits("after_meal_2h"); !ok || high >= 10.0 || high < 9.999999 {
		t.Errorf("below 10.0: the highest value in target is just under it: %v", high)
	}
	if adult.HbA1c < 7.0 || adult.HbA1c > 7.001 {
		t.Errorf("53 mmol/mol is 7.0 %%: %v", adult.HbA1c)
	}
	j := c.Journey("after-low")
	if j.Class != journey.Safety || j.Enter.Again != 15*time.Minute || !j.Enter.UnlessWorse || j.Enter.Lookback != 2*time.Hour {
		t.Errorf("journey: %+v", j.Enter)
	}
	if j.Enter.If.Rule == nil || j.Leave[0].Rule == nil || j.Goal.When.Rule == nil || j.Steps[3].If.When.Rule == nil {
		t.Error("a condition was not compiled")
	}
	if j.Steps[3].If.Then[0].ID != "4.then.1" {
		t.Errorf("steps are named by their path: %s", j.Steps[3].If.Then[0].ID)
	}
	if !c.Sample || c.Content("sugar").Answers[0].Key != "better" || c.Scripts["call"] == nil {
		t.Error("texts")
	}

	p, _ := programme.Load(files, "sound")
	if n := len(p.Cases[0].Given); n != 4 {
		t.Errorf("three readings and one call given, got %d", n)
	}
	if got := p.Cases[0].Given[0].Event.Num; got < 0.19 || got > 0.2 {
		t.Errorf("the unit holds for all values of a line: %v", got)
	}
	if want := p.Cases[0].Expect[0].Tags[1]; want.Want != rule.Unknown {
		t.Errorf("?low is unknown: %v", want)
	}

	before := c.Hash
	files["sound/tests/all.yaml"].Data = nil
	if c, _ = programme.Open(files, "sound"); c.Hash != before {
		t.Error("a test changes nothing people see, so not the hash")
	}
	files["sound/content/hello.md"].Data = append(files["sound/content/hello.md"].Data, '!')
	if c, _ = programme.Open(files, "sound"); c.Hash == before {
		t.Error("a text people see is part of the hash")
	}
}

// Each row breaks the sound programme in one place and says what must be reported, with its place.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, file, old, new string
		want                 []string
	}{
		{
			"unknown field", "tags.yaml", "group: control\n  plain", "gruop: control\n  plain",
			[]string{`tags.yaml:2:3: a tag lacks "group"`, `tags.yaml:3:3: a tag has no field "gruop" (did you mean group?)`},
		},
		{
			"a unit in other capitals", "programme.yaml", "value: 4 /week", "value: 4 mmhg",
			[]string{`there is no unit "mmhg"`, "write mmHg"},
		},
		{
			"a symptom nobody can enter", "tags.yaml", ".where(e, e.value < mmol(3.9))\n      .count() >= 1", ".count() >= 1 || exists(events(\"symptom\").where(e, e.kind == \"chestpain\"))",
			[]string{`this can never be "chestpain"`, "chest_pain"},
		},
		{
			"a form the programme has not", "tags.yaml", ".where(e, e.value < mmol(3.9))\n      .count() >= 1", ".count() >= 1 || exists(events(\"form_answer\").where(e, e.form == \"feat\"))",
			[]string{`this can never be "feat"`},
		},
		{
			"unknown group", "tags.yaml", "group: control\n  plain", "group: controll\n  plain",
			[]string{`tags.yaml:3:10: no group "controll" (did you mean control?)`},
		},
		{"written twice", "tags.yaml", "low:\n", "high:\n", []string{`tags.yaml:8:1: "high" is written twice, first on line 1 (keep one of them)`}},
		{"missing translation", "tags.yaml", "{zh: 偏低, en: Low}\n  group", "{zh: 偏低}\n  group", []string{`tags.yaml:9:9: the English text is missing`}},
		{"one language only", "stages.yaml", "name: {zh: 其他, en: Other}", "name: 其他", []string{`stages.yaml:7:9: this text is needed in both languages`}},
		{"unknown placeholder", "tags.yaml", "{count} 次", "{cuont} 次", []string{`nothing fills {cuont} (did you mean count?)`}},
		{"unknown tag in a rule", "tags.yaml", `tag("low")`, `tag("lwo")`, []string{`tags.yaml:5:13: `, `"low"?`}},
		{"circle of tags", "tags.yaml", `.count() >= 1`, `.count() >= 1 || tag("high")`, []string{`tags in a circle: high → low → high`}},
		{"circle of one", "tags.yaml", `.count() >= 1`, `.count() >= 1 || tag("low")`, []string{`tags in a circle: low → low`}},
		{"unknown function on the third line of a rule", "tags.yaml", `.count() >= 1`, `.cuont() >= 1`, []string{`tags.yaml:16:8: `, `count`}},
		{"unknown event type", "tags.yaml", `events("glucose").within`, `events("glucos").within`, []string{`tags.yaml:14:12: `, `glucose`}},
		{"mistake inside a word", "programme.yaml", `e.context ==`, `e.contxt ==`, []string{`programme.yaml:22:50: `, `context`}},
		{"mistake after a word", "tags.yaml", `fasting_readings.latest()`, `fasting_readings.latets()`, []string{`tags.yaml:5:40: `, `latest`}},
		{"word nobody uses", "tags.yaml", "fasting_readings.latest().value", "events(\"glucose\").latest().value", []string{`programme.yaml:22:21: no rule uses this word`}},
		{"glucose in half a unit", "programme.yaml", "10.0 mmol/L", "10.0 mmol", []string{`programme.yaml:13:28: glucose has no unit "mmol" (did you mean mmol/L?)`}},
		{"glucose without a unit", "programme.yaml", "10.0 mmol/L", "10.0", []string{`programme.yaml:13:28: "10.0" has no unit`}},
		{"mg/dL under the name of mmol/L", "programme.yaml", "high: 126 mg/dL", "high: 126 mmol/L", []string{`no meter reads "126 mmol/L" (did you mean 126 mg/dL?)`}},
		{"limits crossed", "programme.yaml", "low: 80", "low: 180", []string{`programme.yaml:12:14: the lower limit is not below the upper one`}},
		{"HbA1c in mmol/L", "programme.yaml", "53 mmol/mol", "7 mmol/L", []string{`HbA1c has no unit "mmol/L"`}},
		{"HbA1c out of range", "programme.yaml", "53 mmol/mol", "70 %", []string{`HbA1c cannot be "70 %"`}},
		{"no such zone", "programme.yaml", "Asia/Shanghai", "Asia/Shangai", []string{`programme.yaml:4:7: no time zone "Asia/Shangai"`}},
		{"no such default", "programme.yaml", "default_target: adult", "default_target: adlt", []string{`no target profile "adlt" (did you mean adult?)`}},
		{"nothing people measure", "programme.yaml", "default_target: adult", "default_target: adult\nmeasures: [glucose, blood_presure]", []string{`no thing to measure "blood_presure" (did you mean blood_pressure?)`}},
		{"measured twice", "programme.yaml", "default_target: adult", "default_target: adult\nmeasures: [glucose, glucose]", []string{`"glucose" is listed twice`}},
		{"version is no number", "programme.yaml", "version: 3", "version: three", []string{`programme.yaml:3:10: a whole number`}},
		{"not everyone has a stage", "stages.yaml", "when: true", `when: tag("high")`, []string{`stages.yaml:9:9: everyone must fit the last stage`}},
		{"unknown content", "journeys/after-low.yaml", "card: sugar", "card: suger", []string{`journeys/after-low.yaml:7:11: no content "suger" (did you mean sugar?)`}},
		{"missing content", "journeys/after-low.yaml", "message: hello", "message: farewell", []string{`no content "farewell" (add a file content/farewell.md)`}},
		{"a message shown as a card", "journeys/after-low.yaml", "card: sugar", "card: hello", []string{`"hello" is a message, a card belongs here`}},
		{"a text for family sent to the person", "journeys/after-low.yaml", "message: hello", "message: family-call", []string{`"family-call" is written for family and sent to person`}},
		{"family without their scope", "journeys/after-low.yaml", ", scope: alerts", "", []string{`a message to family says what the person agreed to (scope)`}},
		{"unknown stage in a step", "journeys/after-low.yaml", "set_stage: ill", "set_stage: il", []string{`no stage "il" (did you mean ill?)`}},
		{"unknown entry event", "journeys/after-low.yaml", "on: glucose", "on: glukose", []string{`no event type "glukose" (did you mean glucose?)`}},
		{"unknown field of the entry event", "journeys/after-low.yaml", "event.value", "event.valu", []string{`journeys/after-low.yaml:3:32: `, `value`}},
		{"unknown role", "journeys/after-low.yaml", "who: owner", "who: onwer", []string{`no role "onwer" (did you mean owner?)`}},
		{"a number for a time", "journeys/after-low.yaml", "due: 10m", "due: 10", []string{`"10" is not a length of time`}},
		{"a wait without end", "journeys/after-low.yaml", ", at_most: 10m", "", []string{`a wait lacks "at_most"`}},
		{"a day that is past", "journeys/after-low.yaml", `day: 2, at: "09:00"}`, `day: 2, at: "09:00"}` + "\n  - wait: {day: 1, at: \"09:00\"}", []string{`day 1 comes before day 2 above it`}},
		{"no such time of day", "journeys/after-low.yaml", `"09:00"`, `"9 am"`, []string{`"9 am" is not a time of day`}},
		{"a step after the end", "journeys/after-low.yaml", "  - card: sugar", "  - exit: true\n  - card: sugar", []string{`journeys/after-low.yaml:8:5: this step is never reached`}},
		{"both branches end", "journeys/after-low.yaml", "  - card: sugar", "  - if: tag(\"low\")\n    then: [{exit: true}]\n    else: [{exit: true}]\n  - card: sugar", []string{`this step is never reached`}},
		{"a wait before nothing", "journeys/after-low.yaml", "\n  - message: hello", "", []string{`nothing comes after this wait`}},
		{"no wait could time out", "journeys/after-low.yaml", "  - wait: {for: task, at_most: 10m}\n", "", []string{`no wait before this can time out`}},
		{"no task has this result", "journeys/after-low.yaml", `"no_answer"`, `"no_anser"`, []string{`no task before this has the result "no_anser" (did you mean no_answer?)`}},
		{"a wait for a task before any", "journeys/after-low.yaml", "  - card: sugar", "  - wait: {for: task, at_most: 1h}\n  - card: sugar", []string{`no task comes before this wait`}},
		{"two things in one step", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n    message: hello", []string{`one step does one thing, this one has message and card`}},
		{"unknown step", "journeys/after-low.yaml", "  - card: sugar", "  - crad: sugar", []string{`a step has no field "crad" (did you mean card?)`}},
		{"a circle without a wait", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - {id: a, message: hello}\n  - {go: {to: a, times: 5}}", []string{`this goes round without waiting: nothing on the way back to "a" waits`}},
		{"going where nothing is", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - {id: aa, message: hello}\n  - wait: 1d\n  - {go: ab}", []string{`no step is called "ab" (did you mean aa?)`}},
		{"shares that are not all", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - split: {a: {share: 50 %, name: {zh: 甲, en: A}}, b: {share: 40 %, name: {zh: 乙, en: B}}}", []string{`the shares come to 90 %, not to 100 %`}},
		{"a share without its sign", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - holdout: 10", []string{`a percentage between 0 and 100 belongs here`}},
		{"one way to choose from", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - choose: [{if: tag(\"low\"), then: [{message: hello}]}]", []string{`a choose lists its ways`}},
		{"a journey that is not there", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - journey: nowhere", []string{`no journey "nowhere"`}},
		{"a journey that calls itself", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - journey: after-low", []string{`the journey "after-low" is not one that others call`}},
		{"a questionnaire that is not there", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - form: {form: feet, content: hello}", []string{`no questionnaire "feet"`}},
		{"a wait for a questionnaire before any", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - wait: {for: form, at_most: 1d}", []string{`no questionnaire comes before this wait`}},
		{"an unknown channel", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - message: {content: hello, channels: [wecon]}", []string{`no channel "wecon" (did you mean wecom?)`}},
		{"an unknown policy", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - message: {content: hello, held: wait}", []string{`no what to do when it is not sent "wait"`}},
		{"a segment that is not there", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - set: {segment: low, state: in}", []string{`no segment "low"`}},
		{"a value the profile has not", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - set: {trait: treatment, value: orel}", []string{`no value "orel" (did you mean oral?)`}},
		{"a referral that is not there", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - refer: somewhere", []string{`no referral rule "somewhere"`}},
		{"a weekday that is none", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - wait: {weekday: mo, at: \"09:00\"}\n  - message: hello", []string{`no weekday "mo" (did you mean mon?)`}},
		{"a date of nothing", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - wait: {date: {of: visits}}\n  - message: hello", []string{`no event type "visits" (did you mean visit?)`}},
		{"joining and leaving", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - camp: {join: a, leave: b}", []string{`say one of join and leave`}},
		{"points by the thousand", "journeys/after-low.yaml", "  - card: sugar", "  - card: sugar\n  - points: {amount: 5000, rule: gift}", []string{`a whole number from 1 to 1000 belongs here`}},
		{"a journey that enters itself", "journeys/after-low.yaml", "{on: glucose, if: event.value < mmol(3.9), key: episode, again: after 15m unless worse}", "{on: message_sent, key: event}", []string{`journeys/after-low.yaml: what this journey does has people enter it again, for ever`}},
		{"a journey that enters itself by the stage it sets", "journeys/after-low.yaml", "{on: glucose, if: event.value < mmol(3.9), key: episode, again: after 15m unless worse}", "{stage: ill, key: event}", []string{`has people enter it again, for ever`}},
		{"a successor that is not there", "journeys/after-low.yaml", "steps:", "instead: {old: newer}\nsteps:", []string{`no step is called "newer"`}},
		{"a successor of a step that is there", "journeys/after-low.yaml", "steps:", "instead: {2: 3}\nsteps:", []string{`this version still has a step "2"`}},
		{"dates that end before they begin", "journeys/after-low.yaml", "steps:", "valid: {from: 2026-03-08, to: 2026-03-01}\nsteps:", []string{`it ends before it begins: nobody ever enters`}},
		{"older than anything that enters", "journeys/after-low.yaml", "again: after 15m unless worse", "older: 2h, lookback: 2h", []string{`after-low.yaml:3:`, `nobody ever enters`}},
		{"older without an event", "journeys/after-low.yaml", "{on: glucose, if: event.value < mmol(3.9), key: episode, again: after 15m unless worse}", "{tag: low, older: 2h}", []string{`only an entry with on has an older`}},
		{"again without an episode", "journeys/after-low.yaml", "key: episode", "key: once", []string{`with key once there is no second entry`}},
		{"a text in one language", "content/hello.md", "# English", "# Englisch", []string{`content/hello.md:7:1: the English text is missing`}},
		{"a text without a head", "content/hello.md", "---\nkind", "kind", []string{`content/hello.md:1:1: the file begins with a head`}},
		{"a word that blames", "content/hello.md", "正文", "您控制得差", []string{`content/hello.md:9:5: a text for people may not say “差”`}},
		{"a blank nothing fills", "content/hello.md", "正文", "您好 {name}", []string{`content/hello.md:9:4: texts have nothing to fill in`}},
		{"a card without answers", "content/sugar.md", "kind: card", "kind: card\nanswers: []", []string{`"answers" is written twice`}},
		{"unknown kind", "content/hello.md", "kind: message", "kind: mesage", []string{`content/hello.md:2:7: no kind of content "mesage" (did you mean message?)`}},
		{"a test of an unknown tag", "tests/all.yaml", "-high", "-hihg", []string{`no tag "hihg" (did you mean high?)`}},
		{"a test with a bad line", "tests/all.yaml", "3.5,3.6,70 mg/dL fasting", "3.5 fastin", []string{`tests/all.yaml:4:7: cannot read "fastin" (did you mean fasting?)`}},
		{"a test of a bad day", "tests/all.yaml", "2026-03-08 08:00", "2026-02-30 08:00", []string{`"2026-02-30 08:00" is not a time`}},
		{"tests out of order", "tests/all.yaml", "at 2026-03-02", "at 2026-02-02", []string{`this moment comes before the one above it`}},
		{"broken YAML", "tags.yaml", "plain: {zh: 偏高, en: High}", "plain: {zh: 偏高, en: High", []string{`tags.yaml:`, `YAML syntax`}},
		{"a tab", "tags.yaml", "  group: control\n  plain", "\tgroup: control\n  plain", []string{`tags.yaml:3:1: a tab in the indentation (indent with spaces)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := sound(t)
			f := files["sound/"+tt.file]
			if !strings.Contains(string(f.Data), tt.old) {
				t.Fatalf("%s does not hold %q", tt.file, tt.old)
			}
			f.Data = []byte(strings.Replace(string(f.Data), tt.old, tt.new, 1))
			c, problems := programme.Open(files, "sound")
			if c != nil {
				t.Fatal("it compiled")
			}
			got := problems.Error()
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("want %s\ngot\n%s", w, got)
				}
			}
			for _, p := range problems {
				if p.Text.Zh == "" || p.Text.En == "" || strings.Contains(p.String(), "%!") || strings.Contains(p.In("zh"), "%!") {
					t.Errorf("a problem is said in both languages: %+v", p)
				}
			}
		})
	}
}

func TestMissingFiles(t *testing.T) {
	files := sound(t)
	delete(files, "sound/stages.yaml")
	files["sound/stage.yaml"] = &fstest.MapFile{}
	_, problems := programme.Open(files, "sound")
	got := problems.Error()
	for _, w := range []string{"stages.yaml: this file is missing", `stage.yaml: a programme has no part "stage.yaml" (did you mean stages.yaml?)`} {
		if !strings.Contains(got, w) {
			t.Errorf("want %s\ngot\n%s", w, got)
		}
	}
	if _, problems := programme.Open(files, "elsewhere"); len(problems) != 1 {
		t.Errorf("a folder that is not there: %v", problems)
	}
}

// hostile is what no programme holds: each must end in a problem that names the file, within a moment.
func hostile() map[string]string {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	return map[string]string{
		"aliases that multiply":   bomb,
		"deep flow":               strings.Repeat("[", 100_000),
		"deep flow of mappings":   strings.Repeat("{a: ", 50_000),
		"deep list on one line":   strings.Repeat("- ", 100_000) + "x",
		"deep complex keys":       strings.Repeat("? ", 100_000) + "x",
		"deep indentation":        deepIndent(600),
		"a file of 1 MB":          strings.Repeat("a: b\n", 200_000),
		"one long line":           "a: " + strings.Repeat("x", 200_000),
		"binary":                  "\x00\x01\x02\xff\xfe",
		"not UTF-8":               "name: \xc0\xaf\n",
		"UTF-16":                  "\xff\xfek\x00e\x00y\x00",
		"a tag that runs code":    "a: !!python/object/apply:os.system [ls]\n",
		"a merge":                 "<<: {a: b}\n",
		"two documents":           "a: b\n---\nc: d\n",
		"a number":                "42\n",
		"a list":                  "- a\n- b\n",
		"nothing":                 "",
		"a comment":               "# nothing\n",
		"colons":                  ":::\n: :\n",
		"quotes that do not end":  "a: \"b\n",
		"a key of a list":         "[a, b]: c\n",
		"null everywhere":         "high: null\nlow: ~\nname:\n",
		"a list where a word is":  "high:\n  name: [a]\n  when: {a: b}\n  plain: 3\n",
		"a rule of many brackets": "high:\n  when: |-\n    " + strings.Repeat("(", 20_000) + "\n",
		"many mistakes":           strings.Repeat("x", 1) + manyKeys(5_000),
	}
}

func deepIndent(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: {a: b}\n", i)
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	for name, text := range hostile() {
		for _, file := range []string{"programme.yaml", "tags.yaml", "stages.yaml", "journeys/after-low.yaml", "content/hello.md", "tests/all.yaml"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				files := sound(t)
				files["sound/"+file].Data = []byte(text)
				began := time.Now()
				_, problems := programme.Open(files, "sound")
				if len(problems) == 0 && file != "tests/all.yaml" {
					t.Error("no problem was found")
				}
				if len(problems) > 500 {
					t.Errorf("%d problems: nobody reads so many", len(problems))
				}
				if d := time.Since(began); d > 5*time.Second {
					t.Errorf("took %v", d)
				}
			})
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, text := range hostile() {
		if len(text) < 4096 {
			f.Add(text)
		}
	}
	for _, x := range sound(f) {
		f.Add(string(x.Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range []string{"programme.yaml", "tags.yaml", "journeys/after-low.yaml", "content/hello.md", "tests/all.yaml"} {
			files := sound(t)
			files["sound/"+file].Data = []byte(text)
			_, _ = programme.Open(files, "sound") // that it returns is all we ask
		}
	})
}
