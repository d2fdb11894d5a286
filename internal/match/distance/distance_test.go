package distance

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestJaroWinkler(t *testing.T) {
	// The pairs of Winkler's paper, to its three decimals.
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.961},
		{"dwayne", "duane", 0.840},
		{"dixon", "dicksonx", 0.813},
		{"shackleford", "shackelford", 0.982},
		{"abc", "xyz", 0},
		{"", "", 1},
		{"a", "", 0},
		{"张桂芳", "张桂芬", 0.822},
	} {
		if got := JaroWinkler([]rune(tt.a), []rune(tt.b)); math.Abs(got-tt.want) > 0.0006 {
			t.Errorf("%q and %q: %.4f, want %.3f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		most, want int
	}{
		{"the same", "smith", "smith", 2, 0},
		{"one changed", "smith", "smyth", 2, 1},
		{"one left out", "smith", "smth", 2, 1},
		{"neighbours changed places", "smith", "simth", 2, 1},
		{"two", "kitten", "mitteb", 2, 2},
		{"more than asked for", "kitten", "sitting", 2, 3},
		{"three when asked", "kitten", "sitting", 3, 3},
		{"against nothing", "ab", "", 3, 2},
		{"a place is not touched twice", "ca", "abc", 5, 3},
	} {
		if got := Slips([]rune(tt.a), []rune(tt.b), tt.most); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestSlipsAgreesWithTheTextbook compares with the whole table, without bounds and shortcuts.
func TestSlipsAgreesWithTheTextbook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 9)
		a, b, most := text.Draw(t, "a"), text.Draw(t, "b"), rapid.IntRange(0, 9).Draw(t, "most")
		if got, want := Slips(a, b, most), min(textbook(a, b), most+1); got != want {
			t.Fatalf("%q and %q up to %d: %d, want %d", string(a), string(b), most, got, want)
		}
		if j, k := JaroWinkler(a, b), JaroWinkler(b, a); j < 0 || j > 1 || math.Abs(Jaro(a, b)-Jaro(b, a)) > 0.34 || k < 0 || k > 1 {
			t.Fatalf("%q and %q: %v, %v", string(a), string(b), j, k)
		}
	})
}

func textbook(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
