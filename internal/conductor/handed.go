package conductor

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/task"
)

// A far side may take a message and say only later how it went: a receipt of an SMS, a group send that a colleague has to confirm. Such a
// message stays on its way, with what the far side knows it by, and is asked about until it says, or until its time is over.

// handed is what is kept of a message that a far side has taken. The address is kept without its value, which is in the reader's profile.
type handed struct {
	Ref      string       `json:"ref"`
	At       int64        `json:"at"`
	Kind     address.Kind `json:"kind,omitempty"`
	Scope    string       `json:"scope,omitempty"`
	Through  string       `json:"through,omitempty"`
	Confirm  string       `json:"confirm,omitempty"` // who of the staff has to confirm it
	Reminded int          `json:"reminded,omitempty"`
	Last     int64        `json:"last,omitempty"`
	Asked    int          `json:"asked,omitempty"`
}

const (
	// toConfirm is how long a colleague has to confirm a message that never expires; WeCom shows such a task for some days.
	toConfirm = 3 * 24 * time.Hour
	// receipt is how long a receipt is waited for; operators give theirs within 72 hours (Aliyun: SendDetails of the day and the next).
	receipt = 72 * time.Hour
	// remindEvery is the pause between two reminders of a colleague; WeCom takes three in 24 hours.
	remindEvery, remindMost = 4 * time.Hour, 3
)

func takenOf(m *message.Message) *handed {
	var why reasons
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause tells nothing
	return why.Taken
}

// keepTaken writes down what is known of a message that a far side has; nil: it has it no more.
func keepTaken(m *message.Message, h *handed) {
	var why reasons
	if json.Unmarshal(m.Why, &why) != nil {
		return
	}
	why.Taken = h
	m.Why, _ = json.Marshal(why)
}

func (w *work) unhand(m *message.Message) {
	if takenOf(m) != nil {
		keepTaken(m, nil)
	}
}

// took notes that a far side has a message and will say later how it went, and asks the colleague who has to confirm it.
func (w *work) took(d *draft, m message.Message, p *parcel, a channel.Answer) error {
	h := &handed{Ref: a.Ref, At: w.now, Kind: p.at.Kind, Scope: p.at.Scope, Through: p.at.Through, Confirm: a.Confirm}
	keepTaken(&m, h)
	m.Reason, m.Next = "awaits_receipt", w.now+askAfter(h, w.now).Microseconds()
	if _, confirmed := w.c.ways.Load().By[m.Channel].(channel.Confirmed); confirmed {
		m.Reason = "awaits_confirmation"
		until := w.now + toConfirm.Microseconds()
		if m.Expires != 0 {
			until = min(until, m.Expires)
		}
		t := task.Task{
			ID: w.owed(d, confirmKey(m.ID)), Person: d.h.number, Kind: "task", Priority: task.Promise, Role: "owner", State: task.Open, Opened: w.now,
			Title: fault.Text{Zh: "请在企业微信里确认发送给本人的消息", En: "Please confirm the message to this person in WeCom"},
			Due:   until, Results: []string{"handled"}, Version: 1,
		}
		w.task(d, t)
		if a.Confirm != "" { // whoever looks after the person: it is in the WeCom of this one
			w.ch.NewTasks[len(w.ch.NewTasks)-1].Owner = a.Confirm
		}
	}
	d.pending = append(d.pending, m)
	w.ch.Messages = append(w.ch.Messages, m)
	w.kinds["message"] = true
	return nil
}

func confirmKey(id message.ID) string { return "confirm:" + string(id) }

// askAfter is when a far side is asked next: soon at first, then less and less often.
func askAfter(h *handed, now int64) time.Duration {
	waited := time.Duration(now-h.At) * time.Microsecond
	return min(max(waited/4, 30*time.Second), 15*time.Minute)
}

