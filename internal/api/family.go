package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/relation"
	"peiban/internal/staff"
)

// Relative is somebody around the person as the person named them, and what they may know.
type Relative struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	KindName Text     `json:"kindName"`
	Scopes   []string `json:"scopes"`
	Since    string   `json:"since"`
	Group    string   `json:"group" enum:"kin,guardian,carer,doctor,referrer,koc,assistant" doc:"what the kind is in the eyes of the rules"`
	Shared   bool     `json:"shared" doc:"the person agreed to the purpose this kind needs; else what was chosen does not hold yet"`
	Said     string   `json:"said,omitempty" doc:"who said so: person, or staff:id"`
	SaidName string   `json:"saidName,omitempty"`
}

// KindOfRelation is what somebody may be to a person, and what one of that kind may be let know at most.
type KindOfRelation struct {
	Named
	Group   string     `json:"group"`
	Items   []string   `json:"items" doc:"what may be chosen for this kind"`
	Consent string     `json:"consent" doc:"the purpose it rests on"`
	Shared  bool       `json:"shared" doc:"the person agreed to that purpose"`
	Text    *MyConsent `json:"text,omitempty" doc:"what is agreed to; absent: no programme has a text for it, and only staff with a proof may state it"`
}

// Relatives are those who are around a person now.
type Relatives struct {
	Items  []Relative       `json:"items"`
	Shared bool             `json:"shared" doc:"the person agreed to sharing with family; without it nobody sees or hears anything"`
	Kinds  []KindOfRelation `json:"kinds"`
	Scopes []Named          `json:"scopes" doc:"what may be shared"`
	Text   *MyConsent       `json:"text,omitempty" doc:"what is agreed to"`
}

// NewRelative is a relative to be added.
type NewRelative struct {
	Name   string   `json:"name" minLength:"1" maxLength:"60"`
	Phone  string   `json:"phone" minLength:"5" maxLength:"20" pattern:"^[0-9+ -]*$" doc:"finds the same person again; they sign in by it"`
	Kind   string   `json:"kind" maxLength:"20"`
	Scopes []string `json:"scopes" maxItems:"10" doc:"what the relative may see and be told; empty: nothing yet"`
}

// ChangedRelative is what a relative is to the person, and may know, from now on.
type ChangedRelative struct {
	Kind   string   `json:"kind" maxLength:"20"`
	Scopes []string `json:"scopes" maxItems:"10"`
}

// RelativePath names a relative of a person.
type RelativePath struct {
	Relative string `path:"relative" maxLength:"40"`
}

func (s *Server) familyOperations() {
	serve(s, operation{"person-family", http.MethodGet, "/api/people/{id}/family", "people", "Relatives of a person and what they may know", forStaff}, s.personFamily)
	serve(s, operation{"add-relative", http.MethodPost, "/api/people/{id}/family", "people", "Add a relative; what they may know rests on the consent family_share", forStaff}, s.addRelative)
	serve(s, operation{"change-relative", http.MethodPut, "/api/people/{id}/family/{relative}", "people", "Change what a relative may know", forStaff}, s.changeRelative)
	serve(s, operation{"end-relative", http.MethodDelete, "/api/people/{id}/family/{relative}", "people", "End a relation; from then on they see and hear nothing", forStaff}, s.endRelative)
	serve(s, operation{"my-family", http.MethodGet, "/api/me/family", "me", "My relatives and what they may know", forPerson}, s.myFamily)
	serve(s, operation{"add-my-relative", http.MethodPost, "/api/me/family", "me", "Add a relative of mine", forPerson}, s.addMyRelative)
	serve(s, operation{"change-my-relative", http.MethodPut, "/api/me/family/{relative}", "me", "Change what a relative of mine may know", forPerson}, s.changeMyRelative)
	serve(s, operation{"end-my-relative", http.MethodDelete, "/api/me/family/{relative}", "me", "End a relation of mine; from then on they see and hear nothing", forPerson}, s.endMyRelative)
}

