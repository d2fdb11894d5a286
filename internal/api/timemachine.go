package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/rehearse"
	"peiban/internal/staff"
)

// Rehearsal is a draft lived again over real timelines: what it would have done. It is kept in memory only.
type Rehearsal struct {
	ID       string  `json:"id,omitempty" doc:"given back with GET it tells a rehearsal that was not kept from one that was never begun"`
	State    string  `json:"state" enum:"none,running,done,cancelled,failed"`
	Revision int64   `json:"revision" doc:"of the draft it is about"`
	Stale    bool    `json:"stale" doc:"the draft was changed since"`
	Journey  string  `json:"journey,omitempty" doc:"absent: all journeys of the draft"`
	From     string  `json:"from,omitempty" doc:"the first local day"`
	To       string  `json:"to,omitempty" doc:"the last local day"`
	Capacity int     `json:"capacity" doc:"tasks one member of staff does a day"`
	New      bool    `json:"new" doc:"nobody is in the programme: everybody was taken as joining on the first day"`
	Done     int     `json:"done"`
	Of       int     `json:"of"`
	TookMs   int64   `json:"tookMs"`
	Failure  *Text   `json:"failure,omitempty"`
	Found    string  `json:"found,omitempty" doc:"opens the people behind each number: GET /api/people with found and of=reached, journey:KEY, sent:KEY:STEP, reason:REASON, goal:KEY and so on"`
	Result   *Again  `json:"result,omitempty"`
	Journeys []Named `json:"journeys" doc:"of the draft, to choose from"`
}

// Again is what a rehearsal came to.
type Again struct {
	People     int          `json:"people" doc:"who was in the programme"`
	Reached    int          `json:"reached" doc:"of them: entered a journey"`
	Entered    int          `json:"entered" doc:"times"`
	Sent       int          `json:"sent"`
	Held       int          `json:"held" doc:"put off for a while"`
	Suppressed int          `json:"suppressed" doc:"never sent"`
	Tasks      int          `json:"tasks"`
	Safety     int          `json:"safety" doc:"of tasks: those that cannot wait"`
	Real       int          `json:"real" doc:"messages the same journeys really sent in the time"`
	RealTasks  int          `json:"realTasks" doc:"tasks of the same journeys really done in the time"`
	Reasons    []WhyNot     `json:"reasons" doc:"of what was never sent, most first"`
	Days       []AgainDay   `json:"days"`
	Journeys   []AgainOf    `json:"journeys" doc:"most people first"`
	Staff      []AgainStaff `json:"staff" doc:"most work first"`
	All        AgainStaff   `json:"all"`
}

// WhyNot is how often something was kept back, for a reason.
type WhyNot struct {
	Reason string `json:"reason"`
	Text   Text   `json:"text"`
	N      int    `json:"n"`
}

// AgainDay is one local day of a rehearsal.
type AgainDay struct {
	Day        string `json:"day"`
	Reached    int    `json:"reached" doc:"people who entered for the first time"`
	Entered    int    `json:"entered"`
	Sent       int    `json:"sent"`
	Held       int    `json:"held"`
	Suppressed int    `json:"suppressed"`
	Tasks      int    `json:"tasks"`
	Safety     int    `json:"safety"`
	Real       int    `json:"real"`
	RealTasks  int    `json:"realTasks"`
}

// AgainOf is what one journey would have done.
type AgainOf struct {
	Key     string      `json:"key"`
	Name    Text        `json:"name"`
	Class   string      `json:"class" enum:"safety,asked,programme"`
	People  int         `json:"people"`
	Entered int         `json:"entered"`
	Goal    *AgainGoal  `json:"goal,omitempty" doc:"absent: it has none. Due are entries whose window is over, reached those of them that came to it"`
	Steps   []AgainStep `json:"steps"`
}

// AgainGoal is how often its goal would have been reached.
type AgainGoal struct {
	rehearse.GoalRate
	Within Text `json:"within" doc:"the window in words"`
}

// AgainStep is what one step would have asked for.
type AgainStep struct {
	Step       string   `json:"step"`
	Kind       string   `json:"kind"`
	Name       Text     `json:"name"`
	Sent       int      `json:"sent"`
	Held       int      `json:"held"`
	Suppressed int      `json:"suppressed"`
	Reasons    []WhyNot `json:"reasons"`
	Tasks      int      `json:"tasks"`
}

