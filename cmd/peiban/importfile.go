package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/device"
	"peiban/internal/ingest/rows"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

// fileCmd is what the imports of files have in common.
type fileCmd struct {
	oneSpace
	Files        []string `arg:"" help:"Files, or folders of files." type:"existing" name:"file"`
	Person       string   `help:"Whose records they are: the person's id, whole." placeholder:"ID"`
	ID           string   `name:"id" help:"Whose records they are, by another identifier: TYPE:VALUE, or TYPE@SCOPE:VALUE. Somebody new is added." placeholder:"TYPE:VALUE"`
	Programme    string   `help:"Programme new people join." default:"diabetes"`
	Owner        string   `help:"Sign-in name of who looks after new people." placeholder:"LOGIN"`
	Zone         string   `help:"Time zone of clocks that name none (default: the programme's)."`
	ConsentBasis string   `help:"On what basis the data are kept; recorded with the consents of new people (default: import), and of others only when given."`
	Rejects      string   `help:"Refused rows go to this CSV (default: KIND.rejects.csv in the current folder)." placeholder:"FILE"`
	JSON         bool     `name:"json" help:"Print the summary as JSON."`
}

// fileKind is one kind of file that can be imported.
type fileKind struct {
	name       string   // of the command and the source
	extensions []string // of its files in a folder
	tellsWho   bool     // the file says whose it is
	format     func(about about) rows.Format
}

// about is what the import knows of a file before it reads it.
type about struct {
	name  string // without folders
	whose string // names the person in message ids
	zone  *time.Location
	now   time.Time
}

// fileReport says what became of the rows of all files.
type fileReport struct {
	Files  int `json:"files"`
	Unread int `json:"unreadFiles"` // of them: not of this kind, or broken off
	rows.Report
	From string `json:"from,omitempty"` // the first and the last moment that was told of
	To   string `json:"to,omitempty"`
}

// run imports every file. A file that cannot be read costs only itself.
func (c fileCmd) run(ctx context.Context, t terminal, kind fileKind) error {
	began := time.Now()
	names, err := c.list(t, kind)
	if err != nil {
		return err
	}
	f, err := c.open(ctx, t, kind)
	if err != nil {
		return err
	}
	defer f.close()
	for _, name := range names {
		if err = f.file(ctx, name); err != nil {
			break
		}
	}
	if werr := f.write(); werr != nil {
		return errors.Join(err, werr)
	}
	if f.first != 0 {
		f.report.From, f.report.To = time.UnixMicro(f.first).In(f.zone).Format(time.DateOnly), time.UnixMicro(f.last).In(f.zone).Format(time.DateOnly)
	}
	t.note("%d 个文件，用时 %s", "%d files in %s", f.report.Files, time.Since(began).Round(10*time.Millisecond))
	if serr := t.sum(c.JSON, f.report, fileZh(f.report), fileEn(f.report)); serr != nil {
		return errors.Join(err, serr)
	}
	switch {
	case err != nil:
		t.note("停下了；再运行一次就接着导入，已经收下的不会重复", "stopped; run it again to go on, what was taken does not repeat")
		return err
	case f.report.Unread > 0:
		return errSaid
	}
	return nil
}

// list names the files meant, those of folders in the order of their names.
func (c fileCmd) list(t terminal, kind fileKind) ([]string, error) {
	var names []string
	for _, name := range c.Files {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("look at the file: %w", err)
		}
		if !info.IsDir() {
			names = append(names, name)
			continue
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, fmt.Errorf("list the folder: %w", err)
		}
		for _, e := range entries {
			switch {
			case e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "~$"):
			case slices.Contains(kind.extensions, strings.ToLower(filepath.Ext(e.Name()))):
				names = append(names, filepath.Join(name, e.Name()))
			default:
				t.note("跳过 %s：不是 %s 文件", "%s is left out: not one of %s", e.Name(), strings.Join(kind.extensions, " "))
			}
		}
	}
	if len(names) == 0 {
		return nil, usage("there are no such files (%s)", strings.Join(kind.extensions, " "))
	}
	return names, nil
}

