// Package owner is about who is responsible for whom: the rules by which new people get somebody, how many one member of staff can
// look after, who stands in for the absent, and handing people over.
//
// It decides and writes nothing: the conductor asks it inside the transaction that commits what was decided.
package owner

import (
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/staff"
)

// Capacity is how many people one member of staff looks after where nothing else is said (operations.md: about 200).
const Capacity = 200

// Rules are asked in order: the first that fits a person and has somebody free gives them an owner.
type Rules struct {
	On       bool   `json:"on" doc:"off: new people get no owner by rule"`
	Capacity int    `json:"capacity,omitempty" minimum:"0" maximum:"5000" doc:"people per member of staff who has no number of their own; 200 when not given"`
	List     []Rule `json:"list" maxItems:"100"`
}

// Rule says who looks after people of a kind. An empty list of conditions asks nothing, so a rule without any fits everybody.
type Rule struct {
	Name       string   `json:"name" maxLength:"60"`
	Regions    []string `json:"regions,omitempty" maxItems:"200" doc:"provinces, by name or by code of GB/T 2260"`
	Channels   []string `json:"channels,omitempty" maxItems:"200" doc:"entry codes, channels or their kinds, such as pharmacy"`
	Programmes []string `json:"programmes,omitempty" maxItems:"50"`
	Languages  []string `json:"languages,omitempty" maxItems:"20" doc:"of the person"`
	Staff      []string `json:"staff,omitempty" maxItems:"500" doc:"who may get them; empty: everybody who takes people"`
	Speaks     bool     `json:"speaks,omitempty" doc:"only who speaks the person's language"`
	Exam       string   `json:"exam,omitempty" maxLength:"60" doc:"course whose exam must be passed and not expired"`
	Last       bool     `json:"last,omitempty" doc:"when it fits and has nobody free, later rules are not asked"`
}

// Facts are what rules ask of a person. Each may be unknown, which is empty and fits no condition about it.
type Facts struct {
	Province, City      string
	Code, Channel, Kind string // how they came: entry code, channel, kind of channel
	Programmes          []string
	Language            string
}

// Member is somebody of the staff as rules see them.
type Member struct {
	ID        string
	Role      staff.Role
	Disabled  bool
	Closed    bool // takes nobody new
	Capacity  int  // 0: the workspace's
	Languages []string
	Version   int64            // of what is said of them; 0: nothing is
	Passed    map[string]int64 // exams passed, until when they count, microseconds; MaxInt64: for ever
}

// Takes reports whether somebody of the role may look after people at all.
func Takes(r staff.Role) bool {
	return r == staff.HealthManager || r == staff.Pharmacist || r == staff.Doctor || r == staff.Manager || r == staff.Admin
}

// Room is how many people m looks after at most.
func (m *Member) Room(rules *Rules) int {
	switch {
	case m.Capacity > 0:
		return m.Capacity
	case rules.Capacity > 0:
		return rules.Capacity
	}
	return Capacity
}

// Reasons why a rule that fits a person has nobody, in the order they are looked at.
const (
	NoRule   = "no_rule"   // none fits the person
	Nobody   = "nobody"    // it names nobody who works here and takes people
	Language = "language"  // nobody of them speaks the language
	Exam     = "exam"      // nobody of them has passed, or it expired
	Absent   = "absent"    // all who are left are away
	Full     = "full"      // all who are left are full
	RulesOff = "rules_off" // there are none, or they are off
)

// Choice is what rules say about a person.
type Choice struct {
	Member string // empty: nobody, see Why
	Rule   int    // index of the rule that gave Member, or the last that fitted; -1: none
	Why    string // why nobody
}

// Choose asks the rules. people is how many each member looks after now; away tells who is absent at now.
func (b *Book) Choose(f Facts, people func(id string) int, now int64) Choice {
	out := Choice{Rule: -1, Why: NoRule}
	if !b.Rules.On {
		out.Why = RulesOff
		return out
	}
	for i := range b.Rules.List {
		r := &b.Rules.List[i]
		if !r.fits(f) {
			continue
		}
		id, why := b.free(r, f, people, now)
		if id != "" {
			return Choice{Member: id, Rule: i}
		}
		out.Rule, out.Why = i, why
		if r.Last {
			break
		}
	}
	return out
}

// free is the member r gives a person to: of those with room the one with the smallest share of it taken, of equals the first named.
func (b *Book) free(r *Rule, f Facts, people func(string) int, now int64) (id, why string) {
	some := b.named(r)
	why = Nobody
	for _, sieve := range []struct {
		why  string
		keep func(*Member) bool
	}{
		{Language, func(m *Member) bool { return !r.Speaks || f.Language == "" || m.speaks(f.Language) }},
		{Exam, func(m *Member) bool { return r.Exam == "" || now < m.Passed[r.Exam] }},
		{Absent, func(m *Member) bool { return !b.Away(m.ID, now) }},
		{Full, func(m *Member) bool { return people(m.ID) < m.Room(&b.Rules) }},
	} {
		if len(some) == 0 {
			return "", why
		}
		why = sieve.why
		some = slices.DeleteFunc(some, func(m *Member) bool { return !sieve.keep(m) })
	}
	if len(some) == 0 {
		return "", why
	}
	return b.lightest(some, people), ""
}

func (b *Book) named(r *Rule) []*Member {
	var out []*Member
	add := func(m *Member) {
		if m != nil && !m.Disabled && !m.Closed && Takes(m.Role) {
			out = append(out, m)
		}
	}
	for _, id := range r.Staff {
		add(b.Member(id))
	}
	if len(r.Staff) == 0 {
		for i := range b.Staff { // whoever manages takes people only where a rule names them
			if m := &b.Staff[i]; m.Role == staff.HealthManager {
				add(m)
			}
		}
	}
	return out
}

