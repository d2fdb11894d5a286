package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/measure"
	"peiban/internal/rule"
)

// Programme is a programme as its files say it, not yet compiled.
type Programme struct {
	Key           string
	Name          fault.Text
	Version       int
	Zone          *time.Location
	Approval      Approval
	Groups        []Group
	Targets       map[string]TargetProfile
	DefaultTarget string
	Settings      map[string]Setting
	Contents      map[string]*Content // every kind
	Journeys      []*journey.Definition
	Cases         []Case // of tests/; not part of the hash
	Hash          string
	Files         Files

	tags               []*tagEntry
	stages             []*stageEntry
	conds              []*condEntry
	words              map[string]*word
	texts              []contentUse
	stageUses, tagUses []stageUse
	problems           *Problems
}

type tagEntry struct {
	Tag
	s                  *source
	at                 *node // its key
	when, needs, value *node
}

type stageEntry struct {
	Stage
	s    *source
	at   *node
	when *node
	stay *node // nil: left when when no longer holds
}

// condEntry is a condition of a journey, waiting to be compiled into its place.
type condEntry struct {
	cond    *journey.Cond
	s       *source
	n       *node
	trigger *event.Spec
	results []string // outcomes a task before it may have
	timeout bool     // a wait before it may time out
}

// contentUse is a step that names a text, checked when all texts are known.
type contentUse struct {
	s        *source
	n        *node
	kind     string
	audience string
}

// stageUse is a place that names a stage or a tag, checked when all of them are known.
type stageUse struct {
	s *source
	n *node
}

// parts are what a programme folder may hold.
var parts = []string{"programme.yaml", "tags.yaml", "stages.yaml", "segments.yaml", "journeys", "content", "tests", "README.md"}

// Load reads the programme in folder dir of fsys. It reports every mistake that can be seen without
// compiling rules; a programme that could be read in part comes back beside its problems, nil if there is none.
func Load(fsys fs.FS, dir string) (*Programme, Problems) {
	p := &Programme{
		Zone: time.UTC, Targets: map[string]TargetProfile{}, Settings: map[string]Setting{},
		Contents: map[string]*Content{}, problems: &Problems{}, words: map[string]*word{},
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, Problems{{
			File: dir, Text: words("读不到这个项目文件夹", "this programme folder cannot be read"),
			Hint: words("给出含有 programme.yaml 的文件夹", "name a folder that holds programme.yaml"),
		}}
	}
	for _, e := range entries {
		if !slices.Contains(parts, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			s := newSource(e.Name(), nil, p.problems)
			s.at(nil, words("项目里没有“%s”这一部分", "a programme has no part %q", e.Name()), s.meant(e.Name(), parts))
		}
	}
	l := &loader{p: p, fsys: fsys, dir: dir, sum: map[string][32]byte{}}
	l.programme()
	l.content()
	l.tags()
	l.segments()
	l.stages()
	l.journeys()
	l.cases()
	l.references()
	p.Hash = l.hash()
	if p.Files, err = ReadFiles(fsys, dir); err != nil && len(*p.problems) == 0 {
		newSource(dir, nil, p.problems).at(nil, words("读不到这个项目文件夹", "this programme folder cannot be read"), fault.Text{})
	}
	return p, slices.Clone(*p.problems).sorted()
}

// Open is Load and Compile. With any problem there is no Compiled.
func Open(fsys fs.FS, dir string) (*Compiled, Problems) {
	p, loaded := Load(fsys, dir)
	if p == nil {
		return nil, loaded
	}
	c, compiled := Compile(p)
	all := append(loaded, compiled...).sorted()
	if len(all) > 0 {
		return nil, all
	}
	return c, nil
}

// Check lists every mistake of a programme folder, its tests included.
func Check(fsys fs.FS, dir string) Problems {
	_, problems := Open(fsys, dir)
	return problems
}

type loader struct {
	p    *Programme
	fsys fs.FS
	dir  string
	sum  map[string][32]byte
}

// open reads one file; ok is false when it is not there or cannot be read, which is reported unless optional.
func (l *loader) open(name string, optional bool) (*source, bool) {
	s := newSource(name, nil, l.p.problems)
	full := path.Join(l.dir, name)
	info, err := fs.Stat(l.fsys, full)
	if errors.Is(err, fs.ErrNotExist) {
		if !optional {
			s.at(nil, words("缺少这个文件", "this file is missing"), fault.Text{})
		}
		return s, false
	}
	if err == nil && info.Size() > maxFile {
		s.at(nil, words("文件有 %d 字节，上限是 %d", "the file has %d bytes, the limit is %d", info.Size(), maxFile),
			words("分成几个文件", "split it into several files"))
		return s, false
	}
	if err == nil {
		s.raw, err = fs.ReadFile(l.fsys, full)
	}
	if err != nil {
		s.at(nil, words("读不到这个文件", "this file cannot be read"), fault.Text{})
		return s, false
	}
	if !strings.HasPrefix(name, "tests/") {
		l.sum[name] = sha256.Sum256(s.raw)
	}
	return s, true
}

