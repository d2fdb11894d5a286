package conductor_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

var wentUp = audit.Entry{Actor: "staff:liu", Action: "programme.publish"}

// publish puts the files into force that edit makes of those in force.
func (b *bench) publish(c *conductor.Conductor, edit func(programme.Files)) conductor.Published {
	b.t.Helper()
	out, err := b.tryPublish(c, edit)
	var problems programme.Problems
	if errors.As(err, &problems) {
		b.t.Log(problems)
	}
	ok(b.t, err)
	return out
}

func (b *bench) tryPublish(c *conductor.Conductor, edit func(programme.Files)) (conductor.Published, error) {
	p := c.Programme("diabetes")
	files := maps.Clone(p.Files)
	edit(files)
	return c.Publish(b.t.Context(), conductor.Publication{Programme: "diabetes", Base: p.Version, Files: files, By: "staff:liu", Note: "try"}, wentUp)
}

// ruled gives tag key another rule.
func ruled(t *testing.T, key, when string) func(programme.Files) {
	return func(f programme.Files) {
		form, found := f.Form(key)
		if !found {
			t.Fatalf("no tag %s", key)
		}
		form.When = when
		edited, err := f.SetTag(form)
		ok(t, err)
		maps.Copy(f, edited)
	}
}

func (b *bench) same(c *conductor.Conductor) {
	b.t.Helper()
	people, diff, err := c.Replay(b.t.Context(), nil)
	ok(b.t, err)
	if people == 0 || len(diff) > 0 {
		b.t.Errorf("%d people replayed, %d different", people, len(diff))
		for _, d := range diff {
			b.t.Logf("%s\nstored %s\nagain  %s", d.Person, d.Stored, d.Again)
		}
	}
}

func has(t *testing.T, c *conductor.Conductor, n person.Number, tag string) bool {
	t.Helper()
	l, err := c.Look(n, 0, 0)
	ok(t, err)
	stored := l.State.Progress("diabetes").Has(tag)
	for _, a := range l.Tags {
		if a.Tag.Key == tag && (a.Truth == 2) != stored {
			t.Errorf("%s: the state says %v and the rule %v", tag, stored, a.Truth)
		}
	}
	return stored
}

func (b *bench) history(n person.Number, key string) []conductor.Transition {
	b.t.Helper()
	l, err := b.c.Look(n, 0, 0)
	ok(b.t, err)
	list, err := b.store.Transitions(b.t.Context(), b.ws.Number, n, l.Changed, "tag", store.Page{Limit: 500})
	ok(b.t, err)
	var out []conductor.Transition
	for _, t := range list.Items {
		if t.Key == "diabetes/"+key {
			out = append(out, t)
		}
	}
	return out
}

