package api

import (
	"context"
	"net/http"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/job"
	"peiban/internal/staff"
)

// Withdrawal is what withdrawing a source would take back.
type Withdrawal struct {
	Events int `json:"events" doc:"that stand"`
	People int `json:"people"`
	Signed int `json:"signed" doc:"stay: a doctor signed them"`
}

type withdrawInput struct {
	OfSource
	Body struct {
		Events int `json:"events" minimum:"0" doc:"how many, as shown to whoever confirms"`
	}
}

var errWithdrawing = fault.New(fault.Clash, "withdrawal_under_way", "这个来源正在撤回或恢复，见 数据 → 导入", "this source is being withdrawn or taken back in; see Data, Imports").
	Because("在导入列表里继续，或等它做完", "go on with it in the list of imports, or wait until it is done")

// Reinstatement is what taking a source back in would tell anew.
type Reinstatement struct {
	Events int `json:"events" doc:"that were taken back with the source and were not told anew"`
	People int `json:"people"`
}

func (s *Server) withdrawOperations() {
	serve(s, operation{"source-reinstatement", http.MethodGet, "/api/sources/{number}/reinstatement", "sources", "What taking a withdrawn source back in would tell anew", forStaff}, s.reinstatement)
	serve(s, operation{"reinstate-source", http.MethodPost, "/api/sources/{number}/reinstate", "sources", "Take a withdrawn source back in, in the background; what waited for consent when it was withdrawn stays dropped", forStaff}, s.reinstateSource)
	serve(s, operation{"source-withdrawal", http.MethodGet, "/api/sources/{number}/withdrawal", "sources", "What withdrawing a source would take back", forStaff}, s.withdrawal)
	serve(s, operation{"withdraw-source", http.MethodPost, "/api/sources/{number}/withdraw", "sources", "Take back all that a source sent, in the background; progress, stop and continue as of an import", forStaff}, s.withdrawSource)
}

// toWithdraw reads a source for whoever may withdraw it, with what that would take back.
func (s *Server) toWithdraw(ctx context.Context, number int32) (*caller, event.Source, Withdrawal, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return nil, event.Source{}, Withdrawal{}, err
	}
	source, err := s.sourceOf(ctx, c, number)
	if err != nil {
		return c, source, Withdrawal{}, errNotFound
	}
	w, err := c.space.Conductor.Withdrawal(ctx, number)
	return c, source, Withdrawal{w.Retracted, w.People, w.Signed}, err
}

func (s *Server) withdrawal(ctx context.Context, in *OfSource) (Withdrawal, error) {
	_, _, w, err := s.toWithdraw(ctx, in.Number)
	return w, err
}

func (s *Server) withdrawSource(ctx context.Context, in *withdrawInput) (Import, error) {
	c, source, w, err := s.toWithdraw(ctx, in.Number)
	switch {
	case err != nil:
		return Import{}, err
	case w.Events != in.Body.Events:
		return Import{}, errUndoCount
	}
	return s.beginSource(ctx, c, job.Withdraw, &source, w.Events)
}

func (s *Server) toReinstate(ctx context.Context, number int32) (*caller, event.Source, Reinstatement, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return nil, event.Source{}, Reinstatement{}, err
	}
	source, err := s.sourceOf(ctx, c, number)
	if err != nil {
		return c, source, Reinstatement{}, errNotFound
	}
	r, err := c.space.Conductor.Reinstatement(ctx, number)
	return c, source, Reinstatement{r.Events, r.People}, err
}

func (s *Server) reinstatement(ctx context.Context, in *OfSource) (Reinstatement, error) {
	_, _, r, err := s.toReinstate(ctx, in.Number)
	return r, err
}

func (s *Server) reinstateSource(ctx context.Context, in *withdrawInput) (Import, error) {
	c, source, r, err := s.toReinstate(ctx, in.Number)
	switch {
	case err != nil:
		return Import{}, err
	case r.Events != in.Body.Events:
		return Import{}, errUndoCount
	}
	return s.beginSource(ctx, c, job.Reinstate, &source, r.Events)
}

// beginSource begins to withdraw a source or to take it back in; one at a time.
func (s *Server) beginSource(ctx context.Context, c *caller, kind string, source *event.Source, events int) (Import, error) {
	all, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return Import{}, err
	}
	for i := range all {
		if j := &all[i]; (j.Kind == job.Withdraw || j.Kind == job.Reinstate) && j.Told.Source == source.Number && j.State != job.Done && j.State != job.Failed {
			return Import{}, errWithdrawing
		}
	}
	j := job.Job{
		Kind: kind, State: job.Waiting, Actor: c.actor(), Created: s.real().UnixMicro(), Size: int64(events),
		Told: job.Told{Name: source.Name, Source: source.Number},
	}
	if err := s.store.CreateJob(ctx, c.space.number(), &j, s.entry(ctx, c, "source."+kind, 0, map[string]any{"source": source.Number, "events": events})); err != nil {
		return Import{}, err
	}
	return s.importView(ctx, c, &j), nil
}
