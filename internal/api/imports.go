package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/ingest/mapping"
	"peiban/internal/ingest/rows"
	"peiban/internal/job"
	"peiban/internal/sheet"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Import is a file brought in, or on its way.
type Import struct {
	Number  int64        `json:"number"`
	Kind    string       `json:"kind" enum:"table,withdraw,reinstate" doc:"withdraw: all that a source sent is taken back; reinstate: it is taken back in; name is the source's"`
	Name    string       `json:"name" doc:"of the file"`
	State   string       `json:"state" enum:"draft,waiting,running,stopped,done,failed,undoing,undone"`
	Asked   string       `json:"asked,omitempty" doc:"stop: it ends after its batch"`
	By      *Text        `json:"by,omitempty"`
	Created string       `json:"created"`
	Started string       `json:"started,omitempty"`
	Ended   string       `json:"ended,omitempty"`
	Size    int64        `json:"size" doc:"of the file, bytes"`
	Share   float64      `json:"share" doc:"of the file that was read, 0 to 1"`
	Report  ImportReport `json:"report"`
	Problem *ImportFault `json:"problem,omitempty" doc:"why the file could not be read to its end; what was read stays"`
	Undo    *ImportUndo  `json:"undo,omitempty"`
	Refused bool         `json:"refused" doc:"there is a list of refused rows"`
}

// jobs keeps imports.
type jobs interface {
	job.Store
	CreateJob(ctx context.Context, w workspace.Number, j *job.Job, entries ...audit.Entry) error
	Jobs(ctx context.Context, w workspace.Number) ([]job.Job, error)
	AskJob(ctx context.Context, w workspace.Number, n job.Number, want string, entries ...audit.Entry) error
	DropJob(ctx context.Context, w workspace.Number, n job.Number, entries ...audit.Entry) error
}

// largestImport is how large a file may be that is brought in by the console, in bytes. The command takes any.
const largestImport = sheet.MaxSize

var (
	errImportLarge = fault.New(fault.TooLarge, "import_too_large", "文件太大，最多 64 MB", "the file is too large, 64 MB at most").
			Because("分成几份，或用命令 peiban import table", "split it, or use the command peiban import table")
	errImportEmpty = fault.New(fault.Invalid, "import_empty", "文件是空的", "the file is empty").Because("重新选择文件", "choose the file again")
	errImportOwner = fault.New(fault.Invalid, "unknown_owner", "没有这位工作人员", "there is no such member of staff").At("body.owner")
	errImportZone  = fault.New(fault.Invalid, "unknown_zone", "没有这个时区", "there is no such time zone").At("body.zone")
)

func (s *Server) importOperations() {
	serve(s, operation{"imports", http.MethodGet, "/api/imports", "imports", "Files brought in, newest first", forStaff}, s.imports)
	serve(s, operation{"import", http.MethodGet, "/api/imports/{number}", "imports", "An import and how far it is", forStaff}, s.importOne)
	serve(s, operation{"guess-import", http.MethodGet, "/api/imports/{number}/guess", "imports", "What the columns of an uploaded file look like, with what must be asked", forStaff}, s.importGuess)
	serve(s, operation{"preview-import", http.MethodPost, "/api/imports/{number}/preview", "imports", "The first rows as the events they would become", forStaff}, s.importPreview)
	serve(s, operation{"start-import", http.MethodPost, "/api/imports/{number}/start", "imports", "Bring the file in by a map", forStaff}, s.importStart)
	serve(s, operation{"stop-import", http.MethodPost, "/api/imports/{number}/stop", "imports", "Stop after the batch in hand; what was taken stays", forStaff}, s.importStop)
	serve(s, operation{"continue-import", http.MethodPost, "/api/imports/{number}/continue", "imports", "Go on where it was stopped", forStaff}, s.importContinue)
	serve(s, operation{"undo-import", http.MethodPost, "/api/imports/{number}/undo", "imports", "Take back every event of an import", forStaff}, s.importUndo)
	act(s, operation{"discard-import", http.MethodPost, "/api/imports/{number}/discard", "imports", "Throw away an uploaded file that was not imported", forStaff}, s.importDiscard)

	op := s.describe(operation{"upload-import", http.MethodPost, "/api/imports", "imports", "Upload a table, CSV or Excel, 64 MB at most", forStaff})
	op.Parameters = append(op.Parameters, &huma.Param{Name: "name", In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}
	op.Responses = map[string]*huma.Response{"200": {Description: "the import, a draft", Content: map[string]*huma.MediaType{"application/json": {
		Schema: &huma.Schema{Ref: "#/components/schemas/Import"}}}}}
	s.huma.OpenAPI().AddOperation(&op)
	s.file(operation{"import-refused", http.MethodGet, "/api/imports/{number}/refused.csv", "imports", "Refused rows: line, column and reason, without values", forStaff}, "text/csv; charset=utf-8", &struct{}{})
}

func (s *Server) importRoutes(mux *http.ServeMux) {
	answer := func(route string, do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			requestOf(r.Context()).route = route
			if err := do(w, r); err != nil {
				w.Header().Set("Connection", "close") // the rest of a refused file is not waited for
				writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			}
		}
	}
	mux.HandleFunc("POST /api/imports", answer("/api/imports", s.importUpload))
	mux.HandleFunc("GET /api/imports/{number}/refused.csv", answer("/api/imports/{number}/refused.csv", s.importRefused))
}

