// Package bundles takes files of FHIR in: bundles, single resources and NDJSON. Every resource is taken, a repeat of one that is here,
// or refused with the element at fault; none vanishes. What is understood becomes events; each resource is also kept as it came.
package bundles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/fhir"
	"peiban/internal/ingest/rows"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/timeline"
	"peiban/internal/workspace"
)

// Taker takes events in and knows the people; the conductor does.
type Taker interface {
	Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error)
	Link(ctx context.Context, lane conductor.Lane, proof audit.Entry, it conductor.Item) error
	Whose(ctx context.Context, ids []conductor.Identifier) ([]person.Number, error)
	Glance(n person.Number) (conductor.Card, timeline.View, *engine.State, bool)
}

// Keeper keeps resources as they came.
type Keeper interface {
	KeepResources(ctx context.Context, w workspace.Number, rs, gone []fhir.Kept, entries ...audit.Entry) error
	ResourcesByHash(ctx context.Context, w workspace.Number, hashes [][16]byte) (map[[16]byte][]fhir.Kept, error)
	EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error)
}

// Import says how files come in.
type Import struct {
	Taker     Taker
	Keeper    Keeper
	Hash      func(kind, value string) [16]byte // of the workspace; see keys.Ring
	Workspace workspace.Number
	Source    int32
	Scope     string                                     // whose numbering ids are where a file gives no address; empty: not said
	Person    person.Number                              // whom resources are about that do not say it; 0: see Who
	Who       []conductor.Identifier                     // the same by identifiers; empty: nobody
	Programme string                                     // what new people join
	Owner     string                                     // staff id of who looks after new people; empty: nobody
	Basis     string                                     // on what basis data of new people are kept; recorded with their consents; empty: none is recorded
	Others    bool                                       // the basis holds for people who are here, too, where they never said anything about it
	Actor     string                                     // in the audit: command, staff:...
	Now       time.Time                                  // the workspace's clock
	Zone      *time.Location                             // of dates without a time
	Form      func(questionnaire string) *programme.Form // see fhir.Reading
	Refuse    func(Reject)
	Progress  func(rows int)
}

// Names of an import in the audit and on its events.
const (
	Action     = "import.fhir"
	Provenance = "import:fhir"
)

// Identifiers of people. Those of the first type are the numbering of a server, those of the second are its business identifiers, by
// their system.
const (
	byServer = "fhir"
	byRecord = "record"
)

// File is one file to read. It is read twice: people first, so that the order of files and entries does not matter.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Reject is a resource that was not taken, and why.
type Reject struct {
	File  string
	Place int // see fhir.Entry
	Type  string
	Why   []*fault.Fault
}

// Report says what became of the resources: Rows = Taken + Repeated + Refused.
type Report struct {
	rows.Report
	Files   int              `json:"files"`
	People  int              `json:"newPeople"`
	Changed int              `json:"changed,omitempty"`     // of the taken: a newer version of one that is here
	Nobodys int              `json:"aboutNobody,omitempty"` // of the taken: kept, on nobody's file
	Types   map[string]*Fate `json:"types"`                 // by resource type
	Left    map[string]int   `json:"keptOnly,omitempty"`    // of the taken: kept as they came and no event made, by reason
	Broken  []Broken         `json:"brokenFiles,omitempty"` // files that could not be read to their end
}

// Fate is what became of the resources of one type.
type Fate struct {
	Rows     int `json:"rows"`
	Taken    int `json:"taken"`
	Repeated int `json:"repeated"`
	Refused  int `json:"refused"`
	Events   int `json:"events"`
}

// Broken is a file whose rest cannot be read. What came before in it was taken in.
type Broken struct {
	File string       `json:"file"`
	Why  *fault.Fault `json:"-"`
	Code string       `json:"code"`
}

// batch is how many resources one transaction takes: short enough that live work beside it goes on.
const batch = 400

// Run reads the files. Run again with the same files it stores nothing.
func (im *Import) Run(ctx context.Context, files []File) (Report, error) {
	r := run{Import: im, people: map[string]person.Number{}, index: fhir.NewIndex(im.Scope)}
	r.report.Types, r.report.Left, r.report.Reasons = map[string]*Fate{}, map[string]int{}, map[string]int{}
	r.reading = fhir.Reading{Index: r.index, Zone: im.Zone, Form: im.Form}
	r.report.Files = len(files)
	for _, pass := range []func(fhir.Entry) error{r.first, r.second} {
		for _, f := range files {
			r.file = f.Name
			err := r.read(ctx, f, pass)
			if ferr := r.flush(context.WithoutCancel(ctx)); err == nil { // what was read is kept, also when the rest cannot be
				err = ferr
			}
			if err != nil {
				return r.report, err
			}
		}
		r.later = true
	}
	return r.report, nil
}

