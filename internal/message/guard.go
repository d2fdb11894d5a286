package message

import (
	"encoding/binary"
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
	OpenAlert     = "open_alert"
	OpenAdverse   = "open_adverse_event"
	OpenComplaint = "open_complaint"
	CapDay        = "cap_day"
	CapWeek       = "cap_week"
	CapWish       = "cap_wish"
	QuietHours    = "quiet_hours"
	NoChannel     = "no_channel"
	Duplicate     = "duplicate"
	TooLate       = "too_late"
	DoNotContact  = "do_not_contact"
	HealthStopped = "health_withdrawn"
	NoMarketing   = "no_marketing"
	TextOutdated  = "consent_outdated"
	NotPersonal   = "not_personal"
	ForMinor      = "minor"
	AskedHours    = "asked_hours"
	ChannelWaits  = "channel_waits"
)

// Policy is what the workspace set about when and how often it may speak.
type Policy struct {
	QuietFrom, QuietTo int           // minutes of the local day; the window may cross midnight
	Jitter             time.Duration // held messages are spread over this after the window opens
	PerDay, PerWeek    int           // programme messages per calendar day, per rolling seven days
	FirstDays          int           // so many days from joining on ...
	FirstPerDay        int           // ... no more programme messages a day than this, whatever PerDay says
	AskedPerDay        int           // messages the person asked for, per calendar day
	Repeat             time.Duration // the same content is not sent twice within this
}

// DefaultPolicy holds until the workspace sets another. Source: docs/guide/sources.md, service rules.
func DefaultPolicy() Policy {
	return Policy{
		QuietFrom: 21*60 + 30, QuietTo: 8 * 60, Jitter: 20 * time.Minute,
		PerDay: 1, PerWeek: 4, FirstDays: 7, FirstPerDay: 1, AskedPerDay: 6, Repeat: 24 * time.Hour,
	}
}

// Past is a message already sent to the same reader, or handed to a channel that has not answered: it may have gone. What staff send
// to many at once, or had sent by themselves, is one of class programme.
type Past struct {
	Class   journey.Class
	Content string
	At      int64
}

// Hours are minutes of the local day in which the person wants to hear what they asked for. From == To: any hour.
type Hours struct {
	From, To int
	Chosen   bool // false: the workspace's quiet hours hold
}

