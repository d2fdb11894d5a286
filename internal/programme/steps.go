package programme

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
)

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

// stepIDs are the lasting ids of steps. A step may keep the path it once had, so that who waits in it finds it again.
var stepIDs = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func (s *source) stepID(n *node) string {
	v := s.str(n)
	if !stepIDs.MatchString(v) {
		s.at(n, words("“%s”不能作步骤的编号", "%q cannot be the id of a step", v), words("只用小写字母、数字、-、_ 和 .", "use small letters, digits, -, _ and . only"))
		return ""
	}
	return v
}

func (j *journeyReader) step(st *journey.Step, n *node, id string, in reached, last bool) (after reached, over bool) {
	s := j.s
	st.ID, st.Line = id, n.line
	r := s.fields(n, words("步骤", "a step"), append([]string{"id", "name", "then", "else"}, journey.Kinds...)...)
	if !r.ok {
		return in, false
	}
	kind := ""
	for _, k := range journey.Kinds {
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
		s.at(n, words("这一步什么也不做", "this step does nothing"), s.meant("", journey.Kinds))
		return in, false
	}
	if r.has("id") {
		st.ID = cmp.Or(s.stepID(r.of["id"]), st.ID)
	}
	if j.ids[st.ID] {
		s.at(r.of["id"], words("已经有一步叫“%s”", "another step is called %q", st.ID), fault.Text{})
	}
	j.ids[st.ID] = true
	if r.has("name") {
		st.Name = s.text(r.of["name"])
	}
	if kind != "if" && (r.of["then"] != nil || r.of["else"] != nil) {
		s.at(n, words("只有 if 有 then 和 else", "only an if has then and else"), fault.Text{})
	}
	v := r.of[kind]
	switch kind {
	case "if":
		return j.branch(st, r, in, last)
	case "choose":
		return j.choose(st, v, in, last)
	case "split":
		return j.split(st, v, in, last)
	case "exit":
		if !s.yes(v) {
			s.at(v, words("写 exit: true", "write exit: true"), fault.Text{})
		}
		st.Exit = true
		return in, true
	case "wait":
		st.Wait = j.wait(v, &in)
		if last {
			s.at(v, words("等完之后没有步骤", "nothing comes after this wait"), words("加上后面的步骤，或去掉它", "add what follows, or delete it"))
		}
	default:
		j.node(st, kind, v, &in)
	}
	return in, false
}

// node reads a step that does one thing and goes on.
func (j *journeyReader) node(st *journey.Step, kind string, v *node, in *reached) {
	s := j.s
	switch kind {
	case "message", "card":
		st.Message = j.message(v, kind, *in)
		in.card = in.card || kind == "card"
		in.held(st.Message)
	case "task":
		st.Task = j.task(v, words("任务", "a task"))
		in.opened(st.Task)
	case "hand_over":
		st.HandOver = j.handOver(v)
		in.opened(&st.HandOver.TaskStep)
	case "holdout":
		st.Holdout = &journey.HoldoutStep{Share: j.share(v)}
	case "set_stage":
		st.SetStage = s.str(v)
		j.l.p.stageUses = append(j.l.p.stageUses, stageUse{s, v})
	case "alert":
		a := s.fields(v, words("警报", "an alert"), "level", "text", "due")
		st.Alert = &journey.AlertStep{Level: s.whole(a.need("level"), 1, 3), Text: s.text(a.need("text")), Due: s.span(a.need("due"))}
	case "form":
		st.Form = j.form(v, *in)
		in.form = st.Form.Form
		in.held(&st.Form.MessageStep)
	case "invite":
		st.Invite = j.invite(v, *in)
		in.card = true
		in.held(&st.Invite.MessageStep)
	case "set":
		st.Set = j.set(v)
	case "points":
		p := s.fields(v, words("积分", "points"), "amount", "rule")
		st.Points = &journey.PointsStep{Amount: s.whole(p.need("amount"), 1, 1000), Rule: s.key(p.need("rule"))}
	case "camp":
		st.Camp = j.place(v, words("训练营", "a camp"))
	case "group":
		st.Group = j.place(v, words("社群", "a group"))
	case "refer":
		st.Refer = &journey.ReferStep{Rule: s.str(v)}
		if v.kind == scalar && !slices.ContainsFunc(j.l.p.referralsOf(), func(r referralRule) bool { return r.Key == st.Refer.Rule }) {
			if s.unchosen(v, st.Refer.Rule, words("转诊标准", "referral rule"), words("写在 referrals.yaml 里", "it is written in referrals.yaml")) {
				break
			}
			s.at(v, words("没有转诊标准“%s”", "no referral rule %q", st.Refer.Rule), words("写在 referrals.yaml 里", "it is written in referrals.yaml"))
		}
	case "webhook":
		st.Webhook = &journey.WebhookStep{Name: s.key(v)}
	case "journey":
		st.Call = j.call(v)
		in.called = true
	case "goal":
		st.Goal = s.yes(v)
		if !st.Goal {
			s.at(v, words("写 goal: true", "write goal: true"), fault.Text{})
		}
	case "go":
		st.Go = &journey.GoStep{Times: 3}
		to := v
		if v.kind != scalar {
			g := s.fields(v, words("跳转", "a jump"), "to", "times")
			to = g.need("to")
			if g.has("times") {
				st.Go.Times = s.whole(g.of["times"], 1, 50)
			}
		}
		st.Go.To = s.str(to)
		j.gos = append(j.gos, goUse{st, v})
	}
}

