package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// undoBatch is how long a batch can be taken back, as with one task.
const undoBatch = 10 * 60 * 1_000_000 // microseconds

var (
	errBatchOther  = fault.New(fault.Clash, "batch_id_taken", "这个编号已用于另一次批量操作", "this id belongs to another deed").Because("换一个编号", "use another id")
	errBatchUndone = fault.New(fault.Clash, "batch_undone", "这次批量操作已经撤销", "this was taken back already")
	errBatchLate   = fault.New(fault.Clash, "batch_too_late", "超过 10 分钟，不能整批撤销", "more than ten minutes have passed: it cannot be taken back as a whole").
			Because("逐条改", "change them one by one")
	errBatchTo      = fault.New(fault.Invalid, "receiver_unknown", "接手的人没有账号、已关闭，或者角色不办任务", "the receiver has no account, a closed one, or a role that does no tasks").At("body.to")
	errBatchMeant   = fault.New(fault.Invalid, "batch_incomplete", "还差一项：完成要有结果，跳过要有原因，顺延要有时间，转交要有接手的人", "one thing is missing: an outcome to complete, a reason to skip, a time to postpone to, a receiver to hand to")
	errBatchChanged = fault.New(fault.Stale, "changed_since", "之后又被改过，没有撤销", "it was changed since, and stays as it is")
)

func (s *Server) taskBulkOperations() {
	serve(s, operation{"try-bulk", http.MethodPost, "/api/task-batches/preview", "tasks", "What a deed would do to several tasks, row by row; nothing is changed", forStaff}, s.tryBulk)
	serve(s, operation{"bulk", http.MethodPost, "/api/task-batches", "tasks", "Do one thing to several tasks: each has its own event; safety tasks are left out and named", forStaff}, s.bulk)
	serve(s, operation{"undo-bulk", http.MethodPost, "/api/task-batches/{batch}/undo", "tasks", "Take a whole batch back, within ten minutes; what was changed since stays", forStaff}, s.undoBulk)
}

// TaskDeed is one thing that is done to several tasks.
type TaskDeed struct {
	Tasks   []string `json:"tasks" minItems:"1" maxItems:"500"`
	Kind    string   `json:"kind" enum:"complete,postpone,skip,hand"`
	Outcome string   `json:"outcome,omitempty" maxLength:"60" doc:"complete: the result; only tasks that offer it"`
	Reason  string   `json:"reason,omitempty" maxLength:"60" doc:"skip"`
	Until   string   `json:"until,omitempty" maxLength:"40" doc:"postpone"`
	To      string   `json:"to,omitempty" maxLength:"40" doc:"hand: id of a member of staff"`
	Note    string   `json:"note,omitempty" maxLength:"2000"`
}

// BulkResult is what a deed does, or did, to each task.
type BulkResult struct {
	Batch  string    `json:"batch,omitempty" doc:"to take it back"`
	Undo   string    `json:"undo,omitempty" doc:"until when it can be taken back"`
	Done   int       `json:"done" doc:"done, or that can be done"`
	Safety int       `json:"safety" doc:"safety tasks, which are left out"`
	Failed int       `json:"failed" doc:"left out for another reason"`
	Rows   []BulkRow `json:"rows"`
}

// BulkRow is one task of a deed.
type BulkRow struct {
	ID     string `json:"id"`
	Person *Ref   `json:"person,omitempty"`
	Title  *Text  `json:"title,omitempty"`
	OK     bool   `json:"ok"`
	Code   string `json:"code,omitempty" doc:"why not"`
	Why    *Text  `json:"why,omitempty"`
	Due    string `json:"due,omitempty" doc:"as it is afterwards"`
	card   conductor.Card
	before task.Task
}

func (r *BulkRow) fail(err error) {
	f := fault.Of(err)
	if f == nil {
		f = errInternal
	}
	r.OK, r.Code = false, f.Code
	text := f.Text
	r.Why = &text
}

type bulkIn struct{ Body TaskDeed }

var errBulkSafety = fault.New(fault.Clash, "safety_alone", "安全任务不能批量处理，请逐个办", "safety tasks are done one by one, never in bulk")

