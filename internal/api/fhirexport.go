package api

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/fhir"
	"peiban/internal/job"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// An export is a job of its own lane: a server that is stopped or killed goes on with it, and its files are kept for a day, each person's
// part under that person's key.
const (
	exportsKept = 8
	exportWait  = 2 * time.Second // until the next question how far it is
)

var (
	errExport     = fault.New(fault.Missing, "export_not_found", "没有这个导出，或已过期", "there is no such export, or it is over").Because("重新开始：/fhir/Patient/$export", "begin again: /fhir/Patient/$export")
	errExportKind = fault.New(fault.Invalid, "unknown_code", "不认识这种资源或格式", "this type or format is not known")
	errExportBy   = fault.New(fault.Forbidden, "export_right", "开始导出的人已停用或不再有权导出，导出已停止", "whoever began the export is here no more or may not export any more; it ended").
			Because("由有权限的人重新开始", "somebody who may can begin it again")
)

// exportJobs keep bulk exports.
type exportJobs interface {
	CreateExport(ctx context.Context, w workspace.Number, j *job.Job, entries ...audit.Entry) error
	ExportJobs(ctx context.Context, w workspace.Number) ([]job.Job, error)
	ExportPart(ctx context.Context, w workspace.Number, n job.Number, p person.Number, kind string) (io.Reader, error)
	DropExport(ctx context.Context, w workspace.Number, n job.Number, at int64, entries ...audit.Entry) error
}

// exportOf finds an export of the caller's: nobody else knows of it.
func (s *Server) exportOf(ctx context.Context, c *caller, id string) (*job.Job, error) {
	all, err := s.store.ExportJobs(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	for i := range all {
		j := &all[i]
		if x := j.Told.Export; x != nil && x.ID == id && j.Actor == c.actor() && !s.exportOver(j) {
			return j, nil
		}
	}
	return nil, errExport
}

func (s *Server) exportOver(j *job.Job) bool {
	return j.Ended != 0 && s.real().Sub(time.UnixMicro(j.Ended)) > job.ExportKept
}

// fhirExport answers the addresses of bulk export; false: it is another.
func (s *Server) fhirExport(w http.ResponseWriter, r *http.Request, rest string) (bool, error) {
	head, more, _ := strings.Cut(rest, "/")
	switch {
	case rest == "Patient/$export" || rest == "$export":
		return true, s.exportBegin(w, r)
	case head == "$export-status":
		return true, s.exportStatus(w, r, more)
	case head == "$export-file":
		return true, s.exportFile(w, r, more)
	}
	return false, nil
}

// exporting is who may export: everybody's data, as a file.
func (s *Server) exporting(ctx context.Context) (*caller, error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return nil, err
	}
	if !c.member.Role.Can(staff.CanReadAll) {
		return nil, errForbidden
	}
	return c, nil
}

