// Package distance says how alike two short texts are: Jaro-Winkler and Damerau-Levenshtein over characters.
//
// Texts are given as characters and not bytes, so that 张 counts as one. Only the first Longest characters of a text are looked at:
// that bounds what a hostile cell costs. Which distance means what for a name or a date is decided by package field.
package distance

// Longest is how many characters of a text are compared.
const Longest = 64

// Jaro-Winkler's constants: how many first characters count more, by how much, and from which Jaro similarity on.
//
// Source: W. E. Winkler, String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record linkage,
// Proceedings of the Section on Survey Research Methods, American Statistical Association 1990, 354-359.
const (
	prefixLength = 4
	prefixWeight = 0.1
	prefixFrom   = 0.7
)

// Jaro is the similarity of Jaro: 0 nothing in common, 1 the same. Two empty texts are the same.
func Jaro(a, b []rune) float64 {
	a, b = cut(a), cut(b)
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	reach := max(max(len(a), len(b))/2-1, 0)
	var inA, inB uint64 // which characters have found one another
	common := 0
	for i, r := range a {
		for j := max(0, i-reach); j < min(len(b), i+reach+1); j++ {
			if inB&(1<<j) == 0 && b[j] == r {
				inA |= 1 << i
				inB |= 1 << j
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	moved, j := 0, 0
	for i, r := range a {
		if inA&(1<<i) == 0 {
			continue
		}
		for inB&(1<<j) == 0 {
			j++
		}
		if b[j] != r {
			moved++
		}
		j++
	}
	c := float64(common)
	return (c/float64(len(a)) + c/float64(len(b)) + (c-float64(moved/2))/c) / 3
}

// JaroWinkler is Jaro's similarity, raised for texts that begin alike.
func JaroWinkler(a, b []rune) float64 {
	s := Jaro(a, b)
	if s < prefixFrom {
		return s
	}
	n := 0
	for n < min(len(a), len(b), prefixLength) && a[n] == b[n] {
		n++
	}
	return s + float64(n)*prefixWeight*(1-s)
}

// Slips is how many slips of the hand lie between two texts: a character put in, left out, changed, or changed places with its
// neighbour (Damerau-Levenshtein, no place touched twice). It counts to most and gives most+1 for anything more.
func Slips(a, b []rune, most int) int {
	a, b = cut(a), cut(b)
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return min(len(a)+len(b), most+1)
	}
	var rows [3][Longest + 1]uint8
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		now[0] = uint8(i)
		least := now[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j] = d
			least = min(least, d)
		}
		if int(least) > most {
			return most + 1
		}
		before, last, now = last, now, before
	}
	return min(int(last[len(b)]), most+1)
}

func cut(a []rune) []rune { return a[:min(len(a), Longest)] }
