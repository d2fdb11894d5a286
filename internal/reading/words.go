package reading

import (
	"strconv"
	"strings"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// figures are what may be asked of a selection, said after it.
var figures = map[string]fault.Text{
	"count": text("次数", "the count"), "size": text("次数", "the count"), "days": text("有记录的天数", "the number of days with one"),
	"streak": text("连续天数", "the days in a row"), "most_per_day": text("一天里最多的次数", "the most in a day"),
	"mean": text("平均值", "the mean"), "median": text("中位数", "the median"), "min": text("最小值", "the smallest"),
	"max": text("最大值", "the largest"), "sum": text("总和", "the sum"), "sd": text("标准差", "the standard deviation"),
	"cv": text("变异系数（%）", "the coefficient of variation (%)"), "slope": text("每天的变化", "the change per day"),
	"latest": text("最新的一次", "the latest"), "first": text("最早的一次", "the first"), "in_target": text("在自己目标内的占比", "the share in the own target"),
	"gmi": text("GMI（%）", "GMI (%)"), "ea1c": text("估算糖化（%）", "estimated A1c (%)"), "lbgi": text("低血糖指数 LBGI", "LBGI"),
	"hbgi": text("高血糖指数 HBGI", "HBGI"), "adrr": same("ADRR"), "mage": same("MAGE"), "modd": same("MODD"), "gri": same("GRI"),
	"j_index": text("J 指数", "the J-index"), "conga": same("CONGA"), "tir": text("目标范围内时间（%）", "time in range (%)"),
	"tbr": text("低于目标范围的时间（%）", "time below range (%)"), "tar": text("高于目标范围的时间（%）", "time above range (%)"),
	"pdc": text("服药覆盖天数比 PDC", "proportion of days covered"), "mpr": text("药物持有率 MPR", "medication possession ratio"),
}

// steps narrow a selection; %s is what stands in the parentheses.
var steps = map[string]fault.Text{
	"within": text("最近 %s", "in the last %s"), "local_days": text("最近 %s（按日历日）", "in the last %s by the calendar"),
	"local_weeks": text("最近 %s 个日历周", "in the last %s calendar weeks"), "local_months": text("最近 %s 个日历月", "in the last %s calendar months"),
	"today": text("今天", "today"), "yesterday": text("昨天", "yesterday"), "this_week": text("本周", "this week"),
	"last_week": text("上周", "last week"), "this_month": text("本月", "this month"), "last_month": text("上个月", "last month"),
	"last": text("取最近 %s 次", "the latest %s of them"), "at_least": text("至少要有 %s 次才算", "if there are at least %s of them"),
	"with_flags": text("连同不是数字的读数", "with readings that are no numbers"), "since_entry": text("进入旅程之后", "since the journey was entered"),
	"values": text("取其中的%s", "taking their %s"),
}

// method says x.name(...): a step of a selection, or a figure of it.
func (s *speaker) method(c ast.CallExpr) fault.Text {
	name, args := c.FunctionName(), c.Args()
	if name == "low" || name == "high" {
		return s.say(c.Target(), 0)
	}
	before := s.kinds
	of := s.say(c.Target(), 0)
	kinds := kindsOf(c.Target())
	join := text("%s，%s", "%s, %s")
	defer func() { s.kinds = before }()
	switch name {
	case "where", "filter", "share":
		if len(args) != 2 {
			break
		}
		s.kinds = append(append([]string(nil), before...), kinds...)
		cond := s.say(args[1], 0)
		if name == "share" {
			return with(text("%s，其中“%s”的占比", "%s, the share with “%s”"), of, cond)
		}
		return with(text("%s，其中%s的", "%s, of which %s"), of, cond)
	case "between":
		if len(args) == 2 {
			return with(text("%s，从 %s前到 %s前", "%s, from %s to %s ago"), of, s.span(args[0]), s.span(args[1]))
		}
	case "since", "from_until":
		if len(args) == 1 {
			return with(text("%s，在“%s”之后", "%s, since “%s”"), of, s.say(args[0], 0))
		}
		return with(text("%s，从“%s”到“%s”", "%s, from “%s” until “%s”"), of, s.say(args[0], 0), s.say(args[1], 0))
	case "within_after":
		return with(text("%s，在“%s”之后的 %s内", "%s, within the time after “%s” of %s"), of, s.say(args[0], 0), s.span(args[1]))
	case "followed_by":
		return with(text("%s，之后 %s内有“%s”的", "%s, followed within %s by “%s”"), of, s.span(args[1]), s.say(args[0], 0))
	case "not_followed_by":
		return with(text("%s，之后 %s内没有“%s”的", "%s, not followed within %s by “%s”"), of, s.span(args[1]), s.say(args[0], 0))
	case "resumed":
		return with(text("%s，停了至少 %s 之后又有，且在最近 %s内", "%s, one came after a break of at least %s, in the last %s"), of, s.span(args[0]), s.span(args[1]))
	case "quantile":
		return with(text("%s的 %s 分位数", "%s, quantile %s"), of, s.say(args[0], 0))
	case "latest", "first":
		return with(text("%s里%s", "%[2]s of %[1]s"), of, figures[name])
	}
	if t, ok := steps[name]; ok {
		if strings.Contains(t.Zh, "%s") {
			arg := same("?")
			if len(args) > 0 {
				arg = s.span(args[0])
			}
			t = with(t, arg)
		}
		return with(join, of, t)
	}
	if t, ok := figures[name]; ok {
		return with(text("%s%s", "%[2]s of %[1]s"), owning(of), t)
	}
	return with(text("%s%s", "%[2]s of %[1]s"), owning(of), s.written(name, args))
}

// owning is what a figure of t follows in Chinese: one 的 is enough.
func owning(t fault.Text) fault.Text {
	if !strings.HasSuffix(t.Zh, "的") {
		t.Zh += "的"
	}
	return t
}

// function says name(...).
func (s *speaker) function(name string, args []ast.Expr) fault.Text {
	key := ""
	if len(args) > 0 {
		key, _ = textOf(args[0])
	}
	switch {
	case name == "events":
		return s.events(args)
	case name == "tag":
		return with(text("有标签“%s”", "has the tag “%s”"), named(s.names.Tag, key))
	case name == "tag_value":
		return with(text("标签“%s”的数值", "the number of the tag “%s”"), named(s.names.Tag, key))
	case name == "tag_code":
		return with(text("“%s”这一项", "the code of “%s”"), named(s.names.Tag, key))
	case name == "target":
		return with(text("本人%s目标", "the person's own %s target"), targetName(key))
	case name == "setting":
		return with(text("设定“%s”", "the setting “%s”"), named(s.names.Setting, key))
	case strings.HasPrefix(name, "trait"):
		return with(text("资料里的%s", "%s of the profile"), fieldName(key))
	case len(args) == 2 && name == "planned":
		return with(text("每周计划的%s次数（没有计划时 %s）", "%s planned a week (%s without a plan)"), eventName(key), s.say(args[1], 0))
	case name == "target_profile":
		return text("控制目标的组", "the target profile")
	case name == "stage":
		return text("所在阶段", "the stage")
	case name == "outcome":
		return text("上一个任务或卡片的结果", "the outcome of the last task or card")
	case name == "age":
		return text("年龄", "age")
	case name == "local_year":
		return text("今年", "this year")
	case name == "local_hour":
		return text("现在的钟点", "the hour of the day")
	case len(args) == 1 && name == "mmol":
		return with(text("%s mmol/L", "%s mmol/L"), s.say(args[0], 0))
	case len(args) == 1 && name == "mgdl":
		return with(text("%s mg/dL", "%s mg/dL"), s.say(args[0], 0))
	case len(args) == 1 && name == "exists":
		return with(text("有过%s", "there is any of %s"), s.say(args[0], 0))
	case len(args) == 1 && name == "days_since":
		return with(text("距上一次%s的整天数", "whole days since the last %s"), s.say(args[0], 0))
	case len(args) == 1 && name == "hours_since":
		return with(text("距上一次%s的整小时数", "whole hours since the last %s"), s.say(args[0], 0))
	case len(args) > 1 && name == "absent":
		return with(text("已有 %[2]s没有%[1]s", "no %[1]s for %[2]s"), s.say(args[0], 0), s.span(args[1]))
	}
	return s.written(name, args)
}

// events names what is looked at.
func (s *speaker) events(args []ast.Expr) fault.Text {
	if len(args) == 0 {
		return text("任何事件", "any event")
	}
	var zh, en []string
	for _, a := range args {
		key, _ := textOf(a)
		t := eventName(key)
		zh, en = append(zh, t.Zh), append(en, t.En)
	}
	return text(strings.Join(zh, "、"), strings.ToLower(strings.Join(en, ", ")))
}

// kindsOf are the types of events a selection begins with.
func kindsOf(e ast.Expr) []string {
	for e.Kind() == ast.CallKind {
		c := e.AsCall()
		if c.IsMemberFunction() {
			e = c.Target()
			continue
		}
		var out []string
		if c.FunctionName() == "events" {
			for _, a := range c.Args() {
				if key, ok := textOf(a); ok {
					out = append(out, key)
				}
			}
		}
		return out
	}
	return nil
}

func eventName(key string) fault.Text {
	if spec := event.Lookup(key); spec != nil {
		return spec.Name
	}
	return same(key)
}

// span says a length of time such as "7d", or whatever else stands there.
func (s *speaker) span(e ast.Expr) fault.Text {
	v, ok := textOf(e)
	if !ok {
		return s.say(e, 0)
	}
	if len(v) < 2 {
		return same(v)
	}
	n, err := strconv.Atoi(v[:len(v)-1])
	unit, known := map[byte][3]string{'m': {" 分钟", " minute", " minutes"}, 'h': {" 小时", " hour", " hours"}, 'd': {" 天", " day", " days"}, 'w': {" 周", " week", " weeks"}}[v[len(v)-1]]
	if err != nil || !known {
		return fieldName(v)
	}
	count := strconv.Itoa(n)
	if n == 1 {
		return text(count+unit[0], count+unit[1])
	}
	return text(count+unit[0], count+unit[2])
}

// written is what there are no words for yet, as it stands in the rule.
func (s *speaker) written(name string, args []ast.Expr) fault.Text {
	var zh, en []string
	for _, a := range args {
		t := s.say(a, 0)
		zh, en = append(zh, t.Zh), append(en, t.En)
	}
	return text(name+"("+strings.Join(zh, "，")+")", name+"("+strings.Join(en, ", ")+")")
}

var fieldNames = map[string]fault.Text{
	"value": text("值", "value"), "context": text("餐段", "meal slot"), "type": text("类型", "type"), "flag": text("标记", "flag"),
	"hour": text("钟点", "hour"), "minute_of_day": text("当天的分钟", "minute of the day"), "weekday": text("星期", "weekday"),
	"device": text("设备", "device"), "from": text("来自", "sender"), "outcome": text("结果", "outcome"), "perWeek": text("每周次数", "times a week"),
	"action": text("动作", "action"), "complete": text("完整度", "completeness"), "diabetesType": text("糖尿病类型", "type of diabetes"),
	"treatment": text("治疗方式", "treatment"), "diagnosedYear": text("确诊年份", "year of diagnosis"), "livesAlone": text("独居", "living alone"),
	"birthYear": text("出生年份", "year of birth"), "gender": text("性别", "gender"), "systolic": text("收缩压", "systolic"),
	"diastolic": text("舒张压", "diastolic"), "kind": text("种类", "kind"), "minutes": text("分钟数", "minutes"),
}

// FieldName is a property of events in words; its key when it has none.
func FieldName(key string) fault.Text { return fieldName(key) }

func fieldName(key string) fault.Text {
	if t, ok := fieldNames[key]; ok {
		return t
	}
	return same(key)
}

func targetName(key string) fault.Text {
	if t, ok := map[string]fault.Text{
		"fasting": text("空腹", "fasting"), "before_meal": text("餐前", "before-meal"), "after_meal_2h": text("餐后 2 小时", "after-meal"),
		"bedtime": text("睡前", "bedtime"), "night": text("夜间", "night"), "random": text("随机", "random"), "hba1c": text("糖化", "HbA1c"),
	}[key]; ok {
		return t
	}
	return same(key)
}