// AgainStaff is how much work would have fallen to somebody by day.
type AgainStaff struct {
	Role       string  `json:"role" doc:"empty: all together"`
	Staff      *Ref    `json:"staff,omitempty" doc:"the owner; absent: whoever is on duty"`
	Total      int     `json:"total"`
	Mean       float64 `json:"mean" doc:"a day"`
	P95        int     `json:"p95" doc:"on 95 of 100 days no more"`
	Busiest    int     `json:"busiest"`
	BusiestDay string  `json:"busiestDay"`
	Needed     int     `json:"needed" doc:"people of staff for 95 of 100 days"`
}

// rehearsing is one rehearsal. What its goroutine writes is read under mu, or is atomic.
type rehearsing struct {
	id       string
	cancel   context.CancelFunc
	revision int64
	asked    conductor.Rehearsal
	done, of atomic.Int64

	mu      sync.Mutex
	state   string
	failure error
	took    int64
	result  *conductor.Rehearsed
	found   string
}

func (w *rehearsing) end() { w.cancel() }

func (s *Server) rehearsalOperations() {
	const at = "/api/programmes/{key}/draft/rehearsal"
	serve(s, operation{"begin-rehearsal", http.MethodPost, at, "drafts", "Begin to live the draft again over real timelines; nothing is written or sent", forStaff}, s.beginRehearsal)
	serve(s, operation{"rehearsal", http.MethodGet, at, "drafts", "What the draft would have done, as far as it is known", forStaff}, s.rehearsal)
	act(s, operation{"cancel-rehearsal", http.MethodDelete, at, "drafts", "Give a rehearsal up", forStaff}, s.cancelRehearsal)
}

var (
	errRehearsalGone = fault.New(fault.Missing, "rehearsal_gone", "上次预演的结果没有留下来", "the last rehearsal was not kept").
				Because("服务重启过。草稿还在，再算一次就有", "the service was restarted; the draft is still there, begin again")
	errRehearsalDays = fault.New(fault.Invalid, "rehearsal_days", "从哪天到哪天：写成 2026-03-08，先早后晚，不到今天之后，最长两年", "the days are like 2026-03-08, the earlier first, not after today, two years at most")
)

// Tasks a member of staff does a day when nobody says otherwise, and how long a rehearsal may be.
const (
	usualCapacity = 40
	longestAgain  = 2 * 366 * 24 * time.Hour
)

type rehearsalIn struct {
	Key  string `path:"key" maxLength:"60"`
	Body struct {
		Journey  string `json:"journey,omitempty" maxLength:"80" doc:"one journey, with those it calls; all when not given"`
		From     string `json:"from,omitempty" maxLength:"10" doc:"the first local day; a year before to when not given"`
		To       string `json:"to,omitempty" maxLength:"10" doc:"the last local day; yesterday when not given"`
		Capacity int    `json:"capacity,omitempty" minimum:"0" maximum:"1000" doc:"tasks one member of staff does a day; 40 when not given"`
	}
}

// againSpan reads the days of a rehearsal as moments [from, to).
func (c *caller) againSpan(from, to string) (int64, int64, error) {
	loc := c.space.loc
	now := time.UnixMicro(c.space.now()).In(loc)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc)
	last := today.AddDate(0, 0, -1)
	if to != "" {
		at, err := time.ParseInLocation(time.DateOnly, to, loc)
		if err != nil || at.After(today) {
			return 0, 0, errRehearsalDays.At("body.to")
		}
		last = at
	}
	first := last.AddDate(-1, 0, 1)
	if from != "" {
		at, err := time.ParseInLocation(time.DateOnly, from, loc)
		if err != nil {
			return 0, 0, errRehearsalDays.At("body.from")
		}
		first = at
	}
	end := last.AddDate(0, 0, 1)
	if end.After(now) {
		end = now.Add(time.Microsecond) // what is known now counts
	}
	if !first.Before(end) || end.Sub(first) > longestAgain {
		return 0, 0, errRehearsalDays.At("body.from")
	}
	return first.UnixMicro(), end.UnixMicro(), nil
}

