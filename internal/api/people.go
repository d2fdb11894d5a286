package api

import (
	"cmp"
	"context"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/insight"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// PersonRow is a person as a list shows them.
type PersonRow struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Gender      string    `json:"gender,omitempty"`
	Age         *int      `json:"age,omitempty"`
	Last4       string    `json:"last4,omitempty" doc:"end of the phone number"`
	Stage       StageRef  `json:"stage"`
	Owner       *Ref      `json:"owner,omitempty"`
	LastReading *Reading  `json:"lastReading,omitempty"`
	InTarget14  *Ratio    `json:"inTarget14,omitempty" doc:"readings of the last 14 local days, today among them, in the person's own target"`
	LastContact *Contact  `json:"lastContact,omitempty"`
	NextStep    *NextStep `json:"nextStep,omitempty"`
	Reason      *Text     `json:"reason,omitempty" doc:"why this person is on the list"`
	SilentDays  *int      `json:"silentDays,omitempty" doc:"whole days since the last reading; absent when there never was one"`
	Tags        []Named   `json:"tags"`
	OpenTasks   int       `json:"openTasks"`
	Safety      bool      `json:"safety"`
	Elder       bool      `json:"elder"`
}

// StageRef is where a person is in the programme, and since when.
type StageRef struct {
	Key   string `json:"key"`
	Name  Text   `json:"name"`
	Since string `json:"since,omitempty"`
}

// Contact is the last time somebody reached, or tried to reach, the person.
type Contact struct {
	At      string `json:"at"`
	Kind    string `json:"kind" enum:"task,chat,message"`
	Outcome string `json:"outcome,omitempty"`
}

// NextStep is what happens next without anyone doing anything, or what somebody should do.
type NextStep struct {
	At   string `json:"at"`
	Text Text   `json:"text"`
	Kind string `json:"kind" enum:"task,journey"`
}

type peopleInput struct {
	Paging
	Q        string   `query:"q" maxLength:"100" doc:"name in characters, pinyin or initials, or the last four digits"`
	Tag      []string `query:"tag,explode" doc:"people who have every one of these tags"`
	Stage    string   `query:"stage" maxLength:"60"`
	In       string   `query:"programme" maxLength:"60" doc:"people in this programme; tags and stage are then its own, else of any programme"`
	Owner    string   `query:"owner" maxLength:"40" doc:"a member's id, me, or none"`
	Found    string   `query:"found" maxLength:"40" doc:"people a count found: its id, with of"`
	Of       string   `query:"of" maxLength:"160" doc:"which of the count's numbers"`
	Channel  string   `query:"channel" maxLength:"40" doc:"people whom this entry code brought: its id"`
	Reached  string   `query:"reached" enum:"arrived,settled,activated,kept,last," doc:"with channel: who got that far; last: whose newest touch it is"`
	CameFrom string   `query:"cameFrom" maxLength:"10" doc:"with channel: arrived, or settled, on this day or later"`
	CameTo   string   `query:"cameTo" maxLength:"10" doc:"with channel: up to this day"`
	Due      string   `query:"due" enum:"1," doc:"1: people with an open task or 14 days without a reading"`
	Sort     string   `query:"sort" enum:"name,stage,lastReading,silent,next," doc:"what needs attention comes first when not given"`
	Dir      string   `query:"dir" enum:"asc,desc,"`
}

func (s *Server) listPeople(ctx context.Context, in *peopleInput) (Listing[PersonRow], error) {
	c, list, err := s.choose(ctx, in)
	if err != nil {
		return Listing[PersonRow]{}, err
	}
	start, err := offset(in.Cursor, len(list.people))
	if err != nil {
		return Listing[PersonRow]{}, err
	}
	end := min(start+in.limit(50), len(list.people))
	rows, err := s.rows(ctx, c, list.people[start:end], list.load)
	if err != nil {
		return Listing[PersonRow]{}, err
	}
	out := Listing[PersonRow]{Items: rows, Total: len(list.people)}
	if end < len(list.people) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, s.read(ctx, c, "people.list", list.people[start:end]...)
}

var peopleColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "name", Name: "姓名 name"}, {Key: "gender", Name: "性别 gender"}, {Key: "age", Name: "年龄 age", Kind: export.Number},
	{Key: "last4", Name: "尾号 last4"}, {Key: "stage", Name: "阶段 stage"}, {Key: "owner", Name: "负责人 owner"},
	{Key: "glucose", Name: "最近血糖 mmol/L", Kind: export.Number}, {Key: "glucose_at", Name: "时间 at", Kind: export.Moment},
	{Key: "tags", Name: "标签 tags"}, {Key: "open_tasks", Name: "待办 open tasks", Kind: export.Number},
}

// peopleFile is the same list as a file, all of it.
func (s *Server) peopleFile(ctx context.Context, q url.Values, to taker) error {
	in := &peopleInput{Q: q.Get("q"), Tag: q["tag"], Stage: q.Get("stage"), In: q.Get("programme"), Owner: q.Get("owner"), Channel: q.Get("channel"), Reached: q.Get("reached"), CameFrom: q.Get("cameFrom"), CameTo: q.Get("cameTo"),
		Due: q.Get("due"), Found: q.Get("found"), Of: q.Get("of"), Sort: q.Get("sort"), Dir: q.Get("dir")}
	if err := onlyKnown(q, queryNames(reflect.TypeFor[peopleInput]())); err != nil {
		return err
	}
	if err := in.sound(); err != nil {
		return err
	}
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return err
	}
	_, list, err := s.choose(ctx, in)
	if err != nil {
		return err
	}
	if err := to.Expect(len(list.people)); err != nil {
		return err
	}
	count := 0
	for some := range slices.Chunk(list.people, 2000) {
		part, err := s.rows(ctx, c, some, list.load)
		if err == nil {
			err = s.read(ctx, c, "people.export", some...) // before anything of them leaves
		}
		if err != nil {
			return err
		}
		for _, p := range part {
			if err := to.Row(personCells(p)); err != nil {
				return err
			}
		}
		count += len(part)
		if err := cmp.Or(ctx.Err(), advance(ctx, count, len(list.people))); err != nil {
			return err
		}
	}
	return nil
}

// sound holds the file's query to what the list's is held to by its declaration.
func (in *peopleInput) sound() error {
	for _, x := range []struct {
		field, value string
		known        []string
	}{
		{"query.sort", in.Sort, []string{"", "name", "stage", "lastReading", "silent", "next"}},
		{"query.dir", in.Dir, []string{"", "asc", "desc"}},
		{"query.reached", in.Reached, []string{"", "arrived", "settled", "activated", "kept", "last"}},
		{"query.due", in.Due, []string{"", "1"}},
	} {
		if !slices.Contains(x.known, x.value) {
			one := strings.Join(x.known[1:], ", ")
			return errCodeChoice.At("%s", x.field).Because("只能是："+one, "one of: "+one)
		}
	}
	return nil
}

func personCells(p PersonRow) []string {
	years, value, at, owner := "", "", "", ""
	if p.Age != nil {
		years = strconv.Itoa(*p.Age)
	}
	if p.LastReading != nil {
		value, at = p.LastReading.in("mmol/L"), p.LastReading.At
	}
	if p.Owner != nil {
		owner = p.Owner.Name
	}
	tags := make([]string, len(p.Tags))
	for i, t := range p.Tags {
		tags[i] = t.Name.Zh
	}
	return []string{p.ID, p.Name, p.Gender, years, p.Last4, p.Stage.Name.Zh, owner, value, at, strings.Join(tags, " "), strconv.Itoa(p.OpenTasks)}
}

