package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"peiban/internal/measure"
)

// plan decides what happens on one local day as far as it does not depend on messages.
func (l *Life) plan(n int, day time.Time) {
	p := l.Person
	r := chance(l.seed, p.N, "day", n)
	next := day.AddDate(0, 0, 1)
	within := func(t time.Time) bool { return !t.IsZero() && !t.Before(day) && t.Before(next) }
	if within(p.Seen) {
		l.introduce(r)
	}
	if within(p.Leaves) {
		l.track(p.Leaves, "contact_removed", map[string]any{"by": "person"})
	}
	if within(p.LastLow) {
		l.lastLowOf(p)
	}
	if within(p.Asks) {
		l.push(Happening{Act: Call, At: p.Asks, Note: pick(r, calls)})
	}
	if p.Joins.IsZero() || p.Diabetes == "" || next.Before(p.Joins) || !l.active(day) {
		return
	}
	if within(p.Camp) {
		l.track(atHour(p.Camp, 19.5), "camp_enrolled", map[string]any{"camp": p.Camp.Format("2006-01")})
	}
	if within(p.CampEnds) && p.CampEnds.Before(l.end) {
		l.track(atHour(p.CampEnds, 20), "camp_ended", map[string]any{"camp": p.Camp.Format("2006-01"), "outcome": p.CampOutcome})
	}
	l.measures(r, day)
	l.lives(r, day, n)
}

// lastLowOf is the low the story ends with, measured before breakfast and typed at once.
func (l *Life) lastLowOf(p *Person) {
	l.push(Happening{
		Act: Track, At: p.LastLow, Sent: p.LastLow.Add(30 * time.Second), Event: "glucose", urgent: true,
		Properties: map[string]any{"value": p.LastValue, "unit": "mmol/L", "context": "fasting"},
	})
}

// active reports whether p still does anything on that day.
func (l *Life) active(day time.Time) bool {
	p := l.Person
	if day.Before(p.LastActive) {
		return true
	}
	return !p.ComesBack.IsZero() && !day.Before(p.ComesBack)
}

// inCamp reports whether p is in a class on that day.
func (l *Life) inCamp(day time.Time) bool {
	p := l.Person
	return !p.Camp.IsZero() && !day.Before(p.Camp) && (p.CampEnds.IsZero() || day.Before(p.CampEnds))
}

// introduce is what a new person's app and the staff of the desk send first: who it is, what was agreed to, the
// contact, the plan. Consents come before any value.
func (l *Life) introduce(r *rand.Rand) {
	p := l.Person
	at := p.Seen
	step := func(low, high float64) time.Time {
		at = at.Add(time.Duration(between(r, low, high) * float64(time.Minute))).Truncate(time.Second)
		return at
	}
	gender := "male"
	if p.Female {
		gender = "female"
	}
	profile := map[string]any{"name": p.Name, "phone": p.Phone, "gender": gender, "birthYear": p.BirthYear, "language": "zh", "complete": 0.4}
	if p.Role == "lead" {
		profile = map[string]any{"name": p.Name, "gender": gender, "complete": 0.1}
	}
	l.track(at, "profile", profile)
	if p.Joins.IsZero() {
		if p.Role == child { // agrees to be written to, and keeps no values of their own
			l.consent(step(1, 3), "basic_service")
			l.track(at, "consent", map[string]any{"purpose": "health_data", "granted": false, "textVersion": "1", "basis": "phone"})
		}
		return
	}
	l.track(step(0.2, 1), "contact_added", map[string]any{
		"channel": p.Channel, "code": p.cameBy(), "kind": kinds[p.Channel], "addWay": addWays[p.Channel],
	})
	l.whereabouts(at.Add(5 * time.Minute))
	if p.Owner != "" {
		l.track(at, "assigned", map[string]any{"owner": Another{"staff:" + p.Owner}})
	}
	if p.seenByDoctor() {
		l.track(at.Add(time.Hour), "assigned", map[string]any{"owner": Another{"staff:" + Doctor}, "role": "doctor"})
	}
	l.consent(step(0.5, 4), "basic_service")
	if !p.HealthData {
		return
	}
	l.consent(step(0.2, 1), "health_data")
	if p.Marketing {
		l.consent(step(0.1, 0.5), "marketing_push")
	}
	more := map[string]any{
		"diabetesType": p.Diabetes, "treatment": p.Treatment, "diagnosedYear": p.Diagnosed,
		"livesAlone": p.LivesAlone, "elderMode": p.Elder, "complete": tenth(between(r, 0.7, 1)),
	}
	if p.MgdL {
		more["glucoseUnit"] = "mg/dL"
	}
	l.track(step(2, 240), "profile", more)
	source := "programme"
	if p.Doctor {
		source = "doctor"
	}
	l.track(step(1, 30), "plan", map[string]any{"perWeek": p.Plan, "source": source})
	if p.Target != "adult" {
		l.track(step(1, 5), "target", map[string]any{"profile": p.Target, "by": "doctor"})
	}
	for _, class := range p.Medicines {
		l.track(step(0.2, 1), "medication", started(class))
	}
	if p.Diabetes != "prediabetes" && happens(r, 0.75) {
		l.push(Happening{
			Act: Track, At: at.Add(-time.Duration(whole(r, 3, 50)*24) * time.Hour), Sent: step(1, 10), Event: "hba1c",
			Properties: map[string]any{"value": tenth(clamp(p.body.base*0.62+p.body.meal*2.4+between(r, 0.4, 1.6), 5.2, 11.5))},
		})
	}
	l.healthFile(at)
	l.signed(at)
	if p.HelpedBy != nil {
		l.consent(step(5, 60), "family_share")
		l.track(at, "relation", map[string]any{
			"kind": p.HelpedBy.Kin, "scope": "alerts+readings", "active": true, "person": Another{p.HelpedBy.UserID}, "name": p.HelpedBy.Name,
		})
	}
}

