package simulate

import (
	"math/rand/v2"
	"strings"
)

// Family names of mainland China, the commonest first and repeated roughly as often as they occur.
var familyNames = strings.Fields(`
	王 王 王 王 王 王 李 李 李 李 李 李 张 张 张 张 张 刘 刘 刘 刘 陈 陈 陈 陈 杨 杨 杨 黄 黄 黄 赵 赵 吴 吴 周 周 徐 徐 孙 孙
	马 马 朱 朱 胡 胡 郭 郭 何 何 林 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余 于 杜 叶 程 魏 苏
	吕 丁 任 卢 姚 沈 钟 姜 崔 谭 陆 范 汪 廖 石 金 韦 贾 夏 付 方 邹 熊 白 孟 秦 邱 侯 江 尹 薛 闫 段 雷 龙 史 陶 贺 毛 郝 顾
	龚 邵 万 覃 武 钱 戴 严 莫 孔 向 常 欧阳`)

// givenNames are the fashions of four generations.
var givenNames = []struct {
	until      int // born before
	women, men []string
}{
	{
		1955, strings.Fields(`桂芳 桂英 秀英 秀兰 秀珍 玉兰 玉珍 淑珍 凤英 素珍 兰英 玉梅 淑华 桂兰 春兰 桂珍 淑兰 玉芝 凤兰 金凤 素芬
		翠英 瑞芳 淑芬 玉华 菊英 月英 慧珍 秀芝 明珍`),
		strings.Fields(`建国 德明 福生 志明 永康 文华 宝山 玉山 树林 长海 德福 金生 国栋 庆华 维民 世荣 贵生 洪生 连生 守义 兆祥 树人
		永年 克勤 志远 保华 天佑 文斌 广林 万福`),
	},
	{
		1970, strings.Fields(`丽华 秀华 爱华 红梅 玉萍 丽萍 艳华 桂香 月娥 爱萍 惠芳 丽君 亚萍 雪梅 红霞 小红 玉玲 美玲 爱珍 丽珍 建英
		建华 国英 春梅 秋菊 慧敏 新华 卫红 菊芳 文英`),
		strings.Fields(`建军 建华 国庆 卫东 志强 国强 卫国 红军 立新 爱民 学军 建平 建明 永明 志刚 新民 卫民 国平 玉明 建新 立平 文忠
		庆生 少华 志国 耀华 建设 国华 保国 晓光`),
	},
	{
		1985, strings.Fields(`静 艳 燕 霞 娟 玲 芳 敏 丽 海燕 晓燕 丽娜 雪梅 春燕 红艳 晓红 艳丽 丽娟 文静 晓丽 海霞 志红 慧 莉 琴 梅
		小燕 艳红 晓敏 秋红`),
		strings.Fields(`伟 军 磊 强 涛 斌 超 鹏 海涛 志刚 晓东 永强 建波 海波 文涛 志伟 俊 勇 平 峰 晓明 海峰 宏伟 志华 国锋 永刚 少波
		立军 金龙 春生`),
	},
	{
		9999, strings.Fields(`婷 倩 丹 晶晶 梦 佳 思雨 欣怡 雅婷 璐 琳 雪 颖 婷婷 思琪 梦瑶 佳慧 文婷 晓雨 雨桐 悦 莹莹 诗涵 若兰 嘉怡`),
		strings.Fields(`浩 杰 宇 鑫 博 凯 浩然 俊杰 天宇 阳 明轩 子豪 文博 家豪 晨 旭 嘉伟 志豪 宇航 泽宇 立群 承志 一鸣 思远 景行`),
	},
}

// avoided are full names that smell of a test or belong to somebody famous.
var avoided = map[string]bool{
	"张三": true, "李四": true, "王五": true, "李娜": true, "马超": true, "王菲": true, "刘翔": true, "杨幂": true,
	"姚明": true, "王伟": true, "李强": true, "王静": true, "张伟": true, "李磊": true, "韩梅": true, "马云": true,
}

// drawn is after how many names that others have somebody is a namesake: of thousands of people there must be some.
const drawn = 200

// nameFor draws a full name nobody has yet, if there is one left, that fits the year of birth and the sex.
func nameFor(r *rand.Rand, taken map[string]bool, female bool, born int) string {
	family := pick(r, familyNames)
	for tries := 0; ; tries++ {
		if name := family + givenFor(r, female, born); !avoided[name] && (!taken[name] || tries > drawn) {
			taken[name] = true
			return name
		}
		family = pick(r, familyNames)
	}
}

func givenFor(r *rand.Rand, female bool, born int) string {
	for _, g := range givenNames {
		if born < g.until {
			if female {
				return pick(r, g.women)
			}
			return pick(r, g.men)
		}
	}
	return pick(r, givenNames[0].men) // not reached: the last generation has no end
}

// surname cuts the family name off a full name.
func surname(name string) string {
	if strings.HasPrefix(name, "欧阳") {
		return "欧阳"
	}
	return string([]rune(name)[:1])
}
