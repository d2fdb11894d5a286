package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/staff"
)

// StaffRef is the member of staff who is signed in.
type StaffRef struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Login string `json:"login"`
	Role  string `json:"role"`
}

// SpaceRef is the workspace one is signed in to.
type SpaceRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind" enum:"live,rehearsal"`
	Zone string `json:"zone"`
	Now  string `json:"now" doc:"the workspace's clock, which a rehearsal may have moved"`

	Beside string `json:"beside,omitempty" doc:"of a rehearsal: id of the live workspace it is beside"`
}

// Session is who is signed in, where, and what they may do.
type Session struct {
	Staff     StaffRef `json:"staff"`
	Workspace SpaceRef `json:"workspace"`
	CSRF      string   `json:"csrf" doc:"send it as X-CSRF-Token with every write"`
	Language  string   `json:"language" enum:"zh,en"`
	Can       []string `json:"can"`
}

func (s *Server) sessionOperations() {
	serveCookie(s, operation{"sign-in", http.MethodPost, "/api/session", "session", "Sign in as staff", forAnyone}, s.signIn)
	serve(s, operation{"session", http.MethodGet, "/api/session", "session", "Who is signed in", forStaff}, s.currentSession)
	serveCookie(s, operation{"sign-out", http.MethodDelete, "/api/session", "session", "Sign out", forStaff}, s.signOut)
}

type signInInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"512"`
	}
}

// signIn answers the same, after the same time, to a login that does not exist and to a wrong password.
func (s *Server) signIn(ctx context.Context, in *signInInput) (Session, *http.Cookie, error) {
	peer := requestOf(ctx).peer
	if err := s.knock(peer); err != nil {
		return Session{}, nil, err
	}
	login := strings.ToLower(strings.TrimSpace(in.Body.Login))
	places, err := s.store.LoginPlaces(ctx, login)
	if err != nil {
		return Session{}, nil, err
	}
	now := s.real()
	var wait time.Duration
	tried := false
	for _, w := range places { // who signs in names no workspace: the first whose password fits
		sp := s.space(w)
		if sp == nil {
			continue
		}
		m, err := s.store.MemberByLogin(ctx, w, login)
		if err != nil {
			return Session{}, nil, err
		}
		if left := m.Locked(now); left > 0 {
			wait, tried = max(wait, left), true
			continue
		}
		tried = true
		if !staff.CheckPassword(in.Body.Password, m.Hash) || m.Disabled {
			if err := s.wrongPassword(ctx, sp, m, now); err != nil {
				return Session{}, nil, err
			}
			continue
		}
		s.doors.back(peer)
		return s.rightPassword(ctx, sp, m)
	}
	if !tried {
		staff.CheckPassword(in.Body.Password, "")
	}
	if wait > 0 {
		return Session{}, nil, locked(wait)
	}
	return Session{}, nil, errBadSignIn
}

func (s *Server) wrongPassword(ctx context.Context, sp *space, m staff.Member, now time.Time) error {
	m.Fail(now)
	return s.store.SignInFailed(ctx, sp.number(), m.ID, m.LockedUntil, audit.Entry{
		At: now.UnixMicro(), Actor: "staff:" + m.ID, Action: "session.refused", Ref: requestOf(ctx).id})
}

func (s *Server) rightPassword(ctx context.Context, sp *space, m staff.Member) (Session, *http.Cookie, error) {
	if m.Failed > 0 || m.LockedUntil > 0 {
		if err := s.store.SignInSucceeded(ctx, sp.number(), m.ID); err != nil {
			return Session{}, nil, err
		}
	}
	sess, cookie, err := s.begin(ctx, sp, staff.KindStaff, m.ID, audit.Entry{
		At: s.real().UnixMicro(), Actor: "staff:" + m.ID, Action: "session.begin", Ref: requestOf(ctx).id})
	if err != nil {
		return Session{}, nil, err
	}
	return s.sessionView(&caller{space: sp, session: sess, member: m}), cookie, nil
}

func (s *Server) currentSession(ctx context.Context, _ *Empty) (Session, error) {
	return s.sessionView(callerOf(ctx)), nil
}

func (s *Server) signOut(ctx context.Context, _ *Empty) (Empty, *http.Cookie, error) {
	c := callerOf(ctx)
	err := s.store.EndSession(ctx, c.space.number(), c.session.TokenHash, s.entry(ctx, c, "session.end", 0, nil))
	return Empty{}, s.cookie(staffCookie, "", -1), err
}

func (s *Server) sessionView(c *caller) Session {
	v := Session{
		Staff:     StaffRef{ID: c.member.ID, Name: c.member.Name, Login: c.member.Login, Role: string(c.member.Role)},
		Workspace: c.space.view(), CSRF: c.session.CSRF, Language: c.member.Language, Can: []string{},
	}
	if v.Language != "en" {
		v.Language = "zh"
	}
	for _, p := range c.member.Role.Permissions() {
		v.Can = append(v.Can, string(p))
	}
	return v
}

func (sp *space) view() SpaceRef {
	w := sp.Workspace
	return SpaceRef{ID: string(w.ID), Name: w.Name, Kind: string(w.Kind), Zone: w.Zone, Now: moment(sp.now(), sp.loc), Beside: string(sp.beside)}
}
