package programme

import (
	"slices"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/reading"
	"peiban/internal/relation"
	"peiban/internal/task"
)

// FormField is one thing a form asks: of a step, of one of its ways, or of a journey as a whole.
type FormField struct {
	Key  string // as the file names it; a dot leads into a part: date.of
	Name fault.Text
	Help fault.Text
	// Type is how it is filled in: line, texts (zh and en), rule, rules, span (15m, 2h, 7d), whole, share, one, many, clock, day, yes,
	// variants (rules with the content sent instead).
	Type     string
	Need     bool
	Of       string // one, many: the list the choice is from, see JourneyLists
	Min, Max int    // whole
	Field    string // asked only while this field says one of Is
	Is       []string
}

// StepKind describes one kind of step: what it does and what its form asks.
type StepKind struct {
	Key    string
	Name   fault.Text
	Text   fault.Text // what it does, in one line
	Group  string     // send, staff, time, ways, person, end
	Fields []FormField
	Ways   string      // how it branches: two, several, chance; empty: it does not
	Way    []FormField // what each of its ways asks
}

// StepGroups are the headings of the palette in their order.
var StepGroups = []Named{
	{"send", said("发给本人", "To the person")}, {"staff", said("请人去做", "For staff")}, {"time", said("等待", "Wait")}, {"ways", said("分路", "Ways")},
	{"person", said("记录和去向", "What is noted, where they go")}, {"end", said("目标和结束", "Goal and end")},
}

func ask(key, kind string, name fault.Text) FormField {
	return FormField{Key: key, Type: kind, Name: name}
}

func (f FormField) needed() FormField { f.Need = true; return f }

func (f FormField) from(list string) FormField { f.Of = list; return f }

func (f FormField) between(low, high int) FormField { f.Min, f.Max = low, high; return f }

func (f FormField) hint(zh, en string) FormField { f.Help = said(zh, en); return f }

func (f FormField) while(field string, is ...string) FormField { f.Field, f.Is = field, is; return f }

// way is the field that says in which of several ways the rest is filled in; it is not in the file.
const way = "mode"

func sendFields(list string) []FormField {
	return []FormField{
		ask("content", "one", said("文字", "Text")).from(list).needed(),
		ask("to", "one", said("发给谁", "To")).from("recipients").hint("不选就发给本人", "the person when none is chosen"),
		ask("scope", "one", said("本人同意家属知道的", "What they let family know")).from("scopes").while("to", "family").needed(),
		ask("expire", "span", said("过期不发", "Dropped when later than")).hint("例如 2h；不填按旅程的类别", "for example 2h; empty: by the class of the journey"),
		ask("variants", "variants", said("换一种说法", "Other words")).from(list).hint("从上往下，第一条合适的代替上面的文字", "from the top, the first that holds is sent instead"),
		ask("channels", "many", said("用什么发，先后", "By, in order")).from("channels"),
		ask("held", "one", said("暂时发不了的时候", "While it is kept back")).from("held"),
	}
}

func workFields() []FormField {
	return []FormField{
		ask("who", "one", said("谁做", "Who")).from("roles").needed(),
		ask("else", "one", said("没有负责人时谁做", "Who, when there is no owner")).from("roles"),
		ask("due", "span", said("多久之内", "Within")).needed(),
		ask("script", "one", said("话术", "Words")).from("scripts").needed(),
		ask("priority", "one", said("优先级", "Priority")).from("priorities"),
		ask("result", "many", said("可以记的结果", "Results to choose from")).from("results").needed(),
		ask("form", "one", said("一起填的问卷", "Questionnaire filled in with it")).from("forms"),
	}
}

func dateFields(mode string) []FormField {
	return []FormField{
		ask("date.of", "one", said("从哪种事件算起", "Counted from")).from("events").needed().while(mode, "date"),
		ask("date.field", "one", said("用哪个日期", "Which date of it")).from("dates").while(mode, "date").hint("不选就是发生那天", "the day it happened when none is chosen"),
		ask("date.where", "one", said("只看哪一种", "Only those of")).from("codes").while(mode, "date"),
		ask("date.days", "whole", said("之后多少天", "Days after it")).between(-1100, 1100).while(mode, "date").hint("负数是之前", "negative: before it"),
		ask("date.at", "clock", said("几点", "At")).while(mode, "date"),
	}
}

func placeFields() []FormField {
	return []FormField{
		ask(way, "one", said("做什么", "What")).from("places").needed(),
		ask("key", "line", said("键", "Key")).needed().hint("小写字母开头", "begins with a small letter"),
	}
}

// StepKinds are the kinds of steps in the order of journey.Kinds.
func StepKinds() []StepKind {
	is := func(kind string, name fault.Text) []FormField { return []FormField{ask("is", kind, name).needed()} }
	list := func(kind, of string, name fault.Text) []FormField {
		return []FormField{ask("is", kind, name).from(of).needed()}
	}
	wait := append([]FormField{
		ask(way, "one", said("等什么", "Until")).from("waits").needed(),
		ask("span", "span", said("多久", "How long")).needed().while(way, "span"),
		ask("day", "whole", said("进入后第几天", "Day after entry")).between(1, 366).while(way, "clock"),
		ask("weekday", "one", said("星期几", "Weekday")).from("weekdays").while(way, "clock"),
		ask("at", "clock", said("几点", "At")).needed().while(way, "clock").hint("best 是本人最常回应的钟点", "best is the hour they answer most"),
		ask("for", "one", said("等哪件事", "What for")).from("waitable").needed().while(way, "event"),
		ask("if", "rule", said("而且要", "And only if")).while(way, "event"),
		ask("at_most", "span", said("最多等多久", "At most")).needed().while(way, "event"),
	}, dateFields(way)...)
	all := []StepKind{
		{"message", said("消息", "Message"), said("发一段审过的文字给本人或家属", "sends an approved text to the person or to family"), "send", sendFields("messages"), "", nil},
		{"card", said("卡片", "Card"), said("留在手机页上、等本人答复的卡片", "stays on the phone page until it is answered"), "send", sendFields("cards"), "", nil},
		{"task", said("任务", "Task"), said("请一位同事在期限内做完并记下结果", "asks a colleague, by a time, and notes the result"), "staff", workFields(), "", nil},
		{"wait", said("等待", "Wait"), said("等一段时间、一个钟点、一个日子或一件事", "for a time, an hour, a date or something that happens"), "time", wait, "", nil},
		{"if", said("分两路", "Branch in two"), said("规则成立走一边，不成立或不知道走另一边", "one way when a rule holds, the other when not or unknown"), "ways", is("rule", said("规则", "Rule")), "two", nil},
		{"choose", said("分几路", "Choose"), said("从上往下，第一条成立的路", "the first way that holds"), "ways", nil, "several", []FormField{ask("if", "rule", said("走这条路的规则", "Rule of this way")).needed()}},
		{"split", said("随机分组", "Random split"), said("按比例随机分成几组，同一个人总在同一组", "by chance in given shares, for a person always the same"), "ways", nil, "chance",
			[]FormField{ask("key", "line", said("键", "Key")).needed(), ask("name", "texts", said("组名", "Name")).needed(), ask("share", "share", said("占多少", "Share")).needed()}},
		{"holdout", said("对照", "Holdout"), said("留下一部分人不往下走，用来比较", "keeps a share out, to compare with"), "ways", is("share", said("留多少", "Share")), "", nil},
		{"form", said("问卷", "Questionnaire"), said("发一条消息请本人填问卷", "a message that asks for a questionnaire"), "send",
			append([]FormField{ask("form", "one", said("问卷", "Questionnaire")).from("forms").needed()}, sendFields("messages")...), "", nil},
		{"invite", said("活动邀请", "Invitation"), said("用一张卡片邀请参加活动", "invites to an activity, by a card"), "send",
			append([]FormField{ask("activity", "line", said("活动的键", "Key of the activity")).needed(), ask("kind", "one", said("哪种活动", "Kind of activity")).from("activities").needed()}, sendFields("cards")...), "", nil},
		{"alert", said("警报", "Alert"), said("排到最前面，直到有人处理", "on top of the list until a human answers"), "staff",
			[]FormField{ask("level", "one", said("级别", "Level")).from("levels").needed(), ask("text", "texts", said("说什么", "What it says")).needed(), ask("due", "span", said("多久之内", "Within")).needed()}, "", nil},
		{"hand_over", said("转人工", "Hand over"), said("交给一位同事，期间不自动发消息", "to a colleague; nothing automatic meanwhile"), "staff",
			append(workFields(), ask("pause", "span", said("停发多久", "Nothing automatic for"))), "", nil},
		{"refer", said("转诊", "Referral"), said("按转诊标准转出去", "opens a referral by a rule of the programme"), "staff", list("one", "referrals", said("转诊标准", "Referral rule")), "", nil},
		{"set", said("改人群或资料", "Set segment or profile"), said("放进或移出人群，或改资料里的一项", "into or out of a segment, or one thing of the profile"), "person", []FormField{
			ask(way, "one", said("改什么", "What")).from("sets").needed(),
			ask("segment", "one", said("人群", "Segment")).from("segments").needed().while(way, "segment"),
			ask("state", "one", said("怎么改", "How")).from("states").needed().while(way, "segment"),
			ask("for", "span", said("多久", "For how long")).while(way, "segment").hint("不填就一直", "empty: until further notice"),
			ask("trait", "one", said("资料里的哪一项", "Which of the profile")).from("traits").needed().while(way, "trait"),
			ask("value", "one", said("改成", "To")).from("values").needed().while(way, "trait"),
		}, "", nil},
		{"set_stage", said("定阶段", "Set stage"), said("把阶段定下来，直到规则说出新的", "until the rules say something new"), "person", list("one", "stages", said("阶段", "Stage")), "", nil},
		{"points", said("积分", "Points"), said("给积分", "gives points"), "person", []FormField{ask("amount", "whole", said("多少分", "How many")).between(1, 1000).needed(), ask("rule", "line", said("因为什么（键）", "What for (key)")).needed()}, "", nil},
		{"camp", said("训练营", "Camp"), said("加入或离开训练营", "joins or leaves a camp"), "person", placeFields(), "", nil},
		{"group", said("社群", "Group"), said("加入或离开社群", "joins or leaves a group"), "person", placeFields(), "", nil},
		{"journey", said("子旅程", "Another journey"), said("进入另一段旅程，可以等它走完", "enters another journey, and may wait for its end"), "person", []FormField{
			ask("key", "one", said("旅程", "Journey")).from("journeys").needed(), ask("wait", "span", said("最多等它多久", "Wait for its end, at most")).hint("不填就不等", "empty: goes on at once"),
		}, "", nil},
		{"webhook", said("外部系统", "Webhook"), said("通知外部系统，签名，直到对方收下", "tells the outside, signed, until it is taken"), "person", is("line", said("名字（键）", "Name (key)")), "", nil},
		{"goal", said("达到目标", "Goal"), said("走到这里就算达到目标", "coming here counts as reaching the goal"), "end", nil, "", nil},
		{"go", said("回到前面", "Go back"), said("回到某一步，最多几次", "back to a step, so often at most"), "end", []FormField{
			ask("to", "one", said("哪一步", "Which step")).from("steps").needed(), ask("times", "whole", said("最多几次", "At most so often")).between(1, 50),
		}, "", nil},
		{"exit", said("结束", "Exit"), said("旅程到此结束", "the journey ends here"), "end", nil, "", nil},
	}
	slices.SortFunc(all, func(a, b StepKind) int {
		return slices.Index(journey.Kinds, a.Key) - slices.Index(journey.Kinds, b.Key)
	})
	return all
}

