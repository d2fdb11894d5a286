package conductor

import (
	"encoding/json"
	"strconv"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/relation"
	"peiban/internal/task"
)

// What the engine asks for becomes rows of the transaction: state, runs, tasks, messages.

// step runs the engine and takes over what it asks for.
func (w *work) step(d *draft, in engine.Input, now int64, cause string) error {
	return w.takeOver(d, in, w.ask(d, in, now), now, cause)
}

// ask runs the engine on one person. It touches nothing but their draft.
func (w *work) ask(d *draft, in engine.Input, now int64) engine.Out {
	who := engine.Who{Workspace: w.c.wsID, ID: d.h.id, Number: d.h.number}
	return engine.Step(w.programmes(), who, d.view(), d.state, &d.memo, in, now)
}

// takeOver does what a step asks for.
func (w *work) takeOver(d *draft, in engine.Input, out engine.Out, now int64, cause string) error {
	w.c.failedRules(d.h.number, now, out.Failed)
	d.wake, d.last = out.Wake, max(d.last, now)
	d.dirty = d.dirty || out.Changed
	if in.Event == nil && !in.Definition {
		w.c.woken(&out)
	}
	var by event.Seq
	if in.Event != nil {
		by = in.Event.Seq
	} else if in.Definition {
		by = w.next.seq
	}
	for _, t := range out.Transitions {
		w.ch.Transitions = append(w.ch.Transitions, Transition{
			Person: d.h.number, Kind: t.Kind, Key: t.Programme + "/" + t.Key, Gained: t.Gained, At: now,
			Version: strconv.Itoa(t.Version), Cause: cause, CauseAt: by,
		})
		w.tally.transition(d, t, now)
	}
	for _, r := range out.Begun {
		d.run(r, "running", "")
	}
	for _, r := range out.Moved {
		d.run(r, "running", "")
	}
	for i := range out.Ended {
		r := &out.Ended[i]
		d.run(r.Run, r.Status, r.Reason)
		w.ended(d, r, now)
	}
	for i := range out.Tasks {
		w.task(d, out.Tasks[i])
	}
	for i := range out.Messages {
		w.message(d, out.Messages[i])
	}
	if err := w.raised(d, out.Tasks, now); err != nil {
		return err
	}
	w.deep++
	defer func() { w.deep-- }()
	if w.deep > deepest && len(out.Events) > 0 { // what was refused as endless when it was loaded, but for its conditions
		w.c.cfg.Log.Error("journeys enter each other without end; what the last one tells is left out", "workspace", w.c.wsID, "person", d.h.id)
		out.Events = nil
	}
	for i := range out.Events { // each known at the moment of its step, as an alert is
		if _, err := w.add(d, out.Events[i], now); err != nil {
			return err
		}
	}
	for _, e := range out.Escalated {
		w.late = append(w.late, lateTask{d, e})
	}
	for _, rule := range out.Referred {
		if err := w.refersBy(d, rule, now); err != nil {
			return err
		}
	}
	if in.Definition || in.Event != nil && in.Event.Flags&event.Imported != 0 { // who matched before is referred by hand, not all at once
		return nil
	}
	return w.refers(d, out.Transitions, now)
}

// raised tells the timeline of every alert that opened: rules see events only, and one that stays open must stay
// seen. Each is known at the moment of its step, so that a replay takes the same steps in the same order.
func (w *work) raised(d *draft, ts []task.Task, now int64) error {
	for i := range ts {
		if ts[i].Kind != "alert" {
			continue
		}
		var why engine.Cause
		_ = json.Unmarshal(ts[i].Why, &why) // the engine's own
		if _, err := w.add(d, opened(&ts[i], why.Journey), now); err != nil {
			return err
		}
	}
	return nil
}

// opened is the opening of a task as an event; of an alert it says so in the outcome.
func opened(t *task.Task, journey string) event.Event {
	body, _ := json.Marshal(map[string]string{"task": string(t.ID)})
	e := event.Event{
		Type: event.TaskOpened, Schema: 1, Num: event.Ref(string(t.ID)), A: event.Intern(journey), B: event.Intern(t.Script),
		Actor: "engine", Provenance: "engine", Body: body,
	}
	if t.Kind == "alert" {
		e.C = event.Intern("alert")
	}
	return e
}

func (d *draft) run(r journeyRun, status, reason string) {
	if d.runs == nil {
		d.runs = map[string]RunRow{}
	}
	row := RunRow{
		Person: d.h.number, ID: r.ID, Journey: r.Journey, Version: r.Version, Status: status, Reason: reason,
		Step: r.Step, Started: r.Entered, Until: r.Until, Arm: r.Arm,
	}
	if status != "running" {
		row.Ended, row.Until = d.last, 0
	}
	d.runs[r.ID] = row
}

// task puts a task on its way: to the person's owner, or to a role when there is none.
func (w *work) task(d *draft, t task.Task) {
	if t.Role == "owner" || t.Role == "" {
		if card, ok := w.card(d); ok {
			t.Owner = card.Owner
		}
	}
	w.ch.NewTasks = append(w.ch.NewTasks, t)
	w.kinds["task"] = true
	w.tally.task(d, &t)
}

// message queues something to be said.
func (w *work) message(d *draft, m message.Message) {
	if m.Channel == "" {
		m.Channel = w.c.way(&m)
	}
	if m.Audience == "family" { // who it is now; who may hear it is asked again before it goes
		m.To, _, _ = w.reader(d, m.Scope, relation.Light, w.now)
	}
	w.ch.NewMessages = append(w.ch.NewMessages, m)
	d.pending = append(d.pending, m)
	w.kinds["message"] = true
}

// ended drops what a run that was left still wanted to say. What a run that came to its end said, and what is on its way to a channel, is
// asked about again before it goes: the run is kept with it.
func (w *work) ended(d *draft, r *engine.Ended, now int64) {
	for i := range d.pending {
		m := &d.pending[i]
		switch {
		case m.Run != r.Run.ID:
		case r.Status == journey.Departed && m.State != message.Sending:
			m.Expires, m.Reason, m.Next = 1, message.LeftJourney, min(m.Next, now)
		case r.Note(m):
			w.ch.Messages = append(w.ch.Messages, *m)
		}
	}
}
