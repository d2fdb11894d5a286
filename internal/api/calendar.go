package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/calendar"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// Calendar is what is on which day.
type Calendar struct {
	From      string         `json:"from"`
	To        string         `json:"to"`
	AsOf      string         `json:"asOf"`
	Found     string         `json:"found" doc:"for GET /api/people, with of: a kind, @ and the day, such as task@2026-03-08"`
	Days      []CalendarDay  `json:"days"`
	Campaigns []Campaign     `json:"campaigns"`
	Items     []CalendarItem `json:"items,omitempty" doc:"one by one, when asked for; 500 at most"`
	Total     int            `json:"total" doc:"how many there are one by one"`
}

// CalendarDay is one day in numbers.
type CalendarDay struct {
	Day       string          `json:"day"`
	Off       bool            `json:"off" doc:"a day off, by the State Council's notice of the year, or by the law where there is none yet"`
	Work      bool            `json:"work" doc:"a day at the weekend that is worked"`
	Festivals []Festival      `json:"festivals"`
	Counts    []CalendarCount `json:"counts"`
}

// Festival is a day everybody knows.
type Festival struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
	Off  bool   `json:"off" doc:"a day off by the law"`
}

// CalendarCount is how many things of a kind fall on a day, and of how many people.
type CalendarCount struct {
	Kind   string `json:"kind" enum:"task,visit,imaging,check,refill,device,journey"`
	Items  int    `json:"items"`
	People int    `json:"people"`
	Safety int    `json:"safety,omitempty"`
}

// CalendarItem is one thing on one day about one person.
type CalendarItem struct {
	Kind    string `json:"kind" enum:"task,visit,imaging,check,refill,device,journey"`
	Day     string `json:"day"`
	At      string `json:"at"`
	Person  Ref    `json:"person"`
	Title   Text   `json:"title"`
	Task    string `json:"task,omitempty"`
	Version int64  `json:"version,omitempty" doc:"of the task, for If-Match"`
	Plan    string `json:"plan,omitempty" doc:"entry of the health file, of a visit on one day"`
	Moves   bool   `json:"moves" doc:"it may be moved to another day"`
	Late    bool   `json:"late,omitempty"`
	number  person.Number
	at      int64
	id      task.ID
	safety  bool
}

// Campaign is something planned for many people. It sends nothing by itself.
type Campaign struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	State   string `json:"state" enum:"planned,cancelled"`
	From    string `json:"from"`
	To      string `json:"to"`
	calendar.Plan
	Owner  *Ref `json:"ownerRef,omitempty"`
	People int  `json:"people" doc:"whom it is for, as of now; they open with found and of: campaign and @ and its id"`
}

func (c Campaign) etag() string { return quoted(c.Version) }

var (
	errCalendarSpan = fault.New(fault.Invalid, "calendar_span", "一次最多看 62 天，结束不早于开始", "62 days at once at most; it ends not before it begins").At("query.to")
	errCampaignRef  = fault.New(fault.Invalid, "campaign_refers", "项目里没有这一项", "the programme has no such thing")
	errVisitDay     = fault.New(fault.Invalid, "visit_day", "复诊要改到今天以后", "a visit is moved to a day after today").At("body.day")
	errNotAVisit    = fault.New(fault.Clash, "not_a_visit_day", "这不是约在某一天的复诊，不能改日期", "this is no visit on one day: its day cannot be moved")
)

func (s *Server) calendarOperations() {
	serve(s, operation{"calendar", http.MethodGet, "/api/calendar", "calendar", "What is on which day: campaigns, festivals, tasks, visits, imaging, checks, refills, devices, steps of journeys", forStaff}, s.calendar)
	serve(s, operation{"add-campaign", http.MethodPost, "/api/campaigns", "calendar", "Plan a campaign; it sends nothing by itself", forStaff}, s.addCampaign)
	serve(s, operation{"change-campaign", http.MethodPut, "/api/campaigns/{campaign}", "calendar", "Change a campaign, move it, or call it off", forStaff}, s.changeCampaign)
	serve(s, operation{"move-visit", http.MethodPost, "/api/people/{id}/visit-day", "calendar", "Move a visit that is on one day to another; a doctor's own plan only that doctor moves", forStaff}, s.moveVisit)
	s.calendarFeedOperations()
}

type calendarIn struct {
	From      string `query:"from" maxLength:"10" doc:"a local day; today when not given"`
	To        string `query:"to" maxLength:"10" doc:"a local day, inside; 30 days later when not given"`
	Owner     string `query:"owner" maxLength:"40" doc:"me, or a member of staff; all the caller may see when not given"`
	Programme string `query:"programme" maxLength:"60"`
	Items     bool   `query:"items" doc:"tell the things one by one, too"`
}

