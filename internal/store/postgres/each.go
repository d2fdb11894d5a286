package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"peiban/internal/store/column"
)

// Each runs a statement once for each row and waits once for all of them.
func (d *DB) Each(ctx context.Context, c *sql.Conn, query string, rows [][]any) error {
	return c.Raw(func(raw any) error {
		conn, ok := raw.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("run a batch on a %T", raw)
		}
		b := &pgx.Batch{}
		for _, values := range rows {
			b.Queue(query, values...)
		}
		return conn.Conn().SendBatch(ctx, b).Close()
	})
}

// Statements runs what a transaction asks; the driver keeps statements prepared by itself.
func (d *DB) Statements(_ *sql.Conn, tx *sql.Tx) column.Statements { return tx }
