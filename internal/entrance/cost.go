package entrance

import (
	"time"
	"unicode/utf8"

	"peiban/internal/fault"
)

// Cost is money spent on a code over some days.
type Cost struct {
	ID       string
	Entrance string // id
	From, To int32  // days, both in it
	Fen      int64
	What     string // what for, one line
	Voided   bool   // taken back; a row is never removed
	Revision int64
	At       int64
	Actor    string
}

// MostFen is how much one entry may be: a hundred million yuan.
const MostFen = 10_000_000_000

// What a cost may be refused for.
var (
	ErrFen      = fault.New(fault.Invalid, "cost_amount", "金额应大于 0，最多一亿元", "the amount is more than 0 and at most 100 million yuan").At("fen")
	ErrCostDays = fault.New(fault.Invalid, "cost_days", "日期写成 2026-03-01，结束不早于开始，最长三年", "days are written 2026-03-01, the last not before the first, three years at most").At("from")
	ErrWhat     = fault.New(fault.Invalid, "cost_what", "用途写一行，最多 120 个字", "say what it was for in one line of at most 120 characters").At("what")
)

// Check refuses a cost that cannot be.
func (c *Cost) Check() *fault.Fault {
	switch {
	case c.Fen <= 0 || c.Fen > MostFen:
		return ErrFen
	case c.From <= 0 || c.To < c.From || c.To-c.From > 3*366:
		return ErrCostDays
	case !line(c.What, 120) || utf8.RuneCountInString(c.What) == 0:
		return ErrWhat
	}
	return nil
}

// In is the share of the cost that falls into a span, spread evenly over its days, in fen. The shares of spans that follow one another
// add up to the whole.
func (c *Cost) In(s Span) int64 {
	if c.Voided {
		return 0
	}
	days := int64(c.To-c.From) + 1
	upTo := func(d int32) int64 { // of the days before d
		n := min(max(int64(d)-int64(c.From), 0), days)
		return c.Fen/days*n + c.Fen%days*n/days
	}
	from, end := c.From, c.To+1
	if s.From != 0 {
		from = max(from, s.From)
	}
	if s.To != 0 {
		end = min(end, s.To+1)
	}
	if end <= from {
		return 0
	}
	return upTo(end) - upTo(from)
}

// Each is what one of n cost, in fen, rounded to the nearest; nil when nothing was spent, as far as is known, or there is nobody.
func Each(fen int64, n int) *int64 {
	if fen <= 0 || n <= 0 {
		return nil
	}
	each := (fen + int64(n)/2) / int64(n)
	return &each
}

// Today is the day of now in a zone.
func Today(now time.Time, loc *time.Location) int32 { return DayOf(now.UnixMicro(), loc) }
