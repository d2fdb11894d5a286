package conductor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
)

var (
	// ErrUnsound means that a programme with mistakes was to be published.
	ErrUnsound = fault.New(fault.Invalid, "draft_unsound", "项目里还有错误，改好才能发布", "the programme has mistakes; mend them before it is published")
	// ErrSuperseded means that a publication was made from a version that is no longer in force.
	ErrSuperseded = fault.New(fault.Clash, "draft_stale", "草稿之后又发布过新版本，请先看看差别", "another version was published since this was begun; look at the difference first")
	// ErrUnchanged means that a publication would change nothing.
	ErrUnchanged = fault.New(fault.Clash, "draft_empty", "和现在的版本没有差别", "nothing is different from the version in force")
	// ErrOtherKey means that the programme to publish is another one.
	ErrOtherKey = fault.New(fault.Invalid, "other_programme", "programme.yaml 里的 key 不是这个项目", "the key in programme.yaml is another programme's").At("key")
)

// Publication is a version to be put into force.
type Publication struct {
	Programme string
	Base      int // the version it was made from
	Files     programme.Files
	By        string
	Note      string
	Draft     int64                // the revision of the draft that ends with it; 0: none
	Progress  func(done, of int)   // of the numbers of people; nil: nobody wants to know
	Swapped   func(Version, error) // hears when everybody's wake is written, after Publish has returned; nil: nobody
}

// Published is what a publication came to.
type Published struct {
	Version
	Transitions int
	Matching    []Matching // who could be put into journeys that are entered anew
}

// stirred are the people who changed since a publication looked at them. A nil one notes nothing. Guarded by turn.
type stirred struct{ people map[person.Number]bool }

func (s *stirred) add(n person.Number) {
	if s != nil {
		s.people[n] = true
	}
}

func (s *stirred) note(w *work) {
	for _, d := range w.order {
		s.add(d.h.number)
	}
}

// succession is a version on its way into force within a transaction.
type succession struct {
	key   string
	first bool      // the programme was not there before
	seq   event.Seq // its place in the commit sequence
	now   *running
	p     *engine.Programme
	line  *lineage
	added []Version
	wakes []int64 // by person: when what changed could next change by itself
	early []*human
}

// programmes are those in force as this transaction has them.
func (w *work) programmes() []*engine.Programme {
	if w.next != nil && w.next.now != nil {
		return w.next.now.ps
	}
	return w.c.Programmes()
}

// Publish puts another version of a programme into force. Who changes is found beside the old version, while it goes on
// running; then, in one commit, everybody who changes takes a step under the new version, and from that commit on it is
// the one in force. So nobody is evaluated half by one and half by the other, and the log says where one ended and the
// other began. Nothing is sent and nobody enters a journey because of it; runs keep the version they began with.
func (c *Conductor) Publish(ctx context.Context, pub Publication, proof audit.Entry) (Published, error) {
	c.moves.Lock() // one at a time, and the clock stands still
	defer c.moves.Unlock()
	was := c.Programme(pub.Programme)
	if was == nil || pub.Programme == "" {
		return Published{}, ErrNoVersion
	}
	if was.Version != pub.Base {
		return Published{}, ErrSuperseded
	}
	compiled, err := c.successor(was.Compiled, pub.Files)
	if err != nil {
		return Published{}, err
	}
	if _, err := c.Tick(ctx); err != nil {
		return Published{}, err
	}
	defer c.unwatch()
	found, err := c.outlook(ctx, was, engine.Prepare(compiled), pub.Progress, true)
	if err != nil {
		return Published{}, err
	}
	var out Published
	var next *succession
	ctx = context.WithoutCancel(ctx) // from here on it is done or not done
	for {
		err = c.write(ctx, Live, groupLimit, func(_ context.Context, w *work) error {
			out = Published{}
			s, err := w.succeed(pub, was, compiled, found, &out)
			if err != nil {
				return err
			}
			next = s
			w.audit(proof)
			return nil
		})
		var s *stumble
		if !errors.As(err, &s) {
			break
		}
		c.passOver(s)
	}
	if err != nil {
		return Published{}, fmt.Errorf("publish version %d of %s: %w", compiled.Version, pub.Programme, err)
	}
	out.Matching = found.Matching
	c.carry(ctx, next, out.Version, pub.Swapped)
	return out, nil
}

