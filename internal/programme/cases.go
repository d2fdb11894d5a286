package programme

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
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

	Event event.Event // Type 0: not an event but Do

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
	for _, name := range l.files("tests", ".yaml") {
		s, ok := l.open(name, false)
		if !ok {
			continue
		}
		root := s.parse()
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
	l *loader
	s *source
}

func (c *caseReader) read(n *node) Case {
	s := c.s
	x := Case{File: s.name, Line: n.line, Person: CasePerson{Consents: []string{"basic_service", "health_data"}}}
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
			p.Consents = append(p.Consents, s.word(v, words("同意事项", "purpose of consent"), event.Consent.Spec().Field("purpose").Enum...))
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

// maxRepeats keeps one line of a test from becoming a flood.
const maxRepeats = 1000

// given reads one line: when, what, its values and codes, and how it repeats:
//
//	2026-03-08 11:27  glucose 2.8 before_lunch
//	2026-03-01 07:00  glucose 8.2,6.1,126 mg/dL fasting every 1d
//	2026-03-01 07:00  glucose 8.2 fasting x7 every 1d
//	2026-03-01 07:00  glucose 2.8 arrives 2026-03-01 15:00
//	2026-03-08 11:40  done call-after-low reached
func (c *caseReader) given(n *node) []Given {
	s := c.s
	parts := strings.Fields(n.text)
	wrong := func(text, hint fault.Text) []Given { s.at(n, text, hint); return nil }
	if len(parts) < 3 {
		return wrong(words("看不懂“%s”", "cannot read %q", n.text), words("写成 2026-03-08 11:27 glucose 2.8 before_lunch", "write it as 2026-03-08 11:27 glucose 2.8 before_lunch"))
	}
	at, ok := c.moment(parts[0], parts[1])
	if !ok {
		return wrong(words("“%s”不是时间", "%q is not a time", parts[0]+" "+parts[1]), words("写成 2026-03-08 11:27", "write it as 2026-03-08 11:27"))
	}
	g := Given{At: at, Arrives: at, Line: n.line}
	switch verb := parts[2]; verb {
	case "done", "skip", "read", "postpone":
		if len(parts) < 4 {
			return wrong(words("%s 后面写是哪一个", "%s names what", verb), words("例如 done call-after-low reached", "for example done call-after-low reached"))
		}
		g.Do, g.Content = verb, parts[3]
		kind := KindScript
		if verb == "read" {
			kind = ""
		}
		if x := c.l.p.Contents[g.Content]; x == nil || kind != "" && x.Kind != kind {
			return wrong(words("没有内容“%s”", "no content %q", g.Content), s.meant(g.Content, c.contents(kind)))
		}
		if len(parts) > 4 {
			g.Outcome = parts[4]
		}
		if verb == "postpone" {
			d, ok := parseSpan(g.Outcome)
			if !ok {
				return wrong(words("postpone 后面写推迟多久", "postpone says for how long"), words("例如 postpone call-after-low 2h", "for example postpone call-after-low 2h"))
			}
			g.Outcome, g.Until = "", at+d.Microseconds()
		}
		return []Given{g}
	}
	spec := event.Lookup(parts[2])
	if spec == nil {
		return wrong(words("没有事件类型“%s”", "no event type %q", parts[2]), s.meant(parts[2], append(eventKeys(), "done", "skip", "read", "postpone")))
	}
	return c.events(n, g, spec, parts[3:])
}

// events reads what follows the type.
func (c *caseReader) events(n *node, g Given, spec *event.Spec, parts []string) []Given {
	s := c.s
	e := event.Event{Type: spec.Type, Num: math.NaN(), Provenance: "test"}
	values, times, gap, unit := []float64(nil), 1, time.Duration(0), measure.MmolL
	bad := func(p string) []Given {
		s.at(n, words("看不懂“%s”", "cannot read %q", p), c.codes(spec, p))
		return nil
	}
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		name, value, named := strings.Cut(p, "=")
		switch {
		case named:
			if !c.set(&e, spec, name, value) {
				return bad(p)
			}
		case p == "every" && i+1 < len(parts):
			i++
			d, ok := parseSpan(parts[i])
			if !ok {
				return bad(parts[i])
			}
			gap = d
		case p == "arrives" && i+2 < len(parts):
			t, ok := c.moment(parts[i+1], parts[i+2])
			if !ok || t < g.At {
				return bad(parts[i+1] + " " + parts[i+2])
			}
			g.Arrives = t
			i += 2
		case p == "imported":
			e.Flags |= event.Imported
		case spec.Type == event.Glucose && (p == "HI" || p == "LO"):
			e.Flags |= map[string]event.Flags{"HI": event.HI, "LO": event.LO}[p]
		case spec.Type == event.Glucose && (p == "mg/dL" || p == "mmol/L"):
			unit = measure.Unit(p)
		case len(p) > 1 && p[0] == 'x' && p[1] >= '0' && p[1] <= '9':
			v, err := strconv.Atoi(p[1:])
			if err != nil || v < 1 || v > maxRepeats {
				return bad(p)
			}
			times = v
		case values == nil && (p[0] >= '0' && p[0] <= '9' || p[0] == '-'):
			for _, t := range strings.Split(p, ",") {
				v, err := strconv.ParseFloat(t, 64)
				if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
					return bad(p)
				}
				values = append(values, v)
			}
		default:
			if !c.code(&e, spec, p) {
				return bad(p)
			}
		}
	}
	if f := spec.Field("value"); f != nil && f.Required && values == nil && e.Flags&(event.HI|event.LO) == 0 {
		s.at(n, words("%s 要有一个数", "%s needs a number", spec.Key), fault.Text{})
		return nil
	}
	if values == nil {
		values = []float64{e.Num}
	}
	if (times > 1 || len(values) > 1) && gap == 0 || times*len(values) > maxRepeats {
		s.at(n, words("重复的事件要写间隔，最多 %d 次", "events that repeat say how often, at most %d of them", maxRepeats), words("例如 x7 every 1d", "for example x7 every 1d"))
		return nil
	}
	var out []Given
	for range times {
		for _, v := range values {
			x := g
			x.Event = e
			x.Event.X = slices.Clone(e.X)
			x.Event.Num = v
			if spec.Type == event.Glucose && e.Flags&(event.HI|event.LO) == 0 {
				if unit == measure.MgdL {
					x.Event.B = event.Intern(string(unit))
					setX(&x.Event, 0, v)
				}
				x.Event.Num = measure.Canonical(v, unit)
				if x.Event.Num < measure.GlucoseMin || x.Event.Num > measure.GlucoseMax {
					x.Event.Flags |= event.Implausible
				}
			}
			x.Event.Occurred, x.Event.Received = x.At, x.Arrives
			out = append(out, x)
			g.At += gap.Microseconds()
			g.Arrives += gap.Microseconds()
		}
	}
	return out
}

