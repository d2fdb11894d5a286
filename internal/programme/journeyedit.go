package programme

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
)

// JourneyEdit is one thing an editor does to a journey.
type JourneyEdit struct {
	// Do is set, add, up, down, copy, remove (of a step), way, add_way, remove_way (of a way of a step), settings or instead.
	Do     string
	At     string         // the place of the step, or of the way; of add the place it will have
	Kind   string         // add
	Fields map[string]any // set, add, way, settings; of instead: the step that takes who waits, by the step that is gone
	To     string         // remove: the place of the step that takes who waits in it; empty: they leave
}

var (
	errEdit      = fault.New(fault.Invalid, "bad_edit", "这样改不了", "this cannot be done").At("body.do")
	errEditField = fault.New(fault.Invalid, "bad_field", "这一项不能这样填", "this cannot be filled in so").At("body.fields")
	errEnds      = fault.New(fault.Invalid, "no_further", "已经在头上或末尾", "it is the first or the last already").At("body.at")
	errFewWays   = fault.New(fault.Invalid, "few_ways", "至少要留两条路", "two ways have to stay").At("body.at")
)

// EditJourney is f with journey key edited. inForce are the ids of the steps of the version in force: people wait in them and figures are
// kept by them, so a step that would get another id by its new place is given the old one to keep. Comments and whatever was not touched
// stay as they are written; a journey of a shared part becomes the programme's own.
func (f Files) EditJourney(key string, inForce map[string]bool, e JourneyEdit) (Files, error) {
	name := f.journeyFile(key)
	s, n := f.tree(name)
	if n == nil {
		return nil, errByHand.At("%s", name)
	}
	root := treeOf(n)
	ed := &journeyEditor{root: root, inForce: inForce, was: map[*tree]string{}}
	ed.ids(root.get("steps"), "", func(t *tree, id string) { ed.was[t] = id })
	if err := ed.do(e); err != nil {
		return nil, err
	}
	ed.keepIDs()
	text, ok := rewrite(s, ed.root)
	if !ok {
		return nil, errByHand.At("%s", name)
	}
	return f.with(own(name), text), nil
}

// NewJourney is f with a journey that has a name, an entry and nothing else.
func (f Files) NewJourney(key string, name fault.Text) (Files, error) {
	file := "journeys/" + key + ".yaml"
	if !keyOK(key) {
		return nil, errFormKey.At("journey")
	}
	if f.Shown("journeys", key, ".yaml") != "" {
		return nil, fault.New(fault.Clash, "journey_exists", "已经有这个旅程", "there is such a journey already").At("journey")
	}
	return f.with(file, "name: {zh: "+written(name.Zh, true)+", en: "+written(name.En, true)+"}\nenter:\n  manual: true\nsteps:\n  - exit: true\n"), nil
}

type journeyEditor struct {
	root    *tree
	inForce map[string]bool
	was     map[*tree]string // the ids steps had
}

func (e *journeyEditor) do(x JourneyEdit) error {
	switch x.Do {
	case "settings":
		return e.settings(x.Fields)
	case "instead":
		return e.instead(x.Fields)
	case "way", "add_way", "remove_way":
		return e.way(x)
	}
	l, at, err := e.find(x.At)
	if err != nil {
		return err
	}
	if x.Do == "add" {
		item, err := newStep(x.Kind, x.Fields)
		if err != nil {
			return err
		}
		if at > len(l.items()) {
			return errNoStep
		}
		l.set(slices.Insert(slices.Clone(l.items()), at, item))
		return nil
	}
	items := slices.Clone(l.items())
	if at >= len(items) {
		return errNoStep
	}
	switch x.Do {
	case "set":
		return setStep(items[at], x.Fields)
	case "up", "down":
		to := at - 1
		if x.Do == "down" {
			to = at + 1
		}
		if to < 0 || to >= len(items) {
			return errEnds
		}
		items[at], items[to] = items[to], items[at]
	case "copy":
		c := items[at].copied()
		e.ids(&tree{kind: list, items: []*tree{c}}, "", func(t *tree, _ string) { t.put("id", nil) })
		items = slices.Insert(items, at+1, c)
	case "remove":
		if err := e.leaves(items[at], x.To); err != nil {
			return err
		}
		items = slices.Delete(items, at, at+1)
	default:
		return errEdit
	}
	l.set(items)
	return nil
}

