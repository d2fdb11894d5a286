package programme

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/relation"
	"peiban/internal/task"
)

// journeys reads journeys/*.yaml; the name of a file is the key of its journey.
func (l *loader) journeys() {
	for _, name := range l.each("journeys", ".yaml") {
		s, ok := l.open(name, false)
		if !ok {
			continue
		}
		if root := l.parse(s); root != nil {
			key := strings.TrimSuffix(path.Base(name), ".yaml")
			j := &journeyReader{l: l, s: s, key: key, ids: map[string]bool{}}
			l.p.Journeys = append(l.p.Journeys, j.read(root, key))
		}
	}
}

type journeyReader struct {
	l       *loader
	s       *source
	key     string
	trigger *event.Spec
	ids     map[string]bool
	gos     []goUse
}

// goUse is a step that goes elsewhere, looked at when all steps are known.
type goUse struct {
	step *journey.Step
	at   *node
}

// reached is what is known when a step begins: what came before it on every way to it.
type reached struct {
	results []string // outcomes tasks before it may have
	task    bool
	card    bool
	called  bool
	timeout bool
	form    string // the last questionnaire
	day     int
}

func (a reached) with(b reached) reached {
	return reached{
		results: append(slices.Clone(a.results), b.results...), task: a.task || b.task, card: a.card || b.card,
		timeout: a.timeout || b.timeout, called: a.called || b.called, form: cmp.Or(a.form, b.form), day: max(a.day, b.day),
	}
}

func (j *journeyReader) read(root *node, key string) *journey.Definition {
	s := j.s
	r := s.fields(root, words("旅程", "a journey"), "name", "version", "class", "priority", "owner", "valid", "enter", "leave", "goal", "inside", "instead", "steps")
	d := &journey.Definition{Key: key, File: s.name, Name: s.text(r.need("name")), Version: max(1, j.l.p.Version), Class: journey.Programme}
	if r.has("version") {
		d.Version = s.whole(r.of["version"], 1, 1_000_000)
	}
	if r.has("class") {
		d.Class = journey.Class(s.word(r.of["class"], words("类别", "class"), string(journey.Safety), string(journey.Asked), string(journey.Programme)))
	}
	d.Priority = s.whole(r.of["priority"], 0, 1000)
	j.enter(&d.Enter, r.need("enter"), d.Class)
	leave := s.strs(r.of["leave"])
	d.Leave = make([]journey.Cond, len(leave))
	for i, n := range leave {
		j.cond(&d.Leave[i], n, j.trigger, reached{})
	}
	if r.has("goal") {
		g := s.fields(r.of["goal"], words("目标", "a goal"), "when", "within")
		d.Goal = &journey.Goal{}
		j.cond(&d.Goal.When, g.need("when"), j.trigger, reached{})
		d.Goal.Within = s.span(g.need("within"))
	}
	d.Owner = s.str(r.of["owner"])
	if r.has("valid") {
		v := s.fields(r.of["valid"], words("起止日期", "the dates"), "from", "to")
		d.From, d.To = micros(s.day(v.of["from"], j.l.p.Zone)), micros(s.day(v.of["to"], j.l.p.Zone))
		if d.To != 0 && d.To <= d.From {
			s.at(v.of["to"], words("结束不晚于开始，谁也进不来", "it ends before it begins: nobody ever enters"), fault.Text{})
		}
	}
	d.Inside = journey.Stay
	if r.has("inside") {
		d.Inside = journey.Inside(s.word(r.of["inside"], words("换版本时里面的人", "what whoever is inside does"), string(journey.Stay), string(journey.Follow)))
	}
	d.Steps, _, _ = j.steps(r.need("steps"), "", reached{}, true)
	j.instead(d, r.of["instead"])
	j.ways(d)
	return d
}

// micros is a day as the engine has moments; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// callUse is a journey that calls another, checked when all are known.
type callUse struct {
	s        *source
	n        *node
	from, to string
}

// calls checks the journeys that journeys call: each is there, may be called, and none calls itself by a circle.
func (l *loader) calls() {
	by, next := map[string]*journey.Definition{}, map[string][]string{}
	for _, d := range l.p.Journeys {
		by[d.Key] = d
	}
	for _, u := range l.p.journeyUses {
		next[u.from] = append(next[u.from], u.to)
	}
	for _, u := range l.p.journeyUses {
		d := by[u.to]
		switch {
		case d == nil:
			if u.s.unchosen(u.n, u.to, words("旅程", "journey"), u.s.meant(u.to, slices.Sorted(maps.Keys(by)))) {
				continue
			}
			u.s.at(u.n, words("没有旅程“%s”", "no journey %q", u.to), u.s.meant(u.to, slices.Sorted(maps.Keys(by))))
		case d.Enter.On != journey.OnCall && d.Enter.On != journey.OnHand:
			u.s.at(u.n, words("旅程“%s”不能由别的旅程叫来", "the journey %q is not one that others call", u.to), words("在它的 enter 里写 journey: true", "its enter says journey: true"))
		case leads(next, u.to, u.from, map[string]bool{}):
			u.s.at(u.n, words("旅程互相叫，绕成了圈", "these journeys call each other in a circle"), fault.Text{})
		}
	}
}

