package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// JourneyField is one thing a form of a journey asks.
type JourneyField struct {
	Key  string   `json:"key"`
	Name Text     `json:"name"`
	Help *Text    `json:"help,omitempty"`
	Type string   `json:"type" enum:"line,texts,rule,rules,span,whole,share,one,many,clock,day,yes,variants"`
	Need bool     `json:"need,omitempty"`
	Of   string   `json:"of,omitempty" doc:"the list it is chosen from"`
	Min  int      `json:"min,omitempty"`
	Max  int      `json:"max,omitempty"`
	When string   `json:"when,omitempty" doc:"asked only while this field says one of is"`
	Is   []string `json:"is,omitempty"`
}

// JourneyKind is one kind of step.
type JourneyKind struct {
	Key    string         `json:"key"`
	Name   Text           `json:"name"`
	Text   Text           `json:"text" doc:"what it does, in one line"`
	Group  string         `json:"group"`
	Fields []JourneyField `json:"fields"`
	Ways   string         `json:"ways,omitempty" enum:"two,several,chance" doc:"how it branches"`
	Way    []JourneyField `json:"way,omitempty" doc:"what each of its ways asks"`
}

// JourneyOption is one choice of a list.
type JourneyOption struct {
	Key   string `json:"key"`
	Name  Text   `json:"name"`
	Under string `json:"under,omitempty" doc:"the choice of the field before that it belongs to"`
}

// JourneyKinds is everything a journey can be made of: kinds of steps with their forms, the form of a journey itself, and what is chosen from.
type JourneyKinds struct {
	Groups   []Choice                   `json:"groups"`
	Kinds    []JourneyKind              `json:"kinds"`
	Step     []JourneyField             `json:"step" doc:"what every step may have beside"`
	Settings []JourneyField             `json:"settings"`
	Lists    map[string][]JourneyOption `json:"lists"`
}

// JourneyStep is one step of a journey being drawn.
type JourneyStep struct {
	At     string         `json:"at" doc:"its place in the file, such as 3.then.1"`
	ID     string         `json:"id" doc:"as runs and figures name it"`
	N      int            `json:"n" doc:"from 1 in the order of the file"`
	Kind   string         `json:"kind" doc:"empty: it says nothing a step does"`
	Line   int            `json:"line"`
	Text   Text           `json:"text"`
	Notes  []Text         `json:"notes,omitempty"`
	Fields map[string]any `json:"fields" doc:"by the form of its kind"`
	Ways   []JourneyWay   `json:"ways,omitempty"`
	Change string         `json:"change" enum:"same,added,changed,moved" doc:"beside the version in force, by its id"`
	Stood  bool           `json:"stood" doc:"the version in force has a step of this id: people may wait in it"`
}

// JourneyWay is one way out of a step.
type JourneyWay struct {
	At     string         `json:"at"`
	Key    string         `json:"key"`
	Text   Text           `json:"text"`
	Fields map[string]any `json:"fields"`
	Steps  []JourneyStep  `json:"steps"`
}

// JourneyProblem is a mistake with the step it is of.
type JourneyProblem struct {
	RuleProblem
	At string `json:"at,omitempty" doc:"the place of the step; empty: of the journey as a whole"`
	N  int    `json:"n,omitempty" doc:"the number of the step"`
}

// DrawnJourney is one journey as it is drawn: of a draft, or of the version in force.
type DrawnJourney struct {
	Programme string            `json:"programme"`
	Key       string            `json:"key"`
	Draft     bool              `json:"draft"`
	Revision  int64             `json:"revision" doc:"of the draft; 0: there is none"`
	Version   int               `json:"version" doc:"in force"`
	InForce   bool              `json:"inForce" doc:"the version in force has this journey"`
	Changed   bool              `json:"changed" doc:"it is not as in the version in force"`
	Differs   bool              `json:"differs" doc:"the draft is not what is in force, here or elsewhere: there is something to publish"`
	Name      Text              `json:"name"`
	Class     string            `json:"class"`
	File      string            `json:"file"`
	Source    string            `json:"source" doc:"the file as it is written"`
	Sound     bool              `json:"sound" doc:"the whole programme has no mistakes"`
	Fields    map[string]any    `json:"fields"`
	Enter     Text              `json:"enter"`
	Leave     []Text            `json:"leave"`
	Goal      *Text             `json:"goal,omitempty"`
	Steps     []JourneyStep     `json:"steps"`
	Gone      []GoneStep        `json:"gone" doc:"steps of the version in force that are no more"`
	Problems  []JourneyProblem  `json:"problems" doc:"those of this journey first"`
	Others    int               `json:"others" doc:"mistakes elsewhere in the draft"`
	Lines     []TextLine        `json:"lines" doc:"beside the version in force"`
	Instead   map[string]string `json:"instead"`
	Inside    string            `json:"inside" enum:"stay,follow"`
	Can       bool              `json:"can" doc:"whoever asks may edit it"`
}

