package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/visit"
)

// VisitPage is the one page that goes along to the doctor.
type VisitPage struct {
	Who       VisitWho        `json:"who"`
	At        string          `json:"at"`
	From      string          `json:"from" doc:"first day of the span"`
	Days      int             `json:"days"`
	Zone      string          `json:"zone"`
	Targets   []TargetRange   `json:"targets"`
	TargetBy  Text            `json:"targetBy"`
	HbA1cHigh float64         `json:"hba1cHigh,omitempty"`
	Pattern   VisitPattern    `json:"pattern"`
	Log       []LogDay        `json:"log" doc:"newest first; of continuous readings empty"`
	Lows      []VisitLow      `json:"lows" doc:"newest first"`
	Medicines []VisitMedicine `json:"medicines"`
	Labs      []VisitLab      `json:"labs"`
	Questions []VisitQuestion `json:"questions" doc:"that the person chose to ask"`
	Plan      *Text           `json:"plan,omitempty" doc:"monitoring plan that holds"`

	Glucose  bool            `json:"glucose" doc:"the page tells glucose: a programme of the person has limits for it, or there are readings"`
	Measures []MeasureCourse `json:"measures" doc:"what is measured beside glucose, by the person's programmes and by what was recorded"`
	Trends   []MeasureCourse `json:"trends" doc:"HbA1c and the scores of each hip over two years, where there are two values"`
	Facts    []VisitFact     `json:"facts" doc:"clinical stages, the newest image, bearing weight"`
	Answers  []AnswerTarget  `json:"answerTargets" doc:"the limits a doctor may set on the answer"`
	Plans    []AnswerPlan    `json:"answerPlans" doc:"what a doctor may ask to be measured, how often"`
}

// VisitWho is whom the page is about. By a link the name is masked: the paper in hand has it.
type VisitWho struct {
	Name      string `json:"name"`
	Age       *int   `json:"age,omitempty"`
	Gender    string `json:"gender,omitempty"`
	Diagnoses []Text `json:"diagnoses"`
	Allergies []Text `json:"allergies"`
	Owner     string `json:"owner,omitempty"`
}

// VisitPattern is the readings of the span. What needs more data than there is stays out.
type VisitPattern struct {
	Shape    string       `json:"shape" enum:"none,log,short,days,agp_short,agp"`
	N        int          `json:"n"`
	Days     int          `json:"days" doc:"with a reading"`
	InTarget *Ratio       `json:"inTarget,omitempty"`
	Slots    []VisitSlot  `json:"slots"`
	Sentence Text         `json:"sentence"`
	AGP      *VisitCurves `json:"agp,omitempty"`
}

// VisitSlot is one meal slot over the span.
type VisitSlot struct {
	Context  string   `json:"context"`
	Name     Text     `json:"name"`
	N        int      `json:"n"`
	Mean     *float64 `json:"mean,omitempty" doc:"mmol/L; from three readings on"`
	Low      float64  `json:"low"`
	High     float64  `json:"high"`
	InTarget Ratio    `json:"inTarget"`
}

// VisitCurves are continuous readings as an ambulatory profile shows them; mmol/L.
type VisitCurves struct {
	Active  float64          `json:"active" doc:"percent of readings that are there"`
	Span    float64          `json:"span" doc:"days"`
	Mean    *float64         `json:"mean,omitempty"`
	GMI     *float64         `json:"gmi,omitempty" doc:"percent; an estimate"`
	CV      *float64         `json:"cv,omitempty" doc:"percent"`
	Levels  []VisitLevel     `json:"levels" doc:"very high first; empty when there is too little data"`
	Hours   []VisitHour      `json:"hours" doc:"24; an hour without readings has no values"`
	Profile []VisitDay       `json:"profile" doc:"single days, oldest first"`
	Ticks   []float64        `json:"ticks" doc:"of the axis, from the bottom to the top"`
	Bounds  map[string]Bound `json:"bounds" doc:"limits at which colours change"`
}

