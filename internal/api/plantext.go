package api

import (
	"math"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// planText says a plan as one would say it aloud; ok is false for what is no plan.
func planText(v timeline.View, spec *event.Spec, i int) (t Text, ok bool) {
	num := func(name string) float64 { return slotNumber(v, spec.Field(name).Slot, i) }
	switch v.Type[i] {
	case event.MealPlan:
		t = clause(t, num("portions"), "每天主食 %s 份", "%s carbohydrate portions a day")
		t = clause(t, num("breakfast"), "早餐 %s", "breakfast %s")
		t = clause(t, num("lunch"), "午餐 %s", "lunch %s")
		t = clause(t, num("dinner"), "晚餐 %s", "dinner %s")
		t = clause(t, num("portionGrams"), "一份含碳水 %s 克", "%s g of carbohydrate in a portion")
		return clause(t, num("energy"), "每天 %s 千卡", "%s kcal a day"), true
	case event.ExercisePlan:
		t = clause(t, num("minutes"), "每周运动 %s 分钟", "%s minutes of exercise a week")
		t = clause(t, num("daysPerWeek"), "分 %s 天", "on %s days")
		t = commas(t, spec.Word(spec.Field("level"), v.B[i].String()))
		return clause(t, num("steps"), "每天 %s 步", "%s steps a day"), true
	case event.CarePlan:
		t = joined(spec.Word(spec.Field("kind"), v.A[i].String()), spec.Word(spec.Field("detail"), v.B[i].String()))
		t = clause(t, num("everyDays"), "每 %s 天一次", "every %s days")
		if in := num("inDays"); in > 0 {
			day := time.UnixMicro(v.At[i]).In(v.Loc).AddDate(0, 0, int(in)).Format(time.DateOnly)
			t = commas(t, Text{Zh: day, En: "on " + day})
		}
		if num("active") == 0 {
			return commas(t, text("已结束", "ended")), true
		}
		return clause(t, num("days"), "共 %s 天", "for %s days"), true
	case event.Circumstance:
		t = colon(spec.Word(spec.Field("kind"), v.A[i].String()), spec.Word(spec.Field("answer"), v.B[i].String()))
		return clause(t, num("value"), "%s", "%s"), true
	}
	return t, false
}

// clause adds a part that tells a number; nothing when nobody said it.
func clause(t Text, x float64, zh, en string) Text {
	if math.IsNaN(x) {
		return t
	}
	n := typed(x)
	return commas(t, Text{Zh: put(zh, n), En: put(en, n)})
}

func put(form, n string) string { return strings.Replace(form, "%s", n, 1) }

// commas puts a further part behind what was said.
func commas(a, b Text) Text {
	if a == (Text{}) || b == (Text{}) {
		return or(a, b)
	}
	return Text{Zh: a.Zh + "，" + b.Zh, En: a.En + ", " + b.En}
}
