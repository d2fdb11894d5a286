// Package conversation is about talk between a person and the people, or the assistant, who look after them: who owes whom an answer,
// since when and until when, who has it in hand, and what the ways it goes by still take.
//
// A conversation is a person's: one history across all channels, folded from the chats of their timeline and from what staff did with
// it. Nothing of it is stored beside the timeline. What was said is sealed in the events and not read here.
package conversation

import (
	"math"
	"slices"
	"time"

	"peiban/internal/channel"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// State is where a conversation stands.
type State string

// The states, of which exactly one holds at a moment.
const (
	Open    State = "open"    // the person waits for an answer, or somebody opened it again
	Theirs  State = "theirs"  // answered: the person may say something, nobody waits
	Snoozed State = "snoozed" // put aside until a moment, or until the person writes
	Closed  State = "closed"  // done, until the person writes
)

// From is who said something.
type From uint8

// Who says something.
const (
	Nobody From = iota
	Person
	Staff
	Bot
)

// Actions on a conversation, as the events have them.
const (
	Taken      = "taken"
	GivenBack  = "given_back"
	Assigned   = "assigned"
	Promised   = "promised"
	PutAside   = "snoozed"
	Done       = "closed"
	Reopened   = "reopened"
	Noted      = "noted"
	Alarmed    = "alarmed"
	Unanswered = "unanswered"
	Settled    = "settled"
)

// HandedContent is the content of the assistant's line that a human will answer: it answers nothing itself.
const HandedContent = "assistant-handed"

// Reasons are why a conversation is done, in the order they are offered.
var Reasons = []string{"answered", "thanks", "by_phone", "referred", "no_need", "duplicate", "other"}

var (
	fromPerson, fromStaff, fromBot = event.Intern("person"), event.Intern("staff"), event.Intern("bot")
	inBulk, byItself               = event.Intern("bulk"), event.Intern("automatic")
	handed                         = event.Intern(HandedContent)
	actions                        = func() map[event.Symbol]string {
		m := map[event.Symbol]string{}
		for _, a := range []string{Taken, GivenBack, Assigned, Promised, PutAside, Done, Reopened, Noted, Alarmed, Unanswered, Settled} {
			m[event.Intern(a)] = a
		}
		return m
	}()
)

// channels are the ways of a chat by their number in events. They are appended, never reordered.
var channels = []string{"inapp", channel.Kf, channel.Official, channel.MiniProgram, "wecom", "sms"}

// ChannelCode is a way as chats have it in a number; false: no chat goes by it.
func ChannelCode(name string) (float64, bool) {
	i := slices.Index(channels, name)
	return float64(max(i, 0)), i >= 0
}

// ChannelOf is the way a number of a chat stands for; in the app when it is none.
func ChannelOf(code float64) string { return channels[wayOf(code)] }

func wayOf(x float64) uint8 {
	if math.IsNaN(x) || x < 0 || x >= float64(len(channels)) {
		return 0
	}
	return uint8(x)
}

// Talk is one person's conversation as their timeline tells it. Times are microseconds; 0: never, or not now.
type Talk struct {
	Person   person.Number
	Last     int64 // when anybody said anything
	LastSeq  event.Seq
	LastFrom From
	Heard    int64 // when the person last wrote
	HeardSeq event.Seq
	Waiting  int64 // since when they wait for an answer
	Promise  int64 // by when a member of staff promised one
	Until    int64 // put aside until
	Closed   int64
	Reason   event.Symbol // why it was closed
	Opened   int64        // opened again by hand
	Alarm    int64        // since when what they wrote speaks of an emergency, and no human has answered
	Human    int64        // when a human last wrote or took over; the assistant is silent for a while after
	Owner    event.Symbol // whom it was handed to; empty: the person's owner
	Sent     int16        // by us since they last wrote, by the way they wrote
	Lacking  int16        // questions the assistant had no answer for, that nobody has settled
	way      uint8
	owed     bool // the assistant said that a human will answer, and none has
}

// Of folds a timeline; false: nobody ever said anything.
func Of(n person.Number, tl *timeline.Timeline) (Talk, bool) {
	t := Talk{Person: n}
	var lacking map[event.Seq]bool
	for i, kind := range tl.Type {
		if kind != event.Chat && kind != event.Handled || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		if kind == event.Handled {
			switch action := actions[tl.A[i]]; action {
			case Unanswered:
				if lacking == nil {
					lacking = map[event.Seq]bool{}
				}
				lacking[seqIn(tl, i)] = true
			case Settled:
				delete(lacking, seqIn(tl, i))
			default:
				t.handled(tl, i, action)
			}
			continue
		}
		t.said(tl, i)
	}
	t.Lacking = int16(min(len(lacking), math.MaxInt16))
	return t, t.Last != 0
}

// said takes one chat.
func (t *Talk) said(tl *timeline.Timeline, i int) {
	at, way := tl.At[i], wayOf(tl.XAt(i, 0))
	t.Last, t.LastSeq = at, tl.Seq[i]
	switch tl.A[i] {
	case fromPerson:
		t.LastFrom = Person
		t.Heard, t.HeardSeq, t.way, t.Sent = at, tl.Seq[i], way, 0
		if tl.Flags[i]&event.Imported != 0 { // what came as history waits for nobody
			return
		}
		if t.Waiting == 0 {
			t.Waiting = at
		}
		t.Until, t.Closed, t.Reason = 0, 0, 0
	case fromStaff:
		t.LastFrom = Staff
		t.sent(way)
		if tl.B[i] == inBulk || tl.B[i] == byItself { // many at once: no answer to this person
			return
		}
		t.Human, t.owed = at, false
		t.Waiting, t.Promise, t.Opened, t.Alarm = 0, 0, 0, 0
		if t.Until <= at { // the moment it was put aside until is over, and it is answered
			t.Until = 0
		}
	case fromBot:
		t.LastFrom = Bot
		t.sent(way)
		switch {
		case tl.C[i] == handed:
			t.owed = true
		case tl.C[i] != 0 && !t.owed && t.Promise == 0: // what a human was promised to answer, a later answer by machine does not
			t.Waiting = 0
		}
	}
}

func (t *Talk) sent(way uint8) {
	if way == t.way && t.Sent < math.MaxInt16 {
		t.Sent++
	}
}

// handled takes what staff did with it.
func (t *Talk) handled(tl *timeline.Timeline, i int, action string) {
	at := tl.At[i]
	until := int64(0)
	if x := tl.Num[i]; !math.IsNaN(x) {
		until = int64(x)
	}
	switch action {
	case Taken:
		t.Human = at
	case GivenBack:
		t.Human = 0
	case Assigned:
		t.Owner = tl.B[i]
	case Promised:
		t.Promise = until
	case PutAside:
		t.Until, t.Closed, t.Reason = until, 0, 0
	case Done:
		t.Closed, t.Reason, t.Until, t.Opened = at, tl.C[i], 0, 0
		t.Waiting, t.Promise, t.Alarm, t.Owner, t.owed = 0, 0, 0, 0, false
	case Reopened:
		t.Closed, t.Reason, t.Until, t.Opened = 0, 0, 0, at
	case Alarmed:
		if t.Alarm == 0 {
			t.Alarm = at
		}
	}
}

// seqIn is the place of the chat an action is about.
func seqIn(tl *timeline.Timeline, i int) event.Seq {
	x := tl.XAt(i, 0)
	if math.IsNaN(x) || x < 0 {
		return 0
	}
	return event.Seq(x)
}

// Lacking are the places of the questions that the assistant had no answer for and nobody has settled, in their order.
func Lacking(tl *timeline.Timeline) []event.Seq {
	var out []event.Seq
	for i, kind := range tl.Type {
		if kind != event.Handled || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		q := seqIn(tl, i)
		switch actions[tl.A[i]] {
		case Unanswered:
			if !slices.Contains(out, q) {
				out = append(out, q)
			}
		case Settled:
			out = slices.DeleteFunc(out, func(s event.Seq) bool { return s == q })
		}
	}
	return out
}

// Channel is the way the person last wrote by.
func (t *Talk) Channel() string { return channels[t.way] }

// StateAt is where the conversation stands. What was put aside is open again at the moment it was put aside until.
func (t *Talk) StateAt(now int64) State {
	switch {
	case t.Closed != 0:
		return Closed
	case t.Until > now && t.Alarm == 0:
		return Snoozed
	case t.Waiting != 0, t.Opened != 0, t.Until != 0, t.Promise != 0, t.Alarm != 0:
		return Open
	}
	return Theirs
}

// Window is what the way the person last wrote by still takes.
func (t *Talk) Window(now time.Time) channel.Window {
	var heard time.Time
	if t.Heard != 0 {
		heard = time.UnixMicro(t.Heard)
	}
	return channel.WindowOf(t.Channel(), heard, int(t.Sent), now)
}

// BotAt reports whether the assistant may speak: no human wrote or took over within pause. The end of the pause is outside it.
func (t *Talk) BotAt(now int64, pause time.Duration) bool {
	return t.Human == 0 || now-t.Human >= pause.Microseconds()
}
