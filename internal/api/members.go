package api

import (
	"context"
	"encoding/hex"
	"math"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/staff"
)

// Members are the records that are one person, and how the person is known.
type Members struct {
	Root     string         `json:"root"`
	Items    []MergedMember `json:"items" doc:"the root first"`
	MayMerge bool           `json:"mayMerge"`
	MaySplit bool           `json:"maySplit"`
	Waiting  []ReviewRow    `json:"waiting" doc:"pairs with this person that wait for a decision"`
	Parted   []PartedPerson `json:"parted" doc:"who was made of identifiers taken from this person, or whose identifiers this person was made of; each can be undone"`
}

// MergedMember is one record of a person.
type MergedMember struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Root        bool             `json:"root"`
	Created     string           `json:"created"`
	Identifiers []HeldIdentifier `json:"identifiers"`
}

// PartedPerson is somebody this person was one with until identifiers were parted.
type PartedPerson struct {
	Ref
	At    string `json:"at"`
	Moved int    `json:"moved" doc:"events that went along"`
}

// HeldIdentifier is an identifier that arrived for a record. Values are kept as keyed hashes only.
type HeldIdentifier struct {
	Key       string `json:"key" doc:"names it in a split"`
	Type      string `json:"type"`
	TypeText  Text   `json:"typeText"`
	Scope     string `json:"scope,omitempty"`
	Value     string `json:"value,omitempty" doc:"a part of it, where the record says it too"`
	Exclusive bool   `json:"exclusive,omitempty"`
}

type mergeInput struct {
	IDPath
	Body struct {
		Other string `json:"other" maxLength:"40" doc:"whom to make one with this person"`
		Why   string `json:"why" minLength:"1" maxLength:"300"`
	}
}

type unmergeInput struct {
	IDPath
	Body struct {
		Member string `json:"member" maxLength:"40" doc:"the record that becomes a person of its own again"`
	}
}

type unsplitInput struct {
	IDPath
	Body struct {
		Other string `json:"other" maxLength:"40" doc:"the person it was parted from, or who was parted from it"`
	}
}

type splitInput struct {
	IDPath
	Body struct {
		Member      string   `json:"member" maxLength:"40" doc:"the record the identifiers arrived for"`
		Identifiers []string `json:"identifiers" minItems:"1" maxItems:"200" doc:"keys of those that are somebody else's"`
	}
}

var (
	errOneself      = fault.New(fault.Invalid, "merge_oneself", "不能和自己合并", "somebody cannot be merged with themselves").At("body.other")
	errNoIdentifier = fault.New(fault.Invalid, "identifier_not_found", "这份记录没有这个标识", "this record has no such identifier").At("body.identifiers")
	errMergeWhy     = fault.New(fault.Invalid, "merge_reason", "写明原因", "say why").At("body.why")
	errNotMember    = fault.New(fault.Missing, "member_not_found", "这位的名下没有这份记录", "this person has no such record").At("body.member")
)

func (s *Server) memberOperations() {
	serve(s, operation{"person-members", http.MethodGet, "/api/people/{id}/members", "people", "The records that are one person, with the identifiers each came by", forStaff}, s.personMembers)
	serve(s, operation{"merge-person", http.MethodPost, "/api/people/{id}/merge", "people", "Make one person of two; nothing is moved, and it can be undone for ever", forStaff}, s.mergePerson)
	serve(s, operation{"unmerge-person", http.MethodPost, "/api/people/{id}/unmerge", "people", "Make a record a person of its own again", forStaff}, s.unmergePerson)
	serve(s, operation{"unsplit-person", http.MethodPost, "/api/people/{id}/unsplit", "people", "Undo a parting of identifiers: the two are one person again", forStaff}, s.unsplitPerson)
	serve(s, operation{"split-person", http.MethodPost, "/api/people/{id}/split", "people", "Give some identifiers of a record, and what came by them, to a person of their own", forStaff}, s.splitPerson)
}

func (s *Server) personMembers(ctx context.Context, in *IDPath) (Members, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Members{}, err
	}
	if err := s.read(ctx, c, "members.read", card.Number); err != nil {
		return Members{}, err
	}
	return s.members(ctx, c, c.rootCard(card.Number))
}

