package programme

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// QuestionnaireForm is a questionnaire as an editor fills it in.
type QuestionnaireForm struct {
	Key       string
	Name      fault.Text
	Version   string
	Status    string
	Copyright string
	Scale     string // empty: its points make none
	Every     int    // days; 0: asked once
	Items     []QuestionForm

	Part string
	File string
}

// QuestionForm is one question of a questionnaire, or a text between questions.
type QuestionForm struct {
	Key      string
	Type     string
	Text     fault.Text
	Required bool
	Repeats  bool
	Min, Max *float64
	Options  []OptionForm
}

// OptionForm is one answer of a choice.
type OptionForm struct {
	Code  string
	Text  fault.Text
	Score *float64 // nil: it gives no points
}

// ItemTypes are the kinds of questions, Scales what the points of a questionnaire may make.
func ItemTypes() []string { return slices.Clone(itemTypes) }

// Scales are the codes of the scales points may make.
func Scales() []string { return event.Score.Spec().Field("scale").Enum }

// QuestionnaireKeys are the questionnaires of f in the order of their keys.
func (f Files) QuestionnaireKeys() []string {
	var out []string
	for _, name := range f.Paths() {
		if dir, file := path.Split(own(name)); dir == "forms/" {
			out = append(out, strings.TrimSuffix(file, ".json"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (f Files) questionnaireFile(key string) string {
	name := "forms/" + key + ".json"
	if _, ok := f[name]; ok {
		return name
	}
	for _, n := range f.Paths() {
		if partOf(n) != "" && own(n) == name {
			return n
		}
	}
	return name
}

// Questionnaire is a questionnaire of f; ok is false when there is none, or it is written in a way a form does not show: no JSON,
// or questions within questions.
func (f Files) Questionnaire(key string) (x QuestionnaireForm, ok bool) {
	name := f.questionnaireFile(key)
	root := jsonTree(f[name])
	if root == nil || root.mark != '{' {
		return x, false
	}
	x = QuestionnaireForm{
		Key: key, File: name, Part: partOf(name), Name: translated(root, "title"), Version: root.of("version").text(), Status: root.of("status").text(),
		Copyright: root.of("copyright").text(), Scale: scaleCode(root).of("code").text(),
	}
	if e := extension(root, everyURN); e != nil {
		days, _ := e.of("valueDuration").of("value").number()
		x.Every = int(days)
	}
	items := root.of("item")
	if items == nil || items.mark != '[' {
		return x, items == nil
	}
	for _, n := range items.all {
		if n.mark != '{' || n.of("item") != nil {
			return x, false
		}
		x.Items = append(x.Items, questionOf(n))
	}
	return x, true
}

func questionOf(n *jsonNode) QuestionForm {
	q := QuestionForm{
		Key: n.of("linkId").text(), Type: n.of("type").text(), Text: translated(n, "text"),
		Required: n.of("required") != nil && n.of("required").raw == "true", Repeats: n.of("repeats") != nil && n.of("repeats").raw == "true",
		Min: bound(n, minURL), Max: bound(n, maxURL),
	}
	if o := n.of("answerOption"); o != nil {
		for _, one := range o.all {
			c := one.of("valueCoding")
			a := OptionForm{Code: c.of("code").text(), Text: translated(c, "display")}
			if v, ok := extension(c, ordinalURL).of("valueDecimal").number(); ok {
				a.Score = &v
			}
			q.Options = append(q.Options, a)
		}
	}
	return q
}

// translated reads a field in Chinese and, from its translation, in English.
func translated(n *jsonNode, field string) fault.Text {
	return fault.Text{Zh: n.of(field).text(), En: english(n.of("_" + field)).of("valueString").text()}
}

// english is the content of the English translation of a field, nil when there is none.
func english(beside *jsonNode) *jsonNode {
	list := beside.of("extension")
	if list == nil {
		return nil
	}
	for _, x := range list.all {
		if x.of("url").text() != translationURL || x.of("extension") == nil {
			continue
		}
		lang := ""
		var content *jsonNode
		for _, p := range x.of("extension").all {
			switch p.of("url").text() {
			case "lang":
				lang = p.of("valueCode").text()
			case "content":
				content = p
			}
		}
		if lang == "en" {
			return content
		}
	}
	return nil
}

// extension is the first extension of n with an address, nil when it has none.
func extension(n *jsonNode, url string) *jsonNode {
	list := n.of("extension")
	if list == nil {
		return nil
	}
	for _, x := range list.all {
		if x.of("url").text() == url {
			return x
		}
	}
	return nil
}

func scaleCode(root *jsonNode) *jsonNode {
	list := root.of("code")
	if list == nil {
		return nil
	}
	for _, x := range list.all {
		if x.of("system").text() == scaleURN {
			return x
		}
	}
	return nil
}

func bound(n *jsonNode, url string) *float64 {
	x := extension(n, url)
	v, ok := x.of("valueInteger").number()
	if !ok {
		v, ok = x.of("valueDecimal").number()
	}
	if !ok {
		return nil
	}
	return &v
}

// SetQuestionnaire is f with a questionnaire in the place of the one of its key. What the form does not show stays in the file; one of a
// shared part is not changed there: the programme gets its own.
func (f Files) SetQuestionnaire(x QuestionnaireForm) (Files, error) {
	if !keyOK(x.Key) {
		return nil, errFormKey.At("key")
	}
	for _, q := range x.Items {
		if !keyOK(q.Key) || slices.ContainsFunc(q.Options, func(o OptionForm) bool { return !keyOK(o.Code) }) {
			return nil, errFormKey.At("body.items")
		}
	}
	name := "forms/" + x.Key + ".json"
	was := f.questionnaireFile(x.Key)
	if _, readable := f.Questionnaire(x.Key); f[was] != "" && !readable {
		return nil, errByHand.At("%s", was)
	}
	root := jsonTree(f[was])
	if root == nil {
		root = jsonObject("resourceType", "Questionnaire", "language", "zh-CN", "name", x.Key)
	}
	root.put("version", jsonString(x.Version), "name")
	root.put("status", jsonString(x.Status), "version")
	root.translate("title", x.Name, "status")
	root.put("copyright", jsonString(x.Copyright), "_title", "title")
	if root.of("subjectType") == nil {
		root.put("subjectType", jsonList(jsonString("Patient")), "copyright")
	}
	root.repeat(x.Every)
	root.scaled(x.Scale)
	old := map[string]*jsonNode{}
	if items := root.of("item"); items != nil {
		for _, n := range items.all {
			old[n.of("linkId").text()] = n
		}
	}
	list := jsonList()
	for _, q := range x.Items {
		n := old[q.Key]
		if n == nil {
			n = jsonObject("linkId", q.Key)
		}
		delete(old, q.Key) // two of one key: the second is new, and the check says so
		n.question(q)
		list.all = append(list.all, n)
	}
	root.put("item", list)
	var b strings.Builder
	root.write(&b, "")
	return f.with(name, b.String()+"\n"), nil
}

// DropQuestionnaire is f without its own questionnaire of a key.
func (f Files) DropQuestionnaire(key string) Files {
	out := f.with("forms/"+key+".json", "")
	delete(out, "forms/"+key+".json")
	return out
}

// translate sets a field in both languages.
func (n *jsonNode) translate(field string, t fault.Text, after string) {
	n.put(field, jsonString(t.Zh), after)
	if content := english(n.of("_" + field)); content != nil {
		content.put("valueString", jsonString(t.En))
		return
	}
	if t.En == "" {
		return
	}
	beside := n.of("_" + field)
	if beside == nil {
		beside = jsonObject()
		n.put("_"+field, beside, field)
	}
	beside.extend(jsonObject("url", translationURL, "extension",
		jsonList(jsonObject("url", "lang", "valueCode", "en"), jsonObject("url", "content", "valueString", t.En))))
}

// extend puts an extension in the place of the one of its address, or after the others.
func (n *jsonNode) extend(x *jsonNode, after ...string) {
	list := n.of("extension")
	if list == nil {
		list = jsonList()
		n.put("extension", list, after...)
	}
	url := x.of("url").text()
	if i := slices.IndexFunc(list.all, func(o *jsonNode) bool { return o.of("url").text() == url }); i >= 0 {
		list.all[i] = x
		return
	}
	list.all = append(list.all, x)
}

// shrink takes the extension of an address out.
func (n *jsonNode) shrink(url string) {
	list := n.of("extension")
	if list == nil {
		return
	}
	list.all = slices.DeleteFunc(list.all, func(x *jsonNode) bool { return x.of("url").text() == url })
	if len(list.all) == 0 {
		n.put("extension", nil)
	}
}

func (n *jsonNode) repeat(days int) {
	if days == 0 {
		n.shrink(everyURN)
		return
	}
	if v, ok := extension(n, everyURN).of("valueDuration").of("value").number(); ok && int(v) == days {
		return
	}
	n.extend(jsonObject("url", everyURN, "valueDuration", jsonObject("value", days, "unit", "d", "system", "http://unitsofmeasure.org", "code", "d")), "language")
}

func (n *jsonNode) scaled(scale string) {
	switch code := scaleCode(n); {
	case code != nil && scale != "":
		code.put("code", jsonString(scale))
	case code != nil:
		list := n.of("code")
		if list.all = slices.DeleteFunc(list.all, func(x *jsonNode) bool { return x == code }); len(list.all) == 0 {
			n.put("code", nil)
		}
	case scale != "":
		list := n.of("code")
		if list == nil {
			list = jsonList()
			n.put("code", list, "extension", "language")
		}
		list.all = append(list.all, jsonObject("system", scaleURN, "code", scale))
	}
}

func (n *jsonNode) question(q QuestionForm) {
	n.put("type", jsonString(q.Type), "linkId")
	n.translate("text", q.Text, "type")
	n.flag("required", q.Required, "_text", "text")
	n.flag("repeats", q.Repeats, "required", "_text", "text")
	n.bounded(minURL, q.Type, q.Min)
	n.bounded(maxURL, q.Type, q.Max)
	old := map[string]*jsonNode{}
	if o := n.of("answerOption"); o != nil {
		for _, one := range o.all {
			old[one.of("valueCoding").of("code").text()] = one
		}
	}
	if len(q.Options) == 0 {
		n.put("answerOption", nil)
		return
	}
	list := jsonList()
	for _, a := range q.Options {
		one := old[a.Code]
		if one == nil {
			one = jsonObject("valueCoding", jsonObject("code", a.Code))
		}
		delete(old, a.Code)
		c := one.of("valueCoding")
		c.translate("display", a.Text, "code")
		if a.Score == nil {
			c.shrink(ordinalURL)
		} else if v, ok := extension(c, ordinalURL).of("valueDecimal").number(); !ok || v != *a.Score {
			c.extend(jsonObject("url", ordinalURL, "valueDecimal", jsonNumber(*a.Score)))
		}
		list.all = append(list.all, one)
	}
	n.put("answerOption", list)
}

// flag sets a field that is written only when it is true, unless the file says false itself.
func (n *jsonNode) flag(field string, v bool, after ...string) {
	if v || n.of(field) != nil {
		n.put(field, jsonBool(v), after...)
	}
}

func (n *jsonNode) bounded(url, kind string, v *float64) {
	if v == nil {
		n.shrink(url)
		return
	}
	if was := bound(n, url); was != nil && *was == *v {
		return
	}
	field := "valueDecimal"
	if kind == "integer" && *v == float64(int64(*v)) {
		field = "valueInteger"
	}
	n.extend(jsonObject("url", url, field, &jsonNode{raw: strconv.FormatFloat(*v, 'f', -1, 64)}))
}
