package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/insight"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// Task is work for a human with what is needed to do it.
type Task struct {
	ID          string     `json:"id"`
	Person      TaskPerson `json:"person"`
	Kind        string     `json:"kind" enum:"task,alert"`
	Priority    string     `json:"priority" enum:"safety,promise,normal,low"`
	Level       int        `json:"level,omitempty"`
	Title       Text       `json:"title"`
	Detail      *Text      `json:"detail,omitempty" doc:"why, in one sentence"`
	Script      *Script    `json:"script,omitempty" doc:"approved words"`
	Results     []Choice   `json:"results"`
	State       string     `json:"state" enum:"open,done,skipped,void"`
	Late        bool       `json:"late"`
	Opened      string     `json:"opened"`
	Due         string     `json:"due"`
	Closed      string     `json:"closed,omitempty"`
	Outcome     string     `json:"outcome,omitempty"`
	OutcomeText *Text      `json:"outcomeText,omitempty"`
	Note        string     `json:"note,omitempty"`
	Owner       *Ref       `json:"owner,omitempty"`
	Cover       *Ref       `json:"cover,omitempty" doc:"the owner, who is absent now: who asks does it for them"`
	ClaimedBy   *Ref       `json:"claimedBy,omitempty"`
	By          *Ref       `json:"by,omitempty"`
	Version     int64      `json:"version"`
	Reading     *Reading   `json:"reading,omitempty"`
	Journey     *Named     `json:"journey,omitempty"`
	Alert       string     `json:"alert,omitempty" doc:"of a call: the alert it answers, which stands for it in lists of work"`
	Steps       []TaskStep `json:"steps,omitempty" doc:"of an alert: the calls that answer it, open ones first, then the last opened"`
	Reminded    int        `json:"reminded,omitempty" doc:"how often staff were reminded of it"`
	Reminds     string     `json:"reminds,omitempty" doc:"when they are next"`
	Escalates   string     `json:"escalates,omitempty" doc:"when it goes to another role, if it is still open"`
	Escalated   *Escalated `json:"escalated,omitempty" doc:"it was late and went to another role"`
	Place       *TaskPlace `json:"place,omitempty" doc:"in lists of open work: why it stands where it does"`
}

// TaskPerson is whom a task is about.
type TaskPerson struct {
	Ref
	Age        *int   `json:"age,omitempty"`
	Gender     string `json:"gender,omitempty"`
	LivesAlone bool   `json:"livesAlone,omitempty"`
}

// Script is approved words for staff to say.
type Script struct {
	Key   string `json:"key"`
	Title Text   `json:"title"`
	Body  Text   `json:"body"`
}

// TaskList is a day's list with its counts.
type TaskList struct {
	Listing[Task]
	Counts      TaskCounts `json:"counts"`
	MinutesLeft int        `json:"minutesLeft" doc:"estimate for what is due today"`
	Day         *WorkDay   `json:"day,omitempty" doc:"of one member's open work: how much of it fits into today"`
}

// TaskCounts are the figures of the list's chips.
type TaskCounts struct {
	All         int `json:"all"`
	Safety      int `json:"safety"`
	Promise     int `json:"promise"`
	Today       int `json:"today"`
	Postponable int `json:"postponable"`
	Over        int `json:"over" doc:"due today, and there is no time left for it"`
}

var priorities = map[task.Priority]string{task.Safety: "safety", task.Promise: "promise", task.Normal: "normal", task.Low: "low"}

func (s *Server) taskOperations() {
	serve(s, operation{"tasks", http.MethodGet, "/api/tasks", "tasks", "Tasks, safety first, then by points for what is due, promised, worth a talk and has waited; an alert stands for its calls", forStaff}, s.listTasks)
	serve(s, operation{"person-tasks", http.MethodGet, "/api/people/{id}/tasks", "tasks", "Tasks about a person, open ones first, now or at another moment", forStaff}, s.personTasks)
	serve(s, operation{"workload", http.MethodGet, "/api/workload", "tasks", "Who has how much to do today: the team for managers, for others their own line", forStaff}, s.workload)
	serve(s, operation{"work-settings", http.MethodGet, "/api/work-settings", "tasks", "How work is ordered, how long a day is, and when somebody is called fine", forStaff}, s.workSettings)
	serve(s, operation{"save-work-settings", http.MethodPut, "/api/work-settings", "tasks", "Change that, for managers", forStaff}, s.saveWorkSettings)
	serve(s, operation{"claim-task", http.MethodPost, "/api/tasks/{id}/claim", "tasks", "Take a task", forStaff}, s.claimTask)
	serve(s, operation{"complete-task", http.MethodPost, "/api/tasks/{id}/complete", "tasks", "Finish a task with its outcome; an alert and its call end together, unless nobody answered", forStaff}, s.completeTask)
	serve(s, operation{"skip-task", http.MethodPost, "/api/tasks/{id}/skip", "tasks", "Leave a task undone, with a reason", forStaff}, s.skipTask)
	serve(s, operation{"postpone-task", http.MethodPost, "/api/tasks/{id}/postpone", "tasks", "Do a task later; safety tasks cannot wait", forStaff}, s.postponeTask)
	serve(s, operation{"reopen-task", http.MethodPost, "/api/tasks/{id}/reopen", "tasks", "Undo, within ten minutes", forStaff}, s.reopenTask)
}

