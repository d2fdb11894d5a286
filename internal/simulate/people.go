package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Person is one made-up person: everything about them that does not change while they live.
type Person struct {
	N      int    // from 1
	UserID string // what the sender of events calls them
	Role   string // key of the role they play, see cast
	Note   string // one line for whoever shows them, in Chinese
	NoteEn string

	Name      string
	Female    bool
	BirthYear int
	Phone     string
	Zone      *time.Location
	MgdL      bool   // their meter shows mg/dL
	Meter     string // a meter that sends by itself; empty: typed by hand
	SyncsAt   int    // hour of the day the meter is read out; 0: at once

	Diabetes    string // t1, t2, gdm, prediabetes; empty: a family member or a lead
	Diagnosed   int
	Treatment   string
	Medicines   []string
	LivesAlone  bool
	Elder       bool
	Target      string
	Plan        int // readings a week agreed on
	Doctor      bool
	HelpedBy    *Person // the daughter or son who may see readings
	Helps       string  // name of whom they help; empty: themselves
	Kin         string  // daughter, son: what they are to whom they help
	HealthData  bool    // agreed to health data being kept
	Marketing   bool
	Friend      *Person   // who brought them
	Joins       time.Time // became a contact; zero: never did
	Seen        time.Time // first known, by scanning a code
	Channel     string
	Owner       string // login of the staff member who looks after them; empty: nobody yet
	LastActive  time.Time
	ComesBack   time.Time // after a silence; zero: does not
	Leaves      time.Time // removes the contact; zero: stays
	Camp        time.Time
	CampEnds    time.Time // drops out or finishes
	CampOutcome string
	Refers      int       // how many people they bring
	Posts       int       // helpful answers in the group
	LastLow     time.Time // a low that the story ends with, minutes before its end; zero: none
	LastValue   float64   // of that low, mmol/L
	Asks        time.Time // asks for a human then; zero: by chance only

	body  body
	habit habit
}

// Age in the year of t.
func (p *Person) Age(t time.Time) int { return t.In(p.Zone).Year() - p.BirthYear }

// habit is how a person keeps to things.
type habit struct {
	perWeek  float64 // readings
	keeps    float64 // share of days they stick to it
	meals    float64 // share of readings after or before a meal rather than fasting
	late     float64 // share of readings typed in hours later
	reads    float64 // share of messages opened
	answers  float64 // share of cards answered
	chats    float64 // messages written a week
	articles float64 // pieces read a week
	video    float64 // share of them that are films
	checkIns float64 // a week
	moves    float64 // walks noted a week
	rises    float64 // hour they get up
	sleeps   float64 // hour they go to bed
	copies   bool    // makes numbers up
}

// role is one kind of behaviour; per is how many of 200 people play it.
type role struct {
	key      string
	per      int
	note, en string
	joined   [2]int // days before the end
	cast     func(c *casting, p *Person, r *rand.Rand)
}

