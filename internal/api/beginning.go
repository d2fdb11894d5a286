package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// ProgrammeLine is one programme of the workspace, in force or only begun.
type ProgrammeLine struct {
	ProgrammeRef
	New      bool     `json:"new" doc:"only begun: there is nothing but a draft"`
	People   int      `json:"people"`
	Stages   int      `json:"stages"`
	Tags     int      `json:"tags"`
	Journeys int      `json:"journeys"`
	Approval Approval `json:"approval"`
	Sample   bool     `json:"sample"`
	At       string   `json:"at,omitempty" doc:"when the version came into force"`
	Draft    bool     `json:"draft"`
	DraftBy  *Ref     `json:"draftBy,omitempty"`
	DraftAt  string   `json:"draftAt,omitempty"`
}

// NewProgramme is what a programme is begun with.
type NewProgramme struct {
	Key      string `json:"key" maxLength:"40"`
	Name     Text   `json:"name"`
	Template string `json:"template,omitempty" maxLength:"60" doc:"a programme of the workspace; empty: an empty skeleton"`
	Prefix   string `json:"prefix,omitempty" maxLength:"20" doc:"of its journeys and texts, whose keys are unique in a workspace; the key when not given"`
}

type newProgrammeIn struct {
	Body NewProgramme
}

var (
	errProgrammeThere = fault.New(fault.Clash, "programme_exists", "这个工作区已有这个键的方案或草稿", "the workspace has a programme or a draft of this key").At("body.key").
				Because("换一个键，或打开那一个", "choose another key, or open that one")
	errNoKey = fault.New(fault.Invalid, "no_programme_key", "压缩包里没有 programme.yaml，或者里面没有键", "the zip has no programme.yaml, or that has no key").At("body").
			Because("programme.yaml 里写 key，以小写字母开头", "write key in programme.yaml, beginning with a small letter")
	errNoTemplate = fault.New(fault.Invalid, "no_template", "没有这个方案可作模板", "there is no such programme to begin from").At("body.template")
)

func (s *Server) beginningOperations() {
	serve(s, operation{"programme-desk", http.MethodGet, "/api/programme-desk", "programmes", "The programmes of the workspace and what is begun, for a list", forStaff}, s.programmeDesk)
	serve(s, operation{"begin-programme", http.MethodPost, "/api/programmes", "programmes", "Begin a new programme: a draft from a template or from nothing", forStaff}, s.beginProgramme)
}

func (s *Server) programmeDesk(ctx context.Context, _ *Empty) (Listing[ProgrammeLine], error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Listing[ProgrammeLine]{}, err
	}
	drafts, err := s.store.Drafts(ctx, c.space.number())
	if err != nil {
		return Listing[ProgrammeLine]{}, err
	}
	out := Listing[ProgrammeLine]{Items: []ProgrammeLine{}}
	cd := c.space.Conductor
	for _, p := range cd.Programmes() {
		l := ProgrammeLine{
			ProgrammeRef: ProgrammeRef{p.Key, p.Name, p.Version}, People: cd.Count("programme", p.Key), Stages: len(p.Stages), Tags: p.Listed(),
			Journeys: len(p.Journeys), Approval: approvalView(p.Approval), Sample: p.Sample,
		}
		if vs := cd.Versions(p.Key); len(vs) > 0 {
			l.At = moment(vs[len(vs)-1].At, c.space.loc)
		}
		out.Items = append(out.Items, l)
	}
	for _, d := range drafts {
		at := slices.IndexFunc(out.Items, func(l ProgrammeLine) bool { return l.Key == d.Programme })
		if at < 0 {
			l, err := s.begunLine(ctx, c, d.Programme)
			if err != nil {
				return Listing[ProgrammeLine]{}, err
			}
			at = len(out.Items)
			out.Items = append(out.Items, l)
		}
		l := &out.Items[at]
		l.Draft, l.DraftAt = true, moment(d.At, c.space.loc)
		if _, id, ok := strings.Cut(d.By, ":"); ok {
			l.DraftBy = c.space.ref(ctx, s.store, id)
		}
	}
	out.Total = len(out.Items)
	return out, nil
}

// begunLine is a programme of which there is only a draft.
func (s *Server) begunLine(ctx context.Context, c *caller, key string) (ProgrammeLine, error) {
	d, err := s.store.Draft(ctx, c.space.number(), key)
	if err != nil {
		return ProgrammeLine{}, err
	}
	head := d.Files.Head()
	l := ProgrammeLine{ProgrammeRef: ProgrammeRef{key, head.Name, 0}, New: true, Sample: true, Approval: Approval{Sample: head.Approval.Sample, By: head.Approval.By, At: head.Approval.At, Document: head.Approval.Document}}
	if p, problems := d.Files.Open(); len(problems) == 0 {
		l.Stages, l.Tags, l.Journeys, l.Sample = len(p.Stages), p.Listed(), len(p.Journeys), p.Sample
	}
	return l, nil
}

func (s *Server) beginProgramme(ctx context.Context, in *newProgrammeIn) (Draft, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Draft{}, err
	}
	b := in.Body
	if err := s.isFree(ctx, c, b.Key); err != nil {
		return Draft{}, err
	}
	files, err := s.begun(c, b)
	if err != nil {
		return Draft{}, err
	}
	return s.beginDraft(ctx, c, b.Key, files, "programme.begin", map[string]any{"programme": b.Key, "template": b.Template})
}

// isFree reports whether the workspace has a programme, or a draft, of a key.
func (s *Server) isFree(ctx context.Context, c *caller, key string) error {
	_, err := s.store.Draft(ctx, c.space.number(), key)
	switch {
	case key != "" && c.space.Conductor.Programme(key) != nil, err == nil:
		return errProgrammeThere
	case !errors.Is(err, conductor.ErrNoDraft):
		return err
	}
	return nil
}

// beginDraft keeps files as the first draft of a programme the workspace does not have.
func (s *Server) beginDraft(ctx context.Context, c *caller, key string, files programme.Files, action string, detail map[string]any) (Draft, error) {
	if err := s.isFree(ctx, c, key); err != nil {
		return Draft{}, err
	}
	if err := files.Check(); err != nil {
		return Draft{}, err
	}
	d := conductor.Draft{Programme: key, Files: files, By: c.actor(), At: s.real().UnixMicro()}
	d.Revision = d.At
	if err := s.store.SaveDraft(ctx, c.space.number(), d, 0, s.entry(ctx, c, action, 0, detail)); err != nil {
		return Draft{}, err
	}
	_, now, d, err := s.editing(ctx, key, staff.CanReadProgress)
	if err != nil {
		return Draft{}, err
	}
	return s.draftView(ctx, c, now, d), nil
}

func (s *Server) begun(c *caller, b NewProgramme) (programme.Files, error) {
	with := programme.Beginning{Key: b.Key, Name: b.Name, Zone: c.space.loc.String(), Prefix: b.Prefix}
	if b.Template == "" {
		return programme.Skeleton(with)
	}
	from := c.space.Conductor.Programme(b.Template)
	if from == nil {
		return nil, errNoTemplate
	}
	if with.Prefix == "" {
		with.Prefix = b.Key
	}
	return from.Files.As(with)
}
