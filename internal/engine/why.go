package engine

import (
	"math"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// TagAnswer is one tag of a person at one moment.
type TagAnswer struct {
	Tag   *programme.Tag
	Truth rule.Truth
	Next  int64 // when it could change by itself; Never
}

// StageAnswer is the stage of a person at one moment; nil Stage: none holds.
type StageAnswer struct {
	Stage *programme.Stage
	Next  int64
}

// Evaluate answers every tag and the stage of p over a timeline at now, from nothing. Step keeps the same answers
// up to date; this is how any other moment is asked.
func (p *Programme) Evaluate(tl timeline.View, now int64) ([]TagAnswer, StageAnswer) {
	return p.EvaluateIn(tl, now, Standing{})
}

// EvaluateIn is Evaluate for somebody who stands somewhere. The stage is the one the rules give.
func (p *Programme) EvaluateIn(tl timeline.View, now int64, in Standing) ([]TagAnswer, StageAnswer) {
	tags, stage, _ := p.evaluate(tl, now, in)
	return tags, stage
}

func (p *Programme) evaluate(tl timeline.View, now int64, in Standing) (tags []TagAnswer, stage StageAnswer, c *rule.Ctx) {
	truth := make([]rule.Truth, len(p.Tags))
	c = p.context(tl, now, truth)
	tags = make([]TagAnswer, len(p.Tags))
	for i := range len(p.Tags) + 1 {
		if i == p.staged {
			stage = p.place(c, in)
		}
		if i < len(p.Tags) {
			a := ask(&p.Tags[i], c)
			truth[i] = a.truth
			tags[i] = TagAnswer{&p.Tags[i], a.truth, a.next}
		}
	}
	return tags, stage, c
}

// place finds the stage the rules give, when all tags they read are known, and lets c see the one the person is in.
func (p *Programme) place(c *rule.Ctx, in Standing) StageAnswer {
	c.Stage = in.Stage
	i, next := p.stageOf(c, nil)
	if i < 0 {
		c.Stage = in.After("")
		return StageAnswer{Next: next}
	}
	c.Stage = in.After(p.Stages[i].Key)
	return StageAnswer{&p.Stages[i], next}
}

func (p *Programme) context(tl timeline.View, now int64, truth []rule.Truth) *rule.Ctx {
	c := &rule.Ctx{TL: tl, Now: now, Trigger: -1, Failures: unheard{}}
	t := TargetOf(p.Compiled, tl, now)
	aim(c, &t)
	c.Tag = func(id int) rule.Truth { return truth[id] }
	return c
}

// Why is the answer to "why": the rule in words and as written, and the events it looked at.
type Why struct {
	Kind     string // tag, stage
	Key      string
	Name     fault.Text
	Truth    rule.Truth
	Plain    fault.Text // the rule said in words
	Because  fault.Text // this person's numbers; empty when the answer is not yes
	Rule     string
	Source   string
	Version  int
	Next     int64
	Value    float64         // NaN: the tag has no number
	Code     *programme.Code // which of its codes holds; nil: none, or it has no codes
	Count    float64         // how many events make the answer
	Evidence []event.Seq     // newest first, at most rule.MaxEvidence
	Total    int
	Tags     []string // tags the rule reads
}

// WhyTag explains a tag at now; ok is false when the programme has no such tag.
func (p *Programme) WhyTag(key string, tl timeline.View, now int64) (w Why, ok bool) {
	return p.WhyTagIn(key, tl, now, Standing{})
}

// WhyTagIn is WhyTag for somebody who stands somewhere.
func (p *Programme) WhyTagIn(key string, tl timeline.View, now int64, in Standing) (w Why, ok bool) {
	id := p.TagIndex(key)
	if id < 0 {
		return Why{}, false
	}
	truth := make([]rule.Truth, len(p.Tags))
	c := p.context(tl, now, truth)
	for i := 0; i <= id; i++ {
		if i == p.staged {
			p.place(c, in)
		}
		truth[i] = ask(&p.Tags[i], c).truth
	}
	t := &p.Tags[id]
	if code := p.CodeOf(t, func(key string) bool { return truth[p.TagIndex(key)] == rule.True }); code != nil {
		w, ok = p.WhyTagIn(p.Tags[code.Tag].Key, tl, now, in) // its reason is the reason for the code
		w.Key, w.Code = key, code
		return w, ok
	}
	w = Why{Kind: "tag", Key: key, Name: t.Name, Plain: t.Plain, Rule: t.Src, Source: t.Source, Version: p.Version, Value: math.NaN()}
	c.Explain = true
	w.Truth, w.Next = truth[id], Never
	if t.Needs != nil {
		r := t.Needs.Eval(c)
		w.Next = r.Next
		w.collect(c)
		w.Rule = t.NeedsSrc + "  →  " + t.Src
	}
	if t.Needs == nil || w.Truth != rule.Unknown {
		r := t.When.Eval(c)
		w.Next = min(w.Next, r.Next)
		w.collect(c)
	}
	if t.ByHand {
		if h := HandOf(tl, key, now); h.Holds { // it beats the rule, and is the reason
			w.Next, w.Total, w.Count, w.Evidence = h.Next, 1, 1, []event.Seq{tl.Seq[h.Place]}
		}
	}
	if t.Value != nil {
		c.Explain = false
		w.Value = t.Value.Eval(c).Num
	}
	for _, d := range t.Depends {
		w.Tags = append(w.Tags, p.Tags[d].Key)
	}
	if w.Truth == rule.True {
		w.Because = w.fill(t.Because, tl)
	}
	return w, true
}

// WhyStage explains the stage that holds at now.
func (p *Programme) WhyStage(tl timeline.View, now int64) (Why, bool) {
	return p.WhyStageIn(tl, now, Standing{})
}

// WhyStageIn is WhyStage for somebody who stands somewhere.
func (p *Programme) WhyStageIn(tl timeline.View, now int64, in Standing) (Why, bool) {
	_, st, c := p.evaluate(tl, now, in)
	if st.Stage == nil {
		return Why{}, false
	}
	c.Stage = in.Stage
	c.Explain = true
	when, src := st.Stage.When, st.Stage.Src
	r := when.Eval(c)
	if r.Truth != rule.True && st.Stage.Stay != nil {
		when, src = st.Stage.Stay, st.Stage.StaySrc
		r = when.Eval(c)
	}
	w := Why{
		Kind: "stage", Key: st.Stage.Key, Name: st.Stage.Name, Plain: st.Stage.Plain, Rule: src, Source: st.Stage.Source,
		Version: p.Version, Truth: r.Truth, Next: st.Next, Value: math.NaN(),
	}
	w.collect(c)
	for _, d := range when.Deps().Tags {
		w.Tags = append(w.Tags, p.Tags[d].Key)
	}
	return w, true
}

// collect takes the evidence of the last Eval.
func (w *Why) collect(c *rule.Ctx) {
	w.Evidence = w.Evidence[:0]
	for _, i := range c.Evidence {
		w.Evidence = append(w.Evidence, c.TL.Seq[i])
	}
	w.Total, w.Count = c.Total, float64(c.Total)
}

// fill puts this person's numbers into the sentence of a tag.
func (w *Why) fill(t fault.Text, tl timeline.View) fault.Text {
	latest, when := fault.Text{}, fault.Text{}
	if len(w.Evidence) > 0 {
		if i := tl.Find(w.Evidence[0]); i >= 0 {
			latest, when = say(tl, i), day(tl, i)
		}
	}
	value := ""
	if !math.IsNaN(w.Value) {
		value = strconv.FormatFloat(math.Round(w.Value*10)/10, 'f', -1, 64)
	}
	count := strconv.Itoa(w.Total)
	return fault.Text{
		Zh: strings.NewReplacer("{count}", count, "{latest}", latest.Zh, "{when}", when.Zh, "{value}", value).Replace(t.Zh),
		En: strings.NewReplacer("{count}", count, "{latest}", latest.En, "{when}", when.En, "{value}", value).Replace(t.En),
	}
}

// day is when an event was, on the clock of the person's place.
func day(tl timeline.View, i int) fault.Text {
	loc := tl.Loc
	if loc == nil {
		loc = time.UTC
	}
	at := time.UnixMicro(tl.At[i]).In(loc)
	return fault.Text{
		Zh: strconv.Itoa(int(at.Month())) + "月" + strconv.Itoa(at.Day()) + "日 " + at.Format("15:04"),
		En: at.Format("2 Jan 15:04"),
	}
}

// say is one event in a few words: its value, its unit and its day. An event without a value that means something
// by itself is its day.
func say(tl timeline.View, i int) fault.Text {
	when := day(tl, i)
	f := valueField(tl.Type[i].Spec())
	if f == nil || math.IsNaN(tl.Num[i]) {
		return when
	}
	v := strconv.FormatFloat(math.Round(tl.Num[i]*10)/10, 'f', 1, 64)
	if tl.Type[i] == event.Glucose { // 3.86 is low and must not read 3.9
		v = measure.Show(tl.Num[i], measure.Range{})
	}
	unit := f.UnitWord()
	if f.Unit != "%" {
		v += " "
	}
	return fault.Text{Zh: v + unit.Zh + "（" + when.Zh + "）", En: v + unit.En + " (" + when.En + ")"}
}

// valueField is the property that is the value of a type; nil when its number is a share, a reference or a year.
func valueField(spec *event.Spec) *event.Field {
	if spec == nil {
		return nil
	}
	for k := range spec.Fields {
		if f := &spec.Fields[k]; f.Slot == event.SlotNum && f.Unit != "" && f.Unit != "share" {
			return f
		}
	}
	return nil
}