// cast is the company. Each stage of the programme has people who reach it at the end of the story.
var cast = []role{
	{"steady", 30, "规律监测，大多在目标里", "measures regularly, mostly in target", [2]int{42, 175}, nil},
	{"dawn", 16, "空腹偏高", "high in the morning", [2]int{50, 172}, func(_ *casting, p *Person, r *rand.Rand) {
		p.body.base = between(r, 7.4, 8.8)
		p.body.meal *= 0.8
		p.habit.meals = 0.35
	}},
	{"worsening", 16, "最近两三周在变差", "getting worse for two or three weeks", [2]int{60, 170}, func(c *casting, p *Person, r *rand.Rand) {
		p.body.turns = c.ago(between(r, 12, 24))
		p.body.base = between(r, 6.3, 7.4)
		p.body.climbs = between(r, 0.22, 0.45)
		p.body.tops = between(r, 5, 10)
		p.habit.perWeek = between(r, 6, 10)
	}},
	{"night_lows", 14, "夜里会低血糖", "has lows at night", [2]int{35, 165}, func(_ *casting, p *Person, r *rand.Rand) {
		p.Treatment, p.Medicines = "basal", []string{"basal_insulin", "metformin"}
		if happens(r, 0.4) {
			p.Treatment, p.Medicines = "oral", []string{"su", "metformin"}
		}
		p.body.base = between(r, 5.4, 6.6)
		p.body.nightLows = between(r, 0.35, 0.9)
		p.body.dayLows = between(r, 0.1, 0.3)
	}},
	{"silent", 13, "已经沉默了一阵", "has fallen silent", [2]int{60, 175}, func(c *casting, p *Person, r *rand.Rand) {
		p.LastActive = c.ago(between(r, 16, 48))
		if happens(r, 0.3) {
			p.LastActive = c.ago(between(r, 18, 19.3)) // the call of the fifth day of silence is due now
			c.inTurn(p)
		}
	}},
	{"returned", 5, "沉默之后回来了", "came back after a silence", [2]int{80, 175}, func(c *casting, p *Person, r *rand.Rand) {
		p.LastActive = c.ago(between(r, 34, 60))
		p.ComesBack = c.ago(between(r, 2, 10))
	}},
	{"removed", 8, "解除了好友", "removed the contact", [2]int{70, 175}, func(c *casting, p *Person, r *rand.Rand) {
		p.Leaves = c.ago(between(r, 4, 60))
		p.LastActive = p.Leaves.Add(-time.Duration(between(r, 5, 30)*24) * time.Hour)
		p.habit.reads, p.habit.answers = 0.2, 0.1
	}},
	{"faded", 6, "沉默两个月以上", "silent for more than two months", [2]int{120, 175}, func(c *casting, p *Person, r *rand.Rand) {
		p.LastActive = c.ago(between(r, 66, 95))
	}},
	{"helped", 13, "家里人帮着记", "a grown-up child helps", [2]int{40, 170}, func(c *casting, p *Person, r *rand.Rand) {
		p.BirthYear = c.end.Year() - whole(r, 68, 83)
		p.Female = happens(r, 0.6)
		p.Elder, p.Target = true, "older"
		p.LivesAlone = happens(r, 0.35)
		p.body.base = between(r, 6.8, 7.9)
		p.habit.chats, p.habit.keeps, p.habit.articles = 0.2, 0.92, 0.1
	}},
	{"faker", 8, "数字像是编的", "numbers look made up", [2]int{40, 160}, func(_ *casting, p *Person, r *rand.Rand) {
		p.habit.copies = true
		p.habit.perWeek = between(r, 10, 24)
		p.habit.checkIns = between(r, 6, 14)
		p.Meter, p.habit.late = "", 0
		p.body.base = tenth(between(r, 5.4, 6.4))
	}},
	{"camp", 16, "在 28 天训练营里", "in the 28-day camp", [2]int{30, 150}, func(c *casting, p *Person, r *rand.Rand) {
		p.Camp = c.ago(between(r, 3, 26))
		p.habit.perWeek = between(r, 5, 10)
		p.habit.articles, p.habit.reads = between(r, 2, 4), 0.9
	}},
	{"advocate", 9, "常帮助别人", "helps others", [2]int{125, 175}, func(_ *casting, p *Person, r *rand.Rand) {
		p.habit.perWeek, p.habit.keeps = between(r, 7, 10), 0.97
		p.habit.articles = between(r, 1, 3)
		if happens(r, 0.6) {
			p.Refers = whole(r, 1, 2)
		} else {
			p.Posts = whole(r, 4, 9)
		}
	}},
	{"activated", 12, "刚上手", "has just got going", [2]int{8, 20}, func(c *casting, p *Person, r *rand.Rand) {
		p.habit.perWeek = between(r, 3, 6)
		c.freeClinic(p, r, 8, 15)
	}},
	{"month", 4, "一个月前在义诊入组", "joined at a free clinic a month ago", [2]int{29, 31}, func(c *casting, p *Person, r *rand.Rand) {
		p.habit.perWeek = between(r, 3, 7)
		c.freeClinic(p, r, 29, 30)
	}},
	{"fresh", 9, "头一个星期", "in the first week", [2]int{0, 6}, func(_ *casting, p *Person, r *rand.Rand) {
		p.habit.perWeek = between(r, 2, 5)
		p.habit.keeps = 0.6
	}},
	{"hesitant", 2, "还没有同意保存健康数据", "has not agreed to health data being kept", [2]int{3, 20}, func(_ *casting, p *Person, r *rand.Rand) {
		p.HealthData = false
		p.habit.perWeek = 2
	}},
	{"lead", 6, "扫过码，还不是好友", "scanned a code, no contact yet", [2]int{1, 40}, func(_ *casting, p *Person, _ *rand.Rand) {
		p.Seen, p.Joins = p.Joins, time.Time{}
		p.Diabetes, p.Treatment, p.Medicines, p.HealthData = "", "", nil, false
	}},
}

