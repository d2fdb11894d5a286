package api

import (
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
	"peiban/internal/message"
	"peiban/internal/task"
)

// Words of codes. A screen never writes a unit, a meal slot, an outcome or a reason by itself: it asks the
// catalogue, which is made of these tables.

func text(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// contextShorts are the meal slots as the heads of a table say them.
var contextShorts = map[string]fault.Text{
	"fasting":            text("空腹", "Fasting"),
	"after_breakfast_2h": text("早后", "After bkf"),
	"before_lunch":       text("午前", "Bef. lunch"),
	"after_lunch_2h":     text("午后", "After lunch"),
	"before_dinner":      text("晚前", "Bef. dinner"),
	"after_dinner_2h":    text("晚后", "After dinner"),
	"bedtime":            text("睡前", "Bedtime"),
	"night":              text("凌晨", "Night"),
	"random":             text("随机", "Any time"),
}

func contextName(key string) fault.Text {
	return or(event.Words("glucose", "context")[key], text("没说餐段", "No meal slot"))
}

func contextShort(key string) fault.Text { return contextShorts[key] }

// bandWords are the words of design section 2.1. from and to are in mmol/L; a zero is no limit. Where the
// person's own limit rules, the figure is the general one.
var bandWords = []struct {
	band     measure.Band
	word     fault.Text
	mark     string
	from, to float64
	source   string
}{
	{measure.BandVeryHigh, text("很高", "Very high"), "up2", measure.VeryHigh, 0, "Battelino 2019, Diabetes Care 42:1593"},
	{measure.BandHigh, text("偏高", "High"), "up", measure.High, measure.VeryHigh, "Battelino 2019; the person's own limit for the meal slot"},
	{measure.BandTarget, text("目标内", "In target"), "dot", measure.Level1Low, measure.High, "Battelino 2019; the person's own limits for the meal slot"},
	{measure.BandBelow, text("低于目标", "Below target"), "ring", measure.Level1Low, 0, "the person's own lower limit; not a low"},
	{measure.BandLow, text("偏低", "Low"), "down", measure.Level2Low, measure.Level1Low, "IHSG 2017, level 1"},
	{measure.BandVeryLow, text("很低", "Very low"), "down2", 0, measure.Level2Low, "IHSG 2017, level 2"},
	{measure.BandHI, text("高出量程 HI", "HI, above the meter"), "up2", 0, 0, "the meter's own word"},
	{measure.BandLO, text("低出量程 LO", "LO, below the meter"), "down2", 0, 0, "the meter's own word"},
	{measure.BandUnclear, text("待确认", "To be confirmed"), "", 0, 0, "outside what a meter can show, 1.1 to 33.3 mmol/L"},
}

func bandWord(b measure.Band) fault.Text {
	for _, w := range bandWords {
		if w.band == b {
			return w.word
		}
	}
	return fault.Text{}
}

// outcomeNames are how a contact may end; a task offers those its script names.
var outcomeNames = task.OutcomeNames

// usualResults are offered when a task names none.
var usualResults = []string{"reached", "agreed", "no_answer", "refer_doctor"}

// skipReasons are why a task is not done.
var skipReasons = map[string]fault.Text{
	"not_reachable":   text("联系不上", "Cannot be reached"),
	"already_handled": text("别人已处理", "Someone else handled it"),
	"not_needed":      text("本人说不需要", "The person does not need it"),
	"in_hospital":     text("正在住院", "In hospital"),
	"other":           text("其他", "Other"),
}

// messageReasons are why a message waits or was not sent.
var messageReasons = message.Reasons

// runReasons are how a run ended.
var runReasons = map[string]fault.Text{
	"end":            text("走完了", "Came to its end"),
	"exit":           text("提前走完", "Ended by a step"),
	"leave":          text("满足了离开条件", "A leave condition holds"),
	"worse":          text("更严重的一次接替了它", "A more serious one took over"),
	"journey_gone":   text("旅程已撤下", "The journey was withdrawn"),
	"step_gone":      text("新版本里没有这一步", "The step is gone in the new version"),
	"too_many_steps": text("步骤太多，已停下", "Too many steps; stopped"),
}

var purposeNames = event.Words("consent", "purpose")

// purposeOrder is the order people are asked in.
var purposeOrder = []string{"basic_service", "health_data", "device_data", "family_share", "marketing_push", "research_rwe"}

var targetNames = map[string]fault.Text{
	"hba1c":         text("糖化", "HbA1c"),
	"fasting":       text("空腹", "Fasting"),
	"before_meal":   text("餐前", "Before meals"),
	"after_meal_2h": text("餐后 2 小时", "2 h after meals"),
	"bedtime":       text("睡前", "Bedtime"),
	"night":         text("凌晨", "Night"),
	"random":        text("随机", "Any time"),
	"systolic":      text("收缩压", "Systolic pressure"),
	"diastolic":     text("舒张压", "Diastolic pressure"),
	"pain":          text("疼痛", "Pain"),
	"harris":        text("Harris 评分", "Harris hip score"),
	"ldl":           text("低密度脂蛋白胆固醇", "LDL cholesterol"),
	"weight":        text("体重", "Weight"),
}

var roleNames = map[string]fault.Text{
	"admin":          text("管理员", "Administrator"),
	"manager":        text("主管", "Manager"),
	"health_manager": text("健康管理师", "Health manager"),
	"pharmacist":     text("药师", "Pharmacist"),
	"doctor":         text("医生", "Doctor"),
	"viewer":         text("查看者", "Viewer"),
}

var relationNames = event.Words("relation", "kind")

// checkNames are the guard's looks, in the words of the answer to "why".
var checkNames = map[string]fault.Text{
	"consent":   text("本人同意", "Consent"),
	"content":   text("内容已批准、在有效期内", "Approved and unexpired content"),
	"audience":  text("对象和分寸", "Audience and gravity"),
	"exit":      text("旅程还在进行", "The journey goes on"),
	"relevant":  text("原因还在", "Its reason still holds"),
	"human":     text("没有人正在联系", "No human is in touch"),
	"cap":       text("频次上限", "Cap"),
	"quiet":     text("免打扰时间", "Quiet hours"),
	"channel":   text("渠道可用", "The channel is open"),
	"duplicate": text("没有重复", "Not a repeat"),
	"expiry":    text("还不太晚", "Not too late"),
}

// word looks a code up; one without words is shown in quotes, as somebody else's.
func word(m map[string]fault.Text, key string) fault.Text {
	if t, ok := m[key]; ok || key == "" {
		return t
	}
	return fault.Text{Zh: "“" + key + "”", En: "“" + key + "”"}
}

func wordOrNil(m map[string]fault.Text, key string) *fault.Text {
	if key == "" {
		return nil
	}
	t := word(m, key)
	return &t
}
