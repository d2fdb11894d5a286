package api

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/internal/purchase"
	"peiban/internal/timeline"
)

// eventText says one event of a timeline in a few words. It knows numbers and codes only; free text is not in a
// timeline. Ids, references and keys are never said: what they stand for is, where that is known.
func eventText(l *conductor.Look, i int) Text {
	v := l.View
	spec := v.Type[i].Spec()
	if spec == nil {
		return Text{}
	}
	if t, ok := planText(v, spec, i); ok {
		return or(t, spec.Name)
	}
	switch v.Type[i] {
	case event.Glucose:
		r := readingAt(v, l.Target, i)
		c := contextShort(v.A[i].String())
		w := bandWord(bandOf(v.Num[i], v.Flags[i], l.Target.ForContext(v.A[i].String())))
		return joined(c, Text{Zh: r.in("mmol/L"), En: r.in("mmol/L")}, w)
	case event.Consent:
		name := spec.Word(spec.Field("purpose"), v.A[i].String())
		if v.Num[i] == 1 {
			return Text{Zh: "同意：" + name.Zh, En: "Agreed: " + name.En}
		}
		return Text{Zh: "撤回同意：" + name.Zh, En: "Withdrew: " + name.En}
	case event.BloodPressure:
		n := number(v.Num[i], 0) + "/" + number(v.XAt(i, 0), 0) + " mmHg"
		return joined(spec.Name, Text{Zh: n, En: n})
	case event.Pain: // of ten, which is no unit
		n := number(v.Num[i], 1)
		return joined(spec.Name, spec.Word(spec.Field("site"), v.A[i].String()), Text{Zh: n + " 分", En: n + "/10"})
	case event.Lab:
		if lab, ok := measure.LabOf(v.A[i].String()); ok {
			n := number(v.Num[i], lab.Decimals)
			if lab.Unit != "1" && lab.Unit != "T" {
				n += " " + lab.Unit
			}
			return joined(spec.Word(spec.Field("test"), lab.Key), Text{Zh: n, En: n})
		}
	case event.Relation:
		kind := spec.Word(spec.Field("kind"), v.A[i].String())
		if v.Num[i] == 0 {
			return joined(text("关系结束", "Relation ended"), kind)
		}
		return joined(spec.Name, kind)
	case event.ProgrammeJoined:
		if v.Num[i] == 0 {
			return text("离开项目", "Left the programme")
		}
		return spec.Name
	case event.Symptom:
		if n := number(v.Num[i], 0); !math.IsNaN(v.Num[i]) {
			return joined(plainText(v, spec, i), Text{Zh: "程度 " + n + "/10", En: "severity " + n + " of 10"})
		}
	case event.Points:
		n := number(v.Num[i], 0)
		if v.Num[i] > 0 {
			n = "+" + n
		}
		return joined(spec.Name, Text{Zh: n, En: n})
	case event.Order, event.Refund:
		return joined(plainText(v, spec, i), boughtText(l, i))
	case event.Correction:
		return text("撤回了一条记录", "A record was taken back")
	}
	return joined(plainText(v, spec, i), keyText(l, i))
}

// boughtText says how much of an order was kept, and of a refund that nobody knows its order.
func boughtText(l *conductor.Look, i int) Text {
	tl := l.View.Timeline
	all := purchase.Of(tl, l.At)
	if tl.Type[i] == event.Refund {
		if slices.Contains(all.Loose, i) {
			return text("没有找到它的订单", "its order is not known")
		}
		return Text{}
	}
	switch kept := all.At(tl, i); {
	case !all.Touched(i):
		return Text{}
	case kept.Gone():
		return text("已全部退回", "went back whole")
	default:
		n := number(100*kept.Share, 0) + "%"
		return Text{Zh: "退后留下 " + n, En: n + " kept after a refund"}
	}
}

// plainText is the name of the type, then its numbers that have a unit and its codes that have words.
func plainText(v timeline.View, spec *event.Spec, i int) Text {
	parts := []Text{spec.Name}
	for k := range spec.Fields {
		f := &spec.Fields[k]
		switch {
		case f.Name == "unit": // it stands behind its number
		case f.Kind == event.Number:
			parts = append(parts, quantity(f, slotNumber(v, f.Slot, i)))
		case f.Kind == event.Code && f.Slot == event.SlotA:
			parts = append(parts, spec.Word(f, v.A[i].String()))
		case f.Kind == event.Code && f.Slot == event.SlotB:
			parts = append(parts, spec.Word(f, v.B[i].String()))
		case f.Kind == event.Code && f.Slot == event.SlotC:
			parts = append(parts, spec.Word(f, v.C[i].String()))
		}
	}
	return joined(parts...)
}

func slotNumber(v timeline.View, s event.Slot, i int) float64 {
	switch {
	case s == event.SlotNum:
		return v.Num[i]
	case s >= event.X0:
		return v.XAt(i, int(s-event.X0))
	}
	return math.NaN()
}

