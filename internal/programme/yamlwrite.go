package programme

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// wide is how long a line may get before a value is written in several.
const wide = 150

// rewrite is a file with root in place of what it says: what was not touched keeps its lines, its comments and its order, what moved
// keeps them too. ok is false when the file is written in a way this cannot keep; then it is edited as text.
func rewrite(s *source, root *tree) (text string, ok bool) {
	if root.from == nil || root.untouched() {
		return strings.Join(s.lines, "\n"), root.from != nil
	}
	w := &writer{lines: s.lines, ends: map[*node]int{}}
	end := len(s.lines)
	for end > 0 && strings.TrimSpace(s.lines[end-1]) == "" {
		end--
	}
	w.measure(root.from, end)
	out := strings.Join(w.block(root, 0), "\n") + "\n"
	again := newSource(s.name, []byte(out), &Problems{})
	n := again.parse()
	return out, n != nil && treeOf(n).says(root) // what cannot be read back as meant is not written
}

// writer writes trees with the lines they were read from.
type writer struct {
	lines []string
	ends  map[*node]int // of a key or an item of a list: the line after its own, counted from 0
}

// lead is the first line that belongs to what begins at line (from 0), column col (from 0): comments and empty lines above it do.
func (w *writer) lead(line, col int) int {
	for line > 0 {
		l := w.lines[line-1]
		t := strings.TrimSpace(l)
		if t != "" && (t[0] != '#' || indentOf(l) > col) {
			break
		}
		line--
	}
	return line
}

// flow reports whether a value is written in braces.
func (w *writer) flow(n *node) bool {
	if n.line < 1 || n.line > len(w.lines) {
		return false
	}
	l := []rune(w.lines[n.line-1])
	return n.col <= len(l) && n.col >= 1 && (l[n.col-1] == '{' || l[n.col-1] == '[')
}

// dash is the column, from 0, of the dash of an item.
func (w *writer) dash(n *node) int { return indentOf(w.lines[n.line-1]) }

// measure finds where each key and item ends: where the next begins, the last where its parent does.
func (w *writer) measure(n *node, end int) {
	if w.flow(n) {
		return
	}
	switch n.kind {
	case mapping:
		for i, p := range n.pairs {
			to := end
			if i+1 < len(n.pairs) {
				to = w.lead(n.pairs[i+1].key.line-1, n.pairs[i+1].key.col-1)
			}
			w.ends[p.key] = to
			w.measure(p.value, to)
		}
	case list:
		for i, item := range n.items {
			to := end
			if i+1 < len(n.items) {
				next := n.items[i+1]
				to = w.lead(next.line-1, w.dash(next))
			}
			w.ends[item] = to
			w.measure(item, to)
		}
	}
}

// shifted are lines with their indentation changed.
func shifted(lines []string, by int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		switch {
		case strings.TrimSpace(l) == "" || by == 0:
			out[i] = l
		case by > 0:
			out[i] = strings.Repeat(" ", by) + l
		default:
			out[i] = l[min(-by, indentOf(l)):]
		}
	}
	return out
}

// blanked is line at of the file with n spaces in place of what stands before column n.
func (w *writer) blanked(at, n int) string {
	l := []rune(w.lines[at])
	if n > len(l) {
		return w.lines[at]
	}
	return strings.Repeat(" ", n) + string(l[n:])
}

// block writes a mapping or a list, one key or item a line, with its children in column indent.
func (w *writer) block(t *tree, indent int) (out []string) {
	for _, item := range t.items {
		out = append(out, w.item(item, indent)...)
	}
	for _, b := range t.pairs {
		out = append(out, w.pair(b, indent)...)
	}
	return out
}

// kept reports whether a key or an item was read from lines of its own.
func (w *writer) kept(n *node) bool {
	if n == nil {
		return false
	}
	_, ok := w.ends[n]
	return ok
}

