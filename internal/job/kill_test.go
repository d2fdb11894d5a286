package job_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/ingest/mapping"
	"peiban/internal/job"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// rowsKilled is how long the table is in whose middle the process is shot.
const rowsKilled = 20_000

// peopleKilled is how many people it is about.
const peopleKilled = 40

func TestMain(m *testing.M) {
	if url := os.Getenv("PEIBAN_JOB_CHILD"); url != "" {
		child(url)
		return
	}
	storetest.Main(m)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// space is a workspace with what works on its jobs.
type space struct {
	store *store.Store
	cond  *conductor.Conductor
	run   *job.Runner
}

func open(ctx context.Context, url, dir string, real func() time.Time) (*space, error) {
	m, err := keys.Load(filepath.Join(dir, "key"), "")
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, url, store.Options{Keys: m, Relaxed: true}) // a killed process loses no page that the system has
	if err != nil {
		return nil, err
	}
	ws, err := s.Workspace(ctx, 1)
	if err != nil {
		return nil, err
	}
	ring, err := s.Ring(ctx, 1)
	if err != nil {
		return nil, err
	}
	p, problems := programme.Open(programmes.FS, "diabetes")
	if os.Getenv("PEIBAN_JOB_START") != "" {
		p, problems = starting.Open()
	}
	if len(problems) > 0 {
		return nil, problems.Err()
	}
	c, err := conductor.Open(ctx, conductor.Config{Store: s, Ring: ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: real})
	if err != nil {
		return nil, err
	}
	return &space{s, c, &job.Runner{Store: s, Taker: c, Real: real, Log: slog.New(slog.DiscardHandler), Zone: time.UTC}}, nil
}

func (s *space) close() { s.cond.Close(); _ = s.store.Close() }

// made is an empty workspace with one import that waits.
func made(t *testing.T, url string) (dir string, n job.Number) {
	t.Helper()
	dir = t.TempDir()
	m, err := keys.Create(filepath.Join(dir, "key"))
	ok(t, err)
	s, err := store.Open(t.Context(), url, store.Options{Keys: m, Relaxed: true})
	ok(t, err)
	defer s.Close()
	ws, err := s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JKILLWORKSPACE0000000000", Kind: workspace.Rehearsal, Zone: "UTC"})
	ok(t, err)
	return dir, waiting(t, s, ws.Number, table())
}

// waiting is an import of a table of glucose that waits to be worked on.
func waiting(t *testing.T, s *store.Store, w workspace.Number, text string) job.Number {
	t.Helper()
	j := job.Job{Kind: job.Table, State: job.Waiting, Actor: "staff:x", Size: int64(len(text)), Told: job.Told{
		Name: "t.csv", Basis: "paper", Zone: "UTC", Map: mapping.Map{
			Who: []mapping.Who{{Type: "record", Scope: "clinic", Column: "no"}}, Time: mapping.Time{Column: "time"},
			Events: []mapping.Event{{Type: "glucose", Fields: map[string]mapping.Field{"value": {Column: "glucose", Unit: "mmol/L"}}}},
		},
	}}
	ok(t, s.CreateJob(t.Context(), w, &j))
	for part := 0; len(text) > 0; part++ {
		some := text[:min(len(text), job.PartSize)]
		ok(t, s.AddJobPart(t.Context(), w, j.Number, job.FilePart, part, []byte(some)))
		text = text[len(some):]
	}
	return j.Number
}

// table has a bad row in every hundred and a repeat in every fifty.
func table() string {
	var b strings.Builder
	b.WriteString("no,time,glucose\n")
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rowsKilled {
		k := i
		if i%50 == 49 {
			k = i - 7
		}
		value := fmt.Sprintf("%.1f", 4+float64(k%90)/10)
		if i%100 == 17 {
			value = "high?"
		}
		fmt.Fprintf(&b, "A%d,%s,%s\n", k%peopleKilled, at.Add(time.Duration(k)*17*time.Minute).Format("2006-01-02 15:04"), value)
	}
	return b.String()
}

