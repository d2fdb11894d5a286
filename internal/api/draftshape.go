package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// DraftGroup is a heading of tags as an editor fills it in.
type DraftGroup struct {
	Key       string `json:"key" maxLength:"64"`
	Name      Text   `json:"name"`
	Exclusive bool   `json:"exclusive,omitempty" doc:"a person is in the first of its tags that holds"`
}

// DraftGroupLine is a heading with where it stands.
type DraftGroupLine struct {
	DraftGroup
	Part string `json:"part,omitempty" doc:"the shared part it comes from"`
	Tags int    `json:"tags" doc:"how many stand under it"`
}

// DraftWord is a part of rules with a name.
type DraftWord struct {
	Rule string `json:"rule" maxLength:"4000"`
}

// DraftWordLine is a word with where it stands.
type DraftWordLine struct {
	Key string `json:"key"`
	DraftWord
	Part string `json:"part,omitempty" doc:"the shared part it comes from; writing it gives the programme its own"`
	Was  string `json:"was,omitempty" doc:"in the version in force, when it is another"`
}

// DraftLayer is what the people of a tag of an exclusive group get. With name and when the tag itself is written too.
type DraftLayer struct {
	Name     Text     `json:"name,omitempty" doc:"of the tag; empty: it stays as it is"`
	When     string   `json:"when,omitempty" maxLength:"4000" doc:"the rule of the tag; empty: it stays as it is"`
	Gets     Text     `json:"gets"`
	Every    string   `json:"every" maxLength:"64" doc:"7d, or the key of a setting in days"`
	By       string   `json:"by" enum:"owner,pharmacist,doctor,on_duty"`
	Channels []string `json:"channels" maxItems:"5" doc:"phone, chat, message, visit, group; the first is preferred"`
	Journeys []string `json:"journeys,omitempty" maxItems:"40"`
	Source   string   `json:"source" maxLength:"400"`
}

// DraftLayerLine is a layer with what it is of.
type DraftLayerLine struct {
	Tag string `json:"tag"`
	DraftLayer
	Coded bool `json:"coded,omitempty" doc:"its tag has codes: the rule is written in the tag"`
}

// DraftShape is how a draft orders its people and its rules: headings, layers, words.
type DraftShape struct {
	Revision int64            `json:"revision"`
	Groups   []DraftGroupLine `json:"groups"`
	Layers   []DraftLayerLine `json:"layers"`
	Words    []DraftWordLine  `json:"words"`
	Segments []Choice         `json:"segments"`
	Free     []Choice         `json:"free" doc:"tags of exclusive groups with no layer"`
	By       []Choice         `json:"by" doc:"who may own the contact"`
	Channels []Choice         `json:"channels"`
	Journeys []Choice         `json:"journeys"`
	Settings []Choice         `json:"settings" doc:"those in days"`
}

func (d DraftShape) etag() string { return quoted(d.Revision) }

type putGroupsIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Tried
	Body struct {
		Groups []DraftGroup `json:"groups" maxItems:"60" doc:"the programme's own, in their order"`
	}
}

type putLayerIn struct {
	DraftItem
	Based
	Tried
	Body DraftLayer
}

type putWordIn struct {
	DraftItem
	Based
	Tried
	Body DraftWord
}

var errLayerWord = fault.New(fault.Invalid, "unknown_code", "没有这个选项", "there is no such choice")

func (s *Server) shapeOperations() {
	const at = "/api/programmes/{key}/draft"
	serve(s, operation{"draft-shape", http.MethodGet, at + "/shape", "drafts", "Headings, layers and words of the draft", forStaff}, s.draftShape)
	serve(s, operation{"put-draft-groups", http.MethodPut, at + "/groups", "drafts", "Write the draft's own headings of tags, in their order", forStaff}, s.putDraftGroups)
	serve(s, operation{"put-draft-layer", http.MethodPut, at + "/layers/{item}", "drafts", "Write what a layer gets, with name and rule of its tag", forStaff}, s.putDraftLayer)
	serve(s, operation{"drop-draft-layer", http.MethodDelete, at + "/layers/{item}", "drafts", "Take what a layer gets out of the draft; its tag stays", forStaff}, s.dropDraftLayer)
	serve(s, operation{"put-draft-word", http.MethodPut, at + "/words/{item}", "drafts", "Write a word of the rules", forStaff}, s.putDraftWord)
	serve(s, operation{"drop-draft-word", http.MethodDelete, at + "/words/{item}", "drafts", "Take the programme's own word out of the draft", forStaff}, s.dropDraftWord)
}

