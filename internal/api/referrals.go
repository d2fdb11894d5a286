package api

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/referral"
	"peiban/internal/staff"
)

// ReferralRow is one referral as a member of staff may know it.
type ReferralRow struct {
	ID        string         `json:"id"`
	Person    Ref            `json:"person"`
	Name      Text           `json:"name" doc:"of the rule"`
	Rule      string         `json:"rule"`
	State     string         `json:"state" enum:"queued,proposed,consented,accepted,seen,feedback,closed,declined,expired,refused"`
	StateText Text           `json:"stateText"`
	From      string         `json:"from" doc:"specialty that refers"`
	Group     *Named         `json:"group,omitempty" doc:"who is asked"`
	Doctor    *Ref           `json:"doctor,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Why       *Text          `json:"why,omitempty" doc:"the reason in words"`
	Opened    string         `json:"opened"`
	Since     string         `json:"since" doc:"when it came to this state"`
	Due       string         `json:"due,omitempty"`
	Late      bool           `json:"late"`
	Escalated bool           `json:"escalated,omitempty" doc:"late for as long again: it is the managers' too"`
	Moves     []string       `json:"moves" doc:"states the caller may take it to"`
	Steps     []ReferralStep `json:"steps"`
}

// ReferralStep is one change. Its note is for whoever may read the person, or receives them.
type ReferralStep struct {
	State string `json:"state"`
	Name  Text   `json:"name"`
	At    string `json:"at"`
	Note  string `json:"note,omitempty"`
}

// ReferralBoard is how referrals stand and what they come to.
type ReferralBoard struct {
	States  []StateCount     `json:"states"`
	All     ReferralFigures  `json:"all"`
	Groups  []FiguresOf      `json:"groups"`
	Froms   []FiguresOf      `json:"froms" doc:"by the specialty that refers"`
	Rules   []ReferralChoice `json:"rules" doc:"criteria in force"`
	Doctors []FiguresOf      `json:"doctors"`

	Receivers []ReferralReceiver `json:"receivers" doc:"who may be asked"`
}

// ReferralReceiver is a doctor of a group.
type ReferralReceiver struct {
	Named            // group/login, and both names
	Specialty string `json:"specialty"`
}

// StateCount is how many stand in a state.
type StateCount struct {
	State string `json:"state"`
	Name  Text   `json:"name"`
	Count int    `json:"count"`
	Late  int    `json:"late"`
}

// ReferralFigures are the figures, each over the referrals opened and not refused as a circle.
type ReferralFigures struct {
	Opened    int                `json:"opened"`
	Consented int                `json:"consented"`
	Accepted  int                `json:"accepted"`
	Seen      int                `json:"seen"`
	Feedback  int                `json:"feedback"`
	InTime    int                `json:"inTime" doc:"feedback within the clock after being seen"`
	Days      map[string]float64 `json:"days" doc:"mean days from the state before to this one"`
}

// FiguresOf are the figures of one group, specialty or doctor.
type FiguresOf struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
	ReferralFigures
}

// ReferralChoice is a criterion, and to whom it goes.
type ReferralChoice struct {
	Named
	To     string `json:"to"`
	Source string `json:"source"`
}

type referralsInput struct {
	Paging
	State  string `query:"state" maxLength:"20"`
	Group  string `query:"group" maxLength:"60"`
	Rule   string `query:"rule" maxLength:"120"`
	From   string `query:"from" maxLength:"60"`
	Person string `query:"person" maxLength:"40"`
	Late   bool   `query:"late" doc:"only those past their time"`
	Mine   bool   `query:"mine" doc:"only those I am asked to take"`
}

type openReferralInput struct {
	IDPath
	Body struct {
		Rule string `json:"rule" maxLength:"120" doc:"programme/rule"`
		Note string `json:"note,omitempty" maxLength:"500" doc:"why; needed"`
	}
}

type moveReferralInput struct {
	IDPath
	Body struct {
		Referral string `json:"referral" maxLength:"160"`
		From     string `json:"from" maxLength:"20" doc:"the state it was looked at in"`
		To       string `json:"to" enum:"proposed,queued,consented,accepted,seen,feedback,closed,declined,expired"`
		Reason   string `json:"reason,omitempty" maxLength:"40" pattern:"^[a-z_]*$" doc:"of declined, expired and closed"`
		Note     string `json:"note,omitempty" maxLength:"1000" doc:"of consented: how the person agreed and where the proof lies; of feedback: what is said"`
		Doctor   string `json:"doctor,omitempty" maxLength:"120" doc:"of proposed: group/login"`
	}
}

type answerReferralInput struct {
	Body struct {
		Referral string `json:"referral" maxLength:"160"`
		Agree    bool   `json:"agree"`
	}
}

type myReferrals struct {
	Items []MyReferral `json:"items"`
}

// MyReferral is a referral as the person it is about reads it.
type MyReferral struct {
	ID     string `json:"id"`
	Name   Text   `json:"name"`
	Text   Text   `json:"text" doc:"to whom, and what they would get to know"`
	State  string `json:"state"`
	Status Text   `json:"status"`
	Asks   bool   `json:"asks" doc:"waits for my yes or no"`
	Since  string `json:"since"`
}

func (s *Server) referralOperations() {
	serve(s, operation{"referrals", http.MethodGet, "/api/referrals", "referrals", "Referrals the caller may know of, those past their time first", forStaff}, s.referrals)
	serve(s, operation{"referral-board", http.MethodGet, "/api/referral-board", "referrals", "How referrals stand and what they come to: by state, group, specialty and doctor", forStaff}, s.referralBoard)
	serve(s, operation{"open-referral", http.MethodPost, "/api/people/{id}/referrals", "referrals", "Refer a person by hand", forStaff}, s.openReferral)
	serve(s, operation{"move-referral", http.MethodPost, "/api/people/{id}/referrals/move", "referrals", "Take a referral to its next state", forStaff}, s.moveReferral)
	serve(s, operation{"my-referrals", http.MethodGet, "/api/me/referrals", "me", "Where I am referred to, and what is asked of me", forPerson}, s.myReferrals)
	serve(s, operation{"answer-my-referral", http.MethodPost, "/api/me/referrals/answer", "me", "Agree to a referral, or decline; before I agree the other side knows nothing", forPerson}, s.answerMyReferral)
}

var (
	errProofNeeded = fault.New(fault.Invalid, "referral_proof_needed", "写明本人怎样同意的、证明在哪里，或请本人在手机上同意", "say how the person agreed and where the proof lies, or let them agree on the phone").At("body.note")
	errReferWhy    = fault.New(fault.Invalid, "referral_why_needed", "请写明为什么转", "say why the person is referred").At("body.note")
	errWhyNeeded   = fault.New(fault.Invalid, "referral_reason_needed", "请写原因", "give a reason").At("body.reason")
	errNotReceiver = fault.New(fault.Forbidden, "not_the_receiver", "这一步由接诊医生本人做", "the receiving doctor takes this step")
)

// referralWhy are reasons of codes. Another code is shown as it was typed.
var referralWhy = map[string]Text{
	"circle":       text("这件事已经从那边转过来，再转回去是循环", "the matter came from there; referring back is a circle"),
	"no_specialty": text("没有这个专科的接诊组", "no group of that specialty"), "no_region": text("没有接这个地区的组，或不知道本人的地区", "no group takes the region, or it is unknown"),
	"no_stage": text("没有接这个阶段的组", "no group takes the stage"), "no_age": text("没有接这个年龄的组，或不知道年龄", "no group takes the age, or it is unknown"),
	"no_strength": text("没有够资历的医生", "no doctor is senior enough"), "all_full": text("合适的医生都满了", "all doctors that fit are full"),
	"person": text("本人不愿意", "the person declined"), "full": text("接诊方没有名额", "the receiver is full"), "not_fitting": text("不属于这个专科", "not of this specialty"),
	"no_answer": text("一直没有答复", "nobody answered"), "treated": text("已接受治疗", "treated"), "watch": text("继续观察", "watched on"), "moved": text("转到别处", "went elsewhere"),
}

// known is a referral with what the caller may do with it.
type knownReferral struct {
	r        referral.Referral
	card     conductor.Card
	sees     bool // the caller may see the person
	asked    bool // the caller is the doctor who is asked
	receives bool // and the person agreed
}

// referralsKnown are those the caller may know of: of people they may see, and those they are asked to take, once the person agreed.
func (s *Server) referralsKnown(ctx context.Context, c *caller) ([]knownReferral, error) {
	all, err := c.space.Conductor.Referrals(ctx)
	if err != nil {
		return nil, err
	}
	out := []knownReferral{}
	for _, x := range all {
		card, ok := c.space.Conductor.Directory().ByNumber(x.Person)
		if !ok || card.Erased {
			continue
		}
		k := knownReferral{r: x.Referral, card: card, sees: s.sees(ctx, c, card), asked: c.member.Login != "" && c.member.Login == x.Doctor}
		k.receives = k.asked && x.Visible()
		if k.asked && c.member.Role == staff.Doctor && !x.Visible() { // before the person agreed the receiver learns nothing of it, also where they see the person
			k.sees = false
		}
		if k.sees || k.receives {
			out = append(out, k)
		}
	}
	return out, nil
}

func (s *Server) referrals(ctx context.Context, in *referralsInput) (Listing[ReferralRow], error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[ReferralRow]{}, err
	}
	all, err := s.referralsKnown(ctx, c)
	if err != nil {
		return Listing[ReferralRow]{}, err
	}
	rules, groups := c.space.Conductor.ReferralRules()
	now := c.space.now()
	all = slices.DeleteFunc(all, func(k knownReferral) bool {
		return in.State != "" && string(k.r.State) != in.State || in.Group != "" && k.r.Group != in.Group || in.Rule != "" && k.r.Rule != in.Rule ||
			in.From != "" && k.r.From != in.From || in.Person != "" && string(k.card.ID) != in.Person || in.Mine && !k.receives || in.Late && !lateReferral(&k.r, rules, now)
	})
	slices.SortStableFunc(all, func(a, b knownReferral) int {
		return cmp.Or(cmp.Compare(dueOf(&a.r, rules), dueOf(&b.r, rules)), cmp.Compare(b.r.Since(), a.r.Since()), cmp.Compare(a.r.ID, b.r.ID), cmp.Compare(a.card.ID, b.card.ID))
	})
	from, _ := strconv.Atoi(in.Cursor)
	from = min(max(from, 0), len(all))
	to := min(from+in.limit(50), len(all))
	out := Listing[ReferralRow]{Items: []ReferralRow{}, Total: len(all)}
	if to < len(all) {
		out.NextCursor = strconv.Itoa(to)
	}
	about := []person.Number{}
	for _, k := range all[from:to] {
		row, err := s.referralRow(ctx, c, k, rules, groups)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, row)
		if !slices.Contains(about, k.card.Number) {
			about = append(about, k.card.Number)
		}
	}
	return out, s.read(ctx, c, "referrals.read", about...)
}

// dueOf puts what has no clock behind what has one.
func dueOf(r *referral.Referral, rules map[string]*referral.Rule) int64 {
	if due := r.Due(rules[r.Rule]); due != 0 {
		return due
	}
	return math.MaxInt64
}

func lateReferral(r *referral.Referral, rules map[string]*referral.Rule, now int64) bool {
	due := r.Due(rules[r.Rule])
	return due != 0 && now >= due
}

func (s *Server) referralRow(ctx context.Context, c *caller, k knownReferral, rules map[string]*referral.Rule, groups map[string][]referral.Group) (ReferralRow, error) {
	l, err := c.space.Conductor.Look(k.card.Number, 0, 0)
	if err != nil {
		return ReferralRow{}, err
	}
	r, loc := &k.r, l.View.Loc
	out := ReferralRow{
		ID: r.ID, Rule: r.Rule, Name: Text{Zh: r.Rule, En: r.Rule}, Person: Ref{string(k.card.ID), c.nameOf(k.card)}, State: string(r.State), StateText: referralState(r.State),
		From: r.From, Reason: r.Reason, Opened: moment(r.Steps[0].At, loc), Since: moment(r.Since(), loc), Late: lateReferral(r, rules, c.space.now()),
		Moves: []string{}, Steps: []ReferralStep{},
	}
	if x := rules[r.Rule]; x != nil {
		out.Name = x.Name
	}
	if due := r.Due(rules[r.Rule]); due != 0 {
		out.Due = moment(due, loc)
	}
	if at := r.Escalates(rules[r.Rule]); at != 0 && c.space.now() >= at {
		out.Escalated = true
	}
	if r.Reason != "" {
		why := or(referralWhy[r.Reason], Text{Zh: r.Reason, En: r.Reason})
		out.Why = &why
	}
	if r.Group != "" {
		out.Group = &Named{r.Group, groupName(groups, r.Group)}
		if m := s.byLogin(ctx, c, r.Doctor); m != nil {
			out.Doctor = &Ref{m.ID, m.Name}
		}
	}
	for _, to := range referral.States {
		if r.State.May(to) && mayMove(c, k, to) {
			out.Moves = append(out.Moves, string(to))
		}
	}
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool { return l.View.Type[i] == event.ReferralStep && l.View.A[i].String() == r.ID })
	if err != nil {
		return out, err
	}
	notes := map[event.Seq]string{}
	for i := range es {
		var b struct{ Note string }
		if json.Unmarshal(es[i].Body, &b) == nil && !c.masked() {
			notes[es[i].Seq] = b.Note
		}
	}
	for _, st := range r.Steps {
		out.Steps = append(out.Steps, ReferralStep{string(st.State), referralState(st.State), moment(st.At, loc), notes[st.Seq]})
	}
	return out, nil
}

func referralState(s referral.State) Text {
	return word(event.Words("referral_step", "state"), string(s))
}

func groupName(groups map[string][]referral.Group, key string) Text {
	for _, p := range slices.Sorted(maps.Keys(groups)) {
		for _, g := range groups[p] {
			if g.Key == key {
				return g.Name
			}
		}
	}
	return Text{Zh: key, En: key}
}

func (s *Server) byLogin(ctx context.Context, c *caller, login string) *staff.Member {
	for _, m := range c.space.team(ctx, s.store) {
		if m.Login == login && login != "" {
			return &m
		}
	}
	return nil
}

// mayMove: who looks after the person asks them, declines or ends it for them; taking, seeing and answering are the receiver's own.
func mayMove(c *caller, k knownReferral, to referral.State) bool {
	switch to {
	case referral.Accepted, referral.Seen, referral.Feedback:
		return k.receives && c.member.Role.Can(staff.CanWork)
	case referral.Declined, referral.Closed:
		return k.receives || k.sees && c.member.Role.Can(staff.CanWritePeople)
	}
	return k.sees && !k.asked && c.member.Role.Can(staff.CanWritePeople) // nobody says for the person that they agreed to be sent to oneself
}

func (s *Server) openReferral(ctx context.Context, in *openReferralInput) (Listing[ReferralRow], error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Listing[ReferralRow]{}, err
	}
	note := strings.TrimSpace(in.Body.Note)
	if note == "" {
		return Listing[ReferralRow]{}, errReferWhy
	}
	proof := s.entry(ctx, c, "referral.open", card.Number, map[string]any{"rule": in.Body.Rule})
	if err := c.space.Conductor.OpenReferral(ctx, card.Number, in.Body.Rule, note, proof); err != nil {
		return Listing[ReferralRow]{}, err
	}
	return s.referrals(ctx, &referralsInput{Person: in.ID})
}

func (s *Server) moveReferral(ctx context.Context, in *moveReferralInput) (Listing[ReferralRow], error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[ReferralRow]{}, err
	}
	all, err := s.referralsKnown(ctx, c)
	if err != nil {
		return Listing[ReferralRow]{}, err
	}
	card, there := c.space.card(in.ID)
	i := slices.IndexFunc(all, func(k knownReferral) bool { return there && k.card.Number == card.Number && k.r.ID == in.Body.Referral })
	if i < 0 { // as of a person who never was
		return Listing[ReferralRow]{}, person.ErrMissing
	}
	k, to := all[i], referral.State(in.Body.To)
	note := strings.TrimSpace(in.Body.Note)
	switch {
	case !mayMove(c, k, to):
		return Listing[ReferralRow]{}, errNotReceiver
	case to == referral.Consented && note == "":
		return Listing[ReferralRow]{}, errProofNeeded
	case (to == referral.Declined || to == referral.Expired || to == referral.Closed) && in.Body.Reason == "":
		return Listing[ReferralRow]{}, errWhyNeeded
	case to == referral.Proposed && !s.knownDoctor(c, in.Body.Doctor):
		return Listing[ReferralRow]{}, errCodeChoice.At("body.doctor")
	}
	m := conductor.ReferralMove{ID: k.r.ID, From: referral.State(in.Body.From), To: to, Reason: in.Body.Reason, Note: note, Doctor: in.Body.Doctor, Next: s.nextOf(ctx, c, &k.r, to)}
	proof := s.entry(ctx, c, "referral.move", card.Number, map[string]any{"to": in.Body.To})
	if err := c.space.Conductor.MoveReferral(ctx, card.Number, m, proof); err != nil {
		return Listing[ReferralRow]{}, err
	}
	return s.referrals(ctx, &referralsInput{Person: in.ID})
}

// nextOf is whose work the state is: the receiver's, once the person agreed.
func (s *Server) nextOf(ctx context.Context, c *caller, r *referral.Referral, to referral.State) string {
	if to != referral.Consented && to != referral.Accepted && to != referral.Seen {
		return ""
	}
	if m := s.byLogin(ctx, c, r.Doctor); m != nil {
		return m.ID
	}
	return ""
}

func (s *Server) knownDoctor(c *caller, at string) bool {
	group, login, _ := strings.Cut(at, "/")
	_, groups := c.space.Conductor.ReferralRules()
	for _, gs := range groups {
		for _, g := range gs {
			if g.Key == group && slices.ContainsFunc(g.Doctors, func(d referral.Doctor) bool { return d.Login == login }) {
				return true
			}
		}
	}
	return false
}

func (s *Server) referralBoard(ctx context.Context, _ *Empty) (ReferralBoard, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return ReferralBoard{}, err
	}
	all, err := s.referralsKnown(ctx, c)
	if err != nil {
		return ReferralBoard{}, err
	}
	rules, groups := c.space.Conductor.ReferralRules()
	out := ReferralBoard{States: []StateCount{}, Rules: []ReferralChoice{}}
	now := c.space.now()
	rs := make([]referral.Referral, len(all))
	for i := range all {
		rs[i] = all[i].r
	}
	for _, st := range referral.States {
		n := StateCount{State: string(st), Name: referralState(st)}
		for i := range rs {
			if rs[i].State == st {
				n.Count++
				if lateReferral(&rs[i], rules, now) {
					n.Late++
				}
			}
		}
		out.States = append(out.States, n)
	}
	rule := func(id string) *referral.Rule { return rules[id] }
	out.All = figuresOf(rs, rule)
	same := func(key string) Text { return Text{Zh: key, En: key} }
	out.Groups = figuresBy(rs, rule, func(r *referral.Referral) string { return r.Group }, func(key string) Text { return groupName(groups, key) })
	out.Froms = figuresBy(rs, rule, func(r *referral.Referral) string { return r.From }, specialtyName)
	out.Doctors = figuresBy(rs, rule, func(r *referral.Referral) string { return r.Doctor }, func(login string) Text {
		if m := s.byLogin(ctx, c, login); m != nil {
			return same(m.Name)
		}
		return same(login)
	})
	out.Receivers = []ReferralReceiver{}
	for _, p := range slices.Sorted(maps.Keys(groups)) {
		for _, g := range groups[p] {
			for _, d := range g.Doctors {
				if m := s.byLogin(ctx, c, d.Login); m != nil && !m.Disabled {
					out.Receivers = append(out.Receivers, ReferralReceiver{Named{g.Key + "/" + d.Login, Text{Zh: g.Name.Zh + " " + m.Name, En: g.Name.En + ", " + m.Name}}, g.Specialty})
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		out.Rules = append(out.Rules, ReferralChoice{Named{id, rules[id].Name}, rules[id].To, rules[id].Source})
	}
	return out, nil
}

var specialties = map[string]Text{
	"nephrology": text("肾内科", "Nephrology"), "haematology": text("血液科", "Haematology"), "rheumatology": text("风湿免疫科", "Rheumatology"),
	"orthopaedics": text("骨科", "Orthopaedics"), "endocrinology": text("内分泌科", "Endocrinology"), "cardiology": text("心内科", "Cardiology"),
	"ophthalmology": text("眼科", "Ophthalmology"), "screening": text("筛查", "Screening"),
}

func specialtyName(key string) Text { return or(specialties[key], Text{Zh: key, En: key}) }

func figuresOf(rs []referral.Referral, rule func(string) *referral.Rule) ReferralFigures {
	f := referral.Count(rs, rule)
	out := ReferralFigures{Opened: f.Opened, Consented: f.Consented, Accepted: f.Accepted, Seen: f.Seen, Feedback: f.Feedback, InTime: f.InTime, Days: map[string]float64{}}
	for st, d := range f.Days {
		out.Days[string(st)] = math.Round(d*10) / 10
	}
	return out
}

func figuresBy(rs []referral.Referral, rule func(string) *referral.Rule, key func(*referral.Referral) string, name func(string) Text) []FiguresOf {
	by := map[string][]referral.Referral{}
	for i := range rs {
		if k := key(&rs[i]); k != "" {
			by[k] = append(by[k], rs[i])
		}
	}
	out := []FiguresOf{}
	for _, k := range slices.Sorted(maps.Keys(by)) {
		out = append(out, FiguresOf{k, name(k), figuresOf(by[k], rule)})
	}
	return out
}

func (s *Server) myReferrals(ctx context.Context, _ *Empty) (myReferrals, error) {
	c, err := s.self(ctx)
	if err != nil {
		return myReferrals{}, err
	}
	if err := s.read(ctx, c, "me.referrals", c.me.Number); err != nil {
		return myReferrals{}, err
	}
	return s.referralsOfMe(c)
}

// referralsOfMe are the person's own. One that nobody fits, or that would have gone in a circle, is the staff's to mend.
func (s *Server) referralsOfMe(c *caller) (myReferrals, error) {
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return myReferrals{}, err
	}
	rules, groups := c.space.Conductor.ReferralRules()
	out := myReferrals{Items: []MyReferral{}}
	for _, r := range referral.Fold(l.View.Timeline) {
		x := rules[r.Rule]
		if r.Group == "" || x == nil {
			continue
		}
		g := groupName(groups, r.Group)
		out.Items = append(out.Items, MyReferral{
			ID: r.ID, Name: x.Name, State: string(r.State), Status: referralState(r.State), Asks: r.State == referral.Proposed, Since: moment(r.Since(), l.View.Loc),
			Text: text("想请"+g.Zh+"看看。您同意后，对方才会知道您的姓名、年龄和这次转诊的原因；不同意也不影响现在的服务。",
				"We would like "+g.En+" to look at it. Only when you agree do they get to know your name, your age and why; declining changes nothing of the service."),
		})
	}
	slices.Reverse(out.Items)
	return out, nil
}

func (s *Server) answerMyReferral(ctx context.Context, in *answerReferralInput) (myReferrals, error) {
	c, err := s.self(ctx)
	if err != nil {
		return myReferrals{}, err
	}
	m := conductor.ReferralMove{ID: in.Body.Referral, From: referral.Proposed, To: referral.Declined, Reason: "person", Self: true}
	if in.Body.Agree {
		m.To, m.Reason = referral.Consented, ""
		_, v, _, _ := c.space.Conductor.Glance(c.me.Number)
		for _, r := range referral.Fold(v.Timeline) {
			if r.ID == m.ID {
				m.Next = s.nextOf(ctx, c, &r, m.To)
			}
		}
	}
	if err := c.space.Conductor.MoveReferral(ctx, c.me.Number, m, s.entry(ctx, c, "me.referral", c.me.Number, map[string]any{"agree": in.Body.Agree})); err != nil {
		return myReferrals{}, err
	}
	return s.referralsOfMe(c)
}

// referralColumns are the columns of the file.
var referralColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "person", Name: "人员 person"}, {Key: "name", Name: "姓名 name"}, {Key: "rule", Name: "标准 rule"}, {Key: "state", Name: "状态 state"}, {Key: "from", Name: "转出 from"},
	{Key: "group", Name: "接诊组 group"}, {Key: "doctor", Name: "医生 doctor"}, {Key: "reason", Name: "原因 reason"}, {Key: "opened", Name: "开始 opened", Kind: export.Moment},
	{Key: "since", Name: "到此状态 since", Kind: export.Moment}, {Key: "due", Name: "时限 due", Kind: export.Moment}, {Key: "late", Name: "逾期 late"},
}

func referralCells(r *ReferralRow) []string {
	group := ""
	if r.Group != nil {
		group = r.Group.Key
	}
	return []string{r.ID, r.Person.ID, r.Person.Name, r.Rule, r.State, r.From, group, refName(r.Doctor), r.Reason, r.Opened, r.Since, r.Due, strconv.FormatBool(r.Late)}
}

func referralPerson(r *ReferralRow) string { return r.Person.ID }

// progressLines are the states of somebody's referrals, for those who may know the progress and no more.
func progressLines(l *conductor.Look) []SharedLine {
	out := []SharedLine{}
	for _, r := range referral.Fold(l.View.Timeline) {
		if r.Moments[referral.Consented] != (time.Time{}) { // what the person has not agreed to is nobody's
			out = append(out, SharedLine{At: moment(r.Since(), l.View.Loc), Text: referralState(r.State)})
		}
	}
	return out
}
