package journey

import "time"

// Burst is the most messages that a run may send to the person itself within one day, as far as the definition alone tells.
type Burst struct {
	N    int
	Last *Step // the message with which it comes to N
}

// burstLooks bounds how many steps are looked at: ways that part and meet again, and go back, come to many.
const burstLooks = 20_000

// Bursts are the burst with which a run begins, and the largest there is anywhere in it. Between two messages of a burst nothing waits,
// or only a time shorter than a day; what a wait for an event takes is not known, so it counts as one that waits. called gives the burst
// with which a journey begins that is called.
func (p *Program) Bursts(called func(key string) int) (first, worst Burst) {
	first = p.burst(0, called)
	worst = first
	for i := range p.ops {
		if w := p.ops[i].step.Wait; w != nil && p.ops[i].next < len(p.ops) {
			if b := p.burst(p.ops[i].next, called); b.N > worst.N {
				worst = b
			}
		}
	}
	return first, worst
}

func (p *Program) burst(from int, called func(string) int) (best Burst) {
	looks, turns := 0, map[int]int{}
	var walk func(i, n int, gone time.Duration)
	walk = func(i, n int, gone time.Duration) {
		if looks++; i >= len(p.ops) || looks > burstLooks {
			return
		}
		o := &p.ops[i]
		s := o.step
		if m := s.Says(); m != nil && m.To != "family" {
			if n++; n > best.N {
				best = Burst{n, s}
			}
			if m.Waits() { // until it is sent: the cap has it wait its turn
				return
			}
		}
		if s.Call != nil && called != nil {
			if k := called(s.Call.Journey); k > 0 {
				if n += k; n > best.N {
					best = Burst{n, s}
				}
			}
			if s.Call.Wait > 0 {
				return
			}
		}
		switch {
		case s.Exit:
			return
		case s.Wait != nil:
			if gone += s.Wait.For; s.Wait.Event != "" || s.Wait.For == 0 || gone >= 24*time.Hour {
				return
			}
		case s.Go != nil && turns[i] < s.Go.Times:
			turns[i]++
			walk(p.byID[s.Go.To], n, gone)
			turns[i]--
			return
		}
		if len(o.ways) == 0 {
			walk(o.next, n, gone)
		}
		for _, w := range o.ways {
			walk(w, n, gone)
		}
	}
	walk(from, 0, 0)
	return best
}