// ImportPath names an import.
type ImportPath struct {
	Number int64 `path:"number" minimum:"1"`
}

// importOf reads an import for whoever may.
func (s *Server) importOf(ctx context.Context, n int64) (*caller, job.Job, error) {
	c, _, err := s.authorize(ctx, staff.CanImport)
	if err != nil {
		return nil, job.Job{}, err
	}
	j, err := s.store.Job(ctx, c.space.number(), job.Number(n))
	if err == nil && (j.Kind == job.Handover || j.Kind == job.Start) {
		err = job.ErrNone
	}
	return c, j, err
}

func (s *Server) importView(ctx context.Context, c *caller, j *job.Job) Import {
	at := func(t int64) string {
		if t == 0 {
			return ""
		}
		return time.UnixMicro(t).In(c.space.loc).Format(time.RFC3339)
	}
	out := Import{
		Number: int64(j.Number), Kind: j.Kind, Name: j.Told.Name, State: string(j.State), Asked: j.Want, By: s.actorName(ctx, c, j.Actor), Created: at(j.Created),
		Started: at(j.Started), Ended: at(j.Ended), Size: j.Size, Report: ImportReport(j.Report.Report), Problem: (*ImportFault)(j.Report.Problem), Refused: j.Report.Refuses > 0,
	}
	if u := j.Report.Undo; u != nil {
		out.Undo = &ImportUndo{u.Taken, u.Signed, u.Changed, u.Waiting, u.Back, u.People}
	}
	if j.Size > 0 {
		out.Share = min(1, float64(j.Report.Read)/float64(j.Size))
	}
	return out
}

type importsInput struct{ Paging }

func (s *Server) imports(ctx context.Context, in *importsInput) (Listing[Import], error) {
	c, _, err := s.authorize(ctx, staff.CanImport)
	if err != nil {
		return Listing[Import]{}, err
	}
	list, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return Listing[Import]{}, err
	}
	list = slices.DeleteFunc(list, func(j job.Job) bool { return j.Kind == job.Handover || j.Kind == job.Start })
	start, err := offset(in.Cursor, len(list))
	if err != nil {
		return Listing[Import]{}, err
	}
	end := min(start+in.limit(50), len(list))
	out := Listing[Import]{Items: []Import{}, Total: len(list)}
	for i := range list[start:end] {
		out.Items = append(out.Items, s.importView(ctx, c, &list[start+i]))
	}
	if end < len(list) {
		out.NextCursor = fmt.Sprint(end)
	}
	return out, nil
}

func (s *Server) importOne(ctx context.Context, in *ImportPath) (Import, error) {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return Import{}, err
	}
	return s.importView(ctx, c, &j), nil
}

