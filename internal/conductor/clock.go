package conductor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/task"
)

// ErrClockFixed means a live workspace's clock was to be moved.
var ErrClockFixed = fault.New(fault.Missing, "clock_fixed", "只有演练空间能拨动时钟", "only a rehearsal workspace has a clock that moves")

// Happened is what came about while the clock moved.
type Happened struct {
	Sent, Tasks, Held, Suppressed, Gained, Lost, Alerts int
	Items                                               []Happening // the first of them, in order
}

// Happening is one thing that came about.
type Happening struct {
	Kind   string // sent, held, suppressed, task, alert, gained, lost, stage
	At     int64
	Person person.Number
	Key    string // content, script, tag or stage
	ID     string // of the message or task
	Reason string
}

const happeningsKept = 200

// add takes over what came about in one commit.
func (t *Happened) add(o *Happened) {
	t.Sent, t.Tasks, t.Held, t.Suppressed = t.Sent+o.Sent, t.Tasks+o.Tasks, t.Held+o.Held, t.Suppressed+o.Suppressed
	t.Gained, t.Lost, t.Alerts = t.Gained+o.Gained, t.Lost+o.Lost, t.Alerts+o.Alerts
	for _, h := range o.Items {
		t.note(h)
	}
}

func (t *Happened) note(h Happening) {
	if len(t.Items) < happeningsKept {
		t.Items = append(t.Items, h)
	}
}

func (t *Happened) transition(d *draft, tr engine.Transition, now int64) {
	if t == nil {
		return
	}
	kind := "lost"
	switch {
	case tr.Kind == "stage" && !tr.Gained:
		return
	case tr.Kind == "stage":
		kind = "stage"
	case tr.Gained:
		kind = "gained"
		t.Gained++
	default:
		t.Lost++
	}
	t.note(Happening{Kind: kind, At: now, Person: d.h.number, Key: tr.Key})
}

func (t *Happened) task(d *draft, k *task.Task) {
	if t == nil {
		return
	}
	kind := "task"
	if k.Kind == "alert" {
		t.Alerts++
		kind = "alert"
	} else {
		t.Tasks++
	}
	t.note(Happening{Kind: kind, At: k.Opened, Person: d.h.number, Key: k.Script, ID: string(k.ID)})
}

func (t *Happened) message(d *draft, m *message.Message, now int64) {
	if t == nil {
		return
	}
	switch m.State {
	case message.Sent:
		t.Sent++
	case message.Held:
		t.Held++
	default:
		t.Suppressed++
	}
	t.note(Happening{Kind: string(m.State), At: now, Person: d.h.number, Key: m.Content, ID: string(m.ID), Reason: m.Reason})
}

// tickSize is how many people one transaction steps.
const tickSize = 1000

// Tick does everything that is due by now and reports how many people it stepped.
func (c *Conductor) Tick(ctx context.Context) (int, error) {
	total := 0
	for {
		idle, err := c.idle(ctx)
		if idle || err != nil {
			return total, err
		}
		n, others := c.lookAhead(ctx)
		total += n + len(others)
		if n > 0 && len(others) == 0 {
			continue
		}
		if len(others) > 0 {
			if err := c.tryAgain(c.wakeUp(ctx, others)); err != nil {
				return total, err
			}
			continue
		}
		err = c.write(ctx, Live, tickSize, func(_ context.Context, w *work) error {
			for n = 0; n < tickSize; n++ {
				h := w.nextDue()
				if h == nil {
					break
				}
				if _, err := w.draft(h.number); err != nil {
					return &stumble{h, err}
				}
			}
			return nil
		})
		if err = c.tryAgain(err); err != nil {
			return total, err
		}
		total += n
	}
}

// tryAgain passes over the person at whom err stumbled, if that is what it says; other errors it gives back.
func (c *Conductor) tryAgain(err error) error {
	var s *stumble
	if errors.As(err, &s) {
		c.passOver(s)
		return nil
	}
	if err != nil {
		return fmt.Errorf("do what is due: %w", err)
	}
	return nil
}

// Stepped is how often somebody was looked at because of the time, since the start.
type Stepped struct {
	Wakes int64 // moments of people at which something could have changed
	Idle  int64 // of them, those at which nothing did
}

// Stepped tells what the clock has cost so far.
func (c *Conductor) Stepped() Stepped {
	return Stepped{c.wakes.Load(), c.idled.Load()}
}

// woken counts a step that the time was the reason for.
func (c *Conductor) woken(out *engine.Out) {
	c.wakes.Add(1)
	if silent(out) {
		c.idled.Add(1)
	}
}