// Bound is one clinical limit.
type Bound struct {
	Value float64 `json:"value"`
}

// VisitLevel is one of the five shares of time.
type VisitLevel struct {
	Key   string  `json:"key" enum:"very_high,high,in_target,low,very_low"`
	Name  Text    `json:"name"`
	Range Text    `json:"range"`
	Share int     `json:"share" doc:"whole percent; the five add up to 100"`
	Exact float64 `json:"exact"`
	Goal  Text    `json:"goal"`
}

// VisitHour is one hour of the day over the span: percentiles 5, 25, 50, 75, 95.
type VisitHour struct {
	N int       `json:"n"`
	P []float64 `json:"p"`
}

// VisitDay is one day's course: minutes of the day and values.
type VisitDay struct {
	Date   string       `json:"date"`
	Points [][2]float64 `json:"points"`
}

// VisitLow is one low and what was done.
type VisitLow struct {
	At      string  `json:"at"`
	Reading Reading `json:"reading"`
	Context Text    `json:"context"`
	Night   bool    `json:"night"`
	Treated Text    `json:"treated"`
}

// VisitMedicine is a medicine in use.
type VisitMedicine struct {
	Key     string   `json:"key"`
	Name    Text     `json:"name"`
	Dose    Text     `json:"dose"`
	Since   string   `json:"since,omitempty"`
	New     bool     `json:"new" doc:"began or changed within the span"`
	Taken   int      `json:"taken"`
	Missed  int      `json:"missed"`
	Planned *float64 `json:"planned,omitempty"`
	Record  Text     `json:"record"`
}

// VisitLab is the newest value of a test beside the one before.
type VisitLab struct {
	Test     string    `json:"test"`
	Name     Text      `json:"name"`
	Unit     string    `json:"unit"`
	Decimals int       `json:"decimals"`
	Latest   LabPoint  `json:"latest"`
	Previous *LabPoint `json:"previous,omitempty"`
	Change   *float64  `json:"change,omitempty"`
	Target   *float64  `json:"target,omitempty"`
}

// VisitQuestion is something the person wants to ask.
type VisitQuestion struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Status string `json:"status" enum:"open,asked,answered,dropped"`
	Answer string `json:"answer,omitempty"`
}

// MyVisit is the page with what one may do about it.
type MyVisit struct {
	Page        VisitPage       `json:"page"`
	Answered    []VisitQuestion `json:"answered" doc:"answers of earlier visits, newest first"`
	Suggestions []Choice        `json:"suggestions" doc:"questions that fit, not chosen yet"`
	Most        int             `json:"most" doc:"questions that fit on the page"`
}

func (s *Server) visitOperations() {
	serve(s, operation{"visit-page", http.MethodGet, "/api/people/{id}/visit-page", "visit", "The one page for the visit: pattern, lows, medicines, laboratory values, questions", forStaff}, s.personVisitPage)
	serve(s, operation{"my-visit-page", http.MethodGet, "/api/me/visit-page", "me", "My page for the visit, and questions I may choose", forPerson}, s.myVisitPage)
	s.visitLinkOperations()
	s.visitAnswerOperations()
}

type visitPageInput struct {
	IDPath
	Moments
	Days int `query:"days" minimum:"0" maximum:"14" doc:"14 when not given"`
}

type myVisitPageInput struct{}

const (
	visitDays     = 14
	mostQuestions = 5
)

func (s *Server) personVisitPage(ctx context.Context, in *visitPageInput) (VisitPage, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "visit.page")
	if err != nil {
		return VisitPage{}, err
	}
	days := in.Days
	if days == 0 {
		days = visitDays
	}
	p, _, err := s.visitPage(ctx, c, l, days)
	return p, err
}

