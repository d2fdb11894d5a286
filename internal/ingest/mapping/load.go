package mapping

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is how large a map may be, in bytes.
const MaxSize = 256 << 10

// maxDepth is how deep a map may be nested; ours need six.
const maxDepth = 12

// Load reads a map from YAML or JSON and says, with its line, everything that is wrong with it. What is still open ("?") is not among
// the problems: see Map.Unanswered.
func Load(text []byte) (m Map, lines map[string]int, problems []Problem) {
	l := loader{lines: map[string]int{}}
	if len(text) > MaxSize {
		l.put("", 1, "对照表太大（最多 256 KB）", "the map is too large (at most 256 KB)")
		return m, l.lines, l.problems
	}
	file, err := parsed(text)
	if err != nil {
		line, message := 1, ""
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			line, message = y.GetToken().Position.Line, y.GetMessage()
		}
		l.put("", line, "YAML 写法有错："+message, "YAML syntax: "+message)
		return m, l.lines, l.problems
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		l.put("", 1, "对照表是空的", "the map is empty")
		return m, l.lines, l.problems
	}
	l.fill(file.Docs[0].Body, reflect.ValueOf(&m).Elem(), "", 0)
	if len(l.problems) == 0 {
		l.problems = m.Check()
		for i := range l.problems {
			l.problems[i].Line = l.lineOf(l.problems[i].Path)
		}
	}
	return m, l.lines, l.problems
}

// parsed keeps a parser that trips over a hostile text from taking the program with it.
func parsed(text []byte) (f *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read the map: %v", r)
		}
	}()
	return parser.ParseBytes(text, 0)
}

// loader puts YAML into the fields of a Map and keeps the lines.
type loader struct {
	lines    map[string]int
	problems []Problem
}

func (l *loader) put(path string, line int, zh, en string) {
	l.problems = append(l.problems, Problem{Path: path, Line: line, Text: say(zh, en)})
}

// lineOf is the line of a path, or of the nearest part of it that is written.
func (l *loader) lineOf(path string) int {
	for path != "" {
		if n, ok := l.lines[path]; ok {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 1
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (l *loader) fill(n ast.Node, v reflect.Value, path string, depth int) {
	line := 1
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		line = tk.Position.Line
	}
	if _, known := l.lines[path]; !known {
		l.lines[path] = line
	}
	if depth > maxDepth {
		l.put(path, line, "嵌套太深", "nested too deeply")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		l.object(n, v, path, line, depth)
	case reflect.Slice:
		l.list(n, v, path, depth)
	case reflect.Map:
		l.table(n, v, path, line, depth)
	case reflect.Bool:
		s, ok := scalar(n)
		if !ok || s != "true" && s != "false" {
			l.put(path, line, "这里写 true 或 false", "true or false is expected here")
			return
		}
		v.SetBool(s == "true")
	case reflect.Int:
		s, _ := scalar(n)
		x, err := strconv.Atoi(s)
		if err != nil {
			l.put(path, line, "这里写一个整数", "a whole number is expected here")
			return
		}
		v.SetInt(int64(x))
	default:
		s, ok := scalar(n)
		if !ok {
			l.put(path, line, "这里写一个词", "a word is expected here")
			return
		}
		v.SetString(s)
	}
}

// scalar is what a plain value says, as it was written.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.NullNode:
		return "", true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode:
		return "", false
	case ast.ScalarNode:
		if tk := n.GetToken(); tk != nil {
			return tk.Value, true
		}
	}
	return "", false
}

func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// object fills a struct; a word alone is its column.
func (l *loader) object(n ast.Node, v reflect.Value, path string, line, depth int) {
	list, ok := pairs(n)
	if !ok {
		if s, plain := scalar(n); plain {
			if f := v.FieldByName("Column"); f.IsValid() {
				f.SetString(s)
				l.lines[under(path, "column")] = line
				return
			}
		}
		l.put(path, line, "这里要写成“名字: 值”", "names with values are expected here")
		return
	}
	names := map[string]int{}
	var known []string
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		names[name] = i
		known = append(known, name)
	}
	seen := map[string]bool{}
	for _, p := range list {
		key, _ := scalar(p.Key)
		at := p.Key.GetToken().Position.Line
		i, ok := names[key]
		switch {
		case !ok:
			l.problems = append(l.problems, Problem{under(path, key), at, say("不认识“"+key+"”", fmt.Sprintf("%q is not known", key)),
				say("这里可以写 "+strings.Join(known, "、"), "one of "+strings.Join(known, ", "))})
			continue
		case seen[key]:
			l.put(under(path, key), at, "“"+key+"”写了两次", fmt.Sprintf("%q is written twice", key))
			continue
		}
		seen[key] = true
		l.lines[under(path, key)] = at
		l.fill(p.Value, v.Field(i), under(path, key), depth+1)
	}
}

// list fills a slice; one alone needs no dash.
func (l *loader) list(n ast.Node, v reflect.Value, path string, depth int) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, null := n.(*ast.NullNode); null {
			return
		}
		one := reflect.New(v.Type().Elem()).Elem()
		l.fill(n, one, path+"[0]", depth+1)
		v.Set(reflect.Append(v, one))
		return
	}
	for i, item := range seq.Values {
		one := reflect.New(v.Type().Elem()).Elem()
		l.fill(item, one, fmt.Sprintf("%s[%d]", path, i), depth+1)
		v.Set(reflect.Append(v, one))
	}
}

func (l *loader) table(n ast.Node, v reflect.Value, path string, line, depth int) {
	list, ok := pairs(n)
	if !ok {
		if _, null := n.(*ast.NullNode); !null {
			l.put(path, line, "这里要写成“名字: 值”", "names with values are expected here")
		}
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range list {
		key, _ := scalar(p.Key)
		at := p.Key.GetToken().Position.Line
		if v.MapIndex(reflect.ValueOf(key)).IsValid() {
			l.put(under(path, key), at, "“"+key+"”写了两次", fmt.Sprintf("%q is written twice", key))
			continue
		}
		l.lines[under(path, key)] = at
		one := reflect.New(v.Type().Elem()).Elem()
		l.fill(p.Value, one, under(path, key), depth+1)
		v.SetMapIndex(reflect.ValueOf(key), one)
	}
}

// Unanswered are the paths where the map has "?", in order.
func (m *Map) Unanswered() []string {
	var out []string
	walk(reflect.ValueOf(m).Elem(), "", func(path, s string) {
		if s == Open {
			out = append(out, path)
		}
	})
	return out
}

// walk gives every word of a map with its path.
func walk(v reflect.Value, path string, each func(path, s string)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			walk(v.Field(i), under(path, name), each)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), each)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			walk(v.MapIndex(k), under(path, k.String()), each)
		}
	case reflect.String:
		each(path, v.String())
	}
}