func (s *Server) beginRehearsal(ctx context.Context, in *rehearsalIn) (Rehearsal, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Rehearsal{}, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return Rehearsal{}, conductor.ErrUnsound
	}
	from, to, err := c.againSpan(in.Body.From, in.Body.To)
	if err != nil {
		return Rehearsal{}, err
	}
	ask := conductor.Rehearsal{Programme: compiled, Journey: in.Body.Journey, From: from, To: to, Capacity: in.Body.Capacity, New: isNew(now)}
	if ask.Journey != "" && compiled.Journey(ask.Journey) == nil {
		return Rehearsal{}, conductor.ErrNothingToRehearse.At("body.journey")
	}
	if ask.Capacity == 0 {
		ask.Capacity = usualCapacity
	}
	// It goes on when the request is over; the server's end, another rehearsal and DELETE end it.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &rehearsing{id: ulid.Make().String(), cancel: cancel, revision: d.Revision, asked: ask, state: "running"}
	detail := map[string]any{"programme": in.Key, "revision": d.Revision, "journey": ask.Journey, "from": moment(from, c.space.loc), "to": moment(to, c.space.loc)}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "draft.rehearse", 0, detail)); err != nil {
		cancel()
		return Rehearsal{}, err
	}
	c.space.rehearsals.begin(in.Key, w)
	cd, began := c.space.Conductor, s.real()
	ask.Progress = func(done, of int) { w.done.Store(int64(done)); w.of.Store(int64(of)) }
	go func() {
		defer cancel()
		var out *conductor.Rehearsed
		err := s.behind("rehearsal", func() (err error) {
			out, err = cd.Rehearse(work, ask)
			return err
		})
		w.mu.Lock()
		defer w.mu.Unlock()
		w.took = s.real().Sub(began).Milliseconds()
		switch {
		case errors.Is(err, context.Canceled):
			w.state = "cancelled"
		case err != nil:
			w.state, w.failure = "failed", err
		default:
			w.state, w.result, w.found = "done", out, s.foundAgain(c, in.Key, out)
		}
	}()
	return s.rehearsalView(ctx, c, w, compiled.Key, d.Revision, namedJourneys(ask))
}

func namedJourneys(r conductor.Rehearsal) []Named {
	out := []Named{}
	for _, d := range r.Programme.Journeys {
		out = append(out, Named{d.Key, d.Name})
	}
	return out
}

// foundAgain keeps who is behind the numbers of a rehearsal.
func (s *Server) foundAgain(c *caller, key string, r *conductor.Rehearsed) string {
	texts, order := map[string]Text{}, []string{}
	put := func(of string, t Text) { order, texts[of] = append(order, of), t }
	put("reached", text("会触达的人", "Would have been reached"))
	put("sent", text("会收到消息的人", "Would have been sent something"))
	put("suppressed", text("有消息没发出的人", "Something would never have been sent"))
	put("tasks", text("会有任务的人", "Would have had a task"))
	for _, x := range r.Reasons {
		t := message.ReasonText(x.Key)
		put("reason:"+x.Key, text("没发："+t.Zh, "Not sent: "+t.En))
	}
	for _, j := range r.Journeys {
		put("journey:"+j.Key, text("会进入“"+j.Name.Zh+"”", "Would have entered "+j.Name.En))
		put("goal:"+j.Key, text(j.Name.Zh+"：之后达到目标的", j.Name.En+": goal reached afterwards"))
		put("missed:"+j.Key, text(j.Name.Zh+"：没达到目标的", j.Name.En+": goal missed"))
		for _, x := range j.Steps {
			for _, kind := range []struct{ of, zh, en string }{
				{"sent", "会发出", "would have been sent"}, {"held", "会推迟", "would have been put off"}, {"suppressed", "不会发", "would never have been sent"}, {"task", "会有任务", "would have been a task"},
			} {
				of := kind.of + ":" + j.Key + ":" + x.Step
				if r.Sets[of] != nil {
					put(of, text(x.Name.Zh+"："+kind.zh, x.Name.En+": "+kind.en))
				}
			}
		}
	}
	sets := map[string]*roaring.Bitmap{}
	for _, of := range order {
		sets[of] = r.Sets[of]
	}
	return s.remember(c, "", Found{Programme: key, AsOf: moment(c.space.now(), c.space.loc), Draft: true}, order, texts, sets)
}

