package field

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxCell is how many bytes of a cell are looked at.
const MaxCell = 512

// Value is a cell in the form in which it is compared. The zero Value says nothing.
type Value struct {
	Text    string // normalised; two values with the same Text are the same; empty says nothing
	runes   []rune
	solid   []rune   // without blanks
	tokens  []string // words, at most maxTokens
	runesOf [][]rune // the words by character
	sorted  string   // the words in order of the alphabet, where there are several
	letters uint64   // which characters are in solid, by a small hash
	ordinal int      // of a day, for the next one; 0: none
	road    string   // of an address in characters: up to its first number
	sounds  [][]string
	sound   string // as it is read, for a quick look
	digits  string
	masked  bool // has stars in the place of digits or characters
	han     bool
	day     day
}

// Says reports whether the cell holds anything.
func (v *Value) Says() bool { return v.Text != "" }

// maxTokens bounds the words of a cell.
const maxTokens = 12

// Prepare brings a cell of a kind into the form in which it is compared. Dates are read in the order their column has them.
func Prepare(k Kind, cell string, order DayOrder) Value {
	v := prepare(k, cell, order)
	v.letters = lettersOf(v.solid)
	if len(v.tokens) > 1 {
		v.sorted = strings.Join(slices.Sorted(slices.Values(v.tokens)), " ")
	}
	return v
}

func prepare(k Kind, cell string, order DayOrder) Value {
	text := folded(cell)
	if isNothing(text) && !(k == Sex || k == Category || k == Number || k == Code) {
		return Value{}
	}
	switch k {
	case Birth, Date:
		return prepareDay(text, order)
	case Phone:
		return preparePhone(text)
	case Identity:
		return prepareIdentity(text)
	case Sex:
		return plain(sexOf(text))
	case Email:
		return prepareEmail(text)
	case Address:
		return prepareAddress(text)
	case House, Postcode:
		return prepareCode(text)
	case Code, Number, Category:
		if isNothing(text) && text != "0" && text != "no" && text != "x" {
			return Value{}
		}
		return plain(text)
	default:
		return prepareName(text)
	}
}

func plain(text string) Value {
	if text == "" {
		return Value{}
	}
	r := []rune(text)
	return Value{Text: text, runes: r, solid: r, tokens: []string{text}}
}

func prepareCode(text string) Value {
	v := plain(solidOf(text))
	if madeUp(v.Text) && len(v.Text) > 4 || strings.Trim(v.Text, "0") == "" || v.Text == "9999" { // 2345 and 3333 are postcodes
		return Value{}
	}
	return v
}

func prepareEmail(text string) Value {
	text = strings.ReplaceAll(text, " ", "")
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || at == len(text)-1 || isNothing(text[:at]) {
		return Value{}
	}
	v := plain(text)
	v.tokens = []string{text[:at], text[at+1:]}
	return v
}

var sexes = map[string]string{
	"m": "m", "male": "m", "man": "m", "boy": "m", "1": "m", "男": "m", "男性": "m", "mr": "m", "先生": "m", "mann": "m", "männlich": "m", "h": "m", "hombre": "m", "homme": "m",
	"f": "f", "female": "f", "woman": "f", "girl": "f", "2": "f", "女": "f", "女性": "f", "mrs": "f", "ms": "f", "miss": "f", "女士": "f", "w": "f", "weiblich": "f", "mujer": "f", "femme": "f",
}

func sexOf(text string) string {
	if s, ok := sexes[strings.Trim(text, ".")]; ok {
		return s
	}
	if sexNothing[text] || isNothing(text) {
		return ""
	}
	return text
}

// folded is a cell in small letters, without accents, control characters and doubled blanks; full-width forms become plain ones.
func folded(cell string) string {
	if len(cell) > MaxCell {
		cell = cell[:MaxCell]
	}
	ascii := true
	for i := range len(cell) {
		if cell[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if !ascii {
		cell = norm.NFKD.String(strings.ToValidUTF8(cell, ""))
	}
	var b strings.Builder
	b.Grow(len(cell))
	blank := false
	for _, r := range cell {
		switch {
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || unicode.IsControl(r):
			blank = b.Len() > 0
			continue
		case unicode.Is(unicode.Mn, r):
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return norm.NFC.String(strings.ReplaceAll(b.String(), "ß", "ss"))
}

// words cuts a folded text at everything that is neither letter nor digit. Apostrophes and stars belong to the word.
func words(text string) []string {
	w := strings.FieldsFunc(strings.NewReplacer("'", "", "’", "", "`", "").Replace(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '*'
	})
	return w[:min(len(w), maxTokens)]
}

// solidOf is a folded text without blanks and points.
func solidOf(text string) string { return strings.Join(words(text), "") }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func hasHan(s string) bool { return strings.ContainsFunc(s, isHan) }

// lettersOf says which characters are in a text, one bit for each of 64 classes.
func lettersOf(text []rune) (m uint64) {
	for _, r := range text {
		m |= 1 << (uint32(r) * 2654435761 >> 26)
	}
	return m
}

// apart is at least how many characters of a, and of b, the other has not.
func apart(a, b *Value) (x, y int) {
	return bits.OnesCount64(a.letters &^ b.letters), bits.OnesCount64(b.letters &^ a.letters)
}

// Masked reports whether stars hide a part of the value.
func (v *Value) Masked() bool { return v.masked }

// Han reports whether the value is written in characters.
func (v *Value) Han() bool { return v.han }
