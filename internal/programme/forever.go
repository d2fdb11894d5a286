package programme

import (
	"slices"

	"peiban/internal/event"
	"peiban/internal/journey"
)

// A journey that is entered by what it does itself, or by what a journey does that it enters, would go on for ever. One that is entered
// once, with a pause, or under a condition ends somewhere.

// endless checks that no journey enters itself again without end.
func (l *loader) endless() {
	next := map[string][]string{}
	by := map[string]*journey.Definition{}
	for _, d := range l.p.Journeys {
		by[d.Key] = d
		for _, o := range l.p.Journeys {
			if !freely(&o.Enter) {
				continue
			}
			journey.Walk(d.Steps, func(s *journey.Step) {
				if enters(s, &o.Enter) && !slices.Contains(next[d.Key], o.Key) {
					next[d.Key] = append(next[d.Key], o.Key)
				}
			})
		}
	}
	for _, d := range l.p.Journeys {
		if slices.ContainsFunc(next[d.Key], func(k string) bool { return leads(next, k, d.Key, map[string]bool{}) }) {
			newSource(d.File, nil, l.p.problems).at(nil, words("这个旅程做的事又让人进入它自己，没完没了", "what this journey does has people enter it again, for ever"),
				words("给 enter 写上 if、key: once，或隔一段时间再进", "give enter an if, key: once, or a pause before the next"))
		}
	}
}

// freely tells whether the same thing may enter again at once, whoever it is about.
func freely(e *journey.Enter) bool {
	return e.If.Src == "" && (e.Key == "event" || e.Key == "episode" && e.Again == 0)
}

// enters tells whether what a step does enters a journey.
func enters(s *journey.Step, e *journey.Enter) bool {
	switch e.On {
	case journey.OnStage:
		return s.SetStage == e.Stage && s.SetStage != ""
	case journey.OnTag, journey.OnTagLeft, journey.OnDate, journey.OnHand, journey.OnCall:
		return false
	}
	var told []event.Type
	if s.Says() != nil {
		told = append(told, event.MessageSent, event.MessageSuppressed)
	}
	switch {
	case s.Invite != nil:
		told = append(told, event.Activity)
	case s.Does() != nil, s.Alert != nil:
		told = append(told, event.TaskOpened)
	case s.Split != nil, s.Holdout != nil:
		told = append(told, event.JourneyExposed)
	case s.Set != nil && s.Set.Trait != "":
		told = append(told, event.Profile)
	case s.Set != nil:
		told = append(told, event.SegmentSet)
	case s.Points != nil:
		told = append(told, event.Points)
	case s.Camp != nil && s.Camp.Leave:
		told = append(told, event.CampEnded)
	case s.Camp != nil:
		told = append(told, event.CampEnrolled)
	case s.Group != nil:
		told = append(told, event.GroupMember)
	case s.Webhook != nil:
		told = append(told, event.JourneyCall)
	}
	return slices.ContainsFunc(told, func(t event.Type) bool { return t.String() == e.On })
}