func (r *reached) opened(t *journey.TaskStep) {
	r.task = true
	r.results = append(slices.Clone(r.results), t.Results...)
}

// held notes that the run knows how the message came out.
func (r *reached) held(m *journey.MessageStep) {
	if m.Waits() {
		r.results = append(slices.Clone(r.results), "sent", journey.Unsent)
	}
}

func (j *journeyReader) branch(st *journey.Step, r record, in reached, last bool) (reached, bool) {
	st.If = &journey.IfStep{}
	j.cond(&st.If.When, r.of["if"], j.trigger, in)
	m := meeting{in: in}
	st.If.Then = m.way(j.steps(r.need("then"), st.ID+".then.", in, last))
	if r.has("else") {
		st.If.Else = m.way(j.steps(r.of["else"], st.ID+".else.", in, last))
	} else {
		m.way(nil, in, false)
	}
	return m.after()
}

func (j *journeyReader) choose(st *journey.Step, n *node, in reached, last bool) (reached, bool) {
	s := j.s
	st.Choose = &journey.ChooseStep{}
	if n.kind != list || len(n.items) < 2 {
		s.at(n, words("choose 要写几条路，每条以 - 开头", "a choose lists its ways, each beginning with -"), words("- if: … 换行 then: …；最后一条写 - else: …", "- if: ... then: ...; the last one is - else: ..."))
		return in, false
	}
	m := meeting{in: in}
	st.Choose.Ways = make([]journey.Way, 0, len(n.items)) // never grown: conditions are compiled in place later
	elsewhere := false
	for i, item := range n.items {
		r := s.fields(item, words("一条路", "a way"), "if", "then", "else")
		switch {
		case !r.ok:
		case r.has("else"):
			if i < len(n.items)-1 || r.has("if") || r.has("then") {
				s.at(item, words("else 单独一条，放在最后", "else stands alone, as the last way"), fault.Text{})
				continue
			}
			elsewhere = true
			st.Choose.Else = m.way(j.steps(r.of["else"], st.ID+".else.", in, last))
		default:
			st.Choose.Ways = append(st.Choose.Ways, journey.Way{})
			w := &st.Choose.Ways[len(st.Choose.Ways)-1]
			j.cond(&w.When, r.need("if"), j.trigger, in)
			w.Then = m.way(j.steps(r.need("then"), st.ID+"."+strconv.Itoa(len(st.Choose.Ways))+".", in, last))
		}
	}
	if !elsewhere {
		m.way(nil, in, false)
	}
	return m.after()
}

func (j *journeyReader) split(st *journey.Step, n *node, in reached, last bool) (reached, bool) {
	s := j.s
	st.Split = &journey.SplitStep{}
	if n.kind != mapping || len(n.pairs) < 2 {
		s.at(n, words("split 要写至少两组", "a split has at least two ways"), words("例如 a: {share: 50 %%, name: {zh: …, en: …}, steps: […]}", "for example a: {share: 50 %%, name: {zh: ..., en: ...}, steps: [...]}"))
		return in, false
	}
	m := meeting{in: in}
	st.Split.Arms = make([]journey.Arm, len(n.pairs))
	sum := 0
	for i, p := range n.pairs {
		a := &st.Split.Arms[i]
		a.Key = s.key(p.key)
		r := s.fields(p.value, words("一组", "a way"), "share", "name", "steps")
		a.Share, a.Name = j.share(r.need("share")), s.text(r.need("name"))
		sum += a.Share
		if a.Key == journey.HeldOut || a.Key == journey.Treated {
			s.at(p.key, words("“%s”是 holdout 用的名字", "%q is a name of holdout", a.Key), words("换一个名字，或用 holdout", "choose another name, or use holdout"))
		}
		if r.has("steps") {
			a.Steps = m.way(j.steps(r.of["steps"], st.ID+"."+a.Key+".", in, last))
		} else {
			m.way(nil, in, false)
		}
	}
	if sum != journey.Slots {
		s.at(n, words("各组加起来是 %v %%，要正好 100 %%", "the shares come to %v %%, not to 100 %%", float64(sum)*100/journey.Slots), fault.Text{})
	}
	return m.after()
}

// share reads 10 % as a number of slots.
func (j *journeyReader) share(n *node) int {
	if n == nil {
		return 0
	}
	v, unit, ok := j.s.quantity(n)
	if !ok || unit != "%" || v <= 0 || v >= 100 {
		j.s.at(n, words("这里写 0 到 100 之间的百分数", "a percentage between 0 and 100 belongs here"), words("例如 10 %%", "for example 10 %%"))
		return 0
	}
	return int(v*journey.Slots/100 + 0.5)
}

// meeting is where the ways of a branch come together again.
type meeting struct {
	in    reached
	ways  int
	open  bool
	known reached
}

// way takes in how one way came out and gives its steps.
func (m *meeting) way(steps []journey.Step, after reached, over bool) []journey.Step {
	m.ways++
	switch {
	case over:
	case !m.open:
		m.open, m.known = true, after
	default:
		m.known = m.known.with(after)
	}
	return steps
}

func (m *meeting) after() (reached, bool) {
	if !m.open {
		return m.in, true
	}
	return m.known, false
}

// trigger is the type of event whose fields a wait for something may ask.
func (j *journeyReader) waited(key string) *event.Spec {
	switch key {
	case journey.ForTask, journey.ForAnswer, journey.ForCalled:
		return j.trigger
	case journey.ForReply:
		return event.Chat.Spec()
	case journey.ForForm:
		return event.FormAnswer.Spec()
	}
	return event.Lookup(key)
}
