package task

import (
	"cmp"
	"math"

	"peiban/internal/fault"
)

// Weights say how many points each part of a task's place in a list is worth at most. Safety is no weight: it comes first whatever they are.
type Weights struct {
	Due     int `json:"due" minimum:"0" maximum:"1000" doc:"points of what is three days late or more; at its time it has three quarters, a week ahead none"`
	Promise int `json:"promise" minimum:"0" maximum:"1000" doc:"points of what was promised to somebody"`
	Value   int `json:"value" minimum:"0" maximum:"1000" doc:"points of a contact that is worth most"`
	Wait    int `json:"wait" minimum:"0" maximum:"1000" doc:"points of what has been open for fourteen days or more"`
}

// DefaultWeights hold until a workspace or a programme says otherwise: what is due outweighs all that is not, and a promise is a day's worth
// of being late. Choices of ours, to be changed by whoever runs the service: no source weighs them.
func DefaultWeights() Weights { return Weights{Due: 400, Promise: 200, Value: 100, Wait: 50} }

// Contact is what is known of a person when it is asked how much a contact with them is worth now.
type Contact struct {
	Outside bool // the last value of what they measure is outside their target
	Far     bool // it is far outside: below 3.0 or from 16.7 mmol/L on
	Silent  int  // whole days since they were last heard from; -1: never
	Apart   int  // whole days since staff last reached them; -1: never
	Fresh   bool // in the first 28 days with us
}

// Where each part of the value of a contact ends.
const (
	silentFrom = 3  // days of silence that mean nothing yet
	silentFull = 14 // from here on silence counts whole
	apartFull  = 28 // from here on time without a contact counts whole
)

// Worth is how much a contact is worth, 0 to 1: a value far outside 0.4, outside 0.25; silence up to 0.3; nobody spoke with them up to 0.2; new
// people 0.1.
func (c Contact) Worth() float64 {
	w := 0.0
	switch {
	case c.Far:
		w += 0.4
	case c.Outside:
		w += 0.25
	}
	w += 0.3 * share(float64(c.Silent-silentFrom), silentFull-silentFrom, c.Silent < 0)
	w += 0.2 * share(float64(c.Apart), apartFull, c.Apart < 0)
	if c.Fresh {
		w += 0.1
	}
	return w
}

// share is n of whole, 0 to 1; never: all of it.
func share(n, whole float64, never bool) float64 {
	if never {
		return 1
	}
	return math.Min(1, math.Max(0, n/whole))
}

// Part is one reason why a task stands where it does, with its points.
type Part struct {
	Key    string // safety, due, promise, value, wait, low
	Points int
	Text   fault.Text
}

// Score is the place of a task in a list: more comes first.
type Score struct {
	Safety bool
	Points int
	Parts  []Part // as they are told; those without points are left out
}

// Points of what can wait, and of an alert's level.
const (
	lowPoints   = -100
	levelPoints = 100
	hour        = int64(3600 * 1_000_000)
	week        = 168 * hour
)

// Score weighs open task t at a moment. It is the one definition of the order of work:
//
//	safety first; then due + promise + value + waiting, each up to its weight; what can wait 100 less
//
// due grows in a straight line from none a week ahead to three quarters at its time, and on to all of it three days late.
func (t *Task) Score(w Weights, c Contact, now int64) Score {
	s := Score{Safety: t.Priority == Safety}
	add := func(key string, points int, said fault.Text) {
		if points != 0 {
			s.Points += points
			s.Parts = append(s.Parts, Part{key, points, said})
		}
	}
	if s.Safety {
		add("safety", 1000+levelPoints*t.Level, fault.Text{Zh: "安全任务，排在最前", En: "Safety comes first"})
	}
	if t.Priority == Promise {
		add("promise", w.Promise, fault.Text{Zh: "答应过本人", En: "It was promised"})
	}
	add("due", round(float64(w.Due)*dueShare(t.Due, now)), dueWords(t.Due, now))
	if t.Priority != Safety { // who is in danger is not weighed by what a talk is worth
		add("value", round(float64(w.Value)*c.Worth()), c.words())
	}
	open := float64(now-t.Opened) / float64(24*hour)
	add("wait", round(float64(w.Wait)*share(open, 14, false)), waitWords(open))
	if t.Priority == Low {
		add("low", lowPoints, fault.Text{Zh: "可以顺延", En: "It can wait"})
	}
	return s
}

func round(x float64) int { return int(math.Round(x)) }

func dueShare(due, now int64) float64 {
	switch left := due - now; {
	case due == 0:
		return 0
	case left <= 0:
		return 0.75 + 0.25*math.Min(1, float64(-left)/float64(72*hour))
	default:
		return 0.75 * math.Max(0, 1-float64(left)/float64(week))
	}
}

func dueWords(due, now int64) fault.Text {
	left := due - now
	switch {
	case left <= -24*hour:
		d := -left / (24 * hour)
		return fault.Text{Zh: "已逾期 " + number(d) + " 天", En: count(d, "day", "days") + " late"}
	case left <= -hour:
		return fault.Text{Zh: "已逾期 " + number(-left/hour) + " 小时", En: count(-left/hour, "hour", "hours") + " late"}
	case left <= 0:
		return fault.Text{Zh: "到时间了", En: "Due now"}
	case left < 24*hour:
		h := max(1, left/hour)
		return fault.Text{Zh: number(h) + " 小时内到期", En: "Due within " + count(h, "hour", "hours")}
	}
	return fault.Text{Zh: number(left/(24*hour)) + " 天后到期", En: "Due in " + count(left/(24*hour), "day", "days")}
}

func waitWords(open float64) fault.Text {
	d := int64(open)
	if d < 1 {
		return fault.Text{Zh: "今天开的", En: "Opened today"}
	}
	return fault.Text{Zh: "已经等了 " + number(d) + " 天", En: "Has waited for " + count(d, "day", "days")}
}

// words are why a contact is worth something, the strongest reasons first.
func (c Contact) words() fault.Text {
	var out fault.Text
	add := func(zh, en string) {
		if out.Zh != "" {
			zh, en = "，"+zh, ", "+en
		}
		out.Zh, out.En = out.Zh+zh, out.En+en
	}
	switch {
	case c.Far:
		add("最近一次离目标很远", "last value far from target")
	case c.Outside:
		add("最近一次不在目标内", "last value outside target")
	}
	switch {
	case c.Silent < 0:
		add("从来没有记录", "never heard from")
	case c.Silent > silentFrom:
		add(number(int64(c.Silent))+" 天没有记录", "silent for "+count(int64(c.Silent), "day", "days"))
	}
	switch {
	case c.Apart < 0:
		add("还没有人联系过", "nobody has reached them yet")
	case c.Apart > 0:
		add("离上次联系 "+number(int64(c.Apart))+" 天", count(int64(c.Apart), "day", "days")+" since the last contact")
	}
	if c.Fresh {
		add("刚加入，头 28 天", "in the first 28 days")
	}
	return out
}

// Order compares two scored tasks, what comes first first: safety, then points, then the order of Before, which no two tasks share.
func Order(a, b Task, x, y Score) int {
	if x.Safety != y.Safety {
		if x.Safety {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(y.Points, x.Points), Before(a, b))
}