// span reads the days asked for, as their first moments: [from, until).
func (in *calendarIn) span(c *caller) (from, until time.Time, err error) {
	now := time.UnixMicro(c.space.now()).In(c.space.loc)
	from = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.space.loc)
	bad := func(field string) error {
		return errMoment.At("query.%s", field).Because("写成 2026-03-08", "write 2026-03-08")
	}
	if in.From != "" {
		if from, err = time.ParseInLocation(time.DateOnly, in.From, c.space.loc); err != nil {
			return from, until, bad("from")
		}
	}
	last := from.AddDate(0, 0, 30)
	if in.To != "" {
		if last, err = time.ParseInLocation(time.DateOnly, in.To, c.space.loc); err != nil {
			return from, until, bad("to")
		}
	}
	if last.Before(from) || last.After(from.AddDate(0, 0, 61)) {
		return from, until, errCalendarSpan
	}
	return from, last.AddDate(0, 0, 1), nil
}

// mostItems is how many things are told one by one.
const mostItems = 500

func (s *Server) calendar(ctx context.Context, in *calendarIn) (Calendar, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Calendar{}, err
	}
	from, until, err := in.span(c)
	if err != nil {
		return Calendar{}, err
	}
	who := in.Owner
	if who == "me" {
		who = c.member.ID
	}
	people := s.visible(ctx, c)
	items, err := s.onDays(ctx, c, people, who, in.Programme, from, until)
	if err != nil {
		return Calendar{}, err
	}
	last := until.AddDate(0, 0, -1)
	out := Calendar{From: from.Format(time.DateOnly), To: last.Format(time.DateOnly), AsOf: moment(c.space.now(), c.space.loc), Days: []CalendarDay{}, Campaigns: []Campaign{}, Total: len(items)}
	sets, texts, order := map[string]*roaring.Bitmap{}, map[string]Text{}, []string{}
	keep := func(key string, said Text, n uint32) {
		if sets[key] == nil {
			sets[key], texts[key] = roaring.New(), said
			order = append(order, key)
		}
		sets[key].Add(n)
	}
	byDay := map[string]map[string]*CalendarCount{}
	for i := range items {
		x := &items[i]
		if byDay[x.Day] == nil {
			byDay[x.Day] = map[string]*CalendarCount{}
		}
		n := byDay[x.Day][x.Kind]
		if n == nil {
			n = &CalendarCount{Kind: x.Kind}
			byDay[x.Day][x.Kind] = n
		}
		n.Items++
		if x.safety {
			n.Safety++
		}
		name := dueNames[x.Kind]
		keep(x.Kind+"@"+x.Day, text(x.Day+" "+name.Zh, name.En+" on "+x.Day), uint32(x.number))
	}
	plans, err := s.store.Campaigns(ctx, c.space.number(), out.From, out.To)
	if err != nil {
		return Calendar{}, err
	}
	for i := range plans {
		p := &plans[i]
		if who != "" && p.Owner != "" && p.Owner != who || in.Programme != "" && p.Programme != "" && p.Programme != in.Programme {
			continue
		}
		v, set := s.campaignView(ctx, c, p, people)
		out.Campaigns = append(out.Campaigns, v)
		for _, n := range numbersOf(set) {
			keep("campaign@"+p.ID, text("活动“"+p.Name+"”的人", "People of the campaign "+p.Name), uint32(n))
		}
	}
	for d := from; d.Before(until); d = d.AddDate(0, 0, 1) {
		stands := calendar.StandingOf(d)
		day := CalendarDay{Day: d.Format(time.DateOnly), Off: stands.Off, Work: stands.Work, Festivals: []Festival{}, Counts: []CalendarCount{}}
		for _, f := range calendar.Festivals(d, d) {
			day.Festivals = append(day.Festivals, Festival{f.Key, f.Name, f.Off})
		}
		for _, kind := range dueKinds {
			if n := byDay[day.Day][kind]; n != nil {
				n.People = int(sets[kind+"@"+day.Day].GetCardinality())
				day.Counts = append(day.Counts, *n)
			}
		}
		out.Days = append(out.Days, day)
	}
	out.Found = s.remember(c, c.member.ID, Found{AsOf: out.AsOf}, order, texts, sets)
	if !in.Items {
		return out, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "calendar", 0, map[string]any{"from": out.From, "to": out.To}))
	}
	out.Items = items[:min(len(items), mostItems)]
	if err := s.titled(ctx, c, out.Items); err != nil {
		return Calendar{}, err
	}
	told := roaring.New()
	for i := range out.Items {
		told.Add(uint32(out.Items[i].number))
	}
	return out, s.read(ctx, c, "calendar.items", numbersOf(told)...)
}

