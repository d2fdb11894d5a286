package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Me is the person at the phone.
type Me struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Age          *int        `json:"age,omitempty"`
	Elder        bool        `json:"elder"`
	Language     string      `json:"language" enum:"zh,en"`
	Unit         string      `json:"unit" enum:"mmol/L,mg/dL"`
	Zone         string      `json:"zone"`
	Now          string      `json:"now"`
	CSRF         string      `json:"csrf"`
	Workspace    MySpace     `json:"workspace"`
	Owner        *MyOwner    `json:"owner,omitempty"`
	Consents     []MyConsent `json:"consents"`
	NeedsConsent bool        `json:"needsConsent"`
	Family       []Ref       `json:"family" doc:"people whose data I may see"`
	Measures     []string    `json:"measures" doc:"what I am asked to measure, by type, the main thing first; empty: nothing"`
	Version      int64       `json:"version" doc:"send it as If-Match with new settings"`
}

// MySpace tells a rehearsal from the real thing.
type MySpace struct {
	Kind string `json:"kind" enum:"live,rehearsal"`
}

// MyOwner is who looks after me.
type MyOwner struct {
	Name     string `json:"name"`
	RoleText Text   `json:"roleText"`
}

// MyConsent is one purpose: what I am asked, and what I said.
type MyConsent struct {
	Purpose  string `json:"purpose"`
	Name     Text   `json:"name"`
	Text     Text   `json:"text"`
	Summary  Text   `json:"summary" doc:"why it is needed and what it means for me"`
	Version  string `json:"version"`
	Required bool   `json:"required" doc:"the service cannot run without it"`
	Granted  bool   `json:"granted"`
	At       string `json:"at,omitempty"`
	Outdated bool   `json:"outdated,omitempty" doc:"the text changed since I agreed: I am asked again"`
	Waits    bool   `json:"waits,omitempty" doc:"what I agreed to then waits until I do"`
	Ask      bool   `json:"ask,omitempty" doc:"to be asked before anything else: what is new, or has another text; the others are decided under Me"`
}

func (s *Server) meOperations() {
	serveCookie(s, operation{"enter", http.MethodPost, "/api/me/session", "me", "Sign a phone in with a one-time link", forAnyone}, s.enter)
	serveCookie(s, operation{"leave", http.MethodDelete, "/api/me/session", "me", "Sign this phone out", forPerson}, s.leave)
	serve(s, operation{"me", http.MethodGet, "/api/me", "me", "Who I am, what I agreed to, how I want to read", forPerson}, s.me)
	serve(s, operation{"my-settings", http.MethodPut, "/api/me/settings", "me", "Large text, language, unit", forPerson}, s.mySettings)
	serve(s, operation{"my-consent", http.MethodPost, "/api/me/consents", "me", "Agree to one purpose, or withdraw", forPerson}, s.myConsent)
	serve(s, operation{"my-contact", http.MethodPost, "/api/me/contact", "me", "Ask for a human", forPerson}, s.myContact)
}

type enterInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200"`
	}
}

func (s *Server) enter(ctx context.Context, in *enterInput) (Me, *http.Cookie, error) {
	var sess staff.Session
	var token string
	peer := requestOf(ctx).peer
	if err := s.knock(peer); err != nil { // a token cannot be guessed; asking for many still costs
		return Me{}, nil, err
	}
	w, n, err := s.store.UseSigninLink(ctx, staff.HashToken(in.Body.Token), s.real().UnixMicro(),
		func(w workspace.Number, n person.Number) (staff.Session, []audit.Entry, error) {
			sp := s.space(w)
			if sp == nil {
				return sess, nil, errNotFound
			}
			card, ok := sp.Conductor.Directory().ByNumber(n)
			if !ok {
				return sess, nil, person.ErrMissing
			}
			sess, token = staff.NewSession(staff.KindPerson, string(card.ID), s.real())
			return sess, []audit.Entry{{At: s.real().UnixMicro(), Actor: "person:" + string(card.ID), Action: "session.begin", Person: n, Ref: requestOf(ctx).id}}, nil
		})
	if err != nil {
		return Me{}, nil, err
	}
	s.doors.back(peer)
	sp := s.space(w)
	card, _ := sp.Conductor.Directory().ByNumber(n)
	me, err := s.meView(ctx, &caller{space: sp, session: sess, me: card})
	return me, s.cookieFor(sess, token), err
}

