package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/insight/fulfil"
	"peiban/internal/insight/steps"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// JourneyFigures are the numbers on the steps of a journey in force: of the runs that were entered on some days, as they stand now.
type JourneyFigures struct {
	AsOf    string        `json:"asOf"`
	Version int           `json:"version"`
	From    string        `json:"from,omitempty"`
	To      string        `json:"to,omitempty"`
	Entered int           `json:"entered"`
	Running int           `json:"running"`
	Steps   []StepFigures `json:"steps"`
}

// StepFigures are the numbers of people on one step.
type StepFigures struct {
	Step       string         `json:"step"`
	Waiting    int            `json:"waiting" doc:"stand there now"`
	Passed     int            `json:"passed"`
	Sent       int            `json:"sent"`
	Held       int            `json:"held" doc:"not sent yet"`
	Failed     int            `json:"failed"`
	Suppressed []StepWithheld `json:"suppressed"`
	Open       int            `json:"open" doc:"who have work of it open"`
	Done       int            `json:"done"`
}

// StepWithheld is how many were not sent something, for one reason.
type StepWithheld struct {
	Reason string `json:"reason"`
	Text   Text   `json:"text"`
	N      int    `json:"n"`
}

type journeyFiguresIn struct {
	DrawnPath
	From string `query:"from" maxLength:"10" doc:"entered on this local day or later"`
	To   string `query:"to" maxLength:"10" doc:"entered on this local day or before"`
}

type figurePeopleIn struct {
	DrawnPath
	Body struct {
		From   string `json:"from,omitempty" maxLength:"10"`
		To     string `json:"to,omitempty" maxLength:"10"`
		Part   string `json:"part" enum:"entered,running,waiting,passed,sent,held,failed,suppressed,open,done"`
		Step   string `json:"step,omitempty" maxLength:"120"`
		Reason string `json:"reason,omitempty" maxLength:"64"`
	}
}

// figureFolds keeps the last figures of a workspace: everybody who looks at a journey sees them filtered by whom they may see, and they are
// read from the store at most once in figuresLast.
type figureFolds struct {
	mu  sync.Mutex
	all []*figureFold // the oldest first
}

type figureFold struct {
	of   stepFiguresOf
	made time.Time
	at   int64 // the workspace's moment
	once sync.Once
	fold *steps.Fold
	err  error
}

type stepFiguresOf struct {
	p        *engine.Programme // a version; another has another
	journey  string
	from, to int64
}

const (
	figuresLast = 20 * time.Second
	figuresKept = 24
)

func (f *figureFolds) get(of stepFiguresOf, now time.Time) *figureFold {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(x *figureFold) bool { return now.Sub(x.made) > figuresLast || x.err != nil })
	for _, x := range f.all {
		if x.of == of {
			return x
		}
	}
	if len(f.all) >= figuresKept {
		f.all = f.all[1:]
	}
	x := &figureFold{of: of, made: now}
	f.all = append(f.all, x)
	return x
}

func (s *Server) figureOperations() {
	const at = "/api/programmes/{key}/journeys/{journey}/figures"
	serve(s, operation{"journey-figures", http.MethodGet, at, "journeys", "The numbers on the steps of a journey in force: waiting, passed, sent, not sent and why, work open and done", forStaff}, s.journeyFigures)
	serve(s, operation{"journey-figure-people", http.MethodPost, at + "/people", "journeys", "The people behind one number of a step, as a list for GET /api/people", forStaff}, s.journeyFigurePeople)
}

// figures finds the fold a caller looks at.
func (s *Server) stepFigures(ctx context.Context, in DrawnPath, from, to string) (*caller, *engine.Programme, *journey.Definition, *figureFold, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	p := c.space.Conductor.Programme(in.Key)
	if p == nil || p.Compiled.Journey(in.Journey) == nil {
		return nil, nil, nil, nil, errNotFound
	}
	d := p.Compiled.Journey(in.Journey)
	of := stepFiguresOf{p, d.Key, 0, math.MaxInt64}
	if from != "" || to != "" {
		span, err := c.effectSpan(cmp.Or(from, "1970-01-02"), to)
		if err != nil {
			return nil, nil, nil, nil, err
		}
		of.from, of.to = span.from, span.to
	}
	x := c.space.figures.get(of, s.real())
	x.once.Do(func() { x.fold, x.at, x.err = s.foldFigures(context.WithoutCancel(ctx), c, d, of) })
	return c, p, d, x, x.err
}

