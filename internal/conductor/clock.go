package conductor

import (
	"context"
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
func (c *Conductor) Tick(ctx context.Context) (int, error) { return c.tick(ctx, nil) }

func (c *Conductor) tick(ctx context.Context, tally *Happened) (int, error) {
	total := 0
	for {
		n := 0
		busy := false
		c.turn.Lock()
		if next, ok := c.agenda.next(); ok && next.at <= c.now() {
			busy = true
			c.lag.Store(c.now() - next.at)
		} else {
			c.lag.Store(0)
		}
		stale := c.head
		c.turn.Unlock()
		if !busy {
			head, err := c.cfg.Store.Head(ctx, c.ws)
			if err != nil {
				return total, fmt.Errorf("look for other commits: %w", err)
			}
			if head == stale {
				return total, nil
			}
		}
		err := c.write(ctx, Live, tickSize, func(_ context.Context, w *work) error {
			n = 0
			w.moving, w.tally = tally != nil, tally
			for n < tickSize {
				next, ok := c.agenda.next()
				if !ok || next.at > w.now {
					break
				}
				c.agenda.take()
				h := c.human(next.person)
				if h == nil || h.due() > w.now {
					continue
				}
				if _, err := w.draft(next.person); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			c.turn.Lock()
			for _, h := range c.humans { // entries taken by the failed commit come back
				if h != nil {
					c.agenda.add(h.due(), h.number)
				}
			}
			c.turn.Unlock()
			return total, fmt.Errorf("do what is due: %w", err)
		}
		total += n
		if ctx.Err() != nil {
			return total, ctx.Err()
		}
	}
}

// Move sets the clock of a rehearsal forward and does everything that falls due in between, each thing at its
// own moment.
func (c *Conductor) Move(ctx context.Context, by time.Duration) (Happened, error) {
	var tally Happened
	if c.cfg.Workspace.Kind != "rehearsal" {
		return tally, ErrClockFixed
	}
	if by < 0 || by > 400*24*time.Hour {
		return tally, fault.New(fault.Invalid, "clock_step", "时钟只能向前拨，一次不超过 400 天", "the clock moves forward only, at most 400 days at once").At("by")
	}
	offset := time.Duration(c.offset.Load()) + by
	if err := c.cfg.Store.SetOffset(ctx, c.ws, offset); err != nil {
		return tally, fmt.Errorf("store the clock: %w", err)
	}
	c.offset.Store(int64(offset))
	_, err := c.tick(ctx, &tally)
	c.subs.tell(Change{Seq: c.Head(), Kinds: []string{"clock"}})
	return tally, err
}

// Next is the next moment at which something falls due, and for whom; ok is false when nothing ever does.
func (c *Conductor) Next() (at time.Time, who person.Number, kind, key string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	best := never
	for _, h := range c.humans {
		if h == nil {
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
