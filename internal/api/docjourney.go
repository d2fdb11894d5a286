package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/reading"
)

// DocJourney is a journey as a graph: steps one below the other, branches beside each other.
type DocJourney struct {
	Key      string    `json:"key"`
	Name     Text      `json:"name"`
	Class    string    `json:"class" enum:"safety,asked,programme"`
	Priority int       `json:"priority"`
	File     string    `json:"file"`
	Running  int       `json:"running"`
	Enter    DocRule   `json:"enter"`
	Again    *Text     `json:"again,omitempty" doc:"how often it is entered"`
	Leave    []DocRule `json:"leave" doc:"any of these ends it at once"`
	Goal     *DocRule  `json:"goal,omitempty"`
	Within   string    `json:"within,omitempty" doc:"how long the goal may take, such as 28d"`
	Lasting  *Text     `json:"lasting,omitempty" doc:"within in words"`
	Steps    []DocStep `json:"steps"`
}

// DocRule is a condition as written and in words.
type DocRule struct {
	Text Text   `json:"text"`
	Rule string `json:"rule,omitempty"`
	Line int    `json:"line,omitempty"`
}

// DocStep is one step. Of a branch, then and else are what follows.
type DocStep struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind" enum:"message,card,task,wait,if,choose,split,holdout,form,invite,alert,hand_over,refer,set,stage,points,camp,group,journey,webhook,goal,go,exit"`
	Line  int       `json:"line"`
	Text  Text      `json:"text"`
	Notes []Text    `json:"notes,omitempty"`
	Ref   string    `json:"ref,omitempty" doc:"the text or the stage it names"`
	Rule  string    `json:"rule,omitempty"`
	Then  []DocStep `json:"then,omitempty"`
	Else  []DocStep `json:"else,omitempty"`
	Ways  []DocWay  `json:"ways,omitempty" doc:"of a choice or a split: its branches"`
}

// DocWay is one branch of a step that has several.
type DocWay struct {
	Key   string    `json:"key"`
	Text  Text      `json:"text"`
	Rule  string    `json:"rule,omitempty"`
	Steps []DocStep `json:"steps"`
}

type journeyWords struct {
	p     *programme.Compiled
	names reading.Names
}

func docJourney(p *programme.Compiled, d *journey.Definition, running int) DocJourney {
	w := journeyWords{p, namesOf(p)}
	v := DocJourney{Key: d.Key, Name: d.Name, Class: string(d.Class), Priority: d.Priority, File: d.File, Running: running, Leave: []DocRule{}, Enter: w.enter(&d.Enter), Again: again(&d.Enter)}
	for i := range d.Leave {
		v.Leave = append(v.Leave, w.cond(&d.Leave[i]))
	}
	if d.Goal != nil {
		g := w.cond(&d.Goal.When)
		in := text(spanZh(d.Goal.Within), spanEn(d.Goal.Within))
		v.Goal, v.Within, v.Lasting = &g, lasting(d.Goal.Within), &in
	}
	v.Steps = w.steps(d.Steps)
	return v
}

func (w journeyWords) cond(c *journey.Cond) DocRule {
	v := DocRule{Rule: c.Src, Line: c.Line, Text: Text{Zh: c.Src, En: c.Src}}
	if c.Rule != nil {
		if said, ok := reading.Say(c.Rule.Source(), w.names); ok {
			v.Text = said
		}
	}
	return v
}

func (w journeyWords) enter(e *journey.Enter) DocRule {
	var v DocRule
	switch e.On {
	case "tag":
		name := or(w.names.Tag(e.Tag), Text{Zh: e.Tag, En: e.Tag})
		v.Text = text("得到“"+name.Zh+"”", "gains "+name.En)
	case "stage":
		name := or(w.names.Stage(e.Stage), Text{Zh: e.Stage, En: e.Stage})
		v.Text = text("进入“"+name.Zh+"”", "enters "+name.En)
	case journey.OnTagLeft:
		name := or(w.names.Tag(e.Tag), Text{Zh: e.Tag, En: e.Tag})
		v.Text = text("不再有“"+name.Zh+"”", "loses "+name.En)
	case journey.OnDate:
		v.Text = w.date(e.Date)
		v.Text.Zh = "到了" + v.Text.Zh
	case journey.OnHand:
		v.Text = text("由人放进来", "put in by staff")
	case journey.OnCall:
		v.Text = text("由别的旅程叫来", "called by another journey")
	default:
		name := reading.NameOf(e.On)
		v.Text = text("有了"+name.Zh, name.En)
	}
	if e.If.Src != "" {
		c := w.cond(&e.If)
		v.Rule, v.Line = c.Rule, c.Line
		v.Text = text(v.Text.Zh+"，而且"+c.Text.Zh, v.Text.En+", and "+c.Text.En)
	}
	if e.Older > 0 {
		v.Text = text(v.Text.Zh+"，而且晚了 "+spanZh(e.Older)+"以上才知道", v.Text.En+", and it is known more than "+spanEn(e.Older)+" late")
	}
	return v
}

