package engine

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/task"
)

// effect is one thing a step of a run asks for, on its way to what the caller carries out.
type effect struct {
	p   *Programme
	j   *journey.Program
	r   *journey.Run
	f   *journey.Effect
	id  string // derived: the same for the same step of the same run
	why json.RawMessage
}

// effects turns what a journey asks for into messages, tasks and events with derived ids.
func (x *stepper) effects(p *Programme, j *journey.Program, r *journey.Run, fx []journey.Effect) {
	for i := range fx {
		f := &fx[i]
		e := effect{p: p, j: j, r: r, f: f, id: derive(x.who.Workspace, r.ID, f.Step.ID, strconv.Itoa(f.Round))}
		cause := Cause{Programme: p.Key, Journey: j.Def.Key, Version: j.Def.Version, Step: f.Step.ID, Event: r.Trigger, By: r.By}
		if s := f.Step; s.Form != nil {
			cause.Form = s.Form.Form
		}
		if m := f.Step.Says(); m != nil {
			cause.Channels = m.Channels
		}
		e.why, _ = json.Marshal(cause)
		x.effect(e)
	}
}

func (x *stepper) effect(e effect) {
	s := e.f.Step
	if m := s.Says(); m != nil {
		if s.Invite != nil {
			x.tells(e, event.Event{Type: event.Activity, Num: math.NaN(), A: event.Intern(s.Invite.Activity), B: event.Intern(s.Invite.Kind), C: invited})
		}
		x.says(e, m)
		return
	}
	switch {
	case s.Task != nil:
		x.opens(e, s.Task)
	case s.HandOver != nil:
		x.s.Paused = max(x.s.Paused, e.f.At+s.HandOver.Pause.Microseconds())
		x.opens(e, &s.HandOver.TaskStep)
	case s.Alert != nil:
		x.out.Tasks = append(x.out.Tasks, task.Task{
			ID: task.ID(e.id), Person: x.who.Number, Kind: "alert", Priority: task.Safety, Level: s.Alert.Level, Title: s.Alert.Text,
			State: task.Open, Role: "owner", Opened: e.f.At, Due: e.f.At + s.Alert.Due.Microseconds(), Run: e.r.ID, Why: e.why, Version: 1,
		})
	case s.SetStage != "":
		x.setStage(e.p, s.SetStage)
	case s.Split != nil, s.Holdout != nil:
		x.tells(e, event.Event{
			Type: event.JourneyExposed, A: event.Intern(e.j.Def.Key), B: event.Intern(e.f.Arm), C: event.Intern(s.ID), Num: event.Ref(e.r.ID),
		})
	case s.Set != nil:
		x.sets(e, s.Set)
	case s.Points != nil:
		x.tells(e, event.Event{Type: event.Points, Num: float64(s.Points.Amount), A: event.Intern(s.Points.Rule), X: []float64{event.Ref(e.id)}})
	case s.Camp != nil && s.Camp.Leave:
		x.tells(e, event.Event{Type: event.CampEnded, Num: math.NaN(), A: event.Intern(s.Camp.Key), B: event.Intern("dropped")})
	case s.Camp != nil:
		x.tells(e, event.Event{Type: event.CampEnrolled, Num: math.NaN(), A: event.Intern(s.Camp.Key)})
	case s.Group != nil:
		in := 1.0
		if s.Group.Leave {
			in = 0
		}
		x.tells(e, event.Event{Type: event.GroupMember, Num: in, A: event.Intern(s.Group.Key)})
	case s.Refer != nil:
		x.out.Referred = append(x.out.Referred, e.p.Key+"/"+s.Refer.Rule)
	case s.Webhook != nil:
		x.tells(e, event.Event{
			Type: event.JourneyCall, A: event.Intern(e.j.Def.Key), B: event.Intern(s.Webhook.Name), C: event.Intern(s.ID), Num: event.Ref(e.id),
		})
	case s.Call != nil:
		run := journey.Run{ID: derive(x.who.Workspace, e.r.ID, "call", e.id), Journey: s.Call.Journey, Entered: x.now, Trigger: e.r.Trigger, By: e.r.By}
		if s.Call.Wait > 0 {
			e.r.Called = run.ID
		}
		x.calls = append(x.calls, call{e.p, s.Call.Journey, run})
	}
}

var invited = event.Intern("invited")