func (s *Server) myVisitPage(ctx context.Context, _ *myVisitPageInput) (MyVisit, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyVisit{}, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return MyVisit{}, err
	}
	if err := s.read(ctx, c, "me.visit", c.me.Number); err != nil {
		return MyVisit{}, err
	}
	p, h, err := s.visitPage(ctx, c, l, visitDays)
	if err != nil {
		return MyVisit{}, err
	}
	out := MyVisit{Page: p, Suggestions: []Choice{}, Answered: h.questions("answered"), Most: mostQuestions}
	chosen := map[string]bool{}
	for _, q := range h.questions("open", "asked") {
		chosen[q.Text] = true
	}
	for _, q := range visit.Suggest(h.facts(&p)) {
		if !chosen[q.Text.Zh] && !chosen[q.Text.En] {
			out.Suggestions = append(out.Suggestions, Choice{q.Key, q.Text})
		}
	}
	return out, nil
}

// visitPage makes the page out of the file and the readings of the last days.
func (s *Server) visitPage(ctx context.Context, c *caller, l *conductor.Look, days int) (VisitPage, *shaper, error) {
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return VisitPage{}, nil, err
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	v := l.View
	p := visit.PatternOf(v, l.Target, days, l.At)
	out := VisitPage{
		Who: h.who(), At: moment(l.At, v.Loc), From: time.UnixMicro(p.From + 1).In(v.Loc).Format(time.DateOnly), Days: p.Span, Zone: v.Loc.String(),
		Targets: []TargetRange{}, TargetBy: h.targets().Why, HbA1cHigh: l.Target.HbA1c, Pattern: h.pattern(p), Log: []LogDay{},
		Lows: h.lows(p), Medicines: h.visitMedicines(p.From), Labs: h.visitLabs(), Questions: h.questions("open", "asked"), Plan: h.monitoring(),
	}
	out.Glucose = p.Shape != visit.None || aboutGlucose(l)
	out.Measures, out.Facts, out.Answers = besides(l, p.From, p.To), h.visitFacts(), answerTargets(l, out.Glucose)
	out.Plans, out.Trends = answerPlans(l, out.Glucose), h.trends()
	for _, r := range s.targetsView(ctx, c, l).Ranges {
		if r.Unit == "" { // glucose
			out.Targets = append(out.Targets, r)
		}
	}
	if !p.Continuous() {
		readings, err := s.readings(ctx, c, l, p.From, p.To, false)
		if err != nil {
			return VisitPage{}, nil, err
		}
		out.Log = readings.Days
	}
	return out, h, nil
}

func (h *shaper) who() VisitWho {
	card := h.l.Card
	w := VisitWho{Name: h.c.nameOf(card), Age: age(card.BirthYear, h.l.At, h.l.View.Loc), Gender: card.Gender, Diagnoses: []Text{}, Allergies: []Text{}}
	if h.c.link != "" {
		w.Name = mask(card.Name)
	}
	for _, m := range h.c.space.team(h.ctx, h.s.store) {
		if m.ID == card.Owner && card.Owner != "" && h.c.link == "" {
			w.Owner = m.Name
		}
	}
	for _, d := range h.diagnoses() {
		if d.Status == "confirmed" || d.Status == "suspected" {
			name := d.Name
			if d.Status == "suspected" && d.StatusText != nil {
				name = joined(name, *d.StatusText)
			}
			if len(d.Since) >= len("2015") {
				name = text(name.Zh+"（"+d.Since[:4]+" 年起）", name.En+" (since "+d.Since[:4]+")")
			}
			w.Diagnoses = append(w.Diagnoses, name)
		}
	}
	for _, a := range h.allergies() {
		if a.Active {
			w.Allergies = append(w.Allergies, a.Substance)
		}
	}
	return w
}