// listAt is a list of steps: what holds it, and by which key.
type listAt struct {
	holder *tree
	key    string
	make   func() *tree // makes the holder, of the else of a choose that has none
}

func (l *listAt) items() []*tree {
	if t := l.holder.get(l.key); t != nil && t.kind == list {
		return t.items
	}
	return nil
}

func (l *listAt) set(items []*tree) {
	if l.holder == nil {
		l.holder = l.make()
	}
	if len(items) == 0 && (l.key == "else" || l.key == "steps" && l.holder.get("enter") == nil) { // it may be left out
		l.holder.put(l.key, nil)
		return
	}
	t := &tree{kind: list, items: items}
	if old := l.holder.get(l.key); old != nil {
		t.from = old.from
	}
	l.holder.put(l.key, t, "id", "name", "if", "then", "else", "key", "share", "steps")
}

// find is the list a place is in, and where in it, from 0.
func (e *journeyEditor) find(place string) (listAt, int, error) {
	parts := strings.Split(place, ".")
	l := listAt{holder: e.root, key: "steps"}
	for i := 0; ; i += 2 {
		at, err := strconv.Atoi(parts[i])
		if err != nil || at < 1 {
			return l, 0, errNoStep
		}
		if i+1 >= len(parts) {
			return l, at - 1, nil
		}
		if at > len(l.items()) || i+2 >= len(parts) {
			return l, 0, errNoStep
		}
		item := l.items()[at-1]
		k := slices.IndexFunc(waysOf(item), func(w wayOut) bool { return w.path == parts[i+1] })
		if k < 0 {
			return l, 0, errNoStep
		}
		w := waysOf(item)[k]
		l = listAt{holder: w.holder, key: w.key, make: func() *tree { // the else of a choose
			h := &tree{kind: mapping}
			all := item.get("choose")
			all.items = append(slices.Clone(all.items), h)
			return h
		}}
	}
}

func (e *journeyEditor) step(place string) (*tree, error) {
	l, at, err := e.find(place)
	if err != nil {
		return nil, err
	}
	if at >= len(l.items()) {
		return nil, errNoStep
	}
	return l.items()[at], nil
}

// ids calls do with every step and the id the engine gives it.
func (e *journeyEditor) ids(steps *tree, prefix string, do func(*tree, string)) {
	if steps == nil || steps.kind != list {
		return
	}
	for i, item := range steps.items {
		id := prefix + strconv.Itoa(i+1)
		if own := item.get("id").str(); stepIDs.MatchString(own) {
			id = own
		}
		do(item, id)
		if own := item.get("id").str(); stepIDs.MatchString(own) { // do may have given it one
			id = own
		}
		for _, w := range waysOf(item) {
			e.ids(w.steps, id+"."+w.path+".", do)
		}
	}
}

// keepIDs gives the steps that moved the ids they had, where people or figures are kept by them, and what is new none of those.
func (e *journeyEditor) keepIDs() {
	kept := maps.Clone(e.inForce)
	if kept == nil {
		kept = map[string]bool{}
	}
	for _, b := range e.root.get("instead").branches() {
		kept[b.value.str()] = true
	}
	steps := e.root.get("steps")
	e.ids(steps, "", func(t *tree, _ string) {
		if kindOfStep(t) == "go" {
			kept[goesTo(t)] = true
		}
	})
	used := map[string]bool{}
	for k := range kept {
		used[k] = true
	}
	e.ids(steps, "", func(t *tree, id string) { used[id] = true })
	for _, id := range e.was {
		used[id] = true
	}
	taken := map[string]bool{}
	e.ids(steps, "", func(t *tree, id string) {
		was, had := e.was[t]
		switch {
		case had && id == was || t.get("id") != nil && had:
		case had && kept[was]:
			id = was
			t.put("id", leaf(was), "id")
		case kept[id] || taken[id]:
			for n := 1; ; n++ {
				if id = strings.ReplaceAll(kindOfStep(t), "_", "-") + "-" + strconv.Itoa(n); !used[id] {
					break
				}
			}
			used[id] = true
			t.put("id", leaf(id), "id")
		}
		taken[id] = true
	})
}

