package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// Cookies. Each holds a random token; the database keeps its hash, and beside it the workspace.
const (
	staffCookie  = "pb_staff"
	personCookie = "pb_me"
)

// caller is who asks: a member of staff, or a person at their phone.
type caller struct {
	space   *space
	session staff.Session
	member  staff.Member   // when session.Kind is staff
	me      conductor.Card // when session.Kind is person
	link    string         // id of the visit link the caller came by, who is then neither staff nor the person
	key     *out.Key       // of another system, which reads as a member of staff who sees only who shares; nil: it is none
	sending *out.Delivery  // a list that is sent at its time, with the rights of its maker, of who shares; nil: it is none
}

// actor is how audit rows and events name the caller.
func (c *caller) actor() string {
	if c.link != "" {
		return "visit:" + c.link
	}
	if c.key != nil {
		return "key:" + c.key.ID
	}
	if c.sending != nil {
		return "delivery:" + c.sending.ID
	}
	if c.session.Kind == staff.KindStaff {
		return "staff:" + c.member.ID
	}
	return "person:" + string(c.me.ID)
}

// masked reports whether names are shown as 张*芳 to the caller.
func (c *caller) masked() bool {
	return c.session.Kind == staff.KindStaff && (!c.member.Role.Can(staff.CanReadNames) || c.sending != nil && !c.sending.Told.Names)
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

// realm tells which cookie rules an address.
func realm(path string) string {
	switch {
	case path == "/api/me" || strings.HasPrefix(path, "/api/me/"):
		return personCookie
	case strings.HasPrefix(path, "/api/join/"): // whoever comes by a code is nobody yet
		return ""
	case strings.HasPrefix(path, "/api/visit/"): // whoever comes by a link is nobody, also where staff are signed in
		return ""
	case strings.HasPrefix(path, "/api/"), path == fhirAddress, strings.HasPrefix(path, fhirAddress+"/"):
		return staffCookie
	}
	return ""
}

// unsafe reports whether a method may change something.
func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// withoutToken are the addresses that change something before there is a session, or for the start page of a
// rehearsal, which has none. The check of the request's origin still holds for them.
func (s *Server) withoutToken(r *http.Request) bool {
	switch p := r.URL.Path; {
	case p == "/api/session" && r.Method == http.MethodPost, p == "/api/me/session" && r.Method == http.MethodPost:
		return true
	case s.demo != nil && (p == "/api/clock" || strings.HasPrefix(p, "/api/demo/")):
		return true
	}
	return false
}

// known finds out who asks, from the cookie of the address's realm, and refuses a change without the session's
// CSRF token.
func (s *Server) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := realm(r.URL.Path)
		if name == "" {
			next.ServeHTTP(w, r)
			return
		}
		var c *caller
		var err error
		if token, ok := bearer(r); ok && name == staffCookie { // a key, and no cookie beside it
			if c, err = s.machine(r, token); err != nil {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
		} else {
			c, err = s.identify(r, name)
		}
		if err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		if c != nil {
			if unsafe(r.Method) && !s.withoutToken(r) && !c.session.CSRFMatches(r.Header.Get("X-CSRF-Token")) {
				writeProblem(w, r, errCSRF)
				return
			}
			if c.space.Conductor.Contained() && leaves(r) {
				writeProblem(w, r, s.fails(requestOf(r.Context()), errContained))
				return
			}
			requestOf(r.Context()).actor = c.actor()
			r = r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
		}
		next.ServeHTTP(w, r)
	})
}

// identify reads a cookie. Nobody, and no error, is the answer to a cookie that is missing, broken, expired, or
// of a member who was disabled.
func (s *Server) identify(r *http.Request, name string) (*caller, error) {
	cookie, err := r.Cookie(name)
	if err != nil {
		return nil, nil //nolint:nilerr // no cookie: nobody
	}
	return s.session(r.Context(), cookie.Value, name)
}

