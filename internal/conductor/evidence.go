package conductor

import (
	"cmp"
	"encoding/json"
	"slices"

	"peiban/internal/consent"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

// evidence gathers what the guard may know about one message.
func (w *work) evidence(d *draft, m *message.Message, content *programme.Content, now int64) message.Facts {
	f := message.Facts{
		Now: now, Loc: d.loc, Live: w.c.cfg.Workspace.Kind == "live", Content: content, Consented: d.state.Consented,
		Reader: m.To != 0, Relevant: true, ChannelOK: true, Paused: d.state.Paused, Matter: message.MatterOf(d.tl),
	}
	f.ChannelOK, f.Closed, f.Opens = w.wayOpen(d, m, now)
	var why engine.Cause
	if json.Unmarshal(m.Why, &why) == nil {
		w.founded(d, &why, &f)
	}
	if o := d.state.Saying(m); o != nil {
		who := engine.Who{Workspace: w.c.wsID, ID: d.h.id, Number: d.h.number}
		f.Left = o.Exits(w.programmes(), who, d.view(), d.state, &d.memo, now)
	}
	g, said := d.state.Grant("health_data")
	f.StoppedData = said && !g.Given
	reader, readerTL := d.state, d.tl
	card, _ := w.card(d)
	if m.To != d.h.number && m.To != 0 { // the hours, the caps and the consent to be written to are the reader's own
		f.FamilyHour = m.Class == journey.Safety
		reader, readerTL = &engine.State{}, &timeline.Timeline{}
		if r := w.drafts[m.To]; r != nil {
			readerTL, f.Loc, reader = r.tl, r.loc, r.state
			card, _ = w.card(r)
		} else if h := w.c.human(m.To); h != nil {
			readerTL, f.Loc, reader = w.c.tls.Of(m.To), h.loc, h.state
			card, _ = w.c.dir.ByNumber(m.To)
		}
		g, said := reader.Grant("basic_service")
		f.Withdrew = said && !g.Given
		f.Paused = max(f.Paused, reader.Paused)
	}
	f.Wants, f.Minor, f.Joined = reader.Consented, card.Minor(now, f.Loc), joined(reader)
	f.Outdated = func(purpose string) bool {
		if purpose == message.Marketing {
			return consent.Outdated(w.programmes(), reader, readerTL, purpose)
		}
		return consent.Outdated(w.programmes(), d.state, d.tl, purpose)
	}
	wishes := message.WishesOf(readerTL)
	f.Silenced, f.Bereaved, f.Hours, f.Impersonal, f.PerWeek = wishes.Silenced, wishes.Bereaved, wishes.Hours, wishes.Impersonal, wishes.PerWeek
	f.Sent = append(message.PastOf(readerTL, now), w.handed(m, now)...)
	return f
}

// byWish leaves the channels beside the app to those who want them. What is about danger goes every way there is.
func (w *work) byWish(d *draft, m *message.Message) {
	if m.Channel == "inapp" || m.Class == journey.Safety || m.To == 0 {
		return
	}
	tl := d.tl
	if m.To != d.h.number {
		if r := w.drafts[m.To]; r != nil {
			tl = r.tl
		} else {
			tl = w.c.tls.Of(m.To)
		}
	}
	if message.WishesOf(tl).InApp {
		m.Channel = "inapp"
	}
}

// agreed tells whether somebody agreed to a purpose, and to the text it has today.
func (w *work) agreed(d *draft, purpose string) bool {
	return d.state.Consented(purpose) && !consent.Outdated(w.programmes(), d.state, d.tl, purpose)
}

// founded looks at what a message rests on: the event that caused it may have been taken back, and its journey may have been chosen by
// health data.
func (w *work) founded(d *draft, why *engine.Cause, f *message.Facts) {
	if why.Event != 0 {
		if i := d.tl.Find(why.Event); i >= 0 && d.tl.Flags[i]&event.Hidden != 0 {
			f.Relevant = false // the reading that caused it was corrected or taken back
		}
	}
	for _, p := range w.programmes() {
		if p.Key == why.Programme {
			f.UsesHealth, f.Targeted = p.Chosen(why.Journey, why.Step)
		}
	}
}

// joined is when somebody joined their first programme; 0: none.
func joined(s *engine.State) (at int64) {
	for i := range s.Programmes {
		if j := s.Programmes[i].Joined; at == 0 || j < at {
			at = j
		}
	}
	return at
}

// still tells whether a message that was let go may go yet.
func (w *work) still(d *draft, m *message.Message) bool {
	content := w.c.content(m)
	n := *m
	know := w.knowing(d, &n, content, w.now)
	if w.byWish(d, &n); n.Channel != m.Channel { // they want the app only by now
		return false
	}
	f := w.evidence(d, &n, content, w.now)
	f.Kept, f.Guards = know.kept, know.guards
	v := message.Decide(&n, w.policy(), f)
	// A channel that is gone by now refuses, and the message is seen among those that came to nothing.
	return (v.Send || len(v.Checks) > 0 && v.Checks[len(v.Checks)-1].Name == "channel" && v.Until == 0) && n.To == m.To
}

// outside are the messages of each reader that were handed to an outside channel and may have gone, whatever it said: they take a slot
// of the reader's caps until it is known. Guarded by turn.
type outside map[person.Number]map[message.ID]message.Message

// holds tells whether m may have gone without our knowing.
func holds(m *message.Message) bool {
	switch m.State {
	case message.Sending:
		return true
	case message.Queued, message.Held:
		return m.Tries > 0
	}
	return false
}

func (g outside) note(m *message.Message) {
	if m.Channel == "inapp" || m.To == 0 {
		return
	}
	if !holds(m) {
		delete(g[m.To], m.ID)
		return
	}
	if g[m.To] == nil {
		g[m.To] = map[message.ID]message.Message{}
	}
	n := *m
	n.Title, n.Body, n.Why = "", "", nil
	g[m.To][m.ID] = n
}

// handed is what the reader of m may have been sent beside what is known: as of now, since nobody knows when it went.
func (w *work) handed(m *message.Message, now int64) (out []message.Past) {
	if len(w.c.ways.Load().By) == 0 {
		return nil
	}
	latest := map[message.ID]*message.Message{}
	root := w.rootOf(m.To)
	for _, one := range append(w.below(root), root) { // whoever is this person now
		for id, n := range w.c.outside[one] {
			latest[id] = &n
		}
	}
	for _, some := range [][]message.Message{w.ch.NewMessages, w.ch.Messages} {
		for i := range some {
			if n := &some[i]; n.Channel != "inapp" && n.To != 0 && w.rootOf(n.To) == root {
				latest[n.ID] = n
			}
		}
	}
	for id, n := range latest {
		if id == m.ID || !holds(n) {
			continue
		}
		out = append(out, message.Past{Class: n.Class, Content: n.Content, At: now})
	}
	slices.SortFunc(out, func(a, b message.Past) int {
		return cmp.Or(cmp.Compare(a.Content, b.Content), cmp.Compare(a.Class, b.Class))
	})
	return out
}
