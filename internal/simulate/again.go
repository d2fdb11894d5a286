package simulate

import (
	"context"
	"fmt"
	"time"
)

// Continue has the people of a story live on in a world from a moment after its end to another one. What they planned before from and was
// heard of by then is not said again; staff do nothing by themselves.
func Continue(ctx context.Context, s Story, from, to time.Time, w World) error {
	if s.Step == 0 {
		s.Step = 30 * time.Minute
	}
	people := s.People
	// Nothing is left out because the story ends soon: it is told on later.
	s.End = to.AddDate(0, 1, 0)
	t := &telling{Story: s, world: w, byUser: map[string]*Life{}, desk: newDesk(s), mark: fmt.Sprintf("-%d", from.Unix())}
	for _, p := range people {
		l := NewLife(s.Seed, p, s.Start, s.End)
		l.behave(s.Behaviour)
		l.Until(from)
		t.lives = append(t.lives, l)
		t.byUser[p.UserID] = l
	}
	t.End = to
	for now := from; now.Before(to); {
		now = t.next(now)
		if err := t.step(ctx, now); err != nil {
			return fmt.Errorf("simulate %s: %w", now.UTC().Format(time.RFC3339), err)
		}
	}
	return nil
}
