// Package rows takes the rows of files in. Whatever the format of a file, a row of it is taken, a repeat of one that is here, or
// refused with a reason; none vanishes.
package rows

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
)

// Row is one row of a file and what it becomes.
type Row struct {
	Sheet string // of a workbook; empty: a text
	Line  int    // as whoever opens the file counts, from 1
	// Who it is about, strongest first; empty: whom the import is for.
	Who []conductor.Identifier
	// What it says, in the order it happened: from event.Decode, with Occurred, Original and Offset. A row that only says something
	// about the file itself (its device, its person's name) has none and counts as taken.
	Events []Event
	Why    *fault.Fault // why it is refused; with events: why a part of it is
}

// Event is an event of a row, and the id by which a repeat is known within the source. The id says what was measured when by which
// device, never in which file or line: two files that overlap tell the same thing.
type Event struct {
	event.Event
	ID string
	// Named says that the id is a number of the sender's own, such as an order's: told again by another file with another content, it
	// is a newer version of the same thing and takes its place. Twice in one file it is refused.
	Named bool
}

// Format reads the rows of one kind of file and gives each to take, in order, until take fails. An error of its own means the file
// as a whole cannot be read; a row that cannot be is given with Why.
type Format func(ctx context.Context, in io.Reader, take func(Row) error) error

// Taker takes events in; the conductor does.
type Taker interface {
	Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error)
}

// Import says how a file comes in.
type Import struct {
	Taker      Taker
	Source     int32  // the workspace's source for this kind of file
	Action     string // in the audit: import.libreview
	Provenance string // of its events: import:libreview, and #n of the import
	Actor      string // in the audit: staff:…, command
	Who        []conductor.Identifier
	Programme  string    // what new people join; empty: the workspace's default
	Owner      string    // staff id of who looks after new people; empty: nobody
	Basis      string    // on what basis the data of people may be kept; recorded with their consents; empty: none is recorded
	Now        time.Time // the workspace's clock
	From       int       // so many rows were dealt with by an earlier run and are stepped over
	Refuse     func(Reject)
	// Done is told after each commit: what became of the rows so far, this run's and, by From, earlier ones'.
	Done func(Report) error
}

// Reject is a row that was not taken, and why.
type Reject struct {
	Sheet string
	Line  int
	Why   *fault.Fault
}

// Report says what became of the rows: Rows = Taken + Repeated + Refused. The figures of one run; rows stepped over are in none.
type Report struct {
	Rows     int            `json:"rows"`
	Taken    int            `json:"taken"`             // something of it is new, or it only describes the file
	Changed  int            `json:"changed,omitempty"` // of the taken: a newer version of what was here
	Repeated int            `json:"repeated"`          // all of it was here, or stands elsewhere in the file
	Refused  int            `json:"refused"`
	Kept     int            `json:"keptForConsent,omitempty"` // of the taken: put aside until the person agrees
	Partly   int            `json:"partlyRefused,omitempty"`  // of the taken and repeated: a part of the row was refused
	Events   int            `json:"events"`                   // stored
	HILO     int            `json:"hiLo,omitempty"`
	Doubtful int            `json:"implausible,omitempty"` // kept and flagged: no instrument shows such a value
	Reasons  map[string]int `json:"reasons,omitempty"`     // of what was refused
}

// Add adds the figures of another part of the same import.
func (r *Report) Add(o Report) {
	r.Rows += o.Rows
	r.Taken += o.Taken
	r.Changed += o.Changed
	r.Repeated += o.Repeated
	r.Refused += o.Refused
	r.Kept += o.Kept
	r.Partly += o.Partly
	r.Events += o.Events
	r.HILO += o.HILO
	r.Doubtful += o.Doubtful
	for k, n := range o.Reasons {
		if r.Reasons == nil {
			r.Reasons = map[string]int{}
		}
		r.Reasons[k] += n
	}
}

// batch is how many events one transaction takes: short enough that live work beside it goes on.
const batch = 1000

