package out

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Types of the feed that are no events: what the rules made of them.
const (
	TagEntered   = "tag_entered"
	TagLeft      = "tag_left"
	StageChanged = "stage_changed"
)

// Changes are these types.
var Changes = []string{TagEntered, TagLeft, StageChanged}

// Actions of items.
const (
	Happened     = "happened"
	Corrected    = "corrected"     // it replaces an event told before
	TakenBack    = "taken_back"    // an event told before does not hold
	Erased       = "erased"        // forget everything about this person
	SharingEnded = "sharing_ended" // the person withdrew what the sharing stands on
)

// Item is one thing others are told.
type Item struct {
	ID         string         `json:"id" doc:"the same whenever it is told"`
	Cursor     string         `json:"cursor" doc:"of the place behind it"`
	Type       string         `json:"type" doc:"an event type of the catalogue (/api/events), or tag_entered, tag_left, stage_changed"`
	Action     string         `json:"action" enum:"happened,corrected,taken_back,erased,sharing_ended"`
	Person     string         `json:"person" doc:"pseudonymous id"`
	Arrived    string         `json:"arrivedFor,omitempty" doc:"id it arrived for, when that person was merged into another since"`
	Occurred   string         `json:"occurredAt" doc:"when it happened, with the offset where it did"`
	Received   string         `json:"receivedAt" doc:"when it was committed"`
	Source     string         `json:"source,omitempty" doc:"who told it; left out for peiban itself"`
	Imported   bool           `json:"imported,omitempty" doc:"history brought in, not news"`
	Flags      []string       `json:"flags,omitempty" doc:"implausible, high (HI), low (LO), disputed, sensor"`
	Corrects   string         `json:"corrects,omitempty" doc:"id of the event this one replaces"`
	Retracts   string         `json:"retracts,omitempty" doc:"id of the event this one takes back"`
	Of         string         `json:"of,omitempty" doc:"type of the event taken back"`
	Programme  string         `json:"programme,omitempty" doc:"whose tag or stage it is"`
	Key        string         `json:"key,omitempty" doc:"of the tag or stage"`
	Name       *Text          `json:"name,omitempty" doc:"of the tag or stage"`
	Properties map[string]any `json:"properties,omitempty" doc:"as the catalogue describes them, numbers in its units"`
	Who        *Who           `json:"who,omitempty" doc:"with the scope names.read only"`

	Number person.Number `json:"-"`
	Place  Place         `json:"-"`
}

// Who is a person by name.
type Who struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

var flagNames = []struct {
	flag event.Flags
	name string
}{{event.Implausible, "implausible"}, {event.HI, "high"}, {event.LO, "low"}, {event.Disputed, "disputed"}, {event.Sensor, "sensor"}}

func flagsOf(e *event.Event) (out []string) {
	for _, f := range flagNames {
		if e.Flags&f.flag != 0 {
			out = append(out, f.name)
		}
	}
	return out
}

// at writes a moment with an offset in minutes east of UTC.
func at(micros int64, minutes int16) string {
	return time.UnixMicro(micros).In(time.FixedZone("", int(minutes)*60)).Format("2006-01-02T15:04:05.999999Z07:00")
}

// Properties are what an event says, by the names of the catalogue. Free texts and what the catalogue does not know may hold anything,
// names too: they come with texts only.
func Properties(e *event.Event, texts bool) map[string]any {
	spec := e.Type.Spec()
	if spec == nil {
		return nil
	}
	out := map[string]any{}
	var body map[string]any
	if len(e.Body) > 0 {
		_ = json.Unmarshal(e.Body, &body) // one that cannot be read says nothing
	}
	if texts {
		for k, v := range body {
			out[k] = v
		}
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if f.Slot == event.InBody {
			if v, ok := body[f.Name]; ok && f.Kind != event.Text {
				out[f.Name] = v
			}
			continue
		}
		if v, ok := slot(e, f); ok {
			out[f.Name] = v
		}
	}
	if f := spec.Field("value"); f != nil && f.Unit != "" && out["value"] != nil { // numbers are in the catalogue's unit, whatever was typed
		if typed, ok := out["unit"].(string); ok && typed != f.Unit {
			out["enteredUnit"] = typed
		}
		out["unit"] = f.Unit
	}
	return out
}

// slot reads a property from where it lies.
func slot(e *event.Event, f *event.Field) (any, bool) {
	n := math.NaN()
	code := ""
	switch {
	case f.Slot == event.SlotNum:
		n = e.Num
	case f.Slot == event.SlotA:
		code = e.A.String()
	case f.Slot == event.SlotB:
		code = e.B.String()
	case f.Slot == event.SlotC:
		code = e.C.String()
	case int(f.Slot-event.X0) < len(e.X):
		n = e.X[f.Slot-event.X0]
	}
	switch {
	case f.Kind == event.Code:
		return code, code != ""
	case math.IsNaN(n) || math.IsInf(n, 0):
		return nil, false
	case f.Kind == event.Bool:
		return n == 1, true
	}
	return n, true
}

// wants reports whether a type is among types; empty: every type is.
func wants(types []string, t string) bool { return len(types) == 0 || slices.Contains(types, t) }

func splitKey(k string) (programme, key string) {
	programme, key, _ = strings.Cut(k, "/")
	return programme, key
}

// offsetAt is how far east of UTC a place is at a moment, minutes.
func offsetAt(micros int64, loc *time.Location) int16 {
	_, seconds := time.UnixMicro(micros).In(loc).Zone()
	return int16(seconds / 60)
}
