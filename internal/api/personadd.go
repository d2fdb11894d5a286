package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

type addPersonInput struct {
	Body struct {
		Name       string   `json:"name" minLength:"1" maxLength:"60"`
		Phone      string   `json:"phone,omitempty" maxLength:"20" pattern:"^[0-9+ -]*$" doc:"of somebody who is here already: that person is answered, with existing, and nothing is changed"`
		Gender     string   `json:"gender,omitempty" enum:"male,female"`
		BirthYear  int      `json:"birthYear,omitempty" minimum:"1900" maximum:"2100"`
		LivesAlone *bool    `json:"livesAlone,omitempty"`
		Language   string   `json:"language,omitempty" enum:"zh,en"`
		Programme  string   `json:"programme,omitempty" maxLength:"60"`
		Owner      string   `json:"owner,omitempty" maxLength:"40" doc:"the caller when not given"`
		Doctor     string   `json:"doctor,omitempty" maxLength:"40" doc:"the member of staff who is the person's doctor"`
		Consents   []string `json:"consents,omitempty" maxItems:"20" doc:"purposes the person agreed to, each on its own; the phone asks for the others"`
		Basis      string   `json:"basis,omitempty" enum:"paper,recorded_call," doc:"how the person agreed; with consents"`
		Proof      string   `json:"proof,omitempty" maxLength:"200" doc:"where the proof lies, such as the number of the signed sheet; with consents"`
	}
}

var (
	errPhoneTaken = fault.New(fault.Clash, "phone_taken", "这个手机号已经登记在别人名下", "this telephone number is on file for somebody else").At("body.phone").
			Because("核对号码；若就是本人，请主管把人转给您", "check the number; if it is the same person, ask a manager to hand them over")
	errBasis = fault.New(fault.Invalid, "consent_basis_missing", "写明是怎样同意的，证明在哪里", "say how the person agreed and where the proof lies")
)

func (s *Server) addPerson(ctx context.Context, in *addPersonInput) (Person, error) {
	c, _, err := s.authorize(ctx, staff.CanWritePeople)
	if err != nil {
		return Person{}, err
	}
	a, err := s.admission(ctx, c, in)
	if err != nil {
		return Person{}, err
	}
	if a.Phone != "" { // two who add the same person at once add one
		defer s.edits.lock(string(c.space.Workspace.ID) + "phone" + conductor.PhoneDigits(a.Phone))()
		if card, there := c.space.Conductor.Directory().ByPhone(a.Phone); there {
			return s.existing(ctx, c, card)
		}
	}
	card, err := c.space.Conductor.Admit(ctx, a, s.entry(ctx, c, "person.add", 0, nil))
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

// existing is the person who has a number already, for whoever may see them.
func (s *Server) existing(ctx context.Context, c *caller, card conductor.Card) (Person, error) {
	if !s.sees(ctx, c, card) {
		return Person{}, errPhoneTaken
	}
	requestOf(ctx).concerns(card.Number)
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Person{}, err
	}
	if err := s.read(ctx, c, "person.read", card.Number); err != nil {
		return Person{}, err
	}
	p, err := s.personView(ctx, c, l)
	p.Existing = true
	return p, err
}

// admission checks everything before anybody is made.
func (s *Server) admission(ctx context.Context, c *caller, in *addPersonInput) (conductor.Admission, error) {
	b := &in.Body
	a := conductor.Admission{
		Profile: conductor.Profile{Name: strings.TrimSpace(b.Name), Phone: digits(b.Phone), Gender: b.Gender, BirthYear: b.BirthYear, Language: b.Language},
		Owner:   c.member.ID, LivesAlone: b.LivesAlone, Doctor: b.Doctor, Programme: b.Programme,
	}
	if err := oneLine("body.name", b.Name); err != nil {
		return a, err
	}
	if err := s.bornBy(c, b.BirthYear); err != nil {
		return a, err
	}
	if b.Owner != "" && b.Owner != c.member.ID {
		if !c.member.Role.Can(staff.CanAssign) {
			return a, errForbidden
		}
		if err := s.ownerExists(ctx, c, b.Owner); err != nil {
			return a, err
		}
		a.Owner = b.Owner
	}
	if b.Doctor != "" {
		if !c.member.Role.Can(staff.CanAssign) && b.Doctor != c.member.ID {
			return a, errForbidden
		}
		if err := s.doctorExists(ctx, c, b.Doctor); err != nil {
			return a, err
		}
	}
	p := c.space.Conductor.Programme(b.Programme)
	if b.Programme != "" && p == nil {
		return a, errCodeChoice.At("body.programme")
	}
	for i, purpose := range b.Consents {
		if p == nil || p.Consents[purpose] == nil || slices.Contains(b.Consents[:i], purpose) {
			return a, errCodeChoice.At("body.consents")
		}
		if b.Basis == "" {
			return a, errBasis.At("body.basis").Because("paper 签了字的纸，recorded_call 有录音的电话", "paper, signed; recorded_call, a call that was recorded")
		}
		if err := oneLine("body.proof", b.Proof); err != nil {
			return a, errBasis.At("body.proof").Because("例如 同意书编号 2026-0312", "such as the number of the signed sheet")
		}
		a.Consents = append(a.Consents, conductor.ConsentGiven{Purpose: purpose, TextVersion: consent.TextVersion(p.Consents[purpose]), Basis: b.Basis, Proof: strings.TrimSpace(b.Proof)})
	}
	return a, nil
}

// bornBy refuses a year of birth that is still to come.
func (s *Server) bornBy(c *caller, year int) error {
	if year > time.UnixMicro(c.space.now()).In(c.space.loc).Year() {
		return errFuture.At("body.birthYear").Because("写四位年份，例如 1956", "four digits, such as 1956")
	}
	return nil
}

func (s *Server) doctorExists(ctx context.Context, c *caller, id string) error {
	if !slices.ContainsFunc(c.space.team(ctx, s.store), func(m staff.Member) bool { return m.ID == id && m.Role == staff.Doctor && !m.Disabled }) {
		return errCodeChoice.At("body.doctor").Because("写一位医生账号的编号", "the id of a doctor's account")
	}
	return nil
}
