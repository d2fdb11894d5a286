package store

import (
	"context"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/insight/fulfil"
	"peiban/internal/journey"
	"peiban/internal/workspace"
)

var effectSettings = settings{"effect_settings", "body", "settings of effect"}

// EffectSettings is what the workspace says about the page of effect; version 0: nothing.
func (s *Store) EffectSettings(ctx context.Context, w workspace.Number) (set fulfil.Showing, version int64, err error) {
	version, err = effectSettings.read(ctx, s.db.Reader(), w, &set)
	return set, version, err
}

// SaveEffectSettings replaces what was read at a version; 0: there was nothing.
func (s *Store) SaveEffectSettings(ctx context.Context, w workspace.Number, set fulfil.Showing, version, at int64, actor string, entries ...audit.Entry) error {
	return effectSettings.save(ctx, s, w, set, version, at, actor, entries)
}

// JourneyRuns tells the runs of some journeys that were entered in [from, to), by record, in no order. A run that a merge brought along
// stands under both records.
func (s *Store) JourneyRuns(ctx context.Context, w workspace.Number, journeys []string, from, to int64, f func(conductor.RunRow)) error {
	q := query{}
	q.where(`workspace = $ AND started_at >= $ AND started_at < $`, w, from, to)
	in(&q, `journey`, journeys)
	return each(ctx, s.db.Reader(), func(r scanner) error {
		v, err := scanRun(r)
		if err == nil {
			f(v)
		}
		return err
	}, `SELECT `+runColumns+` FROM run `+q.clause(), q.args...)
}

// JourneyWork tells the tasks, alerts and messages the runs of some journeys asked for that fell due in [from, to), by record, in no order.
func (s *Store) JourneyWork(ctx context.Context, w workspace.Number, journeys []string, from, to int64, f func(*fulfil.Work)) error {
	tasks, messages := query{}, query{}
	tasks.where(`r.workspace = $`, w)
	in(&tasks, `r.journey`, journeys)
	tasks.where(`t.due_at >= $ AND t.due_at < $`, from, to)
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var v fulfil.Work
		var why string
		if err := r.Scan(&v.Person, &v.Journey, &v.Run, &v.Entered, &v.Kind, &v.State, &v.Reason, &v.Staff, &v.Asked, &v.Due, &v.Done, &why); err != nil {
			return err
		}
		var cause engine.Cause
		if why != "" {
			if err := json.Unmarshal([]byte(why), &cause); err != nil {
				return fmt.Errorf("read why a task of run %s was opened: %w", v.Run, err)
			}
		}
		v.Step = cause.Step
		f(&v)
		return nil
	}, `SELECT t.person, r.journey, r.id, r.started_at, t.kind, t.state, t.outcome,
			coalesce(nullif(t.closed_by, ''), nullif(t.claimed, ''), `+doer+`), t.opened_at, t.due_at, t.closed_at, t.why
		FROM run r JOIN task t ON t.workspace = r.workspace AND t.bucket = r.bucket AND t.person = r.person AND t.run = r.id
			JOIN person p ON p.workspace = t.workspace AND p.bucket = t.bucket AND p.person = t.person `+tasks.clause(), tasks.args...)
	if err != nil {
		return fmt.Errorf("read the tasks of journeys: %w", err)
	}
	messages.where(`r.workspace = $`, w)
	in(&messages, `r.journey`, journeys)
	messages.where(`m.due_at >= $ AND m.due_at < $`, from, to)
	err = each(ctx, s.db.Reader(), func(r scanner) error {
		var v fulfil.Work
		var class journey.Class
		var read, answered int64
		if err := r.Scan(&v.Person, &v.Journey, &v.Run, &v.Entered, &v.Step, &v.Kind, &v.State, &v.Reason, &class, &v.Due, &v.Done, &read, &answered); err != nil {
			return err
		}
		v.Asked, v.Safety, v.Heard = v.Due, class == journey.Safety, read != 0 || answered != 0
		f(&v)
		return nil
	}, `SELECT m.person, r.journey, r.id, r.started_at, m.step, m.kind, m.state, m.reason, m.class, m.due_at, m.sent_at, m.read_at, m.answered_at
		FROM run r JOIN message m ON m.workspace = r.workspace AND m.bucket = r.bucket AND m.person = r.person AND m.run = r.id `+messages.clause(), messages.args...)
	if err != nil {
		return fmt.Errorf("read the messages of journeys: %w", err)
	}
	return nil
}