// leaseTaken leases message i, which a far side has, for being asked about.
func (w *work) leaseTaken(d *draft, i int, h *handed) parcel {
	m := &d.pending[i]
	p := parcel{n: d.h.number, m: *m, taken: h, over: w.unwanted(d, m, h)}
	p.at = address.Address{Kind: h.Kind, Scope: h.Scope, Through: h.Through}
	for _, a := range w.reachable(d, m) {
		if a.Kind == h.Kind && a.Scope == h.Scope && a.Through == h.Through {
			p.at = a
		}
	}
	m.Next = w.now + leased.Microseconds()
	w.ch.Messages = append(w.ch.Messages, *m)
	return p
}

// unwanted is why a message that nobody has confirmed yet should not go any more; empty: it should. Hours and caps were looked at when it
// was let go.
func (w *work) unwanted(d *draft, m *message.Message, h *handed) string {
	content := w.c.content(m)
	n := *m
	know := w.knowing(d, &n, content, w.now)
	f := w.evidence(d, &n, content, w.now)
	f.Kept, f.Guards, f.Sent, f.ChannelOK, f.Opens = know.kept, know.guards, nil, true, 0
	switch v := message.Decide(&n, w.c.cfg.Policy, f); {
	case n.To != m.To:
		return message.NoReader
	case !v.Send && v.Until == 0:
		return v.Reason
	case m.Expires == 0 && w.now > h.At+toConfirm.Microseconds():
		return channel.Unconfirmed
	}
	return ""
}

// ask asks a far side how a message went that it has, reminds who has to confirm it, or takes it back.
func (c *Conductor) ask(ctx context.Context, p *parcel) {
	s, _ := c.ways.Load().By[p.m.Channel].(channel.Tracker)
	h := channel.Handed{Key: string(p.m.ID), Ref: p.taken.Ref, At: p.at, Since: time.UnixMicro(p.taken.At), Reminded: p.taken.Reminded}
	if p.taken.Last != 0 {
		h.Last = time.UnixMicro(p.taken.Last)
	}
	if s == nil { // the way is gone: it is asked about when it is back, up to a point
		if err := c.hear(ctx, p, channel.Report{State: channel.Waiting}, false); err != nil {
			c.cfg.Log.Error("how a message went was not recorded; it is asked again", "message", p.m.ID, "error", err)
		}
		return
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	r, err := s.Track(ctx, h)
	reminded := false
	if asked, ok := s.(channel.Confirmed); ok && err == nil && r.State == channel.Waiting {
		switch {
		case p.over != "":
			if err = asked.Withdraw(ctx, h); err == nil {
				r, err = s.Track(ctx, h) // it may have been confirmed meanwhile
			}
			if err == nil && r.State == channel.Waiting {
				r = channel.Report{State: channel.Failed, Code: p.over}
			}
		case h.Reminded < remindMost && c.Now().Sub(laterOf(h.Since, h.Last)) >= remindEvery:
			reminded = asked.Remind(ctx, h) == nil
		}
	}
	if err != nil {
		r = channel.Report{State: channel.Waiting}
	}
	if err := c.hear(context.WithoutCancel(ctx), p, r, reminded); err != nil {
		c.cfg.Log.Error("how a message went was not recorded; it is asked again", "message", p.m.ID, "error", err)
	}
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Report takes in what a far side told by itself about a message: a receipt. Told twice, it counts once. Of a message that is not on its
// way it says ErrNotOnWay.
func (c *Conductor) Report(ctx context.Context, key string, r channel.Report) error {
	c.turn.Lock()
	var found *parcel
	for _, of := range c.outside {
		if m, ok := of[message.ID(key)]; ok {
			found = &parcel{n: m.Person, m: m}
		}
	}
	c.turn.Unlock()
	if found == nil {
		return ErrNotOnWay
	}
	return c.hear(ctx, found, r, false)
}

// ErrNotOnWay means that nothing is waited for of a message: it is not ours, or how it went is known.
var ErrNotOnWay = fault.New(fault.Missing, "message_not_on_way", "没有这条等回执的消息", "no such message is on its way")

// hear records how a message went that a far side has.
func (c *Conductor) hear(ctx context.Context, p *parcel, r channel.Report, reminded bool) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(p.n)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(d.pending, func(m message.Message) bool { return m.ID == p.m.ID && m.State == message.Sending })
		if i < 0 {
			return nil
		}
		h := takenOf(&d.pending[i])
		if h == nil {
			return nil // the answer of the hand-over is not written down yet; the receipt is asked for later
		}
		if r.State == channel.Waiting && w.forgotten(&d.pending[i], h) {
			r = channel.Report{State: channel.Failed, Code: channel.Unconfirmed}
		}
		if r.State == channel.Waiting {
			return w.waits(d, i, h, reminded)
		}
		m := d.pending[i]
		d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
		d.dirty = true
		if err := w.confirmed(ctx, d, &m); err != nil {
			return err
		}
		if r.State == channel.Reached {
			at := address.Address{Kind: h.Kind, Scope: h.Scope, Through: h.Through}
			for _, a := range w.reachable(d, &m) {
				if a.Kind == h.Kind && a.Scope == h.Scope && a.Through == h.Through {
					at = a
				}
			}
			w.unhand(&m)
			return w.reached(d, m, at, w.now)
		}
		if p.over != "" && r.Code == p.over && r.Code != channel.Unconfirmed {
			w.unhand(&m)
			m.State, m.Reason = message.Suppressed, p.over
			w.tally.message(d, &m, w.now)
			w.ch.Messages = append(w.ch.Messages, m)
			m.Tries = 0 // it never went
			_, err := w.add(d, gaveUp(&m, &reasons{}), w.now)
			return err
		}
		code := r.Code
		if code == "" {
			code = channel.Undelivered
		}
		return w.lost(d, m, code, false)
	})
}

