package rule

import (
	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
	"peiban/internal/plan"
	"peiban/internal/timeline"
)

// plansFor are the plans for events of a type.
func (k *compiler) plansFor(t event.Type) *selection {
	kind, glucose := event.Intern(t.String()), t == event.Glucose
	k.needs |= timeline.CodeB | timeline.Number
	plans := k.events(event.PlanSet.String()).sel
	return k.grow(plans, plans.chain(op{kind: opWhere, alone: true, test: asked(func(c *Ctx, i int) Truth {
		return Of(c.TL.B[i] == kind || glucose && c.TL.B[i] == 0)
	})}))
}

// planned compiles planned("glucose", 4): how often a week the plan that holds asks for, the second where there is none.
func (k *compiler) planned(args []ast.Expr) *value {
	otherwise := k.value(args[1])
	kind, _ := literalText(args[0])
	if !contains(event.PlanKinds, kind) {
		k.refuse(args[0], notOneOf(kind, event.PlanKinds))
		return fixedNum(0)
	}
	k.deps.Time = true
	k.needs |= timeline.Extras
	return &value{shape: isNum, num: planned(k.plansFor(event.Lookup(kind).Type), otherwise.num)}
}

// planned is plan.Of over what a rule may see.
func planned(plans *selection, otherwise numFn) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		var w walk
		w.start(c, plans)
		best, next := -1, int64(Never)
		for i := w.next(); i >= 0; i = w.next() {
			if end := plan.Ends(w.tl.At[i], w.tl.XAt(i, plan.Weeks)); end != 0 {
				if end <= c.Now {
					continue
				}
				next = min(next, end)
			}
			if best < 0 || w.tl.XAt(i, plan.Signed) == 1 {
				best = i
			}
			if w.tl.XAt(i, plan.Signed) == 1 {
				break
			}
		}
		next = min(next, w.outside())
		if best < 0 {
			v, n := otherwise(c, bound{})
			return v, min(n, next)
		}
		c.note(best)
		return w.tl.Num[best], next
	}
}