func TestAPublishedRuleHoldsForEveryoneAtOnce(t *testing.T) {
	b := newBench(t)
	gains, loses, stays := b.consent("zhang"), b.consent("li"), b.consent("wang")
	b.submit(b.item("zhang", "glucose", `{"value":12.8,"unit":"mmol/L"}`, b.now))
	b.submit(b.item("li", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	b.submit(b.item("wang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now))
	b.now = b.now.Add(30 * time.Hour)
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	said := len(b.messages(gains)) + len(b.messages(loses))
	outlook, err := b.c.Preview(t.Context(), "diabetes", func() programme.Files {
		f := maps.Clone(b.c.Programme("diabetes").Files)
		ruled(t, "gl_hypo2_28d", `events("glucose").within("28d").where(e, e.value > mmol(12)).count() >= 1`)(f)
		return f
	}(), nil)
	ok(t, err)
	out := b.publish(b.c, ruled(t, "gl_hypo2_28d", `events("glucose").within("28d").where(e, e.value > mmol(12)).count() >= 1`))

	if out.Number != 2 || out.Changed != outlook.Changed || out.People != 3 || len(outlook.Tags) == 0 {
		t.Errorf("%+v after the outlook %+v", out, outlook)
	}
	for _, s := range outlook.Tags {
		if s.Key == "gl_hypo2_28d" && (s.Gain != 1 || s.Lose != 1 || s.Gained[0] != gains || s.Lost[0] != loses) {
			t.Errorf("the outlook of the tag: %+v", s)
		}
	}
	if !has(t, b.c, gains, "gl_hypo2_28d") || has(t, b.c, loses, "gl_hypo2_28d") || has(t, b.c, stays, "gl_hypo2_28d") {
		t.Error("the new rule does not hold")
	}
	if m := b.c.Members("tag", "gl_hypo2_28d"); m.GetCardinality() != 1 || !m.Contains(uint32(gains)) {
		t.Errorf("the cohort holds %v", m)
	}
	h := b.history(loses, "gl_hypo2_28d")
	if len(h) != 2 || h[0].Gained || h[0].Cause != "definition" || h[0].Version != "2" || h[0].CauseAt != out.Seq || h[1].Version != "1" || h[1].Cause != "glucose" {
		t.Errorf("history %+v", h)
	}
	if n := len(b.messages(gains)) + len(b.messages(loses)); n != said {
		t.Errorf("%d messages because of a publication", n-said)
	}
	b.same(b.c)

	b.submit(b.item("wang", "glucose", `{"value":13.1,"unit":"mmol/L"}`, b.now))
	b.now = b.now.Add(40 * 24 * time.Hour) // every window empties, under the version in force
	_, err = b.c.Tick(t.Context())
	ok(t, err)
	if h := b.history(stays, "gl_hypo2_28d"); len(h) != 2 || h[0].Cause != "time" || h[0].Version != "2" || h[1].Version != "2" {
		t.Errorf("history %+v", h)
	}
	b.same(b.c)
	b.same(b.open())
}

func TestAnotherProcessTakesAVersionOver(t *testing.T) {
	b := newBench(t)
	other := b.open()
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now))
	_, err := other.Tick(t.Context())
	ok(t, err)
	// Nobody changes now; a day later the tag is gained by itself. The process that published is gone by then.
	b.publish(b.c, ruled(t, "lc_silent14", `days_since(events("glucose")) >= 1`))
	b.c.Close()
	b.now = b.now.Add(25 * time.Hour)
	_, err = other.Tick(t.Context())
	ok(t, err)
	if v := other.Programme("diabetes").Version; v != 2 || !has(t, other, n, "lc_silent14") {
		t.Errorf("version %d, tag %v", v, has(t, other, n, "lc_silent14"))
	}
	b.c = other
	if h := b.history(n, "lc_silent14"); len(h) != 1 || h[0].At != b.now.Add(-time.Hour).UnixMicro() || h[0].Version != "2" {
		t.Errorf("history %+v", h)
	}
	b.same(other)
	again := b.open()
	if again.Programme("diabetes").Version != 2 {
		t.Error("a start forgot the published version")
	}
	b.same(again)
}

// cutOff is a database that ends after some commits.
type cutOff struct {
	*store.Store
	left atomic.Int64
}

func (c *cutOff) Begin(ctx context.Context, w workspace.Number) (conductor.Tx, error) {
	if c.left.Add(-1) < 0 {
		return nil, errors.New("gone")
	}
	return c.Store.Begin(ctx, w)
}

func TestAStartFinishesAPublicationThatBrokeOff(t *testing.T) {
	b := newBench(t)
	db := &cutOff{Store: b.store}
	db.left.Store(1000)
	b.c = b.openOn(db)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now))
	at := b.now
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	db.left.Store(1) // the publication itself
	b.publish(b.c, ruled(t, "lc_silent14", `days_since(events("glucose")) >= 1`))
	b.c.Close()
	b.now = b.now.Add(30 * time.Hour)
	again := b.open()
	if due := again.Due(n); due > at.UnixMicro()+1 {
		t.Errorf("the start looks at the person in %s", time.Duration(due-at.UnixMicro())*time.Microsecond)
	}
	_, err = again.Tick(t.Context())
	ok(t, err)
	b.c = again
	if h := b.history(n, "lc_silent14"); len(h) != 1 || h[0].At != at.Add(24*time.Hour).UnixMicro() {
		t.Errorf("history %+v", h)
	}
	b.same(again)
}

func TestARunKeepsTheVersionItBeganWith(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	runs := func() int {
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		return len(l.State.Runs)
	}
	if runs() == 0 {
		t.Fatal("no run")
	}
	before := runs()
	b.publish(b.c, func(f programme.Files) {
		// A tag in front of all others gives every tag another number: by the old one the run's condition of leaving,
		// lc_lost_deleted, would be lc_silent30, which everybody has now.
		ruled(t, "lc_silent30", `events("glucose").count() >= 1`)(f)
		delete(f, "journeys/low-glucose.yaml")
		delete(f, "tests/low-glucose.yaml")
		f["programme.yaml"] = strings.Replace(f["programme.yaml"], "[low-glucose, ", "[", 1) // of what a layer gets
		for _, word := range []string{"event_level_2_low", "event_raised"} {                 // nothing else says them
			at := strings.Index(f["programme.yaml"], "  "+word+":")
			end := at + strings.Index(f["programme.yaml"][at:], "\n") + 1
			f["programme.yaml"] = f["programme.yaml"][:at] + f["programme.yaml"][end:]
		}
		const first = "common/contact/tags.yaml"
		f[first] = strings.Replace(f[first], "\nch_source:", `
aa_first:
  name: {zh: 先, en: First}
  group: lifecycle
  plain: {zh: 先, en: first}
  when: events("glucose").count() >= 1
  because: {zh: 先, en: first}
  source: test

ch_source:`, 1)
	})
	if runs() != before {
		t.Errorf("%d runs, %d before", runs(), before)
	}
	b.now = b.now.Add(25 * time.Minute) // nobody measured again: the run says so once more
	_, err := b.c.Tick(t.Context())
	ok(t, err)
	found := false
	for _, m := range b.messages(n) {
		found = found || m.Content == "low-again" && m.Title != ""
	}
	if !found {
		t.Error("the run did not go on")
	}
	b.same(b.c)
	b.c = b.open()
	b.same(b.c)
	b.submit(b.item("zhang", "glucose", `{"value":2.7,"unit":"mmol/L","context":"before_dinner"}`, b.now.Add(time.Hour)))
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	for _, r := range l.State.Runs {
		if r.Journey == "low-glucose" && r.Entered >= b.now.UnixMicro() {
			t.Error("a journey that is gone was entered")
		}
	}
}