func (s *Server) members(ctx context.Context, c *caller, root conductor.Card) (Members, error) {
	policy, err := s.policy(ctx, c)
	if err != nil {
		return Members{}, err
	}
	out := Members{Root: string(root.ID), Items: []MergedMember{}, Waiting: []ReviewRow{}, Parted: []PartedPerson{}, MayMerge: c.member.Role.Can(staff.CanMerge)}
	for _, n := range c.membersOf(root.Number) {
		card, ok := c.ownCard(n)
		if !ok || card.Erased {
			continue
		}
		ids, err := s.store.IdentitiesOf(ctx, c.space.number(), n)
		if err != nil {
			return Members{}, err
		}
		m := MergedMember{ID: string(card.ID), Name: c.nameOf(card), Root: n == root.Number, Created: moment(card.CreatedAt, c.space.loc), Identifiers: []HeldIdentifier{}}
		for _, id := range ids {
			m.Identifiers = append(m.Identifiers, heldView(policy, card, id))
		}
		out.Items = append(out.Items, m)
	}
	if !out.MayMerge {
		return out, nil
	}
	out.MaySplit = true
	out.Parted = s.partedFrom(ctx, c, root)
	pairs, err := s.store.ProposalsOf(ctx, c.space.number(), root.Number)
	if err != nil {
		return Members{}, err
	}
	for i := range pairs {
		a, b, ok := c.two(pairs[i].Pair)
		if (pairs[i].State == review.Open || pairs[i].State == review.Later) && ok && a.Number != b.Number && s.sees(ctx, c, a) && s.sees(ctx, c, b) {
			out.Waiting = append(out.Waiting, s.reviewRow(ctx, c, policy, &pairs[i]))
		}
	}
	return out, nil
}

// ownCard is somebody's card as their own record says it, without what others of one person say.
func (c *caller) ownCard(n person.Number) (conductor.Card, bool) {
	return c.space.Conductor.Directory().Own(n)
}

func heldView(policy *identity.Policy, card conductor.Card, id conductor.Identity) HeldIdentifier {
	t := policy.Type(id.Type)
	v := HeldIdentifier{Key: hex.EncodeToString(id.Hash[:]), Type: id.Type, TypeText: t.Words, Scope: id.Scope, Exclusive: t.Exclusive}
	if t == policy.Others {
		v.TypeText = plain(id.Type)
	}
	if id.Type == "phone" {
		v.Value = maskPhone(card.Phone)
	}
	return v
}

func (s *Server) mergePerson(ctx context.Context, in *mergeInput) (Members, error) {
	c, cards, err := s.authorize(ctx, staff.CanMerge, in.ID, in.Body.Other)
	if err != nil {
		return Members{}, err
	}
	why := strings.TrimSpace(in.Body.Why)
	if why == "" {
		return Members{}, errMergeWhy
	}
	both := [2]conductor.Card{c.rootCard(cards[0].Number), c.rootCard(cards[1].Number)}
	if both[0].Number == both[1].Number {
		return Members{}, errOneself
	}
	defer s.alone(c, both[0])()
	done, err := s.makeOne(ctx, c, both, why)
	if err != nil {
		return Members{}, err
	}
	if err := s.settle(ctx, c, review.PairOf(both[0].Number, both[1].Number), done); err != nil {
		return Members{}, err
	}
	return s.members(ctx, c, c.rootCard(done.Root))
}

// settle closes the question about two people who were made one by hand, where there was one.
func (s *Server) settle(ctx context.Context, c *caller, pair review.Pair, done review.Done) error {
	pairs, err := s.store.ProposalsOf(ctx, c.space.number(), pair.Person)
	if err != nil {
		return err
	}
	for i := range pairs {
		p := &pairs[i]
		if p.Pair != pair || p.State == review.Same {
			continue
		}
		p.State, p.Actor, p.Decided, p.Done = review.Same, c.actor(), c.space.now(), done
		return s.store.DecideProposal(ctx, c.space.number(), p, s.entry(ctx, c, "review.same", pair.Person, nil))
	}
	return nil
}

// memberOf is the record of a person an operation names.
func (s *Server) memberOf(ctx context.Context, id, member string) (*caller, conductor.Card, conductor.Card, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanMerge, id)
	if err != nil {
		return nil, conductor.Card{}, conductor.Card{}, err
	}
	root := c.rootCard(card.Number)
	m, ok := c.space.Conductor.Directory().RecordByID(person.ID(member))
	if !ok || !slices.Contains(c.membersOf(root.Number), m.Number) {
		return nil, conductor.Card{}, conductor.Card{}, errNotMember
	}
	return c, root, m, nil
}

