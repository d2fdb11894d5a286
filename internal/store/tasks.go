package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// what the words of a task are sealed for
const (
	taskTitle = "task.title"
	taskNote  = "task.note"
)

// doer is who should do a task: the one named, else the person's own.
const doer = `coalesce(nullif(t.owner, ''), p.owner)`

const (
	taskFrom    = ` FROM task t JOIN person p ON p.workspace = t.workspace AND p.bucket = t.bucket AND p.person = t.person `
	taskColumns = `SELECT t.id, t.person, t.kind, t.priority, t.level, t.script, t.title, t.results, t.state, ` + doer + `, t.role, t.claimed,
		t.opened_at, t.due_at, t.closed_at, t.closed_by, t.outcome, t.note, t.run, t.why, t.version, p.key` + taskFrom
	taskCount = `SELECT count(*)` + taskFrom
	// bareColumns are those of task.Filter.Bare: of thousands of rows most of the time goes into texts nobody looks at.
	bareColumns = `SELECT t.id, t.person, t.kind, t.priority, t.level, t.script, NULL, '', t.state, ` + doer + `, t.role, t.claimed,
		t.opened_at, t.due_at, t.closed_at, t.closed_by, t.outcome, NULL, t.run, '', t.version, NULL` + taskFrom
)

func taskScanner(ring *keys.Ring, bare bool) func(scanner) (task.Task, error) {
	return func(r scanner) (task.Task, error) {
		var t task.Task
		var title, note, key []byte
		var results, why string
		err := r.Scan(&t.ID, &t.Person, &t.Kind, &t.Priority, &t.Level, &t.Script, &title, &results, &t.State, &t.Owner, &t.Role, &t.Claimed,
			&t.Opened, &t.Due, &t.Closed, &t.By, &t.Outcome, &note, &t.Run, &why, &t.Version, &key)
		if err != nil {
			return t, err
		}
		if bare {
			return t, nil
		}
		if why != "" {
			t.Why = json.RawMessage(why)
		}
		if err := json.Unmarshal([]byte(results), &t.Results); err != nil {
			return t, fmt.Errorf("read the outcomes of task %s: %w", t.ID, err)
		}
		sealer, err := opened(ring, t.Person, key)
		if err != nil {
			return t, err
		}
		plain, err := openText(sealer, taskTitle, title)
		if err != nil {
			return t, fmt.Errorf("open task %s: %w", t.ID, err)
		}
		if plain != "" {
			if err := json.Unmarshal([]byte(plain), &t.Title); err != nil {
				return t, fmt.Errorf("read the title of task %s: %w", t.ID, err)
			}
		}
		if t.Note, err = openText(sealer, taskNote, note); err != nil {
			return t, fmt.Errorf("open task %s: %w", t.ID, err)
		}
		return t, nil
	}
}

// TaskFilter chooses tasks. A nil list asks nothing; an empty one fits nothing.
type TaskFilter = task.Filter

func chosen(f TaskFilter, w workspace.Number) query {
	q := query{columns: taskColumns, count: taskCount}
	if f.Bare {
		q.columns = bareColumns
	}
	q.where(`t.workspace = $`, w)
	switch {
	case slices.Equal(f.States, []task.State{task.Open}):
		q.where(`t.state = 'open'`) // said in words, so that the index of open tasks is used: closed ones are many more in time
	case f.States != nil:
		in(&q, `t.state`, f.States)
	}
	if f.Owners != nil {
		in(&q, `coalesce(nullif(t.claimed, ''), `+doer+`)`, f.Owners)
	}
	if f.Kinds != nil {
		in(&q, `t.kind`, f.Kinds)
	}
	if f.Priorities != nil {
		in(&q, `t.priority`, f.Priorities)
	}
	if f.Persons != nil {
		in(&q, `t.person`, f.Persons)
	}
	if f.Roles != nil {
		in(&q, `t.role`, f.Roles)
		q.where(`t.owner = $`, "")
	}
	if f.Left != "" {
		q.where(`t.owner = $`, f.Left)
		q.where(`p.owner <> $`, f.Left)
	}
	if f.IDs != nil {
		in(&q, `t.id`, f.IDs)
	}
	if f.DueFrom != 0 {
		q.where(`t.due_at >= $`, f.DueFrom)
	}
	if f.DueBefore != 0 {
		q.where(`t.due_at < $`, f.DueBefore)
	}
	return q
}

