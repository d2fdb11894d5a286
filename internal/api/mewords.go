package api

import (
	"fmt"
	"math"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
)

// The sentences patients read, as design section 5 has them. A clinician approves every one; none judges, none
// names a dose, and a value outside the target never stands without its next step.

// replyTo answers one value: what it means and what comes next.
func replyTo(l *conductor.Look, i int, unit string, nurse Text) Reply {
	v := l.View
	r := readingAt(v, l.Target, i)
	b := bandOf(v.Num[i], v.Flags[i], l.Target.ForContext(r.Context))
	x := r.in(unit)
	reply := Reply{Tone: string(b)}
	say := func(zh, en string) { reply.Text = text(x+zh, x+en) }
	next := func(zh, en string) { t := text(zh, en); reply.Next = &t }
	critical := b == measure.BandHI || !math.IsNaN(v.Num[i]) && v.Num[i] >= measure.Critical && b != measure.BandUnclear
	old := l.At-v.At[i] > measure.HistoryGap*insight.Day/24
	switch {
	case b == measure.BandUnclear:
		reply.Text = text("已记下，请再看一眼数字", "Noted; please look at the number once more")
	case old && (b.IsLow() || critical):
		say("，"+bandWord(b).Zh+"，是之前测的", ", "+bandWord(b).En+", measured earlier")
		next("请现在再测一次。不舒服请找"+nurse.Zh+"，严重时打 120", "Please measure again now. If unwell, ask "+nurse.En+"; if severe, call 120")
	case b == measure.BandVeryLow || b == measure.BandLO:
		say("，很低。先吃糖，我们马上联系您", ", very low. Take sugar first; we will call you at once")
		next("叫不醒请打 120", "If someone cannot be woken, call 120")
	case b == measure.BandLow:
		say("，偏低", ", low")
		next("现在吃 15 克快糖，15 分钟后再测", "Take 15 g of fast sugar now; measure again in 15 minutes")
	case b == measure.BandBelow:
		say("，低于您的目标，但不是低血糖", ", below your target, but not a low")
		next("不舒服请告诉我们", "Tell us if you feel unwell")
	case critical:
		say("，很高。请今天就医", ", very high. Please see a doctor today")
		next("恶心、呼吸快、想睡，马上打 120", "If sick, breathing fast or drowsy, call 120 at once")
	case b == measure.BandTarget:
		t := targetWords(r, unit)
		say("，在您的目标里"+t.Zh, ", in your target"+t.En)
	default:
		highReply(l, i, r, &reply, x, nurse)
	}
	return reply
}

// highReply tells a single high value from a run of them.
func highReply(l *conductor.Look, i int, r *Reading, reply *Reply, x string, nurse Text) {
	which, again := slotKind(r.Context)
	last := insight.HighOfLast(l.View, l.Target, r.Context, 7, l.View.At[i])
	reply.Text = text(x+"，比您的"+which.Zh+"目标高一些", x+", a little above your "+which.En+"target")
	var n Text
	if r.Context != "" && r.Context != "random" && last.Of >= insight.FewestForMean && last.N >= 3 {
		n = text(fmt.Sprintf("最近 %d 次%s有 %d 次偏高。%s会和您聊聊原因", last.Of, contextShortOr(r.Context), last.N, nurse.Zh),
			fmt.Sprintf("%d of your last %d were high. %s will talk with you about why", last.N, last.Of, nurse.En))
	} else {
		n = text("偶尔一次不用担心，"+again.Zh, "Once in a while is no reason to worry. "+again.En)
	}
	reply.Next = &n
}

func contextShortOr(context string) string { return contextName(context).Zh }

