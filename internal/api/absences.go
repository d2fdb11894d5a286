package api

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/staff"
)

var (
	errNoAbsence   = fault.New(fault.Missing, "absence_not_found", "没有这次离岗", "there is no such absence")
	errAbsenceOver = fault.New(fault.Clash, "absence_over", "这次离岗已经结束", "this absence is over already").Because("要再离岗，新建一次", "enter a new one")
)

// books keeps for a moment who can look after people: every list of work asks who acts for whom. When somebody is away and back again is
// asked of the clock each time; only what was entered is remembered.
type books struct {
	mu   sync.Mutex
	at   time.Time
	book *owner.Book
}

const bookLasts = 2 * time.Second

// book is who acts for whom; when the database does not answer the last known serves, nil when there is none.
func (sp *space) book(ctx context.Context, s Store, log *slog.Logger) *owner.Book {
	sp.books.mu.Lock()
	defer sp.books.mu.Unlock()
	now := sp.real()
	if sp.books.book != nil && now.Sub(sp.books.at) < bookLasts && !now.Before(sp.books.at) {
		return sp.books.book
	}
	b, err := s.Owners(ctx, sp.number())
	if err != nil {
		log.Error("who acts for whom is not known", slog.Any("error", err))
		if sp.books.book == nil {
			return &owner.Book{}
		}
		return sp.books.book
	}
	sp.books.at, sp.books.book = now, b
	return b
}

func (sp *space) forgetBook() {
	sp.books.mu.Lock()
	sp.books.book = nil
	sp.books.mu.Unlock()
}

// Absence is a time in which a member of staff is away.
type Absence struct {
	ID      string `json:"id"`
	Staff   Ref    `json:"staff"`
	From    string `json:"from"`
	To      string `json:"to,omitempty" doc:"absent: nobody knows yet"`
	Cover   *Ref   `json:"cover,omitempty"`
	Note    string `json:"note,omitempty"`
	State   string `json:"state" enum:"ahead,now,past"`
	Acts    *Ref   `json:"acts,omitempty" doc:"while it is on: who acts for them; absent: the managers, see why"`
	Why     *Text  `json:"why,omitempty"`
	Counts  bool   `json:"counts" doc:"while it is on: false when another that began later counts"`
	By      *Text  `json:"by,omitempty"`
	Version int64  `json:"version"`
}

func (a Absence) etag() string { return quoted(a.Version) }

func (s *Server) absenceOperations() {
	serve(s, operation{"absences", http.MethodGet, "/api/absences", "owners", "When members of staff are away, and who acts for them", forStaff}, s.listAbsences)
	serve(s, operation{"add-absence", http.MethodPost, "/api/absences", "owners", "Enter an absence: one's own, or for managers anybody's", forStaff}, s.addAbsence)
	serve(s, operation{"change-absence", http.MethodPatch, "/api/absences/{absence}", "owners", "Change the end, the cover or the note", forStaff}, s.changeAbsence)
	serve(s, operation{"end-absence", http.MethodPost, "/api/absences/{absence}/end", "owners", "Back early, or called off: work is the owner's again at once", forStaff}, s.endAbsence)
}

type absencesIn struct {
	Paging
	State string `query:"state" enum:"ahead,now,past,"`
}

