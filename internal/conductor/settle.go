package conductor

import (
	"context"
	"errors"
	"slices"
	"time"

	"peiban/internal/event"
)

// A commit appends the states it changes to a log, because a row with a place of its own would cost a page each. From time
// to time everybody whose state is in the log only is written to their place, in the order of the table, and the log is
// cut. Many states of one person become one row, and neighbours share a page.

const (
	settleEvery = time.Second
	settleFrom  = 30_000    // states in the log before a round begins
	settleSoon  = 1_000_000 // states in the log from which on a round no longer waits for live work
	settleSize  = 200       // people, or commits to cut, in one transaction
)

// settleStates empties the log of states again and again until ctx ends.
func (c *Conductor) settleStates(ctx context.Context) {
	t := time.NewTicker(settleEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		c.turn.Lock()
		n := c.logged
		c.turn.Unlock()
		if n < settleFrom {
			continue
		}
		if err := c.Settle(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.Error("states were not settled; it is tried again", "workspace", c.wsID, "error", err)
		}
	}
}

// Settle writes every state that is in the log only to its place and cuts the log. Others go on working meanwhile.
func (c *Conductor) Settle(ctx context.Context) error {
	var waiting []*human
	c.turn.Lock()
	upTo := c.head
	lane := Bulk
	if c.logged >= settleSoon {
		lane = Live
	}
	c.logged = 0
	for _, h := range c.humans {
		if h != nil && h.logged {
			waiting = append(waiting, h)
		}
	}
	c.turn.Unlock()
	slices.SortFunc(waiting, func(a, b *human) int {
		if a.bucket != b.bucket {
			return a.bucket - b.bucket
		}
		return int(a.number) - int(b.number)
	})
	for some := range slices.Chunk(waiting, settleSize) {
		if err := c.write(ctx, lane, settleSize, func(_ context.Context, w *work) error { return w.settleSome(some) }); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return c.cut(ctx, lane, upTo)
}

// settleSome writes the states of some people as they are now.
func (w *work) settleSome(some []*human) error {
	for _, h := range some {
		b, err := h.state.Encode()
		if err != nil {
			return err
		}
		w.ch.Settled = append(w.ch.Settled, StateRow{
			Person: h.number, Bucket: h.bucket, State: b, Wake: h.stored, Seq: h.seq, Changed: h.changed,
		})
	}
	w.settled = append(w.settled, some...)
	return nil
}

// cut deletes the settled part of the log, piece by piece.
func (c *Conductor) cut(ctx context.Context, lane Lane, upTo event.Seq) error {
	for {
		more := false
		err := c.write(ctx, lane, settleSize, func(ctx context.Context, w *work) error {
			first, err := w.c.cfg.Store.FirstLogged(ctx, c.ws)
			more = err == nil && first != 0 && first <= upTo
			if more {
				w.ch.SettledTo = upTo
			}
			return err
		})
		if err != nil || !more {
			return errors.Join(err, ctx.Err())
		}
	}
}
