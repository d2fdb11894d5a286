package api

import (
	"context"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/staff"
)

type addPersonInput struct {
	Body struct {
		Name      string `json:"name" minLength:"1" maxLength:"60"`
		Phone     string `json:"phone,omitempty" maxLength:"20" pattern:"^[0-9+ -]*$"`
		Gender    string `json:"gender,omitempty" enum:"male,female"`
		BirthYear int    `json:"birthYear,omitempty" minimum:"1900" maximum:"2100"`
		Language  string `json:"language,omitempty" enum:"zh,en"`
		Programme string `json:"programme,omitempty" maxLength:"60"`
		Owner     string `json:"owner,omitempty" maxLength:"40" doc:"the caller when not given"`
	}
}

func (s *Server) addPerson(ctx context.Context, in *addPersonInput) (Person, error) {
	c, _, err := s.authorize(ctx, staff.CanWritePeople)
	if err != nil {
		return Person{}, err
	}
	b := &in.Body
	if err := oneLine("body.name", b.Name); err != nil {
		return Person{}, err
	}
	owner := c.member.ID
	if b.Owner != "" && b.Owner != owner {
		if !c.member.Role.Can(staff.CanAssign) {
			return Person{}, errForbidden
		}
		if err := s.ownerExists(ctx, c, b.Owner); err != nil {
			return Person{}, err
		}
		owner = b.Owner
	}
	if b.Programme != "" && c.space.Conductor.Programme(b.Programme) == nil {
		return Person{}, errCodeChoice.At("body.programme")
	}
	p := conductor.Profile{Name: strings.TrimSpace(b.Name), Phone: digits(b.Phone), Gender: b.Gender, BirthYear: b.BirthYear, Language: b.Language}
	card, err := c.space.Conductor.Enrol(ctx, p, owner, b.Programme, s.entry(ctx, c, "person.add", 0, nil))
	if err != nil {
		return Person{}, err
	}
	requestOf(ctx).concerns(card.Number)
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Person{}, err
	}
	return s.personView(ctx, c, l)
}
