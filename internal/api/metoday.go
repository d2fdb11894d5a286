package api

import (
	"context"
	"fmt"
	"math"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/task"
)

// Today answers three things: what do I do now, is it all right, how do I reach a human.
type Today struct {
	Greeting     Text     `json:"greeting"`
	Now          string   `json:"now"`
	Main         Main     `json:"main"`
	Week         Week     `json:"week"`
	Next         []Said   `json:"next"`
	Card         *Message `json:"card,omitempty" doc:"a card that waits for an answer"`
	Unread       int      `json:"unread"`
	Forms        int      `json:"forms,omitempty" doc:"questionnaires that wait for an answer"`
	Last         *Reading `json:"last,omitempty"`
	ContextGuess string   `json:"contextGuess" doc:"the meal slot a value taken now most likely belongs to"`
}

// Main is the one thing to do now.
type Main struct {
	Kind    string `json:"kind" enum:"record,card,done,consent" doc:"consent: there is nothing to record, because the person did not agree to health data"`
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
		Now:      moment(l.At, v.Loc), Last: lastReading(v, l.Target, l.At), ContextGuess: insight.GuessSlot(v, l.At), Next: []Said{},
	}
	t.Week = week(l)
	if t.Unread, err = s.store.Unread(ctx, c.space.number(), c.me.Number); err != nil {
		return Today{}, err
	}
	if t.Forms, err = s.formsDue(ctx, c, l); err != nil {
		return Today{}, err
	}
	if t.Card, err = s.openCard(ctx, c, l); err != nil {
		return Today{}, err
	}
	t.Main = mainThing(l, &t)
	if t.Next, err = s.nextThings(ctx, c, l); err != nil {
		return Today{}, err
	}
	return t, s.read(ctx, c, "me.today", c.me.Number)
}

func week(l *conductor.Look) Week {
	monday := insight.StartOfWeek(l.At, l.View.Loc) - 1
	w := Week{Count: insight.Week(l.View, l.At)}
	if plan, _, ok := planOf(l); ok && agreed(l) {
		w.Plan = &plan
	}
	if share := insight.InTarget(l.View, l.Target, "", monday, l.At); share.Of > 0 {
		w.InTarget = &Ratio{share.N, share.Of}
	}
	return w
}

// agreed reports whether health data may be recorded.
func agreed(l *conductor.Look) bool { return l.State.Consented("health_data") }

// planOf is how often a week the person should measure: what a doctor asked for, else the programme's figure.
func planOf(l *conductor.Look) (perWeek float64, doctor, ok bool) {
	if i := insight.Latest(l.View, event.PlanSet, l.At); i >= 0 {
		return l.View.Num[i], l.View.A[i].String() == "doctor", true
	}
	if l.Programme != nil {
		if x, ok := l.Programme.Settings["plan_per_week"]; ok {
			return x.Value, false, true
		}
	}
	return 0, false, false
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
		}
	}
	i := insight.Latest(l.View, event.Glucose, l.At)
	if i < 0 || l.View.At[i] <= m.SentAt {
		return false
	}
	return bandOf(l.View.Num[i], l.View.Flags[i], l.Target.ForContext(l.View.A[i].String())) == measure.BandTarget
}

// mainThing is the card that waits, else the next measurement of the plan, else nothing: today is done.
func mainThing(l *conductor.Look, t *Today) Main {
	if t.Card != nil {
		return Main{Kind: "card", Title: t.Card.Title}
	}
	v := l.View
	if !agreed(l) { // whoever said no, and family of a patient: what the intake would refuse is not asked for
		because := text("您没有同意保存健康数据，所以这里不记血糖。想记，随时可以在“我的”里同意。",
			"You have not agreed to health data being kept, so nothing is recorded here. You can agree under Me at any time.")
		return Main{Kind: "consent", Title: text("今天没有要做的事", "Nothing to do today"), Because: &because}
	}
	plan, doctor, ok := planOf(l)
	today := insight.Count(v, insight.StartOfDay(l.At, v.Loc)-1, l.At)
	perDay := max(1, int(math.Ceil(plan/7)))
	if ok && (plan == 0 || today >= perDay || float64(t.Week.Count) >= plan && today > 0) {
		return Main{Kind: "done", Title: text("今天都做完了", "All done for today")}
	}
	slot := t.ContextGuess
	main := Main{Kind: "record", Context: slot, Title: recordTitle(slot)}
	if !ok {
		return main
	}
	p := int(math.Round(plan))
	who := text("计划这周测", "The plan for this week is")
	if doctor {
		who = text("因为医生请您这周测", "Your doctor asks for")
	}
	b := text(fmt.Sprintf("%s %d 次，已测 %d 次", who.Zh, p, t.Week.Count), fmt.Sprintf("%s %s; done %d", who.En, plural(p, "reading", "readings"), t.Week.Count))
	main.Because = &b
	return main
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
