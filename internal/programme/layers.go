package programme

import (
	"slices"
	"strings"
	"time"

	"peiban/internal/fault"
)

// Layer is what the people of one tag of an exclusive group get: how often somebody gets in touch with them, who, how, and which
// journeys look after them. It decides nothing; figures compare it with what was done.
type Layer struct {
	Tag      string
	Gets     fault.Text
	Every    time.Duration // at least one contact in this time
	Setting  string        // the setting Every comes from; empty: it stands in the layer
	By       string        // of Contacters
	Channels []string      // of ContactChannels, the first preferred
	Journeys []string
	Source   string
}

// Contacters are who may own the contact with a layer, ContactChannels how they get in touch.
var (
	Contacters      = []string{"owner", "pharmacist", "doctor", "on_duty"}
	ContactChannels = []string{"phone", "chat", "message", "visit", "group"}
)

// layers reads what each layer gets. It is checked when all tags and journeys are known.
func (l *loader) layers(s *source, r record) {
	if !r.has("layers") {
		return
	}
	n := r.of["layers"]
	if n.kind != mapping {
		s.at(n, words("layers 要写成“标签: …”的几行", "layers are lines of tag: ..."), fault.Text{})
		return
	}
	for _, e := range n.pairs {
		f := s.fields(e.value, words("分层", "a layer"), "gets", "every", "by", "channel", "journeys", "source")
		y := layerEntry{s: s, at: e.key, every: f.need("every"), journeys: s.strs(f.of["journeys"])}
		y.Layer = Layer{
			Tag: s.str(e.key), Gets: s.text(f.need("gets")), Source: s.str(f.need("source")),
			By: s.word(f.need("by"), words("负责人", "one who gets in touch"), Contacters...),
		}
		for _, c := range s.strs(f.need("channel")) {
			y.Channels = append(y.Channels, s.word(c, words("联系方式", "way of contact"), ContactChannels...))
		}
		l.p.layers = append(l.p.layers, &y)
	}
}

type layerEntry struct {
	Layer
	s        *source
	at       *node // its key
	every    *node
	journeys []*node
}

// layered checks the layers against the tags, journeys and settings they name, and puts them in the order of their group.
func (l *loader) layered() {
	p := l.p
	if len(p.layers) == 0 {
		return
	}
	exclusive := map[string]bool{}
	for _, g := range p.Groups {
		exclusive[g.Key] = g.Exclusive
	}
	group, order := "", []string(nil)
	for _, y := range p.layers {
		t := l.tagOf(y.Tag)
		var known []string
		for _, x := range p.tags {
			if exclusive[x.Group] && x.Of == "" {
				known = append(known, x.Key)
			}
		}
		switch {
		case t == nil:
			y.s.lacking(y.at, lacksTag, y.Tag, words("没有标签“%s”", "no tag %q", y.Tag), y.s.meant(y.Tag, known))
		case !exclusive[t.Group]:
			y.s.at(y.at, words("“%s”不在互斥的分组里，不能是一层", "%q is in no exclusive group and cannot be a layer", y.Tag), y.s.meant(y.Tag, known))
		case group != "" && t.Group != group:
			y.s.at(y.at, words("“%s”在分组 %s，别的层在 %s", "%q is in group %s, the others are in %s", y.Tag, t.Group, group), words("各层放在同一个分组", "put all layers in one group"))
		default:
			group = t.Group
		}
		l.layerNumbers(y)
	}
	for _, t := range p.tags {
		if t.Group != group || t.Of != "" || group == "" {
			continue
		}
		order = append(order, t.Key)
		if !slices.ContainsFunc(p.layers, func(y *layerEntry) bool { return y.Tag == t.Key }) {
			p.layers[0].s.at(p.layers[0].at, words("分组 %s 里的“%s”没有写得到什么", "%[2]q of group %[1]s is not described", group, t.Key),
				words("加一段 %s:", "add a part %s:", t.Key))
		}
	}
	for _, key := range order {
		for _, y := range p.layers {
			if y.Tag == key {
				p.Layers = append(p.Layers, y.Layer)
			}
		}
	}
}

func (l *loader) tagOf(key string) *tagEntry {
	if i := slices.IndexFunc(l.p.tags, func(t *tagEntry) bool { return t.Key == key }); i >= 0 {
		return l.p.tags[i]
	}
	return nil
}

// layerNumbers reads how often and by which journeys.
func (l *loader) layerNumbers(y *layerEntry) {
	text := y.s.str(y.every)
	if set, ok := l.p.Settings[text]; ok {
		if set.Unit != "d" || set.Value < 1 || set.Value > 366 {
			y.s.at(y.every, words("设定“%s”不是 1 到 366 天", "setting %q is not from 1 to 366 d", text), fault.Text{})
		}
		y.Setting, y.Every = text, time.Duration(set.Value*float64(24*time.Hour))
	} else if y.every != nil {
		if _, span := parseSpan(text); span || !strings.Contains(text, "_") {
			y.Every = y.s.span(y.every)
		} else {
			y.s.at(y.every, words("没有设定“%s”", "no setting %q", text), y.s.meant(text, settingKeys(l.p)))
		}
	}
	if y.Every != 0 && y.Every < 24*time.Hour {
		y.s.at(y.every, words("一层的联系最密每天一次", "a layer is in touch once a day at most"), words("写成 1d 以上", "write 1d or more"))
	}
	var known []string
	for _, j := range l.p.Journeys {
		known = append(known, j.Key)
	}
	for _, n := range y.journeys {
		if !l.p.lost["journeys/"+n.text+".yaml"] && !slices.Contains(known, n.text) {
			y.s.lacking(n, lacksSpeaker, n.text, words("没有旅程“%s”", "no journey %q", n.text), y.s.meant(n.text, known))
		}
		y.Journeys = append(y.Journeys, n.text)
	}
}

func settingKeys(p *Programme) (all []string) {
	for k, s := range p.Settings {
		if s.Unit == "d" {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

// LayerGroup is the group the layers are of, empty when the programme has none.
func (c *Compiled) LayerGroup() string {
	if len(c.Layers) == 0 {
		return ""
	}
	return c.Tags[c.TagIndex(c.Layers[0].Tag)].Group
}

// Messages reports whether a message is one of the ways the layer is kept in touch with.
func (y *Layer) Messages() bool { return slices.Contains(y.Channels, "message") }
