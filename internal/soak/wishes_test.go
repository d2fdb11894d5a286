package soak

import (
	"fmt"
	"time"

	"peiban/internal/message"
)

// What a person may wish for.
const (
	inApp   = "in_app_only"
	perWeek = "per_week"
	hours   = "asked_hours"
)

// wish is the last word on one of them.
type wish struct {
	on       bool
	from, to int // minutes of the day
	most     int
	n        int // of all statements
}

// wishes has somebody say one.
func (w *world) wishes(s *somebody, kind string, x wish) {
	props := fmt.Sprintf(`{"kind":%q,"active":%v}`, kind, x.on)
	switch {
	case x.on && kind == perWeek:
		props = fmt.Sprintf(`{"kind":%q,"active":true,"most":%d}`, kind, x.most)
	case x.on && kind == hours:
		props = fmt.Sprintf(`{"kind":%q,"active":true,"from":%d,"to":%d}`, kind, x.from, x.to)
	}
	w.tell(s, "preference", props)
	w.statements++
	x.n = w.statements
	if s.wished == nil {
		s.wished = map[string]wish{}
	}
	s.wished[kind] = x
}

// wish is a deed: somebody sets or ends one of their wishes.
func (w *world) wish(s *somebody) {
	x := wish{on: w.work.IntN(3) > 0, from: w.work.IntN(24) * 60, to: w.work.IntN(24) * 60, most: 1 + w.work.IntN(3)}
	w.wishes(s, []string{inApp, perWeek, hours}[w.work.IntN(3)], x)
}

// wishOf is the last word of whoever is this person now.
func (w *world) wishOf(s *somebody, kind string) (last wish) {
	for _, p := range w.group(s) {
		if x := p.wished[kind]; x.n > last.n {
			last = x
		}
	}
	return last
}

// asWished looks whether what reached somebody by the channel is as they wish: not beside the app, what they asked for in their hours.
func (w *world) asWished(s *somebody, t *taken, bad func(string, ...any)) {
	if t.class != "safety" && w.wishOf(s, inApp).on {
		bad("they want the app only")
	}
	if t.class == "asked" && w.out(s, t.at) && w.out(s, t.high) {
		bad("not in the hours they chose: %s there, %+v", t.at.In(s.root().zone).Format(time.TimeOnly), w.wishOf(s, hours))
	}
}

// out tells whether a moment is outside the hours in which somebody hears what they asked for: theirs, or by day.
func (w *world) out(s *somebody, at time.Time) bool {
	x := w.wishOf(s, hours)
	local := at.In(s.root().zone)
	minute := local.Hour()*60 + local.Minute()
	switch {
	case !x.on:
		return w.early(s, at)
	case x.from <= x.to:
		return x.from != x.to && (minute < x.from || minute >= x.to)
	}
	return minute < x.from && minute >= x.to
}

// inTheApp looks at what was only written to the app, of people who always were themselves: by day, and with what went by the channel within the
// caps. Where the clock jumped nobody can say which day it was.
func (w *world) inTheApp(all map[message.ID]message.Message) {
	if w.plan.jumps {
		return
	}
	for _, s := range w.people {
		if s.merged {
			continue
		}
		var sent []time.Time
		for _, m := range all {
			if m.Person != m.To || uint32(m.To) != s.number || m.Class != "programme" {
				continue
			}
			at := time.UnixMicro(m.SentAt)
			switch t := w.far.taken[string(m.ID)]; {
			case t != nil:
				at = t.at
			case m.State != message.Sent:
				continue
			case w.early(s, at):
				w.broken("%s was written to the app of %s at %s there", m.Content, s.user, at.In(s.zone).Format(time.TimeOnly))
			}
			sent = append(sent, at)
		}
		for _, a := range sent {
			today, week := 0, 0
			for _, b := range sent {
				if a.In(s.zone).Format(time.DateOnly) == b.In(s.zone).Format(time.DateOnly) {
					today++
				}
				if !b.After(a) && b.After(a.Add(-7*24*time.Hour)) {
					week++
				}
			}
			if today > 1 || week > 4 {
				w.broken("%s heard %d times on the day of %s and %d times in the seven days until then", s.user, today, a.In(s.zone).Format(time.DateTime), week)
			}
		}
	}
}
