package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"math/rand/v2"

	"peiban/internal/conductor"
	"peiban/internal/workspace"
)

// The ids of messages are hashes, so each one lands on a page of its own once their table outgrows a few pages, and a
// commit writes every page it touches. So they lie in runs: a new one goes to the newest run, which stays small, and a
// full run is closed for good. Whether a closed run may hold an id is asked of filters in memory, all runs at once; only
// where they say perhaps is the run itself asked.

// runSize is how many ids fill a run: so few that a commit of 2,000 finds several of them on each page.
const runSize = 1 << 16

// filterBits and filterProbes give a closed run of runSize ids 16 bits an id and six looks: one look-up in a thousand
// says perhaps for nothing.
const (
	filterBits   = runSize * 16
	filterProbes = 6
	filterWords  = filterBits / 64
)

// runs is what memory knows of one workspace's ids. It belongs to whoever holds the writing connection.
type runs struct {
	slabs [][]uint64 // 64 closed runs each: bit r of word p says that run r has set bit p of its filter
	n     int        // closed runs

	// The filter of the open run grows with it. It is whole only while nobody else adds to the run and no commit of
	// ours is undone, which the stamp shows; otherwise the run is read again when it closes.
	open  []uint64
	stamp int64
}

// places are the bits a hash sets. The hash is a hash already, so its own bits serve.
func places(h *[16]byte) (at [filterProbes]uint32) {
	lo, hi := binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:])
	for i := range at {
		at[i] = uint32(lo % filterBits)
		lo += hi | 1
		lo ^= lo >> 29
	}
	return at
}

// within gives the closed runs that may hold a hash, newest first.
func (r *runs) within(h *[16]byte) []int {
	var out []int
	at := places(h)
	for s := len(r.slabs) - 1; s >= 0; s-- {
		slab := r.slabs[s]
		may := slab[at[0]]
		for _, p := range at[1:] {
			if may == 0 {
				break
			}
			may &= slab[p]
		}
		for may != 0 {
			b := bits.Len64(may) - 1
			may &^= 1 << b
			out = append(out, s*64+b)
		}
	}
	return out
}

// close takes the filter of one more closed run over.
func (r *runs) close(filter []uint64) {
	if r.n%64 == 0 {
		r.slabs = append(r.slabs, make([]uint64, filterBits))
	}
	slab, bit := r.slabs[r.n/64], uint64(1)<<(r.n%64)
	for w, word := range filter {
		for ; word != 0; word &= word - 1 {
			slab[w*64+bits.TrailingZeros64(word)] |= bit
		}
	}
	r.n++
}

func setPlaces(filter []uint64, h *[16]byte) {
	for _, p := range places(h) {
		filter[p/64] |= 1 << (p % 64)
	}
}

// claimer holds the statements of Claim and what memory knows of each workspace.
type claimer struct {
	of      map[workspace.Number]*runs
	prepare func(query string) (driver.Stmt, error)
}

