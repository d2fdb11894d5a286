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
}

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
