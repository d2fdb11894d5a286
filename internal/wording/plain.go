package wording

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A text is made plain before rules look at it, so that a phrase is found however it is spelled. Every character of the plain text
// knows where it came from, so that the phrase is marked in the text as it was written.

// plainer makes texts plain.
type plainer struct {
	alike     map[rune]rune
	syllables map[string]rune
	letters   *regexp.Regexp // a word that is nothing but syllables
	one       *regexp.Regexp
}

func newPlainer(alike, pinyin map[string]string) plainer {
	p := plainer{alike: map[rune]rune{}, syllables: map[string]rune{}}
	for from, to := range alike {
		a, b := []rune(from), []rune(to)
		if len(a) == 1 && len(b) == 1 {
			p.alike[a[0]] = b[0]
		}
	}
	var all []string
	for s, to := range pinyin {
		p.syllables[s] = []rune(to)[0]
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // the longest first
	one := strings.Join(all, "|")
	p.letters, p.one = regexp.MustCompile("^(?:"+one+")+$"), regexp.MustCompile("^(?:"+one+")")
	return p
}

// plain is a text made plain.
type plain struct {
	text   string
	from   []int // for each character, where it began in the text as it was written; one more for the end
	to     []int
	source []rune
}

type char struct {
	r        rune
	from, to int
}

func (p plainer) of(text string) plain {
	source := []rune(text)
	cs := make([]char, 0, len(source))
	for i, r := range source {
		r = narrow(r)
		if to, ok := p.alike[r]; ok {
			r = to
		}
		if unicode.Is(unicode.Cf, r) || r == '\u00ad' || unicode.Is(unicode.Mn, r) {
			continue // what is not seen
		}
		cs = append(cs, char{unicode.ToLower(r), i, i + 1})
	}
	cs = p.spell(p.close(cs))
	out := plain{source: source}
	var b strings.Builder
	for _, c := range cs {
		b.WriteRune(c.r)
		out.from, out.to = append(out.from, c.from), append(out.to, c.to)
	}
	out.text = b.String()
	return out
}

// narrow makes a wide letter or sign a narrow one, and an apostrophe a space, so that don't and don’t are one word for the rules.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '\u3000', r == '\'', r == '’', r == '‘', r == '\u00a0':
		return ' '
	}
	if r == '\'' {
		return ' '
	}
	return r
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// filler is what somebody puts between two characters so that they are not found together. What ends a sentence or a clause does.
func filler(r rune) bool {
	switch r {
	case ',', '.', '!', '?', ';', ':', '。', '、', '\n', '(', ')', '"', '“', '”', '%', '…', '：', '，':
		return r == '.'
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// close takes out what stands between two Chinese characters, or between one and letters, and is no punctuation.
func (p plainer) close(cs []char) []char {
	out := make([]char, 0, len(cs))
	for i := 0; i < len(cs); i++ {
		if !filler(cs[i].r) {
			out = append(out, cs[i])
			continue
		}
		j := i
		for j < len(cs) && filler(cs[j].r) {
			j++
		}
		between := len(out) > 0 && j < len(cs) && j-i <= 4
		if between && han(out[len(out)-1].r) && han(cs[j].r) {
			i = j - 1
			continue
		}
		out = append(out, cs[i:j]...)
		i = j - 1
	}
	return out
}

// spell puts characters for syllables in letters: where they touch a character, or where two or more make a word.
func (p plainer) spell(cs []char) []char {
	latin := func(r rune) bool { return r >= 'a' && r <= 'z' }
	out := make([]char, 0, len(cs))
	for i := 0; i < len(cs); i++ {
		if !latin(cs[i].r) {
			out = append(out, cs[i])
			continue
		}
		// Words of syllables with single spaces between them are one.
		j, end := i, i
		var word strings.Builder
		words := 0
		for j < len(cs) && latin(cs[j].r) {
			k := j
			for k < len(cs) && latin(cs[k].r) {
				k++
			}
			w := letters(cs[j:k])
			if !p.letters.MatchString(w) {
				break
			}
			word.WriteString(w)
			words++
			end = k
			if k < len(cs) && cs[k].r == ' ' {
				k++
			}
			j = k
		}
		n := p.count(word.String())
		touches := len(out) > 0 && han(out[len(out)-1].r) || end < len(cs) && han(cs[end].r)
		if n == 0 || n < 2 && !touches {
			k := i
			for k < len(cs) && latin(cs[k].r) {
				out = append(out, cs[k])
				k++
			}
			i = k - 1
			continue
		}
		out = append(out, p.characters(slices.DeleteFunc(slices.Clone(cs[i:end]), func(c char) bool { return c.r == ' ' }))...)
		i = end - 1
	}
	return out
}

func letters(cs []char) string {
	var b strings.Builder
	for _, c := range cs {
		b.WriteRune(c.r)
	}
	return b.String()
}

func (p plainer) count(word string) (n int) {
	for word != "" {
		s := p.one.FindString(word)
		if s == "" {
			return 0
		}
		word = word[len(s):]
		n++
	}
	return n
}

func (p plainer) characters(cs []char) (out []char) {
	for len(cs) > 0 {
		s := p.one.FindString(letters(cs))
		if s == "" {
			return append(out, cs...)
		}
		out = append(out, char{p.syllables[s], cs[0].from, cs[len(s)-1].to})
		cs = cs[len(s):]
	}
	return out
}

// place turns a place of the plain text, in bytes, into one of the text as it was written, in characters.
func (p plain) place(at []int) (start, end int, phrase string) {
	a := len([]rune(p.text[:at[0]]))
	b := len([]rune(p.text[:at[1]]))
	if b <= a {
		return 0, 0, ""
	}
	start, end = p.from[a], p.to[b-1]
	return start, end, string(p.source[start:end])
}

var bare = newPlainer(nil, map[string]string{})

// Plain is a text without what keeps words from being found in it: wide and capital letters, signs between characters, what is not seen.
// place says where a piece of it, from byte to byte, stands in the text as it was written, in characters, and how it is written there.
func Plain(text string) (out string, place func(at []int) (start, end int, phrase string)) {
	p := bare.of(text)
	return p.text, p.place
}
