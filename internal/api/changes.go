package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"peiban/internal/change"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/medicine"
	"peiban/internal/page"
	"peiban/internal/timeline"
)

// ChangeMark is something on the strip that readings may be compared around.
type ChangeMark struct {
	ID    string `json:"id" doc:"of the event, or of the change of stage"`
	Kind  string `json:"kind" enum:"medicine,education,contact,stage"`
	At    string `json:"at"`
	Text  Text   `json:"text"`
	Count int    `json:"count,omitempty" doc:"so many of the kind on that day, told as one"`
}

// SlotDay is the mean of one meal slot on one day.
type SlotDay struct {
	At      string  `json:"at" doc:"of its first reading"`
	Context string  `json:"context"`
	Mean    float64 `json:"mean" doc:"mmol/L"`
	N       int     `json:"n"`
	Band    string  `json:"band" doc:"of the mean, by the person's own limits"`
	Show    Shown   `json:"show"`
}

// SlotTarget is the person's own limits for a meal slot.
type SlotTarget struct {
	Context string  `json:"context"`
	Name    Text    `json:"name"`
	N       int     `json:"n" doc:"days with a reading in the span"`
	Range   *Limits `json:"range,omitempty"`
}

// Strip is what happened and what was measured, on one axis of time.
type Strip struct {
	From  string       `json:"from"`
	To    string       `json:"to"`
	Marks []ChangeMark `json:"marks" doc:"oldest first"`
	Days  []SlotDay    `json:"days" doc:"oldest first"`
	Slots []SlotTarget `json:"slots" doc:"in the order of a day, those with a reading"`

	Glucose  bool            `json:"glucose" doc:"the person's programmes are about glucose, or there are readings"`
	Measures []MeasureCourse `json:"measures" doc:"what is measured beside glucose, by the person's programmes and by what was recorded"`
}

// ChangeSide is one side of a mark.
type ChangeSide struct {
	From     string   `json:"from" doc:"first day"`
	To       string   `json:"to" doc:"last day"`
	N        int      `json:"n"`
	Days     int      `json:"days" doc:"with a reading"`
	Mean     *float64 `json:"mean,omitempty" doc:"mmol/L; from three readings on"`
	InTarget *Ratio   `json:"inTarget,omitempty"`
}

// ChangeSlot compares a meal slot.
type ChangeSlot struct {
	Context string     `json:"context"`
	Name    Text       `json:"name"`
	Before  ChangeSide `json:"before"`
	After   ChangeSide `json:"after"`
	By      *float64   `json:"by,omitempty" doc:"after less before, mmol/L; absent: too little data"`
	Text    Text       `json:"text"`
}

// Comparison is the readings before and after a mark: an association, not an effect.
type Comparison struct {
	Mark     ChangeMark   `json:"mark"`
	Days     int          `json:"days" doc:"whole days on each side; the day itself is on neither"`
	DaysLeft int          `json:"daysLeft" doc:"of the time after that have not come yet"`
	Before   ChangeSide   `json:"before" doc:"all slots: a share in target, never a mean"`
	After    ChangeSide   `json:"after"`
	Slots    []ChangeSlot `json:"slots"`
	Others   []ChangeMark `json:"others" doc:"what else happened in these days"`
	Caution  Text         `json:"caution"`
	Enough   bool         `json:"enough" doc:"a meal slot can be compared"`

	Measures []MeasureChange `json:"measures" doc:"what is measured beside glucose"`
}

func (s *Server) changeOperations() {
	serve(s, operation{"person-changes", http.MethodGet, "/api/people/{id}/changes", "file", "Medicines, education, contacts and stages beside daily means by meal slot, on one axis", forStaff}, s.personChanges)
	serve(s, operation{"person-change", http.MethodGet, "/api/people/{id}/changes/{entry}", "file", "Readings before and after one of them, with counts", forStaff}, s.personChange)
	serve(s, operation{"person-progress", http.MethodGet, "/api/people/{id}/progress", "file", "Today's facts, and plans and doses against what was done", forStaff}, s.personProgress)
}

type changesInput struct {
	IDPath
	Moments
	From string `query:"from" maxLength:"40" doc:"a day or a moment; 90 days before the end when not given"`
	Kind string `query:"kind" enum:"medicine,education,contact,stage," doc:"only marks of one kind"`
}

const (
	stripDays = 90
	longest   = 3 * 366 // days of a strip
	mostMarks = 1000
)