func (h *shaper) pattern(p visit.Pattern) VisitPattern {
	out := VisitPattern{Shape: string(p.Shape), N: p.N, Days: p.Days, Slots: []VisitSlot{}, Sentence: patternSentence(p)}
	if p.In.Of > 0 {
		out.InTarget = &Ratio{p.In.N, p.In.Of}
	}
	for _, x := range p.Slots {
		out.Slots = append(out.Slots, VisitSlot{Context: x.Context, Name: slotName(x.Context), N: x.N, Mean: finite(x.Mean), Low: x.Low, High: x.High, InTarget: Ratio{x.In.N, x.In.Of}})
	}
	if p.Continuous() {
		out.AGP = h.curves(p)
	}
	return out
}

func patternSentence(p visit.Pattern) Text {
	switch p.Shape {
	case visit.None:
		return text("这段时间没有血糖记录", "No glucose readings in this time")
	case visit.Log:
		if p.N < insight.FewestForMean+1 {
			return text(fmt.Sprintf("只有 %d 次，数据不足，请逐个看", p.N), fmt.Sprintf("Only %d: not enough data, look at each", p.N))
		}
		return text(fmt.Sprintf("%d 天里测了 %d 次，%d 次在本人目标里", p.Days, p.N, p.In.N), fmt.Sprintf("%d readings on %d days, %d in the person's own target", p.N, p.Days, p.In.N))
	case visit.Short:
		return text("动态血糖不满 1 天，画不成曲线", "Less than a day of sensor readings: no curve")
	case visit.Days:
		return text("动态血糖不满 7 天，只看每日曲线", "Less than 7 days of sensor readings: single days only")
	case visit.AGPShort:
		return text("未满 14 天，仅供参考，不算目标范围内时间", "Less than 14 days: for orientation only, no time in range")
	}
	return text("动态葡萄糖图谱（AGP 样式）", "Ambulatory glucose profile (AGP style)")
}

// agpTop is the top of the axis of a profile: 350 mg/dL, fixed so that two pages can be laid side by side.
//
// Source: Johnson 2019, Diabetes Technol Ther 21(S2), 10.1089/dia.2019.0034.
const agpTop = 19.4

func (h *shaper) curves(p visit.Pattern) *VisitCurves {
	out := &VisitCurves{
		Active: p.Wear.Percent, Span: tenth(p.Wear.Days()), Levels: []VisitLevel{}, Hours: []VisitHour{}, Profile: profile(h, p),
		Ticks:  []float64{0, measure.Level2Low, measure.Level1Low, measure.High, measure.VeryHigh, agpTop},
		Bounds: map[string]Bound{"veryLow": {measure.Level2Low}, "low": {measure.Level1Low}, "high": {measure.High}, "veryHigh": {measure.VeryHigh}, "top": {agpTop}},
	}
	if p.Shape == visit.AGP || p.Shape == visit.AGPShort {
		for _, hour := range p.Hours {
			x := VisitHour{N: hour.N, P: []float64{}}
			if !math.IsNaN(hour.P[0]) {
				x.P = append(x.P, hour.P[:]...)
			}
			out.Hours = append(out.Hours, x)
		}
	}
	if p.Shape != visit.AGP {
		return out
	}
	out.Mean, out.GMI, out.CV = finite(p.Summary.Mean.V), finite(p.Summary.GMI.V), finite(p.Summary.CV.V)
	out.Levels = h.levels(p)
	return out
}

