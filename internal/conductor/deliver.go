package conductor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/relation"
	"peiban/internal/workspace/keys"
)

// deliver asks the guard about every message of a person that is due at now, inside the transaction that sends.
// A message in the app is sent by being written; one for an outside channel is handed to it after the commit.
func (w *work) deliver(d *draft, now int64) error {
	for {
		i := message.First(d.pending, now)
		if i < 0 {
			return nil
		}
		m := d.pending[i]
		d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
		if err := w.decide(d, m, now); err != nil { // it may queue more
			return err
		}
	}
}

func (w *work) decide(d *draft, m message.Message, now int64) error {
	content := w.c.content(&m)
	know := w.knowing(d, &m, content, now)
	w.byWish(d, &m)
	v := message.Verdict{Reason: message.LeftJourney}
	said := Decision{At: now, Seq: w.seq, To: m.To, Passed: w.byReach(d, &m, now)}
	if m.Reason != message.LeftJourney {
		f := w.evidence(d, &m, content, now)
		f.Kept, f.Guards = know.kept, know.guards
		policy := w.policy()
		v = message.Decide(&m, policy, f)
		said.NoChannel, said.Closed, said.Opens, said.Handed = !f.ChannelOK, f.Closed, f.Opens, w.handed(&m, now)
		said.Exit = d.state.Saying(&m) != nil
		if policy != message.DefaultPolicy() {
			said.Policy = &policy
		}
	}
	said.Send, said.Until, said.Reason = v.Send, v.Until, v.Reason
	var why reasons
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause only shows less
	why.Checks, why.At = v.Checks, now
	why.Decisions = append(why.Decisions, said)
	if n := len(why.Decisions); n > decisionsKept { // the first, and the last ones
		why.Decisions = append(why.Decisions[:1:1], why.Decisions[n-decisionsKept+1:]...)
	}
	m.Why, _ = json.Marshal(why)
	w.kinds["message"] = true
	switch {
	case v.Send && m.Channel == "inapp":
		return w.sent(d, m, content, now)
	case v.Send:
		m.State, m.Reason, m.Tries = message.Sending, "", m.Tries+1
		m.Title, m.Body = w.render(d, &m, content)
		d.pending = append(d.pending, m)
	case v.Until != 0:
		m.State, m.Reason, m.Next = message.Held, v.Reason, v.Until
		d.pending = append(d.pending, m)
		d.dirty = true // the moment it is due again must be stored
		w.tally.message(d, &m, now)
	default:
		m.State, m.Reason = message.Suppressed, v.Reason
		w.tally.message(d, &m, now)
		w.ch.Messages = append(w.ch.Messages, m)
		if m.Reason == message.TextOutdated {
			w.askAgain(d)
		}
		_, err := w.add(d, gaveUp(&m, &why), now)
		return err
	}
	w.ch.Messages = append(w.ch.Messages, m)
	return nil
}

// knowing is what the guard hears of who may know it.
type knowing struct {
	kept   relation.Reason // why it is kept from whom it is for; "" when it is not
	guards bool            // the reader is the guardian of a child
}

// knowing finds anew who may hear a message for family, and tells whether it may be told to whom it is for: a relation, a consent or
// the doctor's word may have changed since it was queued.
func (w *work) knowing(d *draft, m *message.Message, content *programme.Content, now int64) knowing {
	g := relation.Light
	if content != nil {
		g = relation.Gravity(content.Gravity)
	}
	if m.Audience == "family" {
		var k knowing
		m.To, k.guards, k.kept = w.reader(d, m.Scope, g, now)
		return k
	}
	if m.Audience == "person" { // who was merged or parted since is reached as who they are now
		m.To = d.h.number
	}
	if m.To != d.h.number {
		return knowing{}
	}
	mode := relation.Decided(d.tl, now).Mode
	return knowing{kept: relation.Allowed(relation.Viewer{Side: relation.Self}, relation.Item(m.Scope), g, mode).Reason}
}

// sent records that a message reached its reader and tells the timelines of both.
func (w *work) sent(d *draft, m message.Message, content *programme.Content, now int64) error {
	m.State, m.Reason, m.SentAt = message.Sent, "", now
	if m.Title == "" {
		m.Title, m.Body = w.render(d, &m, content)
	}
	w.tally.message(d, &m, now)
	class := string(m.Class)
	if m.To != d.h.number {
		class = "family"
		if reader, err := w.draft(m.To); err == nil {
			if _, err := w.add(reader, verdict(event.MessageSent, &m, string(m.Class)), max(now, reader.last)); err != nil {
				return err
			}
		}
	}
	e, err := w.add(d, verdict(event.MessageSent, &m, class), now)
	m.Seq = uint64(e.Seq)
	w.ch.Messages = append(w.ch.Messages, m)
	return err
}

