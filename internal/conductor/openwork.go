package conductor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"peiban/internal/person"
	"peiban/internal/task"
)

// openWork is every open task of the workspace, without its words. Lists, boards and the morning's brief sort and count all of it to
// show a page, so it is kept, and what commits may have changed is read again when somebody asks.
type openWork struct {
	reading sync.Mutex // one reader of the database at a time

	mu     sync.Mutex
	known  bool // tasks is all there is, but for what changed
	tasks  map[task.ID]task.Task
	sorted []task.Task // of tasks, in the order of Store.Tasks; nil: to be made again
	ids    map[task.ID]bool
	people map[person.Number]bool // any of whose tasks may have changed
}

// rereadMost is how many changed tasks or people are read one by one; of more, all is read again.
const rereadMost = 1000

// note remembers what a commit may have changed.
func (o *openWork) note(w *work) {
	if len(w.ch.NewTasks)+len(w.ch.Tasks)+len(w.ch.Rehanded)+len(w.ch.Owners) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range w.ch.NewTasks { // one that was there already stays as it was, so all are looked up
		o.ids[w.ch.NewTasks[i].ID] = true
	}
	for i := range w.ch.Tasks {
		o.ids[w.ch.Tasks[i].ID] = true
	}
	for i := range w.ch.Rehanded {
		o.people[w.ch.Rehanded[i].Person] = true
	}
	for i := range w.ch.Owners { // whose work is nobody's by name is their owner's
		o.people[w.ch.Owners[i].Person] = true
	}
}

// forget has everything read again: others wrote, or somebody was erased.
func (o *openWork) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known = false
}

// changed takes what is to be read again; all: everything is.
func (o *openWork) changed() (ids []task.ID, people []person.Number, all bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids, people = slices.Collect(maps.Keys(o.ids)), slices.Collect(maps.Keys(o.people))
	o.ids, o.people = map[task.ID]bool{}, map[person.Number]bool{}
	all = !o.known || len(ids) > rereadMost || len(people) > rereadMost
	o.known = o.known || all // unless somebody forgets meanwhile
	return ids, people, all
}

// OpenTasks gives every open task as it stands now, in the order of Store.Tasks, without its words. The list is the caller's.
func (c *Conductor) OpenTasks(ctx context.Context) ([]task.Task, error) {
	o := &c.work
	o.reading.Lock()
	defer o.reading.Unlock()
	if err := c.othersWrote(ctx); err != nil {
		return nil, err
	}
	ids, people, all := o.changed()
	read := map[task.ID]task.Task{}
	err := func() error {
		filters := []task.Filter{{States: []task.State{task.Open}}}
		if !all {
			filters = nil
			if len(ids) > 0 {
				filters = append(filters, task.Filter{IDs: ids})
			}
			if len(people) > 0 {
				filters = append(filters, task.Filter{Persons: people})
			}
		}
		for _, f := range filters {
			f.Bare = true
			some, err := c.cfg.Store.AllTasks(ctx, c.ws, f)
			if err != nil {
				return fmt.Errorf("read open work: %w", err)
			}
			for _, t := range some {
				read[t.ID] = t
			}
		}
		return nil
	}()
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		o.known = false
		return nil, err
	}
	switch {
	case all:
		o.tasks, o.sorted = read, nil
	case len(ids)+len(people) > 0:
		for _, id := range ids { // one that is not there any more is not open
			delete(o.tasks, id)
		}
		for id, t := range read {
			if delete(o.tasks, id); t.State == task.Open {
				o.tasks[id] = t
			}
		}
		o.sorted = nil
	}
	if o.sorted == nil {
		o.sorted = slices.SortedFunc(maps.Values(o.tasks), func(a, b task.Task) int {
			return cmp.Or(-cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
		})
	}
	return slices.Clone(o.sorted), nil
}

// othersWrote forgets open work and the steps of journeys when another process has committed something that is not followed yet.
func (c *Conductor) othersWrote(ctx context.Context) error {
	head, err := c.cfg.Store.Head(ctx, c.ws)
	if err != nil {
		return fmt.Errorf("see whether others wrote: %w", err)
	}
	if head <= c.tls.Head() {
		return nil
	}
	c.turn.Lock() // a commit of ours that is durable and not told yet is told when this returns
	behind := head > c.head
	c.turn.Unlock()
	if behind {
		c.work.forget()
		c.steps.forget()
	}
	return nil
}