func (d DrawnJourney) etag() string { return quoted(d.Revision) }

// GoneStep is a step of the version in force that the draft has no more.
type GoneStep struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Text Text   `json:"text"`
	To   string `json:"to,omitempty" doc:"the id of the step that takes who waits in it; empty: they leave"`
}

// DrawnPath is a journey of a programme.
type DrawnPath struct {
	Key     string `path:"key" maxLength:"60"`
	Journey string `path:"journey" maxLength:"64"`
}

type drawnJourneyIn struct {
	DrawnPath
	InForce bool `query:"inForce" doc:"as the version in force has it; else as the draft does"`
}

type editJourneyIn struct {
	DrawnPath
	Based
	Body JourneyEdit
}

// JourneyEdit is one thing done to a journey.
type JourneyEdit struct {
	Do     string         `json:"do" enum:"new,set,add,up,down,copy,remove,way,add_way,remove_way,settings,instead,source" doc:"source: puts the text of the file back as it was"`
	At     string         `json:"at,omitempty" maxLength:"200"`
	Kind   string         `json:"kind,omitempty" maxLength:"20"`
	Fields map[string]any `json:"fields,omitempty"`
	To     string         `json:"to,omitempty" maxLength:"200" doc:"remove: the place of the step that takes who waits in it"`
	Source string         `json:"source,omitempty" maxLength:"262144"`
}

var errNoJourneyFile = fault.New(fault.Invalid, "journey_unreadable", "这个旅程的文件读不通，请先按文字改好", "the file of this journey cannot be read; mend it as text first").At("journey")

func (s *Server) drawOperations() {
	const at = "/api/programmes/{key}"
	serve(s, operation{"journey-kinds", http.MethodGet, at + "/draft/journey-kinds", "drafts", "What a journey of the draft can be made of: kinds of steps, their forms, and what they choose from", forStaff}, s.journeyKinds)
	serve(s, operation{"drawn-journey", http.MethodGet, at + "/draft/journeys/{journey}", "drafts", "One journey as it is drawn, with what is wrong at which step", forStaff}, s.drawnJourney)
	serve(s, operation{"edit-journey", http.MethodPost, at + "/draft/journeys/{journey}", "drafts", "Do one thing to a journey of the draft", forStaff}, s.editJourney)
}

func journeyFields(all []programme.FormField) []JourneyField {
	out := []JourneyField{}
	for _, f := range all {
		out = append(out, JourneyField{f.Key, f.Name, optional(f.Help), f.Type, f.Need, f.Of, f.Min, f.Max, f.Field, f.Is})
	}
	return out
}

func (s *Server) journeyKinds(ctx context.Context, in *programmePath) (JourneyKinds, error) {
	_, _, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return JourneyKinds{}, err
	}
	v := JourneyKinds{Groups: []Choice{}, Kinds: []JourneyKind{}, Step: journeyFields(programme.StepFields()), Settings: journeyFields(programme.JourneySettings()), Lists: map[string][]JourneyOption{}}
	for _, g := range programme.StepGroups {
		v.Groups = append(v.Groups, Choice{g.Key, g.Name})
	}
	for _, k := range programme.StepKinds() {
		v.Kinds = append(v.Kinds, JourneyKind{k.Key, k.Name, k.Text, k.Group, journeyFields(k.Fields), k.Ways, journeyFields(k.Way)})
	}
	for name, all := range d.Files.JourneyLists() {
		options := []JourneyOption{}
		for _, o := range all {
			if o.Name == (Text{}) {
				o.Name = Text{Zh: o.Key, En: o.Key}
			}
			options = append(options, JourneyOption(o))
		}
		v.Lists[name] = options
	}
	return v, nil
}

func (s *Server) drawnJourney(ctx context.Context, in *drawnJourneyIn) (DrawnJourney, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DrawnJourney{}, err
	}
	if in.InForce {
		d.Files, d.Revision = now.Files, 0
	}
	v, err := s.drawn(c, now, d.Files, d.Revision, in.Journey)
	v.Draft = !in.InForce
	return v, err
}