var dueKinds = []string{"task", calendar.Visit, calendar.Imaging, calendar.Check, calendar.Refill, calendar.Device, "journey"}

var dueNames = map[string]Text{
	"task": text("任务", "Tasks"), calendar.Visit: text("复诊", "Visits"), calendar.Imaging: text("影像", "Imaging"), calendar.Check: text("检查化验", "Checks"),
	calendar.Refill: text("取药", "Refills"), calendar.Device: text("设备检查", "Device checks"), "journey": text("旅程要走的一步", "Steps of journeys"),
}

// onDays lists everything of [from, until), by day and time. who: only what is theirs; a task is whose it is to do, the rest whose the person is.
func (s *Server) onDays(ctx context.Context, c *caller, people *roaring.Bitmap, who, programme string, from, until time.Time) ([]CalendarItem, error) {
	cd, lo, hi := c.space.Conductor, from.UnixMicro(), until.UnixMicro()
	if programme != "" {
		people = roaring.And(people, cd.Members("programme", programme))
	}
	var out []CalendarItem
	add := func(x CalendarItem) {
		if x.at >= lo && x.at < hi {
			x.Day, x.At = localDay(x.at, c.space.loc), moment(x.at, c.space.loc)
			out = append(out, x)
		}
	}
	open, err := c.space.Conductor.OpenTasks(ctx)
	if err != nil {
		return nil, err
	}
	now := c.space.now()
	for _, t := range task.Rows(open) {
		if !people.Contains(uint32(t.Person)) || who != "" && cmp.Or(t.Claimed, t.Owner) != who {
			continue
		}
		add(CalendarItem{Kind: "task", Task: string(t.ID), Version: t.Version, Moves: t.Priority != task.Safety && c.member.Role.Can(staff.CanWork), Late: t.Late(now), number: t.Person, at: t.Due, id: t.ID, safety: t.Priority == task.Safety})
	}
	for _, n := range numbersOf(people) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		card, v, st, ok := cd.Glance(n)
		if !ok || card.Erased || who != "" && card.Owner != who {
			continue
		}
		for _, d := range calendar.DueOf(v, now) {
			x := CalendarItem{Kind: d.Kind, Title: dueTitle(d), number: n, at: d.At, Late: d.At < now}
			if i := v.Find(d.Of); d.Kind == calendar.Visit && d.Once && i >= 0 {
				x.Plan, x.Moves = event.IDOf(v.Recv[i], d.Of), c.member.Role.Can(staff.CanWritePeople)
			}
			add(x)
		}
		for i := range st.Runs {
			if r := &st.Runs[i]; r.Until != 0 {
				name := journeyName(cd, r.Journey)
				add(CalendarItem{Kind: "journey", Title: name, number: n, at: r.Until})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b CalendarItem) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(slices.Index(dueKinds, a.Kind), slices.Index(dueKinds, b.Kind)), cmp.Compare(a.at, b.at), cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
	})
	return out, nil
}

func dueTitle(d calendar.Due) Text {
	switch d.Kind {
	case calendar.Refill:
		return or(codeWord("fill", "class", d.What), codeWord("medication", "class", d.What), dueNames[d.Kind])
	case calendar.Device:
		return or(codeWord("device", "kind", d.What), dueNames[d.Kind])
	}
	return or(codeWord("care_plan", "kind", d.What), dueNames[d.Kind])
}

// titled gives the items of a page their words and names.
func (s *Server) titled(ctx context.Context, c *caller, items []CalendarItem) error {
	var bare []task.Task
	for i := range items {
		if items[i].id != "" {
			bare = append(bare, task.Task{ID: items[i].id})
		}
	}
	titles := map[task.ID]Text{}
	for some := range slices.Chunk(bare, 200) {
		whole, err := s.whole(ctx, c, some)
		if err != nil {
			return err
		}
		for _, t := range whole {
			titles[t.ID] = taskTitle(c.space.Conductor, t)
		}
	}
	for i := range items {
		x := &items[i]
		if card, ok := c.space.Conductor.Directory().ByNumber(x.number); ok {
			x.Person = Ref{string(card.ID), c.nameOf(card)}
		}
		if t, ok := titles[x.id]; ok {
			x.Title = t
		}
	}
	return nil
}

// campaignView is a campaign with whom it is for, of those the caller may see.
func (s *Server) campaignView(ctx context.Context, c *caller, p *calendar.Campaign, people *roaring.Bitmap) (Campaign, *roaring.Bitmap) {
	set := people
	if p.Programme != "" {
		set = roaring.And(people, c.space.Conductor.Members("programme", p.Programme))
		if p.Segment != "" {
			set.And(c.space.Conductor.Members("tag", p.Segment))
		}
	}
	return Campaign{p.ID, p.Version, p.State, p.From, p.To, p.Plan, c.space.ref(ctx, s.store, p.Owner), int(set.GetCardinality())}, set
}