func (l *Life) consent(at time.Time, purpose string) {
	l.track(at, "consent", map[string]any{"purpose": purpose, "granted": true, "textVersion": "1", "basis": "phone"})
}

// usual is when a slot falls for p, in hours of the day.
func (p *Person) usual(slot string) float64 {
	h := p.habit
	switch slot {
	case "fasting":
		return h.rises + 0.3
	case "after_breakfast_2h":
		return h.rises + 3
	case "before_lunch":
		return 11.6
	case "after_lunch_2h":
		return 14.1
	case "before_dinner":
		return 17.7
	case "after_dinner_2h":
		return 20.2
	case "bedtime":
		return h.sleeps - 0.2
	case "night":
		return 2.6
	}
	return 15.5
}

// measures plans the readings of a day.
func (l *Life) measures(r *rand.Rand, day time.Time) {
	p := l.Person
	if p.habit.copies {
		l.copies(r, day)
		return
	}
	mood := 1 + 0.35*wave(l.seed, p.N, "mood", day.Sub(l.start).Hours()/24, 11)
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		mood *= 0.8
	}
	perDay := p.habit.perWeek / 7 * clamp(mood, 0.2, 1.8) * l.adheres()
	if l.inCamp(day) {
		perDay *= 1.25
	}
	n := int(perDay)
	if happens(r, perDay-float64(n)) {
		n++
	}
	if !happens(r, l.keeps(day)) {
		n = 0
	}
	var slots []string
	for len(slots) < n {
		slot := "fasting"
		if slices.Contains(slots, slot) || happens(r, p.habit.meals) {
			slot = pick(r, []string{
				"after_breakfast_2h", "after_breakfast_2h", "before_lunch", "after_lunch_2h", "before_dinner",
				"after_dinner_2h", "after_dinner_2h", "bedtime", "random",
			})
		}
		if slices.Contains(slots, slot) {
			break
		}
		slots = append(slots, slot)
	}
	for _, slot := range slots {
		at := atHour(day, clamp(around(r, p.usual(slot), 0.3), 4.5, 23.6))
		if at.Before(p.Joins.Add(20 * time.Minute)) {
			continue
		}
		l.glucose(r, at, slot, l.reading(r, at, slot))
	}
	l.lows(r, day)
}