// fileImport is one run under way.
type fileImport struct {
	fileCmd
	t           terminal
	kind        fileKind
	house       *house
	cond        *conductor.Conductor
	space       workspace.Workspace
	zone        *time.Location
	im          rows.Import
	person      person.Number // whose every row is; 0: by the file, or not known yet
	whose       string
	report      fileReport
	rejects     []rows.Reject
	first, last int64
}

func (c fileCmd) open(ctx context.Context, t terminal, kind fileKind) (*fileImport, error) {
	switch {
	case c.Person != "" && c.ID != "":
		return nil, usage("--person and --id both say whose it is: give one")
	case c.Person == "" && c.ID == "" && !kind.tellsWho:
		return nil, usage("the file does not say whose it is: give --person ID, or --id TYPE:VALUE")
	}
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return nil, err
	}
	zone, err := c.zoneOf(ps)
	if err != nil {
		return nil, err
	}
	h, err := openOrMake(ctx, t, cfg, zone.String())
	if err != nil {
		return nil, err
	}
	f := &fileImport{fileCmd: c, t: t, kind: kind, house: h, zone: zone}
	if err := f.prepare(ctx, ps); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (c fileCmd) zoneOf(ps []*programme.Compiled) (*time.Location, error) {
	i := slices.IndexFunc(ps, func(p *programme.Compiled) bool { return p.Key == c.Programme })
	if i < 0 {
		return nil, usage("there is no programme %q", c.Programme)
	}
	if c.Zone == "" {
		return ps[i].Zone, nil
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, usage("there is no time zone %q", c.Zone)
	}
	return zone, nil
}

func (f *fileImport) close() {
	if f.cond != nil {
		f.cond.Close()
	}
	f.house.close()
}

// prepare finds who looks after new people, the source, and whose the files are.
func (f *fileImport) prepare(ctx context.Context, ps []*programme.Compiled) error {
	var err error
	if f.space, err = f.house.workspace(ctx, f.Workspace); err != nil {
		return err
	}
	owner := ""
	if f.Owner != "" {
		m, err := f.house.store.MemberByLogin(ctx, f.space.Number, f.Owner)
		if err != nil {
			return usage("nobody signs in as %q in this workspace", f.Owner)
		}
		owner = m.ID
	}
	source, err := f.house.store.EnsureSource(ctx, f.space.Number, event.Source{Name: f.kind.name, Created: time.Now().UnixMicro()})
	if err != nil {
		return err
	}
	if f.cond, err = f.house.conductor(ctx, f.space, ps, time.Now); err != nil {
		return err
	}
	f.im = rows.Import{
		Taker: f, Source: source.Number, Action: "import." + f.kind.name, Provenance: "import:" + f.kind.name, Actor: "command",
		Programme: f.Programme, Owner: owner, Basis: f.ConsentBasis, Now: f.cond.Now(),
	}
	switch {
	case f.Person != "":
		card, ok := f.cond.Directory().ByID(person.ID(f.Person))
		if !ok {
			return usage("there is no person %s; --person takes the whole id", f.Person)
		}
		f.person, f.whose = card.Number, string(card.ID)
		f.im.Owner = "" // somebody who is here keeps whoever looks after them
		f.im.Who = []conductor.Identifier{{Type: "person", Value: f.whose}}
	case f.ID != "":
		who, err := identifier(f.ID)
		if err != nil {
			return err
		}
		f.im.Who = []conductor.Identifier{who}
		if err := f.find(ctx); err != nil {
			return err
		}
		if f.person != 0 {
			f.im.Owner = ""
		}
	case f.im.Basis == "":
		f.im.Basis = "import"
	}
	return nil
}