type tasksInput struct {
	Paging
	State string `query:"state" enum:"open,closed," doc:"open when not given"`
	Owner string `query:"owner" maxLength:"40" doc:"me, all, or a member's id; all when not given"`
	Group string `query:"group" enum:"safety,promise,today,later,over," doc:"over: due today, and there is no time left for it"`
}

func (s *Server) listTasks(ctx context.Context, in *tasksInput) (TaskList, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return TaskList{}, err
	}
	f := task.Filter{}
	switch in.Owner {
	case "", "all":
	case "me":
		f.Owners = append([]string{c.member.ID}, s.actingFor(ctx, c)...)
	default:
		f.Owners = []string{in.Owner}
	}
	seen := s.visible(ctx, c)
	all, err := s.gather(ctx, c, f, in.State == "closed", seen)
	if err != nil {
		return TaskList{}, err
	}
	if in.State != "closed" && in.Owner != "" {
		if all, err = s.withRole(ctx, c, in.Owner, all); err != nil {
			return TaskList{}, err
		}
	}
	out := TaskList{Listing: Listing[Task]{Items: []Task{}}}
	tonight := insight.EndOfDay(c.space.now(), c.space.loc)
	all = task.Rows(all)
	var ranked []rank
	if in.State != "closed" {
		if ranked, err = s.ranked(ctx, c, all); err != nil {
			return TaskList{}, err
		}
		if out.Day, err = s.fitted(ctx, c, in.Owner, ranked, tonight); err != nil {
			return TaskList{}, err
		}
	} else {
		for _, t := range all {
			ranked = append(ranked, rank{Task: t, fits: true})
		}
	}
	chosen := ranked[:0:0]
	for _, r := range ranked {
		g := groupOf(r.Task, tonight)
		out.Counts.add(r.Task, g)
		if !r.fits {
			out.Counts.Over++
		}
		if g != "later" {
			out.MinutesLeft += r.Minutes()
		}
		if in.Group == "" || in.Group == g || in.Group == "over" && !r.fits {
			chosen = append(chosen, r)
		}
	}
	if in.State == "closed" {
		out.MinutesLeft = 0
	}
	start, err := offset(in.Cursor, len(chosen))
	if err != nil {
		return TaskList{}, err
	}
	end := min(start+in.limit(100), len(chosen))
	out.Total = len(chosen)
	people := roaring.New()
	part := make([]task.Task, 0, end-start)
	places := map[task.ID]*rank{}
	for i := start; i < end; i++ {
		part = append(part, chosen[i].Task)
		places[chosen[i].ID] = &chosen[i]
	}
	rows, err := s.whole(ctx, c, part)
	if err != nil {
		return TaskList{}, err
	}
	for _, t := range rows {
		v, err := s.taskView(ctx, c, t)
		if err != nil {
			return TaskList{}, err
		}
		if in.State != "closed" {
			v.Place = places[t.ID].view()
		}
		out.Items = append(out.Items, v)
		people.Add(uint32(t.Person))
	}
	if end < len(chosen) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, s.read(ctx, c, "tasks.list", numbersOf(people)...)
}

func numbersOf(b *roaring.Bitmap) []person.Number {
	out := make([]person.Number, 0, b.GetCardinality())
	for it := b.Iterator(); it.HasNext(); {
		out = append(out, person.Number(it.Next()))
	}
	return out
}

