package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/ingest"
	"peiban/internal/ingest/callback"
	"peiban/internal/ingest/receipt"
	"peiban/internal/job/deliver"
	"peiban/internal/job/push"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/workspace"
	"peiban/web"
)

// collectAt is by how much, in percent, memory may grow before it is collected. GOGC overrules it.
const collectAt = 200

type serveCmd struct {
	database
	Listen    string `help:"Address to listen at, HOST:PORT." placeholder:"ADDRESS"`
	PublicURL string `name:"public-url" help:"Address people reach us at, for sign-in links." placeholder:"URL"`
	LogLevel  string `help:"debug, info, warn or error."`
	LogFormat string `help:"json or text."`
	Grace     string `help:"How long requests in hand may take when stopping." placeholder:"TIME"`
	Demo      bool   `help:"Offer the start page: phones and the clock without a sign-in. Rehearsal workspaces only."`
}

func (c serveCmd) flags() map[string]string {
	f := c.database.flags()
	f["listen"], f["public_url"], f["log_level"], f["log_format"], f["grace"] = c.Listen, c.PublicURL, c.LogLevel, c.LogFormat, c.Grace
	if c.Demo {
		f["demo"] = "true"
	}
	return f
}

func (c serveCmd) Run(ctx context.Context, t terminal) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt) // people stay in memory; looking at all of them again and again is most of the collector's work
	}
	cfg, err := loadSettings(c.Config, c.flags())
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, logger(cfg))
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Workspaces(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("the database has no workspace; peiban init makes one")
	}
	if err := mayDemo(cfg, all); err != nil {
		return err
	}
	var spaces []*conductor.Conductor
	for _, w := range all {
		if !w.Ready() { // another server tells its story; it is served when it is ready
			continue
		}
		cond, err := h.conductor(ctx, w, ps, time.Now)
		if err != nil {
			return fmt.Errorf("open workspace %s: %w", w.Name, err)
		}
		defer cond.Close()
		spaces = append(spaces, cond)
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("%s is in use by another program; choose another address with --listen", cfg.Listen)
		}
		return fmt.Errorf("listen: %w", err)
	}
	t.note("peiban %s：%s", "peiban %s: %s", version, cfg.Address())
	var demo *api.Demo
	if cfg.Demo {
		demo = startPage(cfg, spaces[0])
	}
	return h.serve(ctx, listener, ps, spaces, demo)
}

// mayDemo refuses the start page where real people are: it hands out phones without a sign-in.
func mayDemo(cfg config.Config, all []workspace.Workspace) error {
	for _, w := range all {
		if cfg.Demo && w.Kind != workspace.Rehearsal {
			return usage("demo: the workspace %q is live; the start page hands out phones without a sign-in and is for databases of rehearsal workspaces only", w.Name)
		}
	}
	return nil
}

// phonesShown is how many people a start page offers when no story says whom.
const phonesShown = 12

// startPage offers whom the story beside the database names, with the accounts of its staff, else the first people
// of the workspace.
func startPage(cfg config.Config, c *conductor.Conductor) *api.Demo {
	if file, ok := cfg.SQLiteFile(); ok {
		var n told
		b, err := os.ReadFile(filepath.Join(filepath.Dir(file), "demo.json"))
		if err == nil && json.Unmarshal(b, &n) == nil && len(n.People) > 0 {
			return demoOf(c.Workspace(), n.People)
		}
	}
	d := &api.Demo{Workspace: c.Workspace().ID}
	for n := person.Number(1); len(d.People) < phonesShown; n++ {
		card, ok := c.Directory().ByNumber(n)
		if !ok {
			break
		}
		if card.Name != "" && !card.Erased {
			d.People = append(d.People, api.DemoPerson{ID: card.ID})
		}
	}
	return d
}