var (
	errFamilyConsent = fault.New(fault.Forbidden, "family_consent_needed", "本人还没有同意和家人分享", "the person has not agreed to sharing with family").
				Because("请本人在手机上同意，或写明怎样同意的、证明在哪里", "let the person agree on the phone, or say how they agreed and where the proof lies")
	errNoRelative = fault.New(fault.Missing, "relative_not_found", "没有这位家属", "there is no such relative")
	errOwnNumber  = fault.New(fault.Invalid, "own_number", "这是本人自己的手机号", "this is the person's own number").At("body.phone")
	errManyKin    = fault.New(fault.Clash, "too_many_relatives", "家属已经够多，先结束一位再加", "there are as many relatives as there may be; end one first")
)

// mostKin is how many relatives may be around one person at a time.
const mostKin = 10

type addRelativeInput struct {
	IDPath
	Body struct {
		NewRelative
		Basis string `json:"basis,omitempty" enum:"paper,recorded_call," doc:"how the person agreed to sharing, where they did not yet"`
		Proof string `json:"proof,omitempty" maxLength:"200" doc:"where the proof lies"`
	}
}

type changeRelativeInput struct {
	IDPath
	RelativePath
	Body struct {
		ChangedRelative
		Basis string `json:"basis,omitempty" enum:"paper,recorded_call,"`
		Proof string `json:"proof,omitempty" maxLength:"200"`
	}
}

type endRelativeInput struct {
	IDPath
	RelativePath
}

type addMyRelativeInput struct {
	Body struct {
		NewRelative
		Agree string `json:"agree,omitempty" maxLength:"1000" doc:"version of the text about sharing that was shown and agreed to"`
	}
}

type changeMyRelativeInput struct {
	RelativePath
	Body struct {
		ChangedRelative
		Agree string `json:"agree,omitempty" maxLength:"1000"`
	}
}

func (s *Server) personFamily(ctx context.Context, in *IDPath) (Relatives, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Relatives{}, err
	}
	if err := s.read(ctx, c, "family.read", card.Number); err != nil {
		return Relatives{}, err
	}
	return s.relatives(ctx, c, card)
}

func (s *Server) myFamily(ctx context.Context, _ *Empty) (Relatives, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Relatives{}, err
	}
	if err := s.read(ctx, c, "me.family", c.me.Number); err != nil {
		return Relatives{}, err
	}
	return s.relatives(ctx, c, c.me)
}

// sharing is how the person agreed to sharing with family, where that comes with what they share.
type sharing struct{ basis, proof, version string }

func (s *Server) addRelative(ctx context.Context, in *addRelativeInput) (Relatives, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Relatives{}, err
	}
	return s.relate(ctx, c, card, in.Body.NewRelative, sharing{basis: in.Body.Basis, proof: in.Body.Proof})
}

func (s *Server) addMyRelative(ctx context.Context, in *addMyRelativeInput) (Relatives, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Relatives{}, err
	}
	return s.relate(ctx, c, c.me, in.Body.NewRelative, sharing{basis: phoneBasis, version: in.Body.Agree})
}

func (s *Server) changeRelative(ctx context.Context, in *changeRelativeInput) (Relatives, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Relatives{}, err
	}
	return s.rescope(ctx, c, card, in.Relative, &in.Body.ChangedRelative, sharing{basis: in.Body.Basis, proof: in.Body.Proof})
}

func (s *Server) changeMyRelative(ctx context.Context, in *changeMyRelativeInput) (Relatives, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Relatives{}, err
	}
	return s.rescope(ctx, c, c.me, in.Relative, &in.Body.ChangedRelative, sharing{basis: phoneBasis, version: in.Body.Agree})
}

func (s *Server) endRelative(ctx context.Context, in *endRelativeInput) (Relatives, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Relatives{}, err
	}
	return s.rescope(ctx, c, card, in.Relative, nil, sharing{})
}

