package api

import (
	"context"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// taskRoles is the role that work is put to, by who takes it. A health manager's work comes by owner.
var taskRoles = map[staff.Role]string{staff.Pharmacist: "pharmacist", staff.Doctor: "doctor", staff.Manager: "manager", staff.Admin: "manager"}

// sees reports whether the caller may see a person: as the one responsible, or because open work about them waits for
// the caller's role. When that work is done, so is the look.
func (s *Server) sees(ctx context.Context, c *caller, card conductor.Card) bool {
	if !c.shares(card) {
		return false
	}
	return c.member.Sees(card.Owner) || !c.member.Disabled && (assigned(c, card) || s.covers(ctx, c, card.Owner) || s.askedAbout(ctx, c).Contains(uint32(card.Number)) || handedTo(c, card))
}

// handedTo reports whether the conversation with a person was handed to the caller and is not done yet.
func handedTo(c *caller, card conductor.Card) bool {
	return c.key == nil && c.sending == nil && c.member.ID != "" && c.space.Conductor.Talk(card.Number).Owner.String() == c.member.ID
}

// covers reports whether the caller acts for an absent owner now.
func (s *Server) covers(ctx context.Context, c *caller, owner string) bool {
	return owner != "" && slices.Contains(s.actingFor(ctx, c), owner)
}

// assigned reports whether the caller is the person's doctor: the last that was assigned as one.
func assigned(c *caller, card conductor.Card) bool {
	if c.member.Role != staff.Doctor {
		return false
	}
	_, v, _, ok := c.space.Conductor.Glance(card.Number)
	return ok && doctorOf(v, c.space.now()) == c.member.ID
}

// doctorOf is the member of staff assigned last as the person's doctor; "" when nobody is.
func doctorOf(v timeline.View, now int64) string {
	doctor := event.Intern("doctor")
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] == event.Assigned && v.B[i] == doctor && v.At[i] <= now && v.Flags[i]&event.Hidden == 0 {
			return v.A[i].String()
		}
	}
	return ""
}

// doctors remembers whose doctor is whom, so that a list does not read every timeline again: only those with new events are.
type doctors struct {
	mu sync.Mutex
	of map[person.Number]remembered
}

type remembered struct {
	events, fixes int
	doctor        string
}

// patients are the people whose doctor the caller is; nobody for other roles.
func (d *doctors) patients(c *caller) *roaring.Bitmap {
	out := roaring.New()
	if c.member.Role != staff.Doctor {
		return out
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of = map[person.Number]remembered{}
	}
	now := c.space.now()
	for _, n := range numbersOf(c.space.Conductor.Directory().All()) {
		_, v, _, ok := c.space.Conductor.Glance(n)
		if !ok {
			continue
		}
		r := d.of[n]
		if r.events != v.Len() || r.fixes != len(v.Fixes) {
			r = remembered{v.Len(), len(v.Fixes), doctorOf(v, now)}
			d.of[n] = r
		}
		if r.doctor == c.member.ID {
			out.Add(uint32(n))
		}
	}
	return out
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
	if list, err = s.leftWith(ctx, c); err != nil {
		s.log.Error("whose work stayed with its old owner is not known; nobody is shown", "error", err)
	}
	for _, t := range list {
		out.Add(uint32(t.Person))
	}
	return out
}

// leftWith is open work about people who are somebody else's by now, and which was left with the caller when they were handed over. When it
// is done, so is the look.
func (s *Server) leftWith(ctx context.Context, c *caller) ([]task.Task, error) {
	if c.member.Role.Can(staff.CanReadAll) || !c.member.Role.Can(staff.CanWork) || c.key != nil || c.sending != nil {
		return nil, nil
	}
	return s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Left: c.member.ID, Bare: true})
}

// askedOf is the open work that waits for the caller's role, without its words.
func (s *Server) askedOf(ctx context.Context, c *caller) ([]task.Task, error) {
	role := taskRoles[c.member.Role]
	if role == "" || c.key != nil || c.sending != nil {
		return nil, nil
	}
	all, err := s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Roles: []string{role}, Bare: true})
	return slices.DeleteFunc(all, func(t task.Task) bool { return t.Claimed != "" && t.Claimed != c.member.ID }), err
}
