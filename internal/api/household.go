package api

import (
	"context"
	"net/http"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// Household is who lives under one roof or uses one telephone with a person. Each stays a person of their own, and knows nothing by it.
type Household struct {
	Members []HouseholdMember `json:"members"`
	Others  int               `json:"others" doc:"members the caller may not see"`
}

// HouseholdMember is one of them.
type HouseholdMember struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Direct bool   `json:"direct" doc:"joined with the person in one step, not by way of another"`
}

type householdInput struct {
	IDPath
	Body struct {
		Other string `json:"other" maxLength:"40" doc:"id of the person who shares it"`
		Proof string `json:"proof,omitempty" maxLength:"200" doc:"how it is known: one telephone, one address"`
	}
}

type householdPath struct {
	IDPath
	Other string `path:"other" maxLength:"40"`
}

func (s *Server) householdOperations() {
	serve(s, operation{"household", http.MethodGet, "/api/people/{id}/household", "people", "Who shares a telephone or an address with a person, without being the same person", forStaff}, s.household)
	serve(s, operation{"join-household", http.MethodPost, "/api/people/{id}/household", "people", "Say that two people share a telephone or an address; nothing of one is joined with the other", forStaff}, s.joinHousehold)
	serve(s, operation{"leave-household", http.MethodDelete, "/api/people/{id}/household/{other}", "people", "Say that two people do not share a household any more", forStaff}, s.leaveHousehold)
}

var (
	errSamePerson = fault.New(fault.Invalid, "same_person", "这是同一个人", "this is the same person").At("body.other")
	errNoMember   = fault.New(fault.Missing, "household_not_found", "这两个人没有登记为同一家庭", "the two are not of one household")
)

func (s *Server) household(ctx context.Context, in *IDPath) (Household, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Household{}, err
	}
	if err := s.read(ctx, c, "household.read", card.Number); err != nil {
		return Household{}, err
	}
	return s.householdOf(ctx, c, card), nil
}

func (s *Server) joinHousehold(ctx context.Context, in *householdInput) (Household, error) {
	return s.setHousehold(ctx, in.ID, in.Body.Other, in.Body.Proof, true)
}

func (s *Server) leaveHousehold(ctx context.Context, in *householdPath) (Household, error) {
	return s.setHousehold(ctx, in.ID, in.Other, "", false)
}

// setHousehold tells both lives of it in one transaction. Said twice, it is said once.
func (s *Server) setHousehold(ctx context.Context, id, with, proof string, on bool) (Household, error) {
	c, cards, err := s.authorize(ctx, staff.CanWritePeople, id, with)
	if err != nil {
		return Household{}, err
	}
	a, b := cards[0], cards[1]
	if a.Number == b.Number {
		return Household{}, errSamePerson
	}
	first, second := a, b
	if second.ID < first.ID { // always in one order, so that two who say it at once do not wait for each other
		first, second = b, a
	}
	defer s.alone(c, first)()
	defer s.alone(c, second)()
	if !on && !slices.Contains(beside(c, a), string(b.ID)) {
		return Household{}, errNoMember
	}
	if err := s.tieHousehold(ctx, c, a, b, proof, on); err != nil {
		return Household{}, err
	}
	return s.householdOf(ctx, c, a), nil
}

// tieHousehold writes into both lives that they share a household, or do so no more. What stands already is not written again.
func (s *Server) tieHousehold(ctx context.Context, c *caller, a, b conductor.Card, proof string, on bool) error {
	if slices.Contains(beside(c, a), string(b.ID)) == on {
		return nil
	}
	var items []conductor.Item
	for _, x := range [][2]conductor.Card{{a, b}, {b, a}} {
		props := map[string]any{"kind": "household", "scope": "", "active": on, "person": string(x[1].ID)}
		if proof != "" {
			props["proof"] = proof
		}
		it, err := item(x[0], "relation", props)
		if err != nil {
			return err
		}
		items = append(items, it)
	}
	action := map[bool]string{true: "household.join", false: "household.leave"}[on]
	return s.submit(ctx, c, a, action, items...)
}

// beside are the ids of those one step away.
func beside(c *caller, card conductor.Card) (out []string) {
	_, v, _, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return nil
	}
	for _, r := range conductor.Relations(v.Timeline) {
		if r.Active && r.Household() && r.Person != "" {
			out = append(out, r.Person)
		}
	}
	return out
}

// mostHousehold is where the looking for members ends: a number a whole village leaves is no household.
const mostHousehold = 20

// householdOf follows the links: who shares with one who shares is of the household.
func (s *Server) householdOf(ctx context.Context, c *caller, card conductor.Card) Household {
	out := Household{Members: []HouseholdMember{}}
	seen := map[person.Number]bool{card.Number: true}
	direct := beside(c, card)
	for queue := []conductor.Card{card}; len(queue) > 0 && len(seen) <= mostHousehold; queue = queue[1:] {
		for _, id := range beside(c, queue[0]) {
			other, ok := c.space.card(id)
			if !ok || other.Erased || seen[other.Number] {
				continue
			}
			seen[other.Number] = true
			queue = append(queue, other)
			if !s.sees(ctx, c, other) {
				out.Others++
				continue
			}
			out.Members = append(out.Members, HouseholdMember{string(other.ID), c.nameOf(other), slices.Contains(direct, id)})
		}
	}
	return out
}
