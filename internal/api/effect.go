package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/insight"
	"peiban/internal/insight/fulfil"
	"peiban/internal/journey"
	"peiban/internal/staff"
)

// WorkRates are how many pieces of work fell due and what became of them; see docs/guide/effect.md for each.
type WorkRates struct {
	Due       int `json:"due" doc:"tasks, alerts and messages that fell due"`
	Executed  int `json:"executed" doc:"of due: the task was done, the message sent"`
	Completed int `json:"completed" doc:"of due: and the person was reached"`
	OnTime    int `json:"onTime" doc:"of due: executed by when it was due"`
	ResultDue int `json:"resultDue" doc:"of due: the goal was open then, and its window is over"`
	Result    int `json:"result" doc:"of resultDue: the goal was reached after it"`
}

// JourneysEffect is what the journeys of a programme did, one line each.
type JourneysEffect struct {
	Programme string        `json:"programme"`
	Name      Text          `json:"name"`
	AsOf      string        `json:"asOf"`
	From      string        `json:"from" doc:"the first local day"`
	To        string        `json:"to" doc:"the last local day"`
	Items     []JourneyDone `json:"items" doc:"the most people first"`
}

// JourneyDone is what one journey did.
type JourneyDone struct {
	Key      string    `json:"key"`
	Name     Text      `json:"name"`
	Class    string    `json:"class" enum:"safety,asked,programme"`
	People   int       `json:"people" doc:"who had work fall due"`
	Rates    WorkRates `json:"rates"`
	Compares bool      `json:"compares" doc:"it divides people by chance"`
}

// JourneyEffect is what one journey did, step by step and by groups, and what it changed.
type JourneyEffect struct {
	Programme   string             `json:"programme"`
	Key         string             `json:"key"`
	Name        Text               `json:"name"`
	Class       string             `json:"class" enum:"safety,asked,programme"`
	Version     int                `json:"version"`
	AsOf        string             `json:"asOf"`
	From        string             `json:"from"`
	To          string             `json:"to"`
	Goal        *Text              `json:"goal,omitempty" doc:"absent: it has none"`
	Window      Text               `json:"window" doc:"how long after being divided, or entering, the goal counts"`
	Fewest      int                `json:"fewest" doc:"figures of fewer people are not shown by group"`
	FewestInArm int                `json:"fewestInArm" doc:"people each group of a comparison needs before anything is said"`
	People      int                `json:"people"`
	Rates       WorkRates          `json:"rates"`
	Steps       []EffectStep       `json:"steps" doc:"in their order; those no work fell due of are left out"`
	By          string             `json:"by" enum:"stage,segment,tag,staff"`
	Groups      []EffectGroup      `json:"groups" doc:"as people stand now; the largest first"`
	Comparisons []EffectComparison `json:"comparisons"`
	Why         *Text              `json:"why,omitempty" doc:"why nothing is compared"`
}

// EffectStep is the work one step asked for.
type EffectStep struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Text   Text      `json:"text"`
	People int       `json:"people"`
	Rates  WorkRates `json:"rates"`
}

// EffectGroup is the work about the people of one group, or of one member of staff.
type EffectGroup struct {
	Key    string    `json:"key"`
	Name   Text      `json:"name"`
	Hidden bool      `json:"hidden" doc:"fewer people than may be shown: the rest is 0"`
	People int       `json:"people"`
	Rates  WorkRates `json:"rates"`
}

// usualEffectDays is the period when nobody names one.
const usualEffectDays = 90

// effectWindow is how long a goal counts whose journey gives it no end, microseconds.
const effectWindow = 28 * insight.Day

// EffectPeriod is which work is counted: what fell due on these local days.
type EffectPeriod struct {
	OfProgramme
	From string `query:"from" maxLength:"10" doc:"the first local day; 90 days ago when not given"`
	To   string `query:"to" maxLength:"10" doc:"the last local day; today when not given"`
}

type journeyEffectIn struct {
	Key string `path:"key" maxLength:"80"`
	EffectPeriod
	By string `query:"by" enum:"stage,segment,tag,staff" doc:"stage when not given"`
}

