package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// ConsentRecord is what was said about one purpose: the newest word, and all before it.
type ConsentRecord struct {
	Purpose  string        `json:"purpose"`
	Name     Text          `json:"name"`
	State    string        `json:"state" enum:"given,outdated,withdrawn,never" doc:"outdated: its text has a newer version, and what it covered waits; withdrawn: or refused"`
	Asked    bool          `json:"asked" doc:"one of the person's programmes has a text for it"`
	Required bool          `json:"required"`
	Said     []ConsentWord `json:"said" doc:"newest first"`
}

// ConsentWord is one answer.
type ConsentWord struct {
	Granted     bool   `json:"granted"`
	At          string `json:"at"`
	TextVersion string `json:"textVersion"`
	Basis       string `json:"basis,omitempty"`
	Channel     string `json:"channel" doc:"the way it came in: phone, console, chat, a source"`
	Proof       string `json:"proof,omitempty" doc:"left out for who may not read notes"`
	Guardian    *Ref   `json:"guardian,omitempty" doc:"who decided for the child"`
	WithdrawnAt string `json:"withdrawnAt,omitempty" doc:"of a yes that was taken back"`
}

// ConsentCoverage is how many agreed to a purpose, of the people the caller sees.
type ConsentCoverage struct {
	Purpose   string `json:"purpose"`
	Name      Text   `json:"name"`
	People    int    `json:"people" doc:"whose programmes ask for it, or who said something about it"`
	Given     int    `json:"given"`
	Outdated  int    `json:"outdated"`
	Withdrawn int    `json:"withdrawn"`
	Never     int    `json:"never"`

	Texts []ConsentText `json:"texts" doc:"what people are asked; none: the purpose is not asked"`
}

// ConsentText is one text of a purpose, with the programmes that ask it in the same words.
type ConsentText struct {
	Programmes []Named `json:"programmes"`
	Version    string  `json:"version"`
	Required   bool    `json:"required"`
	Sample     bool    `json:"sample" doc:"nobody approved it yet; a live workspace needs a named person"`
	By         string  `json:"by,omitempty" doc:"who approved it"`
	Title      Text    `json:"title"`
	Necessity  Text    `json:"necessity"`
	Impact     Text    `json:"impact"`
	Body       Text    `json:"body"`
}

var errGuardianOnly = fault.New(fault.Forbidden, "guardian_only", "14 岁及以下由监护人同意", "for a child of up to 14 the guardian agrees").
	Because("请监护人用自己的手机登录后在“家人”里同意", "the guardian signs in on their own phone and agrees under Family")

func (s *Server) consentOperations() {
	serve(s, operation{"person-consents", http.MethodGet, "/api/people/{id}/consents", "people", "What a person said about each purpose, with text version, channel, proof and guardian", forStaff}, s.personConsents)
	serve(s, operation{"consent-coverage", http.MethodGet, "/api/consents", "people", "How many agreed to each purpose, of the people I see", forStaff}, s.consentCoverage)
	serve(s, operation{"consent-people", http.MethodPost, "/api/consents/people", "people", "The people behind a number of the coverage, as a list for GET /api/people", forStaff}, s.consentPeople)
	serve(s, operation{"child-consents", http.MethodGet, "/api/me/family/{id}/consents", "me", "What I am asked as the guardian of a child", forPerson}, s.childConsents)
	serve(s, operation{"child-consent", http.MethodPost, "/api/me/family/{id}/consents", "me", "Agree or withdraw for a child I am the guardian of", forPerson}, s.childConsent)
}

