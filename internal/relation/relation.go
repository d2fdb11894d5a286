// Package relation is about the people around a person: what somebody is to them, what each may be let know, and who may know
// something grave. It is one table and one pure function, asked by every screen, message and answer; who is around whom stands in
// the person's timeline and is read elsewhere.
package relation

import (
	"slices"

	"peiban/internal/fault"
)

// Item is one thing a person may let somebody know. The keys stand in events and in programmes' journeys.
type Item string

// The items, in the order they are asked for.
const (
	Alerts    Item = "alerts"
	Readings  Item = "readings"
	Targets   Item = "targets"
	Reminders Item = "reminders"
	Medicines Item = "medicines"
	Reports   Item = "reports" // laboratory values, images, diagnoses, operations and the papers themselves
	Plan      Item = "plan"    // what is planned, visits among it
	Chats     Item = "chats"   // messages between the person and the service
	Progress  Item = "progress"
)

// Items are all there are.
var Items = []Item{Alerts, Readings, Targets, Reminders, Medicines, Reports, Plan, Chats, Progress}

// Keys are the items as they are written in programmes and events.
func Keys() []string {
	out := make([]string, len(Items))
	for i, x := range Items {
		out[i] = string(x)
	}
	return out
}

// Name is an item in words.
func (x Item) Name() fault.Text { return itemNames[x] }

var itemNames = map[Item]fault.Text{
	Alerts: text("危险提醒", "Safety alerts"), Readings: text("测量记录", "Readings"), Targets: text("目标", "Targets"),
	Reminders: text("日常提醒", "Reminders"), Medicines: text("用药", "Medicines"), Reports: text("检查和诊断", "Results and diagnoses"),
	Plan: text("计划和就诊", "Plans and visits"), Chats: text("聊天", "Chats"), Progress: text("转诊进展", "Progress of a referral"),
}

