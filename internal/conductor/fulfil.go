package conductor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/task"
)

// TargetKey names the work to sign targets that were told: the outside id of what was told is part of it.
func TargetKey(entry string) string { return "target:" + entry }

// owed is the id of the work a key names.
func (w *work) owed(d *draft, key string) task.ID {
	return task.ID(engine.ContactID(w.c.wsID, string(d.h.id), key))
}

// fulfil ends the work that e was asked by, in the same transaction: whoever did the deed has done the work. Work that is over already, or
// that never was, stays as it is.
func (w *work) fulfil(ctx context.Context, d *draft, keys []string, e *event.Event) error {
	if len(keys) == 0 {
		return nil
	}
	// Read as tasksOf does: nothing newer is committed than what is read here, but what stands in w.ch.
	ts, err := w.c.cfg.Store.TasksOf(ctx, w.c.ws, d.h.number)
	if err != nil {
		return fmt.Errorf("read the tasks that event %s fulfils: %w", e.ID(), err)
	}
	by := strings.TrimPrefix(e.Actor, "staff:")
	for _, key := range keys {
		id := w.owed(d, key)
		find := func(list []task.Task) int {
			return slices.IndexFunc(list, func(t task.Task) bool { return t.ID == id })
		}
		i := find(ts)
		if i < 0 || find(w.ch.Tasks) >= 0 || ts[i].State != task.Open {
			continue
		}
		a := Act{Kind: "complete", Outcome: task.Handled}
		n := ts[i]
		kind, err := apply(&n, a, by, w.now)
		if err != nil {
			return fmt.Errorf("fulfil task %s: %w", id, err)
		}
		if n.Version++; by == "self" || by == "engine" {
			n.By = "" // nobody of the staff; the event tells whose deed it was
		}
		w.kinds["task"] = true
		if err := w.act(d, &ts[i], n, kind, a, by); err != nil {
			return err
		}
	}
	return nil
}