func (s *Server) endMyRelative(ctx context.Context, in *RelativePath) (Relatives, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Relatives{}, err
	}
	return s.rescope(ctx, c, c.me, in.Relative, nil, sharing{})
}

// relate makes somebody a relative. Who has the number already is that person; else they are added, in the same hands.
func (s *Server) relate(ctx context.Context, c *caller, card conductor.Card, n NewRelative, how sharing) (Relatives, error) {
	if err := oneLine("body.name", n.Name); err != nil {
		return Relatives{}, err
	}
	phone := digits(n.Phone)
	if conductor.PhoneDigits(phone) == conductor.PhoneDigits(card.Phone) {
		return Relatives{}, errOwnNumber
	}
	defer s.alone(c, card)()
	items, err := s.sharedWith(c, card, n.Kind, n.Scopes, how)
	if err != nil {
		return Relatives{}, err
	}
	if len(active(c, card)) >= mostKin {
		return Relatives{}, errManyKin
	}
	defer s.edits.lock(string(c.space.Workspace.ID) + "phone" + conductor.PhoneDigits(phone))()
	other, there := c.space.Conductor.Directory().ByPhone(phone)
	switch {
	case there && c.session.Kind == staff.KindStaff && !s.sees(ctx, c, other):
		return Relatives{}, errPhoneTaken
	case !there:
		a := conductor.Admission{Profile: conductor.Profile{Name: strings.TrimSpace(n.Name), Phone: phone}, Owner: card.Owner}
		if in := programmesOf(c, card); len(in) > 0 {
			a.Programme = in[0].Key
		}
		if other, err = c.space.Conductor.Admit(ctx, a, s.entry(ctx, c, "person.add", 0, nil)); err != nil {
			return Relatives{}, err
		}
	}
	return s.related(ctx, c, card, other, strings.TrimSpace(n.Name), &ChangedRelative{n.Kind, n.Scopes}, items, how)
}

// rescope changes what a relative may know; nil ends the relation.
func (s *Server) rescope(ctx context.Context, c *caller, card conductor.Card, relative string, to *ChangedRelative, how sharing) (Relatives, error) {
	defer s.alone(c, card)()
	i := slices.IndexFunc(active(c, card), func(r conductor.Relation) bool { return r.Person == relative })
	if i < 0 {
		return Relatives{}, errNoRelative
	}
	other, ok := c.space.Conductor.Directory().ByID(person.ID(relative))
	if !ok {
		return Relatives{}, errNoRelative
	}
	var items []conductor.Item
	if to != nil {
		var err error
		if items, err = s.sharedWith(c, card, to.Kind, to.Scopes, how); err != nil {
			return Relatives{}, err
		}
	}
	name := ""
	if now, err := s.relatives(ctx, c, card); err == nil {
		for _, one := range now.Items {
			if one.ID == relative && !c.masked() {
				name = one.Name
			}
		}
	}
	return s.related(ctx, c, card, other, name, to, items, how)
}

var (
	errScopeOfKind = fault.New(fault.Invalid, "scope_not_for_kind", "这种关系的人不能看这一项", "people of this kind are not let know this").At("body.scopes")
	errNotMinor    = fault.New(fault.Invalid, "not_a_minor", "只有 14 岁及以下的孩子才有监护人；请先核对出生年份", "only a child of up to 14 has a guardian; check the year of birth first").At("body.kind")
	errGuardProof  = fault.New(fault.Invalid, "guardian_proof_needed", "登记监护人要由工作人员写明证明在哪里", "staff register a guardian, and say where the proof lies").At("body.proof")
)

