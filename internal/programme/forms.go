package programme

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
)

// Form is a questionnaire of the programme. Its file forms/KEY.json is a FHIR R4 Questionnaire; an answer to one of its
// items is an event form_answer with the form's key, the item's linkId and the code or the number answered.
type Form struct {
	Key       string
	Name      fault.Text
	Version   string
	Status    string     // draft: nobody confirmed it, so rehearsals only; active; retired: asked no more
	Copyright string     // by what right it may be used
	Scale     string     // the scale its points make, a code of event score; empty: none
	Every     int        // days after which it is due again; 0: it is asked once
	Items     []FormItem // in the order they are asked, groups made flat
}

// FormItem is one question, or a text between questions.
type FormItem struct {
	Key      string // linkId
	Type     string // choice, integer, decimal, boolean, string, text, date; display and group ask nothing
	Text     fault.Text
	Required bool
	Repeats  bool
	Min, Max float64      // of a number, inclusive; NaN: no limit
	Options  []FormOption // of a choice
}

// FormOption is one answer of a choice.
type FormOption struct {
	Code     string
	Text     fault.Text
	Score    float64 // points, where HasScore
	HasScore bool
}

// Extensions of FHIR a form uses, and the two names of our own for what FHIR leaves open: how often a form is due, and which
// scale its points make.
const (
	translationURL = "http://hl7.org/fhir/StructureDefinition/translation"
	ordinalURL     = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
	minURL         = "http://hl7.org/fhir/StructureDefinition/minValue"
	maxURL         = "http://hl7.org/fhir/StructureDefinition/maxValue"
	everyURN       = "urn:peiban:every"
	scaleURN       = "urn:peiban:scale"
)

var itemTypes = []string{"group", "display", "choice", "integer", "decimal", "boolean", "string", "text", "date"}

// forms reads forms/*.json; the name of a file is the key of its form. JSON is read by the parser of YAML, of which it is a
// part, so that a mistake has line and column.
func (l *loader) forms() {
	for _, name := range l.each("forms", ".json") {
		s, ok := l.open(name, false)
		if !ok {
			l.p.lost[name] = true
			continue
		}
		if !json.Valid(s.raw) {
			s.put(0, 0, words("这个文件不是 JSON", "this file is not JSON"), words("用 FHIR R4 Questionnaire 的 JSON 格式保存", "save it as a FHIR R4 Questionnaire in JSON"))
			l.p.lost[name] = true
			continue
		}
		root := l.parse(s)
		if root == nil {
			continue
		}
		f := &formReader{s: s, seen: map[string]bool{}}
		f.read(root, strings.TrimSuffix(path.Base(name), ".json"))
		l.p.Forms[f.form.Key] = &f.form
	}
}

type formReader struct {
	s    *source
	form Form
	seen map[string]bool
}

// record is a JSON object, of which FHIR allows many more fields than are read here.
func (f *formReader) record(n *node, what fault.Text) record {
	if n == nil || n.kind != mapping {
		return f.s.fields(n, what)
	}
	r := record{s: f.s, n: n, what: what, of: map[string]*node{}, ok: true}
	for _, p := range n.pairs {
		r.of[p.key.text] = p.value
	}
	return r
}

func (f *formReader) read(root *node, key string) {
	s := f.s
	r := f.record(root, words("问卷", "a form"))
	if t := r.need("resourceType"); t != nil && s.str(t) != "Questionnaire" {
		s.at(t, words("问卷的 resourceType 是 Questionnaire", "the resourceType of a form is Questionnaire"), fault.Text{})
	}
	if n := r.need("name"); n != nil && s.str(n) != key {
		s.at(n, words("name 要和文件名一样：%s", "the name is that of the file: %s", key), fault.Text{})
	}
	status := ""
	if st := r.need("status"); st != nil {
		status = s.word(st, words("状态", "status"), "draft", "active", "retired")
	}
	f.form = Form{Key: key, Version: s.str(r.need("version")), Status: status, Name: f.text(r, "title"), Copyright: s.str(r.need("copyright"))}
	f.form.Every, f.form.Scale = f.every(root), f.scale(r)
	f.items(r.need("item"))
	f.pointed(r)
	if len(f.form.Items) == 0 && r.has("item") {
		s.at(r.of["item"], words("问卷里没有问题", "the form asks nothing"), fault.Text{})
	}
}

// text reads a field in Chinese and, from its translation extension, in English.
func (f *formReader) text(r record, field string) fault.Text {
	n := r.need(field)
	if n == nil {
		return fault.Text{}
	}
	t := fault.Text{Zh: f.s.str(n)}
	for _, x := range f.extensions(r.of["_"+field], translationURL) {
		in := f.record(x, words("译文", "a translation"))
		parts := in.of["extension"]
		if parts == nil {
			continue
		}
		var lang, content string
		for _, p := range parts.items {
			pr := f.record(p, words("译文", "a translation"))
			switch f.s.str(pr.of["url"]) {
			case "lang":
				lang = f.s.str(pr.of["valueCode"])
			case "content":
				content = f.s.str(pr.of["valueString"])
			}
		}
		if lang == "en" {
			t.En = content
		}
	}
	if t.En == "" {
		f.s.at(n, words("“%s”缺英文", "%q lacks its English", field), words("在 _%s 里加 translation 扩展，lang: en", "add the translation extension in _%s, lang: en", field))
	}
	return t
}

