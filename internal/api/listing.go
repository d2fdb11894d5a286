package api

import (
	"bufio"
	"cmp"
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
	// rows gives the list row by row, one cell for each column. What of it anybody gets is written down before it is given.
	rows func(ctx context.Context, q url.Values, to taker) error
}

// taker takes the rows of a file one by one, in the order of the list.
type taker interface {
	Expect(rows int) error // before the first: how many come, as far as that is known
	Row(cells []string) error
}

// atOnce is a list that is short, or has to be put in order before its first row is known.
func atOnce(all func(ctx context.Context, q url.Values) ([][]string, error)) func(context.Context, url.Values, taker) error {
	return func(ctx context.Context, q url.Values, to taker) error {
		rows, err := all(ctx, q)
		if err != nil {
			return err
		}
		return handOver(to, rows)
	}
}

func handOver(to taker, rows [][]string) error {
	for _, row := range rows {
		if err := to.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// listings are the lists that may be taken away.
func (s *Server) listings() []listing {
	return append([]listing{
		{
			name: "products", id: "products", tag: "products", summary: "The same list as a file, which is read back as it is", input: &productsInput{}, columns: productColumns,
			rows: atOnce(s.productsFile), title: text("商品", "Products"), needs: staff.CanReadIntake,
		},
		{
			name: "people", id: "people", tag: "people", summary: "The same list as a file", input: &peopleInput{}, columns: peopleColumns, forKeys: true,
			rows: s.peopleFile, title: text("人员", "People"), needs: staff.CanReadPeople, filters: []listFilter{byProgramme, byTag, byDue},
		},
		{
			name: "doubts", id: "doubts", tag: "doubts", summary: "The same list as a file", input: &doubtsIn{}, columns: doubtColumns, forKeys: true,
			rows: atOnce(s.doubtsFile), title: text("存疑数据", "Data in doubt"), needs: staff.CanReadPeople, filters: []listFilter{byDoubtState},
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

// takeAway gives a list as a file, all of it, as its rows come.
func (s *Server) takeAway(w http.ResponseWriter, r *http.Request, l listing, f export.Format) {
	requestOf(r.Context()).route = "/api/" + l.name + "." + string(f)
	d := &download{w: w, name: l.name + "." + string(f), media: f.Type()}
	d.held = bufio.NewWriterSize(d, heldBack)
	file, err := export.NewWriter(d.held, f, l.columns)
	if err == nil {
		defer file.Drop()
		err = l.rows(r.Context(), r.URL.Query(), file)
	}
	if err == nil {
		err = cmp.Or(file.Close(), d.held.Flush())
	}
	switch {
	case err == nil:
	case !d.begun:
		writeProblem(w, r, s.fails(requestOf(r.Context()), err))
	default:
		s.log.Warn("a file was cut off", "file", l.name, "error", err)
		panic(http.ErrAbortHandler) // whoever reads it must not take half for all
	}
}

// heldBack is how much of a file is held until it leaves, bytes: what goes wrong before is answered as what it is, not as half a file.
const heldBack = 256 << 10

// download is a file on its way to a browser.
type download struct {
	w           http.ResponseWriter
	held        *bufio.Writer
	name, media string
	begun       bool
}

func (d *download) Write(b []byte) (int, error) {
	if !d.begun {
		d.begun = true
		h := d.w.Header()
		h.Set("Content-Type", d.media)
		h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
	}
	return d.w.Write(b)
}
