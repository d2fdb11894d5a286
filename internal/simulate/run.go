package simulate

import (
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peiban/internal/message"
)

// World is the peiban a story happens in, seen from outside: the public intake, the phone, the console.
type World interface {
	// Advance moves the workspace's clock to a moment and has everything done that falls due on the way.
	Advance(ctx context.Context, to time.Time) error
	// Due is the next moment something falls due by itself.
	Due() (time.Time, bool)
	// Batch hands a body to POST /v1/batch and says how many of its events were refused or kept out.
	Batch(ctx context.Context, body []byte) (refused int, err error)
	// ID is what peiban calls a person or a member of staff ("staff:" and the login); empty: not known yet.
	ID(ctx context.Context, userID string) string
	// Arrived lists what reached people's phones since the last call.
	Arrived(ctx context.Context) ([]Delivery, error)
	Open(ctx context.Context, userID, message string) error
	Reply(ctx context.Context, userID, message, answer string) error
	// Call asks for a human; id names the request.
	Call(ctx context.Context, userID, id, note string) error
	// Sign has a doctor state from their own account what was so at a moment.
	Sign(ctx context.Context, login, userID, event string, at time.Time, properties map[string]any) error
	// Opened lists tasks that came up since the last call.
	Opened(ctx context.Context) ([]Work, error)
	// Finish completes a task, or reports false when it is not open any more.
	Finish(ctx context.Context, w Work, outcome, note string) (bool, error)
	// Postpone puts a task off, or reports false when it is not open any more.
	Postpone(ctx context.Context, w Work, until time.Time, note string) (bool, error)
}

// listens is a World that hears of each happening by itself, without the public intake.
type listens interface {
	hear(h Happening, properties map[string]any) (refused bool, err error)
}

// Delivery is a message on somebody's phone.
type Delivery struct {
	UserID string
	Received
}

// Story is what Run tells.
type Story struct {
	Seed   uint64
	People []*Person
	Start  time.Time
	End    time.Time
	Step   time.Duration // how finely the clock moves when nothing urgent happens; 0: half an hour

	Behaviour *Behaviour   // nil: as people usually are in a story
	Caps      message.Caps // how many messages one person gets; the zero value: the usual
}

// Figures count what happened.
type Figures struct {
	People    int `json:"people"`
	Steps     int `json:"steps"`
	Events    int `json:"events"`
	Refused   int `json:"refused"`
	Messages  int `json:"messages"`
	Opened    int `json:"opened"`
	Answers   int `json:"answers"`
	Calls     int `json:"calls"`
	Tasks     int `json:"tasks"`
	TasksDone int `json:"tasksDone"`
}

// Run tells a story in a world. Progress is called now and then with the moment reached.
func Run(ctx context.Context, s Story, w World, progress func(now time.Time, f Figures)) (Figures, error) {
	if s.Step == 0 {
		s.Step = 30 * time.Minute
	}
	t := &telling{Story: s, world: w, byUser: map[string]*Life{}, desk: newDesk(s)}
	for _, p := range s.People {
		l := NewLife(s.Seed, p, s.Start, s.End)
		l.behave(s.Behaviour)
		t.lives = append(t.lives, l)
		t.byUser[p.UserID] = l
	}
	t.f.People = len(s.People)
	for now := s.Start; now.Before(s.End); {
		now = t.next(now)
		if err := t.step(ctx, now); err != nil {
			return t.f, fmt.Errorf("simulate %s: %w", now.UTC().Format(time.RFC3339), err)
		}
		t.f.Steps++
		if progress != nil && t.f.Steps%64 == 0 {
			progress(now, t.f)
		}
	}
	return t.f, nil
}

// telling is a story while it is told.
type telling struct {
	Story
	world  World
	lives  []*Life
	byUser map[string]*Life
	desk   *desk
	f      Figures
	mark   string // ends the ids of what is told on: the same day may be begun by another count
}

// next is the next moment to look at: the first full step at which there is anything to do, at most one day
// ahead, or before it the moment of something urgent.
func (t *telling) next(now time.Time) time.Time {
	soon := now.Add(24 * time.Hour)
	for _, l := range t.lives {
		if at := l.Next(); at.Before(soon) {
			soon = at
		}
	}
	if at, ok := t.world.Due(); ok && at.Before(soon) {
		soon = at
	}
	if at, ok := t.desk.due(); ok && at.Before(soon) {
		soon = at
	}
	at := soon.Truncate(t.Step)
	for at.Before(soon) || !at.After(now) {
		at = at.Add(t.Step)
	}
	urgent, ok := t.desk.urgent(now)
	for _, l := range t.lives {
		if u, some := l.Urgent(now); some && (!ok || u.Before(urgent)) {
			urgent, ok = u, true
		}
	}
	if ok && urgent.Before(at) {
		at = urgent
	}
	if at.Before(t.End) {
		return at
	}
	return t.End
}

