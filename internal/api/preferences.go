package api

import (
	"context"
	"net/http"

	"peiban/internal/conductor"
	"peiban/internal/message"
	"peiban/internal/person"
)

// Preferences are how I want to be reached.
type Preferences struct {
	Hours       *HoursOfDay `json:"hours,omitempty" doc:"for what I asked for; absent: the usual quiet hours hold"`
	PerWeek     int         `json:"perWeek,omitempty" minimum:"0" maximum:"7" doc:"no more messages of a programme in seven days than this; 0: the usual"`
	InAppOnly   bool        `json:"inAppOnly,omitempty" doc:"here and by no other channel; what is about danger goes every way"`
	NotPersonal bool        `json:"notPersonal" doc:"nothing is chosen for me by what is known of me"`
}

// HoursOfDay are from a minute of the local day to another; they may cross midnight.
type HoursOfDay struct {
	From int `json:"from" minimum:"0" maximum:"1439"`
	To   int `json:"to" minimum:"0" maximum:"1439"`
}

// MyPreferences are mine, beside what holds for everybody.
type MyPreferences struct {
	Preferences
	Usual    UsualPolicy `json:"usual"`
	Channels bool        `json:"channels" doc:"there is another channel beside the app"`
}

// UsualPolicy is what the workspace holds to when nobody says otherwise.
type UsualPolicy struct {
	PerDay  int        `json:"perDay"`
	PerWeek int        `json:"perWeek"`
	Quiet   HoursOfDay `json:"quiet" doc:"nobody is written to then, but of danger"`
}

func (s *Server) preferenceOperations() {
	serve(s, operation{"my-preferences", http.MethodPut, "/api/me/preferences", "me", "My hours, how often, by which way, and whether I want to be chosen for", forPerson}, s.myPreferences)
	serve(s, operation{"my-preferences-now", http.MethodGet, "/api/me/preferences", "me", "How I want to be reached", forPerson}, s.myPreferencesNow)
}

type preferencesInput struct{ Body Preferences }

func (s *Server) myPreferences(ctx context.Context, in *preferencesInput) (MyPreferences, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyPreferences{}, err
	}
	b := in.Body
	hours := map[string]any{"kind": "asked_hours", "active": b.Hours != nil}
	if b.Hours != nil {
		hours["from"], hours["to"] = b.Hours.From, b.Hours.To
	}
	often := map[string]any{"kind": "per_week", "active": b.PerWeek > 0}
	if b.PerWeek > 0 {
		often["most"] = b.PerWeek
	}
	var items []conductor.Item
	for _, props := range []map[string]any{hours, often, {"kind": "in_app_only", "active": b.InAppOnly}, {"kind": "not_personal", "active": b.NotPersonal}} {
		it, err := item(c.me, "preference", props)
		if err != nil {
			return MyPreferences{}, err
		}
		items = append(items, it)
	}
	if err := s.submit(ctx, c, c.me, "me.preferences", items...); err != nil {
		return MyPreferences{}, err
	}
	return s.myPreferencesNow(ctx, nil)
}

func (s *Server) myPreferencesNow(ctx context.Context, _ *struct{}) (MyPreferences, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyPreferences{}, err
	}
	_, v, _, ok := c.space.Conductor.Glance(c.me.Number)
	if !ok {
		return MyPreferences{}, person.ErrMissing
	}
	w := message.WishesOf(v.Timeline)
	p, channels := c.space.Conductor.Policy()
	out := MyPreferences{
		Preferences: Preferences{PerWeek: w.PerWeek, InAppOnly: w.InApp, NotPersonal: w.Impersonal}, Channels: channels,
		Usual: UsualPolicy{p.PerDay, p.PerWeek, HoursOfDay{p.QuietFrom, p.QuietTo}},
	}
	if w.Hours.Chosen {
		out.Hours = &HoursOfDay{w.Hours.From, w.Hours.To}
	}
	return out, s.read(ctx, c, "me.preferences", c.me.Number)
}
