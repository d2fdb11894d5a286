package api

import (
	"context"
	"encoding/json"

	"peiban/internal/audit"
	"peiban/internal/person"
)

// entry is one row of proof in the caller's name, at the machine's time, with the number of the request. Whom a
// row is about, the request's answer is about.
func (s *Server) entry(ctx context.Context, c *caller, action string, n person.Number, detail map[string]any) audit.Entry {
	requestOf(ctx).concerns(n)
	e := audit.Entry{At: s.real().UnixMicro(), Actor: c.actor(), Action: action, Person: n, Ref: requestOf(ctx).id}
	if len(detail) > 0 {
		b, _ := json.Marshal(detail) // codes and counts: cannot fail
		e.Detail = string(b)
	}
	return e
}

// read leaves a row for each person whose data the caller is about to get. Without it there is no answer.
func (s *Server) read(ctx context.Context, c *caller, action string, people ...person.Number) error {
	entries := make([]audit.Entry, 0, len(people))
	for _, n := range people {
		entries = append(entries, s.entry(ctx, c, action, n, nil))
	}
	return s.store.AppendAudit(ctx, c.space.number(), entries...)
}
