package field

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"peiban/internal/match/distance"
)

// shortWords are words of addresses and how they are shortened, all brought to one form.
var shortWords = map[string]string{
	"street": "st", "str": "st", "straße": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "place": "pl", "court": "ct", "crt": "ct", "crescent": "cres", "cr": "cres",
	"circuit": "cct", "circ": "cct", "parade": "pde", "terrace": "tce", "ter": "tce", "lane": "ln", "highway": "hwy", "boulevard": "blvd", "close": "cl", "square": "sq", "way": "wy", "grove": "gr", "apartment": "apt", "flat": "apt",
	"unit": "apt", "suite": "apt", "building": "bldg", "floor": "fl", "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st", "mount": "mt", "number": "no", "no": "no", "room": "rm",
}

// unitsAbove are the endings of administrative units of China, which people leave out or not: 北京市朝阳区建国路88号.
var unitsAbove = regexp.MustCompile(`^(.{1,8}?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|盟|州|区|县|旗|镇|乡|街道|村))`)

// municipalities and provinces are written with and without their ending.
var provinces = []string{"北京", "上海", "天津", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门"}

// prepareAddress cuts an address into words; one in characters into its units, what stands below them, and its numbers.
func prepareAddress(text string) Value {
	if !hasHan(text) {
		w := words(text)
		if len(w) == 0 {
			return Value{}
		}
		for i, s := range w {
			if short, ok := shortWords[s]; ok {
				w[i] = short
			}
		}
		v := Value{Text: strings.Join(w, " "), tokens: w, digits: numbersIn(strings.Join(w, " "))}
		v.runes, v.solid = []rune(v.Text), []rune(strings.Join(w, ""))
		for _, word := range w {
			v.runesOf = append(v.runesOf, []rune(word))
		}
		return v
	}
	s := strings.Join(words(chineseDigits.Replace(text)), "")
	s = strings.NewReplacer("號", "号", "樓", "楼", "棟", "栋", "幢", "栋", "號樓", "号楼", "区", "区").Replace(s)
	if isNothing(s) || s == "" {
		return Value{}
	}
	units, rest := cutUnits(s)
	v := Value{Text: s, tokens: append(units, rest), han: true, digits: numbersIn(rest)}
	v.runes, v.solid, v.road = []rune(s), []rune(rest), roadOf(rest)
	return v
}

// cutUnits takes province, city, district and town from the front of an address, without their endings.
func cutUnits(s string) (units []string, rest string) {
	for _, p := range provinces {
		if after, ok := strings.CutPrefix(s, p); ok {
			units = append(units, p)
			for _, end := range [...]string{"特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"} {
				if x, ok := strings.CutPrefix(after, end); ok {
					after = x
					break
				}
			}
			s = after
			break
		}
	}
	for range 4 {
		m := unitsAbove.FindString(s)
		if m == "" || len(m) == len(s) || strings.ContainsAny(m, "0123456789路号") {
			break
		}
		name := strings.TrimRight(m, "省市区县镇乡村盟州旗")
		name = strings.TrimSuffix(name, "街道")
		if name != "" && !slices.Contains(units, name) {
			units = append(units, name)
		}
		s = s[len(m):]
	}
	return units, s
}

// numbersIn are the numbers of a text, in their order.
func numbersIn(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }), " ")
}

