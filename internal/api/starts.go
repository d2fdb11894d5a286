package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/job"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// StartOutcome is what became of people who were put into a journey, or would become of them.
type StartOutcome struct {
	DryRun bool        `json:"dryRun"`
	Of     int         `json:"of" doc:"people asked about"`
	Enter  int         `json:"enter" doc:"came in, or would"`
	Silent int         `json:"silent" doc:"of them without consent to the service: nothing is sent to them until they agree"`
	Inside int         `json:"inside" doc:"are in it already"`
	Held   int         `json:"held" doc:"held back by its rule of coming again"`
	Cannot []StartsNot `json:"cannot" doc:"every other reason, with how many"`
	Found  string      `json:"found,omitempty" doc:"of a dry run: opens the people, GET /api/people with found and of=enter, silent, or a reason"`
	Job    *StartJob   `json:"job,omitempty" doc:"of many people: the work in the background, see GET /api/journey-starts/{number}"`
}

// StartsNot is a reason why people do not come in.
type StartsNot struct {
	Code   string `json:"code"`
	Text   Text   `json:"text"`
	People int    `json:"people"`
}

// StartJob is people being put into a journey, and how far that is.
type StartJob struct {
	Number    int64       `json:"number"`
	Programme string      `json:"programme"`
	Journey   string      `json:"journey"`
	Name      Text        `json:"name"`
	Reason    string      `json:"reason,omitempty"`
	State     string      `json:"state" enum:"draft,waiting,running,stopped,done,failed"`
	Stopping  bool        `json:"stopping,omitempty"`
	By        *Text       `json:"by,omitempty"`
	Created   string      `json:"created"`
	Ended     string      `json:"ended,omitempty"`
	Of        int         `json:"of"`
	Done      int         `json:"done" doc:"looked at so far"`
	Enter     int         `json:"enter"`
	Silent    int         `json:"silent"`
	Failed    int         `json:"failed"`
	Not       []StartsNot `json:"not" doc:"who did not come in, by reason"`
	Problem   *Text       `json:"problem,omitempty"`
}

// PersonStart is a journey and whether one person could be put into it now.
type PersonStart struct {
	Programme     string `json:"programme"`
	ProgrammeName Text   `json:"programmeName"`
	Journey       string `json:"journey"`
	Name          Text   `json:"name"`
	Enters        Text   `json:"enters" doc:"how people come in"`
	May           bool   `json:"may"`
	Why           string `json:"why,omitempty" doc:"why not"`
	WhyText       *Text  `json:"whyText,omitempty"`
}

type personStarts struct {
	Items []PersonStart `json:"items"`
}

type startJobs struct {
	Items []StartJob `json:"items"`
}

var (
	errStartWhom = fault.New(fault.Invalid, "start_whom", "请写明放进谁：people、segment、found 或 everyone 里选一个", "say who: one of people, segment, found or everyone").At("body")
	errStartBusy = fault.New(fault.Clash, "start_under_way", "这个旅程正在放人进去", "people are being put into this journey already").
			Because("等它完成，或者先停下它", "wait until that is done, or stop it first")
	errNoStart      = fault.New(fault.Missing, "start_not_found", "没有这次批量开始", "there is no such start")
	errStartSegment = fault.New(fault.Invalid, "unknown_segment", "这个项目没有这个分群或标签", "the programme has no such segment or tag").At("body.segment")
)

var refusalNames = map[engine.Refusal]Text{
	engine.NotThere:   text("项目里没有这个旅程", "the programme has no such journey"),
	engine.NotJoined:  text("没有加入这个项目", "not in the programme"),
	engine.OutOfDates: text("旅程不在有效日期内", "outside the journey's dates"),
	engine.NotByHand:  text("由事件或日期进入，不能手工开始", "entered on an event or a date, never by hand"),
	engine.NotFitting: text("不符合进入条件", "its entry does not fit them"),
	engine.Leaving:    text("符合退出条件，进来就会离开", "would leave at once"),
	engine.Inside:     text("已经在里面", "in it already"),
	engine.Resting:    text("上次进入后的间隔还没过", "the pause after their last entry is not over"),
	engine.Once:       text("只进一次，已经进过", "taken in once only, and they were"),
	conductor.Gone:    text("档案已删除", "their record was erased"),
}

