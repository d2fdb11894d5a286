package deliver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

func TestMain(m *testing.M) {
	if url := os.Getenv("PEIBAN_DELIVER_CHILD"); url != "" {
		child(url)
		return
	}
	storetest.Main(m)
}

var columns = []export.Column{{Key: "id", Name: "编号 id"}}

// lists are two rows, or what do says.
type lists struct {
	do    func(ctx context.Context) error
	asked atomic.Int32
}

func (l *lists) List(ctx context.Context, _ workspace.Number, _ *out.Delivery, progress func(rows, of int), begin func([]export.Column) (*export.Writer, error)) error {
	l.asked.Add(1)
	progress(1, 2)
	if l.do != nil {
		if err := l.do(ctx); err != nil {
			return err
		}
	}
	file, err := begin(columns)
	if err != nil {
		return err
	}
	return errors.Join(file.Row([]string{"01A"}), file.Row([]string{"01B"}))
}

type space struct {
	w   workspace.Workspace
	now func() time.Time
}

func (s space) Workspace() workspace.Workspace { return s.w }
func (s space) Now() time.Time                 { return s.now() }

type rig struct {
	*testing.T
	s     *store.Store
	w     workspace.Workspace
	clock atomic.Int64
	root  string
	lists *lists
}

func (g *rig) now() time.Time { return time.UnixMicro(g.clock.Load()).UTC() }

func (g *rig) must(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

var loopback = out.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

var began = time.Date(2026, 3, 8, 5, 0, 0, 0, time.UTC)

func newRig(t *testing.T, s *store.Store) *rig {
	t.Helper()
	g := &rig{T: t, s: s, root: t.TempDir(), lists: &lists{}}
	g.clock.Store(began.UnixMicro())
	var err error
	g.w, err = s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01DELIVERWORKSPACE00000000", Kind: workspace.Rehearsal, Zone: "UTC"})
	g.must(err)
	return g
}

func (g *rig) runner() *Runner {
	return &Runner{
		Store: g.s, Space: space{g.w, g.now}, Lists: g.lists, Places: &Places{Root: g.root, Guard: loopback}, Real: g.now,
		Chance: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler), Zone: time.UTC,
	}
}

func (g *rig) delivery(where out.Where) *out.Delivery {
	g.Helper()
	d := &out.Delivery{ID: "D1", State: out.On, Maker: "S1", Created: g.clock.Load(), After: g.clock.Load(), Told: out.Sending{
		Name: "每日", List: "people", Format: export.CSV, Timetable: out.Timetable{Every: out.EveryDay, At: "06:00"}, Where: where, Receiver: out.Receiver{Basis: "hcp_share"},
	}}
	g.must(d.Told.Check(loopback))
	g.must(g.s.CreateDelivery(g.Context(), g.w.Number, d))
	return d
}

func (g *rig) runs() []out.Run {
	g.Helper()
	l, err := g.s.DeliveryRuns(g.Context(), g.w.Number, "D1", page.Part{Limit: 100})
	g.must(err)
	return l.Items
}