type campaignBody struct {
	From  string `json:"from" maxLength:"10"`
	To    string `json:"to" maxLength:"10"`
	State string `json:"state,omitempty" enum:"planned,cancelled"`
	calendar.Plan
}

type addCampaignIn struct{ Body campaignBody }

func (s *Server) addCampaign(ctx context.Context, in *addCampaignIn) (Campaign, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Campaign{}, err
	}
	p := calendar.Campaign{ID: ulid.Make().String(), Created: c.space.now(), State: calendar.Planned}
	return s.saveCampaign(ctx, c, &p, in.Body, "campaign.add")
}

type changeCampaignIn struct {
	Based
	ID   string `path:"campaign" maxLength:"40"`
	Body campaignBody
}

func (s *Server) changeCampaign(ctx context.Context, in *changeCampaignIn) (Campaign, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Campaign{}, err
	}
	p, err := s.store.Campaign(ctx, c.space.number(), in.ID)
	if err != nil {
		return Campaign{}, err
	}
	if err := in.check(p.Version); err != nil {
		return Campaign{}, err
	}
	return s.saveCampaign(ctx, c, &p, in.Body, "campaign.change")
}

func (s *Server) saveCampaign(ctx context.Context, c *caller, p *calendar.Campaign, b campaignBody, action string) (Campaign, error) {
	p.From, p.To, p.Plan, p.State, p.Actor = b.From, b.To, b.Plan, cmp.Or(b.State, p.State), c.actor()
	if err := p.Check(); err != nil {
		return Campaign{}, err
	}
	if err := s.campaignRefers(ctx, c, &p.Plan); err != nil {
		return Campaign{}, err
	}
	proof := s.entry(ctx, c, action, 0, map[string]any{"campaign": p.ID, "from": p.From, "to": p.To, "state": p.State})
	if err := s.store.SaveCampaign(ctx, c.space.number(), p, c.space.now(), proof); err != nil {
		return Campaign{}, err
	}
	p.Version++
	v, _ := s.campaignView(ctx, c, p, s.visible(ctx, c))
	return v, nil
}

// campaignRefers checks that what a campaign names is there.
func (s *Server) campaignRefers(ctx context.Context, c *caller, p *calendar.Plan) error {
	if p.Owner != "" && c.space.book(ctx, s.store, s.log).Member(p.Owner) == nil {
		return errCampaignRef.At("body.owner")
	}
	if p.Programme == "" {
		if p.Segment+p.Journey+p.Content != "" {
			return errCampaignRef.At("body.programme").Because("先选项目", "choose the programme first")
		}
		return nil
	}
	prog := c.space.Conductor.Programme(p.Programme)
	switch {
	case prog == nil:
		return errCampaignRef.At("body.programme")
	case p.Segment != "" && prog.TagIndex(p.Segment) < 0:
		return errCampaignRef.At("body.segment")
	case p.Journey != "" && prog.Compiled.Journey(p.Journey) == nil:
		return errCampaignRef.At("body.journey")
	case p.Content != "" && prog.Contents[p.Content] == nil:
		return errCampaignRef.At("body.content")
	}
	return nil
}

type moveVisitIn struct {
	IDPath
	Body struct {
		Plan string `json:"plan" maxLength:"40" doc:"the entry of the health file"`
		Day  string `json:"day" maxLength:"10"`
	}
}

func (s *Server) moveVisit(ctx context.Context, in *moveVisitIn) (Stated, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Stated{}, err
	}
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return Stated{}, err
	}
	e, err := s.entryAt(f, l, in.Body.Plan)
	if err != nil {
		return Stated{}, err
	}
	if e.Event.Type != event.CarePlan || e.Code("kind") != "visit" || !(e.InDays(l.View.Loc) > 0) {
		return Stated{}, errNotAVisit
	}
	day, err := time.Parse(time.DateOnly, in.Body.Day)
	if err != nil || in.Body.Day <= localDay(l.At, l.View.Loc) {
		return Stated{}, errVisitDay
	}
	said, _ := time.Parse(time.DateOnly, localDay(e.Event.Occurred, l.View.Loc))
	props := map[string]any{"kind": "visit", "inDays": int(day.Sub(said).Hours() / 24), "active": true}
	for _, key := range []string{"text", "by", "note"} {
		if said := e.Text(key); said != "" {
			props[key] = said
		}
	}
	if src := e.Code("source"); src != "" {
		props["source"] = src
	}
	return s.state(ctx, c, card, Statement{Type: "care_plan", Properties: props, Reason: "改日期 moved"}, in.Body.Plan)
}