func (s *Server) draftShape(ctx context.Context, in *programmePath) (DraftShape, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftShape{}, err
	}
	f := d.Files
	v := DraftShape{
		Revision: d.Revision, Groups: []DraftGroupLine{}, Layers: []DraftLayerLine{}, Words: []DraftWordLine{}, Segments: []Choice{}, Free: []Choice{}, Journeys: []Choice{}, Settings: []Choice{},
		By: choices(programme.Contacters, contacterNames), Channels: choices(programme.ContactChannels, contactNames),
	}
	tags, exclusive := f.TagForms(), map[string]bool{}
	for _, g := range f.Groups() {
		l := DraftGroupLine{DraftGroup: DraftGroup{g.Key, g.Name, g.Exclusive}, Part: g.Part}
		for _, t := range tags {
			if t.Group == g.Key {
				l.Tags++
			}
		}
		exclusive[g.Key] = g.Exclusive
		v.Groups = append(v.Groups, l)
	}
	described := map[string]bool{}
	for _, y := range f.LayerForms() {
		described[y.Tag] = true
		l := DraftLayerLine{Tag: y.Tag, DraftLayer: DraftLayer{Gets: y.Gets, Every: y.Every, By: y.By, Channels: y.Channels, Journeys: y.Journeys, Source: y.Source}}
		if t, ok := f.Form(y.Tag); ok {
			l.Name, l.When, l.Coded = t.Name, t.When, len(t.Codes) > 0
		}
		v.Layers = append(v.Layers, l)
	}
	for _, t := range tags {
		if t.Segment {
			v.Segments = append(v.Segments, Choice{t.Key, t.Name})
		}
		if exclusive[t.Group] && !described[t.Key] && !t.Segment {
			v.Free = append(v.Free, Choice{t.Key, t.Name})
		}
	}
	was := map[string]string{}
	for _, w := range now.Files.Words() {
		was[w.Key] = w.Rule
	}
	for _, w := range f.Words() {
		l := DraftWordLine{Key: w.Key, DraftWord: DraftWord{w.Rule}, Part: w.Part}
		if was[w.Key] != w.Rule {
			l.Was = was[w.Key]
		}
		v.Words = append(v.Words, l)
	}
	for _, j := range f.JourneyNames() {
		v.Journeys = append(v.Journeys, Choice{j.Key, j.Name})
	}
	for _, x := range f.Settings() {
		if x.Unit == "d" {
			v.Settings = append(v.Settings, Choice{x.Key, x.Name})
		}
	}
	return v, nil
}

// choices are codes with their names.
func choices(codes []string, names map[string]Text) []Choice {
	out := []Choice{}
	for _, c := range codes {
		out = append(out, Choice{c, word(names, c)})
	}
	return out
}

func (s *Server) putDraftGroups(ctx context.Context, in *putGroupsIn) (Draft, error) {
	return s.changeOrTry(ctx, in.Key, in.Based, in.Tried, "draft.groups", func(f programme.Files) (programme.Files, error) {
		var all []programme.GroupForm
		for _, g := range in.Body.Groups {
			all = append(all, programme.GroupForm{Key: g.Key, Name: g.Name, Exclusive: g.Exclusive})
		}
		return f.SetGroups(all)
	})
}

func (s *Server) putDraftLayer(ctx context.Context, in *putLayerIn) (Draft, error) {
	b := in.Body
	for _, c := range b.Channels {
		if !slices.Contains(programme.ContactChannels, c) {
			return Draft{}, errLayerWord.At("body.channels")
		}
	}
	return s.changeOrTry(ctx, in.Key, in.Based, in.Tried, "draft.layer", func(f programme.Files) (programme.Files, error) {
		t, ok := f.Form(in.Item)
		if !ok {
			return nil, errNotFound
		}
		was := t
		if b.Name != (Text{}) {
			t.Name = b.Name
		}
		if strings.TrimSpace(b.When) != "" && len(t.Codes) == 0 {
			t.When = b.When
		}
		if t.Name != was.Name || t.When != was.When {
			var err error
			if f, err = f.SetTag(t); err != nil {
				return nil, err
			}
		}
		for _, y := range f.LayerForms() {
			if y.Tag == in.Item && y.Gets == b.Gets && y.Every == b.Every && y.By == b.By && y.Source == b.Source && slices.Equal(y.Channels, b.Channels) && slices.Equal(y.Journeys, b.Journeys) {
				return f, nil // only its tag: its lines and their comments stay
			}
		}
		return f.SetLayer(programme.LayerForm{Tag: in.Item, Gets: b.Gets, Every: b.Every, By: b.By, Channels: b.Channels, Journeys: b.Journeys, Source: b.Source})
	})
}

func (s *Server) dropDraftLayer(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.layer", func(f programme.Files) (programme.Files, error) {
		if !slices.ContainsFunc(f.LayerForms(), func(y programme.LayerForm) bool { return y.Tag == in.Item }) {
			return nil, errNotFound
		}
		return f.DropLayer(in.Item)
	})
}

func (s *Server) putDraftWord(ctx context.Context, in *putWordIn) (Draft, error) {
	return s.changeOrTry(ctx, in.Key, in.Based, in.Tried, "draft.word", func(f programme.Files) (programme.Files, error) {
		return f.SetWord(programme.WordForm{Key: in.Item, Rule: in.Body.Rule})
	})
}

func (s *Server) dropDraftWord(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.word", func(f programme.Files) (programme.Files, error) {
		if !slices.ContainsFunc(f.Words(), func(w programme.WordForm) bool { return w.Key == in.Item && w.Part == "" }) {
			return nil, errNotFound
		}
		return f.DropWord(in.Item)
	})
}
