package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/engine"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// visitorCookie holds a random number by which a browser that comes again is known. It lets nobody in.
const visitorCookie = "pb_came"

// JoinPage is what a code opens: who invites, to what, and what is asked before anything else.
type JoinPage struct {
	Standing  string      `json:"standing" enum:"open,early,paused,ended" doc:"of what was scanned"`
	Joinable  bool        `json:"joinable" doc:"one may join here: it is open, or another code took its place"`
	From      string      `json:"from,omitempty" doc:"first day of one that is still to come"`
	Kind      string      `json:"kind" enum:"campaign,pharmacy,shop,hospital,event,media,distributor,rep,invite"`
	KindText  Text        `json:"kindText"`
	Name      string      `json:"name,omitempty" doc:"of the code that takes who comes"`
	Words     string      `json:"words,omitempty" doc:"who invites"`
	Programme Text        `json:"programme"`
	Inviter   string      `json:"inviter,omitempty" doc:"masked name of the person who invites"`
	Consents  []MyConsent `json:"consents"`
	Rehearsal bool        `json:"rehearsal"`
}

// OfState names what was scanned.
type OfState struct {
	State   string `path:"state" maxLength:"64"`
	Visitor string `cookie:"pb_came"`
}

type joinPageInput struct{ OfState }

// Clicks are the parameters of the address that was opened; those no ad platform is known by are dropped.
type Clicks struct {
	Clicks map[string]string `json:"clicks,omitempty" doc:"parameters of the address; only those of ad platforms are kept"`
}

type openedInput struct {
	OfState
	Body Clicks
}

type joinInput struct {
	OfState
	Body struct {
		Clicks
		Name    string       `json:"name" minLength:"1" maxLength:"60"`
		Phone   string       `json:"phone,omitempty" maxLength:"20" pattern:"^[0-9+ -]*$"`
		Answers []JoinAnswer `json:"answers" maxItems:"20"`
	}
}

// JoinAnswer is what was said about one purpose.
type JoinAnswer struct {
	Purpose string `json:"purpose" maxLength:"40"`
	Version string `json:"version" maxLength:"400" doc:"of the text that was read"`
	Granted bool   `json:"granted"`
}

// CameAgain is what came of opening a code as somebody who is here.
type CameAgain struct {
	Outcome string `json:"outcome,omitempty" enum:"self,already_here,circle" doc:"of an invitation; it gives nothing"`
}

type cameAgainInput struct {
	Body struct {
		Clicks
		State string `json:"state" maxLength:"64"`
	}
}

var (
	errNoWay     = fault.New(fault.Missing, "code_not_known", "这个码不认识", "this code is not known").Because("请向给您码的人要一个新的", "ask whoever gave it to you for a new one")
	errNotOpen   = fault.New(fault.Clash, "code_not_open", "这个码现在不能加入", "one cannot join by this code now").Because("请向给您码的人要一个新的", "ask whoever gave it to you for a new one")
	errTexts     = fault.New(fault.Stale, "texts_changed", "说明刚刚更新过，请再看一遍", "the texts changed meanwhile; read them again").At("body.answers")
	errMustAgree = fault.New(fault.Invalid, "consent_first", "不同意必需的一项就不能加入", "one cannot join without agreeing to what is required").At("body.answers")
)

func (s *Server) joinOperations() {
	serve(s, operation{"join-page", http.MethodGet, "/api/join/{state}", "join", "What a code opens: who invites, to what, what is asked first", forAnyone}, s.joinPage)
	serveCookie(s, operation{"code-opened", http.MethodPost, "/api/join/{state}/opened", "join", "Note that this browser opened a code, once however often", forAnyone}, s.codeOpened)
	serveCookie(s, operation{"join", http.MethodPost, "/api/join/{state}", "join", "Join by a code, one's own consent first; signs the phone in", forAnyone}, s.join)
	serve(s, operation{"came-again", http.MethodPost, "/api/me/arrivals", "me", "Note that I opened a code, being here already", forPerson}, s.cameAgain)
}

// way is what a state leads to, with what people are shown about it.
type way struct {
	space   *space
	scanned *entrance.Entrance // nil: an invitation
	to      *entrance.Entrance // the code that takes who comes; nil: nobody is taken, or an invitation
	inviter conductor.Card     // of an invitation
	key     string             // programme
}

// find is the way of a state. One that never was costs a try of the address it came from.
func (s *Server) find(ctx context.Context, state string) (way, error) {
	peer := requestOf(ctx).peer
	if err := s.knock(peer); err != nil {
		return way{}, err
	}
	if !entrance.IsState(state) {
		return way{}, errNoWay
	}
	found, err := s.store.FindWay(ctx, state)
	if fault.KindOf(err) == fault.Missing {
		return way{}, errNoWay
	}
	if err != nil {
		return way{}, err
	}
	v, err := s.wayOf(ctx, found)
	if err == nil {
		s.doors.back(peer)
	}
	return v, err
}