// successor compiles files as the version after was, to run beside the other programmes of the workspace.
func (c *Conductor) successor(was *programme.Compiled, files programme.Files) (*programme.Compiled, error) {
	files, err := files.WithVersion(was.Version + 1)
	if err != nil {
		return nil, err
	}
	compiled, problems := files.Open()
	switch {
	case len(problems) > 0:
		return nil, ErrUnsound.Wrap(problems)
	case compiled.Key != was.Key:
		return nil, ErrOtherKey
	case programme.Compare(was, compiled).Empty():
		return nil, ErrUnchanged
	}
	return compiled, c.goesBeside(compiled)
}

// goesBeside refuses a programme that cannot run with the others: a journey or a text of theirs has its key and says something else.
func (c *Conductor) goesBeside(p *programme.Compiled) error {
	if problems := c.Beside(p); len(problems) > 0 {
		return ErrUnsound.Wrap(problems)
	}
	return nil
}

// Beside are the mistakes a programme would make beside the others of the workspace, in its own files.
func (c *Conductor) Beside(p *programme.Compiled) programme.Problems {
	var others []*programme.Compiled
	for _, o := range c.Programmes() {
		others = append(others, o.Compiled)
	}
	return programme.Beside(p, others...)
}

// succeed writes a version and has everybody step who changes under it.
func (w *work) succeed(pub Publication, was *engine.Programme, compiled *programme.Compiled, found *Outlook, out *Published) (*succession, error) {
	c := w.c
	if c.Programme(pub.Programme) != was {
		return nil, ErrSuperseded
	}
	w.next = nil                                      // done a second time, alone, when it failed beside others
	for h := w.nextDue(); h != nil; h = w.nextDue() { // under the old version, what fell due under it
		if _, err := w.draft(h.number); err != nil {
			return nil, &stumble{h, err}
		}
	}
	s := &succession{key: pub.Programme, now: c.run.Load().clone(), wakes: found.wakes}
	s.line = s.now.lines[pub.Programme]
	if s.line == nil {
		s.line = &lineage{c: c, key: pub.Programme}
		s.added = append(s.added, Version{Programme: pub.Programme, Number: was.Version, Hash: was.Hash, Files: was.Files, Carried: true})
		s.now.lines[pub.Programme] = s.line
	}
	w.seq++
	s.seq = w.seq
	v := Version{
		Programme: pub.Programme, Number: compiled.Version, Seq: w.seq, At: w.now, By: pub.By, Note: pub.Note, Hash: compiled.Hash,
		Files: compiled.Files, Draft: pub.Draft,
	}
	s.p = engine.Prepare(compiled).Published(v.stamp(), s.line.older)
	s.line.learn(s.added...) // runs of before are asked for in the steps below
	s.line.lend(s.added, was)
	s.now.put(s.p)
	w.next = s
	before := len(w.ch.Transitions)
	for _, n := range w.concerned(s, found) {
		d, err := w.draft(n)
		if err != nil {
			return nil, &stumble{c.human(n), err}
		}
		at := len(w.ch.Transitions)
		if err := w.step(d, engine.Input{Definition: true}, w.now, "definition"); err != nil {
			return nil, err
		}
		if len(w.ch.Transitions) > at {
			v.Changed++
		}
	}
	v.People = c.Count("programme", pub.Programme)
	s.added = append(s.added, v)
	w.ch.Versions = append(w.ch.Versions, s.added...)
	w.kinds["programme"] = true
	out.Version, out.Transitions = v, len(w.ch.Transitions)-before
	out.Files = nil
	return s, nil
}

