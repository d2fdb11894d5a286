package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// isArchive tells the address whose body is a zip: it is no JSON and no text.
func isArchive(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == newArchive || strings.HasPrefix(r.URL.Path, "/api/programmes/") && strings.HasSuffix(r.URL.Path, "/draft/import"))
}

// newArchive is the address of a zip that begins a programme.
const newArchive = "/api/programmes/import"

// archiveOperations documents what plain handlers do.
func (s *Server) archiveOperations() {
	query := func(names ...string) (out []*huma.Param) {
		for _, n := range append([]string{"key"}, names...) {
			in := "query"
			if n == "key" {
				in = "path"
			}
			out = append(out, &huma.Param{Name: n, In: in, Required: n == "key", Schema: &huma.Schema{Type: huma.TypeString}})
		}
		return out
	}
	op := s.describe(operation{"export-programme", http.MethodGet, "/api/programmes/{key}/export", "programmes", "The programme's folder as a zip: in force, of a version, or of the draft", forStaff})
	op.Parameters = query("version", "draft")
	op.Responses = map[string]*huma.Response{"200": {Description: "the folder, packed", Content: map[string]*huma.MediaType{"application/zip": {}}}}
	s.huma.OpenAPI().AddOperation(&op)
	in := s.describe(operation{"import-programme", http.MethodPost, "/api/programmes/{key}/draft/import", "drafts", "A zip of a folder becomes the draft, never what is in force; 8 MB at most", forStaff})
	in.Parameters = append(query(), &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString}})
	in.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/zip": {}}}
	in.Responses = map[string]*huma.Response{"200": {Description: "the draft as it is now", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/Draft"}}}}}
	s.huma.OpenAPI().AddOperation(&in)
	fresh := s.describe(operation{"import-new-programme", http.MethodPost, newArchive, "programmes", "A zip of a folder begins a programme the workspace does not have: a draft of the key it names; 8 MB at most", forStaff})
	fresh.RequestBody, fresh.Responses = in.RequestBody, in.Responses
	s.huma.OpenAPI().AddOperation(&fresh)
}

func (s *Server) archiveRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/programmes/{key}/export", func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = "/api/programmes/{key}/export"
		if err := s.exportProgramme(w, r); err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
		}
	})
	for route, bring := range map[string]func(http.ResponseWriter, *http.Request) (Draft, error){
		"/api/programmes/{key}/draft/import": s.importProgramme, newArchive: s.importNew,
	} {
		mux.HandleFunc("POST "+route, func(w http.ResponseWriter, r *http.Request) {
			requestOf(r.Context()).route = route
			out, err := bring(w, r)
			if err != nil {
				w.Header().Set("Connection", "close") // the rest of a refused file is not waited for
				writeProblem(w, r, s.fails(requestOf(r.Context()), err))
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("ETag", out.etag())
			_ = s.huma.Marshal(w, "application/json", out) // the client is gone: nobody to tell
		})
	}
}

func (s *Server) exportProgramme(w http.ResponseWriter, r *http.Request) error {
	ctx, key, q := r.Context(), r.PathValue("key"), r.URL.Query()
	if err := onlyKnown(q, []string{"version", "draft"}); err != nil {
		return err
	}
	c, now, d, err := s.editing(ctx, key, staff.CanReadProgress)
	if err != nil {
		return err
	}
	files, name := now.Files, fmt.Sprintf("%s-%d.zip", key, now.Version)
	switch n, bad := strconv.Atoi(q.Get("version")); {
	case q.Get("draft") != "" || isNew(now):
		files, name = d.Files, key+"-draft.zip"
	case q.Get("version") != "" && bad != nil:
		return conductor.ErrNoVersion
	case n != 0 && n != now.Version:
		p, err := c.space.Conductor.VersionOf(ctx, key, n)
		if err != nil {
			return err
		}
		files, name = p.Files, fmt.Sprintf("%s-%d.zip", key, n)
	}
	var packed bytes.Buffer // a few hundred kB; so a failure is still an answer
	if err := files.Archive(&packed, key, time.Unix(0, 0)); err != nil {
		return err
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "programme.export", 0, map[string]any{"programme": key, "hash": filesHash(files)})); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(packed.Bytes()) // the client is gone: nobody to tell
	return nil
}

// importTime is how long an archive may take to come.
const importTime = time.Minute

// archived reads the zip a request carries, once its sender may edit.
func (s *Server) archived(w http.ResponseWriter, r *http.Request) (programme.Files, *caller, error) {
	c, _, err := s.authorize(r.Context(), staff.CanEditProgress)
	if err != nil { // before a byte is read
		return nil, nil, err
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(importTime)) // a test's recorder has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, programme.MaxArchive))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, nil, errTooLarge.Because("最多 8 MB", "at most 8 MB")
	case err != nil:
		return nil, nil, errBadBody.Wrap(err)
	}
	files, err := programme.ReadArchive(bytes.NewReader(body), int64(len(body)))
	return files, c, err
}

func (s *Server) importProgramme(w http.ResponseWriter, r *http.Request) (Draft, error) {
	files, _, err := s.archived(w, r)
	if err != nil {
		return Draft{}, err
	}
	key := r.PathValue("key")
	return s.change(r.Context(), key, Based{r.Header.Get("If-Match")}, "draft.import", func(programme.Files) (programme.Files, error) {
		if k := files.Key(); k != key {
			return nil, conductor.ErrOtherKey
		}
		return files, nil
	})
}

// importNew begins a programme from a zip. It has mistakes as it has them: its checklist says so.
func (s *Server) importNew(w http.ResponseWriter, r *http.Request) (Draft, error) {
	files, c, err := s.archived(w, r)
	if err != nil {
		return Draft{}, err
	}
	key := files.Key()
	if !programme.KeyOK(key) {
		return Draft{}, errNoKey
	}
	return s.beginDraft(r.Context(), c, key, files, "draft.import", map[string]any{"programme": key})
}

// filesHash tells whether two sets of files are the same, tests among them.
func filesHash(f programme.Files) string {
	h := sha256.New()
	for _, name := range f.Paths() {
		fmt.Fprintf(h, "%s %d\n%s\n", name, len(f[name]), f[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