// silent reports whether a step asks for nothing but to be taken again.
func silent(out *engine.Out) bool {
	return !out.Changed && len(out.Transitions)+len(out.Messages)+len(out.Tasks)+len(out.Begun)+len(out.Moved)+len(out.Ended) == 0
}

// stumble is a person who could not be stepped.
type stumble struct {
	h   *human
	err error
}

func (s *stumble) Error() string { return s.err.Error() }
func (s *stumble) Unwrap() error { return s.err }

// restAfterFailure is how long somebody who could not be stepped is passed over.
const restAfterFailure = time.Minute

// passOver leaves one person out for a while, so that one who cannot be stepped keeps nobody else from being looked
// after.
func (c *Conductor) passOver(s *stumble) {
	c.cfg.Log.Error("a person could not be stepped; they are passed over for a minute", "workspace", c.wsID, "person", s.h.id, "error", s.err)
	c.turn.Lock()
	defer c.turn.Unlock()
	s.h.rest = c.now() + restAfterFailure.Microseconds()
	s.h.booked = never
	c.book(s.h)
}

// idle reports whether nobody is due and nothing was committed by others.
func (c *Conductor) idle(ctx context.Context) (bool, error) {
	c.turn.Lock()
	seen := c.head
	next, ok := c.agenda.next()
	late := int64(0)
	if ok {
		late = max(0, c.now()-next.at)
	}
	due := ok && next.at <= c.now()
	c.turn.Unlock()
	c.lag.Store(late)
	if due {
		return false, nil
	}
	head, err := c.cfg.Store.Head(ctx, c.ws)
	if err != nil {
		return false, fmt.Errorf("look for other commits: %w", err)
	}
	return head == seen, nil
}

// Move sets the clock of a rehearsal forward and does everything that falls due in between, each thing at its
// own moment. It is not broken off half-way: what had fallen due by then would be done late.
func (c *Conductor) Move(ctx context.Context, by time.Duration) (Happened, error) {
	if c.cfg.Workspace.Kind != "rehearsal" {
		return Happened{}, ErrClockFixed
	}
	if by < 0 || by > 400*24*time.Hour {
		return Happened{}, fault.New(fault.Invalid, "clock_step", "时钟只能向前拨，一次不超过 400 天", "the clock moves forward only, at most 400 days at once").At("by")
	}
	return c.Pass(ctx, func(_ context.Context, pass func(time.Time) error) error { return pass(c.Now().Add(by)) })
}

// Pass is Move in several steps, between which something else is done in the workspace: live is given what moves the clock to a moment and
// does what falls due by then. What came about in all of it is told as one.
func (c *Conductor) Pass(ctx context.Context, live func(ctx context.Context, pass func(to time.Time) error) error) (Happened, error) {
	if c.cfg.Workspace.Kind != "rehearsal" {
		return Happened{}, ErrClockFixed
	}
	ctx = context.WithoutCancel(ctx)
	c.moves.Lock()
	defer c.moves.Unlock()
	if err := c.setForward(ctx, 0); err != nil {
		return Happened{}, err
	}
	err := live(ctx, func(to time.Time) error {
		if err := c.setForward(ctx, max(0, to.Sub(c.Now()))); err != nil {
			return err
		}
		_, err := c.Tick(ctx)
		return err
	})
	c.turn.Lock()
	tally := *c.moving
	c.moving = nil
	c.turn.Unlock()
	c.subs.tell(Change{Seq: c.Head(), Kinds: []string{"clock"}})
	return tally, err
}

// setForward changes the clock between two commits, so that every later one knows that it moves.
func (c *Conductor) setForward(ctx context.Context, by time.Duration) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	offset := time.Duration(c.offset.Load()) + by
	if err := c.cfg.Store.SetOffset(ctx, c.ws, offset); err != nil {
		return fmt.Errorf("store the clock: %w", err)
	}
	c.offset.Store(int64(offset))
	if c.moving == nil {
		c.moving = &Happened{}
	}
	return nil
}

// Next is the next moment at which something falls due, and for whom; ok is false when nothing ever does.
func (c *Conductor) Next() (at time.Time, who person.Number, kind, key string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	best := never
	for _, h := range c.humans {
		if h == nil || h.root != 0 { // what rests with somebody who was merged is not due
			continue
		}
		for i := range h.pending {
			if m := &h.pending[i]; m.State != message.Sending && m.Next < best {
				best, who, kind, key = m.Next, h.number, "message", m.Content
			}
		}
		for i := range h.state.Runs {
			if r := &h.state.Runs[i]; r.Until != 0 && r.Until < best {
				best, who, kind, key = r.Until, h.number, "step", r.Journey
			}
		}
	}
	if best == never {
		return time.Time{}, 0, "", "", false
	}
	return time.UnixMicro(best), who, kind, key, true
}
