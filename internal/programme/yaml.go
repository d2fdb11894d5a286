package programme

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"peiban/internal/fault"
)

// Limits of one file. A programme is written by people; what is larger is a mistake or an attack.
const (
	maxFile     = 256 << 10
	maxDepth    = 24
	maxProblems = 200 // of one file: after that the first ones have to be mended anyway
)

type nodeKind uint8

const (
	scalar nodeKind = iota
	mapping
	list
	null
)

// node is one value of a YAML file with its place. Anchors, aliases and tags are refused while reading, so a
// tree is never larger than its file.
type node struct {
	kind      nodeKind
	text      string // scalar
	line, col int    // 1-based, of the first character; of a block scalar, of its mark
	block     bool   // a | or > scalar: the text begins on the next line
	pairs     []pair // mapping, in the order of the file
	items     []*node
}

type pair struct{ key, value *node }

// source is one file being read: its lines for finding places, and where problems go.
type source struct {
	name  string // path inside the programme
	shown string // path as people find it; a shared part may stand beside the programme
	raw   []byte
	lines []string
	shift int // lines before raw in the file: front matter begins on its second line
	out   *Problems
	n     int
}

func newSource(name string, raw []byte, out *Problems) *source {
	return &source{name: name, shown: name, raw: raw, out: out}
}

func said(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// words is said with the same arguments filled into both languages.
func words(zh, en string, args ...any) fault.Text {
	return fault.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}

func (s *source) put(line, col int, text, hint fault.Text) {
	if s.n++; s.n > maxProblems {
		return
	}
	if line > 0 {
		line += s.shift
	}
	*s.out = append(*s.out, Problem{File: s.shown, Line: line, Col: col, Text: text, Hint: hint})
}

// at reports a problem at n; the hint may be the zero Text.
func (s *source) at(n *node, text, hint fault.Text) {
	if n == nil {
		s.put(0, 0, text, hint)
		return
	}
	s.put(n.line, n.col, text, hint)
}

// parse reads raw into a tree, nil with at least one problem when it cannot. It never panics.
func (s *source) parse() (root *node) {
	defer func() {
		if recover() != nil { // the parser met something it did not expect
			s.put(1, 1, words("这个文件不是能读懂的 YAML", "this file is not readable as YAML"), fault.Text{})
			root = nil
		}
	}()
	if !s.readable() {
		return nil
	}
	tokens := lexer.Tokenize(string(s.raw))
	if !s.plain(tokens) {
		return nil
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.syntax(err)
		return nil
	}
	if len(f.Docs) > 1 {
		s.put(1, 1, words("一个文件里只能有一份 YAML，这里有 %d 份", "one file holds one YAML document, this one holds %d", len(f.Docs)),
			words("去掉多余的 --- 行", "remove the extra --- lines"))
		return nil
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return &node{kind: null, line: 1, col: 1}
	}
	return s.node(f.Docs[0].Body, 0)
}

// readable checks what must hold before a parser sees the bytes.
func (s *source) readable() bool {
	if len(s.raw) > maxFile {
		s.put(0, 0, words("文件有 %d 字节，上限是 %d", "the file has %d bytes, the limit is %d", len(s.raw), maxFile),
			words("分成几个文件", "split it into several files"))
		return false
	}
	s.raw = bytes.TrimPrefix(s.raw, []byte("\xef\xbb\xbf"))
	s.raw = bytes.ReplaceAll(s.raw, []byte("\r\n"), []byte("\n"))
	s.lines = strings.Split(string(s.raw), "\n")
	for i, l := range s.lines {
		if !utf8.ValidString(l) {
			s.put(i+1, 1, words("这一行不是 UTF-8 文字", "this line is not UTF-8 text"),
				words("用 UTF-8 编码保存文件", "save the file as UTF-8"))
			return false
		}
		for j, r := range []rune(l) {
			if r == '\t' && strings.TrimLeft(l[:len(string([]rune(l)[:j]))], " \t") == "" {
				s.put(i+1, j+1, words("缩进里有制表符", "a tab in the indentation"), words("用空格缩进", "indent with spaces"))
				return false
			}
			if unicode.IsControl(r) && r != '\t' {
				s.put(i+1, j+1, words("这里有一个看不见的控制字符", "an invisible control character"), words("删掉它", "delete it"))
				return false
			}
		}
	}
	return true
}

// plain refuses, before anything is built, the parts of YAML a programme does not use: what makes a small file
// large or deep, and what makes it read differently from how it runs.
func (s *source) plain(tokens token.Tokens) bool {
	depth, marks, markLine := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			s.put(t.Position.Line, t.Position.Column, words("这里不用 YAML 的锚点和引用（& * <<）", "YAML anchors, aliases and merges (& * <<) are not used here"),
				words("把内容写出来；以 * 或 & 开头的文字请加引号", "write the content out; quote a text that begins with * or &"))
			return false
		case token.TagType, token.DirectiveType:
			s.put(t.Position.Line, t.Position.Column, said("这里不用 YAML 的类型标记（! %）", "YAML tags and directives (! %) are not used here"),
				said("以 ! 或 % 开头的文字请加引号", "quote a text that begins with ! or %"))
			return false
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Line != markLine {
				marks, markLine = 0, t.Position.Line
			}
			marks++
		}
		if depth > maxDepth || marks > maxDepth {
			s.put(t.Position.Line, t.Position.Column, words("嵌套太深", "nested too deeply"), fault.Text{})
			return false
		}
	}
	return true
}