// quantity is a number with its unit. One without a unit is a reference, a year or a score that says nothing by
// itself, and is left out.
func quantity(f *event.Field, x float64) Text {
	if f.Unit == "" || f.Name == "complete" || math.IsNaN(x) {
		return Text{}
	}
	u := f.UnitWord()
	switch f.Unit {
	case "share":
		n := number(100*x, 0) + "%"
		return Text{Zh: n, En: n}
	case "%":
		n := strconv.FormatFloat(x, 'f', 1, 64) + "%"
		return Text{Zh: n, En: n}
	}
	n := number(x, 1)
	q := Text{Zh: n + " " + u.Zh, En: n + " " + u.En}
	if f.Name == "carbs" {
		return joined(text("碳水", "carbohydrate"), q)
	}
	return q
}

// keyText is what the keys of an event stand for in the first of the person's programmes that knows them: the title of a text, the
// words of an answer, the name of a stage.
func keyText(l *conductor.Look, i int) Text {
	for _, p := range l.Programmes() {
		if t := keyIn(p, l.View, i); t != (Text{}) {
			return t
		}
	}
	return Text{}
}

func keyIn(p *engine.Programme, v timeline.View, i int) Text {
	a, b, c := v.A[i].String(), v.B[i].String(), v.C[i].String()
	switch v.Type[i] {
	case event.Answer:
		return colon(titleIn(p, a), answerIn(p, a, b))
	case event.ContentRead:
		return titleIn(p, a)
	case event.MessageSent, event.MessageRead:
		return titleIn(p, b)
	case event.MessageSuppressed:
		return colon(titleIn(p, b), messageReasons[c])
	case event.TaskOpened, event.TaskDone, event.TaskSkipped, event.TaskPostponed, event.TaskHanded, event.TaskReminded, event.AlertClosed:
		return colon(titleIn(p, b), or(outcomeNames[c], skipReasons[c]))
	case event.TaskEscalated:
		return colon(titleIn(p, b), doers[c])
	case event.FormAnswer:
		if f := p.Forms[a]; f != nil {
			return answerText(f, b, c, v.Num[i])
		}
	case event.StageSet:
		if g := p.Stage(a); g != nil {
			return g.Name
		}
	case event.TargetSet:
		for _, t := range p.Targets {
			if t.Key == a {
				return t.Name
			}
		}
	}
	return Text{}
}

// answerText is a question of a form and what was answered to it; a text that was answered is not in a timeline.
func answerText(f *programme.Form, item, code string, value float64) Text {
	it := f.Item(item)
	if it == nil {
		return f.Name
	}
	answer := yesNo[code]
	if o := it.Option(code); o != nil {
		answer = o.Text
	} else if !math.IsNaN(value) {
		n := typed(value)
		answer = Text{Zh: n, En: n}
	}
	return colon(it.Text, answer)
}

// titleIn is the title of a text or a script; empty when the programme has none of that key.
func titleIn(p *engine.Programme, key string) Text {
	if x := p.Content(key); x != nil {
		return x.Title
	}
	if x := p.Scripts[key]; x != nil {
		return x.Title
	}
	return Text{}
}

func answerIn(p *engine.Programme, content, answer string) Text {
	if x := p.Content(content); x != nil {
		for _, a := range x.Answers {
			if a.Key == answer {
				return a.Text
			}
		}
	}
	return Text{}
}

// colon says b of a; one of them alone when the other is empty.
func colon(a, b Text) Text {
	if a == (Text{}) || b == (Text{}) {
		return or(a, b)
	}
	return Text{Zh: a.Zh + "：" + b.Zh, En: a.En + ": " + b.En}
}

func outcomeOrReason(code string) Text {
	if t, ok := outcomeNames[code]; ok {
		return t
	}
	return word(skipReasons, code)
}

// number writes x with so many decimals at most, as few as say the same when there are none: 7.0 is 7. With -1 it has those it
// needs.
func number(x float64, decimals int) string {
	if math.IsNaN(x) {
		return "–"
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	return strings.TrimSuffix(s, ".0")
}

// typed writes a number as somebody types it: no more decimals than it has, three at most.
func typed(x float64) string { return number(math.Round(x*1000)/1000, -1) }

// joined puts texts side by side with spaces, leaving empty ones out.
func joined(ts ...Text) Text {
	var out Text
	for _, t := range ts {
		if t.Zh != "" {
			if !strings.HasSuffix(out.Zh, "。") { // a full stop is wide enough
				out.Zh += " "
			}
			out.Zh = strings.TrimSpace(out.Zh + t.Zh)
		}
		if t.En != "" {
			out.En = strings.TrimSpace(out.En + " " + t.En)
		}
	}
	return out
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}
