package rule

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// syntaxProblems puts what the parser and the macros found into words.
func (s *source) syntaxProblems(found []*common.Error) Problems {
	var ps Problems
	for _, f := range found {
		p := s.syntaxProblem(f)
		if f.Message[0] != '!' { // after the first slip the parser is lost, and what it says further is noise
			return Problems{p}
		}
		ps = append(ps, p)
	}
	return ps
}

func (s *source) syntaxProblem(f *common.Error) *Problem {
	at := s.offset(f.Location)
	if key, ok := strings.CutPrefix(f.Message, badType); ok {
		return s.at(at, refusal{
			zhen(fmt.Sprintf("没有事件类型 %q", clip(key)), fmt.Sprintf("there is no event type %q", clip(key))),
			didYouMean(key, typeKeys(), `"`),
		})
	}
	switch {
	case f.Message == badTypeName:
		return s.at(at, refusal{
			zhen("events 里要直接写事件类型", "events takes the name of an event type written out"),
			zhen(`例如 events("glucose")`, `for example events("glucose")`),
		})
	case f.Message == badVariable:
		return s.at(at, refusal{
			zhen("这里先给事件起个名字，再写条件", "first comes a name for the event, then the condition"),
			zhen("例如 where(e, e.value > 10)", "for example where(e, e.value > 10)"),
		})
	case strings.Contains(f.Message, "recursion") || strings.Contains(f.Message, "limit exceeded"):
		return s.at(at, tooDeep)
	}
	near := s.near(at)
	r := refusal{msg: zhen("写法有误，在末尾", "the rule stops too early")}
	if near != "" {
		r.msg = zhen(fmt.Sprintf("写法有误，在 %s 附近", near), fmt.Sprintf("this cannot be read, near %s", near))
	}
	r.hint = s.syntaxHint(at)
	return s.at(at, r)
}

// syntaxHint knows the slips of people who write rules now and then.
func (s *source) syntaxHint(at int) fault.Text {
	switch near := s.near(at); {
	case strings.HasPrefix(near, "=") && !strings.HasPrefix(near, "=="):
		return zhen("比较写成 ==", "write == to compare")
	case near == "and" || near == "AND" || strings.HasPrefix(near, "&"):
		return zhen("“并且”写成 &&", "write && for and")
	case near == "or" || near == "OR" || strings.HasPrefix(near, "|"):
		return zhen("“或者”写成 ||", "write || for or")
	case strings.HasPrefix(near, "≥") || strings.HasPrefix(near, "≤") || strings.HasPrefix(near, "≠"):
		return zhen("写成 >=、<= 或 !=", "write >=, <= or !=")
	}
	for i, r := range s.runes {
		if strings.ContainsRune("“”‘’（），。；：＞＜＝！", r) {
			p := s.at(i, refusal{})
			return zhen(fmt.Sprintf("第 %d 行第 %d 个字 %c 是全角符号，改成半角", p.Line, p.Col, r),
				fmt.Sprintf("the full-width %c at %d:%d must be a plain one", r, p.Line, p.Col))
		}
	}
	if strings.Count(s.text, `"`)%2 == 1 {
		return zhen("少了一个引号", "a quotation mark is missing")
	}
	open := 0
	for _, r := range s.runes {
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
	}
	switch {
	case open > 0:
		return zhen("少了右括号", "a closing parenthesis is missing")
	case open < 0:
		return zhen("多了右括号", "there is one closing parenthesis too many")
	}
	return fault.Text{}
}

// near is the word or sign that stands at a place.
func (s *source) near(at int) string {
	if at < 0 || at >= len(s.runes) {
		return ""
	}
	word := strings.FieldsFunc(string(s.runes[at:min(len(s.runes), at+24)]), func(r rune) bool {
		return strings.ContainsRune(" \t\r\n().,", r)
	})
	if len(word) == 0 || !strings.HasPrefix(string(s.runes[at:]), word[0]) {
		return string(s.runes[at])
	}
	return word[0]
}

// offset turns a place of cel-go into a number of characters.
func (s *source) offset(l common.Location) int {
	if l == nil || l.Line() < 1 {
		return 0
	}
	line := 1
	for i, r := range s.runes {
		if line == l.Line() {
			return min(i+max(l.Column(), 0), len(s.runes))
		}
		if r == '\n' {
			line++
		}
	}
	return len(s.runes)
}

