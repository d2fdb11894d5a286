// Package proof is about the tests a programme carries: it runs every case of tests/*.yaml against the engine and
// the guard with a clock of its own, without a database, and says what came out otherwise than expected.
//
// Reading the cases is programme's. What happens in a step is engine's, what may be said is message's.
package proof

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/rule"
)

// Result is how one case came out.
type Result struct {
	Name     string
	File     string
	Line     int
	Passed   bool
	Failures []Failure
}

// Failure is one expectation that was not met.
type Failure struct {
	Line int // in the file of the case
	Text fault.Text
}

// String says where a result stands and what failed, one line each, in English.
func (r Result) String() string {
	if r.Passed {
		return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Name)
	}
	var b strings.Builder
	for i, f := range r.Failures {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: %s: %s", r.File, f.Line, r.Name, f.Text.En)
	}
	return b.String()
}

// Run runs cases against c, one after the other; each has a person of its own.
func Run(c *programme.Compiled, cases []programme.Case) []Result {
	out := make([]Result, 0, len(cases))
	_ = Each(context.Background(), c, cases, func(r Result) { out = append(out, r) }) // nothing ends it
	return out
}

// Each is Run for whoever wants to hear of each case as it is done. It ends early, with the context's error, when ctx ends.
func Each(ctx context.Context, c *programme.Compiled, cases []programme.Case, hear func(Result)) error {
	p := engine.Prepare(c)
	for i := range cases {
		if err := ctx.Err(); err != nil {
			return err
		}
		hear(one(p, &cases[i]))
	}
	return nil
}

func one(p *engine.Programme, c *programme.Case) Result {
	t := &trial{p: p, c: c, result: Result{Name: c.Name, File: c.File, Line: c.Line}}
	t.begin()
	given := c.Given
	for i := range c.Expect {
		e := &c.Expect[i]
		for len(given) > 0 && given[0].Arrives <= e.At {
			t.happen(&given[0])
			given = given[1:]
		}
		t.advance(e.At)
		t.check(e)
		t.seen = seen{}
	}
	t.result.Passed = len(t.result.Failures) == 0
	return t.result
}

// seen is what came since the last look.
type seen struct {
	cards      []string
	messages   []programme.ExpectMessage
	tasks      []programme.ExpectTask
	alerts     []int
	suppressed []programme.ExpectSuppressed
	held       []string
}

func (t *trial) fail(line int, zh, en string, args ...any) {
	t.result.Failures = append(t.result.Failures, Failure{line, fault.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}})
}

var truths = map[rule.Truth]fault.Text{
	rule.True: {Zh: "有", En: "has it"}, rule.False: {Zh: "没有", En: "has it not"}, rule.Unknown: {Zh: "未知", En: "unknown"},
}

// check compares the person as they are now, and what came since the last check, with what is expected.
func (t *trial) check(e *programme.Expect) {
	pr := t.state.Progress(t.p.Key)
	tags, stage := t.p.EvaluateIn(t.view(), t.now, pr.Standing())
	for _, x := range e.Tags {
		for _, got := range tags {
			if got.Tag.Key != x.Key {
				continue
			}
			if got.Truth != x.Want {
				want, is := truths[x.Want], truths[got.Truth]
				t.fail(e.Line, "标签 %s：期望%[3]s，实际%[5]s", "tag %s: expected %[2]s, got %[4]s", x.Key, want.En, want.Zh, is.En, is.Zh)
			}
			if pr.Has(x.Key) != (got.Truth == rule.True) {
				t.fail(e.Line, "标签 %s：逐步得到的状态与重新计算的不同", "tag %s: the state kept step by step differs from a full evaluation", x.Key)
			}
		}
	}
	if e.Stage != "" {
		if pr.Stage != e.Stage {
			t.fail(e.Line, "阶段：期望 %s，实际 %s", "stage: expected %s, got %s", e.Stage, pr.Stage)
		}
		if pr.Ruled == "" && stage.Stage != nil && stage.Stage.Key != pr.Stage {
			t.fail(e.Line, "阶段 %s：重新计算得到 %s", "stage %s: a full evaluation says %s", pr.Stage, stage.Stage.Key)
		}
	}
	compare(t, e.Line, fault.Text{Zh: "卡片", En: "cards"}, e.Cards, t.seen.cards, same)
	compare(t, e.Line, fault.Text{Zh: "消息", En: "messages"}, e.Messages, t.seen.messages, same)
	compare(t, e.Line, fault.Text{Zh: "任务", En: "tasks"}, e.Tasks, t.seen.tasks, func(want, got programme.ExpectTask) bool {
		return want.Script == got.Script && (want.Who == "" || want.Who == got.Who) && (want.Due == 0 || want.Due == got.Due)
	})
	compare(t, e.Line, fault.Text{Zh: "警报", En: "alerts"}, e.Alerts, t.seen.alerts, same)
	compare(t, e.Line, fault.Text{Zh: "拦截", En: "suppressed"}, e.Suppressed, t.seen.suppressed, func(want, got programme.ExpectSuppressed) bool {
		return want.Content == got.Content && (want.Reason == "" || want.Reason == got.Reason)
	})
	compare(t, e.Line, fault.Text{Zh: "暂缓", En: "held"}, e.Held, t.seen.held, same)
}

func same[T comparable](a, b T) bool { return a == b }

// compare matches two lists in any order; a nil want is not looked at.
func compare[T any](t *trial, line int, what fault.Text, want, got []T, fits func(want, got T) bool) {
	if want == nil {
		return
	}
	left := slices.Clone(got)
	ok := len(want) == len(got)
	for _, w := range want {
		i := slices.IndexFunc(left, func(g T) bool { return fits(w, g) })
		if i < 0 {
			ok = false
			break
		}
		left = slices.Delete(left, i, i+1)
	}
	if !ok {
		t.fail(line, "%[2]s：期望 %[3]s，实际 %[4]s", "%[1]s: expected %[3]s, got %[4]s", what.En, what.Zh, t.say(want), t.say(got))
	}
}

// say writes a list as a test would.
func (t *trial) say(list any) string {
	var out []string
	switch l := list.(type) {
	case []string:
		out = slices.Clone(l)
	case []int:
		for _, n := range l {
			out = append(out, fmt.Sprint(n))
		}
	case []programme.ExpectMessage:
		for _, m := range l {
			if m.To == "person" {
				out = append(out, m.Content)
			} else {
				out = append(out, "{to: "+m.To+", content: "+m.Content+"}")
			}
		}
	case []programme.ExpectTask:
		for _, x := range l {
			s := "{script: " + x.Script
			if x.Who != "" {
				s += ", who: " + x.Who
			}
			if x.Due != 0 {
				s += ", due: " + time.UnixMicro(x.Due).In(t.p.Zone).Format("2006-01-02 15:04")
			}
			out = append(out, s+"}")
		}
	case []programme.ExpectSuppressed:
		for _, x := range l {
			out = append(out, "{content: "+x.Content+", reason: "+cmp.Or(x.Reason, "any")+"}")
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}
