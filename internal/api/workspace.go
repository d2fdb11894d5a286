package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"peiban/internal/attachment"
	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/staff"
)

// Workspace is what the console's frame shows.
type Workspace struct {
	SpaceRef
	Programmes []ProgrammeRef `json:"programmes"`
	Owners     []Owner        `json:"owners"`
	Counts     Counts         `json:"counts"`
}

// ProgrammeRef is a programme by name and version.
type ProgrammeRef struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Version int    `json:"version"`
}

// Owner is a member of staff who may be responsible for people, and for how many they are.
type Owner struct {
	Ref
	Role   string `json:"role"`
	People int    `json:"people"`
}

// Counts are about the people the caller may see.
type Counts struct {
	People    int `json:"people"`
	OpenTasks int `json:"openTasks"`
	Safety    int `json:"safety"`
}

func (s *Server) workspaceOperations() {
	serve(s, operation{"workspace", http.MethodGet, "/api/workspace", "workspace", "The workspace: programmes, owners, counts", forStaff}, s.workspaceView)
	serve(s, operation{"catalogue", http.MethodGet, "/api/catalogue", "workspace", "Event types, meal slots, bands, units, limits and the words of every code", forAnyone}, s.catalogue)
}

func (s *Server) workspaceView(ctx context.Context, _ *Empty) (Workspace, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Workspace{}, err
	}
	v := Workspace{SpaceRef: c.space.view(), Programmes: []ProgrammeRef{}, Owners: []Owner{}}
	for _, p := range c.space.Conductor.Programmes() {
		v.Programmes = append(v.Programmes, ProgrammeRef{p.Key, p.Name, p.Version})
	}
	for _, m := range c.space.team(ctx, s.store) {
		if m.Disabled || m.Role == staff.Viewer {
			continue
		}
		v.Owners = append(v.Owners, Owner{Ref{m.ID, m.Name}, string(m.Role), c.space.Conductor.Count("owner", m.ID)})
	}
	seen := s.visible(ctx, c)
	v.Counts.People = int(seen.GetCardinality())
	load, err := s.loads(ctx, c.space)
	if err != nil {
		return Workspace{}, err
	}
	for n, l := range load {
		if seen.Contains(uint32(n)) {
			v.Counts.OpenTasks += l.Open
			v.Counts.Safety += l.Safety
		}
	}
	return v, nil
}

// Catalogue is what screens and collectors need to know of events, values and codes.
type Catalogue struct {
	EventTypes []EventType      `json:"eventTypes"`
	Contexts   []Slot           `json:"contexts"`
	Bands      []BandWord       `json:"bands"`
	Units      []UnitOf         `json:"units"`
	Limits     map[string]Limit `json:"limits"`
	Pairs      []LimitPair      `json:"pairs" doc:"limits published in both units: equal by convention, not by arithmetic"`
	Reasons    map[string]Text  `json:"reasons" doc:"why a task is skipped"`
	Withheld   map[string]Text  `json:"withheld" doc:"why a message waits or was not sent"`
	Outcomes   map[string]Text  `json:"outcomes"`
	Purposes   map[string]Text  `json:"purposes"`
	Labs       []LabTest        `json:"labs" doc:"laboratory tests, and HbA1c, with the units a value may be typed in"`
	Stages     []StageSystem    `json:"stages" doc:"stages by the system they are of, mildest first"`
	Reports    ReportRule       `json:"reports"`
	// A screen keeps the figures for when it is without a network, and knows by this when they are old.
	Version string `json:"version" doc:"changes with units, limits or pairs"`
}

// LabTest is one test a value can be entered for.
type LabTest struct {
	Named
	Unit     string   `json:"unit" doc:"values are kept in it"`
	Units    []string `json:"units" doc:"a value may be typed in any of them"`
	Decimals int      `json:"decimals"`
}

// StageSystem is one way to stage a disease.
type StageSystem struct {
	Named
	Stages []string `json:"stages"`
}

// ReportRule says which files are kept.
type ReportRule struct {
	Largest int64    `json:"largest" doc:"bytes"`
	Media   []string `json:"media"`
}

// LimitPair is one limit in the figures of both units.
type LimitPair struct {
	Mmol float64 `json:"mmol"`
	Mgdl float64 `json:"mgdl"`
}

// EventType is one type of the catalogue.
type EventType struct {
	Key    string       `json:"key"`
	Name   Text         `json:"name"`
	Health bool         `json:"health"`
	System bool         `json:"system" doc:"written by peiban itself; refused from a source"`
	Fields []EventField `json:"fields"`
}

