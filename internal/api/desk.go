package api

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/page"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// taskRoles is the role that work is put to, by who takes it. A health manager's work comes by owner.
var taskRoles = map[staff.Role]string{staff.Pharmacist: "pharmacist", staff.Doctor: "doctor"}

// sees reports whether the caller may see a person: as the one responsible, or because open work about them waits for
// the caller's role. When that work is done, so is the look.
func (s *Server) sees(ctx context.Context, c *caller, card conductor.Card) bool {
	return c.member.Sees(card.Owner) || !c.member.Disabled && (assigned(c, card) || s.askedAbout(ctx, c).Contains(uint32(card.Number)))
}

// assigned reports whether the caller is the person's doctor: the last that was assigned as one.
func assigned(c *caller, card conductor.Card) bool {
	_, v, _, ok := c.space.Conductor.Glance(card.Number)
	if c.member.Role != staff.Doctor || !ok {
		return false
	}
	doctor, now := event.Intern("doctor"), c.space.now()
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] == event.Assigned && v.B[i] == doctor && v.At[i] <= now && v.Flags[i]&event.Hidden == 0 {
			return v.A[i].String() == c.member.ID
		}
	}
	return false
}

// askedAbout is everybody about whom open work waits for the caller's role.
func (s *Server) askedAbout(ctx context.Context, c *caller) *roaring.Bitmap {
	out := roaring.New()
	list, err := s.askedOf(ctx, c)
	if err != nil {
		s.log.Error("who waits for a role is not known; nobody is shown", "error", err)
		return out
	}
	for _, t := range list {
		out.Add(uint32(t.Person))
	}
	return out
}

// askedOf is the open work that waits for the caller's role, without its words.
func (s *Server) askedOf(ctx context.Context, c *caller) ([]task.Task, error) {
	role := taskRoles[c.member.Role]
	if role == "" {
		return nil, nil
	}
	var all []task.Task
	for part := (page.Part{Limit: 1000}); ; {
		list, err := s.store.Tasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Roles: []string{role}, Bare: true}, part)
		if err != nil {
			return nil, err
		}
		for _, t := range list.Items {
			if t.Claimed == "" || t.Claimed == c.member.ID {
				all = append(all, t)
			}
		}
		if list.Next == "" {
			return all, nil
		}
		part.Cursor = list.Next
	}
}
