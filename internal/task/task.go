// Package task is about work for a human: what, for whom, by when, why, and how it ended.
package task

import (
	"encoding/json"

	"peiban/internal/fault"
	"peiban/internal/person"
)

// ID names a task inside and outside: 26 characters derived from run, node and round, so that doing a step
// twice opens one task.
type ID string

// ErrMissing and ErrStale are what a caller of the store or the conductor may meet.
var (
	ErrMissing = fault.New(fault.Missing, "task_not_found", "没有找到这个任务", "no such task")
	ErrStale   = fault.New(fault.Stale, "task_changed", "这个任务刚被别人改过，请刷新再试", "someone changed this task meanwhile; reload and try again")
)

// State of a task. Late is not a state but open and past Due.
type State string

const (
	Open    State = "open"
	Done    State = "done"
	Skipped State = "skipped" // with a reason
	Void    State = "void"    // its reason is gone
)

// Priority orders a day's list: safety, promise, normal, low.
type Priority int

const (
	Low Priority = iota
	Normal
	Promise
	Safety
)

// Task is one piece of work. Title and Note hold personal text only in encrypted form in the store.
type Task struct {
	ID       ID
	Person   person.Number
	Kind     string // task, alert, review
	Priority Priority
	Level    int    // of an alert
	Script   string // content key of the approved words
	Title    fault.Text
	Results  []string // outcomes offered
	State    State
	Owner    string // staff id who should do it; empty: the person's owner at reading
	Role     string // on_duty, pharmacist, doctor when no owner is named
	Claimed  string // staff id who took it
	Opened   int64  // microseconds
	Due      int64
	Closed   int64
	By       string // staff id who closed it
	Outcome  string
	Note     string
	Run      string // the journey's run, empty outside one
	Why      json.RawMessage
	Version  int64 // for If-Match
}