// sharedWith checks what is to be shared, and gives the consent that comes with it.
func (s *Server) sharedWith(c *caller, card conductor.Card, kind string, scopes []string, how sharing) ([]conductor.Item, error) {
	if _, known := event.Words("relation", "kind")[kind]; !known || relation.GroupOf(kind) == relation.Household {
		return nil, errCodeChoice.At("body.kind")
	}
	rule := relation.RuleOf(kind)
	for i, x := range scopes {
		if !slices.Contains(programme.Scopes, x) || slices.Contains(scopes[:i], x) {
			one := strings.Join(programme.Scopes, ", ")
			return nil, errCodeChoice.At("body.scopes").Because("可用："+one, "one of: "+one)
		}
		if !slices.Contains(rule.Items, relation.Item(x)) {
			return nil, errScopeOfKind
		}
	}
	_, v, st, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return nil, person.ErrMissing
	}
	if rule.Group == relation.Guardian {
		switch { // a child's guardian decides for the child: there is nobody whose consent to ask
		case !card.Minor(c.space.now(), v.Loc):
			return nil, errNotMinor
		case c.session.Kind != staff.KindStaff || strings.TrimSpace(how.proof) == "":
			return nil, errGuardProof
		}
		return nil, nil
	}
	if len(scopes) == 0 || st.Consented(rule.Consent) {
		return nil, nil
	}
	as := consent.Askings(programmesOf(c, card), rule.Consent)
	props := map[string]any{"purpose": rule.Consent, "granted": true, "basis": how.basis, "textVersion": consent.TextsVersion(as)}
	switch {
	case len(as) == 0 && (rule.Consent == "family_share" || how.basis == phoneBasis):
		return nil, errFamilyConsent
	case how.basis == phoneBasis && how.version == "":
		return nil, errFamilyConsent
	case how.basis == phoneBasis && how.version != consent.TextsVersion(as): // nobody agrees to a text they did not see
		return nil, errOldText.At("body.agree")
	case how.basis != phoneBasis && (how.basis == "" || strings.TrimSpace(how.proof) == ""):
		return nil, errFamilyConsent
	case how.proof != "":
		props["proof"] = strings.TrimSpace(how.proof)
	}
	if len(as) == 0 { // the text is the paper that the proof names
		props["textVersion"] = "paper"
	}
	it, err := item(card, "consent", props)
	return []conductor.Item{it}, err
}

// related writes the relation into the life of the one and the role into that of the other, with what the person agreed to before it.
func (s *Server) related(ctx context.Context, c *caller, card, other conductor.Card, name string, to *ChangedRelative, items []conductor.Item, how sharing) (Relatives, error) {
	action, kind, scopes := "family.end", "", []string(nil)
	for _, r := range active(c, card) {
		if r.Person == string(other.ID) {
			kind, scopes = r.Kind, r.Scopes
		}
	}
	if to != nil {
		action, kind, scopes = "family.set", to.Kind, to.Scopes
	}
	props := map[string]any{"kind": kind, "scope": strings.Join(scopes, "+"), "active": to != nil, "person": string(other.ID)}
	if name != "" {
		props["name"] = name
	}
	if p := strings.TrimSpace(how.proof); p != "" && to != nil {
		props["proof"] = p
	}
	it, err := item(card, "relation", props)
	if err != nil {
		return Relatives{}, err
	}
	items = append(items, it)
	if role := roleOf(kind); role != "" && !other.Erased && (to != nil || !s.stillFamily(c, card, other)) {
		role, err := item(other, "role", map[string]any{"role": role, "person": string(card.ID), "active": to != nil})
		if err != nil {
			return Relatives{}, err
		}
		items = append(items, role)
	}
	if err := s.submit(ctx, c, card, action, items...); err != nil {
		return Relatives{}, err
	}
	c.space.kin.forget()
	return s.relatives(ctx, c, card)
}

// stillFamily reports whether somebody is a relative of another than the person.
func (s *Server) stillFamily(c *caller, card, other conductor.Card) bool {
	return slices.ContainsFunc(c.space.kin.of(c.space.Conductor, other, s.real()), func(n person.Number) bool { return n != card.Number })
}

// roleOf is the role somebody has who is of a kind to a person; "": it gives them none.
func roleOf(kind string) string {
	switch relation.GroupOf(kind) {
	case relation.Kin, relation.Guardian, relation.Carer:
		return "family"
	case relation.Doctor, relation.Referrer:
		return "doctor"
	case relation.KOC:
		return "koc"
	}
	return ""
}

