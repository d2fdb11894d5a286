package field

import (
	"testing"
	"unicode/utf8"
)

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind Kind
		a, b string
		want Level
		how  How
	}{
		{"the same in other letters", Surname, "Müller", "MULLER", Exact, Plain},
		{"full-width", Surname, "Ｓｍｉｔｈ", "smith", Exact, Plain},
		{"one slip", Surname, "smith", "smyth", Near, OneSlip},
		{"neighbours changed places", Given, "micheal", "michael", Near, OneSlip},
		{"two slips in a long name", Surname, "harrington", "harringten", Near, OneSlip},
		{"a hyphen", Given, "mary-ann", "maryann", Near, Spacing},
		{"words in another order", Given, "ann mary", "mary ann", Near, Reordered},
		{"an initial", Given, "j", "john", Similar, Initial},
		{"another initial", Given, "k", "john", Different, Plain},
		{"a short form", Given, "chris", "christopher", Similar, Shortened},
		{"one of two names", Given, "mary", "mary ann", Similar, Shortened},
		{"names that share some letters", Surname, "waller", "berry", Different, Plain},
		{"nothing on one side", Surname, "", "berry", Missing, Plain},
		{"a word for nothing", Surname, "N/A", "berry", Missing, Plain},
		{"a Chinese word for nothing", Given, "不详", "桂芳", Missing, Plain},

		{"a title", Given, "女士", "桂芳", Missing, Plain},
		{"another title", Surname, "Dr. Smith", "smith", Exact, Plain},
		{"homophones", Given, "秀兰", "秀岚", Near, Sound},
		{"traditional and simplified", Surname, "張", "张", Near, Sound},
		{"one character of two", Given, "桂芳", "桂芬", Similar, OneCharacter},
		{"characters changed places", Given, "桂芳", "芳桂", Near, Reordered},
		{"a character left out", Given, "桂芳", "芳", Similar, Part},
		{"different characters", Given, "桂芳", "建国", Different, Plain},
		{"a surname read in its own way", Surname, "单", "shan", Near, Romanised},
		{"pinyin of a surname", Surname, "欧阳", "Ouyang", Near, Romanised},
		{"pinyin of another", Surname, "王", "zhang", Different, Plain},
		{"initials of pinyin", Given, "桂芳", "gf", Similar, Initial},
		{"stars in a name", Given, "*芳", "桂芳", Similar, Masked},
		{"stars that do not fit", Given, "*芳", "桂芬", Different, Plain},
		{"nothing but stars", Given, "**", "桂芳", Missing, Plain},

		{"a date with other separators", Birth, "1962-05-11", "19620511", Exact, Plain},
		{"a date in Chinese", Birth, "1962年5月11日", "1962/5/11", Exact, Plain},
		{"a date in characters", Birth, "一九六二年五月十一日", "19620511", Exact, Plain},
		{"the twentieth and thirtieth in characters", Birth, "一九六二年十月二十日", "1962-10-20", Exact, Plain},
		{"a date with its time", Birth, "1962-05-11 00:00:00", "19620511", Exact, Plain},
		{"a month by name", Birth, "11 May 1962", "1962-05-11", Exact, Plain},
		{"Excel's number", Birth, "22777", "1962-05-11", Exact, Plain},
		{"day and month changed places", Birth, "1962-05-11", "1962-11-05", Near, DayMonth},
		{"one digit", Birth, "19620511", "19620517", Near, OneDigit},
		{"the year by one", Birth, "19620511", "19630511", Near, OneDigit},
		{"one day over the end of a month", Birth, "19620531", "19620601", Near, NextDay},
		{"the day is not known", Birth, "1962-05", "1962-05-11", Near, Compatible},
		{"only the year", Birth, "1962", "1962-05-11", Similar, Compatible},
		{"another day of the month", Birth, "19620511", "19620527", Similar, TwoOfThree},
		{"another date", Birth, "19620511", "19481230", Different, Plain},
		{"a date for nothing", Birth, "1900-01-01", "19620511", Missing, Plain},

		{"a phone with its country", Phone, "+86 138-0042-0412", "13800420412", Exact, Plain},
		{"stars in a phone", Phone, "138****0412", "13800420412", Near, Masked},
		{"stars that do not fit", Phone, "138****0413", "13800420412", Different, Plain},
		{"two with stars", Phone, "138****0412", "138****0412", Near, Masked},
		{"no area code", Phone, "010-65551234", "65551234", Near, AreaCode},
		{"one digit of a phone", Phone, "13800420412", "13800420413", Near, OneDigit},
		{"a phone for nothing", Phone, "13800138000", "13800138000", Missing, Plain},
		{"a phone of zeros", Phone, "00000000000", "13800420412", Missing, Plain},
		{"a phone counted up", Phone, "123456789", "123456789", Missing, Plain},

		{"a wrong check character", Identity, "110101620511123", "110101196205111230", Near, OneDigit},
		{"15 and 18 digits of one", Identity, "110101620511123", "110101196205111236", Exact, Plain},
		{"one digit of a number", Identity, "7364009", "7364019", Near, OneDigit},
		{"stars in a number", Identity, "110101********1236", "110101196205111236", Near, Masked},
		{"a number of nines", Identity, "9999999", "9999999", Missing, Plain},

		{"a street shortened", Address, "12 Giblin Street", "12 giblin st.", Exact, Plain},
		{"a slip in a street", Address, "giblin street", "gibiln street", Near, OneSlip},
		{"a street without its house", Address, "12 giblin street", "giblin street", Similar, LongerAddress},
		{"another house", Address, "12 giblin street", "98 giblin street", Similar, SameRoad},
		{"another street", Address, "giblin street", "maltby circuit", Different, Plain},
		{"a Chinese address without its city", Address, "北京市朝阳区建国路88号", "朝阳区建国路88号", Near, LongerAddress},
		{"without its units", Address, "北京朝阳区建国路88号", "建国路88号", Near, LongerAddress},
		{"the numbers in characters", Address, "朝阳区建国路八八号", "朝阳区建国路88号", Exact, Plain},
		{"another number", Address, "朝阳区建国路88号", "朝阳区建国路1203号", Similar, SameRoad},
		{"the same road of another city", Address, "北京市朝阳区建国路1203号", "上海市徐汇区建国路88号", Different, Plain},

		{"one digit of a postcode", Postcode, "4011", "4017", Near, OneDigit},
		{"a postcode that counts up is one", Postcode, "2345", "2345", Exact, Plain},
		{"a postcode of zeros", Postcode, "000000", "000000", Missing, Plain},
		{"sex in two languages", Sex, "女", "F", Exact, Plain},
		{"the sexes", Sex, "1", "女", Different, Plain},
		{"sex not known", Sex, "9", "女", Missing, Plain},
		{"a mailbox", Email, "Zhang.Wei@qq.com", "zhang.wei@163.com", Near, SameMailbox},
		{"an age a year later", Number, "62", "63", Near, NextNumber},
	} {
		a, b := Prepare(tt.kind, tt.a, DayFirst), Prepare(tt.kind, tt.b, DayFirst)
		for range 2 {
			if got, how := Compare(tt.kind, &a, &b); got != tt.want || how != tt.how {
				t.Errorf("%s: %q and %q are %q %q, want %q %q", tt.name, tt.a, tt.b, got.Key(), how.Key(), tt.want.Key(), tt.how.Key())
			}
			a, b = b, a
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct{ name, surname, given string }{
		{"张桂芳", "张", "桂芳"},
		{"欧阳修文", "欧阳", "修文"},
		{"欧阳", "欧", "阳"},
		{"秀芳张", "张", "秀芳"},
		{"张 桂芳", "张", "桂芳"},
		{"John Smith", "Smith", "John"},
		{"Smith, John", "Smith", "John"},
		{"Ludwig van der Rohe", "van der Rohe", "Ludwig"},
		{"Prince", "Prince", ""},
		{"Mrs. Ann Smith", "Smith", "Ann"},
		{"王女士", "王", "女士"},
		{"不详", "", ""},
		{"", "", ""},
	} {
		if s, g := Split(tt.name); s != tt.surname || g != tt.given {
			t.Errorf("%q: %q, %q", tt.name, s, g)
		}
	}
}

func TestOrderOf(t *testing.T) {
	if OrderOf([]string{"03/04/1962", "05/13/1970"}) != MonthFirst || OrderOf([]string{"03/04/1962", "13/05/1970"}) != DayFirst || OrderOf([]string{"03/04/1962"}) != DayFirst {
		t.Error("the order of day and month is not that of the dates that can be read one way only")
	}
	a, b := Prepare(Birth, "05/13/1970", MonthFirst), Prepare(Birth, "1970-05-13", MonthFirst)
	if l, _ := Compare(Birth, &a, &b); l != Exact {
		t.Error(l.Key())
	}
}

// FuzzCompare holds that no cell makes a kind panic, that a value is the same as itself, and that the order of two does not matter.
func FuzzCompare(f *testing.F) {
	for _, s := range []string{"", "张*芳", "1962年十十月", "\xff\xfe", "138****", "十", "北京市", "a b c d e f g h i j k l m n o p", "٠١٢", "Ⅷ", "0000-00-00", "한국"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		Guess(Column{Name: x, Cells: []string{y, x, y}})
		Split(x)
		for k := Given; k <= Number; k++ {
			a, b := Prepare(k, x, DayFirst), Prepare(k, y, MonthFirst)
			la, ha := Compare(k, &a, &b)
			if lb, hb := Compare(k, &b, &a); la != lb || ha != hb {
				t.Fatalf("%s: %q and %q: %s %s, the other way %s %s", k.Key(), x, y, la.Key(), ha.Key(), lb.Key(), hb.Key())
			}
			if l, _ := Compare(k, &a, &a); l != Exact && a.Says() && !a.Masked() {
				t.Fatalf("%s: %q and itself: %s", k.Key(), x, l.Key())
			}
			for _, key := range Keys(k, &a) {
				if !utf8.ValidString(key.Text) && utf8.ValidString(a.Text) && k != Identity {
					t.Fatalf("%s: %q has the key %q", k.Key(), x, key.Text)
				}
			}
			NameKey(&a)
		}
	})
}
