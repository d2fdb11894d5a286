package programme

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a part of rules with a name, written once in programme.yaml. A rule that names it reads as if the
// part stood there in parentheses.
type word struct {
	s    *source
	n    *node
	used bool
}

// stretch is a part of an expanded rule that came from one place: the rule itself, or a word.
type stretch struct {
	from int // in runes of the expanded text
	at   int // in runes of where it came from
	word *word
}

// expand puts the words of the programme into src. Texts in quotes are left alone, and so are names after a dot
// (fields) and before a parenthesis (functions).
func (p *Programme) expand(src string) (string, []stretch) {
	in := []rune(src)
	var out []rune
	parts := []stretch{{}}
	quote, escaped := rune(0), false
	for i := 0; i < len(in); {
		r := in[i]
		if quote != 0 {
			switch {
			case escaped:
				escaped = false
			case r == '\\':
				escaped = true
			case r == quote:
				quote = 0
			}
			out, i = append(out, r), i+1
			continue
		}
		if r == '"' || r == '\'' {
			quote = r
		}
		j := i
		for j < len(in) && (in[j] == '_' || unicode.IsLetter(in[j]) || j > i && unicode.IsDigit(in[j])) {
			j++
		}
		if j == i {
			out, i = append(out, r), i+1
			continue
		}
		w := p.words[string(in[i:j])]
		if w == nil || i > 0 && in[i-1] == '.' || j < len(in) && in[j] == '(' {
			out, i = append(out, in[i:j]...), j
			continue
		}
		if !w.used { // several may expand at once when the programme runs; by then all are used
			w.used = true
		}
		out = append(out, '(')
		parts = append(parts, stretch{from: len(out), word: w})
		out = append(out, []rune(w.s.rule(w.n))...)
		parts = append(parts, stretch{from: len(out), at: j - 1}) // the closing parenthesis stands for the word's last letter
		out = append(out, ')')
		i = j
	}
	return string(out), parts
}

// origin finds where (line, col) of an expanded rule was written.
func origin(s *source, n *node, expanded string, parts []stretch, line, col int) (*source, int, int) {
	at := offset(expanded, line, col)
	p := parts[0]
	for _, q := range parts {
		if q.from <= at {
			p = q
		}
	}
	text := n.text
	if p.word != nil {
		s, n = p.word.s, p.word.n
		text = n.text
	}
	line, col = place(text, p.at+at-p.from)
	line, col = s.locate(n, line, col)
	return s, line, col
}

// offset counts the characters before (line, col) of text.
func offset(text string, line, col int) int {
	at := 0
	for i, l := range strings.SplitAfter(text, "\n") {
		n := utf8.RuneCountInString(l)
		if i+1 >= line {
			return at + min(max(col-1, 0), n)
		}
		at += n
	}
	return at
}

// place is the reverse of offset.
func place(text string, at int) (line, col int) {
	line, col = 1, 1
	for _, r := range text {
		if at--; at < 0 {
			break
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}