func (s *Server) listAbsences(ctx context.Context, in *absencesIn) (Listing[Absence], error) {
	c, b, all, err := s.onBoard(ctx)
	if err != nil {
		return Listing[Absence]{}, err
	}
	now := c.space.now()
	var list []Absence
	for i := range b.Absences {
		a := &b.Absences[i]
		if !all && a.Staff != c.member.ID && a.Cover != c.member.ID {
			continue
		}
		if v := s.absenceView(ctx, c, b, a, now); in.State == "" || v.State == in.State {
			list = append(list, v)
		}
	}
	slices.Reverse(list) // what began last comes first
	start, err := offset(in.Cursor, len(list))
	if err != nil {
		return Listing[Absence]{}, err
	}
	end := min(start+in.limit(50), len(list))
	out := Listing[Absence]{Items: append([]Absence{}, list[start:end]...), Total: len(list)}
	if end < len(list) {
		out.NextCursor = itoa(end)
	}
	return out, nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func (s *Server) absenceView(ctx context.Context, c *caller, b *owner.Book, a *owner.Absence, now int64) Absence {
	end := a.To
	if a.Ended != 0 {
		end = min(end, a.Ended)
	}
	v := Absence{
		ID: a.ID, Staff: *c.space.ref(ctx, s.store, a.Staff), From: moment(a.From, c.space.loc), To: until(end, c.space.loc), Cover: c.space.ref(ctx, s.store, a.Cover),
		Note: a.Note, State: "ahead", By: s.actorName(ctx, c, a.By), Version: a.Version,
	}
	switch {
	case a.Holds(now):
		v.State = "now"
		v.Counts = b.At(a.Staff, now).ID == a.ID
		stand := b.Acting(a.Staff, now)
		if v.Acts = c.space.ref(ctx, s.store, stand.Acts); v.Acts == nil {
			why := ownerWhy(stand.Why)
			v.Why = &why
		}
	case end <= now:
		v.State = "past"
	}
	return v
}

type addAbsenceIn struct {
	Body struct {
		Staff string `json:"staff,omitempty" maxLength:"40" doc:"the caller when not given"`
		From  string `json:"from" maxLength:"40" doc:"a day means its first moment"`
		To    string `json:"to,omitempty" maxLength:"40" doc:"a day means its end; not given: until it is ended"`
		Cover string `json:"cover,omitempty" maxLength:"40" doc:"empty: the managers see to the work"`
		Note  string `json:"note,omitempty" maxLength:"200"`
	}
}

func (s *Server) addAbsence(ctx context.Context, in *addAbsenceIn) (Absence, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return Absence{}, err
	}
	a := owner.Absence{ID: ulid.Make().String(), Staff: in.Body.Staff, To: math.MaxInt64, Cover: in.Body.Cover, Note: strings.TrimSpace(in.Body.Note), Created: c.space.now(), By: c.actor()}
	if a.Staff == "" {
		a.Staff = c.member.ID
	}
	if a.Staff != c.member.ID && !c.member.Role.Can(staff.CanAssign) {
		return Absence{}, errForbidden
	}
	if a.From, err = parseStart("body.from", in.Body.From, c.space.loc); err != nil {
		return Absence{}, err
	}
	if in.Body.To != "" {
		if a.To, err = parseMoment("body.to", in.Body.To, c.space.loc); err != nil {
			return Absence{}, err
		}
	}
	return s.saveAbsence(ctx, c, &a, "absence.add", true)
}

func (s *Server) saveAbsence(ctx context.Context, c *caller, a *owner.Absence, action string, check bool) (Absence, error) {
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return Absence{}, err
	}
	now := c.space.now()
	if check {
		if err := b.CheckAbsence(a, now); err != nil {
			return Absence{}, err
		}
	}
	if err := s.store.SaveAbsence(ctx, c.space.number(), a, s.entry(ctx, c, action, 0, map[string]any{"absence": a.ID, "staff": a.Staff, "cover": a.Cover})); err != nil {
		return Absence{}, err
	}
	c.space.forgetBook()
	if b, err = s.store.Owners(ctx, c.space.number()); err != nil {
		return Absence{}, err
	}
	return s.absenceView(ctx, c, b, a, now), nil
}

// absenceOf finds an absence that the caller may change: their own, or for managers anybody's. Another's never was.
func (s *Server) absenceOf(ctx context.Context, id string) (*caller, *owner.Absence, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return nil, nil, err
	}
	for i := range b.Absences {
		if a := &b.Absences[i]; a.ID == id && (a.Staff == c.member.ID || c.member.Role.Can(staff.CanAssign)) {
			return c, a, nil
		}
	}
	return nil, nil, errNoAbsence
}

// AbsencePath names an absence.
type AbsencePath struct {
	ID string `path:"absence" maxLength:"40"`
}

type changeAbsenceIn struct {
	AbsencePath
	Based
	Body struct {
		To    *string `json:"to,omitempty" maxLength:"40" doc:"empty: until it is ended"`
		Cover *string `json:"cover,omitempty" maxLength:"40"`
		Note  *string `json:"note,omitempty" maxLength:"200"`
	}
}

func (s *Server) changeAbsence(ctx context.Context, in *changeAbsenceIn) (Absence, error) {
	c, a, err := s.absenceOf(ctx, in.ID)
	if err != nil {
		return Absence{}, err
	}
	if err := in.check(a.Version); err != nil {
		return Absence{}, err
	}
	if a.Ended != 0 || a.To <= c.space.now() {
		return Absence{}, errAbsenceOver
	}
	if in.Body.To != nil {
		if a.To = math.MaxInt64; *in.Body.To != "" {
			if a.To, err = parseMoment("body.to", *in.Body.To, c.space.loc); err != nil {
				return Absence{}, err
			}
		}
	}
	if in.Body.Cover != nil {
		a.Cover = *in.Body.Cover
	}
	if in.Body.Note != nil {
		a.Note = strings.TrimSpace(*in.Body.Note)
	}
	return s.saveAbsence(ctx, c, a, "absence.change", true)
}

func (s *Server) endAbsence(ctx context.Context, in *AbsencePath) (Absence, error) {
	c, a, err := s.absenceOf(ctx, in.ID)
	if err != nil {
		return Absence{}, err
	}
	now := c.space.now()
	if a.Ended != 0 || a.To <= now {
		return Absence{}, errAbsenceOver
	}
	a.Ended = now
	return s.saveAbsence(ctx, c, a, "absence.end", false)
}

// handReason is why people change hands, in words.
func handReason(why string) Text {
	return event.Words("assigned", "why")[why]
}
