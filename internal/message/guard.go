package message

import (
	"hash/fnv"
	"time"

	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/relation"
)

// Reasons a message is held or suppressed; the words for them are in the server's catalogue.
const (
	NoConsent     = "no_consent"
	NotApproved   = "not_approved"
	Expired       = "content_expired"
	WrongAudience = "wrong_audience"
	TooGrave      = "too_grave"
	NoReader      = "no_reader"
	LeftJourney   = "left_journey"
	NotRelevant   = "not_relevant"
	HumanTalking  = "human_talking"
	CapDay        = "cap_day"
	CapWeek       = "cap_week"
	QuietHours    = "quiet_hours"
	NoChannel     = "no_channel"
	Duplicate     = "duplicate"
	TooLate       = "too_late"
)

// Policy is what the workspace set about when and how often it may speak.
type Policy struct {
	QuietFrom, QuietTo int           // minutes of the local day; the window may cross midnight
	Jitter             time.Duration // held messages are spread over this after the window opens
	PerDay, PerWeek    int           // programme messages per calendar day, per rolling seven days
	AskedPerDay        int           // messages the person asked for, per calendar day
	Repeat             time.Duration // the same content is not sent twice within this
}

// DefaultPolicy holds until the workspace sets another. Source: docs/guide/sources.md, service rules.
func DefaultPolicy() Policy {
	return Policy{
		QuietFrom: 21*60 + 30, QuietTo: 8 * 60, Jitter: 20 * time.Minute,
		PerDay: 1, PerWeek: 4, AskedPerDay: 6, Repeat: 24 * time.Hour,
	}
}

// Past is a message already sent to the same reader.
type Past struct {
	Class   journey.Class
	Content string
	At      int64
}

// Facts is what the guard may know. It is gathered inside the transaction that would send.
type Facts struct {
	Now        int64 // microseconds
	Loc        *time.Location
	Live       bool // a live workspace sends nothing that no named person approved
	Content    *programme.Content
	Consented  func(purpose string) bool // of the person the message is about
	Reader     bool                      // somebody was found to read it
	Withdrew   bool                      // a relative who reads it does not want to be written to any more
	Relevant   bool                      // its reason still holds
	Paused     int64                     // a human talks until then
	Sent       []Past                    // to this reader in the last eight days
	FamilyHour bool                      // family hears this at any hour: an alert
	ChannelOK  bool                      // window and quota of the channel
	Kept       relation.Reason           // why nobody it is for may know it; "": somebody may
	Guards     bool                      // who reads it is the guardian of the child it is about, who needs no consent to sharing
}

// Check is one look of the guard and how it came out.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

// Verdict is what the guard says: send, hold until a moment, or never.
type Verdict struct {
	Send   bool
	Until  int64  // held until; 0 and not Send: never
	Reason string // why not now, or why never
	Checks []Check
}

// Decide looks at everything that can forbid a message, in the order of the product's rules: consent, content,
// audience and gravity, exit, relevance, a human talking, caps, quiet hours, channel, duplicates. Safety messages
// pass caps, quiet hours and pauses; nothing passes consent to the basic service.
//
// Source: docs/guide/sources.md, service rules.
func Decide(m *Message, p Policy, f Facts) Verdict {
	g := guard{m: m, p: p, f: f, safety: m.Class == journey.Safety}
	steps := []struct {
		name string
		look func() (until int64, reason string)
	}{
		{"consent", g.consent},
		{"content", g.content},
		{"audience", g.audience},
		{"exit", g.exit},
		{"relevant", g.relevant},
		{"human", g.human},
		{"cap", g.caps},
		{"quiet", g.quiet},
		{"channel", g.channel},
		{"duplicate", g.duplicate},
	}
	var v Verdict
	for _, s := range steps {
		until, reason := s.look()
		v.Checks = append(v.Checks, Check{s.name, reason == ""})
		if reason == "" {
			continue
		}
		v.Reason, v.Until = reason, until
		if until != 0 && m.Expires != 0 && until > m.Expires { // it would come too late to mean anything
			v.Until = 0
		}
		return v
	}
	if m.Expires != 0 && f.Now > m.Expires {
		v.Reason = TooLate
		v.Checks = append(v.Checks, Check{"expiry", false})
		return v
	}
	v.Send = true
	return v
}

type guard struct {
	m      *Message
	p      Policy
	f      Facts
	safety bool
}

func (g *guard) consent() (int64, string) {
	need := []string{"basic_service"}
	if g.m.Audience == "family" && !g.f.Guards {
		need = append(need, "family_share")
	}
	for _, purpose := range need {
		if !g.f.Consented(purpose) {
			return 0, NoConsent
		}
	}
	if g.f.Withdrew {
		return 0, NoConsent
	}
	return 0, ""
}