// withRole adds to somebody's own work what waits for their role.
func (s *Server) withRole(ctx context.Context, c *caller, owner string, own []task.Task) ([]task.Task, error) {
	if owner != "me" && owner != c.member.ID {
		return own, nil
	}
	more, err := s.askedOf(ctx, c)
	if err != nil {
		return nil, err
	}
	late, err := s.escalated(ctx, c)
	if err != nil {
		return nil, err
	}
	more = append(more, late...)
	for _, t := range more {
		if !slices.ContainsFunc(own, func(o task.Task) bool { return o.ID == t.ID }) {
			own = append(own, t)
		}
	}
	return own, nil
}

// whole reads the tasks of a page with their words; they stay due as they are there.
func (s *Server) whole(ctx context.Context, c *caller, rows []task.Task) ([]task.Task, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]task.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	list, err := s.store.Tasks(ctx, c.space.number(), task.Filter{IDs: ids}, page.Part{Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	by := make(map[task.ID]task.Task, len(ids))
	for _, t := range list.Items {
		by[t.ID] = t
	}
	out := make([]task.Task, 0, len(rows))
	for _, r := range rows {
		if t, ok := by[r.ID]; ok { // else erased since
			t.Due = r.Due
			out = append(out, t)
		}
	}
	return out, nil
}

// gather reads every task a filter fits about people the caller may see. Closed ones end at a thousand: they are
// history, read from the newest.
func (s *Server) gather(ctx context.Context, c *caller, f task.Filter, closed bool, seen *roaring.Bitmap) ([]task.Task, error) {
	var all []task.Task
	var err error
	if closed {
		var list page.List[task.Task]
		list, err = s.store.ClosedTasks(ctx, c.space.number(), f, page.Part{Limit: 1000})
		all = list.Items
	} else {
		all, err = c.space.Conductor.OpenTasks(ctx)
		if f.Owners != nil {
			all = slices.DeleteFunc(all, func(t task.Task) bool { return !slices.Contains(f.Owners, cmp.Or(t.Claimed, t.Owner)) })
		}
	}
	return slices.DeleteFunc(all, func(t task.Task) bool { return !seen.Contains(uint32(t.Person)) }), err
}

// groupOf is the chip a task falls under: safety and promises whenever due, then what is due today, then later.
func groupOf(t task.Task, tonight int64) string {
	switch {
	case t.Priority == task.Safety:
		return "safety"
	case t.Priority == task.Promise:
		return "promise"
	case t.Due < tonight:
		return "today"
	}
	return "later"
}

func (n *TaskCounts) add(t task.Task, group string) {
	n.All++
	switch group {
	case "safety":
		n.Safety++
	case "promise":
		n.Promise++
	case "today":
		n.Today++
	}
	if t.Priority == task.Low || group == "later" {
		n.Postponable++
	}
}

type personTasksInput struct {
	IDPath
	Moments
}

func (s *Server) personTasks(ctx context.Context, in *personTasksInput) (Listing[Task], error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "tasks.read")
	if err != nil {
		return Listing[Task]{}, err
	}
	ts, err := s.tasksAt(ctx, c, l)
	if err != nil {
		return Listing[Task]{}, err
	}
	out := Listing[Task]{Items: []Task{}, Total: len(ts)}
	for _, t := range ts {
		out.Items = append(out.Items, s.taskLook(ctx, c, l, t, ts))
	}
	return out, nil
}

// taskFor finds a task about a person the caller may see.
func (s *Server) taskFor(ctx context.Context, p staff.Permission, id string) (*caller, task.Task, conductor.Card, error) {
	c := callerOf(ctx)
	t, err := s.store.TaskByID(ctx, c.space.number(), task.ID(id))
	if err != nil {
		return nil, task.Task{}, conductor.Card{}, err
	}
	card, ok := c.space.Conductor.Directory().ByNumber(t.Person)
	mine := t.State != task.Open && t.By == c.member.ID // who has just ended it may take that back
	if !ok || card.Erased || !mine && !s.sees(ctx, c, card) {
		return nil, task.Task{}, conductor.Card{}, task.ErrMissing
	}
	if !c.member.Role.Can(p) {
		return nil, task.Task{}, conductor.Card{}, errForbidden
	}
	return c, t, card, nil
}

// TaskPath is a task's address and the version a change of it was based on.
type TaskPath struct {
	IDPath
	Based
}

// Noted is a note that comes with an act.
type Noted struct {
	Note string `json:"note,omitempty" maxLength:"2000"`
}

type completeInput struct {
	TaskPath
	Body struct {
		Outcome string `json:"outcome" maxLength:"60"`
		Noted
	}
}

