package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/rule"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// grounds is what a task rests on: the reading, the tag or the day that brought it, in words, and the events behind it.
type grounds struct {
	short    Text       // what entered the journey: 午前 2.8 mmol/L 很低
	days     int        // midnights from then until the task was opened; 0: the same day
	rest     Text       // what was measured meanwhile
	event    event.Type // of one event; 0: a tag or a stage
	at       int64
	evidence []event.Seq
}

func groundsIn(t Text, at int64, evidence ...event.Seq) grounds {
	return grounds{short: t, at: at, evidence: evidence}
}

// addTo puts the events into an answer that has not told them yet.
func (g *grounds) addTo(v *Why, l *conductor.Look) {
	for _, seq := range g.evidence {
		e, ok := evidence(l, seq)
		if ok && !slices.ContainsFunc(v.Evidence, func(x Evidence) bool { return x.EventID == e.EventID }) {
			v.Evidence = append(v.Evidence, e)
		}
	}
	v.EvidenceTotal = len(v.Evidence)
}

// groundsOf names what entered the run that opened t. Only what was known when the task was opened is said. Empty
// means that nobody can tell any more: the journey has been withdrawn.
func (s *Server) groundsOf(ctx context.Context, c *caller, l *conductor.Look, t task.Task) grounds {
	why := causeOf(t.Why)
	j := journeyOf(c.space.Conductor, why.Journey)
	i := -1
	if why.Event != 0 {
		i = l.View.Find(why.Event)
	}
	if j != nil && (j.Enter.On == "tag" || j.Enter.On == "stage") {
		on := &j.Enter
		p := c.space.Conductor.Programme(why.Programme)
		if g := ruled(p, on, viewAt(l, t.Opened), t.Opened); g.short != (Text{}) {
			return g
		}
		if at := s.entered(ctx, c, l, t); at != 0 { // it held when the run began, and no longer when the task came up
			if g := ruled(p, on, viewAt(l, at), at); g.short != (Text{}) {
				return g
			}
		}
	}
	if i < 0 {
		return grounds{}
	}
	g := groundsIn(eventText(l, i), l.View.At[i], why.Event)
	g.event = l.View.Type[i]
	if days := daysBetween(g.at, t.Opened, l.View.Loc); days > 0 && l.View.Type[i] != event.Glucose {
		seen := readingsIn(l.View, g.at, t.Opened)
		g.days, g.rest = days, measured(l, seen)
		g.evidence = append(g.evidence, seen[:min(1, len(seen))]...)
	}
	return g
}

// entered is when the run of t began; 0 when that is not known.
func (s *Server) entered(ctx context.Context, c *caller, l *conductor.Look, t task.Task) int64 {
	if r := l.State.Run(t.Run); r != nil {
		return r.Entered
	}
	runs, err := s.store.Runs(ctx, c.space.number(), l.Card.Number)
	if err != nil {
		return 0 // what cannot be read is left out of a sentence
	}
	for _, r := range runs {
		if r.ID == t.Run {
			return r.Started
		}
	}
	return 0
}

// viewAt is the timeline as it was known at a moment.
func viewAt(l *conductor.Look, at int64) timeline.View {
	return timeline.View{Timeline: l.View.AsOf(at, at), Loc: l.View.Loc}
}

// ruled is why a tag or a stage that enters a journey held at a moment; empty when it did not.
func ruled(p *engine.Programme, on *journey.Enter, v timeline.View, at int64) grounds {
	if p == nil {
		return grounds{}
	}
	if on.On == "tag" {
		w, ok := p.WhyTag(on.Tag, v, at)
		if !ok || w.Truth != rule.True {
			return grounds{}
		}
		return groundsIn(because(w), at, w.Evidence...)
	}
	w, ok := p.WhyStage(v, at)
	if !ok || w.Key != on.Stage {
		return grounds{}
	}
	g := groundsIn(because(w), at, w.Evidence...)
	for _, key := range w.Tags { // a stage speaks through the tags it reads: they have this person's numbers
		if t, ok := p.WhyTag(key, v, at); ok && t.Truth == rule.True && t.Because != (Text{}) {
			return groundsIn(because(t), at, t.Evidence...)
		}
	}
	return g
}

// because is the name of a tag or a stage with this person's numbers, or else with its rule.
func because(w engine.Why) Text { return colon(w.Name, or(w.Because, w.Plain)) }

