package soak

import (
	"context"
	"errors"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

var errDied = errors.New("the process died")

// where a process may die in a transaction.
const (
	nowhere      = iota
	beforeBegin  // before it has the lock
	beforeEvents // it has the lock and has written nothing
	amid         // every statement is done, nothing is committed
	atCommit     // the commit is lost
	afterCommit  // the commit is durable, and nobody hears of it
	places
)

// dying is the database as one process has it: once the process has died nothing reaches it any more.
type dying struct {
	*store.Store
	w    *world
	k    int // of the process
	dead bool
}

func (d *dying) die() error {
	d.dead = true
	return errDied
}

func (d *dying) Begin(ctx context.Context, n workspace.Number) (conductor.Tx, error) {
	if d.dead {
		return nil, errDied
	}
	d.w.meanwhile(d.k)
	where := d.w.whereToDie()
	if where == beforeBegin {
		return nil, d.die()
	}
	tx, err := d.Store.Begin(ctx, n)
	if err != nil {
		return nil, err
	}
	return &dyingTx{Tx: tx, db: d, where: where}, nil
}

func (d *dying) Carried(ctx context.Context, n workspace.Number, key string, number int) error {
	if d.dead {
		return errDied
	}
	if d.w.whereToDie() != nowhere {
		return d.die()
	}
	return d.Store.Carried(ctx, n, key, number)
}

type dyingTx struct {
	conductor.Tx
	db    *dying
	where int
}

func (t *dyingTx) AppendEvents(ctx context.Context, es []event.Event) error {
	if t.where == beforeEvents {
		return t.db.die()
	}
	return t.Tx.AppendEvents(ctx, es)
}

func (t *dyingTx) Write(ctx context.Context, head event.Seq, c *conductor.Changes) error {
	if err := t.Tx.Write(ctx, head, c); err != nil {
		return err
	}
	if t.where == amid {
		return t.db.die()
	}
	return nil
}

func (t *dyingTx) Commit() error {
	switch t.where {
	case atCommit:
		return errors.Join(t.db.die(), t.Rollback())
	case afterCommit:
		if err := t.Tx.Commit(); err != nil {
			return err
		}
		return t.db.die()
	}
	return t.Tx.Commit()
}

// whereToDie is where the transaction that begins now ends, mostly nowhere.
func (w *world) whereToDie() int {
	if !w.mortal || w.nested > 0 || w.chance.Float64() >= w.plan.crash {
		return nowhere
	}
	return beforeBegin + w.chance.IntN(places-beforeBegin)
}

// meanwhile has the other process do what is due at the moment in which process k is about to write.
func (w *world) meanwhile(k int) {
	if !w.plan.two || w.nested > 0 || !w.begun || w.chance.Float64() >= 0.2 {
		return
	}
	other := w.workers[1-k]
	if other == nil || other.db.dead {
		return
	}
	w.nested++
	defer func() { w.nested-- }()
	if _, err := other.c.Tick(w.ctx); err != nil {
		w.broken("the other process: %v", err)
	}
}
