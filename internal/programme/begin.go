package programme

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"peiban/internal/fault"
)

// Beginning is what a new programme is begun with.
type Beginning struct {
	Key    string
	Name   fault.Text
	Zone   string
	Prefix string // of the keys of its journeys and texts, which are unique in a workspace; empty: they stay
}

var (
	errName = fault.New(fault.Invalid, "no_name", "名字要有中文和英文", "a name is needed in both languages").At("body.name")
	errKey  = errFormKey.At("body.key")
)

func (b Beginning) check() error {
	switch {
	case !keyOK(b.Key) || b.Key == sharedDir:
		return errKey
	case strings.TrimSpace(b.Name.Zh) == "" || strings.TrimSpace(b.Name.En) == "":
		return errName
	case b.Prefix != "" && !keyOK(b.Prefix):
		return errFormKey.At("body.prefix")
	}
	return nil
}

// Skeleton is a new programme with nothing in it but what must be there. It checks without a mistake, so that the first one shown
// is the writer's own.
func Skeleton(b Beginning) (Files, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	return Files{
		"programme.yaml": "key: " + b.Key + "\nname: " + flowText(b.Name) + "\nversion: 1\nzone: " + b.Zone +
			"\napproval: sample            # rehearsal only; a live workspace needs by, at, document\n\n" +
			"groups:                     # headings the tags are shown under\n  lifecycle: {zh: 生命周期, en: Lifecycle}\n\n" +
			"# Numbers a clinician may want otherwise: value with its unit, and where it comes from.\nsettings:\n  new_days:\n" +
			"    name: {zh: 头几天算新入, en: Days that count as new}\n    value: 7 d\n    source: 方案约定，待医生确认 (proposal)\n",
		"tags.yaml": "lc_new:\n  name: {zh: 新入, en: New}\n  group: lifecycle\n  private: no\n" +
			"  plain:\n    zh: 加入以后的头几天\n    en: The first days after joining\n" +
			"  when: days_since(events(\"programme_joined\")) < setting(\"new_days\")\n" +
			"  because:\n    zh: 刚加入不久\n    en: Joined a short time ago\n  source: 方案约定 (convention)\n",
		"stages.yaml": "# A person is in the first stage whose rule is true. Unknown is not true.\n\n" +
			"new:\n  name: {zh: 新入, en: New}\n  plain:\n    zh: 加入以后的头几天\n    en: The first days after joining\n  when: tag(\"lc_new\")\n  source: 方案约定 (convention)\n\n" +
			"all:\n  name: {zh: 其余, en: Everyone else}\n  plain:\n    zh: 不在其他任何阶段\n    en: In none of the other stages\n  when: true\n  source: 方案约定 (convention)\n",
	}, nil
}