func (s *Server) wayOf(ctx context.Context, found entrance.Way) (way, error) {
	sp := s.space(found.Workspace)
	if sp == nil {
		return way{}, errNoWay
	}
	v := way{space: sp}
	if found.Entrance == "" {
		card, ok := sp.Conductor.Directory().ByNumber(found.Person)
		if ok {
			card, ok = sp.card(string(card.ID))
		}
		if !ok {
			return way{}, errNoWay
		}
		v.inviter = card
		l, err := sp.Conductor.Look(card.Number, 0, 0)
		if err != nil {
			return way{}, err
		}
		if l.Programme != nil {
			v.key = l.Programme.Key
		}
		return v, nil
	}
	b, err := s.store.Entrances(ctx, found.Workspace)
	if err != nil {
		return way{}, err
	}
	if v.scanned = b.ByID(found.Entrance); v.scanned == nil {
		return way{}, errNoWay
	}
	v.to = b.Leads(v.scanned, v.today())
	if v.to != nil {
		v.key = v.to.Programme
	} else {
		v.key = v.scanned.Programme
	}
	return v, nil
}

func (v *way) today() string {
	return entrance.Date(entrance.Today(time.UnixMicro(v.space.now()), v.space.loc))
}

func (v *way) invitation() bool { return v.scanned == nil }

func (v *way) joinable() bool { return v.invitation() || v.to != nil }

// counted is the id arrivals are counted under, and whether they come late.
func (v *way) counted() (id string, late bool) {
	if v.invitation() {
		return inviteCount, false
	}
	return v.scanned.ID, v.scanned.StandingOn(v.today()) == entrance.Ended
}

// inviteCount is under what the openings of all invitations are counted. No code has this id.
const inviteCount = "@invite"

// asks are the purposes somebody who joins is asked for.
func (v *way) asks() (out []MyConsent) {
	p := v.space.Conductor.Programme(v.key)
	if p == nil {
		return []MyConsent{}
	}
	ps := []*engine.Programme{p}
	out = []MyConsent{}
	for _, purpose := range purposesOf(ps) {
		if as := consent.Askings(ps, purpose); len(as) > 0 {
			if x := askedFor(purpose, as); x.Required || slices.Contains(askedAtFirst, purpose) {
				out = append(out, x)
			}
		}
	}
	return out
}

func (s *Server) joinPage(ctx context.Context, in *joinPageInput) (JoinPage, error) {
	v, err := s.find(ctx, in.State)
	if err != nil {
		return JoinPage{}, err
	}
	out := JoinPage{Standing: string(entrance.Open), Joinable: v.joinable(), Consents: []MyConsent{}, Rehearsal: v.space.Workspace.Kind == "rehearsal"}
	if p := v.space.Conductor.Programme(v.key); p != nil {
		out.Programme = p.Name
	}
	if v.invitation() {
		out.Kind, out.KindText, out.Inviter = "invite", text("朋友邀请", "An invitation"), mask(v.inviter.Name)
	} else {
		shown := v.scanned
		if v.to != nil {
			shown = v.to
		}
		out.Standing, out.Kind, out.KindText = string(v.scanned.StandingOn(v.today())), shown.Kind, entrance.KindNames[shown.Kind]
		out.Name, out.Words = shown.Name, shown.Words
		if out.Standing == string(entrance.Early) {
			out.From = v.scanned.From
		}
	}
	if out.Joinable {
		out.Consents = v.asks()
	}
	return out, nil
}

// browser is the number of a browser, a new one where it has none or one that we did not make.
func browser(cookie string) (token string, fresh bool) {
	if len(cookie) == len(staff.NewToken()) && entrance.IsState(cookie[:entrance.LongestState]) {
		return cookie, false
	}
	return staff.NewToken(), true
}

// visitorLasts is how long a browser is known again, in seconds.
const visitorLasts = 180 * 24 * 3600

func (s *Server) codeOpened(ctx context.Context, in *openedInput) (Empty, *http.Cookie, error) {
	v, err := s.find(ctx, in.State)
	if err != nil {
		return Empty{}, nil, err
	}
	token, fresh := browser(in.Visitor)
	id, late := v.counted()
	_, platform := entrance.KeptClicks(in.Body.Clicks)
	if !s.gates.take(requestOf(ctx).peer, s.real()) {
		return Empty{}, nil, waits(errKnocks, gateEvery)
	}
	now := time.UnixMicro(v.space.now())
	if _, err := s.store.Arrive(ctx, v.space.number(), id, staff.HashToken(token)[:16], now.UnixMicro(), entrance.Today(now, v.space.loc), late, platform); err != nil {
		return Empty{}, nil, err
	}
	if !fresh {
		return Empty{}, nil, nil
	}
	return Empty{}, s.cookie(visitorCookie, token, visitorLasts), nil
}

