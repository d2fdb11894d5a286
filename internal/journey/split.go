package journey

import (
	"hash/fnv"
	"slices"

	"peiban/internal/fault"
)

// Slots is how finely people are divided by chance: a share of 1 is all of them.
const Slots = 10_000

// Arms of a holdout; those of a split have the keys it gives them.
const (
	Treated = "treated"
	HeldOut = "held_out"
)

// SplitStep divides people by chance, for ever the same way.
type SplitStep struct{ Arms []Arm }

// Arm is one way of a split.
type Arm struct {
	Key   string
	Name  fault.Text
	Share int // of Slots; those of a split come to Slots
	Steps []Step
}

// HoldoutStep keeps a share of the people out of what follows, to compare with: their run ends, and their goal is watched as everybody's.
type HoldoutStep struct {
	Share int // of Slots
}

func (s *SplitStep) bodies() []Body {
	out := make([]Body, len(s.Arms))
	for i := range s.Arms {
		out[i] = Body{s.Arms[i].Key, s.Arms[i].Steps}
	}
	return out
}

// KeepsOut tells whether chance keeps somebody out of what a journey does, in any step of it.
func (p *Program) KeepsOut(person string) bool {
	for i := range p.ops {
		if s := p.ops[i].step; s.Holdout != nil && Slot(person, p.Def.Key+"/"+s.ID) < s.Holdout.Share {
			return true
		}
	}
	return false
}

// AsksAfter reports whether what a run said has to be asked about although the run is over: there are rules to leave by, or chance keeps
// people out.
func (p *Program) AsksAfter() bool {
	return len(p.Def.Leave) > 0 || slices.ContainsFunc(p.ops, func(o op) bool { return o.step.Holdout != nil })
}

// arm is the way of whoever is in slot.
func (s *SplitStep) arm(slot int) int {
	for i := range s.Arms {
		if slot -= s.Arms[i].Share; slot < 0 {
			return i
		}
	}
	return len(s.Arms) - 1
}

// Slot is a person's place among Slots for one thing that is divided, such as a step of a journey: chance for others, the same for ever
// for the person, whatever the version. Places for different things are independent.
func Slot(person, of string) int {
	h := fnv.New64a()
	h.Write([]byte(of))
	h.Write([]byte{0})
	h.Write([]byte(person))
	x := h.Sum64() // the low bits of FNV are not well mixed for ids that differ in one letter
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return int(x % Slots)
}
