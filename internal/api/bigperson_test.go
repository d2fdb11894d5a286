package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

// The bar of the person page: what a person of so many events is answered in, at the API.
const (
	bigPerson = 100_000
	bigAnswer = 300 * time.Millisecond
)

// BenchmarkBigPerson reads the head, the file, the forms, the timeline, the course and the visit page of a person with 100,000 events: eight years of readings,
// doses, steps, laboratory values and forms. The figure is the median of ten; it fails above the bar.
func BenchmarkBigPerson(b *testing.B) {
	h := newHouse(b)
	x := h.add(0, "张桂芳", "liu")
	h.live(x, bigPerson)
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	me := h.phone(liu, x.ID)
	for _, one := range []struct {
		name string
		by   *browser
		path string
	}{
		{"person", liu, path}, {"file", liu, path + "/file"}, {"forms", liu, path + "/forms"}, {"timeline", liu, path + "/timeline"},
		{"tags", liu, path + "/tags"}, {"readings", liu, path + "/readings"},
		{"changes", liu, path + "/changes"}, {"progress", liu, path + "/progress"}, {"visit page", liu, path + "/visit-page"}, {"my file", me, "/api/me/file"}, {"my today", me, "/api/me/today"},
	} {
		b.Run(one.name, func(b *testing.B) {
			var took []time.Duration
			size := 0
			for b.Loop() {
				began := time.Now()
				res, body := one.by.raw("GET", one.path, nil)
				if res.StatusCode != 200 {
					b.Fatalf("%d %s", res.StatusCode, body)
				}
				took, size = append(took, time.Since(began)), len(body)
			}
			slices.Sort(took)
			median := took[len(took)/2]
			b.ReportMetric(float64(median.Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(size)/1024, "KB")
			if median > bigAnswer {
				b.Errorf("%s takes %v, more than %v", one.name, median, bigAnswer)
			}
		})
	}
}

// live gives somebody n events, the last of them now: as one wears a band, measures four times a day and notes each dose.
func (h *house) live(x conductor.Card, n int) {
	h.t.Helper()
	kinds := []string{
		`glucose {"value":%d.4,"unit":"mmol/L","context":"fasting"}`, `glucose {"value":%d.1,"unit":"mmol/L","context":"after_dinner_2h"}`,
		`medication {"class":"metformin","generic":"metformin","action":"taken","dose":0.%d}`, `steps {"value":%d00}`,
		`glucose {"value":%d.9,"unit":"mmol/L","context":"bedtime"}`, `medication {"class":"metformin","generic":"metformin","action":"taken","dose":0.%d}`,
		`sleep {"hours":%d.5}`, `check_in {"kind":"diet","value":%d}`, `blood_pressure {"systolic":12%d,"diastolic":80}`, `meal {"carbs":4%d}`,
	}
	rare := []string{`lab {"test":"ldl","value":2.%d,"unit":"mmol/L"}`, `hba1c {"value":7.%d}`, `visit {"department":"endocrinology","note":"%d"}`, `form_answer {"form":"feet","item":"foot","code":"fine","value":%d}`}
	step := 8 * 365 * 24 * time.Hour / time.Duration(n)
	at := h.now().Add(-step * time.Duration(n))
	items := make([]conductor.Item, 0, 1000)
	for i := range n {
		at = at.Add(step)
		what := kinds[i%len(kinds)]
		if i%200 == 199 {
			what = rare[i/200%len(rare)]
		}
		var key string
		_, err := fmt.Sscan(what, &key)
		must(h.t, err)
		e, f := event.Decode(key, fmt.Appendf(nil, what[len(key)+1:], 5+i%4))
		if f != nil {
			h.t.Fatal(key, f)
		}
		e.Occurred, e.Actor, e.Provenance, e.Flags = at.UnixMicro(), "source", "device", e.Flags|event.Imported
		if items = append(items, conductor.Item{Person: x.Number, Event: e, MessageID: fmt.Sprint("big", i)}); len(items) < cap(items) && i < n-1 {
			continue
		}
		out, err := h.spaces[0].Submit(h.t.Context(), conductor.Bulk, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items)
		must(h.t, err)
		for _, o := range out {
			if o.Status != conductor.Stored {
				h.t.Fatalf("%+v", o)
			}
		}
		items = items[:0]
	}
}
