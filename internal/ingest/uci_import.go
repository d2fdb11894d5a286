package ingest

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strconv"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
)

// Taker takes events in; the conductor does.
type Taker interface {
	Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error)
}

// UCIImport brings the files of the UCI data set in. Each file is one person, known by its name.
type UCIImport struct {
	Taker     Taker
	Source    int32          // the workspace's source for this import
	Zone      *time.Location // the files hold wall time
	Programme string         // what the people join
	Owner     string         // staff id of who looks after them; empty: nobody
	Basis     string         // why the data may be kept; recorded with the consents
	Now       time.Time      // the workspace's clock: when the consents were recorded
	Refuse    func(Reject)
	Progress  func(done, total int64) // bytes
}

// UCIReport says what became of the lines. Lines = Taken + Refused; Taken = New + Known + Repeats.
type UCIReport struct {
	Files       int            `json:"files"`
	Lines       int            `json:"lines"`
	Taken       int            `json:"taken"`
	New         int            `json:"new"`     // stored by this run
	Known       int            `json:"known"`   // stored by an earlier run
	Repeats     int            `json:"repeats"` // said twice in one file and stored once
	HILO        int            `json:"hiLo"`
	Implausible int            `json:"implausible"`
	Kept        int            `json:"keptForConsent"` // a person took the consent back: put aside
	Refused     int            `json:"refused"`
	Reasons     map[string]int `json:"reasons"`
}

// uciBatch is how many events one transaction takes: short enough that a server beside it keeps answering.
const uciBatch = 1000

// Run reads every data-* file of dir, in the order of their names. Running it again adds nothing.
func (u *UCIImport) Run(ctx context.Context, dir fs.FS) (UCIReport, error) {
	run := uciRun{UCIImport: u, report: UCIReport{Reasons: map[string]int{}}}
	names, err := fs.Glob(dir, "data-*")
	if err != nil {
		return run.report, fmt.Errorf("list the files: %w", err)
	}
	if len(names) == 0 {
		return run.report, fault.New(fault.Invalid, "no_files", "这个文件夹里没有 data-01 这样的文件", "the folder has no files named data-01 and so on")
	}
	sort.Strings(names)
	for _, name := range names {
		if info, err := fs.Stat(dir, name); err == nil {
			run.total += info.Size()
		}
	}
	for _, name := range names {
		if err := run.file(ctx, dir, name); err != nil {
			return run.report, err
		}
	}
	return run.report, run.flush(ctx)
}

// uciRun is one import under way.
type uciRun struct {
	*UCIImport
	report      UCIReport
	items       []conductor.Item
	lines       []UCILine // beside items; Line 0 for what is no line
	done, total int64
}

func (u *uciRun) file(ctx context.Context, dir fs.FS, name string) error {
	f, err := dir.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	u.report.Files++
	if err := u.introduce(name); err != nil {
		return err
	}
	seen := map[string]bool{}
	counted := &counting{Reader: f}
	defer func() { u.done += counted.take() }()
	return ReadUCI(name, counted, u.Zone, func(l UCILine) error {
		u.report.Lines++
		u.report.Taken++
		if l.Event.Flags&(event.HI|event.LO) != 0 {
			u.report.HILO++
		}
		if l.Event.Flags&event.Implausible != 0 {
			u.report.Implausible++
		}
		if seen[l.MessageID] {
			u.report.Repeats++
			return nil
		}
		seen[l.MessageID] = true
		u.add(name, l.MessageID, l.Event, l)
		if len(u.items) < uciBatch {
			return nil
		}
		u.done += counted.take()
		return u.flush(ctx)
	}, func(r Reject) {
		u.report.Lines++
		u.refuse(r)
	})
}

func (u *uciRun) refuse(r Reject) {
	u.report.Refused++
	u.report.Reasons[r.Why.Code]++
	if u.Refuse != nil {
		u.Refuse(r)
	}
}

// introduce writes down who the file is about and on what basis the data are kept, before any reading.
func (u *uciRun) introduce(name string) error {
	type first struct {
		key        string
		properties map[string]any
	}
	facts := []first{
		{"profile", map[string]any{"name": "UCI " + name}},
		{"consent", map[string]any{"purpose": "basic_service", "granted": true, "textVersion": "import", "basis": u.Basis}},
		{"consent", map[string]any{"purpose": "health_data", "granted": true, "textVersion": "import", "basis": u.Basis}},
	}
	if u.Owner != "" {
		facts = append(facts, first{"assigned", map[string]any{"owner": u.Owner}})
	}
	for _, f := range facts {
		raw, err := json.Marshal(f.properties)
		if err != nil {
			return fmt.Errorf("write what %s begins with: %w", name, err)
		}
		e, why := event.Decode(f.key, raw)
		if why != nil {
			return why
		}
		e.Occurred = u.Now.UnixMicro()
		e.Flags |= event.Imported
		e.Provenance = UCIProvenance
		id := name + " " + f.key
		if purpose, ok := f.properties["purpose"].(string); ok {
			id += " " + purpose
		}
		u.add(name, id, e, UCILine{File: name})
	}
	return nil
}

func (u *uciRun) add(name, id string, e event.Event, l UCILine) {
	e.Source = u.Source
	e.Actor = "source"
	u.items = append(u.items, conductor.Item{
		Ident:     []conductor.Identifier{{Type: "uci", Scope: "uci-diabetes", Value: name}},
		Programme: u.Programme, Event: e, MessageID: id,
	})
	u.lines = append(u.lines, l)
}

func (u *uciRun) flush(ctx context.Context) error {
	if len(u.items) == 0 {
		return nil
	}
	out, err := u.Taker.Submit(ctx, conductor.Bulk, audit.Entry{Actor: "command", Action: "import.uci-diabetes"}, u.items)
	if err != nil {
		return fmt.Errorf("store %d events: %w", len(u.items), err)
	}
	for i, o := range out {
		l := u.lines[i]
		if l.Line == 0 {
			continue
		}
		switch o.Status {
		case conductor.Stored:
			u.report.New++
		case conductor.Repeated:
			u.report.Known++
		case conductor.Kept:
			u.report.Kept++
		case conductor.Refused:
			u.report.Taken--
			u.refuse(Reject{l.File, l.Line, o.Fault})
		}
	}
	u.items, u.lines = u.items[:0], u.lines[:0]
	if u.Progress != nil {
		u.Progress(u.done, u.total)
	}
	return nil
}

// WriteRejects writes one row for each refused line: where it is and what would be right. Values are not
// repeated: the file may be sent to somebody who must not see them.
func WriteRejects(w io.Writer, rejects []Reject) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"file", "line", "reason", "zh", "en"}}
	for _, r := range rejects {
		rows = append(rows, []string{r.File, strconv.Itoa(r.Line), r.Why.Code, r.Why.Text.Zh, r.Why.Text.En})
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write the refused lines: %w", err)
	}
	return nil
}

// counting knows how much was read since it was last asked.
type counting struct {
	io.Reader
	n int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

func (c *counting) take() int64 {
	n := c.n
	c.n = 0
	return n
}
