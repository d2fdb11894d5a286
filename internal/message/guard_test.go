package message

import (
	"testing"
	"time"

	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/programme"
)

var shanghai, _ = time.LoadLocation("Asia/Shanghai")

func moment(s string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

func calm(now int64) Facts {
	return Facts{
		Now: now, Loc: shanghai, Content: &programme.Content{Audience: "person", Approval: programme.Approval{Sample: true}},
		Consented: func(string) bool { return true }, Reader: true, Relevant: true, ChannelOK: true,
	}
}

func TestDecide(t *testing.T) {
	noon := moment("2026-03-08 12:00")
	ordinary := Message{ID: "m", Class: journey.Programme, Audience: "person", Content: "day3"}
	safety := Message{ID: "m", Class: journey.Safety, Audience: "person", Content: "low-now"}
	tests := []struct {
		name   string
		m      Message
		change func(*Facts, *Message)
		reason string
		until  string // local; empty: never
	}{
		{"nothing against it", ordinary, nil, "", ""},
		{"no consent to the service stops even a safety card", safety, func(f *Facts, _ *Message) { f.Consented = func(string) bool { return false } }, NoConsent, ""},
		{"family needs its own consent", ordinary, func(f *Facts, m *Message) {
			m.Audience = "family"
			f.Consented = func(p string) bool { return p != "family_share" }
		}, NoConsent, ""},
		{"a live workspace sends no sample", ordinary, func(f *Facts, _ *Message) { f.Live = true }, NotApproved, ""},
		{"a live workspace sends what a named person approved", ordinary, func(f *Facts, _ *Message) {
			f.Live, f.Content.Approval = true, programme.Approval{By: "王医生"}
		}, "", ""},
		{"content past its day", ordinary, func(f *Facts, _ *Message) { f.Content.Expires = time.UnixMicro(noon) }, Expired, ""},
		{"content one microsecond before its end", ordinary, func(f *Facts, _ *Message) { f.Content.Expires = time.UnixMicro(noon + 1) }, "", ""},
		{"words for staff are not for the person", ordinary, func(f *Facts, _ *Message) { f.Content.Audience = "staff" }, WrongAudience, ""},
		{"gravity three is for a doctor in person", ordinary, func(f *Facts, _ *Message) { f.Content.Gravity = 3 }, TooGrave, ""},
		{"nobody to read it", ordinary, func(f *Facts, _ *Message) { f.Reader = false }, NoReader, ""},
		{"its run was left", ordinary, func(_ *Facts, m *Message) { m.Reason = LeftJourney }, LeftJourney, ""},
		{"its reading was taken back", safety, func(f *Facts, _ *Message) { f.Relevant = false }, NotRelevant, ""},
		{"a human is talking", ordinary, func(f *Facts, _ *Message) { f.Paused = moment("2026-03-09 09:30") }, HumanTalking, "2026-03-09 09:30"},
		{"a human is talking, but it is a low", safety, func(f *Facts, _ *Message) { f.Paused = moment("2026-03-09 09:30") }, "", ""},
		{"one a day", ordinary, func(f *Facts, _ *Message) {
			f.Sent = []Past{{journey.Programme, "day1", moment("2026-03-08 00:00")}}
		}, CapDay, "2026-03-09 08:00"},
		{"yesterday's does not count for today", ordinary, func(f *Facts, _ *Message) {
			f.Sent = []Past{{journey.Programme, "day1", moment("2026-03-08 00:00") - 1}}
		}, "", ""},
		{"four in seven days", ordinary, func(f *Facts, _ *Message) {
			for _, d := range []string{"2026-03-02 12:01", "2026-03-04 09:00", "2026-03-05 09:00", "2026-03-07 09:00"} {
				f.Sent = append(f.Sent, Past{journey.Programme, "x", moment(d)})
			}
		}, CapWeek, "2026-03-09 12:01"},
		{"the oldest of four is seven days old to the minute", ordinary, func(f *Facts, _ *Message) {
			for _, d := range []string{"2026-03-01 12:00", "2026-03-04 09:00", "2026-03-05 09:00", "2026-03-07 09:00"} {
				f.Sent = append(f.Sent, Past{journey.Programme, "x", moment(d)})
			}
		}, "", ""},
		{"a safety card counts for no cap", ordinary, func(f *Facts, _ *Message) { f.Sent = []Past{{journey.Safety, "low-now", noon - 1}} }, "", ""},
		{"quiet at 21:30", ordinary, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 21:30") }, QuietHours, "2026-03-09 08:00"},
		{"not yet quiet at 21:29", ordinary, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 21:29") }, "", ""},
		{"quiet at 07:59", ordinary, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 07:59") }, QuietHours, "2026-03-08 08:00"},
		{"over at 08:00", ordinary, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 08:00") }, "", ""},
		{"a low at two in the night", safety, func(f *Facts, _ *Message) { f.Now = moment("2026-03-08 02:00") }, "", ""},
		{"the channel is closed", ordinary, func(f *Facts, _ *Message) { f.ChannelOK = false }, NoChannel, ""},
		{"the same words a day later", ordinary, func(f *Facts, _ *Message) {
			f.Sent = []Past{{"asked", "day3", noon - (24 * time.Hour).Microseconds() + 1}}
		}, Duplicate, ""},
		{"held past its expiry it is dropped", ordinary, func(f *Facts, m *Message) {
			m.Expires = moment("2026-03-08 23:00")
			f.Now = moment("2026-03-08 22:00")
		}, QuietHours, ""},
		{"too late already", ordinary, func(_ *Facts, m *Message) { m.Expires = noon - 1 }, TooLate, ""},
	}
	policy := DefaultPolicy()
	policy.Jitter = 0
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, m := calm(noon), tt.m
			if tt.change != nil {
				tt.change(&f, &m)
			}
			v := Decide(&m, policy, f)
			if v.Send != (tt.reason == "") || v.Reason != tt.reason {
				t.Fatalf("send %v, reason %q; want %q", v.Send, v.Reason, tt.reason)
			}
			got := ""
			if v.Until != 0 {
				got = time.UnixMicro(v.Until).In(shanghai).Format("2006-01-02 15:04")
			}
			if got != tt.until {
				t.Errorf("held until %q, want %q", got, tt.until)
			}
		})
	}
}

func TestHeldMessagesAreSpreadAndStayInsideTheJitter(t *testing.T) {
	p := DefaultPolicy()
	seen := map[int64]bool{}
	open := moment("2026-03-09 08:00")
	for i := range 50 {
		m := Message{ID: "m", To: person.Number(i + 1), Class: journey.Programme, Audience: "person"}
		v := Decide(&m, p, calm(moment("2026-03-08 23:00")))
		if v.Until < open || v.Until >= open+p.Jitter.Microseconds() {
			t.Fatalf("held until %s", time.UnixMicro(v.Until).In(shanghai))
		}
		seen[v.Until] = true
	}
	if len(seen) < 40 {
		t.Errorf("50 messages go out at %d moments only", len(seen))
	}
}

func TestAMessageIsNeverHeldUntilAMomentThatIsPast(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	p := DefaultPolicy()
	p.Jitter = 0
	m := Message{ID: "m", Class: journey.Programme, Audience: "person"}
	noon := time.Date(2026, 9, 6, 12, 0, 0, 0, santiago) // the clocks went forward at midnight: that day begins at one
	f := calm(noon.UnixMicro())
	f.Loc, f.Sent = santiago, []Past{{journey.Programme, "x", f.Now - 1}}
	want := time.Date(2026, 9, 7, 8, 0, 0, 0, santiago)
	if v := Decide(&m, p, f); v.Reason != CapDay || v.Until != want.UnixMicro() {
		t.Errorf("%s until %s, want %s", v.Reason, time.UnixMicro(v.Until).In(santiago), want)
	}

	p.QuietFrom, p.QuietTo = 22*60, 30 // ends at half past midnight, which that night does not have
	f.Now, f.Sent = time.Date(2026, 9, 5, 23, 45, 0, 0, santiago).UnixMicro(), nil
	if v := Decide(&m, p, f); v.Reason != QuietHours || v.Until <= f.Now {
		t.Errorf("%s until %s at %s", v.Reason, time.UnixMicro(v.Until).In(santiago), time.UnixMicro(f.Now).In(santiago))
	}
}

func TestARelativeWhoWithdrewIsNotWrittenTo(t *testing.T) {
	f := calm(moment("2026-03-08 12:00"))
	f.Content.Audience, f.Withdrew = "family", true
	m := Message{ID: "m", Class: journey.Safety, Audience: "family"}
	if v := Decide(&m, DefaultPolicy(), f); v.Send || v.Reason != NoConsent {
		t.Errorf("send %v, reason %q", v.Send, v.Reason)
	}
}
