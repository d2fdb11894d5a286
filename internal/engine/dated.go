package engine

import (
	"peiban/internal/journey"
)

// A journey entered on a date is entered at that moment, or, where its conditions did not hold then, at the moment they do while the date is
// not too long ago. Both are moments of the person's own, so that nothing depends on when somebody looks: a step that comes too early, as
// after a restart, finds nothing to enter.

// spent reports whether a date enters nothing any more: it did, or history told of it when it was past.
func (e *Entry) spent(due int64) bool { return e.Passed >= due || e.Count > 0 && e.Last >= due }

// pass lets the dates go that are past and would be entered now only because of history: a merge, an import, a publication enter nothing.
func (x *stepper) pass(p *Programme) {
	for _, j := range p.dated {
		if _, _, no := x.admits(p, j); no == "" {
			x.s.entry(j.Def.Key).Passed = x.now
			x.out.Changed = true
		}
	}
}

// entersLater finds the moment at which time alone may let a journey be entered for a date that is past.
func (x *stepper) entersLater(p *Programme, j *journey.Program, due int64) {
	d := j.Def
	if last := due + d.Enter.Lookback.Microseconds(); x.now > last || d.To != 0 && x.now >= d.To || x.s.entered(d.Key).spent(due) {
		return
	}
	if x.now < d.From {
		x.out.Wake = min(x.out.Wake, d.From)
		return
	}
	x.bind(p)
	probe := journey.Run{Journey: d.Key, Entered: x.now}
	if !x.ask(&d.Enter.If, &probe) {
		x.soon(&d.Enter.If, &probe)
		return
	}
	for i := range d.Leave {
		if x.ask(&d.Leave[i], &probe) {
			x.soon(&d.Leave[i], &probe)
			return
		}
	}
	if again := x.s.entered(d.Key).Last + d.Enter.Again.Microseconds(); again > x.now {
		x.out.Wake = min(x.out.Wake, again)
	}
}