// run is one import under way.
type run struct {
	*Import
	ctx     context.Context //nolint:containedctx // lives as long as the import
	report  Report
	file    string
	later   bool // people are in: the second pass
	index   *fhir.Index
	reading fhir.Reading
	people  map[string]person.Number // by identifier
	rows    []row
}

// row is a resource on its way in.
type row struct {
	file  string
	entry fhir.Entry
	hash  [16]byte
	who   person.Number // 0: nobody
	said  fhir.Understood
	why   *fault.Fault

	digest  [16]byte
	version int
	old     fhir.Kept // the newest version that is here; Version 0: none
	moved   bool      // that one is about somebody else
	same    bool
	items   []int // places of its events among the batch's
	sealed  bool  // the person agrees that it is kept
}

func (r *run) read(ctx context.Context, f File, take func(fhir.Entry) error) error {
	r.ctx = ctx
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", f.Name, err)
	}
	defer in.Close()
	err = fhir.Read(ctx, in, take)
	if why := fault.Of(err); why != nil && why.Kind != fault.Internal {
		if r.later {
			r.report.Broken = append(r.report.Broken, Broken{f.Name, why, why.Code})
		}
		return nil
	}
	return err
}

func isPerson(e *fhir.Entry) bool { return len(e.Wrong) == 0 && e.Type() == "Patient" }

// first takes the people.
func (r *run) first(e fhir.Entry) error {
	r.index.Add(&e)
	if !isPerson(&e) {
		return nil
	}
	key := fhir.KeyOf(&e, r.Scope)
	ids := []conductor.Identifier{{Type: byServer, Scope: key.Scope, Value: key.Name()}}
	for _, id := range fhir.Identifiers(e.Resource) {
		ids = append(ids, conductor.Identifier{Type: byRecord, Scope: id[0], Value: id[1]})
	}
	who, why, err := r.person(ids, true)
	if err != nil {
		return err
	}
	return r.add(e, key, who, why)
}

// second takes everything else.
func (r *run) second(e fhir.Entry) error {
	if isPerson(&e) {
		return nil
	}
	if len(e.Wrong) > 0 {
		return r.add(e, fhir.Key{}, 0, e.Wrong[0])
	}
	ids := r.about(&e)
	who, why := person.Number(0), (*fault.Fault)(nil)
	if len(ids) == 0 && carries(e.Type()) {
		who, ids = r.Person, r.Who
	}
	if len(ids) > 0 {
		var err error
		if who, why, err = r.person(ids, false); err != nil {
			return err
		}
	}
	return r.add(e, fhir.KeyOf(&e, r.Scope), who, why)
}

// about is whom a resource names.
func (r *run) about(e *fhir.Entry) (ids []conductor.Identifier) {
	ref := fhir.SubjectOf(e.Resource)
	if ref == nil {
		return nil
	}
	t := r.index.Follow(ref, e)
	if t.Key.Type != "" && t.Key.Type != "Patient" { // a group, a device
		return nil
	}
	if t.Known {
		ids = append(ids, conductor.Identifier{Type: byServer, Scope: t.Key.Scope, Value: t.Key.Name()})
	}
	named := t.Named
	if t.Resource != nil && !t.Known { // a person inside the resource, known only by identifiers
		named = append(named, fhir.Identifiers(t.Resource)...)
	}
	for _, id := range named {
		ids = append(ids, conductor.Identifier{Type: byRecord, Scope: id[0], Value: id[1]})
	}
	return ids
}

// carries reports whether resources of a type are about a person and nothing else, so that one without a subject can be that of the
// person the import is for.
func carries(resourceType string) bool {
	switch resourceType {
	case "Observation", "Condition", "MedicationRequest", "MedicationStatement", "MedicationDispense", "QuestionnaireResponse", "Encounter", "DiagnosticReport", "RelatedPerson":
		return true
	}
	return false
}

