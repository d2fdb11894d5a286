package rehearse

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// GoalWindow is how long after entering a goal counts that names no time of its own, as on the page of effects.
const GoalWindow = 28 * 24 * time.Hour

// Tally counts what comes of walks. Several may count at once, each for one goroutine, and be added; sums do not hang on the order.
type Tally struct {
	From, To int64 // microseconds: what happens in [From, To) counts
	zone     *time.Location
	first    time.Time // the first local day
	days     []Day
	journeys map[string]*journeyCount
	staff    map[Who][]int // tasks by day
	reasons  map[string]int
	people   int
	reached  int
	sets     map[string]*roaring.Bitmap // nil: who is behind a number is not kept

	reaches map[string]*engine.Reach
	entered map[string][]int64 // of the person who walks: by journey, when
	came    bool               // the person who walks entered something
	of      map[string]*journey.Definition
}

// Who does a task: the role a journey asks for, and the member of staff where the person has one.
type Who struct {
	Role string `json:"role"`
	ID   string `json:"id,omitempty"` // empty: whoever is on duty
}

// Day is one local day.
type Day struct {
	Reached    int // people who entered a journey for the first time
	Entered    int // runs begun
	Sent       int
	Held       int
	Suppressed int
	Tasks      int
	Safety     int // of Tasks: alerts and calls that cannot wait
	Real       int // messages that really were sent; of a rehearsal over real timelines
	RealTasks  int
}

type journeyCount struct {
	people, entered        int
	due, reached, had, not int // of entries: window over; goal then; goal before; window still open
	steps                  map[string]*StepCount
}

// StepCount is what one step asked for.
type StepCount struct {
	Sent, Held, Tasks int
	Suppressed        map[string]int // by reason
}

// NewTally counts from from to to by days of zone. With keep, who is behind each number is remembered.
func NewTally(ps []*engine.Programme, from, to int64, zone *time.Location, keep bool) *Tally {
	y, m, d := time.UnixMicro(from).In(zone).Date()
	t := &Tally{
		From: from, To: to, zone: zone, first: time.Date(y, m, d, 0, 0, 0, 0, zone), journeys: map[string]*journeyCount{},
		staff: map[Who][]int{}, reasons: map[string]int{}, entered: map[string][]int64{}, of: map[string]*journey.Definition{}, reaches: map[string]*engine.Reach{},
	}
	if keep {
		t.sets = map[string]*roaring.Bitmap{}
	}
	for day := t.first; day.UnixMicro() < to; day = day.AddDate(0, 0, 1) {
		t.days = append(t.days, Day{})
	}
	for _, p := range ps {
		for _, j := range p.Compiled.Journeys {
			t.of[j.Key] = j
			if r := p.NewReach(j); r != nil {
				t.reaches[j.Key] = r
			}
		}
	}
	return t
}

// day is the place of a moment's local day; -1: it does not count.
func (t *Tally) day(at int64) int {
	if at < t.From || at >= t.To {
		return -1
	}
	y, m, d := time.UnixMicro(at).In(t.zone).Date()
	// Days of a zone are not all of 24 hours: dates are counted as those of a calendar without clock changes.
	n := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(t.first.Year(), t.first.Month(), t.first.Day(), 0, 0, 0, 0, time.UTC))
	if i := int(n / (24 * time.Hour)); i >= 0 && i < len(t.days) {
		return i
	}
	return -1
}

func (t *Tally) journey(key string) *journeyCount {
	if t.journeys[key] == nil {
		t.journeys[key] = &journeyCount{steps: map[string]*StepCount{}}
	}
	return t.journeys[key]
}

func (t *Tally) step(key, step string) *StepCount {
	j := t.journey(key)
	if j.steps[step] == nil {
		j.steps[step] = &StepCount{Suppressed: map[string]int{}}
	}
	return j.steps[step]
}

// mark remembers who is behind a number.
func (t *Tally) mark(n person.Number, names ...string) {
	if t.sets == nil {
		return
	}
	for _, name := range names {
		if t.sets[name] == nil {
			t.sets[name] = roaring.New()
		}
		t.sets[name].Add(uint32(n))
	}
}

// Entered implements Heard.
func (t *Tally) Entered(w *Walk, r *journey.Run) {
	i := t.day(w.Now)
	if i < 0 {
		return
	}
	t.days[i].Entered++
	if !t.came {
		t.came = true
		t.days[i].Reached++
		t.reached++
	}
	j := t.journey(r.Journey)
	if j.entered++; len(t.entered[r.Journey]) == 0 {
		j.people++
	}
	t.entered[r.Journey] = append(t.entered[r.Journey], w.Now)
	t.mark(w.Who.Number, "reached", "journey:"+r.Journey)
}

// Said implements Heard.
func (t *Tally) Said(w *Walk, m *message.Message) {
	if i := t.day(w.Now); i >= 0 {
		t.days[i].Sent++
		t.step(m.Journey, m.Step).Sent++
		t.mark(w.Who.Number, "sent", "sent:"+m.Journey+":"+m.Step)
	}
}

// Held implements Heard.
func (t *Tally) Held(w *Walk, m *message.Message) {
	if i := t.day(w.Now); i >= 0 {
		t.days[i].Held++
		t.step(m.Journey, m.Step).Held++
		t.mark(w.Who.Number, "held", "held:"+m.Journey+":"+m.Step)
	}
}

