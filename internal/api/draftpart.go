package api

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"peiban/internal/programme"
	"peiban/internal/staff"
)

// DraftSetting is a setting of a draft as an editor fills it in.
type DraftSetting struct {
	Name   Text    `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit" maxLength:"20"`
	Source string  `json:"source" maxLength:"400"`
	Unsure bool    `json:"unsure,omitempty" doc:"a convention, or sources differ: a clinician looks at it first"`
}

// DraftSettingLine is one of a draft's settings with where it stands.
type DraftSettingLine struct {
	Key string `json:"key"`
	DraftSetting
	Part   string `json:"part,omitempty" doc:"the shared part it comes from; writing it gives the programme its own"`
	Was    string `json:"was,omitempty" doc:"in the version in force, with unit, when it is another"`
	Marked bool   `json:"marked" doc:"unsure by itself or by its source"`
}

// DraftQuantity is a number with its unit.
type DraftQuantity struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit" maxLength:"20"`
}

// DraftLimit are the limits of one key of a profile.
type DraftLimit struct {
	Key   string         `json:"key" maxLength:"30"`
	Low   *DraftQuantity `json:"low,omitempty"`
	High  *DraftQuantity `json:"high,omitempty" doc:"in target at it"`
	Below *DraftQuantity `json:"below,omitempty" doc:"in target only below it"`
}

// DraftApproval is who answers for a text or a limit.
type DraftApproval struct {
	Sample   bool   `json:"sample"`
	By       string `json:"by,omitempty" maxLength:"80"`
	At       string `json:"at,omitempty" maxLength:"10"`
	Document string `json:"document,omitempty" maxLength:"120"`
}

// DraftTarget is a profile of targets as an editor fills it in.
type DraftTarget struct {
	Name     Text           `json:"name"`
	Limits   []DraftLimit   `json:"limits" maxItems:"20"`
	Source   string         `json:"source" maxLength:"400"`
	Approval *DraftApproval `json:"approval,omitempty" doc:"absent: as the programme's"`
	Default  bool           `json:"default,omitempty"`
}

// DraftTargetLine is one of a draft's profiles.
type DraftTargetLine struct {
	Key string `json:"key"`
	DraftTarget
	Marked bool `json:"marked" doc:"its source says that it is not sure"`
}

// LimitKey is one limit a profile may set, with the units it may be written in.
type LimitKey struct {
	Key   string       `json:"key"`
	Name  Text         `json:"name"`
	Units []LimitUnits `json:"units"`
}

