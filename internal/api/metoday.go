package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/plan"
	"peiban/internal/task"
)

// Today answers three things: what do I do now, is it all right, how do I reach a human.
type Today struct {
	Greeting     Text           `json:"greeting"`
	Now          string         `json:"now"`
	Main         Main           `json:"main"`
	Week         Week           `json:"week"`
	Next         []Said         `json:"next"`
	Card         *Message       `json:"card,omitempty" doc:"a card that waits for an answer"`
	Unread       int            `json:"unread"`
	Forms        int            `json:"forms,omitempty" doc:"questionnaires that wait for an answer"`
	Last         *Reading       `json:"last,omitempty"`
	LastOther    *MeasuredValue `json:"lastOther,omitempty" doc:"the newest value of the main thing to measure where that is not glucose"`
	ContextGuess string         `json:"contextGuess" doc:"the meal slot a value taken now most likely belongs to"`
}

// Main is the one thing to do now.
type Main struct {
	Kind    string `json:"kind" enum:"record,card,done,consent,form" doc:"consent: there is nothing to record, because the person did not agree to health data; form: a questionnaire waits and nothing else"`
	Measure string `json:"measure,omitempty" doc:"what to record, by its type: glucose, blood_pressure, pain; absent: the person's programmes measure nothing"`
	Context string `json:"context,omitempty"`
	Title   Text   `json:"title"`
	Because *Text  `json:"because,omitempty"`
}

// Week is how the week goes, since Monday.
type Week struct {
	Count    int      `json:"count"`
	Plan     *float64 `json:"plan,omitempty"`
	InTarget *Ratio   `json:"inTarget,omitempty"`
}

func (s *Server) today(ctx context.Context, _ *Empty) (Today, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Today{}, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return Today{}, err
	}
	v := l.View
	t := Today{
		Greeting: greeting(l.Card.Name, age(l.Card.BirthYear, l.At, v.Loc), l.Card.Gender, time.UnixMicro(l.At).In(v.Loc).Hour()),
		Now:      moment(l.At, v.Loc), ContextGuess: insight.GuessSlot(v, l.At), Next: []Said{},
	}
	ask := mainMeasure(c, l)
	t.Week = week(l, ask)
	if ask.of == event.Glucose || ask.of == 0 {
		t.Last = lastReading(v, l.Target, l.At)
	} else if i := insight.Latest(v, ask.of, l.At); i >= 0 {
		t.LastOther = measuredAt(l, i)
	}
	if t.Unread, err = s.store.Unread(ctx, c.space.number(), c.me.Number); err != nil {
		return Today{}, err
	}
	if t.Forms, err = s.formsDue(ctx, c, l); err != nil {
		return Today{}, err
	}
	if t.Card, err = s.openCard(ctx, c, l); err != nil {
		return Today{}, err
	}
	t.Main = mainThing(l, &t, ask)
	if t.Next, err = s.nextThings(ctx, c, l); err != nil {
		return Today{}, err
	}
	return t, s.read(ctx, c, "me.today", c.me.Number)
}

func week(l *conductor.Look, ask asked) Week {
	w := Week{Count: insight.WeekOf(l.View, ask.or(event.Glucose), l.At)}
	if ask.planned && agreed(l) {
		w.Plan = &ask.perWeek
	}
	if ask.of != event.Glucose {
		return w
	}
	monday := insight.StartOfWeek(l.At, l.View.Loc) - 1
	if share := insight.InTarget(l.View, l.Target, "", monday, l.At); share.Of > 0 {
		w.InTarget = &Ratio{share.N, share.Of}
	}
	return w
}

// agreed reports whether health data may be recorded.
func agreed(l *conductor.Look) bool { return l.State.Consented("health_data") }

// asked is what a person is asked to measure, and how often a week: what a doctor asked for, else the figure of the programme.
type asked struct {
	of              event.Type // 0: nothing
	perWeek         float64
	planned, doctor bool
}

func (a asked) or(t event.Type) event.Type {
	if a.of == 0 {
		return t
	}
	return a.of
}