// person finds or makes the person of identifiers. attach adds those that are new to the person.
func (r *run) person(ids []conductor.Identifier, attach bool) (person.Number, *fault.Fault, error) {
	name := func(id conductor.Identifier) string { return id.Type + "\x00" + id.Scope + "\x00" + id.Value }
	if n := r.people[name(ids[0])]; n != 0 && !attach {
		return n, nil, nil
	}
	found, err := r.Taker.Whose(r.ctx, ids)
	if err != nil {
		return 0, nil, err
	}
	if len(found) > 1 {
		return 0, conductor.ErrTwoPeople.At("%s", "Patient.identifier").Because("请先核对这些标识，再导入", "look whose identifiers these are, then import again"), nil
	}
	fresh := len(found) == 0
	unknown := fresh
	for i := 0; attach && !unknown && i < len(ids); i++ { // nothing is written where all of them are known
		one, err := r.Taker.Whose(r.ctx, ids[i:i+1])
		if err != nil {
			return 0, nil, err
		}
		unknown = len(one) == 0
	}
	if unknown {
		if err := r.Taker.Link(r.ctx, conductor.Bulk, audit.Entry{At: time.Now().UnixMicro(), Actor: r.Actor, Action: Action}, conductor.Item{Ident: ids, Programme: r.Programme}); err != nil {
			if why := fault.Of(err); why != nil && why.Kind != fault.Internal {
				return 0, why, nil
			}
			return 0, nil, err
		}
	}
	if fresh {
		if found, err = r.Taker.Whose(r.ctx, ids); err != nil {
			return 0, nil, err
		}
		if len(found) != 1 {
			return 0, nil, errLost
		}
		r.report.People++
	}
	r.people[name(ids[0])] = found[0]
	return found[0], nil, r.introduce(found[0], fresh)
}

var errLost = errors.New("a person who was just made is not found")

// introduce writes down on what basis data of somebody are kept, which never outdoes what they said themselves, and who looks after a
// new person.
func (r *run) introduce(n person.Number, fresh bool) error {
	_, _, state, ok := r.Taker.Glance(n)
	if !ok {
		return person.ErrMissing
	}
	var items []conductor.Item
	add := func(key string, props map[string]any) error {
		it, err := r.item(n, key, props, r.Now.UnixMicro(), 0)
		items = append(items, it)
		return err
	}
	for _, purpose := range [...]string{"basic_service", "health_data"} {
		said := false
		for i := range state.Consents {
			said = said || state.Consents[i].Purpose == purpose
		}
		if r.Basis == "" || said || !fresh && !r.Others {
			continue
		}
		if err := add("consent", map[string]any{"purpose": purpose, "granted": true, "textVersion": "import", "basis": r.Basis}); err != nil {
			return err
		}
	}
	if r.Owner != "" && fresh {
		if err := add("assigned", map[string]any{"owner": r.Owner}); err != nil {
			return err
		}
	}
	if len(items) == 0 {
		return nil
	}
	_, err := r.Taker.Submit(r.ctx, conductor.Bulk, audit.Entry{At: time.Now().UnixMicro(), Actor: r.Actor, Action: Action}, items)
	return err
}

// item makes an event of the import. A mistake in what it says is a fault.
func (r *run) item(n person.Number, key string, props map[string]any, at int64, offset int) (conductor.Item, error) {
	raw, err := json.Marshal(props)
	if err != nil {
		return conductor.Item{}, fmt.Errorf("write what a resource says: %w", err)
	}
	e, why := event.Decode(key, raw)
	if why != nil {
		return conductor.Item{}, why
	}
	e.Occurred, e.Offset = at, int16(offset)
	e.Source, e.Actor, e.Provenance = r.Source, "source", Provenance
	e.Flags |= event.Imported
	return conductor.Item{Person: n, Event: e}, nil
}

func (r *run) add(e fhir.Entry, key fhir.Key, who person.Number, why *fault.Fault) error {
	x := row{file: r.file, entry: e, who: who, why: why}
	if why == nil {
		x.hash = r.Hash("fhir", key.Scope+"\x00"+key.Name())
		x.digest = fhir.DigestOf(e.Resource)
		x.said = fhir.Understand(&x.entry, &r.reading)
	}
	// Two versions of one resource: the later one stands in the place of the first, which must be here by then.
	if why == nil && slices.ContainsFunc(r.rows, func(y row) bool { return y.why == nil && y.hash == x.hash && y.digest != x.digest }) {
		if err := r.flush(r.ctx); err != nil {
			return err
		}
	}
	r.rows = append(r.rows, x)
	if len(r.rows) < batch {
		return nil
	}
	return r.flush(r.ctx)
}
