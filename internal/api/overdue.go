package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/calendar"
	"peiban/internal/conductor"
	"peiban/internal/export"
	"peiban/internal/overdue"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// OverdueRow is one thing one person did not come to.
type OverdueRow struct {
	Person   Ref         `json:"person"`
	Owner    *Ref        `json:"owner,omitempty"`
	Kind     string      `json:"kind" enum:"visit,refill,imaging,check,device,readings"`
	KindText Text        `json:"kindText"`
	What     Text        `json:"what"`
	Due      string      `json:"due" doc:"when it was expected; send it back with an outcome"`
	Days     int         `json:"days" doc:"whole days overdue"`
	State    string      `json:"state" enum:"due,later,closed" doc:"due: to be tried now; later: the next try is planned; closed: nobody looks for them any more"`
	Tries    int         `json:"tries"`
	Last     *OverdueTry `json:"last,omitempty"`
	Contact  *Contact    `json:"contact,omitempty" doc:"the last contact of any kind"`
	number   person.Number
	late     overdue.Late
}

// OverdueTry is how an attempt to reach somebody went.
type OverdueTry struct {
	At         string `json:"at"`
	By         *Text  `json:"by,omitempty"`
	Result     string `json:"result"`
	ResultText Text   `json:"resultText"`
	Reason     string `json:"reason,omitempty"`
	ReasonText *Text  `json:"reasonText,omitempty"`
	Next       string `json:"next,omitempty"`
}

// OverdueList is a list with what its numbers may be chosen by.
type OverdueList struct {
	Listing[OverdueRow]
	Counts  map[string]int `json:"counts" doc:"by state, whatever state is asked for"`
	Kinds   []Choice       `json:"kinds"`
	Results []Choice       `json:"results"`
	Reasons []Choice       `json:"reasons"`
	Closing []string       `json:"closing" doc:"reasons after which nobody looks for them any more"`
}

type overdueIn struct {
	Paging
	Kind      string `query:"kind" maxLength:"20"`
	Owner     string `query:"owner" maxLength:"40" doc:"me, or a member of staff; all the caller may see when not given"`
	Programme string `query:"programme" maxLength:"60"`
	Days      int    `query:"days" minimum:"0" maximum:"3650" doc:"overdue for so many days at least"`
	State     string `query:"state" enum:"due,later,closed,all," doc:"due when not given"`
}

type overdueOutcomeIn struct {
	IDPath
	Body struct {
		Kind   string `json:"kind" maxLength:"20"`
		Due    string `json:"due" maxLength:"40" doc:"as the list has it"`
		Result string `json:"result" enum:"reached,no_answer,wrong_number"`
		Reason string `json:"reason,omitempty" maxLength:"20" doc:"why they did not come"`
		Next   string `json:"next,omitempty" maxLength:"40" doc:"when to try again; needed unless the reason closes it"`
		Note   string `json:"note,omitempty" maxLength:"400"`
	}
}

// ReturnedToCare is the figure of those who became overdue.
type ReturnedToCare struct {
	Months     []ReturnedRow `json:"months" doc:"by the month in which they became overdue, the newest last"`
	Kinds      []ReturnedRow `json:"kinds"`
	Owners     []ReturnedRow `json:"owners"`
	Programmes []ReturnedRow `json:"programmes"`
	Definition Text          `json:"definition"`
	Found      string        `json:"found" doc:"opens the people: GET /api/people with found and of, such as month:2026-03:back"`
}

// ReturnedRow is one line of the figure.
type ReturnedRow struct {
	Key     string   `json:"key"`
	Name    Text     `json:"name"`
	Became  int      `json:"became"`
	Back    int      `json:"back" doc:"of them within 15 days"`
	Share   *float64 `json:"share,omitempty" doc:"back / became; absent: nobody became overdue"`
	Pending int      `json:"pending" doc:"their 15 days are not over"`
	Left    int      `json:"left" doc:"died or moved away: left out"`
	tally   overdue.Tally
}

type returnedIn struct {
	Months    int    `query:"months" minimum:"1" maximum:"24" doc:"6 when not given"`
	Kind      string `query:"kind" maxLength:"20"`
	Owner     string `query:"owner" maxLength:"40"`
	Programme string `query:"programme" maxLength:"60"`
}

var readingsName = text("测量", "Readings")

func overdueName(kind string) Text {
	if kind == overdue.Readings {
		return readingsName
	}
	return dueNames[kind]
}

var returnedMeans = text(
	"逾期：约定的那天过完还没有来（测量：连续 14 天没有记录）。15 天内回来：从逾期的第一刻起 15 天内来了，第 15 天算在内。分母不含去世或搬走的人，也不含 15 天还没过完、还没回来的。",
	"Overdue: the day is over and they have not come (readings: none for 14 days). Back within 15 days: they came within 15 days of the first moment they were overdue, the fifteenth included. Left out are who died or moved away, and whose 15 days are not over and who have not come.")

