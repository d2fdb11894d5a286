// Package journey is about follow-up plans: definitions of steps, and one person's way through them, a run.
//
// It decides what comes next and leaves sending to message and doing to task. It reads no clock and no store.
package journey

import (
	"time"

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
	Priority int // higher wins when one slot is left
	Enter    Enter
	Leave    []Cond // any of them ends the run at once, also while it waits
	Goal     *Goal
	Steps    []Step
	File     string
}

// Enter says who comes in, when, and how often.
type Enter struct {
	On          string        // event type; or "tag", "stage" for a tag gained, a stage entered
	Tag, Stage  string        // which, for On tag and stage
	If          Cond          // asked of the event, as event.<field>
	Key         string        // once: one run for ever; episode: one at a time; event: one per event
	Again       time.Duration // episode: pause after the last entry before another
	UnlessWorse bool          // episode: a lower level of the same alarm breaks the pause
	Lookback    time.Duration // an event older than this when it arrives enters nothing; 0: any age
	Older       time.Duration // an event enters only when it is older than this when it arrives
}

// Cond is a condition with its place in the file.
type Cond struct {
	Src  string
	Line int
	Rule *rule.Rule // set by Compile; nil: no condition
}

// Goal is what the journey is for; reaching it is credited and ends nothing.
type Goal struct {
	When   Cond
	Within time.Duration
}

// Step is one node; exactly one of its parts is set.
type Step struct {
	ID       string // as given, or its path such as 3.then.1
	Line     int
	Message  *MessageStep
	Task     *TaskStep
	Wait     *WaitStep
	If       *IfStep
	SetStage string
	Alert    *AlertStep
	Exit     bool
}

// MessageStep sends approved content to the person or to family.
type MessageStep struct {
	Card    bool   // a card that stays on the phone until it is answered
	To      string // person, family
	Scope   string // family: what the person must have allowed them to see
	Content string
	Expire  time.Duration // later than this after it fell due it is dropped; 0: by class
}

// TaskStep asks staff for work.
type TaskStep struct {
	Who, Else string // owner, on_duty, pharmacist, doctor; Else when there is none
	Due       time.Duration
	Script    string   // approved words
	Priority  string   // safety, promise, normal, low
	Results   []string // outcomes offered
}

// WaitStep waits for time, for a local time of day, or for an event with a deadline.
type WaitStep struct {
	For    time.Duration
	Day    int    // with At: day n after entry, local; 0 with At: the next such time
	At     string // "09:00"
	Event  string // event type, "task" (the run's last task) or "answer" (the run's last card)
	If     Cond
	AtMost time.Duration // deadline of an Event wait
}

// IfStep branches.
type IfStep struct {
	When       Cond
	Then, Else []Step
}

// AlertStep puts the person on top of the list until a human answers.
type AlertStep struct {
	Level int // 1 low, 2 level-two, 3 severe
	Text  fault.Text
	Due   time.Duration
}
