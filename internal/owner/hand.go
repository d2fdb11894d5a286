package owner

import (
	"peiban/internal/fault"
	"peiban/internal/person"
)

// Reasons why people change hands.
const (
	Left     = "left"     // the owner leaves
	Moved    = "load"     // to even out
	Asked    = "asked"    // the person or their family asked
	Fits     = "fits"     // another is better for them
	ByRule   = "rule"     // rules gave them
	OtherWhy = "other"    // the note says
	Returned = "returned" // back to whom they were before
)

// Reasons lists those that staff may give.
func Reasons() []string { return []string{Left, Moved, Asked, Fits, Returned, OtherWhy} }

// Order is how people are to be handed over.
type Order struct {
	From string   `json:"from"`           // whose people; empty: those who have nobody
	To   []string `json:"to,omitempty"`   // who gets them: one, or several by their share of room
	Rule bool     `json:"rule,omitempty"` // the rules say who
	Stay bool     `json:"stay,omitempty"` // open work stays with the old owner
	Why  string   `json:"why"`
	Note string   `json:"note,omitempty"`
}

// State of one person in a hand-over.
type State string

// States of a person in a hand-over.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Refused State = "refused" // nobody may have them: what to do is the managers'
	Failed  State = "failed"  // it could not be done
)

// Why a person of a hand-over was refused or failed, beside the reasons of Choose.
const (
	OtherOwner = "other_owner" // somebody else has them by now: they are not the one's who leaves any more
	Gone       = "gone"        // erased or merged
	NoReceiver = "no_receiver" // nobody of those chosen works here any more
	Broken     = "broken"      // the person could not be stepped; try again
)

// Line is one person of a hand-over.
type Line struct {
	Person person.Number
	Bucket int
	To     string // who got them
	State  State
	Why    string
	At     int64 // microseconds, the workspace's clock; 0: waiting
}

// Tally counts the people of a hand-over by state.
type Tally struct {
	Waiting int `json:"waiting"`
	Done    int `json:"done"`
	Refused int `json:"refused"`
	Failed  int `json:"failed"`
	Tasks   int `json:"tasks"` // open work that went along
}

// All is how many people there are.
func (t Tally) All() int { return t.Waiting + t.Done + t.Refused + t.Failed }

// Receiver is who of those chosen gets the next person: the one with the smallest share of their room taken. Managers chose them, so a full
// one still gets people. Empty: none of them works here.
func (b *Book) Receiver(to []string, people func(string) int) string {
	var some []*Member
	for _, id := range to {
		if m := b.Member(id); m != nil && !m.Disabled && Takes(m.Role) {
			some = append(some, m)
		}
	}
	if len(some) == 0 {
		return ""
	}
	return b.lightest(some, people)
}

// Share is what one receiver would have after a hand-over.
type Share struct {
	Member string
	Gets   int
	After  int
	Room   int
}

// Spread says how n people would fall to receivers, in their order.
func (b *Book) Spread(n int, to []string, people func(string) int) []Share {
	gets := map[string]int{}
	for range n {
		if id := b.Receiver(to, func(id string) int { return people(id) + gets[id] }); id != "" {
			gets[id]++
		}
	}
	out := make([]Share, 0, len(to))
	for _, id := range to {
		if m := b.Member(id); m != nil {
			out = append(out, Share{id, gets[id], people(id) + gets[id], m.Room(&b.Rules)})
		}
	}
	return out
}

var (
	errReceiver = fault.New(fault.Invalid, "receiver_unknown", "接手的人没有账号、已关闭，或者角色不管人", "whoever takes over has no account, a closed one, or a role that looks after nobody")
	errSame     = fault.New(fault.Invalid, "receiver_same", "接手的人就是现在的负责人", "whoever takes over is the owner already").Because("换一位", "choose somebody else")
	errNoOne    = fault.New(fault.Invalid, "receiver_missing", "选接手的人，或者选“按规则”", "choose who takes over, or the rules")
	errNoRules  = fault.New(fault.Invalid, "rules_missing", "还没有分配规则，或者没有打开", "there are no owner rules, or they are off").Because("先写规则，或者选接手的人", "write rules first, or choose who takes over")
	errWhy      = fault.New(fault.Invalid, "reason_missing", "请选一个原因", "give a reason")
	errWhyNote  = fault.New(fault.Invalid, "note_missing", "原因是“其他”时，写一句说明", "with another reason, say in a sentence which")
)

// CheckOrder finds the first mistake in an order.
func (b *Book) CheckOrder(o *Order) error {
	for _, id := range o.To {
		if id == o.From {
			return errSame.At("body.to")
		}
		if m := b.Member(id); m == nil || m.Disabled || !Takes(m.Role) {
			return errReceiver.At("body.to")
		}
	}
	switch {
	case o.Rule && !b.Rules.On:
		return errNoRules.At("body.rule")
	case !o.Rule && len(o.To) == 0:
		return errNoOne.At("body.to")
	case o.Why == "":
		return errWhy.At("body.why")
	case o.Why == OtherWhy && o.Note == "":
		return errWhyNote.At("body.note")
	}
	return nil
}
