package ingest

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/device"
	"peiban/internal/measure"
	"peiban/internal/sheet"
	"peiban/internal/timeline"
)

// nightscoutVersion is the version whose API uploaders find here.
const nightscoutVersion = "14.2.6"

// mostRead is how many records one answer holds.
const mostRead = 5000

// status is what anybody may know: uploaders ask it to see whom they talk to.
func (n *nightscout) status(w http.ResponseWriter) {
	now := n.real()
	send(w, http.StatusOK, map[string]any{
		"status": "ok", "name": "peiban", "version": nightscoutVersion, "serverTime": now.UTC().Format(form), "serverTimeEpoch": now.UnixMilli(),
		"apiEnabled": true, "careportalEnabled": true, "boluscalcEnabled": false, "runtimeState": "loaded", "authorized": nil,
		"settings": map[string]any{"units": "mg/dl", "timeFormat": 24, "enable": []string{"careportal"}}, "extendedSettings": map[string]any{},
	})
}

// verify tells an uploader whether its secret holds; the answer is always 200, as with Nightscout.
func (n *nightscout) verify(w http.ResponseWriter, err error) {
	if f := fault.Of(err); err != nil && (f == nil || f.Kind != fault.Unauthenticated) {
		n.fail(w, err)
		return
	}
	told := map[string]any{"canRead": err == nil, "canWrite": err == nil, "isAdmin": false, "message": "OK", "rolefound": "FOUND", "permissions": "ROLE"}
	if err != nil {
		told["message"], told["rolefound"], told["permissions"] = "UNAUTHORIZED", "NOTFOUND", "DEFAULT"
	}
	send(w, http.StatusOK, map[string]any{"status": http.StatusOK, "message": told})
}

// form is how Nightscout writes moments.
const form = "2006-01-02T15:04:05.000Z"

// wanted is what of the records is asked for.
type wanted struct {
	count    int
	from, to int64  // microseconds, [from, to]
	kind     string // of entries: sgv, mbg; of treatments their eventType
	name     string // what its maker calls a record
	id       string
	none     bool // something is asked for that is not kept: an uploader that finds nothing sends all, which stores nothing twice
}

// want reads a question as far as uploaders ask one: count, find[date], find[dateString], find[created_at] with bounds, find[type].
func want(q url.Values, count int) (wanted, *fault.Fault) {
	f := wanted{count: count, from: math.MinInt64, to: math.MaxInt64}
	if s := q.Get("count"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return f, errCount
		}
		f.count = min(n, mostRead)
	}
	for key, values := range q {
		field, op, ok := found(key)
		if !ok || len(values) == 0 {
			continue
		}
		value := values[0]
		switch field {
		case "date", "mills", "dateString", "created_at", "timestamp", "sysTime":
			at, ok := momentOf(value)
			if !ok {
				return f, errFindTime.At("%s", key)
			}
			switch op {
			case "$gte":
				f.from = max(f.from, at)
			case "$gt":
				f.from = max(f.from, at+1)
			case "$lte":
				f.to = min(f.to, at)
			case "$lt":
				f.to = min(f.to, at-1)
			case "", "$eq":
				f.from, f.to = max(f.from, at), min(f.to, at)
			default:
				f.none = true
			}
		case "type", "eventType":
			f.kind = value
		case "_id":
			f.id = value
		case "uuid", "identifier", "syncIdentifier":
			f.name = value
		default:
			f.none = true
		}
	}
	return f, nil
}

var (
	errCount    = fault.New(fault.Invalid, "bad_count", "count 要是一个整数", "count is a whole number").At("count")
	errFindTime = fault.New(fault.Invalid, "bad_time", "时间写法不对", "this is not a time").Because("写毫秒，或 2026-03-08T07:12:00+08:00", "give milliseconds, or 2026-03-08T07:12:00+08:00")
)

// found reads find[field][op].
func found(key string) (field, op string, ok bool) {
	rest, ok := strings.CutPrefix(key, "find[")
	if !ok {
		return "", "", false
	}
	field, rest, ok = strings.Cut(rest, "]")
	return field, strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]"), ok
}

// momentOf reads milliseconds, or a time as text; some clients do not escape its plus.
func momentOf(s string) (int64, bool) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 4 {
		return ms * 1000, ms > math.MinInt64/1000 && ms < math.MaxInt64/1000
	}
	if at := strings.LastIndexByte(s, ' '); at > len("2006-01-02T") {
		s = s[:at] + "+" + s[at+1:]
	}
	m, ok := sheet.ReadMoment(s, sheet.Unsure)
	if !ok || m.Either {
		return 0, false
	}
	return m.Wall.Add(-time.Duration(m.Offset) * time.Second).UnixMicro(), true
}