func (s *Server) leave(ctx context.Context, _ *Empty) (Empty, *http.Cookie, error) {
	c, err := s.self(ctx)
	if err != nil {
		return struct{}{}, nil, err
	}
	err = s.store.EndSession(ctx, c.space.number(), c.session.TokenHash, s.entry(ctx, c, "session.end", c.me.Number, nil))
	return Empty{}, s.cookie(personCookie, "", -1), err
}

func (s *Server) me(ctx context.Context, _ *Empty) (Me, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Me{}, err
	}
	return s.meView(ctx, c)
}

func (s *Server) meView(ctx context.Context, c *caller) (Me, error) {
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return Me{}, err
	}
	card := l.Card
	me := Me{
		ID: string(card.ID), Name: card.Name, Age: age(card.BirthYear, l.At, l.View.Loc), Elder: card.Elder, Language: languageOf(card),
		Unit: unitOf(card), Zone: l.View.Loc.String(), Now: moment(c.space.now(), l.View.Loc), CSRF: c.session.CSRF,
		Workspace: MySpace{string(c.space.Workspace.Kind)}, Consents: []MyConsent{}, Family: []Ref{}, Version: card.Version,
		Measures: measuresOf(c, l),
	}
	for _, m := range c.space.team(ctx, s.store) {
		if m.ID == card.Owner && card.Owner != "" {
			me.Owner = &MyOwner{Name: m.Name, RoleText: titleOf(m.Role)}
		}
	}
	me.Consents, me.NeedsConsent = myConsents(c, l)
	for _, n := range c.space.kin.of(c.space.Conductor, card, s.real()) {
		if other, ok := c.space.Conductor.Directory().ByNumber(n); ok && !other.Erased {
			me.Family = append(me.Family, Ref{string(other.ID), other.Name})
		}
	}
	return me, nil
}

func languageOf(card conductor.Card) string {
	if card.Language == "en" {
		return "en"
	}
	return "zh"
}

func unitOf(card conductor.Card) string {
	if card.Unit == "mg/dL" {
		return card.Unit
	}
	return "mmol/L"
}

type settingsInput struct {
	Based
	Body struct {
		Elder    *bool  `json:"elder,omitempty"`
		Language string `json:"language,omitempty" enum:"zh,en"`
		Unit     string `json:"unit,omitempty" enum:"mmol/L,mg/dL"`
	}
}

func (s *Server) mySettings(ctx context.Context, in *settingsInput) (Me, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Me{}, err
	}
	defer s.alone(c, c.me)()
	card, _ := c.space.card(string(c.me.ID)) // again: another phone of mine may just have changed it
	if err := in.check(card.Version); err != nil {
		return Me{}, err
	}
	props := map[string]any{}
	if in.Body.Elder != nil {
		props["elderMode"] = *in.Body.Elder
	}
	if in.Body.Language != "" {
		props["language"] = in.Body.Language
	}
	if in.Body.Unit != "" {
		props["glucoseUnit"] = in.Body.Unit
	}
	if len(props) == 0 {
		return s.meView(ctx, c)
	}
	it, err := item(c.me, "profile", props)
	if err != nil {
		return Me{}, err
	}
	if err := s.submit(ctx, c, c.me, "me.settings", it); err != nil {
		return Me{}, err
	}
	return s.meView(ctx, c)
}

type consentInput struct {
	Body struct {
		Purpose string `json:"purpose" maxLength:"40"`
		Granted bool   `json:"granted"`
		Version string `json:"version" maxLength:"1000" doc:"of the texts that were shown"`
	}
}

var errOldText = fault.New(fault.Clash, "consent_text_changed", "文字刚刚更新过，请再看一遍", "the text has just changed; please read it again")

