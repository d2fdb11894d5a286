package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/identity"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/staff"
	"peiban/internal/timeline"
)

// Review is a pair of people field by field.
type Review struct {
	ReviewRow
	Version  int64         `json:"version" doc:"send it as If-Match with a decision"`
	Fields   []ReviewField `json:"fields"`
	Evidence []ReviewBits  `json:"evidence" doc:"what speaks for one person, and against, with no value of either"`
	Advice   Text          `json:"advice"`
	Root     string        `json:"root,omitempty" doc:"who stays when they are merged: the oldest who is known"`
	Changes  []ReviewShift `json:"changes" doc:"what merging would change"`
	Against  *Text         `json:"against,omitempty" doc:"why they cannot be merged"`
	Why      string        `json:"why,omitempty" doc:"the reason that was given"`
	Kinds    []Named       `json:"kinds" doc:"what the right one may be to the left one, for a pair of one family"`
	Next     string        `json:"next,omitempty" doc:"the pair after this one in the queue"`
	Place    int           `json:"place" doc:"of the pair in the queue, from 1; 0: not in it"`
	Waiting  int           `json:"waiting" doc:"pairs in the queue"`
}

func (v Review) etag() string { return quoted(v.Version) }

// ReviewField is one field of both people.
type ReviewField struct {
	Name  Text     `json:"name"`
	Left  Text     `json:"left"`
	Right Text     `json:"right"`
	After Text     `json:"after" doc:"of the merged person"`
	Bits  *float64 `json:"bits,omitempty" doc:"what the field weighs; not given where it is no evidence"`
	Said  *Text    `json:"said,omitempty" doc:"the evidence in words"`
}

// ReviewBits is a piece of evidence.
type ReviewBits struct {
	Field string  `json:"field"`
	Level string  `json:"level,omitempty"`
	Bits  float64 `json:"bits"`
	Text  Text    `json:"text"`
}

// ReviewShift is something merging would change.
type ReviewShift struct {
	Kind string `json:"kind" enum:"consent,points,journey,owner,programme,history"`
	Text Text   `json:"text"`
	Less bool   `json:"less,omitempty" doc:"less is allowed than one of the two allowed before"`
}

// ReviewPath names a pair.
type ReviewPath struct {
	Review string `path:"review" maxLength:"80" doc:"the two people's ids with a hyphen between"`
}

// pairOf reads a pair whose two people the caller may see, with their cards as they stand now.
func (s *Server) pairOf(ctx context.Context, id string) (*caller, review.Proposal, [2]conductor.Card, error) {
	var both [2]conductor.Card
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return nil, review.Proposal{}, both, err
	}
	pair, err := c.pairNamed(id)
	if err != nil {
		return nil, review.Proposal{}, both, err
	}
	left, right, ok := c.two(pair)
	if !ok || !s.sees(ctx, c, left) || !s.sees(ctx, c, right) {
		return nil, review.Proposal{}, both, review.ErrNone
	}
	requestOf(ctx).concerns(left.Number)
	p, err := s.store.Proposal(ctx, c.space.number(), pair)
	return c, p, [2]conductor.Card{left, right}, err
}

func (s *Server) review(ctx context.Context, in *ReviewPath) (Review, error) {
	c, p, both, err := s.pairOf(ctx, in.Review)
	if err != nil {
		return Review{}, err
	}
	if err := s.read(ctx, c, "review.read", both[0].Number, both[1].Number); err != nil {
		return Review{}, err
	}
	return s.reviewView(ctx, c, &p, both)
}