// StepFields are what every step may have beside what it does.
func StepFields() []FormField {
	return []FormField{
		ask("name", "texts", said("这一步叫什么", "What this step is called")).hint("不填就按它做的事来叫", "empty: by what it does"),
		ask("id", "line", said("固定的编号", "Lasting id")).hint("前面加减步骤时，编号不变，里面的人和数字才对得上", "it stays when steps are added before it, and with it people and figures"),
	}
}

// JourneySettings are what a journey says beside its steps.
func JourneySettings() []FormField {
	const mode = "enter." + way
	all := []FormField{
		ask("name", "texts", said("名称", "Name")).needed(),
		ask(mode, "one", said("怎么进入", "Entered by")).from("entries").needed(),
		ask("enter.on", "one", said("哪种事件", "Which event")).from("events").needed().while(mode, "on"),
		ask("enter.tag", "one", said("得到哪个标签", "Which tag")).from("tags").needed().while(mode, "tag"),
		ask("enter.tag_left", "one", said("失去哪个标签", "Which tag")).from("tags").needed().while(mode, "tag_left"),
		ask("enter.stage", "one", said("进入哪个阶段", "Which stage")).from("stages").needed().while(mode, "stage"),
	}
	for _, f := range dateFields(mode) {
		f.Key = "enter." + f.Key
		all = append(all, f)
	}
	return append(all,
		ask("enter.if", "rule", said("而且要", "And only if")).while(mode, "on", "date", "manual", "journey", "tag_left"),
		ask("enter.key", "one", said("一个人能进几次", "How often")).from("keys"),
		ask("enter.again", "span", said("隔多久才能再进", "Again after")).while("enter.key", "episode"),
		ask("enter.again_worse", "yes", said("更重就不等", "Unless it is worse")).while("enter.key", "episode"),
		ask("enter.lookback", "span", said("晚到多久还算", "How late it may be known")).hint("不填：安全类 2h，其他 48h", "empty: 2h for safety, 48h otherwise"),
		ask("enter.older", "span", said("只收晚于多久才知道的", "Only what is known later than")).while(mode, "on"),
		ask("leave", "rules", said("遇到任何一条就离开", "Any of these ends it")),
		ask("goal.when", "rule", said("目标", "Goal")),
		ask("goal.within", "span", said("多久之内达到", "Within")),
		ask("class", "one", said("类别", "Class")).from("classes"),
		ask("priority", "whole", said("优先（大的先）", "Priority, higher first")).between(0, 1000),
		ask("owner", "line", said("谁对它负责", "Who answers for it")),
		ask("valid.from", "day", said("从哪天起可以进入", "Entered from")),
		ask("valid.to", "day", said("到哪天为止（这天不算）", "Entered before")),
		ask("inside", "one", said("换版本时里面的人", "Whoever is inside when it changes")).from("insides"),
	)
}