// lend makes the programme that ran from a folder the first version, without compiling it again.
func (l *lineage) lend(added []Version, was *engine.Programme) {
	for _, v := range added {
		l.keep(v, was.Compiled)
	}
}

// concerned lists who has to step under a version: whom it changes, whom anything happened to since they were looked at,
// and for whom what it asks could have changed by itself meanwhile.
func (w *work) concerned(s *succession, found *Outlook) []person.Number {
	c := w.c
	var out []person.Number
	for i, h := range c.humans {
		n := person.Number(i)
		if h == nil || h.root != 0 || h.erased() || h.rest > w.now {
			continue
		}
		fresh := c.stirred == nil || c.stirred.people[n] || i >= len(found.wakes)
		if fresh || found.concerns[n] || found.wakes[i] <= w.now || w.drafts[n] != nil {
			out = append(out, n)
		}
	}
	for _, d := range w.order { // those made in this very commit
		if d.fresh && int(d.h.number) >= len(c.humans) {
			out = append(out, d.h.number)
		}
	}
	slices.SortFunc(out, func(a, b person.Number) int { return int(a) - int(b) })
	return slices.Compact(out)
}

// succeed makes a version the one in force, with the commit that holds it. The caller holds turn and mu.
func (c *Conductor) succeed(s *succession) {
	s.line.learn(s.added...)
	s.line.mu.Lock()
	s.line.opened[s.p.Version] = s.p
	s.line.mu.Unlock()
	c.run.Store(s.now)
	c.failing.forget(s.key, s.p.Version)
	for i, h := range c.humans {
		if h == nil || h.root != 0 || h.erased() {
			continue
		}
		if h.seq < s.seq || s.first {
			h.memo.Forget() // found under the old version, or before there was the programme
		}
		if i < len(s.wakes) && s.wakes[i] < h.wake {
			h.wake = s.wakes[i]
			c.book(h)
		}
		if h.due() < h.stored {
			s.early = append(s.early, h)
		}
	}
}

// carry writes the wakes that are earlier under a new version than what the database has, beside everything else. Until
// that is done another process looks at everybody who was not written since.
func (c *Conductor) carry(ctx context.Context, s *succession, v Version, done func(Version, error)) {
	ctx = context.WithoutCancel(ctx)
	c.carrying.Go(func() {
		err := c.carryAll(ctx, s, v)
		if err != nil {
			c.cfg.Log.Error("wakes of a new version were not written; the next start finds them again", "workspace", c.wsID, "programme", v.Programme, "error", err)
		}
		if done != nil {
			done(v, err)
		}
	})
}

func (c *Conductor) carryAll(ctx context.Context, s *succession, v Version) error {
	slices.SortFunc(s.early, func(a, b *human) int { return a.bucket - b.bucket })
	for some := range slices.Chunk(s.early, settleSize) {
		err := c.write(ctx, Bulk, settleSize, func(_ context.Context, w *work) error {
			for _, h := range some {
				if h.erased() {
					continue
				}
				if _, err := w.draft(h.number); err != nil { // whose wake is earlier than what is stored is written
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := c.cfg.Store.Carried(ctx, c.ws, v.Programme, v.Number); err != nil {
		return fmt.Errorf("record that version %d of %s is carried: %w", v.Number, v.Programme, err)
	}
	return nil
}

// unwatch ends noting who changes.
func (c *Conductor) unwatch() {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.stirred = nil
}

// zones are where each person's days begin, and states what each is in, as they stand now.
func (c *Conductor) everyone() (zones []*time.Location, states []*engine.State) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	zones, states = make([]*time.Location, len(c.humans)), make([]*engine.State, len(c.humans))
	for i, h := range c.humans {
		if h != nil && h.root == 0 && !h.erased() {
			zones[i], states[i] = h.loc, h.state
		}
	}
	return zones, states
}
