package rule

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/containers"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/parser"

	"peiban/internal/event"
)

// Names of what macros leave behind. None of them can be written in a rule.
const (
	fnEvents = "@events:" // followed by the key of a type; alone: events of all types
	fnSome   = "@some"    // events of several types, given as a list of keys
	fnKeep   = "@keep"
	fnShare  = "@share"
	typeOf   = "@event:" // followed by the key of a type; alone: an event of any type
)

// codes of mistakes found by macros; parseProblem turns them into sentences.
const (
	badType     = "!type:"
	badTypeName = "!typename"
	badVariable = "!variable"
)

// macros rewrite events("glucose") to a function of its own, so that its events have a type of their own, and
// where, filter and share to comprehensions, so that the name they give an event is known inside the condition.
var macros = []parser.Macro{
	parser.NewGlobalVarArgMacro("events", expandEvents),
	parser.NewReceiverMacro("where", 2, expandWhere),
	parser.NewReceiverMacro("filter", 2, expandWhere),
	parser.NewReceiverMacro("share", 2, expandShare),
}

func expandEvents(h parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	for _, a := range args {
		key, ok := literalText(a)
		if !ok {
			return nil, h.NewError(a.ID(), badTypeName)
		}
		if event.Lookup(key) == nil {
			return nil, h.NewError(a.ID(), badType+key)
		}
	}
	switch len(args) {
	case 0:
		return h.NewCall(fnEvents), nil
	case 1:
		key, _ := literalText(args[0])
		return h.NewCall(fnEvents + key), nil
	}
	return h.NewCall(fnSome, h.NewList(args...)), nil
}

func expandWhere(h parser.ExprHelper, target ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return comprehension(h, target, args, h.NewAccuIdent())
}

func expandShare(h parser.ExprHelper, target ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return comprehension(h, target, args, h.NewCall(fnShare, h.NewAccuIdent()))
}

