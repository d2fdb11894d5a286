package programme

import (
	"regexp"
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/referral"
)

type referralRule = referral.Rule

// messageFields are what every step that sends something may say about how.
var messageFields = []string{"content", "to", "scope", "expire", "variants", "channels", "held"}

func (j *journeyReader) message(n *node, kind string, in reached) *journey.MessageStep {
	if n.kind == scalar {
		m := &journey.MessageStep{Card: kind == "card", To: "person", Held: journey.Advance}
		m.Content = j.content(n, kind, m.To)
		return m
	}
	r := j.s.fields(n, words("消息", "a message"), messageFields...)
	m := j.sending(r, kind, in)
	return &m
}

// sending reads how something is sent.
func (j *journeyReader) sending(r record, kind string, in reached) journey.MessageStep {
	s := j.s
	m := journey.MessageStep{Card: kind == "card", To: "person", Held: journey.Advance}
	if r.has("to") {
		m.To = s.word(r.of["to"], words("收信人", "recipient"), "person", "family")
	}
	m.Expire = s.span(r.of["expire"])
	switch {
	case m.To == "family" && !r.has("scope"):
		s.at(r.n, words("发给家属要写明本人同意了什么（scope）", "a message to family says what the person agreed to (scope)"), words("例如 scope: alerts", "for example scope: alerts"))
	case m.To != "family" && r.has("scope"):
		s.at(r.of["scope"], words("只有发给家属的消息有 scope", "only a message to family has a scope"), fault.Text{})
	case r.has("scope"):
		m.Scope = s.word(r.of["scope"], words("同意范围", "scope"), Scopes...)
	}
	if content := r.need("content"); content != nil {
		m.Content = j.content(content, kind, m.To)
	}
	if v := r.of["variants"]; r.has("variants") {
		if v.kind != list {
			s.at(v, words("这里要写一个列表", "a list belongs here"), words("- {if: …, content: …}", "- {if: ..., content: ...}"))
		} else {
			m.Variants = make([]journey.Variant, len(v.items)) // never grown: conditions are compiled in place later
			for i, item := range v.items {
				f := s.fields(item, words("另一种说法", "other words"), "if", "content")
				j.cond(&m.Variants[i].If, f.need("if"), j.trigger, in)
				if c := f.need("content"); c != nil {
					m.Variants[i].Content = j.content(c, kind, m.To)
				}
			}
		}
	}
	for _, c := range s.strs(r.of["channels"]) {
		m.Channels = append(m.Channels, s.word(c, words("渠道", "channel"), Channels...))
	}
	if r.has("held") {
		m.Held = journey.Policy(s.word(r.of["held"], words("没发出时怎么办", "what to do when it is not sent"), string(journey.Advance), string(journey.Hold), string(journey.Depart)))
	}
	return m
}

// Channels are the ways a message may ask for, in the order they are offered. Which of them a workspace has is its own matter: the first
// it has is used.
var Channels = []string{"wecom", "kf", "wechat", "mini_program", "sms", "email", "inapp", "webhook"}

// content names a text that is sent or shown.
func (j *journeyReader) content(n *node, kind, to string) string {
	key := j.s.str(n)
	if n.kind == scalar { // an empty one too: nothing would be sent
		j.l.p.texts = append(j.l.p.texts, contentUse{j.s, n, kind, to})
	}
	return key
}

func (j *journeyReader) form(n *node, in reached) *journey.FormStep {
	s := j.s
	r := s.fields(n, words("问卷", "a questionnaire"), append([]string{"form"}, messageFields...)...)
	f := &journey.FormStep{MessageStep: j.sending(r, "message", in)}
	if k := r.need("form"); k != nil {
		f.Form = j.formKey(k)
	}
	if f.To == "family" {
		s.at(r.of["to"], words("问卷由本人填，不能发给家属", "a questionnaire is the person's own and is not sent to family"), fault.Text{})
	}
	return f
}

func (j *journeyReader) formKey(n *node) string {
	key := j.s.str(n)
	if j.l.p.Forms[key] == nil && !j.l.p.lost["forms/"+key+".json"] {
		var known []string
		for k := range j.l.p.Forms {
			known = append(known, k)
		}
		slices.Sort(known)
		if !j.s.unchosen(n, key, words("问卷", "questionnaire"), j.s.meant(key, known)) {
			j.s.at(n, words("没有问卷“%s”", "no questionnaire %q", key), j.s.meant(key, known))
		}
	}
	return key
}

func (j *journeyReader) invite(n *node, in reached) *journey.InviteStep {
	r := j.s.fields(n, words("邀请", "an invitation"), append([]string{"activity", "kind"}, messageFields...)...)
	v := &journey.InviteStep{MessageStep: j.sending(r, "card", in)}
	v.Activity = j.s.key(r.need("activity"))
	v.Kind = j.s.word(r.need("kind"), words("活动种类", "kind of activity"), event.Activity.Spec().Field("kind").Enum...)
	return v
}

func (j *journeyReader) task(n *node, what fault.Text) *journey.TaskStep {
	r := j.s.fields(n, what, taskStepFields...)
	t := j.work(r)
	return &t
}

var taskStepFields = []string{"who", "else", "due", "script", "priority", "result", "form", "remind", "escalate"}

func (j *journeyReader) work(r record) journey.TaskStep {
	s := j.s
	t := journey.TaskStep{Priority: "normal"}
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
	if r.has("form") {
		t.Form = j.formKey(r.of["form"])
	}
	if r.has("remind") {
		if t.Remind = s.span(r.of["remind"]); t.Remind > 0 && t.Remind < journey.LeastRemind {
			s.at(r.of["remind"], words("同一个任务最多 30 分钟催一次", "one task is reminded of every 30 minutes at most"), words("写 30m 或更长", "write 30m or longer"))
		}
	}
	if r.has("escalate") {
		e := s.fields(r.of["escalate"], words("升级", "an escalation"), "after", "to")
		t.Escalate = &journey.Escalation{After: s.span(e.need("after"))}
		if to := e.need("to"); to != nil {
			t.Escalate.To = s.word(to, words("岗位", "role"), "manager", "pharmacist", "doctor", "on_duty")
		}
	}
	return t
}

func (j *journeyReader) handOver(n *node) *journey.HandOverStep {
	r := j.s.fields(n, words("转人工", "a hand-over"), append([]string{"pause"}, taskStepFields...)...)
	h := &journey.HandOverStep{TaskStep: j.work(r), Pause: 24 * time.Hour}
	if r.has("pause") {
		h.Pause = j.s.span(r.of["pause"])
	}
	return h
}

func (j *journeyReader) set(n *node) *journey.SetStep {
	s := j.s
	r := s.fields(n, words("设置", "a setting"), "segment", "state", "for", "trait", "value")
	v := &journey.SetStep{}
	switch {
	case r.has("segment") == r.has("trait"):
		s.at(n, words("set 写 segment 或 trait 中的一个", "set says one of segment and trait"), words("{segment: watch, state: in} 或 {trait: treatment, value: oral}", "{segment: watch, state: in} or {trait: treatment, value: oral}"))
	case r.has("segment"):
		v.Segment = s.str(r.of["segment"])
		v.State = s.word(r.need("state"), words("状态", "state"), "in", "out", "rule")
		v.For = s.span(r.of["for"])
		j.l.p.segmentUses = append(j.l.p.segmentUses, stageUse{s, r.of["segment"]})
	default:
		v.Trait, v.Value = s.str(r.of["trait"]), s.str(r.need("value"))
		f := event.Profile.Spec().Field(v.Trait)
		if f == nil || f.Kind != event.Code {
			s.at(r.of["trait"], words("资料里没有代码“%s”", "the profile has no code %q", v.Trait), s.meant(v.Trait, profileCodes()))
		} else {
			v.Value = s.word(r.of["value"], words("取值", "value"), f.Enum...)
		}
	}
	return v
}

func profileCodes() (keys []string) {
	for _, f := range event.Profile.Spec().Fields {
		if f.Kind == event.Code {
			keys = append(keys, f.Name)
		}
	}
	return keys
}

func (j *journeyReader) place(n *node, what fault.Text) *journey.PlaceStep {
	r := j.s.fields(n, what, "join", "leave")
	switch {
	case r.ok && r.has("join") == r.has("leave"):
		j.s.at(n, words("写 join 或 leave 中的一个", "say one of join and leave"), fault.Text{})
	case r.has("leave"):
		return &journey.PlaceStep{Key: j.s.key(r.of["leave"]), Leave: true}
	case r.has("join"):
		return &journey.PlaceStep{Key: j.s.key(r.of["join"])}
	}
	return &journey.PlaceStep{}
}

func (j *journeyReader) call(n *node) *journey.CallStep {
	c := &journey.CallStep{}
	at := n
	if n.kind != scalar {
		r := j.s.fields(n, words("子旅程", "another journey"), "key", "wait")
		at = r.need("key")
		c.Wait = j.s.span(r.of["wait"])
	}
	c.Journey = j.s.str(at)
	j.l.p.journeyUses = append(j.l.p.journeyUses, callUse{j.s, at, j.key, c.Journey})
	return c
}

