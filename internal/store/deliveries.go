package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/out"
	"peiban/internal/workspace"
)

const deliveryPurpose = "delivery"

const deliveryFields = `id, state, version, told, maker, created_at, after_at, why, ended_at`

func (s *Store) scanDelivery(ctx context.Context, w workspace.Number) (func(scanner) (out.Delivery, error), error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	return func(r scanner) (out.Delivery, error) {
		var d out.Delivery
		var told []byte
		if err := r.Scan(&d.ID, &d.State, &d.Version, &told, &d.Maker, &d.Created, &d.After, &d.Why, &d.Ended); err != nil {
			return d, err
		}
		plain, err := ring.Open(deliveryPurpose, told)
		if err != nil {
			return d, fmt.Errorf("open delivery %s: %w", d.ID, err)
		}
		return d, json.Unmarshal(plain, &d.Told)
	}, nil
}

func (s *Store) sealDelivery(ctx context.Context, w workspace.Number, t *out.Sending) ([]byte, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode a delivery: %w", err)
	}
	return ring.Seal(deliveryPurpose, plain), nil
}

// CreateDelivery keeps a new delivery.
func (s *Store) CreateDelivery(ctx context.Context, w workspace.Number, d *out.Delivery, entries ...audit.Entry) error {
	told, err := s.sealDelivery(ctx, w, &d.Told)
	if err != nil {
		return err
	}
	d.Version = 1
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO delivery (workspace, `+deliveryFields+`) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, '', 0)`,
			w, d.ID, string(d.State), told, d.Maker, d.Created, d.After); err != nil {
			return fmt.Errorf("create delivery %s: %w", d.ID, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Deliveries lists the deliveries of a workspace, the oldest first.
func (s *Store) Deliveries(ctx context.Context, w workspace.Number) ([]out.Delivery, error) {
	scan, err := s.scanDelivery(ctx, w)
	if err != nil {
		return nil, err
	}
	return all(ctx, s.db.Reader(), scan, `SELECT `+deliveryFields+` FROM delivery WHERE workspace = $1 ORDER BY created_at, id`, w)
}

// Delivery reads a delivery.
func (s *Store) Delivery(ctx context.Context, w workspace.Number, id string) (out.Delivery, error) {
	scan, err := s.scanDelivery(ctx, w)
	if err != nil {
		return out.Delivery{}, err
	}
	return one(ctx, s.db.Reader(), out.ErrNoDelivery, scan, `SELECT `+deliveryFields+` FROM delivery WHERE workspace = $1 AND id = $2`, w, id)
}

// ChangeDelivery rewrites what is said of a delivery. Runs that are not over end with it when it is on no more, or when another file would
// come of them than their name says.
func (s *Store) ChangeDelivery(ctx context.Context, w workspace.Number, id string, change func(*out.Delivery) error, entries ...audit.Entry) (out.Delivery, error) {
	scan, err := s.scanDelivery(ctx, w)
	if err != nil {
		return out.Delivery{}, err
	}
	var d out.Delivery
	err = s.write(ctx, func(tx *sql.Tx) error {
		var err error
		if d, err = one(ctx, tx, out.ErrNoDelivery, scan, `SELECT `+deliveryFields+` FROM delivery WHERE workspace = $1 AND id = $2`, w, id); err != nil {
			return err
		}
		before := d.Told
		if err := change(&d); err != nil {
			return err
		}
		told, err := s.sealDelivery(ctx, w, &d.Told)
		if err != nil {
			return err
		}
		d.Version++
		if _, err := exec(ctx, tx, `UPDATE delivery SET state = $3, version = $4, told = $5, maker = $6, after_at = $7, why = $8, ended_at = $9
			WHERE workspace = $1 AND id = $2`, w, id, string(d.State), d.Version, told, d.Maker, d.After, d.Why, d.Ended); err != nil {
			return fmt.Errorf("change delivery %s: %w", id, err)
		}
		if d.State != out.On || before.List != d.Told.List || before.Format != d.Told.Format {
			if err := endRuns(ctx, tx, w, id); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return d, err
}

// endRuns ends the runs of a delivery that wait, and asks the one that is worked on to stop.
func endRuns(ctx context.Context, tx *sql.Tx, w workspace.Number, id string) error {
	if _, err := exec(ctx, tx, `UPDATE delivery_run SET state = 'stopped' WHERE workspace = $1 AND delivery = $2 AND state = 'waiting'`, w, id); err != nil {
		return fmt.Errorf("end the runs of delivery %s: %w", id, err)
	}
	if _, err := exec(ctx, tx, `UPDATE delivery_run SET want = 'stop' WHERE workspace = $1 AND delivery = $2 AND state = 'running'`, w, id); err != nil {
		return fmt.Errorf("stop the run of delivery %s: %w", id, err)
	}
	return nil
}

// DropDelivery removes a delivery with its runs.
func (s *Store) DropDelivery(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM delivery WHERE workspace = $1 AND id = $2`, w, id)
		if err != nil {
			return fmt.Errorf("drop delivery %s: %w", id, err)
		}
		if n == 0 {
			return out.ErrNoDelivery
		}
		if _, err := exec(ctx, tx, `DELETE FROM delivery_run WHERE workspace = $1 AND delivery = $2`, w, id); err != nil {
			return fmt.Errorf("drop the runs of delivery %s: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

const runFields = `delivery, due_at, id, asked, state, want, file, tries, next_at, started_at, ended_at, row_count, row_total, bytes, problem, lease_by, lease_until`

const runOf = `SELECT ` + runFields + ` FROM delivery_run `

func scanDeliveryRun(r scanner) (out.Run, error) {
	var v out.Run
	var problem string
	if err := r.Scan(&v.Delivery, &v.Due, &v.ID, &v.Asked, &v.State, &v.Want, &v.File, &v.Tries, &v.Next, &v.Started, &v.Ended, &v.Rows, &v.Of, &v.Bytes,
		&problem, &v.LeaseBy, &v.Lease); err != nil {
		return v, err
	}
	if problem == "" {
		return v, nil
	}
	v.Problem = &out.Problem{}
	return v, json.Unmarshal([]byte(problem), v.Problem)
}

// runsKept is how many runs of a delivery are kept.
const runsKept = 500

// AddRun keeps a run that is to be worked on. One that was due, and not asked for, is dealt with by that: those that waited before it are
// missed. It is out.ErrRunMoved when another dealt with the moment, or the delivery changed since it was read.
func (s *Store) AddRun(ctx context.Context, w workspace.Number, d *out.Delivery, run *out.Run, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if run.Asked == "" {
			n, err := exec(ctx, tx, `UPDATE delivery SET after_at = $3 WHERE workspace = $1 AND id = $2 AND version = $4 AND state = 'on' AND after_at < $3`,
				w, d.ID, run.Due, d.Version)
			if err != nil {
				return fmt.Errorf("move delivery %s: %w", d.ID, err)
			}
			if n == 0 {
				return out.ErrRunMoved
			}
			if _, err := exec(ctx, tx, `UPDATE delivery_run SET state = 'missed' WHERE workspace = $1 AND delivery = $2 AND state = 'waiting' AND asked = ''`, w, d.ID); err != nil {
				return fmt.Errorf("end what delivery %s missed: %w", d.ID, err)
			}
		}
		n, err := exec(ctx, tx, `INSERT INTO delivery_run (workspace, `+runFields+`)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, 0, 0, 0, 0, 0, 0, 0, '', '', 0) ON CONFLICT DO NOTHING`, w, d.ID, run.Due, run.ID, run.Asked, string(out.RunWaiting), run.File)
		if err != nil {
			return fmt.Errorf("add a run of delivery %s: %w", d.ID, err)
		}
		if n == 0 {
			return out.ErrRunMoved
		}
		if _, err := exec(ctx, tx, `DELETE FROM delivery_run WHERE workspace = $1 AND delivery = $2 AND state NOT IN ('waiting', 'running')
			AND due_at < (SELECT min(due_at) FROM (SELECT due_at FROM delivery_run WHERE workspace = $1 AND delivery = $2 ORDER BY due_at DESC LIMIT $3) AS kept)`, w, d.ID, runsKept); err != nil {
			return fmt.Errorf("drop old runs of delivery %s: %w", d.ID, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// OpenRuns are the runs of a workspace that are not over, the earliest first.
func (s *Store) OpenRuns(ctx context.Context, w workspace.Number) ([]out.Run, error) {
	return all(ctx, s.db.Reader(), scanDeliveryRun, runOf+`WHERE workspace = $1 AND state IN ('waiting', 'running') ORDER BY due_at, delivery`, w)
}

// LeaseRun takes a run that nobody works on, until a moment, for one more try; out.ErrRunMoved when another does, or it is over.
func (s *Store) LeaseRun(ctx context.Context, w workspace.Number, run *out.Run, by string, now, until int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE delivery_run SET state = 'running', tries = tries + 1, lease_by = $4, lease_until = $5, started_at = CASE WHEN started_at = 0 THEN $6 ELSE started_at END
			WHERE workspace = $1 AND delivery = $2 AND due_at = $3 AND state IN ('waiting', 'running') AND next_at <= $6 AND lease_until <= $6`,
			w, run.Delivery, run.Due, by, until, now)
		if err != nil {
			return fmt.Errorf("lease a run of delivery %s: %w", run.Delivery, err)
		}
		if n == 0 {
			return out.ErrRunMoved
		}
		read, err := one(ctx, tx, out.ErrRunMoved, scanDeliveryRun, runOf+`WHERE workspace = $1 AND delivery = $2 AND due_at = $3`, w, run.Delivery, run.Due)
		*run = read
		return err
	})
}

// SaveRun writes how far a run is, or how it ended, and reads what is wanted of it. It is out.ErrRunMoved when another works on it by now.
func (s *Store) SaveRun(ctx context.Context, w workspace.Number, run *out.Run, entries ...audit.Entry) error {
	problem := ""
	if run.Problem != nil {
		b, err := json.Marshal(run.Problem)
		if err != nil {
			return fmt.Errorf("encode why a run was not through: %w", err)
		}
		problem = string(b)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE delivery_run SET state = $4, tries = $5, next_at = $6, ended_at = $7, row_count = $8, row_total = $9, bytes = $10, problem = $11,
			lease_until = $12 WHERE workspace = $1 AND delivery = $2 AND due_at = $3 AND lease_by = $13 AND state = 'running'`,
			w, run.Delivery, run.Due, string(run.State), run.Tries, run.Next, run.Ended, run.Rows, run.Of, run.Bytes, problem, run.Lease, run.LeaseBy)
		if err != nil {
			return fmt.Errorf("save a run of delivery %s: %w", run.Delivery, err)
		}
		if n == 0 {
			return out.ErrRunMoved
		}
		if err := tx.QueryRowContext(ctx, `SELECT want FROM delivery_run WHERE workspace = $1 AND delivery = $2 AND due_at = $3`, w, run.Delivery, run.Due).Scan(&run.Want); err != nil {
			return fmt.Errorf("read what is wanted of a run of delivery %s: %w", run.Delivery, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// StopRuns ends what waits of a delivery and asks what is worked on to stop.
func (s *Store) StopRuns(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var open int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM delivery_run WHERE workspace = $1 AND delivery = $2 AND state IN ('waiting', 'running')`, w, id).Scan(&open); err != nil {
			return fmt.Errorf("look for runs of delivery %s: %w", id, err)
		}
		if open == 0 {
			return out.ErrNoRun
		}
		return errors.Join(endRuns(ctx, tx, w, id), appendAudit(ctx, tx, w, entries))
	})
}

// DeliveryRuns lists the runs of one delivery, of all when id is empty, the newest first.
func (s *Store) DeliveryRuns(ctx context.Context, w workspace.Number, id string, page Page) (List[out.Run], error) {
	q := query{columns: runOf, count: `SELECT count(*) FROM delivery_run `}
	q.where(`workspace = $`, w)
	if id != "" {
		q.where(`delivery = $`, id)
	}
	return paged(ctx, s.db.Reader(), q, page, `(due_at < $ OR due_at = $ AND delivery > $)`, `ORDER BY due_at DESC, delivery`, scanDeliveryRun,
		func(r out.Run) []string { at := fmt.Sprint(r.Due); return []string{at, at, r.Delivery} }, number, number, text)
}

// LastRuns are the newest run of each delivery.
func (s *Store) LastRuns(ctx context.Context, w workspace.Number) (map[string]out.Run, error) {
	last := map[string]out.Run{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		v, err := scanDeliveryRun(r)
		last[v.Delivery] = v
		return err
	}, runOf+`AS r WHERE workspace = $1 AND due_at = (SELECT max(due_at) FROM delivery_run AS x WHERE x.workspace = r.workspace AND x.delivery = r.delivery)`, w)
	return last, err
}
