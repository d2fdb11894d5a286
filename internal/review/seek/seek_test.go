package seek_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/review/seek"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var start = time.Date(2026, 3, 8, 3, 15, 0, 0, time.UTC)

// world is a workspace with people, a store that counts, and a runner over both.
type world struct {
	*testing.T
	s      *store.Store
	c      *conductor.Conductor
	w      workspace.Workspace
	runner *seek.Runner
	now    time.Time
}

func newWorld(t *testing.T) *world {
	ctx := t.Context()
	x := &world{T: t, s: storetest.Open(t, storetest.SQLiteURL(t)), now: start}
	var err error
	x.w, err = x.s.CreateWorkspace(ctx, workspace.Workspace{ID: "01WORKSPACE0000000000000001", Name: "x", Kind: workspace.Rehearsal, Zone: "UTC", Salt: "s"})
	x.must(err)
	ring, err := x.s.Ring(ctx, x.w.Number)
	x.must(err)
	x.c, err = conductor.Open(ctx, conductor.Config{
		Store: x.s, Ring: ring, Workspace: x.w, Real: func() time.Time { return x.now }, Log: slog.New(slog.DiscardHandler), Snapshot: filepath.Join(t.TempDir(), "t"),
	})
	x.must(err)
	t.Cleanup(x.c.Close)
	x.runner = &seek.Runner{Store: x.s, Space: x.c, Real: func() time.Time { return x.now }, Log: slog.New(slog.DiscardHandler), Zone: time.UTC}
	return x
}

func (x *world) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func (x *world) add(name, phone, gender string, born int) person.Number {
	x.Helper()
	card, err := x.c.Admit(x.Context(), conductor.Admission{Profile: conductor.Profile{Name: name, Phone: phone, Gender: gender, BirthYear: born}}, audit.Entry{Actor: "staff:1"})
	x.must(err)
	return card.Number
}

// crowd are people who are nobody else.
func (x *world) crowd(n int) {
	last, first := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"), []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰")
	for i := range n {
		name := string([]rune{last[i%20], first[(i/20)%20], first[(i*7+i/40)%20]})
		x.add(name, fmt.Sprintf("139%08d", 10007*(i+1)), []string{"male", "female"}[i%2], 1940+(i*13)%45)
	}
}

func (x *world) run() review.Run {
	x.Helper()
	x.must(x.s.StartMatchRun(x.Context(), x.w.Number, &review.Run{Actor: "staff:1", Created: x.now.UnixMicro()}))
	return x.once()
}

func (x *world) once() review.Run {
	x.Helper()
	worked, err := x.runner.Once(x.Context())
	x.must(err)
	if !worked {
		x.Fatal("there was no run")
	}
	list, err := x.s.MatchRuns(x.Context(), x.w.Number, 1)
	x.must(err)
	return list[0]
}

func (x *world) open() map[review.Pair]review.Proposal {
	x.Helper()
	list, _, err := x.s.Proposals(x.Context(), x.w.Number, review.Filter{}, 0, 100)
	x.must(err)
	out := map[review.Pair]review.Proposal{}
	for _, p := range list {
		out[p.Pair] = p
	}
	return out
}

func TestPeopleWhoLookAlikeAreProposedAndANoIsRemembered(t *testing.T) {
	x := newWorld(t)
	a := x.add("欧阳秀兰", "13804120412", "female", 1962)
	x.crowd(300)
	b := x.add("欧阳秀蘭", "13804120412", "female", 1962)
	c := x.add("欧阳大勇", "13804120412", "male", 1988) // her son has her telephone
	done := x.run()
	if done.State != review.Ended || done.People != 303 || done.Fresh == 0 || done.Found != done.Written {
		t.Fatalf("the run ended as %+v", done)
	}
	open := x.open()
	pair := review.PairOf(a, b)
	if _, ok := open[pair]; !ok {
		t.Fatalf("the two are not among %d pairs", len(open))
	}
	for p, v := range open {
		if p != pair && v.Weight >= open[pair].Weight {
			t.Errorf("%v is held to be surer than the two: %v", p, v.Weight)
		}
		if p == review.PairOf(b, c) && v.Probability > .95 {
			t.Errorf("mother and son are one with %v", v.Probability)
		}
	}
	p, err := x.s.Proposal(t.Context(), x.w.Number, pair)
	x.must(err)
	text := fmt.Sprint(p.Evidence)
	for _, value := range []string{"欧阳", "秀", "13804120412", "1962"} {
		if strings.Contains(text, value) {
			t.Errorf("the evidence holds %q: %s", value, text)
		}
	}
	for _, field := range []string{"surname", "given", "phone"} {
		if !strings.Contains(text, "{"+field) {
			t.Errorf("nothing is said of %s: %s", field, text)
		}
	}

	p.State, p.Actor = review.Different, "staff:1"
	x.must(x.s.DecideProposal(t.Context(), x.w.Number, &p))
	if again := x.run(); again.Fresh != 0 {
		t.Errorf("%d pairs were asked for once more", again.Fresh)
	}
	if _, asked := x.open()[pair]; asked {
		t.Error("a no was forgotten")
	}
}

