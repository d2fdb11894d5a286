package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/measure"
	"peiban/internal/medicine"
	"peiban/internal/staff"
)

// statement is one on its way to an event.
type statement struct {
	s *Server
	c *caller
	l *conductor.Look
	Statement
	old    *healthfile.Entry
	props  map[string]any
	notes  []CodeText
	file   *healthfile.File // what is known already; nil: not asked
	study  string           // what it has in common with others read from the same images
	beside bool             // beside the images it was read from: those who state the images may state it, told as they are
	link   bool             // a doctor without an account said so by a visit link: nobody's signature, whoever takes it in
}

func (w *statement) item() (conductor.Item, error) {
	none := conductor.Item{}
	spec := event.Lookup(w.Type)
	if spec == nil {
		return none, errNotOfFile
	}
	section, ok := healthfile.SectionOf(spec.Type)
	if !ok || spec.Type == event.Report && w.old == nil { // a report begins as an upload
		return none, errNotOfFile
	}
	if w.props == nil {
		w.props = map[string]any{}
	}
	if w.old != nil {
		if was, _ := healthfile.SectionOf(w.old.Event.Type); was != section || section != healthfile.Medicines && w.old.Event.Type != spec.Type {
			return none, errCodeChoice.At("body.type").Because("更正不能换种类："+w.old.Event.Type.String(), "a correction is of the same type: "+w.old.Event.Type.String())
		}
	}
	if err := w.claims(spec); err != nil {
		return none, err
	}
	var err error
	switch spec.Type {
	case event.Medication:
		spec, err = w.medication(spec)
	case event.Fill:
		err = w.filled()
	case event.Allergy:
		w.allergen()
	case event.TargetSet:
		err = w.target()
	case event.PlanSet:
		err = w.schedule()
	case event.Score:
		w.scored()
	case event.Report:
		w.kept()
	case event.Imaging:
		err = w.staged()
	}
	if err != nil {
		return none, err
	}
	at, dated, err := w.moment()
	if err != nil {
		return none, err
	}
	if spec.Type == event.Pregnancy {
		if at, err = w.pregnancy(at); err != nil {
			return none, err
		}
	}
	if dated != "" {
		w.props["date"] = dated
	}
	if w.old != nil && w.study == "" {
		w.study = w.old.Text(study)
	}
	if w.study != "" {
		w.props[study] = w.study
	}
	if w.Said != nil && w.Said.By != "" {
		if w.Said.Name != "" {
			if err := oneLine("body.said.name", w.Said.Name); err != nil {
				return none, err
			}
		}
		w.props["said"] = map[string]string{"by": w.Said.By, "name": w.Said.Name, "how": w.Said.How}
	}
	if w.Reason != "" {
		w.props["correction"] = w.Reason
	}
	return w.decoded(spec, at)
}

// decoded makes the event, checked like any other.
func (w *statement) decoded(spec *event.Spec, at int64) (conductor.Item, error) {
	b, err := json.Marshal(w.props)
	if err != nil {
		return conductor.Item{}, err
	}
	e, f := spec.Decode(b)
	if f != nil {
		return conductor.Item{}, f.At("body.%s", f.Field)
	}
	e.Occurred, e.Provenance = at, w.provenance(&e)
	it := conductor.Item{Person: w.l.Card.Number, Event: e}
	if w.old != nil {
		it.Event.Supersedes = w.old.Event.Seq
		if spec.Type == event.TargetSet { // signed now, or told anew and asked for anew
			it.Fulfils = signingOf(w.old)
		}
	}
	return it, nil
}

// provenance is how the statement came: signed, said by the person, or reported by somebody who heard it.
func (w *statement) provenance(e *event.Event) string {
	switch {
	case w.link:
		return byVisitLink
	case e.Signed():
		return "signed"
	case w.c.session.Kind == staff.KindPerson:
		return "person"
	case w.Said != nil && w.Said.By == "report":
		return "report"
	case w.Said != nil && w.Said.By != "" && w.Said.By != "staff":
		return "hearsay"
	}
	return "console"
}

