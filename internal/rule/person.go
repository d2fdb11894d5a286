package rule

import "peiban/internal/event"

// trait walks the profile events from the newest for the first that says something about a field: such an event
// carries only what changed. known asks one event. It returns -1 when nobody has said.
func trait(c *Ctx, known func(c *Ctx, i int) bool) (int, int64) {
	next := int64(Never)
	if c.TL.Timeline == nil {
		return -1, next
	}
	for i := c.newestOf(event.Profile); i >= 0; i = c.olderOf(event.Profile, i) {
		if c.TL.Flags[i]&event.Hidden != 0 || !known(c, i) {
			continue
		}
		if c.TL.At[i] > c.Now {
			next = c.TL.At[i]
			continue
		}
		c.note(i)
		return i, next
	}
	return -1, next
}

// traitSym is the newest code a profile gave for the field read by r.
func traitSym(r reader) symFn {
	known := func(c *Ctx, i int) bool { return r.sym(c, i) != 0 }
	return func(c *Ctx) (event.Symbol, int64) {
		i, next := trait(c, known)
		if i < 0 {
			return noSymbol, next
		}
		return r.sym(c, i), next
	}
}

// traitNum is the newest number a profile gave for the field read by r.
func traitNum(r reader) numFn {
	known := func(c *Ctx, i int) bool { v := r.num(c, i); return v == v }
	return func(c *Ctx, _ bound) (float64, int64) {
		i, next := trait(c, known)
		if i < 0 {
			return unknownNum, next
		}
		return r.num(c, i), next
	}
}

// traitBool is the newest yes or no a profile gave for the field read by r.
func traitBool(r reader) boolFn {
	known := func(c *Ctx, i int) bool { return r.truth(c, i) != Unknown }
	return func(c *Ctx) (Truth, int64) {
		i, next := trait(c, known)
		if i < 0 {
			return Unknown, next
		}
		return r.truth(c, i), next
	}
}

// age is the local year less the year of birth: who is 59 or 60 this year is 60. It changes at the New Year.
func age(birthYear numFn) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		born, next := birthYear(c, bound{})
		if born != born {
			return unknownNum, next
		}
		year := c.localYear(c.Now)
		v := int64(year) - int64(born)
		turn := int64(1)
		if step, ok := b.step(); ok && v >= 0 {
			turn = step - v
		}
		if turn > 0 && turn < 300 {
			next = min(next, c.yearStart(year+int(turn)))
		}
		return float64(v), next
	}
}

// localYear is the year on the person's clocks.
func localYear(c *Ctx, _ bound) (float64, int64) {
	year := c.localYear(c.Now)
	return float64(year), c.yearStart(year + 1)
}

// localHour is the hour on the person's clocks, 0 to 23.
func localHour(c *Ctx, b bound) (float64, int64) {
	hour := floorMod(c.local(c.Now), microDay) / microHour
	next := c.hourEnd(c.Now)
	if b.op == cmpNone {
		return float64(hour), next
	}
	// Pass over the hours that compare the same, unless the clocks jump in between.
	for n := hour + 1; n <= hour+24; n++ {
		if b.holds(float64(n%24)) != b.holds(float64(hour)) {
			return float64(hour), min(next+(n-hour-1)*microHour, c.zone.to)
		}
	}
	return float64(hour), c.zone.to
}