// lows plans the lows of a day: at night, or before a meal that came late. Whoever feels one measures.
func (l *Life) lows(r *rand.Rand, day time.Time) {
	p := l.Person
	injects := p.Treatment == "mdi" || p.Treatment == "basal" || p.Treatment == "premix"
	if happens(r, p.body.nightLows/7) {
		at := atHour(day, between(r, 1.6, 4.6))
		if at.After(p.Joins.Add(24 * time.Hour)) {
			l.glucose(r, at, "night", low(r, injects))
			if happens(r, 0.5) {
				l.track(at.Add(-2*time.Minute), "symptom", map[string]any{"kind": "hypoglycaemia", "severity": whole(r, 2, 6)})
			}
		}
	}
	if happens(r, p.body.dayLows/7) {
		slot := pick(r, []string{"before_lunch", "before_dinner", "before_dinner"})
		at := atHour(day, p.usual(slot)+between(r, -0.6, 0.4))
		if at.After(p.Joins.Add(24 * time.Hour)) {
			l.glucose(r, at, slot, low(r, injects))
		}
	}
}

// glucose records one reading as p's meter or fingers do: unit, delay, the odd slip of the finger.
func (l *Life) glucose(r *rand.Rand, at time.Time, slot string, v float64) {
	p := l.Person
	at = at.Add(time.Duration(whole(r, 0, 59)) * time.Second)
	sent := at.Add(time.Duration(between(r, 0.3, 6) * float64(time.Minute)))
	props := map[string]any{"value": v, "unit": "mmol/L", "context": slot}
	if p.MgdL {
		props["value"], props["unit"] = math.Round(v*measure.MgPerMmol), "mg/dL"
	}
	if happens(r, 0.04) {
		delete(props, "context") // not everybody says which meal it was
	}
	danger := v < measure.Level1Low || v >= measure.Critical
	switch {
	case p.Meter != "":
		props["device"] = p.Meter
		if night := atHour(at.In(p.Zone), float64(p.SyncsAt)); p.SyncsAt > 0 && night.After(at) && (!danger || happens(r, 0.4)) { // a meter read out in the evening tells of the morning's low late
			danger = false
			sent = night.Add(time.Duration(whole(r, 0, 1500)) * time.Second)
		}
	case !danger && happens(r, p.habit.late):
		evening := atHour(at.In(p.Zone), between(r, 20.5, 22))
		if evening.After(sent) {
			sent = evening
		}
	case !danger && !p.MgdL && happens(r, 0.004): // 78 for 7.8, noticed at once
		slip := map[string]any{"value": math.Round(v * 10), "unit": "mmol/L", "context": slot}
		l.push(Happening{Act: Track, At: at, Sent: sent, Event: "glucose", Properties: slip})
		sent = sent.Add(90 * time.Second)
	}
	if v >= 20.5 && happens(r, 0.3) {
		props["value"] = "HI"
	}
	l.push(Happening{Act: Track, At: at, Sent: sent, Event: "glucose", Properties: props, urgent: danger})
	if p.Treatment == "mdi" && (slot == "fasting" || slot == "before_lunch" || slot == "before_dinner") && happens(r, 0.6) {
		l.push(Happening{
			Act: Track, At: at.Add(3 * time.Minute), Sent: sent.Add(3 * time.Minute), Event: "insulin",
			Properties: map[string]any{"value": whole(r, 4, 11), "kind": "rapid"},
		})
	}
}

// copies is a day of somebody who makes numbers up: the same few values, many of them, all typed at one go.
func (l *Life) copies(r *rand.Rand, day time.Time) {
	p := l.Person
	if !happens(r, 0.85) {
		return
	}
	at := atHour(day, between(r, 8, 21))
	if at.Before(p.Joins.Add(time.Hour)) {
		return
	}
	same := []float64{p.body.base, p.body.base, p.body.base, tenth(p.body.base + 0.1)}
	if (p.N+int(day.Sub(l.start).Hours()/24)/10)%2 == 0 {
		same = same[:1] // stretches without any change at all
	}
	slots := []string{"fasting", "after_breakfast_2h", "before_lunch", "after_lunch_2h", "before_dinner", "after_dinner_2h"}
	for i := range max(1, int(around(r, p.habit.perWeek/7, 0.8))) {
		l.push(Happening{
			Act: Track, At: at.Add(time.Duration(i*40) * time.Second), Event: "glucose",
			Properties: map[string]any{"value": pick(r, same), "unit": "mmol/L", "context": slots[i%len(slots)]},
		})
	}
}

