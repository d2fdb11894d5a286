package api

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/change"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

// MeasureCourse is one thing that is measured beside glucose, over a span: blood pressure, pain of one side, weight.
type MeasureCourse struct {
	Key      string         `json:"key" doc:"blood_pressure, weight, pain or pain:left_hip"`
	Name     Text           `json:"name"`
	Unit     string         `json:"unit"`
	N        int            `json:"n"`
	Days     int            `json:"days" doc:"local days with a value"`
	Sentence Text           `json:"sentence"`
	InTarget *Ratio         `json:"inTarget,omitempty" doc:"of a pressure both numbers; absent where nobody set limits"`
	Limit    *Text          `json:"limit,omitempty" doc:"the person's own limits in words"`
	Limits   []float64      `json:"limits" doc:"lines of a chart"`
	Rows     []MeasureRow   `json:"rows" doc:"figures in words"`
	Points   []MeasurePoint `json:"points" doc:"the mean of each local day, oldest first"`
}

// MeasureRow is one figure.
type MeasureRow struct {
	Key  string `json:"key" enum:"mean,morning,evening,before,latest"`
	Name Text   `json:"name"`
	Text Text   `json:"text"`
	N    int    `json:"n"`
}

// MeasurePoint is one local day.
type MeasurePoint struct {
	At     string   `json:"at"`
	Value  float64  `json:"value"`
	Second *float64 `json:"second,omitempty" doc:"of a pressure, the diastolic"`
	Show   string   `json:"show"`
	N      int      `json:"n"`
}

// MeasureChange compares one thing around a mark.
type MeasureChange struct {
	Key    string      `json:"key"`
	Name   Text        `json:"name"`
	Unit   string      `json:"unit"`
	Before MeasureSide `json:"before"`
	After  MeasureSide `json:"after"`
	Text   Text        `json:"text"`
	Enough bool        `json:"enough"`
}

// MeasureSide is one side of a mark.
type MeasureSide struct {
	N    int    `json:"n"`
	Show string `json:"show,omitempty" doc:"the mean; from three values on"`
}

// series is one thing measured, with what it is called and how it is told.
type series struct {
	insight.Series
	key          string
	name         Text
	unit         string
	decimals     int
	main, second measure.Range // the person's own limits
	wanted       bool          // a programme the person is in asks for it
}

// pains are the places pain is told of, those the programmes ask for first.
var pains = []string{"left_hip", "right_hip", "knee", "back", "other", ""}

// seriesOf are what is told of a person beside glucose: what their programmes ask for, and what was recorded in (from, to].
func seriesOf(l *conductor.Look, from, to int64) []series {
	systolic, _ := limitOf(l, "systolic")
	diastolic, _ := limitOf(l, "diastolic")
	pain, _ := limitOf(l, "pain")
	hurts := measures(l, event.Pain)
	all := []series{{
		Series: insight.Series{Type: event.BloodPressure}, key: "blood_pressure", name: event.BloodPressure.Spec().Name, unit: programme.TargetUnit("systolic"),
		main: systolic, second: diastolic, wanted: measures(l, event.BloodPressure),
	}}
	for _, site := range pains {
		s := series{Series: insight.Series{Type: event.Pain, Site: site}, key: "pain", name: event.Pain.Spec().Name, unit: programme.TargetUnit("pain"), decimals: 1, main: pain}
		if site != "" {
			s.key, s.name = "pain:"+site, joined(s.name, codeWord("pain", "site", site))
		}
		all = append(all, s)
	}
	all = append(all, series{Series: insight.Series{Type: event.Weight}, key: "weight", name: event.Weight.Spec().Name, unit: event.Weight.Spec().Field("value").Unit, decimals: 1, wanted: measures(l, event.Weight)})
	recorded := func(s series) bool {
		for range s.Of(l.View, from, to) {
			return true
		}
		return false
	}
	any := slices.ContainsFunc(all, func(s series) bool { return s.Type == event.Pain && recorded(s) })
	return slices.DeleteFunc(all, func(s series) bool {
		if s.Type == event.Pain && hurts && !any && s.Site == "" {
			return false // asked for, and nothing there: said once, of no side
		}
		return !s.wanted && !recorded(s)
	})
}

// limitOf is what the first of the person's programmes that limits key says.
func limitOf(l *conductor.Look, key string) (measure.Range, bool) {
	for _, x := range l.Each() {
		if r, ok := x.Target.Ranges[key]; ok {
			return r, true
		}
	}
	return measure.Range{}, false
}