// claims takes only what the caller may claim: a signature is the doctor's own, a checked paper the staff's.
func (w *statement) claims(spec *event.Spec) error {
	for _, key := range private {
		delete(w.props, key)
	}
	if v, there := w.props["signed"]; there {
		if v != false && (w.old == nil || !w.old.Signed()) {
			return errSigned
		}
		delete(w.props, "signed")
	}
	person := w.c.session.Kind == staff.KindPerson
	if v, there := w.props["verified"]; person && there && v != false {
		return errVerify
	}
	if person && !w.beside && !slices.Contains(ofThePerson, spec.Type) {
		return errStaffState
	}
	doctor := !person && w.c.member.Role.Can(staff.CanSign)
	signs := spec.Field("signed") != nil && doctor && !w.link && w.own()
	if spec.Type == event.Disclosure && !signs {
		return errDoctorOnly
	}
	if !signs {
		return w.unsigned(spec, person, doctor)
	}
	w.props["signed"] = true
	w.Said = nil
	if ofDoctors(spec) {
		w.props["source"] = "doctor"
	}
	return nil
}

// ofThePerson are what people state of themselves. Targets, plans and what doctors said are stated by doctors and staff, a stage of its own
// too: a person tells it only as a report has it, beside the images. Scores come of questionnaires.
var ofThePerson = []event.Type{
	event.Medication, event.Glucocorticoid, event.Fill, event.Allergy, event.SideEffect, event.Concern, event.Lab, event.HbA1c, event.Imaging, event.Checkup,
	event.Diagnosis, event.Pregnancy, event.HypoEpisode, event.Surgery, event.Admission, event.Visit, event.VisitQuestion, event.Device,
	event.Circumstance, event.FamilyHistory, event.Height, event.Goal, event.MealPlan, event.ExercisePlan, event.Report,
	event.BloodPressure, event.Weight, event.Pain, event.Symptom,
}

// ofDoctors tells whether a statement of the type may say that a doctor made it.
func ofDoctors(spec *event.Spec) bool {
	f := spec.Field("source")
	return f != nil && slices.Contains(f.Enum, "doctor")
}

// own tells whether a statement is the caller's own: said by nobody else, or by a doctor whose name is the caller's.
func (w *statement) own() bool {
	if w.Said == nil || w.Said.By == "" {
		return true
	}
	name := strings.TrimSpace(w.Said.Name)
	return w.Said.By == "doctor" && (name == "" || name == w.c.member.Name)
}

// unsigned leaves nothing in a statement that only a doctor's signature could say.
func (w *statement) unsigned(spec *event.Spec, person, doctor bool) error {
	if ofDoctors(spec) && w.props["source"] == "doctor" {
		if person {
			return errNotDoctor
		}
		delete(w.props, "source") // said tells of the doctor; a correction sends what stood there
	}
	if doctor && !w.link && spec.Field("signed") != nil && w.Said != nil && w.Said.By == "doctor" {
		w.notes = append(w.notes, CodeText{"not_signed", text("这是另一位医生的话，记为转述，没有签署；由他本人的账号签署", "these are another doctor's words: kept as reported, not signed; that doctor's own account signs")})
	}
	return nil
}

const monthFirst = "2006-01"

// moment is what a statement is about: a year or a month is its first day, and kept as it was said.
func (w *statement) moment() (at int64, dated string, err error) {
	now, loc := w.c.space.now(), w.l.View.Loc
	if w.At == "" {
		if w.old != nil {
			return w.old.Event.Occurred, w.old.Text("date"), nil
		}
		return now, "", nil
	}
	for _, form := range []string{"2006", monthFirst, time.DateOnly} {
		if t, err := time.ParseInLocation(form, w.At, loc); err == nil {
			at, dated = t.UnixMicro(), w.At
		}
	}
	if dated == "" {
		if at, err = parseMoment("body.at", w.At, loc); err != nil {
			return 0, "", errMoment.At("body.at").Because("写成 2015、2015-03、2015-03-08 或 2015-03-08T07:12:00+08:00", "write 2015, 2015-03, 2015-03-08 or 2015-03-08T07:12:00+08:00")
		}
	}
	switch {
	case at > now+clockSlack.Microseconds():
		return 0, "", errFuture.At("body.at")
	case at < now-longestLife.Microseconds():
		return 0, "", errLongAgo.At("body.at")
	}
	return min(max(at, epoch), now), dated, nil
}