// Option is one choice of a list.
type Option struct {
	Key   string
	Name  fault.Text
	Under string // the choice of another field it belongs to, such as the event of a date
}

func option(key, zh, en string) Option { return Option{Key: key, Name: said(zh, en)} }

// fixedLists are the lists whose choices the language has.
func fixedLists() map[string][]Option {
	l := map[string][]Option{
		"recipients": {option("person", "本人", "The person"), option("family", "家属", "Family")},
		"held":       {option("advance", "不等，先往下走", "Go on at once"), option("hold", "等到发出或确定不发", "Wait until it is sent or never will be"), option("leave", "等；发不出就离开", "Wait; leave when it never will be")},
		"roles":      {option("owner", "负责人", "Owner"), option("on_duty", "当班的人", "On duty"), option("pharmacist", "药师", "Pharmacist"), option("doctor", "医生", "Doctor")},
		"priorities": {option("safety", "安全", "Safety"), option("promise", "约定", "Promise"), option("normal", "普通", "Normal"), option("low", "可顺延", "Low")},
		"waits":      {option("span", "一段时间", "A length of time"), option("clock", "一个钟点", "A time of day"), option("event", "一件事", "Something happens"), option("date", "一个日子前后", "Before or after a date")},
		"weekdays":   {option("mon", "周一", "Monday"), option("tue", "周二", "Tuesday"), option("wed", "周三", "Wednesday"), option("thu", "周四", "Thursday"), option("fri", "周五", "Friday"), option("sat", "周六", "Saturday"), option("sun", "周日", "Sunday")},
		"levels":     {option("1", "1 级", "Level 1"), option("2", "2 级", "Level 2"), option("3", "3 级", "Level 3")},
		"sets":       {option("segment", "人群", "A segment"), option("trait", "资料", "The profile")},
		"states":     {option("in", "放进去", "Put in"), option("out", "移出来", "Take out"), option("rule", "由规则决定", "Leave to the rule")},
		"places":     {option("join", "加入", "Join"), option("leave", "离开", "Leave")},
		"entries": {option("on", "发生一件事", "Something happens"), option("tag", "得到一个标签", "A tag gained"), option("tag_left", "失去一个标签", "A tag lost"), option("stage", "进入一个阶段", "A stage entered"),
			option("date", "到了一个日子", "A date comes"), option("manual", "由人放进来", "Put in by staff"), option("journey", "由别的旅程叫来", "Called by another journey")},
		"keys":    {option("once", "只一次", "Once for ever"), option("episode", "一次结束才有下一次", "One at a time"), option("event", "每次都进入", "Each time")},
		"classes": {option("safety", "安全", "Safety"), option("asked", "本人要的", "Asked for"), option("programme", "项目", "Programme")},
		"insides": {option("stay", "按进来时的版本走完", "Stay with the version they began with"), option("follow", "跟新版本走", "Follow the new version")},
	}
	for _, x := range relation.Items {
		l["scopes"] = append(l["scopes"], Option{Key: string(x), Name: x.Name()})
	}
	channels := map[string]fault.Text{"wecom": said("企业微信", "WeCom"), "kf": said("微信客服", "WeChat customer service"), "wechat": said("公众号", "Official account"), "mini_program": said("小程序", "Mini-program"), "sms": said("短信", "SMS"), "email": said("邮件", "E-mail"), "inapp": said("手机页", "Phone page"), "webhook": said("外部系统", "Outside system")}
	for _, c := range Channels {
		l["channels"] = append(l["channels"], Option{Key: c, Name: channels[c]})
	}
	for _, r := range task.Outcomes {
		l["results"] = append(l["results"], Option{Key: r.Key, Name: r.Name})
	}
	l["waitable"] = []Option{option(journey.ForTask, "前面的任务做完", "The task before"), option(journey.ForAnswer, "前面的卡片有答复", "An answer to the card before"), option(journey.ForReply, "本人回话", "A reply"), option(journey.ForForm, "前面的问卷填完", "The questionnaire before")}
	for i := range event.Catalogue() {
		s := &event.Catalogue()[i]
		l["events"] = append(l["events"], Option{Key: s.Key, Name: s.Name})
		l["waitable"] = append(l["waitable"], Option{Key: s.Key, Name: s.Name})
		for k := range s.Fields {
			f := &s.Fields[k]
			switch {
			case f.Kind == event.Number && (f.Slot >= event.X0 || f.Slot == event.SlotNum) && (f.Unit == "" || f.Unit == "d"):
				l["dates"] = append(l["dates"], Option{f.Name, reading.FieldName(f.Name), s.Key})
			case f.Kind == event.Code:
				for _, c := range f.Enum {
					l["codes"] = append(l["codes"], Option{f.Name + "=" + c, s.Word(f, c), s.Key})
				}
			}
		}
	}
	profile := event.Profile.Spec()
	for _, t := range profileCodes() {
		l["traits"] = append(l["traits"], Option{Key: t, Name: reading.FieldName(t)})
		f := profile.Field(t)
		for _, c := range f.Enum {
			l["values"] = append(l["values"], Option{c, profile.Word(f, c), t})
		}
	}
	act := event.Activity.Spec()
	for _, k := range act.Field("kind").Enum {
		l["activities"] = append(l["activities"], Option{Key: k, Name: act.Word(act.Field("kind"), k)})
	}
	return l
}

