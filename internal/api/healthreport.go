package api

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/attachment"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/staff"
)

// errNoShelf means that the server was started without a folder for files.
var errNoShelf = fault.New(fault.Unavailable, "no_report_folder", "服务器没有设置存放文件的文件夹", "the server has no folder for files")

// isUpload tells the addresses whose body is a file: it is read once, as it comes, and never held in memory.
func isUpload(r *http.Request) bool {
	if r.Method == http.MethodPost && r.URL.Path == "/api/imports" {
		return true
	}
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/reports") &&
		(r.URL.Path == "/api/me/reports" || strings.HasPrefix(r.URL.Path, "/api/people/"))
}

// reportOperations documents what plain handlers do: huma would hold a whole body.
func (s *Server) reportOperations() {
	document := func(id, method, path, tag, summary string, who who, names ...string) {
		op := s.describe(operation{id, method, path, tag, summary, who})
		for _, n := range names {
			in := "query"
			if strings.Contains(path, "{"+n+"}") {
				in = "path"
			}
			op.Parameters = append(op.Parameters, &huma.Param{Name: n, In: in, Required: in == "path", Schema: &huma.Schema{Type: huma.TypeString}})
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "the file"}}
		if method == http.MethodPost {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}
			op.Responses["200"] = &huma.Response{Description: "the report's entry", Content: map[string]*huma.MediaType{"application/json": {
				Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Stated](), true, "Stated")}}}
		}
		s.huma.OpenAPI().AddOperation(&op)
	}
	document("upload-report", http.MethodPost, "/api/people/{id}/reports", "file", "Keep a report, 20 MB at most", forStaff, "id", "kind", "name", "at")
	document("report", http.MethodGet, "/api/people/{id}/reports/{file}", "file", "A kept report", forStaff, "id", "file")
	document("upload-my-report", http.MethodPost, "/api/me/reports", "me", "Keep a report of mine, 20 MB at most", forPerson, "kind", "name", "at")
	document("my-report", http.MethodGet, "/api/me/reports/{file}", "me", "A kept report of mine", forPerson, "file")
}

func (s *Server) reportRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/people/{id}/reports", s.uploads("/api/people/{id}/reports", func(r *http.Request) (*caller, conductor.Card, error) {
		return s.authorizeOne(r.Context(), staff.CanWritePeople, r.PathValue("id"))
	}))
	mux.HandleFunc("POST /api/me/reports", s.uploads("/api/me/reports", s.selfOf))
	mux.HandleFunc("GET /api/people/{id}/reports/{file}", s.downloads("/api/people/{id}/reports/{file}", func(r *http.Request) (*caller, conductor.Card, error) {
		c, card, err := s.authorizeOne(r.Context(), staff.CanReadPeople, r.PathValue("id"))
		if err == nil && c.masked() { // a scan shows the name
			err = errForbidden
		}
		return c, card, err
	}))
	mux.HandleFunc("GET /api/me/reports/{file}", s.downloads("/api/me/reports/{file}", s.selfOf))
}

func (s *Server) selfOf(r *http.Request) (*caller, conductor.Card, error) {
	c, err := s.self(r.Context())
	if err != nil {
		return nil, conductor.Card{}, err
	}
	return c, c.me, nil
}

type whoseFile func(*http.Request) (*caller, conductor.Card, error)

func (s *Server) uploads(route string, whose whoseFile) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = route
		out, err := s.upload(w, r, whose)
		if err != nil {
			w.Header().Set("Connection", "close") // the rest of a refused file is not waited for
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = s.huma.Marshal(w, "application/json", out) // the client is gone: nobody to tell
	}
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request, whose whoseFile) (Stated, error) {
	c, card, err := whose(r)
	if err != nil {
		return Stated{}, err
	}
	q := r.URL.Query()
	kinds := event.Report.Spec().Field("kind").Enum
	switch {
	case s.shelf.Dir == "":
		return Stated{}, errNoShelf
	case !slices.Contains(kinds, q.Get("kind")):
		return Stated{}, errCodeChoice.At("query.kind").Because("可用："+strings.Join(kinds, ", "), "one of: "+strings.Join(kinds, ", "))
	case r.ContentLength > attachment.Largest:
		return Stated{}, attachment.ErrLarge
	}
	l, f, err := s.toChange(r.Context(), c, card)
	if err != nil {
		return Stated{}, err
	}
	if e := sentBefore(f, uploadKey(r)); e != nil {
		return Stated{Entry: (&shaper{s: s, ctx: r.Context(), c: c, l: l, file: f}).entry(e), Notes: []CodeText{}}, nil
	}
	st := &statement{s: s, c: c, l: l, Statement: Statement{Type: "report", At: q.Get("at")}}
	at, dated, err := st.moment()
	if err != nil {
		if f := fault.Of(err); f != nil {
			return Stated{}, f.At("query.at")
		}
		return Stated{}, err
	}
	return s.keep(w, r, st, at, dated)
}

