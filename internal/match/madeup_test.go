package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// settings of a made-up table: who is in it and how badly it was kept.
type settings struct {
	seed      uint64
	chinese   bool
	people    int
	copies    int     // most further rows of one person
	wrong     float64 // chance that a cell of a copy has a slip
	missing   float64 // chance that a cell is empty
	families  float64 // share of people who live with another of the table
	columns   string  // separated by blanks; see columnsOf
	nothing   string  // how a missing value is written
	headers   []string
	separated bool // dates and phones are written in several ways
}

// maker makes people up. Frequencies are skewed: few names are common, many rare.
type maker struct {
	settings
	r             *rand.Rand
	last, first   []string
	streets, town []string
}

type someone struct {
	last, first, sex, street, town, phone, post, id, mail string
	house, y, m, d                                        int
}

// syllables of which Latin names, streets and towns are made, so that many are near to one another, as real ones are.
var (
	onsets   = strings.Fields("b br c ch d f g gr h j k l m n p r s sh st t th v w z")
	middle   = strings.Fields("a e i o u ai ea oo ie")
	codas    = strings.Fields("n r l s t ck nd rt m son ton ley man er a y")
	hanXing  = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤")
	hanMing  = []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉华建国红梅文辉玲春林志海燕晓峰宁波雪琴云飞凤珍庆生福荣德成鑫龙俊宇浩然子涵轩欣怡梓诗雨佳慧婷婉蓉淑贞巧素月彩金银宝根水木土生祥瑞康健安宁思远博雅")
	hanRoads = strings.Fields("人民路 建国路 解放路 中山路 和平街 长江路 黄河路 文化路 新华街 学院路 胜利路 光明街 友谊路 幸福路 东风路 朝阳路 青年路 工农路 花园路 科技路 育才路 迎宾路 滨河路 南京路 北京路 上海路 五一路 八一路 红旗街 前进路")
	hanTowns = strings.Fields("北京市朝阳区 北京市海淀区 上海市浦东新区 上海市徐汇区 广州市天河区 广州市越秀区 深圳市南山区 南京市鼓楼区 杭州市西湖区 武汉市武昌区 成都市锦江区 西安市雁塔区 重庆市渝中区 天津市和平区 沈阳市和平区 济南市历下区 郑州市金水区 长沙市岳麓区 福州市鼓楼区 合肥市包河区")
)

func (m *maker) pick(from []string, skew float64) string {
	// Zipf by inversion: rank grows as a power of chance.
	return from[int(math.Pow(m.r.Float64(), skew)*float64(len(from)))]
}

func (m *maker) word() string {
	w := onsets[m.r.IntN(len(onsets))] + middle[m.r.IntN(len(middle))] + codas[m.r.IntN(len(codas))]
	if m.r.IntN(3) == 0 {
		w = onsets[m.r.IntN(len(onsets))] + middle[m.r.IntN(len(middle))] + w
	}
	return w
}

func newMaker(s settings) *maker {
	m := &maker{settings: s, r: rand.New(rand.NewPCG(s.seed, 7))}
	words := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = m.word()
		}
		return out
	}
	m.last, m.first, m.streets, m.town = words(1500), words(500), words(1200), words(300)
	for i, s := range m.streets {
		m.streets[i] = s + " " + []string{"street", "road", "avenue", "place", "crescent", "lane"}[m.r.IntN(6)]
	}
	if s.chinese {
		m.last, m.first = nil, nil
		for _, x := range hanXing {
			m.last = append(m.last, string(x))
		}
		m.last = append(m.last, "欧阳", "司马", "上官")
		for range 1200 {
			n := string(hanMing[int(math.Pow(m.r.Float64(), 1.5)*float64(len(hanMing)))])
			if m.r.IntN(4) > 0 {
				n += string(hanMing[int(math.Pow(m.r.Float64(), 1.5)*float64(len(hanMing)))])
			}
			m.first = append(m.first, n)
		}
		m.streets, m.town = hanRoads, hanTowns
	}
	return m
}

func (m *maker) someone() someone {
	p := someone{last: m.pick(m.last, 2.5), first: m.pick(m.first, 2), street: m.pick(m.streets, 1.3), town: m.pick(m.town, 1.5), house: 1 + m.r.IntN(200)}
	p.sex = []string{"m", "f"}[m.r.IntN(2)]
	if m.chinese {
		p.sex = []string{"男", "女"}[m.r.IntN(2)]
	}
	p.y, p.m, p.d = 1930+m.r.IntN(75), 1+m.r.IntN(12), 1+m.r.IntN(28)
	p.phone = fmt.Sprintf("1%d%09d", 3+m.r.IntN(7), m.r.IntN(1e9))
	p.post = fmt.Sprintf("%04d", 1000+hash(p.town)%6000)
	p.id = fmt.Sprintf("%07d", 1000000+m.r.IntN(9000000))
	if m.chinese {
		p.post = fmt.Sprintf("%06d", 100000+hash(p.town)%600000)
		p.id = fmt.Sprintf("%06d%04d%02d%02d%03d", 110101+hash(p.town)%400000, p.y, p.m, p.d, m.r.IntN(1000))
		sum := 0
		for i := range 17 {
			sum += int(p.id[i]-'0') * (1 << (17 - i) % 11)
		}
		p.id += string("10X98765432"[sum%11])
	}
	p.mail = fmt.Sprintf("%s%d@%s", m.word(), m.r.IntN(100), []string{"qq.com", "163.com", "gmail.com"}[m.r.IntN(3)])
	return p
}

