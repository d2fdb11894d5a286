// Package api is about what the outside may ask of peiban over HTTP: JSON for the console and the phone, a stream
// of changes, the documents that describe both, and the files of the web apps.
//
// It has no rules of its own. Who may see whom is staff's, what a value means is measure's and insight's, what
// happens is the conductor's; here they get a form, an address and words. Intake of events from machines (/v1)
// belongs to package ingest, which is mounted beside it.
package api

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"peiban/internal/attachment"
	"peiban/internal/conductor"
	"peiban/internal/knowledge"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// Config is what a Server is made of.
type Config struct {
	Conductors   []*conductor.Conductor // one for each workspace
	Store        Store
	Real         func() time.Time // the machine's clock: sessions, lockout, audit
	Files        fs.FS            // the built web apps; may be empty
	Intake       Receiver         // /v1; nil: no intake
	Callbacks    http.Handler     // /cb/wecom/; nil: companies tell nothing
	Metrics      http.Handler     // /metrics; nil: none
	Log          *slog.Logger
	Secure       bool   // served over https: cookies say so
	Address      string // how phones reach the server, such as https://peiban.example; empty: as the request did
	Reports      string // folder of people's files, sealed; empty: none are taken
	Demo         *Demo  // the rehearsal shown on the start page; nil: no start page
	Version      string
	Guard        out.Guard    // which networks webhooks may be sent to
	Tester       Tester       // sends the test of a webhook; nil: there is none
	Places       Places       // where files may be put; nil: nowhere
	Receipts     http.Handler // /cb/sms/; nil: suppliers of SMS tell nothing
	OutletTester OutletTester // asks a far side; nil: there is none
	CorpTester   CorpTester   // asks a company's WeCom; nil: there is none
	Ways         ContactWays
	Rehearsals   Maker // makes rehearsals beside live workspaces; nil: there are none
	// Observe, if set, hears of each request after it was answered, by route and never by address.
	Observe func(route, method string, status int, took time.Duration)
}

// Demo is what the start page of a rehearsal offers.
type Demo struct {
	Workspace workspace.ID
	People    []DemoPerson
	Accounts  []DemoAccount
}

// DemoPerson is a phone one may pick up.
type DemoPerson struct {
	ID   person.ID
	Note Text
}

// DemoAccount is a sign-in of the rehearsal. The passwords of a demo are no secret: its people are made up.
type DemoAccount struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Name     string `json:"name"`
}

// Server answers HTTP.
type Server struct {
	store      Store
	real       func() time.Time
	log        *slog.Logger
	secure     bool
	address    string
	demo       *Demo
	observe    func(string, string, int, time.Duration)
	every      func(time.Duration) *time.Ticker
	among      sync.RWMutex // guards the next two: rehearsals come and go
	spaces     []*space
	byNumber   map[workspace.Number]*space
	huma       huma.API
	handler    http.Handler
	stops      []func()
	edits      keyed // people being changed
	doors      doors // addresses that sign in
	gates      gates // addresses that come by entry codes
	shelf      attachment.Shelf
	receiver   Receiver
	turns      turns
	guard      out.Guard
	tester     Tester
	places     Places
	maker      Maker
	corpTester CorpTester
	ways       ContactWays
	outTester  OutletTester
}

// space is one workspace as the API serves it.
type space struct {
	Workspace  workspace.Workspace
	Conductor  *conductor.Conductor
	hub        *hub
	loc        *time.Location
	real       func() time.Time
	names      names
	kin        kin
	doctors    doctors
	moved      lastMove
	flows      flows
	previews   latest[*previewing]
	trials     latest[*trying]
	rehearsals latest[*rehearsing]
	findings   findings
	countings  countings
	moves      layerMoves
	goals      goals
	books      books
	figures    figureFolds
	leave      []func() // ends what was begun for it
	beside     workspace.ID
	overdue    overdueMemo
	shelf      knowledge.Shelf
}

func (sp *space) number() workspace.Number { return sp.Workspace.Number }

// now is the workspace's moment, in microseconds.
func (sp *space) now() int64 { return sp.Conductor.Now().UnixMicro() }

// card finds a person by outside id. A merged person answers as the one they were merged into.
func (sp *space) card(id string) (conductor.Card, bool) {
	card, ok := sp.Conductor.Directory().ByID(person.ID(id))
	if ok && card.Erased { // as if the id had never been
		return conductor.Card{}, false
	}
	return card, ok
}