func again(e *journey.Enter) *Text {
	switch {
	case e.Key == "once":
		t := text("每人一次", "once a person")
		return &t
	case e.Key == "event":
		t := text("每次都进入", "each time")
		return &t
	case e.Again == 0:
		t := text("一次结束才有下一次", "one at a time")
		return &t
	}
	t := text("一次结束才有下一次，隔 "+spanZh(e.Again), "one at a time, "+spanEn(e.Again)+" apart")
	if e.UnlessWorse {
		t = text(t.Zh+"，更重就不等", t.En+" unless it gets worse")
	}
	return &t
}

func (w journeyWords) steps(all []journey.Step) []DocStep {
	out := []DocStep{}
	for i := range all {
		out = append(out, w.step(&all[i]))
	}
	return out
}

func (w journeyWords) step(s *journey.Step) DocStep {
	v := DocStep{ID: s.ID, Line: s.Line, Kind: s.Kind()}
	switch {
	case s.Message != nil:
		w.message(&v, s.Message)
	case s.Task != nil:
		w.task(&v, s.Task)
	case s.Wait != nil:
		w.wait(&v, s.Wait)
	case s.If != nil:
		c := w.cond(&s.If.When)
		v.Text, v.Rule = c.Text, c.Rule
		v.Then, v.Else = w.steps(s.If.Then), w.steps(s.If.Else)
	case s.SetStage != "":
		name := or(w.names.Stage(s.SetStage), Text{Zh: s.SetStage, En: s.SetStage})
		v.Kind, v.Ref, v.Text = "stage", s.SetStage, text("阶段定为“"+name.Zh+"”", "set the stage to "+name.En)
	case s.Alert != nil:
		v.Text = s.Alert.Text
		v.Notes = []Text{text("警报 "+strconv.Itoa(s.Alert.Level)+" 级，"+spanZh(s.Alert.Due)+"内", "alert of level "+strconv.Itoa(s.Alert.Level)+", within "+spanEn(s.Alert.Due))}
	default:
		w.node(&v, s)
	}
	if s.Name.Zh != "" {
		v.Notes = append([]Text{v.Text}, v.Notes...)
		v.Text = s.Name
	}
	return v
}

func (w journeyWords) message(v *DocStep, m *journey.MessageStep) {
	v.Ref, v.Text = m.Content, w.title(m.Content)
	w.sending(v, m)
}

// sending says how something is sent.
func (w journeyWords) sending(v *DocStep, m *journey.MessageStep) {
	for i := range m.Variants {
		c, t := w.cond(&m.Variants[i].If), w.title(m.Variants[i].Content)
		v.Notes = append(v.Notes, text(c.Text.Zh+"，改发“"+t.Zh+"”", "when "+c.Text.En+": "+t.En))
	}
	if len(m.Channels) > 0 {
		var zh, en []string
		for _, k := range m.Channels {
			zh, en = append(zh, channelNames[k].Zh), append(en, channelNames[k].En)
		}
		v.Notes = append(v.Notes, text("先后用"+strings.Join(zh, "、"), "by "+strings.Join(en, ", then ")))
	}
	switch m.Held {
	case journey.Hold:
		v.Notes = append(v.Notes, text("发出或确定不发之后再往下走", "goes on when it is sent or never will be"))
	case journey.Depart:
		v.Notes = append(v.Notes, text("发出后再往下走，发不出就离开", "goes on when it is sent, leaves when it never will be"))
	}
	if m.To == "family" {
		v.Notes = append(v.Notes, text("发给家属", "to family"))
	}
	if m.Expire > 0 {
		v.Notes = append(v.Notes, text(spanZh(m.Expire)+"内没发出就不发了", "dropped when later than "+spanEn(m.Expire)))
	}
}

func (w journeyWords) title(key string) Text {
	if c := w.p.Content(key); c != nil {
		return c.Title
	}
	return Text{Zh: key, En: key}
}

var doers = map[string]Text{
	"owner": text("负责人", "owner"), "on_duty": text("当班的人", "on duty"), "pharmacist": text("药师", "pharmacist"), "doctor": text("医生", "doctor"),
	"manager": text("主管", "manager"),
}

var taskPriorities = map[string]Text{
	"safety": text("安全", "safety"), "promise": text("约定", "promise"), "normal": text("普通", "normal"), "low": text("可顺延", "low"),
}