// branches are the pairs of a mapping, none of anything else.
func (t *tree) branches() []branch {
	if t == nil {
		return nil
	}
	return t.pairs
}

func goesTo(t *tree) string {
	v := t.get("go")
	if v != nil && v.kind == mapping {
		v = v.get("to")
	}
	return v.str()
}

// leaves notes who takes those that wait in a step that is taken out, and in what is inside it.
func (e *journeyEditor) leaves(item *tree, to string) error {
	if to == "" {
		return nil
	}
	heir, err := e.step(to)
	if err != nil {
		return err
	}
	gone := map[string]string{}
	inside := false
	e.ids(&tree{kind: list, items: []*tree{item}}, "", func(t *tree, _ string) {
		inside = inside || t == heir
		if id := e.was[t]; e.inForce[id] {
			gone[id] = e.was[heir]
		}
	})
	if inside {
		return errEditField.At("body.to")
	}
	for _, b := range e.root.get("instead").branches() { // who was sent to this step goes on to its heir
		if id := e.was[item]; b.value.str() == id {
			gone[b.key] = e.was[heir]
		}
	}
	return e.heirs(gone)
}

func (e *journeyEditor) heirs(gone map[string]string) error {
	old := e.root.get("instead")
	next := &tree{kind: mapping}
	for _, b := range old.branches() {
		next.pairs = append(next.pairs, b)
	}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if gone[id] == "" {
			next.put(id, nil)
			continue
		}
		next.put(id, leaf(gone[id]))
	}
	if len(next.pairs) == 0 {
		e.root.put("instead", nil)
		return nil
	}
	e.root.put("instead", next.onto(old), settingOrder...)
	return nil
}

// instead sets who takes those that wait in steps that are gone: ids to ids, "" for nobody.
func (e *journeyEditor) instead(fields map[string]any) error {
	gone := map[string]string{}
	for id, v := range fields {
		to, ok := v.(string)
		if !ok || !stepIDs.MatchString(id) {
			return errEditField
		}
		gone[id] = to
	}
	return e.heirs(gone)
}

// way sets, adds or takes out one way of a step.
func (e *journeyEditor) way(x JourneyEdit) error {
	place, path := x.At, ""
	if x.Do != "add_way" {
		i := strings.LastIndexByte(x.At, '.')
		if i < 0 {
			return errNoStep
		}
		place, path = x.At[:i], x.At[i+1:]
	}
	item, err := e.step(place)
	if err != nil {
		return err
	}
	kind := kindOfStep(item)
	all := item.get(kind)
	if x.Do == "add_way" {
		return addWay(item, kind, all)
	}
	ways := waysOf(item)
	k := slices.IndexFunc(ways, func(w wayOut) bool { return w.path == path })
	if k < 0 || ways[k].said == nil {
		return errNoStep
	}
	if x.Do == "remove_way" {
		return e.removeWay(ways, k, all, x.To)
	}
	said := ways[k].said
	for _, f := range wayFields(kind) {
		if f.Key == "key" {
			if key := textOf(x.Fields["key"]); key != path {
				i := slices.IndexFunc(all.pairs, func(b branch) bool { return b.key == path })
				if !keyOK(key) || all.get(key) != nil {
					return errEditField.At("body.fields.key")
				}
				all.pairs[i] = branch{key: key, value: all.pairs[i].value}
			}
			continue
		}
		if reflect.DeepEqual(valueOf(said, f), x.Fields[f.Key]) {
			continue
		}
		v, err := treeFrom(f, x.Fields[f.Key])
		if err != nil {
			return err
		}
		if v == nil {
			v = leaf("")
		}
		said.put(f.Key, v.onto(said.get(f.Key)), "if", "then", "share", "name", "steps")
	}
	return nil
}

