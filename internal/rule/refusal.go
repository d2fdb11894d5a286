package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// refusal is a mistake without its place.
type refusal struct{ msg, hint fault.Text }

var (
	tooLong = refusal{
		zhen(fmt.Sprintf("规则长过 %d 个字符", maxLength), fmt.Sprintf("the rule is longer than %d characters", maxLength)),
		zhen("分成几个标签，用 tag(...) 连起来", "split it into several tags and join them with tag(...)"),
	}
	tooDeep = refusal{
		zhen("规则套得太深或太大", "the rule is nested too deeply or too large"),
		zhen("分成几个标签，用 tag(...) 连起来", "split it into several tags and join them with tag(...)"),
	}
	unusable = refusal{
		zhen("规则里不能这样写", "this cannot be written in a rule"),
		zhen("见 docs/guide/rules.md", "see docs/guide/rules.md"),
	}
	nested = refusal{
		zhen("条件里只能用这个事件的字段，以及与它无关的值", "a condition can use the fields of its event, and values that have nothing to do with it"),
		zhen("例如 where(e, e.value > 10)；条件里不能再选与 e 有关的事件", "for example where(e, e.value > 10); a condition cannot select further events that depend on e"),
	}
	onlyPlain = refusal{
		zhen("? : 的两边只能是数、文字或是非", "both sides of ? : can only be numbers, texts or conditions"),
		zhen("先用 .count() 或 .latest() 的字段得到一个值", "take a value first, with .count() or a field of .latest()"),
	}
	onlyList = refusal{
		zhen("in 后面只能是写出来的列表", "after in there can only be a list written out"),
		zhen(`例如 e.context in ["fasting", "bedtime"]`, `for example e.context in ["fasting", "bedtime"]`),
	}
	onlyLiteral = refusal{
		zhen("这里只能直接写出文字", "only a text written out can stand here"),
		zhen(`例如 "7d" 或 "fasting"`, `for example "7d" or "fasting"`),
	}
	onlyWhole = refusal{
		zhen("这里只能写 1 到 100000 的整数", "only a whole number from 1 to 100000 can stand here"),
		zhen("例如 7", "for example 7"),
	}
	flagsFirst = refusal{
		zhen(".with_flags() 要紧接在 events(...) 后面", ".with_flags() goes straight after events(...)"),
		zhen(`例如 events("glucose").with_flags().within("7d")`, `for example events("glucose").with_flags().within("7d")`),
	}
	tooManyOps = refusal{
		zhen(fmt.Sprintf("一串里最多 %d 个窗口与条件", maxOps), fmt.Sprintf("a chain has at most %d windows and conditions", maxOps)),
		zhen("把条件用 && 合在一个 where 里", "join conditions with && inside one where"),
	}
	mixedFigure = refusal{
		zhen("几类事件混在一起没有数值可算", "events of several types have no common value to compute with"),
		zhen("只取一类，如 events(\"glucose\")", "take one type, such as events(\"glucose\")"),
	}
	farFirst = refusal{
		zhen("between 先写较早的一端", "between takes the earlier end first"),
		zhen(`例如 .between("28d", "14d")`, `for example .between("28d", "14d")`),
	}
	wholeDays = refusal{
		zhen("日历日要写整日", "calendar days are whole days"),
		zhen(`例如 .local_days("14d")；按小时滚动用 .within("36h")`, `for example .local_days("14d"); for rolling hours use .within("36h")`),
	}
	leastInside = refusal{
		zhen("at_least 不能写在作为起止或前后的事件里", "at_least cannot be asked of the events a window or a sequence hangs on"),
		zhen(`写在后面，例如 events("glucose").since(events("order")).at_least(3)`, `write it after, for example events("glucose").since(events("order")).at_least(3)`),
	}
	longCalendar = refusal{
		zhen("日历窗口最长一百年", "a window of the calendar is at most a hundred years long"),
		zhen("例如 .local_weeks(4) 或 .local_months(3)", "for example .local_weeks(4) or .local_months(3)"),
	}
	tooCostly = refusal{
		zhen(fmt.Sprintf("血糖可能每分钟一个，统计的窗口最长 %d 天", denseDays), fmt.Sprintf("glucose may come every minute: a figure of it looks back %d days at most", denseDays)),
		zhen(`写短一些的窗口，例如 .within("90d")，或写 .last(1000)`, `take a shorter window, for example .within("90d"), or .last(1000)`),
	}
	tooManyWalks = refusal{
		zhen(fmt.Sprintf("一条规则最多取 %d 次事件", maxWalks), fmt.Sprintf("a rule selects events at most %d times", maxWalks)),
		zhen("分成几个标签，用 tag(...) 连起来", "split it into several tags and join them with tag(...)"),
	}
	onlyShare = refusal{
		zhen("分位数要写 0 到 1 之间的数", "a quantile is a number from 0 to 1"),
		zhen("例如 .quantile(0.9)", "for example .quantile(0.9)"),
	}
	noSupply = refusal{
		zhen("用药的统计要有供药天数的事件", "figures of medicine need events with days of supply"),
		zhen(`从 events("fill") 或 events("order") 开始`, `start from events("fill") or events("order")`),
	}
	onlyCourses = refusal{
		zhen("只对糖皮质激素疗程有意义", "this makes sense for courses of glucocorticoids only"),
		zhen(`从 events("glucocorticoid") 开始`, `start from events("glucocorticoid")`),
	}
	fewHours = refusal{
		zhen("CONGA 的间隔是 1 到 24 小时", "CONGA looks 1 to 24 hours apart"),
		zhen("例如 .conga(24)", "for example .conga(24)"),
	}
	valuesOnce = refusal{
		zhen(".values() 只写一次，且要写某类事件的一个数值字段", ".values() is written once and names a number of one type of events"),
		zhen(`例如 events("blood_pressure").values("diastolic").mean()`, `for example events("blood_pressure").values("diastolic").mean()`),
	}
)

