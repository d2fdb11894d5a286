package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"peiban/internal/entrance"
	"peiban/internal/simulate"
)

// mostScans is of how many people a story tells that their browser opened a code: each is a write of its own.
const mostScans = 500

// entrances makes the entry codes of a story, what they cost, and who opened them.
func (r *rehearsal) entrances(ctx context.Context, story simulate.Story, programme string) error {
	at, zone := story.Start.UnixMicro(), story.Start.Location()
	var costs []entrance.Cost
	for i := range simulate.Codes {
		x := &simulate.Codes[i]
		e := entrance.Entrance{
			ID: x.Key, State: x.State(), Kind: x.Kind, Name: x.Name, Channel: x.Channel, Programme: programme, Province: x.Province, City: x.City, Place: x.Place,
			Owner: r.staff[x.Owner], Ended: x.Ended, Words: x.Words,
		}
		if x.Ended {
			e.To = story.End.AddDate(0, 0, -20).Format(time.DateOnly)
			e.Ended = false
		}
		if _, err := r.h.store.SaveEntrance(ctx, r.w.Number, e, at, "command"); err != nil {
			return fmt.Errorf("add the entry code %s: %w", x.Key, err)
		}
		for month := story.Start; x.FenPerMonth > 0 && month.Before(story.End); month = month.AddDate(0, 0, 30) {
			from := entrance.DayOf(month.UnixMicro(), zone)
			costs = append(costs, entrance.Cost{
				ID: fmt.Sprintf("%s-%d", x.Key, len(costs)), Entrance: x.Key, From: from, To: from + 29, Fen: x.FenPerMonth, What: "月度费用",
			})
		}
	}
	if _, err := r.h.store.SaveCosts(ctx, r.w.Number, costs, at, "command"); err != nil {
		return fmt.Errorf("add what the codes cost: %w", err)
	}
	if err := r.h.store.SetDefaultEntrance(ctx, r.w.Number, simulate.Codes[0].Key, at, "command"); err != nil {
		return fmt.Errorf("choose the default code: %w", err)
	}
	return r.scans(ctx, story)
}

// scans has the browsers of people open the codes they came by, and for every two of them one more that went away.
func (r *rehearsal) scans(ctx context.Context, story simulate.Story) error {
	ended := map[string]bool{}
	for i := range simulate.Codes {
		ended[simulate.Codes[i].Key] = simulate.Codes[i].Ended
	}
	n := 0
	for _, p := range story.People {
		if _, there := ended[p.CodeKey()]; !there || p.Joins.IsZero() || n >= mostScans {
			continue
		}
		for again := 0; again <= p.N%2; again++ {
			n++
			when := p.Joins.Add(-time.Duration(again) * time.Hour)
			late := ended[p.CodeKey()] && when.After(story.End.AddDate(0, 0, -19))
			browser := sha256.Sum256(fmt.Appendf(nil, "%s %d", p.UserID, again))
			if _, err := r.h.store.Arrive(ctx, r.w.Number, p.CodeKey(), browser[:16], when.UnixMicro(), entrance.DayOf(when.UnixMicro(), story.Start.Location()), late, ""); err != nil {
				return fmt.Errorf("open a code: %w", err)
			}
		}
	}
	return nil
}

// befriended gives the people who brought others the invitations by which those came.
func (r *rehearsal) befriended(ctx context.Context, story simulate.Story) error {
	for _, p := range story.People {
		if p.Friend == nil {
			continue
		}
		n, ok := r.number(ctx, p.Friend.UserID)
		if !ok {
			continue
		}
		if _, err := r.h.store.Invite(ctx, r.w.Number, n, simulate.InvitationOf(p.Friend), p.Friend.Joins.UnixMicro()); err != nil {
			return fmt.Errorf("make an invitation: %w", err)
		}
	}
	return nil
}
