package api

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/programme"
	trial "peiban/internal/programme/proof"
	"peiban/internal/staff"
)

// Trial is a run of a draft's tests that goes on by itself: one a programme, in memory of this process.
type Trial struct {
	ID       string       `json:"id,omitempty"`
	State    string       `json:"state" enum:"none,running,done,cancelled,failed"`
	Revision int64        `json:"revision" doc:"of the draft it is about"`
	Done     int          `json:"done"`
	Of       int          `json:"of"`
	TookMs   int64        `json:"tookMs"`
	Passed   int          `json:"passed"`
	Failed   int          `json:"failed"`
	Results  []TestResult `json:"results" doc:"as far as they are known; those that failed first"`
}

// trying is one run. What its goroutine writes is read under mu.
type trying struct {
	id       string
	revision int64
	hash     string // of the files it ran on
	of       int
	cancel   context.CancelFunc

	mu      sync.Mutex
	state   string
	took    int64
	results []TestResult
	failed  int
}

func (w *trying) end() { w.cancel() }

func (s *Server) trialOperations() {
	const at = "/api/programmes/{key}/draft/trial"
	serve(s, operation{"begin-trial", http.MethodPost, at, "drafts", "Begin to run the tests of the draft", forStaff}, s.beginTrial)
	serve(s, operation{"trial", http.MethodGet, at, "drafts", "The run of the draft's tests: how far it is and what came out", forStaff}, s.trial)
	act(s, operation{"cancel-trial", http.MethodDelete, at, "drafts", "Give the run up", forStaff}, s.cancelTrial)
}

func (s *Server) beginTrial(ctx context.Context, in *programmePath) (Trial, error) {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Trial{}, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return Trial{}, conductor.ErrUnsound
	}
	cases := compiled.Cases()
	// It goes on when the request is over; the server's end, another run and DELETE end it.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &trying{id: ulid.Make().String(), revision: d.Revision, hash: filesHash(d.Files), of: len(cases), cancel: cancel, state: "running"}
	c.space.trials.begin(in.Key, w)
	began := s.real()
	go func() {
		defer cancel()
		err := s.behind("trial", func() error { return trial.Each(work, compiled, cases, w.hear) })
		w.mu.Lock()
		defer w.mu.Unlock()
		w.took = s.real().Sub(began).Milliseconds()
		switch {
		case errors.Is(err, context.Canceled):
			w.state = "cancelled"
		case err != nil:
			w.state = "failed"
		default:
			w.state = "done"
		}
	}()
	return w.view(), nil
}

func (w *trying) hear(r trial.Result) {
	t := testResult(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.results = append(w.results, t); !r.Passed {
		w.failed++
	}
}

func testResult(r trial.Result) TestResult {
	t := TestResult{Name: r.Name, File: r.File, Line: r.Line, Passed: r.Passed, Failures: []TestFailure{}}
	for _, f := range r.Failures {
		t.Failures = append(t.Failures, TestFailure(f))
	}
	return t
}

func (w *trying) view() Trial {
	if w == nil {
		return Trial{State: "none", Results: []TestResult{}}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	v := Trial{ID: w.id, State: w.state, Revision: w.revision, Done: len(w.results), Of: w.of, TookMs: w.took, Failed: w.failed, Results: []TestResult{}}
	v.Passed = v.Done - v.Failed
	for _, passed := range []bool{false, true} {
		for _, r := range w.results {
			if r.Passed == passed {
				v.Results = append(v.Results, r)
			}
		}
	}
	return v
}

// proven says what the last finished run told of these very files.
func (w *trying) proven(f programme.Files) (tested bool, failed int) {
	if w == nil {
		return false, 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state == "done" && w.hash == filesHash(f), w.failed
}

func (s *Server) trial(ctx context.Context, in *programmePath) (Trial, error) {
	c, _, _, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return Trial{}, err
	}
	return c.space.trials.get(in.Key).view(), nil
}

func (s *Server) cancelTrial(ctx context.Context, in *programmePath) error {
	c, _, _, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return err
	}
	if w := c.space.trials.get(in.Key); w != nil {
		w.cancel()
	}
	return nil
}