func (g *rig) files(of ...string) (names []string) {
	g.Helper()
	found, err := os.ReadDir(filepath.Join(append([]string{g.root}, of...)...))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		g.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

func (g *rig) pass(d time.Duration) { g.clock.Add(d.Microseconds()) }

var daily = out.Where{Kind: out.Folder, Folder: "hospital/daily"}

func TestAListIsPutAtItsTimeAndOnce(t *testing.T) {
	for name, s := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, s(t))
			g.delivery(daily)
			r := g.runner()
			g.must(r.Once(t.Context()))
			if got := g.runs(); len(got) != 0 {
				t.Fatalf("before its time: %+v", got)
			}
			g.pass(time.Hour)
			g.must(r.Once(t.Context()))
			g.must(r.Once(t.Context()))
			runs := g.runs()
			if len(runs) != 1 || runs[0].State != out.RunDone || runs[0].Rows != 2 || runs[0].Bytes == 0 || runs[0].Due != began.Add(time.Hour).UnixMicro() {
				t.Fatalf("%+v", runs)
			}
			files := g.files("hospital", "daily")
			if len(files) != 1 || files[0] != runs[0].File || !strings.HasPrefix(files[0], "people-20260308-060000-") || !strings.HasSuffix(files[0], ".csv") {
				t.Fatalf("%v, run %+v", files, runs[0])
			}
			b, err := os.ReadFile(filepath.Join(g.root, "hospital", "daily", files[0]))
			g.must(err)
			if string(b) != "\xef\xbb\xbf编号 id\n01A\n01B\n" || int64(len(b)) != runs[0].Bytes {
				t.Errorf("%q", b)
			}
			proof, err := g.s.Audit(t.Context(), g.w.Number, audit.Filter{Action: "delivery.run"}, page.Part{})
			g.must(err)
			if len(proof.Items) != 1 || proof.Items[0].Actor != "staff:S1" || !strings.Contains(proof.Items[0].Detail, `"rows":2`) || !strings.Contains(proof.Items[0].Detail, `"list":"people"`) {
				t.Errorf("%+v", proof.Items)
			}
			// Nobody ran for three days: the latest moment is made up for, and none before it.
			g.pass(72 * time.Hour)
			g.must(r.Once(t.Context()))
			if runs = g.runs(); len(runs) != 2 || runs[0].Due != began.Add(73*time.Hour).UnixMicro() || runs[0].State != out.RunDone {
				t.Errorf("%+v", runs)
			}
		})
	}
}

func TestTwoWorkersAtOncePutOneFile(t *testing.T) {
	for name, s := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, s(t))
			g.delivery(daily)
			g.pass(time.Hour)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := g.runner().Once(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if runs, files := g.runs(), g.files("hospital", "daily"); len(runs) != 1 || len(files) != 1 || runs[0].Tries != 1 || g.lists.asked.Load() != 1 {
				t.Errorf("%+v, %v, read %d times", runs, files, g.lists.asked.Load())
			}
		})
	}
}

// silent is a store that is never told how a run ended.
type silent struct {
	*store.Store
	after func()
}

func (s silent) SaveRun(ctx context.Context, w workspace.Number, run *out.Run, entries ...audit.Entry) error {
	if run.State != out.RunRunning {
		s.after()
	}
	return s.Store.SaveRun(ctx, w, run, entries...)
}

// child works until it is shot: while it reads the list, or between putting the file and writing that down.
func child(url string) {
	ctx := context.Background()
	m, err := keys.Load(os.Getenv("PEIBAN_DELIVER_KEY"), "")
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	s, err := store.Open(ctx, url, store.Options{Keys: m, Relaxed: true})
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	w, err := s.Workspace(ctx, 1)
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	wait := func() { fmt.Println("HERE"); select {} }
	r := &Runner{
		Store: s, Space: space{w, func() time.Time { return began.Add(time.Hour) }}, Lists: &lists{}, Places: &Places{Root: os.Getenv("PEIBAN_DELIVER_ROOT")},
		Real: func() time.Time { return began.Add(time.Hour) }, Log: slog.New(slog.DiscardHandler), Zone: time.UTC,
	}
	if os.Getenv("PEIBAN_DELIVER_AT") == "list" {
		r.Lists = &lists{do: func(context.Context) error { wait(); return nil }}
	} else {
		r.Store = silent{s, wait}
	}
	fmt.Println("ERR", r.Once(ctx))
}

