package conductor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rule"
)

// Outlook is what another version of a programme would change for the people in it.
type Outlook struct {
	Diff    programme.Diff
	At      int64 // the moment it was asked for
	People  int
	Changed int // people with any change
	Tags    []Swing
	Stages  []Swing
	Kept    int // runs that go on with the version they began with
	Gone    int // of them, runs of journeys the new version does not have

	Matching []Matching

	concerns map[person.Number]bool
	wakes    []int64
}

// Matching is a journey whose entry is new for people who fit it as it comes into force. Publishing enters nobody; they may be put in.
type Matching struct {
	Key    string
	Name   fault.Text
	People *roaring.Bitmap
}

// Swing is who gains and who loses a tag or a stage.
type Swing struct {
	Key          string
	Name         fault.Text
	What         string // programme.Added and so on; empty: its own rule is as it was
	Was, Is      int
	Gain, Lose   int
	Unknown      int             // too little data, under the new version; of tags
	Failed       *roaring.Bitmap // of whom the new version could not be asked; nil: nobody
	Gained, Lost []person.Number // the first of them, at most swingSample
	Gainers      *roaring.Bitmap // all of them; nil: nobody
	Losers       *roaring.Bitmap
}

// swingSample is how many people a swing names.
const swingSample = 20

// Preview says what publishing files would change, without changing anything. It ends early when ctx ends.
func (c *Conductor) Preview(ctx context.Context, key string, files programme.Files, progress func(done, of int)) (*Outlook, error) {
	was := c.Programme(key)
	if was == nil || key == "" {
		return nil, ErrNoVersion
	}
	compiled, err := c.successor(was.Compiled, files)
	if err != nil {
		return nil, err
	}
	return c.outlook(ctx, was, engine.Prepare(compiled), progress, false)
}

// outlook compares what everybody has with what they would have. With watch, who changes from then on is noted until
// unwatch.
func (c *Conductor) outlook(ctx context.Context, was, now *engine.Programme, progress func(done, of int), watch bool) (*Outlook, error) {
	c.turn.Lock()
	if watch {
		c.stirred = &stirred{people: map[person.Number]bool{}}
	}
	o := &comparison{was: was, now: now, at: c.now()}
	o.zones, o.states = c.everyone()
	c.turn.Unlock()
	return c.compare(ctx, o, progress)
}

// compare asks everybody what the new version says of them.
func (c *Conductor) compare(ctx context.Context, o *comparison, progress func(done, of int)) (*Outlook, error) {
	was, now := o.was, o.now
	part := &engine.Part{}
	part.Tags, part.Stage = programme.Affected(was.Compiled, now.Compiled)
	o.part = part
	o.prepare()
	err := now.EvaluateAll(ctx, c.tls, engine.Everyone{
		Now: o.at, Part: part, Progress: progress,
		Zone: o.zone, In: o.stands,
		Visit: func(_ int, a *engine.Answers) { o.visit(a) }, Failed: o.failed,
	})
	if err != nil {
		return nil, fmt.Errorf("compare two versions of %s: %w", now.Key, err)
	}
	return o.out(), nil
}