type effectPeopleIn struct {
	Key  string `path:"key" maxLength:"80"`
	Body struct {
		Programme string `json:"programme,omitempty" maxLength:"60"`
		From      string `json:"from,omitempty" maxLength:"10"`
		To        string `json:"to,omitempty" maxLength:"10"`
		Part      string `json:"part" enum:"due,executed,not_executed,completed,on_time,late,result_due,reached,not_reached,exposed,waiting,counted,goal,no_goal,before" doc:"which number; from exposed on of a comparison"`
		Step      string `json:"step,omitempty" maxLength:"120" doc:"of work: of this step only; of a comparison: the step that divides"`
		By        string `json:"by,omitempty" enum:"stage,segment,tag,staff"`
		Group     string `json:"group,omitempty" maxLength:"120"`
		Arm       string `json:"arm,omitempty" maxLength:"80"`
	}
}

var (
	errEffectDay   = fault.New(fault.Invalid, "bad_day", "日期要写成 2026-03-08 这样，而且开始不晚于结束", "write days as 2026-03-08, the first not after the last")
	errEffectSmall = fault.New(fault.Forbidden, "group_too_small", "人数太少，不按这一组显示", "too few people to be shown as a group")
)

func (s *Server) effectOperations() {
	serve(s, operation{"journeys-effect", http.MethodGet, "/api/journeys/effect", "journeys", "What the journeys of a programme did: due, executed, completed, on time, result", forStaff}, s.journeysEffect)
	serve(s, operation{"journey-effect", http.MethodGet, "/api/journeys/{key}/effect", "journeys", "What one journey did by step and group, and what it changed against its holdout", forStaff}, s.journeyEffect)
	serve(s, operation{"journey-effect-people", http.MethodPost, "/api/journeys/{key}/effect/people", "journeys", "The people behind one number of a journey's effect, as a list for GET /api/people", forStaff}, s.journeyEffectPeople)
}

func (s *Server) journeysEffect(ctx context.Context, in *EffectPeriod) (JourneysEffect, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return JourneysEffect{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return JourneysEffect{}, err
	}
	span, err := c.effectSpan(in.From, in.To)
	if err != nil {
		return JourneysEffect{}, err
	}
	v := JourneysEffect{Programme: p.Key, Name: p.Name, AsOf: moment(c.space.now(), c.space.loc), From: span.first, To: span.last, Items: []JourneyDone{}}
	f, err := s.effectFold(ctx, c, p, journeyKeys(p), span)
	if err != nil {
		return JourneysEffect{}, err
	}
	by := &fulfil.Folder{}
	f.each(func(w *fulfil.Work, m fulfil.Mark, r fulfil.Result) { by.Add(w.Journey, w, m, r) })
	done := map[string]fulfil.Group{}
	for _, g := range by.Groups(0, false) {
		done[g.Key] = g
	}
	for _, d := range p.Compiled.Journeys {
		g := done[d.Key]
		v.Items = append(v.Items, JourneyDone{d.Key, d.Name, string(d.Class), g.People, ratesView(g.Rates), len(divides(d)) > 0})
	}
	slices.SortStableFunc(v.Items, func(a, b JourneyDone) int { return b.People - a.People })
	return v, s.read(ctx, c, "journeys.effect", 0)
}

