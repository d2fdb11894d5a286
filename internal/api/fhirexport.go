package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/fhir"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// An export is begun, looked through in the background, and its files are written while they are read: nothing readable lies on a disk.
const (
	exportKept  = time.Hour // after it was looked through
	exportsKept = 8
	exportWait  = 2 * time.Second // until the next question how far it is
)

var (
	errExport      = fault.New(fault.Missing, "export_not_found", "没有这个导出，或已过期", "there is no such export, or it is over").Because("重新开始：/fhir/Patient/$export", "begin again: /fhir/Patient/$export")
	errExportBusy  = fault.New(fault.TooMany, "export_running", "已有一个导出在进行", "an export is running").Because("等它结束，或先取消它", "wait for it, or cancel it first")
	errExportKind  = fault.New(fault.Invalid, "unknown_code", "不认识这种资源或格式", "this type or format is not known")
	errExportEnded = errors.New("the export was cancelled")
)

// exports are those of this process.
type exports struct {
	mu   sync.Mutex
	list []*bulkExport
}

// bulkExport is one under way, or ready to be read.
type bulkExport struct {
	id      string
	space   workspace.Number
	by      string // staff id of whoever began it: nobody else knows of it
	request string
	at      int64 // what was known then, microseconds
	since   int64 // only what is known since; 0: all
	kinds   []string
	people  []person.Number
	ctx     context.Context //nolint:containedctx // ends with the export, not with a request
	cancel  context.CancelFunc

	mu    sync.Mutex
	done  int            // people
	count map[string]int // resources by type
	ended time.Time      // zero: it runs
	err   error
}

func (x *exports) stop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range x.list {
		e.cancel()
	}
}

// add keeps an export, and forgets those whose time is over. One runs at a time in a workspace.
func (x *exports) add(e *bulkExport, now time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = slices.DeleteFunc(x.list, func(o *bulkExport) bool {
		ended := o.when()
		return !ended.IsZero() && now.Sub(ended) > exportKept
	})
	for _, o := range x.list {
		if o.space == e.space && o.when().IsZero() {
			return waits(errExportBusy, exportWait)
		}
	}
	x.list = append(x.list, e)
	if n := len(x.list) - exportsKept; n > 0 {
		for _, o := range x.list[:n] {
			o.cancel()
		}
		x.list = slices.Delete(x.list, 0, n)
	}
	return nil
}

func (x *exports) find(c *caller, id string, now time.Time) *bulkExport {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range x.list {
		ended := e.when()
		if e.id == id && e.space == c.space.number() && e.by == c.member.ID && (ended.IsZero() || now.Sub(ended) <= exportKept) {
			return e
		}
	}
	return nil
}

func (x *exports) drop(e *bulkExport) {
	e.cancel()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = slices.DeleteFunc(x.list, func(o *bulkExport) bool { return o == e })
}

func (e *bulkExport) when() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ended
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
	for it := s.visible(ctx, c).Iterator(); it.HasNext(); {
		x.people = append(x.people, person.Number(it.Next()))
	}
	x.request = s.fhirBase(r) + strings.TrimPrefix(r.URL.RequestURI(), fhirAddress)
	x.ctx, x.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.exports.add(x, s.real()); err != nil {
		x.cancel()
		return err
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "fhir.export.begin", 0, map[string]any{"people": len(x.people)})); err != nil {
		s.exports.drop(x)
		return err
	}
	go func() {
		err := s.behind("fhir export", func() error { return s.exportLook(c, x) })
		x.mu.Lock()
		defer x.mu.Unlock()
		x.err, x.ended = err, s.real()
	}()
	w.Header().Set("Content-Location", s.fhirBase(r)+"/$export-status/"+x.id)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (s *Server) exportAsked(q url.Values, c *caller) (*bulkExport, error) {
	if err := onlyKnown(q, []string{"_type", "_since", "_outputFormat"}); err != nil {
		return nil, err
	}
	switch q.Get("_outputFormat") {
	case "", "application/fhir+ndjson", "application/ndjson", "ndjson":
	default:
		return nil, errExportKind.At("_outputFormat").Because("application/fhir+ndjson", "application/fhir+ndjson")
	}
	x := &bulkExport{id: ulid.Make().String(), space: c.space.number(), by: c.member.ID, at: c.space.now(), count: map[string]int{}}
	if since := q.Get("_since"); since != "" {
		d, ok := fhir.ParseMoment(since, c.space.loc)
		if !ok {
			return nil, errFHIRDate.At("_since")
		}
		x.since = d.At.UnixMicro()
	}
	for _, t := range strings.FieldsFunc(q.Get("_type"), func(r rune) bool { return r == ',' }) {
		if !fhir.Known(t) {
			return nil, errExportKind.At("_type").Because("资源类型，用逗号分开，见 /fhir/metadata", "resource types separated by commas, see /fhir/metadata")
		}
		x.kinds = append(x.kinds, t)
	}
	return x, nil
}

