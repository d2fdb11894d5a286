package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/simulate"
	"peiban/internal/workspace"
)

// TestTheSameSeedTellsTheSameStory compares two stories person by person, ids included: a tie broken by a random id would
// tell them apart.
func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	ps, err := loadProgrammes(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	tell := func(seed uint64) (out []string) {
		cfg := config.Default()
		cfg.DB = "sqlite:" + filepath.Join(t.TempDir(), "peiban.db")
		r, f, err := tell(t.Context(), terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, cfg, ps,
			plot{people: 60, days: 40, seed: seed, end: time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		defer r.h.close()
		defer r.close()
		out = append(out, fmt.Sprintf("%+v", f))
		for n := person.Number(1); int(n) <= r.c.Directory().Len(); n++ {
			card, view, state, _ := r.c.Glance(n)
			b, err := state.Encode()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s %d events %s", card.ID, view.Len(), b))
		}
		return out
	}
	one, two, other := tell(3), tell(3), tell(4)
	for i := range one {
		if i >= len(two) || one[i] != two[i] {
			t.Fatalf("line %d differs:\n%s\n%s", i, one[i], two[min(i, len(two)-1)])
		}
	}
	if other[0] == one[0] {
		t.Error("another seed tells the same story")
	}
}

// Of thousands of people some have one name: each is found as who they are.
func TestTwoOfOneName(t *testing.T) {
	ps, err := loadProgrammes(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.DB = "sqlite:" + filepath.Join(t.TempDir(), "peiban.db")
	h, w, err := makeHouse(t.Context(), cfg, workspace.Workspace{Name: "x", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai"}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	story := simulate.Story{Start: time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC), People: []*simulate.Person{{UserID: "p1", Name: "王芳"}, {UserID: "p2", Name: "王芳"}}}
	r, err := newRehearsal(t.Context(), h, w, ps, story, false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if _, ok := r.number(t.Context(), "p1"); ok {
		t.Error("somebody is here who has sent nothing")
	}
	for _, u := range []string{"p2", "p1"} {
		e, bad := event.Decode("profile", []byte(`{"name":"王芳"}`))
		if bad != nil {
			t.Fatal(bad)
		}
		e.Occurred, e.Source, e.Actor = r.clock.now().UnixMicro(), 1, "source"
		if _, err := r.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Ident: []conductor.Identifier{{Type: "userId", Scope: sender, Value: u}}, Event: e}}); err != nil {
			t.Fatal(err)
		}
	}
	for n, u := range map[person.Number]string{1: "p2", 2: "p1"} {
		if got := r.user(t.Context(), n); got != u {
			t.Errorf("%d is %q, not %q", n, got, u)
		}
		if got, _ := r.number(t.Context(), u); got != n {
			t.Errorf("%q is %d, not %d", u, got, n)
		}
	}
}
