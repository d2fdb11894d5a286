package field

import (
	"strconv"

	"peiban/internal/match/distance"
)

// Compare says how alike two values of a kind are, and why. It gives the same answer in both orders.
func Compare(k Kind, a, b *Value) (Level, How) {
	if a.Text == "" || b.Text == "" {
		return Missing, Plain
	}
	if a.Text == b.Text {
		if a.masked {
			return compareSameMasked(k, a, b)
		}
		return Exact, Plain
	}
	if a.Text > b.Text { // Jaro's similarity may depend on the order
		a, b = b, a
	}
	switch k {
	case Birth, Date:
		return compareDay(a, b)
	case Phone:
		return comparePhone(a, b)
	case Identity:
		return compareIdentity(a, b)
	case Email:
		return compareEmail(a, b)
	case Address:
		return compareAddress(a, b)
	case House, Postcode, Code:
		return compareCode(k, a, b)
	case Number:
		return compareNumber(a, b)
	case Sex, Category:
		return Different, Plain
	}
	return compareName(a, b)
}

// compareSameMasked is for two values with the same stars: what is hidden may differ.
func compareSameMasked(k Kind, a, b *Value) (Level, How) {
	if k == Phone || k == Identity {
		return compareStars(a, b)
	}
	return compareMasked(a, b)
}

func compareEmail(a, b *Value) (Level, How) {
	x, y := []rune(a.tokens[0]), []rune(b.tokens[0])
	switch {
	case a.tokens[0] == b.tokens[0]:
		return Near, SameMailbox
	case distance.Slips(a.runes, b.runes, 1) == 1:
		return Near, OneSlip
	case a.tokens[1] == b.tokens[1] && distance.JaroWinkler(x, y) >= nameNear:
		return Similar, Plain
	}
	return Different, Plain
}

func compareNumber(a, b *Value) (Level, How) {
	x, errX := strconv.ParseFloat(a.Text, 64)
	y, errY := strconv.ParseFloat(b.Text, 64)
	switch {
	case errX != nil || errY != nil:
		return Different, Plain
	case x == y:
		return Exact, Plain
	case x-y == 1 || y-x == 1:
		return Near, NextNumber
	}
	return Different, Plain
}
