package conductor

import (
	"encoding/json"
	"slices"

	"peiban/internal/event"
	"peiban/internal/redflag"
)

// alarms are the topics for which somebody answers within minutes.
var alarms = []string{redflag.Emergency, redflag.SelfHarm}

// flag notes what a chat says that somebody has to see: topics for the rules, whose journeys bring tasks and alerts, and a suspected
// adverse event, whose clock begins now. Both are health data, so they are kept of who agreed to it; that somebody is in danger is told
// either way, and urgent says so.
func (w *work) flag(d *draft, e *event.Event, text string, now int64) (urgent bool, err error) {
	found := redflag.Shipped().Find(text)
	topics := redflag.Topics(found)
	urgent = slices.ContainsFunc(topics, func(t string) bool { return slices.Contains(alarms, t) })
	if !d.state.Consented("health_data") {
		return urgent, nil
	}
	note, _ := json.Marshal(map[string]string{"chat": e.ID()})
	by := func(x event.Event) error {
		x.Schema, x.Actor, x.Provenance, x.Source, x.Body = 1, "engine", "chat", 0, note
		x.Person = e.Person // theirs, should they be parted from who they are merged with
		_, err := w.add(d, x, now)
		return err
	}
	for _, topic := range topics {
		if err := by(event.Event{Type: event.ChatTopic, Num: event.Ref(e.ID()), A: event.Intern(topic), B: event.Intern("words"), C: event.Intern("open")}); err != nil {
			return urgent, err
		}
		if topic == redflag.AdverseEvent {
			if err := by(event.Event{Type: event.AdverseEvent, A: event.Intern("suspected"), B: event.Intern("chat")}); err != nil {
				return urgent, err
			}
		}
	}
	return urgent, nil
}
