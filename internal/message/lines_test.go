package message

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/relation"
	"peiban/internal/timeline"
)

// line is one thing that forbids a message, in the order in which the guard looks. Its name is the look's.
type line struct {
	look, reason string
	forbid       func(*Facts, *Message)
}

// lines are those of docs/guide/sources.md, service rules: consent, content, audience and gravity, exit, relevance, a human talking,
// caps, quiet hours, window and quota of the channel, the same content again.
var lines = []line{
	{"consent", NoConsent, func(f *Facts, _ *Message) { f.Consented = func(string) bool { return false } }},
	{"consent", TextOutdated, func(f *Facts, _ *Message) { f.Outdated = func(p string) bool { return p == "basic_service" } }},
	{"consent", NoConsent, func(f *Facts, _ *Message) { f.Withdrew = true }},
	{"consent", DoNotContact, func(f *Facts, _ *Message) { f.Silenced = true }},
	{"consent", HealthStopped, func(f *Facts, _ *Message) { f.UsesHealth, f.StoppedData = true, true }},
	{"consent", ForMinor, func(f *Facts, _ *Message) { f.Content.Purpose, f.Minor = Marketing, true }},
	{"content", Expired, func(f *Facts, _ *Message) { f.Content.Expires = time.UnixMicro(f.Now) }},
	{"content", NotApproved, func(f *Facts, _ *Message) { f.Live = true }},
	{"audience", string(relation.ToFamily), func(f *Facts, _ *Message) { f.Kept = relation.ToFamily }},
	{"audience", WrongAudience, func(f *Facts, _ *Message) { f.Content.Audience = "staff" }},
	{"audience", TooGrave, func(f *Facts, _ *Message) { f.Content.Gravity = 3 }},
	{"exit", LeftJourney, func(_ *Facts, m *Message) { m.Reason = LeftJourney }},
	{"relevant", NotRelevant, func(f *Facts, _ *Message) { f.Relevant = false }},
	{"human", HumanTalking, func(f *Facts, _ *Message) { f.Paused = f.Now + 1 }},
	{"cap", CapDay, func(f *Facts, _ *Message) { f.Sent = append(f.Sent, Past{journey.Programme, "x", f.Now - 1}) }},
	{"quiet", QuietHours, func(f *Facts, _ *Message) { f.Loc = time.FixedZone("where it is night", 18*3600) }},
	{"channel", NoChannel, func(f *Facts, _ *Message) { f.ChannelOK = false }},
	{"channel", ChannelWaits, func(f *Facts, _ *Message) { f.Opens = f.Now + 1 }},
	{"duplicate", Duplicate, func(f *Facts, m *Message) { f.Sent = append(f.Sent, Past{journey.Asked, m.Content, f.Now - 1}) }},
}

// Of any two that forbid a message, the earlier one is the reason, and nothing after it is looked at.
func TestTheOrderOfTheLooks(t *testing.T) {
	for i, a := range lines {
		for _, b := range lines[i:] {
			if a.look == b.look && a.reason != b.reason || a.reason == HumanTalking && b.look == "quiet" {
				continue // of one look the order is its own; the second moves the clock of the first
			}
			f, m := calm(moment("2026-03-08 12:00")), Message{ID: "m", Class: journey.Programme, Audience: "person", Content: "day3"}
			b.forbid(&f, &m)
			a.forbid(&f, &m)
			v := Decide(&m, DefaultPolicy(), f)
			if v.Send || v.Reason != a.reason {
				t.Errorf("%s before %s: reason %q, want %q", a.look, b.look, v.Reason, a.reason)
				continue
			}
			last := v.Checks[len(v.Checks)-1]
			if last.Name != a.look || last.OK {
				t.Errorf("%s: the last look was %v", a.look, last)
			}
			for _, c := range v.Checks[:len(v.Checks)-1] {
				if !c.OK {
					t.Errorf("%s: %s forbade it before", a.look, c.Name)
				}
			}
		}
	}
	order := []string{}
	for _, l := range lines {
		order = append(order, l.look)
	}
	if got := strings.Join(slices.Compact(order), " "); got != "consent content audience exit relevant human cap quiet channel duplicate" {
		t.Errorf("the order is %s", got)
	}
}

