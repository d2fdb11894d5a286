package simulate

import (
	"strconv"
	"time"
)

// What staff and the person tell beside readings: where they live, how tall they are, what was found and prescribed, how they
// sleep and walk. It draws from sources of its own, so that it may grow without another story of readings.

// kinds are what the channels of the story are to an operator.
var kinds = map[string]string{
	"hospital": "hospital", "pharmacy": "pharmacy", "douyin": "media", "xiaohongshu": "media", "shop": "ecommerce", "friend": "referral", "family": "referral",
}

// addWays are the numbers WeCom gives the ways of adding: 1 QR code, 10 video channel, 6 WeChat contact, 0 unknown.
var addWays = map[string]int{"hospital": 1, "pharmacy": 1, "shop": 1, "douyin": 10, "friend": 6}

// whereabouts is what everybody is asked first.
func (l *Life) whereabouts(at time.Time) {
	r := chance(l.seed, l.Person.N, "whereabouts", 0)
	l.track(at, "residence", map[string]any{"province": "山东", "tier": pick(r, []string{"city", "city", "city", "county", "county", "township", "village"})})
	if happens(r, 0.6) {
		l.track(at.Add(time.Minute), "bound", map[string]any{"account": "mini_program", "active": true})
	}
	l.track(at.Add(2*time.Minute), "followers", map[string]any{"count": 1 + min(1, r.IntN(12)/11)})
}

// regimen is how the medicines of a story are taken: which one of a class, one dose in its own unit, and when.
var regimen = map[string]map[string]any{
	"metformin":      {"generic": "metformin", "name": "盐酸二甲双胍片", "dose": 0.5, "doseUnit": "g", "timesPerDay": 2, "times": "早晚饭后"},
	"su":             {"generic": "gliclazide", "name": "格列齐特缓释片", "dose": 30, "doseUnit": "mg", "timesPerDay": 1, "times": "早饭时"},
	"sglt2":          {"generic": "dapagliflozin", "name": "达格列净片", "dose": 10, "doseUnit": "mg", "timesPerDay": 1, "times": "早上"},
	"dpp4":           {"generic": "sitagliptin", "name": "西格列汀片", "dose": 100, "doseUnit": "mg", "timesPerDay": 1, "times": "早上"},
	"glp1":           {"generic": "liraglutide", "name": "利拉鲁肽注射液", "dose": 1.2, "doseUnit": "mg", "timesPerDay": 1, "times": "每天同一时间"},
	"basal_insulin":  {"generic": "insulin_glargine", "name": "甘精胰岛素注射液", "dose": 14, "doseUnit": "U", "timesPerDay": 1, "times": "睡前"},
	"rapid_insulin":  {"generic": "insulin_aspart", "name": "门冬胰岛素注射液", "dose": 6, "doseUnit": "U", "timesPerDay": 3, "times": "三餐前"},
	"premix_insulin": {"generic": "insulin_aspart_30", "name": "门冬胰岛素30注射液", "dose": 12, "doseUnit": "U", "timesPerDay": 2, "times": "早晚饭前"},
}

// started is the start of a medicine as it stands on the box.
func started(class string) map[string]any {
	out := map[string]any{"class": class, "action": "start"}
	for k, v := range regimen[class] {
		out[k] = v
	}
	return out
}

// seenByDoctor tells whose doctor has an account here and signs what was decided.
func (p *Person) seenByDoctor() bool { return p.Doctor && p.HealthData && p.N%4 == 1 }

// signed is what the doctor decided and signs when the person is two days on board.
func (l *Life) signed(joined time.Time) {
	p, at := l.Person, joined.Add(50*time.Hour)
	if !p.seenByDoctor() || !at.Before(l.end) {
		return
	}
	sign := func(after time.Duration, key string, properties map[string]any) {
		properties["signed"] = true
		l.push(Happening{Act: Sign, At: at.Add(after), Event: key, Properties: properties})
	}
	l.push(Happening{ // a diagnosis lies where it was made, as exactly as that is known
		Act: Sign, At: time.Date(p.Diagnosed, 1, 1, 0, 0, 0, 0, p.Zone), Sent: at, Event: "diagnosis",
		Properties: map[string]any{"condition": p.Diabetes, "status": "confirmed", "date": strconv.Itoa(p.Diagnosed), "signed": true},
	})
	sign(time.Minute, "target", map[string]any{"profile": p.Target})
	sign(2*time.Minute, "meal_plan", map[string]any{"portions": 12, "breakfast": 3, "lunch": 5, "dinner": 4, "portionGrams": 15, "source": "doctor"})
	sign(3*time.Minute, "care_plan", map[string]any{"kind": "hba1c", "everyDays": 90, "active": true, "source": "doctor"})
}

