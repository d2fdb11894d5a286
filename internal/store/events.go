package store

import (
	"context"
	"fmt"
	"math"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

// ErrNoEvent is what an unknown event gives.
var ErrNoEvent = fault.New(fault.Missing, "event_not_found", "没有找到这条记录", "no such event")

func scanEvent(r scanner) (event.Event, error) {
	var e event.Event
	var num *float64
	var a, b, c *string
	var hash, x []byte
	err := r.Scan(&e.Seq, &e.Person, &e.Type, &e.Schema, &e.Flags, &e.Occurred, &e.Original, &e.Sent, &e.Received, &e.Offset,
		&e.Source, &hash, &e.Actor, &e.Provenance, &e.Supersedes, &e.Retracts, &num, &a, &b, &c, &x, &e.Body)
	if err != nil {
		return e, err
	}
	copy(e.Hash[:], hash)
	e.Num = math.NaN()
	if num != nil {
		e.Num = *num
	}
	for _, code := range []struct {
		from *string
		to   *event.Symbol
	}{{a, &e.A}, {b, &e.B}, {c, &e.C}} {
		if code.from != nil {
			*code.to = event.Intern(*code.from)
		}
	}
	e.X = column.ParseFloats(x)
	return e, nil
}

// Facts streams what timelines are made of: events with a sequence in (after, upTo] in order, with their moments, values and
// corrections and nothing that only proof needs (source, actor, text).
func (s *Store) Facts(ctx context.Context, w workspace.Number, after, upTo event.Seq, f func(*event.Event) error) error {
	head, err := s.Head(ctx, w)
	if err != nil {
		return err
	}
	return s.db.Facts(ctx, w, after, min(upTo, head), f)
}

// EventsAfter streams events with a sequence in (after, upTo] in order; bodies come sealed.
func (s *Store) EventsAfter(ctx context.Context, w workspace.Number, after, upTo event.Seq, bodies bool, f func(*event.Event) error) error {
	query, args := s.db.EventsBetween(w, after, upTo, bodies)
	return each(ctx, s.db.Reader(), func(r scanner) error {
		e, err := scanEvent(r)
		if err != nil {
			return err
		}
		return f(&e)
	}, query, args...)
}

// EventsBySeq reads events of one person with their sealed bodies, in the order asked. One that is unknown, or
// another person's, gives ErrNoEvent.
func (s *Store) EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return nil, err
	}
	out := make([]event.Event, 0, len(seqs))
	for _, q := range seqs {
		query, args := s.db.EventAt(w, b, p, q)
		e, err := one(ctx, s.db.Reader(), ErrNoEvent, scanEvent, query, args...)
		if err != nil {
			return nil, fmt.Errorf("read event %d: %w", q, err)
		}
		if e.Person != p {
			return nil, fmt.Errorf("read event %d: %w", q, ErrNoEvent)
		}
		out = append(out, e)
	}
	return out, nil
}
