package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"peiban/internal/audit"
	"peiban/internal/calendar"
	"peiban/internal/staff"
)

// CalendarFeed is the address under which a member of staff reads their calendar elsewhere.
type CalendarFeed struct {
	On      bool   `json:"on"`
	Since   string `json:"since,omitempty"`
	Address string `json:"address,omitempty" doc:"told once, when it is made; only a hash of it is kept"`
}

func (s *Server) calendarFeedOperations() {
	serve(s, operation{"calendar-feed", http.MethodGet, "/api/calendar-feed", "calendar", "Whether one's own calendar has a secret address; never the address", forStaff}, s.calendarFeed)
	serve(s, operation{"make-calendar-feed", http.MethodPost, "/api/calendar-feed", "calendar", "A new secret address for one's own calendar; the one before ends at once", forStaff}, s.makeCalendarFeed)
	serve(s, operation{"end-calendar-feed", http.MethodPost, "/api/calendar-feed/end", "calendar", "End the secret address of one's own calendar", forStaff}, s.endCalendarFeed)
}

func (s *Server) calendarFeed(ctx context.Context, _ *Empty) (CalendarFeed, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return CalendarFeed{}, err
	}
	at, err := s.store.CalendarFeed(ctx, c.space.number(), c.member.ID)
	return CalendarFeed{On: at != 0, Since: moment(at, c.space.loc)}, err
}

func (s *Server) makeCalendarFeed(ctx context.Context, _ *Empty) (CalendarFeed, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return CalendarFeed{}, err
	}
	if c.key != nil || c.sending != nil {
		return CalendarFeed{}, errForbidden
	}
	token, now := staff.NewToken(), s.real().UnixMicro()
	if err := s.store.SetCalendarFeed(ctx, c.space.number(), c.member.ID, staff.HashToken(token), now, s.entry(ctx, c, "calendar.feed.make", 0, nil)); err != nil {
		return CalendarFeed{}, err
	}
	return CalendarFeed{On: true, Since: moment(now, c.space.loc), Address: calendarAddress + token + ".ics"}, nil
}

func (s *Server) endCalendarFeed(ctx context.Context, _ *Empty) (CalendarFeed, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return CalendarFeed{}, err
	}
	return CalendarFeed{}, s.store.SetCalendarFeed(ctx, c.space.number(), c.member.ID, nil, s.real().UnixMicro(), s.entry(ctx, c, "calendar.feed.end", 0, nil))
}

const calendarAddress = "/calendar/"

func (s *Server) calendarFeedRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+calendarAddress+"{token}", func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = calendarAddress + "{token}"
		token, ok := strings.CutSuffix(r.PathValue("token"), ".ics")
		if !ok || len(token) > 100 {
			writeProblem(w, r, errNotFound)
			return
		}
		body, err := s.calendarFile(r.Context(), token)
		if err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		w.Header().Set("Cache-Control", "private, no-store")
		_, _ = w.Write([]byte(body))
	})
}

// calendarFile is a member's next two months as RFC 5545. It leaves the house by an address that needs no password: numbers and the names of
// campaigns are in it, and nothing about any person.
func (s *Server) calendarFile(ctx context.Context, token string) (string, error) {
	hash := staff.HashToken(token)
	for _, sp := range s.allSpaces() {
		id, err := s.store.CalendarOf(ctx, sp.number(), hash)
		if err != nil {
			continue
		}
		m, err := s.store.Member(ctx, sp.number(), id)
		if err != nil || m.Disabled || !m.Role.Can(staff.CanReadPeople) {
			return "", errNotFound
		}
		c := &caller{space: sp, member: m}
		now := time.UnixMicro(sp.now()).In(sp.loc)
		from := time.Date(now.Year(), now.Month(), now.Day()-7, 0, 0, 0, 0, sp.loc)
		until := from.AddDate(0, 0, 67)
		items, err := s.onDays(ctx, c, s.visible(ctx, c), m.ID, "", from, until)
		if err != nil {
			return "", err
		}
		plans, err := s.store.Campaigns(ctx, sp.number(), from.Format(time.DateOnly), until.Format(time.DateOnly))
		if err != nil {
			return "", err
		}
		e := audit.Entry{At: s.real().UnixMicro(), Actor: "staff:" + m.ID, Action: "calendar.feed.read", Ref: requestOf(ctx).id}
		if err := s.store.AppendAudit(ctx, sp.number(), e); err != nil {
			return "", err
		}
		return calendarText(m, sp, items, plans, now), nil
	}
	return "", errNotFound
}

func calendarText(m staff.Member, sp *space, items []CalendarItem, plans []calendar.Campaign, now time.Time) string {
	en := m.Language == "en"
	said := func(t Text) string {
		if en {
			return t.En
		}
		return t.Zh
	}
	cal := ics.NewCalendarFor("peiban")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(said(text("陪伴日历", "peiban calendar")))
	cal.SetRefreshInterval("PT1H")
	event := func(id, first, after, summary string) {
		e := cal.AddEvent(id + "@peiban")
		e.SetDtStampTime(now)
		from, _ := time.Parse(time.DateOnly, first)
		to, _ := time.Parse(time.DateOnly, after)
		e.SetAllDayStartAt(from)
		e.SetAllDayEndAt(to.AddDate(0, 0, 1)) // the day after the last
		e.SetSummary(summary)
	}
	for i := 0; i < len(items); {
		j, safety := i, 0
		for j < len(items) && items[j].Day == items[i].Day && items[j].Kind == items[i].Kind {
			if items[j].safety {
				safety++
			}
			j++
		}
		summary := fmt.Sprintf("%s %d", said(dueNames[items[i].Kind]), j-i)
		if safety > 0 {
			summary += fmt.Sprintf(" (%s %d)", said(text("安全", "safety")), safety)
		}
		event(items[i].Kind+"-"+items[i].Day+"-"+m.ID, items[i].Day, items[i].Day, summary)
		i = j
	}
	for i := range plans {
		if p := &plans[i]; p.State == calendar.Planned && (p.Owner == "" || p.Owner == m.ID) {
			event("campaign-"+p.ID, p.From, p.To, said(text("活动：", "Campaign: "))+p.Name)
		}
	}
	return cal.Serialize(ics.WithNewLine("\r\n")) // RFC 5545 ends lines with both
}
