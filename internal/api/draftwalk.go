package api

import (
	"context"
	"net/http"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rehearse"
	"peiban/internal/staff"
)

// WalkDeed is something done by hand in a test on one person.
type WalkDeed struct {
	At  string `json:"at" maxLength:"40"`
	Do  string `json:"do" enum:"event,done,skip,answer,reply"`
	Of  string `json:"of,omitempty" maxLength:"64" doc:"done, skip: the words of the task; answer: the card"`
	Say string `json:"say,omitempty" maxLength:"200" doc:"done: the result; answer: the answer; event: as in tests, glucose 2.8 fasting"`
}

// WalkAsk is a test on one person: from when to when, with what is done by hand.
type WalkAsk struct {
	Person  string     `json:"person,omitempty" maxLength:"40" doc:"whose real timeline it is; empty: somebody made up"`
	From    string     `json:"from,omitempty" maxLength:"40" doc:"a local day or a moment; empty: 30 days ago, of somebody made up now"`
	Until   string     `json:"until,omitempty" maxLength:"40" doc:"a local day, to its end, or a moment; empty: from"`
	Entered bool       `json:"entered" doc:"they are put in, whatever the journey's own entry asks"`
	Deeds   []WalkDeed `json:"deeds" maxItems:"100"`
}

// WalkLine is one thing that happened on the way.
type WalkLine struct {
	At   string `json:"at"`
	What string `json:"what" enum:"event,entered,step,sent,held,suppressed,task,alert,ended"`
	Step string `json:"step,omitempty" doc:"the id of the step"`
	Text Text   `json:"text"`
	Why  *Text  `json:"why,omitempty"`
	Mine bool   `json:"mine" doc:"done by hand"`
}

// WalkTask is a task that is open on the way.
type WalkTask struct {
	Script  string   `json:"script"`
	Title   Text     `json:"title"`
	Results []Choice `json:"results"`
}

// WalkCard is a card that is not answered.
type WalkCard struct {
	Content string   `json:"content"`
	Title   Text     `json:"title"`
	Answers []Choice `json:"answers"`
}

// WalkAnswer is how a test on one person stands. Nothing was sent, and nothing kept.
type WalkAnswer struct {
	From  string     `json:"from"`
	Now   string     `json:"now"`
	Next  string     `json:"next,omitempty" doc:"when the next thing happens; absent: nothing does"`
	Step  string     `json:"step,omitempty"`
	State string     `json:"state" enum:"waiting,ended,outside"`
	Ended *Text      `json:"ended,omitempty"`
	Lines []WalkLine `json:"lines"`
	Tasks []WalkTask `json:"tasks"`
	Cards []WalkCard `json:"cards"`
}

type walkIn struct {
	DrawnPath
	Body WalkAsk
}

var (
	errWalkTime  = fault.New(fault.Invalid, "bad_time", "时间要写成 2026-03-08 或 2026-03-08T09:00:00+08:00", "write times as 2026-03-08 or 2026-03-08T09:00:00+08:00")
	errWalkFar   = fault.New(fault.Invalid, "too_far", "一次最多走两年", "a test goes two years at most").At("body.until")
	errWalkEvent = fault.New(fault.Invalid, "bad_happening", "看不懂这件事", "this event cannot be read")
)

// walkMost is how far a test goes.
const walkMost = 2 * 366 * 24 * time.Hour

func (s *Server) walkOperations() {
	serve(s, operation{"walk-journey", http.MethodPost, "/api/programmes/{key}/draft/journeys/{journey}/walk", "drafts", "Take one person through a journey of the draft with a clock of its own; nothing is sent or kept", forStaff}, s.walkJourney)
}

func (s *Server) walkJourney(ctx context.Context, in *walkIn) (WalkAnswer, error) {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return WalkAnswer{}, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return WalkAnswer{}, conductor.ErrUnsound
	}
	if compiled.Journey(in.Journey) == nil {
		return WalkAnswer{}, errNotFound
	}
	now := c.space.now()
	t := rehearse.Trial{
		Workspace: string(c.space.Conductor.Workspace().ID), Compiled: compiled, Journey: in.Journey, Who: engine.Who{Workspace: string(c.space.Conductor.Workspace().ID), ID: person.ID("01WALK00000000000000000000"), Number: 1},
		Loc: c.space.loc, From: now, Till: now, Entered: in.Body.Entered,
	}
	t.Policy, _ = c.space.Conductor.Policy()
	if in.Body.Person != "" {
		_, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.Body.Person)
		if err != nil {
			return WalkAnswer{}, err
		}
		look, err := c.space.Conductor.Look(card.Number, 0, 0)
		if err != nil {
			return WalkAnswer{}, err
		}
		t.Real, t.Loc = look.View.Timeline, look.View.Loc
		t.Who.ID, t.Who.Number = card.ID, card.Number
		t.Family = c.space.Conductor.Family()
		t.From = now - (30 * 24 * time.Hour).Microseconds()
		if err := s.read(ctx, c, "journeys.walk", card.Number); err != nil {
			return WalkAnswer{}, err
		}
	}
	if err := s.walkTimes(&t, in.Body, compiled); err != nil {
		return WalkAnswer{}, err
	}
	return walkView(compiled, &t, rehearse.Solo(t), s.readers(ctx, c, t.Who.Number)), nil
}

