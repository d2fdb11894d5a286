package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/visit"
)

// VisitLink is a way in for a doctor without an account. Its address is told once, when it is made.
type VisitLink struct {
	ID      string `json:"id"`
	URL     string `json:"url,omitempty"`
	QR      string `json:"qr,omitempty" doc:"a PNG as a data address"`
	Created string `json:"created"`
	Expires string `json:"expires"`
	State   string `json:"state" enum:"open,answered,revoked,expired"`
	By      *Text  `json:"by,omitempty" doc:"who made it"`
}

func (s *Server) visitLinkOperations() {
	serve(s, operation{"make-visit-link", http.MethodPost, "/api/people/{id}/visit-links", "visit", "A link and QR by which a doctor without an account reads the page and answers once", forStaff}, s.makeVisitLink)
	serve(s, operation{"visit-links", http.MethodGet, "/api/people/{id}/visit-links", "visit", "Visit links of a person, newest first; never their addresses", forStaff}, s.personVisitLinks)
	act(s, operation{"revoke-visit-link", http.MethodPost, "/api/people/{id}/visit-links/{link}/revoke", "visit", "End a visit link at once", forStaff}, s.revokeVisitLink)
	serve(s, operation{"make-my-visit-link", http.MethodPost, "/api/me/visit-links", "me", "A link and QR for my doctor", forPerson}, s.makeMyVisitLink)
	serve(s, operation{"my-visit-links", http.MethodGet, "/api/me/visit-links", "me", "My visit links, newest first", forPerson}, s.myVisitLinks)
	act(s, operation{"revoke-my-visit-link", http.MethodPost, "/api/me/visit-links/{link}/revoke", "me", "End a visit link of mine at once", forPerson}, s.revokeMyVisitLink)
}

func (s *Server) makeVisitLink(ctx context.Context, in *IDPath) (VisitLink, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return VisitLink{}, err
	}
	return s.newVisitLink(ctx, c, card)
}

func (s *Server) makeMyVisitLink(ctx context.Context, _ *Empty) (VisitLink, error) {
	c, err := s.self(ctx)
	if err != nil {
		return VisitLink{}, err
	}
	return s.newVisitLink(ctx, c, c.me)
}

// newVisitLink keeps the hash of a random token. The token stands behind # in the address: browsers do not send that part, so no
// server and no proxy on the way has it in a log.
func (s *Server) newVisitLink(ctx context.Context, c *caller, card conductor.Card) (VisitLink, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return VisitLink{}, err
	}
	if !agreed(l) {
		return VisitLink{}, errNoConsent
	}
	token, now := staff.NewToken(), s.real()
	link := visit.Link{ID: ulid.Make().String(), Person: card.Number, Actor: c.actor(), Created: now.UnixMicro(), Expires: now.Add(visit.LinkLife).UnixMicro()}
	if err := s.store.CreateVisitLink(ctx, c.space.number(), staff.HashToken(token), link, s.entry(ctx, c, "visit.link", card.Number, map[string]any{"link": link.ID})); err != nil {
		return VisitLink{}, err
	}
	out := s.visitLinkView(ctx, c, link)
	out.URL = s.base(ctx) + "/visit/#" + token
	out.QR, err = qrOf(out.URL)
	return out, err
}

func (s *Server) visitLinkView(ctx context.Context, c *caller, l visit.Link) VisitLink {
	at := func(t int64) string { return time.UnixMicro(t).In(c.space.loc).Format(time.RFC3339) }
	return VisitLink{ID: l.ID, Created: at(l.Created), Expires: at(l.Expires), State: string(l.StateAt(s.real().UnixMicro())), By: s.actorName(ctx, c, l.Actor)}
}

type visitLinksInput struct {
	IDPath
	Paging
}

func (s *Server) personVisitLinks(ctx context.Context, in *visitLinksInput) (Listing[VisitLink], error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Listing[VisitLink]{}, err
	}
	if err := s.read(ctx, c, "visit.links", card.Number); err != nil {
		return Listing[VisitLink]{}, err
	}
	return s.visitLinks(ctx, c, card.Number, in.Paging)
}

