package programme

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/rule"
)

// What an item of the checklist may be. Unknown is not open: nobody has looked yet.
const (
	ItemDone    = "done"
	ItemOpen    = "open"
	ItemUnknown = "unknown"
)

// Item is one line of the checklist of a new programme. One that is Human is what somebody states; of the others the programme
// itself knows.
type Item struct {
	Key   string
	Step  int // 1 to 7, of docs/guide/new-disease.md
	Human bool
	Text  fault.Text
	State string
	Note  fault.Text // what is known; may be empty
	Part  string     // where it is mended: settings, targets, tags, stages, journeys, texts, tests, versions; empty: nowhere here
}

// Steps are the seven steps of the method. Source: docs/guide/new-disease.md.
var Steps = []fault.Text{
	said("临床路径", "Clinical pathway"), said("机会", "Opportunity"), said("数据", "Data"), said("标签和阶段", "Tags and stages"),
	said("旅程和文字", "Journeys and texts"), said("证明", "Proof"), said("上线和以后", "Going live, and going on"),
}

// Known is what a checklist is made from beside the files.
type Known struct {
	Problems  int             // mistakes of the files
	Tested    bool            // the tests ran on these very files
	Failed    int             // of them
	Cases     int             // how many there are
	Published int             // the version in force; 0: none
	Stated    map[string]bool // what somebody stated, by item
}

// Statements are the items people state, by key.
func Statements() []string {
	var out []string
	for _, i := range Checklist(nil, &Compiled{}, Known{}) {
		if i.Human {
			out = append(out, i.Key)
		}
	}
	return out
}

// Checklist is how far a programme has come on its way from the clinical pathway to going live. c is nil while the files have
// mistakes; then what only a sound programme tells is not known.
func Checklist(f Files, c *Compiled, k Known) []Item {
	l := &checklist{known: k}
	l.is("head", 1, "settings", "方案的总表读得通，名字有两种语言", "programme.yaml reads, with a name in both languages", done(f.Head().Name != fault.Text{}), fault.Text{})
	l.numbers(f)
	l.human("pathway", 1, "一页纸的临床路径写好了，每个数都有出处和三种标记之一", "The pathway is on one page, every number with its source and one of the three marks")
	l.human("gaps", 2, "最多五个缺口，每个写明谁、多久、看什么数", "At most five gaps, each with owner, time and figure")
	l.human("reach", 2, "联系得到人，他们同意健康数据；夜里和周日也有人接", "The people can be reached and agree to health data; somebody answers at night and on Sundays")
	l.human("facts", 3, "每个缺口要知道的事，都在事件表或问卷里找到了", "What each gap must know was found in the table of events or in a form")
	l.forms(c)
	l.is("sound", 4, "", "检查没有一处要改", "The check finds nothing to mend", done(k.Problems == 0),
		when(k.Problems > 0, words("还有 %d 处要改", "%d to mend", k.Problems)))
	l.tags(c)
	l.journeys(c)
	l.texts(f)
	l.human("read", 5, "服务的人读过旅程和话术，每周不超过三条消息", "Those who serve have read journeys and words; at most three messages a week")
	l.proof(c)
	l.human("broken", 6, "故意改错一个界限，有检查不通过", "A limit broken on purpose made a case fail")
	l.human("aloud", 6, "医生逐条读过标签和话术", "A clinician read tags and words aloud")
	l.signed(f, c)
	l.is("published", 7, "versions", "在这个工作区里生效过", "It is in force in this workspace", done(k.Published > 0), when(k.Published > 0, words("第 %d 版", "version %d", k.Published)))
	l.human("rehearsed", 7, "当班的人演练过：一个顺利的、一个出事的、一个沉默的", "Those on duty rehearsed: one as hoped, one in trouble, one silent")
	l.human("slowly", 7, "先 20 人两周，再 200 人，再全部", "20 people for two weeks, then 200, then all")
	l.human("again", 7, "定了下一次回看的日子", "A date for the next look is set")
	slices.SortStableFunc(l.items, func(a, b Item) int { return a.Step - b.Step })
	return l.items
}

type checklist struct {
	known Known
	items []Item
}

func done(yes bool) string {
	if yes {
		return ItemDone
	}
	return ItemOpen
}

func when(yes bool, t fault.Text) fault.Text {
	if yes {
		return t
	}
	return fault.Text{}
}

func (l *checklist) is(key string, step int, part, zh, en, state string, note fault.Text) {
	l.items = append(l.items, Item{Key: key, Step: step, Text: said(zh, en), State: state, Note: note, Part: part})
}

func (l *checklist) human(key string, step int, zh, en string) {
	l.items = append(l.items, Item{Key: key, Step: step, Human: true, Text: said(zh, en), State: done(l.known.Stated[key])})
}

