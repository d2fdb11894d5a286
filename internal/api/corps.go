package api

import (
	"cmp"
	"context"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// corpStore keeps connected companies and what they told.
type corpStore interface {
	Corps(context.Context, workspace.Number) ([]corp.Corp, error)
	CorpByID(context.Context, string) (workspace.Number, corp.Corp, error)
	SaveCorp(ctx context.Context, w workspace.Number, c corp.Corp, at int64, actor string, entries ...audit.Entry) (corp.Corp, error)
	DeleteCorp(ctx context.Context, w workspace.Number, id string, revision int64, entries ...audit.Entry) error
	RetryCallbacks(ctx context.Context, w workspace.Number, id string, now int64, entries ...audit.Entry) (int64, error)
	CallbackTallies(context.Context, workspace.Number) ([]corp.Tally, error)
	ToldCallbacks(ctx context.Context, w workspace.Number, id string, before int64, most int) ([]corp.Told, error)
	Welcomes(ctx context.Context, w workspace.Number, id string, since int64) (corp.Welcomes, error)
}

// CorpTester asks a company's WeCom whether what was said of it is right. A fault names the field and where to find what belongs there.
type CorpTester interface {
	Try(ctx context.Context, c *corp.Corp) (members []string, err error)
}

// ContactWays makes and ends contact ways of WeCom. A fault says what to do about it.
type ContactWays interface {
	Put(ctx context.Context, c *corp.Corp, e *entrance.Entrance, want entrance.Contact) (entrance.Contact, error)
	Drop(ctx context.Context, c *corp.Corp, way *entrance.Contact) error
}

// Corp is a connected company. Its secrets are written and never read.
type Corp struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Base      string       `json:"base" doc:"empty: WeCom itself"`
	CorpID    string       `json:"corpId"`
	Agent     int          `json:"agent"`
	Set       []string     `json:"set" doc:"secrets that are set: app, contact, kf, archive, key"`
	Token     string       `json:"token" doc:"of the callback"`
	Programme string       `json:"programme" doc:"what people join who come by no code of ours; empty: the workspace's first"`
	Members   []CorpMember `json:"members"`
	Paused    bool         `json:"paused"`
	Address   string       `json:"address" doc:"where WeCom tells us what happens: the address to enter under 接收消息"`
	Told      []CorpTold   `json:"told"`
	Recent    []CorpNews   `json:"recent" doc:"the last 20 things it told, the latest first"`
	Welcomes  CorpWelcomes `json:"welcomes" doc:"greetings of the last seven days"`
	Created   string       `json:"created"`
	Version   int64        `json:"version" doc:"send it as If-Match with a change"`
}

func (v Corp) etag() string { return quoted(v.Version) }

// CorpMember is a member of WeCom and whom of the staff it is.
type CorpMember struct {
	User  string `json:"user" maxLength:"64" doc:"userid in WeCom"`
	Staff Ref    `json:"staff"`
}

// CorpTold is how much of a kind a company told, and what became of it.
type CorpTold struct {
	Kind  string `json:"kind"`
	Text  Text   `json:"text"`
	State string `json:"state" enum:"waiting,done,passed,stuck"`
	Count int    `json:"count"`
	Last  string `json:"last"`
}

// CorpNews is one thing a company told, and what became of it. It says nothing about a person.
type CorpNews struct {
	Text     Text     `json:"text"`
	State    string   `json:"state" enum:"waiting,done,passed,stuck"`
	Why      *Text    `json:"why,omitempty" doc:"why it is not done, or how it was"`
	Received string   `json:"received"`
	Took     *float64 `json:"took,omitempty" doc:"seconds until it was done"`
}

// CorpWelcomes are how greetings went.
type CorpWelcomes struct {
	Went    int           `json:"went"`
	Slowest *float64      `json:"slowest,omitempty" doc:"seconds: 19 of 20 that went were faster or as fast"`
	Not     []CorpOutcome `json:"not" doc:"why the others did not go"`
}

// CorpOutcome is why greetings did not go, and how many.
type CorpOutcome struct {
	Text  Text `json:"text"`
	Count int  `json:"count"`
}

// Corps are all connected companies.
type Corps struct {
	Items      []Corp   `json:"items"`
	Programmes []Choice `json:"programmes"`
	Staff      []Ref    `json:"staff"`
	MayManage  bool     `json:"mayManage"`
}

