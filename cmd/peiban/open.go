package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/channel/webhook"
	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/wording"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// database are the flags of every command that opens one.
type database struct {
	Config     string `help:"Settings file (YAML)." placeholder:"FILE" env:"PEIBAN_CONFIG"`
	DB         string `help:"Database: sqlite:FILE or postgres://..." placeholder:"URL"`
	KeyFile    string `help:"File of the master key (default: beside the database)." placeholder:"FILE"`
	Programmes string `help:"Folder with programmes (default: those in the program)." placeholder:"DIR"`
}

func (d database) flags() map[string]string {
	return map[string]string{"db": d.DB, "key_file": d.KeyFile, "programmes": d.Programmes}
}

func (d database) load() (config.Config, error) { return loadSettings(d.Config, d.flags()) }

func loadSettings(file string, flags map[string]string) (config.Config, error) {
	return config.Load(file, os.Getenv, flags)
}

// oneSpace are the flags of commands about one workspace.
type oneSpace struct {
	database
	Workspace string `help:"Name or id of the workspace (default: the only one)." placeholder:"NAME"`
}

// enter opens the database and finds the workspace; the caller closes the house.
func (o oneSpace) enter(ctx context.Context) (*house, workspace.Workspace, error) {
	cfg, err := o.load()
	if err != nil {
		return nil, workspace.Workspace{}, err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return nil, workspace.Workspace{}, err
	}
	w, err := h.workspace(ctx, o.Workspace)
	if err != nil {
		h.close()
		return nil, workspace.Workspace{}, err
	}
	return h, w, nil
}

// house is an open database.
type house struct {
	config config.Config
	master *keys.Master
	store  *store.Store
	log    *slog.Logger
	ids    io.Reader // see conductor.Config
	close  func()
}

// openHouse opens an existing database. No key, no start.
func openHouse(ctx context.Context, c config.Config, log *slog.Logger) (*house, error) {
	if file, ok := c.SQLiteFile(); ok { // said before a missing key: a mistyped name lacks both
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s does not exist; peiban init makes it", file)
		}
	}
	master, err := keys.Load(c.KeyFile(), os.Getenv("PEIBAN_KEY"))
	if err != nil {
		return nil, err
	}
	return openWith(ctx, c, master, log, false)
}

func openWith(ctx context.Context, c config.Config, master *keys.Master, log *slog.Logger, relaxed bool) (*house, error) {
	s, err := store.Open(ctx, c.DB, store.Options{Keys: master, Relaxed: relaxed})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := rightKey(ctx, s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &house{config: c, master: master, store: s, log: log, close: func() {
		if err := s.Close(); err != nil {
			log.Error("close the database", slog.Any("error", err))
		}
	}}, nil
}

// rightKey opens every workspace's key, so that nothing is written under another master key.
func rightKey(ctx context.Context, s *store.Store) error {
	all, err := s.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if _, err := s.Ring(ctx, w.Number); err != nil {
			return err
		}
	}
	return nil
}

// makeHouse makes a database with a key and one workspace. A key that is there already is used.
func makeHouse(ctx context.Context, c config.Config, w workspace.Workspace, relaxed bool) (*house, workspace.Workspace, error) {
	if file, ok := c.SQLiteFile(); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, w, fmt.Errorf("make the folder of the database: %w", err)
		}
	}
	master, err := keys.Load(c.KeyFile(), os.Getenv("PEIBAN_KEY"))
	if errors.Is(err, keys.ErrNoKey) {
		master, err = keys.Create(c.KeyFile())
	}
	if err != nil {
		return nil, w, err
	}
	h, err := openWith(ctx, c, master, nil, relaxed)
	if err != nil {
		return nil, w, err
	}
	all, err := h.store.Workspaces(ctx)
	for i := range all {
		if all[i].Name == w.Name {
			err = usage("there is a workspace %q already", w.Name)
		}
	}
	if err != nil {
		h.close()
		return nil, w, err
	}
	if w.ID == "" { // a story brings its own
		w.ID, w.Salt = workspace.ID(ulid.Make().String()), keys.NewToken()
	}
	w, err = h.store.CreateWorkspace(ctx, w, audit.Entry{At: w.Created, Actor: "command", Action: "workspace.create"})
	if err != nil {
		h.close()
		return nil, w, err
	}
	if file := h.snapshot(w); file != "" { // of an earlier story of the same name in another database
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			h.close()
			return nil, w, fmt.Errorf("remove an old snapshot: %w", err)
		}
	}
	return h, w, nil
}