// rows shapes people for a list.
func (s *Server) rows(ctx context.Context, c *caller, numbers []person.Number, load map[person.Number]task.Load) ([]PersonRow, error) {
	open, err := s.openTasks(ctx, c, numbers, load)
	if err != nil {
		return nil, err
	}
	out := make([]PersonRow, 0, len(numbers))
	for _, n := range numbers {
		card, v, st, ok := c.space.Conductor.Glance(n)
		if !ok {
			continue
		}
		out = append(out, s.row(ctx, c, card, v, st, open[n], load[n]))
	}
	return out, nil
}

// openTasks reads the open tasks of those people who have any, in as few queries as they fit into.
func (s *Server) openTasks(ctx context.Context, c *caller, numbers []person.Number, load map[person.Number]task.Load) (map[person.Number][]task.Task, error) {
	busy := make([]person.Number, 0, len(numbers))
	for _, n := range numbers {
		if load[n].Open > 0 {
			busy = append(append(busy, n), c.space.Conductor.Linked(n)...)
		}
	}
	out := map[person.Number][]task.Task{}
	for some := range slices.Chunk(busy, 200) {
		all, err := s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Persons: some})
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			whose := c.space.whole(t.Person)
			out[whose] = append(out[whose], t)
		}
	}
	return out, nil
}

func (s *Server) row(ctx context.Context, c *caller, card conductor.Card, v timeline.View, st *engine.State, open []task.Task, load task.Load) PersonRow {
	now := c.space.now()
	row := PersonRow{
		ID: string(card.ID), Name: c.nameOf(card), Gender: card.Gender, Age: age(card.BirthYear, now, c.space.loc),
		Owner: c.space.ref(ctx, s.store, card.Owner), Tags: []Named{}, OpenTasks: load.Open, Safety: load.Safety > 0,
		Elder: card.Elder, LastContact: lastContact(v, now), Stage: StageRef{Name: noStage},
	}
	if !c.masked() {
		row.Last4 = card.Last4()
	}
	if days, ok := insight.Silent(v, now); ok {
		row.SilentDays = &days
	}
	if len(st.Programmes) > 0 {
		s.place(c, &row, v, &st.Programmes[0])
		for i := range st.Programmes[1:] {
			row.tags(c.space.Conductor.Programme(st.Programmes[i+1].Key), &st.Programmes[i+1])
		}
	}
	row.NextStep = nextStep(c.space.Conductor, st, open, v)
	row.Reason = reason(&row, open)
	return row
}

var noStage = text("还没有阶段", "No stage yet")

// place adds what follows from a programme: stage, tags, targets.
func (s *Server) place(c *caller, row *PersonRow, v timeline.View, pr *engine.Progress) {
	p := c.space.Conductor.Programme(pr.Key)
	if p == nil {
		return
	}
	now := c.space.now()
	if sg := p.Stage(pr.Stage); sg != nil {
		row.Stage = StageRef{Key: sg.Key, Name: sg.Name, Since: moment(pr.StageSince, v.Loc)}
	}
	row.tags(p, pr)
	target := engine.TargetOf(p.Compiled, v, now)
	row.LastReading = lastReading(v, target, now)
	if share := insight.InTarget(v, target, "", insight.LastDays(now, 14, v.Loc), now); share.Of > 0 {
		row.InTarget14 = &Ratio{share.N, share.Of}
	}
	if row.Reason = firstReason(p, pr, v, now); row.Reason == nil && row.SilentDays != nil && *row.SilentDays >= 7 {
		row.Reason = silentReason(*row.SilentDays)
	}
}

// tags adds what somebody has by a programme; what an earlier one gave already is told once.
func (row *PersonRow) tags(p *engine.Programme, pr *engine.Progress) {
	if p == nil {
		return
	}
	for _, t := range pr.Tags {
		i := p.TagIndex(t.Key)
		if i >= 0 && len(p.Tags[i].Codes) == 0 && !slices.ContainsFunc(row.Tags, func(x Named) bool { return x.Key == t.Key }) {
			row.Tags = append(row.Tags, Named{t.Key, p.Tags[i].Name})
		}
	}
}

