package job

import (
	"context"
	"maps"
	"time"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// ExportKept is how long the files of a bulk export are kept after it was done.
const ExportKept = 24 * time.Hour

// Limits of what one transaction of an export holds: of people, and of bytes.
const (
	exportPeople = 100
	exportBytes  = 4 << 20
)

// ExportOrder is what a bulk export is to give.
type ExportOrder struct {
	ID      string        `json:"id"`      // in its addresses
	At      int64         `json:"at"`      // what was known then, microseconds
	Since   int64         `json:"since"`   // only what is known since; 0: all
	Kinds   []string      `json:"kinds"`   // types of resources; empty: all
	Last    person.Number `json:"last"`    // whoever came later is not in it
	Of      int           `json:"of"`      // people, when it began
	Request string        `json:"request"` // the address that began it
	Ref     string        `json:"ref"`     // the number of that request
}

// ExportTally is how far a bulk export is.
type ExportTally struct {
	At    person.Number  `json:"at"` // everybody up to here is done
	Done  int            `json:"done"`
	Count map[string]int `json:"count"` // resources by type
}

// All is how many resources there are.
func (t *ExportTally) All() (n int) {
	for _, c := range t.Count {
		n += c
	}
	return n
}

func (t *ExportTally) clone() *ExportTally {
	c := &ExportTally{t.At, t.Done, maps.Clone(t.Count)}
	if c.Count == nil {
		c.Count = map[string]int{}
	}
	return c
}

// ExportPart is what an export gives of one person and type: lines of JSON.
type ExportPart struct {
	Person person.Number
	Kind   string
	Lines  int
	Data   []byte
}

// Records give what an export holds, person by person in order of their numbers after the one that is done, as whoever began it may see
// them now. proof is the row of the audit for the person.
type Records interface {
	Records(ctx context.Context, w workspace.Number, j *Job, each func(n person.Number, parts []ExportPart, proof audit.Entry) error) error
}

// export writes the files of a bulk export. How far it is, what it wrote and the proof of who was read are one transaction, so that a
// process that is killed in the middle leaves nobody out and nobody twice.
func (r *Runner) export(ctx context.Context, j *Job) error {
	if j.Told.Export == nil || r.Records == nil {
		return r.end(ctx, j, fault.New(fault.Invalid, "export_order", "这次导出没有写明导出什么", "this export does not say what it gives"))
	}
	if j.Report.Export == nil {
		j.Report.Export = &ExportTally{}
	}
	t := j.Report.Export.clone() // the job gets it with what it counts: it may be put down at any moment
	var parts []ExportPart
	var proofs []audit.Entry
	bytes := 0
	flush := func() error {
		before := j.Report.Export
		j.Report.Export = t.clone()
		j.Size, j.Report.Read, j.Lease = int64(j.Told.Export.Of), t.Done, r.Real().Add(lease).UnixMicro()
		if err := r.Store.SaveExport(context.WithoutCancel(ctx), r.ws(), j, parts, proofs...); err != nil {
			j.Report.Export = before
			return err
		}
		parts, proofs, bytes = nil, nil, 0
		return ctx.Err()
	}
	err := r.Records.Records(ctx, r.ws(), j, func(n person.Number, of []ExportPart, proof audit.Entry) error {
		for _, p := range of {
			t.Count[p.Kind] += p.Lines
			bytes += len(p.Data)
		}
		parts, proofs = append(parts, of...), append(proofs, proof)
		t.At, t.Done = n, t.Done+1
		if len(proofs) < exportPeople && bytes < exportBytes {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return r.end(ctx, j, err)
}