// allPurposes are every purpose there is a word for, in the order people are asked in.
func allPurposes() []string {
	out := append([]string{}, purposeOrder...)
	for _, p := range event.Consent.Spec().Field("purpose").Enum {
		if !contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// bodyText is a text that lies in the body of an event only.
func bodyText(e *event.Event, name string) string {
	var b map[string]any
	if json.Unmarshal(e.Body, &b) != nil {
		return ""
	}
	s, _ := b[name].(string)
	return s
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

func (s *Server) personConsents(ctx context.Context, in *IDPath) (Listing[ConsentRecord], error) {
	c, l, err := s.look(ctx, in.ID, Moments{}, "consents.read")
	if err != nil {
		return Listing[ConsentRecord]{}, err
	}
	words, err := s.eventsWhere(ctx, c, l, func(i int) bool { return l.View.Type[i] == event.Consent && l.View.Flags[i]&event.Hidden == 0 })
	if err != nil {
		return Listing[ConsentRecord]{}, err
	}
	out := Listing[ConsentRecord]{Items: []ConsentRecord{}}
	for _, purpose := range allPurposes() {
		as := consent.Askings(l.Programmes(), purpose)
		r := ConsentRecord{Purpose: purpose, Name: purposeNames[purpose], Asked: len(as) > 0, Said: []ConsentWord{}, State: consentState(c, l.Card.Number, purpose)}
		for _, a := range as {
			r.Required = r.Required || a.Text.Required
		}
		var ended string
		for i := len(words) - 1; i >= 0; i-- {
			e := &words[i]
			if e.A.String() != purpose {
				continue
			}
			w := ConsentWord{Granted: e.Num == 1, At: moment(e.Occurred, l.View.Loc), TextVersion: e.B.String(), Basis: e.C.String(), Channel: e.Provenance}
			if !c.masked() {
				w.Proof = bodyText(e, "proof")
			}
			if card, ok := c.space.card(bodyText(e, "guardian")); ok {
				w.Guardian = &Ref{string(card.ID), c.nameOf(card)}
			}
			if w.Granted {
				w.WithdrawnAt = ended
				ended = ""
			} else {
				ended = w.At
			}
			r.Said = append(r.Said, w)
		}
		out.Items = append(out.Items, r)
	}
	out.Total = len(out.Items)
	return out, nil
}

// consentState is where one person stands with a purpose.
func consentState(c *caller, n person.Number, purpose string) string {
	_, v, st, ok := c.space.Conductor.Glance(n)
	if !ok {
		return "never"
	}
	g, said := st.Grant(purpose)
	switch {
	case !said:
		return "never"
	case !g.Given:
		return "withdrawn"
	case consent.Outdated(c.space.Conductor.Programmes(), st, v.Timeline, purpose):
		return "outdated"
	}
	return "given"
}

func (s *Server) consentCoverage(ctx context.Context, _ *struct{}) (Listing[ConsentCoverage], error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[ConsentCoverage]{}, err
	}
	out := Listing[ConsentCoverage]{Items: []ConsentCoverage{}}
	of := map[string]int{}
	for _, purpose := range allPurposes() {
		of[purpose] = len(out.Items)
		out.Items = append(out.Items, ConsentCoverage{Purpose: purpose, Name: purposeNames[purpose], Texts: consentTexts(c, purpose)})
	}
	s.eachConsent(ctx, c, allPurposes(), func(_ person.Number, purpose, state string) {
		x := &out.Items[of[purpose]]
		x.People++
		switch state {
		case "given":
			x.Given++
		case "outdated":
			x.Outdated++
		case "withdrawn":
			x.Withdrawn++
		default:
			x.Never++
		}
	})
	out.Total = len(out.Items)
	return out, s.read(ctx, c, "consents.coverage", 0)
}

func consentTexts(c *caller, purpose string) []ConsentText {
	out := []ConsentText{}
	for _, a := range consent.Askings(c.space.Conductor.Programmes(), purpose) {
		x := ConsentText{
			Version: a.Text.Version, Required: a.Text.Required, Sample: a.Text.Approval.Sample, By: a.Text.Approval.By,
			Title: or(a.Text.Title, purposeNames[purpose]), Necessity: a.Text.Necessity, Impact: a.Text.Impact, Body: a.Text.Body,
		}
		for _, key := range a.Keys {
			x.Programmes = append(x.Programmes, Named{key, c.space.Conductor.Programme(key).Name})
		}
		out = append(out, x)
	}
	return out
}

// eachConsent tells, purpose by purpose, where everybody stands whom the caller sees and whom the purpose is asked of, or who said something
// about it.
func (s *Server) eachConsent(ctx context.Context, c *caller, purposes []string, each func(n person.Number, purpose, state string)) {
	asks := map[string]*roaring.Bitmap{}
	for _, purpose := range purposes {
		asks[purpose] = roaring.New()
		for _, p := range c.space.Conductor.Programmes() {
			if p.Consents[purpose] != nil {
				asks[purpose].Or(c.space.Conductor.Members("programme", p.Key))
			}
		}
	}
	for it := s.visible(ctx, c).Iterator(); it.HasNext() && ctx.Err() == nil; {
		n := person.Number(it.Next())
		for _, purpose := range purposes {
			if state := consentState(c, n, purpose); state != "never" || asks[purpose].Contains(uint32(n)) {
				each(n, purpose, state)
			}
		}
	}
}

type consentPeopleInput struct {
	Body struct {
		Purpose string `json:"purpose" maxLength:"40"`
		State   string `json:"state" enum:"given,outdated,withdrawn,never"`
	}
}

var consentStates = map[string]Text{
	"given": text("已同意", "Agreed"), "outdated": text("要重新同意", "To agree again"), "withdrawn": text("不同意或已撤回", "Refused or withdrawn"),
	"never": text("还没有问到", "Not asked yet"),
}

func (s *Server) consentPeople(ctx context.Context, in *consentPeopleInput) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Found{}, err
	}
	q := in.Body
	if !contains(allPurposes(), q.Purpose) {
		return Found{}, errCodeChoice.At("body.purpose")
	}
	set := roaring.New()
	s.eachConsent(ctx, c, []string{q.Purpose}, func(n person.Number, _, state string) {
		if state == q.State {
			set.Add(uint32(n))
		}
	})
	if err := ctx.Err(); err != nil {
		return Found{}, err
	}
	name, state := purposeNames[q.Purpose], consentStates[q.State]
	said := text(name.Zh+"："+state.Zh, name.En+": "+state.En)
	id := s.remember(c, c.member.ID, Found{AsOf: moment(c.space.now(), c.space.loc)}, []string{q.State}, map[string]Text{q.State: said}, map[string]*roaring.Bitmap{q.State: set})
	if err := s.read(ctx, c, "consents.people", 0); err != nil {
		return Found{}, err
	}
	return s.found(ctx, &foundIn{Found: id})
}