const (
	longestLife = 120 * 366 * 24 * time.Hour
	epoch       = 24 * 3600 * 1_000_000 // 2 January 1970: a timeline begins there; an older date is kept as it was said
	term        = 280                   // days from the beginning of a pregnancy to the due date, Naegele's rule
)

// pregnancy puts one at its beginning, so that its weeks are days since the event.
func (w *statement) pregnancy(at int64) (int64, error) {
	due, _ := w.props["due"].(string)
	if due == "" || w.props["status"] != "pregnant" {
		return at, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, due, w.l.View.Loc)
	if err != nil {
		return 0, errMoment.At("body.properties.due").Because("写成 2026-10-01", "write it as 2026-10-01")
	}
	from := t.AddDate(0, 0, -term).UnixMicro()
	if now := w.c.space.now(); from > now || t.UnixMicro() < now-30*healthfile.Day {
		return 0, errMoment.At("body.properties.due").Because("预产期应在今后 40 周以内", "a due date lies within the next 40 weeks")
	}
	return from, nil
}

// target fills in the profile that holds, so that limits may be set beside it, and who set it.
func (w *statement) target() error {
	p, _ := w.props["profile"].(string)
	if p == "" {
		p = w.l.Target.Key
	}
	w.props["profile"] = p
	known := map[string]bool{}
	for _, x := range w.l.Each() {
		for key := range x.Programme.Targets {
			known[key] = true
		}
	}
	if len(known) > 0 && !known[p] { // it would stand in the file and hold nowhere
		one := strings.Join(slices.Sorted(maps.Keys(known)), ", ")
		return errCodeChoice.At("body.properties.profile").Because("可用："+one, "one of: "+one)
	}
	if w.props["signed"] == true {
		w.props["by"] = w.c.member.ID
	}
	return nil
}

// schedule holds the parts of a monitoring plan to one another: the meal slots are codes, as many as points a day, and a week has
// points times days. What follows from the rest is filled in.
func (w *statement) schedule() error {
	points, _ := w.props["points"].(string)
	if slots := strings.Split(points, "+"); points != "" && (w.old == nil || points != w.old.Text("points")) {
		for _, x := range slots {
			if !slices.Contains(event.Contexts, x) {
				return errCodeChoice.At("body.properties.points").Because("餐段的代码，用 + 连接，例如 fasting+bedtime", "codes of meal slots joined by +, such as fasting+bedtime")
			}
		}
		if n, said := w.props["pointsPerDay"].(float64); said && int(n) != len(slots) {
			return errPoints.At("body.properties.pointsPerDay")
		}
		w.props["pointsPerDay"] = float64(len(slots))
	}
	a, perDay := w.props["pointsPerDay"].(float64)
	days, on := w.props["daysPerWeek"].(float64)
	if !perDay || !on {
		return nil
	}
	if n, said := w.props["perWeek"].(float64); said && n != a*days {
		return errPerWeek.At("body.properties.perWeek").Because("每天几次乘每周几天是 "+typed(a*days), "points a day times days a week are "+typed(a*days))
	}
	w.props["perWeek"] = a * days
	return nil
}

var (
	errPerWeek = fault.New(fault.Invalid, "plan_does_not_add_up", "每周次数和每天几次、每周几天对不上", "readings a week are not points a day times days a week")
	errPoints  = fault.New(fault.Invalid, "points_do_not_fit", "每天几次和选的餐段对不上", "points a day are not as many as the meal slots").Because("不写 pointsPerDay，由餐段数出来", "leave out pointsPerDay: the slots are counted")
)

// scored says of which version a score is that was entered by hand: as said, else that of the questionnaire of the person's programmes that
// makes the scale, else the one that is published. In a correction another scale has a version of its own.
func (w *statement) scored() {
	scale, _ := w.props["scale"].(string)
	version, _ := w.props["version"].(string)
	if w.old != nil && w.old.Code("scale") != scale && version == w.old.Code("version") {
		version = ""
	}
	if version = strings.TrimSpace(version); version == "" {
		version = measure.ScaleVersion(scale)
		for _, f := range formsOf(w.c, w.l) {
			if f.Scale == scale && f.Status != "retired" {
				version = f.Version
				break
			}
		}
	}
	if delete(w.props, "version"); version != "" {
		w.props["version"] = version
	}
}

