package programme

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"peiban/internal/journey"
)

// newStep is a step of a kind with what it needs, as far as that can be guessed.
func newStep(kind string, fields map[string]any) (*tree, error) {
	if !slices.Contains(journey.Kinds, kind) {
		return nil, errEditField.At("body.kind")
	}
	t := &tree{kind: mapping}
	some := func(pairs ...string) *tree {
		m := &tree{kind: mapping}
		for i := 0; i < len(pairs); i += 2 {
			m.pairs = append(m.pairs, branch{key: pairs[i], value: leaf(pairs[i+1])})
		}
		return m
	}
	empty := func() *tree { return &tree{kind: list} }
	v := leaf("")
	switch kind {
	case "task", "hand_over":
		v = some("who", "owner", "due", "24h", "script", "")
		v.put("result", &tree{kind: list, items: []*tree{leaf("reached"), leaf("no_answer")}})
	case "wait":
		v = leaf("1d")
	case "if":
		t.pairs = []branch{{key: "if", value: v}, {key: "then", value: empty()}}
		return t, fillStep(t, fields)
	case "choose":
		v = &tree{kind: list}
		for range 2 {
			w := some("if", "")
			w.put("then", empty())
			v.items = append(v.items, w)
		}
	case "split":
		v = &tree{kind: mapping}
		for _, k := range []string{"a", "b"} {
			arm := some("share", "50 %")
			arm.put("name", &tree{kind: mapping, pairs: some("zh", strings.ToUpper(k)+" 组", "en", "Group "+strings.ToUpper(k)).pairs})
			v.pairs = append(v.pairs, branch{key: k, value: arm})
		}
	case "holdout":
		v = leaf("10 %")
	case "form":
		v = some("form", "", "content", "")
	case "invite":
		v = some("activity", "", "kind", "", "content", "")
	case "alert":
		v = some("level", "1")
		v.put("text", some("zh", "", "en", ""))
		v.put("due", leaf("2h"))
	case "set":
		v = some("segment", "", "state", "in")
	case "points":
		v = some("amount", "10", "rule", "")
	case "camp", "group":
		v = some("join", "")
	case "goal", "exit":
		v = leaf("true")
	}
	t.pairs = []branch{{key: kind, value: v}}
	return t, fillStep(t, fields)
}

func fillStep(t *tree, fields map[string]any) error {
	if len(fields) == 0 {
		return nil
	}
	return setStep(t, fields)
}

// setStep writes the form of a step into it.
func setStep(item *tree, fields map[string]any) error {
	kind := kindOfStep(item)
	if kind == "" {
		return errByHand
	}
	was := stepFields(item)
	for _, f := range StepFields() {
		if reflect.DeepEqual(was[f.Key], fields[f.Key]) {
			continue
		}
		v, err := treeFrom(f, fields[f.Key])
		if err != nil {
			return err
		}
		item.put(f.Key, v.onto(item.get(f.Key)), append([]string{"id", "name"}, journey.Kinds...)...)
	}
	rest := func(m map[string]any) map[string]any {
		m = maps.Clone(m)
		for _, f := range StepFields() {
			delete(m, f.Key)
		}
		return m
	}
	if len(fieldsOf(kind)) == 0 || reflect.DeepEqual(rest(was), rest(fields)) {
		return nil
	}
	v, err := partOfStep(kind, fields)
	if err != nil {
		return err
	}
	old := item.get(kind)
	item.put(kind, v.onto(old))
	return nil
}

// partOfStep is what a step of a kind says, from its form.
func partOfStep(kind string, fields map[string]any) (*tree, error) {
	fs := fieldsOf(kind)
	if singleValue(kind) {
		v, err := treeFrom(fs[0], fields["is"])
		if v == nil && err == nil {
			v = leaf("")
		}
		return v, err
	}
	v := &tree{kind: mapping}
	mode, _ := fields[way].(string)
	for _, f := range fs {
		if f.Key == way || f.Field != "" && !slices.Contains(f.Is, textOf(fields[f.Field])) {
			continue
		}
		x, err := treeFrom(f, fields[f.Key])
		if err != nil {
			return nil, err
		}
		if x == nil && f.Need {
			x = leaf("")
		}
		key := f.Key
		if kind == "camp" || kind == "group" {
			if key = mode; key != "join" && key != "leave" {
				return nil, errEditField.At("body.fields.%s", way)
			}
		}
		if x != nil {
			v.deep(key, x)
		}
	}
	if main := mainField[kind]; main != "" && len(v.pairs) == 1 && v.pairs[0].key == main {
		return v.pairs[0].value, nil
	}
	return v, nil
}

func textOf(v any) string { s, _ := v.(string); return s }

// deep sets a key with dots in it.
func (t *tree) deep(key string, v *tree) {
	first, rest, more := strings.Cut(key, ".")
	if !more {
		t.put(key, v)
		return
	}
	in := t.get(first)
	if in == nil {
		in = &tree{kind: mapping}
		t.put(first, in)
	}
	in.deep(rest, v)
}

// treeFrom is a value of a form as the file has it; nil when it is left empty.
func treeFrom(f FormField, v any) (*tree, error) {
	bad := errEditField.At("body.fields.%s", f.Key)
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if x = strings.TrimSpace(strings.ReplaceAll(x, "\r\n", "\n")); x == "" {
			return nil, nil
		}
		if len(x) > 4000 {
			return nil, bad
		}
		if k, code, ok := strings.Cut(x, "="); ok && strings.HasSuffix(f.Key, "date.where") {
			return &tree{kind: mapping, pairs: []branch{{key: k, value: leaf(code)}}}, nil
		}
		if f.Type != "rule" {
			x = strings.Join(strings.Fields(x), " ")
		}
		return leaf(x), nil
	case []any:
		t := &tree{kind: list}
		for _, i := range x {
			one, err := treeFrom(FormField{Key: f.Key, Type: map[string]string{"rules": "rule", "variants": "variant"}[f.Type]}, i)
			if err != nil {
				return nil, err
			}
			if one != nil {
				t.items = append(t.items, one)
			}
		}
		if len(t.items) == 0 {
			return nil, nil
		}
		return t, nil
	case map[string]any:
		keys := []string{"zh", "en"}
		if f.Type == "variant" {
			keys = []string{"if", "content"}
		} else if f.Type != "texts" {
			return nil, bad
		}
		t := &tree{kind: mapping}
		some := false
		for _, k := range keys {
			kind := "line"
			if k == "if" {
				kind = "rule"
			}
			one, err := treeFrom(FormField{Key: f.Key, Type: kind}, x[k])
			if err != nil {
				return nil, err
			}
			if one == nil {
				one = leaf("")
			} else {
				some = true
			}
			t.pairs = append(t.pairs, branch{key: k, value: one})
		}
		if !some {
			return nil, nil
		}
		return t, nil
	}
	return nil, bad
}