func (w *writer) pair(b branch, indent int) []string {
	if !w.kept(b.from) {
		return w.fresh(b.key, b.value, indent)
	}
	k := b.from
	at := k.line - 1
	from := at
	if indentOf(w.lines[at]) == k.col-1 { // not the first of an item, whose comments stand above the dash
		from = w.lead(at, k.col-1)
	}
	to := w.ends[k]
	by := indent - (k.col - 1)
	above := shifted(w.lines[from:at], by)
	own := append([]string{w.blanked(at, k.col-1)}, w.lines[at+1:to]...)
	if b.value.untouched() {
		return append(above, shifted(own, by)...)
	}
	old := b.value.from
	pad := strings.Repeat(" ", indent)
	if old != nil && old.kind == b.value.kind && old.kind != scalar && !w.flow(old) && w.kept(child0(old)) {
		head, inner := w.head(at, old), old.col-1+by
		head = append([]string{own[0]}, head[1:]...)
		if old.kind == list {
			inner = w.dash(old.items[0]) + by
		}
		return append(append(above, shifted(head, by)...), w.block(b.value, inner)...)
	}
	tail := ""
	if single(own) {
		tail = lineComment(w.lines[at])
	}
	fresh := w.fresh(b.key, b.value, indent)
	if tail != "" && len(fresh) == 1 {
		fresh[0] += tail
	} else if tail != "" {
		above = append(above, pad+strings.TrimSpace(tail))
	}
	return append(append(above, fresh...), trailing(shifted(own, by))...)
}

// child0 is what the first child of a block is measured by: its key, or the item itself.
func child0(n *node) *node {
	switch {
	case n.kind == mapping && len(n.pairs) > 0:
		return n.pairs[0].key
	case n.kind == list && len(n.items) > 0:
		return n.items[0]
	}
	return nil
}

// head are the lines of a key whose value begins below it.
func (w *writer) head(at int, value *node) []string {
	c := child0(value)
	col := c.col - 1
	if value.kind == list {
		col = w.dash(c)
	}
	return w.lines[at:max(at+1, w.lead(c.line-1, col))]
}

func (w *writer) item(t *tree, indent int) []string {
	pad := strings.Repeat(" ", indent)
	if !w.kept(t.from) || w.flow(t.from) && !t.untouched() || t.from.kind == scalar && !t.untouched() {
		var above []string
		tail, rest := "", []string(nil)
		if w.kept(t.from) { // it was another scalar, or written in braces: its comments stay
			at := t.from.line - 1
			above = shifted(w.lines[w.lead(at, w.dash(t.from)):at], indent-w.dash(t.from))
			own := w.lines[at:w.ends[t.from]]
			if single(own) {
				tail = lineComment(own[0])
			}
			rest = trailing(own)
		}
		fresh := w.freshItem(t, indent)
		if tail != "" && len(fresh) == 1 {
			fresh[0] += tail
		} else if tail != "" {
			above = append(above, pad+strings.TrimSpace(tail))
		}
		return append(append(above, fresh...), rest...)
	}
	at := t.from.line - 1
	dash := w.dash(t.from)
	from := w.lead(at, dash)
	by := indent - dash
	above := shifted(w.lines[from:at], by)
	if t.untouched() {
		return append(above, shifted(w.lines[at:w.ends[t.from]], by)...)
	}
	body := w.block(t, indent+t.from.col-1-dash)
	for len(body) > 0 && (strings.TrimSpace(body[0]) == "" || strings.TrimSpace(body[0])[0] == '#') { // comments of what is first now go above the dash
		above = append(above, strings.Replace(body[0], strings.Repeat(" ", indentOf(body[0])), pad, 1))
		body = body[1:]
	}
	if len(body) > 0 {
		body[0] = pad + "-" + body[0][min(len(body[0]), indent+1):]
	}
	return append(above, body...)
}

// single reports whether own holds one line of content.
func single(own []string) bool {
	for _, l := range own[1:] {
		if t := strings.TrimSpace(l); t != "" && t[0] != '#' {
			return false
		}
	}
	return true
}

// trailing are the empty lines and comments at the end of own.
func trailing(own []string) []string {
	i := len(own)
	for i > 1 {
		if t := strings.TrimSpace(own[i-1]); t != "" && t[0] != '#' {
			break
		}
		i--
	}
	return own[i:]
}

