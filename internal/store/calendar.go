package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/calendar"
	"peiban/internal/fault"
	"peiban/internal/workspace"
)

var (
	// ErrNoCampaign means that there is no campaign of this id.
	ErrNoCampaign = fault.New(fault.Missing, "campaign_not_found", "没有这个活动", "there is no such campaign")
	// ErrNoFeed means that no calendar is read under this address.
	ErrNoFeed = fault.New(fault.Missing, "calendar_not_found", "没有这个日历，地址可能已换", "there is no such calendar; its address may have been changed")
)

func readCampaign(r scanner) (calendar.Campaign, error) {
	var c calendar.Campaign
	var body string
	if err := r.Scan(&c.ID, &c.Version, &c.Created, &c.Actor, &c.State, &c.From, &c.To, &body); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(body), &c.Plan); err != nil {
		return c, fmt.Errorf("read campaign %s: %w", c.ID, err)
	}
	return c, nil
}

const campaignColumns = `SELECT id, version, created_at, actor, state, from_day, to_day, body FROM campaign `

// Campaigns lists those that touch [from, to], days, in order.
func (s *Store) Campaigns(ctx context.Context, w workspace.Number, from, to string) ([]calendar.Campaign, error) {
	return all(ctx, s.db.Reader(), readCampaign, campaignColumns+`WHERE workspace = $1 AND from_day <= $2 AND to_day >= $3 ORDER BY from_day, id`, w, to, from)
}

// Campaign reads one.
func (s *Store) Campaign(ctx context.Context, w workspace.Number, id string) (calendar.Campaign, error) {
	return one(ctx, s.db.Reader(), ErrNoCampaign, readCampaign, campaignColumns+`WHERE workspace = $1 AND id = $2`, w, id)
}

// SaveCampaign adds one of version 0, or changes one that nobody changed since.
func (s *Store) SaveCampaign(ctx context.Context, w workspace.Number, c *calendar.Campaign, at int64, entries ...audit.Entry) error {
	body, err := json.Marshal(c.Plan)
	if err != nil {
		return fmt.Errorf("encode campaign %s: %w", c.ID, err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO campaign (workspace, id, version, created_at, at, actor, state, from_day, to_day, body) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (workspace, id) DO UPDATE SET version = campaign.version + 1, at = $4, actor = $5, state = $6, from_day = $7, to_day = $8, body = $9 WHERE campaign.version = $10`,
			w, c.ID, c.Created, at, c.Actor, c.State, c.From, c.To, string(body), c.Version)
		if err != nil {
			return fmt.Errorf("save campaign %s: %w", c.ID, err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// SetCalendarFeed gives a member's calendar a new address, by its hash; the one before ends. A nil hash: it has none any more.
func (s *Store) SetCalendarFeed(ctx context.Context, w workspace.Number, staff string, hash []byte, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var err error
		if hash == nil {
			_, err = exec(ctx, tx, `DELETE FROM calendar_feed WHERE workspace = $1 AND staff = $2`, w, staff)
		} else {
			_, err = exec(ctx, tx, `INSERT INTO calendar_feed (workspace, staff, hash, created_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (workspace, staff) DO UPDATE SET hash = $3, created_at = $4`, w, staff, hash, at)
		}
		if err != nil {
			return fmt.Errorf("set the calendar address of member %s: %w", staff, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// CalendarFeed is when a member's calendar got its address; 0: it has none.
func (s *Store) CalendarFeed(ctx context.Context, w workspace.Number, staff string) (created int64, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT created_at FROM calendar_feed WHERE workspace = $1 AND staff = $2`, w, staff).Scan(&created)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return created, err
}

// CalendarOf finds whose calendar is read under an address.
func (s *Store) CalendarOf(ctx context.Context, w workspace.Number, hash []byte) (staff string, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT staff FROM calendar_feed WHERE workspace = $1 AND hash = $2`, w, hash).Scan(&staff)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoFeed
	}
	return staff, err
}
