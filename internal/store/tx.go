package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// errUnwritten is a mistake of the caller: events were handed over and Write was not called.
var errUnwritten = errors.New("commit of events without Write")

// Tx is one write transaction on a workspace; see conductor.Tx. Until it ends nothing else is written to the
// workspace, on SQLite to the whole file: calling a writing method of Store meanwhile waits for ever.
type Tx struct {
	s        *Store
	tx       *sql.Tx
	conn     *sql.Conn
	do       column.Statements // inside tx
	release  func()
	w        workspace.Number
	ring     *keys.Ring
	head     event.Seq
	next     person.Number
	nextHeld int64
	pending  []event.Event
	fresh    map[person.Number]conductor.NewPerson
	done     bool
}

// Begin waits for the workspace's commit lock. An unknown workspace gives ErrNoWorkspace.
func (s *Store) Begin(ctx context.Context, w workspace.Number) (conductor.Tx, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	conn, release, err := s.db.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait to write: %w", err)
	}
	// A context that ends inside a transaction makes database/sql throw the connection away, and SQLite has only
	// one that writes. Writes are short: whoever has waited for the turn finishes.
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		release()
		return nil, fmt.Errorf("begin: %w", err)
	}
	t := &Tx{s: s, tx: tx, conn: conn, do: s.db.Statements(conn, tx), release: release, w: w, ring: ring, fresh: map[person.Number]conductor.NewPerson{}}
	if err := t.do.QueryRowContext(ctx, s.db.LockedHead(), w).Scan(&t.head, &t.next, &t.nextHeld); err != nil {
		_ = t.Rollback()
		return nil, fmt.Errorf("lock workspace %d: %w", w, err)
	}
	return t, nil
}

// Head is the last sequence committed before this transaction.
func (t *Tx) Head() event.Seq { return t.head }

// NextPerson is the number the next new person must have.
func (t *Tx) NextPerson() person.Number { return t.next }

