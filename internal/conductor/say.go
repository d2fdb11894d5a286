package conductor

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/task"
)

// What a member of staff writes to one person is talk: it is in the app at once, at any hour, and pauses what is automatic. Consent and
// "do not write to me" hold for it as for everything.

// WaitsForReview is why a text of staff was not sent yet: it says what a pharmacist or doctor has to look at first.
const WaitsForReview = "wording_review"

// RefusedReview is why it was never sent.
const RefusedReview = "wording_refused"

// What writing to a person may be refused for.
var (
	ErrMayNotWrite = fault.New(fault.Forbidden, "not_to_be_written_to", "本人没有同意基本服务，或不愿再收到消息，不能写", "the person has not agreed to the service, or does not want to be written to")
	ErrNotHeld     = fault.New(fault.Clash, "not_held", "这条消息不在等人看", "this message does not wait to be looked at")
	ErrOwnWords    = fault.New(fault.Forbidden, "own_words", "自己写的要由别人看", "somebody else has to look at what you wrote")
)

// Writing is a text of staff to one person.
type Writing struct {
	Key   string // what makes it the same again
	By    string // staff id
	Title string
	Text  string
	Hold  []string // the rules for which somebody has to look first; none: it goes at once
}

// Written is kept with a text of staff.
type Written struct {
	By    string   `json:"staff"`
	Rules []string `json:"rules,omitempty"`
	Read  string   `json:"reviewer,omitempty"`
}

// Write sends a text of staff, or keeps it until a pharmacist or doctor has looked. The same key writes once.
func (c *Conductor) Write(ctx context.Context, n person.Number, t Writing, proof audit.Entry) (message.Message, error) {
	var out message.Message
	err := c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		id := message.ID(w.owed(d, "write:"+t.By+":"+t.Key))
		if was, err := w.tx.Message(ctx, d.h.number, id); err == nil {
			out = was
			return nil
		} else if fault.KindOf(err) != fault.Missing {
			return fmt.Errorf("look for message %s: %w", id, err)
		}
		if !w.mayWrite(d) {
			return ErrMayNotWrite
		}
		why, _ := json.Marshal(Written{By: t.By, Rules: t.Hold})
		m := message.Message{
			ID: id, Person: d.h.number, To: d.h.number, Audience: "person", Class: message.Staff, Kind: "message", Channel: "inapp", State: message.Held,
			Reason: WaitsForReview, Content: "staff-text", Version: "1", Due: w.now, Next: math.MaxInt64, Title: t.Title, Body: t.Text, Why: why,
		}
		w.kinds["message"] = true
		w.audit(proof)
		if len(t.Hold) > 0 {
			w.ch.NewMessages = append(w.ch.NewMessages, m)
			d.pending = append(d.pending, m)
			out = m
			w.task(d, task.Task{
				ID: w.owed(d, reviewKey(id)), Person: d.h.number, Kind: "task", Priority: task.Promise, Role: "pharmacist", State: task.Open, Opened: w.now,
				Title: fault.Text{Zh: "有一条写给本人的话，请药师或医生看过再发", En: "A text to the person waits for a pharmacist or doctor"},
				Due:   w.now + reviewWithin, Results: []string{"handled"}, Version: 1,
			})
			return nil
		}
		if err := w.talk(d, &m, t.By); err != nil {
			return err
		}
		w.ch.NewMessages = append(w.ch.NewMessages, m)
		out = m
		return nil
	})
	if err != nil {
		return message.Message{}, err
	}
	return out, nil
}

// reviewWithin is how soon somebody should have looked, in microseconds: two hours.
const reviewWithin = 2 * 3600 * 1e6

func reviewKey(id message.ID) string { return "review:" + string(id) }

// Release lets a text of staff go that waited to be looked at, or refuses it. Nobody does that with their own words.
func (c *Conductor) Release(ctx context.Context, seen message.Message, by string, send bool, proof audit.Entry) (message.Message, error) {
	var out message.Message
	err := c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(seen.Person)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(d.pending, func(m message.Message) bool { return m.ID == seen.ID && m.Reason == WaitsForReview })
		if i < 0 {
			return ErrNotHeld
		}
		m := d.pending[i]
		var why Written
		if err := json.Unmarshal(m.Why, &why); err != nil {
			return fmt.Errorf("read who wrote message %s: %w", m.ID, err)
		}
		if why.By == by {
			return ErrOwnWords
		}
		if send && !w.mayWrite(d) {
			return ErrMayNotWrite
		}
		why.Read = by
		m.Why, _ = json.Marshal(why)
		d.pending = slices.Delete(slices.Clone(d.pending), i, i+1)
		d.dirty = true
		w.kinds["message"] = true
		w.audit(proof)
		done := event.Event{Received: w.now, Actor: "staff:" + by}
		if send {
			if err := w.talk(d, &m, why.By); err != nil {
				return err
			}
		} else {
			m.State, m.Reason = message.Suppressed, RefusedReview
		}
		w.ch.Messages = append(w.ch.Messages, m)
		out = m
		return w.fulfil(ctx, d, []string{reviewKey(m.ID)}, &done)
	})
	if err != nil {
		return message.Message{}, err
	}
	return out, nil
}

func (w *work) mayWrite(d *draft) bool {
	return d.state.Consented("basic_service") && !message.WishesOf(d.tl).Silenced
}

// talk has a text of staff reach the person and tells the timeline that somebody talks to them.
func (w *work) talk(d *draft, m *message.Message, by string) error {
	body, _ := json.Marshal(map[string]string{"text": m.Body, "message": string(m.ID)})
	m.State, m.Reason, m.SentAt, m.Next = message.Sent, "", w.now, w.now
	e, err := w.add(d, event.Event{
		Type: event.Chat, Schema: 1, Num: math.NaN(), A: event.Intern("staff"), B: event.Intern("reply"), Actor: "staff:" + by, Provenance: "console", Body: body,
	}, w.now)
	m.Seq = uint64(e.Seq)
	return err
}
