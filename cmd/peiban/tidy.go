package main

import (
	"context"
	"log/slog"
	"time"
)

const (
	tidyEvery = 6 * time.Hour
	// answersKept is how long a write that is repeated gets its first answer again. A phone may be offline for weeks.
	answersKept = 30 * 24 * time.Hour
)

type purger interface {
	Purge(ctx context.Context, messageIDs, answers, sessions, browsers int64) error
}

// tidy deletes ended sessions, used links, old answers and browsers that opened a code longer ago than browsers, until ctx ends. The ids of events are kept for ever: an old file
// that is imported once more adds nothing.
func tidy(ctx context.Context, s purger, browsers time.Duration, now func() time.Time, log *slog.Logger) {
	t := time.NewTicker(tidyEvery)
	defer t.Stop()
	for {
		at := now()
		if err := s.Purge(ctx, 0, at.Add(-answersKept).UnixMicro(), at.UnixMicro(), at.Add(-browsers).UnixMicro()); err != nil && ctx.Err() == nil {
			log.Error("what has served its time was not deleted; it is tried again", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
