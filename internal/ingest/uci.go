package ingest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// UCIProvenance is what an event out of the UCI "Diabetes" (AIM '94) files says about where it came from.
const UCIProvenance = "import:uci-diabetes"

// Why a line of a UCI file is refused. The texts say what would be right; none holds a value.
var (
	ErrUCIFields = fault.New(fault.Invalid, "fields", "一行应有四栏，用制表符隔开：日期、时间、代码、数值",
		"a line has four fields separated by tabs: date, time, code, value")
	ErrUCITime = fault.New(fault.Invalid, "bad_time", "日期应为 月-日-年（MM-DD-YYYY），时间应为 时:分（HH:MM）",
		"the date must read MM-DD-YYYY and the time HH:MM")
	ErrUCICode = fault.New(fault.Invalid, "unknown_code", "Data-Codes 里没有这个代码（有 33-35、48、57-72）",
		"Data-Codes does not list this code (it lists 33-35, 48, 57-72)")
	ErrUCIValue = fault.New(fault.Invalid, "bad_value", "数值应为数字，血糖也可以是 HI 或 LO",
		"the value must be a number; for glucose HI or LO as well")
)

// UCILine is one good line: the event it becomes and the name by which a repeat is noticed.
type UCILine struct {
	File      string
	Line      int
	Code      int
	MessageID string // file, time, code and value: the same line read twice is one event
	Event     event.Event
}

// Reject is one line that was not taken, and why.
type Reject struct {
	File string
	Line int
	Why  *fault.Fault
}

// uciKind is what a code of Data-Codes becomes: a type of the catalogue and its fixed properties.
type uciKind struct {
	spec       *event.Spec
	properties map[string]any
	valued     bool // the fourth field is the value of the event; elsewhere it only has to be a number
}

// uciKinds is Data-Codes. A pre-snack and an unspecified reading have no meal slot of ours: they are random.
var uciKinds = func() map[int]uciKind {
	glucose := func(context string) uciKind {
		return uciKind{event.Lookup("glucose"), map[string]any{"unit": "mg/dL", "context": context}, true}
	}
	insulin := func(kind string) uciKind {
		return uciKind{event.Lookup("insulin"), map[string]any{"kind": kind}, true}
	}
	other := func(key string, properties map[string]any) uciKind {
		return uciKind{event.Lookup(key), properties, false}
	}
	return map[int]uciKind{
		33: insulin("regular"), 34: insulin("nph"), 35: insulin("ultralente"),
		48: glucose("random"), 57: glucose("random"),
		58: glucose("fasting"), 59: glucose("after_breakfast_2h"),
		60: glucose("before_lunch"), 61: glucose("after_lunch_2h"),
		62: glucose("before_dinner"), 63: glucose("after_dinner_2h"),
		64: glucose("random"),
		65: other("symptom", map[string]any{"kind": "hypoglycaemia"}),
		66: other("meal", map[string]any{"size": "usual"}),
		67: other("meal", map[string]any{"size": "more"}),
		68: other("meal", map[string]any{"size": "less"}),
		69: other("exercise", map[string]any{"level": "usual"}),
		70: other("exercise", map[string]any{"level": "more"}),
		71: other("exercise", map[string]any{"level": "less"}),
		72: other("special_event", map[string]any{}),
	}
}()

var (
	uciClock  = regexp.MustCompile(`^([01]?\d|2[0-3]):([0-5]?\d)$`) // 11:0 is written for 11:00 in the files
	uciNumber = regexp.MustCompile(`^\d+(\.\d+)?$`)
	uciLimit  = regexp.MustCompile(`(?i)^0*(hi|lo)$`) // the meter's words, with the zeros that pad every value
)

// ReadUCI reads one file of the data set, which is one person's, and hands every line on: good ones to take, bad
// ones to refuse. Times are wall time in zone. An empty last line is not a line.
//
// Order of the checks: fields, time, code, value; a line has one reason, the first.
func ReadUCI(file string, r io.Reader, zone *time.Location, take func(UCILine) error, refuse func(Reject)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), 1<<20)
	for n := 1; lines.Scan(); n++ {
		l, why := ParseUCI(lines.Text(), zone)
		if why != nil {
			refuse(Reject{file, n, why})
			continue
		}
		l.File, l.Line = file, n
		l.MessageID = file + " " + l.MessageID
		if err := take(l); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

// ParseUCI reads one line. File and Line are left for the caller, who also puts the file in front of MessageID.
func ParseUCI(line string, zone *time.Location) (UCILine, *fault.Fault) {
	fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
	if len(fields) != 4 {
		return UCILine{}, ErrUCIFields
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	at, ok := uciTime(fields[0], fields[1], zone)
	if !ok {
		return UCILine{}, ErrUCITime.At("time")
	}
	code, err := strconv.Atoi(fields[2])
	kind, ok := uciKinds[code]
	if err != nil || !ok {
		return UCILine{}, ErrUCICode.At("code")
	}
	value, ok := uciValue(fields[3], kind)
	if !ok {
		return UCILine{}, ErrUCIValue.At("value")
	}
	e, why := kind.event(value)
	if why != nil {
		return UCILine{}, why
	}
	_, offset := at.Zone()
	e.Occurred = at.UnixMicro()
	e.Original = e.Occurred
	e.Offset = int16(offset / 60)
	e.Flags |= event.Imported
	e.Provenance = UCIProvenance
	return UCILine{
		Code: code, Event: e,
		// Wall time, not the moment: another --zone on a second run must not store the history again.
		MessageID: fmt.Sprintf("%s %d %v", at.Format("2006-01-02T15:04"), code, value),
	}, nil
}

// event puts the value beside the code's own properties and has the catalogue check them.
func (k uciKind) event(value any) (event.Event, *fault.Fault) {
	properties := make(map[string]any, len(k.properties)+1)
	for name, v := range k.properties {
		properties[name] = v
	}
	if k.valued {
		properties["value"] = value
	}
	raw, err := json.Marshal(properties)
	if err != nil { // numbers and short strings always become JSON
		return event.Event{}, ErrUCIValue.Wrap(err)
	}
	return k.spec.Decode(raw)
}

// uciTime reads the first two fields. A wall time that summer time skipped becomes the one an hour later.
func uciTime(date, clock string, zone *time.Location) (time.Time, bool) {
	m := uciClock.FindStringSubmatch(clock)
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("01-02-2006 15:4", date+" "+m[1]+":"+m[2], zone)
	return at, err == nil
}

// uciValue reads the fourth field: a number, padded by zeros or not; HI and LO for glucose.
func uciValue(s string, k uciKind) (any, bool) {
	if uciNumber.MatchString(s) {
		v, err := strconv.ParseFloat(s, 64)
		return v, err == nil
	}
	if m := uciLimit.FindStringSubmatch(s); m != nil && k.spec.Type == event.Glucose {
		return strings.ToUpper(m[1]), true
	}
	return nil, false
}