func (s *source) syntax(err error) {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		p := y.GetToken().Position
		s.put(p.Line, p.Column, words("YAML 写法有错：%s", "YAML syntax: %s", y.GetMessage()),
			words("看看这一行的缩进、冒号后的空格和引号", "look at the indentation, the space after the colon and the quotes of this line"))
		return
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	s.put(1, 1, words("YAML 写法有错：%s", "YAML syntax: %s", first), fault.Text{})
}

func (s *source) node(a ast.Node, depth int) *node {
	tk := a.GetToken()
	n := &node{line: 1, col: 1}
	if tk != nil && tk.Position != nil {
		n.line, n.col = tk.Position.Line, tk.Position.Column
	}
	if depth > maxDepth {
		s.at(n, words("嵌套太深", "nested too deeply"), fault.Text{})
		n.kind = null
		return n
	}
	switch a := a.(type) {
	case *ast.MappingNode:
		s.mapping(n, a.Values, depth)
	case *ast.MappingValueNode:
		s.mapping(n, []*ast.MappingValueNode{a}, depth)
	case *ast.SequenceNode:
		n.kind = list
		for _, v := range a.Values {
			n.items = append(n.items, s.node(v, depth+1))
		}
	case *ast.LiteralNode:
		n.block, n.text = true, a.Value.Value
		if a.Start != nil {
			n.line, n.col = a.Start.Position.Line, a.Start.Position.Column
		}
	case *ast.StringNode:
		n.text = a.Value
	case *ast.NullNode:
		n.kind = null
	case ast.ScalarNode:
		if tk != nil {
			n.text = tk.Value
		}
	default:
		s.at(n, words("这里不能这样写", "this form of YAML is not used here"), fault.Text{})
		n.kind = null
	}
	return n
}

func (s *source) mapping(n *node, values []*ast.MappingValueNode, depth int) {
	n.kind = mapping
	seen := make(map[string]int, len(values))
	for i, v := range values {
		k := s.node(v.Key, depth+1)
		if i == 0 && (k.line < n.line || k.line == n.line && k.col < n.col) {
			n.line, n.col = k.line, k.col
		}
		if k.kind != scalar {
			s.at(k, words("键要是一个词", "a key is a plain word"), fault.Text{})
			continue
		}
		if line, dup := seen[k.text]; dup {
			s.at(k, words("“%s”写了两次，第一次在第 %d 行", "%q is written twice, first on line %d", k.text, line+s.shift),
				words("留一个", "keep one of them"))
			continue
		}
		seen[k.text] = k.line
		n.pairs = append(n.pairs, pair{k, s.node(v.Value, depth+1)})
	}
}

// locate finds where character (line, col) of n's text stands in the file: texts may be quoted, folded, or run
// over several lines. It walks the text and the file side by side; what YAML added or took away is white space
// and the marks of quoting.
func (s *source) locate(n *node, line, col int) (int, int) {
	target := offset(n.text, line, col)
	at, in := n.line-1, n.col-1
	if n.block {
		at, in = at+1, 0
	}
	next := func() rune {
		if at >= len(s.lines) {
			return utf8.RuneError
		}
		if l := []rune(s.lines[at]); in < len(l) {
			return l[in]
		}
		return '\n'
	}
	step := func() {
		if next() == '\n' {
			at, in = at+1, 0
		} else {
			in++
		}
	}
	for i, want := range []rune(n.text) {
		if unicode.IsSpace(want) {
			if i == target {
				break
			}
			if unicode.IsSpace(next()) {
				step()
			}
			continue
		}
		for r := next(); r != want && r != utf8.RuneError; r = next() {
			if !unicode.IsSpace(r) && r != '\\' && r != '\'' && r != '"' {
				return n.line, n.col // the file reads otherwise than thought: the start of the text is right too
			}
			step()
		}
		if i == target {
			break
		}
		step()
	}
	if at >= len(s.lines) {
		return n.line, n.col
	}
	return at + 1, in + 1
}
