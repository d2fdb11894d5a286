package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/workspace"
)

// ownerStore is what is kept of who looks after whom.
type ownerStore interface {
	Owners(context.Context, workspace.Number) (*owner.Book, error)
	Unassigned(context.Context, workspace.Number) ([]conductor.Queued, error)
	SaveOwnerRules(ctx context.Context, w workspace.Number, rules owner.Rules, version, at int64, actor string, entries ...audit.Entry) error
	SaveOwnerMember(ctx context.Context, w workspace.Number, m owner.Member, entries ...audit.Entry) error
	SaveAbsence(ctx context.Context, w workspace.Number, a *owner.Absence, entries ...audit.Entry) error
	CloseMember(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
	OpenMember(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
	handovers
}

// Balance is who looks after how many, and who looks after nobody yet.
type Balance struct {
	AsOf       string        `json:"asOf"`
	All        bool          `json:"all" doc:"the whole team; else only the caller's own line"`
	Rules      bool          `json:"rules" doc:"owner rules are on"`
	Items      []OwnerLine   `json:"items"`
	Unassigned int           `json:"unassigned"`
	Waiting    []OwnerReason `json:"waiting" doc:"why those without an owner have none, the commonest first"`
	Escalated  int           `json:"escalated" doc:"open work of absent staff that is the managers' too"`
}

// OwnerReason is why so many have no owner.
type OwnerReason struct {
	Key    string `json:"key"`
	Text   Text   `json:"text"`
	People int    `json:"people"`
}

// OwnerLine is one member of staff on the board.
type OwnerLine struct {
	Ref
	Role       string        `json:"role"`
	RoleText   Text          `json:"roleText"`
	Closed     bool          `json:"closed" doc:"the account is closed"`
	Takes      bool          `json:"takes" doc:"rules may give them new people"`
	People     int           `json:"people"`
	Capacity   int           `json:"capacity"`
	Own        int           `json:"own,omitempty" doc:"the capacity set for them; absent: the workspace's"`
	Open       int           `json:"open" doc:"open tasks that are theirs, also while somebody covers"`
	Late       int           `json:"late"`
	Safety     int           `json:"safety"`
	Languages  []string      `json:"languages"`
	Programmes []OwnerPart   `json:"programmes"`
	Absence    *OwnerAbsence `json:"absence,omitempty"`
	Covers     []Ref         `json:"covers" doc:"for whom they act now"`
	Version    int64         `json:"version" doc:"of the settings, for If-Match"`
}

// OwnerPart is how many of somebody's people are in a programme.
type OwnerPart struct {
	Named
	People int `json:"people"`
}

// OwnerAbsence is where somebody is away now.
type OwnerAbsence struct {
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to,omitempty" doc:"absent: nobody knows yet"`
	Acts *Ref   `json:"acts,omitempty" doc:"who acts for them; absent: the managers, see why"`
	Why  *Text  `json:"why,omitempty"`
}

var ownerWhys = map[string]Text{
	owner.NoRule: text("没有一条规则适合", "no rule fits"), owner.Nobody: text("规则里的人都不在岗或不接新人", "nobody whom the rule names works here and takes people"),
	owner.Language: text("没有人会说他的语言", "nobody speaks their language"), owner.Exam: text("没有人通过了要求的考试", "nobody has passed the exam that is required"),
	owner.Absent: text("合适的人都不在", "all who fit are away"), owner.Full: text("合适的人都满了", "all who fit are full"),
	owner.RulesOff: text("还没有打开分配规则", "owner rules are off"), "before": text("规则打开之前就在", "they were here before the rules"),
	owner.OtherOwner: text("已经换给别人了", "somebody else has them by now"), owner.Gone: text("档案已删除或已合并", "erased or merged"),
	owner.NoReceiver: text("接手的人都不在岗了", "nobody of those chosen works here any more"), owner.Broken: text("没有办成，可以再试", "it could not be done; try again"),
	owner.NoCover: text("没有写代班的人，由主管处理", "no cover is named: the managers see to it"), owner.CoverGone: text("代班的账号已关闭，由主管处理", "the cover's account is closed: the managers see to it"),
	owner.Circular: text("代班的人互相代班，都不在，由主管处理", "the covers cover each other and all are away: the managers see to it"),
}

func ownerWhy(key string) Text {
	if t, ok := ownerWhys[key]; ok {
		return t
	}
	return text(key, key)
}

func (s *Server) ownerOperations() {
	serve(s, operation{"owners", http.MethodGet, "/api/owners", "owners", "Who looks after how many: the team for managers, for others their own line", forStaff}, s.balance)
	serve(s, operation{"owner-people", http.MethodPost, "/api/owners/people", "owners", "The people behind a number of the board, to be listed with found and of", forStaff}, s.ownerPeople)
	serve(s, operation{"owner-settings", http.MethodPatch, "/api/owners/{member}", "owners", "How many a member of staff looks after, their languages, whether they take new people", forStaff}, s.ownerSettings)
	serve(s, operation{"close-account", http.MethodPost, "/api/owners/{member}/close", "owners", "Close an account; refused while people are still theirs", forStaff}, s.closeAccount)
	serve(s, operation{"open-account", http.MethodPost, "/api/owners/{member}/open", "owners", "Open a closed account again", forStaff}, s.openAccount)
	serve(s, operation{"assign", http.MethodPost, "/api/owners/assign", "owners", "Give people another owner, 1,000 at most; larger numbers are a hand-over", forStaff}, s.assignPeople)
	serve(s, operation{"unassigned", http.MethodGet, "/api/owners/unassigned", "owners", "People without an owner, who waits longest first", forStaff}, s.unassigned)
	s.ownerRuleOperations()
	s.handoverOperations()
	s.startOperations()
	s.overdueOperations()
	s.absenceOperations()
}

// onBoard is what the caller may see of the board: everybody's line, or their own.
func (s *Server) onBoard(ctx context.Context) (*caller, *owner.Book, bool, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return nil, nil, false, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	return c, b, c.member.Role.Can(staff.CanAssign), err
}

// openWork is all open work as rows, by whose it is.
func (s *Server) openWork(ctx context.Context, c *caller) (map[string][]task.Task, error) {
	all, err := c.space.Conductor.OpenTasks(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]task.Task{}
	for _, t := range task.Rows(all) {
		by := cmp.Or(t.Claimed, t.Owner)
		out[by] = append(out[by], t)
	}
	return out, nil
}

func (s *Server) balance(ctx context.Context, _ *Empty) (Balance, error) {
	c, b, all, err := s.onBoard(ctx)
	if err != nil {
		return Balance{}, err
	}
	work, err := s.openWork(ctx, c)
	if err != nil {
		return Balance{}, err
	}
	now := c.space.now()
	out := Balance{AsOf: moment(now, c.space.loc), All: all, Rules: b.Rules.On, Items: []OwnerLine{}, Waiting: []OwnerReason{}}
	for i := range b.Staff {
		m := &b.Staff[i]
		people := c.space.Conductor.Count("owner", m.ID)
		if !all && m.ID != c.member.ID || !owner.Takes(m.Role) || m.Disabled && people+len(work[m.ID]) == 0 && !c.member.Role.Can(staff.CanManageStaff) {
			continue
		}
		out.Items = append(out.Items, s.ownerLine(ctx, c, b, m, work[m.ID], now))
	}
	if !all {
		return out, nil
	}
	for id, list := range work {
		for _, t := range list {
			if b.Escalated(id, t.Due, t.Priority == task.Safety, now) {
				out.Escalated++
			}
		}
	}
	sets, err := s.unassignedBy(ctx, c)
	if err != nil {
		return Balance{}, err
	}
	for why, set := range sets {
		n := int(set.GetCardinality())
		out.Unassigned += n
		out.Waiting = append(out.Waiting, OwnerReason{why, ownerWhy(why), n})
	}
	slices.SortFunc(out.Waiting, func(a, b OwnerReason) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Key, b.Key))
	})
	return out, nil
}