// covers tells whether a minute of the day is inside.
func (h Hours) covers(minute int) bool {
	switch {
	case h.From == h.To:
		return true
	case h.From < h.To:
		return minute >= h.From && minute < h.To
	}
	return minute >= h.From || minute < h.To
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
	Left       bool                      // an exit rule of its journey holds
	Relevant   bool                      // its reason still holds
	Paused     int64                     // a human talks until then
	Matter     string                    // what of the person a human has to close first: MatterOf
	Sent       []Past                    // to this reader in the last eight days
	FamilyHour bool                      // family hears this at any hour: an alert
	ChannelOK  bool                      // window and quota of the channel
	Closed     string                    // why not, when it is known
	Kept       relation.Reason           // why nobody it is for may know it; "": somebody may
	Guards     bool                      // who reads it is the guardian of the child it is about, who needs no consent to sharing

	Outdated    func(purpose string) bool // the text the person agreed to has a newer version; nil: none has
	Wants       func(purpose string) bool // of who reads it: whether they agreed themselves; nil: as Consented
	Silenced    bool                      // the reader asked not to be written to, or must not be
	Bereaved    bool                      // ... for a reason that holds for safety messages too: a death, the law
	UsesHealth  bool                      // its journey was chosen by health data
	StoppedData bool                      // the person said no to the use of health data
	Targeted    bool                      // it was chosen by what is known of the person
	Impersonal  bool                      // the person does not want to be chosen for
	Minor       bool                      // a guardian decides for who reads it
	Joined      int64                     // when the reader joined first; 0: never
	Hours       Hours                     // the reader's, for what they asked for
	PerWeek     int                       // no more programme messages in seven days, by the reader's wish; 0: as the policy says
	Opens       int64                     // the channel takes nothing before then; 0: it does now
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
// pass caps, quiet hours, pauses and "do not write to me"; nothing passes consent to the basic service.
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

// consent asks what the person it is about and whoever reads it agreed to. What a text that has a newer version covered is stopped
// until the new one is agreed to; of the basic service the safety messages go on, for nobody is safer without them.
func (g *guard) consent() (int64, string) {
	need := []string{"basic_service"}
	if g.m.Audience == "family" && !g.f.Guards {
		need = append(need, "family_share")
	}
	for _, purpose := range need {
		if !g.f.Consented(purpose) {
			return 0, NoConsent
		}
		if g.f.Outdated != nil && g.f.Outdated(purpose) && !(g.safety && purpose == "basic_service") {
			return 0, TextOutdated
		}
	}
	switch {
	case g.f.Withdrew:
		return 0, NoConsent
	case g.f.Silenced && (g.f.Bereaved || !g.safety):
		return 0, DoNotContact
	case g.f.UsesHealth && g.f.StoppedData:
		return 0, HealthStopped
	case g.f.UsesHealth && !g.safety && g.f.Outdated != nil && g.f.Outdated("health_data"):
		return 0, TextOutdated
	}
	return 0, g.marketing()
}

// marketing asks for what is more than service: the reader's own yes, never a child, and chosen for nobody who does not want to be.
func (g *guard) marketing() string {
	if g.f.Content == nil || g.f.Content.Purpose != Marketing {
		return ""
	}
	wants := g.f.Wants
	if wants == nil {
		wants = g.f.Consented
	}
	switch {
	case g.f.Minor:
		return ForMinor
	case !wants(Marketing):
		return NoMarketing
	case g.f.Outdated != nil && g.f.Outdated(Marketing):
		return TextOutdated
	case g.f.Targeted && g.f.Impersonal:
		return NotPersonal
	}
	return ""
}

// Marketing is the purpose of texts that are more than service.
const Marketing = "marketing_push"

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

// exit drops a message whose run was left before it went out, marked by the step that left, and one whose journey would be left by now,
// though its run has come to its end.
func (g *guard) exit() (int64, string) {
	if g.f.Left || g.m.Reason == LeftJourney {
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

// human holds back what is automatic while somebody talks to the person, and what a programme planned until the morning after what is
// open about them was closed.
func (g *guard) human() (int64, string) {
	if !g.safety && g.f.Paused > g.f.Now {
		return g.f.Paused, HumanTalking
	}
	if g.m.Class == journey.Programme && g.f.Matter != "" {
		return g.opening(time.UnixMicro(g.f.Now).In(g.f.Loc), 1), g.f.Matter
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
	perDay := g.p.PerDay
	if g.early(day) {
		perDay = min(perDay, g.p.FirstPerDay)
	}
	switch {
	case g.m.Class == journey.Asked && today >= g.p.AskedPerDay:
		return tomorrow, CapDay
	case g.m.Class == journey.Asked:
		return 0, ""
	case today >= perDay:
		return tomorrow, CapDay
	case inWeek >= g.p.PerWeek:
		return max(tomorrow, oldest+(7*24*time.Hour).Microseconds()+1), CapWeek
	case g.f.PerWeek > 0 && inWeek >= g.f.PerWeek:
		return max(tomorrow, oldest+(7*24*time.Hour).Microseconds()+1), CapWish
	}
	return 0, ""
}

// early tells whether day is one of the reader's first: the day they joined is the first of them.
func (g *guard) early(day time.Time) bool {
	if g.p.FirstDays == 0 || g.f.Joined == 0 {
		return false
	}
	j := time.UnixMicro(g.f.Joined).In(g.f.Loc)
	return day.Before(time.Date(j.Year(), j.Month(), j.Day()+g.p.FirstDays, 0, 0, 0, 0, g.f.Loc))
}

// opening is when the reader may be reached so many local days after t: when quiet hours, or those the reader did not choose, end.
func (g *guard) opening(t time.Time, days int) int64 {
	if h := g.f.Hours; g.m.Class == journey.Asked && h.Chosen {
		return g.at(t, days, h.From)
	}
	return g.at(t, days, g.p.QuietTo)
}

// at is a minute of a local day, with the reader's jitter: what waits for one reader falls due at once, so that of several the most
// urgent takes the slot, while readers are spread. The clock may jump over that moment; it is never one that is past.
func (g *guard) at(t time.Time, days, minute int) int64 {
	at := time.Date(t.Year(), t.Month(), t.Day()+days, minute/60, minute%60, 0, 0, g.f.Loc)
	h := fnv.New64a()
	_ = binary.Write(h, binary.BigEndian, uint64(g.m.To))
	h.Write([]byte(at.Format(time.DateOnly)))
	out := at.UnixMicro()
	j := uint64(g.p.Jitter.Microseconds())
	if w := g.f.Hours; w.Chosen && w.From != w.To { // the hours somebody chose may be few
		j = min(j, uint64(((w.To-w.From+24*60)%(24*60))*60)*1e6)
	}
	if j > 0 {
		out += int64(h.Sum64() % j)
	}
	return max(out, g.f.Now+time.Minute.Microseconds())
}

func (g *guard) quiet() (int64, string) {
	if g.safety || g.f.FamilyHour {
		return 0, ""
	}
	now := time.UnixMicro(g.f.Now).In(g.f.Loc)
	minute := now.Hour()*60 + now.Minute()
	if h := g.f.Hours; g.m.Class == journey.Asked && h.Chosen {
		switch {
		case h.covers(minute):
			return 0, ""
		case minute < h.From:
			return g.at(now, 0, h.From), AskedHours
		}
		return g.at(now, 1, h.From), AskedHours
	}
	if g.p.QuietFrom == g.p.QuietTo {
		return 0, ""
	}
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
	switch {
	case !g.f.ChannelOK && g.f.Closed != "":
		return 0, g.f.Closed
	case !g.f.ChannelOK:
		return 0, NoChannel
	case g.f.Opens > g.f.Now:
		return g.f.Opens, ChannelWaits
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
	if a.Due != b.Due {
		return a.Due < b.Due
	}
	return a.ID < b.ID // decided by nothing that a restart forgets
}