// exportLook counts what there is to export, and leaves a row of proof for each person.
func (s *Server) exportLook(c *caller, x *bulkExport) error {
	const rows = 500
	for i, n := range x.people {
		if x.ctx.Err() != nil {
			return errExportEnded
		}
		if i%rows == 0 {
			if err := s.read(x.ctx, c, "fhir.export", x.people[i:min(i+rows, len(x.people))]...); err != nil {
				return err
			}
		}
		if err := s.exportEach(x.ctx, c, x, n, "", func(kind string, _ *conductor.Look, items []fhirItem) error {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.count[kind] += len(items)
			return nil
		}); err != nil {
			return err
		}
		x.mu.Lock()
		x.done++
		x.mu.Unlock()
	}
	return nil
}

// exportEach gives what is exported of one person, type by type; of one type where only is not empty.
func (s *Server) exportEach(ctx context.Context, c *caller, x *bulkExport, n person.Number, only string, take func(string, *conductor.Look, []fhirItem) error) error {
	l, err := c.space.Conductor.Look(n, 0, x.at)
	if errors.Is(err, person.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	kinds := []string{only}
	if only == "" {
		if kinds, err = s.exportKinds(ctx, c, x, n); err != nil {
			return err
		}
	}
	for _, kind := range kinds {
		items, err := s.fhirIn(ctx, c, l, kind)
		if err != nil {
			return err
		}
		items = slices.DeleteFunc(items, func(i fhirItem) bool { return i.known > x.at || i.known < x.since })
		if len(items) == 0 {
			continue
		}
		if err := take(kind, l, items); err != nil {
			return err
		}
	}
	return nil
}

// exportKinds are the types there may be of one person: those asked for, or what is made here and what came in. The audit is exported
// when it is asked for.
func (s *Server) exportKinds(ctx context.Context, c *caller, x *bulkExport, n person.Number) ([]string, error) {
	if len(x.kinds) > 0 {
		return x.kinds, nil
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
	x := s.exports.find(c, id, s.real())
	if x == nil {
		return errExport
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		s.exports.drop(x)
		w.WriteHeader(http.StatusAccepted)
		return nil
	default:
		h.Set("Allow", "GET, DELETE")
		return errMethod
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.ended.IsZero():
		h.Set("X-Progress", fmt.Sprintf("%d/%d", x.done, len(x.people)))
		h.Set("Retry-After", strconv.Itoa(int(exportWait/time.Second)))
		w.WriteHeader(http.StatusAccepted)
		return nil
	case x.err != nil:
		return x.err
	}
	output := []map[string]any{}
	for _, kind := range slices.Sorted(maps.Keys(x.count)) {
		output = append(output, map[string]any{"type": kind, "url": s.fhirBase(r) + "/$export-file/" + x.id + "/" + kind + ".ndjson", "count": x.count[kind]})
	}
	b, err := json.Marshal(map[string]any{
		"transactionTime": fhir.Instant(x.at, c.space.loc), "request": x.request, "requiresAccessToken": true, "output": output, "error": []any{},
	})
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/json")
	h.Set("Expires", x.ended.Add(exportKept).UTC().Format(http.TimeFormat))
	_, _ = w.Write(b) // the client is gone: nobody to tell
	return nil
}

// exportFile writes one type of everybody, a resource a line, as it is read. What fails in the middle breaks the answer off: half a file
// must not pass for a whole one.
func (s *Server) exportFile(w http.ResponseWriter, r *http.Request, rest string) error {
	ctx := r.Context()
	c, err := s.exporting(ctx)
	if err != nil {
		return err
	}
	id, name, _ := strings.Cut(rest, "/")
	kind, ok := strings.CutSuffix(name, ".ndjson")
	x := s.exports.find(c, id, s.real())
	if x == nil || !ok || x.when().IsZero() || x.err != nil || x.count[kind] == 0 {
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
	out := bufio.NewWriterSize(w, 1<<16)
	for _, n := range x.people {
		if err = anyOver(ctx, x.ctx); err != nil {
			break
		}
		if !visible.Contains(uint32(n)) { // erased meanwhile
			continue
		}
		if err = s.exportEach(ctx, c, x, n, kind, func(_ string, l *conductor.Look, items []fhirItem) error {
			if err := s.fhirOpen(ctx, c, l, items); err != nil {
				return err
			}
			return writeLines(out, items)
		}); err != nil {
			break
		}
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		_ = s.fails(requestOf(ctx), err) // into the log
		panic(http.ErrAbortHandler)
	}
	return nil
}

func anyOver(of ...context.Context) error {
	for _, c := range of {
		if err := c.Err(); err != nil {
			return err
		}
	}
	return nil
}

func writeLines(out *bufio.Writer, items []fhirItem) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	for i := range items {
		if err := e.Encode(items[i].resource); err != nil {
			return err
		}
	}
	return nil
}