type rehearsalGet struct {
	Key string `path:"key" maxLength:"60"`
	ID  string `query:"id" maxLength:"40" doc:"the rehearsal last looked at: rehearsal_gone when a restart lost it"`
}

func (s *Server) rehearsal(ctx context.Context, in *rehearsalGet) (Rehearsal, error) {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Rehearsal{}, err
	}
	w := c.space.rehearsals.get(in.Key)
	if w == nil && in.ID != "" {
		return Rehearsal{}, errRehearsalGone.At("query.id")
	}
	journeys := []Named{}
	if compiled, problems := d.Files.Open(); len(problems) == 0 {
		journeys = namedJourneys(conductor.Rehearsal{Programme: compiled})
	}
	return s.rehearsalView(ctx, c, w, in.Key, d.Revision, journeys)
}

func (s *Server) cancelRehearsal(ctx context.Context, in *programmePath) error {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return err
	}
	if w := c.space.rehearsals.get(in.Key); w != nil {
		w.cancel()
	}
	return nil
}

func (s *Server) rehearsalView(ctx context.Context, c *caller, w *rehearsing, key string, revision int64, journeys []Named) (Rehearsal, error) {
	v := Rehearsal{State: "none", Capacity: usualCapacity, Journeys: journeys}
	if w == nil {
		return v, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	loc := c.space.loc
	v.ID, v.State, v.Revision, v.Stale, v.Done, v.Of, v.TookMs = w.id, w.state, w.revision, w.revision != revision, int(w.done.Load()), int(w.of.Load()), w.took
	v.Journey, v.Capacity, v.New = w.asked.Journey, w.asked.Capacity, w.asked.New
	v.From, v.To = time.UnixMicro(w.asked.From).In(loc).Format(time.DateOnly), time.UnixMicro(w.asked.To-1).In(loc).Format(time.DateOnly)
	if f := fault.Of(w.failure); w.failure != nil {
		if f == nil {
			f = errInternal
		}
		v.Failure = &f.Text
	}
	if w.result == nil {
		return v, nil
	}
	v.Found = w.found
	v.Result = s.againView(ctx, c, &w.result.Forecast)
	return v, s.read(ctx, c, "draft.rehearse", 0)
}

func (s *Server) againView(ctx context.Context, c *caller, f *rehearse.Forecast) *Again {
	a := &Again{
		People: f.People, Reached: f.Reached, Entered: f.Entered, Sent: f.Sent, Held: f.Held, Suppressed: f.Suppressed, Tasks: f.Tasks, Safety: f.Safety,
		Real: f.Real, RealTasks: f.RealTasks, Reasons: whyNot(f.Reasons), Days: []AgainDay{}, Journeys: []AgainOf{}, Staff: []AgainStaff{},
	}
	for _, d := range f.Days {
		a.Days = append(a.Days, AgainDay(d))
	}
	for _, j := range f.Journeys {
		x := AgainOf{Key: j.Key, Name: j.Name, Class: j.Class, People: j.People, Entered: j.Entered, Steps: []AgainStep{}}
		if g := j.Goal; g != nil {
			d := time.Duration(g.Days * 24 * float64(time.Hour)).Round(time.Minute)
			x.Goal = &AgainGoal{*g, text(spanZh(d), spanEn(d))}
		}
		for _, st := range j.Steps {
			x.Steps = append(x.Steps, AgainStep{st.Step, st.Kind, st.Name, st.Sent, st.Held, st.Suppressed, whyNot(st.Reasons), st.Tasks})
		}
		a.Journeys = append(a.Journeys, x)
	}
	load := func(l rehearse.Load) AgainStaff {
		x := AgainStaff{Role: l.Role, Total: l.Total, Mean: l.Mean, P95: l.P95, Busiest: l.Busiest, BusiestDay: l.BusiestDay, Needed: l.Needed}
		if l.ID != "" {
			x.Staff = c.space.ref(ctx, s.store, l.ID)
		}
		return x
	}
	for _, l := range f.Staff {
		a.Staff = append(a.Staff, load(l))
	}
	a.All = load(f.All)
	return a
}

func whyNot(all []rehearse.Counted) []WhyNot {
	out := []WhyNot{}
	for _, x := range all {
		out = append(out, WhyNot{x.Key, message.ReasonText(x.Key), x.N})
	}
	return out
}