// identifier reads TYPE:VALUE or TYPE@SCOPE:VALUE.
func identifier(s string) (conductor.Identifier, error) {
	kind, value, ok := strings.Cut(s, ":")
	kind, scope, _ := strings.Cut(kind, "@")
	if !ok || kind == "" || strings.TrimSpace(value) == "" {
		return conductor.Identifier{}, usage("--id reads TYPE:VALUE, such as record:12345")
	}
	return conductor.Identifier{Type: kind, Scope: scope, Value: strings.TrimSpace(value)}, nil
}

// find looks whom the identifier of the command names; whose stays empty when nobody has it.
func (f *fileImport) find(ctx context.Context) error {
	ring, err := f.house.store.Ring(ctx, f.space.Number)
	if err != nil {
		return err
	}
	who := f.im.Who[0]
	n, err := f.house.store.Identity(ctx, f.space.Number, who.Type, who.Scope, ring.Hash(who.Type, who.Scope+"\x00"+who.Value))
	if err != nil || n == 0 {
		return err
	}
	card, ok := f.cond.Directory().ByNumber(n)
	if !ok {
		return person.ErrMissing
	}
	f.person, f.whose = card.Number, string(card.ID)
	return nil
}

// Submit takes rows in for the person the command names, by whichever name: what the second run sends is what the first one sent.
func (f *fileImport) Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error) {
	if f.person != 0 {
		for i := range items {
			items[i].Person, items[i].Ident = f.person, nil
		}
	}
	return f.cond.Submit(ctx, lane, entry, items)
}

// file imports one file. The error is one that ends the run.
func (f *fileImport) file(ctx context.Context, name string) error {
	f.report.Files++
	base := filepath.Base(name)
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	if info.Size() > device.MaxFile { // before it is read into memory
		return f.unread(base, device.ErrTooLarge)
	}
	all, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	about := about{base, f.whose, f.zone, f.im.Now}
	total, holds := 0, false
	err = f.kind.format(about)(ctx, bytes.NewReader(all), func(r rows.Row) error { // a first look: how much there is, and whether any
		total++
		holds = holds || len(r.Events) > 0
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && total == 0 {
		return f.unread(base, err)
	}
	if holds && f.whose == "" && len(f.im.Who) > 0 {
		if err := f.begin(ctx); err != nil {
			return err
		}
		about.whose = f.whose
	}
	im := f.im
	bar := f.t.progress("导入 "+base, "import "+base)
	bar.next = time.Now().Add(time.Second)
	im.Refuse = func(r rows.Reject) {
		if len(f.Files) > 1 || f.report.Files > 1 {
			r.Sheet = strings.TrimSuffix(base+":"+r.Sheet, ":")
		}
		f.rejects = append(f.rejects, r)
	}
	im.Done = func(r rows.Report) error { bar.show(int64(r.Rows), int64(total), ""); return nil }
	report, err := im.Run(ctx, f.seen(f.kind.format(about)), bytes.NewReader(all))
	bar.end()
	f.report.Add(report)
	if err != nil && fault.Of(err) != nil && fault.Of(err).Kind != fault.Internal {
		return f.unread(base, err)
	}
	return err
}

// begin adds the person whom the identifier names, so that message ids can say whose they are: with the consent to what is imported.
// Whoever is here already is found, and gets no consent nobody gave.
func (f *fileImport) begin(ctx context.Context) error {
	if f.im.Basis == "" {
		f.im.Basis = "import"
	}
	who := f.im.Who[0]
	raw, err := json.Marshal(map[string]any{"purpose": "device_data", "granted": true, "textVersion": "import", "basis": f.im.Basis})
	if err != nil {
		return fmt.Errorf("write on what basis records are kept: %w", err)
	}
	e, why := event.Decode("consent", raw)
	if why != nil {
		return why
	}
	e.Occurred, e.Source, e.Actor, e.Provenance, e.Flags = f.im.Now.UnixMicro(), f.im.Source, "source", f.im.Provenance, event.Imported
	out, err := f.cond.Submit(ctx, conductor.Bulk, audit.Entry{Actor: f.im.Actor, Action: f.im.Action}, []conductor.Item{{
		Ident: f.im.Who, Programme: f.im.Programme, Event: e, MessageID: strings.Join([]string{who.Type, who.Scope, who.Value, "consent device_data"}, "\x00"),
	}})
	if err != nil {
		return err
	}
	if out[0].Fault != nil {
		return out[0].Fault
	}
	if err := f.find(ctx); err != nil {
		return err
	}
	if f.whose == "" {
		return person.ErrMissing
	}
	return nil
}

// seen notes from when to when the rows tell: a clock that is years behind shows in the last line.
func (f *fileImport) seen(format rows.Format) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		return format(ctx, in, func(r rows.Row) error {
			for _, e := range r.Events {
				if f.first == 0 || e.Occurred < f.first {
					f.first = e.Occurred
				}
				f.last = max(f.last, e.Occurred)
			}
			return take(r)
		})
	}
}

