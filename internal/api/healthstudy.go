package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
)

// StageRead is the stage one side shows on images.
type StageRead struct {
	System string   `json:"system" minLength:"1" maxLength:"40" doc:"with its version, such as arco2019"`
	Stage  string   `json:"stage" minLength:"1" maxLength:"20"`
	Side   string   `json:"side" enum:"left,right"`
	Extent *float64 `json:"extent,omitempty" minimum:"0" maximum:"100" doc:"of the femoral head, %"`
}

var (
	errStagesOf  = fault.New(fault.Invalid, "stages_beside_imaging", "只有影像检查能一起写分期", "stages are stated beside imaging only").At("body.stages")
	errSideTwice = fault.New(fault.Invalid, "side_twice", "同一侧只写一个分期", "one stage for each side")
	errOtherSide = fault.New(fault.Invalid, "side_not_imaged", "这次影像没有拍这一侧", "the images are of the other side")
)

// study is what an image and the stages read from it have in common, in the bodies of all of them.
const study = "study"

// read makes the image it and what becomes of the stages read from it one thing to write: new ones, those replaced, those taken back. In a
// correction that names no stages they stay as they are.
func (w *statement) read(f *healthfile.File, it conductor.Item) ([]conductor.Item, error) {
	items := []conductor.Item{it}
	if w.Stages == nil {
		return items, nil
	}
	if it.Event.Type != event.Imaging {
		return nil, errStagesOf
	}
	var before []*healthfile.Entry
	if w.old != nil {
		before = f.ReadFrom(w.old)
	}
	seen := map[string]bool{}
	for i, r := range w.Stages {
		at := fmt.Sprintf("body.stages[%d].", i)
		switch of := it.Event.C.String(); {
		case seen[r.Side]:
			return nil, errSideTwice.At("%sside", at)
		case of != "" && of != "both" && of != r.Side:
			return nil, errOtherSide.At("%sside", at)
		}
		seen[r.Side] = true
		var old *healthfile.Entry
		if k := slices.IndexFunc(before, func(e *healthfile.Entry) bool { return e.Code("side") == r.Side }); k >= 0 {
			old = before[k]
			before = slices.Delete(before, k, k+1)
		}
		one, err := w.stage(r, &it.Event, old)
		if err != nil {
			if fl := fault.Of(err); fl != nil && fl.Field != "" {
				return nil, fl.At("%s%s", at, lastOf(fl.Field))
			}
			return nil, err
		}
		if one != nil {
			items = append(items, *one)
		}
	}
	for _, e := range before {
		if err := mayChange(w.c, e); err != nil {
			return nil, err
		}
		gone, err := takeBackEntry(w.l.Card, e, w.Reason)
		if err != nil {
			return nil, err
		}
		items = append(items, gone)
	}
	return items, nil
}

// stage is what r says of the image, in place of old where that says something else; nil when it says the same.
func (w *statement) stage(r StageRead, image *event.Event, old *healthfile.Entry) (*conductor.Item, error) {
	x := &healthfile.Entry{Event: *image}
	var body map[string]any
	_ = json.Unmarshal(image.Body, &body) // made by us, or there is none
	s := &statement{s: w.s, c: w.c, l: w.l, old: old, study: w.study, beside: true}
	s.Statement = Statement{Type: event.ClinicalStage.String(), Said: w.Said, At: time.UnixMicro(image.Occurred).UTC().Format(time.RFC3339Nano)}
	if dated, _ := body["date"].(string); dated != "" {
		s.At = dated
	}
	s.props = map[string]any{}
	if old != nil {
		s.props, s.Reason = wireOf(old, false), w.Reason
		delete(s.props, "extent")
		delete(s.props, "file")
	}
	s.props["system"], s.props["stage"], s.props["side"] = r.System, r.Stage, r.Side
	if r.Extent != nil {
		s.props["extent"] = *r.Extent
	}
	if file, _ := body["file"].(string); file != "" {
		s.props["file"] = file
	}
	if x.Flag("verified") {
		s.props["verified"] = true
	}
	delete(s.props, "date")
	it, err := s.item()
	if err != nil {
		return nil, err
	}
	if it.Event.Occurred = image.Occurred; old != nil {
		if sameStage(&it.Event, &old.Event) {
			return nil, nil
		}
		if err := mayChange(w.c, old); err != nil {
			return nil, err
		}
	}
	return &it, nil
}

// sameStage tells whether two stages say the same, whoever said so and why.
func sameStage(a, b *event.Event) bool {
	as, bs := &healthfile.Entry{Event: *a}, &healthfile.Entry{Event: *b}
	x, y := as.Number("extent"), bs.Number("extent")
	return a.Occurred == b.Occurred && a.A == b.A && a.B == b.B && a.C == b.C && (x == y || math.IsNaN(x) && math.IsNaN(y)) &&
		as.Flag("verified") == bs.Flag("verified") && textIn(a, "file") == textIn(b, "file") && textIn(a, "date") == textIn(b, "date")
}

func textIn(e *event.Event, key string) string {
	var body map[string]json.RawMessage
	var s string
	_ = json.Unmarshal(e.Body, &body) // no body is no text
	_ = json.Unmarshal(body[key], &s)
	return s
}

// lastOf is the last part of a field's place.
func lastOf(field string) string {
	for i := len(field) - 1; i >= 0; i-- {
		if field[i] == '.' {
			return field[i+1:]
		}
	}
	return field
}

// newStudy names what an image and its stages have in common: as before, else anew. Of a statement with a client id it follows from that
// id: sent again it says the same.
func newStudy(old *healthfile.Entry, client string) string {
	if old != nil {
		if s := old.Text(study); s != "" {
			return s
		}
	}
	if client != "" {
		of := sha256.Sum256([]byte(client))
		return "client:" + hex.EncodeToString(of[:8])
	}
	return ulid.Make().String()
}

// taken are what a statement that is taken back takes with it: itself and, when asked for, the stages read from it.
func taken(c *caller, card conductor.Card, f *healthfile.File, e *healthfile.Entry, b retractBody) ([]conductor.Item, error) {
	es := []*healthfile.Entry{e}
	if b.Stages {
		es = append(es, f.ReadFrom(e)...)
	}
	var items []conductor.Item
	for _, x := range es {
		if err := mayChange(c, x); err != nil {
			return nil, err
		}
		it, err := takeBackEntry(card, x, b.Reason)
		if err != nil {
			return nil, err
		}
		if x.Event.Type == event.TargetSet { // nothing is left to sign
			it.Fulfils = signingOf(x)
		}
		items = append(items, it)
	}
	return items, nil
}