func (s *Server) ownerLine(ctx context.Context, c *caller, b *owner.Book, m *owner.Member, work []task.Task, now int64) OwnerLine {
	l := OwnerLine{
		Ref: *c.space.ref(ctx, s.store, m.ID), Role: string(m.Role), RoleText: titleOf(m.Role), Closed: m.Disabled, Takes: !m.Closed && !m.Disabled,
		People: c.space.Conductor.Count("owner", m.ID), Capacity: m.Room(&b.Rules), Own: m.Capacity, Open: len(work),
		Languages: append([]string{}, m.Languages...), Programmes: []OwnerPart{}, Covers: []Ref{}, Version: m.Version,
	}
	for i := range work {
		if work[i].Late(now) {
			l.Late++
		}
		if work[i].Priority == task.Safety {
			l.Safety++
		}
	}
	mine := c.space.Conductor.Members("owner", m.ID)
	for _, p := range c.space.Conductor.Programmes() {
		if n := int(roaring.And(mine, c.space.Conductor.Members("programme", p.Key)).GetCardinality()); n > 0 {
			l.Programmes = append(l.Programmes, OwnerPart{Named{p.Key, p.Name}, n})
		}
	}
	if a := b.At(m.ID, now); a != nil {
		l.Absence = s.away(ctx, c, b, a, now)
	}
	for _, id := range b.Covers(m.ID, now) {
		l.Covers = append(l.Covers, *c.space.ref(ctx, s.store, id))
	}
	return l
}

