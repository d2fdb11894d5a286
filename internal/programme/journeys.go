package programme

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/relation"
)

// journeys reads journeys/*.yaml; the name of a file is the key of its journey.
func (l *loader) journeys() {
	for _, name := range l.each("journeys", ".yaml") {
		s, ok := l.open(name, false)
		if !ok {
			continue
		}
		if root := l.parse(s); root != nil {
			j := &journeyReader{l: l, s: s, ids: map[string]bool{}}
			l.p.Journeys = append(l.p.Journeys, j.read(root, strings.TrimSuffix(path.Base(name), ".yaml")))
		}
	}
}

type journeyReader struct {
	l       *loader
	s       *source
	trigger *event.Spec
	ids     map[string]bool
}

// reached is what is known when a step begins: what came before it on every way to it.
type reached struct {
	results []string // outcomes tasks before it may have
	task    bool
	card    bool
	timeout bool
	day     int
}

func (a reached) with(b reached) reached {
	return reached{
		results: append(slices.Clone(a.results), b.results...), task: a.task || b.task, card: a.card || b.card,
		timeout: a.timeout || b.timeout, day: max(a.day, b.day),
	}
}

func (j *journeyReader) read(root *node, key string) *journey.Definition {
	s := j.s
	r := s.fields(root, words("旅程", "a journey"), "name", "version", "class", "priority", "enter", "leave", "goal", "steps")
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
	d.Steps, _, _ = j.steps(r.need("steps"), "", reached{}, true)
	return d
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
	r := s.fields(n, words("enter", "enter"), "on", "tag", "stage", "if", "key", "again", "lookback", "older")
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
	if r.ok && ways != 1 {
		s.at(n, words("进入条件要写 on、tag、stage 中的一个", "enter says one of on, tag, stage"),
			words("on: 事件；tag: 得到标签时；stage: 进入阶段时", "on: an event; tag: when it is gained; stage: when it is entered"))
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
	case e.On == "stage" || e.On == "tag":
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

var stepKinds = []string{"message", "card", "task", "wait", "if", "set_stage", "alert", "exit"}

// steps reads a list of steps. over says that nothing after the list can be reached; last that nothing
// follows the list.
func (j *journeyReader) steps(n *node, prefix string, in reached, last bool) (out []journey.Step, after reached, over bool) {
	s := j.s
	if n == nil {
		return nil, in, false
	}
	if n.kind != list || len(n.items) == 0 {
		s.at(n, words("这里要有一列步骤", "a list of steps belongs here"), words("每一步一行，以 - 开头", "one step a line, each beginning with -"))
		return nil, in, false
	}
	out = make([]journey.Step, len(n.items)) // never grown: conditions are compiled in place later
	at := in
	for i, item := range n.items {
		if over {
			s.at(item, words("走不到这一步：前面都已经结束", "this step is never reached: every way ends before it"), words("删掉它，或去掉前面的 exit", "delete it, or the exit before it"))
			return out[:i], at, over
		}
		at, over = j.step(&out[i], item, prefix+strconv.Itoa(i+1), at, last && i == len(n.items)-1)
	}
	return out, at, over
}

func (j *journeyReader) step(st *journey.Step, n *node, id string, in reached, last bool) (after reached, over bool) {
	s := j.s
	st.ID, st.Line = id, n.line
	r := s.fields(n, words("步骤", "a step"), append([]string{"id", "then", "else"}, stepKinds...)...)
	if !r.ok {
		return in, false
	}
	kind := ""
	for _, k := range stepKinds {
		if r.of[k] == nil {
			continue
		}
		if kind != "" {
			s.at(n, words("一步只做一件事，这里有 %s 和 %s", "one step does one thing, this one has %s and %s", kind, k), words("分成两步", "make it two steps"))
			return in, false
		}
		kind = k
	}
	if kind == "" {
		s.at(n, words("这一步什么也不做", "this step does nothing"), s.meant("", stepKinds))
		return in, false
	}
	if r.has("id") {
		if v := s.key(r.of["id"]); v != "" {
			st.ID = v
		}
	}
	if j.ids[st.ID] {
		s.at(r.of["id"], words("已经有一步叫“%s”", "another step is called %q", st.ID), fault.Text{})
	}
	j.ids[st.ID] = true
	if kind != "if" && (r.of["then"] != nil || r.of["else"] != nil) {
		s.at(n, words("只有 if 有 then 和 else", "only an if has then and else"), fault.Text{})
	}
	v := r.of[kind]
	switch kind {
	case "message", "card":
		st.Message = j.message(v, kind)
		in.card = in.card || kind == "card"
	case "task":
		st.Task = j.task(v)
		in.task = true
		in.results = append(slices.Clone(in.results), st.Task.Results...)
	case "wait":
		st.Wait = j.wait(v, &in)
		if last {
			s.at(v, words("等完之后没有步骤", "nothing comes after this wait"), words("加上后面的步骤，或去掉它", "add what follows, or delete it"))
		}
	case "if":
		return j.branch(st, r, id, in, last)
	case "set_stage":
		st.SetStage = s.str(v)
		j.l.p.stageUses = append(j.l.p.stageUses, stageUse{s, v})
	case "alert":
		a := s.fields(v, words("警报", "an alert"), "level", "text", "due")
		st.Alert = &journey.AlertStep{Level: s.whole(a.need("level"), 1, 3), Text: s.text(a.need("text")), Due: s.span(a.need("due"))}
	case "exit":
		if !s.yes(v) {
			s.at(v, words("写 exit: true", "write exit: true"), fault.Text{})
		}
		st.Exit = true
		return in, true
	}
	return in, false
}

func (j *journeyReader) branch(st *journey.Step, r record, id string, in reached, last bool) (reached, bool) {
	st.If = &journey.IfStep{}
	j.cond(&st.If.When, r.of["if"], j.trigger, in)
	var a, b reached
	var overThen, overElse bool
	st.If.Then, a, overThen = j.steps(r.need("then"), id+".then.", in, last)
	b = in
	if r.has("else") {
		st.If.Else, b, overElse = j.steps(r.of["else"], id+".else.", in, last)
	}
	switch {
	case overThen && overElse:
		return in, true
	case overThen:
		return b, false
	case overElse:
		return a, false
	}
	return a.with(b), false
}

func (j *journeyReader) message(n *node, kind string) *journey.MessageStep {
	s := j.s
	m := &journey.MessageStep{Card: kind == "card", To: "person"}
	content := n
	if n.kind != scalar {
		r := s.fields(n, words("消息", "a message"), "content", "to", "scope", "expire")
		if content = r.need("content"); content == nil {
			return m
		}
		if r.has("to") {
			m.To = s.word(r.of["to"], words("收信人", "recipient"), "person", "family")
		}
		m.Expire = s.span(r.of["expire"])
		switch {
		case m.To == "family" && !r.has("scope"):
			s.at(n, words("发给家属要写明本人同意了什么（scope）", "a message to family says what the person agreed to (scope)"), words("例如 scope: alerts", "for example scope: alerts"))
		case m.To != "family" && r.has("scope"):
			s.at(r.of["scope"], words("只有发给家属的消息有 scope", "only a message to family has a scope"), fault.Text{})
		case r.has("scope"):
			m.Scope = s.word(r.of["scope"], words("同意范围", "scope"), Scopes...)
		}
	}
	m.Content = s.str(content)
	if m.Content != "" {
		j.l.p.texts = append(j.l.p.texts, contentUse{s, content, kind, m.To})
	}
	return m
}

// Scopes are what a person may let somebody around them know.
var Scopes = relation.Keys()

func (j *journeyReader) task(n *node) *journey.TaskStep {
	s := j.s
	r := s.fields(n, words("任务", "a task"), "who", "else", "due", "script", "priority", "result")
	t := &journey.TaskStep{Priority: "normal"}
	roles := []string{"owner", "on_duty", "pharmacist", "doctor"}
	if w := r.need("who"); w != nil {
		t.Who = s.word(w, words("岗位", "role"), roles...)
	}
	if r.has("else") {
		t.Else = s.word(r.of["else"], words("岗位", "role"), roles...)
	}
	t.Due = s.span(r.need("due"))
	if r.has("priority") {
		t.Priority = s.word(r.of["priority"], words("优先级", "priority"), "safety", "promise", "normal", "low")
	}
	if c := r.need("script"); c != nil {
		t.Script = s.str(c)
		j.l.p.texts = append(j.l.p.texts, contentUse{s, c, KindScript, ""})
	}
	for _, x := range s.strs(r.need("result")) {
		t.Results = append(t.Results, s.word(x, words("结果", "result"), resultKeys()...))
	}
	return t
}

// Result is an outcome staff may record for a task.
type Result struct {
	Key  string
	Name fault.Text
}

// Results are all outcomes a task may offer, in the order they are shown.
var Results = []Result{
	{"reached", fault.Text{Zh: "联系上了", En: "Reached"}},
	{"agreed", fault.Text{Zh: "约好了", En: "Agreed on a next step"}},
	{"no_answer", fault.Text{Zh: "没接通", En: "No answer"}},
	{"went_to_hospital", fault.Text{Zh: "已就诊", En: "Saw a doctor"}},
	{"refer_pharmacist", fault.Text{Zh: "请药师看", En: "Pharmacist to look"}},
	{"refer_doctor", fault.Text{Zh: "请医生看", En: "Doctor to look"}},
	{"adverse_event", fault.Text{Zh: "可能是不良反应", En: "Possible adverse event"}},
	{"do_not_contact", fault.Text{Zh: "不再联系", En: "No more contact"}},
}

func resultKeys() []string {
	var keys []string
	for _, r := range Results {
		keys = append(keys, r.Key)
	}
	return keys
}

var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func (j *journeyReader) wait(n *node, in *reached) *journey.WaitStep {
	s := j.s
	w := &journey.WaitStep{}
	in.timeout = false
	if n.kind == scalar {
		w.For = s.span(n)
		return w
	}
	r := s.fields(n, words("等待", "a wait"), "day", "at", "for", "if", "at_most")
	switch {
	case !r.ok:
	case r.has("for") && (r.has("day") || r.has("at")):
		s.at(n, words("等事件和等时刻不能写在一起", "a wait is for an event or for a time, not both"), fault.Text{})
	case r.has("for"):
		w.Event = s.str(r.of["for"])
		trigger := j.trigger
		switch w.Event {
		case "task":
			if !in.task {
				s.at(r.of["for"], words("前面没有任务可等", "no task comes before this wait"), fault.Text{})
			}
		case "answer":
			if !in.card {
				s.at(r.of["for"], words("前面没有卡片可等答复", "no card comes before this wait"), fault.Text{})
			}
		default:
			if trigger = event.Lookup(w.Event); trigger == nil {
				s.at(r.of["for"], words("没有事件类型“%s”", "no event type %q", w.Event), s.meant(w.Event, append(eventKeys(), "task", "answer")))
			}
		}
		if r.has("if") {
			j.cond(&w.If, r.of["if"], trigger, *in)
		}
		w.AtMost = s.span(r.need("at_most"))
		in.timeout = true
	case r.has("day") || r.has("at"):
		w.At = s.str(r.need("at"))
		if w.At != "" && !clock.MatchString(w.At) {
			s.at(r.of["at"], words("“%s”不是一天里的时刻", "%q is not a time of day", w.At), words(`写成 "09:00"`, `write it as "09:00"`))
		}
		if r.has("day") {
			w.Day = s.whole(r.of["day"], 1, 366)
			if w.Day < in.day {
				s.at(r.of["day"], words("第 %d 天在前面的第 %d 天之前", "day %d comes before day %d above it", w.Day, in.day), words("步骤按时间先后写", "write steps in the order of time"))
			}
			in.day = max(in.day, w.Day)
		}
		for _, k := range []string{"if", "at_most"} {
			if r.has(k) {
				s.at(r.of[k], words("等时刻没有“%s”", "a wait for a time has no %q", k), fault.Text{})
			}
		}
	default:
		s.at(n, words("没写等什么", "this does not say what to wait for"), words(`例如 wait: 10m、wait: {day: 3, at: "09:00"}`, `for example wait: 10m or wait: {day: 3, at: "09:00"}`))
	}
	return w
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
