package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/programme"
	trial "peiban/internal/programme/proof"
	"peiban/internal/staff"
)

// Draft is a programme being edited, as it stands beside the version in force.
type Draft struct {
	Programme string        `json:"programme"`
	Base      int           `json:"base" doc:"the version it was begun from"`
	Revision  int64         `json:"revision" doc:"0: there is none yet"`
	Exists    bool          `json:"exists"`
	By        *Ref          `json:"by,omitempty"`
	At        string        `json:"at,omitempty"`
	Stale     bool          `json:"stale" doc:"another version was published since it was begun"`
	New       bool          `json:"new,omitempty" doc:"the workspace does not have the programme yet: publishing begins it"`
	Sound     bool          `json:"sound"`
	Files     []DraftFile   `json:"files"`
	Problems  []RuleProblem `json:"problems"`
	Diff      *VersionDiff  `json:"diff,omitempty" doc:"absent while there are mistakes"`
}

func (d Draft) etag() string { return quoted(d.Revision) }

// DraftFile is one file of a draft.
type DraftFile struct {
	Path  string `json:"path"`
	Bytes int    `json:"bytes"`
	State string `json:"state" enum:"same,changed,added,removed"`
}

// DraftText is one file with its text.
type DraftText struct {
	Path string `json:"path"`
	Text string `json:"text"`
	Base string `json:"base" doc:"in the version in force; empty: it is new"`
}

// TagForm is a tag as an editor fills it in.
type TagForm struct {
	Name    Text   `json:"name"`
	Group   string `json:"group" maxLength:"64"`
	Private string `json:"private" enum:"health,person,no"`
	Plain   Text   `json:"plain"`
	When    string `json:"when" maxLength:"4000"`
	Needs   string `json:"needs,omitempty" maxLength:"4000"`
	Value   string `json:"value,omitempty" maxLength:"4000"`
	Unit    string `json:"unit,omitempty" maxLength:"20"`
	Because Text   `json:"because"`
	Source  string `json:"source" maxLength:"400"`

	Code  string     `json:"code,omitempty" maxLength:"4000" doc:"of a tag with codes: the expression that gives one of them"`
	Codes []CodeForm `json:"codes,omitempty" maxItems:"60" doc:"what the tag can be, in order: the first that holds; without them it is had or not"`

	Segment bool `json:"segment,omitempty" doc:"people who are looked at together; one without a rule is by hand only"`
}

// VersionDiff is what is different between two versions.
type VersionDiff struct {
	Tags     []DiffLine `json:"tags"`
	Stages   []DiffLine `json:"stages"`
	Journeys []DiffLine `json:"journeys"`
	Content  []DiffLine `json:"content"`
	Other    []DiffLine `json:"other"`
	Settings []DiffLine `json:"settings" doc:"key with number and unit, as it was and is"`
	Targets  []DiffLine `json:"targets" doc:"PROFILE.LIMIT with number and unit, as it was and is"`
}

// DiffLine is one thing that is different.
type DiffLine struct {
	Key    string `json:"key"`
	Name   Text   `json:"name"`
	Change string `json:"change" enum:"added,removed,changed,reworded" doc:"reworded: it decides as before"`
	Was    string `json:"was,omitempty"`
	Is     string `json:"is,omitempty"`

	Lines []TextLine `json:"lines,omitempty" doc:"of a journey, a text or another file: the lines that differ, a few around them"`
}

// TextLine is one line of a difference between two texts.
type TextLine struct {
	Op   string `json:"op" enum:"same,removed,added,gap"`
	Text string `json:"text"`
}

// TestRun is how the tests of a draft came out.
type TestRun struct {
	Passed  int          `json:"passed"`
	Failed  int          `json:"failed"`
	Results []TestResult `json:"results"`
}