// typeProblems puts what the checker found into words. It looks at the tree rather than at the checker's text.
func (s *source) typeProblems(env *Env, checked *ast.AST, found []*common.Error) Problems {
	m := &mistakes{s: s, env: env, checked: checked, nodes: map[int64]ast.Expr{}, ranges: map[int64]bool{}}
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		m.nodes[e.ID()] = e
		if e.Kind() == ast.ComprehensionKind {
			m.names = append(m.names, e.AsComprehension().IterVar())
			m.ranges[e.AsComprehension().IterRange().ID()] = true
		}
	}))
	var ps Problems
	for _, f := range found {
		if e := m.nodes[f.ExprID]; e != nil {
			ps = append(ps, m.of(e))
		} else {
			ps = append(ps, s.at(s.offset(f.Location), unusable))
		}
	}
	return ps
}

type mistakes struct {
	s       *source
	env     *Env
	checked *ast.AST
	nodes   map[int64]ast.Expr
	names   []string       // of events in conditions
	ranges  map[int64]bool // what where and the like stand after
}

func (m *mistakes) of(e ast.Expr) *Problem {
	if m.ranges[e.ID()] && m.checked.GetType(e.ID()).Kind() != types.ErrorKind && m.checked.GetType(e.ID()).Kind() != types.ListKind {
		return m.s.problem(e, refusal{
			zhen("where、filter、share 只能接在一组事件后面", "where, filter and share follow a selection of events"),
			zhen(`例如 events("glucose").where(e, e.value > 10)`, `for example events("glucose").where(e, e.value > 10)`),
		})
	}
	switch e.Kind() {
	case ast.IdentKind:
		return m.s.problem(e, m.unknown(e.AsIdent(), false))
	case ast.SelectKind:
		return m.s.problem(e, m.noField(e.AsSelect()))
	case ast.CallKind:
		return m.call(e)
	}
	return m.s.problem(e, refusal{msg: zhen("这里不能是"+m.words(e).Zh, "this cannot be "+m.words(e).En)})
}

func (m *mistakes) call(e ast.Expr) *Problem {
	c := e.AsCall()
	name := c.FunctionName()
	if name == fnKeep { // the condition of a where
		cond := c.Args()[2]
		return m.s.problem(cond, refusal{
			zhen("条件要有是或否的答案，而这里是"+m.words(cond).Zh, "a condition must be true or false, and this is "+m.words(cond).En),
			zhen("例如 where(e, e.value > 10)", "for example where(e, e.value > 10)"),
		})
	}
	if sign, ok := operators.FindReverse(name); ok || name == operators.Conditional {
		return m.s.problem(e, m.operands(sign, c.Args()))
	}
	w := lookup(name, m.env.opt.Journey)
	if w == nil {
		return m.s.problem(e, m.unknown(name, c.IsMemberFunction()))
	}
	r := refusal{
		zhen(fmt.Sprintf("%s 不能这样用", name), fmt.Sprintf("%s cannot be used like this", name)),
		zhen("写成 "+w.use, "write "+w.use),
	}
	if c.IsMemberFunction() && w.member && len(c.Args())+1 == len(w.args) {
		t := m.words(c.Target())
		r.msg = zhen(fmt.Sprintf("%s 接在一组事件后面，而这里是%s", name, t.Zh), fmt.Sprintf("%s follows a selection of events, and this is %s", name, t.En))
		if m.checked.GetType(c.Target().ID()).Kind() == types.ListKind && len(c.Args()) > 0 {
			t = m.words(c.Args()[0])
			r.msg = zhen(fmt.Sprintf("%s 不能用%s", name, t.Zh), fmt.Sprintf("%s does not take %s", name, t.En))
		}
	}
	return m.s.problem(e, r)
}

// operands is about an operator between things that do not go together.
func (m *mistakes) operands(sign string, args []ast.Expr) refusal {
	if sign == "" {
		sign = "? :"
	}
	zh, en := make([]string, len(args)), make([]string, len(args))
	for i, a := range args {
		zh[i], en[i] = m.words(a).Zh, m.words(a).En
	}
	r := refusal{msg: zhen(
		fmt.Sprintf("%s 不能用于%s", sign, strings.Join(zh, "与")), fmt.Sprintf("%s does not go with %s", sign, strings.Join(en, " and ")))}
	for _, a := range args {
		switch m.checked.GetType(a.ID()).Kind() {
		case types.ListKind:
			if sign != "in" {
				r.hint = zhen("先取一个数，例如 .count()、.mean()", "take a number first, for example .count() or .mean()")
			}
		case types.StructKind:
			field := ".value"
			if m.checked.GetType(a.ID()).TypeName() == targetType.TypeName() {
				field = ".high"
			}
			r.hint = zhen("取它的一个字段，例如 "+field, "take one of its fields, for example "+field)
		}
	}
	return r
}

