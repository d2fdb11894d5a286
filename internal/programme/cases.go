package programme

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/rule"
)

// Case is one test of a programme: given these events, at these times, expect this.
type Case struct {
	Name   string
	Person CasePerson
	Given  []Given // in the order of Arrives
	Expect []Expect
	File   string
	Line   int
}

// CasePerson is whom a case is about. Nothing said means: agreed to basic_service and health_data, and with family
// to family_share; no owner.
type CasePerson struct {
	Target   string // profile of targets; empty: the default one
	Owner    string
	Consents []string
	Family   []CaseFamily
}

// CaseFamily is one relative of the person and what they may see.
type CaseFamily struct {
	Name   string
	Scopes []string
}

// Given is one thing that happens: an event, or something staff or the person does about what the engine did.
type Given struct {
	At      int64 // microseconds
	Arrives int64 // when we learn of it; At, unless the file says otherwise
	Line    int

	Event   event.Event // Type 0: not an event but Do
	Instead bool        // it takes the place of the newest event of its type

	Do      string // done, skip, postpone: the open task with this script; read: the last message of this content
	Content string
	Outcome string
	Until   int64 // postpone
}

// Expect is what must hold at a moment, after everything that happened until then. A nil list is not looked
// at; an empty one says nothing of the kind happened since the Expect before.
type Expect struct {
	At         int64
	Line       int
	Tags       []ExpectTag
	Stage      string // empty: not looked at
	Cards      []string
	Messages   []ExpectMessage
	Tasks      []ExpectTask
	Alerts     []int // levels
	Suppressed []ExpectSuppressed
	Held       []string // contents that wait for a better moment
}

// ExpectTag says a tag is there, is not, or is unknown.
type ExpectTag struct {
	Key  string
	Want rule.Truth
}

// ExpectMessage is a message or card that went out, to the person or to a relative by name.
type ExpectMessage struct{ To, Content string }

// ExpectTask is a task that was opened; an empty Who and a zero Due are not looked at.
type ExpectTask struct {
	Script, Who string
	Due         int64
}

// ExpectSuppressed is a message that was not sent, and why.
type ExpectSuppressed struct{ Content, Reason string }

// cases reads tests/*.yaml.
func (l *loader) cases() {
	altered := l.altered()
	for _, name := range l.each("tests", ".yaml") {
		s, ok := l.open(name, false)
		if !ok {
			continue
		}
		root := l.parse(s)
		if root == nil || root.kind == null {
			continue
		}
		if root.kind != list {
			s.at(root, words("一个测试文件是一列测试", "a file of tests is a list of tests"), words("每个测试以 - name: 开头", "each test begins with - name:"))
			continue
		}
		seen := map[string]bool{}
		for _, n := range root.items {
			c := &caseReader{l: l, s: s}
			if name != own(name) {
				c.altered = altered
			}
			x := c.read(n)
			if seen[x.Name] && x.Name != "" {
				s.at(n, words("这个文件里已有同名的测试", "this file has a test of this name already"), fault.Text{})
			}
			seen[x.Name] = true
			l.p.Cases = append(l.p.Cases, x)
		}
	}
}

type caseReader struct {
	l       *loader
	s       *source
	altered map[string]bool // of a part's tests: tags that are not looked at in this programme
}

func (c *caseReader) read(n *node) Case {
	s := c.s
	x := Case{File: s.shown, Line: n.line, Person: CasePerson{Consents: []string{"basic_service", "health_data"}}}
	if n.kind != mapping {
		s.at(n, words("一个测试有 name、given 和 at …", "a test has name, given and at ..."), fault.Text{})
		return x
	}
	plain := &node{kind: mapping, line: n.line, col: n.col}
	var ats []pair
	for _, p := range n.pairs {
		if strings.HasPrefix(p.key.text, "at ") {
			ats = append(ats, p)
		} else {
			plain.pairs = append(plain.pairs, p)
		}
	}
	r := s.fields(plain, words("测试", "a test"), "name", "person", "given")
	x.Name = s.str(r.need("name"))
	if r.has("person") {
		c.person(&x.Person, r.of["person"])
	}
	for _, g := range s.strs(r.of["given"]) {
		x.Given = append(x.Given, c.given(g)...)
	}
	slices.SortStableFunc(x.Given, func(a, b Given) int { return int(min(max(a.Arrives-b.Arrives, -1), 1)) })
	if len(ats) == 0 {
		s.at(n, words("这个测试什么也不期望", "this test expects nothing"), words("加上 at 2026-03-08 11:27: …", "add at 2026-03-08 11:27: ..."))
	}
	last := int64(math.MinInt64)
	for _, p := range ats {
		e := c.expect(p)
		if e.At != 0 && e.At < last {
			s.at(p.key, words("这一刻在上一刻之前", "this moment comes before the one above it"), words("按时间先后写", "write them in the order of time"))
		}
		last = max(last, e.At)
		x.Expect = append(x.Expect, e)
	}
	return x
}

func (c *caseReader) person(p *CasePerson, n *node) {
	s := c.s
	r := s.fields(n, words("person", "person"), "targets", "owner", "consents", "family")
	if t := r.of["targets"]; r.has("targets") {
		var known []string
		for k := range c.l.p.Targets {
			known = append(known, k)
		}
		slices.Sort(known)
		p.Target = s.word(t, words("目标", "target profile"), known...)
	}
	p.Owner = s.str(r.of["owner"])
	if r.has("consents") {
		p.Consents = nil
		for _, v := range s.strs(r.of["consents"]) {
			purpose := s.word(v, words("同意事项", "purpose of consent"), event.Consent.Spec().Field("purpose").Enum...)
			p.Consents = append(p.Consents, purpose)
			if c.altered == nil && purpose != "" {
				c.l.consents = append(c.l.consents, caseUse{s, v, purpose})
			}
		}
	}
	if f := r.of["family"]; r.has("family") {
		if f.kind != mapping {
			s.at(f, words("family 写成 {daughter: [alerts]}", "family is written as {daughter: [alerts]}"), fault.Text{})
			return
		}
		for _, e := range f.pairs {
			m := CaseFamily{Name: s.key(e.key)}
			for _, v := range s.strs(e.value) {
				m.Scopes = append(m.Scopes, s.word(v, words("同意范围", "scope"), Scopes...))
			}
			p.Family = append(p.Family, m)
		}
		if !r.has("consents") {
			p.Consents = append(p.Consents, "family_share")
		}
	}
}

// moment reads a local date and time of day, with seconds if need be.
func (c *caseReader) moment(day, clock string) (int64, bool) {
	layout := "2006-01-02 15:04"
	if strings.Count(clock, ":") == 2 {
		layout += ":05"
	}
	t, err := time.ParseInLocation(layout, day+" "+clock, c.l.p.Zone)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return 0, false
	}
	return t.UnixMicro(), true
}

// String says where a case stands.
func (c Case) String() string { return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Name) }