// Suppressed implements Heard.
func (t *Tally) Suppressed(w *Walk, m *message.Message) {
	if i := t.day(w.Now); i >= 0 {
		t.days[i].Suppressed++
		t.reasons[m.Reason]++
		t.step(m.Journey, m.Step).Suppressed[m.Reason]++
		t.mark(w.Who.Number, "suppressed", "reason:"+m.Reason, "suppressed:"+m.Journey+":"+m.Step)
	}
}

// Raised implements Heard.
func (t *Tally) Raised(w *Walk, x *task.Task) {
	i := t.day(w.Now)
	if i < 0 {
		return
	}
	t.days[i].Tasks++
	if x.Priority == task.Safety {
		t.days[i].Safety++
	}
	t.mark(w.Who.Number, "tasks")
	if r := w.State.Run(x.Run); r != nil {
		t.taskOf(w, r.Journey, x)
	} else {
		t.taskOf(w, causeOf(x).Journey, x)
	}
	who := Who{Role: x.Role}
	if x.Role == "owner" || x.Role == "" {
		who = Who{Role: "owner", ID: OwnerOf(w.TL)}
	}
	t.load(who, i)
}

func (t *Tally) taskOf(w *Walk, key string, x *task.Task) {
	if key == "" {
		return // asked for by the person
	}
	step := causeOf(x).Step
	t.step(key, step).Tasks++
	t.mark(w.Who.Number, "task:"+key+":"+step)
}

func (t *Tally) load(who Who, day int) {
	if t.staff[who] == nil {
		t.staff[who] = make([]int, len(t.days))
	}
	t.staff[who][day]++
}

// OwnerOf is who looks after a person by their timeline; empty: nobody yet.
func OwnerOf(tl *timeline.Timeline) string {
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] == event.Assigned && tl.Flags[i]&event.Hidden == 0 {
			if role := tl.B[i].String(); role == "" || role == "manager" {
				return tl.A[i].String()
			}
		}
	}
	return ""
}

// Really counts a message that was sent, or a task that was opened, in truth.
func (t *Tally) Really(at int64, isTask bool) {
	i := t.day(at)
	switch {
	case i < 0:
	case isTask:
		t.days[i].RealTasks++
	default:
		t.days[i].Real++
	}
}

// End closes the count of one person: whether what they entered came to its goal.
func (t *Tally) End(w *Walk) {
	t.people++
	t.came = false
	for key, at := range t.entered {
		if len(at) == 0 {
			continue
		}
		t.entered[key] = at[:0]
		reach, j := t.reaches[key], t.journey(key)
		if reach == nil {
			continue
		}
		window := GoalWindow
		if g := t.of[key].Goal; g.Within > 0 {
			window = g.Within
		}
		for _, from := range at {
			until := from + window.Microseconds()
			if until > t.To {
				j.not++
				continue
			}
			found, before := reach.First(timeline.View{Timeline: w.TL, Loc: w.Loc}, from, until)
			switch {
			case before:
				j.had++
			case found != 0:
				j.reached++
				j.due++
				t.mark(w.Who.Number, "goal:"+key)
			default:
				j.due++
				t.mark(w.Who.Number, "missed:"+key)
			}
		}
	}
}

// Add takes in what another counted.
func (t *Tally) Add(o *Tally) {
	t.people += o.people
	t.reached += o.reached
	for i := range t.days {
		a, b := &t.days[i], &o.days[i]
		a.Reached, a.Entered, a.Sent, a.Held = a.Reached+b.Reached, a.Entered+b.Entered, a.Sent+b.Sent, a.Held+b.Held
		a.Suppressed, a.Tasks, a.Safety = a.Suppressed+b.Suppressed, a.Tasks+b.Tasks, a.Safety+b.Safety
		a.Real, a.RealTasks = a.Real+b.Real, a.RealTasks+b.RealTasks
	}
	for k, n := range o.reasons {
		t.reasons[k] += n
	}
	for who, by := range o.staff {
		for i, n := range by {
			if t.staff[who] == nil {
				t.staff[who] = make([]int, len(t.days))
			}
			t.staff[who][i] += n
		}
	}
	for key, b := range o.journeys {
		a := t.journey(key)
		a.people, a.entered, a.due, a.reached, a.had, a.not = a.people+b.people, a.entered+b.entered, a.due+b.due, a.reached+b.reached, a.had+b.had, a.not+b.not
		for step, s := range b.steps {
			x := t.step(key, step)
			x.Sent, x.Held, x.Tasks = x.Sent+s.Sent, x.Held+s.Held, x.Tasks+s.Tasks
			for r, n := range s.Suppressed {
				x.Suppressed[r] += n
			}
		}
	}
	for name, set := range o.sets {
		if t.sets[name] == nil {
			t.sets[name] = set.Clone()
		} else {
			t.sets[name].Or(set)
		}
	}
}

// Sets are who is behind the numbers, by name: reached, journey:KEY, sent, sent:KEY:STEP, held:KEY:STEP, suppressed:KEY:STEP,
// reason:REASON, tasks, task:KEY:STEP, goal:KEY, missed:KEY.
func (t *Tally) Sets() map[string]*roaring.Bitmap { return t.sets }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