// verdict is what the guard said, as an event of the timeline.
func verdict(t event.Type, m *message.Message, class string) event.Event {
	body, _ := json.Marshal(map[string]string{"message": string(m.ID)})
	var flags event.Flags
	if t == event.MessageSent && usesUp(m) {
		flags = event.Reaches
	}
	return event.Event{
		Flags: flags,
		Type:  t, Schema: 1, Num: event.Ref(string(m.ID)), A: event.Intern(m.Journey), B: event.Intern(m.Content),
		C: event.Intern(class), Actor: "engine", Provenance: "engine", Body: body,
	}
}

// gaveUp is the end of a message that is not sent. One that a channel had, and of which nobody knows whether it went, takes its slot of
// the caps as if it had, of the day it was let go.
func gaveUp(m *message.Message, why *reasons) event.Event {
	e := verdict(event.MessageSuppressed, m, m.Reason)
	if m.Tries == 0 || m.Channel == "inapp" {
		return e
	}
	if at := letGo(why); at != 0 {
		e.X = []float64{float64(at), message.ClassCode(m.Class)}
	}
	return e
}

// Asked are the programmes with that of why, the cause of a message or a task, before the others: programmes have texts of
// the same key, and what is said is that of the journey that says it.
func (c *Conductor) Asked(why json.RawMessage) []*engine.Programme {
	var cause engine.Cause
	all := c.Programmes()
	if json.Unmarshal(why, &cause) != nil || cause.Programme == "" {
		return all
	}
	its := func(p *engine.Programme) bool { return p.Key == cause.Programme }
	i := slices.IndexFunc(all, its)
	if i < 0 {
		return all
	}
	return append([]*engine.Programme{all[i]}, slices.DeleteFunc(slices.Clone(all), its)...)
}

// content finds the approved text of a message.
func (c *Conductor) content(m *message.Message) *programme.Content {
	key := m.Content
	for _, p := range c.Asked(m.Why) {
		if t := p.Contents[key]; t != nil {
			return t
		}
	}
	return c.run.Load().former(key)
}

// render says a content in the reader's language.
func (w *work) render(d *draft, m *message.Message, content *programme.Content) (title, body string) {
	if content == nil {
		return "", ""
	}
	about, _ := w.card(d)
	reader := about
	if m.To != d.h.number {
		reader, _ = w.c.dir.ByNumber(m.To)
	}
	title, body = content.Title.Zh, content.Body.Zh
	owner := "健康管理师"
	if reader.Language == "en" {
		title, body, owner = content.Title.En, content.Body.En, "your health manager"
	}
	if w.c.cfg.StaffName != nil && about.Owner != "" {
		if name := w.c.cfg.StaffName(about.Owner); name != "" {
			owner = name
		}
	}
	r := strings.NewReplacer("{name}", about.Name, "{owner}", owner)
	return r.Replace(title), r.Replace(body)
}

// maxTries is how often an outside channel is asked before the next way is tried, or, when there is none and the message never
// expires, it goes to the dead list.
const maxTries = 8

// A channel that does not answer is asked after 10 s, 20 s, 40 s ... and then once an hour, as long as the message still means something:
// one that is away for a day gets what waited when it is back.
func backOff(tries int) time.Duration { return min(10*time.Second<<min(max(tries-1, 0), 9), time.Hour) }

// leased is how long a message that a process hands over is left alone by all others, and by that process after a crash.
const leased = 2 * time.Minute

// handedAtOnce is how many messages are leased at once: so few that even a far side that answers none is through in time.
const handedAtOnce = 10

// parcel is a message on its way to an outside channel.
type parcel struct {
	n     person.Number
	m     message.Message
	again bool // somebody had it before and did not say how that went: it may have gone
	at    address.Address
	tried bool    // its channel was handed it before, and it is not known that it did not take it
	since int64   // when first
	taken *handed // the far side has it, and is asked how it went
	over  string  // why it is not wanted any more, although the far side has it
}

// Deliver hands messages whose commit is durable to outside channels and records how that went. Each is leased first, so
// that of several processes one hands it over. A crash in between hands it over again when the lease has ended, with the
// same key, so that the far side can notice.
func (c *Conductor) Deliver(ctx context.Context) {
	if len(c.ways.Load().By) == 0 {
		return
	}
	var waiting []parcel
	now := c.now()
	c.mu.RLock()
	for _, h := range c.humans {
		if h == nil || h.erased() {
			continue
		}
		for _, m := range h.pending {
			if m.State == message.Sending && m.Next <= now {
				waiting = append(waiting, parcel{n: h.number, m: m})
			}
		}
	}
	c.mu.RUnlock()
	for some := range slices.Chunk(waiting, handedAtOnce) {
		if ctx.Err() != nil {
			return
		}
		mine, err := c.lease(ctx, some)
		if err != nil {
			c.cfg.Log.Error("messages were not leased; it is tried again", "error", err)
			return
		}
		for i := range mine {
			p := &mine[i]
			if p.taken != nil {
				c.ask(ctx, p)
				continue
			}
			if i > 0 && !c.mayYet(ctx, p) {
				continue
			}
			a, err := c.send(ctx, p)
			// What the far side has taken is recorded although ctx may have ended meanwhile.
			if err := c.answered(context.WithoutCancel(ctx), p, a, err); err != nil {
				c.cfg.Log.Error("the outcome of a delivery was not recorded; it is tried again", "message", p.m.ID, "error", err)
			}
		}
	}
}

