package programme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// A file that is not there is seen by what names it: rules, journeys and tests. Each place is a mistake of its own when a name is
// misspelt; when a file is missing it is one mistake said a hundred times. So problems carry what they lack, and one is said
// for each, with the other places beside it.

// Kinds of what a problem lacks.
const (
	lacksTag     = "tag"
	lacksText    = "text"
	lacksForm    = "form"
	lacksSpeaker = "speaker" // a journey, or one that says a text
	lacksConsent = "consent"
	lacksUse     = "use" // of a word: may follow from any of the others
)

// fewTags is up to how many unknown tags are taken for slips of the pen when one of them is like a tag there is; more, or all unlike,
// are a file of tags that is missing.
const fewTags = 2

// lacking reports at n that there is no such thing of that name.
func (s *source) lacking(n *node, kind, name string, text, hint fault.Text) {
	before := len(*s.out)
	s.at(n, text, hint)
	if len(*s.out) > before {
		(*s.out)[before].lacks, (*s.out)[before].name = kind, name
	}
}

// unknownTag is the tag that a problem of a rule says there is none of, "" when it says something else.
func unknownTag(msg fault.Text) string {
	quoted, ok := strings.CutPrefix(msg.En, "there is no tag ")
	if !ok {
		return ""
	}
	key, _ := strconv.Unquote(quoted)
	return key
}

// once says what is lacking once, at the first place that is no test, and how many other places name it.
func (ps Problems) once() Problems {
	tags := map[string]bool{}
	missing, slips := false, false
	for _, p := range ps {
		missing = missing || p.lacks != "" && p.lacks != lacksUse
		if p.lacks == lacksTag {
			key, _, _ := strings.Cut(p.name, ".")
			tags[key] = true
			slips = slips || p.Hint != (fault.Text{})
		}
	}
	if !missing {
		return ps
	}
	group := func(p Problem) string {
		switch {
		case p.lacks == lacksTag && (len(tags) > fewTags || !slips), p.lacks == lacksSpeaker:
			return p.lacks
		case p.lacks == lacksTag:
			key, _, _ := strings.Cut(p.name, ".")
			return p.lacks + " " + key
		}
		return p.lacks + " " + p.name
	}
	var out Problems
	for i, p := range ps {
		if p.lacks == lacksUse {
			continue
		}
		if p.lacks == "" {
			out = append(out, p)
			continue
		}
		var same Problems
		for _, o := range ps {
			if o.lacks != "" && group(o) == group(p) {
				same = append(same, o)
			}
		}
		first := slices.IndexFunc(same, func(o Problem) bool { return !strings.Contains(o.File, "tests/") })
		if first = max(first, 0); same[first] != ps[i] {
			continue
		}
		out = append(out, p.beside(slices.Delete(same, first, first+1)))
	}
	return out
}

// beside adds to p where else the same is lacking, and what else is.
func (p Problem) beside(others Problems) Problem {
	var names []string
	for _, o := range others {
		if o.name != p.name && !slices.Contains(names, o.name) {
			names = append(names, o.name)
		}
	}
	slices.Sort(names)
	switch {
	case len(others) == 0:
		return p
	case p.lacks == lacksTag && len(names) > 0:
		p.Hint = words("另有 %d 个标签也找不到：%s。是不是少了一个标签文件？", "%d other tags are not there either: %s; is a file of tags missing?", len(names), list12(names))
	case p.lacks == lacksSpeaker:
		p.Hint = words("测试里还有 %d 处这样的期望。是不是少了一个旅程文件？", "tests expect so in %d other places; is a file of journeys missing?", len(others))
	default:
		more := fault.Text{Zh: fmt.Sprintf("另有 %d 处用到它", len(others)), En: fmt.Sprintf("%d other places name it", len(others))}
		if p.Hint != (fault.Text{}) {
			more = fault.Text{Zh: p.Hint.Zh + "；" + more.Zh, En: p.Hint.En + "; " + more.En}
		}
		p.Hint = more
	}
	return p
}

// list12 names at most twelve.
func list12(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// caseUse is a place of a test that names a text which a journey should say, or what somebody agreed to.
type caseUse struct {
	s    *source
	n    *node
	name string
}

// spoken reports texts that tests expect and no journey says.
func (l *loader) spoken() {
	for name, lost := range l.p.lost {
		if lost && !strings.HasPrefix(own(name), "tests/") {
			return // what it would say is not known
		}
	}
	said := map[string]bool{}
	for _, u := range l.p.texts {
		said[u.n.text] = true
	}
	for _, u := range l.expected {
		if l.p.Contents[u.name] != nil && !said[u.name] {
			u.s.lacking(u.n, lacksSpeaker, u.name, words("没有旅程说“%s”", "no journey says %q", u.name), words("是不是少了一个旅程文件？", "is a file of journeys missing?"))
		}
	}
}

// agreed reports what people of the programme's own tests agree to though it has no text that asks for it. A programme without any
// consent text leaves asking to others.
func (l *loader) agreed() {
	asks := map[string]bool{}
	for name, c := range l.p.Contents {
		if l.p.lost["content/"+name+".md"] {
			return
		}
		if c.Kind == KindConsent {
			asks[c.Purpose] = true
		}
	}
	if len(asks) == 0 {
		return
	}
	for _, u := range l.consents {
		if !asks[u.name] {
			u.s.lacking(u.n, lacksConsent, u.name, words("没有征求“%s”的同意书", "no consent text asks for %q", u.name), words("在 content/ 里加一份 purpose: %s 的同意书", "add a text with purpose: %s to content/", u.name))
		}
	}
}

// agrees remembers what e, an event of a test, agrees to.
func (c *caseReader) agrees(n *node, e *event.Event) {
	if e.Type == event.Consent && c.altered == nil {
		c.l.consents = append(c.l.consents, caseUse{c.s, n, e.A.String()})
	}
}
