package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// The write-ahead log is copied back into the file by a connection of its own: SQLite would do it inside a commit, and
// whoever made that commit would wait for thousands of pages. A writer that never rests may keep the log from being
// emptied; then SQLite does do it inside a commit, at walLimit.

const (
	checkpointEvery = 500 * time.Millisecond
	walLimit        = 20_000 // pages
	longLog         = 8_000  // pages from which on the log is made to begin again
	passes          = 3      // of copying before writers wait for the last one
)

// checkpoints copies the log back from time to time until stop closes.
func (d *DB) checkpoints() {
	defer close(d.stopped)
	t := time.NewTicker(checkpointEvery)
	defer t.Stop()
	for {
		select {
		case <-d.stop:
			return
		case <-t.C:
		}
		switch {
		case d.owed.Load():
			d.pay()
		case d.written.Swap(false):
			d.checkpoint()
		}
	}
}

// checkpoint copies what is in the log, and lets it begin again at its start once it is long: that needs a moment at which
// nothing is left to copy, and a writer that is busy leaves none, so the little that came meanwhile is copied while writers wait.
// What fails is tried again by the next one, or by SQLite itself.
func (d *DB) checkpoint() {
	for range passes { // what came during a long copy takes a while, too
		if d.copied() <= longLog {
			return
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, release, err := d.Acquire(ctx); err == nil {
		d.copied()
		release()
	}
}

// copied copies what is in the log and tells its length in pages; 0: it could not.
func (d *DB) copied() int {
	d.copying.Lock()
	defer d.copying.Unlock()
	var busy, inLog, copied int
	err := d.keeper.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &inLog, &copied)
	if err != nil || busy != 0 {
		return 0
	}
	return inLog
}

// pay empties the log that could not be emptied when it should have been.
func (d *DB) pay() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, release, err := d.Acquire(ctx)
	if err != nil {
		return
	}
	defer release()
	_ = d.emptyLog(context.WithoutCancel(ctx), conn) // still owed if it failed
}

// emptyLog copies everything back and leaves an empty log. Two checkpoints at once refuse each other, so it waits for the
// one in the background. While somebody reads from the log it cannot be emptied; then it is owed, and paid soon.
func (d *DB) emptyLog(ctx context.Context, conn *sql.Conn) error {
	d.copying.Lock()
	defer d.copying.Unlock()
	d.owed.Store(true)
	var busy, inLog, copied int64
	if err := conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &inLog, &copied); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	d.owed.Store(busy != 0)
	return nil
}