func (s *Server) foldFigures(ctx context.Context, c *caller, d *journey.Definition, of stepFiguresOf) (*steps.Fold, int64, error) {
	now, f, dir := c.space.now(), steps.New(d), c.space.Conductor.Directory()
	roots := map[uint32]uint32{}
	root := func(n uint32) uint32 {
		r, known := roots[n]
		if !known {
			if card, ok := dir.ByNumber(person.Number(n)); ok && !card.Erased {
				r = uint32(card.Number)
			}
			roots[n] = r
		}
		return r
	}
	err := s.store.JourneyRuns(ctx, c.space.number(), []string{d.Key}, of.from, of.to, func(r conductor.RunRow) {
		if n := root(uint32(r.Person)); n != 0 {
			f.Run(n, r.Status, r.Reason, r.Step)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	err = s.store.JourneyWork(ctx, c.space.number(), []string{d.Key}, 0, math.MaxInt64, func(w *fulfil.Work) {
		if n := root(w.Person); n != 0 && w.Entered >= of.from && w.Entered < of.to {
			w.Person = n
			f.Work(w)
		}
	})
	return f, now, err
}

func (s *Server) journeyFigures(ctx context.Context, in *journeyFiguresIn) (JourneyFigures, error) {
	c, p, _, x, err := s.stepFigures(ctx, in.DrawnPath, in.From, in.To)
	if err != nil {
		return JourneyFigures{}, err
	}
	seen := s.visible(ctx, c)
	n := func(step, part string) int { return x.fold.Count(steps.Of{Step: step, Part: part}, seen) }
	v := JourneyFigures{AsOf: moment(x.at, c.space.loc), Version: p.Version, From: in.From, To: in.To, Entered: n("", steps.Entered), Running: n("", steps.Running), Steps: []StepFigures{}}
	for _, id := range x.fold.Steps() {
		one := StepFigures{
			Step: id, Waiting: n(id, steps.Waiting), Passed: n(id, steps.Passed), Sent: n(id, steps.Sent), Held: n(id, steps.Held), Failed: n(id, steps.Failed), Open: n(id, steps.Open), Done: n(id, steps.Done), Suppressed: []StepWithheld{},
		}
		for _, r := range x.fold.Reasons(id) {
			if k := x.fold.Count(steps.Of{Step: id, Part: steps.Suppressed, Reason: r}, seen); k > 0 {
				one.Suppressed = append(one.Suppressed, StepWithheld{r, word(messageReasons, r), k})
			}
		}
		v.Steps = append(v.Steps, one)
	}
	return v, s.read(ctx, c, "journeys.figures", 0)
}

var figureWords = map[string]Text{
	steps.Entered: text("进入的人", "entered"), steps.Running: text("还在里面的人", "inside"), steps.Waiting: text("等在这里的人", "waiting"), steps.Passed: text("走过的人", "passed"), steps.Sent: text("发出了的人", "sent"), steps.Held: text("暂缓的人", "held"),
	steps.Failed: text("发送失败的人", "failed"), steps.Suppressed: text("没有发的人", "not sent"), steps.Open: text("还有待办的人", "open work"), steps.Done: text("任务做完的人", "work done"),
}

func (s *Server) journeyFigurePeople(ctx context.Context, in *figurePeopleIn) (Found, error) {
	q := in.Body
	c, p, d, x, err := s.stepFigures(ctx, in.DrawnPath, q.From, q.To)
	if err != nil {
		return Found{}, err
	}
	set := x.fold.People(steps.Of{Step: q.Step, Part: q.Part, Reason: q.Reason}, s.visible(ctx, c))
	said := figureWords[q.Part]
	if q.Reason != "" {
		why := word(messageReasons, q.Reason)
		said = text(said.Zh+"（"+why.Zh+"）", said.En+" ("+why.En+")")
	}
	if st := findStep(d.Steps, q.Step); st != nil {
		doc := journeyWords{p.Compiled, namesOf(p.Compiled)}.step(st)
		said = text("“"+doc.Text.Zh+"”"+said.Zh, doc.Text.En+": "+said.En)
	}
	said = text(d.Name.Zh+"："+said.Zh, d.Name.En+": "+said.En)
	id := s.remember(c, c.member.ID, Found{Programme: p.Key, AsOf: moment(x.at, c.space.loc)}, []string{q.Part}, map[string]Text{q.Part: said}, map[string]*roaring.Bitmap{q.Part: set})
	if err := s.read(ctx, c, "journeys.people", 0); err != nil {
		return Found{}, err
	}
	return s.found(ctx, &foundIn{Found: id})
}