func (s *Server) exportBegin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.exporting(ctx)
	if err != nil {
		return err
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return errMethod
	}
	x, err := s.exportAsked(r.URL.Query(), c)
	if err != nil {
		return err
	}
	who := s.visible(ctx, c)
	if !who.IsEmpty() {
		x.Last = person.Number(who.Maximum())
	}
	x.Of, x.Ref = int(who.GetCardinality()), requestOf(ctx).id
	x.Request = s.fhirBase(r) + strings.TrimPrefix(r.URL.RequestURI(), fhirAddress)
	if err := s.exportRoom(ctx, c); err != nil {
		return err
	}
	j := job.Job{Kind: job.Export, State: job.Waiting, Actor: c.actor(), Created: s.real().UnixMicro(), Size: int64(x.Of), Told: job.Told{Export: x}}
	err = s.store.CreateExport(ctx, c.space.number(), &j, s.entry(ctx, c, "fhir.export.begin", 0, map[string]any{"people": x.Of}))
	if f := fault.Of(err); f != nil && f.Kind == fault.TooMany {
		return waits(f, exportWait)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Location", s.fhirBase(r)+"/$export-status/"+x.ID)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// exportRoom drops what is over, and the oldest where there are too many.
func (s *Server) exportRoom(ctx context.Context, c *caller) error {
	all, err := s.store.ExportJobs(ctx, c.space.number())
	if err != nil {
		return err
	}
	for i := range all {
		if j := &all[i]; j.Ended != 0 && (s.exportOver(j) || i >= exportsKept-1) {
			if err := s.store.DropExport(ctx, c.space.number(), j.Number, j.Ended); err != nil && !errors.Is(err, job.ErrNone) {
				return err
			}
		}
	}
	return nil
}

func (s *Server) exportAsked(q url.Values, c *caller) (*job.ExportOrder, error) {
	if err := onlyKnown(q, []string{"_type", "_since", "_outputFormat"}); err != nil {
		return nil, err
	}
	switch q.Get("_outputFormat") {
	case "", "application/fhir+ndjson", "application/ndjson", "ndjson":
	default:
		return nil, errExportKind.At("_outputFormat").Because("application/fhir+ndjson", "application/fhir+ndjson")
	}
	x := &job.ExportOrder{ID: ulid.Make().String(), At: c.space.now()}
	if since := q.Get("_since"); since != "" {
		d, ok := fhir.ParseMoment(since, c.space.loc)
		if !ok {
			return nil, errFHIRDate.At("_since")
		}
		x.Since = d.At.UnixMicro()
	}
	for _, t := range strings.FieldsFunc(q.Get("_type"), func(r rune) bool { return r == ',' }) {
		if !fhir.Known(t) {
			return nil, errExportKind.At("_type").Because("资源类型，用逗号分开，见 /fhir/metadata", "resource types separated by commas, see /fhir/metadata")
		}
		x.Kinds = append(x.Kinds, t)
	}
	return x, nil
}

// exporter is whoever began an export, with the rights they have now.
func (s *Server) exporter(ctx context.Context, w workspace.Number, actor string) (*caller, error) {
	sp := s.space(w)
	if sp == nil {
		return nil, errExport
	}
	c := &caller{space: sp, session: staff.Session{Kind: staff.KindStaff}}
	kind, id, _ := strings.Cut(actor, ":")
	if kind == "key" {
		k, err := s.store.APIKey(ctx, w, id)
		if fault.KindOf(err) == fault.Missing || err == nil && (!k.Valid(s.real().UnixMicro()) || !k.May(out.ReadFHIR)) {
			return nil, errExportBy
		}
		if err != nil {
			return nil, err
		}
		c.key, c.member = &k, keyMember(&k)
	} else {
		m, err := s.store.Member(ctx, w, id)
		if fault.KindOf(err) == fault.Missing || err == nil && m.Disabled {
			return nil, errExportBy
		}
		if err != nil {
			return nil, err
		}
		c.member, c.session.Subject = m, m.ID
	}
	if !c.member.Role.Can(staff.CanExport) || !c.member.Role.Can(staff.CanReadAll) {
		return nil, errExportBy
	}
	return c, nil
}

// Records gives what an export holds of everybody who is not done yet, in order of their numbers.
func (s *Server) Records(ctx context.Context, w workspace.Number, j *job.Job, each func(n person.Number, parts []job.ExportPart, proof audit.Entry) error) error {
	c, err := s.exporter(ctx, w, j.Actor)
	if err != nil {
		return err
	}
	x := j.Told.Export
	ctx = context.WithValue(ctx, requestKey{}, &request{id: x.Ref, actor: c.actor()})
	ctx = context.WithValue(ctx, callerKey{}, c)
	people := s.visible(ctx, c).Iterator()
	people.AdvanceIfNeeded(uint32(j.Report.Export.At) + 1)
	for people.HasNext() {
		n := person.Number(people.Next())
		if n > x.Last {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		parts, err := s.recordsOf(ctx, c, x, n)
		if err != nil {
			return err
		}
		if err := each(n, parts, s.entry(ctx, c, "fhir.export", n, nil)); err != nil {
			return err
		}
	}
	return nil
}

// recordsOf is what is exported of one person, type by type.
func (s *Server) recordsOf(ctx context.Context, c *caller, x *job.ExportOrder, n person.Number) ([]job.ExportPart, error) {
	l, err := c.space.Conductor.Look(n, 0, x.At)
	if errors.Is(err, person.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kinds, err := s.exportKinds(ctx, c, x, n)
	if err != nil {
		return nil, err
	}
	var parts []job.ExportPart
	for _, kind := range kinds {
		items, err := s.fhirIn(ctx, c, l, kind)
		if err != nil {
			return nil, err
		}
		items = slices.DeleteFunc(items, func(i fhirItem) bool { return i.known > x.At || i.known < x.Since })
		if len(items) == 0 {
			continue
		}
		if err := s.fhirOpen(ctx, c, l, items); err != nil {
			return nil, err
		}
		var lines bytes.Buffer
		if err := writeLines(&lines, items); err != nil {
			return nil, err
		}
		parts = append(parts, job.ExportPart{Person: n, Kind: kind, Lines: len(items), Data: lines.Bytes()})
	}
	return parts, nil
}

// exportKinds are the types there may be of one person: those asked for, or what is made here and what came in. The audit is exported
// when it is asked for.
func (s *Server) exportKinds(ctx context.Context, c *caller, x *job.ExportOrder, n person.Number) ([]string, error) {
	if len(x.Kinds) > 0 {
		return x.Kinds, nil
	}
	kinds := slices.DeleteFunc(slices.Clone(fhirServed), func(t string) bool { return t == "AuditEvent" })
	kept, err := s.store.ResourcesOf(ctx, c.space.number(), n, "")
	if err != nil {
		return nil, err
	}
	for i := range kept {
		if t := kept[i].Type; t != "AuditEvent" && !slices.Contains(kinds, t) {
			kinds = append(kinds, t)
		}
	}
	return kinds, nil
}

func (s *Server) exportStatus(w http.ResponseWriter, r *http.Request, id string) error {
	c, err := s.exporting(r.Context())
	if err != nil {
		return err
	}
	j, err := s.exportOf(r.Context(), c, id)
	if err != nil {
		return err
	}
	x, tally := j.Told.Export, cmp.Or(j.Report.Export, &job.ExportTally{})
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		if err := s.store.DropExport(r.Context(), c.space.number(), j.Number, s.real().UnixMicro(), s.entry(r.Context(), c, "fhir.export.drop", 0, nil)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusAccepted)
		return nil
	default:
		h.Set("Allow", "GET, DELETE")
		return errMethod
	}
	switch {
	case j.State == job.Failed && j.Report.Problem != nil:
		p := j.Report.Problem
		return fault.New(fault.Forbidden, p.Code, p.Text.Zh, p.Text.En).Because(p.Hint.Zh, p.Hint.En)
	case j.State != job.Done:
		h.Set("X-Progress", fmt.Sprintf("%d/%d", tally.Done, x.Of))
		h.Set("Retry-After", strconv.Itoa(int(exportWait/time.Second)))
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	output := []map[string]any{}
	for _, kind := range slices.Sorted(maps.Keys(tally.Count)) {
		output = append(output, map[string]any{"type": kind, "url": s.fhirBase(r) + "/$export-file/" + x.ID + "/" + kind + ".ndjson", "count": tally.Count[kind]})
	}
	b, err := json.Marshal(map[string]any{
		"transactionTime": fhir.Instant(x.At, c.space.loc), "request": x.Request, "requiresAccessToken": true, "output": output, "error": []any{},
	})
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/json")
	h.Set("Expires", time.UnixMicro(j.Ended).Add(job.ExportKept).UTC().Format(http.TimeFormat))
	_, _ = w.Write(b) // the client is gone: nobody to tell
	return nil
}

// exportFile writes one type of everybody, a resource a line. What fails in the middle breaks the answer off: half a file
// must not pass for a whole one.
func (s *Server) exportFile(w http.ResponseWriter, r *http.Request, rest string) error {
	ctx := r.Context()
	c, err := s.exporting(ctx)
	if err != nil {
		return err
	}
	id, name, _ := strings.Cut(rest, "/")
	kind, ok := strings.CutSuffix(name, ".ndjson")
	j, err := s.exportOf(ctx, c, id)
	if err != nil {
		return err
	}
	if !ok || j.State != job.Done || j.Report.Export == nil || j.Report.Export.Count[kind] == 0 {
		return errExport
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return errMethod
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "fhir.export.file", 0, map[string]any{"type": kind})); err != nil {
		return err
	}
	visible := s.visible(ctx, c)
	w.Header().Set("Content-Type", "application/fhir+ndjson")
	w.Header().Set("Cache-Control", "no-store")
	lines := bufio.NewWriterSize(w, 1<<16)
	for it := visible.Iterator(); it.HasNext() && err == nil; { // whoever was erased meanwhile is not there any more
		n := person.Number(it.Next())
		if n > j.Told.Export.Last {
			break
		}
		var part io.Reader
		if part, err = s.store.ExportPart(ctx, c.space.number(), j.Number, n, kind); err == nil && part != nil {
			_, err = io.Copy(lines, part)
		}
	}
	if err == nil {
		err = lines.Flush()
	}
	if err != nil {
		_ = s.fails(requestOf(ctx), err) // into the log
		panic(http.ErrAbortHandler)
	}
	return nil
}

func writeLines(out io.Writer, items []fhirItem) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	for i := range items {
		if err := e.Encode(items[i].resource); err != nil {
			return err
		}
	}
	return nil
}
