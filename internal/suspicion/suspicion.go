// Package suspicion is about readings that cannot be quite what they say: the same value again and again, more of them
// than anybody takes, one meter on two people, times that cannot be, a series that is another's.
//
// It finds; it decides nothing. A doubtful reading stays what it is: it raises every alarm, and only points wait until
// somebody has looked. Everything here is a function of timelines and a moment; who stores what is found, and in which
// words it is told, is left to others.
package suspicion

import (
	"cmp"
	"math"
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Reasons, as the catalogue of events has them.
const (
	Repeated     = "repeated"
	TooMany      = "too_many"
	SharedDevice = "shared_device"
	TimeTravel   = "time_travel"
	Copied       = "copied"
)

// Reasons lists them in the order they are shown.
var Reasons = []string{Repeated, TooMany, SharedDevice, TimeTravel, Copied}

// Limits are the numbers it goes by. They come from the settings of a programme; see LimitsOf.
type Limits struct {
	Repeated      int           // so many equal values in a row
	PerDay        int           // more than this many of one kind in a local day
	Window        time.Duration // what was received longer ago is not looked at
	Future        time.Duration // how far past the moment it was received a reading may be dated
	Oldest        time.Duration // how long before it was received
	Back          time.Duration // how far behind its own meter's newest a reading may be that was received after it
	BackReadings  int           // so many of those
	SharedEach    int           // readings of one meter each of two people has
	DeviceCrowd   int           // a name on more people than this is the name of a model, not of a meter
	Copied        int           // values at the same moments two people have
	CopiedDays    int           // on so many local days
	CopiedCrowd   int           // a value at a moment that more people than this have says nothing
	Same          time.Duration // the same value again within this is one measurement told twice
	SensorRun     int           // so many readings by clockwork are a sensor's
	SensorGap     time.Duration // at most this far apart
	EvidenceShown int           // how many of the readings are named
}

// defaults hold where a programme sets nothing. Sources: operations.md section 5 (5 equal values, 12 readings a day, one
// device on two accounts, time travel); the others are proposals of ours, to be tuned: docs/guide/data-suspicion.md.
var defaults = map[string]float64{
	"suspect_repeated": 5, "suspect_per_day": 12, "suspect_window": 14, "suspect_future": 10, "suspect_oldest": 3650,
	"suspect_back": 24, "suspect_back_readings": 3, "suspect_shared": 2, "suspect_device_people": 5,
	"suspect_copied": 8, "suspect_copied_days": 3, "suspect_copied_people": 20,
	"suspect_same": 60, "suspect_sensor_run": 12, "suspect_sensor_gap": 16,
}

// Settings are the keys of the settings it reads.
func Settings() []string {
	var keys []string
	for k := range defaults {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// evidenceShown bounds what a finding names: a timeline holds it, and a screen shows it.
const evidenceShown = 50

// LimitsOf reads the limits from settings; what is not set, or makes no sense, is as shipped.
func LimitsOf(setting func(key string) (float64, bool)) Limits {
	of := func(key string) float64 {
		if v, ok := setting(key); ok && v > 0 && !math.IsInf(v, 0) {
			return v
		}
		return defaults[key]
	}
	whole := func(key string) int { return int(min(of(key), 1e6)) }
	span := func(key string, unit time.Duration) time.Duration {
		return time.Duration(min(of(key), 36500) * float64(unit))
	}
	return Limits{
		Repeated: max(2, whole("suspect_repeated")), PerDay: whole("suspect_per_day"), Window: span("suspect_window", day),
		Future: span("suspect_future", time.Minute), Oldest: span("suspect_oldest", day), Back: span("suspect_back", time.Hour),
		BackReadings: whole("suspect_back_readings"), SharedEach: whole("suspect_shared"), DeviceCrowd: whole("suspect_device_people"),
		Copied: max(2, whole("suspect_copied")), CopiedDays: whole("suspect_copied_days"), CopiedCrowd: max(2, whole("suspect_copied_people")),
		Same: span("suspect_same", time.Second), SensorRun: max(3, whole("suspect_sensor_run")), SensorGap: span("suspect_sensor_gap", time.Minute),
		EvidenceShown: evidenceShown,
	}
}

const day = 24 * time.Hour

// Finding is one thing that does not fit, and what shows it.
type Finding struct {
	Person   person.Number
	Reason   string
	Subject  string       // what makes it the same again: of which kind, day, device, other person
	Key      string       // Subject, and for a run of equal values where it begins: two who find it give it one name
	Device   event.Symbol // the meter, where one is in doubt
	Other    person.Number
	Count    int         // readings in doubt
	Since    int64       // microseconds, of the first of them
	Until    int64       // and of the last
	Evidence []event.Seq // the newest of them, in their order
}

// Past is a finding that was told already, as the timeline holds it.
type Past struct {
	Seq      event.Seq
	At       int64 // when it was found, microseconds
	Recv     int64
	Reason   string
	Device   event.Symbol
	Count    int
	Ref      float64 // event.Ref of its Subject
	Since    int64
	Until    int64
	Evidence []event.Seq
	Cleared  int64     // when somebody cleared it; 0: it is open
	By       event.Seq // the event that cleared it
}

// Places of a data_suspect event's extra numbers; what follows is evidence.
const (
	refAt, sinceAt, untilAt = 0, 1, 2
	evidenceAt              = 3
)

// Extra is what a data_suspect event holds of f beside its fields with names.
func (f *Finding) Extra() []float64 {
	x := []float64{event.Ref(f.Subject), float64(f.Since), float64(f.Until)}
	for _, q := range f.Evidence {
		x = append(x, float64(q))
	}
	return x
}

// History lists what was found of a person, cleared ones too, in the order it was found.
func History(t *timeline.Timeline) []Past {
	var out []Past
	for i, typ := range t.Type {
		if typ != event.DataSuspect || t.C[i].String() == "cleared" {
			continue
		}
		p := Past{
			Seq: t.Seq[i], At: t.At[i], Recv: t.Recv[i], Reason: t.A[i].String(), Device: t.B[i],
			Ref: t.XAt(i, refAt), Since: whole(t.XAt(i, sinceAt)), Until: whole(t.XAt(i, untilAt)), Count: int(whole(t.Num[i])),
		}
		for k := evidenceAt; ; k++ {
			v := t.XAt(i, k)
			if math.IsNaN(v) {
				break
			}
			p.Evidence = append(p.Evidence, event.Seq(v))
		}
		out = append(out, p)
	}
	for _, f := range t.Fixes {
		if i := slices.IndexFunc(out, func(p Past) bool { return p.Seq == f.Of }); i >= 0 {
			if by := t.Find(f.By); by >= 0 && t.Type[by] == event.DataSuspect {
				out[i].Cleared, out[i].By = t.Recv[by], f.By
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Past) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

func whole(v float64) int64 {
	if math.IsNaN(v) {
		return 0
	}
	return int64(v)
}

// past is what was found of one person, ready to be asked.
type past []Past

// clearedUpTo is when somebody last looked at what was found of a subject and found it well; 0: nobody did. What was received
// until then is no evidence any more.
func (all past) clearedUpTo(reason, subject string) (at int64, times int) {
	ref := event.Ref(subject)
	for i := range all {
		if p := &all[i]; p.Reason == reason && p.Ref == ref && p.Cleared != 0 {
			at, times = max(at, p.Cleared), times+1
		}
	}
	return at, times
}

// open reports whether the same was found and nobody has cleared it. Of a run of equal values the same is one that overlaps.
func (all past) open(f *Finding) bool {
	ref := event.Ref(f.Subject)
	for i := range all {
		p := &all[i]
		if p.Reason != f.Reason || p.Ref != ref || p.Cleared != 0 {
			continue
		}
		if f.Reason != Repeated || p.Since <= f.Until && f.Since <= p.Until {
			return true
		}
	}
	return false
}

// Open are those of a person's findings that nobody has cleared.
func Open(all []Past) []Past {
	return slices.DeleteFunc(slices.Clone(all), func(p Past) bool { return p.Cleared != 0 })
}
