package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/task"
)

// TaskStep is a call that answers an alert: what the row of the alert shows of it.
type TaskStep struct {
	ID          string   `json:"id"`
	Title       Text     `json:"title"`
	Script      *Script  `json:"script,omitempty" doc:"approved words"`
	Results     []Choice `json:"results"`
	State       string   `json:"state" enum:"open,done,skipped,void"`
	Late        bool     `json:"late"`
	Opened      string   `json:"opened"`
	Due         string   `json:"due,omitempty"`
	Closed      string   `json:"closed,omitempty"`
	Outcome     string   `json:"outcome,omitempty"`
	OutcomeText *Text    `json:"outcomeText,omitempty"`
	Note        string   `json:"note,omitempty"`
	ClaimedBy   *Ref     `json:"claimedBy,omitempty"`
	By          *Ref     `json:"by,omitempty"`
	Version     int64    `json:"version" doc:"send it as If-Match with a change of this call"`
}

// Escalated is when a late task went to another role, and to which.
type Escalated struct {
	At string `json:"at"`
	To string `json:"to"`

	Text Text `json:"text"`
}

// watched says how often staff were reminded of a task by the moment of l, and to whom it went.
func (v *Task) watched(l *conductor.Look, t task.Task, loc *time.Location) {
	ref := event.Ref(string(t.ID))
	for i := range l.View.Len() {
		if l.View.Num[i] != ref {
			continue
		}
		switch l.View.Type[i] {
		case event.TaskReminded:
			v.Reminded++
		case event.TaskEscalated:
			to := l.View.C[i].String()
			v.Escalated = &Escalated{At: moment(l.View.At[i], loc), To: to, Text: doers[to]}
		}
	}
	if w, ok := l.State.WatchOf(t.ID); ok && t.State == task.Open && !l.Past {
		v.Reminds, v.Escalates = moment(w.Next, loc), moment(w.Up, loc)
	}
}

// taskView is a task as it is now, beside the others of its person.
func (s *Server) taskView(ctx context.Context, c *caller, t task.Task) (Task, error) {
	l, err := c.space.Conductor.Look(t.Person, 0, 0)
	if err != nil {
		return Task{}, err
	}
	var all []task.Task
	if t.Priority == task.Safety { // only such a task is one of several
		if all, err = s.store.TasksOf(ctx, c.space.number(), t.Person); err != nil {
			return Task{}, err
		}
	}
	return s.taskLook(ctx, c, l, t, all), nil
}

// taskLook is a task at the moment of l, beside all others of its person.
func (s *Server) taskLook(ctx context.Context, c *caller, l *conductor.Look, t task.Task, all []task.Task) Task {
	card, loc := l.Card, c.space.loc
	v := Task{
		ID: string(t.ID), Kind: "task", Priority: priorities[t.Priority], Level: t.Level, Title: taskTitle(c.space.Conductor, t),
		Results: resultsOf(t), State: string(t.State), Late: late(t, l.At),
		Opened: moment(t.Opened, loc), Due: moment(t.Due, loc), Closed: moment(t.Closed, loc), Outcome: t.Outcome, Version: t.Version,
		Owner: c.space.ref(ctx, s.store, t.Owner), ClaimedBy: c.space.ref(ctx, s.store, t.Claimed), By: c.space.ref(ctx, s.store, t.By),
		Person: TaskPerson{
			Ref: Ref{string(card.ID), c.nameOf(card)}, Age: age(card.BirthYear, l.At, loc), Gender: card.Gender, LivesAlone: livesAlone(l.View, l.At),
		},
		Script: s.script(ctx, c, card, t),
	}
	if t.State == task.Open && t.Owner != "" && t.Owner != c.member.ID && c.space.book(ctx, s.store, s.log).Away(t.Owner, c.space.now()) {
		v.Cover = v.Owner
	}
	v.Outcome, v.OutcomeText, v.Note = s.ended(c, t)
	why := causeOf(t.Why)
	if why.Journey != "" {
		v.Journey = &Named{why.Journey, journeyName(c.space.Conductor, why.Journey)}
	}
	for _, seq := range []event.Seq{why.By, why.Event} {
		if i := l.View.Find(seq); seq != 0 && i >= 0 && l.View.Type[i] == event.Glucose {
			v.Reading = readingAt(l.View, l.Target, i)
			break
		}
	}
	v.Detail = s.taskDetail(ctx, c, l, t)
	v.watched(l, t, loc)
	if t.Kind != task.KindAlert {
		if a := t.AlertOf(all); a != nil {
			v.Alert = string(a.ID)
		}
		return v
	}
	v.Kind = task.KindAlert
	s.steps(ctx, c, l, &v, t, all)
	return v
}

