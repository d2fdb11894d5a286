package api

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/measure"
	"peiban/internal/medicine"
)

// HealthFile is what is known of a person's health at a moment. Entries are newest first.
type HealthFile struct {
	At        string         `json:"at"`
	Unmapped  int            `json:"unmapped" doc:"names of medicines nobody knows yet, taken or got"`
	Medicines []MedicineView `json:"medicines"`
	Fills     []FillRow      `json:"fills" doc:"medicines that were got, newest first"`
	Diagnoses []DiagnosisRow `json:"diagnoses"`
	Stages    []StagingRow   `json:"stages"`
	Labs      []LabRow       `json:"labs"`
	Imaging   []FileEntry    `json:"imaging"`
	Surgery   []FileEntry    `json:"surgery"`
	Allergies []AllergyRow   `json:"allergies"`
	Reactions []FileEntry    `json:"reactions" doc:"side effects"`
	Targets   TargetsView    `json:"targets"`
	Plans     []PlanRow      `json:"plans"`
	Devices   []DeviceRow    `json:"devices"`
	Life      []LifeRow      `json:"life"`
	Visits    []FileEntry    `json:"visits"`
	Scores    []FileEntry    `json:"scores"`
	Reports   []FileEntry    `json:"reports"`
	Events    []FileEntry    `json:"events" doc:"pregnancies and severe lows"`
}

// MedicineView is one medicine and how it was taken.
type MedicineView struct {
	Key         string       `json:"key"`
	Name        Text         `json:"name"`
	Class       string       `json:"class"`
	ClassName   Text         `json:"className"`
	ATC         string       `json:"atc,omitempty"`
	Known       bool         `json:"known"`
	Current     bool         `json:"current"`
	Dose        *float64     `json:"dose,omitempty"`
	Unit        string       `json:"unit,omitempty"`
	TimesPerDay *float64     `json:"timesPerDay,omitempty"`
	DoseText    string       `json:"doseText,omitempty"`
	How         Text         `json:"how" doc:"the dose and how often, in the words of every page; empty: nobody said"`
	Courses     []CourseView `json:"courses" doc:"oldest first; the last without to runs"`
	LastTaken   string       `json:"lastTaken,omitempty"`
	Taken28     int          `json:"taken28"`
	Missed28    int          `json:"missed28"`
	Problems    []CodeText   `json:"problems"`
	Entries     []FileEntry  `json:"entries"`
}

// FillRow is a medicine that was got, with how long it lasts.
type FillRow struct {
	Name  Text      `json:"name"`
	At    string    `json:"at"`
	Days  *float64  `json:"days,omitempty" doc:"of supply; absent: nobody knows, which is not 0"`
	Until string    `json:"until,omitempty" doc:"the last day it covers, when it was begun on the day it was got; absent where the days are"`
	From  Text      `json:"from" doc:"what the days were worked out of, or what is missing; empty where they were stated"`
	Place string    `json:"place,omitempty" doc:"where from"`
	Known bool      `json:"known" doc:"the catalogue knows the medicine; else it waits to be mapped"`
	Entry FileEntry `json:"entry"`
}

// CourseView is a medicine taken in one way without a break.
type CourseView struct {
	From        string   `json:"from,omitempty" doc:"absent: nobody said"`
	To          string   `json:"to,omitempty" doc:"absent: it runs"`
	End         string   `json:"end,omitempty" enum:"stop,change,days,"`
	Dose        *float64 `json:"dose,omitempty"`
	TimesPerDay *float64 `json:"timesPerDay,omitempty"`
	DoseText    string   `json:"doseText,omitempty"`
	How         Text     `json:"how" doc:"the dose and how often, in words"`
	Daily       bool     `json:"daily,omitempty" doc:"the dose is of the whole day"`
}

// CodeText is a code with what it says.
type CodeText struct {
	Code string `json:"code"`
	Text Text   `json:"text"`
}

// DiagnosisRow is one condition and what was stated of it.
type DiagnosisRow struct {
	Condition  string      `json:"condition"`
	Name       Text        `json:"name"`
	Status     string      `json:"status,omitempty"`
	StatusText *Text       `json:"statusText,omitempty"`
	Since      string      `json:"since,omitempty" doc:"as exactly as it was said: 2015, 2015-03 or 2015-03-08"`
	Cause      string      `json:"cause,omitempty"`
	Signed     bool        `json:"signed"`
	Entries    []FileEntry `json:"entries"`
}