// importUpload keeps a file in sealed parts as it comes; it is never whole in memory.
func (s *Server) importUpload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, _, err := s.authorize(ctx, staff.CanImport)
	if err != nil {
		return err
	}
	if r.ContentLength > largestImport {
		return errImportLarge
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // a recorder of a test has none
	name := strings.Map(func(c rune) rune {
		if c < ' ' {
			return -1
		}
		return c
	}, filepath.Base(filepath.ToSlash(r.URL.Query().Get("name"))))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	j := job.Job{Kind: job.Table, State: job.Draft, Actor: c.actor(), Created: s.real().UnixMicro(), Told: job.Told{Name: name}}
	if err := s.store.CreateJob(ctx, c.space.number(), &j, s.entry(ctx, c, "import.upload", 0, nil)); err != nil {
		return err
	}
	if j.Size, err = s.keepParts(ctx, c, &j, http.MaxBytesReader(w, r.Body, largestImport+1)); err != nil {
		return errors.Join(err, s.store.DropJob(context.WithoutCancel(ctx), c.space.number(), j.Number))
	}
	if err := s.store.SaveJob(ctx, c.space.number(), &j); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_ = s.huma.Marshal(w, "application/json", s.importView(ctx, c, &j)) // the client is gone: nobody to tell
	return nil
}

func (s *Server) keepParts(ctx context.Context, c *caller, j *job.Job, in io.Reader) (size int64, err error) {
	part := make([]byte, job.PartSize)
	for n := 0; ; n++ {
		k, err := io.ReadFull(in, part)
		if k > 0 {
			if err := s.store.AddJobPart(ctx, c.space.number(), j.Number, job.FilePart, n, part[:k]); err != nil {
				return size, err
			}
			size += int64(k)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large), size > largestImport:
			return size, errImportLarge
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if size == 0 {
				return 0, errImportEmpty
			}
			return size, nil
		case err != nil:
			return size, errBadBody.Wrap(err)
		}
	}
}

type guessInput struct {
	ImportPath
	Sheet string `query:"sheet" maxLength:"200" doc:"of a workbook; empty: the one that looks most like a table"`
}

// sample reads how the file of a draft begins. It shows values of people, so it is audited.
func (s *Server) sample(ctx context.Context, c *caller, j *job.Job, name string) (mapping.Sample, error) {
	if j.State != job.Draft {
		return mapping.Sample{}, job.ErrState
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "import.look", 0, map[string]any{"import": j.Number})); err != nil {
		return mapping.Sample{}, err
	}
	return mapping.Look(job.NewReader(ctx, s.store, c.space.number(), j), name)
}

func (s *Server) importGuess(ctx context.Context, in *guessInput) (ImportGuess, error) {
	return s.guessed(ctx, in.Number, in.Sheet, mapping.As{})
}

// ImportMap is a map as the console has it.
type ImportMap struct {
	Map  map[string]any `json:"map" doc:"as guess-import gives it, with the questions answered; see docs/guide/collect/tables.md"`
	Zone string         `json:"zone,omitempty" maxLength:"60" doc:"of clocks whose map names none; empty: the workspace's"`
}

func (m ImportMap) load() (mapping.Map, []mapping.Problem, error) {
	text, err := json.Marshal(m.Map)
	if err != nil {
		return mapping.Map{}, nil, errBadBody.Wrap(err)
	}
	out, _, problems := mapping.Load(text)
	for i := range problems {
		problems[i].Line = 0 // of JSON nobody wrote
	}
	return out, problems, nil
}

func (m ImportMap) location(c *caller) (*time.Location, error) {
	if m.Zone == "" {
		return c.space.loc, nil
	}
	l, err := time.LoadLocation(m.Zone)
	if err != nil || m.Zone == "Local" {
		return nil, errImportZone
	}
	return l, nil
}

type previewInput struct {
	ImportPath
	Body ImportMap
}