// active are those around a person now. Who only shares a household is not among them.
func active(c *caller, card conductor.Card) []conductor.Relation {
	_, v, _, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(conductor.Relations(v.Timeline), func(r conductor.Relation) bool { return !r.Active || r.Person == "" || r.Household() })
}

// kindsOfRelation are what somebody may be to the person. On a phone they are those the person can state there.
func kindsOfRelation(c *caller, l *conductor.Look) []KindOfRelation {
	out := []KindOfRelation{}
	texts, _ := myConsents(c, l)
	for _, k := range wordsOf(event.Relation.Spec(), *event.Relation.Spec().Field("kind")) {
		rule := relation.RuleOf(k.Key)
		minor := l.Card.Minor(l.At, l.View.Loc)
		x := KindOfRelation{Named: k, Group: string(rule.Group), Consent: rule.Consent, Shared: l.State.Consented(rule.Consent), Items: []string{}}
		for _, one := range rule.Items {
			x.Items = append(x.Items, string(one))
		}
		for i := range texts {
			if texts[i].Purpose == rule.Consent {
				x.Text = &texts[i]
			}
		}
		phone := c.session.Kind == staff.KindPerson
		switch {
		case rule.Group == relation.Household, rule.Group == relation.Guardian && (phone || !minor), phone && !x.Shared && x.Text == nil && rule.Consent != "family_share":
			continue
		case rule.Group == relation.Guardian: // who decides for the child
			x.Shared = true
		}
		out = append(out, x)
	}
	return out
}

// relatives are told by the names the person gave them: who else has a number is not the person's to know.
func (s *Server) relatives(ctx context.Context, c *caller, card conductor.Card) (Relatives, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Relatives{}, err
	}
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool { return l.View.Type[i] == event.Relation && l.View.Flags[i]&event.Hidden == 0 })
	if err != nil {
		return Relatives{}, err
	}
	names, said := map[string]string{}, map[event.Seq]string{}
	for i := range es {
		var b struct{ Name string }
		if json.Unmarshal(es[i].Body, &b) == nil && b.Name != "" {
			names[es[i].C.String()] = b.Name
		}
		said[es[i].Seq] = es[i].Actor
	}
	out := Relatives{Items: []Relative{}, Shared: l.State.Consented("family_share"), Kinds: kindsOfRelation(c, l)}
	for _, x := range relation.Items {
		out.Scopes = append(out.Scopes, Named{string(x), x.Name()})
	}
	for _, r := range active(c, card) {
		x := Relative{
			ID: r.Person, Kind: r.Kind, KindName: word(relationNames, r.Kind), Since: moment(r.Since, l.View.Loc), Name: names[r.Person],
			Scopes: append([]string{}, r.Scopes...), Group: string(relation.GroupOf(r.Kind)), Said: "person",
		}
		v := l.Viewer(r)
		x.Shared = v.Shared || v.Minor
		if kind, id, _ := strings.Cut(said[r.Seq], ":"); kind == "staff" && c.session.Kind == staff.KindStaff {
			x.Said = said[r.Seq]
			if m := c.space.ref(ctx, s.store, id); m != nil {
				x.SaidName = m.Name
			}
		} else if kind == "staff" {
			x.Said = "staff"
		}
		if other, ok := c.space.card(r.Person); ok && x.Name == "" && c.session.Kind == staff.KindStaff {
			x.Name = other.Name
		}
		if c.masked() {
			x.Name = mask(x.Name)
		}
		if x.Name == "" {
			x.Name = x.KindName.Zh
		}
		out.Items = append(out.Items, x)
	}
	mine, _ := myConsents(c, l)
	for i := range mine {
		if mine[i].Purpose == "family_share" {
			out.Text = &mine[i]
		}
	}
	return out, nil
}