var errSpan = fault.New(fault.Invalid, "span_too_long", "时间段太长", "the span is too long").At("query.from").Because("最多三年", "at most three years")

func (s *Server) personChanges(ctx context.Context, in *changesInput) (Strip, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "changes.read")
	if err != nil {
		return Strip{}, err
	}
	from, err := parseStart("query.from", in.From, l.View.Loc)
	if err != nil {
		return Strip{}, err
	}
	if in.From == "" {
		from = insight.LastDays(l.At, stripDays, l.View.Loc) + 1
	}
	switch {
	case from > l.At:
		return Strip{}, errMoment.At("query.from").Because("要早于结束的时间", "it must be before the end")
	case l.At-from > longest*insight.Day:
		return Strip{}, errSpan
	}
	marks, err := s.marks(ctx, c, l, from-1, l.At)
	if err != nil {
		return Strip{}, err
	}
	if in.Kind != "" {
		marks = slices.DeleteFunc(marks, func(m named) bool { return string(m.Kind) != in.Kind })
	}
	if len(marks) > mostMarks {
		marks = marks[len(marks)-mostMarks:]
	}
	out := Strip{From: moment(from, l.View.Loc), To: moment(l.At, l.View.Loc), Days: []SlotDay{}, Slots: []SlotTarget{}}
	if out.Marks, err = s.marksView(ctx, c, l, marks); err != nil {
		return Strip{}, err
	}
	days := map[string]int{}
	for _, p := range change.Daily(l.View, from-1, l.At) {
		days[p.Context]++
		r := l.Target.ForContext(p.Context)
		out.Days = append(out.Days, SlotDay{
			At: moment(p.At, l.View.Loc), Context: p.Context, Mean: p.Mean, N: p.N, Band: string(measure.Classify(p.Mean, r)),
			Show: Shown{Mmol: measure.Show(p.Mean, r), MgdL: measure.ShowMgdL(p.Mean, r)},
		})
	}
	for _, context := range append(slices.Clone(event.Contexts), "") {
		if n := days[context]; n > 0 {
			out.Slots = append(out.Slots, slotTarget(l, context, n))
		}
	}
	out.Glucose, out.Measures = len(out.Days) > 0 || aboutGlucose(l), besides(l, from-1, l.At)
	return out, nil
}

func slotTarget(l *conductor.Look, context string, n int) SlotTarget {
	x := SlotTarget{Context: context, Name: slotName(context), N: n}
	if r := l.Target.ForContext(context); r.Low != 0 || r.High != 0 {
		x.Range = &Limits{Low: r.Low, High: r.High, Open: r.Open}
	}
	return x
}

func slotName(context string) Text {
	if context == "" {
		return text("未写餐段", "No meal slot")
	}
	return or(contextShort(context), text("其他时间", "Other time"))
}

// named is a mark with its outside name.
type named struct {
	change.Mark
	id  string
	key string // of a stage
}

// marks are the events and the changes of stage in (from, to], oldest first.
func (s *Server) marks(ctx context.Context, c *caller, l *conductor.Look, from, to int64) ([]named, error) {
	var out []named
	for _, m := range change.Marks(l.View, from, to) {
		out = append(out, named{Mark: m, id: event.IDOf(l.View.Recv[m.Place], l.View.Seq[m.Place])})
	}
	list, err := s.store.Transitions(ctx, c.space.number(), l.Card.Number, l.Changed, "stage", page.Part{Limit: mostMarks})
	if err != nil {
		return nil, err
	}
	for _, t := range list.Items {
		if t.Kind == "stage" && t.Gained && t.At > from && t.At <= to {
			out = append(out, named{Mark: change.Mark{Kind: change.Stage, At: t.At, Place: -1, N: 1}, id: fmt.Sprintf("stage-%d-%d", t.Seq, t.N), key: t.Key})
		}
	}
	slices.SortStableFunc(out, func(a, b named) int { return change.Order(a.Mark, b.Mark) })
	return out, nil
}

