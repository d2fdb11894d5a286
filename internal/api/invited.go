package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// MyInvitation is how I bring somebody, and what came of it.
type MyInvitation struct {
	URL       string  `json:"url,omitempty" doc:"absent: not made yet"`
	QR        string  `json:"qr,omitempty" doc:"a PNG as a data address"`
	Brought   int     `json:"brought" doc:"people who came by it and agreed for themselves"`
	Activated int     `json:"activated"`
	Points    float64 `json:"points" doc:"given for it so far"`
	Each      float64 `json:"each" doc:"points for each; 0: nothing is given"`
	PerDay    int     `json:"perDay"`
	PerMonth  int     `json:"perMonth"`
	InTotal   int     `json:"inTotal"`
}

// Inviter is somebody who brought others.
type Inviter struct {
	Person    Ref     `json:"person"`
	Brought   int     `json:"brought" doc:"directly"`
	Settled   int     `json:"settled"`
	Activated int     `json:"activated"`
	Points    float64 `json:"points"`
}

// Inviters is a page of them with the shape of the whole.
type Inviters struct {
	Listing[Inviter]
	Opened  int   `json:"opened" doc:"browsers that opened an invitation"`
	Brought int   `json:"brought"`
	Deepest int   `json:"deepest" doc:"generations"`
	Largest int   `json:"largest" doc:"people below one whom nobody brought, all generations"`
	ByDepth []int `json:"byDepth" doc:"brought in each generation"`
}

type invitersInput struct{ Paging }

func (s *Server) invitedOperations() {
	serve(s, operation{"inviters", http.MethodGet, "/api/inviters", "channels", "Who brought whom, counted: the people who brought most first", forStaff}, s.inviters)
	serve(s, operation{"my-invitation", http.MethodGet, "/api/me/invitation", "me", "How I bring somebody, and what came of it", forPerson}, s.myInvitation)
	serve(s, operation{"make-my-invitation", http.MethodPost, "/api/me/invitation", "me", "Make my invitation; the one there is stays", forPerson}, s.makeMyInvitation)
}

func (s *Server) inviters(ctx context.Context, in *invitersInput) (Inviters, error) {
	c, _, err := s.authorize(ctx, staff.CanManageChannels)
	if err != nil {
		return Inviters{}, err
	}
	tree, err := c.space.Conductor.Brought(ctx)
	if err != nil {
		return Inviters{}, err
	}
	rows, err := c.space.Conductor.Origins(ctx)
	if err != nil {
		return Inviters{}, err
	}
	opened, err := s.store.Arrivals(ctx, c.space.number(), entrance.Span{})
	if err != nil {
		return Inviters{}, err
	}
	shape := tree.Measure()
	out := Inviters{Listing: Listing[Inviter]{Items: []Inviter{}}, Opened: opened[inviteCount].All, Brought: shape.Brought, Deepest: shape.Deepest, Largest: shape.Largest, ByDepth: append([]int{}, shape.ByDepth...)}
	by := map[person.Number]*Inviter{}
	for n, up := range tree.Parent {
		if up == 0 {
			continue
		}
		who := by[person.Number(up)]
		if who == nil {
			who = &Inviter{}
			by[person.Number(up)] = who
		}
		who.Brought++
		if n < len(rows) && rows[n].Settled != 0 {
			who.Settled++
		}
		if n < len(rows) && rows[n].Active != 0 {
			who.Activated++
		}
	}
	order := make([]person.Number, 0, len(by))
	for n := range by {
		if card, ok := c.space.Conductor.Directory().ByNumber(n); ok && s.sees(ctx, c, card) {
			order = append(order, n)
		}
	}
	slices.SortFunc(order, func(a, b person.Number) int {
		return cmp.Or(cmp.Compare(by[b].Brought, by[a].Brought), cmp.Compare(a, b))
	})
	start, err := offset(in.Cursor, len(order))
	if err != nil {
		return Inviters{}, err
	}
	end := min(start+in.limit(50), len(order))
	out.Total = len(order)
	for _, n := range order[start:end] {
		card, v, _, _ := c.space.Conductor.Glance(n)
		row := by[n]
		row.Person, row.Points = Ref{string(card.ID), card.Name}, invitePoints(v.Timeline.Type, v.Timeline.A, v.Timeline.Num)
		out.Items = append(out.Items, *row)
	}
	if end < len(order) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, s.read(ctx, c, "inviters.list", order[start:end]...)
}

var inviteRule = event.Intern(entrance.RewardRule)

func invitePoints(types []event.Type, rule []event.Symbol, amount []float64) (sum float64) {
	for i, t := range types {
		if t == event.Points && rule[i] == inviteRule {
			sum += amount[i]
		}
	}
	return sum
}

var inviterColumns = []export.Column{
	{Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "brought", Name: "带来 brought", Kind: export.Number}, {Key: "settled", Name: "沉淀 settled", Kind: export.Number},
	{Key: "activated", Name: "激活 activated", Kind: export.Number}, {Key: "points", Name: "积分 points", Kind: export.Number},
}

func inviterPerson(x *Inviter) string { return x.Person.ID }

func inviterCells(x *Inviter) []string {
	return []string{x.Person.ID, x.Person.Name, strconv.Itoa(x.Brought), strconv.Itoa(x.Settled), strconv.Itoa(x.Activated), figure(x.Points)}
}

// invitation is what came of mine; state is empty when there is none yet.
func (s *Server) invitation(ctx context.Context, c *caller, state string) (MyInvitation, error) {
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return MyInvitation{}, err
	}
	key := ""
	if l.Programme != nil {
		key = l.Programme.Key
	}
	caps := c.space.Conductor.Caps(key)
	out := MyInvitation{Each: caps.Points, PerDay: caps.PerDay, PerMonth: caps.PerMonth, InTotal: caps.InTotal}
	v := l.View
	out.Points = invitePoints(v.Type, v.A, v.Num)
	brought, active := map[event.Symbol]bool{}, map[event.Symbol]bool{}
	for i, t := range v.Type {
		if t == event.Referral && v.Flags[i]&event.Hidden == 0 {
			brought[v.A[i]] = true
			if v.Num[i] == 1 {
				active[v.A[i]] = true
			}
		}
	}
	out.Brought, out.Activated = len(brought), len(active)
	if state != "" {
		out.URL = s.base(ctx) + entrance.JoinPath + state
		out.QR, err = qrOf(out.URL)
	}
	return out, err
}

func (s *Server) myInvitation(ctx context.Context, _ *Empty) (MyInvitation, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyInvitation{}, err
	}
	mine, err := s.store.InvitationOf(ctx, c.space.number(), c.me.Number)
	if err != nil {
		return MyInvitation{}, err
	}
	if err := s.read(ctx, c, "me.invitation", c.me.Number); err != nil {
		return MyInvitation{}, err
	}
	return s.invitation(ctx, c, mine)
}

func (s *Server) makeMyInvitation(ctx context.Context, _ *Empty) (MyInvitation, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyInvitation{}, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return MyInvitation{}, err
	}
	if !l.State.Consented("basic_service") {
		return MyInvitation{}, errNoConsent
	}
	state, err := s.store.Invite(ctx, c.space.number(), c.me.Number, entrance.NewState(), s.real().UnixMicro(), s.entry(ctx, c, "me.invite", c.me.Number, nil))
	if err != nil {
		return MyInvitation{}, err
	}
	return s.invitation(ctx, c, state)
}
