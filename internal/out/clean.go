package out

import (
	"strings"
	"unicode"
)

const answerLength = 160 // characters kept of an answer

// Clean is the beginning of what a far side answered, fit to be kept: it may repeat what it was sent. Digits become #, what is not plain
// ASCII becomes ·, and words of four letters and more that were in what was sent are left out.
func Clean(answer, sent []byte) string {
	said := strings.ToLower(string(sent))
	var out strings.Builder
	var word strings.Builder
	flush := func() {
		if w := word.String(); len(w) >= 4 && strings.Contains(said, strings.ToLower(w)) {
			out.WriteString("…")
		} else {
			out.WriteString(w)
		}
		word.Reset()
	}
	for _, r := range strings.ToValidUTF8(string(answer[:min(len(answer), 4*answerLength)]), "·") {
		if out.Len()+word.Len() >= answerLength {
			break
		}
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			word.WriteRune(r)
			continue
		}
		flush()
		switch {
		case unicode.IsDigit(r):
			out.WriteByte('#')
		case r == ' ' || r > ' ' && r < 127:
			out.WriteRune(r)
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		default:
			out.WriteString("·")
		}
	}
	flush()
	return strings.TrimSpace(out.String())
}