func (s *Server) marksView(ctx context.Context, c *caller, l *conductor.Look, marks []named) ([]ChangeMark, error) {
	out := make([]ChangeMark, 0, len(marks))
	says, err := s.doses(ctx, c, l, marks)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		x := ChangeMark{ID: m.id, Kind: string(m.Kind), At: moment(m.At, l.View.Loc)}
		if m.N > 1 {
			x.Count = m.N
		}
		switch {
		case m.Place < 0:
			name, of, key := withdrawn, "", ""
			if of, key = splitKey(m.key); c.space.Conductor.Programme(of) != nil {
				name = or(nameOfKey(c.space.Conductor.Programme(of), "stage", key), withdrawn)
			}
			x.Text = Text{Zh: "阶段变为 " + name.Zh, En: "Stage is now " + name.En}
		case m.Kind == change.Medicine:
			x.Text = medicineText(l.View, m.Place, says[l.View.Seq[m.Place]])
		case m.Kind == change.Education && l.View.Type[m.Place] == event.ContentRead:
			x.Text = readText(c, l, m.Place)
		default:
			x.Text = eventText(l, m.Place)
		}
		if m.N > 1 {
			x.Text = Text{Zh: fmt.Sprintf("%s 等 %d 次", x.Text.Zh, m.N), En: fmt.Sprintf("%s and %d more", x.Text.En, m.N-1)}
		}
		out = append(out, x)
	}
	return out, nil
}

// readText is what somebody read, by its title where a programme knows it.
func readText(c *caller, l *conductor.Look, i int) Text {
	key := l.View.A[i].String()
	for _, p := range c.space.Conductor.Programmes() {
		if x := p.Content(key); x != nil && x.Title != (Text{}) {
			return joined(text("看了", "Read"), x.Title)
		}
	}
	return eventText(l, i)
}

// spoken is what only the body of a statement about a medicine says.
type spoken struct {
	Name     string `json:"name"`
	DoseText string `json:"doseText"`
}

// doses reads the bodies of the marks of medicines: names nobody's catalogue has, and doses in words.
func (s *Server) doses(ctx context.Context, c *caller, l *conductor.Look, marks []named) (map[event.Seq]spoken, error) {
	out := map[event.Seq]spoken{}
	if c.masked() {
		return out, nil
	}
	var seqs []event.Seq
	for _, m := range marks {
		if m.Kind == change.Medicine && m.Place >= 0 {
			seqs = append(seqs, l.View.Seq[m.Place])
		}
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return nil, err
	}
	if err := c.space.Conductor.Reveal(l.Card.Number, es); err != nil {
		return nil, err
	}
	for i := range es {
		var b spoken
		_ = json.Unmarshal(es[i].Body, &b) // no body, or one of an erased person
		out[es[i].Seq] = b
	}
	return out, nil
}

// medicineText is 开始用 二甲双胍 0.5 g 2 次/天: what was done, the medicine, and the dose as far as it was said.
func medicineText(v timeline.View, i int, says spoken) Text {
	spec := v.Type[i].Spec()
	key, act, per := v.C[i].String(), codeWord("medication", "action", v.B[i].String()), v.XAt(i, 0)
	if v.Type[i] == event.Glucocorticoid {
		key, act, per = v.A[i].String(), text("开始用", "started"), 1
	}
	name := Text{Zh: says.Name, En: says.Name}
	m, known := medicine.Of(key)
	switch {
	case known:
		name = m.Name
	case says.Name == "" && v.Type[i] == event.Medication:
		name = className(v.A[i].String())
	case says.Name == "":
		name = spec.Word(spec.Field("drug"), key)
	}
	out := joined(act, name)
	switch {
	case v.B[i].String() == "stop":
	case says.DoseText != "":
		out = joined(out, Text{Zh: says.DoseText, En: says.DoseText})
	default:
		daily := v.Type[i] == event.Glucocorticoid
		unit := m.Unit
		if daily {
			unit = "mg"
		}
		out = joined(out, doseWords(v.Num[i], unit, per, daily))
	}
	return out
}

type changeInput struct {
	IDPath
	Moments
	Entry string `path:"entry" maxLength:"60" doc:"id of a mark"`
	Days  int    `query:"days" minimum:"0" maximum:"90" doc:"whole days on each side; 14 when not given"`
}

var errNoMark = fault.New(fault.Missing, "mark_not_found", "没有找到这件事", "no such mark on the strip")

const aroundDays = 14