// Tasks lists what a filter fits: the most pressing first, then what is due first.
func (s *Store) Tasks(ctx context.Context, w workspace.Number, f TaskFilter, page Page) (List[task.Task], error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return List[task.Task]{}, err
	}
	return paged(ctx, s.db.Reader(), chosen(f, w), page, `(-t.priority, t.due_at, t.id) > ($, $, $)`,
		`ORDER BY -t.priority, t.due_at, t.id`, taskScanner(ring, f.Bare), func(t task.Task) []string {
			return []string{strconv.Itoa(-int(t.Priority)), strconv.FormatInt(t.Due, 10), string(t.ID)}
		}, number, number, text)
}

// AllTasks gives everything a filter fits, in the order of Tasks.
func (s *Store) AllTasks(ctx context.Context, w workspace.Number, f TaskFilter) ([]task.Task, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	q := chosen(f, w)
	return all(ctx, s.db.Reader(), taskScanner(ring, f.Bare), q.columns+q.clause()+`ORDER BY -t.priority, t.due_at, t.id`, q.args...)
}

// ClosedTasks lists what a filter fits, the last closed first.
func (s *Store) ClosedTasks(ctx context.Context, w workspace.Number, f TaskFilter, page Page) (List[task.Task], error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return List[task.Task]{}, err
	}
	q := chosen(f, w)
	q.where(`t.state <> 'open'`)
	return paged(ctx, s.db.Reader(), q, page, `(t.closed_at, t.id) < ($, $)`, `ORDER BY t.closed_at DESC, t.id DESC`, taskScanner(ring, f.Bare),
		func(t task.Task) []string { return []string{strconv.FormatInt(t.Closed, 10), string(t.ID)} }, number, text)
}

// CountTasks counts what a filter fits, by priority.
func (s *Store) CountTasks(ctx context.Context, w workspace.Number, f TaskFilter) (map[task.Priority]int, error) {
	q := chosen(f, w)
	out := map[task.Priority]int{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var p task.Priority
		var n int
		if err := r.Scan(&p, &n); err != nil {
			return err
		}
		out[p] = n
		return nil
	}, `SELECT t.priority, count(*)`+taskFrom+q.clause()+`GROUP BY t.priority`, q.args...)
	return out, err
}

// OpenTasks is what a list of people shows beside each name.
type OpenTasks = task.Load

// OpenTasksByPerson counts open tasks of everyone who has any.
func (s *Store) OpenTasksByPerson(ctx context.Context, w workspace.Number) (map[person.Number]OpenTasks, error) {
	out := map[person.Number]OpenTasks{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var p person.Number
		var n OpenTasks
		if err := r.Scan(&p, &n.Open, &n.Safety); err != nil {
			return err
		}
		out[p] = n
		return nil
	}, `SELECT person, count(*), sum(CASE WHEN priority = $1 THEN 1 ELSE 0 END) FROM task
		WHERE workspace = $2 AND state = 'open' GROUP BY person`, int(task.Safety), w)
	return out, err
}

// TasksOf lists a person's tasks, open ones first, then the last opened.
func (s *Store) TasksOf(ctx context.Context, w workspace.Number, p person.Number) ([]task.Task, error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return nil, err
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	var q query
	q.of(w, "t.", of)
	return all(ctx, s.db.Reader(), taskScanner(ring, false), taskColumns+q.clause()+`
		ORDER BY CASE WHEN t.state = 'open' THEN 0 ELSE 1 END, t.opened_at DESC, t.id`, q.args...)
}

// Task reads one of a person's.
func (s *Store) Task(ctx context.Context, w workspace.Number, p person.Number, id task.ID) (task.Task, error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return task.Task{}, err
	}
	var q query
	q.of(w, "t.", of)
	q.where(`t.id = $`, id)
	return s.task(ctx, s.db.Reader(), w, q.clause(), q.args...)
}