// forgotten tells whether a message that a colleague has to confirm, or whose way is gone, has waited so long that nobody asks any more:
// until then it takes a slot of the person's caps.
func (w *work) forgotten(m *message.Message, h *handed) bool {
	way, there := w.c.ways.Load().By[m.Channel]
	_, confirmed := way.(channel.Confirmed)
	return (confirmed || !there) && w.now > h.At+2*toConfirm.Microseconds()
}

// waits notes that a far side has not said yet how message i went. A receipt that never comes is not waited for without end: the far side
// took it.
func (w *work) waits(d *draft, i int, h *handed, reminded bool) error {
	m := &d.pending[i]
	way, there := w.c.ways.Load().By[m.Channel]
	if _, confirmed := way.(channel.Confirmed); there && !confirmed && w.now > h.At+receipt.Microseconds() {
		done := *m
		d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
		d.dirty = true
		w.unhand(&done)
		return w.reached(d, done, address.Address{}, w.now)
	}
	if h.Asked++; reminded {
		h.Reminded, h.Last = h.Reminded+1, w.now
	}
	keepTaken(m, h)
	m.Next = w.now + askAfter(h, w.now).Microseconds()
	w.ch.Messages = append(w.ch.Messages, *m)
	return nil
}

// confirmed ends the work of confirming a message.
func (w *work) confirmed(ctx context.Context, d *draft, m *message.Message) error {
	return w.fulfil(ctx, d, []string{confirmKey(m.ID)}, &event.Event{Received: w.now, Actor: "engine", Person: d.h.number})
}

// reached records that a message reached its reader, and that it used up a place of its address.
func (w *work) reached(d *draft, m message.Message, at address.Address, now int64) error {
	if err := w.sent(d, m, w.c.content(&m), now); err != nil { // its events have other processes read the card again
		return err
	}
	if !usesUp(&m) || at.Value == "" {
		return nil
	}
	reader, err := w.draft(m.To)
	if err != nil {
		return err
	}
	for _, record := range append(w.below(reader.h.number), reader.h.number) {
		own, ok := w.ownOf(reader, record)
		if !ok || !own.Addresses.Has(at) {
			continue
		}
		if err := w.rewrite(reader, record, func(c *Card) { c.Addresses = c.Addresses.Use(at) }); err != nil {
			return err
		}
	}
	return nil
}

// usesUp reports whether a message takes one of the few that a far side lets through.
func usesUp(m *message.Message) bool {
	_, limited := channel.LimitOf(m.Channel)
	return limited
}