// How many rows a preview shows, and how many of those that would be refused, or a part of them.
const (
	previewRows    = 20
	previewRefused = 10
)

func (s *Server) importPreview(ctx context.Context, in *previewInput) (ImportPreview, error) {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return ImportPreview{}, err
	}
	zone, err := in.Body.location(c)
	if err != nil {
		return ImportPreview{}, err
	}
	m, problems, err := in.Body.load()
	if err != nil {
		return ImportPreview{}, err
	}
	out := ImportPreview{Problems: problemsWire(problems), Open: m.Unanswered(), Rows: []ImportRow{}, Wrong: []ImportRow{}}
	if out.Open == nil {
		out.Open = []string{}
	}
	if len(out.Problems)+len(out.Open) > 0 {
		return out, nil
	}
	sample, err := s.sample(ctx, c, &j, m.Sheet)
	if err != nil {
		return out, err
	}
	list, err := m.Preview(sample, len(sample.Rows), c.space.Conductor.Now(), zone)
	out.Looked, out.More = len(list), sample.More
	out.Rows = rowsWire(list[:min(previewRows, len(list))])
	for i := range list {
		if list[i].Why == nil {
			continue
		}
		if out.Refused++; out.Refused <= previewRefused {
			out.Wrong = append(out.Wrong, rowsWire(list[i:i+1])...)
		}
	}
	return out, err
}

type startInput struct {
	ImportPath
	Body struct {
		ImportMap
		Programme string `json:"programme,omitempty" maxLength:"80" doc:"what new people join; empty: the workspace's default"`
		Owner     string `json:"owner,omitempty" maxLength:"40" doc:"who looks after new people; empty: nobody"`
		Basis     string `json:"basis,omitempty" maxLength:"60" doc:"on what basis the data are kept, recorded with the consents of the people met; empty: none is recorded, and health data wait for consent"`
	}
}

func (s *Server) importStart(ctx context.Context, in *startInput) (Import, error) {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return Import{}, err
	}
	m, problems, err := in.Body.load()
	switch {
	case err != nil:
		return Import{}, err
	case j.State != job.Draft:
		return Import{}, job.ErrState
	case len(problems) > 0:
		return Import{}, errBadMap(&problems[0])
	}
	if open := m.Unanswered(); len(open) > 0 {
		return Import{}, mapping.ErrOpen.At("body.map.%s", open[0])
	}
	if _, err := in.Body.location(c); err != nil {
		return Import{}, err
	}
	if in.Body.Programme != "" && c.space.Conductor.Programme(in.Body.Programme) == nil {
		return Import{}, fault.New(fault.Invalid, "unknown_programme", "没有这个项目", "there is no such programme").At("body.programme")
	}
	if in.Body.Owner != "" {
		if m, err := s.store.Member(ctx, c.space.number(), in.Body.Owner); err != nil || m.Disabled {
			return Import{}, errImportOwner
		}
	}
	j.State, j.Actor = job.Waiting, c.actor()
	columns, err := s.columnsOf(ctx, c, &j, m.Sheet)
	if err != nil {
		return Import{}, err
	}
	j.Told = job.Told{Name: j.Told.Name, Map: m, Columns: columns, Programme: in.Body.Programme, Owner: in.Body.Owner, Basis: in.Body.Basis, Zone: in.Body.Zone}
	if j.Told.Zone == "" {
		j.Told.Zone = c.space.Workspace.Zone
	}
	return s.moveImport(ctx, c, &j, "import.start")
}

func errBadMap(p *mapping.Problem) error {
	return fault.New(fault.Invalid, "bad_map", p.Text.Zh, p.Text.En).At("body.map.%s", p.Path).Because(p.Hint.Zh, p.Hint.En)
}

// columnsOf are the names of a table's columns, by which the next table of its kind is known; none when it has no header.
func (s *Server) columnsOf(ctx context.Context, c *caller, j *job.Job, sheet string) ([]string, error) {
	sample, err := mapping.Look(job.NewReader(ctx, s.store, c.space.number(), j), sheet)
	if err != nil {
		return nil, err
	}
	g, err := mapping.Guess(sample)
	if err != nil {
		return nil, nil // a map may be for a table whose header nothing can be told of
	}
	w, err := guessWire(g)
	return columnNames(w.Columns), err
}

