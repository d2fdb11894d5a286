package conductor

import (
	"context"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
)

// Who has just added a member of staff is greeted before anything was agreed to: it answers what they did, says nothing about health,
// and asks what they agree to. The far side gives some seconds for it, so it is not queued; what became of it is written down after.

// Greeting is what a programme says to a new contact.
type Greeting struct {
	Content *programme.Content
	Title   string // of the card that opens the person's page
	Body    string
}

// Greeting is what somebody who just came in by a programme hears. why says why nobody is greeted: a reason of package message, or
// NoGreeting.
func (c *Conductor) Greeting(n person.Number, of string) (g Greeting, why string) {
	p := c.Programme(of)
	if p == nil || p.Greeting == nil {
		return g, NoGreeting
	}
	text := p.Greeting
	switch {
	case !text.Expires.IsZero() && c.now() >= text.Expires.UnixMicro():
		return g, message.Expired
	case c.cfg.Workspace.Kind == "live" && (text.Approval.Sample || text.Approval.By == ""):
		return g, message.NotApproved
	}
	g = Greeting{Content: text, Title: text.Title.Zh, Body: text.Body.Zh}
	if card, ok := c.dir.ByNumber(n); ok && card.Language == "en" {
		g.Title, g.Body = text.Title.En, text.Body.En
	}
	return g, ""
}

// NoGreeting is why nobody was greeted: the programme has no text for it.
const NoGreeting = "no_greeting"

// Greeted is what became of a greeting.
type Greeted struct {
	Key     string // what makes it the same again: the contact it answers
	Channel string
	Added   int64  // microseconds of the workspace's clock
	Failed  string // why it did not go, a code; empty: it went
}

// WasGreeted tells whether what became of a greeting was written down.
func (c *Conductor) WasGreeted(ctx context.Context, n person.Number, key string) (was bool, err error) {
	err = c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		_, err = w.tx.Message(ctx, d.h.number, w.greeting(d, key))
		if was = err == nil; fault.KindOf(err) == fault.Missing {
			err = nil
		}
		return err
	})
	return was, err
}

func (w *work) greeting(d *draft, key string) message.ID { return message.ID(w.owed(d, "greet:"+key)) }

// Greeted writes down what became of a greeting, once.
func (c *Conductor) Greeted(ctx context.Context, n person.Number, g Greeting, done Greeted, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		id := w.greeting(d, done.Key)
		if _, err := w.tx.Message(ctx, d.h.number, id); err == nil {
			return nil
		} else if fault.KindOf(err) != fault.Missing {
			return fmt.Errorf("look for greeting %s: %w", id, err)
		}
		m := message.Message{
			ID: id, Person: d.h.number, To: d.h.number, Audience: "person", Class: message.Service, Kind: "message", Channel: done.Channel,
			State: message.Sent, Content: g.Content.Key, Version: g.Content.Version, Due: done.Added, Next: w.now, SentAt: w.now, Tries: 1,
			Title: g.Title, Body: g.Body, Why: json.RawMessage(`{}`),
		}
		kind, class := event.MessageSent, string(m.Class)
		if done.Failed != "" {
			m.State, m.Reason, m.SentAt = message.Suppressed, done.Failed, 0
			kind, class = event.MessageSuppressed, done.Failed
		}
		e, err := w.add(d, verdict(kind, &m, class), w.now)
		m.Seq = uint64(e.Seq)
		w.ch.NewMessages = append(w.ch.NewMessages, m)
		w.kinds["message"] = true
		w.audit(proof)
		return err
	})
}