// child is played by the daughters and sons of those who are helped: one for each.
const child = "family"

// leads names people who are shown first; their roles and the rest are drawn like anybody's.
var leads = []struct {
	role, name string
	female     bool
	age        int
	daysAgo    float64
	shape      func(c *casting, p *Person)
}{
	{"helped", "张桂芳", true, 68, 21, func(_ *casting, p *Person) { p.Owner, p.Plan, p.LivesAlone, p.habit.rises = "liu", 5, false, 6.5 }},
	{"night_lows", "王建国", true, 71, 96, func(c *casting, p *Person) {
		p.Female, p.LivesAlone, p.Elder, p.Owner, p.Diabetes = false, true, true, "liu", "t2"
		p.LastLow, p.LastValue = c.end.Add(-150*time.Second), 2.7
	}},
	{"helped", "吴秀珍", true, 76, 74, func(c *casting, p *Person) {
		p.LivesAlone, p.Owner = true, "chen"
		p.LastLow, p.LastValue = c.end.Add(-5*time.Minute), 3.4
	}},
	{"dawn", "孙建华", false, 58, 120, func(c *casting, p *Person) { p.Owner, p.Asks = "liu", c.ago(756.0/24/60) }},
	{"worsening", "陈丽华", true, 62, 140, func(c *casting, p *Person) { p.Owner, p.Asks = "chen", c.ago(713.0/24/60) }},
	{"silent", "周志强", false, 49, 110, nil},
	{"camp", "林晓燕", true, 45, 60, func(c *casting, p *Person) { p.Owner, p.Asks = "liu", c.ago(35.0/24/60) }},
	{"advocate", "赵秀华", true, 64, 168, func(c *casting, p *Person) { p.Owner, p.Asks = "chen", c.ago(52.0/24/60) }},
	{"faker", "何永强", false, 47, 90, nil},
}

type casting struct {
	seed  uint64
	start time.Time
	end   time.Time
	zone  *time.Location
	names map[string]bool
	all   []*Person
	turn  int
}

// inTurn gives p to one health manager after the other, so that each has some of every kind of work.
func (c *casting) inTurn(p *Person) {
	p.Owner = []string{"liu", "chen"}[c.turn%2]
	c.turn++
}

// ago is the moment that many days before the end.
func (c *casting) ago(days float64) time.Time {
	return c.end.Add(-time.Duration(days * 24 * float64(time.Hour))).Truncate(time.Minute)
}

// People draws n people whose story ends at end. The same arguments give the same people; moving start and end
// moves the whole story.
func People(seed uint64, n int, start, end time.Time, zone *time.Location) []*Person {
	c := &casting{seed: seed, start: start, end: end, zone: zone, names: map[string]bool{}}
	for _, l := range leads { // nobody else may have these names
		c.names[l.name] = true
	}
	roles := c.share(n)
	for i := 0; i < len(leads) && len(c.all) < n; i++ {
		c.lead(i, roles)
	}
	for i := range cast {
		for roles[cast[i].key] > 0 && len(c.all) < n {
			c.add(&cast[i], roles, nil)
		}
	}
	befriend(c.all)
	return c.all
}