// compareAddress compares two addresses that differ.
func compareAddress(a, b *Value) (Level, How) {
	if a.han && b.han {
		return compareChineseAddress(a, b)
	}
	if slices.Equal(a.solid, b.solid) {
		return Near, Spacing
	}
	slips, alike := 3, 0.0
	if !farApart(a, b) {
		slips, alike = distance.Slips(a.solid, b.solid, 2), distance.JaroWinkler(a.solid, b.solid)
	}
	numbers := a.digits == b.digits
	short := min(len(a.solid), len(b.solid))
	switch {
	case slips == 1 && short >= 4 && (numbers || onlySlipIsDigit(a, b)):
		return Near, OneSlip
	case len(a.tokens) == len(b.tokens) && a.sorted == b.sorted:
		return Near, Reordered
	}
	same := sharedWords(a.runesOf, b.runesOf)
	few, many := len(a.tokens), len(b.tokens)
	if few > many {
		few, many = many, few
	}
	switch {
	case numbers && slips == 2 && short >= 6, numbers && alike >= 0.95, same == few && same == many:
		return Near, TwoSlips
	case same == few && few >= 2:
		return Similar, LongerAddress
	case same*3 >= many*2 && same >= 2 && a.digits != b.digits:
		return Similar, SameRoad
	case slips <= 2 && short >= 5, alike >= 0.9, same*2 >= many && same >= 1 && longestShared(a.tokens, b.tokens) >= 5:
		return Similar, Plain
	}
	return Different, Plain
}

// onlySlipIsDigit reports whether the numbers of two addresses differ by the one slip there is.
func onlySlipIsDigit(a, b *Value) bool {
	return distance.Slips([]rune(a.digits), []rune(b.digits), 1) == 1
}

// sharedWords counts words of one address that the other has too, or has with one slip.
func sharedWords(a, b [][]rune) int {
	var used [maxTokens + 4]bool
	n := 0
	for _, w := range a {
		for j, x := range b {
			if j < len(used) && !used[j] && (slices.Equal(w, x) || len(w) >= 5 && len(x) >= 4 && distance.Slips(w, x, 1) == 1) {
				used[j] = true
				n++
				break
			}
		}
	}
	return n
}

func longestShared(a, b []string) int {
	n := 0
	for _, w := range a {
		if len(w) > n && slices.Contains(b, w) {
			n = len(w)
		}
	}
	return n
}

// compareChineseAddress compares what stands below the units; units count where both name them.
func compareChineseAddress(a, b *Value) (Level, How) {
	unitsA, unitsB := a.tokens[:len(a.tokens)-1], b.tokens[:len(b.tokens)-1]
	x, y := a.tokens[len(a.tokens)-1], b.tokens[len(b.tokens)-1]
	clash := false
	if len(unitsA) > 0 && len(unitsB) > 0 {
		few, many := unitsA, unitsB
		if len(few) > len(many) {
			few, many = many, few
		}
		shared := 0
		for _, u := range few {
			if slices.Contains(many, u) {
				shared++
			}
		}
		clash = shared == 0
	}
	if x == y && x != "" && !clash {
		return Near, LongerAddress
	}
	alike := dice(a.solid, b.solid)
	numbers := a.digits == b.digits
	slips := 3
	if p, q := apart(a, b); max(p, q) <= 2 {
		slips = distance.Slips(a.solid, b.solid, 2)
	}
	long := min(len(a.solid), len(b.solid)) >= 4
	switch {
	case clash && alike < 0.9:
		return Different, Plain
	case long && slips == 1 && (numbers || onlySlipIsDigit(a, b)):
		return Near, OneCharacter
	case long && numbers && (slips == 2 || alike >= 0.8):
		return Near, TwoSlips
	case long && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x)), long && (strings.Contains(x, y) || strings.Contains(y, x)):
		return Similar, LongerAddress
	case a.road != "" && a.road == b.road:
		return Similar, SameRoad
	case alike >= 0.6:
		return Similar, Plain
	}
	return Different, Plain
}

// roadOf is an address up to its first number.
func roadOf(s string) string {
	i := strings.IndexFunc(s, unicode.IsDigit)
	if i < 6 { // two characters
		return ""
	}
	return s[:i]
}

// dice is how many neighbouring pairs of characters two texts share, of those they have.
func dice(a, b []rune) float64 {
	a, b = a[:min(len(a), distance.Longest)], b[:min(len(b), distance.Longest)]
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	var used uint64
	n := 0
	for i := range len(a) - 1 {
		for j := range len(b) - 1 {
			if used&(1<<j) == 0 && a[i] == b[j] && a[i+1] == b[j+1] {
				used |= 1 << j
				n++
				break
			}
		}
	}
	return 2 * float64(n) / float64(len(a)+len(b)-2)
}