func (s *Server) editJourney(ctx context.Context, in *editJourneyIn) (DrawnJourney, error) {
	b := in.Body
	_, force, _, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return DrawnJourney{}, err
	}
	now := stepsOf(force.Compiled, in.Journey)
	c, was, d, err := s.revise(ctx, in.Key, in.Based, Tried{}, "draft.journey", func(f programme.Files) (programme.Files, error) {
		switch {
		case b.Do == "new":
			return f.NewJourney(in.Journey, nameIn(b.Fields))
		case f.Shown("journeys", in.Journey, ".yaml") == "":
			return nil, errNotFound
		case b.Do == "source":
			return f.With("journeys/"+in.Journey+".yaml", b.Source), nil
		}
		return f.EditJourney(in.Journey, now, programme.JourneyEdit{Do: b.Do, At: b.At, Kind: b.Kind, Fields: b.Fields, To: b.To})
	})
	if err != nil {
		return DrawnJourney{}, err
	}
	v, err := s.drawn(c, was, d.Files, d.Revision, in.Journey)
	v.Draft = true
	return v, err
}

func nameIn(fields map[string]any) (t Text) {
	m, _ := fields["name"].(map[string]any)
	t.Zh, _ = m["zh"].(string)
	t.En, _ = m["en"].(string)
	t.Zh, t.En = strings.TrimSpace(t.Zh), strings.TrimSpace(t.En)
	return t
}

// stepsOf are the ids of the steps of a journey in force.
func stepsOf(p *programme.Compiled, key string) map[string]bool {
	out := map[string]bool{}
	if d := p.Journey(key); d != nil {
		journey.Walk(d.Steps, func(st *journey.Step) { out[st.ID] = true })
	}
	return out
}

// drawn is one journey of some files, beside the version in force.
func (s *Server) drawn(c *caller, now *engine.Programme, files programme.Files, revision int64, key string) (DrawnJourney, error) {
	form, ok := files.JourneyForm(key)
	if !ok {
		if files.Shown("journeys", key, ".yaml") == "" {
			return DrawnJourney{}, errNotFound
		}
		return DrawnJourney{}, errNoJourneyFile
	}
	was := now.Files.Shown("journeys", key, ".yaml")
	sketch, problems := now.Compiled, programme.Problems(nil)
	if revision != 0 {
		if sketch, problems = files.Sketch(); len(problems) == 0 && sketch != nil {
			problems = c.space.Conductor.Beside(sketch)
		}
		if sketch == nil {
			sketch = now.Compiled
		}
	}
	v := DrawnJourney{
		Programme: now.Key, Key: key, Revision: revision, Version: now.Version, InForce: was != "", Changed: was != form.Text, Differs: revision != 0 && !maps.Equal(now.Files, files), File: form.File, Source: form.Text, Sound: len(problems) == 0,
		Fields: form.Fields, Class: "programme", Leave: []Text{}, Gone: []GoneStep{}, Problems: []JourneyProblem{}, Lines: []TextLine{}, Instead: form.Instead, Inside: "stay", Can: c.member.Role.Can(staff.CanEditProgress),
	}
	if v.Instead == nil {
		v.Instead = map[string]string{}
	}
	if v.Changed {
		v.Lines = append(v.Lines, textLines(was, form.Text)...)
	}
	v.Name = nameIn(form.Fields)
	if x, ok := form.Fields["class"].(string); ok {
		v.Class = x
	}
	if form.Fields["inside"] == "follow" {
		v.Inside = "follow"
	}
	d := drawer{words: journeyWords{sketch, namesOf(sketch)}, docs: map[int]DocStep{}, was: now.Compiled.Journey(key), forms: map[string]programme.StepForm{}}
	if d.was != nil {
		if before, ok := now.Files.JourneyForm(key); ok {
			before.Walk(func(st *programme.StepForm) { d.forms[st.ID] = *st })
		}
	}
	if j := sketch.Journey(key); j != nil {
		doc := docJourney(sketch, j, 0)
		v.Enter = doc.Enter.Text
		for _, l := range doc.Leave {
			v.Leave = append(v.Leave, l.Text)
		}
		if doc.Goal != nil {
			v.Goal = &doc.Goal.Text
		}
		d.gather(doc.Steps)
	}
	v.Steps = d.steps(form.Steps)
	v.Gone = d.gone(form)
	v.problems(form, files, problems)
	return v, nil
}

type drawer struct {
	words journeyWords
	docs  map[int]DocStep // by line
	was   *journey.Definition
	forms map[string]programme.StepForm // of the version in force, by id
}