// StagingRow is a clinical stage by system and side. ARCO of 1994 and of 2019 are two rows.
type StagingRow struct {
	System     string      `json:"system"`
	SystemName Text        `json:"systemName"`
	Side       string      `json:"side,omitempty"`
	Stage      string      `json:"stage,omitempty"`
	Rank       int         `json:"rank,omitempty" doc:"1 is the mildest of the system"`
	Signed     bool        `json:"signed"`
	Verified   bool        `json:"verified"`
	At         string      `json:"at,omitempty"`
	Entries    []FileEntry `json:"entries"`
}

// LabRow is one laboratory test with its course.
type LabRow struct {
	Test      string      `json:"test"`
	Name      Text        `json:"name"`
	Unit      string      `json:"unit"`
	Units     []string    `json:"units"`
	Decimals  int         `json:"decimals"`
	Latest    *LabPoint   `json:"latest,omitempty"`
	Previous  *LabPoint   `json:"previous,omitempty"`
	Change    *float64    `json:"change,omitempty"`
	Direction string      `json:"direction,omitempty" enum:"up,down,steady,"`
	Target    *float64    `json:"target,omitempty" doc:"the person's own upper limit"`
	Points    []LabPoint  `json:"points" doc:"oldest first"`
	Entries   []FileEntry `json:"entries"`
}

// LabPoint is one value in the test's own unit.
type LabPoint struct {
	At      string   `json:"at"`
	Value   float64  `json:"value"`
	RefLow  *float64 `json:"refLow,omitempty"`
	RefHigh *float64 `json:"refHigh,omitempty"`
	Flag    string   `json:"flag,omitempty" enum:"low,normal,high,"`
	IFCC    *float64 `json:"ifcc,omitempty" doc:"HbA1c in mmol/mol"`
}

// AllergyRow is one substance.
type AllergyRow struct {
	Substance Text        `json:"substance"`
	Kind      string      `json:"kind"`
	Active    bool        `json:"active"`
	Severity  string      `json:"severity,omitempty"`
	Entries   []FileEntry `json:"entries"`
}

// PlanRow is a plan set against what was done.
type PlanRow struct {
	Kind    string      `json:"kind"`
	Name    Text        `json:"name"`
	Text    Text        `json:"text"`
	Days    float64     `json:"days" doc:"that are compared, 28 at most"`
	Planned *float64    `json:"planned,omitempty"`
	Done    float64     `json:"done"`
	Share   *float64    `json:"share,omitempty"`
	Unit    string      `json:"unit,omitempty" doc:"absent: times"`
	NextDue string      `json:"nextDue,omitempty"`
	Overdue bool        `json:"overdue"`
	Over    bool        `json:"over" doc:"the plan has ended"`
	Signed  bool        `json:"signed"`
	Entries []FileEntry `json:"entries"`
}

// DeviceRow is one device of the person.
type DeviceRow struct {
	Device   string      `json:"device"`
	Kind     string      `json:"kind,omitempty"`
	KindName *Text       `json:"kindName,omitempty"`
	Status   string      `json:"status,omitempty"`
	Model    string      `json:"model,omitempty"`
	Owner    string      `json:"owner,omitempty"`
	CheckDue string      `json:"checkDue,omitempty"`
	Overdue  bool        `json:"overdue"`
	Entries  []FileEntry `json:"entries"`
}

// LifeRow is one circumstance of somebody's life.
type LifeRow struct {
	Key     string      `json:"key"`
	Now     *FileEntry  `json:"now,omitempty"`
	Entries []FileEntry `json:"entries"`
}