// show is a value as people read it: 128/76 of a pressure.
func (s series) show(value, second float64) string {
	if s.Type == event.BloodPressure {
		return number(value, 0) + "/" + number(second, 0)
	}
	return fmt.Sprintf("%.*f", s.decimals, value)
}

// limit is the limits in words: <130/80.
func (s series) limit() *Text {
	sign := func(r measure.Range) string {
		switch {
		case r.High == 0:
			return "≥" + number(r.Low, 1)
		case r.Open:
			return "<" + number(r.High, 1)
		}
		return "≤" + number(r.High, 1)
	}
	switch {
	case s.main == (measure.Range{}):
		return nil
	case s.second == (measure.Range{}):
		return same2(sign(s.main))
	}
	return same2(sign(s.main) + "/" + number(s.second.High, 1))
}

func same2(x string) *Text { return &Text{Zh: x, En: x} }

// besides are the series of a person over (from, to], each beside the span of the same length before it.
func besides(l *conductor.Look, from, to int64) []MeasureCourse {
	out := []MeasureCourse{}
	for _, s := range seriesOf(l, from, to) {
		out = append(out, s.over(l.View, from, to))
	}
	return out
}

func (s series) over(v timeline.View, from, to int64) MeasureCourse {
	whole := insight.MeansOf(v, s.Series, insight.WholeDay, from, to)
	m := MeasureCourse{Key: s.key, Name: s.name, Unit: s.unit, N: whole.N, Days: whole.Days, Limit: s.limit(), Limits: []float64{}, Rows: []MeasureRow{}, Points: []MeasurePoint{}}
	for _, x := range []float64{s.main.Low, s.main.High, s.second.High} {
		if x > 0 {
			m.Limits = append(m.Limits, x)
		}
	}
	if share := insight.WithinTarget(v, s.Series, s.main, s.second, from, to); share.Of > 0 {
		m.InTarget = &Ratio{share.N, share.Of}
	}
	add := func(key string, name Text, said *Text, n int) {
		if said != nil {
			m.Rows = append(m.Rows, MeasureRow{key, name, *said, n})
		}
	}
	mean := func(x insight.Means) *Text {
		if math.IsNaN(x.Mean) {
			return nil
		}
		return same2(s.show(x.Mean, x.Second))
	}
	add("mean", text("平均", "Mean"), mean(whole), whole.N)
	if s.Type == event.BloodPressure {
		for _, part := range []struct {
			key  string
			name Text
			of   insight.Part
		}{{"morning", text("早上", "Morning"), insight.Morning}, {"evening", text("晚上", "Evening"), insight.Evening}} {
			x := insight.MeansOf(v, s.Series, part.of, from, to)
			add(part.key, part.name, mean(x), x.N)
		}
	}
	before := insight.MeansOf(v, s.Series, insight.WholeDay, from-(to-from), from)
	if moved := s.moved(before, whole); moved != nil {
		add("before", text("和上一段比", "Against the span before"), moved, before.N)
	}
	newest := -1
	for i := range s.Of(v, from, to) {
		newest = i
	}
	if newest >= 0 {
		said := s.show(v.Num[newest], v.XAt(newest, 0))
		day := time.UnixMicro(v.At[newest]).In(v.Loc)
		add("latest", text("最近一次", "Latest"), &Text{Zh: said + "（" + day.Format("1月2日") + "）", En: said + " (" + day.Format("2 Jan") + ")"}, 1)
	}
	for _, p := range insight.DayPoints(v, s.Series, from, to) {
		m.Points = append(m.Points, MeasurePoint{At: moment(p.At, v.Loc), Value: tenth(p.Mean), Second: tenthOf(p.Second), Show: s.show(p.Mean, p.Second), N: p.N})
	}
	m.Sentence = s.sentence(whole, m)
	return m
}

func tenthOf(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	x = tenth(x)
	return &x
}

