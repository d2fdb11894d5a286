package rule

import (
	"slices"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/medicine"
	"peiban/internal/timeline"
)

// What a person takes is folded from everything said of each medicine, by the fold the health file uses: two stops, a first entry
// that changes a dose, and days that ran out read here as they do there.

// list is what was said of the medicines a rule asks about, in room that is used again.
type list struct {
	all     []said
	courses medicine.Courses // of the medicine at hand
	any     bool             // something was said of some medicine
	at      int64            // the moment it was read at
	doses   []measure.Course
	clipped []measure.Course
	taken   []taken
}

// said is one statement about a medicine. Its Ref is its place in the timeline.
type said struct {
	key   event.Symbol // of the medicine; when nobody knows which, its class
	named bool         // it is the medicine's
	class event.Symbol // it was said to be of
	medicine.Statement
}

// medicinesMeant are the medicines a rule names.
type medicinesMeant struct {
	keys    map[event.Symbol]bool // of every medicine of the catalogue: whether it is one of them
	classes map[event.Symbol]bool // of what the catalogue does not know
}

func meaning(names []string) *medicinesMeant {
	m := &medicinesMeant{keys: map[event.Symbol]bool{}, classes: map[event.Symbol]bool{}}
	for _, x := range medicine.All() {
		m.keys[event.Intern(x.Key)] = medicine.In(names, x.Key, x.Class)
	}
	for _, n := range names {
		m.classes[event.Intern(n)] = true
	}
	return m
}

// has tells whether a statement is about one of them; nil means all.
func (m *medicinesMeant) has(s *said) bool {
	if m == nil {
		return true
	}
	if s.named {
		if in, known := m.keys[s.key]; known {
			return in
		}
	}
	return m.classes[s.class]
}

// actSymbols are the actions that begin or end something.
var actSymbols = map[event.Symbol]medicine.Act{
	event.Intern("start"): medicine.Start, event.Intern("change"): medicine.Change, event.Intern("stop"): medicine.Stop,
}

// statementAt reads the event at a place of the timeline.
func statementAt(tl *timeline.Timeline, i int) said {
	s := said{class: tl.A[i]}
	s.Statement = medicine.Statement{At: tl.At[i], Dose: tl.Num[i], Ref: i}
	if tl.Type[i] == event.Glucocorticoid {
		s.key, s.named, s.class = tl.A[i], true, glucocorticoid
		s.Act, s.PerDay, s.Days = medicine.Dosed, unknownNum, tl.XAt(i, 0)
		return s
	}
	s.key = tl.C[i]
	if s.named = s.key != 0; !s.named {
		s.key = s.class
	}
	s.Act, s.PerDay, s.Days = actSymbols[tl.B[i]], tl.XAt(i, 0), tl.XAt(i, 1)
	return s
}

var glucocorticoid = event.Intern(medicine.Glucocorticoid)

// read gathers what was said of the medicines meant: medicine by medicine, oldest first.
func (l *list) read(w *walk, m *medicinesMeant) {
	l.all, l.any, l.at = l.all[:0], false, w.c.Now
	for i := w.next(); i >= 0; i = w.next() {
		l.any = true
		if s := statementAt(w.tl, i); m.has(&s) {
			l.all = append(l.all, s)
		}
	}
	slices.Reverse(l.all) // the walk went backwards
	slices.SortStableFunc(l.all, func(a, b said) int {
		switch {
		case a.key != b.key:
			return int(a.key) - int(b.key)
		case a.named == b.named:
			return 0
		case a.named:
			return -1
		}
		return 1
	})
}

// fold makes the courses of the medicine whose statements begin at from, and says where those of the next begin.
func (l *list) fold(from int, now int64) (to int) {
	l.courses = l.courses[:0]
	for to = from; to < len(l.all) && l.all[to].key == l.all[from].key && l.all[to].named == l.all[from].named; to++ {
		l.courses, _ = l.courses.Say(l.all[to].Statement)
	}
	l.courses.Expire(now)
	return to
}

// ends is the first moment at which days that were said for a course are over: it may be early, where the course ended before.
func (l *list) ends() int64 {
	next := int64(Never)
	for i := range l.all {
		if s := &l.all[i].Statement; s.Days > 0 {
			if end := s.At + int64(s.Days*float64(microDay)); end > l.at {
				next = min(next, end)
			}
		}
	}
	return next
}

// newest is the place of what was said last; -1 for nothing.
func (l *list) newest() int {
	i := -1
	for k := range l.all {
		i = max(i, l.all[k].Ref)
	}
	return i
}

// takes tells whether one of the medicines meant is taken, or was at any time in the last during microseconds. It is unknown when
// nobody said anything of any medicine.
func takes(s *selection, m *medicinesMeant, during int64) boolFn {
	return func(c *Ctx) (Truth, int64) {
		w, l := c.walk(s), &c.list
		l.read(w, m)
		t, next := Unknown, w.outside()
		if l.any {
			t = False
		}
		for from := 0; from < len(l.all); {
			from = l.fold(from, c.Now)
			for i := range l.courses {
				x := &l.courses[i]
				if x.To != 0 && x.To <= c.Now-during {
					continue
				}
				t = True
				c.note(x.First)
				end := x.To
				if end == 0 {
					end = x.Until()
				}
				if end != 0 {
					next = min(next, end+during)
				}
			}
		}
		if i := l.newest(); t == False && i >= 0 {
			c.note(i)
		}
		return t, next
	}
}