func (s *Server) overdueOperations() {
	serve(s, operation{"overdue", http.MethodGet, "/api/overdue", "overdue", "People overdue for a visit, a refill, imaging, a check, a device or readings, the longest first", forStaff}, s.listOverdue)
	serve(s, operation{"returned-to-care", http.MethodGet, "/api/overdue/returned", "overdue", "Of those who became overdue, how many came back within 15 days", forStaff}, s.returnedToCare)
	serve(s, operation{"overdue-outcome", http.MethodPost, "/api/people/{id}/overdue", "overdue", "Keep how an attempt to reach somebody overdue went: it plans the next or closes it", forStaff}, s.overdueOutcome)
}

// overdueRows lists everything of the people asked for, the longest overdue first.
func (s *Server) overdueRows(ctx context.Context, c *caller, in *overdueIn) ([]OverdueRow, error) {
	set := s.overduePeople(ctx, c, in.Owner, in.Programme)
	if in.Kind != "" && !slices.Contains(overdue.Kinds, in.Kind) {
		return nil, errCodeChoice.At("query.kind")
	}
	now := c.space.now()
	people := numbersOf(set)
	known, err := c.space.overdue.read(ctx, c.space.Conductor, people, now)
	if err != nil {
		return nil, err
	}
	var out []OverdueRow
	for i, n := range people {
		if known[i] == nil || len(known[i].Late) == 0 {
			continue
		}
		card, ok := c.space.Conductor.Directory().ByNumber(n)
		if !ok || card.Erased {
			continue
		}
		for _, l := range known[i].Late {
			if in.Kind != "" && l.Kind != in.Kind || l.Days(now) < in.Days {
				continue
			}
			out = append(out, OverdueRow{Kind: l.Kind, Days: l.Days(now), State: l.State(now), number: n, late: l})
		}
	}
	slices.SortStableFunc(out, func(a, b OverdueRow) int {
		return cmp.Or(cmp.Compare(a.late.Began, b.late.Began), cmp.Compare(a.number, b.number))
	})
	return out, nil
}

func (s *Server) overduePeople(ctx context.Context, c *caller, owner, programme string) *roaring.Bitmap {
	set := s.visible(ctx, c)
	if owner == "me" {
		owner = c.member.ID
	}
	if owner != "" {
		set.And(c.space.Conductor.Members("owner", owner))
	}
	if programme != "" {
		set.And(c.space.Conductor.Members("programme", programme))
	}
	return set
}

// shownOverdue gives a row its words, and the last contact.
func (s *Server) shownOverdue(ctx context.Context, c *caller, r *OverdueRow) {
	card, v, _, _ := c.space.Conductor.Glance(r.number)
	l := &r.late
	r.Person, r.Owner = Ref{string(card.ID), c.nameOf(card)}, c.space.ref(ctx, s.store, card.Owner)
	r.KindText, r.Due, r.Tries = overdueName(l.Kind), moment(l.Due, c.space.loc), l.Tries
	r.What = r.KindText
	if l.What != "" {
		r.What = dueTitle(calendar.Due{Kind: l.Kind, What: l.What})
	}
	r.Contact = lastContact(v, c.space.now())
	if t := l.Last; t != nil {
		r.Last = &OverdueTry{
			At: moment(t.At, c.space.loc), By: s.actorName(ctx, c, t.By), Result: t.Result, ResultText: codeWord("overdue_try", "result", t.Result),
			Reason: t.Reason, Next: moment(t.Next, c.space.loc),
		}
		if t.Reason != "" {
			w := codeWord("overdue_try", "reason", t.Reason)
			r.Last.ReasonText = &w
		}
	}
}