// daysBetween is how many midnights lie between two moments.
func daysBetween(from, to int64, loc *time.Location) int {
	day := func(at int64) time.Time {
		y, m, d := time.UnixMicro(at).In(loc).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // whose days all have 24 hours
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// readingsIn are the readings between two moments that were known by the second one, newest first.
func readingsIn(v timeline.View, from, to int64) []event.Seq {
	var out []event.Seq
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] == event.Glucose && v.Flags[i]&event.Hidden == 0 && v.At[i] > from && v.At[i] <= to && v.Recv[i] <= to {
			out = append(out, v.Seq[i])
		}
	}
	return out
}

// measured says how many readings there were, and the last of them.
func measured(l *conductor.Look, seen []event.Seq) Text {
	if len(seen) == 0 {
		return text("之后还没有测过血糖", "no reading since")
	}
	i := l.View.Find(seen[0])
	said, day := eventText(l, i), dayOf(l.View.At[i], l.At, l.View.Loc)
	return Text{
		Zh: fmt.Sprintf("之后测了 %d 次，最近 %s %s", len(seen), day.Zh, said.Zh),
		En: fmt.Sprintf("%s since, the last %s, %s", plural(len(seen), "reading", "readings"), day.En, said.En),
	}
}

// dayOf is the day of something past, as seen from now.
func dayOf(at, now int64, loc *time.Location) Text {
	switch daysBetween(at, now, loc) {
	case 0:
		return text("今天", "today")
	case 1:
		return text("昨天", "yesterday")
	}
	t := time.UnixMicro(at).In(loc)
	return Text{Zh: t.Format("1月2日"), En: t.Format("2 January")}
}

// taskDetail is why there is a task: the reading, tag or day behind it, and whether the card reached the person.
func (s *Server) taskDetail(ctx context.Context, c *caller, l *conductor.Look, t task.Task) *Text {
	return s.reasoned(ctx, c, l, t, s.groundsOf(ctx, c, l, t))
}

// reasoned is the sentence of taskDetail for grounds that are known already.
func (s *Server) reasoned(ctx context.Context, c *caller, l *conductor.Look, t task.Task, g grounds) *Text {
	why := causeOf(t.Why)
	if why.Journey == "" {
		if t.Priority == task.Promise {
			at := clockWords(t.Opened, l.At, l.View.Loc)
			d := Text{Zh: "本人" + at.Zh + " 在手机上请求联系", En: "Asked for a call on the phone " + at.En}
			return &d
		}
		return nil
	}
	name := journeyName(c.space.Conductor, why.Journey)
	d := Text{Zh: "旅程：" + name.Zh, En: "Journey: " + name.En}
	at := clockWords(g.at, l.At, l.View.Loc)
	switch {
	case g.short == (Text{}):
	case g.event == event.Glucose:
		d = Text{Zh: "因为" + at.Zh + " 测到 " + g.short.Zh, En: "Because of " + g.short.En + " " + at.En}
	case g.days > 0:
		day := dayOf(g.at, l.At, l.View.Loc)
		d = Text{
			Zh: fmt.Sprintf("因为第 %d 天（%s %s），%s", g.days, day.Zh, g.short.Zh, g.rest.Zh),
			En: fmt.Sprintf("Because it is day %d (%s: %s); %s", g.days, day.En, g.short.En, g.rest.En),
		}
	case g.event != 0:
		d = Text{Zh: "因为" + at.Zh + " " + g.short.Zh, En: "Because of " + g.short.En + " " + at.En}
	default:
		d = Text{Zh: "因为" + g.short.Zh, En: "Because of " + g.short.En}
	}
	if t.Priority != task.Safety || t.State != task.Open || l.Past {
		return &d
	}
	card := s.cardOfRun(ctx, c, l.Card.Number, t.Run)
	switch {
	case card == nil:
	case card.Answered != 0:
		d = Text{Zh: d.Zh + "；安全卡已送达，本人已答复", En: d.En + "; the safety card arrived and was answered"}
	case card.State == message.Sent:
		d = Text{Zh: d.Zh + "；安全卡已送达，本人还没确认", En: d.En + "; the safety card arrived, not yet confirmed"}
	default:
		d = Text{Zh: d.Zh + "；安全卡没有送达", En: d.En + "; the safety card did not arrive"}
	}
	return &d
}

// cardOfRun is the last card a run sent; what cannot be read is left out of a sentence.
func (s *Server) cardOfRun(ctx context.Context, c *caller, n person.Number, run string) *message.Message {
	list, err := s.store.MessagesOf(ctx, c.space.number(), n, page.Part{Limit: 20})
	if err != nil {
		return nil
	}
	for i := range list.Items {
		if m := &list.Items[i]; m.Run == run && m.Kind == "card" {
			return m
		}
	}
	return nil
}
