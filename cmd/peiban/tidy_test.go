package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

type purges struct{ ids, answers, sessions, browsers []int64 }

func (p *purges) Purge(_ context.Context, ids, answers, sessions, browsers int64) error {
	p.ids, p.answers, p.sessions, p.browsers = append(p.ids, ids), append(p.answers, answers), append(p.sessions, sessions), append(p.browsers, browsers)
	return errors.New("the database is locked")
}

func TestWhatHasServedItsTimeIsDeletedAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p purges
		ctx, stop := context.WithTimeout(t.Context(), 25*time.Hour)
		defer stop()
		start := time.Now()
		tidy(ctx, &p, 90*24*time.Hour, time.Now, slog.New(slog.DiscardHandler))
		if len(p.ids) != 5 {
			t.Fatalf("%d times in 25 hours, want 5", len(p.ids))
		}
		if p.ids[0] != 0 || p.sessions[0] != start.UnixMicro() || p.answers[0] != start.AddDate(0, 0, -30).UnixMicro() || p.browsers[0] != start.AddDate(0, 0, -90).UnixMicro() {
			t.Errorf("ids before %d, answers before %d, sessions before %d, browsers before %d", p.ids[0], p.answers[0], p.sessions[0], p.browsers[0])
		}
	})
}