// healthFile is what the first talks put on file; from is when it was agreed to.
func (l *Life) healthFile(from time.Time) {
	p := l.Person
	r := chance(l.seed, p.N, "file", 0)
	at := func() time.Time { return from.Add(time.Duration(between(r, 10, 60*24*6)) * time.Minute) }
	tell := func(share float64, key string, properties map[string]any) {
		t := at()
		if happens(r, share) && t.Before(l.end) {
			l.track(t, key, properties)
		}
	}
	past := func(share, days float64, key string, properties map[string]any) {
		t := at()
		before := time.Duration(between(r, 1, days)*24) * time.Hour
		if happens(r, share) && t.Before(l.end) {
			l.push(Happening{Act: Track, At: t.Add(-before), Sent: t, Event: key, Properties: properties})
		}
	}
	height := around(r, 168, 6)
	if p.Female {
		height = around(r, 157, 5)
	}
	tell(0.8, "height", map[string]any{"value": tenth(height)})
	for _, kind := range []string{"smoking", "shift_work"} {
		answer := "no"
		if happens(r, 0.2) {
			answer = "yes"
		}
		tell(0.7, "circumstance", map[string]any{"kind": kind, "answer": answer})
	}
	tell(0.6, "circumstance", map[string]any{"kind": "alcohol", "answer": "yes", "value": pick(r, []int{0, 0, 1, 2, 4, 7})})
	past(0.5, 300, "lab", map[string]any{"test": "ldl", "value": tenth(clamp(around(r, 2.7, 0.7), 1.2, 5)), "unit": "mmol/L"})
	past(0.4, 300, "lab", map[string]any{"test": "egfr", "value": whole(r, 48, 110), "unit": "mL/min/1.73m2"})
	past(0.45, 600, "imaging", map[string]any{"modality": "fundus", "site": "eye"})
	status := func(ill float64) string {
		if happens(r, ill) {
			return "confirmed"
		}
		return "excluded"
	}
	past(0.6, 2000, "diagnosis", map[string]any{"condition": "ascvd", "status": status(0.2)})
	past(0.5, 1500, "diagnosis", map[string]any{"condition": "retinopathy", "status": status(0.15)})
	past(0.4, 1500, "diagnosis", map[string]any{"condition": "neuropathy", "status": status(0.2)})
	if p.Diabetes == "gdm" {
		past(1, 150, "pregnancy", map[string]any{"status": "pregnant"})
	}
	past(0.6, 80, "visit", map[string]any{"department": "endocrinology"})
	if len(p.Medicines) > 0 {
		past(0.8, 20, "fill", map[string]any{"class": p.Medicines[0], "days": 28})
		past(0.05, 25, "admission", map[string]any{"status": "discharged", "department": "endocrinology"})
	}
}

// told plans what people tell or send beside readings on one day.
func (l *Life) told(day time.Time, n int) {
	p := l.Person
	r := chance(l.seed, p.N, "told", n)
	maybe := func(perWeek, low, high float64, key string, properties map[string]any) {
		t := atHour(day, between(r, low, high))
		if happens(r, perWeek/7) && t.After(p.Joins.Add(time.Hour)) {
			l.track(t, key, properties)
		}
	}
	if p.N%3 == 1 { // a band on the wrist
		maybe(6, 21, 22.5, "steps", map[string]any{"value": whole(r, 2000, 6000) + p.N%7*600})
		maybe(5, 7, 8, "sleep", map[string]any{"hours": tenth(5.2 + float64(p.N%5)*0.5 + between(r, -0.5, 0.9))})
	}
	maybe(0.25*float64(p.N%5), 9, 21, "group_message", map[string]any{"group": "walkers", "kind": "text"})
	maybe(p.habit.articles/4, 12, 22, "content_read", map[string]any{"content": "lows", "kind": "lesson", "topic": "hypoglycaemia", "share": tenth(between(r, 0.4, 1))})
	maybe(p.habit.articles/8, 19, 21, "content_read", map[string]any{"content": "live", "kind": "live", "share": 0.6, "minutes": whole(r, 4, 40)})
	maybe(0.15, 19, 21, "quiz", map[string]any{"quiz": "plate", "topic": "diet", "score": tenth(between(r, 0.4, 1))})
	maybe(p.habit.checkIns*0.8, 20, 21, "points", map[string]any{"amount": whole(r, 2, 20), "rule": "check_in"})
	maybe(0.12, 9, 21, "meal", map[string]any{"photo": true, "carbs": whole(r, 6, 18) * 5})
	if since := int(day.Sub(p.Joins).Hours() / 24); since > 20 && since%60 == p.N%60 {
		l.track(atHour(day, 19), "survey", map[string]any{"kind": "nps", "score": whole(r, 5, 10)})
		l.track(atHour(day, 19.1), "survey", map[string]any{"kind": "distress", "score": whole(r, 5, 55)})
	}
	l.worries(maybe)
}

// worries are what people are afraid of, pay for or feel, now and then.
func (l *Life) worries(maybe func(perWeek, low, high float64, key string, properties map[string]any)) {
	if p := l.Person; len(p.Medicines) > 0 {
		class := p.Medicines[0]
		maybe(0.03, 9, 20, "concern", map[string]any{"kind": "cost", "said": "form"})
		maybe(0.03, 9, 20, "concern", map[string]any{"kind": "side_effects", "class": class, "said": "form"})
		maybe(0.02, 9, 20, "side_effect", map[string]any{"kind": "gastrointestinal", "class": class, "severity": 3})
		maybe(0.02, 9, 20, "chat_topic", map[string]any{"topic": "injection_site", "found": "staff"})
	}
	if p := l.Person; p.body.nightLows > 0.3 {
		maybe(0.2, 8, 9, "hypo_episode", map[string]any{"level": 2, "felt": "no"})
	}
}