func text(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// Gravity is how grave something is to hear.
//
// Source: docs/guide/relations.md; 医师法 25 is what it serves.
type Gravity int

// The steps of gravity.
const (
	Light    Gravity = iota // lifestyle, single values
	Course                  // the course of the disease
	Serious                 // a prognosis, a severe complication, talk of an operation
	InPerson                // staging of a cancer, survival, recurrence, the end of life: only a doctor, one to one
)

// Mode is who is told what is serious, as a doctor decided it for one person.
type Mode string

// The modes. Without a doctor's word it is Unset, which holds as Patient does.
const (
	Unset       Mode = ""
	Patient     Mode = "patient"      // the person, and nobody in their place
	FamilyFirst Mode = "family_first" // close relatives, until a doctor decides otherwise
	Both        Mode = "both"
)

// Group is what a kind of relation is in the eyes of these rules.
type Group string

// The groups.
const (
	Kin       Group = "kin"
	Guardian  Group = "guardian"
	Carer     Group = "carer"
	Doctor    Group = "doctor"
	Referrer  Group = "referrer"
	KOC       Group = "koc"
	Assistant Group = "assistant"
	Household Group = "household" // shares a telephone or an address; knows nothing by that
)

// Rule is what a group may be let know at most, on which consent, and how grave it may be.
type Rule struct {
	Group   Group
	Consent string // purpose; empty: nothing is ever shared
	Items   []Item
	Gravest Gravity // what is graver they never get from peiban
}

// rules: a relative hears what is serious where a doctor said so, someone paid to help does not. A doctor outside is a doctor. Who
// referred a person learns how that goes and no more. A household is an address, not a relation of trust.
var rules = map[Group]Rule{
	Kin:       {Kin, "family_share", Items, Serious},
	Guardian:  {Guardian, "family_share", Items, Serious},
	Carer:     {Carer, "family_share", []Item{Alerts, Readings, Targets, Reminders, Medicines, Plan}, Course},
	Doctor:    {Doctor, "hcp_share", []Item{Readings, Targets, Medicines, Reports, Plan, Progress}, InPerson},
	Referrer:  {Referrer, "hcp_share", []Item{Progress}, Course},
	KOC:       {KOC, "family_share", []Item{Reminders}, Light},
	Assistant: {Assistant, "family_share", []Item{Reminders, Plan}, Course},
	Household: {Household, "", nil, Light},
}

// GroupOf is the group of a kind of relation. Daughters and spouses, and whatever an older word says, are kin.
func GroupOf(kind string) Group {
	if g := Group(kind); g != Kin {
		if _, ok := rules[g]; ok {
			return g
		}
	}
	return Kin
}

// RuleOf is what somebody of a kind may be let know at most.
func RuleOf(kind string) Rule { return rules[GroupOf(kind)] }

// GuardianAge is until when a guardian decides, in years: the year of the 14th birthday still counts, since only the year is known.
//
// Source: PIPL 31.
const GuardianAge = 14

// Side is who looks.
type Side int

// The sides.
const (
	Self     Side = iota // the person
	Relative             // somebody around the person
	Staff                // who works for the person, and may see them at all
)

// Viewer is who looks, and on what that stands.
type Viewer struct {
	Side   Side
	Kind   string // of the relation
	Active bool   // it was not ended
	Scopes []string
	Shared bool // the person agreed to the purpose the kind needs
	Minor  bool // the person is a child a guardian decides for
}

// Verdict is what may be known, and where not, why.
type Verdict struct {
	OK     bool
	Reason Reason
}

// Reason is why something is kept from somebody. The words are in Name.
type Reason string

// The reasons.
const (
	Ended       Reason = "relation_ended"
	NoConsent   Reason = "no_consent"
	NotForKind  Reason = "not_for_kind"
	OutOfScope  Reason = "out_of_scope"
	TooGrave    Reason = "too_grave"
	ToFamily    Reason = "family_first"
	ToThePerson Reason = "person_only"
)

// Name says a reason to staff.
func (r Reason) Name() fault.Text { return reasonNames[r] }

var reasonNames = map[Reason]fault.Text{
	Ended:       text("关系已经结束", "the relation has ended"),
	NoConsent:   text("本人没有同意分享", "the person has not agreed to sharing"),
	NotForKind:  text("这种关系的人不看这一项", "people of this kind are not let know this"),
	OutOfScope:  text("本人没有选这一项", "the person did not choose this"),
	TooGrave:    text("事关重大，只能由医生当面说", "grave: only a doctor says it, in person"),
	ToFamily:    text("医生定了先告诉家属", "a doctor decided that family hears it first"),
	ToThePerson: text("医生没有定告诉家属，先由本人知道", "no doctor decided that family hears it: it is the person's to tell"),
}

// Allowed is the one rule of who may know what: whether v may get to know of item something of gravity g, while a doctor set mode.
//
// Staff who may see the person see everything: they have to know what not to say. Nobody gets from peiban what a doctor has to say in
// person, but a doctor.
func Allowed(v Viewer, item Item, g Gravity, mode Mode) Verdict {
	no := func(r Reason) Verdict { return Verdict{Reason: r} }
	switch v.Side {
	case Staff:
		return Verdict{OK: true}
	case Self:
		switch {
		case g >= InPerson:
			return no(TooGrave)
		case g >= Serious && mode == FamilyFirst:
			return no(ToFamily)
		}
		return Verdict{OK: true}
	}
	rule := RuleOf(v.Kind)
	guards := rule.Group == Guardian && v.Minor
	switch {
	case !v.Active:
		return no(Ended)
	case !slices.Contains(rule.Items, item):
		return no(NotForKind)
	case !guards && !v.Shared:
		return no(NoConsent)
	case !guards && !slices.Contains(v.Scopes, string(item)):
		return no(OutOfScope)
	case g > rule.Gravest:
		return no(TooGrave)
	case g >= Serious && rule.Group != Doctor && !guards && mode != FamilyFirst && mode != Both:
		return no(ToThePerson)
	}
	return Verdict{OK: true}
}