// What each class passes and what stops it.
func TestClasses(t *testing.T) {
	noon := moment("2026-03-08 12:00")
	offer := func(f *Facts, _ *Message) { f.Content.Purpose = Marketing }
	says := func(purposes ...string) func(string) bool {
		return func(p string) bool { return slices.Contains(purposes, p) }
	}
	tests := []struct {
		name   string
		class  journey.Class
		change func(*Facts, *Message)
		reason string
		until  string
	}{
		{"a low goes to whoever asked for silence", journey.Safety, func(f *Facts, _ *Message) { f.Silenced = true }, "", ""},
		{"and not to a house of mourning", journey.Safety, func(f *Facts, _ *Message) { f.Silenced, f.Bereaved = true, true }, DoNotContact, ""},
		{"a low needs health data", journey.Safety, func(f *Facts, _ *Message) { f.UsesHealth, f.StoppedData = true, true }, HealthStopped, ""},
		{"without health data what uses none goes on", journey.Programme, func(f *Facts, _ *Message) { f.StoppedData = true }, "", ""},
		{"a newer text of the service stops no safety card", journey.Safety, func(f *Facts, _ *Message) { f.Outdated = says("basic_service") }, "", ""},
		{"a newer text on health data stops what uses them", journey.Programme, func(f *Facts, _ *Message) { f.UsesHealth, f.Outdated = true, says("health_data") }, TextOutdated, ""},
		{"and nothing else", journey.Programme, func(f *Facts, _ *Message) { f.Outdated = says("health_data") }, "", ""},
		{"a newer text on sharing stops what family hear", journey.Safety, func(f *Facts, m *Message) {
			m.Audience, f.Content.Audience, f.Outdated = "family", "family", says("family_share")
		}, TextOutdated, ""},
		{"an offer with a yes", journey.Programme, offer, "", ""},
		{"an offer without", journey.Programme, func(f *Facts, m *Message) { offer(f, m); f.Consented = says("basic_service", "health_data") }, NoMarketing, ""},
		{"service needs no yes to offers", journey.Programme, func(f *Facts, _ *Message) { f.Consented = says("basic_service") }, "", ""},
		{"an offer to a relative needs the relative's own yes", journey.Programme, func(f *Facts, m *Message) { offer(f, m); f.Wants = says() }, NoMarketing, ""},
		{"an offer after the text changed", journey.Programme, func(f *Facts, m *Message) { offer(f, m); f.Outdated = says(Marketing) }, TextOutdated, ""},
		{"an offer chosen for somebody who wants none chosen", journey.Programme, func(f *Facts, m *Message) { offer(f, m); f.Targeted, f.Impersonal = true, true }, NotPersonal, ""},
		{"an offer everybody gets", journey.Programme, func(f *Facts, m *Message) { offer(f, m); f.Impersonal = true }, "", ""},
		{"service chosen for them is no offer", journey.Programme, func(f *Facts, _ *Message) { f.Targeted, f.Impersonal = true, true }, "", ""},
		{"the first seven days hold against a larger cap", journey.Programme, func(f *Facts, _ *Message) {
			f.Joined, f.Sent = moment("2026-03-02 23:00"), []Past{{journey.Programme, "x", noon - 1}}
		}, CapDay, "2026-03-09 08:00"},
		{"on the eighth day it is the workspace's", journey.Programme, func(f *Facts, _ *Message) {
			f.Joined, f.Sent = moment("2026-03-01 23:00"), []Past{{journey.Programme, "x", noon - 1}}
		}, "", ""},
		{"what they asked for has its own cap", journey.Asked, func(f *Facts, _ *Message) {
			f.Joined = noon
			for range 5 {
				f.Sent = append(f.Sent, Past{journey.Asked, "x", noon - 1})
			}
			for range 4 {
				f.Sent = append(f.Sent, Past{journey.Programme, "x", noon - 1})
			}
		}, "", ""},
		{"six a day", journey.Asked, func(f *Facts, _ *Message) {
			for range 6 {
				f.Sent = append(f.Sent, Past{journey.Asked, "x", noon - 1})
			}
		}, CapDay, "2026-03-09 08:00"},
		{"at five in the morning, as they chose", journey.Asked, func(f *Facts, _ *Message) {
			f.Now, f.Hours = moment("2026-03-08 05:00"), Hours{5 * 60, 21 * 60, true}
		}, "", ""},
		{"their hours are over", journey.Asked, func(f *Facts, _ *Message) {
			f.Now, f.Hours = moment("2026-03-08 21:00"), Hours{5 * 60, 21 * 60, true}
		}, AskedHours, "2026-03-09 05:00"},
		{"their hours have not begun", journey.Asked, func(f *Facts, _ *Message) {
			f.Now, f.Hours = moment("2026-03-08 09:59"), Hours{10 * 60, 11 * 60, true}
		}, AskedHours, "2026-03-08 10:00"},
		{"hours across midnight", journey.Asked, func(f *Facts, _ *Message) {
			f.Now, f.Hours = moment("2026-03-08 01:00"), Hours{20 * 60, 2 * 60, true}
		}, "", ""},
		{"between hours across midnight", journey.Asked, func(f *Facts, _ *Message) { f.Hours = Hours{20 * 60, 2 * 60, true} }, AskedHours, "2026-03-08 20:00"},
		{"chosen hours are of nothing else", journey.Programme, func(f *Facts, _ *Message) {
			f.Now, f.Hours = moment("2026-03-08 05:00"), Hours{0, 0, true}
		}, QuietHours, "2026-03-08 08:00"},
		{"without chosen hours quiet ones hold", journey.Asked, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 05:00") }, QuietHours, "2026-03-08 08:00"},
		{"the channel opens later", journey.Safety, func(f *Facts, _ *Message) { f.Opens = moment("2026-03-08 13:00") }, ChannelWaits, "2026-03-08 13:00"},
		{"quiet in the reader's zone, not in ours", journey.Programme, func(f *Facts, _ *Message) { f.Loc, _ = time.LoadLocation("America/New_York") }, QuietHours, "2026-03-08 20:00"},
	}
	p := DefaultPolicy()
	p.Jitter, p.PerDay = 0, 3
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, m := calm(noon), Message{ID: "m", Class: tt.class, Audience: "person", Content: "day3"}
			tt.change(&f, &m)
			v := Decide(&m, p, f)
			got := ""
			if v.Until != 0 {
				got = time.UnixMicro(v.Until).In(shanghai).Format("2006-01-02 15:04")
			}
			if v.Send != (tt.reason == "") || v.Reason != tt.reason || got != tt.until {
				t.Errorf("send %v, reason %q, until %q; want %q, %q", v.Send, v.Reason, got, tt.reason, tt.until)
			}
		})
	}
}

