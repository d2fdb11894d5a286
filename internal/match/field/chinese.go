package field

import (
	"slices"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// compound are the surnames of two characters that are still met.
var compound = set("欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "慕容", "令狐", "宇文", "长孙", "長孫", "夏侯",
	"轩辕", "軒轅", "端木", "百里", "南宫", "南宮", "独孤", "獨孤", "呼延", "东郭", "東郭", "西门", "西門", "司空", "澹台", "申屠", "闻人", "聞人", "钟离", "鍾離", "拓跋", "完颜", "完顏", "赫连", "赫連",
	"万俟", "鲜于", "太史", "公冶", "宗政", "濮阳", "濮陽", "淳于", "单于", "公羊", "仲孙", "轩辕", "令狐", "第五", "梁丘", "左丘", "东门", "南门", "公西", "漆雕", "乐正", "壤驷", "拓拔", "夹谷", "谷梁", "巫马", "公良", "亓官", "段干", "呼延", "纳兰", "那拉")

// surnames are the commoner surnames of one character: they tell a column of names from one of other short words, and which end
// of a name is the surname.
var surnames = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾譚鄒陸顧龍萬錢湯喬賀賴龔龐蘭顏嚴盧韋畢聶齊莊" {
		m[r] = true
	}
	return m
}()

// read are readings as a surname that dictionaries list after others, or not at all.
var read = map[rune]string{'单': "shan", '解': "xie", '曾': "zeng", '仇': "qiu", '区': "ou", '查': "zha", '任': "ren", '朴': "piao", '覃': "qin", '翟': "zhai", '盖': "ge", '尉': "wei", '缪': "miao", '乐': "yue", '员': "yun", '秘': "bi", '冼': "xian", '逄': "pang", '吕': "lv"}

var known sync.Map // of a character, its readings

// readings are the ways each character is read, in pinyin without tones, the commonest first. What is no character reads as itself.
func readings(text []rune) [][]string {
	out := make([][]string, len(text))
	for i, r := range text {
		out[i] = readingsOf(r)
	}
	return out
}

func readingsOf(r rune) []string {
	if !isHan(r) {
		return []string{string(r)}
	}
	if v, ok := known.Load(r); ok {
		return v.([]string)
	}
	args := pinyin.NewArgs()
	args.Heteronym = true
	all := slices.Clone(pinyin.SinglePinyin(r, args))
	if s, ok := read[r]; ok {
		all = append([]string{s}, slices.DeleteFunc(all, func(x string) bool { return x == s })...)
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "ü", "v")
	}
	if len(all) == 0 {
		all = []string{string(r)}
	}
	all = slices.Clip(all[:min(len(all), 4)])
	known.Store(r, all) // there are some tens of thousands of characters
	return all
}

func firstReading(sounds [][]string) string {
	var b strings.Builder
	for _, s := range sounds {
		b.WriteString(s[0])
	}
	return b.String()
}

func initials(sounds [][]string) string {
	var b strings.Builder
	for _, s := range sounds {
		b.WriteByte(s[0][0])
	}
	return b.String()
}

func sharesReading(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// spells reports whether letters are how the characters are read, by any of their readings.
func spells(sounds [][]string, letters string) bool {
	if len(sounds) == 0 {
		return letters == ""
	}
	for _, s := range sounds[0] {
		if rest, ok := strings.CutPrefix(letters, s); ok && spells(sounds[1:], rest) {
			return true
		}
	}
	return false
}

// Split cuts a full name into surname and given name. Characters begin with the surname, of two characters where it is a compound
// one; a blank between characters is a better sign. Letters end with it, or begin with it before a comma.
func Split(cell string) (surname, given string) {
	text := strings.NewReplacer("，", ",", "·", " ", "•", " ").Replace(strings.TrimSpace(cell))
	if len(text) > MaxCell {
		text = strings.ToValidUTF8(text[:MaxCell], "")
	}
	if isNothing(folded(text)) {
		return "", ""
	}
	if hasHan(text) {
		parts := strings.Fields(text)
		if len(parts) == 2 {
			return parts[0], parts[1]
		}
		r := []rune(strings.Join(parts, ""))
		n := 1
		if len(r) > 2 && compound[string(r[:2])] {
			n = 2
		}
		if last := len(r) - 1; n == 1 && last > 0 && last < 4 && !surnames[r[0]] && surnames[r[last]] { // the surname at the end
			return string(r[last:]), string(r[:last])
		}
		return string(r[:min(n, len(r))]), string(r[min(n, len(r)):])
	}
	if before, after, ok := strings.Cut(text, ","); ok {
		return strings.TrimSpace(before), strings.TrimSpace(after)
	}
	w := slices.DeleteFunc(strings.Fields(text), func(s string) bool { return titles[strings.Trim(strings.ToLower(s), ".")] })
	if len(w) < 2 {
		return strings.Join(w, ""), ""
	}
	last := len(w) - 1
	for last > 1 && particles[strings.ToLower(w[last-1])] {
		last--
	}
	return strings.Join(w[last:], " "), strings.Join(w[:last], " ")
}

// particles belong to the surname behind them.
var particles = set("van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "la", "le", "al", "el", "bin", "ibn", "mac", "o", "ter", "ten", "zu", "af")
