// Package device reads what meters, sensors and pumps export: bytes become rows of events, whoever's they are.
//
// A format finds its columns by what they mean, not by where they stand. What cannot be known from the file (which of two numbers is
// the day, which unit a column has) is asked for and never guessed. Whether a row is new is decided where rows are taken in.
package device

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
	"peiban/internal/sheet"
)

// MaxFile is how large a file may be, in bytes: it is read twice, so it is held. Ten years of a sensor are a third of it.
const MaxFile = 256 << 20

// slack is how far ahead of ours a device's clock may run.
const slack = 5 * time.Minute

// Each is the unit of a column in which the two are mixed, once somebody said so: every value has the one in which a meter can show it.
const Each = "each"

// Options say what the file does not.
type Options struct {
	Name   string          // of the file, without folders
	Whose  string          // names the person within message ids: two people's devices may be called the same
	Zone   *time.Location  // of clocks without one
	Now    time.Time       // what is told of later has not happened
	Dates  sheet.DateOrder // of dates that do not begin with the year; Unsure: found out from the whole file
	Unit   string          // of glucose where the file names none: mmol/L, mg/dL or Each
	Device string          // what measured, where the file does not say
}

// Why a file as a whole is not read.
var (
	ErrEmpty = fault.New(fault.Invalid, "file_empty", "文件是空的", "the file is empty").
			Because("从设备或网站重新导出一次", "export it again")
	ErrTooLarge = fault.New(fault.TooLarge, "file_too_large", "文件超过 256 MB", "the file is larger than 256 MB").
			Because("按月份分成几份导出", "export it in parts, by month")
	ErrDates = fault.New(fault.Invalid, "date_order", "日期先写月还是先写日，从整个文件都看不出来", "nothing in the file tells whether its dates begin with the month or the day").
			Because("导入时写明 --dates mdy（月/日/年）或 --dates dmy（日/月/年）", "say --dates mdy (month first) or --dates dmy (day first)")
	ErrUnitMissing = fault.New(fault.Invalid, "unit_missing", "没有写血糖的单位", "the unit of glucose is nowhere given").
			Because("导入时写明 --unit mmol/L 或 --unit mg/dL", "say --unit mmol/L or --unit mg/dL")
	ErrUnitMixed = fault.New(fault.Invalid, "units_mixed", "同一栏里混着 mmol/L 和 mg/dL 两种单位的数值", "one column mixes values in mmol/L and in mg/dL").
			Because("核对原表；--unit each 按每个数值的大小判断单位（两种都可能的拒收），--unit mmol/L 或 mg/dL 则全部按这个单位",
			"look at the table; --unit each takes each value in the unit it is possible in (and refuses what could be either), --unit mmol/L or mg/dL takes all in that one")
	ErrUnitClash = fault.New(fault.Invalid, "unit_clash", "表头写的单位和 --unit 不一样", "the header names another unit than --unit").
			Because("去掉 --unit", "leave --unit out")
)

// Why a row is refused. The texts never hold a value.
var (
	ErrTime = fault.New(fault.Invalid, "bad_time", "时间读不懂", "this is not a time").At("time").
		Because("写成 2024-05-01 07:05", "write 2024-05-01 07:05")
	ErrNoTime  = fault.New(fault.Invalid, "time_missing", "没有时间", "there is no time").At("time")
	ErrNoClock = fault.New(fault.Invalid, "clock_missing", "只有日期，没有几点几分", "a date without a time of day").At("time").
			Because("补上时刻，例如 2024-05-01 07:05", "add the time of day, as in 2024-05-01 07:05")
	ErrOrder = fault.New(fault.Invalid, "date_order_mixed", "这一行的月和日和别的行写反了", "month and day stand in another order than elsewhere in the file").At("time").
			Because("核对这一行；整个文件的写法用 --dates 说明", "look at the row; --dates says how the whole file reads")
	ErrFuture = fault.New(fault.Invalid, "in_the_future", "时间在将来", "the time is in the future").At("time").
			Because("看看设备的时钟和 --zone 时区对不对", "look at the clock of the device and at --zone")
	ErrAncient = fault.New(fault.Invalid, "too_long_ago", "时间早于 1970 年", "the time is before 1970").At("time").
			Because("看看设备的时钟", "look at the clock of the device")
	ErrValue = fault.New(fault.Invalid, "bad_value", "数值读不懂", "this is not a value").At("value").
			Because("写数字，血糖也可以是 HI 或 LO", "write a number; for glucose HI or LO as well")
	ErrNoValue = fault.New(fault.Invalid, "value_missing", "没有数值", "there is no value").At("value")
	ErrEither  = fault.New(fault.Invalid, "unit_unclear", "这个数值两种单位都可能", "the value is possible in either unit").At("value").
			Because("给这一行写上单位", "give the row its unit")
	ErrUnit = fault.New(fault.Invalid, "unknown_unit", "不认识这个单位", "this unit is not known").At("unit").
		Because("写 mmol/L 或 mg/dL", "write mmol/L or mg/dL")
	ErrCut = fault.New(fault.Invalid, "cut_off", "文件在这一行中间断了", "the file breaks off within this row").
		Because("重新导出完整的文件再导入；已经收下的不会重复", "export it again whole and import that; what was taken does not repeat")
	ErrSheet = fault.New(fault.Invalid, "no_header", "这张工作表没有认得出的表头", "this sheet has no header that is known").
			Because("不是数据就不用管", "nothing is lost if it holds no data")
)

// readAll reads a file whole, and refuses one that is empty or too large.
func readAll(in io.Reader) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the file: %w", err)
	case len(all) > MaxFile:
		return nil, ErrTooLarge
	case len(bytes.Trim(bytes.TrimPrefix(all, []byte("\xef\xbb\xbf")), " \t\r\n\x00")) == 0:
		return nil, ErrEmpty
	}
	return all, nil
}