func (s *Server) away(ctx context.Context, c *caller, b *owner.Book, a *owner.Absence, now int64) *OwnerAbsence {
	out := &OwnerAbsence{ID: a.ID, From: moment(a.From, c.space.loc), To: until(a.To, c.space.loc)}
	stand := b.Acting(a.Staff, now)
	if out.Acts = c.space.ref(ctx, s.store, stand.Acts); out.Acts == nil {
		why := ownerWhy(stand.Why)
		out.Why = &why
	}
	return out
}

// unassignedBy is everybody without an owner by why.
func (s *Server) unassignedBy(ctx context.Context, c *caller) (map[string]*roaring.Bitmap, error) {
	queue, err := s.store.Unassigned(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	rest := s.ownerless(ctx, c)
	out := map[string]*roaring.Bitmap{}
	put := func(why string, n uint32) {
		if out[why] == nil {
			out[why] = roaring.New()
		}
		out[why].Add(n)
	}
	for _, q := range queue {
		if rest.CheckedRemove(uint32(q.Person)) {
			put(q.Why, uint32(q.Person))
		}
	}
	for _, n := range numbersOf(rest) {
		put("before", uint32(n))
	}
	return out, nil
}

// ownerless is everybody without an owner.
func (s *Server) ownerless(ctx context.Context, c *caller) *roaring.Bitmap {
	set := c.space.Conductor.Directory().All()
	for _, m := range c.space.team(ctx, s.store) {
		set.AndNot(c.space.Conductor.Members("owner", m.ID))
	}
	return set
}

type ownerPeopleIn struct {
	Body struct {
		Owner string `json:"owner,omitempty" maxLength:"40" doc:"whose; empty with unassigned and escalated"`
		Of    string `json:"of" enum:"people,programme,open,late,safety,unassigned,escalated"`
		Key   string `json:"key,omitempty" maxLength:"60" doc:"the programme, or why somebody has no owner"`
	}
}

// ownerPeople remembers whom a number of the board counts, so that it opens its people.
func (s *Server) ownerPeople(ctx context.Context, in *ownerPeopleIn) (Found, error) {
	c, b, all, err := s.onBoard(ctx)
	if err != nil {
		return Found{}, err
	}
	q := in.Body
	if !all && q.Owner != c.member.ID {
		return Found{}, errForbidden
	}
	set, name, err := s.boardSet(ctx, c, b, q.Of, q.Owner, q.Key)
	if err != nil {
		return Found{}, err
	}
	set.And(s.visible(ctx, c))
	view := Found{AsOf: moment(c.space.now(), c.space.loc)}
	id := s.remember(c, c.member.ID, view, []string{q.Of}, map[string]Text{q.Of: name}, map[string]*roaring.Bitmap{q.Of: set})
	x, err := c.space.findings.get(c, id, s.real())
	if err != nil {
		return Found{}, err
	}
	return x.view, nil
}

func (s *Server) boardSet(ctx context.Context, c *caller, b *owner.Book, of, who, key string) (*roaring.Bitmap, Text, error) {
	ref := c.space.ref(ctx, s.store, who)
	whose := text("", "")
	if ref != nil {
		whose = text(ref.Name+" ", ref.Name+": ")
	}
	said := func(zh, en string) Text { return text(whose.Zh+zh, whose.En+en) }
	switch of {
	case "people":
		return c.space.Conductor.Members("owner", who), said("负责的人", "people"), nil
	case "programme":
		p := c.space.Conductor.Programme(key)
		if key == "" || p == nil {
			return nil, Text{}, errCodeChoice.At("body.key")
		}
		return roaring.And(c.space.Conductor.Members("owner", who), c.space.Conductor.Members("programme", key)), said("在“"+p.Name.Zh+"”里的人", "people in "+p.Name.En), nil
	case "unassigned":
		sets, err := s.unassignedBy(ctx, c)
		out := roaring.New()
		for why, set := range sets {
			if key == "" || key == why {
				out.Or(set)
			}
		}
		if key != "" {
			return out, text("没有负责人："+ownerWhy(key).Zh, "No owner: "+ownerWhy(key).En), err
		}
		return out, text("没有负责人", "No owner"), err
	}
	work, err := s.openWork(ctx, c)
	if err != nil {
		return nil, Text{}, err
	}
	out, now := roaring.New(), c.space.now()
	for id, list := range work {
		for i := range list {
			t := &list[i]
			if of != "escalated" && id != who || of == "late" && !t.Late(now) || of == "safety" && t.Priority != task.Safety ||
				of == "escalated" && !b.Escalated(id, t.Due, t.Priority == task.Safety, now) {
				continue
			}
			out.Add(uint32(t.Person))
		}
	}
	name := map[string]Text{
		"open": said("有未完成任务的人", "people with open tasks"), "late": said("有过期任务的人", "people with late tasks"),
		"safety": said("有安全任务的人", "people with safety tasks"), "escalated": text("离岗人员的任务，已交主管", "Work of absent staff that is the managers' too"),
	}[of]
	return out, name, nil
}

var errNoOwner = fault.New(fault.Missing, "staff_not_found", "没有找到这位员工", "no such member of staff")

// MemberPath names a member of staff.
type MemberPath struct {
	ID string `path:"member" maxLength:"40"`
}

type ownerSettingsIn struct {
	MemberPath
	Based
	Body struct {
		Capacity  *int      `json:"capacity,omitempty" minimum:"0" maximum:"5000" doc:"0: the workspace's"`
		Languages *[]string `json:"languages,omitempty" maxItems:"10"`
		Takes     *bool     `json:"takes,omitempty" doc:"rules may give them new people"`
	}
}

func (l OwnerLine) etag() string { return quoted(l.Version) }

func (s *Server) ownerSettings(ctx context.Context, in *ownerSettingsIn) (OwnerLine, error) {
	c, b, m, err := s.lineOf(ctx, staff.CanAssign, in.ID)
	if err != nil {
		return OwnerLine{}, err
	}
	if err := in.check(m.Version); err != nil {
		return OwnerLine{}, err
	}
	if in.Body.Capacity != nil {
		m.Capacity = *in.Body.Capacity
	}
	if in.Body.Languages != nil {
		m.Languages = []string{}
		for _, l := range *in.Body.Languages {
			if l = strings.TrimSpace(l); l == "" || len(l) > 20 {
				return OwnerLine{}, errCodeChoice.At("body.languages").Because("写语言代码，例如 zh、en、yue", "language codes, such as zh, en, yue")
			}
			m.Languages = append(m.Languages, l)
		}
	}
	if in.Body.Takes != nil {
		m.Closed = !*in.Body.Takes
	}
	detail := map[string]any{"staff": m.ID, "capacity": m.Capacity, "takes": !m.Closed}
	if err := s.store.SaveOwnerMember(ctx, c.space.number(), *m, s.entry(ctx, c, "owner.settings", 0, detail)); err != nil {
		return OwnerLine{}, err
	}
	m.Version++
	return s.lineNow(ctx, c, b, m)
}

// lineOf finds a member of staff who may look after people.
func (s *Server) lineOf(ctx context.Context, p staff.Permission, id string) (*caller, *owner.Book, *owner.Member, error) {
	c, _, err := s.authorize(ctx, p)
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return nil, nil, nil, err
	}
	m := b.Member(id)
	if m == nil {
		return nil, nil, nil, errNoOwner
	}
	return c, b, m, nil
}

