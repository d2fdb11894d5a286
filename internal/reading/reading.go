// Package reading is about saying a rule in words, in Chinese and English, from the expression itself. So an editor can
// compare what was meant with what was written. What a rule means is rule's; this package asks nobody's timeline.
package reading

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/parser"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/task"
)

// Names are what things of the programme are called; one that is nil, or says nothing, leaves the key.
type Names struct {
	Tag, Stage, Setting func(key string) fault.Text
	Code                func(tag, code string) fault.Text // of a tag with codes
}

// Limits of what is read: what the rule language allows, words put in.
const (
	longest = 20_000
	deepest = 60
)

// parse reads an expression without the language's own rewriting, so that where(e, ...) is still there as written.
func parse(src string) (*ast.AST, bool) {
	p, err := parser.NewParser(parser.Macros(), parser.MaxRecursionDepth(deepest), parser.ExpressionSizeCodePointLimit(longest))
	if err != nil {
		return nil, false
	}
	tree, problems := p.Parse(common.NewTextSource(src))
	return tree, len(problems.GetErrors()) == 0
}

// Say puts a rule into words; ok is false when it cannot be parsed. What it does not know it leaves as written.
func Say(src string, n Names) (t fault.Text, ok bool) {
	tree, ok := parse(src)
	if !ok {
		return fault.Text{}, false
	}
	s := &speaker{names: n, src: src, info: tree.SourceInfo()}
	t = s.say(tree.Expr(), 0)
	t.Zh = spaced(t.Zh)
	return t, true
}

