package api

import (
	"cmp"
	"context"
	"slices"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// TaskPlace is why a task stands where it does in a list of work.
type TaskPlace struct {
	Points  int         `json:"points" doc:"more comes first, after safety"`
	Parts   []TaskPoint `json:"parts"`
	Minutes int         `json:"minutes" doc:"how long it usually takes"`
	Over    bool        `json:"over,omitempty" doc:"it is due today and there is no time left for it"`
}

// TaskPoint is one reason with its points.
type TaskPoint struct {
	Key    string `json:"key" enum:"safety,due,promise,value,wait,low"`
	Text   Text   `json:"text"`
	Points int    `json:"points"`
}

// WorkDay is one member's day in minutes.
type WorkDay struct {
	Minutes int  `json:"minutes" doc:"of work on tasks in their day"`
	Done    int  `json:"done" doc:"what they finished today usually takes so long"`
	Needed  int  `json:"needed" doc:"what is still due today, safety and promises"`
	Over    int  `json:"over" doc:"minutes more than there are"`
	Away    bool `json:"away,omitempty"`
}

// rank is a task with its place.
type rank struct {
	task.Task
	score task.Score
	fits  bool
}

func (r *rank) view() *TaskPlace {
	p := &TaskPlace{Points: r.score.Points, Parts: []TaskPoint{}, Minutes: r.Minutes(), Over: !r.fits}
	for _, x := range r.score.Parts {
		p.Parts = append(p.Parts, TaskPoint{x.Key, x.Text, x.Points})
	}
	return p
}

// ranked puts open work into the one order there is.
func (s *Server) ranked(ctx context.Context, c *caller, all []task.Task) ([]rank, error) {
	set, _, err := s.store.WorkSettings(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	now := c.space.now()
	type known struct {
		contact task.Contact
		weights task.Weights
	}
	people := map[person.Number]known{}
	out := make([]rank, 0, len(all))
	for i := range all {
		t := &all[i]
		k, ok := people[t.Person]
		if !ok {
			st := standsNow(c, t.Person, 0, now)
			k = known{st.contact, set.Of(st.programmes...)}
			people[t.Person] = k
		}
		out = append(out, rank{Task: *t, score: t.Score(k.weights, k.contact, now), fits: true})
	}
	slices.SortFunc(out, func(a, b rank) int { return task.Order(a.Task, b.Task, a.score, b.score) })
	return out, nil
}

// stood is how somebody stands, as work and the morning's brief need it.
type stood struct {
	lately     insight.Lately
	contact    task.Contact
	programmes []string // keys, the one joined first first
	ok         bool     // somebody is there
}

// newcomer is how long somebody is new with us, microseconds: the 28 days of the first plan.
const newcomer = 28 * insight.Day

// standsNow looks at the values of what the person's programmes measure that are not older than from.
func standsNow(c *caller, n person.Number, from, now int64) stood {
	_, v, st, ok := c.space.Conductor.Glance(n)
	if !ok {
		return stood{}
	}
	out := stood{ok: true}
	in := slices.SortedStableFunc(slices.Values(st.Programmes), func(a, b engine.Progress) int { return cmp.Compare(a.Joined, b.Joined) })
	var kinds []event.Type
	target := programme.TargetProfile{}
	for i := range in {
		p := c.space.Conductor.Programme(in[i].Key)
		if p == nil {
			continue
		}
		out.programmes = append(out.programmes, p.Key)
		if i == 0 {
			target = engine.TargetOf(p.Compiled, v, now)
			out.contact.Fresh = now-in[i].Joined < newcomer
		}
		for _, key := range p.Measures {
			if t := event.Lookup(key); t != nil && !slices.Contains(kinds, t.Type) {
				kinds = append(kinds, t.Type)
			}
		}
	}
	if len(kinds) == 0 {
		kinds = []event.Type{event.Glucose}
	}
	out.lately = insight.StandLately(v, kinds, target, from, now)
	out.contact.Far, out.contact.Outside = out.lately.Far, out.lately.Known && !out.lately.In
	days := func(at int64) int {
		if at == 0 {
			return -1
		}
		return int((now - at) / insight.Day)
	}
	out.contact.Silent, out.contact.Apart = days(out.lately.At), days(insight.Reached(v, now))
	return out
}

// finishedToday is how many minutes of work each member of staff finished since midnight.
func (s *Server) finishedToday(ctx context.Context, c *caller) (map[string]int, error) {
	out, midnight := map[string]int{}, insight.StartOfDay(c.space.now(), c.space.loc)
	for p := (page.Part{Limit: 1000}); ; {
		list, err := s.store.ClosedTasks(ctx, c.space.number(), task.Filter{Bare: true}, p)
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			t := &list.Items[i]
			if t.Closed < midnight {
				return out, nil
			}
			if t.State == task.Done {
				out[t.By] += t.Minutes()
			}
		}
		if p.Cursor = list.Next; p.Cursor == "" {
			return out, nil
		}
	}
}

// dayOfWork is a member's day in minutes; nobody works on a day they are away.
func (s *Server) dayOfWork(ctx context.Context, c *caller, set *task.Settings, member string, done int) *WorkDay {
	d := &WorkDay{Minutes: set.Day(member), Done: done, Away: c.space.book(ctx, s.store, s.log).Away(member, c.space.now())}
	if d.Away {
		d.Minutes = 0
	}
	return d
}

// fitted marks what of one member's list is due today and does not fit into their day any more. It says nothing of everybody's work at once.
func (s *Server) fitted(ctx context.Context, c *caller, who string, list []rank, tonight int64) (*WorkDay, error) {
	if who == "me" {
		who = c.member.ID
	}
	if who == "" || who == "all" {
		return nil, nil
	}
	set, _, err := s.store.WorkSettings(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	done, err := s.finishedToday(ctx, c)
	if err != nil {
		return nil, err
	}
	d := s.dayOfWork(ctx, c, &set, who, done[who])
	d.fit(list, tonight)
	return d, nil
}

// fit marks what of a day's work, in order, fits.
func (d *WorkDay) fit(list []rank, tonight int64) {
	var today []task.Task
	var places []int
	for i := range list {
		if groupOf(list[i].Task, tonight) != "later" {
			today, places = append(today, list[i].Task), append(places, i)
			d.Needed += list[i].Minutes()
		}
	}
	var fits []bool
	fits, d.Over = task.Fit(today, max(0, d.Minutes-d.Done))
	for k, i := range places {
		list[i].fits = fits[k]
	}
}

// WorkLoad is who has how much to do today.
type WorkLoad struct {
	AsOf  string     `json:"asOf"`
	All   bool       `json:"all" doc:"the whole team; else only the caller's own line"`
	Items []WorkLine `json:"items"`
}

// WorkLine is one member's day.
type WorkLine struct {
	Ref
	RoleText Text `json:"roleText"`
	WorkDay
	Tasks     int `json:"tasks" doc:"open, also those that are due later"`
	OverTasks int `json:"overTasks" doc:"tasks of today there is no time left for"`
	Safety    int `json:"safety"`
}

func (s *Server) workload(ctx context.Context, _ *Empty) (WorkLoad, error) {
	c, b, all, err := s.onBoard(ctx)
	if err != nil {
		return WorkLoad{}, err
	}
	open, err := c.space.Conductor.OpenTasks(ctx)
	if err != nil {
		return WorkLoad{}, err
	}
	list, err := s.ranked(ctx, c, task.Rows(open))
	if err != nil {
		return WorkLoad{}, err
	}
	set, _, err := s.store.WorkSettings(ctx, c.space.number())
	if err != nil {
		return WorkLoad{}, err
	}
	done, err := s.finishedToday(ctx, c)
	if err != nil {
		return WorkLoad{}, err
	}
	now := c.space.now()
	tonight := insight.EndOfDay(now, c.space.loc)
	by := map[string][]rank{}
	for i := range list {
		who := cmp.Or(list[i].Claimed, list[i].Owner)
		if acts := b.Acting(who, now).Acts; who != "" && acts != "" {
			who = acts // while they are away it is the cover's day
		}
		by[who] = append(by[who], list[i])
	}
	out := WorkLoad{AsOf: moment(now, c.space.loc), All: all, Items: []WorkLine{}}
	for i := range b.Staff {
		m := &b.Staff[i]
		if !all && m.ID != c.member.ID || m.Disabled || !m.Role.Can(staff.CanWork) {
			continue
		}
		l := WorkLine{Ref: *c.space.ref(ctx, s.store, m.ID), RoleText: titleOf(m.Role), WorkDay: *s.dayOfWork(ctx, c, &set, m.ID, done[m.ID]), Tasks: len(by[m.ID])}
		l.fit(by[m.ID], tonight)
		for _, r := range by[m.ID] {
			if !r.fits {
				l.OverTasks++
			}
			if r.Priority == task.Safety {
				l.Safety++
			}
		}
		out.Items = append(out.Items, l)
	}
	slices.SortStableFunc(out.Items, func(a, b WorkLine) int { return cmp.Or(cmp.Compare(b.Over, a.Over), cmp.Compare(b.Needed, a.Needed)) })
	return out, nil
}

// WorkSettings are what the workspace says about the work of its staff, with what holds.
type WorkSettings struct {
	Version int64         `json:"version"`
	Set     task.Settings `json:"set" doc:"what was said here; what is absent is as shipped"`
	Weights task.Weights  `json:"weights" doc:"what holds"`
	Minutes int           `json:"minutes"`
	Quiet   int           `json:"quiet" doc:"days"`
}

func (v WorkSettings) etag() string { return quoted(v.Version) }

func (s *Server) workSettings(ctx context.Context, _ *Empty) (WorkSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return WorkSettings{}, err
	}
	set, version, err := s.store.WorkSettings(ctx, c.space.number())
	return WorkSettings{version, set, set.Of(), set.Day(""), set.QuietFor()}, err
}

type workSettingsIn struct {
	Based
	Body task.Settings
}

func (s *Server) saveWorkSettings(ctx context.Context, in *workSettingsIn) (WorkSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return WorkSettings{}, err
	}
	_, version, err := s.store.WorkSettings(ctx, c.space.number())
	if err != nil {
		return WorkSettings{}, err
	}
	if err := in.check(version); err != nil {
		return WorkSettings{}, err
	}
	b := c.space.book(ctx, s.store, s.log)
	if err := in.Body.Check(func(p string) bool { return p != "" && c.space.Conductor.Programme(p) != nil }, func(id string) bool { return b.Member(id) != nil }); err != nil {
		return WorkSettings{}, err
	}
	proof := s.entry(ctx, c, "work.settings", 0, map[string]any{"programmes": len(in.Body.Programmes), "staff": len(in.Body.Staff)})
	if err := s.store.SaveWorkSettings(ctx, c.space.number(), in.Body, version, c.space.now(), c.actor(), proof); err != nil {
		return WorkSettings{}, err
	}
	return s.workSettings(ctx, nil)
}
