package api

import (
	"context"
	"net/http"
	"net/url"

	"peiban/internal/export"
	"peiban/internal/staff"
)

// listing is a list that is given as a file in every format there is.
type listing struct {
	name    string // of the file and of its address: /api/people.csv
	id, tag string // of the operation, which becomes people-csv
	summary string
	input   any // its parameters
	columns []export.Column
	forKeys bool // other systems may take it by a key with the scope export
	title   Text
	needs   staff.Permission // to take it, beside the right to take lists away
	filters []listFilter     // what of it may be chosen when it is sent at fixed times
	// rows gives all of the list, one cell for each column, and writes down who got it.
	rows func(ctx context.Context, q url.Values) ([][]string, error)
}

// listings are the lists that may be taken away.
func (s *Server) listings() []listing {
	return append([]listing{
		{
			name: "products", id: "products", tag: "products", summary: "The same list as a file, which is read back as it is", input: &productsInput{}, columns: productColumns,
			rows: s.productsFile, title: text("商品", "Products"), needs: staff.CanReadIntake,
		},
		{
			name: "people", id: "people", tag: "people", summary: "The same list as a file", input: &peopleInput{}, columns: peopleColumns, forKeys: true,
			rows: s.peopleFile, title: text("人员", "People"), needs: staff.CanReadPeople, filters: []listFilter{byProgramme, byTag, byDue},
		},
		{
			name: "doubts", id: "doubts", tag: "doubts", summary: "The same list as a file", input: &doubtsIn{}, columns: doubtColumns, forKeys: true,
			rows: s.doubtsFile, title: text("存疑数据", "Data in doubt"), needs: staff.CanReadPeople, filters: []listFilter{byDoubtState},
		},
	}, append(s.screenLists(), s.otherLists()...)...)
}

func (s *Server) listingOperations() {
	for _, l := range s.listings() {
		for _, f := range export.Formats {
			s.file(operation{l.id + "-" + string(f), http.MethodGet, "/api/" + l.name + "." + string(f), l.tag, l.summary, forStaff}, f.Type(), l.input)
		}
	}
}

func (s *Server) listingRoutes(mux *http.ServeMux) {
	for _, l := range s.listings() {
		for _, f := range export.Formats {
			mux.HandleFunc("GET /api/"+l.name+"."+string(f), func(w http.ResponseWriter, r *http.Request) { s.takeAway(w, r, l, f) })
		}
	}
}

// takeAway gives a list as a file, all of it.
func (s *Server) takeAway(w http.ResponseWriter, r *http.Request, l listing, f export.Format) {
	requestOf(r.Context()).route = "/api/" + l.name + "." + string(f)
	rows, err := l.rows(r.Context(), r.URL.Query())
	if err == nil && f == export.Excel && len(rows) > export.MaxExcelRows {
		err = export.ErrTooLong
	}
	if err != nil {
		writeProblem(w, r, s.fails(requestOf(r.Context()), err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.Type())
	h.Set("Content-Disposition", `attachment; filename="`+l.name+"."+string(f)+`"`)
	if err := export.Write(w, f, l.columns, rows); err != nil {
		s.log.Warn("a file was cut off", "file", l.name, "error", err)
		panic(http.ErrAbortHandler) // whoever reads it must not take half for all
	}
}
