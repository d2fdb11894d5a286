package api

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/timeline"
)

// eventText says one event of a timeline in a few words. It knows numbers and codes only; free text is not in a
// timeline.
func eventText(v timeline.View, t insight.Targets, i int) Text {
	spec := v.Type[i].Spec()
	if spec == nil {
		return Text{}
	}
	switch v.Type[i] {
	case event.Glucose:
		r := readingAt(v, t, i)
		c := contextShort(v.A[i].String())
		w := bandWord(bandOf(v.Num[i], v.Flags[i], t.ForContext(v.A[i].String())))
		return joined(c, Text{Zh: r.in("mmol/L"), En: r.in("mmol/L")}, w)
	case event.Consent:
		name := word(purposeNames, v.A[i].String())
		if v.Num[i] == 1 {
			return Text{Zh: "同意：" + name.Zh, En: "Agreed: " + name.En}
		}
		return Text{Zh: "撤回同意：" + name.Zh, En: "Withdrew: " + name.En}
	case event.BloodPressure:
		n := number(v.Num[i], 0) + "/" + number(v.XAt(i, 0), 0) + " mmHg"
		return joined(spec.Name, Text{Zh: n, En: n})
	case event.Relation:
		kind := word(relationNames, v.A[i].String())
		return joined(spec.Name, kind)
	case event.ProgrammeJoined:
		if v.Num[i] == 0 {
			return text("离开项目", "Left the programme")
		}
		return spec.Name
	case event.Chat:
		from := map[string]Text{"person": text("本人", "the person"), "staff": text("工作人员", "staff"), "bot": text("智能助手", "the assistant")}
		return joined(spec.Name, word(from, v.A[i].String()))
	case event.TaskDone, event.TaskSkipped, event.AlertClosed:
		return joined(spec.Name, outcomeOrReason(v.C[i].String()))
	case event.Correction:
		return text("撤回了一条记录", "A record was taken back")
	}
	return plainText(v, spec, i)
}

func outcomeOrReason(code string) Text {
	if t, ok := outcomeNames[code]; ok {
		return t
	}
	return word(skipReasons, code)
}

// plainText is the name of the type, its number with unit, and its first code.
func plainText(v timeline.View, spec *event.Spec, i int) Text {
	parts := []Text{spec.Name}
	for _, f := range spec.Fields {
		if f.Slot == event.SlotNum && f.Kind == event.Number && !math.IsNaN(v.Num[i]) && showsNumber(f) {
			n := number(v.Num[i], 1)
			switch u, ok := unitWords[f.Unit]; {
			case f.Unit == "":
				parts = append(parts, Text{Zh: n, En: n})
			case f.Unit == "%":
				parts = append(parts, Text{Zh: n + "%", En: n + "%"})
			case ok:
				parts = append(parts, Text{Zh: n + " " + u.Zh, En: n + " " + u.En})
			default:
				parts = append(parts, Text{Zh: n + " " + f.Unit, En: n + " " + f.Unit})
			}
		}
	}
	if code := v.A[i].String(); code != "" && showsCode(v.Type[i]) {
		parts = append(parts, word(codeNames, code))
	}
	if code := v.B[i].String(); v.Type[i] == event.Medication && code != "" {
		parts = append(parts, word(codeNames, code))
	}
	return joined(parts...)
}

// showsNumber leaves out numbers that are references or are told elsewhere.
func showsNumber(f event.Field) bool {
	return f.Name != "birthYear" && f.Name != "ref" && f.Unit != "share"
}

// showsCode leaves out codes that are ids or keys nobody reads.
func showsCode(t event.Type) bool {
	switch t {
	case event.Medication, event.Fill, event.Symptom, event.Exercise, event.Meal, event.Visit, event.Insulin, event.CheckIn:
		return true
	}
	return false
}

func number(x float64, decimals int) string {
	if math.IsNaN(x) {
		return "–"
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	return strings.TrimSuffix(s, ".0")
}

// joined puts texts side by side with spaces, leaving empty ones out.
func joined(ts ...Text) Text {
	var out Text
	for _, t := range ts {
		if t.Zh != "" {
			out.Zh = strings.TrimSpace(out.Zh + " " + t.Zh)
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
