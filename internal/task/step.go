package task

import (
	"cmp"
	"slices"
)

// KindAlert is the kind of an alert. A journey that raises one asks, in the same run, for the calls that answer it: two
// halves of one piece of safety work. Both are kept, for history and figures; whoever works sees one row, the alert.
const KindAlert = "alert"

// Outcomes that carry meaning between an alert and its calls. The other outcomes are only words.
const (
	Handled        = "handled"         // how an alert ends when one of its calls was answered
	Unreached      = "no_answer"       // a call nobody answered: the call is over, the danger is not
	AlreadyHandled = "already_handled" // why a second call of the same alert is not made any more
)

// AlertOf finds, among a person's tasks, the alert that call t answers: of the same run the last one opened by then.
// Nil: t stands by itself. Only safety work belongs to an alert; a follow-up that the run asks for later does not.
func (t *Task) AlertOf(ts []Task) *Task {
	if t.Kind == KindAlert || t.Run == "" || t.Priority != Safety {
		return nil
	}
	var found *Task
	for i := range ts {
		a := &ts[i]
		if a.Kind != KindAlert || a.Run != t.Run || a.Person != t.Person || a.Opened > t.Opened {
			continue
		}
		if found == nil || cmp.Or(cmp.Compare(a.Opened, found.Opened), cmp.Compare(a.ID, found.ID)) > 0 {
			found = a
		}
	}
	return found
}

// Calls lists the calls among a person's tasks that answer alert t: open ones first, then the last opened.
func (t *Task) Calls(ts []Task) []Task {
	if t.Kind != KindAlert || t.Run == "" {
		return nil
	}
	var out []Task
	for i := range ts {
		if a := ts[i].AlertOf(ts); a != nil && a.ID == t.ID {
			out = append(out, ts[i])
		}
	}
	slices.SortFunc(out, func(a, b Task) int {
		if (a.State == Open) != (b.State == Open) {
			if a.State == Open {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Rows is a list with one row for each piece of work: a call whose alert is in the list too is left out, since the
// alert stands for it, and the alert is due when the first of them is. It keeps the order and changes nothing of ts.
func Rows(ts []Task) []Task {
	runs := map[string][]Task{} // of runs that raised an alert
	for i := range ts {
		if ts[i].Kind == KindAlert && ts[i].Run != "" {
			runs[ts[i].Run] = nil
		}
	}
	if len(runs) == 0 {
		return ts
	}
	for i := range ts {
		if list, ok := runs[ts[i].Run]; ok {
			runs[ts[i].Run] = append(list, ts[i])
		}
	}
	out := make([]Task, 0, len(ts))
	for _, t := range ts {
		of := runs[t.Run]
		if t.AlertOf(of) != nil {
			continue
		}
		for _, call := range t.Calls(of) {
			if call.State == Open && t.State == Open {
				t.Due = min(t.Due, call.Due)
			}
		}
		out = append(out, t)
	}
	return out
}

// Before orders open work: the most pressing first, then what is due first, then what waits longest. The id decides
// between what is alike in all that, so that no two orders of the same work are possible.
func Before(a, b Task) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID))
}