// lease takes those of some that nobody else has taken.
func (c *Conductor) lease(ctx context.Context, some []parcel) (mine []parcel, err error) {
	err = c.write(ctx, Live, len(some), func(_ context.Context, w *work) error {
		mine = nil
		for _, p := range some {
			d, err := w.draft(p.n)
			if errors.Is(err, keys.ErrErased) {
				continue
			}
			if err != nil {
				return err
			}
			i := slices.IndexFunc(d.pending, func(m message.Message) bool { return m.ID == p.m.ID })
			if i < 0 || d.pending[i].State != message.Sending || d.pending[i].Next > w.now {
				continue
			}
			if took := takenOf(&d.pending[i]); took != nil {
				mine = append(mine, w.leaseTaken(d, i, took))
				continue
			}
			// It was let go when it fell due. What is handed over only now, because the process was down or a channel slow, is looked
			// at again: somebody may have withdrawn meanwhile.
			if !w.still(d, &d.pending[i]) {
				if err := w.takeBack(d, i, hadBefore(&d.pending[i])); err != nil {
					return err
				}
				continue
			}
			m := &d.pending[i]
			again := hadBefore(m)
			was, since := w.trying(m)
			m.Next = w.now + leased.Microseconds()
			w.ch.Messages = append(w.ch.Messages, *m)
			mine = append(mine, parcel{n: p.n, m: *m, again: again, at: w.wayOf(d, m, w.now).At, tried: was, since: since})
		}
		return nil
	})
	return mine, err
}

// hadBefore tells whether a message on its way was leased before: a lease ends after the moment it was let go.
func hadBefore(m *message.Message) bool {
	var why reasons
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause tells nothing
	return m.Next > letGo(&why)
}

// letGo is when the guard last let a message go, 0 when it never did.
func letGo(why *reasons) int64 {
	for _, d := range slices.Backward(why.Decisions) {
		if d.Send {
			return d.At
		}
	}
	return 0
}

// takeBack has the guard decide anew about message i of those that wait, which no channel has got this time; again: it may have before.
func (w *work) takeBack(d *draft, i int, again bool) error {
	m := &d.pending[i]
	m.State, m.Next, d.dirty = message.Queued, w.now, true
	if !again {
		m.Tries--
		untried(m)
	}
	return w.deliver(d, w.now)
}

// trying notes that a message is handed to its channel, and tells whether it was before, and when first.
func (w *work) trying(m *message.Message) (before bool, since int64) {
	var why reasons
	if json.Unmarshal(m.Why, &why) != nil { // ours: cannot happen
		return m.Tries > 1, w.now
	}
	if why.Tried == nil || why.Tried.Channel != m.Channel {
		why.Tried = &tried{m.Channel, w.now}
		m.Why, _ = json.Marshal(why)
		return false, w.now
	}
	return true, why.Tried.At
}

// untried notes that a channel did not get a message, or did not take it.
func untried(m *message.Message) {
	var why reasons
	if json.Unmarshal(m.Why, &why) != nil || why.Tried == nil {
		return
	}
	why.Tried = nil
	m.Why, _ = json.Marshal(why)
}

// mayYet looks at a leased message again after the far side took its time over those before it: somebody may have withdrawn meanwhile,
// with another process too, or the hours of rest have begun. A commit in which nothing changed costs no wait for the disk.
func (c *Conductor) mayYet(ctx context.Context, p *parcel) (may bool) {
	err := c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		may = false
		d, err := w.draft(p.n)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(d.pending, func(m message.Message) bool { return m.ID == p.m.ID })
		if i < 0 || d.pending[i].State != message.Sending || d.pending[i].Next != p.m.Next { // somebody else's by now
			return nil
		}
		if may = w.still(d, &d.pending[i]); may {
			return nil
		}
		return w.takeBack(d, i, p.again)
	})
	if err != nil && !errors.Is(err, keys.ErrErased) {
		c.cfg.Log.Error("a message was not looked at again; it is handed over when its lease has ended", "message", p.m.ID, "error", err)
	}
	return err == nil && may
}

// errLate means that nobody asked the channel before the message's time had passed: the process was down.
var errLate = errors.New("too late to be handed over")