func comprehension(h parser.ExprHelper, target ast.Expr, args []ast.Expr, result ast.Expr) (ast.Expr, *common.Error) {
	v := args[0].AsIdent()
	if args[0].Kind() != ast.IdentKind || v == "" || v[0] == '.' {
		return nil, h.NewError(args[0].ID(), badVariable)
	}
	accu := h.AccuIdentName()
	step := h.NewCall(fnKeep, h.NewAccuIdent(), h.NewIdent(v), args[1])
	return h.NewComprehension(target, v, accu, h.NewList(), h.NewLiteral(types.True), step, result), nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// newChecker declares the language. Only what is in it exists: cel-go's own library is not loaded.
func newChecker(o Options) (*checker.Env, error) {
	env, err := checker.NewEnv(containers.DefaultContainer, fields{})
	if err != nil {
		return nil, fmt.Errorf("declare the rule language: %w", err)
	}
	var all []*decls.FunctionDecl
	add := func(name string, opts ...decls.FunctionOpt) {
		if err != nil {
			return
		}
		var f *decls.FunctionDecl
		if f, err = decls.NewFunction(name, opts...); err == nil {
			all = append(all, f)
		}
	}
	for _, g := range language {
		for _, w := range g.words {
			switch {
			case w.result == nil || (w.journey && !o.Journey):
			case w.member && w.more != nil:
				add(w.name, decls.MemberOverload(w.name+"_of", w.args, w.result), decls.MemberOverload(w.name+"_of_more", w.more, w.result))
			case w.member:
				add(w.name, decls.MemberOverload(w.name+"_of", w.args, w.result))
			case w.more != nil:
				add(w.name, decls.Overload(w.name, w.args, w.result), decls.Overload(w.name+"_more", w.more, w.result))
			default:
				add(w.name, decls.Overload(w.name, w.args, w.result))
			}
		}
	}
	pair := func(op string, result *types.Type, of ...*types.Type) {
		opts := make([]decls.FunctionOpt, len(of))
		for i, t := range of {
			opts[i] = decls.Overload(fmt.Sprint(op, i), []*types.Type{t, t}, result)
		}
		add(op, opts...)
	}
	for _, op := range []string{operators.LogicalAnd, operators.LogicalOr} {
		pair(op, boolType, boolType)
	}
	for _, op := range []string{operators.Equals, operators.NotEquals} {
		pair(op, boolType, numType, textType, boolType)
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		pair(op, boolType, numType)
	}
	for _, op := range []string{operators.Add, operators.Subtract, operators.Multiply, operators.Divide} {
		pair(op, numType, numType)
	}
	add(operators.LogicalNot, decls.Overload("not", []*types.Type{boolType}, boolType))
	add(operators.Negate, decls.Overload("negative", []*types.Type{numType}, numType))
	add(operators.In,
		decls.Overload("in_numbers", []*types.Type{numType, types.NewListType(numType)}, boolType),
		decls.Overload("in_texts", []*types.Type{textType, types.NewListType(textType)}, boolType))
	v := types.NewTypeParamType("V")
	add(operators.Conditional, decls.Overload("choose", []*types.Type{boolType, v, v}, v))
	add(fnKeep, decls.Overload("keep", []*types.Type{selType, eventType, boolType}, selType))
	add(fnShare, decls.Overload("share", []*types.Type{selType}, numType))
	for _, s := range event.Catalogue() {
		add(fnEvents+s.Key, decls.Overload(fnEvents+s.Key, nil, types.NewListType(types.NewObjectType(typeOf+s.Key))))
	}
	mixed := types.NewListType(types.NewObjectType(typeOf))
	add(fnEvents, decls.Overload(fnEvents, nil, mixed))
	add(fnSome, decls.Overload(fnSome, []*types.Type{types.NewListType(textType)}, mixed))
	if err != nil {
		return nil, fmt.Errorf("declare the rule language: %w", err)
	}
	if err := env.AddFunctions(all...); err != nil {
		return nil, fmt.Errorf("declare the rule language: %w", err)
	}
	if !o.Journey {
		return env, nil
	}
	trigger := typeOf
	if o.Trigger != nil {
		trigger += o.Trigger.Key
	}
	err = env.AddIdents(decls.NewVariable("event", types.NewObjectType(trigger)), decls.NewVariable("timed_out", boolType))
	if err != nil {
		return nil, fmt.Errorf("declare the rule language: %w", err)
	}
	return env, nil
}

// fields tells the checker what fields events and targets have.
type fields struct{}

func (fields) EnumValue(name string) ref.Val    { return types.NewErr("no enum %q", name) }
func (fields) FindIdent(string) (ref.Val, bool) { return nil, false }
func (fields) NewValue(string, map[string]ref.Val) ref.Val {
	return types.NewErr("no literals of events")
}

func (fields) FindStructType(name string) (*types.Type, bool) {
	if name == targetType.TypeName() || strings.HasPrefix(name, typeOf) {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return nil, false
}

func (fields) FindStructFieldNames(name string) ([]string, bool) {
	if name == targetType.TypeName() {
		return []string{"low", "high", "own"}, true
	}
	if key, ok := strings.CutPrefix(name, typeOf); ok {
		return fieldNames(event.Lookup(key)), true
	}
	return nil, false
}

func (fields) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name == targetType.TypeName() {
		if field == "own" {
			return &types.FieldType{Type: boolType}, true
		}
		return &types.FieldType{Type: numType}, field == "low" || field == "high"
	}
	key, ok := strings.CutPrefix(name, typeOf)
	if !ok {
		return nil, false
	}
	r, ok := readField(event.Lookup(key), field, true)
	switch {
	case !ok:
		return nil, false
	case r.sym != nil:
		return &types.FieldType{Type: textType}, true
	case r.truth != nil:
		return &types.FieldType{Type: boolType}, true
	}
	return &types.FieldType{Type: numType}, true
}