// extensions are those of an element that have the address.
func (f *formReader) extensions(n *node, url string) (out []*node) {
	if n == nil || n.kind != mapping {
		return nil
	}
	list := f.record(n, words("扩展", "an extension")).of["extension"]
	if list == nil {
		return nil
	}
	for _, x := range list.items {
		if f.s.str(f.record(x, words("扩展", "an extension")).of["url"]) == url {
			out = append(out, x)
		}
	}
	return out
}

func (f *formReader) items(n *node) {
	if n == nil {
		return
	}
	if n.kind != list {
		f.s.at(n, words("item 要写一个列表", "item is a list"), fault.Text{})
		return
	}
	for _, x := range n.items {
		f.item(x)
	}
}

func (f *formReader) item(n *node) {
	s := f.s
	r := f.record(n, words("问题", "an item"))
	if !r.ok {
		return
	}
	it := FormItem{Key: s.key(r.need("linkId"))}
	if it.Key != "" && f.seen[it.Key] {
		s.at(r.of["linkId"], words("这份问卷里已有 %s", "this form has %s already", it.Key), fault.Text{})
	}
	f.seen[it.Key] = true
	if t := r.need("type"); t != nil {
		it.Type = s.word(t, words("问题的类型", "type of an item"), itemTypes...)
	}
	it.Text = f.text(r, "text")
	it.Min, it.Max = f.limit(n, minURL), f.limit(n, maxURL)
	it.Required = r.has("required") && s.yes(r.of["required"])
	it.Repeats = r.has("repeats") && s.yes(r.of["repeats"])
	if o := r.of["answerOption"]; o != nil {
		for _, x := range o.items {
			if v := f.option(x); v.Code != "" {
				if slices.ContainsFunc(it.Options, func(a FormOption) bool { return a.Code == v.Code }) {
					s.at(x, words("这个问题里已有答案 %s", "this item has the answer %s already", v.Code), fault.Text{})
				}
				it.Options = append(it.Options, v)
			}
		}
	}
	switch {
	case it.Type == "choice" && len(it.Options) < 2:
		s.at(n, words("选择题至少有两个答案", "a choice has two answers or more"), words("写 answerOption", "write answerOption"))
	case it.Type != "choice" && len(it.Options) > 0:
		s.at(n, words("只有 choice 有答案可选", "only a choice has answers to choose"), fault.Text{})
	}
	f.form.Items = append(f.form.Items, it)
	if r.has("item") {
		f.items(r.of["item"])
	}
}

func (f *formReader) option(n *node) FormOption {
	coding := f.record(f.record(n, words("答案", "an answer")).need("valueCoding"), words("答案", "an answer"))
	if !coding.ok {
		return FormOption{}
	}
	o := FormOption{Code: f.s.key(coding.need("code")), Text: f.text(coding, "display")}
	for _, x := range f.extensions(coding.n, ordinalURL) {
		if v := f.record(x, words("扩展", "an extension")).need("valueDecimal"); v != nil {
			points, err := strconv.ParseFloat(v.text, 64)
			if err != nil {
				f.s.at(v, words("分数要写一个数", "points are a number"), fault.Text{})
			}
			o.Score, o.HasScore = points, err == nil
		}
	}
	return o
}

// Item finds an item by its linkId, nil if the form has none.
func (f *Form) Item(key string) *FormItem {
	for i := range f.Items {
		if f.Items[i].Key == key {
			return &f.Items[i]
		}
	}
	return nil
}

// Most is the highest sum of points the form can give; 0 for a form without points.
func (f *Form) Most() float64 {
	sum := 0.0
	for _, it := range f.Items {
		best := 0.0
		for _, o := range it.Options {
			best = max(best, o.Score)
		}
		sum += best
	}
	return sum
}

// answered reports an answer in a test that no form of the programme has: it would pass and never happen.
func (c *caseReader) answered(n *node, form, item, code string) bool {
	if len(c.l.p.Forms) == 0 && c.altered != nil || c.l.p.lost["forms/"+form+".json"] {
		return true // a part's tests may answer forms that not every programme holds
	}
	f := c.l.p.Forms[form]
	if f == nil {
		c.s.lacking(n, lacksForm, form, words("没有问卷“%s”", "no form %q", form), c.s.meant(form, keysOf(c.l.p.Forms)))
		return false
	}
	it := f.Item(item)
	if it == nil {
		var known []string
		for _, x := range f.Items {
			known = append(known, x.Key)
		}
		c.s.at(n, words("问卷 %s 没有问题“%s”", "form %s has no item %q", form, item), c.s.meant(item, known))
		return false
	}
	if code != "" && len(it.Options) > 0 && !slices.ContainsFunc(it.Options, func(o FormOption) bool { return o.Code == code }) {
		var known []string
		for _, o := range it.Options {
			known = append(known, o.Code)
		}
		c.s.at(n, words("问题 %s 没有答案“%s”", "item %s has no answer %q", item, code), c.s.meant(code, known))
		return false
	}
	return true
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
