package fulfil

import "peiban/internal/fault"

// UsualSmallest is how many people a group must have before its figures are shown, where a workspace says nothing: k of compliance.md section 1.
const UsualSmallest = 10

// The least and most a workspace may choose. Below five, somebody who knows one or two of a group can tell the others' figures; above a
// thousand nearly nothing would be shown.
const (
	LeastSmallest = 5
	MostSmallest  = 1000
)

// Showing is what a workspace says about showing figures by group. The zero value is what is shipped.
type Showing struct {
	Smallest int `json:"smallest" doc:"people a group must have before its figures are shown; 5 to 1,000, 10 when nothing was said"`
}

var errSmallest = fault.New(fault.Invalid, "smallest_group", "一组最少 5 人，最多 1000 人", "a group has 5 people at least, and 1,000 at most")

// Fewest is how many people a group must have before its figures are shown.
func (s Showing) Fewest() int {
	if s.Smallest == 0 {
		return UsualSmallest
	}
	return s.Smallest
}

// Check finds the mistake in what somebody asks for.
func (s Showing) Check() error {
	if s.Smallest < LeastSmallest || s.Smallest > MostSmallest {
		return errSmallest.At("body.smallest")
	}
	return nil
}
