package rule

import (
	"github.com/google/cel-go/common/types"

	"peiban/internal/fault"
)

// Types as cel-go checks them. A selection is a list of events of one type, so that a field its events do not
// have is a mistake found when the rule is written.
var (
	numType    = types.DoubleType
	textType   = types.StringType
	boolType   = types.BoolType
	textsType  = types.NewListType(textType)
	eventType  = types.NewTypeParamType("T")
	selType    = types.NewListType(eventType)
	otherType  = types.NewListType(types.NewTypeParamType("U"))
	thirdType  = types.NewListType(types.NewTypeParamType("W"))
	targetType = types.NewObjectType("@target")
)

// group is a heading of the guide.
type group struct {
	title, intro fault.Text
	words        []word
}

// word is one thing the language has: the checker, the hints in problems and the guide are made from it.
type word struct {
	name    string
	use     string // how it is written, for hints and the guide
	member  bool   // written after a selection: sel.name(...)
	args    []*types.Type
	more    []*types.Type // the arguments of a longer form; nil: there is none
	result  *types.Type   // nil: a macro, or an operator of the table below
	journey bool          // only inside journeys
	doc     fault.Text
	example string // compiled by a test
	kind    Kind   // of the example
}

func zhen(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// language is everything a rule may say, in the order of the guide.
var language = []group{
	{
		zhen("取事件", "Selecting events"),
		zhen("一切从 `events` 开始，后面接窗口与条件，最后取一个数或一个事件。改正、撤回的事件从不出现；HI、LO 与不可信的读数不是数字，除非写 `.with_flags()`，否则也不出现。",
			"Everything starts with `events`, goes on with windows and conditions, and ends in a number or one event. Corrected and withdrawn events are never seen; readings of HI, LO or an implausible value are no numbers and are not seen either, unless asked for by `.with_flags()`."),
		[]word{
			{name: "events", use: `events("glucose")`, doc: zhen("目录中某一类型的事件；写几个类型就取几类，不写则取全部。", "The events of one type of the catalogue; of several when several are named, of all when none is."), example: `events("glucose").count() >= 1`},
			{name: "with_flags", use: `.with_flags()`, member: true, args: sels(), result: selType, doc: zhen("也看没有数字的读数；`e.flag` 说明是 \"HI\"、\"LO\" 还是 \"implausible\"，其 `value` 为未知。", "Also sees readings that are no numbers; `e.flag` says \"HI\", \"LO\" or \"implausible\", and their `value` is unknown."), example: `events("glucose").with_flags().where(e, e.flag == "LO").count() >= 1`},
			{name: "within", use: `.within("7d")`, member: true, args: sels(textType), result: selType, doc: zhen("最近一段时间，随时钟滚动；单位 m 分、h 时、d 日（24 小时）、w 周。恰好满 7 天的事件已在窗外。", "The time just past, rolling with the clock; units m, h, d (24 hours), w. An event exactly 7 days old is outside."), example: `events("glucose").within("7d").count() >= 4`},
			{name: "between", use: `.between("28d", "14d")`, member: true, args: sels(textType, textType), result: selType, doc: zhen("从 28 天前到 14 天前：前者在外，后者在内。", "From 28 days ago, which is outside, to 14 days ago, which is inside."), example: `events("glucose").between("28d", "14d").mean()`, kind: KindNumber},
			{name: "local_days", use: `.local_days("14d")`, member: true, args: sels(textType), result: selType, doc: zhen("当地日历日，含今天；在当地零点变化。", "Local calendar days, today included; changes at local midnight."), example: `events("check_in").local_days("7d").days() >= 5`},
			{name: "today", use: `.today()`, member: true, args: sels(), result: selType, doc: zhen("今天（当地日历日）。", "Today, the local calendar day."), example: `events("glucose").today().count() == 0`},
			{name: "yesterday", use: `.yesterday()`, member: true, args: sels(), result: selType, doc: zhen("昨天（当地日历日）。", "Yesterday, the local calendar day."), example: `events("glucose").yesterday().count() == 0`},
			{name: "local_weeks", use: `.local_weeks(4)`, member: true, args: sels(numType), result: selType, doc: zhen("当地日历周，周一开始，含本周。", "Local calendar weeks, which begin on Monday, this one included."), example: `events("exercise").local_weeks(4).days() >= 12`},
			{name: "local_months", use: `.local_months(3)`, member: true, args: sels(numType), result: selType, doc: zhen("当地日历月，含本月。", "Local calendar months, this one included."), example: `events("order").local_months(3).count() >= 2`},
			{name: "this_week", use: `.this_week()`, member: true, args: sels(), result: selType, doc: zhen("本周，周一当地零点起。", "This week, since local midnight of Monday."), example: `events("exercise").this_week().sum() >= 150`},
			{name: "last_week", use: `.last_week()`, member: true, args: sels(), result: selType, doc: zhen("上一个完整的日历周。", "The whole calendar week before this one."), example: `events("glucose").last_week().count() >= 7`},
			{name: "this_month", use: `.this_month()`, member: true, args: sels(), result: selType, doc: zhen("本月。", "This month."), example: `exists(events("order").this_month())`},
			{name: "last_month", use: `.last_month()`, member: true, args: sels(), result: selType, doc: zhen("上一个完整的日历月。", "The whole calendar month before this one."), example: `events("glucose").last_month().mean() > 9`},
			{name: "since", use: `.since(events("visit"))`, member: true, args: sels(otherType), result: selType, doc: zhen("另一类事件最新的一个之后；那一刻的事件不算；没有那个事件则什么也不留。", "After the newest of other events; what is of that very moment is not in it; nothing when there is none of them."), example: `events("glucose").since(events("medication").where(m, m.action == "start")).count() >= 3`},
			{name: "from_until", use: `.from_until(events("camp_enrolled"), events("camp_ended"))`, member: true, args: sels(otherType, thirdType), result: selType, doc: zhen("两个事件之间：从前者最新的一个起（含），到它之后后者最早的一个止（不含）；还没有后者则到现在。", "Between two events: from the newest of the first, included, to the oldest of the second after it, not included; until now while there is none."), example: `events("check_in").from_until(events("camp_enrolled"), events("camp_ended")).days() >= 20`},
			{name: "followed_by", use: `.followed_by(events("glucose"), "15m")`, member: true, args: sels(otherType, textType), result: selType, doc: zhen("先后：只留下之后不到这么久就有另一类事件的那些；同一刻的不算。", "A sequence: keeps the events after which, in less than this time, one of the others came; one of the same moment does not count."), example: `exists(events("glucose").where(e, e.value < 3.9).followed_by(events("glucose").where(e, e.value >= 3.9), "30m"))`},
			{name: "not_followed_by", use: `.not_followed_by(events("glucose"), "30m")`, member: true, args: sels(otherType, textType), result: selType, doc: zhen("只留下已过了这么久、其间没有另一类事件的那些。", "Keeps the events after which this time has passed and none of the others came in it."), example: `events("glucose").within("7d").where(e, e.value < 3.9).not_followed_by(events("glucose"), "30m").count() >= 1`},
			{name: "values", use: `.values("diastolic")`, member: true, args: sels(textType), result: selType, doc: zhen("以后的统计取事件的这个数值字段，而不是主要数值。", "Figures after it take this number of the events rather than the main value."), example: `events("blood_pressure").within("7d").values("diastolic").mean() >= 85`},
			{name: "since_entry", use: `.since_entry()`, member: true, args: sels(), result: selType, journey: true, doc: zhen("进入本旅程之后；进入那一刻的事件不算。", "After the person entered this journey; an event of that very moment is not in it."), example: `events("glucose").since_entry().count() >= 1`},
			{name: "within_after", use: `.within_after(events("contact_added"), "7d")`, member: true, args: sels(otherType, textType), result: selType, doc: zhen("从另一类事件最早的一个起的一段时间，含开头、不含结尾；没有那个事件则什么也不留。", "The time that begins with the oldest of other events, its beginning included, its end not; nothing when there is none of them."), example: `events("glucose", "check_in").within_after(events("contact_added"), "7d").count() >= 3`},
			{name: "where", use: `.where(e, e.value > 10)`, member: true, doc: zhen("只留下条件为“是”的事件；未知不算“是”。", "Keeps the events for which the condition is true; unknown is not true."), example: `events("glucose").where(e, e.context == "fasting" && e.value > 7).count() >= 1`},
			{name: "filter", use: `.filter(e, e.value > 10)`, member: true, doc: zhen("与 `where` 相同；和 `last` 的先后有区别。", "The same as `where`; whether it stands before or after `last` matters."), example: `events("glucose").where(e, e.context == "fasting").last(7).filter(e, e.value > target("fasting").high).size() >= 3`},
			{name: "last", use: `.last(7)`, member: true, args: sels(numType), result: selType, doc: zhen("最新的 n 个；不足 n 个时有几个算几个。", "The newest n; all of them when there are fewer."), example: `events("glucose").last(7).max() < 10`},
			{name: "at_least", use: `.at_least(30)`, member: true, args: sels(numType), result: selType, doc: zhen("到此为止不足 n 个时，后面的一切都是未知，不是“否”。", "When there are fewer than n up to here, everything after it is unknown, which is not false."), example: `events("glucose").within("28d").at_least(30).lbgi() > 5`},
		},
	},
	{
		zhen("数一数", "Counting"),
		zhen("这些总有答案：没有数据就是 0。只有 `at_least` 能使它们未知。", "These always have an answer: 0 on no data. Only `at_least` makes them unknown."),
		[]word{
			{name: "count", use: `.count()`, member: true, args: sels(), result: numType, doc: zhen("多少个事件。", "How many events."), example: `events("glucose").within("28d").where(e, e.value < mmol(3.0)).count() >= 1`},
			{name: "size", use: `.size()`, member: true, args: sels(), result: numType, doc: zhen("与 `count` 相同。", "The same as `count`."), example: `events("order").size() >= 2`},
			{name: "days", use: `.days()`, member: true, args: sels(), result: numType, doc: zhen("在多少个当地日历日上有事件。", "On how many local calendar days there are events."), example: `events("glucose").within("14d").where(e, e.value < mmol(3.9)).days() >= 2`},
			{name: "streak", use: `.streak()`, member: true, args: sels(), result: numType, doc: zhen("到今天（或昨天）为止连续多少个当地日历日有事件。", "How many local calendar days in a row, up to today or else yesterday, have events."), example: `events("check_in").streak() >= 7`},
			{name: "most_per_day", use: `.most_per_day()`, member: true, args: sels(), result: numType, doc: zhen("当地日历日中事件最多的一天有多少个；没有则为 0。", "How many events there are on the local calendar day that has most; 0 when there is none."), example: `events("glucose").within("14d").most_per_day() > 12`},
			{name: "resumed", use: `.resumed("14d", "7d")`, member: true, args: sels(textType, textType), result: boolType, doc: zhen("最近一段时间（后者）里，有没有一个事件与它前一个相隔至少前者那么久。", "Whether, in the time just past (the second), an event came at least the first after the one before it."), example: `events("check_in").resumed("14d", "7d")`},
			{name: "absent", use: `absent(events("glucose"), "14d")`, args: sels(textType), more: sels(textType, otherType), result: boolType, doc: zhen("这么久没有这样的事件，从最新的一个算起；从来没有则未知。写第三项时，从没有过或在它之前的，从它最新的一个算起。何时起：证据里的那个事件，或 days_since。", "No such event for this long, counted from the newest; unknown when there has never been one. With a third argument it is counted from the newest of those when that is later, or when there has never been one. Since when: the event in the evidence, or days_since."), example: `absent(events("glucose"), "14d", events("contact_added"))`},
			{name: "exists", use: `exists(events("order"))`, args: sels(), result: boolType, doc: zhen("有没有这样的事件。", "Whether there is any such event."), example: `exists(events("order").within("30d"))`},
		},
	},
	{
		zhen("数值", "Figures"),
		zhen("取事件主要数值（目录中类型的第一个数）的统计；没有数值时未知。", "Statistics of the main value of the events, the number the catalogue gives their type; unknown when there is none."),
		[]word{
			{name: "mean", use: `.mean()`, member: true, args: sels(), result: numType, doc: zhen("平均值。", "The mean."), example: `events("glucose").within("14d").at_least(7).mean() - events("glucose").between("28d", "14d").at_least(7).mean() >= 1.5`},
			{name: "median", use: `.median()`, member: true, args: sels(), result: numType, doc: zhen("中位数。", "The median."), example: `events("glucose").within("14d").median() > 8`},
			{name: "min", use: `.min()`, member: true, args: sels(), result: numType, doc: zhen("最小值。", "The smallest."), example: `events("glucose").within("24h").min() < mmol(3.9)`},
			{name: "max", use: `.max()`, member: true, args: sels(), result: numType, doc: zhen("最大值。", "The largest."), example: `events("glucose").within("7d").max() >= mmol(16.7)`},
			{name: "sum", use: `.sum()`, member: true, args: sels(), result: numType, doc: zhen("总和。", "The sum."), example: `events("exercise").within("7d").sum() >= 150`},
			{name: "sd", use: `.sd()`, member: true, args: sels(), result: numType, doc: zhen("样本标准差（n − 1）；少于 2 个未知。", "The sample standard deviation (n − 1); unknown below 2."), example: `events("glucose").within("14d").sd() > 3`},
			{name: "cv", use: `.cv()`, member: true, args: sels(), result: numType, doc: zhen("变异系数，百分数：100 × 标准差 ÷ 平均值；少于 2 个未知。来源：Battelino 2019。", "The coefficient of variation in percent: 100 × standard deviation ÷ mean; unknown below 2. Source: Battelino 2019."), example: `events("glucose").within("14d").at_least(30).cv() > 36`},
			{name: "slope", use: `.slope()`, member: true, args: sels(), result: numType, doc: zhen("每 24 小时的变化（最小二乘）；都在同一时刻则未知。", "The change per 24 hours by least squares; unknown when all are of one moment."), example: `events("weight").within("28d").at_least(4).slope() < -0.1`},
			{name: "quantile", use: `.quantile(0.9)`, member: true, args: sels(numType), result: numType, doc: zhen("分位数，0 到 1；两值之间按比例（Hyndman–Fan 第 7 种）。", "The quantile, 0 to 1; between neighbours in proportion (Hyndman and Fan, definition 7)."), example: `events("glucose").within("14d").at_least(10).quantile(0.9) > 13.9`},
			{name: "change", use: `.change("14d", 7)`, member: true, args: sels(textType), more: sels(textType, numType), result: numType, doc: zhen("与上一段相比：最近这么久的平均值减去再往前同样久的平均值；每段至少 n 个（不写则 1 个），不足则未知。", "Against the window before: the mean of this last time less the mean of as long before it; unknown unless each has at least n values, 1 when not given."), example: `events("pain").change("28d", 4) <= -2`},
			{name: "jump", use: `.jump("14d", 3)`, member: true, args: sels(textType), more: sels(textType, numType), result: numType, doc: zhen("最新的值减去它之前这么久的平均值；之前不足 n 个则未知。", "The newest value less the mean of those in the time before it; unknown when there are fewer than n of them."), example: `events("pain").within("14d").jump("14d", 3) >= 3`},
			{name: "day_mean", use: `.day_mean(3)`, member: true, args: sels(numType), result: numType, doc: zhen("先求每个当地日历日的平均，再求各日的平均，每天分量相同；不足 n 天则未知。家庭血压这样算。", "The mean of the means of the local days, each day counting the same; unknown below n days. This is how blood pressure at home is averaged."), example: `events("blood_pressure").local_days("7d").values("systolic").day_mean(3) >= 135`},
			{name: "share", use: `.share(e, e.value <= 10)`, member: true, doc: zhen("满足条件的占比，0 到 1；条件未知的事件不计；没有事件则未知。", "The part that meets the condition, 0 to 1; events for which it is unknown are left out; unknown when there is none."), example: `events("glucose").within("28d").at_least(14).share(e, e.value >= 3.9 && e.value <= 10.0) >= 0.7`},
		},
	},
	{
		zhen("一个事件", "One event"),
		zhen("事件的字段见目录；每个事件还有 `hour`（0–23）、`minute_of_day`、`weekday`（周一为 1）、`flag`、`type`，时间按当地。没填的代码读作 \"\"，没填的数未知。",
			"The fields of an event are those of the catalogue; each also has `hour` (0 to 23), `minute_of_day`, `weekday` (Monday is 1), `flag` and `type`, in local time. A code not given reads as \"\", a number not given is unknown."),
		[]word{
			{name: "latest", use: `.latest()`, member: true, args: sels(), result: eventType, doc: zhen("最新的一个；没有则其字段都未知。", "The newest; when there is none its fields are unknown."), example: `events("hba1c").within("100d").latest().value <= target("hba1c").high`},
			{name: "first", use: `.first()`, member: true, args: sels(), result: eventType, doc: zhen("最早的一个。", "The oldest."), example: `events("glucose").first().context == "fasting"`},
			{name: "days_since", use: `days_since(events("order"))`, args: sels(), result: numType, doc: zhen("距最新一个有几个完整的 24 小时；没有则未知。", "How many whole periods of 24 hours since the newest; unknown when there is none."), example: `days_since(events("glucose")) >= 14`},
			{name: "hours_since", use: `hours_since(events("glucose"))`, args: sels(), result: numType, doc: zhen("距最新一个有几个完整的小时；没有则未知。", "How many whole hours since the newest; unknown when there is none."), example: `hours_since(events("chat").where(e, e.from == "person")) < 24`},
			{name: "event", use: `event.value`, journey: true, doc: zhen("引起本旅程（或结束等待）的事件。", "The event that started this journey, or ended its wait."), example: `event.value < mmol(3.0)`},
		},
	},
	{
		zhen("这个人", "The person"),
		zhen("资料事件只带改动，所以 `trait` 取每个字段最新的已知值。", "A profile event carries only what changed, so `trait` takes the newest known value of each field."),
		[]word{
			{name: "trait", use: `trait("diabetesType")`, args: []*types.Type{textType}, result: textType, doc: zhen("资料中的代码；从未说过则未知。", "A code of the profile; unknown when never told."), example: `trait("diabetesType") == "t2"`},
			{name: "trait_num", use: `trait_num("diagnosedYear")`, args: []*types.Type{textType}, result: numType, doc: zhen("资料中的数。", "A number of the profile."), example: `trait_num("complete") >= 0.6`},
			{name: "trait_bool", use: `trait_bool("livesAlone")`, args: []*types.Type{textType}, result: boolType, doc: zhen("资料中的是与否。", "A yes or no of the profile."), example: `trait_bool("livesAlone")`},
			{name: "age", use: `age()`, args: nil, result: numType, doc: zhen("当地年份减出生年份；在元旦变化。", "The local year less the year of birth; changes at the New Year."), example: `age() >= 60`},
			{name: "target", use: `target("fasting").high`, args: []*types.Type{textType}, result: targetType, doc: zhen("此人的控制目标，`low` 或 `high`；没有定则未知。", "This person's target, its `low` or its `high`; unknown when not set."), example: `events("glucose").where(e, e.context == "fasting").latest().value > target("fasting").high`},
			{name: "own", use: `target("hba1c").own`, doc: zhen("医生是否以本人账号给此人单独签过这一项；没有则为目标组自己的，或没有。没签的不算。", "Whether a doctor signed this limit for this very person; else it is the profile's own, or there is none. What nobody signed does not count."), example: `events("hba1c").latest().value > (target("hba1c").own ? target("hba1c").high : 7.0)`},
			{name: "target_profile", use: `target_profile()`, args: []*types.Type{}, result: textType, doc: zhen("此人用的哪一组控制目标：医生签的最近一组，否则最近说的一组，否则项目默认的。", "The profile of targets that holds: the one a doctor signed last, else the one said last, else the programme's."), example: `target_profile() == "older"`},
			{name: "in_target", use: `.in_target()`, member: true, args: sels(), result: numType, doc: zhen("在自己目标内的占比，0 到 1，按餐段各用各的目标，两端都算在内；没有定目标的餐段不计。", "The part of the readings in the person's own target, 0 to 1, each by the target of its meal slot, limits included; slots without a target are left out."), example: `events("glucose").within("28d").at_least(14).in_target() < 0.5`},
			{name: "plan_share", use: `.plan_share("14d")`, member: true, args: sels(textType), result: numType, doc: zhen("完成与计划：今天之前这么多个当地日历日里，做了的与计划的之比；某日的计划和 `planned()` 同一个定义：当日结束时没过期的计划里医生签的最近一个，否则最近一个；没有计划的日子不计；没有计划则未知。今天还没过完，不算在内，到当地零点才算：否则每天早上人人都像没做完。今天做没做，问 `.today().count()`。", "Done against planned, on so many whole local days before today. Today is not over and is counted from local midnight on, what was done in it too: otherwise everybody would seem behind each morning. Ask for today by `.today().count()`. The plan of a day is the one that held at its end, as `planned()` has it: of the plans that were not over the newest a doctor signed, else the newest; days without a plan count neither way; unknown without a plan."), example: `events("glucose").plan_share("14d") < 0.5`},
			{name: "planned", use: `planned("glucose", 4)`, args: []*types.Type{textType, numType}, result: numType, doc: zhen("现在生效的监测计划每周要做几次：没过期的计划里医生签的最近一个，否则最近一个；没有计划则为第二项。", "How often a week the plan that holds asks for: of the plans that are not over the newest a doctor signed, else the newest; the second where there is none."), example: `events("glucose").within("7d").count() < planned("glucose", setting("refill_days"))`},
			{name: "tag", use: `tag("gl_fast_high")`, args: []*types.Type{textType}, result: boolType, doc: zhen("此人有没有某个标签；数据不足则未知。", "Whether the person has a tag; unknown when there is too little data."), example: `tag("gl_fast_high") && !tag("lost")`},
			{name: "tag_value", use: `tag_value("gl_a1c_high")`, args: []*types.Type{textType}, result: numType, doc: zhen("标签自己的数（标签的 `value:`），此人有没有这个标签都算；标签未知时未知。", "The number of a tag, its `value:`, whether or not the person has the tag; unknown when the tag is."), example: `tag_value("gl_a1c_high") >= 9`},
			{name: "tag_code", use: `tag_code("eg_level")`, args: []*types.Type{textType}, result: textType, doc: zhen("有几种取值的标签（`codes:`）现在的代码；一种也不成立为 \"\"，都说不准则未知。只问某一种也可写 `tag(\"eg_level.high\")`。", "The code the person has of a tag with `codes:`; \"\" when none of them holds, unknown when too little is known of them. One alone can be asked for by `tag(\"eg_level.high\")`."), example: `tag_code("eg_level") in ["high", "mid"]`},
			{name: "stage", use: `stage()`, args: nil, result: textType, doc: zhen("此人所在阶段；阶段自己的规则不能问。", "The stage the person is in; the rules of stages themselves cannot ask for it."), example: `stage() == "risk"`},
			{name: "timed_out", use: `timed_out`, journey: true, doc: zhen("上一个等待是否到时仍没等到。", "Whether the last wait ended without what it waited for."), example: `timed_out`},
			{name: "outcome", use: `outcome()`, args: nil, result: textType, journey: true, doc: zhen("上一个任务或卡片的结果；没有则为 \"\"。", "The outcome of the last task or card; \"\" when there is none."), example: `outcome() == "no_answer"`},
		},
	},
	glucoseWords,
	medicineWords,
	{
		zhen("数字、单位与时钟", "Numbers, units and the clock"),
		zhen("整数与小数可以混用。血糖一律以 mmol/L 比较。", "Whole numbers and decimals mix freely. Glucose is always compared in mmol/L."),
		[]word{
			{name: "mmol", use: `mmol(3.9)`, args: []*types.Type{numType}, result: numType, doc: zhen("写明单位的 mmol/L。", "mmol/L, saying so."), example: `events("glucose").latest().value < mmol(3.9)`},
			{name: "mgdl", use: `mgdl(70)`, args: []*types.Type{numType}, result: numType, doc: zhen("mg/dL；公布的成对界值（70 与 3.9）按约定相等，不按算术。", "mg/dL; published pairs of limits (70 and 3.9) are equal by convention, not by arithmetic."), example: `events("glucose").latest().value < mgdl(70)`},
			{name: "setting", use: `setting("name")`, args: []*types.Type{textType}, result: numType, doc: zhen("项目设置里的一个数。", "A number from the programme's settings."), example: `days_since(events("order")) > setting("refill_days")`},
			{name: "local_year", use: `local_year()`, args: nil, result: numType, doc: zhen("此人当地今年是哪一年。", "The year it is where the person is."), example: `local_year() - trait_num("diagnosedYear") >= 10`},
			{name: "local_hour", use: `local_hour()`, args: nil, result: numType, doc: zhen("此人当地现在的钟点，0–23。", "The hour it is where the person is, 0 to 23."), example: `local_hour() >= 9 && local_hour() < 21`},
		},
	},
	{
		zhen("运算", "Operators"),
		zhen("三值逻辑：是、否、未知。`&&` 只要一边为否就是否，`||` 只要一边为是就是是；其余沾到未知的都是未知。除以零未知。",
			"Logic has three values: true, false, unknown. `&&` is false when either side is, `||` is true when either side is; everything else that touches unknown is unknown. Division by zero is unknown."),
		[]word{
			{name: "&&", use: `a && b`, doc: zhen("并且；`||` 或者；`!` 不是。", "and; `||` or; `!` not."), example: `age() >= 60 && (tag("lost") || !tag("gl_fast_high"))`},
			{name: "==", use: `a == b`, doc: zhen("比较：`==` `!=` `<` `<=` `>` `>=`。", "comparisons: `==` `!=` `<` `<=` `>` `>=`."), example: `trait("treatment") != "lifestyle"`},
			{name: "+", use: `a + b`, doc: zhen("四则：`+` `-` `*` `/` 与括号。", "arithmetic: `+` `-` `*` `/` and parentheses."), example: `events("glucose").within("14d").count() / 2 >= events("plan").latest().perWeek * 0.8`},
			{name: "in", use: `a in ["x", "y"]`, doc: zhen("是其中之一。", "is one of."), example: `events("glucose").latest().context in ["fasting", "before_lunch", "before_dinner"]`},
			{name: "?:", use: `a ? b : c`, doc: zhen("若 a 则 b 否则 c。", "b if a, else c."), example: `age() >= 65 ? 8.3 : 7.0`, kind: KindNumber},
		},
	},
}

// sels is the argument list of something said about a selection.
func sels(more ...*types.Type) []*types.Type { return append([]*types.Type{selType}, more...) }
