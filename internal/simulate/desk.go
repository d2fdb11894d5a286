package simulate

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Work is a task as the people who do it see it.
type Work struct {
	Task    string
	UserID  string
	Owner   string // login of who should do it; empty: whoever is on duty
	Opened  time.Time
	Due     time.Time
	Safety  bool
	Script  string // what kind of work it is
	Results []string
}

// Staff are the accounts of a story. Passwords exist in rehearsals only.
var Staff = []struct{ Login, Password, Name, Role string }{
	{"admin", "peiban-admin", "沈佳", "admin"},
	{"zhou", "peiban-zhou", "周宁", "manager"},
	{"liu", "peiban-liu", "刘敏", "health_manager"},
	{"chen", "peiban-chen", "陈晓", "health_manager"},
	{"wang", "peiban-wang", "王蕾", "pharmacist"},
	{"qian", "peiban-qian", "钱立", "doctor"},
	{"viewer", "peiban-viewer", "何静", "viewer"},
}

// Doctor is the login of the doctor of a story.
const Doctor = "qian"

// desk is the staff: who does which task when. Safety comes first at any hour, the rest by day and mostly on
// time. Somebody who does not answer the telephone is tried again on another day. Where the story ends the last
// days' work is partly still to be done, as it is on any morning.
type desk struct {
	seed uint64
	end  time.Time
	zone *time.Location
	jobs jobs

	taken int
}

func newDesk(s Story) *desk {
	zone := time.UTC
	if len(s.People) > 0 {
		zone = s.People[0].Zone
	}
	return &desk{seed: s.Seed, end: s.End, zone: zone}
}

type job struct {
	at time.Time
	n  int
	Work
	outcome, note string
	until         time.Time // put off until then; zero: done
}

// take decides when a task will be done and how it ends.
func (d *desk) take(w Work) {
	// Not by its id: ids are random, and the same seed should tell the same story.
	d.taken++
	r := chance(d.seed, d.taken, "task "+w.UserID, int(w.Opened.Unix()))
	j := job{Work: w, n: d.taken}
	if w.Safety {
		j.at = w.Opened.Add(time.Duration(between(r, 3, 9) * float64(time.Minute)))
		if happens(r, 0.1) {
			j.at = w.Opened.Add(time.Duration(between(r, 12, 40) * float64(time.Minute)))
		}
		if d.end.Sub(w.Opened) < 12*time.Minute {
			return // nobody has picked up the telephone yet
		}
		d.plan(j, r)
		return
	}
	j.at = d.byDay(w.Opened.Add(time.Duration(between(r, 0.1, 0.9) * float64(max(w.Due.Sub(w.Opened), 30*time.Minute)))))
	switch o := r.Float64(); {
	case o < 0.05:
		j.at = d.byDay(w.Due.Add(time.Duration(between(r, 2, 20) * float64(time.Hour))))
	case o < 0.4 && d.end.Sub(w.Opened) < 3*24*time.Hour && d.end.Sub(j.at) > 0:
		if j.until = d.lastDay(r); !j.until.After(j.at.Add(time.Hour)) { // no answer: tried again on the day the story ends
			j.until = j.until.AddDate(0, 0, 1)
		}
	case o < 0.7 && d.end.Sub(w.Due) < 20*time.Hour:
		return // the last day's work that waits for the morning
	case o > 0.94:
		j.until = atHour(j.at.AddDate(0, 0, 1), pick(r, hours))
	}
	d.plan(j, r)
}

// hours are those at which people are tried again.
var hours = []float64{9.5, 10, 10.5, 11, 13.5, 14, 15, 15.5, 16, 17}

// lastDay is an hour of the day on which the story ends.
func (d *desk) lastDay(r *rand.Rand) time.Time { return atHour(d.end.In(d.zone), pick(r, hours)) }

