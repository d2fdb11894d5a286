package api

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// FileEntry is one statement of the health file with where it came from.
type FileEntry struct {
	ID         string         `json:"id" doc:"also its version: a replaced one answers 412"`
	Type       string         `json:"type"`
	Section    string         `json:"section"`
	At         string         `json:"at" doc:"the moment it is about"`
	RecordedAt string         `json:"recordedAt"`
	Text       Text           `json:"text"`
	Properties map[string]any `json:"properties" doc:"as typed, by the names of the catalogue"`
	Said       *SaidBy        `json:"said,omitempty"`
	RecordedBy *Text          `json:"recordedBy,omitempty"`
	Provenance string         `json:"provenance"`
	Signed     bool           `json:"signed" doc:"a doctor's own account said so"`
	Verified   bool           `json:"verified" doc:"staff saw the paper"`
	State      string         `json:"state" enum:"stands,replaced,retracted"`
	Reason     string         `json:"reason,omitempty"`
	Replaced   []FileEntry    `json:"replaced" doc:"what it replaced, newest first"`
	MayChange  bool           `json:"mayChange"`
	File       *FileRef       `json:"file,omitempty"`
	Stages     []FileEntry    `json:"stages,omitempty" doc:"of imaging: the stages read from it"`
	Imaging    string         `json:"imaging,omitempty" doc:"of a stage: the id of the images it was read from"`
}

// SaidBy is who said what somebody else wrote down.
type SaidBy struct {
	By     string `json:"by" enum:"person,family,doctor,staff,report,device"`
	ByText *Text  `json:"byText,omitempty" readOnly:"true"`
	Name   string `json:"name,omitempty" maxLength:"60"`
	How    string `json:"how,omitempty" enum:"visit,call,message,form,paper,device,"`
}

// FileRef is a kept file.
type FileRef struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Media string `json:"media"`
	Size  int64  `json:"size"`
	URL   string `json:"url"`
}

var saidBy = map[string]Text{
	"person": text("本人说", "the person said"), "family": text("家属说", "family said"), "doctor": text("医生说（转述，未签署）", "the doctor said (reported, not signed)"),
	"staff": text("工作人员说", "staff said"), "report": text("报告上写的", "from a report"), "device": text("设备", "a device"),
}

// byVisitLink is the provenance of what a doctor without an account answered and staff took in.
const byVisitLink = "visit_link"

var saidByLink = text("医生经就诊链接填写（姓名为所填，不是签署）", "a doctor by visit link (name as typed, not a signed statement)")

// shaper makes entries for one caller.
type shaper struct {
	s    *Server
	ctx  context.Context //nolint:containedctx // lives as long as the request
	c    *caller
	l    *conductor.Look
	file *healthfile.File
}

func (h *shaper) entry(e *healthfile.Entry) FileEntry {
	out := h.origin(e)
	section, _ := healthfile.SectionOf(e.Event.Type)
	out.Section, out.Properties, out.Text = string(section), wireOf(e, h.c.masked()), h.words(e)
	for _, old := range e.Replaced {
		out.Replaced = append(out.Replaced, h.entry(old))
	}
	out.File = h.fileOf(e)
	switch {
	case !e.Stands():
	case e.Event.Type == event.Imaging:
		for _, x := range h.file.ReadFrom(e) {
			out.Stages = append(out.Stages, h.entry(x))
		}
	case e.Event.Type == event.ClinicalStage:
		if image := h.file.ReadOf(e); image != nil {
			out.Imaging = image.Event.ID()
		}
	}
	return out
}

// origin is an entry without what it says: when, by whom, and whether it stands.
func (h *shaper) origin(e *healthfile.Entry) FileEntry {
	ev := &e.Event
	out := FileEntry{
		ID: ev.ID(), Type: ev.Type.String(), At: moment(ev.Occurred, h.l.View.Loc), RecordedAt: moment(ev.Received, h.l.View.Loc),
		RecordedBy: h.s.actorName(h.ctx, h.c, ev.Actor), Provenance: ev.Provenance,
		Signed: e.Signed(), Verified: e.Flag("verified"), State: "stands", Reason: e.Reason, Replaced: []FileEntry{},
		MayChange: e.Stands() && mayChange(h.c, e) == nil && e.Text("filling") == "" && !h.l.Past,
	}
	if h.c.masked() {
		out.Reason = ""
	}
	switch {
	case e.Retracted:
		out.State = "retracted"
	case !e.Stands():
		out.State = "replaced"
	}
	if said := e.Said(); said.By != "" {
		name := saidBy[said.By]
		if ev.Provenance == byVisitLink {
			name = saidByLink
		}
		out.Said = &SaidBy{By: said.By, ByText: &name, How: said.How}
		if !h.c.masked() {
			out.Said.Name = said.Name
		}
	}
	return out
}

