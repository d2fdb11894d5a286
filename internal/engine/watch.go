package engine

import (
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/task"
)

// reopenFor is how long a task that was closed may be opened again: it is watched as before then.
const reopenFor = 10 * time.Minute

// mostReminders is after how many reminders of one task no further one comes: it is not the reminder that helps any more.
const mostReminders = 20

// watches begins to watch a task that was opened.
func (x *stepper) watches(t *task.Task, s *journey.TaskStep) {
	if s.Remind <= 0 && s.Escalate == nil {
		return
	}
	w := Watched{Task: string(t.ID), Script: t.Script}
	if every := s.Remind.Microseconds(); every > 0 {
		w.Every = max(every, journey.LeastRemind.Microseconds())
		w.Next = t.Opened + w.Every
	}
	if e := s.Escalate; e != nil {
		w.After, w.To = e.After.Microseconds(), e.To
		w.Up = t.Due + w.After
	}
	x.s.Watched = append(x.s.Watched, w)
	x.out.Changed = true
}

// watch hears what was done with tasks that are watched, and reminds of and escalates those whose moment has come. A step is at the moment
// of what is due, also when it is taken later; what falls into one step is one.
func (x *stepper) watch() {
	if len(x.s.Watched) == 0 {
		return
	}
	x.hear()
	x.s.Watched = slices.DeleteFunc(x.s.Watched, func(w Watched) bool {
		gone := w.Closed != 0 && x.now >= w.Closed+reopenFor.Microseconds() || w.Closed == 0 && w.Next == 0 && w.Up == 0
		x.out.Changed = x.out.Changed || gone
		return gone
	})
	for i := range x.s.Watched {
		w := &x.s.Watched[i]
		if w.Closed != 0 {
			x.out.Wake = min(x.out.Wake, w.Closed+reopenFor.Microseconds())
			continue
		}
		if w.Next != 0 && w.Next <= x.now {
			w.Count++
			x.out.Events = append(x.out.Events, event.Event{
				Type: event.TaskReminded, Schema: 1, Num: event.Ref(w.Task), B: event.Intern(w.Script), Actor: "engine", Provenance: "journey",
			})
			if w.Next += (1 + (x.now-w.Next)/w.Every) * w.Every; w.Count >= mostReminders {
				w.Next = 0
			}
			x.out.Changed = true
		}
		if w.Up != 0 && w.Up <= x.now {
			x.out.Escalated = append(x.out.Escalated, *w)
			w.Up = 0
			x.out.Changed = true
		}
		for _, at := range []int64{w.Next, w.Up} {
			if at != 0 {
				x.out.Wake = min(x.out.Wake, at)
			}
		}
	}
}

// hear takes in what an event says of a watched task.
func (x *stepper) hear() {
	e := x.in.Event
	if e == nil || e.Flags&event.Imported != 0 {
		return
	}
	switch e.Type {
	case event.TaskDone, event.TaskSkipped, event.TaskOpened, event.TaskPostponed:
	default:
		return
	}
	for i := range x.s.Watched {
		w := &x.s.Watched[i]
		if event.Ref(w.Task) != e.Num {
			continue
		}
		x.out.Changed = true
		switch e.Type {
		case event.TaskOpened:
			w.Closed = 0
			if w.Next != 0 {
				w.Next = max(w.Next, x.now+w.Every)
			}
		case event.TaskPostponed: // it is left alone until then
			if len(e.X) == 0 {
				return
			}
			until := int64(e.X[0])
			if w.Next != 0 {
				w.Next = max(until, x.now+w.Every)
			}
			if w.Up != 0 {
				w.Up = until + w.After
			}
		default:
			w.Closed = x.now
		}
		return
	}
}

// WatchOf is how a task is watched; ok is false when it is not, or not any more.
func (s *State) WatchOf(id task.ID) (w Watched, ok bool) {
	for _, w := range s.Watched {
		if w.Task == string(id) && w.Closed == 0 {
			return w, true
		}
	}
	return Watched{}, false
}