// TaskByID reads one whosever it is; the caller checks who may see it.
func (s *Store) TaskByID(ctx context.Context, w workspace.Number, id task.ID) (task.Task, error) {
	return s.task(ctx, s.db.Reader(), w, `WHERE t.workspace = $1 AND t.id = $2`, w, id)
}

// Task reads one of a person's as this transaction sees it.
func (t *Tx) Task(ctx context.Context, p person.Number, id task.ID) (task.Task, error) {
	b, err := t.bucket(ctx, p)
	if err != nil {
		return task.Task{}, err
	}
	return t.s.task(ctx, t.do, t.w, `WHERE t.workspace = $1 AND t.bucket = $2 AND t.person = $3 AND t.id = $4`, t.w, b, p, id)
}

func (s *Store) task(ctx context.Context, q querier, w workspace.Number, where string, args ...any) (task.Task, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return task.Task{}, err
	}
	return one(ctx, q, task.ErrMissing, taskScanner(ring, false), taskColumns+where, args...)
}

// writeTasks inserts the new ones, leaving one that exists as it is, and updates the others where nobody was
// faster. What a task is about is never changed.
func (t *Tx) writeTasks(ctx context.Context, c *conductor.Changes) error {
	if err := writeRows(ctx, t, c.NewTasks, `INSERT INTO task (workspace, bucket, person, id, kind, priority, level, script, title, results, state,
			owner, role, claimed, opened_at, due_at, closed_at, closed_by, outcome, note, run, why, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
		ON CONFLICT (workspace, bucket, person, id) DO NOTHING`,
		func(v *task.Task) ([]any, error) {
			b, sealer, err := t.who(ctx, v.Person)
			if err != nil {
				return nil, err
			}
			title, err := sealTitle(sealer, v.Title)
			if err != nil {
				return nil, err
			}
			results, err := json.Marshal(v.Results)
			if err != nil {
				return nil, err
			}
			return []any{
				t.w, b, v.Person, v.ID, v.Kind, int(v.Priority), v.Level, v.Script, title, string(results), v.State,
				v.Owner, v.Role, v.Claimed, v.Opened, v.Due, v.Closed, v.By, v.Outcome, sealText(sealer, taskNote, v.Note), v.Run, string(v.Why), max(v.Version, 1),
			}, nil
		}); err != nil {
		return err
	}
	for i := range c.Tasks {
		if err := t.updateTask(ctx, &c.Tasks[i]); err != nil {
			return fmt.Errorf("update task %s: %w", c.Tasks[i].ID, err)
		}
	}
	return nil
}

func (t *Tx) updateTask(ctx context.Context, v *task.Task) error {
	b, sealer, err := t.who(ctx, v.Person)
	if err != nil {
		return err
	}
	title, err := sealTitle(sealer, v.Title)
	if err != nil {
		return err
	}
	// The owner read is the person's where none is named; writing it back must not pin the task to them.
	n, err := exec(ctx, t.do, `UPDATE task SET priority = $1, level = $2, state = $3, role = $5, claimed = $6, due_at = $7, closed_at = $8,
			closed_by = $9, outcome = $10, title = coalesce($11, title), note = coalesce($12, note), version = $13,
			owner = CASE WHEN owner = '' AND $4 = (SELECT p.owner FROM person p WHERE p.workspace = $14 AND p.bucket = $15 AND p.person = $16)
				THEN '' ELSE $4 END
		WHERE workspace = $14 AND bucket = $15 AND person = $16 AND id = $17 AND version = $18`,
		int(v.Priority), v.Level, v.State, v.Owner, v.Role, v.Claimed, v.Due, v.Closed, v.By, v.Outcome,
		title, sealText(sealer, taskNote, v.Note), v.Version, t.w, b, v.Person, v.ID, v.Version-1)
	if err != nil || n == 1 {
		return err
	}
	if _, err := t.Task(ctx, v.Person, v.ID); err != nil {
		return err
	}
	return task.ErrStale
}

func sealTitle(s *keys.Sealer, title fault.Text) ([]byte, error) {
	if title == (fault.Text{}) {
		return nil, nil
	}
	b, err := json.Marshal(title)
	if err != nil {
		return nil, err
	}
	return sealText(s, taskTitle, string(b)), nil
}
