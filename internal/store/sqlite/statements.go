package sqlite

import (
	"context"
	"database/sql"

	"peiban/internal/store/column"
)

// statementsKept is far above how many there are; more would mean that values stand in their text.
const statementsKept = 256

// Statements runs what a transaction on c asks, each statement prepared once for the life of the connection: a commit
// of few events would spend more on reading them than on running them.
func (d *DB) Statements(c *sql.Conn, tx *sql.Tx) column.Statements { return &statements{d, c, tx} }

type statements struct {
	d    *DB
	conn *sql.Conn
	tx   *sql.Tx
}

func (s *statements) of(ctx context.Context, query string) *sql.Stmt {
	if p := s.d.stmts[query]; p != nil {
		return p
	}
	if len(s.d.stmts) >= statementsKept {
		return nil
	}
	p, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil // asked plainly, it says what is wrong
	}
	if s.d.stmts == nil {
		s.d.stmts = map[string]*sql.Stmt{}
	}
	s.d.stmts[query] = p
	return p
}

func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if p := s.of(ctx, query); p != nil {
		return p.ExecContext(ctx, args...)
	}
	return s.tx.ExecContext(ctx, query, args...)
}

func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if p := s.of(ctx, query); p != nil {
		return p.QueryContext(ctx, args...)
	}
	return s.tx.QueryContext(ctx, query, args...)
}

func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if p := s.of(ctx, query); p != nil {
		return p.QueryRowContext(ctx, args...)
	}
	return s.tx.QueryRowContext(ctx, query, args...)
}
