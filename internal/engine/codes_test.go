package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/rule"
)

// A code that changes is the loss of one and the gain of another at the same moment; the tag with the codes stays.
func TestACodeThatChangesIsLostAndGained(t *testing.T) {
	p := diabetes(t)
	l := newLife(p, time.UTC)
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMicro()
	l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes"), Occurred: at}, at)
	for range 7 { // 3 points each
		at += time.Hour.Microseconds()
		l.add(event.Event{Type: event.Glucose, Num: 6, C: event.Intern("m1"), Occurred: at}, at)
	}
	var told []string
	for _, line := range l.log {
		if _, key, ok := strings.Cut(line, " tag eg_level"); ok {
			told = append(told, key)
		}
	}
	if want := []string{".low true", " true", ".mid true", ".low false"}; !slices.Equal(slices.Sorted(slices.Values(told)), slices.Sorted(slices.Values(want))) {
		t.Errorf("%q", told)
	}
	w, ok := p.WhyTag("eg_level", l.view(), at)
	if !ok || w.Truth != rule.True || w.Key != "eg_level" || w.Code == nil || w.Code.Key != "mid" || w.Value != 21 || w.Total != 7 {
		t.Errorf("why: %+v", w)
	}
	pr := l.s.Progress("diabetes")
	if !pr.Has("eg_level.mid") || pr.Has("eg_level.low") || !pr.Has("eg_level") {
		t.Error(fmt.Sprint(pr.Tags))
	}
	l.advance(at + 40*24*time.Hour.Microseconds())
	if !pr.Has("eg_level.low") || pr.Has("eg_level.mid") {
		t.Error("the level stays when its points are gone")
	}
}