// share says how many play each role when there are n people; what rounding leaves over is steady.
func (c *casting) share(n int) map[string]int {
	left := n
	roles := map[string]int{}
	for _, r := range cast {
		k := min(left, (r.per*n+100)/200)
		if k == 0 && left > 0 && n >= 40 {
			k = 1 // no stage is empty
		}
		roles[r.key] = k
		left -= k
		if r.key == "helped" {
			left -= min(left, k) // as many children
		}
	}
	roles["steady"] += left
	return roles
}

func (c *casting) lead(i int, roles map[string]int) {
	l := leads[i]
	for k := range cast {
		if cast[k].key == l.role && roles[l.role] > 0 {
			c.add(&cast[k], roles, func(p *Person) {
				p.Name, p.Female, p.BirthYear = l.name, l.female, c.end.Year()-l.age
				p.Joins = c.ago(min(l.daysAgo, c.longest()))
				if l.shape != nil {
					l.shape(c, p)
				}
			})
		}
	}
}

// add draws one person for ro and, for somebody who is helped, the child who helps.
func (c *casting) add(ro *role, roles map[string]int, shape func(*Person)) {
	roles[ro.key]--
	p := c.person(ro)
	r := chance(c.seed, p.N, "role", 0)
	if ro.cast != nil {
		ro.cast(c, p, r)
	}
	if shape != nil {
		shape(p)
	}
	if p.Name == "" {
		p.Name = nameFor(r, c.names, p.Female, p.BirthYear)
	}
	c.keepInside(p)
	if ro.key == "helped" {
		c.helper(p)
	}
}

// person draws what everybody has. Joins is spread over the role's days, later people included.
func (c *casting) person(ro *role) *Person {
	n := len(c.all) + 1
	r := chance(c.seed, n, "person", 0)
	p := &Person{
		N: n, UserID: fmt.Sprintf("p%05d", n), Role: ro.key, Note: ro.note, NoteEn: ro.en,
		Zone: c.zone, Phone: fmt.Sprintf("199%08d", 10_000_000+int(c.seed%97)*1000+n*37),
		HealthData: true, Marketing: happens(r, 0.4), Channel: pick(r, channels), Target: "adult",
		LastActive: c.end.AddDate(1, 0, 0),
	}
	p.Joins = c.ago(min(c.longest(), between(r, float64(ro.joined[0]), float64(ro.joined[1])+0.9)))
	p.Joins = atHour(p.Joins.In(c.zone), between(r, 9, 20.5)) // people scan codes by day
	if p.Joins.After(c.end.Add(-30 * time.Minute)) {
		p.Joins = p.Joins.AddDate(0, 0, -1)
	}
	c.illness(p, r)
	p.habit = habit{
		perWeek: between(r, 4.5, 9), keeps: between(r, 0.78, 0.95), meals: between(r, 0.35, 0.65),
		late: between(r, 0, 0.12), reads: between(r, 0.5, 0.95), answers: between(r, 0.45, 0.9),
		chats: between(r, 0.1, 0.8), articles: between(r, 0.2, 1.5), video: between(r, 0.1, 0.8),
		checkIns: between(r, 0, 1.5), moves: between(r, 0, 3), rises: around(r, 6.6, 0.5), sleeps: around(r, 22.3, 0.5),
	}
	p.Plan = []int{4, 5, 5, 7, 7, 10}[r.IntN(6)]
	p.Doctor = happens(r, 0.4)
	if happens(r, 0.3) {
		p.Meter = pick(r, []string{"bt-meter-a", "bt-meter-b", "bt-meter-c"})
		p.habit.late = 0
		if happens(r, 0.25) {
			p.SyncsAt = whole(r, 19, 21)
		}
	}
	p.MgdL = happens(r, 0.02)
	switch o := r.Float64(); {
	case o < 0.55:
		p.Owner = "liu"
	case o < 0.95:
		p.Owner = "chen"
	}
	c.all = append(c.all, p)
	return p
}

