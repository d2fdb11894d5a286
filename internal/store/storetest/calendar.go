package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/calendar"
	"peiban/internal/store"
)

func campaigns(_ *testing.T, f *fixture) {
	c := calendar.Campaign{ID: "01C", Created: 3, Actor: "staff:x", State: calendar.Planned, From: "2026-03-08", To: "2026-03-10", Plan: calendar.Plan{Name: "春季活动", Programme: "dm"}}
	f.must(f.s.SaveCampaign(ctx, f.w, &c, 4, audit.Entry{Actor: "staff:x", Action: "campaign.add"}))
	f.is(f.s.SaveCampaign(ctx, f.w, &c, 4), store.ErrRulesMoved)
	c.Version = 1
	c.State = calendar.Cancelled
	f.must(f.s.SaveCampaign(ctx, f.w, &c, 5))
	c.Version = 2
	got, err := f.s.Campaign(ctx, f.w, "01C")
	f.must(err)
	same(f, "campaign", got, c)
	for _, x := range []struct {
		from, to string
		n        int
	}{{"2026-03-10", "2026-03-31", 1}, {"2026-03-01", "2026-03-08", 1}, {"2026-03-11", "2026-03-31", 0}, {"2026-03-01", "2026-03-07", 0}} {
		list, err := f.s.Campaigns(ctx, f.w, x.from, x.to)
		f.must(err)
		same(f, x.from+" to "+x.to, len(list), x.n)
	}
	_, err = f.s.Campaign(ctx, f.w, "01D")
	f.is(err, store.ErrNoCampaign)
}

func calendarFeeds(_ *testing.T, f *fixture) {
	f.must(f.s.SetCalendarFeed(ctx, f.w, "A", []byte("one"), 5))
	f.must(f.s.SetCalendarFeed(ctx, f.w, "A", []byte("two"), 6))
	_, err := f.s.CalendarOf(ctx, f.w, []byte("one"))
	f.is(err, store.ErrNoFeed)
	who, err := f.s.CalendarOf(ctx, f.w, []byte("two"))
	f.must(err)
	same(f, "whose", who, "A")
	at, err := f.s.CalendarFeed(ctx, f.w, "A")
	f.must(err)
	same(f, "since", at, int64(6))
	f.must(f.s.SetCalendarFeed(ctx, f.w, "A", nil, 7))
	_, err = f.s.CalendarOf(ctx, f.w, []byte("two"))
	f.is(err, store.ErrNoFeed)
}