// lightest is who has the smallest share of their room taken; the first of equals.
func (b *Book) lightest(some []*Member, people func(string) int) string {
	best := some[0]
	for _, m := range some[1:] {
		if people(m.ID)*best.Room(&b.Rules) < people(best.ID)*m.Room(&b.Rules) {
			best = m
		}
	}
	return best.ID
}

func (m *Member) speaks(language string) bool {
	if len(m.Languages) == 0 {
		return sameLanguage("zh", language) // nothing said: the first language of the product
	}
	return slices.ContainsFunc(m.Languages, func(l string) bool { return sameLanguage(l, language) })
}

// sameLanguage compares what stands before the region: zh-CN is zh.
func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(strings.ReplaceAll(a, "_", "-"), "-")
	b, _, _ = strings.Cut(strings.ReplaceAll(b, "_", "-"), "-")
	return strings.EqualFold(a, b)
}

func (r *Rule) fits(f Facts) bool {
	in := func(list []string, fits func(string) bool) bool {
		return len(list) == 0 || slices.ContainsFunc(list, fits)
	}
	return in(r.Regions, func(x string) bool { return samePlace(x, f.Province) || samePlace(x, f.City) }) &&
		in(r.Channels, func(x string) bool { return x == f.Code || x == f.Channel || x == f.Kind }) &&
		in(r.Programmes, func(x string) bool { return slices.Contains(f.Programmes, x) }) &&
		in(r.Languages, func(x string) bool { return f.Language != "" && sameLanguage(x, f.Language) })
}

// suffixes are what a province is called with and without.
var suffixes = []string{"特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"}

// samePlace compares places by name, with or without 省 and 市, or by code: 310000 holds 310115.
func samePlace(rule, place string) bool {
	if rule == "" || place == "" {
		return false
	}
	if code := strings.TrimRight(rule, "0"); isCode(rule) && isCode(place) {
		if len(code)%2 == 1 { // 110000 ends after 11, 210200 after 2102, 10 and 20 keep their zero
			code += "0"
		}
		return strings.HasPrefix(place, code)
	}
	return plain(rule) == plain(place)
}

func isCode(s string) bool {
	return len(s) == 6 && strings.Trim(s, "0123456789") == ""
}

func plain(name string) string {
	for _, x := range suffixes {
		if cut := strings.TrimSuffix(name, x); cut != name && len([]rune(cut)) > 1 {
			return cut
		}
	}
	return name
}

var (
	errRuleName  = fault.New(fault.Invalid, "rule_name_missing", "给规则起个名字", "give the rule a name")
	errRuleStaff = fault.New(fault.Invalid, "rule_staff_unknown", "规则里有人不能负责患者：没有这个账号、已关闭，或者角色不管人", "the rule names somebody who cannot look after people: no such account, closed, or of a role that looks after nobody").
			Because("换一位在岗的人", "name somebody who works here")
	errRuleProgramme = fault.New(fault.Invalid, "rule_programme_unknown", "没有这个项目", "there is no such programme")
	errRuleExam      = fault.New(fault.Invalid, "rule_exam_unknown", "没有这门课程", "there is no such course").Because("先建课程并发布", "make the course and publish it first")
	errRuleAfter     = fault.New(fault.Invalid, "rule_never_asked", "前面有一条适合所有人又不往后找的规则，后面的永远用不到", "an earlier rule fits everybody and looks no further: this one is never asked").
				Because("把它移到最后，或者去掉“不再往后找”", "move that one to the end, or let it look further")
)

// Check finds the first mistake in rules; field is where they stand in the request.
func (b *Book) Check(r *Rules, field string, programme, course func(string) bool) error {
	closed := false
	for i := range r.List {
		x := &r.List[i]
		at := func(f *fault.Fault, name string) error { return f.At("%s.list[%d].%s", field, i, name) }
		if strings.TrimSpace(x.Name) == "" {
			return at(errRuleName, "name")
		}
		if closed {
			return at(errRuleAfter, "last")
		}
		for _, id := range x.Staff {
			if m := b.Member(id); m == nil || m.Disabled || !Takes(m.Role) {
				return at(errRuleStaff, "staff")
			}
		}
		for _, p := range x.Programmes {
			if !programme(p) {
				return at(errRuleProgramme, "programmes")
			}
		}
		if x.Exam != "" && !course(x.Exam) {
			return at(errRuleExam, "exam")
		}
		closed = x.Last && len(x.Regions)+len(x.Channels)+len(x.Programmes)+len(x.Languages) == 0
	}
	return nil
}

// Book is all that is known about who can look after people, at one moment.
type Book struct {
	Rules    Rules
	Version  int64 // of the rules; 0: there are none
	Staff    []Member
	Absences []Absence
	Courses  []string // whose exams a rule may ask for: those that are published
}

// Member finds one by id; nil: there is none.
func (b *Book) Member(id string) *Member {
	for i := range b.Staff {
		if b.Staff[i].ID == id {
			return &b.Staff[i]
		}
	}
	return nil
}

// Without is the book with one member who takes nobody: whom they leave must not come back to them.
func (b *Book) Without(id string) *Book {
	out := *b
	out.Staff = slices.Clone(b.Staff)
	if m := out.Member(id); m != nil {
		m.Closed = true
	}
	return &out
}