// Run reads a file with its format. Run again with the same file it stores nothing.
func (im *Import) Run(ctx context.Context, format Format, in io.Reader) (Report, error) {
	r := run{Import: im, met: map[string]bool{}}
	skip := im.From
	err := format(ctx, in, func(row Row) error {
		if skip > 0 {
			skip--
			for _, e := range row.Events {
				if e.Named {
					r.names.before(e.ID)
				}
			}
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.row(ctx, row)
	})
	if ferr := r.flush(context.WithoutCancel(ctx)); err == nil { // what was read is kept, also when the rest cannot be
		err = ferr
	}
	return r.report, err
}

// run is one import under way.
type run struct {
	*Import
	report Report
	items  []conductor.Item
	of     []int // beside items: the place in rows; -1: what an import says of itself
	rows   []Row
	met    map[string]bool // people introduced in this run
	names  seen
}

func (r *run) row(ctx context.Context, row Row) error {
	if len(row.Events) > 0 {
		if len(row.Who) == 0 {
			row.Who = r.Who
		}
		if len(row.Who) == 0 {
			row.Why, row.Events = ErrWho, nil
		}
	}
	place := len(r.rows)
	r.rows = append(r.rows, row)
	if len(row.Events) > 0 {
		if err := r.introduce(row.Who); err != nil {
			return err
		}
		for _, e := range row.Events {
			r.add(row.Who, e, place)
		}
	}
	if len(r.items) < batch && len(r.rows) < 4*batch {
		return nil
	}
	// A batch that was begun ends: cut off, its rows would be stored and yet, sent once more, count as repeated.
	return r.flush(context.WithoutCancel(ctx))
}

// ErrWho means that neither the file nor whoever imports it says whose rows they are.
var ErrWho = fault.New(fault.Invalid, "no_identifier", "没有说明是谁的记录", "it does not say whose record it is").
	Because("表里要有一栏是人的编号，或导入时指定一个人", "a column with the person's number is needed, or one person for the whole file")

// introduce writes down, before the first record of a person, on what basis it may be kept and who looks after them.
func (r *run) introduce(who []conductor.Identifier) error {
	name := who[0].Type + "\x00" + who[0].Scope + "\x00" + who[0].Value
	if r.met[name] {
		return nil
	}
	r.met[name] = true
	type fact struct {
		key, id    string
		properties map[string]any
	}
	var facts []fact
	if r.Basis != "" {
		for _, purpose := range [...]string{"basic_service", "health_data"} {
			facts = append(facts, fact{"consent", "consent " + purpose, map[string]any{"purpose": purpose, "granted": true, "textVersion": "import", "basis": r.Basis}})
		}
	}
	if r.Owner != "" {
		facts = append(facts, fact{"assigned", "assigned", map[string]any{"owner": r.Owner}})
	}
	for _, f := range facts {
		raw, err := json.Marshal(f.properties)
		if err != nil {
			return fmt.Errorf("write on what basis records are kept: %w", err)
		}
		e, why := event.Decode(f.key, raw)
		if why != nil {
			return why
		}
		e.Occurred = r.Now.UnixMicro()
		r.add(who, Event{Event: e, ID: name + "\x00" + f.id}, -1)
	}
	return nil
}

func (r *run) add(who []conductor.Identifier, e Event, place int) {
	e.Source, e.Actor, e.Provenance = r.Source, "source", r.Provenance
	e.Flags |= event.Imported
	newer := e.Named && !r.names.before(e.ID)
	r.items = append(r.items, conductor.Item{Ident: slices.Clone(who), Programme: r.Programme, Event: e.Event, MessageID: e.ID, Newer: newer})
	r.of = append(r.of, place)
}

// flush stores what waits and says what became of each row.
func (r *run) flush(ctx context.Context) error {
	var out []conductor.Outcome
	if len(r.items) > 0 {
		var err error
		if out, err = r.Taker.Submit(ctx, conductor.Bulk, audit.Entry{Actor: r.Actor, Action: r.Action}, r.items); err != nil {
			return fmt.Errorf("store %d events: %w", len(r.items), err)
		}
	}
	type fate struct {
		stored, kept, repeated, changed int

		why *fault.Fault
	}
	fates := make([]fate, len(r.rows))
	for i, o := range out {
		if r.of[i] < 0 {
			continue
		}
		f := &fates[r.of[i]]
		switch o.Status {
		case conductor.Stored:
			f.stored++
			if o.Changed {
				f.changed++
			}
			r.report.Events++
			if o.Event.Flags&(event.HI|event.LO) != 0 {
				r.report.HILO++
			}
			if o.Event.Flags&event.Implausible != 0 {
				r.report.Doubtful++
			}
		case conductor.Kept:
			f.kept++
		case conductor.Repeated:
			f.repeated++
		case conductor.Refused:
			f.why = o.Fault
		case conductor.Clashes:
			f.why = conductor.ErrClash
		}
	}
	for i, row := range r.rows {
		f := fates[i]
		if row.Why != nil {
			f.why = row.Why
		}
		r.report.Rows++
		switch {
		case f.stored+f.kept > 0 || f.why == nil && f.repeated == 0:
			r.report.Taken++
			if f.changed > 0 {
				r.report.Changed++
			}
			if f.kept > 0 {
				r.report.Kept++
			}
			if f.why != nil {
				r.report.Partly++
			}
		case f.repeated > 0:
			r.report.Repeated++
			if f.why != nil {
				r.report.Partly++
			}
		default:
			r.report.Refused++
		}
		if f.why != nil {
			if r.report.Reasons == nil {
				r.report.Reasons = map[string]int{}
			}
			r.report.Reasons[f.why.Code]++
			if r.Refuse != nil {
				r.Refuse(Reject{row.Sheet, row.Line, f.why})
			}
		}
	}
	dealt := len(r.rows)
	r.items, r.of, r.rows = r.items[:0], r.of[:0], r.rows[:0]
	if r.Done != nil && dealt > 0 {
		return r.Done(r.report)
	}
	return nil
}

// Rejects writes a row for each refused one: where it is and what would be right. Values are not repeated: the file may be sent to
// somebody who must not see them.
type Rejects struct{ csv *csv.Writer }

// NewRejects begins the list.
func NewRejects(w io.Writer) *Rejects {
	r := &Rejects{csv.NewWriter(w)}
	_ = r.csv.Write([]string{"sheet", "line", "field", "reason", "zh", "en"}) // what fails is told by Flush
	return r
}

// Add writes a row.
func (w *Rejects) Add(r Reject) {
	zh, en := r.Why.Text.Zh, r.Why.Text.En
	if r.Why.Hint.Zh != "" {
		zh, en = zh+"；"+r.Why.Hint.Zh, en+"; "+r.Why.Hint.En
	}
	_ = w.csv.Write([]string{harmless(r.Sheet), strconv.Itoa(r.Line), harmless(r.Why.Field), r.Why.Code, harmless(zh), harmless(en)})
}

// harmless keeps a program that opens the list from taking a name of somebody's table for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Flush writes what waits and says whether all of it was written.
func (w *Rejects) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return fmt.Errorf("write the refused rows: %w", err)
	}
	return nil
}

// WriteRejects writes them all.
func WriteRejects(w io.Writer, rejects []Reject) error {
	out := NewRejects(w)
	for _, r := range rejects {
		out.Add(r)
	}
	return out.Flush()
}
