package journey

import (
	"time"

	"peiban/internal/fault"
)

// TaskStep asks staff for work.
type TaskStep struct {
	Who, Else string // owner, on_duty, pharmacist, doctor; Else when there is none
	Due       time.Duration
	Script    string   // approved words
	Priority  string   // safety, promise, normal, low
	Results   []string // outcomes offered
	Form      string   // questionnaire staff fill in with it; empty: none

	Remind   time.Duration // whoever has it is reminded this long after it opened, and again each time as long again; 0: never
	Escalate *Escalation   // nil: it stays whose it is
}

// Escalation gives a task that is late to another role.
type Escalation struct {
	After time.Duration // after it was due
	To    string        // manager, pharmacist, doctor, on_duty
}

// LeastRemind is how long the same task is left alone between two reminders, at least.
const LeastRemind = 30 * time.Minute

// HandOverStep stops what is automatic and asks a human to go on.
type HandOverStep struct {
	TaskStep
	Pause time.Duration // nothing automatic is sent meanwhile
}

// AlertStep puts the person on top of the list until a human answers.
type AlertStep struct {
	Level int // 1 low, 2 level-two, 3 severe
	Text  fault.Text
	Due   time.Duration
}