func (s *Server) reviewView(ctx context.Context, c *caller, p *review.Proposal, both [2]conductor.Card) (Review, error) {
	policy, err := s.policy(ctx, c)
	if err != nil {
		return Review{}, err
	}
	out := Review{
		ReviewRow: s.reviewRow(ctx, c, policy, p), Version: p.Version, Evidence: []ReviewBits{}, Changes: []ReviewShift{}, Why: p.Why, Advice: advice(p),
		Kinds: wordsOf(event.Relation.Spec(), *event.Relation.Spec().Field("kind")),
	}
	for _, e := range p.Evidence {
		out.Evidence = append(out.Evidence, ReviewBits{e.Field, e.Level, e.Bits, e.Text})
	}
	facts, err := s.factsOf(ctx, c, both[0], both[1])
	if err != nil {
		return Review{}, err
	}
	root := 0
	if policy.Root(facts...) == both[1].Number {
		root = 1
	}
	out.Fields = s.reviewFields(ctx, c, policy, p, both, facts, root)
	if both[0].Number != both[1].Number {
		out.Root = string(both[root].ID)
		out.Changes = s.reviewChanges(ctx, c, both[root], both[1-root])
		if why := policy.Against(facts...); why != nil {
			out.Against = causeText(policy, string(why.Cause), why.Type)
		}
	}
	return out, s.placeInQueue(ctx, c, p, &out)
}

// placeInQueue says where the pair stands among those that wait, and which comes after it; after one that was decided the first that waits.
func (s *Server) placeInQueue(ctx context.Context, c *caller, p *review.Proposal, out *Review) error {
	counts, err := s.store.ProposalCounts(ctx, c.space.number())
	if err != nil {
		return err
	}
	place, next, err := s.store.PlaceOf(ctx, c.space.number(), p)
	if err != nil {
		return err
	}
	out.Waiting, out.Place = counts[review.Open], place
	if next.Person != 0 {
		out.Next = c.reviewID(next)
	}
	return nil
}

// Weights from which on evidence is called strong, and below which it is called weak, in bits.
const (
	strongBits = 12
	weakBits   = 4
)

func advice(p *review.Proposal) Text {
	switch {
	case p.Cause == string(identity.Excluded), p.Cause == string(identity.OtherRole):
		return text("不能合并：看看是家人、同事，还是登记错了", "They cannot be merged: are they family or colleagues, or was something entered wrongly?")
	case p.Probability >= 0.95 || p.Probability == 0 && p.Weight >= strongBits:
		return text("证据强，看来是同一人", "Strong evidence: it seems to be one person")
	case p.Origin == review.Intake:
		return text("只有共用的标识相同：先排除是家人", "Only a shared identifier agrees: first make sure they are not family")
	case p.Weight < weakBits:
		return text("证据弱，看仔细，拿不准就先放着", "Weak evidence: look closely, and put it aside when in doubt")
	}
	return text("可能是同一人，请核对", "They may be one person: please check")
}

