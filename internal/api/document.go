package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/internal/staff"
)

// ProgrammeDocument is a programme as one reads it from beginning to end: in force, as it was in a version, or as the draft has it.
type ProgrammeDocument struct {
	ProgrammeRef
	Of        string       `json:"of" enum:"force,version,draft"`
	Hash      string       `json:"hash"`
	Zone      string       `json:"zone"`
	Approval  Approval     `json:"approval"`
	Sample    bool         `json:"sample" doc:"something in it nobody approved: rehearsal only"`
	At        string       `json:"at,omitempty" doc:"when this version came into force; absent: it runs from its folder"`
	AsOf      string       `json:"asOf"`
	People    int          `json:"people"`
	Counted   bool         `json:"counted" doc:"the numbers of people are about this version"`
	Targets   []DocTarget  `json:"targets"`
	Settings  []DocSetting `json:"settings"`
	Stages    []DocStage   `json:"stages" doc:"from the first asked to the last"`
	Groups    []DocGroup   `json:"groups"`
	Segments  []DocTag     `json:"segments"`
	Journeys  []DocJourney `json:"journeys"`
	Texts     []DocText    `json:"texts"`
	Forms     []DocForm    `json:"forms"`
	Words     []WordDef    `json:"words"`
	Layers    []DocLayer   `json:"layers" doc:"what each layer of attention gets, the most urgent first"`
	Tests     int          `json:"tests"`
	TestFiles []DocFile    `json:"testFiles"`
}

// DocLayer is one layer of attention: who is in it is decided by its tag.
type DocLayer struct {
	Tag      string  `json:"tag"`
	Name     Text    `json:"name"`
	Gets     Text    `json:"gets"`
	Every    float64 `json:"every" doc:"days between contacts, at most"`
	By       Text    `json:"by" doc:"whose it is"`
	Channels []Text  `json:"channels"`
	Journeys []Named `json:"journeys"`
	Source   string  `json:"source"`
	People   int     `json:"people"`
}

// DocTarget is a profile of targets.
type DocTarget struct {
	Key     string     `json:"key"`
	Name    Text       `json:"name"`
	Source  string     `json:"source"`
	Unsure  bool       `json:"unsure"`
	Sample  bool       `json:"sample"`
	Default bool       `json:"default"`
	Limits  []DocLimit `json:"limits"`
}

// DocLimit is one limit of a profile.
type DocLimit struct {
	Key   string         `json:"key"`
	Name  Text           `json:"name"`
	Low   *DraftQuantity `json:"low,omitempty"`
	High  *DraftQuantity `json:"high,omitempty"`
	Below *DraftQuantity `json:"below,omitempty"`
}

