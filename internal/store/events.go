package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

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
		&e.Source, &hash, &e.Actor, &e.Provenance, &e.Supersedes, &e.Retracts, &num, &a, &b, &c, &x, &e.Via, &e.Body)
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

// EventsBySeq reads events of one person, and of whom they were merged with, with their sealed bodies, in the order asked. One that is
// unknown, or another person's, gives ErrNoEvent.
func (s *Store) EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return nil, err
	}
	out := make([]event.Event, 0, len(seqs))
	for _, q := range seqs {
		e, err := s.eventOf(ctx, w, of, q)
		if err != nil {
			return nil, fmt.Errorf("read event %d: %w", q, err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (s *Store) eventOf(ctx context.Context, w workspace.Number, of []record, q event.Seq) (event.Event, error) {
	for _, r := range of {
		query, args := s.db.EventAt(w, r.bucket, r.person, q)
		e, err := one(ctx, s.db.Reader(), ErrNoEvent, scanEvent, query, args...)
		if errors.Is(err, ErrNoEvent) {
			continue
		}
		if err != nil || slices.ContainsFunc(of, func(r record) bool { return r.person == e.Person }) {
			return e, err
		}
	}
	return event.Event{}, ErrNoEvent
}

// Arrived tells which of some events came for one record, whoever it is merged into.
func (s *Store) Arrived(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) (map[event.Seq]bool, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return nil, err
	}
	out := map[event.Seq]bool{}
	for _, q := range seqs {
		query, args := s.db.EventAt(w, b, p, q)
		e, err := one(ctx, s.db.Reader(), ErrNoEvent, scanEvent, query, args...)
		switch {
		case errors.Is(err, ErrNoEvent):
		case err != nil:
			return nil, fmt.Errorf("find for whom event %d came: %w", q, err)
		case e.Person == p:
			out[q] = true
		}
	}
	return out, nil
}
