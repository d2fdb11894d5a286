package soak

import (
	"context"
	"errors"
	"time"

	"peiban/internal/channel"
	"peiban/internal/journey"
)

// far is the far side of the channel: it honours keys, and writes down what it takes and when. What it knows of people it was told by
// those who act for them, not by us.
type far struct {
	w     *world
	taken map[string]*taken
	order []*taken
	down  time.Time // it answers nobody until then
	calls int
}

// taken is a message that reached somebody.
type taken struct {
	key, to, content string
	class            string
	at, high         time.Time // by the machine's clock, and by the latest it ever showed
	sure             bool      // we were told that it was taken
}

var errFar = errors.New("connection reset")

// line is the channel as one process has it.
type line struct {
	f  *far
	db *dying
}

func (l line) Send(_ context.Context, o channel.Outgoing) (a channel.Answer, err error) {
	f, w := l.f, l.f.w
	if l.db.dead {
		return a, errDied
	}
	f.calls++
	if w.now.Before(f.down) {
		w.note("-> down: %s", o.Content)
		return a, errFar
	}
	fails, went := false, true
	if w.begun && w.chance.Float64() < w.plan.failing {
		fails, went = true, w.chance.Float64() < 0.6
		w.note("-> the channel fails on %s, which went: %v", o.Content, went)
		if w.chance.Float64() < 0.05 {
			return a, channel.ErrRefused
		}
	}
	if went {
		f.take(o)
	}
	if !fails {
		if t := f.taken[o.Key]; t != nil {
			t.sure = true
		}
	}
	f.afterwards(l.db.k)
	if fails {
		return a, errFar
	}
	return a, nil
}

// take writes a message down, once for each key, and looks whether it should have come.
func (f *far) take(o channel.Outgoing) {
	if f.taken[o.Key] != nil {
		return
	}
	t := &taken{key: o.Key, to: o.To, content: o.Content, class: o.Class, at: f.w.now, high: f.w.high}
	f.taken[o.Key] = t
	f.w.judge(t)
	f.order = append(f.order, t)
	f.w.note("-> %s reached %s", o.Content, o.To)
}

// afterwards is what happens while a process hands messages over one after the other: time goes by, the other process hands over too,
// somebody withdraws.
func (f *far) afterwards(k int) {
	w := f.w
	if !w.begun || w.nested > 0 {
		return
	}
	if w.plan.slow && w.chance.Float64() < 0.3 {
		w.pass(time.Duration(1+w.chance.IntN(11)) * time.Second)
	}
	other := w.workers[1-k]
	if !w.plan.two || other == nil || other.db.dead {
		return
	}
	w.nested++
	defer func() { w.nested-- }()
	switch {
	case w.chance.Float64() < 0.2:
		other.c.Deliver(w.ctx)
	case w.plan.slow && w.chance.Float64() < 0.1:
		w.withdrawBy(other, w.people[w.chance.IntN(len(w.people))])
	}
}

// keptApart tells whether chance keeps a person out of what the journey "kept" sends: by the rule that is written down, from nothing
// but the person's id.
func keptApart(id string) bool { return journey.Slot(id, keptOutStep) < keptOut }