// weighed says of each task of a deed whether it can be done, without doing it.
func (s *Server) weighed(ctx context.Context, c *caller, d *TaskDeed) ([]BulkRow, conductor.Act, error) {
	a, err := s.deed(ctx, c, d)
	if err != nil {
		return nil, a, err
	}
	var rows []BulkRow
	seen := map[string]bool{}
	for _, id := range d.Tasks {
		if seen[id] {
			continue
		}
		seen[id] = true
		r := BulkRow{ID: id, OK: true}
		_, t, card, err := s.taskFor(ctx, staff.CanWork, id)
		if err != nil {
			r.fail(err)
			rows = append(rows, r)
			continue
		}
		title := taskTitle(c.space.Conductor, t)
		r.Person, r.Title, r.card, r.before = &Ref{string(card.ID), c.nameOf(card)}, &title, card, t
		r.Due = moment(t.Due, c.space.loc)
		switch {
		case t.Priority == task.Safety:
			r.fail(errBulkSafety)
		default:
			err := errors.Join(allowed(t, nil, a), conductor.Allowed(t, a, c.member.ID, c.space.now()))
			if err != nil {
				r.fail(err)
			} else if a.Kind == "postpone" {
				r.Due = moment(a.Until, c.space.loc)
			}
		}
		rows = append(rows, r)
	}
	return rows, a, nil
}

// deed reads what is to be done.
func (s *Server) deed(ctx context.Context, c *caller, d *TaskDeed) (conductor.Act, error) {
	a := conductor.Act{Kind: d.Kind, Note: d.Note}
	switch d.Kind {
	case "complete":
		a.Outcome = d.Outcome
	case "skip":
		a.Outcome = d.Reason
		if _, ok := skipReasons[d.Reason]; d.Reason != "" && !ok {
			return a, errCodeChoice.At("body.reason")
		}
	case "postpone":
		var err error
		if a.Until, err = parseMoment("body.until", d.Until, c.space.loc); err != nil {
			return a, err
		}
	case "hand":
		a.To = d.To
		if m := c.space.book(ctx, s.store, s.log).Member(d.To); d.To != "" && (m == nil || m.Disabled || !owner.Takes(m.Role)) {
			return a, errBatchTo
		}
	}
	if a.Outcome == "" && a.Until == 0 && a.To == "" {
		return a, errBatchMeant.At("body.%s", map[string]string{"complete": "outcome", "skip": "reason", "postpone": "until", "hand": "to"}[d.Kind])
	}
	return a, nil
}

func bulkTold(rows []BulkRow) BulkResult {
	out := BulkResult{Rows: rows}
	for i := range rows {
		switch r := &rows[i]; {
		case r.OK:
			out.Done++
		case r.Code == errBulkSafety.Code:
			out.Safety++
		default:
			out.Failed++
		}
	}
	return out
}

func (s *Server) tryBulk(ctx context.Context, in *bulkIn) (BulkResult, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return BulkResult{}, err
	}
	rows, _, err := s.weighed(ctx, c, &in.Body)
	if err != nil {
		return BulkResult{}, err
	}
	return bulkTold(rows), s.read(ctx, c, "tasks.bulk.preview", peopleOf(rows)...)
}

func peopleOf(rows []BulkRow) []person.Number {
	var out []person.Number
	for i := range rows {
		if n := rows[i].card.Number; n != 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

type doBulkIn struct {
	Body struct {
		TaskDeed
		Batch string `json:"batch" minLength:"8" maxLength:"40" pattern:"^[A-Za-z0-9-]+$" doc:"an id of the caller's own: asking again with it does nothing twice"`
	}
}

func (s *Server) bulk(ctx context.Context, in *doBulkIn) (BulkResult, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return BulkResult{}, err
	}
	d := &in.Body.TaskDeed
	rows, a, err := s.weighed(ctx, c, d)
	if err != nil {
		return BulkResult{}, err
	}
	b := task.Batch{ID: in.Body.Batch, At: c.space.now(), Actor: c.member.ID, Kind: d.Kind, Lines: []task.Line{}}
	for i := range rows {
		if t := &rows[i].before; rows[i].OK {
			b.Lines = append(b.Lines, task.Line{Task: t.ID, Due: t.Due, Owner: t.Owner, Claimed: t.Claimed, Version: t.Version})
		}
	}
	proof := s.entry(ctx, c, "tasks.bulk", 0, map[string]any{"batch": b.ID, "kind": b.Kind, "tasks": len(b.Lines)})
	fresh, err := s.store.BeginBatch(ctx, c.space.number(), &b, proof)
	if err != nil {
		return BulkResult{}, err
	}
	if !fresh {
		if b, err = s.store.Batch(ctx, c.space.number(), b.ID); err != nil {
			return BulkResult{}, err
		}
		if b.Actor != c.member.ID || b.Kind != d.Kind {
			return BulkResult{}, errBatchOther.At("body.batch")
		}
	}
	for i := range rows {
		r := &rows[i]
		if k := slices.IndexFunc(b.Lines, func(l task.Line) bool { return string(l.Task) == r.ID }); k < 0 {
			if r.OK {
				r.fail(errBatchOther) // a repeat names what the first did not
			}
			continue
		} else if !fresh && r.before.Version == b.Lines[k].Version+1 { // done the first time
			r.OK, r.Code, r.Why = true, "", nil
			continue
		}
		if !r.OK {
			continue
		}
		proof := s.entry(ctx, c, "task."+a.Kind, r.card.Number, map[string]any{"task": r.ID, "outcome": a.Outcome, "batch": b.ID})
		if t, err := c.space.Conductor.Act(ctx, c.member.ID, r.before, a, proof); err != nil {
			r.fail(err)
		} else {
			r.Due = moment(t.Due, c.space.loc)
		}
	}
	out := bulkTold(rows)
	out.Batch, out.Undo = b.ID, moment(b.At+undoBatch, c.space.loc)
	return out, nil
}

// BatchPath names a batch.
type BatchPath struct {
	Batch string `path:"batch" maxLength:"40"`
}

func (s *Server) undoBulk(ctx context.Context, in *BatchPath) (BulkResult, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return BulkResult{}, err
	}
	b, err := s.store.Batch(ctx, c.space.number(), in.Batch)
	if err != nil {
		return BulkResult{}, err
	}
	switch now := c.space.now(); {
	case b.Actor != c.member.ID:
		return BulkResult{}, errForbidden
	case b.Undone != 0:
		return BulkResult{}, errBatchUndone
	case now-b.At > undoBatch:
		return BulkResult{}, errBatchLate
	}
	var rows []BulkRow
	for _, l := range b.Lines {
		rows = append(rows, s.undoLine(ctx, c, &b, l))
	}
	proof := s.entry(ctx, c, "tasks.bulk.undo", 0, map[string]any{"batch": b.ID, "tasks": len(rows)})
	if err := s.store.EndBatch(ctx, c.space.number(), b.ID, c.space.now(), proof); err != nil {
		return BulkResult{}, err
	}
	return bulkTold(rows), nil
}

// undoLine takes one task of a batch back. Whoever did the deed may, also when the task went to somebody whose people they do not see.
func (s *Server) undoLine(ctx context.Context, c *caller, b *task.Batch, l task.Line) BulkRow {
	r := BulkRow{ID: string(l.Task), OK: true}
	t, err := s.store.TaskByID(ctx, c.space.number(), l.Task)
	if err != nil {
		r.fail(err)
		return r
	}
	card, ok := c.space.Conductor.Directory().ByNumber(t.Person)
	if !ok || card.Erased {
		r.fail(task.ErrMissing)
		return r
	}
	title := taskTitle(c.space.Conductor, t)
	r.Person, r.Title, r.card = &Ref{string(card.ID), c.nameOf(card)}, &title, card
	if t.Version != l.Version+1 {
		r.fail(errBatchChanged)
		return r
	}
	a := conductor.Act{Kind: "reopen"}
	if b.Kind == "postpone" || b.Kind == "hand" {
		a = conductor.Act{Kind: "back", Was: l}
	}
	if t, err = c.space.Conductor.Act(ctx, c.member.ID, t, a, s.entry(ctx, c, "task."+a.Kind, card.Number, map[string]any{"task": r.ID, "batch": b.ID})); err != nil {
		r.fail(err)
		return r
	}
	r.Due = moment(t.Due, c.space.loc)
	return r
}
