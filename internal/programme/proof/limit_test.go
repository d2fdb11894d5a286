package proof

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"peiban/internal/engine"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/programmes"
)

// limits writes every rule of a programme wrongly, one place at a time, and asks the cases whether they notice. Of a shared part only
// the first programme that has it as it is is asked, in the order of names.
type limits struct {
	t      *testing.T
	folder string
	c      *programme.Compiled
	cases  []programme.Case
	slips  func(src string) []slip // the ways to get it wrong
	asked  map[string]bool         // rules of parts that a programme before answered for
}

// slip is a rule that is wrong in one place.
type slip struct{ src, says string }

var (
	comparison = regexp.MustCompile(` (<=|>=|<|>) `)
	// computed are limits no case can stand on: of a real number made from many readings.
	computed = regexp.MustCompile(`\.(cv|lbgi|hbgi)\(\) (<=|>=|<|>) `)
)

// alike are wrong rules that nobody could tell from the right one, with the reason.
var alike = map[string]string{
	"ch_add_way.other: > for >= before 0":         "0 is a code of its own, before this one",
	"word image_days: >= for > before 0":          "intervals and lengths are a day at least",
	"word systolic_high: >= for > before target":  "as bp_high",
	"word diastolic_high: >= for > before target": "as bp_high",
	"rk_lipid_high: >= for > before target":       "as bp_high",
	"bp_high: >= for > before target":             "the targets of this programme are below a limit: no mean is exactly the highest value in them",
	"bp_ok: < for <= before target":               "as bp_high",
}

func excused(where, says string) bool {
	for a := range alike {
		if strings.HasPrefix(where+": "+says, a) {
			return true
		}
	}
	return false
}

var other = map[string]string{"<": "<=", "<=": "<", ">": ">=", ">=": ">"}

// strict are src with < for <= and the like.
func strict(src string) (all []slip) {
	for _, at := range comparison.FindAllStringSubmatchIndex(src, -1) {
		if op := src[at[2]:at[3]]; !computed.MatchString(src[max(0, at[0]-8):at[1]]) {
			all = append(all, slip{src[:at[2]] + other[op] + src[at[3]:], fmt.Sprintf("%s for %s before %s", other[op], op, head(src[at[1]:]))})
		}
	}
	return all
}

func head(s string) string { return s[:min(len(s), 40)] }

// Every comparison in a rule has a case at its limit: `<` written for `<=` fails.
func TestEveryLimitHasACase(t *testing.T) {
	askAll(t, strict)
}

func askAll(t *testing.T, slips func(string) []slip) {
	if testing.Short() {
		t.Skip("it asks a thousand times")
	}
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			c, cases := open(t, programmes.FS, folder)
			l := &limits{t: t, folder: folder, c: c, cases: cases, slips: slips, asked: asked}
			l.tags()
			l.stages()
			l.words()
			l.journeys()
		})
	}
}

// tags asks about when and needs of every tag; codes of one tag have its needs together.
func (l *limits) tags() {
	for i := range l.c.Tags {
		tag := &l.c.Tags[i]
		own := tag.File + "\x00" + tag.Key
		if strings.HasPrefix(tag.File, "common/") {
			if l.asked[own+tag.Src+tag.NeedsSrc] {
				continue
			}
			l.asked[own+tag.Src+tag.NeedsSrc] = true
		}
		if tag.Codes == nil {
			for _, s := range l.slips(tag.Src) {
				l.ask(tag.Key, s.says, l.mutant(func(m *programme.Compiled) bool { return l.put(&m.Tags[i].When, s.src) }), tag.Key)
			}
		}
		if tag.Of == "" {
			for _, s := range l.slips(tag.NeedsSrc) {
				l.ask(tag.Key, "needs: "+s.says, l.mutant(func(m *programme.Compiled) bool {
					for _, k := range tag.Codes {
						if !l.put(&m.Tags[k.Tag].Needs, s.src) {
							return false
						}
					}
					return l.put(&m.Tags[i].Needs, s.src)
				}), tag.Key)
			}
		}
	}
}

func (l *limits) stages() {
	for i := range l.c.Stages {
		st := &l.c.Stages[i]
		for _, s := range l.slips(st.Src) {
			l.ask("stage "+st.Key, s.says, l.mutant(func(m *programme.Compiled) bool { return l.put(&m.Stages[i].When, s.src) }))
		}
		for _, s := range l.slips(st.StaySrc) {
			l.ask("stage "+st.Key, "stay: "+s.says, l.mutant(func(m *programme.Compiled) bool { return l.put(&m.Stages[i].Stay, s.src) }))
		}
	}
}