// lives plans what is not a reading.
func (l *Life) lives(r *rand.Rand, day time.Time, n int) {
	p := l.Person
	h := p.habit
	at := func(low, high float64) time.Time { return atHour(day, between(r, low, high)) }
	maybe := func(perWeek float64, low, high float64, key string, properties map[string]any) {
		if t := at(low, high); happens(r, perWeek/7) && t.After(p.Joins.Add(time.Hour)) {
			l.track(t, key, properties)
		}
	}
	if !p.HealthData {
		return
	}
	pillars := []string{"meal", "exercise", "monitoring", "learning"}
	if l.inCamp(day) {
		for _, pillar := range pillars {
			maybe(7*0.72, 12, 21.5, "check_in", map[string]any{"pillar": pillar})
		}
		maybe(1, 19, 21, "quiz", map[string]any{"quiz": "week", "score": tenth(between(r, 0.5, 1))})
	} else {
		maybe(h.checkIns, 8, 21, "check_in", map[string]any{"pillar": pick(r, pillars)})
	}
	kind := "article"
	if happens(r, h.video) {
		kind = "video"
	}
	maybe(h.articles, 12, 22, "content_read", map[string]any{"content": pick(r, topics), "kind": kind, "share": tenth(between(r, 0.2, 1))})
	maybe(h.moves, 18.5, 20.5, "exercise", map[string]any{"minutes": whole(r, 3, 10) * 5, "level": pick(r, []string{"usual", "usual", "more", "less"})})
	maybe(0.6, 12, 20, "meal", map[string]any{"carbs": whole(r, 6, 18) * 5, "size": pick(r, []string{"usual", "usual", "more", "less"})})
	maybe(0.25, 7, 9, "weight", map[string]any{"value": tenth(52 + float64(p.N%23) + wave(l.seed, p.N, "weight", float64(n), 20))})
	if p.BirthYear%3 == 0 {
		maybe(1.2, 7, 9, "blood_pressure", map[string]any{"systolic": whole(r, 118, 148), "diastolic": whole(r, 68, 92), "pulse": whole(r, 58, 88)})
	}
	if len(p.Medicines) > 0 {
		maybe(0.3, 20, 22, "medication", map[string]any{"class": p.Medicines[0], "action": "missed"})
	}
	if happens(r, h.chats/7) {
		if t := at(8, 21.5); t.After(p.Joins.Add(time.Hour)) {
			l.talk(r, t)
		}
	}
	if t := at(7.2, 21.5); happens(r, 0.25*h.chats/7) && t.After(p.Joins.Add(time.Hour)) {
		l.push(Happening{Act: Call, At: t, Note: pick(r, calls)})
	}
	l.seldom(r, day, n)
	l.told(day, n)
}

// seldom plans what comes once in weeks or months: strips, the laboratory, a visit, bringing a friend.
func (l *Life) seldom(r *rand.Rand, day time.Time, n int) {
	p := l.Person
	once := func(at time.Time, key string, properties map[string]any) {
		if at.After(p.Joins.Add(time.Hour)) { // not on the morning of the day they came
			l.track(at, key, properties)
		}
	}
	if n%30 == p.N%30 && p.N%2 == 0 {
		once(atHour(day, between(r, 9, 21)), "order", map[string]any{
			"shop": pick(r, []string{"tmall", "jd", "pharmacy"}), "product": "strips-50", "quantity": 1, "amount": pick(r, []float64{69, 79, 89}),
		})
	}
	if n%28 == p.N%28 && len(p.Medicines) > 0 {
		once(atHour(day, between(r, 9, 17)), "fill", map[string]any{"class": p.Medicines[0], "days": 28})
	}
	if since := int(day.Sub(p.Joins).Hours() / 24); since > 60 && since%90 == p.N%30 && p.N%5 != 0 {
		l.track(atHour(day, 10), "hba1c", map[string]any{"value": tenth(clamp(p.body.base*0.62+p.body.meal*2.2+between(r, 0.2, 1.1), 5.2, 11.5))})
		l.track(atHour(day, 10.5), "visit", map[string]any{"department": "endocrinology"})
	}
	days := l.end.Sub(p.Joins).Hours() / 24
	if p.Refers > 0 && n%40 == p.N%40 && days > 60 {
		l.track(atHour(day, 20), "referral", map[string]any{"activated": happens(r, 0.6)})
	}
	if p.Posts > 0 && n%11 == p.N%11 {
		l.track(atHour(day, 20.5), "helpful_post", map[string]any{"group": "walkers"})
	}
}