// What waits for one reader falls due at one moment, so that the one slot of a day goes to the most urgent.
func TestTheMostUrgentTakesTheSlot(t *testing.T) {
	p := DefaultPolicy()
	night := moment("2026-03-08 23:00")
	var pending []Message
	for i, priority := range []int{10, 30, 20} {
		m := Message{ID: ID(rune('a' + i)), To: 7, Class: journey.Programme, Priority: priority, Audience: "person", Content: string(rune('a' + i)), Due: int64(i)}
		v := Decide(&m, p, calm(night))
		m.State, m.Next = Held, v.Until
		pending = append(pending, m)
	}
	if pending[0].Next != pending[1].Next || pending[1].Next != pending[2].Next {
		t.Fatal("they fall due at several moments: the first to fall due takes the slot, urgent or not")
	}
	if i := First(pending, pending[0].Next); pending[i].Priority != 30 {
		t.Errorf("priority %d goes first", pending[i].Priority)
	}
}

// Whatever is asked for, in whatever order, and whatever staff send beside: nobody gets more than the caps, in quiet hours, or outside
// the hours they chose.
func TestCapsAndHoursAreNeverBroken(t *testing.T) {
	zones := []string{"Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Santiago"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		p := DefaultPolicy()
		p.PerDay = rapid.IntRange(1, 3).Draw(t, "per day")
		p.PerWeek = rapid.IntRange(1, 6).Draw(t, "per week")
		p.QuietFrom = rapid.IntRange(0, 1439).Draw(t, "quiet from")
		p.QuietTo = rapid.IntRange(0, 1439).Draw(t, "quiet to")
		p.AskedPerDay = rapid.IntRange(1, 3).Draw(t, "asked per day")
		p.Jitter = 0 // it may reach into the next quiet hours, where the message is held once more
		hours := Hours{}
		if rapid.Bool().Draw(t, "chose hours") {
			hours = Hours{rapid.IntRange(0, 1439).Draw(t, "from"), rapid.IntRange(0, 1439).Draw(t, "to"), true}
		}
		begin := time.Date(2026, 3, 1, 0, 0, 0, 0, loc)
		now := begin.UnixMicro()
		tl := &timeline.Timeline{}
		var seq event.Seq
		say := func(e event.Event) {
			seq++
			e.Seq, e.Occurred, e.Received = seq, now, now
			tl.Add(&e)
		}
		type out struct {
			at    int64
			class journey.Class
			staff bool
		}
		var went []out
		var pending []Message
		for range rapid.IntRange(5, 60).Draw(t, "moments") {
			now += (time.Duration(rapid.IntRange(1, 900).Draw(t, "minutes")) * time.Minute).Microseconds()
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				kind := rapid.SampledFrom([]string{"bulk", "automatic"}).Draw(t, "kind")
				say(event.Event{Type: event.Chat, A: event.Intern("staff"), B: event.Intern(kind)})
				went = append(went, out{now, journey.Programme, true})
			default:
				seq++
				pending = append(pending, Message{
					ID: ID(string(rune(0x4e00 + seq))), To: 1, Audience: "person", State: Queued, Next: now, Due: now, Content: string(rune(0x4e00 + seq)),
					Class: rapid.SampledFrom([]journey.Class{journey.Programme, journey.Programme, journey.Asked, journey.Safety}).Draw(t, "class"),
				})
			}
			for i := First(pending, now); i >= 0; i = First(pending, now) {
				m := pending[i]
				pending = slices.Delete(pending, i, i+1)
				f := calm(now)
				f.Loc, f.Sent, f.Joined, f.Hours = loc, PastOf(tl, now), begin.UnixMicro(), hours
				f.Content = &programme.Content{Audience: "person", Approval: programme.Approval{Sample: true}}
				v := Decide(&m, p, f)
				switch {
				case v.Send:
					say(event.Event{Type: event.MessageSent, B: event.Intern(m.Content), C: event.Intern(string(m.Class))})
					went = append(went, out{now, m.Class, false})
				case v.Until != 0:
					if v.Until <= now {
						t.Fatalf("held until a moment that is past: %s", v.Reason)
					}
					m.State, m.Next = Held, v.Until
					pending = append(pending, m)
				}
			}
		}
		local := func(at int64) time.Time { return time.UnixMicro(at).In(loc) }
		for i, o := range went {
			if o.staff || o.class == journey.Safety {
				continue
			}
			minute := local(o.at).Hour()*60 + local(o.at).Minute()
			switch {
			case o.class == journey.Asked && hours.Chosen:
				if !hours.covers(minute) {
					t.Fatalf("at %s, outside the hours chosen %+v", local(o.at), hours)
				}
			case p.QuietFrom != p.QuietTo && (Hours{p.QuietFrom, p.QuietTo, true}).covers(minute):
				t.Fatalf("at %s, in quiet hours from %d to %d", local(o.at), p.QuietFrom, p.QuietTo)
			}
			day, week := 0, 0
			for _, b := range went[:i+1] {
				if b.class != o.class {
					continue
				}
				if local(b.at).Format(time.DateOnly) == local(o.at).Format(time.DateOnly) {
					day++
				}
				if b.at > o.at-(7*24*time.Hour).Microseconds() {
					week++
				}
			}
			most := p.PerDay
			if local(o.at).Before(begin.AddDate(0, 0, p.FirstDays)) {
				most = p.FirstPerDay
			}
			if o.class == journey.Asked && day > p.AskedPerDay || o.class == journey.Programme && (day > most || week > p.PerWeek) {
				t.Fatalf("%s: number %d of the day, %d of seven days", o.class, day, week)
			}
		}
	})
}