// LimitUnits is one unit, and between which numbers a limit makes sense in it.
type LimitUnits struct {
	Unit string  `json:"unit"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// DraftNumbers are the numbers of a draft: what it is called, who answers for it, its settings and its targets.
type DraftNumbers struct {
	Revision int64              `json:"revision"`
	Name     Text               `json:"name"`
	Approval DraftApproval      `json:"approval"`
	Settings []DraftSettingLine `json:"settings"`
	Targets  []DraftTargetLine  `json:"targets"`
	Limits   []LimitKey         `json:"limits"`
}

func (d DraftNumbers) etag() string { return quoted(d.Revision) }

// DraftHead is what a draft says of the programme as a whole.
type DraftHead struct {
	Name     Text          `json:"name"`
	Approval DraftApproval `json:"approval"`
}

// DraftStage is a stage as an editor fills it in.
type DraftStage struct {
	Key    string `json:"key" maxLength:"64"`
	Name   Text   `json:"name"`
	Plain  Text   `json:"plain"`
	When   string `json:"when" maxLength:"4000"`
	Stay   string `json:"stay,omitempty" maxLength:"4000" doc:"who is in it stays while this holds; empty: while when holds"`
	Source string `json:"source" maxLength:"400"`
}

// DraftStages are all stages in their order: a person is in the first whose rule is true.
type DraftStages struct {
	Revision int64        `json:"revision"`
	Stages   []DraftStage `json:"stages"`
}

func (d DraftStages) etag() string { return quoted(d.Revision) }

// DraftItem is one setting, profile or text of a draft.
type DraftItem struct {
	Key  string `path:"key" maxLength:"60"`
	Item string `path:"item" maxLength:"64"`
}

type dropItemIn struct {
	DraftItem
	Based
}

type putSettingIn struct {
	DraftItem
	Based
	Body DraftSetting
}

type putTargetIn struct {
	DraftItem
	Based
	Body DraftTarget
}

type putHeadIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Body DraftHead
}

type putStagesIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Body struct {
		Stages []DraftStage `json:"stages" maxItems:"40"`
	}
}

type checkFileIn struct {
	Key  string `path:"key" maxLength:"60"`
	Body struct {
		Path string `json:"path" maxLength:"120"`
		Text string `json:"text" maxLength:"262144"`
	}
}

// FileChecked are the mistakes the draft would have with one file as it is being written.
type FileChecked struct {
	Path      string        `json:"path"`
	Problems  []RuleProblem `json:"problems" doc:"those of this file"`
	Elsewhere int           `json:"elsewhere" doc:"how many there are in other files"`
}

func (s *Server) partOperations() {
	const at = "/api/programmes/{key}/draft"
	serve(s, operation{"draft-numbers", http.MethodGet, at + "/numbers", "drafts", "Name, approval, settings and targets of the draft", forStaff}, s.draftNumbers)
	serve(s, operation{"put-draft-head", http.MethodPut, at + "/head", "drafts", "Write name and approval of the draft", forStaff}, s.putDraftHead)
	serve(s, operation{"put-draft-setting", http.MethodPut, at + "/settings/{item}", "drafts", "Write a setting of the draft", forStaff}, s.putDraftSetting)
	serve(s, operation{"drop-draft-setting", http.MethodDelete, at + "/settings/{item}", "drafts", "Take the programme's own setting out; a shared part's of that key holds again", forStaff}, s.dropDraftSetting)
	serve(s, operation{"put-draft-target", http.MethodPut, at + "/targets/{item}", "drafts", "Write a profile of targets of the draft", forStaff}, s.putDraftTarget)
	serve(s, operation{"drop-draft-target", http.MethodDelete, at + "/targets/{item}", "drafts", "Take a profile of targets out of the draft", forStaff}, s.dropDraftTarget)
	serve(s, operation{"draft-stages", http.MethodGet, at + "/stages", "drafts", "The stages of the draft in their order", forStaff}, s.draftStages)
	serve(s, operation{"put-draft-stages", http.MethodPut, at + "/stages", "drafts", "Write the stages of the draft: their order and their rules", forStaff}, s.putDraftStages)
	serve(s, operation{"check-draft-file", http.MethodPost, at + "/check", "drafts", "The mistakes a file would have; nothing is kept", forStaff}, s.checkDraftFile)
	s.textOperations()
	s.shapeOperations()
	s.drawOperations()
	s.figureOperations()
	s.walkOperations()
	s.formDraftOperations()
}

func (s *Server) draftNumbers(ctx context.Context, in *programmePath) (DraftNumbers, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftNumbers{}, err
	}
	head := d.Files.Head()
	v := DraftNumbers{Revision: d.Revision, Name: head.Name, Approval: DraftApproval(head.Approval), Settings: []DraftSettingLine{}, Targets: []DraftTargetLine{}, Limits: []LimitKey{}}
	changed := map[string]string{}
	for _, x := range now.Files.Settings() {
		changed[x.Key] = numberWith(x.Value, x.Unit)
	}
	for _, x := range d.Files.Settings() {
		l := DraftSettingLine{Key: x.Key, DraftSetting: DraftSetting{x.Name, x.Value, x.Unit, x.Source, x.Unsure}, Part: x.Part, Marked: x.Unsure || programme.Unsure(x.Source)}
		if was := changed[x.Key]; was != numberWith(x.Value, x.Unit) {
			l.Was = was
		}
		v.Settings = append(v.Settings, l)
	}
	for _, x := range d.Files.Targets() {
		l := DraftTargetLine{Key: x.Key, DraftTarget: DraftTarget{Name: x.Name, Source: x.Source, Default: x.Default, Limits: []DraftLimit{}}, Marked: programme.Unsure(x.Source)}
		if x.Approval != nil {
			a := DraftApproval(*x.Approval)
			l.Approval = &a
		}
		for _, r := range x.Limits {
			l.Limits = append(l.Limits, DraftLimit{r.Key, (*DraftQuantity)(r.Low), (*DraftQuantity)(r.High), (*DraftQuantity)(r.Below)})
		}
		v.Targets = append(v.Targets, l)
	}
	for _, k := range programme.TargetKeys {
		l := LimitKey{Key: k, Name: or(targetNames[k], Text{Zh: k, En: k})}
		for _, b := range programme.TargetBounds(k) {
			l.Units = append(l.Units, LimitUnits(b))
		}
		v.Limits = append(v.Limits, l)
	}
	return v, nil
}

func (s *Server) putDraftHead(ctx context.Context, in *putHeadIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.head", func(f programme.Files) (programme.Files, error) {
		return f.SetHead(programme.HeadForm{Name: in.Body.Name, Approval: programme.ApprovalForm(in.Body.Approval)})
	})
}

func (s *Server) putDraftSetting(ctx context.Context, in *putSettingIn) (Draft, error) {
	b := in.Body
	return s.change(ctx, in.Key, in.Based, "draft.setting", func(f programme.Files) (programme.Files, error) {
		return f.SetSetting(programme.SettingForm{Key: in.Item, Name: b.Name, Value: b.Value, Unit: b.Unit, Source: b.Source, Unsure: b.Unsure})
	})
}

func (s *Server) dropDraftSetting(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.setting", func(f programme.Files) (programme.Files, error) {
		if !slices.ContainsFunc(f.Settings(), func(x programme.SettingForm) bool { return x.Key == in.Item && x.Part == "" }) {
			return nil, errNotFound
		}
		return f.DropSetting(in.Item)
	})
}

func (s *Server) putDraftTarget(ctx context.Context, in *putTargetIn) (Draft, error) {
	b := in.Body
	form := programme.TargetForm{Key: in.Item, Name: b.Name, Source: b.Source, Default: b.Default}
	if b.Approval != nil {
		a := programme.ApprovalForm(*b.Approval)
		form.Approval = &a
	}
	for _, l := range b.Limits {
		if !slices.Contains(programme.TargetKeys, l.Key) {
			return Draft{}, errCodeChoice.At("body.limits")
		}
		form.Limits = append(form.Limits, programme.LimitForm{Key: l.Key, Low: (*programme.Quantity)(l.Low), High: (*programme.Quantity)(l.High), Below: (*programme.Quantity)(l.Below)})
	}
	return s.change(ctx, in.Key, in.Based, "draft.target", func(f programme.Files) (programme.Files, error) { return f.SetTarget(form) })
}

func (s *Server) dropDraftTarget(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.target", func(f programme.Files) (programme.Files, error) {
		if !slices.ContainsFunc(f.Targets(), func(x programme.TargetForm) bool { return x.Key == in.Item }) {
			return nil, errNotFound
		}
		return f.DropTarget(in.Item)
	})
}

func (s *Server) draftStages(ctx context.Context, in *programmePath) (DraftStages, error) {
	_, _, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftStages{}, err
	}
	v := DraftStages{Revision: d.Revision, Stages: []DraftStage{}}
	forms, ok := d.Files.StageForms()
	if _, there := d.Files["stages.yaml"]; there && !ok {
		return DraftStages{}, errAsText
	}
	for _, x := range forms {
		v.Stages = append(v.Stages, DraftStage(x))
	}
	return v, nil
}

func (s *Server) putDraftStages(ctx context.Context, in *putStagesIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.stages", func(f programme.Files) (programme.Files, error) {
		var forms []programme.StageForm
		for _, x := range in.Body.Stages {
			forms = append(forms, programme.StageForm(x))
		}
		return f.SetStages(forms)
	})
}

func (s *Server) checkDraftFile(ctx context.Context, in *checkFileIn) (FileChecked, error) {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return FileChecked{}, err
	}
	files := maps.Clone(d.Files)
	files[in.Body.Path] = in.Body.Text
	if err := files.Check(); err != nil {
		return FileChecked{}, err
	}
	compiled, problems := files.Open()
	if compiled != nil {
		problems = c.space.Conductor.Beside(compiled)
	}
	v := FileChecked{Path: in.Body.Path, Problems: []RuleProblem{}}
	for _, p := range problems {
		switch {
		case p.File != in.Body.Path:
			v.Elsewhere++
		case len(v.Problems) < mostProblems:
			v.Problems = append(v.Problems, ruleProblem(p))
		}
	}
	return v, nil
}