func silentReason(days int) *Text {
	t := text(strconv.Itoa(days)+" 天没有记录", "No reading for "+strconv.Itoa(days)+" days")
	return &t
}

// reasonGroups are the groups of tags that put a person on a list, the most pressing first.
var reasonGroups = []string{"safety", "control", "monitoring"}

// firstReason says the most pressing tag in this person's numbers.
func firstReason(p *engine.Programme, pr *engine.Progress, v timeline.View, now int64) *Text {
	for _, g := range reasonGroups {
		for i := range p.Tags { // in the programme's own order
			t := &p.Tags[i]
			if t.Group != g || t.Because == (Text{}) || goodNews(t.Key) || !pr.Has(t.Key) {
				continue
			}
			if w, ok := p.WhyTagIn(t.Key, v, now, pr.Standing()); ok && w.Because != (Text{}) {
				return &w.Because
			}
		}
	}
	return nil
}

// goodNews is no reason to be on a list.
func goodNews(tag string) bool {
	return strings.HasSuffix(tag, "_ok") || strings.HasSuffix(tag, "_better") || tag == "gl_inrange_high"
}

// reason is why a person is on the list: work to do comes before what their numbers say.
func reason(row *PersonRow, open []task.Task) *Text {
	for _, t := range open {
		if t.Priority >= task.Promise && t.Title != (Text{}) {
			title := t.Title
			return &title
		}
	}
	if row.Reason != nil || len(open) == 0 || open[0].Title == (Text{}) {
		return row.Reason
	}
	title := open[0].Title
	return &title
}

// lastContact is the newest finished task with an outcome, or chat by staff; else the newest message sent.
func lastContact(v timeline.View, now int64) *Contact {
	var sent *Contact
	for i := v.Len() - 1; i >= 0; i-- {
		if v.At[i] > now || v.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch v.Type[i] {
		case event.TaskDone:
			return &Contact{At: moment(v.At[i], v.Loc), Kind: "task", Outcome: v.C[i].String()}
		case event.Chat:
			if v.A[i].String() == "staff" {
				return &Contact{At: moment(v.At[i], v.Loc), Kind: "chat"}
			}
		case event.MessageSent:
			if sent == nil {
				sent = &Contact{At: moment(v.At[i], v.Loc), Kind: "message"}
			}
		}
	}
	return sent
}

// nextStep is the open task that falls due first, or else the wait of a journey that ends first.
func nextStep(cd *conductor.Conductor, st *engine.State, open []task.Task, v timeline.View) *NextStep {
	var best *task.Task
	for i := range open {
		if best == nil || open[i].Due < best.Due {
			best = &open[i]
		}
	}
	if best != nil {
		return &NextStep{At: moment(best.Due, v.Loc), Text: best.Title, Kind: "task"}
	}
	until, key := int64(0), ""
	for i := range st.Runs {
		if u := st.Runs[i].Until; u != 0 && (until == 0 || u < until) {
			until, key = u, st.Runs[i].Journey
		}
	}
	if until == 0 {
		return nil
	}
	name := journeyName(cd, key)
	return &NextStep{At: moment(until, v.Loc), Kind: "journey", Text: Text{Zh: name.Zh + "：下一步", En: name.En + ": next step"}}
}

// offset reads a cursor of a list that is sorted in memory.
func offset(cursor string, length int) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 {
		return 0, errCursor.At("query.cursor")
	}
	return min(n, length), nil
}

func (p Paging) limit(usual int) int {
	if p.Limit <= 0 {
		return usual
	}
	return min(p.Limit, 1000)
}

func (p Paging) part() page.Part {
	return page.Part{Cursor: p.Cursor, Limit: p.limit(50), Uncounted: p.Uncounted}
}
