package rule

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"peiban/internal/event"
)

var update = flag.Bool("update", false, "write docs/guide/rules.md anew")

// The guide is made from the table of the language and from the catalogue, so it cannot say what the code does
// not do.
func TestGuideIsUpToDate(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "guide", "rules.md")
	want := guide()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/guide/rules.md differs from the code: go test ./internal/rule -run Guide -update")
	}
}

func TestEveryExampleCompiles(t *testing.T) {
	env := testEnv(t)
	for _, g := range language {
		for _, w := range g.words {
			if w.doc.Zh == "" || w.doc.En == "" || w.use == "" {
				t.Errorf("%s is not described", w.name)
			}
			if _, err := env.Compile(w.example, w.kind); err != nil {
				t.Errorf("%s: %v", w.example, err)
			}
			if isWord(w.name) && !strings.Contains(w.example, w.name) {
				t.Errorf("%s is not in its own example", w.name)
			}
		}
	}
}

func guide() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("<!-- made by go test ./internal/rule -run Guide -update; change internal/rule/language.go instead -->\n")
	p("# 规则 Rules\n")
	p("一条规则是关于一个人时间线的一句话，例如：\n\nA rule is a sentence about one person's timeline, for example:\n")
	p("```\n%s\n```\n", `events("glucose").where(e, e.context == "fasting").last(7).filter(e, e.value > target("fasting").high).size() >= 3`)
	p("意思是：最近 7 次空腹血糖里，至少 3 次高于此人自己的上限。标签、阶段、旅程与仪表盘上的数都用同一种语言、同一段代码。\n")
	p("It says: of the newest 7 fasting readings at least 3 were above this person's own limit. Tags, stages, journeys and figures share this language and the code behind it.\n")
	p("- 规则没有“现在”。随时间变化的部分自己知道何时会变，所以标签在窗口清空的那一刻准时消失。")
	p("- 数据太少时答案是“未知”，不是“否”。未知的标签不出现，也不能由 `!` 变成“是”。")
	p("- 尚未发生的事件看不到；到时会重新判断。")
	p("- 写错的名字、单位或代码在检查时指出行、列与可能的写法，不会等到运行。\n")
	p("- A rule has no “now”. What depends on time knows when it will change, so a tag ends at the very moment its window empties.")
	p("- Too little data makes an answer unknown, which is not false. An unknown tag is absent, and `!` does not make it true.")
	p("- Events still to come are not seen; when they come, the rule is asked again.")
	p("- A misspelt name, unit or code is reported with line, column and a suggestion when the programme is checked, not when it runs.\n")
	for _, g := range language {
		p("## %s %s\n", g.title.Zh, g.title.En)
		p("%s\n\n%s\n", g.intro.Zh, g.intro.En)
		p("| 写法 Write | 意思 | Meaning |\n|---|---|---|")
		cell := strings.NewReplacer("|", `\|`).Replace
		for _, w := range g.words {
			only := [2]string{}
			if w.journey {
				only = [2]string{"只在旅程里：", "In journeys only: "}
			}
			p("| `%s` | %s%s | %s%s |", cell(w.use), only[0], cell(w.doc.Zh), only[1], cell(w.doc.En))
		}
		p("\n```")
		for _, w := range g.words {
			p("%s", w.example)
		}
		p("```\n")
	}
	p("## 界限 Limits\n")
	p("一条规则最多 %d 个字符，一串最多 %d 个窗口与条件，时间长度最长一百年。条件里只能用这个事件的字段，以及与它无关的值。\n", maxLength, maxOps)
	p("A rule has at most %d characters, a chain at most %d windows and conditions, a period at most a hundred years. A condition can use the fields of its event, and values that have nothing to do with it.\n", maxLength, maxOps)
	p("血糖可能每分钟一个：血糖统计的窗口最长 %d 天，不写窗口时只取最新的 %d 个；按整日计算的指标最长 %d 天；一条规则最多取 %d 次事件。\n", denseDays, mostValues, curveDays, maxWalks)
	p("Glucose may come every minute: a window of a figure of it is at most %d days long, and without a window the newest %d are taken; figures over whole days look at %d days at most; a rule selects events at most %d times.\n", denseDays, mostValues, curveDays, maxWalks)
	p("与一个数比较的统计会往前推算：旧的离开窗口时比较何时翻转，就到何时再问，不为每一个离开的读数醒来。因此写 `.change(\"14d\", 7)`，不要写两个平均值相减。\n")
	p("A figure compared with a number is looked at ahead: it is asked again when the comparison turns as old readings leave, and not for each that leaves. So write `.change(\"14d\", 7)` rather than a difference of two means.\n")
	p("## 事件 Events\n")
	p("粗体是主要数值，`mean()` 等取它。文字（姓名、备注）加密保存，规则看不到，不在表中。\n")
	p("The bold field is the main value, the one `mean()` and the like take. Texts (names, notes) are kept encrypted; rules cannot see them and they are not listed.\n")
	p("| 事件 Event | 字段 Fields |\n|---|---|")
	for _, s := range event.Catalogue() {
		var fields []string
		for i := range s.Fields {
			if f := &s.Fields[i]; readable(f) {
				fields = append(fields, describe(&s, f))
			}
		}
		p("| `%s` %s %s | %s |", s.Key, s.Name.Zh, s.Name.En, strings.Join(fields, "；"))
	}
	return b.String()
}

func describe(spec *event.Spec, f *event.Field) string {
	t := "`" + f.Name + "`"
	switch f.Kind {
	case event.Number:
		if f.Slot == event.SlotNum {
			t = "**" + t + "**"
		}
		if f.Unit != "" {
			t += " " + f.Unit
		}
	case event.Bool:
		t += " true/false"
	default:
		known := f.Enum
		if spec.Type == event.Symptom && f.Name == "kind" {
			known = slices.Sorted(maps.Keys(event.Words(spec.Key, f.Name)))
		}
		if len(known) > 0 {
			t += " " + strings.Join(known, ", ")
		}
	}
	return t
}
