package engine

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/programmes"
)

// watched is the diabetes programme with a tag that asks for the stage, one that reads it, and a journey that moves people.
func watched(t *testing.T) *Programme {
	t.Helper()
	files, err := programme.ReadFiles(programmes.FS, "diabetes")
	if err != nil {
		t.Fatal(err)
	}
	files["tags/zz.yaml"] = `
in_risk:
  name: {zh: 在风险期, en: At risk}
  group: safety
  plain: {zh: 在, en: is}
  when: stage() == "risk"
  because: {zh: 是, en: "yes"}
  source: test
silent_risk:
  name: {zh: 风险而沉默, en: At risk and silent}
  group: safety
  plain: {zh: 在, en: is}
  when: tag("in_risk") && days_since(events("glucose")) >= 3
  because: {zh: 是, en: "yes"}
  source: test
`
	files["journeys/move.yaml"] = `
name: {zh: 移, en: Move}
class: programme
enter: {on: exercise, key: event}
goal: {when: tag("silent_risk"), within: 3d}
steps:
  - set_stage: risk
  - wait: 1d
  - set_stage: steady
`
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["p/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, problems := programme.Open(fsys, "p")
	if c == nil {
		t.Fatal(problems)
	}
	return Prepare(c)
}

func TestATagAsksForTheStage(t *testing.T) {
	p := watched(t)
	if n := len(p.Tags); p.AfterStage != 12 || p.Tags[n-2].Key != "in_risk" || p.Tags[n-1].Key != "silent_risk" {
		t.Fatalf("%d tags rest on the stage; the last is %s", p.AfterStage, p.Tags[n-1].Key)
	}
	for _, forget := range []bool{false, true} {
		l := newLife(p, time.UTC)
		l.forget = forget
		day := 24 * time.Hour.Microseconds()
		at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMicro()
		same := func(now int64) {
			pr := l.s.Progress("diabetes")
			tags, _ := p.EvaluateIn(l.view(), now, pr.Standing())
			for _, a := range tags {
				if pr.Has(a.Tag.Key) != (a.Truth == rule.True) {
					t.Errorf("%s: kept %v in stage %s, from scratch %v", a.Tag.Key, pr.Has(a.Tag.Key), pr.Stage, a.Truth)
				}
			}
		}
		l.look = func(now int64) {
			if l.s.Progress("diabetes") != nil {
				same(now)
			}
		}
		l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes"), Occurred: at}, at)
		l.add(event.Event{Type: event.Glucose, Num: 2.8, A: event.Intern("random"), Occurred: at + 1}, at+1)
		pr := l.s.Progress("diabetes")
		if pr.Stage != "risk" || !pr.Has("in_risk") {
			t.Fatalf("an event that moves the stage: %s %v", pr.Stage, pr.Tags)
		}
		l.advance(at + 4*day)
		if !pr.Has("silent_risk") {
			t.Error("what reads a tag that asks for the stage is asked")
		}
		l.advance(at + 60*day)
		if pr.Stage == "risk" || pr.Has("in_risk") || pr.Has("silent_risk") {
			t.Errorf("time that moves the stage: %s", pr.Stage)
		}
		// A journey moves the person, at once and then by its clock.
		at += 60 * day
		l.log = nil
		l.add(event.Event{Type: event.Exercise, Num: 30, Occurred: at}, at)
		if pr.Stage != "risk" || !pr.Has("in_risk") {
			t.Errorf("a journey that moves the stage: %s %v", pr.Stage, pr.Tags)
		}
		if i := slices.IndexFunc(l.log, func(s string) bool { return strings.HasSuffix(s, "tag in_risk true") }); i < 0 {
			t.Errorf("%q", l.log)
		}
		l.advance(at + day)
		if pr.Stage != "steady" || pr.Has("in_risk") {
			t.Errorf("the second move: %s %v", pr.Stage, pr.Tags)
		}
	}
}

// A journey that moves somebody makes another rule count: the one that keeps them where they now are. What the stages bore before
// says nothing about it.
func TestAStageForgetsWhatItBoreWhenAJourneyMovesSomebody(t *testing.T) {
	files := fstest.MapFS{
		"p/programme.yaml": {Data: []byte("key: p\nname: {zh: 试, en: Test}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {g: {zh: 组, en: Group}}\n")},
		"p/tags.yaml": {Data: []byte(`
any:
  name: {zh: 有, en: Any}
  group: g
  plain: {zh: 有, en: has}
  when: events("glucose").count() >= 1
  because: {zh: 是, en: "yes"}
  source: test
`)},
		"p/stages.yaml": {Data: []byte(`
held:
  name: {zh: 留, en: Held}
  plain: {zh: 留, en: Held}
  when: events("glucose").within("30d").count() >= 6
  stay: events("glucose").within("30d").where(e, e.value < mmol(3)).count() == 0
  source: test
free:
  name: {zh: 走, en: Free}
  plain: {zh: 走, en: Free}
  when: "true"
  source: test
`)},
		"p/journeys/move.yaml": {Data: []byte(`
name: {zh: 移, en: Move}
class: programme
enter: {on: exercise, key: event}
steps:
  - set_stage: held
`)},
	}
	c, problems := programme.Open(files, "p")
	if c == nil {
		t.Fatal(problems)
	}
	p := Prepare(c)
	for _, forget := range []bool{false, true} {
		l := newLife(p, time.UTC)
		l.forget = forget
		at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMicro()
		read := func(mmol float64) {
			at += time.Minute.Microseconds()
			l.add(event.Event{Type: event.Glucose, Num: mmol, A: event.Intern("random"), Occurred: at}, at)
		}
		l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("p"), Occurred: at}, at)
		read(6)
		pr := l.s.Progress("p")
		if pr.Stage != "free" {
			t.Fatalf("begins in %q", pr.Stage)
		}
		at += time.Minute.Microseconds()
		l.add(event.Event{Type: event.Exercise, Num: 30, Occurred: at}, at)
		if pr.Stage != "held" {
			t.Fatalf("moved to %q", pr.Stage)
		}
		read(6)
		read(2.5)
		if pr.Stage != "free" {
			t.Errorf("a low reading leaves them in %q (asked anew each time: %v)", pr.Stage, forget)
		}
	}
}
