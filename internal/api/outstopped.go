package api

import (
	"context"
	"net/http"

	"peiban/internal/out"
	"peiban/internal/staff"
)

// OutStopped counts what should go out and does not, of what the caller looks after.
type OutStopped struct {
	Webhooks   int `json:"webhooks" doc:"switched off because the far side took nothing for days, or said that it is gone"`
	Deliveries int `json:"deliveries" doc:"switched off, or their last sending failed"`
}

func (s *Server) stoppedOperations() {
	serve(s, operation{"out-stopped", http.MethodGet, "/api/out/stopped", "out", "How much of what should go out does not: the number in the menu", forStaff}, s.outStopped)
}

func (s *Server) outStopped(ctx context.Context, _ *Empty) (OutStopped, error) {
	var v OutStopped
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return v, err
	}
	if c.member.Role.Can(staff.CanManageOut) {
		hooks, err := s.store.Hooks(ctx, c.space.number())
		if err != nil {
			return v, err
		}
		for i := range hooks {
			if hooks[i].State == out.Off {
				v.Webhooks++
			}
		}
	}
	all, err := s.store.Deliveries(ctx, c.space.number())
	if err != nil {
		return v, err
	}
	last, err := s.store.LastRuns(ctx, c.space.number())
	if err != nil {
		return v, err
	}
	for i := range all {
		if d := &all[i]; c.handles(d) && (d.State == out.Off || d.State == out.On && last[d.ID].State == out.RunFailed) {
			v.Deliveries++
		}
	}
	return v, nil
}