// JourneyLists are the lists forms of journeys choose from, by name: those of the language and those of f.
func (f Files) JourneyLists() map[string][]Option {
	l := fixedLists()
	for _, key := range f.TextKeys() {
		x, _ := f.TextForm(key)
		if name := map[string]string{KindMessage: "messages", KindCard: "cards", KindScript: "scripts"}[x.Kind]; name != "" {
			l[name] = append(l[name], Option{Key: key, Name: x.Title})
		}
	}
	for _, key := range f.QuestionnaireKeys() {
		x, _ := f.Questionnaire(key)
		l["forms"] = append(l["forms"], Option{Key: key, Name: x.Name})
	}
	for _, t := range f.TagForms() {
		o := Option{Key: t.Key, Name: t.Name}
		if full, ok := f.Form(t.Key); ok {
			for _, c := range full.Codes {
				l["tags"] = append(l["tags"], Option{Key: t.Key + "." + c.Key, Name: fault.Text{Zh: t.Name.Zh + "：" + c.Name.Zh, En: t.Name.En + ": " + c.Name.En}})
			}
		}
		l["tags"] = append(l["tags"], o)
		if t.Segment {
			l["segments"] = append(l["segments"], o)
		}
	}
	stages, _ := f.StageForms()
	for _, s := range stages {
		l["stages"] = append(l["stages"], Option{Key: s.Key, Name: s.Name})
	}
	for _, j := range f.JourneyNames() {
		l["journeys"] = append(l["journeys"], Option{Key: j.Key, Name: j.Name})
	}
	if _, root := f.tree(referralsFile); root != nil {
		if n := child(root, "referrals"); n != nil {
			for _, p := range n.pairs {
				o := Option{Key: p.key.text}
				if name := child(p.value, "name"); name != nil {
					o.Name = plainText(name)
				}
				l["referrals"] = append(l["referrals"], o)
			}
		}
	}
	return l
}
