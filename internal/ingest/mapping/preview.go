package mapping

import (
	"math"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

// Shown is a row as what it would become.
type Shown struct {
	Line   int          `json:"line"`
	Who    []ShownWho   `json:"who,omitempty"`
	Events []ShownEvent `json:"events,omitempty"`
	Why    *ShownWhy    `json:"why,omitempty"` // the row, or a part of it, would be refused
}

// ShownWho is an identifier of which enough is seen to compare it with the table.
type ShownWho struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// ShownEvent is an event in words.
type ShownEvent struct {
	Type string       `json:"type"`
	Name fault.Text   `json:"name"`
	At   string       `json:"at"` // RFC 3339, where it happened
	Says []fault.Text `json:"says"`
}

// ShownWhy is why a row would be refused.
type ShownWhy struct {
	Code  string     `json:"code"`
	Field string     `json:"field,omitempty"`
	Text  fault.Text `json:"text"`
	Hint  fault.Text `json:"hint,omitzero" required:"false"`
}

// Preview shows the first rows of a sample as the events they would become. A map with open questions is shown as far as it goes: what
// it asks is left out.
func (m *Map) Preview(s Sample, n int, now time.Time, zone *time.Location) ([]Shown, error) {
	if problems := m.Check(); len(problems) > 0 {
		p := problems[0]
		return nil, fault.New(fault.Invalid, "bad_map", p.Text.Zh, p.Text.En).At("%s", p.Path).Because(p.Hint.Zh, p.Hint.En)
	}
	if open := m.Unanswered(); len(open) > 0 {
		return nil, ErrOpen.At("%s", open[0])
	}
	r := reader{m: m, now: now, zone: zone, from1904: s.From1904}
	if m.Zone != "" {
		l, err := time.LoadLocation(m.Zone)
		if err != nil {
			return nil, err
		}
		r.zone = l
	}
	r.head = s.Rows[:min(len(s.Rows), headerRows)]
	if err := r.bind(true); err != nil {
		return nil, err
	}
	body := r.head
	if len(s.Rows) > headerRows {
		body = append(body[:len(body):len(body)], s.Rows[headerRows:]...)
	}
	out := make([]Shown, 0, n)
	for _, row := range body[:min(n, len(body))] {
		err := r.body(row, func(row rows.Row) error {
			out = append(out, shown(row))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func shown(row rows.Row) Shown {
	out := Shown{Line: row.Line}
	if why := row.Why; why != nil {
		out.Why = &ShownWhy{why.Code, why.Field, why.Text, why.Hint}
	}
	for _, w := range row.Who {
		v := w.Value
		if w.Type == "phone" || w.Type == "id_card" {
			v = "…" + tail(v, 4)
		}
		out.Who = append(out.Who, ShownWho{w.Type, v})
	}
	for _, e := range row.Events {
		zone := time.FixedZone("", int(e.Offset)*60)
		out.Events = append(out.Events, ShownEvent{e.Type.String(), e.Type.Spec().Name, time.UnixMicro(e.Occurred).In(zone).Format(time.RFC3339), says(&e.Event)})
	}
	return out
}

func tail(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[len(r)-n:])
	}
	return s
}

// says puts what an event holds into words.
func says(e *event.Event) []fault.Text {
	var out []fault.Text
	spec := e.Type.Spec()
	switch {
	case e.Flags&event.HI != 0:
		out = append(out, say("HI（超出仪器上限）", "HI (above the meter's range)"))
	case e.Flags&event.LO != 0:
		out = append(out, say("LO（低于仪器下限）", "LO (below the meter's range)"))
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if v, ok := numberOf(e, f); ok {
			if f.Kind == event.Bool {
				out = append(out, say(f.Name+"："+map[bool]string{true: "是", false: "否"}[v == 1], f.Name+": "+map[bool]string{true: "yes", false: "no"}[v == 1]))
				continue
			}
			n, unit := plainNumber(v), f.UnitWord()
			if spec.Type == event.Lab && f.Name == "value" {
				unit = say(e.B.String(), e.B.String())
				if len(e.X) > 0 && !math.IsNaN(e.X[0]) {
					n = plainNumber(e.X[0])
				}
			}
			if f.Name == "entered" {
				continue
			}
			name := f.Name + " "
			if f.Name == "value" { // which is what the event is called
				name = ""
			}
			out = append(out, say(strings.TrimSpace(name+n+" "+unit.Zh), strings.TrimSpace(name+n+" "+unit.En)))
		}
		if code := codeOf(e, f); code != "" && f.Name != "unit" {
			w := spec.Word(f, code)
			if w.Zh == "" {
				w = say(f.Name+" "+code, f.Name+" "+code)
			}
			out = append(out, w)
		}
	}
	if e.Flags&event.Implausible != 0 {
		out = append(out, say("不合理，会标出", "implausible, will be flagged"))
	}
	return out
}

func numberOf(e *event.Event, f *event.Field) (float64, bool) {
	if f.Kind != event.Number && f.Kind != event.Bool {
		return 0, false
	}
	v := math.NaN()
	switch k := int(f.Slot - event.X0); {
	case f.Slot == event.SlotNum:
		v = e.Num
	case f.Slot >= event.X0 && k < len(e.X):
		v = e.X[k]
	}
	return v, !math.IsNaN(v)
}

func codeOf(e *event.Event, f *event.Field) string {
	if f.Kind != event.Code {
		return ""
	}
	switch f.Slot {
	case event.SlotA:
		return e.A.String()
	case event.SlotB:
		return e.B.String()
	case event.SlotC:
		return e.C.String()
	}
	return ""
}

func plainNumber(v float64) string {
	return strings.TrimRight(strings.TrimRight(formatted(v), "0"), ".")
}

// formatted keeps four decimals, which is more than anybody measures.
func formatted(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }
