package programme

import (
	"path"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/wording"
)

// content reads content/*.md: front matter between --- lines, then the text under "# 中文" and "# English".
func (l *loader) content() {
	for _, name := range l.each("content", ".md") {
		s, ok := l.open(name, false)
		if !ok {
			l.p.lost[name] = true
			continue
		}
		c := l.text(s)
		if l.p.lost[name] = c == nil; c != nil {
			c.Key = strings.TrimSuffix(path.Base(name), ".md")
			c.File = name
			l.p.Contents[c.Key] = c
		}
	}
}

func (l *loader) text(s *source) *Content {
	if !s.readable() {
		return nil
	}
	end := slices.Index(s.lines[min(1, len(s.lines)):], "---")
	if s.lines[0] != "---" || end < 0 {
		s.put(1, 1, words("文件开头要有两行 --- 夹着的说明", "the file begins with a head between two --- lines"),
			words("例如 --- / kind: message / ... / ---", "for example --- / kind: message / ... / ---"))
		return nil
	}
	body := s.lines[1+end+1:]
	head := newSource(s.shown, []byte(strings.Join(s.lines[1:1+end], "\n")), s.out)
	head.shift = 1
	root := head.parse()
	if root == nil {
		return nil
	}
	r := head.fields(root, words("内容说明", "the head of a text"), "kind", "audience", "gravity", "stage", "version", "approval",
		"expires", "title", "answers", "purpose", "required", "necessity", "impact")
	c := &Content{Kind: KindMessage, Audience: "person"}
	if k := r.need("kind"); k != nil {
		c.Kind = head.word(k, words("种类", "kind of content"), KindMessage, KindCard, KindScript, KindConsent, KindGreeting)
	}
	if c.Kind == KindScript {
		c.Audience = "staff"
	}
	if r.has("audience") {
		c.Audience = head.word(r.of["audience"], words("读者", "audience"), "person", "family", "staff")
	}
	c.Gravity = head.whole(r.of["gravity"], 0, 3)
	c.Version = head.str(r.need("version"))
	c.Approval = l.approval(head, r.need("approval"))
	c.Expires = head.day(r.of["expires"], l.p.Zone)
	c.Title = head.text(r.need("title"))
	for _, n := range head.strs(r.of["stage"]) {
		c.Stage = append(c.Stage, n.text)
		l.p.stageUses = append(l.p.stageUses, stageUse{head, n})
	}
	head.answers(r, c)
	head.consent(r, c)
	c.Body = s.body(body, len(s.lines)-len(body))
	if c.Kind == KindGreeting {
		s.greeting(c)
	}
	if Spoken(c.Kind) {
		s.wording(c, len(s.lines)-len(body)+1)
	}
	return c
}

// greeting reports what a text to somebody who has agreed to nothing yet may not be.
func (s *source) greeting(c *Content) {
	if c.Audience != "person" || c.Gravity > 0 || len(c.Stage) > 0 {
		s.put(2, 1, words("欢迎语给刚添加的每一位，不写读者、轻重和阶段", "a greeting is for everybody new: it has no audience, gravity or stage"), fault.Text{})
	}
	for _, text := range []string{c.Body.Zh, c.Body.En} {
		if len(text) > LongestGreeting {
			s.put(2, 1, words("欢迎语最多 %d 字节，这份有 %d", "a greeting has at most %d bytes, this one has %d", LongestGreeting, len(text)), words("写短些", "make it shorter"))
		}
	}
	for _, title := range []string{c.Title.Zh, c.Title.En} {
		if len(title) > LongestCard {
			s.put(2, 1, words("卡片的标题最多 %d 字节", "the title of the card has at most %d bytes", LongestCard), fault.Text{})
		}
	}
}

