package task

import "peiban/internal/fault"

// Settings are what a workspace says about the work of its staff. The zero value is what is shipped.
type Settings struct {
	Weights    *Weights           `json:"weights,omitempty" doc:"absent: 400, 200, 100, 50"`
	Programmes map[string]Weights `json:"programmes,omitempty" doc:"weights of a programme, instead, for the people who are in it first"`
	Minutes    int                `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"minutes of work on tasks in a day of one member of staff; 420 when not given"`
	Staff      map[string]int     `json:"staff,omitempty" doc:"minutes of a member of staff, by id, where they are others; 0: none"`
	Quiet      int                `json:"quiet,omitempty" minimum:"0" maximum:"60" doc:"days without a value after which nobody says that somebody is fine; 7 when not given"`
}

// QuietDays is how old the last value of somebody may be who is called fine, where nothing else is said: a week, in which even the lightest plan
// asks for a value.
const QuietDays = 7

// Of are the weights for somebody who is in some programmes, the first of them first.
func (s *Settings) Of(programmes ...string) Weights {
	for _, p := range programmes {
		if w, ok := s.Programmes[p]; ok {
			return w
		}
	}
	if s.Weights != nil {
		return *s.Weights
	}
	return DefaultWeights()
}

// Day is how many minutes a member of staff works on tasks in a day.
func (s *Settings) Day(member string) int {
	if m, ok := s.Staff[member]; ok {
		return m
	}
	if s.Minutes > 0 {
		return s.Minutes
	}
	return MinutesADay
}

// QuietFor is after how many days without a value nobody says that somebody is fine.
func (s *Settings) QuietFor() int {
	if s.Quiet > 0 {
		return s.Quiet
	}
	return QuietDays
}

var (
	errWeight    = fault.New(fault.Invalid, "weight_range", "权重在 0 到 1000 之间", "a weight is 0 to 1,000")
	errProgramme = fault.New(fault.Invalid, "weights_programme", "没有这个项目", "there is no such programme")
	errMinutes   = fault.New(fault.Invalid, "minutes_range", "一天的分钟数在 0 到 1440 之间", "minutes of a day are 0 to 1,440")
	errStaff     = fault.New(fault.Invalid, "minutes_staff", "没有这位员工", "there is no such member of staff")
)

// Check finds the first mistake.
func (s *Settings) Check(programme, member func(string) bool) error {
	fits := func(w Weights) bool {
		for _, n := range []int{w.Due, w.Promise, w.Value, w.Wait} {
			if n < 0 || n > 1000 {
				return false
			}
		}
		return true
	}
	if s.Weights != nil && !fits(*s.Weights) {
		return errWeight.At("body.weights")
	}
	for key, w := range s.Programmes {
		if !programme(key) {
			return errProgramme.At("body.programmes.%s", key)
		}
		if !fits(w) {
			return errWeight.At("body.programmes.%s", key)
		}
	}
	for id, n := range s.Staff {
		if !member(id) {
			return errStaff.At("body.staff.%s", id)
		}
		if n < 0 || n > 1440 {
			return errMinutes.At("body.staff.%s", id)
		}
	}
	return nil
}
