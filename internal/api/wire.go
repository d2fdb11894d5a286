package api

import (
	"time"

	"peiban/internal/fault"
	"peiban/internal/insight"
)

// Text is one sentence in both languages.
type Text = fault.Text

// moment writes microseconds as people's clocks in loc show them, RFC 3339 with offset. Zero is no moment.
func moment(at int64, loc *time.Location) string {
	if at == 0 {
		return ""
	}
	return time.UnixMicro(at).In(loc).Format(time.RFC3339)
}

// clockWords are when something was, as seen from now: today its time alone, yesterday, or the date.
func clockWords(at, now int64, loc *time.Location) Text {
	t, clock := time.UnixMicro(at).In(loc), time.UnixMicro(at).In(loc).Format("15:04")
	switch midnight := insight.StartOfDay(now, loc); {
	case at >= midnight && at <= now:
		return Text{Zh: " " + clock, En: "at " + clock}
	case at < midnight && at >= insight.StartOfDay(midnight-1, loc):
		return Text{Zh: "昨天 " + clock, En: "yesterday at " + clock}
	}
	return Text{Zh: " " + t.Format("1月2日") + " " + clock, En: t.Format("on 2 January at ") + clock}
}

// parseMoment reads a query's time: RFC 3339, or a local day, which means its end.
func parseMoment(field, s string, loc *time.Location) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UnixMicro(), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, loc); err == nil {
		return t.AddDate(0, 0, 1).UnixMicro() - 1, nil
	}
	return 0, errMoment.At("%s", field).Because("写成 2026-03-08 或 2026-03-08T07:12:00+08:00", "write 2026-03-08 or 2026-03-08T07:12:00+08:00")
}

// parseStart is parseMoment for the beginning of a span: a local day means its first moment.
func parseStart(field, s string, loc *time.Location) (int64, error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, loc); err == nil {
		return t.UnixMicro(), nil
	}
	return parseMoment(field, s, loc)
}

// Named is a code with its name.
type Named struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
}

// Ref is a person or a member of staff by id and name.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Ratio is "n of so many"; of below 1 means that there is nothing to tell.
type Ratio struct {
	N  int `json:"n"`
	Of int `json:"of"`
}

// Listing is one page of a list.
type Listing[T any] struct {
	Items      []T    `json:"items"`
	Total      int    `json:"total" doc:"how many there are on all pages"`
	NextCursor string `json:"nextCursor,omitempty" doc:"ask for the next page with it; absent on the last"`
}

// Paging is what every list takes.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"nextCursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"at most so many items; 50 when not given"`

	Uncounted bool `json:"-"` // of the further pages of a file: how many rows there are was asked with the first
}

// Choice is one of several answers or outcomes.
type Choice struct {
	Key  string `json:"key"`
	Text Text   `json:"text"`
}

// Moments are the two times a question about the past may name.
type Moments struct {
	At      string `query:"at" maxLength:"40" doc:"as things stood then, as known today; a day means its end"`
	KnownAt string `query:"knownAt" maxLength:"40" doc:"as things were known then"`
}

func (m Moments) parse(loc *time.Location) (at, known int64, err error) {
	if at, err = parseMoment("query.at", m.At, loc); err != nil {
		return 0, 0, err
	}
	known, err = parseMoment("query.knownAt", m.KnownAt, loc)
	return at, known, err
}

// IDPath is an address with an id in it.
type IDPath struct {
	ID string `path:"id" maxLength:"40"`
}

// Empty is an operation without input.
type Empty struct{}

func optional(t Text) *Text {
	if t == (Text{}) {
		return nil
	}
	return &t
}

// or gives the first text that says something.
func or(ts ...Text) Text {
	for _, t := range ts {
		if t != (Text{}) {
			return t
		}
	}
	return Text{}
}