// child works on the job until it is shot or done.
func child(url string) {
	ctx := context.Background()
	if os.Getenv("PEIBAN_JOB_AHEAD") != "" {
		ticking(ctx, url)
		return
	}
	s, err := open(ctx, url, os.Getenv("PEIBAN_JOB_DIR"), time.Now)
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	s.run.Store = unleased{s.store}
	if os.Getenv("PEIBAN_JOB_EXPORT") != "" {
		s.run.Lane, s.run.Records = job.Exports, lines{time.Millisecond}
	}
	if os.Getenv("PEIBAN_JOB_HANDOVER") != "" {
		s.run.Lane, s.run.Taker = job.Hands, unhurried{s.cond}
	}
	if os.Getenv("PEIBAN_JOB_START") != "" {
		s.run.Lane, s.run.Taker = job.Hands, leisurely{s.cond}
	}
	fmt.Println("UP")
	for {
		more, err := s.run.Once(ctx)
		if err != nil {
			fmt.Println("ERR", err)
		}
		if !more && err == nil {
			fmt.Println("END")
			return
		}
	}
}

// unleased gives a job at once that another holds.
type unleased struct{ *store.Store }

func (s unleased) NextJob(ctx context.Context, w workspace.Number, _ int64, lane job.Lane) (job.Job, error) {
	return s.Store.NextJob(ctx, w, 1<<62, lane) // whoever held the lease was shot
}

// shot starts a child and shoots it some time after it began to work; done is false when it was shot before its end.
func shot(t *testing.T, url, dir string, after time.Duration) (done bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "PEIBAN_JOB_CHILD="+url, "PEIBAN_JOB_DIR="+dir)
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "UP" && after > 0:
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		case line == "END":
			done = true
		case strings.HasPrefix(line, "ERR"):
			t.Error(line)
		}
	}
	_ = cmd.Wait() // shot: it says so
	return done
}

// stored is every reading that stands, of everybody, by what it says.
func stored(t *testing.T, url, dir string, n job.Number) ([]string, job.Report) {
	t.Helper()
	s, err := open(t.Context(), url, dir, time.Now)
	ok(t, err)
	defer s.close()
	j, err := s.store.Job(t.Context(), 1, n)
	ok(t, err)
	if j.State != job.Done {
		t.Fatalf("the job is %s: %+v", j.State, j.Report)
	}
	var out []string
	for k := person.Number(1); ; k++ {
		if _, known := s.cond.Directory().ByNumber(k); !known {
			break
		}
		_, v, _, _ := s.cond.Glance(k)
		for i := range v.Type {
			if v.Type[i] == event.Glucose && v.Flags[i]&event.Hidden == 0 {
				out = append(out, fmt.Sprintf("%d %d %.3f", k, v.At[i], v.Num[i]))
			}
		}
	}
	slices.Sort(out)
	return out, j.Report
}

func TestAnImportShotInItsMiddleIsTheSameInTheEnd(t *testing.T) {
	whole := storetest.SQLiteURL(t)
	dir, n := made(t, whole)
	if !shot(t, whole, dir, 0) {
		t.Fatal("the child did not end")
	}
	want, told := stored(t, whole, dir, n)
	if told.Rows != rowsKilled || told.Rows != told.Taken+told.Repeated+told.Refused || told.Refused != rowsKilled/100 || len(want) == 0 {
		t.Fatalf("%d readings, %+v", len(want), told)
	}
	everywhere(t, func(t *testing.T, url string) {
		dir, n := made(t, url)
		rnd := rand.New(rand.NewPCG(11, uint64(len(t.Name()))))
		kills := 0
		for !shot(t, url, dir, time.Duration(60+rnd.IntN(500))*time.Millisecond) {
			if kills++; kills > 60 {
				t.Fatal("it does not end")
			}
			if kills == 4 { // enough
				if !shot(t, url, dir, 0) {
					t.Fatal("the child did not end")
				}
				break
			}
		}
		if kills == 0 {
			t.Error("it was done before it was shot")
		}
		got, report := stored(t, url, dir, n)
		if report.Rows != told.Rows || report.Rows != report.Taken+report.Repeated+report.Refused || report.Refused != told.Refused {
			t.Errorf("%+v, uninterrupted %+v", report, told)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d readings stand after %d kills, uninterrupted %d", len(got), kills, len(want))
		}
	})
}