func leads(next map[string][]string, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(next[from], func(n string) bool { return leads(next, n, to, seen) })
}

// instead reads which steps take those who wait in steps that are gone.
func (j *journeyReader) instead(d *journey.Definition, n *node) {
	if n == nil || n.kind == null {
		return
	}
	if n.kind != mapping {
		j.s.at(n, words("写成“旧步骤: 新步骤”的几行", "written as lines of old step: new step"), fault.Text{})
		return
	}
	d.Instead = map[string]string{}
	for _, p := range n.pairs {
		to := j.s.str(p.value)
		switch {
		case j.ids[p.key.text]:
			j.s.at(p.key, words("这一版还有“%s”这一步", "this version still has a step %q", p.key.text), words("只写去掉的步骤", "name only steps that are gone"))
		case to != "" && !j.ids[to]:
			j.s.at(p.value, words("没有一步叫“%s”", "no step is called %q", to), j.s.meant(to, slices.Sorted(maps.Keys(j.ids))))
		}
		d.Instead[p.key.text] = to
	}
}

// ways checks where steps that go elsewhere lead: there must be such a step, and no circle without a wait.
func (j *journeyReader) ways(d *journey.Definition) {
	sound := true
	for _, g := range j.gos {
		if !j.ids[g.step.Go.To] {
			sound = false
			if j.s.unchosen(g.at, g.step.Go.To, words("去哪一步", "step to go to"), words("选这个旅程里的一步", "choose a step of this journey")) {
				continue
			}
			j.s.at(g.at, words("没有一步叫“%s”", "no step is called %q", g.step.Go.To), j.s.meant(g.step.Go.To, slices.Sorted(maps.Keys(j.ids))))
		}
	}
	if !sound || len(j.gos) == 0 {
		return
	}
	spins := journey.Flatten(d).Spins()
	for _, g := range j.gos {
		if slices.Contains(spins, g.step.ID) {
			j.s.at(g.at, words("这样会绕圈而不等：回到“%s”的路上没有等待", "this goes round without waiting: nothing on the way back to %q waits", g.step.Go.To),
				words("在圈里加一步 wait", "put a wait into the circle"))
		}
	}
}

func (j *journeyReader) cond(c *journey.Cond, n *node, trigger *event.Spec, at reached) {
	if n == nil {
		return
	}
	if src := j.s.rule(n); src != "" {
		c.Src, c.Line = src, n.line
		j.l.p.conds = append(j.l.p.conds, &condEntry{cond: c, s: j.s, n: n, trigger: trigger, results: at.results, timeout: at.timeout})
	}
}

// rule reads the text of a rule; a rule may run over several lines.
func (s *source) rule(n *node) string {
	if n.kind != scalar || strings.TrimSpace(n.text) == "" {
		s.at(n, words("这里要写一条规则", "a rule belongs here"), words("有引号或冒号的规则写在 |- 下面一行", "a rule with quotes or colons goes on the line below |-"))
		return ""
	}
	return strings.TrimRight(n.text, " \n")
}

var again = regexp.MustCompile(`^(?:after )?(\d+[smhdw])( unless worse)?$`)