// step moves the clock, then has everybody do what they did meanwhile.
func (t *telling) step(ctx context.Context, now time.Time) error {
	if err := t.world.Advance(ctx, now); err != nil {
		return fmt.Errorf("move the clock: %w", err)
	}
	if err := t.notice(ctx); err != nil {
		return err
	}
	var sending []Happening
	for _, l := range t.lives {
		if l.Next().After(now) {
			continue
		}
		for _, h := range l.Until(now) {
			switch h.Act {
			case Track:
				sending = append(sending, h)
				continue
			case Open:
				t.f.Opened++
				if err := t.world.Open(ctx, h.Person.UserID, h.Message); err != nil {
					return fmt.Errorf("open a message: %w", err)
				}
			case Reply:
				t.f.Answers++
				if err := t.world.Reply(ctx, h.Person.UserID, h.Message, h.Answer); err != nil {
					return fmt.Errorf("answer a card: %w", err)
				}
			case Sign:
				if err := t.world.Sign(ctx, Doctor, h.Person.UserID, h.Event, h.At, h.Properties); err != nil {
					return fmt.Errorf("sign for a person: %w", err)
				}
			case Call:
				t.f.Calls++
				if err := t.world.Call(ctx, h.Person.UserID, h.ID+t.mark, h.Note); err != nil {
					return fmt.Errorf("ask for a human: %w", err)
				}
			}
		}
	}
	if err := t.send(ctx, now, sending); err != nil {
		return err
	}
	if err := t.desk.work(ctx, now, t.world, &t.f); err != nil {
		return err
	}
	return t.notice(ctx)
}

// notice hands new messages to those they are for and new tasks to the desk.
func (t *telling) notice(ctx context.Context) error {
	arrived, err := t.world.Arrived(ctx)
	if err != nil {
		return fmt.Errorf("look at the phones: %w", err)
	}
	for _, d := range arrived {
		t.f.Messages++
		if l := t.byUser[d.UserID]; l != nil {
			l.Receive(d.Received)
		}
	}
	opened, err := t.world.Opened(ctx)
	if err != nil {
		return fmt.Errorf("look at the tasks: %w", err)
	}
	for _, w := range opened {
		t.f.Tasks++
		t.desk.take(w)
	}
	return nil
}

// most is how many events a body may hold.
const most = 500

func (t *telling) send(ctx context.Context, now time.Time, hs []Happening) error {
	items := make([]map[string]any, 0, min(len(hs), most))
	flush := func() error {
		if len(items) == 0 {
			return nil
		}
		body, err := json.Marshal(map[string]any{"batch": items, "sentAt": stamp(now)})
		if err != nil {
			return fmt.Errorf("write a body: %w", err)
		}
		refused, err := t.world.Batch(ctx, body)
		if err != nil {
			return fmt.Errorf("send a body: %w", err)
		}
		t.f.Events += len(items)
		t.f.Refused += refused
		items = items[:0]
		return nil
	}
	one, direct := t.world.(listens)
	for _, h := range hs {
		properties, ok := t.named(ctx, h.Properties)
		if !ok { // somebody they speak of is not known yet: say it later
			h.Sent = now.Add(t.Step)
			heap.Push(&t.byUser[h.Person.UserID].queue, h)
			continue
		}
		if direct {
			refused, err := one.hear(h, properties)
			if err != nil {
				return err
			}
			if t.f.Events++; refused {
				t.f.Refused++
			}
			continue
		}
		items = append(items, map[string]any{
			"type": "track", "messageId": h.ID + t.mark, "userId": h.Person.UserID, "event": h.Event, "properties": properties,
			"originalTimestamp": stamp(h.At.In(h.Person.Zone)), "sentAt": stamp(now),
		})
		// A newcomer is sent at once: others may speak of them in this very step.
		if len(items) == most || h.Event == "profile" {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// named puts ids where a property speaks of another person.
func (t *telling) named(ctx context.Context, properties map[string]any) (map[string]any, bool) {
	for k, v := range properties {
		another, ok := v.(Another)
		if !ok {
			continue
		}
		id := t.world.ID(ctx, another.UserID)
		if id == "" {
			return nil, false
		}
		out := make(map[string]any, len(properties))
		for k2, v2 := range properties {
			out[k2] = v2
		}
		out[k] = id
		return out, true
	}
	return properties, true
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }
