package layer

import "strings"

// Branches are the parts of a rule any of which is enough: what stands between its outermost ||. A rule without one is its own
// only branch.
func Branches(rule string) (all []string) {
	depth, quoted, from := 0, byte(0), 0
	for i := 0; i < len(rule); i++ {
		c := rule[i]
		switch {
		case quoted != 0:
			if c == '\\' {
				i++
			} else if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == '?' && depth == 0: // the whole is a choice, not a list
			return []string{strings.TrimSpace(rule)}
		case c == '|' && depth == 0 && i+1 < len(rule) && rule[i+1] == '|':
			all = append(all, strings.TrimSpace(rule[from:i]))
			i++
			from = i + 1
		}
	}
	return append(all, strings.TrimSpace(rule[from:]))
}

// TagOf is the tag a branch asks for and nothing else; empty when it asks for anything more.
func TagOf(branch string) string {
	for strings.HasPrefix(branch, "(") && strings.HasSuffix(branch, ")") {
		branch = strings.TrimSpace(branch[1 : len(branch)-1])
	}
	key, ok := strings.CutPrefix(branch, `tag("`)
	if !ok {
		return ""
	}
	key, ok = strings.CutSuffix(key, `")`)
	if !ok || strings.ContainsAny(key, `"()`) {
		return ""
	}
	return key
}