// moved says both ends of a change; nil unless both spans have a mean.
func (s series) moved(before, after insight.Means) *Text {
	if math.IsNaN(before.Mean) || math.IsNaN(after.Mean) {
		return nil
	}
	way, by := text("持平", "steady"), fmt.Sprintf("%.*f", s.decimals, math.Abs(after.Mean-before.Mean))
	if by != fmt.Sprintf("%.*f", s.decimals, 0.0) {
		way = text("升高 "+by, "up by "+by)
		if after.Mean < before.Mean {
			way = text("下降 "+by, "down by "+by)
		}
	}
	ends := s.show(before.Mean, before.Second) + " → " + s.show(after.Mean, after.Second)
	return &Text{Zh: ends + "，" + way.Zh, En: ends + ", " + way.En}
}

func (s series) sentence(x insight.Means, m MeasureCourse) Text {
	switch {
	case x.N == 0:
		return text("这段时间没有"+s.name.Zh+"记录", "No record of "+strings.ToLower(s.name.En)+" in this time")
	case x.N < insight.FewestForMean:
		return text(fmt.Sprintf("只有 %d 次，数据不足，请逐个看", x.N), fmt.Sprintf("Only %d: not enough data, look at each", x.N))
	}
	said := text(
		fmt.Sprintf("%d 天里记了 %d 次，平均 %s", x.Days, x.N, s.show(x.Mean, x.Second)),
		fmt.Sprintf("%d readings on %s, mean %s", x.N, plural(x.Days, "day", "days"), s.show(x.Mean, x.Second)))
	if m.InTarget != nil && m.Limit != nil {
		said.Zh += fmt.Sprintf("，%d 次在目标内（%s）", m.InTarget.N, m.Limit.Zh)
		said.En += fmt.Sprintf(", %d in target (%s)", m.InTarget.N, m.Limit.En)
	}
	return said
}

// measuredAround compares every series of a person around a mark, over the spans of the comparison of glucose.
func measuredAround(l *conductor.Look, c change.Comparison) []MeasureChange {
	out := []MeasureChange{}
	for _, s := range seriesOf(l, c.Before.From, c.After.To) {
		before := insight.MeansOf(l.View, s.Series, insight.WholeDay, c.Before.From, c.Before.To)
		after := insight.MeansOf(l.View, s.Series, insight.WholeDay, c.After.From, c.After.To)
		side := func(x insight.Means) MeasureSide {
			v := MeasureSide{N: x.N}
			if !math.IsNaN(x.Mean) {
				v.Show = s.show(x.Mean, x.Second)
			}
			return v
		}
		x := MeasureChange{Key: s.key, Name: s.name, Unit: s.unit, Before: side(before), After: side(after)}
		if moved := s.moved(before, after); moved != nil {
			x.Text, x.Enough = *moved, true
		} else {
			x.Text = text(fmt.Sprintf("数据不足：前 %d 次，后 %d 次，各要 %d 次", before.N, after.N, insight.FewestForMean),
				fmt.Sprintf("Not enough data: %d before, %d after; %d needed on each side", before.N, after.N, insight.FewestForMean))
		}
		out = append(out, x)
	}
	return out
}

// VisitFact is something of the health file that a doctor asks for: a stage, the latest image, what the hip may bear.
type VisitFact struct {
	Key   string `json:"key" enum:"stage,imaging,weight_bearing"`
	Name  Text   `json:"name"`
	Text  Text   `json:"text"`
	At    string `json:"at,omitempty"`
	Known bool   `json:"known" doc:"false: asked for by a programme, and nothing on file"`
}

