package programme

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"peiban/internal/fault"
)

// TextForm is a text as an editor fills it in: a message, a card, words for staff or a consent text.
type TextForm struct {
	Key       string
	Kind      string
	Audience  string // empty: by its kind
	Gravity   int
	Stage     []string
	Version   string
	Approval  ApprovalForm
	Expires   string // 2027-03-01; empty: not by itself
	Title     fault.Text
	Body      fault.Text
	Answers   []AnswerForm
	Purpose   string // of a consent text, as the three below
	Required  bool
	Necessity fault.Text
	Impact    fault.Text

	File string
}

// AnswerForm is a button of a card.
type AnswerForm struct {
	Key  string
	Text fault.Text
}

// textFile is where a text stands: the programme's own stands in the place of a part's. A new one is the programme's own.
func (f Files) textFile(key string) string {
	name := "content/" + key + ".md"
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

// TextForm is text key of f; ok is false when there is none, or its head cannot be read.
func (f Files) TextForm(key string) (x TextForm, ok bool) {
	name := f.textFile(key)
	head, body, ok := parted(f[name])
	if !ok {
		return x, false
	}
	root := newSource(name, []byte(head), &Problems{}).parse()
	if root == nil || root.kind != mapping {
		return x, false
	}
	x = TextForm{Key: key, Kind: KindMessage, Approval: ApprovalForm{Sample: true}, Body: body, File: name}
	for _, p := range root.pairs {
		v := p.value
		switch p.key.text {
		case "kind":
			x.Kind = v.text
		case "audience":
			x.Audience = v.text
		case "gravity":
			x.Gravity, _ = strconv.Atoi(v.text)
		case "stage":
			for _, n := range newSource(name, nil, &Problems{}).strs(v) {
				x.Stage = append(x.Stage, n.text)
			}
		case "version":
			x.Version = v.text
		case "approval":
			x.Approval = *approvalForm(v)
		case "expires":
			x.Expires = v.text
		case "title":
			x.Title = plainText(v)
		case "answers":
			for _, a := range v.pairs {
				x.Answers = append(x.Answers, AnswerForm{a.key.text, plainText(a.value)})
			}
		case "purpose":
			x.Purpose = v.text
		case "required":
			x.Required = v.text == "true"
		case "necessity":
			x.Necessity = plainText(v)
		case "impact":
			x.Impact = plainText(v)
		}
	}
	return x, true
}

// parted cuts a text into its head and its two languages.
func parted(text string) (head string, body fault.Text, ok bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return "", body, false
	}
	head, rest, ok = strings.Cut(rest, "\n---\n")
	if !ok {
		return "", body, false
	}
	return head, newSource("", nil, &Problems{}).body(strings.Split(rest, "\n"), 0), true
}

// SetText is f with a text in the place of the one of its key. Words that change lose their approval unless it changes with them:
// nobody has signed what they now say.
func (f Files) SetText(x TextForm) (Files, error) {
	if !keyOK(x.Key) {
		return nil, errFormKey.At("key")
	}
	for _, a := range x.Answers {
		if !keyOK(a.Key) {
			return nil, errFormKey.At("body.answers")
		}
	}
	name := f.textFile(x.Key)
	if was, ok := f.TextForm(x.Key); ok && !was.Approval.Sample && was.Approval == x.Approval && !was.saysSame(x) {
		x.Approval = ApprovalForm{Sample: true}
	}
	if name != "content/"+x.Key+".md" { // a part's: the programme gets its own
		name = "content/" + x.Key + ".md"
	}
	return f.with(name, x.markdown()), nil
}

// saysSame reports whether two forms of a text say the same to whoever reads them.
func (x TextForm) saysSame(o TextForm) bool {
	return x.Title == o.Title && x.Body == o.Body && slices.Equal(x.Answers, o.Answers) && x.Necessity == o.Necessity && x.Impact == o.Impact
}

// DropText is f without a text.
func (f Files) DropText(key string) Files {
	out := f.with("content/"+key+".md", "")
	delete(out, "content/"+key+".md")
	return out
}

func (x TextForm) markdown() string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	b.WriteString("---\n")
	line("kind", quotedOrNone(x.Kind))
	line("audience", quotedOrNone(x.Audience))
	if x.Gravity > 0 {
		line("gravity", strconv.Itoa(x.Gravity))
	}
	if len(x.Stage) > 0 {
		stages := make([]string, len(x.Stage))
		for i, k := range x.Stage {
			stages[i] = quoted(k)
		}
		line("stage", "["+strings.Join(stages, ", ")+"]")
	}
	line("version", `"`+strings.Map(onlyPlain, x.Version)+`"`)
	line("approval", x.Approval.yaml())
	line("expires", quotedOrNone(x.Expires))
	line("title", flowText(x.Title))
	if (x.Kind == KindMessage || x.Kind == KindCard) && x.Purpose != "" {
		line("purpose", quotedOrNone(x.Purpose))
	}
	if x.Kind == KindConsent {
		line("purpose", quotedOrNone(x.Purpose))
		line("required", strconv.FormatBool(x.Required))
		line("necessity", flowText(x.Necessity))
		line("impact", flowText(x.Impact))
	}
	if len(x.Answers) > 0 {
		b.WriteString("answers:\n")
		for _, a := range x.Answers {
			fmt.Fprintf(&b, "  %s: %s\n", a.Key, flowText(a.Text))
		}
	}
	fmt.Fprintf(&b, "---\n# 中文\n\n%s\n\n# English\n\n%s\n", strings.TrimSpace(x.Body.Zh), strings.TrimSpace(x.Body.En))
	return b.String()
}

// onlyPlain leaves out what would end a text in quotes.
func onlyPlain(r rune) rune {
	if r < ' ' || r == '"' || r == '\\' {
		return -1
	}
	return r
}

// LongestSentence is how many Chinese characters a sentence for people has at most. Source: docs/guide/new-disease.md, step 5.
const LongestSentence = 20

// LongSentences are the sentences of a Chinese text that are longer, in its order.
func LongSentences(zh string) (out []string) {
	for s := range strings.FieldsFuncSeq(zh, func(r rune) bool { return strings.ContainsRune("。！？；!?\n", r) }) {
		n := 0
		for _, r := range s {
			if unicode.Is(unicode.Han, r) {
				n++
			}
		}
		if n > LongestSentence {
			out = append(out, strings.TrimSpace(s))
		}
	}
	return out
}

// TextKeys are the texts of f in the order of their keys, those of shared parts among them.
func (f Files) TextKeys() []string {
	var out []string
	for _, name := range f.Paths() {
		if dir, file := path.Split(own(name)); dir == "content/" {
			out = append(out, strings.TrimSuffix(file, ".md"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Shown is the text of a file by the folder it lies in and its key: the programme's own, else that of a shared part.
func (f Files) Shown(dir, key, ext string) string {
	name := dir + "/" + key + ext
	if text, ok := f[name]; ok {
		return text
	}
	for _, n := range f.Paths() {
		if partOf(n) != "" && own(n) == name {
			return f[n]
		}
	}
	return ""
}
