package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/measure"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Never is the wake of a person whom time alone does not change.
const Never = int64(math.MaxInt64)

// Who is the person a step is for.
type Who struct {
	Workspace string // ULID, part of every derived id
	ID        person.ID
	Number    person.Number
}

// Slot is where chance puts them among journey.Slots for a journey, or for a step of one (journey/step).
func (w Who) Slot(of string) int { return journey.Slot(string(w.ID), of) }

// Programme is a programme ready to step people: the compiled rules and the journeys made flat.
type Programme struct {
	*programme.Compiled
	journeys []*journey.Program
	dated    []*journey.Program    // those entered on a date
	byType   map[event.Type]*touch // what an event of a type can change by itself
	tagUsers [][]int               // for each tag, the tags that read it

	// The stage is found between two tags: those before read no stage, those from staged on rest on it.
	staged     int
	stageUsers []int // tags whose own rules ask for the stage

	choices map[choice]chosen

	of    int                  // the published version; 0: of a folder, or the one before any was published
	older func(int) *Programme // earlier versions, for the runs that began with them; nil: there are none
}

// Published makes p the published version of that number; older gives those before it by number, 0 being what ran before
// any was published, and nil one that is not there.
func (p *Programme) Published(number int, older func(number int) *Programme) *Programme {
	p.of, p.older = number, older
	return p
}

// touch lists the rules that must be asked again.
type touch struct {
	tags  []int
	stage bool
}

// Prepare makes a compiled programme ready. It is done once per version.
func Prepare(c *programme.Compiled) *Programme {
	p := &Programme{Compiled: c, byType: map[event.Type]*touch{}, tagUsers: make([][]int, len(c.Tags)), staged: len(c.Tags) - c.AfterStage}
	for i := range c.Tags {
		for _, t := range p.reads(c.Tags[i].When, c.Tags[i].Needs) {
			p.touch(t).tags = append(p.touch(t).tags, i)
		}
		if c.Tags[i].ByHand {
			p.touch(event.SegmentSet).tags = append(p.touch(event.SegmentSet).tags, i)
		}
		for _, t := range c.Tags[i].Depends {
			p.tagUsers[t] = append(p.tagUsers[t], i)
		}
		if c.Tags[i].ReadsStage() {
			p.stageUsers = append(p.stageUsers, i)
		}
	}
	for i := range c.Stages {
		for _, t := range p.reads(c.Stages[i].When, c.Stages[i].Stay) {
			p.touch(t).stage = true
		}
	}
	for _, d := range c.Journeys {
		j := journey.Flatten(d)
		p.journeys = append(p.journeys, j)
		if d.Enter.On == journey.OnDate {
			p.dated = append(p.dated, j)
		}
	}
	p.choose()
	return p
}