const (
	queryNewest = `SELECT run, size, stamp FROM message_run WHERE workspace = ? ORDER BY run DESC LIMIT 1`
	queryFilter = `SELECT filter FROM message_filter WHERE id = ?`
	queryHashes = `SELECT hash FROM message_id WHERE workspace = ? AND run = ?`
	queryHas    = `SELECT body FROM message_id WHERE workspace = ? AND run = ? AND hash = ?`
	claimID     = `INSERT INTO message_id (workspace, run, hash, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	openRun     = `INSERT INTO message_run (workspace, run, size, stamp) SELECT ?, ?, count(*), 0 FROM message_id WHERE workspace = ? AND run = ?`
	growRun     = `UPDATE message_run SET size = size + ?, stamp = ? WHERE workspace = ? AND run = ?`
	closeRun    = `INSERT INTO message_filter (id, filter) VALUES (?, ?) ON CONFLICT DO NOTHING`
)

// Claim records the ids that are new and says of each what it is.
func (d *DB) Claim(ctx context.Context, c *sql.Conn, w workspace.Number, ids []conductor.MessageID, at int64) (claims []conductor.Claim, err error) {
	err = c.Raw(func(raw any) error {
		x := &claimer{of: d.ids, prepare: func(q string) (driver.Stmt, error) { return d.prepared(ctx, raw, q) }}
		claims, err = x.claim(w, ids, at)
		return err
	})
	return claims, err
}

func (x *claimer) claim(w workspace.Number, ids []conductor.MessageID, at int64) ([]conductor.Claim, error) {
	r, newest, stamp, err := x.current(w)
	if err != nil {
		return nil, err
	}
	if stamp != r.stamp {
		r.open = nil
	}
	insert, err := x.prepare(claimID)
	if err != nil {
		return nil, err
	}
	args := numbered(5)
	args[0].Value, args[1].Value, args[3].Value = int64(w), int64(newest), at
	claims, grown := make([]conductor.Claim, len(ids)), int64(0)
ids:
	for i := range ids {
		hash := &ids[i].Hash
		for _, run := range r.within(hash) {
			body, has, err := x.said(w, run, hash)
			if err != nil {
				return nil, err
			}
			if has {
				claims[i] = conductor.ClaimOf(body, ids[i].Body)
				continue ids
			}
		}
		args[2].Value, args[4].Value = hash[:], ids[i].Body
		n, err := run(insert, args)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			body, _, err := x.said(w, newest, hash)
			if err != nil {
				return nil, err
			}
			claims[i] = conductor.ClaimOf(body, ids[i].Body)
			continue
		}
		claims[i] = conductor.Fresh
		grown++
		if r.open != nil {
			setPlaces(r.open, hash)
		}
	}
	if grown == 0 {
		return claims, nil
	}
	r.stamp = rand.Int64()
	return claims, x.exec(growRun, grown, r.stamp, int64(w), int64(newest))
}

// said is the digest an id was recorded with in a run, when it is there.
func (x *claimer) said(w workspace.Number, run int, hash *[16]byte) (body int64, has bool, err error) {
	err = x.rows(queryHas, []any{int64(w), int64(run), hash[:]}, func(v []driver.Value) error {
		body, has = v[0].(int64)
		return nil
	})
	return body, has, err
}

// current brings memory up to date and gives the run that new ids go to. A run that is full is closed first.
func (x *claimer) current(w workspace.Number) (r *runs, newest int, stamp int64, err error) {
	newest, size, stamp, err := x.newest(w)
	if err != nil {
		return nil, 0, 0, err
	}
	if newest < 0 { // none yet: what a restore brought in is the first
		if err := x.exec(openRun, int64(w), int64(0), int64(w), int64(0)); err != nil {
			return nil, 0, 0, err
		}
		if newest, size, stamp, err = x.newest(w); err != nil {
			return nil, 0, 0, err
		}
	}
	r = x.of[w]
	if r == nil || r.n > newest { // closed in a commit that was undone
		r = &runs{}
		x.of[w] = r
	}
	for r.n < newest {
		filter, err := x.filter(w, r.n)
		if err != nil {
			return nil, 0, 0, err
		}
		r.close(filter)
		r.open = nil
	}
	if size == 0 && r.open == nil {
		r.open, r.stamp = make([]uint64, filterWords), stamp
	}
	if size < runSize {
		return r, newest, stamp, nil
	}
	filter := r.open
	if filter == nil || r.stamp != stamp {
		if filter, err = x.scan(w, newest); err != nil {
			return nil, 0, 0, err
		}
	}
	if err := x.exec(closeRun, filterID(w, newest), pack(filter)); err != nil {
		return nil, 0, 0, err
	}
	if err := x.exec(openRun, int64(w), int64(newest+1), int64(w), int64(newest+1)); err != nil {
		return nil, 0, 0, err
	}
	r.close(filter)
	r.open, r.stamp = make([]uint64, filterWords), 0
	return r, newest + 1, 0, nil
}

// newest is the run ids go to now; -1 when there is none yet.
func (x *claimer) newest(w workspace.Number) (run int, size, stamp int64, err error) {
	run = -1
	err = x.rows(queryNewest, []any{int64(w)}, func(v []driver.Value) error {
		n, ok1 := v[0].(int64)
		s, ok2 := v[1].(int64)
		t, ok3 := v[2].(int64)
		if !ok1 || !ok2 || !ok3 {
			return fmt.Errorf("a run of %T, %T, %T", v[0], v[1], v[2])
		}
		run, size, stamp = int(n), s, t
		return nil
	})
	return run, size, stamp, err
}

// filter is the stored filter of a closed run; one without (a restore) is made again from its ids.
func (x *claimer) filter(w workspace.Number, run int) ([]uint64, error) {
	var filter []uint64
	err := x.rows(queryFilter, []any{filterID(w, run)}, func(v []driver.Value) error {
		if b, ok := v[0].([]byte); ok && len(b) == filterWords*8 {
			filter = make([]uint64, filterWords)
			for i := range filter {
				filter[i] = binary.LittleEndian.Uint64(b[i*8:])
			}
		}
		return nil
	})
	if err != nil || filter != nil {
		return filter, err
	}
	return x.scan(w, run)
}

func filterID(w workspace.Number, run int) int64 { return int64(w)<<seqBits | int64(run) }

// scan makes the filter of a run from its ids. One that holds far more than runSize (a restore puts all into one) says
// perhaps more often, and the run is asked more often.
func (x *claimer) scan(w workspace.Number, run int) ([]uint64, error) {
	filter := make([]uint64, filterWords)
	err := x.rows(queryHashes, []any{int64(w), int64(run)}, func(v []driver.Value) error {
		b, ok := v[0].([]byte)
		if !ok || len(b) != 16 {
			return fmt.Errorf("an id of %T", v[0])
		}
		setPlaces(filter, (*[16]byte)(b))
		return nil
	})
	return filter, err
}

func pack(filter []uint64) []byte {
	b := make([]byte, 0, len(filter)*8)
	for _, w := range filter {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

func (x *claimer) exec(query string, values ...any) error {
	s, err := x.prepare(query)
	if err != nil {
		return err
	}
	args := numbered(len(values))
	for i, v := range values {
		args[i].Value = v
	}
	_, err = run(s, args)
	return err
}

func (x *claimer) rows(query string, values []any, each func([]driver.Value) error) error {
	s, err := x.prepare(query)
	if err != nil {
		return err
	}
	q, ok := s.(driver.StmtQueryContext)
	if !ok {
		return fmt.Errorf("query a %T", s)
	}
	args := numbered(len(values))
	for i, v := range values {
		args[i].Value = v
	}
	rows, err := q.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	defer rows.Close()
	v := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(v); err {
		case nil:
			if err := each(v); err != nil {
				return err
			}
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}