// open is more days than any course has.
const open = 1 << 20

// prednisoloneWithin is the largest amount within any days days in a row of the last window days, in mg of prednisolone. A course
// counts from its first day to the day before it ended, today included while it runs; one whose dose or medicine nobody said counts
// for nothing, and makes the amount unknown when there is no other.
func prednisoloneWithin(s *selection, m *medicinesMeant, days, window int) numFn {
	most := func(c *Ctx, day int64) (float64, bool) {
		l := &c.list
		l.clipped = l.clipped[:0]
		for _, x := range l.doses {
			if late := day - int64(window) + 1 - x.From; late > 0 {
				x.From, x.Days = x.From+late, x.Days-late
			}
			if x.Days > 0 && x.From <= day {
				l.clipped = append(l.clipped, x)
			}
		}
		return measure.MostWithin(l.clipped, int64(days), day), true
	}
	return func(c *Ctx, b bound) (float64, int64) {
		w, l := c.walk(s), &c.list
		l.read(w, m)
		l.doses = l.doses[:0]
		unclear := !l.any
		for from := 0; from < len(l.all); {
			of := l.all[from]
			from = l.fold(from, c.Now)
			for i := range l.courses {
				x, ok := c.dosed(&l.courses[i], &of)
				if unclear = unclear || !ok; ok {
					l.doses = append(l.doses, x)
					c.note(l.courses[i].Ref)
				}
			}
		}
		switch {
		case len(l.doses) > 0:
			return c.ahead(most, b, w.outside())
		case unclear:
			return unknownNum, w.outside()
		}
		return 0, w.outside()
	}
}

// dosed is a course in days and mg of prednisolone; not ok when that is not known.
func (c *Ctx) dosed(x *medicine.Course, of *said) (measure.Course, bool) {
	times := x.PerDay
	if times != times {
		times = 1
	}
	mg, ok := measure.Prednisolone(of.key.String(), x.Dose*times)
	if !of.named || !ok || mg != mg || x.From == 0 {
		return measure.Course{}, false
	}
	y := measure.Course{From: c.localDay(x.From), Days: open, Daily: mg}
	if x.Days == x.Days {
		y.Days = int64(x.Days)
	}
	if x.To != 0 && x.End != medicine.DaysOver {
		y.Days = min(y.Days, c.localDay(x.To)-y.From)
	}
	return y, true
}

// medicines compiles what begins and ends courses of medicines.
func (k *compiler) medicines() *selection {
	s := &selection{hide: event.Hidden, monotone: true, set: make([]bool, len(event.Catalogue())+1)}
	for _, t := range []event.Type{event.Medication, event.Glucocorticoid} {
		s.set[t] = true
		k.deps.onType(t)
		k.reads.add(t)
	}
	s.kind = k.env.kind(s)
	k.needs |= timeline.CodeA | timeline.CodeB | timeline.CodeC | timeline.Number | timeline.Extras
	k.deps.Time = true
	s = k.grow(nil, s)
	return k.grow(s, s.chain(op{kind: opWhere, alone: true, test: asked(func(c *Ctx, i int) Truth {
		return Of(c.TL.Type[i] == event.Glucocorticoid || actSymbols[c.TL.B[i]] != 0)
	})}))
}

// taking compiles taking("su"), taking(["su", "glinide"]), took("1095d", ...) and prednisolone_within("90d", "730d").
func (k *compiler) taking(name string, args []ast.Expr) *value {
	s := k.medicines()
	if name == "prednisolone_within" {
		days, ok1 := k.days(args[0])
		window, ok2 := k.days(args[1])
		if !ok1 || !ok2 {
			return fixedNum(0)
		}
		return &value{shape: isNum, num: prednisoloneWithin(s, meaning([]string{medicine.Glucocorticoid}), days, window)}
	}
	during := int64(0)
	if name == "took" {
		d, ok := k.period(args[0], 1)
		if !ok {
			return fixedBool(False)
		}
		during, args = d, args[1:]
	}
	names := k.literals(args[0])
	known := medicine.Classes()
	for _, x := range medicine.All() {
		known = append(known, x.Key)
	}
	for _, n := range names {
		if !slices.Contains(known, n.text) {
			k.refuse(n.at, unknownName("medicine or class", n.text, known))
		}
	}
	return &value{shape: isBool, truth: takes(s, meaning(texts(names)), during)}
}

// literal is a text written out in a rule.
type literal struct {
	text string
	at   ast.Expr
}

// literals are the texts of an argument that is one or a list of them.
func (k *compiler) literals(arg ast.Expr) []literal {
	es := []ast.Expr{arg}
	if arg.Kind() == ast.ListKind {
		es = arg.AsList().Elements()
	}
	var out []literal
	for _, e := range es {
		if text, ok := literalText(e); ok {
			out = append(out, literal{text, e})
		} else {
			k.refuse(e, onlyLiteral)
		}
	}
	return out
}

func texts(ls []literal) []string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = l.text
	}
	return out
}
