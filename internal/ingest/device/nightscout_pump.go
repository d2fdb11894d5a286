package device

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"peiban/internal/fault"
)

// tempDurations finds how long temporary rates hold: pumps write that in a record beside the rate, of the same time.
func tempDurations(ctx context.Context, data []byte) (map[string]float64, error) {
	found := map[string]float64{}
	const kind = "TempBasalDuration"
	if !bytes.Contains(data, []byte(kind)) {
		return found, nil
	}
	_ = items(ctx, data, func(_ int, raw json.RawMessage) error { // where it breaks off is said by whoever reads the rows
		o, _ := parseObject(raw)
		if v, ok := o.number("duration (min)"); ok && o.text("_type") == kind {
			found[o.text("timestamp")] = v
		}
		return nil
	})
	return found, ctx.Err()
}

// longestRate is how many minutes a rate may hold, as the catalogue has it.
const longestRate = 1440

// pump is a record of a pump's own history.
func (r *record) pump() {
	switch kind := r.text("_type"); kind {
	case "Bolus":
		v, ok := r.number("amount", "insulin")
		if !ok {
			r.refuse(ErrNoValue.At("amount"))
			return
		}
		r.event("insulin", properties{"value": v}, plain(v))
	case "BolusWizard", "JournalEntryMealMarker", "MealMarker":
		if v, ok := r.number("carb_input", "carbs"); ok && v != 0 {
			r.event("meal", properties{"carbs": v}, plain(v))
		}
		if r.has("bg") && r.text("bg") != "0" {
			r.glucose("bg", false, "")
		}
	case "TempBasal":
		r.pumpRate()
	case "TempBasalDuration":
		if v, ok := r.number("duration (min)"); !ok {
			r.refuse(ErrNoValue.At("duration"))
		} else if v < 0 || v > longestRate {
			r.refuse(errDuration)
		} // else told with the rate
	case "BasalProfileStart":
		if v, ok := r.number("rate"); ok {
			r.event("basal", properties{"rate": v, "kind": "scheduled"}, plain(v))
			return
		}
		r.note("pump", kind)
	case "PumpSuspend", "SuspendBasal":
		r.event("basal", properties{"rate": 0.0, "kind": "suspended"})
	case "PumpResume":
		r.note("basal_resumed", "")
	case "CalBGForPH", "BGReceived", "BGReceivedPH", "SelfReportedBG":
		r.glucose("amount", false, "")
	default:
		r.note("pump", short(kind))
	}
}

var errDuration = fault.New(fault.Invalid, "out_of_range", "时长应在 0 到 1440 分钟之间", "a rate holds between 0 and 1440 minutes").At("duration")

func (r *record) pumpRate() {
	rate, ok := r.number("rate")
	switch {
	case !ok:
		r.refuse(ErrNoValue.At("rate"))
		return
	case r.text("temp") == "percent":
		r.note("temp_basal_percent", plain(rate)+" %")
		return
	}
	p := properties{"rate": rate, "kind": "temporary"}.put("device", short(r.text("device")))
	if v, ok := r.n.minutes[r.text("timestamp")]; ok && v >= 0 && v <= longestRate {
		p["minutes"] = v
	}
	r.event("basal", p, plain(rate))
}

// profile is a set of settings: its basal rates become events, the rest of it stores nothing. Of several sets the one in force counts.
func (r *record) profile() {
	list, _ := r.object["basalprofile"].([]any)
	zone := ""
	if store, ok := r.object["store"].(map[string]any); ok {
		set := store[r.text("defaultProfile")]
		if len(store) == 1 {
			for _, only := range store {
				set = only
			}
		}
		o, _ := set.(map[string]any)
		if list, ok = o["basal"].([]any); !ok {
			r.refuse(ErrNoValue.At("basal"))
			return
		}
		zone, _ = o["timezone"].(string)
	}
	if len(list) == 0 {
		r.refuse(ErrNoValue.At("basal"))
	}
	for _, s := range list {
		o, ok := s.(map[string]any)
		if !ok {
			r.refuse(errItem.At("basal"))
			continue
		}
		r.segment(o, zone)
	}
}

// segment is a rate that begins every day at the same time. Where nobody says since when, it is in force now: it is told as of the last
// time it began, and known by what it says.
func (r *record) segment(o object, zone string) {
	rate, ok := o.number("rate", "value")
	if !ok {
		r.refuse(ErrNoValue.At("rate"))
		return
	}
	minute, ok := minuteOfDay(o)
	if !ok {
		r.refuse(ErrTime.At("start"))
		return
	}
	where := r.n.o.Zone
	if l, err := time.LoadLocation(zone); err == nil && zone != "" && zone != "Local" {
		where = l
	}
	if where == nil {
		where = time.UTC
	}
	since := r.text("startDate", "created_at")
	from := r.n.o.Now
	var why *fault.Fault
	if since != "" {
		var at moment
		if at, why = r.n.read(since, r.object); why != nil {
			r.refuse(why)
			return
		}
		from = at.Time
	}
	day := from.In(where)
	at := time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, where)
	switch {
	case since == "" && at.After(from):
		at = at.AddDate(0, 0, -1)
	case since != "" && at.Before(from):
		at = at.AddDate(0, 0, 1)
	}
	if r.at, why = r.n.o.possible(moment{at, "schedule " + since}); why != nil {
		r.at = moment{at.AddDate(0, 0, -1), "schedule " + since} // it begins later today
	}
	start := fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	e, why := r.n.o.event("basal", r.at, properties{"rate": rate, "kind": "scheduled"}, start, plain(rate))
	if since == "" {
		e.Original = 0 // nobody said when: told again tomorrow it is the same
	}
	e = r.named(e, "basal "+start)
	r.add(e, why)
}

func minuteOfDay(o object) (int, bool) {
	if s := o.text("start", "time"); strings.Contains(s, ":") {
		minutes, ok := readDuration(s + strings.Repeat(":00", 2-min(2, strings.Count(s, ":"))))
		return int(minutes), ok && minutes >= 0 && minutes < 1440
	}
	if v, ok := o.number("minutes"); ok {
		return int(v), v >= 0 && v < 1440
	}
	if v, ok := o.number("timeAsSeconds"); ok {
		return int(v) / 60, v >= 0 && v < 86400
	}
	return 0, false
}