func (s *source) answers(r record, c *Content) {
	n := r.of["answers"]
	switch {
	case c.Kind == KindCard && n == nil:
		s.at(r.n, words("卡片要有答复按钮", "a card has answers to press"), words("例如 answers: {better: {zh: 好些了, en: I feel better}}", "for example answers: {better: {zh: 好些了, en: I feel better}}"))
	case n == nil:
	case c.Kind != KindCard:
		s.at(n, words("只有卡片有答复按钮", "only a card has answers"), fault.Text{})
	case n.kind != mapping:
		s.at(n, words("answers 要写成“键: {zh, en}”的几行", "answers are lines of key: {zh, en}"), fault.Text{})
	default:
		for _, e := range n.pairs {
			c.Answers = append(c.Answers, Answer{Key: s.key(e.key), Text: s.text(e.value)})
		}
	}
}

func (s *source) consent(r record, c *Content) {
	if c.Kind != KindConsent {
		message := c.Kind == KindMessage || c.Kind == KindCard
		if message && r.has("purpose") {
			c.Purpose = s.word(r.of["purpose"], words("用途", "purpose of a message"), MessagePurposes...)
		}
		for _, k := range []string{"purpose", "required", "necessity", "impact"} {
			if r.has(k) && !(message && k == "purpose") {
				s.at(r.of[k], words("只有同意书有“%s”", "only a consent text has %q", k), fault.Text{})
			}
		}
		return
	}
	if p := r.need("purpose"); p != nil {
		c.Purpose = s.word(p, words("同意事项", "purpose of consent"), event.Consent.Spec().Field("purpose").Enum...)
	}
	c.Required = r.has("required") && s.yes(r.of["required"])
	c.Necessity, c.Impact = s.text(r.need("necessity")), s.text(r.need("impact"))
}

// body splits the lines after the head into the two languages; first is how many lines come before them.
func (s *source) body(lines []string, first int) fault.Text {
	var zh, en []string
	into := (*[]string)(nil)
	for i, l := range lines {
		switch strings.TrimSpace(l) {
		case "# 中文":
			into = &zh
		case "# English":
			into = &en
		default:
			if into != nil {
				*into = append(*into, l)
			} else if strings.TrimSpace(l) != "" {
				s.put(first+i+1, 1, words("这一行不在任何一种语言里", "this line belongs to no language"),
					words("先写一行 # 中文 或 # English", "begin with a line # 中文 or # English"))
				into = &zh
			}
		}
	}
	t := fault.Text{Zh: strings.TrimSpace(strings.Join(zh, "\n")), En: strings.TrimSpace(strings.Join(en, "\n"))}
	if t.Zh == "" {
		s.put(first+1, 1, words("缺中文正文", "the Chinese text is missing"), words("加一行 # 中文，下面写正文", "add a line # 中文 and the text below it"))
	}
	if t.En == "" {
		s.put(first+1, 1, words("缺英文正文", "the English text is missing"), words("加一行 # English，下面写正文", "add a line # English and the text below it"))
	}
	return t
}

// wording reports what may not stand in a text that goes by itself, and an emergency it speaks of without saying where to call.
func (s *source) wording(c *Content, first int) {
	by := wording.Writer{Automatic: true}
	for _, title := range []string{c.Title.Zh, c.Title.En} {
		for _, f := range wording.Check(title, by).Findings {
			s.put(2, 1, words("标题里不能有“%s”", "the title may not say “%s”", f.Phrase), f.Why)
		}
	}
	for i, l := range s.lines[first-1:] {
		for _, f := range wording.Check(l, by).Findings {
			s.put(first+i, f.Start+1, words("给人看的文字里不能有“%s”", "a text for people may not say “%s”", f.Phrase), f.Why)
		}
	}
	for _, body := range []string{c.Body.Zh, c.Body.En} {
		if r := wording.Check(body, by); r.Emergency {
			s.put(first, 1, words("说到急症的文字要写明打 120", "a text that speaks of an emergency says to call 120"), r.Line)
		}
	}
	for i, l := range s.lines[first-1:] {
		if j := strings.IndexAny(l, "{}"); j >= 0 {
			s.put(first+i, len([]rune(l[:j]))+1, words("文字里没有可填的空", "texts have nothing to fill in"),
				words("写成对谁都成立的话", "write what is true for everyone"))
		}
	}
}