// workspace finds the one meant by a name or id; empty: the only one.
func (h *house) workspace(ctx context.Context, name string) (workspace.Workspace, error) {
	all, err := h.store.Workspaces(ctx)
	if err != nil {
		return workspace.Workspace{}, err
	}
	if len(all) == 0 {
		return workspace.Workspace{}, errors.New("the database has no workspace; peiban init makes one")
	}
	var found []workspace.Workspace
	for _, w := range all {
		if name == "" || w.Name == name || string(w.ID) == name {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return workspace.Workspace{}, usage("there is no workspace %q", name)
	}
	return workspace.Workspace{}, usage("there are %d workspaces; name one with --workspace", len(found))
}

// conductor runs one workspace. real is the machine's clock, or the one a simulation moves.
func (h *house) conductor(ctx context.Context, w workspace.Workspace, ps []*programme.Compiled, real func() time.Time) (*conductor.Conductor, error) {
	return h.conductorFor(ctx, w, ps, "", real)
}

// conductorFor is conductor with the programme that new people are in; empty: the first.
func (h *house) conductorFor(ctx context.Context, w workspace.Workspace, ps []*programme.Compiled, first string, real func() time.Time) (*conductor.Conductor, error) {
	all, err := h.store.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	ring, err := h.store.Ring(ctx, w.Number)
	if err != nil {
		return nil, err
	}
	c, err := conductor.Open(ctx, conductor.Config{
		Senders: h.senders(), Channel: h.config.Channel, IDs: h.ids, Default: first, Contained: w.Contained(all),
		Store: h.store, Ring: ring, Workspace: w, Programmes: ps, Real: real, Log: h.log,
		StaffName: h.staffNames(w.Number), Snapshot: h.snapshot(w), Stops: h.stops(w.Number), Talk: conductor.StoredTalk(h.store, w.Number, h.log),
	})
	if err != nil || c.Contained() {
		return c, err
	}
	return c, h.waysOut(ctx, c)
}

// senders are the ways out beside the app. Only a running server hands anything to them.
func (h *house) senders() map[string]channel.Sender {
	if h.config.Channel != "webhook" {
		return nil
	}
	client := &http.Client{
		Timeout: 10 * time.Second,
		// A message goes where it was meant to go or nowhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return map[string]channel.Sender{"webhook": webhook.New(h.config.Webhook, []byte(h.config.Secret), client, time.Now)}
}

// stops are the words of opting out: another process may change a workspace's own at any time, so they are read with each chat somebody
// sends, which are few. Those that cannot be read are the last ones known.
func (h *house) stops(w workspace.Number) func() *wording.Stops {
	type words struct {
		version int64
		stops   *wording.Stops
	}
	var known atomic.Pointer[words]
	known.Store(&words{0, wording.ShippedStops()})
	return func() *wording.Stops {
		ctx, stop := context.WithTimeout(context.Background(), 2*time.Second) // a commit waits for it
		defer stop()
		own, version, err := h.store.StopWords(ctx, w)
		switch k := known.Load(); {
		case err != nil:
			h.log.Error("the words of opting out were not read; the last ones known hold", "workspace", w, "error", err)
			return k.stops
		case version == k.version:
			return k.stops
		}
		k := &words{version, wording.ShippedStops().With(own)}
		known.Store(k)
		return k.stops
	}
}

// staffNames finds a member's name for texts. Names are remembered: they are asked for with every message.
func (h *house) staffNames(w workspace.Number) func(string) string {
	var known sync.Map
	return func(id string) string {
		if name, ok := known.Load(id); ok {
			return name.(string)
		}
		m, err := h.store.Member(context.Background(), w, id)
		if err != nil {
			return ""
		}
		known.Store(id, m.Name)
		return m.Name
	}
}

// snapshot is where the timelines of a workspace are mapped from.
func (h *house) snapshot(w workspace.Workspace) string {
	name := "peiban-" + string(w.ID) + ".timelines"
	if h.config.Snapshots != "" {
		return filepath.Join(h.config.Snapshots, name)
	}
	if file, ok := h.config.SQLiteFile(); ok {
		return filepath.Join(filepath.Dir(file), name)
	}
	if dir, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(dir, "peiban")
		if os.MkdirAll(dir, 0o700) == nil {
			return filepath.Join(dir, name)
		}
	}
	return "" // in memory only
}

// reports is the folder people's files lie in.
func (h *house) reports() string {
	if h.config.Reports != "" {
		return h.config.Reports
	}
	if file, ok := h.config.SQLiteFile(); ok {
		return file + ".reports"
	}
	return "" // several servers would each have a folder of their own
}

// loadProgrammes reads every programme of the settings' folder, or those in the program.
func loadProgrammes(c config.Config) ([]*programme.Compiled, error) {
	fsys := fs.FS(programmes.FS)
	if c.Programmes != "" {
		fsys = os.DirFS(c.Programmes)
	}
	dirs, err := programme.Folders(fsys)
	if err != nil {
		return nil, fmt.Errorf("read the programmes: %w", err)
	}
	var all []*programme.Compiled
	for _, d := range dirs {
		p, problems := programme.Open(fsys, d)
		if len(problems) > 0 {
			return nil, fmt.Errorf("programme %s: %w", d, problems)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no programme")
	}
	if problems := programme.Together(all); len(problems) > 0 {
		return nil, fmt.Errorf("the programmes do not go together: %w", problems)
	}
	return all, nil
}

// logger writes structured logs; what is personal never reaches it.
func logger(c config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, o))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, o))
}
