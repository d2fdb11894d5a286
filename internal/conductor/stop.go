package conductor

import (
	"encoding/json"
	"math"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/wording"
)

// Chats in which somebody asks to be written to no more are acted on in the transaction that takes them in: what they withdraw holds
// from there on, what waited is dropped, and one line says so.

var (
	saidByPerson = event.Intern("person")
	optedOut     = event.Intern("chat") // the basis of what a chat withdrew
)

// heard acts on what a chat asks to stop. What came as history was acted on, or not, where it came from.
func (w *work) heard(d *draft, e *event.Event, now int64) error {
	if e.Type != event.Chat || e.A != saidByPerson || e.Flags&(event.Imported|event.Hidden) != 0 {
		return nil
	}
	var said struct{ Text string }
	if json.Unmarshal(e.Body, &said) != nil || said.Text == "" {
		return nil
	}
	stops := wording.ShippedStops()
	if w.c.cfg.Stops != nil {
		stops = w.c.cfg.Stops()
	}
	what := stops.Heard(said.Text)
	if what == wording.Nothing {
		urgent, err := w.flag(d, e, said.Text, now)
		if err != nil {
			return err
		}
		return w.assist(d, e, said.Text, urgent, now)
	}
	proof, _ := json.Marshal(map[string]string{"proof": "chat " + e.ID()})
	changed := false
	by := func(x event.Event) error {
		changed = true
		x.Schema, x.Actor, x.Provenance = 1, e.Actor, "chat"
		x.Source, x.Body = 0, proof
		x.Person = e.Person // theirs, should they be parted from who they are merged with
		_, err := w.add(d, x, now)
		return err
	}
	if d.state.Consented("health_data") { // topics of chats are among health data
		if err := by(event.Event{
			Type: event.ChatTopic, Num: event.Ref(e.ID()), A: event.Intern("opt_out"), B: event.Intern("words"), C: event.Intern("confirmed"),
		}); err != nil {
			return err
		}
		changed = false
	}
	merged := len(w.below(d.h.number)) > 0 // the other may have said it: it must hold for both, should they be parted
	if g, spoke := d.state.Grant(message.Marketing); !spoke || g.Given || merged {
		if err := by(event.Event{Type: event.Consent, A: event.Intern(message.Marketing), B: event.Intern(g.Version), C: optedOut}); err != nil {
			return err
		}
	}
	if what == wording.All && (merged || !message.WishesOf(d.tl).Silenced) {
		if err := by(event.Event{Type: event.DoNotContact, Num: 1, A: event.Intern("asked")}); err != nil {
			return err
		}
	}
	if !changed { // said again: it holds already, and was confirmed
		return nil
	}
	return w.tell(d, "opt-out:"+string(what)+":"+e.ID(), stopped[what], now)
}

var stopped = map[wording.Stop]struct{ title, body fault.Text }{
	wording.Marketing: {
		fault.Text{Zh: "已退订", En: "Unsubscribed"},
		fault.Text{Zh: "以后不再给您发活动和产品消息。您要的提醒和安全提示照常。想恢复，请到“我的”里打开。", En: "No more offers and news. Reminders you set and safety messages go on. To have them again, switch them on under Me."},
	},
	wording.All: {
		fault.Text{Zh: "已停止发送", En: "Messages stopped"},
		fault.Text{Zh: "以后不再主动给您发消息。只有测到危险的数值时还会提示您。想恢复，请联系健康管理师。", En: "We write to you no more. Only a dangerous value you measure still brings a message. To have messages again, tell your health manager."},
	},
}

// tell writes one line of the service itself to the person, in the app, past caps and hours: it answers what they have just said.
func (w *work) tell(d *draft, key string, words struct{ title, body fault.Text }, now int64) error {
	card, _ := w.card(d)
	title, body := words.title.Zh, words.body.Zh
	if card.Language == "en" {
		title, body = words.title.En, words.body.En
	}
	m := message.Message{
		ID: message.ID(w.owed(d, key)), Person: d.h.number, To: d.h.number, Audience: "person", Class: message.Service, Kind: "message", Channel: "inapp",
		State: message.Sent, Content: "service-answer", Version: "1", Due: now, Next: now, SentAt: now, Title: title, Body: body,
	}
	e, err := w.add(d, verdict(event.MessageSent, &m, string(m.Class)), now)
	m.Seq = uint64(e.Seq)
	w.ch.NewMessages = append(w.ch.NewMessages, m)
	w.kinds["message"] = true
	return err
}

// recall has everything that still waits to be said looked at again at once, when e takes back what it rested on: nobody waits for the
// next moment at which it would have been looked at anyway. What an outside channel is just being handed cannot be called back.
func (w *work) recall(d *draft, e *event.Event, now int64) error {
	switch {
	case e.Flags&event.Imported != 0:
		return nil
	case e.Type == event.Consent && e.Num != 1, e.Type == event.DoNotContact && e.Num == 1, e.Type == event.Preference:
	default:
		return nil
	}
	for i := range d.pending {
		m := &d.pending[i]
		switch {
		case m.Next == math.MaxInt64: // waits for somebody to read it
			continue
		case m.State == message.Sending && takenOf(m) != nil: // a far side has it: it is asked for it back at once
			m.Next = min(m.Next, now)
			w.ch.Messages = append(w.ch.Messages, *m)
			d.dirty = true
			continue
		case m.State == message.Sending && m.Next <= now:
			if m.State = message.Queued; !hadBefore(m) {
				m.Tries--
			}
		case m.State == message.Sending || m.Tries > 0:
			continue
		}
		m.Next, d.dirty = min(m.Next, now), true
	}
	return w.deliver(d, now)
}