func TestAWorkerThatIsKilledPutsNoSecondFile(t *testing.T) {
	for _, at := range []string{"list", "put"} {
		t.Run(at, func(t *testing.T) {
			url, key := storetest.SQLiteURL(t), filepath.Join(t.TempDir(), "key")
			m, err := keys.Create(key)
			if err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(t.Context(), url, store.Options{Keys: m, Relaxed: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			g := newRig(t, s)
			g.delivery(daily)
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), "PEIBAN_DELIVER_CHILD="+url, "PEIBAN_DELIVER_KEY="+key, "PEIBAN_DELIVER_ROOT="+g.root, "PEIBAN_DELIVER_AT="+at)
			said, err := cmd.StdoutPipe()
			g.must(err)
			g.must(cmd.Start())
			lines := bufio.NewScanner(said)
			if !lines.Scan() || lines.Text() != "HERE" {
				t.Fatal(lines.Text())
			}
			g.must(cmd.Process.Kill())
			_ = cmd.Wait() // shot: it says so
			left := g.files("hospital", "daily")
			g.pass(time.Hour)
			g.must(g.runner().Once(t.Context()))
			if runs := g.runs(); len(runs) != 1 || runs[0].State != out.RunRunning {
				t.Fatalf("its lease still holds: %+v", runs)
			}
			g.pass(2 * time.Minute)
			g.must(g.runner().Once(t.Context()))
			runs, files := g.runs(), g.files("hospital", "daily")
			if len(runs) != 1 || runs[0].State != out.RunDone || runs[0].Tries != 2 || len(files) != 1 || files[0] != runs[0].File {
				t.Errorf("%+v, %v", runs, files)
			}
			if at == "put" && (len(left) != 1 || left[0] != files[0]) {
				t.Errorf("the killed one left %v", left)
			}
		})
	}
}

func TestAListThatCannotBeMadeIsNotTriedAgain(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.delivery(daily)
	g.lists.do = func(context.Context) error {
		return fault.New(fault.TooLarge, "too_many_rows", "行太多", "too many rows")
	}
	g.pass(time.Hour)
	g.must(g.runner().Once(t.Context()))
	if runs := g.runs(); runs[0].State != out.RunFailed || runs[0].Problem.Code != "too_many_rows" || len(g.files("hospital", "daily")) != 0 {
		t.Errorf("%+v", runs)
	}
}

func TestADeliveryWhoseMakerIsGoneStops(t *testing.T) {
	for code, why := range map[string]error{out.MakerLeft: out.ErrMakerLeft, out.MakerRight: out.ErrMakerRight} {
		g := newRig(t, storetest.SQLite(t))
		g.delivery(daily)
		g.lists.do = func(context.Context) error { return why }
		g.pass(time.Hour)
		g.must(g.runner().Once(t.Context()))
		d, err := g.s.Delivery(t.Context(), g.w.Number, "D1")
		g.must(err)
		if runs := g.runs(); d.State != out.Off || d.Why != code || d.Ended == 0 || runs[0].State != out.RunFailed || runs[0].Problem.Code != code {
			t.Errorf("%+v %+v", d, runs)
		}
		g.pass(24 * time.Hour)
		g.must(g.runner().Once(t.Context()))
		if len(g.runs()) != 1 {
			t.Error("it goes on")
		}
	}
}

func TestAStopIsHeardInTheMiddle(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.delivery(daily)
	g.lists.do = func(ctx context.Context) error {
		g.must(g.s.StopRuns(context.Background(), g.w.Number, "D1"))
		<-ctx.Done()
		return ctx.Err()
	}
	g.pass(time.Hour)
	r := g.runner()
	r.Beat = time.Millisecond
	g.must(r.Once(t.Context()))
	if runs := g.runs(); runs[0].State != out.RunStopped || runs[0].Ended == 0 || runs[0].Of != 2 || len(g.files("hospital", "daily")) != 0 {
		t.Errorf("%+v", runs)
	}
}

func TestAServerThatStopsPutsTheRunDown(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.delivery(daily)
	ctx, stop := context.WithCancel(t.Context())
	g.lists.do = func(inner context.Context) error { stop(); <-inner.Done(); return inner.Err() }
	g.pass(time.Hour)
	g.must(g.runner().Once(ctx))
	if runs := g.runs(); runs[0].State != out.RunWaiting || runs[0].Tries != 0 || runs[0].Lease != 0 {
		t.Fatalf("%+v", runs)
	}
	g.lists.do = nil
	g.must(g.runner().Once(t.Context()))
	if runs := g.runs(); runs[0].State != out.RunDone {
		t.Errorf("%+v", runs)
	}
}