// Between compares two programmes over everybody who is in the one of their key, whichever version is in force: what was
// says of them now with what now says. Runs are left out.
func (c *Conductor) Between(ctx context.Context, was, now *programme.Compiled, progress func(done, of int)) (*Outlook, error) {
	o := &comparison{was: engine.Prepare(was), now: engine.Prepare(now), at: c.now()}
	zones, states := c.everyone()
	o.zones, o.states = zones, make([]*engine.State, len(states))
	err := o.was.EvaluateAll(ctx, c.tls, engine.Everyone{
		Now: o.at, Zone: o.zone, Progress: progress,
		Visit: func(_ int, a *engine.Answers) {
			n := int(a.Person)
			if n >= len(states) || states[n] == nil || states[n].Progress(was.Key) == nil {
				return
			}
			o.states[n] = o.was.Supposed(a)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("ask version %d of %s: %w", was.Version, was.Key, err)
	}
	return c.compare(ctx, o, progress)
}

// Failures is how many people the new version could not be asked of.
func (w *Swing) Failures() int {
	if w.Failed == nil {
		return 0
	}
	return int(w.Failed.GetCardinality())
}

// zone is where the days of n begin.
func (c *comparison) zone(n person.Number) *time.Location {
	if int(n) < len(c.zones) && c.zones[n] != nil {
		return c.zones[n]
	}
	return c.now.Zone
}

// stands is where n stands.
func (c *comparison) stands(n person.Number) engine.Standing {
	if int(n) < len(c.states) && c.states[n] != nil {
		in := c.states[n].Progress(c.now.Key).Standing()
		if c.now.Stage(in.Stage) == nil {
			in.Ruled = "" // a journey set it; it cannot stay
		}
		return in
	}
	return engine.Standing{}
}

// comparison is an outlook being made. visit is called from several goroutines.
type comparison struct {
	was, now *engine.Programme
	part     *engine.Part
	at       int64
	zones    []*time.Location
	states   []*engine.State
	wakes    []int64

	mu       sync.Mutex
	o        Outlook
	tags     map[string]int // places in o.Tags
	stages   map[string]int
	retired  map[string]bool
	concerns map[person.Number]bool
	enters   []entering
}

// entering is a journey entered on a tag or a stage, as both versions have it.
type entering struct {
	def   *journey.Definition
	fresh bool // it was not there, or entered on something else: all who fit are new to it, and not only who comes to fit
	tag   int  // place of the tag; -1: a stage
	asked bool // the tag is among those asked
}

func (c *comparison) prepareEntries() {
	for _, d := range c.now.Journeys {
		e := entering{def: d, tag: -1}
		switch d.Enter.On {
		case journey.OnTag:
			if e.tag = c.now.TagIndex(d.Enter.Tag); e.tag < 0 {
				continue
			}
			e.asked = slices.Contains(c.part.Tags, e.tag)
		case journey.OnStage:
		default:
			continue
		}
		was := c.was.Compiled.Journey(d.Key)
		e.fresh = was == nil || was.Enter.On != d.Enter.On || was.Enter.Tag != d.Enter.Tag || was.Enter.Stage != d.Enter.Stage || was.Enter.If.Src != d.Enter.If.Src
		if e.fresh || e.asked || e.tag < 0 && c.part.Stage {
			c.enters = append(c.enters, e)
			c.o.Matching = append(c.o.Matching, Matching{Key: d.Key, Name: d.Name, People: roaring.New()})
		}
	}
}

// matches notes into which journeys somebody could come as the new version comes into force.
func (c *comparison) matches(a *engine.Answers, s *engine.State, pr *engine.Progress, is string) {
	for i := range c.enters {
		e := &c.enters[i]
		had, has := pr.Stage == e.def.Enter.Stage, is == e.def.Enter.Stage
		if e.tag >= 0 {
			had = pr.Has(e.def.Enter.Tag)
			if has = had; e.asked {
				has = a.Tags[e.tag] == rule.True
			}
		}
		inside := slices.ContainsFunc(s.Runs, func(r journey.Run) bool { return r.Journey == e.def.Key })
		if has && !inside && (e.fresh || !had) {
			c.o.Matching[i].People.Add(uint32(a.Person))
		}
	}
}

func (c *comparison) prepare() {
	c.o.Diff, c.o.At = programme.Compare(c.was.Compiled, c.now.Compiled), c.at
	c.wakes = make([]int64, len(c.states))
	for i := range c.wakes {
		c.wakes[i] = engine.Never
	}
	c.tags, c.stages, c.retired, c.concerns = map[string]int{}, map[string]int{}, map[string]bool{}, map[person.Number]bool{}
	c.prepareEntries()
	what := map[string]string{}
	for _, d := range c.o.Diff.Tags {
		what[d.Key] = d.What
		if d.What == programme.Removed {
			c.retired[d.Key] = true
			c.tags[d.Key] = len(c.o.Tags)
			c.o.Tags = append(c.o.Tags, Swing{Key: d.Key, Name: d.Name, What: d.What})
		}
	}
	for _, i := range c.part.Tags {
		t := &c.now.Tags[i]
		c.tags[t.Key] = len(c.o.Tags)
		c.o.Tags = append(c.o.Tags, Swing{Key: t.Key, Name: t.Name, What: what[t.Key]})
	}
	for _, d := range c.o.Diff.Stages {
		what["stage "+d.Key] = d.What
	}
	all := slices.Concat(c.now.Stages, c.was.Stages)
	for i := range all {
		if _, twice := c.stages[all[i].Key]; !twice {
			c.stages[all[i].Key] = len(c.o.Stages)
			c.o.Stages = append(c.o.Stages, Swing{Key: all[i].Key, Name: all[i].Name, What: what["stage "+all[i].Key]})
		}
	}
}

// visit takes in what the new version says of one person.
func (c *comparison) visit(a *engine.Answers) {
	n := int(a.Person)
	if n >= len(c.states) || c.states[n] == nil {
		return
	}
	s := c.states[n]
	pr := s.Progress(c.now.Key)
	if pr == nil {
		return
	}
	wake := engine.Never
	for _, i := range c.part.Tags {
		wake = min(wake, a.Next[i])
	}
	c.wakes[n] = min(wake, a.StageNext)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.o.People++
	changed := false
	for _, i := range c.part.Tags {
		w := &c.o.Tags[c.tags[c.now.Tags[i].Key]]
		if a.Tags[i] == rule.Unknown {
			w.Unknown++
		}
		changed = w.move(a.Person, pr.Has(w.Key), a.Tags[i] == rule.True) || changed
	}
	for _, t := range pr.Tags {
		if c.retired[t.Key] {
			changed = c.o.Tags[c.tags[t.Key]].move(a.Person, true, false) || changed
		}
	}
	is := pr.Stage
	if c.part.Stage {
		is = c.staged(pr, a.Stage)
	}
	if is != pr.Stage {
		changed = true
	}
	c.matches(a, s, pr, is)
	for _, key := range []string{pr.Stage, is} {
		if i, ok := c.stages[key]; ok {
			c.o.Stages[i].move(a.Person, key == pr.Stage, key == is)
		}
		if pr.Stage == is {
			break
		}
	}
	for i := range s.Runs {
		if c.was.Journey(s.Runs[i].Journey) != nil {
			c.o.Kept++
			if c.now.Journey(s.Runs[i].Journey) == nil {
				c.o.Gone++
			}
		}
	}
	if changed {
		c.o.Changed++
	}
	if changed || len(s.Runs) > 0 { // runs may be left because of what is gained
		c.concerns[a.Person] = true
	}
}

// failed takes in that a rule of the new version could not be asked for one person.
func (c *comparison) failed(n person.Number, f engine.Failed) {
	if int(n) >= len(c.states) || c.states[n] == nil || c.states[n].Progress(c.now.Key) == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	swings, places := c.o.Tags, c.tags
	if f.Kind == "stage" {
		swings, places = c.o.Stages, c.stages
	}
	if i, ok := places[f.Key]; ok {
		swings[i].Failed = with(swings[i].Failed, n)
	}
}

// staged is the stage a person would be in: one a journey set stays until the rules say something new.
func (c *comparison) staged(pr *engine.Progress, place int) string {
	key := ""
	if place >= 0 {
		key = c.now.Stages[place].Key
	}
	if c.now.Stage(pr.Stage) != nil && pr.Ruled != "" && key == pr.Ruled {
		return pr.Stage
	}
	return key
}

// move counts one person and says whether they gain or lose.
func (w *Swing) move(n person.Number, was, is bool) bool {
	if was {
		w.Was++
	}
	if is {
		w.Is++
	}
	switch {
	case is && !was:
		w.Gain++
		w.Gained = sample(w.Gained, n)
		w.Gainers = with(w.Gainers, n)
	case was && !is:
		w.Lose++
		w.Lost = sample(w.Lost, n)
		w.Losers = with(w.Losers, n)
	default:
		return false
	}
	return true
}

func with(set *roaring.Bitmap, n person.Number) *roaring.Bitmap {
	if set == nil {
		set = roaring.New()
	}
	set.Add(uint32(n))
	return set
}

// sample keeps the lowest numbers, so that it does not depend on the order people are visited in.
func sample(some []person.Number, n person.Number) []person.Number {
	i, _ := slices.BinarySearch(some, n)
	if i >= swingSample {
		return some
	}
	some = slices.Insert(some, i, n)
	return some[:min(len(some), swingSample)]
}

func (c *comparison) out() *Outlook {
	o := &c.o
	o.concerns, o.wakes = c.concerns, c.wakes
	o.Matching = slices.DeleteFunc(o.Matching, func(m Matching) bool { return m.People.IsEmpty() })
	o.Tags = slices.DeleteFunc(o.Tags, func(w Swing) bool { return w.What == "" && w.Gain+w.Lose == 0 && w.Failed == nil })
	o.Stages = slices.DeleteFunc(o.Stages, func(w Swing) bool { return w.What == "" && w.Gain+w.Lose == 0 && w.Failed == nil })
	return o
}