// numbers: every number has its source, and the unsure ones are counted, because a clinician looks at those first.
func (l *checklist) numbers(f Files) {
	bare, unsure := 0, 0
	for _, s := range f.Settings() {
		if strings.TrimSpace(s.Source) == "" {
			bare++
		}
		if s.Unsure || Unsure(s.Source) {
			unsure++
		}
	}
	for _, t := range f.Targets() {
		if strings.TrimSpace(t.Source) == "" {
			bare++
		}
		if Unsure(t.Source) {
			unsure++
		}
	}
	note := when(unsure > 0, words("有 %d 个数还不确定", "%d numbers are not sure yet", unsure))
	if bare > 0 {
		note = words("有 %d 个数没写出处", "%d numbers name no source", bare)
	}
	l.is("sources", 1, "settings", "每个设置和目标都写了出处", "Every setting and target names its source", done(bare == 0), note)
}

func (l *checklist) forms(c *Compiled) {
	if c == nil {
		l.is("forms", 3, "forms", "问卷都读得通，写明凭什么用", "Forms read, and say by what right they are used", ItemUnknown, fault.Text{})
		return
	}
	bare := 0
	for _, x := range c.Forms {
		if x.Copyright == "" {
			bare++
		}
	}
	l.is("forms", 3, "forms", "问卷都读得通，写明凭什么用", "Forms read, and say by what right they are used", done(bare == 0), words("%d 份问卷", "%d forms", len(c.Forms)))
}

func (l *checklist) tags(c *Compiled) {
	zh, en := "有标签，也有阶段，最后一个阶段人人都能进", "There are tags and stages, and everyone fits the last stage"
	if c == nil {
		l.is("tags", 4, "tags", zh, en, ItemUnknown, fault.Text{})
		return
	}
	l.is("tags", 4, "tags", zh, en, done(c.Listed() > 0 && len(c.Stages) > 1), words("%d 个标签，%d 个阶段", "%d tags, %d stages", c.Listed(), len(c.Stages)))
}

func (l *checklist) journeys(c *Compiled) {
	safety, leaves := ItemUnknown, ItemUnknown
	var note, ends fault.Text
	if c != nil {
		n, open := 0, []string{}
		for _, j := range c.Journeys {
			if j.Class == journey.Safety {
				n++
			}
			if len(j.Leave) == 0 || j.Goal == nil && j.Class != journey.Safety {
				open = append(open, j.Key)
			}
		}
		safety, note = done(n > 0), words("%d 个旅程，其中 %d 个管安全", "%d journeys, %d of them for safety", len(c.Journeys), n)
		leaves = done(len(c.Journeys) > 0 && len(open) == 0)
		if len(open) > 0 {
			ends = said("还没有写的："+some(open), "not said by: "+some(open))
		}
	}
	l.is("safety", 5, "journeys", "先有管安全的旅程", "Safety has its journey", safety, note)
	l.is("ends", 5, "journeys", "每个旅程都写了什么时候离开；不是管安全的，还写了目标", "Every journey says when it is left, and its goal unless it is for safety", leaves, ends)
}

// some names the first of many.
func some(keys []string) string {
	const shown = 5
	if len(keys) <= shown {
		return strings.Join(keys, ", ")
	}
	return strings.Join(keys[:shown], ", ") + fmt.Sprintf(" … (%d)", len(keys))
}

func (l *checklist) texts(f Files) {
	lacks, long, n := []string{}, []string{}, 0
	for _, k := range f.TextKeys() {
		x, ok := f.TextForm(k)
		n++
		if !ok || x.Title.Zh == "" || x.Title.En == "" || x.Body.Zh == "" || x.Body.En == "" {
			lacks = append(lacks, k)
		}
		if ok && Spoken(x.Kind) && len(LongSentences(x.Body.Zh)) > 0 {
			long = append(long, k)
		}
	}
	note := words("%d 篇", "%d texts", n)
	if len(lacks) > 0 {
		note = said("缺一种语言："+some(lacks), "one language is missing: "+some(lacks))
	}
	l.is("languages", 5, "texts", "每篇文字都有中文和英文", "Every text is in both languages", done(n > 0 && len(lacks) == 0), note)
	l.is("short", 5, "texts", fmt.Sprintf("给人看的句子不超过 %d 个汉字", LongestSentence), fmt.Sprintf("Sentences for people have at most %d Chinese characters", LongestSentence),
		done(n > 0 && len(long) == 0), when(len(long) > 0, said("有长句："+some(long), "long sentences: "+some(long))))
}

// casesOfTag is what a tag needs at least. Source: docs/guide/new-disease.md, step 6.
const casesOfTag = 4