// read answers what is here of what this person's uploaders sent; nothing that others told of them.
func (n *nightscout) read(w http.ResponseWriter, r *http.Request, up uploading, what string, rest []string) {
	count := 10
	if what == "treatments" {
		count = 100
	}
	f, why := want(r.URL.Query(), count)
	if why != nil {
		n.refuse(w, why)
		return
	}
	switch {
	case len(rest) > 1:
		n.refuse(w, errUploadWhere)
		return
	case len(rest) == 0:
	case rest[0] == "current":
		f.count, f.kind = 1, "sgv"
	case len(rest[0]) == 24:
		f.id = rest[0]
	default:
		f.kind = rest[0]
	}
	var out []map[string]any
	var err error
	switch what {
	case "entries":
		out, err = n.entries(r.Context(), &up, f)
	case "treatments":
		out, err = n.treatments(r.Context(), &up, f)
	}
	if err == nil {
		err = n.store.AppendAudit(r.Context(), up.w, audit.Entry{At: n.real().UnixMicro(), Actor: sourceActor(&up), Action: "nightscout.read", Person: up.card.Number})
	}
	if err != nil {
		n.fail(w, err)
		return
	}
	if out == nil {
		out = []map[string]any{}
	}
	if len(out) > 0 {
		if ms, ok := out[0]["mills"].(int64); ok {
			at := time.UnixMilli(ms).UTC().Truncate(time.Second)
			w.Header().Set("Last-Modified", at.Format(http.TimeFormat))
			if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !at.After(since) {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
	}
	send(w, http.StatusOK, out)
}

// places are where a person's timeline has what uploaders sent and stands, the newest first.
func places(t *timeline.Timeline, source int32, f *wanted, fits func(i int) bool) []int {
	var out []int
	for i := t.Len() - 1; i >= 0 && len(out) < f.count && t.At[i] >= f.from; i-- {
		if int32(t.Source[i]) == source && t.At[i] <= f.to && t.Flags[i]&(event.Hidden|event.Echo) != event.Hidden && fits(i) {
			out = append(out, i)
		}
	}
	return out
}

// events reads what stands at places, with its words, in their order.
func (n *nightscout) events(ctx context.Context, up *uploading, t *timeline.Timeline, at []int) ([]event.Event, error) {
	if len(at) == 0 {
		return nil, nil
	}
	seqs := make([]event.Seq, len(at))
	for k, i := range at {
		seqs[k] = t.Seq[i]
	}
	var out []event.Event
	for part := range slices.Chunk(seqs, 500) {
		es, err := n.store.EventsBySeq(ctx, up.w, up.card.Number, part)
		if err != nil {
			return nil, err
		}
		out = append(out, es...)
	}
	if err := n.at(up.w).Reveal(up.card.Number, out); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b event.Event) int { return int(max(-1, min(1, b.Occurred-a.Occurred))) })
	return out, nil
}

func (n *nightscout) entries(ctx context.Context, up *uploading, f wanted) ([]map[string]any, error) {
	_, view, _, ok := n.at(up.w).Glance(up.card.Number)
	if !ok || f.none || f.name != "" {
		return nil, nil
	}
	at := places(view.Timeline, up.source.Number, &f, func(i int) bool {
		if view.Type[i] != event.Glucose {
			return false
		}
		return f.kind == "" || f.kind == kindOfEntry(view.Flags[i])
	})
	es, err := n.events(ctx, up, view.Timeline, at)
	var out []map[string]any
	for i := range es {
		if o := entryOf(&es[i]); f.id == "" || o["_id"] == f.id {
			out = append(out, o)
		}
	}
	return out, err
}

func kindOfEntry(f event.Flags) string {
	if f&event.Sensor != 0 {
		return "sgv"
	}
	return "mbg"
}

// Codes a sensor shows for what lies beyond its range, as Nightscout keeps them: mg/dL.
const (
	shownLow  = 39
	shownHigh = 401
)

func entryOf(e *event.Event) map[string]any {
	kind := kindOfEntry(e.Flags)
	value := any(math.Round(e.Num * measure.MgPerMmol))
	switch {
	case e.Flags&event.HI != 0:
		value = shownHigh
	case e.Flags&event.LO != 0:
		value = shownLow
	}
	o := stamped(e)
	o["type"], o[kind], o["date"], o["dateString"] = kind, value, e.Occurred/1000, time.UnixMicro(e.Occurred).UTC().Format(form)
	o["sysTime"] = o["dateString"]
	if d := e.C.String(); d != "" {
		o["device"] = d
	}
	return o
}

func stamped(e *event.Event) map[string]any {
	return map[string]any{"_id": hashID(e.Hash), "mills": e.Occurred / 1000, "utcOffset": e.Offset}
}

