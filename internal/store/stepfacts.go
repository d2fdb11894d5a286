package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"peiban/internal/engine"
	"peiban/internal/insight/steps"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// What a database hands over of many rows comes as one text for all of a bucket: reading half a million rows one by one takes several times
// as long as looking them up. No code, id or JSON has these two in it.
const (
	between = "\x1f" // columns
	after   = "\x1e" // rows
)

// fewRuns is up to how many runs only the records they belong to are read; of more, everybody's.
const fewRuns = 5_000

// bucketsAtOnce is the part of everybody that is read in one go.
const bucketsAtOnce = person.Buckets / 16

// StepFacts tells where the runs of a journey stand and what became of the work they asked for, some at a time and never two at once: of
// some records, or of everybody when people is nil. It is what JourneyRuns and JourneyWork tell, without what nobody counts.
func (s *Store) StepFacts(ctx context.Context, w workspace.Number, journey string, people []person.Number, add func([]steps.Fact, []steps.What)) error {
	if people == nil {
		runs, err := all(ctx, s.db.Reader(), func(r scanner) (n person.Number, err error) { return n, r.Scan(&n) },
			`SELECT person FROM run WHERE workspace = $1 AND journey = $2 LIMIT $3`, w, journey, fewRuns+1)
		if err != nil {
			return fmt.Errorf("see how many runs %s has: %w", journey, err)
		}
		if len(runs) <= fewRuns { // these are all: somebody may have several
			slices.Sort(runs)
			people = append([]person.Number{}, slices.Compact(runs)...)
		}
	}
	if people == nil {
		return s.StepFactsOfAll(ctx, w, journey, add)
	}
	return s.stepFacts(ctx, w, journey, add, func(read func(string, ...any)) error {
		for _, n := range people {
			b, err := s.bucket(ctx, w, n)
			if err != nil {
				return fmt.Errorf("find where somebody lies: %w", err)
			}
			read(`bucket = $ AND person = $`, b, n)
		}
		return nil
	})
}

// StepFactsOfAll is StepFacts of everybody, however few are in the journey: part by part, each record once.
func (s *Store) StepFactsOfAll(ctx context.Context, w workspace.Number, journey string, add func([]steps.Fact, []steps.What)) error {
	return s.stepFacts(ctx, w, journey, add, func(read func(string, ...any)) error {
		for b := 0; b < person.Buckets; b += bucketsAtOnce {
			read(`bucket >= $ AND bucket < $`, b, b+bucketsAtOnce)
		}
		return nil
	})
}

// stepFacts reads parts beside each other, and adds one after the other.
func (s *Store) stepFacts(ctx context.Context, w workspace.Number, journey string, add func([]steps.Fact, []steps.What), parts func(read func(condition string, args ...any)) error) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(min(runtime.GOMAXPROCS(0), 4)) // the readers a database has
	err := parts(func(condition string, args ...any) {
		g.Go(func() error {
			f := factReader{whats: map[steps.What]uint32{}, runs: map[string]uint32{}}
			if err := f.read(ctx, s.db.Reader(), w, journey, condition, args); err != nil {
				return fmt.Errorf("read the steps of %s: %w", journey, err)
			}
			mu.Lock()
			defer mu.Unlock()
			add(f.facts, f.said)
			return nil
		})
	})
	return errors.Join(err, g.Wait())
}

// factReader reads the facts of some records.
type factReader struct {
	facts []steps.Fact
	said  []steps.What
	whats map[steps.What]uint32
	runs  map[string]uint32 // when it began, by record and id as they stand beside each other
}

