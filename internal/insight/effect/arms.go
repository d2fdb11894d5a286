package effect

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Arms of a holdout, as the event journey_exposed names them; those of a split have keys of their own.
const (
	Treated = "treated"
	HeldOut = "held_out"
)

// Exposure is that somebody was put into a group by a step of a journey. Chance divided them at that moment, so it is where a window begins:
// what came before it cannot differ between the groups but by chance.
type Exposure struct {
	Step, Arm string
	At        int64 // microseconds
}

// exposed is the type of event that tells of it: journey in A, arm in B, step in C.
var exposed = func() event.Type {
	if s := event.Lookup("journey_exposed"); s != nil {
		return s.Type
	}
	return 0
}()

// Exposures are a person's in one journey by now, each step's first, oldest first. Who comes again is not counted again: the groups are of
// people, and somebody who is in twice would make the figures surer than they are.
func Exposures(v timeline.View, journey string, now int64) (out []Exposure) {
	key := event.Intern(journey)
	for i := range v.Type {
		if v.Type[i] != exposed || v.A[i] != key || v.At[i] > now || v.Flags[i]&event.Hidden != 0 || exposed == 0 {
			continue
		}
		x := Exposure{Step: v.C[i].String(), Arm: v.B[i].String(), At: v.At[i]}
		known := false
		for _, o := range out {
			known = known || o.Step == x.Step
		}
		if !known {
			out = append(out, x)
		}
	}
	return out
}