// unread says why a file could not be read, or not to its end, and lets the others go on.
func (f *fileImport) unread(name string, err error) error {
	why := fault.Of(err)
	if why == nil || why.Kind == fault.Internal {
		return fmt.Errorf("import %s: %w", name, err)
	}
	f.report.Unread++
	f.t.note("%s", "%s", name+": "+f.t.say(why.Text.Zh+paren("（", why.Hint.Zh, "）"), why.Text.En+paren(" (", why.Hint.En, ")")))
	return nil
}

func (f *fileImport) write() error {
	if len(f.rejects) == 0 {
		return nil
	}
	name := f.Rejects
	if name == "" {
		name = f.kind.name + ".rejects.csv"
	}
	out, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the refused rows: %w", err)
	}
	if err := rows.WriteRejects(out, f.rejects); err != nil {
		return errors.Join(err, out.Close())
	}
	f.t.note("没有收下的每一行和原因在 %s", "every refused row and its reason is in %s", name)
	return out.Close()
}

func fileZh(r fileReport) string {
	s := fmt.Sprintf("%s 行 = 收下 %s + 重复 %s + 拒收 %s%s；新存 %s 条", thousands(r.Rows), thousands(r.Taken), thousands(r.Repeated), thousands(r.Refused), reasonsOf(r.Reasons, "（", "、", "）"), thousands(r.Events))
	for _, p := range [...]struct {
		n    int
		text string
	}{{r.Changed, "，其中 %d 行是更新"}, {r.HILO, "，%d 条 HI 或 LO 记作标记"}, {r.Doubtful, "，%d 条数值不合理已标出"}, {r.Partly, "，%d 行只收了一部分"}, {r.Kept, "，%d 行等本人同意"}, {r.Unread, "；%d 个文件没有读完"}} {
		if p.n > 0 {
			s += fmt.Sprintf(p.text, p.n)
		}
	}
	if r.From != "" {
		s += "；" + r.From + " 到 " + r.To
	}
	return s
}

func fileEn(r fileReport) string {
	s := fmt.Sprintf("%s rows = %s taken + %s repeated + %s refused%s; %s events new", thousands(r.Rows), thousands(r.Taken), thousands(r.Repeated), thousands(r.Refused), reasonsOf(r.Reasons, " (", ", ", ")"), thousands(r.Events))
	for _, p := range [...]struct {
		n    int
		text string
	}{{r.Changed, ", %d of the rows newer versions"}, {r.HILO, ", %d HI or LO kept as flags"}, {r.Doubtful, ", %d flagged implausible"}, {r.Partly, ", %d rows taken in part"}, {r.Kept, ", %d rows put aside until consent"}, {r.Unread, "; %d files not read to the end"}} {
		if p.n > 0 {
			s += fmt.Sprintf(p.text, p.n)
		}
	}
	if r.From != "" {
		s += "; from " + r.From + " to " + r.To
	}
	return s
}