func (d *drawer) gather(all []DocStep) {
	for _, x := range all {
		d.docs[x.Line] = x
		d.gather(x.Then)
		d.gather(x.Else)
		for _, w := range x.Ways {
			d.gather(w.Steps)
		}
	}
}

func (d *drawer) steps(all []programme.StepForm) []JourneyStep {
	out := []JourneyStep{}
	for i := range all {
		f := &all[i]
		doc := d.docs[f.Line]
		v := JourneyStep{At: f.At, ID: f.ID, N: f.N, Kind: f.Kind, Line: f.Line, Text: doc.Text, Notes: doc.Notes, Fields: f.Fields, Change: "same"}
		before, stood := d.forms[f.ID]
		v.Stood = stood
		switch {
		case d.was != nil && !stood:
			v.Change = "added"
		case d.was != nil && (before.Kind != f.Kind || !sameFields(before.Fields, f.Fields) || !sameWays(before.Ways, f.Ways)):
			v.Change = "changed"
		case d.was != nil && before.At != f.At:
			v.Change = "moved"
		}
		for _, w := range f.Ways {
			v.Ways = append(v.Ways, JourneyWay{w.At, w.Key, wayText(doc, w.Key), w.Fields, d.steps(w.Steps)})
		}
		out = append(out, v)
	}
	return out
}

// sameFields compares two forms but for their ids.
func sameFields(a, b map[string]any) bool {
	strip := func(m map[string]any) string {
		out := map[string]any{}
		for k, v := range m {
			if k != "id" {
				out[k] = v
			}
		}
		return fmt.Sprint(out)
	}
	return strip(a) == strip(b)
}

func sameWays(a, b []programme.WayForm) bool {
	return slices.EqualFunc(a, b, func(x, y programme.WayForm) bool {
		return x.Key == y.Key && fmt.Sprint(x.Fields) == fmt.Sprint(y.Fields)
	})
}

func wayText(doc DocStep, key string) Text {
	switch key {
	case "then":
		return text("成立", "yes")
	case "else":
		if doc.Kind != "choose" {
			return text("不成立或不知道", "no or unknown")
		}
	}
	for _, w := range doc.Ways {
		if w.Key == key {
			return w.Text
		}
	}
	return Text{Zh: key, En: key}
}

func (d *drawer) gone(form *programme.JourneyForm) []GoneStep {
	out := []GoneStep{}
	if d.was == nil {
		return out
	}
	have := map[string]bool{}
	form.Walk(func(st *programme.StepForm) { have[st.ID] = true })
	journey.Walk(d.was.Steps, func(st *journey.Step) {
		if !have[st.ID] {
			doc := d.words.step(st)
			out = append(out, GoneStep{st.ID, doc.Kind, doc.Text, form.Instead[st.ID]})
		}
	})
	return out
}

// problems puts each mistake on its step: by its line, or because the step names the text or questionnaire it is in.
func (v *DrawnJourney) problems(form *programme.JourneyForm, files programme.Files, all programme.Problems) {
	names := map[string]*programme.StepForm{}
	form.Walk(func(st *programme.StepForm) {
		for _, ref := range textRefs(st.Fields) {
			if names[ref] == nil {
				names[ref] = st
			}
		}
	})
	numbers := map[string]int{}
	form.Walk(func(st *programme.StepForm) { numbers[st.At] = st.N })
	for _, p := range all {
		file := p.File
		if i := strings.Index(file, "journeys/"+v.Key+".yaml"); i >= 0 {
			at := form.Of(p.Line)
			v.Problems = append(v.Problems, JourneyProblem{ruleProblem(p), at, numbers[at]})
			continue
		}
		if st := names[strings.TrimSuffix(path.Base(file), path.Ext(file))]; st != nil && (strings.Contains(file, "content/") || strings.Contains(file, "forms/")) {
			v.Problems = append(v.Problems, JourneyProblem{ruleProblem(p), st.At, st.N})
			continue
		}
		v.Others++
	}
	v.Problems = v.Problems[:min(len(v.Problems), mostProblems)]
}

// textRefs are the texts and questionnaires a step names.
func textRefs(fields map[string]any) (out []string) {
	for _, k := range []string{"content", "script", "form"} {
		if x, ok := fields[k].(string); ok {
			out = append(out, x)
		}
	}
	variants, _ := fields["variants"].([]any)
	for _, one := range variants {
		if m, ok := one.(map[string]any); ok {
			if x, ok := m["content"].(string); ok {
				out = append(out, x)
			}
		}
	}
	return out
}