// As is f begun anew as another programme: its key and name, version 1, approved by nobody. With a prefix its own journeys and
// texts get new keys, wherever they are named; consent texts keep theirs, because they go by their purpose.
func (f Files) As(b Beginning) (Files, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	out, err := f.WithVersion(1)
	if err != nil {
		return nil, err
	}
	if out, err = out.setScalar("programme.yaml", "key", b.Key, "name"); err != nil {
		return nil, err
	}
	if out, err = out.SetHead(HeadForm{b.Name, ApprovalForm{Sample: true}}); err != nil {
		return nil, err
	}
	for _, t := range out.Targets() {
		if t.Approval != nil && !t.Approval.Sample {
			t.Approval = &ApprovalForm{Sample: true}
			if out, err = out.SetTarget(t); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range out.TextKeys() {
		if x, ok := out.TextForm(k); ok && !x.Approval.Sample {
			x.Approval = ApprovalForm{Sample: true}
			out = out.with(x.File, x.markdown())
		}
	}
	if b.Prefix != "" {
		out = out.prefixed(b.Prefix + "-")
	}
	return out, nil
}

// A key in a text stands apart from letters, digits, - and _: low-now in "low-now-2" is another key.
var keyWord = regexp.MustCompile(`[A-Za-z0-9_-]+`)

// asked is where a rule asks which text was answered, or which words were said: e.content == "low-now", e.script in ["a", "b"].
var asked = regexp.MustCompile(`\.(?:content|script)\s*(?:==|!=|in)\s*(?:\[[^\]]*\]|"[^"]*"|'[^']*')`)

// layerJourneys is where a layer names its journeys, in one line.
var layerJourneys = regexp.MustCompile(`(?m)^ +journeys: *\[[^\]]*\]`)

// greetingLine is where a programme names what a new contact hears, up to a remark.
var greetingLine = regexp.MustCompile(`(?m)^` + greets + `[^#\n]*`)

const greets = "greeting:"

// reworded puts the new key in the place of every word that is an old one.
func reworded(s string, fresh map[string]string) string {
	return keyWord.ReplaceAllStringFunc(s, func(w string) string {
		if k := fresh[w]; k != "" {
			return k
		}
		return w
	})
}

// prefixed gives f's own journeys and texts new keys, and names them so in journeys, tests and rules. What a test gives as events,
// and what stands in words people read, is not touched: texts are not looked into.
func (f Files) prefixed(prefix string) Files {
	fresh := map[string]string{}
	for _, name := range f.Paths() {
		dir, file := path.Split(name)
		key := strings.TrimSuffix(file, path.Ext(file))
		if dir != "journeys/" && dir != "content/" || strings.HasPrefix(key, prefix) {
			continue
		}
		if x, ok := f.TextForm(key); dir == "content/" && ok && x.Kind == KindConsent {
			continue
		}
		fresh[key] = prefix + key
	}
	out := Files{}
	for name, text := range f {
		dir, file := path.Split(name)
		ext := path.Ext(file)
		if k := fresh[strings.TrimSuffix(file, ext)]; k != "" && (dir == "journeys/" || dir == "content/") {
			name = dir + k + ext
		}
		if partOf(name) == "" && ext == ".yaml" {
			text = asked.ReplaceAllStringFunc(text, func(clause string) string { return reworded(clause, fresh) })
			switch {
			case dir == "journeys/" || dir == "tests/":
				text = renamed(text, fresh)
			case name == "programme.yaml": // what each layer gets names its journeys
				text = layerJourneys.ReplaceAllStringFunc(text, func(line string) string { return reworded(line, fresh) })
				text = greetingLine.ReplaceAllStringFunc(text, func(line string) string { return greets + reworded(strings.TrimPrefix(line, greets), fresh) })
			}
		}
		out[name] = text
	}
	return out
}

// places are what a key of a journey or a text stands behind, in journeys and in tests.
var places = []string{"message", "card", "script", "content", "cards", "messages", "tasks", "suppressed", "held", "done", "skip", "postpone", "answer", "read", "task_done"}

// renamed puts new keys where one is named. A line is looked at only behind a word that is followed by a key: prose that happens
// to hold the same word stays.
func renamed(text string, fresh map[string]string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		code, comment, _ := strings.Cut(l, " #")
		if !slices.ContainsFunc(keyWord.FindAllString(code, -1), func(w string) bool { return slices.Contains(places, w) }) && !listItem(code) {
			continue
		}
		at := strings.IndexFunc(code, func(r rune) bool { return r != ' ' && r != '-' })
		if at >= 0 && strings.HasPrefix(code[at:], "name:") {
			continue
		}
		code = reworded(code, fresh)
		if lines[i] = code; comment != "" {
			lines[i] += " #" + comment
		}
	}
	return strings.Join(lines, "\n")
}

// listItem reports whether a line is one plain word of a list.
func listItem(l string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(l), "- ")
	return ok && keyWord.FindString(rest) == rest
}

// Own are the paths of f that are no shared part's.
func (f Files) Own() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(n string) bool { return partOf(n) != "" })
}

// Key is the key programme.yaml of f names; empty when it cannot be read.
func (f Files) Key() string {
	_, root := f.tree("programme.yaml")
	if n := child(root, "key"); n != nil && n.kind == scalar && keyOK(n.text) {
		return n.text
	}
	return ""
}