type myVisitLinksInput struct{ Paging }

func (s *Server) myVisitLinks(ctx context.Context, in *myVisitLinksInput) (Listing[VisitLink], error) {
	c, err := s.self(ctx)
	if err != nil {
		return Listing[VisitLink]{}, err
	}
	if err := s.read(ctx, c, "me.visit", c.me.Number); err != nil {
		return Listing[VisitLink]{}, err
	}
	return s.visitLinks(ctx, c, c.me.Number, in.Paging)
}

func (s *Server) visitLinks(ctx context.Context, c *caller, n person.Number, part Paging) (Listing[VisitLink], error) {
	links, err := s.store.VisitLinks(ctx, c.space.number(), n)
	if err != nil {
		return Listing[VisitLink]{}, err
	}
	start, err := offset(part.Cursor, len(links))
	if err != nil {
		return Listing[VisitLink]{}, err
	}
	end := min(start+part.limit(50), len(links))
	out := Listing[VisitLink]{Items: []VisitLink{}, Total: len(links)}
	for _, l := range links[start:end] {
		out.Items = append(out.Items, s.visitLinkView(ctx, c, l))
	}
	if end < len(links) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, nil
}

// LinkPath names a visit link.
type LinkPath struct {
	Link string `path:"link" maxLength:"40"`
}

type revokeLinkInput struct {
	IDPath
	LinkPath
}

func (s *Server) revokeVisitLink(ctx context.Context, in *revokeLinkInput) error {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return err
	}
	return s.revokeLink(ctx, c, card.Number, in.Link)
}

type revokeMyLinkInput struct{ LinkPath }

func (s *Server) revokeMyVisitLink(ctx context.Context, in *revokeMyLinkInput) error {
	c, err := s.self(ctx)
	if err != nil {
		return err
	}
	return s.revokeLink(ctx, c, c.me.Number, in.Link)
}

func (s *Server) revokeLink(ctx context.Context, c *caller, n person.Number, id string) error {
	return s.store.RevokeVisitLink(ctx, c.space.number(), n, id, s.real().UnixMicro(), s.entry(ctx, c, "visit.revoke", n, map[string]any{"link": id}))
}

var (
	errVisitLink = fault.New(fault.Unauthenticated, "bad_visit_link", "这个链接已失效。请患者或健康管理师重新生成一页", "this link is no longer valid; ask the patient or the health manager for a new page")
	errAnswered  = fault.New(fault.Clash, "visit_answered", "这个链接已经答复过一次。要补充，请患者重新生成一页", "this link was answered once already; to add something, ask the patient for a new page")
)

// guest finds out whose page a token opens. A token that never was, ran out or was taken back is one answer, and each costs a try
// of the address it came from.
func (s *Server) guest(ctx context.Context, token string) (*caller, conductor.Card, visit.Link, error) {
	none := conductor.Card{}
	peer := requestOf(ctx).peer
	if err := s.knock(peer); err != nil {
		return nil, none, visit.Link{}, err
	}
	w, link, err := s.store.VisitLink(ctx, staff.HashToken(token))
	if err != nil {
		if fault.KindOf(err) == fault.Unauthenticated {
			err = errVisitLink
		}
		return nil, none, link, err
	}
	sp := s.space(w)
	if sp == nil || !link.Opens(s.real().UnixMicro()) {
		return nil, none, link, errVisitLink
	}
	card, ok := sp.Conductor.Directory().ByNumber(link.Person)
	if ok {
		card, ok = sp.card(string(card.ID)) // who was merged answers as the one they were merged into
	}
	if !ok {
		return nil, none, link, errVisitLink
	}
	s.doors.back(peer)
	c := &caller{space: sp, session: staff.Session{Kind: visitor}, link: link.ID}
	requestOf(ctx).actor = c.actor()
	return c, card, link, nil
}

// visitor is the kind of caller who came by a visit link: there is no session of it.
const visitor = "visit"
