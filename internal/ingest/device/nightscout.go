package device

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"regexp"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
	"peiban/internal/sheet"
)

// Nightscout reads the JSON of Nightscout and OpenAPS: entries, treatments, the history of a pump, carbohydrates, profiles with their
// basal rates; as arrays, as one object after the other, as backups and answers of the API hold them. A record is a row.
func Nightscout(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		all, err := readAll(in)
		if err != nil {
			return err
		}
		if c, err := opens([]byte(strings.TrimPrefix(string(all[:min(len(all), 512)]), "\xef\xbb\xbf")), 0); err != nil || c != '{' && c != '[' {
			f := fault.New(fault.Invalid, "not_json", "文件不是 JSON", "the file is not JSON")
			if kind := Detect(all); kind != "" {
				return f.Because("它像 "+kind+" 的文件：用 peiban import "+kind, "it looks like one of "+kind+": use peiban import "+kind)
			}
			return f.Because("用 Nightscout 的 /api/v1/entries.json、treatments.json 或 OpenAPS 的 JSON", "use entries.json or treatments.json of Nightscout, or the JSON of OpenAPS")
		}
		n := nightscout{o: &o}
		if n.minutes, err = tempDurations(ctx, all); err != nil {
			return err
		}
		return eachObject(ctx, all, take, n.row)
	}
}

// NightscoutRecord reads one record as an uploader sends it. It is known by the same ids as in a file.
func NightscoutRecord(o Options, raw json.RawMessage) rows.Row {
	return oneRecord(nightscout{o: &o}, raw)
}

// NightscoutByID reads one record by the _id its sender made for it.
func NightscoutByID(o Options, raw json.RawMessage) rows.Row {
	return oneRecord(nightscout{o: &o, byID: true}, raw)
}

func oneRecord(n nightscout, raw json.RawMessage) rows.Row {
	record, ok := parseObject(raw)
	if !ok {
		return rows.Row{Why: errItem}
	}
	return n.row(record)
}

// NightscoutNames are the ids under which the events of a record may be known that its maker calls name.
func NightscoutNames(o Options, name string) []string {
	var out []string
	for _, key := range [...]string{"meal", "insulin", "glucose", "basal", "exercise", "special_event"} {
		out = append(out, o.called(name, key))
	}
	return out
}

func (o *Options) called(name, key string) string {
	return strings.Join([]string{o.Whose, "id", name, key}, "\x1f")
}

// nightscout makes rows of records.
type nightscout struct {
	o       *Options
	minutes map[string]float64 // how long temporary rates of a pump hold, told in records of their own; by their time
	byID    bool               // an _id is a name its maker gave, not a server's
}

// record is one object under way.
type record struct {
	object
	build
	n        *nightscout
	at       moment
	measured bool // by a sensor or a meter: known by device, time and value, since every server that passes it on calls it something else
	treated  bool // what somebody did or noted: without a name of its maker's it is known by its moment and kind
}

var errWithdrawn = fault.New(fault.Invalid, "withdrawn", "这条记录已在来源处删除", "the record was deleted where it comes from")

func (n *nightscout) row(o object) rows.Row {
	r := record{object: o, n: n}
	if valid, ok := o["isValid"].(bool); ok && !valid {
		return rows.Row{Why: errWithdrawn}
	}
	switch {
	case o.has("openaps", "loop", "uploader", "uploaderBattery") && !o.has("sgv", "eventType"):
		return rows.Row{} // how a device is doing
	case o.has("basalprofile", "store") || o.has("defaultProfile"):
		r.profile()
	case o.has("rate") && o.has("start", "minutes") && !o.has("_type", "eventType"):
		r.segment(o, "")
	default:
		var why *fault.Fault
		if r.at, why = n.time(o); why != nil {
			return rows.Row{Why: why}
		}
		switch {
		case o.has("_type"):
			r.pump()
		case o.has("eventType"):
			r.treatment()
		case o.has("sgv", "mbg"), o.text("type") == "sgv", o.text("type") == "mbg", o.text("type") == "cal":
			r.entry()
		case o.has("carbs", "insulin"):
			r.treatment()
		case o.has("glucose"):
			r.entry()
		default:
			r.refuse(errKind)
		}
	}
	return r.row()
}