func (s *Server) healthFile(ctx context.Context, c *caller, l *conductor.Look) (HealthFile, error) {
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return HealthFile{}, err
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	out := HealthFile{
		At: moment(l.At, l.View.Loc), Medicines: h.medicines(), Fills: h.fills(), Diagnoses: h.diagnoses(), Stages: h.stages(), Labs: h.labs(),
		Imaging: h.entries(f.In(healthfile.Imaging)), Surgery: h.entries(f.In(healthfile.Surgery)), Allergies: h.allergies(),
		Reactions: h.entries(f.Of(event.SideEffect)), Targets: h.targets(), Plans: h.plans(), Devices: h.devices(), Life: h.life(),
		Visits: h.entries(f.In(healthfile.Visits)), Scores: h.entries(f.In(healthfile.Scores)), Reports: h.entries(f.In(healthfile.Reports)),
		Events: h.entries(f.Of(event.Pregnancy, event.HypoEpisode)),
	}
	names := map[string]bool{}
	for _, e := range f.Of(event.Medication, event.Fill) {
		if e.Stands() && unmapped(e) && !names[e.Text("name")] {
			names[e.Text("name")] = true
			out.Unmapped++
		}
	}
	return out, nil
}

var problems = map[healthfile.Problem]Text{
	healthfile.StartedTwice:     text("没有停用又记了一次开始", "started again without a stop"),
	healthfile.StoppedTwice:     text("停用记了两次", "stopped twice"),
	healthfile.StopWithoutStart: text("有停用，没有开始的日期", "stopped, and nobody said when it began"),
	healthfile.SameClass:        text("同一类药同时在用两种，请核对", "two of the same class at once: please check"),
	healthfile.UnknownMedicine:  text("目录里没有这种药，请药师对照", "the catalogue does not know it; a pharmacist is asked"),
	healthfile.AllergyTo:        text("有对这种药过敏的记录", "an allergy to it is on file"),
}

func (h *shaper) medicines() []MedicineView {
	out := []MedicineView{}
	for _, t := range h.file.Takings() {
		v := MedicineView{
			Key: t.Key, Class: t.Class, ClassName: classNames(t.Classes), Known: t.Class != medicine.Unmapped, Current: t.Current(),
			LastTaken: moment(t.LastTaken, h.l.View.Loc), Taken28: t.Taken28, Missed28: t.Missed28, Problems: []CodeText{}, Courses: []CourseView{}, Entries: h.entries(t.Entries),
		}
		if m, ok := medicine.Of(t.Key); ok {
			v.Name, v.ATC, v.Unit = m.Name, m.ATC, m.Unit
		} else if v.Name = (Text{Zh: t.Name, En: t.Name}); t.Name == "" || h.c.masked() {
			v.Key, v.Name = "class:"+t.Class, v.ClassName
		}
		for _, c := range t.Courses {
			v.Courses = append(v.Courses, h.course(&t, &c))
		}
		if run := t.Running(); run != nil {
			now := h.course(&t, run)
			v.Dose, v.TimesPerDay, v.DoseText, v.How = now.Dose, now.TimesPerDay, now.DoseText, now.How
		}
		for _, p := range t.Problems {
			v.Problems = append(v.Problems, CodeText{string(p), problems[p]})
		}
		out = append(out, v)
	}
	return out
}

func (h *shaper) fills() []FillRow {
	out := []FillRow{}
	for _, e := range slices.Backward(h.file.In(healthfile.Fills)) {
		days := e.Number("days")
		at := time.UnixMicro(e.Event.Occurred).In(cmp.Or(h.l.View.Loc, time.UTC))
		r := FillRow{Known: !unmapped(e), Name: h.fillName(e), At: moment(e.Event.Occurred, h.l.View.Loc), Days: finite(days), From: suppliedBy(e), Entry: h.entry(e)}
		if r.Days != nil {
			r.Until = at.AddDate(0, 0, int(days)-1).Format(time.DateOnly)
		}
		if !h.c.masked() {
			r.Place = e.Text("place")
		}
		out = append(out, r)
	}
	return out
}

// suppliedBy says what the days of a fill were worked out of, or what would be needed for it.
func suppliedBy(e *healthfile.Entry) Text {
	quantity, counted, perDay := e.Number("quantity"), e.Code("counted"), e.Number("perDay")
	got := Text{}
	if counted != "" && !math.IsNaN(quantity) {
		got = joined(text(typed(quantity)+" ", typed(quantity)), event.Words("fill", "counted")[counted])
	}
	switch {
	case e.Number("reckoned") == 1 && !math.IsNaN(perDay):
		return Text{Zh: "按数量和用法推算：" + got.Zh + "，一天 " + typed(perDay), En: "worked out of " + got.En + ", " + typed(perDay) + " a day"}
	case e.Number("reckoned") == 1:
		return Text{Zh: "按数量和商品目录推算：" + got.Zh, En: "worked out of " + got.En + " and the catalogue of products"}
	case !math.IsNaN(e.Number("days")):
		return Text{}
	case math.IsNaN(quantity):
		return text("没写天数，也没写数量", "neither days nor a quantity were given")
	case counted == "":
		return text("没写天数，数量没写是盒还是片", "no days were given, and the quantity does not say of what")
	}
	return Text{Zh: "没写天数，用法或商品目录里也推不出：" + got.Zh, En: "no days were given, and neither the dose nor the catalogue of products gives them: " + got.En}
}

