package conductor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

func skeleton(t *testing.T) programme.Files {
	t.Helper()
	f, err := programme.Skeleton(programme.Beginning{Key: "copd", Name: fault.Text{Zh: "慢阻肺", En: "COPD"}, Zone: "Asia/Shanghai"})
	ok(t, err)
	return f
}

// A programme the folder does not have begins in a running workspace: nobody is in it, whoever joins is evaluated, another process
// takes it over, and a start finds it again.
func TestAProgrammeBegins(t *testing.T) {
	b := newBench(t)
	other := b.open()
	n := b.consent("zhang")
	out, err := b.c.Begin(t.Context(), conductor.Publication{Programme: "copd", Files: skeleton(t), By: "staff:liu", Note: "begun"}, audit.Entry{Actor: "staff:liu", Action: "programme.publish"})
	ok(t, err)
	if out.Number != 1 || out.People != 0 || out.Changed != 0 || b.c.Programme("copd") == nil || len(b.c.Versions("copd")) != 1 {
		t.Fatalf("%+v", out)
	}
	_, err = b.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: n, Event: event.Event{
		Type: event.ProgrammeJoined, Num: 1, A: event.Intern("copd"), Occurred: b.now.UnixMicro(), Actor: "staff:liu", Provenance: "staff",
	}}})
	ok(t, err)
	_, err = other.Tick(t.Context())
	ok(t, err)
	again := b.open()
	for name, c := range map[string]*conductor.Conductor{"here": b.c, "another process": other, "a start": again} {
		if !c.Of("copd", "stage", "new").Contains(uint32(n)) || !c.Of("copd", "tag", "lc_new").Contains(uint32(n)) || c.Of("copd", "stage", "all").GetCardinality() != 0 {
			t.Errorf("%s: stage new %v", name, c.Of("copd", "stage", "new"))
		}
	}
	_, err = b.c.Begin(t.Context(), conductor.Publication{Programme: "copd", Files: skeleton(t)}, audit.Entry{})
	if !errors.Is(err, conductor.ErrSuperseded) {
		t.Errorf("begun twice: %v", err)
	}
}

func TestAProgrammeThatCannotBegin(t *testing.T) {
	b := newBench(t)
	sound := skeleton(t)
	with := func(name, text string) programme.Files {
		f := programme.Files{}
		for k, v := range sound {
			f[k] = v
		}
		f[name] = text
		return f
	}
	// A journey of the programme in force, saying something else: a run of the one would be taken for one of the other.
	journey := ""
	for name := range b.c.Programme("").Files {
		if strings.HasPrefix(name, "journeys/") && !strings.Contains(name, "low") {
			journey = name
		}
	}
	clash := with(journey, "name: {zh: 另一个, en: Another}\nenter: {tag: lc_new}\nleave: tag(\"lc_new\")\nsteps:\n  - alert: {level: 1, text: {zh: 看看, en: Look}, due: 1h}\n")
	for name, tt := range map[string]struct {
		files programme.Files
		want  error
	}{
		"mistakes":                   {with("tags.yaml", "x"), conductor.ErrUnsound},
		"another key":                {with("programme.yaml", strings.Replace(sound["programme.yaml"], "copd", "asthma", 1)), conductor.ErrOtherKey},
		"a journey of another's key": {clash, conductor.ErrUnsound},
	} {
		if _, err := b.c.Begin(t.Context(), conductor.Publication{Programme: "copd", Files: tt.files}, audit.Entry{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b.c.Programme("copd") != nil {
		t.Error("it began")
	}
}

// What nobody approved reaches no patient.
func TestASampleBeginsInARehearsalOnly(t *testing.T) {
	b := newBench(t)
	ring, err := b.store.Ring(t.Context(), b.ws.Number)
	ok(t, err)
	live := b.ws
	live.Kind = workspace.Live
	c, err := conductor.Open(t.Context(), conductor.Config{Store: b.store, Ring: ring, Workspace: live, Programmes: b.progs, Real: func() time.Time { return b.now }})
	ok(t, err)
	f := skeleton(t)
	if _, err := c.Begin(t.Context(), conductor.Publication{Programme: "copd", Files: f}, audit.Entry{}); !errors.Is(err, conductor.ErrRehearsalOnly) {
		t.Errorf("%v", err)
	}
	f, err = f.SetHead(programme.HeadForm{Name: f.Head().Name, Approval: programme.ApprovalForm{By: "王医生", At: "2026-03-01", Document: "MLR-1"}})
	ok(t, err)
	if _, err := c.Begin(t.Context(), conductor.Publication{Programme: "copd", Files: f}, audit.Entry{}); err != nil {
		t.Errorf("signed: %v", err)
	}
}