func (s *Server) personChange(ctx context.Context, in *changeInput) (Comparison, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "changes.read")
	if err != nil {
		return Comparison{}, err
	}
	days := in.Days
	if days == 0 {
		days = aroundDays
	}
	m, err := s.markOf(ctx, c, l, in.Entry)
	if err != nil {
		return Comparison{}, err
	}
	a := change.Around(l.View, l.Target, m.At, days, l.At)
	near, err := s.marks(ctx, c, l, a.Before.From, max(a.After.To, a.Before.To))
	if err != nil {
		return Comparison{}, err
	}
	others := slices.DeleteFunc(near, func(x named) bool { return x.id == m.id || x.Kind == change.Contact })
	out := Comparison{Days: days, DaysLeft: a.DaysLeft, Before: sideView(a.Before, l.View.Loc), After: sideView(a.After, l.View.Loc), Slots: []ChangeSlot{}}
	if out.Others, err = s.marksView(ctx, c, l, others); err != nil {
		return Comparison{}, err
	}
	one, err := s.marksView(ctx, c, l, []named{m})
	if err != nil {
		return Comparison{}, err
	}
	out.Mark = one[0]
	for _, x := range a.Slots {
		out.Enough = out.Enough || x.Enough()
		out.Slots = append(out.Slots, slotView(x, l.View.Loc))
	}
	out.Measures = measuredAround(l, a)
	out.Caution = caution(len(others))
	return out, nil
}

// markOf finds a mark by its outside name.
func (s *Server) markOf(ctx context.Context, c *caller, l *conductor.Look, id string) (named, error) {
	if seq, ok := event.SeqOf(id); ok {
		i := l.View.Find(seq)
		if i < 0 || event.IDOf(l.View.Recv[i], seq) != id || l.View.At[i] > l.At {
			return named{}, errNoMark
		}
		if l.View.Flags[i]&event.Hidden != 0 {
			return named{}, errEntryGone
		}
		for _, m := range change.Marks(l.View, insight.StartOfDay(l.View.At[i], l.View.Loc)-1, min(l.At, insight.EndOfDay(l.View.At[i], l.View.Loc)-1)) {
			if m.Place == i {
				return named{Mark: m, id: id}, nil
			}
		}
		return named{}, errNoMark
	}
	all, err := s.marks(ctx, c, l, 0, l.At)
	if err != nil {
		return named{}, err
	}
	for _, m := range all {
		if m.id == id {
			return m, nil
		}
	}
	return named{}, errNoMark
}

func sideView(x change.Side, loc *time.Location) ChangeSide {
	day := func(at int64) string { return time.UnixMicro(at).In(loc).Format(time.DateOnly) }
	out := ChangeSide{From: day(x.From + 1), To: day(x.To), N: x.N, Days: x.Days, Mean: finite(x.Mean)}
	if x.To <= x.From { // it has not begun
		out.To = out.From
	}
	if x.In.Of > 0 {
		out.InTarget = &Ratio{x.In.N, x.In.Of}
	}
	return out
}

func slotView(x change.Slot, loc *time.Location) ChangeSlot {
	out := ChangeSlot{Context: x.Context, Name: slotName(x.Context), Before: sideView(x.Before, loc), After: sideView(x.After, loc), By: finite(x.By)}
	n, m := x.Before.N, x.After.N
	if !x.Enough() {
		out.Text = text(fmt.Sprintf("数据不足：前 %d 次，后 %d 次，各要 %d 次", n, m, insight.FewestForMean),
			fmt.Sprintf("Not enough data: %d before, %d after; %d needed on each side", n, m, insight.FewestForMean))
		return out
	}
	a, b := fixed(x.Before.Mean), fixed(x.After.Mean)
	way := text("没有变化", "no change")
	if by := tenth(tenth(x.After.Mean) - tenth(x.Before.Mean)); by > 0 {
		way = text("升高 "+fixed(by), "up "+fixed(by))
	} else if by < 0 {
		way = text("下降 "+fixed(-by), "down "+fixed(-by))
	}
	out.Text = text(fmt.Sprintf("%s → %s，%s（前 %d 次，后 %d 次）", a, b, way.Zh, n, m), fmt.Sprintf("%s → %s, %s (%d before, %d after)", a, b, way.En, n, m))
	return out
}

// fixed writes glucose as people read it: one decimal always.
func fixed(x float64) string { return fmt.Sprintf("%.1f", x) }

// caution is said with every comparison: what came after was not for that reason caused by it.
func caution(others int) Text {
	t := text("这是先后关系（关联），不说明谁引起了谁。", "This is an association: one came after the other. It does not say that one caused the other.")
	if others > 0 {
		t = joined(t, text(fmt.Sprintf("这些天里还有 %d 件别的事。", others), fmt.Sprintf("In these days %d other %s happened.", others, plural(others, "thing", "things"))))
	}
	return t
}
