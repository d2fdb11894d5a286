package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/audit"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/workspace"
)

type handovers interface {
	CreateHandover(ctx context.Context, w workspace.Number, j *job.Job, people []person.Number, entries ...audit.Entry) error
	HandoverLines(ctx context.Context, w workspace.Number, n job.Number, state string, part page.Part) (page.List[owner.Line], error)
	RetryHandover(ctx context.Context, w workspace.Number, n job.Number) error
}

// Handover is people getting another owner, and how far it is.
type Handover struct {
	Number   int64       `json:"number"`
	From     *Ref        `json:"from,omitempty" doc:"absent: those who had nobody"`
	To       []Ref       `json:"to"`
	Rule     bool        `json:"rule"`
	Stay     bool        `json:"tasksStay"`
	Why      Text        `json:"why"`
	Note     string      `json:"note,omitempty"`
	State    string      `json:"state" enum:"waiting,running,stopped,done,failed"`
	Stopping bool        `json:"stopping,omitempty"`
	By       *Text       `json:"by,omitempty"`
	Created  string      `json:"created"`
	Ended    string      `json:"ended,omitempty"`
	Tally    owner.Tally `json:"tally"`
}

var (
	errHandEmpty = fault.New(fault.Invalid, "handover_nobody", "没有要交接的人", "there is nobody to hand over").At("body.from")
	errHandBusy  = fault.New(fault.Clash, "handover_under_way", "他的人正在交接", "their people are being handed over already").At("body.from").
			Because("等它完成，或者先停下它", "wait until that is done, or stop it first")
	errHandRetry = fault.New(fault.Clash, "handover_state", "还在进行，不能重试", "it is still under way and cannot be tried again")
	errNoHand    = fault.New(fault.Missing, "handover_not_found", "没有这次交接", "there is no such hand-over")
)

func (s *Server) handoverOperations() {
	serve(s, operation{"preview-handover", http.MethodPost, "/api/handovers/preview", "owners", "Whom a hand-over is about, their open work and promises by day, and who would get how many", forStaff}, s.previewHandover)
	serve(s, operation{"start-handover", http.MethodPost, "/api/handovers", "owners", "Hand all people of a member of staff over, or all who have nobody, in the background", forStaff}, s.startHandover)
	serve(s, operation{"handovers", http.MethodGet, "/api/handovers", "owners", "Hand-overs, newest first", forStaff}, s.listHandovers)
	serve(s, operation{"handover", http.MethodGet, "/api/handovers/{number}", "owners", "A hand-over and how far it is", forStaff}, s.oneHandover)
	serve(s, operation{"handover-lines", http.MethodGet, "/api/handover-lines", "owners", "The people of a hand-over and what became of each", forStaff}, s.handoverLines)
	serve(s, operation{"stop-handover", http.MethodPost, "/api/handovers/{number}/stop", "owners", "Stop after the people in hand; who was handed over stays so", forStaff}, s.stopHandover)
	serve(s, operation{"continue-handover", http.MethodPost, "/api/handovers/{number}/continue", "owners", "Go on with who still waits", forStaff}, s.continueHandover)
	serve(s, operation{"retry-handover", http.MethodPost, "/api/handovers/{number}/retry", "owners", "Try those again who were refused or failed", forStaff}, s.retryHandover)
}

// HandoverAsk says whose people go where.
type HandoverAsk struct {
	From string `json:"from,omitempty" maxLength:"40" doc:"whose people; empty: those who have nobody"`
	HandOrder
}

type handoverIn struct{ Body HandoverAsk }

// HandoverPreview is what a hand-over would do.
type HandoverPreview struct {
	People   int           `json:"people"`
	Tasks    int           `json:"tasks" doc:"open tasks"`
	Safety   int           `json:"safety"`
	Late     int           `json:"late"`
	Promises []PromisedDay `json:"promises" doc:"calls and chats that were promised, by day"`
	Shares   []HandShare   `json:"shares"`
	None     []OwnerReason `json:"none" doc:"by rules: who would stay where they are, and why"`
}

// PromisedDay is how much was promised for a day.
type PromisedDay struct {
	Day   string `json:"day"`
	Count int    `json:"count"`
}

// handed is who a hand-over is about, after its order was checked. why may be missing in a preview.
func (s *Server) handed(ctx context.Context, in *HandoverAsk, preview bool) (*caller, *owner.Book, *roaring.Bitmap, owner.Order, error) {
	o := in.order(in.From)
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return nil, nil, nil, o, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return nil, nil, nil, o, err
	}
	if in.From != "" && b.Member(in.From) == nil {
		return nil, nil, nil, o, errCodeChoice.At("body.from")
	}
	checked := o
	if preview {
		checked.Why = owner.Left
	}
	if err := b.CheckOrder(&checked); err != nil {
		return nil, nil, nil, o, err
	}
	set := s.ownerless(ctx, c)
	if in.From != "" {
		set = roaring.And(c.space.Conductor.Members("owner", in.From), c.space.Conductor.Directory().All())
	}
	return c, b, set, o, nil
}

