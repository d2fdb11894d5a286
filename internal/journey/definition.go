// Package journey is about follow-up plans: definitions of steps, and one person's way through them, a run.
//
// It decides what comes next and leaves sending to message and doing to task. It reads no clock and no store.
package journey

import (
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/rule"
)

// Class says which caps and hours hold for what a journey sends.
type Class string

const (
	Safety    Class = "safety"    // never capped, any hour
	Asked     Class = "asked"     // the person asked for it: own cap, hours they chose
	Programme Class = "programme" // 1 a day, 4 a week, inside the person's window
)

// Definition is one journey as its file says it. Compile turns it into a Compiled.
type Definition struct {
	Key      string
	Name     fault.Text
	Version  int
	Class    Class
	Priority int    // higher wins when one slot is left
	Owner    string // who answers for it, in words of the team
	From, To int64  // it is entered from the one moment on and before the other, microseconds; 0: no limit
	Enter    Enter
	Leave    []Cond // any of them ends the run at once, also while it waits
	Goal     *Goal
	Inside   Inside
	Instead  map[string]string // of steps that are gone: the step that takes whoever waits in them; "": they leave
	Steps    []Step
	File     string
}

// Inside says what becomes of whoever is inside when another version is published.
type Inside string

const (
	Stay   Inside = "stay"   // they go on with the version they began with
	Follow Inside = "follow" // they go on with the new one, from the step they wait in; what is past never runs again
)

// What a journey may be entered on beside the types of events.
const (
	OnTag     = "tag"      // a tag gained
	OnTagLeft = "tag_left" // a tag lost
	OnStage   = "stage"    // a stage entered
	OnHand    = "manual"   // staff put somebody in, or everybody who fits
	OnDate    = "date"     // so long before or after the date of the newest event of a type
	OnCall    = "journey"  // another journey calls it
)

// Enter says who comes in, when, and how often.
type Enter struct {
	On          string        // event type, or one of those above
	Tag, Stage  string        // which, for OnTag, OnTagLeft and OnStage
	Date        *Date         // for OnDate
	If          Cond          // asked of the event, as event.<field>
	Key         string        // once: one run for ever; episode: one at a time; event: one per event
	Again       time.Duration // episode: pause after the last entry before another
	UnlessWorse bool          // episode: a lower level of the same alarm breaks the pause
	Lookback    time.Duration // an event older than this when it arrives enters nothing; 0: any age
	Older       time.Duration // an event enters only when it is older than this when it arrives
}

// Date is a day counted from the newest event of a type.
type Date struct {
	Type  string     // event type
	Field string     // the field that holds the date, such as when a visit is planned; empty: when it happened
	Code  event.Slot // only events whose code in this slot is Is; 0: any
	Is    event.Symbol
	Shift time.Duration // whole days after it; before it when negative
	At    string        // "09:00", local
}

// Cond is a condition with its place in the file.
type Cond struct {
	Src  string
	Line int
	Rule *rule.Rule // set by Compile; nil: no condition
}

// Goal is what the journey is for; reaching it is credited once an entry, to the last step taken, and ends nothing. Its window
// outlives the run.
type Goal struct {
	When   Cond
	Within time.Duration
}

// Step is one node; exactly one of its parts is set.
type Step struct {
	ID   string     // as given, or its path such as 3.then.1
	Name fault.Text // what lists and numbers call it; empty: what it does
	Line int

	Message  *MessageStep
	Task     *TaskStep
	Wait     *WaitStep
	If       *IfStep
	Choose   *ChooseStep
	Split    *SplitStep
	Holdout  *HoldoutStep
	Set      *SetStep
	SetStage string
	Alert    *AlertStep
	Points   *PointsStep
	Camp     *PlaceStep
	Group    *PlaceStep
	Form     *FormStep
	Invite   *InviteStep
	Refer    *ReferStep
	HandOver *HandOverStep
	Webhook  *WebhookStep
	Call     *CallStep
	Goal     bool
	Go       *GoStep
	Exit     bool
}

// Kinds are the kinds of steps as files name them, in the order they are offered.
var Kinds = []string{
	"message", "card", "task", "wait", "if", "choose", "split", "holdout", "form", "invite", "alert", "hand_over", "refer",
	"set", "set_stage", "points", "camp", "group", "journey", "webhook", "goal", "go", "exit",
}

// Kind is how files name what s does.
func (s *Step) Kind() string {
	switch {
	case s.Message != nil && s.Message.Card:
		return "card"
	case s.Message != nil:
		return "message"
	case s.Task != nil:
		return "task"
	case s.Wait != nil:
		return "wait"
	case s.If != nil:
		return "if"
	case s.Choose != nil:
		return "choose"
	case s.Split != nil:
		return "split"
	case s.Holdout != nil:
		return "holdout"
	case s.Set != nil:
		return "set"
	case s.SetStage != "":
		return "set_stage"
	case s.Alert != nil:
		return "alert"
	case s.Points != nil:
		return "points"
	case s.Camp != nil:
		return "camp"
	case s.Group != nil:
		return "group"
	case s.Form != nil:
		return "form"
	case s.Invite != nil:
		return "invite"
	case s.Refer != nil:
		return "refer"
	case s.HandOver != nil:
		return "hand_over"
	case s.Webhook != nil:
		return "webhook"
	case s.Call != nil:
		return "journey"
	case s.Goal:
		return "goal"
	case s.Go != nil:
		return "go"
	}
	return "exit"
}

// Body is one way out of a step that has several, and what follows there.
type Body struct {
	Path  string // in the ids of its steps: 3.then.1
	Steps []Step
}

// Bodies are the ways out of a step that branches, none of one that does not.
func (s *Step) Bodies() []Body {
	switch {
	case s.If != nil:
		return []Body{{"then", s.If.Then}, {"else", s.If.Else}}
	case s.Choose != nil:
		return s.Choose.bodies()
	case s.Split != nil:
		return s.Split.bodies()
	}
	return nil
}

// Conds are the conditions a step asks.
func (s *Step) Conds() []*Cond {
	switch {
	case s.Message != nil:
		return s.Message.conds()
	case s.Wait != nil:
		return []*Cond{&s.Wait.If}
	case s.If != nil:
		return []*Cond{&s.If.When}
	case s.Choose != nil:
		return s.Choose.conds()
	}
	return nil
}

// Walk calls f for every step of a list and of what lies inside it, in the order of the file.
func Walk(steps []Step, f func(*Step)) {
	for i := range steps {
		f(&steps[i])
		for _, b := range steps[i].Bodies() {
			Walk(b.Steps, f)
		}
	}
}