// levels are the five shares, very high first, each with its goal. The goals of high and low are of both levels on that side.
func (h *shaper) levels(p visit.Pattern) []VisitLevel {
	shares, goals, s := visit.Shares(p.Summary), visit.GoalsOf(h.l.Target.Key), p.Summary
	most := func(x float64) Text {
		if x == 0 {
			return Text{}
		}
		n := number(x, 0) + "%"
		return text("目标 <"+n, "goal <"+n)
	}
	in := number(goals.In, 0) + "%"
	return []VisitLevel{
		{"very_high", bandWord(measure.BandVeryHigh), beyond(">", measure.VeryHigh), shares[4], s.VeryHigh.V, most(goals.VeryHigh)},
		{"high", bandWord(measure.BandHigh), between(measure.High+step, measure.VeryHigh), shares[3], s.High.V, joined(text("两级合计", "both levels"), most(goals.High))},
		{"in_target", bandWord(measure.BandTarget), between(measure.Level1Low, measure.High), shares[2], s.In.V, text("目标 >"+in, "goal >"+in)},
		{"low", bandWord(measure.BandLow), between(measure.Level2Low, measure.Level1Low-step), shares[1], s.Low.V, joined(text("两级合计", "both levels"), most(goals.Low))},
		{"very_low", bandWord(measure.BandVeryLow), beyond("<", measure.Level2Low), shares[0], s.VeryLow.V, most(goals.VeryLow)},
	}
}

const step = 0.1 // of glucose as people read it, mmol/L

func beyond(sign string, x float64) Text {
	return Text{Zh: sign + " " + fixed(x), En: sign + " " + fixed(x)}
}

func between(low, high float64) Text {
	return Text{Zh: fixed(low) + "~" + fixed(high), En: fixed(low) + "–" + fixed(high)}
}

// profileStep is how far apart the points of a single day are drawn, minutes: as a sensor that is scanned.
const profileStep = 15

func profile(h *shaper, p visit.Pattern) []VisitDay {
	v, out := h.l.View, []VisitDay{}
	last := -1
	for i := range insight.Readings(v, p.From, p.To) {
		t := time.UnixMicro(v.At[i]).In(v.Loc)
		if date := t.Format(time.DateOnly); len(out) == 0 || out[len(out)-1].Date != date {
			out, last = append(out, VisitDay{Date: date, Points: [][2]float64{}}), -1
		}
		if m := t.Hour()*60 + t.Minute(); m/profileStep != last {
			last = m / profileStep
			d := &out[len(out)-1]
			d.Points = append(d.Points, [2]float64{float64(m), v.Num[i]})
		}
	}
	return out
}

func (h *shaper) lows(p visit.Pattern) []VisitLow {
	v, out := h.l.View, []VisitLow{}
	for _, x := range visit.Hypos(v, p) {
		out = append(out, VisitLow{
			At: moment(x.At, v.Loc), Reading: *readingAt(v, h.l.Target, x.Place), Context: slotName(v.A[x.Place].String()), Night: x.Night,
			Treated: h.treated(x),
		})
	}
	return out
}

// treated says what is on record about a low; nothing on record is said as that.
func (h *shaper) treated(x visit.Hypo) Text {
	v := h.l.View
	var parts []Text
	if x.Ate {
		parts = append(parts, text("吃了东西", "ate something"))
	}
	switch x.Asked {
	case "better":
		parts = append(parts, text("说好些了", "said they felt better"))
	case "still_unwell":
		parts = append(parts, text("说还难受", "said they still felt unwell"))
	}
	if x.Again >= 0 {
		minutes := max(1, (v.At[x.Again]-max(x.At, x.Until))/(60*1_000_000))
		show := readingAt(v, h.l.Target, x.Again).Show.Mmol
		parts = append(parts, text(fmt.Sprintf("%d 分钟后 %s", minutes, show), fmt.Sprintf("%s after %d min", show, minutes)))
	}
	if len(parts) == 0 {
		return text("没有处理记录", "no record of treatment")
	}
	zh, en := make([]string, len(parts)), make([]string, len(parts))
	for i, t := range parts {
		zh[i], en[i] = t.Zh, t.En
	}
	return Text{Zh: strings.Join(zh, "，"), En: strings.Join(en, ", ")}
}