// Two workers on two imports of one file: each row is taken by one of them.
func TestOneFileTwiceAtOnceIsStoredOnce(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{"SQLite": storetest.SQLiteURL, "PostgreSQL": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			url := url(t)
			dir, first := made(t, url)
			s, err := open(t.Context(), url, dir, time.Now)
			ok(t, err)
			defer s.close()
			second := waiting(t, s.store, 1, table())
			done := make(chan error, 2)
			for range 2 {
				go func() {
					for {
						more, err := s.run.Once(t.Context())
						if !more || err != nil {
							done <- err
							return
						}
					}
				}()
			}
			ok(t, errors.Join(<-done, <-done))
			var sum job.Report
			for _, n := range []job.Number{first, second} {
				j, err := s.store.Job(t.Context(), 1, n)
				ok(t, err)
				if r := j.Report; j.State != job.Done || r.Rows != rowsKilled || r.Rows != r.Taken+r.Repeated+r.Refused || r.Refused != rowsKilled/100 {
					t.Errorf("%s %+v", j.State, r)
				}
				sum.Report.Add(j.Report.Report)
			}
			stand := 0
			for k := person.Number(1); k <= peopleKilled; k++ {
				_, v, _, _ := s.cond.Glance(k)
				for i := range v.Type {
					if v.Type[i] == event.Glucose && v.Flags[i]&event.Hidden == 0 {
						stand++
					}
				}
			}
			if stand != sum.Events || sum.Taken != sum.Events || sum.Taken+sum.Repeated+sum.Refused != 2*rowsKilled {
				t.Errorf("%d readings stand, %+v", stand, sum.Report)
			}
		})
	}
}

// lines are records of everybody: a line with their number, slowly enough to be shot in the middle.
type lines struct{ slow time.Duration }

func (l lines) Records(_ context.Context, _ workspace.Number, j *job.Job, each func(person.Number, []job.ExportPart, audit.Entry) error) error {
	for n := j.Report.Export.At + 1; n <= j.Told.Export.Last; n++ {
		time.Sleep(l.slow)
		proof := audit.Entry{At: 1, Actor: j.Actor, Action: "fhir.export", Person: n}
		if err := each(n, []job.ExportPart{{Person: n, Kind: "Patient", Lines: 1, Data: fmt.Appendln(nil, n)}}, proof); err != nil {
			return err
		}
	}
	return nil
}

// exportedPeople is of how many people the export is that is shot.
const exportedPeople = 900

func TestAnExportShotInItsMiddleHoldsEverybodyOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		dir, s := settled(t, url)
		var table strings.Builder
		table.WriteString("no,time,glucose\n")
		for i := range exportedPeople {
			fmt.Fprintf(&table, "P%d,2025-01-01 08:00,6.0\n", i)
		}
		waiting(t, s.store, 1, table.String())
		_, err := s.run.Once(t.Context())
		ok(t, err)
		j := job.Job{Kind: job.Export, State: job.Waiting, Actor: "staff:x", Told: job.Told{Export: &job.ExportOrder{ID: "x", Last: exportedPeople, Of: exportedPeople}}}
		ok(t, s.store.CreateExport(t.Context(), 1, &j))
		s.close()
		t.Setenv("PEIBAN_JOB_EXPORT", "1")
		kills := hits(t, url, dir, 150*time.Millisecond, 300*time.Millisecond, 200*time.Millisecond)
		shot(t, url, dir, 0)
		s, err = open(t.Context(), url, dir, time.Now)
		ok(t, err)
		defer s.close()
		j, err = s.store.Job(t.Context(), 1, j.Number)
		ok(t, err)
		if x := j.Report.Export; j.State != job.Done || x.Done != exportedPeople || x.Count["Patient"] != exportedPeople {
			t.Fatalf("%s %+v", j.State, x)
		}
		for p := person.Number(1); p <= exportedPeople; p++ {
			r, err := s.store.ExportPart(t.Context(), 1, j.Number, p, "Patient")
			ok(t, err)
			if r == nil {
				t.Fatalf("nothing of person %d", p)
			}
			if b, err := io.ReadAll(r); err != nil || string(b) != fmt.Sprintln(p) {
				t.Errorf("%d: %q %v", p, b, err)
			}
		}
		proof, err := s.store.Audit(t.Context(), 1, audit.Filter{Action: "fhir.export"}, page.Part{Limit: 1})
		ok(t, err)
		if proof.Total != exportedPeople {
			t.Errorf("%d rows of proof after %d kills", proof.Total, kills)
		}
	})
}
