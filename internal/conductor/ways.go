package conductor

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/engine"
	"peiban/internal/journey"
	"peiban/internal/message"
)

// Ways are the senders a workspace has beside the app, by channel, and the order in which they are tried for a message whose journey
// names none.
type Ways struct {
	By    map[string]channel.Sender
	Order []string // empty: the server's own channel
}

// SetWays says by what messages leave from now on, beside what the server itself was set up with. A rehearsal beside real people has none.
func (c *Conductor) SetWays(w Ways) {
	if c.cfg.Contained {
		w = Ways{}
	}
	by := maps.Clone(c.cfg.Senders)
	if by == nil {
		by = map[string]channel.Sender{}
	}
	maps.Copy(by, w.By)
	order := slices.DeleteFunc(slices.Clone(w.Order), func(name string) bool { return name != "inapp" && by[name] == nil })
	if len(order) == 0 {
		order = []string{c.cfg.Channel}
	}
	c.ways.Store(&Ways{By: by, Order: order})
}

// Ways are those the workspace has now.
func (c *Conductor) Ways() Ways { return *c.ways.Load() }

// named are the channels a message may go by, in order.
func (ws *Ways) named(m *message.Message) []string {
	var why engine.Cause
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause names none
	if len(why.Channels) == 0 {
		return ws.Order
	}
	return why.Channels
}

// PassedBy is a channel that a message did not go by.
type PassedBy struct {
	Channel string `json:"channel"`
	Why     string `json:"why"`
}

// byReach finds the first channel of a message by which its reader can be reached now, and tells which it passed. What was tried on a
// channel stays with it, and what was said in the app alone stays there.
func (w *work) byReach(d *draft, m *message.Message, now int64) (passed []PassedBy) {
	ways := w.c.ways.Load()
	if m.Channel == "inapp" || m.To == 0 {
		return nil
	}
	var why reasons
	_ = json.Unmarshal(m.Why, &why) // ours; an unreadable cause has been tried nowhere
	if why.Tried != nil && why.Tried.Channel == m.Channel {
		return nil
	}
	first, slow := m.Channel, false
	if names := ways.named(m); slices.Contains(names, m.Channel) {
		for _, name := range names {
			if name == "inapp" && name != m.Channel {
				m.Channel = name
				return passed
			}
			s := ways.By[name]
			if s == nil || slices.ContainsFunc(why.Failed, func(f PassedBy) bool { return f.Channel == name }) {
				continue
			}
			if _, asks := s.(channel.Confirmed); asks && m.Class == journey.Safety { // nobody in danger waits for a colleague to press a button
				passed, slow = append(passed, PassedBy{name, "needs_confirmation"}), true
				continue
			}
			way := channel.WayOf(s, w.reachable(d, m), time.UnixMicro(now))
			if way.No == "" && m.Class == journey.Safety && way.Opens.After(time.UnixMicro(now)) { // nor for a window
				passed, slow = append(passed, PassedBy{name, "channel_waits"}), true
				continue
			}
			if way.No == "" {
				m.Channel = name
				return passed
			}
			passed = append(passed, PassedBy{name, way.No})
		}
	}
	if m.Channel = first; slow || m.Class == journey.Safety && len(passed) > 0 {
		m.Channel = "inapp" // the app is always there
	}
	return passed
}

// reachable are the addresses of who reads a message.
func (w *work) reachable(d *draft, m *message.Message) []address.Address {
	if m.To == d.h.number {
		card, _ := w.card(d)
		return card.reachable()
	}
	if r := w.drafts[m.To]; r != nil {
		card, _ := w.card(r)
		return card.reachable()
	}
	return w.c.Addresses(m.To)
}

// wayOf is how the reader of a message would be reached by its channel.
func (w *work) wayOf(d *draft, m *message.Message, now int64) channel.Way {
	return channel.WayOf(w.c.ways.Load().By[m.Channel], w.reachable(d, m), time.UnixMicro(now))
}

// wayOpen tells whether a message's channel is there for this reader, why not, and when it next takes something; 0: now.
func (w *work) wayOpen(d *draft, m *message.Message, now int64) (there bool, closed string, from int64) {
	if m.Channel == "inapp" {
		return true, "", 0
	}
	if w.c.ways.Load().By[m.Channel] == nil {
		return false, "", 0
	}
	way := w.wayOf(d, m, now)
	if !way.Opens.IsZero() {
		from = way.Opens.UnixMicro()
	}
	return way.No == "", way.No, from
}