// calendarOnly is about a figure that is computed over whole local days.
func calendarOnly(name string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%s 按整个日历日计算，窗口最长 %d 天", name, curveDays), fmt.Sprintf("%s is computed over whole local days, %d of them at most", name, curveDays)),
		zhen(fmt.Sprintf(`例如 events("glucose").local_days("14d").%s(...)，用 local_days、local_weeks、local_months、last_week 或 last_month`, name),
			fmt.Sprintf(`for example events("glucose").local_days("14d").%s(...), with local_days, local_weeks, local_months, last_week or last_month`, name)),
	}
}

func noPlan(kind string, kinds []string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%q 没有计划", kind), fmt.Sprintf("there are no plans for %q", kind)), didYouMean(kind, kinds, `"`),
	}
}

func badPeriod(s string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%q 不是时间长度", clip(s)), fmt.Sprintf("%q is not a length of time", clip(s))),
		zhen(`写成 "15m"、"12h"、"7d" 或 "4w"，最长一百年`, `write "15m", "12h", "7d" or "4w", at most a hundred years`),
	}
}

// unknownName is about a tag, target or setting the programme does not define.
func unknownName(what, name string, known []string) refusal {
	zh := map[string]string{"tag": "标签", "target": "控制目标", "setting": "设置", "system of stages": "分期系统", "kind of episode": "事件种类", "medicine or class": "药或药物类别", "problem of the medicine list": "药单问题"}[what]
	return refusal{
		zhen(fmt.Sprintf("没有名为 %q 的%s", clip(name), zh), fmt.Sprintf("there is no %s %q", what, clip(name))),
		didYouMean(name, known, `"`),
	}
}

// withoutNumber is about tag_value of what is no tag, or of a tag without a number.
func withoutNumber(key string, tags []string, values map[string]string) refusal {
	r := refusal{hint: didYouMean(key, slices.Sorted(maps.Keys(values)), `"`)}
	if !contains(tags, key) {
		r.msg = unknownName("tag", key, nil).msg
		return r
	}
	r.msg = zhen(fmt.Sprintf("标签 %q 没有自己的数", key), fmt.Sprintf("the tag %q has no number of its own", key))
	if r.hint == (fault.Text{}) {
		r.hint = zhen("给它加一行 value: …，或者只问 tag(...)", "give it a line value: ..., or ask tag(...) only")
	}
	return r
}

// withoutCodes is about tag_code of what is no tag, or of a tag that one has or has not.
func withoutCodes(key string, tags []string, coded map[string][]string) refusal {
	r := refusal{hint: didYouMean(key, slices.Sorted(maps.Keys(coded)), `"`)}
	if !contains(tags, key) {
		r.msg = unknownName("tag", key, nil).msg
		return r
	}
	r.msg = zhen(fmt.Sprintf("标签 %q 只有“有”和“没有”，没有代码", key), fmt.Sprintf("the tag %q is had or not, it has no codes", key))
	if r.hint == (fault.Text{}) {
		r.hint = zhen(fmt.Sprintf("写 tag(%q)", key), fmt.Sprintf("write tag(%q)", key))
	}
	return r
}