func (s *Server) session(ctx context.Context, token, name string) (*caller, error) {
	kind := staff.KindStaff
	if name == personCookie {
		kind = staff.KindPerson
	}
	w, sess, err := s.store.Session(ctx, kind, staff.HashToken(token))
	if err != nil {
		return nil, ignoreUnknown(err)
	}
	now := s.real()
	sp := s.space(w)
	if sp == nil || !sess.Valid(now) {
		return nil, nil
	}
	c := &caller{space: sp, session: sess}
	if kind == staff.KindPerson {
		card, ok := sp.card(sess.Subject)
		if !ok {
			return nil, nil
		}
		c.me = card
	} else {
		c.member, err = s.actsAs(ctx, sp, sess.Subject)
		if err != nil || c.member.Disabled {
			return nil, ignoreUnknown(err)
		}
	}
	if sess.Stale(now) {
		if err := s.store.TouchSession(ctx, sess.TokenHash, now.UnixMicro(), sess.Expires); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ignoreUnknown keeps only errors that are ours: a session or member that is not there is nobody.
func ignoreUnknown(err error) error {
	if k := fault.KindOf(err); k == fault.Missing || k == fault.Unauthenticated {
		return nil
	}
	return err
}

// begin opens a session and gives its cookie.
func (s *Server) begin(ctx context.Context, sp *space, kind, subject string, proof ...audit.Entry) (staff.Session, *http.Cookie, error) {
	sess, token := staff.NewSession(kind, subject, s.real())
	if err := s.store.CreateSession(ctx, sp.number(), sess, proof...); err != nil {
		return sess, nil, err
	}
	return sess, s.cookieFor(sess, token), nil
}

func (s *Server) cookieFor(sess staff.Session, token string) *http.Cookie {
	name := staffCookie
	if sess.Kind == staff.KindPerson {
		name = personCookie
	}
	return s.cookie(name, token, int((sess.Expires-sess.Created)/1_000_000))
}

func (s *Server) cookie(name, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
}

// who says whom an operation is for; huma's middleware reads it before anything of the request is parsed.
type who string

const (
	forStaff  who = "staff"
	forPerson who = "person"
	forAnyone who = "anyone"
)

// admit answers 401 before a body is read when an operation is for staff or for a person and the caller is not, and 422 to a
// question with a parameter that is not known. Of a write the body says everything; its query is not looked at.
func (s *Server) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	info := requestOf(ctx.Context())
	info.route = op.Path
	w, _ := op.Metadata["who"].(who)
	c := callerOf(ctx.Context())
	need := map[who]string{forStaff: staff.KindStaff, forPerson: staff.KindPerson}[w]
	if need != "" && (c == nil || c.session.Kind != need) {
		s.refuse(ctx, errSignIn)
		return
	}
	if op.Method == http.MethodGet {
		u := ctx.URL()
		if err := onlyKnown(u.Query(), parametersOf(op)); err != nil {
			s.refuse(ctx, err)
			return
		}
	}
	next(ctx)
}

// refuse answers before an operation is asked.
func (s *Server) refuse(ctx huma.Context, err error) {
	p := problemOf(err)
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = s.huma.Marshal(ctx.BodyWriter(), "application/json", p)
}

// authorize checks that the caller, a member of staff, may do what is asked, and finds the people it is asked
// about. A person the caller may not see is a person who never was.
func (s *Server) authorize(ctx context.Context, p staff.Permission, people ...string) (*caller, []conductor.Card, error) {
	c := callerOf(ctx)
	if c == nil || c.session.Kind != staff.KindStaff {
		return nil, nil, errSignIn
	}
	cards := make([]conductor.Card, 0, len(people))
	for _, id := range people {
		card, ok := c.space.card(id)
		if !ok || !s.sees(ctx, c, card) {
			return nil, nil, person.ErrMissing
		}
		requestOf(ctx).concerns(card.Number)
		cards = append(cards, card)
	}
	if !c.member.Role.Can(p) { // after the people: whoever may not see someone learns nothing about them
		return nil, nil, errForbidden
	}
	return c, cards, nil
}

// authorizeOne is authorize for one person.
func (s *Server) authorizeOne(ctx context.Context, p staff.Permission, id string) (*caller, conductor.Card, error) {
	c, cards, err := s.authorize(ctx, p, id)
	if err != nil {
		return nil, conductor.Card{}, err
	}
	return c, cards[0], nil
}

var errNoCaller = errors.New("no person is signed in")

// self is the person at the phone.
func (s *Server) self(ctx context.Context) (*caller, error) {
	c := callerOf(ctx)
	if c == nil || c.session.Kind != staff.KindPerson {
		return nil, errSignIn.Wrap(errNoCaller)
	}
	return c, nil
}