func (l *checklist) proof(c *Compiled) {
	cases, walked := ItemUnknown, ItemUnknown
	var note, unwalked fault.Text
	if c != nil {
		few := c.fewCases()
		cases = done(c.Listed() > 0 && len(few) == 0)
		if len(few) > 0 {
			note = said("还不够："+some(few), "not yet: "+some(few))
		}
		open := c.unwalked()
		walked = done(len(open) == 0)
		if len(open) > 0 {
			unwalked = said("还没有走到："+some(open), "not walked: "+some(open))
		}
	}
	l.is("cases", 6, "tests", fmt.Sprintf("每个标签至少 %d 个检查，有成立的也有不成立的，要数据的还有数据不够的", casesOfTag),
		fmt.Sprintf("Every tag has %d cases: it holds, it does not and, where it needs data, there is too little", casesOfTag), cases, note)
	l.is("walks", 6, "tests", "每个旅程都有检查走到它发出的东西", "Cases walk every journey to what it sends or asks", walked, unwalked)
	state := ItemUnknown
	if l.known.Tested {
		state = done(l.known.Failed == 0 && l.known.Cases > 0)
	}
	green := words("%d 个检查", "%d cases", l.known.Cases)
	switch {
	case !l.known.Tested:
		green = words("%d 个检查，改过以后还没有跑", "%d cases, not run since the last change", l.known.Cases)
	case l.known.Failed > 0:
		green = words("%d 个没通过", "%d failed", l.known.Failed)
	}
	l.is("green", 6, "tests", "自带的检查都通过", "Its own tests all pass", state, green)
}

// fewCases are the tags without enough cases of every kind, in their order.
func (c *Compiled) fewCases() (few []string) {
	type seen struct {
		moments  int
		has, not bool
		unknown  bool
	}
	by := map[string]*seen{}
	all := c.Cases()
	for i := range all {
		for _, e := range all[i].Expect {
			for _, x := range e.Tags {
				key, _, _ := strings.Cut(x.Key, ".")
				s := by[key]
				if s == nil {
					s = &seen{}
					by[key] = s
				}
				s.moments++
				s.has = s.has || x.Want == rule.True
				s.not = s.not || x.Want == rule.False
				s.unknown = s.unknown || x.Want == rule.Unknown
			}
		}
	}
	for i := range c.Tags {
		t := &c.Tags[i]
		s := by[t.Key]
		switch {
		case t.Of != "" || t.ByHand:
		case s == nil, s.moments < casesOfTag, !s.has, !s.not && len(t.Codes) == 0, t.Needs != nil && !s.unknown:
			few = append(few, t.Key)
		}
	}
	return few
}

// unwalked are the journeys of which no case expects anything they send, ask for or alert of.
func (c *Compiled) unwalked() (open []string) {
	expected, levels := map[string]bool{}, map[int]bool{}
	for _, one := range c.Cases() {
		for _, e := range one.Expect {
			for _, k := range slices.Concat(e.Cards, e.Held) {
				expected[k] = true
			}
			for _, m := range e.Messages {
				expected[m.Content] = true
			}
			for _, t := range e.Tasks {
				expected[t.Script] = true
			}
			for _, l := range e.Alerts {
				levels[l] = true
			}
		}
	}
	for _, j := range c.Journeys {
		if !walks(j.Steps, func(s *journey.Step) bool {
			return s.Says() != nil && slices.ContainsFunc(s.Says().Texts(), func(k string) bool { return expected[k] }) || s.Does() != nil && expected[s.Does().Script] ||
				s.Alert != nil && levels[s.Alert.Level] || s.SetStage != ""
		}) {
			open = append(open, j.Key)
		}
	}
	return open
}

// walks reports whether any step is as asked.
func walks(steps []journey.Step, is func(*journey.Step) bool) (found bool) {
	journey.Walk(steps, func(s *journey.Step) { found = found || is(s) })
	return found
}

func (l *checklist) signed(f Files, c *Compiled) {
	zh, en := "方案、目标和每篇文字都签了字", "The programme, its targets and every text are signed"
	var open []string
	if f.Head().Approval.Sample {
		open = append(open, "programme.yaml")
	}
	for _, t := range f.Targets() {
		if t.Approval != nil && t.Approval.Sample {
			open = append(open, t.Key)
		}
	}
	for _, k := range f.TextKeys() {
		if x, ok := f.TextForm(k); !ok || x.Approval.Sample {
			open = append(open, k)
		}
	}
	l.is("signed", 6, "texts", zh, en, done(len(open) == 0 && c != nil),
		when(len(open) > 0, said(fmt.Sprintf("还有 %d 处是样例：", len(open))+some(open), fmt.Sprintf("%d are samples: ", len(open))+some(open))))
}