func (w journeyWords) task(v *DocStep, t *journey.TaskStep) {
	v.Ref, v.Text = t.Script, w.title(t.Script)
	who := doers[t.Who]
	if t.Else != "" {
		who = text(who.Zh+"，没有就"+doers[t.Else].Zh, who.En+", else "+doers[t.Else].En)
	}
	v.Notes = append(v.Notes, text(who.Zh+"，"+spanZh(t.Due)+"内", who.En+", within "+spanEn(t.Due)))
	if p := taskPriorities[t.Priority]; t.Priority != "normal" {
		v.Notes = append(v.Notes, p)
	}
	if t.Remind > 0 {
		v.Notes = append(v.Notes, text("每 "+spanZh(t.Remind)+"催一次", "reminded every "+spanEn(t.Remind)))
	}
	if e := t.Escalate; e != nil {
		v.Notes = append(v.Notes, text("逾期 "+spanZh(e.After)+"交给"+doers[e.To].Zh, "given to the "+doers[e.To].En+" when "+spanEn(e.After)+" late"))
	}
	var zh, en []string
	for _, k := range t.Results {
		zh, en = append(zh, outcomeNames[k].Zh), append(en, outcomeNames[k].En)
	}
	if len(zh) > 0 {
		v.Notes = append(v.Notes, text("结果："+strings.Join(zh, "、"), "results: "+strings.Join(en, ", ")))
	}
}

func (w journeyWords) wait(v *DocStep, s *journey.WaitStep) {
	switch {
	case s.Date != nil:
		v.Text = w.date(s.Date)
		v.Text = text("等到"+v.Text.Zh, "until "+v.Text.En)
	case s.At == journey.BestHour:
		v.Text = text("等到本人常回应的时间"+onWeekday(s.Weekday).Zh, "until the hour they usually answer"+onWeekday(s.Weekday).En)
	case s.Weekday > 0:
		v.Text = text("等到"+onWeekday(s.Weekday).Zh+" "+s.At, "until "+s.At+onWeekday(s.Weekday).En)
	case s.For > 0:
		v.Text = text("等 "+spanZh(s.For), "wait "+spanEn(s.For))
	case s.Day > 0:
		v.Text = text("等到第 "+strconv.Itoa(s.Day)+" 天 "+s.At, "until day "+strconv.Itoa(s.Day)+", "+s.At)
	case s.At != "":
		v.Text = text("等到 "+s.At, "until "+s.At)
	default:
		name := reading.NameOf(s.Event)
		switch s.Event {
		case "task":
			name = text("任务做完", "the task")
		case journey.ForAnswer:
			name = text("卡片的答复", "an answer to the card")
		case journey.ForReply:
			name = text("本人回话", "a reply")
		case journey.ForForm:
			name = text("问卷填完", "the questionnaire")
		}
		v.Text = text("等"+name.Zh+"，最多 "+spanZh(s.AtMost), "wait for "+name.En+", at most "+spanEn(s.AtMost))
		if s.If.Src != "" {
			c := w.cond(&s.If)
			v.Rule = c.Rule
			v.Notes = append(v.Notes, text("要"+c.Text.Zh, "if "+c.Text.En))
		}
	}
}

var spans = []struct {
	of         time.Duration
	letter     string
	zh, en, es string
}{
	{7 * 24 * time.Hour, "w", "周", "week", "weeks"}, {24 * time.Hour, "d", "天", "day", "days"}, {time.Hour, "h", "小时", "hour", "hours"},
	{time.Minute, "m", "分钟", "minute", "minutes"}, {time.Second, "s", "秒", "second", "seconds"},
}

// lasting writes a length of time as files do, in the largest unit that gives a whole number; weeks are said in days.
func lasting(d time.Duration) string { n, i := spanOf(d); return strconv.Itoa(n) + spans[i].letter }

func spanZh(d time.Duration) string { n, i := spanOf(d); return strconv.Itoa(n) + " " + spans[i].zh }

func spanEn(d time.Duration) string {
	n, i := spanOf(d)
	if n == 1 {
		return "1 " + spans[i].en
	}
	return strconv.Itoa(n) + " " + spans[i].es
}

func spanOf(d time.Duration) (n, unit int) {
	for i := 1; i < len(spans); i++ {
		if d >= spans[i].of && d%spans[i].of == 0 {
			return int(d / spans[i].of), i
		}
	}
	return int(d / time.Second), len(spans) - 1
}

// textUsers are for each text the journeys that send it or ask for it.
func textUsers(p *programme.Compiled) map[string][]Named {
	out := map[string][]Named{}
	for _, j := range p.Journeys {
		journey.Walk(j.Steps, func(s *journey.Step) {
			var keys []string
			if m := s.Says(); m != nil {
				keys = m.Texts()
			}
			if t := s.Does(); t != nil {
				keys = append(keys, t.Script)
			}
			for _, key := range keys {
				if key != "" && !slices.Contains(out[key], Named{j.Key, j.Name}) {
					out[key] = append(out[key], Named{j.Key, j.Name})
				}
			}
		})
	}
	return out
}
