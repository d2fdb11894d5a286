package main

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
)

// bareSteps is what a database costs that does nothing but take people on: a table of who is due when with 400 bytes for each, of which a
// worker claims a hundred at a time, writes them anew with a row of what happened, and commits.
type bareSteps struct {
	db       *sql.DB
	postgres bool
	people   int
}

const bareClaim = 100

func newBareSteps(ctx context.Context, file, url string, people int) (*bareSteps, error) {
	b := &bareSteps{people: people, postgres: url != ""}
	var err error
	if b.postgres {
		b.db, err = sql.Open("pgx", url)
	} else if b.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(30000)"); err == nil {
		b.db.SetMaxOpenConns(1)
	}
	if err != nil {
		return nil, err
	}
	blob := "BLOB"
	if b.postgres {
		blob = "BYTEA"
	}
	for _, q := range []string{
		"CREATE TABLE bare_due (person BIGINT PRIMARY KEY, at BIGINT NOT NULL, state " + blob + " NOT NULL)", "CREATE INDEX bare_due_at ON bare_due (at)",
		"CREATE TABLE bare_done (person BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (person, at))",
	} {
		if _, err := b.db.ExecContext(ctx, q); err != nil {
			return nil, err
		}
	}
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	state := make([]byte, 400)
	for i := range people {
		if _, err := tx.ExecContext(ctx, "INSERT INTO bare_due VALUES ($1, 1, $2)", i, state); err != nil {
			return nil, err
		}
	}
	return b, tx.Commit()
}

// round has everybody taken on by so many workers; people a second.
func (b *bareSteps) round(ctx context.Context, turn, workers int) (float64, error) {
	begin := time.Now()
	var g sync.WaitGroup
	errs := make([]error, workers)
	for k := range workers {
		g.Go(func() {
			for n := 1; n > 0 && errs[k] == nil; {
				n, errs[k] = b.some(ctx, turn)
			}
		})
	}
	g.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(b.people) / time.Since(begin).Seconds(), nil
}

// some takes a hundred on.
func (b *bareSteps) some(ctx context.Context, turn int) (int, error) {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	q := fmt.Sprintf("SELECT person FROM bare_due WHERE at <= $1 ORDER BY at LIMIT %d", bareClaim)
	if b.postgres {
		q += " FOR UPDATE SKIP LOCKED"
	}
	rows, err := tx.QueryContext(ctx, q, turn)
	if err != nil {
		return 0, err
	}
	var some []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		some = append(some, n)
	}
	if err := rows.Close(); err != nil || len(some) == 0 {
		return 0, err
	}
	state := make([]byte, 400)
	if b.postgres {
		if _, err := tx.ExecContext(ctx, "UPDATE bare_due SET at = $1, state = $2 WHERE person = ANY($3)", turn+1, state, some); err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO bare_done SELECT unnest($1::bigint[]), $2", some, turn); err != nil {
			return 0, err
		}
		return len(some), tx.Commit()
	}
	up, err := tx.PrepareContext(ctx, "UPDATE bare_due SET at = $1, state = $2 WHERE person = $3")
	if err != nil {
		return 0, err
	}
	done, err := tx.PrepareContext(ctx, "INSERT INTO bare_done VALUES ($1, $2)")
	if err != nil {
		return 0, err
	}
	for _, n := range some {
		if _, err := up.ExecContext(ctx, turn+1, state, n); err != nil {
			return 0, err
		}
		if _, err := done.ExecContext(ctx, n, turn); err != nil {
			return 0, err
		}
	}
	return len(some), tx.Commit()
}

func (b *bareSteps) close() { _ = b.db.Close() }