func (s *Server) walkTimes(t *rehearse.Trial, b WalkAsk, compiled *programme.Compiled) error {
	at := func(v, field string, end bool) (int64, error) {
		if x, err := time.ParseInLocation(time.DateOnly, v, t.Loc); err == nil {
			if end {
				x = x.AddDate(0, 0, 1).Add(-time.Second)
			}
			return x.UnixMicro(), nil
		}
		x, err := time.Parse(time.RFC3339, v)
		if err != nil || x.Year() < 1990 || x.Year() > 2200 {
			return 0, errWalkTime.At("%s", field)
		}
		return x.UnixMicro(), nil
	}
	var err error
	if b.From != "" {
		if t.From, err = at(b.From, "body.from", false); err != nil {
			return err
		}
	}
	t.From -= t.From % 1_000_000 // what is answered has whole seconds
	t.Until = t.From
	if b.Until != "" {
		if t.Until, err = at(b.Until, "body.until", true); err != nil {
			return err
		}
	}
	if t.Until < t.From || t.Until-t.From > walkMost.Microseconds() {
		return errWalkFar
	}
	for _, d := range b.Deeds {
		x := rehearse.Deed{Do: d.Do, Of: d.Of, Say: d.Say}
		if x.At, err = at(d.At, "body.deeds", false); err != nil {
			return err
		}
		if d.Do == "event" {
			events, problems := compiled.Happening(d.Say, x.At)
			if len(problems) > 0 {
				return errWalkEvent.At("body.deeds").Because(problems[0].Text.Zh, problems[0].Text.En)
			}
			x.Event = events
		}
		t.Deeds = append(t.Deeds, x)
	}
	return nil
}

// readers says to whom a message of somebody's goes that is not to them: a relative the caller may see by name.
func (s *Server) readers(ctx context.Context, c *caller, who person.Number) func(person.Number) *Text {
	seen := s.visible(ctx, c)
	return func(to person.Number) *Text {
		if to == 0 || to == who {
			return nil
		}
		v := text("发给家属", "To family")
		if card, ok := c.space.Conductor.Directory().ByNumber(to); ok && seen.Contains(uint32(card.Number)) {
			v = text("发给家属"+c.nameOf(card), "To family: "+c.nameOf(card))
		}
		return &v
	}
}

func walkView(p *programme.Compiled, t *rehearse.Trial, x rehearse.Tried, reader func(person.Number) *Text) WalkAnswer {
	words := journeyWords{p, namesOf(p)}
	loc := t.Loc
	v := WalkAnswer{From: moment(t.From, loc), Now: moment(x.Now, loc), Step: x.Step, State: x.State, Lines: []WalkLine{}, Tasks: []WalkTask{}, Cards: []WalkCard{}}
	if x.Next != engine.Never {
		v.Next = moment(x.Next+999_999-(x.Next+999_999)%1_000_000, loc)
	}
	steps := p.Journey(t.Journey).Steps
	for _, l := range x.Lines {
		one := WalkLine{At: moment(l.At, loc), What: l.What, Step: l.Step, Mine: l.Mine}
		switch {
		case l.Message != nil:
			one.Text = words.title(l.Message.Content)
			if l.What != "sent" {
				one.Why = wordOrNil(messageReasons, l.Reason)
			} else {
				one.Why = reader(l.Message.To)
			}
		case l.Task != nil:
			one.Text = words.title(l.Task.Script)
			if st := findStep(steps, l.Step); st != nil {
				doc := words.step(st)
				one.Text = doc.Text
				if len(doc.Notes) > 0 {
					one.Why = &doc.Notes[0]
				}
			}
		case l.What == "event":
			one.Text = l.Event.Spec().Name
			if l.Reason != "" {
				if name, ok := outcomeNames[l.Reason]; ok {
					one.Why = &name
				}
			}
		case l.What == "step":
			if st := findStep(steps, l.Step); st != nil {
				one.Text = words.step(st).Text
			}
		case l.What == "ended":
			one.Text = word(runReasons, l.Reason)
			v.Ended = &one.Text
		default:
			one.Text = p.Journey(t.Journey).Name
		}
		v.Lines = append(v.Lines, one)
	}
	if v.State != "ended" {
		v.Ended = nil
	}
	for i := range x.Tasks {
		k := &x.Tasks[i]
		if k.Script == "" {
			continue
		}
		v.Tasks = append(v.Tasks, WalkTask{k.Script, words.title(k.Script), choices(k.Results, outcomeNames)})
	}
	for i := range x.Cards {
		c := WalkCard{Content: x.Cards[i].Content, Title: words.title(x.Cards[i].Content), Answers: []Choice{}}
		if text := p.Content(c.Content); text != nil {
			for _, a := range text.Answers {
				c.Answers = append(c.Answers, Choice{a.Key, a.Text})
			}
		}
		v.Cards = append(v.Cards, c)
	}
	return v
}
