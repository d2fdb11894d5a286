package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/internal/workspace"
)

type demoCmd struct {
	Dir       string `help:"Folder of the demo's database." default:".demo"`
	Port      int    `help:"First port to try; the next free one is taken." default:"8420"`
	People    int    `help:"How many people." default:"200"`
	Days      int    `help:"How many days are behind them." default:"180"`
	Seed      uint64 `help:"The same seed tells the same story." default:"1"`
	Fresh     bool   `help:"Tell the story again even if a recent one is there."`
	BuildOnly bool   `help:"Make the database and stop."`
}

// keepsFor is how long a told story passes for the present: after it everybody would seem to have fallen silent.
const keepsFor = 36 * time.Hour

// told is what a demo's folder says about itself.
type told struct {
	What   string       `json:"what"`  // programmes, people, days, seed: another value means another story
	Told   time.Time    `json:"told"`  // by the machine's clock
	Until  time.Time    `json:"until"` // the story's last moment
	Clock  time.Time    `json:"clock"` // where its clock stands while nobody serves it; zero: it goes on
	People []shownPhone `json:"people"`
}

type shownPhone struct {
	ID   person.ID  `json:"id"`
	Note fault.Text `json:"note"`
}

// listsOfDemo is the folder in a demo's own to which lists may be delivered.
const listsOfDemo = "lists"

func (c demoCmd) Run(ctx context.Context, t terminal) error {
	if c.People < 1 || c.People > 20_000 || c.Days < 1 || c.Days > 3660 {
		return usage("a demo has 1 to 20,000 people and 1 to 3,660 days")
	}
	cfg, err := c.settings(os.Getenv)
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	note, ok := c.there(ps)
	if !ok {
		if note, err = c.tell(ctx, t, ps, time.Now()); err != nil {
			return err
		}
	}
	if c.BuildOnly {
		return t.sum(false, nil, "演示数据在 "+c.Dir, "the demo is in "+c.Dir)
	}
	cfg.Deliver = filepath.Join(c.Dir, listsOfDemo)
	if err := os.MkdirAll(cfg.Deliver, 0o750); err != nil {
		return fmt.Errorf("make the folder of lists: %w", err)
	}
	return c.serve(ctx, t, cfg, ps, note)
}

// settings are those of the environment, as serve takes them, but for what is the demo's own: its database and key, its port, and that
// it is one. It says little unless it is asked to.
func (c demoCmd) settings(getenv func(string) string) (config.Config, error) {
	unless := map[string]string{"PEIBAN_LOG_FORMAT": "text", "PEIBAN_LOG_LEVEL": "warn", "PEIBAN_GRACE": "3s"}
	return config.Load("", func(name string) string {
		switch name {
		case "PEIBAN_DB", "PEIBAN_KEY_FILE", "PEIBAN_LISTEN", "PEIBAN_SNAPSHOTS", "PEIBAN_DEMO":
			return ""
		}
		if v := getenv(name); v != "" {
			return v
		}
		return unless[name]
	}, map[string]string{"db": "sqlite:" + filepath.Join(c.Dir, "peiban.db"), "demo": "true"})
}

// what names the story: it is told again when the programmes, the figures or the program change.
func (c demoCmd) what(ps []*programme.Compiled) string {
	h := sha256.New()
	fmt.Fprintln(h, version, c.People, c.Days, c.Seed)
	for _, p := range ps {
		fmt.Fprintln(h, p.Key, p.Hash)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// there reads the note of a story that still passes for the present.
func (c demoCmd) there(ps []*programme.Compiled) (told, bool) {
	var n told
	b, err := os.ReadFile(filepath.Join(c.Dir, "demo.json"))
	if err != nil || json.Unmarshal(b, &n) != nil {
		return n, false
	}
	return n, !c.Fresh && n.What == c.what(ps) && time.Since(n.Told) < keepsFor
}

// tell makes the demo's database beside its place and moves it there whole, so that a story is there or is not.
func (c demoCmd) tell(ctx context.Context, t terminal, ps []*programme.Compiled, began time.Time) (told, error) {
	if err := c.replaceable(); err != nil {
		return told{}, err
	}
	building := c.Dir + ".new"
	if err := removeDemo(building); err != nil {
		return told{}, err
	}
	cfg := config.Default()
	cfg.DB = "sqlite:" + filepath.Join(building, "peiban.db")
	end := opening(began, ps[0].Zone)
	r, f, err := tell(ctx, t, cfg, ps, plot{people: c.People, days: c.Days, seed: c.Seed, end: end, accounts: true})
	if err != nil {
		return told{}, errors.Join(err, removeDemo(building))
	}
	if err := errors.Join(r.severalSources(ctx), r.owners(ctx, ps[0].Key, end)); err != nil {
		r.close()
		r.h.close()
		return told{}, errors.Join(err, removeDemo(building))
	}
	n := told{What: c.what(ps), Told: began, Until: end, Clock: end, People: r.shown(ctx, c.Seed, c.People, end, c.Days)}
	r.close()
	err = r.h.store.SetOffset(ctx, r.w.Number, time.Until(end)) // other commands, too, find it at its last moment
	r.h.close()
	if err != nil {
		return n, err
	}
	if err := n.write(building); err != nil {
		return n, err
	}
	if err := removeDemo(c.Dir); err != nil {
		return n, err
	}
	if err := os.Rename(building, c.Dir); err != nil {
		return n, fmt.Errorf("put the demo in its place: %w", err)
	}
	t.note("%d 人、%s 个事件、%s 条消息、%s 个任务，用时 %s", "%d people, %s events, %s messages, %s tasks in %s",
		f.People, thousands(f.Events), thousands(f.Messages), thousands(f.Tasks), time.Since(began).Round(100*time.Millisecond))
	return n, nil
}

func (n told) write(dir string) error {
	b, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("write the demo's note: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "demo.json"), b, 0o600); err != nil {
		return fmt.Errorf("write the demo's note: %w", err)
	}
	return nil
}

// opening is the morning a demo begins on: the next working day, a quarter past eight. The night is over, the
// staff have not begun, and the messages of nine o'clock are still to come.
func opening(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, 8, 14, 0, 0, zone)
	for at.Before(now) || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// replaceable makes sure that nothing but a demo is removed: the folder is not there, is empty, or holds a demo's
// own files and no other.
func (c demoCmd) replaceable() error {
	for _, dir := range []string{c.Dir, c.Dir + ".new"} {
		files, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look at %s: %w", dir, err)
		}
		for _, f := range files {
			if !ofDemo(dir, f) {
				return usage("%s holds other things than a demo; name another folder with --dir", dir)
			}
		}
	}
	return nil
}

// ofDemo reports whether a file is one that a demo's folder has.
func ofDemo(dir string, f fs.DirEntry) bool {
	name := f.Name()
	if name == listsOfDemo && f.IsDir() { // lists somebody had delivered there are theirs
		inside, err := os.ReadDir(filepath.Join(dir, name))
		return err == nil && len(inside) == 0
	}
	return f.Type().IsRegular() && (name == "demo.json" || strings.HasPrefix(name, "peiban.db") ||
		strings.HasPrefix(name, "peiban-") && strings.HasSuffix(name, ".timelines"))
}

// removeDemo removes a demo file by file and then the folder, which fails when anything else is in it. It never
// removes a tree: the folder is named on the command line.
func removeDemo(dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	for _, f := range files {
		if ofDemo(dir, f) {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return fmt.Errorf("remove the older demo: %w", err)
			}
		}
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("remove the older demo: %w", err)
	}
	return nil
}

