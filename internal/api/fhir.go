package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/fhir"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// resources keeps what came in as FHIR.
type resources interface {
	ResourcesOf(ctx context.Context, w workspace.Number, p person.Number, resourceType string) ([]fhir.Kept, error)
}

const fhirJSON = "application/fhir+json; charset=utf-8"

// Limits of a search.
const (
	fhirCount   = 50  // resources of a page when not asked
	fhirMost    = 500 // and at most
	fhirPeople  = 200 // people looked at for one page
	fhirAddress = "/fhir"
)

var (
	errFHIRType   = fault.New(fault.Missing, "fhir_unknown_type", "没有这种资源", "there is no such resource type").Because("见 /fhir/metadata", "see /fhir/metadata")
	errFHIRMethod = fault.New(fault.Invalid, "method_not_allowed", "/fhir 只能读", "/fhir is read only").Because("写入用 peiban import fhir", "peiban import fhir takes resources in")
	errFHIRDate   = fault.New(fault.Invalid, "bad_moment", "日期写法不对", "this is no date").Because("写成 2026-03、ge2026-03-01 这样", "write 2026-03 or ge2026-03-01")
	errFHIRCount  = fault.New(fault.Invalid, "bad_number", "数量不对", "this is no count").Because("1 到 500", "1 to 500")
)

// fhirRoutes is the reading API of FHIR. It stands beside the operations of the document: its addresses and answers are those of the
// standard, which describes itself at /fhir/metadata.
func (s *Server) fhirRoutes(mux *http.ServeMux) {
	serve := func(w http.ResponseWriter, r *http.Request) {
		rest := strings.Trim(strings.TrimPrefix(r.URL.Path, fhirAddress), "/")
		requestOf(r.Context()).route = fhirAddress + "/" + fhirRoute(rest)
		if err := s.fhir(w, r, rest); err != nil {
			s.fhirFails(w, r, err)
		}
	}
	mux.HandleFunc(fhirAddress, serve)
	mux.HandleFunc(fhirAddress+"/", serve)
}

// fhirRoute is an address without ids, for logs and figures.
func fhirRoute(rest string) string {
	kind, more, _ := strings.Cut(rest, "/")
	switch {
	case kind == "metadata" || strings.HasPrefix(kind, "$"):
		return kind
	case !fhir.Known(kind):
		return "{type}"
	case strings.HasPrefix(more, "$"):
		return kind + "/" + more
	case more != "":
		return kind + "/{id}"
	}
	return kind
}

func (s *Server) fhir(w http.ResponseWriter, r *http.Request, rest string) error {
	if done, err := s.fhirExport(w, r, rest); done {
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return errFHIRMethod
	}
	kind, id, _ := strings.Cut(rest, "/")
	switch {
	case rest == "metadata":
		return s.fhirMetadata(w, r)
	case callerOf(r.Context()) == nil: // before anything of the address is looked at
		return errSignIn
	case !fhir.Known(kind) || strings.Contains(id, "/"):
		return errFHIRType
	case id != "":
		return s.fhirRead(w, r, kind, id)
	}
	return s.fhirSearch(w, r, kind)
}

// fhirFails answers an error as FHIR does.
func (s *Server) fhirFails(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(s.fails(requestOf(r.Context()), err))
	f := fault.New(fault.KindOf(err), p.Code, p.Text.Zh, p.Text.En)
	if p.HintText != nil {
		f = f.Because(p.HintText.Zh, p.HintText.En)
	}
	if p.Field != "" {
		f = f.At("%s", p.Field)
	}
	status := p.Status
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest // the standard's for a search it does not understand
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	writeFHIR(w, status, fhir.Outcome(f))
}