// since what numbers are milliseconds and not seconds: as seconds it is the year 5138.
const milliseconds = 1e11

// time is when a record happened: the milliseconds of its date, or its text with an offset, with or without a colon.
func (n *nightscout) time(o object) (moment, *fault.Fault) {
	local := o.text("dateString", "created_at", "timestamp", "eventTime", "startDate", "display_time", "sysTime")
	if ms, ok := o.number("date", "mills", "srvCreated"); ok || isNumber(local) {
		if !ok {
			ms, _ = amount(local)
		}
		if ms < milliseconds {
			ms *= 1000
		}
		if ms <= 0 || ms > 1e14 {
			return moment{}, ErrTime
		}
		at := time.UnixMilli(int64(ms))
		return n.o.possible(moment{at.In(n.zone(o, local)), at.UTC().Format(wallForm) + "Z"})
	}
	if local == "" {
		local = o.text("date")
	}
	if local == "" {
		return moment{}, ErrNoTime
	}
	return n.read(local, o)
}

func isNumber(s string) bool {
	_, ok := amount(s)
	return ok && len(s) > 8
}

func (n *nightscout) read(s string, o object) (moment, *fault.Fault) {
	m, ok := sheet.ReadMoment(s, n.o.Dates)
	switch {
	case !ok:
		return moment{}, ErrTime
	case m.Either:
		return moment{}, ErrOrder
	case !strings.Contains(s, ":"):
		return moment{}, ErrNoClock
	case !m.Zoned:
		return n.o.local(m.Wall)
	}
	at := m.Wall.Add(-time.Duration(m.Offset) * time.Second)
	return n.o.possible(moment{at.In(n.zone(o, s)), at.Format(wallForm) + "Z"})
}

// zone is where it happened: the offset the record tells; one in UTC tells none.
func (n *nightscout) zone(o object, local string) *time.Location {
	if m, ok := sheet.ReadMoment(local, sheet.Unsure); ok && m.Zoned && m.Offset != 0 {
		return time.FixedZone("", m.Offset)
	}
	if v, ok := o.number("utcOffset"); ok && v != 0 && math.Abs(v) <= 14*60 {
		return time.FixedZone("", int(v)*60)
	}
	if n.o.Zone != nil {
		return n.o.Zone
	}
	return time.UTC
}

// event adds one; where the record has a name of its own, that is what it is known by.
func (r *record) event(key string, p properties, parts ...string) {
	e, why := r.n.o.event(key, r.at, p, append([]string{short(r.text("device")), r.text("_type", "eventType", "type")}, parts...)...)
	r.add(r.named(e, key), why)
}

// named gives an event the name its maker gave the record. A treatment without one is known by its moment and its kind, as Nightscout
// itself finds the one a later upload replaces: each server calls it something else (_id). Another content of that moment and kind is a
// later version of it.
func (r *record) named(e rows.Event, key string) rows.Event {
	if r.measured {
		return e
	}
	id := r.text("identifier", "syncIdentifier", "uuid")
	own := r.text("_id")
	if oid, ok := r.object["_id"].(map[string]any); ok { // as mongoexport writes it
		own, _ = oid["$oid"].(string)
	}
	if serverMade.MatchString(id) && r.treated { // version 3 shows its own _id so where there is no other name
		id = ""
	}
	switch {
	case id == "" && r.treated && (!r.n.byID || own == ""):
		e.ID = strings.Join([]string{r.n.o.Whose, "treatment", r.at.UTC().Format(time.RFC3339Nano), folded(r.text("eventType")), key}, "\x1f")
		e.Named = true
	case id == "":
		id = own
		fallthrough
	default:
		if id != "" {
			e.ID = r.n.o.called(id, key)
		}
	}
	return e
}

// serverMade is a name a database gives: of 24 hexadecimal digits.
var serverMade = regexp.MustCompile(`^[0-9a-f]{24}$`)

// folded is a kind as two of them are compared; what was left empty is none.
func folded(kind string) string {
	if k := strings.ToLower(strings.Join(strings.Fields(kind), " ")); k != "<none>" {
		return k
	}
	return ""
}