func (s *Server) listOverdue(ctx context.Context, in *overdueIn) (OverdueList, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return OverdueList{}, err
	}
	all, err := s.overdueRows(ctx, c, in)
	if err != nil {
		return OverdueList{}, err
	}
	out := OverdueList{Listing: Listing[OverdueRow]{Items: []OverdueRow{}}, Counts: map[string]int{"due": 0, "later": 0, "closed": 0}, Closing: overdue.Closing}
	for i := range all {
		out.Counts[all[i].State]++
	}
	if state := cmp.Or(in.State, "due"); state != "all" {
		all = slices.DeleteFunc(all, func(r OverdueRow) bool { return r.State != state })
	}
	for _, k := range overdue.Kinds {
		out.Kinds = append(out.Kinds, Choice{k, overdueName(k)})
	}
	for _, k := range []string{overdue.Reached, overdue.NotReached, overdue.WrongNumber} {
		out.Results = append(out.Results, Choice{k, codeWord("overdue_try", "result", k)})
	}
	for _, k := range overdue.Reasons {
		out.Reasons = append(out.Reasons, Choice{k, codeWord("overdue_try", "reason", k)})
	}
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return OverdueList{}, err
	}
	end := min(start+in.limit(50), len(all))
	if out.Total = len(all); end < len(all) {
		out.NextCursor = strconv.Itoa(end)
	}
	told := roaring.New()
	for i := start; i < end; i++ {
		s.shownOverdue(ctx, c, &all[i])
		told.Add(uint32(all[i].number))
		out.Items = append(out.Items, all[i])
	}
	return out, s.read(ctx, c, "overdue.list", numbersOf(told)...)
}

func (s *Server) overdueOutcome(ctx context.Context, in *overdueOutcomeIn) (OverdueList, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWork, in.ID)
	if err != nil {
		return OverdueList{}, err
	}
	b := &in.Body
	if !slices.Contains(overdue.Kinds, b.Kind) {
		return OverdueList{}, errCodeChoice.At("body.kind")
	}
	if b.Reason != "" && !slices.Contains(overdue.Reasons, b.Reason) {
		return OverdueList{}, errCodeChoice.At("body.reason")
	}
	due, err := parseMoment("body.due", b.Due, c.space.loc)
	if err != nil {
		return OverdueList{}, err
	}
	next := int64(0)
	if b.Next != "" {
		if next, err = parseMoment("body.next", b.Next, c.space.loc); err != nil {
			return OverdueList{}, err
		}
	}
	try := conductor.TryBack{Kind: b.Kind, Due: s.sameDue(c, card.Number, b.Kind, due), Result: b.Result, Reason: b.Reason, Next: next, Note: strings.TrimSpace(b.Note)}
	err = c.space.Conductor.TriedBack(ctx, card.Number, try, s.entry(ctx, c, "overdue.try", card.Number, map[string]any{"kind": b.Kind, "result": b.Result, "reason": b.Reason}))
	if err != nil {
		return OverdueList{}, err
	}
	out := OverdueList{Listing: Listing[OverdueRow]{Items: []OverdueRow{}}, Counts: map[string]int{}}
	_, v, _, _ := c.space.Conductor.Glance(card.Number)
	now := c.space.now()
	for _, l := range overdue.Now(v, now) {
		r := OverdueRow{Kind: l.Kind, Days: l.Days(now), State: l.State(now), number: card.Number, late: l}
		s.shownOverdue(ctx, c, &r)
		out.Items = append(out.Items, r)
	}
	out.Total = len(out.Items)
	return out, nil
}

// sameDue is the exact moment of what is shown to the second.
func (s *Server) sameDue(c *caller, n person.Number, kind string, due int64) int64 {
	_, v, _, _ := c.space.Conductor.Glance(n)
	for _, l := range overdue.Now(v, c.space.now()) {
		if d := l.Due - due; l.Kind == kind && d >= 0 && d < time.Second.Microseconds() {
			return l.Due
		}
	}
	return due
}

