// Package field knows what stands in the columns of a table of people and how alike two such values are.
//
// It guesses the kind of a column from its name and its values (guess.go), brings a cell into a form that can be compared
// (prepare.go), compares two of them in a few levels (compare.go and one file for each kind), and gives the keys under which
// likely partners are looked for (key.go). How much a level weighs is learned elsewhere, by package match.
package field

import "peiban/internal/fault"

// Kind is what a column holds.
type Kind uint8

// Kinds. Unused columns are no evidence: empty ones, those with one value, running numbers.
const (
	Unused Kind = iota
	Given
	Surname
	FullName // cut into Surname and Given before anything is compared
	Sex
	Birth
	Date // another day than that of birth
	Phone
	Identity // a number meant for one person: of the state, an insurance, a hospital
	Email
	Address
	House // number of a house
	Place // suburb, town
	Region
	Postcode
	Text
	Code     // short numbers that are no quantity
	Category // few different values
	Number   // a quantity, such as an age
)

var kinds = [...]struct {
	key    string
	zh, en string
}{
	Unused: {"unused", "不用", "not used"}, Given: {"given", "名", "given name"}, Surname: {"surname", "姓", "surname"},
	FullName: {"name", "姓名", "full name"}, Sex: {"sex", "性别", "sex"}, Birth: {"birth", "出生日期", "date of birth"},
	Date: {"date", "日期", "date"}, Phone: {"phone", "电话", "phone"}, Identity: {"identity", "证件号", "identity number"},
	Email: {"email", "邮箱", "e-mail"}, Address: {"address", "地址", "address"}, House: {"house", "门牌号", "house number"},
	Place: {"place", "地名", "place"}, Region: {"region", "省或州", "region"}, Postcode: {"postcode", "邮编", "postcode"},
	Text: {"text", "文字", "text"}, Code: {"code", "编号", "code"}, Category: {"category", "类别", "category"}, Number: {"number", "数值", "number"},
}

// Key is the kind's short name, as outputs for machines have it.
func (k Kind) Key() string { return kinds[k].key }

// Words is the kind for people.
func (k Kind) Words() fault.Text { return fault.Text{Zh: kinds[k].zh, En: kinds[k].en} }

// Level is how alike two values are. A level that is lower in this list is not always weaker: what each weighs is learned.
type Level uint8

// Levels.
const (
	Missing   Level = iota // one of the two, or both, say nothing
	Exact                  // the same, written in the same or another way
	Near                   // one slip of the hand, the same sound, day and month changed places
	Similar                // more than one slip, a part of the other, the same street with another number
	Moved                  // stands in a neighbouring column of the other row
	Different              //
	Levels                 // how many there are
)

var levels = [...]struct{ key, zh, en string }{
	Missing: {"missing", "缺", "missing"}, Exact: {"exact", "相同", "the same"}, Near: {"near", "很接近", "very close"},
	Similar: {"similar", "相似", "similar"}, Moved: {"moved", "在另一栏里", "in another column"}, Different: {"different", "不同", "different"},
}

// Key is the level's short name, as outputs for machines have it.
func (l Level) Key() string { return levels[l].key }

// Words is the level for people.
func (l Level) Words() fault.Text { return fault.Text{Zh: levels[l].zh, En: levels[l].en} }

// How says why two values got their level, where the level alone does not.
type How uint8

// Hows.
const (
	Plain How = iota
	OneSlip
	TwoSlips
	Sound
	Romanised
	Spacing
	Reordered
	Initial
	Shortened
	Part
	OneCharacter
	Masked
	DayMonth
	OneDigit
	NextDay
	Compatible
	TwoOfThree
	OldNumber
	AreaCode
	SameRoad
	LongerAddress
	SameArea
	SameMailbox
	NextNumber
	OtherColumn
)

var hows = [...]struct{ key, zh, en string }{
	Plain: {"", "", ""}, OneSlip: {"one_slip", "差一个字母", "one slip of the hand"}, TwoSlips: {"two_slips", "差两处", "two slips of the hand"},
	Sound: {"sound", "读音相同", "sounds the same"}, Romanised: {"romanised", "汉字和拼音相符", "characters and their romanisation"},
	Spacing: {"spacing", "只差空格或连字符", "only blanks or hyphens differ"}, Reordered: {"reordered", "顺序不同", "in another order"},
	Initial: {"initial", "只写了首字母", "an initial"}, Shortened: {"shortened", "缩写", "shortened"}, Part: {"part", "是其中一部分", "a part of the other"},
	OneCharacter: {"one_character", "差一个字", "one character differs"}, Masked: {"masked", "看得见的位数相同", "the digits that can be seen agree"},
	DayMonth: {"day_month", "日和月对调", "day and month changed places"}, OneDigit: {"one_digit", "差一位数字", "one digit differs"},
	NextDay: {"next_day", "差一天", "one day apart"}, Compatible: {"compatible", "一边没写全，写了的相符", "one is not whole; what there is agrees"},
	TwoOfThree: {"two_of_three", "年、月、日里有两项相同", "two of year, month and day agree"}, OldNumber: {"old_number", "15 位和 18 位是同一个号", "15 and 18 digits of one number"},
	AreaCode: {"area_code", "一边没写区号", "one is without its area code"}, SameRoad: {"same_road", "同一条路，号码不同", "the same road, another number"},
	LongerAddress: {"longer_address", "一边写得更全", "one says more"}, SameArea: {"same_area", "同一片区", "the same area"},
	SameMailbox: {"same_mailbox", "@ 前面相同", "the same before the @"}, NextNumber: {"next_number", "差 1", "differs by 1"},
	OtherColumn: {"other_column", "和对方的另一栏相符", "agrees with a neighbouring column of the other"},
}

// Key is the reason's short name, as outputs for machines have it.
func (h How) Key() string { return hows[h].key }

// Words is the reason for people.
func (h How) Words() fault.Text { return fault.Text{Zh: hows[h].zh, En: hows[h].en} }