// EventField is one property of an event type.
type EventField struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind" enum:"number,code,bool,text"`
	Unit     string   `json:"unit,omitempty"`
	Units    []string `json:"units,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Min      *float64 `json:"min,omitempty"`
	Max      *float64 `json:"max,omitempty"`
	Required bool     `json:"required,omitempty"`
	// Words are in the order of Enum, then those of open codes.
	Words    []Named `json:"words,omitempty" doc:"what people read for the codes"`
	UnitWord *Text   `json:"unitWord,omitempty"`
}

// Slot is a meal slot with its long and short name.
type Slot struct {
	Key   string `json:"key"`
	Name  Text   `json:"name"`
	Short Text   `json:"short"`
}

// BandWord is the word and the mark of a band; from and to in mmol/L.
type BandWord struct {
	Key    string  `json:"key"`
	Word   Text    `json:"word"`
	Mark   string  `json:"mark" doc:"up2, up, dot, ring, down, down2"`
	From   float64 `json:"from,omitempty"`
	To     float64 `json:"to,omitempty"`
	Source string  `json:"source"`
}

// UnitOf is a unit of glucose and how many of it one mmol/L is.
type UnitOf struct {
	Key     string  `json:"key"`
	PerMmol float64 `json:"perMmol"`
}

// Limit is a figure with its source.
type Limit struct {
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Source string  `json:"source"`
}

func (s *Server) catalogue(context.Context, *Empty) (Catalogue, error) {
	v := Catalogue{
		EventTypes: []EventType{}, Contexts: []Slot{}, Bands: []BandWord{},
		Units: []UnitOf{{string(measure.MmolL), 1}, {string(measure.MgdL), measure.MgPerMmol}},
		Limits: map[string]Limit{
			"glucoseMin":  {measure.GlucoseMin, "mmol/L", "Kovatchev: what a meter can show"},
			"glucoseMax":  {measure.GlucoseMax, "mmol/L", "Kovatchev: what a meter can show"},
			"level2Low":   {measure.Level2Low, "mmol/L", "IHSG 2017, doi:10.1007/s00125-016-4146-6"},
			"level1Low":   {measure.Level1Low, "mmol/L", "IHSG 2017, doi:10.1007/s00125-016-4146-6"},
			"high":        {measure.High, "mmol/L", "Battelino 2019, Diabetes Care 42:1593"},
			"veryHigh":    {measure.VeryHigh, "mmol/L", "Battelino 2019, Diabetes Care 42:1593"},
			"critical":    {measure.Critical, "mmol/L", "国家基本公共卫生服务规范第三版"},
			"historyGap":  {measure.HistoryGap, "h", "older than this a reading raises no safety card"},
			"fastSugar":   {measure.FastSugar, "g", "CDS guideline, treatment of hypoglycaemia"},
			"retest":      {measure.Retest, "min", "CDS guideline, treatment of hypoglycaemia"},
			"eventsABody": {1000, "", "intake"},
			"bytesABody":  {500 * 1024, "B", "intake, unpacked"},
			"bytesEvent":  {32 * 1024, "B", "intake"},
		},
		Reasons: skipReasons, Withheld: messageReasons, Outcomes: outcomeNames, Purposes: purposeNames,
	}
	for _, spec := range event.Catalogue() {
		v.EventTypes = append(v.EventTypes, eventType(&spec))
	}
	for _, key := range event.Contexts {
		v.Contexts = append(v.Contexts, Slot{key, contextName(key), contextShort(key)})
	}
	for _, b := range bandWords {
		v.Bands = append(v.Bands, BandWord{string(b.band), b.word, b.mark, b.from, b.to, b.source})
	}
	v.Labs, v.Stages = labTests(), stageSystems()
	v.Reports = ReportRule{attachment.Largest, slices.Sorted(maps.Keys(attachment.Extensions))}
	for _, p := range measure.Pairs() {
		v.Pairs = append(v.Pairs, LimitPair{p[0], p[1]})
	}
	v.Version = figuresVersion(&v)
	return v, nil
}

func labTests() []LabTest {
	out := []LabTest{{Named{event.HbA1c.String(), event.HbA1c.Spec().Name}, hba1cUnits[0], hba1cUnits, 1}}
	for _, key := range measure.LabKeys() {
		if lab, ok := measure.LabOf(key); ok {
			out = append(out, LabTest{Named{key, codeWord("lab", "test", key)}, lab.Unit, lab.Units(), lab.Decimals})
		}
	}
	return out
}

func stageSystems() (out []StageSystem) {
	for _, key := range measure.StageSystems() {
		out = append(out, StageSystem{Named{key, codeWord("clinical_stage", "system", key)}, measure.Stages(key)})
	}
	return out
}

// figuresVersion is a short digest of what is a figure. Maps print in the order of their keys, so it is the same in
// every process of one version.
func figuresVersion(v *Catalogue) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v %v %v", v.Units, v.Limits, v.Pairs))
	return hex.EncodeToString(sum[:6])
}

func eventType(spec *event.Spec) EventType {
	kinds := map[event.FieldKind]string{event.Number: "number", event.Code: "code", event.Bool: "bool", event.Text: "text"}
	t := EventType{Key: spec.Key, Name: spec.Name, Health: spec.Health, System: spec.System, Fields: []EventField{}}
	for _, f := range spec.Fields {
		w := EventField{Name: f.Name, Kind: kinds[f.Kind], Unit: f.Unit, Units: f.Units, Enum: f.Enum, Required: f.Required}
		if f.Min != 0 || f.Max != 0 {
			lo, hi := f.Min, f.Max
			w.Min, w.Max = &lo, &hi
		}
		w.Words = wordsOf(spec, f)
		if f.Unit != "" {
			w.UnitWord = optional(f.UnitWord())
		}
		t.Fields = append(t.Fields, w)
	}
	return t
}

// wordsOf are the codes of a property in the catalogue's order, open ones by name.
func wordsOf(spec *event.Spec, f event.Field) []Named {
	known := event.Words(spec.Key, f.Name)
	keys := f.Enum
	if len(keys) == 0 {
		keys = slices.Sorted(maps.Keys(known))
	}
	var out []Named
	for _, k := range keys {
		out = append(out, Named{k, known[k]})
	}
	return out
}
