// Package fulfil is about whether follow-up work was done: of the tasks, alerts and messages that fell due, how many were done, reached the
// person, were in time, and were followed by the goal. It is the one definition of those rates, for the screen, the API and files.
//
// Source: operations.md section 6, task fulfilment: implementation is done of due, completion done on time of due, result goal reached of due.
// It reads no clock and no store, and says nothing in words.
package fulfil

import (
	"peiban/internal/message"
	"peiban/internal/task"
)

// Work is one thing a step of a journey asked for.
type Work struct {
	Person  uint32 // who it is about, as they are merged now
	Journey string
	Run     string
	Entered int64 // the run, microseconds
	Step    string
	Kind    string // task, alert, message, card
	State   string // of a task or of a message, see those packages
	Reason  string // of a task its outcome or why it was skipped; of a message why it was not sent
	Staff   string // who closed the task, else who should do it; of a message nobody
	Safety  bool   // of a journey of that class
	Asked   int64  // when the step asked for it
	Due     int64
	Done    int64 // when the task was closed or the message sent; 0: not
	Heard   bool  // the message was read or answered
}

// Outbound reports whether w is a message or a card.
func (w *Work) Outbound() bool { return w.Kind == "message" || w.Kind == "card" }

// How late a message may leave after its step fell due and still be in time, microseconds. Quiet hours hold one until the morning by design,
// so a day is in time; what is about safety goes at any hour.
const (
	InTime       = 24 * 3600 * 1_000_000
	InTimeSafety = 10 * 60 * 1_000_000
)

// Mark is how one piece of work counts.
type Mark struct {
	Due       bool // it counts at all
	Executed  bool // the task was done, the message sent
	Completed bool // and the person was reached: an outcome other than "no answer", a message read or answered
	OnTime    bool // and by when it was due
}

// Judge says how w counts at now. Not due yet is a task that is open before its time, and a message that still waits for its hour. Work whose
// reason went away is not due any more: a void task, a second call another one made needless, a message of a run that ended meanwhile.
func Judge(w *Work, now int64) Mark {
	if w.Due > now && (w.Done == 0 || w.Done > now) {
		return Mark{}
	}
	if w.Outbound() {
		return judgeMessage(w)
	}
	return judgeTask(w, now)
}

func judgeTask(w *Work, now int64) Mark {
	switch task.State(w.State) {
	case task.Void:
		return Mark{}
	case task.Skipped:
		return Mark{Due: w.Reason != task.AlreadyHandled}
	case task.Done:
		return Mark{Due: true, Executed: true, Completed: w.Reason != task.Unreached, OnTime: w.Done <= w.Due}
	}
	return Mark{Due: w.Due <= now}
}

func judgeMessage(w *Work) Mark {
	switch message.State(w.State) {
	case message.Sent:
		late := int64(InTime)
		if w.Safety {
			late = InTimeSafety
		}
		return Mark{Due: true, Executed: true, Completed: w.Heard, OnTime: w.Done <= w.Due+late}
	case message.Suppressed:
		return Mark{Due: w.Reason != message.LeftJourney && w.Reason != message.NotRelevant}
	case message.Dead:
		return Mark{Due: true}
	}
	return Mark{} // queued, held, sending: it has not been decided
}

// Rates are counts of due work and what became of it. A share of nothing is no share.
type Rates struct {
	Due, Executed, Completed, OnTime int
	// ResultDue is the due work whose goal could still be reached and whose window is over; Result is that after which it was reached.
	ResultDue, Result int
}

// Result is what became of the goal after a piece of work.
type Result struct {
	Known   bool // its window is over, and it had not been reached before
	Reached bool
}

// After is what became of a goal after w was asked for. reached is when the run's goal was reached, 0 when it was not; until is the end of its
// window. Before the window is over nothing is told: who reaches a goal is known early and who misses it late, so a share of what is known would
// be too high. Work asked for when the goal was reached already could change nothing about it and is judged by nothing.
func After(w *Work, reached, until, now int64) Result {
	if until > now || reached != 0 && reached < w.Asked {
		return Result{}
	}
	return Result{Known: true, Reached: reached != 0}
}

// Add counts one piece of work.
func (r *Rates) Add(m Mark, res Result) {
	if !m.Due {
		return
	}
	r.Due++
	r.Executed += one(m.Executed)
	r.Completed += one(m.Completed)
	r.OnTime += one(m.OnTime)
	r.ResultDue += one(res.Known)
	r.Result += one(res.Known && res.Reached)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Part names one number of Rates, for the people behind it.
type Part string

const (
	Due        Part = "due"
	Executed   Part = "executed"
	Undone     Part = "not_executed"
	Completed  Part = "completed"
	OnTime     Part = "on_time"
	Late       Part = "late" // executed, but not in time
	ResultDue  Part = "result_due"
	Reached    Part = "reached"
	NotReached Part = "not_reached"
)

// In reports whether a piece of work is among those a number counts.
func (p Part) In(m Mark, res Result) bool {
	if !m.Due {
		return false
	}
	switch p {
	case Due:
		return true
	case Executed:
		return m.Executed
	case Undone:
		return !m.Executed
	case Completed:
		return m.Completed
	case OnTime:
		return m.OnTime
	case Late:
		return m.Executed && !m.OnTime
	case ResultDue:
		return res.Known
	case Reached:
		return res.Known && res.Reached
	case NotReached:
		return res.Known && !res.Reached
	}
	return false
}