// answers checks what was said against what is asked: every text as it stands now, what is required granted.
func (v *way) answers(said []JoinAnswer) (out []conductor.ConsentAnswer, err error) {
	for _, ask := range v.asks() {
		i := slices.IndexFunc(said, func(a JoinAnswer) bool { return a.Purpose == ask.Purpose })
		switch {
		case i < 0 && ask.Required:
			return nil, errMustAgree
		case i < 0:
			continue
		case said[i].Version != ask.Version:
			return nil, errTexts
		case ask.Required && !said[i].Granted:
			return nil, errMustAgree
		}
		out = append(out, conductor.ConsentAnswer{Purpose: ask.Purpose, TextVersion: ask.Version, Granted: said[i].Granted})
	}
	// Whatever a programme asks, nobody settles without the basic service, and nothing is given for who did not agree to it.
	if !slices.ContainsFunc(out, func(a conductor.ConsentAnswer) bool { return a.Purpose == "basic_service" && a.Granted }) {
		return nil, errMustAgree
	}
	return out, nil
}

func (v *way) coming(state string, clicks map[string]string) conductor.Coming {
	click, _ := entrance.KeptClicks(clicks)
	if v.invitation() {
		return conductor.Coming{Code: state, Channel: entrance.InviteChannel, Kind: "referral", Click: click}
	}
	e := v.scanned
	channel := e.Channel
	if channel == "" {
		channel = e.Kind
	}
	return conductor.Coming{Code: e.State, Channel: channel, Kind: entrance.ContactKind(e.Kind), Click: click}
}

// join answers the same whether the telephone number is known or not: who is a patient here is nobody's to find out.
func (s *Server) join(ctx context.Context, in *joinInput) (Me, *http.Cookie, error) {
	v, err := s.find(ctx, in.State)
	if err != nil {
		return Me{}, nil, err
	}
	if !v.joinable() {
		return Me{}, nil, errNotOpen
	}
	if err := oneLine("body.name", in.Body.Name); err != nil {
		return Me{}, nil, err
	}
	answers, err := v.answers(in.Body.Answers)
	if err != nil {
		return Me{}, nil, err
	}
	if !s.gates.take(requestOf(ctx).peer, s.real()) {
		return Me{}, nil, waits(errKnocks, gateEvery)
	}
	j := conductor.Joining{
		Profile:   conductor.Profile{Name: strings.TrimSpace(in.Body.Name), Phone: digits(in.Body.Phone)},
		Programme: v.key, Owner: s.ownerOf(ctx, &v), Answers: answers, Came: v.coming(in.State, in.Body.Clicks.Clicks), Inviter: v.inviter.Number,
	}
	if _, fresh := browser(in.Visitor); !fresh {
		j.Visitor = in.Visitor
	}
	joined, err := v.space.Conductor.Join(ctx, j, audit.Entry{At: s.real().UnixMicro(), Action: "person.join", Ref: requestOf(ctx).id})
	if err != nil {
		return Me{}, nil, err
	}
	requestOf(ctx).concerns(joined.Card.Number)
	sess, cookie, err := s.begin(ctx, v.space, staff.KindPerson, string(joined.Card.ID), audit.Entry{
		At: s.real().UnixMicro(), Actor: "person:" + string(joined.Card.ID), Action: "session.begin", Person: joined.Card.Number, Ref: requestOf(ctx).id})
	if err != nil {
		return Me{}, nil, err
	}
	me, err := s.meView(ctx, &caller{space: v.space, session: sess, me: joined.Card})
	return me, cookie, err
}

// ownerOf is who looks after people of a code: the code's owner while they work here; of an invitation the inviter's.
func (s *Server) ownerOf(ctx context.Context, v *way) string {
	id := v.inviter.Owner
	if v.to != nil {
		id = v.to.Owner
	}
	if id == "" {
		return ""
	}
	if m, err := s.store.Member(ctx, v.space.number(), id); err != nil || m.Disabled || m.Role == staff.Viewer {
		return ""
	}
	return id
}

func (s *Server) cameAgain(ctx context.Context, in *cameAgainInput) (CameAgain, error) {
	c, err := s.self(ctx)
	if err != nil {
		return CameAgain{}, err
	}
	v, err := s.find(ctx, in.Body.State)
	if err != nil {
		return CameAgain{}, err
	}
	if v.space != c.space { // another workspace's code is nothing here
		return CameAgain{}, errNoWay
	}
	inviter := person.Number(0)
	if v.invitation() {
		inviter = v.inviter.Number
	}
	o, err := c.space.Conductor.CameAgain(ctx, c.me.Number, v.coming(in.Body.State, in.Body.Clicks.Clicks), inviter, s.entry(ctx, c, "me.came", c.me.Number, nil))
	return CameAgain{Outcome: string(o)}, err
}