// treated are the types a treatment becomes.
var treated = map[event.Type]string{
	event.Meal: "Carb Correction", event.Insulin: "Correction Bolus", event.Basal: "Temp Basal", event.Exercise: "Exercise", event.SpecialEvent: "Note",
}

func (n *nightscout) treatments(ctx context.Context, up *uploading, f wanted) ([]map[string]any, error) {
	_, view, _, ok := n.at(up.w).Glance(up.card.Number)
	if !ok || f.none {
		return nil, nil
	}
	es, err := n.events(ctx, up, view.Timeline, n.treatmentsAt(view.Timeline, up, f))
	if err != nil {
		return nil, err
	}
	hashes := n.called(up, f)
	var out []map[string]any
	for i := range es {
		e := &es[i]
		if hashes != nil && !slices.Contains(hashes, e.Hash) && hashID(e.Hash) != f.id {
			continue
		}
		o := stamped(e)
		o["eventType"], o["created_at"] = treated[e.Type], time.UnixMicro(e.Occurred).UTC().Format(form)
		switch e.Type {
		case event.Meal:
			o["carbs"] = e.Num
		case event.Insulin:
			o["insulin"] = e.Num
		case event.Basal:
			o["absolute"], o["rate"] = e.Num, e.Num
		case event.Exercise:
			o["duration"] = e.Num
		}
		for k, v := range o {
			if x, ok := v.(float64); ok && math.IsNaN(x) {
				delete(o, k)
			}
		}
		var said struct{ Note string }
		if json.Unmarshal(e.Body, &said) == nil && said.Note != "" {
			o["notes"] = said.Note
		}
		if f.name != "" {
			o["uuid"], o["identifier"] = f.name, f.name
		}
		out = append(out, o)
	}
	return out, nil
}

func (n *nightscout) treatmentsAt(t *timeline.Timeline, up *uploading, f wanted) []int {
	if f.id != "" || f.name != "" { // one that is found by its name may lie anywhere among the newest
		f.count = mostRead
	}
	return places(t, up.source.Number, &f, func(i int) bool { return treated[t.Type[i]] != "" && (f.kind == "" || treated[t.Type[i]] == f.kind) })
}

// called are the hashes of what is asked for by name; nil: nothing is.
func (n *nightscout) called(up *uploading, f wanted) [][16]byte {
	if f.name == "" && f.id == "" {
		return nil
	}
	out := [][16]byte{}
	for _, name := range [...]string{f.name, f.id} {
		if name == "" {
			continue
		}
		for _, id := range device.NightscoutNames(n.options(up), name) {
			out = append(out, conductor.MessageHash(up.source.Number, id))
		}
	}
	return out
}

// remove takes back the treatment of a name with all that was told of at its moment.
func (n *nightscout) remove(w http.ResponseWriter, r *http.Request, up uploading, id string) {
	f := wanted{count: mostRead, from: math.MinInt64, to: math.MaxInt64, id: id}
	_, view, _, ok := n.at(up.w).Glance(up.card.Number)
	if !ok {
		n.refuse(w, errUploader)
		return
	}
	es, err := n.events(r.Context(), &up, view.Timeline, n.treatmentsAt(view.Timeline, &up, f))
	if err != nil {
		n.fail(w, err)
		return
	}
	hashes := n.called(&up, f)
	moments := map[int64]bool{} // a treatment's food and insulin are two events of one moment
	for i := range es {
		if slices.Contains(hashes, es[i].Hash) || hashID(es[i].Hash) == id {
			moments[es[i].Occurred] = true
		}
	}
	var items []conductor.Item
	for i := range es {
		e := &es[i]
		if !moments[e.Occurred] {
			continue
		}
		items = append(items, conductor.Item{Person: up.card.Number, MessageID: "remove " + strconv.FormatUint(uint64(e.Seq), 10), Event: event.Event{
			Type: event.Correction, Schema: 1, Num: math.NaN(), Retracts: e.Seq, A: event.Intern("removed_at_source"), Occurred: n.at(up.w).Now().UnixMicro(),
			Source: up.source.Number, Actor: "source", Provenance: "nightscout",
		}})
	}
	removed := 0
	if len(items) > 0 {
		out, err := n.at(up.w).Submit(r.Context(), conductor.Live, audit.Entry{Actor: sourceActor(&up), Action: "nightscout.remove", Person: up.card.Number}, items)
		if err != nil {
			n.fail(w, err)
			return
		}
		for _, o := range out {
			if o.Status == conductor.Stored {
				removed++
			}
		}
	}
	send(w, http.StatusOK, map[string]any{"n": removed, "ok": 1, "acknowledged": true, "deletedCount": removed})
}