// shown lists the phones the start page offers.
func (r *rehearsal) shown(ctx context.Context, seed uint64, n int, end time.Time, days int) []shownPhone {
	var out []shownPhone
	for _, p := range simulate.Shown(simulate.People(seed, n, end.AddDate(0, 0, -days), end, r.c.Programmes()[0].Zone)) {
		if number, ok := r.number(ctx, p.UserID); ok {
			card, _ := r.c.Directory().ByNumber(number)
			out = append(out, shownPhone{card.ID, fault.Text{Zh: p.Note, En: p.NoteEn}})
		}
	}
	return out
}

func (c demoCmd) serve(ctx context.Context, t terminal, cfg config.Config, ps []*programme.Compiled, n told) error {
	h, err := openHouse(ctx, cfg, logger(cfg))
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, "")
	if err != nil {
		return err
	}
	if !n.Clock.IsZero() { // it stood still while nobody looked
		w.Offset = time.Until(n.Clock)
		if err := h.store.SetOffset(ctx, w.Number, w.Offset); err != nil {
			return err
		}
		n.Clock = time.Time{} // until it is stopped in order
		if err := n.write(c.Dir); err != nil {
			return err
		}
	}
	h.config.OutPrivate = append(slices.Clone(h.config.OutPrivate), here)
	beside, err := startWorld(ctx, c.Port+10, h.log)
	if err != nil {
		return err
	}
	told, err := beside.connect(ctx, h, w.Number)
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	listener, err := freePort(c.Port)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	t.note("\n  %s/\n", "\n  %s/\n", address)
	t.note("  登录（只用于演示）：", "  sign-ins (of this rehearsal only):")
	for _, s := range simulate.Staff {
		fmt.Fprintf(t.err, "    %-8s %-14s %s\n", s.Login, s.Password, s.Name+"  "+s.Role)
	}
	t.note("\n  演练企业微信的手机：%s/sandbox/", "\n  phones of the rehearsal WeCom: %s/sandbox/", beside.address)
	h.config.Listen = listener.Addr().String() // what links begin with
	go beside.tell(ctx, address+told, h.log)
	t.note("\n  按 Ctrl-C 结束", "\n  press Ctrl-C to stop")
	if err := t.sum(false, nil, "演示在 "+address+"/", "demo ready at "+address+"/"); err != nil {
		return err
	}
	err = h.serve(ctx, listener, ps, []*conductor.Conductor{cond}, demoOf(w, n.People))
	n.Clock = cond.Now()
	return errors.Join(err, n.write(c.Dir))
}

func demoOf(w workspace.Workspace, people []shownPhone) *api.Demo {
	d := &api.Demo{Workspace: w.ID}
	for _, p := range people {
		d.People = append(d.People, api.DemoPerson{ID: p.ID, Note: p.Note})
	}
	for _, s := range simulate.Staff {
		d.Accounts = append(d.Accounts, api.DemoAccount{Login: s.Login, Password: s.Password, Role: s.Role, Name: s.Name})
	}
	return d
}

// freePort listens on this machine only, at the first free port from port on.
func freePort(port int) (net.Listener, error) {
	for p := port; p < port+50 && p <= 65535; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p)))
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("listen: %w", err)
		}
	}
	return nil, fmt.Errorf("no free port from %d to %d", port, port+49)
}