func (g *guard) content() (int64, string) {
	c := g.f.Content
	switch {
	case c == nil:
		return 0, NotApproved
	case !c.Expires.IsZero() && g.f.Now >= c.Expires.UnixMicro():
		return 0, Expired
	case g.f.Live && (c.Approval.Sample || c.Approval.By == ""):
		return 0, NotApproved
	}
	return 0, ""
}

func (g *guard) audience() (int64, string) {
	c := g.f.Content
	switch {
	case g.f.Kept != "": // by whom it may be known: relation.Allowed
		return 0, string(g.f.Kept)
	case !g.f.Reader:
		return 0, NoReader
	case c.Audience != "" && c.Audience != g.m.Audience:
		return 0, WrongAudience
	case c.Gravity >= 3: // only by a doctor, in person
		return 0, TooGrave
	}
	return 0, ""
}

// exit drops a message whose run was left before it went out: the step that left marked it.
func (g *guard) exit() (int64, string) {
	if g.m.Reason == LeftJourney {
		return 0, LeftJourney
	}
	return 0, ""
}

func (g *guard) relevant() (int64, string) {
	if !g.f.Relevant {
		return 0, NotRelevant
	}
	return 0, ""
}

func (g *guard) human() (int64, string) {
	if !g.safety && g.f.Paused > g.f.Now {
		return g.f.Paused, HumanTalking
	}
	return 0, ""
}

func (g *guard) caps() (int64, string) {
	if g.safety {
		return 0, ""
	}
	day := time.UnixMicro(g.f.Now).In(g.f.Loc)
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, g.f.Loc)
	week := g.f.Now - (7 * 24 * time.Hour).Microseconds()
	today, inWeek, oldest := 0, 0, int64(0)
	for _, s := range g.f.Sent {
		if s.Class != g.m.Class {
			continue
		}
		if s.At >= start.UnixMicro() {
			today++
		}
		if s.At > week {
			inWeek++
			if oldest == 0 || s.At < oldest {
				oldest = s.At
			}
		}
	}
	tomorrow := g.opening(day, 1)
	switch {
	case g.m.Class == journey.Asked && today >= g.p.AskedPerDay:
		return tomorrow, CapDay
	case g.m.Class == journey.Asked:
		return 0, ""
	case today >= g.p.PerDay:
		return tomorrow, CapDay
	case inWeek >= g.p.PerWeek:
		return max(tomorrow, oldest+(7*24*time.Hour).Microseconds()+1), CapWeek
	}
	return 0, ""
}

// opening is when the person may be reached so many local days after t, with the message's jitter. The clock may jump
// over that moment; it is never one that is past.
func (g *guard) opening(t time.Time, days int) int64 {
	at := time.Date(t.Year(), t.Month(), t.Day()+days, g.p.QuietTo/60, g.p.QuietTo%60, 0, 0, g.f.Loc).UnixMicro()
	h := fnv.New64a()
	h.Write([]byte(g.m.ID))
	if j := uint64(g.p.Jitter.Microseconds()); j > 0 {
		at += int64(h.Sum64() % j)
	}
	return max(at, g.f.Now+time.Minute.Microseconds())
}

func (g *guard) quiet() (int64, string) {
	if g.safety || g.f.FamilyHour || g.p.QuietFrom == g.p.QuietTo {
		return 0, ""
	}
	now := time.UnixMicro(g.f.Now).In(g.f.Loc)
	minute := now.Hour()*60 + now.Minute()
	if g.p.QuietFrom < g.p.QuietTo { // inside one day
		if minute >= g.p.QuietFrom && minute < g.p.QuietTo {
			return g.opening(now, 0), QuietHours
		}
		return 0, ""
	}
	switch {
	case minute >= g.p.QuietFrom:
		return g.opening(now, 1), QuietHours
	case minute < g.p.QuietTo:
		return g.opening(now, 0), QuietHours
	}
	return 0, ""
}

func (g *guard) channel() (int64, string) {
	if !g.f.ChannelOK {
		return 0, NoChannel
	}
	return 0, ""
}

func (g *guard) duplicate() (int64, string) {
	if g.safety { // a second low is a second card
		return 0, ""
	}
	for _, s := range g.f.Sent {
		if s.Content == g.m.Content && s.At > g.f.Now-g.p.Repeat.Microseconds() {
			return 0, Duplicate
		}
	}
	return 0, ""
}

// First is the message to decide next of those due at now, -1 for none: with one slot left, the higher priority
// gets it, and of equal ones the one that fell due first.
func First(pending []Message, now int64) int {
	first := -1
	for i := range pending {
		m := &pending[i]
		if m.State == Sending || m.Next > now {
			continue
		}
		if first < 0 || before(m, &pending[first]) {
			first = i
		}
	}
	return first
}

func before(a, b *Message) bool {
	if (a.Class == journey.Safety) != (b.Class == journey.Safety) {
		return a.Class == journey.Safety
	}
	if a.Priority != b.Priority {
		return a.Priority > b.Priority
	}
	return a.Due < b.Due
}
