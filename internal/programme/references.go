package programme

import (
	"maps"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/rule"
)

func (l *loader) stages() {
	s, ok := l.open("stages.yaml", false)
	if !ok {
		return
	}
	root := l.parse(s)
	if root == nil {
		return
	}
	if root.kind != mapping {
		s.at(root, words("stages.yaml 里没有阶段", "stages.yaml holds no stages"), fault.Text{})
		return
	}
	for _, e := range root.pairs {
		r := s.fields(e.value, words("阶段", "a stage"), "name", "plain", "when", "stay", "source")
		t := &stageEntry{s: s, at: e.key, when: r.need("when"), stay: r.of["stay"]}
		t.Stage = Stage{
			Key: s.key(e.key), File: s.name, Line: e.key.line,
			Name: s.text(r.need("name")), Plain: s.text(r.need("plain")), Source: s.str(r.need("source")),
		}
		if t.Key != "" {
			l.p.stages = append(l.p.stages, t)
		}
	}
	if n := len(l.p.stages); n > 0 {
		if last := l.p.stages[n-1]; last.when != nil && strings.TrimSpace(last.when.text) != "true" {
			s.at(last.when, words("最后一个阶段要人人都能进", "everyone must fit the last stage"), words("写 when: true", "write when: true"))
		}
	}
}

// references checks what names something in another file.
func (l *loader) references() {
	var stages []string
	for _, t := range l.p.stages {
		stages = append(stages, t.Key)
	}
	for _, u := range l.p.stageUses {
		u.s.word(u.n, words("阶段", "stage"), stages...)
	}
	var tags []string
	for _, t := range l.p.tags {
		tags = append(tags, t.Key)
	}
	for _, u := range l.p.tagUses {
		if v := u.s.str(u.n); u.n.kind == scalar && !slices.Contains(tags, v) {
			u.s.lacking(u.n, lacksTag, v, words("没有标签“%s”", "no tag %q", v), u.s.meant(v, tags))
		}
	}
	var byHand []string
	for _, t := range l.p.tags {
		if t.ByHand {
			byHand = append(byHand, t.Key)
		}
	}
	for _, u := range l.p.segmentUses {
		if v := u.s.str(u.n); !slices.Contains(byHand, v) {
			if u.s.unchosen(u.n, v, words("人群", "segment"), u.s.meant(v, byHand)) {
				continue
			}
			u.s.lacking(u.n, lacksTag, v, words("没有人群“%s”", "no segment %q", v), u.s.meant(v, byHand))
		}
	}
	l.calls()
	l.endless()
	for _, u := range l.p.texts {
		c := l.p.Contents[u.n.text]
		switch {
		case l.p.lost["content/"+u.n.text+".md"]:
		case c == nil:
			var known []string
			for k, x := range l.p.Contents {
				if x.Kind == u.kind {
					known = append(known, k)
				}
			}
			slices.Sort(known)
			if u.n.text == "" {
				u.s.unchosen(u.n, "", words("内容", "text"), words("选一段内容", "choose a text")) // each such place for itself
				continue
			}
			hint := u.s.meant(u.n.text, known)
			if closest(u.n.text, known) == "" {
				hint = words("加一个文件 content/%s.md", "add a file content/%s.md", u.n.text)
			}
			u.s.lacking(u.n, lacksText, u.n.text, words("没有内容“%s”", "no content %q", u.n.text), hint)
		case c.Kind != u.kind:
			u.s.at(u.n, words("“%s”是 %s，这里要 %s", "%q is a %s, a %s belongs here", c.Key, c.Kind, u.kind), fault.Text{})
		case u.audience != "" && c.Audience != u.audience:
			u.s.at(u.n, words("“%s”是写给 %s 的，这里发给 %s", "%q is written for %s and sent to %s", c.Key, c.Audience, u.audience), fault.Text{})
		case c.Gravity >= 2 && c.Kind != KindScript:
			u.s.at(u.n, words("“%s”事关重大（gravity %d），不能自动发", "%q is grave (gravity %d) and is not sent by itself", c.Key, c.Gravity),
				words("改成请医生联系的任务", "make it a task for a doctor"))
		}
	}
}

// options are what the programme's own rules may name, tags in the given order.
func (p *Programme) options(tags []string) rule.Options {
	o := rule.Options{Tags: tags, Targets: TargetKeys, Settings: map[string]float64{}, Coded: p.coded(), Values: map[string]string{}}
	if len(p.Targets) == 0 {
		o.Targets = nil
	}
	o.Profiles = slices.Sorted(maps.Keys(p.Targets))
	for _, t := range p.tags {
		if t.value != nil && t.value.kind == scalar && t.Of == "" {
			o.Values[t.Key], _ = p.expand(strings.TrimRight(t.value.text, " \n"))
		}
	}
	for _, s := range p.stages {
		o.Stages = append(o.Stages, s.Key)
	}
	for k, s := range p.Settings {
		o.Settings[k] = s.Value
	}
	o.Forms = make(map[string][]string, len(p.Forms))
	for k, f := range p.Forms {
		for i := range f.Items {
			o.Forms[k] = append(o.Forms[k], f.Items[i].Key)
		}
	}
	return o
}
