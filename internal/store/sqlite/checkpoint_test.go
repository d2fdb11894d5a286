package sqlite

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
)

// A writer that never rests leaves no moment at which all of the log is copied; it must not grow without end all the same,
// or SQLite copies it inside somebody's commit.
func TestTheLogOfABusyWriterBeginsAgain(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, filepath.Join(t.TempDir(), "busy.db"), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrator().Exec(`CREATE TABLE event (id INTEGER PRIMARY KEY, person, type, schema, flags, occurred_at, original_at,
		sent_at, received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via)`); err != nil {
		t.Fatal(err)
	}
	if err := d.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	write := func(rows int) {
		conn, release, err := d.Acquire(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		defer release()
		if _, err := conn.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			INSERT INTO event (body) SELECT randomblob(4000) FROM n`, rows); err != nil {
			t.Error(err)
		}
	}
	for range 10 {
		write(longLog / 8)
	}
	stop := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				write(10)
			}
		}
	})
	d.checkpoint()
	close(stop)
	busy.Wait()
	write(1)
	if n := d.copied(); n > longLog {
		t.Errorf("the log is %d pages long after it was copied; it should have begun again", n)
	}
}