// joinedBy are the programmes a person is in, the one joined first first.
func joinedBy(c *caller, l *conductor.Look) []*engine.Programme {
	in := slices.SortedStableFunc(slices.Values(l.State.Programmes), func(a, b engine.Progress) int { return cmp.Compare(a.Joined, b.Joined) })
	var out []*engine.Programme
	for _, j := range in {
		if p := c.space.Conductor.Programme(j.Key); p != nil {
			out = append(out, p)
		}
	}
	return out
}

// measuresOf are the types the programmes of a person measure, the main one first.
func measuresOf(c *caller, l *conductor.Look) []string {
	out := []string{}
	for _, p := range joinedBy(c, l) {
		for _, key := range p.Measures {
			if !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// mainMeasure is what the first programme of a person that measures anything asks for first.
func mainMeasure(c *caller, l *conductor.Look) asked {
	for _, p := range joinedBy(c, l) {
		if len(p.Measures) == 0 {
			continue
		}
		a := asked{of: event.Lookup(p.Measures[0]).Type}
		if x, ok := p.Settings["plan_per_week"]; ok {
			a.perWeek, a.planned = x.Value, true
		}
		if i := plan.Of(l.View.Timeline, a.of, l.At); i >= 0 { // a doctor asks for it when a doctor's own account signed the plan
			a.perWeek, a.planned, a.doctor = l.View.Num[i], true, l.View.XAt(i, plan.Signed) == 1
		}
		return a
	}
	return asked{}
}

// openCard is the newest card that waits for an answer, for as long as it can still mean something.
func (s *Server) openCard(ctx context.Context, c *caller, l *conductor.Look) (*Message, error) {
	list, err := s.store.MessagesTo(ctx, c.space.number(), c.me.Number, page.Part{Limit: 20})
	if err != nil {
		return nil, err
	}
	for _, m := range list.Items {
		if m.Kind == "card" && m.Answered == 0 && m.Person == c.me.Number && l.At-m.SentAt < insight.Day && !s.outlived(l, m) {
			v := s.messageView(c, m)
			return &v, nil
		}
	}
	return nil, nil
}

// outlived reports whether a safety card's question is moot: its reading was put right or taken back, or a later one
// is in target.
func (s *Server) outlived(l *conductor.Look, m message.Message) bool {
	if why := causeOf(m.Why); why.Event != 0 {
		if i := l.View.Find(why.Event); i >= 0 && l.View.Flags[i]&event.Hidden != 0 {
			return true
		} else if i >= 0 && l.View.Type[i] != event.Glucose { // a glucose in target settles no pressure
			return false
		}
	}
	i := insight.Latest(l.View, event.Glucose, l.At)
	if i < 0 || l.View.At[i] <= m.SentAt {
		return false
	}
	return bandOf(l.View.Num[i], l.View.Flags[i], l.Target.ForContext(l.View.A[i].String())) == measure.BandTarget
}

// mainThing is the card that waits, else the next measurement of the plan, else a questionnaire, else nothing: today is done.
func mainThing(l *conductor.Look, t *Today, ask asked) Main {
	if t.Card != nil {
		return Main{Kind: "card", Title: t.Card.Title}
	}
	if !agreed(l) { // whoever said no, and family of a patient: what the intake would refuse is not asked for
		because := text("您没有同意保存健康数据，所以这里不记健康数据。想记，随时可以在“我的”里同意。",
			"You have not agreed to health data being kept, so nothing is recorded here. You can agree under Me at any time.")
		return Main{Kind: "consent", Title: text("今天没有要做的事", "Nothing to do today"), Because: &because}
	}
	if ask.of == 0 || ask.done(l, t.Week) {
		done := Main{Kind: "done", Measure: ask.of.String(), Title: text("今天都做完了", "All done for today")}
		switch {
		case t.Forms > 0:
			done.Kind, done.Title = "form", text("填一份问卷", "Answer some questions")
		case ask.of == 0:
			done.Title = text("今天没有要做的事", "Nothing to do today")
		}
		return done
	}
	main := Main{Kind: "record", Measure: ask.of.String()}
	if ask.of == event.Glucose {
		main.Context, main.Title = t.ContextGuess, recordTitle(t.ContextGuess)
	} else {
		main.Title = measureTitles[ask.of]
	}
	if ask.planned {
		main.Because = ask.because(t.Week.Count)
	}
	return main
}

// done tells whether nothing more is asked for today: the day's share of the plan was measured, or the week's and something today.
// What is not glucose is not asked for again once the plan of the week is met, nor twice a day without a plan.
func (a asked) done(l *conductor.Look, w Week) bool {
	today := insight.Times(l.View, a.of, insight.StartOfDay(l.At, l.View.Loc)-1, l.At)
	if !a.planned {
		return a.of != event.Glucose && today > 0
	}
	perDay := max(1, int(math.Ceil(a.perWeek/7)))
	met := float64(w.Count) >= a.perWeek
	return a.perWeek == 0 || today >= perDay || met && (today > 0 || a.of != event.Glucose)
}

func (a asked) because(done int) *Text {
	verb, one, many := "测", "reading", "readings"
	if a.of == event.Pain || a.of == event.Symptom {
		verb, one, many = "记", "entry", "entries"
	}
	p, who := int(math.Round(a.perWeek)), text("计划这周", "The plan for this week is")
	if a.doctor {
		who = text("因为医生请您这周", "Your doctor asks for")
	}
	b := text(fmt.Sprintf("%s%s %d 次，已%s %d 次", who.Zh, verb, p, verb, done), fmt.Sprintf("%s %s; done %d", who.En, plural(p, one, many), done))
	return &b
}

// measureTitles ask for what is not glucose.
var measureTitles = map[event.Type]Text{
	event.BloodPressure: text("量一次血压", "Measure your blood pressure"), event.Pain: text("记一次疼痛", "Note your pain"),
	event.Weight: text("称一次体重", "Weigh yourself"), event.Symptom: text("记一下有没有不舒服", "Note how you feel"),
}

func recordTitle(slot string) Text {
	switch slot {
	case "fasting":
		return text("量空腹血糖", "Measure your fasting glucose")
	case "random", "":
		return text("量一次血糖", "Measure your glucose")
	}
	name := contextName(slot)
	return Text{Zh: "量" + name.Zh + "血糖", En: "Measure: " + name.En}
}

// dayWord is 今天, 明天, or the date, as seen from the moment of l.
func dayWord(at int64, l *conductor.Look) Text {
	tonight := insight.EndOfDay(l.At, l.View.Loc)
	switch {
	case at < tonight:
		return text("今天", "today")
	case at < insight.EndOfDay(tonight, l.View.Loc):
		return text("明天", "tomorrow")
	}
	t := time.UnixMicro(at).In(l.View.Loc)
	return text(fmt.Sprintf("%d月%d日 ", int(t.Month()), t.Day()), "on "+t.Format("2 January"))
}

// nextThings says at most two things that come after the main one: a promised call, and the next step of a journey.
func (s *Server) nextThings(ctx context.Context, c *caller, l *conductor.Look) ([]Said, error) {
	out := []Said{}
	ts, err := s.store.TasksOf(ctx, c.space.number(), c.me.Number)
	if err != nil {
		return nil, err
	}
	nurse := s.nurse(ctx, c)
	for _, t := range ts {
		if t.State == task.Open && (t.Priority == task.Promise || t.Priority == task.Safety) {
			out = append(out, Said{text(nurse.Zh+"会联系您", nurse.En+" will be in touch")})
			break
		}
	}
	for i := range l.State.Runs {
		r := &l.State.Runs[i]
		if r.Until == 0 || r.Until <= l.At {
			continue
		}
		at := time.UnixMicro(r.Until).In(l.View.Loc)
		if at.Sub(time.UnixMicro(l.At)) > 7*24*time.Hour || journeyOf(c.space.Conductor, r.Journey) == nil {
			continue
		}
		if j := journeyOf(c.space.Conductor, r.Journey); j.Class == "safety" {
			continue
		}
		day := dayWord(r.Until, l)
		out = append(out, Said{Text{Zh: day.Zh + "有一条新内容给您", En: "Something new for you " + day.En}})
		break
	}
	return out, nil
}
