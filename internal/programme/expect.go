package programme

import (
	"slices"
	"strings"
	"time"

	"peiban/internal/rule"
)

func (c *caseReader) expect(p pair) Expect {
	s := c.s
	e := Expect{Line: p.key.line}
	parts := strings.Fields(p.key.text)
	ok := len(parts) == 3
	if ok {
		e.At, ok = c.moment(parts[1], parts[2])
	}
	if !ok {
		s.at(p.key, words("“%s”不是时间", "%q is not a time", p.key.text), words("写成 at 2026-03-08 11:27:", "write it as at 2026-03-08 11:27:"))
	}
	if p.value.kind == list {
		c.expectTags(&e, p.value)
		return e
	}
	r := s.fields(p.value, words("期望", "what is expected"), "tags", "stage", "cards", "messages", "tasks", "alerts", "suppressed", "held")
	if r.has("tags") {
		c.expectTags(&e, r.of["tags"])
	}
	if r.has("stage") {
		var known []string
		for _, st := range c.l.p.stages {
			known = append(known, st.Key)
		}
		e.Stage = s.word(r.of["stage"], words("阶段", "stage"), known...)
	}
	if r.has("cards") {
		e.Cards = c.named(r.of["cards"], KindCard)
	}
	if r.has("held") {
		e.Held = c.named(r.of["held"], "")
	}
	for _, m := range c.list(r.of["messages"]) {
		x := ExpectMessage{To: "person"}
		if m.kind == scalar {
			x.Content = c.name(m, KindMessage)
		} else {
			f := s.fields(m, words("消息", "a message"), "to", "content")
			x = ExpectMessage{To: s.str(f.need("to")), Content: c.name(f.need("content"), KindMessage)}
		}
		e.Messages = append(e.Messages, x)
	}
	for _, m := range c.list(r.of["tasks"]) {
		var x ExpectTask
		if m.kind == scalar {
			x.Script = c.name(m, KindScript)
		} else {
			f := s.fields(m, words("任务", "a task"), "script", "who", "due")
			x = ExpectTask{Script: c.name(f.need("script"), KindScript), Who: s.str(f.of["who"])}
			if f.has("due") {
				x.Due = c.due(f.of["due"], e.At)
			}
		}
		e.Tasks = append(e.Tasks, x)
	}
	for _, m := range c.list(r.of["alerts"]) {
		e.Alerts = append(e.Alerts, s.whole(m, 1, 3))
	}
	for _, m := range c.list(r.of["suppressed"]) {
		f := s.fields(m, words("被拦截的消息", "a suppressed message"), "content", "reason")
		e.Suppressed = append(e.Suppressed, ExpectSuppressed{Content: c.name(f.need("content"), ""), Reason: s.str(f.of["reason"])})
	}
	// An empty list is an expectation too.
	if r.has("messages") && e.Messages == nil {
		e.Messages = []ExpectMessage{}
	}
	if r.has("tasks") && e.Tasks == nil {
		e.Tasks = []ExpectTask{}
	}
	if r.has("alerts") && e.Alerts == nil {
		e.Alerts = []int{}
	}
	if r.has("suppressed") && e.Suppressed == nil {
		e.Suppressed = []ExpectSuppressed{}
	}
	return e
}

func (c *caseReader) list(n *node) []*node {
	if n == nil || n.kind == null {
		return nil
	}
	if n.kind != list {
		c.s.at(n, words("这里要写一个列表", "a list belongs here"), words("没有就写 []", "write [] for none"))
		return nil
	}
	return n.items
}

func (c *caseReader) named(n *node, kind string) []string {
	out := []string{}
	for _, m := range c.list(n) {
		out = append(out, c.name(m, kind))
	}
	return out
}

func (c *caseReader) name(n *node, kind string) string {
	if n == nil {
		return ""
	}
	v := c.s.str(n)
	if x := c.l.p.Contents[v]; v != "" && !c.l.p.lost["content/"+v+".md"] && (x == nil || kind != "" && x.Kind != kind) {
		c.s.lacking(n, lacksText, v, words("没有内容“%s”", "no content %q", v), c.s.meant(v, c.contents(kind)))
	}
	c.l.expected = append(c.l.expected, caseUse{c.s, n, v})
	return v
}

// due reads 11:37, on the day of the expectation, or a date and a time.
func (c *caseReader) due(n *node, at int64) int64 {
	parts := strings.Fields(c.s.str(n))
	if len(parts) == 1 {
		parts = []string{time.UnixMicro(at).In(c.l.p.Zone).Format("2006-01-02"), parts[0]}
	}
	if len(parts) == 2 {
		if t, ok := c.moment(parts[0], parts[1]); ok {
			return t
		}
	}
	c.s.at(n, words("“%s”不是时间", "%q is not a time", n.text), words("写成 11:37 或 2026-03-08 11:37", "write it as 11:37 or 2026-03-08 11:37"))
	return 0
}

func (c *caseReader) expectTags(e *Expect, n *node) {
	var known []string
	for _, t := range c.l.p.tags {
		known = append(known, t.Key)
	}
	for _, m := range c.s.strs(n) {
		x := ExpectTag{Key: strings.TrimSpace(m.text), Want: rule.True}
		switch {
		case strings.HasPrefix(x.Key, "-"):
			x.Key, x.Want = x.Key[1:], rule.False
		case strings.HasPrefix(x.Key, "?"):
			x.Key, x.Want = x.Key[1:], rule.Unknown
		}
		if tag, _, _ := strings.Cut(x.Key, "."); c.altered[tag] || c.altered[x.Key] {
			continue
		}
		if !slices.Contains(known, x.Key) {
			c.s.lacking(m, lacksTag, x.Key, words("没有标签“%s”", "no tag %q", x.Key), c.s.meant(x.Key, known))
			continue
		}
		e.Tags = append(e.Tags, x)
	}
}
