package api

import (
	"context"
	"fmt"
	"math"

	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/insight"
	"peiban/internal/medicine"
)

// Progress is what today brought, and every plan set against what was done.
type Progress struct {
	At    string        `json:"at"`
	Today []TodayFact   `json:"today" doc:"newest first"`
	Plans []ProgressRow `json:"plans"`
	Doses []DoseRow     `json:"doses" doc:"medicines in use, and those with doses on record"`
}

// TodayFact is one thing that happened today.
type TodayFact struct {
	Kind    string   `json:"kind"`
	At      string   `json:"at"`
	Text    Text     `json:"text"`
	Reading *Reading `json:"reading,omitempty"`
}

// ProgressRow is a plan against what was done.
type ProgressRow struct {
	Kind    string   `json:"kind"`
	Name    Text     `json:"name"`
	Text    Text     `json:"text"`
	Days    float64  `json:"days" doc:"that are compared, 28 at most"`
	Planned *float64 `json:"planned,omitempty"`
	Done    float64  `json:"done"`
	Share   *float64 `json:"share,omitempty"`
	Unit    string   `json:"unit,omitempty" doc:"absent: times"`
	NextDue string   `json:"nextDue,omitempty"`
	Overdue bool     `json:"overdue"`
	Over    bool     `json:"over"`
	Signed  bool     `json:"signed"`
}

// DoseRow is the doses of one medicine in the last four weeks.
type DoseRow struct {
	Key     string   `json:"key"`
	Name    Text     `json:"name"`
	Dose    Text     `json:"dose"`
	Current bool     `json:"current"`
	Days    float64  `json:"days"`
	Planned *float64 `json:"planned,omitempty" doc:"absent: nobody said how often"`
	Taken   int      `json:"taken"`
	Missed  int      `json:"missed"`
	Share   *float64 `json:"share,omitempty" doc:"taken of planned; absent when nobody kept a record of doses"`
	Text    Text     `json:"text"`
}

func (s *Server) personProgress(ctx context.Context, in *fileInput) (Progress, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "file.read")
	if err != nil {
		return Progress{}, err
	}
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return Progress{}, err
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	out := Progress{At: moment(l.At, l.View.Loc), Today: todayFacts(h), Plans: []ProgressRow{}, Doses: h.doseRows()}
	for _, p := range h.plans() {
		out.Plans = append(out.Plans, ProgressRow{
			Kind: p.Kind, Name: p.Name, Text: p.Text, Days: p.Days, Planned: p.Planned, Done: p.Done, Share: p.Share, Unit: p.Unit,
			NextDue: p.NextDue, Overdue: p.Overdue, Over: p.Over, Signed: p.Signed,
		})
	}
	return out, nil
}

// factTypes are what a day is told by, beside readings.
var factTypes = map[event.Type]bool{
	event.Medication: true, event.Insulin: true, event.Meal: true, event.Exercise: true, event.Symptom: true, event.BloodPressure: true,
	event.Weight: true, event.Pain: true, event.CheckIn: true, event.ContentRead: true, event.TaskDone: true, event.Visit: true,
	event.Lab: true, event.HbA1c: true, event.HypoEpisode: true, event.SideEffect: true, event.Steps: true, event.Sleep: true,
}

const mostFacts = 40

// todayFacts are the events since midnight, newest first.
func todayFacts(h *shaper) []TodayFact {
	v, out := h.l.View, []TodayFact{}
	midnight := insight.StartOfDay(h.l.At, v.Loc)
	for i := v.Len() - 1; i >= 0 && v.At[i] >= midnight && len(out) < mostFacts; i-- {
		if v.At[i] > h.l.At || v.Flags[i]&event.Hidden != 0 || v.Type[i] != event.Glucose && !factTypes[v.Type[i]] {
			continue
		}
		x := TodayFact{Kind: v.Type[i].String(), At: moment(v.At[i], v.Loc), Text: eventText(h.l, i)}
		switch v.Type[i] {
		case event.Glucose:
			x.Reading = readingAt(v, h.l.Target, i)
		case event.Medication:
			x.Text = medicineText(v, i, spoken{})
		case event.ContentRead:
			x.Text = readText(h.c, h.l, i)
		}
		out = append(out, x)
	}
	return out
}

func (h *shaper) medicineName(t *healthfile.Taking) Text {
	if m, ok := medicine.Of(t.Key); ok {
		return m.Name
	}
	if t.Name == "" || h.c.masked() {
		return className(t.Class)
	}
	return Text{Zh: t.Name, En: t.Name}
}

// doseOf is how a course is taken, in words: as figures, and as it was said.
func (h *shaper) doseOf(t *healthfile.Taking, c *healthfile.Course) Text {
	if c == nil {
		return Text{}
	}
	how := h.howOf(t, c)
	if c.Text == "" || h.c.masked() {
		return how
	}
	return joined(how, Text{Zh: c.Text, En: c.Text})
}

func (h *shaper) doseRows() []DoseRow {
	out := []DoseRow{}
	ts := h.file.Takings()
	for i := range ts {
		t := &ts[i]
		d := t.Doses(h.l.At)
		if !t.Current() && !d.Known() {
			continue
		}
		r := DoseRow{
			Key: t.Key, Name: h.medicineName(t), Dose: h.doseOf(t, t.Running()), Current: t.Current(), Taken: d.Taken, Missed: d.Missed,
			Days: tenth(float64(d.To-d.From) / healthfile.Day),
		}
		if h.c.masked() && r.Key != "" && r.Name == className(t.Class) {
			r.Key = "class:" + t.Class
		}
		if !math.IsNaN(d.Planned) {
			planned := math.Round(d.Planned)
			r.Planned = &planned
			if d.Known() && d.Planned > 0 {
				share := float64(d.Taken) / d.Planned
				r.Share = &share
			}
		}
		r.Text = doseRecord(d)
		out = append(out, r)
	}
	return out
}

// doseRecord says what is on record of doses. No record is no dose missed: it is said to be unknown.
func doseRecord(d healthfile.Doses) Text {
	if !d.Known() {
		return text("没有服药记录，不知道漏没漏", "no record of doses: whether any were missed is not known")
	}
	return text(fmt.Sprintf("记了已用 %d 次、漏 %d 次", d.Taken, d.Missed), fmt.Sprintf("on record: %d taken, %d missed", d.Taken, d.Missed))
}
