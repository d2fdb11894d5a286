package field

import (
	"strings"

	"peiban/internal/match/distance"
)

// preparePhone leaves the digits and stars of a phone number, without the country code of China and leading zeros of an exit code.
func preparePhone(text string) Value {
	text, _, _ = strings.Cut(text, "ext")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '*' || r == 'x' || r == '•' || r == '×' || r == '＊':
			b.WriteByte('*')
		}
	}
	s := b.String()
	for _, code := range [...]string{"0086", "86", "+86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && (len(rest) == 11 && rest[0] == '1' || len(rest) >= 10 && rest[0] == '0') {
			s = rest
			break
		}
	}
	v := Value{digits: strings.ReplaceAll(s, "*", ""), masked: strings.Contains(s, "*")}
	if len(v.digits) < 4 || fillsPhone(v.digits) {
		return Value{}
	}
	if !v.masked && strings.HasPrefix(s, "0") && len(s) > 9 {
		s = strings.TrimLeft(s, "0")
	}
	v.Text, v.runes = s, []rune(s)
	v.solid, v.tokens = v.runes, []string{s}
	return v
}

// comparePhone compares two phone numbers that differ.
func comparePhone(a, b *Value) (Level, How) {
	if a.masked || b.masked {
		return compareStars(a, b)
	}
	short, long := a.Text, b.Text
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case len(short) >= 7 && len(long) > len(short) && strings.HasSuffix(long, short):
		return Near, AreaCode
	case far(a, b):
	case distance.Slips(a.runes, b.runes, 1) == 1:
		return Near, OneDigit
	case len(short) >= 8 && distance.Slips(a.runes, b.runes, 2) == 2:
		return Similar, TwoSlips
	}
	return Different, Plain
}

// far reports whether more than two digits are in one number only.
func far(a, b *Value) bool {
	x, y := apart(a, b)
	return max(x, y) > 2
}

// prepareIdentity leaves letters and digits. A number of 15 digits of China becomes the one of 18 that stands for it.
func prepareIdentity(text string) Value {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r == '*' || r == '•' || r == '×':
			b.WriteByte('*')
		case isHan(r):
			b.WriteRune(r)
		}
	}
	s := b.String()
	v := Value{masked: strings.Contains(s, "*"), digits: onlyDigits(s)}
	if s == "" || fillsIdentity(s) || len(strings.ReplaceAll(s, "*", "")) < 3 {
		return Value{}
	}
	if full, ok := Identity18(s); ok {
		s = full
	}
	v.Text, v.runes = s, []rune(s)
	v.solid, v.tokens = v.runes, []string{s}
	return v
}

// Identity18 is the number of 18 places of a resident of China whose number of 15 or 18 places this is; ok is false for what is
// neither, or has a wrong check character.
//
// Source: GB 11643-1999, check character by ISO 7064 MOD 11-2.
func Identity18(s string) (string, bool) {
	s = strings.ToLower(s)
	if len(s) == 15 && onlyDigits(s) == s {
		s = s[:6] + "19" + s[6:]
		s += string(checkCharacter(s))
	}
	if len(s) != 18 || onlyDigits(s[:17]) != s[:17] || s[17] != checkCharacter(s) {
		return "", false
	}
	if d := (day{number(s[6:10]), number(s[10:12]), number(s[12:14])}); !d.whole() || !d.real() {
		return "", false
	}
	return s, true
}

func checkCharacter(s string) byte {
	sum := 0
	for i := range 17 {
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += int(s[i]-'0') * weight
	}
	return "10x98765432"[sum%11]
}

// compareIdentity compares two numbers that differ.
func compareIdentity(a, b *Value) (Level, How) {
	if a.masked || b.masked {
		return compareStars(a, b)
	}
	if far(a, b) {
		return Different, Plain
	}
	switch n := distance.Slips(a.runes, b.runes, 2); {
	case n == 1 && min(len(a.runes), len(b.runes)) >= 4:
		return Near, OneDigit
	case n == 2 && min(len(a.runes), len(b.runes)) >= 6:
		return Similar, TwoSlips
	}
	return Different, Plain
}

// compareStars compares numbers of which stars hide a part: what both show must agree, and be at least four places.
func compareStars(a, b *Value) (Level, How) {
	x, y := a.Text, b.Text
	if len(x) != len(y) {
		if len(a.digits) >= 4 && len(b.digits) >= 4 && strings.HasSuffix(a.digits, b.digits[len(b.digits)-4:]) && strings.HasPrefix(a.digits, b.digits[:3]) {
			return Similar, Masked
		}
		return Different, Plain
	}
	seen := 0
	for i := range len(x) {
		switch {
		case x[i] == '*' || y[i] == '*':
		case x[i] == y[i]:
			seen++
		default:
			return Different, Plain
		}
	}
	switch {
	case seen >= 6:
		return Near, Masked
	case seen >= 4:
		return Similar, Masked
	}
	return Missing, Plain
}

// compareCode compares house numbers, postcodes and the like.
func compareCode(k Kind, a, b *Value) (Level, How) {
	n := distance.Slips(a.runes, b.runes, 1)
	short := min(len(a.runes), len(b.runes))
	switch {
	case n == 1 && short >= 2:
		return Near, OneDigit
	case k == Postcode && short >= 4 && a.Text[:min(3, len(a.Text))] == b.Text[:min(3, len(b.Text))]:
		return Similar, SameArea
	}
	return Different, Plain
}