// moment is when something happened, and how the device wrote it: the wall clock is part of the id, so that another --zone on a second
// run does not store the history again.
type moment struct {
	time.Time
	wall string
}

const wallForm = "2006-01-02T15:04:05"

func (o *Options) local(wall time.Time) (moment, *fault.Fault) {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	return o.possible(moment{at, wall.Format(wallForm)})
}

func (o *Options) possible(m moment) (moment, *fault.Fault) {
	switch {
	case !o.Now.IsZero() && m.After(o.Now.Add(slack)):
		return m, ErrFuture
	case m.Unix() < 0:
		return m, ErrAncient
	}
	return m, nil
}

// properties are those of an event, as on the wire; what is empty is left out.
type properties map[string]any

// put adds text that is there.
func (p properties) put(name, text string) properties {
	if text != "" {
		p[name] = text
	}
	return p
}

// event makes one event of the catalogue. What names it is said by parts, beside whose it is and when.
func (o *Options) event(key string, at moment, p properties, parts ...string) (rows.Event, *fault.Fault) {
	raw, err := json.Marshal(p)
	if err != nil { // numbers are finite and texts valid: both were looked at
		return rows.Event{}, ErrValue.Wrap(err)
	}
	e, why := event.Decode(key, raw)
	if why != nil {
		return rows.Event{}, why.At("%s", strings.TrimPrefix(why.Field, "properties."))
	}
	_, offset := at.Zone()
	e.Occurred = at.UnixMicro()
	e.Original = e.Occurred
	e.Offset = int16(offset / 60)
	return rows.Event{Event: e, ID: strings.Join(append([]string{o.Whose, key, at.wall}, parts...), "\x1f")}, nil
}

// number is a value that is one, as it was written; or HI or LO.
type number struct {
	value float64
	limit string // HI, LO
}

var (
	numeric = regexp.MustCompile(`^[+-]?\d{1,300}(\.\d*)?([eE][+-]?\d{1,3})?$`)
	limits  = map[string]string{
		"hi": "HI", "high": "HI", "高": "HI", "过高": "HI", "hoch": "HI", "lo": "LO", "low": "LO", "低": "LO", "过低": "LO", "niedrig": "LO",
	}
	nothing = map[string]bool{"": true, "-": true, "--": true, "—": true, "/": true, "na": true, "n/a": true, "null": true, "none": true, "无": true}
)

// readNumber reads a number with a point or, where nothing else is separated by commas, a comma. What a meter could not show it writes
// as HI and LO, or as the limit it could: >33.3, <1.1.
func readNumber(s string) (number, bool) {
	s = strings.TrimSpace(strings.Map(narrow, s))
	if limit, ok := limits[strings.ToLower(s)]; ok {
		return number{math.NaN(), limit}, true
	}
	limit := ""
	if rest, ok := strings.CutPrefix(s, ">"); ok {
		limit, s = "HI", strings.TrimSpace(strings.TrimPrefix(rest, "="))
	} else if rest, ok := strings.CutPrefix(s, "<"); ok {
		limit, s = "LO", strings.TrimSpace(strings.TrimPrefix(rest, "="))
	}
	if !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if !numeric.MatchString(s) {
		return number{}, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return number{}, false
	}
	if limit != "" {
		return number{math.NaN(), limit}, true
	}
	return number{math.Round(v*1e4) / 1e4, ""}, true // 120.60000000000001 is what a workbook keeps for 120.6
}

// narrow makes a wide digit or sign of a Chinese keyboard an ordinary one.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	if r == '\u3000' || r == '\u00a0' {
		return ' '
	}
	return r
}

func empty(s string) bool { return nothing[strings.ToLower(strings.TrimSpace(s))] }

// amount reads a number that is no limit; ok is false for what is none.
func amount(s string) (float64, bool) {
	n, ok := readNumber(s)
	return n.value, ok && n.limit == ""
}

func (n number) wire() any {
	if n.limit != "" {
		return n.limit
	}
	return n.value
}

func (n number) String() string {
	if n.limit != "" {
		return n.limit
	}
	return plain(n.value)
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// glucose is one reading.
type glucose struct {
	value    number
	unit     string
	sensor   bool
	device   string
	context  string
	note     string
	sequence float64 // NaN: none
	kind     string  // tells readings of one moment apart that a device keeps apart: history, scan, strip
}

func (o *Options) glucose(at moment, g glucose) (rows.Event, *fault.Fault) {
	if g.device == "" {
		g.device = o.Device
	}
	g.device = short(g.device)
	p := properties{"value": g.value.wire(), "unit": g.unit}.put("device", g.device).put("context", g.context).put("note", g.note)
	if g.sensor {
		p["sensor"] = true
	}
	if g.sequence >= 0 {
		p["sequence"] = g.sequence
	}
	return o.event("glucose", at, p, g.device, g.kind, g.value.String(), g.unit)
}

// longestDevice is how many bytes of a device's name are kept; a serial number is far shorter.
const longestDevice = 100

// short makes a name of a device one line.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.TrimSpace(s)
	for i := range s {
		if i > longestDevice {
			return s[:i]
		}
	}
	return s
}

// unitOf reads the unit of glucose out of a header or a cell; empty: none is there.
func unitOf(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(strings.Map(narrow, s)), ""))
	switch {
	case strings.Contains(s, "mmol"), strings.Contains(s, "毫摩"):
		return string(measure.MmolL)
	case strings.Contains(s, "mg/d"), strings.Contains(s, "mg%"), strings.Contains(s, "mgdl"), strings.Contains(s, "毫克/分升"):
		return string(measure.MgdL)
	}
	return ""
}
