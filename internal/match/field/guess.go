package field

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"peiban/internal/sheet"
)

// Column is a column of a table as the guess sees it.
type Column struct {
	Name  string
	Cells []string
}

// Why a column is no evidence.
type Why uint8

// Reasons.
const (
	Used      Why = iota
	Empty         // nothing stands in it
	OneOnly       // the same everywhere
	Running       // numbers the rows
	AllDiffer     // a code that no two rows share, nor nearly
)

// looked bounds how many cells are looked at for a guess.
const looked = 4000

// Guess says what a column holds, by its name first where its values do not contradict, then by its values alone.
func Guess(c Column) (Kind, Why) {
	s := look(c.Cells)
	switch {
	case s.filled == 0:
		return Unused, Empty
	case s.distinct == 1 && len(c.Cells) > 1 && s.filled > 1:
		return Unused, OneOnly
	}
	named := byName(c.Name)
	if named == Unused && rowWord[sheet.Name(c.Name)] && s.distinct == s.filled {
		return Unused, Running
	}
	kind := s.settle(named)
	if named == Unused && kind != Birth && kind != Date && kind != Phone && s.running(c.Cells) {
		return Unused, Running
	}
	return kind, Used
}

// settle weighs the name of a column against its values: a name is believed unless the values speak clearly for something else.
func (s seen) settle(named Kind) Kind {
	if s.share(s.emails) > 0.6 {
		return Email
	}
	if s.share(s.residents) > 0.5 {
		return Identity
	}
	switch named {
	case Unused:
		return s.byValues()
	case Birth, Date:
		if s.share(s.dates) < 0.5 && s.share(s.digitsOnly) < 0.5 {
			return s.byValues()
		}
	case Phone:
		if s.share(s.phones)+s.share(s.digitsOnly) < 0.4 && s.share(s.numbers) < 0.4 {
			return s.byValues()
		}
	case Sex:
		if s.distinct > 12 {
			return s.byValues()
		}
	case Given, Surname, FullName:
		switch {
		case s.share(s.digitsOnly) > 0.5:
			return s.byValues()
		case named != FullName && s.share(s.wholeNames) > 0.6 && s.share(s.han) > 0.6 && named == Given && s.share(s.threeHan) > 0.3:
			return FullName
		}
	case Number:
		if s.share(s.digitsOnly) < 0.5 {
			return s.byValues()
		}
	case Email:
		return s.byValues()
	}
	return named
}

// seen is what the values of a column look like.
type seen struct {
	filled, distinct                                                        int
	dates, births, phones, emails, residents, sexes, digitsOnly, numbers    int
	han, wholeNames, threeHan, twoWords, addresses, addressChars, withDigit int
	long                                                                    int // characters of all
	length                                                                  map[int]int
}

func (s seen) share(n int) float64 { return float64(n) / float64(max(1, s.filled)) }

func look(cells []string) seen {
	s := seen{length: map[int]int{}}
	each := max(1, len(cells)/looked)
	distinct := map[string]bool{}
	for i := 0; i < len(cells); i += each {
		text := folded(cells[i])
		if isNothing(text) && text != "0" {
			continue
		}
		s.filled++
		distinct[text] = true
		s.one(text)
	}
	s.distinct = len(distinct)
	return s
}