// set gives a named field its value.
func (c *caseReader) set(e *event.Event, spec *event.Spec, name, value string) bool {
	f := spec.Field(name)
	if f == nil {
		return false
	}
	if f.Kind == event.Code {
		if len(f.Enum) > 0 && !slices.Contains(f.Enum, value) {
			return false
		}
		return setCode(e, f, value)
	}
	if f.Kind == event.Text {
		return true // rules never see it
	}
	switch value {
	case "true":
		value = "1"
	case "false":
		value = "0"
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(v) || f.Min != f.Max && (v < f.Min || v > f.Max) {
		return false
	}
	if f.Slot == event.SlotNum {
		e.Num = v
	} else if f.Slot >= event.X0 {
		setX(e, int(f.Slot-event.X0), v)
	}
	return true
}

// code gives a bare word to the field that lists it, or else to the first free field that takes any word: the
// main one, and in types that list no words at all every one.
func (c *caseReader) code(e *event.Event, spec *event.Spec, word string) bool {
	var listed []string
	for _, f := range spec.Fields {
		listed = append(listed, f.Enum...)
	}
	known := slices.Contains(listed, word)
	if !known && closest(word, listed) != "" {
		return false // a slip of the pen, not a new word
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		taken := f.Slot == event.SlotA && e.A != 0 || f.Slot == event.SlotB && e.B != 0 || f.Slot == event.SlotC && e.C != 0
		if f.Kind != event.Code || taken || known != slices.Contains(f.Enum, word) || !known && len(f.Enum) > 0 {
			continue
		}
		if !known && f.Slot != event.SlotA && len(listed) > 0 {
			return false
		}
		return setCode(e, f, word)
	}
	return false
}

func setCode(e *event.Event, f *event.Field, value string) bool {
	y := event.Intern(value)
	switch f.Slot {
	case event.SlotA:
		e.A = y
	case event.SlotB:
		e.B = y
	case event.SlotC:
		e.C = y
	default:
		return false
	}
	return true
}

func setX(e *event.Event, k int, v float64) {
	for len(e.X) <= k {
		e.X = append(e.X, math.NaN())
	}
	e.X[k] = v
}

// codes is the hint for a word no field of spec takes.
func (c *caseReader) codes(spec *event.Spec, word string) fault.Text {
	var known []string
	for _, f := range spec.Fields {
		known = append(known, f.Enum...)
		known = append(known, f.Name+"=")
	}
	word, _, named := strings.Cut(word, "=")
	if named {
		word += "="
	}
	return c.s.meant(word, known)
}

func (c *caseReader) contents(kind string) []string {
	var known []string
	for k, x := range c.l.p.Contents {
		if kind == "" || x.Kind == kind {
			known = append(known, k)
		}
	}
	slices.Sort(known)
	return known
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

func (c *caseReader) expect(p pair) Expect {
	s := c.s
	e := Expect{Line: p.key.line}
	parts := strings.Fields(p.key.text)
	ok := len(parts) == 3
	if ok {
		e.At, ok = c.moment(parts[1], parts[2])
	}
	if !ok {
		s.at(p.key, words("“%s”不是时间", "%q is not a time", p.key.text), words("写成 at 2026-03-08 11:27:", "write it as at 2026-03-08 11:27:"))
	}
	if p.value.kind == list {
		c.expectTags(&e, p.value)
		return e
	}
	r := s.fields(p.value, words("期望", "what is expected"), "tags", "stage", "cards", "messages", "tasks", "alerts", "suppressed", "held")
	if r.has("tags") {
		c.expectTags(&e, r.of["tags"])
	}
	if r.has("stage") {
		var known []string
		for _, st := range c.l.p.stages {
			known = append(known, st.Key)
		}
		e.Stage = s.word(r.of["stage"], words("阶段", "stage"), known...)
	}
	if r.has("cards") {
		e.Cards = c.named(r.of["cards"], KindCard)
	}
	if r.has("held") {
		e.Held = c.named(r.of["held"], "")
	}
	for _, m := range c.list(r.of["messages"]) {
		x := ExpectMessage{To: "person"}
		if m.kind == scalar {
			x.Content = c.name(m, KindMessage)
		} else {
			f := s.fields(m, words("消息", "a message"), "to", "content")
			x = ExpectMessage{To: s.str(f.need("to")), Content: c.name(f.need("content"), KindMessage)}
		}
		e.Messages = append(e.Messages, x)
	}
	for _, m := range c.list(r.of["tasks"]) {
		var x ExpectTask
		if m.kind == scalar {
			x.Script = c.name(m, KindScript)
		} else {
			f := s.fields(m, words("任务", "a task"), "script", "who", "due")
			x = ExpectTask{Script: c.name(f.need("script"), KindScript), Who: s.str(f.of["who"])}
			if f.has("due") {
				x.Due = c.due(f.of["due"], e.At)
			}
		}
		e.Tasks = append(e.Tasks, x)
	}
	for _, m := range c.list(r.of["alerts"]) {
		e.Alerts = append(e.Alerts, s.whole(m, 1, 3))
	}
	for _, m := range c.list(r.of["suppressed"]) {
		f := s.fields(m, words("被拦截的消息", "a suppressed message"), "content", "reason")
		e.Suppressed = append(e.Suppressed, ExpectSuppressed{Content: c.name(f.need("content"), ""), Reason: s.str(f.of["reason"])})
	}
	// An empty list is an expectation too.
	if r.has("messages") && e.Messages == nil {
		e.Messages = []ExpectMessage{}
	}
	if r.has("tasks") && e.Tasks == nil {
		e.Tasks = []ExpectTask{}
	}
	if r.has("alerts") && e.Alerts == nil {
		e.Alerts = []int{}
	}
	if r.has("suppressed") && e.Suppressed == nil {
		e.Suppressed = []ExpectSuppressed{}
	}
	return e
}

func (c *caseReader) list(n *node) []*node {
	if n == nil || n.kind == null {
		return nil
	}
	if n.kind != list {
		c.s.at(n, words("这里要写一个列表", "a list belongs here"), words("没有就写 []", "write [] for none"))
		return nil
	}
	return n.items
}

func (c *caseReader) named(n *node, kind string) []string {
	out := []string{}
	for _, m := range c.list(n) {
		out = append(out, c.name(m, kind))
	}
	return out
}

func (c *caseReader) name(n *node, kind string) string {
	if n == nil {
		return ""
	}
	v := c.s.str(n)
	if x := c.l.p.Contents[v]; v != "" && (x == nil || kind != "" && x.Kind != kind) {
		c.s.at(n, words("没有内容“%s”", "no content %q", v), c.s.meant(v, c.contents(kind)))
	}
	return v
}

// due reads 11:37, on the day of the expectation, or a date and a time.
func (c *caseReader) due(n *node, at int64) int64 {
	parts := strings.Fields(c.s.str(n))
	if len(parts) == 1 {
		parts = []string{time.UnixMicro(at).In(c.l.p.Zone).Format("2006-01-02"), parts[0]}
	}
	if len(parts) == 2 {
		if t, ok := c.moment(parts[0], parts[1]); ok {
			return t
		}
	}
	c.s.at(n, words("“%s”不是时间", "%q is not a time", n.text), words("写成 11:37 或 2026-03-08 11:37", "write it as 11:37 or 2026-03-08 11:37"))
	return 0
}

func (c *caseReader) expectTags(e *Expect, n *node) {
	var known []string
	for _, t := range c.l.p.tags {
		known = append(known, t.Key)
	}
	for _, m := range c.s.strs(n) {
		x := ExpectTag{Key: strings.TrimSpace(m.text), Want: rule.True}
		switch {
		case strings.HasPrefix(x.Key, "-"):
			x.Key, x.Want = x.Key[1:], rule.False
		case strings.HasPrefix(x.Key, "?"):
			x.Key, x.Want = x.Key[1:], rule.Unknown
		}
		if !slices.Contains(known, x.Key) {
			c.s.at(m, words("没有标签“%s”", "no tag %q", x.Key), c.s.meant(x.Key, known))
			continue
		}
		e.Tags = append(e.Tags, x)
	}
}

// String says where a case stands.
func (c Case) String() string { return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Name) }