func (h *shaper) entries(es []*healthfile.Entry) []FileEntry {
	out := make([]FileEntry, 0, len(es))
	for _, e := range slices.Backward(es) {
		out = append(out, h.entry(e))
	}
	return out
}

// words is the entry as the timeline says it, with the name it was given.
func (h *shaper) words(e *healthfile.Entry) Text {
	one := timeline.View{Timeline: &timeline.Timeline{}, Loc: h.l.View.Loc}
	ev := e.Event
	if in := e.InDays(one.Loc); in > 0 && math.IsNaN(e.Number("inDays")) {
		ev = once(ev, in)
	}
	one.Add(&ev)
	as := *h.l
	as.View = one
	t := eventText(&as, 0)
	if ev.Type == event.PlanSet {
		t = commas(t, slotsText(e.Text("points")))
	}
	if h.c.masked() {
		return t
	}
	if stage := e.Text("stage"); ev.Type == event.Imaging && stage != "" {
		system := event.Words("clinical_stage", "system")[e.Text("system")]
		t = joined(t, Text{Zh: "报告写 " + system.Zh + " " + stage, En: "the report says " + system.En + " " + stage})
	}
	for _, key := range []string{"name", "substance", "doseText", "text", "question", "answer", "model"} {
		if said := e.Text(key); said != "" {
			t = joined(t, Text{Zh: said, En: said})
		}
	}
	return t
}

// slotsText are the meal slots of a plan in words; what older plans say in words stays so.
func slotsText(points string) Text {
	var t Text
	for _, x := range strings.Split(points, "+") {
		switch {
		case slices.Contains(event.Contexts, x):
			n := slotName(x)
			if t != (Text{}) {
				n = Text{Zh: t.Zh + "、" + n.Zh, En: t.En + ", " + n.En}
			}
			t = n
		case x != "":
			return Text{}
		}
	}
	return t
}

// once is a care plan as one that is done on one day, in days after it was said.
func once(e event.Event, days float64) event.Event {
	k := int(event.CarePlan.Spec().Field("inDays").Slot - event.X0)
	x := make([]float64, max(k+1, len(e.X)))
	for i := range x {
		x[i] = math.NaN()
	}
	copy(x, e.X)
	e.Num, x[k] = math.NaN(), days
	e.X = x
	return e
}

func (h *shaper) fileOf(e *healthfile.Entry) *FileRef {
	id := e.Text("file")
	if id == "" {
		return nil
	}
	url := "/api/people/" + string(h.l.Card.ID) + "/reports/" + id
	if h.c.me.Number != 0 {
		url = "/api/me/reports/" + id
	}
	for _, r := range h.file.Of(event.Report) {
		if r.Text("file") == id {
			var size int64
			_ = json.Unmarshal(r.Body()["size"], &size)
			ref := &FileRef{ID: id, Name: r.Text("name"), Media: r.Text("media"), Size: size, URL: url}
			if h.c.masked() {
				ref.Name = ""
			}
			return ref
		}
	}
	return nil
}

// private are the properties of our own bookkeeping, and those told elsewhere in an entry.
var private = []string{"said", "correction", "size", "entered", "upload", "filling", "instead", "form", study}

// wireOf is an entry's properties as they would be sent: in the unit they were typed in. Masked, no free text is among them.
func wireOf(e *healthfile.Entry, masked bool) map[string]any {
	out := map[string]any{}
	ev := &e.Event
	spec := ev.Type.Spec()
	if spec == nil {
		return out
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		switch {
		case f.Slot == event.InBody || slices.Contains(private, f.Name):
		case f.Kind == event.Code:
			if v := e.Code(f.Name); v != "" {
				out[f.Name] = v
			}
		case math.IsNaN(e.Number(f.Name)):
		case f.Kind == event.Bool:
			out[f.Name] = e.Number(f.Name) == 1
		default:
			out[f.Name] = e.Number(f.Name)
		}
	}
	asTyped(e, out)
	if masked {
		return out
	}
	for key, raw := range e.Body() {
		var v any
		if !slices.Contains(private, key) && json.Unmarshal(raw, &v) == nil {
			out[key] = v
		}
	}
	return out
}

// asTyped puts numbers back into the unit they were typed in.
func asTyped(e *healthfile.Entry, out map[string]any) {
	typed := e.Number("entered")
	if math.IsNaN(typed) {
		return
	}
	out["value"] = typed
	lab, ok := measure.LabOf(e.Code("test"))
	if !ok {
		return
	}
	for _, key := range []string{"refLow", "refHigh"} {
		if v := e.Number(key); !math.IsNaN(v) {
			v, _ = lab.To(v, e.Code("unit"))
			out[key], _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
		}
	}
}