// words asks about each word in all the rules of tags and stages that say it at once. One that only journeys say is asked about with
// them.
func (l *limits) words() {
	for _, w := range sortedKeys(l.c.Words()) {
		text := l.c.Words()[w]
		if l.asked["word "+w+"\x00"+text] { // of a part, asked in the programme before
			continue
		}
		l.asked["word "+w+"\x00"+text] = true
		says := regexp.MustCompile(`("[^"]*")|\b` + w + `\b`)
		for _, s := range l.slips(text) {
			put := func(src string) string {
				return says.ReplaceAllStringFunc(src, func(x string) string {
					if x == w {
						return "(" + s.src + ")"
					}
					return x
				})
			}
			var users []string
			m := l.mutant(func(m *programme.Compiled) bool {
				for i := range m.Tags {
					tag := &m.Tags[i]
					if n := put(tag.Src); n != tag.Src && tag.Codes == nil {
						users = append(users, tag.Key)
						if !l.put(&tag.When, n) {
							return false
						}
					}
					if n := put(tag.NeedsSrc); n != tag.NeedsSrc {
						users = append(users, tag.Key)
						if !l.put(&tag.Needs, n) {
							return false
						}
					}
				}
				for i := range m.Stages {
					if n := put(m.Stages[i].Src); n != m.Stages[i].Src {
						users = append(users, "stage")
						if !l.put(&m.Stages[i].When, n) {
							return false
						}
					}
				}
				return len(users) > 0
			})
			if m != nil {
				l.ask("word "+w, s.says, m, users...)
				continue
			}
			for _, f := range []string{"programme.yaml"} {
				if file := l.folder + "/" + f; strings.Contains(source(l.t, file), text) {
					l.askFile(file, strings.Replace(source(l.t, file), text, s.src, 1), "word "+w, s.says)
				}
			}
		}
	}
}

// journeys asks about what journeys ask. Goals have no limit of their own: they are credited in the run and ask nothing of anybody.
func (l *limits) journeys() {
	for file := range copyOf(l.t, l.folder) {
		if !strings.HasPrefix(file, l.folder+"/journeys/") {
			continue
		}
		text := source(l.t, file)
		var before int
		for line := range strings.Lines(text) {
			at := before
			before += len(line)
			if strings.HasPrefix(line, "  when: ") || strings.HasPrefix(line, "goal: ") || !strings.Contains(line, "if: ") && !strings.Contains(line, "leave") {
				continue
			}
			for _, s := range l.slips(line) {
				l.askFile(file, text[:at]+s.src+text[before:], path.Base(file), s.says)
			}
		}
	}
}

// mutant is the programme with a change; nil when the change makes no rule.
func (l *limits) mutant(change func(*programme.Compiled) bool) *programme.Compiled {
	m := *l.c
	m.Tags, m.Stages = slices.Clone(l.c.Tags), slices.Clone(l.c.Stages)
	if !change(&m) {
		return nil
	}
	return &m
}

// put compiles src into a place.
func (l *limits) put(at **rule.Rule, src string) bool {
	r, problems := l.c.Rule(src, rule.KindBool)
	if problems != nil {
		return false
	}
	*at = r
	return true
}

// ask runs the cases against a wrong programme, first those about the tags.
func (l *limits) ask(where, says string, m *programme.Compiled, tags ...string) {
	if m == nil || excused(where, says) {
		return
	}
	p := engine.Prepare(m)
	about := func(x *programme.Case) bool {
		return slices.ContainsFunc(x.Expect, func(e programme.Expect) bool {
			return slices.ContainsFunc(e.Tags, func(x programme.ExpectTag) bool {
				key, _, _ := strings.Cut(x.Key, ".")
				return slices.ContainsFunc(tags, func(t string) bool { return t == x.Key || t == key || strings.HasPrefix(t, x.Key+".") })
			})
		})
	}
	for _, first := range []bool{true, false} {
		for i := range l.cases {
			if x := &l.cases[i]; about(x) == first && !one(p, x).Passed {
				return
			}
		}
	}
	l.t.Errorf("%s: nothing notices %s", where, says)
}

// askFile does the same with a file of another text.
func (l *limits) askFile(file, text, where, says string) {
	m := copyOf(l.t, l.folder)
	m[file].Data = []byte(text)
	c, problems := programme.Open(m, l.folder)
	if problems != nil {
		return
	}
	p, cases := engine.Prepare(c), c.Cases()
	for _, journeys := range []bool{true, false} {
		for i := range cases {
			if about := strings.Contains(cases[i].File, "journey"); about == journeys && !one(p, &cases[i]).Passed {
				return
			}
		}
	}
	l.t.Errorf("%s: nothing notices %s", where, says)
}

func source(t *testing.T, file string) string {
	t.Helper()
	b, err := programmes.FS.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
