package programme

import (
	"time"

	"peiban/internal/event"
)

// Happening reads what somebody types to have happen at a moment, as tests write it without the time: "glucose 2.8 fasting". It is read by
// the texts and the zone of c; what staff do is no event and is refused.
func (c *Compiled) Happening(line string, at int64) ([]event.Event, Problems) {
	out := &Problems{}
	s := newSource("", nil, out)
	if c.from == nil {
		return nil, *out
	}
	n := &node{kind: scalar, line: 1, col: 1, text: time.UnixMicro(at).In(c.Zone).Format("2006-01-02 15:04:05") + " " + line}
	r := &caseReader{l: &loader{p: c.from}, s: s}
	var events []event.Event
	for _, g := range r.given(n) {
		if g.Do != "" || g.Event.Type == 0 {
			s.at(n, words("这里只写发生的事", "only what happens is written here"), words("例如 glucose 2.8 fasting", "for example glucose 2.8 fasting"))
			break
		}
		events = append(events, g.Event)
	}
	if len(*out) > 0 {
		return nil, *out
	}
	return events, nil
}