// CorpChange is what may be said of a company; what is not given stays.
type CorpChange struct {
	Name      *string            `json:"name,omitempty" maxLength:"80"`
	Base      *string            `json:"base,omitempty" maxLength:"200"`
	CorpID    *string            `json:"corpId,omitempty" maxLength:"80"`
	Agent     *int               `json:"agent,omitempty" minimum:"0"`
	App       *string            `json:"app,omitempty" maxLength:"200" doc:"secret of the app"`
	Contact   *string            `json:"contact,omitempty" maxLength:"200" doc:"secret of 客户联系; empty: the app's"`
	Kf        *string            `json:"kf,omitempty" maxLength:"200" doc:"secret of 微信客服; empty: the app's"`
	Archive   *string            `json:"archive,omitempty" maxLength:"200" doc:"secret of 会话内容存档"`
	Token     *string            `json:"token,omitempty" maxLength:"64"`
	Key       *string            `json:"key,omitempty" maxLength:"64" doc:"EncodingAESKey"`
	Programme *string            `json:"programme,omitempty" maxLength:"60"`
	Members   *map[string]string `json:"members,omitempty" doc:"userid in WeCom and id of the member of staff"`
	Paused    *bool              `json:"paused,omitempty" doc:"what it tells is kept and waits"`
}

// CorpTrial is what WeCom said to what is set.
type CorpTrial struct {
	Members []string `json:"members" doc:"userids that may have customers"`
}

// OfCorp names a company.
type OfCorp struct {
	Corp string `path:"corp" maxLength:"40"`
}

type addCorpInput struct{ Body CorpChange }

type changeCorpInput struct {
	OfCorp
	Based
	Body CorpChange
}

type deleteCorpInput struct {
	OfCorp
	Based
}

var (
	errCorpStaff     = fault.New(fault.Invalid, "corp_staff", "没有这位同事", "there is no such colleague").At("body.members")
	errCorpProgramme = fault.New(fault.Invalid, "corp_programme", "没有这个项目", "there is no such programme").At("body.programme")
)

// callbackKinds are what companies tell, in words.
var callbackKinds = map[string]Text{
	"change_external_contact/add_external_contact": text("客户添加了成员", "A customer added a member"), "change_external_contact/add_half_external_contact": text("客户发来添加申请", "A customer asks to be added"),
	"change_external_contact/edit_external_contact": text("成员改了客户的备注或标签", "A member changed a customer's remark or tags"),
	"change_external_contact/del_external_contact":  text("成员删除了客户", "A member deleted a customer"), "change_external_contact/del_follow_user": text("客户删除了成员", "A customer deleted a member"),
	"change_external_contact/transfer_fail": text("客户没有接受交接", "A hand-over did not work"), "change_external_contact/msg_audit_approved": text("客户同意会话存档", "A customer agreed to the archive"),
	"change_external_chat/create": text("新建了客户群", "A group was made"), "change_external_chat/update": text("客户群有变化", "A group changed"), "change_external_chat/dismiss": text("客户群解散了", "A group ended"),
	"change_external_tag": text("企业标签有变化", "The company's tags changed"), "kf_msg_or_event": text("微信客服有新消息", "News of customer service"), "msgaudit_notify": text("会话存档有新消息", "News of the archive"),
	"template_card_event": text("成员点了卡片的按钮", "A member pressed a button"), "message": text("成员给应用发了消息", "A member wrote to the app"), "other": text("其他", "Something else"),
}

// callbackWhys are why a callback is not done, or how it was, in words; those of messages stand with them.
var callbackWhys = map[string]Text{
	corp.Greeted: text("已发欢迎语", "Greeted"), corp.GreetedBefore: text("别的应用发过了，或已经开始聊天", "Another app greeted them, or they had begun to talk"),
	conductor.NoGreeting: text("这个项目没有欢迎语", "The programme has no greeting"), "not_connected": text("没有连接这个企业", "This company is not connected"),
	"nobody_yet": text("还没有这个人", "Nobody is known by it yet"), "failed": text("没有做成", "It was not done"),
	"wecom_again": text("企业微信忙", "WeCom was busy"), "wecom_slow": text("企业微信说调用太多", "WeCom says there were too many calls"), "wecom_renew": text("令牌没有换成", "The token was not renewed"),
	"wecom_mend": text("连接的设置不对，或应用没有权限", "A setting is wrong, or the app may not"), "wecom_gone": text("成员或客户已经不在", "The member or the customer is gone"),
	"wecom_refuse": text("企业微信没有接受", "WeCom did not accept it"), "wecom_look": text("企业微信没有接受", "WeCom did not accept it"),
}

func callbackWhy(code string) Text {
	if t, ok := callbackWhys[code]; ok {
		return t
	}
	return message.ReasonText(code)
}

// seconds is a span of microseconds, to the tenth.
func seconds(micros int64) float64 { return math.Round(float64(micros)/1e5) / 10 }