// ward finds a child the caller is the guardian of.
func (s *Server) ward(ctx context.Context, id string) (*caller, *conductor.Look, error) {
	c, err := s.self(ctx)
	if err != nil {
		return nil, nil, err
	}
	card, ok := c.space.card(id)
	if !ok || card.Erased {
		return nil, nil, person.ErrMissing
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	if v, active := viewerOf(l, c.me); !active || !v.Minor {
		return nil, nil, person.ErrMissing
	}
	return c, l, nil
}

func (s *Server) childConsents(ctx context.Context, in *IDPath) (Listing[MyConsent], error) {
	c, l, err := s.ward(ctx, in.ID)
	if err != nil {
		return Listing[MyConsent]{}, err
	}
	items, _ := myConsents(c, l)
	return Listing[MyConsent]{Items: items, Total: len(items)}, s.read(ctx, c, "family.consents", l.Card.Number)
}

type childConsentInput struct {
	IDPath
	consentInput
}

func (s *Server) childConsent(ctx context.Context, in *childConsentInput) (Listing[MyConsent], error) {
	none := Listing[MyConsent]{}
	c, l, err := s.ward(ctx, in.ID)
	if err != nil {
		return none, err
	}
	if in.Body.Granted && in.Body.Purpose == message.Marketing {
		return none, fault.New(fault.Forbidden, "no_offers_to_children", "不给孩子发活动和产品消息", "no offers are sent to children").At("body.purpose")
	}
	as := consent.Askings(l.Programmes(), in.Body.Purpose)
	if len(as) == 0 {
		return none, errCodeChoice.At("body.purpose")
	}
	if in.Body.Granted && in.Body.Version != consent.TextsVersion(as) {
		return none, errOldText.At("body.version")
	}
	it, err := item(l.Card, "consent", map[string]any{
		"purpose": in.Body.Purpose, "granted": in.Body.Granted, "textVersion": consent.TextsVersion(as), "basis": phoneBasis,
		"proof": "request " + requestOf(ctx).id, "guardian": string(c.me.ID),
	})
	if err != nil {
		return none, err
	}
	if err := s.submit(ctx, c, l.Card, "family.consent", it); err != nil {
		return none, err
	}
	return s.childConsents(ctx, &in.IDPath)
}