func (s *Server) lineNow(ctx context.Context, c *caller, b *owner.Book, m *owner.Member) (OwnerLine, error) {
	c.space.forgetNames()
	c.space.forgetBook()
	work, err := s.openWork(ctx, c)
	return s.ownerLine(ctx, c, b, m, work[m.ID], c.space.now()), err
}

func (s *Server) closeAccount(ctx context.Context, in *MemberPath) (OwnerLine, error) {
	c, b, m, err := s.lineOf(ctx, staff.CanManageStaff, in.ID)
	if err != nil {
		return OwnerLine{}, err
	}
	if err := s.store.CloseMember(ctx, c.space.number(), m.ID, s.entry(ctx, c, "staff.close", 0, map[string]any{"staff": m.ID})); err != nil {
		return OwnerLine{}, err
	}
	m.Disabled = true
	return s.lineNow(ctx, c, b, m)
}

func (s *Server) openAccount(ctx context.Context, in *MemberPath) (OwnerLine, error) {
	c, b, m, err := s.lineOf(ctx, staff.CanManageStaff, in.ID)
	if err != nil {
		return OwnerLine{}, err
	}
	if err := s.store.OpenMember(ctx, c.space.number(), m.ID, s.entry(ctx, c, "staff.open", 0, map[string]any{"staff": m.ID})); err != nil {
		return OwnerLine{}, err
	}
	m.Disabled = false
	return s.lineNow(ctx, c, b, m)
}