var topics = []string{"rice-or-noodles", "walk-after-dinner", "reading-a-label", "foot-care", "sleep-and-glucose", "eating-out", "sick-days", "strip-technique"}

// talk has p write something and a colleague answer within the hour.
func (l *Life) talk(r *rand.Rand, at time.Time) {
	t := pick(r, talks)
	l.track(at, "chat", map[string]any{"from": "person", "text": t.says})
	if happens(r, 0.85) {
		l.track(at.Add(time.Duration(between(r, 3, 50)*float64(time.Minute))), "chat", map[string]any{"from": "staff", "text": t.answer})
	}
}

// Receive lets p react to a message: open it, answer its card, and after a low measure again.
func (l *Life) Receive(m Received) {
	p := l.Person
	// Not by its id: ids are random, and the same seed should tell the same story.
	r := chance(l.seed, p.N, "message "+m.Content, int(m.At.Unix()))
	if m.Safety {
		if m.At.Before(l.end.Add(-12 * time.Minute)) { // what comes in the last minutes is still in somebody's hands
			l.low(r, m)
		}
		return
	}
	if !l.active(m.At) || !happens(r, l.replies(p.habit.reads)) {
		return
	}
	opened := awake(m.At.Add(time.Duration(math.Exp(between(r, 0.7, 5.4))*float64(time.Minute))), p.Zone)
	l.push(Happening{Act: Open, At: opened, Message: m.Message})
	if len(m.Answers) > 0 && happens(r, l.replies(p.habit.answers)) {
		l.push(Happening{Act: Reply, At: opened.Add(time.Duration(whole(r, 10, 90)) * time.Second), Message: m.Message, Answer: pick(r, m.Answers)})
	}
}

// low is how p reacts to a safety card: sugar, an answer, and another reading a quarter of an hour later.
func (l *Life) low(r *rand.Rand, m Received) {
	p := l.Person
	opened := m.At.Add(time.Duration(between(r, 0.3, 4) * float64(time.Minute)))
	l.push(Happening{Act: Open, At: opened, Message: m.Message, urgent: true})
	unwell := happens(r, 0.15)
	if len(m.Answers) > 0 {
		answer := m.Answers[0]
		if unwell {
			answer = m.Answers[len(m.Answers)-1]
		}
		l.push(Happening{Act: Reply, At: opened.Add(time.Duration(between(r, 1, 7) * float64(time.Minute))), Message: m.Message, Answer: answer, urgent: true})
	}
	again := m.At.Add(time.Duration(between(r, 15, 25) * float64(time.Minute)))
	if p.Role == child || !happens(r, 0.86) || again.Sub(l.lastLow) < 10*time.Minute {
		return
	}
	l.lastLow = again
	if m.Content == "seek-care" || m.Content == "critical" {
		return // after a very high value there is nothing to measure in a quarter of an hour
	}
	v := tenth(between(r, 4.2, 6.4))
	if unwell && happens(r, 0.5) {
		v = tenth(between(r, 3.3, 3.8))
	}
	l.glucose(r, again, "random", v)
	l.urgent = append(l.urgent, again.Add(6*time.Minute)) // whoever waits for it hears of it soon
}

// awake moves a moment out of the night.
func awake(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	switch h := t.Hour(); {
	case h < 7:
		return atHour(t, 7.2)
	case h >= 23:
		return atHour(t.AddDate(0, 0, 1), 7.3)
	}
	return t
}
