package api

import (
	"context"
	"net/http"

	"peiban/internal/audit"
	"peiban/internal/insight/fulfil"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

type effectSettingsStore interface {
	EffectSettings(ctx context.Context, w workspace.Number) (fulfil.Showing, int64, error)
	SaveEffectSettings(ctx context.Context, w workspace.Number, set fulfil.Showing, version, at int64, actor string, entries ...audit.Entry) error
}

// EffectSettings are how few people a group of the page of effect may have, and the bounds of that.
type EffectSettings struct {
	Version  int64 `json:"version"`
	Smallest int   `json:"smallest" doc:"people a group must have before its figures are shown: what holds"`
	Usual    int   `json:"usual" doc:"what holds where nothing was said"`
	Least    int   `json:"least" doc:"the least that may be chosen"`
	Most     int   `json:"most" doc:"the most that may be chosen"`
	May      bool  `json:"may" doc:"the caller may change it"`
}

func (v EffectSettings) etag() string { return quoted(v.Version) }

func (s *Server) effectSettingsOperations() {
	serve(s, operation{"effect-settings", http.MethodGet, "/api/effect-settings", "journeys", "How few people a group may have before its figures are shown", forStaff}, s.effectSettings)
	serve(s, operation{"save-effect-settings", http.MethodPut, "/api/effect-settings", "journeys", "Change that, for managers", forStaff}, s.saveEffectSettings)
}

func (s *Server) effectSettings(ctx context.Context, _ *Empty) (EffectSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return EffectSettings{}, err
	}
	set, version, err := s.store.EffectSettings(ctx, c.space.number())
	return EffectSettings{version, set.Fewest(), fulfil.UsualSmallest, fulfil.LeastSmallest, fulfil.MostSmallest, c.member.Role.Can(staff.CanAssign)}, err
}

type effectSettingsIn struct {
	Based
	Body fulfil.Showing
}

func (s *Server) saveEffectSettings(ctx context.Context, in *effectSettingsIn) (EffectSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return EffectSettings{}, err
	}
	was, version, err := s.store.EffectSettings(ctx, c.space.number())
	if err != nil {
		return EffectSettings{}, err
	}
	if err := in.check(version); err != nil {
		return EffectSettings{}, err
	}
	if err := in.Body.Check(); err != nil {
		return EffectSettings{}, err
	}
	entry := s.entry(ctx, c, "journey-effect.setting", 0, map[string]any{"before": was.Fewest(), "after": in.Body.Fewest()})
	if err := s.store.SaveEffectSettings(ctx, c.space.number(), in.Body, version, c.space.now(), c.actor(), entry); err != nil {
		return EffectSettings{}, err
	}
	return s.effectSettings(ctx, nil)
}