// DocSetting is a number of the programme.
type DocSetting struct {
	Key    string  `json:"key"`
	Name   Text    `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Source string  `json:"source"`
	Unsure bool    `json:"unsure"`
	Part   string  `json:"part,omitempty"`
	UsedBy int     `json:"usedBy" doc:"tags, stages and journeys that read it"`
}

// DocStage is a rung of the ladder.
type DocStage struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Plain   Text   `json:"plain"`
	Rule    string `json:"rule"`
	Reading Text   `json:"reading"`
	Stay    string `json:"stay,omitempty"`
	Staying *Text  `json:"staying,omitempty" doc:"stay in words"`
	Source  string `json:"source"`
	People  int    `json:"people"`
}

// DocGroup is a heading with its tags.
type DocGroup struct {
	Key       string   `json:"key"`
	Name      Text     `json:"name"`
	Exclusive bool     `json:"exclusive"`
	Tags      []DocTag `json:"tags"`
}

// DocTag is one tag.
type DocTag struct {
	Key    string    `json:"key"`
	Name   Text      `json:"name"`
	Plain  Text      `json:"plain"`
	Source string    `json:"source"`
	Has    int       `json:"has"`
	Codes  []DocCode `json:"codes,omitempty"`
}

// DocCode is one of the things a tag with codes can be.
type DocCode struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
	Has  int    `json:"has"`
}

// DocText is one text.
type DocText struct {
	Key      string   `json:"key"`
	Kind     string   `json:"kind"`
	Audience string   `json:"audience"`
	Gravity  int      `json:"gravity"`
	Title    Text     `json:"title"`
	Body     Text     `json:"body"`
	Version  string   `json:"version"`
	Approval Approval `json:"approval"`
	Expires  string   `json:"expires,omitempty"`
	Answers  []Choice `json:"answers,omitempty"`
	Purpose  string   `json:"purpose,omitempty"`
	Long     []string `json:"long" doc:"sentences for people that are too long"`
	UsedBy   []Named  `json:"usedBy" doc:"journeys that send it or ask for it"`
}

// DocForm is a questionnaire.
type DocForm struct {
	Key       string    `json:"key"`
	Name      Text      `json:"name"`
	Version   string    `json:"version"`
	Copyright string    `json:"copyright"`
	Items     []DocItem `json:"items"`
}

// DocItem is one question of a form.
type DocItem struct {
	Key     string   `json:"key"`
	Type    string   `json:"type"`
	Text    Text     `json:"text"`
	Options []Choice `json:"options,omitempty"`
}

// DocFile is a file of tests and how many it holds.
type DocFile struct {
	Path  string `json:"path"`
	Cases int    `json:"cases"`
}

type documentIn struct {
	Key     string `path:"key" maxLength:"60"`
	Version int    `query:"version" minimum:"1" doc:"as it was in this version"`
	Draft   string `query:"draft" enum:"1" doc:"as the draft has it; refused while it has mistakes"`
}

func (s *Server) documentOperations() {
	serve(s, operation{"programme-document", http.MethodGet, "/api/programmes/{key}/document", "programmes", "A programme to be read from beginning to end", forStaff}, s.programmeDocument)
}

func (s *Server) programmeDocument(ctx context.Context, in *documentIn) (ProgrammeDocument, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return ProgrammeDocument{}, err
	}
	of, p := "force", now
	switch {
	case in.Draft != "" || isNew(now):
		compiled, problems := d.Files.Open()
		if len(problems) > 0 {
			return ProgrammeDocument{}, conductor.ErrUnsound
		}
		of, p = "draft", engine.Prepare(compiled)
	case in.Version != 0 && in.Version != now.Version:
		of = "version"
		if p, err = c.space.Conductor.VersionOf(ctx, in.Key, in.Version); err != nil {
			return ProgrammeDocument{}, err
		}
	}
	v := s.documentOf(c, p.Compiled, of == "force")
	v.Of = of
	for _, x := range c.space.Conductor.Versions(in.Key) {
		if x.Number == p.Version && of != "draft" {
			v.At = moment(x.At, c.space.loc)
		}
	}
	return v, nil
}

// documentOf puts a programme together; with counted, the people in each part are counted, who are of the version in force.
func (s *Server) documentOf(c *caller, p *programme.Compiled, counted bool) ProgrammeDocument {
	cd := c.space.Conductor
	count := func(kind, key string) int {
		if !counted {
			return 0
		}
		return int(cd.Of(p.Key, kind, key).GetCardinality())
	}
	v := ProgrammeDocument{
		ProgrammeRef: ProgrammeRef{p.Key, p.Name, p.Version}, Hash: p.Hash, Zone: p.Zone.String(), Approval: approvalView(p.Approval), Sample: p.Sample,
		AsOf: moment(c.space.now(), c.space.loc), People: count("programme", ""), Counted: counted,
		Targets: docTargets(p), Settings: docSettings(p), Stages: []DocStage{}, Groups: []DocGroup{}, Segments: []DocTag{}, Journeys: []DocJourney{},
		Texts: docTexts(p), Forms: docForms(p), Words: []WordDef{}, Tests: len(p.Cases()), TestFiles: docTests(p),
	}
	for i := range p.Stages {
		g := &p.Stages[i]
		x := DocStage{Key: g.Key, Name: g.Name, Plain: g.Plain, Rule: g.Src, Stay: g.StaySrc, Source: g.Source, People: count("stage", g.Key)}
		x.Reading, _ = reading.Say(g.When.Source(), namesOf(p))
		if g.Stay != nil {
			stay, _ := reading.Say(g.Stay.Source(), namesOf(p))
			x.Staying = &stay
		}
		v.Stages = append(v.Stages, x)
	}
	groups := map[string]int{}
	for _, g := range p.Groups {
		groups[g.Key] = len(v.Groups)
		v.Groups = append(v.Groups, DocGroup{g.Key, g.Name, g.Exclusive, []DocTag{}})
	}
	for i := range p.Tags {
		t := &p.Tags[i]
		if t.Of != "" {
			continue
		}
		x := DocTag{Key: t.Key, Name: t.Name, Plain: t.Plain, Source: t.Source, Has: count("tag", t.Key)}
		for _, k := range t.Codes {
			x.Codes = append(x.Codes, DocCode{p.Tags[k.Tag].Key, k.Name, count("tag", p.Tags[k.Tag].Key)})
		}
		if at, ok := groups[t.Group]; t.ByHand {
			v.Segments = append(v.Segments, x)
		} else if ok {
			v.Groups[at].Tags = append(v.Groups[at].Tags, x)
		}
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g DocGroup) bool { return len(g.Tags) == 0 })
	for _, j := range p.Journeys {
		v.Journeys = append(v.Journeys, docJourney(p, j, count("run", j.Key)))
	}
	v.Layers = docLayers(p, func(tag string) int { return count("tag", tag) })
	for k, r := range sorted(p.Words()) {
		v.Words = append(v.Words, WordDef{k, r})
	}
	return v
}

// docLayers are the layers of a programme with what each gets, and how many are in it.
func docLayers(p *programme.Compiled, count func(tag string) int) []DocLayer {
	out := []DocLayer{}
	for _, y := range p.Layers {
		x := DocLayer{
			Tag: y.Tag, Name: tagName(p, y.Tag), Gets: y.Gets, Every: math.Round(y.Every.Hours()/24*100) / 100, By: word(contacterNames, y.By), Channels: []Text{},
			Journeys: []Named{}, Source: y.Source, People: count(y.Tag),
		}
		for _, ch := range y.Channels {
			x.Channels = append(x.Channels, word(contactNames, ch))
		}
		for _, key := range y.Journeys {
			j := Named{Key: key, Name: Text{Zh: key, En: key}}
			for _, d := range p.Journeys {
				if d.Key == key {
					j.Name = d.Name
				}
			}
			x.Journeys = append(x.Journeys, j)
		}
		out = append(out, x)
	}
	return out
}

func tagName(p *programme.Compiled, key string) Text {
	if i := p.TagIndex(key); i >= 0 {
		return p.Tags[i].Name
	}
	return Text{Zh: key, En: key}
}

func approvalView(a programme.Approval) Approval {
	v := Approval{Sample: a.Sample, By: a.By, Document: a.Document}
	if !a.At.IsZero() {
		v.At = a.At.Format(time.DateOnly)
	}
	return v
}

func docTargets(p *programme.Compiled) []DocTarget {
	out := []DocTarget{}
	for _, x := range p.Files.Targets() {
		t := p.Targets[x.Key]
		v := DocTarget{Key: x.Key, Name: x.Name, Source: x.Source, Unsure: programme.Unsure(x.Source), Sample: t.Sample, Default: x.Default, Limits: []DocLimit{}}
		for _, l := range x.Limits {
			v.Limits = append(v.Limits, DocLimit{l.Key, or(targetNames[l.Key], Text{Zh: l.Key, En: l.Key}), (*DraftQuantity)(l.Low), (*DraftQuantity)(l.High), (*DraftQuantity)(l.Below)})
		}
		out = append(out, v)
	}
	return out
}

func docSettings(p *programme.Compiled) []DocSetting {
	out, readers := []DocSetting{}, p.SettingReaders()
	for _, x := range p.Files.Settings() {
		set, known := p.Settings[x.Key]
		if !known {
			continue
		}
		out = append(out, DocSetting{x.Key, set.Name, set.Value, set.Unit, set.Source, set.IsUnsure(), x.Part, readers[x.Key]})
	}
	return out
}

// textKinds is the order texts are shown in.
var textKinds = []string{programme.KindGreeting, programme.KindCard, programme.KindMessage, programme.KindScript, programme.KindConsent}

func docTexts(p *programme.Compiled) []DocText {
	used := textUsers(p)
	out := []DocText{}
	for _, k := range p.Files.TextKeys() {
		x := p.Content(k)
		for _, consent := range p.Consents {
			if x == nil && consent.Key == k {
				x = consent
			}
		}
		if x == nil {
			continue
		}
		v := DocText{
			Key: k, Kind: x.Kind, Audience: x.Audience, Gravity: x.Gravity, Title: x.Title, Body: x.Body, Version: x.Version, Approval: approvalView(x.Approval),
			Purpose: x.Purpose, Long: []string{}, UsedBy: append([]Named{}, used[k]...),
		}
		if programme.Spoken(x.Kind) {
			v.Long = append(v.Long, programme.LongSentences(x.Body.Zh)...)
		}
		if !x.Expires.IsZero() {
			v.Expires = x.Expires.Format(time.DateOnly)
		}
		for _, a := range x.Answers {
			v.Answers = append(v.Answers, Choice(a))
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b DocText) int {
		return cmp.Compare(slices.Index(textKinds, a.Kind), slices.Index(textKinds, b.Kind))
	})
	return out
}

func docForms(p *programme.Compiled) []DocForm {
	out := []DocForm{}
	for _, f := range sorted(p.Forms) {
		v := DocForm{Key: f.Key, Name: f.Name, Version: f.Version, Copyright: f.Copyright, Items: []DocItem{}}
		for _, i := range f.Items {
			x := DocItem{Key: i.Key, Type: i.Type, Text: i.Text}
			for _, o := range i.Options {
				x.Options = append(x.Options, Choice{o.Code, o.Text})
			}
			v.Items = append(v.Items, x)
		}
		out = append(out, v)
	}
	return out
}

func docTests(p *programme.Compiled) []DocFile {
	out := []DocFile{}
	for _, c := range p.Cases() {
		if i := slices.IndexFunc(out, func(f DocFile) bool { return f.Path == c.File }); i >= 0 {
			out[i].Cases++
		} else {
			out = append(out, DocFile{c.File, 1})
		}
	}
	return out
}

// numberWith is a number with its unit.
func numberWith(v float64, unit string) string {
	return strings.TrimSpace(strconv.FormatFloat(v, 'f', -1, 64) + " " + unit)
}