// visitFacts are the clinical stages that hold, the newest image and the weight that may be borne. A programme that limits pain is about
// a hip: there what is missing is said too.
func (h *shaper) visitFacts() []VisitFact {
	out := []VisitFact{}
	_, hip := limitOf(h.l, "pain")
	missing := func(key string, name Text) {
		if hip {
			out = append(out, VisitFact{Key: key, Name: name, Text: text("没有记录", "nothing on file")})
		}
	}
	staged := false
	for _, r := range h.stages() {
		if r.Stage == "" {
			continue
		}
		staged = true
		said := Text{Zh: r.Stage + " 期", En: "stage " + r.Stage}
		switch {
		case r.Signed:
			said = commas(said, text("医生签署", "signed by a doctor"))
		case r.Verified:
			said = commas(said, text("已核对报告", "report seen"))
		default:
			said = commas(said, text("转述，未核对", "as told, not checked"))
		}
		out = append(out, VisitFact{Key: "stage", Name: joined(r.SystemName, codeWord("clinical_stage", "side", r.Side)), Text: said, At: r.At, Known: true})
	}
	if !staged {
		missing("stage", event.ClinicalStage.Spec().Name)
	}
	var image *healthfile.Entry
	for _, e := range h.file.Of(event.Imaging) {
		if e.Stands() && (image == nil || e.Event.Occurred > image.Event.Occurred) {
			image = e
		}
	}
	name := text("最近影像", "Latest imaging")
	if image != nil {
		said := without(h.words(image), event.Imaging.Spec().Name)
		if finding := image.Text("finding"); finding != "" && !h.c.masked() {
			said = colon(said, Text{Zh: finding, En: finding})
		}
		out = append(out, VisitFact{Key: "imaging", Name: name, Text: said, At: moment(image.Event.Occurred, h.l.View.Loc), Known: true})
	} else {
		missing("imaging", name)
	}
	bearing := text("负重", "Bearing weight")
	for _, g := range h.file.PlanGroups() {
		if g.Key != "weight_bearing" {
			continue
		}
		if d, ok := h.file.Compare(g, h.l.View); ok && !d.Over {
			out = append(out, VisitFact{Key: "weight_bearing", Name: bearing, Text: without(h.words(d.Entry), codeWord("care_plan", "kind", "weight_bearing")), At: moment(d.Entry.Event.Occurred, h.l.View.Loc), Known: true})
			return out
		}
	}
	missing("weight_bearing", bearing)
	return out
}

// without leaves out the name that stands before a text already.
func without(t, name Text) Text {
	return Text{Zh: strings.TrimSpace(strings.TrimPrefix(t.Zh, name.Zh)), En: strings.TrimSpace(strings.TrimPrefix(t.En, name.En))}
}

// aboutGlucose reports whether a page of a person tells glucose though there is none: one of their programmes measures it.
func aboutGlucose(l *conductor.Look) bool {
	return l.Programme == nil || measures(l, event.Glucose)
}

// measures reports whether one of the person's programmes asks for values of a type.
func measures(l *conductor.Look, t event.Type) bool {
	return slices.ContainsFunc(l.Programmes(), func(p *engine.Programme) bool { return slices.Contains(p.Measures, t.String()) })
}

// AnswerTarget is a limit a doctor may set on the answer.
type AnswerTarget struct {
	Key  string `json:"key" doc:"as the catalogue's target has it"`
	Name Text   `json:"name"`
	Unit string `json:"unit"`
}

// AnswerPlan is something a doctor may ask to be measured so often a week.
type AnswerPlan struct {
	Key   string  `json:"key" doc:"a kind of plan of the catalogue"`
	Name  Text    `json:"name"`
	Slots []Named `json:"slots" doc:"when in the day it may be asked for; empty: that is not chosen"`
}

// answerPlans are what the programmes of a person measure and a plan can ask for.
func answerPlans(l *conductor.Look, glucose bool) []AnswerPlan {
	out := []AnswerPlan{}
	for _, kind := range event.PlanKinds {
		t := event.Lookup(kind).Type
		if t == event.Glucose && !glucose || t != event.Glucose && !measures(l, t) {
			continue
		}
		x := AnswerPlan{Key: kind, Name: codeWord("plan", "kind", kind), Slots: []Named{}}
		if t == event.Glucose {
			for _, slot := range event.Contexts {
				x.Slots = append(x.Slots, Named{slot, slotName(slot)})
			}
		}
		out = append(out, x)
	}
	return out
}

var answerNames = map[string]Text{
	"fastingLow": text("空腹下限", "Fasting, lower"), "fastingHigh": text("空腹上限", "Fasting, upper"), "afterMealHigh": text("餐后上限", "After meals, upper"),
	"hba1cHigh": text("糖化上限", "HbA1c, upper"), "systolicHigh": text("收缩压上限", "Systolic, upper"), "diastolicHigh": text("舒张压上限", "Diastolic, upper"),
}

// answerTargets are the limits that mean something for this person.
func answerTargets(l *conductor.Look, glucose bool) []AnswerTarget {
	var keys []string
	if glucose {
		keys = append(keys, "fastingLow", "fastingHigh", "afterMealHigh", "hba1cHigh")
	}
	if _, ok := limitOf(l, "systolic"); ok {
		keys = append(keys, "systolicHigh", "diastolicHigh")
	}
	out := []AnswerTarget{}
	for _, key := range keys {
		out = append(out, AnswerTarget{key, answerNames[key], event.TargetSet.Spec().Field(key).Unit})
	}
	return out
}
