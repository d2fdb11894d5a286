package programme

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/journey"
)

// JourneyForm is a journey as an editor fills it in, read from its file whether or not it is sound.
type JourneyForm struct {
	Key    string
	File   string
	Text   string
	Fields map[string]any // by JourneySettings: texts, lists of texts, {zh, en}
	Steps  []StepForm
	// Instead says, of steps that are gone, which takes who waits in them.
	Instead map[string]string
}

// StepForm is one step of a JourneyForm.
type StepForm struct {
	At     string // its place in the file, 3.then.1, whatever its id
	ID     string // as the engine names it
	N      int    // from 1, in the order of the file
	Kind   string // empty: the step says nothing a step does
	Line   int
	End    int            // the line after it and what is inside it
	Fields map[string]any // by StepKinds and StepFields
	Ways   []WayForm
}

// WayForm is one way out of a step that branches.
type WayForm struct {
	At     string // of the way: 3.then; its first step stands at 3.then.1
	Key    string
	Fields map[string]any // by StepKind.Way
	Steps  []StepForm
}

var errNoStep = fault.New(fault.Clash, "no_such_step", "这一步不在了，请重新打开", "this step is gone; open the journey again").At("body.at")

// journeyFile is the file of a journey: the programme's own, else that of a shared part.
func (f Files) journeyFile(key string) string {
	name := "journeys/" + key + ".yaml"
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

// JourneyForm is journey key of f; ok is false when there is none, or its file is not readable as YAML.
func (f Files) JourneyForm(key string) (*JourneyForm, bool) {
	name := f.journeyFile(key)
	s, root := f.tree(name)
	if root == nil {
		return nil, false
	}
	t := treeOf(root)
	ends := &writer{lines: s.lines, ends: map[*node]int{}}
	ends.measure(root, len(s.lines))
	r := &stepReader{ends: ends}
	v := &JourneyForm{Key: strings.TrimSuffix(path.Base(name), ".yaml"), File: name, Text: f[name], Fields: settingsFields(t)}
	v.Steps = r.steps(t.get("steps"), "", "", 0)
	if i := t.get("instead"); i != nil {
		v.Instead = map[string]string{}
		for _, b := range i.pairs {
			v.Instead[b.key] = b.value.str()
		}
	}
	return v, true
}

// Walk calls do for every step, in the order of the file.
func (v *JourneyForm) Walk(do func(*StepForm)) { walkForms(v.Steps, do) }

func walkForms(all []StepForm, do func(*StepForm)) {
	for i := range all {
		do(&all[i])
		for k := range all[i].Ways {
			walkForms(all[i].Ways[k].Steps, do)
		}
	}
}

// Of is the place of the innermost step a line of the file belongs to, "" when it is none's.
func (v *JourneyForm) Of(line int) (at string) {
	v.Walk(func(s *StepForm) {
		if s.Line <= line && line < s.End {
			at = s.At
		}
	})
	return at
}

type stepReader struct {
	ends *writer
	n    int
}

func (r *stepReader) steps(t *tree, place, id string, end int) []StepForm {
	out := []StepForm{}
	if t == nil || t.kind != list {
		return out
	}
	for i, item := range t.items {
		n := strconv.Itoa(i + 1)
		r.n++
		s := StepForm{At: place + n, ID: id + n, N: r.n, Kind: kindOfStep(item), Line: item.from.line, End: end, Fields: stepFields(item)}
		if to, ok := r.ends.ends[item.from]; ok {
			s.End = to + 1
		} else if s.End == 0 {
			s.End = s.Line + 1
		}
		if own := item.get("id").str(); stepIDs.MatchString(own) {
			s.ID = own
		}
		for _, w := range waysOf(item) {
			way := WayForm{At: s.At + "." + w.path, Key: w.path, Fields: map[string]any{}}
			for _, x := range wayFields(s.Kind) {
				if val := valueOf(w.said, x); val != nil {
					way.Fields[x.Key] = val
				}
			}
			if s.Kind == "split" {
				way.Fields["key"] = w.path
			}
			way.Steps = r.steps(w.steps, way.At+".", s.ID+"."+w.path+".", s.End)
			s.Ways = append(s.Ways, way)
		}
		out = append(out, s)
	}
	return out
}

// kindOfStep is what a step does, "" when it says nothing a step does.
func kindOfStep(item *tree) string {
	for _, k := range journey.Kinds {
		if item.kind == mapping && slices.ContainsFunc(item.pairs, func(b branch) bool { return b.key == k }) {
			return k
		}
	}
	return ""
}

// wayOut is one way out of a step: its path, what it says beside its steps, and where those are.
type wayOut struct {
	path   string
	said   *tree // mapping that holds rule, or share and name; nil of the two of an if
	holder *tree // mapping that holds the steps
	key    string
	steps  *tree
}

// waysOf are the ways out of a step; an if and a choose always have an else, written or not.
func waysOf(item *tree) (out []wayOut) {
	add := func(path string, said, holder *tree, key string) {
		w := wayOut{path: path, said: said, holder: holder, key: key}
		if holder != nil {
			w.steps = holder.get(key)
		}
		out = append(out, w)
	}
	switch kindOfStep(item) {
	case "if":
		add("then", nil, item, "then")
		add("else", nil, item, "else")
	case "choose":
		all := item.get("choose")
		if all == nil || all.kind != list {
			return nil
		}
		var last *tree
		n := 0
		for _, w := range all.items {
			if w.kind == mapping && w.get("if") == nil && slices.ContainsFunc(w.pairs, func(b branch) bool { return b.key == "else" }) {
				last = w
				continue
			}
			n++
			add(strconv.Itoa(n), w, w, "then")
		}
		add("else", nil, last, "else")
	case "split":
		all := item.get("split")
		if all == nil || all.kind != mapping {
			return nil
		}
		for _, b := range all.pairs {
			add(b.key, b.value, b.value, "steps")
		}
	}
	return out
}

func wayFields(kind string) []FormField {
	for _, k := range StepKinds() {
		if k.Key == kind {
			return k.Way
		}
	}
	return nil
}

// valueOf reads one field from a mapping: a text, a list of texts, {zh, en}, or a list of variants; nil when it is not there.
func valueOf(t *tree, f FormField) any {
	for _, k := range strings.Split(f.Key, ".") {
		if t = t.get(k); t == nil {
			return nil
		}
	}
	if (f.Type == "many" || f.Type == "rules") && t.kind == scalar {
		return []any{t.str()}
	}
	if f.Key == "date.where" || f.Key == "enter.date.where" {
		if t.kind == mapping && len(t.pairs) == 1 {
			return t.pairs[0].key + "=" + t.pairs[0].value.str()
		}
		return nil
	}
	return t.plain()
}

// mainField is what a scalar in the place of a mapping says, by kind of step.
var mainField = map[string]string{"message": "content", "card": "content", "journey": "key", "go": "to", "wait": "span"}

// fieldsOf are the fields of a kind of step, without those every step has.
func fieldsOf(kind string) []FormField {
	for _, k := range StepKinds() {
		if k.Key == kind {
			return k.Fields
		}
	}
	return nil
}

// single reports whether a kind of step is written as one value.
func singleValue(kind string) bool {
	fs := fieldsOf(kind)
	return len(fs) == 1 && fs[0].Key == "is"
}

// stepFields are the values of a step's form.
func stepFields(item *tree) map[string]any {
	out := map[string]any{}
	for _, f := range StepFields() {
		if v := valueOf(item, f); v != nil {
			out[f.Key] = v
		}
	}
	kind := kindOfStep(item)
	v := item.get(kind)
	if v == nil {
		return out
	}
	if singleValue(kind) {
		out["is"] = v.plain()
		return out
	}
	if v.kind == scalar {
		if main := mainField[kind]; main != "" {
			v = &tree{kind: mapping, pairs: []branch{{key: main, value: v}}}
		}
	}
	for _, f := range fieldsOf(kind) {
		if x := valueOf(v, f); x != nil {
			out[f.Key] = x
		}
	}
	has := func(key string) bool { return v.get(key) != nil }
	switch kind {
	case "wait":
		out[way] = "clock"
		for _, m := range [][2]string{{"span", "span"}, {"for", "event"}, {"date", "date"}} {
			if has(m[0]) {
				out[way] = m[1]
			}
		}
	case "set":
		out[way] = "segment"
		if has("trait") {
			out[way] = "trait"
		}
	case "camp", "group":
		out[way], out["key"] = "join", v.get("join").str()
		if has("leave") {
			out[way], out["key"] = "leave", v.get("leave").str()
		}
	}
	return out
}

// settingsFields are the values of the form of a journey as a whole.
func settingsFields(t *tree) map[string]any {
	out := map[string]any{}
	for _, f := range JourneySettings() {
		if v := valueOf(t, f); v != nil {
			out[f.Key] = v
		}
	}
	e := t.get("enter")
	for _, m := range []string{"on", "tag", "tag_left", "stage", "date", "manual", "journey"} {
		if e.get(m) != nil {
			out["enter."+way] = m
			break
		}
	}
	if a := e.get("again").str(); a != "" {
		if m := again.FindStringSubmatch(a); m != nil {
			out["enter.again"] = m[1]
			if m[2] != "" {
				out["enter.again_worse"] = "true"
			}
		}
	}
	return out
}