// entry is what a sensor or a meter measured. A calibration's slope stores nothing.
func (r *record) entry() {
	kind := r.text("type")
	field, sensor := "sgv", true
	switch {
	case kind == "cal":
		return
	case r.has("mbg") || kind == "mbg":
		field, sensor = "mbg", false
	case !r.has("sgv"):
		field = "glucose"
	}
	r.measured = true
	r.glucose(field, sensor, string(measure.MgdL))
}

// glucose adds a reading. Without a unit it is of the one given; a number that cannot be of that one is not guessed at.
func (r *record) glucose(field string, sensor bool, unit string) {
	s := r.text(field)
	if s == "" {
		r.refuse(ErrNoValue.At("%s", field))
		return
	}
	n, ok := readNumber(s)
	if !ok {
		r.refuse(ErrValue.At("%s", field))
		return
	}
	switch told := unitOf(r.text("units", "unit")); {
	case told != "":
		unit = told
	case r.n.o.Unit != "":
		unit = r.n.o.Unit
	case n.limit == "" && (unit == "" && n.value <= aboveMmolL || n.value < belowMgdL && n.value != math.Trunc(n.value)):
		r.refuse(ErrEither.Because("用 --unit 写明没有写单位的是哪一种", "say with --unit which it is where none is given"))
		return
	case unit == "":
		unit = string(measure.MgdL)
	}
	e, why := r.n.o.glucose(r.at, glucose{value: n, unit: unit, sensor: sensor, device: r.text("device"), kind: field, sequence: math.NaN()})
	r.add(r.named(e, "glucose"), why)
}

// treatment is what somebody did or noted: any of food, insulin, a reading, a rate, exercise and words.
func (r *record) treatment() {
	r.treated = true
	kind, words := r.text("eventType"), r.text("notes", "note")
	k := key(kind)
	used := false
	note := func(p properties) properties {
		used = true
		return p.put("note", words)
	}
	if v, ok := r.number("carbs"); ok && v != 0 {
		food := r.text("foodType")
		if food != "" {
			words = strings.TrimSpace(food + " " + words)
		}
		r.event("meal", note(properties{"carbs": v}), plain(v))
	}
	if v, ok := r.number("insulin"); ok && v != 0 {
		p := properties{"value": v}.put("kind", insulinKind(r.text("insulinType")))
		r.event("insulin", note(p), plain(v))
	}
	if r.has("glucose") && r.text("glucose") != "0" {
		r.glucose("glucose", key(r.text("glucoseType")) == "sensor", "")
	}
	switch {
	case k == "tempbasal" || k == "tempbasalstart":
		used = true
		r.tempBasal(words)
	case k == "tempbasalend", k == "resumepump":
		r.note("basal_resumed", words)
		return
	case k == "suspendpump":
		r.event("basal", note(properties{"rate": 0.0, "kind": "suspended"}))
	case k == "exercise":
		p := note(properties{})
		if v, ok := r.number("duration"); ok {
			p["minutes"] = v
		}
		r.event("exercise", p)
	}
	if len(r.events) == 0 && r.why == nil && !used || words != "" && !used {
		r.note(slug(kind), words)
	}
}

func (r *record) note(kind, words string) {
	e, why := r.n.o.note(r.at, kind, words)
	r.add(r.named(e, "special_event"), why)
}

// slug is the kind of event as a code: Site Change is site_change.
func slug(kind string) string {
	s := strings.ToLower(strings.Join(strings.Fields(short(kind)), "_"))
	if s == "" || s == "<none>" { // as the care portal and xDrip write it
		return "note"
	}
	return s
}

// tempBasal is a rate for a while; one that lasts no time ends the one before. A percentage is of a rate that is not known here.
func (r *record) tempBasal(words string) {
	minutes, timed := r.number("duration")
	rate, ok := r.number("absolute", "rate")
	switch {
	case timed && minutes == 0 && !ok:
		r.note("temp_basal_ended", words)
	case !ok:
		r.note("temp_basal_percent", strings.TrimSpace(r.text("percent")+" % "+r.text("duration")+" min "+words))
	default:
		p := properties{"rate": rate, "kind": "temporary"}.put("note", words).put("device", short(r.text("device")))
		if timed {
			p["minutes"] = minutes
		}
		r.event("basal", p, plain(rate))
	}
}