var channels = []string{"hospital", "hospital", "hospital", "pharmacy", "pharmacy", "douyin", "xiaohongshu", "shop", "friend"}

// illness draws the disease, its years and its treatment, and an age and sex that go with them.
func (c *casting) illness(p *Person, r *rand.Rand) {
	year := c.end.Year()
	p.Female = happens(r, 0.47)
	p.body = body{base: between(r, 5.5, 6.7), meal: between(r, 0.6, 1.05), noise: between(r, 0.35, 0.6), learns: between(r, 0.2, 1.1), badWeeks: 0.07}
	switch o := r.Float64(); {
	case o < 0.06:
		p.Diabetes, p.Treatment, p.Medicines = "t1", "mdi", []string{"rapid_insulin", "basal_insulin"}
		p.BirthYear = year - whole(r, 19, 46)
		p.body.noise, p.body.base = between(r, 0.9, 1.3), between(r, 6.2, 7.4)
	case o < 0.09:
		p.Diabetes, p.Treatment, p.Female, p.Target = "gdm", "lifestyle", true, "gdm"
		p.BirthYear = year - whole(r, 26, 38)
		p.body.base, p.body.meal = between(r, 4.6, 5.1), between(r, 0.4, 0.65)
	case o < 0.12:
		p.Diabetes, p.Treatment = "prediabetes", "lifestyle"
		p.BirthYear = year - whole(r, 38, 66)
		p.body.base, p.body.meal = between(r, 5.4, 6.1), between(r, 0.5, 0.8)
	default:
		p.Diabetes = "t2"
		p.BirthYear = year - int(clamp(around(r, 59, 10), 33, 79))
		p.Treatment, p.Medicines = "oral", []string{"metformin"}
		switch t := r.Float64(); {
		case t < 0.12:
			p.Treatment, p.Medicines = "lifestyle", nil
		case t < 0.24:
			p.Treatment, p.Medicines = "basal", []string{"basal_insulin", "metformin"}
		case t < 0.32:
			p.Treatment, p.Medicines = "premix", []string{"premix_insulin"}
		case t < 0.40:
			p.Treatment, p.Medicines = "glp1", []string{"glp1", "metformin"}
		case t < 0.55:
			p.Medicines = append(p.Medicines, "sglt2")
		case t < 0.65:
			p.Medicines = append(p.Medicines, "dpp4")
		}
	}
	age := year - p.BirthYear
	p.Diagnosed = year - whole(r, 0, max(1, min(22, age/3)))
	if p.Diabetes == "gdm" {
		p.Diagnosed = year
	}
	p.LivesAlone = age >= 60 && happens(r, 0.18)
	p.Elder = age >= 68 && happens(r, 0.7)
	if age >= 75 && p.Diabetes == "t2" {
		p.Target = "older"
	}
}

// freeClinic has p join on one of the days when many do: the hospital measures for nothing and people scan the code
// at the table, so their programmes run abreast.
func (c *casting) freeClinic(p *Person, r *rand.Rand, days ...float64) {
	p.Joins = atHour(c.ago(pick(r, days)).In(c.zone), between(r, 9, 16))
	c.inTurn(p)
}

// keepInside mends what role and story disagree about.
func (c *casting) keepInside(p *Person) {
	if p.Seen.IsZero() {
		p.Seen = p.Joins
	}
	if p.Role != "worsening" && p.Role != "night_lows" {
		p.body.dayLows = 0.01 // anybody may have one once in two years
		if p.Diabetes == "t1" {
			p.body.dayLows = 0.25
		}
	}
	if p.Diagnosed < p.BirthYear+10 {
		p.Diagnosed = p.BirthYear + 10
	}
	if !p.Camp.IsZero() && p.Joins.After(p.Camp.Add(-48*time.Hour)) {
		p.Joins = p.Camp.Add(-6 * 24 * time.Hour)
		p.Seen = p.Joins
	}
	if p.Camp.IsZero() && !p.Joins.IsZero() && p.Diabetes != "" && c.end.Sub(p.Joins) > 70*24*time.Hour {
		// Some took part in an earlier class.
		r := chance(c.seed, p.N, "camp", 0)
		if begins := p.Joins.Add(time.Duration(whole(r, 6, 20)) * 24 * time.Hour); happens(r, 0.35) {
			p.Camp, p.CampEnds, p.CampOutcome = begins, begins.Add(28*24*time.Hour), "finished"
			if happens(r, 0.3) {
				p.CampEnds, p.CampOutcome = begins.Add(time.Duration(whole(r, 8, 20))*24*time.Hour), "dropped"
			}
		}
	}
	c.fit(p)
}

