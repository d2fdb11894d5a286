package api

import (
	"context"
	"net/http"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// Programme is a programme as it runs, with how many people each part holds.
type Programme struct {
	ProgrammeRef
	Hash     string        `json:"hash"`
	Zone     string        `json:"zone"`
	Approval Approval      `json:"approval"`
	People   int           `json:"people"`
	Groups   []Named       `json:"groups"`
	Tags     []TagRule     `json:"tags"`
	Stages   []StageRule   `json:"stages"`
	Journeys []JourneyLine `json:"journeys"`
	Targets  []Targets     `json:"targets"`
}

// Approval says who answers for texts and limits.
type Approval struct {
	Sample   bool   `json:"sample" doc:"nobody approved it: rehearsal only"`
	By       string `json:"by,omitempty"`
	At       string `json:"at,omitempty"`
	Document string `json:"document,omitempty"`
}

// TagRule is a tag with its rule and how many people have it. Unknown is counted when asked for.
type TagRule struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Group   string `json:"group"`
	Private string `json:"private"`
	Plain   Text   `json:"plain"`
	Source  string `json:"source"`
	Rule    string `json:"rule"`
	Needs   string `json:"needs,omitempty"`
	Has     int    `json:"has"`
	Unknown *int   `json:"unknown,omitempty"`
}

// StageRule is a stage with its rule and how many people are in it.
type StageRule struct {
	Key    string `json:"key"`
	Name   Text   `json:"name"`
	Plain  Text   `json:"plain"`
	Rule   string `json:"rule"`
	People int    `json:"people"`
}

// JourneyLine is a journey and how many runs are under way.
type JourneyLine struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Class   string `json:"class"`
	Version int    `json:"version"`
	Steps   int    `json:"steps"`
	Running int    `json:"running"`
}

func (s *Server) programmeOperations() {
	serve(s, operation{"programmes", http.MethodGet, "/api/programmes", "programmes", "The programmes of the workspace", forStaff}, s.programmes)
	serve(s, operation{"programme", http.MethodGet, "/api/programmes/{key}", "programmes", "A programme: tags, stages, journeys, targets", forStaff}, s.programme)
}

func (s *Server) programmes(ctx context.Context, _ *Empty) (Listing[ProgrammeRef], error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Listing[ProgrammeRef]{}, err
	}
	out := Listing[ProgrammeRef]{Items: []ProgrammeRef{}}
	for _, p := range c.space.Conductor.Programmes() {
		out.Items = append(out.Items, ProgrammeRef{p.Key, p.Name, p.Version})
	}
	out.Total = len(out.Items)
	return out, nil
}

type programmeInput struct {
	Key string `path:"key" maxLength:"60"`
}

func (s *Server) programme(ctx context.Context, in *programmeInput) (Programme, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Programme{}, err
	}
	var p *engine.Programme
	for _, x := range c.space.Conductor.Programmes() {
		if x.Key == in.Key {
			p = x
		}
	}
	if p == nil {
		return Programme{}, errNotFound
	}
	running, err := s.store.Running(ctx, c.space.number())
	if err != nil {
		return Programme{}, err
	}
	return s.programmeView(c.space.Conductor, p, running), nil
}

func (s *Server) programmeView(cd *conductor.Conductor, p *engine.Programme, running map[string]int) Programme {
	v := Programme{
		ProgrammeRef: ProgrammeRef{p.Key, p.Name, p.Version}, Hash: p.Hash, Zone: p.Zone.String(), People: cd.Count("programme", p.Key),
		Approval: Approval{Sample: p.Approval.Sample, By: p.Approval.By, Document: p.Approval.Document},
		Groups:   []Named{}, Tags: []TagRule{}, Stages: []StageRule{}, Journeys: []JourneyLine{}, Targets: []Targets{},
	}
	for _, g := range p.Groups {
		v.Groups = append(v.Groups, Named{g.Key, g.Name})
	}
	unknown := s.unknown(cd, p)
	for i := range p.Tags {
		t := &p.Tags[i]
		if t.Of != "" {
			continue
		}
		r := TagRule{Key: t.Key, Name: t.Name, Group: t.Group, Private: t.Private, Plain: t.Plain, Source: t.Source, Rule: t.Src, Needs: t.NeedsSrc, Has: has(cd, p.Compiled, t.Key)}
		if unknown != nil {
			r.Unknown = &unknown[i]
		}
		v.Tags = append(v.Tags, r)
	}
	for i := range p.Stages {
		g := &p.Stages[i]
		v.Stages = append(v.Stages, StageRule{g.Key, g.Name, g.Plain, g.Src, cd.Count("stage", p.Key+"/"+g.Key)})
	}
	for _, j := range p.Journeys {
		v.Journeys = append(v.Journeys, JourneyLine{j.Key, j.Name, string(j.Class), j.Version, len(j.Steps), running[j.Key]})
	}
	for _, t := range p.Targets {
		v.Targets = append(v.Targets, profileView(t))
	}
	return v
}

func profileView(t programme.TargetProfile) Targets {
	v := Targets{Profile: t.Key, Name: t.Name, Source: t.Source, Ranges: []TargetRange{}, HbA1c: t.HbA1c}
	for _, k := range programme.TargetKeys {
		if r, ok := t.Ranges[k]; ok && k != "hba1c" {
			v.Ranges = append(v.Ranges, targetRange(k, r))
		}
	}
	return v
}

// mostCounted is how many people are asked one by one for what they do not have; beyond it the count is left out.
const mostCounted = 5000

// unknown counts for each tag the people with too little data for it. It is nobody's state, so it is asked.
func (s *Server) unknown(cd *conductor.Conductor, p *engine.Programme) []int {
	members := cd.Members("programme", p.Key)
	if members.GetCardinality() > mostCounted {
		return nil
	}
	counts := make([]int, len(p.Tags))
	for _, n := range numbersOf(members) {
		l, err := cd.Look(n, 0, 0)
		if err != nil {
			continue
		}
		if l = l.In(p.Key); l == nil || l.Programme != p { // published meanwhile
			continue
		}
		for i, t := range l.Tags {
			if truths[t.Truth] == "unknown" {
				counts[i]++
			}
		}
	}
	return counts
}