var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// timeOfDay reads "09:00", or best where that is known.
func (j *journeyReader) timeOfDay(n *node, best bool) string {
	v := j.s.str(n)
	if v != "" && !clock.MatchString(v) && !(best && v == journey.BestHour) {
		j.s.at(n, words("“%s”不是一天里的时刻", "%q is not a time of day", v), words(`写成 "09:00"`, `write it as "09:00"`))
	}
	return v
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// date reads a day counted from the newest event of a type: {of: imaging, days: 90, at: "09:00"}.
func (j *journeyReader) date(n *node) *journey.Date {
	s := j.s
	r := s.fields(n, words("日子", "a date"), "of", "field", "where", "days", "at")
	d := &journey.Date{At: "09:00"}
	var spec *event.Spec
	if of := r.need("of"); of != nil {
		if spec = j.eventType(of); spec != nil {
			d.Type = spec.Key
		}
	}
	if r.has("field") && spec != nil {
		d.Field = s.str(r.of["field"])
		if f := spec.Field(d.Field); f == nil || f.Slot < event.X0 && f.Slot != event.SlotNum || f.Kind != event.Number || f.Unit != "" && f.Unit != "d" {
			s.at(r.of["field"], words("“%s”里没有日期“%s”", "%q has no date %q", spec.Key, d.Field), words("写按天数或时间的一项，不写就是发生那天", "name a field in days or a time; without one it is the day it happened"))
			d.Field = ""
		}
	}
	if w := r.of["where"]; r.has("where") && spec != nil {
		if w.kind != mapping || len(w.pairs) != 1 {
			s.at(w, words("where 写一项代码", "where names one code"), words("例如 where: {kind: visit}", "for example where: {kind: visit}"))
		} else if f := spec.Field(w.pairs[0].key.text); f == nil || f.Kind != event.Code {
			s.at(w.pairs[0].key, words("“%s”里没有代码“%s”", "%q has no code %q", spec.Key, w.pairs[0].key.text), fault.Text{})
		} else {
			d.Code = f.Slot
			d.Is = event.Intern(s.word(w.pairs[0].value, words("取值", "value"), f.Enum...))
		}
	}
	if r.has("days") {
		d.Shift = time.Duration(s.whole(r.of["days"], -1100, 1100)) * 24 * time.Hour
	}
	if r.has("at") {
		d.At = j.timeOfDay(r.of["at"], false)
	}
	return d
}

func (j *journeyReader) wait(n *node, in *reached) *journey.WaitStep {
	s := j.s
	w := &journey.WaitStep{}
	in.timeout = false
	if n.kind == scalar {
		w.For = s.span(n)
		return w
	}
	r := s.fields(n, words("等待", "a wait"), "day", "weekday", "at", "date", "for", "if", "at_most")
	timed := r.has("day") || r.has("at") || r.has("weekday")
	switch {
	case !r.ok:
	case r.has("for") && (timed || r.has("date")) || r.has("date") && timed:
		s.at(n, words("等事件、等时刻和等日子不能写在一起", "a wait is for an event, for a time or for a date, not for two of them"), fault.Text{})
	case r.has("for"):
		j.waitFor(w, r, in)
	case r.has("date"):
		w.Date = j.date(r.of["date"])
	case timed:
		w.At = j.timeOfDay(r.need("at"), true)
		if r.has("weekday") {
			w.Weekday = 1 + slices.Index(weekdays, s.word(r.of["weekday"], words("星期", "weekday"), weekdays...))
			if r.has("day") {
				s.at(r.of["weekday"], words("day 和 weekday 只写一个", "say one of day and weekday"), fault.Text{})
			}
		}
		if r.has("day") {
			w.Day = s.whole(r.of["day"], 1, 366)
			if w.Day < in.day {
				s.at(r.of["day"], words("第 %d 天在前面的第 %d 天之前", "day %d comes before day %d above it", w.Day, in.day), words("步骤按时间先后写", "write steps in the order of time"))
			}
			in.day = max(in.day, w.Day)
		}
	default:
		s.at(n, words("没写等什么", "this does not say what to wait for"), words(`例如 wait: 10m、wait: {day: 3, at: "09:00"}`, `for example wait: 10m or wait: {day: 3, at: "09:00"}`))
	}
	if w.Event == "" {
		for _, k := range []string{"if", "at_most"} {
			if r.has(k) {
				s.at(r.of[k], words("等时刻没有“%s”", "a wait for a time has no %q", k), fault.Text{})
			}
		}
	}
	return w
}

// waitFor reads a wait for an event with its deadline.
func (j *journeyReader) waitFor(w *journey.WaitStep, r record, in *reached) {
	s := j.s
	w.Event = s.str(r.of["for"])
	missing := func(text fault.Text) { s.at(r.of["for"], text, fault.Text{}) }
	switch w.Event {
	case journey.ForTask:
		if !in.task {
			missing(words("前面没有任务可等", "no task comes before this wait"))
		}
	case journey.ForAnswer:
		if !in.card {
			missing(words("前面没有卡片可等答复", "no card comes before this wait"))
		}
	case journey.ForForm:
		if w.Form = in.form; w.Form == "" {
			missing(words("前面没有问卷可等", "no questionnaire comes before this wait"))
		}
	case journey.ForReply:
	default:
		if event.Lookup(w.Event) == nil {
			s.at(r.of["for"], words("没有事件类型“%s”", "no event type %q", w.Event),
				s.meant(w.Event, append(eventKeys(), journey.ForTask, journey.ForAnswer, journey.ForReply, journey.ForForm)))
		}
	}
	if r.has("if") {
		j.cond(&w.If, r.of["if"], j.waited(w.Event), *in)
	}
	w.AtMost = s.span(r.need("at_most"))
	in.timeout = true
}