func TestWishes(t *testing.T) {
	tl := &timeline.Timeline{}
	var seq event.Seq
	add := func(e event.Event) {
		seq++
		e.Seq, e.Occurred, e.Received = seq, int64(seq), int64(seq)
		tl.Add(&e)
	}
	if w := WishesOf(tl); w != (Wishes{}) {
		t.Errorf("nothing was said: %+v", w)
	}
	add(event.Event{Type: event.Preference, A: event.Intern("asked_hours"), Num: 1, X: []float64{300, 600}})
	add(event.Event{Type: event.Preference, A: event.Intern("not_personal"), Num: 1})
	add(event.Event{Type: event.DoNotContact, A: event.Intern("bereaved"), Num: 1})
	if w := WishesOf(tl); w != (Wishes{Silenced: true, Bereaved: true, Impersonal: true, Hours: Hours{300, 600, true}}) {
		t.Errorf("%+v", w)
	}
	add(event.Event{Type: event.Preference, A: event.Intern("asked_hours"), Num: 0})
	add(event.Event{Type: event.Preference, A: event.Intern("not_personal"), Num: 0})
	add(event.Event{Type: event.DoNotContact, A: event.Intern("asked"), Num: 1})
	if w := WishesOf(tl); w != (Wishes{Silenced: true}) {
		t.Errorf("the newest word holds: %+v", w)
	}
}