// spaced puts a space between Chinese characters and Latin letters or digits.
func spaced(s string) string {
	var b strings.Builder
	before := rune(0)
	for _, r := range s {
		if unicode.Is(unicode.Han, before) && narrow(r) || narrow(before) && unicode.Is(unicode.Han, r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

func narrow(r rune) bool { return r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

type speaker struct {
	names Names
	src   string
	info  *ast.SourceInfo
	kinds []string // types of events of the selection a condition is about, the innermost last
}

func text(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

func with(format fault.Text, args ...fault.Text) fault.Text {
	zh, en := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		zh[i], en[i] = a.Zh, a.En
	}
	return fault.Text{Zh: fmt.Sprintf(format.Zh, zh...), En: fmt.Sprintf(format.En, en...)}
}

func same(s string) fault.Text { return text(s, s) }

// say puts e into words. level says how tightly what stands around it binds, as in loose.
func (s *speaker) say(e ast.Expr, level int) fault.Text {
	switch e.Kind() {
	case ast.LiteralKind:
		return literal(e)
	case ast.IdentKind:
		return s.ident(e.AsIdent())
	case ast.SelectKind:
		return s.field(e)
	case ast.ListKind:
		var zh, en []string
		for _, x := range e.AsList().Elements() {
			t := s.say(x, 0)
			zh, en = append(zh, t.Zh), append(en, t.En)
		}
		return text(strings.Join(zh, "、"), strings.Join(en, ", "))
	case ast.CallKind:
		return s.call(e, level)
	}
	return same("?")
}

func literal(e ast.Expr) fault.Text {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		if bool(v) {
			return text("总是", "always")
		}
		return text("从不", "never")
	case types.Double:
		return same(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case types.Int:
		return same(strconv.FormatInt(int64(v), 10))
	case types.String:
		if v == "" {
			return text("空", "empty")
		}
		return text("“"+string(v)+"”", `"`+string(v)+`"`)
	}
	return same("?")
}

func (s *speaker) ident(name string) fault.Text {
	switch name {
	case "timed_out":
		return text("等待到时仍没等到", "the wait timed out")
	case "event":
		return text("这个事件", "the event")
	}
	return same(name)
}

// field says a property of an event, or a side of a target.
func (s *speaker) field(e ast.Expr) fault.Text {
	sel := e.AsSelect()
	of, name := sel.Operand(), sel.FieldName()
	if of.Kind() == ast.CallKind && of.AsCall().FunctionName() == "target" {
		key, _ := textOf(of.AsCall().Args()[0])
		if name == "own" {
			return with(text("医生给本人签过%s目标", "a doctor signed the person's own %s target"), targetName(key))
		}
		side := text("下限", "lower limit")
		if name == "high" {
			side = text("上限", "upper limit")
		}
		return with(text("本人%s目标的%s", "the person's own %s target's %s"), targetName(key), side)
	}
	f := fieldName(name)
	if of.Kind() == ast.IdentKind {
		if of.AsIdent() == "event" {
			return with(text("这个事件的%s", "the event's %s"), f)
		}
		return f
	}
	return with(text("%s的%s", "%s, its %s"), s.say(of, 0), f)
}

// loose says how tightly an operator binds; what binds less than what stands around it gets parentheses.
var loose = map[string]int{operators.Conditional: 1, operators.LogicalOr: 2, operators.LogicalAnd: 3, operators.LogicalNot: 5}

var between = map[string]fault.Text{
	operators.LogicalAnd: text("%s，并且%s", "%s, and %s"), operators.LogicalOr: text("%s，或者%s", "%s, or %s"),
	operators.Less: text("%s低于%s", "%s is below %s"), operators.LessEquals: text("%s不超过%s", "%s is at most %s"),
	operators.Greater: text("%s高于%s", "%s is above %s"), operators.GreaterEquals: text("%s至少是%s", "%s is at least %s"),
	operators.Equals: text("%s是%s", "%s is %s"), operators.NotEquals: text("%s不是%s", "%s is not %s"),
	operators.In:  text("%s是其中之一：%s", "%s is one of %s"),
	operators.Add: text("%s 加 %s", "%s plus %s"), operators.Subtract: text("%s 减 %s", "%s minus %s"),
	operators.Multiply: text("%s 乘 %s", "%s times %s"), operators.Divide: text("%s 除以 %s", "%s divided by %s"),
}

func (s *speaker) call(e ast.Expr, level int) fault.Text {
	c := e.AsCall()
	name, args := c.FunctionName(), c.Args()
	own := loose[name]
	var t fault.Text
	switch f, infix := between[name]; {
	case infix:
		inside := own
		if own == 0 {
			inside = 4
		}
		left, right := s.say(args[0], inside), s.say(args[1], inside)
		if name != operators.LogicalAnd && name != operators.LogicalOr {
			left, right = s.coded(args[0], args[1], left, right)
		}
		t = with(f, left, right)
	case name == operators.LogicalNot:
		t = with(text("没有满足“%s”", "not “%s”"), s.say(args[0], 0))
	case name == operators.Negate:
		return with(same("-%s"), s.say(args[0], 5))
	case name == operators.Conditional:
		t = with(text("如果%s，看“%s”，否则看“%s”", "if %s, then “%s”, else “%s”"), s.say(args[0], 0), s.say(args[1], 0), s.say(args[2], 0))
	case c.IsMemberFunction():
		return s.method(c)
	default:
		return s.function(name, args)
	}
	if own > 0 && own < level {
		return with(text("（%s）", "(%s)"), t)
	}
	return t
}

// coded names the codes a field is compared with as people read them.
func (s *speaker) coded(a, b ast.Expr, left, right fault.Text) (fault.Text, fault.Text) {
	name := ""
	switch {
	case a.Kind() == ast.SelectKind:
		name = a.AsSelect().FieldName()
	case a.Kind() == ast.CallKind && a.AsCall().FunctionName() == "stage":
		if key, ok := textOf(b); ok {
			return left, named(s.names.Stage, key)
		}
		return left, right
	case a.Kind() == ast.CallKind && a.AsCall().FunctionName() == "outcome":
		return left, s.each(b, right, outcome)
	case a.Kind() == ast.CallKind && a.AsCall().FunctionName() == "tag_code" && len(a.AsCall().Args()) == 1:
		tag, _ := textOf(a.AsCall().Args()[0])
		return named(s.names.Tag, tag), s.codesOf(b, tag, right)
	case a.Kind() == ast.CallKind && a.AsCall().FunctionName() == "trait":
		name, _ = textOf(a.AsCall().Args()[0])
		return left, s.codes(b, []string{"profile"}, name, right)
	}
	if name == "" {
		return left, right
	}
	return left, s.codes(b, s.kinds, name, right)
}

func (s *speaker) codes(b ast.Expr, kinds []string, field string, otherwise fault.Text) fault.Text {
	return s.each(b, otherwise, func(key string) (fault.Text, bool) {
		if key == "" {
			return fault.Text{}, false
		}
		if field == "type" {
			return eventName(key), true
		}
		for i := len(kinds) - 1; i >= 0; i-- {
			if w, ok := event.Words(kinds[i], field)[key]; ok {
				return w, true
			}
		}
		return fault.Text{}, false
	})
}

// codesOf names the codes of a tag, one or a list.
func (s *speaker) codesOf(b ast.Expr, tag string, otherwise fault.Text) fault.Text {
	return s.each(b, otherwise, func(key string) (fault.Text, bool) {
		if key == "" {
			return fault.Text{}, false
		}
		return named(func(key string) (t fault.Text) {
			if s.names.Code != nil {
				t = s.names.Code(tag, key)
			}
			return t
		}, key), true
	})
}

// each says a code, or every code of a list, by its name; what has none as it is written, and otherwise what is no code.
func (s *speaker) each(b ast.Expr, otherwise fault.Text, name func(key string) (fault.Text, bool)) fault.Text {
	one := func(x ast.Expr) (fault.Text, bool) {
		if key, ok := textOf(x); ok {
			return name(key)
		}
		return fault.Text{}, false
	}
	if b.Kind() != ast.ListKind {
		if t, ok := one(b); ok {
			return t
		}
		return otherwise
	}
	var zh, en []string
	for _, x := range b.AsList().Elements() {
		t, ok := one(x)
		if !ok {
			t = s.say(x, 0)
		}
		zh, en = append(zh, t.Zh), append(en, t.En)
	}
	return text(strings.Join(zh, "、"), strings.Join(en, ", "))
}

// outcome names an outcome of a task as staff choose it.
func outcome(key string) (fault.Text, bool) {
	t, ok := task.OutcomeNames[key]
	return text("“"+t.Zh+"”", "“"+t.En+"”"), ok
}

func textOf(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	v, ok := e.AsLiteral().(types.String)
	return string(v), ok
}

func named(f func(string) fault.Text, key string) fault.Text {
	if f != nil {
		if t := f(key); t != (fault.Text{}) {
			return t
		}
	}
	return same(key)
}
