package calendar

import (
	"strings"
	"time"

	"peiban/internal/fault"
)

// Campaign is something planned for many people: when, for whom, with what. It sends nothing by itself.
type Campaign struct {
	ID      string
	Version int64
	Created int64 // microseconds
	Actor   string
	State   string // planned, cancelled
	From    string // 2026-03-08, local days, both inside
	To      string
	Plan
}

// States of a campaign.
const (
	Planned   = "planned"
	Cancelled = "cancelled"
)

// Plan is what a campaign is about.
type Plan struct {
	Name      string `json:"name" minLength:"1" maxLength:"80"`
	Programme string `json:"programme,omitempty" maxLength:"60" doc:"empty: all"`
	Segment   string `json:"segment,omitempty" maxLength:"80" doc:"tag or segment of the programme; empty: everybody in it"`
	Journey   string `json:"journey,omitempty" maxLength:"80" doc:"journey of the programme"`
	Content   string `json:"content,omitempty" maxLength:"80" doc:"content of the programme"`
	Owner     string `json:"owner,omitempty" maxLength:"40" doc:"member of staff who is responsible"`
	Note      string `json:"note,omitempty" maxLength:"500"`
}

// Longest is how many days a campaign lasts at most.
const Longest = 366

var (
	errName = fault.New(fault.Invalid, "campaign_name", "给活动起个名字", "give the campaign a name").At("body.name")
	errDays = fault.New(fault.Invalid, "campaign_days", "日期写成 2026-03-08，结束不早于开始，最长 366 天", "days are written 2026-03-08; it ends not before it begins, and lasts 366 days at most").At("body.to")
)

// Check finds the first mistake in name and days; what it refers to is the caller's to check.
func (c *Campaign) Check() error {
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" {
		return errName
	}
	from, err := time.Parse(time.DateOnly, c.From)
	if err != nil {
		return errDays
	}
	to, err := time.Parse(time.DateOnly, c.To)
	if err != nil || to.Before(from) || to.Sub(from) > (Longest-1)*24*time.Hour {
		return errDays
	}
	return nil
}
