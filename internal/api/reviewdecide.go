package api

import (
	"context"
	"errors"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/relation"
	"peiban/internal/review"
)

type decideReviewInput struct {
	ReviewPath
	Based
	Body struct {
		Decision string `json:"decision" enum:"same,different,family,later"`
		Why      string `json:"why,omitempty" maxLength:"300" doc:"kept sealed, for who asks later; needed for same and different"`
		Kind     string `json:"kind,omitempty" maxLength:"20" doc:"of family: what the right one is to the left one"`
	}
}

type undoReviewInput struct {
	ReviewPath
	Based
}

var errCannotMerge = fault.New(fault.Clash, "merge_excluded", "这两位不能合并", "these two cannot be merged").
	Because("先查清哪个标识登记错了，把它拆出来再合并；或选“是家人”“不是”", "find out which identifier is wrong and split it off first; or say that they are family, or different")

// errAlreadyTwo is what taking back a merge gives that is not there any more.
var errAlreadyTwo = fault.New(fault.Clash, "not_merged", "这一位现在没有合并到别人名下", "this person is not merged into another now")

func (s *Server) decideReview(ctx context.Context, in *decideReviewInput) (Review, error) {
	c, p, both, err := s.pairOf(ctx, in.Review)
	if err != nil {
		return Review{}, err
	}
	defer s.alone(c, both[0])()
	if err := in.check(p.Version); err != nil {
		return Review{}, err
	}
	if p.State != review.Open && p.State != review.Later {
		return Review{}, errNotMerged
	}
	why := strings.TrimSpace(in.Body.Why)
	to := review.State(in.Body.Decision)
	if why == "" && (to == review.Same || to == review.Different) {
		return Review{}, errReviewWhy
	}
	p.Why, p.Done = why, review.Done{}
	switch to {
	case review.Same:
		p.Done, err = s.makeOne(ctx, c, both, why)
	case review.Family:
		p.Done, err = s.makeFamily(ctx, c, both, in.Body.Kind)
	}
	if err != nil {
		return Review{}, err
	}
	return s.decided(ctx, c, &p, to)
}

// decided writes a decision and shows the pair as it stands now.
func (s *Server) decided(ctx context.Context, c *caller, p *review.Proposal, to review.State) (Review, error) {
	before := p.State
	p.State, p.Actor, p.Decided = to, c.actor(), c.space.now()
	if to == review.Open {
		p.Actor, p.Decided, p.Why = "", 0, ""
	}
	err := s.store.DecideProposal(ctx, c.space.number(), p,
		s.entry(ctx, c, "review."+string(to), p.Person, map[string]any{"before": before, "other": c.outside(p.Other), "origin": p.Origin}),
		s.entry(ctx, c, "review."+string(to), p.Other, map[string]any{"before": before, "other": c.outside(p.Person), "origin": p.Origin}))
	if err != nil {
		return Review{}, err
	}
	left, right, ok := c.two(p.Pair)
	if !ok {
		return Review{}, review.ErrNone
	}
	return s.reviewView(ctx, c, p, [2]conductor.Card{left, right})
}

// outside is the id of somebody.
func (c *caller) outside(n person.Number) string {
	card, _ := c.space.Conductor.Directory().Record(n)
	return string(card.ID)
}

// makeOne merges the two of a pair; of two who are one already nothing is done.
func (s *Server) makeOne(ctx context.Context, c *caller, both [2]conductor.Card, why string) (review.Done, error) {
	if both[0].Number == both[1].Number {
		return review.Done{}, nil
	}
	policy, err := s.policy(ctx, c)
	if err != nil {
		return review.Done{}, err
	}
	facts, err := s.factsOf(ctx, c, both[0], both[1])
	if err != nil {
		return review.Done{}, err
	}
	if because := policy.Against(facts...); because != nil {
		return review.Done{}, cannot(policy, because)
	}
	root, err := c.space.Conductor.Merge(ctx, both[0].Number, both[1].Number, why, s.entry(ctx, c, "person.merge", 0, nil))
	if err != nil {
		return review.Done{}, err
	}
	member := both[0].Number
	if root == member {
		member = both[1].Number
	}
	return review.Done{Root: root, Member: member}, nil
}

func cannot(policy *identity.Policy, why *identity.Reason) error {
	f := *errCannotMerge
	if t := causeText(policy, string(why.Cause), why.Type); t != nil {
		f.Text = *t
	}
	return &f
}

// makeFamily writes into the life of the left one what the right one is to them. What they may know is said elsewhere: nothing yet.
func (s *Server) makeFamily(ctx context.Context, c *caller, both [2]conductor.Card, kind string) (review.Done, error) {
	if _, known := event.Words("relation", "kind")[kind]; !known {
		return review.Done{}, errCodeChoice.At("body.kind")
	}
	if both[0].Number == both[1].Number {
		return review.Done{}, review.ErrMoved
	}
	switch relation.GroupOf(kind) {
	case relation.Household:
		return review.Done{Kind: kind}, s.tieHousehold(ctx, c, both[0], both[1], "", true)
	case relation.Guardian: // registered on the person's page, with a proof
		return review.Done{}, errGuardProof
	}
	_, err := s.related(ctx, c, both[0], both[1], "", &ChangedRelative{Kind: kind}, nil, sharing{})
	return review.Done{Kind: kind}, err
}

func (s *Server) undoReview(ctx context.Context, in *undoReviewInput) (Review, error) {
	c, p, both, err := s.pairOf(ctx, in.Review)
	if err != nil {
		return Review{}, err
	}
	defer s.alone(c, both[0])()
	if err := in.check(p.Version); err != nil {
		return Review{}, err
	}
	switch p.State {
	case review.Open:
		return Review{}, errNotUndone
	case review.Same:
		if p.Done.Member != 0 {
			err = c.space.Conductor.Unmerge(ctx, p.Done.Member, s.entry(ctx, c, "person.unmerge", p.Done.Member, nil))
		}
		if errors.Is(err, errAlreadyTwo) { // it was undone on the person's page already
			err = nil
		}
	case review.Family:
		switch {
		case both[0].Number == both[1].Number:
		case relation.GroupOf(p.Done.Kind) == relation.Household:
			err = s.tieHousehold(ctx, c, both[0], both[1], "", false)
		default:
			_, err = s.related(ctx, c, both[0], both[1], "", nil, nil, sharing{})
		}
	}
	if err != nil {
		return Review{}, err
	}
	p.Done = review.Done{}
	return s.decided(ctx, c, &p, review.Open)
}