// TestResult is one case.
type TestResult struct {
	Name     string        `json:"name"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Passed   bool          `json:"passed"`
	Failures []TestFailure `json:"failures"`
}

// TestFailure is one expectation that was not met.
type TestFailure struct {
	Line int  `json:"line"`
	Text Text `json:"text"`
}

// ProgrammeVersion is one version of a programme that is or was in force.
type ProgrammeVersion struct {
	Version int    `json:"version"`
	At      string `json:"at,omitempty"`
	By      *Ref   `json:"by,omitempty"`
	Note    string `json:"note,omitempty"`
	Hash    string `json:"hash"`
	First   bool   `json:"first" doc:"it ran before any was published"`
	People  int    `json:"people,omitempty"`
	Changed int    `json:"changed,omitempty"`
}

// PublishedVersion is what a publication came to.
type PublishedVersion struct {
	Version     int    `json:"version"`
	At          string `json:"at"`
	People      int    `json:"people"`
	Changed     int    `json:"changed" doc:"people whose tags or stage it changed"`
	Transitions int    `json:"transitions"`
	TookMs      int64  `json:"tookMs"`

	Matching []MatchingJourney `json:"matching" doc:"people who fit a journey as the version came into force; who asked for it in enter has them put in"`
}

// MatchingJourney is a journey whose entry is new for people who fit it already. Publishing enters nobody of them unless it is said.
type MatchingJourney struct {
	Key    string    `json:"key"`
	Name   Text      `json:"name"`
	People int       `json:"people"`
	Job    *StartJob `json:"job,omitempty" doc:"they are put in, in the background"`
}

var (
	errTests = fault.New(fault.Invalid, "draft_tests_failed", "项目自己的测试没有全部通过，不能发布", "not every test of the programme passes; it cannot be published").
			Because("先运行测试，看是哪一条", "run the tests and see which")
	errFileGone = fault.New(fault.Missing, "no_such_file", "没有这个文件", "there is no such file").At("path")
)

type programmePath struct {
	Key string `path:"key" maxLength:"60"`
}

type changeDraftIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
}

type draftFileIn struct {
	Key  string `path:"key" maxLength:"60"`
	Path string `query:"path" maxLength:"120" required:"true"`
}

type putFileIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Body struct {
		Path   string `json:"path" maxLength:"120"`
		Text   string `json:"text,omitempty" maxLength:"262144"`
		Remove bool   `json:"remove,omitempty"`
	}
}

type draftTagIn struct {
	Key string `path:"key" maxLength:"60"`
	Tag string `path:"tag" maxLength:"64"`
}

type putTagIn struct {
	Key string `path:"key" maxLength:"60"`
	Tag string `path:"tag" maxLength:"64"`
	Based
	Body TagForm
}

type dropTagIn struct {
	Key string `path:"key" maxLength:"60"`
	Tag string `path:"tag" maxLength:"64"`
	Based
}

type publishIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Body struct {
		Note  string   `json:"note" maxLength:"400" doc:"why, for who comes later"`
		Enter []string `json:"enter,omitempty" maxItems:"100" doc:"journeys into which everybody is put who fits them already, as the preview counts; of others nobody is"`
	}
}

type versionDiffIn struct {
	Key     string `path:"key" maxLength:"60"`
	Version int    `path:"version" minimum:"1"`
	To      int    `query:"to" minimum:"1" doc:"the version in force when not given"`
}

func (s *Server) draftOperations() {
	const at = "/api/programmes/{key}/draft"
	serve(s, operation{"draft", http.MethodGet, at, "drafts", "The draft of a programme: files, mistakes, what it changes", forStaff}, s.draft)
	act(s, operation{"drop-draft", http.MethodDelete, at, "drafts", "Give the draft up", forStaff}, s.dropDraft)
	serve(s, operation{"draft-file", http.MethodGet, at + "/file", "drafts", "One file of the draft", forStaff}, s.draftFile)
	serve(s, operation{"put-draft-file", http.MethodPut, at + "/file", "drafts", "Write or remove a file of the draft", forStaff}, s.putDraftFile)
	serve(s, operation{"draft-tag", http.MethodGet, at + "/tags/{tag}", "drafts", "One tag of the draft as a form", forStaff}, s.draftTag)
	serve(s, operation{"put-draft-tag", http.MethodPut, at + "/tags/{tag}", "drafts", "Write a tag of the draft", forStaff}, s.putDraftTag)
	serve(s, operation{"drop-draft-tag", http.MethodDelete, at + "/tags/{tag}", "drafts", "Take a tag out of the draft", forStaff}, s.dropDraftTag)
	serve(s, operation{"test-draft", http.MethodPost, at + "/test", "drafts", "Run the tests of the draft", forStaff}, s.testDraft)
	serve(s, operation{"preview-draft", http.MethodPost, at + "/preview", "drafts", "Begin to find who gains and who loses", forStaff}, s.beginPreview)
	serve(s, operation{"draft-preview", http.MethodGet, at + "/preview", "drafts", "Who gains and who loses, as far as it is known", forStaff}, s.preview)
	act(s, operation{"cancel-preview", http.MethodDelete, at + "/preview", "drafts", "Give a preview up", forStaff}, s.cancelPreview)
	serve(s, operation{"publish-draft", http.MethodPost, at + "/publish", "drafts", "Put the draft into force as the next version", forStaff}, s.publishDraft)
	serve(s, operation{"versions", http.MethodGet, "/api/programmes/{key}/versions", "drafts", "The versions of a programme, the newest first", forStaff}, s.versions)
	serve(s, operation{"version-diff", http.MethodGet, "/api/programmes/{key}/versions/{version}/diff", "drafts", "What is different between two versions", forStaff}, s.versionDiff)
}

// editing finds a programme and its draft; without one, a new draft of the version in force, with revision 0.
func (s *Server) editing(ctx context.Context, key string, p staff.Permission) (*caller, *engine.Programme, conductor.Draft, error) {
	c, _, err := s.authorize(ctx, p)
	if err != nil {
		return nil, nil, conductor.Draft{}, err
	}
	now := c.space.Conductor.Programme(key)
	d, err := s.store.Draft(ctx, c.space.number(), key)
	switch {
	case errors.Is(err, conductor.ErrNoDraft) && now == nil:
		return nil, nil, conductor.Draft{}, errNotFound
	case errors.Is(err, conductor.ErrNoDraft):
		return c, now, conductor.Draft{Programme: key, Base: now.Version, Files: now.Files}, nil
	case now == nil: // a new programme: what is in force is nothing
		now = &engine.Programme{Compiled: &programme.Compiled{Key: key, Zone: c.space.loc}}
	}
	return c, now, d, err
}

// isNew reports whether a draft is of a programme the workspace does not have.
func isNew(now *engine.Programme) bool { return now.Version == 0 }

func (s *Server) draft(ctx context.Context, in *programmePath) (Draft, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return Draft{}, err
	}
	return s.draftView(ctx, c, now, d), nil
}

func (s *Server) draftView(ctx context.Context, c *caller, now *engine.Programme, d conductor.Draft) Draft {
	v := Draft{
		Programme: d.Programme, Base: d.Base, Revision: d.Revision, Exists: d.Revision != 0, At: moment(d.At, c.space.loc),
		Stale: d.Base != now.Version, New: isNew(now), Files: []DraftFile{}, Problems: []RuleProblem{},
	}
	if _, id, ok := strings.Cut(d.By, ":"); ok {
		v.By = c.space.ref(ctx, s.store, id)
	}
	paths := append(d.Files.Paths(), now.Files.Paths()...)
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		is, has := d.Files[path]
		was, had := now.Files[path]
		state := "same"
		switch {
		case !had:
			state = "added"
		case !has:
			state = "removed"
		case is != was:
			state = "changed"
		}
		v.Files = append(v.Files, DraftFile{path, len(is), state})
	}
	compiled, problems := d.Files.Open()
	if compiled != nil {
		problems = c.space.Conductor.Beside(compiled)
	}
	// A file that cannot be read makes every other name what it lacks: what was edited comes first.
	slices.SortStableFunc(problems, func(a, b programme.Problem) int {
		edited := func(p programme.Problem) int {
			if d.Files[p.File] != now.Files[p.File] {
				return 0
			}
			return 1
		}
		return edited(a) - edited(b)
	})
	for _, p := range problems[:min(len(problems), mostProblems)] {
		v.Problems = append(v.Problems, ruleProblem(p))
	}
	if v.Sound = compiled != nil && len(problems) == 0; compiled != nil {
		diff := diffView(now.Compiled, compiled)
		v.Diff = &diff
	}
	return v
}

// mostProblems is how many mistakes are shown at once.
const mostProblems = 100

func diffView(was, now *programme.Compiled) VersionDiff {
	lines := func(cs []programme.Change, file func(string) (string, string)) []DiffLine {
		out := []DiffLine{}
		for _, c := range cs {
			l := DiffLine{Key: c.Key, Name: c.Name, Change: c.What, Was: c.Was, Is: c.Is}
			if file != nil {
				a, b := file(c.Key)
				l.Lines = textLines(a, b)
			}
			out = append(out, l)
		}
		return out
	}
	at := func(dir, ext string) func(string) (string, string) {
		return func(key string) (string, string) {
			return was.Files.Shown(dir, key, ext), now.Files.Shown(dir, key, ext)
		}
	}
	d := programme.Compare(was, now)
	settings, targets := programme.Numbers(was, now)
	return VersionDiff{
		Tags: lines(d.Tags, nil), Stages: lines(d.Stages, nil), Journeys: lines(d.Journeys, at("journeys", ".yaml")), Content: lines(d.Contents, at("content", ".md")),
		Other:    lines(d.Other, func(name string) (string, string) { return was.Files[name], now.Files[name] }),
		Settings: lines(settings, nil), Targets: lines(targets, nil),
	}
}

var lineOps = map[string]string{"=": "same", "-": "removed", "+": "added", "…": "gap"}

func textLines(was, is string) (out []TextLine) {
	for _, l := range programme.Lines(was, is) {
		out = append(out, TextLine{lineOps[l.Op], l.Text})
	}
	return out
}

// Tried is a change that is only looked at.
type Tried struct {
	Try bool `query:"try" doc:"only look what would be wrong: nothing is kept, the revision stays"`
}

// change keeps files as the draft's next revision, if it is still the one the change was based on.
func (s *Server) change(ctx context.Context, key string, based Based, action string, edit func(programme.Files) (programme.Files, error)) (Draft, error) {
	return s.changeOrTry(ctx, key, based, Tried{}, action, edit)
}

// changeOrTry is change, or what the draft would be after it.
func (s *Server) changeOrTry(ctx context.Context, key string, based Based, tried Tried, action string, edit func(programme.Files) (programme.Files, error)) (Draft, error) {
	c, now, d, err := s.revise(ctx, key, based, tried, action, edit)
	if err != nil {
		return Draft{}, err
	}
	return s.draftView(ctx, c, now, d), nil
}

// revise writes a change, or only makes it.
func (s *Server) revise(ctx context.Context, key string, based Based, tried Tried, action string, edit func(programme.Files) (programme.Files, error)) (*caller, *engine.Programme, conductor.Draft, error) {
	c, now, d, err := s.editing(ctx, key, staff.CanEditProgress)
	if err != nil {
		return nil, nil, d, err
	}
	if err := based.check(d.Revision); err != nil {
		return nil, nil, d, err
	}
	was := d.Revision
	if d.Files, err = edit(d.Files); err != nil {
		return nil, nil, d, err
	}
	if err := d.Files.Check(); err != nil || tried.Try {
		return c, now, d, err
	}
	d.By, d.At = c.actor(), s.real().UnixMicro()
	d.Revision = max(was+1, d.At) // never one that a draft given up has had
	return c, now, d, s.store.SaveDraft(ctx, c.space.number(), d, was, s.entry(ctx, c, action, 0, map[string]any{"programme": key, "revision": d.Revision}))
}

func (s *Server) dropDraft(ctx context.Context, in *changeDraftIn) error {
	c, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return err
	}
	if err := in.check(d.Revision); err != nil {
		return err
	}
	c.space.previews.cancel(in.Key)
	return s.store.DropDraft(ctx, c.space.number(), in.Key, d.Revision, s.entry(ctx, c, "draft.drop", 0, map[string]any{"programme": in.Key}))
}

func (s *Server) draftFile(ctx context.Context, in *draftFileIn) (DraftText, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftText{}, err
	}
	body, has := d.Files[in.Path]
	was, had := now.Files[in.Path]
	if !has && !had {
		return DraftText{}, errFileGone
	}
	return DraftText{in.Path, body, was}, nil
}

func (s *Server) putDraftFile(ctx context.Context, in *putFileIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.file", func(f programme.Files) (programme.Files, error) {
		out := programme.Files{}
		for path, body := range f {
			out[path] = body
		}
		if in.Body.Remove {
			if _, there := out[in.Body.Path]; !there {
				return nil, errFileGone
			}
			delete(out, in.Body.Path)
			return out, nil
		}
		out[in.Body.Path] = in.Body.Text
		return out, nil
	})
}

func (s *Server) draftTag(ctx context.Context, in *draftTagIn) (TagForm, error) {
	_, _, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return TagForm{}, err
	}
	f, ok := d.Files.Form(in.Tag)
	if !ok {
		return TagForm{}, errNotFound
	}
	out := TagForm{
		Name: f.Name, Group: f.Group, Private: f.Private, Plain: f.Plain, When: f.When, Needs: f.Needs, Value: f.Value, Unit: f.Unit,
		Because: f.Because, Source: f.Source, Code: f.Code, Segment: f.Segment,
	}
	for _, c := range f.Codes {
		out.Codes = append(out.Codes, CodeForm(c))
	}
	return out, nil
}

func (s *Server) putDraftTag(ctx context.Context, in *putTagIn) (Draft, error) {
	b := in.Body
	return s.change(ctx, in.Key, in.Based, "draft.tag", func(f programme.Files) (programme.Files, error) {
		form := programme.TagForm{
			Key: in.Tag, Name: b.Name, Group: b.Group, Private: b.Private, Plain: b.Plain, When: b.When, Needs: b.Needs, Value: b.Value,
			Unit: b.Unit, Because: b.Because, Source: b.Source, Code: b.Code, Segment: b.Segment,
		}
		for _, c := range b.Codes {
			form.Codes = append(form.Codes, programme.CodeForm(c))
		}
		if old, ok := f.Form(in.Tag); ok && !old.Segment && form.When == "" && form.Code == "" && form.Codes == nil { // from who knows no codes
			form.Code, form.Codes = old.Code, old.Codes
		}
		return f.SetTag(form)
	})
}

func (s *Server) dropDraftTag(ctx context.Context, in *dropTagIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.tag", func(f programme.Files) (programme.Files, error) {
		if _, ok := f.Form(in.Tag); !ok {
			return nil, errNotFound
		}
		return f.DropTag(in.Tag)
	})
}

func (s *Server) testDraft(ctx context.Context, in *programmePath) (TestRun, error) {
	_, _, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return TestRun{}, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return TestRun{}, conductor.ErrUnsound
	}
	v := TestRun{Results: []TestResult{}}
	for _, r := range trial.Run(compiled, compiled.Cases()) {
		t := TestResult{Name: r.Name, File: r.File, Line: r.Line, Passed: r.Passed, Failures: []TestFailure{}}
		for _, f := range r.Failures {
			t.Failures = append(t.Failures, TestFailure(f))
		}
		if r.Passed {
			v.Passed++
		} else {
			v.Failed++
		}
		v.Results = append(v.Results, t)
	}
	return v, nil
}

func (s *Server) publishDraft(ctx context.Context, in *publishIn) (PublishedVersion, error) {
	c, now, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return PublishedVersion{}, err
	}
	if err := in.check(d.Revision); err != nil {
		return PublishedVersion{}, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return PublishedVersion{}, conductor.ErrUnsound
	}
	for _, r := range trial.Run(compiled, compiled.Cases()) {
		if !r.Passed {
			return PublishedVersion{}, errTests
		}
	}
	began, put := s.real(), c.space.Conductor.Publish
	if isNew(now) {
		put = c.space.Conductor.Begin
	}
	out, err := put(ctx, conductor.Publication{
		Programme: in.Key, Base: d.Base, Files: d.Files, By: c.actor(), Note: in.Body.Note, Draft: d.Revision,
	}, s.entry(ctx, c, "programme.publish", 0, map[string]any{"programme": in.Key, "base": d.Base, "hash": compiled.Hash}))
	if err != nil {
		return PublishedVersion{}, err
	}
	c.space.previews.cancel(in.Key)
	view := PublishedVersion{out.Number, moment(out.At, c.space.loc), out.People, out.Changed, out.Transitions, s.real().Sub(began).Milliseconds(), []MatchingJourney{}}
	for _, m := range out.Matching {
		v := MatchingJourney{m.Key, m.Name, int(m.People.GetCardinality()), nil}
		if slices.Contains(in.Body.Enter, m.Key) {
			j, err := s.startMany(ctx, c, numbersOf(m.People), conductor.Start{Programme: in.Key, Journey: m.Key, Reason: in.Body.Note})
			if err != nil { // it is published all the same, and they can be put in by hand
				return view, err
			}
			job := s.startView(ctx, c, j)
			v.Job = &job
		}
		view.Matching = append(view.Matching, v)
	}
	return view, nil
}

func (s *Server) versions(ctx context.Context, in *programmePath) (Listing[ProgrammeVersion], error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Listing[ProgrammeVersion]{}, err
	}
	p := c.space.Conductor.Programme(in.Key)
	if p == nil {
		return Listing[ProgrammeVersion]{}, errNotFound
	}
	out := Listing[ProgrammeVersion]{Items: []ProgrammeVersion{}}
	for _, v := range slices.Backward(c.space.Conductor.Versions(in.Key)) {
		w := ProgrammeVersion{Version: v.Number, At: moment(v.At, c.space.loc), Note: v.Note, Hash: v.Hash, First: v.Seq == 0, People: v.People, Changed: v.Changed}
		if _, id, ok := strings.Cut(v.By, ":"); ok {
			w.By = c.space.ref(ctx, s.store, id)
		}
		out.Items = append(out.Items, w)
	}
	if len(out.Items) == 0 {
		out.Items = append(out.Items, ProgrammeVersion{Version: p.Version, Hash: p.Hash, First: true})
	}
	out.Total = len(out.Items)
	return out, nil
}

func (s *Server) versionDiff(ctx context.Context, in *versionDiffIn) (VersionDiff, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return VersionDiff{}, err
	}
	cd := c.space.Conductor
	to := cd.Programme(in.Key)
	if to != nil && in.To != 0 {
		to, err = cd.VersionOf(ctx, in.Key, in.To)
	}
	if to == nil || err != nil {
		return VersionDiff{}, errNotFound
	}
	from, err := cd.VersionOf(ctx, in.Key, in.Version)
	if err != nil {
		return VersionDiff{}, err
	}
	return diffView(from.Compiled, to.Compiled), nil
}
