package rehearse

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/task"
)

// Forecast is what a rehearsal came to. Everything in it is in a fixed order: equal counts give equal bytes.
type Forecast struct {
	From       string     `json:"from"` // the first local day
	To         string     `json:"to"`   // the last local day
	People     int        `json:"people"`
	Reached    int        `json:"reached"` // entered a journey
	Entered    int        `json:"entered"` // runs begun
	Sent       int        `json:"sent"`
	Held       int        `json:"held"` // of those asked for: put off for a while
	Suppressed int        `json:"suppressed"`
	Tasks      int        `json:"tasks"`
	Safety     int        `json:"safety"` // of Tasks: those that cannot wait
	Real       int        `json:"real"`   // messages really sent by the same journeys in the time
	RealTasks  int        `json:"realTasks"`
	Reasons    []Counted  `json:"reasons"` // of what was never sent, most first
	Days       []DayLine  `json:"days"`
	Journeys   []Foreseen `json:"journeys"` // most people first
	Staff      []Load     `json:"staff"`    // most work first; the whole is in All
	All        Load       `json:"all"`
}

// Counted is how often something was.
type Counted struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

// DayLine is one local day.
type DayLine struct {
	Day        string `json:"day"`
	Reached    int    `json:"reached"` // people who entered for the first time
	Entered    int    `json:"entered"`
	Sent       int    `json:"sent"`
	Held       int    `json:"held"`
	Suppressed int    `json:"suppressed"`
	Tasks      int    `json:"tasks"`
	Safety     int    `json:"safety"`
	Real       int    `json:"real"`
	RealTasks  int    `json:"realTasks"`
}

// Foreseen is what one journey would do.
type Foreseen struct {
	Key     string     `json:"key"`
	Name    fault.Text `json:"name"`
	Class   string     `json:"class"`
	People  int        `json:"people"`
	Entered int        `json:"entered"`
	Goal    *GoalRate  `json:"goal,omitempty"` // absent: it has none
	Steps   []StepLine `json:"steps"`          // in their order
}

// GoalRate is how often a goal is reached after entering, within its window.
type GoalRate struct {
	Days    float64 `json:"days"` // the window
	Due     int     `json:"due"`  // entries whose window is over and that had not reached it before
	Reached int     `json:"reached"`
	Before  int     `json:"before"` // had reached it when they entered
	Open    int     `json:"open"`   // their window is not over yet
}

// StepLine is what one step would ask for.
type StepLine struct {
	Step       string     `json:"step"`
	Kind       string     `json:"kind"`
	Name       fault.Text `json:"name"`
	Sent       int        `json:"sent"`
	Held       int        `json:"held"`
	Suppressed int        `json:"suppressed"`
	Reasons    []Counted  `json:"reasons"`
	Tasks      int        `json:"tasks"`
}

// Load is how much work falls to somebody by day. P95 is the 95th of a hundred days from the quietest, by nearest rank; days
// without work count.
type Load struct {
	Who
	Total      int     `json:"total"`
	Mean       float64 `json:"mean"` // a day
	P95        int     `json:"p95"`
	Busiest    int     `json:"busiest"`
	BusiestDay string  `json:"busiestDay"`
	Needed     int     `json:"needed"` // people of staff for 95 of 100 days, each taking Capacity tasks a day
}

func causeOf(x *task.Task) (why engine.Cause) {
	_ = json.Unmarshal(x.Why, &why) // the engine's own; what the person asked for has none
	return why
}