// unknown is about a name the language does not have, or not here.
func (m *mistakes) unknown(name string, member bool) refusal {
	if w := lookup(name, true); w != nil {
		switch {
		case w.journey && !m.env.opt.Journey:
			return refusal{
				zhen(fmt.Sprintf("%s 只能用在旅程里", name), fmt.Sprintf("%s can be used in journeys only", name)),
				zhen("标签与阶段只看时间线", "tags and stages look at the timeline only"),
			}
		default:
			return refusal{
				zhen(fmt.Sprintf("%s 不能这样用", name), fmt.Sprintf("%s cannot be used like this", name)),
				zhen("写成 "+w.use, "write "+w.use),
			}
		}
	}
	known := append([]string(nil), m.names...)
	for _, g := range language {
		for _, w := range g.words {
			if (m.env.opt.Journey || !w.journey) && (member || !w.member) && isWord(w.name) {
				known = append(known, w.name)
			}
		}
	}
	if !member && event.Lookup(name) != nil {
		return refusal{
			zhen(fmt.Sprintf("不认得 %s", clip(name)), fmt.Sprintf("%s is not known here", clip(name))),
			zhen(fmt.Sprintf("写成 events(%q)", name), fmt.Sprintf("write events(%q)", name)),
		}
	}
	hint := didYouMean(name, known, "")
	if name == "and" || name == "or" || name == "not" {
		hint = zhen("写成 &&、|| 或 !", "write &&, || or !")
	}
	return refusal{zhen(fmt.Sprintf("不认得 %s", clip(name)), fmt.Sprintf("%s is not known here", clip(name))), hint}
}

func (m *mistakes) noField(s ast.SelectExpr) refusal {
	t := m.checked.GetType(s.Operand().ID())
	if t.Kind() == types.ListKind {
		return refusal{
			zhen("一组事件没有字段", "a selection of events has no fields"),
			zhen("先取一个事件：.latest()."+s.FieldName()+"，或写条件 where(e, e."+s.FieldName()+" ...)",
				"take one event first: .latest()."+s.FieldName()+", or a condition: where(e, e."+s.FieldName()+" ...)"),
		}
	}
	if t.Kind() != types.StructKind {
		return refusal{msg: zhen(m.words(s.Operand()).Zh+"没有字段", m.words(s.Operand()).En+" has no fields")}
	}
	names, _ := fields{}.FindStructFieldNames(t.TypeName())
	key := strings.TrimPrefix(t.TypeName(), typeOf)
	if spec := event.Lookup(key); spec != nil {
		if f := spec.Field(s.FieldName()); f != nil {
			return refusal{
				zhen(fmt.Sprintf("规则看不到 %q 的字段 %q：它是文字，加密保存", key, f.Name), fmt.Sprintf("rules cannot see the field %q of %q: it is text and kept encrypted", f.Name, key)),
				didYouMean("", names, ""),
			}
		}
		return refusal{
			zhen(fmt.Sprintf("%q 事件没有字段 %q", key, clip(s.FieldName())), fmt.Sprintf("events of type %q have no field %q", key, clip(s.FieldName()))),
			didYouMean(s.FieldName(), names, ""),
		}
	}
	return refusal{
		zhen(fmt.Sprintf("没有字段 %q", clip(s.FieldName())), fmt.Sprintf("there is no field %q", clip(s.FieldName()))),
		didYouMean(s.FieldName(), names, ""),
	}
}

// words says what e is.
func (m *mistakes) words(e ast.Expr) fault.Text {
	switch t := m.checked.GetType(e.ID()); t.Kind() {
	case types.BoolKind:
		return kindWords[KindBool]
	case types.DoubleKind:
		return kindWords[KindNumber]
	case types.StringKind:
		return kindWords[KindString]
	case types.ListKind:
		if e.Kind() == ast.ListKind {
			return zhen("一个列表", "a list")
		}
		return kindWords[KindEvents]
	case types.StructKind:
		if t.TypeName() == targetType.TypeName() {
			return zhen("一个控制目标", "a target")
		}
		return zhen("一个事件", "an event")
	}
	return zhen("别的东西", "something else")
}

// lookup finds a word of the language by its name.
func lookup(name string, journey bool) *word {
	for i := range language {
		for j := range language[i].words {
			if w := &language[i].words[j]; w.name == name && (journey || !w.journey) {
				return w
			}
		}
	}
	return nil
}

// isWord tells a name from an operator.
func isWord(name string) bool { return name[0] >= 'a' && name[0] <= 'z' && name != "in" }
