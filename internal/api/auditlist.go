package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// AuditRow is one line of proof: who read or wrote what about whom, and when, by the machine's clock.
type AuditRow struct {
	ID     int64           `json:"id"`
	At     string          `json:"at"`
	Actor  string          `json:"actor"`
	Name   string          `json:"name,omitempty" doc:"of the member of staff"`
	Who    Text            `json:"who" doc:"the actor in words"`
	Action string          `json:"action"`
	Deed   Text            `json:"deed" doc:"the action in words"`
	Person *Ref            `json:"person,omitempty"`
	Detail json.RawMessage `json:"detail,omitempty" doc:"codes and counts"`
	Number string          `json:"number,omitempty" doc:"of the request"`
}

// Quarantined is an event kept out, and why. What it says stays sealed.
type Quarantined struct {
	ID     int64  `json:"id"`
	At     string `json:"at"`
	Person *Ref   `json:"person,omitempty"`
	Source string `json:"source"`
	Reason string `json:"reason"`
	Text   Text   `json:"text"`
	Detail string `json:"detail,omitempty"`
}

func (s *Server) auditOperations() {
	serve(s, operation{"audit", http.MethodGet, "/api/audit", "audit", "Who read or wrote what about whom, newest first", forStaff}, s.auditScreen)
	serve(s, operation{"audit-choices", http.MethodGet, "/api/audit/choices", "audit", "By whom and which deeds the log may be asked for", forStaff}, s.auditChoices)
	serve(s, operation{"quarantine", http.MethodGet, "/api/quarantine", "audit", "Events kept out, such as health data without consent", forStaff}, s.quarantine)
}

// AuditChoices are what the log of proof may be asked for.
type AuditChoices struct {
	Actions []Choice `json:"actions" doc:"deeds, those most looked for first"`
	Members []Choice `json:"members" doc:"staff, those who left too"`
}

type auditInput struct {
	Paging
	Person string `query:"person" maxLength:"40"`
	Actor  string `query:"actor" maxLength:"60" doc:"a member's id, or as in the rows"`
	Action string `query:"action" maxLength:"60"`
	From   string `query:"from" maxLength:"40" doc:"from this day or moment on, by the machine's clock"`
	To     string `query:"to" maxLength:"40" doc:"until this day, all of it, or moment"`
}

// auditScreen is the list on a screen. Looking at it is on record as well, once for all its pages.
func (s *Server) auditScreen(ctx context.Context, in *auditInput) (Listing[AuditRow], error) {
	list, err := s.audit(ctx, in)
	if err != nil || in.Cursor != "" {
		return list, err
	}
	c := callerOf(ctx)
	var about person.Number
	if card, ok := c.space.card(in.Person); ok {
		about = card.Number
	}
	return list, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "audit.read", about, map[string]any{"rows": len(list.Items)}))
}

func (s *Server) auditChoices(ctx context.Context, _ *Empty) (AuditChoices, error) {
	c, _, err := s.authorize(ctx, staff.CanReadAudit)
	if err != nil {
		return AuditChoices{}, err
	}
	out := AuditChoices{Actions: deedChoices(), Members: []Choice{}}
	for _, m := range c.space.team(ctx, s.store) {
		out.Members = append(out.Members, Choice{m.ID, Text{Zh: m.Name, En: m.Name}})
	}
	return out, nil
}

func (s *Server) audit(ctx context.Context, in *auditInput) (Listing[AuditRow], error) {
	c, _, err := s.authorize(ctx, staff.CanReadAudit)
	if err != nil {
		return Listing[AuditRow]{}, err
	}
	f := audit.Filter{Actor: in.Actor, Action: in.Action}
	if f.From, err = parseStart("query.from", in.From, c.space.loc); err != nil {
		return Listing[AuditRow]{}, err
	}
	if f.To, err = parseMoment("query.to", in.To, c.space.loc); err != nil {
		return Listing[AuditRow]{}, err
	}
	if f.To != 0 {
		f.To++ // the moment itself is within
	}
	if in.Actor != "" && !strings.Contains(in.Actor, ":") {
		f.Actor = "staff:" + in.Actor
	}
	if in.Person != "" {
		card, ok := c.space.Conductor.Directory().ByID(person.ID(in.Person))
		if !ok || !card.Erased || !c.member.Role.Can(staff.CanReadAll) { // of the erased the proof of who read what stays
			if _, card, err = s.authorizeOne(ctx, staff.CanReadAudit, in.Person); err != nil {
				return Listing[AuditRow]{}, err
			}
		}
		f.Person = card.Number
	}
	list, err := s.store.Audit(ctx, c.space.number(), f, in.part())
	if err != nil {
		return Listing[AuditRow]{}, err
	}
	out := Listing[AuditRow]{Items: []AuditRow{}, Total: list.Total, NextCursor: list.Next}
	for _, a := range list.Items {
		row := AuditRow{ID: a.ID, At: moment(a.At, c.space.loc), Actor: a.Actor, Action: a.Action, Number: a.Ref, Person: s.personRef(c, a.Person)}
		if json.Valid([]byte(a.Detail)) {
			row.Detail = json.RawMessage(a.Detail)
		}
		row.Deed, row.Who = deedOf(a.Action), s.actorWords(ctx, c, a.Actor)
		if strings.HasPrefix(a.Actor, "staff:") {
			row.Name = row.Who.Zh
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

func (s *Server) personRef(c *caller, n person.Number) *Ref {
	card, ok := c.space.Conductor.Directory().ByNumber(n)
	if n == 0 || !ok {
		return nil
	}
	return &Ref{string(card.ID), c.nameOf(card)}
}

type quarantineInput struct {
	Paging
	Reason string `query:"reason" maxLength:"40"`
}

var quarantineReasons = map[string]Text{
	"consent": text("本人还没有同意处理健康数据", "The person has not agreed to health data yet"),
	"schema":  text("内容不符合目录", "It does not fit the catalogue"),
}

func (s *Server) quarantine(ctx context.Context, in *quarantineInput) (Listing[Quarantined], error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Listing[Quarantined]{}, err
	}
	list, err := s.store.Quarantine(ctx, c.space.number(), in.Reason, in.part())
	if err != nil {
		return Listing[Quarantined]{}, err
	}
	out := Listing[Quarantined]{Items: []Quarantined{}, Total: list.Total, NextCursor: list.Next}
	for _, q := range list.Items {
		out.Items = append(out.Items, Quarantined{
			ID: q.ID, At: moment(q.At, c.space.loc), Person: s.personRef(c, q.Person), Source: c.space.sourceName(ctx, s.store, q.Source),
			Reason: q.Reason, Text: word(quarantineReasons, q.Reason), Detail: q.Detail,
		})
	}
	return out, s.read(ctx, c, "quarantine.read")
}