// reads lists the types of events any of rs looks at, each once.
func (p *Programme) reads(rs ...*rule.Rule) []event.Type {
	var out []event.Type
	for k := range event.Catalogue() {
		t := event.Catalogue()[k].Type
		for _, r := range rs {
			if r == nil {
				continue
			}
			if d := r.Deps(); d.AllEvents || slices.Contains(d.Events, t) || d.Target && t == event.TargetSet {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

func (p *Programme) touch(t event.Type) *touch {
	if p.byType[t] == nil {
		p.byType[t] = &touch{}
	}
	return p.byType[t]
}

// Journey finds a journey made flat, nil if the programme has none of that key.
func (p *Programme) Journey(key string) *journey.Program {
	for _, j := range p.journeys {
		if j.Def.Key == key {
			return j
		}
	}
	return nil
}

// Input is why a step is taken: an event just added to the timeline, or the passing of time.
type Input struct {
	Event *event.Event // nil: time
	// With is history that came with Event, before it: one step looks at all of it. Each may wait, see Waits.
	With []Arrival
	// Definition says that another version of the programmes has come into force. Every rule is asked; tags and stages are
	// gained and lost. Like history it enters nothing and ends no wait, but who should leave because of it leaves.
	Definition bool
}

// Arrival is an event that a step looks at with others.
type Arrival struct {
	Seq  event.Seq
	Type event.Type
}

// Waits reports whether the step for e may wait for that of further events of the person that come in the same commit. History may
// that rules alone look at: nobody sees the answers in between, and a year of it costs few steps. What a step acts on by itself may not.
func Waits(e *event.Event) bool {
	if e.Flags&event.Imported != 0 && e.Type == event.Correction && e.A == Parted {
		return true // many at once: what came by an identifier that went
	}
	if e.Flags&event.Imported == 0 || e.Supersedes != 0 || e.Retracts != 0 {
		return false
	}
	switch e.Type {
	case event.Consent, event.ProgrammeJoined, event.Chat, event.Erased, event.Correction, event.Merged:
		return false
	}
	return true
}

// Transition is a tag or stage gained or lost in a step.
type Transition struct {
	Kind      string // tag, stage
	Programme string
	Key       string
	Gained    bool
	Version   int
}

// Ended is a run that ended in a step.
type Ended struct {
	Run    journey.Run
	Status string // done, left
	Reason string
	Asks   bool // its journey has exit rules: they are asked of what it said and has not gone
}

// Out is what a step asks for.
type Out struct {
	Changed     bool // the state is not what it was: it must be stored
	Transitions []Transition
	Messages    []message.Message // to be said, if the guard lets them
	Tasks       []task.Task
	Begun       []journey.Run
	Moved       []journey.Run // runs that came to another step
	Ended       []Ended
	Events      []event.Event // to be told to the timeline, in this order
	Referred    []string      // rules of referrals to open, programme/rule
	Escalated   []Watched     // tasks that go to another role, if they are still open
	Failed      []Failed      // rules that could not be asked: their answers are unknown
	Wake        int64         // the first moment after now at which anything could change without an event
}

// Step takes one person through one input at now (microseconds). tl holds the input event already. s is changed
// in place: a caller that may have to go back keeps a Clone. ps are all programmes of the workspace; those the
// person joined are stepped, because caps and priorities span them.
func Step(ps []*Programme, who Who, tl timeline.View, s *State, m *Memo, in Input, now int64) Out {
	x := steppers.Get().(*stepper)
	defer x.rest()
	x.ps, x.who, x.tl, x.s, x.memo, x.in, x.now = ps, who, tl, s, m, in, now
	x.out = Out{Wake: Never}
	x.ctx.Look(tl, now)
	x.ctx.Trigger = -1
	if !m.valid || len(m.truth) != len(ps) || in.Definition {
		m.reset(ps)
		x.full = true
	}
	x.take()
	for i, p := range ps {
		if pr := s.Progress(p.Key); pr != nil {
			x.programme(i, p, pr)
		}
	}
	x.ctx.Failures = x // few conditions, and what they let happen cannot be done twice: each is guarded
	x.journeys()
	x.watch()
	for i := range x.out.Ended {
		for k := range x.out.Messages {
			x.out.Ended[i].Note(&x.out.Messages[k])
		}
	}
	m.valid = true
	x.wake()
	return x.out
}

// stepper is one call of Step.
type stepper struct {
	ps      []*Programme
	who     Who
	tl      timeline.View
	s       *State
	memo    *Memo
	in      Input
	now     int64
	full    bool // every rule is asked
	history bool // the event is imported history
	ctx     rule.Ctx
	bound   *Programme // whose tags and targets ctx reads
	out     Out
	// gained and lost in this step, for journeys that enter on them
	gained, lost []Transition
	calls        []call // of journeys by journeys
	dirty        []bool // room for the tags of one programme
}

// steppers are kept because a step needs room to evaluate rules in.
var steppers = sync.Pool{New: func() any { return new(stepper) }}

func (x *stepper) rest() {
	x.ctx.Clear()
	ctx, dirty := x.ctx, x.dirty
	*x = stepper{ctx: ctx, dirty: dirty}
	steppers.Put(x)
}

// take changes the state by what the event says about consent, programmes and talk.
func (x *stepper) take() {
	e := x.in.Event
	if e == nil {
		return
	}
	first := e.Seq
	if len(x.in.With) > 0 {
		first = x.in.With[0].Seq
	}
	if e.Supersedes != 0 || e.Retracts != 0 || x.tl.Shifted >= first {
		x.full = true // it may touch what the hidden event touched
	}
	switch e.Type {
	case event.Consent:
		x.s.consent(Grant{Purpose: e.A.String(), Given: e.Num == 1, Version: e.B.String(), At: e.Occurred})
		x.out.Changed = true
	case event.ProgrammeJoined:
		x.join(e)
	case event.Merged: // the caller has joined or parted state and timeline; whatever rested on them is asked again
		x.memo.reset(x.ps)
		x.full, x.out.Changed = true, true
		if e.A == split && e.B == withConsents {
			x.s.reconsent(x.tl.Timeline)
		}
	case event.Chat:
		if e.A == fromStaff && e.B != inBulk && e.B != byItself && e.Flags&event.Imported == 0 {
			if until := e.Occurred + pauseAfterHuman.Microseconds(); until > x.s.Paused {
				x.s.Paused = until
				x.out.Changed = true
			}
		}
	}
}

// Parted is why an event is taken back that came by an identifier of somebody else.
var Parted = event.Intern("parted")

var (
	split        = event.Intern("split")
	withConsents = event.Intern("consents")
)

// pauseAfterHuman is how long automatic messages wait after a human wrote to the person.
const pauseAfterHuman = 24 * time.Hour

var (
	fromStaff = event.Intern("staff")
	inBulk    = event.Intern("bulk")      // to many at once: nobody talks
	byItself  = event.Intern("automatic") // by a machine of staff
)

func (x *stepper) join(e *event.Event) {
	key := e.A.String()
	i, ok := slices.BinarySearchFunc(x.s.Programmes, key, func(a Progress, k string) int { return strings.Compare(a.Key, k) })
	switch {
	case !ok && e.Num != 0: // no number means joined
		x.s.Programmes = slices.Insert(x.s.Programmes, i, Progress{Key: key, Joined: e.Occurred})
	case ok && e.Num == 0:
		x.lose(&x.s.Programmes[i])
		x.s.Programmes = slices.Delete(x.s.Programmes, i, i+1)
	default:
		return
	}
	x.full = true
	x.out.Changed = true
}

// lose says that everything a programme gave is gone with it: counts of its people by day would go on counting them.
func (x *stepper) lose(pr *Progress) {
	version := 0
	for _, p := range x.ps {
		if p.Key == pr.Key {
			version = p.Version
		}
	}
	for _, t := range pr.Tags {
		x.changed(Transition{Kind: "tag", Programme: pr.Key, Key: t.Key, Version: version})
	}
	if pr.Stage != "" {
		x.changed(Transition{Kind: "stage", Programme: pr.Key, Key: pr.Stage, Version: version})
	}
}

// wake finds the first moment after now at which anything could change by itself.
func (x *stepper) wake() {
	w := x.out.Wake // conditions of journeys said already
	for i, p := range x.ps {
		if x.s.Progress(p.Key) == nil {
			continue
		}
		for _, n := range x.memo.next[i] {
			w = min(w, n)
		}
		w = min(w, x.memo.stage[i])
	}
	for i := range x.s.Runs {
		if u := x.s.Runs[i].Until; u != 0 {
			w = min(w, u)
		}
	}
	if w <= x.now { // a rule's moment is after now by contract; never stand still
		w = x.now + 1
	}
	x.out.Wake = w
}

// Severity grades an event, so that a worse one is never taken for a repeat: 2 for a level 2 low or a critical
// high, 1 for a level 1 low or a very high value, else 0. Source: docs/guide/sources.md.
func Severity(e *event.Event) int {
	if e == nil || e.Type != event.Glucose {
		return 0
	}
	switch v := e.Num; {
	case e.Flags&event.LO != 0 || v < measure.Level2Low:
		return 2
	case e.Flags&event.HI != 0 || v >= measure.Critical:
		return 2
	case v < measure.Level1Low || v > measure.VeryHigh:
		return 1
	}
	return 0
}

// derive makes an id of 26 characters out of what makes a thing the same thing.
func derive(parts ...string) string {
	h := sha256.New()
	var n [4]byte
	for _, p := range parts {
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var u ulid.ULID
	copy(u[:], h.Sum(nil))
	u[0] &= 0x7f // a ULID's first character ends at 7
	return u.String()
}