func (s *Server) journeyEffect(ctx context.Context, in *journeyEffectIn) (JourneyEffect, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return JourneyEffect{}, err
	}
	p, d, err := c.journeyOr(in.Programme, in.Key)
	if err != nil {
		return JourneyEffect{}, err
	}
	span, err := c.effectSpan(in.From, in.To)
	if err != nil {
		return JourneyEffect{}, err
	}
	f, err := s.effectFold(ctx, c, p, []string{d.Key}, span)
	if err != nil {
		return JourneyEffect{}, err
	}
	by := in.By
	if by == "" {
		by = "stage"
	}
	window := text(spanZh(windowOf(d)), spanEn(windowOf(d)))
	v := JourneyEffect{
		Programme: p.Key, Key: d.Key, Name: d.Name, Class: string(d.Class), Version: d.Version, AsOf: moment(f.now, c.space.loc), From: span.first, To: span.last,
		Window: window, Fewest: f.fewest, FewestInArm: fewestInArm, By: by, Steps: []EffectStep{}, Groups: []EffectGroup{}, Comparisons: []EffectComparison{},
	}
	words := journeyWords{p.Compiled, namesOf(p.Compiled)}
	if d.Goal != nil {
		said := words.cond(&d.Goal.When).Text
		v.Goal = &said
	}
	whole, steps := &fulfil.Folder{}, &fulfil.Folder{}
	f.each(func(w *fulfil.Work, m fulfil.Mark, r fulfil.Result) {
		whole.Add("", w, m, r)
		steps.Add(w.Step, w, m, r)
	})
	for _, g := range whole.Groups(0, false) {
		v.People, v.Rates = g.People, ratesView(g.Rates)
	}
	v.Steps = stepsView(words, d, steps.Groups(0, false))
	v.Groups = s.groupsView(ctx, c, p, f, by)
	if v.Comparisons, v.Why, err = s.comparisons(ctx, c, d, f); err != nil {
		return JourneyEffect{}, err
	}
	return v, s.read(ctx, c, "journeys.effect", 0)
}

// journeyOr finds a journey of a programme; without a programme, the first that has one of that key.
func (c *caller) journeyOr(programme, key string) (*engine.Programme, *journey.Definition, error) {
	if programme == "" {
		for _, p := range c.space.Conductor.Programmes() {
			if d := p.Compiled.Journey(key); d != nil {
				return p, d, nil
			}
		}
		return nil, nil, errNotFound
	}
	p, err := c.programmeOr(programme)
	if err != nil {
		return nil, nil, err
	}
	if d := p.Compiled.Journey(key); d != nil {
		return p, d, nil
	}
	return nil, nil, errNotFound
}

func journeyKeys(p *engine.Programme) []string {
	out := make([]string, 0, len(p.Compiled.Journeys))
	for _, d := range p.Compiled.Journeys {
		out = append(out, d.Key)
	}
	return out
}

// effectDays are the first and last local day of a period and its moments [from, to).
type effectDays struct {
	first, last string
	from, to    int64
}

func (c *caller) effectSpan(from, to string) (effectDays, error) {
	loc := c.space.loc
	last := time.UnixMicro(c.space.now()).In(loc)
	if to != "" {
		at, err := time.ParseInLocation(time.DateOnly, to, loc)
		if err != nil {
			return effectDays{}, errEffectDay.At("query.to")
		}
		last = at
	}
	first := last.AddDate(0, 0, 1-usualEffectDays)
	if from != "" {
		at, err := time.ParseInLocation(time.DateOnly, from, loc)
		if err != nil {
			return effectDays{}, errEffectDay.At("query.from")
		}
		first = at
	}
	d := effectDays{
		first.Format(time.DateOnly), last.Format(time.DateOnly),
		insight.StartOfDay(first.UnixMicro(), loc), insight.EndOfDay(last.UnixMicro(), loc),
	}
	if d.from >= d.to {
		return effectDays{}, errEffectDay.At("query.from")
	}
	return d, nil
}

func windowOf(d *journey.Definition) time.Duration {
	if d.Goal != nil && d.Goal.Within > 0 {
		return d.Goal.Within
	}
	return effectWindow * time.Microsecond
}

func ratesView(r fulfil.Rates) WorkRates {
	return WorkRates{r.Due, r.Executed, r.Completed, r.OnTime, r.ResultDue, r.Result}
}

// stepsView are the steps work fell due of, in the order of the version in force; those it has no more come last.
func stepsView(words journeyWords, d *journey.Definition, groups []fulfil.Group) []EffectStep {
	out := []EffectStep{}
	left := map[string]fulfil.Group{}
	for _, g := range groups {
		left[g.Key] = g
	}
	journey.Walk(d.Steps, func(s *journey.Step) {
		if g, ok := left[s.ID]; ok {
			doc := words.step(s)
			out = append(out, EffectStep{s.ID, doc.Kind, doc.Text, g.People, ratesView(g.Rates)})
			delete(left, s.ID)
		}
	})
	for _, g := range groups {
		if _, ok := left[g.Key]; ok {
			out = append(out, EffectStep{g.Key, "gone", text("以前版本的一步", "A step of an earlier version"), g.People, ratesView(g.Rates)})
		}
	}
	return out
}