// enter reads into e, where its condition is compiled later.
func (j *journeyReader) enter(e *journey.Enter, n *node, class journey.Class) {
	s := j.s
	r := s.fields(n, words("enter", "enter"), "on", "tag", "tag_left", "stage", "date", "manual", "journey", "if", "key", "again", "lookback", "older")
	e.Key, e.Lookback = "once", 48*time.Hour
	if class == journey.Safety {
		e.Lookback = 2 * time.Hour // an older value is history: a task, no safety card (alert rule 2)
	}
	ways := 0
	if r.has("on") {
		ways++
		if j.trigger = j.eventType(r.of["on"]); j.trigger != nil {
			e.On = j.trigger.Key
		}
	}
	if r.has("tag") {
		ways++
		e.On, e.Tag = "tag", s.str(r.of["tag"])
		j.l.p.tagUses = append(j.l.p.tagUses, stageUse{s, r.of["tag"]})
	}
	if r.has("stage") {
		ways++
		e.On, e.Stage = "stage", s.str(r.of["stage"])
		j.l.p.stageUses = append(j.l.p.stageUses, stageUse{s, r.of["stage"]})
	}
	if r.has("tag_left") {
		ways++
		e.On, e.Tag = journey.OnTagLeft, s.str(r.of["tag_left"])
		j.l.p.tagUses = append(j.l.p.tagUses, stageUse{s, r.of["tag_left"]})
	}
	if r.has("date") {
		ways++
		e.On, e.Date = journey.OnDate, j.date(r.of["date"])
		if !r.has("key") {
			e.Key = "episode"
		}
	}
	for _, k := range []string{"manual", "journey"} {
		if r.has(k) {
			ways++
			e.On = map[string]string{"manual": journey.OnHand, "journey": journey.OnCall}[k]
			if !s.yes(r.of[k]) {
				s.at(r.of[k], words("写 %s: true", "write %s: true", k), fault.Text{})
			}
			if !r.has("key") {
				e.Key = "episode"
			}
		}
	}
	if r.ok && ways != 1 {
		s.at(n, words("进入条件要写 on、tag、tag_left、stage、date、manual、journey 中的一个", "enter says one of on, tag, tag_left, stage, date, manual, journey"),
			words("on: 事件；tag: 得到标签时；stage: 进入阶段时；date: 到了日子；manual: 由人放进来；journey: 由别的旅程叫来", "on: an event; tag: when it is gained; stage: when it is entered; date: on a day; manual: put in by staff; journey: called by another"))
	}
	if r.has("key") {
		e.Key = s.word(r.of["key"], words("进入方式", "kind of entry"), "once", "episode", "event")
	}
	if r.has("older") {
		e.Older, e.Lookback = s.span(r.of["older"]), 48*time.Hour
	}
	if r.has("lookback") {
		e.Lookback = s.span(r.of["lookback"])
	}
	switch {
	case e.Older == 0:
	case j.trigger == nil:
		s.at(r.of["older"], words("只有 on 的进入能写 older", "only an entry with on has an older"), fault.Text{})
	case e.Lookback > 0 && e.Older >= e.Lookback:
		s.at(r.of["older"], words("older 不短于 lookback，谁也进不来", "older is not shorter than lookback: nobody ever enters"),
			words("写一个更长的 lookback，例如 lookback: 7d", "write a longer lookback, for example lookback: 7d"))
	}
	if a := r.of["again"]; r.has("again") {
		m := again.FindStringSubmatch(s.str(a))
		if m == nil {
			s.at(a, words("看不懂再次进入的写法“%s”", "%q does not say when it may be entered again", a.text), words("写成 15m 或 after 15m unless worse", "write 15m or after 15m unless worse"))
		} else {
			e.Again, _ = parseSpan(m[1])
			e.UnlessWorse = m[2] != ""
		}
		if e.Key == "once" {
			s.at(a, words("key 是 once，只进入一次", "with key once there is no second entry"), words("写 key: episode", "write key: episode"))
		}
	}
	if r.has("if") {
		if e.On == "stage" || e.On == "tag" {
			s.at(r.of["if"], words("只有 on 的进入能写 if", "only an entry with on has an if"), fault.Text{})
		}
		j.cond(&e.If, r.of["if"], j.trigger, reached{})
	}
}

func (j *journeyReader) eventType(n *node) *event.Spec {
	v := j.s.str(n)
	if spec := event.Lookup(v); spec != nil {
		return spec
	}
	if n.kind == scalar {
		j.s.at(n, words("没有事件类型“%s”", "no event type %q", v), j.s.meant(v, eventKeys()))
	}
	return nil
}

func eventKeys() []string {
	var keys []string
	for _, c := range event.Catalogue() {
		keys = append(keys, c.Key)
	}
	return keys
}

// Scopes are what a person may let somebody around them know.
var Scopes = relation.Keys()

func resultKeys() []string {
	var keys []string
	for _, r := range task.Outcomes {
		keys = append(keys, r.Key)
	}
	return keys
}

var outcomeIs = regexp.MustCompile(`outcome\(\)\s*[!=]=\s*["'](\w+)["']`)

// checkCond looks at what a condition asks of the steps before it.
func (p *Programme) checkCond(c *condEntry) {
	if strings.Contains(c.cond.Src, "timed_out") && !c.timeout {
		c.s.at(c.n, words("前面没有会超时的等待", "no wait before this can time out"), words("先写 wait: {for: …, at_most: …}", "put a wait: {for: ..., at_most: ...} before it"))
	}
	for _, m := range outcomeIs.FindAllStringSubmatch(c.cond.Src, -1) {
		if !slices.Contains(c.results, m[1]) {
			c.s.at(c.n, words("前面的任务没有结果“%s”", "no task before this has the result %q", m[1]), c.s.meant(m[1], c.results))
		}
	}
}
