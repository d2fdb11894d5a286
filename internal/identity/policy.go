package identity

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"peiban/internal/fault"
)

//go:embed identity.yaml
var shipped []byte

// Shipped is the identity.yaml a workspace has until it saves its own.
func Shipped() []byte { return slices.Clone(shipped) }

// Default is the policy of the shipped file.
var Default = sync.OnceValue(func() *Policy {
	p, problems := Parse(shipped)
	if len(problems) > 0 {
		panic("the shipped identity.yaml: " + problems[0].In("en")) // a test reads it
	}
	return p
})

// Limits of the file.
const (
	maxFile    = 64 << 10
	maxTypes   = 60
	mostLimit  = 10_000
	mostWeight = 1000
	maxPattern = 200
)

var typeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)

// file is identity.yaml as it is written.
type file struct {
	Placeholders []string `yaml:"placeholders"`
	Repeated     *int     `yaml:"repeated"`
	Review       *struct {
		Nightly bool    `yaml:"nightly"`
		At      string  `yaml:"at"`
		Least   float64 `yaml:"least"`
	} `yaml:"review"`
	Types  []typeEntry `yaml:"types"`
	Others *typeEntry  `yaml:"others"`
}

type typeEntry struct {
	Type string `yaml:"type"`
	Name struct {
		Zh string `yaml:"zh"`
		En string `yaml:"en"`
	} `yaml:"name"`
	Scope     string   `yaml:"scope"`
	Limit     *int     `yaml:"limit"`
	Priority  *int     `yaml:"priority"`
	Exclusive bool     `yaml:"exclusive"`
	Merges    *bool    `yaml:"merges"`
	Anonymous bool     `yaml:"anonymous"`
	As        string   `yaml:"as"`
	Case      string   `yaml:"case"`
	Least     int      `yaml:"least"`
	Form      string   `yaml:"form"`
	Blocked   []string `yaml:"blocked"`
}

// Parse reads an identity.yaml. The policy is nil where there is any problem.
func Parse(raw []byte) (*Policy, Problems) {
	s := &source{raw: raw}
	var f file
	if !s.read(&f) {
		return nil, s.out
	}
	p := &Policy{byName: map[string]*Type{}, placeholders: map[string]bool{}, repeated: 4}
	for _, w := range f.Placeholders {
		p.placeholders[strings.ToLower(strings.TrimSpace(w))] = true
	}
	if f.Repeated != nil {
		p.repeated = *f.Repeated
		if p.repeated < 2 || p.repeated > 20 {
			s.at("$.repeated", say("repeated 是 2 到 20 之间的数", "repeated is a number from 2 to 20"))
		}
	}
	s.review(p, &f)
	if len(f.Types) == 0 || len(f.Types) > maxTypes {
		s.at("$.types", say("types 里有 1 到 60 种标识", "types has from 1 to 60 entries"))
	}
	for i := range f.Types {
		t := s.kind(fmt.Sprintf("$.types[%d]", i), &f.Types[i], false)
		if p.byName[t.Name] != nil {
			s.at(fmt.Sprintf("$.types[%d].type", i), say("“"+t.Name+"”写了两次", t.Name+" stands here twice"))
		}
		p.byName[t.Name] = t
		p.Types = append(p.Types, t)
	}
	if f.Others == nil {
		s.at("$", say("缺少 others：没有列出的种类怎么办", "others is missing: what holds for types that are not listed"))
	} else {
		p.Others = s.kind("$.others", f.Others, true)
	}
	if len(s.out) > 0 {
		return nil, s.out
	}
	return p, nil
}

// review checks when people who look alike are looked for.
func (s *source) review(p *Policy, f *file) {
	p.Review = Review{Nightly: true, At: 3*time.Hour + 10*time.Minute, Least: 0.6}
	r := f.Review
	if r == nil {
		return
	}
	at, err := time.Parse("15:04", r.At)
	if err != nil {
		s.at("$.review.at", say("at 写成 03:10 这样的时间", "at is a time of day such as 03:10"))
	}
	if !(r.Least >= 0.1 && r.Least <= 0.999) {
		s.at("$.review.least", say("least 是 0.1 到 0.999 之间的数", "least is a number from 0.1 to 0.999"))
	}
	p.Review = Review{r.Nightly, time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, r.Least}
}

