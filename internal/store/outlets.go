package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/outlet"
	"peiban/internal/workspace"
)

const (
	outletPurpose = "outlet"
	outletColumns = `SELECT workspace, id, revision, created_at, at, actor, body FROM outlet `
)

type outletRow struct {
	outlet.Outlet
	workspace workspace.Number
	sealed    []byte
}

func scanOutlet(r scanner) (outletRow, error) {
	var v outletRow
	return v, r.Scan(&v.workspace, &v.ID, &v.Revision, &v.Created, &v.At, &v.Actor, &v.sealed)
}

func (s *Store) openedOutlet(ctx context.Context, v outletRow) (outlet.Outlet, error) {
	ring, err := s.Ring(ctx, v.workspace)
	if err != nil {
		return v.Outlet, err
	}
	plain, err := ring.Open(outletPurpose, v.sealed)
	if err != nil {
		return v.Outlet, fmt.Errorf("open the way out %s: %w", v.ID, err)
	}
	return v.Outlet, json.Unmarshal(plain, &v.Outlet)
}

// Outlets are the ways out of a workspace, oldest first, with their secrets.
func (s *Store) Outlets(ctx context.Context, w workspace.Number) ([]outlet.Outlet, error) {
	rows, err := all(ctx, s.db.Reader(), scanOutlet, outletColumns+`WHERE workspace = $1 ORDER BY created_at, id`, w)
	out := make([]outlet.Outlet, len(rows))
	for i := range rows {
		if err == nil {
			out[i], err = s.openedOutlet(ctx, rows[i])
		}
	}
	return out, err
}

// OutletByID finds a way out by the id in the address of its receipts, and whose it is.
func (s *Store) OutletByID(ctx context.Context, id string) (workspace.Number, outlet.Outlet, error) {
	row, err := one(ctx, s.db.Reader(), outlet.ErrMissing, scanOutlet, outletColumns+`WHERE id = $1`, id)
	if err != nil {
		return 0, outlet.Outlet{}, err
	}
	o, err := s.openedOutlet(ctx, row)
	return row.workspace, o, err
}

// SaveOutlet keeps a way out: a new one, or the one with its id when it still is at its revision.
func (s *Store) SaveOutlet(ctx context.Context, w workspace.Number, o outlet.Outlet, at int64, actor string, entries ...audit.Entry) (outlet.Outlet, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return o, err
	}
	plain, err := json.Marshal(o)
	if err != nil {
		return o, fmt.Errorf("encode the way out %s: %w", o.ID, err)
	}
	o.At, o.Actor = at, actor
	return o, s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO outlet (workspace, id, revision, created_at, at, actor, body) VALUES ($1, $2, 1, $3, $3, $4, $5)
			ON CONFLICT (workspace, id) DO UPDATE SET revision = outlet.revision + 1, at = $3, actor = $4, body = $5 WHERE outlet.revision = $6`,
			w, o.ID, at, actor, ring.Seal(outletPurpose, plain), o.Revision)
		if err != nil {
			return fmt.Errorf("save the way out %s: %w", o.ID, err)
		}
		if n == 0 {
			return outlet.ErrMoved
		}
		if o.Revision++; o.Revision == 1 {
			o.Created = at
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// DeleteOutlet forgets a way out.
func (s *Store) DeleteOutlet(ctx context.Context, w workspace.Number, id string, revision int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM outlet WHERE workspace = $1 AND id = $2 AND revision = $3`, w, id, revision)
		if err != nil {
			return fmt.Errorf("delete the way out %s: %w", id, err)
		}
		if n == 0 {
			return outlet.ErrMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// OutletOrder is the order in which channels are tried; revision 0: nobody has said.
func (s *Store) OutletOrder(ctx context.Context, w workspace.Number) (o outlet.Order, err error) {
	var names string
	err = s.db.Reader().QueryRowContext(ctx, `SELECT revision, names FROM outlet_order WHERE workspace = $1`, w).Scan(&o.Revision, &names)
	if errors.Is(err, sql.ErrNoRows) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("read the order of channels: %w", err)
	}
	if names != "" {
		o.Names = strings.Split(names, " ")
	}
	return o, nil
}

// SaveOutletOrder keeps the order when it still is at its revision.
func (s *Store) SaveOutletOrder(ctx context.Context, w workspace.Number, o outlet.Order, at int64, actor string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO outlet_order (workspace, revision, at, actor, names) VALUES ($1, 1, $2, $3, $4)
			ON CONFLICT (workspace) DO UPDATE SET revision = outlet_order.revision + 1, at = $2, actor = $3, names = $4 WHERE outlet_order.revision = $5`,
			w, at, actor, strings.Join(o.Names, " "), o.Revision)
		if err != nil {
			return fmt.Errorf("save the order of channels: %w", err)
		}
		if n == 0 {
			return outlet.ErrMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