// startAtOnce is how many people are put in while the caller waits; more are a job.
const startAtOnce = 500

// StartPath names a journey of a programme.
type StartPath struct {
	Programme string `path:"programme" maxLength:"60"`
	Journey   string `path:"journey" maxLength:"60"`
}

type startIn struct {
	StartPath
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		People   []string `json:"people,omitempty" maxItems:"500" doc:"ids"`
		Segment  string   `json:"segment,omitempty" maxLength:"64" doc:"everybody who is in this segment or has this tag of the programme"`
		Found    string   `json:"found,omitempty" maxLength:"40" doc:"everybody a count found, with of"`
		FoundOf  string   `json:"of,omitempty" maxLength:"160"`
		Everyone bool     `json:"everyone,omitempty" doc:"everybody who fits: who has its tag, is in its stage, or is in the programme where it is entered by hand"`
		Reason   string   `json:"reason,omitempty" maxLength:"200"`
		DryRun   bool     `json:"dryRun,omitempty" doc:"only count"`
	}
}

func (s *Server) startOperations() {
	serve(s, operation{"start-journey", http.MethodPost, "/api/journeys/{programme}/{journey}/start", "journeys", "Put people into a journey by hand, or count who would come in", forStaff}, s.startJourney)
	serve(s, operation{"journey-starts", http.MethodGet, "/api/journey-starts", "journeys", "People being put into journeys in the background, newest first", forStaff}, s.listStarts)
	serve(s, operation{"journey-start", http.MethodGet, "/api/journey-starts/{number}", "journeys", "How far that is", forStaff}, s.oneStart)
	serve(s, operation{"stop-journey-start", http.MethodPost, "/api/journey-starts/{number}/stop", "journeys", "Stop after the people in hand; who came in stays", forStaff}, s.stopStart)
	serve(s, operation{"continue-journey-start", http.MethodPost, "/api/journey-starts/{number}/continue", "journeys", "Go on with who is left", forStaff}, s.continueStart)
	serve(s, operation{"startable-journeys", http.MethodGet, "/api/journeys/startable", "journeys", "Journeys people can be put into by hand", forStaff}, s.startable)
	serve(s, operation{"person-starts", http.MethodGet, "/api/people/{id}/journey-starts", "journeys", "Into which journeys a person could be put now, and why not into others", forStaff}, s.personStarts)
}

// startWhom is who an order is about, of those the caller may see. People named by id may be put in by who writes about them; everybody
// a rule fits only by who answers for the programme.
func (s *Server) startWhom(ctx context.Context, in *startIn) (*caller, *roaring.Bitmap, error) {
	b := &in.Body
	given := 0
	for _, is := range []bool{len(b.People) > 0, b.Segment != "", b.Found != "", b.Everyone} {
		if is {
			given++
		}
	}
	need := staff.CanEditProgress
	if len(b.People) > 0 {
		need = staff.CanWritePeople
	}
	c, cards, err := s.authorize(ctx, need, b.People...)
	switch {
	case err != nil:
		return nil, nil, err
	case given != 1:
		return nil, nil, errStartWhom
	}
	p := c.space.Conductor.Programme(in.Programme)
	if p == nil || p.Key != in.Programme {
		return nil, nil, conductor.ErrNoJourney
	}
	fits, err := c.space.Conductor.Fitting(in.Programme, in.Journey) // checks that anybody can be put into it
	if err != nil {
		return nil, nil, err
	}
	if len(b.People) > 0 {
		set := roaring.New()
		for _, card := range cards {
			set.Add(uint32(card.Number))
		}
		return c, set, nil
	}
	set := s.visible(ctx, c)
	switch {
	case b.Everyone:
		set.And(fits)
	case b.Segment != "":
		if p.TagIndex(b.Segment) < 0 {
			return nil, nil, errStartSegment
		}
		set.And(c.space.Conductor.Of(in.Programme, "tag", b.Segment))
	default:
		if err := s.inFound(c, set, b.Found, b.FoundOf); err != nil {
			return nil, nil, err
		}
	}
	return c, set, nil
}