func (h *shaper) fillName(e *healthfile.Entry) Text {
	if m, ok := medicine.Of(e.Code("generic")); ok {
		return m.Name
	}
	if name := e.Text("name"); name != "" && !h.c.masked() {
		return Text{Zh: name, En: name}
	}
	return className(e.Code("class"))
}

func (h *shaper) course(t *healthfile.Taking, c *healthfile.Course) CourseView {
	v := CourseView{
		From: moment(c.From, h.l.View.Loc), To: moment(c.To, h.l.View.Loc), End: c.End, Dose: finite(c.Dose), TimesPerDay: finite(c.PerDay),
		How: h.howOf(t, c), Daily: c.Daily,
	}
	if !h.c.masked() {
		v.DoseText = c.Text
	}
	return v
}

// finite is a number that is known.
func finite(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

func codeWord(typ, field, code string) Text { return word(event.Words(typ, field), code) }

func (h *shaper) diagnoses() []DiagnosisRow {
	out := []DiagnosisRow{}
	for _, g := range h.file.Diagnoses() {
		condition, own, _ := strings.Cut(g.Key, ":")
		d := DiagnosisRow{Condition: condition, Name: codeWord("diagnosis", "condition", condition), Entries: h.entries(g.Entries)}
		if own != "" && !h.c.masked() {
			d.Name = Text{Zh: own, En: own}
		}
		if e := healthfile.Holding(g.Entries); e != nil {
			word := codeWord("diagnosis", "status", e.Code("status"))
			d.Status, d.StatusText, d.Cause, d.Signed = e.Code("status"), &word, e.Code("cause"), e.Signed()
			if d.Since = e.Text("date"); d.Since == "" {
				d.Since = moment(e.Event.Occurred, h.l.View.Loc)[:len("2015-03-08")]
			}
		}
		out = append(out, d)
	}
	return out
}

func (h *shaper) stages() []StagingRow {
	out := []StagingRow{}
	for _, g := range h.file.Stages() {
		system, side, _ := strings.Cut(g.Key, " ")
		r := StagingRow{System: system, SystemName: codeWord("clinical_stage", "system", system), Side: side, Entries: h.entries(g.Entries)}
		if e := healthfile.Checked(g.Entries); e != nil {
			r.Stage, r.Rank, r.Signed, r.Verified = e.Code("stage"), measure.StageRank(system, e.Code("stage")), e.Signed(), e.Flag("verified")
			r.At = moment(e.Event.Occurred, h.l.View.Loc)
		}
		out = append(out, r)
	}
	return out
}

// hba1cUnits are those of NGSP and of IFCC, the one it is kept in first.
var hba1cUnits = []string{"%", "mmol/mol"}

func (h *shaper) labs() []LabRow {
	out := []LabRow{}
	for _, t := range h.file.Tests() {
		r := LabRow{Test: t.Key, Unit: t.Unit, Units: hba1cUnits, Decimals: t.Decimals, Points: []LabPoint{}, Entries: h.entries(t.Entries), Name: event.HbA1c.Spec().Name}
		if lab, ok := measure.LabOf(t.Key); ok {
			r.Name, r.Units = codeWord("lab", "test", t.Key), lab.Units()
		} else if h.l.Target.HbA1c > 0 {
			r.Target = &h.l.Target.HbA1c
		}
		if own := h.l.Target.Ranges["ldl"].High; t.Key == "ldl" && own > 0 {
			r.Target = &own
		}
		for _, e := range t.Points {
			r.Points = append(r.Points, h.point(e))
		}
		if n := len(r.Points); n > 0 {
			r.Latest = &r.Points[n-1]
			if n > 1 {
				r.Previous = &r.Points[n-2]
			}
		}
		if by, way, ok := t.Change(); ok {
			r.Change, r.Direction = &by, way
		}
		out = append(out, r)
	}
	return out
}

func (h *shaper) point(e *healthfile.Entry) LabPoint {
	p := LabPoint{At: moment(e.Event.Occurred, h.l.View.Loc), Value: e.Event.Num, Flag: healthfile.Judged(e)}
	if e.Event.Type == event.HbA1c {
		ifcc := math.Round(measure.HbA1cToIFCC(e.Event.Num))
		p.IFCC = &ifcc
		return p
	}
	p.RefLow, p.RefHigh = finite(e.Number("refLow")), finite(e.Number("refHigh"))
	return p
}

func (h *shaper) allergies() []AllergyRow {
	out := []AllergyRow{}
	for _, g := range h.file.AllergyGroups() {
		last := g.Entries[len(g.Entries)-1]
		r := AllergyRow{Kind: last.Code("kind"), Substance: codeWord("allergy", "kind", last.Code("kind")), Entries: h.entries(g.Entries)}
		if m, ok := medicine.Of(g.Key); ok {
			r.Substance = m.Name
		} else if s := last.Text("substance"); s != "" && !h.c.masked() {
			r.Substance = Text{Zh: s, En: s}
		}
		if e := healthfile.Holding(g.Entries); e != nil {
			r.Active, r.Severity = e.Flag("active"), e.Code("severity")
		}
		out = append(out, r)
	}
	return out
}

func (h *shaper) plans() []PlanRow {
	out := []PlanRow{}
	for _, g := range h.file.PlanGroups() {
		r := PlanRow{Kind: g.Key, Name: planName(g), Entries: h.entries(g.Entries)}
		if d, ok := h.file.Compare(g, h.l.View); ok {
			r.Text, r.Done, r.Unit, r.Overdue, r.Over, r.Signed = h.words(d.Entry), tenth(d.Done), d.Unit, d.Overdue, d.Over, d.Entry.Signed()
			r.Days, r.NextDue = tenth(float64(d.To-d.From)/healthfile.Day), moment(d.NextDue, h.l.View.Loc)
			if !math.IsNaN(d.Planned) {
				planned := tenth(d.Planned)
				r.Planned = &planned
				if d.Planned > 0 {
					share := d.Done / d.Planned
					r.Share = &share
				}
			}
		}
		out = append(out, r)
	}
	return out
}

func tenth(x float64) float64 { return math.Round(10*x) / 10 }

func planName(g healthfile.Group) Text {
	switch t := g.Entries[0].Event.Type; t {
	case event.PlanSet:
		return codeWord("plan", "kind", g.Key)
	case event.CarePlan:
		kind, site, _ := strings.Cut(g.Key, ".")
		return joined(codeWord("care_plan", "kind", kind), codeWord("care_plan", "detail", site))
	default:
		return t.Spec().Name
	}
}

func (h *shaper) devices() []DeviceRow {
	out := []DeviceRow{}
	for _, g := range h.file.DeviceGroups() {
		r := DeviceRow{Device: g.Key, Entries: h.entries(g.Entries)}
		if e := healthfile.Latest(g.Entries); e != nil {
			name := codeWord("device", "kind", e.Code("kind"))
			r.Kind, r.KindName, r.Status = e.Code("kind"), &name, e.Code("status")
		}
		for _, e := range slices.Backward(g.Entries) { // what the newest left out an older one said
			if e.Stands() && !h.c.masked() {
				r.Model, r.Owner = first(r.Model, e.Text("model")), first(r.Owner, e.Text("owner"))
			}
		}
		if due := healthfile.CheckDue(g); due != 0 {
			r.CheckDue, r.Overdue = moment(due, h.l.View.Loc), due < h.l.At
		}
		out = append(out, r)
	}
	return out
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (h *shaper) life() []LifeRow {
	out := []LifeRow{}
	for _, g := range h.file.LifeGroups() {
		r := LifeRow{Key: strings.TrimSpace(strings.ReplaceAll(g.Key, " ", ".")), Entries: h.entries(g.Entries)}
		r.Key = strings.TrimSuffix(r.Key, ".")
		if e := healthfile.Latest(g.Entries); e != nil {
			now := h.entry(e)
			r.Now = &now
		}
		out = append(out, r)
	}
	return out
}
