package rule

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/containers"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// Limits of one expression. The longest rule of a shipped programme has some 300 characters.
const (
	maxLength   = 4000
	maxDepth    = 60
	maxNodes    = 1500
	maxWalks    = 100 // selections of events
	maxProblems = 20
)

// source is the text of one rule, and where its parts are.
type source struct {
	text  string
	runes []rune
	tree  *ast.AST // once parsed
}

func newSource(text string) *source { return &source{text: text, runes: []rune(text)} }

// parse reads and type-checks the text. The tree it returns is the checked one.
func (s *source) parse(e *Env) (*ast.AST, Problems) {
	if t, ok := e.remembered(s.text); ok {
		s.tree = t.read
		return t.checked, nil
	}
	if p := s.measure(); p != nil {
		return nil, Problems{p}
	}
	src := common.NewTextSource(s.text)
	tree, errs := e.parser.Parse(src)
	if found := errs.GetErrors(); len(found) > 0 {
		return nil, s.syntaxProblems(found)
	}
	s.tree = tree
	t := &tidy{s: s, make: ast.NewExprFactory()}
	t.visit(tree.Expr(), 0)
	if len(t.problems) > 0 {
		return nil, t.problems
	}
	env, err := checker.NewEnv(containers.DefaultContainer, fields{}, checker.ValidatedDeclarations(e.check))
	if err != nil {
		return nil, Problems{s.at(0, refusal{msg: zhen("规则语言未能准备好", "the rule language could not be prepared")})}
	}
	checked, errs := checker.Check(tree, src, env)
	if found := errs.GetErrors(); len(found) > 0 {
		return nil, s.typeProblems(e, checked, found)
	}
	e.keep(s.text, parsed{s.tree, checked})
	return checked, nil
}

// measure refuses what would be slow or dangerous to parse.
func (s *source) measure() *Problem {
	if !utf8.ValidString(s.text) {
		return s.at(0, refusal{msg: zhen("文字不是有效的 UTF-8", "the text is not valid UTF-8")})
	}
	if len(s.runes) > maxLength {
		return s.at(maxLength, tooLong)
	}
	if strings.TrimSpace(s.text) == "" {
		return s.at(0, refusal{msg: zhen("规则是空的", "the rule is empty"), hint: zhen(`例如 events("glucose").within("7d").count() >= 4`, `for example events("glucose").within("7d").count() >= 4`)})
	}
	depth := 0
	for i, r := range s.runes {
		switch {
		case unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t':
			return s.at(i, refusal{msg: zhen("有看不见的控制字符", "there is an invisible control character")})
		case strings.ContainsRune("([{", r): // inside a string too: nobody needs sixty there
			if depth++; depth > maxDepth {
				return s.at(i, tooDeep)
			}
		case strings.ContainsRune(")]}", r):
			depth--
		}
	}
	return nil
}

// tidy walks the parsed tree: it makes every number a double, so that 7 and 7.0 are the same, and refuses what
// CEL has and rules do not.
type tidy struct {
	s        *source
	make     ast.ExprFactory
	nodes    int
	problems Problems
}

func (t *tidy) visit(e ast.Expr, depth int) {
	t.nodes++
	if depth > maxDepth+20 || t.nodes > maxNodes {
		if len(t.problems) == 0 {
			t.problems = Problems{t.s.problem(e, tooDeep)}
		}
		return
	}
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.Int:
			e.SetKindCase(t.make.NewLiteral(e.ID(), types.Double(v)))
		case types.Double, types.String, types.Bool:
		default:
			t.refuse(e)
		}
	case ast.IdentKind:
	case ast.SelectKind:
		t.visit(e.AsSelect().Operand(), depth+1)
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			t.visit(x, depth+1)
		}
	case ast.CallKind:
		c := e.AsCall()
		switch c.FunctionName() {
		case operators.Index, operators.Modulo:
			t.refuse(e)
		}
		if c.IsMemberFunction() {
			t.visit(c.Target(), depth+1)
		}
		for _, x := range c.Args() {
			t.visit(x, depth+1)
		}
	case ast.ComprehensionKind:
		t.visit(e.AsComprehension().IterRange(), depth+1)
		t.visit(e.AsComprehension().LoopStep(), depth+1)
	default:
		t.refuse(e)
	}
}

func (t *tidy) refuse(e ast.Expr) { t.problems = append(t.problems, t.s.problem(e, unusable)) }

// at makes the problem of what stands at a place of the text, counted in characters.
func (s *source) at(offset int, r refusal) *Problem {
	p := &Problem{Line: 1, Col: 1, Msg: r.msg, Hint: r.hint}
	for i := range min(max(offset, 0), len(s.runes)) {
		p.Col++
		if s.runes[i] == '\n' {
			p.Line, p.Col = p.Line+1, 1
		}
	}
	return p
}

// problem makes the problem of a part of the tree.
func (s *source) problem(e ast.Expr, r refusal) *Problem { return s.at(s.place(e), r) }

// place is where a reader would point for e. cel-go gives the parenthesis of a call and the dot of a field; the
// name beside it says more.
func (s *source) place(e ast.Expr) int {
	o, ok := s.tree.SourceInfo().GetOffsetRange(e.ID())
	if !ok {
		return 0
	}
	at := min(max(int(o.Start), 0), len(s.runes))
	inName := func(i int) bool {
		return i >= 0 && i < len(s.runes) && (s.runes[i] == '_' || unicode.IsLetter(s.runes[i]) || unicode.IsDigit(s.runes[i]))
	}
	switch {
	case at >= len(s.runes):
	case s.runes[at] == '(':
		i := at
		for i > 0 && unicode.IsSpace(s.runes[i-1]) {
			i--
		}
		for inName(i - 1) {
			i--
		}
		if inName(i) {
			at = i
		}
	case s.runes[at] == '.' && e.Kind() == ast.SelectKind:
		i := at + 1
		for i < len(s.runes) && unicode.IsSpace(s.runes[i]) {
			i++
		}
		if inName(i) {
			at = i
		}
	}
	return at
}

// err is ps as the error Compile returns: in the order of the text, one for each place.
func (ps Problems) err() error {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	ps = slices.CompactFunc(ps, func(a, b *Problem) bool { return a.Line == b.Line && a.Col == b.Col })
	if len(ps) == 1 {
		return ps[0]
	}
	return ps[:min(len(ps), maxProblems)]
}