func (s *Server) corpOperations() {
	serve(s, operation{"corps", http.MethodGet, "/api/corps", "wecom", "Connected companies of WeCom, and what they told", forStaff}, s.listCorps)
	serve(s, operation{"add-corp", http.MethodPost, "/api/corps", "wecom", "Connect a company of WeCom", forStaff}, s.addCorp)
	serve(s, operation{"change-corp", http.MethodPatch, "/api/corps/{corp}", "wecom", "Change what is said of a company, or let it pause", forStaff}, s.changeCorp)
	act(s, operation{"delete-corp", http.MethodDelete, "/api/corps/{corp}", "wecom", "Disconnect a company; people and their events stay", forStaff}, s.deleteCorp)
	serve(s, operation{"try-corp", http.MethodPost, "/api/corps/{corp}/try", "wecom", "Ask WeCom whether what is set is right", forStaff}, s.tryCorp)
	serve(s, operation{"retry-corp", http.MethodPost, "/api/corps/{corp}/retry", "wecom", "Try once more what could not be done of what it told", forStaff}, s.retryCorp)
}

func (s *Server) listCorps(ctx context.Context, _ *Empty) (Corps, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Corps{}, err
	}
	list, err := s.store.Corps(ctx, c.space.number())
	if err != nil {
		return Corps{}, err
	}
	out := Corps{Items: []Corp{}, Programmes: []Choice{}, Staff: []Ref{}, MayManage: c.member.Role.Can(staff.CanManageIntake)}
	for i := range list {
		v, err := s.corpView(ctx, c, &list[i])
		if err != nil {
			return Corps{}, err
		}
		out.Items = append(out.Items, v)
	}
	for _, p := range c.space.Conductor.Programmes() {
		out.Programmes = append(out.Programmes, Choice{p.Key, p.Name})
	}
	members, err := s.store.Members(ctx, c.space.number())
	if err != nil {
		return Corps{}, err
	}
	for _, m := range members {
		if !m.Disabled && m.Role != staff.Viewer {
			out.Staff = append(out.Staff, Ref{ID: m.ID, Name: m.Name})
		}
	}
	return out, nil
}

func (s *Server) corpView(ctx context.Context, c *caller, v *corp.Corp) (Corp, error) {
	tallies, err := s.store.CallbackTallies(ctx, c.space.number())
	if err != nil {
		return Corp{}, err
	}
	out := Corp{
		ID: v.ID, Name: v.Name, Base: v.Base, CorpID: v.CorpID, Agent: v.Agent, Set: []string{}, Token: v.Token, Programme: v.Programme, Members: []CorpMember{},
		Paused: v.Paused, Address: s.base(ctx) + callbacks + v.ID, Told: []CorpTold{}, Created: moment(v.Created, c.space.loc), Version: v.Revision,
	}
	for _, secret := range []struct{ name, value string }{{"app", v.App}, {"contact", v.Contact}, {"kf", v.Kf}, {"archive", v.Archive}, {"key", v.Key}} {
		if secret.value != "" {
			out.Set = append(out.Set, secret.name)
		}
	}
	for _, user := range slices.Sorted(maps.Keys(v.Members)) {
		m := CorpMember{User: user, Staff: Ref{ID: v.Members[user]}}
		if ref := c.space.ref(ctx, s.store, v.Members[user]); ref != nil {
			m.Staff = *ref
		}
		out.Members = append(out.Members, m)
	}
	for _, t := range tallies {
		if t.Corp == v.ID {
			out.Told = append(out.Told, CorpTold{t.Kind, word(callbackKinds, t.Kind), t.State, t.Count, moment(t.Last, c.space.loc)})
		}
	}
	recent, err := s.store.ToldCallbacks(ctx, c.space.number(), v.ID, 0, 20)
	if err != nil {
		return Corp{}, err
	}
	out.Recent = []CorpNews{}
	for _, t := range recent {
		n := CorpNews{Text: word(callbackKinds, t.Kind), State: t.State, Received: moment(t.Received, c.space.loc)}
		if t.Why != "" {
			why := callbackWhy(t.Why)
			n.Why = &why
		}
		if t.Ended > 0 && t.State == corp.Done {
			took := seconds(t.Ended - t.Received)
			n.Took = &took
		}
		out.Recent = append(out.Recent, n)
	}
	greeted, err := s.store.Welcomes(ctx, c.space.number(), v.ID, s.real().Add(-7*24*time.Hour).UnixMicro())
	if err != nil {
		return Corp{}, err
	}
	out.Welcomes = CorpWelcomes{Went: len(greeted.Took), Not: []CorpOutcome{}}
	if n := len(greeted.Took); n > 0 {
		slowest := seconds(greeted.Took[(n-1)*95/100])
		out.Welcomes.Slowest = &slowest
	}
	for _, why := range slices.Sorted(maps.Keys(greeted.Counts)) {
		if why != corp.Greeted && why != "" {
			out.Welcomes.Not = append(out.Welcomes.Not, CorpOutcome{callbackWhy(why), greeted.Counts[why]})
		}
	}
	slices.SortStableFunc(out.Told, func(a, b CorpTold) int { return cmp.Compare(b.Count, a.Count) })
	return out, nil
}

