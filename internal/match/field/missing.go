package field

import "strings"

// nothing are the ways in which people write that they know nothing, in the form of folded.
var nothing = set("", "-", "--", "---", "—", "——", ".", "..", "...", "/", "\\", "?", "??", "???", "？", "*", "x", "xx", "xxx", "xxxx", "#", "0", "_",
	"n/a", "na", "n.a.", "n.a", "#n/a", "nan", "nil", "null", "none", "no", "nothing", "unknown", "unk", "unknow", "not known", "not available",
	"not applicable", "missing", "undefined", "empty", "blank", "tbd", "tba", "test", "testing", "asdf", "asdfgh", "qwerty", "dummy", "fake", "anonymous", "anon",
	"<na>", "\\n", "noname", "no name", "not recorded", "not provided", "baby", "baby boy", "baby girl", "newborn", "<null>", "(null)", "(none)", "[null]", "none given", "not given", "not stated", "withheld", "refused",
	"无", "無", "没有", "空", "不详", "不詳", "未知", "不明", "不知道", "不清楚", "未填", "未填写", "未提供", "暂无", "暫無", "缺", "缺失", "待补", "待补充", "待定", "保密", "无名", "无名氏",
	"匿名", "测试", "測試", "拒绝", "拒答", "其他", "n\\a", "不適用", "不适用", "无数据", "没填")

// titles are words before, behind or in the place of a name: 王女士, Dr. Smith. They are not the name.
var titles = set("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "jr", "sr", "先生", "女士", "小姐", "太太", "阿姨", "叔叔", "大爷", "大妈", "奶奶", "爷爷", "同志", "老师", "医生", "师傅", "老板")

// sexNothing are codes of a sex that is not known (0 and 9 of ISO/IEC 5218 and GB/T 2261.1).
var sexNothing = set("u", "9", "3", "o", "other", "未说明", "未知的性别", "未说明的性别")

// placeholderDays are dates that stand for no date in many systems, as year, month, day.
var placeholderDays = set("19000101", "18991230", "18991231", "19700101", "99991231", "00010101", "11111111", "22222222", "99999999", "20991231", "17530101")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// IsNothing reports whether a folded text says that nothing is known.
func isNothing(folded string) bool { return nothing[folded] }

// madeUp reports whether digits were typed to fill a form: one digit repeated, counting up or down, two digits in turn.
func madeUp(digits string) bool {
	if len(digits) < 3 {
		return strings.Trim(digits, "0") == ""
	}
	same, up, down, turn := true, true, true, true
	for i := 1; i < len(digits); i++ {
		step := (int(digits[i]) - int(digits[i-1]) + 10) % 10
		same, up, down = same && step == 0, up && step == 1, down && step == 9
		turn = turn && (i < 2 || digits[i] == digits[i-2])
	}
	return same || up || down || turn && len(digits) >= 6
}

// fillsPhone reports whether a phone number was typed to fill a form: 13800138000 stands on the packet of every SIM card, and
// the last eight digits of a real one are not all the same.
func fillsPhone(digits string) bool {
	if digits == "13800138000" || digits == "13888888888" || madeUp(digits) {
		return true
	}
	return len(digits) >= 10 && strings.Trim(digits[len(digits)-8:], digits[len(digits)-1:]) == ""
}

// fillsIdentity reports whether a number was typed to fill a form.
func fillsIdentity(code string) bool {
	digits := onlyDigits(code)
	if digits == "" || madeUp(digits) {
		return len(digits)*2 >= len(code)
	}
	return false
}

func onlyDigits(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