func writeFHIR(w http.ResponseWriter, status int, resource map[string]any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(resource); err != nil { // a number that is none: ours, and a test holds every resource to the schema
		status = http.StatusInternalServerError
		b.Reset()
		b.WriteString(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}`)
	}
	w.Header().Set("Content-Type", fhirJSON)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone: nobody to tell
}

// base is the address of the API as the client reaches it.
func (s *Server) fhirBase(r *http.Request) string {
	if s.address != "" {
		return s.address + fhirAddress
	}
	scheme := "http"
	if s.secure || r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + requestOf(r.Context()).host + fhirAddress
}

// fhirOwner is whose a resource is, by its id: that of a person, or what belongs to one after a dash.
func fhirOwner(id string) string {
	owner, _, _ := strings.Cut(id, "-")
	return owner
}

// fhirMay is who may read resources of a type.
func fhirMay(kind string) staff.Permission {
	if kind == "AuditEvent" {
		return staff.CanReadAudit
	}
	return staff.CanReadPeople
}

func (s *Server) fhirRead(w http.ResponseWriter, r *http.Request, kind, id string) error {
	ctx := r.Context()
	c, card, err := s.authorizeOne(ctx, fhirMay(kind), fhirOwner(id))
	if err != nil {
		return err
	}
	items, l, err := s.fhirOf(ctx, c, card.Number, kind)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(items, func(x fhirItem) bool { return x.id == id })
	if err := s.read(ctx, c, "fhir.read", card.Number); err != nil {
		return err
	}
	if i < 0 {
		return errNotFound
	}
	page := items[i : i+1]
	if err := s.fhirOpen(ctx, c, l, page); err != nil {
		return err
	}
	writeFHIR(w, http.StatusOK, page[0].resource)
	return nil
}

// fhirQuery is a search as it was asked.
type fhirQuery struct {
	id      string
	codes   [][2]string // system and code; a system of "*" is any
	dates   []fhirDate
	count   int
	person  person.Number // where the page begins
	skip    int
	patient string // empty: everybody the caller may see
	also    [2]string
}

// fhirParameters are those a search understands.
var fhirParameters = []string{"patient", "subject", "_id", "identifier", "code", "date", "_count", "_cursor", "_format", "_pretty", "_sort"}

func (s *Server) fhirAsked(q url.Values, c *caller) (fhirQuery, error) {
	out := fhirQuery{count: fhirCount}
	if err := onlyKnown(q, fhirParameters); err != nil {
		return out, err
	}
	out.patient = strings.TrimPrefix(cmp.Or(q.Get("patient"), q.Get("subject")), "Patient/")
	if out.id = q.Get("_id"); out.id != "" && out.patient == "" {
		out.patient = fhirOwner(out.id)
	}
	if system, value, ok := strings.Cut(q.Get("identifier"), "|"); q.Get("identifier") != "" {
		if !ok {
			system, value = "", system
		}
		out.also = [2]string{system, value}
	}
	for _, one := range strings.FieldsFunc(q.Get("code"), func(r rune) bool { return r == ',' }) {
		system, code, ok := strings.Cut(one, "|")
		if !ok {
			system, code = "*", one
		}
		out.codes = append(out.codes, [2]string{system, code})
	}
	for _, one := range q["date"] {
		d, ok := parseFHIRDate(one, c.space.loc)
		if !ok {
			return out, errFHIRDate.At("date")
		}
		out.dates = append(out.dates, d)
	}
	if n := q.Get("_count"); n != "" {
		v, err := strconv.Atoi(n)
		if err != nil || v < 1 {
			return out, errFHIRCount.At("_count")
		}
		out.count = min(v, fhirMost)
	}
	if at := q.Get("_cursor"); at != "" {
		p, skip, _ := strings.Cut(at, ".")
		n, err := strconv.ParseUint(p, 10, 32)
		m, err2 := strconv.ParseUint(skip, 10, 31)
		if err != nil || err2 != nil {
			return out, errCursor.At("_cursor")
		}
		out.person, out.skip = person.Number(n), int(m)
	}
	return out, nil
}

// fits tells whether a resource is looked for.
func (q *fhirQuery) fits(x *fhirItem) bool {
	if q.id != "" && x.id != q.id {
		return false
	}
	if len(q.codes) > 0 {
		codes := fhir.Codes(x.resource)
		if !slices.ContainsFunc(q.codes, func(want [2]string) bool {
			return slices.ContainsFunc(codes, func(have [2]string) bool {
				return (want[0] == "*" || want[0] == have[0]) && (want[1] == "" || want[1] == have[1])
			})
		}) {
			return false
		}
	}
	for _, d := range q.dates {
		if x.at == 0 || !d.fits(x.at, x.at+x.period) {
			return false
		}
	}
	return true
}

// fhirWho is whom a search is about, in order.
func (s *Server) fhirWho(ctx context.Context, kind string, q *fhirQuery) (*caller, []person.Number, error) {
	if q.also[1] != "" {
		c, _, err := s.authorize(ctx, fhirMay(kind))
		if err == nil && c.masked() {
			err = errMasked.At("identifier")
		}
		if err != nil {
			return nil, nil, err
		}
		found, err := c.space.Conductor.Whose(ctx, []conductor.Identifier{{Type: "record", Scope: q.also[0], Value: q.also[1]}})
		if err != nil {
			return nil, nil, err
		}
		visible := s.visible(ctx, c)
		return c, slices.DeleteFunc(found, func(n person.Number) bool { return !visible.Contains(uint32(n)) }), nil
	}
	if q.patient != "" {
		c, card, err := s.authorizeOne(ctx, fhirMay(kind), q.patient)
		if err != nil {
			return nil, nil, err
		}
		return c, []person.Number{card.Number}, nil
	}
	c, _, err := s.authorize(ctx, fhirMay(kind))
	if err != nil {
		return nil, nil, err
	}
	var out []person.Number
	for it := s.visible(ctx, c).Iterator(); it.HasNext(); {
		if n := person.Number(it.Next()); n >= q.person {
			out = append(out, n)
		}
	}
	return c, out, nil
}

func (s *Server) fhirSearch(w http.ResponseWriter, r *http.Request, kind string) error {
	ctx := r.Context()
	c := callerOf(ctx)
	values := r.URL.Query()
	q, err := s.fhirAsked(values, c)
	if err != nil {
		return err
	}
	c, people, err := s.fhirWho(ctx, kind, &q)
	if err != nil {
		return err
	}
	bundle := map[string]any{"resourceType": "Bundle", "type": "searchset"}
	entries, told := []any{}, []person.Number{}
	base, next := s.fhirBase(r), ""
	for k, n := range people {
		if len(entries) >= q.count || k >= fhirPeople {
			next = strconv.FormatUint(uint64(n), 10) + ".0"
			break
		}
		items, l, err := s.fhirOf(ctx, c, n, kind)
		if err != nil {
			return err
		}
		items = slices.DeleteFunc(items, func(x fhirItem) bool { return !q.fits(&x) })
		if len(people) == 1 {
			bundle["total"] = len(items)
		}
		skip := 0
		if n == q.person {
			skip = min(q.skip, len(items))
		}
		page := items[skip:min(len(items), skip+q.count-len(entries))]
		if err := s.fhirOpen(ctx, c, l, page); err != nil {
			return err
		}
		for i := range page {
			entries = append(entries, map[string]any{"fullUrl": base + "/" + kind + "/" + page[i].id, "resource": page[i].resource, "search": map[string]any{"mode": "match"}})
		}
		if len(page) > 0 || q.patient != "" {
			told = append(told, n)
		}
		if skip+len(page) < len(items) {
			next = strconv.FormatUint(uint64(n), 10) + "." + strconv.Itoa(skip+len(page))
			break
		}
	}
	if err := s.read(ctx, c, "fhir.search", told...); err != nil {
		return err
	}
	bundle["link"] = fhirLinks(base+"/"+kind, values, next)
	if len(entries) > 0 {
		bundle["entry"] = entries
	}
	writeFHIR(w, http.StatusOK, bundle)
	return nil
}

func fhirLinks(address string, values url.Values, next string) []any {
	link := func(relation string, v url.Values) map[string]any {
		out := address
		if len(v) > 0 {
			out += "?" + v.Encode()
		}
		return map[string]any{"relation": relation, "url": out}
	}
	out := []any{link("self", values)}
	if next != "" {
		more := maps.Clone(values)
		more.Set("_cursor", next)
		out = append(out, link("next", more))
	}
	return out
}
