package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/referral"
)

// Programme is a programme as its files say it, not yet compiled.
type Programme struct {
	Key            string
	Name           fault.Text
	Version        int
	Zone           *time.Location
	Approval       Approval
	Groups         []Group
	Targets        map[string]TargetProfile
	DefaultTarget  string
	OfDoctors      bool     // people: doctors; else patients
	Greeting       string   // key of what a new contact hears at once; empty: nothing
	Measures       []string // of Measurable, the main one first
	Settings       map[string]Setting
	Contents       map[string]*Content // every kind
	Forms          map[string]*Form
	Journeys       []*journey.Definition
	Referrals      []referral.Rule
	ReferralGroups []referral.Group
	Layers         []Layer // of one exclusive group, in its order
	Cases          []Case  // of tests/; not part of the hash
	Hash           string
	Files          Files

	tags               []*tagEntry
	layers             []*layerEntry
	stages             []*stageEntry
	conds              []*condEntry
	words              map[string]*word
	texts              []contentUse
	stageUses, tagUses []stageUse
	segmentUses        []stageUse
	journeyUses        []callUse
	problems           *Problems
	lost               map[string]bool // files that cannot be read; what only follows from one is not reported
	without            bool            // it leaves out tags of its parts, and with them perhaps the last use of a part's word
}

type tagEntry struct {
	Tag
	s                  *source
	at                 *node // its key
	when, needs, value *node

	codes    []*tagEntry // of a tag with codes: the tags of the codes, which are in the programme too
	made     string      // of a tag with codes: the rule that it is had with any of them
	beside   []string    // of the tag of a code: those of the codes before it
	is       string      // of the tag of a code: what the expression must give; empty: when is a condition
	codeName fault.Text
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

// pieces are what a programme folder may hold.
var pieces = []string{"programme.yaml", "tags.yaml", "tags", "stages.yaml", "segments.yaml", "referrals.yaml", "journeys", "content", "forms", "tests", sharedDir, "README.md"}

// Load reads the programme in folder dir of fsys. It reports every mistake that can be seen without
// compiling rules; a programme that could be read in part comes back beside its problems, nil if there is none.
func Load(fsys fs.FS, dir string) (*Programme, Problems) {
	p, problems := load(fsys, dir)
	return p, problems.once()
}

func load(fsys fs.FS, dir string) (*Programme, Problems) {
	p := &Programme{
		Zone: time.UTC, Targets: map[string]TargetProfile{}, Settings: map[string]Setting{},
		Contents: map[string]*Content{}, Forms: map[string]*Form{}, problems: &Problems{}, words: map[string]*word{}, lost: map[string]bool{},
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, Problems{{
			File: dir, Text: words("读不到这个项目文件夹", "this programme folder cannot be read"),
			Hint: words("给出含有 programme.yaml 的文件夹", "name a folder that holds programme.yaml"),
		}}
	}
	for _, e := range entries {
		if !slices.Contains(pieces, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			s := newSource(e.Name(), nil, p.problems)
			s.at(nil, words("项目里没有“%s”这一部分", "a programme has no part %q", e.Name()), s.meant(e.Name(), pieces))
		}
	}
	l := &loader{p: p, fsys: fsys, dir: dir, sum: map[string][32]byte{}, claimed: map[string]*source{}, replaced: map[string]bool{}, inPart: map[string][]string{}}
	if l.coreLost() {
		return p, slices.Clone(*p.problems).sorted()
	}
	l.programme()
	for _, i := range l.parts {
		l.part(i)
	}
	l.content()
	l.forms()
	l.tags()
	l.segments()
	l.stages()
	l.referrals()
	l.journeys()
	l.cases()
	l.references()
	l.spoken()
	l.agreed()
	l.layered()
	p.Hash = l.hash()
	if p.Files, err = ReadFiles(fsys, dir); err != nil && len(*p.problems) == 0 {
		newSource(dir, nil, p.problems).at(nil, words("读不到这个项目文件夹", "this programme folder cannot be read"), fault.Text{})
	}
	return p, slices.Clone(*p.problems).sorted()
}

// Open is Load and Compile. With any problem there is no Compiled.
func Open(fsys fs.FS, dir string) (*Compiled, Problems) {
	p, loaded := load(fsys, dir)
	if p == nil || p.coreLost() {
		return nil, loaded.once()
	}
	c, compiled := Compile(p)
	all := append(loaded, compiled...).sorted().once()
	if len(all) > 0 {
		return nil, all
	}
	return c, nil
}

// Sketch is f with everything in it that can be read, whatever is wrong beside it, and its mistakes; nil when nothing can be read. It is
// good for showing what a draft says, never for running it.
func (f Files) Sketch() (*Compiled, Problems) {
	p, loaded := load(f.FS(), ".")
	if p == nil {
		return nil, loaded.once()
	}
	*p.problems = nil
	c := &compiler{p: p}
	out := c.run()
	all := append(loaded, slices.Clone(*p.problems)...).sorted().once()
	if out == nil {
		return nil, all
	}
	if len(out.Tags) == 0 {
		for i, t := range p.tags {
			out.Tags = append(out.Tags, t.Tag)
			out.tags[t.Key] = i
		}
	}
	return out, all
}

// Check lists every mistake of a programme folder, its tests included.
func Check(fsys fs.FS, dir string) Problems {
	_, problems := Open(fsys, dir)
	return problems
}

// isCore reports whether the other files name things of this one. While one of those cannot be read, every name of it would be
// reported where it is used; so what is in the others is looked at when it is mended.
func isCore(name string) bool {
	return isTagFile(name) || slices.Contains([]string{"programme.yaml", "segments.yaml", "stages.yaml", "part.yaml"}, own(name))
}

func (p *Programme) coreLost() bool {
	for name, lost := range p.lost {
		if lost && isCore(name) {
			return true
		}
	}
	return false
}

func (p *Programme) anyLost() bool {
	for _, lost := range p.lost {
		if lost {
			return true
		}
	}
	return false
}

// coreLost reads the core once to see that it can be, and reports whether a part of it cannot.
func (l *loader) coreLost() bool {
	var once []string
	read := func(name string) {
		s, ok := l.open(name, name == "segments.yaml")
		if !ok {
			l.p.lost[name] = s.n > 0
			return
		}
		root := l.parse(s)
		if once = append(once, s.shown); name == "programme.yaml" {
			l.findParts(s, root)
		}
	}
	read("programme.yaml")
	for _, i := range l.parts {
		read(i.dir() + "part.yaml")
	}
	for _, name := range append(l.tagFiles(), "segments.yaml", "stages.yaml") {
		read(name)
	}
	if l.p.coreLost() {
		return true
	}
	*l.p.problems = slices.DeleteFunc(*l.p.problems, func(p Problem) bool { return slices.Contains(once, p.File) }) // they come again
	return false
}

// parse is s.parse, remembering a file that cannot be read.
func (l *loader) parse(s *source) *node {
	root := s.parse()
	l.p.lost[s.name] = l.p.lost[s.name] || root == nil
	return root
}

type loader struct {
	p    *Programme
	fsys fs.FS
	dir  string
	sum  map[string][32]byte

	parts    []include
	beside   map[string]bool     // parts that stand beside the programme rather than inside
	inPart   map[string][]string // the tags a part has, those left out too
	claimed  map[string]*source  // where a word or setting was read first
	replaced map[string]bool     // words and settings of a part that the programme has its own of

	expected, consents []caseUse // what tests expect to be said, and what people in them agree to
}

// open reads one file; ok is false when it is not there or cannot be read, which is reported unless optional.
func (l *loader) open(name string, optional bool) (*source, bool) {
	s := newSource(name, nil, l.p.problems)
	full, shown := l.place(name)
	s.shown = shown
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
	if !strings.HasPrefix(own(name), "tests/") {
		l.sum[name] = sha256.Sum256(s.raw)
	}
	return s, true
}

// files lists the files of a sub-folder that end in ext, by name; what ends otherwise is reported.
func (l *loader) files(sub, ext string) []string {
	full, shown := l.place(sub)
	entries, err := fs.ReadDir(l.fsys, full)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := path.Join(sub, e.Name())
		s := newSource(path.Join(shown, e.Name()), nil, l.p.problems)
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || path.Ext(e.Name()) != ext:
			s.at(nil, words("%s 里只放 %s 文件", "%s holds %s files only", sub, ext), fault.Text{})
		case !keyOK(strings.TrimSuffix(e.Name(), ext)):
			s.at(nil, words("文件名要能作键", "the file name becomes a key"),
				words("用小写字母开头，只含小写字母、数字、- 和 _", "begin with a small letter and use small letters, digits, - and _ only"))
		default:
			names = append(names, name)
		}
	}
	return names
}