func (s *Server) startJourney(ctx context.Context, in *startIn) (StartOutcome, error) {
	c, set, err := s.startWhom(ctx, in)
	if err != nil {
		return StartOutcome{}, err
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if reason != "" {
		if err := oneLine("body.reason", reason); err != nil {
			return StartOutcome{}, err
		}
	}
	people := numbersOf(set)
	o := conductor.Start{Programme: in.Programme, Journey: in.Journey, Reason: reason, Try: in.Body.DryRun}
	proof := s.entry(ctx, c, "journey.start", 0, nil)
	switch {
	case in.Body.DryRun:
		return s.tryStart(ctx, c, people, o)
	case len(people) > startAtOnce:
		j, err := s.startMany(ctx, c, people, o)
		if err != nil {
			return StartOutcome{}, err
		}
		v := s.startView(ctx, c, j)
		return StartOutcome{Of: len(people), Cannot: []StartsNot{}, Job: &v}, nil
	}
	o.Key = "request:" + c.actor() + ":" + cmp.Or(in.Key, requestOf(ctx).id)
	lines, err := c.space.Conductor.StartJourney(ctx, conductor.Live, people, o, proof)
	if err != nil {
		return StartOutcome{}, err
	}
	t := job.StartTally{}
	t.Add(lines)
	return outcomeOf(&t), nil
}

// tryStart asks everybody without putting anybody in; whom each number stands for is kept for a while.
func (s *Server) tryStart(ctx context.Context, c *caller, people []person.Number, o conductor.Start) (StartOutcome, error) {
	t, sets := job.StartTally{}, map[string]*roaring.Bitmap{}
	put := func(of string, n person.Number) {
		if sets[of] == nil {
			sets[of] = roaring.New()
		}
		sets[of].Add(uint32(n))
	}
	for some := range slices.Chunk(people, startAtOnce) {
		lines, err := c.space.Conductor.StartJourney(ctx, conductor.Bulk, some, o, audit.Entry{})
		if err != nil {
			return StartOutcome{}, err
		}
		t.Add(lines)
		for _, l := range lines {
			switch {
			case l.Refused != "":
				put(string(l.Refused), l.Person)
				continue
			case l.Silent:
				put("silent", l.Person)
			}
			put("enter", l.Person)
		}
	}
	out := outcomeOf(&t)
	out.DryRun = true
	texts := map[string]Text{"enter": text("会进入旅程", "Would come into the journey"), "silent": text("会进入，但还没有同意服务", "Would come in, without consent to the service yet")}
	order := []string{"enter", "silent"}
	for _, r := range append(slices.Clone(engine.Refusals), conductor.Gone) {
		texts[string(r)], order = refusalNames[r], append(order, string(r))
	}
	order = slices.DeleteFunc(order, func(of string) bool { return sets[of] == nil })
	out.Found = s.remember(c, c.member.ID, Found{Programme: o.Programme, AsOf: moment(c.space.now(), c.space.loc)}, order, texts, sets)
	return out, nil
}

func outcomeOf(t *job.StartTally) StartOutcome {
	out := StartOutcome{Of: t.Done, Enter: t.Entered, Silent: t.Silent, Inside: t.Refused[engine.Inside], Held: t.Refused[engine.Resting] + t.Refused[engine.Once], Cannot: []StartsNot{}}
	for _, x := range refusedOf(t) {
		switch engine.Refusal(x.Code) {
		case engine.Inside, engine.Resting, engine.Once:
		default:
			out.Cannot = append(out.Cannot, x)
		}
	}
	return out
}

// refusedOf are the reasons of a tally, the most frequent first.
func refusedOf(t *job.StartTally) []StartsNot {
	out := []StartsNot{}
	for _, r := range slices.Sorted(maps.Keys(t.Refused)) {
		out = append(out, StartsNot{string(r), refusalNames[r], t.Refused[r]})
	}
	slices.SortStableFunc(out, func(a, b StartsNot) int { return cmp.Compare(b.People, a.People) })
	return out
}

// startMany leaves it to the background. The job waits as a draft until all its people are kept.
func (s *Server) startMany(ctx context.Context, c *caller, people []person.Number, o conductor.Start) (*job.Job, error) {
	defer s.edits.lock(string(c.space.Workspace.ID) + "start" + o.Programme + "/" + o.Journey)()
	jobs, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	for i := range jobs {
		if x := jobs[i].Told.Start; x != nil && x.Programme == o.Programme && x.Journey == o.Journey && (jobs[i].State == job.Waiting || jobs[i].State == job.Running) {
			return nil, errStartBusy
		}
	}
	j := &job.Job{
		Kind: job.Start, State: job.Draft, Actor: c.actor(), Created: s.real().UnixMicro(), Size: int64(len(people)),
		Told:   job.Told{Start: &job.StartOrder{Programme: o.Programme, Journey: o.Journey, Reason: o.Reason}},
		Report: job.Report{Start: &job.StartTally{Of: len(people)}},
	}
	if err := s.store.CreateJob(ctx, c.space.number(), j); err != nil {
		return nil, err
	}
	for i, part := range job.PeopleParts(people) {
		if err := s.store.AddJobPart(ctx, c.space.number(), j.Number, job.PeoplePart, i, part); err != nil {
			return nil, err
		}
	}
	j.State = job.Waiting
	detail := map[string]any{"start": j.Number, "programme": o.Programme, "journey": o.Journey, "people": len(people)}
	return j, s.store.SaveJob(ctx, c.space.number(), j, s.entry(ctx, c, "journey.start.ask", 0, detail))
}

func (s *Server) startView(ctx context.Context, c *caller, j *job.Job) StartJob {
	o, t := j.Told.Start, j.Report.Start
	if t == nil {
		t = &job.StartTally{Of: int(j.Size)}
	}
	out := StartJob{
		Number: int64(j.Number), Programme: o.Programme, Journey: o.Journey, Name: journeyName(c.space.Conductor, o.Journey), Reason: o.Reason,
		State: string(j.State), Stopping: j.State == job.Running && j.Want == "stop", By: s.actorName(ctx, c, j.Actor),
		Created: moment(j.Created, c.space.loc), Ended: moment(j.Ended, c.space.loc),
		Of: t.Of, Done: t.Done, Enter: t.Entered, Silent: t.Silent, Failed: t.Failed, Not: refusedOf(t),
	}
	if j.Report.Problem != nil {
		out.Problem = &j.Report.Problem.Text
	}
	return out
}

func (s *Server) listStarts(ctx context.Context, in *OfProgramme) (startJobs, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return startJobs{}, err
	}
	jobs, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return startJobs{}, err
	}
	out := startJobs{Items: []StartJob{}}
	for i := range jobs {
		if o := jobs[i].Told.Start; jobs[i].Kind == job.Start && o != nil && (in.Programme == "" || in.Programme == o.Programme) && len(out.Items) < 100 {
			out.Items = append(out.Items, s.startView(ctx, c, &jobs[i]))
		}
	}
	return out, nil
}