func (h *shaper) visitMedicines(from int64) []VisitMedicine {
	out := []VisitMedicine{}
	ts := h.file.Takings()
	for i := range ts {
		t := &ts[i]
		run := t.Running()
		if run == nil {
			continue
		}
		d := t.Doses(h.l.At)
		m := VisitMedicine{Key: t.Key, Name: h.medicineName(t), Dose: h.doseOf(t, run), Since: moment(run.From, h.l.View.Loc), New: run.From > from, Taken: d.Taken, Missed: d.Missed, Record: doseRecord(d)}
		if planned := finite(d.Planned); planned != nil {
			n := math.Round(*planned)
			m.Planned = &n
		}
		out = append(out, m)
	}
	return out
}

func (h *shaper) visitLabs() []VisitLab {
	out := []VisitLab{}
	for _, r := range h.labs() {
		if r.Latest != nil {
			out = append(out, VisitLab{Test: r.Test, Name: r.Name, Unit: r.Unit, Decimals: r.Decimals, Latest: *r.Latest, Previous: r.Previous, Change: r.Change, Target: r.Target})
		}
	}
	// The newest first: a page has room for some. HbA1c stays in front.
	slices.SortStableFunc(out, func(a, b VisitLab) int {
		if (a.Test == healthfile.A1c) != (b.Test == healthfile.A1c) {
			if a.Test == healthfile.A1c {
				return -1
			}
			return 1
		}
		return strings.Compare(b.Latest.At, a.Latest.At)
	})
	return out
}

// questions are those in one of some states, newest first.
func (h *shaper) questions(states ...string) []VisitQuestion {
	out := []VisitQuestion{}
	for _, e := range slices.Backward(h.file.Of(event.VisitQuestion)) {
		if !e.Stands() || !slices.Contains(states, e.Code("status")) || e.Text("question") == "" || h.c.masked() {
			continue
		}
		out = append(out, VisitQuestion{ID: e.Event.ID(), Text: e.Text("question"), Status: e.Code("status"), Answer: e.Text("answer")})
	}
	return out
}

// monitoring are the plans of measuring that hold, in words.
func (h *shaper) monitoring() *Text {
	var zh, en []string
	for _, kind := range []event.Type{event.Glucose, event.BloodPressure, event.Pain, event.Weight} {
		for _, g := range h.file.PlanGroups() {
			if d, ok := h.file.Compare(g, h.l.View); ok && !d.Over && g.Key == kind.String() {
				t := h.words(d.Entry)
				zh, en = append(zh, t.Zh), append(en, t.En)
			}
		}
	}
	if zh == nil {
		return nil
	}
	return &Text{Zh: strings.Join(zh, "；"), En: strings.Join(en, "; ")}
}

const a1cFresh = 183 // days: HbA1c at least twice a year. Source: ADA Standards of Care, Glycemic Goals.

// facts are what the page knows that makes a question worth asking.
func (h *shaper) facts(p *VisitPage) visit.Facts {
	f := visit.Facts{Lows: len(p.Lows), A1cOld: p.Glucose, Glucose: p.Glucose}
	_, f.Pressure = limitOf(h.l, "systolic")
	_, f.Hip = limitOf(h.l, "pain")
	for _, x := range p.Lows {
		if x.Night {
			f.NightLows++
		}
	}
	for _, x := range p.Pattern.Slots {
		r := h.l.Target.ForContext(x.Context)
		f.HighSlot = f.HighSlot || x.Mean != nil && r.High > 0 && *x.Mean > r.High
	}
	for _, m := range p.Medicines {
		f.Missed, f.NewDrug = f.Missed || m.Missed > 0, f.NewDrug || m.New
	}
	for _, lab := range p.Labs {
		if lab.Test == healthfile.A1c {
			f.A1cUp = lab.Change != nil && *lab.Change > 0
			if at, err := time.Parse(time.RFC3339, lab.Latest.At); err == nil {
				f.A1cOld = p.Glucose && h.l.At-at.UnixMicro() > a1cFresh*healthfile.Day
			}
		}
		f.LabOff = f.LabOff || lab.Latest.Flag == "high" || lab.Latest.Flag == "low"
	}
	return f
}