// Forecast sums up. capacity is how many tasks one member of staff does a day.
func (t *Tally) Forecast(ps []*engine.Programme, capacity int) Forecast {
	f := Forecast{
		From: t.first.Format(time.DateOnly), To: t.first.AddDate(0, 0, len(t.days)-1).Format(time.DateOnly), People: t.people, Reached: t.reached,
		Reasons: counted(t.reasons), Days: []DayLine{}, Journeys: []Foreseen{}, Staff: []Load{},
	}
	all := make([]int, len(t.days))
	for i, d := range t.days {
		f.Days = append(f.Days, DayLine{t.dayName(i), d.Reached, d.Entered, d.Sent, d.Held, d.Suppressed, d.Tasks, d.Safety, d.Real, d.RealTasks})
		f.Entered, f.Sent, f.Held, f.Suppressed, f.Tasks, f.Safety = f.Entered+d.Entered, f.Sent+d.Sent, f.Held+d.Held, f.Suppressed+d.Suppressed, f.Tasks+d.Tasks, f.Safety+d.Safety
		f.Real, f.RealTasks = f.Real+d.Real, f.RealTasks+d.RealTasks
		all[i] = d.Tasks
	}
	for who, by := range t.staff {
		f.Staff = append(f.Staff, t.loadOf(who, by, capacity))
	}
	slices.SortFunc(f.Staff, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Role, b.Role), cmp.Compare(a.ID, b.ID))
	})
	f.All = t.loadOf(Who{}, all, capacity)
	for _, p := range ps {
		for _, d := range p.Compiled.Journeys {
			f.Journeys = append(f.Journeys, t.foreseen(p, d))
		}
	}
	slices.SortStableFunc(f.Journeys, func(a, b Foreseen) int { return cmp.Compare(b.People, a.People) })
	return f
}

func (t *Tally) dayName(i int) string { return t.first.AddDate(0, 0, i).Format(time.DateOnly) }

func (t *Tally) loadOf(who Who, by []int, capacity int) Load {
	l := Load{Who: who}
	if len(by) == 0 {
		return l
	}
	for i, n := range by {
		l.Total += n
		if n > l.Busiest {
			l.Busiest, l.BusiestDay = n, t.dayName(i)
		}
	}
	sorted := slices.Clone(by)
	slices.Sort(sorted)
	l.P95 = sorted[(len(sorted)*95+99)/100-1]
	l.Mean = float64(l.Total*10/len(by)) / 10
	if capacity > 0 {
		l.Needed = (l.P95 + capacity - 1) / capacity
	}
	return l
}

func (t *Tally) foreseen(p *engine.Programme, d *journey.Definition) Foreseen {
	j := t.journeys[d.Key]
	if j == nil {
		j = &journeyCount{}
	}
	f := Foreseen{Key: d.Key, Name: d.Name, Class: string(d.Class), People: j.people, Entered: j.entered, Steps: []StepLine{}}
	if d.Goal != nil {
		window := GoalWindow
		if d.Goal.Within > 0 {
			window = d.Goal.Within
		}
		f.Goal = &GoalRate{Days: window.Hours() / 24, Due: j.due, Reached: j.reached, Before: j.had, Open: j.not}
	}
	journey.Walk(d.Steps, func(s *journey.Step) {
		x := j.steps[s.ID]
		if x == nil {
			if s.Says() == nil && s.Does() == nil && s.Alert == nil {
				return // asks nothing of anybody
			}
			x = &StepCount{}
		}
		line := StepLine{Step: s.ID, Kind: s.Kind(), Name: nameOf(p, s), Sent: x.Sent, Held: x.Held, Tasks: x.Tasks, Reasons: counted(x.Suppressed)}
		for _, n := range x.Suppressed {
			line.Suppressed += n
		}
		f.Steps = append(f.Steps, line)
	})
	return f
}

func counted(m map[string]int) []Counted {
	out := []Counted{}
	for _, k := range sortedKeys(m) {
		out = append(out, Counted{k, m[k]})
	}
	slices.SortStableFunc(out, func(a, b Counted) int { return cmp.Compare(b.N, a.N) })
	return out
}

// nameOf is what a step is called: its own name, or what it says.
func nameOf(p *engine.Programme, s *journey.Step) fault.Text {
	switch {
	case s.Name != (fault.Text{}):
		return s.Name
	case s.Alert != nil:
		return s.Alert.Text
	case s.Does() != nil:
		if c := p.Scripts[s.Does().Script]; c != nil {
			return c.Title
		}
	case s.Says() != nil:
		if c := p.Contents[s.Says().Content]; c != nil {
			return c.Title
		}
	}
	return fault.Text{Zh: s.ID, En: s.ID}
}