// serve answers requests and does what falls due until ctx ends. Then it takes nothing new, ends the streams, lets
// requests in hand finish, and stops the workspaces last: what was answered is stored.
func (h *house) serve(ctx context.Context, listener net.Listener, ps []*programme.Compiled, conductors []*conductor.Conductor, demo *api.Demo) error {
	m := newMetrics(conductors)
	intake := h.intake(conductors, time.Now)
	companies := newCompanies(h)
	spaces := newSpaces(h, &besideMaker{h, ps}, intake, m, companies)
	server, err := h.server(conductors, m, demo, intake, spaces, companies)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	spaces.running, spaces.server = running, server
	for _, c := range conductors {
		spaces.begin(c)
	}
	spaces.workers.Go(func() { intake.Run(running) })
	spaces.workers.Go(func() { companies.receiver.Run(running) })
	spaces.workers.Go(func() { tidy(running, h.store, h.config.Browsers, time.Now, h.log) })
	spaces.workers.Go(spaces.follow)
	defer spaces.save()
	defer spaces.workers.Wait()
	defer stop()

	web := &http.Server{
		Handler: server, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	h.log.Info("serving", slog.String("address", listener.Addr().String()), slog.Int("workspaces", len(conductors)))
	select {
	case err := <-ended:
		server.Close()
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	h.log.Info("stopping")
	server.Close()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.config.Grace)
	defer cancel()
	if err := web.Shutdown(grace); err != nil {
		h.log.Warn("requests were cut off", slog.Any("error", err))
		return web.Close()
	}
	return nil
}

// server puts the API together.
func (h *house) server(spaces []*conductor.Conductor, m *metrics, demo *api.Demo, intake *ingest.Segment, rehearsals *spaces, companies *companies) (*api.Server, error) {
	return api.New(api.Config{
		Conductors: spaces, Store: h.store, Real: time.Now, Files: web.Files(), Intake: intake, Metrics: m.handler(),
		Observe: m.observe, Log: h.log, Secure: isHTTPS(h.config.PublicURL), Address: h.config.PublicURL, Demo: demo, Version: version, Reports: h.reports(),
		Guard: h.guard(), Tester: push.NewSender(h.guard(), time.Now), Places: h.places(), Rehearsals: rehearsals,
		Callbacks: companies.receiver, CorpTester: companies.tester, Ways: &callback.Ways{Calls: companies.calls}, OutletTester: companies.maker,
		Receipts: &receipt.Receiver{Store: h.store, Of: rehearsals.of, Log: h.log},
	})
}

// guard is which networks webhooks may be sent to.
func (h *house) guard() out.Guard { return out.Guard{Allowed: h.config.OutPrivate} }

// pusher sends the feed of a workspace to its webhooks.
func (h *house) pusher(c *conductor.Conductor) *push.Runner {
	names := &sourceNames{h: h, w: c.Workspace().Number}
	return &push.Runner{
		Store: h.store, Feed: &out.Feed{Log: h.store, Space: c, Source: names.of}, Sender: push.NewSender(h.guard(), time.Now), Real: time.Now, Log: h.log,
	}
}

// places are where lists may be put at fixed times.
func (h *house) places() *deliver.Places {
	return &deliver.Places{Root: h.config.Deliver, Guard: h.guard()}
}

// deliverer sends the lists of a workspace at their times.
func (h *house) deliverer(c *conductor.Conductor, lists deliver.Lists, zone *time.Location) *deliver.Runner {
	return &deliver.Runner{Store: h.store, Space: c, Lists: lists, Places: h.places(), Real: time.Now, Log: h.log, Zone: zone}
}

// intake takes events from machines. real is the machine's clock, or the one a simulation moves.
func (h *house) intake(spaces []*conductor.Conductor, real func() time.Time) *ingest.Segment {
	return ingest.New(ingest.Config{Conductors: spaces, Store: h.store, Real: real, Log: h.log})
}

func isHTTPS(address string) bool { return len(address) > 8 && address[:8] == "https://" }