// groupsView are the rates by one way of grouping.
func (s *Server) groupsView(ctx context.Context, c *caller, p *engine.Programme, f *effectWork, by string) []EffectGroup {
	g := s.effectGrouping(ctx, c, p, by)
	folder := &fulfil.Folder{}
	f.each(func(w *fulfil.Work, m fulfil.Mark, r fulfil.Result) {
		for _, key := range g.of(w) {
			folder.Add(key, w, m, r)
		}
	})
	out := []EffectGroup{}
	for _, x := range folder.Groups(f.fewest, g.partition) {
		out = append(out, EffectGroup{x.Key, g.name(x.Key), x.Hidden, x.People, ratesView(x.Rates)})
	}
	slices.SortStableFunc(out, func(a, b EffectGroup) int { return b.People - a.People })
	return out
}

func (s *Server) journeyEffectPeople(ctx context.Context, in *effectPeopleIn) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	q := in.Body
	p, d, err := c.journeyOr(q.Programme, in.Key)
	if err != nil {
		return Found{}, err
	}
	span, err := c.effectSpan(q.From, q.To)
	if err != nil {
		return Found{}, err
	}
	f, err := s.effectFold(ctx, c, p, []string{d.Key}, span)
	if err != nil {
		return Found{}, err
	}
	set, said := roaring.New(), Text{}
	if _, ok := armParts[q.Part]; ok {
		said, err = s.armPeople(ctx, c, d, f, in, set)
	} else {
		said, err = s.workPeople(ctx, c, p, f, in, set)
	}
	if err != nil {
		return Found{}, err
	}
	said = text(d.Name.Zh+"："+said.Zh, d.Name.En+": "+said.En)
	id := s.remember(c, c.member.ID, Found{Programme: p.Key, AsOf: moment(f.now, c.space.loc)}, []string{q.Part}, map[string]Text{q.Part: said}, map[string]*roaring.Bitmap{q.Part: set})
	if err := s.read(ctx, c, "journeys.people", 0); err != nil {
		return Found{}, err
	}
	return s.found(ctx, &foundIn{Found: id})
}

var workParts = map[string]Text{
	"due": text("该做的", "due"), "executed": text("做了的", "executed"), "not_executed": text("没做的", "not executed"), "completed": text("联系到本人的", "completed"),
	"on_time": text("按时做的", "on time"), "late": text("做晚了的", "late"), "result_due": text("目标有了结果的", "goal reached or missed"), "reached": text("之后达到目标的", "goal reached"),
	"not_reached": text("没达到目标的", "goal missed"),
}

// workPeople puts those behind a number of work into set and says what it counts.
func (s *Server) workPeople(ctx context.Context, c *caller, p *engine.Programme, f *effectWork, in *effectPeopleIn, set *roaring.Bitmap) (Text, error) {
	q := in.Body
	said := workParts[q.Part]
	of := func(*fulfil.Work) []string { return []string{""} }
	group := ""
	if q.By != "" {
		g := s.effectGrouping(ctx, c, p, q.By)
		of, group = g.of, q.Group
		name := g.name(q.Group)
		said = text(name.Zh+"，"+said.Zh, name.En+", "+said.En)
		for _, x := range s.groupsView(ctx, c, p, f, q.By) {
			if x.Key == q.Group && x.Hidden {
				return Text{}, errEffectSmall.At("body.group")
			}
		}
	}
	f.each(func(w *fulfil.Work, m fulfil.Mark, r fulfil.Result) {
		if (q.Step == "" || q.Step == w.Step) && slices.Contains(of(w), group) && fulfil.Part(q.Part).In(m, r) {
			set.Add(w.Person)
		}
	})
	return said, nil
}