// New makes a server. Close ends what it started.
func New(c Config) (*Server, error) {
	speakProblem()
	s := &Server{
		store: c.Store, real: c.Real, log: c.Log, secure: c.Secure, address: strings.TrimSuffix(c.Address, "/"),
		demo: c.Demo, observe: c.Observe, every: time.NewTicker, byNumber: map[workspace.Number]*space{},
		shelf: attachment.Shelf{Dir: c.Reports}, receiver: c.Intake, guard: c.Guard, tester: c.Tester, places: c.Places, maker: c.Rehearsals, corpTester: c.CorpTester, ways: c.Ways,
		outTester: c.OutletTester,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, cd := range c.Conductors {
		if err := s.AddSpace(cd); err != nil {
			return nil, err
		}
	}
	s.handler = s.routes(c)
	return s, nil
}

// AddSpace serves one more workspace.
func (s *Server) AddSpace(cd *conductor.Conductor) error {
	w := cd.Workspace()
	loc, err := time.LoadLocation(w.Zone)
	if err != nil {
		return fmt.Errorf("read the zone of workspace %s: %w", w.ID, err)
	}
	sp := &space{Workspace: w, Conductor: cd, hub: newHub(), loc: loc, real: s.real}
	changes, cancel := cd.Subscribe()
	go sp.hub.run(changes)
	sp.leave = []func(){cancel, sp.hub.close}
	s.among.Lock()
	defer s.among.Unlock()
	if live := s.byNumber[w.Beside]; live != nil { // it was served before
		sp.beside = live.Workspace.ID
	}
	s.spaces = append(s.spaces, sp)
	s.byNumber[w.Number] = sp
	return nil
}

// DropSpace serves a workspace no more: its sessions are nobody's, its streams end. Requests in hand finish.
func (s *Server) DropSpace(w workspace.Number) {
	s.among.Lock()
	sp := s.byNumber[w]
	delete(s.byNumber, w)
	s.spaces = slices.DeleteFunc(slices.Clone(s.spaces), func(o *space) bool { return o == sp })
	s.among.Unlock()
	if sp != nil {
		sp.end()
	}
}

// space finds a workspace that is served, nil when there is none of that number.
func (s *Server) space(w workspace.Number) *space {
	s.among.RLock()
	defer s.among.RUnlock()
	return s.byNumber[w]
}

func (s *Server) allSpaces() []*space {
	s.among.RLock()
	defer s.among.RUnlock()
	return slices.Clone(s.spaces)
}

// end stops what was begun for a workspace.
func (sp *space) end() {
	sp.previews.stop()
	sp.trials.stop()
	sp.rehearsals.stop()
	sp.countings.stop()
	for _, leave := range sp.leave {
		leave()
	}
}

// Close ends the streams. Call it before the HTTP server is shut down, which waits for them.
func (s *Server) Close() {
	for _, sp := range s.allSpaces() {
		sp.end()
	}
	for _, stop := range s.stops {
		stop()
	}
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// OpenAPI is the document of the API.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.huma.OpenAPI() }

func (s *Server) routes(c Config) http.Handler {
	mux := http.NewServeMux()
	s.huma = humago.New(mux, document(c.Version))
	s.huma.UseMiddleware(s.admit)
	s.operations()
	mux.HandleFunc("GET /docs", s.docsPage())
	s.listingRoutes(mux)
	s.reportRoutes(mux)
	s.archiveRoutes(mux)
	s.fhirRoutes(mux)
	s.importRoutes(mux)
	s.productRoutes(mux)
	s.costRoutes(mux)
	s.printRoutes(mux)
	s.feedRoutes(mux)
	s.calendarFeedRoutes(mux)
	mux.HandleFunc("GET /api/stream", s.stream(staffCookie))
	mux.HandleFunc("GET /api/me/stream", s.stream(personCookie))
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	mux.Handle("/", &files{fsys: c.Files, demo: c.Demo != nil})
	app := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		if info := requestOf(r.Context()); info.route == "" {
			info.route = r.Pattern
		}
	}))
	people := s.secured(compressed(s.known(readable(s.repeated(app)))))
	return s.watched(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := ofMachines(r.URL.Path); c.Intake != nil && route != "" { // a write key or an uploader's, no cookie, and speed
			requestOf(r.Context()).route = route
			w.Header().Set("X-Content-Type-Options", "nosniff")
			c.Intake.ServeHTTP(w, r)
			return
		}
		if c.Callbacks != nil && strings.HasPrefix(r.URL.Path, callbacks) { // signed by who sends, no cookie
			requestOf(r.Context()).route = callbacks
			w.Header().Set("X-Content-Type-Options", "nosniff")
			c.Callbacks.ServeHTTP(w, r)
			return
		}
		if c.Receipts != nil && strings.HasPrefix(r.URL.Path, receipts) { // the id in the address is who sends
			requestOf(r.Context()).route = receipts
			w.Header().Set("X-Content-Type-Options", "nosniff")
			c.Receipts.ServeHTTP(w, r)
			return
		}
		people.ServeHTTP(w, r)
	}))
}

// callbacks is where companies of WeCom tell us what happens.
const callbacks = "/cb/wecom/"

// receipts is where suppliers of SMS tell what became of messages.
const receipts = "/cb/sms/"

// ofMachines is the route of what machines send, empty for what browsers ask. Some uploaders write two strokes for one.
func ofMachines(at string) string {
	for _, route := range [...]string{"/v1/", "/api/v1/"} {
		if strings.HasPrefix(path.Clean(at)+"/", route) {
			return route
		}
	}
	return ""
}

// document is the head of the OpenAPI document. huma's own page loads its parts from elsewhere; ours does not.
func document(version string) huma.Config {
	if version == "" {
		version = "1"
	}
	info := &huma.Info{
		Title: "peiban", Version: version,
		Description: "People with a chronic disease, what happens to them, what follows. /api is version 1 and only grows.",
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: info, Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
		}},
		OpenAPIPath: "/openapi", Formats: huma.DefaultFormats, DefaultFormat: "application/json",
	}
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readyz says whether requests can be served: the database answers. What it says is for whoever runs the server.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.store.Ping(ctx); err != nil {
		s.log.Error("not ready", slog.Any("error", err))
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("the database does not answer\n"))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
