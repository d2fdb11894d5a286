package identity

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"peiban/internal/fault"
)

// Problem is one mistake in an identity.yaml. Line and Col count from 1; a Line of 0 is the whole file.
type Problem struct {
	Line int        `json:"line"`
	Col  int        `json:"col"`
	Text fault.Text `json:"text"`
}

// In says the problem in "zh" or "en", in the form editors jump from.
func (p Problem) In(lang string) string {
	text := p.Text.En
	if lang == "zh" {
		text = p.Text.Zh
	}
	return fmt.Sprintf("identity.yaml:%d:%d: %s", p.Line, p.Col, text)
}

// Problems are all mistakes that were found, in the order they were looked for.
type Problems []Problem

const maxProblems = 100

func say(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// source is the file being read, and where problems go.
type source struct {
	raw  []byte
	tree *ast.File
	out  Problems
}

func (s *source) put(line, col int, text fault.Text) {
	if len(s.out) < maxProblems {
		s.out = append(s.out, Problem{line, col, text})
	}
}

// at reports a problem of what stands at a path such as $.types[2].limit; where it does not stand, of what it is missing from.
func (s *source) at(path string, text fault.Text) {
	for path != "" && path != "$" {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterFile(s.tree); err == nil && n != nil {
				line, col := placeOf(n)
				s.put(line, col, text)
				return
			}
		}
		path = path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
	}
	s.put(1, 1, text)
}

// placeOf is where a node begins: of a mapping its first key, not the colon behind it.
func placeOf(n ast.Node) (line, col int) {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 {
			n = m.Values[0].Key
		}
	case *ast.MappingValueNode:
		n = m.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 1, 1
}

// read decodes the file strictly; it never panics and refuses what makes a small file large.
func (s *source) read(to *file) (ok bool) {
	defer func() {
		if recover() != nil {
			s.put(1, 1, say("这个文件不是能读懂的 YAML", "this file is not readable as YAML"))
			ok = false
		}
	}()
	s.raw = bytes.ReplaceAll(bytes.TrimPrefix(s.raw, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	switch {
	case len(s.raw) > maxFile:
		s.put(0, 0, say("文件超过 64 KB", "the file has more than 64 KB"))
		return false
	case !utf8.Valid(s.raw):
		s.put(0, 0, say("文件不是 UTF-8 文字", "the file is not UTF-8 text"))
		return false
	}
	tokens := lexer.Tokenize(string(s.raw))
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType:
			s.put(t.Position.Line, t.Position.Column, say("这里不用 YAML 的锚点、引用和类型标记；以 & * ! % 开头的文字请加引号", "YAML anchors, aliases, merges and tags are not used here; quote a text that begins with & * ! or %"))
			return false
		}
	}
	var err error
	if s.tree, err = parser.Parse(tokens, 0); err != nil {
		s.syntax(err)
		return false
	}
	if len(s.tree.Docs) != 1 || s.tree.Docs[0].Body == nil {
		s.put(1, 1, say("文件里要有一份 YAML", "the file holds one YAML document"))
		return false
	}
	if err := yaml.UnmarshalWithOptions(s.raw, to, yaml.Strict()); err != nil {
		s.syntax(err)
		return false
	}
	return true
}

func (s *source) syntax(err error) {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		p := y.GetToken().Position
		s.put(p.Line, p.Column, say("这一行写法有错（"+y.GetMessage()+"）", y.GetMessage()))
		return
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	s.put(1, 1, say("写法有错（"+first+"）", first))
}