func addWay(item *tree, kind string, all *tree) error {
	fresh := &tree{kind: mapping, pairs: []branch{{key: "if", value: leaf("")}, {key: "then", value: &tree{kind: list}}}}
	switch {
	case kind == "if": // the two of an if become the first and the last of several
		first := &tree{kind: mapping, pairs: []branch{{key: "if", value: item.get("if")}, {key: "then", value: item.get("then")}}}
		if first.pairs[0].value == nil || first.pairs[1].value == nil {
			return errEdit
		}
		ways := &tree{kind: list, items: []*tree{first, fresh}}
		if other := item.get("else"); other != nil {
			ways.items = append(ways.items, &tree{kind: mapping, pairs: []branch{{key: "else", value: other}}})
		}
		item.put("else", nil)
		item.put("then", nil)
		item.put("if", nil)
		item.pairs = append(item.pairs, branch{key: "choose", value: ways})
	case kind == "choose" && all != nil && all.kind == list:
		at := len(all.items)
		if at > 0 && all.items[at-1].get("if") == nil {
			at--
		}
		all.items = slices.Insert(slices.Clone(all.items), at, fresh)
	case kind == "split" && all != nil && all.kind == mapping:
		key := ""
		for c := 'a'; c <= 'z'; c++ {
			if all.get(string(c)) == nil {
				key = string(c)
				break
			}
		}
		if key == "" {
			return errEdit
		}
		up := strings.ToUpper(key)
		all.put(key, &tree{kind: mapping, pairs: []branch{
			{key: "share", value: leaf("10 %")},
			{key: "name", value: &tree{kind: mapping, pairs: []branch{{key: "zh", value: leaf(up + " 组")}, {key: "en", value: leaf("Group " + up)}}}},
		}})
	default:
		return errEdit
	}
	return nil
}

func (e *journeyEditor) removeWay(ways []wayOut, k int, all *tree, to string) error {
	if w := ways[k].steps; w != nil {
		for _, item := range w.items {
			if err := e.leaves(item, to); err != nil {
				return err
			}
		}
	}
	if all.kind == list {
		if len(ways) <= 2 {
			return errFewWays
		}
		all.items = slices.DeleteFunc(slices.Clone(all.items), func(t *tree) bool { return t == ways[k].said })
		return nil
	}
	if len(ways) <= 2 {
		return errFewWays
	}
	all.put(ways[k].path, nil)
	return nil
}

// settingOrder is the order of a journey's own lines.
var settingOrder = []string{"name", "version", "class", "priority", "owner", "valid", "enter", "leave", "goal", "inside", "instead", "steps"}

// settings writes the form of a journey as a whole.
func (e *journeyEditor) settings(fields map[string]any) error {
	was := settingsFields(e.root)
	same := func(prefix string) bool {
		for _, f := range JourneySettings() {
			if (f.Key == prefix || strings.HasPrefix(f.Key, prefix+".")) && !reflect.DeepEqual(was[f.Key], fields[f.Key]) {
				return false
			}
		}
		return true
	}
	fresh := &tree{kind: mapping}
	mode := textOf(fields["enter."+way])
	if mode == "manual" || mode == "journey" {
		fresh.deep("enter."+mode, leaf("true"))
	}
	for _, f := range JourneySettings() {
		if f.Key == "enter."+way || f.Key == "enter.again_worse" || f.Field != "" && !slices.Contains(f.Is, textOf(fields[f.Field])) {
			continue
		}
		v, err := treeFrom(f, fields[f.Key])
		if err != nil {
			return err
		}
		if v == nil && f.Need {
			v = leaf("")
		}
		if f.Key == "enter.again" && v != nil {
			if textOf(fields["enter.again_worse"]) == "true" {
				v.text += " unless worse"
			}
			v.text = "after " + v.text
		}
		if v != nil {
			fresh.deep(f.Key, v)
		}
	}
	for _, key := range settingOrder {
		if key == "version" || key == "instead" || key == "steps" || same(key) {
			continue
		}
		v := fresh.get(key)
		if old := e.root.get(key); v != nil && old != nil && key == "leave" && old.kind == scalar && len(v.items) == 1 {
			v = v.items[0] // one rule stays one
		}
		e.root.put(key, v.onto(e.root.get(key)), settingOrder...)
	}
	return nil
}