func (s *Server) previewHandover(ctx context.Context, in *handoverIn) (HandoverPreview, error) {
	c, b, set, o, err := s.handed(ctx, &in.Body, true)
	if err != nil {
		return HandoverPreview{}, err
	}
	out := HandoverPreview{People: int(set.GetCardinality()), Promises: []PromisedDay{}, Shares: []HandShare{}, None: []OwnerReason{}}
	if err := s.handedWork(ctx, c, set, o.From, &out); err != nil {
		return HandoverPreview{}, err
	}
	if o.Rule {
		out.Shares, out.None = s.byRules(ctx, c, b.Without(o.From), set)
		return out, nil
	}
	for _, x := range b.Spread(out.People, o.To, func(id string) int { return c.space.Conductor.Count("owner", id) }) {
		out.Shares = append(out.Shares, s.handShare(ctx, c, b, x))
	}
	return out, nil
}

// handedWork counts the open work that goes along.
func (s *Server) handedWork(ctx context.Context, c *caller, set *roaring.Bitmap, from string, out *HandoverPreview) error {
	all, err := s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Owners: []string{from}, Bare: true})
	if err != nil {
		return err
	}
	days, now := map[string]int{}, c.space.now()
	for _, t := range task.Rows(all) {
		if !set.Contains(uint32(t.Person)) {
			continue
		}
		out.Tasks++
		switch {
		case t.Priority == task.Safety:
			out.Safety++
		case t.Priority == task.Promise:
			days[localDay(t.Due, c.space.loc)]++
		}
		if t.Late(now) {
			out.Late++
		}
	}
	for day, n := range days {
		out.Promises = append(out.Promises, PromisedDay{day, n})
	}
	slices.SortFunc(out.Promises, func(a, b PromisedDay) int { return cmp.Compare(a.Day, b.Day) })
	return nil
}

func (s *Server) startHandover(ctx context.Context, in *handoverIn) (Handover, error) {
	c, _, set, o, err := s.handed(ctx, &in.Body, false)
	if err != nil {
		return Handover{}, err
	}
	if set.IsEmpty() {
		return Handover{}, errHandEmpty
	}
	defer s.edits.lock(string(c.space.Workspace.ID) + "handover" + o.From)()
	jobs, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return Handover{}, err
	}
	for i := range jobs {
		if h := jobs[i].Told.Hand; h != nil && h.From == o.From && (jobs[i].State == job.Waiting || jobs[i].State == job.Running) {
			return Handover{}, errHandBusy
		}
	}
	people := numbersOf(set)
	j := &job.Job{
		Kind: job.Handover, State: job.Waiting, Actor: c.actor(), Created: s.real().UnixMicro(), Size: int64(len(people)),
		Told: job.Told{Hand: &o}, Report: job.Report{Hand: &owner.Tally{Waiting: len(people)}},
	}
	detail := map[string]any{"from": o.From, "to": o.To, "rule": o.Rule, "why": o.Why, "people": len(people)}
	if err := s.store.CreateHandover(ctx, c.space.number(), j, people, s.entry(ctx, c, "handover.start", 0, detail)); err != nil {
		return Handover{}, err
	}
	return s.handoverView(ctx, c, j), nil
}

func (s *Server) handoverView(ctx context.Context, c *caller, j *job.Job) Handover {
	o := j.Told.Hand
	out := Handover{
		Number: int64(j.Number), From: c.space.ref(ctx, s.store, o.From), To: []Ref{}, Rule: o.Rule, Stay: o.Stay, Why: handReason(o.Why), Note: o.Note,
		State: string(j.State), Stopping: j.State == job.Running && j.Want == "stop", By: s.actorName(ctx, c, j.Actor), Created: moment(j.Created, c.space.loc), Ended: moment(j.Ended, c.space.loc),
	}
	for _, id := range o.To {
		out.To = append(out.To, *c.space.ref(ctx, s.store, id))
	}
	if j.Report.Hand != nil {
		out.Tally = *j.Report.Hand
	}
	return out
}

func (s *Server) handoverOf(ctx context.Context, n int64) (*caller, job.Job, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return nil, job.Job{}, err
	}
	j, err := s.store.Job(ctx, c.space.number(), job.Number(n))
	if err != nil || j.Kind != job.Handover || j.Told.Hand == nil {
		return nil, job.Job{}, cmp.Or(knownErr(err), error(errNoHand))
	}
	return c, j, nil
}

// knownErr is err, unless it says that something is not there.
func knownErr(err error) error {
	if err == nil || fault.KindOf(err) == fault.Missing {
		return nil
	}
	return err
}

