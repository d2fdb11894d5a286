package timeline

import (
	"cmp"
	"math"
	"slices"

	"peiban/internal/event"
)

// One measurement may be told by several sources: the meter's own app, a file the hospital exported, the person. It
// counts once. Who stands for it is the event that was committed first; the others are echoes, hidden from every fold
// as long as it stands. What is an echo follows from the events that stand and from nothing else, so neither the order
// in which sources send nor a rebuild changes what is counted. See docs/decisions/one-reading.md.

const (
	minute = int64(60e6)
	// numbered is how far apart, microseconds, the clocks of two sources may put one reading that its device numbered: a
	// device set to any zone of the earth.
	numbered = int64(26 * 3600e6)

	sequencePlace  = 2 // the device's own number among the extra numbers of a glucose reading
	diastolicPlace = 0 // the lower value among those of a blood pressure
)

// kindOf is what may be one with each other: a sensor's reading never is a finger's, nor one laboratory test another.
type kindOf struct {
	of     event.Type
	sensor bool
	test   event.Symbol
}

// said is a value as it is compared: rounded so that one measurement in two units is the same.
type said [2]int64

func measured(t event.Type) bool {
	switch t {
	case event.Glucose, event.BloodPressure, event.Weight, event.HbA1c, event.Lab:
		return true
	}
	return false
}

func (t *Timeline) kindOf(i int) kindOf {
	k := kindOf{of: t.Type[i], sensor: t.Flags[i]&event.Sensor != 0}
	if k.of == event.Lab {
		k.test = t.A[i]
	}
	return k
}

// said is the value of event i, which is measured. Without a number nothing is the same as it.
func (t *Timeline) said(i int) (v said, ok bool) {
	switch f := t.Flags[i]; {
	case f&event.HI != 0:
		return said{math.MaxInt64}, true
	case f&event.LO != 0:
		return said{math.MinInt64}, true
	}
	num := t.Num[i]
	if math.IsNaN(num) {
		return v, false
	}
	switch t.Type[i] {
	case event.BloodPressure:
		low := t.XAt(i, diastolicPlace)
		return said{int64(math.Round(num)), int64(math.Round(low))}, !math.IsNaN(low)
	case event.Lab: // three figures, whatever the unit
		if num == 0 {
			return v, true
		}
		e := math.Floor(math.Log10(math.Abs(num)))
		m := math.Round(num / math.Pow(10, e-2))
		if math.Abs(m) >= 1000 {
			m, e = m/10, e+1
		}
		return said{int64(m), int64(e)}, true
	}
	// mmol/L, %, kg: one decimal is what every instrument and every conversion keeps.
	return said{int64(math.Round(num*10 + 1e-9))}, true
}

// identity is the device and its own number of the reading.
func (t *Timeline) identity(i int) (device event.Symbol, number float64, ok bool) {
	if t.Type[i] != event.Glucose || t.C[i] == 0 {
		return 0, 0, false
	}
	number = t.XAt(i, sequencePlace)
	return t.C[i], number, !math.IsNaN(number)
}

// stands reports whether nothing took event i back; an echo stands, too.
func (t *Timeline) stands(i int) bool {
	return t.Flags[i]&event.Hidden == 0 || t.Flags[i]&event.Echo != 0
}

func minuteOf(at int64) int64 {
	if at < 0 {
		return (at - minute + 1) / minute
	}
	return at / minute
}

// within calls each with the places of a measurement's type in its own minute and, when its device numbered it, with
// those of the same device and number farther away; never with i. It looks no farther than that.
func (t *Timeline) within(i int, each func(j int)) {
	at, of := t.At[i], t.Type[i]
	m := minuteOf(at)
	device, number, ok := t.identity(i)
	span := int64(0)
	if ok {
		span = numbered
	}
	visit := func(j int) bool {
		near := minuteOf(t.At[j]) == m
		if !near && max(t.At[j]-at, at-t.At[j]) > span {
			return false
		}
		if t.Type[j] == of && (near || t.C[j] == device && t.XAt(j, sequencePlace) == number) {
			each(j)
		}
		return true
	}
	for j := i - 1; j >= 0 && visit(j); j-- {
	}
	for j := i + 1; j < len(t.At) && visit(j); j++ {
	}
}