func (d *desk) plan(j job, r *rand.Rand) {
	j.outcome = outcome(r, j.Results)
	if !j.until.IsZero() {
		j.outcome = "no_answer"
	}
	if notes := notes[j.outcome]; len(notes) > 0 && happens(r, 0.5) {
		j.note = pick(r, notes)
	}
	heap.Push(&d.jobs, j)
}

// byDay moves a moment into working hours.
func (d *desk) byDay(t time.Time) time.Time {
	t = t.In(d.zone)
	switch {
	case t.Hour() < 9:
		t = atHour(t, 9+float64(t.Minute())/60)
	case t.Hour() >= 18:
		t = atHour(t.AddDate(0, 0, 1), 9+float64(t.Minute())/60)
	}
	return t
}

func (d *desk) due() (time.Time, bool) {
	if len(d.jobs) == 0 {
		return time.Time{}, false
	}
	return d.jobs[0].at, true
}

// urgent is when, after now, the next safety task is done.
func (d *desk) urgent(now time.Time) (at time.Time, ok bool) {
	for i := range d.jobs {
		if j := &d.jobs[i]; j.Safety && j.at.After(now) && (!ok || j.at.Before(at)) {
			at, ok = j.at, true
		}
	}
	return at, ok
}

// work does what is to be done by now.
func (d *desk) work(ctx context.Context, now time.Time, w World, f *Figures) error {
	for len(d.jobs) > 0 && !d.jobs[0].at.After(now) {
		j := heap.Pop(&d.jobs).(job)
		if !j.until.IsZero() {
			open, err := w.Postpone(ctx, j.Work, j.until, j.note)
			if err != nil {
				return fmt.Errorf("postpone a task: %w", err)
			}
			if open {
				j.at, j.until = j.until.Add(20*time.Minute), time.Time{}
				if slices.Contains(j.Results, "reached") {
					j.outcome = "reached"
				}
				heap.Push(&d.jobs, j)
			}
			continue
		}
		done, err := w.Finish(ctx, j.Work, j.outcome, j.note)
		if err != nil {
			return fmt.Errorf("finish a task: %w", err)
		}
		if done {
			f.TasksDone++
		}
	}
	return nil
}

// likely says how often a task ends in a certain way.
var likely = map[string]float64{
	"reached": 70, "agreed": 30, "no_answer": 16, "refer_pharmacist": 4, "refer_doctor": 3, "went_to_hospital": 2,
	"adverse_event": 1, "do_not_contact": 0.4, "appointment": 20,
}

func outcome(r *rand.Rand, results []string) string {
	if len(results) == 0 {
		return ""
	}
	sum := 0.0
	for _, k := range results {
		sum += max(likely[k], 0.2)
	}
	at := r.Float64() * sum
	for _, k := range results {
		if at -= max(likely[k], 0.2); at < 0 {
			return k
		}
	}
	return results[0]
}

var notes = map[string][]string{
	"reached":          {"昨晚吃得晚，今天注意。", "家里有客人，多吃了些，已经说好明早再测。", "吃了糖，已经好了，身边有人。", "说最近睡得不好。", "一切都好，谢谢我们打电话。"},
	"agreed":           {"说好每周一、三、五早上测。", "愿意试试晚饭后散步。", "约好下周三再聊。"},
	"no_answer":        {"打了两次没人接，发了消息。", "响铃没接，晚些再试。"},
	"went_to_hospital": {"家人陪着去了医院急诊。"},
	"refer_pharmacist": {"问吃药时间，请药师回。"},
	"appointment":      {"约好明天上午十点再打。"},
	"refer_doctor":     {"最近常偏低，请医生看。"},
	"adverse_event":    {"换药后有点恶心，已转药师登记。"},
}

type jobs []job

func (q jobs) Len() int { return len(q) }
func (q jobs) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].n < q[j].n
}
func (q jobs) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *jobs) Push(x any)   { *q = append(*q, x.(job)) }
func (q *jobs) Pop() any {
	old := *q
	j := old[len(old)-1]
	*q = old[:len(old)-1]
	return j
}