func (s *Server) listHandovers(ctx context.Context, in *ownersFileInput) (Listing[Handover], error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return Listing[Handover]{}, err
	}
	jobs, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return Listing[Handover]{}, err
	}
	jobs = slices.DeleteFunc(jobs, func(j job.Job) bool { return j.Kind != job.Handover || j.Told.Hand == nil })
	start, err := offset(in.Cursor, len(jobs))
	if err != nil {
		return Listing[Handover]{}, err
	}
	end := min(start+in.limit(50), len(jobs))
	out := Listing[Handover]{Items: []Handover{}, Total: len(jobs)}
	for i := start; i < end; i++ {
		out.Items = append(out.Items, s.handoverView(ctx, c, &jobs[i]))
	}
	if end < len(jobs) {
		out.NextCursor = itoa(end)
	}
	return out, nil
}

func (s *Server) oneHandover(ctx context.Context, in *ImportPath) (Handover, error) {
	c, j, err := s.handoverOf(ctx, in.Number)
	if err != nil {
		return Handover{}, err
	}
	return s.handoverView(ctx, c, &j), nil
}

type handLinesIn struct {
	Paging
	Number int    `query:"number" minimum:"0" doc:"the newest when not given"`
	State  string `query:"state" enum:"waiting,done,refused,failed,"`
}

func (s *Server) handoverLines(ctx context.Context, in *handLinesIn) (Listing[HandedLine], error) {
	if in.Number == 0 {
		last, err := s.listHandovers(ctx, &ownersFileInput{Paging{Limit: 1}})
		if err != nil || len(last.Items) == 0 {
			return Listing[HandedLine]{Items: []HandedLine{}}, err
		}
		in.Number = int(last.Items[0].Number)
	}
	c, j, err := s.handoverOf(ctx, int64(in.Number))
	if err != nil {
		return Listing[HandedLine]{}, err
	}
	list, err := s.store.HandoverLines(ctx, c.space.number(), j.Number, in.State, in.part())
	if err != nil {
		return Listing[HandedLine]{}, err
	}
	out := Listing[HandedLine]{Items: []HandedLine{}, Total: list.Total, NextCursor: list.Next}
	shown := make([]person.Number, 0, len(list.Items))
	for i := range list.Items {
		out.Items = append(out.Items, s.handedLine(ctx, c, &list.Items[i]))
		shown = append(shown, list.Items[i].Person)
	}
	return out, s.read(ctx, c, "handover.read", shown...)
}

func (s *Server) saveHandover(ctx context.Context, c *caller, j *job.Job, action string) (Handover, error) {
	err := s.store.SaveJob(ctx, c.space.number(), j, s.entry(ctx, c, action, 0, map[string]any{"handover": j.Number}))
	return s.handoverView(ctx, c, j), err
}

func (s *Server) stopHandover(ctx context.Context, in *ImportPath) (Handover, error) {
	c, j, err := s.handoverOf(ctx, in.Number)
	if err != nil {
		return Handover{}, err
	}
	if j.State == job.Waiting {
		j.State, j.Ended = job.Stopped, s.real().UnixMicro()
		return s.saveHandover(ctx, c, &j, "handover.stop")
	}
	if err := s.store.AskJob(ctx, c.space.number(), j.Number, "stop", s.entry(ctx, c, "handover.stop", 0, map[string]any{"handover": j.Number})); err != nil {
		return Handover{}, err
	}
	return s.oneHandover(ctx, in)
}

func (s *Server) continueHandover(ctx context.Context, in *ImportPath) (Handover, error) {
	c, j, err := s.handoverOf(ctx, in.Number)
	if err != nil {
		return Handover{}, err
	}
	if j.State != job.Stopped && j.State != job.Failed {
		return Handover{}, job.ErrState
	}
	j.State, j.Lease, j.Ended = job.Waiting, 0, 0
	return s.saveHandover(ctx, c, &j, "handover.continue")
}

func (s *Server) retryHandover(ctx context.Context, in *ImportPath) (Handover, error) {
	c, j, err := s.handoverOf(ctx, in.Number)
	if err != nil {
		return Handover{}, err
	}
	if j.State == job.Waiting || j.State == job.Running {
		return Handover{}, errHandRetry
	}
	if err := s.store.RetryHandover(ctx, c.space.number(), j.Number); err != nil {
		return Handover{}, err
	}
	t := j.Report.Hand
	t.Waiting, t.Refused, t.Failed = t.Waiting+t.Refused+t.Failed, 0, 0
	j.State, j.Lease, j.Ended = job.Waiting, 0, 0
	return s.saveHandover(ctx, c, &j, "handover.retry")
}

var handStates = map[string]string{"waiting": "等待", "done": "完成", "refused": "没有接收", "failed": "没有办成"}

var handColumns = []export.Column{
	{Key: "id", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "state", Name: "状态 state"}, {Key: "to", Name: "新负责人 to"},
	{Key: "why", Name: "原因 why"}, {Key: "at", Name: "时间 at", Kind: export.Moment},
}

func handCells(l *HandedLine) []string {
	return []string{l.Person.ID, l.Person.Name, handStates[l.State], refName(l.To), zh(l.Why), l.At}
}