// alone reports whether e, which is newer than everything, has nothing to do with any measurement here.
func (t *Timeline) alone(e *event.Event) bool {
	if !measured(e.Type) {
		return true
	}
	span := int64(0)
	number := math.NaN()
	if e.Type == event.Glucose && e.C != 0 && len(e.X) > sequencePlace && !math.IsNaN(e.X[sequencePlace]) {
		span, number = numbered, e.X[sequencePlace]
	}
	m := minuteOf(e.Occurred)
	hits := 0
	for j := len(t.At) - 1; j >= 0; j-- {
		near := minuteOf(t.At[j]) == m
		if !near && e.Occurred-t.At[j] > span {
			break
		}
		if t.Type[j] == e.Type && (near || t.C[j] == e.C && t.XAt(j, sequencePlace) == number) {
			if hits++; !near || hits > crowd {
				break
			}
		}
	}
	return hits == 0 || hits > crowd
}

// crowd is how many measurements of a type a minute may hold for echoes to be looked for in it. Nobody measures so often: beyond it
// something sends wrongly, each stands for itself, and what comes costs no more than before.
const crowd = 32

// crowded counts the measurements of i's type in its minute, taken back or not, up to two more than crowd.
func (t *Timeline) crowded(i int) (n int) {
	m := minuteOf(t.At[i])
	for j := i; j >= 0 && n < crowd+2 && minuteOf(t.At[j]) == m; j-- {
		if t.Type[j] == t.Type[i] {
			n++
		}
	}
	for j := i + 1; j < len(t.At) && n < crowd+2 && minuteOf(t.At[j]) == m; j++ {
		if t.Type[j] == t.Type[i] {
			n++
		}
	}
	return n
}

// disperse lets every measurement of i's type in its minute stand for itself, because there are too many now.
func (t *Timeline) disperse(i int) (others bool) {
	m := minuteOf(t.At[i])
	from := i
	for from > 0 && minuteOf(t.At[from-1]) == m {
		from--
	}
	for j := from; j < len(t.At) && minuteOf(t.At[j]) == m; j++ {
		if t.Type[j] != t.Type[i] {
			continue
		}
		f := t.Flags[j] &^ event.Disputed
		if f&event.Echo != 0 {
			f &^= event.Echo | event.Hidden
		}
		others = others || f != t.Flags[j] && j != i
		t.Flags[j] = f
	}
	return others
}

// same are the places that stand and may tell what i tells: of its kind and value, in its minute or under its device's
// number, and what belongs to those in the same way. i is among them when it stands.
func (t *Timeline) same(i int) []int {
	kind := t.kindOf(i)
	value, ok := t.said(i)
	if !ok {
		return nil
	}
	if t.crowded(i) > crowd {
		return []int{i}
	}
	out, seen := []int{}, []int{i}
	for k := 0; k < len(seen); k++ {
		j := seen[k]
		if t.stands(j) {
			out = append(out, j)
		}
		t.within(j, func(o int) {
			if v, ok := t.said(o); ok && v == value && t.stands(o) && t.kindOf(o) == kind && !slices.Contains(seen, o) && t.crowded(o) <= crowd {
				seen = append(seen, o)
			}
		})
	}
	return out
}

// unit is one or more events that are one measurement beyond doubt: of one device and number, or a single event.
type unit struct {
	places  []int
	sources []uint16
	minute  int64
	device  event.Symbol // 0: not numbered by a device
	number  float64
}

// facts are the measurements that places, as same gives them, tell: each a list of places, who was committed first at its
// head. A source that tells the same minute and value twice means two measurements, unless its device numbered both the
// same; the first of one source is the first of another. The order of the work below comes from what the events say.
func (t *Timeline) facts(places []int) [][]int {
	slices.SortFunc(places, func(a, b int) int { return cmp.Or(cmp.Compare(t.At[a], t.At[b]), cmp.Compare(t.Seq[a], t.Seq[b])) })
	var units []unit
next:
	for _, i := range places {
		device, number, ok := t.identity(i)
		if ok {
			for k := range units {
				u := &units[k]
				if u.device == device && u.number == number && t.At[i]-t.At[u.places[len(u.places)-1]] <= numbered {
					u.places = append(u.places, i)
					if !slices.Contains(u.sources, t.Source[i]) {
						u.sources = append(u.sources, t.Source[i])
					}
					continue next
				}
			}
		} else {
			device, number = 0, 0
		}
		units = append(units, unit{[]int{i}, []uint16{t.Source[i]}, minuteOf(t.At[i]), device, number})
	}
	slices.SortFunc(units, func(a, b unit) int {
		if (a.device == 0) != (b.device == 0) {
			if a.device == 0 {
				return 1
			}
			return -1
		}
		if a.device != 0 {
			return cmp.Or(cmp.Compare(a.device.String(), b.device.String()), cmp.Compare(a.number, b.number), cmp.Compare(a.minute, b.minute))
		}
		return cmp.Or(cmp.Compare(a.sources[0], b.sources[0]), cmp.Compare(t.Seq[a.places[0]], t.Seq[b.places[0]]))
	})
	var facts [][]unit
	for _, u := range units {
		k := slices.IndexFunc(facts, func(of []unit) bool { return !slices.ContainsFunc(of, u.apart) })
		if k < 0 {
			facts = append(facts, []unit{u})
			continue
		}
		facts[k] = append(facts[k], u)
	}
	out := make([][]int, len(facts))
	for k, of := range facts {
		for _, u := range of {
			out[k] = append(out[k], u.places...)
		}
		slices.SortFunc(out[k], func(a, b int) int { return cmp.Compare(t.Seq[a], t.Seq[b]) })
	}
	return out
}