func TestARunThatWasLeftIsTakenUp(t *testing.T) {
	x := newWorld(t)
	x.add("欧阳秀兰", "13804120412", "female", 1962)
	x.add("欧阳秀兰", "13804120412", "female", 1962)
	x.must(x.s.StartMatchRun(t.Context(), x.w.Number, &review.Run{Actor: "staff:1"}))
	killed, err := x.s.NextMatchRun(t.Context(), x.w.Number, x.now.UnixMicro())
	x.must(err)
	killed.State, killed.Started, killed.Lease = review.Running, x.now.UnixMicro(), x.now.Add(time.Minute).UnixMicro()
	x.must(x.s.SaveMatchRun(t.Context(), x.w.Number, &killed)) // and whoever worked on it was killed here
	if worked, err := x.runner.Once(t.Context()); worked || err != nil {
		t.Fatalf("somebody else's run was taken: %v %v", worked, err)
	}
	x.now = x.now.Add(2 * time.Minute)
	if done := x.once(); done.State != review.Ended || done.Number != killed.Number || done.Started != killed.Started {
		t.Errorf("it ended as %+v", done)
	}
}

func TestARunIsStoppedAndPutDown(t *testing.T) {
	x := newWorld(t)
	x.crowd(40)
	v := review.Run{Actor: "staff:1"}
	x.must(x.s.StartMatchRun(t.Context(), x.w.Number, &v))
	x.must(x.s.StopMatchRun(t.Context(), x.w.Number, v.Number))
	if done := x.once(); done.State != review.Stopped || len(x.open()) != 0 {
		t.Errorf("it ended as %+v", done)
	}
	x.must(x.s.StartMatchRun(t.Context(), x.w.Number, &review.Run{Actor: "staff:1"}))
	ending, cancel := context.WithCancel(t.Context())
	x.runner.Store = ends{x.s, cancel}
	if worked, err := x.runner.Once(ending); !worked || err != nil {
		t.Fatal(worked, err)
	}
	x.runner.Store = x.s
	if done := x.once(); done.State != review.Ended {
		t.Errorf("what was put down ended as %+v", done)
	}
}

// ends stops the process while a run is in hand.
type ends struct {
	*store.Store
	stop func()
}

func (e ends) DecidedPairs(ctx context.Context, w workspace.Number) ([]review.Pair, error) {
	e.stop()
	return e.Store.DecidedPairs(ctx, w)
}

func TestANightHasOneRun(t *testing.T) {
	x := newWorld(t)
	x.must(x.runner.Nightly(t.Context()))
	x.once()
	x.must(x.runner.Nightly(t.Context()))
	if _, err := x.s.NextMatchRun(t.Context(), x.w.Number, x.now.UnixMicro()); !errors.Is(err, review.ErrNoRun) {
		t.Errorf("a second run of one night: %v", err)
	}
	x.now = start.Add(12 * time.Hour)
	x.must(x.runner.Nightly(t.Context()))
	x.now = start.Add(24 * time.Hour)
	policy, err := x.s.IdentityPolicy(t.Context(), x.w.Number)
	x.must(err)
	policy.Text = strings.Replace(policy.Text, "nightly: true", "nightly: false", 1)
	x.must(x.s.SaveIdentityPolicy(t.Context(), x.w.Number, policy, 0))
	x.must(x.runner.Nightly(t.Context()))
	if _, err := x.s.NextMatchRun(t.Context(), x.w.Number, x.now.UnixMicro()); !errors.Is(err, review.ErrNoRun) {
		t.Errorf("a run though it is off: %v", err)
	}
}