// tells has an event added to the timeline.
func (x *stepper) tells(e effect, ev event.Event) {
	ev.Schema, ev.Actor, ev.Provenance = 1, "engine", "journey"
	x.out.Events = append(x.out.Events, ev)
}

// says queues a message.
func (x *stepper) says(e effect, s *journey.MessageStep) {
	kind := "message"
	switch {
	case e.f.Step.Form != nil:
		kind = "form"
	case s.Card || e.f.Step.Invite != nil:
		kind = "card"
	}
	m := message.Message{
		ID: message.ID(e.id), Person: x.who.Number, Class: e.j.Def.Class, Priority: e.j.Def.Priority, Content: e.f.Text,
		Kind: kind, State: message.Queued, Due: e.f.At, Next: e.f.At, Expires: e.f.At + expiry(e.j.Def.Class, s).Microseconds(),
		Journey: e.j.Def.Key, Run: e.r.ID, Step: e.f.Step.ID, Why: e.why, Audience: s.To, Scope: s.Scope,
	}
	if c := e.p.Contents[m.Content]; c != nil {
		m.Version = c.Version
	}
	if s.To != "family" {
		m.To, m.Audience = x.who.Number, "person"
		e.r.Card = event.Ref(e.id)
	}
	if s.Waits() {
		e.r.Said = event.Ref(e.id)
	}
	x.out.Messages = append(x.out.Messages, m)
}

// opens puts a task on its way.
func (x *stepper) opens(e effect, s *journey.TaskStep) {
	t := task.Task{
		ID: task.ID(e.id), Person: x.who.Number, Kind: "task", Priority: priority(s.Priority), Script: s.Script,
		Results: s.Results, State: task.Open, Role: s.Who, Opened: e.f.At, Due: e.f.At + s.Due.Microseconds(),
		Run: e.r.ID, Why: e.why, Version: 1,
	}
	if t.Role == "owner" && s.Else != "" && !x.owned() {
		t.Role = s.Else
	}
	if c := e.p.Scripts[s.Script]; c != nil {
		t.Title = c.Title
	}
	e.r.Task, e.r.Outcome = event.Ref(e.id), ""
	x.out.Tasks = append(x.out.Tasks, t)
	x.watches(&t, s)
}

// sets writes something about the person.
func (x *stepper) sets(e effect, s *journey.SetStep) {
	if s.Trait != "" {
		ev := event.Event{Type: event.Profile, Num: math.NaN()}
		*code(&ev, event.Profile.Spec().Field(s.Trait).Slot) = event.Intern(s.Value) // checked when the programme was loaded
		x.tells(e, ev)
		return
	}
	ev := event.Event{Type: event.SegmentSet, Num: math.NaN(), A: event.Intern(s.Segment), B: event.Intern(s.State)}
	if s.For > 0 {
		ev.X = []float64{float64(e.f.At + s.For.Microseconds())}
	}
	x.tells(e, ev)
}

// code is where an event has the code of a slot.
func code(e *event.Event, s event.Slot) *event.Symbol {
	switch s {
	case event.SlotA:
		return &e.A
	case event.SlotB:
		return &e.B
	}
	return &e.C
}

// bestHour is the local hour at which the person answered or measured most often in the last eight weeks, of equal ones the earliest;
// 9 when they did so fewer than five times. It is asked only where a wait begins.
func (x *stepper) bestHour() int {
	var hours [24]int
	n := 0
	for i := x.tl.Len() - 1; i >= 0 && x.tl.At[i] > x.now-bestWindow.Microseconds(); i-- {
		switch x.tl.Type[i] {
		case event.Answer, event.MessageRead, event.FormAnswer, event.CheckIn, event.Glucose, event.BloodPressure:
		case event.Chat:
			if x.tl.A[i] == fromStaff {
				continue
			}
		default:
			continue
		}
		if x.tl.Flags[i]&(event.Hidden|event.Sensor|event.Imported) != 0 {
			continue
		}
		hours[time.UnixMicro(x.tl.At[i]).In(x.tl.Loc).Hour()]++
		n++
	}
	best := usualHour
	if n < 5 {
		return best
	}
	for h := 8; h < 21; h++ { // never in the hours of rest
		if hours[h] > hours[best] || hours[h] == hours[best] && h < best {
			best = h
		}
	}
	return best
}

const (
	bestWindow = 8 * 7 * 24 * time.Hour
	usualHour  = 9
)