var (
	mailbox   = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[a-z]{2,}$`)
	mobile    = regexp.MustCompile(`^(\+?0{0,2}86)?1[3-9][0-9*]{9}$`)
	phoneLike = regexp.MustCompile(`^[+(]?[0-9][0-9 ()\-./*]{5,20}$`)
	roadWord  = regexp.MustCompile(`(^| )(st|street|rd|road|ave|avenue|dr|drive|lane|ln|court|ct|place|pl|crescent|circuit|close|way|terrace|parade|apt|unit|flat|strasse|rue|calle|via|blvd|boulevard|hwy|highway)( |\.|,|$)|strasse|straße`)
)

func (s *seen) one(text string) {
	n := utf8.RuneCountInString(text)
	s.long += n
	s.length[n]++
	digits := onlyDigits(text)
	if strings.ContainsAny(text, "0123456789") {
		s.withDigit++
	}
	if digits == text {
		s.digitsOnly++
	}
	if len(digits) > 0 && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) }) {
		s.numbers++
	}
	if d, ok := parseDay(text, DayFirst); ok && d.real() && d.whole() && (digits != text || len(digits) == 8) {
		s.dates++
		if d.y < 2100 {
			s.births++
		}
	}
	bare := strings.NewReplacer(" ", "", "-", "").Replace(text)
	switch {
	case mailbox.MatchString(text):
		s.emails++
	case mobile.MatchString(bare):
		s.phones++
	case phoneLike.MatchString(text) && len(digits) >= 7 && digits != text:
		s.phones++
	}
	if _, ok := Identity18(bare); ok && len(bare) >= 15 {
		s.residents++
	}
	if _, ok := sexes[text]; ok || sexNothing[text] {
		s.sexes++
	}
	if hasHan(text) {
		s.han++
		r := []rune(strings.ReplaceAll(text, " ", ""))
		if len(r) >= 2 && len(r) <= 4 && (surnames[r[0]] || len(r) > 2 && compound[string(r[:2])]) {
			s.wholeNames++
		}
		if len(r) == 3 {
			s.threeHan++
		}
		if strings.ContainsAny(text, "省市区县镇路街号村栋室巷弄楼") {
			s.addressChars++
		}
	}
	if w := strings.Fields(text); len(w) >= 2 && len(w) <= 4 && digits == "" {
		s.twoWords++
	}
	if roadWord.MatchString(text) {
		s.addresses++
	}
}

// byValues guesses from values alone.
func (s seen) byValues() Kind {
	few := s.distinct <= 12 || float64(s.distinct) <= 0.02*float64(s.filled) && s.distinct <= 60
	mean := float64(s.long) / float64(max(1, s.filled))
	switch {
	case s.share(s.sexes) > 0.9 && s.distinct <= 8:
		return Sex
	case s.share(s.dates) > 0.7:
		if s.spread() {
			return Birth
		}
		return Date
	case s.share(s.phones) > 0.6:
		return Phone
	case s.share(s.addressChars) > 0.5 && mean >= 5, s.share(s.addresses) > 0.5:
		return Address
	case s.share(s.wholeNames) > 0.7 && s.distinct > 12:
		return FullName
	case few:
		return Category
	case s.share(s.numbers) > 0.8:
		return s.ofDigits(mean)
	case s.share(s.withDigit) > 0.8 && mean >= 5 && s.share(s.twoWords) < 0.1:
		return Identity
	case s.share(s.withDigit) > 0.5 && mean >= 10:
		return Address
	}
	return Text
}

// ofDigits tells codes of people from shorter ones and from quantities.
func (s seen) ofDigits(mean float64) Kind {
	switch {
	case mean >= 6:
		return Identity
	case mean >= 4:
		return Code
	case s.distinct <= 130 && mean <= 3:
		return Number
	}
	return Code
}

// spread reports whether dates are those of lives rather than of a year's visits; with few rows nobody can tell.
func (s seen) spread() bool { return s.distinct*3 >= s.filled || s.distinct > 400 }

// running reports whether the column numbers the rows: every value once, whole numbers that only rise or fill a range.
func (s seen) running(cells []string) bool {
	if len(cells) < 3 {
		return false
	}
	var all []int
	for _, c := range cells {
		d := folded(c)
		if d == "" || onlyDigits(d) != d || len(d) > 12 {
			return false
		}
		all = append(all, number(d))
	}
	rises := slices.IsSorted(all)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		return false
	}
	reach := all[len(all)-1] - all[0] + 1
	return rises || reach <= len(all)+len(all)/10
}