// files lists the files of a sub-folder that end in ext; what ends otherwise is reported.
func (l *loader) files(sub, ext string) []string {
	entries, err := fs.ReadDir(l.fsys, path.Join(l.dir, sub))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := path.Join(sub, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || path.Ext(e.Name()) != ext:
			newSource(name, nil, l.p.problems).at(nil, words("%s 里只放 %s 文件", "%s holds %s files only", sub, ext), fault.Text{})
		case !keyOK(strings.TrimSuffix(e.Name(), ext)):
			newSource(name, nil, l.p.problems).at(nil, words("文件名要能作键", "the file name becomes a key"),
				words("用小写字母开头，只含小写字母、数字、- 和 _", "begin with a small letter and use small letters, digits, - and _ only"))
		default:
			names = append(names, name)
		}
	}
	return names
}

// hash covers every file but the tests, in the order of names.
func (l *loader) hash() string {
	h := sha256.New()
	names := make([]string, 0, len(l.sum))
	for n := range l.sum {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		sum := l.sum[n]
		fmt.Fprintf(h, "%s %x\n", n, sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (l *loader) programme() {
	s, ok := l.open("programme.yaml", false)
	if !ok {
		return
	}
	root := s.parse()
	if root == nil {
		return
	}
	p := l.p
	r := s.fields(root, words("programme.yaml", "programme.yaml"),
		"key", "name", "version", "zone", "approval", "groups", "default_target", "targets", "settings", "words")
	p.Key = s.key(r.need("key"))
	p.Name = s.text(r.need("name"))
	p.Version = s.whole(r.need("version"), 1, 1_000_000)
	if z := r.need("zone"); z != nil {
		loc, err := time.LoadLocation(s.str(z))
		if err != nil || s.str(z) == "Local" || s.str(z) == "" {
			s.at(z, words("没有时区“%s”", "no time zone %q", z.text), words("例如 Asia/Shanghai", "for example Asia/Shanghai"))
		} else {
			p.Zone = loc
		}
	}
	p.Approval = l.approval(s, r.need("approval"))
	if r.has("groups") {
		if g := r.of["groups"]; g.kind == mapping {
			for _, e := range g.pairs {
				p.Groups = append(p.Groups, s.group(e))
			}
		} else {
			s.at(g, words("groups 要写成“键: {zh, en}”的几行", "groups are lines of key: {zh, en}"), fault.Text{})
		}
	}
	l.targets(s, r)
	l.settings(s, r)
	l.words(s, r)
}

// group reads {zh, en}, or {name: {zh, en}, exclusive: true}.
func (s *source) group(e pair) Group {
	g := Group{Key: s.key(e.key)}
	named := e.value.kind == mapping && slices.ContainsFunc(e.value.pairs, func(p pair) bool { return p.key.text == "name" || p.key.text == "exclusive" })
	if !named {
		g.Name = s.text(e.value)
		return g
	}
	r := s.fields(e.value, words("分组", "a group"), "name", "exclusive")
	g.Name = s.text(r.need("name"))
	g.Exclusive = r.has("exclusive") && s.yes(r.of["exclusive"])
	return g
}

// approval reads sample, or who answers for the text, since when, and where that is written down.
func (l *loader) approval(s *source, n *node) Approval {
	if n == nil {
		return Approval{Sample: true}
	}
	if n.kind == scalar {
		if s.str(n) != "sample" {
			s.at(n, words("审批写 sample，或写 {by, at, document}", "an approval is sample, or {by, at, document}"), s.meant(n.text, []string{"sample"}))
		}
		return Approval{Sample: true}
	}
	r := s.fields(n, words("审批", "an approval"), "by", "at", "document")
	return Approval{By: s.str(r.need("by")), At: s.day(r.need("at"), l.p.Zone), Document: s.str(r.need("document"))}
}

func (l *loader) targets(s *source, r record) {
	ts := r.need("targets")
	if ts == nil {
		return
	}
	if ts.kind != mapping {
		s.at(ts, words("targets 要写成“键: …”的几行", "targets are lines of key: ..."), fault.Text{})
		return
	}
	var keys []string
	for _, e := range ts.pairs {
		t := TargetProfile{Key: s.key(e.key), Ranges: map[string]measure.Range{}, Sample: true}
		known := append([]string{"name", "source", "approval"}, TargetKeys...)
		tr := s.fields(e.value, words("目标", "a target profile"), known...)
		t.Name = s.text(tr.need("name"))
		t.Source = s.str(tr.need("source"))
		t.Sample = l.p.Approval.Sample
		if tr.has("approval") {
			t.Sample = l.approval(s, tr.of["approval"]).Sample
		}
		for _, k := range TargetKeys {
			if !tr.has(k) {
				continue
			}
			if k == "hba1c" {
				hr := s.fields(tr.of[k], words("糖化目标", "an HbA1c target"), "high")
				t.HbA1c = s.hba1c(hr.need("high"))
				continue
			}
			t.Ranges[k] = s.limits(tr.of[k])
		}
		if tr.ok && len(t.Ranges) == 0 {
			s.at(e.key, words("这组目标一个界限也没有", "this profile sets no limit"), words("例如 fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}", "for example fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}"))
		}
		l.p.Targets[t.Key] = t
		keys = append(keys, t.Key)
	}
	if d := r.need("default_target"); d != nil {
		l.p.DefaultTarget = s.word(d, words("目标", "target profile"), keys...)
	}
}

// limits reads {low, high} or {low, below}: at high a value is in target, at below it is not any more.
func (s *source) limits(n *node) measure.Range {
	r := s.fields(n, words("范围", "a range"), "low", "high", "below")
	var x measure.Range
	if r.has("low") {
		x.Low = s.glucose(r.of["low"])
	}
	if r.has("high") {
		x.High = s.glucose(r.of["high"])
	}
	if r.has("below") {
		x.High, x.Open = s.glucose(r.of["below"]), true
	}
	switch {
	case !r.ok:
	case r.has("high") && r.has("below"):
		s.at(n, words("high 和 below 只能写一个", "a range has high or below, not both"),
			words("high：等于它还在目标里；below：等于它已不在", "high: in target at it; below: no longer in target at it"))
	case !r.has("low") && !r.has("high") && !r.has("below"):
		s.at(n, words("范围里没有界限", "this range sets no limit"), words("写 low、high 或 below", "set low, high or below"))
	case x.Low != 0 && x.High != 0 && x.Low >= x.High:
		s.at(n, words("下限不低于上限", "the lower limit is not below the upper one"), fault.Text{})
	}
	return x
}

func (l *loader) settings(s *source, r record) {
	if !r.has("settings") {
		return
	}
	n := r.of["settings"]
	if n.kind != mapping {
		s.at(n, words("settings 要写成“键: …”的几行", "settings are lines of key: ..."), fault.Text{})
		return
	}
	for _, e := range n.pairs {
		f := s.fields(e.value, words("设定", "a setting"), "name", "value", "source")
		v, unit, _ := s.quantity(f.need("value"))
		k := s.key(e.key)
		l.p.Settings[k] = Setting{Key: k, Name: s.text(f.need("name")), Value: v, Unit: unit, Source: s.str(f.need("source"))}
	}
}

var wordKey = regexp.MustCompile(`^[a-z][a-z0-9_]{2,40}$`)

func (l *loader) words(s *source, r record) {
	if !r.has("words") {
		return
	}
	n := r.of["words"]
	if n.kind != mapping {
		s.at(n, words("words 要写成“词: 规则”的几行", "words are lines of word: rule"), fault.Text{})
		return
	}
	for _, e := range n.pairs {
		if !wordKey.MatchString(e.key.text) {
			s.at(e.key, words("“%s”不能作词", "%q cannot be a word", e.key.text), words("用三个以上小写字母、数字或 _", "use three or more small letters, digits or _"))
			continue
		}
		if s.rule(e.value) != "" {
			l.p.words[e.key.text] = &word{s: s, n: e.value}
		}
	}
}

var placeholders = []string{"count", "latest", "when", "value"}

func (l *loader) tags() {
	s, ok := l.open("tags.yaml", false)
	if !ok {
		return
	}
	root := s.parse()
	if root == nil {
		return
	}
	if root.kind != mapping {
		s.at(root, words("tags.yaml 里没有标签", "tags.yaml holds no tags"), words("一个标签是“键: …”加缩进的几行", "a tag is a key and indented lines"))
		return
	}
	l.tagsIn(s, root, false)
}

// segments reads what people may be put into and taken out of by hand; a rule is optional, without one only by hand.
func (l *loader) segments() {
	s, ok := l.open("segments.yaml", true)
	if !ok {
		return
	}
	root := s.parse()
	if root == nil || root.kind == null {
		return
	}
	if root.kind != mapping {
		s.at(root, words("segments.yaml 里没有人群", "segments.yaml holds no segments"), words("一个人群是“键: …”加缩进的几行", "a segment is a key and indented lines"))
		return
	}
	l.tagsIn(s, root, true)
}

func (l *loader) tagsIn(s *source, root *node, byHand bool) {
	var groups []string
	for _, g := range l.p.Groups {
		groups = append(groups, g.Key)
	}
	for _, e := range root.pairs {
		r := s.fields(e.value, words("标签", "a tag"), "name", "group", "private", "plain", "when", "needs", "value", "unit", "because", "source")
		need := r.need
		if byHand { // who was put in by hand is there for a reason a human gave
			need = func(k string) *node { return r.of[k] }
			if !r.has("when") {
				r.of["when"] = &node{kind: scalar, text: "false", line: e.key.line, col: e.key.col}
			}
		}
		t := &tagEntry{s: s, at: e.key, when: r.need("when"), needs: r.of["needs"], value: r.of["value"]}
		t.Tag = Tag{
			Key: s.key(e.key), File: s.name, Line: e.key.line, ByHand: byHand,
			Name: s.text(r.need("name")), Plain: s.text(r.need("plain")), Because: s.text(need("because")),
			Source: s.str(need("source")),
		}
		if slices.ContainsFunc(l.p.tags, func(o *tagEntry) bool { return o.Key == t.Key && t.Key != "" }) {
			s.at(e.key, words("已经有标签或人群叫“%s”", "there is a tag or segment %q already", t.Key), words("换一个键", "choose another key"))
			continue
		}
		if u := r.of["unit"]; u != nil {
			if t.Unit = s.str(u); t.value == nil {
				s.at(u, words("没有 value 就没有单位", "a unit without a value"), words("加一行 value: …，或去掉 unit", "add value: ..., or take unit away"))
			}
		}
		if g := r.need("group"); g != nil {
			t.Group = s.word(g, words("分组", "group"), groups...)
		}
		t.Private = "health" // what nobody decided on is not mirrored anywhere
		if r.has("private") {
			t.Private = s.word(r.of["private"], words("私密级别", "level of privacy"), "health", "person", "no")
			if t.Private == "no" {
				t.Private = ""
			}
		}
		if r.has("because") {
			s.slots(r.of["because"], t.Because, placeholders)
		}
		if t.Key != "" {
			l.p.tags = append(l.p.tags, t)
		}
	}
}

// slots reports a {word} in t that nothing fills.
func (s *source) slots(n *node, t fault.Text, known []string) {
	for _, text := range []string{t.Zh, t.En} {
		for rest := text; ; {
			i := strings.IndexByte(rest, '{')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
			j := strings.IndexByte(rest, '}')
			if j < 0 {
				s.at(n, words("“{”没有配上“}”", "a { without its }"), fault.Text{})
				break
			}
			if w := rest[:j]; !slices.Contains(known, w) {
				hint := s.meant(w, known)
				if len(known) == 0 {
					hint = words("这里的文字是什么就显示什么", "texts are shown as they are written")
				}
				s.at(n, words("没有东西可以填进 {%s}", "nothing fills {%s}", w), hint)
			}
			rest = rest[j+1:]
		}
	}
}

func (l *loader) stages() {
	s, ok := l.open("stages.yaml", false)
	if !ok {
		return
	}
	root := s.parse()
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
		u.s.word(u.n, words("标签", "tag"), tags...)
	}
	for _, u := range l.p.texts {
		c := l.p.Contents[u.n.text]
		switch {
		case c == nil:
			var known []string
			for k, x := range l.p.Contents {
				if x.Kind == u.kind {
					known = append(known, k)
				}
			}
			slices.Sort(known)
			hint := u.s.meant(u.n.text, known)
			if closest(u.n.text, known) == "" {
				hint = words("加一个文件 content/%s.md", "add a file content/%s.md", u.n.text)
			}
			u.s.at(u.n, words("没有内容“%s”", "no content %q", u.n.text), hint)
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
	o := rule.Options{Tags: tags, Targets: TargetKeys, Settings: map[string]float64{}}
	for _, s := range p.stages {
		o.Stages = append(o.Stages, s.Key)
	}
	for k, s := range p.Settings {
		o.Settings[k] = s.Value
	}
	return o
}
