package reading_test

import (
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/programmes"
)

var names = reading.Names{
	Tag: func(key string) fault.Text {
		switch key {
		case "gl_fast_high":
			return fault.Text{Zh: "空腹偏高", En: "Fasting high"}
		case "eg_level":
			return fault.Text{Zh: "活跃度", En: "Engagement"}
		}
		return fault.Text{}
	},
	Code: func(tag, code string) fault.Text {
		if tag == "eg_level" && code == "high" {
			return fault.Text{Zh: "高", En: "High"}
		}
		return fault.Text{}
	},
}

func TestARuleInWords(t *testing.T) {
	for _, tt := range []struct{ name, rule, zh, en string }{
		{
			"a window, a condition, a count", `events("glucose").within("28d").where(e, e.value < mmol(3.0)).count() >= 1`,
			"血糖，最近 28 天，其中值低于 3 mmol/L 的次数至少是 1", "the count of glucose, in the last 28 days, of which value is below 3 mmol/L is at least 1",
		},
		{
			"codes as people read them, and the own target", `events("glucose").where(e, e.context == "fasting").last(7).filter(e, e.value > target("fasting").high).size() >= 3`,
			"血糖，其中餐段是早上空腹的，取最近 7 次，其中值高于本人空腹目标的上限的次数至少是 3", "the count of glucose, of which meal slot is Fasting, the latest 7 of them, of which value is above the person's own fasting target's upper limit is at least 3",
		},
		{"tags and what binds", `(tag("gl_fast_high") || tag("x")) && !tag("y")`, "（有标签“空腹偏高”，或者有标签“x”），并且没有满足“有标签“y””", `(has the tag “Fasting high”, or has the tag “x”), and not “has the tag “y””`},
		{"the code of a tag", `tag_code("eg_level") == "high"`, "活跃度是高", "Engagement is High"},
		{"several codes, one without a name", `tag_code("eg_level") in ["high", "mid"]`, "活跃度是其中之一：高、mid", "Engagement is one of High, mid"},
		{"the number of a tag", `tag_value("eg_level") > 40`, "标签“活跃度”的数值高于 40", "the number of the tag “Engagement” is above 40"},
		{"how a task ended", `outcome() == "no_answer" || outcome() in ["refer_doctor", "odd"]`, "上一个任务或卡片的结果是“没接通”，或者上一个任务或卡片的结果是其中之一：“请医生看”、“odd”", "the outcome of the last task or card is “No answer”, or the outcome of the last task or card is one of “Doctor to look”, \"odd\""},
		{"a figure with a percent sign", `events("glucose").within("1d").cv() > 36`, "血糖，最近 1 天的变异系数（%）高于 36", "the coefficient of variation (%) of glucose, in the last 1 day is above 36"},
		{"what has no words stays as written", `events("glucose").strange("a") > 1`, "血糖的 strange(“a”)高于 1", `strange("a") of glucose is above 1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := reading.Say(tt.rule, names)
			if !ok || got.Zh != tt.zh || got.En != tt.en {
				t.Errorf("%v\n%s\n%s", ok, got.Zh, got.En)
			}
		})
	}
	if _, ok := reading.Say(`events("glucose`, names); ok {
		t.Error("half a rule was read")
	}
}

func TestEveryShippedRuleIsRead(t *testing.T) {
	p, problems := programme.Open(programmes.FS, "diabetes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range p.Tags {
		got, ok := reading.Say(p.Tags[i].When.Source(), reading.Names{})
		if !ok || got.Zh == "" || strings.Contains(got.Zh+got.En, "%!") || strings.Contains(got.Zh+got.En, "?") {
			t.Errorf("%s: %v %s\n%s", p.Tags[i].Key, ok, got.Zh, got.En)
		}
	}
}

func TestTheEdgeOfARule(t *testing.T) {
	for _, tt := range []struct{ name, rule, lower, higher string }{
		{"a count by one, the value in a condition not", `events("glucose").where(e, e.value > 7).count() >= 3`, `events("glucose").where(e, e.value > 7).count() >= 2`, `events("glucose").where(e, e.value > 7).count() >= 4`},
		{"a figure by five percent", `events("glucose").mean() > mmol(8.0) && age() >= 60`, `events("glucose").mean() > mmol(7.6) && age() >= 59`, `events("glucose").mean() > mmol(8.4) && age() >= 61`},
		{"the number on the left, behind characters of three bytes", `tag("空腹") || 14 <= days_since(events("glucose"))`, `tag("空腹") || 13 <= days_since(events("glucose"))`, `tag("空腹") || 15 <= days_since(events("glucose"))`},
		{"once is not moved to never", `events("glucose").count() >= 1 && days_since(events("meal")) >= 14`, `events("glucose").count() >= 1 && days_since(events("meal")) >= 13`, `events("glucose").count() >= 2 && days_since(events("meal")) >= 15`},
		{"once alone has no lower", `events("glucose").count() >= 1`, "", `events("glucose").count() >= 2`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lower, higher, ok := reading.Edge(tt.rule)
			if !ok || lower != tt.lower || higher != tt.higher {
				t.Errorf("%v\n%s\n%s", ok, lower, higher)
			}
		})
	}
	if _, _, ok := reading.Edge(`tag("x")`); ok {
		t.Error("a rule without a number has an edge")
	}
}

func TestWhatARuleReads(t *testing.T) {
	got := reading.Reads(`events("glucose", "meal").count() > setting("a") && tag("b") && events("glucose").latest().value > target("fasting").high`)
	want := []reading.Read{{"event", "glucose"}, {"event", "meal"}, {"setting", "a"}, {"tag", "b"}, {"target", "fasting"}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