// fresh writes a key with a value that is new.
func (w *writer) fresh(key string, v *tree, indent int) []string {
	pad := strings.Repeat(" ", indent)
	if v.kind == scalar {
		lines := scalarLines(v.text, indent)
		lines[0] = pad + key + ": " + lines[0]
		return lines
	}
	if len(v.items)+len(v.pairs) == 0 {
		s, _ := inline(v)
		return []string{pad + key + ": " + s}
	}
	if s, ok := inline(v); ok && len(pad)+len(key)+2+width(s) <= wide && !stepsIn(key) {
		return []string{pad + key + ": " + s}
	}
	return append([]string{pad + key + ":"}, w.block(v, indent+2)...)
}

// stepsIn reports whether a key holds steps, which are written one a line.
func stepsIn(key string) bool {
	return slices.Contains([]string{"then", "else", "steps", "choose", "split"}, key)
}

func (w *writer) freshItem(t *tree, indent int) []string {
	pad := strings.Repeat(" ", indent) + "- "
	if t.kind == scalar {
		lines := scalarLines(t.text, indent)
		lines[0] = pad + lines[0]
		return lines
	}
	if t.kind == mapping && len(t.pairs) > 1 && !w.nested(t) {
		if s, ok := inline(t); ok && len(pad)+width(s) <= wide && t.get("content") != nil {
			return []string{pad + s}
		}
	}
	body := w.block(&tree{kind: t.kind, pairs: t.pairs, items: t.items}, indent+2)
	if len(body) > 0 {
		body[0] = pad + body[0][min(len(body[0]), indent+2):]
	}
	return body
}

func (w *writer) nested(t *tree) bool {
	for _, b := range t.pairs {
		if stepsIn(b.key) {
			return true
		}
	}
	return false
}

// width is how many columns a text takes; Han takes two.
func width(s string) int { return utf8.RuneCountInString(s) + (len(s)-utf8.RuneCountInString(s))/2 }

// inline writes a value in braces; false when a text in it has several lines.
func inline(t *tree) (string, bool) {
	var parts []string
	switch t.kind {
	case scalar:
		if strings.Contains(strings.TrimRight(t.text, "\n"), "\n") {
			return "", false
		}
		return written(strings.TrimRight(t.text, "\n"), true), true
	case list:
		for _, i := range t.items {
			s, ok := inline(i)
			if !ok {
				return "", false
			}
			parts = append(parts, s)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case mapping:
		for _, b := range t.pairs {
			s, ok := inline(b.value)
			if !ok {
				return "", false
			}
			parts = append(parts, b.key+": "+s)
		}
		return "{" + strings.Join(parts, ", ") + "}", true
	}
	return "null", true
}

// scalarLines writes a text behind its key: in quotes where it needs them, below it when it has several lines.
func scalarLines(text string, indent int) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \n")
	if !strings.Contains(text, "\n") {
		if strings.ContainsAny(text, `"':`) && strings.ContainsAny(text, "()=<>&|!") && plainRule(text) {
			return []string{text} // a rule, as a programme manager writes it
		}
		return []string{written(text, false)}
	}
	out := []string{"|-"}
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimRight(l, " "); l != "" {
			l = strings.Repeat(" ", indent+2) + l
		}
		out = append(out, l)
	}
	return out
}

var (
	wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	dayWritten  = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	shareSaid   = regexp.MustCompile(`^[0-9.]+ ?%$`)
)

// written is a text of one line as YAML reads it back, without quotes where none are needed.
func written(s string, flow bool) string {
	switch {
	case s == "true" || s == "false" || wholeNumber.MatchString(s) || dayWritten.MatchString(s) || shareSaid.MatchString(s):
		return s
	case s == "" || s != strings.TrimSpace(s) || strings.ContainsAny(s[:1], "-?:,[]{}#&*!|>'\"%@`") || strings.Contains(s, " #") || looksTyped(s) || s == "no":
	case !strings.ContainsAny(s, ":\\\"\t") && (!flow || !strings.ContainsAny(s, ",[]{}#'")):
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