func hash(s string) int {
	h := 7
	for _, r := range s {
		h = (h*31 + int(r)) % 1000003
	}
	return h
}

// table makes rows and the truth of them, in a random order.
func (m *maker) table() (Table, []string) {
	names := strings.Fields(m.columns)
	var t Table
	for i, n := range names {
		if i < len(m.headers) {
			n = m.headers[i]
		}
		t.Columns = append(t.Columns, Column{Name: n})
	}
	var truth []string
	var before someone
	for n := range m.people {
		p := m.someone()
		if n > 0 && m.r.Float64() < m.families { // the same home, often the same surname and phone; a child or a husband
			p.street, p.town, p.house, p.post = before.street, before.town, before.house, before.post
			if m.r.IntN(3) > 0 {
				p.last = before.last
			}
			if m.r.IntN(3) == 0 {
				p.phone = before.phone
			}
		}
		before = p
		t.Rows = append(t.Rows, m.row(p, names, false))
		truth = append(truth, fmt.Sprint(n))
		more := 0
		if m.copies > 0 && m.r.IntN(2) == 0 {
			more = 1 + int(math.Pow(m.r.Float64(), 2)*float64(m.copies))
		}
		for range min(more, m.copies) {
			t.Rows = append(t.Rows, m.row(p, names, true))
			truth = append(truth, fmt.Sprint(n))
		}
	}
	m.r.Shuffle(len(t.Rows), func(i, j int) {
		t.Rows[i], t.Rows[j] = t.Rows[j], t.Rows[i]
		truth[i], truth[j] = truth[j], truth[i]
	})
	return t, truth
}

func (m *maker) row(p someone, names []string, copied bool) []string {
	if copied && m.r.Float64() < m.wrong/3 { // moved house
		other := m.someone()
		p.street, p.town, p.house, p.post = other.street, other.town, other.house, other.post
	}
	if copied && m.r.Float64() < m.wrong/2 {
		p.phone = m.someone().phone
	}
	if copied && m.r.Float64() < m.wrong/3 {
		p.last, p.first = p.first, p.last
	}
	out := make([]string, len(names))
	for i, n := range names {
		cell := m.cell(p, n)
		if copied && m.r.Float64() < m.wrong {
			cell = m.slip(p, n, cell)
		}
		if m.r.Float64() < m.missing {
			cell = m.nothing
		}
		out[i] = cell
	}
	return out
}

func (m *maker) cell(p someone, n string) string {
	styles := 1
	if m.separated {
		styles = 4
	}
	style := m.r.IntN(styles)
	switch n {
	case "last":
		return p.last
	case "first":
		return p.first
	case "name":
		if m.chinese {
			return p.last + p.first
		}
		return []string{p.first + " " + p.last, p.last + ", " + p.first, strings.ToUpper(p.first + " " + p.last), p.first + " " + p.last}[style]
	case "sex":
		return p.sex
	case "birth":
		return fmt.Sprintf([]string{"%04d%02d%02d", "%04d-%02d-%02d", "%04d年%d月%d日", "%04d/%d/%d"}[style], p.y, p.m, p.d)
	case "phone":
		return []string{p.phone, "+86 " + p.phone, p.phone[:3] + "-" + p.phone[3:7] + "-" + p.phone[7:], p.phone[:3] + "****" + p.phone[7:]}[style]
	case "house":
		return fmt.Sprint(p.house)
	case "street":
		return p.street
	case "town":
		return p.town
	case "post":
		return p.post
	case "id":
		return p.id
	case "mail":
		return p.mail
	case "address":
		if !m.chinese {
			return fmt.Sprintf("%d %s, %s", p.house, p.street, p.town)
		}
		town := []string{p.town, p.town, strings.ReplaceAll(p.town, "市", ""), string([]rune(p.town)[3:])}[style]
		return fmt.Sprintf("%s%s%d号", town, p.street, p.house)
	}
	panic("no column " + n)
}

// slip is what becomes of a cell that is typed, heard or copied badly.
func (m *maker) slip(p someone, n, s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return s
	}
	switch n {
	case "birth":
		if m.r.IntN(3) == 0 && p.d <= 12 {
			return fmt.Sprintf("%04d%02d%02d", p.y, p.d, p.m)
		}
		if m.r.IntN(3) == 0 {
			return fmt.Sprintf("%04d%02d%02d", p.y, p.m, 1+m.r.IntN(28))
		}
	case "sex":
		return m.someone().sex
	case "address", "street":
		if w := strings.Fields(s); len(w) > 1 && m.r.IntN(3) == 0 {
			return strings.Join(w[:len(w)-1], " ")
		}
	}
	at := m.r.IntN(len(r) - 1)
	other := r[m.r.IntN(len(r))]
	switch {
	case r[at] >= '0' && r[at] <= '9':
		other = rune('0' + m.r.IntN(10))
	case r[at] >= 'a' && r[at] <= 'z':
		other = rune('a' + m.r.IntN(26))
	case r[at] > 0x4e00:
		other = hanMing[m.r.IntN(len(hanMing))]
	}
	switch m.r.IntN(5) {
	case 0:
		return string(r[:at]) + string(r[at+1:])
	case 1:
		return string(r[:at]) + string(other) + string(r[at:])
	case 2:
		r[at], r[at+1] = r[at+1], r[at]
		return string(r)
	default:
		r[at] = other
		return string(r)
	}
}