// apart reports whether two units cannot be one measurement.
func (u unit) apart(o unit) bool {
	return u.minute != o.minute || u.device != 0 && u.device == o.device ||
		slices.ContainsFunc(u.sources, func(s uint16) bool { return slices.Contains(o.sources, s) })
}

// Told gives the places of the events that tell the same measurement as i, who stands for it first; i alone when nobody
// else does, or when it was taken back.
func (t *Timeline) Told(i int) []int {
	if measured(t.Type[i]) && t.stands(i) {
		for _, of := range t.facts(t.same(i)) {
			if slices.Contains(of, i) {
				return of
			}
		}
	}
	return []int{i}
}

// Heir is the place of who stands now for the measurement that i told before it was taken back or corrected; -1 for nobody.
func (t *Timeline) Heir(i int) int {
	if i < 0 || !measured(t.Type[i]) || t.stands(i) {
		return -1
	}
	heir := -1
	for _, of := range t.facts(t.same(i)) {
		if heir < 0 || t.Seq[of[0]] < t.Seq[heir] {
			heir = of[0]
		}
	}
	return heir
}

// Mark gives e, which is here, the flags the timeline found: whether it is an echo.
func (t *Timeline) Mark(e *event.Event) {
	if i := t.Find(e.Seq); i >= 0 {
		e.Flags = t.Flags[i]
	}
}

// settle works out which measurements are echoes, and which differ within a minute, after event i came or was taken
// back. It reports whether another event was hidden by it or came to light.
func (t *Timeline) settle(i int) (others bool) {
	if !measured(t.Type[i]) {
		return false
	}
	switch n := t.crowded(i); {
	case n > crowd+1:
		return false
	case n == crowd+1:
		return t.disperse(i)
	}
	near := false
	t.within(i, func(int) { near = true })
	if !near {
		return false
	}
	minutes := []int{i}
	for _, of := range t.facts(t.same(i)) {
		for k, j := range of {
			f := t.Flags[j] &^ (event.Echo | event.Hidden)
			if k > 0 {
				f |= event.Echo | event.Hidden
			}
			if f != t.Flags[j] {
				t.Flags[j] = f
				others = others || j != i
			}
			if !slices.ContainsFunc(minutes, func(o int) bool { return minuteOf(t.At[o]) == minuteOf(t.At[j]) }) {
				minutes = append(minutes, j)
			}
		}
	}
	for _, j := range minutes {
		t.dispute(j)
	}
	return others
}

// dispute flags the measurements of i's kind and minute that count when there are two values among them.
func (t *Timeline) dispute(i int) {
	kind, m := t.kindOf(i), minuteOf(t.At[i])
	from, to := i, i+1
	for from > 0 && minuteOf(t.At[from-1]) == m {
		from--
	}
	for to < len(t.At) && minuteOf(t.At[to]) == m {
		to++
	}
	var first said
	any, differ := false, false
	of := func(j int) bool { return t.Type[j] == kind.of && t.kindOf(j) == kind }
	for j := from; j < to; j++ {
		if v, ok := t.said(j); of(j) && ok && t.Flags[j]&event.Hidden == 0 {
			differ = differ || any && v != first
			first, any = v, true
		}
	}
	for j := from; j < to; j++ {
		if !of(j) {
			continue
		}
		t.Flags[j] &^= event.Disputed
		if _, ok := t.said(j); ok && differ && t.Flags[j]&event.Hidden == 0 {
			t.Flags[j] |= event.Disputed
		}
	}
}