// fit makes a life fit a short story: whoever would have come before it begins comes as it begins, and what would
// have happened to them before that does not happen. A person nobody was told of can do nothing.
func (c *casting) fit(p *Person) {
	first := c.start.Add(10 * time.Minute)
	if p.Seen.Before(first) {
		p.Seen = first
	}
	if !p.Joins.IsZero() && p.Joins.Before(first) {
		p.Joins = first
	}
	settled := p.Seen.Add(6 * time.Hour) // introduced, agreed, the helper known
	if p.Camp.Before(settled) {
		p.CampEnds = time.Time{}
	}
	for _, at := range []*time.Time{&p.Camp, &p.CampEnds, &p.Leaves, &p.ComesBack, &p.LastLow, &p.Asks} {
		if at.Before(settled) {
			*at = time.Time{}
		}
	}
}

// longest is how many days before the end somebody may join: a day after the beginning, if there is one.
func (c *casting) longest() float64 {
	days := c.end.Sub(c.start).Hours() / 24
	return max(days-1, days/2)
}

// helper adds the grown-up child of p: a person with a phone of their own who may see readings and hear alerts.
func (c *casting) helper(p *Person) {
	n := len(c.all) + 1
	r := chance(c.seed, n, "helper", 0)
	h := &Person{
		N: n, UserID: fmt.Sprintf("p%05d", n), Role: child, Zone: c.zone, Channel: "family",
		Phone: fmt.Sprintf("199%08d", 10_000_000+int(c.seed%97)*1000+n*37),
		Seen:  p.Joins.Add(time.Duration(whole(r, 10, 90)) * time.Minute), LastActive: c.end.AddDate(1, 0, 0),
		Female: happens(r, 0.75), Owner: p.Owner, Helps: p.Name,
	}
	h.Kin = "son"
	father := surname(p.Name) // of a mother we make the child carry another name, as most do
	if p.Female {
		father = pick(r, familyNames)
	}
	h.BirthYear = p.BirthYear + whole(r, 24, 31)
	if h.Female {
		h.Kin = "daughter"
	}
	if p.Name == "张桂芳" {
		h.Female, h.Kin, h.Name = true, "daughter", "张丽"
	}
	for tries := 0; h.Name == "" || avoided[h.Name] || (c.names[h.Name] && h.Name != "张丽" && tries <= drawn); tries++ {
		h.Name = father + givenFor(r, h.Female, h.BirthYear)
	}
	c.names[h.Name] = true
	h.Note, h.NoteEn = p.Name+"的"+map[string]string{"daughter": "女儿", "son": "儿子"}[h.Kin], h.Kin+" of "+p.Name
	p.HelpedBy = h
	c.all = append(c.all, h)
}

// atHour keeps the local day of t and sets its hour.
func atHour(t time.Time, hour float64) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location()).Add(time.Duration(hour * float64(time.Hour))).Truncate(time.Minute)
}

// Shown are the people whose phones a visitor picks up first: those with a name of their own, each followed by
// the child who helps.
func Shown(all []*Person) []*Person {
	var out []*Person
	for _, l := range leads {
		for _, p := range all {
			if p.Name != l.name {
				continue
			}
			if out = append(out, p); p.HelpedBy != nil {
				out = append(out, p.HelpedBy)
			}
		}
	}
	return out
}