func (s *Server) myConsent(ctx context.Context, in *consentInput) (Me, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Me{}, err
	}
	if in.Body.Granted && c.me.Minor(c.space.now(), c.space.loc) {
		return Me{}, errGuardianOnly
	}
	as := consent.Askings(programmesOf(c, c.me), in.Body.Purpose)
	if len(as) == 0 {
		return Me{}, errCodeChoice.At("body.purpose")
	}
	if in.Body.Granted && in.Body.Version != consent.TextsVersion(as) { // nobody agrees to a text they did not see
		return Me{}, errOldText.At("body.version")
	}
	it, err := item(c.me, "consent", map[string]any{
		"purpose": in.Body.Purpose, "granted": in.Body.Granted, "textVersion": consent.TextsVersion(as), "basis": phoneBasis, "proof": "request " + requestOf(ctx).id,
	})
	if err != nil {
		return Me{}, err
	}
	if err := s.submit(ctx, c, c.me, "me.consent", it); err != nil {
		return Me{}, err
	}
	return s.meView(ctx, c)
}

type contactInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"500"`
	}
}

// Said is one sentence to the person.
type Said struct {
	Text Text `json:"text"`
}

func (s *Server) myContact(ctx context.Context, in *contactInput) (Said, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Said{}, err
	}
	key := in.Key
	if key == "" {
		key = requestOf(ctx).id
	}
	if err := c.space.Conductor.Contact(ctx, c.me.Number, key, strings.TrimSpace(in.Body.Note), s.entry(ctx, c, "me.contact", c.me.Number, nil)); err != nil {
		return Said{}, err
	}
	name := s.nurse(ctx, c)
	return Said{Text{Zh: "已告诉" + name.Zh + "，会尽快联系您", En: "We told " + name.En + ", who will be in touch soon"}}, nil
}

// titles are what a person calls those who look after them, on every screen and in every sentence of the phone. None
// is a doctor's: they may not diagnose, nor speak as one who does (医师法 13-14, 57, 59).
var titles = map[staff.Role]Text{
	staff.HealthManager: text("护师", "Nurse"),
	staff.Pharmacist:    text("药师", "Pharmacist"),
}

// titleOf is the title of a role, or for one that looks after nobody its name.
func titleOf(r staff.Role) Text { return or(titles[r], word(roleNames, string(r))) }

// nurse is how the person's owner is spoken of: 刘护师 for Liu Min, a health manager.
func (s *Server) nurse(ctx context.Context, c *caller) Text {
	for _, m := range c.space.team(ctx, s.store) {
		if m.ID != c.me.Owner || m.Name == "" {
			continue
		}
		title := titles[m.Role].Zh
		first := string([]rune(m.Name)[:1])
		if title == "" || first < "\u4e00" || first > "\u9fff" {
			return Text{Zh: m.Name, En: m.Name}
		}
		return Text{Zh: first + title, En: m.Name}
	}
	return text("健康管理师", "your health manager")
}

// kin knows whose data a relative may see. It is found by asking everybody's timeline, so the answer is kept for
// a while.
type kin struct {
	mu    sync.Mutex
	at    time.Time
	whose map[string][]person.Number
}

// forget has it asked anew: a relation was made or ended.
func (k *kin) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.whose = nil
}

const kinLast = 30 * time.Second

func (k *kin) of(cd *conductor.Conductor, card conductor.Card, now time.Time) []person.Number {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.whose == nil || now.Sub(k.at) > kinLast || now.Before(k.at) {
		k.whose, k.at = map[string][]person.Number{}, now
		for _, n := range numbersOf(cd.Directory().All()) {
			_, v, st, ok := cd.Glance(n)
			about, there := cd.Directory().ByNumber(n)
			if !ok || !there {
				continue
			}
			minor := about.Minor(cd.Now().UnixMicro(), v.Loc)
			for _, r := range conductor.Relations(v.Timeline) {
				if as := r.Viewer(st.Consented, minor); r.Active && r.Person != "" && !r.Household() && (as.Shared || as.Minor) {
					k.whose[r.Person] = append(k.whose[r.Person], n)
				}
			}
		}
	}
	return slices.Clone(k.whose[string(card.ID)])
}
