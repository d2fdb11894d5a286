package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// Checklist is how far a programme has come, step by step of the guide to a new disease.
type Checklist struct {
	Programme string          `json:"programme"`
	Name      Text            `json:"name"`
	Of        string          `json:"of" enum:"draft,force" doc:"what was looked at: the draft when there is one"`
	Done      int             `json:"done"`
	Total     int             `json:"total"`
	Steps     []ChecklistStep `json:"steps"`
}

// ChecklistStep is one of the seven steps.
type ChecklistStep struct {
	Step  int             `json:"step"`
	Name  Text            `json:"name"`
	Items []ChecklistItem `json:"items"`
}

// ChecklistItem is one line. What is human is stated by somebody; the others are known.
type ChecklistItem struct {
	Key   string      `json:"key"`
	Human bool        `json:"human"`
	Text  Text        `json:"text"`
	State string      `json:"state" enum:"done,open,unknown"`
	Note  *Text       `json:"note,omitempty"`
	Part  string      `json:"part,omitempty" doc:"where it is mended: settings, tags, stages, journeys, texts, forms, tests, versions"`
	Said  *ItemStated `json:"said,omitempty" doc:"of a human item: who stated it"`
}

// ItemStated is who stated an item, when, and whether the files have changed since.
type ItemStated struct {
	By      *Ref   `json:"by,omitempty"`
	At      string `json:"at"`
	Note    string `json:"note,omitempty"`
	Changed bool   `json:"changed" doc:"the files are no longer those it was stated about"`
}

type stateIn struct {
	Key  string `path:"key" maxLength:"60"`
	Item string `path:"item" maxLength:"40"`
	Body struct {
		Done bool   `json:"done"`
		Note string `json:"note,omitempty" maxLength:"400"`
	}
}

var errKnownItem = fault.New(fault.Invalid, "not_stated", "这一项由方案自己知道，不用勾", "the programme itself knows this item; nobody states it").At("path.item")

func (s *Server) checklistOperations() {
	const at = "/api/programmes/{key}/checklist"
	serve(s, operation{"programme-checklist", http.MethodGet, at, "programmes", "How far a programme has come on its way to going live", forStaff}, s.checklist)
	serve(s, operation{"state-programme", http.MethodPut, at + "/{item}", "programmes", "State an item of the checklist, or take it back; name and date are kept", forStaff}, s.stateItem)
}

func (s *Server) checklist(ctx context.Context, in *programmePath) (Checklist, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return Checklist{}, err
	}
	said, err := s.store.Statements(ctx, c.space.number(), in.Key)
	if err != nil {
		return Checklist{}, err
	}
	compiled, problems := d.Files.Open()
	if compiled != nil {
		problems = c.space.Conductor.Beside(compiled)
	}
	k := programme.Known{Problems: len(problems), Published: now.Version, Stated: map[string]bool{}}
	if compiled != nil {
		k.Cases = len(compiled.Cases())
	}
	k.Tested, k.Failed = c.space.trials.get(in.Key).proven(d.Files)
	for _, x := range said {
		k.Stated[x.Item] = true
	}
	v := Checklist{Programme: in.Key, Name: d.Files.Head().Name, Of: "draft"}
	if d.Revision == 0 {
		v.Of = "force"
	}
	for i, name := range programme.Steps {
		v.Steps = append(v.Steps, ChecklistStep{i + 1, name, []ChecklistItem{}})
	}
	for _, i := range programme.Checklist(d.Files, compiled, k) {
		x := ChecklistItem{Key: i.Key, Human: i.Human, Text: i.Text, State: i.State, Note: optional(i.Note), Part: i.Part}
		if at := slices.IndexFunc(said, func(o conductor.Statement) bool { return o.Item == i.Key }); i.Human && at >= 0 {
			o := said[at]
			x.Said = &ItemStated{At: moment(o.At, c.space.loc), Note: o.Note, Changed: o.Hash != filesHash(d.Files)}
			if _, id, ok := strings.Cut(o.By, ":"); ok {
				x.Said.By = c.space.ref(ctx, s.store, id)
			}
		}
		if v.Total++; i.State == programme.ItemDone {
			v.Done++
		}
		v.Steps[i.Step-1].Items = append(v.Steps[i.Step-1].Items, x)
	}
	return v, nil
}

func (s *Server) stateItem(ctx context.Context, in *stateIn) (Checklist, error) {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Checklist{}, err
	}
	if !slices.Contains(programme.Statements(), in.Item) {
		return Checklist{}, errKnownItem
	}
	proof := s.entry(ctx, c, "programme.state", 0, map[string]any{"programme": in.Key, "item": in.Item, "done": in.Body.Done})
	if in.Body.Done {
		err = s.store.State(ctx, c.space.number(), conductor.Statement{
			Programme: in.Key, Item: in.Item, At: s.real().UnixMicro(), By: c.actor(), Note: strings.TrimSpace(in.Body.Note), Hash: filesHash(d.Files),
		}, proof)
	} else {
		err = s.store.Unstate(ctx, c.space.number(), in.Key, in.Item, proof)
	}
	if err != nil {
		return Checklist{}, err
	}
	return s.checklist(ctx, &programmePath{in.Key})
}
