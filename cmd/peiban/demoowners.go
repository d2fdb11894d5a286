package main

import (
	"context"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/course"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/person"
)

// owners gives the demo what a team has: rules for new people, languages and capacities, somebody who will be away, and two people who were
// handed to the manager, who looks after a few too.
func (r *rehearsal) owners(ctx context.Context, programme string, end time.Time) error {
	at, w := end.UnixMicro(), r.w.Number
	rules := owner.Rules{On: true, List: []owner.Rule{
		{Name: "说英语的", Languages: []string{"en"}, Staff: []string{r.staff["chen"]}, Speaks: true},
		{Name: "药店来的", Channels: []string{"pharmacy"}, Staff: []string{r.staff["liu"], r.staff["chen"]}},
		{Name: "其余按人数", Programmes: []string{programme}},
	}}
	if err := r.h.store.SaveOwnerRules(ctx, w, rules, 0, at, "command", audit.Entry{At: at, Actor: "command", Action: "owner.rules"}); err != nil {
		return fmt.Errorf("add owner rules: %w", err)
	}
	for login, m := range map[string]owner.Member{"liu": {Capacity: 180, Languages: []string{"zh"}}, "chen": {Languages: []string{"zh", "en"}}} {
		m.ID = r.staff[login]
		if err := r.h.store.SaveOwnerMember(ctx, w, m); err != nil {
			return fmt.Errorf("say how many %s looks after: %w", login, err)
		}
	}
	a := owner.Absence{
		ID: ulid.MustNew(ulid.Timestamp(end), r.h.ids).String(), Staff: r.staff["chen"], From: end.AddDate(0, 0, 3).UnixMicro(), To: end.AddDate(0, 0, 5).UnixMicro(),
		Cover: r.staff["liu"], Note: "培训", Created: at, By: "command",
	}
	if err := r.h.store.SaveAbsence(ctx, w, &a); err != nil {
		return fmt.Errorf("enter an absence: %w", err)
	}
	if err := r.courses(ctx, at); err != nil {
		return err
	}
	return r.handTwo(ctx, at)
}

// courses publishes the samples; one member of staff has passed the first of them.
func (r *rehearsal) courses(ctx context.Context, at int64) error {
	samples, err := course.Samples()
	if err != nil {
		return err
	}
	for key, d := range samples {
		if err := r.h.store.SaveCourse(ctx, r.w.Number, key, d, 0, at, "command"); err != nil {
			return fmt.Errorf("add the course %s: %w", key, err)
		}
		if err := r.h.store.PublishCourse(ctx, r.w.Number, key, 1, at, "command"); err != nil {
			return fmt.Errorf("publish the course %s: %w", key, err)
		}
	}
	const key = "low-glucose"
	d := samples[key]
	a := course.Attempt{ID: ulid.MustNew(ulid.Timestamp(time.UnixMicro(at)), r.h.ids).String(), Staff: r.staff["chen"], Course: key, Version: 1, Seed: 7, Started: at}
	if err := r.h.store.BeginAttempt(ctx, r.w.Number, a, 0); err != nil {
		return fmt.Errorf("take the exam of %s: %w", key, err)
	}
	if _, err := d.Mark(&a, d.Key(a.Seed), at); err != nil {
		return fmt.Errorf("take the exam of %s: %w", key, err)
	}
	return r.h.store.EndAttempt(ctx, r.w.Number, a)
}

// handTwo hands the two people of chen's who came last to the manager.
func (r *rehearsal) handTwo(ctx context.Context, at int64) error {
	var people []person.Number
	all := r.c.Members("owner", r.staff["chen"]).ToArray()
	for _, n := range all[max(0, len(all)-2):] {
		people = append(people, person.Number(n))
	}
	if len(people) == 0 {
		return nil
	}
	j := &job.Job{
		Kind: job.Handover, State: job.Waiting, Actor: "command", Created: at, Size: int64(len(people)),
		Told:   job.Told{Hand: &owner.Order{From: r.staff["chen"], To: []string{r.staff["zhou"]}, Why: owner.Moved}},
		Report: job.Report{Hand: &owner.Tally{Waiting: len(people)}},
	}
	if err := r.h.store.CreateHandover(ctx, r.w.Number, j, people); err != nil {
		return fmt.Errorf("hand two people over: %w", err)
	}
	if _, err := (&job.Runner{Store: r.h.store, Taker: r.c, Real: r.clock.now, Log: r.h.log, Zone: time.UTC, Lane: job.Hands}).Once(ctx); err != nil {
		return fmt.Errorf("hand two people over: %w", err)
	}
	return nil
}
