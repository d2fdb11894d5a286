package api

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// Preview is what a draft would change for the people in the programme.
type Preview struct {
	ID       string            `json:"id,omitempty" doc:"given back with GET it tells a preview that was not kept from one that was never begun"`
	State    string            `json:"state" enum:"none,running,done,cancelled,failed"`
	Revision int64             `json:"revision" doc:"of the draft it is about"`
	Done     int               `json:"done"`
	Of       int               `json:"of"`
	AsOf     string            `json:"asOf,omitempty"`
	TookMs   int64             `json:"tookMs"`
	People   int               `json:"people"`
	Changed  int               `json:"changed" doc:"people with any change"`
	Tags     []Swing           `json:"tags" doc:"those with a change or a difference"`
	Stages   []Swing           `json:"stages"`
	Runs     RunsOf            `json:"runs"`
	Matching []MatchingJourney `json:"matching" doc:"people who fit a journey that is entered anew; publishing enters nobody of them unless enter names it"`
	Failure  *Text             `json:"failure,omitempty"`
	Found    string            `json:"found,omitempty" doc:"opens the people behind each number: GET /api/people with found and of=tag:KEY:gain, stage:KEY:lose and so on"`
}

// Swing is who gains and who loses a tag or a stage.
type Swing struct {
	Key        string `json:"key"`
	Name       Text   `json:"name"`
	Change     string `json:"change" doc:"added, removed, changed, reworded; moved: only what it rests on changed"`
	Was        int    `json:"was"`
	Is         int    `json:"is"`
	Gain       int    `json:"gain"`
	Lose       int    `json:"lose"`
	Unknown    int    `json:"unknown"`
	GainSample []Ref  `json:"gainSample"`
	LoseSample []Ref  `json:"loseSample"`
	Failed     int    `json:"failed,omitempty" doc:"people for whom the rule could not be computed: their answer is unknown"`
}

// RunsOf is what becomes of the runs under way.
type RunsOf struct {
	Kept int `json:"kept" doc:"they go on with the version they began with"`
	Gone int `json:"gone" doc:"of them, of journeys the draft does not have"`
}

// previewing is one preview. What its goroutine writes is read under mu, or is atomic.
type previewing struct {
	id       string
	cancel   context.CancelFunc
	revision int64
	done, of atomic.Int64

	mu      sync.Mutex
	state   string
	failure error
	took    int64
	outlook *conductor.Outlook
	found   string
}

func (w *previewing) end() { w.cancel() }

func (s *Server) beginPreview(ctx context.Context, in *programmePath) (Preview, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Preview{}, err
	}
	switch {
	case isNew(now):
		return Preview{}, errNobodyYet
	case d.Base != now.Version:
		return Preview{}, conductor.ErrSuperseded
	}
	// It goes on when the request is over; the server's end, another preview and DELETE end it.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &previewing{id: ulid.Make().String(), cancel: cancel, revision: d.Revision, state: "running"}
	c.space.previews.begin(in.Key, w)
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "draft.preview", 0, map[string]any{"programme": in.Key, "revision": d.Revision})); err != nil {
		cancel()
		return Preview{}, err
	}
	cd := c.space.Conductor
	began := s.real()
	go func() {
		defer cancel()
		var out *conductor.Outlook
		err := s.behind("preview", func() (err error) {
			out, err = cd.Preview(work, in.Key, d.Files, func(done, of int) { w.done.Store(int64(done)); w.of.Store(int64(of)) })
			return err
		})
		w.mu.Lock()
		defer w.mu.Unlock()
		w.took = s.real().Sub(began).Milliseconds()
		switch {
		case errors.Is(err, context.Canceled):
			w.state = "cancelled"
		case err != nil:
			w.state, w.failure = "failed", err
		default:
			w.state, w.outlook, w.found = "done", out, s.foundOf(c, in.Key, out)
		}
	}()
	return s.previewView(ctx, c, w)
}

// errNobodyYet is said of the preview of a new programme.
var errNobodyYet = fault.New(fault.Clash, "nobody_yet", "新方案里还没有人，没有谁会得到或失去", "nobody is in a new programme: nobody gains or loses").
	Because("直接跑检查，再发布", "run the tests and publish")

// errPreviewGone is said of a preview that was begun and is not there: the process that held it is no more.
var errPreviewGone = fault.New(fault.Missing, "preview_gone", "上次问所有人的结果没有留下来", "the last preview was not kept").
	Because("服务重启过。草稿还在，再问一次就有", "the service was restarted; the draft is still there, ask again")

type previewIn struct {
	Key string `path:"key" maxLength:"60"`
	ID  string `query:"id" maxLength:"40" doc:"the preview last looked at: preview_gone when a restart lost it"`
}

func (s *Server) preview(ctx context.Context, in *previewIn) (Preview, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Preview{}, err
	}
	if c.space.Conductor.Programme(in.Key) == nil {
		if _, _, _, err := s.editing(ctx, in.Key, staff.CanEditProgress); err != nil {
			return Preview{}, err
		}
	}
	w := c.space.previews.get(in.Key)
	if w == nil && in.ID != "" {
		return Preview{}, errPreviewGone.At("query.id")
	}
	return s.previewView(ctx, c, w)
}

func (s *Server) cancelPreview(ctx context.Context, in *programmePath) error {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return err
	}
	c.space.previews.cancel(in.Key)
	return nil
}

func (s *Server) previewView(ctx context.Context, c *caller, w *previewing) (Preview, error) {
	v := Preview{State: "none", Tags: []Swing{}, Stages: []Swing{}, Matching: []MatchingJourney{}}
	if w == nil {
		return v, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	v.ID, v.State, v.Revision, v.Done, v.Of, v.TookMs = w.id, w.state, w.revision, int(w.done.Load()), int(w.of.Load()), w.took
	if f := fault.Of(w.failure); w.failure != nil {
		if f == nil {
			f = errInternal
		}
		v.Failure = &f.Text
	}
	o := w.outlook
	if o == nil {
		return v, nil
	}
	v.Found = w.found
	v.AsOf, v.People, v.Changed, v.Runs = moment(o.At, c.space.loc), o.People, o.Changed, RunsOf{o.Kept, o.Gone}
	var people [][]person.Number
	view := func(all []conductor.Swing) []Swing {
		out := []Swing{}
		for _, x := range all {
			change := x.What
			if change == "" {
				change = "moved"
			}
			out = append(out, Swing{x.Key, x.Name, change, x.Was, x.Is, x.Gain, x.Lose, x.Unknown, c.refs(x.Gained), c.refs(x.Lost), x.Failures()})
			people = append(people, x.Gained, x.Lost)
		}
		return out
	}
	v.Tags, v.Stages = view(o.Tags), view(o.Stages)
	for _, m := range o.Matching {
		v.Matching = append(v.Matching, MatchingJourney{m.Key, m.Name, int(m.People.GetCardinality()), nil})
	}
	return v, s.named(ctx, c, "draft.preview", people...)
}