func TestAPublicationBesideWriters(t *testing.T) {
	b := newBench(t)
	for i := range 12 {
		b.consent(fmt.Sprintf("p%d", i))
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range 25 {
				_, err := b.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{
					b.item(fmt.Sprintf("p%d", (i*3+k)%12), "glucose", fmt.Sprintf(`{"value":%d.%d,"unit":"mmol/L"}`, 4+k%9, i), b.now.Add(time.Duration(k)*time.Second)),
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for k := range 4 {
		b.publish(b.c, ruled(t, "gl_hypo2_28d", fmt.Sprintf(`events("glucose").within("28d").where(e, e.value > mmol(%d)).count() >= 2`, 5+k)))
	}
	wg.Wait()
	for n := range 12 {
		has(t, b.c, person.Number(n+1), "gl_hypo2_28d") // the state is what the rule says
	}
	b.same(b.c)
}

func TestWhoChangesWhileTheyAreCompared(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	p := b.c.Programme("diabetes")
	files := maps.Clone(p.Files)
	ruled(t, "gl_hypo2_28d", `events("glucose").within("28d").where(e, e.value > mmol(12)).count() >= 1`)(files)
	told := false
	out, err := b.c.Publish(t.Context(), conductor.Publication{
		Programme: "diabetes", Base: 1, Files: files, By: "staff:liu",
		Progress: func(int, int) {
			if !told { // everybody has been asked by now
				told = true
				b.submit(b.item("zhang", "glucose", `{"value":13.0,"unit":"mmol/L"}`, b.now))
			}
		},
	}, wentUp)
	ok(t, err)
	if h := b.history(n, "gl_hypo2_28d"); !told || len(h) != 1 || h[0].Cause != "definition" || !has(t, b.c, n, "gl_hypo2_28d") {
		t.Errorf("%+v, history %+v", out, h)
	}
	b.same(b.c)
}

func TestWhatCannotBePublished(t *testing.T) {
	b := newBench(t)
	b.consent("zhang")
	for _, tt := range []struct {
		name string
		edit func(programme.Files)
		want error
	}{
		{"a mistake", ruled(t, "lc_new", "days_sinc(1)"), conductor.ErrUnsound},
		{"nothing new", func(programme.Files) {}, conductor.ErrUnchanged},
		{"a comment only", func(f programme.Files) { f["tags/control.yaml"] += "\n# a remark\n" }, conductor.ErrUnchanged},
		{"another programme", func(f programme.Files) {
			f["programme.yaml"] = strings.Replace(f["programme.yaml"], "key: diabetes", "key: other", 1)
		}, conductor.ErrOtherKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := b.tryPublish(b.c, tt.edit); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	_, err := b.c.Publish(t.Context(), conductor.Publication{Programme: "diabetes", Base: 7, Files: b.progs[0].Files}, wentUp)
	if !errors.Is(err, conductor.ErrSuperseded) {
		t.Errorf("from another version: %v", err)
	}
	if len(b.c.Versions("diabetes")) != 0 || b.c.Programme("diabetes").Version != 1 {
		t.Error("something was published")
	}
}

func TestATagThatIsGoneIsLost(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	if !has(t, b.c, n, "gl_hypo2_28d") {
		t.Fatal("not had")
	}
	_, err := b.tryPublish(b.c, func(f programme.Files) {
		edited, err := f.DropTag("gl_hypo2_28d")
		ok(t, err)
		maps.Copy(f, edited)
		for name := range f {
			if strings.HasPrefix(name, "tests/") {
				delete(f, name)
			}
		}
		for name, text := range f {
			f[name] = strings.ReplaceAll(text, `tag("gl_hypo2_28d")`, "false")
		}
	})
	ok(t, err)
	if b.c.Count("tag", "gl_hypo2_28d") != 0 {
		t.Error("the cohort still holds someone")
	}
	if h := b.history(n, "gl_hypo2_28d"); len(h) != 2 || h[0].Gained || h[0].Cause != "definition" {
		t.Errorf("history %+v", h)
	}
	b.same(b.c)
}
