package conductor

import (
	"context"
	"fmt"
	"slices"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/task"
)

// lateTask is a task that goes to another role because it is late.
type lateTask struct {
	d *draft
	engine.Watched
}

// escalate gives the tasks that steps of this transaction escalate to their new role, each with its own event. What was done meanwhile stays done.
func (w *work) escalate(ctx context.Context) error {
	for len(w.late) > 0 {
		l := w.late[0]
		w.late = w.late[1:]
		t, place, err := w.openTask(ctx, l)
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		n := *t
		n.Role, n.Owner, n.Claimed = l.To, "", ""
		switch {
		case place != nil: // opened or changed by this very transaction
			*place = n
		default:
			n.Version++
			w.ch.Tasks = append(w.ch.Tasks, n)
		}
		w.kinds["task"] = true
		if _, err := w.add(l.d, event.Event{
			Type: event.TaskEscalated, Schema: 1, Num: event.Ref(l.Task), B: event.Intern(l.Script), C: event.Intern(l.To), Actor: "engine", Provenance: "journey",
		}, w.now); err != nil {
			return err
		}
	}
	return nil
}

// openTask finds a task as this transaction leaves it; place is where it is written already. Nil: it is not open, or not there.
func (w *work) openTask(ctx context.Context, l lateTask) (t, place *task.Task, err error) {
	for _, list := range [][]task.Task{w.ch.Tasks, w.ch.NewTasks} {
		if i := slices.IndexFunc(list, func(t task.Task) bool { return string(t.ID) == l.Task }); i >= 0 {
			if list[i].State != task.Open {
				return nil, nil, nil
			}
			return &list[i], &list[i], nil
		}
	}
	// Read outside the transaction: it holds the workspace's commit lock, so there is nothing newer than what stands in w.ch.
	all, err := w.c.cfg.Store.TasksOf(ctx, w.c.ws, l.d.h.number)
	if err != nil {
		return nil, nil, fmt.Errorf("read task %s that is late: %w", l.Task, err)
	}
	i := slices.IndexFunc(all, func(t task.Task) bool { return string(t.ID) == l.Task })
	if i < 0 || all[i].State != task.Open {
		return nil, nil, nil
	}
	return &all[i], nil, nil
}