// patience is how long a far side may take for one message.
const patience = 30 * time.Second

// send hands one message to its channel.
func (c *Conductor) send(ctx context.Context, p *parcel) (channel.Answer, error) {
	m := &p.m
	s := c.ways.Load().By[m.Channel]
	switch {
	case s == nil: // it was there when the message was decided
		return channel.Answer{}, channel.ErrRefused
	case m.Expires != 0 && c.now() > m.Expires:
		return channel.Answer{}, errLate
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	to, _ := c.dir.ByNumber(m.To)
	return s.Send(ctx, channel.Outgoing{
		Key: string(m.ID), To: string(to.ID), Kind: m.Kind, Class: string(m.Class), Content: m.Content, Title: m.Title, Body: m.Body,
		At: p.at, Since: time.UnixMicro(p.since), Again: p.tried,
	})
}

// answered records what a channel said about a message.
func (c *Conductor) answered(ctx context.Context, p *parcel, a channel.Answer, failure error) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(p.n)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(d.pending, func(m message.Message) bool { return m.ID == p.m.ID && m.State == message.Sending })
		if i < 0 {
			return nil
		}
		m := d.pending[i]
		d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
		d.dirty = true
		refusal, _ := errors.AsType[*channel.Refusal](failure)
		delay, _ := errors.AsType[*channel.Delay](failure)
		switch {
		case failure == nil && a.Later:
			return w.took(d, m, p, a)
		case failure == nil:
			return w.reached(d, m, p.at, w.now)
		case errors.Is(failure, errLate): // the guard says so and why
			if m.State, m.Next = message.Queued, w.now; !p.again {
				m.Tries--
				untried(&m)
			}
			d.pending = append(d.pending, m)
			return w.deliver(d, w.now)
		case refusal != nil && refusal.Code == channel.Unclear:
			return w.lost(d, m, refusal.Code, true)
		case errors.Is(failure, channel.ErrRefused):
			code := "channel_failed"
			if refusal != nil {
				code = refusal.Code
			}
			return w.lost(d, m, code, m.Tries > 1 || p.again)
		case delay != nil && delay.After > 0: // it did not go, and the far side says when it may
			if m.State, m.Reason, m.Next = message.Queued, message.ChannelWaits, w.now+delay.After.Microseconds(); !p.tried {
				m.Tries--
				untried(&m)
			}
		case m.Tries >= maxTries && (m.Expires == 0 || w.c.after(&m) != ""):
			return w.lost(d, m, "channel_failed", true)
		default: // the guard looks again, and ends it when it is too late
			m.State, m.Reason, m.Next = message.Queued, "channel_retry", w.now+backOff(m.Tries).Microseconds()
			if delay != nil && !p.tried {
				untried(&m)
			}
		}
		d.pending = append(d.pending, m)
		w.ch.Messages = append(w.ch.Messages, m)
		return nil
	})
}

// lost is a message, off the pending ones, that its channel will not bring: it goes by the next way its journey names, or it is over.
// went: it may have gone all the same, and takes its slot of the caps as if it had. What is not clear is not said a second time by
// another way, unless it is about danger.
func (w *work) lost(d *draft, m message.Message, code string, went bool) error {
	var why reasons
	if json.Unmarshal(m.Why, &why) == nil { // ours; an unreadable cause stays as it is
		why.Taken, why.Tried, why.Failed = nil, nil, append(why.Failed, PassedBy{m.Channel, code})
		m.Why, _ = json.Marshal(why)
	}
	if next := w.c.after(&m); next != "" && (code != channel.Unclear || m.Class == journey.Safety) {
		m.Tries = 0
		if went {
			m.Tries = 1
		}
		m.Channel, m.State, m.Reason, m.Next = next, message.Queued, "channel_retry", w.now
		d.pending = append(d.pending, m)
		w.ch.Messages = append(w.ch.Messages, m)
		return w.deliver(d, w.now)
	}
	m.State, m.Reason = message.Dead, code
	w.ch.Messages = append(w.ch.Messages, m)
	if !went {
		m.Tries = 0
	}
	_, err := w.add(d, gaveUp(&m, &why), w.now) // a run may wait to hear of it
	return err
}

// after is the way a message goes after the one it was tried on; empty: none.
func (c *Conductor) after(m *message.Message) string {
	if next := c.way(m); next != m.Channel {
		return next
	}
	return ""
}

// way is the channel a message goes by next: the first that its journey names after the one it was tried on, and that there is; the
// workspace's own when it names none.
func (c *Conductor) way(m *message.Message) string {
	ways := c.ways.Load()
	names := ways.named(m)
	for _, name := range names[slices.Index(names, m.Channel)+1:] {
		if _, there := ways.By[name]; there || name == "inapp" {
			return name
		}
	}
	if m.Channel == "" {
		return ways.Order[0]
	}
	return ""
}