// HandOrder says who gets people, why, and what becomes of their open work.
type HandOrder struct {
	To        []string `json:"to,omitempty" maxItems:"50" doc:"one, or several: each person goes to who has the smallest share of their room taken"`
	Rule      bool     `json:"rule,omitempty" doc:"the rules say who"`
	TasksStay bool     `json:"tasksStay,omitempty" doc:"open work stays with the old owner, who sees the person until it is done; else it goes along"`
	Why       string   `json:"why,omitempty" enum:"left,load,asked,fits,returned,other,"`
	Note      string   `json:"note,omitempty" maxLength:"500"`
}

func (o *HandOrder) order(from string) owner.Order {
	return owner.Order{From: from, To: o.To, Rule: o.Rule, Stay: o.TasksStay, Why: o.Why, Note: strings.TrimSpace(o.Note)}
}

type assignIn struct {
	Body struct {
		People []string `json:"people" minItems:"1" maxItems:"1000"`
		HandOrder
	}
}

// Handed is what became of people who were to get another owner.
type Handed struct {
	Done    int          `json:"done"`
	Already int          `json:"already" doc:"who had that owner already"`
	Tasks   int          `json:"tasks" doc:"open tasks that went along"`
	Refused []HandedLine `json:"refused"`
}

// HandedLine is one person of a hand-over.
type HandedLine struct {
	Person Ref    `json:"person"`
	State  string `json:"state" enum:"waiting,done,refused,failed"`
	To     *Ref   `json:"to,omitempty"`
	Why    *Text  `json:"why,omitempty"`
	At     string `json:"at,omitempty"`
}

func (s *Server) handedLine(ctx context.Context, c *caller, l *owner.Line) HandedLine {
	out := HandedLine{State: string(l.State), To: c.space.ref(ctx, s.store, l.To), At: moment(l.At, c.space.loc)}
	if card, ok := c.space.Conductor.Directory().ByNumber(l.Person); ok {
		out.Person = Ref{string(card.ID), c.nameOf(card)}
		if card.Erased {
			out.Person.Name = ""
		}
	}
	if l.Why != "" {
		why := ownerWhy(l.Why)
		out.Why = &why
	}
	return out
}

func (s *Server) assignPeople(ctx context.Context, in *assignIn) (Handed, error) {
	c, cards, err := s.authorize(ctx, staff.CanAssign, in.Body.People...)
	if err != nil {
		return Handed{}, err
	}
	seen := roaring.New()
	people := make([]person.Number, 0, len(cards))
	before := map[person.Number]string{}
	for _, card := range cards {
		if seen.CheckedAdd(uint32(card.Number)) {
			people = append(people, card.Number)
			before[card.Number] = card.Owner
		}
	}
	lines, tasks, err := c.space.Conductor.HandOver(ctx, conductor.Live, people, conductor.Hand{Order: in.Body.order(""), Any: true}, s.entry(ctx, c, "person.assign", 0, nil))
	if err != nil {
		return Handed{}, err
	}
	out := Handed{Tasks: tasks, Refused: []HandedLine{}}
	for i := range lines {
		switch l := &lines[i]; {
		case l.State != owner.Done:
			out.Refused = append(out.Refused, s.handedLine(ctx, c, l))
		case before[l.Person] == l.To:
			out.Already++
		default:
			out.Done++
		}
	}
	return out, nil
}

// Unowned is somebody without an owner.
type Unowned struct {
	Person Ref    `json:"person"`
	Since  string `json:"since,omitempty" doc:"since when the rules have had nobody for them"`
	Rule   string `json:"rule,omitempty" doc:"the last rule that fitted"`
	Why    Text   `json:"why"`
	Key    string `json:"key"`
}

type unassignedIn struct {
	Paging
	Why string `query:"why" maxLength:"40"`
}