func (f *factReader) read(ctx context.Context, r querier, w workspace.Number, journey, condition string, args []any) error {
	type part struct {
		columns, from, also string
		args                []any
		take                func(string) error
	}
	for _, p := range []part{
		// || keeps the index on journeys out of it: in the order of the records nothing has to be sorted.
		{`id, CAST(started_at AS TEXT), status, reason, step`, `run`, `journey || '' = $`, []any{journey}, f.run},
		{`run, kind, step, state, reason`, `message`, `journey || '' = $ AND run <> ''`, []any{journey}, f.message},
		// The cause of a task names the journey; which run it was of decides, this only keeps most others out.
		{`run, kind, state, why`, `task`, `run <> '' AND why LIKE $`, []any{`%"journey":"` + journey + `"%`}, f.task},
	} {
		q := query{}
		q.where(`workspace = $ AND `+condition+` AND `+p.also, append(append([]any{w}, args...), p.args...)...)
		row := `CAST(person AS TEXT) || '` + between + `' || ` + strings.ReplaceAll(p.columns, ", ", ` || '`+between+`' || `)
		err := each(ctx, r, func(r scanner) error {
			var packed string
			if err := r.Scan(&packed); err != nil {
				return err
			}
			for one := range strings.SplitSeq(packed, after) {
				if err := p.take(one); err != nil {
					return fmt.Errorf("read a %s: %w", p.from, err)
				}
			}
			return nil
		}, `SELECT string_agg(`+row+`, '`+after+`') FROM `+p.from+` `+q.clause()+`GROUP BY bucket`, q.args...)
		if err != nil {
			return err
		}
		if len(f.runs) == 0 {
			return nil // nobody's work was asked for by a run that is not there
		}
	}
	return nil
}

func (f *factReader) add(who string, entered uint32, w steps.What) error {
	n, err := strconv.ParseUint(who, 10, 32)
	if err != nil {
		return err
	}
	code, known := f.whats[w]
	if !known {
		code = uint32(len(f.said))
		f.whats[w], f.said = code, append(f.said, w)
	}
	f.facts = append(f.facts, steps.Fact{Person: uint32(n), What: code, Entered: entered})
	return nil
}

// cut takes apart the columns of a row.
func cut(row string, into ...*string) error {
	for i, to := range into {
		var more bool
		if *to, row, more = strings.Cut(row, between); more == (i == len(into)-1) {
			return fmt.Errorf("it has not the %d columns asked for", len(into))
		}
	}
	return nil
}

func (f *factReader) run(row string) error {
	var who, id, began, status, reason, step string
	if err := cut(row, &who, &id, &began, &status, &reason, &step); err != nil {
		return err
	}
	micros, err := strconv.ParseInt(began, 10, 64)
	if err != nil {
		return err
	}
	entered := steps.Seconds(micros)
	f.runs[row[:len(who)+len(between)+len(id)]] = entered
	return f.add(who, entered, steps.What{Run: true, Step: step, State: status, Reason: reason})
}

// of finds the run a row of work was asked for by: the first two columns of both are the same.
func (f *factReader) of(row, who, run string) (uint32, bool) {
	entered, ours := f.runs[row[:len(who)+len(between)+len(run)]]
	return entered, ours
}

func (f *factReader) message(row string) error {
	var who, run, kind, step, state, reason string
	if err := cut(row, &who, &run, &kind, &step, &state, &reason); err != nil {
		return err
	}
	entered, ours := f.of(row, who, run)
	if !ours {
		return nil
	}
	return f.add(who, entered, steps.What{Step: step, Kind: kind, State: state, Reason: reason})
}

func (f *factReader) task(row string) error {
	var who, run, kind, state, why string
	if err := cut(row, &who, &run, &kind, &state, &why); err != nil {
		return err
	}
	entered, ours := f.of(row, who, run)
	if !ours {
		return nil
	}
	step, err := askedAt(why)
	if err != nil {
		return err
	}
	return f.add(who, entered, steps.What{Step: step, Kind: kind, State: state})
}

// askedAt is the step an engine.Cause names. It stands after codes and a number, whose quotes are escaped: what looks like its beginning is it.
func askedAt(why string) (string, error) {
	if why == "" {
		return "", nil
	}
	if _, rest, found := strings.Cut(why, `,"step":"`); found {
		if step, _, closed := strings.Cut(rest, `"`); closed && !strings.Contains(step, `\`) {
			return step, nil
		}
	}
	var cause engine.Cause
	err := json.Unmarshal([]byte(why), &cause)
	return cause.Step, err
}
