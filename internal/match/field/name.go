package field

import (
	"slices"
	"strings"

	"peiban/internal/match/distance"
)

// prepareName is a name or another short text: words in small letters without points, and for characters how they are read.
func prepareName(text string) Value {
	text = strings.NewReplacer("＊", "*", "某", "*", "×", "*", "●", "*").Replace(text)
	w := slices.DeleteFunc(words(text), func(s string) bool { return titles[s] })
	if len(w) == 0 {
		return Value{}
	}
	v := Value{tokens: w, Text: strings.Join(w, " "), han: hasHan(text)}
	if v.han {
		v.Text = strings.Join(w, "")
		v.tokens = []string{v.Text}
	}
	if isNothing(v.Text) || strings.Trim(v.Text, "* ") == "" {
		return Value{}
	}
	v.masked = strings.Contains(v.Text, "*")
	v.runes = []rune(v.Text)
	v.solid = []rune(strings.Join(w, ""))
	if v.han {
		v.sounds = readings(v.solid)
		v.sound = firstReading(v.sounds)
	} else {
		v.sound = phonetic(string(v.solid))
	}
	return v
}

// The limits of Jaro-Winkler's similarity for names.
//
// Source: the levels that Winkler's comparator is used with since the U.S. census of 1990; above 0.92 two names differ by a slip.
const (
	nameNear    = 0.93
	nameSimilar = 0.86
)

// compareName compares two names that are not the same text.
func compareName(a, b *Value) (Level, How) {
	switch {
	case a.masked || b.masked:
		return compareMasked(a, b)
	case a.han && b.han:
		return compareHan(a, b)
	case a.han != b.han:
		return compareRomanised(a, b)
	}
	if slices.Equal(a.solid, b.solid) {
		return Near, Spacing
	}
	short := min(len(a.solid), len(b.solid))
	if short == 1 {
		if a.solid[0] == b.solid[0] {
			return Similar, Initial
		}
		return Different, Plain
	}
	if farApart(a, b) {
		return Different, Plain
	}
	slips := distance.Slips(a.solid, b.solid, 2)
	alike := distance.JaroWinkler(a.solid, b.solid)
	switch {
	case slips == 1 && short >= 3:
		return Near, OneSlip
	case len(a.tokens) > 1 && len(a.tokens) == len(b.tokens) && a.sorted == b.sorted:
		return Near, Reordered
	case a.sound != "" && a.sound == b.sound && alike >= nameSimilar:
		return Near, Sound
	case alike >= nameNear && slips <= 2:
		return Near, TwoSlips
	case slips == 1:
		return Similar, OneSlip
	case slips == 2 && short >= 5:
		return Similar, TwoSlips
	case short >= 3 && (strings.HasPrefix(string(a.solid), string(b.solid)) || strings.HasPrefix(string(b.solid), string(a.solid))):
		return Similar, Shortened
	case partOf(a.tokens, b.tokens):
		return Similar, Part
	case alike >= nameSimilar:
		return Similar, Plain
	}
	return Different, Plain
}

// leastShare is the least share of both names' characters, put together, that two names of similarity nameSimilar have in common:
// (c/a + c/b + 1)/3 + 0.4 (1 - (c/a + c/b + 1)/3) = 0.86.
const leastShare = 1.3

// farApart reports whether so many characters are in one name only that it can be neither a slip, nor a part, nor alike.
func farApart(a, b *Value) bool {
	x, y := apart(a, b)
	if x == 0 || y == 0 || max(x, y) <= 2 {
		return false
	}
	la, lb := len(a.solid), len(b.solid)
	c := float64(min(la-x, lb-y))
	return c/float64(la)+c/float64(lb) < leastShare
}

// compareHan compares names in characters: the same sound, the same characters in another order, one character of three or more,
// or of a name of two where the other is read alike.
func compareHan(a, b *Value) (Level, How) {
	x, y := a.solid, b.solid
	if len(x) == len(y) {
		differ, read := 0, true
		for i := range x {
			if x[i] != y[i] {
				differ++
				read = read && sharesReading(a.sounds[i], b.sounds[i])
			}
		}
		switch {
		case read:
			return Near, Sound
		case sameRunes(x, y):
			return Near, Reordered
		case differ == 1 && len(x) >= 5:
			return Near, OneCharacter
		case differ == 1 && len(x) >= 2:
			return Similar, OneCharacter
		}
	}
	short, long := x, y
	if len(short) > len(long) {
		short, long = long, short
	}
	if strings.HasPrefix(string(long), string(short)) || strings.HasSuffix(string(long), string(short)) {
		return Similar, Part
	}
	if len(short) >= 3 && distance.Slips(x, y, 1) == 1 {
		return Similar, OneCharacter
	}
	return Different, Plain
}

// compareRomanised compares characters with letters: 张 and zhang.
func compareRomanised(a, b *Value) (Level, How) {
	if b.han {
		a, b = b, a
	}
	letters := string(b.solid)
	switch {
	case spells(a.sounds, letters):
		return Near, Romanised
	case len(a.sounds) > 0 && letters == initials(a.sounds):
		return Similar, Initial
	case len(letters) >= 4 && distance.Slips([]rune(a.sound), b.solid, 1) == 1:
		return Similar, Romanised
	}
	return Different, Plain
}

// compareMasked compares names of which stars hide a part: 张*芳 goes with 张桂芳, 张** with every 张 of three characters.
func compareMasked(a, b *Value) (Level, How) {
	x, y := a.solid, b.solid
	if len(x) != len(y) {
		return Different, Plain
	}
	seen := 0
	for i := range x {
		switch {
		case x[i] == '*' || y[i] == '*':
		case x[i] == y[i]:
			seen++
		default:
			return Different, Plain
		}
	}
	if seen == 0 {
		return Missing, Plain
	}
	return Similar, Masked
}

func sameRunes(a, b []rune) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}

// partOf reports whether all words of one are words of the other, one of them longer than an initial.
func partOf(a, b []string) bool {
	if len(a) == len(b) {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	long := false
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
		long = long || len(w) > 2
	}
	return long
}

// phonetic is a rough key of how a Latin name is read: letters that are often taken for one another become one, vowels after the
// first letter and doubled letters go. It errs on the side of taking two names for alike; edit distance decides beside it.
func phonetic(s string) string {
	s = soundSpellings.Replace(s)
	var b []byte
	for i := range len(s) {
		c := soundClass(s[i])
		if c == 0 {
			if i == 0 {
				b = append(b, 'a')
			}
			continue
		}
		if len(b) > 0 && b[len(b)-1] == c && i > 0 && soundClass(s[i-1]) == c {
			continue
		}
		b = append(b, c)
	}
	return string(b[:min(len(b), 6)])
}

var soundSpellings = strings.NewReplacer("ph", "f", "gh", "g", "kn", "n", "wr", "r", "ck", "k", "sch", "s", "sh", "s", "th", "t", "mb", "m", "dg", "g", "tch", "c", "ch", "c", "x", "ks", "qu", "k")

// soundClass is the letter a sound is known by; 0: it is not kept.
func soundClass(c byte) byte {
	switch c {
	case 'b', 'p':
		return 'b'
	case 'f', 'v':
		return 'f'
	case 'c', 'k', 'q', 'g', 'j':
		return 'k'
	case 's', 'z':
		return 's'
	case 'd', 't':
		return 't'
	case 'm', 'n':
		return 'n'
	case 'l':
		return 'l'
	case 'r':
		return 'r'
	}
	if c >= '0' && c <= '9' {
		return c
	}
	return 0
}
