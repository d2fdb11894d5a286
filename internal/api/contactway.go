package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

// ContactWaySaid is what is said of a contact way.
type ContactWaySaid struct {
	Corp  string   `json:"corp" minLength:"1" maxLength:"40" doc:"id of the connected company"`
	Users []string `json:"users" minItems:"1" maxItems:"100" doc:"userids in WeCom; one of them is added"`
	Ask   bool     `json:"ask,omitempty" doc:"the member has to accept first; else people are added at once"`
}

// ContactWay is a contact way (联系我) that carries a code's state.
type ContactWay struct {
	ContactWaySaid
	QR string `json:"qr" doc:"address of its picture, at WeCom"`
}

type putContactWayInput struct {
	OfEntrance
	Body ContactWaySaid
}

var (
	errNoContact = fault.New(fault.Missing, "contact_way_not_found", "这个入口码没有企业微信码", "the entry code has no contact way")
	errWayMember = fault.New(fault.Invalid, "contact_way_users", "成员账号是 1 到 64 个字母、数字、. _ -，不重复", "userids have 1 to 64 letters, digits, . _ - and stand once").At("body.users")
)

func (s *Server) contactWayOperations() {
	serve(s, operation{"put-contact-way", http.MethodPut, "/api/entrances/{entrance}/contact-way", "channels", "Make the contact way of WeCom that carries a code's state, or change who is added by it", forStaff}, s.putContactWay)
	serve(s, operation{"drop-contact-way", http.MethodDelete, "/api/entrances/{entrance}/contact-way", "channels", "End the contact way: its code leads nowhere from then on", forStaff}, s.dropContactWay)
}

// contactOf finds a code and a company of the caller's workspace.
func (s *Server) contactOf(ctx context.Context, id, company string) (*caller, *entrance.Entrance, corp.Corp, error) {
	c, b, err := s.book(ctx, staff.CanManageChannels)
	if err != nil {
		return nil, nil, corp.Corp{}, err
	}
	e := b.ByID(id)
	if e == nil {
		return nil, nil, corp.Corp{}, errNoEntrance
	}
	if company == "" && e.Contact != nil {
		company = e.Contact.Corp
	}
	w, v, err := s.store.CorpByID(ctx, company)
	if err == nil && w != c.space.number() {
		err = corp.ErrMissing
	}
	return c, e, v, err
}

func (s *Server) putContactWay(ctx context.Context, in *putContactWayInput) (Entrance, error) {
	c, e, v, err := s.contactOf(ctx, in.ID, in.Body.Corp)
	if err != nil {
		return Entrance{}, err
	}
	users := make([]string, len(in.Body.Users))
	for i, u := range in.Body.Users {
		users[i] = strings.TrimSpace(u)
		if !corp.IsUser(users[i]) || slices.Contains(users[:i], users[i]) {
			return Entrance{}, errWayMember
		}
	}
	way, err := s.ways.Put(ctx, &v, e, entrance.Contact{Corp: v.ID, Users: users, Ask: in.Body.Ask})
	if err != nil {
		return Entrance{}, err
	}
	old := e.Contact
	if err := s.store.SetContactWay(ctx, c.space.number(), e.ID, &way, s.entry(ctx, c, "entrance.way", 0, map[string]any{"entrance": e.ID, "corp": v.ID, "users": len(users)})); err != nil {
		return Entrance{}, err
	}
	if old != nil && old.Config != way.Config { // what took its place is written down: the old one leads nowhere that is known
		if w, was, err := s.store.CorpByID(ctx, old.Corp); err == nil && w == c.space.number() {
			_ = s.ways.Drop(ctx, &was, old) // it would go on to lead to the same code: no harm, and the next change tries nothing twice
		}
	}
	return s.entranceByID(ctx, c, e.ID)
}

func (s *Server) dropContactWay(ctx context.Context, in *OfEntrance) (Entrance, error) {
	c, e, v, err := s.contactOf(ctx, in.ID, "")
	switch {
	case e != nil && e.Contact == nil:
		return Entrance{}, errNoContact
	case err != nil && (e == nil || fault.KindOf(err) != fault.Missing):
		return Entrance{}, err
	}
	if err == nil { // the company may be disconnected by now
		if err := s.ways.Drop(ctx, &v, e.Contact); err != nil {
			return Entrance{}, err
		}
	}
	if err := s.store.SetContactWay(ctx, c.space.number(), e.ID, nil, s.entry(ctx, c, "entrance.way", 0, map[string]any{"entrance": e.ID})); err != nil {
		return Entrance{}, err
	}
	return s.entranceByID(ctx, c, e.ID)
}

// entranceByID is a code as it is now.
func (s *Server) entranceByID(ctx context.Context, c *caller, id string) (Entrance, error) {
	b, err := s.store.Entrances(ctx, c.space.number())
	if err != nil {
		return Entrance{}, err
	}
	e := b.ByID(id)
	if e == nil {
		return Entrance{}, errNoEntrance
	}
	f, err := s.figures(ctx, c, b, entrance.Span{})
	if err != nil {
		return Entrance{}, err
	}
	return s.entranceView(ctx, c, b, e, f), nil
}