// slotKind is what a meal slot's target is called, and when to measure again.
func slotKind(context string) (which, again Text) {
	switch context {
	case "fasting":
		return text("空腹", "fasting "), text("明早再测一次", "Measure again tomorrow morning")
	case "before_lunch", "before_dinner":
		return text("餐前", "before-meal "), text("下一餐前再测一次", "Measure again before the next meal")
	case "after_breakfast_2h", "after_lunch_2h", "after_dinner_2h":
		return text("餐后", "after-meal "), text("下一餐后再测一次", "Measure again after the next meal")
	}
	return Text{}, text("过两小时再测一次", "Measure again in two hours")
}

// targetWords is the person's own range for the meal slot, in their unit: （空腹 4.4~7.0）.
func targetWords(r *Reading, unit string) Text {
	if r.Range == nil {
		return Text{}
	}
	span := rangeWords(measure.Range{Low: r.Range.Low, High: r.Range.High, Open: r.Range.Open}, unit)
	c := contextName(r.Context)
	if r.Context == "" {
		c = Text{}
	}
	full := joined(c, span)
	return Text{Zh: "（" + full.Zh + "）", En: " (" + full.En + ")"}
}

// rangeWords writes limits: 4.4~7.0 in Chinese, 4.4–7.0 in English, <10.0 where only the upper one is set.
func rangeWords(r measure.Range, unit string) Text {
	show := func(x float64) string {
		if unit == string(measure.MgdL) {
			return limitMgdL(x)
		}
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	switch {
	case r.Low != 0 && r.High != 0:
		return Text{Zh: show(r.Low) + "~" + show(r.High), En: show(r.Low) + "–" + show(r.High)}
	case r.High != 0 && r.Open:
		return Text{Zh: "<" + show(r.High), En: "<" + show(r.High)}
	case r.High != 0:
		return Text{Zh: "≤" + show(r.High), En: "≤" + show(r.High)}
	case r.Low != 0:
		return Text{Zh: "≥" + show(r.Low), En: "≥" + show(r.Low)}
	}
	return Text{}
}

// limitMgdL writes a limit in mg/dL: the published pair where there is one, else rounded.
func limitMgdL(x float64) string {
	mg := math.Round(x * measure.MgPerMmol)
	for _, try := range []float64{mg, mg - 1, mg + 1} {
		if measure.FromMgdL(try) == x {
			return strconv.FormatFloat(try, 'f', 0, 64)
		}
	}
	return strconv.FormatFloat(mg, 'f', 0, 64)
}

// spanSentence tells some days in one sentence: how often, in which slot, how many in target. Shares are counts,
// never percentages.
func spanSentence(l *conductor.Look, days int, from int64) Text {
	v := l.View
	n := insight.Count(v, from, l.At)
	if n == 0 {
		return text(fmt.Sprintf("最近 %d 天还没有记录", days), fmt.Sprintf("No readings in the last %d days", days))
	}
	slot := insight.Fullest(v, from, l.At)
	if slot == "" {
		return text(fmt.Sprintf("最近 %d 天测了 %d 次", days, n), fmt.Sprintf("%s in the last %d days", plural(n, "reading", "readings"), days))
	}
	share := insight.InTarget(v, l.Target, slot, from, l.At)
	name := contextName(slot)
	if share.Of < insight.FewestForMean {
		return text(fmt.Sprintf("最近 %d 天测了 %d 次，%s %d 次", days, n, name.Zh, share.Of),
			fmt.Sprintf("%s in the last %d days, %d of them: %s", plural(n, "reading", "readings"), days, share.Of, name.En))
	}
	limits := rangeWords(l.Target.ForContext(slot), unitOf(l.Card))
	in := fmt.Sprintf("%d 次在您的目标里", share.N)
	inEn := fmt.Sprintf("%d in your target", share.N)
	if share.N == share.Of {
		in, inEn = "都在您的目标里", "all in your target"
	}
	if limits.Zh != "" {
		in += "（" + limits.Zh + "）"
		inEn += " (" + limits.En + ")"
	}
	return text(fmt.Sprintf("%d 天里%s测了 %d 次，%s", days, name.Zh, share.Of, in),
		fmt.Sprintf("%s: %s in %d days, %s", name.En, plural(share.Of, "reading", "readings"), days, inEn))
}

// compare shows both ends of a change, when there is enough on both sides.
func compare(l *conductor.Look, days int) *Said {
	slot := insight.Fullest(l.View, l.At-int64(days)*insight.Day, l.At)
	if slot == "" {
		return nil
	}
	before, after, ok := insight.Change(l.View, slot, days, l.At)
	if !ok {
		return nil
	}
	unit := unitOf(l.Card)
	a, b, diff := average(before, unit), average(after, unit), difference(before, after, unit)
	name := contextName(slot)
	switch {
	case diff == "":
		return &Said{text(name.Zh+"平均 "+a+" → "+b+"，差不多", name.En+" mean "+a+" → "+b+", about the same")}
	case after < before:
		return &Said{text(name.Zh+"平均 "+a+" → "+b+"，下降 "+diff, name.En+" mean "+a+" → "+b+", down "+diff)}
	}
	return &Said{text(name.Zh+"平均 "+a+" → "+b+"，上升 "+diff, name.En+" mean "+a+" → "+b+", up "+diff)}
}

func average(x float64, unit string) string {
	if unit == string(measure.MgdL) {
		return strconv.FormatFloat(math.Round(x*measure.MgPerMmol), 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// difference is taken between the numbers shown, so that it adds up for whoever checks; "" when they are the same.
func difference(before, after float64, unit string) string {
	a, _ := strconv.ParseFloat(average(before, unit), 64)
	b, _ := strconv.ParseFloat(average(after, unit), 64)
	d := math.Abs(a - b)
	if d < 0.05 {
		return ""
	}
	if unit == string(measure.MgdL) {
		return strconv.FormatFloat(d, 'f', 0, 64)
	}
	return strconv.FormatFloat(d, 'f', 1, 64)
}

// nextWords is one thing to do next, from the last reading; nil when there is nothing to say.
func nextWords(l *conductor.Look) *Text {
	i := insight.Latest(l.View, event.Glucose, l.At)
	if !agreed(l) {
		return nil
	}
	if i < 0 {
		t := text("下一步：测一次空腹血糖", "Next: measure once before breakfast")
		return &t
	}
	b := bandOf(l.View.Num[i], l.View.Flags[i], l.Target.ForContext(l.View.A[i].String()))
	var t Text
	switch {
	case b == measure.BandTarget:
		t = text("下一步：按计划继续测", "Next: go on measuring as planned")
	case b == measure.BandHigh || b == measure.BandVeryHigh:
		_, again := slotKind(l.View.A[i].String())
		t = text("下一步："+again.Zh, "Next: "+again.En)
	default:
		return nil
	}
	return &t
}

// greeting by the person's own clock.
func greeting(name string, years *int, gender string, hour int) Text {
	part := text("晚上好", "Good evening")
	switch {
	case hour >= 5 && hour < 11:
		part = text("早上好", "Good morning")
	case hour >= 11 && hour < 13:
		part = text("中午好", "Hello")
	case hour >= 13 && hour < 18:
		part = text("下午好", "Good afternoon")
	}
	who := address(name, years, gender)
	if who == "" {
		return part
	}
	return Text{Zh: who + "，" + part.Zh, En: part.En + ", " + name}
}

// address is how one speaks to a person: 张阿姨 to a woman, 王叔叔 to a man of some age, else the name.
func address(name string, years *int, gender string) string {
	rs := []rune(name)
	if len(rs) == 0 {
		return ""
	}
	if years == nil || *years < 50 || len(rs) < 2 || len(rs) > 3 || rs[0] < 0x4e00 {
		return name
	}
	switch gender {
	case "female":
		return string(rs[:1]) + "阿姨"
	case "male":
		return string(rs[:1]) + "叔叔"
	}
	return name
}