func (s *Server) startOf(ctx context.Context, n int64, p staff.Permission) (*caller, job.Job, error) {
	c, _, err := s.authorize(ctx, p)
	if err != nil {
		return nil, job.Job{}, err
	}
	j, err := s.store.Job(ctx, c.space.number(), job.Number(n))
	if err != nil || j.Kind != job.Start || j.Told.Start == nil {
		return nil, job.Job{}, cmp.Or(knownErr(err), error(errNoStart))
	}
	return c, j, nil
}

func (s *Server) oneStart(ctx context.Context, in *ImportPath) (StartJob, error) {
	c, j, err := s.startOf(ctx, in.Number, staff.CanReadProgress)
	if err != nil {
		return StartJob{}, err
	}
	return s.startView(ctx, c, &j), nil
}

func (s *Server) saveStart(ctx context.Context, c *caller, j *job.Job, action string) (StartJob, error) {
	err := s.store.SaveJob(ctx, c.space.number(), j, s.entry(ctx, c, action, 0, map[string]any{"start": j.Number}))
	return s.startView(ctx, c, j), err
}

func (s *Server) stopStart(ctx context.Context, in *ImportPath) (StartJob, error) {
	c, j, err := s.startOf(ctx, in.Number, staff.CanEditProgress)
	if err != nil {
		return StartJob{}, err
	}
	if j.State == job.Waiting {
		j.State, j.Ended = job.Stopped, s.real().UnixMicro()
		return s.saveStart(ctx, c, &j, "journey.start.stop")
	}
	if err := s.store.AskJob(ctx, c.space.number(), j.Number, "stop", s.entry(ctx, c, "journey.start.stop", 0, map[string]any{"start": j.Number})); err != nil {
		return StartJob{}, err
	}
	return s.oneStart(ctx, in)
}