// kept holds a report to the file it came with.
func (w *statement) kept() {
	for _, key := range []string{"file", "media", "name", "size", "upload"} {
		if raw, ok := w.old.Body()[key]; ok {
			w.props[key] = raw
		}
	}
}

// staged holds the stage a report states to the system it is of; without a system a stage says nothing.
func (w *statement) staged() error {
	system, _ := w.props["system"].(string)
	stage, _ := w.props["stage"].(string)
	if system == "" && stage == "" {
		return nil
	}
	one := measure.Stages(system)
	if len(one) == 0 {
		known := strings.Join(measure.StageSystems(), ", ")
		return errCodeChoice.At("body.properties.system").Because("可用："+known, "one of: "+known)
	}
	if !slices.Contains(one, stage) {
		known := strings.Join(one, ", ")
		return errCodeChoice.At("body.properties.stage").Because("可用："+known, "one of: "+known)
	}
	return nil
}

// allergen finds the medicine an allergy is to, so that it can be told when it is given.
func (w *statement) allergen() {
	name, _ := w.props["substance"].(string)
	if m, ok := medicine.Named(name); ok && w.props["kind"] == "drug" && w.props["generic"] == nil {
		w.props["generic"] = m.Key
	}
}

// medication finds the medicine that is meant, its class, and its dose in its own unit. One nobody knows is kept as it was said and
// asked about.
func (w *statement) medication(spec *event.Spec) (*event.Spec, error) {
	m, known, err := w.named()
	if err != nil || !known {
		return spec, err
	}
	if v, there := w.props["dose"]; there && v != nil {
		dose, ok := v.(float64)
		if !ok {
			return spec, event.ErrNotNumber.At("body.properties.dose")
		}
		unit, _ := w.props["doseUnit"].(string)
		own, f := m.Dose(dose, unit)
		if f != nil {
			field := "dose"
			if f.Is(medicine.ErrUnit) {
				field = "doseUnit"
			}
			return spec, f.At("body.properties.%s", field)
		}
		w.props["dose"] = own
		if text, _ := w.props["doseText"].(string); text == "" && unit != "" && unit != m.Unit { // as it was typed
			w.props["doseText"] = typed(dose) + " " + unit
		}
		w.props["doseUnit"] = m.Unit
	}
	return spec, nil
}

// filled finds the medicine that was got; supply is counted by its class.
func (w *statement) filled() error {
	_, _, err := w.named()
	return err
}

// named finds the medicine a statement is about by its key or its name, and fills both in with its class. One nobody knows is kept as
// it was said.
func (w *statement) named() (m medicine.Medicine, known bool, err error) {
	name, _ := w.props["name"].(string)
	generic, _ := w.props["generic"].(string)
	m, known = medicine.Of(generic)
	switch {
	case generic != "" && !known:
		return m, false, errMedicine.At("body.properties.generic").Because("从 /api/medicines 里选，或只写 name", "choose from /api/medicines, or give only name")
	case generic == "" && name != "":
		if m, known = medicine.Named(name); !known && w.file != nil {
			m, known = meantBefore(w.file, name)
		}
	case generic == "" && w.props["class"] == nil:
		return m, false, event.ErrMissing.At("body.properties.name").Because("写药名，或 generic", "give the name, or generic")
	}
	if !known {
		if class, _ := w.props["class"].(string); class == "" || !slices.Contains(medicine.Classes(), class) {
			w.props["class"] = medicine.Unmapped
			w.notes = append(w.notes, CodeText{string(healthfile.UnknownMedicine), problems[healthfile.UnknownMedicine]})
		}
		return m, false, nil
	}
	w.props["generic"], w.props["class"] = m.Key, m.Class
	if name == "" {
		w.props["name"] = m.Name.Zh
	}
	return m, true, nil
}
