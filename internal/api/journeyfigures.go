package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
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

// figureFolds keeps the last figures of a workspace: everybody who looks at a journey sees them filtered by whom they may see. They are
// counted anew as soon as anything was committed by which they may be otherwise.
type figureFolds struct {
	mu  sync.Mutex
	all []*figureFold // the last asked for at the end
}

type figureFold struct {
	of      stepFiguresOf
	mu      sync.Mutex
	version uint64 // of the facts they were counted of; 0: never
	at      int64  // the workspace's moment
	fold    *steps.Fold
}

type stepFiguresOf struct {
	p        *engine.Programme // a version; another has another
	journey  string
	from, to int64
}

// figuresSeen is what a caller looks at. A fold does not change any more.
type figuresSeen struct {
	fold *steps.Fold
	at   int64
}

const figuresKept = 24

func (f *figureFolds) get(of stepFiguresOf) *figureFold {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := &figureFold{of: of}
	if i := slices.IndexFunc(f.all, func(x *figureFold) bool { return x.of == of }); i >= 0 {
		x = f.all[i]
		f.all = slices.Delete(f.all, i, i+1)
	} else if len(f.all) >= figuresKept {
		f.all = slices.Delete(f.all, 0, 1)
	}
	f.all = append(f.all, x)
	return x
}

func (s *Server) figureOperations() {
	const at = "/api/programmes/{key}/journeys/{journey}/figures"
	serve(s, operation{"journey-figures", http.MethodGet, at, "journeys", "The numbers on the steps of a journey in force: waiting, passed, sent, not sent and why, work open and done", forStaff}, s.journeyFigures)
	serve(s, operation{"journey-figure-people", http.MethodPost, at + "/people", "journeys", "The people behind one number of a step, as a list for GET /api/people", forStaff}, s.journeyFigurePeople)
}

// figures finds the fold a caller looks at.
func (s *Server) stepFigures(ctx context.Context, in DrawnPath, from, to string) (*caller, *engine.Programme, *journey.Definition, figuresSeen, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return nil, nil, nil, figuresSeen{}, err
	}
	p := c.space.Conductor.Programme(in.Key)
	if p == nil || p.Compiled.Journey(in.Journey) == nil {
		return nil, nil, nil, figuresSeen{}, errNotFound
	}
	d := p.Compiled.Journey(in.Journey)
	of := stepFiguresOf{p, d.Key, 0, math.MaxInt64}
	if from != "" || to != "" {
		span, err := c.effectSpan(cmp.Or(from, "1970-01-02"), to)
		if err != nil {
			return nil, nil, nil, figuresSeen{}, err
		}
		of.from, of.to = span.from, span.to
	}
	x, err := s.countFigures(ctx, c, d, of)
	return c, p, d, x, err
}

func (s *Server) countFigures(ctx context.Context, c *caller, d *journey.Definition, of stepFiguresOf) (figuresSeen, error) {
	x := c.space.figures.get(of)
	x.mu.Lock()
	defer x.mu.Unlock()
	now := c.space.now()
	err := c.space.Conductor.StepFacts(ctx, d.Key, x.version, func(l *steps.Ledger, version uint64) {
		f := steps.New(d)
		l.Fill(f, of.from, of.to, rootsIn(c.space.Conductor.Directory()))
		x.fold, x.version = f, version
	})
	if err == nil {
		x.at = now // nothing that counts has happened since they were counted
	}
	return figuresSeen{x.fold, x.at}, err
}

// rootsIn says who a record is now; 0: nobody, or somebody erased.
func rootsIn(dir *conductor.Directory) func(uint32) uint32 {
	const unknown = math.MaxUint32
	var roots []uint32 // by record
	return func(n uint32) uint32 {
		for int(n) >= len(roots) {
			roots = append(roots, slices.Repeat([]uint32{unknown}, max(1024, len(roots)))...)
		}
		if roots[n] == unknown {
			roots[n] = 0
			if card, ok := dir.ByNumber(person.Number(n)); ok && !card.Erased {
				roots[n] = uint32(card.Number)
			}
		}
		return roots[n]
	}
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