func notOneOf(s string, codes []string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%q 不会出现在这里", clip(s)), fmt.Sprintf("this can never be %q", clip(s))),
		didYouMean(s, codes, `"`),
	}
}

func noNumber(key string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%q 事件没有数值可算", key), fmt.Sprintf("events of type %q have no value to compute with", key)),
		zhen("可以用 .count() 或 .days()", ".count() and .days() can be used"),
	}
}

// noNumberField is about values("...") of a field that is none, or no number.
func noNumberField(spec *event.Spec, name string) refusal {
	var numbers []string
	for i := range spec.Fields {
		if f := &spec.Fields[i]; f.Kind == event.Number && readable(f) {
			numbers = append(numbers, f.Name)
		}
	}
	return refusal{
		zhen(fmt.Sprintf("%q 事件没有数值字段 %q", spec.Key, clip(name)), fmt.Sprintf("events of type %q have no number %q", spec.Key, clip(name))),
		didYouMean(name, numbers, `"`),
	}
}

func glucoseOnly(name string) refusal {
	return refusal{
		zhen(fmt.Sprintf("%s 只对血糖有意义", name), fmt.Sprintf("%s makes sense for glucose only", name)),
		zhen(`从 events("glucose") 开始`, `start from events("glucose")`),
	}
}

// noTrait is about a field of the profile that is not there, or is read with the wrong function.
func noTrait(fn, key string, f *event.Field, want event.FieldKind) refusal {
	if f != nil && readable(f) {
		right := map[event.FieldKind]string{event.Code: "trait", event.Number: "trait_num", event.Bool: "trait_bool"}[f.Kind]
		return refusal{
			zhen(fmt.Sprintf("资料字段 %q 不能用 %s 读", key, fn), fmt.Sprintf("the profile field %q is not read with %s", key, fn)),
			zhen(fmt.Sprintf("用 %s(%q)", right, key), fmt.Sprintf("use %s(%q)", right, key)),
		}
	}
	var names []string
	for i := range event.Profile.Spec().Fields {
		if g := &event.Profile.Spec().Fields[i]; readable(g) && g.Kind == want {
			names = append(names, g.Name)
		}
	}
	if f != nil {
		return refusal{
			zhen(fmt.Sprintf("规则看不到资料字段 %q：它是文字，加密保存", key), fmt.Sprintf("rules cannot see the profile field %q: it is text and kept encrypted", key)),
			didYouMean("", names, `"`),
		}
	}
	return refusal{
		zhen(fmt.Sprintf("资料里没有字段 %q", clip(key)), fmt.Sprintf("the profile has no field %q", clip(key))),
		didYouMean(key, names, `"`),
	}
}

// wrongKind is the problem of a rule that is fine by itself and answers with something else than was asked for.
func (s *source) wrongKind(e ast.Expr, want, got Kind) *Problem {
	r := refusal{msg: zhen(
		fmt.Sprintf("这里要%s，而规则给出%s", kindWords[want].Zh, kindWords[got].Zh),
		fmt.Sprintf("%s is wanted here, and the rule gives %s", kindWords[want].En, kindWords[got].En))}
	switch {
	case want == KindBool && got == KindNumber:
		r.hint = zhen("和一个数比较，例如 ... >= 3", "compare it with a number, for example ... >= 3")
	case want == KindBool && got == KindEvents, want == KindBool && got == kindNone:
		r.hint = zhen("例如 .count() >= 1", "for example .count() >= 1")
	case want == KindNumber && got == KindEvents:
		r.hint = zhen("例如 .count() 或 .mean()", "for example .count() or .mean()")
	}
	return s.problem(e, r)
}

var kindWords = map[Kind]fault.Text{
	KindBool: zhen("一个条件（是或否）", "a condition (yes or no)"), KindNumber: zhen("一个数", "a number"),
	KindString: zhen("一段文字", "a text"), KindEvents: zhen("一组事件", "a selection of events"),
	kindNone: zhen("一个事件或目标本身", "a whole event or target"),
}

// clip keeps a quoted piece of somebody's text short.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
