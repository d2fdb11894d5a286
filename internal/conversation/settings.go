package conversation

import (
	"time"

	"peiban/internal/fault"
)

// TalkSettings are what a workspace says about its conversations. Nothing said: DefaultSettings.
type TalkSettings struct {
	Assistant bool    `json:"assistant" doc:"the assistant answers what it has an approved answer for"`
	Least     float64 `json:"least" minimum:"0.3" maximum:"1" doc:"how near a question must be to a known one, 1: the same"`
	Pause     int     `json:"pauseHours" minimum:"1" maximum:"168" doc:"hours the assistant is silent after a human wrote"`
	Within    int     `json:"withinMinutes" minimum:"5" maximum:"2880" doc:"an answer is promised within, in service hours"`
	From      int     `json:"from" minimum:"0" maximum:"1439" doc:"minute of the day the service begins"`
	To        int     `json:"to" minimum:"1" maximum:"1440" doc:"and ends"`
}

// DefaultSettings: the assistant is off until somebody switches it on.
func DefaultSettings() TalkSettings {
	p := DefaultPolicy()
	return TalkSettings{Least: 0.6, Pause: int(p.Pause / time.Hour), Within: int(p.Within / time.Minute), From: p.From, To: p.To}
}

var (
	errLeast  = fault.New(fault.Invalid, "least", "相似度要在 0.3 到 1 之间", "how near is between 0.3 and 1").At("body.least")
	errPause  = fault.New(fault.Invalid, "pause", "停答要在 1 到 168 小时之间", "the assistant is silent for 1 to 168 hours").At("body.pauseHours")
	errWithin = fault.New(fault.Invalid, "within", "答复时限要在 5 到 2880 分钟之间", "an answer is promised within 5 to 2880 minutes").At("body.withinMinutes")
	errHours  = fault.New(fault.Invalid, "hours", "服务时间要从早到晚", "the service begins before it ends").At("body.to")
)

// Check finds the first mistake.
func (s TalkSettings) Check() error {
	switch {
	case !(s.Least >= 0.3 && s.Least <= 1): // not a number is neither
		return errLeast
	case s.Pause < 1 || s.Pause > 168:
		return errPause
	case s.Within < 5 || s.Within > 2880:
		return errWithin
	case s.From < 0 || s.To > 1440 || s.From >= s.To:
		return errHours
	}
	return nil
}

// Policy is what the settings say of time.
func (s TalkSettings) Policy() Policy {
	return Policy{Within: time.Duration(s.Within) * time.Minute, From: s.From, To: s.To, Pause: time.Duration(s.Pause) * time.Hour}
}

// Bot is what they say of the assistant.
func (s TalkSettings) Bot() Assistant { return Assistant{On: s.Assistant, Least: s.Least} }