func (s *Server) returnedToCare(ctx context.Context, in *returnedIn) (ReturnedToCare, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return ReturnedToCare{}, err
	}
	now := c.space.now()
	first := time.UnixMicro(now).In(c.space.loc)
	first = time.Date(first.Year(), first.Month()-time.Month(cmp.Or(in.Months, 6)-1), 1, 0, 0, 0, 0, c.space.loc)
	rows, sets := map[string]*ReturnedRow{}, map[string]*roaring.Bitmap{}
	count := func(key string, name Text, e *overdue.Episode, gone bool, n person.Number) {
		r := rows[key]
		if r == nil {
			_, after, _ := strings.Cut(key, ":")
			r = &ReturnedRow{Key: after, Name: name}
			rows[key] = r
		}
		was := r.tally
		r.tally.Add(e, gone, now)
		put := func(of string) {
			if sets[key+":"+of] == nil {
				sets[key+":"+of] = roaring.New()
			}
			sets[key+":"+of].Add(uint32(n))
		}
		switch {
		case r.tally.Back > was.Back:
			put("back")
			put("became")
		case r.tally.Became > was.Became:
			put("became")
		case r.tally.Pending > was.Pending:
			put("pending")
		default:
			put("left")
		}
	}
	for d := first; d.UnixMicro() <= now; d = d.AddDate(0, 1, 0) {
		m := d.Format("2006-01")
		rows["month:"+m] = &ReturnedRow{Key: m, Name: Text{Zh: m, En: m}}
	}
	people := numbersOf(s.overduePeople(ctx, c, in.Owner, in.Programme))
	known, err := c.space.overdue.read(ctx, c.space.Conductor, people, now)
	if err != nil {
		return ReturnedToCare{}, err
	}
	programmes := c.space.Conductor.Programmes()
	inside := make([]*roaring.Bitmap, len(programmes))
	for k, p := range programmes {
		inside[k] = c.space.Conductor.Members("programme", p.Key)
	}
	for i, n := range people {
		if known[i] == nil {
			continue
		}
		es, gone := known[i].Since(first.UnixMicro()), known[i].Gone
		if len(es) == 0 {
			continue
		}
		card, ok := c.space.Conductor.Directory().ByNumber(n)
		if !ok || card.Erased {
			continue
		}
		owner := text("没有负责人", "nobody")
		if m := c.space.ref(ctx, s.store, card.Owner); m != nil {
			owner = Text{Zh: m.Name, En: m.Name}
		}
		for i := range es {
			e := &es[i]
			if in.Kind != "" && e.Kind != in.Kind {
				continue
			}
			m := time.UnixMicro(e.Began).In(c.space.loc).Format("2006-01")
			count("month:"+m, Text{Zh: m, En: m}, e, gone, n)
			count("kind:"+e.Kind, overdueName(e.Kind), e, gone, n)
			count("owner:"+card.Owner, owner, e, gone, n)
			for k, p := range programmes {
				if inside[k].Contains(uint32(n)) {
					count("programme:"+p.Key, p.Name, e, gone, n)
				}
			}
		}
	}
	out := ReturnedToCare{Definition: returnedMeans}
	of := func(kind string) []ReturnedRow {
		list := []ReturnedRow{}
		for _, key := range slices.Sorted(maps.Keys(rows)) {
			if r := rows[key]; strings.HasPrefix(key, kind+":") {
				r.Became, r.Back, r.Pending, r.Left = r.tally.Became, r.tally.Back, r.tally.Pending, r.tally.Left
				if r.Became > 0 {
					share := float64(r.Back) / float64(r.Became)
					r.Share = &share
				}
				list = append(list, *r)
			}
		}
		return list
	}
	out.Months, out.Kinds, out.Owners, out.Programmes = of("month"), of("kind"), of("owner"), of("programme")
	texts := map[string]Text{}
	for key := range sets {
		at := strings.LastIndexByte(key, ':')
		name, what := rows[key[:at]].Name, map[string]Text{
			"became": text("逾期的人", "became overdue"), "back": text("15 天内回来的人", "came back within 15 days"), "pending": text("15 天还没过完的人", "whose 15 days are not over"),
			"left": text("去世或搬走的人", "who died or moved away"),
		}[key[at+1:]]
		texts[key] = text(name.Zh+"："+what.Zh, name.En+": "+what.En)
	}
	out.Found = s.remember(c, c.member.ID, Found{Programme: in.Programme, AsOf: moment(now, c.space.loc)}, slices.Sorted(maps.Keys(sets)), texts, sets)
	return out, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "overdue.read", 0, nil))
}

var overdueColumns = []export.Column{
	{Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "kind", Name: "类型编号 kind"}, {Key: "what", Name: "什么 what"}, {Key: "due", Name: "约定 due", Kind: export.Moment},
	{Key: "days", Name: "逾期天数 days", Kind: export.Number}, {Key: "state", Name: "状态 state"}, {Key: "tries", Name: "联系过几次 tries", Kind: export.Number},
	{Key: "last", Name: "上次联系 last", Kind: export.Moment}, {Key: "result", Name: "结果 result"}, {Key: "reason", Name: "原因 reason"}, {Key: "next", Name: "下次联系 next", Kind: export.Moment}, {Key: "owner", Name: "负责人 owner"},
}

func overduePerson(r *OverdueRow) string { return r.Person.ID }

func overdueCells(r *OverdueRow) []string {
	var t OverdueTry
	if r.Last != nil {
		t = *r.Last
	}
	return []string{
		r.Person.ID, r.Person.Name, r.Kind, r.What.Zh, r.Due, strconv.Itoa(r.Days), r.State, strconv.Itoa(r.Tries), t.At, t.ResultText.Zh, zh(t.ReasonText), t.Next, refName(r.Owner),
	}
}

func (s *Server) overdueFile(ctx context.Context, in *overdueIn) (Listing[OverdueRow], error) {
	list, err := s.listOverdue(ctx, in)
	return list.Listing, err
}

var byOverdueKind = listFilter{"kind", text("哪一类", "Kind"), false, func(*caller) (all []Choice) {
	for _, w := range overdue.Kinds {
		all = append(all, Choice{w, overdueName(w)})
	}
	return all
}}