// Claim records the ids that are new and says of each what it is.
func (t *Tx) Claim(ctx context.Context, ids []conductor.MessageID, at int64) ([]conductor.Claim, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	fresh, err := t.s.db.Claim(ctx, t.conn, t.w, ids, at)
	if err != nil {
		return nil, fmt.Errorf("claim %d messages: %w", len(ids), err)
	}
	if slices.ContainsFunc(fresh, func(c conductor.Claim) bool { return c != conductor.Fresh }) {
		if err := t.reclaim(ctx, ids, fresh); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// Find fills in the person and bucket of every identity that is known; the others keep person 0.
func (t *Tx) Find(ctx context.Context, ids []conductor.Identity) error {
	return find(ctx, t.do, t.w, ids)
}

// AppendEvents takes events whose Seq is set, in order. Write stores them, so they must stay as they are until
// then: the person of an event may be one that the same Write creates.
func (t *Tx) AppendEvents(_ context.Context, es []event.Event) error {
	last := t.head
	if n := len(t.pending); n > 0 {
		last = t.pending[n-1].Seq
	}
	for i := range es {
		if es[i].Seq <= last {
			return fmt.Errorf("append event %d after %d: out of order", es[i].Seq, last)
		}
		last = es[i].Seq
	}
	if t.pending == nil {
		t.pending = es
	} else {
		t.pending = append(slices.Clip(t.pending), es...)
	}
	return nil
}

// Write writes the events handed over, everything in c and the new head.
func (t *Tx) Write(ctx context.Context, head event.Seq, c *conductor.Changes) error {
	if head < t.head {
		return fmt.Errorf("write head %d below %d", head, t.head)
	}
	if c == nil {
		c = &conductor.Changes{}
	}
	for i := range c.Quarantine {
		if c.Quarantine[i].ID == 0 {
			c.Quarantine[i].ID = t.nextHeld
			t.nextHeld++
		}
	}
	for _, p := range c.People {
		t.fresh[p.Number] = p
		t.next = max(t.next, p.Number+1)
	}
	parts := []struct {
		what string
		do   func(context.Context, *conductor.Changes) error
	}{
		{"people", t.writePeople},
		{"identities", t.writeIdentities},
		{"events", t.writeEvents},
		{"owners", t.writeOwners},
		{"links", t.writeRoots},
		{"identifiers that went", t.writeReassigned},
		{"states", t.writeStates},
		{"settled states", t.writeSettled},
		{"transitions", t.writeTransitions},
		{"runs", t.writeRuns},
		{"messages", t.writeMessages},
		{"tasks", t.writeTasks},
		{"work that changed hands", t.writeRehanded},
		{"who waits for an owner", t.writeQueued},
		{"hand-overs", t.writeHandLines},
		{"quarantine", t.writeQuarantine},
		{"versions", t.writeVersions},
		{"lines of orders", t.writeLines},
		{"proposals", t.writeProposals},
		{"audit", t.writeAudit},
	}
	for _, part := range parts {
		if err := part.do(ctx, c); err != nil {
			return fmt.Errorf("write %s: %w", part.what, err)
		}
	}
	if _, err := exec(ctx, t.do, `UPDATE workspace SET head = $1, next_person = $2, next_held = $3 WHERE number = $4`,
		int64(head), t.next, t.nextHeld, t.w); err != nil {
		return fmt.Errorf("move the head of workspace %d: %w", t.w, err)
	}
	t.head = head
	return nil
}

// Commit makes everything durable at once.
func (t *Tx) Commit() error {
	if t.done {
		return sql.ErrTxDone
	}
	if len(t.pending) > 0 {
		return errUnwritten
	}
	if err := t.tx.Commit(); err != nil {
		t.end()
		return fmt.Errorf("commit: %w", err)
	}
	t.end()
	places := make([]place, 0, len(t.fresh))
	for n, p := range t.fresh {
		places = append(places, place{n, p.Bucket})
	}
	t.s.remember(t.w, places)
	return nil
}

// Rollback gives everything up. After Commit it does nothing, so it may be deferred.
func (t *Tx) Rollback() error {
	if t.done {
		return nil
	}
	err := t.tx.Rollback()
	t.end()
	if errors.Is(err, sql.ErrTxDone) { // the context ended and took the transaction with it
		return nil
	}
	return err
}

func (t *Tx) end() {
	t.done = true
	t.release()
}

func (t *Tx) bucket(ctx context.Context, p person.Number) (int, error) {
	if n, ok := t.fresh[p]; ok {
		return n.Bucket, nil
	}
	return t.s.place(ctx, t.do, t.w, p, t.fresh)
}

// sealer opens the key of p; nil when p was erased and nothing about them may be written.
func (t *Tx) sealer(ctx context.Context, p person.Number, bucket int) (*keys.Sealer, error) {
	key := t.fresh[p].Key
	if key == nil {
		if err := t.do.QueryRowContext(ctx, `SELECT key FROM person WHERE workspace = $1 AND bucket = $2 AND person = $3`,
			t.w, bucket, p).Scan(&key); err != nil {
			return nil, fmt.Errorf("read the key of person %d: %w", p, err)
		}
	}
	return opened(t.ring, p, key)
}

// opened is Ring.Person with nobody to seal for when p was erased.
func opened(r *keys.Ring, p person.Number, key []byte) (*keys.Sealer, error) {
	s, err := r.Person(p, key)
	if errors.Is(err, keys.ErrErased) {
		return nil, nil
	}
	return s, err
}

func sealText(s *keys.Sealer, purpose, text string) []byte {
	if s == nil {
		return nil
	}
	return s.Seal(purpose, []byte(text))
}

func openText(s *keys.Sealer, purpose string, sealed []byte) (string, error) {
	if s == nil {
		return "", nil
	}
	b, err := s.Open(purpose, sealed)
	return string(b), err
}

func (t *Tx) writeEvents(ctx context.Context, _ *conductor.Changes) error {
	if len(t.pending) == 0 {
		return nil
	}
	if err := t.s.db.Append(ctx, t.conn, t.w, t.pending, func(p person.Number) (int, error) { return t.bucket(ctx, p) }); err != nil {
		return err
	}
	t.pending = nil
	return nil
}

// writeRows runs one statement for several rows on the database's own driver, which costs half of what it costs through
// database/sql.
func writeRows[T any](ctx context.Context, t *Tx, rows []T, query string, args func(*T) ([]any, error)) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([][]any, len(rows))
	for i := range rows { // args may ask the database, which it cannot while the driver is in use
		var err error
		if values[i], err = args(&rows[i]); err != nil {
			return err
		}
	}
	return t.s.db.Each(ctx, t.conn, query, values)
}

// batch prepares a statement for several rows, or none when there are none.
func batch[T any](ctx context.Context, tx *sql.Tx, rows []T, query string, args func(*T) ([]any, error)) error {
	if len(rows) == 0 {
		return nil
	}
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range rows {
		a, err := args(&rows[i])
		if err != nil {
			return err
		}
		if _, err := stmt.ExecContext(ctx, a...); err != nil {
			return err
		}
	}
	return nil
}
