package journey

import "time"

// SetStep writes something about the person: a segment they are put into or taken out of, or a code of their profile.
type SetStep struct {
	Segment string        // key of a segment or tag that may be set by hand
	State   string        // in, out, rule
	For     time.Duration // how long it stands; 0: until further notice
	Trait   string        // name of a code of the profile
	Value   string
}

// PointsStep gives points, once for each time the step is taken.
type PointsStep struct {
	Amount int
	Rule   string // what they are for, as the ledger names it
}

// PlaceStep has the person join or leave a camp or a group.
type PlaceStep struct {
	Key   string
	Leave bool
}

// FormStep asks the person to fill in a questionnaire, by a message that opens it.
type FormStep struct {
	Form string
	MessageStep
}

// InviteStep invites the person to an activity, by a card they answer.
type InviteStep struct {
	Activity string
	Kind     string
	MessageStep
}

// ReferStep opens a referral by a rule of the programme.
type ReferStep struct{ Rule string }

// WebhookStep tells the outside: whoever subscribed to it is told, signed, and again until they take it.
type WebhookStep struct{ Name string }

// CallStep has the person enter another journey.
type CallStep struct {
	Journey string
	Wait    time.Duration // until it ended, at most so long; 0: goes on at once
}