func (s *Server) unmergePerson(ctx context.Context, in *unmergeInput) (Members, error) {
	c, root, member, err := s.memberOf(ctx, in.ID, in.Body.Member)
	if err != nil {
		return Members{}, err
	}
	if member.Number == root.Number {
		return Members{}, errAlreadyTwo.At("body.member")
	}
	defer s.alone(c, root)()
	if err := c.space.Conductor.Unmerge(ctx, member.Number, s.entry(ctx, c, "person.unmerge", member.Number, nil)); err != nil {
		return Members{}, err
	}
	if err := s.reopen(ctx, c, member.Number); err != nil {
		return Members{}, err
	}
	return s.members(ctx, c, root)
}

// reopen asks again about pairs whose merge was taken back.
func (s *Server) reopen(ctx context.Context, c *caller, member person.Number) error {
	pairs, err := s.store.ProposalsOf(ctx, c.space.number(), member)
	if err != nil {
		return err
	}
	for i := range pairs {
		p := &pairs[i]
		if p.State != review.Same || p.Done.Member != member {
			continue
		}
		p.State, p.Actor, p.Decided, p.Done = review.Open, "", 0, review.Done{}
		if err := s.store.DecideProposal(ctx, c.space.number(), p, s.entry(ctx, c, "review.open", member, nil)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) splitPerson(ctx context.Context, in *splitInput) (Members, error) {
	c, root, member, err := s.memberOf(ctx, in.ID, in.Body.Member)
	if err != nil {
		return Members{}, err
	}
	ids, err := s.store.IdentitiesOf(ctx, c.space.number(), member.Number)
	if err != nil {
		return Members{}, err
	}
	var hashes [][16]byte
	for _, key := range in.Body.Identifiers {
		i := slices.IndexFunc(ids, func(id conductor.Identity) bool { return hex.EncodeToString(id.Hash[:]) == key })
		if i < 0 {
			return Members{}, errNoIdentifier
		}
		if !slices.Contains(hashes, ids[i].Hash) {
			hashes = append(hashes, ids[i].Hash)
		}
	}
	defer s.alone(c, root)()
	if err := c.space.Conductor.Split(ctx, member.Number, hashes, s.entry(ctx, c, "person.split", member.Number, map[string]any{"identifiers": len(hashes)})); err != nil {
		return Members{}, err
	}
	return s.members(ctx, c, root)
}

// partedFrom are whom identifiers were parted from or to, the newest first, while they are two.
func (s *Server) partedFrom(ctx context.Context, c *caller, root conductor.Card) []PartedPerson {
	out := []PartedPerson{}
	_, v, _, ok := c.space.Conductor.Glance(root.Number)
	if !ok {
		return out
	}
	split := event.Intern("split")
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] != event.Merged || v.A[i] != split {
			continue
		}
		other := c.rootCard(person.Number(v.Num[i]))
		if other.Number == 0 || other.Number == root.Number || other.Erased || !s.sees(ctx, c, other) ||
			slices.ContainsFunc(out, func(p PartedPerson) bool { return p.ID == string(other.ID) }) {
			continue
		}
		p := PartedPerson{Ref: Ref{string(other.ID), c.nameOf(other)}, At: moment(v.At[i], c.space.loc)}
		if moved := v.XAt(i, 0); !math.IsNaN(moved) {
			p.Moved = int(moved)
		}
		out = append(out, p)
	}
	return out
}

func (s *Server) unsplitPerson(ctx context.Context, in *unsplitInput) (Members, error) {
	c, cards, err := s.authorize(ctx, staff.CanMerge, in.ID, in.Body.Other)
	if err != nil {
		return Members{}, err
	}
	root := c.rootCard(cards[0].Number)
	defer s.alone(c, root)()
	now, err := c.space.Conductor.Unsplit(ctx, root.Number, cards[1].Number, s.entry(ctx, c, "person.unsplit", root.Number, nil))
	if err != nil {
		return Members{}, err
	}
	return s.members(ctx, c, c.rootCard(now))
}