// uploadTime is how long a file may take to come: 20 MB over a slow phone.
const uploadTime = 5 * time.Minute

// keep reads the file to disk, then writes the event that tells of it. A file without its event is removed again.
func (s *Server) keep(w http.ResponseWriter, r *http.Request, st *statement, at int64, dated string) (Stated, error) {
	ctx, c, l, q := r.Context(), st.c, st.l, r.URL.Query()
	key, err := c.space.Conductor.Sealer(l.Card.Number)
	if err != nil {
		return Stated{}, err
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // a test's recorder has none
	p := place(c, l, ulid.Make().String())
	size, media, err := s.shelf.Put(ctx, p, key, r.Body)
	if err != nil {
		if fault.Of(err) == nil && !errors.Is(err, io.ErrShortWrite) {
			err = errBadBody.Wrap(err)
		}
		return Stated{}, err
	}
	st.props = map[string]any{
		"kind": q.Get("kind"), "status": "uploaded", "name": attachment.Name(q.Get("name"), media), "media": media, "file": p.File, "size": size,
	}
	if dated != "" {
		st.props["date"] = dated
	}
	once := uploadKey(r)
	if once != "" {
		st.props["upload"] = once
	}
	it, err := st.decoded(event.Report.Spec(), at)
	if err != nil {
		s.shelf.Drop(p)
		return Stated{}, err
	}
	if once != "" {
		it.MessageID = "report:" + string(l.Card.ID) + ":" + once
	}
	out, err := s.submitted(ctx, c, l.Card, "report.write", it)
	if err != nil {
		s.shelf.Drop(p)
		return Stated{}, err
	}
	if out[0].Status == conductor.Repeated { // two at the same moment: the other one is kept
		s.shelf.Drop(p)
		return Stated{}, errDone
	}
	return s.stated(ctx, c, l.Card, out[0], nil)
}

// uploadKey is what a repeated upload is known by: its Idempotency-Key, as a digest; "" when there is none. A file is not kept
// in memory to be compared, so the key alone decides.
func uploadKey(r *http.Request) string {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return ""
	}
	return hex.EncodeToString(digestOf("upload", key)[:16])
}

// sentBefore is the report an earlier request with the same key left; nil when there is none.
func sentBefore(f *healthfile.File, key string) *healthfile.Entry {
	for _, e := range f.Of(event.Report) {
		if key != "" && e.Stands() && e.Text("upload") == key {
			return e
		}
	}
	return nil
}

func (s *Server) downloads(route string, whose whoseFile) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = route
		if err := s.download(w, r, whose); err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
		}
	}
}

// download sends a file the person's own timeline tells of. What was sent before a piece turned out damaged cannot be called back:
// the connection is broken off, so that nobody takes half a report for a whole one.
func (s *Server) download(w http.ResponseWriter, r *http.Request, whose whoseFile) error {
	c, card, err := whose(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return err
	}
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	name, media := "", ""
	for _, e := range f.Of(event.Report) {
		if e.Stands() && e.Text("file") == id {
			name, media = e.Text("name"), e.Text("media")
		}
	}
	p := place(c, l, id)
	if media == "" || !s.shelf.Has(p) {
		return attachment.ErrNone
	}
	key, err := c.space.Conductor.Sealer(card.Number)
	if err != nil {
		return err
	}
	if err := s.read(ctx, c, "report.read", card.Number); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="report`+attachment.Extensions[media]+`"; filename*=UTF-8''`+url.PathEscape(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if err := s.shelf.Write(ctx, w, p, key); err != nil {
		_ = s.fails(requestOf(ctx), err) // for the log
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *Server) clearFiles(ctx context.Context, c *caller, card conductor.Card) {
	if s.shelf.Dir == "" {
		return
	}
	if err := s.shelf.Clear(c.space.number(), card.ID); err != nil {
		_ = s.fails(requestOf(ctx), err) // their key is gone: what is left cannot be read
	}
}
