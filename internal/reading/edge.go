package reading

import (
	"math"
	"strconv"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"peiban/internal/fault"
)

// Step says in words what the two rules of Edge differ by.
var Step = text("把规则里比较的数挪一步：次数和天数差 1，其他数值差 5%", "each number compared with moved by one step: counts and days by 1, other figures by 5%")

// whole are figures that move by one.
var whole = map[string]bool{
	"count": true, "size": true, "days": true, "streak": true, "most_per_day": true, "days_since": true, "hours_since": true, "age": true,
}

// share is the step of figures that are no counts.
const share = 0.05

// Edge gives a rule twice: with every number it compares a figure with one step lower, and one step higher. Who has
// another answer by one of them stands near the edge. What stands inside the condition of a where is left as it is, and so is a
// count of one, which holds for everybody when it is lower. A rule that does not move is empty; ok is false when neither does.
func Edge(src string) (lower, higher string, ok bool) {
	tree, ok := parse(src)
	if !ok {
		return "", "", false
	}
	e := &edges{info: tree.SourceInfo(), src: []rune(src)}
	e.walk(tree.Expr())
	lower, higher = e.moved(-1), e.moved(+1)
	return lower, higher, lower != "" || higher != ""
}

type literalAt struct {
	from, to int // in runes
	value    float64
	step     float64
	whole    bool // a count, or days
}

type edges struct {
	info  *ast.SourceInfo
	src   []rune
	found []literalAt
}

// walk goes through what joins conditions, in the order of the text.
func (e *edges) walk(x ast.Expr) {
	if x.Kind() != ast.CallKind {
		return
	}
	c := x.AsCall()
	switch c.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional:
		for _, a := range c.Args() {
			e.walk(a)
		}
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		a, b := c.Args()[0], c.Args()[1]
		e.limit(b, a)
		e.limit(a, b)
	}
}

// limit takes x in when it is a number that figure is compared with.
func (e *edges) limit(x, figure ast.Expr) {
	if x.Kind() == ast.CallKind {
		if c := x.AsCall(); (c.FunctionName() == "mmol" || c.FunctionName() == "mgdl") && len(c.Args()) == 1 {
			x = c.Args()[0]
		}
	}
	if x.Kind() != ast.LiteralKind {
		return
	}
	v, ok := 0.0, false
	switch l := x.AsLiteral().(type) {
	case types.Int:
		v, ok = float64(l), true
	case types.Double:
		v, ok = float64(l), true
	}
	at, known := e.info.GetOffsetRange(x.ID())
	if !ok || !known {
		return
	}
	l := literalAt{from: int(at.Start), value: v, step: math.Abs(v) * share}
	if figure.Kind() == ast.CallKind && whole[figure.AsCall().FunctionName()] {
		l.step, l.whole = 1, true
	}
	for l.to = l.from; l.to < len(e.src); l.to++ {
		if r := e.src[l.to]; (r < '0' || r > '9') && r != '.' && !(r == '-' && l.to == l.from) {
			break
		}
	}
	if _, err := strconv.ParseFloat(string(e.src[l.from:l.to]), 64); err == nil && l.step > 0 {
		e.found = append(e.found, l)
	}
}

// moved is the rule with every number moved that can be; empty when none is.
func (e *edges) moved(by float64) string {
	out, at := []rune(nil), 0
	for _, l := range e.found {
		if l.from < at || l.whole && l.value+by < 1 {
			continue
		}
		v := strconv.FormatFloat(math.Round((l.value+by*l.step)*1e6)/1e6, 'f', -1, 64)
		out = append(append(out, e.src[at:l.from]...), []rune(v)...)
		at = l.to
	}
	if at == 0 {
		return ""
	}
	return string(append(out, e.src[at:]...))
}

// Reads names the tags, settings, targets and types of events a rule says, in the order of the text, each once.
func Reads(src string) (out []Read) {
	tree, ok := parse(src)
	if !ok {
		return nil
	}
	seen := map[Read]bool{}
	put := func(kind, key string) {
		if r := (Read{kind, key}); key != "" && !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() != ast.CallKind {
			return
		}
		c := x.AsCall()
		kind := map[string]string{"events": "event", "tag": "tag", "tag_value": "tag", "tag_code": "tag", "target": "target", "setting": "setting"}[c.FunctionName()]
		if kind == "" {
			return
		}
		for _, a := range c.Args() {
			if key, ok := textOf(a); ok {
				put(kind, key)
			}
		}
	}))
	return out
}

// Read is one thing a rule reads.
type Read struct{ Kind, Key string }

// NameOf is what a type of events is called.
func NameOf(key string) fault.Text { return eventName(key) }