// each lists the files of a sub-folder in every part and in the programme. One that the programme has itself stands in the place of
// a part's of the same name.
func (l *loader) each(sub, ext string) []string {
	var all []string
	own := l.files(sub, ext)
	for _, i := range l.parts {
		for _, name := range l.files(i.dir()+sub, ext) {
			if !slices.Contains(own, path.Join(sub, path.Base(name))) || sub == "tests" {
				all = append(all, name)
			}
		}
	}
	return append(all, own...)
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
	root := l.parse(s)
	if root == nil {
		return
	}
	p := l.p
	r := s.fields(root, words("programme.yaml", "programme.yaml"),
		"key", "name", "version", "zone", "approval", "include", "groups", "default_target", "targets", "settings", "words", "layers", "measures", "people", "greeting")
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
	l.findParts(s, root)
	p.Groups = s.groups(r)
	l.targets(s, r)
	l.measures(s, r)
	if r.has("people") {
		p.OfDoctors = s.word(r.of["people"], words("给谁的", "kind of people"), "patients", "doctors") == "doctors"
	}
	if n := r.of["greeting"]; n != nil {
		p.Greeting = s.str(n)
		p.texts = append(p.texts, contentUse{s, n, KindGreeting, "person"})
	}
	l.settings(s, r)
	l.words(s, r)
	l.layers(s, r)
}

func (s *source) groups(r record) (all []Group) {
	if !r.has("groups") {
		return nil
	}
	g := r.of["groups"]
	if g.kind != mapping {
		s.at(g, words("groups 要写成“键: {zh, en}”的几行", "groups are lines of key: {zh, en}"), fault.Text{})
	}
	for _, e := range g.pairs {
		all = append(all, s.group(e))
	}
	return all
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