// factsOf are what bears on whether people are one, of all their members.
func (s *Server) factsOf(ctx context.Context, c *caller, cards ...conductor.Card) ([]identity.Facts, error) {
	var out []identity.Facts
	for _, card := range cards {
		f := identity.Facts{Person: card.Number, Since: card.CreatedAt, Named: card.Name != "", Role: c.roleOf(card)}
		for _, m := range c.membersOf(card.Number) {
			ids, err := s.store.IdentitiesOf(ctx, c.space.number(), m)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				f.Held = append(f.Held, identity.Held{Type: id.Type, Scope: id.Scope, Hash: id.Hash})
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// roleOf is whether somebody is a doctor or a patient: by the kind of people their first programme is for, as the intake sees it.
func (c *caller) roleOf(card conductor.Card) identity.Role {
	_, _, state, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return identity.AnyRole
	}
	for _, p := range c.space.Conductor.Programmes() {
		switch {
		case state.Progress(p.Key) == nil:
		case p.OfDoctors:
			return identity.Doctor
		default:
			return identity.Patient
		}
	}
	return identity.AnyRole
}

// membersOf are a root and everybody merged into it.
func (c *caller) membersOf(root person.Number) []person.Number {
	return append([]person.Number{root}, c.space.Conductor.Linked(root)...)
}

// plain is a value that is the same in both languages.
func plain(v string) Text { return Text{Zh: v, En: v} }

func (s *Server) reviewFields(ctx context.Context, c *caller, policy *identity.Policy, p *review.Proposal, both [2]conductor.Card, facts []identity.Facts, root int) []ReviewField {
	left, right := c.recorded(p)
	said := func(fields ...string) (*float64, *Text) {
		var bits float64
		var t Text
		for _, e := range p.Evidence {
			if slices.Contains(fields, e.Field) && e.Level != "missing" {
				bits += e.Bits
				t.Zh, t.En = strings.TrimPrefix(t.Zh+"；"+e.Text.Zh, "；"), strings.TrimPrefix(t.En+"; "+e.Text.En, "; ")
			}
		}
		if t == (Text{}) {
			return nil, nil
		}
		return &bits, &t
	}
	value := func(name Text, of func(conductor.Card) Text, fields ...string) ReviewField {
		f := ReviewField{Name: name, Left: of(left), Right: of(right)}
		f.Bits, f.Said = said(fields...)
		if f.After = of(both[root]); f.After == (Text{}) { // the root's word stands; what it does not say the other does
			f.After = of(both[1-root])
		}
		return f
	}
	born := func(card conductor.Card) Text {
		if card.BirthYear == 0 {
			return Text{}
		}
		return plain(strconv.Itoa(card.BirthYear))
	}
	out := []ReviewField{
		value(text("姓名", "Name"), func(x conductor.Card) Text { return plain(c.nameOf(x)) }, "surname", "given", "name"),
		value(text("性别", "Sex"), func(x conductor.Card) Text { return word(genderWords, x.Gender) }, "sex"),
		value(text("出生年", "Year of birth"), born, "number", "birth"),
		value(text("手机", "Telephone"), func(x conductor.Card) Text { return plain(maskPhone(x.Phone)) }, "phone"),
		value(text("负责人", "Owner"), func(x conductor.Card) Text {
			return plain(s.staffName(ctx, c, x.Owner))
		}),
	}
	out = append(out, identifierFields(policy, facts, said)...)
	for _, other := range []struct {
		name  Text
		field string
	}{{text("合起来看", "Taken together"), "together"}, {text("身份", "Role"), "role"}} {
		if b, t := said(other.field); b != nil {
			out = append(out, ReviewField{Name: other.name, Bits: b, Said: t})
		}
	}
	return out
}

var genderWords = map[string]Text{"male": text("男", "male"), "female": text("女", "female")}

// maskPhone hides the middle of a telephone number.
func maskPhone(phone string) string {
	n := conductor.PhoneDigits(phone)
	switch {
	case n == "":
		return ""
	case len(n) < 8:
		return "****" + n[max(0, len(n)-4):]
	}
	return n[:3] + "****" + n[len(n)-4:]
}

// identifierFields say how many identifiers of each type both have: their values are kept as hashes only.
func identifierFields(policy *identity.Policy, facts []identity.Facts, said func(...string) (*float64, *Text)) []ReviewField {
	var out []ReviewField
	type place struct{ kind, scope string }
	var seen []place
	for _, h := range slices.Concat(facts[0].Held, facts[len(facts)-1].Held) {
		at := place{h.Type, h.Scope}
		if slices.Contains(seen, at) {
			continue
		}
		seen = append(seen, at)
		name := policy.Type(h.Type).Words
		if policy.Type(h.Type) == policy.Others {
			name = plain(h.Type)
		}
		if h.Scope != "" {
			name.Zh, name.En = name.Zh+"（"+h.Scope+"）", name.En+" ("+h.Scope+")"
		}
		held := func(fs ...identity.Facts) Text {
			var all []identity.Held
			for _, f := range fs {
				for _, x := range f.Held {
					if x.Type == h.Type && x.Scope == h.Scope && !slices.Contains(all, x) {
						all = append(all, x)
					}
				}
			}
			if len(all) == 0 {
				return text("无", "none")
			}
			return text(fmt.Sprintf("%d 个", len(all)), fmt.Sprintf("%d", len(all)))
		}
		f := ReviewField{Name: name, Left: held(facts[0]), Right: held(facts[len(facts)-1]), After: held(facts...)}
		if h.Type != "phone" { // the row of the telephone tells that
			f.Bits, f.Said = said(h.Type)
		}
		out = append(out, f)
	}
	return out
}

// reviewChanges say what merging member into root would change.
func (s *Server) reviewChanges(ctx context.Context, c *caller, root, member conductor.Card) []ReviewShift {
	_, rv, rs, ok := c.space.Conductor.Glance(root.Number)
	_, mv, ms, also := c.space.Conductor.Glance(member.Number)
	if !ok || !also {
		return []ReviewShift{}
	}
	out := consentShifts(rs, ms)
	if a, b := pointsOf(rv), pointsOf(mv); a != 0 || b != 0 {
		out = append(out, ReviewShift{Kind: "points", Text: text(fmt.Sprintf("积分合在一起：%g + %g = %g", a, b, a+b), fmt.Sprintf("Points are counted together: %g + %g = %g", a, b, a+b))})
	}
	out = append(out, c.journeyShifts(rs, ms)...)
	if member.Owner != "" && root.Owner != "" && member.Owner != root.Owner {
		name := s.staffName(ctx, c, root.Owner)
		out = append(out, ReviewShift{Kind: "owner", Text: text("负责人不同：合并后归 "+name, "They have different owners: after merging it is "+name)})
	}
	out = append(out, ReviewShift{Kind: "history", Text: text(
		fmt.Sprintf("时间线合在一起：%d 条和 %d 条；标签和阶段重新算，不补发消息", rv.Len(), mv.Len()),
		fmt.Sprintf("One timeline of both: %d and %d events; tags and stage are computed again, nothing is sent for it", rv.Len(), mv.Len()))})
	return out
}

// consentShifts: the most restrictive holds.
func consentShifts(root, member *engine.State) []ReviewShift {
	out := []ReviewShift{}
	said := func(st *engine.State, purpose string) (given, known bool) {
		for _, g := range st.Consents {
			if g.Purpose == purpose {
				return g.Given, true
			}
		}
		return false, false
	}
	var purposes []string
	for _, g := range slices.Concat(root.Consents, member.Consents) {
		if !slices.Contains(purposes, g.Purpose) {
			purposes = append(purposes, g.Purpose)
		}
	}
	slices.Sort(purposes)
	for _, p := range purposes {
		a, knownA := said(root, p)
		b, knownB := said(member, p)
		name := word(purposeNames, p)
		switch {
		case a && b, !knownB && a, !knownA && b:
			continue
		case !a && !b:
			continue
		}
		out = append(out, ReviewShift{Kind: "consent", Less: true, Text: text(
			"同意“"+name.Zh+"”：一边同意、一边不同意，合并后按不同意", "Consent “"+name.En+"”: given on one side and refused on the other; after merging it is refused")})
	}
	return out
}

// journeyShifts: the root's runs go on; the other's go on where the root has none.
func (c *caller) journeyShifts(root, member *engine.State) []ReviewShift {
	var out []ReviewShift
	for i := range member.Runs {
		key := member.Runs[i].Journey
		name := journeyName(c.space.Conductor, key)
		if slices.ContainsFunc(root.Runs, func(r journey.Run) bool { return r.Journey == key }) {
			out = append(out, ReviewShift{Kind: "journey", Text: text("旅程“"+name.Zh+"”两边都在走：留下保留的那一位的", "Journey “"+name.En+"” runs on both sides: the one of who stays goes on")})
			continue
		}
		out = append(out, ReviewShift{Kind: "journey", Text: text("旅程“"+name.Zh+"”接着走，不重新开始", "Journey “"+name.En+"” goes on, it does not begin again")})
	}
	return out
}

// pointsOf is the balance of a ledger.
func pointsOf(v timeline.View) (sum float64) {
	for i, t := range v.Type {
		if t == event.Points && v.Flags[i]&event.Hidden == 0 {
			sum += v.Num[i]
		}
	}
	return sum
}

func (s *Server) staffName(ctx context.Context, c *caller, id string) string {
	if m := c.space.ref(ctx, s.store, id); m != nil {
		return m.Name
	}
	return ""
}