// kind checks one entry.
func (s *source) kind(path string, e *typeEntry, others bool) *Type {
	t := &Type{Name: e.Type, Words: fault.Text{Zh: e.Name.Zh, En: e.Name.En}, Scope: Scope(e.Scope), Exclusive: e.Exclusive, Anonymous: e.Anonymous, as: e.As, letters: e.Case, least: e.Least}
	switch {
	case others && e.Type != "":
		s.at(path+".type", say("others 不写 type", "others has no type"))
	case !others && !typeName.MatchString(e.Type):
		s.at(path+".type", say("type 是字母开头的字母、数字和下划线，最多 40 个", "type is at most 40 letters, digits and underscores and begins with a letter"))
	}
	if t.Words.Zh == "" || t.Words.En == "" {
		s.at(path+".name", say("name 要有 zh 和 en", "name has zh and en"))
	}
	if !slices.Contains([]Scope{Nowhere, Optional, Required}, t.Scope) {
		s.at(path+".scope", say("scope 是 none、optional 或 required", "scope is none, optional or required"))
	}
	t.Limit = s.number(path+".limit", e.Limit, mostLimit)
	t.Priority = s.number(path+".priority", e.Priority, mostWeight)
	s.merging(path, e, t)
	s.looks(path, e, t)
	return t
}

// merging checks whether a type may make one person of two.
func (s *source) merging(path string, e *typeEntry, t *Type) {
	switch {
	case e.Merges == nil:
		s.at(path+".merges", say("写明 merges：true 或 false", "say merges: true or false"))
	case *e.Merges && (e.Type == "phone" || e.As == "phone"):
		s.at(path+".merges", say("手机号一家人常共用，不能单凭它合并：写 false", "families share a telephone, it never merges people by itself: write false"))
	default:
		t.Merges = *e.Merges
	}
	if t.Exclusive && t.Limit > 1 {
		s.at(path+".limit", say("exclusive 的标识每人只有一个：limit 写 1", "somebody has only one of an exclusive type: limit is 1"))
	}
}

// looks checks what a value may look like.
func (s *source) looks(path string, e *typeEntry, t *Type) {
	if !slices.Contains([]string{"", "text", "phone", "code"}, e.As) {
		s.at(path+".as", say("as 是 text、phone 或 code", "as is text, phone or code"))
	}
	if !slices.Contains([]string{"", "lower", "upper"}, e.Case) {
		s.at(path+".case", say("case 是 lower 或 upper", "case is lower or upper"))
	}
	if e.Least < 0 || e.Least > longest {
		s.at(path+".least", say("least 是 0 到 512 之间的数", "least is a number from 0 to 512"))
	}
	if e.Form != "" {
		t.form = s.pattern(path+".form", e.Form)
	}
	for i, b := range e.Blocked {
		if re := s.pattern(fmt.Sprintf("%s.blocked[%d]", path, i), b); re != nil {
			t.blocked = append(t.blocked, re)
		}
	}
}

func (s *source) number(path string, n *int, most int) int {
	if n == nil || *n < 1 || *n > most {
		last := path[strings.LastIndexByte(path, '.')+1:]
		s.at(path, say(fmt.Sprintf("%s 是 1 到 %d 之间的数", last, most), fmt.Sprintf("%s is a number from 1 to %d", last, most)))
		return 1
	}
	return *n
}

// pattern is a regular expression of a whole value.
func (s *source) pattern(path, text string) *regexp.Regexp {
	if text == "" || len(text) > maxPattern {
		s.at(path, say("正则表达式有 1 到 200 个字符", "a regular expression has from 1 to 200 characters"))
		return nil
	}
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		s.at(path, say("正则表达式写法有错", "this is no regular expression: "+err.Error()))
		return nil
	}
	return re
}