// apply changes what is given. A secret that is given empty is taken away.
func (b *CorpChange) apply(ctx context.Context, s *Server, c *caller, v *corp.Corp) error {
	for _, x := range []struct {
		from *string
		to   *string
	}{
		{b.Name, &v.Name}, {b.Base, &v.Base}, {b.CorpID, &v.CorpID}, {b.App, &v.App}, {b.Contact, &v.Contact}, {b.Kf, &v.Kf}, {b.Archive, &v.Archive},
		{b.Token, &v.Token}, {b.Key, &v.Key}, {b.Programme, &v.Programme},
	} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	if b.Agent != nil {
		v.Agent = *b.Agent
	}
	if b.Paused != nil {
		v.Paused = *b.Paused
	}
	if v.Programme != "" && c.space.Conductor.Programme(v.Programme) == nil {
		return errCorpProgramme
	}
	if b.Members != nil {
		v.Members = *b.Members
		for _, id := range v.Members {
			if m, err := s.store.Member(ctx, c.space.number(), id); err != nil || m.Disabled {
				return errCorpStaff
			}
		}
	}
	if v.Base != "" {
		if err := s.guard.Check(v.Base); err != nil { // whoever may enter an address could have us ask machines that only we reach
			return corp.ErrBase
		}
	}
	if f := v.Check(); f != nil {
		return f
	}
	return nil
}

func (s *Server) addCorp(ctx context.Context, in *addCorpInput) (Corp, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Corp{}, err
	}
	v := corp.Corp{ID: corp.NewID()}
	if err := in.Body.apply(ctx, s, c, &v); err != nil {
		return Corp{}, err
	}
	src, err := s.store.EnsureSource(ctx, c.space.number(), event.Source{Name: "企业微信 " + v.Name, Kind: "wecom", Created: c.space.now()})
	if err != nil {
		return Corp{}, err
	}
	v.Source = src.Number
	return s.saveCorp(ctx, c, v, "corp.create")
}

func (s *Server) saveCorp(ctx context.Context, c *caller, v corp.Corp, action string) (Corp, error) {
	saved, err := s.store.SaveCorp(ctx, c.space.number(), v, c.space.now(), c.actor(), s.entry(ctx, c, action, 0, map[string]any{"corp": v.ID, "paused": v.Paused, "members": len(v.Members)}))
	if err != nil {
		return Corp{}, err
	}
	return s.corpView(ctx, c, &saved)
}

// corpOf reads a company of the caller's workspace; one of another is not there.
func (s *Server) corpOf(ctx context.Context, id string) (*caller, corp.Corp, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return nil, corp.Corp{}, err
	}
	w, v, err := s.store.CorpByID(ctx, id)
	if err == nil && w != c.space.number() {
		err = corp.ErrMissing
	}
	return c, v, err
}

func (s *Server) changeCorp(ctx context.Context, in *changeCorpInput) (Corp, error) {
	c, v, err := s.corpOf(ctx, in.Corp)
	if err != nil {
		return Corp{}, err
	}
	if err := in.check(v.Revision); err != nil {
		return Corp{}, err
	}
	if err := in.Body.apply(ctx, s, c, &v); err != nil {
		return Corp{}, err
	}
	return s.saveCorp(ctx, c, v, "corp.change")
}

func (s *Server) deleteCorp(ctx context.Context, in *deleteCorpInput) error {
	c, v, err := s.corpOf(ctx, in.Corp)
	if err != nil {
		return err
	}
	if err := in.check(v.Revision); err != nil {
		return err
	}
	return s.store.DeleteCorp(ctx, c.space.number(), v.ID, v.Revision, s.entry(ctx, c, "corp.remove", 0, map[string]any{"corp": v.ID}))
}

func (s *Server) tryCorp(ctx context.Context, in *OfCorp) (CorpTrial, error) {
	_, v, err := s.corpOf(ctx, in.Corp)
	if err != nil {
		return CorpTrial{}, err
	}
	members, err := s.corpTester.Try(ctx, &v)
	return CorpTrial{append([]string{}, members...)}, err
}

func (s *Server) retryCorp(ctx context.Context, in *OfCorp) (Corp, error) {
	c, v, err := s.corpOf(ctx, in.Corp)
	if err != nil {
		return Corp{}, err
	}
	if _, err := s.store.RetryCallbacks(ctx, c.space.number(), v.ID, s.real().UnixMicro(), s.entry(ctx, c, "corp.retry", 0, map[string]any{"corp": v.ID})); err != nil {
		return Corp{}, err
	}
	return s.corpView(ctx, c, &v)
}