type skipInput struct {
	TaskPath
	Body struct {
		Reason string `json:"reason" maxLength:"60"`
		Noted
	}
}

type postponeInput struct {
	TaskPath
	Body struct {
		Until string `json:"until" format:"date-time"`
		Noted
	}
}

func (s *Server) claimTask(ctx context.Context, in *TaskPath) (Task, error) {
	return s.actOnTask(ctx, in, conductor.Act{Kind: "claim"})
}

func (s *Server) completeTask(ctx context.Context, in *completeInput) (Task, error) {
	return s.actOnTask(ctx, &in.TaskPath, conductor.Act{Kind: "complete", Outcome: in.Body.Outcome, Note: in.Body.Note})
}

func (s *Server) skipTask(ctx context.Context, in *skipInput) (Task, error) {
	return s.actOnTask(ctx, &in.TaskPath, conductor.Act{Kind: "skip", Outcome: in.Body.Reason, Note: in.Body.Note})
}

func (s *Server) postponeTask(ctx context.Context, in *postponeInput) (Task, error) {
	until, err := parseMoment("body.until", in.Body.Until, time.UTC)
	if err != nil {
		return Task{}, err
	}
	return s.actOnTask(ctx, &in.TaskPath, conductor.Act{Kind: "postpone", Until: until, Note: in.Body.Note})
}

func (s *Server) reopenTask(ctx context.Context, in *TaskPath) (Task, error) {
	return s.actOnTask(ctx, in, conductor.Act{Kind: "reopen"})
}

func (s *Server) actOnTask(ctx context.Context, in *TaskPath, a conductor.Act) (Task, error) {
	c, t, card, err := s.taskFor(ctx, staff.CanWork, in.ID)
	if err != nil {
		return Task{}, err
	}
	if err := in.check(t.Version); err != nil {
		return Task{}, err
	}
	all, err := s.store.TasksOf(ctx, c.space.number(), t.Person)
	if err != nil {
		return Task{}, err
	}
	if err := allowed(t, t.Calls(all), a); err != nil {
		return Task{}, err
	}
	proof := s.entry(ctx, c, "task."+a.Kind, card.Number, map[string]any{"task": string(t.ID), "outcome": a.Outcome})
	t, err = c.space.Conductor.Act(ctx, c.member.ID, t, a, proof)
	if err != nil {
		return Task{}, err
	}
	return s.taskView(ctx, c, t)
}

// allowed refuses an outcome or a reason that has no words: figures are made of these codes. An alert may end as its
// calls may.
func allowed(t task.Task, calls []task.Task, a conductor.Act) error {
	switch a.Kind {
	case "complete":
		for _, o := range append([]task.Task{t}, calls...) {
			for _, r := range resultsOf(o) {
				if r.Key == a.Outcome {
					return nil
				}
			}
		}
		return errCodeChoice.At("body.outcome")
	case "skip":
		if _, ok := skipReasons[a.Outcome]; !ok {
			return errCodeChoice.At("body.reason")
		}
	}
	return nil
}

func resultsOf(t task.Task) []Choice {
	keys := t.Results
	if len(keys) == 0 {
		keys = usualResults
		if t.Kind == "alert" {
			keys = []string{"handled", "reached", "no_answer", "went_to_hospital"}
		}
	}
	out := make([]Choice, len(keys))
	for i, k := range keys {
		out[i] = Choice{k, word(outcomeNames, k)}
	}
	return out
}

// taskTitle is what is to be done, in one line.
func taskTitle(cd *conductor.Conductor, t task.Task) Text {
	if t.Title != (Text{}) {
		return t.Title
	}
	for _, p := range cd.Asked(t.Why) {
		if x := p.Scripts[t.Script]; x != nil {
			return x.Title
		}
	}
	return text("联系本人", "Contact the person")
}

func (s *Server) script(ctx context.Context, c *caller, card conductor.Card, t task.Task) *Script {
	key := t.Script
	if key == "" {
		return nil
	}
	for _, p := range c.space.Conductor.Asked(t.Why) {
		x := p.Scripts[key]
		if x == nil {
			continue
		}
		owner := ""
		if o := c.space.ref(ctx, s.store, card.Owner); o != nil {
			owner = o.Name
		}
		fill := strings.NewReplacer("{name}", c.nameOf(card), "{owner}", owner)
		return &Script{Key: key, Title: x.Title, Body: Text{Zh: fill.Replace(x.Body.Zh), En: fill.Replace(x.Body.En)}}
	}
	return nil
}