// steps puts the calls of an alert into it. While one of them is open the alert offers its words and outcomes, and is due
// when the first of them is.
func (s *Server) steps(ctx context.Context, c *caller, l *conductor.Look, v *Task, t task.Task, all []task.Task) {
	calls, due := t.Calls(all), t.Due
	for _, k := range calls {
		p := TaskStep{
			ID: string(k.ID), Title: taskTitle(c.space.Conductor, k), Script: s.script(ctx, c, l.Card, k), Results: resultsOf(k),
			State: string(k.State), Late: late(k, l.At), Opened: moment(k.Opened, c.space.loc), Due: moment(k.Due, c.space.loc),
			Closed: moment(k.Closed, c.space.loc), ClaimedBy: c.space.ref(ctx, s.store, k.Claimed), By: c.space.ref(ctx, s.store, k.By), Version: k.Version,
		}
		p.Outcome, p.OutcomeText, p.Note = s.ended(c, k)
		v.Steps = append(v.Steps, p)
		if v.Script == nil {
			v.Script = p.Script
		}
		if k.State == task.Open {
			due = min(due, k.Due)
		}
	}
	if t.State != task.Open {
		return
	}
	v.Due, v.Late = moment(due, c.space.loc), due < l.At
	if len(calls) > 0 && calls[0].State == task.Open {
		v.Results = slices.Clone(v.Steps[0].Results)
	}
}

// late reports whether t is open past its moment; one whose moment is not known is not.
func late(t task.Task, now int64) bool { return t.State == task.Open && t.Due != 0 && t.Due < now }

// ended is how a task ended, in words, and the note, which not everybody may read.
func (s *Server) ended(c *caller, t task.Task) (code string, words *Text, note string) {
	if t.Outcome != "" {
		o := outcomeOrReason(t.Outcome)
		words = &o
	}
	if !c.masked() {
		note = t.Note
	}
	return t.Outcome, words, note
}

// tasksAt lists a person's tasks as they stood at the moment of l, open ones first, then the last opened.
func (s *Server) tasksAt(ctx context.Context, c *caller, l *conductor.Look) ([]task.Task, error) {
	ts, err := s.store.TasksOf(ctx, c.space.number(), l.Card.Number)
	if err != nil || !l.Past {
		return ts, err
	}
	deeds := s.deeds(c, l)
	var out []task.Task
	for _, t := range ts {
		if then, ok := t.As(l.At, deeds[event.Ref(string(t.ID))]); ok {
			out = append(out, then)
		}
	}
	slices.SortStableFunc(out, func(a, b task.Task) int { // open ones first; they come ordered by when they were opened
		if (a.State == task.Open) == (b.State == task.Open) {
			return cmp.Compare(b.Opened, a.Opened)
		}
		if a.State == task.Open {
			return -1
		}
		return 1
	})
	return out, nil
}

// deeds is everything that was done with a person's tasks until now, by the reference of the task, oldest first. What
// came after the moment of l is in it too: it tells when a task had been due before it was put off.
func (s *Server) deeds(c *caller, l *conductor.Look) map[float64][]task.Deed {
	out := map[float64][]task.Deed{}
	_, v, _, ok := c.space.Conductor.Glance(l.Card.Number)
	if !ok {
		return out
	}
	for i := range v.Len() {
		d := task.Deed{At: v.At[i], Outcome: v.C[i].String()}
		switch v.Type[i] {
		case event.TaskDone:
			d.State = task.Done
		case event.TaskSkipped:
			d.State = task.Skipped
		case event.AlertClosed:
			d.State = task.Done
			if _, ok := skipReasons[d.Outcome]; ok {
				d.State = task.Skipped
			}
		case event.TaskOpened:
			d.State, d.Outcome = task.Open, ""
		case event.TaskPostponed:
			d.State, d.Outcome = task.Open, ""
			d.Until = int64(v.XAt(i, 0))
			if x := v.XAt(i, 1); x > 0 { // not in what was written before it was kept
				d.Before = int64(x)
			}
		default:
			continue
		}
		out[v.Num[i]] = append(out[v.Num[i]], d)
	}
	return out
}
