package conductor_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
)

const watched = `
watch:
  name: {zh: 重点看, en: Watched}
  group: safety
  plain: {zh: 七天里高过 12, en: Above 12 in seven days}
  when: events("glucose").within("7d").where(e, e.value > mmol(12)).count() >= 1
  source: test
study:
  name: {zh: 研究, en: Study}
  group: safety
  plain: {zh: 只由人放进, en: By hand only}
`

// withSegments puts two segments, a group whose tags exclude each other and a stage that is left late into force.
func withSegments(b *bench) {
	b.t.Helper()
	b.publish(b.c, func(f programme.Files) {
		f["segments.yaml"] = watched
		delete(f, "tests/layers.yaml")
		f["programme.yaml"] = strings.Replace(f["programme.yaml"], "\n  profile:", "\n  strata: {name: {zh: 分层, en: Layers}, exclusive: true}\n  profile:", 1)
		for _, l := range []struct{ key, when string }{
			{"la_red", `events("glucose").within("2d").where(e, e.value > mmol(15)).count() >= 1`},
			{"la_amber", `events("glucose").within("5d").where(e, e.value > mmol(10)).count() >= 1`},
			{"la_green", `events("glucose").count() >= 1`},
		} {
			edited, err := f.SetTag(programme.TagForm{Key: l.key, Group: "strata", Private: "health", When: l.when, Source: "test",
				Name: both(l.key), Plain: both(l.key), Because: both(l.key)})
			ok(b.t, err)
			maps.Copy(f, edited)
		}
		f["stages.yaml"] = strings.Replace(f["stages.yaml"], "silent:\n", `high:
  name: {zh: 高, en: High}
  plain: {zh: 高, en: High}
  when: events("glucose").within("1d").where(e, e.value > mmol(12)).count() >= 1
  stay: events("glucose").within("3d").where(e, e.value > mmol(12)).count() >= 1
  source: test

silent:
`, 1)
	})
}

func both(s string) fault.Text { return fault.Text{Zh: s, En: s} }

func TestByHandBeatsTheRuleUntilItEnds(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	withSegments(b)
	set := func(key, state, reason string, until time.Duration) error {
		s := conductor.Segment{Key: key, State: state, Reason: reason}
		if until != 0 {
			s.Until = b.now.Add(until).UnixMicro()
		}
		return b.c.SetSegment(t.Context(), n, s, wentUp)
	}
	b.submit(b.item("zhang", "glucose", `{"value":13.0,"unit":"mmol/L"}`, b.now))
	if !has(t, b.c, n, "watch") || has(t, b.c, n, "study") {
		t.Fatal("the rule does not hold")
	}
	ok(t, set("watch", "out", "在住院", 48*time.Hour))
	ok(t, set("study", "in", "签了同意书", 0))
	if has(t, b.c, n, "watch") || !has(t, b.c, n, "study") || !b.c.Members("tag", "study").Contains(uint32(n)) {
		t.Error("what was decided by hand does not hold")
	}
	b.now = b.now.Add(49 * time.Hour)
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	h := b.history(n, "watch")
	if len(h) != 3 || !h[0].Gained || h[0].Cause != "time" || h[0].At != b.now.Add(-time.Hour).UnixMicro() || h[1].Cause != "segment_set" {
		t.Errorf("history %+v", h)
	}
	ok(t, set("study", "rule", "", 0))
	if has(t, b.c, n, "study") {
		t.Error("taken back, it still holds")
	}
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"without a reason", set("study", "in", "", 0), conductor.ErrNoWhy},
		{"until yesterday", set("study", "in", "x", -time.Hour), conductor.ErrPastEnd},
		{"a tag", set("lc_new", "in", "x", 0), conductor.ErrNotByHand},
		{"nothing of that name", set("nobody", "in", "x", 0), conductor.ErrNotByHand},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v", tt.name, tt.err)
		}
	}
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if count(l, event.SegmentSet) != 3 {
		t.Errorf("%d decisions are remembered, want 3", count(l, event.SegmentSet))
	}
	b.same(b.c)
	b.same(b.open())
}

func (b *bench) layer(n person.Number) string {
	b.t.Helper()
	var of []string
	for _, key := range []string{"la_red", "la_amber", "la_green"} {
		if has(b.t, b.c, n, key) {
			of = append(of, key)
		}
	}
	return strings.Join(of, " ")
}

func TestOfAnExclusiveGroupTheFirstHolds(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	withSegments(b)
	b.submit(b.item("zhang", "glucose", `{"value":6.0,"unit":"mmol/L"}`, b.now))
	if got := b.layer(n); got != "la_green" {
		t.Errorf("after 6.0: %s", got)
	}
	b.submit(b.item("zhang", "glucose", `{"value":15.5,"unit":"mmol/L"}`, b.now))
	if got := b.layer(n); got != "la_red" {
		t.Errorf("after 15.5: %s", got)
	}
	at := b.now
	for _, tt := range []struct {
		hours int
		want  string
	}{{47, "la_red"}, {48, "la_amber"}, {119, "la_amber"}, {120, "la_green"}} { // 2 days, 5 days
		b.now = at.Add(time.Duration(tt.hours) * time.Hour)
		_, err := b.c.Tick(t.Context())
		ok(t, err)
		if got := b.layer(n); got != tt.want {
			t.Errorf("after %d hours %s, want %s", tt.hours, got, tt.want)
		}
	}
	h := b.history(n, "la_amber")
	if len(h) != 2 || h[1].Cause != "time" || h[0].At-h[1].At != (72*time.Hour).Microseconds() {
		t.Errorf("amber from the end of red to its own: %+v", h)
	}
	b.same(b.c)
}

func TestAStageIsLeftLaterThanItIsEntered(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	withSegments(b)
	at := b.now
	late := b.consent("li") // their high is too old to enter by, and would do to stay
	b.submit(b.item("li", "glucose", `{"value":13.0,"unit":"mmol/L"}`, b.now.Add(-36*time.Hour)))
	if l, err := b.c.Look(late, 0, 0); err != nil || l.State.Progress("diabetes").Stage == "high" || l.Stage.Stage.Key == "high" {
		t.Errorf("entered by what keeps one in: %v", err)
	}
	b.submit(b.item("zhang", "glucose", `{"value":13.0,"unit":"mmol/L"}`, b.now))
	stage := func() string {
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		stored := l.State.Progress("diabetes").Stage
		if l.Stage.Stage == nil || l.Stage.Stage.Key != stored {
			t.Errorf("the state says %s and the rules %+v", stored, l.Stage.Stage)
		}
		return stored
	}
	for _, tt := range []struct {
		after time.Duration
		want  bool
	}{{time.Hour, true}, {25 * time.Hour, true}, {71 * time.Hour, true}, {72 * time.Hour, false}} {
		b.now = at.Add(tt.after)
		_, err := b.c.Tick(t.Context())
		ok(t, err)
		if got := stage() == "high"; got != tt.want {
			t.Errorf("after %s in the stage: %v", tt.after, got)
		}
	}
	b.same(b.c)
}