func (s *Server) moveImport(ctx context.Context, c *caller, j *job.Job, action string) (Import, error) {
	if err := s.store.SaveJob(ctx, c.space.number(), j, s.entry(ctx, c, action, 0, map[string]any{"import": j.Number})); err != nil {
		return Import{}, err
	}
	return s.importView(ctx, c, j), nil
}

func (s *Server) importStop(ctx context.Context, in *ImportPath) (Import, error) {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return Import{}, err
	}
	if j.State == job.Waiting { // nobody works on it
		j.State, j.Ended = job.Stopped, s.real().UnixMicro()
		return s.moveImport(ctx, c, &j, "import.stop")
	}
	if err := s.store.AskJob(ctx, c.space.number(), j.Number, "stop", s.entry(ctx, c, "import.stop", 0, map[string]any{"import": j.Number})); err != nil {
		return Import{}, err
	}
	return s.importOne(ctx, in)
}

func (s *Server) importContinue(ctx context.Context, in *ImportPath) (Import, error) {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return Import{}, err
	}
	if j.State != job.Stopped {
		return Import{}, job.ErrState
	}
	j.State, j.Lease = job.Waiting, 0
	return s.moveImport(ctx, c, &j, "import.continue")
}

type undoInput struct {
	ImportPath
	Body struct {
		Events int `json:"events" minimum:"0" doc:"how many events the import stored, as shown to whoever confirms"`
	}
}

var errUndoCount = fault.New(fault.Stale, "import_count", "件数对不上，请刷新后再确认", "the number of events is another by now; load it again and confirm").At("body.events")

func (s *Server) importUndo(ctx context.Context, in *undoInput) (Import, error) {
	c, j, err := s.importOf(ctx, in.Number)
	switch {
	case err != nil:
		return Import{}, err
	case j.Kind != job.Table, j.State != job.Done && j.State != job.Stopped && j.State != job.Failed:
		return Import{}, job.ErrState
	case in.Body.Events != j.Report.Events:
		return Import{}, errUndoCount
	}
	j.State, j.Lease, j.Told.UndoBy = job.Undoing, 0, c.actor()
	return s.moveImport(ctx, c, &j, "import.undo")
}

func (s *Server) importDiscard(ctx context.Context, in *ImportPath) error {
	c, j, err := s.importOf(ctx, in.Number)
	if err != nil {
		return err
	}
	return s.store.DropJob(ctx, c.space.number(), j.Number, s.entry(ctx, c, "import.discard", 0, map[string]any{"import": j.Number}))
}

// importRefused writes the refused rows as they were kept, without their values.
func (s *Server) importRefused(w http.ResponseWriter, r *http.Request) error {
	var n int64
	_, wrong := fmt.Sscan(r.PathValue("number"), &n)
	ctx := r.Context()
	c, j, err := s.importOf(ctx, n) // who may not ask is told so first
	if err == nil && wrong != nil {
		err = job.ErrNone
	}
	if err != nil {
		return err
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "import.refused", 0, map[string]any{"import": j.Number})); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="import-%d-refused.csv"`, n))
	_, _ = io.WriteString(w, "\ufeff") // Excel takes it for UTF-8
	out := rows.NewRejects(w)
	for part := range j.Report.Refuses {
		b, err := s.store.JobPart(ctx, c.space.number(), j.Number, job.RefusePart, part)
		if err != nil {
			return err
		}
		var list []job.Refused
		if err := json.Unmarshal(b, &list); err != nil {
			return fmt.Errorf("read refused rows: %w", err)
		}
		for _, f := range list {
			out.Add(rows.Reject{Sheet: f.Sheet, Line: f.Line, Why: &fault.Fault{Code: f.Code, Field: f.Field, Text: f.Text, Hint: f.Hint}})
		}
	}
	return out.Flush()
}