func (s *Server) continueStart(ctx context.Context, in *ImportPath) (StartJob, error) {
	c, j, err := s.startOf(ctx, in.Number, staff.CanEditProgress)
	if err != nil {
		return StartJob{}, err
	}
	if j.State != job.Stopped && j.State != job.Failed {
		return StartJob{}, job.ErrState
	}
	j.State, j.Lease, j.Ended, j.Report.Problem = job.Waiting, 0, 0, nil
	return s.saveStart(ctx, c, &j, "journey.start.continue")
}

type startables struct {
	Items []Startable `json:"items"`
}

// Startable is a journey people can be put into by hand.
type Startable struct {
	Programme     string `json:"programme"`
	ProgrammeName Text   `json:"programmeName"`
	Journey       string `json:"journey"`
	Name          Text   `json:"name"`
	Enters        Text   `json:"enters" doc:"how people come in"`
}

func (s *Server) startable(ctx context.Context, in *OfProgramme) (startables, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return startables{}, err
	}
	out := startables{Items: []Startable{}}
	for _, p := range c.space.Conductor.Programmes() {
		if in.Programme != "" && in.Programme != p.Key {
			continue
		}
		for _, d := range p.Journeys {
			if _, no := p.StartOf(d.Key); no == "" {
				out.Items = append(out.Items, Startable{p.Key, p.Name, d.Key, d.Name, journeyWords{p.Compiled, namesOf(p.Compiled)}.enter(&d.Enter).Text})
			}
		}
	}
	return out, nil
}

// personStarts lists every journey of a person's programmes that is not only called by others, those they could be put into first.
func (s *Server) personStarts(ctx context.Context, in *IDPath) (personStarts, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return personStarts{}, err
	}
	may, err := c.space.Conductor.MayStart(card.Number)
	if err != nil {
		return personStarts{}, err
	}
	out := personStarts{Items: []PersonStart{}}
	for _, p := range c.space.Conductor.Programmes() {
		for _, d := range p.Journeys {
			no, in := may[p.Key][d.Key]
			if !in || d.Enter.On == journey.OnCall {
				continue
			}
			v := PersonStart{
				Programme: p.Key, ProgrammeName: p.Name, Journey: d.Key, Name: d.Name, Enters: journeyWords{p.Compiled, namesOf(p.Compiled)}.enter(&d.Enter).Text, May: no == "", Why: string(no),
			}
			if no != "" {
				v.WhyText = wordOrNil(refusalWords, string(no))
			}
			out.Items = append(out.Items, v)
		}
	}
	slices.SortStableFunc(out.Items, func(a, b PersonStart) int {
		switch {
		case a.May == b.May:
			return 0
		case a.May:
			return -1
		}
		return 1
	})
	return out, s.read(ctx, c, "runs.read", card.Number)
}

var refusalWords = func() map[string]Text {
	out := map[string]Text{}
	for k, v := range refusalNames {
		out[string(k)] = v
	}
	return out
}()
