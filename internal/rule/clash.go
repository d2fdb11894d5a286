package rule

import (
	"slices"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/medicine"
	"peiban/internal/timeline"
)

// What does not fit together in the medicine list, as its notices in the health file say.

// taken is a medicine that is being taken.
type taken struct {
	key     string // of the catalogue; "": known by its class only
	classes []string
	first   int // place of what began it
}

// now gathers the medicines that are being taken.
func (l *list) now(at int64) []taken {
	l.taken = l.taken[:0]
	for from := 0; from < len(l.all); {
		of := &l.all[from]
		to := l.fold(from, at)
		run, class := l.courses.Running(), l.all[to-1].class.String()
		if from = to; run == nil {
			continue
		}
		x := taken{first: run.First}
		if of.named {
			x.key = of.key.String()
		}
		x.classes = medicine.ClassesOf(x.key, class)
		l.taken = append(l.taken, x)
	}
	return l.taken
}

// twice tells whether two medicines of one class are taken that are not usually taken together.
func twice(s *selection) boolFn {
	return func(c *Ctx) (Truth, int64) {
		w, l := c.walk(s), &c.list
		l.read(w, nil)
		t := Unknown
		if l.any {
			t = False
		}
		all := l.now(c.Now)
		for i := range all {
			for k := range all {
				shared := func(class string) bool { return medicine.Once(class) && slices.Contains(all[k].classes, class) }
				if k != i && slices.ContainsFunc(all[i].classes, shared) {
					t = True
					c.note(all[i].first)
				}
			}
		}
		return t, min(w.outside(), l.ends())
	}
}

// allergic tells whether a medicine is taken that an allergy names, by itself or in a fixed combination; unknown when no list or no allergy to a medicine is known.
func allergic(s, allergies *selection) boolFn {
	return func(c *Ctx) (Truth, int64) {
		w, l := c.walk(s), &c.list
		l.read(w, nil)
		v, d := c.walk(allergies), &c.conditions
		d.all = d.all[:0]
		for i := v.next(); i >= 0; i = v.next() {
			d.all = append(d.all, stated{of: v.tl.B[i], weight: event.Standing(v.tl.XAt(i, 0) == 1, false), at: v.tl.At[i], place: i})
		}
		d.hold()
		t := Unknown
		if l.any && len(d.holding) > 0 {
			t = False
		}
		for _, x := range l.now(c.Now) {
			for _, h := range d.holding {
				if medicine.Share(x.key, h.of.String()) && c.TL.Num[h.place] == 1 {
					t = True
					c.note(x.first)
					c.note(h.place)
				}
			}
		}
		return t, min(w.outside(), v.outside(), l.ends())
	}
}

// clash compiles medicine_problem("same_class") and medicine_problem("allergy").
func (k *compiler) clash(arg ast.Expr) *value {
	kind, ok := literalText(arg)
	kinds := []string{"same_class", "allergy"}
	if !ok || !slices.Contains(kinds, kind) {
		k.refuse(arg, unknownName("problem of the medicine list", kind, kinds))
		return fixedBool(False)
	}
	s := k.medicines()
	if kind == "same_class" {
		return &value{shape: isBool, truth: twice(s)}
	}
	all := k.events(event.Allergy.String()).sel
	n := *all
	n.hide = event.Hidden
	a := k.grow(all, &n)
	a = k.grow(a, a.chain(op{kind: opWhere, alone: true, test: asked(func(c *Ctx, i int) Truth { return Of(c.TL.B[i] != 0) })}))
	k.needs |= timeline.CodeB | timeline.Number | timeline.Extras
	return &value{shape: isBool, truth: allergic(s, a)}
}