func (s *Server) unassigned(ctx context.Context, in *unassignedIn) (Listing[Unowned], error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return Listing[Unowned]{}, err
	}
	queue, err := s.store.Unassigned(ctx, c.space.number())
	if err != nil {
		return Listing[Unowned]{}, err
	}
	rest := s.ownerless(ctx, c)
	var all []conductor.Queued
	for _, q := range queue {
		if rest.CheckedRemove(uint32(q.Person)) {
			all = append(all, q)
		}
	}
	for _, n := range numbersOf(rest) {
		all = append(all, conductor.Queued{Person: n, Why: "before"})
	}
	all = slices.DeleteFunc(all, func(q conductor.Queued) bool { return in.Why != "" && q.Why != in.Why })
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return Listing[Unowned]{}, err
	}
	end := min(start+in.limit(50), len(all))
	out := Listing[Unowned]{Items: []Unowned{}, Total: len(all)}
	var shown []person.Number
	for _, q := range all[start:end] {
		card, ok := c.space.Conductor.Directory().ByNumber(q.Person)
		if !ok {
			continue
		}
		shown = append(shown, q.Person)
		out.Items = append(out.Items, Unowned{Ref{string(card.ID), c.nameOf(card)}, moment(q.At, c.space.loc), q.Rule, ownerWhy(q.Why), q.Why})
	}
	if end < len(all) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, s.read(ctx, c, "owners.unassigned", shown...)
}

var ownerColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "name", Name: "姓名 name"}, {Key: "role", Name: "角色 role"}, {Key: "people", Name: "负责人数 people", Kind: export.Number},
	{Key: "capacity", Name: "上限 capacity", Kind: export.Number}, {Key: "open", Name: "未完成任务 open tasks", Kind: export.Number}, {Key: "late", Name: "过期 late", Kind: export.Number},
	{Key: "safety", Name: "安全 safety", Kind: export.Number}, {Key: "languages", Name: "语言 languages"}, {Key: "programmes", Name: "项目 programmes"},
	{Key: "away_until", Name: "离岗到 away until", Kind: export.Moment}, {Key: "acts", Name: "代班 cover"}, {Key: "takes", Name: "接新人 takes new people"},
}

func ownerCells(l *OwnerLine) []string {
	n, away, acts := strconv.Itoa, "", ""
	if a := l.Absence; a != nil {
		away, acts = a.To, refName(a.Acts)
	}
	var parts []string
	for _, p := range l.Programmes {
		parts = append(parts, p.Name.Zh+" "+n(p.People))
	}
	return []string{
		l.ID, l.Name, l.RoleText.Zh, n(l.People), n(l.Capacity), n(l.Open), n(l.Late), n(l.Safety), strings.Join(l.Languages, " "), strings.Join(parts, "；"),
		away, acts, map[bool]string{true: "是", false: "否"}[l.Takes],
	}
}

var unownedColumns = []export.Column{
	{Key: "id", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "since", Name: "等待 since", Kind: export.Moment}, {Key: "rule", Name: "规则 rule"}, {Key: "why", Name: "原因 why"},
}

func unownedCells(u *Unowned) []string {
	return []string{u.Person.ID, u.Person.Name, u.Since, u.Rule, u.Why.Zh}
}

type ownersFileInput struct{ Paging }

// ownerLists are the board and the queue as files.
func (s *Server) ownerLists() []listing {
	return []listing{
		fileOf(s, listing{name: "owners", tag: "owners", columns: ownerColumns, title: text("人员负责", "Owners"), needs: staff.CanReadPeople}, ownerCells, nil, func(ctx context.Context, _ *ownersFileInput) (Listing[OwnerLine], error) {
			all, err := s.balance(ctx, nil)
			return Listing[OwnerLine]{Items: all.Items, Total: len(all.Items)}, err
		}),
		fileOf(s, listing{name: "unassigned", tag: "owners", columns: unownedColumns, title: text("没有负责人的人", "People without an owner"), needs: staff.CanAssign}, unownedCells, func(u *Unowned) string { return u.Person.ID }, s.unassigned),
		fileOf(s, listing{name: "handoverlines", tag: "owners", columns: handColumns, title: text("交接名单", "People of a hand-over"), needs: staff.CanAssign}, handCells, func(l *HandedLine) string { return l.Person.ID }, s.handoverLines),
		fileOf(s, listing{name: "courseresults", tag: "courses", columns: resultColumns, title: text("课程成绩", "Course results"), needs: staff.CanAssign}, resultCells, nil, s.courseResults),
	}
}
